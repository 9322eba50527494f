"""The operands or arguments of what is being written."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from lsp.qbc import words as qbc_words
from lsp.qbc.directives import FORMS
from lsp.qbc.index import MACRO, Symbols
from lsp.sigma import words as sigma_words
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables
from sigma.check.program import Program
from sigma.check.scope import UNIVERSE
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


def assembly(source: SourceFile, symbols: Symbols, line: int, column: int) -> list[Signature]:
    """The forms of an instruction, a macro or a directive whose operands are being written."""
    before = source.line(line)[: column - 1]
    word, end, count = "", 0, 0
    for found in tables()[0].finditer(before):
        kind = found.lastgroup or ""
        if kind == "COMMENT":
            return []
        if kind in ("NAME", "DIRECTIVE", "DEFINE", "MACRO") and not word:
            word, end = found[found.lastindex or 0], found.end()
        elif kind == "COLON":
            word, count = "", 0
        elif kind == "COMMA":
            count += 1
    if not word or len(before) <= end:
        return []
    if symbols.kinds.get(word) == MACRO and word.upper() not in BY_NAME:
        return _macro(symbols, word, count)
    if word[0] == ".":
        return _directive(word.lower(), count)
    ops = BY_NAME.get(word.upper(), ())
    return [_form(op, count) for op in ops if count < max(len(op.letters), 1) or op.listed]


def _form(op: Op, active: int) -> Signature:
    operands = op.syntax.split(" ", 1)[1].split(", ") if op.letters else []
    return Signature(op.syntax, operands, op.effect, min(active, max(len(operands) - 1, 0)))


def _macro(symbols: Symbols, name: str, active: int) -> list[Signature]:
    definition = symbols.index.definition(name)
    parameters = qbc_words.macro_parameters(definition) if definition is not None else []
    if active >= max(len(parameters), 1):
        return []
    label = f"{name} {', '.join(parameters)}".rstrip()
    return [Signature(label, parameters, qbc_words.comment(symbols, name), active)]


def _directive(word: str, active: int) -> list[Signature]:
    found = FORMS.get(word)
    if found is None:
        return []
    form, effect = found
    parameters = form.partition(" ")[2].split(", ") if " " in form else []
    if word in (".define", ".macro"):
        parameters = form.split(" ", 2)[1:]
    return [Signature(form, parameters, effect, min(active, max(len(parameters) - 1, 0)))] if parameters else []


def sigma(program: Program, line: int, column: int) -> Signature | None:
    """The call whose arguments are being written."""
    tokens = program.main.tokens
    last = (
        bisect_left(range(len(tokens.lines)), (line, column), key=lambda at: (tokens.lines[at], tokens.columns[at])) - 1
    )
    depth = count = 0
    for at in range(last, 0, -1):
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
            parameters = symbol.builtin.parameters
        case RecordName(type=Record() as record):
            parameters = [f"{field.name}: {field.type}" for field in record.fields]
        case _:
            return None
    text = sigma_words.documentation(symbol)
    return Signature(sigma_words.signature(symbol), parameters, text, min(active, max(len(parameters) - 1, 0)))
