"""The two command lines from outside: processes, streams, exit statuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HELLO = """
main: QMOV r0, text
      QSYSCALL 2
      QHALT 3
.data
text: .asciz "Hello σ 🌙\\n"
"""


def command(name: str) -> list[str]:
    return [sys.executable, "-c", f"from qbcc.cli.{name} import main; main()"]


def call(name: str, *args: str, cwd: Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    settings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **env}
    return subprocess.run(
        [*command(name), *args], cwd=cwd, input=stdin, capture_output=True, env=settings, timeout=120, check=False
    )


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


# -- qbc run


def test_run_prints_and_ends_with_the_programs_status(tmp_path: Path) -> None:
    put(tmp_path, "hello.qbc", HELLO)
    done = call("qbc", "run", "hello.qbc", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (3, "Hello σ 🌙\n", b"")


@pytest.mark.parametrize("name", ["qbc", "qbcc"])
def test_what_a_command_does_stands_whole_in_the_list_of_commands(tmp_path: Path, name: str) -> None:
    said = call(name, "--help", cwd=tmp_path, COLUMNS="80").stdout.decode()
    assert "-h, --help" in said
    assert "..." not in said.partition("Commands:")[2]


def test_run_takes_standard_input_and_objects(tmp_path: Path) -> None:
    put(tmp_path, "hello.qbc", HELLO)
    assert call("qbc", "run", "-", cwd=tmp_path, stdin=HELLO.encode()).stdout.decode() == "Hello σ 🌙\n"
    assert call("qbcc", "compile", "hello.qbc", cwd=tmp_path).returncode == 0
    (tmp_path / "hello.qbc").unlink()
    assert call("qbc", "run", "hello.qbo", cwd=tmp_path).returncode == 3


@pytest.mark.parametrize(
    ("text", "options", "status", "words"),
    [
        ("QDIV r0, 1, r1", [], 70, "zero division"),
        ("QLOAD r0, [0]", [], 71, "bad address"),
        ("QAND r0, 1.5", [], 72, "wrong kind"),
        ("f: QCALL f", [], 73, "stack overflow"),
        ("QPOP r0", [], 74, "stack underflow"),
        ("QNOP", [], 75, "bad jump"),
        ("QSYSCALL 99", [], 76, "unknown system call"),
        ("QTRAP 5", [], 77, "QTRAP"),
        ("QASSERT 1, 2", [], 78, "QASSERT"),
        ("loop: QJMP loop", ["--max-instructions", "1000"], 79, "instruction limit"),
        ("loop: QJMP loop", ["--timeout", "0.2"], 80, "time limit"),
        ("QSTORE 1, [0x2000]", ["--memory", "0"], 81, "memory limit"),
        ("QFOO", [], 1, "E0201"),
        ("QHALT", ["--memory", "lots"], 2, "no size"),
        ("QHALT", ["--engine", "warp"], 2, "warp"),
        ("QHALT", ["--dump", "0:4"], 2, "not inside memory"),
    ],
)
def test_exit_statuses(tmp_path: Path, text: str, options: list[str], status: int, words: str) -> None:
    put(tmp_path, "p.qbc", text)
    done = call("qbc", "run", "p.qbc", *options, cwd=tmp_path)
    assert done.returncode == status
    assert words in done.stderr.decode()
    assert done.stdout == b""


def test_ctrl_c_is_130(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "QMOV r0, 'x'\nQSYSCALL 5\nloop: QJMP loop")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [*command("qbc"), "run", "p.qbc"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"x"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted" in errors


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "loop: QMOV r0, 'x'\nQSYSCALL 5\nQJMP loop")
    pipeline = f"'{sys.executable}' -c \"from qbcc.cli.qbc import main; main()\" run p.qbc | head -c 10; exit ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash", "-c", pipeline], cwd=tmp_path, capture_output=True, env=env, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (b"x" * 10, b"", 128 + signal.SIGPIPE)


ECHO = """
next: QMOV r0, 0x2000
      QMOV r1, 100
      QSYSCALL 11
      QJLT r0, 0, done
      QMOV r0, 0x2000
      QSYSCALL 2
      QMOV r0, ';'
      QSYSCALL 5
      QJMP next
