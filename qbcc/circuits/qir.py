"""A circuit as QIR: the base profile where every qubit is measured last, else the adaptive profile.

Written after the specification (qir-alliance/qir-spec, Base_Profile.md and Adaptive_Profile.md): opaque pointers, four
blocks, the attributes of the entry point and the flags of the module."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from vm.circuit.items import Choice, Circuit, Item, steps
from vm.circuit.values import Depends, Number, Value
from vm.quantum.gates import append
from vm.quantum.tape import BARRIER, MEASURE, RESET, Step

_GATES: Final = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "cx", "cz")
"""Gates of the instruction set, by Qiskit's names."""
_FUNCTIONS: Final = {"sdg": "s__adj", "tdg": "t__adj", "cx": "cnot__body"}
Lowered = tuple[tuple[str, tuple[float, ...], tuple[int, ...]], ...]


def text(circuit: Circuit) -> str:
    """The module as LLVM's text."""
    return _Module(circuit).text()


def bitcode(circuit: Circuit) -> bytes:
    """The module as LLVM's bitcode."""
    import pyqir

    return bytes(pyqir.Module.from_ir(pyqir.Context(), text(circuit)).bitcode)


@cache
def _lowered(code: int, count: int, angles: tuple[float, ...]) -> Lowered:
    """A gate as gates that QIR has, up to a global phase: names, angles, places."""
    from qiskit import QuantumCircuit, transpile

    made = QuantumCircuit(count)
    append(made, code, list(range(count)), list(angles))
    made = transpile(made, basis_gates=[*_GATES], optimization_level=0)
    return tuple(
        (
            step.operation.name,
            tuple(float(angle) for angle in step.operation.params),
            tuple(made.find_bit(bit).index for bit in step.qubits),
        )
        for step in made.data
    )


def _without_last_resets(items: Sequence[Item]) -> list[Item]:
    """Items without resets after which nothing is done to the qubit: no result shows them."""
    found: list[Item] = []
    used: set[int] = set()
    for item in reversed(items):
        if isinstance(item, Step) and item.code == RESET and item.qubits[0] not in used:
            continue
        used.update(handle for step in steps([item]) for handle in step.qubits)
        found.append(item)
    return found[::-1]


def _is_base(items: Sequence[Item]) -> bool:
    """Whether every qubit is measured at most once, and nothing is done to it after that."""
    measured: set[int] = set()
    for item in items:
        if isinstance(item, Choice) or item.code == RESET or measured.intersection(item.qubits):
            return False
        if item.code == MEASURE:
            measured.update(item.qubits)
    return True


