"""What can be done with a program, and what is known of its parts, above the lines that declare them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lsp.qbc.index import CONSTANT, LABEL, MACRO, Symbols
from qbcc.assembly.reading import read
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Line, Name
from sigma import syntax as s
from sigma.check.program import Program
from sigma.check.scope import UNIVERSE
from sigma.lint.walk import everything
from sigma.symbols import Constant, Function, Given, Module, RecordName, Symbol
from vm.isa import BY_NAME, QUANTUM

RUN, SHOTS, DEBUG, REFERENCES = "qbc.run", "qbc.runWithShots", "qbc.debug", "qbc.showReferences"
CIRCUIT, DISASSEMBLY, TABLE, CHANGES = "qbc.showCircuit", "qbc.showDisassembly", "qbc.showRoutingTable", ""
_QUBITS: Final = frozenset({"makes qubits", "measures", "samples"})


@dataclass(frozen=True, slots=True)
class Lens:
    """Words above a place. ``arguments`` follow the document's address."""

    span: Span
    title: str
    command: str
    """Of the editor; empty for what only says something."""
    arguments: tuple[Any, ...] = ()
    places: tuple[Span, ...] = ()
    """Of references."""


def assembly(source: SourceFile, symbols: Symbols, changed: Mapping[str, str], *, has_debugger: bool) -> list[Lens]:
    """In a source of assembly. ``changed`` says of routines which registers they change."""
    texts = enumerate(source.lines, 1)
    lines = [line for at, text in texts if text.strip() and isinstance(line := read(text).line(source, at), Line)]
    entry = _entry(source, symbols, lines)
    found: list[Lens] = []
    if entry is not None:
        quantum = any(op.group == QUANTUM for line in lines for op in BY_NAME.get(line.word.upper(), ()))
        found += _run(
            entry, is_quantum=quantum or _includes(lines, "qbc_quantum", "qbc_core"), has_debugger=has_debugger
        )
        found.append(Lens(entry, "disassembly", DISASSEMBLY))
        if _includes(lines, "moonshine_instantiate", "moonshine_lattice"):
            found.append(Lens(entry, "routing table", TABLE))
    routines = _routines(symbols, lines)
    for what, kind in symbols.kinds.items():
        given = symbols.index.definition(what)
        if given is None or given.span.source is not source or kind not in (LABEL, CONSTANT, MACRO):
            continue
        if kind != LABEL or what in routines:
            places = (each.span for each in symbols.index.of.get(what, ()) if not each.is_definition)
            found.append(_references(given.span, places))
        if what in routines and what in changed:
            found.append(Lens(given.span, changed[what], CHANGES))
    return sorted(found, key=lambda lens: lens.span.line)


def _entry(source: SourceFile, symbols: Symbols, lines: list[Line]) -> Span | None:
    """Where execution starts: what the source says, else ``main``."""
    named = next((line for line in lines if line.word.lower() == ".entry_point"), None)
    name = "main"
    if named is not None and named.shape.arguments and isinstance(named.shape.arguments[0], Name):
        name = named.words[named.shape.arguments[0].first]
    given = symbols.index.definition(name) if name in symbols.kinds else None
    return given.span if given is not None and given.span.source is source else None


def _includes(lines: list[Line], *names: str) -> bool:
    included = [line.words[-1] for line in lines if line.word.lower() == ".include"]
    return any(name in word for word in included for name in names)


def _routines(symbols: Symbols, lines: list[Line]) -> set[str]:
    """Labels that are called, or have a contract."""
    called = {
        line.words[node.first]
        for line in lines
        if line.word.upper() == "QCALL"
        for node in line.shape.arguments
        if isinstance(node, Name)
    }
    return called | symbols.contracts.keys()


def _run(span: Span, *, is_quantum: bool, has_debugger: bool) -> Iterator[Lens]:
    yield Lens(span, "▶ Run", RUN)
    if is_quantum:
        yield Lens(span, "▶ Run with shots…", SHOTS)
    if has_debugger:
        yield Lens(span, "Debug", DEBUG)
    if is_quantum:
        yield Lens(span, "circuit", CIRCUIT)


def _references(span: Span, places: Iterable[Span]) -> Lens:
    found = tuple(places)
    return Lens(span, f"{len(found)} reference{'' if len(found) == 1 else 's'}", REFERENCES, (), found)


# -- σ


def sigma(program: Program, references: Mapping[Hashable, Iterable[Span]], *, has_debugger: bool) -> list[Lens]:
    """In a source of σ."""
    module = program.main
    found: list[Lens] = []
    for node in module.declarations:
        symbol = module.names.get(module.word(node.name)) if isinstance(node, s.Declaration) else None
        if not isinstance(node, s.Declaration) or symbol is None or symbol.token != node.name:
            continue
        span = module.at(node.name)
        if isinstance(symbol, Function) and symbol.name == "main" and not symbol.is_gate:
            found += _run(span, is_quantum=_is_quantum(program), has_debugger=has_debugger)
            found.append(Lens(span, "disassembly", DISASSEMBLY))
        elif isinstance(symbol, Function | RecordName | Constant):
            found.append(_references(span, references.get(symbol, ())))
        if isinstance(symbol, Function) and symbol.is_gate:
            found.append(Lens(span, "circuit", CIRCUIT, (symbol.name,)))
    return found


def _is_quantum(program: Program) -> bool:
    """Whether a qubit is made somewhere."""
    return any(_uses_qubits(module) for module in program.modules)


def _uses_qubits(module: Module) -> bool:
    if not any(name in module.source.text for name in _MAKING):
        return False
    nodes = (node for top in module.declarations for node in everything(top))
    return any(_makes_qubits(node.target) for node in nodes if isinstance(node, s.Call))


def _makes_qubits(target: Symbol | None) -> bool:
    return isinstance(target, Given) and target.builtin.effect in _QUBITS


_MAKING: Final = [name for name, symbol in UNIVERSE.items() if _makes_qubits(symbol)]
"""What makes qubits, or looks at them."""


def circuit(source: SourceFile) -> list[Lens]:
    """Of a circuit in JSON: it is a program."""
    span = Span(source, 1, 1, 1)
    return [Lens(span, "▶ Run", RUN), Lens(span, "▶ Run with shots…", SHOTS), Lens(span, "circuit", CIRCUIT)]
