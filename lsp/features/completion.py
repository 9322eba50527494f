"""What could be written at a place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from lsprotocol.types import CompletionItemKind as Kind

from lsp import qbc_words, sigma_words
from lsp.features import paths, snippets
from lsp.qbc_directives import FORMS, SNIPPETS, directive
from lsp.qbc_index import CONSTANT, EXTERNAL, LABEL, LOCAL, MACRO, Symbols
from qbcc.lexer import tables
from qbcc.library import stdlib_dir
from qbcc.lint.deprecated import is_deprecated
from qbcc.source import SourceFile
from qbcc.syntax import DIRECTIVES
from sigma import syntax as s
from sigma.check.program import Program
from sigma.check.scope import UNIVERSE
from sigma.lexer import KEYWORDS
from sigma.lint.walk import within
from sigma.symbols import Constant, Function, Given, Local, Module, ModuleName, RecordName, Symbol, Variable
from sigma.types import Record
from vm.isa import BY_NAME, OUTPUT_BUFFER, REGISTERS, SYSTEM_CALLS

PLACEHOLDER: Final = "zzz_here"
"""Stands in for the word that is being written, so that there is a tree in which to look."""
_LABELS: Final = re.compile(r"\s*(?:@?\w+\s*:\s*)*")
_WORD: Final = re.compile(r"[.@]?\w*\Z", re.ASCII)
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
_REGISTERS_OF: Final = {".args", ".returns", ".clobbers"}
_LABELS_OF: Final = {".global", ".entry_point", ".func"}


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
    snippet: str = ""
    """The same for an editor that fills in places; in the protocol's syntax."""
    rank: int = 5
    """What is likelier comes first: 0 to 9."""
    commit: tuple[str, ...] = ()
    """Characters that take it, and are written behind it."""
    is_deprecated: bool = False
    goes_on: bool = False
    """More can be offered once it stands there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """All that could stand there, in place of what is written from a column on."""

    column: int
    entries: list[Entry]


def path_offer(source: SourceFile, line: int, column: int, *, is_sigma: bool) -> Offer | None:
    """Files behind the quote of an include or an import; None elsewhere."""
    found = paths.written(source.line(line)[: column - 1], is_sigma=is_sigma)
    if found is None:
        return None
    path, ending = found
    name = path.rpartition("/")[2]
    entries = [
        Entry(
            each.name,
            Kind.Folder if each.is_folder else Kind.File,
            "of the library" if each.is_library else "",
            insert=f"{each.name}/" if each.is_folder else "",
            rank=6 if each.is_library else 4,
            goes_on=each.is_folder,
        )
        for each in paths.below(source, path, ending)
    ]
    return Offer(column - len(name), entries)


# -- assembly


def assembly(source: SourceFile, symbols: Symbols, line: int, column: int) -> Offer:
    """In a source of assembly."""
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
    return Offer(column - (len(rest) - start), _entries(source, symbols, line, rest[:start]))


def _entries(source: SourceFile, symbols: Symbols, line: int, before: str) -> list[Entry]:
    """Behind the labels of a line and what else stands before the word."""
    head = before.split()
    if not head:
        return [*_macros(symbols), *_statements(), *_pieces()]
    first = head[0].lower()
    if len(head) == 1 and first == "qsyscall":
        return _system_calls()
    if first in (".define", ".macro"):
        return [] if len(head) == 1 else [*_names(source, symbols, line)]
    registers = list(_registers())
    if first in _REGISTERS_OF:
        return registers
    if first in _LABELS_OF:
        return [entry for entry in _names(source, symbols, line) if entry.kind is Kind.Function]
    if first.startswith("."):
        return [*_names(source, symbols, line)]
    return _operands(first.upper(), before.count(","), registers, [*_names(source, symbols, line)])


def _operands(mnemonic: str, place: int, registers: list[Entry], names: list[Entry]) -> list[Entry]:
    """For an operand of an instruction, by what the table has at its place; of a macro, anything."""
    ops = BY_NAME.get(mnemonic, ())
    letters = {op.letters[min(place, len(op.letters) - 1)] for op in ops if op.letters}
    if letters == {"d"}:
        return registers
    if letters & {"l", "t"}:
        jumps = [replace(each, rank=2 if each.kind in (Kind.Function, Kind.Reference) else 7) for each in names]
        return [*jumps, *(replace(each, rank=8) for each in registers)] if "t" in letters else jumps
    return [*registers, *names]


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
def _statements() -> list[Entry]:
    """Instructions and directives: the same for every source."""
    entries = [
        Entry(name, Kind.Keyword, ops[0].effect, qbc_words.instruction(name) or "", rank=3)
        for name, ops in BY_NAME.items()
    ]
    entries += [
        Entry(name, Kind.Keyword, FORMS[name][1], directive(name) or "", snippet=SNIPPETS.get(name, ""), rank=4)
        for name in DIRECTIVES
    ]
    return entries


def _macros(symbols: Symbols) -> Iterator[Entry]:
    for name, kind in symbols.kinds.items():
        if kind == MACRO:
            text = qbc_words.name(symbols, name)
            parameters = _parameters(symbols, name)
            places = ", ".join(f"${{{number}:{each}}}" for number, each in enumerate(parameters, 1))
            snippet = f"{name} {places}" if parameters else ""
            yield Entry(name, Kind.Function, f"macro {', '.join(parameters)}".strip(), text, "", snippet, 2)


def _parameters(symbols: Symbols, name: str) -> list[str]:
    given = symbols.index.definition(name)
    return qbc_words.macro_parameters(given) if given is not None else []


def _pieces() -> list[Entry]:
    return _of_snippets(snippets.QBC)


def _of_snippets(found: Iterable[snippets.Snippet]) -> list[Entry]:
    """Only editors that fill in places are given them."""
    return [Entry(each.name, Kind.Snippet, each.what, snippet=each.text, rank=7) for each in found]


def _names(source: SourceFile, symbols: Symbols, line: int) -> Iterator[Entry]:
    owner = _owner(source, symbols, line)
    kinds = {LABEL: Kind.Function, EXTERNAL: Kind.Function, CONSTANT: Kind.Constant, LOCAL: Kind.Reference}
    ranks = {LABEL: 6, EXTERNAL: 6, CONSTANT: 5, LOCAL: 5}
    for name, kind in symbols.kinds.items():
        scope, _, local = name.rpartition("@")
        if kind != MACRO and (kind != LOCAL or scope == owner):
            text = qbc_words.name(symbols, name)
            shown = f"@{local}" if kind == LOCAL else name
            yield Entry(
                shown, kinds[kind], kind, text, rank=ranks[kind], commit=(",",), is_deprecated=is_deprecated(text)
            )
    if "OUTPUT_BUFFER" not in symbols.kinds:
        yield Entry("OUTPUT_BUFFER", Kind.Constant, "constant", qbc_words.value(OUTPUT_BUFFER), rank=6)


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
    folders = [Entry(each.name, Kind.Folder, "modules of the library", commit=(".",)) for each in below]
    return [*folders, *modules]


def word_column(source: SourceFile, line: int, column: int) -> int:
    """Where the word of σ begins that ends at a place."""
    found = _SIGMA_WORD.search(source.line(line)[: column - 1])
    return found.start() + 1 if found else column


def patched(source: SourceFile, line: int, column: int) -> SourceFile | None:
    """The source with a placeholder for the word at a place; None where that is a number. A statement that ends there
    is ended, so that it is read."""
    lines = list(source.lines)
    text = source.line(line)
    start = word_column(source, line, column) - 1
    if text[start : start + 1].isdigit() and start < column - 1:
        return None
    rest = _REST.sub("", text[column - 1 :], count=1)
    before = text[:start]
    piece = _piece(before)
    if piece is not None:
        # What is printed in braces is given to a function that looks at its argument, as print does not.
        before = _CALLED.sub("abs(", before[: piece[0]]) + before[piece[1] :]
        rest = _STRING_END.sub("", rest, count=1)
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


def sigma(program: Program, line: int) -> list[Entry]:
    """In the program of a source that was :func:`patched` for this place."""
    module = program.main
    words, lines = module.tokens.words, module.tokens.lines
    on_line = range(bisect_left(lines, line), bisect_right(lines, line))
    token = next((at for at in on_line if words[at] == PLACEHOLDER), None)
    if token is None:
        # In a comment, in a string.
        return []
    inside = _inside(module, token)
    written = next((node for node in inside if isinstance(node, s.NamedType) and token in node.path), None)
    if token and words[token - 1] == ".":
        return _type_members(module, written, token) if written is not None else _members(module, inside, token)
    if written is not None:
        return _types(module)
    is_body = any(isinstance(node, s.FunctionDecl) for node in inside)
    starts = token == 0 or words[token - 1] in (";", "{", "}")
    shown = {symbol.name: symbol for symbol in UNIVERSE.values()}
    shown |= {name: symbol for name, symbol in module.names.items() if symbol.token >= 0}
    shown |= {local.name: local for local in _locals(module, token)}
    entries = [_entry(name, symbol) for name, symbol in shown.items() if PLACEHOLDER not in name]
    entries += _named_arguments(module, inside, token)
    if is_body:
        entries += [Entry(word, Kind.Keyword, "keyword", rank=6) for word in KEYWORDS if word not in _NOT_IN_BODIES]
        return entries + (_of_snippets(snippets.SIGMA_BODY) if starts else [])
    heads = [Entry(word, Kind.Keyword, "keyword", rank=3) for word in KEYWORDS if word in _HEADS]
    others = [Entry(word, Kind.Keyword, "keyword", rank=6) for word in KEYWORDS if word not in _HEADS]
    return [*entries, *heads, *others, *(_of_snippets(snippets.SIGMA_TOP) if starts else [])]


def _inside(module: Module, token: int) -> list[s.Node]:
    """The nodes that a token stands in, outermost first."""
    found = [node for top in module.declarations if top.first <= token <= top.last for node in _all(top)]
    return [node for node in found if node.first <= token <= node.last]


def _types(module: Module) -> list[Entry]:
    """Where a type is written."""
    entries = [Entry(word, Kind.Keyword, "type", rank=2) for word in _TYPES]
    entries.append(Entry("byte", Kind.Keyword, "type of elements", rank=4))
    for name, symbol in module.names.items():
        if isinstance(symbol, RecordName | ModuleName) and PLACEHOLDER not in name and symbol.token >= 0:
            entries.append(replace(_entry(name, symbol), rank=3))
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
        rank=_RANKS.get(type(symbol), 5) + (symbol.token < 0 and isinstance(symbol, Constant)),
        commit=_COMMITS.get(type(symbol), ()),
        is_deprecated=is_deprecated(text),
    )


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
