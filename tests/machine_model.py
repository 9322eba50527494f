"""A plain model of the whole machine, an instruction at a time: dictionaries, lists and Python's own numbers.

Written from the reference. Of ours it takes the instruction table and the program image, nothing of an engine."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence

from tests import model
from tests.model import MASK, ModelTrap, Value
from vm.bytecode import Base, ObjectFile, Place
from vm.isa import BY_CODE, CODE_BASE, REGISTERS, Op

PAGE = 4096
KEPT = 1 << 28
"""Bytes that a run may print and record."""


class Ended(Exception):
    """The program ended by itself; the argument is its status."""


class MachineModel:
    """One program and its state. Memory is a byte for each address that was written."""

    def __init__(
        self,
        obj: ObjectFile,
        *,
        pages: int,
        seed: int = 0,
        clock: int = 0,
        args: Sequence[Value] = (),
        stdin: bytes = b"",
    ) -> None:
        """``pages``: how many may be touched."""
        self.code = [(BY_CODE[int(row[0])], [int(slot) for slot in row[1:]]) for row in obj.code]
        self.constants = [
            struct.unpack("<d" if kind else "<q", int(bits).to_bytes(8, "little"))[0]
            for bits, kind in zip(obj.constants, obj.constant_kinds, strict=True)
        ]
        taken = {r.addend for r in obj.relocations if r.base is Base.CODE and r.place is not Place.TARGET}
        self.targets = taken & {symbol.value for symbol in obj.symbols if symbol.base is Base.CODE}
        self.registers: list[Value] = [0] * REGISTERS
        self.stack: list[Value] = []
        self.calls: list[int] = []
        self.memory: dict[int, int] = {}
        self.touched: set[int] = set()
        self.pages = pages
        self.pc = max(obj.entry, 0)
        self.count = 0
        self.output = b""
        self.records: list[tuple[str, Value]] = []
        self.random = seed & MASK
        self.clock = clock
        self.args = tuple(args)
        self.stdin = io.BytesIO(stdin)

    # -- operands

    def value(self, slot: int) -> Value:
        return self.registers[slot] if slot < REGISTERS else self.constants[slot - REGISTERS]

    def read(self, address: int, length: int) -> bytes:
        return bytes(self.memory.get(address + i, 0) for i in range(length))

    def write(self, address: int, content: bytes) -> None:
        self.touch(address, len(content))
        self.memory.update(enumerate(content, address))

    def touch(self, address: int, length: int) -> None:
        if not length:
            return
        pages = set(range(address // PAGE, -(-(address + length) // PAGE)))
        if len(pages | self.touched) > self.pages:
            raise ModelTrap("memory")
        self.touched |= pages

    def text(self, address: int) -> bytes:
        self.check(address, 1)
        end = address
        while self.memory.get(end, 0):
            end += 1
        return self.read(address, end - address)

    def check(self, address: int, length: int) -> None:
        if length < 0 or not 0x1000 <= address <= (1 << 36) - length:
            raise ModelTrap("address")

    # -- one instruction

    def step(self) -> None:
        """Raises :class:`ModelTrap` where the instruction traps, and :class:`Ended`."""
        if self.pc >= len(self.code):
            raise ModelTrap("jump")
        op, slots = self.code[self.pc]
        self.count += 1
        self.pc = self.execute(op, slots)

    def execute(self, op: Op, slots: list[int]) -> int:
        """The index of the next instruction; nothing is changed before a trap."""
        after = self.pc + 1
        special = getattr(self, op.name.lower(), None)
        if special is not None:
            went: int | None = special(op, slots)
            return after if went is None else went
        if op.name in model.LOADS:
            width, extend = model.LOADS[op.name]
            content = self.read(model.address_of(self.value(slots[1]), self.value(slots[2]), width), width)
            self.registers[slots[0]] = model.signed(int.from_bytes(content, "little", signed=extend))
        elif op.name in model.STORES:
            self.store(slots, model.STORES[op.name])
        elif "l" in op.letters:
            return slots[2] if model.CONDITIONS[op.name[2:]](self.value(slots[0]), self.value(slots[1])) else after
        else:
            self.registers[slots[0]] = model.RESULTS[op.name](*(self.value(slots[i]) for i in op.reads))
        return after

    def store(self, slots: list[int], width: int) -> None:
        value = self.value(slots[0])
        if width < 8:
            model.integers(value)
        pattern = model.bits(value) if isinstance(value, float) else model.unsigned(value)
        address = model.address_of(self.value(slots[1]), self.value(slots[2]), width)
        self.write(address, pattern.to_bytes(8, "little")[:width])

    def qloadf(self, _: Op, slots: list[int]) -> None:
        address = model.address_of(self.value(slots[1]), self.value(slots[2]), 8)
        (self.registers[slots[0]],) = struct.unpack("<d", self.read(address, 8))

    def qpush(self, _: Op, slots: list[int]) -> None:
        self.stack.append(self.value(slots[0]))

    def qpop(self, _: Op, slots: list[int]) -> None:
        if not self.stack:
            raise ModelTrap("underflow")
        self.registers[slots[0]] = self.stack.pop()

    def goes_to(self, op: Op, slot: int) -> int:
        if op.letters == ("l",):
            return slot
        value = self.value(slot)
        model.integers(value)
        if (index := int(value) - CODE_BASE) not in self.targets or index >= len(self.code):
            raise ModelTrap("jump")
        return index

    def qjmp(self, op: Op, slots: list[int]) -> int:
        return self.goes_to(op, slots[0])

    def qcall(self, op: Op, slots: list[int]) -> int:
        target = self.goes_to(op, slots[0])
        self.calls.append(self.pc + 1)
        return target

    def qret(self, _: Op, slots: list[int]) -> int:
        if not self.calls:
            self.pc += 1
            raise Ended(0)
        return self.calls.pop()

    def qhalt(self, _: Op, slots: list[int]) -> None:
        value = self.value(slots[0])
        model.integers(value)
        self.pc += 1
        raise Ended(int(value) & 255)

    def qnop(self, _: Op, slots: list[int]) -> None:
        pass

    qbrk = qnop

    def qtrap(self, _: Op, slots: list[int]) -> None:
        raise ModelTrap("trap")

    def qassert(self, _: Op, slots: list[int]) -> None:
        if not model.CONDITIONS["EQ"](self.value(slots[0]), self.value(slots[1])):
            raise ModelTrap("assert")

    # -- system calls

    def qsyscall(self, _: Op, slots: list[int]) -> None:
        number = self.value(slots[0])
        model.integers(number)
        call = CALLS.get(int(number))
        if call is None:
            raise ModelTrap("system-call")
        takes, effect = call
        for value, kind in zip(self.registers, takes, strict=False):
            if kind is not None and not isinstance(value, kind):
                raise ModelTrap("kind")
        effect(self)

    def spend(self, length: int) -> None:
        if length + len(self.output) + sum(len(name.encode()) + 128 for name, _ in self.records) > KEPT:
            raise ModelTrap("memory")

    def show(self, text: bytes) -> None:
        self.spend(len(text))
        self.output += text

    def draw(self) -> int:
        """SplitMix64."""
        self.random = (self.random + 0x9E3779B97F4A7C15) & MASK
        z = self.random
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    @property
    def r0(self) -> Value:
        return self.registers[0]

    @r0.setter
    def r0(self, value: Value) -> None:
        self.registers[0] = value

    def print_character(self) -> None:
        point = int(self.r0)
        try:
            self.show(chr(point).encode())
        except (ValueError, OverflowError):
            self.show("\N{REPLACEMENT CHARACTER}".encode())

    def print_bytes(self) -> None:
        address, length = int(self.r0), int(self.registers[1])
        self.check(address, length)
        self.spend(length)
        self.output += self.read(address, length)

    def read_line(self) -> None:
        address, room = int(self.r0), int(self.registers[1])
        self.check(address, room)
        self.touch(address, room)
        if room <= 1:
            self.write(address, bytes(room))
            self.r0 = 0
            return
        line = self.stdin.readline(room - 1)
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        self.write(address, text + b"\0")
        self.r0 = len(text) if line else -1

    def argument(self) -> None:
        index = int(self.r0)
        there = 0 <= index < len(self.args)
        self.registers[:2] = (self.args[index], int(isinstance(self.args[index], float))) if there else (0, -1)

    def record(self) -> None:
        name = self.text(int(self.r0))
        self.spend(len(name) + 128)
        self.records.append((name.decode(errors="replace"), self.registers[1]))

    def give(self, value: Value) -> None:
        self.r0 = value


CALLS: dict[int, tuple[tuple[type | None, ...], Callable[[MachineModel], None]]] = {
    1: ((int,), lambda m: m.show(str(m.r0).encode())),
    2: ((int,), lambda m: m.show(m.text(int(m.r0)))),
    3: ((), lambda m: m.give(m.clock)),
    4: ((float,), lambda m: m.show(repr(m.r0).encode())),
    5: ((int,), MachineModel.print_character),
    6: ((), lambda m: m.give(m.clock * 1000)),
    7: ((int,), lambda m: m.show(hex(int(m.r0) & MASK).encode())),
    8: ((), lambda m: m.give(model.signed(m.draw()))),
    9: ((), lambda m: m.give((m.draw() >> 11) / 2**53)),
    10: ((int, int), MachineModel.print_bytes),
    11: ((int, int), MachineModel.read_line),
    12: ((), lambda m: m.give(len(m.args))),
    13: ((int,), MachineModel.argument),
    14: ((int, None), MachineModel.record),
}
"""By number: the kinds that r0, r1 must have (None: either), and what the call does."""
