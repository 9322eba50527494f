"""Makes expressions of σ, and beside each the expression of Python that has the same value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from tests.sigma.choices import Choices

T = TypeVar("T")
Type = Any
"""``int``, ``float`` or ``bool`` as a string; (``array``, element, length), (``slice``, element), (``record``, name)."""

RECORDS: Final[dict[str, tuple[tuple[str, Type], ...]]] = {
    "P": (("v", "int"), ("w", "float"), ("b", "bool")),
    "Q": (("p", ("record", "P")), ("a", ("array", "int", 3)), ("t", "float")),
}
HEAD: Final = """record P { v: int; w: float; b: bool }
record Q { p: P; a: [int; 3]; t: float }
view seen: [int; 6] at OUTPUT_BUFFER + 64;
view points: [P; 2] at 0x2000_0000;
view early: [int; 12] at 0x3000_0000;
view late: [int; 12] at 0x3000_0010;
fn step(n: int) -> int {
    seen[1] += n;
    write("{n};");
    return n ^ seen[1];
}
"""
PYTHON_HEAD: Final = """def step(n):
    G.seen[1] = wrap(G.seen[1] + n)
    put(f"{n};")
    return n ^ G.seen[1]
"""
SCALARS: Final = ("int", "float", "bool")
NUMBERS: Final = (0, 1, 2, 3, -1, 7, 8, 5, 63, 64, 255, -3, 1 << 40, (1 << 63) - 1, -(1 << 63), 4_000_000_007)
REALS: Final = ("0.0", "1.0", "0.5", "-2.0", "3.25", "1e300", "-0.0", "1e-310")


ATOM: Final = 12
UNARY: Final = 11
NOT: Final = 3
LEVELS: Final = {
    "or": 1, "and": 2, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "|": 5, "^": 6, "&": 7, "<<": 8, ">>": 8,
    "+": 9, "-": 9, "*": 10, "/": 10, "div": 10, "%": 10,
}  # fmt: skip
"""How tight Python's operators bind; a conditional expression stands at 0, ``not`` at 3."""


@dataclass(frozen=True)
class Code:
    """The same in σ and in Python. In σ it has the parentheses that it needs and perhaps more, in Python all."""

    sigma: str
    python: str
    level: int = ATOM
    """How tight what was written last binds in σ."""


@dataclass(frozen=True)
class Variable:
    """A name with what may be done with it."""

    name: str
    python: str
    type: Type
    is_var: bool = False


@dataclass
class Function:
    """A function that others may call."""

    name: str
    params: list[Type]
    result: Type
    """None for nothing, a tuple of scalars with ``tuple`` in front."""
    is_recursive: bool = False
    is_exported: bool = False


@dataclass
class Body:
    """A function that is being made."""

    result: Type = None
    scopes: list[list[Variable]] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    """What comes before ``continue`` in Python, of each loop around."""


def spelled(type: Type) -> str:
    """A type in σ."""
    if isinstance(type, str):
        return type
    kind, *rest = type
    if kind == "array":
        return f"[{spelled(rest[0])}; {rest[1]}]"
    if kind == "slice":
        return f"[{spelled(rest[0])}]"
    if kind == "tuple":
        return f"({', '.join(map(spelled, rest))})"
    return str(rest[0])


