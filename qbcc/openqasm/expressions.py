"""Expressions of OpenQASM 3: folded where their operands are known, else instructions with registers as a stack."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

from openqasm3 import ast

from qbcc.openqasm import values
from qbcc.openqasm.lines import WORD, Lines, at
from qbcc.openqasm.values import Array, Bits, Cell, Const, Kind, Number, Qubits, Refusal, Run, Scope, Value

FIRST: Final = 8
"""The register of an expression's result: r8; deeper ones follow. Gates load qubits and angles into r1 to r9."""
_LAST: Final = 15
BOOL: Final = Kind("bool", 1)
INT: Final = Kind("int")
FLOAT: Final = Kind("float")
CONSTANTS: Final = {
    "pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau, "euler": math.e, "ℇ": math.e,
}  # fmt: skip
_FUNCTIONS: Final[dict[str, tuple[Callable[..., Any], tuple[str, ...]]]] = {
    "sin": (math.sin, ("QSIN",)), "cos": (math.cos, ("QCOS",)), "tan": (math.tan, ("QTAN",)),
    "arcsin": (math.asin, ("QASIN",)), "arccos": (math.acos, ("QACOS",)), "arctan": (math.atan, ("QATAN",)),
    "exp": (math.exp, ("QEXP",)), "log": (math.log, ("QLOG",)), "sqrt": (math.sqrt, ("QSQRT",)),
    "ceiling": (math.ceil, ("QCEIL",)), "floor": (math.floor, ("QFLOOR",)),
}  # fmt: skip
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

    def constant(self, node: Any, scope: Scope) -> Number:
        """A value that must be known; raises :class:`Refusal`."""
        mark = len(self._lines.lines)
        found = self.value(node, scope)
        if not isinstance(found, Const):
            del self._lines.lines[mark:]
            raise Refusal("this must be a constant, and it depends on what the program computes", node)
        return found.value

    def integer(self, node: Any, scope: Scope) -> int:
        """A constant integer."""
        found = self.constant(node, scope)
        if isinstance(found, float) and not found.is_integer():
            raise Refusal(f"an integer is needed here, and this is {found}", node, is_wrong=True)
        return int(found)

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
        if as_float and not found.kind.is_float:
            self._lines.do(f"QFLOAT {found.register}, {found.register}")
        return found.register

    def text(self, found: Const, *, as_float: bool = False) -> str:
        """A constant as an operand."""
        number = found.value
        if as_float or isinstance(number, float):
            return repr(float(number))
        whole = int(number)
        return str(whole - (1 << WORD) if whole >= 1 << (WORD - 1) else whole)

    def operand(self, found: Value, *, as_float: bool = False) -> str:
        """A value as an operand that is read."""
        if isinstance(found, Const):
            return self.text(found, as_float=as_float)
        return self.in_register(found, as_float=as_float)

    def converted(self, found: Value, kind: Kind, node: Any) -> Value:
        """A value as one of a type, as by an assignment or a cast."""
        if isinstance(found, Const):
            return Const(self._const_as(found, kind, node), kind)
        register = found.register
        if kind.is_float:
            self.in_register(found, as_float=True)
        elif kind.name == "bool" or (kind.name == "bit" and kind.width == 1 and found.kind.width != 1):
            if found.kind.name not in ("bool", "bit") or found.kind.width != 1:
                self._lines.do(f"QSNE {register}, {register}, 0")
        else:
            if found.kind.is_float:
                self._lines.do(f"QINT {register}, {register}")
            self.wrap(register, kind)
        return Run(register, kind)

    def wrap(self, register: str, kind: Kind) -> None:
        """Keep the low bits of an integer, with its sign where it has one."""
        rest = WORD - kind.width
        if rest > 0:
            self._lines.do(f"QSHL {register}, {rest}")
            self._lines.do(f"{'QSAR' if kind.name == 'int' else 'QSHR'} {register}, {rest}")

    def _const_as(self, found: Const, kind: Kind, node: Any) -> Number:
        value = found.value
        if kind.is_float:
            return float(value)
        if kind.name == "bool":
            return bool(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise Refusal(f"{value} is not an integer", node, is_wrong=True)
        whole = int(value) & ((1 << kind.width) - 1)
        if kind.name == "int" and whole >> (kind.width - 1):
            whole -= 1 << kind.width
        return whole

    # -- leaves

    def _IntegerLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, INT)

    def _FloatLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, FLOAT)

    def _BooleanLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, BOOL)

    def _BitstringLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(node.value, Kind("bit", node.width))

    def _DurationLiteral(self, node: Any, _scope: Scope, _depth: int) -> Value:  # noqa: N802
        return Const(float(node.value), Kind("duration"))

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
                self.check_index(index.register, len(found.places))
                return self._address(index.register, label, first)
        places = values.indices(element, lambda each: self.integer(each, scope), len(found.places), node)
        return Bits(tuple(found.places[place] for place in places), not single)

    def _address(self, register: str, label: str, first: int = 0) -> str:
        self._lines.do(f"QSHL {register}, 3")
        self._lines.do(f"QADD {register}, {label}+{8 * first}" if first else f"QADD {register}, {label}")
        return register

    def check_index(self, register: str, size: int) -> None:
        """Trap where an index is outside its register."""
        inside = self._lines.label("inside")
        self._lines.do(f"QJLTU {register}, {size}, {inside}", f"an index below {size}")
        self._lines.do(f"QTRAP {register}")
        self._lines.mark(inside)

    def array_place(self, found: Array, elements: Sequence[Any], node: Any, scope: Scope, depth: int) -> int | str:
        """The number of an element, or the register with its address."""
        parts = [each for element in elements for each in (element if isinstance(element, list) else [element])]
        if any(isinstance(part, (ast.RangeDefinition, ast.DiscreteSet)) for part in parts) or len(parts) != len(
            found.shape
        ):
            raise Refusal("only single elements of an array are supported: name every index", node)
        computed: list[Value] = []
        register = f"r{FIRST + depth}"
        total = 0
        is_known = True
        for size, part in zip(found.shape, parts, strict=True):
            index = self.value(part, scope, depth + (0 if is_known else 1))
            if isinstance(index, Const):
                whole = int(index.value)
                if not -size <= whole < size:
                    raise Refusal(f"index {whole} is outside 0 to {size - 1}", node, is_wrong=True)
                total = total * size + whole % size
                if not is_known:
                    self._lines.do(f"QMUL {register}, {size}")
                    self._lines.do(f"QADD {register}, {whole % size}")
            else:
                self.check_index(index.register, size)
                if is_known:
                    self._lines.do(f"QADD {register}, {total * size}")
                else:
                    self._lines.do(f"QMUL {register}, {size}")
                    self._lines.do(f"QADD {register}, {index.register}")
                is_known = False
            computed.append(index)
        return total if is_known else self._address(register, found.label)

    # -- operators

    def _UnaryExpression(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        found = self.value(node.expression, scope, depth)
        sign = node.op.name
        if isinstance(found, Const):
            return self._unary_const(sign, found, node)
        register = found.register
        if sign == "!":
            self._lines.do(f"QSEQ {register}, {register}, 0")
            return Run(register, BOOL)
        if sign == "-":
            self._lines.do(f"QNEG {register}, {register}")
            return Run(register, FLOAT if found.kind.is_float else INT)
        self._lines.do(f"QNOT {register}, {register}")
        self.wrap(register, found.kind)
        return found

    def _unary_const(self, sign: str, found: Const, node: Any) -> Value:
        if sign == "!":
            return Const(not found.value, BOOL)
        if sign == "-":
            kind = found.kind if found.kind.is_float else INT
            return Const(-found.value, kind)
        if found.kind.is_float:
            raise Refusal("'~' is for bits and integers", node, is_wrong=True)
        return Const(self._const_as(Const(~int(found.value), found.kind), found.kind, node), found.kind)

    def _BinaryExpression(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        sign = node.op.name
        left = self.value(node.lhs, scope, depth)
        if sign in ("&&", "||"):
            return self._logical(sign, left, node, scope, depth)
        right = self.value(node.rhs, scope, depth + isinstance(left, Run))
        if isinstance(left, Const) and isinstance(right, Const):
            return self._binary_const(sign, left, right, node)
        return self._binary(sign, left, right, node, depth)

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

    def _binary_const(self, sign: str, left: Const, right: Const, node: Any) -> Value:
        a, b = left.value, right.value
        if sign in _COMPARES:
            return Const(_compare(sign, a, b), BOOL)
        is_float = left.kind.is_float or right.kind.is_float
        if sign in ("&", "|", "^", "<<", ">>", "%") and not is_float:
            if sign == "%" and b == 0:
                raise Refusal("division by 0", node, is_wrong=True)
            if sign in ("<<", ">>") and not 0 <= b <= 4096:
                raise Refusal(f"a shift by {b}", node, is_wrong=True)
            kind = left.kind if left.kind.name == "bit" else right.kind if right.kind.name == "bit" else left.kind
            whole = _integers(sign, int(a), int(b))
            return Const(self._const_as(Const(whole, kind), kind, node) if kind.name == "bit" else whole, kind)
        try:
            found = _arithmetic(sign, a, b, is_float=is_float)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            raise Refusal(f"the value of this is not a number: {error}", node, is_wrong=True) from None
        if found is None:
            raise Refusal(f"'{sign}' is not for these operands", node, is_wrong=True)
        return Const(found, FLOAT if is_float or isinstance(found, float) else INT)

    def _binary(self, sign: str, left: Value, right: Value, node: Any, depth: int) -> Value:
        is_float = left.kind.is_float or right.kind.is_float
        if isinstance(left, Const) and isinstance(left.value, Fraction):
            is_float = True
        result = f"r{FIRST + depth}"
        a, b = (self.operand(each, as_float=is_float) for each in (left, right))
        if sign in _COMPARES:
            if sign in (">", ">="):
                a, b = b, a
            self._lines.do(f"{_COMPARES[sign]} {result}, {a}, {b}")
            return Run(result, BOOL)
        if is_float:
            if sign not in _FLOATS:
                raise Refusal(f"'{sign}' is for integers and bits", node, is_wrong=True)
            self._lines.do(f"{_FLOATS[sign]} {result}, {a}, {b}")
            return Run(result, FLOAT)
        kind = left.kind if left.kind.name == "bit" and sign in ("&", "|", "^", "<<", ">>") else INT
        if left.kind.name == right.kind.name == "uint":
            kind = left.kind if left.kind.width >= right.kind.width else right.kind
        if sign in _INTEGERS:
            self._lines.do(f"{_INTEGERS[sign]} {result}, {a}, {b}")
        elif sign in ("<<", ">>"):
            right_shift = "QSHR" if left.kind.name != "int" else "QSAR"
            self._lines.do(f"{'QSHL' if sign == '<<' else right_shift} {result}, {a}, {b}")
        elif sign in ("/", "%"):
            self._truncating(sign, result, a, b)
        else:
            raise Refusal(f"'{sign}' of integers that the program computes is not supported", node)
        if kind.width < WORD:
            self.wrap(result, kind)
        return Run(result, kind)

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
        return Kind(name, WORD if name in ("float", "angle") else width)

    def _SizeOf(self, node: Any, scope: Scope, _depth: int) -> Value:  # noqa: N802
        found = scope.find(node.target.name) if isinstance(node.target, ast.Identifier) else None
        if isinstance(found, Array):
            dimension = 0 if node.index is None else self.integer(node.index, scope)
            if not 0 <= dimension < len(found.shape):
                raise Refusal(f"the array has {len(found.shape)} dimensions", node, is_wrong=True)
            return Const(found.shape[dimension], INT)
        if isinstance(found, Bits):
            return Const(len(found.places), INT)
        if isinstance(found, Qubits):
            return Const(len(found.operands), INT)
        raise Refusal("'sizeof' is for registers and arrays", node, is_wrong=True)

    def _FunctionCall(self, node: Any, scope: Scope, depth: int) -> Value:  # noqa: N802
        name = node.name.name
        if scope.find(name) is not None:
            return self._call_own(node, scope, depth)
        if name == "sizeof":
            return self._SizeOf(ast.SizeOf(*node.arguments), scope, depth)
        if name in _FUNCTIONS and len(node.arguments) == 1:
            return self._function(name, node, scope, depth)
        if name in ("mod", "pow", "popcount", "rotl", "rotr") and len(node.arguments) in (1, 2):
            return self._other_function(name, node, scope, depth)
        raise Refusal(f"the function '{name}' is not defined", node, is_wrong=True)

    def _function(self, name: str, node: Any, scope: Scope, depth: int) -> Value:
        compute, mnemonics = _FUNCTIONS[name]
        found = self.value(node.arguments[0], scope, depth)
        if isinstance(found, Const):
            try:
                return Const(float(compute(float(found.value))), FLOAT)
            except (ValueError, OverflowError):
                raise Refusal(f"{name}({float(found.value)}) is not a number", node, is_wrong=True) from None
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
        width = found.kind.width
        if name == "popcount":
            if isinstance(found, Const):
                return Const((int(found.value) & ((1 << width) - 1)).bit_count(), INT)
            self._lines.do(f"QPOPCNT {found.register}, {found.register}")
            return Run(found.register, INT)
        turn = self.integer(node.arguments[1], scope) % width
        turn = turn if name == "rotl" else (width - turn) % width
        if isinstance(found, Const):
            value = int(found.value)
            return Const((value << turn | value >> (width - turn)) & ((1 << width) - 1), found.kind)
        self._lines.do(f"QSHL r0, {found.register}, {turn}")
        if turn:
            self._lines.do(f"QSHR {found.register}, {width - turn}")
            self._lines.do(f"QOR {found.register}, r0")
        self.wrap(found.register, Kind("uint", width))
        return found


def _compare(sign: str, a: Any, b: Any) -> bool:
    found: bool = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
    return found


def _integers(sign: str, a: int, b: int) -> int:
    if sign == "%":
        return int(math.copysign(1, a)) * (abs(a) % abs(b))
    return {
        "&": a & b,
        "|": a | b,
        "^": a ^ b,
        "<<": a << b if sign == "<<" else 0,
        ">>": a >> b if sign == ">>" else 0,
    }[sign]


def _arithmetic(sign: str, a: Any, b: Any, *, is_float: bool) -> Number | None:
    if is_float:
        a, b = float(a), float(b)
    if sign == "+":
        return a + b  # type: ignore[no-any-return]
    if sign == "-":
        return a - b  # type: ignore[no-any-return]
    if sign == "*":
        return a * b  # type: ignore[no-any-return]
    if sign == "/":
        # Of integers: kept exact, so that an angle 1/2 is a half; where an integer is needed it is truncated.
        return a / b if is_float else _shortest(Fraction(a) / Fraction(b))
    if sign == "%":
        return math.fmod(a, b)
    if sign == "**":
        if not is_float and (abs(b) > 4096 or b != int(b)):
            raise OverflowError("the exponent is too large")
        return float(a) ** float(b) if is_float or b < 0 else _shortest(Fraction(a) ** int(b))
    return None


def _shortest(found: Fraction) -> int | Fraction:
    return int(found) if found.denominator == 1 else found
