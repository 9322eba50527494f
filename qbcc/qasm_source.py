"""A circuit that Qiskit read from OpenQASM, as QBC source: gates one to one where QBC has them, else as they are
defined; bits as words in memory; conditions as jumps."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from qbcc import messages_circuit
from qbcc.qasm import Read
from vm.quantum.gates import GATES

MOST_LINES: Final = 1_000_000
_WORD: Final = 64
_DENOMINATORS: Final = (1, 2, 3, 4, 6, 8, 16, 32)
_RESERVED: Final = re.compile(r"(?:r\d+|main|bits|PI|OUTPUT_BUFFER|name_.*|loop_.*)", re.IGNORECASE)
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
_BITS: Final = """
; bits: r0 becomes the number whose r1 bits are the words from r0 on, the first the lowest
;   changes  r1, r2, r3
bits:
    QMOV r2, 0
@next:
    QSUB r1, 1
    QSHL r2, 1
    QSHL r3, r1, 3
    QADD r3, r0
    QLOAD r3, [r3]
    QOR r2, r3
    QJGT r1, 0, @next
    QMOV r0, r2
    QRET
"""
Place = tuple[str, int]
"""Of a bit: label and index."""
Scope = Mapping[Any, Any]
"""From Qiskit's bits to operands of QBC (of qubits) and places (of bits)."""


def angle(value: float) -> str:
    """A number as QBC has it: a multiple of π where that is exactly the same double."""
    for below in _DENOMINATORS:
        times = round(value * below / math.pi) if abs(value) < 1000 else 0
        if times and math.pi * abs(times) / below == abs(value):
            text = "-PI" if times < 0 else "PI"
            text += f"*{abs(times)}" if abs(times) > 1 else ""
            return text + (f"/{below}" if below > 1 else "")
    return repr(value)


def source(found: Read) -> str:
    """The program. Raises :class:`qbcc.diagnostics.SourceError` for what has no form in QBC."""
    return _Writer(found).program()


