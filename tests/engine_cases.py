"""Random programs on the model and on every engine: registers, kinds, stacks, memory, output, records, traps and counts
are the same, to the bit.

``python -m tests.engine_cases SEED [SIZE]`` prints the program of a seed."""

from __future__ import annotations

import hashlib
import io
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.machine_model import PAGE, Ended, MachineModel
from tests.model import ModelTrap
from tests.programs import build, compiling_here
from tests.random_programs import state_of, state_of_model
from tests.structured_programs import Writer
from vm.bytecode import ObjectFile
from vm.isa import CALL_DEPTH, DATA_BASE, STACK_DEPTH, Op
from vm.machine import ENGINES, Machine, Outcome
from vm.trap import STATUS

ENGINES_TO_TEST: Final = [engine for engine in ("interp", "native") if engine in ENGINES]
_SETTINGS: Final[dict[str, Any]] = {"seed": 77, "clock": 1_700_000_000_000_000}
_ARGUMENTS: Final[tuple[tuple[int | float, ...], ...]] = ((-3, 2.5, 2**63 - 1), (-3, 7, 2**63 - 1))
"""With a float, and with integers only: the native engine tells them apart."""
_INPUT: Final = b"first\nsecond line\r\n\n\xff\xfe\nlast"
_MEMORY: Final = 1 << 30
_DEEP: Final = 40_000_000
"""Instructions in which the deepest program has filled a stack."""

_LEVELS = (0, 0, 1, 0, 0, 0, 2, 0, 0, 0)
"""Of optimisation, by seed: compiling is what takes time."""


