"""Writes ``docs/lint.md`` from the linter's rules and their explanations: ``python docs/gen_lint.py``. A test checks
that it is current."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs import catalogue
from qbcc.explanations_lint import EXPLANATIONS
from qbcc.lint.assembly.rules import RULES

PAGE = Path(__file__).parent / "lint.md"
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


def page() -> str:
    """The whole page."""
    codes = {code: EXPLANATIONS[code] for code in sorted(RULES)}

    def entry(code: str) -> Iterator[str]:
        title = f"**{catalogue.title(codes[code])}** ({RULES[code].level})."
        return catalogue.entry(code, title, codes[code], ("Found in", "Not in"))

    def row(code: str) -> tuple[str, ...]:
        return RULES[code].level, RULES[code].title

    return catalogue.page(_INTRODUCTION, _FAMILIES, ("level", "finding"), codes, row, entry)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
