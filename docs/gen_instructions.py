"""Writes ``docs/instructions.md`` from the tables: ``python docs/gen_instructions.py``. A test checks that it is current."""

from __future__ import annotations

from pathlib import Path

from vm.isa import GROUPS, ISA_VERSION, KINDS, OPS, SYSTEM_CALLS, Op
from vm.trap import STATUS, TRAPS

PAGE = Path(__file__).parent / "instructions.md"
_RESULTS = {"int": "integer", "float": "float", "same": "as its operand", "number": "float if an operand is", "": "–"}


def _forms(op: Op) -> str:
    forms = [f"{op.syntax}, …" if op.listed else op.syntax]
    if op.short:
        words = op.syntax.split(", ")
        forms.append(", ".join([words[0], *words[2:]]))
    if op.optional is not None:
        forms.append(op.name)
    forms += [form.replace(op.name, alias, 1) for alias in op.aliases for form in forms[:1]]
    return " · ".join(f"`{form}`" for form in forms)


def _traps(op: Op) -> str:
    names = [*op.traps, *(["kind"] if op.kinds in ("integer", "address", "bits", "select") else [])]
    return ", ".join(f"{name} ({STATUS[name]})" for name in dict.fromkeys(names)) or "–"


def _row(op: Op) -> str:
    cells = (_forms(op), op.effect, op.kinds, _RESULTS[op.result], _traps(op), str(op.code))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page() -> str:
    """The whole page."""
    lines = [
        "# Instructions",
        "",
        f"Instruction set {ISA_VERSION[0]}.{ISA_VERSION[1]}, {len(OPS)} instructions. This page is made from the instruction",
        "table (`vm/isa.py`) by `python docs/gen_instructions.py`.",
        "",
        "`d` is a register that is written; `a`, `b`, `c` are registers or constants; `[…]` is an address: `[constant]`,",
        "`[register]`, `[register+constant]`, `[register-constant]`, `[register+register]`, or a bare register or constant;",
        "`label` is a label of the code. Where two forms stand, the second is short for the first with `d` as first",
        "operand too.",
        "",
        "| kinds | what the operands must be |",
        "|---|---|",
        *(f"| {name} | {text} |" for name, text in KINDS.items()),
        "",
    ]
    for group in GROUPS:
        lines += [
            f"## {group.capitalize()}",
            "",
            "| written | effect | kinds | result | traps (status) | number |",
            "|---|---|---|---|---|---|",
            *(_row(op) for op in OPS if op.group == group),
            "",
        ]
    lines += [
        "## System calls",
        "",
        "`QSYSCALL n`. A call traps (72) on an operand of the wrong kind, and before any effect.",
        "",
        "| n | name | effect | takes | gives |",
        "|---|---|---|---|---|",
    ]
    for call in SYSTEM_CALLS:
        takes, gives = (
            ", ".join(f"r{register} {kind}" for register, kind in enumerate(kinds)) or "–"
            for kinds in (call.takes, call.gives)
        )
        lines.append(f"| {call.number} | {call.name} | {call.effect} | {takes} | {gives} |")
    lines += [
        "",
        "## Traps",
        "",
        "A trap stops the program; its status is the exit status. `qbcc explain T71` says more.",
        "",
        "| status | trap |",
        "|---|---|",
        *(f"| {status} | {title} |" for _, status, title in TRAPS),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
