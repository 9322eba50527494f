"""Random programs that are right: every instruction, every form of address, both sections, names in all their uses."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from vm.isa import OPS, Op

INTEGERS = (0, 1, -1, 8, 255, 1 << 31, -(1 << 63), (1 << 63) - 1, (1 << 64) - 1)
FLOATS = ("0.0", "-0.0", "1.5", "-2.5e-300", "5e-324", "1.7976931348623157e308", "0.1")
TEXTS = ('"plain text"', '"é ⚛ \\n\\t\\"q\\"\\\\"', '"\\x00\\xff\\x80abcd"', '""', '"; no comment"')
LOCAL_NAMES = ("loop", "again", "helper", "table")


@dataclass
class Module:
    """One source, and what it gives to others."""

    text: str
    code: list[str] = field(default_factory=list)
    """Labels of code that it exports."""
    values: list[str] = field(default_factory=list)
    """Labels of data and constants that it exports."""


class _Writer:
    def __init__(
        self, rng: random.Random, prefix: str, is_main: bool, code: Sequence[str], values: Sequence[str]
    ) -> None:
        self.rng = rng
        self.prefix = prefix
        self.is_main = is_main
        self.external_code = list(code)
        self.external_values = list(values)
        self.routines = [f"{prefix}_f{number}" for number in range(rng.randint(1, 4))]
        self.routines += [name for name in LOCAL_NAMES[:3] if rng.random() < 0.5]
        self.blocks = [f"{prefix}_d{number}" for number in range(rng.randint(1, 3))]
        self.blocks += ["table"] if rng.random() < 0.5 else []
        rng.shuffle(self.routines)
        self.lines: list[str] = []

    def module(self) -> Module:
        rng = self.rng
        values = [f"{self.prefix}_const", f"{self.prefix}_float", f"{self.prefix}_alias"]
        globals_ = [name for name in (*self.routines, *self.blocks) if name.startswith(self.prefix)]
        self.lines += [f".extern {name}" for name in (*self.external_code, *self.external_values)]
        self.lines += [f".global {', '.join((*globals_, *values))}"]
        self.lines += [f".define {self.prefix}_const {rng.choice(INTEGERS)}"]
        self.lines += [f".define {self.prefix}_float {rng.choice(FLOATS)}"]
        self.lines += [f".define {self.prefix}_alias {self.blocks[0]}+4"]
        if self.is_main and rng.random() < 0.5:
            self.lines.append(f".entry_point {rng.choice(self.routines)}")
        parts = [self.data, self.code]
        rng.shuffle(parts)
        for part in parts:
            part()
        code = [name for name in globals_ if name in self.routines]
        return Module("\n".join(self.lines) + "\n", code, [n for n in (*self.blocks, *values) if n not in LOCAL_NAMES])

    # -- data

    def data(self) -> None:
        rng = self.rng
        self.lines.append(".data")
        for name in self.blocks:
            if rng.random() < 0.3:
                self.lines.append(f".align {rng.choice((1, 2, 8, 64, 4096))}")
            self.lines.append(f"{name}: .qword {rng.choice(INTEGERS)}")
            self.lines += [self.datum() for _ in range(rng.randint(0, 5))]
            if rng.random() < 0.5:
                self.lines += ["@inner:", "    .qword @inner", "    .byte 7"]

    def datum(self) -> str:
        rng = self.rng
        return rng.choice(
            (
                f".qword {rng.choice((*self.blocks, *self.routines))}",
                f".qword {rng.choice(self.blocks)}{rng.randint(-40, 40):+d}",
                f".qword {rng.choice(self.external_code or ['5'])}",
                f".byte {rng.randint(-128, 255)}, {rng.randint(0, 9)}",
                f".word {rng.randint(0, 65535)}",
                f".dword {rng.randint(0, 1 << 31)}",
                f".double {rng.choice(FLOATS)}",
                f".ascii {rng.choice(TEXTS)}",
                f".asciz {rng.choice(TEXTS)}",
                f".space {rng.choice((0, 1, 63, 64, 65, 5000))}",
                f".space {rng.choice((3, 70))}, 0x41",
            )
        )

    # -- code

    def code(self) -> None:
        rng = self.rng
        self.lines.append(".text")
        for name in self.routines:
            has_contract = rng.random() < 0.4
            if rng.random() < 0.3:
                self.lines.append(rng.choice((".query_interface", ".text")))
            if has_contract:
                self.lines += [f".func {name}", rng.choice((".args r0, r1", ".returns r0", ".clobbers r4"))]
            self.lines.append(f"{name}:")
            self.body()
            if has_contract:
                self.lines.append(".endfunc")
        self.lines.append(f"{self.prefix}_end: QRET")

    def body(self) -> None:
        rng = self.rng
        locals_ = [name for name in ("@loop", "@done", "@skip") if rng.random() < 0.5]
        if rng.random() < 0.7:
            self.lines += [self.instruction(locals_) for _ in range(rng.randint(0, 4))]
        for name in locals_:
            self.lines += [f"{name}:", self.instruction(locals_)]

    def instruction(self, locals_: Sequence[str]) -> str:
        op = self.rng.choice(OPS)
        return f"    {op.name} {', '.join(self.operand(op, letter, locals_) for letter in op.letters)}"

    def operand(self, op: Op, letter: str, locals_: Sequence[str]) -> str:
        rng = self.rng
        if letter in "dt":
            return f"r{rng.randrange(16)}"
        if letter == "l":
            return rng.choice((*self.routines, *locals_, *self.external_code, f"{self.prefix}_end"))
        if letter == "m":
            return self.address()
        return rng.choice((f"r{rng.randrange(16)}", self.constant()))

    def constant(self) -> str:
        rng = self.rng
        return rng.choice(
            (
                str(rng.choice(INTEGERS)),
                rng.choice(FLOATS),
                rng.choice((*self.routines, *self.blocks)),
                f"{rng.choice(self.blocks)}{rng.randint(-9, 9):+d}",
                f"{self.prefix}_end-{self.routines[0]}",
                rng.choice(self.external_values or ["1"]),
                rng.choice(self.external_code or ["2"]),
            )
        )

    def address(self) -> str:
        rng = self.rng
        register = f"r{rng.randrange(16)}"
        return rng.choice(
            (
                f"[{register}]",
                register,
                f"[{register}+{register}]",
                f"[{register}-{rng.randint(1, 99)}]",
                f"[{register}+{rng.choice(self.blocks)}]",
                f"[{rng.choice(self.blocks)}+{rng.randint(0, 9)}]",
                "[OUTPUT_BUFFER]",
                f"[{register}+{rng.choice(self.external_values or ['3'])}]",
            )
        )


def modules(seed: int, count: int) -> list[Module]:
    """Sources that use each other's names; the first one is the main source."""
    rng = random.Random(seed)
    made: list[Module] = []
    for number in range(count):
        code = [name for module in made for name in module.code]
        # A float is no address: only what a .qword or an address can hold is used with a distance.
        values = [name for module in made for name in module.values]
        made.append(_Writer(rng, f"m{number}", number == 0, code, values).module())
    return made
