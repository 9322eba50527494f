"""From files to a program: read, assemble, link, verify."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qbcc import frontends, library, near_files
from qbcc.assembly.includes import MAX_SOURCE, IncludeFault, decode, read_regular_bytes
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.source import SourceFile
from qbcc.wording import did_you_mean
from vm.bytecode import NO_ENTRY, ObjectFile
from vm.files import read_most
from vm.trap import ObjectError

if TYPE_CHECKING:
    # Objects run without an assembler: it is imported where a source is met. What reads and proves objects needs NumPy,
    # and a command that only names this module, such as `fmt`, needs neither.
    from qbcc.assembly.assemble import Assembly, Options

STDIN: Final = "-"
_PLAIN: Final = frontends.Settings()


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

    @property
    def shots(self) -> int | None:
        """So many runs the program asks for, if it does."""
        return next((p.assembly.shots for p in self.pieces if p.assembly and p.assembly.shots is not None), None)

    def shown(self, name: str) -> str:
        """How messages name a file of the object."""
        return name if name.startswith("<") or not self.prefix else os.path.normpath(os.path.join(self.prefix, name))


def load(
    names: Sequence[str],
    defines: Mapping[str, str] | None = None,
    include: Sequence[Path] = (),
    settings: frontends.Settings = _PLAIN,
) -> Built:
    """Read sources and objects and make one verified program of them."""
    pieces, diagnostics = read(names, defines, include, settings)
    obj = None
    if not diagnostics:
        obj, problems = join(pieces)
        diagnostics += problems
    prefix = os.path.dirname(pieces[0].name) if pieces and pieces[0].path is not None else ""
    return Built(obj, tuple(diagnostics), tuple(pieces), prefix, tuple(inputs_of(pieces)))


def inputs_of(pieces: Sequence[Piece]) -> list[Path]:
    """Every file that was read for them."""
    inputs = [piece.path for piece in pieces if piece.path is not None]
    return inputs + [Path(s.path) for piece in pieces if piece.assembly for s in piece.assembly.included if s.path]


def read(
    names: Sequence[str],
    defines: Mapping[str, str] | None = None,
    include: Sequence[Path] = (),
    settings: frontends.Settings = _PLAIN,
) -> tuple[list[Piece], list[Diagnostic]]:
    """Each input by itself: sources assembled, objects verified. ``settings`` is for front ends."""
    pieces: list[Piece] = []
    diagnostics: list[Diagnostic] = []
    for name in names:
        try:
            pieces.append(_read(name, defines or {}, include, settings))
        except SourceError as error:
            diagnostics += error.diagnostics
            continue
        assembly = pieces[-1].assembly
        if assembly is not None:
            diagnostics += assembly.diagnostics
    if len(pieces) == len(names):
        diagnostics[:0] = _unclaimed(pieces)
    return pieces, diagnostics


def _unclaimed(pieces: Sequence[Piece]) -> list[Diagnostic]:
    """What front ends say of names of the command line that no source claims."""
    assemblies = [piece.assembly for piece in pieces if piece.assembly is not None]
    claimed = frozenset[str]().union(*(assembly.claimed for assembly in assemblies))
    said: dict[str, Diagnostic] = {}
    for assembly in assemblies:
        for name, diagnostic in assembly.unclaimed.items():
            if name not in claimed:
                said.setdefault(name, diagnostic)
    return list(said.values())


def join(pieces: Sequence[Piece], *, complete: bool = True) -> tuple[ObjectFile | None, tuple[Diagnostic, ...]]:
    """Link what was read, and verify the result."""
    objects = [piece.object for piece in pieces if piece.object is not None]
    if len(objects) == 1 and objects[0].entry != NO_ENTRY and not objects[0].undefined:
        return objects[0], ()
    from qbcc.objects.link import Input, link

    inputs = [Input(piece.name, piece.object) for piece in pieces if piece.object is not None]
    obj, diagnostics = link(inputs, complete=complete)
    if obj is not None:
        from vm.verify import verify

        verify(obj)
    return obj, diagnostics


def source(name: str) -> tuple[SourceFile, frontends.FrontEnd | None]:
    """A source as text, and the front end for its language. Raises :class:`SourceError`."""
    content, shown, path = _content(name)
    return _source(content, shown, path)


def has_front_end(name: str) -> bool:
    """Whether an input is a source of another language than the assembler's."""
    path = Path(name)
    found = path if path.exists() else library.find(name) or path
    return frontends.find(found.name) is not None


