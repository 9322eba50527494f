"""What is said of the word under the cursor."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any, Final

from lsp import matrices
from lsp.index import Index, Occurrence
from lsp.qbc import words as qbc_words
from lsp.qbc.directives import directive
from lsp.qbc.flow import described
from lsp.qbc.index import LABEL, Symbols
from lsp.qbc.values import around, value_of
from lsp.sigma import words as sigma_words
from lsp.sigma.keywords import keyword
from qbcc.assembly.names import integer_value
from qbcc.flow.program import Flow
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables, tokenise
from qbcc.syntax.lines import Binary, Group, Line, Unary
from qbcc.syntax.parser import parse_line
from qbcc.syntax.text import CharacterFault, character_value
from sigma import syntax as s
from sigma.check.program import Program
from sigma.lint.walk import children
from sigma.symbols import Constant, Given, Module, Symbol
from sigma.types import UNKNOWN

Said = tuple[str, Span]
"""Markdown, and what it speaks of."""
_MOST: Final = 4096
"""Digits of a number that is read."""
_SHOWN: Final = 60
"""Characters of an expression that are repeated."""


def assembly(
    source: SourceFile, symbols: Symbols, line: int, column: int, flow: Callable[[], Flow | None] = lambda: None
) -> Said | None:
    """In a source of assembly; ``flow`` gives what its routines do, and is only called for a label."""
    found = symbols.index.at(source, line, column)
    if found is not None:
        said = qbc_words.name(symbols, str(found.what))
        known = flow() if symbols.kinds[str(found.what)] == LABEL else None
        more = described(known, str(found.what)) if known is not None else ""
        return f"{said}\n\n{more}" if more else said, found.span
    key, words, columns = tokenise(source.line(line))
    names = tables()[2]
    for at, (word, start) in enumerate(zip(words, columns, strict=True)):
        if start <= column <= start + len(word):
            before = words[at - 1].upper() if at else ""
            text = _word(names.get(key[at], ""), word, before, symbols, _read(source, line))
            if text is not None:
                return text, Span(source, line, start, start + len(word))
    return _expression(symbols, _read(source, line), column)


def _read(source: SourceFile, line: int) -> Line | None:
    found = parse_line(source, line) if 0 < line <= len(source.lines) else None
    return found if isinstance(found, Line) else None


def _word(kind: str, word: str, before: str, symbols: Symbols, line: Line | None) -> str | None:
    match kind:
        case "NAME" if word.upper() == (line.word.upper() if line is not None else word.upper()):
            return qbc_words.instruction(word, _angles(symbols, line) if line is not None else ())
        case "NAME" if word in symbols.values:
            return f"`{word}`: {qbc_words.value(symbols.values[word])}"
        case "INTEGER" if len(word) <= _MOST:
            number = integer_value(word)
            return qbc_words.system_call(number) if before == "QSYSCALL" else qbc_words.value(number)
        case "FLOAT":
            return qbc_words.value(float(word.replace("_", "")))
        case "CHARACTER":
            try:
                return qbc_words.value(character_value(word))
            except CharacterFault:
                return None
        case "REGISTER":
            return qbc_words.register(int(word[1:]))
        case "DIRECTIVE" | "DEFINE" | "MACRO":
            return directive(word)
    return None


def _angles(symbols: Symbols, line: Line) -> list[float | None]:
    """Of a gate, the angles that a line gives it, where they are constant."""
    gate = matrices.gate_of(line.word)
    if gate is None:
        return []
    given = line.shape.arguments[gate.qubits : gate.qubits + gate.angles]
    found = [value_of(symbols.values, line, node) for node in given]
    return [None if value is None else _real(value) for value in found]


def _real(value: int | float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _expression(symbols: Symbols, line: Line | None, column: int) -> Said | None:
    """The value of an expression, on its operators and parentheses."""
    node = around(line, column) if line is not None else None
    if line is None or not isinstance(node, Binary | Group | Unary):
        return None
    value = value_of(symbols.values, line, node)
    if value is None:
        return None
    span = line.span(node)
    return f"`{_cut(_text(span))}` is {qbc_words.value(value)}", span


def _text(span: Span) -> str:
    return span.source.line(span.line)[span.column - 1 : span.end_column - 1]


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


# -- σ


def sigma(source: SourceFile, index: Index, line: int, column: int, program: Program | None = None) -> Said | None:
    """In a source of σ: a name, or with its tree an expression."""
    found = index.at(source, line, column)
    if found is not None:
        return _described(found, _given_angles(found, program)), found.span
    if program is None or program.main.source is not source:
        return None
    return _typed(program.main, line, column)


def _described(found: Occurrence, angles: list[float | None]) -> str:
    what: Any = found.what
    if isinstance(what, Symbol):
        text = sigma_words.documentation(what)
        head = f"```sigma\n{sigma_words.signature(what)}\n```"
        parts = [head, text] if text else [head]
        if isinstance(what, Constant) and isinstance(what.value, int | float) and not isinstance(what.value, bool):
            parts.append(qbc_words.value(what.value))
        if isinstance(what, Given) and what.builtin.is_gate:
            parts.append(qbc_words.matrix(what.builtin.mnemonic, angles))
        return "\n\n".join(parts)
    record, name = what
    type = found.node.type if isinstance(found.node, s.Expr) and found.node.type is not UNKNOWN else None
    field = record.field(name)
    place = f"{field.offset} bytes from its start, {field.type.size} bytes"
    return f"```sigma\n{record}.{name}: {type or field.type}\n```\n\na field of the record `{record}`, {place}"


def _given_angles(found: Occurrence, program: Program | None) -> list[float | None]:
    """Of the call of a gate of the language, its angles where they are constant."""
    what = found.what
    if program is None or found.node is None or not isinstance(what, Given) or not what.builtin.is_gate:
        return []
    for module in program.modules:
        if module.source is found.span.source:
            for node in _chain(module, found.node.first):
                if isinstance(node, s.Call) and node.function is found.node:
                    given = node.arguments[what.builtin.qubits :]
                    return [_real(a.value) if isinstance(a.value, int | float) else None for a in given]
    return []


def _chain(module: Module, token: int) -> list[s.Node]:
    """The nodes in which a token stands, outermost first."""
    found: list[s.Node] = []
    below = list(module.declarations)
    while below:
        node = next((each for each in below if each.first <= token <= each.last), None)
        if node is None:
            break
        found.append(node)
        below = list(children(node))
    return found


def _typed(module: Module, line: int, column: int) -> Said | None:
    """The innermost expression at a place: its type, and its value if it is constant."""
    tokens = module.tokens
    at = next(
        (
            token
            for token in range(bisect_left(tokens.lines, line), bisect_right(tokens.lines, line))
            if tokens.columns[token] <= column < tokens.columns[token] + len(tokens.words[token])
        ),
        None,
    )
    nodes = _chain(module, at) if at is not None else []
    node = next((each for each in reversed(nodes) if isinstance(each, s.Expr) and each.type is not UNKNOWN), None)
    is_operator = node is not None and at is not None and tokens.kinds[at] in ("BINARY", "PREFIX")
    if at is not None and not is_operator and (said := keyword(tokens.words[at])):
        return said, module.at(at)
    if node is None:
        return None
    span = module.span(node)
    is_on_one_line = tokens.lines[node.first] == tokens.lines[node.last]
    shown = _text(span) if is_on_one_line else module.text(node)
    text = f"```sigma\n{_cut(shown)}: {node.type}\n```"
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        text += f"\n\n{qbc_words.value(node.value)}"
    elif node.value is not None:
        text += f"\n\n`{_cut(str(node.value).lower())}`"
    return text, span
