"""A program: its modules, their declarations, their bodies."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from qbcc.assembly.includes import IncludeFault
from qbcc.collector import collector_paused
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.nearest import nearest, same_but_case
from qbcc.source import SourceFile
from sigma import habits, library
from sigma import syntax as s
from sigma.check import messages
from sigma.check.modules import Loader, Options
from sigma.check.statements import Statements
from sigma.lexer import Tokens
from sigma.parser import SLASHES, parse
from sigma.symbols import Constant, Function, Local, Module, ModuleName, RecordName, Symbol, Variable
from sigma.types import (
    INT,
    NOTHING,
    QUBIT,
    STRING,
    UNKNOWN,
    Array,
    Field,
    Record,
    Scalar,
    Tuple,
    Type,
    fits,
    holds_qubits,
)

MAX_ERRORS: Final = 1000
_REGISTERS: Final = 4
"""Arguments and results of a subroutine in assembly."""


@dataclass(eq=False, slots=True)
class Program:
    """What was read and checked; to be lowered only without errors."""

    main: Module
    modules: list[Module]
    diagnostics: tuple[Diagnostic, ...]
    unclaimed: dict[str, Diagnostic] = field(default_factory=dict)
    """Names of the command line that are none of its constants, and what to say of them."""

    @property
    def is_sound(self) -> bool:
        """Whether it has no errors."""
        return not any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def check(source: SourceFile, options: Options | None = None, *, is_library: bool = False) -> Program:
    """Read and check a program from its main source; ``is_library`` asks for no ``main``. What is wrong with it is in
    the result; nothing is raised."""
    with collector_paused():
        checker = Checker(options or Options(), source)
        return checker.run(checker.loader.add(source), is_library)


def check_module(module: Module, options: Options) -> Program:
    """The same for a module that is no text of σ."""
    checker = Checker(options, module.source)
    checker.loader.modules[module.source.path or module.source.name] = module
    return checker.run(module, False)


class Checker:
    """Checks the modules of a program, each part of the work once."""

    def __init__(self, options: Options, source: SourceFile) -> None:
        self.options = options
        self.diagnostics: list[Diagnostic] = []
        self.loader = Loader(options, source, self.report)
        self.pending: dict[Symbol, tuple[Module, s.Node]] = {}
        """Declarations that were not looked at yet."""
        self.replaced: dict[Symbol, tuple[Module, s.Node]] = {}
        """Declarations of constants whose values the command line gives."""
        self.open: set[Symbol] = set()
        """Declarations that are being looked at."""
        self.functions: list[Function] = []
        self.pieces: list[Tokens] = []
        """Tokens of what is printed in braces, which stand apart from those of their source."""
        self.unclaimed: dict[str, Diagnostic] = {}

    def report(self, diagnostic: Diagnostic) -> None:
        """Note what is wrong, up to a number."""
        if len(self.diagnostics) < MAX_ERRORS:
            self.diagnostics.append(diagnostic)

    def run(self, main: Module, is_library: bool) -> Program:
        """All of a program whose main source was read."""
        self._names(main)
        self._defines(main)
        self.resolve_all()
        for function in self.functions:
            self.body(function)
        self.finish(main, is_library=is_library)
        return Program(main, list(self.loader.modules.values()), tuple(self.diagnostics), self.unclaimed)

    def resolve_all(self) -> None:
        """What all declarations say."""
        for module in list(self.loader.modules.values()):
            for symbol in list(module.names.values()):
                self.resolve(symbol)

    def body(self, function: Function) -> None:
        """What a function does."""
        if function.declaration.body is not None and function.module is not None:
            self._scope(function.module).body(function)

    def finish(self, main: Module, *, is_library: bool) -> None:
        """What only the whole tells; and all reports in order."""
        self._effects()
        is_whole = not any(diagnostic.code.startswith("S01") for diagnostic in self.diagnostics)
        if not is_library and is_whole:
            self._main(main)
        order = {id(module.source): number for number, module in enumerate(self.loader.modules.values())}
        self.diagnostics.sort(
            key=lambda d: (order.get(id(d.span.source), 0), d.span.line, d.span.column) if d.span else ()
        )

    def _scope(self, module: Module) -> Statements:
        return Statements(module, self.report, self.resolve, self.pieces)

    # -- what is declared

    def _names(self, module: Module) -> None:
        """Every name that a module declares; imported modules are read."""
        for node in module.declarations:
            if isinstance(node, s.Broken):
                module.lost.update(module.word(token) for token in node.names)
            if isinstance(node, s.Declaration):
                self.declare(module, node)

    def declare(self, module: Module, node: s.Declaration) -> Symbol | None:
        """A name; None if it has a meaning already."""
        symbol = self._symbol(module, node)
        first = module.names.get(symbol.name)
        if first is not None:
            self.report(messages.defined_twice(module.at(node.name), symbol.name, module.at(first.token)))
            return None
        module.names[symbol.name] = symbol
        self.pending[symbol] = module, node
        return symbol

    def _symbol(self, module: Module, node: s.Declaration) -> Symbol:
        name = declared_name(module, node)
        match node:
            case s.ConstDecl():
                return Constant(name, module, node.name, UNKNOWN, None)
            case s.FunctionDecl():
                found = Function(name, module, node.name, node, [], UNKNOWN, node.is_gate, node.body is None)
                self.functions.append(found)
                return found
            case s.RecordDecl():
                return RecordName(name, module, node.name, UNKNOWN)
            case s.ViewDecl():
                return Variable(name, module, node.name, UNKNOWN, True)
            case s.GlobalDecl():
                return Variable(name, module, node.name, UNKNOWN, node.is_var)
            case s.ImportDecl():
                return self._import(module, node)
        raise AssertionError(type(node))

    def _import(self, module: Module, node: s.ImportDecl) -> Symbol:
        name = declared_name(module, node)
        try:
            if node.file is None:
                words = [module.word(token) for token in node.path]
                target = self._load("/".join(words) + ".sigma", None)
            else:
                target = self._load(module.word(node.file)[1:-1], module.source)
        except IncludeFault as fault:
            place = module.at(node.file) if node.file is not None else module.tokens.span(node.path[0], node.path[-1])
            words = [module.word(token) for token in node.path]
            # A module of the library is written with dots, and is no file that was misspelt.
            notes = fault.notes if node.file is not None else (*_instead(words), *fault.advice)
            self.report(messages.no_module(place, fault.code, fault.message, notes))
            return ModuleName(name, module, node.name, None)
        return ModuleName(name, module, node.name, target)

    def _load(self, file: str, includer: SourceFile | None) -> Module:
        known = set(self.loader.modules)
        module = self.loader.find(file, includer)
        if not known >= set(self.loader.modules):
            self._names(module)
        return module

    def _defines(self, main: Module) -> None:
        """``-D NAME=value`` takes the place of a constant's value."""
        for name, text in self.options.defines.items():
            symbol = main.names.get(name)
            if not isinstance(symbol, Constant):
                known = [n for n, found in main.names.items() if isinstance(found, Constant)]
                note = f"; it has {', '.join(known[:8])}" if known else ""
                text = f"the program has no const of this name{note}"
                self.unclaimed[name] = messages.bad_define(None, name, text)
                continue
            source = SourceFile("<command line>", f"const {name} = {text};")
            tree = parse(source)
            node = tree.declarations[0] if len(tree.declarations) == 1 else None
            if tree.diagnostics or not isinstance(node, s.ConstDecl):
                is_division = any(each.code == SLASHES for each in tree.diagnostics)
                why = ": '//' begins a comment, and integer division is the word 'div'" if is_division else ""
                self.report(messages.bad_define(None, name, f"'{text}' is not a constant{why}"))
                continue
            self.replaced[symbol] = self.pending[symbol]
            self.pending[symbol] = Module(source, tree.tokens, [], main.names), node

    # -- what declarations say

    def resolve(self, symbol: Symbol) -> None:
        """Find out what a declaration says, once."""
        if symbol not in self.pending:
            return
        module, node = self.pending[symbol]
        if symbol in self.open:
            if isinstance(symbol, RecordName):
                self.report(messages.endless_type(module.at(symbol.token), symbol.name))
            elif not isinstance(symbol, Function):
                self.report(messages.constant_cycle(module.at(symbol.token), symbol.name))
            return
        self.open.add(symbol)
        scope = self._scope(module)
        match symbol, node:
            case Constant(), s.ConstDecl():
                self._constant(scope, symbol, node)
            case Function(), s.FunctionDecl():
                self._function(scope, symbol, node)
            case RecordName(), s.RecordDecl():
                self._record(scope, symbol, node)
            case Variable(), s.ViewDecl():
                symbol.type = scope.type_of(node.type, scope.length)
                self._place(scope, node.type, symbol.type, "a view")
                symbol.address = scope.constant(node.address, "the address of a view")
            case Variable(), s.GlobalDecl():
                self._global(scope, symbol, node)
        self.open.discard(symbol)
        self.pending.pop(symbol, None)

    def _declared(self, symbol: Constant, scope: Statements, node: s.Node) -> Type | None:
        """The type that a constant must have: what is written, or that of the value which ``-D`` took the place of."""
        if symbol in self.replaced:
            module, node = self.replaced[symbol]
            scope = self._scope(module)
        assert isinstance(node, s.ConstDecl)
        if node.written is not None:
            return scope.type_of(node.written, scope.length)
        return scope.expr(node.value) if symbol in self.replaced else None

    def _constant(self, scope: Statements, symbol: Constant, node: s.ConstDecl) -> None:
        wanted = self._declared(symbol, scope, node)
        given = scope.expr(node.value, wanted)
        if wanted is not None and not fits(given, wanted):
            scope.report(messages.mismatch(scope.module.span(node.value), given, wanted))
            return
        symbol.type = wanted or given
        if given is UNKNOWN:
            return
        if node.value.value is None or not isinstance(given, Scalar) or given is STRING:
            is_array = isinstance(node.value, s.Array | s.Repeat)
            note = f"a const is a number or a bool; an array is let {symbol.name} = […];" if is_array else ""
            scope.report(messages.not_constant(scope.module.span(node.value), f"the constant '{symbol.name}'", note))
            symbol.type = UNKNOWN
            return
        symbol.value = float(node.value.value) if str(symbol.type) == "float" else node.value.value

    def _function(self, scope: Statements, symbol: Function, node: s.FunctionDecl) -> None:
        for param in node.params:
            found = scope.type_of(param.type, scope.length)
            if found == NOTHING or (symbol.is_extern and not isinstance(found, Scalar | Array)):
                text = f"{found} cannot be handed to {'assembly' if symbol.is_extern else 'a function'}"
                scope.report(messages.bad_type(scope.module.span(param.type), text))
                found = UNKNOWN
            symbol.params.append(Local(scope.module.word(param.name), scope.module, param.name, found))
        symbol.result = scope.type_of(node.result, scope.length) if node.result is not None else NOTHING
        if holds_qubits(symbol.result) and node.result is not None:
            scope.report(messages.qubit_kept(scope.module.span(node.result), "a result"))
            symbol.result = UNKNOWN
        if node.result is not None and isinstance(symbol.result, Array) and symbol.result.length is None:
            note = "write the array as a parameter, and fill it"
            scope.report(messages.bad_type(scope.module.span(node.result), "a result has a known length", note))
            symbol.result = UNKNOWN
        if symbol.is_extern:
            self._extern(scope, symbol, node)

    def _extern(self, scope: Statements, symbol: Function, node: s.FunctionDecl) -> None:
        symbol.effect = "is assembly"
        words = sum(2 if isinstance(p.type, Array) and p.type.length is None else 1 for p in symbol.params)
        results = symbol.result.elements if isinstance(symbol.result, Tuple) else (symbol.result,)
        if words > _REGISTERS or len(results) > _REGISTERS:
            text = f"a subroutine takes and gives at most {_REGISTERS} values, in r0 to r3"
            scope.report(messages.bad_extern(scope.module.at(symbol.token), text))
        if any(not isinstance(result, Scalar) for result in results) and node.result is not None:
            scope.report(messages.bad_extern(scope.module.span(node.result), "a subroutine gives numbers only"))
        if not symbol.name.isascii():
            scope.report(messages.bad_extern(scope.module.at(symbol.token), "labels of assembly are ASCII"))
        if node.file is not None:
            try:
                self.loader.link(scope.module.word(node.file)[1:-1], scope.module.source)
            except IncludeFault as fault:
                place = scope.module.at(node.file)
                scope.report(messages.no_module(place, fault.code, fault.message, fault.notes))

    def _record(self, scope: Statements, symbol: RecordName, node: s.RecordDecl) -> None:
        fields: list[Field] = []
        offset = 0
        for part in node.fields:
            name = scope.module.word(part.name)
            found = scope.type_of(part.type, scope.length)
            self._place(scope, part.type, found, "a record")
            if any(field.name == name for field in fields):
                scope.report(messages.field_fault(scope.module.at(part.name), f"the record has two fields '{name}'"))
                continue
            if isinstance(found, Array) and found.length is None:
                scope.report(messages.bad_type(scope.module.span(part.type), "an array in a record has a known length"))
                found = UNKNOWN
            fields.append(Field(name, found, offset))
            offset += found.size
        symbol.type = Record(symbol.name, tuple(fields))

    def _place(self, scope: Statements, node: s.Node, type: Type, what: str) -> None:
        """Memory holds no qubits but in arrays of the compiler's own."""
        if holds_qubits(type):
            scope.report(messages.qubit_kept(scope.module.span(node), what))

    def _global(self, scope: Statements, symbol: Variable, node: s.GlobalDecl) -> None:
        wanted = scope.type_of(node.written, scope.length) if node.written is not None else None
        given = scope.expr(node.value, wanted)
        span = scope.module.span(node.value)
        if wanted is not None and not fits(given, wanted):
            scope.report(messages.mismatch(span, given, wanted))
        symbol.type = wanted or given
        if UNKNOWN in (given, symbol.type):
            return
        if given in (STRING, QUBIT, NOTHING) or holds_qubits(given):
            scope.report(messages.qubit_kept(span, "a variable outside of functions"))
        elif not _is_constant(node.value):
            scope.report(messages.not_constant(span, f"the first value of '{symbol.name}'"))
        else:
            scope.check_size(
                scope.module.at(symbol.token), symbol.name, symbol.type, is_written=not is_zero(node.value)
            )

    # -- the whole

    def _effects(self) -> None:
        """What functions do to the world, through those that they call; gates must do nothing."""
        changed = True
        while changed:
            changed = False
            for function in self.functions:
                if function.effect or function.is_gate:
                    continue
                found = next((callee for callee in function.calls if callee.effect and not callee.is_gate), None)
                if found is not None:
                    function.effect = f"calls '{found.name}', which {found.effect}"
                    changed = True
        # A call that stands where only a gate can was told.
        told = {diagnostic.span for diagnostic in self.diagnostics if diagnostic.code == "S0403"}
        for gate in self.functions:
            for callee, span in gate.calls.items() if gate.is_gate else ():
                if callee.effect and not callee.is_gate and callee.module is not None and span not in told:
                    place = callee.module.at(callee.token)
                    self.report(messages.impure_in_gate(span, callee.name, callee.effect, place))

    def _main(self, main: Module) -> None:
        found = main.names.get("main")
        if found is None and "main" in main.lost:
            return
        if not isinstance(found, Function) or found.is_gate:
            meant = same_but_case("main", [n for n, symbol in main.names.items() if isinstance(symbol, Function)])
            cased = main.at(main.names[meant].token) if meant is not None else None
            self.report(messages.no_main(main.tokens.after(max(len(main.tokens.kinds) - 2, 0)), cased))
        elif found.params or found.result not in (NOTHING, INT, UNKNOWN):
            self.report(messages.bad_main(main.at(found.token), has_params=bool(found.params)))


