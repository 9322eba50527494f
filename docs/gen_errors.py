"""Writes ``docs/errors.md`` from the explanations: ``python docs/gen_errors.py``. A test checks that it is current."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs import catalogue
from qbcc.explain import table

PAGE = Path(__file__).parent / "errors.md"
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


def page() -> str:
    """The whole page."""
    codes = {code: found for code, found in table().items() if code.startswith("E")}

    def entry(code: str) -> Iterator[str]:
        found = codes[code]
        return catalogue.entry(code, f"**{catalogue.title(found)}.**", found, ("Wrong", "Right"))

    return catalogue.page(_INTRODUCTION, _FAMILIES, ("error",), codes, lambda code: (codes[code].title,), entry)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
