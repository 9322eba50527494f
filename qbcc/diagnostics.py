"""Diagnostics as data. They know no renderer and no wording: see :mod:`qbcc.render` and
:mod:`qbcc.assembly.messages`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qbcc.source import Span


class Severity(StrEnum):
    """How bad it is; only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place and what it has to do with the first."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a source and what is to stand there. Line breaks in it make lines; nothing at all takes it out."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement that would mend it."""

    span: Span
    replacement: str
    title: str
    """``write QJGE``: shown as *help*."""
    others: tuple[Edit, ...] = ()
    """What else has to change with it, in other places; all of it or nothing."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Everything that changes."""
        return (Edit(self.span, self.replacement), *self.others)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding at one place."""

    code: str
    """Stable: ``E0204``. Explained by ``qbcc explain``."""
    message: str
    """One line, lower case, no full stop."""
    span: Span | None
    """None when no place in a text is meant (an object file, a command-line definition)."""
    label: str = ""
    """A few words under the caret, where the message does not say it all."""
    severity: Severity = Severity.ERROR
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None


class SourceError(Exception):
    """A user's error that ends a piece of work; it carries the diagnostics to show."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics))
