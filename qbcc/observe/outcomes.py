"""Names of outcomes of many runs.

There is one order, Qiskit's: the first record is rightmost, in a string of bits as in a list of values. The heading of
a table says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qbcc import render
from qbcc.visible import visible
from vm.shots import Path, Value

ORDER: Final = "first rightmost"
"""How the values of an outcome are ordered, for headings."""
_NAMES: Final = 8
"""Names of records that a heading lists."""


def label(run: Path) -> str:
    """Return an outcome's name by itself: bits as one string, other values as a list."""
    return _named(run, is_bits=_is_bits(run))


def listed(run: Path) -> str:
    """Return an outcome's name as a list of values, bits too."""
    return _named(run, is_bits=False)


def labels(runs: Sequence[Path]) -> list[str]:
    """Return the names of the outcomes of one table, all in one form: strings of bits only if all values are bits."""
    is_bits = all(map(_is_bits, runs))
    return [_named(run, is_bits=is_bits) for run in runs]


def counted(shots: int) -> str:
    """Return a number of shots: ``1 shot``, ``1,000 shots``."""
    return f"{shots:,} shot{'s' * (shots != 1)}"


def heading(shots: int, runs: Sequence[Path]) -> str:
    """Return what is counted, in which order: ``1,000 shots of a, b (first rightmost)``."""
    names = list(dict.fromkeys(visible(name) for run in runs for name, _ in run.recorded))
    of = f" of {', '.join(names[:_NAMES])}{', …' * (len(names) > _NAMES)}" if names else ""
    return f"{counted(shots)}{of}{f' ({ORDER})' if is_ordered(runs) else ''}"


def is_ordered(runs: Sequence[Path]) -> bool:
    """Tell whether an outcome has several values."""
    return any(len(run.recorded) > 1 for run in runs)


def _is_bits(run: Path) -> bool:
    return all(isinstance(value, int) and value in (0, 1) for _, value in run.recorded)


def _named(run: Path, *, is_bits: bool) -> str:
    values = [value_text(value) for _, value in reversed(run.recorded)]
    ended = f" [status {run.outcome.status}]" if run.outcome.status else ""
    return (("" if is_bits else ", ").join(values) or "nothing") + ended


def value_text(value: Value) -> str:
    """As an outcome: an integer in decimal only."""
    return str(value) if isinstance(value, int) else render.number(value)
