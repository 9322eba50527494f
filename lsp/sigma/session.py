"""An open source of σ from one version to the next: what an edit does not touch is not checked again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lsp.sigma.index import Places
from qbcc.lint.finding import Linted
from qbcc.source import SourceFile, Span
from sigma.check.edited import EditedProgram
from sigma.check.modules import Options
from sigma.check.parts import Part
from sigma.check.program import Program
from sigma.symbols import ModuleName

if TYPE_CHECKING:
    from sigma.lint.edited import EditedFindings

_NO_MAIN: Final = "S0502"
_T = TypeVar("_T")


class Session:
    """Check one document from text to text: the last text that was asked for, and what it took to check it.

    Whoever asks for another text, an older one too, gets the program of that; the results of the one before must not be
    read any more. An edit changes the program in place, so a session belongs to the thread that made it, and what is
    read of it is read in one piece of work there: another piece may come between two."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self._thread = threading.get_ident()
        self.forget()
        self.program(source, options)

    def forget(self) -> None:
        """Drop everything: the next text that is asked for is read anew. To be called where something was raised, for
        an edit that was broken off leaves a program that is neither the old nor the new one."""
        self._edited: EditedProgram | None = None
        self._findings: EditedFindings | None = None
        self._made: Program | None = None
        self._program: Program | None = None
        self._places: Places | None = None
        self._kept: dict[str, tuple[Hashable, dict[Part, Any]]] = {}

    def program(self, source: SourceFile, options: Options) -> Program:
        """The checked program of a text. One without ``main`` is a module, which others import."""
        assert threading.get_ident() == self._thread, "a session is used in another thread than its own"
        try:
            if self._edited is None:
                self._edited = EditedProgram(source, options)
            made = self._edited.edit(source, options)
        except Exception:
            self.forget()
            raise
        if self._program is None or made is not self._made:
            self._made = made
            said = tuple(d for d in made.diagnostics if d.code != _NO_MAIN)
            self._program = Program(made.main, made.modules, said, made.unclaimed)
            self._places = None
        return self._program

    @property
    def _current(self) -> EditedProgram:
        assert threading.get_ident() == self._thread, "a session is used in another thread than its own"
        assert self._edited is not None, "no text has been asked for"
        return self._edited

    def findings(self) -> Linted:
        """What the linter finds in the text that was asked for last, which must be sound."""
        from sigma.lint.edited import EditedFindings

        edited = self._current
        try:
            if self._findings is None:
                self._findings = EditedFindings(edited)
            return self._findings.lint()
        except Exception:
            self.forget()
            raise

    def names(self) -> Places:
        """The names of the text that was asked for last."""
        edited = self._current
        if self._places is None:
            self._places = Places(edited)
        return self._places

    def of_parts(self, name: str, given: Hashable, make: Callable[[Part], _T]) -> list[tuple[Part, _T]]:
        """What somebody makes of each part of the text that was asked for last, in order. Of a part that no edit has
        touched it is what was made before, if what is ``given`` besides is the same: so it may tell of no line but as
        so many behind the part's first one, and of other parts only what their names mean."""
        edited = self._current
        before, known = self._kept.get(name, (given, {}))
        kept = known if before == given else {}
        found = {part: kept[part] if part in kept else make(part) for part in edited.parts.all}
        self._kept[name] = given, found
        return list(found.items())

    def references(self) -> dict[Hashable, list[Span]]:
        """Where what the main source declares is used, in the order of :meth:`names`."""
        edited, names = self._current, self.names()
        own = {symbol for symbol in edited.main.names.values() if symbol.module is edited.main}

        def make(part: Part) -> dict[Hashable, list[tuple[int, int, int]]]:
            found: dict[Hashable, list[tuple[int, int, int]]] = {}
            for what, places in names.in_part(part).of.items():
                if what in own:
                    used = (each.span for each in places if not each.is_definition)
                    found[what] = [(span.line - part.start, span.column, span.end_column) for span in used]
            return found

        all: dict[Hashable, list[Span]] = {}
        for part, found in self.of_parts("references", None, make):
            for what, places in found.items():
                there = all.setdefault(what, [])
                there += [Span(edited.source, part.start + line, column, end) for line, column, end in places]
        if _is_imported(edited):
            for what, there in all.items():
                there += [each.span for each in names.elsewhere.of.get(what, ()) if not each.is_definition]
        return all


def _is_imported(edited: EditedProgram) -> bool:
    """Whether a module imports the main source."""
    others = edited.program.modules[1:]
    named = (symbol for module in others for symbol in module.names.values())
    return any(isinstance(symbol, ModuleName) and symbol.target is edited.main for symbol in named)
