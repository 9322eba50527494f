"""Expressions of OpenQASM 3: folded where their operands are known, else instructions with registers as a stack."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from openqasm3 import ast

from qbcc.openqasm import arithmetic, values
from qbcc.openqasm.arithmetic import BOOL, FLOAT, INT, LITERAL
from qbcc.openqasm.lines import WORD, Lines, at
from qbcc.openqasm.values import Array, Bits, Cell, Const, Kind, Qubits, Refusal, Run, Scope, Value

FIRST: Final = 8
"""The register of an expression's result: r8; deeper ones follow. Gates load qubits and angles into r1 to r9."""
_LAST: Final = 15
_SIGN: Final = -(1 << (WORD - 1))
"""The highest bit of a word."""
CONSTANTS: Final = {
    "pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau, "euler": math.e, "ℇ": math.e,
}  # fmt: skip
_FUNCTIONS: Final[dict[str, tuple[Callable[..., Any], tuple[str, ...]]]] = {
    "sin": (math.sin, ("QSIN",)), "cos": (math.cos, ("QCOS",)), "tan": (math.tan, ("QTAN",)),
    "arcsin": (math.asin, ("QASIN",)), "arccos": (math.acos, ("QACOS",)), "arctan": (math.atan, ("QATAN",)),
    "exp": (math.exp, ("QEXP",)), "log": (math.log, ("QLOG",)), "sqrt": (math.sqrt, ("QSQRT",)),
    "ceiling": (math.ceil, ("QCEIL",)), "floor": (math.floor, ("QFLOOR",)),
}  # fmt: skip
_ARGUMENTS: Final = {"mod": 2, "pow": 2, "popcount": 1, "rotl": 2, "rotr": 2}
_NANOSECONDS: Final = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_COMPARES: Final = {"==": "QSEQ", "!=": "QSNE", "<": "QSLT", "<=": "QSLE", ">": "QSLT", ">=": "QSLE"}
_INTEGERS: Final = {"+": "QADD", "-": "QSUB", "*": "QMUL", "&": "QAND", "|": "QOR", "^": "QXOR"}
_FLOATS: Final = {"+": "QADD", "-": "QSUB", "*": "QMUL", "/": "QDIV", "**": "QPOW"}


