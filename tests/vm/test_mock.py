"""The backend whose answers a file fixes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.programs import finished
from tests.vm.test_quantum import TELEPORT
from tests.vm.test_shots import LIMIT, chi_square, counts, shots
from vm.machine import Machine
from vm.quantum import log as logs
from vm.quantum.backends.choose import make


def script(tmp_path: Path, **answers: Any) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(answers))
    return f"mock:{path}"


def run(text: str, backend: str, engine: str = "interp") -> Machine:
    return finished(text, engine=engine, seed=1, backend=backend)


@pytest.mark.parametrize("engine", ["interp", "native"])
def test_answers_in_order(tmp_path: Path, engine: str) -> None:
    backend = script(tmp_path, measure=[1, 0], sample=[{"00": 1, "10": 2}], look=[0.25, -1])
    text = """main: QALLOC r0, 2
 QH 1
 QCX 1, 2
 QMEAS r1, 1
 QX 2
 QMEAS r2, 2
 QSAMPLE r3, 1, 2, 10, 0x200000
 QPROB r4, 1
 QEXPECT r5, 1, z
 QHALT
.data
z: .asciz "ZZ"
"""
    machine = run(text, backend, engine)
    assert [machine.get(register) for register in range(1, 6)] == [1, 0, 2, 0.25, -1.0]
    assert machine.view(0x200000, 4, np.int64).tolist() == [0, 3, 2, 7]


def test_no_simulator_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("qiskit", "qiskit_aer"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run("main: QALLOC r0\n QH 1\n QMEAS r1, 1\n QHALT", script(tmp_path, measure=[1])).get(1) == 1


def test_feedback_goes_as_the_file_says(tmp_path: Path) -> None:
    """Teleportation, a qubit of whose group goes on after the others were measured."""
    machine = run(TELEPORT + " QHALT\n", script(tmp_path, measure=[0, 1, 0], repeat=True))
    assert machine.outcome is not None
    assert machine.outcome.trap is None
    assert machine.get(15) == 200
    assert machine.get(14) == 0


def test_probabilities_split_shots(tmp_path: Path) -> None:
    backend = script(tmp_path, measure=[0.25, 1, 0.5])
    text = "main: QALLOC r0\n QMEAS r1, 1\n QMEAS r2, 1\n QMEAS r3, 1\n QHALT"
    found = shots(text, 8000, backend=backend)
    expected = {(a, 1, b): (0.25 if a else 0.75) / 2 for a in (0, 1) for b in (0, 1)}
    assert chi_square(counts(found), expected) < LIMIT[3]


def test_too_few_answers(tmp_path: Path) -> None:
    outcome = run("main: QALLOC r0\n QMEAS r1, 1\n QMEAS r1, 1\n QHALT", script(tmp_path, measure=[1])).outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert outcome.trap.name == "backend"
    assert "has 1 answer under 'measure', and one more is asked for" in outcome.trap.message


def test_a_sample_that_cannot_be(tmp_path: Path) -> None:
    backend = script(tmp_path, sample=[{"100": 1}])
    outcome = run("main: QALLOC r0, 2\n QSAMPLE r1, 1, 2, 5, 0x200000\n QHALT", backend).outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert "a sample of 2 qubits cannot be 100" in outcome.trap.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("3", "holds no object"),
        ('{"measures": []}', "no 'measures'"),
        ('{"measure": 1}', "'measure' is a list"),
        ('{"measure": [2]}', "2 is no number from 0 to 1"),
        ('{"measure": [true]}', "True is no number"),
        ('{"look": [NaN]}', "nan is no number"),
        ('{"sample": [[]]}', "is no object of counts"),
        ('{"sample": [{"2": 1}]}', "'2' is no value"),
        ('{"sample": [{"0": 0}]}', "all its counts are 0"),
        ('{"repeat": 1}', "'repeat' is true or false"),
    ],
)
def test_files_that_make_no_sense(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=words):
        make(f"mock:{path}")


def test_no_file() -> None:
    with pytest.raises(ValueError, match="wants a file"):
        make("mock")
    with pytest.raises(ValueError, match="cannot be read"):
        make("mock:/no/such/file")


def test_gates_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are never run, and still a long program goes on."""
    monkeypatch.setattr(logs, "MOST_GATES", 64)
    text = "main: QALLOC r0, 2\nagain: QH 1\n QCX 1, 2\n QMEAS r1, 1\n QADD r2, 1\n QJLT r2, 500, again\n QHALT"
    machine = run(text, script(tmp_path, measure=[1], repeat=True))
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
