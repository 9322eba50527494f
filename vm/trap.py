"""Traps: why a program stopped, as data. Rendering them for people is the driver's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Legend: name, exit status, what it says.
TRAPS: Final[tuple[tuple[str, int, str], ...]] = (
    ("zero-division", 70, "zero division"),
    ("address", 71, "bad address"),
    ("kind", 72, "wrong kind"),
    ("overflow", 73, "stack overflow"),
    ("underflow", 74, "stack underflow"),
    ("jump", 75, "bad jump"),
    ("system-call", 76, "unknown system call"),
    ("trap", 77, "QTRAP"),
    ("assert", 78, "QASSERT"),
    ("instructions", 79, "instruction limit"),
    ("time", 80, "time limit"),
    ("memory", 81, "memory limit"),
    ("quantum", 82, "quantum fault"),
    ("backend", 83, "backend failure"),
    ("interrupt", 130, "interrupted"),
)

STATUS: Final[dict[str, int]] = {name: status for name, status, _ in TRAPS}
"""Exit status by trap name."""

TITLE: Final[dict[str, str]] = {name: title for name, _, title in TRAPS}


@dataclass(frozen=True, slots=True)
class Location:
    """An instruction and its place in the source."""

    pc: int
    """Instruction index."""
    file: str
    line: int
    column: int
    end_column: int
    text: str
    """The source line, empty if unknown."""
    routine: str
    """Nearest label at or before the instruction, empty if none."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An operand's value when the trap struck."""

    name: str
    """``r4``, or ``constant``."""
    value: int | float


@dataclass(frozen=True)
class Trap:
    """Why and where a program stopped."""

    name: str
    """A key of :data:`STATUS`."""
    message: str
    """One line: what happened, with the values."""
    location: Location | None
    operands: tuple[Operand, ...] = ()
    stack: tuple[Location, ...] = ()
    """The calls that lead there, innermost first (the call instructions); long ones are cut in the middle."""
    depth: int = 0
    """Calls in all, the cut ones included."""
    count: int = 0
    """Instructions executed, the trapping one included."""

    @property
    def status(self) -> int:
        """Exit status."""
        return STATUS[self.name]


class ObjectError(Exception):
    """An object file or image that is not what it says: damaged, hostile or of another version.

    ``reason`` is one line that says what is wrong and where.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FaultError(Exception):
    """A trap on its way to the machine: its name in :data:`STATUS` and one line."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
