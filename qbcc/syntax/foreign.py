"""What other assemblers and quantum languages call the words of QBC.

One table for instructions, one for directives, one for registers. A word is looked up without its leading Q, since many
write the instruction of another assembler with a Q before it. Looked at: NASM, GAS, ARM, RISC-V, MIPS, OpenQASM, Q#,
Qiskit, Cirq and Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from vm.isa import BY_NAME


@dataclass(frozen=True, slots=True)
class Advice:
    """What to write instead."""

    ours: str
    """The word that replaces the foreign one; empty if one word does not do."""
    note: str
    """A sentence; empty if the word says it all."""


_FLAGS: Final = "there are no flags: a jump compares by itself, as in QJLT r0, r1, label"
_ZERO: Final = "a jump compares two values: QJEQ r0, 0, label, or QJNE r0, 0, label"
_SUM: Final = "integers and floats have the same instruction"
_ADDRESS: Final = "the value of a label is its address: QMOV r0, label"
_PRINT: Final = "printing is a system call: the value in r0, then QSYSCALL 1 (integer), 4 (float) or 2 (string at r0)"
_HANDLE: Final = "QALLOC r4, 2 makes two qubits; r4 holds the handle of the first, and r4 + 1 is that of the second"
_NO_GATE: Final = "QBC has no such gate: it is made of others"

_INSTRUCTIONS: Final = (
    # words, ours, note
    ("mov movq movl movw movb move movabs mv li load_imm set ldi fmov fmv movsd movss", "QMOV", ""),
    ("ld ldr lw ldw lwz ldrd lq", "QLOAD", "the address is in brackets: QLOAD r0, [r1+8]"),
    ("fld flw ldf lfd", "QLOADF", ""),
    ("lb ldrsb", "QLOADSB", ""), ("lbu ldrb", "QLOADB", ""), ("lh ldrsh", "QLOADSH", ""), ("lhu ldrh", "QLOADH", ""),
    ("lwu", "QLOADW", ""), ("ldrsw", "QLOADSW", ""),
    ("st str sd sw stw stor fsd fsw", "QSTORE", "the value comes first: QSTORE r0, [r1+8]"),
    ("sb strb", "QSTOREB", ""), ("sh strh", "QSTOREH", ""),
    ("movzx movsx movzb", "", "the width is in the load: QLOADB, QLOADH, QLOADW, or QLOADSB, QLOADSH, QLOADSW with sign"),
    ("lea la adr adrp", "QMOV", _ADDRESS),
    ("xchg exch", "", "there is no exchange: QPUSH r0, r1 and then QPOP r0, r1 exchange two registers"),
    ("add addi addu addiu addq addl fadd addsd adds addss plus", "QADD", ""),
    ("sub subi subu subq subl fsub subsd subs subss minus", "QSUB", ""),
    ("mul imul mult muli fmul mulsd mulss times", "QMUL", ""),
    ("div idiv divs fdiv divsd divss sdiv", "QDIV", "for integers it is floor division, as Python's //"),
    ("udiv", "QDIVU", ""), ("rem mod irem fmod modulo", "QMOD", ""), ("remu umod", "QMODU", ""),
    ("mulh", "QMULH", ""), ("mulhu umulh", "QMULHU", ""),
    ("neg fneg negate", "QNEG", ""), ("fabs iabs", "QABS", ""), ("fmin imin", "QMIN", ""), ("fmax imax", "QMAX", ""),
    ("inc incr increment", "QADD", "it adds in place: QADD r0, 1"),
    ("dec decr decrement", "QSUB", "it subtracts in place: QSUB r0, 1"),
    ("clr clear", "QMOV", "write QMOV r0, 0"),
    ("andi band iand", "QAND", ""), ("ori orr bor ior", "QOR", ""), ("xori eor bxor", "QXOR", ""),
    ("com mvn inv bnot complement", "QNOT", ""),
    ("sll shl lsl sal slli", "QSHL", ""), ("srl lsr srli", "QSHR", ""), ("sra asr srai ashr", "QSAR", ""),
    ("rotl lrot", "QROL", ""), ("rotr ror rrot", "QROR", ""), ("popcount cpop", "QPOPCNT", ""),
    ("lzcnt bsr ctlz", "QCLZ", ""), ("tzcnt bsf cttz", "QCTZ", ""), ("byteswap rev rev8", "QBSWAP", ""),
    ("fsqrt sqrtsd", "QSQRT", ""), ("ln", "QLOG", ""), ("powf", "QPOW", ""), ("fmadd fmla", "QFMA", ""),
    ("itof cvtsi2sd scvtf i2f i2d float2 tofloat", "QFLOAT", ""),
    ("ftoi cvttsd2si fcvtzs f2i d2i toint trunc2int", "QINT", ""),
    ("cmp cmpi cmpq cmpl test tst fcmp ucomisd comisd cmn", "", _FLAGS),
    ("je beq jeqz", "QJEQ", "it compares by itself: QJEQ r0, r1, label"),
    ("jne bne", "QJNE", "it compares by itself: QJNE r0, r1, label"),
    ("jl blt jnge jls", "QJLT", "it compares by itself: QJLT r0, r1, label"),
    ("jle ble jng", "QJLE", "it compares by itself: QJLE r0, r1, label"),
    ("jg bgt jnle", "QJGT", "it compares by itself: QJGT r0, r1, label"),
    ("jge bge jnl", "QJGE", "it compares by itself: QJGE r0, r1, label"),
    ("jb bltu blo jnae jlo", "QJLTU", "it compares by itself: QJLTU r0, r1, label"),
    ("jbe bleu bls jna", "QJLEU", "it compares by itself: QJLEU r0, r1, label"),
    ("ja bgtu bhi jnbe", "QJGTU", "it compares by itself: QJGTU r0, r1, label"),
    ("jae bgeu bhs jnb", "QJGEU", "it compares by itself: QJGEU r0, r1, label"),
    ("jz bz beqz cbz brz jez", "QJEQ", "it compares two values: QJEQ r0, 0, label"),
    ("jnz bnz bnez cbnz brnz", "QJNE", "it compares two values: QJNE r0, 0, label"),
    ("bltz jltz js bmi", "QJLT", "it compares two values: QJLT r0, 0, label"),
    ("bgez jgez jns bpl", "QJGE", "it compares two values: QJGE r0, 0, label"),
    ("bgtz jgtz", "QJGT", "it compares two values: QJGT r0, 0, label"),
    ("blez jlez", "QJLE", "it compares two values: QJLE r0, 0, label"),
    ("jc jnc jo jno bcs bcc bvs bvc", "", _FLAGS),
    ("loop loopne djnz dbnz sob", "", "a loop counts by itself: QSUB r4, 1, then QJGT r4, 0, label"),
    ("b br bra jump goto j jr ba", "QJMP", ""), ("bl jal jsr blr jalr gosub invoke", "QCALL", ""),
    ("return rts leave iret rtn", "QRET", ""),
    ("sete seteq cset seqz", "QSEQ", "it compares two values: QSEQ r0, r1, r2"), ("setne snez", "QSNE", ""),
    ("slti setl sltu", "QSLT", ""), ("setle", "QSLE", ""),
    ("cmov cmove cmovne csel select ternary", "QSEL", "it chooses by a value: QSEL r0, condition, r1, r2"),
    ("pushq pushl pusha pushad stmfd stmdb", "QPUSH", "it takes a list: QPUSH r4, r5"),
    ("popq popl popa popad ldmfd ldmia", "QPOP", "it takes a list: QPOP r5, r4"),
    ("noop", "QNOP", ""), ("hlt exit stop end quit terminate", "QHALT", ""),
    ("int syscall svc swi ecall trap_call", "QSYSCALL", "its number is one of QBC's; the table is in docs/reference.md"),
    ("brk int3 ebreak bkpt breakpoint", "QBRK", ""), ("ud2 unreachable abort panic throw", "QTRAP", ""),
    ("print println printf puts putchar echo out write display", "", _PRINT),
    ("in read getchar scanf input", "", "reading is a system call: QSYSCALL 11 reads a line into the r1 bytes at r0"),
    ("time clock rdtsc", "", "the time is a system call: QSYSCALL 3 (Unix time in µs) or 6 (monotonic, in ns)"),
    ("rand random rdrand", "", "random numbers are system calls: QSYSCALL 8 (64 bits) or 9 (a float below 1)"),
    ("enter alloca malloc free_mem new_mem", "", "memory needs no allocation: any address from 0x1000 on can be used"),
    # quantum
    ("cnot cxgate controlledx ctrlx", "QCX", ""), ("controlledz ctrlz csign", "QCZ", ""),
    ("toffoli ccnot tof ccxgate", "QCCX", ""), ("fredkin", "QCSWAP", ""),
    ("hadamard had hgate", "QH", ""), ("not pauli_x paulix bitflip", "QX", ""),
    ("xgate", "QX", ""), ("pauli_y pauliy ygate", "QY", ""), ("pauli_z pauliz zgate phaseflip", "QZ", ""),
    ("sgate", "QS", ""), ("tgate", "QT", ""), ("si sdag sadj s_dag sinv", "QSDG", ""),
    ("ti tdag tadj t_dag tinv", "QTDG", ""), ("v sqrtx sqrtnot srn sxgate", "QSX", ""),
    ("rot_x rotx", "QRX", ""), ("rot_y roty", "QRY", ""), ("rot_z rotz", "QRZ", ""),
    ("u1 phase r1 phaseshift phasegate", "QP", ""), ("u3 ugate", "QU", ""), ("u2", "QU", "u2(φ, λ) is QU q, pi/2, φ, λ"),
    ("cphase cu1 cphaseshift controlledphase", "QCP", ""), ("xx ms", "QRXX", ""), ("yy", "QRYY", ""), ("zz", "QRZZ", ""),
    ("id i idle identity", "QNOP", "the identity does nothing: leave it out"),
    ("iswap sqrtswap ecr dcx peres csx cu cu3 rccx c3x mcx mct gpi gpi2", "", _NO_GATE),
    ("measure meas m mz measz measurez", "QMEAS", "the result's register comes first: QMEAS r0, r4"),
    ("mr mresetz measureandreset", "", "measure, then reset: QMEAS r0, r4 and QRESET r4"),
    ("resetz init prepare initialize", "QRESET", ""), ("fence sync", "QBARRIER", ""),
    ("qreg qubit qubits creg cbit bit use borrow allocate", "QALLOC", _HANDLE),
    ("openqasm", "", "'qbcc import FILE.qasm' turns a program in OpenQASM into QBC"),
    ("release deallocate dealloc", "QFREE", ""),
    ("expval expectation expect_value", "QEXPECT", ""), ("counts shots histogram sampler", "QSAMPLE", ""),
    ("prob probability probabilities", "QPROB", ""), ("wstate w_state", "QW", ""),
    # data without a dot, and blocks
    ("db dc.b", "", "data is written .byte 1, 2, and text .asciz \"…\" (with a 0 at its end) or .ascii \"…\""),
    ("dw dc.w", "", "two bytes are written .word 1, 2"), ("dd dc.l", "", "four bytes are written .dword 1, 2"),
    ("dq", "", "eight bytes are written .qword 1, 2"), ("resb resw resd resq rest ds", "", "room is written .space BYTES"),
    ("equ equate assign", "", "a constant is written .define NAME value"),
    ("section segment", "", "sections are .text for code and .data for data"), ("global globl public", "", "write .global NAME"),
    ("extern external extrn", "", "write .extern NAME"), ("org", "", "there is no origin: data begins at 0x100000"),
    ("align", "", "write .align BYTES"), ("include incbin", "", 'write .include "file"'),
    ("macro", "", "write .macro NAME a, b … .endm"), ("endm endmacro", "", "write .endm"),
    ("proc function func def fn", "", "a subroutine is a label, its instructions and QRET; .func NAME … .endfunc declares it"),
    ("endp endproc ends endfunction endfunc", "", "a subroutine ends with QRET"), ("rep dup", "", "write .rept COUNT … .endr"),
    ("bits use64 use32 cpu default", "", "QBC has one mode, of 64 bits: leave the line out"),
    ("if while for until repeat switch", "", "conditions are jumps: QJLT r0, r1, label"),
    ("let var const", "", "a constant is written .define NAME value, a variable is a register: QMOV r4, 5"),
)  # fmt: skip

_DIRECTIVES: Final = (
    (".equ .set .const .constant .assign .equiv", ".define", "without a comma: .define NAME value"),
    (".string .stringz .asciiz .cstring", ".asciz", ""), (".text8 .str .char", ".ascii", ""),
    (".db .1byte .dc.b", ".byte", ""), (".dw .short .hword .half .2byte .dc.w", ".word", "a .word has 16 bits"),
    (".dd .long .int .4byte .dc.l .word32", ".dword", "a .dword has 32 bits"),
    (".dq .quad .8byte .xword .word64 .llong", ".qword", ""), (".float .single .real .df", ".double", "floats have 64 bits"),
    (".globl .public .export", ".global", ""), (".import .require .use .load", ".include", ""),
    (".external .extrn", ".extern", ""),
    (".bss .rodata .section.data", ".data", ""),
    (".section .segment", "", "sections are .text for code and .data for data"),
    (".zero .skip .resb .comm .lcomm .blkb .ds .ds.b .fill .nops", ".space", "its form is .space BYTES[, VALUE]"),
    (".resw .resd .resq", ".space", "its size is in bytes"),
    (".balign .p2align", ".align", "its argument is a number of bytes"),
    (".org", "", "there is no origin: data begins at 0x100000, and .space leaves room"),
    (".proc .function .sub", ".func", ""), (".endp .endproc .endfunction .ends .endsub", ".endfunc", ""),
    (".endmacro .endmac .mend .exitmacro", ".endm", ""), (".mac", ".macro", ""),
    (".rep .repeat .loop .times", ".rept", ""), (".endrep .endrept .endrepeat .endloop", ".endr", ""),
    (".elseif .elsif", ".elif", ""), (".fi .end_if", ".endif", ""),
    (".ifdef .ifndef .ifb .ifnb", ".if", "there is no test whether a name is defined: give it a value with .define NAME 0 or "
     "-D NAME=1, and write .if NAME or .if NAME == 0"),
    (".ifeq .ifne .iflt .ifgt .ifc .ifnc", ".if", "write the comparison: .if NAME == 0"),
    (".start .entry .main .entrypoint", ".entry_point", ""),
    (".irp .irpc .exitm .purgem .altmacro .local", "", "macros have parameters, and local labels (@name) that are fresh in each use"),
    (".type .size .file .ident .loc .weak .hidden .cfi_startproc .cfi_endproc .arch .cpu .syntax .thumb .option .code64 "
     ".intel_syntax .att_syntax .bits .title .list", "", "QBC needs nothing of the kind: leave the line out"),
    (".incbin", "", "QBC does not include binary files: write their bytes with .byte"),
    (".error .warning .err .assert", "", "there is no such directive: an .if that leads to an undefined name stops the assembler"),
    (".qubit .qreg .creg", "", _HANDLE),
)  # fmt: skip

_REGISTERS: Final = re.compile(
    r"%?(?:[re]?[abcd]x|[abcd][lh]|[re]?[sd]i|[re]?[sb]p|[re]?ip|r(?:1[6-9]|[2-9]\d|\d+[dwb])|r0\d|[xw]\d{1,2}|[atsvk]\d"
    r"|s1[01]|sp|fp|lr|pc|gp|ra|zero|acc|[xyz]mm\d+|st\d|f\d{1,2}|fa\d|ft\d|d\d{1,2}|q\d{1,2}|c\d{1,2}|\$\w+)",
    re.IGNORECASE,
)


@cache
def _table(rows: tuple[tuple[str, str, str], ...]) -> dict[str, Advice]:
    return {word: Advice(ours, note) for words, ours, note in rows for word in words.split()}


def instruction(word: str) -> Advice | None:
    """Return what QBC has for another language's instruction, with or without a Q before it; None if that is not known."""
    low = word.lower()
    if f"Q{low.upper()}" in BY_NAME:
        return Advice(f"Q{low.upper()}", "")
    table = _table(_INSTRUCTIONS)
    return table.get(low) or (table.get(low[1:]) if low[:1] == "q" else None)


