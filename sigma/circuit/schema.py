"""The JSON Schema of circuits, made from the table of the gates.

python -m sigma.circuit.schema        writes circuit.schema.json again after a change of the table"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sigma.circuit.check import GATES, MAX_QUBITS, MAX_SHOTS

FILE: Final = Path(__file__).parent / "circuit.schema.json"


def schema() -> dict[str, Any]:
    """The schema. That a number is one of the circuit's qubits, and that no control is acted on, it cannot say."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A quantum circuit of σ (.sigma.json)",
        "type": "object",
        "required": ["qubits", "ops"],
        "additionalProperties": False,
        "properties": {
            "qubits": {"type": "integer", "minimum": 1, "maximum": MAX_QUBITS, "description": "how many there are"},
            "ops": {"type": "array", "items": {"oneOf": [*_gates(), *_others()]}},
            "shots": {
                "type": "integer",
                "minimum": 1,
                "maximum": MAX_SHOTS,
                "default": 1,
                "description": "runs, unless qbc run says --shots",
            },
        },
        "$defs": {
            "qubit": {"type": "integer", "minimum": 0, "maximum": MAX_QUBITS - 1},
            "qubits": {"type": "array", "items": {"$ref": "#/$defs/qubit"}, "minItems": 1, "uniqueItems": True},
        },
    }


def _gates() -> list[dict[str, Any]]:
    """Gates of one form are one case."""
    forms: dict[tuple[int, int], list[str]] = {}
    for name, row in GATES.items():
        forms.setdefault((row.qubits, len(row.params) - row.qubits), []).append(name)
    return [_gate(names, qubits, angles) for (qubits, angles), names in sorted(forms.items())]


def _gate(names: list[str], qubits: int, angles: int) -> dict[str, Any]:
    acted = {"type": "array", "items": {"$ref": "#/$defs/qubit"}, "minItems": qubits, "maxItems": qubits}
    return {
        "type": "object",
        "title": f"a gate on {qubits} qubit{'s' * (qubits != 1)}" + f" with {angles} angles" * bool(angles),
        "required": ["gate", "on", *["args"] * bool(angles)],
        "additionalProperties": False,
        "properties": {
            "gate": {"enum": names, "description": "\n".join(f"{name}: {GATES[name].what}" for name in names)},
            "on": {**acted, "uniqueItems": True},
            "args": {"type": "array", "items": {"type": "number"}, "minItems": angles, "maxItems": angles},
            "inv": {"type": "boolean", "default": False, "description": "the inverse"},
            "ctrl": {"$ref": "#/$defs/qubits", "description": "controls: it acts where all of them are 1"},
        },
    }


def _others() -> list[dict[str, Any]]:
    said = {
        "measure": "each is a record of the run, q0 for qubit 0",
        "reset": "back to |0⟩",
        "barrier": "no gate moves across",
    }
    return [
        {
            "type": "object",
            "title": name,
            "required": [name],
            "additionalProperties": False,
            "properties": {name: {"$ref": "#/$defs/qubits", "description": text}},
        }
        for name, text in said.items()
    ]


def text() -> str:
    """The file's text."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
