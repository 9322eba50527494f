"""Statements, and the bodies of functions and gates."""

from __future__ import annotations

from sigma import habits
from sigma import syntax as s
from sigma.check import messages
from sigma.check.assembly import Assembly
from sigma.check.calls import PIECE
from sigma.symbols import Constant, Function, Given, Local, Symbol, Variable
from sigma.types import (
    BOOL,
    FLOAT,
    INT,
    MAX_QUBITS,
    NOTHING,
    QUBIT,
    STRING,
    UNKNOWN,
    Array,
    Record,
    Scalar,
    Tuple,
    Type,
    fits,
    holds_qubits,
    read,
)


class Statements(Assembly):
    """Checks a body. A statement's check says whether control goes on behind it."""

    loops = 0
    looped: dict[Symbol, str]
    """Counters and elements of loops, which are fixed, and what to write for a loop that changes them."""
    owned: frozenset[Symbol] = frozenset()
    """Arrays and records that the function made: nobody else sees what it does to them."""

    def body(self, function: Function) -> None:
        """Everything in a function or a gate."""
        self.function = function
        self.told = set()
        self.looped = {}
        block = function.declaration.body
        assert block is not None
        self.blocks.append({})
        for param in function.params:
            first = self.blocks[-1].setdefault(param.name, param)
            if first is not param:
                place = self.module.at(first.token)
                self.report(messages.defined_twice(self.module.at(param.token), param.name, place))
        goes_on = self.block(block)
        self.close()
        if goes_on and function.result not in (NOTHING, UNKNOWN) and not function.is_gate:
            self.report(messages.missing_return(self.module.at(function.token), function.name, function.result))

    def block(self, block: s.Block) -> bool:
        """A block, with names of its own."""
        self.open()
        goes_on = True
        for statement in block.statements:
            goes_on = self.statement(statement) and goes_on
        self.close()
        return goes_on

    def statement(self, node: s.Node) -> bool:
        """One statement."""
        match node:
            case s.Let():
                self._let(node)
            case s.ExprStatement():
                return self._expression(node)
            case s.Assign():
                self._assign(node)
            case s.If():
                return self._if(node)
            case s.While():
                return self._while(node)
            case s.ForRange():
                self._for_range(node)
            case s.ForEach():
                self._for_each(node)
            case s.Break() | s.Continue():
                return self._jump(node)
            case s.Return():
                return self._return(node)
            case s.Asm():
                self._no_gate(node, "assembly")
                self.assembly(node)
            case s.Block():
                return self.block(node)
            case s.Broken():
                for token in node.names:
                    self.declare_lost(token)
                # What it would have done is not known: a return, perhaps.
                return False
        return True

    def _no_gate(self, node: s.Node, what: str) -> None:
        if self.function is not None and self.function.is_gate:
            self.report(messages.not_in_gate(self.module.span(node), what))

    # -- names and values

    def _let(self, node: s.Let) -> None:
        if node.is_var:
            self._no_gate(node, "a variable that changes")
        written = self.type_of(node.written, self.length) if node.written is not None else None
        given = self._initial(node, written)
        found = given if written is None else written
        span = self.module.span(node.value)
        if written is not None and not fits(given, written):
            why = self.module.span(node.written) if node.written is not None else None
            self.report(messages.mismatch(span, given, written, why))
        elif found is STRING:
            self._untyped(node)
            found = UNKNOWN
        if node.is_var and holds_qubits(found):
            self.report(messages.qubit_kept(self.module.at(node.names[0]), "a var"))
        if node.is_ref:
            found = self._referred(node, found)
        elif isinstance(found, Array) and found.length is None and is_endless(node.value):
            self.report(messages.no_length(span, self.module.text(node.value)))
        types = self._apart(node.names, node.is_tuple, found, node.value)
        for token, type in zip(node.names, types, strict=True):
            local = self.declare(token, type, is_var=node.is_var)
            self.check_size(self.module.at(token), local.name, type)
            node.symbols.append(local)
            if not node.is_ref:
                self.owned |= {local}
            if not node.is_tuple and not node.is_var:
                self._fixed(local, node.value)

    def _untyped(self, node: s.Let) -> None:
        """Report a string without a type that says what it is."""
        span, content = self.module.span(node.value), node.value.value
        name = self.module.word(node.names[0])
        is_format = any(piece[1] is not None for piece in PIECE.finditer(content))
        text = self.module.word(node.value.first)
        self.report(messages.untyped_string(span, name, text, len(content), is_var=node.is_var, is_format=is_format))

    def _referred(self, node: s.Let, type: Type) -> Type:
        """What a name refers to: an array or a record that lies somewhere."""
        root: s.Expr = node.value
        while isinstance(root, s.Index | s.Slice) or (isinstance(root, s.Member) and root.symbol is None):
            root = root.base
        span = self.module.span(node.value)
        if node.is_tuple:
            self.report(messages.bad_reference(span, "'ref' gives one name", "take the tuple apart first"))
            return UNKNOWN
        if type is not UNKNOWN and not isinstance(root, s.Name | s.Member):
            self.report(messages.bad_reference(span, "this is a value, not a place", "without 'ref' the name has it"))
            return UNKNOWN
        if type is not UNKNOWN and not isinstance(type, Array | Record):
            what = "a tuple" if isinstance(type, Tuple) else f"the {type}"
            self.report(messages.bad_reference(span, f"{what} lies in no place of its own", "leave 'ref' out"))
            return UNKNOWN
        return type

    def _fixed(self, local: Local, value: s.Expr) -> None:
        """What is known of a name that never changes."""
        if isinstance(local.type, Scalar) and value.value is not None:
            local.value = float(value.value) if local.type is FLOAT else value.value
        if holds_qubits(local.type) and isinstance(value, s.Name | s.Index):
            local.alias = value

    def _initial(self, node: s.Let, written: Type | None) -> Type:
        """The type of the value; qubits are made here and nowhere else."""
        value = node.value
        if not (isinstance(value, s.Call) and isinstance(value.function, s.Name)):
            return self.expr(value, written)
        target = self.lookup(value.function.word)
        if not isinstance(target, Given) or target.name not in ("qubit", "qubits"):
            return self.expr(value, written)
        self._no_gate(value, f"'{target.name}'")
        if self.function is not None:
            self.function.effect = self.function.effect or target.builtin.effect
        value.function.symbol = value.target = target
        wanted = len(target.builtin.params)
        if len(value.arguments) != wanted:
            text = f"{wanted} argument{'s' * (wanted != 1)}"
            span = self.module.span(value)
            note = habits.CALLS[target.name]
            self.report(messages.argument_count(span, target.name, len(value.arguments), text, None, note))
            value.type = UNKNOWN
        elif wanted:
            self.need(value.arguments[0], INT)
            count = value.arguments[0].value
            if isinstance(count, int) and not 1 <= count <= MAX_QUBITS:
                self.report(messages.bad_count(self.module.span(value.arguments[0]), count, MAX_QUBITS))
            value.type = Array(QUBIT, count)
        else:
            value.type = QUBIT
        return value.type

    def _apart(self, names: list[int], is_tuple: bool, type: Type, value: s.Expr) -> list[Type]:
        """The types of names that take a value apart."""
        if not is_tuple:
            return [type]
        if isinstance(type, Tuple) and len(type.elements) == len(names):
            return list(type.elements)
        if type is not UNKNOWN:
            note = self.of_outcome(value, "let a = measure(q[0]); let b = measure(q[1]);")
            self.report(messages.pattern_size(self.module.span(value), len(names), type, note))
        return [UNKNOWN] * len(names)

    def _assign(self, node: s.Assign) -> None:
        target = self._assigned(node)
        if self.function is not None and self.function.is_gate:
            self._no_gate(node, "an assignment")
            self.expr(node.value)
            return
        if target is not UNKNOWN:
            self._assignable(node.target, target)
        if not node.operator:
            self.need(node.value, target, self.module.span(node.target))
            return
        given = self.expr(node.value)
        if UNKNOWN in (target, given):
            return
        if node.operator in ("div", "%") and target is given is INT and node.value.value == 0:
            self.report(messages.zero_divisor(self.module.span(node.value)))
        found = self.operation(node.operator, target, given)
        if found is None:
            self.report(messages.bad_operands(self.module.span(node), f"{node.operator}=", target, given))
        elif not fits(found, target):
            self.report(messages.mismatch(self.module.span(node.value), found, target, self.module.span(node.target)))

    def _assigned(self, node: s.Assign) -> Type:
        """The type of what is assigned to. A name that means nothing, or is one of the language, was not declared."""
        target = node.target
        if not isinstance(target, s.Name) or target.word in self.ended:
            return self.expr(target)
        found = self.lookup(target.word)
        if found is not None and not isinstance(found, Given):
            return self.expr(target)
        what = self.kind_of(found) if found is not None else ""
        first = self.is_first(target.word)
        self.report(messages.undeclared(self.module.span(target), target.word, what, self.own(), is_first=first))
        return UNKNOWN

    def _assignable(self, node: s.Expr, type: Type) -> None:
        """Say what cannot be assigned to."""
        span = self.module.span(node)
        if holds_qubits(type):
            self.report(messages.qubit_kept(span, "a place that changes"))
            return
        root = node
        while isinstance(root, s.Index | s.Member | s.Slice):
            if isinstance(root, s.Slice):
                self.report(messages.cannot_assign(span, "it is a part of an array", note="assign to its elements"))
                return
            if isinstance(root, s.Member) and root.symbol is not None:
                break
            root = root.base
        symbol = root.symbol if isinstance(root, s.Name | s.Member) else None
        if symbol is None:
            if type is not UNKNOWN:
                note = "values are assigned one after another: let t = a; a = b; b = t;"
                is_tuple = isinstance(node, s.Tuple)
                what = "it is a tuple" if is_tuple else "it is a value, not a place"
                self.report(messages.cannot_assign(span, what, note=note if is_tuple else ""))
            return
        if root is node:
            self._changes(node, symbol, type)
        is_own = symbol in self.owned if root is not node else isinstance(symbol, Local)
        if not is_own and self.function is not None:
            self.function.effect = self.function.effect or "changes what lies in memory"

    def _changes(self, node: s.Expr, symbol: Symbol, type: Type) -> None:
        span = self.module.span(node)
        if isinstance(symbol, Local | Variable) and symbol.is_var:
            if isinstance(type, Array) and type.length is None:
                why = "its length is known only when the program runs"
                self.report(messages.cannot_assign(span, why, note="assign to its elements"))
            return
        declared = symbol.module.at(symbol.token) if symbol.module is not None else None
        what = "it is a constant" if isinstance(symbol, Constant) else f"'{symbol.name}' is fixed"
        note = "" if isinstance(symbol, Constant) else "declare it with var"
        if isinstance(symbol, Local) and self.function is not None and symbol in self.function.params:
            note = f"a parameter is fixed: write var x = {symbol.name};"
        note = self.looped.get(symbol, note)
        self.report(messages.cannot_assign(span, what, declared, note))

    def _expression(self, node: s.ExprStatement) -> bool:
        """A call; whether control goes on."""
        expr = node.expr
        if isinstance(expr, s.Inverse | s.Controlled):
            self.gate(expr)
            return True
        if not isinstance(expr, s.Call):
            if self.expr(expr) is not UNKNOWN:
                self.report(messages.unused_value(self.module.span(expr)))
            return True
        target = self.lookup(expr.function.word) if isinstance(expr.function, s.Name) else None
        if isinstance(expr.function, s.Member) and (module := self.module_of(expr.function.base)) and module.target:
            target = module.target.names.get(self.module.word(expr.function.name))
        is_gate = (isinstance(target, Given) and target.builtin.is_gate) or (
            isinstance(target, Function) and target.is_gate
        )
        if is_gate:
            self.gate(expr)
            return True
        if isinstance(target, Function):
            self._no_gate(expr, f"a call of the function '{target.name}'")
        self._called(expr)
        return not (isinstance(target, Given) and target.name == "halt")

    def _called(self, node: s.Call) -> None:
        """A call that need not give a value."""
        node.type = self.call(node)

    # -- control

    def _if(self, node: s.If) -> bool:
        self.need(node.condition, BOOL)
        then = self.block(node.then)
        if node.otherwise is None:
            return then or node.condition.value is not True
        otherwise = self.statement(node.otherwise)
        return then or otherwise

    def _while(self, node: s.While) -> bool:
        self._no_gate(node, "'while'")
        self.need(node.condition, BOOL)
        self._loop(node.body)
        return node.condition.value is not True or _breaks(node.body)

    def _loop(self, body: s.Block) -> None:
        self.loops += 1
        self.block(body)
        self.loops -= 1

    def _for_range(self, node: s.ForRange) -> None:
        for bound in (node.start, node.stop, node.step):
            if bound is not None:
                self.need_bound(bound)
        if node.step is not None and node.step.value == 0 and node.step.type is INT and node.step.value is not None:
            self.report(messages.bad_step(self.module.span(node.step)))
        self.open()
        node.symbol = self.declare(node.name, INT)
        self.looped[node.symbol] = self._counted(node)
        self._loop(node.body)
        self.close()

    def _counted(self, node: s.ForRange) -> str:
        """What to write for a loop whose counter changes in its body."""
        name, start, stop = self.module.word(node.name), self.module.written(node.start), self.module.written(node.stop)
        step = self.module.written(node.step) if node.step is not None else "1"
        sign = ">" if step.startswith("-") else "<"
        loop = f"while {name} {sign} {stop} {{ … {name} += {step}; }}"
        return f"a loop that changes its counter is var {name} = {start}; {loop}"

    def _for_each(self, node: s.ForEach) -> None:
        given = self.expr(node.array)
        element: Type = UNKNOWN
        if isinstance(given, Array):
            element = read(given.element)
        elif given is not UNKNOWN:
            self.report(messages.not_indexable(self.module.span(node.array), given, is_counted=True))
        types = self._apart(node.names, node.is_tuple, element, node.array)
        self.open()
        for token, type in zip(node.names, types, strict=True):
            local = self.declare(token, type)
            array, name = self.module.written(node.array), self.module.word(token)
            note = f"an element changes in its array: for k in 0..len({array}) {{ {array}[k] = …; }}"
            is_named = isinstance(node.array, s.Name) and not node.is_tuple
            self.looped[local] = note if is_named else f"write var y = {name}; and change y"
            node.symbols.append(local)
        self._loop(node.body)
        self.close()

    def _jump(self, node: s.Break | s.Continue) -> bool:
        word = self.module.word(node.first)
        self._no_gate(node, f"'{word}'")
        if not self.loops:
            self.report(messages.not_in_loop(self.module.span(node), word))
        return False

    def _return(self, node: s.Return) -> bool:
        self._no_gate(node, "'return'")
        function = self.function
        assert function is not None
        span = self.module.span(node)
        if node.value is None:
            if function.result not in (NOTHING, UNKNOWN) and not function.is_gate:
                self.report(messages.empty_return(span, function.name, function.result))
        elif function.result == NOTHING:
            given = self.expr(node.value)
            if not function.is_gate and given is not UNKNOWN:
                self.report(messages.bad_return(self.module.span(node.value), function.name))
        else:
            declared = function.declaration.result
            self.need(node.value, function.result, self.module.span(declared) if declared else None)
        return False


def _breaks(block: s.Block) -> bool:
    """Whether a ``break`` of this loop stands in its body."""
    for node in block.statements:
        match node:
            case s.Break() | s.Broken():
                return True
            case s.Block() if _breaks(node):
                return True
            case s.If(then=then, otherwise=otherwise):
                if _breaks(then) or (otherwise is not None and _breaks(s.Block(0, 0, [otherwise]))):
                    return True
    return False


def is_endless(node: s.Expr) -> bool:
    """Whether an expression names a view that says no length."""
    symbol = node.symbol if isinstance(node, s.Name | s.Member) else None
    return isinstance(symbol, Variable) and symbol.address is not None
