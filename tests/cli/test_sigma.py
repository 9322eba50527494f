"""σ by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import qbcc
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


LOOSE = 'fn main() { let a = [1, 2, 3]; print("{a[argument(0, 1)]}"); }\n'


def test_levels_and_unchecked_indices(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", LOOSE)
    assert call("qbc", "run", "p.sigma", "--", "9", cwd=tmp_path).returncode != 0
    for level in ("-O0", "-O1", "-O2"):
        done = call("qbc", "run", level, "--unchecked", "p.sigma", "--", "9", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, b"0\n")
    put(
        tmp_path,
        "s.sigma",
        "fn f(n: int) -> int { return n + 1; }\nfn main() -> int { let x = 2 * f(3); return x + x; }\n",
    )
    sizes = []
    for level in ("0", "1", "2"):
        assert call("qbcc", "compile", "-O", level, "s.sigma", cwd=tmp_path).returncode == 0
        sizes.append((tmp_path / "s.qbo").stat().st_size)
    assert sizes[0] > sizes[2]
    assert call("qbcc", "check", "-O0", "--unchecked", "p.sigma", cwd=tmp_path).returncode == 0
    assert call("qbcc", "compile", "-O3", "p.sigma", cwd=tmp_path).returncode == 2


def test_unchecked_needs_a_source_in_sigma(tmp_path: Path) -> None:
    put(tmp_path, "t.qbc", "main: QHALT\n")
    for command in (("qbcc", "compile"), ("qbcc", "check"), ("qbc", "run"), ("qbc", "draw")):
        done = call(*command, "t.qbc", "--unchecked", cwd=tmp_path)
        assert done.returncode == 2
        assert b"sources in \xcf\x83, and there is none among the files" in done.stderr


def test_stages_and_passes(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", LOOSE)
    assert call("qbcc", "compile", "p.sigma", "--emit", "ast", cwd=tmp_path).stdout.startswith(b"fn main()")
    assert b"bound v" in call("qbcc", "compile", "p.sigma", "--emit", "ir", cwd=tmp_path).stdout
    assert b"bound v" not in call("qbcc", "compile", "p.sigma", "--emit", "ir", "--unchecked", cwd=tmp_path).stdout
    assert call("qbcc", "compile", "p.sigma", "--emit", "asm", "-o", "p2.qbc", cwd=tmp_path).returncode == 0
    assert call("qbc", "run", "p2.qbc", "--", "2", cwd=tmp_path).stdout == b"3\n"
    dumped = call("qbcc", "compile", "p.sigma", "--dump-after", "flow", cwd=tmp_path).stdout
    assert dumped.startswith(b"// after flow\n")
    assert b"// after flow, the second time\n" in dumped
    assert not (tmp_path / "p.qbo").exists()


def test_stages_that_cannot_be_shown(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", LOOSE)
    put(tmp_path, "t.qbc", "main: QHALT\n")
    done = call("qbcc", "compile", "p.sigma", "--dump-after", "magic", "-O1", cwd=tmp_path)
    assert done.returncode == 2
    assert b"at -O1 there is no pass 'magic': there are lower, values" in done.stderr
    for files in (("t.qbc",), ("p.sigma", "t.qbc")):
        done = call("qbcc", "compile", *files, "--emit", "ir", cwd=tmp_path)
        assert done.returncode == 2
        assert b"--emit ir shows one source in" in done.stderr
    assert call("qbcc", "compile", "p.sigma", "--dump-after", "flow", "--emit", "ir", cwd=tmp_path).returncode == 2
    assert call("qbcc", "compile", "p.sigma", "--dump-after", "flow", "--emit", "qasm3", cwd=tmp_path).returncode == 2
    put(tmp_path, "w.sigma", "fn main() { print(x); }\n")
    done = call("qbcc", "compile", "w.sigma", "--emit", "ast", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"S0319" in done.stderr


def test_names_of_the_command_line_are_known_by_the_whole_command(tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", 'extern fn f(n: int) -> int;\nfn main() { print("{f(5)}"); }\n')
    put(tmp_path, "b.qbc", ".define N 2\n.global f\nf: QMUL r0, r0, N\n QRET\n")
    assert call("qbcc", "compile", "a.sigma", "b.qbc", "-D", "N=5", "-o", "p.qbo", cwd=tmp_path).returncode == 0
    assert call("qbc", "run", "p.qbo", cwd=tmp_path).stdout == b"25\n"
    done = call("qbcc", "compile", "a.sigma", "b.qbc", "-D", "M=5", "-o", "q.qbo", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count(b"S0504") == 1
    assert b"-D M: the program has no const of this name" in done.stderr
    assert not (tmp_path / "q.qbo").exists()
    put(tmp_path, "c.sigma", "const N = 3;\nexport fn g() -> int { return N; }\nfn main() { }\n")
    put(tmp_path, "d.sigma", "fn main() { }\n")
    assert call("qbcc", "check", "c.sigma", "d.sigma", "-D", "N=5", cwd=tmp_path).returncode == 0
    assert b"S0504" in call("qbcc", "compile", "d.sigma", "--emit", "ir", "-D", "N=5", cwd=tmp_path).stderr


def test_a_file_of_assembly_beside_the_module_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    put(tmp_path, "p.sigma", 'import "lib/m.sigma";\nfn main() { print("{m.g(4)}"); }\n')
    put(tmp_path, "lib/m.sigma", 'extern fn f(n: int) -> int from "f.qbc";\nfn g(n: int) -> int { return f(n); }\n')
    put(tmp_path, "lib/f.qbc", "f: QMUL r0, r0, 3\n QRET\n")
    assert call("qbc", "run", "p.sigma", cwd=tmp_path).stdout == b"12\n"
    (tmp_path / "lib/f.qbc").unlink()
    done = call("qbcc", "check", "p.sigma", cwd=tmp_path)
    assert b"m.sigma:1:33" in done.stderr
    assert b"\n1 error;" in done.stderr


def test_what_has_no_room_is_told_where_it_is_declared(tmp_path: Path) -> None:
    halves = "".join(f"var a{n} = [0; 1 << 26];\n" for n in range(3))
    uses = " ".join(f"a{n}[1] = 1;" for n in range(3))
    put(tmp_path, "p.sigma", f"{halves}fn main() {{ {uses} }}\n")
    done = call("qbcc", "check", "p.sigma", cwd=tmp_path)
    assert done.returncode == 1
    assert b"p.sigma:3:5" in done.stderr
    assert b"\n1 error;" in done.stderr


CIRCUIT = '{"qubits": 2, "ops": [{"gate": "h", "on": [0]}, {"gate": "cx", "on": [0, 1]}, {"measure": [0, 1]}]%s}\n'


def test_circuits_in_json(tmp_path: Path) -> None:
    put(tmp_path, "c.sigma.json", CIRCUIT % ', "shots": 100')
    own = call("qbc", "run", "c.sigma.json", "--seed", "1", cwd=tmp_path)
    assert own.stdout.startswith(b"100 shots of q0, q1 (first rightmost)\n")
    assert {line.split()[0] for line in own.stdout.splitlines()[1:3]} == {b"00", b"11"}
    assert call("qbc", "run", "c.sigma.json", "--shots", "7", cwd=tmp_path).stdout.startswith(b"7 shots")
    assert call("qbc", "run", "c.sigma.json", "--hist", cwd=tmp_path).stdout.count("█".encode()) > 20
    as_json = json.loads(call("qbc", "run", "c.sigma.json", "--json", cwd=tmp_path).stdout)
    assert (as_json["shots"], set(as_json["records"])) == (100, {"q0", "q1"})
    # What shows one run asks for one.
    one = call("qbc", "run", "c.sigma.json", "--regs", cwd=tmp_path)
    assert (one.returncode, one.stdout) == (0, b"")
    assert b"r15" in one.stderr
    assert call("qbcc", "check", "c.sigma.json", cwd=tmp_path).returncode == 0
    assert call("qbcc", "compile", "c.sigma.json", cwd=tmp_path).returncode == 0
    assert (tmp_path / "c.qbo").exists()
    assert call("qbc", "run", "c.qbo", "--shots", "5", cwd=tmp_path).stdout.startswith(
        b"5 shots of q0, q1 (first rightmost)\n"
    )
    assert b"cx q[0], q[1];" in call("qbcc", "compile", "c.sigma.json", "--emit", "qasm3", cwd=tmp_path).stdout
    put(tmp_path, "w.sigma.json", CIRCUIT % ", 'shots': 3")
    done = call("qbcc", "check", "w.sigma.json", "--json", cwd=tmp_path)
    assert [row["code"] for row in json.loads(done.stdout)] == ["S0601"]


def test_a_circuit_without_shots_is_run_once(tmp_path: Path) -> None:
    put(tmp_path, "c.sigma.json", CIRCUIT % "")
    assert call("qbc", "run", "c.sigma.json", cwd=tmp_path).stdout.startswith(b"1 shot of q0, q1 (first rightmost)\n")


def test_options_of_many_runs_need_many(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", LOOSE)
    done = call("qbc", "run", "p.sigma", "--hist", cwd=tmp_path)
    assert done.returncode == 2
    assert b"what came out of --shots N" in done.stderr


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("// one more\nfn main() { f(; }\n", "sigma"),
        ("import std.qft;\nexport fn f(n: int) -> int { return n; }\n", "sigma"),
        ('{"qubits": 1,\n "ops": []}\n', "sigma.json"),
    ],
)
def test_a_text_that_was_read_as_another_language_has_that_one_error(tmp_path: Path, text: str, ending: str) -> None:
    put(tmp_path, "p.txt", text)
    for done in (
        call("qbc", "run", "-", cwd=tmp_path, stdin=text.encode()),
        call("qbcc", "check", "p.txt", cwd=tmp_path),
    ):
        assert done.returncode == 1
        assert done.stderr.count(b"error[") == 1
        assert f"error[E0506]: this was read as QBC, and is in the language of .{ending} files".encode() in done.stderr
    with pytest.raises(qbcc.CompileError, match="E0506"):
        qbcc.compile(text)


def test_a_wrong_source_of_qbc_is_taken_for_no_other_language(tmp_path: Path) -> None:
    done = call("qbc", "run", "-", cwd=tmp_path, stdin=b"main:\n QMOV r0, fn(3)\n; fn f(n)\n")
    assert b"E0506" not in done.stderr
    assert done.returncode == 1


def test_calls_that_led_to_a_trap_are_shown_as_calls(tmp_path: Path) -> None:
    put(tmp_path, "p.sigma", "fn f(n: int) -> int { return 1 + f(n + 1); }\nfn main() { let x = 2; f(x * 3); }\n")
    said = call("qbc", "run", "p.sigma", cwd=tmp_path).stderr.decode()
    assert "    p.sigma:1:34  f: f(n + 1)\n" in said
    assert "    p.sigma:2:24  main: f(x * 3)\n" in said
