"""What ``qbcc explain`` says of errors in circuits in JSON."""

from __future__ import annotations

from typing import Final

from qbcc.explanation import Explanation


def _circuit(op: str) -> str:
    return f'{{\n  "qubits": 2,\n  "ops": [\n    {op}\n  ]\n}}'


# Code, title, text, wrong, right. An operation stands in a circuit of two qubits; the tests try them all.
_TABLE: Final = (
    ("S0601", "what is no JSON", "JSON has double quotes around texts and keys, a comma between values and none behind the last, and no comments.", '{"measure": [0, 1,]}', '{"measure": [0, 1]}'),
    ("S0602", "nesting that is too deep", "A circuit nests a few levels, so that no file can exhaust the compiler.", "[" * 40 + "]" * 40, '{"measure": [0]}'),
    ("S0603", "a key that stands twice", "Which of the two is meant cannot be known.", '{"gate": "h", "on": [0], "on": [1]}', '{"gate": "h", "on": [0]}'),
    ("S0604", "a key that does not belong here", "A circuit has qubits, ops and shots; a gate has gate, on, args, inv and ctrl; measure, reset and barrier stand alone.", '{"gate": "h", "qubit": [0]}', '{"gate": "h", "on": [0]}'),
    ("S0605", "a key that is missing", "A circuit has its number of qubits and its operations, an operation says what it is, a gate on what it acts.", '{"gate": "h"}', '{"gate": "h", "on": [0]}'),
    ("S0606", "a value of another type", "Qubits are whole numbers in an array, angles are numbers, inv is true or false.", '{"gate": "h", "on": 0}', '{"gate": "h", "on": [0]}'),
    ("S0607", "a number that is too large or too small", "A circuit has up to 65,536 qubits; numbers are what floats hold.", '{"gate": "rx", "on": [0], "args": [1e999]}', '{"gate": "rx", "on": [0], "args": [1e9]}'),
    ("S0608", "a gate that does not exist", "Gates are those of the instruction set, in lower case.", '{"gate": "cnot", "on": [0, 1]}', '{"gate": "cx", "on": [0, 1]}'),
    ("S0609", "too many or too few qubits", "A gate acts on as many qubits as its instruction; more controls stand in ctrl.", '{"gate": "cx", "on": [0]}', '{"gate": "cx", "on": [0, 1]}'),
    ("S0610", "too many or too few angles", "A gate takes as many numbers as its instruction.", '{"gate": "rx", "on": [0]}', '{"gate": "rx", "on": [0], "args": [0.5]}'),
    ("S0611", "a qubit that does not exist", "Qubits are counted from 0.", '{"measure": [0, 1, 2]}', '{"measure": [0, 1]}'),
    ("S0612", "one qubit twice in an operation", "A gate acts on different qubits, and none of them is its control.", '{"gate": "cx", "on": [0, 0]}', '{"gate": "cx", "on": [0, 1]}'),
)  # fmt: skip
EXPLANATIONS: Final = {
    code: Explanation(title, text, _circuit(wrong), _circuit(right)) for code, title, text, wrong, right in _TABLE
}
