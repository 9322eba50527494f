"""Programs of any control flow on every engine, at every level of optimisation, going over in the middle, and on the
model where it knows their instructions: all that can be seen is the same, to the bit.

``python -m tests.graph_cases SEED`` prints the program of a seed."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from tests.engine_cases import Model, same
from tests.graph_programs import GraphWriter
from tests.programs import build, compiling_here
from tests.random_programs import state_of, state_of_model
from vm.bytecode import ObjectFile
from vm.machine import Machine, Outcome, TrapError
from vm.native import tier

_SETTINGS: Final[dict[str, Any]] = {"seed": 77, "clock": 1_700_000_000_000_000, "memory": 1 << 30}
_LIMIT: Final = 5_000
_SLICE: Final = 40
"""Instructions of the interpreter between two looks at whether there is compiled code, in a run that goes over."""


@contextmanager
def _at_once() -> Iterator[None]:
    """``auto`` compiles at its first look, and goes over at the next."""
    with mock.patch.object(tier, "HOT", 1), mock.patch.object(tier, "_PAUSE", 0.0):
        yield


def _quantum_state(machine: Machine) -> object:
    """What the recorder and the simulator hold, but for addresses."""
    if machine.quantum is None:
        return None
    (qubits, gates, renumbered), _, _, measured = machine.quantum.copy()
    columns = [gates[name].tolist() for name in ("op", "after", "q", "angle")]
    return repr((qubits.tolist(), columns, renumbered, measured))


def _asked(machine: Machine, arguments: tuple[int, ...]) -> list[object]:
    """What the entry points answer, in order, and where the ones that trap do."""
    found: list[object] = []
    for name in sorted(machine.program.entry_points()):
        try:
            found.append((name, repr(machine.call(name, *arguments)), state_of(machine), machine.call_stack()))
        except TrapError as error:
            found.append((name, repr(error.trap), state_of(machine)))
    return found


def _asked_of_model(model: Model, entries: dict[str, int], arguments: tuple[int, ...]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name in sorted(entries):
        model.registers[: len(arguments)] = arguments
        model.pc, model.stack, model.calls = entries[name], [], []
        end, _ = model.run(model.count + _LIMIT)
        found.append((end, state_of_model(model)))
    return found


def _compare_asked(obj: ObjectFile, answers: list[object], wanted: list[tuple[str, object]]) -> None:
    for answer, (end, state) in zip(answers, wanted, strict=True):
        assert isinstance(answer, tuple)
        trapped = len(answer) == 3
        assert trapped == (end != "ended"), (answer, end)
        same("interp", answer[2], state)  # type: ignore[arg-type]


def compare_graph(seed: int) -> str:
    """Run the program of a seed in every way; how it ended. The failure names the seed."""
    try:
        with compiling_here():
            return _compare(seed)
    except AssertionError as error:
        raise AssertionError(f"python -m tests.graph_cases {seed} shows the program\n{error}") from error


def _compare(seed: int) -> str:
    rng = random.Random(seed)
    writer = GraphWriter(rng)
    obj = build(writer.text())
    steps = rng.randrange(1, 80) if rng.random() < 0.25 else 0
    limit = rng.randrange(1, 400) if rng.random() < 0.1 else _LIMIT
    arguments = tuple(rng.randrange(-3, 100) for _ in range(2))
    levels = [0] if seed % 8 else [0, 1, 2]
    runs: list[tuple[str, Machine, Outcome]] = []
    ways = [("interp", 0), *(("native", level) for level in levels)]
    if seed % 8 == 4:
        ways.append(("auto", 0))
    for engine, level in ways:
        machine = Machine(obj, engine=engine, optimize=level, max_instructions=limit, **_SETTINGS)
        if engine == "auto":
            with _at_once():
                runs.append((engine, machine, machine.run(slice=_SLICE)))
            continue
        for _ in range(steps if engine == "native" else 0):
            if machine.step() is not None:
                break
        runs.append((f"{engine} {level}", machine, machine.run()))
    _, first, outcome = runs[0]
    expected, recorded = state_of(first), _quantum_state(first)
    for engine, machine, found in runs[1:]:
        assert repr(found) == repr(outcome), (engine, found, outcome)
        same(engine, state_of(machine), expected)
        assert _quantum_state(machine) == recorded, engine
    end = "ended" if outcome.trap is None else outcome.trap.name
    model = Model(obj)
    if not writer.has_qubits:
        ended, status = model.run(limit)
        assert (end, outcome.status, outcome.count) == (ended, status, model.count), (outcome, ended, model.pc)
        same("model", expected, state_of_model(model))
    answers = _asked(first, arguments) if limit == _LIMIT else []
    for engine, machine, _ in runs[1:] if answers else ():
        for found_one, wanted in zip(_asked(machine, arguments), answers, strict=True):
            assert repr(found_one) == repr(wanted), engine
    if answers and not writer.has_qubits:
        _compare_asked(obj, answers, _asked_of_model(model, first.program.entry_points(), arguments))
    return end


if __name__ == "__main__":
    print(GraphWriter(random.Random(int(sys.argv[1]))).text())
