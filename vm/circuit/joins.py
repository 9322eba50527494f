"""Where the arms of a decision come together again, and what of a program can still act on qubits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from vm.flow.blocks import CALL, CALL_INDIRECT, JUMP, JUMP_INDIRECT, TARGET
from vm.flow.graph import dominators
from vm.isa import BY_CODE, BY_NAME, QUANTUM

_LEAVES: Final = frozenset(op.code for name in ("QRET", "QHALT") for op in BY_NAME[name])
_TRAP: Final = frozenset(op.code for op in BY_NAME["QTRAP"])
_RETURNS: Final = BY_NAME["QRET"][0].code
_SEES: Final = frozenset(
    op.code for name in ("QPROB", "QPURITY", "QENTROPY", "QCONC", "QFIDW", "QEXPECT", "QBARRIER", "QALLOC", "QFREE")
    for op in BY_NAME[name]
)  # fmt: skip
"""Quantum instructions that are no part of a circuit."""


class Joins:
    """Answers about a program's control flow."""

    def __init__(self, code: Any, targets: Any) -> None:
        """``code``: rows of the instructions; ``targets``: 1 where a jump through a register may go."""
        self._code: list[list[int]] = code.tolist()
        self._targets = [place for place, is_target in enumerate(targets.tolist()) if is_target]
        self._found: dict[int, int | None] = {}

    def successors(self, pc: int) -> Sequence[int]:
        """Instructions after one in its routine: a call is stepped over."""
        code = self._code[pc][0]
        if code in _LEAVES or code in _TRAP:
            return ()
        if code == JUMP:
            return (self._code[pc][TARGET[code]],)
        if code == JUMP_INDIRECT:
            return self._targets
        after = [pc + 1] if pc + 1 < len(self._code) else []
        if code in TARGET and code not in (JUMP, CALL):
            after.append(self._code[pc][TARGET[code]])
        return after

    def after(self, pc: int) -> int | None:
        """The instruction that every path from one goes through next; None if there is none in its routine."""
        if pc not in self._found:
            self._found.update(self._worked_out(pc))
        return self._found[pc]

    def _worked_out(self, pc: int) -> dict[int, int | None]:
        inside = {pc}
        waiting = [pc]
        while waiting:
            for each in self.successors(waiting.pop()):
                if each not in inside:
                    inside.add(each)
                    waiting.append(each)
        before: dict[int, list[int]] = {each: [] for each in inside}
        for each in inside:
            for other in self.successors(each):
                before[other].append(each)
        ends = sorted(each for each in inside if self._code[each][0] in _LEAVES)
        order, above = dominators(ends, before.__getitem__)
        found: dict[int, int | None] = dict.fromkeys(inside)
        found.update({each: None if up < 0 else order[up] for each, up in zip(order, above, strict=True)})
        return found

    def returns(self, pc: int) -> bool:
        """Whether an instruction is a return."""
        return self._code[pc][0] == _RETURNS

    @cached_property
    def _acts(self) -> set[int]:
        """Instructions from which one that acts on qubits may be reached, wherever returns go."""
        sites = [pc + 1 for pc, row in enumerate(self._code) if row[0] in (CALL, CALL_INDIRECT)]
        before: list[list[int]] = [[] for _ in range(len(self._code) + 1)]
        found = []
        for pc, row in enumerate(self._code):
            code = row[0]
            after = list(self.successors(pc))
            if code == CALL:
                after.append(row[TARGET[code]])
            elif code == CALL_INDIRECT:
                after += self._targets
            elif code == _RETURNS:
                after += sites
            for each in after:
                before[each].append(pc)
            if BY_CODE[code].group == QUANTUM and code not in _SEES:
                found.append(pc)
        reached = set(found)
        while found:
            for each in before[found.pop()]:
                if each not in reached:
                    reached.add(each)
                    found.append(each)
        return reached

    def acts_after(self, pc: int) -> bool:
        """Whether a qubit may still be acted on from an instruction on."""
        return pc in self._acts
