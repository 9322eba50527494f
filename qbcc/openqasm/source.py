"""OpenQASM as QBC source. Of version 2, a circuit that Qiskit read: gates one to one where QBC has them, else as they
are defined; bits as words in memory; conditions as jumps. Version 3 is :mod:`qbcc.openqasm`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from qbcc.circuits import messages as messages_circuit
from qbcc.export.messages import missing_extra
from qbcc.openqasm.lines import WORD, Lines, angle
from qbcc.openqasm.read import Read
from qbcc.source import Span
from vm.quantum.gates import GATES

_METHODS: Final = {
    gate.method or "ch": gate.mnemonic for gate in GATES.values() if gate.mnemonic not in ("QSIGMA", "QW")
}
_ALIASES: Final = {"u1": "QP", "u3": "QU", "cu1": "QCP"}
_CLASSES: Final = {
    "x": "XGate", "y": "YGate", "z": "ZGate", "h": "HGate", "s": "SGate", "sdg": "SdgGate", "t": "TGate",
    "tdg": "TdgGate", "sx": "SXGate", "rx": "RXGate", "ry": "RYGate", "rz": "RZGate", "p": "PhaseGate", "u": "UGate",
    "cx": "CXGate", "cy": "CYGate", "cz": "CZGate", "ch": "CHGate", "swap": "SwapGate", "crx": "CRXGate",
    "cry": "CRYGate", "crz": "CRZGate", "cp": "CPhaseGate", "rxx": "RXXGate", "ryy": "RYYGate", "rzz": "RZZGate",
    "ccx": "CCXGate", "cswap": "CSwapGate", "u1": "U1Gate", "u3": "U3Gate", "cu1": "CU1Gate",
}  # fmt: skip
"""Qiskit's classes: a text may define a gate of its own under any of the names."""
Scope = Mapping[Any, Any]
"""From Qiskit's bits to operands of QBC (of qubits) and places (of bits)."""


def source(found: Read) -> str:
    """The program. Raises :class:`qbcc.diagnostics.SourceError` for what has no form in QBC."""
    if found.version == 2:
        return _Writer(found).program()
    from qbcc.openqasm.statements import source as lowered
    from qbcc.openqasm.values import Refusal

    try:
        return lowered(found.name, found.tree, found.text.where)
    except ImportError:
        # Many controls and roots of gates are worked out with Qiskit.
        raise missing_extra("OpenQASM 3", "reading", "quantum") from None
    except Refusal as refusal:
        span = getattr(refusal.node, "span", None)
        place: Span | str = found.name
        if span is not None:
            place = found.text.stretch(span.start_line, span.start_column, span.end_line, span.end_column)
        if refusal.is_wrong:
            raise messages_circuit.unreadable(place, refusal.why) from None
        raise messages_circuit.unsupported(place, refusal.why) from None


