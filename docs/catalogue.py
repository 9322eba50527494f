"""What pages of codes share: a table for each family, then each code with its text and its examples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Final

from qbcc.explanation import Explanation

_WIDTH: Final = 120


def prose(text: str) -> str:
    """A text in which no character means anything to Markdown."""
    return re.sub(r"[\\*<|]", lambda found: f"\\{found[0]}", text)


def page(
    introduction: str,
    families: Mapping[str, str],
    columns: tuple[str, ...],
    explanations: Mapping[str, Explanation],
    row: Callable[[str], tuple[str, ...]],
    entry: Callable[[str], Iterator[str]],
) -> str:
    """A page. ``families``: titles, by the first three characters of a code; ``row``: what the table says behind a code,
    in the ``columns``; ``entry``: lines about it."""
    lines = [introduction]
    for family, members in groupby(explanations, key=lambda code: code[:3]):
        codes = list(members)
        lines += [f"## {families[family]}", "", f"| code | {' | '.join(columns)} |", "|---" * (1 + len(columns)) + "|"]
        lines += [f"| [{code}](#{code.lower()}) | {' | '.join(map(prose, row(code)))} |" for code in codes]
        lines.append("")
        lines += (line for code in codes for line in entry(code))
    return "\n".join(lines)


def entry(code: str, title: str, found: Explanation, examples: tuple[str, str]) -> Iterator[str]:
    """A code's lines: its text behind a title, and its wrong and its right example under these names."""
    yield f"### {code}"
    yield ""
    yield textwrap.fill(f"{title} {prose(found.text)}", _WIDTH, break_long_words=False, break_on_hyphens=False)
    yield ""
    for name, example in zip(examples, (found.wrong, found.right), strict=True):
        if example:
            yield from (f"{name}:", "", "```", example.rstrip(), "```", "")


def title(found: Explanation) -> str:
    """What a code is called, as a sentence begins."""
    return prose(found.title[0].upper() + found.title[1:])
