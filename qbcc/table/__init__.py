"""A saved routing table: validation, a summary, queries. Pure: the command line renders."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export import messages
from qbcc.table.findings import Problem, show
from qbcc.table.load import load
from qbcc.table.saved import Saved, layer_sizes, stored_checksum
from qbcc.table.validate import payload_checksum, validate

__all__ = ["Problem", "Rows", "Table", "as_dicts", "open_table", "show"]

Rows = NDArray[np.void]
"""Entries of one kind: a structured array with the columns of the contract, ``rows.dtype.names``."""

SIGMA_PERIOD = 8.0


def open_table(path: str | os.PathLike[str]) -> Table:
    """Read a table that ``qbc run -o`` saved, in any of its forms.

    Checks that the file is whole and has the columns; the values are :meth:`Table.validate`'s. Raises
    :class:`qbcc.diagnostics.SourceError`."""
    place = Path(path)
    return Table(place, load(place))


def as_dicts(rows: Rows) -> list[dict[str, int | float]]:
    """Entries as Python numbers by column."""
    names = rows.dtype.names or ()
    return [dict(zip(names, row, strict=True)) for row in rows.tolist()]


@dataclass(frozen=True, eq=False)
class Table:
    """The routing table of a file."""

    path: Path
    saved: Saved

    @property
    def nodes(self) -> Rows:
        """All nodes, by number."""
        return self.saved.nodes

    @property
    def triangles(self) -> Rows:
        """All triangles, by layer."""
        return self.saved.triangles

    def validate(self, limit: int = 10) -> list[Problem]:
        """The first ``limit`` wrong values, in the table's order; an empty list if all is right."""
        return validate(self.saved, limit)

    def check(self, limit: int = 10) -> None:
        """Raise E0914, with the first ``limit`` wrong values as its notes, unless all is right."""
        found = self.validate(limit)
        if found:
            raise messages.wrong_entries(self.path, found)

    def summary(self) -> dict[str, Any]:
        """What there is: numbers of nodes, triangles and members of each layer, ranges of σ and \\|j\\|, nodes by
        coherence, the apex, the payload's checksum and whether the file gives one to compare it with."""
        nodes = self.nodes
        size = np.hypot(nodes["j_re"], nodes["j_im"])
        values, counts = np.unique(nodes["coherence"], return_counts=True)
        apex = self.triangles[-1] if len(self.triangles) else nodes[-1]
        return {
            "nodes": len(nodes),
            "triangles": len(self.triangles),
            "layers": layer_sizes(len(nodes)),
            "sigma": (float(nodes["sigma"].min()), float(nodes["sigma"].max())),
            "j_abs": (float(size.min()), float(size.max())),
            "coherence": dict(zip(values.tolist(), counts.tolist(), strict=True)),
            "apex": int(apex["id"]),
            "checksum": payload_checksum(self.saved),
            "checksum_stored": stored_checksum(self.saved.meta) is not None,
        }

    def node(self, number: int) -> Rows:
        """Node ``number``."""
        if not 0 <= number < len(self.nodes):
            raise messages.no_entry(f"there is no node {number}: the table has nodes 0 to {len(self.nodes) - 1}")
        return self.nodes[number : number + 1]

    def nearest_sigma(self, sigma: float) -> Rows:
        """The node whose σ is nearest, on the circle of period 8; of two equally near the first."""
        if not math.isfinite(sigma):
            raise messages.no_entry(f"no σ is nearest to {sigma!r}", "give a number; σ has period 8")
        away = np.abs(self.nodes["sigma"] - sigma % SIGMA_PERIOD)
        return self._nearest(np.minimum(away, SIGMA_PERIOD - away))

    def nearest_j(self, re: float, im: float) -> Rows:
        """The node whose j is nearest on the complex plane; of two equally near the first."""
        if not (math.isfinite(re) and math.isfinite(im)):
            raise messages.no_entry(f"no j is nearest to ({re!r}, {im!r})", "give two numbers")
        return self._nearest(np.hypot(self.nodes["j_re"] - re, self.nodes["j_im"] - im))

    def _nearest(self, away: NDArray[np.float64]) -> Rows:
        place = int(np.argmin(np.where(np.isnan(away), np.inf, away)))
        return self.nodes[place : place + 1]

    def layer(self, number: int) -> Rows:
        """Members of a layer: layer 0 is the nodes, the last one the apex."""
        sizes = layer_sizes(len(self.nodes))
        if not 0 <= number < len(sizes):
            raise messages.no_entry(f"there is no layer {number}: the table has layers 0 to {len(sizes) - 1}")
        return self.triangles[self.triangles["layer"] == number] if number else self.nodes

    def triangle(self, number: int | str) -> Rows:
        """A triangle by its id (layer << 32 | position), or by its index, which is below 2^32. A text may be decimal
        or hexadecimal."""
        value = _number(number) if isinstance(number, str) else number
        count = len(self.triangles)
        if 0 <= value < 1 << 32:
            if value >= count:
                known = f"the table has triangles 0 to {count - 1}" if count else "the table has none"
                raise messages.no_entry(f"there is no triangle {value}: {known}")
            return self.triangles[value : value + 1]
        found = self.triangles[self.triangles["id"] == value] if 0 <= value < 1 << 64 else self.triangles[:0]
        if len(found) == 0:
            place = f"layer {value >> 32}, position {value & 0xFFFF_FFFF}" if value >= 0 else "ids are not negative"
            raise messages.no_entry(f"there is no triangle {value:#x} ({place})")
        return found[:1]


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        shown = text if len(text) <= 40 else text[:37] + "…"
        raise messages.no_entry(f"'{shown}' is no triangle's id", "write it as 0x100000002 or 4294967298") from None
