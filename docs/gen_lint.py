"""Writes ``docs/lint.md`` from the linter's rules and their explanations: ``python docs/gen_lint.py``. A test checks
that it is current."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs import catalogue
from qbcc.lint.explanations import EXPLANATIONS
from qbcc.lint.rules import RULES

PAGE = Path(__file__).parent / "lint.md"
_FAMILIES: Final = {
    "L01": "Registers",
    "L02": "The stack",
    "L03": "Control",
    "L04": "Kinds",
    "L05": "Values and memory",
    "L06": "Contracts",
    "L07": "Habits of other assemblers",
}
_INTRODUCTION: Final = """# Findings in QBC

`qbcc lint FILE…` reports likely mistakes in sources that assemble. It looks at the whole program: at what each routine
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
only. A register that is read unwritten is reported once in a routine.

## Registers that calls overwrite

r4 to r15 belong to the caller. So the linter follows a value in one of them through every call that overwrites it, to
where it is read, and reports each of these calls: saving the register at one of them alone would not help. What a
routine hands over on purpose it says in a contract: `.returns r4`. Without one, a routine hands over a register if some
caller reads it after the call and cannot have set it before. A call that leaves the value that was there, because it
copies an argument with the same value or writes the same constant, is not reported.

A loss is an *error* where the routine works with the register as if it were its own. It is a *warning* where the
routine may share the register with its callers and nobody says so: it reads the register and goes on with its value (a
cursor, a sum, random numbers), or it makes a value there that it does not use itself, and the caller's value was used
before; and where only some routines of a table change the register. If only routines that go on with the value read
it, it is a *hint*. Sharing may be what is meant, so these findings have no fix. Declare it with `.func` and
`.returns`, or save the register.

No fix takes a line out of a routine in which a call loses a register.

## How much it finds

`python -m tests.qbcc.lint.measure --count N` makes random programs that lose registers: by one call, by two and three
in a row, by routines that only save an argument, in loops, by recursion, through tables and through memory in which a
routine saves, with contracts and with saves that are whole, partial or on one path only. It runs each of them on a
model of the machine whose calls keep r4 to r15. That model says which call loses which register (a *real loss*: the
value is read later and would be another), and what the program was meant to print.

Programs 100,000 to 102,999 (the seeds): 3,000 programs, 1,711 of which lose registers, in 3,738 places. All 3,738 are
reported on the first pass (recall 100 %). Of 3,485 errors, 1 is a loss that none of up to 40 runs of the program
showed, nor one of the routine by itself: the register happens to equal the argument in it. So are 7 of 262 warnings
and hints. No value that is read is called unused. `--fix` makes 1,667 of the 1,711 programs print what was meant
(97.4 %), and 1,498 of the 1,499 whose losses are all errors.

Nearly all programs that `--fix` does not mend have a warning without a fix.

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