class _Module:
    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._place = {handle: number for number, handle in enumerate(circuit.handles)}
        self._items = _without_last_resets(circuit.items)
        self._lines: list[str] = []
        self._labels: list[str] = []
        self._declared: dict[str, str] = {}
        self._blocks = 0
        self._values = 0
        self._has_ints = self._has_floats = False
        self._needs_adaptive = False

    def text(self) -> str:
        """Everything."""
        output = list(self._output())
        is_base = _is_base(self._items) and not self._needs_adaptive
        lines, self._lines = self._lines, []
        self._open("entry")
        self._call("rt__initialize", "ptr null")
        self._go("body")
        self._open("body")
        if is_base:
            self._body([item for item in self._items if isinstance(item, Step) and item.code != MEASURE])
            self._go("measurements")
            self._open("measurements")
            self._body([item for item in self._items if isinstance(item, Step) and item.code == MEASURE])
        else:
            self._body(self._items)
        self._go("output")
        self._open("output")
        body = [*self._lines, *lines]
        for name, arguments in output:
            body.append(f"  call void @__quantum__{name}({arguments})")
            self._declare(name, arguments)
        labels = [
            f'@{number} = internal constant [{size} x i8] c"{shown}"'
            for number, (shown, size) in enumerate(map(_constant, self._labels))
        ]
        profile = "base_profile" if is_base else "adaptive_profile"
        attributes = (
            f'"entry_point" "qir_profiles"="{profile}" "output_labeling_schema"="labeled" '
            f'"required_num_qubits"="{len(self._place)}" "required_num_results"="{self._circuit.bits}"'
        )
        return "\n".join(
            [
                "; ModuleID = 'circuit'",
                'source_filename = "circuit"',
                "",
                *labels,
                "",
                "define i64 @main() #0 {",
                *body,
                "  ret i64 0",
                "}",
                "",
                *self._declared.values(),
                "",
                f"attributes #0 = {{ {attributes} }}",
                'attributes #1 = { "irreversible" }',
                "",
                *self._flags(is_base),
                "",
            ]
        )

    def _flags(self, is_base: bool) -> list[str]:
        flags = [
            '!{i32 1, !"qir_major_version", i32 2}',
            '!{i32 7, !"qir_minor_version", i32 0}',
            '!{i32 1, !"dynamic_qubit_management", i1 false}',
            '!{i32 1, !"dynamic_result_management", i1 false}',
        ]
        types: list[str] = []
        if not is_base:
            flags += [
                '!{i32 1, !"ir_functions", i1 false}',
                '!{i32 1, !"backwards_branching", i2 0}',
                '!{i32 1, !"multiple_target_branching", i1 false}',
                '!{i32 1, !"multiple_return_points", i1 false}',
            ]
            first = len(flags) + self._has_ints + self._has_floats
            if self._has_ints:
                flags.append(f'!{{i32 5, !"int_computations", !{first + len(types)}}}')
                types.append('!{!"i64"}')
            if self._has_floats:
                flags.append(f'!{{i32 5, !"float_computations", !{first + len(types)}}}')
                types.append('!{!"double"}')
        numbers = ", ".join(f"!{number}" for number in range(len(flags)))
        head = f"!llvm.module.flags = !{{{numbers}}}"
        return [head, *(f"!{number} = {flag}" for number, flag in enumerate([*flags, *types]))]

    # -- lines

    def _open(self, name: str) -> None:
        self._lines.append(f"{name}:")

    def _go(self, name: str) -> None:
        self._lines.append(f"  br label %{name}")

    def _call(self, name: str, arguments: str) -> None:
        self._lines.append(f"  call void @__quantum__{name}({arguments})")
        self._declare(name, arguments)

    def _declare(self, name: str, arguments: str, result: str = "void") -> None:
        types = [part.split()[0] for part in _split(arguments)]
        if name == "qis__mz__body":
            types[1] = "ptr writeonly"
        if name == "rt__read_result":
            types[0] = "ptr readonly"
        mark = " #1" if name == "qis__mz__body" else ""
        self._declared.setdefault(name, f"declare {result} @__quantum__{name}({', '.join(types)}){mark}")

    def _qubit(self, handle: int) -> str:
        return _pointer(self._place[handle])

    def _read(self, bit: int) -> str:
        self._values += 1
        name = f"%v{self._values}"
        argument = _pointer(bit)
        self._lines.append(f"  {name} = call i1 @__quantum__rt__read_result({argument})")
        self._declare("rt__read_result", argument, "i1")
        return name

    # -- the circuit

    def _body(self, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, Choice):
                self._choice(item)
            elif item.code == MEASURE:
                self._call("qis__mz__body", f"{self._qubit(item.qubits[0])}, {_pointer(item.bit)}")
            elif item.code == RESET:
                self._call("qis__reset__body", self._qubit(item.qubits[0]))
            elif item.code != BARRIER:
                for name, angles, places in _lowered(item.code, len(item.qubits), item.angles):
                    numbers = [f"double {_double(angle)}" for angle in angles]
                    qubits = [self._qubit(item.qubits[place]) for place in places]
                    self._call(f"qis__{_FUNCTIONS.get(name, f'{name}__body')}", ", ".join([*numbers, *qubits]))

    def _choice(self, item: Choice) -> None:
        self._blocks += 1
        one, zero, after = (f"{name}_{self._blocks}" for name in ("one", "zero", "after"))
        value = self._read(item.bit)
        first, second = (one if item.one else after), (zero if item.zero else after)
        self._lines.append(f"  br i1 {value}, label %{first}, label %{second}")
        for name, arm in ((one, item.one), (zero, item.zero)):
            if arm:
                self._open(name)
                self._body(arm)
                self._go(after)
        self._open(after)

    # -- output

    def _label(self, name: str) -> str:
        """A label: each is there once."""
        shown, number = name, 1
        while shown in self._labels:
            number += 1
            shown = f"{name} ({number})"
        self._labels.append(shown)
        return f"ptr @{len(self._labels) - 1}"

    def _output(self) -> Iterator[tuple[str, str]]:
        """The calls that record: what the program records, or else every outcome."""
        records = self._circuit.records
        if not records or any(isinstance(value, Depends) and not is_recorded(value) for _, value in records):
            for bit in range(self._circuit.bits):
                yield "rt__result_record_output", f"{_pointer(bit)}, {self._label(f'c[{bit}]')}"
            return
        for name, value in records:
            yield from self._record(name, value)

    def _record(self, name: str, value: Value) -> Iterator[tuple[str, str]]:
        if isinstance(value, Depends) and value.lanes is not None:
            if len(value.lanes) == 1:
                yield "rt__result_record_output", f"{_pointer(value.lanes[0])}, {self._label(name)}"
                return
            yield "rt__array_record_output", f"i64 {len(value.lanes)}, {self._label(name)}"
            for place, bit in enumerate(value.lanes):
                label = self._label(f"{name}[{place}]")
                if bit < 0:
                    self._needs_adaptive = True
                    yield "rt__bool_record_output", f"i1 false, {label}"
                else:
                    yield "rt__result_record_output", f"{_pointer(bit)}, {label}"
            return
        self._needs_adaptive = True
        rows = value.table if isinstance(value, Depends) else (value,)
        assert rows is not None
        is_float = any(isinstance(row, float) for row in rows)
        self._has_floats |= is_float
        self._has_ints |= not is_float
        found = self._selected(value.bits if isinstance(value, Depends) else (), rows, is_float=is_float)
        kind, function = ("double", "double") if is_float else ("i64", "int")
        yield f"rt__{function}_record_output", f"{kind} {found}, {self._label(name)}"

    def _selected(self, bits: Sequence[int], rows: Sequence[Number], *, is_float: bool) -> str:
        """A value by outcomes: a tree of selections."""
        texts = [_double(float(row)) if is_float else str(int(row)) for row in rows]
        kind = "double" if is_float else "i64"
        for bit in bits:
            condition = self._read(bit)
            halved = []
            for zero, one in zip(texts[0::2], texts[1::2], strict=True):
                if zero == one:
                    halved.append(zero)
                    continue
                self._values += 1
                self._lines.append(f"  %v{self._values} = select i1 {condition}, {kind} {one}, {kind} {zero}")
                halved.append(f"%v{self._values}")
            texts = halved
        return texts[0]


def is_recorded(value: Depends) -> bool:
    """Whether a value that depends on outcomes can be recorded."""
    return value.lanes is not None or value.table is not None


def _split(arguments: str) -> list[str]:
    """Arguments, where parentheses hold commas together."""
    parts, depth = [""], 0
    for letter in arguments:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _pointer(number: int) -> str:
    return f"ptr inttoptr (i64 {number} to ptr)" if number else "ptr null"


def _double(value: float) -> str:
    return f"0x{struct.unpack('>Q', struct.pack('>d', value))[0]:016X}"


def _constant(label: str) -> tuple[str, int]:
    """A string of LLVM, and its size in bytes with the zero at its end."""
    data = label.replace("\0", "").encode() + b"\0"
    shown = "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:02X}" for byte in data)
    return shown, len(data)
