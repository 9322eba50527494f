"""Gates: their inverses and their controlled forms, exact in phase.

A gate under control is written as V† D V, where only D needs the control; so in the end only phases, X and the
controlled gates that the machine has stand under controls. The identities are those of Barenco, Bennett and others:
Elementary Gates for Quantum Computation, 1995; matrices are Qiskit's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from sigma import ir, types
from sigma import syntax as s
from sigma.check.program import Program
from sigma.ir import Op
from sigma.lower.program import Lowering
from sigma.lower.statements import Statements
from sigma.lower.values import Ref
from sigma.symbols import Function, Given, Module

_SELF_INVERSE: Final = frozenset({"x", "y", "z", "h", "cx", "cy", "cz", "ch", "swap", "ccx", "cswap"})
_INVERSE: Final = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
_PHASES: Final = {"z": math.pi, "s": math.pi / 2, "sdg": -math.pi / 2, "t": math.pi / 4, "tdg": -math.pi / 4}
_CONTROLLED: Final = {
    "x": "cx", "y": "cy", "z": "cz", "h": "ch", "swap": "cswap", "cx": "ccx",
    "rx": "crx", "ry": "cry", "rz": "crz", "p": "cp",
}  # fmt: skip
"""Gates whose form with one control the machine has."""
_BASE: Final = {
    "cx": "x", "cy": "y", "cz": "z", "ch": "h", "crx": "rx", "cry": "ry", "crz": "rz", "cp": "p", "ccx": "cx",
    "cswap": "swap",
}  # fmt: skip
"""Gates that are others under their first qubit."""
_FEW: Final = 2
"""Most controls that have parameters of their own; more are an array."""
Step = tuple[str, tuple[int, ...], tuple[Op, ...], bool]
"""Gate, places among the qubits, angles, and whether it needs the control."""


class Body(Statements):
    """A function's body, with the gates in it."""

    is_inverse = False
    controls: Sequence[Op] = ()
    """Of the gate whose body this is."""
    row: Ref | None = None
    """Its controls where they are an array."""

    def gate(self, node: s.Expr) -> None:
        """A gate as it stands in the source."""
        is_inverse = self.is_inverse
        controls: list[s.Expr] = []
        inner = node
        while isinstance(inner, s.Inverse | s.Controlled):
            if isinstance(inner, s.Inverse):
                is_inverse = not is_inverse
            else:
                controls += inner.controls
            inner = inner.body
        assert isinstance(inner, s.Call)
        handles, row = self._controls(controls)
        target = inner.target
        self.at(node)
        if isinstance(target, Function):
            self._own(inner, target, is_inverse, handles, row)
            return
        assert isinstance(target, Given)
        count = target.builtin.qubits
        name = target.builtin.mnemonic[1:].lower()
        first = inner.arguments[0]
        if count == 1 and isinstance(first.type, types.Array):
            ref = self.ref(first)
            angles = [self.scalar(argument) for argument in inner.arguments[count:]]
            assert ref.length is not None
            self.at(node)
            self.count(
                self.b.const(0),
                ref.length,
                1,
                lambda n: self.apply(name, [self._handle(ref, n)], angles, is_inverse, handles, row),
            )
            return
        values = [self.scalar(argument) for argument in inner.arguments]
        self.at(node)
        self.apply(name, values[:count], values[count:], is_inverse, handles, row)

    def _handle(self, ref: Ref, index: Op) -> Op:
        found = self.moved(ref, index, types.QUBIT)
        return self.b.load(ir.INT, found.base, found.offset)

    def _controls(self, nodes: list[s.Expr]) -> tuple[list[Op], Ref | None]:
        """All controls: some handles, or an array where there are arrays among them or many."""
        if not nodes:
            return list(self.controls), self.row
        is_few = all(node.type is types.QUBIT for node in nodes) and self.row is None
        if is_few and len(nodes) + len(self.controls) <= _FEW:
            return [*self.controls, *(self.scalar(node) for node in nodes)], None
        if len(nodes) == 1 and not self.controls and self.row is None and isinstance(nodes[0].type, types.Array):
            return [], self.ref(nodes[0])
        parts: list[Op | Ref] = [*self.controls, *([self.row] if self.row is not None else [])]
        parts += [self.scalar(node) if node.type is types.QUBIT else self.ref(node) for node in nodes]
        return [], self.joined(parts)

    def joined(self, parts: Sequence[Op | Ref]) -> Ref:
        """A new array of handles and arrays of them."""
        b = self.b
        total: Op = b.const(sum(isinstance(part, Op) for part in parts))
        for part in parts:
            if isinstance(part, Ref):
                assert part.length is not None
                total = b.const(total.imm + part.length.imm) if total.code == part.length.code == "const" else b.isa(
                    "QADD", total, part.length
                )  # fmt: skip
        if total.code == "const":
            base = self.function.slot(max(8 * total.imm, 8))
        else:
            base = self.stack(b.isa("QSHL", total, b.const(3)))
        at: Op = base
        offset = 0
        for part in parts:
            if isinstance(part, Op):
                b.store(part, at, offset)
                offset += 8
                continue
            assert part.length is not None
            start = Ref(types.Array(types.QUBIT, None), at, offset, part.length)

            def body(n: Op, start: Ref = start, part: Ref = part) -> None:
                self.put_value(self.moved(start, n, types.QUBIT), self._handle(part, n))

            self.count(b.const(0), part.length, 1, body)
            if part.length.code == "const":
                offset += 8 * part.length.imm
            else:
                at = b.isa("QADD", at, b.isa("QSHL", part.length, b.const(3)))
        return Ref(types.Array(types.QUBIT, None), base, 0, total)

    def _own(self, node: s.Call, target: Function, is_inverse: bool, handles: list[Op], row: Ref | None) -> None:
        """A gate of the program: a call of the form that is wanted."""
        args: list[Op] = []
        if row is not None:
            assert row.length is not None
            args += [self.address(row), row.length]
        args += handles
        for argument, param in zip(node.arguments, target.params, strict=True):
            args += self.handed(self.value(argument), param.type)
        self.at(node)
        form = self.lowering.derived(target, is_inverse, -1 if row is not None else len(handles))
        self.b.op("call", *args, type=ir.NONE, imm=form)

    # -- gates of the machine

    def apply(
        self,
        name: str,
        qubits: Sequence[Op],
        angles: Sequence[Op],
        is_inverse: bool,
        controls: Sequence[Op],
        row: Ref | None = None,
    ) -> None:
        """A gate of the machine, inverted or not, under controls."""
        if is_inverse:
            self._inverse(name, qubits, angles, controls, row)
            return
        if row is None and not controls:
            self.b.isa(f"Q{name.upper()}", *qubits, *angles)
            return
        if name == "sigma":
            name, angles = "rx", [self._times(angles[0], math.pi / 4)]
        if name in _PHASES and not (name == "z" and len(controls) == 1):
            name, angles = "p", [self.b.const(_PHASES[name])]
        if row is None and len(controls) == 1 and name in _CONTROLLED:
            self.b.isa(f"Q{_CONTROLLED[name].upper()}", controls[0], *qubits, *angles)
        elif row is None and len(controls) == 2 and name == "x":
            self.b.isa("QCCX", *controls, *qubits)
        elif name == "p":
            self._phase(qubits[0], angles[0], controls, row)
        elif name == "x":
            assert row is not None
            self._library("qbc_controlled_x", row, qubits[0])
        elif name == "rz":
            # RZ(θ) is P(θ) times the phase -θ/2, which the controls alone can see.
            self._phase(qubits[0], angles[0], controls, row)
            self._on_controls(self._times(angles[0], -0.5), controls, row)
        elif name in _BASE:
            rest = [*controls, qubits[0]]
            self.apply(_BASE[name], qubits[1:], angles, False, *self._more(rest, row))
        else:
            for step, places, step_angles, needs_control in self._steps(name, angles):
                chosen = [qubits[place] for place in places]
                if needs_control:
                    self.apply(step, chosen, step_angles, False, controls, row)
                else:
                    self.apply(step, chosen, step_angles, False, ())

    def _more(self, handles: list[Op], row: Ref | None) -> tuple[list[Op], Ref | None]:
        """Controls, as few or as an array."""
        if row is None and len(handles) <= _FEW:
            return handles, None
        return [], self.joined([*([row] if row is not None else []), *handles])

    def _times(self, value: Op, factor: float) -> Op:
        return self.b.const(float(value.imm) * factor) if value.code == "const" else self.b.isa(
            "QMUL", value, self.b.const(factor)
        )  # fmt: skip

    def _inverse(
        self, name: str, qubits: Sequence[Op], angles: Sequence[Op], controls: Sequence[Op], row: Ref | None
    ) -> None:
        def again(gate: str, places: Sequence[Op], *values: Op) -> None:
            self.apply(gate, places, values, False, controls, row)

        if name in _SELF_INVERSE:
            again(name, qubits, *angles)
        elif name in _INVERSE:
            again(_INVERSE[name], qubits)
        elif name == "u":
            theta, phi, lam = (self._times(angle, -1.0) for angle in angles)
            again("u", qubits, theta, lam, phi)
        elif name == "sx":
            # √X = H S H.
            self.apply("h", qubits, (), False, ())
            again("sdg", qubits)
            self.apply("h", qubits, (), False, ())
        elif name == "w":
            for step, places, step_angles, _ in reversed(self._steps(name, angles)):
                self.apply(step, [qubits[place] for place in places], step_angles, True, controls, row)
        else:
            again(name, qubits, *(self._times(angle, -1.0) for angle in angles))

    def _steps(self, name: str, angles: Sequence[Op]) -> list[Step]:
        """A gate as a row of others, and which of them need its controls."""
        a = tuple(angles)
        const = self.b.const
        match name:
            case "y":
                return [("sdg", (0,), (), False), ("x", (0,), (), True), ("s", (0,), (), False)]
            case "h":
                turn, back = const(math.pi / 4), const(-math.pi / 4)
                return [("ry", (0,), (back,), False), ("z", (0,), (), True), ("ry", (0,), (turn,), False)]
            case "sx":
                return [("h", (0,), (), False), ("s", (0,), (), True), ("h", (0,), (), False)]
            case "rx":
                return [("h", (0,), (), False), ("rz", (0,), a, True), ("h", (0,), (), False)]
            case "ry":
                before: list[Step] = [("sdg", (0,), (), False), ("h", (0,), (), False)]
                return [*before, ("rz", (0,), a, True), ("h", (0,), (), False), ("s", (0,), (), False)]
            case "u":
                return [("p", (0,), (a[2],), True), ("ry", (0,), (a[0],), True), ("p", (0,), (a[1],), True)]
            case "swap":
                return [("cx", (1, 0), (), False), ("cx", (0, 1), (), True), ("cx", (1, 0), (), False)]
            case "rzz":
                return [("cx", (0, 1), (), False), ("rz", (1,), a, True), ("cx", (0, 1), (), False)]
            case "rxx":
                turn_both: list[Step] = [("h", (0,), (), False), ("h", (1,), (), False)]
                return [*turn_both, ("rzz", (0, 1), a, True), *turn_both]
            case "ryy":
                one: list[Step] = [step for q in (0, 1) for step in (("sdg", (q,), (), False), ("h", (q,), (), False))]
                two: list[Step] = [step for q in (0, 1) for step in (("h", (q,), (), False), ("s", (q,), (), False))]
                return [*one, ("rzz", (0, 1), a, True), *two]
            case "w":
                return [
                    ("x", (0,), (), True),
                    ("cry", (0, 1), (const(2 * math.acos(math.sqrt(2 / 3))),), True),
                    ("cx", (1, 0), (), True),
                    ("cry", (0, 2), (const(math.pi / 2),), True),
                    ("cx", (2, 0), (), True),
                ]
        raise AssertionError(name)

    def _phase(self, qubit: Op, angle: Op, controls: Sequence[Op], row: Ref | None) -> None:
        """The phase e^(iθ) where the qubit and all controls are 1."""
        b = self.b
        if row is not None:
            self._library("qbc_controlled_phase", row, qubit, angle)
        elif not controls:
            b.isa("QP", qubit, angle)
        elif len(controls) == 1:
            b.isa("QCP", controls[0], qubit, angle)
        else:
            first, second = controls
            half, back = self._times(angle, 0.5), self._times(angle, -0.5)
            b.isa("QCP", second, qubit, half)
            b.isa("QCX", first, second)
            b.isa("QCP", second, qubit, back)
            b.isa("QCX", first, second)
            b.isa("QCP", first, qubit, half)

    def _on_controls(self, angle: Op, controls: Sequence[Op], row: Ref | None) -> None:
        """The phase where all controls are 1."""
        if row is None:
            self._phase(controls[-1], angle, controls[:-1], None)
            return
        self._library("qbc_phase_of_all", row, angle)

    def _library(self, routine: str, row: Ref, *rest: Op) -> None:
        """A routine of the library for any number of controls."""
        assert row.length is not None
        self.lowering.subroutine(routine, "qbc_controls.qbc")
        self.b.op("call", self.address(row), row.length, *rest, type=ir.NONE, imm=routine)


