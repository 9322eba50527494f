"""Random programs as a compiler or a person writes them: routines, loops, tables, saved registers, buffers.

A program is source text, so that a failure can be read. It comes from a :class:`random.Random`: one of a seed, or
Hypothesis', whose decisions shrink. So simple choices stand first in every list, and :meth:`Writer.chance` calls the
highest numbers a yes. What runs them is in :mod:`tests.engine_cases`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from vm.isa import ARITHMETIC, BITS, BY_NAME, FLOATS, OPS, Op

# -- what programs are made of

INTEGERS: Final = (
    "0", "1", "-1", "2", "3", "7", "8", "10", "63", "64", "65", "127", "255", "-256", "0x7FFFFFFF", "0xFFFFFFFF",
    "-0x80000000", "0x123456789ABCDEF", "(1 << 53) + 1", "(1 << 63) - 1", "-(1 << 63)", "-(1 << 63) + 1",
    "0xFFFFFFFFFFFFFC00", "0x8040201008040201",
)  # fmt: skip
REALS: Final = (
    "0.0", "1.0", "-0.0", "-1.5", "0.5", "2.5", "-3.5", "0.1", "3.141592653589793", "-7.25", "1e16", "-1e-9", "710.0",
    "-745.2", "5e-324", "-1e-320", "2.2250738585072014e-308", "1e308", "-1.7976931348623157e308",
    "9223372036854775808.0", "-9223372036854775808.0", "9007199254740993.0", "4294967296.5",
)  # fmt: skip
PATTERNS: Final = (
    "0x7FF0000000000000", "0xFFF0000000000000", "0x7FF8000000000000", "0xFFF8000000000000", "0x7FF0000000000001",
    "0xFFFFFFFFFFFFFFFF", "0x8000000000000000", "0x000FFFFFFFFFFFFF",
)  # fmt: skip
"""Bits of infinities, NaNs of every sort, -0.0, the greatest denormal."""
DIVISORS: Final = ("1", "-1", "2", "-3", "7", "-8", "10", "(1 << 63) - 1", "-(1 << 63)", "0.5", "-2.5", "1e300", "-0.0")
TEXTS: Final = ("plain", "é ⚛", "", "two\\nlines")

PLAIN: Final = tuple(
    op
    for op in OPS
    if op.group in (ARITHMETIC, BITS, FLOATS) or op.name in ("QMOV", "QSEQ", "QSNE", "QSLT", "QSLE", "QSEL")
)
"""Instructions from registers and constants to a register."""
DIVISIONS: Final = ("QDIV", "QMOD", "QDIVU", "QMODU")
BRANCHES: Final = tuple(op for op in OPS if op.letters == ("a", "a", "l"))
ACCESSES: Final = {
    "QLOAD": 8, "QSTORE": 8, "QLOADF": 8, "QLOADB": 1, "QLOADSB": 1, "QSTOREB": 1,
    "QLOADH": 2, "QLOADSH": 2, "QSTOREH": 2, "QLOADW": 4, "QLOADSW": 4, "QSTOREW": 4,
}  # fmt: skip
"""Loads and stores, with their widths."""
EPILOGUE: Final = "<epilogue>"
"""Stands for the end of a routine until it is known what that has to restore."""
RESTORE: Final = "<restore>"
"""Stands for the part of that before the results."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Area:
    """A place for loads and stores: ``low`` to ``high`` bytes from an address."""

    address: str
    low: int = -64
    high: int = 256


BUFFERS: Final = (Area("buffer"), Area("buffer + 160", -200, 96))
PLACES: Final = (
    Area("OUTPUT_BUFFER"),
    Area("0x5000"),
    Area("(1 << 36) - 64", -256, 64),
    Area("0x1040", -64, 256),
    Area("0x200000FFC", -40, 280),
)
"""The output buffer, page borders, the last bytes and the first."""


@dataclass
class Routine:
    """A subroutine, as its callers see it."""

    name: str
    args: int = 0
    """Values that it takes off the value stack."""
    results: int = 0
    """Values that it leaves there."""
    is_leaf: bool = False
    shares: bool = False
    """Saves all of :attr:`Writer.reserved` in one order, so that another such routine may jump into it."""
    entries: list[str] = field(default_factory=list)
    """Labels after the prologue that others may jump to."""


@dataclass(frozen=True)
class Shape:
    """What kind of program it is."""

    finish: str
    """``well``, ``trap``, ``endless`` or ``deep``."""
    wildness: int
    """Operands in a thousand that may be anything."""
    sloppy: bool
    """Whether routines save and restore wrongly."""
    routines: int
    statements: int
    fuel: int
    """Calls after which routines return at once."""


