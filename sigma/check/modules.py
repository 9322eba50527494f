"""Modules: a source, its tree, its names; and the program that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from qbcc.assembly.includes import Folders, IncludeFault
from qbcc.diagnostics import Diagnostic
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile
from sigma.parser import parse
from sigma.symbols import Module

MAX_MODULES: Final = 1000
"""Most modules of a program."""


@dataclass(frozen=True)
class Options:
    """How to read a program."""

    defines: Mapping[str, str] = field(default_factory=dict)
    """``-D NAME=value``: wins over a ``const`` of the main module."""
    include_dirs: Sequence[Path] = ()
    read: Callable[[Path], str] | None = None
    """For editors: the text of an unsaved file, or :class:`OSError` for the file on disk."""


class Loader:
    """Reads modules, each once."""

    def __init__(self, options: Options, main: SourceFile, report: Callable[[Diagnostic], None]) -> None:
        self.read(options, main)
        self.report = report
        self.modules: dict[str, Module] = {}
        self.linked: list[SourceFile] = []
        """Sources of assembly that subroutines are in."""
        self.missing: list[tuple[str, SourceFile | None]] = []
        """Files that cannot be read, each with the one that asks for it; without one, of the library."""

    def read(self, options: Options, main: SourceFile) -> None:
        """Look for files as these options say."""
        root = Path(main.path).parent if main.path else None
        self.folders = Folders(options.include_dirs, stdlib_dir(), options.read, root)
        self.library = Folders((), stdlib_dir(), options.read)

    def add(self, source: SourceFile) -> Module:
        """Read a source; what is wrong with its text is reported."""
        tree = parse(source)
        for diagnostic in tree.diagnostics:
            self.report(diagnostic)
        module = Module(source, tree.tokens, tree.declarations)
        self.modules[source.path or source.name] = module
        return module

    def link(self, name: str, includer: SourceFile) -> None:
        """Note a source of assembly. Raises :class:`IncludeFault`."""
        self.linked.append(self._found(name, includer))

    def find(self, name: str, includer: SourceFile | None) -> Module:
        """The module of a file, beside the one that imports it; without one, of the library. Raises
        :class:`IncludeFault`."""
        if len(self.modules) >= MAX_MODULES:
            raise IncludeFault("S0501", f"a program has at most {MAX_MODULES:,} modules")
        source = self._found(name, includer)
        return self.modules.get(source.path or source.name) or self.add(source)

    def is_missing_found(self) -> bool:
        """Whether a file that could not be read can be read now."""
        return any(self._is_there(*each) for each in self.missing)

    def _is_there(self, name: str, includer: SourceFile | None) -> bool:
        try:
            self._source(name, includer)
        except IncludeFault:
            return False
        return True

    def _found(self, name: str, includer: SourceFile | None) -> SourceFile:
        try:
            return self._source(name, includer)
        except IncludeFault:
            self.missing.append((name, includer))
            raise

    def _source(self, name: str, includer: SourceFile | None) -> SourceFile:
        nobody = SourceFile("<library>", "")
        return self.library.find(name, nobody) if includer is None else self.folders.find(name, includer)
