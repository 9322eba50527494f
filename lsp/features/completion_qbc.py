"""What could be written in a source of assembly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from lsprotocol.types import CompletionItemKind as Kind

from lsp.features import snippets
from lsp.features.completion import Entry, Offer, narrowed, of_snippets, path_offer
from lsp.features.narrowing import Narrowing
from lsp.qbc import words as qbc_words
from lsp.qbc.directives import FORMS, SNIPPETS, directive
from lsp.qbc.index import CONSTANT, EXTERNAL, LABEL, LOCAL, MACRO, Symbols
from qbcc.lint.deprecated import is_deprecated
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import DIRECTIVES
from vm.isa import BY_NAME, OUTPUT_BUFFER, REGISTERS, SYSTEM_CALLS

_LABELS: Final = re.compile(r"\s*(?:@?\w+\s*:\s*)*")
_WORD: Final = re.compile(r"[.@]?\w*\Z", re.ASCII)
_REGISTERS_OF: Final = {".args", ".returns", ".clobbers"}
_LABELS_OF: Final = {".global", ".entry_point", ".func"}


def offer(source: SourceFile, symbols: Symbols, line: int, column: int) -> Offer:
    """At a place."""
    files = path_offer(source, line, column, is_sigma=False)
    if files is not None:
        return files
    before = source.line(line)[: column - 1]
    if any(
        found.lastgroup in ("COMMENT", "JUNK") and found[0].strip() not in ("@", ".")
        for found in tables()[0].finditer(before)
    ):
        # In a comment, in a string that is open. A lone @ begins a local label, a lone dot a directive.
        return Offer(column, [])
    found = _LABELS.match(before)
    rest = before[found.end() if found else 0 :]
    word = _WORD.search(rest)
    start = word.start() if word else len(rest)
    narrowing = Narrowing(rest[start:])
    entries = _entries(source, symbols, line, rest[:start], narrowing)
    return narrowed(column - (len(rest) - start), entries, narrowing)


def _entries(source: SourceFile, symbols: Symbols, line: int, before: str, narrowing: Narrowing) -> list[Entry]:
    """Behind the labels of a line and what else stands before the word."""
    head = before.split()
    if not head:
        return [*_macros(symbols, narrowing), *mnemonics(), *_directives(), *of_snippets(snippets.QBC)]
    first = head[0].lower()
    if len(head) == 1 and first == "qsyscall":
        return _system_calls()
    if first in (".define", ".macro"):
        return [] if len(head) == 1 else [*_names(source, symbols, line, narrowing)]
    if first in _REGISTERS_OF:
        return [*_registers()]
    if first in _LABELS_OF:
        return [*_names(source, symbols, line, narrowing, {LABEL: 6, EXTERNAL: 6})]
    if first.startswith("."):
        return [*_names(source, symbols, line, narrowing)]
    letters = _letters(first.upper(), before.count(","))
    if letters == {"d"}:
        return [*_registers()]
    if letters & {"l", "t"}:
        jumps = [*_names(source, symbols, line, narrowing, _RANKS_OF_JUMPS)]
        return [*jumps, *(replace(each, rank=8) for each in _registers())] if "t" in letters else jumps
    return [*_registers(), *_names(source, symbols, line, narrowing)]


def _letters(mnemonic: str, place: int) -> set[str]:
    """What the table has for an operand of an instruction; nothing for those of a macro, which may be anything."""
    ops = BY_NAME.get(mnemonic, ())
    return {op.letters[min(place, len(op.letters) - 1)] for op in ops if op.letters}


def _registers() -> Iterator[Entry]:
    for number in range(REGISTERS):
        text = qbc_words.register(number)
        # r10 stands behind r9, not behind r1.
        yield Entry(f"r{number}", Kind.Variable, "register", text, rank=3 if number < 10 else 4, commit=(",",))


@cache
def _system_calls() -> list[Entry]:
    return [
        Entry(f"{c.number} {c.name}", Kind.Function, c.effect, qbc_words.system_call(c.number) or "", str(c.number))
        for c in SYSTEM_CALLS
    ]


@cache
def mnemonics() -> list[Entry]:
    """Instructions: the same for every source."""
    return [
        Entry(name, Kind.Keyword, ops[0].effect, qbc_words.instruction(name) or "", rank=3)
        for name, ops in BY_NAME.items()
    ]


@cache
def _directives() -> list[Entry]:
    return [
        Entry(name, Kind.Keyword, FORMS[name][1], directive(name) or "", snippet=SNIPPETS.get(name, ""), rank=4)
        for name in DIRECTIVES
    ]


def _macros(symbols: Symbols, narrowing: Narrowing) -> Iterator[Entry]:
    macros = {name: kind for name, kind in symbols.kinds.items() if kind == MACRO}
    for name in narrowing.of(macros, lambda _: 0):
        text = qbc_words.name(symbols, name)
        parameters = _parameters(symbols, name)
        places = ", ".join(f"${{{number}:{each}}}" for number, each in enumerate(parameters, 1))
        snippet = f"{name} {places}" if parameters else ""
        yield Entry(name, Kind.Function, f"macro {', '.join(parameters)}".strip(), text, "", snippet, 2)


def _parameters(symbols: Symbols, name: str) -> list[str]:
    given = symbols.index.definition(name)
    return qbc_words.macro_parameters(given) if given is not None else []


_KINDS: Final = {LABEL: Kind.Function, EXTERNAL: Kind.Function, CONSTANT: Kind.Constant, LOCAL: Kind.Reference}
_RANKS_OF_NAMES: Final = {LABEL: 6, EXTERNAL: 6, CONSTANT: 5, LOCAL: 5}
_RANKS_OF_JUMPS: Final = {LABEL: 2, EXTERNAL: 2, LOCAL: 2, CONSTANT: 7}


def _names(
    source: SourceFile,
    symbols: Symbols,
    line: int,
    narrowing: Narrowing,
    ranks: Mapping[str, int] = _RANKS_OF_NAMES,
) -> Iterator[Entry]:
    """Names of the kinds that have a rank, as a line sees them."""
    file = symbols.files.get(source)
    owner = file.owner(line) if file is not None else ""
    shown: dict[str, str] = {}
    for name, kind in symbols.kinds.items():
        scope, _, local = name.rpartition("@")
        if kind in ranks and (kind != LOCAL or scope == owner):
            shown[f"@{local}" if kind == LOCAL else name] = name
    for label, name in narrowing.of(shown, lambda name: ranks[symbols.kinds[name]]).items():
        kind, text = symbols.kinds[name], qbc_words.name(symbols, name)
        is_old = is_deprecated(text)
        yield Entry(label, _KINDS[kind], kind, text, rank=ranks[kind], commit=(",",), is_deprecated=is_old)
    if "OUTPUT_BUFFER" not in symbols.kinds and CONSTANT in ranks:
        rank = ranks[CONSTANT] + 1
        yield Entry("OUTPUT_BUFFER", Kind.Constant, "constant", qbc_words.value(OUTPUT_BUFFER), rank=rank)
