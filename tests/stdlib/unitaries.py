"""The matrices that gates in σ have, whole, the global phase included."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.sigma.support import finished
from tests.vm.test_quantum import state
from vm.machine import Machine

Matrix = NDArray[np.complex128]


def vector(machine: Machine, count: int) -> Matrix:
    """The state of the first so many qubits of a run, which may be several groups; the first qubit is the lowest bit."""
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    whole = np.ones(1, dtype=complex)
    order: list[int] = []
    for handle in range(1, count + 1):
        if handle not in order:
            members, found = state(machine, handle)
            order += members
            whole = np.kron(found, whole)
    places = [order.index(handle) for handle in range(count, 0, -1)]
    axes = [count - 1 - place for place in places]
    return whole.reshape((2,) * count).transpose(axes).reshape(-1)


def prepared(module: str, body: str, count: int, level: int = 2) -> Matrix:
    """The state of ``count`` qubits ``q`` behind a body that begins with |0…0⟩."""
    looks = " ".join(f"probability(q[{n}]) +" for n in range(count))
    text = f"{imports(module, body)}fn main() {{ let q = qubits({count}); {body} let seen = {looks} 0.0; }}"
    return vector(finished(text, level), count)


def unitary(
    module: str, body: str, count: int, spare: int = 0, level: int = 2, columns: Sequence[int] | None = None
) -> Matrix:
    """The matrix of a body on the first ``count`` of the qubits ``q``; behind them are some in |0⟩, which must be so after it
    for all columns, or for those that are given.

    Each qubit begins entangled with another that nothing is done to: so all columns are in one state."""
    total = 2 * count + spare
    begin = f"let r = qubits({count}); h(r); for i in 0..{count} {{ cx(r[i], q[i]); }}"
    looks = " ".join(
        f"probability({name}[{n}]) +" for name, k in (("q", count + spare), ("r", count)) for n in range(k)
    )
    text = f"fn main() {{ let q = qubits({count + spare}); {begin} {body} let seen = {looks} 0.0; }}"
    found = vector(finished(imports(module, body) + text, level), total)
    found = found.reshape(1 << count, 1 << spare, 1 << count) * math.sqrt(1 << count)
    looked_at = list(range(1 << count) if columns is None else columns)
    assert np.abs(found[looked_at, 1:, :]).max(initial=0) < 1e-10, "the spare qubits are not back in |0⟩"
    return np.ascontiguousarray(found[:, 0, :].T)


def imports(module: str, body: str) -> str:
    """Of the module, and of others of the library that the body names."""
    names = {module, *re.findall(r"\b(gates|qft|arithmetic)\.", body)}
    return "".join(f"import std.{name}; " for name in sorted(names))


def permutation(count: int, image: Callable[[int], int], given: Sequence[int] | None = None) -> Matrix:
    """The matrix that takes each value to its image; columns of values that are not given are 0."""
    whole = np.zeros((1 << count, 1 << count), dtype=complex)
    for value in range(1 << count) if given is None else given:
        whole[image(value), value] = 1
    return whole


def same(found: Matrix, wanted: Any, columns: Sequence[int] | None = None) -> None:
    """Two matrices are one to 1e-10; only these columns are looked at."""
    wanted = np.asarray(wanted)
    if columns is not None:
        found, wanted = found[:, list(columns)], wanted[:, list(columns)]
    assert np.abs(found - wanted).max() < 1e-10
