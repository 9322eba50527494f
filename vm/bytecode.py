"""The program image: what the assembler makes, an object file holds, and an engine runs.

:class:`ObjectFile` is the image in memory. :mod:`vm.objfile` writes and reads its bytes, and
:mod:`vm.verify` proves that an engine can run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from vm.isa import SLOTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_ENTRY: Final = -1
"""Entry of an object without instructions."""

ROW: Final = 1 + SLOTS
"""Width of a code row: the instruction's number, then its slots."""

MAX_INSTRUCTIONS: Final = 1 << 26
"""Of a program."""

MAX_CONSTANTS: Final = 1 << 26
"""Of its constant pool."""

MAX_DATA: Final = 1 << 30
"""Bytes of ``.data``."""


class Base(IntEnum):
    """What a symbol's or a relocation's value is counted from."""

    ABSOLUTE = 0
    CODE = 1
    """An instruction index."""
    DATA = 2
    """A byte offset from the start of the object's data."""
    UNDEFINED = 3
    """Another object brings it (``.extern``)."""


class Place(IntEnum):
    """What a relocation patches."""

    TARGET = 0
    """An ``l`` slot: instruction index ``where``, slot ``slot``."""
    CONSTANT = 1
    """Constant number ``where`` of the pool."""
    DATA = 2
    """The little-endian 64-bit word at data offset ``where``."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the source: index into :attr:`ObjectFile.files`, then 1-based numbers in code points."""

    file: int
    line: int
    column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name. Locals are kept for reports and debuggers; two objects may share a local's name."""

    name: str
    base: Base
    value: int
    """Instruction index, data offset, or for ``ABSOLUTE`` the constant's 64 bits, unsigned."""
    is_float: bool = False
    """Whether an ``ABSOLUTE`` value is the bits of a float."""
    is_global: bool = False
    is_query: bool = False
    """Whether the host may call it (``.query_interface``)."""
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Relocation:
    """A value that moves when objects are linked: the address of ``base`` (or of symbol
    number ``symbol``, for ``UNDEFINED``) plus ``addend``. For ``CODE`` the addend is an instruction
    index, for ``DATA`` a byte offset. Every code address that a program takes has one, so the
    valid targets of indirect jumps are the relocations to ``CODE`` in constants and data.
    """

    place: Place
    where: int
    base: Base
    addend: int = 0
    slot: int = 0
    symbol: int = -1


@dataclass(frozen=True, slots=True)
class Contract:
    """What ``.func`` says of the instructions ``start`` to ``end`` (exclusive)."""

    name: str
    start: int
    end: int
    args: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    clobbers: tuple[str, ...] = ()


def as_array(values: Sequence[int], type: str, *widths: int) -> NDArray[Any]:
    """Numbers of a type of NumPy's, in rows of a width if one is given."""
    # Here, since who only looks at a source makes no object, and NumPy takes a tenth of a second.
    import numpy as np

    return np.array(values, type).reshape(-1, *widths)


@dataclass
class ObjectFile:
    """A program, or a part of one.

    Constants that hold addresses, ``l`` slots and data words are filled in as if this object
    were alone (its code at instruction 0, its data at ``DATA_BASE``), so a complete object runs as
    it is; the linker computes them again from :attr:`relocations`.
    """

    code: NDArray[np.uint32] = field(default_factory=lambda: as_array((), "uint32", ROW))
    """Shape (instructions, ROW): number, then slots; a constant's slot is ``REGISTERS`` + its index."""
    constants: NDArray[np.uint64] = field(default_factory=lambda: as_array((), "uint64"))
    """Bits of each constant."""
    constant_kinds: NDArray[np.uint8] = field(default_factory=lambda: as_array((), "uint8"))
    """``INT`` or ``FLOAT`` of each constant."""
    data: list[tuple[int, bytes]] = field(default_factory=list)
    """Initialised runs of the data: (offset, bytes), ascending, not touching; the rest is zero."""
    data_size: int = 0
    """Bytes of data, the zeros included."""
    data_align: int = 8
    """Alignment that the start of this object's data needs when linked."""
    symbols: list[Symbol] = field(default_factory=list)
    relocations: list[Relocation] = field(default_factory=list)
    entry: int = NO_ENTRY
    """Instruction where execution starts."""
    entry_declared: bool = False
    """Whether ``.entry_point`` or ``main`` named it; the linker prefers a declared one."""
    files: list[str] = field(default_factory=list)
    """Source files, relative to the main source's folder; ``<stdlib>/x.qbc`` for the library's."""
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    """Source text by (file, line), for every line that made an instruction or a symbol."""
    lines: NDArray[np.uint32] = field(default_factory=lambda: as_array((), "uint32", 4))
    """Shape (instructions, 4): file, line, column, end column of each instruction (see :class:`Where`).
    In a macro expansion, the place of the outermost use."""
    contracts: list[Contract] = field(default_factory=list)

    @property
    def undefined(self) -> list[Symbol]:
        """Symbols that another object must bring."""
        return [symbol for symbol in self.symbols if symbol.base is Base.UNDEFINED]
