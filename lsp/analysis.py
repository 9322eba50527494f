"""What the compilers say of a document: the same core as the command line's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsp import workspace
from lsp.index import Index
from lsp.qbc import index as qbc_index
from lsp.workspace import Document, Overlay
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.source import SourceFile

if TYPE_CHECKING:
    from lsp.sigma.session import Session
    from qbcc.assembly.assemble import Assembly
    from qbcc.flow.program import Flow
    from qbcc.lint.finding import Linted
    from sigma.check.modules import Options
    from sigma.check.program import Program


_ASSEMBLED: Final = "assembled"
_NAMES: Final = "names"
_EARLY: Final = "answered early"
_LONG: Final = 1000
"""Lines of a source of assembly that takes longer to assemble than somebody waits for hints."""


@dataclass(frozen=True)
class Assembled:
    """What a source of assembly became."""

    sources: tuple[SourceFile, ...]
    """The files that were read, itself first."""
    assembly: Assembly
    flow: Flow | None


@dataclass(frozen=True)
class Analysis:
    """Of one version of a document."""

    document: Document
    diagnostics: tuple[Diagnostic, ...] = ()
    """In every file that belongs to it."""
    sources: tuple[SourceFile, ...] = ()
    """Those files, the document first."""
    findings: tuple[Diagnostic, ...] = ()
    """Of a source of assembly, what the linter finds: that takes its time, so it comes later (:func:`looked_at`)."""
    is_looked_at: bool = False
    """Whether the findings are those of this version."""
    session: Session | None = None
    """Of a source of σ: what checks it."""
    overlay: Overlay | None = None
    """What was open then."""

    @property
    def program(self) -> Program | None:
        """Of a source of σ: its tree, with types, until another text is asked for."""
        return self.checked(self.document.source) if self.session is not None else None

    def checked(self, source: SourceFile) -> Program:
        """The same of a text in the place of the document's."""
        assert self.session is not None
        return self.session.program(source, _options(self.overlay))

    def compiled(self, source: SourceFile) -> Assembly:
        """What becomes of a text of σ in the place of the document's."""
        from sigma.compile import compile_source

        return compile_source(source, _options(self.overlay))

    @cached_property
    def assembly(self) -> Assembly:
        """What becomes of the document, made when it is asked for."""
        from qbcc.assembly.assemble import Options, assemble

        match self.document.language:
            case workspace.SIGMA:
                return self.compiled(self.document.source)
            case workspace.CIRCUIT:
                from sigma.circuit.check import check_circuit
                from sigma.compile import compile_program

                program, shots = check_circuit(self.document.source, _options(self.overlay))
                return compile_program(program, _options(self.overlay), shots=shots)
        known: Assembled | None = self.document.kept.get(_ASSEMBLED)
        if known is not None and known.sources == self.sources:
            return known.assembly
        return assemble(self.document.source, Options(read=self.overlay.read if self.overlay is not None else None))

    @cached_property
    def flow(self) -> Flow | None:
        """What the routines of its assembly do with registers and stack; None where it has errors."""
        from qbcc.flow.program import analyse

        known: Assembled | None = self.document.kept.get(_ASSEMBLED)
        if known is not None and known.assembly is self.assembly:
            return known.flow
        return analyse(self.assembly)

    def assembled(self, *, now: bool) -> Assembled | None:
        """What a source of assembly becomes; None where it has errors. Of a long one that is not assembled yet, unless
        it is to be ``now``: what an earlier version became, if that is known."""
        if not self.is_sound:
            return None
        known: Assembled | None = self.document.kept.get(_ASSEMBLED)
        if known is not None and known.sources == self.sources:
            return known
        if now or len(self.document.source.lines) < _LONG:
            return Assembled(self.sources, self.assembly, self.flow)
        self.document.kept[_EARLY] = True
        return known

    @property
    def names(self) -> Index:
        """The names in those files."""
        if self.session is None:
            return self.symbols.index
        self.checked(self.document.source)
        return self.session.names()

    @cached_property
    def symbols(self) -> qbc_index.Symbols:
        """Of a source of assembly, what it names."""
        before: qbc_index.Symbols | None = self.document.kept.get(_NAMES)
        is_assembly = self.document.language == workspace.QBC
        found = self.document.kept[_NAMES] = qbc_index.Symbols(self.sources if is_assembly else (), before)
        return found

    @cached_property
    def mended(self) -> tuple[str, int]:
        """The text with the fixes of all findings, those left out that lie over another, and how many fixes those are.
        Errors are for people to decide. Editors ask for it at every move of the cursor, so it is made once."""
        from qbcc.lint.fix import fixed

        return fixed(self.document.source, [each for each in self.all if each.severity is not Severity.ERROR])

    def forget(self) -> None:
        """Drop what is kept from one version of the document to the next, since it may be what made an analysis fail:
        the next one reads everything anew."""
        if self.session is not None:
            self.session.forget()
        forget(self.document)

    @property
    def is_sound(self) -> bool:
        """Whether it has no errors."""
        return not any(found.severity is Severity.ERROR for found in self.diagnostics)

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """What is wrong, and what is hardly meant."""
        return (*self.diagnostics, *self.findings)

    @property
    def paths(self) -> frozenset[str]:
        """Files that it depends on."""
        return frozenset(source.path for source in self.sources if source.path is not None)


