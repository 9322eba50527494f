"""Calls routines of the standard library as a program would, and checks that they keep what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from qbcc.library import stdlib_dir
from tests.programs import build
from vm.machine import Machine, TrapError

SCRATCH = 0x800_0000
"""Memory for arguments."""
SENTINELS: list[int | float] = [(-1) ** k * (k + 0.5) if k % 2 else k * 0x1111_1111_1111 for k in range(16)]
"""What the registers hold before a call: integers and floats in turn."""
MASK = (1 << 64) - 1
INT64 = st.integers(-(2**63), 2**63 - 1)
quick = settings(max_examples=60, deadline=None, database=None)

_ROUTINE = re.compile(r"^; (qbc_\w+): (.*\n(?:;.*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Routine:
    """A documented routine."""

    name: str
    comment: str

    @property
    def is_public(self) -> bool:
        return "for the library's own use" not in " ".join(self.comment.split("\n; ")).replace("  ", " ")

    @property
    def changes(self) -> set[int]:
        """Registers that it may change."""
        line = re.search(r"changes  (.*)", self.comment)
        text = line.group(1) if line else ""
        found = {int(n) for n in re.findall(r"\br(\d+)", text)}
        for low, high in re.findall(r"r(\d+) to r(\d+)", text):
            found.update(range(int(low), int(high) + 1))
        return found


def library_files() -> list[Path]:
    """The library, without the programs in it."""
    return sorted(stdlib_dir().glob("qbc_*.qbc"))


@cache
def routines(file: str) -> dict[str, Routine]:
    """Routines that a library file documents, by name."""
    text = (stdlib_dir() / file).read_text("utf-8")
    return {name: Routine(name, comment) for name, comment in _ROUTINE.findall(text)}


class Library:
    """A machine with one library file, whose routines can be called."""

    def __init__(self, file: str, extra: str = "", **settings: Any) -> None:
        self.routines = {name: routine for name, routine in routines(file).items() if routine.is_public}
        calls = "\n".join(f"call_{name}: QCALL {name}\nQRET" for name in self.routines)
        text = f'.include "{file}"\n.text\nmain: QHALT\n{extra}\n.query_interface\n{calls}\n'
        obj = build(text)
        settings = {"seed": 1, "clock": 1_700_000_000_000_000, **settings}
        self.machine, self.twin = (
            Machine(obj, engine=engine, optimize=1, max_instructions=20_000_000, **settings)
            for engine in ("interp", "native")
        )
        self.machine.run()
        self.twin.run()

    def call(self, name: str, *args: int | float) -> int | float:
        """r0 of a call. Registers that the comment does not name must come back as they were, the value stack empty."""
        machine = self.machine
        before = [*map(_wrapped, args), *SENTINELS[len(args) :]]
        for one in (machine, self.twin):
            for register, value in enumerate(before):
                one.set(register, value)
        result = self._both(f"call_{name}", *args)
        changed = self.routines[name].changes
        assert changed <= {0, 1, 2, 3}
        for register, value in enumerate(before):
            kept = machine.get(register)
            if register not in changed:
                assert (kept, type(kept)) == (value, type(value)), f"{name} changes r{register}"
        assert machine.stack == []
        return result

    def _both(self, entry: str, *args: int | float) -> int | float:
        """Call on both engines; they must agree in everything."""
        results: list[int | float] = []
        traps: list[TrapError] = []
        for one in (self.machine, self.twin):
            try:
                results.append(one.call(entry, *args))
            except TrapError as trap:
                traps.append(trap)
        assert len(traps) in (0, 2), traps
        if traps:
            assert str(traps[0].trap) == str(traps[1].trap)
            raise traps[0]
        assert self.machine.count == self.twin.count
        # As text: a NaN is not equal to itself, and -0.0 is to 0.0.
        assert repr(results[0]) == repr(results[1])
        states = [[repr(one.get(register)) for register in range(16)] for one in (self.machine, self.twin)]
        assert states[0] == states[1]
        assert self.machine.output == self.twin.output
        return results[0]

    def pair(self, name: str, *args: int | float) -> complex:
        """r0 and r1 of a call as a complex number."""
        real = self.call(name, *args)
        return complex(real, self.machine.get(1))

    def put(self, content: bytes, address: int = SCRATCH) -> int:
        """Bytes in memory; their address."""
        for one in (self.machine, self.twin):
            one.view(address, len(content))[:] = memoryview(content)
        return address

    def text(self, content: bytes, address: int = SCRATCH) -> int:
        """A NUL-terminated string in memory; its address."""
        return self.put(content + b"\0", address)

    def bytes_at(self, address: int, length: int) -> bytes:
        found, same = (one.peek(address, length).tobytes() for one in (self.machine, self.twin))
        assert found == same
        return found

    def string_at(self, address: int) -> bytes:
        return self.bytes_at(address, 100_000).split(b"\0", 1)[0]

    def words(self, values: Iterable[int], address: int = SCRATCH) -> int:
        return self.put(b"".join(value.to_bytes(8, "little", signed=value < 0) for value in values), address)


def _wrapped(value: int | float) -> int | float:
    return value if isinstance(value, float) else (value + 2**63) % 2**64 - 2**63


@cache
def lib(file: str, extra: str = "") -> Library:
    """One machine a file for the tests of a process: for routines that keep nothing that another test could see."""
    return Library(file, extra)