class Writer:
    """Writes one program. Registers have parts: data, loop counters, a pointer, two bases, fuel, one for a moment."""

    def __init__(self, rng: random.Random, size: int) -> None:
        """``size``: 1 for small programs, 2 and more for larger."""
        self.rng = rng
        finish = self.pick("well", "well", "well", "well", "trap", "trap", "trap", "trap", "endless")
        self.shape = Shape(
            finish="deep" if self.chance(1) else finish,
            wildness=self.pick(0, 0, 0, 1, 4),
            sloppy=self.chance(8),
            routines=rng.randrange(1, 3 * size + 1),
            statements=rng.randrange(2, 5 * size + 1),
            fuel=rng.randrange(3, 16 * size),
        )
        others = [f"r{number}" for number in range(2, 16)]
        start = rng.randrange(len(others))
        others = others[start:] + others[:start]
        self.counters, others = others[:3], others[3:]
        self.pointer, self.base, self.high_base, self.fuel, self.temporary, *others = others
        self.reserved = [*self.counters, self.pointer]
        self.data = ["r0", "r1", *others]
        self.high = self.pick(*PLACES)
        self.kinds: dict[str, str] = {}
        """``i`` or ``f`` for data registers whose kind is known here."""
        self.lines: list[str] = []
        self.tables: list[str] = []
        self.stubs: list[str] = []
        """Where routines that found no fuel return."""
        self.labels = 0
        self.live = 0
        """Loops that we are in: their counters are read only."""
        self.reach: tuple[int, int] | None = None
        """Offsets from the pointer that stay inside its area, in a loop that has one."""
        self.weight = 1
        """How often the present place runs in one run of its routine, at most."""
        self.exits: list[str] = []
        self.current: Routine | None = None
        self.routines = [self.routine_shape(number) for number in range(self.shape.routines)]
        self.guarded = self.pick(*self.routines).name
        """The routine that traps late, in a program that does."""

    # -- decisions

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) >= 100 - percent

    def wild(self) -> bool:
        return self.rng.randrange(1000) >= 1000 - self.shape.wildness

    def pick(self, *options: _T) -> _T:
        return options[self.rng.randrange(len(options))]

    def times(self, low: int, high: int) -> range:
        return range(self.rng.randrange(low, high + 1))

    # -- lines

    def emit(self, *lines: str) -> None:
        self.lines += (f"    {line}" for line in lines)

    def fresh(self, stem: str = "at") -> str:
        self.labels += 1
        return f"{stem}{self.labels}"

    def place(self, label: str, *, joins: bool = True) -> None:
        """A label; ``joins``: control may come from elsewhere, so no kind is known."""
        self.lines.append(f"{label}:")
        if joins:
            self.kinds.clear()

    # -- operands

    def known(self, kind: str) -> list[str]:
        return [register for register in self.data if self.kinds.get(register) == kind]

    def any(self) -> str:
        source = self.rng.randrange(10)
        if source < 7:
            return self.pick(*self.data)
        return self.pick(*INTEGERS) if source < 9 else self.pick(*REALS)

    def integer(self, *, register: bool = False) -> str:
        """An operand for an instruction that takes integers only."""
        if self.wild():
            return self.any()
        if not register and self.chance(25):
            return self.pick(*INTEGERS)
        there = self.known("i") + self.counters[: self.live]
        if there and not self.chance(10):
            return self.pick(*there)
        name = self.pick(*self.data)
        self.emit(self.pick(f"QINT {name}", f"QINT {name}, {self.any()}", f"QSLT {name}, {self.any()}, {name}"))
        self.kinds[name] = "i"
        return name

    def real(self) -> str:
        """A register that holds a float."""
        there = self.known("f")
        if there and not self.wild():
            return self.pick(*there)
        name = self.pick(*self.data)
        self.emit(f"QFLOAT {name}")
        self.kinds[name] = "f"
        return name

    def divisor(self, op: Op) -> str:
        if self.wild():
            return self.any()
        if self.chance(60):
            self.emit(f"QOR {self.temporary}, {self.integer(register=True)}, 1")
            return self.temporary
        return self.pick(*DIVISORS[:9]) if op.kinds == "integer" else self.pick(*DIVISORS)

    # -- straight lines

    def operation(self) -> None:
        """One instruction that computes."""
        op = self.pick(*PLAIN)
        sources: list[str] = []
        for number in range(len(op.reads)):
            if op.name in DIVISIONS and number == 1:
                sources.append(self.divisor(op))
            elif op.kinds == "integer" or (op.kinds == "select" and number == 0):
                sources.append(self.integer())
            elif op.kinds == "bits":
                sources.append(self.real())
            elif op.kinds == "any" and self.chance(5):
                sources.append(self.pick(self.fuel, self.temporary, self.base))
            else:
                sources.append(self.any())
        target = self.pick(*self.data)
        if op.short and self.chance(50):
            if sources[0] in self.data:
                target = sources[0]
            if target == sources[0] and len(sources) > 1:
                sources = sources[1:]
        self.result(op, target, sources)
        self.emit(f"{op.name} {', '.join((target, *sources))}")

    def result(self, op: Op, target: str, sources: Sequence[str]) -> None:
        """Note the kind of what an instruction writes, if that is plain."""
        kinds = {"int": "i", "float": "f"}
        self.kinds[target] = kinds.get(op.result) or "?"
        if op.name == "QMOV" and sources[0] in INTEGERS:
            self.kinds[target] = "i"

    def straight(self) -> None:
        for _ in self.times(1, 6):
            self.operation()

    def constants(self) -> None:
        """Fresh values, the odd ones too: computing wears them out."""
        for _ in self.times(1, 3):
            register = self.pick(*self.data)
            if self.chance(30):
                self.emit(f"QFBITS {register}, {self.pick(*PATTERNS)}")
                self.kinds[register] = "f"
            elif self.chance(50):
                self.emit(f"QMOV {register}, {self.pick(*REALS)}")
                self.kinds[register] = "f"
            else:
                self.emit(f"QMOV {register}, {self.pick(*INTEGERS)}")
                self.kinds[register] = "i"

    def remainders(self) -> None:
        """A float remainder of each combination of signs."""
        x, y, target, *_ = self.rotated(self.data)
        self.emit(f"QFLOAT {x}", f"QFLOAT {y}", f"QABS {x}", f"QABS {y}")
        self.kinds |= {x: "f", y: "f", target: "f"}
        for _ in self.times(1, 4):
            self.emit(self.pick(f"QNEG {x}", f"QNEG {y}"), f"QMOD {target}, {x}, {y}")
            self.emit(f"QSTORE {target}, [{self.offset(self.base, -64, 248)}]")

    def idle(self) -> None:
        self.emit(self.pick("QNOP", "QBRK"))

    def assertion(self) -> None:
        register = self.integer(register=True)
        if register in self.data and self.chance(30):
            self.emit(f"QMOV {register}, 7")
            self.emit(f"QASSERT {register}, 7.0")
        else:
            self.emit(f"QASSERT {register}, {register}")

    def rotated(self, names: Sequence[str]) -> list[str]:
        start = self.rng.randrange(len(names))
        return [*names[start:], *names[:start]]

    # -- memory

    def address(self, width: int) -> str:
        """What stands in the brackets of an access; may use the temporary register."""
        if self.wild():
            return self.pick(f"{self.any()}", f"{self.pick(*self.data)}+8", f"{self.base}+{self.pick(*self.data)}")
        ways = ["low", "low", "high", "plain", "index", "index", "sum"]
        if self.reach is not None:
            ways += ["pointer"] * 4
        way = self.pick(*ways)
        if way == "pointer":
            assert self.reach is not None
            low, high = self.reach
            return self.offset(self.pointer, low, high - width)
        if way in ("low", "plain", "high"):
            area = BUFFERS[0] if way == "low" else self.pick(*BUFFERS, *PLACES) if way == "plain" else self.high
            register = {"low": self.base, "high": self.high_base}.get(way)
            return self.offset(register or f"({area.address})", area.low, area.high - width)
        index, mask = self.integer(register=True), self.pick("7", "0x38", "0xF8", "31", "0xFC")
        self.emit(f"QAND {self.temporary}, {index}, {mask}")
        if way == "index":
            return f"{self.base}+{self.temporary}"
        self.emit(f"QADD {self.temporary}, {self.base}")
        return self.offset(self.temporary, -64, 0)

    def offset(self, base: str, low: int, high: int) -> str:
        step = self.pick(8, 8, 4, 1)
        number = max(low, min(high, self.rng.randrange(low, high + 1) // step * step))
        return base if number == 0 else f"{base}+{number}" if number > 0 else f"{base}-{-number}"

    def access(self, name: str | None = None, address: str | None = None) -> None:
        name = name or self.pick(*ACCESSES)
        op = BY_NAME[name][0]
        if op.result:
            address = address or self.address(ACCESSES[name])
            register = self.pick(*self.data)
            self.result(op, register, ())
        else:
            register = self.integer() if op.kinds == "integer" else self.any()
            address = address or self.address(ACCESSES[name])
        self.emit(f"{name} {register}, [{address}]")

    def accesses(self) -> None:
        for _ in self.times(1, 3):
            self.access()

    def burst(self) -> None:
        """Several accesses off one base, some of them overlapping, with something between them."""
        area, base = self.pick((BUFFERS[0], self.base), (self.high, self.high_base))
        near = self.rng.randrange(area.low, area.high - 24)
        for _ in self.times(2, 6):
            name = self.pick(*ACCESSES)
            number = max(area.low, min(near + self.pick(0, 8, 4, 16, 1, 3, 7, -8, -1), area.high - ACCESSES[name]))
            self.access(name, f"{base}+{number}" if number >= 0 else f"{base}-{-number}")
            if self.chance(40):
                self.operation()

    def modify(self) -> None:
        """Load, change, store at the same place."""
        load, store = self.pick(
            ("QLOAD", "QSTORE"), ("QLOADW", "QSTOREW"), ("QLOADSH", "QSTOREH"), ("QLOADB", "QSTOREB")
        )
        register = self.pick(*self.data)
        address = self.offset(self.base, -64, 248)
        self.emit(f"{load} {register}, [{address}]", f"QADD {register}, {self.pick('1', '-1', '0x101', '255')}")
        self.emit(f"{store} {register}, [{address}]")
        self.kinds[register] = "i"

    # -- system calls

    def system_call(self) -> None:
        number = self.pick(1, 7, 5, 4, 2, 8, 9, 12, 13, 14, 3, 6, 10, 11)
        if number in (1, 7):
            self.emit(self.pick(f"QINT r0, {self.any()}", f"QMOV r0, {self.integer()}"))
        elif number == 4:
            self.emit(f"QFLOAT r0, {self.any()}")
        elif number == 5:
            self.emit(f"QMOV r0, {self.pick('65', '0x269B', '10', '0xD800', '-1', '0x110000', '0x10FFFF', '128')}")
        elif number in (2, 14):
            texts = [f"text{index}" for index in range(len(TEXTS))]
            self.emit(f"QMOV r0, {self.pick(*texts, 'buffer + 8')}")
        elif number == 10:
            self.emit(f"QMOV r0, {self.offset(self.pick('buffer', 'text0'), 0, 40)}", f"QMOV r1, {self.pick(3, 0, 17)}")
        elif number == 11:
            place = self.pick("buffer + 30", "buffer", f"{self.high.address} + 3")
            self.emit(f"QMOV r0, {place}", f"QMOV r1, {self.pick(16, 3, 1, 0, 40)}")
        elif number == 13:
            self.emit(f"QMOV r0, {self.pick(0, 1, 2, 3, -1)}")
        if self.wild():
            self.emit(f"QMOV r0, {self.any()}")
        if self.chance(25):
            self.emit(f"QMOV {self.temporary}, {number}", f"QSYSCALL {self.temporary}")
        else:
            self.emit(f"QSYSCALL {number}")
        self.kinds["r0"] = self.kinds["r1"] = "?"

    # -- branches

    def branch(self, label: str) -> None:
        """Go to the label, or not, by data."""
        op = self.pick(*BRANCHES)
        if self.chance(30) and self.live:
            a, b = self.counters[self.rng.randrange(self.live)], self.pick("2", "1", "3", "5")
        elif op.kinds == "integer":
            a, b = self.integer(register=True), self.integer()
        else:
            a, b = self.any(), self.any()
        self.emit(f"{op.name} {a}, {b}, {label}")

    def diamond(self, depth: int) -> None:
        other, after = self.fresh("else"), self.fresh("after")
        has_else = self.chance(60)
        self.branch(other)
        before = dict(self.kinds)
        self.body(depth + 1)
        if has_else:
            self.emit(f"QJMP {after}")
        then, self.kinds = self.kinds, before
        self.place(other, joins=False)
        if has_else:
            self.body(depth + 1)
            self.place(after, joins=False)
        self.kinds = {name: kind for name, kind in self.kinds.items() if then.get(name) == kind}

    def kinds_by_path(self) -> None:
        """A register that is an integer on one path and a float on the other, then used."""
        register, other, after = self.pick(*self.data), self.fresh("else"), self.fresh("after")
        self.branch(other)
        self.emit(f"QMOV {register}, {self.pick(*INTEGERS)}", f"QJMP {after}")
        self.place(other, joins=False)
        self.emit(f"QMOV {register}, {self.pick(*REALS)}")
        self.place(after, joins=False)
        target = self.pick(*self.data)
        self.emit(f"{self.pick('QADD', 'QMUL', 'QSUB', 'QMIN', 'QMAX')} {target}, {register}, {self.any()}")
        self.kinds[register] = self.kinds[target] = "?"
        self.use(register)

    def use(self, register: str) -> None:
        """Use a register whose kind is not known, in a way that kinds change but do not stop."""
        self.emit(
            self.pick(
                f"QSTORE {register}, [{self.base}+8]",
                f"QNEG {register}",
                f"QABS {self.temporary}, {register}",
                f"QSLE {self.temporary}, {register}, 1",
                f"QPUSH {register}\n    QPOP {register}",
                f"QDIV {self.temporary}, {register}, -3",
                f"QFLOOR {self.temporary}, {register}",
            )
        )

    def changing_kinds(self) -> None:
        """A loop that turns a register's kind over, or swaps two of different kinds."""
        if self.live == len(self.counters) or self.weight > 30:
            return
        x, y, *_ = self.rotated(self.data)
        self.emit(f"QMOV {x}, {self.pick(*INTEGERS)}", f"QMOV {y}, {self.pick(*REALS)}")
        with self.loop(self.rng.randrange(2, 9)):
            way = self.rng.randrange(4)
            if way == 0:
                self.emit(f"QMOV {self.temporary}, {x}", f"QMOV {x}, {y}", f"QMOV {y}, {self.temporary}")
            elif way == 1:
                self.emit(f"QPUSH {x}, {y}", f"QPOP {x}, {y}")
            elif way == 2:
                counter = self.counters[self.live - 1]
                self.emit(f"QAND {self.temporary}, {counter}, 1", f"QSEL {x}, {self.temporary}, {x}, {y}")
            else:
                self.emit(f"QADD {x}, {y}", f"QINT {y}, {x}")
            self.use(x)
            self.use(y)

    # -- loops

    @contextmanager
    def loop(self, trips: int) -> Iterator[None]:
        """A counted loop, in one of its forms; what is written inside is its body."""
        head, after, on = self.fresh("loop"), self.fresh("after"), self.fresh("next")
        counter = self.counters[self.live]
        form = self.pick("down", "up", "while", "step")
        step = self.pick(2, 3, 5) if form == "step" else 1
        start = trips if form == "down" else 0
        self.emit(f"QMOV {counter}, {start}")
        self.place(head)
        if form == "while":
            self.emit(f"QJGE {counter}, {trips}, {after}")
        self.live, self.weight = self.live + 1, self.weight * trips
        self.exits.append(after)
        yield
        self.exits.pop()
        self.live, self.weight = self.live - 1, self.weight // trips
        if self.chance(20):
            # A way on from the middle of the body.
            position = next(i for i in range(len(self.lines) - 1, -1, -1) if self.lines[i] == f"{head}:") + 1
            self.lines.insert(position + (form == "while"), f"    QJEQ {counter}, 3, {on}")
        self.place(on)
        if form == "down":
            self.emit(f"QSUB {counter}, 1", f"{self.pick('QJNE', 'QJGT', 'QJGTU')} {counter}, 0, {head}")
        elif form == "while":
            self.emit(f"QADD {counter}, 1", f"QJMP {head}")
        else:
            self.emit(f"QADD {counter}, {step}", f"{self.pick('QJLT', 'QJLTU')} {counter}, {trips * step}, {head}")
        self.place(after)

    def counted(self, depth: int) -> None:
        bound = min(12, 120 // self.weight)
        if self.live == len(self.counters) or bound < 2:
            self.straight()
            return
        with self.loop(self.rng.randrange(2, bound + 1)):
            self.body(depth + 1)
            if self.chance(25):
                self.branch(self.pick(*reversed(self.exits)))
            self.body(depth + 1)

    def hot(self) -> None:
        """An inner loop of many turns and no branches."""
        if self.live == len(self.counters):
            return
        with self.loop(self.rng.randrange(4, max(6, 300 // self.weight))):
            for _ in self.times(1, 5):
                self.pick(self.operation, self.access, self.operation, self.modify)()

    def walk(self, depth: int) -> None:
        """A pointer over a buffer."""
        if self.live == len(self.counters) or self.reach is not None or self.weight > 40:
            return
        area = self.pick(*BUFFERS, *PLACES)
        stride, trips = self.pick(8, 4, 16, 1, 3), self.rng.randrange(2, 17)
        span = stride * (trips - 1)
        down = self.chance(30)
        back = self.pick(0, 8, 24)
        self.emit(f"QMOV {self.pointer}, {area.address} + {area.low + back + (span if down else 0)}")
        self.reach = (-back, area.high - area.low - span - back)
        with self.loop(trips):
            for _ in self.times(1, 4):
                self.pick(self.access, self.operation, self.access)()
            if depth < 3 and self.chance(40):
                self.body(depth + 1)
            # After the way on, so that every turn takes the step: fewer steps stay inside as well.
            self.emit(f"{'QSUB' if down else 'QADD'} {self.pointer}, {stride}")
        self.reach = None

    def by_data(self) -> None:
        """A loop whose end the data decide."""
        head, after = self.fresh("while"), self.fresh("after")
        x, y, *_ = self.rotated(self.data)
        way = self.rng.randrange(4)
        if way == 0:
            self.emit(f"QINT {x}")
            self.place(head)
            self.emit(f"QJEQ {x}, 0, {after}", f"QSHR {x}, {self.pick(1, 3)}", f"QADD {y}, {x}", f"QJMP {head}")
        elif way == 1:
            self.emit(f"QFLOAT {x}", f"QMIN {x}, {self.pick('1000.0', '1e15')}")
            self.place(head)
            self.emit(f"QJLE {x}, 1.0, {after}", f"QJNE {x}, {x}, {after}", f"QMUL {x}, 0.5", f"QSUB {y}, {x}")
            self.emit(f"QJMP {head}")
        elif way == 2:
            self.emit(f"QINT {x}", f"QINT {y}")
            self.place(head)
            self.emit(f"QJEQ {y}, 0, {after}", f"QMOV {self.temporary}, {y}", f"QMODU {y}, {x}, {y}")
            self.emit(f"QMOV {x}, {self.temporary}", f"QJMP {head}")
        else:
            self.emit(f"QINT {x}", f"QAND {x}, 0x3FF", f"QOR {x}, 1")
            odd = self.fresh("odd")
            self.place(head)
            self.emit(f"QJLE {x}, 1, {after}", f"QAND {self.temporary}, {x}, 1", f"QJNE {self.temporary}, 0, {odd}")
            self.emit(f"QSAR {x}, 1", f"QJMP {head}")
            self.place(odd)
            self.emit(f"QMUL {x}, 3", f"QADD {x}, 1", f"QJMP {head}")
        self.place(after)

    def irreducible(self) -> None:
        """A loop with two ways in."""
        if self.live == len(self.counters) or self.weight > 20:
            return
        head, middle = self.fresh("loop"), self.fresh("middle")
        counter = self.counters[self.live]
        self.emit(f"QMOV {counter}, {self.rng.randrange(2, 9)}")
        self.branch(middle)
        self.live += 1
        self.place(head)
        self.straight()
        self.place(middle)
        self.straight()
        self.emit(f"QSUB {counter}, 1", f"QJGT {counter}, 0, {head}")
        self.live -= 1

    # -- jumps and calls through registers

    def switch(self, depth: int) -> None:
        table, after = self.fresh("table"), self.fresh("after")
        cases = [self.fresh("case") for _ in self.times(2, 4)]
        size = 4
        rows = [cases[min(number, len(cases) - 1)] for number in range(size)]
        self.tables.append(f"{table}: .qword {', '.join(rows)}")
        self.emit(f"QAND {self.temporary}, {self.integer(register=True)}, {size - 1}", f"QSHL {self.temporary}, 3")
        self.emit(f"QADD {self.temporary}, {table}")
        self.emit(f"QLOAD {self.temporary}, [{self.temporary}]", f"QJMP {self.temporary}")
        for case in cases:
            self.place(case)
            self.body(depth + 1)
            if self.chance(70):
                self.emit(f"QJMP {after}")
        self.place(after)

    def push_loop(self) -> None:
        """Values pushed in one loop and popped in another."""
        if self.live == len(self.counters) or self.weight > 20:
            return
        trips, x, y = self.rng.randrange(2, 10), self.pick(*self.data), self.pick(*self.data)
        for line in (f"QPUSH {x}", f"QPOP {y}"):
            head, counter = self.fresh("loop"), self.counters[self.live]
            self.emit(f"QMOV {counter}, {trips}")
            self.place(head)
            self.emit(line, f"QADD {x}, {self.pick('1', '0.5', '-1')}")
            self.emit(f"QSUB {counter}, 1", f"QJNE {counter}, 0, {head}")
        self.kinds.clear()

    def peep(self) -> None:
        """Look at what is on the stack, and put it back."""
        if self.current is not None and self.current.shares:
            self.emit(f"QPOP {self.temporary}", f"QPUSH {self.temporary}")
            if self.chance(30):
                self.emit(f"QSTORE {self.temporary}, [{self.base}-8]")
        else:
            x, y, *_ = self.rotated(self.data)
            self.emit(f"QPUSH {x}, {y}", f"QPOP {self.pick(x, y)}, {y}")
            self.kinds[x] = self.kinds[y] = "?"

    def call(self) -> None:
        current = self.current
        if current is not None and current.is_leaf:
            self.straight()
            return
        routine = self.pick(*self.routines)
        if current is None and self.chance(50):
            self.emit(f"QMOV {self.fuel}, {self.shape.fuel}")
        if routine.args and not (self.shape.sloppy and self.chance(10)):
            self.emit(f"QPUSH {', '.join(self.any() for _ in range(routine.args))}")
        way = self.rng.randrange(100)
        if way < 75:
            self.emit(f"QCALL {routine.name}")
        elif way < 90:
            register = self.pick(self.temporary, *self.data)
            self.emit(f"QMOV {register}, {routine.name}", f"QCALL {register}")
        else:
            same = [
                other.name for other in self.routines if (other.args, other.results) == (routine.args, routine.results)
            ]
            table = self.fresh("table")
            self.tables.append(f"{table}: .qword {', '.join((same * 4)[:4])}")
            self.emit(f"QAND {self.temporary}, {self.integer(register=True)}, 3", f"QMUL {self.temporary}, 8")
            self.emit(f"QADD {self.temporary}, {table}", f"QLOAD {self.temporary}, [{self.temporary}]")
            self.emit(f"QCALL {self.temporary}")
        self.kinds.clear()
        if routine.results:
            self.emit(f"QPOP {', '.join(self.pick(*self.data) for _ in range(routine.results))}")

    # -- traps

    def trap(self) -> None:
        """Stores, then an instruction that traps, then one that must not be reached."""
        for _ in self.times(0, 3):
            self.pick(self.modify, self.accesses, self.operation)()
        x, temporary = self.pick(*self.data), self.temporary
        lost = self.fresh("lost")
        ways: dict[str, Callable[[], list[str]]] = {
            "zero": lambda: [
                f"QSUB {x}, {x}",
                f"QINT {x}",
                f"{self.pick('QDIV', 'QMOD')} {self.pick(*self.data)}, 7, {x}",
            ],
            "zero unsigned": lambda: [f"{self.pick('QDIVU', 'QMODU')} {x}, {self.integer()}, 0"],
            "address": lambda: [
                f"QMOV {temporary}, {self.pick('0xFFF', '0', '(1 << 36) - 1', '1 << 36', '-1', 'main')}",
                f"{self.pick(f'QLOADSH {x}', f'QLOADW {x}', 'QSTOREH 7', f'QSTORE {x}')}, [{temporary}]",
            ],
            "offset": lambda: [f"QMOV {temporary}, 0x1000", f"QLOADB {x}, [{temporary}-{self.pick(1, 8, 0x1001)}]"],
            "float address": lambda: [f"QFLOAT {temporary}, {self.base}", f"QSTORE {x}, [{temporary}+8]"],
            "kind": lambda: [
                f"QFLOAT {x}",
                self.pick(f"QAND {temporary}, {x}, 1", f"QSHL {x}, 2", f"QNOT {x}", f"QJLTU {x}, 1, {lost}"),
            ],
            "bits": lambda: [f"QINT {x}", f"QBITS {x}"],
            "print": lambda: ["QMOV r0, 2.5", "QSYSCALL 1"],
            "underflow": lambda: [f"{lost}:", f"QPOP {x}", f"QJMP {lost}"],
            "jump": lambda: [
                f"QMOV {temporary}, {self.pick(f'{self.routines[0].name} + 1', '0', '-1', 'buffer', '2.5')}",
                self.pick(f"QJMP {temporary}", f"QCALL {temporary}"),
            ],
            "system call": lambda: [f"QSYSCALL {self.pick(15, 0, -1, 1 << 40)}"],
            "trap": lambda: [f"QTRAP {self.pick(x, 'text0', 'text1', '7', '2.5')}"],
            "assert": lambda: [f"QINT {x}", f"QADD {temporary}, {x}, 1", f"QASSERT {x}, {temporary}"],
            "text": lambda: [f"QMOV r0, {self.pick(0, -8, '1 << 36')}", "QSYSCALL 2"],
        }
        lines = self.pick(*ways.values())()
        self.emit(*lines)
        if f"{lost}:" not in lines:
            self.place(lost)
        self.access("QSTORE")
        self.kinds.clear()

    def guarded_trap(self) -> None:
        """A trap that some later turn or call comes to."""
        after = self.fresh("after")
        if self.live:
            self.emit(f"QJNE {self.counters[0]}, {self.pick(1, 2)}, {after}")
        else:
            self.emit(f"QJNE {self.fuel}, {self.rng.randrange(1, self.shape.fuel // 2 + 2)}, {after}")
        self.trap()
        self.place(after)

    # -- bodies and routines

    def statement(self, depth: int) -> None:
        deeper: list[Callable[[], None]] = [
            lambda: self.counted(depth),
            lambda: self.diamond(depth),
            lambda: self.walk(depth),
            lambda: self.switch(depth),
            lambda: self.diamond(depth),
            lambda: self.counted(depth),
        ]
        flat: list[Callable[[], None]] = [
            self.straight, self.straight, self.accesses, self.constants, self.modify, self.burst, self.hot,
            self.kinds_by_path, self.changing_kinds, self.by_data, self.irreducible, self.push_loop, self.peep,
            self.system_call, self.assertion, self.remainders, self.idle, self.straight, self.accesses,
        ]  # fmt: skip
        calls = [self.call] * (4 if depth < 2 else 1)
        self.pick(*flat, *calls, *(deeper if depth < 3 else ()))()

    def body(self, depth: int) -> None:
        for _ in self.times(1, 3 if depth < 2 else 2):
            self.statement(depth)
        if self.current is not None and self.chance(6):
            # An early way out of the routine.
            after = self.fresh("after")
            self.branch(after)
            self.lines.append(EPILOGUE if not self.chance(5) else "    QHALT 5")
            self.place(after)

    def routine_shape(self, number: int) -> Routine:
        shares = self.chance(35)
        plain = shares or not self.chance(40)
        args, results = (0, 0) if plain else (self.rng.randrange(3), self.rng.randrange(3))
        return Routine(f"f{number}", args, results, is_leaf=not shares and self.chance(25), shares=shares)

    def routine(self, number: int) -> None:
        routine = self.current = self.routines[number]
        before, self.lines = self.lines, []
        self.kinds, self.weight = {}, 6
        for position in range(self.rng.randrange(1, self.shape.statements + 1)):
            if routine.shares and self.chance(30):
                routine.entries.append(f"{routine.name}_{position}")
                self.place(routine.entries[-1])
            if position == 0 and routine.name == self.guarded:
                self.special()
            self.statement(1)
        ending = self.ending(number)
        body, self.lines = self.lines, before
        saved = self.saved(routine, body)
        restore = [f"    QPOP {', '.join(self.restored(saved))}"] if saved else []
        self.prologue(routine, saved)
        for line in [*body, *ending]:
            self.lines += [*restore, *self.results(routine), "    QRET"] if line == EPILOGUE else [line]
            if line == RESTORE:
                self.lines[-1:] = restore
        self.stubs += [f"{routine.name}_out:", *self.results(routine), "    QRET"]
        self.current = None

    def special(self) -> None:
        """What makes the program trap late, or never end."""
        if self.shape.finish == "trap":
            self.guarded_trap()
        elif self.shape.finish == "endless" and self.current is not None and not self.current.args:
            self.emit(f"QCALL {self.current.name}")

    def prologue(self, routine: Routine, saved: Sequence[str]) -> None:
        self.place(routine.name)
        if routine.args:
            self.emit(f"QPOP {', '.join(self.pick(*self.data) for _ in range(routine.args))}")
        is_bounded = self.shape.finish != "endless" or routine.name != self.guarded
        if not routine.is_leaf and is_bounded:
            self.emit(f"QSUB {self.fuel}, 1", f"QJLE {self.fuel}, 0, {routine.name}_out")
        if saved:
            self.emit(f"QPUSH {', '.join(saved)}")

    def results(self, routine: Routine) -> list[str]:
        return [f"    QPUSH {', '.join(self.any() for _ in range(routine.results))}"] if routine.results else []

    def ending(self, number: int) -> list[str]:
        """The routine's last lines: back to its caller, on in another routine, or simply into the next."""
        routine = self.routines[number]
        if routine.args or routine.results:
            return [EPILOGUE]
        entries = [label for other in self.routines[:number] if routine.shares for label in other.entries]
        if entries and self.chance(40):
            return [f"    QJMP {self.pick(*entries)}"]
        others = [other for other in self.routines[number + routine.is_leaf :] if not other.args and not other.results]
        if others and self.chance(20):
            return [RESTORE, f"    QJMP {self.pick(*others).name}"]
        if others and others[-1] is not routine and self.routines[number + 1] in others and self.chance(25):
            return [RESTORE]
        return [EPILOGUE]

    def saved(self, routine: Routine, body: Sequence[str]) -> list[str]:
        """What the routine pushes first: of the callers' registers those that it uses, and some others."""
        if routine.shares:
            return self.reserved
        used = set(re.findall(r"\br\d+\b", "\n".join(body)))
        needed = [register for register in self.reserved if register in used]
        needed += [register for register in self.data[2:] if self.chance(15)]
        if self.shape.sloppy and needed and self.chance(30):
            needed.pop()
        return self.rotated(needed) if needed else needed

    def restored(self, saved: Sequence[str]) -> list[str]:
        """What it pops last."""
        names = list(reversed(saved))
        if self.shape.sloppy and self.chance(30):
            names = self.pick(names[:-1] or names, list(saved), [*names, self.temporary])
        return names

    # -- the whole

    def main(self) -> None:
        self.current, self.weight = None, 1
        self.place("main")
        self.emit(f"QMOV {self.base}, buffer", f"QMOV {self.high_base}, {self.high.address}")
        self.emit(f"QMOV {self.fuel}, {self.shape.fuel}")
        self.constants()
        if self.shape.finish == "endless" and self.chance(50):
            again = self.fresh("again")
            self.place(again)
            self.body(1)
            self.call()
            self.emit(f"QJMP {again}")
        for _ in self.times(1, 1 + self.shape.statements // 2):
            self.statement(0)
        if self.chance(65):
            with self.loop(self.rng.randrange(2, 16)):
                for _ in self.times(2, self.shape.statements + 2):
                    self.statement(1)
        for _ in self.times(1, 1 + self.shape.statements // 2):
            self.statement(0)
        if self.shape.finish == "trap":
            self.trap()
        for register in self.data:
            self.emit(f"QSTORE {register}, [{self.offset(self.base, -64, 192)}]")
        self.emit(self.pick("QHALT", "QRET", "QHALT 3", f"QINT {self.temporary}, r0\n    QHALT {self.temporary}"))

    def deep(self) -> None:
        """A program that fills a stack."""
        self.place("main")
        x, y = self.data[2], self.data[3]
        self.emit(f"QMOV {self.base}, buffer", f"QMOV {x}, {self.pick(*REALS)}", f"QMOV {y}, {self.pick(*INTEGERS)}")
        lines = [
            line
            for line in (f"QADD {x}, 1", f"QSTORE {x}, [{self.base}+8]", f"QXOR {y}, 5", f"QPUSH {y}")
            if self.chance(35)
        ]
        self.place("f0")
        self.emit(*lines)
        if self.chance(50):
            self.emit(f"QPUSH {x}, {y}", "QJMP f0")
        else:
            self.emit("QCALL f1", "QRET")
            self.place("f1")
            self.emit(self.pick("QNOP", f"QSUB {x}, 1", f"QPUSH {x}"), f"QCALL {self.pick('f0', 'f1')}")
            self.emit(f"QADD {y}, 1", "QRET")

    def text(self) -> str:
        """The source."""
        if self.shape.finish == "deep":
            self.deep()
            return "\n".join((*self.data_section(), ".text", *self.lines, ""))
        for number in range(len(self.routines)):
            self.routine(number)
        routines, self.lines = self.lines, []
        self.main()
        runs_out = self.shape.finish == "trap" and self.chance(5)
        if runs_out:
            # Past the last instruction.
            position = next(i for i in range(len(self.lines) - 1, -1, -1) if self.lines[i].startswith("    QSTORE")) + 1
            parts = [*routines, *self.stubs, *self.lines[:position]]
        else:
            parts = [*self.lines, *routines, *self.stubs]
        return "\n".join((*self.data_section(), ".text", *parts, ""))

    def data_section(self) -> list[str]:
        texts = [f'text{number}: .asciz "{text}"' for number, text in enumerate(TEXTS)]
        words = [self.pick(*INTEGERS, *PATTERNS) for _ in self.times(1, 12)]
        reals = [self.pick(*REALS) for _ in self.times(1, 12)]
        room = 256 - 8 * len(words) - 8 * len(reals)
        buffer = [f"    .qword {', '.join(words)}", f"    .double {', '.join(reals)}", f"    .space {room}"]
        return [".data", *texts, *self.tables, ".align 8", "    .space 128", "buffer:", *buffer, "    .space 128"]


def source(rng: random.Random, size: int = 2) -> str:
    """A program's text; ``size``: 1 for small programs, 2 and more for larger."""
    return Writer(rng, size).text()
