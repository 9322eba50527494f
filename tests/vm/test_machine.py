"""The machine: limits, traps, stacks, system calls, snapshots, calls from the host."""

from __future__ import annotations

import io
import threading
from typing import Any

import numpy as np
import pytest

from tests.programs import build, finished, rows
from vm.isa import BY_NAME, BY_SYSTEM_CALL, CALL_DEPTH, CODE_BASE, MEMORY_SIZE, STACK_DEPTH
from vm.machine import Machine, Outcome, TrapError
from vm.memory import PAGE, MemoryCapError
from vm.syscalls import Random
from vm.trap import ObjectError, Trap


def ended(text: str, **settings: Any) -> Outcome:
    outcome = finished(text, **settings).outcome
    assert outcome is not None
    return outcome


def trapped(text: str, **settings: Any) -> Trap:
    outcome = ended(text, **settings)
    assert outcome.trap is not None
    return outcome.trap


# -- ends


@pytest.mark.parametrize(
    ("text", "status"), [("QHALT", 0), ("QHALT 7", 7), ("QHALT 256+3", 3), ("QHALT -1", 255), ("QRET", 0)]
)
def test_exit_status(text: str, status: int) -> None:
    outcome = finished(text).outcome
    assert outcome is not None
    assert (outcome.status, outcome.trap, outcome.count) == (status, None, 1)


def test_a_machine_that_ended_stays_so() -> None:
    machine = finished("QADD r0, 1\nQHALT 4")
    assert machine.run() is machine.outcome
    assert machine.step() is machine.outcome
    assert machine.get(0) == 1


def test_running_past_the_end_is_a_bad_jump() -> None:
    trap = trapped("QNOP")
    assert (trap.name, trap.status, trap.count) == ("jump", 75, 1)
    assert "QHALT" in trap.message


# -- limits


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 1000, 4_000_001])
def test_the_instruction_limit_is_exact(limit: int) -> None:
    trap = trapped("loop: QADD r0, 1\nQJMP loop", max_instructions=limit)
    assert (trap.name, trap.status, trap.count) == ("instructions", 79, limit)


def test_a_program_that_ends_at_the_limit_ends_well() -> None:
    outcome = finished("QNOP\nQHALT 5", max_instructions=2).outcome
    assert outcome is not None
    assert outcome.status == 5


@pytest.mark.parametrize("text", ["loop: QJMP loop", "f: QCALL f", "loop: QPUSH r0\nQPOP r0\nQSYSCALL 6\nQJMP loop"])
def test_the_time_limit_stops_any_program(text: str) -> None:
    names = {"f: QCALL f": "overflow"}
    assert trapped(text, timeout=0.1).name == names.get(text, "time")


def test_the_memory_limit_is_exact() -> None:
    text = "QMOV r0, 0x200000\nloop: QSTORE r0, [r0]\nQADD r0, 4096\nQJMP loop"
    machine = finished(text, memory=100 * PAGE)
    assert machine.outcome is not None
    assert machine.outcome.status == 81
    assert machine.touched == 100 * PAGE
    assert machine.count == 1 + 3 * 100 + 1


def test_data_beyond_the_memory_limit() -> None:
    trap = trapped(".data\n.space 8192, 1\n.text\nQRET", memory=PAGE)
    assert trap.name == "memory"
    assert "data" in trap.message


def test_reading_costs_nothing() -> None:
    text = "QMOV r0, 0x200000\nloop: QLOAD r1, [r0]\nQADD r0, 4096\nQJLT r0, 0x10000000, loop\nQHALT"
    assert finished(text).touched == 0


def test_endless_recursion() -> None:
    trap = trapped("main: QCALL main")
    assert (trap.name, trap.status, trap.depth, trap.count) == ("overflow", 73, CALL_DEPTH, CALL_DEPTH + 1)
    assert len(trap.stack) == 32


def test_endless_pushes() -> None:
    trap = trapped("loop: QPUSH r0, r1\nQJMP loop")
    assert trap.name == "overflow"
    assert f"{STACK_DEPTH:,}" in trap.message


def test_pop_of_nothing() -> None:
    assert trapped("QPUSH 1\nQPOP r0\nQPOP r1").name == "underflow"


# -- stacks, calls, jumps


def test_lists_in_push_and_pop_go_in_order() -> None:
    machine = finished("QPUSH 1, 2.5, 3\nQPOP r0, r1, r2\nQHALT")
    assert [machine.get(register) for register in range(3)] == [3, 2.5, 1]
    assert machine.count == 7


