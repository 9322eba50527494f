"""Gates and depth of a circuit: as σ's compiler makes it, as Qiskit's does.

All are written in the same gates before they are counted, without any further optimisation. Measurements, resets and
barriers are no gates; a qubit that is measured or reset is so at its place in the depth."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import QFTGate

from qbcc import driver, frontends, render
from qbcc.circuits import emit as circuits
from qbcc.circuits.qiskit_code import to_qiskit
from vm.install import DISTRIBUTION
from vm.machine import Machine

FOLDER: Final = Path(__file__).parent
SIZES: Final = {"qft": tuple(range(3, 17)), "grover": tuple(range(3, 9)), "shor": (15, 21)}
BASIS: Final = ("u", "rz", "sx", "x", "cx")
SEED: Final = 1
_LIBRARY: Final[dict[str, Callable[[int], Any]]] = {"qft": QFTGate}
"""Qiskit's own circuits."""
VARIANTS: Final = {
    "plain": "σ -O0",
    "best": "σ -O2",
    "same": "Qiskit 3 of σ -O0",
    "library": "Qiskit 3 of its own",
}


@dataclass(frozen=True)
class Counts:
    """How large a circuit is."""

    gates: int
    two: int
    """Of them on two qubits."""
    depth: int
    seconds: float
    """That the optimiser took; of σ the whole compilation."""


@dataclass(frozen=True)
class Row:
    """One circuit of one size."""

    name: str
    size: int
    qubits: int
    counts: dict[str, Counts]
    """By the names of :data:`VARIANTS`."""

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def recorded(path: Path, size: int, level: int) -> tuple[QuantumCircuit, float]:
    """The circuit that a run of a source records, compiled at a level; seconds of the compilation."""
    start = time.perf_counter()
    built = driver.load([str(path)], {"SIZE": str(size)}, (), frontends.Settings(level))
    seconds = time.perf_counter() - start
    if built.object is None:
        raise SystemExit(render.report(built.diagnostics))
    machine = Machine(built.object, seed=SEED)
    assert machine.quantum is not None
    circuit, outcome = circuits.follow(machine)
    if outcome.trap is not None:
        raise SystemExit(render.trap(outcome.trap))
    return to_qiskit(circuit), seconds


def counted(circuit: QuantumCircuit, seconds: float) -> Counts:
    """Of a circuit in the common gates."""
    written = transpile(unbarred(circuit), basis_gates=[*BASIS], optimization_level=0, seed_transpiler=SEED)
    return Counts(
        written.size(lambda step: step.operation.name in BASIS),
        written.size(lambda step: step.operation.name == "cx"),
        written.depth(),
        seconds,
    )


def unbarred(circuit: QuantumCircuit) -> QuantumCircuit:
    """Without the barriers, which stand for states that nobody knows."""
    made = circuit.copy_empty_like()
    for step in circuit.data:
        if step.operation.name != "barrier":
            made.append(step)
    return made


def optimised(circuit: QuantumCircuit) -> Counts:
    """By Qiskit at its highest level."""
    start = time.perf_counter()
    made = transpile(unbarred(circuit), basis_gates=[*BASIS], optimization_level=3, seed_transpiler=SEED)
    return counted(made, time.perf_counter() - start)


def measured(path: Path, size: int) -> Row:
    """All variants of a circuit."""
    plain, seconds = recorded(path, size, 0)
    best, best_seconds = recorded(path, size, 2)
    counts = {"plain": counted(plain, seconds), "best": counted(best, best_seconds), "same": optimised(plain)}
    if path.stem in _LIBRARY:
        own = QuantumCircuit(size)
        own.append(_LIBRARY[path.stem](size), range(size))
        counts["library"] = optimised(own)
    return Row(path.stem, size, plain.num_qubits, counts)


def table(rows: list[Row]) -> str:
    """Markdown: gates, those on two qubits, and the depth of each variant."""
    head = ["circuit", "size", "qubits", *VARIANTS.values()]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for row in rows:
        cells = [row.name, str(row.size), str(row.qubits)]
        for variant in VARIANTS:
            found = row.counts.get(variant)
            cells.append("" if found is None else f"{found.gates:,} / {found.two:,} / {found.depth:,}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", "Gates / of them CX / depth."])


def versions() -> dict[str, str]:
    """What made the numbers."""
    return {"python": platform.python_version(), "qbc": version(DISTRIBUTION), "qiskit": version("qiskit")}
