"""Random programs whose variables are known (a, b, c, x, y, m, p), for tests that put lines between theirs, and the same
in Python. Those of :mod:`tests.sigma.generate` have more of the language."""

from __future__ import annotations

import random
from typing import Any

_MASK = (1 << 64) - 1


def wrap(value: int) -> int:
    return ((value + (1 << 63)) & _MASK) - (1 << 63)


class Maker:
    """Makes a program as text and as Python that does the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []
        self.python: list[str] = []
        self.depth = 1
        self.ints = ["a", "b", "c"]
        self.floats = ["x", "y"]
        self.fixed: list[str] = []
        self.counter = 0

    def add(self, sigma: str, python: str) -> None:
        self.lines.append("    " * self.depth + sigma)
        self.python.append("    " * self.depth + python)

    def integer(self, depth: int) -> tuple[str, str]:
        rng = self.rng
        if depth == 0 or rng.random() < 0.2:
            kind = rng.randrange(4)
            if kind == 0:
                value = rng.choice([0, 1, -1, 2, 7, 8, 255, -3, 1 << 40, rng.randrange(-1000, 1000)])
                return f"({value})", f"({value})"
            if kind == 1:
                index = f"({self.integer(0)[0]}) & 3"
                return f"m[{index}]", f"m[{index}]"
            name = rng.choice([*self.ints, *self.fixed])
            return name, name
        operator = rng.choice(["+", "-", "*", "&", "|", "^", "<<", ">>", "div", "%", "min", "choice", "float"])
        a, pa = self.integer(depth - 1)
        b, pb = self.integer(depth - 1)
        if operator in ("<<", ">>"):
            return f"({a} {operator} ({b} & 15))", f"wrap({pa} {operator} ({pb} & 15))"
        if operator in ("div", "%"):
            return f"({a} {operator} ({b} | 1))", f"wrap({pa} {operator.replace('div', '//')} ({pb} | 1))"
        if operator == "min":
            return f"max({a}, min({b}, 99))", f"max({pa}, min({pb}, 99))"
        if operator == "choice":
            c, pc = self.condition(depth - 1)
            return f"({a} if {c} else {b})", f"({pa} if {pc} else {pb})"
        if operator == "float":
            f, pf = self.real(depth - 1)
            return f"int({f})", f"truncated({pf})"
        return f"({a} {operator} {b})", f"wrap({pa} {operator} {pb})"

    def real(self, depth: int) -> tuple[str, str]:
        rng = self.rng
        if depth == 0 or rng.random() < 0.3:
            name = rng.choice([*self.floats, "0.5", "3.0", "1e3"])
            return name, name
        operator = rng.choice(["+", "-", "*", "mixed"])
        a, pa = self.real(depth - 1)
        if operator == "mixed":
            b, pb = self.integer(depth - 1)
            return f"({a} + {b})", f"({pa} + float({pb}))"
        b, pb = self.real(depth - 1)
        return f"({a} {operator} {b})", f"({pa} {operator} {pb})"

    def condition(self, depth: int) -> tuple[str, str]:
        rng = self.rng
        if depth > 0 and rng.random() < 0.4:
            a, pa = self.condition(depth - 1)
            b, pb = self.condition(depth - 1)
            word = rng.choice(["and", "or"])
            return f"({a} {word} not {b})", f"({pa} {word} not {pb})"
        operator = rng.choice(["<", "<=", "==", "!=", ">", ">="])
        a, pa = self.integer(max(depth, 0))
        b, pb = self.integer(0)
        return f"({a} {operator} {b})", f"({pa} {operator} {pb})"

    def block(self, depth: int, count: int) -> None:
        fixed, floats = list(self.fixed), list(self.floats)
        self.depth += 1
        for _ in range(count):
            self.statement(depth)
        self.depth -= 1
        self.fixed, self.floats = fixed, floats

    def statement(self, depth: int) -> None:
        rng = self.rng
        kind = rng.choice(
            ["set", "set", "update", "array", "let", "real", "call", "record"] + ["if", "for", "while"] * (depth > 0)
        )
        if kind == "set":
            name = rng.choice(self.ints)
            a, pa = self.integer(3)
            self.add(f"{name} = {a};", f"{name} = {pa}")
        elif kind == "update":
            name = rng.choice(self.ints)
            operator = rng.choice(["+", "-", "*", "^"])
            a, pa = self.integer(2)
            self.add(f"{name} {operator}= {a};", f"{name} = wrap({name} {operator} {pa})")
        elif kind == "array":
            i, pi = self.integer(1)
            a, pa = self.integer(2)
            self.add(f"m[{i} & 3] = {a};", f"m[{pi} & 3] = {pa}")
        elif kind == "let":
            self.counter += 1
            a, pa = self.integer(3)
            self.add(f"let k{self.counter} = {a};", f"k{self.counter} = {pa}")
            self.fixed.append(f"k{self.counter}")
        elif kind == "real":
            name = rng.choice(self.floats[:2])
            a, pa = self.real(2)
            self.add(f"{name} = {a};", f"{name} = tame({pa})")
            self.add(f"if {name} > 1e6 or {name} < -1e6 {{ {name} = 1.5; }}", "pass")
        elif kind == "call":
            name = rng.choice(self.ints)
            a, pa = self.integer(1)
            b, pb = self.integer(1)
            self.add(f"{name} = mix({a}, {b}, m);", f"{name} = mix({pa}, {pb}, m)")
        elif kind == "record":
            a, pa = self.integer(1)
            self.add(f"p.v += {a}; p.w = p.v * 0.25;", f"p[0] = wrap(p[0] + {pa}); p[1] = p[0] * 0.25")
        elif kind == "if":
            c, pc = self.condition(2)
            self.add(f"if {c} {{", f"if {pc}:")
            self.block(depth - 1, rng.randrange(1, 4))
            if rng.random() < 0.5:
                self.add("} else {", "else:")
                self.block(depth - 1, rng.randrange(1, 3))
            self.add("}", "pass")
        elif kind == "for":
            self.counter += 1
            name = f"i{self.counter}"
            start, stop, step = rng.randrange(-3, 4), rng.randrange(-3, 9), rng.choice([1, 1, 2, -1])
            bound, pbound = (str(stop), str(stop)) if rng.random() < 0.5 else ("(b & 7)", "(b & 7)")
            self.add(
                f"for {name} in {start}..{bound} step {step} {{", f"for {name} in range({start}, {pbound}, {step}):"
            )
            self.fixed.append(name)
            self.block(depth - 1, rng.randrange(1, 4))
            if rng.random() < 0.3:
                c, pc = self.condition(1)
                word = rng.choice(["break", "continue"])
                self.add(f"    if {c} {{ {word}; }}", f"    if {pc}: {word}")
            self.fixed.remove(name)
            self.add("}", "pass")
        else:
            self.counter += 1
            name = f"w{self.counter}"
            turns = rng.randrange(1, 5)
            self.add(f"var {name} = {turns};", f"{name} = {turns}")
            self.add(f"while {name} > 0 {{", f"while {name} > 0:")
            self.depth += 1
            self.add(f"{name} -= 1;", f"{name} -= 1")
            self.depth -= 1
            self.block(depth - 1, rng.randrange(1, 3))
            self.add("}", "pass")

    def program(self) -> tuple[str, str]:
        self.block(3, 10)
        head = (
            "record P { v: int; w: float }\n"
            "fn mix(a: int, b: int, m: [int]) -> int { m[b & 1] += a; if a > b { return a ^ b; } return m[0] - a; }\n"
            "fn main() {\n    var a = 3; var b = 5; var c = -7; var x = 0.5; var y = 2.0;\n"
            "    var m = [1, 2, 3, 4]; var p = P(1, 0.5);\n"
        )
        names = [*self.ints, *self.floats, "m[0]", "m[1]", "m[2]", "m[3]", "p.v", "p.w"]
        tail = "".join(f'    record("{n}", {name});\n' for n, name in enumerate(names)) + "}\n"
        start = "def run():\n    a, b, c, x, y = 3, 5, -7, 0.5, 2.0\n    m, p = [1, 2, 3, 4], [1, 0.5]\n    if True:\n"
        end = "    return [a, b, c, x, y, *m, *p]\n"
        return head + "\n".join(self.lines) + "\n" + tail, start + "\n".join(self.python) + "\n" + end


def model(text: str) -> list[Any]:
    def mix(a: int, b: int, m: list[int]) -> int:
        m[b & 1] = wrap(m[b & 1] + a)
        return a ^ b if a > b else wrap(m[0] - a)

    def truncated(value: float) -> int:
        return max(min(int(value), (1 << 63) - 1), -(1 << 63))

    def tame(value: float) -> float:
        return 1.5 if value > 1e6 or value < -1e6 else value

    scope: dict[str, Any] = {"wrap": wrap, "mix": mix, "truncated": truncated, "tame": tame}
    exec(text, scope)
    result: list[Any] = scope["run"]()
    return result
