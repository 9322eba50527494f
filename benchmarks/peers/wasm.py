"""Wasmtime (package ``wasmtime``): the programs of ``benchmarks/wat``."""

from __future__ import annotations

import atexit
import importlib
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from benchmarks.suite import HERE, Answer, Benchmark

WAT = HERE / "wat"


@cache
def _module(name: str) -> tuple[Any, Any, Any, float] | None:
    """The library, its engine, a program's module, and the seconds that compiling it took."""
    try:
        wasmtime = importlib.import_module("wasmtime")
    except ImportError:
        return None
    config = wasmtime.Config()
    config.cranelift_opt_level = "speed"
    engine = wasmtime.Engine(config)
    start = time.perf_counter()
    module = wasmtime.Module(engine, (WAT / f"{name}.wat").read_text(encoding="utf-8"))
    return wasmtime, engine, module, time.perf_counter() - start


# Wasmtime's objects do not outlive its module, which Python takes apart at its end.
atexit.register(_module.cache_clear)


def prepare(benchmark: Benchmark) -> Callable[[], Callable[[int], Answer]] | None:
    """Makes a fresh instance whose function can be called; None without Wasmtime, or without such a program."""
    if not (WAT / f"{benchmark.name}.wat").exists():
        return None
    found = _module(benchmark.name)
    if found is None:
        return None
    wasmtime, engine, module, _ = found

    def instance() -> Callable[[int], Answer]:
        store = wasmtime.Store(engine)
        function = wasmtime.Instance(store, module, []).exports(store)[benchmark.name]
        return lambda size: function(store, size)

    return instance


def compile_seconds(benchmark: Benchmark) -> float:
    """What compiling the program took."""
    found = _module(benchmark.name)
    return found[3] if found is not None else 0.0
