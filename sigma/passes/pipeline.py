"""Which passes run, in which order, at each level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sigma.ir import Function, Program
from sigma.passes.addresses import arrange
from sigma.passes.arguments import fix_arguments
from sigma.passes.checks import remove_checks
from sigma.passes.circuit import simplify_gates
from sigma.passes.flow import merge_blocks
from sigma.passes.hoist import hoist
from sigma.passes.induction import reduce_strength
from sigma.passes.inline import inline
from sigma.passes.slots import promote
from sigma.passes.tail import loop_tail_calls
from sigma.passes.values import number_values, remove_dead
from sigma.passes.versions import version_loops

Pass = Callable[[Function], bool]
"""Whether it changed the function."""
Dump = Callable[[str, Program], None]

PASSES: Final[dict[str, Pass]] = {
    "values": number_values,
    "checks": remove_checks,
    "dead": remove_dead,
    "flow": merge_blocks,
    "slots": promote,
    "tail": loop_tail_calls,
    "circuit": simplify_gates,
    "addresses": arrange,
    "hoist": hoist,
    "versions": version_loops,
    "induction": reduce_strength,
}
WHOLE: Final[dict[str, Callable[[Program], None]]] = {"inline": inline, "arguments": fix_arguments}
"""Passes that see all functions at once."""
_TIDY: Final = ("values", "dead", "flow")
_PROVE: Final = ("values", "checks", *_TIDY)
# Legend: passes, and what runs behind them where one of them changed something.
_STEPS: Final[dict[int, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]] = {
    0: (),
    1: ((_PROVE, ()),),
    2: (
        (_TIDY, ()),
        (tuple(WHOLE), ()),
        (("slots", "tail", *_PROVE), ()),
        (("circuit", "addresses"), _TIDY),
        (("hoist",), _TIDY),
        (("versions",), _PROVE),
        (("induction",), _TIDY),
    ),
}


def names(level: int) -> tuple[str, ...]:
    """The passes of a level, in the order in which they first run."""
    return tuple(dict.fromkeys(name for step in _STEPS[level] for part in step for name in part))


def optimize(program: Program, level: int, dump: Dump | None = None) -> None:
    """Run the passes of a level. ``dump`` is called behind each, with its name."""
    for passes, behind in _STEPS[level]:
        changed: set[Function] = set()
        for name in passes:
            if name in WHOLE:
                WHOLE[name](program)
            else:
                changed.update(function for function in program.functions if PASSES[name](function))
            if dump is not None:
                dump(name, program)
        for name in behind if changed else ():
            for function in program.functions:
                if function in changed:
                    PASSES[name](function)
            if dump is not None:
                dump(name, program)
