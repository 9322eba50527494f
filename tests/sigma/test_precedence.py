"""Operators bind as Python's do, whatever parentheses stand around their operands, and however it is laid out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from qbcc.source import SourceFile
from sigma.format.source import format_source
from tests.sigma.choices import Seeded
from tests.sigma.generate_values import LEVELS, Code, T, Values, Variable
from tests.sigma.support import codes, finished, output

NAMES = {"p": True, "q": False, "i": 6, "j": -3, "k": 2}
_HEAD = "let p = argument(0, 1) == 1; let q = argument(1, 0) == 1; let i = argument(2, 6); let j = argument(3, -3); let k = argument(4, 2);"


class _Maker(Values):
    """Makes expressions that Python reads too, in its own order of operators."""

    def __init__(self, choices: Seeded) -> None:
        super().__init__(choices)
        self.globals = [Variable(name, name, type(value).__name__) for name, value in NAMES.items()]

    def pick(self, options: Sequence[T]) -> T:
        """Only the words that Python has."""
        return super().pick(options[:1] if "&&" in options or "||" in options else options)

    def unary(self, word: str, a: Code, python: str) -> Code:
        made = super().unary(word, a, python)
        return Code(
            made.sigma.replace("!", "not ", 1) if word == "not" and made.sigma[0] == "!" else made.sigma,
            python,
            made.level,
        )

    def integer(self, depth: int) -> Code:
        kind = self.choices.below(3 if depth <= 0 else 9)
        if kind < 3:
            return self.known("int", 0) or Code("1", "1")
        if kind == 3:
            return self.unary(self.pick(["-", "~"]), self.integer(depth - 1), "")
        if kind == 4:
            return self.choice(self.condition(depth - 1), self.integer(depth - 1), self.integer(depth - 1))
        return self.binary(
            self.integer(depth - 1), self.pick(["+", "-", "*", "&", "|", "^"]), self.integer(depth - 1), ""
        )

    def condition(self, depth: int) -> Code:
        kind = self.choices.below(1 if depth <= 0 else 8)
        if kind == 0:
            return self.known("bool", 0) or Code("1", "1")
        if kind < 3:
            return self.unary("not", self.condition(depth - 1), "")
        if kind == 3:
            return self.choice(self.condition(depth - 1), self.condition(depth - 1), self.condition(depth - 1))
        if kind < 6:
            word = self.pick(["and", "or", "&", "|", "^", "==", "!="])
            return self.binary(self.condition(depth - 1), word, self.condition(depth - 1), "")
        return self.binary(
            self.integer(depth - 1), self.pick(["<", "<=", "==", "!=", ">", ">="]), self.integer(depth - 1), ""
        )


def shown(value: bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def evaluated(text: str) -> str | None:
    """What Python prints; None if it cannot calculate it, as where a distance is below 0."""
    try:
        value = eval(text.replace(" div ", " // "), {}, dict(NAMES))
    except (ZeroDivisionError, ValueError):
        return None
    return shown(value)


def program(expressions: list[str]) -> str:
    return f"fn main() {{ {_HEAD}\n" + "".join(f'    print("{{{text}}}");\n' for text in expressions) + "}\n"


@pytest.mark.parametrize("seed", range(6))
def test_python_reads_the_same_value(seed: int) -> None:
    maker = _Maker(Seeded(seed))
    texts = [(maker.condition(4) if number % 2 else maker.integer(4)).sigma for number in range(60)]
    wanted = [shown(eval(text, {}, dict(NAMES))) for text in texts]
    found = output(program(texts), 0).splitlines()
    for text, one, other in zip(texts, found, wanted, strict=True):
        assert one == other, text
    laid_out = format_source(SourceFile("test.sigma", program(texts))).text
    assert laid_out is not None
    assert output(laid_out, 2).splitlines() == wanted


@pytest.mark.parametrize("word", sorted(LEVELS))
def test_parentheses_around_each_operand_of_each_operator(word: str) -> None:
    """Of ``not``, a sign, a choice and each other operator, on the left and on the right."""
    is_of_bools = word in ("and", "or", "&", "|", "^", "==", "!=")
    ints = ["-i", "~i", "(i if p else j)", *(f"(i {other} k)" for other in ("+", "*", "&", "|", "^", "<<", "div", "%"))]
    bools = [
        "(not p)",
        "(not q)",
        "(p and q)",
        "(p or q)",
        "(p & q)",
        "(p | q)",
        "(p ^ q)",
        "(i < j)",
        "(p == q)",
        "(p if q else p)",
    ]
    rows: list[tuple[list[str], str]] = []
    if word not in ("and", "or"):
        rows.append((ints, "k"))
    if is_of_bools:
        rows += [(bools, "p"), (bools, "q")]
    texts = [text for made, other in rows for a in made for text in (f"{a} {word} {other}", f"{other} {word} {a}")]
    values = {text: evaluated(text) for text in texts}
    known = {text: value for text, value in values.items() if value is not None}
    assert len(known) > len(texts) // 3
    for text, one, other in zip(known, output(program(list(known))).splitlines(), known.values(), strict=True):
        assert one == other, text


def test_not_reaches_as_far_as_comparisons_go() -> None:
    for p, q, r in itertools.product((True, False), repeat=3):
        head = f"let p = argument(0, {int(p)}) == 1; let q = argument(1, {int(q)}) == 1; let r = argument(2, {int(r)}) == 1;"
        texts = [
            "not p & q",
            "(not p) & q",
            "!p | q",
            "(!p) | q",
            "not (p) & (q)",
            "not (p & q)",
            "((not p)) & q",
            "p & not q",
            "p & not q | r",
        ]
        values = [
            not (p & q),
            (not p) & q,
            not (p | q),
            (not p) | q,
            not (p & q),
            not (p & q),
            (not p) & q,
            p & (not q),
            p & (not (q | r)),
        ]
        found = output(f"fn main() {{ {head} " + "".join(f'print("{{{text}}}");' for text in texts) + " }")
        assert found.split() == [shown(value) for value in values]


def test_only_what_has_no_parentheses_chains() -> None:
    text = 'fn main() {{ let p = argument(0, 1) == 1; let q = p; let r = p; print("{{{0}}}"); }}'
    for right in ("(p == q) == r", "p == (q == r)", "((p == q)) != r", "(p) == (q)"):
        assert codes(text.format(right)) == [], right
    for wrong in ("p == q == r", "p == (q) == r", "(p) == q != (r)", "p == (q) == (r)"):
        assert codes(text.format(wrong)) != [], wrong


def test_a_condition_that_fails_is_shown_with_its_parentheses() -> None:
    text = "fn main() { let a = argument(0, 1); assert((a == 1 or a == 2) and (a == 3)); }"
    outcome = finished(text).outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert "( a == 1 or a == 2 ) and ( a == 3 )" in outcome.trap.message
