"""Qubits that statements of OpenQASM 3 name, and the gates that their calls stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NoReturn

from openqasm3 import ast

from qbcc.openqasm import arithmetic, gates, values
from qbcc.openqasm.expressions import Expressions
from qbcc.openqasm.gates import Linear, Op
from qbcc.openqasm.lines import Lines
from qbcc.openqasm.values import Array, Bits, Cell, Const, GateDefinition, Kind, Qubits, Refusal, Run, Scope

MOST_GATES: Final = 100_000
"""Gates that one statement may stand for."""


class Calls:
    """Reads qubits and calls of gates."""

    def __init__(self, lines: Lines, expressions: Expressions) -> None:
        self._lines = lines
        self._expressions = expressions
        self.has_standard = False
        """Whether the standard gates are included."""

    # -- qubits

    def operands(self, node: Any, scope: Scope) -> Qubits:
        """Qubits that a statement names."""
        name = node.name if isinstance(node, ast.Identifier) else node.name.name
        if name.startswith("$"):
            raise Refusal(f"the physical qubit '{name}' has no form in QBC: declare a qubit", node)
        found = scope.find(name)
        if found is None:
            raise Refusal(f"'{name}' is not defined", node, is_wrong=True)
        if not isinstance(found, Qubits):
            raise Refusal(f"'{name}' is not a qubit", node, is_wrong=True)
        return found if isinstance(node, ast.Identifier) else self.select(found, node.indices, scope, node)

    def select(self, found: Qubits, elements: Sequence[Any], scope: Scope, node: Any) -> Qubits:
        """Qubits that indices select."""
        for element in elements:
            single = isinstance(element, list) and len(element) == 1 and not isinstance(element[0], ast.RangeDefinition)
            if single:
                index = self._expressions.value(element[0], scope)
                if isinstance(index, Run):
                    return self._computed(found, index, node)
            if not found.is_register:
                raise Refusal(f"'{found.shown[0]}' is one qubit, and has no index", node, is_wrong=True)
            size = len(found.operands)
            places = values.indices(element, lambda each: self._expressions.integer(each, scope), size, node)
            found = Qubits(
                tuple(found.operands[place] for place in places),
                tuple(found.shown[place] for place in places),
                not single,
            )
        return found

    def _computed(self, found: Qubits, index: Run, node: Any) -> Qubits:
        """A qubit whose index the program computes: its handle is kept in a word."""
        if not found.first:
            raise Refusal("an index into an alias or a part of a register must be a constant", node)
        name = found.shown[0].partition("[")[0]
        self._expressions.check_index(index, len(found.operands), name, node)
        self._lines.do(f"QADD {index.register}, {found.first}")
        label = self._lines.word()
        self._lines.do(f"QSTORE {index.register}, [{label}]")
        return Qubits((f"[{label}]",), (f"{name}[…]",), False)

    # -- gates

    def called(self, node: Any, scope: Scope) -> list[Op]:
        """The gates that a call stands for, once for each place of a register."""
        angles = [self._angle(each, scope) for each in self._arguments(node)]
        operands = [self.operands(qubit, scope) for qubit in node.qubits]
        controls = self._controls(node, scope)
        needed = controls + self._arity(node, scope, len(angles))
        if len(operands) != needed:
            self._wrong_count(node, needed)
        sizes = {len(each.operands) for each in operands if each.is_register}
        if len(sizes) > 1:
            counts = " and ".join(map(str, sorted(sizes)))
            raise Refusal(f"registers of {counts} qubits in one gate: they must be of one size", node, is_wrong=True)
        ops = []
        for place in range(sizes.pop() if sizes else 1):
            on = [each.operands[place if each.is_register else 0] for each in operands]
            shown = [each.shown[place if each.is_register else 0] for each in operands]
            if len(set(on)) != len(on):
                twice = next(name for name, qubit in zip(shown, on, strict=True) if on.count(qubit) > 1)
                raise Refusal(f"{twice} is there twice: the qubits of a gate must differ", node, is_wrong=True)
            ops += self._modified(node, angles, on, scope)
            self._bound(ops, node)
        return ops

    def _bound(self, ops: Sequence[Op], node: Any) -> None:
        if len(ops) > MOST_GATES:
            raise Refusal(f"one statement stands for more than {MOST_GATES:,} gates", node)

    def _arguments(self, node: Any) -> Sequence[Any]:
        return [node.argument] if isinstance(node, ast.QuantumPhase) else node.arguments

    def _controls(self, node: Any, scope: Scope) -> int:
        return sum(
            1 if each.argument is None else self._count(each, scope)
            for each in node.modifiers
            if each.modifier.name in ("ctrl", "negctrl")
        )

    def _count(self, modifier: Any, scope: Scope) -> int:
        count = self._expressions.integer(modifier.argument, scope)
        if not 1 <= count <= 64:
            raise Refusal(f"{modifier.modifier.name}({count}): 1 to 64 controls", modifier, is_wrong=True)
        return count

    def _standard(self, node: Any, scope: Scope) -> GateDefinition | gates.Standard:
        name = node.name.name
        found = scope.find(name)
        if isinstance(found, GateDefinition):
            return found
        if found is not None:
            raise Refusal(f"'{name}' is not a gate", node, is_wrong=True)
        if name == "U":
            return gates.U
        standard = gates.STANDARD.get(name)
        if standard is not None and (self.has_standard or name == "CX"):
            return standard
        hint = ': write include "stdgates.inc"; first' if standard is not None else ""
        raise Refusal(f"gate '{name}' is not defined{hint}", node, is_wrong=True)

    def _arity(self, node: Any, scope: Scope, angles: int) -> int:
        if isinstance(node, ast.QuantumPhase):
            return 0
        found = self._standard(node, scope)
        if isinstance(found, gates.Standard):
            wanted, qubits = found.angles, found.qubits
        else:
            wanted, qubits = len(found.node.arguments), len(found.node.qubits)
        if angles != wanted:
            takes = values.count(wanted, "angle")
            raise Refusal(f"'{node.name.name}' takes {takes}, not {angles}", node, is_wrong=True)
        return qubits

    def _modified(self, node: Any, angles: Sequence[Linear], on: Sequence[str], scope: Scope) -> list[Op]:
        controls: list[tuple[Sequence[str], int]] = []
        first = 0
        steps: list[tuple[str, Any]] = []
        for modifier in node.modifiers:
            name = modifier.modifier.name
            if name in ("ctrl", "negctrl"):
                count = 1 if modifier.argument is None else self._count(modifier, scope)
                controls.append((on[first : first + count], int(name == "ctrl")))
                first += count
                steps.append((name, controls[-1]))
            else:
                steps.append((name, modifier))
        ops = self._inner(node, angles, on[first:], scope)
        for name, given in reversed(steps):
            if name in ("ctrl", "negctrl"):
                ops = gates.controlled(ops, *given)
            elif name == "inv":
                ops = gates.inverse(ops)
            else:
                ops = gates.power(ops, self._exponent(given.argument, scope), MOST_GATES)
        return ops

    def _exponent(self, node: Any, scope: Scope) -> float:
        """The exponent of ``pow``. In it 1/2 is a half: stdgates.inc of the specification defines ``sx`` so."""
        if isinstance(node, ast.BinaryExpression) and node.op.name == "/":
            a, b = (self._expressions.constant(each, scope) for each in (node.lhs, node.rhs))
            return arithmetic.floats("/", arithmetic.as_float(a, node), arithmetic.as_float(b, node), node)
        return arithmetic.as_float(self._expressions.constant(node, scope), node)

    def _inner(self, node: Any, angles: Sequence[Linear], on: Sequence[str], scope: Scope) -> list[Op]:
        if isinstance(node, ast.QuantumPhase):
            return [Op("gphase", tuple(angles), ())]
        found = self._standard(node, scope)
        if isinstance(found, gates.Standard):
            return found.make(angles, on)
        definition = found.node
        inner = Scope(found.scope, is_gate=True)
        for argument, each in zip(definition.arguments, angles, strict=True):
            inner.names[argument.name] = self._parameter(each)
        for qubit, operand in zip(definition.qubits, on, strict=True):
            inner.names[qubit.name] = Qubits((operand,), (qubit.name,), False)
        return self._gate_body(definition.body, inner)

    def _gate_body(self, body: Sequence[Any], inner: Scope) -> list[Op]:
        ops: list[Op] = []
        for statement in body:
            if isinstance(statement, (ast.QuantumGate, ast.QuantumPhase)):
                ops += self.called(statement, inner)
            elif isinstance(statement, ast.ForInLoop):
                for value in self.loop_values(statement, inner):
                    if not isinstance(value, (Const, Cell)):
                        raise Refusal("a loop in a gate goes over a range, a set or an array", statement)
                    scope = Scope(inner, {statement.identifier.name: value})
                    ops += self._gate_body(statement.block, scope)
            self._bound(ops, statement)
        return ops

    def _parameter(self, angle: Linear) -> Any:
        """What the name of a gate's parameter means in its body."""
        if not angle.terms:
            return Const(angle.number, Kind("float"))
        if angle.number == 0.0 and len(angle.terms) == 1 and angle.terms[0][1] == 1.0:
            return Cell(angle.terms[0][0], Kind("float"))
        raise AssertionError("angles that the program computes are in words")

    def _angle(self, node: Any, scope: Scope) -> Linear:
        found = self._expressions.value(node, scope)
        if isinstance(found, Const):
            return Linear(arithmetic.as_float(found, node))
        if isinstance(node, ast.Identifier):
            cell = scope.find(node.name)
            if isinstance(cell, Cell) and cell.kind.is_float and scope.is_gate:
                # A gate's parameter, which does not change.
                del self._lines.lines[-1:]
                return Linear(0.0, ((cell.label, 1.0),))
        label = self._lines.word()
        self._lines.do(f"QSTORE {self._expressions.in_register(found, as_float=True)}, [{label}]")
        return Linear(0.0, ((label, 1.0),))

    def check_gate(self, body: Sequence[Any], qubits: set[str], scope: Scope) -> None:
        """What can be wrong with a gate whatever its angles are, so that it is found where the gate is defined."""
        for statement in body:
            if isinstance(statement, ast.ForInLoop):
                self.check_gate(statement.block, qubits, scope)
            elif isinstance(statement, (ast.QuantumGate, ast.QuantumPhase)):
                angles = len(self._arguments(statement))
                needed = self._controls(statement, scope) + self._arity(statement, scope, angles)
                for qubit in statement.qubits:
                    if not isinstance(qubit, ast.Identifier) or qubit.name not in qubits:
                        raise Refusal("a gate acts on its own qubits, without an index", qubit, is_wrong=True)
                if len(statement.qubits) != needed:
                    self._wrong_count(statement, needed)
            elif not isinstance(statement, (ast.QuantumBarrier, ast.DelayInstruction)):
                name = type(statement).__name__
                raise Refusal(f"a statement of the form {name} cannot be in a gate", statement, is_wrong=True)

    def _wrong_count(self, node: Any, needed: int) -> NoReturn:
        name = getattr(getattr(node, "name", None), "name", "gphase")
        acts = values.count(needed, "qubit")
        raise Refusal(f"'{name}' acts on {acts} here, not {len(node.qubits)}", node, is_wrong=True)

    def loop_values(self, node: Any, scope: Scope) -> Sequence[Const | Cell | Bits]:
        """The values of a loop's variable, or the elements of an array or a register; raises :class:`Refusal`."""
        kind = self._expressions.kind(node.type, scope)
        domain = node.set_declaration
        if isinstance(domain, ast.RangeDefinition):
            span = values.span_of(domain, lambda each: self._expressions.integer(each, scope), None)
            return _Values(span, kind, node)
        if isinstance(domain, ast.DiscreteSet):
            found = [self._expressions.constant(each, scope) for each in domain.values]
            return [Const(arithmetic.converted(each, kind, node), kind) for each in found]
        there = scope.find(domain.name) if isinstance(domain, ast.Identifier) else None
        if isinstance(domain, ast.IndexExpression) and isinstance(domain.collection, ast.Identifier):
            register = scope.find(domain.collection.name)
            if isinstance(register, Bits):
                there = self._expressions.bits_at(register, [domain.index], node, scope, 0)
        if isinstance(there, Bits):
            return [Bits((place,), False) for place in there.places]
        if not isinstance(there, Array):
            raise Refusal("a loop goes over a range, a set, an array or a register of bits", node)
        if len(there.shape) != 1:
            raise Refusal("a loop over an array of several dimensions is not supported", node)
        return [Cell(f"{there.label}+{8 * place}", there.kind) for place in range(there.shape[0])]


class _Values(Sequence[Const]):
    """The values of a range, in the type of a loop's variable."""

    def __init__(self, span: range, kind: Kind, node: Any) -> None:
        self._span, self._kind, self._node = span, kind, node

    def __len__(self) -> int:
        return len(self._span)

    def __getitem__(self, place: Any) -> Any:
        value = Const(self._span[place], arithmetic.LITERAL)
        return Const(arithmetic.converted(value, self._kind, self._node), self._kind)
