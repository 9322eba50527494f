"""Backends that a package adds by an entry point."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any

import numpy as np
import pytest

from tests.local_device import Local
from tests.programs import finished
from vm.quantum.backends.backend import Backend, Parts, Simulator
from vm.quantum.backends.choose import GROUP, make
from vm.quantum.log import Circuit
from vm.quantum.states.pure import Pure
from vm.quantum.states.state import State

PAIR = "main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT"


class AllOnes(Simulator):
    """Whatever is run, all qubits are 1."""

    def __init__(self, text: str) -> None:
        self.name = f"ones:{text}"

    def states(self, circuit: Circuit, angles: Any, start: Parts, seed: int = 0) -> Sequence[State]:
        vector = np.zeros(1 << circuit.qubits, complex)
        vector[-1] = 1
        return [Pure(vector)] * len(angles)


class Chip(Local):
    def __init__(self, text: str) -> None:
        super().__init__(seed=int(text))


class Strange(Backend):
    """Neither a simulator nor a device."""

    def __init__(self, text: str) -> None:
        self.name = "strange"


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        metadata.EntryPoint(name, f"tests.vm.test_backend:{made}", GROUP)
        for name, made in (("ones", "AllOnes"), ("chip", "Chip"), ("strange", "Strange"))
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: entries if group == GROUP else [])


def test_a_simulator(added: None) -> None:
    machine = finished(PAIR, engine="interp", seed=1, backend="ones:x")
    assert [machine.get(1), machine.get(2)] == [1, 1]
    assert make("ones:x").name == "ones:x"


def test_a_device(added: None) -> None:
    machine = finished(PAIR, engine="interp", seed=1, backend="chip:7")
    assert machine.outcome is not None
    assert machine.outcome.trap is None
    assert machine.get(1) == machine.get(2)


def test_what_is_neither(added: None) -> None:
    with pytest.raises(ValueError, match="the backend 'strange' is neither a simulator nor a device"):
        finished(PAIR, engine="interp", backend="strange")


def test_the_names_are_told(added: None) -> None:
    with pytest.raises(ValueError, match="no backend 'bear': there are aer, ionq, mock, none, ones, chip, strange"):
        make("bear")
