"""An open source of σ from one version to the next: what an edit does not touch is not checked again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lsp.sigma_index import Places
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
    """The last text that was asked for, and what it took to check it. Who asks for another text, an older one too, gets
    the program of that; what came of the one before must not be looked at any more."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self._edited = EditedProgram(source, options)
        self._made: Program = self._edited.program
        self._program: Program | None = None
        self._places: Places | None = None
        self._kept: dict[str, tuple[Hashable, dict[Part, Any]]] = {}

    def program(self, source: SourceFile, options: Options) -> Program:
        """The checked program of a text. One without ``main`` is a module, which others import."""
        made = self._edited.edit(source, options)
        if self._program is None or made is not self._made:
            self._made = made
            said = tuple(d for d in made.diagnostics if d.code != _NO_MAIN)
            self._program = Program(made.main, made.modules, said, made.unclaimed)
            self._places = None
        return self._program

    @cached_property
    def _findings(self) -> EditedFindings:
        from sigma.lint.edited import EditedFindings

        return EditedFindings(self._edited)

    def findings(self) -> Linted:
        """What the linter finds in the text that was asked for last, which must be sound."""
        return self._findings.lint()

    def names(self) -> Places:
        """The names of the text that was asked for last."""
        if self._places is None:
            self._places = Places(self._edited)
        return self._places

    def of_parts(self, name: str, given: Hashable, make: Callable[[Part], _T]) -> list[tuple[Part, _T]]:
        """What somebody makes of each part of the text that was asked for last, in order. Of a part that no edit has
        touched it is what was made before, if what is ``given`` besides is the same: so it may tell of no line but as
        so many behind the part's first one, and of other parts only what their names mean."""
        before, known = self._kept.get(name, (given, {}))
        kept = known if before == given else {}
        found = {part: kept[part] if part in kept else make(part) for part in self._edited.parts.all}
        self._kept[name] = given, found
        return list(found.items())

    def references(self) -> dict[Hashable, list[Span]]:
        """Where what the main source declares is used, in the order of :meth:`names`."""
        edited, names = self._edited, self.names()
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
        if self._is_imported():
            for what, there in all.items():
                there += [each.span for each in names.elsewhere.of.get(what, ()) if not each.is_definition]
        return all

    def _is_imported(self) -> bool:
        """Whether a module imports the main source."""
        others = self._edited.program.modules[1:]
        named = (symbol for module in others for symbol in module.names.values())
        return any(isinstance(symbol, ModuleName) and symbol.target is self._edited.main for symbol in named)
