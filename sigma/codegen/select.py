"""Operations to instructions: addresses are folded into loads and stores, edges become moves."""

from __future__ import annotations

from typing import Final

from qbcc.assembly.names import Names
from qbcc.source import Span
from qbcc.syntax.build import Offset
from qbcc.syntax.lines import Address, Binary, Line, Name, Node
from sigma import ir
from sigma.codegen.machine import COLOURS, Code, Imm, Inst, Mem, Operand, Register, Routine
from sigma.constants import wrap
from sigma.ir import HANDED, Block, Edge, Function, Op
from sigma.passes.analysis import depths
from vm.isa import SYSTEM_CALLS

HAND_OVER: Final = "sigma_values"
"""Words for the arguments and results that registers have no room for."""
_TAKES: Final = {call.number: (len(call.takes), len(call.gives)) for call in SYSTEM_CALLS}


class Selector:
    """Selects the instructions of a function."""

    def __init__(self, function: Function, frame: str) -> None:
        self.function = function
        self.frame = frame
        """Label of the frame in the data; empty where it is on the stack."""
        self.routine = Routine([], COLOURS)
        self.registers: dict[Op, Register] = {}
        self.asides: dict[Register, str] = {}
        """Registers that hold a value for a few moves, and its kind."""
        self.pointer: Register = -1
        """Holds the address of a frame on the stack."""
        self.uses: dict[Op, list[Op]] = {}
        self.folded: set[Op] = set()
        self.code = Code("")
        self.span: Span | None = None
        self.hands_over = 0
        """Words that are handed over in memory."""

    def run(self) -> Routine:
        """All blocks."""
        function = self.function
        around = depths(function)
        self._count_uses()
        codes = {block: Code(f"@b{number}", depth=around[block]) for number, block in enumerate(function.blocks)}
        for block in function.blocks:
            self.code = codes[block]
            self.routine.blocks.append(self.code)
            if block is function.blocks[0]:
                self._entry()
            for op in block.ops:
                if op not in self.folded:
                    self.span = op.span
                    self._op(op, codes)
        return self.routine

    def _count_uses(self) -> None:
        for op in self.function.ops():
            for arg in op.args:
                self.uses.setdefault(arg, []).append(op)
            for edge in op.edges:
                for arg in edge.args:
                    self.uses.setdefault(arg, []).append(op)
        for op in self.function.ops():
            if (
                op.code == "QADD"
                and op.type == ir.INT
                and all(self._folds(op, user) for user in self.uses.get(op, [op]))
            ):
                self.folded.add(op)

    def _folds(self, op: Op, user: Op) -> bool:
        """Whether a sum is an address that its user calculates itself."""
        if user.code not in ir.MEMORY or user.args[-1] is not op or op in user.args[:-1]:
            return False
        a, b = op.args
        if b.code in ir.LEAVES or a.code in ir.LEAVES:
            return not (a.code in ir.LEAVES and b.code in ir.LEAVES)
        return bool(user.imm == 0)

    # -- operands

    def register(self, op: Op) -> Register:
        """The register of a value."""
        found = self.registers.get(op)
        if found is None:
            found = self.registers[op] = self.routine.new()
        return found

    def operand(self, op: Op) -> Operand:
        """A value as an operand."""
        if op.code == "const":
            return Imm(op.imm)
        if op.code == "addr":
            label, distance = op.imm
            return Imm(Offset(label, distance) if distance else label)
        if op.code == "slot":
            return self._slot(op, 0)
        return self.register(op)

    def _slot(self, op: Op, distance: int) -> Operand:
        offset = op.imm.offset + distance
        if self.frame:
            return Imm(Offset(self.frame, offset) if offset else self.frame)
        if not offset:
            return self.pointer
        made = self.routine.new()
        self.emit("QADD", made, self.pointer, Imm(offset))
        return made

    def memory(self, base: Op, offset: int) -> Mem:
        """The address operand of a load or a store."""
        offset = wrap(offset)
        if base in self.folded:
            a, b = base.args
            if a.code in ir.LEAVES:
                a, b = b, a
            if b.code not in ir.LEAVES:
                return Mem(self.register(a), self.register(b))
            where = self._shifted(b, offset)
            return Mem(self.register(a), where)
        if base.code in ir.LEAVES:
            if base.code == "slot" and not self.frame:
                offset += base.imm.offset
                return Mem(self.pointer, Imm(offset) if offset else None)
            where = self._shifted(base, offset)
            return Mem(where)
        return Mem(self.register(base), Imm(offset) if offset else None)

    def _shifted(self, leaf: Op, offset: int) -> Register | Imm:
        """A constant address and a distance."""
        if leaf.code == "const":
            return Imm(wrap(leaf.imm + offset))
        if leaf.code == "addr":
            label, distance = leaf.imm
            distance = wrap(distance + offset)
            return Imm(Offset(label, distance) if distance else label)
        found = self._slot(leaf, offset)
        assert not isinstance(found, Mem)
        return found

    def emit(self, word: str, *operands: Operand, target: str = "") -> Inst:
        """Add an instruction."""
        made = Inst(word, list(operands), self.span, target=target)
        self.code.insts.append(made)
        return made

    # -- operations

    def _entry(self) -> None:
        function = self.function
        self.span = function.span
        if not self.frame and function.slots:
            self.pointer = self.routine.new()
        for number, param in enumerate(function.params):
            register = self.register(param)
            if number < HANDED:
                self.emit("QMOV", register, number)
            else:
                self._handed_load(register, param, number)

    def _handed_load(self, register: Register, op: Op, number: int) -> None:
        self.hands_over = max(self.hands_over, number - HANDED + 1)
        where = Mem(Imm(Offset(HAND_OVER, 8 * (number - HANDED)) if number > HANDED else HAND_OVER))
        self.emit("QLOADF" if op.type == ir.FLOAT else "QLOAD", register, where)

    def _handed_store(self, value: Operand, number: int) -> None:
        self.hands_over = max(self.hands_over, number - HANDED + 1)
        assert not isinstance(value, Mem)
        where = Mem(Imm(Offset(HAND_OVER, 8 * (number - HANDED)) if number > HANDED else HAND_OVER))
        self.emit("QSTORE", value, where)

    def _op(self, op: Op, codes: dict[Block, Code]) -> None:
        match op.code:
            case "load":
                word = "QLOADF" if op.type == ir.FLOAT else "QLOAD"
                self.emit(word, self.register(op), self.memory(op.args[0], op.imm))
            case "loadb":
                self.emit("QLOADB", self.register(op), self.memory(op.args[0], op.imm))
            case "storeb":
                self.emit("QSTOREB", self.operand(op.args[0]), self.memory(op.args[1], op.imm))
            case "store":
                self.emit("QSTORE", self.operand(op.args[0]), self.memory(op.args[1], op.imm))
            case "bound":
                self.emit(f"bound{op.imm or ''}", self.operand(op.args[0]), self.operand(op.args[1]))
            case "call":
                self._call(op)
            case "sys":
                self._system(op)
            case "result":
                self._result(op)
            case "as":
                self.emit("QMOV", self.register(op), self.operand(op.args[0]))
            case "split":
                self.emit("QMOV", self.register(op), self.operand(op.args[0])).is_split = True
            case "asm":
                self._asm(op)
            case "fail":
                self.emit("QTRAP", self.operand(op.args[0]))
            case "jump":
                self._edge_moves(op.edges[0])
                self._go(codes[op.edges[0].block])
            case "branch":
                self._branch(op, codes)
            case "return":
                self._return(op)
            case "halt":
                self.emit("QHALT", self.operand(op.args[0]))
            case _:
                self._instruction(op)

    def _instruction(self, op: Op) -> None:
        letters = op.imm if isinstance(op.imm, str) else "a" * len(op.args)
        operands: list[Operand] = [self.register(op)] if op.type else []
        for letter, arg in zip(letters, op.args, strict=True):
            value = self.operand(arg)
            operands.append(Mem(value) if letter == "m" and not isinstance(value, Mem) else value)
        self.emit(op.code, *operands)

    def _asm(self, op: Op) -> None:
        made = op.imm
        values = dict(zip(made.names, op.args, strict=True))
        line = made.line
        operands: list[Operand] = []
        for place, node in enumerate(line.shape.arguments):
            if place == 0 and made.writes:
                operands.append(self.register(op))
                continue
            operands.append(self._asm_operand(line, node, values))
        if made.writes and made.op.short and len(operands) < len(made.op.letters):
            first = next(iter(values.values()))
            operands.insert(1, self.operand(first))
        self.emit(made.op.name, *operands)

    def _asm_operand(self, line: Line, node: Node, values: dict[int, Op]) -> Operand:
        if isinstance(node, Address):
            inner = node.inner
            if isinstance(inner, Binary):
                base, offset = (self._asm_operand(line, part, values) for part in (inner.left, inner.right))
                assert not isinstance(base, Mem)
                assert not isinstance(offset, Mem)
                if inner.operator == "MINUS":
                    assert isinstance(offset, Imm)
                    assert isinstance(offset.value, int)
                    offset = Imm(-offset.value)
                return Mem(base, offset)
            part = self._asm_operand(line, inner, values)
            assert not isinstance(part, Mem)
            return Mem(part)
        if isinstance(node, Name):
            return self.operand(values[node.first])
        return Imm(constant(line, node))

    def _call(self, op: Op) -> None:
        label = op.imm.label if isinstance(op.imm, Function) else op.imm
        for number, arg in enumerate(op.args[HANDED:], HANDED):
            self._handed_store(self.operand(arg), number)
        # Values of a frame on the stack are calculated first: then nothing comes between the moves.
        values = [self.operand(arg) for arg in op.args[:HANDED]]
        for number, value in enumerate(values):
            self.emit("QMOV", number, value)
        made = self.emit("QCALL", target=label)
        made.reads = tuple(range(len(values)))
        made.changes = tuple(range(HANDED))

    def _system(self, op: Op) -> None:
        values = [self.operand(arg) for arg in op.args]
        for number, value in enumerate(values):
            self.emit("QMOV", number, value)
        made = self.emit("QSYSCALL", Imm(op.imm))
        made.reads = tuple(range(len(values)))
        made.changes = tuple(range(_TAKES[op.imm][1]))

    def _result(self, op: Op) -> None:
        if op.imm < HANDED:
            self.emit("QMOV", self.register(op), op.imm)
        else:
            self._handed_load(self.register(op), op, op.imm)

    def _return(self, op: Op) -> None:
        for number, arg in enumerate(op.args[HANDED:], HANDED):
            self._handed_store(self.operand(arg), number)
        values = [self.operand(arg) for arg in op.args[:HANDED]]
        for number, value in enumerate(values):
            self.emit("QMOV", number, value)
        self.emit("QRET").reads = tuple(range(len(values)))

    # -- control

    def _go(self, code: Code) -> None:
        self.emit("QJMP", target=code.label)
        self.code.nexts.append(code)

    def _branch(self, op: Op, codes: dict[Block, Code]) -> None:
        taken, other = op.edges
        here = self.code
        first = self._way(taken, codes, here)
        second = self._way(other, codes, here)
        self.code = here
        operands = [self.operand(arg) for arg in op.args]
        made = self.emit(op.imm, *operands, target=first.label)
        made.may_be_nan = any(arg.type == ir.FLOAT for arg in op.args)
        here.nexts.append(first)
        self._go(second)

    def _way(self, edge: Edge, codes: dict[Block, Code], here: Code) -> Code:
        """The block that an edge goes to, or one between that has its moves."""
        if not edge.args:
            return codes[edge.block]
        between = Code(f"{here.label}_{len(self.routine.blocks)}", depth=min(here.depth, codes[edge.block].depth))
        self.routine.blocks.append(between)
        self.code = between
        self._edge_moves(edge)
        self._go(codes[edge.block])
        return between

    def _edge_moves(self, edge: Edge) -> None:
        """Moves to a block's parameters, as if all at once."""
        waiting = [
            (self.register(param), param.type, arg)
            for param, arg in zip(edge.block.params, edge.args, strict=True)
            if param is not arg and param in self.uses
        ]
        kinds = {to: kind for to, kind, _ in waiting}
        moves: list[tuple[Register, Operand]] = [(to, self.operand(arg)) for to, _, arg in waiting]
        while moves:
            sources = {source for _, source in moves if isinstance(source, int)}
            free = next((move for move in moves if move[0] not in sources), None)
            if free is not None:
                moves.remove(free)
                self.emit("QMOV", *free)
                continue
            # Only circles are left: one value waits aside.
            to, source = moves[0]
            aside = self.routine.new()
            self.asides[aside] = kinds[to]
            self.emit("QMOV", aside, to)
            moves = [(t, aside if s == to else s) for t, s in moves]
            del source


def constant(line: Line, node: Node) -> int | float:
    """The number that an operand of assembly is."""
    value = Names(lambda _: None).value(line, node)
    assert isinstance(value, int | float)
    return value
