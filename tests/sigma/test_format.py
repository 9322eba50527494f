"""The one layout: golden files, and what holds for every source."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from qbcc.frontends import Replaced
from qbcc.source import SourceFile
from sigma.compile import compile_source
from sigma.format.doc import WIDTH
from sigma.format.source import format_range, format_source
from sigma.lexer import lex
from sigma.parser import MAX_DEPTH, parse
from tests.sigma.plain_programs import Maker
from tests.sigma.test_programs import CASES, WHOLE

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "format"
GOLDEN = sorted(FOLDER.glob("*.sigma"))
BLANKS = [
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n\n",
    "/* c */",
    " /* a */ /* b */ ",
    "\n// own\n",
    "\n\n/* own */\n",
    "/* two\n   lines */",
]
TREE = [
    *(path for folder in ("benchmarks", "examples", "stdlib") for path in sorted((ROOT / folder).rglob("*.sigma"))),
    *sorted((ROOT / "tests" / "sigma").rglob("*.sigma")),
]
BLOCKS = re.findall(r"```sigma\n(.*?)```", (ROOT / "docs" / "sigma.md").read_text(encoding="utf-8"), re.DOTALL)
PROGRAMS = [
    *(f"fn main() {{ {body} }}" for body, _ in CASES.values()),
    *(text for text, _ in WHOLE.values()),
    *BLOCKS,
    *(Maker(seed).program()[0] for seed in range(20)),
]


def formatted(text: str) -> str:
    found = format_source(SourceFile("test.sigma", text))
    assert found.text is not None, found.diagnostics
    return found.text


def words(text: str) -> tuple[list[str], list[list[str]]]:
    """What counts: the layout of assembly does not."""
    tokens, _ = lex(SourceFile("test.sigma", text))
    bare = [
        re.sub(r"\Aasm\s*\{", "", word) if kind == "ASM" else word
        for kind, word in zip(tokens.kinds, tokens.words, strict=True)
    ]
    return tokens.kinds, [[part.strip("{ }") for part in word.split("\n")] for word in bare]


def spread(text: str, rng: random.Random) -> str:
    """The same tokens with other blanks and comments between them."""
    tokens, _ = lex(SourceFile("test.sigma", text))
    out: list[str] = []
    for at, word in enumerate(tokens.words[:-1]):
        if rng.random() < 0.6:
            gap = " "
        elif at and rng.random() < 0.3:
            gap = rng.choice([" // c\n", "// c\n", "//\n", " // a / b // c\t\n", " /// c\n", "//  \n", "// 2;\n"])
        else:
            gap = " " + rng.choice(BLANKS)
        out += [gap, word]
    return "".join(out) + rng.choice(["", "\n", "\n\n// end", "/* end */"])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    wanted = path.with_suffix(".out").read_text(encoding="utf-8")
    assert formatted(path.read_text(encoding="utf-8")) == wanted
    assert formatted(wanted) == wanted


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_programs_keep_their_object(number: int) -> None:
    text = PROGRAMS[number]
    result = formatted(text)
    assert formatted(result) == result
    before, after = (compile_source(SourceFile("test.sigma", each)).object for each in (text, result))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        for part in ("code", "constants", "constant_kinds"):
            assert getattr(before, part).tobytes() == getattr(after, part).tobytes(), part
        for part in ("data", "data_size", "relocations", "entry"):
            assert getattr(before, part) == getattr(after, part), part
        assert [(s.name, s.base, s.value) for s in before.symbols] == [(s.name, s.base, s.value) for s in after.symbols]


@pytest.mark.parametrize("seed", range(150))
def test_blanks_and_comments_anywhere(seed: int) -> None:
    rng = random.Random(seed)
    text = PROGRAMS[seed % len(PROGRAMS)]
    other = spread(text, rng)
    assert words(other) == words(text), "the test itself changed the program"
    result = formatted(other)
    assert words(result) == words(text)
    assert formatted(result) == result
    old, new = (lex(SourceFile("test.sigma", each))[0].comments for each in (other, result))
    assert [comment.text.split() for comment in new] == [comment.text.split() for comment in old]
    assert [comment.before for comment in new] == [comment.before for comment in old]


@pytest.mark.parametrize("path", TREE, ids=lambda path: path.name)
def test_every_source_of_the_tree(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = format_source(SourceFile(path.name, text))
    if found.text is None:
        assert [d.code for d in found.diagnostics] == [d.code for d in parse(SourceFile("t", text)).diagnostics]
        return
    assert words(found.text) == words(text)
    assert formatted(found.text) == found.text


@pytest.mark.parametrize("seed", range(200))
def test_no_text_makes_it_fail(seed: int) -> None:
    """Bytes cut, doubled and changed: syntax errors are told, anything else has one layout."""
    rng = random.Random(seed)
    data = bytearray(rng.choice(PROGRAMS).encode())
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[place] = rng.randrange(256)
        elif kind == 1:
            del data[place : place + rng.randrange(1, 8)]
        elif kind == 2:
            data[place:place] = rng.choice(
                [b"//", b"/*", b"*/", b"\n", b"/", b"\r", b"\0", b"&&", b"!", b"asm{", b"\xc2\xa0"]
            )
        else:
            data[place:place] = data[place : place + rng.randrange(1, 20)]
    text = data.decode(errors="replace")
    found = format_source(SourceFile("t", text))
    assert (found.text is None) == bool(found.diagnostics)
    if found.text is not None:
        assert words(found.text) == words(text)
        assert formatted(found.text) == found.text


@pytest.mark.parametrize("seed", range(60))
def test_some_lines(seed: int) -> None:
    """Lines that are formatted alone keep the program, and are those of the whole."""
    rng = random.Random(seed)
    source = SourceFile("t", spread(PROGRAMS[seed % len(PROGRAMS)], rng))
    first = rng.randrange(1, len(source.lines) + 1)
    last = min(first + rng.randrange(4), len(source.lines))
    found = format_range(source, first, last)
    assert isinstance(found, Replaced)
    assert found.first <= first
    assert found.last >= last
    mixed = [*source.lines[: found.first - 1], *found.lines, *source.lines[found.last :]]
    assert words("\n".join(mixed)) == words(source.text)
    assert formatted("\n".join(mixed)) == formatted(source.text)


def test_lines_of_a_range_are_the_smallest_whole_ones() -> None:
    source = SourceFile("t", "fn main() {\n  let a=1;\n  let b=f(2,\n 3);\n  let c=4;\n}\n")
    assert format_range(source, 2, 2) == Replaced(2, 2, ["    let a = 1;"])
    assert format_range(source, 3, 3) == Replaced(3, 4, ["    let b = f(2, 3);"])
    assert format_range(source, 1, 9) == Replaced(1, 6, formatted(source.text).splitlines())
    broken = format_range(SourceFile("t", "fn main() {"), 1, 1)
    assert not isinstance(broken, Replaced)
    assert [d.code for d in broken] == ["S0105"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("let a = 17  div(4);\n", "let a = 17 div (4);\n"),
        ("let a = 17 div 4 div 2;// four\n", "let a = 17 div 4 div 2;  // four\n"),
        ("let a = b//\n/2.0;\n", "let a = b  //\n    / 2.0;\n"),
        ("let a = b///c\n/2.0;\n", "let a = b  ///c\n    / 2.0;\n"),
        ("let a = b\n//c\n/2.0;\n", "let a = b\n    //c\n    / 2.0;\n"),
        ("let a = b/*c*/// d;\n;\n", "let a = b /*c*/  // d;\n;\n"),
        ("let a = b/*c\n*/// d;\n+1;\n", "let a = b /*c\n */  // d;\n    + 1;\n"),
        ("let a = b///*c*/ 2\n;\n", "let a = b  ///*c*/ 2\n;\n"),
        ("let a = b// /*c*/\n+2;\n", "let a = b  // /*c*/\n    + 2;\n"),
        ("let a = b div// c\n2;\n", "let a = b\n    div  // c\n    2;\n"),
        ("let a = b////c\n;\n", "let a = b  ////c\n;\n"),
    ],
)  # fmt: skip
def test_slashes(text: str, wanted: str) -> None:
    found = format_source(SourceFile("t", text))
    if found.text is None:
        assert parse(SourceFile("t", text)).diagnostics
        return
    assert words(found.text) == words(text)
    assert found.text == wanted


def test_ends_of_lines_and_a_mark_of_order_stay() -> None:
    assert formatted("const A=1;\r\n\r\n\r\nconst B=2;") == "const A = 1;\r\n\r\nconst B = 2;\r\n"
    assert formatted("\ufeffconst A=1;") == "\ufeffconst A = 1;\n"
    assert formatted("") == ""
    assert formatted("\n\n// c\n\n") == "// c\n"


def test_lines_have_room() -> None:
    """Only what cannot be broken is wider than the layout."""
    text = "fn main() { let a = f(" + ", ".join(f"g{n}(x + {n}, y)" for n in range(40)) + "); }"
    assert max(map(len, formatted(text).splitlines())) <= WIDTH
    long = "x" * 200
    assert formatted(f"fn main() {{ let {long} = 1; }}") == f"fn main() {{\n    let {long} = 1;\n}}\n"


def test_deep_nesting() -> None:
    text = "fn main() { let a = " + "(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1) + "; }"
    assert formatted(formatted(text)) == formatted(text)
    found = format_source(SourceFile("t", text.replace("1", "(1)")))
    assert [d.code for d in found.diagnostics] == ["S0107"]


def write_golden() -> None:
    for path in GOLDEN:
        path.with_suffix(".out").write_text(formatted(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write_golden()
