"""Outcomes of many runs by name."""

from __future__ import annotations

from qbcc import render
from vm.quantum.shots import Path, Value


def label(run: Path) -> str:
    """An outcome as the axis of a chart has it: bits as one string, the first rightmost, as Qiskit writes them."""
    values = [value for _, value in run.recorded]
    ended = f" [status {run.outcome.status}]" if run.outcome.status else ""
    if not values:
        return f"nothing{ended}"
    if all(value in (0, 1) and isinstance(value, int) for value in values):
        return "".join(str(value) for value in reversed(values)) + ended
    return ", ".join(value_text(value) for value in values) + ended


def value_text(value: Value) -> str:
    """As an outcome: an integer in decimal only."""
    return str(value) if isinstance(value, int) else render.number(value)