def test_indirect_jumps_go_to_taken_labels_only() -> None:
    assert ended("QMOV r0, there\nQJMP r0\nQHALT 1\nthere: QHALT 2").status == 2
    assert ended("QLOAD r0, [table]\nQCALL r0\nQHALT r1\nf: QMOV r1, 9\nQRET\n.data\ntable: .qword f").status == 9
    assert trapped(f"QMOV r0, {CODE_BASE + 1}\nQJMP r0").name == "jump"
    assert trapped("QMOV r0, there\nQADD r0, 1\nQJMP r0\nthere: QRET\nQRET").name == "jump"
    assert trapped("QMOV r0, 1.5\nQCALL r0").name == "kind"
    assert trapped("QMOV r0, there\nQLOAD r1, [r0]\nthere: QRET").name == "address"


def test_qbrk_does_nothing_without_a_debugger() -> None:
    machine = finished("QBRK\nQBRK\nQHALT 3")
    assert machine.outcome is not None
    assert (machine.outcome.status, machine.count) == (3, 3)


# -- what a trap says


def test_a_trap_names_line_operands_and_calls() -> None:
    trap = trapped("main: QMOV r5, 7\n  QCALL f\n  QRET\nf: QMOV r1, 0\n  QDIV r0, r5, r1 ; here\n  QRET")
    assert trap.location is not None
    assert (trap.location.line, trap.location.column, trap.location.routine) == (5, 3, "f")
    assert trap.location.text == "  QDIV r0, r5, r1 ; here"
    assert [(o.name, o.value) for o in trap.operands] == [("r5", 7), ("r1", 0)]
    assert [(place.line, place.routine) for place in trap.stack] == [(2, "main")]
    assert (trap.depth, trap.count) == (1, 4)


def test_a_trapping_instruction_has_no_effect() -> None:
    machine = finished("QMOV r0, 5\nQMOV r1, 0\nQDIV r0, r0, r1")
    assert machine.get(0) == 5
    assert machine.count == 3


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("QTRAP 42", "trap", "42"),
        ('.data\nwhy: .asciz "needs a qubit"\n.text\nQTRAP why', "trap", "needs a qubit"),
        ("QTRAP 1.5", "trap", "1.5"),
        ("QASSERT 1, 2", "assert", "1 is not equal to 2"),
        ("QSYSCALL 99", "system-call", "no system call 99"),
        ("QMOV r0, 1.5\nQSYSCALL 1", "kind", "an integer in r0"),
        ("QSYSCALL 4", "kind", "a float in r0"),
        ("QMOV r0, 0\nQSYSCALL 2", "address", "0x0"),
        ("QMOV r3, 2.0\nQLOAD r0, [r3]", "kind", "r3 = 2.0 is a float"),
        ("QSTOREB 1.5, [0x2000]", "kind", "1.5 is a float"),
        ("QLOAD r0, [0x10]", "address", "0x10"),
        (f"QLOAD r0, [{MEMORY_SIZE}-7]", "address", "past the end"),
    ],
)  # fmt: skip
def test_messages(text: str, name: str, words: str) -> None:
    trap = trapped(text)
    assert trap.name == name
    assert words in trap.message


# -- system calls


def test_printing() -> None:
    text = """
        QMOV r0, -5
        QSYSCALL 1
        QMOV r0, text
        QSYSCALL 2
        QMOV r0, 0.1
        QSYSCALL 4
        QMOV r0, 'σ'
        QSYSCALL 5
        QMOV r0, -1
        QSYSCALL 7
        QMOV r0, 0xD800
        QSYSCALL 5
        QMOV r0, text
        QMOV r1, 3
        QSYSCALL 10
        QHALT
        .data
        text: .asciz " 🌙 \\n"
    """
    assert (
        finished(text).output == b"-5 \xf0\x9f\x8c\x99 \n0.1\xcf\x83" + b"0xffffffffffffffff\xef\xbf\xbd" + b" \xf0\x9f"
    )


@pytest.mark.parametrize("value", [0, 1, -1, 9, 10, 99, 100, -(2**63), 2**63 - 1, 12345678901234567])
def test_integers_print_as_python_prints_them(value: int) -> None:
    text = f"QMOV r0, {value}\nQSYSCALL 1\nQMOV r0, {value}\nQSYSCALL 7\nQHALT"
    assert finished(text).output.decode() == f"{value}{value % 2**64:#x}"


def test_output_larger_than_the_buffer_keeps_its_order() -> None:
    text = (
        "QMOV r4, 0\nloop: QMOV r0, r4\nQSYSCALL 1\nQMOV r0, 0.5\nQSYSCALL 4\nQADD r4, 1\nQJLT r4, 20000, loop\nQHALT"
    )
    pieces: list[bytes] = []
    machine = finished(text, stdout=pieces.append)
    assert machine.output == b""
    assert b"".join(pieces).decode() == "".join(f"{k}0.5" for k in range(20000))


