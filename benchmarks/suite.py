"""What is measured: the programs with their sizes, and the commands as whole processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qbcc.library import stdlib_dir

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
    library: str = ""
    """A program of the standard library instead of ``NAME.qbc``. Its answer is the output buffer's checksum."""
    define: str = ""
    """The constant that is its size, as such a program takes no argument."""

    @property
    def path(self) -> Path:
        """The program's source."""
        if self.library:
            return stdlib_dir() / f"{self.library}.qbc"
        return PROGRAMS / f"{self.name}.qbc"


# Legend: name, group, what it does, size, small size, how to read the answer, Python peer.
BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    Benchmark("loop", "loop", "linear congruential generator", 10_000_000, 1_000, int, "loops.loop"),
    Benchmark("collatz", "loop", "branches on data", 120_000, 1_000, int, "loops.collatz"),
    Benchmark("fib", "call", "recursion", 32, 15, int, "loops.fib"),
    Benchmark("nqueens", "call", "recursion with bit masks", 13, 8, int, "loops.nqueens"),
    Benchmark("sieve", "memory", "byte stores at a stride", 6_000_000, 1_000, int, "memory.sieve"),
    Benchmark("matrix", "memory", "product of float matrices", 220, 12, float, "memory.matrix"),
    Benchmark("copy", "memory", "words, then bytes", 500_000, 100, int, "memory.copy"),
    Benchmark("quicksort", "memory", "recursion, branches on data", 800_000, 1_000, int, "memory.quicksort"),
    Benchmark("fannkuch", "memory", "permutations of few words", 9, 7, int, "memory.fannkuch"),
    Benchmark("sha256", "memory", "rotations of 32 bits", 2_000_000, 1_000, int, "hashing.sha256"),
    Benchmark("mandelbrot", "float", "floats in registers", 700, 20, int, "floats.mandelbrot"),
    Benchmark("nbody", "float", "floats in memory", 150_000, 1_000, float, "floats.nbody"),
    Benchmark("spectral", "float", "division", 400, 100, float, "floats.spectral"),
    Benchmark("jinvariant", "float", "sines and exponentials", 600, 30, float, "moonshine.jinvariant"),
    Benchmark("text", "string", "decimal digits, FNV-1a", 600_000, 1_000, int, "strings.text"),
    Benchmark("strings", "string", "a growing text", 400_000, 1_000, int, "strings.strings"),
    Benchmark("print", "string", "system calls", 100_000, 100, str, "strings.lines", compiled=False),
    Benchmark(
        "table",
        "table",
        "the routing table",
        196_883,
        1_000,
        int,
        "moonshine.table",
        library="moonshine_instantiate",
        define="MOONSHINE_DIMENSION",
    ),
)

STANDARD: Final = (
    "fib", "sieve", "mandelbrot", "nbody", "spectral", "fannkuch", "matrix", "nqueens", "sha256", "quicksort",
    "strings", "jinvariant", "table",
)  # fmt: skip
"""The programs that languages are compared by."""

ASSEMBLER_LINES: Final = 200_000
ASSEMBLER_SMALL: Final = 2_000

START: Final = "start-up"
TABLE: Final = "table-file"
ASSEMBLER: Final = "assembler"
NAMES: Final = (*(benchmark.name for benchmark in BENCHMARKS), START, TABLE, ASSEMBLER)
"""Everything that ``--only`` accepts."""