done: QHALT 5
"""


def test_input_comes_line_by_line(tmp_path: Path) -> None:
    put(tmp_path, "echo.qbc", ECHO)
    done = call("qbc", "run", "echo.qbc", cwd=tmp_path, stdin="σ\r\n\nlast".encode() + b"x" * 200)
    assert done.stdout.decode() == "σ;;last" + "x" * 95 + ";" + "x" * 99 + ";xxxxxx;"
    assert done.returncode == 5


def test_the_time_limit_stops_a_program_that_waits_for_input(tmp_path: Path) -> None:
    put(tmp_path, "echo.qbc", ECHO)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [*command("qbc"), "run", "echo.qbc", "--timeout", "0.5"], cwd=tmp_path, env=env,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(b"one\n")
        process.stdin.flush()
        assert process.wait(timeout=60) == 80
        assert process.stdout is not None
        assert process.stdout.read() == b"one;"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_streams_that_are_closed(tmp_path: Path, closed: str) -> None:
    put(tmp_path, "hello.qbc", HELLO)
    line = f"'{sys.executable}' -c \"from qbcc.cli.qbc import main; main()\" run hello.qbc {closed}"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, env=env, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (3, b"")


def test_a_full_disk(tmp_path: Path) -> None:
    put(tmp_path, "hello.qbc", HELLO)
    line = f"'{sys.executable}' -c \"from qbcc.cli.qbc import main; main()\" run hello.qbc > /dev/full"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, env=env, timeout=60, check=False)
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_arguments_defines_seed_clock(tmp_path: Path) -> None:
    put(
        tmp_path,
        "p.qbc",
        ".define N 1\nQMOV r0, 0\nQSYSCALL 13\nQADD r0, N\nQSYSCALL 1\nQSYSCALL 8\nQSYSCALL 7\nQSYSCALL 3\nQSYSCALL 1\nQHALT",
    )
    options = ["-D", "N=0x10", "--seed", "7", "--clock", "1234", "--", "-5"]
    first = call("qbc", "run", "p.qbc", *options, cwd=tmp_path)
    assert first.stdout.startswith(b"110x")
    assert first.stdout.endswith(b"1234")
    assert call("qbc", "run", "p.qbc", *options, cwd=tmp_path).stdout == first.stdout


def test_regs_dump_stats_go_to_standard_error(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "QMOV r3, 1.5\nQMOV r4, 255\nQSTORE r4, [0x2000]\nQHALT")
    done = call("qbc", "run", "p.qbc", "--regs", "--stats", "--dump", "0x2000:16", cwd=tmp_path)
    text = done.stderr.decode()
    assert done.stdout == b""
    assert "r3 = 1.5" in text
    assert "r4 = 255 (0xff)" in text
    assert "00000002000  ff 00 00" in text
    assert "4 instructions in" in text
    assert "seed" in text


def test_json_is_one_object(tmp_path: Path) -> None:
    put(
        tmp_path,
        "p.qbc",
        '.data\nn: .asciz "x"\n.text\nQMOV r0, n\nQMOV r1, 0.5\nQSYSCALL 14\nQSYSCALL 2\nQDIV r1, r1, r2\nQDIV r0, r0, r2',
    )
    done = call("qbc", "run", "p.qbc", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert done.returncode == found["status"] == 70
    assert found["output"] == "x"
    assert found["records"] == [{"name": "x", "value": 0.5}]
    assert found["trap"]["location"]["line"] == 9
    assert found["trap"]["name"] == "zero-division"


def test_json_has_no_nan(tmp_path: Path) -> None:
    put(
        tmp_path,
        "p.qbc",
        """
        QDIV r0, 0.0, 0.0
        QDIV r1, 1.0, 0.0
        QDIV r2, -1.0, 0.0
        QMOV r4, r0
        QMOV r0, n
        QSYSCALL 2
        QMOV r0, r4
        QRET
        .data
        n: .asciz "NaN \\" Infinity"
        """,
    )

    def refuse(word: str) -> None:
        raise AssertionError(word)

    found = json.loads(call("qbc", "run", "p.qbc", "--json", cwd=tmp_path).stdout, parse_constant=refuse)
    assert [found["registers"][f"r{number}"] for number in range(3)] == [None, float("inf"), float("-inf")]
    assert found["output"] == 'NaN " Infinity'


def test_output_files(tmp_path: Path) -> None:
    options = ["-D", "MOONSHINE_DIMENSION=100"]
    for ending in ("bin", "npz", "parquet", "sqlite", "csv", "json"):
        done = call("qbc", "run", "moonshine_instantiate", *options, "-o", f"t.{ending}", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        summary = call("qbc", "table", f"t.{ending}", "--json", cwd=tmp_path)
        assert json.loads(summary.stdout)["nodes"] == 100
    assert (tmp_path / "t.triangles.parquet").exists()
    done = call("qbc", "table", "t.npz", "--node", "7", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)[0]["sigma"] == 0.56
    assert call("qbc", "table", "t.npz", "--node", "100", cwd=tmp_path).returncode == 1


def test_output_is_refused_before_the_run(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", HELLO)
    for target, words in (("p.qbc", b"E0905"), ("t.xyz", b"E0905"), ("no/t.bin", b"folder")):
        done = call("qbc", "run", "p.qbc", "-o", target, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout == b""
        assert words in done.stderr
    (tmp_path / "t.bin").symlink_to("p.qbc")
    assert call("qbc", "run", "p.qbc", "-o", "t.bin", cwd=tmp_path).returncode == 1
    assert (tmp_path / "p.qbc").read_text("utf-8") == HELLO


def test_no_output_buffer_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", HELLO)
    done = call("qbc", "run", "p.qbc", "-o", "t.bin", cwd=tmp_path)
    assert done.returncode == 1
    assert b"no output buffer" in done.stderr
    assert not (tmp_path / "t.bin").exists()


def test_a_damaged_table_names_its_bad_entries(tmp_path: Path) -> None:
    call("qbc", "run", "moonshine_instantiate", "-D", "MOONSHINE_DIMENSION=100", "-o", "t.bin", cwd=tmp_path)
    content = bytearray((tmp_path / "t.bin").read_bytes())
    content[128 * 5 + 64] ^= 1
    (tmp_path / "t.bin").write_bytes(content)
    done = call("qbc", "table", "t.bin", cwd=tmp_path)
    assert done.returncode == 1
    assert b"node 5" in done.stderr or b"nodes 5" in done.stderr or b"5" in done.stderr


def test_call(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "main: QHALT\n.query_interface\nadd: QADD r0, r1\nQRET\nbad: QTRAP 1")
    assert call("qbc", "call", "p.qbc", "add", "2", "40", cwd=tmp_path).stdout == b"42\n"
    assert call("qbc", "call", "p.qbc", "add", "0.5", "1e3", cwd=tmp_path).stdout == b"1000.5\n"
    done = call("qbc", "call", "p.qbc", "sub", cwd=tmp_path)
    assert done.returncode == 1
    assert b"add, bad" in done.stderr
    assert call("qbc", "call", "p.qbc", "bad", cwd=tmp_path).returncode == 77


# -- qbcc


def test_compile_is_reproducible_anywhere(tmp_path: Path) -> None:
    for name in ("a", "b/c"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        put(folder, "p.qbc", '.include "q.qbc"\n' + HELLO)
        put(folder, "q.qbc", ".define X 1\n")
    call("qbcc", "compile", "a/p.qbc", "b/c/p.qbc", cwd=tmp_path)
    assert (tmp_path / "a/p.qbo").read_bytes() == (tmp_path / "b/c/p.qbo").read_bytes()


def test_link(tmp_path: Path) -> None:
    put(tmp_path, "main.qbc", ".extern square\n.entry_point main\nmain: QMOV r0, 12\nQCALL square\nQSYSCALL 1\nQHALT")
    put(tmp_path, "lib.qbc", ".global square\nsquare: QMUL r0, r0\nQRET")
    assert call("qbcc", "compile", "main.qbc", "lib.qbc", cwd=tmp_path).returncode == 0
    assert call("qbcc", "link", "main.qbo", "lib.qbo", "-o", "all.qbo", cwd=tmp_path).returncode == 0
    assert call("qbc", "run", "all.qbo", cwd=tmp_path).stdout == b"144"
    gap = call("qbcc", "link", "main.qbo", "-o", "gap.qbo", cwd=tmp_path)
    assert gap.returncode == 1
    assert b"E0702" in gap.stderr
    assert not (tmp_path / "gap.qbo").exists()
    clash = call("qbcc", "link", "lib.qbo", "lib.qbo", "-o", "clash.qbo", cwd=tmp_path)
    assert b"E0701" in clash.stderr


def test_dis_assembles_again(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", HELLO)
    call("qbcc", "compile", "p.qbc", cwd=tmp_path)
    put(tmp_path, "again.qbc", call("qbcc", "dis", "p.qbo", cwd=tmp_path).stdout.decode())
    assert call("qbc", "run", "again.qbc", cwd=tmp_path).stdout.decode() == "Hello σ 🌙\n"


@pytest.mark.parametrize("emit", ["asm", "listing", "symbols"])
def test_emit(tmp_path: Path, emit: str) -> None:
    put(tmp_path, "p.qbc", HELLO)
    done = call("qbcc", "compile", "p.qbc", "--emit", emit, cwd=tmp_path)
    assert done.returncode == 0
    assert b"main" in done.stdout
    assert not (tmp_path / "p.qbo").exists()


def test_errors_as_data(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "QJG r0\nQMOV r0, X")
    done = call("qbcc", "check", "p.qbc", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert [(d["code"], d["file"], d["line"], d["column"]) for d in json.loads(done.stdout)] == [
        ("E0201", "p.qbc", 1, 1),
        ("E0301", "p.qbc", 2, 10),
    ]
    put(tmp_path, "good.qbc", HELLO)
    assert json.loads(call("qbcc", "check", "good.qbc", "--json", cwd=tmp_path).stdout) == []


def test_nothing_is_written_over_an_input(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", HELLO)
    assert call("qbcc", "compile", "p.qbc", "-o", "p.qbc", cwd=tmp_path).returncode == 1
    assert (tmp_path / "p.qbc").read_text("utf-8") == HELLO


def test_files_that_are_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.qbc")
    (tmp_path / "bytes.qbc").write_bytes(b"QMOV r0, 1\n\xff\xfe")
    (tmp_path / "cut.qbo").write_bytes(b"\x7fQBC\0")
    for name, words in (
        ("pipe.qbc", "regular file"),
        (".", "regular file"),
        ("bytes.qbc", "not UTF-8"),
        ("cut.qbo", "no sound object"),
        ("none.qbc", "no such file"),
        ("/dev/zero", "regular file"),
    ):
        done = call("qbcc", "check", name, cwd=tmp_path)
        assert done.returncode == 1
        assert words in done.stderr.decode()


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/p\xff.qbc"
    Path(os.fsdecode(name)).write_text("QFOO")
    done = call("qbcc", "check", os.fsdecode(name), cwd=tmp_path)
    assert done.returncode == 1
    assert b"E0201" in done.stderr


def test_explain_version_usage(tmp_path: Path) -> None:
    assert b"bad address" in call("qbcc", "explain", "t71", cwd=tmp_path).stdout
    wrong = call("qbcc", "explain", "E0209", cwd=tmp_path)
    assert (wrong.returncode, b"did you mean" in wrong.stderr) == (1, True)
    for name in ("qbc", "qbcc"):
        assert b"instruction set 1.1, object format 2.0" in call(name, "--version", cwd=tmp_path).stdout
        assert call(name, "frobnicate", cwd=tmp_path).returncode == 2


def test_colour_only_on_a_terminal(tmp_path: Path) -> None:
    import pexpect

    put(tmp_path, "p.qbc", "QFOO")
    assert b"\x1b" not in call("qbcc", "check", "p.qbc", cwd=tmp_path).stderr
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    env.pop("NO_COLOR", None)
    program, *args = command("qbcc")
    assert b"\x1b[1;31merror" in pexpect.spawn(program, [*args, "check", "p.qbc"], cwd=str(tmp_path), env=env).read()
    assert (
        b"\x1b"
        not in pexpect.spawn(program, [*args, "check", "p.qbc"], cwd=str(tmp_path), env={**env, "NO_COLOR": "1"}).read()
    )


def test_wild_programs_run_as_written(tmp_path: Path) -> None:
    put(
        tmp_path,
        "wild.qbc",
        """
