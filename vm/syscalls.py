"""System calls: written once, used by every engine.

A call reads and writes ``r0`` and ``r1`` through :class:`Registers` and reaches nothing of the host but the
streams and clocks that it is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vm.isa import BY_SYSTEM_CALL, FLOAT, INT, MEMORY_FLOOR, MEMORY_SIZE
from vm.limits import Allowance
from vm.memory import Memory, MemoryCapError
from vm.streams import Lines
from vm.trap import FaultError

_RECORD_COST: Final = 128
_NAME_LIMIT: Final = 4096
_CLOCKS: Final = ("time", "monotonic")
_DIFFERS: Final = (*_CLOCKS, "random", "random_float", "read_line")
"""Calls that can make two runs differ."""
_CHUNK: Final = 1 << 20
_MASK: Final = (1 << 64) - 1


class Registers(Protocol):
    """What a call sees of the machine."""

    def get(self, register: int) -> int | float:
        """A register's value."""

    def kind(self, register: int) -> int:
        """``INT`` or ``FLOAT``."""

    def set(self, register: int, value: int | float) -> None:
        """Write a register; the value's type gives the kind."""


class Output:
    """Standard output: passed on to a sink in pieces, or kept."""

    def __init__(self, sink: Callable[[bytes], object] | None, allowance: Allowance) -> None:
        """``allowance`` is told of every byte that is kept, and refuses too many."""
        self.kept = bytearray()
        self._sink = sink
        self._allowance = allowance

    def reserve(self, length: int) -> None:
        """Count bytes that will be kept against the run's allowance; raises before any is written."""
        if self._sink is None:
            self._allowance.spend(length)

    def write(self, data: bytes) -> None:
        """Add bytes that were reserved."""
        self.kept += data
        if len(self.kept) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Hand what is waiting to the sink, if there is one."""
        if self._sink is not None and self.kept:
            waiting, self.kept = bytes(self.kept), bytearray()
            self._sink(waiting)


class Random:
    """SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014)."""

    def __init__(self, seed: int, word: NDArray[np.int64]) -> None:
        """``word``: shape (1,), where the state lives; engines draw from it too."""
        self._word = word
        self.state = seed

    @property
    def state(self) -> int:
        """The 64 bits that the next number is made from."""
        return int(self._word[0]) & _MASK

    @state.setter
    def state(self, bits: int) -> None:
        self._word[0] = signed(bits)

    def bits(self) -> int:
        """The next 64 bits, unsigned."""
        z = self.state = (self.state + 0x9E37_79B9_7F4A_7C15) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
        return z ^ (z >> 31)

    def uniform(self) -> float:
        """A multiple of 2⁻⁵³ in [0, 1)."""
        return (self.bits() >> 11) * 2.0**-53


def signed(value: int) -> int:
    """A 64-bit pattern as a signed integer."""
    value &= _MASK
    return value - (1 << 64) if value >> 63 else value


class SystemCalls:
    """The calls of one run, with the state they keep."""

    def __init__(
        self,
        memory: Memory,
        *,
        stdin: BinaryIO | None,
        stdout: Callable[[bytes], object] | None,
        random: Random,
        clock: int | None,
        arguments: Sequence[int | float],
        watch: Callable[[], None],
    ) -> None:
        """``clock``: Unix time in µs that calls 3 and 6 are fixed to. ``watch`` raises when the run must stop;
        long calls ask it now and then."""
        self.memory = memory
        self._allowance = Allowance()
        self.output = Output(stdout, self._allowance)
        self.records: list[tuple[str, int | float]] = []
        self.random = random
        self._stdin = Lines(stdin, watch) if stdin is not None else None
        self._clock = clock
        self._arguments = tuple(arguments)
        self._watch = watch
        self.refuse: Callable[[str], None] | None = None
        """For a run that stands for many: told, before a call, of what makes runs differ."""

    def run(self, number: int, registers: Registers) -> None:
        """Execute call ``number``. Raises :class:`FaultError` before any effect."""
        call = BY_SYSTEM_CALL.get(number)
        if call is None:
            raise FaultError("system-call", f"there is no system call {number} (they are 1 to {max(BY_SYSTEM_CALL)})")
        for register, wanted in enumerate(call.takes):
            kind = registers.kind(register)
            if wanted != "any" and kind != (FLOAT if wanted == "float" else INT):
                have, want = ("a float", "an integer") if kind == FLOAT else ("an integer", "a float")
                raise FaultError(
                    "kind", f"system call {number} ({call.name}) takes {want} in r{register}, which is {have}"
                )
        if self.refuse is not None and call.name in _DIFFERS and not (call.name in _CLOCKS and self._clock is not None):
            self.refuse(f"system call {number} ({call.name})")
        execute: Callable[[Registers], None] = getattr(self, f"_{call.name}")
        execute(registers)

    @property
    def has_float_arguments(self) -> bool:
        """Whether an argument is a float."""
        return any(isinstance(argument, float) for argument in self._arguments)

    def restore(self, output: bytes, records: Sequence[tuple[str, int | float]], random: int) -> None:
        """Go back to what a snapshot kept."""
        self.output.kept[:] = output
        self.records[:] = records
        self.random.state = random
        self._allowance.spent = len(output) + sum(len(name.encode()) + _RECORD_COST for name, _ in records)

    def _range(self, address: int, length: int, what: str) -> None:
        if not Memory.is_valid(address, length):
            raise FaultError(
                "address",
                f"{what}: {length} bytes at {address & _MASK:#x} are not inside memory "
                f"({MEMORY_FLOOR:#x} to {MEMORY_SIZE - 1:#x})",
            )

    def _string_end(self, address: int, limit: int = MEMORY_SIZE) -> int:
        self._range(address, 1, "string")
        end = self.memory.find_nul(address, min(address + limit, MEMORY_SIZE))
        if end < 0:
            raise FaultError("address", f"the string at {address:#x} has no NUL at its end")
        return end

    def _send(self, address: int, end: int) -> None:
        self.output.reserve(end - address)
        for start in range(address, end, _CHUNK):
            self._watch()
            self.output.write(self.memory.bytes[start : min(start + _CHUNK, end)].tobytes())

    def _print(self, text: bytes) -> None:
        self.output.reserve(len(text))
        self.output.write(text)

    def _print_int(self, registers: Registers) -> None:
        self._print(b"%d" % registers.get(0))

    def _print_string(self, registers: Registers) -> None:
        address = int(registers.get(0))
        self._send(address, self._string_end(address))

    def _time(self, registers: Registers) -> None:
        registers.set(0, time.time_ns() // 1000 if self._clock is None else signed(self._clock))

    def _print_float(self, registers: Registers) -> None:
        self._print(repr(float(registers.get(0))).encode())

    def _print_char(self, registers: Registers) -> None:
        point = int(registers.get(0))
        is_scalar = 0 <= point < 0xD800 or 0xE000 <= point < 0x110000
        self._print((chr(point) if is_scalar else "\ufffd").encode())

    def _monotonic(self, registers: Registers) -> None:
        registers.set(0, time.monotonic_ns() if self._clock is None else signed(self._clock * 1000))

    def _print_hex(self, registers: Registers) -> None:
        self._print(b"%#x" % (int(registers.get(0)) & _MASK))

    def _random(self, registers: Registers) -> None:
        registers.set(0, signed(self.random.bits()))

    def _random_float(self, registers: Registers) -> None:
        registers.set(0, self.random.uniform())

    def _write(self, registers: Registers) -> None:
        address, length = int(registers.get(0)), int(registers.get(1))
        self._range(address, length, "write")
        self._send(address, address + length)

    def _read_line(self, registers: Registers) -> None:
        """As C's ``fgets``: at most ``r1`` bytes with the NUL, the rest of a long line stays; without the newline."""
        address, room = int(registers.get(0)), int(registers.get(1))
        self._range(address, room, "read")
        try:
            self.memory.touch(address, room)
        except MemoryCapError:
            raise FaultError("memory", "the buffer to read into passes the memory limit") from None
        if room <= 1:
            # No room for a byte of the line: nothing is read, and that is not the end of input.
            self.memory.write(address, bytes(room))
            registers.set(0, 0)
            return
        self.output.flush()
        line = self._stdin.readline(room - 1) if self._stdin is not None else b""
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        self.memory.write(address, text + b"\0")
        registers.set(0, len(text) if line else -1)

    def _argument_count(self, registers: Registers) -> None:
        registers.set(0, len(self._arguments))

    def _argument(self, registers: Registers) -> None:
        index = int(registers.get(0))
        found = 0 <= index < len(self._arguments)
        value = self._arguments[index] if found else 0
        registers.set(0, value)
        registers.set(1, (FLOAT if isinstance(value, float) else INT) if found else -1)

    def _record(self, registers: Registers) -> None:
        address = int(registers.get(0))
        end = self._string_end(address, _NAME_LIMIT)
        self._allowance.spend(end - address + _RECORD_COST)
        name = self.memory.bytes[address:end].tobytes().decode(errors="replace")
        self.records.append((name, registers.get(1)))
