"""Basic blocks of a verified program, and where control goes from each.

Only what is reachable from the program's entries counts: code that a jump through a register may reach is reached by
its label's address being taken. All such jumps lead to one block without instructions, the *hub*, and that to whatever
they may reach: so n jumps to m places make n + m steps, and everything that follows a program's flow stays linear."""

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

HUB: Final = 1 << 32
"""Start and end of the hub: no instruction has that index."""

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
    """By first instruction; the hub is there if a jump through a register can be reached."""
    roots: list[int]
    """Where control comes from outside a subroutine: the entry, the host's entry points, what is called. A label at
    the very end is none: whoever goes there runs off the program."""
    taken: tuple[int, ...]
    """Instructions whose address the program takes: where indirect jumps and calls may go."""
    has_indirect_calls: bool
    float_arguments: bool
    """Whether an argument of the run may be a float."""

    def op(self, index: int) -> Op:
        """The table's row for an instruction."""
        return BY_CODE[self.rows[index][0]]


def _next(rows: list[list[int]], index: int, taken: tuple[int, ...]) -> tuple[int, ...]:
    """Return where control may go after an instruction that ends a block."""
    row = rows[index]
    code = row[0]
    if code in STOPS:
        return ()
    if code == JUMP:
        return (row[1],)
    if code == JUMP_INDIRECT:
        return (HUB,) if taken else ()
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
            if code == CALL:
                roots.add(rows[index][1])
                waiting.append(rows[index][1])
            elif code == CALL_INDIRECT and not calls_through:
                calls_through = True
                roots.update(taken)
                waiting += taken
            elif code in ENDS:
                if code == JUMP_INDIRECT:
                    if not jumps_through:
                        leaders.update(taken)
                        waiting += taken
                    jumps_through = True
                else:
                    after = _next(rows, index, taken)
                    leaders.update(after)
                    waiting += after
                break
            index += 1
    roots = {root for root in roots if root < count}
    leaders |= roots
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
    if jumps_through and taken:
        blocks[HUB] = Block(HUB, HUB, taken)
    return Flow(program, rows, blocks, sorted(roots), taken, calls_through, float_arguments)
