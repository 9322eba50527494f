"""What is printed: texts, and values between braces in their forms."""

from __future__ import annotations

from typing import Final

from sigma import ir, types
from sigma import syntax as s
from sigma.forms import Form
from sigma.ir import Op
from sigma.lower.expressions import Expressions
from sigma.lower.values import Value
from sigma.symbols import Module

_ROOM: Final = 72
"""Bytes that the longest number without fixed places takes as text: 64 bits, and what ends them."""
_FIXED_ROOM: Final = 336
"""Bytes that a float with fixed places takes: a sign, 309 digits, a point, 17 places, and what ends them."""
_INT, _FLOAT, _CHARACTER, _HEX = 1, 4, 5, 7
"""System calls that print a value as it is."""
_BASES: Final = {"b": 2, "o": 8}


class Printed(Expressions):
    """Lowers ``print`` and ``write``."""

    def system(self, number: int, *args: Op) -> Op:
        """A system call with its registers."""
        return self.b.op("sys", *args, type=ir.NONE, imm=number)

    def say(self, content: bytes) -> None:
        """Print a text that is known."""
        if b"\0" in content:
            self.system(10, self.text(content), self.b.const(len(content)))
        elif content:
            self.system(2, self.text(content))

    def _write(self, node: s.Call) -> Value:
        self._print(node, b"")
        return []

    def _print(self, node: s.Call, end: bytes = b"\n") -> Value:
        literal = node.arguments[0]
        assert isinstance(literal, s.String)
        said = b""
        for part in literal.parts:
            if isinstance(part, bytes):
                said += part
                continue
            # What was said so far comes first, but a value may stop the program: it is calculated before.
            value = self._piece(part)
            self.at(node)
            self.say(said)
            said = b""
            self._show(part, value)
        self.at(node)
        self.say(said + end)
        return []

    def _piece(self, piece: s.Piece) -> Op:
        own = self.module
        self.module = Module(own.source, piece.tokens, [], own.names)
        value = self.scalar(piece.expr)
        self.module = own
        return value

    def _show(self, piece: s.Piece, value: Op) -> None:
        """Print a value in its form."""
        type, form, b = piece.expr.type, piece.form, self.b
        if type is types.BOOL:
            word = b.isa("QSEL", value, self.text(b"true"), self.text(b"false"))
            length = b.isa("QSEL", value, b.const(4), b.const(5)) if form.width else None
            self._aligned(form, None, word, length)
        elif form.kind == "c":
            self.system(_CHARACTER, value)
        elif form.is_plain and form.kind not in _BASES:
            number = _HEX if form.kind == "x" else _INT if type is types.INT else _FLOAT
            self.system(number, self.widen(value) if number == _FLOAT else value)
        else:
            self._number(form, value, is_int=type is types.INT and form.kind != "f")

    def _number(self, form: Form, value: Op, *, is_int: bool) -> None:
        """Print a number of which only its digits are known to the machine."""
        b = self.b
        buffer = self.function.slot(_ROOM if form.places is None else _FIXED_ROOM)
        end = self._digits(form, buffer, value, is_int=is_int)
        length = b.isa("QSUB", end, buffer) if form.width else None
        before, text = None, buffer
        if form.kind == "x" and form.is_zero:
            before, text = self.text(b"0x"), b.isa("QADD", buffer, b.const(2))
        elif form.kind not in ("x", *_BASES) and (form.sign or form.is_zero):
            is_negative = b.isa("QSEQ", b.op("loadb", buffer, imm=0), b.const(ord("-")))
            before = b.isa("QSEL", is_negative, self.text(b"-"), self.text(form.sign.encode()))
            text = b.isa("QADD", buffer, is_negative)
            if length is not None and form.sign:
                length = b.isa("QSUB", b.isa("QADD", length, b.const(1)), is_negative)
        self._aligned(form, before, text, length)

    def _digits(self, form: Form, buffer: Op, value: Op, *, is_int: bool) -> Op:
        """Write a number into a buffer, and return the end of it."""
        b = self.b
        if form.kind == "x":
            return self._formatted("qbc_format_hex", "qbc_string.qbc", buffer, value, b.const(1))
        if form.kind in _BASES:
            base = b.const(_BASES[form.kind])
            return self._formatted("qbc_format_unsigned", "qbc_string.qbc", buffer, value, base)
        if is_int:
            return self._formatted("qbc_format_int", "qbc_string.qbc", buffer, value)
        if form.places is None:
            return self._formatted("qbc_format_float", "qbc_decimal.qbc", buffer, self.widen(value))
        places = b.const(form.places)
        return self._formatted("qbc_format_fixed", "qbc_decimal.qbc", buffer, self.widen(value), places)

    def _aligned(self, form: Form, before: Op | None, text: Op, length: Op | None) -> None:
        """Print a sign, if there is one, and a text in their width; ``length`` is that of both, where it is needed."""
        b = self.b
        start = b.const(0)
        if length is not None and form.align == "^":
            start = b.isa("QSAR", b.isa("QSUB", b.const(form.width), length), b.const(1))
            self._padding(form.fill, b.const(0), start)
        elif length is not None and form.align != "<" and not form.is_zero:
            self._padding(form.fill, length, b.const(form.width))
        if before is not None:
            self.system(2, before)
        if length is not None and form.is_zero:
            self._padding("0", length, b.const(form.width))
        self.system(2, text)
        if length is not None and form.align == "^":
            self._padding(form.fill, b.isa("QADD", length, start), b.const(form.width))
        elif length is not None and form.align == "<":
            self._padding(form.fill, length, b.const(form.width))

    def _padding(self, character: str, start: Op, stop: Op) -> None:
        """Print a character as often as a counter goes from one number to another."""
        code = self.b.const(ord(character))
        self.count(start, stop, 1, lambda _: self.system(_CHARACTER, code))

    def _formatted(self, routine: str, file: str, *args: Op) -> Op:
        """Return the end of a number in a buffer, written by a routine of the library."""
        self.lowering.subroutine(routine, file)
        made = self.b.op("call", *args, type=ir.NONE, imm=routine)
        return self.b.op("result", made, type=ir.INT, imm=0)
