"""An open source of σ from one version to the next: what an edit does not touch is not checked again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from lsp.sigma_index import Places
from qbcc.lint.finding import Linted
from qbcc.source import SourceFile
from sigma.check.edited import EditedProgram
from sigma.check.modules import Options
from sigma.check.program import Program

if TYPE_CHECKING:
    from sigma.lint.edited import EditedFindings

_NO_MAIN: Final = "S0502"


class Session:
    """The last text that was asked for, and what it took to check it. Who asks for another text, an older one too, gets
    the program of that; what came of the one before must not be looked at any more."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self._edited = EditedProgram(source, options)
        self._made: Program = self._edited.program
        self._program: Program | None = None
        self._places: Places | None = None

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
