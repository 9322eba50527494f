"""Instructions that stay in their block: arithmetic, moves, memory, comparisons.

Operands of known kinds become plain LLVM instructions; for one of either kind, a helper chooses at run time."""

from __future__ import annotations

from typing import Final, Protocol

from vm.flow.kinds import EITHER, INTEGER, REAL
from vm.flow.registers import WRITES
from vm.isa import BITS, BY_CODE, CANONICAL_NAN, FLOATS, MEMORY_FLOOR, MEMORY_SIZE, REGISTERS, Op
from vm.native import arithmetic, bits, compare, floats
from vm.native.code import Code, Value, integer, literal, real

_WIDEST: Final = 8
_LAST: Final = MEMORY_SIZE - _WIDEST
"""Highest address of an access. One bound serves all widths: what is narrower and higher is left to the interpreter."""
_AHEAD: Final = 64
"""Instructions that are looked at for accesses off the same base."""
_NEAR: Final = 1 << 20
"""Bytes between accesses that are checked at once."""

# Legend: type, how it widens to 64 bits.
_LOADS: Final = {
    "QLOAD": ("i64", ""),
    "QLOADB": ("i8", "zext"), "QLOADH": ("i16", "zext"), "QLOADW": ("i32", "zext"),
    "QLOADSB": ("i8", "sext"), "QLOADSH": ("i16", "sext"), "QLOADSW": ("i32", "sext"),
}  # fmt: skip
_STORES: Final = {"QSTOREB": "i8", "QSTOREH": "i16", "QSTOREW": "i32"}


class Frame(Protocol):
    """What an instruction needs of the function that it is in."""

    env: dict[int, Value]
    checked: dict[str, tuple[int, int]]
    """Bases of addresses that are known to be valid, with the least and the greatest offset."""
    generics: set[str]
    memory: str
    """The host's pointer to address 0."""

    @property
    def code(self) -> Code:
        """Where to write to."""

    @property
    def rows(self) -> list[list[int]]:
        """The program's instructions."""

    def operand(self, slot: int) -> Value:
        """A register's value, or a constant."""

    def need_integer(self, slot: int) -> str:
        """An operand as an integer; leaves if it is none."""

    def constant(self, slot: int) -> int | None:
        """A slot's value if it is a constant integer."""

    def set(self, variable: int, value: Value) -> None:
        """Write a register."""

    def exit_if(self, condition: str) -> None:
        """Leave where an ``i1`` is true."""

    def exit(self) -> None:
        """Leave."""

    def halt(self, index: int, status: str) -> None:
        """End the program."""

    def new_segment(self, index: int) -> None:
        """What leaves from now on leaves for instruction ``index``."""


def execute(frame: Frame, index: int, row: list[int], end: int) -> None:
    """Emit instruction ``index``; ``end`` is where its block ends."""
    op = BY_CODE[row[0]]
    slots = row[1:]
    name = op.name
    if op.memory_slot is not None:
        _access(frame, index, op, slots, end)
    elif name == "QMOV":
        frame.set(slots[0], frame.operand(slots[1]))
    elif name in arithmetic.NUMBER:
        _number(frame, name, [frame.operand(slots[i]) for i in op.reads], slots)
    elif name in arithmetic.INTEGERS:
        a, b = (frame.need_integer(slot) for slot in slots[1:3])
        if name in arithmetic.ZERO_DIVISION:
            _refuse_zero(frame, b)
        frame.set(slots[0], integer(arithmetic.INTEGERS[name](frame.code, a, b)))
    elif op.group == BITS:
        operands = [frame.need_integer(slots[i]) for i in op.reads]
        frame.set(slots[0], integer(bits.OPERATIONS[name](frame.code, *operands)))
    elif op.group == FLOATS:
        frame.set(slots[0], _float(frame, op, slots))
    elif name in ("QSEQ", "QSNE", "QSLT", "QSLE"):
        test = compared(frame, name[2:], frame.operand(slots[1]), frame.operand(slots[2]))
        frame.set(slots[0], integer(frame.code.let(f"zext i1 {test} to i64")))
    elif name == "QSEL":
        condition = frame.code.let(f"icmp ne i64 {frame.need_integer(slots[1])}, 0")
        frame.set(slots[0], frame.code.choose(condition, frame.operand(slots[2]), frame.operand(slots[3])))
    elif name == "QASSERT":
        test = compared(frame, "EQ", frame.operand(slots[0]), frame.operand(slots[1]))
        frame.exit_if(frame.code.let(f"xor i1 {test}, true"))
    elif name == "QHALT":
        frame.halt(index, frame.need_integer(slots[0]))
    elif name == "QTRAP":
        frame.exit()
    else:
        # QNOP, and QBRK, which does nothing without a debugger.
        assert name in ("QNOP", "QBRK"), name


# -- arithmetic and floats


def _refuse_zero(frame: Frame, divisor: str) -> None:
    known = literal(divisor)
    if known is None or known == 0:
        frame.exit_if(frame.code.let(f"icmp eq i64 {divisor}, 0"))


