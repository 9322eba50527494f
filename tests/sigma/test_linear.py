"""Work of the compiler that must grow with a source no faster than its size: calls are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.sigma.support import LEVELS, build


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, Python's own included, that some work makes."""
    count = 0

    def note(_frame: object, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


_SHAPES = {
    "ints": lambda n: f"let a = [{', '.join(map(str, range(n)))}];",
    "floats": lambda n: f"let a = [{', '.join(f'{k}.5' for k in range(n))}];",
    "records": lambda n: f"let a = [{', '.join(f'P({k}, {k}.5)' for k in range(n))}];",
    "rows": lambda n: f"let a = [{', '.join(f'[{k}, {k + 1}]' for k in range(n))}];",
    "values": lambda n: f"var v = arguments(); let a = [{', '.join(f'v + {k}' for k in range(n))}];",
    "assignments": lambda n: f"var a = [0; {n}]; {' '.join(f'a[{k}] = {k};' for k in range(n))}",
    "two arrays": lambda n: f"var a = [0; {n}]; var b = a; {' '.join(f'a[{k}] = {k}; b[{k}] = a[{k}];' for k in range(n // 2))}",
}  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("shape", _SHAPES)
def test_a_large_array_takes_linear_time(shape: str, level: int) -> None:
    def work(size: int) -> int:
        text = (
            f'record P {{ x: int; y: float }}\nfn main() {{ {_SHAPES[shape](size)} let c = a; print("{{len(c)}}"); }}\n'
        )
        return calls(lambda: build(text, level))

    work(4)  # What is made once, such as the tables of the parser, does not count.
    assert work(800) < 2.3 * work(400)
