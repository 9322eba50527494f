"""What a compilation is on its way: the tree, the form behind every pass, the text for the assembler."""

from __future__ import annotations

import re

import pytest

from qbcc.assembly.assemble import Options, assemble
from qbcc.frontends import Settings
from qbcc.source import SourceFile
from sigma import ir
from sigma.check.program import check
from sigma.compile import compile_source, optimized, pass_names
from sigma.frontend import FRONT_END
from sigma.verify import verify
from tests.sigma.support import LEVELS
from tests.sigma.test_programs import CASES, WHOLE

PROGRAMS = {
    **{name: "fn main() {\n" + body + "\n}" for name, (body, _) in CASES.items()},
    **{name: text for name, (text, *_) in WHOLE.items()},
}
SMALL = """const N = 3;
fn next(n: int) -> int { return n + 1; }
fn main() {
    var total = 0;
    for k in 0..N { total += next(k); }
    print("{total}");
}
"""


def shown(text: str, stage: str, level: int = 2) -> str:
    found = FRONT_END.show(SourceFile("test.sigma", text), Options(), Settings(level), stage)
    assert found.diagnostics == ()
    return found.text


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_pass_leaves_a_sound_program(name: str, level: int) -> None:
    names: list[str] = []

    def look(step: str, program: ir.Program) -> None:
        names.append(step)
        for function in program.functions:
            verify(function)

    optimized(check(SourceFile("test.sigma", PROGRAMS[name])), level=level, is_unchecked=False, dump=look)
    assert tuple(dict.fromkeys(names)) == pass_names(level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_text_for_the_assembler_is_the_same_code(name: str, level: int) -> None:
    text = PROGRAMS[name]
    compiled = compile_source(SourceFile("test.sigma", text), level=level).object
    again = assemble(SourceFile("test.qbc", shown(text, "asm", level)))
    assert compiled is not None
    assert again.object is not None, again.diagnostics
    for part in ("code", "constants", "constant_kinds"):
        assert getattr(again.object, part).tolist() == getattr(compiled, part).tolist()
    for part in ("data", "data_size", "data_align", "relocations", "entry"):
        assert getattr(again.object, part) == getattr(compiled, part)
    named, wanted = (
        {row.name: (row.base, row.value, row.is_global) for row in o.symbols} for o in (again.object, compiled)
    )
    assert named == wanted


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_form_names_what_it_reads(name: str) -> None:
    for part in re.split(r"^(?=\w.*fn )", shown(PROGRAMS[name], "ir"), flags=re.MULTILINE):
        code = re.sub(r"//.*|\{.*\}", "", part.partition("\ndata ")[0])
        assert "?" not in code
        made = set(re.findall(r"\b(v\d+)(?:: \w+)?(?= =|,|\))", code)) | set(re.findall(r"\b(v\d+):", code))
        assert set(re.findall(r"\bv\d+\b", code)) <= made
        assert set(re.findall(r"\bb\d+\b", code)) == set(re.findall(r"^(b\d+)", code, re.MULTILINE))


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_tree_knows_every_type(name: str) -> None:
    assert "?" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", shown(PROGRAMS[name], "ast"))


def test_the_tree() -> None:
    assert (
        shown(SMALL, "ast")
        == """const N: int                                                // 1
    number : int = 3
fn next(n: int) -> int                                      // 2
    return
        binary + : int
            name n : int
            number : int = 1
fn main()                                                   // 3
    var total: int                                          // 4
        number : int = 0
    for k: int in a range                                   // 5
        number : int = 0
        name N : int = 3
        do:
            assign +=
                name total : int
                call next : int
                    name k : int
    call print : nothing                                    // 6
        string : string = "{total}"
            name total : int
"""
    )


def test_the_form_before_the_passes() -> None:
    text = FRONT_END.dump(SourceFile("test.sigma", SMALL), Options(), Settings(), "lower").text
    assert text.startswith("// after lower\n\nfn main() -> nothing ")
    assert "call next(v" in text
    assert re.search(r"fn next\(v0: int\) -> int +// 2\nb0:\n    v1: int = QADD v0, 1\n    return v1\n", text)


def test_a_pass_that_runs_again_is_shown_again() -> None:
    text = FRONT_END.dump(SourceFile("test.sigma", SMALL), Options(), Settings(), "values").text
    headings = re.findall(r"^// after (.*)$", text, re.MULTILINE)
    assert headings[:3] == ["values", "values, the second time", "values, the third time"]
    assert text.count("fn main") == len(headings)


def test_passes_follow_the_level() -> None:
    assert FRONT_END.passes(Settings(0)) == ("lower",)
    assert "inline" not in FRONT_END.passes(Settings(1))
    assert "inline" in FRONT_END.passes(Settings(2))


def test_lines_of_other_modules_have_their_name() -> None:
    text = 'import "lib.sigma";\nfn main() { print("{lib.square(3)}"); }\n'
    # What an editor holds is a module too, so no file is needed.
    options = Options(read=lambda path: "export fn square(n: int) -> int {\n    return n * n;\n}\n")
    for stage in ("ast", "ir"):
        found = FRONT_END.show(SourceFile("/m/test.sigma", text, "/m/test.sigma"), options, Settings(0), stage)
        assert found.diagnostics == ()
        assert re.search(r"// \S*lib\.sigma:2$", found.text, re.MULTILINE), found.text


def test_errors_instead_of_a_stage() -> None:
    for stage in ("ast", "ir", "asm"):
        found = FRONT_END.show(SourceFile("test.sigma", "fn main() { print(x); }"), Options(), Settings(), stage)
        assert (found.text, [d.code for d in found.diagnostics]) == ("", ["S0319"])
