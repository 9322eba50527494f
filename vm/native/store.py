"""Compiled programs on disk: by the program, the engine's own sources, the compiler and the processor."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from vm import cache as disk
from vm import machinecode, processor
from vm.native.compile import compile_ir, target
from vm.native.names import SYMBOL, TABLE
from vm.program import Program

if TYPE_CHECKING:
    from vm.native.plan import Plan


@dataclass(frozen=True)
class Compiled:
    """Machine code, and what is in it."""

    code: bytes
    """From :func:`vm.machinecode.content`."""
    entries: tuple[int, ...]
    """Instructions at which control can enter, in the order of the code's table."""
    straight: int
    """Instructions that may run between two looks at the count."""

    @property
    def digest(self) -> str:
        """Tells two objects apart."""
        return hashlib.sha256(self.code).hexdigest()

    def pack(self) -> bytes:
        """As bytes for the cache."""
        return struct.pack(f"<QQ{len(self.entries)}Q", self.straight, len(self.entries), *self.entries) + self.code

    @staticmethod
    def unpack(content: bytes) -> Compiled:
        """The inverse of :meth:`pack`. Raises :class:`struct.error` or :class:`ValueError` for other bytes."""
        straight, count = struct.unpack_from("<QQ", content)
        entries = struct.unpack_from(f"<{count}Q", content, 16)
        code = content[16 + 8 * count :]
        machinecode.check(code, (SYMBOL, TABLE))
        return Compiled(code, entries, straight)


@cache
def _engine_key() -> bytes:
    """What compiled code depends on besides the program."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent.parent
    sources = [folder / "isa.py", folder / "trap.py", folder / "machinecode.py", folder / "interp" / "layout.py"]
    sources += sorted((folder / "native").glob("*.py")) + sorted((folder / "flow").glob("*.py"))
    for source in sources:
        digest.update(source.read_bytes())
    digest.update(processor.identity())
    return digest.digest()


def key(program: Program, level: int, *, whole: bool, float_arguments: bool) -> str:
    """Name of the cache's entry: ``whole`` for all of the program, else for as much as was hot."""
    digest = hashlib.sha256(_engine_key())
    obj = program.object
    for part in (obj.code, obj.constants, obj.constant_kinds, program.targets):
        digest.update(part.tobytes())
        digest.update(struct.pack("<Q", part.nbytes))
    entries = (obj.entry, sorted(program.entry_points().values()))
    digest.update(repr((entries, level, whole, float_arguments)).encode())
    return f"native-{digest.hexdigest()[:32]}.o"


def find(name: str) -> Compiled | None:
    """From the cache."""
    return disk.load(name, Compiled.unpack)


def build(plan: Plan, level: int, chosen: Collection[int] | None, resumed: Collection[int], name: str) -> Compiled:
    """Compile, and keep it."""
    # What compiles is imported where something is compiled.
    from vm.native.module import emit

    module = emit(plan, plan.by_entry if chosen is None else chosen, resumed, target())
    compiled = Compiled(machinecode.content(compile_ir(module.text, level)), module.entries, plan.straight)
    disk.write(name, compiled.pack())
    return compiled
