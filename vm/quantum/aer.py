"""Qiskit Aer: simulates state vectors."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.quantum.backend import Backend
from vm.quantum.gates import GATES, STATE, append
from vm.quantum.log import Circuit
from vm.quantum.states import Vector
from vm.trap import FaultError

METHODS: Final = ("statevector",)
MOST: Final = 28
"""Qubits of a state vector (4 GiB)."""
_AMPLITUDE: Final = 16
"""Bytes of a complex number."""


class Aer(Backend):
    """``aer``, or ``aer:METHOD``."""

    name = "aer"

    def __init__(self, method: str = "") -> None:
        """``method``: one of :data:`METHODS`, or empty. Raises :class:`ValueError`."""
        if method and method not in METHODS:
            raise ValueError(f"no backend 'aer:{method}': the methods are {', '.join(METHODS)}")
        self._method = method or METHODS[0]

    @cached_property
    def _simulator(self) -> Any:
        try:
            from qiskit_aer import AerSimulator
        except ImportError as error:
            raise FaultError("backend", f"Aer is not there ({error}): pip install 'qbc[quantum]'") from None
        return AerSimulator(method=self._method)

    def states(self, circuit: Circuit, angles: NDArray[np.float64], start: Vector | None) -> Vector:
        """See :class:`Backend`. Equal angles run once."""
        if circuit.qubits > MOST:
            size = _AMPLITUDE << circuit.qubits
            raise FaultError(
                "quantum",
                f"{circuit.qubits} qubits have met: their state takes {size:,} bytes, and {MOST} qubits are the most",
            )
        flat = angles.reshape(len(angles), -1)
        distinct, which = np.unique(flat, axis=0, return_inverse=True)
        found = self._run(circuit, distinct.reshape(-1, *angles.shape[1:]), start)
        return found[which.reshape(-1)]

    def _run(self, circuit: Circuit, angles: NDArray[np.float64], start: Vector | None) -> Vector:
        simulator = self._simulator
        from qiskit import QuantumCircuit
        from qiskit.circuit import Parameter
        from qiskit.exceptions import QiskitError

        made = QuantumCircuit(circuit.qubits)
        if start is not None:
            made.set_statevector(start)
        binds: dict[Any, Any] = {}
        for step, (code, qubits) in enumerate(circuit.gates):
            if code == STATE:
                continue
            values: list[Any] = []
            for place in range(GATES[code].angles):
                column = angles[:, step, place]
                if (column == column[0]).all():
                    values.append(float(column[0]))
                else:
                    values.append(Parameter(f"a{step}_{place}"))
                    binds[values[-1]] = column.tolist()
            append(made, code, list(qubits), values)
        made.save_statevector()
        try:
            result = simulator.run(made, shots=1, **({"parameter_binds": [binds]} if binds else {})).result()
        except QiskitError as error:
            raise FaultError("backend", f"Aer refused the circuit: {error.message}") from None
        if not result.success:
            raise FaultError("backend", f"Aer failed: {result.status}")
        return np.array([np.asarray(result.data(run)["statevector"]) for run in range(len(angles))])
