"""Writes ``docs/lint.md`` from the linter's rules and their explanations: ``python docs/gen_lint.py``. A test checks
that it is current."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from qbcc.explanation import Explanation
from qbcc.explanations_lint import EXPLANATIONS
from qbcc.lint.assembly.rules import RULES

PAGE = Path(__file__).parent / "lint.md"
_WIDTH: Final = 120
_FAMILIES: Final = {
    "L01": "Registers",
    "L02": "The stack",
    "L03": "Control",
    "L04": "Kinds",
    "L05": "Values and memory",
    "L06": "Contracts",
}
_INTRODUCTION: Final = """# Findings in QBC

`qbcc lint FILE…` tells what assembles and yet is hardly meant. It looks at the whole program: at what each routine
reads, changes and leaves on the stack, through calls, recursion and jumps, as a
[dataflow analysis](design.md#what-a-sources-routines-do) knows it without running anything. A finding names both ends
(where a value was set, where it is used, what comes between) and the calls on the way.

* `--fix` writes the fixes that findings have into the file, `--strict` ends with 1 for any finding and not only for
  errors, `--json` and `--sarif` are for other programs.
* `; lint: allow L0104` on a line, or alone above it, says that something is meant there.
* `[tool.qbc.lint]` in the nearest `pyproject.toml` gives codes other levels: `L0104 = "off"`, or `error`, `warning`,
  `hint`.
* A source with `.entry_point` or `main` is a program. So is one that begins with its first instruction, unless that
  looks like a routine for others: in a `.func`, beside `.global` names, or with a label and no `QHALT` anywhere. What
  is for others may have routines that nothing calls, which keep the calling convention or a contract.
* What stands in the standard library is not told, only what the source does with it.

What the linter does not know it does not tell. A call through a register may go wherever the program takes an address;
names of other objects (`.extern`) are taken to keep the calling convention; of memory it follows constant addresses
only. Whether a register that a routine changes is a result of it or is left over, it reads from the routine: what a
routine makes and does not use itself is meant for its callers, and so is, from r4 on, what it reads before it changes
it. A contract says it outright. A call that overwrites the same register of the same routine is told five times, a
register that is read unwritten once.

This page is made from the linter's own rules by `python docs/gen_lint.py`.
"""


def _prose(text: str) -> str:
    """A text in which no character means anything to Markdown."""
    return re.sub(r"[\\*<|]", lambda found: f"\\{found[0]}", text)


def _entry(code: str, found: Explanation) -> Iterator[str]:
    yield f"### {code}"
    yield ""
    title = found.title[0].upper() + found.title[1:]
    text = f"**{_prose(title)}** ({RULES[code].level}). {_prose(found.text)}"
    yield textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    yield ""
    for name, example in (("Found in", found.wrong), ("Not in", found.right)):
        yield from (f"{name}:", "", "```", example.rstrip(), "```", "")


def page() -> str:
    """The whole page."""
    lines = [_INTRODUCTION]
    for family, members in groupby(sorted(RULES), key=lambda code: code[:3]):
        codes = list(members)
        lines += [f"## {_FAMILIES[family]}", "", "| code | level | finding |", "|---|---|---|"]
        lines += [f"| [{c}](#{c.lower()}) | {RULES[c].level} | {_prose(RULES[c].title)} |" for c in codes]
        lines.append("")
        lines += (line for code in codes for line in _entry(code, EXPLANATIONS[code]))
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
