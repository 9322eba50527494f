"""The operands or arguments of what is being written."""

from __future__ import annotations

from dataclasses import dataclass

from lsp import sigma_words
from qbcc.lexer import tables
from qbcc.source import SourceFile
from sigma.check.program import Program
from sigma.check.scope import UNIVERSE
from sigma.lexer import lex
from sigma.symbols import Function, Given, Module, ModuleName, RecordName, Symbol
from sigma.types import Record
from vm.isa import BY_NAME, Op


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to write it."""

    label: str
    parameters: list[str]
    text: str
    active: int
    """The parameter at the cursor, from 0."""


def assembly(source: SourceFile, line: int, column: int) -> list[Signature]:
    """The forms of an instruction whose operands are being written."""
    word, count = "", 0
    for found in tables()[0].finditer(source.line(line)[: column - 1]):
        kind = found.lastgroup or ""
        if kind == "COMMENT":
            return []
        if kind == "NAME" and not word:
            word = found[found.lastindex or 0].upper()
        elif kind == "COLON":
            word = ""
        elif kind == "COMMA":
            count += 1
    before = source.line(line)[: column - 1]
    if word not in BY_NAME or before.rstrip().upper().endswith(word):
        return [_form(op, 0) for op in BY_NAME.get(word, ())] if before.endswith((" ", "\t")) else []
    return [_form(op, count) for op in BY_NAME[word] if count < len(op.letters) or op.listed]


def _form(op: Op, active: int) -> Signature:
    operands = op.syntax.split(" ", 1)[1].split(", ") if op.letters else []
    return Signature(op.syntax, operands, op.effect, min(active, max(len(operands) - 1, 0)))


def sigma(program: Program, line: int, column: int) -> Signature | None:
    """The call whose arguments are being written."""
    source = program.main.source
    lines = [*source.lines[: line - 1], source.line(line)[: column - 1]]
    tokens, _ = lex(SourceFile(source.name, "\n".join(lines)))
    depth = count = 0
    for at in range(len(tokens.kinds) - 2, 0, -1):
        kind = tokens.kinds[at]
        if kind in (";", "{", "}"):
            return None
        if kind in (")", "]"):
            depth += 1
        elif kind in ("(", "["):
            if depth == 0 and kind == "(" and tokens.kinds[at - 1] in ("NAME", "TYPE"):
                symbol = _meant(program.main, tokens.words, at - 1)
                return _signature(symbol, count) if symbol is not None else None
            # Of brackets that are no call, the commas are their own.
            count = 0 if depth == 0 else count
            depth -= depth > 0
        elif kind == "," and depth == 0:
            count += 1
    return None


def _meant(module: Module, words: list[str], at: int) -> Symbol | None:
    if at >= 2 and words[at - 1] == ".":
        owner = module.names.get(words[at - 2])
        return owner.target.names.get(words[at]) if isinstance(owner, ModuleName) and owner.target else None
    return module.names.get(words[at]) or UNIVERSE.get(words[at])


def _signature(symbol: Symbol, active: int) -> Signature | None:
    parameters: list[str] = []
    match symbol:
        case Function():
            parameters = sigma_words.parameters(symbol)
        case Given():
            parameters = sigma_words.given_parameters(symbol.builtin)
        case RecordName(type=Record() as record):
            parameters = [f"{field.name}: {field.type}" for field in record.fields]
        case _:
            return None
    text = sigma_words.documentation(symbol)
    return Signature(sigma_words.signature(symbol), parameters, text, min(active, max(len(parameters) - 1, 0)))