class _Writer:
    def __init__(self, found: Read) -> None:
        self._found = found
        self._lines = Lines(found.name)
        self._shown: dict[Any, str] = {}
        scope: dict[Any, Any] = {}
        self._place_qubits(found.circuit, scope)
        self._place_bits(found.circuit, scope)
        self._scope: Scope = scope

    # -- names

    def _place_qubits(self, circuit: Any, scope: dict[Any, Any]) -> None:
        first = 1
        for register in circuit.qregs:
            if len(register):
                name = self._lines.own(register.name)
                self._lines.defines.append(f".define {name} {first}")
                for index, qubit in enumerate(register):
                    scope[qubit], self._shown[qubit] = f"{name}+{index}", f"{register.name}[{index}]"
                first += len(register)

    def _place_bits(self, circuit: Any, scope: dict[Any, Any]) -> None:
        for register in circuit.cregs:
            if len(register):
                name = self._lines.own(register.name)
                self._lines.arrays.append((name, register.name, len(register)))
                scope.update((bit, (name, index)) for index, bit in enumerate(register))

    # -- lines

    def _do(self, text: str, comment: str = "") -> None:
        self._lines.do(text, comment)

    def _refuse(self, what: str) -> NoReturn:
        raise messages_circuit.unsupported(self._found.name, what)

    # -- the program

    def program(self) -> str:
        """Everything."""
        circuit = self._found.circuit
        self._block(circuit, self._scope)
        return self._lines.whole(2, circuit.num_qubits, circuit.num_clbits)

    def _block(self, block: Any, scope: Scope) -> None:
        for item in block.data:
            operation = item.operation
            # Qiskit 1 hangs the condition of OpenQASM 2 on the gate itself.
            condition = getattr(operation, "condition", None)
            if condition is not None and not getattr(operation, "blocks", None):
                end = self._lines.label("end")
                self._unless(condition, end, scope)
                self._operation(operation.to_mutable(), item, scope)
                self._lines.mark(end)
            else:
                self._operation(operation, item, scope)

    def _operation(self, operation: Any, item: Any, scope: Scope) -> None:
        name = operation.name
        special = getattr(self, f"_{name}", None) if name in _SPECIAL else None
        if special is not None and not hasattr(operation, "ctrl_state") and type(operation).__name__ in _SPECIAL[name]:
            special(operation, item, scope)
            return
        if getattr(operation, "blocks", None) or not hasattr(operation, "inverse") or item.clbits:
            self._refuse(f"'{name}' on {self._where(item)} has no form here")
        qubits = [scope[qubit] for qubit in item.qubits]
        if self._gate(operation, qubits):
            return
        values = ", ".join(_short(value) for value in operation.params)
        self._do(f"; {name}{f'({values})' if values else ''} {', '.join(qubits)}".replace("\n", " "))
        self._defined(operation, qubits, self._where(item))

    def _where(self, item: Any) -> str:
        return ", ".join(self._shown.get(qubit, "a qubit of a block") for qubit in item.qubits) or "no qubit"

    # -- gates

    def _gate(self, operation: Any, qubits: Sequence[str]) -> bool:
        """Write a gate that QBC has; False for another one."""
        base = operation.base_class.__name__
        if base == "IGate":
            return True
        name = next((name for name, known in _CLASSES.items() if known == base), None)
        if name is None or name != operation.name:
            return False
        state = getattr(operation, "ctrl_state", None)
        if state is not None and state != (1 << operation.num_ctrl_qubits) - 1:
            return False
        mnemonic = _ALIASES.get(name) or _METHODS[name]
        angles = [angle(self._float(value, operation)) for value in operation.params]
        self._do(f"{mnemonic} {', '.join([*qubits, *angles])}")
        return True

    def _float(self, value: Any, operation: Any) -> float:
        try:
            found = float(value)
        except (TypeError, ValueError):
            self._refuse(f"'{operation.name}' has the angle {value}, whose inputs have no value")
        if not math.isfinite(found):
            self._refuse(f"'{operation.name}' has the angle {found}, which is no finite number")
        return found

    def _defined(self, operation: Any, qubits: Sequence[str], where: str) -> None:
        """A gate by its definition. A phase of the whole is left out: nobody can see it, and a controlled gate's
        definition has that of what it controls."""
        definition = operation.definition
        if definition is None:
            self._refuse(f"the gate '{operation.name}' on {where} has no definition")
        if operation.name in ("gphase", "global_phase"):
            return
        for item in definition.data:
            inner = [qubits[definition.find_bit(qubit).index] for qubit in item.qubits]
            if item.operation.name == "barrier":
                self._do("QBARRIER")
            elif not self._gate(item.operation, inner):
                self._defined(item.operation, inner, where)

    # -- what is no gate

    def _measure(self, _operation: Any, item: Any, scope: Scope) -> None:
        label, index = scope[item.clbits[0]]
        self._do(f"QMEAS r0, {scope[item.qubits[0]]}")
        self._do(f"QSTORE r0, [{label}+{8 * index}]" if index else f"QSTORE r0, [{label}]")

    def _reset(self, _operation: Any, item: Any, scope: Scope) -> None:
        self._do(f"QRESET {scope[item.qubits[0]]}")

    def _barrier(self, _operation: Any, _item: Any, _scope: Scope) -> None:
        self._do("QBARRIER")

    # -- control

    def _unless(self, condition: Any, label: str, scope: Scope) -> None:
        """Go to a label where a condition does not hold."""
        bits, value = condition
        if not hasattr(bits, "__len__"):
            self._lines.number([scope[bits]])
            self._do(f"QJNE r0, {int(value)}, {label}", f"unless {scope[bits][0]}[{scope[bits][1]}] == {int(value)}")
            return
        places = [scope[bit] for bit in bits]
        value = int(value)
        if not 0 <= value < 1 << len(places):
            self._do(f"QJMP {label}", f"{value} is no value of {len(places)} bits")
        elif len(places) <= WORD and places == [(places[0][0], places[0][1] + index) for index in range(len(places))]:
            self._lines.number(places)
            operand = value - (1 << WORD) if value >= 1 << (WORD - 1) else value
            self._do(f"QJNE r0, {operand}, {label}", f"unless {places[0][0]} == {value}")
        else:
            for index, place in enumerate(places):
                self._lines.number([place])
                self._do(f"QJNE r0, {value >> index & 1}, {label}")

    def _if_else(self, operation: Any, item: Any, scope: Scope) -> None:
        end = self._lines.label("end")
        self._unless(operation.condition, end, scope)
        (block,) = operation.blocks[:1]
        inner = dict(scope)
        for outer, own in (*zip(item.qubits, block.qubits, strict=True), *zip(item.clbits, block.clbits, strict=True)):
            inner[own] = scope[outer]
            if outer in self._shown:
                self._shown[own] = self._shown[outer]
        self._lines.indent += 1
        self._block(block, inner)
        self._lines.indent -= 1
        self._lines.mark(end)


_SPECIAL: Final = {
    "measure": ("Measure", "_SingletonMeasure"),
    "reset": ("Reset", "_SingletonReset"),
    "barrier": ("Barrier",),
    "if_else": ("IfElseOp",),
}
"""What is no gate, with Qiskit's classes: a gate may have any of the names."""


def _short(value: Any) -> str:
    """A parameter for a comment; of a matrix only that it is one."""
    text = " ".join(str(value).split())
    return text if len(text) <= 24 else "…"
