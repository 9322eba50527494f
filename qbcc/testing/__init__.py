"""Programs as tests: what a source says in comments that it does, compared with what it does.

The core reads (:mod:`qbcc.testing.reader`), runs (:mod:`qbcc.testing.suite`) and compares
(:mod:`qbcc.testing.checks`); ``qbc test`` and the plug-in for pytest print."""

from __future__ import annotations

from qbcc.testing import report
from qbcc.testing.suite import CaseResult, Settings, Suite, find, open_suite

__all__ = ["CaseResult", "Settings", "Suite", "find", "open_suite", "report"]
