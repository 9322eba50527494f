"""Findings as data. A language brings them; the rest of this package knows none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from qbcc.diagnostics import Diagnostic, Severity
from qbcc.source import SourceFile

OFF: Final = "off"
LEVELS: Final = ("error", "warning", "hint", OFF)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a linter looks for."""

    code: str
    title: str
    """A few words, lower case."""
    level: Severity
    """Unless a project says otherwise."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of a source, which may say what is meant."""

    line: int
    text: str
    """Without the marks that make it a comment."""
    is_alone: bool
    """Whether nothing else stands on its line: then it speaks of the next one."""
    source: SourceFile | None = None
    """The file that it stands in; None for the only one that findings are about."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What a linter says of a source."""

    errors: tuple[Diagnostic, ...]
    """What keeps the source from being compiled; then there are no findings."""
    findings: tuple[Diagnostic, ...]
    """By place, at their own levels."""
    remarks: tuple[Remark, ...]
    rules: Mapping[str, Rule]
    """By code."""