def test_a_long_string_and_write() -> None:
    text = ".data\nlong: .space 200000, 'x'\nend: .byte 0\n.text\nQMOV r0, long\nQSYSCALL 2\nQMOV r0, long\nQMOV r1, 150000\nQSYSCALL 10\nQHALT"
    assert finished(text).output == b"x" * 350_000


def test_kept_output_is_bounded() -> None:
    trap = trapped("loop: QMOV r0, 0x2000\nQMOV r1, 0x1000000\nQSYSCALL 10\nQJMP loop")
    assert trap.name == "memory"
    assert "256 MiB" in trap.message


def test_random_numbers_follow_the_seed() -> None:
    text = "QSYSCALL 8\nQMOV r4, r0\nQSYSCALL 9\nQMOV r5, r0\nQSYSCALL 8\nQMOV r6, r0\nQHALT"
    machine = finished(text, seed=42)
    random = Random(42, np.zeros(1, np.int64))
    first, second, third = random.bits(), random.uniform(), random.bits()
    assert machine.registers[4].item() % 2**64 == first
    assert machine.get(5) == second
    assert machine.registers[6].item() % 2**64 == third
    assert 0 <= machine.get(5) < 1
    again = finished(text, seed=42)
    assert again.get(4) == machine.get(4)
    assert finished(text, seed=43).get(4) != machine.get(4)
    assert finished(text).seed != finished(text).seed


