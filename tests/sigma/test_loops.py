"""Loops over arrays: every level leaves the same memory, prints the same and traps at the same index."""

from __future__ import annotations

import random

import pytest

from tests.sigma.support import LEVELS, build
from vm.bytecode import ObjectFile
from vm.machine import Machine

LENGTHS = (1, 7, 12, 9)
AT = 0x1_0000_0000
HUGE = ((1 << 63) - 1, -(1 << 63), 1 << 61, (1 << 62) + 3, -(1 << 60))


class Maker:
    """Makes a function that goes over arrays by sums and products of its counters."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.counters: list[str] = []
        self.count = 0

    def add(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def fixed(self) -> str:
        return self.rng.choice(["n", "m", "base", "0", "1", "2", "3", "len(x)", "len(y)"])

    def index(self) -> str:
        rng = self.rng
        terms = []
        for _ in range(rng.choice([1, 1, 2, 2, 3])):
            term = rng.choice([*self.counters, *self.counters, *self.counters, self.fixed()])
            if rng.random() < 0.25 and not term.isdigit():
                term += f" * {rng.choice(['2', '3', 'n', 'm', '-1'])}"
            terms.append(term)
        text = terms[0]
        for term in terms[1:]:
            text += f" {rng.choice('++-')} {term}"
        if not any(mark.isalpha() for mark in text):
            # An index that is a constant is told outside at once.
            text += " + s - s"
        return rng.choice([text, text, text, f"({text}) & 3", f"({text}) % 5"])

    def statement(self, depth: int) -> None:
        rng = self.rng
        place = f"{rng.choice('xxyzw')}[{self.index()}]"
        kind = rng.randrange(6)
        if kind == 0:
            self.add(depth, f"{place} = {self.index()};")
        elif kind == 1:
            self.add(depth, f"s += {place};")
        elif kind == 2:
            self.add(depth, f"{place} += s;")
        elif kind == 3:
            self.add(depth, f"if {place} > {self.fixed()} {{ {rng.choice(['s += 1;', 'break;', 'continue;'])} }}")
        elif kind == 4:
            self.add(depth, f"s = s ^ {self.index()};")
        else:
            self.add(depth, 'if s > 1000 { write("{s} "); s = 0; }')

    def loop(self, depth: int, left: int) -> None:
        rng = self.rng
        self.count += 1
        name = f"i{self.count}"
        kind = rng.randrange(5)
        if kind < 3:
            step = rng.choice(["", "", "", " step 2", " step -1", " step 3", " step m"])
            start, stop = rng.choice([("0", self.fixed()), (self.fixed(), self.fixed()), ("0", "len(x)")])
            if self.counters and rng.random() < 0.3:
                start = f"{rng.choice(self.counters)} + {rng.choice('01')}"
            self.add(depth, f"for {name} in {start}..{stop}{step} {{")
            self.inside(depth, left, name)
        elif kind == 3:
            self.add(depth, f"var {name} = {self.fixed()};")
            self.add(depth, f"while {name} < {self.fixed()} {{")
            self.add(depth + 1, f"{name} += {rng.choice('112')};")
            self.inside(depth, left, name)
        else:
            other = f"j{self.count}"
            self.add(depth, f"var {name} = 0; var {other} = {self.fixed()};")
            self.add(depth, f"while {name} < {other} {{")
            self.add(depth + 1, f"let t = x[{name}]; x[{name}] = x[{other}]; x[{other}] = t;")
            self.add(depth + 1, f"{name} += 1; {other} -= 1;")
            self.counters.append(other)
            self.inside(depth, left, name)
            self.counters.remove(other)

    def inside(self, depth: int, left: int, name: str) -> None:
        self.counters.append(name)
        for _ in range(self.rng.randrange(1, 4)):
            if left and self.rng.random() < 0.5:
                self.loop(depth + 1, left - 1)
            else:
                self.statement(depth + 1)
        self.counters.remove(name)
        self.add(depth, "}")

    def program(self) -> str:
        self.counters = ["s"]
        for _ in range(self.rng.randrange(1, 3)):
            self.loop(1, 2)
        views = "".join(
            f"view {name}: [{'byte' if name == 'd' else 'int'}; {length}] at {AT + 0x1000 * number};\n"
            for number, (name, length) in enumerate(zip("abcd", LENGTHS, strict=True))
        )
        body = "\n".join(self.lines)
        return (
            f"{views}fn work(x: [int], y: [int], z: [int; 12], w: [byte], n: int, m: int, base: int) -> int {{\n    var s = 1;\n"
            f"{body}\n    return s;\n}}\n"
            "fn main() {\n    let n = argument(0, 0); let m = argument(1, 0); let base = argument(2, 0);\n"
            '    print("{work(b, a, c, d, n, m, base)}");\n    print("{work(c[1..9], b, c, d[2..7], n, m, base)}");\n}\n'
        )


def outcome(obj: ObjectFile, args: list[int]) -> tuple[object, ...] | None:
    """Everything that a run leaves; None if it does not end."""
    machine = Machine(obj, args=args, max_instructions=60_000, engine="interp")
    ended = machine.run()
    if ended.status == 79:
        return None
    trap = None
    if ended.trap is not None:
        assert ended.trap.location is not None
        trap = ended.trap.message, ended.trap.location.line
    return ended.status, trap, machine.output, machine.peek(AT, 0x4000).tobytes()


@pytest.mark.parametrize("seed", range(100))
def test_loops(seed: int) -> None:
    rng = random.Random(seed)
    text = Maker(rng).program()
    levels = [build(text, level) for level in LEVELS]
    for _ in range(4):
        args = [rng.choice([*range(-3, 14), *HUGE[: rng.choice([0, 0, 5])]]) for _ in range(3)]
        wanted, *found = (outcome(obj, args) for obj in levels)
        for level, one in enumerate(found, 1):
            assert wanted is None or one in (wanted, None), f"level {level}, {args}\n{text}"
