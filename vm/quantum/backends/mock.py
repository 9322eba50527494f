"""A backend whose answers a file fixes: for tests of programs, without any simulator.

The file is JSON, an object with what is wanted of::

    {"measure": [0, 1, 0.5],        what QMEAS reads, in order: a bit, or the probability of a 1
     "sample": [{"00": 6, "11": 4}], what QSAMPLE finds, in order: weights of values; the first qubit is the last letter
     "look": [0.25],                 what QEXPECT, QPROB, QPURITY, QENTROPY, QCONC and QFIDW see, in order
     "repeat": true}                 begin again where a list is at its end; else that is a fault
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from vm.files import read_regular
from vm.quantum.backends.backend import Backend, Listed
from vm.quantum.chance import Chance
from vm.quantum.executor import Counts, Executor
from vm.quantum.log import Log
from vm.trap import FaultError

_LARGEST: Final = 16 << 20
"""Bytes of a file."""
_NAMES: Final = ("measure", "sample", "look")


@dataclass(frozen=True)
class _Script:
    measure: tuple[float, ...]
    sample: tuple[dict[int, float], ...]
    look: tuple[float, ...]
    repeat: bool


class Mock(Backend):
    """``mock:FILE``."""

    def __init__(self, file: str) -> None:
        """Raises :class:`ValueError` with a line that says what is wrong with the file."""
        if not file:
            raise ValueError("'mock' wants a file with its answers: --backend mock:FILE")
        self.name = f"mock:{file}"
        self.script: Final = _read(Path(file))

    def state(self) -> list[Listed]:
        """It is there."""
        return [Listed(self.name, None, "answers from its file")]


class Scripted(Executor):
    """Qubits whose outcomes are known beforehand."""

    def __init__(self, log: Log, chance: Chance, backend: Mock) -> None:
        self._log = log
        self._chance = chance
        self._name = backend.name
        self._script = backend.script
        self._used = dict.fromkeys(_NAMES, 0)
        """Answers that were given of each list."""

    def copy(self) -> Any:
        """How many answers were given."""
        return dict(self._used)

    def restore(self, copied: Any) -> None:
        """Put back what :meth:`copy` gave."""
        self._used = dict(copied)

    def _next(self, name: str, answers: tuple[Any, ...]) -> Any:
        used = self._used[name]
        if used >= len(answers) and not (self._script.repeat and answers):
            count = f"{len(answers):,} answer{'s' * (len(answers) != 1)}"
            raise FaultError("backend", f"{self._name} has {count} under '{name}', and one more is asked for")
        self._used[name] += 1
        return answers[used % len(answers)]

    def measure(self, handle: int) -> int:
        """The next outcome."""
        # Gates are never run, so they need not wait.
        self._log.forget(self._log.root(handle))
        used = self._used["measure"]
        one = self._next("measure", self._script.measure)
        # Where the outcome is drawn, a run may fork: the other side asks for this answer again.
        self._used["measure"] = used
        outcome = self._chance.outcome(one)
        self._used["measure"] = used + 1
        return outcome

    def reset(self, handle: int) -> None:
        """Nothing is known of it before or after."""

    def free(self, handles: list[int]) -> None:
        """Mark them; what they met stays."""
        self._log.qubits["live"][handles] = 0

    def sample(self, handles: list[int], shots: int) -> Counts:
        """The next counts, so many in all: what is over goes to the largest remainders."""
        weights = self._next("sample", self._script.sample)
        values = sorted(weights)
        if values[-1] >> len(handles):
            raise FaultError("backend", f"{self._name}: a sample of {len(handles)} qubits cannot be {values[-1]:b}")
        exact = np.array([weights[value] for value in values]) * (shots / sum(weights.values()))
        counts = np.floor(exact).astype(np.int64)
        for place in np.argsort(counts - exact, kind="stable")[: shots - counts.sum()]:
            counts[place] += 1
        there = counts > 0
        return np.array(values, np.uint64)[there], counts[there]

    def empty(self, handles: list[int]) -> None:
        """Nothing is known of them before or after."""

    def expectation(self, handles: list[int], letters: str) -> float:
        """The next look."""
        return float(self._next("look", self._script.look))

    def look(self, name: str, handles: list[int]) -> float:
        """The next look."""
        return float(self._next("look", self._script.look))


def _read(path: Path) -> _Script:
    name = f"'{path.name}'"
    try:
        content = read_regular(path, _LARGEST)
    except OSError as error:
        raise ValueError(f"mock: '{path}' cannot be read: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise ValueError(f"mock: {name} is larger than {_LARGEST >> 20} MiB")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"mock: {name} is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise ValueError(f"mock: {name} holds no object")
    unknown = sorted(set(data) - {*_NAMES, "repeat"})
    if unknown:
        raise ValueError(f"mock: {name}: no '{unknown[0]}': there are {', '.join(_NAMES)} and repeat")
    if not isinstance(data.get("repeat", False), bool):
        raise ValueError(f"mock: {name}: 'repeat' is true or false")
    for key in _NAMES:
        if not isinstance(data.get(key, []), list):
            raise ValueError(f"mock: {name}: '{key}' is a list of answers")
    return _Script(
        tuple(_number(one, f"{name}: measure", 0, 1) for one in data.get("measure", [])),
        tuple(_weights(one, f"{name}: sample") for one in data.get("sample", [])),
        tuple(_number(one, f"{name}: look", -math.inf, math.inf) for one in data.get("look", [])),
        data.get("repeat", False),
    )


def _number(value: Any, where: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        limits = "" if math.isinf(high) else f" from {low:g} to {high:g}"
        raise ValueError(f"mock: {where}: {str(value)[:40]} is no number{limits}")
    return float(value)


def _weights(value: Any, where: str) -> dict[int, float]:
    if not isinstance(value, dict) or not value:
        raise ValueError(f'mock: {where}: {str(value)[:40]} is no object of counts, as {{"00": 60, "11": 40}}')
    found = {}
    for bits, weight in value.items():
        if not bits or set(bits) - {"0", "1"} or len(bits) > 64:
            raise ValueError(f"mock: {where}: '{bits[:70]}' is no value of up to 64 bits")
        found[int(bits, 2)] = _number(weight, where, 0, 1e15)
    if not sum(found.values()):
        raise ValueError(f"mock: {where}: all its counts are 0")
    return found
