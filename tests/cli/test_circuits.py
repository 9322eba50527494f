"""``--emit``, ``draw`` and ``import`` by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from qiskit import qasm2

from tests.cli.test_commands import call, put

BELL = 'main: QALLOC r4, 2\n QH 1\n QCX 1, 2\n QMOV r0, text\n QSYSCALL 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT\n.data\ntext: .asciz "hello\\n"\n'


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("qasm3", "cx q[0], q[1];"),
        ("qasm2", "cx q[0],q[1];"),
        ("qir", "@__quantum__qis__cnot__body"),
        ("qiskit", "circuit.cx(0, 1)"),
    ],
)
def test_emit(tmp_path: Path, kind: str, words: str) -> None:
    put(tmp_path, "p.qbc", BELL)
    done = call("qbcc", "compile", "p.qbc", "--emit", kind, cwd=tmp_path)
    assert done.returncode == 0
    assert words in done.stdout.decode()
    assert b"hello" not in done.stdout
    assert b"hello" in done.stderr
    assert call("qbcc", "compile", "p.qbc", "--emit", kind, "-o", "out.txt", cwd=tmp_path).stdout == b""
    assert (tmp_path / "out.txt").read_bytes() == done.stdout


def test_emit_bitcode(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    assert call("qbcc", "compile", "p.qbc", "--emit", "qir", "-o", "p.bc", cwd=tmp_path).returncode == 0
    assert (tmp_path / "p.bc").read_bytes().startswith(b"BC\xc0\xde")


def test_there_and_back(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    call("qbcc", "compile", "p.qbc", "--emit", "qasm2", "-o", "p.qasm", cwd=tmp_path)
    assert call("qbcc", "import", "p.qasm", "-o", "q.qbc", cwd=tmp_path).returncode == 0
    done = call("qbcc", "compile", "q.qbc", "--emit", "qasm2", cwd=tmp_path)
    assert qasm2.loads(done.stdout.decode()) == qasm2.load(tmp_path / "p.qasm")
    table = call("qbc", "run", "q.qbc", "--shots", "100", cwd=tmp_path).stdout.decode()
    assert {line.split()[0] for line in table.splitlines()[1:]} == {"0", "3"}


def test_draw(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    done = call("qbc", "draw", "p.qbc", cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert "q0 ─H───●───M0─" in done.stdout.decode()
    done = call("qbc", "draw", "p.qbc", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert b"q0 -H---*---M0-" in done.stdout
    for name, start in (("c.png", b"\x89PNG"), ("c.svg", b"<?xml"), ("c.txt", b"q0 ")):
        assert call("qbc", "draw", "p.qbc", "-o", name, cwd=tmp_path).returncode == 0
        assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("text", "arguments", "status", "words"),
    [
        ("main: QHALT", ["--emit", "qasm3"], 1, "error[E0807]: the program has no quantum instruction"),
        ("main: QALLOC r0\n QX 5\n QHALT", ["--emit", "qasm3"], 82, "trap[T82]"),
        ("main: QALLOC r0\non: QJMP on", ["--emit", "qasm3", "--timeout", "0.1"], 80, "[T80]: time limit"),
        ("main: QALLOC r0\n QX 1\n QHALT", ["--emit", "qasm3", "-o", "p.qbc"], 1, "error[E0906]"),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str, arguments: list[str], status: int, words: str) -> None:
    put(tmp_path, "p.qbc", text)
    done = call("qbcc", "compile", "p.qbc", *arguments, cwd=tmp_path)
    assert done.stdout == b""
    assert words in done.stderr.decode()
    assert done.returncode == status
    assert (tmp_path / "p.qbc").read_text() == text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["qbc", "draw", "p.qbc", "--backend", "bear"], "no backend 'bear'"),
        (["qbcc", "compile", "p.qbc", "--emit", "qasm3", "--backend", "bear"], "no backend 'bear'"),
        (["qbc", "draw", "p.qbc", "--backend", "ionq:qpu.forte-1"], "'ionq:qpu.forte-1' is a device"),
        (["qbcc", "compile", "p.qbc", "--seed", "3"], "--seed is for the run that --emit qasm3"),
        (["qbcc", "compile", "p.qbc", "--emit", "asm", "--backend", "aer"], "--backend is for the run"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, command: list[str], words: str) -> None:
    put(tmp_path, "p.qbc", BELL)
    done = call(*command, cwd=tmp_path, IONQ_API_KEY="k", IONQ_API_URL="http://127.0.0.1:9")
    assert (done.returncode, words in done.stderr.decode()) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.qbc"]


def test_errors_as_json(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "main: QALLOC r0\n QX 5\n QHALT")
    done = call("qbcc", "compile", "p.qbc", "--emit", "qasm3", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["code"] == "T82"
    put(tmp_path, "p.qbc", "main: QHALT")
    done = call("qbcc", "compile", "p.qbc", "--emit", "qasm3", "--json", cwd=tmp_path)
    assert [row["code"] for row in json.loads(done.stdout)] == ["E0807"]


def test_what_cannot_be_drawn_or_imported(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    done = call("qbc", "draw", "p.qbc", "-o", "c.gif", cwd=tmp_path)
    assert (done.returncode, b"-o draws .png, .svg or .txt" in done.stderr) == (2, True)
    done = call("qbcc", "import", "none.qasm", cwd=tmp_path)
    assert (done.returncode, b"error[E0501]: cannot read 'none.qasm'" in done.stderr) == (1, True)


BRANCH = "main: QALLOC r0, 2\n QH 1\n QMEAS r4, 1\n QJEQ r4, 0, over\n QX 2\nover: QHALT\n"


@pytest.mark.parametrize("seed", ["1", "3"])
def test_what_an_outcome_decides_is_a_conditional(tmp_path: Path, seed: str) -> None:
    put(tmp_path, "p.qbc", BRANCH)
    done = call("qbcc", "compile", "p.qbc", "--emit", "qasm3", "--seed", seed, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "if (c[0]) {\n  x q[1];\n}" in done.stdout.decode()


def test_a_loop_that_an_outcome_ends_is_an_error_at_its_line(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "main: QALLOC r0\nagain: QH 1\n QMEAS r4, 1\n QJEQ r4, 1, again\n QHALT\n")
    for command in (["qbcc", "compile", "p.qbc", "--emit", "qir"], ["qbc", "draw", "p.qbc"]):
        done = call(*command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, b"")
        assert "error[E0807]: 'p.qbc', line 4: a loop goes on as long as outcomes say" in done.stderr.decode()


def test_a_decision_of_the_library_is_an_error_at_the_line_that_calls_it(tmp_path: Path) -> None:
    text = """fn main() {
    let a = qubit();
    let b = qubit();
    h(a);
    cx(a, b);
    let m = measure(a);
    print("{probability(b):.3f}");
    record("bit", measure(b));
}
"""
    put(tmp_path, "p.sigma", text)
    done = call("qbc", "draw", "p.sigma", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[E0807]: 'p.sigma', line 7: in what this line calls, a loop goes on as long" in done.stderr.decode()
    # Behind the last measurement it does not matter.
    lines = text.splitlines()
    lines[6:8] = lines[7:5:-1]
    put(tmp_path, "p.sigma", "\n".join(lines))
    assert call("qbc", "draw", "p.sigma", cwd=tmp_path).returncode == 0


def test_openqasm_is_imported_first(tmp_path: Path) -> None:
    put(tmp_path, "x.qasm", "OPENQASM 3.0;\nqubit q;\n")
    done = call("qbc", "run", "x.qasm", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[E0812]: 'x.qasm' is OpenQASM, which is imported first" in done.stderr.decode()
    assert "'qbcc import x.qasm -o x.qbc'" in done.stderr.decode()


def without(folder: Path, *names: str) -> dict[str, str]:
    """An environment in which packages cannot be imported."""
    for name in names:
        package = folder / "gone" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise ImportError('no {name} here')\n")
    return {"PYTHONPATH": str(folder / "gone")}


def test_a_drawing_needs_no_extra(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BRANCH)
    done = call(
        "qbc", "draw", "p.qbc", cwd=tmp_path, PYTHONIOENCODING="utf-8", **without(tmp_path, "qiskit", "qiskit_aer")
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("            if c0 = 1:     end\nq0 ─H───M0──┊")


def test_without_a_simulator_no_shot_is_run(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BRANCH)
    done = call("qbc", "run", "p.qbc", "--shots", "10", cwd=tmp_path, **without(tmp_path, "qiskit_aer"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert "error[E0813]: Aer is not installed (no qiskit_aer here)" in done.stderr.decode()
    assert "shots" not in done.stderr.decode()
