"""Circuits in JSON: read, checked, and made a program of σ, whose every part stands at its place in the JSON.

    {"qubits": 3, "ops": [{"gate": "w", "on": [0, 1, 2]}, {"measure": [0, 1, 2]}], "shots": 1024}

The form is here and in ``circuit.schema.json``, which :mod:`sigma.circuit.schema` writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from sigma.builtins import BUILTINS, Builtin
from sigma.check.modules import Options
from sigma.check.program import MAX_ERRORS, Program, check_module
from sigma.circuit import messages
from sigma.circuit.reader import Member, Value, read
from sigma.circuit.tree import Gate, Number, Other, Qubit, tree

GATES: Final = {name: row for name, row in BUILTINS.items() if row.is_gate}
"""Every gate, by its name in a circuit."""
MAX_QUBITS: Final = 1 << 16
MAX_SHOTS: Final = 1 << 40
CIRCUIT_KEYS: Final = ("qubits", "ops", "shots")
GATE_KEYS: Final = ("gate", "on", "args", "inv", "ctrl")
KINDS: Final = ("gate", "measure", "reset", "barrier")
_FORM: Final = '{"qubits": 2, "ops": [{"gate": "h", "on": [0]}, {"measure": [0, 1]}]}'
_WRITTEN: Final = {
    "object": "an object", "array": "an array", "string": "a string", "number": "a number", "null": "null",
}  # fmt: skip


def check_circuit(source: SourceFile, options: Options) -> tuple[Program, int | None]:
    """A circuit as a checked program, and the runs that it asks for. What is wrong with it is in the result."""
    found = _Circuit(source)
    module = tree(source, found.count, found.ops)
    if found.diagnostics:
        found.diagnostics.sort(key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
        return Program(module, [module], tuple(found.diagnostics)), None
    return check_module(module, options), found.shots


class _Circuit:
    def __init__(self, source: SourceFile) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.count = Qubit(0, Span(source, 1, 1, 2))
        self.shots: int | None = 1
        self.ops: list[Gate | Other] = []
        self.is_counted = False
        """Whether the number of qubits is known."""
        root = read(source, self.report)
        if root is not None and self._is(root, "object", "a circuit"):
            self._circuit(root)

    def report(self, diagnostic: Diagnostic) -> None:
        if len(self.diagnostics) < MAX_ERRORS:
            self.diagnostics.append(diagnostic)

    # -- the form

    def _circuit(self, root: Value) -> None:
        members = self._members(root, CIRCUIT_KEYS, "a circuit")
        for name in ("qubits", "ops"):
            if name not in members and not self._has_broken_keys(root, CIRCUIT_KEYS):
                self.report(messages.missing_key(root.span, "a circuit", name, _FORM))
        if "qubits" in members:
            value = members["qubits"].value
            count = self._whole(value, "the number of qubits", 1, MAX_QUBITS)
            if count is not None:
                self.count, self.is_counted = Qubit(count, value.span), True
        if "shots" in members:
            self.shots = self._whole(members["shots"].value, "the number of shots", 1, MAX_SHOTS)
        if "ops" in members and self._is(members["ops"].value, "array", "'ops'"):
            for op in members["ops"].value.content:
                if self._is(op, "object", "an operation"):
                    self._op(op)

    def _members(self, node: Value, known: Sequence[str], of: str) -> dict[str, Member]:
        """What an object has, by key; keys that it cannot have are told."""
        found = {member.key: member for member in node.content}
        for name, member in found.items():
            if name not in known and not member.is_broken:
                free = [key for key in known if key not in found]
                self.report(messages.unknown_key(member.span, name, of, known, free))
        return {name: member for name, member in found.items() if name in known}

    @staticmethod
    def _has_broken_keys(node: Value, known: Sequence[str]) -> bool:
        """Whether a key that is missing may be one that is spelt wrongly."""
        return any(member.key not in known for member in node.content)

    def _is(self, value: Value, kind: str, what: str) -> bool:
        """Whether a value is of a kind; if not, that is told."""
        if value.kind not in (kind, "?"):
            found = _WRITTEN.get(value.kind) or str(value.content).lower()
            self.report(messages.wrong_type(value.span, what, _WRITTEN.get(kind, "true or false"), found))
        return value.kind == kind

    def _whole(self, value: Value, what: str, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        if not self._is(value, "number", what):
            return None
        number = value.content
        if isinstance(number, float) and not number.is_integer():
            self.report(messages.wrong_type(value.span, what, "a whole number", str(number)))
            return None
        if not least <= number <= most:
            self.report(messages.out_of_range(value.span, what, number, least, most))
            return None
        return int(number)

    # -- operations

    def _op(self, node: Value) -> None:
        kinds = [member for member in node.content if member.key in KINDS]
        if not kinds:
            if not self._has_broken_keys(node, GATE_KEYS):
                self.report(messages.no_operation(node.span, KINDS))
                return
            self._members(node, (*KINDS, *GATE_KEYS[1:]), "an operation")
            return
        first = kinds[0]
        for other in kinds[1:]:
            self.report(messages.two_operations(other.span, other.key, first.key, first.span))
        if len(kinds) > 1:
            return
        if first.key == "gate":
            self._gate(node)
            return
        self._members(node, (first.key,), f"the operation '{first.key}'")
        qubits = self._qubits(first.value, f"'{first.key}'")
        if qubits is None:
            return
        if not first.value.content:
            self.report(messages.no_qubits(first.value.span, first.key))
        self._distinct(qubits, first.key)
        self.ops.append(Other(first.key, node.span, qubits))

    def _gate(self, node: Value) -> None:
        members = self._members(node, GATE_KEYS, "a gate")
        name = members["gate"].value
        if not self._is(name, "string", "'gate'"):
            return
        row = GATES.get(name.content)
        if row is None:
            known = [key for key in GATES if key.isascii()]
            self.report(messages.unknown_gate(name.span, name.content, known))
            return
        is_inverse = False
        if "inv" in members and self._is(members["inv"].value, "bool", "'inv'"):
            is_inverse = members["inv"].value.content
        qubits = self._acted(node, members, row)
        angles = self._angles(node, members, row)
        controls = self._qubits(members["ctrl"].value, "'ctrl'") if "ctrl" in members else []
        if controls is not None and "ctrl" in members and not members["ctrl"].value.content:
            self.report(messages.no_qubits(members["ctrl"].value.span, "ctrl"))
        if qubits is None or angles is None or controls is None:
            return
        self._distinct([*controls, *qubits], row.name)
        self.ops.append(Gate(row.name, name.span, node.span, qubits, angles, is_inverse, controls))

    def _acted(self, node: Value, members: dict[str, Member], row: Builtin) -> list[Qubit] | None:
        """The qubits that a gate acts on."""
        if "on" not in members:
            if not self._has_broken_keys(node, GATE_KEYS):
                places = ", ".join(map(str, range(row.qubits)))
                form = f'{{"gate": "{row.name}", "on": [{places}]}}'
                self.report(messages.missing_key(node.span, "a gate", "on", form))
            return None
        value = members["on"].value
        qubits = self._qubits(value, "'on'")
        if qubits is not None and len(value.content) != row.qubits:
            self.report(messages.qubit_count(value.span, row.name, len(value.content), row.qubits))
        return qubits

    def _qubits(self, value: Value, what: str) -> list[Qubit] | None:
        """Qubits by their numbers: those that there are."""
        if not self._is(value, "array", what):
            return None
        found = []
        for item in value.content:
            number = self._whole(item, "the number of a qubit", 0, MAX_QUBITS - 1)
            if number is None:
                continue
            if self.is_counted and number >= self.count.value:
                self.report(messages.outside(item.span, number, self.count.value))
                continue
            found.append(Qubit(number, item.span))
        return found

    def _angles(self, node: Value, members: dict[str, Member], row: Builtin) -> list[Number] | None:
        wanted = len(row.params) - row.qubits
        if "args" not in members:
            if wanted and not self._has_broken_keys(node, GATE_KEYS):
                self.report(messages.angle_count(members["gate"].value.span, row.name, 0, wanted))
            return [] if not wanted else None
        value = members["args"].value
        if not self._is(value, "array", "'args'"):
            return None
        if len(value.content) != wanted:
            self.report(messages.angle_count(value.span, row.name, len(value.content), wanted))
        found = []
        for item in value.content:
            if not self._is(item, "number", "an angle"):
                continue
            found.append(Number(float(item.content), item.span))
        return found

    def _distinct(self, qubits: Sequence[Qubit], name: str) -> None:
        seen: dict[int, Span] = {}
        for number in qubits:
            if number.value in seen:
                self.report(messages.same_qubit(number.span, number.value, name, seen[number.value]))
            seen.setdefault(number.value, number.span)
