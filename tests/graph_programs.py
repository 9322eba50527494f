"""Random programs whose control flow is any graph: what no compiler writes, and an assembler lets everybody write.

Blocks jump to any block, by branches, through registers and through tables in memory; loops have several ways in;
routines share blocks, are called in each of these ways, and leave values on the stack for their callers and callees;
labels at the very end are called, jumped to and offered to the host; some programs have quantum instructions.

``python -m tests.graph_cases SEED`` prints the program of a seed."""

from __future__ import annotations

import random
from typing import Final

from tests.structured_programs import INTEGERS, REALS

DATA: Final = tuple(f"r{number}" for number in range(8))
QUBITS: Final = ("r8", "r9", "r10", "r11")
BASE, TARGET, INDEX, FUEL = "r12", "r13", "r14", "r15"
_ON_NUMBERS: Final = ("QADD", "QSUB", "QMUL", "QMIN", "QMAX")
_ON_INTEGERS: Final = ("QAND", "QOR", "QXOR", "QSHL", "QSHR", "QROL", "QMULH")
_BRANCHES: Final = ("QJEQ", "QJNE", "QJLT", "QJLE", "QJGT", "QJGE")
_UNSIGNED: Final = ("QJLTU", "QJGEU")
_ANGLES: Final = ("0.5", "1.5707963267948966", "-2.25", "3", "r4")