class GateBody(Body):
    """A form of a gate: backwards for the inverse, every gate in it under the controls."""

    def gate_body(self, symbol: Function, is_inverse: bool, controls: int) -> None:
        """Everything in it."""
        block = symbol.declaration.body
        assert block is not None
        self.is_inverse = is_inverse
        self.scopes = []
        self.loops = []
        self.places = []
        self.at(block)
        if controls < 0:
            base, length = self._param(ir.INT), self._param(ir.INT)
            self.row = Ref(types.Array(types.QUBIT, None), base, 0, length)
        self.controls = [self._param(ir.INT) for _ in range(controls)]
        for param in symbol.params:
            self.param(param)
        self.block(block)
        self.at(s.Node(block.last, block.last))
        self.leave([])

    def block(self, block: s.Block) -> None:
        """A block; backwards, its names come first, for they depend on no gate."""
        if not self.is_inverse:
            super().block(block)
            return
        self.scopes.append([])
        rest = []
        for statement in block.statements:
            if isinstance(statement, s.Let):
                self.statement(statement)
            else:
                rest.append(statement)
        for statement in reversed(rest):
            self.statement(statement)
        self.clean(len(self.scopes) - 1)
        self.scopes.pop()

    def loop(self, start: Op, stop: Op, step: Op, body: Callable[[Op], None]) -> None:
        """A counting loop; backwards, from its last turn."""
        if not self.is_inverse:
            super().loop(start, stop, step, body)
            return
        b = self.b
        if step.code == "const" and step.imm == 1:
            last = b.isa("QSUB", stop, b.const(1))
        else:
            # The last turn is start + ((stop - start - sign) // step) * step.
            sign = -1 if step.code == "const" and step.imm < 0 else 1
            reach = b.isa("QSUB", b.isa("QSUB", stop, start), b.const(sign))
            last = b.isa("QADD", start, b.isa("QMUL", b.isa("QDIV", reach, step), step))
        back = b.const(-step.imm) if step.code == "const" else b.isa("QNEG", step)
        is_up = step.code == "const" and step.imm < 0
        end = b.isa("QADD" if is_up else "QSUB", start, b.const(1))
        if back.code == "const":
            super().loop(last, end, back, body)
            return
        # A step that is no constant is positive: counted in turns.
        turns = b.isa("QDIV", b.isa("QADD", b.isa("QSUB", b.isa("QSUB", stop, start), b.const(1)), step), step)
        super().loop(b.const(0), turns, b.const(1), lambda n: body(b.isa("QSUB", last, b.isa("QMUL", n, step))))


class Bodies:
    """Fills functions and forms of gates."""

    def function(self, lowering: Lowering, module: Module, made: ir.Function, symbol: Function) -> None:
        """The body of a function."""
        Body(lowering, module, made).body(symbol)

    def gate(
        self, lowering: Lowering, module: Module, made: ir.Function, symbol: Function, is_inverse: bool, controls: int
    ) -> None:
        """A form of a gate."""
        GateBody(lowering, module, made).gate_body(symbol, is_inverse, controls)


def lower(program: Program, *, is_unchecked: bool = False) -> ir.Program:
    """A checked program in the intermediate form; ``is_unchecked`` leaves the checks of indices out."""
    return Lowering(program, Bodies(), is_unchecked=is_unchecked).run()