; a program in the forms of old
.define MONSTER_ORDER 808017424794512875886459904961710757005754368000000000
.define DIM 196883
.define SCALE 0.5
.entry_point start
.data
message: .ascii "Moonshine 🌙 begins\\n\\0"
bytes:   .byte 1, 2, 3
.code
start:
    QMOV R4, 0
    qadd r4, 5
    QSUB r4, 10, r4
    QMUL r5, r4, SCALE
    QPUSH r4, r5, DIM
    QPOP r6, r7, r8
    QMOV r0, message
    QSYSCALL 2
    QMOV r9, 0x200000
    QSTORE 0x11111111, [r9]
    QSTORE 0x22222222, [r9+4]
    QSTORE 0x33333333, [r9+8]
    QLOAD r10, [r9+4]
    QJE r10, 0x3333333322222222, packed
    QHALT 1
packed:
    QMOV r0, r7
    QSYSCALL 4
    QDIV r0, DIM, 2
    QSYSCALL 1
    QRET
.end
this is not read
""",
    )
    done = call("qbc", "run", "wild.qbc", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode()) == (0, "Moonshine 🌙 begins\n2.598441")


def test_the_cache_is_made_once_and_never_trusted_blindly(tmp_path: Path) -> None:
    # Of a shape that only Lark knows.
    put(tmp_path, "p.qbc", "QHALT (((((4)))))")
    folder = tmp_path / "cache"
    for _ in range(2):
        done = call("qbc", "run", "p.qbc", cwd=tmp_path, QBC_CACHE_DIR=str(folder))
        assert (done.returncode, done.stderr) == (4, b"")
        assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == ["grammar", "interp"]
        for entry in folder.iterdir():
            entry.write_bytes(entry.read_bytes()[:-1] + b"\0\0")
    for entry in folder.iterdir():
        entry.chmod(0o666)
    assert call("qbc", "run", "p.qbc", cwd=tmp_path, QBC_CACHE_DIR=str(folder)).returncode == 4
    assert call("qbc", "run", "p.qbc", cwd=tmp_path, QBC_CACHE_DIR="/proc/none").returncode == 4
