"""Basic blocks of a verified program, and where control goes from each.

Only what is reachable from the program's entries counts: code that a jump through a register may reach is reached by
its label's address being taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vm.isa import BY_CODE, BY_NAME, Op

if TYPE_CHECKING:
    from vm.program import Program


def _codes(*names: str) -> frozenset[int]:
    return frozenset(op.code for name in names for op in BY_NAME[name])


def _code(name: str, operands: str) -> int:
    return next(op.code for op in BY_NAME[name] if op.operands == operands)


JUMP: Final = _code("QJMP", "l")
JUMP_INDIRECT: Final = _code("QJMP", "t")
CALL: Final = _code("QCALL", "l")
CALL_INDIRECT: Final = _code("QCALL", "t")
RETURN: Final = _code("QRET", "")
PUSH: Final = _code("QPUSH", "a")
POP: Final = _code("QPOP", "d")
MOVE: Final = _code("QMOV", "d a")
SYSTEM_CALL: Final = _code("QSYSCALL", "a")
STOPS: Final = _codes("QRET", "QHALT", "QTRAP")
"""Instructions after which control goes nowhere in this subroutine."""
TARGET: Final[dict[int, int]] = {op.code: op.slots.index("l") + 1 for op in BY_CODE.values() if "l" in op.letters}
"""Column of the label in a row, by instruction."""
BRANCHES: Final = frozenset(TARGET) - {JUMP, CALL}
"""Conditional jumps."""
ENDS: Final = STOPS | BRANCHES | {JUMP, JUMP_INDIRECT}
"""What ends a block; a call does not."""

Row = Sequence[int]
"""An instruction: its number, then its slots."""


@dataclass(slots=True, eq=False)
class Block:
    """Instructions ``start`` to ``end`` (exclusive): control enters at the first and leaves after the last."""

    start: int
    end: int
    successors: tuple[int, ...]
    """First instructions of the blocks that may follow; one past the program's end is running off it."""


@dataclass
class Flow:
    """The reachable blocks of a program."""

    program: Program
    rows: list[list[int]]
    blocks: dict[int, Block]
    """By first instruction."""
    roots: list[int]
    """Where control comes from outside a subroutine: the entry, the host's entry points, what is called."""
    taken: tuple[int, ...]
    """Instructions whose address the program takes: where indirect jumps and calls may go."""
    has_indirect_calls: bool
    has_indirect_jumps: bool
    float_arguments: bool
    """Whether an argument of the run may be a float."""

    def op(self, index: int) -> Op:
        """The table's row for an instruction."""
        return BY_CODE[self.rows[index][0]]


def _next(rows: list[list[int]], index: int, taken: tuple[int, ...]) -> tuple[int, ...]:
    """Where control may go after an instruction that ends a block."""
    row = rows[index]
    code = row[0]
    if code in STOPS:
        return ()
    if code == JUMP:
        return (row[1],)
    if code == JUMP_INDIRECT:
        return taken
    if code in BRANCHES:
        target = row[TARGET[code]]
        return (index + 1, target) if target != index + 1 else (index + 1,)
    return (index + 1,)


def find(program: Program, *, float_arguments: bool = True) -> Flow:
    """The blocks of a program, which may be run with floats as arguments or not."""
    rows: list[list[int]] = program.object.code.tolist()
    count = len(rows)
    taken = tuple(int(i) for i in program.targets.nonzero()[0])
    entry = program.object.entry
    roots = {entry, *program.entry_points().values()} if count else set()
    leaders = set(roots)
    seen = bytearray(count + 1)
    waiting = sorted(roots)
    calls_through, jumps_through = False, False
    while waiting:
        index = waiting.pop()
        while index < count and not seen[index]:
            seen[index] = 1
            code = rows[index][0]
            if code in (CALL, CALL_INDIRECT):
                targets = (rows[index][1],) if code == CALL else taken
                calls_through |= code == CALL_INDIRECT
                roots.update(targets)
                leaders.update(targets)
                waiting += targets
            elif code in ENDS:
                jumps_through |= code == JUMP_INDIRECT
                after = _next(rows, index, taken)
                leaders.update(after)
                waiting += after
                break
            index += 1
    blocks: dict[int, Block] = {}
    for start in leaders:
        if start >= count:
            continue
        end = start
        while end < count and rows[end][0] not in ENDS and (end == start or end not in leaders):
            end += 1
        if end < count and rows[end][0] in ENDS and (end == start or end not in leaders):
            blocks[start] = Block(start, end + 1, _next(rows, end, taken))
        else:
            blocks[start] = Block(start, end, (end,))
    return Flow(program, rows, blocks, sorted(roots), taken, calls_through, jumps_through, float_arguments)
