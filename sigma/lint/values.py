"""Expressions that hardly mean what they say."""

from __future__ import annotations

import math
import re
from typing import Final

from qbcc.source import Span
from sigma import syntax as s
from sigma.lint import messages
from sigma.lint.walk import Look, bodies, is_pure, key, lists, may_trap, within, words
from sigma.parser import PRECEDENCE
from sigma.symbols import Function, Given, Local, RecordName, Variable
from sigma.types import FLOAT, INT, NOTHING, Record, Type

_TAKEN: Final = frozenset({"assert", "record"})
"""Functions of the language whose text no value is written into."""
_BRACES: Final = re.compile(r"(?<!\{)\{[^{}\s][^{}]*\}(?!\})")


class Values:
    """Looks at one module."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.module = look.module

    def run(self) -> None:
        """All of it."""
        for declaration in self.module.declarations:
            for node in within(declaration):
                self._compared(node)
                self._negated(node)
                self._taken(node)
        for function, body in bodies(self.module):
            for node in within(body):
                self._same(node)
                self._goes_to_float(node, function)
            for statements in lists(body):
                for node in statements:
                    self._result(node)

    # -- floats

    def _compared(self, node: s.Node) -> None:
        if not isinstance(node, s.Binary) or node.operator not in ("==", "!="):
            return
        sides = node.left, node.right
        if FLOAT not in (node.left.type, node.right.type):
            return
        # A value that is not itself is no number.
        if any(map(_is_rounded, sides)) and not any(map(_is_sharp, sides)):
            self.look.report(messages.float_equality(self.module.at(node.at), node.operator))

    def _goes_to_float(self, node: s.Node, function: Function) -> None:
        match node:
            case s.Let(written=s.Node()) if not node.is_tuple and node.symbols[0].type is FLOAT:
                self._quotient(node.value, self.module.span(node.written) if node.written else None)
            case s.Assign(operator="") if node.target.type is FLOAT:
                self._quotient(node.value, self.module.span(node.target))
            case s.Return(value=s.Expr()) if function.result is FLOAT and node.value is not None:
                declared = function.declaration.result
                self._quotient(node.value, self.module.span(declared) if declared else None)
            case s.Call():
                for argument, wanted in zip(node.arguments, _wanted(node), strict=False):
                    if wanted is FLOAT and not isinstance(argument, s.NamedArgument):
                        self._quotient(argument, None)

    def _quotient(self, node: s.Expr, wanted: Span | None) -> None:
        if not isinstance(node, s.Binary) or node.operator != "div" or node.type is not INT:
            return
        a, b = node.left.value, node.right.value
        is_whole = isinstance(a, int) and isinstance(b, int) and b != 0 and a % b == 0
        if not is_whole:
            self.look.report(messages.whole_quotient(self.module.at(node.at), wanted))

    # -- texts

    def _taken(self, node: s.Node) -> None:
        """Look for values in braces where a text is only taken."""
        if not isinstance(node, s.Call) or not isinstance(node.target, Given) or node.target.name not in _TAKEN:
            return
        text = next((a for a in node.arguments if isinstance(a, s.String)), None)
        found = _BRACES.search(self.module.word(text.first)) if text is not None else None
        if text is not None and found is not None:
            self.look.report(messages.braces_taken(self.module.span(text), node.target.name, found[0]))

    # -- negations

    def _negated(self, node: s.Node) -> None:
        """Look for a ``not`` between two operators that bind tighter than it: it takes the second one."""
        if not isinstance(node, s.Binary) or not isinstance(node.right, s.Unary):
            return
        negation: s.Expr = node.right
        taken = negation
        while isinstance(taken, s.Unary) and taken.operator == "not" and not taken.pairs:
            taken = taken.operand
        if taken is negation or not isinstance(taken, s.Binary) or taken.pairs:
            return
        if PRECEDENCE[taken.operator] <= PRECEDENCE[node.operator]:
            span = self.module.span(negation)
            self.look.report(messages.wide_negation(span, self.module.word(negation.first), taken.operator))

    # -- the same twice

    def _same(self, node: s.Node) -> None:
        match node:
            case s.Assign(operator="") if is_pure(node.target):
                if key(node.target, self.module) == key(node.value, self.module):
                    name = "".join(words(node.target, self.module))
                    lines = self.module.tokens.lines
                    # A trap of an index would go with it.
                    is_free = lines[node.first] == lines[node.last] and not may_trap(node.target)
                    whole = self.module.span(node) if is_free else None
                    span = self.module.tokens.span(node.first, node.last - 1)
                    self.look.report(messages.self_assignment(span, name, whole))
            case s.If(otherwise=s.Block() as otherwise):
                if words(node.then, self.module) == words(otherwise, self.module):
                    self._ways(self.module.at(otherwise.first), self.module.at(node.then.first))
            case s.Choice() if key(node.then, self.module) == key(node.otherwise, self.module):
                self._ways(self.module.span(node.otherwise), self.module.span(node.then))

    def _ways(self, span: Span, other: Span) -> None:
        self.look.report(messages.same_ways(span, other))

    # -- results

    def _result(self, node: s.Node) -> None:
        if not isinstance(node, s.ExprStatement) or not isinstance(node.expr, s.Call):
            return
        target = node.expr.target
        is_given = isinstance(target, Given) and not target.builtin.effect and not target.builtin.is_gate
        is_own = isinstance(target, Function) and target.result != NOTHING and self._is_clean(target)
        if is_given or is_own or isinstance(target, RecordName):
            self.look.report(messages.unused_result(self.module.span(node.expr), target.name))

    def _is_clean(self, function: Function) -> bool:
        """Whether a function only calculates: neither it nor what it calls changes what others see."""
        seen, todo = {function}, [function]
        while todo:
            callee = todo.pop()
            if not _changes_nothing(callee):
                return False
            new = [each for each in callee.calls if each not in seen]
            seen.update(new)
            todo += new
        return True


def _changes_nothing(function: Function) -> bool:
    return not function.effect and changes_own(function)


def changes_own(function: Function) -> bool:
    """Whether a function assigns to nothing but its own."""
    body = function.declaration.body
    return body is not None and all(_is_own(node, function) for node in within(body) if isinstance(node, s.Assign))


def _is_sharp(node: s.Expr) -> bool:
    """Whether a constant is certainly what is written: whole numbers and infinity are."""
    value = node.value
    return isinstance(value, int | float) and (math.isinf(value) or (math.isfinite(value) and value == int(value)))


def _is_rounded(node: s.Expr) -> bool:
    """Whether a value was calculated, or written as a fraction; one that is only looked up may be told from others."""
    return node.value is not None or isinstance(node, s.Binary | s.Call)


def _is_own(node: s.Assign, function: Function) -> bool:
    """Whether what is assigned to is the function's own: a scalar, whatever refers to what."""
    symbol = node.target.symbol if isinstance(node.target, s.Name) else None
    return isinstance(symbol, Local) and not isinstance(symbol, Variable) and symbol not in function.params


def _wanted(node: s.Call) -> list[Type | None]:
    """The types of a call's parameters, as far as they say float."""
    target = node.target
    match target:
        case Function():
            return [param.type for param in target.params]
        case RecordName(type=Record(fields=fields)):
            return [field.type for field in fields]
        case Given() if target.name != "float":
            return [FLOAT if letter == "f" else None for letter in target.builtin.params.replace("?", "")]
    return []
