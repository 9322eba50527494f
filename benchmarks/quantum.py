"""``python -m benchmarks.quantum``: quantum programs beside the same circuits handed to Aer directly.

Both sides begin with imports done and end with what was asked for in hand: a state, or counts. The direct side builds a
Qiskit circuit and runs it on one simulator made before, as a careful user would."""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from benchmarks.results import processor
from qbcc.assembly.assemble import Options, assemble
from qbcc.source import SourceFile
from vm.bytecode import ObjectFile
from vm.machine import Machine
from vm.quantum.gates import GATES, append
from vm.shots import run as run_shots

_GATES = [code for code, gate in GATES.items() if gate.qubits < 3 and gate.angles < 2]


@dataclass(frozen=True)
class Row:
    """One line: seconds of each run of both sides."""

    name: str
    asked: str
    ours: list[float]
    direct: list[float]


def build(text: str) -> ObjectFile:
    found = assemble(SourceFile("benchmark.qbc", text), Options({}))
    assert found.object is not None, found.diagnostics
    return found.object


def timed(action: Callable[[], Any], runs: int) -> list[float]:
    action()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def circuit(qubits: int, gates: int, seed: int) -> tuple[list[tuple[int, list[int], list[float]]], str]:
    """A random circuit, and the program of it."""
    random = np.random.default_rng(seed)
    steps = []
    lines = [f"main: QALLOC r4, {qubits}"]
    for _ in range(gates):
        code = _GATES[random.integers(len(_GATES))]
        gate = GATES[code]
        places = random.permutation(qubits)[: gate.qubits].tolist()
        angles = random.uniform(-3, 3, gate.angles).tolist()
        steps.append((code, places, angles))
        lines.append(f" {gate.mnemonic} {', '.join([*(str(place + 1) for place in places), *map(repr, angles)])}")
    return steps, "\n".join([*lines, " QPROB r0, 1", " QHALT"])


def against_aer(qubits: int, gates: int, runs: int) -> Row:
    """One state of a random circuit."""
    steps, text = circuit(qubits, gates, qubits)
    obj = build(text)
    simulator = AerSimulator(method="statevector")

    def direct() -> float:
        made = QuantumCircuit(qubits)
        for code, places, angles in steps:
            append(made, code, places, angles)
        made.save_statevector()
        state = np.asarray(simulator.run(made, shots=1).result().data(0)["statevector"])
        return float((np.abs(state[1::2]) ** 2).sum())

    seconds = []
    for _ in range(runs + 1):
        machine = Machine(obj, engine="interp", seed=1)
        start = time.perf_counter()
        machine.run()
        seconds.append(time.perf_counter() - start)
        assert abs(machine.get(0) - direct()) < 1e-9
    return Row(f"{qubits} qubits, {gates} gates, a state", "1.1 t + 1 ms", seconds[1:], timed(direct, runs))


def measured(qubits: int, shots: int, runs: int) -> Row:
    """All qubits measured at the end."""
    steps, text = circuit(qubits, 8 * qubits, 3)
    measures = "".join(f" QMEAS r1, {qubit + 1}\n" for qubit in range(qubits))
    obj = build(text.replace(" QPROB r0, 1\n", measures))
    simulator = AerSimulator(method="statevector")

    def direct() -> None:
        made = QuantumCircuit(qubits)
        for code, places, angles in steps:
            append(made, code, places, angles)
        made.measure_all()
        simulator.run(made, shots=shots).result().get_counts()

    def ours() -> None:
        run_shots(lambda seed: Machine(obj, engine="interp", seed=seed), shots, 1)

    return Row(f"{qubits} qubits measured, {shots:,} shots", "1 s", timed(ours, runs), timed(direct, runs))


def teleportation(shots: int, runs: int) -> Row:
    from tests.vm.test_dynamic import teleportation as case

    text, made, _, _ = case()
    obj = build(text)
    simulator = AerSimulator()

    def ours() -> None:
        run_shots(lambda seed: Machine(obj, engine="interp", seed=seed), shots, 1)

    return Row(
        f"teleportation with feedback, {shots:,} shots",
        "0.3 s",
        timed(ours, runs),
        timed(lambda: simulator.run(made, shots=shots).result().get_counts(), runs),
    )


