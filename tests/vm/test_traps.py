"""Every trap that an instruction can raise: its name and status, that it counts, that nothing else changed, and what
it says."""

from __future__ import annotations

import numpy as np
import pytest

from tests.programs import build
from vm.isa import MEMORY_SIZE, OPS, QUANTUM
from vm.machine import Machine
from vm.trap import STATUS, TITLE, TRAPS, Trap

KIND_RULES = ("integer", "address", "bits", "select")
"""Rules of the table under which some kind of operand traps."""

# Legend: the instruction that traps, after r1 = 7, r2 = 0, r3 = 2.5, r4 = 0x2000; the trap; words of its message.
CASES: tuple[tuple[str, str, str], ...] = (
    ("QDIV r0, r1, r2", "zero-division", "QDIV: r2 is 0"),
    ("QDIV r0, r1, 0", "zero-division", "the divisor is the constant 0"),
    ("QMOD r0, r1, r2", "zero-division", "QMOD: r2 is 0"),
    ("QDIVU r0, -1, r2", "zero-division", "QDIVU"),
    ("QMODU r0, -1, 0", "zero-division", "QMODU"),
    ("QLOAD r0, [r1]", "address", "8 bytes at 0x7 lie below 0x1000"),
    ("QLOADF r0, [0xFFF]", "address", "0xfff"),
    ("QLOADSB r0, [0xFFF]", "address", "1 byte"),
    ("QLOADB r0, [1 << 36]", "address", "past the end of memory"),
    ("QLOADSH r0, [(1 << 36) - 1]", "address", "2 bytes"),
    ("QSTOREW r1, [(1 << 36) - 3]", "address", "4 bytes"),
    ("QSTORE r1, [r2-8]", "address", "0xfffffffffffffff8"),
    ("QLOAD r0, [main]", "address", "code is not in memory"),
    ("QLOAD r0, [r3]", "kind", "as address, and r3 = 2.5 is a float"),
    ("QLOAD r0, [r4+r3]", "kind", "as address, and r3 = 2.5 is a float"),
    ("QSTORE r3, [r3]", "kind", "as address"),
    ("QSTOREB r3, [r4]", "kind", "r3 = 2.5 is a float"),
    ("QSTOREH 0.5, [r4]", "kind", "0.5 is a float"),
    ("QSTOREW r3, [r4]", "kind", "QSTOREW"),
    ("QDIVU r0, r1, r3", "kind", "r3 = 2.5"),
    ("QMODU r0, r3, r1", "kind", "r3 = 2.5"),
    ("QMULH r0, r3, r1", "kind", "QMULH"),
    ("QMULHU r0, r1, 1.0", "kind", "1.0 is a float"),
    ("QAND r0, r1, r3", "kind", "QAND takes an integer"),
    ("QOR r0, r3, r1", "kind", "QOR"),
    ("QXOR r0, r3, r3", "kind", "QXOR"),
    ("QSHL r0, r3, 1", "kind", "QSHL"),
    ("QSHR r0, 1, r3", "kind", "QSHR"),
    ("QSAR r0, r3, 1", "kind", "QSAR"),
    ("QROL r0, r3, 1", "kind", "QROL"),
    ("QROR r0, r3, 1", "kind", "QROR"),
    ("QROLW r0, r3, 1", "kind", "QROLW"),
    ("QRORW r0, r3, 1", "kind", "QRORW"),
    ("QNOT r0, r3", "kind", "QNOT"),
    ("QPOPCNT r0, r3", "kind", "QPOPCNT"),
    ("QCLZ r0, r3", "kind", "QCLZ"),
    ("QCTZ r0, r3", "kind", "QCTZ"),
    ("QBSWAP r0, r3", "kind", "QBSWAP"),
    ("QBITS r0, r1", "kind", "takes a float, and r1 = 7 is an integer"),
    ("QFBITS r0, r3", "kind", "takes an integer, and r3 = 2.5 is a float"),
    ("QSEL r0, r3, 1, 2", "kind", "r3 = 2.5 is a float"),
    ("QJLTU r1, r3, main", "kind", "QJLTU"),
    ("QJLEU r3, r1, main", "kind", "QJLEU"),
    ("QJGTU r1, r3, main", "kind", "QJGTU"),
    ("QJGEU r3, r1, main", "kind", "QJGEU"),
    ("QJMP r3", "kind", "r3 = 2.5"),
    ("QCALL r3", "kind", "r3 = 2.5"),
    ("QHALT r3", "kind", "r3 = 2.5"),
    ("QSYSCALL r3", "kind", "r3 = 2.5"),
    ("QJMP r1", "jump", "0x7 is not the address of a label"),
    ("QCALL r1", "jump", "0x7 is not the address of a label"),
    ("QPOP r0", "underflow", "nothing is left"),
    ("QSYSCALL 0", "system-call", "no system call 0"),
    ("QSYSCALL -1", "system-call", "no system call -1"),
    ("QSYSCALL 15", "system-call", "1 to 14"),
    ("QTRAP r1", "trap", "QTRAP 7"),
    ("QASSERT r1, r3", "assert", "r1 = 7 is not equal to r3 = 2.5"),
    ("QASSERT r1, 8", "assert", "r1 = 7 is not equal to 8"),
)  # fmt: skip


