"""OpenQASM 2 and 3 to QBC: read by Qiskit, written as a source that does the same.

Qubits are the handles 1, 2, …; classical bits are words of memory, register after register, recorded at the end."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.messages_output import missing_extra
from vm.quantum.gates import GATES

_LARGEST: Final = 16 << 20
"""Bytes of a file."""
_MOST_LINES: Final = 1_000_000
"""Of the source that is written."""
_UNROLLED: Final = 10_000
"""Rounds of a loop that is written out."""
_GATES: Final = {(gate.method or "ch"): gate for gate in GATES.values() if gate.mnemonic not in ("QW", "QSIGMA")}
"""By Qiskit's name."""
_SAME: Final = {"u3": "u", "u1": "p", "cu1": "cp", "toffoli": "ccx", "cnot": "cx"}
_COMPARED: Final = {
    "EQUAL": "QJEQ", "NOT_EQUAL": "QJNE", "LESS": "QJLTU", "LESS_EQUAL": "QJLEU", "GREATER": "QJGTU",
    "GREATER_EQUAL": "QJGEU",
}  # fmt: skip
_COMBINED: Final = {
    "BIT_AND": "QAND", "BIT_OR": "QOR", "BIT_XOR": "QXOR", "LOGIC_AND": "QAND", "LOGIC_OR": "QOR",
}  # fmt: skip


def read(path: Path) -> str:
    """A file's QBC source. Raises :class:`SourceError`."""
    name = path.name
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        raise _error(f"cannot read '{path}': {error.strerror}") from None
    if len(content) > _LARGEST:
        raise _error(f"'{name}' is larger than {_LARGEST >> 20} MiB")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _error(f"'{name}' is no text: byte {error.start} is not UTF-8") from None
    return convert(text, name)


def convert(text: str, name: str) -> str:
    """The QBC source of an OpenQASM text. Raises :class:`SourceError`."""
    circuit = _load(text, name)
    if not circuit.num_qubits:
        raise _error(f"'{name}' is not OpenQASM that can be run: it has no qubit")
    writer = _Writer(circuit, name)
    try:
        writer.block(circuit, list(range(circuit.num_qubits)), list(range(circuit.num_clbits)))
    except RecursionError:
        raise _error(f"'{name}' is nested too deeply") from None
    return writer.source()


def _error(message: str, *notes: str) -> SourceError:
    return SourceError([Diagnostic("E0808", message, None, notes=notes)])


