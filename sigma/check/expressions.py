"""Expressions: their types, and their values where they are constant."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Final

from qbcc.source import Span
from qbcc.syntax.text import CharacterFault, character_value, string_bytes
from sigma import constants
from sigma import syntax as s
from sigma.check import messages
from sigma.check.scope import Scope
from sigma.symbols import Constant, Function, Given, Local, ModuleName, RecordName, Symbol, Variable
from sigma.types import (
    BOOL,
    BYTE,
    FLOAT,
    INT,
    NOTHING,
    QUBIT,
    STRING,
    UNKNOWN,
    Array,
    Record,
    Tuple,
    Type,
    fits,
    is_number,
    is_scalar,
    read,
)

_ARITHMETIC: Final = frozenset(("+", "-", "*", "/", "div", "%"))
_BITS: Final = frozenset(("&", "|", "^"))
_ORDER: Final = frozenset(("<", "<=", ">", ">="))
_SIGN: Final = 1 << 63


class Expressions(Scope, ABC):
    """Checks what has a value."""

    def expr(self, node: s.Expr, wanted: Type | None = None) -> Type:
        """The type of an expression; ``wanted`` helps an array that does not say what it holds."""
        found: Type = _CHECKS[type(node)](self, node, wanted)
        node.type = found
        return found

    def need(self, node: s.Expr, wanted: Type, why: Span | None = None) -> None:
        """Check an expression that must have a type."""
        given = self.expr(node, wanted)
        if not fits(given, wanted):
            self.report(messages.mismatch(self.module.span(node), given, wanted, why))

    def need_bound(self, node: s.Expr) -> None:
        """Check a bound of a range or of a part: an int, where an array is perhaps meant by its length."""
        given = self.expr(node, INT)
        if not fits(given, INT):
            note = f"write len({self.module.written(node)})" if isinstance(given, Array) else ""
            self.report(messages.mismatch(self.module.span(node), given, INT, note=note))

    def _need_index(self, node: s.Index, base: Type) -> None:
        """Check an index: a qubit of an array is no place in it."""
        given = self.expr(node.index, INT)
        if fits(given, INT):
            return
        note = ""
        if given is QUBIT and isinstance(base, Array) and base.element is QUBIT:
            words, qubit = self.module.tokens.words, self.module.written(node.index)
            is_alone = words[node.first - 1 : node.first] == ["("] and words[node.last + 1 : node.last + 2] == [")"]
            place = (
                f"{words[node.first - 2]}({qubit})" if is_alone else f"{qubit} in place of {self.module.written(node)}"
            )
            note = f"'{qubit}' is a qubit already: write {place}"
        self.report(messages.mismatch(self.module.span(node.index), given, INT, note=note))

    def constant(self, node: s.Expr, what: str) -> int | None:
        """The value of an int that must be constant."""
        self.need(node, INT)
        if node.type is INT and node.value is None:
            self.report(messages.not_constant(self.module.span(node), what))
        return node.value if node.type is INT else None

    def length(self, node: s.Expr) -> int | None:
        """The length of an array, as its type has it."""
        return self.constant(node, "the length of an array")

    # -- literals and names

    def _number(self, node: s.Number, _: Type | None) -> Type:
        word = self.module.word(node.first)
        if self.module.tokens.kinds[node.first] == "FLOAT":
            node.value = float(word)
            return FLOAT
        if word[0] == "'":
            try:
                node.value = character_value(word)
            except CharacterFault as fault:
                note = 'a text is in double quotes: "…"' if len(word) > 3 and "\\" not in word else ""
                self.report(messages.bad_format(self.module.span(node), fault.reason, note))
            return INT
        value = int(word, 0) if word[:2].lower() in ("0x", "0b", "0o") else int(word)
        # Bits may be written in full; a decimal number is a number.
        if value >= (_SIGN if word.isdecimal() else 2 * _SIGN):
            self.report(messages.does_not_fit(self.module.span(node), value))
            value = 0
        node.value = constants.wrap(value)
        return INT

    def string(self, node: s.Expr, what: str) -> bytes | None:
        """The bytes of a literal."""
        if not isinstance(node, s.String):
            node.type = UNKNOWN
            self.report(messages.not_a_literal(self.module.span(node), what, self._as_literal(node, what)))
            return None
        self.expr(node)
        return node.value if isinstance(node.value, bytes) else None

    def _peek(self, node: s.Expr) -> Type:
        """The type of an expression in which nothing is reported."""
        report, told = self.report, set(self.told)
        self.report = lambda _: None
        found = self.expr(node)
        self.report, self.told = report, told
        return found

    def _as_literal(self, node: s.Expr, what: str) -> str:
        """How something else is printed."""
        if what != "what is printed":
            return ""
        words = [self.module.word(token) for token in range(node.first, node.last + 1)]
        given = self._peek(node)
        if given is not UNKNOWN and (not is_scalar(given) or given is QUBIT):
            found = messages.not_printed(self.module.span(node), given, self.module.written(node), is_alone=True)
            return found.notes[0]
        if len(words) == 1 and words[0].startswith("'"):
            return f'write "{words[0][1:-1]}": single quotes hold one character, which is an int'
        if any(word.startswith('"') for word in words):
            return "one string holds all: what stands in braces is an expression"
        return f'write "{{{words[0]}}}"' if len(words) == 1 else 'write "{…}": what stands in braces is an expression'

    def _string(self, node: s.String, wanted: Type | None) -> Type:
        try:
            node.value = string_bytes(self.module.word(node.first))
        except CharacterFault as fault:
            span = self.module.span(node)
            start = span.column + fault.at
            place = Span(span.source, span.line, start, min(start + fault.length, span.end_column))
            self.report(messages.bad_format(place, fault.reason))
            return UNKNOWN
        if not isinstance(wanted, Array) or wanted.element is not BYTE:
            return STRING
        # A text in a longer array has zeros behind it.
        node.value = node.value.ljust(wanted.length or 0, b"\0")
        return Array(BYTE, len(node.value))

    def _boolean(self, node: s.Boolean, _: Type | None) -> Type:
        node.value = self.module.word(node.first) == "true"
        return BOOL

    def _name(self, node: s.Name, _: Type | None) -> Type:
        node.symbol = self.lookup(node.word)
        if node.symbol is None or (isinstance(node.symbol, Given) and node.word in self.ended):
            self.unknown(node, node.word)
            return UNKNOWN
        return self._value_of(node, node.symbol)

    def _value_of(self, node: s.Name | s.Member, symbol: Symbol) -> Type:
        match symbol:
            case Local() | Constant():
                node.value = symbol.value
                return symbol.type
            case Variable():
                return symbol.type
        name = self.kind_of(symbol)
        note = ""
        if isinstance(symbol, Given):
            is_gate = symbol.builtin.is_gate
            note = "a variable of this name needs a let or a var" if is_gate else f"call it: {symbol.name}(…)"
        self.report(messages.not_a_value(self.module.span(node), symbol.name, name, note))
        return UNKNOWN

    def kind_of(self, symbol: Symbol) -> str:
        """What a symbol without a value is."""
        if isinstance(symbol, Given):
            return "a gate of the language" if symbol.builtin.is_gate else "a function of the language"
        return {Function: "a function", RecordName: "a record", ModuleName: "a module"}[type(symbol)]

    def _member(self, node: s.Member, _: Type | None) -> Type:
        name = self.module.word(node.name)
        module = self.module_of(node.base)
        if module is not None:
            node.symbol = self.member_symbol(node, module)
            return UNKNOWN if node.symbol is None else self._value_of(node, node.symbol)
        base = self.expr(node.base)
        if isinstance(base, Record):
            field = base.field(name)
            if field is not None:
                return field.type
            known = [field.name for field in base.fields]
            self.report(messages.unknown_member(self.module.at(node.name), name, f"the record {base}", known))
        elif base is not UNKNOWN:
            self.report(messages.no_members(self.module.at(node.name), base))
        return UNKNOWN

    def module_of(self, node: s.Expr) -> ModuleName | None:
        """The module that an expression names, if it names one."""
        found = self.lookup(node.word) if isinstance(node, s.Name) else None
        return found if isinstance(found, ModuleName) else None

    def member_symbol(self, node: s.Member, module: ModuleName) -> Symbol | None:
        """A name of another module."""
        if module.target is None:
            return None
        name = self.module.word(node.name)
        found = module.target.names.get(name)
        if found is None and name in module.target.lost:
            return None
        if found is None or isinstance(found, ModuleName):
            known = [n for n, symbol in module.target.names.items() if not isinstance(symbol, ModuleName)]
            self.report(messages.not_in_module(self.module.at(node.name), name, module.name, known))
            return None
        self.resolve(found)
        return found

    # -- operators

    def _unary(self, node: s.Unary, _: Type | None) -> Type:
        operand, operator = node.operand, node.operator
        if operator == "-" and isinstance(operand, s.Number) and self.module.word(operand.first) == str(_SIGN):
            # The one number whose sign belongs to it.
            operand.type, operand.value = INT, -_SIGN
            node.value = -_SIGN
            return INT
        given = self.expr(operand)
        if given is UNKNOWN:
            return UNKNOWN
        is_good = {"-": is_number(given), "~": given is INT, "not": given is BOOL}[operator]
        if not is_good:
            self.report(messages.bad_operand(self.module.span(node), operator, given))
            return UNKNOWN
        if operand.value is not None:
            node.value = constants.unary(operator, operand.value)
        return given

    def _binary(self, node: s.Binary, _: Type | None) -> Type:
        left, right = self.expr(node.left), self.expr(node.right)
        if UNKNOWN in (left, right):
            return BOOL if node.operator in _ORDER or node.operator in ("==", "!=", "and", "or") else UNKNOWN
        found = self.operation(node.operator, left, right)
        if found is None:
            self.report(messages.bad_operands(self.module.at(node.at), node.operator, left, right))
            return UNKNOWN
        if node.operator in ("div", "%") and found is INT and node.right.value == 0 and node.right.value is not None:
            self.report(messages.zero_divisor(self.module.span(node.right)))
            return UNKNOWN
        if node.left.value is not None and node.right.value is not None:
            node.value = constants.binary(node.operator, node.left.value, node.right.value)
        return found

    def operation(self, operator: str, left: Type, right: Type) -> Type | None:
        """The type that an operator gives; None where it does not go."""
        numbers = is_number(left) and is_number(right)
        if operator in _ARITHMETIC:
            if not numbers:
                return None
            return INT if left is right is INT and operator != "/" else FLOAT
        if operator in _BITS:
            return left if left is right and left in (INT, BOOL) else None
        if operator in ("<<", ">>"):
            return INT if left is right is INT else None
        if operator in ("and", "or"):
            return BOOL if left is right is BOOL else None
        if operator in _ORDER:
            return BOOL if numbers else None
        return BOOL if numbers or left is right is BOOL else None

    def _choice(self, node: s.Choice, wanted: Type | None) -> Type:
        self.need(node.condition, BOOL)
        then, otherwise = self.expr(node.then, wanted), self.expr(node.otherwise, wanted)
        if UNKNOWN in (then, otherwise):
            return UNKNOWN
        for side in (then, otherwise):
            if not isinstance(side, type(INT)) or side in (STRING, QUBIT):
                self.report(messages.bad_choice(self.module.span(node), side))
                return UNKNOWN
        found = FLOAT if is_number(then) and is_number(otherwise) and then is not otherwise else then
        if not fits(otherwise, found):
            self.report(
                messages.mismatch(self.module.span(node.otherwise), otherwise, found, self.module.span(node.then))
            )
            return UNKNOWN
        if node.condition.value is not None:
            value = node.then.value if node.condition.value else node.otherwise.value
            node.value = float(value) if found is FLOAT and value is not None else value
        return found

    # -- arrays, records, tuples

    def _tuple(self, node: s.Tuple, wanted: Type | None) -> Type:
        parts = wanted.elements if isinstance(wanted, Tuple) and len(wanted.elements) == len(node.items) else ()
        types = [self.expr(item, parts[n] if parts else None) for n, item in enumerate(node.items)]
        return Tuple(tuple(types))

    def _array(self, node: s.Array, wanted: Type | None) -> Type:
        element = wanted.element if isinstance(wanted, Array) else None
        if not node.items:
            if wanted is UNKNOWN:
                return UNKNOWN
            if element is None:
                self.report(messages.empty_array(self.module.span(node)))
                return UNKNOWN
            return Array(element, 0)
        types = [self.expr(item, element) for item in node.items]
        if element is None:
            numbers = all(map(is_number, types))
            element = FLOAT if numbers and FLOAT in types else types[0]
        for item, given in zip(node.items, types, strict=True):
            if not fits(given, element):
                self.report(messages.mismatch(self.module.span(item), given, element))
        self._element(node, element)
        return Array(element, len(node.items))

    def _element(self, node: s.Expr, element: Type) -> None:
        if element is STRING or element == NOTHING or (isinstance(element, Array) and element.length is None):
            note = "a text in an array has the type [byte; n]" if element is STRING else ""
            self.report(messages.bad_type(self.module.span(node), f"an array cannot hold {element}", note))

    def _repeat(self, node: s.Repeat, wanted: Type | None) -> Type:
        element = wanted.element if isinstance(wanted, Array) else None
        given = self.expr(node.item, element)
        self.need(node.length, INT)
        if element is None or not fits(given, element):
            element = given
        if element is QUBIT:
            self.report(messages.bad_type(self.module.span(node), "one qubit cannot be several elements"))
            return UNKNOWN
        self._element(node, element)
        count = node.length.value
        if count is not None and not 0 <= count <= 1 << 32:
            self.report(messages.bad_length(self.module.span(node.length), count, 1 << 32))
            return UNKNOWN
        return Array(element, count)

    def _index(self, node: s.Index, _: Type | None) -> Type:
        base = self.expr(node.base)
        self._need_index(node, base)
        if not isinstance(base, Array):
            if base is not UNKNOWN:
                note = self.of_outcome(node.base, "measure(q[0]) is that of one qubit")
                self.report(messages.not_indexable(self.module.span(node.base), base, note=note))
            return UNKNOWN
        index = node.index.value
        if isinstance(index, int) and base.length is not None and not 0 <= index < base.length:
            self.report(messages.index_outside(self.module.span(node.index), index, base.length))
        return read(base.element)

    def of_outcome(self, node: s.Expr, note: str) -> str:
        """What to write where the outcome of several qubits is taken for several values; nothing for another value."""
        is_outcome = isinstance(node, s.Call) and isinstance(node.target, Given) and node.target.name == "measure"
        return f"measure(q) of an array is one int, the first qubit its lowest bit: {note}" if is_outcome else ""

    def _slice(self, node: s.Slice, _: Type | None) -> Type:
        base = self.expr(node.base)
        self.need_bound(node.start)
        self.need_bound(node.stop)
        if not isinstance(base, Array):
            if base is not UNKNOWN:
                self.report(messages.not_indexable(self.module.span(node.base), base))
            return UNKNOWN
        start, stop = node.start.value, node.stop.value
        if start is None or stop is None:
            return Array(base.element, None)
        if not 0 <= start <= stop or (base.length is not None and stop > base.length):
            self.report(messages.slice_outside(self.module.span(node), start, stop, base.length or 0))
            return UNKNOWN
        return Array(base.element, stop - start)

    def _misplaced(self, node: s.Expr, _: Type | None) -> Type:
        """A gate where a value is wanted, or an argument with a name where none is."""
        if isinstance(node, s.NamedArgument):
            self.report(messages.field_fault(self.module.span(node), "only the fields of a record are given by name"))
            self.expr(node.expr)
        else:
            self.gate(node)
            self.report(messages.gate_has_no_value(self.module.span(node), self.module.word(node.first)))
        return UNKNOWN

    def _call(self, node: s.Call, wanted: Type | None) -> Type:
        """A call where a value is wanted; as a statement it may give none."""
        given = self.call(node)
        if given == NOTHING:
            declared = node.target.module.at(node.target.token) if node.target and node.target.module else None
            name = self.module.written(node.function)
            self.report(messages.no_value(self.module.span(node), name, self.module.written(node), declared))
            return UNKNOWN
        return given

    @abstractmethod
    def call(self, node: s.Call) -> Type:
        """A call that has a value."""

    @abstractmethod
    def gate(self, node: s.Expr) -> None:
        """A gate, perhaps inverted and controlled."""


_CHECKS: Final[dict[type[s.Expr], Any]] = {
    s.Lost: lambda *_: UNKNOWN,
    s.Number: Expressions._number,
    s.String: Expressions._string,
    s.Boolean: Expressions._boolean,
    s.Name: Expressions._name,
    s.Member: Expressions._member,
    s.Unary: Expressions._unary,
    s.Binary: Expressions._binary,
    s.Choice: Expressions._choice,
    s.Tuple: Expressions._tuple,
    s.Array: Expressions._array,
    s.Repeat: Expressions._repeat,
    s.Index: Expressions._index,
    s.Slice: Expressions._slice,
    s.Call: Expressions._call,
    s.NamedArgument: Expressions._misplaced,
    s.Inverse: Expressions._misplaced,
    s.Controlled: Expressions._misplaced,
}
