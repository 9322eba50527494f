"""Random programs whose routines keep the registers of their callers, or do not: with losses by one call, by two and
three in a row, in loops, by recursion, by tables, by stubs that only save their argument, far from their use.

Every program ends on a machine whose calls keep r4 to r15 (:mod:`tests.qbcc.lint.keeping`), and prints what it holds."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

_STATE = 0x300000
"""Where the random numbers are that a program branches by; its argument is the first."""

_WORK = (
    ["QMUL {r}, r0, 3", "QADD r0, {r}"],
    ["QMOV {r}, r0", "QADD {r}, {k}", "QXOR r0, {r}"],
    ["QMOV {r}, {n}", "@{l}: QADD r0, {k}", "QSUB {r}, 1", "QJGT {r}, 0, @{l}"],
    ["QMOV {r}, {a}", "QSTORE r0, [{r}+8]", "QADD r0, 1"],
    ["QAND {r}, r0, 7", "QADD {r}, {k}", "QSTORE {r}, [{a}]", "QADD r0, {r}"],
    ["QAND {r}, r0, 0xff8", "QADD {r}, {a}", "QLOAD r1, [{r}]", "QADD r0, r1"],
    ["QADD {r}, r0, {k}", "QJLT {r}, 500, @{l}", "QADD r0, 1", "@{l}: QSUB r0, {r}"],
    ["QMOV {r}, {k}", "QSUB r0, {r}, r0"],
)
"""What a routine does with a register of its own."""
_STUBS = (
    ["QMOV {r}, r0"],
    ["QMOV {r}, r0", "QMOV r1, 5"],
    ["QMOV r1, r0", "QMOV {r}, r1"],
    ["QMOV {r}, {k}"],
    ["QADD {r}, r0, {k}"],
    ["QLOAD {r}, [{a}]", "QADD {r}, {k}", "QADD r0, {k}"],
)
"""What only leaves something there."""
_READS = (
    ["QADD r0, {r}", "QMOV {r}, {k}", "QMUL r0, {r}"],
    ["QMOV r1, {r}", "QSHL {r}, r0, 1", "QSUB r0, {r}, r1"],
    ["QSTORE {r}, [{a}]", "QMUL {r}, r0, r0", "QADD r0, {r}"],
)
"""What takes an argument there, and then works with it."""
_UPDATES = (
    ["QADD {r}, r0"],
    ["QSUB r1, {r}, r0", "QADD {r}, r1, {k}", "QADD r0, {r}"],
    ["QADD r0, {r}", "QADD {r}, 8"],
    ["QMOV r1, {n}", "@{l}: QADD r0, {r}", "QADD {r}, 3", "QSUB r1, 1", "QJGT r1, 0, @{l}"],
)
"""What takes an argument there and leaves it changed."""


@dataclass
class _Routine:
    """What a caller must know of one."""

    name: str
    takes: list[int] = field(default_factory=list)
    """Registers from r4 on that it reads."""
    gives: list[int] = field(default_factory=list)
    """Those that it returns, by contract."""


@dataclass(frozen=True)
class Program:
    """A source, and what it has."""

    text: str
    kinds: frozenset[str]


class _Writer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.data: list[str] = []
        self.labels = 0
        self.kinds: set[str] = set()
        self.routines: list[_Routine] = []
        self.tables: dict[str, list[_Routine]] = {}
        self.registers = sorted(self.random.sample(range(4, 16), self.random.randint(5, 9)))

    # -- small parts

    def label(self) -> str:
        self.labels += 1
        return f"l{self.labels}"

    def emit(self, *lines: str) -> None:
        self.lines += lines

    def number(self) -> int:
        # The low bits are how often a recursion goes down.
        return self.random.randrange(1000, 100_000) * 8 + 5

    def body(self, parts: list[str], register: int) -> list[str]:
        names = {
            "r": f"r{register}",
            "k": self.number(),
            "n": self.random.randint(2, 4),
            "a": hex(0x200000 + 64 * self.random.randrange(64)),
            "l": self.label(),
        }
        return [part.format(**names) for part in parts]

    def flip(self, label: str) -> None:
        """Go to a label, or not."""
        self.emit(f"QLOAD r1, [{_STATE:#x}]", "QMUL r1, 25173", "QADD r1, 13849", "QAND r1, r1, 0xffff")
        self.emit(f"QSTORE r1, [{_STATE:#x}]", "QAND r1, r1, 0x4000", f"QJEQ r1, 0, @{label}")

    def show(self, register: int) -> None:
        if register:
            self.emit(f"QMOV r0, r{register}")
        self.emit("QSYSCALL 1", "QMOV r0, 10", "QSYSCALL 5")

    # -- routines

    def leaf(self, name: str) -> _Routine:
        """A routine that calls none. It saves all that it uses, or some, or nothing."""
        rng, found = self.random, _Routine(name)
        style = rng.choices(
            ("work", "stub", "reads", "updates", "clean", "contract", "recursion"), (12, 5, 2, 0.5, 3, 2.5, 2.5)
        )[0]
        registers = rng.sample(self.registers, rng.randint(1, 3))
        saving = rng.choices(("none", "all", "some", "memory", "early", "clobbered"), (8, 3, 2, 1, 2, 1))[0]
        if style == "clean":
            self.emit(f"{name}:", f"QMUL r0, {rng.randint(3, 9)}", f"QADD r0, {self.number()}", "QRET")
            return found
        self.kinds.add(style)
        if style == "recursion":
            self.recursion(name, registers[0], saving)
            return found
        if style == "contract":
            self.contract(found, registers)
            return found
        parts: list[list[str]] = []
        for register in registers:
            choice = {"stub": _STUBS, "reads": _READS, "updates": _UPDATES}.get(style, _WORK)
            if register != registers[0]:
                choice = _WORK
            elif style in ("reads", "updates"):
                found.takes.append(register)
            parts.append(self.body(rng.choice(choice), register))
        self.framed(name, registers, parts, saving)
        return found

    def framed(self, name: str, registers: list[int], parts: list[list[str]], saving: str) -> None:
        """A routine with its saves and restores."""
        rng = self.random
        names = [f"r{register}" for register in registers]
        self.kinds.add(f"saves {saving}")
        saved = {"all": names, "some": names[: rng.randrange(len(names))], "early": []}.get(saving, [])
        if saving == "clobbered":
            self.emit(f".func {name}", ".args r0", ".returns r0", f".clobbers r0, r1, {', '.join(names)}")
        self.emit(f"{name}:")
        slot = f"slot_{name}"
        out = self.label()
        if saving == "early":
            # A way out before anything is changed.
            self.flip(out)
        if saving == "memory":
            self.data.append(f"{slot}: .space {8 * len(names)}")
            self.emit(*(f"QSTORE {each}, [{slot}+{8 * i}]" for i, each in enumerate(names)))
        if saved:
            self.emit(f"QPUSH {', '.join(saved)}")
        for part in parts:
            self.emit(*part)
        if saved:
            self.emit(f"QPOP {', '.join(reversed(saved))}")
        if saving == "memory":
            self.emit(*(f"QLOAD {each}, [{slot}+{8 * i}]" for i, each in enumerate(names)))
        self.emit(f"@{out}: QRET")
        if saving == "clobbered":
            self.emit(".endfunc")

    def recursion(self, name: str, register: int, saving: str) -> None:
        """A routine that calls itself, a few times: it saves its register or loses its own value."""
        out, slot = self.label(), f"slot_{name}"
        r = f"r{register}"
        self.kinds.add(f"recursion saves {saving}")
        self.emit(f"{name}:", "QAND r0, r0, 7", f"QJLE r0, 1, @{out}")
        if saving == "all":
            self.emit(f"QPUSH {r}")
        if saving == "memory":
            # The activation below stores there too.
            self.data.append(f"{slot}: .space 8")
            self.emit(f"QSTORE {r}, [{slot}]")
        self.emit(f"QMOV {r}, r0", "QSUB r0, 1", f"QCALL {name}", f"QADD r0, {r}")
        if saving == "all":
            self.emit(f"QPOP {r}")
        if saving == "memory":
            self.emit(f"QLOAD {r}, [{slot}]")
        self.emit(f"@{out}: QRET")

    def contract(self, found: _Routine, registers: list[int]) -> None:
        """A routine that takes and gives registers of its caller's, and says so."""
        rng = self.random
        given = registers[0]
        found.gives.append(given)
        args = ["r0"]
        if rng.random() < 0.5 and len(registers) > 1:
            found.takes.append(registers[1])
            args.append(f"r{registers[1]}")
        self.emit(f".func {found.name}", f".args {', '.join(args)}", f".returns r0, r{given}", f"{found.name}:")
        self.emit(f"QMUL r{given}, r0, {rng.randint(3, 9)}")
        if found.takes:
            self.emit(f"QADD r{given}, r{found.takes[0]}")
        self.emit("QADD r0, 1", "QRET", ".endfunc")

    def middle(self, name: str) -> _Routine:
        """A routine that holds values while it calls others."""
        rng = self.random
        saving = rng.choices(("none", "all"), (2, 3))[0]
        start = len(self.lines)
        held = self.segments(rng.randint(1, 2))
        inside = self.lines[start:]
        del self.lines[start:]
        names = [f"r{register}" for register in sorted(held)]
        self.emit(f"{name}:")
        if saving == "all" and names:
            self.emit(f"QPUSH {', '.join(names)}")
        # What it prints is in r0, and what it was given is not looked at again.
        self.emit(*inside, f"QMOV r0, {self.number()}")
        if saving == "all" and names:
            self.emit(f"QPOP {', '.join(reversed(names))}")
        self.emit("QRET")
        return _Routine(name)

    # -- what holds values

    def call(self, routine: _Routine, held: set[int]) -> None:
        """A call with its arguments."""
        for register in routine.takes:
            if register not in held:
                self.emit(f"QMOV r{register}, {self.number()}")
        self.emit(f"QMOV r0, {self.number()}", f"QCALL {routine.name}")

    def callees(self, count: int, used: set[int]) -> list[_Routine]:
        """Routines to call; what they return by contract is not among the registers in use."""
        fitting = [each for each in self.routines if used.isdisjoint(each.gives)]
        return [self.random.choice(fitting) for _ in range(count)] if fitting else []

    def segments(self, count: int) -> set[int]:
        """Pieces that hold registers over calls; the registers that they write."""
        found: set[int] = set()
        kinds = (self.straight, self.loop, self.branches, self.table, self.handed, self.implicit)
        for _ in range(count):
            found |= self.random.choices(kinds, (6, 4, 3, 1, 1, 1))[0]()
        return found

    def written(self, callees: list[_Routine]) -> set[int]:
        return {register for each in callees for register in (*each.takes, *each.gives)}

    def padding(self, callees: list[_Routine], held: set[int]) -> None:
        """Something between a value and its use."""
        rng = self.random
        for _ in range(rng.choice((0, 0, 1, 2, 12))):
            self.emit(
                rng.choice(
                    (f"QADD r1, r0, {rng.randint(1, 99)}", "QMOV r2, r0", f"QSTORE r0, [{hex(0x280000)}]", "QNOP")
                )
            )

    def use(self, register: int) -> None:
        rng, r = self.random, f"r{register}"
        way = rng.randrange(5)
        if way == 0:
            self.emit(f"QMUL r0, {r}, 3")
            self.show(0)
        elif way == 1:
            self.emit(f"QSTORE {r}, [0x290000]", "QLOAD r0, [0x290000]")
            self.show(0)
        elif way == 2:
            out = self.label()
            self.emit(f"QMOV r0, {r}", f"QJLT {r}, 400000, @{out}", "QNEG r0", f"@{out}:")
            self.show(0)
        else:
            self.show(register)

    def straight(self) -> set[int]:
        """Values over one call, two or three in a row."""
        rng = self.random
        held = set(rng.sample(self.registers, rng.randint(1, 3)))
        for register in sorted(held):
            if rng.random() < 0.3:
                self.emit(f"QMOV r0, {self.number()}", f"QMUL r0, {rng.randint(3, 9)}", f"QMOV r{register}, r0")
            else:
                self.emit(f"QMOV r{register}, {self.number()}")
        if rng.random() < 0.25:
            self.use(rng.choice(sorted(held)))
        callees = self.callees(rng.choice((1, 1, 2, 2, 3)), held)
        self.kinds.add(f"{len(callees)} in a row")
        for each in callees:
            self.call(each, held)
            if rng.random() < 0.3:
                self.show(0)
            self.padding(callees, held)
        if rng.random() < 0.15 and len(held) > 1:
            # A value that nobody needs any more.
            self.use(min(held))
        else:
            for register in sorted(held):
                self.use(register)
        return held | self.written(callees)

    def loop(self) -> set[int]:
        """A counter, and perhaps a sum, over calls."""
        rng = self.random
        counter, total = rng.sample(self.registers, 2)
        begin, up = self.label(), rng.random() < 0.6
        callees = self.callees(rng.choice((1, 1, 2)), {counter, total})
        self.kinds.add("loop")
        self.emit(f"QMOV r{counter}, {0 if up else 4}", f"QMOV r{total}, {self.number()}", f"@{begin}:")
        for each in callees:
            for register in each.takes:
                if register not in (counter, total):
                    self.emit(f"QMOV r{register}, {self.number()}")
            self.emit(f"QADD r0, r{counter}, {rng.choice((0, 1, self.number()))}", f"QCALL {each.name}")
            if rng.random() < 0.6:
                self.emit(f"QADD r{total}, r0")
        if rng.random() < 0.4:
            self.use(counter)
        self.emit(*([f"QADD r{counter}, 1", f"QJLT r{counter}, 4, @{begin}"] if up else
                    [f"QSUB r{counter}, r{counter}, 1", f"QJGT r{counter}, 0, @{begin}"]))  # fmt: skip
        self.use(total)
        return {counter, total} | self.written(callees)

    def branches(self) -> set[int]:
        """A value over calls of which the argument chooses one."""
        rng = self.random
        register = rng.choice(self.registers)
        other, out = self.label(), self.label()
        callees = self.callees(2, {register})
        self.kinds.add("branches")
        self.emit(f"QMOV r{register}, {self.number()}")
        self.flip(other)
        for each in callees[:1]:
            self.call(each, {register})
        self.emit(f"QJMP @{out}", f"@{other}:")
        for each in callees[1:] if rng.random() < 0.6 else []:
            self.call(each, {register})
        self.emit(f"@{out}:")
        self.padding(callees, {register})
        self.use(register)
        return {register} | self.written(callees)

    def table(self) -> set[int]:
        """A value over calls of all routines of the program's table."""
        rng = self.random
        counter, address, value = rng.sample(self.registers, 3)
        fitting = [each for each in self.routines if not each.takes and not each.gives]
        if len(fitting) < 2:
            return set()
        if "table" not in self.tables:
            # One table: where a register leads, the linter cannot tell several apart.
            self.tables["table"] = rng.sample(fitting, 2)
            self.data.append(f"table: .qword {', '.join(each.name for each in self.tables['table'])}")
        self.kinds.add("table")
        begin = self.label()
        self.emit(f"QMOV r{value}, {self.number()}", f"QMOV r{counter}, 0", f"@{begin}:")
        self.emit(f"QSHL r{address}, r{counter}, 3", f"QLOAD r{address}, [r{address}+table]")
        self.emit(f"QMOV r0, {self.number()}", f"QCALL r{address}")
        self.emit(f"QADD r{counter}, 1", f"QJLT r{counter}, 2, @{begin}")
        self.use(value)
        return {counter, address, value}

    def handed(self) -> set[int]:
        """What a routine with a contract gives, lost to the next call or used before it."""
        rng = self.random
        giving = [each for each in self.routines if each.gives]
        if not giving:
            return set()
        routine = rng.choice(giving)
        given = routine.gives[0]
        self.kinds.add("handed over")
        if rng.random() < 0.5:
            self.emit(f"QMOV r{given}, {self.number()}")
            self.use(given)
        self.call(routine, set())
        callees = self.callees(rng.choice((0, 1, 2)), {given})
        for each in callees:
            self.call(each, {given})
        self.use(given)
        return {given} | self.written([routine, *callees])

    def implicit(self) -> set[int]:
        """A register that a routine reads, lost to a call before."""
        rng = self.random
        taking = [each for each in self.routines if each.takes and not each.gives]
        if not taking:
            return set()
        routine = rng.choice(taking)
        self.kinds.add("argument in r4 to r15")
        taken = set(routine.takes)
        for register in sorted(taken):
            self.emit(f"QMOV r{register}, {self.number()}")
        callees = self.callees(rng.choice((1, 2)), taken)
        for each in callees:
            self.call(each, taken)
        self.emit(f"QMOV r0, {self.number()}", f"QCALL {routine.name}")
        self.show(0)
        return taken | self.written(callees)

    # -- the program

    def write(self) -> Program:
        rng = self.random
        parts: list[list[str]] = []
        count = rng.randint(2, 5)
        for number in range(count):
            self.lines = []
            name = f"{rng.choice(('compute', 'refine', 'note', 'step', 'mix'))}_{number}"
            is_middle = len(self.routines) > 1 and rng.random() < 0.35
            self.routines.append(self.middle(name) if is_middle else self.leaf(name))
            parts.append(self.lines)
        self.lines = ["main:", "QMOV r0, 0", "QSYSCALL 13", f"QSTORE r0, [{_STATE:#x}]"]
        self.segments(rng.randint(1, 3))
        self.emit("QHALT 0")
        rng.shuffle(parts)
        body = [*self.lines, *(line for part in parts for line in part)]
        text = "".join(line + "\n" if line[:1] in ".@" or line.endswith(":") else f"    {line}\n" for line in body)
        data = "".join(f"{line}\n" for line in self.data)
        return Program((f".data\n{data}.text\n" if data else "") + text, frozenset(self.kinds))


def program(seed: int) -> Program:
    """The program of a seed."""
    return _Writer(seed).write()
