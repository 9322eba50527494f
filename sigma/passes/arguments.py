"""Arguments that are the same number in every call need not be handed over."""

from __future__ import annotations

from sigma.builder import replace
from sigma.ir import Function, Op, Program


def fix_arguments(program: Program) -> None:
    """Put numbers and addresses of data in the place of parameters; take out parameters that nobody reads."""
    calls: dict[Function, list[tuple[Function, Op]]] = {}
    for function in program.functions:
        for op in function.ops():
            if op.code == "call" and isinstance(op.imm, Function):
                calls.setdefault(op.imm, []).append((function, op))
    for function in program.functions:
        if not (function.is_main or function.is_exported) and function in calls:
            _fix(function, calls[function])


def _fix(function: Function, calls: list[tuple[Function, Op]]) -> None:
    read = {arg for op in function.ops() for arg in op.args}
    read |= {arg for op in function.ops() for edge in op.edges for arg in edge.args}
    for place in range(len(function.params) - 1, -1, -1):
        param = function.params[place]
        # A recursive call that hands on what it was given changes nothing.
        given = [op.args[place] for _, op in calls if op.args[place] is not param]
        first = given[0] if given else None
        if first is not None and first.code in ("const", "addr") and all(_is_same(first, other) for other in given):
            value = function.const(first.imm) if first.code == "const" else function.addr(*first.imm)
            replace(function, {param: value})
        elif param in read:
            continue
        del function.params[place]
        for _, op in calls:
            del op.args[place]


def _is_same(a: Op, b: Op) -> bool:
    return a.code == b.code and a.type == b.type and repr(a.imm) == repr(b.imm)