def _read(name: str, defines: Mapping[str, str], include: Sequence[Path], settings: frontends.Settings) -> Piece:
    from vm.objfile import is_object

    content, shown, path = _content(name)
    if is_object(content):
        return Piece(shown, path, _object(shown, content))
    text, front = _source(content, shown, path)
    from qbcc.assembly.assemble import Options

    options = Options(dict(defines), tuple(include))
    assembly = front.assemble(text, options, settings) if front else assembled(text, options)
    return Piece(shown, path, assembly.object, assembly)


def assembled(text: SourceFile, options: Options) -> Assembly:
    """A source of QBC as an object. One that is in another language has that one error."""
    from qbcc.assembly.assemble import assemble

    assembly = assemble(text, options)
    ending = frontends.claiming(text.text) if assembly.object is None else None
    if ending is None:
        return assembly
    from qbcc.assembly import messages

    return replace(assembly, diagnostics=(messages.other_language(text, ending),))


def _source(content: bytes, shown: str, path: Path | None) -> tuple[SourceFile, frontends.FrontEnd | None]:
    try:
        if len(content) > MAX_SOURCE:
            raise IncludeFault("E0504", f"'{shown}' has {len(content):,} bytes; a source has at most {MAX_SOURCE:,}")
        text = decode(content, shown)
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, None, notes=fault.notes)]) from None
    resolved = str(path.resolve()) if path is not None else None
    return SourceFile(shown, text, resolved), frontends.find(path.name) if path is not None else None


def _content(name: str) -> tuple[bytes, str, Path | None]:
    """Bytes of an input, the name to show, its path. A name that is no file is looked up in the library."""
    from vm.objfile import MAX_BYTES

    if name.lower().endswith(".qasm"):
        from qbcc.circuits.messages import not_imported

        raise not_imported(name)
    if name == STDIN:
        return read_stdin(MAX_BYTES), "<stdin>", None
    path = Path(name)
    shown = name
    if not path.exists():
        found = library.find(name)
        if found is None:
            near = near_files.near(name, (*near_files.endings(name), ".qbo")) or near_files.near_program(name)
            notes = did_you_mean(near) or (f"no file has this name, and the standard library has no program '{name}'",)
            raise SourceError([Diagnostic("E0501", f"cannot read '{name}': no such file", None, notes=notes)])
        path, shown = found, f"<stdlib>/{found.name}"
    if name.lower().endswith(".py"):
        notes = (f"run it by Python: python3 {name}; there, 'import qbcc' compiles and runs programs in QBC and σ",)
        raise SourceError([Diagnostic("E0506", f"'{name}' is a program in Python", None, notes=notes)])
    try:
        return read_regular_bytes(path, name, MAX_BYTES), shown, path
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, None, notes=fault.notes)]) from None


def read_stdin(most: int) -> bytes:
    """The first ``most`` + 1 bytes of standard input. Raises :class:`SourceError`."""
    try:
        if sys.stdin is None:
            raise OSError(None, "it is closed")
        return read_most(sys.stdin.buffer, most)
    except OSError as fault:
        message = f"cannot read standard input: {fault.strerror}"
        raise SourceError([Diagnostic("E0501", message, None)]) from None


def _object(name: str, content: bytes) -> ObjectFile:
    from vm.objfile import from_bytes
    from vm.verify import verify

    try:
        obj = from_bytes(content)
        verify(obj)
    except ObjectError as error:
        notes = ("assemble it again from its source",)
        message = f"'{name}' is no sound object file: {error.reason}"
        raise SourceError([Diagnostic("E0801", message, None, notes=notes)]) from None
    return obj
