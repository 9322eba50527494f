"""Programs in the forms that were in use before this toolchain, through the command line, as written."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

QBC = [sys.executable, "-c", "from qbcc.cli.qbc import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}


def run(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "wild.qbc").write_text(text, "utf-8")
    command = [*QBC, "run", "wild.qbc", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, env=ENVIRONMENT, timeout=120, check=False)


def printed(folder: Path, text: str, *options: str) -> str:
    done = run(folder, text, *options)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def dumped(folder: Path, text: str, *options: str) -> str:
    done = run(folder, text, *options)
    assert done.returncode == 0
    return done.stderr.decode()


def test_two_and_three_operands_constants_first_mixed_kinds(tmp_path: Path) -> None:
    text = """
    main:
        QMOV r1, 10
        QADD r1, 5            ; 15
        QADD r2, r1, 5        ; 20
        QSUB r3, 100, r2      ; 80
        QMUL r3, r3           ; 6400
        QDIV r4, 7, r1        ; 0
        QMOD r5, -7, 3        ; 2
        QDIV r6, -7, 2        ; -4
        QADD r7, r2, 0.5      ; 20.5
        QMUL r8, 2, 1.5       ; 3.0
        QSUB r9, r9, 1.0      ; -1.0
        QNEG r10, r1          ; -15
        QNEG r10              ; 15
        QDIV r11, 1.0, 0      ; inf
        QMOD r12, -7.5, 2     ; 0.5
        QRET
    """
    shown = dumped(tmp_path, text, "--regs")
    expected = {1: "15", 2: "20", 3: "6400", 4: "0", 5: "2", 6: "-4", 7: "20.5", 8: "3.0", 9: "-1.0", 10: "15",
                11: "inf", 12: "0.5"}  # fmt: skip
    for register, value in expected.items():
        assert f"r{register} = {value}" in shown, shown


def test_lists_are_pushed_and_popped_in_the_order_written(tmp_path: Path) -> None:
    text = """
    main:
        QMOV r4, 1
        QMOV r5, 2.5
        QPUSH r4, r5, 3
        QCALL clobber
        QPOP r0, r1, r2
        QSYSCALL 1
        QMOV r0, r1
        QSYSCALL 4
        QMOV r0, r2
        QSYSCALL 1
        QRET
    clobber:
        QPUSH r4, r5, r6
        QMOV r4, 0
        QMOV r5, 0
        QPOP r6, r5, r4
        QRET
    """
    assert printed(tmp_path, text) == "32.51"


def test_54_digits_are_fine_until_64_bits_must_hold_them(tmp_path: Path) -> None:
    text = """
    .define MONSTER_ORDER 808017424794512875886459904961710757005754368000000000
    .define GRIESS 196883
    main:
        QMOV r0, MONSTER_ORDER % GRIESS
        QSYSCALL 1
        QMOV r0, ','
        QSYSCALL 5
        QMOV r0, MONSTER_ORDER >> 120
        QSYSCALL 1
        QRET
    """
    order = 808017424794512875886459904961710757005754368000000000
    assert printed(tmp_path, text) == f"{order % 196883},{order >> 120}"
    done = run(tmp_path, text.replace("MONSTER_ORDER >> 120", "MONSTER_ORDER"))
    assert done.returncode == 1
    assert b"E0303" in done.stderr
    assert b"wild.qbc:9:18" in done.stderr


def test_strings_of_any_unicode(tmp_path: Path) -> None:
    text = """
    .data
    banner: .ascii "🌙 Moonshine — j(τ) = 1/q + 744 ✨\\n\\0"
    rest:   .ascii "⟨ψ|φ⟩; not a comment\\0"
    .text
    main: QMOV r0, banner
          QSYSCALL 2
          QMOV r0, rest ; a comment; with "quotes"
          QSYSCALL 2
          QRET
    """
    assert printed(tmp_path, text) == "🌙 Moonshine — j(τ) = 1/q + 744 ✨\n⟨ψ|φ⟩; not a comment"


def test_words_stored_at_a_stride_of_4_and_the_output_buffer(tmp_path: Path) -> None:
    """Packed 32-bit fields go out with ``-o`` as they lie in memory."""
    text = """
    .define OUTPUT_MAGIC 0x4F555450
    .define COUNT 5
    .entry_point start
    .code
    start:
        QMOV r1, OUTPUT_BUFFER
        QSTORE OUTPUT_MAGIC, r1
        QSTORE COUNT, [r1+8]
        QSTORE 4, [r1+16]
        QSTORE 7, [r1+24]
        QSTORE COUNT*4, [r1+40]
        QADD r2, r1, 64
        QMOV r3, 0
    pack:
        QMUL r4, r3, 1000
        QSTORE r4, [r2]
        QADD r2, 4
        QADD r3, 1
        QJLT r3, COUNT, pack
        QSTOREW 0, [r2]
        ; FNV-1a of three words
        QMOV r5, 0xCBF29CE484222325
        QADD r2, r1, 64
        QMOV r3, 0
    sum:
        QLOAD r4, [r2]
        QXOR r5, r4
        QMUL r5, 0x100000001B3
        QADD r2, 8
        QADD r3, 1
        QJLT r3, 3, sum
        QSTORE r5, [r1+48]
        QRET
    """
    assert printed(tmp_path, text, "-o", "packed.bin") == ""
    assert (tmp_path / "packed.bin").read_bytes() == struct.pack("<5I", 0, 1000, 2000, 3000, 4000)


def test_case_of_mnemonics_labels_on_their_line_and_the_end(tmp_path: Path) -> None:
    text = (
        ".Entry_Point Start\n.CODE\nstart: QHALT 9\nStart: qmov R0, 'A' \n qSysCall 5\nQJE R0, 65, done\nQHALT 1\n"
        "done: Qret\n.END\nnothing here is read: ( \" '\n"
    )
    assert printed(tmp_path, text) == "A"


def test_data_of_bytes_and_quad_words(tmp_path: Path) -> None:
    text = """
    .data
    table: .byte 1, 0x02, 0b11, 'd', -1
           .qword table, 0xFFFFFFFFFFFFFFFF, -2
    .text
        QLOAD r0, [table+5]
        QSYSCALL 7
        QLOAD r0, [table+21]
        QSYSCALL 1
        QMOV r1, table
        QLOADB r0, [r1+4]
        QSYSCALL 1
        QRET
    """
    assert printed(tmp_path, text) == "0x100000-2255"


def test_entry_points_for_the_host(tmp_path: Path) -> None:
    text = """
    main: QMOV r1, 5
          QSTORE r1, [0x200000]
          QRET
    .query_interface
    lookup: QLOAD r1, [0x200000]
            QMUL r0, r1
            QRET
    """
    (tmp_path / "q.qbc").write_text(text)
    done = subprocess.run(
        [*QBC, "call", "q.qbc", "lookup", "8"],
        cwd=tmp_path,
        capture_output=True,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"40\n")


LOOP = "main: QADD r0, 1\nQJMP main"
RECURSION = "main: QCALL deeper\nQRET\ndeeper: QADD r0, 1\nQCALL deeper\nQRET"
PUSHES = "main: QPUSH r0, r1\nQJMP main"
EATER = "main: QMOV r1, 0x200000\nmore: QSTORE r1, [r1]\nQADD r1, 4096\nQJMP more"


@pytest.mark.parametrize(
    ("text", "options", "status", "words"),
    [
        (LOOP, ["--max-instructions", "12345"], 79, "12,345"),
        (LOOP, ["--timeout", "0.3"], 80, "0.3 s"),
        (RECURSION, [], 73, "call stack"),
        (RECURSION, ["--max-instructions", "1000"], 79, "1,000"),
        (PUSHES, [], 73, "value stack"),
        (PUSHES, ["--max-instructions", "999"], 79, "999"),
        (EATER, ["--memory", "1M"], 81, "memory limit"),
        (EATER, ["--max-instructions", "500"], 79, "500"),
    ],
)
def test_what_never_ends_is_stopped(tmp_path: Path, text: str, options: list[str], status: int, words: str) -> None:
    done = run(tmp_path, text, *options, "--regs")
    errors = done.stderr.decode()
    assert (done.returncode, done.stdout) == (status, b"")
    assert words in errors
    assert "wild.qbc:" in errors
    assert "Traceback" not in errors


def test_the_instruction_limit_is_exact_to_one(tmp_path: Path) -> None:
    text = "main: QADD r0, 1\nQJLT r0, 50, main\nQHALT 7"
    assert run(tmp_path, text, "--max-instructions", "101").returncode == 7
    assert run(tmp_path, text, "--max-instructions", "100").returncode == 79
    stopped = run(tmp_path, LOOP, "--max-instructions", "99", "--regs")
    assert "r0 = 50" in stopped.stderr.decode()
