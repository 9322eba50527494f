"""Gates and measurements."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from qbcc.source import Span
from sigma import syntax as s
from sigma.lint import messages
from sigma.lint.walk import Look, bodies, is_pure, key, lists, within
from sigma.symbols import Function, Given, Local
from sigma.types import QUBIT, Array

_SELF_INVERSE: Final = frozenset({"x", "y", "z", "h", "cx", "cy", "cz", "ch", "swap", "ccx", "cswap"})
_INVERSES: Final = {"sdg": "s", "tdg": "t"}
_SYMMETRIC: Final = frozenset({"cz", "swap"})
_ROTATIONS: Final = frozenset({"rx", "ry", "rz", "p", "crx", "cry", "crz", "cp", "rxx", "ryy", "rzz", "sigma"})
_PERIODS: Final = {
    "rx": 4 * math.pi, "ry": 4 * math.pi, "rz": 4 * math.pi, "rxx": 4 * math.pi, "ryy": 4 * math.pi,
    "rzz": 4 * math.pi, "crx": 4 * math.pi, "cry": 4 * math.pi, "crz": 4 * math.pi, "p": 2 * math.pi,
    "cp": 2 * math.pi, "sigma": 16.0,
}  # fmt: skip
"""Angles after which a gate is exactly the identity."""
_HALVES: Final = frozenset({"rx", "ry", "rz", "rxx", "ryy", "rzz", "sigma"})
"""Gates that are −1 after half of that, which only a control can see."""
_CLOSE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class _Gate:
    """A gate as a statement applies it."""

    call: s.Call
    controls: tuple[s.Expr, ...]
    is_inverse: bool

    @property
    def name(self) -> str:
        """Its name, if the language brings it."""
        return self.call.target.builtin.name if isinstance(self.call.target, Given) else ""

    @property
    def qubits(self) -> list[s.Expr]:
        """Those that it acts on."""
        return [*self.controls, *(a for a in self.call.arguments if a.type is QUBIT or isinstance(a.type, Array))]


def _gate(node: s.Node) -> _Gate | None:
    """The gate that a statement is."""
    if not isinstance(node, s.ExprStatement):
        return None
    controls: list[s.Expr] = []
    is_inverse = False
    inner = node.expr
    while isinstance(inner, s.Inverse | s.Controlled):
        if isinstance(inner, s.Controlled):
            controls += inner.controls
        else:
            is_inverse = not is_inverse
        inner = inner.body
    if not isinstance(inner, s.Call):
        return None
    target = inner.target
    is_gate = isinstance(target, Function) and target.is_gate
    is_gate = is_gate or (isinstance(target, Given) and target.builtin.is_gate)
    return _Gate(inner, tuple(controls), is_inverse) if is_gate else None


class Gates:
    """Looks at one module."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.module = look.module

    def run(self) -> None:
        """All of it."""
        for function, body in bodies(self.module):
            for statements in lists(body):
                self._cancelled(statements)
                for node in statements:
                    self._outcome(node)
                    gate = _gate(node)
                    if gate is not None:
                        self._rotation(node, gate, is_bare=not function.is_gate and not gate.controls)
            self._measured(body.statements, {})

    # -- gates that do nothing

    def _cancelled(self, statements: Sequence[s.Node]) -> None:
        before: _Gate | None = None
        for number, node in enumerate(statements):
            gate = _gate(node)
            if gate is not None and before is not None and self._undoes(before, gate):
                span, first = self.module.span(node), self.module.span(statements[number - 1])
                self.look.report(messages.cancels(span, first))
                # A third one has nothing left before it.
                gate = None
            before = gate

    def _undoes(self, a: _Gate, b: _Gate) -> bool:
        name, other = (_INVERSES.get(gate.name, gate.name) for gate in (a, b))
        if a.call.target is not b.call.target and (not name or name != other):
            return False
        parts = [*a.controls, *a.call.arguments, *b.controls, *b.call.arguments]
        if len(a.call.arguments) != len(b.call.arguments) or not all(map(is_pure, parts)):
            return False
        if {self._key(c) for c in a.controls} != {self._key(c) for c in b.controls} or not self._same_qubits(a, b):
            return False
        angles = [
            (x, y) for x, y in zip(a.call.arguments, b.call.arguments, strict=True) if x.type is not QUBIT
            and not isinstance(x.type, Array)
        ]  # fmt: skip
        is_turned = (a.is_inverse != b.is_inverse) != ((a.name in _INVERSES) != (b.name in _INVERSES))
        if all(self._key(x) == self._key(y) for x, y in angles):
            return is_turned or (name in _SELF_INVERSE)
        return not is_turned and name in _ROTATIONS and all(self._is_negative(x, y) for x, y in angles)

    def _same_qubits(self, a: _Gate, b: _Gate) -> bool:
        first, second = ([self._key(q) for q in gate.qubits[len(gate.controls) :]] for gate in (a, b))
        return first == second or (a.name in _SYMMETRIC and set(first) == set(second))

    def _key(self, node: s.Expr) -> Hashable:
        return key(node, self.module)

    def _is_negative(self, x: s.Expr, y: s.Expr) -> bool:
        if isinstance(x.value, int | float) and isinstance(y.value, int | float):
            return x.value == -y.value
        for one, other in ((x, y), (y, x)):
            if isinstance(one, s.Unary) and one.operator == "-" and self._key(one.operand) == self._key(other):
                return True
        return False

    def _rotation(self, node: s.Node, gate: _Gate, *, is_bare: bool) -> None:
        if gate.name not in _PERIODS:
            return
        angle = gate.call.arguments[-1]
        if not isinstance(angle.value, int | float) or not math.isfinite(angle.value) or self._is_named(angle):
            return
        period = _PERIODS[gate.name]
        turns = angle.value / period
        is_exact = abs(turns - round(turns)) < _CLOSE
        is_half = is_bare and gate.name in _HALVES and abs(2 * turns - round(2 * turns)) < _CLOSE
        if is_exact or is_half:
            span, place = self.module.span(node), self.module.span(angle)
            self.look.report(messages.no_rotation(span, self.module.word(gate.call.first), is_exact, place))

    def _is_named(self, node: s.Expr) -> bool:
        """Whether a name is in an angle: one that is zero today is a setting."""
        symbols = [n.symbol for n in within(node) if isinstance(n, s.Name)]
        return any(symbol is None or symbol.module is not None for symbol in symbols)

    # -- measurements

    def _outcome(self, node: s.Node) -> None:
        if isinstance(node, s.ExprStatement) and isinstance(node.expr, s.Call):
            target = node.expr.target
            if isinstance(target, Given) and target.name == "measure":
                self.look.report(messages.outcome_unused(self.module.span(node.expr)))

    def _measured(self, statements: Sequence[s.Node], seen: dict[Hashable, Span]) -> None:
        """Go on with what was measured: places and where; what comes in blocks is added."""
        for node in statements:
            gate = _gate(node)
            if gate is not None:
                self._on_measured(node, gate, seen)
                continue
            for each in within(node):
                if isinstance(each, s.Block):
                    break
                self._measure(each, seen)
            for block in _blocks_of(node):
                self._measured(block.statements, seen)

    def _on_measured(self, node: s.Node, gate: _Gate, seen: dict[Hashable, Span]) -> None:
        for qubit in gate.qubits:
            place = self._place(qubit)
            found = next((p for p in seen if place is not None and _meet(p, place)), None)
            if found is not None:
                name = f"'{''.join(self.module.tokens.words[qubit.first : qubit.last + 1])}'"
                self.look.report(messages.gate_on_measured(self.module.span(node), name, seen[found]))
                _forget(seen, place)
                return

    def _measure(self, node: s.Node, seen: dict[Hashable, Span]) -> None:
        if not isinstance(node, s.Call) or not node.arguments:
            return
        if isinstance(node.target, Function) or (isinstance(node.target, Given) and node.target.name != "measure"):
            # What is called may reset them.
            is_looking = isinstance(node.target, Given) and node.target.name not in ("reset", "sample")
            for argument in node.arguments if not is_looking else ():
                _forget(seen, self._place(argument))
        elif isinstance(node.target, Given):
            place = self._place(node.arguments[0])
            if place is not None:
                seen[place] = self.module.span(node)

    def _place(self, node: s.Expr) -> Hashable:
        """An array, or an element of one by an index that stays; None where only a run can tell."""
        if isinstance(node, s.Name) and isinstance(node.symbol, Local):
            alias = node.symbol.alias
            return (node.symbol, None) if alias is None else self._place(alias)
        if isinstance(node, s.Index) and isinstance(node.base, s.Name) and isinstance(node.base.symbol, Local):
            index = node.index
            if index.value is not None:
                return node.base.symbol, index.value
            if isinstance(index, s.Name) and isinstance(index.symbol, Local) and not index.symbol.is_var:
                return node.base.symbol, index.symbol
        return None


def _blocks_of(node: s.Node) -> list[s.Block]:
    match node:
        case s.Block():
            return [node]
        case s.If():
            return [node.then, *(_blocks_of(node.otherwise) if node.otherwise is not None else [])]
        case s.While() | s.ForRange() | s.ForEach():
            return [node.body]
    return []


def _meet(a: Hashable, b: Hashable) -> bool:
    """Whether two places are certainly of one qubit."""
    if not isinstance(a, tuple) or not isinstance(b, tuple) or a[0] is not b[0]:
        return False
    return a[1] is None or b[1] is None or a[1] == b[1]


def _forget(seen: dict[Hashable, Span], place: Hashable) -> None:
    for other in [other for other in seen if place is None or _meet(other, place)]:
        del seen[other]
