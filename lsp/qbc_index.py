"""The names of assembly: labels, local labels, constants, macros, in all files of a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lsp.index import Index, Occurrence
from qbcc.lexer import tables
from qbcc.names import Names, Value
from qbcc.parser import parse_line
from qbcc.source import SourceFile
from qbcc.syntax import Line, Name
from vm.isa import BY_NAME

LABEL, LOCAL, CONSTANT, MACRO, EXTERNAL = "label", "local label", "constant", "macro", "external name"


@dataclass
class Symbols:
    """What a program of assembly names."""

    index: Index
    kinds: dict[str, str]
    """What each name is; a local label has its owner before it."""
    values: dict[str, Value]
    """Of constants, where they have one."""
    contracts: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of a subroutine, what stands behind ``.args``, ``.returns`` and ``.clobbers``."""


def symbols(sources: Iterable[SourceFile]) -> Symbols:
    """Of all files of a program."""
    scoped = [each for source in sources for each in _lines(source)]
    lines = [line for line, _ in scoped]
    kinds, contracts = _defined(lines)
    return Symbols(Index(_occurrences(scoped, kinds)), kinds, _values(lines), contracts)


def _lines(source: SourceFile) -> Iterator[tuple[Line, frozenset[str]]]:
    """Lines that can be read, each with the owner of its local labels (the label before it, or the macro that it is
    in) and the parameters that hide other names."""
    scope, outer, parameters = "", "", frozenset[str]()
    for number, text in enumerate(source.lines, 1):
        line = parse_line(source, number) if text and not text.isspace() else None
        if not isinstance(line, Line):
            continue
        word = line.word.lower()
        if word == ".macro":
            names = line.words[line.shape.word + 1 :]
            # No label has a blank in its name.
            outer, scope, parameters = scope, f"macro {names[0]}", frozenset(names[1:])
        for token in line.shape.labels:
            scope = line.words[token] if line.words[token][0] != "@" and not scope.startswith("macro ") else scope
        line.scope = scope
        yield line, parameters
        if word == ".endm":
            scope, parameters = outer, frozenset()


def _defined(lines: list[Line]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    kinds: dict[str, str] = {}
    contracts: dict[str, dict[str, str]] = {}
    contract: dict[str, str] = {}
    brought: list[str] = []
    for line in lines:
        for token in line.shape.labels:
            name = _full(line, token)
            kinds.setdefault(name, LOCAL if "@" in name else LABEL)
        word = line.word.lower()
        if word in (".define", ".macro") and line.shape.word + 1 < len(line.words):
            kinds.setdefault(line.words[line.shape.word + 1], CONSTANT if word == ".define" else MACRO)
        elif word == ".extern":
            brought += (line.words[node.first] for node in line.shape.arguments if isinstance(node, Name))
        elif word == ".func" and line.shape.word + 1 < len(line.words):
            contract = contracts.setdefault(line.words[line.shape.word + 1], {})
        elif word in (".args", ".returns", ".clobbers"):
            contract[word] = " ".join(line.words[line.shape.word + 1 :]).replace(" ,", ",")
    for name in brought:
        kinds.setdefault(name, EXTERNAL)
    return kinds, contracts


def _occurrences(scoped: list[tuple[Line, frozenset[str]]], kinds: dict[str, str]) -> Iterator[Occurrence]:
    keys = tables()[1]
    named = (keys["NAME"], keys["LOCAL"])
    for line, parameters in scoped:
        definition = line.shape.word + 1 if line.word.lower() in (".define", ".macro") else -1
        for token, kind in enumerate(line.kinds):
            name = _full(line, token)
            is_mnemonic = token == line.shape.word and line.words[token].upper() in BY_NAME
            if kind in named and name in kinds and name not in parameters and not is_mnemonic:
                is_new = token in line.shape.labels or token == definition
                yield Occurrence(line.tokens(token, token), name, is_new)


def _values(lines: list[Line]) -> dict[str, Value]:
    """Constants that need no address."""
    names = Names(lambda diagnostic: None)
    for line in lines:
        if line.word.lower() == ".define" and len(line.shape.arguments) == 2:
            name, node = line.shape.arguments
            names.add_constant(line.words[name.first], line.span(name), line, node)
    names.settle()
    return {name: constant.value for name, constant in names.constants.items() if constant.value is not None}


def _full(line: Line, token: int) -> str:
    word = line.words[token]
    return line.scope + word if word[0] == "@" else word
