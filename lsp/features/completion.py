"""What could be written at a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lsprotocol.types import CompletionItemKind as Kind

from lsp import qbc_words, sigma_words
from lsp.qbc_index import CONSTANT, EXTERNAL, LABEL, LOCAL, MACRO, Symbols
from qbcc.lexer import tables
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile
from qbcc.syntax import DIRECTIVES
from sigma import syntax as s
from sigma.check.program import Program
from sigma.check.scope import UNIVERSE
from sigma.lexer import KEYWORDS
from sigma.lint.walk import within
from sigma.symbols import Constant, Function, Given, Local, Module, ModuleName, RecordName, Symbol, Variable
from sigma.types import Record
from vm.isa import BY_NAME, REGISTERS, SYSTEM_CALLS

PLACEHOLDER: Final = "zzz_here"
"""Stands in for the word that is being written, so that there is a tree in which to look."""
_LABELS: Final = re.compile(r"\s*(?:@?\w+\s*:\s*)*")
_WORD: Final = re.compile(r"[.@]?\w*\Z", re.ASCII)
_SIGMA_WORD: Final = re.compile(r"\w*\Z")
_REST: Final = re.compile(r"\A\w*")
_IMPORT: Final = re.compile(r"\s*import\s+((?:\w+\.)*)\w*\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that could stand there."""

    label: str
    kind: Kind
    detail: str = ""
    text: str = ""
    """Documentation, in Markdown."""
    insert: str = ""
    """What is written, if it is not the label."""


# -- assembly


def assembly(source: SourceFile, symbols: Symbols, line: int, column: int) -> list[Entry]:
    """In a source of assembly."""
    before = source.line(line)[: column - 1]
    if any(
        found.lastgroup in ("COMMENT", "JUNK") and found[0].strip() != "@" for found in tables()[0].finditer(before)
    ):
        # In a comment, in a string that is open. A lone @ begins a local label.
        return []
    found = _LABELS.match(before)
    rest = before[found.end() if found else 0 :]
    word = _WORD.search(rest)
    head = rest[: word.start() if word else len(rest)].split()
    if not head:
        return [*_statements(symbols)]
    if len(head) == 1 and head[0].upper() == "QSYSCALL":
        return [
            Entry(f"{c.number} {c.name}", Kind.Function, c.effect, qbc_words.system_call(c.number) or "", str(c.number))
            for c in SYSTEM_CALLS
        ]
    if head[0].lower() in (".define", ".macro"):
        return [] if len(head) == 1 else [*_names(source, symbols, line)]
    registers = [Entry(f"r{number}", Kind.Variable, "register") for number in range(REGISTERS)]
    return [*registers, *_names(source, symbols, line)]


def _statements(symbols: Symbols) -> Iterator[Entry]:
    for name, ops in BY_NAME.items():
        yield Entry(name, Kind.Keyword, ops[0].effect, qbc_words.instruction(name) or "")
    for directive in DIRECTIVES:
        yield Entry(directive, Kind.Keyword, "directive")
    for name, kind in symbols.kinds.items():
        if kind == MACRO:
            yield Entry(name, Kind.Snippet, kind, qbc_words.name(symbols, name))


def _names(source: SourceFile, symbols: Symbols, line: int) -> Iterator[Entry]:
    owner = _owner(source, symbols, line)
    kinds = {LABEL: Kind.Function, EXTERNAL: Kind.Function, CONSTANT: Kind.Constant, LOCAL: Kind.Reference}
    for name, kind in symbols.kinds.items():
        scope, _, local = name.rpartition("@")
        if kind != MACRO and (kind != LOCAL or scope == owner):
            text = qbc_words.name(symbols, name)
            yield Entry(f"@{local}" if kind == LOCAL else name, kinds[kind], kind, text)


def _owner(source: SourceFile, symbols: Symbols, line: int) -> str:
    """The label whose local labels a line sees."""
    found, best = "", 0
    for name, kind in symbols.kinds.items():
        given = symbols.index.definition(name) if kind == LABEL else None
        if given is not None and given.span.source is source and best < given.span.line <= line:
            found, best = name, given.span.line
    return found


# -- σ


