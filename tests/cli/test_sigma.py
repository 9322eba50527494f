"""σ by the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_commands import call, put

PROGRAM = """import "lib.sigma";
const N = 3;
extern fn twice(n: int) -> int;
export fn next(n: int) -> int { return n + 1; }
fn main() -> int { print("{lib.square(N)} {twice(5)}"); return 7; }
"""


def test_sources_of_both_languages_make_one_program(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", PROGRAM)
    put(tmp_path, "lib.sigma", "fn square(n: int) -> int { return n * n; }\n")
    put(tmp_path, "t.qbc", ".global twice\n.extern next\ntwice: QCALL next\n QMUL r0, r0, 2\n QRET\n")
    done = call("qbcc", "compile", "p.sigma", "t.qbc", "-o", "p.qbo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    ran = call("qbc", "run", "p.qbo", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (7, b"9 12\n")


def test_definitions_and_errors(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", 'const N = 3;\nfn main() { print("{N}"); }\n')
    assert call("qbc", "run", "p.sigma", "-D", "N=2 * 4", cwd=tmp_path).stdout == b"8\n"
    put(tmp_path, "w.sigma", "fn main() { let x: int = 2.5; y; }\n")
    done = call("qbcc", "check", "w.sigma", cwd=tmp_path)
    assert done.returncode == 1
    assert b"S0301" in done.stderr
    assert b"w.sigma:1:26" in done.stderr
    assert b"int(x) cuts off" in call("qbcc", "check", "w.sigma", cwd=tmp_path).stderr
    assert call("qbcc", "explain", "S0301", cwd=tmp_path).stdout.startswith(b"S0301: ")


def test_shots(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", 'fn main() { let q = qubits(2); h(q[0]); cx(q[0], q[1]); record("bell", measure(q)); }\n')
    done = call("qbc", "run", "p.sigma", "--shots", "100", "--seed", "1", cwd=tmp_path)
    assert b"100 shots of bell" in done.stdout
    assert b" 1 " not in done.stdout.splitlines()[1]
