"""Functions and data to lines for the assembler."""

from __future__ import annotations

import struct
from typing import Final

from qbcc.source import Span
from qbcc.syntax import build
from qbcc.syntax.lines import Line
from sigma import ir
from sigma.codegen.allocate import allocate
from sigma.codegen.edges import move_up
from sigma.codegen.layout import jumps, ordered
from sigma.codegen.machine import Imm, Inst, Mem, Operand, Register, Routine
from sigma.codegen.saves import save, split_arguments
from sigma.codegen.select import HAND_OVER, Selector
from sigma.codegen.verify import Proof
from sigma.lower.program import STACK, STACK_START
from vm.isa import REGISTERS

_SAVED: Final = range(4, REGISTERS)
OUTSIDE: Final = {"bound": "qbc_index_text", "boundend": "qbc_end_text", "boundstart": "qbc_start_text"}
"""Checks, and the routines that make the text of what is outside."""


class Emitter:
    """Makes the lines of a program."""

    def __init__(self, program: ir.Program, span: Span, *, is_proved: bool = False) -> None:
        self.program = program
        self.span = span
        self.is_proved = is_proved
        """Whether the registers that are chosen are proved to hold what is read, as tests want it."""
        self.lines: list[Line] = []
        self.frames: list[tuple[str, int, Span | None]] = []
        self.handed = 0
        self.outside = False
        self.uses_stack = any(data.label == STACK for data in program.data)

    def run(self) -> list[Line]:
        """All lines."""
        for name in self.program.externs:
            self.line(".extern", name)
        for function in self.program.functions:
            split_arguments(function)
            self.function(function)
        self.data()
        if self.outside:
            self.program.includes.setdefault("qbc_bounds.qbc", None)
        for name, span in self.program.includes.items():
            self.line(".include", build.Text(name.encode()), span=span)
        return self.lines

    def line(
        self, word: str, *operands: build.Operand, span: Span | None = None, labels: list[str] | None = None
    ) -> None:
        """Add a line."""
        self.lines.append(build.statement(span or self.span, word, *operands, labels=labels or ()))

    # -- functions

    def function(self, function: ir.Function) -> None:
        """A function: its contract, its instructions."""
        size = 0
        for slot in function.slots:
            slot.offset = size
            size += (slot.size + 7) & ~7
        frame = "" if function.is_recursive else f"frame_{function.label}"
        selector = Selector(function, frame)
        routine = selector.run()
        self.handed = max(self.handed, selector.hands_over)
        if not frame and selector.pointer < 0:
            selector.pointer = routine.new()
        kinds = {register: op.type for op, register in selector.registers.items()} | selector.asides

        def place(number: int) -> Mem:
            offset = size + 8 * number
            if frame:
                return Mem(Imm(build.Offset(frame, offset) if offset else frame))
            return Mem(selector.pointer, Imm(offset) if offset else None)

        pointer = selector.pointer
        taken = self._enter_frame(routine, pointer, function) if pointer >= 0 and function.slots else None
        move_up(routine)
        proof = Proof(routine, function.name) if self.is_proved else None
        used = allocate(routine, kinds, place, {pointer} if pointer >= 0 else set())
        total = size + 8 * routine.spills
        if taken is not None:
            taken.operands[2] = Imm(total)
        if frame and total:
            self.frames.append((frame, total, function.span))
        if not frame and total > size and not function.slots:
            # A recursive function without a frame of its own needs one for what has no register.
            function.slot(8)
            self.function(function)
            return
        if proof is not None:
            proof.check(min(len(function.params), ir.HANDED), pointer)
        if not function.is_main:
            save(routine, [r for r in used if r in _SAVED])
        self._write(function, routine)

    def _enter_frame(self, routine: Routine, pointer: Register, function: ir.Function) -> Inst:
        """A frame on the stack: taken at the start, given back at each return. The instruction that knows its size."""
        self.uses_stack = True
        after = routine.new()
        taken = Inst("QADD", [after, pointer, Imm(0)], function.span)
        start = [
            Inst("QLOAD", [pointer, Mem(Imm(STACK))], function.span),
            taken,
            Inst("QSTORE", [after, Mem(Imm(STACK))], function.span),
        ]
        # Before all else: a parameter that finds no register is stored in the frame as soon as it is moved.
        routine.blocks[0].insts[:0] = start
        for block in routine.blocks:
            for place in range(len(block.insts) - 1, -1, -1):
                if block.insts[place].word == "QRET":
                    block.insts.insert(place, Inst("QSTORE", [pointer, Mem(Imm(STACK))], block.insts[place].span))
        return taken

    def _write(self, function: ir.Function, routine: Routine) -> None:
        blocks = ordered(routine)
        depths = {block.label: block.depth for block in blocks}
        span = function.span or self.span
        if function.is_exported:
            # The host may call it too: its label is an entry point until the section begins anew.
            self.line(".query_interface", span=span)
        self.line(".func", function.label, span=span)
        if function.is_main or function.is_exported:
            self.line(".global", function.label, span=span)
        labels = [function.label]
        outside: list[tuple[str, Inst]] = []
        for number, block in enumerate(blocks):
            following = blocks[number + 1].label if number + 1 < len(blocks) else ""
            labels.append(block.label)
            for inst in jumps(block, following, depths):
                if inst.word in OUTSIDE:
                    label = f"@outside{len(outside)}"
                    outside.append((label, inst))
                    self.line("QJGEU", *map(_operand, inst.operands), label, span=inst.span, labels=labels)
                else:
                    operands = [_operand(operand) for operand in inst.operands]
                    if inst.target:
                        operands.append(inst.target)
                    self.line(inst.word, *operands, span=inst.span, labels=labels)
                labels = []
        if labels:
            self.line("QNOP", labels=labels)
        for label, inst in outside:
            self._outside(label, inst)
        self.line(".endfunc", span=span)
        if function.is_exported:
            self.line(".text")

    def _outside(self, label: str, inst: Inst) -> None:
        """The trap of an index: its text needs the index and the length."""
        self.outside = True
        index, length = (_operand(operand) for operand in inst.operands)
        aside = build.Reg(3 if index == build.Reg(2) else 2)
        self.line("QMOV", aside, length, span=inst.span, labels=[label])
        self.line("QMOV", build.Reg(0), index, span=inst.span)
        self.line("QMOV", build.Reg(1), aside, span=inst.span)
        self.line("QCALL", OUTSIDE[inst.word], span=inst.span)
        self.line("QTRAP", build.Reg(0), span=inst.span)

    # -- data

    def data(self) -> None:
        """The data; what is only zeros comes last."""
        self.line(".data")
        labels = {data.label for data in self.program.data}
        if self.uses_stack and STACK not in labels:
            self.program.data.append(ir.Data(STACK, [STACK_START]))
        for data in self.program.data:
            span = data.span
            if data.text is not None:
                self.line(".asciz", build.Text(data.text), labels=[data.label])
                continue
            self.line(".align", 8)
            self.line("", labels=[data.label], span=span)
            for start in range(0, len(data.words), 16):
                self.line(".qword", *(_word(word) for word in data.words[start : start + 16]), span=span)
            if data.space:
                self.line(".space", data.space, span=span)
        zeros = [*self.frames, *([(HAND_OVER, 8 * self.handed, None)] if self.handed else [])]
        for label, size, span in zeros:
            self.line(".align", 8)
            self.line(".space", size, labels=[label], span=span)
        self.line(".text")


def _word(value: int | float) -> int:
    if isinstance(value, int):
        return value
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    return int(bits)


def _operand(operand: Operand) -> build.Operand:
    if isinstance(operand, int):
        return build.Reg(operand)
    if isinstance(operand, Imm):
        return operand.value
    base = _operand(operand.base)
    assert isinstance(base, build.Reg | int | str | build.Offset)
    if operand.offset is None:
        return build.Memory(base)
    offset = _operand(operand.offset)
    assert isinstance(offset, build.Reg | int | str | build.Offset)
    return build.Memory(base, offset)
