"""Makes programs of σ, with types, and beside each a program of Python that does the same.

Every feature that the optimiser looks at: numbers, arrays, nested arrays, records, tuples, functions by value and by
reference, recursion, loops with all ways out, views, slices, assembly, traps of indices and of division."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.sigma.choices import Choices
from tests.sigma.generate_copies import Copies
from tests.sigma.generate_values import (
    HEAD,
    LEVELS,
    PYTHON_HEAD,
    RECORDS,
    SCALARS,
    Body,
    Code,
    Function,
    Type,
    Variable,
    spelled,
)

_LINES: Final = 14
_DEPTH: Final = 3


@dataclass(frozen=True)
class Program:
    """A program, and its model."""

    sigma: str
    python: str
    calls: tuple[tuple[str, tuple[int | float, ...]], ...] = ()
    """Exported functions that the host calls when the program has ended, and their arguments."""


def program(choices: Choices) -> Program:
    """A program of a random size."""
    return _Maker(choices).run()


class _Maker(Copies):
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
            self.let_part,
            self.let_part,
            self.let_place,
            self.let_long,
            self.pair,
            self.same,
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
        self.add(f"{place.sigma} = {made.sigma};", f"where = {head}\nwhere{last} = {made.python}" if last.startswith(".") else
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

    def same(self, depth: int) -> None:
        """A place is assigned to itself."""
        type = self.pick(SCALARS)
        places = self.places(lambda found, can_change: found == type and can_change)
        if not places:
            self.let(depth)
            return
        place = self.place(self.pick(places[::-1]), 0)
        self.set(place, place)

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
        head = self.binary(Code(f"{name} > 0", f"{name} > 0", LEVELS[">"]), "and", c, f"{name} > 0 and {c.python}")
        self.add(f"while {head.sigma} {{", f"while {head.python}:")
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
            items = [self.value(part, depth) for part in type[1:]]
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
            c = self.binary(c, "or", self.unary("not", c, f"(not {c.python})"), f"({c.python} or (not {c.python}))")
        self.add(f'assert({c.sigma}, "why");', f"asserted({c.python})")

    # -- functions

    def function(self) -> None:
        """One more function, or two that call each other."""
        kind = self.choices.below(6)
        is_crowded = kind in (2, 3)
        made = self.declared(is_crowded, is_recursive=self.chance(3))
        if not made.is_recursive or not self.chance(3):
            self.define(made, made, is_crowded)
            self.functions.append(made)
            return
        other = self.declared(is_crowded=kind in (3, 4), is_recursive=True)
        self.define(made, other, is_crowded)
        self.define(other, made, kind in (3, 4))
        self.functions += [made, other]

    def declared(self, is_crowded: bool, is_recursive: bool) -> Function:
        """A function without a body yet."""
        types: list[Type] = [
            "int",
            "float",
            ("slice", "int"),
            ("array", "int", 3),
            ("record", "P"),
            "bool",
            ("record", "Q"),
        ]
        results: list[Type] = ["int", None, "float", ("tuple", "int", "float"), ("record", "P"), ("array", "int", 3),
                               ("tuple", "int", "float", "int", "bool", "float", "int"), ("tuple", ("array", "int", 3), "int")]  # fmt: skip
        params: list[Type] = [self.pick(types) for _ in range(self.choices.below(4))]
        if is_crowded:
            params, results = [*self.many(), *params[:1]], ["int", "float"]
        params = ["int", *params] if is_recursive else params
        return Function(self.name("f"), params, self.pick(results), is_recursive, self.chance(3))

    def define(self, made: Function, next: Function, is_crowded: bool) -> None:
        """The whole of a function; one that is recursive calls ``next``."""
        variables = [Variable(f"p{n}", f"p{n}", type) for n, type in enumerate(made.params)]
        arrow = "" if made.result is None else f" -> {spelled(made.result)}"
        head = f"{'export ' if made.is_exported else ''}fn {made.name}"
        self.add(
            f"{head}({', '.join(f'{v.name}: {spelled(v.type)}' for v in variables)}){arrow} {{",
            f"def {made.name}({', '.join(v.python for v in variables)}):",
        )
        self.body = Body(made.result, [variables])
        self.indent += 1
        self.add("", "tick()")
        self.lines = _LINES - 5
        if is_crowded:
            self.names(self.choices.below(9))
        if made.is_recursive:
            result = self.returned(1)
            self.add(f"if p0 <= 0 {{ return{result.sigma}; }}", f"if p0 <= 0: return{result.python}")
        self.indent -= 1
        if made.is_recursive:
            self.block(1)
            for _ in range(1 + (is_crowded and self.choices.below(2))):
                self.again(next)
        if is_crowded:
            self.indent += 1
            for _ in range(1 + self.choices.below(2)):
                self.nest()
            self.indent -= 1
        self.block(1 if made.is_recursive or is_crowded else 2)
        self.indent += 1
        if is_crowded:
            result = self.all_of(made.result)
            self.add(f"return {result.sigma};", f"return {result.python}")
        elif made.result is not None:
            result = self.returned(2)
            self.add(f"return{result.sigma};", f"return{result.python}")
        self.indent -= 1
        self.add("}")

    def again(self, callee: Function) -> None:
        """A call that goes one level deeper; its result has a name."""
        self.indent += 1
        arguments = [self.argument(type, 1) for type in callee.params[1:]]
        sigma = ", ".join(["p0 - 1", *(argument.sigma for argument in arguments)])
        python = ", ".join(["p0 - 1", *(argument.python for argument in arguments)])
        name = self.name("k")
        if callee.result is None:
            self.add(f"{callee.name}({sigma});", f"{callee.name}({python})")
        elif isinstance(callee.result, tuple) and callee.result[0] == "tuple":
            names = [f"{name}_{n}" for n in range(len(callee.result) - 1)]
            listed = ", ".join(names)
            self.add(f"let ({listed}) = {callee.name}({sigma});", f"{listed} = {callee.name}({python})")
            for part, type in zip(names, callee.result[1:], strict=True):
                self.new(Variable(part, part, type))
        else:
            self.add(f"let {name} = {callee.name}({sigma});", f"{name} = {callee.name}({python})")
            self.new(Variable(name, name, callee.result))
        self.indent -= 1

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
        for function in self.functions:
            if len(function.params) > 4 and isinstance(function.result, str):
                call = self.call(function, 1)
                self.add(f'record("r", {call.sigma});', f"note({call.python})")
        for number, variable in enumerate(self.visible()):
            self.show(f"v{number}", variable.name, variable.python, variable.type)
        self.add("return 0;", "return 0")
        self.indent = 0
        self.add("}")
        calls = [found for function in self.functions if (found := self.outside(function)) is not None]
        if any("halt(" in line for line in self.sigma):
            # The host does not hear of a call that ends the program.
            calls = []
        return Program(HEAD + "\n".join(self.sigma) + "\n", PYTHON_HEAD + "\n".join(self.python) + "\n", tuple(calls))

    def show(self, label: str, sigma: str, python: str, type: Type) -> None:
        """Record everything in a variable."""
        if isinstance(type, str):
            self.add(f'record("r", {sigma});', f"note({python})")
        elif type[0] == "record":
            for name, part in RECORDS[type[1]]:
                self.show(label, f"{sigma}.{name}", f"{python}.{name}", part)
        elif type[0] == "slice":
            name = self.name("e")
            self.add(f"for {name} in {sigma} {{", f"for {name} in each({python}):")
            self.indent += 1
            self.show(label, name, name, type[1])
            self.indent -= 1
            self.add("}")
        else:
            for number in range(type[2]):
                self.show(label, f"{sigma}[{number}]", f"{python}[{number}]", type[1])
