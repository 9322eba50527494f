"""Which passes run, in which order, at each level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sigma.ir import Function, Program
from sigma.passes.addresses import arrange
from sigma.passes.arguments import fix_arguments
from sigma.passes.circuit import simplify_gates
from sigma.passes.flow import merge_blocks
from sigma.passes.hoist import hoist
from sigma.passes.induction import reduce_strength
from sigma.passes.inline import inline
from sigma.passes.slots import promote
from sigma.passes.tail import loop_tail_calls
from sigma.passes.values import number_values, remove_dead
from sigma.passes.versions import version_loops

Pass = Callable[[Function], None]
_PLAIN: Final[tuple[tuple[str, Pass], ...]] = (
    ("values", number_values),
    ("dead", remove_dead),
    ("flow", merge_blocks),
)
_FULL: Final[tuple[tuple[str, Pass], ...]] = (
    ("slots", promote),
    ("tail", loop_tail_calls),
    *_PLAIN,
    *_PLAIN,
    ("circuit", simplify_gates),
    ("addresses", arrange),
    *_PLAIN,
    ("hoist", hoist),
    *_PLAIN,
    ("versions", version_loops),
    *_PLAIN,
    ("induction", reduce_strength),
    *_PLAIN,
)
_WHOLE: Final[tuple[tuple[str, Callable[[Program], None]], ...]] = (
    ("inline", inline),
    ("arguments", fix_arguments),
)
"""Passes that see all functions at once."""
Dump = Callable[[str, Program], None]


def optimize(program: Program, level: int, dump: Dump | None = None) -> None:
    """Run the passes of a level. ``dump`` is called behind each, with its name."""
    if level == 0:
        return
    passes = _PLAIN if level == 1 else _FULL
    if level == 2:
        _run(program, _PLAIN, dump)
        for name, whole in _WHOLE:
            whole(program)
            if dump is not None:
                dump(name, program)
    _run(program, passes, dump)


def _run(program: Program, passes: tuple[tuple[str, Pass], ...], dump: Dump | None) -> None:
    for name, step in passes:
        for function in program.functions:
            step(function)
        if dump is not None:
            dump(name, program)
