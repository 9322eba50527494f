"""What runs circuits. A package adds a backend by an entry point of the group ``qbc.backends``.

The entry point names a class, a :class:`Backend`, that is made with what follows the colon in ``--backend NAME:TEXT``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import metadata
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vm.quantum.log import Circuit
from vm.quantum.states import Vector
from vm.trap import FaultError

GROUP: Final = "qbc.backends"
"""Entry points of backends."""


class Backend(ABC):
    """A simulator that knows states."""

    name: str
    """As ``--backend`` has it."""

    @abstractmethod
    def states(self, circuit: Circuit, angles: NDArray[np.float64], start: Vector | None) -> Vector:
        """The states that a circuit of n qubits and g gates ends in, shape (b, 2ⁿ).

        ``angles``, shape (b, g, 3), are those of each run. ``start``, shape (2ⁿ,), is the state to begin with; without
        one all qubits are zero. Raises :class:`FaultError`: ``quantum`` for what cannot be run, ``backend`` for what
        failed."""


class Nothing(Backend):
    """``none``: what needs a backend fails."""

    name = "none"

    def states(self, circuit: Circuit, angles: NDArray[np.float64], start: Vector | None) -> Vector:
        """Nothing runs here."""
        raise FaultError("backend", "there is no quantum backend: it was set to 'none'; '--backend aer' simulates")


def make(text: str) -> Backend:
    """The backend that ``--backend`` names. Raises :class:`ValueError` for one that does not exist."""
    name, _, rest = text.partition(":")
    if name == "none" and not rest:
        return Nothing()
    if name == "aer":
        from vm.quantum.aer import Aer

        return Aer(rest)
    for entry in metadata.entry_points(group=GROUP):
        if entry.name == name:
            made = entry.load()(rest)
            assert isinstance(made, Backend)
            return made
    known = ", ".join(["aer", "none", *(entry.name for entry in metadata.entry_points(group=GROUP))])
    raise ValueError(f"no backend {text!r}: there are {known}")