def declared_name(module: Module, node: s.Declaration) -> str:
    """What a declaration gives a meaning to: a file that is imported has its own name."""
    name = module.word(node.name)
    is_file = isinstance(node, s.ImportDecl) and node.file is not None and node.alias is None
    return PurePosixPath(name[1:-1]).stem if is_file else name


def _is_constant(node: s.Expr) -> bool:
    """Whether a first value can stand in the data."""
    match node:
        case s.Array(items=items) | s.Tuple(items=items):
            return all(map(_is_constant, items))
        case s.Repeat(item=item, length=length):
            return _is_constant(item) and length.value is not None
        case s.Call(arguments=arguments, target=RecordName()):
            return all(_is_constant(a.expr if isinstance(a, s.NamedArgument) else a) for a in arguments)
    return node.value is not None


def is_zero(node: s.Expr) -> bool:
    """Whether a constant is all zeros in memory."""
    match node:
        case s.Repeat(item=item):
            return is_zero(item)
        case s.Array(items=items) | s.Tuple(items=items) | s.Call(arguments=items):
            return all(map(is_zero, items))
        case s.NamedArgument(expr=expr):
            return is_zero(expr)
    return bool(node.value == 0) and not str(node.value).startswith("-")


def _instead(words: list[str]) -> tuple[str, ...]:
    """What is written in place of an import of a module that is not there."""
    if not words:
        return ()
    name = words[-1]
    if words == ["std"]:
        return (f"each module is imported by its name: import std.math; there are {', '.join(library.modules())}",)
    if words[0] != "std" and name in library.modules():
        return (f"the library's is import std.{name};",)
    if words[0] == "std" and (meant := nearest(name, library.modules())) is not None:
        return (f"did you mean 'std.{meant}'?",)
    return (habits.MODULES[words[0]],) if words[0] in habits.MODULES else ()
