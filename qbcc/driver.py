"""From files to a program: read, assemble, link, verify."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qbcc import library
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.includes import MAX_SOURCE, IncludeFault, decode, read_regular_bytes
from qbcc.source import SourceFile
from vm.bytecode import NO_ENTRY, ObjectFile
from vm.objfile import MAX_BYTES, from_bytes, is_object
from vm.trap import ObjectError
from vm.verify import verify

if TYPE_CHECKING:
    # Objects run without an assembler: it is imported where a source is met.
    from qbcc.assemble import Assembly

STDIN: Final = "-"


@dataclass(frozen=True)
class Piece:
    """One input: its object, and the assembly if it was a source."""

    name: str
    path: Path | None
    object: ObjectFile | None
    assembly: Assembly | None = None


@dataclass(frozen=True)
class Built:
    """What came of the inputs."""

    object: ObjectFile | None
    """None if there was an error."""
    diagnostics: tuple[Diagnostic, ...]
    pieces: tuple[Piece, ...]
    prefix: str = ""
    """Folder that the names in the object are relative to, as the user wrote it."""
    inputs: tuple[Path, ...] = field(default=())
    """Every file that was read."""

    def shown(self, name: str) -> str:
        """How messages name a file of the object."""
        return name if name.startswith("<") or not self.prefix else os.path.normpath(os.path.join(self.prefix, name))


def load(names: Sequence[str], defines: Mapping[str, str] | None = None, include: Sequence[Path] = ()) -> Built:
    """Read sources and objects and make one verified program of them."""
    pieces, diagnostics = read(names, defines, include)
    obj = None
    if not diagnostics:
        obj, problems = join(pieces)
        diagnostics += problems
    inputs = [piece.path for piece in pieces if piece.path is not None]
    inputs += [Path(s.path) for p in pieces if p.assembly for s in p.assembly.included if s.path]
    prefix = os.path.dirname(pieces[0].name) if pieces and pieces[0].path is not None else ""
    return Built(obj, tuple(diagnostics), tuple(pieces), prefix, tuple(inputs))


def read(
    names: Sequence[str], defines: Mapping[str, str] | None = None, include: Sequence[Path] = ()
) -> tuple[list[Piece], list[Diagnostic]]:
    """Each input by itself: sources assembled, objects verified."""
    pieces: list[Piece] = []
    diagnostics: list[Diagnostic] = []
    for name in names:
        try:
            pieces.append(_read(name, defines or {}, include))
        except SourceError as error:
            diagnostics += error.diagnostics
            continue
        assembly = pieces[-1].assembly
        if assembly is not None:
            diagnostics += assembly.diagnostics
    return pieces, diagnostics


def join(pieces: Sequence[Piece], *, complete: bool = True) -> tuple[ObjectFile | None, tuple[Diagnostic, ...]]:
    """Link what was read, and verify the result."""
    objects = [piece.object for piece in pieces if piece.object is not None]
    if len(objects) == 1 and objects[0].entry != NO_ENTRY and not objects[0].undefined:
        return objects[0], ()
    from qbcc.link import Input, link

    inputs = [Input(piece.name, piece.object) for piece in pieces if piece.object is not None]
    obj, diagnostics = link(inputs, complete=complete)
    if obj is not None:
        verify(obj)
    return obj, diagnostics


def _read(name: str, defines: Mapping[str, str], include: Sequence[Path]) -> Piece:
    content, shown, path = _content(name)
    if is_object(content):
        return Piece(shown, path, _object(shown, content))
    try:
        if len(content) > MAX_SOURCE:
            raise IncludeFault("E0504", f"'{shown}' has {len(content):,} bytes; a source has at most {MAX_SOURCE:,}")
        text = decode(content, shown)
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, None, notes=fault.notes)]) from None
    resolved = str(path.resolve()) if path is not None else None
    from qbcc import frontends
    from qbcc.assemble import Options, assemble

    front = frontends.find(path.name) if path is not None else None
    source, options = SourceFile(shown, text, resolved), Options(dict(defines), tuple(include))
    assembly = front.assemble(source, options, frontends.Settings()) if front else assemble(source, options)
    return Piece(shown, path, assembly.object, assembly)


def _content(name: str) -> tuple[bytes, str, Path | None]:
    """Bytes of an input, the name to show, its path. A name that is no file is looked up in the library."""
    if name == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>", None
    path = Path(name)
    shown = name
    if not path.exists():
        found = library.find(name)
        if found is None:
            notes = (f"no file has this name, and the standard library has no program '{name}'",)
            raise SourceError([Diagnostic("E0501", f"cannot read '{name}': no such file", None, notes=notes)])
        path, shown = found, f"<stdlib>/{found.name}"
    try:
        return read_regular_bytes(path, name, MAX_BYTES), shown, path
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, None, notes=fault.notes)]) from None


def _object(name: str, content: bytes) -> ObjectFile:
    try:
        obj = from_bytes(content)
        verify(obj)
    except ObjectError as error:
        notes = ("assemble it again from its source",)
        message = f"'{name}' is no sound object file: {error.reason}"
        raise SourceError([Diagnostic("E0801", message, None, notes=notes)]) from None
    return obj
