"""Runs on a device: which jobs are sent, what is read of their answers, and what cannot be."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.local_device import Local, local
from tests.programs import build, finished
from tests.vm.test_shots import LIMIT, chi_square, counts, shots
from vm.machine import Machine
from vm.program import Program
from vm.quantum import log as logs
from vm.quantum import refused
from vm.quantum.jobs import Journal, JournalError
from vm.quantum.remote import Remote
from vm.trap import FaultError

__all__ = ["local"]
ENGINES = ("interp", "native")
PAIR = "main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT"


def trap(text: str, engine: str = "interp") -> tuple[str, str, int]:
    outcome = finished(text, engine=engine, seed=1).outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert outcome.trap.location is not None
    return outcome.trap.name, outcome.trap.message, outcome.trap.location.line


@pytest.mark.parametrize("engine", ENGINES)
def test_a_group_is_one_job(local: Local, engine: str) -> None:
    machine = finished(PAIR, engine=engine, seed=1)
    assert machine.outcome is not None
    assert machine.outcome.trap is None
    assert machine.get(1) == machine.get(2)
    (job,) = local.sent
    assert (job.circuit.qubits, len(job.circuit.gates), job.shots) == (2, 2, 1)


def test_a_pair_in_many_runs_is_one_job_and_exact(local: Local) -> None:
    found = shots(PAIR, 1000)
    assert len(local.sent) == 1
    assert local.sent[0].shots == 1000
    assert set(counts(found)) == {(0, 0), (1, 1)}
    assert found.shots == sum(counts(found).values()) == 1000
    assert abs(counts(found)[(1, 1)] - 500) < 80


def test_groups_share_a_job(local: Local) -> None:
    """Three groups, measured one after the other: one job, whose joint counts are used."""
    text = "main: QALLOC r0, 4\n QH 1\n QCX 1, 2\n QRY 3, 1.1\n QX 4\n" + "".join(
        f" QMEAS r1, {handle}\n" for handle in (3, 1, 4, 2)
    )
    found = shots(text + " QHALT", 2000)
    assert len(local.sent) == 1
    assert local.sent[0].circuit.qubits == 4
    one = math.sin(0.55) ** 2
    expected = {(c, a, 1, a): (one if c else 1 - one) / 2 for a in (0, 1) for c in (0, 1)}
    assert chi_square(counts(found), expected) < LIMIT[3]


def test_a_group_that_goes_on_is_sent_again(local: Local) -> None:
    """It was measured beforehand with another, and then more came for it."""
    text = "main: QALLOC r0, 2\n QX 1\n QRY 2, 0.7\n QMEAS r1, 1\n QRY 2, 0.8\n QMEAS r2, 2\n QHALT"
    found = shots(text, 3000)
    one = math.sin(0.75) ** 2
    assert chi_square(counts(found), {(1, 0): 1 - one, (1, 1): one}) < LIMIT[1]
    assert [job.circuit.qubits for job in local.sent] == [2, 1]


def test_feedback_between_groups(local: Local) -> None:
    """What comes for one group depends on what another gave; each path has jobs of its own."""
    text = """main: QALLOC r0, 4
 QRY 1, 0.9
 QCX 1, 2
 QRX 3, 0.4
 QCX 3, 4
 QMEAS r1, 1
 QJEQ r1, 0, on
 QRX 3, 1.3