def _number(frame: Frame, name: str, operands: list[Value], slots: list[int]) -> None:
    code = frame.code
    of_integers, of_floats = arithmetic.NUMBER[name]
    if all(value.kind == INTEGER for value in operands):
        if name in arithmetic.ZERO_DIVISION:
            _refuse_zero(frame, operands[1].name)
        result = integer(of_integers(code, *(value.name for value in operands)))
    elif any(value.kind == REAL for value in operands):
        result = real(of_floats(code, *(code.number(value) for value in operands)))
    else:
        if name in arithmetic.ZERO_DIVISION:
            kinds = code.let(f"or i64 {code.tag(operands[0])}, {code.tag(operands[1])}")
            either = code.let(f"or i64 {kinds}, {operands[1].name}")
            frame.exit_if(code.let(f"icmp eq i64 {either}, 0"))
        result = _generic(frame, name, operands)
    frame.set(slots[0], result)


def _generic(frame: Frame, name: str, operands: list[Value]) -> Value:
    """Call the helper that chooses by kind."""
    code = frame.code
    frame.generics.add(name)
    arguments = ", ".join(f"i64 {value.name}, i64 {code.tag(value)}" for value in operands)
    both = code.let(f"call {{ i64, i64 }} @either_{name}(ptr %s, {arguments})")
    return Value(
        EITHER,
        code.let(f"extractvalue {{ i64, i64 }} {both}, 0"),
        code.let(f"extractvalue {{ i64, i64 }} {both}, 1"),
    )


def generic_helper(name: str) -> str:
    """The text of a helper: its operands' bits and tags in, bits and tag out. Zero divisors are the caller's."""
    of_integers, of_floats = arithmetic.NUMBER[name]
    letters = "a" if name in ("QNEG", "QABS") else "ab"
    code = Code()
    tags = "%ta"
    if len(letters) == 2:
        tags = code.let("or i64 %ta, %tb")
    is_integer = code.let(f"icmp eq i64 {tags}, 0")
    code.do(f"br i1 {is_integer}, label %integers, label %floats")
    for label, kind in (("integers", INTEGER), ("floats", EITHER)):
        code.at(label)
        if kind == INTEGER:
            bits_, tag = of_integers(code, *(f"%v{letter}" for letter in letters)), "0"
        else:
            numbers = [code.number(Value(EITHER, f"%v{letter}", f"%t{letter}")) for letter in letters]
            bits_, tag = code.bits(real(of_floats(code, *numbers))), "1"
        half = code.let(f"insertvalue {{ i64, i64 }} poison, i64 {bits_}, 0")
        both = code.let(f"insertvalue {{ i64, i64 }} {half}, i64 {tag}, 1")
        code.do(f"ret {{ i64, i64 }} {both}")
    parameters = ", ".join(f"i64 %v{letter}, i64 %t{letter}" for letter in letters)
    body = "\n".join(code.lines)
    return f"define internal {{ i64, i64 }} @either_{name}(ptr %s, {parameters}) nounwind {{\n{body}\n}}\n"


def _float(frame: Frame, op: Op, slots: list[int]) -> Value:
    code = frame.code
    if op.name == "QFBITS":
        return real(code.let(f"bitcast i64 {frame.need_integer(slots[1])} to double"))
    if op.name == "QBITS":
        value = frame.operand(slots[1])
        if value.kind != REAL:
            frame.exit_if(code.let(f"icmp eq i64 {code.tag(value)}, 0"))
        return integer(_visible(code, value))
    if op.name == "QINT":
        return _truncated(code, frame.operand(slots[1]))
    operands = [code.number(frame.operand(slots[i])) for i in op.reads]
    return real(floats.OPERATIONS[op.name](code, *operands))


def _truncated(code: Code, value: Value) -> Value:
    if value.kind == INTEGER:
        return value
    if value.kind == REAL:
        return integer(floats.saturated(code, value.name))
    from_float = floats.saturated(code, code.let(f"bitcast i64 {value.name} to double"))
    is_float = code.let(f"icmp ne i64 {value.tag}, 0")
    return integer(code.let(f"select i1 {is_float}, i64 {from_float}, i64 {value.name}"))


# -- comparisons


def compared(frame: Frame, name: str, a: Value, b: Value) -> str:
    """An ``i1``: whether two numbers compare so."""
    code = frame.code
    of_integers, of_floats = compare.PREDICATES[name]
    if a.kind == b.kind == INTEGER:
        return code.let(f"icmp {of_integers} i64 {a.name}, {b.name}")
    as_floats = code.let(f"fcmp {of_floats} double {code.number(a)}, {code.number(b)}")
    if REAL in (a.kind, b.kind):
        return as_floats
    tags = code.let(f"or i64 {code.tag(a)}, {code.tag(b)}")
    is_integer = code.let(f"icmp eq i64 {tags}, 0")
    as_integers = code.let(f"icmp {of_integers} i64 {a.name}, {b.name}")
    return code.let(f"select i1 {is_integer}, i1 {as_integers}, i1 {as_floats}")


