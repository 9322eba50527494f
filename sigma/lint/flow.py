"""Where control goes, and which values anything reads on its way."""

from __future__ import annotations

from typing import Final

from sigma import syntax as s
from sigma.lint import messages
from sigma.lint.uses import Uses
from sigma.lint.walk import Look, bodies, everything, is_pure, key, lists, locals_read, within
from sigma.symbols import Constant, Function, Given, Local
from sigma.types import BOOL, INT, Scalar

_ALWAYS: Final = {"==": True, "<=": True, ">=": True, "!=": False, "<": False, ">": False}
"""What a comparison of a value with itself gives."""


class Flow:
    """Looks at one module."""

    def __init__(self, look: Look, uses: Uses) -> None:
        self.look = look
        self.module = look.module
        self.uses = uses
        self.settled: set[Local] = set()
        """Fixed names whose values are the same in every build."""

    def run(self) -> None:
        """All of it."""
        for _, body in bodies(self.module):
            for node in within(body):
                if isinstance(node, s.Let) and not node.is_var and not node.is_tuple:
                    self._settle(node)
            for statements in lists(body):
                self._unreached(statements)
            for node in within(body):
                self._conditions(node)
            _Life(self, body).run()

    def _settle(self, node: s.Let) -> None:
        if self.is_settled(node.value):
            self.settled.add(node.symbols[0])

    # -- what is never reached

    def _unreached(self, statements: list[s.Node]) -> None:
        for number, node in enumerate(statements[:-1]):
            if not self.goes_on(node):
                why = "control never goes on behind this"
                span, cause = self.module.span(statements[number + 1]), self.module.span(node)
                self.look.report(messages.unreachable(span, why, cause))
                return

    def goes_on(self, node: s.Node) -> bool:
        """Whether control can come behind a statement."""
        match node:
            case s.Return() | s.Break() | s.Continue():
                return False
            case s.ExprStatement(expr=s.Call(target=Given(name="halt"))):
                return False
            case s.Block():
                return all(map(self.goes_on, node.statements))
            case s.If():
                return node.otherwise is None or self.goes_on(node.then) or self.goes_on(node.otherwise)
            case s.While(condition=s.Boolean(value=True)):
                return _breaks(node.body)
        return True

    # -- conditions

    def _conditions(self, node: s.Node) -> None:
        match node:
            case s.If() | s.While():
                if isinstance(node.condition, s.Boolean):
                    self._literal(node, node.condition)
                else:
                    self._condition(node.condition)
                if isinstance(node, s.While):
                    self._loop(node)
            case s.Choice():
                self._condition(node.condition)
            case s.ForRange():
                self._range(node)

    def _range(self, node: s.ForRange) -> None:
        """Look for a range that no build gives a number."""
        bounds = [node.start, node.stop, *([node.step] if node.step is not None else [])]
        if not all(map(self.is_settled, bounds)):
            return
        start, stop, step = node.start.value, node.stop.value, 1 if node.step is None else node.step.value
        if step and not range(start, stop, step):
            span = self.module.tokens.span(node.start.first, bounds[-1].last)
            self.look.report(messages.empty_range(span, start, stop, step))

    def _literal(self, node: s.If | s.While, condition: s.Boolean) -> None:
        """``if false`` and the like; ``while true`` is how a loop without a condition is written."""
        span = self.module.span(condition)
        why = f"this is always {'true' if condition.value else 'false'}"
        if not condition.value:
            body = node.then if isinstance(node, s.If) else node.body
            self.look.report(messages.unreachable(self.module.at(body.first), why, span))
        elif isinstance(node, s.If) and node.otherwise is not None:
            self.look.report(messages.unreachable(self.module.at(node.otherwise.first), why, span))
        elif isinstance(node, s.If):
            self.look.report(messages.fixed_condition(span, True, None))

    def _condition(self, node: s.Expr) -> None:
        parts = None
        value = node.value if self.is_settled(node) else None
        if value is None and isinstance(node, s.Binary) and node.operator in _ALWAYS:
            # A float may be no number, which is not even itself.
            is_exact = node.left.type in (INT, BOOL) and node.right.type in (INT, BOOL)
            if is_exact and is_pure(node) and key(node.left, self.module) == key(node.right, self.module):
                value = _ALWAYS[node.operator]
                parts = self.module.span(node.left), self.module.span(node.right)
        if isinstance(value, bool):
            self.look.report(messages.fixed_condition(self.module.span(node), value, parts))

    def is_settled(self, node: s.Expr) -> bool:
        """Whether a value is the same in every build: no constant is in it that ``-D`` or an edit of one line sets."""
        if node.value is None:
            return False
        for each in everything(node):
            if isinstance(each, s.Call) and isinstance(each.target, Given) and each.target.name == "len":
                return False
            symbol = each.symbol if isinstance(each, s.Name | s.Member) else None
            if isinstance(symbol, Constant) and symbol.module is not None:
                return False
            if isinstance(symbol, Local) and symbol not in self.settled:
                return False
        return True

    def _loop(self, node: s.While) -> None:
        """A loop whose condition is of variables that nothing in it changes."""
        names = locals_read(node.condition)
        if not names or node.condition.value is not None or not is_pure(node.condition):
            return
        for each in everything(node.condition):
            if isinstance(each, s.Index | s.Member | s.Slice) or (isinstance(each, s.Name) and not _is_plain(each)):
                return
        if _leaves(node.body) or names & _changed(node.body):
            return
        shown = " and ".join(sorted(f"'{symbol.name}'" for symbol in names))
        span, body = self.module.span(node.condition), self.module.at(node.first)
        self.look.report(messages.endless(span, shown, body, len(names) == 1))