on: QMEAS r2, 3
 QMEAS r3, 2
 QMEAS r4, 4
 QHALT"""
    found = shots(text, 4000)
    one = math.sin(0.45) ** 2
    expected = {}
    for a in (0, 1):
        # The second turn is about the x axis of one qubit of a pair: the pair is in cos²|00⟩ … by hand:
        # RX(1.3) on qubit 3 after CX(3, 4) of RX(0.4).
        first = np.array([math.cos(0.2), 0, 0, -1j * math.sin(0.2)])
        turn = np.array([[math.cos(0.65), -1j * math.sin(0.65)], [-1j * math.sin(0.65), math.cos(0.65)]])
        state = np.kron(np.eye(2), turn) @ first if a else first
        for value in range(4):
            p = float(abs(state[value]) ** 2) * (one if a else 1 - one)
            expected[(a, value & 1, a, value >> 1)] = p
    assert chi_square(counts(found), {key: p for key, p in expected.items() if p > 1e-12}) < LIMIT[7]
    assert local.sent[0].shots == 4000
    assert sum(job.shots for job in local.sent[1:]) <= 4000


def test_answers_of_two_jobs_are_joined_by_chance(local: Local) -> None:
    """Both are of all runs; neither says anything of the other."""
    text = "main: QALLOC r0, 4\n QRY 1, 1.0\n QCX 1, 2\n QMEAS r1, 1\n QRY 3, 1.4\n QCX 3, 4\n"
    found = shots(text + " QMEAS r2, 3\n QMEAS r3, 2\n QMEAS r4, 4\n QHALT", 4000)
    one, other = math.sin(0.5) ** 2, math.sin(0.7) ** 2
    expected = {(a, b, a, b): (one if a else 1 - one) * (other if b else 1 - other) for a in (0, 1) for b in (0, 1)}
    assert chi_square(counts(found), expected) < LIMIT[3]


def test_the_program_may_read_again(local: Local) -> None:
    found = shots("main: QALLOC r0\n QH 1\n QMEAS r1, 1\n QMEAS r2, 1\n QHALT", 500)
    assert set(counts(found)) == {(0, 0), (1, 1)}
    assert len(local.sent) == 1


def test_what_nothing_was_done_to_is_not_sent(local: Local) -> None:
    found = shots("main: QALLOC r0, 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT", 100)
    assert counts(found) == {(0, 0): 100}
    assert not local.sent


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_goes_on_after_a_measurement(local: Local, engine: str) -> None:
    text = PAIR.replace(" QMEAS r2, 2", " QX 2")
    name, message, line = trap(text, engine)
    assert (name, line) == ("quantum", 5)
    assert message == (
        "QX: qubit 2 was measured with its group on local, which cannot go on with it; QRESET gives it anew as |0⟩"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_measured_qubit_is_given_anew(local: Local, engine: str) -> None:
    text = "main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 1\n QRESET 1\n QX 1\n QMEAS r2, 1\n QMEAS r3, 2\n QHALT"
    machine = finished(text, engine=engine, seed=1)
    assert machine.outcome is not None
    assert machine.outcome.trap is None
    assert machine.get(2) == 1
    assert machine.get(3) == machine.get(1)
    assert [job.circuit.qubits for job in local.sent] == [2, 1]


def test_a_qubit_reset_between_two_jobs_is_another(local: Local) -> None:
    """The recorder resets a lone qubit by itself; an answer from before is not its."""
    text = "main: QALLOC r0, 2\n QX 1\n QX 2\n QMEAS r1, 1\n QRESET 2\n QZ 2\n QMEAS r2, 2\n QHALT"
    machine = finished(text, seed=1)
    assert (machine.get(1), machine.get(2)) == (1, 0)


def test_freed_qubits_stay_where_they_were(local: Local) -> None:
    found = shots("main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QFREE 1\n QH 2\n QMEAS r1, 2\n QHALT", 2000)
    assert chi_square(counts(found), {(0,): 0.5, (1,): 0.5}) < LIMIT[1]
    assert local.sent[0].circuit.qubits == 2
    name, message, _ = trap("main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QFREE 1\n QMEAS r1, 1\n QHALT")
    assert (name, "was freed" in message) == ("quantum", True)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("QRESET 1", "QRESET: qubit 1 has met others, and local cannot reset one of them"),
        ("QPROB r1, 1", "QPROB looks at a state, which only a simulator has"),
        ("QPURITY r1, 1, 1", "QPURITY looks"),
        ("QENTROPY r1, 1, 1", "QENTROPY looks"),
        ("QCONC r1, 1, 2", "QCONC looks"),
        ("QFIDW r1, 1, 2, 3", "QFIDW looks"),
        ("QMEAS r1, 1\n QSAMPLE r1, 2, 1, 10, 0x200000", "QSAMPLE: qubit 2 was measured with its group on local"),
        ("QSAMPLE r1, 1, 20, 10, 0x200000", "20 qubits are in these groups, and local has 12"),
    ],
)
def test_what_a_device_cannot_do(local: Local, lines: str, words: str) -> None:
    name, message, _ = trap(f"main: QALLOC r0, 30\n QH 1\n QCX 1, 2\n {lines}\n QHALT")
    assert name == "quantum"
    assert words in message


def test_too_many_qubits_for_the_device(local: Local) -> None:
    text = "main: QALLOC r0, 13\n QMOV r1, 1\non: QADD r2, r1, 1\n QCX r1, r2\n QMOV r1, r2\n QJLT r1, 13, on\n QMEAS r1, 4\n QHALT"
    name, message, _ = trap(text)
    assert (name, message) == ("quantum", "13 qubits have met, and local has 12")
    assert not local.sent


def test_samples_on_a_device(local: Local) -> None:
    text = "main: QALLOC r0, 3\n QH 1\n QCX 1, 3\n QX 2\n QSAMPLE r1, 1, 3, 400, 0x200000\n QMEAS r2, 2\n QHALT"
    machine = finished(text, seed=1)
    table = dict(machine.view(0x200000, 2 * machine.get(1), np.int64).reshape(-1, 2).tolist())
    assert set(table) == {0b010, 0b111}
    assert sum(table.values()) == 400
    assert machine.get(2) == 0
    (job,) = local.sent
    assert job.shots == 400


def test_expectations_take_shots_and_leave_the_group(local: Local) -> None:
    text = 'main: QALLOC r0, 2\n QRY 1, 0.6\n QS 1\n QCX 1, 2\n QEXPECT r1, 1, xy\n QEXPECT r2, 1, zz\n QMEAS r3, 1\n QHALT\n.data\nxy: .asciz "XY"\nzz: .asciz "ZZ"\n'
    machine = finished(text, seed=1)
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    exact = math.sin(0.6)
    assert machine.get(1) == pytest.approx(exact, abs=5 * math.sqrt((1 - exact**2) / 1024))
    assert machine.get(2) == 1.0
    assert [job.shots for job in local.sent] == [1024, 1024, 1]


# -- what is seen beforehand


def test_what_is_refused_before_anything_is_sent() -> None:
    text = """main: QALLOC r4, 2
 QMEAS r0, r4
 QX r4
 QMEAS r0, r4
 QRESET r4
 QX r4
 QMEAS r0, r4
 QADD r4, 1
 QX r4
 QMEAS r0, r4
 QCALL other
 QX r4
 QHALT
