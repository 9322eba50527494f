"""Writes ``docs/errors.md`` from the explanations: ``python docs/gen_errors.py``. A test checks that it is current."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from qbcc.explain import table
from qbcc.explanation import Explanation

PAGE = Path(__file__).parent / "errors.md"
_WIDTH: Final = 120
_FAMILIES: Final = {
    "E01": "Text and syntax",
    "E02": "Instructions and operands",
    "E03": "Names and expressions",
    "E04": "Directives and data",
    "E05": "Files and includes",
    "E06": "Macros, repetition and conditions",
    "E07": "Linking",
    "E08": "Object files and commands",
    "E09": "Output and tables",
    "E10": "Programs as tests",
}
_INTRODUCTION: Final = """# Error codes

What `qbcc explain CODE` says, all of it. Codes are stable: a code keeps its meaning, and one that is not used any more
is not given to another error. Errors end a command with status 1. What stops a running program is a
[trap](instructions.md#traps).

This page is made from the explanations by `python docs/gen_errors.py`.
"""


def _prose(text: str) -> str:
    """A text in which no character means anything to Markdown."""
    return re.sub(r"[\\*<|]", lambda found: f"\\{found[0]}", text)


def _entry(code: str, found: Explanation) -> Iterator[str]:
    yield f"### {code}"
    yield ""
    title = found.title[0].upper() + found.title[1:]
    yield textwrap.fill(
        f"**{_prose(title)}.** {_prose(found.text)}", _WIDTH, break_long_words=False, break_on_hyphens=False
    )
    yield ""
    for name, example in (("Wrong", found.wrong), ("Right", found.right)):
        if example:
            yield from (f"{name}:", "", "```", example.rstrip(), "```", "")


def page() -> str:
    """The whole page."""
    codes = {code: found for code, found in table().items() if code.startswith("E")}
    lines = [_INTRODUCTION]
    for family, members in groupby(codes, key=lambda code: code[:3]):
        entries = list(members)
        lines += [f"## {_FAMILIES[family]}", "", "| code | error |", "|---|---|"]
        lines += [f"| [{code}](#{code.lower()}) | {_prose(codes[code].title)} |" for code in entries]
        lines.append("")
        lines += (line for code in entries for line in _entry(code, codes[code]))
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