def _is_plain(node: s.Name) -> bool:
    """A scalar of the function, or what never changes."""
    symbol = node.symbol
    return isinstance(symbol, Constant | Given) or (isinstance(symbol, Local) and isinstance(symbol.type, Scalar))


def _breaks(block: s.Block) -> bool:
    """Whether a ``break`` of this loop stands in its body."""
    for node in block.statements:
        match node:
            case s.Break():
                return True
            case s.Block() if _breaks(node):
                return True
            case s.If(then=then, otherwise=otherwise):
                ways = [then] if otherwise is None else [then, s.Block(0, 0, [otherwise])]
                if any(map(_breaks, ways)):
                    return True
    return False


def _leaves(body: s.Block) -> bool:
    """Whether a loop may end otherwise than by its condition: the program may end in what it calls."""
    for node in within(body):
        if isinstance(node, s.Return | s.Break):
            return True
        if isinstance(node, s.Call) and (
            isinstance(node.target, Function)
            or (isinstance(node.target, Given) and node.target.builtin.effect == "stops the program")
        ):
            return True
    return False


def _changed(body: s.Block) -> set[Local]:
    found = {
        symbol for node in within(body) if isinstance(node, s.Asm) for line in node.lines for symbol in line.writes
    }
    for node in within(body):
        if isinstance(node, s.Assign) and isinstance(node.target, s.Name):
            found.add(node.target.symbol)
    return found


class _Life:
    """Which variables are read later, from the end of a body to its start: what is assigned to others is lost."""

    def __init__(self, flow: Flow, body: s.Block) -> None:
        self.flow = flow
        self.body = body
        self.breaks: list[set[Local]] = []
        self.continues: list[set[Local]] = []
        self.is_telling = True

    def run(self) -> None:
        """All of a body."""
        self.block(self.body, set())

    def block(self, block: s.Block, live: set[Local]) -> set[Local]:
        """What is read from the start of a block on, by what is read behind it."""
        for node in reversed(block.statements):
            live = self.statement(node, live)
        return live

    def statement(self, node: s.Node, live: set[Local]) -> set[Local]:
        """The same for a statement."""
        match node:
            case s.Block():
                return self.block(node, live)
            case s.Let():
                return self._let(node, live)
            case s.Assign():
                return self._assign(node, live)
            case s.If():
                then = self.block(node.then, live)
                otherwise = live if node.otherwise is None else self.statement(node.otherwise, live)
                return then | otherwise | locals_read(node.condition)
            case s.While():
                return self._loop(node.body, live, locals_read(node.condition))
            case s.ForRange():
                bounds = [bound for bound in (node.start, node.stop, node.step) if bound is not None]
                return self._loop(node.body, live, set().union(*map(locals_read, bounds)))
            case s.ForEach():
                return self._loop(node.body, live, locals_read(node.array))
            case s.Break():
                return set(self.breaks[-1])
            case s.Continue():
                return set(self.continues[-1])
            case s.Return():
                return locals_read(node)
            case s.Asm():
                return live | {symbol for line in node.lines for symbol in (*line.reads, *line.writes)}
        return live | locals_read(node)

    def _loop(self, body: s.Block, live: set[Local], head: set[Local]) -> set[Local]:
        """A loop: what a turn reads may have been left by the turn before."""
        start = live | head
        self.breaks.append(live)
        is_telling, self.is_telling = self.is_telling, False
        # What a body reads adds to what it lets pass, so a second look would find no more.
        start |= self._turn(body, start)
        self.is_telling = is_telling
        if is_telling:
            self._turn(body, start)
        self.breaks.pop()
        return start

    def _turn(self, body: s.Block, start: set[Local]) -> set[Local]:
        self.continues.append(start)
        found = self.block(body, start)
        self.continues.pop()
        return found

    def _let(self, node: s.Let, live: set[Local]) -> set[Local]:
        symbols = set(node.symbols)
        symbol = node.symbols[0]
        # A var has some first value; that of a constant says no more than that.
        if node.is_var and not node.is_tuple and node.value.value is None and symbol not in live:
            self._tell(node, symbol)
        return (live - symbols) | locals_read(node.value)

    def _assign(self, node: s.Assign, live: set[Local]) -> set[Local]:
        target = node.target
        symbol = target.symbol if isinstance(target, s.Name) else None
        if not isinstance(symbol, Local):
            return live | locals_read(node)
        if symbol not in live:
            self._tell(node, symbol)
        kept = live if node.operator else live - {symbol}
        return kept | locals_read(node.value) | ({symbol} if node.operator and symbol in live else set())

    def _tell(self, node: s.Node, symbol: Local) -> None:
        # One that is never read at all is told as such; a meant one is not.
        is_read = self.flow.uses.reads(symbol) and not symbol.name.startswith("_")
        if self.is_telling and is_read and isinstance(symbol.type, Scalar):
            module = self.flow.module
            place = node.target if isinstance(node, s.Assign) else None
            span = module.span(place) if place is not None else module.at(symbol.token)
            self.flow.look.report(messages.dead_value(span, symbol.name, module.at(symbol.token)))
