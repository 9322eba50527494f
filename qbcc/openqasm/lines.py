"""The lines of a program that is made of OpenQASM: names, labels, data, and the records of its bits at the end."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Final

from qbcc.circuits import messages as messages_circuit

MOST_LINES: Final = 1_000_000
WORD: Final = 64
Place = tuple[str, int]
"""Of a bit: label and index."""
_DENOMINATORS: Final = (1, 2, 3, 4, 6, 8, 16, 32)
_RESERVED: Final = re.compile(r"(?:r\d+|main|bits|PI|OUTPUT_BUFFER|name_.*|loop_.*|word_.*|table_.*)", re.IGNORECASE)
_BITS: Final = """
; bits: r0 becomes the number whose r1 bits are the words from r0 on, the first the lowest
;   changes  r1, r2, r3
bits:
    QMOV r2, 0
@next:
    QSUB r1, 1
    QSHL r2, 1
    QSHL r3, r1, 3
    QADD r3, r0
    QLOAD r3, [r3]
    QOR r2, r3
    QJGT r1, 0, @next
    QMOV r0, r2
    QRET
"""


def angle(value: float) -> str:
    """A number as QBC has it: a multiple of π where that is exactly the same double."""
    for below in _DENOMINATORS:
        times = round(value * below / math.pi) if abs(value) < 1000 else 0
        if times and math.pi * abs(times) / below == abs(value):
            text = "-PI" if times < 0 else "PI"
            text += f"*{abs(times)}" if abs(times) > 1 else ""
            return text + (f"/{below}" if below > 1 else "")
    return repr(value)


def quoted(text: str) -> str:
    """A text inside a string of QBC."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


class Lines:
    """A program while it is written."""

    def __init__(self, name: str, where: Callable[[int], str] = str) -> None:
        """``where``: how a trap names a line of the text."""
        self.name = name
        self.where = where
        self.lines: list[str] = []
        self.defines: list[str] = []
        self.arrays: list[tuple[str, str, int]] = []
        """Registers of bits: label, the register's own name, bits."""
        self.data: list[str] = []
        self.indent = 1
        self.needs_bits = False
        self._names: set[str] = set()
        self._labels = 0
        self._loops = 0
        self._words = 0

    def own(self, wanted: str) -> str:
        """A name that is free in QBC, after that of the text."""
        name = re.sub(r"\W", "_", wanted, flags=re.ASCII) or "_"
        name = f"_{name}" if name[0].isdigit() else name
        while _RESERVED.fullmatch(name) or name in self._names:
            name += "_"
        self._names.add(name)
        return name

    def do(self, text: str, comment: str = "") -> None:
        """Add an instruction or a comment."""
        if len(self.lines) >= MOST_LINES:
            raise messages_circuit.unsupported(self.name, f"it takes more than {MOST_LINES:,} lines of QBC")
        line = "    " * self.indent + text
        self.lines.append(f"{line:<36}; {comment}" if comment else line)

    def label(self, kind: str) -> str:
        """A new local label."""
        self._labels += 1
        return f"@{kind}_{self._labels}"

    def mark(self, label: str) -> None:
        """The label is here."""
        self.lines.append(f"{label}:")

    def counter(self) -> str:
        """A new word for the count of a loop."""
        self._loops += 1
        self.data.append(f"loop_{self._loops}: .space 8")
        return f"loop_{self._loops}"

    def word(self) -> str:
        """A new word of memory without a name of its own."""
        self._words += 1
        self.data.append(f"word_{self._words}: .space 8")
        return f"word_{self._words}"

    def text(self, text: str) -> str:
        """A new text in memory."""
        self._words += 1
        self.data.append(f'word_{self._words}: .asciz "{quoted(text)}"')
        return f"word_{self._words}"

    def number(self, places: Sequence[Place]) -> None:
        """``r0`` becomes the number in bits that follow each other."""
        label, first = places[0]
        if len(places) == 1:
            self.do(f"QLOAD r0, {at(label, first)}")
            return
        self.needs_bits = True
        self.do(f"QMOV r0, {label}+{8 * first}" if first else f"QMOV r0, {label}")
        self.do(f"QMOV r1, {len(places)}")
        self.do("QCALL bits")

    def whole(self, version: int, qubits: int, bits: int, records: Sequence[tuple[str, str]] = ()) -> str:
        """The program; ``records``: names and labels of further words that are recorded."""
        if self.arrays or records:
            self.lines += ["", "    ; the result: each register as a number, its first bit the lowest"]
        names: list[tuple[str, str]] = []
        for label, shown, size in self.arrays:
            for first in range(0, size, WORD):
                count = min(WORD, size - first)
                self.number([(label, first + index) for index in range(count)])
                self._record(shown if size <= WORD else f"{shown}[{first}:{first + count - 1}]", names)
        for shown, label in records:
            self.do(f"{label}")
            self._record(shown, names)
        name = "".join(letter if letter.isprintable() else "?" for letter in self.name)
        head = [
            f"; {name}: OpenQASM {version}, {qubits} qubits, {bits} bits.",
            "; A bit is a word of memory; qubits are handles, which begin at 1.",
            "",
            ".define PI 3.141592653589793",
            *self.defines,
            "",
            "main:",
        ]
        if qubits:
            head += [f"    QALLOC r0, {qubits}", "    QASSERT r0, 1"]
        data = [f"{label}: .space {8 * size}" for label, _, size in self.arrays] + self.data
        data += [f'{label}: .asciz "{quoted(text)}"' for label, text in names]
        tail = ["    QHALT", *(_BITS.rstrip().split("\n") if self.needs_bits else ())]
        return "\n".join([*head, *self.lines, *tail, *(["", ".data", *data] if data else []), ""])

    def _record(self, shown: str, names: list[tuple[str, str]]) -> None:
        names.append((f"name_{len(names) + 1}", shown))
        self.do("QMOV r1, r0")
        self.do(f"QMOV r0, {names[-1][0]}")
        self.do("QSYSCALL 14")


def at(label: str, index: int = 0) -> str:
    """The address of a word."""
    return f"[{label}+{8 * index}]" if index else f"[{label}]"