def analyse(document: Document, overlay: Overlay) -> Analysis:
    """Read a document, with what it includes or imports. What was found in an earlier version of it is used."""
    match document.language:
        case workspace.QBC:
            return _assembled(document, overlay)
        case workspace.SIGMA:
            return _checked(document, overlay)
        case workspace.CIRCUIT:
            return _circuit(document, overlay)
    return Analysis(document)


def _assembled(document: Document, overlay: Overlay) -> Analysis:
    from qbcc.assembly.assemble import Options
    from qbcc.assembly.check import Checked, check
    from qbcc.assembly.recheck import recheck

    options = Options(read=overlay.read)
    last: Checked | None = document.kept.get(workspace.QBC)
    found = check(document.source, options) if last is None else recheck(last, document.source, options)
    document.kept[workspace.QBC] = found
    return Analysis(document, found.diagnostics, found.included, overlay=overlay)


def forget(document: Document) -> None:
    """Drop what is kept of a document's versions."""
    document.kept.clear()


def looked_at(analysis: Analysis, overlay: Overlay) -> Analysis:
    """With what the linter finds in a source of assembly and in what it includes: nothing where that has errors."""
    from qbcc.assembly.assemble import Options, assemble
    from qbcc.flow.program import analyse
    from qbcc.lint.assembly.source import lint_assembly

    document = analysis.document
    if document.language != workspace.QBC or not analysis.is_sound:
        return replace(analysis, is_looked_at=True)
    assembly = assemble(document.source, Options(read=overlay.read))
    flow = analyse(assembly)
    document.kept[_ASSEMBLED] = Assembled(analysis.sources, assembly, flow)
    found = _findings(document.source.path, lint_assembly(assembly, flow), overlay.levels)
    return replace(analysis, findings=found, is_looked_at=True)


def answered_early(analysis: Analysis) -> bool:
    """Whether somebody was told of an earlier version since this was asked last."""
    return bool(analysis.document.kept.pop(_EARLY, False))


def carried(before: Analysis, analysis: Analysis) -> Analysis:
    """With the findings of an earlier version, where they stand now, until those of this one are there."""
    from qbcc.edits import Mover, difference

    old, new = before.document.source, analysis.document.source
    if not before.findings or not analysis.is_sound:
        return analysis
    change = difference(old.lines, new.lines)
    if change is None:
        return replace(analysis, findings=before.findings) if old is new else analysis
    mover = Mover(old, new, change)
    stays = (
        d for d in before.findings if d.span is None or d.span.source is not old or not change.touches(d.span.line)
    )
    return replace(analysis, findings=tuple(mover.all(stays)))


def _options(overlay: Overlay | None) -> Options:
    from sigma.check.modules import Options

    return Options(read=overlay.read if overlay is not None else None)


def _checked(document: Document, overlay: Overlay) -> Analysis:
    from lsp.sigma.session import Session

    session: Session | None = document.kept.get(workspace.SIGMA)
    if session is None:
        session = document.kept[workspace.SIGMA] = Session(document.source, _options(overlay))
    program = session.program(document.source, _options(overlay))
    said = program.diagnostics
    if program.is_sound:
        said += _findings(document.source.path, session.findings(), overlay.levels)
    sources = tuple(module.source for module in program.modules)
    return Analysis(document, said, sources, session=session, overlay=overlay)


def _findings(path: str | None, linted: Linted, levels: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The linter's, at the levels of the editor, else of the project. What is wrong with the project's is said where no
    text is meant."""
    from qbcc.explain import others
    from qbcc.lint.config import levels_for
    from qbcc.lint.judge import judge

    if path is None:
        return tuple(judge(linted, levels))
    project = levels_for(Path(path).parent, linted.rules, others)
    return (*project.diagnostics, *judge(linted, {**project.levels, **levels}))


def _circuit(document: Document, overlay: Overlay) -> Analysis:
    from sigma.check.modules import Options
    from sigma.circuit.check import check_circuit

    program, _ = check_circuit(document.source, Options(read=overlay.read))
    return Analysis(document, program.diagnostics, (document.source,), overlay=overlay)