class _Writer:
    def __init__(self, found: Read) -> None:
        self._found = found
        self._lines: list[str] = []
        self._names: set[str] = set()
        self._loops: list[tuple[str, str]] = []
        """Labels of the loops around: where to go on, where to end."""
        self._counters = 0
        self._labels = 0
        self._needs_bits = False
        self._indent = 1
        circuit = found.circuit
        self._defines: list[str] = []
        self._arrays: list[tuple[str, str, int]] = []
        """Label, the register's own name, bits."""
        self._shown: dict[Any, str] = {}
        scope: dict[Any, Any] = {}
        self._place_qubits(circuit, scope)
        self._place_bits(circuit, scope)
        self._scope: Scope = scope

    # -- names

    def _name(self, wanted: str) -> str:
        name = re.sub(r"\W", "_", wanted, flags=re.ASCII) or "_"
        name = f"_{name}" if name[0].isdigit() else name
        while _RESERVED.fullmatch(name) or name in self._names:
            name += "_"
        self._names.add(name)
        return name

    def _place_qubits(self, circuit: Any, scope: dict[Any, Any]) -> None:
        first = 1
        for register in circuit.qregs:
            # One whose qubits have a place is another name for them.
            if len(register) and not any(qubit in scope for qubit in register):
                wanted = self._found.names.get(register.name, register.name)
                name = self._name(wanted)
                self._defines.append(f".define {name} {first}")
                for index, qubit in enumerate(register):
                    scope[qubit], self._shown[qubit] = f"{name}+{index}", f"{wanted}[{index}]"
                first += len(register)
        lone = [qubit for qubit in circuit.qubits if qubit not in scope]
        for qubit, wanted in zip(lone, _named(self._found.lone_qubits, len(lone), "qubit"), strict=True):
            scope[qubit], self._shown[qubit] = self._name(wanted), wanted
            self._defines.append(f".define {scope[qubit]} {first}")
            first += 1

    def _place_bits(self, circuit: Any, scope: dict[Any, Any]) -> None:
        for register in circuit.cregs:
            if len(register) and not any(bit in scope for bit in register):
                wanted = self._found.names.get(register.name, register.name)
                name = self._name(wanted)
                self._arrays.append((name, wanted, len(register)))
                scope.update((bit, (name, index)) for index, bit in enumerate(register))
        lone = [bit for bit in circuit.clbits if bit not in scope]
        for bit, wanted in zip(lone, _named(self._found.lone_bits, len(lone), "bit"), strict=True):
            name = self._name(wanted)
            self._arrays.append((name, wanted, 1))
            scope[bit] = (name, 0)

    # -- lines

    def _do(self, text: str, comment: str = "") -> None:
        if len(self._lines) >= MOST_LINES:
            raise messages_circuit.unsupported(self._found.name, f"it takes more than {MOST_LINES:,} lines of QBC")
        line = "    " * self._indent + text
        self._lines.append(f"{line:<36}; {comment}" if comment else line)

    def _label(self, kind: str) -> str:
        self._labels += 1
        return f"@{kind}_{self._labels}"

    def _mark(self, label: str) -> None:
        self._lines.append(f"{label}:")

    def _refuse(self, what: str) -> NoReturn:
        raise messages_circuit.unsupported(self._found.name, what)

    # -- the program

    def program(self) -> str:
        """Everything."""
        circuit = self._found.circuit
        self._block(circuit, self._scope)
        if self._arrays:
            self._lines += ["", "    ; the result: each register as a number, its first bit the lowest"]
        records = self._records()
        name = "".join(letter if letter.isprintable() else "?" for letter in self._found.name)
        head = [
            f"; {name}: OpenQASM {self._found.version}, {circuit.num_qubits} qubits, {circuit.num_clbits} bits.",
            "; A bit is a word of memory; qubits are handles, which begin at 1.",
            "",
            ".define PI 3.141592653589793",
            *self._defines,
            "",
            "main:",
        ]
        if circuit.num_qubits:
            head += [f"    QALLOC r0, {circuit.num_qubits}", "    QASSERT r0, 1"]
        data = [f"{label}: .space {8 * size}" for label, _, size in self._arrays]
        data += [f"loop_{number}: .space 8" for number in range(1, self._counters + 1)]
        data += [f'{label}: .asciz "{text}"' for label, text in records]
        tail = ["    QHALT", *(_BITS.rstrip().split("\n") if self._needs_bits else ())]
        return "\n".join([*head, *self._lines, *tail, *(["", ".data", *data] if data else []), ""])

    def _records(self) -> list[tuple[str, str]]:
        """Record the registers; labels and texts of the names."""
        names: list[tuple[str, str]] = []
        for label, shown, size in self._arrays:
            for first in range(0, size, _WORD):
                count = min(_WORD, size - first)
                text = shown if size <= _WORD else f"{shown}[{first}:{first + count - 1}]"
                names.append((f"name_{len(names) + 1}", _quoted(text)))
                self._number([(label, first + index) for index in range(count)])
                self._do("QMOV r1, r0")
                self._do(f"QMOV r0, {names[-1][0]}")
                self._do("QSYSCALL 14")
        return names

    def _number(self, places: Sequence[Place]) -> None:
        """``r0`` becomes the number in bits that lie one behind the other."""
        label, first = places[0]
        if len(places) == 1:
            self._do(f"QLOAD r0, [{label}+{8 * first}]" if first else f"QLOAD r0, [{label}]")
            return
        self._needs_bits = True
        self._do(f"QMOV r0, {label}+{8 * first}" if first else f"QMOV r0, {label}")
        self._do(f"QMOV r1, {len(places)}")
        self._do("QCALL bits")

    def _block(self, block: Any, scope: Scope) -> None:
        for item in block.data:
            operation = item.operation
            # Qiskit 1 hangs the condition of OpenQASM 2 on the gate itself.
            condition = getattr(operation, "condition", None)
            if condition is not None and not getattr(operation, "blocks", None):
                end = self._label("end")
                self._unless(condition, end, scope)
                self._operation(operation.to_mutable(), item, scope)
                self._mark(end)
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

    def _delay(self, _operation: Any, item: Any, _scope: Scope) -> None:
        self._do(f"; a delay of {self._where(item)}: time passes for nobody here")

    def _box(self, operation: Any, item: Any, scope: Scope) -> None:
        self._inside(operation.blocks[0], item, scope)

    # -- control

    def _inside(self, block: Any, item: Any, scope: Scope) -> None:
        inner = dict(scope)
        for outer, own in (*zip(item.qubits, block.qubits, strict=True), *zip(item.clbits, block.clbits, strict=True)):
            inner[own] = scope[outer]
            if outer in self._shown:
                self._shown[own] = self._shown[outer]
        self._indent += 1
        self._block(block, inner)
        self._indent -= 1

    def _unless(self, condition: Any, label: str, scope: Scope) -> None:
        """Go to a label where a condition does not hold."""
        if not isinstance(condition, tuple):
            self._refuse("a condition is an expression; a bit, or a register == a number, is what it may be")
        bits, value = condition
        if not hasattr(bits, "__len__"):
            self._number([scope[bits]])
            self._do(f"QJNE r0, {int(value)}, {label}", f"unless {scope[bits][0]}[{scope[bits][1]}] == {int(value)}")
            return
        places = [scope[bit] for bit in bits]
        value = int(value)
        if not 0 <= value < 1 << len(places):
            self._do(f"QJMP {label}", f"{value} is no value of {len(places)} bits")
        elif len(places) <= _WORD and places == [(places[0][0], places[0][1] + index) for index in range(len(places))]:
            self._number(places)
            self._do(f"QJNE r0, {value}, {label}", f"unless {places[0][0]} == {value}")
        else:
            for index, place in enumerate(places):
                self._number([place])
                self._do(f"QJNE r0, {value >> index & 1}, {label}")

    def _if_else(self, operation: Any, item: Any, scope: Scope) -> None:
        blocks = operation.blocks
        end = self._label("end")
        other = self._label("else") if len(blocks) > 1 else end
        self._unless(operation.condition, other, scope)
        self._inside(blocks[0], item, scope)
        if len(blocks) > 1:
            self._do(f"QJMP {end}")
            self._mark(other)
            self._inside(blocks[1], item, scope)
        self._mark(end)

    def _while_loop(self, operation: Any, item: Any, scope: Scope) -> None:
        again, end = self._label("while"), self._label("end")
        self._mark(again)
        self._unless(operation.condition, end, scope)
        self._loops.append((again, end))
        self._inside(operation.blocks[0], item, scope)
        self._loops.pop()
        self._do(f"QJMP {again}")
        self._mark(end)

    def _for_loop(self, operation: Any, item: Any, scope: Scope) -> None:
        values, parameter, block = operation.params
        end = self._label("end")
        if parameter is None or parameter not in block.parameters:
            self._counters += 1
            again, counter = self._label("for"), f"[loop_{self._counters}]"
            self._do(f"QSTORE 0, {counter}")
            self._mark(again)
            self._do(f"QLOAD r0, {counter}")
            self._do(f"QJGE r0, {len(values)}, {end}", f"{len(values)} times")
            self._do("QADD r0, 1")
            self._do(f"QSTORE r0, {counter}")
            self._loops.append((again, end))
            self._inside(block, item, scope)
            self._loops.pop()
            self._do(f"QJMP {again}")
        else:
            # Its angles depend on the variable: once for each value.
            for value in values:
                following = self._label("for")
                self._do(f"; {value}")
                self._loops.append((following, end))
                self._inside(block.assign_parameters({parameter: value}), item, scope)
                self._loops.pop()
                self._mark(following)
        self._mark(end)

    def _break_loop(self, _operation: Any, _item: Any, _scope: Scope) -> None:
        self._do(f"QJMP {self._loops[-1][1]}")

    def _continue_loop(self, _operation: Any, _item: Any, _scope: Scope) -> None:
        self._do(f"QJMP {self._loops[-1][0]}")


_SPECIAL: Final = {
    "measure": ("Measure", "_SingletonMeasure"),
    "reset": ("Reset", "_SingletonReset"),
    "barrier": ("Barrier",),
    "delay": ("Delay",),
    "box": ("BoxOp",),
    "if_else": ("IfElseOp",),
    "while_loop": ("WhileLoopOp",),
    "for_loop": ("ForLoopOp",),
    "break_loop": ("BreakLoopOp",),
    "continue_loop": ("ContinueLoopOp",),
}
"""What is no gate, with Qiskit's classes: a gate may have any of the names."""


def _named(names: Sequence[str], count: int, kind: str) -> list[str]:
    """Names for so many: those of the text if they are as many."""
    return list(names) if len(names) == count else [f"{kind}{number}" for number in range(count)]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _short(value: Any) -> str:
    """A parameter for a comment; of a matrix only that it is one."""
    text = " ".join(str(value).split())
    return text if len(text) <= 24 else "…"
