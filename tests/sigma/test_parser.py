"""The grammar's tables, and how reading goes on behind a mistake."""

from __future__ import annotations

import random

import pytest

from qbcc.source import SourceFile
from sigma import syntax as s
from sigma.check.program import check
from sigma.lexer import lex
from sigma.lint.walk import within
from sigma.parser import parse
from sigma.tables import TABLES, generate
from tests.sigma.support import LEVELS, build, codes
from tests.sigma.test_programs import CASES, WHOLE


def test_the_tables_are_those_of_the_grammar() -> None:
    assert TABLES.read_text(encoding="utf-8") == generate(), "run python -m sigma.tables"


def test_a_missing_semicolon_costs_nothing_else() -> None:
    assert codes('fn main() { let x = 3\n let y = x + 1\n print("{y}") }') == ["S0106"] * 3


def test_each_mistake_is_told_once() -> None:
    text = "fn f( { }\nfn g() -> int { let x = ; return 3 }\nconst = 4;\nfn main() { foo(; bar(); }\n"
    assert codes(text) == ["S0105", "S0105", "S0106", "S0105", "S0105", "S0201"]


def test_declarations_behind_a_mistake_are_known() -> None:
    assert codes("fn main() { f(1); if }\nfn f(n: int) { }\n") == ["S0105"]


def test_a_file_that_ends_early() -> None:
    assert codes("fn main() { if true {") == ["S0105"]
    assert codes("fn f() { }\nfn main() {\n /* no end") == ["S0103"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a div b", ["NAME", "BINARY", "NAME"]),
        ("a // b", ["NAME"]),
        ("a//=b", ["NAME"]),
        ("a; // b", ["NAME", ";"]),
        ("a //\n", ["NAME"]),
        ("a /// b\n", ["NAME"]),
        ("int // b", ["TYPE"]),
        ("(a)div(b)", ["(", "NAME", ")", "BINARY", "(", "NAME", ")"]),
        ("a /* /* */ */ b", ["NAME", "NAME"]),
        ("a div= b", ["NAME", "ASSIGN", "NAME"]),
        ("a div == b", ["NAME", "BINARY", "BINARY", "NAME"]),
        ("divide divs _div", ["NAME", "NAME", "NAME"]),
        ("0..3", ["INTEGER", "..", "INTEGER"]),
        ("1.5e3 0xF_F 1_000", ["FLOAT", "INTEGER", "INTEGER"]),
    ],
)
def test_tokens(text: str, kinds: list[str]) -> None:
    tokens, found = lex(SourceFile("t", text))
    assert tokens.kinds[:-1] == kinds
    assert not found


def test_precedence() -> None:
    text = "fn main() { let a = 1 + 2 * 3 << 1 == 14 and not 1 > 2 or false; assert(a); }"
    assert not codes(text)


SOURCES = [f"fn main() {{ {body} }}" for body, _ in CASES.values()] + [text for text, _ in WHOLE.values()]


@pytest.mark.parametrize("seed", range(300))
def test_no_text_makes_it_fail(seed: int) -> None:
    """Sources cut, mixed and bent: whatever is wrong is told, and nothing else happens."""
    rng = random.Random(seed)
    text = rng.choice(SOURCES)
    for _ in range(rng.randrange(1, 8)):
        tokens, _found = lex(SourceFile("t", text))
        place = rng.randrange(len(text) + 1)
        match rng.randrange(5):
            case 0:
                text = text[:place] + text[place + rng.randrange(1, 12) :]
            case 1:
                text = (
                    text[:place]
                    + rng.choice([*tokens.words, "}", "{", "(", "qubit", "inv", '"', "//", "\0", "é"])
                    + text[place:]
                )
            case 2:
                other = rng.choice(SOURCES)
                start = rng.randrange(len(other))
                text = text[:place] + other[start : start + 30] + text[place:]
            case 3:
                text = text[:place]
            case 4:
                words = tokens.words
                rng.shuffle(words)
                text = " ".join(words[:60])
    found = check(SourceFile("t", text))
    parse(SourceFile("t", text))
    for diagnostic in found.diagnostics:
        assert diagnostic.span is None or diagnostic.span.column >= 1


def nested(n: int) -> dict[str, str]:
    """Texts that nest something so many times."""
    return {
        "sum": "fn main() { var x = 1; x = " + "x + " * n + "1; }",
        "minus": "fn main() { let x = argument(0, 1); let y = " + "- " * n + "x; }",
        "not": "fn main() { let x = time() > 0; let y = " + "not " * n + "x; }",
        "call": "fn f(x: int) -> int { return x; } fn main() { let y = " + "f(" * n + "1" + ")" * n + "; }",
        "abs": "fn main() { let y = " + "abs(" * n + "time()" + ")" * n + "; }",
        "array": "fn main() { let y = " + "[" * n + "1" + "]" * n + "; }",
        "blocks": "fn main() { " + "{" * n + "}" * n + " }",
        "loops": "fn main() { var x = 1; " + "for i in 0..x { " * n + "x = 0;" + "}" * n + " }",
        "ifs": "fn main() { var x = 1; " + "if x > 0 { " * n + "x = 2;" + "}" * n + " }",
        "else ifs": "fn main() { var x = 1; " + "if x == 7 { x = 1; } else " * n + "{ x = 2; } }",
        "choice": "fn main() { var x = 1; x = " + "1 if x == 2 else " * n + "3; }",
        "inverse": "fn main() { let q = qubit(); " + "inv " * n + "s(q); }",
    }


@pytest.mark.parametrize("name", nested(1))
def test_what_nests_deeply_is_compiled_or_told(name: str) -> None:
    for level in LEVELS:
        build(nested(60)[name], level)
    for count in (210, 500, 5000):
        assert set(codes(nested(count)[name])) == {"S0107"}


def test_deep_nesting_is_told() -> None:
    assert codes("fn main() { let x = " + "(" * 5000 + "1" + ")" * 5000 + "; }")[0] == "S0107"


@pytest.mark.parametrize("literal", ["{x} {‸y}", "{{y}} {‸y}", "{x}\\n{x} {‸y:3}"])
def test_a_value_in_a_string_is_wrong_at_its_own_place(literal: str) -> None:
    text = f'fn main() {{ let x = 1; print("{literal}"); }}'
    (found,) = check(SourceFile("test.sigma", text.replace("‸", ""))).diagnostics
    assert found.span is not None
    assert found.span.column == text.index("‸") + 1


def test_the_second_of_two_equal_values_is_behind_the_first() -> None:
    program = check(SourceFile("test.sigma", 'fn main() { let x = 1; print("{x} {x}"); }'))
    assert [node.tokens.columns[node.expr.first] for node in pieces(program.main.declarations[0])] == [32, 36]


def pieces(node: s.Node) -> list[s.Piece]:
    strings = (each for each in within(node) if isinstance(each, s.String))
    return [part for string in strings for part in string.parts if isinstance(part, s.Piece)]
