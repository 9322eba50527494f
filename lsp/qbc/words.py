"""What the words of assembly mean, in Markdown; from the tables."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from lsp import matrices
from lsp.index import Occurrence
from lsp.qbc.index import CONSTANT, LABEL, MACRO, Symbols
from qbcc.assembly.names import Value
from vm.isa import BY_NAME, BY_SYSTEM_CALL, KINDS, Op, SystemCall
from vm.trap import TITLE

_PASSED: Final = (".func", ".args", ".returns", ".clobbers", ".endfunc", ".global")
"""What may stand between a label and the comment that speaks of it."""
_CONTRACT: Final = {".args": "takes", ".returns": "gives", ".clobbers": "changes"}
_WORD: Final = 1 << 64
_LONGEST: Final = 80
"""Digits that are shown of a number."""
ARGUMENTS: Final = 4
"""Registers from r0 on that the calling convention hands over."""
_LETTERS: Final = {
    "d": "a register that is written", "a": "a register or a constant", "l": "a label",
    "m": "an address: `[a]`, `[reg+const]`, `[reg-const]` or `[reg+reg]`", "t": "a register with a code address",
}  # fmt: skip
"""What the letters of :attr:`vm.isa.Op.operands` stand for."""
_RESULTS: Final = {
    "int": "an integer", "float": "a float", "same": "of the kind of what it takes",
    "number": "a float if an operand is one, else an integer",
}  # fmt: skip

_ITEMS: Final = {
    "B": "8 bits, of `.byte`",
    "H": "16 bits, of `.word`",
    "W": "32 bits, of `.dword`; an item of `.word` is 16, which `QLOADH` and `QSTOREH` access",
}
"""What the last letter of a load or a store means."""


def instruction(word: str, angles: Sequence[float | None] = ()) -> str | None:
    """All forms of an instruction; of a gate its matrix, with numbers where all angles are known."""
    ops = BY_NAME.get(word.upper())
    if ops is None:
        return None
    parts = ["\n\n---\n\n".join(_form(op) for op in ops)]
    gate = matrices.gate_of(word)
    if gate is not None:
        parts.append(matrix(gate.mnemonic, angles))
    return "\n\n".join(parts)


def matrix(mnemonic: str, angles: Sequence[float | None] = ()) -> str:
    """The matrix of a gate; it says which qubit is which bit where there are several."""
    shown = f"```text\n{matrices.drawn(mnemonic, angles)}\n```"
    gate = matrices.gate_of(mnemonic)
    many = gate is not None and gate.qubits > 1
    return f"{shown}\n\nRows and columns count with the first qubit as the lowest bit." if many else shown


def _form(op: Op) -> str:
    parts = [f"```qbc\n{op.syntax}\n```", op.effect]
    said = _operands(op)
    parts += [f"*Operands*: {said}."] if said else []
    item = item_of(op)
    parts += [f"*Item*: {item}."] if item else []
    if op.kinds != "-":
        parts.append(f"*Kinds*: {KINDS[op.kinds]}.")
    if op.result:
        parts.append(f"*Result*: {_RESULTS[op.result]}.")
    short = _short(op)
    parts += [f"*Written too*: {short}."] if short else []
    if op.traps:
        parts.append("*Traps*: " + "; ".join(f"`{name}` ({TITLE[name]})" for name in op.traps) + ".")
    return "\n\n".join(parts)


def item_of(op: Op) -> str | None:
    """The item of the data section that a load or a store accesses, where its name might be taken for another's."""
    return _ITEMS.get(op.name[-1]) if op.name.startswith(("QLOAD", "QSTORE")) else None


def _operands(op: Op) -> str:
    """What stands for each operand."""
    names = op.syntax.partition(" ")[2].split(", ") if op.letters else []
    return "; ".join(f"`{name}` {_LETTERS[letter]}" for name, letter in zip(names, op.letters, strict=True))


def _short(op: Op) -> str:
    """Other ways to write it."""
    ways = []
    if op.short:
        names = op.syntax.partition(" ")[2].split(", ")
        ways.append(f"`{op.name} {', '.join(names[:-1])}`, which is `{op.name} {', '.join([names[0], *names[:-1]])}`")
    if op.listed:
        ways.append(f"`{op.syntax}, …`, an instruction for each, in the order written")
    if op.optional is not None:
        ways.append(f"without its last operand, which is {op.optional} then")
    ways += [f"`{alias}`" for alias in op.aliases]
    return "; ".join(ways)


def register(number: int) -> str:
    """What the calling convention says of it."""
    if number < ARGUMENTS:
        said = "an argument and a result of subroutines, which may change it; system calls take r0 and r1"
    else:
        said = "the caller's: a subroutine that uses it pushes and pops it"
    return f"```qbc\nr{number}\n```\n\n{said}"


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
            signed = bits - _WORD if bits >> 63 else bits
            other = f", signed `{signed}`" if found >= 0 and signed < 0 else ""
            character = f", the character `{chr(found)}`" if 0x20 < found < 0x7F and found != 0x60 else ""
            return f"`{found}`, `{bits:#x}`{other}{character}, as a float's bits `{as_float!r}`"
        case int():
            return f"`{_large(found)}`, more than a register holds"
    return "an address, which linking gives"


def _large(found: int) -> str:
    shown = f"{found:#x}"
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def name(symbols: Symbols, what: str) -> str:
    """A label, a constant or a macro."""
    kind = symbols.kinds[what]
    shown = what.rpartition("@")[2] if "@" in what else what
    definition = symbols.index.definition(what)
    if kind == MACRO and definition is not None:
        shown = f"{shown} {', '.join(macro_parameters(definition))}".rstrip()
    head = f"```qbc\n{'@' if '@' in what else ''}{shown}\n```\n\n{kind}"
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


def macro_parameters(definition: Occurrence) -> list[str]:
    """What a ``.macro`` takes, by the line that defines it."""
    span = definition.span
    found = span.source.line(span.line)[span.end_column - 1 :].partition(";")[0]
    return [name.strip() for name in found.split(",") if name.strip()]


def comment(symbols: Symbols, what: str) -> str:
    """What its author says of a name."""
    definition = symbols.index.definition(what)
    return _comment(definition) if definition is not None else ""


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