class GraphWriter:
    """Writes one program. Every second block or so takes fuel, so that most programs end."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.has_qubits = rng.random() < 0.05
        self.is_integer = rng.random() < 0.6
        """Whether its numbers are integers only, so that few programs end by a wrong kind."""
        self.keeps_stack = rng.random() < 0.5
        """Whether pushes and pops of a block are equal, so that units are tidy."""
        routines = rng.randrange(1, 6)
        self.routines = [[f"f{number}_{block}" for block in range(rng.randrange(1, 9))] for number in range(routines)]
        self.blocks = [name for routine in self.routines for name in routine]
        self.mixes = rng.random() < 0.3
        """Whether jumps lead into other routines too."""
        self.end = "end" if rng.random() < 0.3 else ""
        """A label behind the last instruction."""
        self.lines: list[str] = []
        self.tables: list[str] = []

    # -- parts

    def emit(self, *lines: str) -> None:
        self.lines += (f"    {line}" for line in lines)

    def data(self) -> str:
        return self.rng.choice(DATA)

    def number(self) -> str:
        if self.rng.random() < 0.75:
            return self.data()
        return self.rng.choice(INTEGERS if self.is_integer or self.rng.random() < 0.5 else REALS)

    def place(self, routine: list[str]) -> str:
        """A label to jump to."""
        return self.rng.choice(self.blocks if self.mixes and self.rng.random() < 0.3 else routine)

    def entry(self) -> str:
        """A label to call."""
        if self.mixes and self.rng.random() < 0.2:
            return self.rng.choice(self.blocks)
        return self.rng.choice(self.routines)[0]

    def table(self, names: list[str]) -> str:
        """A table in memory; its label. Some share one."""
        if self.tables and self.rng.random() < 0.3:
            return f"table{self.rng.randrange(len(self.tables))}"
        self.tables.append(f"table{len(self.tables)}: .qword {', '.join((names * 8)[:8])}")
        return f"table{len(self.tables) - 1}"

    def load_target(self, names: list[str]) -> None:
        """A code address into the target register: from a table, or from the program."""
        if self.end and self.rng.random() < 0.1:
            # To jump there directly is an error of the source.
            names = [*names, self.end]
        if self.rng.random() < 0.3:
            self.emit(f"QMOV {TARGET}, {self.rng.choice(names)}")
            return
        if not self.is_integer or self.rng.random() < 0.1:
            self.emit(f"QINT {INDEX}, {self.data()}", f"QAND {INDEX}, 7")
        else:
            self.emit(f"QAND {INDEX}, {self.data()}, 7")
        table = self.table(names)
        if self.rng.random() < 0.5:
            self.emit(f"QSHL {INDEX}, 3", f"QLOAD {TARGET}, [{INDEX}+{table}]")
        else:
            self.emit(f"QMUL {INDEX}, 8", f"QADD {INDEX}, {table}", f"QLOAD {TARGET}, [{INDEX}]")

    def straight(self) -> None:
        way = self.rng.random()
        if way < 0.6:
            self.emit(f"{self.rng.choice(_ON_NUMBERS)} {self.data()}, {self.number()}, {self.number()}")
        elif way < 0.75 and self.is_integer:
            self.emit(f"{self.rng.choice(_ON_INTEGERS)} {self.data()}, {self.number()}, {self.number()}")
        elif way < 0.8:
            self.emit(f"QMOV {self.data()}, {self.number()}")
        elif way < 0.85:
            self.emit(f"QINT {self.data()}" if self.is_integer else f"QFLOAT {self.data()}")
        elif way < 0.93:
            offset = 8 * self.rng.randrange(16)
            self.emit(
                f"QSTORE {self.number()}, [{BASE}+{offset}]"
                if self.rng.random() < 0.5
                else f"QLOAD {self.data()}, [{BASE}+{offset}]"
            )
        elif way < 0.96:
            self.emit(f"QMOV r0, {self.rng.choice(('65', '10', '0x269B'))}", "QSYSCALL 5")
        elif self.has_qubits:
            self.quantum()
        else:
            self.emit(f"QSEL {self.data()}, {FUEL}, {self.number()}, {self.number()}")

    def quantum(self) -> None:
        a, b, c, _ = self.rng.sample(QUBITS, 4)
        way = self.rng.random()
        if way < 0.7:
            gate = self.rng.choice(("QH", "QX", "QS", "QRX", "QCX", "QCX", "QSWAP", "QCP", "QRZZ", "QCCX", "QSIGMA"))
            qubits = {"QCCX": (a, b, c)}.get(gate, (a, b) if gate in ("QCX", "QSWAP", "QCP", "QRZZ") else (a,))
            angle = (self.rng.choice(_ANGLES[:4]),) if gate in ("QRX", "QCP", "QRZZ", "QSIGMA") else ()
            self.emit(f"{gate} {', '.join((*qubits, *angle))}")
        elif way < 0.8:
            self.emit(f"QMEAS {self.data()}, {a}")
        elif way < 0.9:
            self.emit(self.rng.choice((f"QRESET {a}", f"QPROB r4, {a}", "QBARRIER")))
        else:
            self.emit(f"QFREE {a}", f"QALLOC {a}, 1")

    def stack(self) -> None:
        """Values onto or off the stack, which need not be those of this routine."""
        count = self.rng.randrange(1, 4)
        names = ", ".join(self.rng.choice(DATA) for _ in range(count))
        if self.keeps_stack:
            self.emit(f"QPUSH {names}")
            self.straight()
            self.emit(f"QPOP {', '.join(self.rng.choice(DATA) for _ in range(count))}")
        elif self.rng.random() < 0.6:
            self.emit(f"QPUSH {names}")
        else:
            self.emit(f"QPOP {names}")

    def call(self) -> None:
        kept = self.rng.randrange(3) if self.rng.random() < 0.5 else 0
        if kept:
            self.emit(f"QPUSH {', '.join(self.rng.choice(DATA) for _ in range(kept))}")
        if self.rng.random() < 0.5:
            self.emit(f"QCALL {self.entry()}")
        else:
            self.load_target([self.entry() for _ in range(self.rng.randrange(1, 5))])
            self.emit(f"QCALL {TARGET}")
        if kept:
            self.emit(f"QPOP {', '.join(self.rng.choice(DATA) for _ in range(kept))}")

    # -- blocks

    def block(self, name: str, routine: list[str]) -> None:
        self.lines.append(f"{name}:")
        if self.rng.random() < 0.6:
            self.emit(f"QSUB {FUEL}, 1", f"QJLE {FUEL}, 0, stop")
        for _ in range(self.rng.randrange(4)):
            (self.straight if self.rng.random() < 0.85 else self.stack)()
        if self.rng.random() < 0.25:
            self.call()
        if self.has_qubits and self.rng.random() < 0.4:
            self.quantum()
        self.leave(name, routine)

    def leave(self, name: str, routine: list[str]) -> None:
        way = self.rng.random()
        if way < 0.45:
            for _ in range(self.rng.choice((1, 1, 2))):
                a, b = self.data(), self.number()
                if self.rng.random() < 0.3:
                    a, b = FUEL, str(self.rng.randrange(60))
                jumps = _UNSIGNED if self.is_integer and self.rng.random() < 0.2 else _BRANCHES
                self.emit(f"{self.rng.choice(jumps)} {a}, {b}, {self.place(routine)}")
        elif way < 0.7:
            self.load_target([self.place(routine) for _ in range(self.rng.randrange(1, 6))])
            self.emit(f"QJMP {TARGET}")
        elif way < 0.8:
            self.emit(f"QJMP {self.place(routine)}")
        elif way < 0.9 and name != routine[0]:
            self.emit("QRET")
        # Else control falls through, out of the routine at its end.

    def text(self) -> str:
        """The source."""
        rng = self.rng
        fuel = rng.randrange(5, 60) if self.has_qubits else rng.choice((30, 300, 3000))
        self.lines.append("main:")
        self.emit(f"QMOV {BASE}, buffer", f"QMOV {FUEL}, {fuel}")
        for register in DATA:
            if rng.random() < 0.6:
                self.emit(f"QMOV {register}, {rng.choice(INTEGERS if self.is_integer else INTEGERS + REALS)}")
        if self.has_qubits:
            self.emit(*(f"QALLOC {register}, 1" for register in QUBITS))
        if rng.random() < 0.5:
            self.emit(f"QCALL {self.entry()}", "QJMP stop")
        for number, routine in enumerate(self.routines):
            for name in routine:
                self.block(name, routine)
            if number + 1 == len(self.routines) or rng.random() < 0.7:
                self.emit("QRET")
        self.lines.append("stop:")
        self.emit(*(f"QSTORE {register}, [{BASE}+{8 * i}]" for i, register in enumerate(DATA)))
        self.emit(rng.choice(("QHALT", "QRET", "QHALT 3")))
        self.lines.append(".query_interface")
        for number in range(rng.randrange(3)):
            self.lines.append(f"ask{number}:")
            for _ in range(rng.randrange(1, 4)):
                self.straight()
            if rng.random() < 0.5:
                self.emit(f"QMOV {FUEL}, 20", f"QMOV {BASE}, buffer")
                self.call()
            if rng.random() < 0.3:
                self.emit(f"QJMP {rng.choice(self.blocks)}")
            elif rng.random() < 0.9:
                self.emit("QRET")
        if self.end:
            self.lines.append(f"{self.end}:")
        return "\n".join((*self.lines, ".data", *self.tables, ".align 8", "buffer: .space 256", ""))
