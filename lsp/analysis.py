"""What the compilers say of a document: the same core as the command line's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsp import qbc_index, sigma_index, workspace
from lsp.index import Index
from lsp.workspace import Document, Overlay
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from sigma.check.program import Program

_NO_MAIN = "S0502"


@dataclass(frozen=True)
class Analysis:
    """Of one version of a document."""

    document: Document
    diagnostics: tuple[Diagnostic, ...] = ()
    """In every file that belongs to it."""
    sources: tuple[SourceFile, ...] = ()
    """Those files, the document first."""
    program: Program | None = None
    """Of a source of σ: its tree, with types."""
    overlay: Overlay | None = None
    """What was open then."""

    def checked(self, source: SourceFile) -> Program:
        """Another text in the place of the document's, of σ."""
        from sigma.check.modules import Options
        from sigma.check.program import check

        return check(source, Options(read=self.overlay.read if self.overlay is not None else None))

    @cached_property
    def names(self) -> Index:
        """The names in those files."""
        if self.program is not None:
            return sigma_index.index(self.program)
        return self.symbols.index

    @cached_property
    def symbols(self) -> qbc_index.Symbols:
        """Of a source of assembly, what it names."""
        return qbc_index.symbols(self.sources if self.document.language == workspace.QBC else ())

    @property
    def paths(self) -> frozenset[str]:
        """Files that it depends on."""
        return frozenset(source.path for source in self.sources if source.path is not None)


def analyse(document: Document, overlay: Overlay) -> Analysis:
    """Read a document, with what it includes or imports."""
    match document.language:
        case workspace.QBC:
            return _assembled(document, overlay)
        case workspace.SIGMA:
            return _checked(document, overlay)
        case workspace.CIRCUIT:
            return _circuit(document, overlay)
    return Analysis(document)


def _assembled(document: Document, overlay: Overlay) -> Analysis:
    from qbcc.assemble import Options
    from qbcc.check import check

    found = check(document.source, Options(read=overlay.read))
    return Analysis(document, found.diagnostics, found.included)


def _checked(document: Document, overlay: Overlay) -> Analysis:
    from qbcc.assemble import Options as AssemblerOptions
    from sigma.check.modules import Options
    from sigma.check.program import check

    options = AssemblerOptions(read=overlay.read)
    program = check(document.source, Options(read=options.read))
    # A source without main is a module, which others import.
    said = tuple(d for d in program.diagnostics if d.code != _NO_MAIN)
    program = Program(program.main, program.modules, said, program.unclaimed)
    if program.is_sound:
        said += _findings(program, overlay.levels)
    return Analysis(document, said, tuple(module.source for module in program.modules), program, overlay)


def _findings(program: Program, levels: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The linter's, at the levels of the editor, else of the project. What is wrong with the project's is said where no
    text is meant."""
    from qbcc.lint.config import levels_for
    from qbcc.lint.judge import judge
    from sigma.lint.source import lint_program

    linted = lint_program(program)
    path = program.main.source.path
    if path is None:
        return tuple(judge(linted, levels))
    project = levels_for(Path(path).parent, linted.rules)
    return (*project.diagnostics, *judge(linted, {**project.levels, **levels}))


def _circuit(document: Document, overlay: Overlay) -> Analysis:
    from sigma.check.modules import Options
    from sigma.circuit_json import check_circuit

    program, _ = check_circuit(document.source, Options(read=overlay.read))
    return Analysis(document, program.diagnostics, (document.source,))
