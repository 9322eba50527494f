"""Statements, scopes, and the bodies of functions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from sigma import ir, types
from sigma import syntax as s
from sigma.ir import Block, Op
from sigma.lower.given import GivenCalls
from sigma.lower.program import STACK
from sigma.lower.values import Ref, Value, flat, is_memory, kind, needs_place
from sigma.symbols import Function, Given, Local
from sigma.types import MAX_QUBITS

Cleanup = Callable[[], None]


class Statements(GivenCalls):
    """Lowers a body."""

    result: types.Type = types.NOTHING
    places: list[Op]
    """Where the arrays and records go that it gives."""

    def body(self, symbol: Function) -> None:
        """Everything in a function."""
        block = symbol.declaration.body
        assert block is not None
        self.result = symbol.result
        self.scopes: list[list[Cleanup]] = []
        self.loops: list[tuple[Block, Block, int]] = []
        """Of the loops around: where ``continue`` goes, where ``break`` goes, how many scopes are around it."""
        self.at(block)
        self.places = [self._param(ir.INT) for _ in range(count_places(symbol.result))]
        for param in symbol.params:
            self.param(param)
        self.function.results = self._kinds(symbol.result)
        self.block(block)
        self.at(s.Node(block.last, block.last))
        if not self.b.is_ended:
            self.leave([])

    def _param(self, type: str) -> Op:
        made = Op("param", type, [])
        self.function.blocks[0].params.append(made)
        return made

    def param(self, param: Local) -> None:
        """A parameter: its value never changes."""
        self.locals[param] = self.taken(param.type, [self._param(k) for k in param_kinds(param.type)])

    def leave(self, results: list[Op]) -> None:
        """The end of the function."""
        if not self.function.is_main:
            self.b.op("return", *results, type=ir.NONE)
        else:
            self.b.op("halt", results[0] if results else self.b.const(0), type=ir.NONE)

    # -- scopes

    def block(self, block: s.Block) -> None:
        """A block: what it allocates is given back at its end."""
        self.scopes.append([])
        for statement in block.statements:
            self.statement(statement)
        self.clean(len(self.scopes) - 1)
        self.scopes.pop()

    def clean(self, depth: int) -> None:
        """Give back what the scopes from a depth on hold, the innermost first."""
        if self.b.is_ended:
            return
        for scope in reversed(self.scopes[depth:]):
            for cleanup in reversed(scope):
                cleanup()

    def stack(self, size: Op) -> Op:
        """So many bytes of the stack, until the scope ends."""
        b = self.b
        top = self.function.addr(STACK)
        self.lowering.uses_stack = True
        start = b.load(ir.INT, top)
        b.store(b.isa("QADD", start, size), top)
        self.scopes[-1].append(lambda: self.b.store(start, top))
        return start

    # -- statements

    def statement(self, node: s.Node) -> None:
        """One statement."""
        self.at(node)
        match node:
            case s.Let():
                self._let(node)
            case s.ExprStatement(expr=expr):
                self.expression(expr)
            case s.Assign():
                self._assign(node)
            case s.If():
                self._if(node)
            case s.While():
                self._while(node)
            case s.ForRange():
                self._for_range(node)
            case s.ForEach():
                self._for_each(node)
            case s.Break() | s.Continue():
                to_next, to_end, depth = self.loops[-1]
                self.clean(depth)
                self.b.jump(to_next if isinstance(node, s.Continue) else to_end)
            case s.Return():
                self._return(node)
            case s.Asm():
                self._asm(node)
            case s.Block():
                self.block(node)

    def expression(self, expr: s.Expr) -> None:
        """A call for what it does."""
        if isinstance(expr, s.Inverse | s.Controlled) or (isinstance(expr, s.Call) and is_gate(expr.target)):
            self.gate(expr)
        else:
            self.value(expr)

    @abstractmethod
    def gate(self, node: s.Expr) -> None:
        """A gate, perhaps inverted and controlled."""

    def _let(self, node: s.Let) -> None:
        value = node.value
        if node.is_tuple:
            parts = self.own(value)
            assert isinstance(parts, list)
            for symbol, part in zip(node.symbols, parts, strict=True):
                self.name(symbol, part)
            return
        symbol = node.symbols[0]
        if isinstance(value, s.Call) and isinstance(value.target, Given) and value.target.name in ("qubit", "qubits"):
            self.locals[symbol] = self._qubits(value)
        elif node.is_ref:
            self.locals[symbol] = self.ref(value)
        else:
            self.name(symbol, self.own(value))

    def own(self, node: s.Expr) -> Value:
        """The value of an expression, of which arrays and records are nobody else's: they are made, or copied. Nobody
        can change the handles in an array of qubits, so those are not copied."""
        if isinstance(node, s.Tuple):
            return [self.own(item) for item in node.items]
        if isinstance(node, s.Call):
            return self.value(node)
        if is_memory(node.type) and isinstance(node, s.Array | s.Repeat | s.String):
            return self.temporary(node)
        value = self.value(node)
        self.at(node)
        return self._copied(value)

    def _copied(self, value: Value) -> Value:
        """A value with copies of the arrays and records in it."""
        if isinstance(value, list):
            return [self._copied(part) for part in value]
        if isinstance(value, Op) or types.holds_qubits(value.type):
            return value
        if not isinstance(value.type, types.Array) or value.type.length is not None:
            ref = self.room(value.type)
            self.copy(ref, value)
            return ref
        return self._long_copy(value)

    def _long_copy(self, source: Ref) -> Ref:
        """A copy, on the stack, of an array of a length that only the run knows."""
        assert isinstance(source.type, types.Array)
        ref = self.stacked(source.type, source.length if source.length is not None else self.b.const((1 << 63) - 1))
        element = source.type.element
        if element is types.BYTE:
            self.words(ref, source, self.b.isa("QSAR", self.size(source.type, ref), self.b.const(3)))
            return ref
        assert ref.length is not None
        words = element.size // types.WORD
        count = ref.length if words == 1 else self.b.isa("QMUL", ref.length, self.b.const(words))
        self.words(ref, source, count)
        return ref

    def name(self, symbol: Local, value: Value) -> None:
        """A new name for a value."""
        if isinstance(value, Ref):
            self.locals[symbol] = value
        elif symbol.is_var:
            self.set(symbol, symbol.type, (), value)
        elif isinstance(value, Op) and symbol.type is types.FLOAT:
            self.locals[symbol] = self.widen(value)
        else:
            self.locals[symbol] = self._widened(symbol.type, value)

    def _widened(self, type: types.Type, value: Value) -> Value:
        if isinstance(type, types.Tuple) and isinstance(value, list):
            return [self._widened(part, item) for part, item in zip(type.elements, value, strict=True)]
        return self.widen(value) if isinstance(value, Op) and type is types.FLOAT else value

    def set(self, symbol: Local, type: types.Type, path: tuple[int, ...], value: Value) -> None:
        """Give a variable a value."""
        if isinstance(value, list):
            assert isinstance(type, types.Tuple)
            for number, (part, item) in enumerate(zip(type.elements, value, strict=True)):
                self.set(symbol, part, (*path, number), item)
        elif isinstance(value, Op):
            self.b.write((symbol, path), self.widen(value) if type is types.FLOAT else value)
        elif (symbol, path) in self.rooms:
            self.copy(self.rooms[symbol, path], value)
        else:
            self.rooms[symbol, path] = value

    def _qubits(self, node: s.Call) -> Value:
        """New qubits, given back at the end of the scope."""
        b = self.b
        self.at(node)
        is_last = self.function.is_main and len(self.scopes) == 1
        if not node.arguments:
            qubit = b.isa("QALLOC", b.const(1))
            if not is_last:
                self.scopes[-1].append(lambda: self._free(qubit, b.const(1)))
            return qubit
        count = self.scalar(node.arguments[0])
        self.limit(count, MAX_QUBITS, f"qubits makes 1 to {MAX_QUBITS:,} qubits")
        first = b.isa("QALLOC", count)
        if not is_last:
            self.scopes[-1].append(lambda: self._free(first, count))
        if count.code == "const":
            base = self.function.slot(max(8 * count.imm, 8))
        else:
            base = self.stack(b.isa("QSHL", count, b.const(3)))
        ref = Ref(types.Array(types.QUBIT, None), base, 0, count)
        if count.code == "const" and count.imm <= 4:
            for number in range(count.imm):
                b.store(first if not number else b.isa("QADD", first, b.const(number)), base, 8 * number)
        else:
            self.count(
                b.const(0), count, 1, lambda n: self.put_value(self.moved(ref, n, types.QUBIT), b.isa("QADD", first, n))
            )
        return ref

    def _free(self, first: Op, count: Op) -> None:
        self.b.op("QFREE", first, count, type=ir.NONE, imm="aa")

    def _assign(self, node: s.Assign) -> None:
        target = node.target
        if isinstance(target, s.Name) and isinstance(target.symbol, Local) and target.symbol not in self.locals:
            value = self.own(node.value)
            if node.operator:
                old = self.value(target)
                assert isinstance(old, Op)
                assert isinstance(value, Op)
                self.at(node)
                value = self.operation(node.operator, old, value)
            self.set(target.symbol, target.type, (), value)
            return
        ref = self.ref(target)
        if node.operator:
            old = self.element(ref)
            value = self.value(node.value)
            assert isinstance(old, Op)
            assert isinstance(value, Op)
            self.at(node)
            self.put_value(ref, self.operation(node.operator, old, value))
            return
        # What is made anew may read what it replaces: all its parts are calculated first, or it is made aside.
        leaves = self.leaves(ref, node.value) if is_memory(ref.type) else None
        parts = [(ref, node.value)] if leaves is None else leaves
        values = [self.value(part) for _, part in parts]
        self.at(node)
        for (place, _), value in zip(parts, values, strict=True):
            self.put_value(place, value)

    def _return(self, node: s.Return) -> None:
        results: list[Op] = []
        if node.value is not None:
            places = list(self.places)
            if is_memory(self.result):
                length = None
                if isinstance(self.result, types.Array) and self.result.length is not None:
                    length = self.b.const(self.result.length)
                self.put(Ref(self.result, places[0], 0, length), node.value)
            else:
                self._give(self.result, node.value, results, places)
        self.at(node)
        if not self.function.is_main:
            self.clean(0)
        self.leave(results)

    def _give(self, type: types.Type, node: s.Expr, results: list[Op], places: list[Op]) -> None:
        """Put a result where the caller wants it. What one part of it does is not seen in those before it."""
        if isinstance(node, s.Tuple) and isinstance(type, types.Tuple):
            for part, item in zip(type.elements, node.items, strict=True):
                self._give(part, item, results, places)
        else:
            self._results(type, self.value(node), results, places)

    def _results(self, type: types.Type, value: Value, results: list[Op], places: list[Op]) -> None:
        if isinstance(value, list):
            assert isinstance(type, types.Tuple)
            for part, item in zip(type.elements, value, strict=True):
                self._results(part, item, results, places)
        elif isinstance(value, Ref):
            self.copy(Ref(type, places.pop(0)), value)
        else:
            results.append(self.widen(value) if type is types.FLOAT else value)

    def _asm(self, node: s.Asm) -> None:
        for line in node.lines:
            args = []
            for symbol in line.names.values():
                value = self.named(symbol)
                assert isinstance(value, Op)
                args.append(value)
            type = kind(line.writes[0].type) if line.writes else ir.NONE
            made = self.b.op("asm", *args, type=type, imm=line)
            for symbol in line.writes:
                self.b.write((symbol, ()), made)

    # -- control

    def _if(self, node: s.If) -> None:
        b = self.b
        if node.condition.value is not None:
            chosen = node.then if node.condition.value else node.otherwise
            if chosen is not None:
                self.statement(chosen)
            return
        then, done = b.new(), b.new()
        otherwise = b.new() if node.otherwise is not None else done
        self.branch(node.condition, then, otherwise)
        b.place(then)
        self.block(node.then)
        b.jump(done)
        if node.otherwise is not None:
            b.place(otherwise)
            self.statement(node.otherwise)
            b.jump(done)
        b.place(done)

    def _while(self, node: s.While) -> None:
        b = self.b
        loop, test, done = b.new(is_open=True), b.new(), b.new()
        # The condition stands before the loop and again at its end: one jump a turn.
        self.branch(node.condition, loop, done)
        b.place(loop)
        self.loops.append((test, done, len(self.scopes)))
        self.block(node.body)
        self.loops.pop()
        b.jump(test)
        b.place(test)
        self.at(node.condition)
        self.branch(node.condition, loop, done)
        b.close(loop)
        b.place(done)

    def _for_range(self, node: s.ForRange) -> None:
        start, stop = self.scalar(node.start), self.scalar(node.stop)
        step = self.b.const(1) if node.step is None else self.scalar(node.step)
        self.at(node)
        if node.step is not None and node.step.value is None:
            self.positive(step)

        def body(counter: Op) -> None:
            assert node.symbol is not None
            self.locals[node.symbol] = counter
            self.block(node.body)

        self.loop(start, stop, step, body)

    def positive(self, step: Op) -> None:
        """Trap unless the step of a range goes up."""
        b = self.b
        good, bad = b.new(), b.new()
        b.branch("QJGT", step, b.const(0), good, bad)
        b.place(bad)
        self.fail("the step of a range must be positive where it is no constant")
        b.place(good)

    def loop(self, start: Op, stop: Op, step: Op, body: Callable[[Op], None]) -> None:
        """A counting loop with ``break`` and ``continue``."""
        b = self.b
        key = object()
        word = "QJGT" if step.code == "const" and step.imm < 0 else "QJLT"
        loop, test, done = b.new(is_open=True), b.new(), b.new()
        b.write(key, start)
        b.branch(word, start, stop, loop, done)
        b.place(loop)
        counter = b.read(key)
        self.loops.append((test, done, len(self.scopes)))
        span = b.span
        body(counter)
        b.span = span
        self.loops.pop()
        b.jump(test)
        b.place(test)
        after = b.isa("QADD", counter, step)
        b.write(key, after)
        b.branch(word, after, stop, loop, done)
        b.close(loop)
        b.place(done)

    def _for_each(self, node: s.ForEach) -> None:
        array = self.value(node.array)
        assert isinstance(array, Ref)
        assert isinstance(array.type, types.Array)
        element = array.type.element
        length = array.length if array.length is not None else self.b.const((1 << 63) - 1)
        self.at(node)

        def body(counter: Op) -> None:
            value = self.element(self.moved(array, counter, element))
            parts = value if node.is_tuple and isinstance(value, list) else [value]
            for symbol, part in zip(node.symbols, parts, strict=True):
                self.locals[symbol] = part
            self.block(node.body)

        self.loop(self.b.const(0), length, self.b.const(1), body)


def param_kinds(type: types.Type) -> list[str]:
    """Kinds of the registers that hand over a parameter."""
    return flat(type)


def count_places(type: types.Type) -> int:
    """How many arrays and records are in a result."""
    if isinstance(type, types.Tuple):
        return sum(map(count_places, type.elements))
    return int(needs_place(type))


def is_gate(target: object) -> bool:
    """Whether a call applies a gate."""
    return (isinstance(target, Function) and target.is_gate) or (isinstance(target, Given) and target.builtin.is_gate)