def import_paths(source: SourceFile, line: int, column: int) -> list[Entry] | None:
    """Modules of the library behind ``import``; None elsewhere."""
    found = _IMPORT.match(source.line(line)[: column - 1])
    if found is None:
        return None
    folder = stdlib_dir().joinpath(*found[1].split(".")[:-1])
    if not folder.is_dir():
        return []
    below = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.sigma")))
    modules = [Entry(path.stem, Kind.Module, "a module of the library") for path in sorted(folder.glob("*.sigma"))]
    return [*(Entry(path.name, Kind.Folder, "modules of the library") for path in below), *modules]


def patched(source: SourceFile, line: int, column: int) -> SourceFile | None:
    """The source with a placeholder for the word at a place; None where that is a number."""
    lines = list(source.lines)
    text = source.line(line)
    found = _SIGMA_WORD.search(text[: column - 1])
    start = found.start() if found else column - 1
    if text[start : start + 1].isdigit() and start < column - 1:
        return None
    lines[line - 1 : line] = [text[:start] + PLACEHOLDER + _REST.sub("", text[column - 1 :], count=1)]
    return SourceFile(source.name, "\n".join(lines) + "\n", source.path)


def sigma(program: Program, line: int) -> list[Entry]:
    """In the program of a source that was :func:`patched` for this place."""
    module = program.main
    words, lines = module.tokens.words, module.tokens.lines
    token = next((at for at, word in enumerate(words) if word == PLACEHOLDER and lines[at] == line), None)
    if token is None:
        # In a comment, in a string.
        return []
    if token and words[token - 1] == ".":
        return _members(module, token)
    shown = {symbol.name: symbol for symbol in UNIVERSE.values()}
    shown |= {name: symbol for name, symbol in module.names.items() if symbol.token >= 0}
    shown |= {local.name: local for local in _locals(module, token)}
    entries = [_entry(name, symbol) for name, symbol in shown.items() if PLACEHOLDER not in name]
    return [*entries, *(Entry(word, Kind.Keyword, "keyword") for word in KEYWORDS)]


def _members(module: Module, token: int) -> list[Entry]:
    """What stands behind a dot."""
    for node in (each for top in module.declarations for each in _all(top)):
        if isinstance(node, s.Member) and node.name == token:
            named = module.names.get(node.base.word) if isinstance(node.base, s.Name) else None
            if isinstance(named, ModuleName) and named.target is not None:
                names = named.target.names.items()
                # What a module imports is its own affair.
                return [_entry(name, symbol) for name, symbol in names if not isinstance(symbol, ModuleName)]
            if isinstance(node.base.type, Record):
                record = node.base.type
                return [Entry(field.name, Kind.Field, str(field.type)) for field in record.fields]
    return []


def _all(node: s.Node) -> Iterator[s.Node]:
    """All below a node, what is assigned to as well."""
    for each in within(node):
        yield each
        if isinstance(each, s.Assign):
            yield from within(each.target)


def _locals(module: Module, token: int) -> Iterator[Local]:
    """Variables that a place sees, outer ones first."""
    for top in module.declarations:
        if not (isinstance(top, s.FunctionDecl) and top.first <= token <= top.last and top.body is not None):
            continue
        symbol = module.names.get(module.word(top.name))
        if isinstance(symbol, Function) and symbol.declaration is top:
            yield from symbol.params
        for node in within(top.body):
            if isinstance(node, s.ForRange | s.ForEach) and node.body.first <= token <= node.body.last:
                found = [node.symbol] if isinstance(node, s.ForRange) else node.symbols
                yield from (each for each in found if each is not None)
            if isinstance(node, s.Block) and node.first <= token <= node.last:
                for statement in node.statements:
                    if isinstance(statement, s.Let) and statement.last < token:
                        yield from statement.symbols


def _entry(name: str, symbol: Symbol) -> Entry:
    return Entry(name, _kind(symbol), sigma_words.signature(symbol), sigma_words.documentation(symbol))


def _kind(symbol: Symbol) -> Kind:
    match symbol:
        case Function() | Given():
            return Kind.Function
        case Constant():
            return Kind.Constant
        case RecordName():
            return Kind.Struct
        case ModuleName():
            return Kind.Module
        case Variable() | Local():
            return Kind.Variable
    return Kind.Text