def condition(frame: Frame, row: list[int]) -> str:
    """An ``i1``: whether a conditional jump jumps."""
    name = BY_CODE[row[0]].name[2:]
    if name in compare.UNSIGNED:
        a, b = frame.need_integer(row[1]), frame.need_integer(row[2])
        return frame.code.let(f"icmp {compare.UNSIGNED[name]} i64 {a}, {b}")
    return compared(frame, name, frame.operand(row[1]), frame.operand(row[2]))


# -- memory


def _visible(code: Code, value: Value) -> str:
    """The bits as memory shows them: every NaN is the one NaN."""
    if value.kind == INTEGER:
        return value.name
    if value.kind == REAL:
        known = value.name
        if known.startswith("0x"):
            return str(_canonical(int(known, 16)))
        is_nan = code.let(f"fcmp uno double {known}, 0.0")
        return code.let(f"select i1 {is_nan}, i64 {CANONICAL_NAN}, i64 {code.bits(value)}")
    return code.let(f"call i64 @visible(i64 {value.name}, i64 {value.tag})")


def _canonical(pattern: int) -> int:
    is_nan = pattern >> 52 & 0x7FF == 0x7FF and pattern & (1 << 52) - 1
    shown = CANONICAL_NAN if is_nan else pattern
    return shown - (1 << 64) if shown >> 63 else shown


def _access(frame: Frame, index: int, op: Op, slots: list[int], end: int) -> None:
    assert op.memory_slot is not None
    code = frame.code
    base, offset = slots[op.memory_slot], slots[op.memory_slot + 1]
    if op.name in _STORES:
        value = frame.need_integer(slots[0])
    place = _place(frame, index, base, offset, end)
    if op.name == "QLOADF":
        frame.set(slots[0], real(code.let(f"load double, ptr {place}, align 1")))
    elif op.name in _LOADS:
        kind, widen = _LOADS[op.name]
        loaded = code.let(f"load {kind}, ptr {place}, align 1")
        frame.set(slots[0], integer(code.let(f"{widen} {kind} {loaded} to i64") if widen else loaded))
    else:
        # Volatile: a store of what is there already still touches its page.
        if op.name == "QSTORE":
            stored = frame.operand(slots[0])
            if stored.kind == REAL and stored.name[0] == "%":
                # As a float, so that it stays in a float register.
                code.do(f"call void @store_real(ptr {place}, double {stored.name})")
            else:
                code.do(f"store volatile i64 {_visible(code, stored)}, ptr {place}, align 1")
        else:
            kind = _STORES[op.name]
            code.do(f"store volatile {kind} {code.let(f'trunc i64 {value} to {kind}')}, ptr {place}, align 1")
        # What leaves from here on must not do the store again.
        frame.new_segment(index + 1)


def _place(frame: Frame, index: int, base: int, offset: int, end: int) -> str:
    """The host's pointer to an access's first byte; leaves if it is not valid."""
    code = frame.code
    first, second = frame.need_integer(base), frame.need_integer(offset)
    known = literal(second)
    if known is None and literal(first) is not None:
        first, second, known, base = second, first, literal(first), offset
    if known is None:
        address = code.let(f"add i64 {first}, {second}")
        _check(frame, address, 0, 0)
    elif literal(first) is not None:
        address = str((int(first) + known) & (1 << 64) - 1)
        if not MEMORY_FLOOR <= int(address) <= _LAST:
            frame.exit_if("true")
            address = str(MEMORY_FLOOR)
    else:
        low, high = frame.checked.get(first, (1, 0))
        if not low <= known <= high:
            least, most = _range(frame, index, base, known, end)
            _check(frame, first, least, most)
            frame.checked[first] = (least, most) if low > high else (min(low, least), max(high, most))
        address = code.let(f"add i64 {first}, {known}") if known else first
    return code.let(f"getelementptr i8, ptr {frame.memory}, i64 {address}")


def _check(frame: Frame, base: str, least: int, most: int) -> None:
    """Leave unless the accesses from ``base + least`` to ``base + most`` are inside memory."""
    code = frame.code
    lowest = code.let(f"add i64 {base}, {least - MEMORY_FLOOR}")
    frame.exit_if(code.let(f"icmp ugt i64 {lowest}, {_LAST - MEMORY_FLOOR - (most - least)}"))


def _range(frame: Frame, index: int, base: int, offset: int, end: int) -> tuple[int, int]:
    """Least and greatest offset of the accesses off a register, from here until it changes."""
    least = most = offset
    for row in frame.rows[index : min(end, index + _AHEAD)]:
        op = BY_CODE[row[0]]
        if op.group == "calls":
            break
        if op.memory_slot is not None and row[1 + op.memory_slot] == base < REGISTERS:
            other = frame.constant(row[2 + op.memory_slot])
            if other is not None and max(most, other) - min(least, other) < _NEAR:
                least, most = min(least, other), max(most, other)
        if any(row[column] == base for column in WRITES[row[0]]):
            break
    return least, most
