"""The ratios to C as a chart: a point for each contender and program, on a logarithmic scale."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.report import LABELS, OTHERS
from benchmarks.results import Results, geometric_mean
from benchmarks.suite import STANDARD

# Legend: colour, mark, size.
_STYLES: Final = {
    "native": ("#0b6e4f", "D", 70),
    "luajit": ("#7b6fd0", "o", 42),
    "wasmtime": ("#d08c3f", "s", 38),
    "numba": ("#3f8fd0", "^", 42),
    "interp": ("#9a9a9a", "v", 38),
    "python": ("#c44e52", "x", 42),
}
_INK: Final = "#333333"


def draw(results: Results, path: Path) -> None:
    """Write the chart; its ending names the format."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    rows = {row.name: row for row in results.programs}
    names = [name for name in STANDARD if name in rows]
    figure, axes = plt.subplots(figsize=(9, 0.42 * (len(names) + 1) + 1.9), dpi=120)
    mean = len(names) + 0.35
    for name in OTHERS:
        colour, mark, size = _STYLES[name]
        points = [(ratio, place) for place, row in enumerate(names) if (ratio := rows[row].ratio(name)) is not None]
        overall = geometric_mean([rows[row] for row in names], name)
        if not points or overall is None:
            continue
        points.append((overall, mean))
        drawn = 5 if name == "native" else 3
        axes.scatter(
            *zip(*points, strict=True),
            c=colour,
            marker=mark,
            s=size,
            label=f"{LABELS[name]} {overall:.3g}",
            zorder=drawn,
        )
    axes.axvline(1.0, color=_INK, linewidth=1.2, zorder=1)
    axes.axhline(len(names) - 0.35, color="#bbbbbb", linewidth=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator([0.5, 1, 2, 5, 10, 20, 50, 100, 200]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_yticks([*range(len(names)), mean], [*names, "geometric mean"])
    axes.set_ylim(mean + 0.75, -0.6)
    axes.grid(axis="x", color="#e6e6e6", zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, colors=_INK)
    axes.set_xlabel("time over C's (gcc -O2); further left is faster", color=_INK)
    # The means stand here, as their marks lie close together.
    axes.legend(ncols=6, loc="lower center", bbox_to_anchor=(0.45, 1.0), frameon=False, fontsize=9)
    processor = results.machine.get("processor", "")
    figure.text(0.99, 0.005, f"{processor}, {results.date[:10]}", ha="right", fontsize=7, color="#888888")
    figure.tight_layout(rect=(0, 0.015, 1, 1))
    figure.savefig(path)
    plt.close(figure)