class Model(MachineModel):
    """The model, with the limits of the stacks, and what it executed."""

    def __init__(self, obj: ObjectFile, args: Sequence[int | float] = ()) -> None:
        super().__init__(obj, pages=_MEMORY // PAGE, stdin=_INPUT, args=args, **_SETTINGS)
        self.seen: set[int] = set()
        """Instructions that were executed, by index."""
        for offset, content in obj.data:
            self.write(DATA_BASE + offset, content)

    def touch(self, address: int, length: int) -> None:
        # No byte touches no page.
        if length:
            super().touch(address, length)

    def execute(self, op: Op, slots: list[int]) -> int:
        self.seen.add(self.pc)
        is_full = {"QPUSH": len(self.stack) >= STACK_DEPTH, "QCALL": len(self.calls) >= CALL_DEPTH}
        if op.name in is_full:
            if op.letters == ("t",):
                self.goes_to(op, slots[0])
            if is_full[op.name]:
                raise ModelTrap("overflow")
        return super().execute(op, slots)

    def run(self, limit: int) -> tuple[str, int]:
        """Go on to an end: its name (a trap's, or ``ended``), and the status."""
        try:
            while self.count < limit:
                self.step()
        except ModelTrap as trap:
            return str(trap), STATUS[str(trap)]
        except Ended as end:
            return "ended", end.args[0]
        return "instructions", STATUS["instructions"]

    def call_stack(self) -> list[int]:
        """Indices of the calls that have not returned, as a trap shows them."""
        calls = [index - 1 for index in reversed(self.calls)]
        return calls if len(calls) <= 32 else calls[:16] + calls[-16:]


@dataclass(frozen=True)
class Result:
    """How a program ended."""

    end: str
    """``ended``, or the trap's name."""
    count: int
    """Instructions executed."""
    ops: frozenset[int]
    """Numbers of the instructions that were executed."""


@dataclass(frozen=True)
class Case:
    """A program, and how it is run."""

    text: str
    limit: int
    steps: int = 0
    """Single steps before it runs."""
    optimize: int = 0
    """Level of the native engine."""
    args: tuple[int | float, ...] = _ARGUMENTS[0]

    @property
    def is_deep(self) -> bool:
        """Too long for the model."""
        return self.limit > 1_000_000


def case(seed: int, limit: int | None = None, size: int = 2) -> Case:
    """The case of a seed."""
    rng = random.Random(seed)
    writer = Writer(rng, size)
    text = writer.text()
    small = rng.random() < 0.2
    drawn = rng.randrange(1, 2000) if small else rng.randrange(5_000, 25_000)
    if writer.shape.finish == "deep" and not small:
        drawn = _DEEP
    steps = rng.randrange(60) if rng.random() < 0.2 else 0
    if rng.random() < 0.1:
        # Into the middle of it, where loops and calls are open.
        steps = rng.randrange(60, 1500)
    return Case(
        text, drawn if limit is None else limit, steps, _LEVELS[seed % len(_LEVELS)], _ARGUMENTS[seed // 10 % 2]
    )


def _machine(obj: ObjectFile, engine: str, tried: Case) -> Machine:
    return Machine(
        obj,
        engine=engine,
        optimize=tried.optimize,
        memory=_MEMORY,
        max_instructions=tried.limit,
        stdin=io.BytesIO(_INPUT),
        args=tried.args,
        **_SETTINGS,
    )


def _run(obj: ObjectFile, engine: str, tried: Case) -> tuple[Machine, Outcome]:
    machine = _machine(obj, engine, tried)
    for _ in range(tried.steps):
        if machine.step() is not None:
            break
    return machine, machine.run()


def _deep_state(machine: Machine) -> dict[str, object]:
    """As :func:`state_of`, without a Python list of millions of values."""
    snapshot = machine.snapshot()
    return {
        "pc": snapshot.pc,
        "count": snapshot.count,
        "registers": snapshot.cells.tobytes(),
        "stack": hashlib.sha256(snapshot.stack.tobytes()).digest(),
        "calls": hashlib.sha256(snapshot.calls.tobytes()).digest(),
        "depth": machine.depth,
        "memory": snapshot.memory,
        "touched": machine.touched,
    }


def same(engine: str, found: Mapping[str, object], expected: Mapping[str, object]) -> None:
    """Fail with what differs, and nothing else."""
    lines: list[str] = []
    for name, wanted in expected.items():
        there = found[name]
        if there == wanted:
            continue
        if isinstance(there, list) and isinstance(wanted, list) and len(there) == len(wanted):
            there, wanted = (
                {i: x for i, x in enumerate(a) if x != b[i]} for a, b in ((there, wanted), (wanted, there))
            )
        if isinstance(there, dict) and isinstance(wanted, dict):
            there, wanted = dict(there.items() - wanted.items()), dict(wanted.items() - there.items())
        lines.append(f"{name}: {engine} {there!r:.2000}; expected {wanted!r:.2000}")
    assert not lines, "\n".join(lines)


def compare_case(tried: Case, engines: Sequence[str] = tuple(ENGINES_TO_TEST)) -> Result:
    """Run on the model and on every engine: all that can be seen of them is equal, to the bit."""
    obj = build(tried.text)
    with compiling_here():
        runs = [_run(obj, engine, tried) for engine in engines]
    # As text: a NaN among a trap's operands is not equal to itself.
    shown = [repr(outcome) for _, outcome in runs]
    assert len(set(shown)) <= 1, shown
    if tried.is_deep:
        states = [_deep_state(machine) for machine, _ in runs]
        for engine, state in zip(engines, states, strict=True):
            same(engine, state, states[0])
        outcome = runs[0][1]
        return Result(outcome.trap.name if outcome.trap else "ended", outcome.count, frozenset())
    model = Model(obj, tried.args)
    name, status = model.run(tried.limit)
    expected = state_of_model(model)
    for engine, (machine, outcome) in zip(engines, runs, strict=True):
        found = "ended" if outcome.trap is None else outcome.trap.name
        assert (found, outcome.status, outcome.count) == (name, status, model.count), (engine, outcome, name, model.pc)
        same(engine, state_of(machine), expected)
        calls = [location.pc for location in machine.call_stack()]
        same(engine, {"call stack": calls}, {"call stack": model.call_stack()})
        if outcome.trap is not None and outcome.trap.location is not None:
            same(engine, {"location": outcome.trap.location.pc}, {"location": model.pc})
    return Result(name, model.count, frozenset(model.code[index][0].code for index in model.seen))


def compare(
    seed: int, limit: int | None = None, engines: Sequence[str] = tuple(ENGINES_TO_TEST), size: int = 2
) -> Result:
    """:func:`compare_case` of a seed; ``limit``: instructions, else the seed says. The failure names the seed."""
    try:
        return compare_case(case(seed, limit, size), engines)
    except AssertionError as error:
        raise AssertionError(f"python -m tests.engine_cases {seed} {size} shows the program\n{error}") from error


if __name__ == "__main__":
    print(case(int(sys.argv[1]), size=int(sys.argv[2]) if len(sys.argv) > 2 else 2).text)
