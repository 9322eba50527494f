"""What stands between the words and is not written: values, addresses, types, names of parameters."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from lsp.client import ADDRESSES, PARAMETERS, TYPES, VALUES
from lsp.qbc import words as qbc_words
from lsp.qbc.index import MACRO, Symbols
from lsp.qbc.values import value_of
from qbcc.assembly.reading import read
from qbcc.flow.program import Flow
from qbcc.objects.decode import Decoder
from qbcc.objects.labels import Labels
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Address, Binary, Group, Line, Name, Node, Unary
from sigma import syntax as s
from sigma.lint.walk import within
from sigma.symbols import Function, Local, Module, RecordName
from sigma.types import UNKNOWN, Record
from vm.bytecode import Base, ObjectFile
from vm.isa import BY_NAME, CODE_BASE, DATA_BASE

_LARGE = 1 << 16
"""From here on a number is shown in hexadecimal: it is an address, or bits."""
_MOST = 40
"""Instructions of a macro that are shown."""
_DATA = (".byte", ".word", ".dword", ".qword", ".space", ".double", ".align", ".rept")


@dataclass(frozen=True, slots=True)
class Hint:
    """Words at a place of a line, from 1."""

    line: int
    column: int
    text: str
    tooltip: str = ""
    """In Markdown."""
    is_parameter: bool = False
    is_type: bool = False
    definition: Span | None = None
    """Where a click on it leads."""


def assembly(
    source: SourceFile, symbols: Symbols, made: ObjectFile | None, first: int, last: int, kinds: Container[str]
) -> list[Hint]:
    """In some lines of a source of assembly; ``made`` is what it becomes, None where it has errors."""
    found: list[Hint] = []
    if VALUES in kinds:
        for at in range(first, min(last, len(source.lines)) + 1):
            line = read(source.line(at)).line(source, at)
            if isinstance(line, Line):
                found += _values(symbols, line)
    if ADDRESSES in kinds and made is not None:
        found += (hint for hint in _addresses(made) if first <= hint.line <= last)
    return sorted(found, key=lambda hint: (hint.line, hint.column))


def depths(source: SourceFile, flow: Flow, first: int, last: int) -> list[Hint]:
    """How many values a routine has on the stack, behind each line that follows a change of it."""
    found = []
    for line in range(first, min(last, len(source.lines)) + 1):
        made = flow.at(source, line)
        depth = flow.depths[made[0]] if made else None
        if depth is None:
            continue
        index = made[0]
        owner = flow.owners[index]
        before = flow.depths[index - 1] if index and flow.owners[index - 1] is owner else 0
        if depth != before:
            text = f"{depth} value{'' if depth == 1 else 's'} on the stack since the routine began"
            found.append(Hint(line, len(source.line(line).rstrip()) + 1, f"↕{depth}", text))
    return found


def expansions(source: SourceFile, symbols: Symbols, made: ObjectFile, flow: Flow, first: int, last: int) -> list[Hint]:
    """How many instructions each use of a macro becomes, and which."""
    found = []
    decoder: Decoder | None = None
    for at in range(first, min(last, len(source.lines)) + 1):
        line = read(source.line(at)).line(source, at)
        if not isinstance(line, Line) or symbols.kinds.get(line.word) != MACRO or line.word.upper() in BY_NAME:
            continue
        indexes = flow.at(source, at)
        decoder = decoder or Decoder(made, Labels(made), strict=False)
        shown = "\n".join(decoder.instruction(index) for index in indexes[:_MOST])
        text = f"→ {len(indexes)} instruction{'' if len(indexes) == 1 else 's'}"
        tooltip = f"```qbc\n{shown}{'' if len(indexes) <= _MOST else f'{chr(10)}…'}\n```" if indexes else ""
        found.append(Hint(at, len(source.line(at).rstrip()) + 1, text, tooltip))
    return found


def _values(symbols: Symbols, line: Line) -> Iterator[Hint]:
    """What names and expressions in operands come to."""
    word = line.word.lower()
    if word == ".define" and len(line.shape.arguments) == 2:
        nodes = [line.shape.arguments[1]]
    elif word.upper() in BY_NAME or word in _DATA:
        nodes = list(line.shape.arguments)
    else:
        return
    for node in nodes:
        inner = node.inner if isinstance(node, Address) else node
        for part in _constant_parts(symbols, line, inner):
            value = value_of(symbols.values, line, part)
            if value is not None:
                span = line.span(part)
                yield Hint(line.number, span.end_column, f"= {_shown(value)}", qbc_words.value(value))


def _constant_parts(symbols: Symbols, line: Line, node: Node) -> Iterator[Node]:
    """The largest parts of an operand that have a value which is not what is written."""
    if isinstance(node, Name) or (
        isinstance(node, Binary | Group) and value_of(symbols.values, line, node) is not None
    ):
        yield node
        return
    match node:
        case Binary(left=left, right=right):
            yield from _constant_parts(symbols, line, left)
            yield from _constant_parts(symbols, line, right)
        case Group(inner=inner):
            yield from _constant_parts(symbols, line, inner)
        case Unary(operand=Name() | Binary() | Group()):
            yield node


def _shown(value: int | float) -> str:
    if isinstance(value, int) and abs(value) >= _LARGE:
        shown = f"{value:#x}"
        return shown if len(shown) < 24 else f"{shown[:20]}…"
    return repr(value)


def _addresses(made: ObjectFile) -> Iterator[Hint]:
    """What labels stand for, as far as the source by itself says it."""
    for symbol in made.symbols:
        where = symbol.where
        if where is None or where.file != 0 or symbol.base not in (Base.CODE, Base.DATA):
            continue
        if symbol.base is Base.CODE:
            text, address = f"#{symbol.value}", CODE_BASE + symbol.value
            tooltip = f"instruction {symbol.value}, code address `{address:#x}`"
        else:
            text = f"{DATA_BASE + symbol.value:#x}"
            tooltip = f"address `{text}`, {symbol.value} bytes into the data"
        yield Hint(where.line, where.end_column + 1, text, f"{tooltip}; linking moves it")


# -- σ


def sigma(module: Module, first: int, last: int, kinds: Container[str]) -> list[Hint]:
    """In some lines of a checked source of σ."""
    found: list[Hint] = []
    for top in module.declarations:
        lines = module.tokens.lines
        if lines[top.first] > last or lines[min(top.last, len(lines) - 1)] < first:
            continue
        for node in within(top):
            if TYPES in kinds:
                found += _types(module, node)
            if PARAMETERS in kinds and isinstance(node, s.Call):
                found += _parameters(module, node)
    return sorted({hint for hint in found if first <= hint.line <= last}, key=lambda hint: (hint.line, hint.column))


def _types(module: Module, node: s.Node) -> Iterator[Hint]:
    """Of names whose type is not written."""
    if isinstance(node, s.ForEach) or (isinstance(node, s.Let) and node.written is None):
        named = zip(node.names, node.symbols, strict=False)
    elif isinstance(node, s.GlobalDecl | s.ConstDecl) and node.written is None:
        named = zip([node.name], [module.names.get(module.word(node.name))], strict=False)
    else:
        return
    for token, symbol in named:
        type = getattr(symbol, "type", UNKNOWN)
        if type is UNKNOWN or symbol.token != token:
            continue
        place = module.at(token)
        where = _declared(module, type)
        yield Hint(place.line, place.end_column, f": {type}", is_type=True, definition=where)


def _declared(module: Module, type: object) -> Span | None:
    """Where a record is declared."""
    names = module.names.values()
    found = next((each for each in names if isinstance(each, RecordName) and each.type is type), None)
    return found.module.at(found.token) if found is not None and found.module is not None else None


def _parameters(module: Module, node: s.Call) -> Iterator[Hint]:
    """Of arguments that do not say it themselves."""
    target = node.target
    names: list[tuple[str, Span | None]] = []
    if isinstance(target, Function):
        names = [(param.name, _place(param)) for param in target.params]
    elif isinstance(target, RecordName) and isinstance(target.type, Record):
        names = [(field.name, None) for field in target.type.fields]
    for (name, where), argument in zip(names, node.arguments, strict=False):
        if isinstance(argument, s.NamedArgument) or name.startswith("_") or _says(module, argument, name):
            continue
        place = module.at(argument.first)
        yield Hint(place.line, place.column, f"{name}:", is_parameter=True, definition=where)


def _place(param: Local) -> Span | None:
    return param.module.at(param.token) if param.module is not None else None


def _says(module: Module, argument: s.Expr, name: str) -> bool:
    """Whether the name of the parameter stands there anyway: ``width`` or ``box.width`` for ``width``."""
    match argument:
        case s.Name(word=word):
            return word == name or word.endswith(f"_{name}")
        case s.Member():
            return module.word(argument.name) == name
    return False