class Values:
    """Makes values and places. What is chosen is the simplest where the choice is 0."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.sigma: list[str] = []
        self.python: list[str] = []
        self.indent = 0
        self.count = 0
        self.functions: list[Function] = []
        self.globals: list[Variable] = [
            Variable("seen", "G.seen", ("array", "int", 6)),
            Variable("points", "G.points", ("array", ("record", "P"), 2)),
            Variable("early", "G.early", ("array", "int", 12)),
            Variable("late", "G.late", ("array", "int", 12)),
        ]
        self.body = Body()
        self.lines = 0

    # -- choices

    def pick(self, options: Sequence[T]) -> T:
        return options[self.choices.below(len(options))]

    def chance(self, out_of: int) -> bool:
        """Once in so many times; not, if it is to be simple."""
        return self.choices.below(out_of) == out_of - 1

    def name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def add(self, sigma: str, python: str = "") -> None:
        space = "    " * self.indent
        if sigma:
            self.sigma.append(space + sigma)
        if python:
            self.python.extend(space + line for line in python.split("\n"))

    # -- what there is

    def visible(self) -> list[Variable]:
        return [*self.globals, *(variable for scope in self.body.scopes for variable in scope)]

    def new(self, variable: Variable) -> None:
        self.body.scopes[-1].append(variable)

    def places(self, wanted: Callable[[Type, bool], bool]) -> list[tuple[Variable, tuple[Any, ...]]]:
        """Ways from a variable to something inside of it: fields by name, elements by ``None``."""
        found: list[tuple[Variable, tuple[Any, ...]]] = []

        def walk(variable: Variable, type: Type, path: tuple[Any, ...]) -> None:
            if wanted(type, variable.is_var or bool(path)):
                found.append((variable, path))
            if isinstance(type, tuple) and len(path) < 3:
                if type[0] in ("array", "slice"):
                    walk(variable, type[1], (*path, (type, None)))
                elif type[0] == "record":
                    for name, part in RECORDS[type[1]]:
                        walk(variable, part, (*path, (type, name)))

        for variable in self.visible():
            walk(variable, variable.type, ())
        return found

    @staticmethod
    def type_of(found: tuple[Variable, tuple[Any, ...]]) -> Type:
        type = found[0].type
        for step, name in found[1]:
            type = step[1] if name is None else dict(RECORDS[step[1]])[name]
        return type

    def place(self, found: tuple[Variable, tuple[Any, ...]], depth: int) -> Code:
        """The code of a way."""
        variable, path = found
        sigma, python = variable.name, variable.python
        for type, name in path:
            if name is not None:
                sigma, python = f"{sigma}.{name}", f"{python}.{name}"
                continue
            index = self.index(type, sigma, depth)
            sigma, python = f"{sigma}[{index.sigma}]", f"{python}[{index.python}]"
        return Code(sigma, python)

    def index(self, type: Type, array: str, depth: int) -> Code:
        """An index that is mostly there."""
        if type[0] == "slice":
            if depth <= 0:
                return Code(*[str(self.choices.below(2))] * 2)
            inner = self.expression("int", depth - 1)
            if self.chance(4):
                return inner
            return Code(f"({inner.sigma}) & 1", f"({inner.python}) & 1")
        length = type[2]
        kind = self.choices.below(8)
        if kind < 3 or depth <= 0:
            number = self.choices.below(length)
            return Code(str(number), str(number))
        inner = self.expression("int", depth - 1)
        if kind == 7:
            return self.known("int", depth - 1) or inner
        if length & (length - 1) == 0:
            return Code(f"({inner.sigma}) & {length - 1}", f"({inner.python}) & {length - 1}")
        return Code(f"({inner.sigma}) % {length}", f"({inner.python}) % {length}")

    # -- values

    def expression(self, type: Type, depth: int) -> Code:
        """A value of a type."""
        made: Code = {"int": self.integer, "float": self.real, "bool": self.condition}[type](depth)
        return made

    def value(self, type: Type, depth: int) -> Code:
        """A value of any type, made or copied."""
        if isinstance(type, str):
            return self.expression(type, depth)
        places = self.places(lambda found, _: found == type)
        if places and not self.chance(2):
            found = self.place(self.pick(places), depth)
            return Code(found.sigma, f"copy({found.python})")
        calls = [function for function in self.functions if function.result == type]
        if calls and depth > 0 and self.chance(2):
            return self.call(self.pick(calls), depth)
        if type[0] == "array":
            longer = self.places(
                lambda found, _: isinstance(found, tuple) and found[:2] == ("array", type[1]) and found[2] > type[2]
            )
            if longer and self.chance(4):
                whole = self.place(self.pick(longer), depth)
                low = self.choices.below(2)
                return Code(
                    f"{whole.sigma}[{low}..{low + type[2]}]", f"copy({whole.python}.cut({low}, {low + type[2]}))"
                )
            if self.chance(3):
                item = self.value(type[1], depth - 1)
                return Code(f"[{item.sigma}; {type[2]}]", f"filled({item.python}, {type[2]})")
            items = [self.value(type[1], depth - 1) for _ in range(type[2])]
            return Code(f"[{', '.join(i.sigma for i in items)}]", f"Array([{', '.join(i.python for i in items)}])")
        items = [self.value(part, depth - 1) for _, part in RECORDS[type[1]]]
        names = [name for name, _ in RECORDS[type[1]]]
        python = ", ".join(f"{name}={item.python}" for name, item in zip(names, items, strict=True))
        return Code(f"{type[1]}({', '.join(i.sigma for i in items)})", f"Record({python})")

    def known(self, type: str, depth: int) -> Code | None:
        """A variable, or a part of one."""
        places = self.places(lambda found, _: found == type)
        return self.place(self.pick(places[::-1]), depth) if places else None

    # -- operators

    def operand(self, code: Code, least: int) -> str:
        """An operand of what binds as tight as ``least``: in the parentheses that it needs, at times in more."""
        text = f"({code.sigma})" if code.level < least or self.chance(12) else code.sigma
        return f"({text})" if self.chance(40) else text

    def binary(self, a: Code, word: str, b: Code, python: str) -> Code:
        """An operator between two operands."""
        level = LEVELS[word]
        # Comparisons do not chain; all others go from left to right.
        first, second = self.operand(a, level + (level == LEVELS["=="])), self.operand(b, level + 1)
        spelt = {"and": ("and", "&&"), "or": ("or", "||")}.get(word, (word,))
        return Code(f"{first} {self.pick(spelt)} {second}", python, level)

    def unary(self, word: str, a: Code, python: str) -> Code:
        """An operator before its operand."""
        if word == "not":
            text = self.operand(a, NOT)
            return Code(f"!{text}" if self.chance(3) else f"not {text}", python, NOT)
        text = self.operand(a, UNARY)
        return Code(f"{word}{' ' * text.startswith('-')}{text}", python, UNARY)

    def choice(self, condition: Code, a: Code, b: Code) -> Code:
        """One of two by a condition."""
        text = f"{self.operand(a, 1)} if {self.operand(condition, 1)} else {self.operand(b, 0)}"
        return Code(text, f"({a.python} if {condition.python} else {b.python})", 0)

    def literal(self, number: object) -> Code:
        """A number as it is written; one below 0 begins with an operator."""
        return Code(str(number), f"({number})", UNARY if str(number).startswith("-") else ATOM)

    def integer(self, depth: int) -> Code:
        kind = self.choices.below(3 if depth <= 0 else 16)
        if kind == 0:
            return self.literal(self.pick(NUMBERS))
        if kind <= 2:
            return self.known("int", depth) or Code("4", "4")
        a = self.integer(depth - 1)
        if kind == 3:
            b = self.real(depth - 1)
            return Code(f"int({b.sigma})", f"to_int({b.python})")
        if kind == 4:
            word = self.pick(["-", "~"])
            return self.unary(word, a, f"wrap({word}{a.python})")
        if kind == 5:
            word = self.pick(["abs", "popcount"])
            return Code(f"{word}({a.sigma})", f"{word}_({a.python})")
        if kind == 6 and (calls := [f for f in self.functions if f.result == "int"]) and not self.chance(3):
            return self.call(self.pick(calls), depth)
        if kind == 6:
            # It shows when it is called, in what it prints and in what others read.
            return Code(f"step({a.sigma})", f"step({a.python})")
        b = self.integer(depth - 1)
        if kind == 7:
            word = self.pick(["min", "max"])
            return Code(f"{word}({a.sigma}, {b.sigma})", f"{word}({a.python}, {b.python})")
        if kind == 8:
            return self.choice(self.condition(depth - 1), a, b)
        if kind == 9:
            word = self.pick(["div", "%"])
            if not self.chance(4):
                b = self.binary(b, "|", Code("1", "1"), f"({b.python} | 1)")
            return self.binary(a, word, b, f"divided('{word}', {a.python}, {b.python})")
        if kind == 10:
            word = self.pick(["<<", ">>"])
            return self.binary(a, word, b, f"wrap({a.python} {word} ({b.python} & 63))")
        word = self.pick(["+", "-", "*", "&", "|", "^"])
        return self.binary(a, word, b, f"wrap({a.python} {word} {b.python})")

    def real(self, depth: int) -> Code:
        kind = self.choices.below(3 if depth <= 0 else 11)
        if kind == 0:
            return self.literal(self.pick(REALS))
        if kind <= 2:
            return self.known("float", depth) or Code("4.5", "4.5")
        a = self.real(depth - 1)
        if kind == 3:
            b = self.integer(depth - 1)
            word = self.pick(["+", "*"])
            return self.binary(a, word, b, f"({a.python} {word} float({b.python}))")
        if kind == 4:
            b, c = self.integer(depth - 1), self.integer(depth - 1)
            return self.binary(b, "/", c, f"quotient(float({b.python}), float({c.python}))")
        if kind == 5 and (calls := [f for f in self.functions if f.result == "float"]):
            return self.call(self.pick(calls), depth)
        if kind == 6:
            return self.choice(self.condition(depth - 1), a, self.real(depth - 1))
        if kind == 10:
            return self.unary("-", a, f"(-{a.python})")
        b = self.real(depth - 1)
        if kind == 7:
            return self.binary(a, "/", b, f"quotient({a.python}, {b.python})")
        word = self.pick(["+", "-", "*"])
        return self.binary(a, word, b, f"({a.python} {word} {b.python})")

    def condition(self, depth: int) -> Code:
        kind = self.choices.below(2 if depth <= 0 else 13)
        if kind == 0:
            return self.known("bool", depth) or Code("true", "True")
        if kind == 1:
            word = self.pick(["true", "false"])
            return Code(word, word.capitalize())
        if kind in (2, 8, 10, 11):
            a, b = self.condition(depth - 1), self.condition(depth - 1)
            word = self.pick(["and", "or"] if kind == 2 else ["&", "|", "^", "==", "!="])
            return self.binary(a, word, b, f"({a.python} {word} {b.python})")
        if kind in (3, 12):
            a = self.condition(depth - 1)
            return self.unary("not", a, f"(not {a.python})")
        if kind == 9:
            c, a, b = self.condition(depth - 1), self.condition(depth - 1), self.condition(depth - 1)
            return self.choice(c, a, b)
        word = self.pick(["<", "<=", "==", "!=", ">", ">="])
        if kind == 4:
            a, b = self.real(depth - 1), self.real(depth - 1)
        else:
            a, b = self.integer(depth - 1), self.integer(depth - 1)
        return self.binary(a, word, b, f"({a.python} {word} {b.python})")

    def call(self, function: Function, depth: int) -> Code:
        """A call; how deep a recursion goes is its first argument."""
        arguments = []
        for number, type in enumerate(function.params):
            if function.is_recursive and number == 0:
                inner = self.integer(min(depth - 1, 1))
                arguments.append(Code(f"({inner.sigma}) & 3", f"({inner.python}) & 3"))
            else:
                arguments.append(self.argument(type, depth - 1))
        sigma = ", ".join(argument.sigma for argument in arguments)
        python = ", ".join(argument.python for argument in arguments)
        return Code(f"{function.name}({sigma})", f"{function.name}({python})")

    def argument(self, type: Type, depth: int) -> Code:
        """What is handed over: arrays and records by reference."""
        if isinstance(type, str):
            return self.expression(type, depth)
        if type[0] != "slice":
            places = self.places(lambda found, _: found == type)
            made = self.place(self.pick(places), depth) if places else self.value(type, depth)
            # A part of a longer array is a place too.
            return Code(made.sigma, made.python.removeprefix("copy(").removesuffix(")")) if made.python.startswith(
                "copy("
            ) else made  # fmt: skip
        element = type[1]
        places = self.places(
            lambda found, _: isinstance(found, tuple) and found[0] in ("array", "slice") and found[1] == element
        )
        whole = self.place(self.pick(places[::-1]), depth)
        if not self.chance(2):
            return whole
        low, high = self.choices.below(2), 2 + self.choices.below(2)
        if self.chance(4):
            inner = self.integer(depth - 1)
            return Code(f"{whole.sigma}[{low}..{inner.sigma}]", f"{whole.python}.cut({low}, {inner.python})")
        return Code(f"{whole.sigma}[{low}..{high}]", f"{whole.python}.cut({low}, {high})")
