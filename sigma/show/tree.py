"""A checked program as an indented tree, with the types and the constants that the checker found.

fn next(n: int) -> int                                  // 4
    return
        binary + : int
            name n : int
            number : int = 1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sigma import syntax as s
from sigma.check.program import Program
from sigma.show.margin import Margin
from sigma.symbols import Module, Symbol
from sigma.types import UNKNOWN


def show_program(program: Program) -> str:
    """All modules, the main one first."""
    shown = Margin(program.main.source)
    parts = [_Tree(module, shown).text() for module in program.modules]
    if len(parts) == 1:
        return parts[0]
    return "\n".join(
        f"// module {module.source.name}\n\n{part}" for module, part in zip(program.modules, parts, strict=True)
    )


class _Tree:
    def __init__(self, module: Module, margin: Margin) -> None:
        self.module = module
        self.margin = margin
        self.lines: list[str] = []

    def text(self) -> str:
        """All declarations."""
        for node in self.module.declarations:
            self.put(node, 0)
        return "".join(f"{line}\n" for line in self.lines)

    def put(self, node: s.Node, depth: int) -> None:
        """A node and what is in it."""
        if isinstance(node, s.ExprStatement):
            self.put(node.expr, depth)
            return
        head = self.head(node)
        if isinstance(node, s.Expr):
            head += f" : {node.type}" if node.type is not UNKNOWN else ""
            head += f" = {_constant(node.value)}" if node.value is not None else ""
        self.lines.append(self.margin.line("    " * depth + head, self.module.span(node)))
        for word, inner in self.inner(node):
            if word:
                self.lines.append("    " * (depth + 1) + f"{word}:")
            for part in inner:
                self.put(part, depth + 1 + bool(word))
        if isinstance(node, s.String):
            self._pieces(node, depth + 1)

    def _pieces(self, node: s.String, depth: int) -> None:
        """What stands between braces has tokens of its own."""
        own = self.module
        for part in node.parts:
            if isinstance(part, s.Piece):
                self.module = Module(own.source, part.tokens, [], own.names)
                self.put(part.expr, depth)
        self.module = own

    def head(self, node: s.Node) -> str:
        """What stands on a node's line."""
        word = self.module.word
        match node:
            case s.ConstDecl() | s.GlobalDecl() | s.ViewDecl():
                kind = "const" if isinstance(node, s.ConstDecl) else "view" if isinstance(node, s.ViewDecl) else "let"
                kind = "var" if isinstance(node, s.GlobalDecl) and node.is_var else kind
                return f"{kind} {_typed(self.module.names.get(word(node.name)), word(node.name))}"
            case s.FunctionDecl():
                return self._function(node)
            case s.RecordDecl():
                fields = "; ".join(f"{word(part.name)}: {self.module.text(part.type)}" for part in node.fields)
                return f"record {word(node.name)} {{ {fields} }}"
            case s.ImportDecl():
                file = word(node.file) if node.file is not None else ".".join(map(word, node.path))
                return f"import {file}"
            case s.Let():
                names = ", ".join(_typed(symbol, symbol.name) for symbol in node.symbols)
                head = f"{'var' if node.is_var else 'let'} {f'({names})' if node.is_tuple else names}"
                return f"{head} refers to" if node.is_ref else head
            case s.Assign():
                return f"assign {node.operator}=" if node.operator else "assign"
            case s.ForRange():
                return f"for {_typed(node.symbol, word(node.name))} in a range"
            case s.ForEach():
                names = ", ".join(_typed(symbol, symbol.name) for symbol in node.symbols)
                return f"for {f'({names})' if node.is_tuple else names} in an array"
            case s.Name():
                return f"name {node.word}"
            case s.Unary() | s.Binary():
                return f"{type(node).__name__.lower()} {node.operator}"
            case s.Member() | s.NamedArgument():
                return f"{'member' if isinstance(node, s.Member) else 'field'} {word(node.name)}"
            case s.Call():
                return f"call {self.module.text(node.function)}" + _kind(node.target)
        return _PLAIN.get(type(node), type(node).__name__.lower())

    def _function(self, node: s.FunctionDecl) -> str:
        word = self.module.word
        params = ", ".join(f"{word(param.name)}: {self.module.text(param.type)}" for param in node.params)
        result = f" -> {self.module.text(node.result)}" if node.result is not None else ""
        kind = "gate" if node.is_gate else "extern fn" if node.body is None else "fn"
        source = f" from {word(node.file)}" if node.file is not None else ""
        return f"{'export ' * node.is_exported}{kind} {word(node.name)}({params}){result}{source}"

    def inner(self, node: s.Node) -> Iterator[tuple[str, Sequence[s.Node]]]:
        """The parts of a node, some under a word of their own."""
        match node:
            case s.FunctionDecl(body=body):
                yield "", body.statements if body is not None else ()
            case s.ConstDecl(value=value) | s.GlobalDecl(value=value) | s.Let(value=value):
                yield "", [value]
            case s.ViewDecl(address=address):
                yield "", [address]
            case s.Block(statements=statements):
                yield "", statements
            case s.NamedArgument(expr=expr):
                yield "", [expr]
            case s.Assign(target=target, value=value):
                yield "", [target, value]
            case s.Return(value=value):
                yield "", [value] if value is not None else []
            case s.If() | s.While() | s.ForRange() | s.ForEach():
                yield from self._control(node)
            case s.Asm(lines=lines):
                self.lines += [f"        {line.line.source.line(line.line.number).strip()}" for line in lines]
            case s.Expr():
                yield from self._operands(node)

    def _control(self, node: s.If | s.While | s.ForRange | s.ForEach) -> Iterator[tuple[str, Sequence[s.Node]]]:
        match node:
            case s.If(condition=condition, then=then, otherwise=otherwise):
                yield "", [condition]
                yield "then", then.statements
                if otherwise is not None:
                    yield "else", otherwise.statements if isinstance(otherwise, s.Block) else [otherwise]
            case s.While(condition=condition, body=body):
                yield "", [condition]
                yield "do", body.statements
            case s.ForRange(start=start, stop=stop, step=step, body=body):
                yield "", [bound for bound in (start, stop, step) if bound is not None]
                yield "do", body.statements
            case s.ForEach(array=array, body=body):
                yield "", [array]
                yield "do", body.statements

    def _operands(self, node: s.Expr) -> Iterator[tuple[str, Sequence[s.Node]]]:
        match node:
            case s.Tuple(items=items) | s.Array(items=items):
                yield "", items
            case s.Repeat(item=item, length=length):
                yield "", [item, length]
            case s.Unary(operand=operand):
                yield "", [operand]
            case s.Binary(left=left, right=right):
                yield "", [left, right]
            case s.Choice(condition=condition, then=then, otherwise=otherwise):
                yield "", [condition, then, otherwise]
            case s.Call(arguments=arguments):
                yield "", arguments
            case s.Index(base=base, index=index):
                yield "", [base, index]
            case s.Slice(base=base, start=start, stop=stop):
                yield "", [base, start, stop]
            case s.Member(base=base):
                yield "", [base]
            case s.Inverse(body=body):
                yield "", [body]
            case s.Controlled(controls=controls, body=body):
                yield "controls", controls
                yield "", [body]


_PLAIN: dict[type[s.Node], str] = {
    s.Inverse: "inv", s.Controlled: "ctrl", s.Repeat: "array of copies", s.Boolean: "bool",
    s.Choice: "if else",
}  # fmt: skip
"""Where the name of the node would not say it."""


def _typed(symbol: Symbol | None, name: str) -> str:
    type = getattr(symbol, "type", UNKNOWN)
    return name if type is UNKNOWN else f"{name}: {type}"


def _kind(target: Any) -> str:
    builtin = getattr(target, "builtin", None)
    return f" ({builtin.mnemonic})" if builtin is not None and builtin.is_gate else ""


def _constant(value: Any) -> str:
    if isinstance(value, bytes):
        from qbcc.syntax.text import quote

        return quote(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)