_VALUES: Final = {
    "true": "1", "false": "0", "null": "0", "nil": "0", "nullptr": "0", "none": "0",
    "pi": "3.141592653589793", "m_pi": "3.141592653589793", "tau": "6.283185307179586",
}  # fmt: skip
"""Names that other languages have for numbers."""


def value(word: str) -> str | None:
    """Return the number that a name of another language means; None if that is not known."""
    return _VALUES.get(word.lower())


def directive(word: str) -> Advice | None:
    """Return what QBC has for another assembler's directive, dot included; None if that is not known."""
    return _table(_DIRECTIVES).get(word.lower())


def register(word: str) -> str | None:
    """Return a note on another machine's register; None if the word is not one."""
    if not _REGISTERS.fullmatch(word):
        return None
    name = word.lower().lstrip("%$")
    if name.lstrip("re") in ("sp", "bp") or name in ("sp", "fp"):
        return "registers are r0 to r15; the stack has no pointer: QPUSH and QPOP use it"
    if name in ("pc", "ip", "rip", "eip", "lr", "ra"):
        return "registers are r0 to r15; calls and returns are QCALL and QRET"
    if re.fullmatch(r"r0\d", name) and int(name[1:]) <= 15:
        return f"registers are r0 to r15: write r{int(name[1:])}"
    return "registers are r0 to r15"


def words() -> Iterable[tuple[str, Advice]]:
    """Yield every foreign word with its advice."""
    yield from _table(_INSTRUCTIONS).items()
    yield from _table(_DIRECTIVES).items()
