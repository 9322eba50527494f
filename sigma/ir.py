"""The intermediate form: functions of basic blocks in SSA form, whose blocks have parameters.

Straight instructions are those of the machine's table, under their mnemonics: ``QADD``, ``QSIN``, ``QCX``. What the
machine has not, or has in another form:

========== =============================================== ==========================================
code       arguments                                       ``imm``
========== =============================================== ==========================================
const      –                                               the number
addr       –                                               (label, distance)
slot       –                                               :class:`Slot`: a place in the function's frame
param      –                                               –
load       base[, index]                                   distance in bytes
store      value, base[, index]                            distance in bytes
loadb      base                                            distance in bytes; one byte, as a number from 0 on
storeb     value, base                                     distance in bytes; the low eight bits
bound      index, length                                   "end" or "start" of a part, or None; traps unless
                                                           0 ≤ index < length (an end's is one more, and so is a
                                                           start's, which is the end)
call       arguments                                       :class:`Function`, or the label of a subroutine
result     the call, or a system call                      which of its results
sys        r0, r1                                          number of the system call
asm        variables read                                  :class:`sigma.check.assembly.AsmLine`
fail       address of the text                             – ; traps, ends the block
jump       –                                               – ; one edge
branch     a, b                                            mnemonic of the jump; edges: taken, not taken
return     results                                         –
halt       status                                          –
========== =============================================== ==========================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from qbcc.source import Span
from vm.isa import ARITHMETIC, BITS, BY_NAME, FLOATS

HANDED: Final = 4
"""Arguments and results that registers hand over; more of them go through memory."""
INT: Final = "i"
FLOAT: Final = "f"
NONE: Final = ""

_TRAPS: Final = frozenset({"QDIV", "QMOD", "QDIVU", "QMODU"})
PURE: Final = frozenset(
    {name for name, rows in BY_NAME.items() if rows[0].group in (ARITHMETIC, BITS, FLOATS)}
    | {"QSEQ", "QSNE", "QSLT", "QSLE", "QSEL"}
)
"""Mnemonics that only calculate. Those in :data:`_TRAPS` trap at integers with a zero divisor."""
ENDS: Final = frozenset({"fail", "jump", "branch", "return", "halt"})
LOADS: Final = frozenset({"load", "loadb"})
MEMORY: Final = LOADS | {"store", "storeb"}
"""What has an address as its last argument, and a distance from it."""
LEAVES: Final = frozenset({"const", "addr", "slot"})
"""Values that stand in no block: operands as they are."""


@dataclass(eq=False, slots=True)
class Slot:
    """Bytes in a function's frame."""

    size: int
    offset: int = -1


class Op:
    """An operation and the value that it gives."""

    __slots__ = ("args", "code", "edges", "imm", "span", "type")

    def __init__(self, code: str, type: str, args: list[Op], imm: Any = None, span: Span | None = None) -> None:
        self.code = code
        self.type = type
        """Kind of its value: :data:`INT`, :data:`FLOAT`, or :data:`NONE` for no value."""
        self.args = args
        self.imm = imm
        self.span = span
        self.edges: list[Edge] = []


class Edge:
    """A way to a block, with a value for each of its parameters."""

    __slots__ = ("args", "block")

    def __init__(self, block: Block, args: list[Op] | None = None) -> None:
        self.block = block
        self.args = args or []


class Block:
    """Operations in a row; the last one ends it."""

    __slots__ = ("ops", "params")

    def __init__(self) -> None:
        self.params: list[Op] = []
        self.ops: list[Op] = []

    @property
    def end(self) -> Op:
        """What ends it."""
        return self.ops[-1]

    @property
    def edges(self) -> list[Edge]:
        """The ways out."""
        return self.ops[-1].edges if self.ops else []


@dataclass(eq=False, slots=True)
class Function:
    """A function: parameters of the first block are its arguments."""

    label: str
    name: str
    """For people."""
    blocks: list[Block] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    """Kinds of what it gives."""
    slots: list[Slot] = field(default_factory=list)
    span: Span | None = None
    is_main: bool = False
    is_exported: bool = False
    is_recursive: bool = False
    leaves: dict[Any, Op] = field(default_factory=dict)

    @property
    def params(self) -> list[Op]:
        """Its arguments."""
        return self.blocks[0].params

    def ops(self) -> Iterator[Op]:
        """Every operation."""
        for block in self.blocks:
            yield from block.ops

    def const(self, value: int | float) -> Op:
        """A number; the same one is the same value."""
        is_float = isinstance(value, float)
        key = ("f", value.hex()) if isinstance(value, float) else ("i", value)
        found = self.leaves.get(key)
        if found is None:
            found = self.leaves[key] = Op("const", FLOAT if is_float else INT, [], value)
        return found

    def addr(self, label: str, distance: int = 0) -> Op:
        """The address of a label of the data."""
        key = ("a", label, distance)
        found = self.leaves.get(key)
        if found is None:
            found = self.leaves[key] = Op("addr", INT, [], (label, distance))
        return found

    def slot(self, size: int) -> Op:
        """A new place in the frame."""
        slot = Slot(size)
        self.slots.append(slot)
        return Op("slot", INT, [], slot)


@dataclass(eq=False, slots=True)
class Data:
    """Bytes of the data: words, or a text."""

    label: str
    words: list[int | float] = field(default_factory=list)
    text: bytes | None = None
    space: int = 0
    """Zeros behind."""
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Program:
    """Everything that becomes an object."""

    functions: list[Function] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    includes: dict[str, Span | None] = field(default_factory=dict)
    """Files that its subroutines come from: of the library, or named at a place of the source."""
    externs: list[str] = field(default_factory=list)
    """Labels that other objects bring."""


def reachable(function: Function) -> list[Block]:
    """Blocks that the first one leads to, each before those that only it leads to (reverse postorder)."""
    seen = {function.blocks[0]}
    order: list[Block] = []
    stack: list[tuple[Block, Iterator[Edge]]] = [(function.blocks[0], iter(function.blocks[0].edges))]
    while stack:
        block, edges = stack[-1]
        for edge in edges:
            if edge.block not in seen:
                seen.add(edge.block)
                stack.append((edge.block, iter(edge.block.edges)))
                break
        else:
            order.append(block)
            stack.pop()
    return order[::-1]


def predecessors(blocks: list[Block]) -> dict[Block, list[Edge]]:
    """The edges into each block; ``edge.block`` is that block."""
    found: dict[Block, list[Edge]] = {block: [] for block in blocks}
    for block in blocks:
        for edge in block.edges:
            found[edge.block].append(edge)
    return found


def can_trap(op: Op) -> bool:
    """Whether a calculation may stop the program."""
    if op.code not in _TRAPS or op.type == FLOAT:
        return False
    divisor = op.args[1]
    return not (divisor.code == "const" and divisor.imm != 0)


def is_removable(op: Op) -> bool:
    """Whether nobody misses it if nobody reads its value."""
    return (op.code in PURE and not can_trap(op)) or op.code in ("load", "loadb", "param", "result")
