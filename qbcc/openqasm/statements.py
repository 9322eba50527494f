"""Statements of OpenQASM 3 as QBC: bits and variables are words of memory, conditions are jumps, loops over constants
whose variable is used are unrolled, a ``def`` is expanded where it is called."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final, NoReturn

from openqasm3 import ast

from qbcc.circuits import messages as messages_circuit
from qbcc.openqasm import arithmetic, gates, values
from qbcc.openqasm.calls import Calls
from qbcc.openqasm.emit import Gates
from qbcc.openqasm.expressions import FIRST, Expressions
from qbcc.openqasm.lines import Lines, at
from qbcc.openqasm.values import (
    WORD,
    Array,
    Bits,
    Cell,
    Const,
    GateDefinition,
    Kind,
    Qubits,
    Refusal,
    Run,
    Scope,
    Subroutine,
    Value,
)

MOST_BITS: Final = 1 << 20
_MOST_CALLS: Final = 64
"""Calls of a ``def`` inside each other."""
_MOST_ITEMS: Final = 1 << 16
"""Elements of an array."""


class Lowering:
    """Lowers one text."""

    def __init__(self, name: str, where: Callable[[int], str]) -> None:
        self.lines = Lines(name, where)
        self._gates = Gates(self.lines)
        self._expressions = Expressions(self.lines, self._call_value)
        self._calls = Calls(self.lines, self._expressions)
        self._top = Scope()
        self._qubits = 0
        self._bits = 0
        self._loops: list[tuple[str, str]] = []
        """Labels of the loops around: where to go on, where to end."""
        self._returns: list[tuple[str, str, Kind | None]] = []
        """Of the calls around: label of the end, word of the result, its type."""
        self._outputs: list[tuple[str, Any]] = []
        self._inputs = 0
        self._needs_end = False
        self._node: Any = None

    def program(self, tree: Any) -> str:
        """The source of QBC. Raises :class:`Refusal`, whose node says where."""
        try:
            for statement in tree.statements:
                self._statement(statement, self._top)
        except Refusal as refusal:
            if getattr(refusal.node, "span", None) is None:
                refusal.node = self._node
            raise
        if self._needs_end:
            self.lines.mark("@the_end")
        if self._outputs:
            kept = {found.places[0][0] for _, found in self._outputs if isinstance(found, Bits)}
            spaces = [f"{label}: .space {8 * size}" for label, _, size in self.lines.arrays if label not in kept]
            self.lines.data += spaces
            self.lines.arrays = [each for each in self.lines.arrays if each[0] in kept]
        records = [(shown, _recorded(found)) for shown, found in self._outputs if isinstance(found, Cell)]
        return self.lines.whole(3, self._qubits, self._bits, records)

    # -- statements

    def _statement(self, node: Any, scope: Scope) -> None:
        outer, self._node = self._node, node
        name = type(node).__name__
        method = getattr(self, f"_{name}", None)
        if method is None:
            self._unknown(node, name)
        method(node, scope)
        self._node = outer

    def _unknown(self, node: Any, name: str) -> NoReturn:
        words = {
            "ExternDeclaration": "'extern' functions have no form in QBC: write a 'def'",
            "CalibrationGrammarDeclaration": "calibrations ('defcalgrammar', 'cal', 'defcal') have no form in QBC",
            "CalibrationStatement": "calibrations ('defcalgrammar', 'cal', 'defcal') have no form in QBC",
            "CalibrationDefinition": "calibrations ('defcalgrammar', 'cal', 'defcal') have no form in QBC",
        }
        raise Refusal(words.get(name, f"a statement of the form {name} is not supported"), node)

    def _body(self, statements: Sequence[Any], scope: Scope, *, indent: bool = True) -> None:
        inner = Scope(scope)
        self.lines.indent += indent
        for statement in statements:
            self._statement(statement, inner)
        self.lines.indent -= indent

    def _CompoundStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        self._body(node.statements, scope, indent=False)

    def _Include(self, node: Any, _scope: Scope) -> None:  # noqa: N802
        if node.filename == "stdgates.inc":
            self._calls.has_standard = True
        else:
            raise Refusal(
                f"'{node.filename}' is not a library of OpenQASM 3: include \"stdgates.inc\"", node, is_wrong=True
            )

    def _Pragma(self, node: Any, _scope: Scope) -> None:  # noqa: N802
        """A pragma is for another compiler."""

    def _ExpressionStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        call = node.expression
        if isinstance(call, ast.FunctionCall) and isinstance(scope.find(call.name.name), Subroutine):
            self._call(call, scope)
        else:
            self._expressions.value(call, scope)

    # -- declarations

    def _define(self, name: str, found: Any, scope: Scope, node: Any) -> None:
        if name in scope.names:
            raise Refusal(f"'{name}' is already defined", node, is_wrong=True)
        scope.names[name] = found

    def _word(self, name: str) -> str:
        """A new word of memory, named after a variable."""
        label = self.lines.own(name)
        self.lines.data.append(f"{label}: .space 8")
        return label

    def _QubitDeclaration(self, node: Any, scope: Scope) -> None:  # noqa: N802
        size = 1 if node.size is None else self._expressions.integer(node.size, scope)
        self._check_size(size, node, self._qubits)
        name = node.qubit.name
        label = self.lines.own(name)
        self.lines.defines.append(f".define {label} {self._qubits + 1}")
        self._qubits += size
        is_register = node.size is not None
        operands = tuple(f"{label}+{index}" for index in range(size)) if is_register else (label,)
        shown = tuple(f"{name}[{index}]" for index in range(size)) if is_register else (name,)
        self._define(name, Qubits(operands, shown, is_register, label), scope, node)

    def _check_size(self, size: int, node: Any, before: int) -> None:
        if size < 1:
            raise Refusal(f"the size of a register is {size}: at least 1", node, is_wrong=True)
        if before + size > MOST_BITS:
            raise Refusal(f"registers of more than {MOST_BITS:,} bits in all", node)

    def _new_bits(self, name: str, size: int, node: Any, *, is_register: bool) -> Bits:
        self._check_size(size, node, self._bits)
        label = self.lines.own(name)
        self._bits += size
        self.lines.arrays.append((label, name, size))
        return Bits(tuple((label, index) for index in range(size)), is_register)

    def _ClassicalDeclaration(self, node: Any, scope: Scope) -> None:  # noqa: N802
        name = node.identifier.name
        found = self._variable(name, node.type, scope, node)
        if isinstance(found, Array):
            self._fill(found, node.init_expression, scope, node)
        elif isinstance(found, Const):
            if node.init_expression is not None:
                value = self._expressions.constant(node.init_expression, scope)
                found = Const(arithmetic.converted(value, found.kind, node), found.kind)
        elif node.init_expression is not None:
            self._assign(found, node.init_expression, scope, node)
        elif self._is_repeated(scope):
            # In a loop or a def it begins anew each time; the first time memory is 0 anyway.
            self._store(found, Const(0, Kind("int")), node)
        self._define(name, found, scope, node)

    def _is_repeated(self, scope: Scope) -> bool:
        return scope is not self._top

    def _variable(self, name: str, kind_node: Any, scope: Scope, node: Any) -> Any:
        if isinstance(kind_node, ast.ArrayType):
            kind = self._expressions.kind(kind_node.base_type, scope)
            shape = tuple(self._expressions.integer(each, scope) for each in kind_node.dimensions)
            total = 1
            for size in shape:
                total *= size
            if not 1 <= total <= _MOST_ITEMS:
                raise Refusal(f"an array of {total:,} elements; 1 to {_MOST_ITEMS:,} are supported", node)
            label = self.lines.own(name)
            self.lines.data.append(f"{label}: .space {8 * total}")
            return Array(label, kind, shape)
        kind = self._expressions.kind(kind_node, scope)
        if kind.name == "bit":
            is_register = kind_node.size is not None
            if scope is self._top:
                return self._new_bits(name, kind.width, node, is_register=is_register)
            self._check_size(kind.width, node, self._bits)
            label = self.lines.own(name)
            self.lines.data.append(f"{label}: .space {8 * kind.width}")
            return Bits(tuple((label, index) for index in range(kind.width)), is_register)
        if kind.name == "duration":
            return Const(0.0, kind)
        return Cell(self._word(name), kind)

    def _fill(self, found: Array, node: Any, scope: Scope, at_node: Any) -> None:
        if node is None:
            return
        items = values.flat(node)
        total = 1
        for size in found.shape:
            total *= size
        if not isinstance(node, ast.ArrayLiteral):
            raise Refusal("a whole array cannot be assigned: assign its elements in a loop", at_node)
        if len(items) != total or not values.has_shape(node, found.shape):
            shape = ", ".join(map(str, found.shape))
            text = (
                f"{values.count(len(items), 'value')} for an array of {shape}"
                if len(items) != total
                else (f"the values do not have the shape of the array: {shape}")
            )
            raise Refusal(text, at_node, is_wrong=True)
        for place, item in enumerate(items):
            value = self._expressions.converted(self._expressions.value(item, scope), found.kind, item)
            operand = self._expressions.operand(value)
            self.lines.do(f"QSTORE {operand}, {at(found.label, place)}")

    def _ConstantDeclaration(self, node: Any, scope: Scope) -> None:  # noqa: N802
        name = node.identifier.name
        kind = self._expressions.kind(node.type, scope)
        value = self._expressions.value(node.init_expression, scope)
        if not isinstance(value, Const):
            raise Refusal(f"the constant '{name}' depends on what the program computes", node, is_wrong=True)
        converted = self._expressions.converted(value, kind, node)
        self._define(name, converted, scope, node)

    def _IODeclaration(self, node: Any, scope: Scope) -> None:  # noqa: N802
        name = node.identifier.name
        found = self._variable(name, node.type, scope, node)
        self._define(name, found, scope, node)
        if node.io_identifier.name == "output":
            if not isinstance(found, (Bits, Cell)):
                raise Refusal("an 'output' is a bit register or a number", node)
            self._outputs.append((name, found))
            return
        if not isinstance(found, Cell):
            raise Refusal("an 'input' is a number: int, uint, float, angle or bool", node)
        there = self.lines.label("given")
        self.lines.do(f"QMOV r0, {self._inputs}", f"input {name}: 'qbc run FILE -- …' takes its value")
        self.lines.do("QSYSCALL 13")
        self.lines.do(f"QJNE r1, -1, {there}")
        text = self.lines.text(f"no value for the input '{name}': give it as argument {self._inputs + 1} after --")
        self.lines.do(f"QTRAP {text}")
        self.lines.mark(there)
        self._inputs += 1
        given = arithmetic.FLOAT if found.kind.is_float or found.kind.name == "angle" else arithmetic.INT
        self.lines.do(f"{'QFLOAT' if given.is_float else 'QINT'} r{FIRST}, r0")
        self._store(found, Run(f"r{FIRST}", given), node)

    def _QuantumGateDefinition(self, node: Any, scope: Scope) -> None:  # noqa: N802
        name = node.name.name
        if self._calls.has_standard and name in gates.STANDARD:
            raise Refusal(f"the gate '{name}' is already defined by stdgates.inc", node, is_wrong=True)
        self._calls.check_gate(node.body, {each.name for each in node.qubits}, scope)
        self._define(name, GateDefinition(node, scope), scope, node)

    def _SubroutineDefinition(self, node: Any, scope: Scope) -> None:  # noqa: N802
        self._define(node.name.name, Subroutine(node), scope, node)

    def _AliasStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        found = self._joined(node.value, scope)
        scope.names[node.target.name] = found

    def _joined(self, node: Any, scope: Scope) -> Qubits | Bits:
        if isinstance(node, ast.Concatenation):
            left, right = self._joined(node.lhs, scope), self._joined(node.rhs, scope)
            if isinstance(left, Qubits) and isinstance(right, Qubits):
                operands = left.operands + right.operands
                if len(set(operands)) != len(operands):
                    raise Refusal("the parts of an alias have a qubit in common", node, is_wrong=True)
                return Qubits(operands, left.shown + right.shown, True)
            if isinstance(left, Bits) and isinstance(right, Bits):
                return Bits(left.places + right.places, True)
            raise Refusal("an alias joins qubits, or bits", node, is_wrong=True)
        if isinstance(node, ast.Identifier):
            found = scope.find(node.name)
            if isinstance(found, (Qubits, Bits)):
                return found
        elif isinstance(node, ast.IndexExpression) and isinstance(node.collection, ast.Identifier):
            found = scope.find(node.collection.name)
            if isinstance(found, Qubits):
                return self._calls.select(found, [node.index], scope, node)
            if isinstance(found, Bits):
                part = self._expressions.bits_at(found, [node.index], node, scope, 0)
                if isinstance(part, Bits):
                    return part
        raise Refusal("an alias is for qubits or bits: let a = q[0:2] ++ r;", node, is_wrong=True)

    # -- gates, measurements and the like

    def _QuantumGate(self, node: Any, scope: Scope) -> None:  # noqa: N802
        for op in self._calls.called(node, scope):
            self._gates.write(op)

    _QuantumPhase = _QuantumGate

    def _QuantumMeasurementStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        qubits = self._calls.operands(node.measure.qubit, scope)
        if node.target is None:
            for qubit in qubits.operands:
                self._measure(qubit)
            return
        target = self._target(node.target, scope)
        self._measure_into(qubits, target, node)

    def _measure(self, qubit: str) -> None:
        if qubit.startswith("["):
            self.lines.do(f"QLOAD r1, {qubit}")
            qubit = "r1"
        self.lines.do(f"QMEAS r0, {qubit}")

    def _measure_into(self, qubits: Qubits, target: Any, node: Any) -> None:
        if isinstance(target, str) and len(qubits.operands) == 1:
            # The address is in a register that measuring does not change.
            self._measure(qubits.operands[0])
            self.lines.do(f"QSTORE r0, [{target}]")
            return
        if isinstance(target, Cell) and target.kind.name == "bool" and len(qubits.operands) == 1:
            self._measure(qubits.operands[0])
            self.lines.do(f"QSTORE r0, [{target.label}]")
            return
        if not isinstance(target, Bits):
            raise Refusal("a measurement is assigned to bits", node, is_wrong=True)
        if len(target.places) != len(qubits.operands):
            counts = f"{len(qubits.operands)} qubits into {len(target.places)} bits"
            raise Refusal(f"{counts}: they must be as many", node, is_wrong=True)
        for qubit, place in zip(qubits.operands, target.places, strict=True):
            self._measure(qubit)
            self.lines.do(f"QSTORE r0, {at(*place)}")

    def _target(self, node: Any, scope: Scope) -> Any:
        """What is assigned to: bits, a variable, or the register with an address."""
        name = node.name if isinstance(node, ast.Identifier) else node.name.name
        found = scope.find(name)
        if found is None:
            raise Refusal(f"'{name}' is not defined", node, is_wrong=True)
        if isinstance(node, ast.Identifier):
            if isinstance(found, (Bits, Cell)):
                return found
        elif isinstance(found, Bits):
            return self._expressions.bits_at(found, node.indices, node, scope, 1)
        elif isinstance(found, Array):
            place = self._expressions.array_place(found, node.indices, node, scope, 1)
            return Cell(f"{found.label}+{8 * place}", found.kind) if isinstance(place, int) else (place, found.kind)
        if isinstance(found, Cell):
            raise Refusal(
                f"single bits of '{name}' cannot be assigned to: write {name} = {name} | 1 << k or {name} & ~(1 << k)",
                node,
            )
        raise Refusal(f"'{name}' cannot be assigned to", node, is_wrong=True)

    def _QuantumReset(self, node: Any, scope: Scope) -> None:  # noqa: N802
        for qubit in self._calls.operands(node.qubits, scope).operands:
            if qubit.startswith("["):
                self.lines.do(f"QLOAD r1, {qubit}")
                qubit = "r1"
            self.lines.do(f"QRESET {qubit}")

    def _QuantumBarrier(self, node: Any, scope: Scope) -> None:  # noqa: N802
        for qubit in node.qubits:
            if isinstance(qubit, (ast.Identifier, ast.IndexedIdentifier)):
                self._calls.operands(qubit, scope)
        self.lines.do("QBARRIER")

    def _DelayInstruction(self, node: Any, scope: Scope) -> None:  # noqa: N802
        shown = [name for qubit in node.qubits for name in self._calls.operands(qubit, scope).shown]
        where = f" of {', '.join(shown[:8])}{', …' if len(shown) > 8 else ''}" if shown else ""
        self.lines.do(f"; a delay{where}: time passes for nobody here")

    def _Box(self, node: Any, scope: Scope) -> None:  # noqa: N802
        self._body(node.body, scope)

    # -- assignments

    def _ClassicalAssignment(self, node: Any, scope: Scope) -> None:  # noqa: N802
        sign = node.op.name
        rvalue = node.rvalue
        if sign == "~=":
            raise Refusal("'~' has one operand: write x = ~x; or x = ~y;", node, is_wrong=True)
        if sign != "=":
            left = node.lvalue
            if isinstance(left, ast.IndexedIdentifier):
                read: Any = left.name
                for element in left.indices:
                    read = ast.IndexExpression(read, element)
            else:
                read = left
            rvalue = ast.BinaryExpression(ast.BinaryOperator[sign[:-1]], read, rvalue)
            rvalue.span = node.span
        name = node.lvalue.name if isinstance(node.lvalue, ast.Identifier) else node.lvalue.name.name
        found = scope.find(name)
        if isinstance(found, Const):
            raise Refusal(f"'{name}' is a constant, and cannot be assigned to", node, is_wrong=True)
        if isinstance(found, Array) and isinstance(node.lvalue, ast.Identifier):
            if not isinstance(rvalue, ast.ArrayLiteral):
                raise Refusal("a whole array cannot be assigned: assign its elements in a loop", node)
            self._fill(found, rvalue, scope, node)
            return
        if isinstance(node.lvalue, ast.Identifier):
            self._assign(self._target(node.lvalue, scope), rvalue, scope, node)
            return
        # The value first: to compute the address may take registers.
        if isinstance(rvalue, ast.QuantumMeasurement):
            self._assign(self._target(node.lvalue, scope), rvalue, scope, node)
            return
        value = self._expressions.value(rvalue, scope)
        self._store(self._target(node.lvalue, scope), value, node)

    def _assign(self, target: Any, rvalue: Any, scope: Scope, node: Any) -> None:
        if isinstance(rvalue, ast.QuantumMeasurement):
            self._measure_into(self._calls.operands(rvalue.qubit, scope), target, node)
            return
        if isinstance(target, Bits) and len(target.places) > WORD:
            self._wide(target, rvalue, scope, node)
            return
        self._store(target, self._expressions.value(rvalue, scope), node)

    def _wide(self, target: Bits, rvalue: Any, scope: Scope, node: Any) -> None:
        """A register of more than 64 bits from a constant or another register."""
        if isinstance(rvalue, ast.Identifier) and isinstance(scope.find(rvalue.name), Bits):
            source = scope.find(rvalue.name)
            if len(source.places) != len(target.places):
                raise Refusal("registers of different sizes", node, is_wrong=True)
            for old, new in zip(source.places, target.places, strict=True):
                self.lines.do(f"QLOAD r0, {at(*old)}")
                self.lines.do(f"QSTORE r0, {at(*new)}")
            return
        if not isinstance(rvalue, (ast.IntegerLiteral, ast.BitstringLiteral)):
            count = len(target.places)
            text = f"a register of {count} bits takes a register, a bit string or a whole number that is written out"
            raise Refusal(text, node)
        for index, place in enumerate(target.places):
            self.lines.do(f"QSTORE {rvalue.value >> index & 1}, {at(*place)}")

    def _store(self, target: Any, value: Value, node: Any) -> None:
        expressions = self._expressions
        if isinstance(target, Cell):
            converted = expressions.converted(value, target.kind, node)
            self.lines.do(f"QSTORE {expressions.operand(converted, as_float=target.kind.is_float)}, [{target.label}]")
        elif isinstance(target, tuple):
            register, kind = target
            converted = expressions.converted(value, kind, node)
            self.lines.do(f"QSTORE {expressions.operand(converted, as_float=kind.is_float)}, [{register}]")
        elif isinstance(target, str):
            converted = expressions.converted(value, Kind("bit", 1), node)
            self.lines.do(f"QSTORE {expressions.operand(converted)}, [{target}]")
        else:
            self._store_bits(target, value, node)

    def _store_bits(self, target: Bits, value: Value, node: Any) -> None:
        count = len(target.places)
        if value.kind.name == "bit" and value.kind.width != count:
            are = "bit is" if value.kind.width == 1 else "bits are"
            raise Refusal(f"{value.kind.width} {are} assigned to {count}", node, is_wrong=True)
        converted = self._expressions.converted(value, Kind("bit", count), node)
        if isinstance(converted, Const):
            for index, place in enumerate(target.places):
                self.lines.do(f"QSTORE {int(converted.value) >> index & 1}, {at(*place)}")
        elif count == 1:
            self.lines.do(f"QSTORE {converted.register}, {at(*target.places[0])}")
        else:
            for index, place in enumerate(target.places):
                self.lines.do(f"QSHR r0, {converted.register}, {index}")
                self.lines.do("QAND r0, 1")
                self.lines.do(f"QSTORE r0, {at(*place)}")

    # -- control

    def _unless(self, node: Any, label: str, scope: Scope) -> None:
        """Go to a label where a condition does not hold."""
        if self._is_known_register(node, label, scope):
            return
        found = self._expressions.value(node, scope)
        if isinstance(found, Const):
            if not found.value:
                self.lines.do(f"QJMP {label}", "never")
            return
        self.lines.do(f"QJEQ {found.register}, 0, {label}")

    def _is_known_register(self, node: Any, label: str, scope: Scope) -> bool:
        """A register of bits compared with a constant, whatever its width."""
        if not (isinstance(node, ast.BinaryExpression) and node.op.name in ("==", "!=")):
            return False
        if not isinstance(node.lhs, ast.Identifier) or not isinstance(scope.find(node.lhs.name), Bits):
            return False
        places = scope.find(node.lhs.name).places
        mark = len(self.lines.lines)
        found = self._expressions.value(node.rhs, scope)
        is_integer = isinstance(found, Const) and not found.kind.is_float and found.kind.name != "angle"
        if not isinstance(found, Const) or not is_integer or (node.op.name == "!=" and len(places) > WORD):
            del self.lines.lines[mark:]
            return False
        value = int(found.value)
        if value < 0:
            return False
        if not 0 <= value < 1 << len(places):
            if node.op.name == "==":
                self.lines.do(f"QJMP {label}", f"{value} is no value of {len(places)} bits")
        elif len(places) <= WORD and list(places) == [(places[0][0], places[0][1] + i) for i in range(len(places))]:
            self.lines.number(places)
            jump = "QJNE" if node.op.name == "==" else "QJEQ"
            operand = value - (1 << WORD) if value >= 1 << (WORD - 1) else value
            self.lines.do(f"{jump} r0, {operand}, {label}", f"unless {places[0][0]} {node.op.name} {value}")
        else:
            if node.op.name == "!=":
                return False
            for index, place in enumerate(places):
                self.lines.number([place])
                self.lines.do(f"QJNE r0, {value >> index & 1}, {label}")
        return True

    def _BranchingStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        end = self.lines.label("end")
        other = self.lines.label("else") if node.else_block else end
        self._unless(node.condition, other, scope)
        self._body(node.if_block, scope)
        if node.else_block:
            self.lines.do(f"QJMP {end}")
            self.lines.mark(other)
            self._body(node.else_block, scope)
        self.lines.mark(end)

    def _SwitchStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        end = self.lines.label("end")
        found = self._expressions.value(node.target, scope)
        word = self.lines.word()
        kind = arithmetic.kind_of(found)
        if kind.is_float or kind.name == "angle":
            raise Refusal("the value of a 'switch' is an integer", node, is_wrong=True)
        self.lines.do(f"QSTORE {self._expressions.operand(found)}, [{word}]")
        seen: set[int] = set()
        for wanted, block in node.cases:
            following, here = self.lines.label("case"), self.lines.label("here")
            numbers = [self._case(each, kind, scope) for each in wanted]
            if seen.intersection(numbers):
                raise Refusal("two cases have the same value", wanted[0], is_wrong=True)
            seen.update(numbers)
            self.lines.do(f"QLOAD r0, [{word}]")
            for number in numbers:
                self.lines.do(f"QJEQ r0, {arithmetic.wrapped(number, arithmetic.INT)}, {here}")
            self.lines.do(f"QJMP {following}")
            self.lines.mark(here)
            self._body(block.statements, scope)
            self.lines.do(f"QJMP {end}")
            self.lines.mark(following)
        if node.default is not None:
            self._body(node.default.statements, scope)
        self.lines.mark(end)

    def _case(self, node: Any, kind: Kind, scope: Scope) -> int:
        value = self._expressions.integer(node, scope)
        if arithmetic.wrapped(value, kind) != value and kind.name not in ("bit", "bool"):
            raise Refusal(f"{value} is not a value of {kind.name}[{kind.width}]", node, is_wrong=True)
        return value

    def _WhileLoop(self, node: Any, scope: Scope) -> None:  # noqa: N802
        again, end = self.lines.label("while"), self.lines.label("end")
        self.lines.mark(again)
        self._unless(node.while_condition, end, scope)
        self._loops.append((again, end))
        self._body(node.block, scope)
        self._loops.pop()
        self.lines.do(f"QJMP {again}")
        self.lines.mark(end)

    def _ForInLoop(self, node: Any, scope: Scope) -> None:  # noqa: N802
        end = self.lines.label("end")
        name = node.identifier.name
        mark = len(self.lines.lines)
        try:
            known = self._calls.loop_values(node, scope)
        except Refusal as refusal:
            del self.lines.lines[mark:]
            if not isinstance(node.set_declaration, ast.RangeDefinition) or refusal.is_wrong:
                raise
            self._computed_loop(node, scope, end)
            return
        if not any(isinstance(each, ast.Identifier) and each.name == name for each in _nodes(node.block)):
            self._counted_loop(node, scope, len(known), end)
            return
        # A variable that the body assigns to, or a copy of what the body may change, is a word of memory.
        is_word = _is_assigned(node.block, name) or isinstance(known[0] if known else None, (Cell, Bits))
        variable = self._variable(name, node.type, Scope(scope), node) if is_word and known else None
        for value in known:
            following = self.lines.label("for")
            self.lines.do(f"; {name} = {_shown(value)}")
            self._loops.append((following, end))
            if variable is not None:
                self._store(variable, self._expressions.loaded(value, node, 0), node)
            inner = Scope(scope, {name: value if variable is None else variable})
            self._body(node.block, inner)
            self._loops.pop()
            self.lines.mark(following)
        self.lines.mark(end)

    def _counted_loop(self, node: Any, scope: Scope, count: int, end: str) -> None:
        again, counter = self.lines.label("for"), f"[{self.lines.counter()}]"
        self.lines.do(f"QSTORE 0, {counter}")
        self.lines.mark(again)
        self.lines.do(f"QLOAD r0, {counter}")
        self.lines.do(f"QJGE r0, {count}, {end}", f"{count} times")
        self.lines.do("QADD r0, 1")
        self.lines.do(f"QSTORE r0, {counter}")
        self._loops.append((again, end))
        self._body(node.block, scope)
        self._loops.pop()
        self.lines.do(f"QJMP {again}")
        self.lines.mark(end)

    def _computed_loop(self, node: Any, scope: Scope, end: str) -> None:
        """A loop whose range the program computes."""
        domain = node.set_declaration
        if domain.start is None or domain.end is None:
            raise Refusal("a range of a loop needs a start and an end", node, is_wrong=True)
        step = 1 if domain.step is None else self._expressions.integer(domain.step, scope)
        if not 0 < abs(step) < 1 << (WORD - 1):
            raise Refusal(f"the step of a range is {step}", node, is_wrong=True)
        variable = self._variable(node.identifier.name, node.type, Scope(scope), node)
        ends = [self._expressions.value(domain.start, scope), self._expressions.value(domain.end, scope, 1)]
        if any(each.kind.is_float or each.kind.name == "angle" for each in ends):
            raise Refusal("the ends of a range are integers", node, is_wrong=True)
        kind = arithmetic.together("<", ends[0], ends[1], node)
        kind = arithmetic.UINT if kind == arithmetic.UINT else arithmetic.INT
        now, limit = f"[{self.lines.word()}]", f"[{self.lines.word()}]"
        for depth, (word, each) in enumerate(zip((now, limit), ends, strict=True)):
            register = self._expressions.in_register(self._expressions.converted(each, kind, node), depth)
            self.lines.do(f"QSTORE {register}, {word}")
        first, last = (f"r{FIRST}", f"r{FIRST + 1}")
        first, last = (first, last) if step > 0 else (last, first)
        jump = "QJLTU" if kind == arithmetic.UINT else "QJLT"
        test, again = self.lines.label("test"), self.lines.label("for")
        self.lines.do(f"{jump} {last}, {first}, {end}")
        self.lines.mark(test)
        self.lines.do(f"QLOAD r{FIRST}, {now}")
        self._store(variable, Run(f"r{FIRST}", kind), node)
        self._loops.append((again, end))
        self._body(node.block, Scope(scope, {node.identifier.name: variable}))
        self._loops.pop()
        self.lines.mark(again)
        self.lines.do(f"QLOAD r0, {now}")
        self.lines.do(f"QLOAD r1, {limit}")
        # The distance to the end, which no step may pass: so the largest number can be the end.
        self.lines.do("QSUB r1, r0" if step > 0 else "QSUB r1, r0, r1")
        self.lines.do(f"QJLTU r1, {abs(step)}, {end}")
        self.lines.do(f"QADD r0, {step}")
        self.lines.do(f"QSTORE r0, {now}")
        self.lines.do(f"QJMP {test}")
        self.lines.mark(end)

    def _BreakStatement(self, node: Any, _scope: Scope) -> None:  # noqa: N802
        if not self._loops:
            raise Refusal("'break' is not in a loop", node, is_wrong=True)
        self.lines.do(f"QJMP {self._loops[-1][1]}")

    def _ContinueStatement(self, node: Any, _scope: Scope) -> None:  # noqa: N802
        if not self._loops:
            raise Refusal("'continue' is not in a loop", node, is_wrong=True)
        self.lines.do(f"QJMP {self._loops[-1][0]}")

    def _EndStatement(self, _node: Any, _scope: Scope) -> None:  # noqa: N802
        self._needs_end = True
        self.lines.do("QJMP @the_end")

    # -- subroutines

    def _call_value(self, node: Any, scope: Scope, depth: int) -> Value:
        """A call in an expression: registers in use are kept around it."""
        kept = [(f"r{FIRST + place}", self.lines.word()) for place in range(depth)]
        for register, word in kept:
            self.lines.do(f"QSTORE {register}, [{word}]")
        found = self._call(node, scope)
        if found is None:
            raise Refusal(f"'{node.name.name}' returns no value", node, is_wrong=True)
        value = self._expressions.loaded(found, node, depth)
        for register, word in kept:
            self.lines.do(f"QLOAD {register}, [{word}]")
        return value

    def _call(self, node: Any, scope: Scope) -> Any:
        found = scope.find(node.name.name)
        if not isinstance(found, Subroutine):
            raise Refusal(f"'{node.name.name}' is not a function", node, is_wrong=True)
        definition = found.node
        if len(self._returns) >= _MOST_CALLS:
            raise Refusal(f"calls of '{node.name.name}' do not end: a def is expanded where it is called", node)
        if len(definition.arguments) != len(node.arguments):
            wanted = len(definition.arguments)
            takes = values.count(wanted, "argument")
            raise Refusal(f"'{node.name.name}' takes {takes}, not {len(node.arguments)}", node, is_wrong=True)
        inner = Scope(self._top)
        for parameter, given in zip(definition.arguments, node.arguments, strict=True):
            self._define(parameter.name.name, self._argument(parameter, given, scope), inner, node)
        kind = None if definition.return_type is None else self._expressions.kind(definition.return_type, scope)
        result: Any = None
        if kind is not None and kind.name == "bit":
            label = self.lines.own("result")
            self.lines.data.append(f"{label}: .space {8 * kind.width}")
            result = Bits(tuple((label, index) for index in range(kind.width)), kind.width > 1)
        elif kind is not None:
            result = Cell(self.lines.word(), kind)
        end = self.lines.label("return")
        loops, self._loops = self._loops, []
        self._returns.append((end, result, kind))
        self._body(definition.body, inner)
        self._returns.pop()
        self._loops = loops
        self.lines.mark(end)
        return result

    def _argument(self, parameter: Any, given: Any, scope: Scope) -> Any:
        if isinstance(parameter, ast.QuantumArgument):
            node = given
            if isinstance(given, ast.IndexExpression) and isinstance(given.collection, ast.Identifier):
                node = ast.IndexedIdentifier(given.collection, [given.index])
                node.span = given.span
            if not isinstance(node, (ast.Identifier, ast.IndexedIdentifier)):
                raise Refusal(f"the argument '{parameter.name.name}' is a qubit", given, is_wrong=True)
            qubits = self._calls.operands(node, scope)
            size = 1 if parameter.size is None else self._expressions.integer(parameter.size, scope)
            if len(qubits.operands) != size:
                given_size = len(qubits.operands)
                wanted = values.count(size, "qubit")
                raise Refusal(f"'{parameter.name.name}' is {wanted}, not {given_size}", given, is_wrong=True)
            return Qubits(qubits.operands, qubits.shown, parameter.size is not None, qubits.first)
        if isinstance(parameter.type, (ast.ArrayReferenceType, ast.ArrayType)):
            found = scope.find(given.name) if isinstance(given, ast.Identifier) else None
            if not isinstance(found, Array):
                raise Refusal(f"the argument '{parameter.name.name}' is an array", given, is_wrong=True)
            return found
        kind = self._expressions.kind(parameter.type, scope)
        value = self._expressions.value(given, scope)
        if kind.name == "bit":
            label = self.lines.own(parameter.name.name)
            self.lines.data.append(f"{label}: .space {8 * kind.width}")
            bits = Bits(tuple((label, index) for index in range(kind.width)), parameter.type.size is not None)
            self._store_bits(bits, value, given)
            return bits
        cell = Cell(self._word(parameter.name.name), kind)
        self._store(cell, value, given)
        return cell

    def _ReturnStatement(self, node: Any, scope: Scope) -> None:  # noqa: N802
        if not self._returns:
            raise Refusal("'return' is not in a def", node, is_wrong=True)
        end, result, kind = self._returns[-1]
        if (node.expression is None) != (kind is None):
            raise Refusal(
                "the def returns no value" if kind is None else "the def returns a value", node, is_wrong=True
            )
        if node.expression is not None:
            self._assign(result, node.expression, scope, node)
        self.lines.do(f"QJMP {end}")


def _recorded(found: Cell) -> str:
    """The instructions that load what an ``output`` is recorded as: an angle in radians."""
    if found.kind.name == "angle":
        turn = math.tau / (1 << found.kind.width)
        return f"QLOAD r0, [{found.label}]\n    QFLOAT r0\n    QMUL r0, {turn!r}"
    return f"{'QLOADF' if found.kind.is_float else 'QLOAD'} r0, [{found.label}]"


def _shown(value: Const | Cell | Bits) -> str:
    if isinstance(value, Const):
        return str(value.value)
    return value.label if isinstance(value, Cell) else f"{value.places[0][0]}[{value.places[0][1]}]"


def _is_assigned(block: Any, name: str) -> bool:
    """Whether statements assign to a name, or to bits of it."""
    for each in _nodes(block):
        target = getattr(each, "lvalue", None) or (
            each.target if isinstance(each, ast.QuantumMeasurementStatement) else None
        )
        named = target if isinstance(target, ast.Identifier) else getattr(target, "name", None)
        if isinstance(named, ast.Identifier) and named.name == name:
            return True
    return False


def _nodes(found: Any) -> Iterator[Any]:
    """Every node of a tree."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (list, tuple)):
            waiting += each
        elif is_dataclass(each) and not isinstance(each, type):
            yield each
            waiting += [getattr(each, one.name, None) for one in fields(each) if one.name != "span"]


def source(name: str, tree: Any, where: Callable[[int], str]) -> str:
    """The program of a tree of OpenQASM 3; ``where`` names a line of the text. Raises :class:`Refusal`."""
    lowering = Lowering(name, where)
    try:
        return lowering.program(tree)
    except RecursionError:
        raise messages_circuit.unreadable(name, "it is too deeply nested") from None
