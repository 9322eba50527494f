"""The contenders: each turns a benchmark and a size into a function that runs it once.

What is timed is the run alone: assembling, compiling and loading happen before, since users pay for them
once and the whole-process benchmarks measure them.
"""

from __future__ import annotations

import ctypes
import importlib
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.suite import C_SOURCE, Answer, Benchmark
from qbcc.assembly.assemble import Options, assemble
from qbcc.source import SourceFile
from vm.bytecode import ObjectFile
from vm.machine import Machine
from vm.output import read


@dataclass(frozen=True)
class Run:
    """One run: wall-clock seconds, its answer, and instructions where they are counted."""

    seconds: float
    answer: Answer
    instructions: int | None = None
    compiling: float = 0.0
    """Seconds that compiling took before, where it is known."""


Runner = Callable[[], Run]


class BenchmarkError(Exception):
    """A benchmark that does not build, does not run, or gives another answer than its peers."""


@cache
def build(path: Path, *defines: tuple[str, str]) -> ObjectFile:
    """The program at ``path``, assembled."""
    source = SourceFile(path.name, path.read_text(encoding="utf-8"), str(path))
    result = assemble(source, Options(defines=dict(defines)))
    if result.object is None:
        first = result.diagnostics[0]
        line = first.span.line if first.span else 0
        raise BenchmarkError(f"{path.name}:{line}: {first.message}")
    return result.object


def _machine(engine: str, benchmark: Benchmark, size: int) -> Runner:
    """The program on one of the machine's engines."""
    defines, args = (((benchmark.define, str(size)),), ()) if benchmark.define else ((), (size,))
    return machine(engine, benchmark, build(benchmark.path, *defines), args)


def machine(engine: str, benchmark: Benchmark, program: ObjectFile, args: Sequence[int]) -> Runner:
    """What was built of a program, on one of the machine's engines. Compiling comes before the run's time."""

    def run() -> Run:
        made = Machine(program, engine=engine, args=args)
        made.prepare()
        start = time.perf_counter()
        outcome = made.run()
        seconds = time.perf_counter() - start
        if outcome.status:
            reason = outcome.trap.message if outcome.trap else f"status {outcome.status}"
            raise BenchmarkError(f"{benchmark.name}: {reason}")
        return Run(seconds, benchmark.answer(_answer(benchmark, made)), outcome.count, made.compile_seconds)

    return run


def native(benchmark: Benchmark, size: int) -> Runner:
    """The program as machine code."""
    return _machine("native", benchmark, size)


def interp(benchmark: Benchmark, size: int) -> Runner:
    """The program in the interpreter."""
    return _machine("interp", benchmark, size)


def luajit(benchmark: Benchmark, size: int) -> Runner | None:
    """The same algorithm in LuaJIT; None where there is none."""
    from benchmarks.peers import lua

    function = lua.function(benchmark)
    return None if function is None else _timed(function, size)


def wasmtime(benchmark: Benchmark, size: int) -> Runner | None:
    """The same algorithm in WebAssembly, compiled by Wasmtime; None where there is none."""
    from benchmarks.peers import wasm

    instance = wasm.prepare(benchmark)
    if instance is None:
        return None
    compiling = wasm.compile_seconds(benchmark)

    def run() -> Run:
        function = instance()
        start = time.perf_counter()
        answer = function(size)
        return Run(time.perf_counter() - start, answer, None, compiling)

    return run


def _answer(benchmark: Benchmark, machine: Machine) -> str:
    if not benchmark.library:
        return machine.output.decode()
    checksum = read(machine.view).checksum
    return str(checksum - (checksum >> 63 << 64))


def python(benchmark: Benchmark, size: int) -> Runner:
    """The same algorithm in plain Python."""
    module, function = benchmark.peer.split(".")
    return _timed(getattr(importlib.import_module(f"benchmarks.peers.{module}"), function), size)


def numba(benchmark: Benchmark, size: int) -> Runner | None:
    """The same algorithm compiled by Numba; None where there is none."""
    if not benchmark.compiled:
        return None
    return _timed(getattr(importlib.import_module("benchmarks.peers.compiled"), benchmark.name), size)


def c(benchmark: Benchmark, size: int) -> Runner | None:
    """The same algorithm in C; None where there is none, or no compiler."""
    library = c_library()
    if library is None or not benchmark.compiled:
        return None
    function = library[benchmark.name]
    function.argtypes = [ctypes.c_int64]
    function.restype = ctypes.c_double if benchmark.answer is float else ctypes.c_int64
    return _timed(function, size, getattr(library, f"{benchmark.name}_release", None))


_FRESH: Final = 128 << 10
"""Bytes from which on C takes its arrays fresh from the system: what its library does in a process's first run."""
_M_MMAP_THRESHOLD: Final = -3


def _timed(function: Callable[[int], Answer], size: int, release: Callable[[], object] | None = None) -> Runner:
    """Times ``function``; ``release``, which frees what it left, is not timed, as the machine's end is not."""

    def run() -> Run:
        start = time.perf_counter()
        answer = function(size)
        seconds = time.perf_counter() - start
        if release:
            release()
        return Run(seconds, answer)

    return run


@cache
def c_library() -> ctypes.CDLL | None:
    """The C programs, compiled with ``gcc -O2`` and loaded; None where there is no gcc."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    with TemporaryDirectory() as folder:
        library = Path(folder) / "benchmarks.so"
        options = ["-O2", "-ffp-contract=off", "-shared", "-fPIC"]
        subprocess.run([compiler, *options, str(C_SOURCE), "-o", str(library), "-lm"], check=True)
        loaded = ctypes.CDLL(str(library))
        # Else the C library keeps the pages of one run for the next.
        if hasattr(loaded, "mallopt"):
            loaded.mallopt(_M_MMAP_THRESHOLD, _FRESH)
        return loaded


CONTENDERS: Final[dict[str, Callable[[Benchmark, int], Runner | None]]] = {
    "c": c,
    "native": native,
    "luajit": luajit,
    "wasmtime": wasmtime,
    "numba": numba,
    "interp": interp,
    "python": python,
}
"""By the name in results; ``c`` is the one that the others stand beside."""