def test_splitmix_reference() -> None:
    """First outputs for seed 1234567, from the generator's published reference code."""
    random = Random(1234567, np.zeros(1, np.int64))
    assert [random.bits() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_the_clock_can_be_fixed() -> None:
    machine = finished("QSYSCALL 3\nQMOV r4, r0\nQSYSCALL 6\nQHALT", clock=1_700_000_000_000_000)
    assert machine.get(4) == 1_700_000_000_000_000
    assert machine.get(0) == 1_700_000_000_000_000_000
    machine = finished("QSYSCALL 6\nQMOV r4, r0\nQSYSCALL 6\nQHALT")
    assert machine.get(0) >= machine.get(4)


def test_reading_lines() -> None:
    text = """
    main: QMOV r4, 0
    loop: QMOV r0, buffer
        QMOV r1, 6
        QSYSCALL 11
        QJLT r0, 0, done
        QADD r4, 1
        QSYSCALL 1
        QMOV r0, buffer
        QSYSCALL 2
        QMOV r0, '|'
        QSYSCALL 5
        QJMP loop
    done: QHALT r4
        .data
    buffer: .space 8
    """
    machine = finished(text, stdin=io.BytesIO(b"one\r\n\nlonger line\nend"))
    assert machine.output == b"3one|0|5longe|5r lin|1e|3end|"
    assert finished(text).output == b""


@pytest.mark.parametrize("room", [0, 1])
def test_a_buffer_without_room_reads_nothing(room: int) -> None:
    text = (
        f"QMOV r0, 0x2000\nQMOV r1, {room}\nQSYSCALL 11\nQMOV r4, r0\nQMOV r0, 0x2000\nQMOV r1, 8\nQSYSCALL 11\nQHALT"
    )
    machine = finished(text, stdin=io.BytesIO(b"one\n"))
    assert (machine.get(4), machine.get(0)) == (0, 3)


def test_arguments() -> None:
    text = "QSYSCALL 12\nQMOV r4, r0\nQMOV r0, 0\nQSYSCALL 13\nQMOV r5, r0\nQMOV r6, r1\nQMOV r0, 1\nQSYSCALL 13\nQMOV r7, r0\nQMOV r8, r1\nQMOV r0, 2\nQSYSCALL 13\nQHALT"
    machine = finished(text, args=(-3, 2.5))
    assert [machine.get(r) for r in (4, 5, 6, 7, 8, 1)] == [2, -3, 0, 2.5, 1, -1]


def test_records() -> None:
    text = (
        '.data\nname: .asciz "arrived"\n.text\nQMOV r0, name\nQMOV r1, 5\nQSYSCALL 14\nQMOV r1, 0.5\nQSYSCALL 14\nQHALT'
    )
    assert finished(text).records == [("arrived", 5), ("arrived", 0.5)]


def test_every_system_call_of_the_table_exists() -> None:
    for number in BY_SYSTEM_CALL:
        outcome = finished(f"QMOV r0, 0x2000\nQMOV r1, 0\nQSYSCALL {number}\nQHALT").outcome
        assert outcome is not None
        assert outcome.trap is None or outcome.trap.name != "system-call"


# -- from the host


def test_views_are_the_memory_itself() -> None:
    machine = Machine(build("QLOAD r0, [0x200000]\nQHALT"))
    machine.view(0x200000, 1, "<i8")[0] = 77
    machine.run()
    assert machine.get(0) == 77
    assert machine.touched == PAGE
    with pytest.raises(IndexError):
        machine.view(0, 8)
    with pytest.raises(IndexError):
        machine.peek(MEMORY_SIZE - 4, 8)
    with pytest.raises(ValueError, match="read-only"):
        machine.peek(0x200000, 8)[0] = 1


def test_views_count_against_the_cap() -> None:
    machine = Machine(build("QHALT"), memory=10 * PAGE)
    with pytest.raises(MemoryCapError):
        machine.view(0x200000, 11 * PAGE)
    assert machine.touched == 0


def test_registers_are_views() -> None:
    machine = Machine(build("QADD r2, r0, r1\nQHALT"))
    machine.registers[0] = 5
    machine.set(1, 2.5)
    machine.run()
    assert (machine.get(2), machine.floats[2], machine.kinds[2]) == (7.5, 7.5, 1)
    machine.set(3, 2**64 - 1)
    assert machine.get(3) == -1


def test_steps_count_one_by_one() -> None:
    machine = Machine(build("QADD r0, 1\nQPUSH r0, r0\nQMOV r0, 65\nQSYSCALL 5\nQHALT 9"))
    counts = []
    while machine.step() is None:
        counts.append(machine.count)
    assert counts == [1, 2, 3, 4, 5]
    assert machine.outcome is not None
    assert machine.outcome.status == 9
    assert machine.output == b"A"
    assert machine.stack == [1, 1]


def test_snapshots_restore_everything() -> None:
    text = "loop: QADD r0, 1\nQPUSH r0\nQSTORE r0, [r0+0x200000]\nQMOV r4, r0\nQSYSCALL 8\nQMOV r5, r0\nQMOV r0, r4\nQSYSCALL 1\nQJLT r0, 50, loop\nQHALT"
    machine = Machine(build(text), seed=1)
    for _ in range(100):
        machine.step()
    snapshot = machine.snapshot()
    first = machine.run()
    state = (machine.output, machine.registers.tolist(), machine.stack, machine.memory.copy())
    machine.restore(snapshot)
    assert machine.count == 100
    assert machine.outcome is None
    assert machine.run() == first
    assert (machine.output, machine.registers.tolist(), machine.stack, machine.memory.copy()) == state
    other = Machine(build(text), seed=2)
    other.restore(snapshot)
    assert other.run() == first
    assert other.output == state[0]


QUERY = """
main: QMOV r0, 10
      QSTORE r0, [total]
      QHALT 3
.query_interface
add:  QLOAD r1, [total]
      QADD r0, r1
      QSTORE r0, [total]
      QRET
fail: QDIV r0, r0, 0
spin: QJMP spin
.text
hidden: QRET
.data
total: .qword 0
"""


def test_calls_from_the_host() -> None:
    machine = Machine(build(QUERY), max_instructions=1000)
    assert machine.run().status == 3
    assert machine.call("add", 5) == 15
    assert machine.call("add", 0.5) == 15.5
    assert sorted(machine.program.entry_points()) == ["add", "fail", "spin"]
    with pytest.raises(KeyError):
        machine.call("hidden")
    with pytest.raises(TrapError) as error:
        machine.call("fail", 1)
    assert error.value.trap.name == "zero-division"
    with pytest.raises(TrapError) as error:
        machine.call("spin")
    assert error.value.trap.name == "instructions"
    assert machine.call("add", 0) is not None
    with pytest.raises(ValueError, match="four"):
        machine.call("add", 1, 2, 3, 4, 5)
    assert machine.outcome is not None
    assert machine.outcome.status == 3


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="engine"):
        Machine(build("QHALT"), engine="warp")
    with pytest.raises(ObjectError, match="undefined"):
        Machine(build(".extern f\nQCALL f"))


def test_progress_is_told() -> None:
    seen: list[int] = []
    machine = Machine(
        build("loop: QADD r0, 1\nQJLT r0, 10000000, loop\nQHALT"), progress=lambda m: seen.append(m.count)
    )
    machine.run()
    assert len(seen) >= 4
    assert seen == sorted(seen)


def test_machines_run_in_threads() -> None:
    def work(machine: Machine) -> None:
        machine.run()

    machines = [Machine(build(f"loop: QADD r0, {k}\nQADD r1, 1\nQJLT r1, 300000, loop\nQHALT {k}")) for k in range(4)]
    threads = [threading.Thread(target=work, args=(machine,)) for machine in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [machine.get(0) for machine in machines] == [300000 * k for k in range(4)]


def test_an_empty_program_traps() -> None:
    machine = Machine(build(""))
    assert machine.run().status == 75


def test_rows_by_hand() -> None:
    nop = BY_NAME["QNOP"][0].code
    machine = Machine(rows((nop,), (nop,)))
    outcome = machine.run()
    assert outcome.count == 2
    assert outcome.trap is not None
    assert outcome.trap.message.startswith("execution ran past")
