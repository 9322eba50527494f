"""What the words of assembly mean, in Markdown; from the tables."""

from __future__ import annotations

import struct
from typing import Final

from lsp.index import Occurrence
from lsp.qbc_index import CONSTANT, LABEL, MACRO, Symbols
from qbcc.names import Value
from vm.isa import BY_NAME, BY_SYSTEM_CALL, KINDS, Op, SystemCall
from vm.trap import TITLE

_PASSED: Final = (".func", ".args", ".returns", ".clobbers", ".endfunc", ".global")
"""What may stand between a label and the comment that speaks of it."""
_CONTRACT: Final = {".args": "takes", ".returns": "gives", ".clobbers": "changes"}
_WORD: Final = 1 << 64


def instruction(word: str) -> str | None:
    """All forms of an instruction."""
    ops = BY_NAME.get(word.upper())
    return "\n\n---\n\n".join(_form(op) for op in ops) if ops else None


def _form(op: Op) -> str:
    parts = [f"```qbc\n{op.syntax}\n```", op.effect]
    if op.kinds != "-":
        parts.append(f"*Kinds*: {KINDS[op.kinds]}.")
    if op.traps:
        parts.append("*Traps*: " + "; ".join(f"`{name}` ({TITLE[name]})" for name in op.traps) + ".")
    return "\n\n".join(parts)


def system_call(number: int) -> str | None:
    """What a number behind ``QSYSCALL`` asks for."""
    call = BY_SYSTEM_CALL.get(number)
    return None if call is None else f"`QSYSCALL {number}`: **{call.name}**\n\n{call.effect}" + _registers(call)


def _registers(call: SystemCall) -> str:
    rows = [("takes", call.takes), ("gives", call.gives)]
    said = [f"{what} {', '.join(f'r{n} {kind}' for n, kind in enumerate(kinds))}" for what, kinds in rows if kinds]
    return f"\n\n*{'; '.join(said)}*" if said else ""


def value(found: Value | None) -> str:
    """A number in every form: an address has none yet."""
    match found:
        case float():
            return f"`{found!r}`, bits `{struct.unpack('<Q', struct.pack('<d', found))[0]:#018x}`"
        case int() if -_WORD // 2 <= found < _WORD:
            bits = found % _WORD
            as_float = struct.unpack("<d", struct.pack("<Q", bits))[0]
            return f"`{found}`, `{bits:#x}`, as a float's bits `{as_float!r}`"
        case int():
            return f"`{found:#x}`"
    return "an address, which linking gives"


def name(symbols: Symbols, what: str) -> str:
    """A label, a constant or a macro."""
    kind = symbols.kinds[what]
    shown = what.rpartition("@")[2] if "@" in what else what
    head = f"```qbc\n{'@' if '@' in what else ''}{shown}\n```\n\n{kind}"
    definition = symbols.index.definition(what)
    parts = [head]
    if kind == CONSTANT:
        parts = [f"{head} {value(symbols.values.get(what))}"]
    if kind == LABEL and what in symbols.contracts:
        contract = symbols.contracts[what]
        said = [f"{_CONTRACT[part]} `{registers}`" for part, registers in contract.items() if registers]
        parts += [f"*Contract*: {'; '.join(said)}."] if said else []
    if kind in (LABEL, CONSTANT, MACRO) and definition is not None:
        comment = _comment(definition)
        parts += [f"```text\n{comment}\n```"] if comment else []
    return "\n\n".join(parts)


def _comment(definition: Occurrence) -> str:
    """The comment behind a definition, or that right above it."""
    span = definition.span
    behind = span.source.line(span.line)[span.end_column - 1 :].partition(";")[2].strip()
    number = span.line - 1
    while number > 0 and span.source.line(number).strip().lower().startswith(_PASSED):
        number -= 1
    found: list[str] = []
    while number > 0 and (text := span.source.line(number).strip()).startswith(";"):
        found.append(text.lstrip(";").removeprefix(" "))
        number -= 1
    return behind or "\n".join(reversed(found))
