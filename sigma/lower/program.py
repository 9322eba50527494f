"""A program: which functions it needs, its data, the subroutines that it uses."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Final, Protocol

from sigma import ir, types
from sigma import syntax as s
from sigma.builder import tidy
from sigma.check.program import Program, is_zero
from sigma.lower.values import Ref
from sigma.symbols import Function, Module, Variable

MOST_PAULIS: Final = 4096
"""Letters of a string of Paulis that the machine takes."""
STACK: Final = "sigma_stack"
"""The word that says where the stack of arrays without a known size ends."""
STACK_START: Final = 0x8_0000_0000
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Bodies(Protocol):
    """Fills functions: what :mod:`sigma.lower.gates` gives."""

    def function(self, lowering: Lowering, module: Module, made: ir.Function, symbol: Function) -> None:
        """The body of a function."""

    def gate(
        self, lowering: Lowering, module: Module, made: ir.Function, symbol: Function, is_inverse: bool, controls: int
    ) -> None:
        """A form of a gate."""


class Lowering:
    """What is lowered so far, and what is still to come."""

    def __init__(self, program: Program, bodies: Bodies, *, is_unchecked: bool = False) -> None:
        self.source = program
        self._bodies = bodies
        self.is_unchecked = is_unchecked
        self.program = ir.Program()
        self.uses_stack = False
        self._functions: dict[object, ir.Function] = {}
        self._waiting: list[Callable[[], None]] = []
        self._variables: dict[Variable, str] = {}
        self._texts: dict[bytes, str] = {}
        self._letters = ""
        self._labels: set[str] = {"main", STACK}
        self._numbers = {id(module): number for number, module in enumerate(program.modules)}

    def run(self) -> ir.Program:
        """Everything that main and the exported functions need."""
        for name, symbol in self.source.main.names.items():
            if not isinstance(symbol, Function) or symbol.is_gate or symbol.is_extern:
                continue
            if name == "main" or symbol.declaration.is_exported:
                self.function(symbol)
        while self._waiting:
            self._waiting.pop(0)()
        if self.uses_stack:
            self.program.data.append(ir.Data(STACK, [STACK_START]))
        _mark_recursion(self.program)
        return self.program

    def label(self, name: str, module: Module | None) -> str:
        """A name that the assembler takes and that is used once."""
        plain = "".join(c if _PLAIN.match("_" + c) else f"_{ord(c):x}" for c in name)
        number = self._numbers.get(id(module), 0)
        label = plain if number == 0 else f"m{number}_{plain}"
        if re.match(r"[rR]([0-9]|1[0-5])\Z", label):
            label = f"_{label}"
        found, count = label, 1
        while found in self._labels:
            count += 1
            found = f"{label}_{count}"
        self._labels.add(found)
        return found

    def function(self, symbol: Function) -> ir.Function:
        """The function of a symbol."""
        found = self._functions.get(symbol)
        if found is not None:
            return found
        module = symbol.module
        assert module is not None
        is_main = symbol.name == "main" and module is self.source.main
        is_exported = symbol.declaration.is_exported
        label = "main" if is_main else self.label(symbol.name, module)
        made = ir.Function(label, symbol.name, span=module.at(symbol.token), is_main=is_main, is_exported=is_exported)
        self._add(symbol, made, lambda: self._bodies.function(self, module, made, symbol))
        return made

    def derived(self, symbol: Function, is_inverse: bool, controls: int) -> ir.Function:
        """A form of a gate: with so many controls, -1 for an array of them."""
        key = (symbol, is_inverse, controls)
        found = self._functions.get(key)
        if found is not None:
            return found
        module = symbol.module
        assert module is not None
        ending = ("_inv" if is_inverse else "") + (f"_c{controls}" if controls > 0 else "_cn" if controls else "")
        name = ("inv " if is_inverse else "") + symbol.name + (" with controls" if controls else "")
        made = ir.Function(self.label(symbol.name + ending, module), name, span=module.at(symbol.token))
        self._add(key, made, lambda: self._bodies.gate(self, module, made, symbol, is_inverse, controls))
        return made

    def _add(self, key: object, made: ir.Function, fill: Callable[[], None]) -> None:
        self._functions[key] = made
        self.program.functions.append(made)

        def later() -> None:
            fill()
            tidy(made)

        self._waiting.append(later)

    # -- data

    def text(self, content: bytes) -> str:
        """The label of a text."""
        found = self._texts.get(content)
        if found is None:
            found = self._texts[content] = self.label(f"text{len(self._texts)}", None)
            self.program.data.append(ir.Data(found, text=content))
        return found

    def letters(self) -> str:
        """The label of the place where a string of Paulis is put before the machine reads it."""
        if not self._letters:
            self._letters = self.label("paulis", None)
            self.program.data.append(ir.Data(self._letters, space=MOST_PAULIS + types.WORD))
        return self._letters

    def variable(self, symbol: Variable, function: ir.Function) -> Ref:
        """Where a variable outside of functions lies."""
        length = None
        if isinstance(symbol.type, types.Array) and symbol.type.length is not None:
            length = function.const(symbol.type.length)
        if symbol.address is not None:
            return Ref(symbol.type, function.const(symbol.address), 0, length)
        label = self._variables.get(symbol)
        if label is None:
            assert symbol.module is not None
            label = self._variables[symbol] = self.label(symbol.name, symbol.module)
            declared = next(
                d for d in symbol.module.declarations if isinstance(d, s.GlobalDecl) and d.name == symbol.token
            )
            words, zeros = _first_value(declared.value, symbol.type, symbol.module)
            span = symbol.module.at(symbol.token)
            self.program.data.append(ir.Data(label, words, space=8 * zeros, span=span))
        return Ref(symbol.type, function.addr(label), 0, length)

    # -- subroutines

    def subroutine(self, label: str, file: str) -> None:
        """A subroutine of the library is used."""
        self.program.includes.setdefault(file, None)

    def extern(self, symbol: Function) -> None:
        """A subroutine in assembly is used."""
        file = symbol.declaration.file
        if file is not None and symbol.module is not None:
            self.program.includes.setdefault(symbol.module.word(file)[1:-1], symbol.module.at(file))
        elif symbol.name not in self.program.externs:
            self.program.externs.append(symbol.name)


def _first_value(node: s.Expr, type: types.Type, module: Module) -> tuple[list[int | float], int]:
    """Words, and how many zeros follow them. A large array of zeros is never made."""
    if is_zero(node):
        return [], type.size // types.WORD
    return _trimmed(_words(node, type, module))


def _words(node: s.Expr, type: types.Type, module: Module) -> list[int | float]:
    """A constant as it lies in memory. A long row of zeros is made short later."""
    if isinstance(type, types.Array) and type.element is types.BYTE:
        return _packed(node)
    match node:
        case s.Array(items=items) if isinstance(type, types.Array):
            return [word for item in items for word in _words(item, type.element, module)]
        case s.Tuple(items=items) if isinstance(type, types.Tuple):
            parts = zip(items, type.elements, strict=True)
            return [word for item, part in parts for word in _words(item, part, module)]
        case s.Repeat(item=item) if isinstance(type, types.Array):
            return _words(item, type.element, module) * (node.length.value or 0)
        case s.Call(arguments=arguments) if isinstance(type, types.Record):
            values: dict[str, list[int | float]] = {}
            for number, argument in enumerate(arguments):
                field, value = type.fields[number], argument
                if isinstance(argument, s.NamedArgument):
                    named = type.field(module.word(argument.name))
                    assert named is not None
                    field, value = named, argument.expr
                values[field.name] = _words(value, field.type, module)
            return [word for field in type.fields for word in values[field.name]]
    return [float(node.value) if type is types.FLOAT else int(node.value)]


def _packed(node: s.Expr) -> list[int | float]:
    """Bytes, eight in a word, the first lowest."""
    content = b""
    match node:
        case s.String(value=bytes() as content):
            pass
        case s.Array(items=items):
            content = bytes(item.value & 255 for item in items)
        case s.Repeat(item=item, length=length):
            content = bytes([item.value & 255]) * (length.value or 0)
    content += bytes(-len(content) % types.WORD)
    return list(struct.unpack(f"<{len(content) // types.WORD}q", content))


def _trimmed(words: list[int | float]) -> tuple[list[int | float], int]:
    """Words without the zeros at their end, and how many those are."""
    size = len(words)
    while size and words[size - 1] == 0 and str(words[size - 1])[0] != "-":
        size -= 1
    return words[:size], len(words) - size


def _mark_recursion(program: ir.Program) -> None:
    """Mark the functions that may be called while they run: those that reach themselves. A subroutine in assembly may
    call what is exported."""
    exported = {function for function in program.functions if function.is_exported}
    calls: dict[ir.Function, set[ir.Function]] = {}
    for function in program.functions:
        called = calls[function] = set()
        for op in function.ops():
            if op.code == "call":
                called |= {op.imm} if isinstance(op.imm, ir.Function) else exported
    for function in program.functions:
        seen: set[ir.Function] = set()
        todo = list(calls[function])
        while todo:
            callee = todo.pop()
            if callee not in seen:
                seen.add(callee)
                todo += calls[callee]
        function.is_recursive = function in seen or function.is_exported
