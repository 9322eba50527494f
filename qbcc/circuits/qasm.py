"""A circuit as OpenQASM 2 and 3, written by Qiskit; conditionals of version 2 are added here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from qbcc.circuits import messages as messages_circuit
from qbcc.circuits.qiskit_code import to_qiskit
from vm.circuit.items import Choice, Circuit, Item
from vm.quantum.tape import BARRIER, Step

_MOST_TOGETHER: Final = 8
"""Outcomes in one register that a condition of OpenQASM 2 compares."""
Condition = tuple[tuple[int, int], ...]
"""Outcomes with the values that they must have."""


def version_3(circuit: Circuit) -> str:
    """OpenQASM 3."""
    from qiskit import qasm3

    try:
        return str(qasm3.dumps(to_qiskit(circuit)))
    except qasm3.QASM3ExporterError as error:
        raise messages_circuit.unwritable("qasm3", str(error)) from None


def version_2(circuit: Circuit) -> str:
    """OpenQASM 2. A condition compares a whole register, so outcomes that decide together are in one."""
    from qiskit import ClassicalRegister, qasm2

    try:
        if not circuit.has_choices:
            return str(qasm2.dumps(to_qiskit(circuit)))
        flat = list(_flat(circuit.items, ()))
        groups = _groups(circuit.bits, [condition for condition, _ in flat])
        names = {bit: (f"c{number}", group.index(bit)) for number, group in enumerate(groups) for bit in group}
        # Qiskit's bits are numbered through the registers.
        order = {bit: place for place, bit in enumerate(bit for group in groups for bit in group)}
        items = tuple(Step(s.code, s.qubits, s.angles, order.get(s.bit, -1)) for _, s in flat)
        plain = Circuit(items, circuit.bits, {}, None, ())
        registers = [ClassicalRegister(len(group), f"c{number}") for number, group in enumerate(groups)]
        lines = str(qasm2.dumps(to_qiskit(plain, registers))).rstrip("\n").split("\n")
    except qasm2.QASM2ExportError as error:
        raise messages_circuit.unwritable("qasm2", str(error)) from None
    made = _statements(flat)
    head, body = lines[: len(lines) - made], lines[len(lines) - made :]
    result, line = [], iter(body)
    for condition, step in flat:
        for _ in range(_lines_of(step)):
            result += _conditional(next(line), step, condition, names, groups)
    return "\n".join([*head, *result, ""])


def _flat(items: Sequence[Item], condition: Condition) -> Iterator[tuple[Condition, Step]]:
    for item in items:
        if isinstance(item, Choice):
            yield from _flat(item.one, (*condition, (item.bit, 1)))
            yield from _flat(item.zero, (*condition, (item.bit, 0)))
        else:
            yield condition, item


def _lines_of(step: Step) -> int:
    from vm.quantum.gates import GATES

    return 5 if step.code > 0 and GATES[step.code].mnemonic == "QW" else 1


def _statements(flat: Sequence[tuple[Condition, Step]]) -> int:
    return sum(_lines_of(step) for _, step in flat)


def _groups(bits: int, conditions: Sequence[Condition]) -> list[list[int]]:
    """Outcomes by the register that they are in: those of one condition together."""
    root = list(range(bits))

    def find(bit: int) -> int:
        while root[bit] != bit:
            bit = root[bit]
        return bit

    for condition in conditions:
        for bit, _ in condition[1:]:
            root[find(bit)] = find(condition[0][0])
    found: dict[int, list[int]] = {}
    for bit in range(bits):
        found.setdefault(find(bit), []).append(bit)
    for group in found.values():
        if len(group) > _MOST_TOGETHER:
            why = f"{len(group)} outcomes decide together, and a condition of OpenQASM 2 compares one whole register"
            raise messages_circuit.unwritable("qasm2", why, "--emit qasm3 writes conditions on single outcomes")
    return list(found.values())


def _conditional(
    line: str, step: Step, condition: Condition, names: dict[int, tuple[str, int]], groups: Sequence[Sequence[int]]
) -> list[str]:
    """A statement under a condition: once for each value of the register that meets it."""
    if not condition or step.code == BARRIER:
        return [line]
    name, _ = names[condition[0][0]]
    size = len(groups[int(name[1:])])
    wanted = {names[bit][1]: value for bit, value in condition}
    return [
        f"if({name}=={number}) {line}"
        for number in range(1 << size)
        if all(number >> place & 1 == value for place, value in wanted.items())
    ]
