"""Calls: functions, records, what the language brings, and gates with their qubits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import Span
from sigma import constants, forms, habits
from sigma import syntax as s
from sigma.builtins import Builtin
from sigma.check import messages
from sigma.check.expressions import Expressions
from sigma.check.scope import UNIVERSE
from sigma.parser import parse_expression
from sigma.symbols import Function, Given, Local, Module, ModuleName, RecordName, Symbol
from sigma.types import (
    BOOL,
    BYTE,
    FLOAT,
    HISTOGRAM,
    INT,
    NOTHING,
    QUBIT,
    UNKNOWN,
    Array,
    Record,
    Type,
    fits,
    fits_exactly,
    is_number,
    is_scalar,
)

PIECE: Final = re.compile(rb"\{\{|\}\}|\{([^{}]*)\}|([{}])")
"""Parts of a format string: doubled braces, values, lone braces."""
_WRITTEN: Final = re.compile(r"\\.|\{\{|\}\}|\{([^{}]*)\}")
"""Their values in the literal, where escapes stand between."""
_PAULI: Final = re.compile(rb"[IXYZ]+\Z")
_RESULTS: Final = {"i": INT, "f": FLOAT, "b": BOOL, "": NOTHING, "h": HISTOGRAM}
_LETTERS: Final = {"i": INT, "f": FLOAT, "b": BOOL, "q": QUBIT, "B": Array(BYTE, None)}


class Calls(Expressions):
    """Checks what is called."""

    function: Function | None = None
    """Whose body is checked."""

    def call(self, node: s.Call) -> Type:
        """A call that has a value."""
        target = self.target(node)
        node.target = target
        match target:
            case Function(is_gate=True) | Given(builtin=Builtin(is_gate=True)):
                self.gate(node)
                self.report(messages.gate_has_no_value(self.module.span(node), target.name))
                return UNKNOWN
            case Function():
                return self._function(node, target)
            case RecordName(type=Record() as record):
                return self._record(node, record)
            case Given():
                return self._given(node, target.builtin)
        for argument in node.arguments:
            self.expr(argument.expr if isinstance(argument, s.NamedArgument) else argument)
        return UNKNOWN

    def target(self, node: s.Call) -> Symbol | None:
        """What a call calls; None behind an error."""
        function = node.function
        symbol: Symbol | None = None
        if isinstance(function, s.Name):
            symbol = self.lookup(function.word)
            if symbol is None:
                self.unknown(function, function.word)
                return None
        elif isinstance(function, s.Member) and (module := self.module_of(function.base)) is not None:
            symbol = self.member_symbol(function, module)
            if symbol is None:
                return None
        else:
            if self.expr(function) is not UNKNOWN:
                self.report(messages.not_callable(self.module.span(function), "a value"))
            return None
        function.symbol = symbol
        if isinstance(symbol, RecordName) and not isinstance(symbol.type, Record):
            return None
        if not isinstance(symbol, Function | Given | RecordName):
            what = "a module" if isinstance(symbol, ModuleName) else f"'{symbol.name}' is a value and"
            declared = symbol.module.at(symbol.token) if symbol.module is not None else None
            given = UNIVERSE.get(symbol.name)
            hidden = f"{'gate ' * given.builtin.is_gate}'{symbol.name}'" if isinstance(given, Given) else ""
            self.report(messages.not_callable(self.module.span(function), what, declared, hidden))
            return None
        return symbol

    # -- functions

    def _function(self, node: s.Call, target: Function) -> Type:
        self.depends(node, target)
        self._arguments(node, target)
        return target.result

    def depends(self, node: s.Call, target: Function) -> None:
        """Note who calls whom, for what functions do to the world."""
        if self.function is not None:
            self.function.calls.setdefault(target, self.module.span(node))

    def _arguments(self, node: s.Call, target: Function) -> None:
        params = target.params
        if len(node.arguments) != len(params):
            wanted = f"{len(params)} argument{'s' * (len(params) != 1)}"
            where = target.module.at(target.token) if target.module else None
            span = self.module.span(node)
            self.report(messages.argument_count(span, target.name, len(node.arguments), wanted, where))
        for number, argument in enumerate(node.arguments):
            if number >= len(params):
                self.expr(argument)
                continue
            param = params[number]
            where = param.module.at(param.token) if param.module else None
            self.need(argument, param.type, where)
        if not target.is_gate:
            self.distinct(node, [a for a in node.arguments if a.type is QUBIT], target.name)

    def _record(self, node: s.Call, record: Record) -> Type:
        """``Complex(1.0, 2.0)``, ``Complex(re: 1.0, im: 2.0)``."""
        given: set[str] = set()
        for number, argument in enumerate(node.arguments):
            field = None
            value = argument
            if isinstance(argument, s.NamedArgument):
                value = argument.expr
                name = self.module.word(argument.name)
                field = record.field(name)
                if field is None:
                    known = [field.name for field in record.fields]
                    self.report(
                        messages.unknown_member(self.module.at(argument.name), name, f"the record {record}", known)
                    )
            elif number < len(record.fields):
                field = record.fields[number]
            if field is None:
                self.expr(value)
                continue
            if field.name in given:
                self.report(
                    messages.field_fault(self.module.span(argument), f"the field '{field.name}' is given twice")
                )
            given.add(field.name)
            self.need(value, field.type)
            argument.type = value.type
        missing = [field.name for field in record.fields if field.name not in given]
        if len(node.arguments) > len(record.fields):
            count = f"{len(record.fields)} field{'s' * (len(record.fields) != 1)}"
            self.report(messages.argument_count(self.module.span(node), record.name, len(node.arguments), count, None))
        elif missing:
            names = ", ".join(f"'{name}'" for name in missing)
            self.report(messages.field_fault(self.module.span(node), f"the record {record} needs {names} too"))
        return record

    # -- what the language brings

    def _given(self, node: s.Call, builtin: Builtin) -> Type:
        if builtin.effect and self.function is not None:
            self.function.effect = self.function.effect or builtin.effect
            if self.function.is_gate and builtin.name != "barrier":
                self.report(messages.not_in_gate(self.module.span(node), f"'{builtin.name}'"))
        if builtin.name in ("qubit", "qubits"):
            self.report(messages.qubit_place(self.module.span(node), builtin.name))
            for argument in node.arguments:
                self.need(argument, INT)
            return UNKNOWN
        letters = builtin.params.replace("?", "")
        least = len(builtin.params.partition("?")[0])
        if not least <= len(node.arguments) <= len(letters):
            self._count(node, builtin, least, len(letters))
            for argument in node.arguments:
                self.expr(argument)
            return _RESULTS.get(builtin.result, UNKNOWN)
        for letter, argument in zip(letters, node.arguments, strict=False):
            self._argument(node, builtin, letter, argument)
        self.distinct(node, [a for a in node.arguments if a.type is QUBIT], builtin.name)
        return self._result(node, builtin)

    def _count(self, node: s.Call, builtin: Builtin, least: int, most: int) -> None:
        count = str(most) if least == most else f"{least} or {most}"
        wanted = f"{count} argument{'s' * (most != 1)}"
        note = 'values are in the string, in braces; an empty line is print("")' if builtin.params == "t" else ""
        note = note or habits.CALLS.get(builtin.name, "")
        span = self.module.span(node)
        self.report(messages.argument_count(span, builtin.name, len(node.arguments), wanted, None, note))

    def _argument(self, node: s.Call, builtin: Builtin, letter: str, argument: s.Expr) -> None:
        if letter == "s":
            self.string(argument, "this text" if builtin.name == "assert" else "the name of a record")
        elif letter == "t":
            self._format(argument)
        elif letter == "p":
            self._paulis(node, argument)
        elif letter in _LETTERS:
            self.need(argument, _LETTERS[letter])
        else:
            given = self.expr(argument)
            is_good = {
                "n": is_number(given),
                "v": is_scalar(given) and given is not QUBIT,
                "Q": given is QUBIT or (isinstance(given, Array) and fits_exactly(given.element, QUBIT)),
                "A": isinstance(given, Array),
            }[letter]
            wanted = {"n": "a number", "v": "a number or a bool", "Q": "a qubit or an array of them", "A": "an array"}
            if not is_good and given is not UNKNOWN:
                span, text = self.module.span(argument), self.module.written(argument)
                self.report(messages.not_taken(span, given, builtin.name, wanted[letter], text))
                argument.type = UNKNOWN

    def _result(self, node: s.Call, builtin: Builtin) -> Type:
        types = [argument.type for argument in node.arguments]
        if builtin.result == "n":
            return UNKNOWN if UNKNOWN in types else FLOAT if FLOAT in types else INT
        if builtin.result == "m":
            return INT if isinstance(types[0], Array) else BOOL if types[0] is QUBIT else UNKNOWN
        values = [argument.value for argument in node.arguments]
        if builtin.name == "len" and isinstance(types[0], Array):
            node.value = types[0].length
        elif values and not builtin.effect and all(isinstance(value, int | float) for value in values):
            node.value = constants.call(builtin.name, values)
        return _RESULTS[builtin.result]

    def _format(self, node: s.Expr) -> None:
        """A literal with values in braces; they are parsed where they stand."""
        content = self.string(node, "what is printed")
        if content is None or not isinstance(node, s.String):
            return
        node.parts = []
        at = 0
        places = self._places(node, content)
        for piece in PIECE.finditer(content):
            node.parts.append(content[at : piece.start()])
            at = piece.end()
            if piece[2] is not None:
                brace = piece[2].decode()
                note = f"a brace of the text is written twice: {brace}{brace}"
                self.report(messages.bad_format(self.module.span(node), f"a lone '{brace}' in a format", note))
            elif piece[1] is None:
                node.parts.append(piece[0][:1])
            elif (value := self._piece(node, piece[1].decode(), next(places))) is not None:
                node.parts.append(value)
        node.parts.append(content[at:])

    def _places(self, node: s.String, content: bytes) -> Iterator[int]:
        """Where the values stand in the literal; if their braces are written as escapes, its beginning."""
        count = sum(piece[1] is not None for piece in PIECE.finditer(content))
        found = [piece.start() for piece in _WRITTEN.finditer(self.module.word(node.first)) if piece[1] is not None]
        return iter(found if len(found) == count else [0] * count)

    def _piece(self, node: s.String, text: str, start: int) -> s.Piece | None:
        """A value in a format: an expression of its own, read where it stands."""
        source, written = forms.split(text)
        tokens = self.module.tokens
        line, column = tokens.lines[node.first], tokens.columns[node.first]
        place = column + start + 1
        span = Span(self.module.source, line, place, place + max(len(source), 1))
        expr = parse_expression(source, self.module.source, line, place)
        if isinstance(expr, Diagnostic):
            self.report(expr)
            return None
        form = forms.read(written or "")
        behind = place + len(source) + 1
        of_form = Span(self.module.source, line, behind, behind + max(len(written or ""), 1))
        if isinstance(form, forms.FormFault):
            self.report(messages.bad_format(of_form, form.text, form.note))
            form = forms.Form()
        # The expression's tokens are others: it is checked as in a module of its own that sees the same names.
        self.pieces.append(expr.tokens)
        own = self.module
        self.module = Module(own.source, expr.tokens, [], own.names, own.lost)
        given = self.expr(expr.expr)
        self.module = own
        if given is UNKNOWN:
            return None
        if not is_scalar(given) or given is QUBIT:
            self.report(messages.not_printed(span, given, source.strip()))
        elif (fault := forms.misfit(form, given)) is not None:
            self.report(messages.bad_format(of_form, fault.text, fault.note))
        return s.Piece(expr.expr, expr.tokens, form)

    def _paulis(self, node: s.Call, argument: s.Expr) -> None:
        """A string of Paulis: a literal, or bytes that only the run knows."""
        if not isinstance(argument, s.String):
            letters = isinstance(argument, s.Name) and self.lookup(argument.word) is None
            if letters or not fits(self.expr(argument, _LETTERS["B"]), _LETTERS["B"]):
                # expect(q, ZZ) wants its quotes.
                note = f'write "{self.module.text(argument)}"' if letters else ""
                what = "the Paulis" if letters else "the Paulis, where they are not an array of bytes,"
                self.report(messages.not_a_literal(self.module.span(argument), what, note))
                argument.type = UNKNOWN
            return
        content = self.string(argument, "the Paulis")
        if content is None:
            return
        given = node.arguments[0].type
        count = given.length if isinstance(given, Array) else 1 if given is QUBIT else None
        text = content.decode(errors="replace")
        if not _PAULI.match(content):
            self.report(messages.bad_pauli(self.module.span(argument), f"'{text}' has other letters", count))
        elif count is not None and len(content) != count:
            what = (
                f"'{text}' has {len(content)} letter{'s' * (len(content) != 1)} for {count} qubit{'s' * (count != 1)}"
            )
            self.report(messages.bad_pauli(self.module.span(argument), what, count))

    # -- gates

    def gate(self, node: s.Expr) -> None:
        """A gate, perhaps inverted and controlled."""
        controls: list[s.Expr] = []
        inner = node
        while isinstance(inner, s.Inverse | s.Controlled):
            inner.type = NOTHING
            if isinstance(inner, s.Controlled):
                for control in inner.controls:
                    self._qubits(control)
                if not inner.controls:
                    span = self.module.at(inner.first)
                    self.report(messages.argument_count(span, "ctrl", 0, "at least one qubit", None))
                controls += inner.controls
            inner = inner.body
        if isinstance(inner, s.Lost):
            return
        target = self.target(inner) if isinstance(inner, s.Call) else None
        if isinstance(inner, s.Call) and target is None:
            for argument in inner.arguments:
                self.expr(argument)
            return
        if isinstance(inner, s.Call) and isinstance(target, Function) and target.is_gate:
            self.depends(inner, target)
            self._arguments(inner, target)
        elif isinstance(inner, s.Call) and isinstance(target, Given) and target.builtin.is_gate:
            self._given_gate(inner, target.builtin)
        else:
            inner.type = self.call(inner) if isinstance(inner, s.Call) else self.expr(inner)
            self.report(messages.not_a_gate(self.module.span(inner), self.module.word(node.first)))
            return
        inner.target = target
        inner.type = NOTHING
        if self.function is not None and not self.function.is_gate:
            self.function.effect = self.function.effect or "applies gates"
        places = [
            argument for argument in inner.arguments if argument.type is QUBIT or isinstance(argument.type, Array)
        ]
        self.distinct(inner, [*controls, *places], target.name if target is not None else "")

    def _qubits(self, node: s.Expr) -> None:
        given = self.expr(node)
        if not (
            given is QUBIT or given is UNKNOWN or (isinstance(given, Array) and fits_exactly(given.element, QUBIT))
        ):
            self.report(messages.mismatch(self.module.span(node), given, QUBIT))

    def _given_gate(self, node: s.Call, builtin: Builtin) -> None:
        letters = builtin.params
        if len(node.arguments) != len(letters):
            qubits, angles = builtin.qubits, len(letters) - builtin.qubits
            wanted = f"{qubits} qubit{'s' * (qubits != 1)}" + (
                f" and {angles} number{'s' * (angles != 1)}" * bool(angles)
            )
            note = f"write {builtin.name}({', '.join('abc'[:qubits])}{', angle' * angles})"
            if qubits == 1 and not angles and len(node.arguments) > 1:
                note = f"write {builtin.name}(a); {builtin.name}(b); or {builtin.name}(q) of an array of qubits"
            span = self.module.span(node)
            self.report(messages.argument_count(span, builtin.name, len(node.arguments), wanted, None, note))
        elif self._angles_first(node, builtin):
            return
        for number, argument in enumerate(node.arguments):
            if number >= len(letters):
                self.expr(argument)
            elif builtin.qubits == 1 and letters[number] == "q":
                # A gate of one qubit goes over an array.
                self._qubits(argument)
            else:
                self.need(argument, _LETTERS[letters[number]])

    def _angles_first(self, node: s.Call, builtin: Builtin) -> bool:
        """Say that angles come before qubits, as in other languages, if they certainly do."""
        angles = len(builtin.params) - builtin.qubits
        last = node.arguments[angles:]
        if not angles or not all(isinstance(each, s.Number | s.Binary | s.Unary) for each in node.arguments[:angles]):
            return False
        if not all(isinstance(each, s.Name | s.Index) for each in last):
            return False
        types = [self.expr(argument) for argument in node.arguments]
        if not all(map(is_number, types[:angles])) or not all(_is_quantum(type) for type in types[angles:]):
            for argument, type, letter in zip(node.arguments, types, builtin.params, strict=True):
                if not fits(type, _LETTERS[letter]) and not (
                    letter == "q" and builtin.qubits == 1 and _is_quantum(type)
                ):
                    self.report(messages.mismatch(self.module.span(argument), type, _LETTERS[letter]))
            return True
        spans = [self.module.span(each) for each in (*last, *node.arguments[:angles])]
        words = [span.source.line(span.line)[span.column - 1 : span.end_column - 1] for span in spans]
        self.report(messages.qubits_first(self.module.span(node), builtin.name, ", ".join(words)))
        return True

    def distinct(self, node: s.Call, places: Sequence[s.Expr], name: str) -> None:
        """Say where one qubit certainly stands twice."""
        seen: dict[object, s.Expr] = {}
        inside: dict[object, s.Expr] = {}
        """Arrays of which an element or a part was there, and the first such one."""
        parts: list[tuple[object, range, s.Expr]] = []
        for argument in places:
            key = self._place(argument)
            whole, taken = self._part(argument)
            first = seen.get(key) or seen.get(whole) or inside.get(key)
            if first is None and taken is not None:
                first = next((other for base, range, other in parts if base == whole and _meet(range, taken)), None)
            if first is not None:
                text, other = (self.module.text(each).replace(" ", "") for each in (argument, first))
                value = self._indices(argument, first)
                span, before = self.module.span(argument), self.module.span(first)
                self.report(messages.same_qubit(span, name, text, before, other, value))
                return
            if key is not None:
                seen[key] = argument
            if whole is not None:
                inside.setdefault(whole, argument)
            if whole is not None and taken is not None:
                parts.append((whole, taken, argument))

    def _part(self, node: s.Expr) -> tuple[object, range | None]:
        """The array that an argument is certainly in, and which of its elements it is where that is known."""
        if isinstance(node, s.Name) and isinstance(node.symbol, Local) and node.symbol.alias is not None:
            return self._part(node.symbol.alias)
        if isinstance(node, s.Index):
            index = node.index.value
            return self._place(node.base), range(index, index + 1) if isinstance(index, int) else None
        if isinstance(node, s.Slice):
            start, stop = node.start.value, node.stop.value
            if isinstance(start, int) and isinstance(stop, int) and start < stop:
                return self._place(node.base), range(start, stop)
        return None, None

    def _indices(self, *places: s.Expr) -> str:
        """What the indices of qubits are where they are not written as numbers: ``k = 1``."""
        found: dict[str, None] = {}
        for place in places:
            index = place.index if isinstance(place, s.Index) else None
            if index is not None and not isinstance(index, s.Number) and index.value is not None:
                found[f"{self.module.text(index)} = {index.value}"] = None
        return " and ".join(found)

    def _place(self, node: s.Expr) -> object:
        """What says which qubit or array it is; equal for the same one. None where only a run can tell."""
        if isinstance(node, s.Name) and isinstance(node.symbol, Local):
            alias = node.symbol.alias
            return node.symbol if alias is None else self._place(alias)
        if isinstance(node, s.Index):
            base = self._place(node.base)
            index = node.index
            if index.value is not None:
                return None if base is None else (base, index.value)
            if isinstance(index, s.Name) and isinstance(index.symbol, Local) and base is not None:
                return (base, index.symbol)
        return None


def _meet(a: range, b: range) -> bool:
    """Whether two ranges have a number in common."""
    return max(a.start, b.start) < min(a.stop, b.stop)


def _is_quantum(type: Type) -> bool:
    """Whether a type is a qubit or an array of them."""
    return type is QUBIT or (isinstance(type, Array) and fits_exactly(type.element, QUBIT))
