"""Writes ``docs/instructions.md`` from the tables: ``python docs/gen_instructions.py``. A test checks that it is current."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lsp.qbc.words import item_of
from qbcc.explanations_traps import EXPLANATIONS
from vm.isa import GROUPS, ISA_VERSION, KINDS, OPS, SYSTEM_CALLS, Op
from vm.trap import STATUS, TITLE, TRAPS

PAGE = Path(__file__).parent / "instructions.md"
_RESULTS: Final = {
    "int": "an integer",
    "float": "a float",
    "same": "as the value",
    "number": "a float if an operand is",
}
_CALL_KINDS: Final = {"int": "an integer", "float": "a float", "any": "a value of either kind"}
_OPERANDS: Final = {
    "d": "a register that is written",
    "a": "a register or a constant",
    "m": "an address",
    "l": "a label of the code",
    "t": "a register that holds a code address",
}
_INTRODUCTION: Final = f"""# Instructions

Instruction set {ISA_VERSION[0]}.{ISA_VERSION[1]}: {len(OPS)} instructions in {len(GROUPS)} groups, {len(SYSTEM_CALLS)} system calls, {len(TRAPS)} traps. What values,
memory and addresses are, and what the groups have in common, stands in the [reference](reference.md). This page is made
from the instruction table (`vm/isa.py`) by `python docs/gen_instructions.py`.

How operands are written:

| written | operand |
|---|---|
| `d` | a register, which is written |
| `a` `b` `c` | a register or a constant |
| `[…]` | an address: `[constant]`, `[register]`, `[register+constant]`, `[register-constant]`, `[register+register]`, or the same without brackets |
| `label` | a label of the code |

What *kinds* says:

| kinds | what the operands must be |
|---|---|"""
_EVERY: Final = """
Every instruction can be the one at which a run is stopped from outside: by the instruction limit (79), the time limit
(80) or Ctrl-C (130)."""


def _words(op: Op) -> list[str]:
    return op.syntax.split(" ", 1)[1].split(", ") if op.letters else []


def _short(op: Op) -> str | None:
    """The form with an operand fewer, and what it stands for."""
    words = _words(op)
    if op.short:
        return f"`{', '.join([f'{op.name} d', *words[1:-1]])}` is `{', '.join([f'{op.name} d', 'd', *words[1:-1]])}`"
    if op.optional is not None:
        return f"`{op.name}` is `{op.name} {op.optional}`"
    if op.listed:
        return f"`{op.syntax}, …` takes a list, in the order written: an instruction for each member"
    return None


def traps(op: Op) -> list[str]:
    """Names of the traps that it can raise, its operands' kinds included."""
    kind = ["kind"] if op.kinds in ("integer", "address", "bits", "select", "quantum") else []
    return list(dict.fromkeys([*op.traps, *kind]))


def _entry(op: Op) -> Iterator[str]:
    yield f"`{op.syntax}`: {op.effect}"
    yield ""
    rows = [("number", str(op.code))]
    if op.aliases:
        rows.append(("also written", ", ".join(f"`{op.syntax.replace(op.name, alias, 1)}`" for alias in op.aliases)))
    short = _short(op)
    if short:
        rows.append(("short form", short))
    rows += [(f"`{word}`", _OPERANDS[letter]) for letter, word in zip(op.letters, _words(op), strict=True)]
    if op.kinds != "-":
        rows.append(("kinds", f"*{op.kinds}*: {KINDS[op.kinds]}"))
    item = item_of(op)
    if item:
        rows.append(("item", item))
    if op.result:
        rows.append(("result", _RESULTS[op.result]))
    names = ", ".join(f"[{TITLE[name]} ({STATUS[name]})](#traps)" for name in traps(op))
    rows.append(("traps", names or "none"))
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {_cell(name)} | {_cell(text)} |" for name, text in rows)
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _group(group: str) -> Iterator[str]:
    ops = [op for op in OPS if op.group == group]
    yield f"## {group.capitalize()}"
    yield ""
    yield "| instruction | effect | kinds | traps |"
    yield "|---|---|---|---|"
    for op in ops:
        statuses = ", ".join(str(STATUS[name]) for name in traps(op)) or "–"
        written = f"[`{op.syntax}{', …' if op.listed else ''}`](#{op.name.lower()})"
        yield f"| {written} | {_cell(op.effect)} | {op.kinds} | {statuses} |"
    yield ""
    heading = ""
    for op in ops:
        if op.name != heading:
            heading = op.name
            yield f"### {heading}"
            yield ""
        yield from _entry(op)


def _system_calls() -> Iterator[str]:
    yield "## System calls"
    yield ""
    yield "`QSYSCALL n`. A number that is none traps (76), and so does an operand of the wrong kind (72), before any effect."
    yield "The calls that read memory trap (71) outside it; what each does in detail is in the"
    yield "[reference](reference.md#system-calls)."
    yield ""
    yield "| n | name | effect | takes | gives |"
    yield "|---|---|---|---|---|"
    for call in SYSTEM_CALLS:
        takes, gives = (
            ", ".join(f"{_CALL_KINDS[kind]} in r{register}" for register, kind in enumerate(kinds)) or "–"
            for kinds in (call.takes, call.gives)
        )
        yield f"| {call.number} | {call.name} | {call.effect} | {takes} | {gives} |"
    yield ""


def _traps() -> Iterator[str]:
    yield "## Traps"
    yield ""
    yield "A trap stops the program with one message; its status is the exit status of `qbc run`. `qbcc explain T71` shows an"
    yield "example of each."
    yield ""
    yield "| status | trap | when |"
    yield "|---|---|---|"
    for _, status, title in TRAPS:
        yield f"| {status} | {title} | {_cell(EXPLANATIONS[f'T{status}'].text)} |"
    yield ""


def page() -> str:
    """The whole page."""
    lines = [_INTRODUCTION, *(f"| *{name}* | {text} |" for name, text in KINDS.items() if name != "-"), _EVERY, ""]
    lines += (line for group in GROUPS for line in _group(group))
    lines += (*_system_calls(), *_traps())
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
