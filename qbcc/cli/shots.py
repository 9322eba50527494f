"""What came out of many runs: a table, bars, a picture, JSON."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from qbcc import driver, render
from qbcc.cli.common import fail, has_colour, json_text, say, show
from qbcc.cli.settings import Settings
from qbcc.diagnostics import SourceError
from qbcc.export.messages import missing_extra
from qbcc.observe.outcomes import ORDER, counted, heading, is_ordered, labels, value_text
from qbcc.visible import visible
from vm.shots import Shots, Value

_SHOWN: Final = 40
"""Rows of a table, and bars."""
_PLOTTED: Final = 64
_BAR: Final = 40
"""Characters of the longest bar."""
_INCHES: Final = (3.0, 14.0)
"""Least and greatest width of a picture."""


def error(count: int, shots: int) -> float:
    """Standard error of a probability that is known from counts: √(p(1 - p)/N)."""
    p = count / shots
    return math.sqrt(p * (1 - p) / shots)


def own(found: Shots) -> dict[str, Counter[Value]]:
    """Counts of the values of each record by itself; a name that a run records again has a number."""
    counts: dict[str, Counter[Value]] = {}
    for run in found.paths:
        seen: Counter[str] = Counter()
        for name, value in run.recorded:
            seen[name] += 1
            key = name if seen[name] == 1 else f"{name} ({seen[name]})"
            counts.setdefault(key, Counter())[value] += run.shots
    return counts


def report(found: Shots, settings: Settings, built: driver.Built, *, seed: int, seconds: float) -> None:
    """Show everything that was asked for. The plot is saved first, because the reader of the table may stop early."""
    unsaved: SourceError | None = None
    if settings.plot is not None:
        try:
            plot(found, settings.plot, built.inputs)
        except SourceError as wrong:
            unsaved = wrong
    if settings.as_json:
        show(json_text(data(found, settings, built, seed=seed, seconds=seconds)))
    else:
        _show(found, settings)
        if found.stopped is not None and found.stopped.trap is not None:
            say(render.trap(found.stopped.trap, built.shown, has_colour()))
        for run in found.paths:
            if run.outcome.trap is not None:
                say(render.trap(run.outcome.trap, built.shown, has_colour()))
                say(f"{run.shots:,} of {counted(found.shots)} ended so")
                break
        if settings.stats:
            say(f"{found.instructions:,} instructions in {seconds:.3f} s, {len(found.paths):,} outcomes, seed {seed}")
    if unsaved is not None:
        fail(unsaved.diagnostics, settings.as_json)


def _show(found: Shots, settings: Settings) -> None:
    if found.is_repeated:
        say(f"every shot was run by itself: the program uses {found.why}")
    if settings.shots != found.shots:
        say(f"stopped after {found.shots:,} of {counted(settings.shots or found.shots)}")
    if not found.paths:
        return
    is_printed = settings.prints or settings.shots == 1
    if not is_printed and not any(run.recorded or run.outcome.trap for run in found.paths):
        say("nothing is recorded or measured, so there is nothing to count: --prints shows what a shot prints")
    if is_printed:
        for run, label in zip(found.paths, labels(found.paths), strict=True):
            if settings.shots != 1:
                show(f"-- {label}: {counted(run.shots)}")
            _print(run.output)
    show(heading(found.shots, found.paths))
    rows = zip(labels(found.paths), (run.shots for run in found.paths), strict=True)
    _rows(list(rows), found.shots, bars=settings.hist)
    counts = own(found)
    if len(counts) > 1:
        for name, values in counts.items():
            show(visible(name))
            own_rows = sorted(values.items(), key=lambda item: -item[1])
            _rows([(value_text(value), count) for value, count in own_rows], found.shots, bars=False)


def _print(output: bytes) -> None:
    """What a program printed, to the byte, with the end of a line."""
    if output:
        sys.stdout.flush()
        sys.stdout.buffer.write(output.removesuffix(b"\n") + b"\n")


def _rows(rows: list[tuple[str, int]], shots: int, *, bars: bool) -> None:
    wide = max((len(name) for name, _ in rows[:_SHOWN]), default=0)
    most = max((count for _, count in rows), default=1)
    digits = len(f"{most:,}")
    for name, count in rows[:_SHOWN]:
        bar = "  " + "█" * max(round(_BAR * count / most), 1) if bars else ""
        show(f"  {name:<{wide}}  {count:>{digits},}  {count / shots:.4f} ± {error(count, shots):.4f}{bar}")
    if len(rows) > _SHOWN:
        rest = rows[_SHOWN:]
        show(f"  … and {len(rest):,} more with {counted(sum(count for _, count in rest))}")


def data(found: Shots, settings: Settings, built: driver.Built, *, seed: int, seconds: float) -> dict[str, Any]:
    """The same as JSON has it."""
    outcomes = []
    for run, label in zip(found.paths, labels(found.paths), strict=True):
        row: dict[str, Any] = {
            "label": label,
            "values": [{"name": name, "value": value} for name, value in run.recorded],
            **_numbers(run.shots, found.shots),
            "status": run.outcome.status,
            "trap": None if run.outcome.trap is None else render.trap_data(run.outcome.trap, built.shown),
        }
        if settings.prints or settings.shots == 1:
            row["output"] = run.output.decode(errors="replace")
        outcomes.append(row)
    return {
        "shots": found.shots,
        "order": ORDER,
        "outcomes": outcomes,
        "records": {
            name: [{"value": value, **_numbers(count, found.shots)} for value, count in values.most_common()]
            for name, values in own(found).items()
        },
        "repeated": found.why if found.is_repeated else None,
        "stopped": _stop(found, built),
        "stats": {"instructions": found.instructions, "seconds": seconds, "seed": seed},
    }


def _stop(found: Shots, built: driver.Built) -> dict[str, Any] | None:
    """Return how Ctrl-C or the time limit stopped the runs, or None."""
    trap = None if found.stopped is None else found.stopped.trap
    return None if trap is None else render.trap_data(trap, built.shown)


def _numbers(count: int, shots: int) -> dict[str, float]:
    return {"count": count, "probability": count / shots, "error": error(count, shots)}


def need_matplotlib(path: Path) -> None:
    """Raise :class:`SourceError` where no picture can be drawn: before the runs, not after them."""
    if find_spec("matplotlib") is None:
        raise missing_extra(path.suffix, "drawing", "plot")


def plot(found: Shots, path: Path, inputs: Iterable[Path]) -> None:
    """Save a bar chart of the outcomes, whole or not at all, never over an input. Raises :class:`SourceError`."""
    import io

    import matplotlib as mpl

    from qbcc.files import write_whole

    mpl.use("agg")
    from matplotlib import pyplot as plt

    named = list(zip(labels(found.paths), found.paths, strict=True))[:_PLOTTED]
    named.sort(key=lambda pair: pair[0])
    names, runs = [name for name, _ in named], [run for _, run in named]
    heights = [run.shots / found.shots for run in runs]
    width = min(max(1.2 + 0.45 * len(runs), _INCHES[0]), _INCHES[1])
    figure, axes = plt.subplots(figsize=(width, 3.6), layout="constrained")
    axes.bar(range(len(runs)), heights, color="#3b6ea8", width=0.7)
    axes.errorbar(
        range(len(runs)), heights, [error(run.shots, found.shots) for run in runs], fmt="none", ecolor="#222", capsize=3
    )
    longest = max(map(len, names), default=0)
    axes.set_xticks(range(len(runs)), names, rotation=0 if longest * len(runs) < 9 * width else 70, family="monospace")
    axes.set_ylabel("probability")
    hidden = len(found.paths) - len(runs)
    order = f" ({ORDER})" if is_ordered(found.paths) else ""
    left_out = f"; {hidden:,} rarer outcomes left out" if hidden else ""
    axes.set_title(f"{counted(found.shots)}{order}{left_out}", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    content = io.BytesIO()
    figure.savefig(content, format=path.suffix[1:].lower(), dpi=150)
    plt.close(figure)
    write_whole(path, content.getvalue(), inputs)
