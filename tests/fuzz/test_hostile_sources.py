"""Sources that somebody made to break an assembler: each ends in diagnostics (or a program), and soon."""

from __future__ import annotations

import os
import random
import socket
from pathlib import Path

import pytest

from qbcc import driver, render
from qbcc.assembly.assemble import Options, assemble
from qbcc.source import SourceFile
from vm.verify import verify

DEEP = 20_000
CHAIN = "\n".join(f".define A{k} A{k + 1} + A{k + 1}" for k in range(3000)) + "\n.define A3000 1\nQMOV r0, A2990 & 1\n"

# By name: the text, and the code of its first error (None: it is right).
TEXTS: dict[str, tuple[str, str | None]] = {
    "parentheses": ("QMOV r0, " + "(" * DEEP + "1" + ")" * DEEP, "E0107"),
    "open parentheses": ("QMOV r0, " + "(" * DEEP, "E0105"),
    "brackets": ("QLOAD r0, " + "[" * DEEP, "E0105"),
    "signs": ("QMOV r0, " + "-" * DEEP + "1", "E0107"),
    "tildes": ("QMOV r0, " + "~" * DEEP + "1", "E0107"),
    "a long sum": ("QMOV r0, " + "+".join(["1"] * DEEP), None),
    "a long product": (".define A " + "*".join(["9"] * DEEP), "E0309"),
    "a long shift": (".define A 1" + "<<4095" * 3, "E0309"),
    "a shift by a shift": (".define A 1 << (1 << 4000)", "E0309"),
    "a shift by a large number": ("QMOV r0, 1 >> (1 << 4000)", None),
    "a long number": ("QMOV r0, " + "9" * 900_000, "E0309"),
    "a long hexadecimal number": ("QMOV r0, 0x" + "F" * 900_000, "E0309"),
    "a long float": ("QMOV r0, 0." + "1" * 900_000, None),
    "a large exponent": ("QMOV r0, 1e" + "9" * 900_000, "E0309"),
    "a small exponent": ("QMOV r0, 1e-" + "9" * 900_000, None),
    "underscores": ("QMOV r0, 1" + "_" * 900_000, "E0309"),
    "a long name": ("QMOV r0, " + "a" * 900_000, "E0301"),
    "a long mnemonic": ("Q" * 900_000, "E0201"),
    "a long directive": ("." + "a" * 900_000, "E0401"),
    "a long label": ("a" * 900_000 + ": QRET", None),
    "a long line": ("; " + "x" * 2_000_000, "E0106"),
    "many labels on a line": (" ".join(f"a{k}:" for k in range(50_000)) + " QRET", None),
    "many operands": ("QPUSH " + ", ".join(["r1"] * 50_000) + "\nQRET", None),
    "many bytes": (".data\n.byte " + ",".join(["1"] * 200_000), None),
    "many errors": ("QFOO r0\nQMOV r0, (\n" * 5_000, "E0201"),
    "one undefined name": ("QMOV r0, missing\n" * 50_000, "E0301"),
    "many undefined names": ("\n".join(f"QMOV r0, missing{k}" for k in range(3_000)), "E0301"),
    "definitions that double": (CHAIN, None),
    "definitions that are circles": ("\n".join(f".define B{k} B{(k + 1) % 5000}" for k in range(5000)), "E0307"),
    "a macro that doubles": (".macro m a\nm a\nm a\n.endm\nm 1\n", "E0605"),
    "macros that double": (
        "\n".join(f".macro m{k}\nm{k + 1}\nm{k + 1}\n.endm" for k in range(60)) + "\n.macro m60\nQNOP\n.endm\nm0\n",
        "E0606",
    ),
    "an argument that doubles": (".macro m a\nm (a+a)\n.endm\nm x\n", "E0606"),
    "a macro that makes itself": (".macro m\n.macro n\nm\n.endm\nn\n.endm\nm\nm\n", "E0302"),
    "repetitions of repetitions": (".rept 1000\n" * 6 + "QNOP\n" + ".endr\n" * 6, "E0606"),
    "empty repetitions": (".rept 1000000\n.rept 1000000\n.endr\n.endr\n", "E0606"),
    "repetitions open": (".rept 2\n" * DEEP, "E0601"),
    "conditions open": (".if 1\n" * DEEP, "E0601"),
    "conditions nested": (".if 1\n" * DEEP + "QRET\n" + ".endif\n" * DEEP, None),
    "space": (".data\n" + ".space 1 << 29\n" * 3, "E0406"),
    "alignment": (".data\n" + ".byte 1\n.align 1 << 20\n" * 2000, "E0406"),
    "strings open": (".data\n" + '.asciz "\n' * 2_000, "E0102"),
    "an escape at the end": ('.data\n.asciz "\\', "E0102"),
    "carriage returns": ("QNOP\r" * 100, "E0105"),
    "NUL": ("QNOP\0\n\0\0\0", "E0101"),
    "line separators": ("QNOP\u2028QNOP\u0085QNOP\x0bQNOP\x0cQNOP", "E0105"),
    "right to left": ("QMOV r0, \u202e1", "E0101"),
    "combining": ("e\u0301: QRET", "E0101"),
    "digits of other scripts": ("QMOV r0, \u0663", "E0104"),
    "a byte order mark inside": ("QNOP\n\ufeffQNOP", "E0101"),
    "spaces of other sorts": ("QMOV\u00a0r0,\u30001", None),
    "nothing": ("", None),
    "blanks": (" \t\n" * 10_000, None),
    "comments": (";" * 10_000 + "\n;\u202e\0", None),
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts(name: str) -> None:
    text, code = TEXTS[name]
    found = assemble(SourceFile("hostile.qbc", text), Options())
    report = render.report(found.diagnostics)
    assert (found.diagnostics[0].code if found.diagnostics else None) == code, report[:500]
    assert all(len(line) < 1000 for line in report.splitlines())
    assert not any(character in report for character in "\0\x1b\r\u202e")
    if code is None:
        assert found.object is not None
        verify(found.object)


@pytest.mark.parametrize("seed", range(150))
def test_random_characters(seed: int) -> None:
    rng = random.Random(seed)
    alphabet = [chr(c) for c in (*range(128), 0x80, 0xA0, 0x3C3, 0x2028, 0x202E, 0xFEFF, 0xFFFF, 0x1F319, 0x10FFFF)]
    if seed % 2:
        alphabet = list("QMOVr01,[]()+-*/<>&|^~.:;'\"\\@ \n\n\n")
    text = "".join(rng.choices(alphabet, k=3000))
    found = assemble(SourceFile("hostile.qbc", text), Options())
    render.report(found.diagnostics, colour=True)
    assert found.diagnostics or found.object is not None


NAMES = ("a.qbc", "b.qbc", "sub/c.qbc", "sub/d.qbc", "main.qbc")


@pytest.mark.parametrize("seed", range(60))
def test_random_trees_of_includes(seed: int, tmp_path: Path) -> None:
    """Files that include each other, links, folders, pipes and devices, and that do not exist."""
    rng = random.Random(seed)
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "up").symlink_to("..")
    (tmp_path / "bytes").write_bytes(b"\xff\xfeQNOP")
    listener = socket.socket(socket.AF_UNIX)
    address = os.path.relpath(tmp_path / "socket")
    if len(address) < 100:
        listener.bind(address)
    odd = (
        "pipe",
        "zero",
        "self",
        "up/x",
        "bytes",
        "socket",
        "sub",
        "..",
        "../x",
        "/etc/passwd",
        "none.qbc",
        "",
        "a\\0b",
    )
    for name in NAMES:
        lines = [f"l{name[-5]}{k}: QNOP" for k in range(2)]
        for _ in range(rng.randrange(4)):
            target = rng.choice(NAMES if rng.random() < 0.7 else odd)
            if name.startswith("sub/") and target.startswith("sub/"):
                target = target.removeprefix("sub/")
            lines.insert(rng.randrange(len(lines) + 1), f'.include "{target}"')
        (tmp_path / name).write_text("\n".join(lines))
    built = driver.load([str(tmp_path / "main.qbc")])
    listener.close()
    report = render.report(built.diagnostics)
    assert built.diagnostics or built.object is not None
    assert "root:" not in report
