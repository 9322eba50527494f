"""The intermediate form as text: functions, their blocks with parameters, one operation a line.

    fn next(v0: int) -> int                              // p.sigma:4
    b0:
        v1: int = QADD v0, 1                             // 4
        return v1

Numbers, addresses (``&label+8``) and places in the frame (``slot0``) stand where they are read. Behind ``//`` is the
line of the source that an operation comes from, where it is another one than that above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qbcc.source import SourceFile
from qbcc.syntax.printer import print_line
from sigma.check.assembly import AsmLine
from sigma.ir import FLOAT, INT, NONE, Block, Data, Edge, Function, Op, Program, Slot
from sigma.show.margin import Margin

_KINDS: Final = {INT: "int", FLOAT: "float", NONE: "nothing"}
_WORDS: Final = 8
"""Words of the data that are shown."""


def show_form(program: Program, source: SourceFile) -> str:
    """All functions and data. ``source`` is the main one: its lines are shown without its name."""
    parts = [_Function(function, source).text() for function in program.functions]
    data = [_data(row) for row in program.data]
    if data:
        parts.append("".join(f"{line}\n" for line in data))
    return "\n".join(parts)


class _Function:
    def __init__(self, function: Function, source: SourceFile) -> None:
        self.function = function
        self.margin = Margin(source)
        self.blocks = {block: f"b{number}" for number, block in enumerate(function.blocks)}
        self.values: dict[Op, str] = {}
        self.slots = {slot: f"slot{number}" for number, slot in enumerate(function.slots)}
        for block in function.blocks:
            for op in (*block.params, *block.ops):
                if op.type != NONE or op in block.params or op.code in ("call", "sys"):
                    self.values[op] = f"v{len(self.values)}"

    def text(self) -> str:
        """Its head, its frame, its blocks."""
        function = self.function
        results = ", ".join(_KINDS[kind] for kind in function.results) or "nothing"
        word = "export " if function.is_exported else "recursive " if function.is_recursive else ""
        start = f"{word}fn {function.label}({self._params(function.blocks[0])}) -> {results}"
        lines = [self.margin.line(start, function.span)]
        lines += [f"    {name}: {slot.size} bytes" for slot, name in self.slots.items()]
        for number, block in enumerate(function.blocks):
            params = f"({self._params(block)})" if number and block.params else ""
            lines.append(f"{self.blocks[block]}{params}:")
            lines += [self.margin.line(f"    {self._op(op)}", op.span) for op in block.ops]
        return "".join(f"{line}\n" for line in lines)

    def _params(self, block: Block) -> str:
        return ", ".join(f"{self.values[param]}: {_KINDS[param.type]}" for param in block.params)

    def _op(self, op: Op) -> str:
        result = ""
        if op in self.values:
            result = f"{self.values[op]}: {_KINDS[op.type]} = " if op.type != NONE else f"{self.values[op]} = "
        args = self._list(op.args)
        match op.code:
            case "jump":
                return f"jump {self._edge(op.edges[0])}"
            case "branch":
                taken, other = map(self._edge, op.edges)
                return f"branch {op.imm} {args} -> {taken} else {other}"
            case "call":
                label = op.imm.label if isinstance(op.imm, Function) else op.imm
                return f"{result}call {label}({args})"
            case "load":
                return f"{result}load [{self._address(op.args, op.imm)}]"
            case "store":
                return f"store {self._value(op.args[0])}, [{self._address(op.args[1:], op.imm)}]"
        imm = "" if op.imm is None else self._imm(op)
        return f"{result}{op.code} {', '.join(part for part in (imm, args) if part)}".rstrip()

    def _imm(self, op: Op) -> str:
        if isinstance(op.imm, AsmLine):
            return "{ " + print_line(op.imm.line).strip() + " }"
        return str(op.imm)

    def _address(self, parts: Sequence[Op], distance: int) -> str:
        text = " + ".join(map(self._value, parts))
        return f"{text} {'+' if distance > 0 else '-'} {abs(distance)}" if distance else text

    def _edge(self, edge: Edge) -> str:
        return self.blocks[edge.block] + (f"({self._list(edge.args)})" if edge.args else "")

    def _list(self, ops: Sequence[Op]) -> str:
        return ", ".join(map(self._value, ops))

    def _value(self, op: Op) -> str:
        if op.code == "const":
            return repr(op.imm)
        if op.code == "addr":
            return _label(*op.imm)
        if isinstance(op.imm, Slot):
            return self.slots.setdefault(op.imm, f"slot{len(self.slots)}")
        return self.values.get(op, f"?{op.code}")


def _label(label: str, distance: int) -> str:
    return f"&{label}" + (f"{distance:+}" if distance else "")


def _data(data: Data) -> str:
    if data.text is not None:
        from qbcc.syntax.text import quote

        return f"data {data.label}: {quote(data.text)}"
    shown = [repr(word) for word in data.words[:_WORDS]]
    if len(data.words) > _WORDS:
        shown.append(f"… {len(data.words) - _WORDS:,} more")
    if data.space:
        shown.append(f"{data.space:,} bytes of zeros")
    return f"data {data.label}: {', '.join(shown)}"
