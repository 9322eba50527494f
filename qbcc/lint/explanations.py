"""What ``qbcc explain`` says of findings in QBC: a program in which each is found, and one in which nothing is."""

from __future__ import annotations

from typing import Final

from qbcc.explanation import Explanation
from qbcc.lint.rules import RULES

_ALLOW: Final = "What is meant gets '; lint: allow {}' on its line or above it."
_NUMBERS: Final = """main:
    QMOV r4, 0
@next:
    QMOV r0, r4
    QCALL show
    QADD r4, 1
    QJLT r4, 5, @next
    QHALT
show:
    QCALL square
    QSYSCALL 1
    QRET
square:
{}"""

# Code, text, wrong, right. The tests lint them all.
_TABLE: Final = (
    (
        "L0101",
        "A register is set, a routine is called, the register is read; but the routine, or one that it calls, changes the register and does not restore it. r4 to r15 are the caller's: a value there goes on through all calls that overwrite it, and each of them is reported. A routine that hands something over in such a register says so in .returns, or has a caller that reads it without having set it. Where it may be meant and nobody says so, the finding is a warning, or a hint, without a fix: the routine reads the register and goes on with its value, or it makes a value there that it does not use. r0 to r3 are a subroutine's to change: there the caller saves what it needs.",
        "main:\n    QMOV r5, 0x200000\n    QCALL make\n    QSTORE r0, [r5]\n    QHALT\nmake:\n    QMOV r5, 7\n    QMUL r0, r5, r5\n    QRET",
        "main:\n    QMOV r5, 0x200000\n    QCALL make\n    QSTORE r0, [r5]\n    QHALT\nmake:\n    QPUSH r5\n    QMOV r5, 7\n    QMUL r0, r5, r5\n    QPOP r5\n    QRET",
    ),
    (
        "L0102",
        "The register goes round the loop, a step on each time, and a routine that is called in the loop changes it: the loop never ends, or leaves out what it should do.",
        _NUMBERS.format("    QMOV r4, r0\n    QMUL r0, r4, r4\n    QRET"),
        _NUMBERS.format("    QPUSH r4\n    QMOV r4, r0\n    QMUL r0, r4, r4\n    QPOP r4\n    QRET"),
    ),
    (
        "L0103",
        "No way leads from a write of the register to this read. Registers begin as the integer 0: what is meant to be 0 is set to it. In a source without a start, arguments are not looked at.",
        "main:\n    QADD r0, r6, 1\n    QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r6, 0\n    QADD r0, r6, 1\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0104",
        "On every way from here the register is written again, or the program ends, before anything reads it. Results and arguments (r0 to r3) are not counted, nor is what a program that prints and stores nothing leaves in registers.",
        "main:\n    QMOV r0, 3\n    QMOV r0, 4\n    QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r0, 4\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0201",
        "Two ways come together, and one has pushed more than the other. What is popped behind that is another value each time; a loop that pushes fills the stack.",
        "main:\n    QMOV r0, 2\n    QMOV r1, 9\n    QJEQ r0, 0, @on\n    QPUSH r1\n@on:\n    QPOP r2\n    QHALT",
        "main:\n    QMOV r0, 2\n    QMOV r1, 9\n    QJEQ r0, 0, @on\n    QPUSH r1\n    QPOP r2\n@on:\n    QHALT",
    ),
    (
        "L0202",
        "A routine pops before each return what it pushed. One whose callers push its arguments or pop its results is not told, as long as it comes out level with them.",
        "main:\n    QMOV r0, 2\n    QCALL twice\n    QSYSCALL 1\n    QHALT\ntwice:\n    QPUSH r4\n    QMOV r4, r0\n    QADD r0, r4\n    QRET",
        "main:\n    QMOV r0, 2\n    QCALL twice\n    QSYSCALL 1\n    QHALT\ntwice:\n    QPUSH r4\n    QMOV r4, r0\n    QADD r0, r4\n    QPOP r4\n    QRET",
    ),
    (
        "L0203",
        "The stack gives back the last value first, and a list is pushed and popped in the order written: QPUSH r4, r5 is undone by QPOP r5, r4. Registers that are exchanged on purpose, with nothing in between, are not told.",
        "main:\n    QMOV r0, 2\n    QCALL f\n    QSYSCALL 1\n    QHALT\nf:\n    QPUSH r4, r5\n    QMOV r4, r0\n    QMOV r5, 3\n    QMUL r0, r4, r5\n    QPOP r4, r5\n    QRET",
        "main:\n    QMOV r0, 2\n    QCALL f\n    QSYSCALL 1\n    QHALT\nf:\n    QPUSH r4, r5\n    QMOV r4, r0\n    QMOV r5, 3\n    QMUL r0, r4, r5\n    QPOP r5, r4\n    QRET",
    ),
    (
        "L0301",
        "It stands behind a jump, a return or a halt, and no label in it is gone to.",
        "main:\n    QMOV r0, 1\n    QSYSCALL 1\n    QHALT\n    QMOV r0, 2\n    QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r0, 1\n    QSYSCALL 1\n    QMOV r0, 2\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0302",
        "No way leads to the label from where the program starts, from the host's entry points, or from an address that is taken. In a source without a start, and in files that are included, routines are for others.",
        "main:\n    QHALT\nunused:\n    QMOV r0, 1\n    QRET",
        "main:\n    QCALL used\n    QHALT\nused:\n    QMOV r0, 1\n    QRET",
    ),
    (
        "L0303",
        "A jump leads past another routine's beginning, so what that pushes or sets is left out. A jump to its beginning is a call in last place, and fine.",
        "main:\n    QMOV r0, 1\n    QCALL a\n    QCALL b\n    QHALT\na:\n    QADD r0, 1\n    QJMP part\nb:\n    QMUL r0, 2\npart:\n    QSYSCALL 1\n    QRET",
        "main:\n    QMOV r0, 1\n    QCALL a\n    QCALL b\n    QHALT\na:\n    QADD r0, 1\n    QJMP part\nb:\n    QMUL r0, 2\n    QJMP part\npart:\n    QSYSCALL 1\n    QRET",
    ),
    (
        "L0304",
        "Its last instruction neither returns nor jumps, so control runs into what stands below. Past the last instruction of a program it traps.",
        "main:\n    QMOV r0, 1\n    QCALL show\nshow:\n    QSYSCALL 1\n    QRET",
        "main:\n    QMOV r0, 1\n    QCALL show\n    QHALT\nshow:\n    QSYSCALL 1\n    QRET",
    ),
    (
        "L0305",
        "Every way out of the loop compares registers that nothing in the loop writes, no routine that it calls either: it ends at once, or never.",
        "main:\n    QMOV r4, 0\n    QMOV r5, 0\n@next:\n    QADD r5, 1\n    QJLT r4, 10, @next\n    QMOV r0, r5\n    QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r4, 0\n    QMOV r5, 0\n@next:\n    QADD r5, 1\n    QADD r4, 1\n    QJLT r4, 10, @next\n    QMOV r0, r5\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0401",
        "By every way, or by one that the finding names, the operand has the kind that the instruction refuses: a float as an address, in bit operations or as a system call's integer; an integer where a float's bits are asked for. It traps when it is executed so.",
        "main:\n    QMOV r4, 2.0\n    QSHL r0, r4, 1\n    QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r4, 2.0\n    QINT r4\n    QSHL r0, r4, 1\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0402",
        "0x3FF0000000000000 are the bits of 1.0, but as a constant it is the integer 4607182418800017408, and arithmetic takes it as that, be it through registers. Write floats with a point; QFBITS makes a float of bits. Numbers with many digits are not reported where their bits are mixed, as for a hash.",
        "main:\n    QMOV r0, 3\n    QMUL r0, 0x3FF8000000000000\n    QFLOAT r0\n    QSYSCALL 4\n    QHALT",
        "main:\n    QMOV r0, 3\n    QMUL r0, 1.5\n    QFLOAT r0\n    QSYSCALL 4\n    QHALT",
    ),
    (
        "L0403",
        "QDIV of two integers gives a whole number, rounded down, and what it gives goes on as a float: the fraction is lost before it was wanted.",
        "main:\n    QMOV r4, 7\n    QMOV r5, 2\n    QDIV r0, r4, r5\n    QFLOAT r0\n    QSYSCALL 4\n    QHALT",
        "main:\n    QMOV r4, 7\n    QMOV r5, 2\n    QFLOAT r4\n    QDIV r0, r4, r5\n    QSYSCALL 4\n    QHALT",
    ),
    (
        "L0404",
        "QLOAD makes an integer of the bits that it finds, QLOADF a float. All that is ever stored at the address is of the other kind. Words that are copied, hashed or taken as bits are not counted.",
        ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOAD r0, [half]\n    QMUL r0, 4\n    QSYSCALL 1\n    QHALT",
        ".data\nhalf: .double 0.5\n.text\nmain:\n    QLOADF r0, [half]\n    QMUL r0, 4\n    QSYSCALL 4\n    QHALT",
    ),
    (
        "L0501",
        "A count of a shift has six bits, a byte eight, an exit status eight; an address lies from 0x1000 to 64 GiB; a divisor is not 0; system calls are those of the table.",
        "main:\n    QSTOREB 300, [0x200000]\n    QHALT",
        "main:\n    QSTOREH 300, [0x200000]\n    QHALT",
    ),
    (
        "L0502",
        "A store covers bytes of a field that was stored just before in another width, and not the field as a whole. Narrow stores into a wide field, and words of one width that overlap, as programs pack them, are not told.",
        "main:\n    QMOV r4, 0x200000\n    QSTOREW 7, [r4+4]\n    QSTORE 5, [r4]\n    QHALT",
        "main:\n    QMOV r4, 0x200000\n    QSTOREW 7, [r4+4]\n    QSTOREW 5, [r4]\n    QHALT",
    ),
    (
        "L0503",
        "qbc run -o reads eight words at OUTPUT_BUFFER before the payload: the magic 0x4F555450, the number of entries, bytes of each, the format, its version, the payload's bytes, its checksum. Without them the table is refused. qbc_output_begin and qbc_output_finish of qbc_output.qbc write them.",
        "main:\n    QSTORE 5, [OUTPUT_BUFFER+64]\n    QHALT",
        '.include "qbc_output.qbc"\nmain:\n    QMOV r0, 0\n    QMOV r1, 1\n    QMOV r2, 8\n    QCALL qbc_output_begin\n    QSTORE 5, [r0]\n    QMOV r0, 1\n    QCALL qbc_output_finish\n    QHALT',
    ),
    (
        "L0504",
        "32-bit fields may be packed by stores of eight bytes at a stride of four, each of which overwrites the upper half of the one before. But eight bytes that are read there are two fields: what is changed and written back changes the next field too. QLOADW and QSTOREW access one field. Changes that leave the upper half as it is, as QOR with a small number does, are not reported.",
        "main:\n    QSTORE 7, [0x200000]\n    QSTORE 9, [0x200004]\n    QLOAD r1, [0x200000]\n    QADD r1, 1\n    QSTORE r1, [0x200000]\n    QHALT",
        "main:\n    QSTORE 7, [0x200000]\n    QSTORE 9, [0x200004]\n    QLOADW r1, [0x200000]\n    QADD r1, 1\n    QSTOREW r1, [0x200000]\n    QHALT",
    ),
    (
        "L0505",
        "The address is known, and the access begins within an item of .word, .dword, .qword or .double and ends in the next one, or it is wider than the item. Addresses count bytes: the second .qword is at [x+8]. Bytes and texts may be accessed in any width, up to the next label. Items that are cleared together, or loaded together and compared or taken apart by bits, are not reported.",
        ".data\nx: .qword 5, 6\n.text\nmain:\n    QLOAD r0, [x+1]\n    QSYSCALL 1\n    QHALT",
        ".data\nx: .qword 5, 6\n.text\nmain:\n    QLOAD r0, [x+8]\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0506",
        "System call 2 prints bytes up to a NUL, and system call 14 reads a name so. .ascii makes none: what is defined after the text is printed too. .asciz ends each text with a NUL. A text is looked at up to the next label; so is one that a routine is given which prints it.",
        '.data\nx: .ascii "hi"\ny: .ascii "there"\n.text\nmain:\n    QMOV r0, x\n    QSYSCALL 2\n    QHALT',
        '.data\nx: .asciz "hi"\ny: .ascii "there"\n.text\nmain:\n    QMOV r0, x\n    QSYSCALL 2\n    QHALT',
    ),
    (
        "L0507",
        "An item of .word is 16 bits. In the names of instructions B, H and W are 8, 16 and 32 bits: QLOADH, QLOADSH and QSTOREH access a .word, QLOADW, QLOADSW and QSTOREW a .dword.",
        ".data\nx: .word 5, 6\n.text\nmain:\n    QLOADW r0, [x]\n    QSYSCALL 1\n    QHALT",
        ".data\nx: .word 5, 6\n.text\nmain:\n    QLOADH r0, [x]\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0601",
        ".func says in .args what a routine reads, in .returns what it gives, in .clobbers what it may change, r0 to r3 if nothing is said. This one does something else.",
        ".func f\n    .args r0\n    .returns r0\nf:\n    QMOV r4, r0\n    QADD r0, r4\n    QRET\n.endfunc",
        ".func f\n    .args r0\n    .returns r0\nf:\n    QMOV r1, r0\n    QADD r0, r1\n    QRET\n.endfunc",
    ),
    (
        "L0602",
        "r4 to r15 are the caller's. A routine that others may call (.global, or one of a source without a start) pushes what it uses and pops it, or says so in a contract. One that only this program calls is judged at its calls.",
        ".global f\nf:\n    QMOV r6, r0\n    QADD r0, r6\n    QRET",
        ".global f\nf:\n    QPUSH r6\n    QMOV r6, r0\n    QADD r0, r6\n    QPOP r6\n    QRET",
    ),
    (
        "L0701",
        "In other assemblers ';' separates instructions of one line. Here it begins a comment, so what follows it is not executed. A comment alone on its line is not counted.",
        "main:\n    QMOV r0, 1; QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r0, 1\n    QSYSCALL 1\n    QHALT",
    ),
    (
        "L0702",
        "A program begins at the label main, or where .entry_point says, else with its first instruction. Upper and lower case differ in names, so Main and MAIN are labels as any other; so are _main and _start.",
        "    QMOV r0, 1\n    QSYSCALL 1\nMain:\n    QMOV r0, 5\n    QSYSCALL 1\n    QHALT",
        "main:\n    QMOV r0, 1\n    QSYSCALL 1\n    QMOV r0, 5\n    QSYSCALL 1\n    QHALT",
    ),
)  # fmt: skip
EXPLANATIONS: Final = {
    code: Explanation(RULES[code].title, f"{text} {_ALLOW.format(code)}", wrong, right)
    for code, text, wrong, right in _TABLE
}
