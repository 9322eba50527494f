"""What the language brings: functions of numbers, output, measurements and looks."""

from __future__ import annotations

from sigma import ir, types
from sigma import syntax as s
from sigma.builtins import Builtin
from sigma.ir import Op
from sigma.lower.printed import Printed
from sigma.lower.program import MOST_PAULIS
from sigma.lower.values import Ref, Value

_SYSTEM = {"time": 3, "clock": 6, "random_bits": 8, "random": 9, "arguments": 12}
_MEASURED = 64
"""Most qubits whose outcomes an int holds."""


class GivenCalls(Printed):
    """Lowers calls of what the language brings."""

    def given(self, node: s.Call, builtin: object) -> Value:
        """A call; what gives no value gives nothing that is read."""
        assert isinstance(builtin, Builtin)
        handler = getattr(self, f"_{builtin.name}", None)
        if handler is not None:
            found: Value = handler(node)
            return found
        b = self.b
        if builtin.name in _SYSTEM:
            self.at(node)
            made = b.op("sys", type=ir.NONE, imm=_SYSTEM[builtin.name])
            return b.op("result", made, type=ir.FLOAT if builtin.name == "random" else ir.INT, imm=0)
        args = [self.scalar(argument) for argument in node.arguments]
        if builtin.result == "n" and node.type is types.FLOAT:
            args = [self.widen(arg) if arg.code == "const" else arg for arg in args]
        self.at(node)
        return b.isa(builtin.mnemonic, *args)

    # -- numbers

    def _int(self, node: s.Call) -> Op:
        value = self.scalar(node.arguments[0])
        return value if value.type == ir.INT else self.b.isa("QINT", value)

    def _float(self, node: s.Call) -> Op:
        return self.widen(self.scalar(node.arguments[0]))

    def _bool(self, node: s.Call) -> Op:
        value = self.scalar(node.arguments[0])
        if node.arguments[0].type is types.BOOL:
            return value
        return self.b.isa("QSNE", value, self.b.const(0.0 if value.type == ir.FLOAT else 0))

    def _bits(self, node: s.Call) -> Op:
        return self.b.isa("QBITS", self.widen(self.scalar(node.arguments[0])))

    def _len(self, node: s.Call) -> Op:
        return self._length(self.ref(node.arguments[0]))

    # -- the world

    def _write_bytes(self, node: s.Call) -> Value:
        (argument,) = node.arguments
        ref = self.literal(argument) if isinstance(argument, s.String) else self.ref(argument)
        length = self._length(ref)
        self.at(node)
        self.system(10, self.address(ref), length)
        return []

    def _read_line(self, node: s.Call) -> Op:
        ref = self.ref(node.arguments[0])
        length = self._length(ref)
        self.at(node)
        return self.b.op("result", self.system(11, self.address(ref), length), imm=0)

    def _length(self, ref: Ref) -> Op:
        return ref.length if ref.length is not None else self.b.const((1 << 63) - 1)

    def _record(self, node: s.Call) -> Value:
        name, argument = node.arguments
        value = self.scalar(argument)
        self.at(node)
        self.system(14, self.text(name.value), value)
        return []

    def _assert(self, node: s.Call) -> Value:
        b = self.b
        good, bad = b.new(), b.new()
        self.branch(node.arguments[0], good, bad)
        self.at(node)
        b.place(bad)
        if len(node.arguments) > 1:
            self.fail(node.arguments[1].value.decode(errors="replace"))
        else:
            self.fail(f"assertion failed: {self.module.text(node.arguments[0])}")
        b.place(good)
        return []

    def _halt(self, node: s.Call) -> Value:
        status = self.scalar(node.arguments[0]) if node.arguments else self.b.const(0)
        self.b.op("halt", status, type=ir.NONE)
        return []

    def _argument(self, node: s.Call) -> Op:
        """An argument of the run; the second value where there is none. Its kind is that of the second value."""
        b = self.b
        number, default = self.scalar(node.arguments[0]), self.scalar(node.arguments[1], node.type)
        self.at(node)
        key = object()
        there, real, whole, done = b.new(), b.new(), b.new(), b.new()
        b.write(key, default)
        made = self.system(13, number)
        value = b.op("result", made, type=ir.INT, imm=0)
        found = b.op("result", made, type=ir.INT, imm=1)
        b.branch("QJLT", found, b.const(0), done, there)
        b.place(there)
        b.branch("QJEQ", found, b.const(1), real, whole)
        b.place(real)
        as_float = b.op("as", value, type=ir.FLOAT)
        b.write(key, as_float if node.type is types.FLOAT else b.isa("QINT", as_float))
        b.jump(done)
        b.place(whole)
        b.write(key, self.widen(value) if node.type is types.FLOAT else value)
        b.jump(done)
        b.place(done)
        return b.read(key)

    # -- qubits

    def _measure(self, node: s.Call) -> Op:
        argument = node.arguments[0]
        b = self.b
        if argument.type is types.QUBIT:
            qubit = self.scalar(argument)
            self.at(node)
            return b.isa("QMEAS", qubit)
        ref = self.ref(argument)
        self.at(node)
        assert ref.length is not None
        self.limit(ref.length, _MEASURED, f"measure gives an int, so of at most {_MEASURED} qubits")
        key = object()
        b.write(key, b.const(0))

        def body(counter: Op) -> None:
            bit = b.isa("QMEAS", b.load(ir.INT, *self._place(self.moved(ref, counter, types.QUBIT))))
            b.write(key, b.isa("QOR", b.read(key), b.isa("QSHL", bit, counter)))

        self.count(b.const(0), ref.length, 1, body)
        return b.read(key)

    def _place(self, ref: Ref) -> tuple[Op, int]:
        return ref.base, ref.offset

    def over(self, argument: s.Expr, word: str, *rest: Op) -> None:
        """An instruction on a qubit, or on each of an array."""
        b = self.b
        if argument.type is types.QUBIT:
            qubit = self.scalar(argument)
            b.isa(word, qubit, *rest)
            return
        ref = self.ref(argument)
        assert ref.length is not None
        self.count(
            b.const(0),
            ref.length,
            1,
            lambda n: b.isa(word, b.load(ir.INT, *self._place(self.moved(ref, n, types.QUBIT))), *rest),
        )

    def _reset(self, node: s.Call) -> Value:
        self.over(node.arguments[0], "QRESET")
        return []

    def _barrier(self, node: s.Call) -> Value:
        # It stands before all qubits, but an index is checked, and a call called.
        for argument in node.arguments:
            self.value(argument)
        self.b.isa("QBARRIER")
        return []

    def _many(self, argument: s.Expr) -> tuple[Op, Op, str]:
        """A qubit or an address of handles, how many there are, and which of the two it is."""
        if argument.type is types.QUBIT:
            return self.scalar(argument), self.b.const(1), "a"
        ref = self.ref(argument)
        assert ref.length is not None
        return self.address(ref), ref.length, "m"

    def _sample(self, node: s.Call) -> Value:
        b = self.b
        first, count, letter = self._many(node.arguments[0])
        shots = self.scalar(node.arguments[1])
        self.at(node)
        # A pair of words for each outcome that there can be: not more than shots.
        if shots.code == "const" and 0 < shots.imm <= 1 << 16:
            room = self.function.slot(16 * shots.imm)
        else:
            room = self.stack(b.isa("QSHL", b.isa("QMAX", shots, b.const(0)), b.const(4)))
        found = b.op("QSAMPLE", first, count, shots, room, type=ir.INT, imm=f"{letter}aam")
        return Ref(types.HISTOGRAM, room, 0, found)

    def _expect(self, node: s.Call) -> Op:
        first, count, letter = self._many(node.arguments[0])
        if not isinstance(node.arguments[1], s.String):
            ref = self.ref(node.arguments[1])
            self.at(node)
            return self.b.op("QEXPECT", first, self._letters(ref, count), type=ir.FLOAT, imm=f"{letter}m")
        self.at(node)
        paulis: bytes = node.arguments[1].value
        if count.code != "const" or count.imm != len(paulis):
            b = self.b
            good, bad = b.new(), b.new()
            b.branch("QJEQ", count, b.const(len(paulis)), good, bad)
            b.place(bad)
            text = paulis.decode()
            self.fail(f"'{text}' has {len(paulis)} letter{'s' * (len(paulis) != 1)}, and there is one for each qubit")
            b.place(good)
        return self.b.op("QEXPECT", first, self.text(paulis), type=ir.FLOAT, imm=f"{letter}m")

    def _letters(self, ref: Ref, count: Op) -> Op:
        """Copy letters that only the run knows to where a 0 ends them: as many as there are qubits, and no more."""
        b = self.b
        self.limit(count, MOST_PAULIS, f"expect takes at most {MOST_PAULIS:,} qubits")
        room = self.function.addr(self.lowering.letters())
        given = self._length(ref)
        is_good = object()
        enough, longer, bad, good = b.new(), b.new(), b.new(), b.new()
        b.branch("QJLT", given, count, bad, enough)
        b.place(enough)
        b.write(is_good, b.const(1))

        def body(counter: Op) -> None:
            place = self.moved(ref, counter, types.BYTE)
            byte = b.op("loadb", place.base, imm=place.offset)
            b.write(is_good, b.isa("QAND", b.read(is_good), b.isa("QSNE", byte, b.const(0))))
            b.op("storeb", byte, b.isa("QADD", room, counter), type=ir.NONE, imm=0)

        self.count(b.const(0), count, 1, body)
        b.op("storeb", b.const(0), b.isa("QADD", room, count), type=ir.NONE, imm=0)
        # A text may end with a 0 before its array does.
        b.branch("QJGT", given, count, longer, good)
        b.place(longer)
        place = self.moved(ref, count, types.BYTE)
        more = b.op("loadb", place.base, imm=place.offset)
        b.write(is_good, b.isa("QAND", b.read(is_good), b.isa("QSEQ", more, b.const(0))))
        b.jump(good)
        b.place(good)
        done = b.new()
        b.branch("QJEQ", b.read(is_good), b.const(0), bad, done)
        b.place(bad)
        self.fail("expect: the string must have one letter for each qubit")
        b.place(done)
        return room

    def _purity(self, node: s.Call) -> Op:
        return self._look(node, "QPURITY")

    def _entropy(self, node: s.Call) -> Op:
        return self._look(node, "QENTROPY")

    def _look(self, node: s.Call, word: str) -> Op:
        first, count, letter = self._many(node.arguments[0])
        self.at(node)
        return self.b.op(word, first, count, type=ir.FLOAT, imm=f"{letter}a")
