"""Programs that are checked, and looked at by the linter, while they are edited: as a fresh check tells."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from qbcc.source import SourceFile
from sigma.check.edited import EditedProgram
from sigma.check.modules import Options
from tests.sigma.edits import check_edits


@pytest.mark.parametrize("seed", range(16))
def test_an_edited_program_is_told_what_a_fresh_one_is(seed: int) -> None:
    random = Random(seed)
    for _ in range(2):
        check_edits(random, 15)


LONG = (
    "const A = 1;\n"
    + "".join(f"fn f{n}(x: int) -> int {{\n    return x + {n};\n}}\n\n" for n in range(40))
    + 'fn main() { print("{f0(A)}"); }\n'
)


@pytest.mark.parametrize(
    ("old", "new", "most"),
    [
        ("x + 20;", "x + 21;", 1),
        ("x + 20;", "x +\n 21;", 1),
        ("x + 20;", "y + 20;", 1),
        ("x + 20;", "if {", 1),
        ("fn f20(x", "fn f20(y", 2),
        # The constant, and main.
        ("A = 1", "A = 2", 3),
    ],
)
def test_an_edit_costs_what_depends_on_it(old: str, new: str, most: int) -> None:
    edited = EditedProgram(SourceFile("x.sigma", LONG), Options())
    edited.edit(SourceFile("x.sigma", LONG.replace(old, new)), Options())
    assert 0 < edited.checked <= most


@pytest.mark.parametrize(
    ("name", "has", "head", "call"),
    [
        ("m.sigma", "fn one() -> int { return 1; }\n", 'import "m.sigma";\n', "m.one()"),
        ("m.qbc", ".global one\none:\n    QMOV r0, 1\n    QRET\n", 'extern fn one() -> int from "m.qbc";\n', "one()"),
    ],
)
def test_a_file_that_was_missing_is_read_once_it_is_there(
    name: str, has: str, head: str, call: str, tmp_path: Path
) -> None:
    text = f'{head}fn main() {{ print("{{{call}}}"); }}\n'
    source = SourceFile("x.sigma", text, str(tmp_path / "x.sigma"))
    edited = EditedProgram(source, Options())
    assert [d.code for d in edited.program.diagnostics] == ["S0501"]
    found = edited.program
    assert edited.edit(source, Options()) is found
    (tmp_path / name).write_text(has)
    assert not edited.edit(source, Options()).diagnostics
    (tmp_path / name).unlink()
    assert [d.code for d in edited.edit(source, Options()).diagnostics] == ["S0501"]


def test_a_module_that_has_changed_is_read_again(tmp_path: Path) -> None:
    module = tmp_path / "m.sigma"
    module.write_text("fn one() -> int { return 1; }\n")
    text = 'import "m.sigma";\nfn main() { print("{m.one()}"); }\n'
    path = str(tmp_path / "x.sigma")
    source = SourceFile("x.sigma", text, path)
    edited = EditedProgram(source, Options())
    assert not edited.program.diagnostics
    module.write_text("fn two() -> int { return 2; }\n")
    assert [d.code for d in edited.edit(source, Options()).diagnostics] == ["S0207"]