def triples(count: int, runs: int) -> Row:
    """As many equal triples, each looked at; directly, one circuit."""
    text = f"""main: QALLOC r4, {3 * count}
 QMOV r5, r4
 QMOV r6, 0
prepare: QADD r7, r5, 1
 QADD r8, r5, 2
 QW r5, r7, r8
 QSIGMA r5, 1.5
 QADD r5, 3
 QADD r6, 1
 QJLT r6, {count}, prepare
 QMOV r6, 0
 QMOV r5, r4
look: QADD r7, r5, 1
 QADD r8, r5, 2
 QFIDW r9, r5, r7, r8
 QADD r5, 3
 QADD r6, 1
 QJLT r6, {count}, look
 QHALT"""
    obj = build(text)
    simulator = AerSimulator(method="statevector")
    names = {gate.mnemonic: code for code, gate in GATES.items()}

    def direct() -> None:
        made = QuantumCircuit(3)
        append(made, names["QW"], [0, 1, 2], [])
        append(made, names["QSIGMA"], [0], [1.5])
        made.save_statevector()
        simulator.run(made, shots=1).result().data(0)

    def ours() -> None:
        Machine(obj, engine="interp", seed=1).run()

    return Row(
        f"{count:,} equal triples with their W fidelity", "one simulation", timed(ours, runs), timed(direct, runs)
    )


def recording(engine: str, runs: int) -> Row:
    """A million gates on a few qubits, nothing asked."""
    text = """main: QALLOC r4, 3
 QMOV r6, 0
on: QH 1
 QCX 1, 2
 QRZ 2, 0.5
 QCX 2, 3
 QADD r6, 1
 QJLT r6, 250000, on
 QHALT"""
    obj = build(text)
    seconds = []
    for _ in range(runs):
        machine = Machine(obj, engine=engine, seed=1)
        machine.prepare()
        start = time.perf_counter()
        machine.run()
        seconds.append(time.perf_counter() - start)
    asked = "1 M gates a second" if engine == "interp" else "5 M gates a second"
    return Row(f"a million gates recorded, {engine}", asked, seconds, [])


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return ""
    return f"{1e3 * statistics.median(seconds):.1f} ms ({1e3 * min(seconds):.1f} to {1e3 * max(seconds):.1f})"


def markdown(rows: list[Row]) -> str:
    """A table."""
    lines = ["| what | asked | QBC | Aer directly | 1.1 t + 1 ms |", "|---|---|---|---|---|"]
    for row in rows:
        limit = f"{1e3 * (1.1 * statistics.median(row.direct) + 1e-3):.1f} ms" if row.asked.startswith("1.1") else ""
        lines.append(f"| {row.name} | {row.asked} | {_spread(row.ours)} | {_spread(row.direct)} | {limit} |")
    return "\n".join(lines)


@click.command()
@click.option("--runs", default=7, show_default=True, type=click.IntRange(min=1), help="Runs of each side.")
@click.option("--small", is_flag=True, help="Tiny sizes: to see that everything runs.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Where to save the figures.")
def main(runs: int, small: bool, path: Path | None) -> None:
    """Measure quantum programs beside Aer."""
    sizes = [(4, 40), (8, 100)] if small else [(4, 40), (8, 100), (12, 200), (16, 300), (20, 300)]
    shots = 100 if small else 10_000
    rows = [recording(engine, runs) for engine in ("interp", "native")]
    rows += [against_aer(qubits, gates, runs) for qubits, gates in sizes]
    rows += [measured(12, shots, runs), teleportation(shots, runs), triples(1000, runs)]
    if path is not None:
        about = {"date": datetime.now(UTC).strftime("%F"), "machine": processor(), "python": platform.python_version()}
        path.write_text(json.dumps({**about, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
    sys.stdout.write(markdown(rows) + "\n")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.quantum")