other: QPROB r1, r4
 QRET
never: QPROB r1, r4
 QRET
"""
    found = refused.find(Program.load(build(text)), "ionq:simulator")
    places = [(trap.location.line, trap.message) for trap in found if trap.location is not None]
    assert places == [
        (3, "QX: r4 was measured before, and ionq:simulator cannot go on"),
        (14, "QPROB looks at a state, which ionq:simulator does not have"),
    ]


# -- journals


def attached(journal: Journal) -> Machine:
    machine = Machine(build(PAIR), seed=1, engine="interp")
    assert machine.quantum is not None
    assert isinstance(machine.quantum.executor, Remote)
    machine.quantum.executor.jobs.journal = journal
    return machine


def test_a_journal_answers_what_it_knows(local: Local, tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, {"program": "x"})
    first = attached(journal)
    first.run()
    again = Journal.open(tmp_path, journal.identifier)
    assert again.data == journal.data
    second = attached(again)
    second.run()
    assert [first.get(1), first.get(2)] == [second.get(1), second.get(2)]
    assert len(local.sent) == 1
    assert not local.asked


def test_a_job_that_was_sent_is_waited_for(local: Local, tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, {})
    local.fails = [FaultError("backend", "the server does not answer")]
    outcome = attached(journal).run()
    assert outcome.trap is not None
    assert outcome.trap.message == "the server does not answer"
    second = attached(Journal.open(tmp_path, journal.identifier))
    assert second.run().trap is None
    assert len(local.sent) == 1


def test_a_job_whose_sending_nobody_saw_is_found_by_name(
    local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off between the request and the answer that has the identifier."""
    journal = Journal.create(tmp_path, {})
    plain = local.submit

    def cut_off(job: Any) -> str:
        plain(job)
        raise FaultError("backend", "the connection was lost")

    with monkeypatch.context() as patched:
        patched.setattr(local, "submit", cut_off)
        assert attached(journal).run().trap is not None
    assert attached(Journal.open(tmp_path, journal.identifier)).run().trap is None
    assert len(local.sent) == 1
    assert local.asked == [local.sent[0].name]


