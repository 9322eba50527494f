"""``//`` begins a comment, wherever it is; sources in which it divided are told so, and rewritten."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from qbcc.source import SourceFile
from sigma.check.program import check
from sigma.compile import compile_source
from sigma.lexer import lex
from sigma.migrate import migrate
from sigma.parser import parse
from tests.sigma.choices import Seeded
from tests.sigma.generate import program
from tests.sigma.plain_programs import Maker
from tests.sigma.support import codes, output
from tests.sigma.test_programs import CASES, WHOLE

SOURCES = [f"fn main() {{ {body} }}" for body, _ in CASES.values()] + [text for text, _ in WHOLE.values()]
COMMENTS = (
    "// 2;\n",
    "// n\n",
    "//\n",
    "/// 3 + x)\n",
    "// two, 3) {\n",
    "//= 2;\n",
    "/* // 2 */",
    '// "{\n',
    "// div 2\n",
)


def commented(text: str, rng: random.Random, share: float) -> str:
    """The same tokens, with comments behind some of them."""
    source = SourceFile("test.sigma", text)
    tokens, _ = lex(source)
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    out, last = [], 0
    for at, word in enumerate(tokens.words[:-1]):
        start = starts[tokens.lines[at] - 1] + tokens.columns[at] - 1
        # Of a word that is read as another, && for one, the text is cut behind the next blank: none is.
        if not text.startswith(word, start) or rng.random() > share:
            continue
        end = start + len(word)
        out += [text[last:end], " " if word == "/" else rng.choice(["", " "]), rng.choice(COMMENTS)]
        last = end
    return "".join(out) + text[last:]


def meaning(text: str) -> object:
    """What is compiled, but for lines and columns; or the codes of what is wrong."""
    found = compile_source(SourceFile("test.sigma", text), level=0)
    if found.object is None:
        return [d.code for d in found.diagnostics]
    made = found.object
    return made.code.tobytes(), made.constants.tobytes(), made.constant_kinds.tobytes(), made.data_size, made.entry


@pytest.mark.parametrize("number", range(len(SOURCES)))
def test_a_comment_never_changes_what_a_program_means(number: int) -> None:
    text, rng = SOURCES[number], random.Random(number)
    wanted = meaning(text)
    assert meaning(commented(text, rng, 0.3)) == wanted
    assert meaning(commented(text, rng, 1.0)) == wanted


@pytest.mark.parametrize("seed", range(12))
def test_nor_does_it_in_any_program(seed: int) -> None:
    rng = random.Random(seed)
    text = program(Seeded(seed)).sigma
    assert meaning(commented(text, rng, 0.2)) == meaning(text)


def old(text: str) -> str:
    """A source as it was written before."""
    lines = text.split("\n")
    tokens, _ = lex(SourceFile("t", text))
    for at in reversed(range(len(tokens.words))):
        word = tokens.words[at]
        if word in ("div", "div="):
            row, start = tokens.lines[at] - 1, tokens.columns[at] - 1
            lines[row] = lines[row][:start] + word.replace("div", "//") + lines[row][start + len(word) :]
        elif tokens.kinds[at] == "STRING" and " div " in word:
            row, start = tokens.lines[at] - 1, tokens.columns[at] - 1
            lines[row] = lines[row][:start] + word.replace(" div ", " // ") + lines[row][start + len(word) :]
    return "\n".join(lines)


DIVIDING = [text for text in SOURCES if " div " in text and "// " not in text]
TREE = [
    path
    for folder in ("stdlib", "examples", "benchmarks")
    for path in sorted((Path(__file__).parents[2] / folder).rglob("*.sigma"))
    if re.search(" div=? ", path.read_text("utf-8"))
]


@pytest.mark.parametrize("text", [*DIVIDING, *(path.read_text("utf-8") for path in TREE)])
def test_migration_gives_back_what_was_meant(text: str) -> None:
    before = old(text)
    assert before != text
    found = migrate(SourceFile("test.sigma", before))
    assert found.text == text
    count = len(re.findall(r" div=? ", text))
    assert found.changes == (f"{count} division{'s' * (count != 1)} written 'div'",)
    assert migrate(SourceFile("test.sigma", text)).text == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fn main() { let a = n//2; }", "fn main() { let a = n div 2; }"),
        ("fn main() { n//=2; }", "fn main() { n div= 2; }"),
        ("fn main() { let a = (n)//(m)//2; // done\n}", "fn main() { let a = (n) div (m) div 2; // done\n}"),
        # Comments and texts stay, whatever they hold.
        ("fn main() { f(a, // b\n c); /* a // b */ }", None),
        ('fn main() { record("a // b", 1); assert(x, "{a // b}"); }', None),
        ('fn main() { print("a // b {{a // b}}"); }', None),
        ('fn main() { print("{a // b} // {a//b:5}"); }', 'fn main() { print("{a div b} // {a div b:5}"); }'),
        ('fn main() { print("\\{a // b}"); }', None),
        ("fn main() { let x = 1; /// a\n}", None),
        ("// a // b\n/// c // d\nfn main() { }", None),
        ("fn main() { let a = b //\n / 2.0; }", None),
        # The name was free.
        ("fn div(a: int) -> int { return a // 2; }", "fn div_(a: int) -> int { return a div 2; }"),
        ("fn main() { let div = 3; let x = div//div; }", "fn main() { let div_ = 3; let x = div_ div div_; }"),
        ("fn main() { div //= 2; asm { QADD div, div, 1 ; div\n } }", "fn main() { div_ div= 2; asm { QADD div_, div_, 1 ; div\n } }"),
        ('fn main() { print("{div // 2} div"); }', 'fn main() { print("{div_ div 2} div"); }'),
        ("import std.complex as c;\nfn main() { c.div(a, b); }", "import std.complex as c;\nfn main() { c.divide(a, b); }"),
        ("\ufefflet a = 4//2;\r\nlet b = 4//2;\r\n", "\ufefflet a = 4 div 2;\r\nlet b = 4 div 2;\r\n"),
    ],
)  # fmt: skip
def test_migration(before: str, after: str | None) -> None:
    found = migrate(SourceFile("test.sigma", before))
    assert found.text == (before if after is None else after)
    assert bool(found.changes) == (after is not None)


def test_a_source_of_today_is_not_rewritten() -> None:
    text = "fn main() {\n    let a = [\n        n div 2,\n        n // two\n    ];\n}\n"
    assert migrate(SourceFile("test.sigma", text)).text == text


def test_what_cannot_be_read_is_not_rewritten() -> None:
    found = migrate(SourceFile("test.sigma", "fn main() {\n    let a = [\n        n // the number of\n    ];\n}\n"))
    assert found.text is None
    assert [d.code for d in found.diagnostics] == ["S0105"]


@pytest.mark.parametrize("text", [*DIVIDING, *(path.read_text("utf-8") for path in TREE)])
def test_older_sources_are_told_and_nothing_else(text: str) -> None:
    """Whatever its divisions swallow, the rest of a source is read as it was meant."""
    found = parse(SourceFile("test.sigma", old(text))).diagnostics
    assert {d.code for d in found} <= {"S0111"}
    for diagnostic in found:
        assert diagnostic.fix is not None
        assert diagnostic.fix.replacement.strip() in ("div", "div=")
    checked = check(SourceFile("test.sigma", old(text)), is_library=True).diagnostics
    assert {d.code for d in checked} <= {"S0111", "S0201", "S0501"} if "import" in text else {"S0111"}


@pytest.mark.parametrize(
    "line",
    [
        "let h = n // 2;",
        "var h = n // 2; let k = 3;",
        "n //= 2;",
        "n = n // (n + 1) + 3;",
        "if n // 2 == 0 { n = 3; }",
        "if n // 2 == 0 {\n n = 3;\n } else if n // 3 == 1 {\n n = 4;\n }",
        "while n // 2 > 9 {\n n += 1;\n }",
        "for i in 0..n // 2 {\n n += i;\n }",
        "for i in n // 2..9 step 3 {\n n += i;\n }",
        "n = max(n // 2, 3);",
        "n = max(3, n // 2);",
        "n = max(n // 2,\n 3);",
        "n = (n // 2);",
        "let a = [n // 2, n];",
        "let a = [n // 2,\n n // 3];",
        "let a = [0; 8 // 2];",
        "let a = [1, 2]; n = a[n // 9];",
        "let a = [1, 2]; a[n // 9] = 3;",
        "n = n // 2 if n > 3 else n;",
        "n = 3 if n // 2 > 3 else n;",
        "n = -n // -n;",
        "n = abs(n) // abs(-n);",
        "n = 7 // n;",
        'print("{n // 2}");',
        'print("{n // 2:5}");',
        'record("x", n // 2);',
        "assert(n // 2 == 2);",
        "halt(n // 2);",
        "for i in 0..n // 2 step 2 // 1 {\n n += i;\n }",
        "if n // 2 > 1 and n // 3 > 1 or not (n // 4 == 1) {\n n = 3;\n }",
        "let a: [int; 8 // 4] = [n // 2, n];",
    ],
)  # fmt: skip
def test_each_place_of_a_division(line: str) -> None:
    text = f'fn main() {{\n    var n = argument(0, 5);\n    {line}\n    print("{{n}}");\n}}\n'
    found = check(SourceFile("test.sigma", text)).diagnostics
    assert {d.code for d in found} == {"S0111"}
    row = line.split("\n")[0]
    assert found[0].span is not None
    assert (found[0].span.line, found[0].span.column) == (3, 5 + row.index("//"))
    assert "qbcc fmt --migrate" in " ".join(found[0].notes)


@pytest.mark.parametrize("line", ["return n // 2;", "return // nothing\n;"])
def test_a_return(line: str) -> None:
    text = f"fn f(n: int) -> int {{\n    {line}\n}}\nfn main() {{\n    f(1);\n}}\n"
    assert codes(text) == (["S0111"] if "2" in line else ["S0310"])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("let a = n // the number of them", ["S0106"]),
        ("let a = n // half", ["S0106"]),
        ("f(n // the first,\n n);", ["S0105"]),
        ("let a = n // it's half", ["S0106"]),
    ],
)
def test_other_comments_are_not_taken_for_divisions(line: str, wanted: list[str]) -> None:
    assert codes(f"fn f(a: int, b: int) {{ }}\nfn main() {{\n    var n = 3;\n    {line}\n    n += 1;\n}}\n") == wanted


def test_a_comment_in_an_array() -> None:
    text = 'fn main() { let n = 3; let two = 2; let a = [\n n, // three\n n // two\n ]; print("{a[1]} {two}"); }'
    assert output(text) == "3 2\n"


def test_the_plain_generator_divides() -> None:
    assert any(" div " in Maker(seed).program()[0] for seed in range(20))
