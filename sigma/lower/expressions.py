"""Expressions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from sigma import ir, types
from sigma import syntax as s
from sigma.builder import Builder
from sigma.check.scope import MAX_LENGTH
from sigma.ir import Block, Op
from sigma.lower.floats import floor_division
from sigma.lower.program import Lowering
from sigma.lower.values import Ref, Value, is_memory, kind, word_kinds
from sigma.symbols import Constant, Function, Given, Local, Module, RecordName, Symbol, Variable

_MOST_LEAVES: Final = 24
"""Parts of an array or a record that are calculated before the first is stored."""
_WORDS: Final = {"+": "QADD", "-": "QSUB", "*": "QMUL", "div": "QDIV", "%": "QMOD", "&": "QAND", "|": "QOR",
                 "^": "QXOR", "<<": "QSHL", ">>": "QSAR"}  # fmt: skip
_JUMPS: Final = {"==": "QJEQ", "!=": "QJNE", "<": "QJLT", "<=": "QJLE", ">": "QJGT", ">=": "QJGE"}
_SETS: Final = {"==": ("QSEQ", False), "!=": ("QSNE", False), "<": ("QSLT", False), "<=": ("QSLE", False),
                ">": ("QSLT", True), ">=": ("QSLE", True)}  # fmt: skip


class Expressions(ABC):
    """Lowers what has a value, in one function."""

    def __init__(self, lowering: Lowering, module: Module, function: ir.Function) -> None:
        self.lowering = lowering
        self.module = module
        self.function = function
        self.b = Builder(function)
        self.locals: dict[Local, Value] = {}
        """Values of names that never change, and places of arrays and records."""
        self.rooms: dict[tuple[Local, tuple[int, ...]], Ref] = {}
        """Places of the arrays and records in tuples that change."""

    def at(self, node: s.Node) -> None:
        """What is made next comes from a node."""
        self.b.span = self.module.span(node)

    # -- scalars

    def scalar(self, node: s.Expr, wanted: types.Type | None = None) -> Op:
        """The value of a scalar, as a float if one is wanted."""
        value = self.value(node)
        assert isinstance(value, Op)
        return self.widen(value) if wanted is types.FLOAT else value

    def widen(self, value: Op) -> Op:
        """A number as a float."""
        if value.type == ir.FLOAT:
            return value
        if value.code == "const":
            return self.b.const(float(value.imm))
        return self.b.isa("QFLOAT", value)

    def value(self, node: s.Expr) -> Value:
        """The value of an expression."""
        if node.value is not None and isinstance(node.type, types.Scalar) and node.type is not types.STRING:
            value = node.value
            return self.b.const(float(value) if node.type is types.FLOAT else value)
        match node:
            case s.Name(symbol=symbol) if symbol is not None:
                return self.named(symbol)
            case s.Member(symbol=symbol) if symbol is not None:
                return self.named(symbol)
            case s.Member() | s.Index():
                return self.element(self.ref(node))
            case s.Slice():
                return self.ref(node)
            case s.Unary():
                return self._unary(node)
            case s.Binary():
                return self._binary(node)
            case s.Choice():
                return self._choice(node)
            case s.Tuple(items=items):
                return [self.value(item) for item in items]
            case s.Call():
                return self.call(node)
            case s.Array() | s.Repeat() | s.String():
                return self.temporary(node)
        raise AssertionError(type(node))

    def named(self, symbol: Symbol) -> Value:
        """The value of a name."""
        match symbol:
            case Constant():
                return self.b.const(symbol.value)
            case Variable():
                ref = self.lowering.variable(symbol, self.function)
                return ref if is_memory(symbol.type) else self.element(ref)
            case Local() if symbol in self.locals:
                return self.locals[symbol]
            case Local():
                return self.variable(symbol, symbol.type, ())
        raise AssertionError(type(symbol))

    def variable(self, symbol: Local, type: types.Type, path: tuple[int, ...]) -> Value:
        """The value of a variable that changes, part by part of a tuple."""
        if isinstance(type, types.Tuple):
            return [self.variable(symbol, part, (*path, n)) for n, part in enumerate(type.elements)]
        if is_memory(type):
            return self.rooms[symbol, path]
        return self.b.read((symbol, path))

    def element(self, ref: Ref) -> Value:
        """What lies at a place."""
        if is_memory(ref.type):
            return ref
        if isinstance(ref.type, types.Tuple):
            offset = ref.offset
            found: list[Value] = []
            for part in ref.type.elements:
                found.append(self.element(Ref(part, ref.base, offset)))
                offset += part.size
            return found
        if ref.type is types.BYTE:
            return self.b.op("loadb", ref.base, imm=ref.offset)
        return self.b.load(kind(ref.type), ref.base, ref.offset)

    # -- places

    def ref(self, node: s.Expr) -> Ref:
        """Where an expression lies."""
        match node:
            case s.Index():
                return self._index(node)
            case s.Slice():
                return self._slice(node)
            case s.Member(symbol=None):
                base = self.ref(node.base)
                assert isinstance(base.type, types.Record)
                field = base.type.field(self.module.word(node.name))
                assert field is not None
                return self.within(base, field.type, field.offset)
            case s.Name(symbol=Variable() as symbol) | s.Member(symbol=Variable() as symbol):
                return self.lowering.variable(symbol, self.function)
        value = self.value(node)
        assert isinstance(value, Ref)
        return value

    def within(self, base: Ref, type: types.Type, offset: int) -> Ref:
        """A part of something, so many bytes from its start."""
        length = self.b.const(type.length) if isinstance(type, types.Array) and type.length is not None else None
        return Ref(type, base.base, base.offset + offset, length)

    def _index(self, node: s.Index) -> Ref:
        base = self.ref(node.base)
        index = self.scalar(node.index)
        self.at(node)
        return self.indexed(base, index)

    def indexed(self, base: Ref, index: Op) -> Ref:
        """An element of an array, its index checked."""
        assert isinstance(base.type, types.Array)
        element = base.type.element
        self.check(index, base.length)
        return self.moved(base, index, element)

    def moved(self, base: Ref, index: Op, element: types.Type) -> Ref:
        """So many elements on."""
        size = element.size
        if index.code == "const":
            return self.within(base, element, index.imm * size)
        if size & (size - 1):
            distance = self.b.isa("QMUL", index, self.b.const(size))
        elif size > 1:
            distance = self.b.isa("QSHL", index, self.b.const(size.bit_length() - 1))
        else:
            distance = index
        found = self.within(base, element, 0)
        found.base = self.b.isa("QADD", base.base, distance)
        return found

    def check(self, index: Op, length: Op | None, what: str | None = None) -> None:
        """Trap unless an index is inside; ``what`` it is, as ``bound`` has it."""
        if length is None or self.lowering.is_unchecked:
            return
        if index.code == length.code == "const" and 0 <= index.imm < length.imm:
            return
        self.b.op("bound", index, length, type=ir.NONE, imm=what)

    def limit(self, value: Op, most: int, text: str) -> None:
        """Trap with a text unless a number is 0 to ``most``."""
        if value.code == "const" and 0 <= value.imm <= most:
            return
        b = self.b
        more, bad, good = b.new(), b.new(), b.new()
        b.branch("QJLT", value, b.const(0), bad, more)
        b.place(more)
        b.branch("QJGT", value, b.const(most), bad, good)
        b.place(bad)
        self.fail(text)
        b.place(good)

    def fail(self, text: str) -> None:
        """A trap that says a text."""
        self.b.op("fail", self.text(text.encode()), type=ir.NONE)

    def text(self, content: bytes) -> Op:
        """The address of a text of the program."""
        return self.function.addr(self.lowering.text(content))

    def _slice(self, node: s.Slice) -> Ref:
        base = self.ref(node.base)
        start, stop = self.scalar(node.start), self.scalar(node.stop)
        self.at(node)
        assert isinstance(base.type, types.Array)
        b = self.b
        length = b.const(stop.imm - start.imm) if start.code == stop.code == "const" else b.isa("QSUB", stop, start)
        is_known = base.length is not None and start.code == stop.code == base.length.code == "const"
        is_inside = is_known and base.length is not None and 0 <= start.imm <= stop.imm <= base.length.imm
        if base.length is not None and not is_inside:
            # start ≤ stop ≤ length: each lies among one more than there are.
            self.check(stop, b.isa("QADD", base.length, b.const(1)), "end")
            self.check(start, b.isa("QADD", stop, b.const(1)), "start")
        found = self.moved(base, start, base.type.element)
        return Ref(node.type, found.base, found.offset, length)

    def address(self, ref: Ref) -> Op:
        """The address of a place as one value."""
        if ref.offset == 0:
            return ref.base
        if ref.base.code == "addr":
            label, distance = ref.base.imm
            return self.function.addr(label, distance + ref.offset)
        if ref.base.code == "const":
            return self.b.const(ref.base.imm + ref.offset)
        return self.b.isa("QADD", ref.base, self.b.const(ref.offset))

    # -- storing

    def put(self, ref: Ref, node: s.Expr) -> None:
        """Put the value of an expression at a place; arrays and records are made there."""
        match node:
            case s.Array(items=items):
                assert isinstance(ref.type, types.Array)
                for number, item in enumerate(items):
                    self.put(self.within(ref, ref.type.element, number * ref.type.element.size), item)
                return
            case s.Repeat():
                self._fill(ref, node)
                return
            case s.String():
                self.copy(ref, self.literal(node))
                return
            case s.Call(target=RecordName(type=types.Record() as record)):
                assert isinstance(node, s.Call)
                for field, item in self.given_fields(node, record):
                    self.put(self.within(ref, field.type, field.offset), item)
                return
            case s.Call(target=Function()) if is_memory(ref.type):
                self.call(node, ref)
                return
        value = self.value(node)
        self.at(node)
        self.put_value(ref, value)

    def leaves(self, ref: Ref, node: s.Expr) -> list[tuple[Ref, s.Expr]] | None:
        """The scalars that an expression makes an array or a record of, and their places; None if it is not made of
        scalars, or of too many to be calculated before the first is stored."""
        found: list[tuple[Ref, s.Expr]] = []
        todo = [(ref, node)]
        while todo:
            place, part = todo.pop()
            match part:
                case s.Array(items=items) if isinstance(place.type, types.Array):
                    element = place.type.element
                    inner = [(self.within(place, element, n * element.size), item) for n, item in enumerate(items)]
                case s.Call(target=RecordName(type=types.Record() as record)):
                    inner = [
                        (self.within(place, field.type, field.offset), item)
                        for field, item in self.given_fields(part, record)
                    ]
                case _ if is_memory(place.type):
                    return None
                case _:
                    found.append((place, part))
                    continue
            todo += reversed(inner)
            if len(found) + len(todo) > _MOST_LEAVES:
                return None
        return found

    def given_fields(self, node: s.Call, record: types.Record) -> list[tuple[types.Field, s.Expr]]:
        """The fields of a record that is made, in the order in which they are written."""
        found = []
        for number, argument in enumerate(node.arguments):
            field, item = record.fields[number], argument
            if isinstance(argument, s.NamedArgument):
                named = record.field(self.module.word(argument.name))
                assert named is not None
                field, item = named, argument.expr
            found.append((field, item))
        return found

    def literal(self, node: s.String) -> Ref:
        """Where the bytes of a literal lie. Nobody may change them there: what is handed on is a copy."""
        assert isinstance(node.value, bytes)
        label = self.lowering.text(node.value + bytes(-len(node.value) % types.WORD))
        return Ref(node.type, self.function.addr(label), 0, self.b.const(len(node.value)))

    def put_value(self, ref: Ref, value: Value) -> None:
        """Put a value at a place."""
        if isinstance(value, Op) and ref.type is types.BYTE:
            self.b.op("storeb", value, ref.base, type=ir.NONE, imm=ref.offset)
        elif isinstance(value, Op):
            self.b.store(self.widen(value) if ref.type is types.FLOAT else value, ref.base, ref.offset)
        elif isinstance(value, Ref):
            self.copy(ref, value)
        else:
            assert isinstance(ref.type, types.Tuple)
            offset = 0
            for part, item in zip(ref.type.elements, value, strict=True):
                self.put_value(self.within(ref, part, offset), item)
                offset += part.size

    def copy(self, to: Ref, source: Ref) -> None:
        """Copy what lies in memory, word by word; much of it in a loop."""
        words = to.type.size // types.WORD
        if words <= 8:
            parts = word_kinds(to.type)
            found = [self.b.load(part, source.base, source.offset + 8 * n) for n, part in enumerate(parts)]
            for number, word in enumerate(found):
                self.b.store(word, to.base, to.offset + 8 * number)
            return
        self.words(to, source, self.b.const(words))

    def words(self, to: Ref, source: Ref, count: Op) -> None:
        """Copy so many words. Where the two may overlap, no word is replaced before it is read."""
        b = self.b
        first, last = self.address(source), self.address(to)

        def word(counter: Op) -> None:
            distance = b.isa("QSHL", counter, b.const(3))
            found = b.load(ir.INT, b.isa("QADD", first, distance))
            b.store(found, b.isa("QADD", last, distance))

        if not may_overlap(to, source):
            self.count(b.const(0), count, 1, word)
            return
        down, up, done = b.new(), b.new(), b.new()
        b.branch("QJGT", last, first, down, up)
        b.place(down)
        most = b.isa("QSUB", count, b.const(1))
        self.count(b.const(0), count, 1, lambda counter: word(b.isa("QSUB", most, counter)))
        b.jump(done)
        b.place(up)
        self.count(b.const(0), count, 1, word)
        b.jump(done)
        b.place(done)

    def _fill(self, ref: Ref, node: s.Repeat) -> None:
        """``[x; n]`` of a known length: the item is calculated once."""
        assert isinstance(ref.type, types.Array)
        assert ref.length is not None
        element = ref.type.element
        if is_memory(element) and ref.length.code == "const" and ref.length.imm > 0:
            # The first one is made, the others are copies of it.
            first = self.within(ref, element, 0)
            self.put(first, node.item)
            self.at(node)
            self._repeat(ref, first, 1)
        else:
            item = self.own(node.item)
            self.at(node)
            self._repeat(ref, item, 0)

    def _repeat(self, ref: Ref, item: Value, start: int) -> None:
        """Put a value at all elements from ``start``."""
        assert isinstance(ref.type, types.Array)
        assert ref.length is not None
        element = ref.type.element
        if isinstance(item, Op) and element is types.FLOAT:
            item = self.widen(item)
        self.count(
            self.b.const(start), ref.length, 1, lambda counter: self.put_value(self.moved(ref, counter, element), item)
        )

    def count(self, start: Op, stop: Op, step: int, body: object) -> None:
        """A loop that the language makes itself."""
        b = self.b
        key = object()
        assert callable(body)
        loop, done = b.new(is_open=True), b.new()
        b.write(key, start)
        b.branch("QJLT", start, stop, loop, done)
        b.place(loop)
        counter = b.read(key)
        body(counter)
        after = b.isa("QADD", counter, b.const(step))
        b.write(key, after)
        b.branch("QJLT", after, stop, loop, done)
        b.close(loop)
        b.place(done)

    def temporary(self, node: s.Expr) -> Ref:
        """An array or a record that is nowhere else."""
        if isinstance(node, s.Repeat) and isinstance(node.type, types.Array) and node.type.length is None:
            item = self.own(node.item)
            ref = self.stacked(node.type, self.scalar(node.length))
            self.at(node)
            self._repeat(ref, item, 0)
            return ref
        ref = self.room(node.type)
        self.put(ref, node)
        return ref

    def room(self, type: types.Type) -> Ref:
        """New memory for a value of a known size."""
        ref = Ref(type, self.function.slot(max(type.size, 8)))
        if isinstance(type, types.Array) and type.length is not None:
            ref.length = self.b.const(type.length)
        return ref

    def stacked(self, type: types.Array, count: Op) -> Ref:
        """Room on the stack for an array of a length that only the run knows."""
        self.limit(count, MAX_LENGTH, f"an array has 0 to {MAX_LENGTH:,} elements")
        ref = Ref(type, count, 0, count)
        ref.base = self.stack(self.size(type, ref))
        return ref

    def size(self, type: types.Array, ref: Ref) -> Op:
        """The bytes that an array takes on the stack, which goes by words."""
        count = ref.length
        assert count is not None
        if type.element is types.BYTE:
            return self.b.isa("QAND", self.b.isa("QADD", count, self.b.const(7)), self.b.const(-8))
        return self.b.isa("QMUL", count, self.b.const(type.element.size))

    @abstractmethod
    def own(self, node: s.Expr) -> Value:
        """The value of an expression, of which arrays and records are nobody else's."""

    @abstractmethod
    def stack(self, size: Op) -> Op:
        """So many bytes that last as long as the scope."""

    # -- operators

    def _unary(self, node: s.Unary) -> Op:
        operand = self.scalar(node.operand)
        self.at(node)
        if node.operator == "not":
            return self.b.isa("QXOR", operand, self.b.const(1))
        return self.b.isa({"-": "QNEG", "~": "QNOT"}[node.operator], operand)

    def _binary(self, node: s.Binary) -> Op:
        if node.operator in ("and", "or"):
            return self._logic(node)
        left, right = self.scalar(node.left), self.scalar(node.right)
        self.at(node)
        return self.operation(node.operator, left, right)

    def operation(self, operator: str, left: Op, right: Op) -> Op:
        """``left operator right``. The machine widens an int beside a float by itself."""
        b = self.b
        if ir.FLOAT in (left.type, right.type):
            left, right = (self.widen(x) if x.code == "const" else x for x in (left, right))
        if operator in _SETS:
            word, is_turned = _SETS[operator]
            return b.isa(word, right, left) if is_turned else b.isa(word, left, right)
        if operator == "/":
            if ir.FLOAT not in (left.type, right.type):
                left, right = (left, self.widen(right)) if right.code == "const" else (self.widen(left), right)
            return b.isa("QDIV", left, right)
        if operator == "div" and ir.FLOAT in (left.type, right.type):
            return floor_division(b, left, right)
        return b.isa(_WORDS[operator], left, right)

    def _logic(self, node: s.Binary) -> Op:
        if is_simple(node.right):
            left, right = self.scalar(node.left), self.scalar(node.right)
            self.at(node)
            return self.b.isa("QAND" if node.operator == "and" else "QOR", left, right)
        key = object()
        b = self.b
        more, done = b.new(), b.new()
        left = self.scalar(node.left)
        b.write(key, left)
        self.at(node)
        yes, no = (more, done) if node.operator == "and" else (done, more)
        b.branch("QJNE", left, b.const(0), yes, no)
        b.place(more)
        b.write(key, self.scalar(node.right))
        b.jump(done)
        b.place(done)
        return b.read(key)

    def _choice(self, node: s.Choice) -> Op:
        b = self.b
        if is_simple(node.then) and is_simple(node.otherwise):
            condition = self.scalar(node.condition)
            then, otherwise = self.scalar(node.then, node.type), self.scalar(node.otherwise, node.type)
            self.at(node)
            return b.isa("QSEL", condition, then, otherwise)
        key = object()
        yes, no, done = b.new(), b.new(), b.new()
        self.branch(node.condition, yes, no)
        for block, part in ((yes, node.then), (no, node.otherwise)):
            b.place(block)
            b.write(key, self.scalar(part, node.type))
            b.jump(done)
        b.place(done)
        return b.read(key)

    def branch(self, node: s.Expr, then: Block, otherwise: Block) -> None:
        """Go to one of two blocks by a condition."""
        b = self.b
        if node.value is not None:
            b.jump(then if node.value else otherwise)
            return
        match node:
            case s.Unary(operator="not", operand=operand):
                self.branch(operand, otherwise, then)
                return
            case s.Binary(operator="and" | "or", left=left, right=right):
                more = b.new()
                self.branch(left, *((more, otherwise) if node.operator == "and" else (then, more)))
                b.place(more)
                self.branch(right, then, otherwise)
                return
            case s.Binary(operator=operator, left=left, right=right) if operator in _JUMPS:
                a, c = self.scalar(left), self.scalar(right)
                self.at(node)
                if ir.FLOAT in (a.type, c.type):
                    a, c = (self.widen(x) if x.code == "const" else x for x in (a, c))
                b.branch(_JUMPS[operator], a, c, then, otherwise)
                return
        value = self.scalar(node)
        self.at(node)
        b.branch("QJNE", value, b.const(0), then, otherwise)

    # -- calls

    def call(self, node: s.Call, place: Ref | None = None) -> Value:
        """A call; ``place`` is where an array or a record goes."""
        match node.target:
            case Function() as target:
                return self._function(node, target, place)
            case RecordName():
                ref = self.room(node.type)
                self.put(ref, node)
                return ref
            case Given() as target:
                return self.given(node, target.builtin)
        raise AssertionError(node.target)

    @abstractmethod
    def given(self, node: s.Call, builtin: object) -> Value:
        """What the language brings."""

    def _function(self, node: s.Call, target: Function, place: Ref | None) -> Value:
        args: list[Op] = []
        rooms = self._rooms(target.result, place)
        args += [self.address(room) for room in rooms]
        for argument, param in zip(node.arguments, target.params, strict=True):
            args += self.handed(self.value(argument), param.type)
        self.at(node)
        kinds = [] if rooms and is_memory(target.result) else self._kinds(target.result)
        callee: object = target.name
        if not target.is_extern:
            callee = self.lowering.function(target)
        else:
            self.lowering.extern(target)
        made = self.b.op("call", *args, type=ir.NONE, imm=callee)
        results = [self.b.op("result", made, type=kind, imm=number) for number, kind in enumerate(kinds)]
        return self._given_back(target.result, results, list(rooms))

    def _rooms(self, type: types.Type, place: Ref | None) -> list[Ref]:
        """Places for the arrays and records that a function gives."""
        if is_memory(type):
            return [place or self.room(type)]
        if isinstance(type, types.Tuple):
            return [room for element in type.elements for room in self._rooms(element, None)]
        return []

    def _kinds(self, type: types.Type) -> list[str]:
        """Kinds of the scalars that a function gives."""
        if isinstance(type, types.Tuple):
            return [part for element in type.elements for part in self._kinds(element)]
        return [] if is_memory(type) else [kind(type)]

    def _given_back(self, type: types.Type, results: list[Op], rooms: list[Ref]) -> Value:
        if isinstance(type, types.Tuple):
            return [self._given_back(element, results, rooms) for element in type.elements]
        return rooms.pop(0) if is_memory(type) else results.pop(0)

    def handed(self, value: Value, type: types.Type) -> list[Op]:
        """The registers that hand over a value."""
        if isinstance(value, Op):
            return [self.widen(value) if type is types.FLOAT else value]
        if isinstance(value, Ref):
            found = [self.address(value)]
            if isinstance(type, types.Array) and type.length is None:
                found.append(value.length if value.length is not None else self.b.const((1 << 63) - 1))
            return found
        assert isinstance(type, types.Tuple)
        return [op for part, item in zip(type.elements, value, strict=True) for op in self.handed(item, part)]

    def taken(self, type: types.Type, params: list[Op]) -> Value:
        """A value of the registers that handed it over; takes them off the list."""
        if isinstance(type, types.Tuple):
            return [self.taken(element, params) for element in type.elements]
        first = params.pop(0)
        if not is_memory(type):
            return first
        length = None
        if isinstance(type, types.Array):
            length = params.pop(0) if type.length is None else self.b.const(type.length)
        return Ref(type, first, 0, length)


def may_overlap(a: Ref, b: Ref) -> bool:
    """Whether two places may share some words and not all: both lie in views, or come from elsewhere. Elements of one
    array are the same or apart."""
    first, second = _start(a.base), _start(b.base)
    return first is not second and not {first.code, second.code} & {"slot", "addr"}


def _start(base: Op) -> Op:
    """What an address was calculated from."""
    while base.code == "QADD":
        base = base.args[0]
    return base


def is_simple(node: s.Expr) -> bool:
    """Whether it costs little and does nothing: then it is calculated whether it is wanted or not."""
    if node.value is not None:
        return True
    match node:
        case s.Name(symbol=Local() | Constant()):
            return isinstance(node.type, types.Scalar)
        case s.Binary(operator=operator, left=left, right=right):
            is_cheap = operator not in ("div", "%", "and", "or", "/")
            return is_cheap and all(isinstance(x, s.Name | s.Number) and is_simple(x) for x in (left, right))
    return False
