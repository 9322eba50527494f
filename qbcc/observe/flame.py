"""A flame graph as SVG: a bar for each path of calls, as wide as what it cost, on top of the path that it was called
in."""

from __future__ import annotations

import colorsys
import zlib
from dataclasses import dataclass
from html import escape
from typing import Final

from qbcc.observe.profiling import Profile
from qbcc.visible import visible

_WIDTH: Final = 1200
_MARGIN: Final = 10
_ROW: Final = 18
_LEAST: Final = 0.4
"""Pixels of the narrowest bar that is drawn."""
_LETTER: Final = 6.7
"""Pixels of a letter."""
_HEAD: Final = 46
_FONT: Final = "font-family='ui-monospace, Menlo, Consolas, monospace' font-size='11'"


@dataclass(frozen=True, slots=True)
class _Bar:
    number: int
    """Of the path."""
    level: int
    start: int
    """Instructions before it."""


def flame_graph(profile: Profile, title: str) -> str:
    """The text of an SVG file. Bars too narrow to see are left out; a bar's tooltip says the rest."""
    bars = _bars(profile)
    levels = 1 + max((bar.level for bar in bars), default=0)
    height = _HEAD + levels * _ROW + 2 * _MARGIN
    scale = (_WIDTH - 2 * _MARGIN) / max(profile.count, 1)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' width='{_WIDTH}' height='{height}'>",
        f"<rect width='{_WIDTH}' height='{height}' fill='#ffffff'/>",
        f"<text x='{_WIDTH / 2:.0f}' y='22' text-anchor='middle' font-family='sans-serif' font-size='15' "
        f"fill='#222222'>{escape(visible(title))}</text>",
        f"<text x='{_WIDTH / 2:.0f}' y='39' text-anchor='middle' font-family='sans-serif' font-size='11' "
        f"fill='#666666'>{profile.count:,} instructions; width is cost, calls stand on their callers</text>",
    ]
    for bar in bars:
        path = profile.paths[bar.number]
        total = profile.totals[bar.number]
        name = profile.routine(path.entry)
        x, width = _MARGIN + bar.start * scale, total * scale
        y = height - _MARGIN - (bar.level + 1) * _ROW
        tip = f"{name}: {total:,} instructions ({profile.share(total):.2f} %), {path.own:,} its own"
        if path.calls:
            tip += f", {path.calls:,} call{'s' * (path.calls != 1)}"
        parts.append(
            f"<g><title>{escape(tip)}</title><rect x='{x:.2f}' y='{y}' width='{max(width - 0.5, 0.3):.2f}' "
            f"height='{_ROW - 1}' rx='1.5' fill='{_colour(name)}'/>{_label(name, x, y, width)}</g>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bars(profile: Profile) -> list[_Bar]:
    least = _LEAST * profile.count / (_WIDTH - 2 * _MARGIN)
    bars: list[_Bar] = []
    start, level = 0, 0
    for number, enters in profile.walk():
        if enters:
            if profile.totals[number] >= least:
                bars.append(_Bar(number, level, start))
            # What it does itself stands at its left, before its calls.
            start += profile.paths[number].own
        level += 1 if enters else -1
    return bars


def _colour(name: str) -> str:
    """From yellow to red, the same for each name."""
    hashed = zlib.crc32(name.encode())
    hue, light = (hashed % 360) / 360 * 0.12 + 0.02, 0.66 + (hashed >> 9) % 10 / 100
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.85)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _label(name: str, x: float, y: float, width: float) -> str:
    """The name, cut to what has room."""
    room = int((width - 6) / _LETTER)
    if room < 3:
        return ""
    shown = name if len(name) <= room else name[: room - 1] + "…"
    return f"<text x='{x + 3:.2f}' y='{y + 12.5}' {_FONT} fill='#1c1c1c'>{escape(shown)}</text>"
