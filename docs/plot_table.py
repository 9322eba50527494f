"""Draws σ against j of a saved routing table: ``python docs/plot_table.py TABLE.npz PICTURE.png``."""

from __future__ import annotations

import sys

import matplotlib as mpl
import numpy as np


def draw(table: str, picture: str) -> None:
    """The nodes' j-invariants on the complex plane, coloured by σ."""
    mpl.use("Agg")
    from matplotlib import pyplot

    nodes = np.load(table)["nodes"]
    figure, axes = pyplot.subplots(figsize=(8, 5), dpi=110)
    points = axes.scatter(nodes["j_re"], nodes["j_im"], c=nodes["sigma"], s=2, cmap="twilight_shifted", linewidths=0)
    figure.colorbar(points, label="σ")
    axes.set_xlabel("Re j")
    axes.set_ylabel("Im j")
    axes.set_title(f"{len(nodes):,} nodes of the Moonshine lattice: j(σ/8 + i)")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture)


if __name__ == "__main__":
    draw(sys.argv[1], sys.argv[2])
