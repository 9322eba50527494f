"""Backends, noise and devices by the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_shots import ENVIRONMENT, QBC

PAIR = "main: QALLOC r4, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT\n"


def qbc(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("IONQ")}
    return subprocess.run(
        [*QBC, *arguments],
        cwd=cwd,
        capture_output=True,
        env={**plain, **environment},
        timeout=120,
        check=False,
        encoding="utf-8",
    )


def write(folder: Path, text: str) -> str:
    (folder / "p.qbc").write_text(text)
    return "p.qbc"


def test_backends_are_listed(tmp_path: Path) -> None:
    done = qbc("backends", cwd=tmp_path)
    assert done.returncode == 0
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert [name for name in names if not name.startswith("ionq")] == [
        "aer",
        "aer:statevector",
        "aer:density_matrix",
        "aer:matrix_product_state",
        "aer:stabilizer",
        "mock:FILE",
        "none",
    ]
    assert any("IONQ_API_KEY" in line for line in done.stdout.splitlines() if line.startswith("ionq"))
    rows = json.loads(qbc("backends", "--json", cwd=tmp_path).stdout)
    assert [row["name"] for row in rows] == names
    assert {row["qubits"] for row in rows if row["name"] == "aer:statevector"} == {28}


def test_noise_of_a_run(tmp_path: Path) -> None:
    file = write(tmp_path, PAIR)
    done = qbc("run", file, "--shots", "4000", "--seed", "1", "--noise", "readout=0.5", "--json", cwd=tmp_path)
    rows = json.loads(done.stdout)["outcomes"]
    assert len(rows) == 4
    assert all(abs(row["probability"] - 0.25) < 0.05 for row in rows)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--noise", "magic=1"], "no noise 'magic'"),
        (["--noise", "no_such.json"], "'no_such.json' cannot be read"),
        (["--noise", "readout=0.1", "--backend", "none"], "--noise is for 'aer'"),
        (["--backend", "mock"], "wants a file"),
        (["--backend", "mock:none.json"], "cannot be read"),
        (["--backend", "ionq:magic"], "no backend 'ionq:magic'"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, options: list[str], words: str) -> None:
    done = qbc("run", write(tmp_path, PAIR), *options, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr


def test_mock_answers(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"measure": [1, 0]}')
    done = qbc("run", write(tmp_path, PAIR), "--backend", "mock:m.json", "--json", cwd=tmp_path)
    assert [json.loads(done.stdout)["registers"][name] for name in ("r1", "r2")] == [1, 0]


def test_a_file_or_a_run_to_resume(tmp_path: Path) -> None:
    for arguments in (["run"], ["run", "p.qbc", "--resume", "01234567"]):
        done = qbc(*arguments, cwd=tmp_path)
        assert (done.returncode, "give either FILE or --resume ID" in done.stderr) == (2, True)
    done = qbc("run", "--resume", "01234567", cwd=tmp_path)
    assert (done.returncode, "error[E0806]: no run '01234567'" in done.stderr) == (1, True)