def at(instruction: str) -> Machine:
    """A machine whose next instruction is that one."""
    start = "main: QMOV r1, 7\nQMOV r2, 0\nQMOV r3, 2.5\nQMOV r4, 0x2000\n"
    machine = Machine(build(f"{start}{instruction}\nQHALT"))
    for _ in range(4):
        assert machine.step() is None
    return machine


@pytest.mark.parametrize(("instruction", "name", "words"), CASES)
def test_traps(instruction: str, name: str, words: str) -> None:
    machine = at(instruction)
    before = (machine.registers.tolist(), machine.kinds.tolist(), machine.stack, machine.depth, machine.pc)
    outcome = machine.step()
    assert outcome is not None
    trap = outcome.trap
    assert isinstance(trap, Trap)
    assert (trap.name, outcome.status, trap.count, machine.count) == (name, STATUS[name], 5, 5)
    assert words in trap.message
    assert "\n" not in trap.message
    assert (machine.registers.tolist(), machine.kinds.tolist(), machine.stack, machine.depth, machine.pc) == before
    assert machine.touched == 0
    assert trap.location is not None
    assert (trap.location.line, trap.location.text) == (5, instruction)
    # The whole run says the same as the step.
    assert at(instruction).run() == outcome


def test_every_instruction_that_can_trap_does() -> None:
    """By the table: each trap of each row, and each rule about kinds, has its case above."""
    tried = {(instruction.split()[0], name) for instruction, name, _ in CASES}
    # Memory, stack overflow and the limits take long programs: tests/vm/test_machine.py.
    slow = {"memory", "overflow"}
    # What quantum instructions trap on: tests/vm/test_quantum.py.
    for op in (op for op in OPS if op.group != QUANTUM):
        for trap in set(op.traps) - slow:
            assert any(name == trap and _same_shape(op.name, word) for word, name in tried), (op.name, trap)
        if op.kinds in KIND_RULES and not op.name.startswith("QLOAD"):
            assert (op.name, "kind") in tried, op.name


def _same_shape(name: str, tried: str) -> bool:
    """Loads and stores of any width trap alike, which tests/vm/test_memory.py goes through."""
    return name == tried or all(word.startswith(("QLOAD", "QSTORE")) for word in (name, tried))


def test_the_statuses_are_the_table() -> None:
    numbers = [status for _, status, _ in TRAPS]
    assert numbers == [*range(70, 84), 130]
    assert len(set(STATUS)) == len(set(TITLE)) == len(TRAPS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"needs a qubit"', "needs a qubit"),
        ('"σ 🌙"', "σ 🌙"),
        ('""', "QTRAP 1048576"),
        ('"two\\nlines"', "QTRAP 1048576"),
        ('"\\x1b[2J"', "QTRAP 1048576"),
        (f'"{"x" * 200}"', "x" * 200),
        (f'"{"x" * 201}"', "QTRAP 1048576"),
    ],
)
def test_what_qtrap_shows(text: str, says: str) -> None:
    outcome = Machine(build(f".data\nwhy: .asciz {text}\n.text\nQTRAP why")).run()
    assert outcome.trap is not None
    assert says in outcome.trap.message
    assert outcome.trap.message.isprintable()


def test_qtrap_at_the_last_bytes_of_memory() -> None:
    machine = Machine(build(f"QTRAP {MEMORY_SIZE - 3}"))
    machine.view(MEMORY_SIZE - 3, 3)[:] = np.frombuffer(b"abc", np.uint8)
    outcome = machine.run()
    assert outcome.trap is not None
    assert "QTRAP" in outcome.trap.message


def test_the_stack_is_cut_in_the_middle() -> None:
    text = "main: QMOV r1, 1000\nQCALL f\nf: QSUB r1, 1\nQJEQ r1, 0, g\nQCALL f\nQRET\ng: QTRAP 1"
    outcome = Machine(build(text)).run()
    trap = outcome.trap
    assert trap is not None
    assert trap.depth == 1000
    assert [place.line for place in trap.stack] == [5] * 31 + [2]
    assert trap.location is not None
    assert trap.location.routine == "g"