def _load(text: str, name: str) -> Any:
    """Qiskit's circuit."""
    try:
        from qiskit import qasm2, qasm3
    except ImportError:
        raise missing_extra(".qasm", "reading", "convert") from None
    version = re.match(r"(?:\s|//[^\n]*\n|/\*.*?\*/)*OPENQASM\s+(\d+)", text, re.DOTALL)
    if version is not None and version[1] not in ("2", "3"):
        raise _error(f"'{name}' is OpenQASM {version[1]}; 2 and 3 are read")
    try:
        if version is not None and version[1] == "3":
            return qasm3.loads(text)
        # Nothing but the language's own files is included: a stranger's text reads none of ours.
        return qasm2.loads(text, include_path=(), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    except ImportError:
        raise missing_extra(".qasm", "reading", "convert") from None
    except Exception as error:
        # Whatever the parsers say of a text that is wrong.
        line = " ".join(str(getattr(error, "message", error) or type(error).__name__).split())
        raise _error(f"'{name}' is not OpenQASM that can be read: {line[:300]}") from None


class _Writer:
    """Writes one program."""

    def __init__(self, circuit: Any, name: str) -> None:
        self._name = name
        self._lines: list[str] = []
        self._labels = 0
        self._qubits = circuit.num_qubits
        self._registers: list[tuple[str, list[int]]] = []
        """Names, and which of the circuit's bits."""
        self._root = circuit
        held: set[int] = set()
        for register in circuit.cregs:
            bits = [circuit.find_bit(bit).index for bit in register]
            held |= set(bits)
            self._registers.append((register.name, bits))
            if len(bits) > 64:
                raise _error(f"'{name}': the register '{register.name}' has {len(bits)} bits; 64 fit a value")
        for bit in range(circuit.num_clbits):
            if bit not in held:
                self._registers.append((f"bit{bit}", [bit]))

    def source(self) -> str:
        """The whole program."""
        head = [f"; from {json.dumps(self._name, ensure_ascii=False)[1:-1]}"]
        if self._qubits:
            head += [f".define q{number} {number + 1}" for number in range(self._qubits)]
        head += ["", "main:"]
        if self._qubits:
            head.append(f"    QALLOC r0, {self._qubits}")
        tail = []
        for number, (_, bits) in enumerate(self._registers):
            tail += [*_value(bits), f"    QMOV r0, name{number}", "    QSYSCALL 14"]
        tail.append("    QHALT")
        data = ["", ".data"]
        if self._root.num_clbits:
            data += [".align 8", f"bits: .space {8 * self._root.num_clbits}"]
        data += [
            f"name{number}: .asciz {json.dumps(name, ensure_ascii=False)}"
            for number, (name, _) in enumerate(self._registers)
        ]
        return "\n".join([*head, *self._lines, *tail, *(data if self._root.num_clbits else [])]) + "\n"

    def _put(self, *lines: str) -> None:
        self._lines += lines
        if len(self._lines) > _MOST_LINES:
            raise _error(f"'{self._name}' makes more than {_MOST_LINES:,} lines")

    def _label(self) -> str:
        self._labels += 1
        return f"on{self._labels}"

    def block(self, circuit: Any, qubits: list[int], bits: list[int]) -> None:
        """The instructions of a circuit whose qubits and bits are these of the whole."""
        for step in circuit.data:
            taken = [qubits[circuit.find_bit(bit).index] for bit in step.qubits]
            read = [bits[circuit.find_bit(bit).index] for bit in step.clbits]
            self._step(step.operation, taken, read)

    def _step(self, operation: Any, qubits: list[int], bits: list[int]) -> None:
        name = operation.name
        if name == "measure":
            self._put(f"    QMEAS r1, q{qubits[0]}", f"    QSTORE r1, [bits+{8 * bits[0]}]")
        elif name == "reset":
            self._put(f"    QRESET q{qubits[0]}")
        elif name == "barrier":
            self._put("    QBARRIER")
        elif name in ("id", "delay"):
            return
        elif name == "if_else":
            self._if(operation, qubits, bits)
        elif name == "while_loop":
            self._while(operation, qubits, bits)
        elif name == "for_loop":
            self._for(operation, qubits, bits)
        else:
            self._gate(operation, qubits)

    def _gate(self, operation: Any, qubits: list[int]) -> None:
        gate = _GATES.get(_SAME.get(operation.name, operation.name))
        known = gate is not None and (gate.qubits, gate.angles) == (len(qubits), len(operation.params))
        if gate is not None and known and getattr(operation, "ctrl_state", None) in (None, _closed(operation)):
            angles = [self._angle(angle) for angle in operation.params]
            self._put(f"    {gate.mnemonic} {', '.join([*(f'q{qubit}' for qubit in qubits), *angles])}")
            return
        definition = getattr(operation, "definition", None)
        if definition is None:
            where = ", ".join(f"q{qubit}" for qubit in qubits) or "no qubit"
            raise _error(
                f"'{self._name}': '{operation.name}' on {where} has no form in QBC",
                "gates, measurements, resets, if, while and for are taken over",
            )
        self.block(definition, qubits, [])

    def _angle(self, angle: Any) -> str:
        try:
            value = float(angle)
        except TypeError:
            raise _error(f"'{self._name}': the angle {angle} has no value: inputs of a program are not taken") from None
        if not math.isfinite(value):
            raise _error(f"'{self._name}': an angle is {value}")
        return repr(value)

    # -- control flow

    def _if(self, operation: Any, qubits: list[int], bits: list[int]) -> None:
        other, end = self._label(), self._label()
        self._condition(operation.condition, bits, other)
        blocks = operation.blocks
        self.block(blocks[0], qubits, bits)
        if len(blocks) > 1:
            self._put(f"    QJMP {end}", f"{other}:")
            self.block(blocks[1], qubits, bits)
            self._put(f"{end}:")
        else:
            self._put(f"{other}:")

    def _while(self, operation: Any, qubits: list[int], bits: list[int]) -> None:
        again, end = self._label(), self._label()
        self._put(f"{again}:")
        self._condition(operation.condition, bits, end)
        self.block(operation.blocks[0], qubits, bits)
        self._put(f"    QJMP {again}", f"{end}:")

    def _for(self, operation: Any, qubits: list[int], bits: list[int]) -> None:
        values, variable, body = operation.params
        if len(values) > _UNROLLED:
            raise _error(f"'{self._name}': a for loop of {len(values):,} rounds; at most {_UNROLLED:,} are written out")
        for value in values:
            bound = body if variable is None else body.assign_parameters({variable: value})
            self.block(bound, qubits, bits)

    def _condition(self, condition: Any, bits: list[int], otherwise: str) -> None:
        """Go on where it holds, to a label where it does not."""
        from qiskit.circuit import ClassicalRegister, Clbit

        if isinstance(condition, tuple):
            target, wanted = condition
            if isinstance(target, Clbit | ClassicalRegister):
                self._put(*_value(self._bits_of(target)), f"    QJNE r1, {int(wanted)}, {otherwise}")
                return
        self._expression(condition)
        self._put(f"    QJEQ r1, 0, {otherwise}")

    def _bits_of(self, target: Any) -> list[int]:
        """Of a bit or a register of the whole circuit."""
        each: Iterable[Any] = target if hasattr(target, "size") else [target]
        try:
            return [self._root.find_bit(bit).index for bit in each]
        except Exception:
            raise _error(f"'{self._name}': {target} is no bit of the program") from None

    def _expression(self, node: Any) -> None:
        """The value of a classical expression in r1."""
        from qiskit.circuit.classical import expr

        if isinstance(node, expr.Var) and not isinstance(node.var, str) and hasattr(node.var, "__class__"):
            if getattr(node, "standalone", False):
                raise _error(f"'{self._name}': the classical variable '{node.name}' is not taken over")
            self._put(*_value(self._bits_of(node.var)))
        elif isinstance(node, expr.Value):
            self._put(f"    QMOV r1, {int(node.value)}")
        elif isinstance(node, expr.Cast):
            self._expression(node.operand)
        elif isinstance(node, expr.Unary) and node.op.name == "LOGIC_NOT":
            self._expression(node.operand)
            self._truth("QJNE")
        elif isinstance(node, expr.Binary) and node.op.name in (*_COMPARED, *_COMBINED):
            self._binary(node)
        else:
            raise _error(f"'{self._name}': the condition {node} is not taken over")

    def _binary(self, node: Any) -> None:
        self._expression(node.left)
        self._put("    QPUSH r1")
        self._expression(node.right)
        self._put("    QPOP r2")
        name = node.op.name
        if name in _COMBINED:
            self._put(f"    {_COMBINED[name]} r1, r2, r1")
            return
        end = self._label()
        self._put(
            "    QMOV r3, 1", f"    {_COMPARED[name]} r2, r1, {end}", "    QMOV r3, 0", f"{end}:", "    QMOV r1, r3"
        )

    def _truth(self, jump: str) -> None:
        """1 in r1 where it is 0, else 0."""
        end = self._label()
        self._put("    QMOV r3, 0", f"    {jump} r1, 0, {end}", "    QMOV r3, 1", f"{end}:", "    QMOV r1, r3")


def _value(bits: list[int]) -> list[str]:
    """Lines that give the value of some bits in r1, the first the lowest."""
    lines = ["    QMOV r1, 0"]
    for bit in reversed(bits):
        lines += ["    QADD r1, r1, r1", f"    QLOAD r2, [bits+{8 * bit}]", "    QOR r1, r2"]
    return lines


def _closed(operation: Any) -> int:
    """The control state of a gate all of whose controls are 1."""
    return int((1 << getattr(operation, "num_ctrl_qubits", 0)) - 1)
