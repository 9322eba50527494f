"""``qbc test``: run programs that say what they do, and tell how it went."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from qbcc.cli.common import FAILED, has_colour, json_text, show
from qbcc.testing import report
from qbcc.testing.suite import CaseResult, Settings, Suite, find


def run(names: Sequence[str], settings: Settings, as_json: bool) -> int:
    """Run everything; the exit status."""
    colour = has_colour() and sys.stdout.isatty()
    found: list[tuple[Suite, Sequence[CaseResult]]] = []
    for suite in find(names, settings):
        results = [] if suite.diagnostics else [suite.run(case) for case in suite.cases]
        found.append((suite, results))
        if not as_json:
            show(report.line(suite, results, colour))
            if text := report.details(suite, results, colour):
                show(f"\n{text}\n")
            sys.stdout.flush()
    passed, failed = report.counts(found)
    if as_json:
        show(json_text(report.data(found)))
    else:
        show(f"{passed:,} passed, {failed:,} failed" + ("; 'qbcc explain CODE' says more" if failed else ""))
    return FAILED if failed else 0
