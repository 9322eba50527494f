"""Makes programs of σ, with types, and beside each a program of Python that does the same.

Every feature that the optimiser looks at: numbers, arrays, nested arrays, records, tuples, functions by value and by
reference, recursion, loops with all ways out, views, slices, assembly, traps of indices and of division."""

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
"""
SCALARS: Final = ("int", "float", "bool")
NUMBERS: Final = (0, 1, 2, 3, -1, 7, 8, 5, 63, 64, 255, -3, 1 << 40, (1 << 63) - 1, -(1 << 63), 4_000_000_007)
REALS: Final = ("0.0", "1.0", "0.5", "-2.0", "3.25", "1e300", "-0.0", "1e-310")
_LINES: Final = 14
_DEPTH: Final = 3


@dataclass(frozen=True)
class Code:
    """The same in σ and in Python."""

    sigma: str
    python: str


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


@dataclass(frozen=True)
class Program:
    """A program, and its model."""

    sigma: str
    python: str


def program(choices: Choices) -> Program:
    """A program of a random size."""
    return _Maker(choices).run()


class _Maker:
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

    def integer(self, depth: int) -> Code:
        kind = self.choices.below(3 if depth <= 0 else 16)
        if kind == 0:
            number = self.pick(NUMBERS)
            return Code(f"({number})", f"({number})")
        if kind <= 2:
            return self.known("int", depth) or Code("4", "4")
        a = self.integer(depth - 1)
        if kind == 3:
            b = self.real(depth - 1)
            return Code(f"int({b.sigma})", f"to_int({b.python})")
        if kind == 4:
            word = self.pick(["-", "~"])
            return Code(f"({word}{a.sigma})", f"wrap({word}{a.python})")
        if kind == 5:
            word = self.pick(["abs", "popcount"])
            return Code(f"{word}({a.sigma})", f"{word}_({a.python})")
        if kind == 6 and (calls := [f for f in self.functions if f.result == "int"]):
            return self.call(self.pick(calls), depth)
        b = self.integer(depth - 1)
        if kind == 7:
            word = self.pick(["min", "max"])
            return Code(f"{word}({a.sigma}, {b.sigma})", f"{word}({a.python}, {b.python})")
        if kind == 8:
            c = self.condition(depth - 1)
            return Code(f"({a.sigma} if {c.sigma} else {b.sigma})", f"({a.python} if {c.python} else {b.python})")
        if kind == 9:
            word = self.pick(["div", "%"])
            if not self.chance(4):
                b = Code(f"({b.sigma} | 1)", f"({b.python} | 1)")
            return Code(f"({a.sigma} {word} {b.sigma})", f"divided('{word}', {a.python}, {b.python})")
        if kind == 10:
            word = self.pick(["<<", ">>"])
            return Code(f"({a.sigma} {word} {b.sigma})", f"wrap({a.python} {word} ({b.python} & 63))")
        word = self.pick(["+", "-", "*", "&", "|", "^"])
        return Code(f"({a.sigma} {word} {b.sigma})", f"wrap({a.python} {word} {b.python})")

    def real(self, depth: int) -> Code:
        kind = self.choices.below(3 if depth <= 0 else 10)
        if kind == 0:
            number = self.pick(REALS)
            return Code(f"({number})", f"({number})")
        if kind <= 2:
            return self.known("float", depth) or Code("4.5", "4.5")
        a = self.real(depth - 1)
        if kind == 3:
            b = self.integer(depth - 1)
            word = self.pick(["+", "*"])
            return Code(f"({a.sigma} {word} {b.sigma})", f"({a.python} {word} float({b.python}))")
        if kind == 4:
            b, c = self.integer(depth - 1), self.integer(depth - 1)
            return Code(f"({b.sigma} / {c.sigma})", f"quotient(float({b.python}), float({c.python}))")
        if kind == 5 and (calls := [f for f in self.functions if f.result == "float"]):
            return self.call(self.pick(calls), depth)
        if kind == 6:
            c = self.condition(depth - 1)
            b = self.real(depth - 1)
            return Code(f"({a.sigma} if {c.sigma} else {b.sigma})", f"({a.python} if {c.python} else {b.python})")
        b = self.real(depth - 1)
        if kind == 7:
            return Code(f"({a.sigma} / {b.sigma})", f"quotient({a.python}, {b.python})")
        word = self.pick(["+", "-", "*"])
        return Code(f"({a.sigma} {word} {b.sigma})", f"({a.python} {word} {b.python})")

    def condition(self, depth: int) -> Code:
        kind = self.choices.below(2 if depth <= 0 else 8)
        if kind == 0:
            return self.known("bool", depth) or Code("true", "True")
        if kind == 1:
            word = self.pick(["true", "false"])
            return Code(word, word.capitalize())
        if kind == 2:
            a, b = self.condition(depth - 1), self.condition(depth - 1)
            word = self.pick(["and", "or"])
            return Code(f"({a.sigma} {word} {b.sigma})", f"({a.python} {word} {b.python})")
        if kind == 3:
            a = self.condition(depth - 1)
            return Code(f"(not {a.sigma})", f"(not {a.python})")
        word = self.pick(["<", "<=", "==", "!=", ">", ">="])
        if kind == 4:
            a, b = self.real(depth - 1), self.real(depth - 1)
        else:
            a, b = self.integer(depth - 1), self.integer(depth - 1)
        return Code(f"({a.sigma} {word} {b.sigma})", f"({a.python} {word} {b.python})")

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
            return self.place(self.pick(places), depth) if places else self.value(type, depth)
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

    # -- statements

    def block(self, depth: int) -> None:
        """Some statements one step further in."""
        self.indent += 1
        self.body.scopes.append([])
        self.add("", "pass")
        for _ in range(1 + self.choices.below(4)):
            if self.lines < _LINES:
                self.statement(depth)
        self.body.scopes.pop()
        self.indent -= 1

    def statement(self, depth: int) -> None:
        self.lines += 1
        simple = [
            self.let,
            self.assign,
            self.assign,
            self.update,
            self.tell,
            self.let_memory,
            self.copy,
            self.asm,
            self.do,
            self.tuple,
        ]
        whole = [self.if_, self.for_range, self.while_, self.for_each, self.leave, self.check]
        (self.pick([*simple, *whole, *whole[:3]] if depth > 0 else simple))(depth)

    def let(self, depth: int) -> None:
        type = self.pick(SCALARS)
        is_var = not self.chance(3)
        made = self.expression(type, 2)
        name = self.name({"int": "n", "float": "x", "bool": "b"}[type])
        self.add(f"{'var' if is_var else 'let'} {name}: {type} = {made.sigma};", f"{name} = {made.python}")
        self.new(Variable(name, name, type, is_var))

    def let_memory(self, depth: int) -> None:
        type = self.memory()
        made = self.value(type, 2)
        name = self.name("m")
        self.add(f"var {name} = {made.sigma};", f"{name} = {made.python}")
        self.new(Variable(name, name, type, is_var=True))

    def memory(self) -> Type:
        """A type of what lies in memory."""
        return self.pick([
            ("array", "int", 3), ("array", "int", 4), ("record", "P"), ("array", "float", 3), ("array", ("array", "int", 3), 2),
            ("record", "Q"), ("array", ("record", "P"), 2), ("array", "bool", 2), ("array", "int", 12),
        ])  # fmt: skip

    def assign(self, depth: int) -> None:
        type = self.pick(SCALARS)
        places = self.places(lambda found, can_change: found == type and can_change)
        if not places:
            self.let(depth)
            return
        place = self.place(self.pick(places[::-1]), 1)
        made = self.expression(type, 3)
        self.set(place, made)

    def set(self, place: Code, made: Code) -> None:
        """An assignment: the place first, then the value."""
        if "[" not in place.python:
            self.add(f"{place.sigma} = {made.sigma};", f"{place.python} = {made.python}")
            return
        head, last = self.split(place.python)
        self.add(f"{place.sigma} = {made.sigma};", f"where = {head}\nwhere{last} = {made.python}" if "." in last else
                 f"where, at = {head}, {last[1:-1]}\nwhere.check(at)\nwhere[at] = {made.python}")  # fmt: skip

    @staticmethod
    def split(place: str) -> tuple[str, str]:
        """The last step of a way, and what comes before it."""
        if not place.endswith("]"):
            head, _, name = place.rpartition(".")
            return head, f".{name}"
        depth, at = 0, len(place)
        while True:
            at -= 1
            depth += {"]": 1, "[": -1}.get(place[at], 0)
            if depth == 0:
                return place[:at], place[at:]

    def update(self, depth: int) -> None:
        type = self.pick(["int", "float"])
        places = self.places(lambda found, can_change: found == type and can_change)
        if not places:
            self.let(depth)
            return
        place = self.place(self.pick(places[::-1]), 1)
        word = self.pick(["+", "-", "*"])
        made = self.expression(type, 2)
        new = f"old {word} value" if type == "float" else f"wrap(old {word} value)"
        if "[" not in place.python and "." not in place.python:
            python = f"value = {made.python}\nold = {place.python}\n{place.python} = {new}"
        else:
            head, last = self.split(place.python)
            at, last = (last[1:-1], "[at]") if last.startswith("[") else ("0", last)
            python = f"where, at = {head}, {at}\nold = where{last}\nvalue = {made.python}\nwhere{last} = {new}"
        self.add(f"{place.sigma} {word}= {made.sigma};", python)

    def copy(self, depth: int) -> None:
        places = self.places(lambda found, can: can and isinstance(found, tuple) and found[0] in ("array", "record"))
        found = self.pick(places[::-1])
        type = self.type_of(found)
        place = self.place(found, 1)
        made = self.value(type, 2)
        self.add(f"{place.sigma} = {made.sigma};", f"where = {place.python}\nbecome(where, {made.python})")

    def tell(self, depth: int) -> None:
        type = self.pick(SCALARS)
        made = self.expression(type, 3)
        if self.chance(2):
            self.add(f'print("{{{made.sigma}}}");', f"tell({made.python})")
        else:
            self.add(f'record("r", {made.sigma});', f"note({made.python})")

    def asm(self, depth: int) -> None:
        targets = [v for v in self.visible() if v.type == "int" and v.is_var and "." not in v.python]
        others = [v for v in self.visible() if v.type == "int" and "." not in v.python]
        if not targets:
            self.let(depth)
            return
        target, a = self.pick(targets), self.pick(others)
        word, python = self.pick([("QADD", "+"), ("QSUB", "-"), ("QMUL", "*"), ("QXOR", "^")])
        lines = f"{word} {target.name}, {target.name}, {a.name}"
        done = f"{target.python} = wrap({target.python} {python} {a.python})"
        if self.chance(2):
            lines += f"\n {word} {target.name}, 3 ; again"
            done += f"\n{target.python} = wrap({target.python} {python} 3)"
        self.add(f"asm {{ {lines}\n }}" if ";" in lines else f"asm {{ {lines} }}", done)

    def do(self, depth: int) -> None:
        """A call for what it does."""
        if not self.functions:
            self.tell(depth)
            return
        function = self.pick(self.functions)
        made = self.call(function, 2)
        if function.result is None:
            self.add(f"{made.sigma};", made.python)
        elif isinstance(function.result, tuple) and function.result[0] == "tuple":
            names = [self.name("t") for _ in function.result[1:]]
            listed = ", ".join(names)
            self.add(f"let ({listed}) = {made.sigma};", f"{listed} = {made.python}")
            for name, type in zip(names, function.result[1:], strict=True):
                self.new(Variable(name, name, type))
        else:
            name = self.name("k")
            self.add(f"let {name} = {made.sigma};", f"{name} = {made.python}")
            self.new(Variable(name, name, function.result))

    def tuple(self, depth: int) -> None:
        """A pair that changes, taken apart."""
        pair, a, b = self.name("t"), self.name("n"), self.name("x")
        first, second = self.integer(2), self.real(2)
        self.add(f"var {pair} = ({first.sigma}, {second.sigma});", f"{pair} = ({first.python}, {second.python})")
        if self.chance(2):
            c, first, second = self.condition(1), self.integer(1), self.real(1)
            self.add(f"if {c.sigma} {{ {pair} = ({first.sigma}, {second.sigma}); }}",
                     f"if {c.python}: {pair} = ({first.python}, {second.python})")  # fmt: skip
        self.add(f"let ({a}, {b}) = {pair};", f"{a}, {b} = {pair}")
        self.new(Variable(a, a, "int"))
        self.new(Variable(b, b, "float"))

    # -- control

    def if_(self, depth: int) -> None:
        c = self.condition(2)
        self.add(f"if {c.sigma} {{", f"if {c.python}:")
        self.block(depth - 1)
        if self.chance(2):
            self.add("} else {", "else:")
            self.block(depth - 1)
        self.add("}")

    def for_range(self, depth: int) -> None:
        name = self.name("i")
        start, stop = self.choices.below(4), self.choices.below(7)
        low, high = Code(str(start), str(start)), Code(str(stop), str(stop))
        kind = self.choices.below(6)
        if kind == 1:
            inner = self.integer(1)
            high = Code(f"(({inner.sigma}) & 7)", f"(({inner.python}) & 7)")
        elif kind == 2:
            inner = self.integer(1)
            low = Code(f"(({inner.sigma}) & 3)", f"(({inner.python}) & 3)")
        elif kind == 3 and (known := self.known("int", 0)):
            high = Code(f"min({known.sigma}, 6)", f"min({known.python}, 6)")
            low = Code(f"max({high.sigma} - 3, -2)", f"max({high.python} - 3, -2)")
        step = ("", "1")
        kind = self.choices.below(6)
        if kind == 1:
            step = (" step 2", "2")
        elif kind == 2:
            step, low, high = (" step -1", "-1"), high, low
        elif kind == 3:
            step = (" step 3", "3")
        elif kind == 4:
            inner = self.integer(1)
            step = (f" step (({inner.sigma}) & 3)", f"positive(({inner.python}) & 3)")
        head = f"for {name} in {low.sigma}..{high.sigma}{step[0]} {{"
        self.add(head, f"for {name} in turns({low.python}, {high.python}, {step[1]}):")
        self.loop(depth, [Variable(name, name, "int")])

    def for_each(self, depth: int) -> None:
        places = self.places(lambda found, _: isinstance(found, tuple) and found[0] in ("array", "slice"))
        found = self.pick(places[::-1])
        type = self.type_of(found)
        place = self.place(found, 1)
        name = self.name("e")
        self.add(f"for {name} in {place.sigma} {{", f"for {name} in each({place.python}):")
        self.loop(depth, [Variable(name, name, type[1])])

    def loop(self, depth: int, variables: list[Variable], before: str = "") -> None:
        self.body.scopes.append(variables)
        self.body.loops.append(before)
        self.block(depth - 1)
        self.body.loops.pop()
        self.body.scopes.pop()
        self.add("}")

    def while_(self, depth: int) -> None:
        name = self.name("w")
        turns = 1 + self.choices.below(4)
        c = self.condition(1) if self.chance(2) else Code("true", "True")
        self.add(f"var {name} = {turns};", f"{name} = {turns}")
        self.add(f"while {name} > 0 and {c.sigma} {{", f"while {name} > 0 and {c.python}:")
        self.indent += 1
        self.add(f"{name} -= 1;", f"tick(); {name} -= 1")
        self.indent -= 1
        self.loop(depth, [Variable(name, name, "int")])

    def leave(self, depth: int) -> None:
        """A way out: of a turn, of a loop, of the function."""
        c = self.condition(2)
        kind = self.choices.below(4)
        if self.body.loops and kind < 2:
            word = ("break", "continue")[kind]
            self.add(f"if {c.sigma} {{ {word}; }}", f"if {c.python}: {word}")
            return
        result = self.returned(1)
        self.add(f"if {c.sigma} {{ return{result.sigma}; }}", f"if {c.python}: return{result.python}")

    def returned(self, depth: int) -> Code:
        type = self.body.result
        if type is None:
            return Code("", "")
        if type == "status":
            inner = self.integer(depth)
            return Code(f" ({inner.sigma}) & 127", f" ({inner.python}) & 127")
        if isinstance(type, tuple) and type[0] == "tuple":
            items = [self.expression(part, depth) for part in type[1:]]
            return Code(f" ({', '.join(i.sigma for i in items)})", f" ({', '.join(i.python for i in items)})")
        made = self.value(type, depth)
        return Code(f" {made.sigma}", f" {made.python}")

    def check(self, depth: int) -> None:
        """An assertion that is mostly true, or the end of the program."""
        if self.chance(6):
            inner = self.integer(1)
            c = self.condition(2)
            self.add(f"if {c.sigma} {{ halt(({inner.sigma}) & 127); }}", f"if {c.python}: halt(({inner.python}) & 127)")
            return
        c = self.condition(2)
        if not self.chance(5):
            c = Code(f"{c.sigma} or not {c.sigma}", f"{c.python} or not {c.python}")
        self.add(f'assert({c.sigma}, "why");', f"asserted({c.python})")

    # -- functions

    def function(self) -> None:
        types: list[Type] = [
            "int",
            "float",
            ("slice", "int"),
            ("array", "int", 3),
            ("record", "P"),
            "bool",
            ("record", "Q"),
        ]
        results: list[Type] = ["int", None, "float", ("tuple", "int", "float"), ("record", "P"), ("array", "int", 3)]
        is_recursive = self.chance(3)
        params = [self.pick(types) for _ in range(self.choices.below(4))]
        made = Function(self.name("f"), ["int", *params] if is_recursive else params, self.pick(results), is_recursive)
        variables = [Variable(f"p{n}", f"p{n}", type) for n, type in enumerate(made.params)]
        arrow = "" if made.result is None else f" -> {spelled(made.result)}"
        self.add(
            f"fn {made.name}({', '.join(f'{v.name}: {spelled(v.type)}' for v in variables)}){arrow} {{",
            f"def {made.name}({', '.join(v.python for v in variables)}):",
        )
        self.body = Body(made.result, [variables])
        self.indent += 1
        self.add("", "tick()")
        self.indent -= 1
        known = list(self.functions)
        self.lines = _LINES - 5
        if is_recursive:
            self.indent += 1
            result = self.returned(1)
            self.add(f"if p0 <= 0 {{ return{result.sigma}; }}", f"if p0 <= 0: return{result.python}")
            self.indent -= 1
            self.again(made)
        else:
            self.block(2)
        self.indent += 1
        if made.result is not None:
            result = self.returned(2)
            self.add(f"return{result.sigma};", f"return{result.python}")
        self.indent -= 1
        self.add("}")
        self.functions = [*known, made]

    def again(self, made: Function) -> None:
        """The body of a recursive function: statements, a call of itself, statements."""
        self.block(1)
        self.indent += 1
        arguments = [self.argument(type, 1) for type in made.params[1:]]
        sigma = ", ".join(["p0 - 1", *(argument.sigma for argument in arguments)])
        python = ", ".join(["p0 - 1", *(argument.python for argument in arguments)])
        name = self.name("k")
        self.body.scopes.append([])
        if made.result is None:
            self.add(f"{made.name}({sigma});", f"{made.name}({python})")
        elif isinstance(made.result, tuple) and made.result[0] == "tuple":
            names = [f"{name}_{n}" for n in range(len(made.result) - 1)]
            listed = ", ".join(names)
            self.add(f"let ({listed}) = {made.name}({sigma});", f"{listed} = {made.name}({python})")
            for part, type in zip(names, made.result[1:], strict=True):
                self.new(Variable(part, part, type))
        else:
            self.add(f"let {name} = {made.name}({sigma});", f"{name} = {made.name}({python})")
            self.new(Variable(name, name, made.result))
        self.indent -= 1
        self.block(1)

    # -- the whole

    def run(self) -> Program:
        for _ in range(self.choices.below(3)):
            type, first = self.pick([("int", "3"), ("float", "2.5"), (("array", "int", 4), "[1, 2, 3, 4]")])
            name = self.name("g")
            self.add(f"var {name} = {first};", f"G.{name} = {f'Array({first})' if '[' in first else first}")
            self.globals.append(Variable(name, f"G.{name}", type, is_var=True))
        for _ in range(self.choices.below(4)):
            self.function()
        self.add("fn main() -> int {", "def main():")
        self.body = Body("status", [[]])
        self.lines = 0
        self.indent = 1
        self.body.scopes.append([])
        for _ in range(2 + self.choices.below(7)):
            self.statement(_DEPTH)
        for number, variable in enumerate(self.visible()):
            self.show(f"v{number}", variable.name, variable.python, variable.type)
        self.add("return 0;", "return 0")
        self.indent = 0
        self.add("}")
        return Program(HEAD + "\n".join(self.sigma) + "\n", "\n".join(self.python) + "\n")

    def show(self, label: str, sigma: str, python: str, type: Type) -> None:
        """Record everything in a variable."""
        if isinstance(type, str):
            self.add(f'record("r", {sigma});', f"note({python})")
        elif type[0] == "record":
            for name, part in RECORDS[type[1]]:
                self.show(label, f"{sigma}.{name}", f"{python}.{name}", part)
        else:
            for number in range(type[2]):
                self.show(label, f"{sigma}[{number}]", f"{python}[{number}]", type[1])
