"""Calls functions of the library's modules in σ, on both engines and at two levels of optimisation."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

from docs import gen_std
from qbcc.library import stdlib_dir
from tests.sigma.support import build
from vm.machine import Machine, TrapError

SCRATCH = 0x800_0000
"""Memory for arrays."""


def wrapper(name: str, module: str, params: str, result: str) -> str:
    """A function that the host may call, which calls one of a module."""
    names = ", ".join(part.split(":")[0].strip() for part in params.split(", ") if part)
    gives = f" -> {result}" if result else ""
    back = "return " if result else ""
    return f"export fn {name}({params}){gives} {{ {back}{module}.{name}({names}); }}\n"


def wrappers(module: str) -> str:
    """All functions of a module that take and give what registers hold."""
    found = []
    for entry in gen_std.entries(stdlib_dir() / "std" / f"{module}.sigma"):
        head, _, rest = entry.signature.removeprefix("fn ").partition("(")
        params, _, result = rest.rpartition(")") if "->" not in rest else rest.partition(") -> ")
        words = sum(2 if "[" in part else 1 for part in params.split(", "))
        plain = {"int", "float", "bool", "[int]", "[float]"}
        types = {part.split(": ")[-1] for part in params.split(", ") if part}
        types |= {part.strip("() ") for part in result.split(",") if part}
        if entry.signature.startswith("fn ") and entry.is_public and words <= 4 and types <= plain:
            found.append(wrapper(head, module, params, result.strip()))
    return "".join(found)


class Std:
    """Machines with a program that has the functions to call."""

    def __init__(self, text: str, **settings: Any) -> None:
        settings = {"seed": 1, "max_instructions": 50_000_000, **settings}
        fast, plain = build(text, 2), build(text, 0)
        self.machines = [
            Machine(built, engine=engine, optimize=1, **settings)
            for engine, built in (("interp", fast), ("native", fast), ("interp", plain))
        ]
        for machine in self.machines:
            assert machine.run().status == 0

    def call(self, name: str, *args: int | float, results: int = 1) -> Any:
        """What a call gives: one value, or a tuple of several. All machines must agree, in traps too."""
        found: list[tuple[int | float, ...]] = []
        traps: list[TrapError] = []
        for machine in self.machines:
            for register in range(4, 16):
                machine.set(register, register * 1.5 if register % 2 else register)
            try:
                machine.call(name, *args)
            except TrapError as trap:
                traps.append(trap)
                continue
            found.append(tuple(machine.get(register) for register in range(results)))
            kept = [machine.get(register) for register in range(4, 16)]
            assert kept == [register * 1.5 if register % 2 else register for register in range(4, 16)], name
            assert machine.stack == []
        if traps:
            assert not found
            assert len({trap.trap.message for trap in traps}) == 1
            raise traps[0]
        # As text: a NaN is not equal to itself, and -0.0 is to 0.0.
        assert len(set(map(repr, found))) == 1, found
        return found[0] if results != 1 else found[0][0]

    def do(self, name: str, *args: int | float) -> None:
        """Call what gives nothing."""
        self.call(name, *args, results=0)

    def message(self, name: str, *args: int | float) -> str:
        """The message of the trap that a call ends with."""
        try:
            found = self.call(name, *args)
        except TrapError as trap:
            return trap.trap.message
        raise AssertionError(f"{name} gives {found}")

    def array(self, values: Sequence[int | float], address: int = SCRATCH) -> tuple[int, int]:
        """An array in memory: its address and its length, as they are handed over."""
        content = b"".join(struct.pack("<d" if isinstance(value, float) else "<q", value) for value in values)
        for machine in self.machines:
            machine.view(address, len(content))[:] = memoryview(content)
        return address, len(values)

    def ints(self, count: int, address: int = SCRATCH) -> list[int]:
        """So many ints of memory."""
        return self._words(count, address, "q")

    def floats(self, count: int, address: int = SCRATCH) -> list[float]:
        """So many floats of memory."""
        return self._words(count, address, "d")

    def _words(self, count: int, address: int, letter: str) -> list[Any]:
        first, *others = (machine.peek(address, 8 * count).tobytes() for machine in self.machines)
        assert all(other == first for other in others)
        return list(struct.unpack(f"<{count}{letter}", first))


@cache
def std(module: str, extra: str = "", **settings: Any) -> Std:
    """One program a module for the tests of a process."""
    return Std(f"import std.{module};\n{wrappers(module)}{extra}\nfn main() {{}}\n", **settings)
