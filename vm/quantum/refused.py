"""What a device can never do, found in a program before anything is sent."""

from __future__ import annotations

from typing import Final

from vm.flow import blocks
from vm.isa import BY_CODE, BY_NAME, REGISTERS
from vm.program import Program
from vm.quantum.gates import GATES
from vm.trap import Trap

_LOOKS: Final = frozenset(
    op.code for name in ("QPROB", "QPURITY", "QENTROPY", "QCONC", "QFIDW") for op in BY_NAME[name]
)
_MEASURE: Final = BY_NAME["QMEAS"][0].code
_RESET: Final = BY_NAME["QRESET"][0].code


def find(program: Program, device: str) -> list[Trap]:
    """Looks that the program can come to, and gates on a register's qubit right after it was measured; each as the trap
    that it would be, in the order of the program."""
    flow = blocks.find(program)
    found = []
    for block in flow.blocks.values():
        measured: set[int] = set()
        for pc in range(block.start, block.end):
            row = flow.rows[pc]
            op = BY_CODE[row[0]]
            if op.code in _LOOKS:
                found.append(_trap(program, pc, f"{op.name} looks at a state, which {device} does not have"))
            elif op.code in GATES:
                used = [slot for slot in row[1 : 1 + GATES[op.code].qubits] if slot in measured]
                if used:
                    name = f"r{used[0]}" if used[0] < REGISTERS else "a qubit"
                    found.append(
                        _trap(program, pc, f"{op.name}: {name} was measured before, and {device} cannot go on")
                    )
                    measured -= set(used)
            elif op.code == _RESET:
                measured.discard(row[1])
            # What is written, or what a routine may have written, is another qubit.
            measured -= {row[1 + slot] for slot in op.writes}
            if op.code in (blocks.CALL, blocks.CALL_INDIRECT):
                measured.clear()
            if op.code == _MEASURE and row[1] != row[2]:
                measured.add(row[2])
    return sorted(found, key=lambda trap: trap.location.pc if trap.location is not None else 0)


def _trap(program: Program, pc: int, message: str) -> Trap:
    return Trap(name="quantum", message=message, location=program.location(pc))
