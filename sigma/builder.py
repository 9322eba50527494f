"""Makes functions in SSA form while the tree is walked.

A variable's value is looked up backwards through the blocks; where ways meet, a block gets a parameter (Braun,
Buchwald, Hack and others: Simple and Efficient Construction of Static Single Assignment Form, 2013). Parameters that
turn out to be one value are taken out at the end."""

from __future__ import annotations

import math
import struct
from typing import Any

from qbcc.source import Span
from sigma.ir import ENDS, FLOAT, INT, NONE, Block, Edge, Function, Op, reachable
from vm.isa import BY_NAME

Key = Any


class Builder:
    """Adds operations to the end of a block."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.block = Block()
        self.span: Span | None = None
        self.values: dict[tuple[Key, Block], Op] = {}
        self.kinds: dict[Key, str] = {}
        self.ways: dict[Block, list[tuple[Block, Edge]]] = {self.block: []}
        """For each block the blocks that lead to it, and how."""
        self.waiting: dict[Block, dict[Key, Op]] = {}
        """Parameters of blocks whose ways in are not all known."""
        self.asked: list[tuple[Block, Key, Op]] = []
        """Parameters of the other blocks whose arguments are not looked up yet."""
        function.blocks.append(self.block)

    # -- blocks

    def new(self, *, is_open: bool = False) -> Block:
        """A block to come; an open one gets more ways in after it is filled."""
        block = Block()
        self.ways[block] = []
        if is_open:
            self.waiting[block] = {}
        return block

    def place(self, block: Block) -> None:
        """Go on in a block."""
        self.block = block
        self.function.blocks.append(block)

    def close(self, block: Block) -> None:
        """All ways into a block are known."""
        self.asked += [(block, key, param) for key, param in self.waiting.pop(block).items()]
        self._answer()

    @property
    def is_ended(self) -> bool:
        """Whether the block has its end already."""
        ops = self.block.ops
        return bool(ops) and ops[-1].code in ENDS

    # -- operations

    def op(self, code: str, *args: Op, type: str = INT, imm: Any = None) -> Op:
        """Add an operation."""
        made = Op(code, type, list(args), imm, self.span)
        if not self.is_ended:
            self.block.ops.append(made)
        return made

    def isa(self, code: str, *args: Op) -> Op:
        """Add an instruction of the machine; its kind follows from the table."""
        result = BY_NAME[code][0].result
        if result in ("number", "same"):
            reads = args[1:] if code == "QSEL" else args
            result = "float" if any(arg.type == FLOAT for arg in reads) else "int"
        return self.op(code, *args, type={"int": INT, "float": FLOAT, "": NONE}[result])

    def const(self, value: int | float) -> Op:
        """A number. Infinities and NaN have no literal: they are made of their bits."""
        if isinstance(value, float) and not math.isfinite(value):
            bits = 0x7FF8_0000_0000_0000 if math.isnan(value) else struct.unpack("<q", struct.pack("<d", value))[0]
            return self.isa("QFBITS", self.function.const(bits))
        return self.function.const(value if isinstance(value, float) else int(value))

    def load(self, type: str, base: Op, offset: int = 0) -> Op:
        """A word of memory."""
        return self.op("load", base, type=type, imm=offset)

    def store(self, value: Op, base: Op, offset: int = 0) -> None:
        """A word to memory."""
        self.op("store", value, base, type=NONE, imm=offset)

    # -- ends

    def jump(self, block: Block) -> None:
        """Go on there."""
        if not self.is_ended:
            made = self.op("jump", type=NONE)
            self._edge(made, block)

    def branch(self, word: str, a: Op, b: Op, then: Block, otherwise: Block) -> None:
        """Go to one of two."""
        if not self.is_ended:
            made = self.op("branch", a, b, type=NONE, imm=word)
            self._edge(made, then)
            self._edge(made, otherwise)

    def _edge(self, op: Op, block: Block) -> None:
        edge = Edge(block)
        op.edges.append(edge)
        self.ways[block].append((self.block, edge))

    # -- variables

    def write(self, key: Key, value: Op) -> None:
        """Give a variable a value."""
        self.kinds.setdefault(key, value.type)
        # Behind the end of a block nothing happens any more.
        if not self.is_ended:
            self.values[key, self.block] = value

    def read(self, key: Key) -> Op:
        """A variable's value."""
        found = self._read(key, self.block)
        self._answer()
        return found

    def _answer(self) -> None:
        # One after another: many places in a row where ways meet must not be a deep recursion.
        while self.asked:
            self._arguments(*self.asked.pop())

    def _read(self, key: Key, block: Block) -> Op:
        # A long row of blocks must not be a deep recursion: go back to where the value is, or where ways meet.
        row: dict[Block, None] = {}
        while True:
            found = self.values.get((key, block))
            if found is not None:
                break
            # A loop that nothing leads to leads to itself.
            ways = self.ways[block] if block not in row else []
            row[block] = None
            if block in self.waiting:
                found = self._param(block)
                found.type = self.kinds[key]
                self.waiting[block][key] = found
                break
            if len(ways) == 1:
                block = ways[0][0]
                continue
            if not ways:
                # No way leads here: whatever it is, nobody sees it.
                found = self.function.const(0.0 if self.kinds[key] == FLOAT else 0)
                break
            found = self._param(block)
            found.type = self.kinds[key]
            self.values[key, block] = found
            self.asked.append((block, key, found))
            break
        for passed in row:
            self.values[key, passed] = found
        return found

    def _param(self, block: Block) -> Op:
        param = Op("param", INT, [])
        block.params.append(param)
        return param

    def _arguments(self, block: Block, key: Key, param: Op) -> None:
        place = block.params.index(param)
        for source, edge in self.ways[block]:
            value = self._read(key, source)
            # Reading may have added parameters here; each edge has its arguments in their order.
            while len(edge.args) <= place:
                edge.args.append(param)
            edge.args[place] = value


def tidy(function: Function) -> None:
    """Take out blocks without a way in, and parameters that are one value."""
    function.blocks = reachable(function)
    alive = set(function.blocks)
    while True:
        replaced: dict[Op, Op] = {}
        edges: dict[Block, list[Edge]] = {block: [] for block in alive}
        for block in function.blocks:
            for edge in block.edges:
                edges[edge.block].append(edge)
        for block in function.blocks[1:]:
            for place in range(len(block.params) - 1, -1, -1):
                param = block.params[place]
                values = {_find(replaced, edge.args[place]) for edge in edges[block]} - {param}
                if len(values) == 1:
                    replaced[param] = values.pop()
                    del block.params[place]
                    for edge in edges[block]:
                        del edge.args[place]
        if not replaced:
            return
        replace(function, replaced)


def _find(replaced: dict[Op, Op], op: Op) -> Op:
    while op in replaced:
        op = replaced[op]
    return op


def replace(function: Function, replaced: dict[Op, Op]) -> None:
    """Put values in the place of others, everywhere."""
    if not replaced:
        return
    for op in function.ops():
        for number, arg in enumerate(op.args):
            if arg in replaced:
                op.args[number] = _find(replaced, arg)
        for edge in op.edges:
            for number, arg in enumerate(edge.args):
                if arg in replaced:
                    edge.args[number] = _find(replaced, arg)
