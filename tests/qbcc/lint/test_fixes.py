"""``qbcc lint --fix`` changes nothing that a program prints, unless its finding is that a register or field is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from qbcc.cli.lint import lint
from tests.programs import build
from tests.qbcc.lint.support import linted
from vm.machine import Machine
from vm.trap import Trap


def mended(text: str, folder: Path) -> str:
    """The source after all fixes, as the command writes it."""
    path = folder / "test.qbc"
    path.write_text(text, encoding="utf-8")
    CliRunner().invoke(lint, ["--fix", str(path)])
    return path.read_text(encoding="utf-8")


def outcome(text: str) -> tuple[str, bytes]:
    machine = Machine(build(text), engine="interp", max_instructions=100_000)
    try:
        end = str(machine.run().status)
    except Trap as trap:
        end = trap.name
    return end, machine.output


_DEAD = "    QMOV r4, 1\n    QMOV r4, 2\n"
_SHOW = "    QSYSCALL 1\n"

# Programs in which a fix would change what is printed.
KEPT = {
    "a distance of labels": f"main:\n{_DEAD}end:\n    QMOV r0, end-main\n{_SHOW}    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "a distance in a constant": f".define N end-main\nmain:\n{_DEAD}end:\n    QMOV r0, N\n{_SHOW}    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "a distance in a condition": f"main:\n{_DEAD}x:\n.if x-main == 2\n    QADD r4, 5\n.endif\n    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "a comparison of labels": f".define LATE x > main+1\nmain:\n{_DEAD}x:\n    QADD r0, r4, LATE\n{_SHOW}    QHALT\n",
    "a distance in a repetition": f"main:\n{_DEAD}x:\n.rept x-main\n    QADD r4, 5\n.endr\n    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "a distance in the data": f".data\nn: .qword x-main\n.text\nmain:\n{_DEAD}x:\n    QLOAD r0, [n]\n    QADD r0, r4\n{_SHOW}    QHALT\n",
    "the address of a label": f"main:\n{_DEAD}x:\n    QMOV r0, x\n{_SHOW}    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "an address in the data": f".data\nn: .qword x\n.text\nmain:\n{_DEAD}x:\n    QLOAD r0, [n]\n{_SHOW}    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "an address that is calculated with": f"main:\n{_DEAD}x:\n    QMOV r1, x\n    QSUB r0, r1, 0x4000000000000000\n{_SHOW}    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "a numeric address": f".data\nn: .qword x\n.text\nmain:\n{_DEAD}    QCALL 0x4000000000000000+5\n    QHALT\n    QHALT\nx:\n    QMOV r0, r4\n{_SHOW}    QRET\n".replace("QCALL 0x", "QMOV r5, 0x").replace("+5\n", "+6\n    QCALL r5\n"),
    "bits in hexadecimal": ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOAD r0, [half]\n    QSYSCALL 7\n    QHALT\n",
    "bits that are printed": ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOAD r0, [half]\n    QMUL r0, 4\n    QSYSCALL 1\n    QHALT\n",
    "bits that are printed twice": ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOAD r4, [half]\n    QMOV r0, r4\n    QSYSCALL 1\n    QMOV r0, r4\n    QSYSCALL 4\n    QHALT\n",
    "bits that are compared": ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOAD r4, [half]\n    QJLT r4, 3, @far\n    QMOV r0, 1\n    QSYSCALL 1\n@far:\n    QHALT\n",
    "32 bits in a .word": ".data\nx: .word 5, 6\n.text\nmain:\n    QSTOREW 70000, [x]\n    QLOADW r0, [x]\n    QSYSCALL 1\n    QHALT\n",
    "two words as one": ".data\nx: .word 5, 6\n.text\nmain:\n    QLOADW r0, [x]\n    QSYSCALL 1\n    QHALT\n",
}  # fmt: skip

# Programs that have a fix, which changes nothing that is printed.
FIXED = {
    "a value that nothing uses": f"main:\n{_DEAD}    QMOV r0, r4\n{_SHOW}    QHALT\n",
    "a distance of data": f".data\na: .qword 5\nb: .qword 6\n.text\nmain:\n{_DEAD}    QADD r0, r4, b-a\n{_SHOW}    QHALT\n",
    "a call through a register": f"main:\n{_DEAD}    QMOV r5, show\n    QCALL r5\n    QHALT\nshow:\n    QMOV r0, 7\n{_SHOW}    QRET\n",
    "a call through a table": f".data\nt: .qword show\n.text\nmain:\n{_DEAD}    QLOAD r5, [t]\n    QCALL r5\n    QHALT\nshow:\n    QMOV r0, 7\n{_SHOW}    QRET\n",
}


@pytest.mark.parametrize("name", KEPT)
def test_fixes_change_nothing_that_is_printed(name: str, tmp_path: Path) -> None:
    text = KEPT[name]
    assert outcome(text)[1]
    assert outcome(mended(text, tmp_path)) == outcome(text)


@pytest.mark.parametrize("name", FIXED)
def test_fixes_are_made_where_they_change_nothing(name: str, tmp_path: Path) -> None:
    done = mended(FIXED[name], tmp_path)
    assert "QMOV r4, 1" not in done
    assert outcome(done) == outcome(FIXED[name])


def test_a_float_that_is_read_as_an_integer_and_would_trap(tmp_path: Path) -> None:
    text = ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOAD r0, [half]\n    QMUL r0, 4\n    QSYSCALL 4\n    QHALT\n"
    assert outcome(text)[0] == "72"
    assert outcome(mended(text, tmp_path)) == ("0", b"2.0")


def test_bits_that_are_printed_in_hexadecimal_are_meant() -> None:
    assert linted(KEPT["bits in hexadecimal"]).findings == ()


_PIECES = (
    "QMOV r{r}, {n}", "QMOV r{r}, {n}", "QMOV r{r}, {n}", "QADD r{r}, {n}", "QADD r{r}, r{s}", "QMOV r{r}, r{s}",
    "QMOV r0, r{r}\n    QSYSCALL 1", "QMOV r0, r{r}\n    QSYSCALL 7",
    "QMOV r0, l{l}-main\n    QSYSCALL 1", "QADD r{r}, l{l}-main", "QADD r{r}, main < l{l}",
    ".if l{b}-main > {k}\n    QADD r{r}, {n}\n.endif", "QMOV r1, l{l}\n    QSUB r0, r1, main\n    QSYSCALL 1",
    "QMOV r{r}, hop\n    QCALL r{r}\n    QMOV r{r}, {n}", "QCALL hop", "QLOAD r{r}, [whole]", "QLOAD r{r}, [half]",
    "QLOAD r0, [half]\n    QSYSCALL 7", "QLOAD r0, [half]\n    QMUL r0, 2\n    QSYSCALL 1",
    "QSTOREW {w}, [words]", "QSTOREW r{r}, [words]", "QLOADW r{r}, [words]", "QLOADSW r{r}, [words+2]",
    "QLOADW r0, [words]\n    QSYSCALL 1", "QLOAD r{r}, [table]\n    QCALL r{r}\n    QMOV r{r}, {n}",
)  # fmt: skip
"""What random programs are made of: r registers, l labels, b labels before, k counts, n and w numbers."""
_LINES = 14


def random_text(seed: int) -> str:
    rng = random.Random(seed)
    pieces = rng.sample(_PIECES, 6)
    lines = ["main:"]
    for number in range(_LINES):
        numbers = {"r": rng.randrange(4, 7), "s": rng.randrange(4, 7), "n": rng.randrange(9), "k": rng.randrange(12)}
        numbers |= {"w": rng.choice((5, 70_000, -1)), "l": rng.randrange(_LINES), "b": rng.randrange(number + 1)}
        lines.append(f"l{number}:\n    {rng.choice((*pieces, *_PIECES[:2])).format(**numbers)}")
    lines.append("    QMOV r0, r4\n    QSYSCALL 1\n    QHALT\nhop:\n    QMOV r0, 7\n    QSYSCALL 1\n    QRET")
    lines.append(".data\nhalf: .double 0.5\nwhole: .qword 3\nwords: .word 5, 6, 7, 8\ntable: .qword hop")
    # A fix takes no line that has a label.
    return "\n".join(lines).replace("\n    ", "\n    QNOP\n    ") + "\n"


def test_random_programs_print_the_same_after_their_fixes(tmp_path: Path) -> None:
    count = 0
    for seed in range(60):
        text = random_text(seed)
        done = mended(text, tmp_path)
        count += done != text
        assert outcome(done) == outcome(text), f"{seed}\n{text}\n{done}"
    assert count > 10
