"""``qbcc lint --fix`` changes nothing that a program prints, records or gives, nor how it ends."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from qbcc.cli.lint import lint
from tests.sigma.choices import Seeded
from tests.sigma.generate import Program, program
from tests.sigma.outcomes import Refused, TooLong, modelled, nothing, outcome


def mended(text: str, folder: Path) -> str:
    """A source with every fix in it, as the command writes it."""
    path = folder / "test.sigma"
    path.write_text(text, encoding="utf-8")
    CliRunner().invoke(lint, ["--fix", str(path)])
    return path.read_text(encoding="utf-8")


def try_fixes(seed: int) -> str:
    """Compare a random program before and behind its fixes; whether there were any."""
    with TemporaryDirectory() as folder:
        return "fixed" if check_fixes(seed, Path(folder)) else "not compared"


def check_fixes(seed: int, folder: Path) -> bool:
    """The same, in a folder."""
    made = program(Seeded(seed))
    text = mended(made.sigma, folder)
    if text == made.sigma:
        return False
    try:
        wanted = modelled(made)
        outcome(made, nothing)
    except (TooLong, Refused):
        return False
    fixed = Program(text, made.python, made.calls)
    assert outcome(fixed, nothing) == wanted, f"{seed}\n{text}"
    return True


def test_fixes_of_random_programs(tmp_path: Path) -> None:
    assert sum(check_fixes(seed, tmp_path) for seed in range(8)) > 4


CASES = {
    "a copy of a variable length": "var n = 3; let a = [0; n]; let b = a; b[0] = 5; print(\"{a[0]} {b[0]}\");",
    "a part with a variable bound": "var k = 1; var a = [1, 2, 3]; let b = a[k..3]; b[0] = 9; print(\"{a[1]}\");",
    "an index that traps": 'var k = 5; let a = [1, 2, 3]; print("before"); print("{a[k]}");',
    "an index that traps, by another name": 'var k = 5; let m = k + 1; let a = [1, 2, 3]; print("before"); print("{a[m]}");',
    "a divisor that is 0": 'var k = 0; print("before"); print("{7 div k}");',
    "a step that traps": 'var k = 0; print("before"); for i in 0..3 step k { print("{i}"); }',
    "a length that traps": 'var k = -1; print("before"); let a = [0; k]; print("{len(a)}");',
    "a part that traps": 'var k = 9; let a = [1, 2, 3]; print("before"); print("{len(a[0..k])}");',
    "one of two": 'var k = 5; var n = 1; let a = [1, 2, 3]; print("{a[n]}"); print("{a[k]}");',
    "an assignment to itself that traps": 'let k = argument(0, 7); let a = [1, 2]; print("before"); a[k] = a[k]; print("behind");',
    "a whole quotient": 'let n = argument(0, 7); let x: float = n div 2; print("{x}");',
    "a condition that is known": 'var c = true; if c { print("yes"); } else { print("no"); }',
    "names that hide others": 'let k = 3; { let k = 4; print("{k}"); } print("{k}");',
}  # fmt: skip


def ends(text: str) -> tuple[object, ...]:
    return outcome(Program(text, ""), nothing)


@pytest.mark.parametrize("name", CASES)
def test_fixes_change_no_result(name: str, tmp_path: Path) -> None:
    text = f"fn main() {{ {CASES[name]} }}\n"
    assert ends(mended(text, tmp_path)) == ends(text)


def test_a_fix_that_the_compiler_refuses_is_left_out(tmp_path: Path) -> None:
    text = 'fn main() {\n    var k = 5;\n    var n = 1;\n    let a = [1, 2, 3];\n    print("{a[n]}");\n    print("{a[k]}");\n}\n'
    assert mended(text, tmp_path) == text.replace("var n", "let n")
