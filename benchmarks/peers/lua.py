"""LuaJIT (package ``lupa``): the programs of ``benchmarks/lua``, one function a file."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

from benchmarks.suite import HERE, Answer, Benchmark

LUA = HERE / "lua"
_LOAD = """
package.path = '{folder}/?.lua;' .. package.path
local run = dofile('{path}')
return function(size)
  local answer = run(size)
  if type(answer) == 'cdata' then return (tostring(answer):gsub('U?LL$', '')) end
  return string.format('%.17g', answer)
end
"""


@cache
def _runtime() -> Any | None:
    for name in ("luajit21", "luajit20"):
        try:
            runtime = importlib.import_module(f"lupa.{name}").LuaRuntime()
        except ImportError:
            continue
        # More machine code than its 512 KB: all programs share one runtime.
        runtime.execute("jit.opt.start('maxmcode=8192', 'maxtrace=4000')")
        return runtime
    return None


@cache
def function(benchmark: Benchmark) -> Callable[[int], Answer] | None:
    """The program as a function; None without LuaJIT, or where there is no such program."""
    path = LUA / f"{benchmark.name}.lua"
    runtime = _runtime()
    if runtime is None or not path.exists():
        return None
    run = runtime.execute(_LOAD.format(folder=LUA, path=path))
    return lambda size: benchmark.answer(run(size))
