"""What is measured: the programs with their sizes, and the commands as whole processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PROGRAMS: Final = HERE / "programs"
C_SOURCE: Final = HERE / "c" / "benchmarks.c"

Answer = int | float | str


@dataclass(frozen=True)
class Benchmark:
    """A program that several contenders run by the same algorithm."""

    name: str
    """``NAME.qbc``, and the C function."""
    group: str
    about: str
    size: int
    """Its argument: large enough for a few tenths of a second in the interpreter."""
    small: int
    """The size for tests and warming up."""
    answer: Callable[[str], Answer]
    """Makes the answer of what the program printed."""
    peer: str
    """``module.function`` below :mod:`benchmarks.peers`."""
    compiled: bool = True
    """Whether Numba and C have it."""

    @property
    def path(self) -> Path:
        """The program's source."""
        return PROGRAMS / f"{self.name}.qbc"


# Legend: name, group, what it does, size, small size, how to read the answer, Python peer.
BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    Benchmark("loop", "loop", "linear congruential generator", 10_000_000, 1_000, int, "loops.loop"),
    Benchmark("collatz", "loop", "branches on data", 120_000, 1_000, int, "loops.collatz"),
    Benchmark("fib", "call", "recursion", 32, 15, int, "loops.fib"),
    Benchmark("sieve", "memory", "byte stores at a stride", 6_000_000, 1_000, int, "memory.sieve"),
    Benchmark("matrix", "memory", "product of float matrices", 220, 12, float, "memory.matrix"),
    Benchmark("copy", "memory", "words, then bytes", 500_000, 100, int, "memory.copy"),
    Benchmark("mandelbrot", "float", "floats in registers", 700, 20, int, "floats.mandelbrot"),
    Benchmark("nbody", "float", "floats in memory", 150_000, 1_000, float, "floats.nbody"),
    Benchmark("spectral", "float", "division", 400, 100, float, "floats.spectral"),
    Benchmark("text", "string", "decimal digits, FNV-1a", 600_000, 1_000, int, "strings.text"),
    Benchmark("print", "string", "system calls", 100_000, 100, str, "strings.lines", compiled=False),
)

ASSEMBLER_LINES: Final = 200_000
ASSEMBLER_SMALL: Final = 2_000

START: Final = "start-up"
TABLE: Final = "table"
ASSEMBLER: Final = "assembler"
NAMES: Final = (*(benchmark.name for benchmark in BENCHMARKS), START, TABLE, ASSEMBLER)
"""Everything that ``--only`` accepts."""