class Expressions:
    """Evaluates expressions in a scope; lines go to ``lines``."""

    def __init__(self, lines: Lines, call: Callable[[Any, Scope, int], Value]) -> None:
        """``call``: expands a call of the text's own ``def``."""
        self._lines = lines
        self._call_own = call

    # -- constants

    def constant(self, node: Any, scope: Scope) -> Const:
        """A value that must be known; raises :class:`Refusal`."""
        mark = len(self._lines.lines)
        found = self.value(node, scope)
        if not isinstance(found, Const):
            del self._lines.lines[mark:]
            raise Refusal("this must be a constant, and it depends on what the program computes", node)
        return found

    def integer(self, node: Any, scope: Scope) -> int:
        """A constant integer."""
        found = self.constant(node, scope)
        if found.kind.name == "angle":
            raise Refusal("an integer is needed here, and this is an angle", node, is_wrong=True)
        if isinstance(found.value, float) and not found.value.is_integer():
            raise Refusal(f"an integer is needed here, and this is {found.value}", node, is_wrong=True)
        return int(found.value)

    # -- values

    def value(self, node: Any, scope: Scope, depth: int = 0) -> Value:
        """A value; one that the program computes comes into register ``FIRST + depth``."""
        if FIRST + depth > _LAST - 1:
            raise Refusal("the expression is too deeply nested", node)
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is None:
            raise Refusal(f"an expression of the form {type(node).__name__} is not supported", node)
        found: Value = method(node, scope, depth)
        return found

    def in_register(self, found: Value, depth: int = 0, *, as_float: bool = False) -> str:
        """The register that a value is in; a constant is put there."""
        register = f"r{FIRST + depth}"
        if isinstance(found, Const):
            self._lines.do(f"QMOV {register}, {self.text(found, as_float=as_float)}")
            return register
        if as_float:
            self._to_float(found)
        return found.register

    def text(self, found: Const, *, as_float: bool = False) -> str:
        """A constant as an operand."""
        if as_float or found.kind.is_float:
            return repr(arithmetic.as_float(found))
        whole = int(found.value)
        return str(whole - (1 << WORD) if whole >= 1 << (WORD - 1) else whole)

    def operand(self, found: Value, *, as_float: bool = False) -> str:
        """A value as an operand that is read."""
        if isinstance(found, Const):
            return self.text(found, as_float=as_float)
        return self.in_register(found, as_float=as_float)

    def converted(self, found: Value, kind: Kind, node: Any) -> Value:
        """A value as one of a type, as by an assignment or a cast."""
        if isinstance(found, Const):
            return found if kind.is_literal else Const(arithmetic.converted(found, kind, node), kind)
        register, old = found.register, found.kind
        arithmetic.check_angle(old, kind, node)
        if kind.is_float:
            self._to_float(found)
        elif kind.name == "bool":
            if old.name not in ("bool", "bit") or old.width != 1:
                self._lines.do(f"QSNE {register}, {register}, 0")
        elif kind.name == "angle":
            self._to_angle(found, kind, node)
        elif old.is_float:
            if kind.name == "bit":
                raise Refusal("a float has no bits: write int(…) first", node, is_wrong=True)
            self._to_integer(register, kind, node)
        elif not arithmetic.holds(kind, old):
            self.wrap(register, kind)
        return Run(register, kind)

    def _to_float(self, found: Run) -> None:
        """A number as a float, an angle in radians."""
        register, do = found.register, self._lines.do
        if found.kind.is_float:
            return
        if found.kind.width == WORD and found.kind.name in ("uint", "bit"):
            # From 2⁶³ on, half of it, with the lowest bit kept so that it is rounded once.
            do(f"QSHR r0, {register}, 1", "as an unsigned number")
            do(f"QAND r1, {register}, 1")
            do("QOR r0, r1")
            do("QFLOAT r0")
            do("QADD r0, r0")
            do(f"QSLT r1, {register}, 0")
            do(f"QFLOAT {register}, {register}")
            do(f"QSEL {register}, r1, r0, {register}")
            return
        do(f"QFLOAT {register}, {register}")
        if found.kind.name == "angle":
            do(f"QMUL {register}, {math.tau / (1 << found.kind.width)!r}")

    def _to_integer(self, register: str, kind: Kind, node: Any) -> None:
        """A float as an integer, towards 0; one that does not fit in a word traps."""
        do = self._lines.do
        most = 2.0**WORD if kind.name == "uint" else 2.0 ** (WORD - 1)
        do(f"QSLT r0, {register}, {most!r}")
        do(f"QSLE r1, {-(2.0 ** (WORD - 1))!r}, {register}")
        do("QAND r0, r1")
        self._trap_unless("QJNE r0, 0", "the float does not fit in an integer of 64 bits", node)
        if kind.name == "uint":
            do(f"QSLE r1, {2.0 ** (WORD - 1)!r}, {register}")
            do(f"QSUB r0, {register}, {2.0 ** (WORD - 1)!r}")
            do("QINT r0")
            do(f"QXOR r0, {_SIGN}")
            do(f"QINT {register}, {register}")
            do(f"QSEL {register}, r1, r0, {register}")
        else:
            do(f"QINT {register}, {register}")
        self.wrap(register, kind)

    def _to_angle(self, found: Run, kind: Kind, node: Any) -> None:
        """A number of radians as the nearest angle; of an angle of another width the high bits, and bits unchanged."""
        register, do = found.register, self._lines.do
        if found.kind.name == "angle":
            if kind.width != found.kind.width:
                mnemonic = "QSHL" if kind.width > found.kind.width else "QSHR"
                do(f"{mnemonic} {register}, {abs(kind.width - found.kind.width)}")
            return
        if found.kind.name == "bit":
            return
        self._to_float(found)
        do(f"QDIV {register}, {math.tau!r}")
        do(f"QFLOOR r0, {register}")
        do(f"QSUB {register}, r0")
        do(f"QMUL {register}, {float(1 << kind.width)!r}")
        do(f"QROUND {register}, {register}")
        self._to_integer(register, kind, node)

    def wrap(self, register: str, kind: Kind) -> None:
        """Keep the low bits of an integer, with its sign where it has one."""
        rest = WORD - kind.width
        if rest > 0:
            self._lines.do(f"QSHL {register}, {rest}")
            self._lines.do(f"{'QSAR' if kind.name == 'int' else 'QSHR'} {register}, {rest}")

    # -- leaves

    def _IntegerLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, LITERAL)

    def _FloatLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        if not math.isfinite(node.value):
            raise Refusal("the number is too large for a float", node, is_wrong=True)
        return Const(node.value, FLOAT)

    def _BooleanLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, BOOL)

    def _BitstringLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, Kind("bit", node.width))

    def _DurationLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        if node.unit.name not in _NANOSECONDS:
            raise Refusal(f"a duration in {node.unit.name} is not known: write it in ns, us, ms or s", node)
        return Const(float(node.value) * _NANOSECONDS[node.unit.name], Kind("duration"))

    def _Identifier(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        found = scope.find(node.name)
        if found is None and node.name in CONSTANTS:
            return Const(CONSTANTS[node.name], FLOAT)
        return self.loaded(found, node, depth)

    def loaded(self, found: Any, node: Any, depth: int) -> Value:
        """What a name means, as a value."""
        if isinstance(found, (Const, Run)):
            return found
        register = f"r{FIRST + depth}"
        if isinstance(found, Cell):
            self._lines.do(f"{'QLOADF' if found.kind.is_float else 'QLOAD'} {register}, [{found.label}]")
            return Run(register, found.kind)
        if isinstance(found, Bits):
            return self._bits(found, node, register)
        if found is None:
            raise Refusal(f"'{getattr(node, 'name', '')}' is not defined", node, is_wrong=True)
        what = {"Qubits": "a qubit", "Array": "an array"}.get(type(found).__name__, "not a value")
        raise Refusal(f"'{getattr(node, 'name', 'this')}' is {what}, and a number is needed here", node, is_wrong=True)

    def _bits(self, found: Bits, node: Any, register: str) -> Value:
        if len(found.places) > WORD:
            raise Refusal(f"a value of {len(found.places)} bits; at most {WORD} are one number", node)
        label, first = found.places[0]
        if len(found.places) == 1:
            self._lines.do(f"QLOAD {register}, {at(label, first)}")
        elif list(found.places) == [(label, first + index) for index in range(len(found.places))]:
            self._lines.number(found.places)
            self._lines.do(f"QMOV {register}, r0")
        else:
            self._lines.do(f"QMOV {register}, 0")
            for index, place in enumerate(found.places):
                self._lines.do(f"QLOAD r0, {at(*place)}")
                self._lines.do(f"QSHL r0, {index}")
                self._lines.do(f"QOR {register}, r0")
        return Run(register, Kind("bit", len(found.places)))

    def _IndexExpression(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        return self.indexed(node.collection, [node.index], node, scope, depth)

    def indexed(self, collection: Any, elements: Sequence[Any], node: Any, scope: Scope, depth: int) -> Value:
        """An element of a register or an array."""
        while isinstance(collection, ast.IndexExpression):
            elements, collection = [collection.index, *elements], collection.collection
        found = scope.find(collection.name) if isinstance(collection, ast.Identifier) else None
        register = f"r{FIRST + depth}"
        if isinstance(found, Array):
            place = self.array_place(found, elements, node, scope, depth)
            address = at(found.label, place) if isinstance(place, int) else f"[{place}]"
            self._lines.do(f"{'QLOADF' if found.kind.is_float else 'QLOAD'} {register}, {address}")
            return Run(register, found.kind)
        if isinstance(found, Bits):
            part = self.bits_at(found, elements, node, scope, depth)
            if isinstance(part, Bits):
                return self.loaded(part, node, depth)
            self._lines.do(f"QLOAD {register}, [{part}]")
            return Run(register, Kind("bit", 1))
        whole = self.value(collection, scope, depth)
        if whole.kind.is_float:
            raise Refusal("a float has no bits that an index selects", node, is_wrong=True)
        if len(elements) != 1:
            raise Refusal("a number has one index, that of its bits", node, is_wrong=True)
        (element,) = elements
        places = values.indices(element, lambda each: self.integer(each, scope), whole.kind.width, node)
        if places != list(range(places[0], places[0] + len(places))):
            raise Refusal("bits of a number that do not follow each other are not supported", node)
        kind = Kind("bit", len(places))
        if isinstance(whole, Const):
            return Const(int(whole.value) >> places[0] & ((1 << len(places)) - 1), kind)
        self._lines.do(f"QSHR {whole.register}, {places[0]}")
        self._lines.do(f"QAND {whole.register}, {(1 << len(places)) - 1}")
        return Run(whole.register, kind)

    def bits_at(self, found: Bits, elements: Sequence[Any], node: Any, scope: Scope, depth: int) -> Bits | str:
        """Bits that an index selects, or the register with the address of one that the program selects."""
        if len(elements) != 1:
            raise Refusal("a register of bits has one index", node, is_wrong=True)
        (element,) = elements
        single = isinstance(element, list) and len(element) == 1 and not isinstance(element[0], ast.RangeDefinition)
        if single:
            index = self.value(element[0], scope, depth)
            if isinstance(index, Run):
                label, first = found.places[0]
                if list(found.places) != [(label, first + place) for place in range(len(found.places))]:
                    raise Refusal("an index into joined registers must be a constant", node)
                self.check_index(index, len(found.places), _name(node), node)
                return self._address(index.register, label, first)
        places = values.indices(element, lambda each: self.integer(each, scope), len(found.places), node)
        return Bits(tuple(found.places[place] for place in places), not single)

    def _address(self, register: str, label: str, first: int = 0) -> str:
        self._lines.do(f"QSHL {register}, 3")
        self._lines.do(f"QADD {register}, {label}+{8 * first}" if first else f"QADD {register}, {label}")
        return register

    def check_index(self, index: Run, size: int, name: str, node: Any) -> None:
        """Count a negative index from the end, and trap where an index is outside."""
        register = index.register
        if index.kind.is_float or index.kind.name == "angle":
            raise Refusal("an index is an integer", node, is_wrong=True)
        if index.kind.name == "int":
            self._lines.do(f"QSLT r0, {register}, 0", "from the end")
            self._lines.do(f"QMUL r0, {size}")
            self._lines.do(f"QADD {register}, r0")
        lowest = -size if index.kind.name == "int" else 0
        words = f"an index of '{name}' is outside {lowest} to {size - 1}: its length is {size}"
        self._trap_unless(f"QJLTU {register}, {size}", words, node)

    def array_place(self, found: Array, elements: Sequence[Any], node: Any, scope: Scope, depth: int) -> int | str:
        """The number of an element, or the register with its address."""
        parts = [each for element in elements for each in (element if isinstance(element, list) else [element])]
        if any(isinstance(part, (ast.RangeDefinition, ast.DiscreteSet)) for part in parts) or len(parts) != len(
            found.shape
        ):
            raise Refusal("only single elements of an array are supported: name every index", node)
        name = _name(node)
        register = f"r{FIRST + depth}"
        total = 0
        is_known = True
        for size, part in zip(found.shape, parts, strict=True):
            index = self.value(part, scope, depth + (0 if is_known else 1))
            if index.kind.is_float or index.kind.name == "angle":
                raise Refusal("an index is an integer", node, is_wrong=True)
            if isinstance(index, Const):
                whole = int(index.value)
                if not -size <= whole < size:
                    raise Refusal(f"index {whole} is outside 0 to {size - 1}", node, is_wrong=True)
                total = total * size + whole % size
                if not is_known:
                    self._lines.do(f"QMUL {register}, {size}")
                    self._lines.do(f"QADD {register}, {whole % size}")
            else:
                self.check_index(index, size, name, node)
                if is_known:
                    self._lines.do(f"QADD {register}, {total * size}")
                else:
                    self._lines.do(f"QMUL {register}, {size}")
                    self._lines.do(f"QADD {register}, {index.register}")
                is_known = False
        return total if is_known else self._address(register, found.label)

    # -- operators

    def _UnaryExpression(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        found = self.value(node.expression, scope, depth)
        sign = node.op.name
        if sign == "!":
            found = self.converted(found, BOOL, node)
            if isinstance(found, Const):
                return Const(not found.value, BOOL)
            self._lines.do(f"QSEQ {found.register}, {found.register}, 0")
            return found
        if isinstance(found, Const):
            return self._unary_const(sign, found, node)
        register = found.register
        if sign == "~" and found.kind.is_float:
            raise Refusal("'~' is for bits and integers", node, is_wrong=True)
        kind = arithmetic.number(found.kind) if sign == "-" else found.kind
        self._lines.do(f"{'QNEG' if sign == '-' else 'QNOT'} {register}, {register}")
        if not kind.is_float:
            self.wrap(register, kind)
        return Run(register, kind)

    def _unary_const(self, sign: str, found: Const, node: Any) -> Value:
        if found.kind.is_float:
            if sign == "~":
                raise Refusal("'~' is for bits and integers", node, is_wrong=True)
            return Const(-found.value, found.kind)
        kind = arithmetic.number(found.kind) if sign == "-" else found.kind
        value = -int(found.value) if sign == "-" else ~int(found.value)
        if kind.is_literal:
            arithmetic.in_word(Const(value, kind), node)
            return Const(value, kind)
        return Const(arithmetic.wrapped(value, kind), kind)

    def _BinaryExpression(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        sign = node.op.name
        left = self.value(node.lhs, scope, depth)
        if sign in ("&&", "||"):
            return self._logical(sign, left, node, scope, depth)
        right = self.value(node.rhs, scope, depth + isinstance(left, Run))
        if "angle" in (left.kind.name, right.kind.name):
            left, right = self._with_angle(sign, left, right, node)
        result = f"r{FIRST + depth}"
        if sign in arithmetic.SHIFTS:
            return self._shift(sign, left, right, result, node)
        if left.kind.is_float or right.kind.is_float:
            return self._of_floats(sign, left, right, result, node)
        if "angle" in (left.kind.name, right.kind.name) and sign in ("*", "/"):
            return self._scaled(sign, left, right, result, node)
        kind = arithmetic.together(sign, left, right, node)
        left, right = self.converted(left, kind, node), self.converted(right, kind, node)
        if isinstance(left, Const) and isinstance(right, Const):
            value = arithmetic.calculated(sign, int(left.value), int(right.value), kind, node)
            return Const(value, BOOL if sign in arithmetic.COMPARES else kind)
        return self._of_integers(sign, left, right, result, kind, node)

    def _logical(self, sign: str, left: Value, node: Any, scope: Scope, depth: int) -> Value:
        if isinstance(left, Const):
            if bool(left.value) == (sign == "||"):
                return Const(sign == "||", BOOL)
            return self.converted(self.value(node.rhs, scope, depth), BOOL, node)
        register = left.register
        end = self._lines.label("known")
        self.converted(left, BOOL, node)
        self._lines.do(f"{'QJEQ' if sign == '&&' else 'QJNE'} {register}, 0, {end}", sign)
        right = self.converted(self.value(node.rhs, scope, depth), BOOL, node)
        if isinstance(right, Const):
            self._lines.do(f"QMOV {register}, {int(right.value)}")
        self._lines.mark(end)
        return Run(register, BOOL)

    def _of_floats(self, sign: str, left: Value, right: Value, result: str, node: Any) -> Value:
        if isinstance(left, Const) and isinstance(right, Const):
            a, b = arithmetic.as_float(left, node), arithmetic.as_float(right, node)
            if sign in arithmetic.COMPARES:
                return Const(arithmetic.COMPARES[sign](a, b), BOOL)
            return Const(arithmetic.floats(sign, a, b, node), FLOAT)
        first, second = (self.operand(self.converted(each, FLOAT, node)) for each in (left, right))
        if sign in arithmetic.COMPARES:
            return self._compare(sign, first, second, result)
        if sign not in _FLOATS:
            what = "of floats that the program computes is not supported" if sign == "%" else "is for integers and bits"
            raise Refusal(f"'{sign}' {what}", node, is_wrong=sign != "%")
        self._lines.do(f"{_FLOATS[sign]} {result}, {first}, {second}")
        return Run(result, FLOAT)

    def _compare(self, sign: str, a: str, b: str, result: str) -> Value:
        if sign in (">", ">="):
            a, b = b, a
        self._lines.do(f"{_COMPARES[sign]} {result}, {a}, {b}")
        return Run(result, BOOL)

    def _of_integers(self, sign: str, left: Value, right: Value, result: str, kind: Kind, node: Any) -> Value:
        if sign in arithmetic.COMPARES:
            if kind == arithmetic.UINT and sign not in ("==", "!="):
                return self._compare(sign, self._flipped(left, "r0"), self._flipped(right, "r1"), result)
            return self._compare(sign, self.operand(left), self.operand(right), result)
        a, b = self.operand(left), self.operand(right)
        if sign in _INTEGERS:
            self._lines.do(f"{_INTEGERS[sign]} {result}, {a}, {b}")
        elif sign in ("/", "%"):
            if isinstance(right, Const) and right.value == 0:
                raise Refusal("division by 0", node, is_wrong=True)
            if kind.name == "int":
                self._truncating(sign, result, a, b)
            else:
                self._lines.do(f"{'QDIVU' if sign == '/' else 'QMODU'} {result}, {a}, {b}")
        else:
            raise Refusal(f"'{sign}' of integers that the program computes is not supported", node)
        if sign not in arithmetic.BITWISE and not (sign in ("/", "%") and kind.name != "int"):
            self.wrap(result, kind)
        return Run(result, kind)

    def _flipped(self, found: Value, register: str) -> str:
        """An unsigned word with its highest bit flipped: signed numbers are in the order of such words."""
        if isinstance(found, Const):
            return str(int(found.value) - (1 << (WORD - 1)))
        self._lines.do(f"QXOR {register}, {found.register}, {_SIGN}")
        return register

    def _truncating(self, sign: str, result: str, a: str, b: str) -> None:
        """Integer division as in C, towards 0: of the absolute values, with the sign after that."""
        lines = self._lines
        lines.do(f"QABS r0, {a}")
        lines.do(f"QABS r1, {b}")
        lines.do(f"{'QDIVU' if sign == '/' else 'QMODU'} r0, r1")
        # The sign of a quotient is that of both together; of a remainder, that of the first.
        lines.do(f"QXOR r1, {a}, {b}" if sign == "/" else f"QMOV r1, {a}")
        lines.do("QSLT r1, r1, 0")
        lines.do("QNEG r2, r0")
        lines.do(f"QSEL {result}, r1, r2, r0")

    def _shift(self, sign: str, left: Value, right: Value, result: str, node: Any) -> Value:
        if left.kind.is_float or right.kind.is_float or right.kind.name == "angle":
            raise Refusal(f"'{sign}' is for integers and bits", node, is_wrong=True)
        if left.kind.name == "bool":
            left = Const(int(left.value), INT) if isinstance(left, Const) else Run(left.register, INT)
        if isinstance(right, Const):
            distance = int(right.value)
            if isinstance(left, Const):
                return arithmetic.shifted(sign, left, distance, node)
            arithmetic.shifted(sign, Const(0, INT), distance, node)
            last = left.kind.width - 1
            if distance > last and (sign == "<<" or left.kind.name != "int"):
                self._lines.do(f"QMOV {result}, 0")
                return left
            self._lines.do(f"{self._shifter(sign, left.kind)} {result}, {left.register}, {min(distance, last)}")
        else:
            kind = arithmetic.kind_of(left)
            left = self.converted(left, kind, node)
            self._shift_by(sign, self.operand(left), right, kind, result, node)
            left = Run(result, kind)
        if sign == "<<":
            self.wrap(result, left.kind)
        return left

    def _shifter(self, sign: str, kind: Kind) -> str:
        return "QSHL" if sign == "<<" else "QSAR" if kind.name == "int" else "QSHR"

    def _shift_by(self, sign: str, a: str, right: Run, kind: Kind, result: str, node: Any) -> None:
        """A shift by a distance that the program computes; instructions take it modulo 64."""
        lines, b = self._lines, right.register
        if right.kind.name == "int":
            self._trap_unless(f"QJGE {b}, 0", "a shift by a negative distance", node)
        # 0 for a distance below 64.
        lines.do(f"QSHR r1, {b}, 6")
        if sign == ">>" and kind.name == "int":
            lines.do(f"QSEL r1, r1, 63, {b}")
            lines.do(f"QSAR {result}, {a}, r1")
        else:
            lines.do(f"{self._shifter(sign, kind)} r0, {a}, {b}")
            lines.do(f"QSEL {result}, r1, 0, r0")

    def _trap_unless(self, jump: str, words: str, node: Any) -> None:
        """Trap with a text, which begins with the line, unless a jump is taken."""
        span = getattr(node, "span", None)
        words = f"{self._lines.where(span.start_line)}: {words}" if span is not None else words
        fine = self._lines.label("fine")
        self._lines.do(f"{jump}, {fine}")
        self._lines.do(f"QTRAP {self._lines.text(words)}")
        self._lines.mark(fine)

    # -- angles

    def _with_angle(self, sign: str, left: Value, right: Value, node: Any) -> tuple[Value, Value]:
        """Operands one of which is an angle; a number that is added or compared is one in radians."""
        if sign in arithmetic.SHIFTS:
            return left, right
        names = (left.kind.name, right.kind.name)
        if sign in ("*", "/"):
            if "float" in names:
                raise Refusal(f"'{sign}' of an angle and a float: write float(…) for the angle", node, is_wrong=True)
            if (sign == "*" and names[0] == names[1]) or (sign == "/" and names[0] != "angle"):
                raise Refusal(f"'{sign}' is not for these operands", node, is_wrong=True)
            return left, right
        if sign not in ("+", "-", *arithmetic.COMPARES, *arithmetic.BITWISE) or "bit" in names or "duration" in names:
            raise Refusal(f"'{sign}' is not for these operands", node, is_wrong=True)
        if sign in arithmetic.BITWISE and names != ("angle", "angle"):
            raise Refusal(f"'{sign}' is not for these operands", node, is_wrong=True)
        kind = max((each.kind for each in (left, right) if each.kind.name == "angle"), key=lambda each: each.width)
        return self.converted(left, kind, node), self.converted(right, kind, node)

    def _scaled(self, sign: str, left: Value, right: Value, result: str, node: Any) -> Value:
        """An angle times or divided by an integer, or the quotient of two angles, which is an integer."""
        kind = left.kind if left.kind.name == "angle" else right.kind
        if left.kind.name == right.kind.name:
            kind = Kind("uint", max(left.kind.width, right.kind.width))
            shared = Kind("angle", kind.width)
            left, right = self.converted(left, shared, node), self.converted(right, shared, node)
        if isinstance(left, Const) and isinstance(right, Const):
            arithmetic.in_word(left, node)
            arithmetic.in_word(right, node)
            return Const(arithmetic.calculated(sign, int(left.value), int(right.value), kind, node), kind)
        if sign == "/" and (right.kind.name == "int" or right.kind.is_literal):
            if isinstance(right, Const) and right.value == 0:
                raise Refusal("division by 0", node, is_wrong=True)
            self._truncating(sign, result, self.operand(left), self.operand(right))
            self.wrap(result, kind)
            return Run(result, kind)
        return self._of_integers(sign, left, right, result, kind, node)

    # -- calls and casts

    def _Cast(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        kind = self.kind(node.type, scope)
        found = self.value(node.argument, scope, depth)
        return self.converted(found, kind, node)

    def kind(self, node: Any, scope: Scope) -> Kind:
        """A type that is written down."""
        names = {
            ast.IntType: "int", ast.UintType: "uint", ast.FloatType: "float", ast.AngleType: "angle",
            ast.BoolType: "bool", ast.BitType: "bit", ast.DurationType: "duration", ast.StretchType: "duration",
        }  # fmt: skip
        name = names.get(type(node))
        if name is None:
            raise Refusal(f"the type {type(node).__name__.removesuffix('Type').lower()} has no form in QBC", node)
        size = getattr(node, "size", None)
        if name in ("bool",):
            return BOOL
        if name == "bit" and size is None:
            return Kind("bit", 1)
        width = WORD if size is None else self.integer(size, scope)
        if width < 1 or (name in ("int", "uint") and width > WORD):
            raise Refusal(f"{name}[{width}] is not a type that QBC has: 1 to {WORD} bits", node)
        if name == "angle":
            width = arithmetic.MOST_ANGLE if size is None else width
            if width > arithmetic.MOST_ANGLE:
                most = arithmetic.MOST_ANGLE
                raise Refusal(f"angle[{width}] is not supported: write angle[{most}] or float", node)
        return Kind(name, WORD if name == "float" else width)

    def _SizeOf(self, node: Any, scope: Scope, _depth: int) -> Value:  # noqa: N802
        found = scope.find(node.target.name) if isinstance(node.target, ast.Identifier) else None
        if isinstance(found, Array):
            dimension = 0 if node.index is None else self.integer(node.index, scope)
            if not 0 <= dimension < len(found.shape):
                raise Refusal(f"the array has {len(found.shape)} dimensions", node, is_wrong=True)
            return Const(found.shape[dimension], LITERAL)
        if isinstance(found, Bits):
            return Const(len(found.places), LITERAL)
        if isinstance(found, Qubits):
            return Const(len(found.operands), LITERAL)
        raise Refusal("'sizeof' is for registers and arrays", node, is_wrong=True)

    def _FunctionCall(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        name = node.name.name
        if scope.find(name) is not None:
            return self._call_own(node, scope, depth)
        if name == "sizeof" and len(node.arguments) in (1, 2):
            return self._SizeOf(ast.SizeOf(*node.arguments), scope, depth)
        wanted = 1 if name in _FUNCTIONS else _ARGUMENTS.get(name)
        if wanted is not None and len(node.arguments) != wanted:
            raise Refusal(
                f"'{name}' takes {values.count(wanted, 'value')}, not {len(node.arguments)}", node, is_wrong=True
            )
        if name in _FUNCTIONS:
            return self._function(name, node, scope, depth)
        if wanted is not None:
            return self._other_function(name, node, scope, depth)
        raise Refusal(f"the function '{name}' is not defined", node, is_wrong=True)

    def _function(self, name: str, node: Any, scope: Scope, depth: int) -> Value:
        compute, mnemonics = _FUNCTIONS[name]
        found = self.value(node.arguments[0], scope, depth)
        if isinstance(found, Const):
            try:
                return Const(float(compute(arithmetic.as_float(found, node))), FLOAT)
            except (ValueError, OverflowError):
                raise Refusal(f"{name}({found.value}) is not a number", node, is_wrong=True) from None
        register = self.in_register(found, as_float=True)
        for mnemonic in mnemonics:
            self._lines.do(f"{mnemonic} {register}, {register}")
        return Run(register, FLOAT)

    def _other_function(self, name: str, node: Any, scope: Scope, depth: int) -> Value:
        if name in ("mod", "pow"):
            sign = {"mod": "%", "pow": "**"}[name]
            whole = ast.BinaryExpression(ast.BinaryOperator[sign], node.arguments[0], node.arguments[1])
            whole.span = node.span
            return self._BinaryExpression(whole, scope, depth)
        found = self.value(node.arguments[0], scope, depth)
        if found.kind.is_float or found.kind.name == "angle" or (name != "popcount" and found.kind.name == "int"):
            wanted = "bits or an integer" if name == "popcount" else "bits or an uint: cast it"
            raise Refusal(f"'{name}' takes {wanted}", node, is_wrong=True)
        width = found.kind.width
        if name == "popcount":
            if isinstance(found, Const):
                arithmetic.in_word(found, node)
                return Const((int(found.value) & ((1 << width) - 1)).bit_count(), arithmetic.UINT)
            if found.kind.name == "int":
                self.wrap(found.register, Kind("uint", width))
            self._lines.do(f"QPOPCNT {found.register}, {found.register}")
            return Run(found.register, arithmetic.UINT)
        turn = self.integer(node.arguments[1], scope) % width
        turn = turn if name == "rotl" else (width - turn) % width
        if isinstance(found, Const):
            value = int(found.value)
            return Const((value << turn | value >> (width - turn)) & ((1 << width) - 1), found.kind)
        if turn:
            self._lines.do(f"QSHL r0, {found.register}, {turn}")
            self._lines.do(f"QSHR {found.register}, {width - turn}")
            self._lines.do(f"QOR {found.register}, r0")
            self.wrap(found.register, Kind("uint", width))
        return found


def _name(node: Any) -> str:
    """The name of what an index selects from."""
    while not isinstance(node, ast.Identifier):
        inner = getattr(node, "collection", None) or getattr(node, "name", None)
        if inner is None or isinstance(inner, str):
            return "a register"
        node = inner
    return str(node.name)
