"""What could be written in a source of σ."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from lsprotocol.types import CompletionItemKind as Kind

from lsp.features import snippets
from lsp.features.completion import Entry, Offer, narrowed, of_snippets, path_offer
from lsp.features.completion_qbc import mnemonics
from lsp.features.narrowing import Narrowing
from lsp.sigma import keywords as sigma_keywords
from lsp.sigma import words as sigma_words
from qbcc.library import stdlib_dir
from qbcc.lint.deprecated import is_deprecated
from qbcc.source import SourceFile
from sigma import syntax as s
from sigma.check.assembly import PLAIN
from sigma.check.program import Program
from sigma.check.scope import UNIVERSE
from sigma.lexer import KEYWORDS
from sigma.lint.walk import within
from sigma.symbols import Constant, Function, Given, Local, Module, ModuleName, RecordName, Symbol, Variable
from sigma.types import Record, Scalar

PLACEHOLDER: Final = "zzz_here" + 40 * "_"
"""Stands in for the word that is being written, so that there is a tree in which to look. It is longer
than the words for which the checker looks for names that are like them."""
_SIGMA_WORD: Final = re.compile(r"\w*\Z")
_REST: Final = re.compile(r"\A\w*")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_STRING_END: Final = re.compile(r'\A(?:[^"\\]|\\.)*(?:"|\Z)')
_CALLED: Final = re.compile(r"\w+\s*\(\s*\Z")
_WORDS: Final = re.compile(r"\s*(\w+)")
_IMPORT: Final = re.compile(r"\s*import\s+((?:\w+\.)*)\w*\Z")
_TYPES: Final = ("int", "float", "bool", "qubit")
_HEADS: Final = frozenset({"const", "fn", "export", "gate", "record", "view", "import", "extern", "let", "var"})
"""Keywords that begin a declaration."""
_NOT_IN_BODIES: Final = frozenset({"const", "fn", "export", "gate", "record", "view", "import", "extern", "from", "as"})


def offer(source: SourceFile, line: int, column: int, checked: Callable[[SourceFile], Program]) -> Offer:
    """At a place; ``checked`` makes a program of a text."""
    files = path_offer(source, line, column, is_sigma=True)
    if files is not None:
        return files
    start = _word_column(source, line, column)
    modules = _import_paths(source, line, column)
    if modules is not None:
        return Offer(start, modules)
    is_open = source.line(line).rstrip().endswith("{") and _has_open_block(checked(source).main)
    other = _patched(source, line, column, is_open=is_open)
    if other is None:
        return Offer(start, [])
    narrowing = Narrowing(source.line(line)[start - 1 : column - 1])
    return narrowed(start, _entries(checked(other), line, narrowing), narrowing)


def _has_open_block(module: Module) -> bool:
    kinds = module.tokens.kinds
    return kinds.count("{") > kinds.count("}")


def _import_paths(source: SourceFile, line: int, column: int) -> list[Entry] | None:
    """Modules of the library behind ``import``; None elsewhere."""
    found = _IMPORT.match(source.line(line)[: column - 1])
    if found is None:
        return None
    folder = stdlib_dir().joinpath(*found[1].split(".")[:-1])
    if not folder.is_dir():
        return []
    below = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.sigma")))
    modules = [Entry(path.stem, Kind.Module, "a module of the library") for path in sorted(folder.glob("*.sigma"))]
    folders = [Entry(each.name, Kind.Folder, "modules of the library", commit=(".",)) for each in below]
    return [*folders, *modules]


def _word_column(source: SourceFile, line: int, column: int) -> int:
    """Where the word of σ begins that ends at a place."""
    found = _SIGMA_WORD.search(source.line(line)[: column - 1])
    return found.start() + 1 if found else column


def _patched(source: SourceFile, line: int, column: int, *, is_open: bool) -> SourceFile | None:
    """The source with a placeholder for the word at a place; None where that is a number. A statement that ends there
    is ended, so that it is read; so is a block that begins behind it, if one ``is_open`` in the source."""
    lines = list(source.lines)
    text = source.line(line)
    start = _word_column(source, line, column) - 1
    if text[start : start + 1].isdigit() and start < column - 1:
        return None
    rest = _REST.sub("", text[column - 1 :], count=1)
    before = text[:start]
    piece = _piece(before)
    if piece is not None:
        # What is printed in braces is given to a function that looks at its argument, as print does not.
        before = _CALLED.sub("abs(", before[: piece[0]]) + before[piece[1] :]
        rest = _STRING_END.sub("", rest, count=1)
    if is_open and rest.rstrip().endswith("{"):
        rest += "}"
    ending = _ending(before) if not rest.strip(' \t)]"') and '"' not in rest else ""
    lines[line - 1 : line] = [before + PLACEHOLDER + (ending or rest)]
    return SourceFile(source.name, "\n".join(lines) + "\n", source.path)


def _piece(before: str) -> tuple[int, int] | None:
    """Of a line that ends in braces of a string: where the string begins, and where what is in the braces does."""
    quote = brace = -1
    depth = at = 0
    while at < len(before):
        mark, pair = before[at], before[at : at + 2]
        if quote < 0:
            if pair == "//":
                return None
            quote = at if mark == '"' else -1
        elif brace < 0:
            at += pair == "{{" or mark == "\\"
            brace = at + 1 if mark == "{" and pair != "{{" else -1
            quote = -1 if mark == '"' else quote
        else:
            depth += (mark in "([{") - (mark in ")]}")
            if depth < 0 or mark == '"' or (mark == ":" and depth == 0):
                brace, depth = -1, 0
        at += 1
    return (quote, brace) if brace >= 0 else None


def _ending(before: str) -> str:
    """What ends a statement of which this is written; nothing for what is none."""
    code = _STRING.sub("", before).partition("//")[0]
    opened: list[str] = []
    for mark in code:
        if mark in "([{":
            opened.append(mark)
        elif mark in ")]}" and opened:
            opened.pop()
        elif mark == ";" and not (opened and opened[-1] == "["):
            code = ""
    inner = "".join({"(": ")", "[": "]", "{": ""}[mark] for mark in reversed(opened))
    found = _WORDS.match(code.rpartition("{")[2])
    word = found[1] if found else ""
    if word in ("if", "while", "for", "fn", "gate", "export"):
        return f"{inner} {{ }}"
    if word in ("let", "var", "const") and "=" not in code:
        return f"{inner} = 0;"
    if word == "record":
        return ""
    return f"{inner};" if word != "import" else ""


def _entries(program: Program, line: int, narrowing: Narrowing) -> list[Entry]:
    """In the program of a source that was :func:`_patched` for this place."""
    module = program.main
    words, lines = module.tokens.words, module.tokens.lines
    on_line = range(bisect_left(lines, line), bisect_right(lines, line))
    token = next((at for at in on_line if words[at] == PLACEHOLDER), None)
    if token is None:
        return _in_assembly(module, line, narrowing)
    inside = _inside(module, token)
    written = next((node for node in inside if isinstance(node, s.NamedType) and token in node.path), None)
    if token and words[token - 1] == ".":
        return _type_members(module, written, token) if written is not None else _members(module, inside, token)
    if written is not None:
        return _types(module, narrowing)
    is_body = any(isinstance(node, s.FunctionDecl) for node in inside)
    starts = token == 0 or words[token - 1] in (";", "{", "}")
    shown = {symbol.name: symbol for symbol in UNIVERSE.values()}
    shown |= {name: symbol for name, symbol in module.names.items() if symbol.token >= 0}
    shown |= {local.name: local for local in _locals(module, token)}
    shown.pop(PLACEHOLDER, None)
    entries = [_entry(name, symbol) for name, symbol in narrowing.of(shown, _rank).items()]
    entries += _named_arguments(module, inside, token)
    if is_body:
        entries += [_keyword(word, 6) for word in KEYWORDS if word not in _NOT_IN_BODIES]
        return entries + (of_snippets(snippets.SIGMA_BODY) if starts else [])
    keywords = [_keyword(word, 3 if word in _HEADS else 6) for word in KEYWORDS]
    return [*entries, *keywords, *(of_snippets(snippets.SIGMA_TOP) if starts else [])]


def _keyword(word: str, rank: int) -> Entry:
    return Entry(word, Kind.Keyword, "keyword", sigma_keywords.keyword(word), rank=rank)


def _in_assembly(module: Module, line: int, narrowing: Narrowing) -> list[Entry]:
    """In ``asm { … }``, which is one token; nothing in a comment or in a string."""
    tokens = module.tokens
    block = bisect_right(tokens.lines, line) - 1
    while block >= 0 and not tokens.words[block]:
        block -= 1
    before, found, _ = module.source.line(line).partition(PLACEHOLDER)
    if block < 0 or tokens.kinds[block] != "ASM" or PLACEHOLDER not in tokens.words[block] or not found:
        return []
    written = before.rpartition("{")[2]
    if ";" in written:
        return []
    if not written.split():
        return [each for each in mnemonics() if each.label in PLAIN]
    known = UNIVERSE | module.names
    usable: dict[str, Symbol] = {name: each for name, each in known.items() if isinstance(each, Constant)}
    usable |= {local.name: local for local in _locals(module, block) if isinstance(local.type, Scalar)}
    return [_entry(name, symbol) for name, symbol in narrowing.of(usable, _rank).items()]


def _inside(module: Module, token: int) -> list[s.Node]:
    """The nodes that a token stands in, outermost first."""
    found = [node for top in module.declarations if top.first <= token <= top.last for node in _all(top)]
    return [node for node in found if node.first <= token <= node.last]


def _types(module: Module, narrowing: Narrowing) -> list[Entry]:
    """Where a type is written."""
    entries = [Entry(word, Kind.Keyword, "type", rank=2) for word in _TYPES]
    entries.append(Entry("byte", Kind.Keyword, "type of elements", rank=4))
    records = {
        name: symbol
        for name, symbol in module.names.items()
        if isinstance(symbol, RecordName | ModuleName) and PLACEHOLDER not in name and symbol.token >= 0
    }
    entries += [replace(_entry(name, symbol), rank=3) for name, symbol in narrowing.of(records, _rank).items()]
    return entries


def _type_members(module: Module, node: s.NamedType, token: int) -> list[Entry]:
    """Records of the module before the dot."""
    owner = module.names.get(module.word(node.path[0])) if node.path[0] != token else None
    if not isinstance(owner, ModuleName) or owner.target is None:
        return []
    return [_entry(name, found) for name, found in owner.target.names.items() if isinstance(found, RecordName)]


def _members(module: Module, inside: list[s.Node], token: int) -> list[Entry]:
    """What stands behind a dot."""
    for node in inside:
        if isinstance(node, s.Member) and node.name == token:
            named = module.names.get(node.base.word) if isinstance(node.base, s.Name) else None
            if isinstance(named, ModuleName) and named.target is not None:
                names = named.target.names.items()
                # What a module imports is its own affair.
                return [_entry(name, symbol) for name, symbol in names if not isinstance(symbol, ModuleName)]
            if isinstance(node.base.type, Record):
                record = node.base.type
                return [Entry(field.name, Kind.Field, str(field.type), rank=2) for field in record.fields]
    return []


def _named_arguments(module: Module, inside: list[s.Node], token: int) -> list[Entry]:
    """Fields of the record that is being made, those that are not given yet."""
    call = next((node for node in reversed(inside) if isinstance(node, s.Call)), None)
    if call is None or module.word(token - 1) not in ("(", ","):
        return []
    named = module.names.get(call.function.word) if isinstance(call.function, s.Name) else None
    if not isinstance(named, RecordName) or not isinstance(named.type, Record):
        return []
    given = {module.word(each.name) for each in call.arguments if isinstance(each, s.NamedArgument)}
    fields = [field for field in named.type.fields if field.name not in given]
    return [Entry(f"{each.name}:", Kind.Field, str(each.type), insert=f"{each.name}: ", rank=1) for each in fields]


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


_RANKS: Final[dict[type[Symbol], int]] = {
    Local: 2, Variable: 3, Function: 3, Constant: 4, RecordName: 4, ModuleName: 4, Given: 5
}  # fmt: skip
_COMMITS: Final[dict[type[Symbol], tuple[str, ...]]] = {
    Function: ("(",), Given: ("(",), RecordName: ("(",), ModuleName: (".",)
}  # fmt: skip


def _entry(name: str, symbol: Symbol) -> Entry:
    text = sigma_words.documentation(symbol)
    return Entry(
        name,
        _kind(symbol),
        sigma_words.signature(symbol),
        text,
        rank=_rank(symbol),
        commit=_COMMITS.get(type(symbol), ()),
        is_deprecated=is_deprecated(text),
    )


def _rank(symbol: Symbol) -> int:
    return _RANKS.get(type(symbol), 5) + (symbol.token < 0 and isinstance(symbol, Constant))


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
