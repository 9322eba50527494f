"""Random programs, and the comparison of the machine with the model of it after each."""

from __future__ import annotations

import dataclasses
import io
import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.machine_model import PAGE, Ended, MachineModel
from tests.model import ModelTrap, Value, bits, unsigned
from vm.bytecode import ROW, Base, ObjectFile, Place, Relocation, Symbol
from vm.isa import BY_NAME, CODE_BASE, OPS, QUANTUM, REGISTERS, Op
from vm.machine import Machine

_INTEGERS = (0, 1, -1, 2, 3, 5, 7, 10, 11, 12, 13, 63, 64, 65, 255, -(2**63), 2**63 - 1, 2**53 + 1, 0xD800, 0x1F319)
_PLACES = (0xFF9, 0x1000, 0x1001, 0x1FFC, 0x2000, 0x3FF8, 0x100000, 0x7_0000_0000, 2**36 - 8, 2**36 - 7, 2**36 - 1)
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.5, 1e-320, 1e308, -(2.0**63), math.pi, math.inf, -math.inf, math.nan)
PAGES = 2
_SETTINGS: dict[str, Any] = {"seed": 77, "clock": 1_700_000_000_000_000, "args": (-3, 2.5, 2**63 - 1)}
_INPUT = b"first\nsecond line\r\n\n\xff\xfe\nlast"
_LENGTH = 60
_TAKEN = 4
"""Constants that are code addresses, the last ones."""
_CLASSICAL = [op for op in OPS if op.group != QUANTUM]
_RARE = {"QHALT", "QTRAP", "QRET"}
"""What ends most programs would leave little to compare."""


def _constants(rng: random.Random, count: int) -> list[Value]:
    pool: list[Value] = [*rng.choices(_INTEGERS, k=8), *rng.choices(_PLACES, k=6), *rng.choices(FLOATS, k=3)]
    return [*pool, *(CODE_BASE + rng.randrange(count) for _ in range(_TAKEN))]


def _row(rng: random.Random, op: Op, constants: Sequence[Value]) -> tuple[int, ...]:
    """Slots that verify, and that mostly do not trap: addresses are places, with small offsets."""
    numbers = [REGISTERS + i for i, value in enumerate(constants) if isinstance(value, int)]
    registers = range(REGISTERS)

    def slot(index: int, letter: str) -> int:
        if letter == "l":
            return rng.randrange(_LENGTH)
        if letter in "dt":
            return rng.choice(registers)
        if op.memory_slot is not None and index >= op.memory_slot and rng.random() < 0.8:
            return rng.choice(numbers[8:14] if index == op.memory_slot else numbers[:8])
        if op.name == "QSYSCALL":
            return rng.choice(numbers[:8])
        if op.kinds == "integer" and rng.random() < 0.5:
            return rng.choice(numbers)
        return rng.choice(registers) if rng.random() < 0.7 else REGISTERS + rng.randrange(len(constants))

    return (op.code, *(slot(index, letter) for index, letter in enumerate(op.slots)))


def program(seed: int) -> ObjectFile:
    """A verified program of any instructions in any order."""
    rng = random.Random(seed)
    constants = _constants(rng, _LENGTH)
    code = np.zeros((_LENGTH, ROW), np.uint32)
    for index in range(_LENGTH):
        op = rng.choice(_CLASSICAL)
        while op.name in _RARE and rng.random() < 0.7:
            op = rng.choice(_CLASSICAL)
        row = _row(rng, op, constants)
        code[index, : len(row)] = row
        if index and "t" in op.letters:
            # Hardly ever does a register hold a code address by chance.
            address = REGISTERS + rng.randrange(len(constants) - _TAKEN, len(constants))
            code[index - 1] = (BY_NAME["QMOV"][0].code, row[1], address, *[0] * (ROW - 3))
    kinds = np.array([isinstance(value, float) for value in constants], np.uint8)
    words = [bits(value) if isinstance(value, float) else unsigned(value) for value in constants]
    taken = [
        Relocation(Place.CONSTANT, index, Base.CODE, value - CODE_BASE)
        for index, value in enumerate(constants)
        if isinstance(value, int) and 0 <= value - CODE_BASE < _LENGTH
    ]
    # The last taken address is no label's: no jump may go there.
    labels = [Symbol(f"l{number}", Base.CODE, relocation.addend) for number, relocation in enumerate(taken[:-1])]
    return ObjectFile(
        code=code,
        constants=np.array(words, np.uint64),
        constant_kinds=kinds,
        relocations=taken,
        symbols=labels,
        entry=0,
    )


def _pattern(value: Value) -> tuple[str, int]:
    return ("float", bits(value)) if isinstance(value, float) else ("integer", value)


def _memory_of(machine: Machine) -> dict[int, int]:
    """Bytes that are not zero, by address."""
    found: dict[int, int] = {}
    for address, content in machine.memory.copy():
        octets = np.frombuffer(content, np.uint8)
        there = np.flatnonzero(octets)
        found.update(zip((there + address).tolist(), octets[there].tolist(), strict=True))
    return found


def state_of(machine: Machine) -> dict[str, object]:
    return {
        "pc": machine.pc,
        "count": machine.count,
        "registers": [_pattern(machine.get(register)) for register in range(REGISTERS)],
        "stack": [_pattern(value) for value in machine.stack],
        "depth": machine.depth,
        "output": machine.output,
        "records": [(name, _pattern(value)) for name, value in machine.records],
        "memory": _memory_of(machine),
        "touched": machine.touched,
    }


def state_of_model(model: MachineModel) -> dict[str, object]:
    return {
        "pc": model.pc,
        "count": model.count,
        "registers": [_pattern(value) for value in model.registers],
        "stack": [_pattern(value) for value in model.stack],
        "depth": len(model.calls),
        "output": model.output,
        "records": [(name, _pattern(value)) for name, value in model.records],
        "memory": {address: byte for address, byte in model.memory.items() if byte},
        "touched": len(model.touched) * PAGE,
    }


def _run_model(model: MachineModel, limit: int) -> tuple[str, int]:
    """Go on to an end; what it was, and the status."""
    while True:
        if model.count >= limit:
            return "instructions", 79
        try:
            model.step()
        except ModelTrap as trap:
            return str(trap), -1
        except Ended as end:
            return "ended", end.args[0]


def compare(seed: int, limit: int) -> str:
    """Run both, past every trap but the last limit; how it ended."""
    obj = program(seed)
    machine = Machine(obj, memory=PAGES * PAGE, max_instructions=limit, stdin=io.BytesIO(_INPUT), **_SETTINGS)
    model = MachineModel(obj, pages=PAGES, stdin=_INPUT, **_SETTINGS)
    while True:
        outcome = machine.run()
        name, status = _run_model(model, limit)
        found = "ended" if outcome.trap is None else outcome.trap.name
        assert (found, state_of(machine)) == (name, state_of_model(model)), seed
        assert status in (-1, outcome.status)
        if name in ("ended", "instructions") or machine.pc >= _LENGTH:
            return name
        # Past what trapped, to see more of the program.
        model.pc += 1
        machine.restore(dataclasses.replace(machine.snapshot(), pc=model.pc, outcome=None))
