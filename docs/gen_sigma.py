"""Writes ``docs/sigma_builtins.md`` from the tables of the compiler: ``python docs/gen_sigma.py``. A test checks that it is
current."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from sigma.builtins import BUILTINS, CONSTANTS, Builtin
from sigma.explanations import ERRORS

PAGE = Path(__file__).parent / "sigma_builtins.md"
_FAMILIES: Final = {
    "S01": "Text and syntax",
    "S02": "Names",
    "S03": "Types and values",
    "S04": "Qubits and gates",
    "S05": "Modules, the command line and assembly",
    "S06": "Circuits in JSON",
}
_INTRODUCTION: Final = """# What σ brings

The functions, gates and constants that need no import, and the errors of a program. What they have in common, and all
else, stands in [the reference](sigma.md). This page is made from the compiler's own tables by
`python docs/gen_sigma.py`.

| in a signature | an argument is |
|---|---|
| `int` `float` `bool` `qubit` | of this type; an `int` goes where a `float` is wanted |
| `number` | an `int` or a `float`; the result is an `int` if all numbers are, else a `float` |
| `scalar` | an `int`, a `float` or a `bool` |
| `qubits` | a `qubit`, or an array of them |
| `[T]` | any array |
| `[byte]` | an array of bytes, or a string in quotes |
| `text` | a string in quotes |
| `format` | a string in quotes, with [values in braces](sigma.md#output) |
| `Paulis` | a string of I, X, Y and Z, the last letter for the first qubit: in quotes, or an array of bytes that may end with a 0 |
| `…?` | may be left out |
"""


def call(builtin: Builtin) -> str:
    """How it is called."""
    return f"`{builtin.name}({', '.join(builtin.parameters)})`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _is_quantum(builtin: Builtin) -> bool:
    return any(letter in "qQ" for letter in builtin.signature)


def _functions(functions: list[Builtin], *, is_pure: bool) -> Iterator[str]:
    yield "| call | gives | what |" + (" instruction |" if is_pure else " effect |")
    yield "|---|---|---|---|"
    for found in functions:
        last = (f"`{found.mnemonic}`" if found.mnemonic else "") if is_pure else found.effect
        yield f"| {call(found)} | {found.gives or '–'} | {_cell(found.what)} | {last} |"
    yield ""


def page() -> str:
    """The whole page."""
    functions = [found for found in BUILTINS.values() if not found.is_gate]
    lines = [_INTRODUCTION, "## Calculation", "", "They only calculate, so they may stand in gates.", ""]
    lines += _functions([found for found in functions if not found.effect], is_pure=True)
    lines += ["## The world", ""]
    lines += _functions([found for found in functions if found.effect and not _is_quantum(found)], is_pure=False)
    lines += ["## Qubits", ""]
    lines += _functions([found for found in functions if found.effect and _is_quantum(found)], is_pure=False)
    lines += [
        "## Gates",
        "",
        "Angles are in radians, of `sigma` in eighths of a turn.",
        "",
        "| gate | what |",
        "|---|---|",
    ]
    for name, found in BUILTINS.items():
        if found.is_gate and name == found.name:
            also = ", also `σ(q, σ)`" * (name == "sigma")
            lines.append(f"| {call(found)}{also} | {_cell(found.what)} |")
    lines += ["", "## Constants", "", "| name | value |", "|---|---|"]
    lines += [
        f"| `{name}` | {value if isinstance(value, float) else hex(value)} |" for name, value in CONSTANTS.items()
    ]
    lines += ["", "## Errors", "", "`qbcc explain CODE` says more, with a wrong and a right example.", ""]
    for family, members in groupby(sorted(ERRORS), key=lambda code: code[:3]):
        lines += [f"### {_FAMILIES[family]}", "", "| code | error |", "|---|---|"]
        lines += [f"| {code} | {_cell(ERRORS[code].title)} |" for code in members]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