def test_ctrl_c_gives_a_job_up(local: Local, tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, {})
    local.fails = [KeyboardInterrupt()]
    outcome = attached(journal).run()
    assert outcome.trap is not None
    assert outcome.trap.name == "interrupt"
    assert local.cancelled == ["id-0"]
    assert attached(Journal.open(tmp_path, journal.identifier)).run().trap is None
    assert len({job.name for job in local.sent}) == len(local.sent) == 2


def test_another_way_than_before_is_told(local: Local, tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, {})
    attached(journal).run()
    again = Journal.open(tmp_path, journal.identifier)
    again.jobs[0]["circuit"] = "0" * 64
    outcome = attached(again).run()
    assert outcome.trap is not None
    assert "went another way" in outcome.trap.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"format": 2, "run": {}, "jobs": []}',
        b'{"format": 1, "run": {}, "jobs": [1]}',
        b'{"format": 1, "run": {}, "jobs": [{"circuit": "", "name": "", "shots": 3, "id": null, "answer": {"0": 2}}]}',
        b'{"format": 1, "run": {}, "jobs": [{"circuit": "", "name": "", "shots": 3, "id": 7, "answer": null}]}',
    ],
)
def test_damaged_journals(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0123abcd.json").write_bytes(content)
    with pytest.raises(JournalError, match="is damaged"):
        Journal.open(tmp_path, "0123abcd")


def test_journals_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="there are: none"):
        Journal.open(tmp_path, "0123abcd")
    with pytest.raises(JournalError, match="is no run"):
        Journal.open(tmp_path, "../../etc")
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="no journal can be kept"):
        Journal.create(tmp_path / "file", {})


def test_repeated_runs_are_jobs_of_their_own(local: Local) -> None:
    """Random numbers make every run its own."""
    text = "main: QSYSCALL 8\n QALLOC r1\n QH 1\n QMEAS r2, 1\n QHALT"
    found = shots(text, 20)
    assert found.is_repeated
    assert Counter(job.shots for job in local.sent) == {1: 20}


def test_a_log_that_is_compacted_keeps_groups_whose_root_was_freed(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The freed qubit stays in the circuit, with its gates."""
    monkeypatch.setattr(logs, "MOST_GATES", 64)
    text = """main: QALLOC r0, 3
 QX 1
 QCX 1, 2
 QFREE 1
again: QX 3
 QRESET 3
 QADD r2, 1
 QJLT r2, 200, again
 QMEAS r1, 2
 QHALT"""
    machine = finished(text, engine="interp", seed=1)
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    assert machine.get(1) == 1


def test_marks_are_those_of_the_path(local: Local) -> None:
    """Another path that gives gates new numbers does not make this one send again what it knows."""
    machine = Machine(build(PAIR), engine="interp", seed=1)
    assert machine.quantum is not None
    snapshot = machine.snapshot()
    machine.quantum.log.renumbered += 1
    machine.restore(snapshot)
    assert machine.quantum.log.renumbered == 0
