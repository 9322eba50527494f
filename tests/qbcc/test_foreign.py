"""Habits from other assemblers and quantum languages: the message of each line leads to the line that works."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qbcc.assembly.assemble import Options, assemble
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from qbcc.syntax import foreign
from qbcc.syntax.lines import DIRECTIVES
from tests.programs import errors, finished
from vm.isa import BY_NAME

# A wrong line, and words that must be in its message, its notes or its fix.
LINES = [
    # comments
    ("# a comment", "';'"), ("QNOP # a comment", "';'"), ("QNOP // a comment", "';'"), ("// a comment", "';'"),
    ("/* a comment */", "';'"), ("QMOV r0, 5 /* five */", "';'"), ("-- a comment", "';'"), ("! a comment", "';'"),
    # numbers
    ("QMOV r0, 0FFh", "0xFF"), ("QMOV r0, $FF", "0xFF"), ("QMOV r0, $5", "'5'"), ("QMOV r0, #5", "'5'"),
    ("QMOV r0, #0x10", "'0x10'"), ("QMOV r0, 1010b", "0b1010"), ("QMOV r0, 0x", "digits are missing"),
    ("QMOV r0, 0o9", "octal digits are 0 to 7"), ("QMOV r0, 0b12", "binary digits"), ("QMOV r0, 0xG1", "hexadecimal digits"),
    ("QMOV r0, 1.5e", "digits are missing"), ("QMOV r0, .5", "'0.5'"), ("QMOV r0, 17o", "0o17"), ("QMOV r0, 5d", "'5'"),
    ("QMOV r0, 1.5f", "'1.5'"), ("QMOV r0, FFh", "0xFF"), ("QMOV r0, 12abc", "numbers are written"),
    # text
    ("QMOV r0, 'ab'", "double quotes"), (".data\nt: .ascii 'hello'", "double quotes"), (".data\nt: .byte 'hi'", "double quotes"),
    (".data\nt: .ascii hello", "double quotes"), ('QMOV r0, "a"', "under a label"),
    # registers
    ("QMOV %r0, 5", "'r0'"), ("QMOV r1, %r0", "'r0'"), ("QMOV rax, 5", "r0 to r15"), ("QMOV r0, rbx", "r0 to r15"),
    ("QMOV %eax, 5", "r0 to r15"), ("QMOV $t0, 5", "r0 to r15"), ("QMOV a0, 5", "r0 to r15"), ("QMOV x1, 5", "r0 to r15"),
    ("QMOV sp, 5", "QPUSH and QPOP"), ("QMOV r16, 5", "r0 to r15"), ("QMOV r00, 5", "write r0"), ("QADD r0, lr, 1", "QCALL"),
    # addresses
    ("QLOAD r0, 8(r1)", "[r1+8]"), ("QLOAD r0, [r1, 8]", "[r1+8]"), ("QLOAD r0, [r1, #8]", "[r1+8]"),
    ("QLOAD r0, [r1, -8]", "[r1-8]"), ("QLOAD r0, [r1 + r2*8]", "QSHL"), ("QLOAD r0, [r1 + r2<<3]", "QSHL"),
    ("QMOV [r1], r2", "QSTORE r2, [r1]"), ("QMOV r2, [r1]", "QLOAD r2, [r1]"), ("QSTORE [r1], r2", "QSTORE r2, [r1]"),
    ("QSTORE [r1+8], 5", "QSTORE 5, [r1+8]"), ("QADD r1, [r2]", "QLOAD r0, [r2]"), ("QMOV r0, $", "label"),
    # instructions
    ("QCNOT r0, r1", "'QCX'"), ("CNOT r0, r1", "'QCX'"), ("QTOFFOLI r0, r1, r2", "'QCCX'"), ("QHADAMARD r0", "'QH'"),
    ("QCMP r0, r1", "QJLT"), ("cmp r0, r1", "QJLT"), ("QBEQ r0, r1, main", "QJEQ"), ("beq r0, r1, main", "QJEQ"),
    ("QJNZ r0, main", "QJNE"), ("QBZ r0, main", "QJEQ r0, 0, label"), ("QINC r0", "QADD r0, 1"), ("dec r0", "QSUB r0, 1"),
    ("mov r0, 5", "'QMOV'"), ("add r0, 5", "'QADD'"), ("h r0", "'QH'"), ("cx r0, r1", "'QCX'"), ("lea r0, main", "QMOV"),
    ("jmp main", "'QJMP'"), ("b main", "'QJMP'"), ("bl main", "'QCALL'"), ("syscall 1", "'QSYSCALL'"), ("ret r0", "'QRET'"),
    ("QMEASURE r0, r1", "QMEAS r0, r4"), ("M r0, r1", "QMEAS r0, r4"), ("print r0", "QSYSCALL 1"), ("push r0", "'QPUSH'"),
    ("qubit r0", "QALLOC"), ("swap r0, r1", "'QSWAP'"), ("rx r0, 1.5", "'QRX'"), ("iswap r0, r1", "made of others"),
    ("QJE r0, main", "QJEQ a, b, label"), ("xchg r0, r1", "QPUSH r0, r1"),
    # data and directives
    (".data\ne: db \"hello\", 0", ".asciz"), ("N equ 5", ".define N 5"), ("N = 5", ".define N 5"), ("N := 5", ".define N 5"),
    ("N: .equ 5", ".define"), (".equ N, 5", "without a comma"), ("r0 = 5", "QMOV r0, 5"), (".section .text", ".text for code"),
    (".data\nx: .skip 8", "'.space'"), (".data\nx: .zero 8", "'.space'"), (".data\nx: .resb 8", "'.space'"),
    (".data\nx: .quad 8", "'.qword'"), (".data\nx: .long 8", "32 bits"), (".data\nx: .short 8", "16 bits"),
    (".data\nx: .string \"a\"", "'.asciz'"), (".data\nx: .asciiz \"a\"", "'.asciz'"), (".globl main", "'.global'"),
    ("%define N 5", ".define NAME value"), ("#define N 5", ".define NAME value"), ('#include "a.inc"', '.include "file"'),
    ("section .data", ".data for data"), (".rep 2\nQNOP\n.endr", "'.rept'"), (".ifdef X\nQFOO\n.endif", ".define NAME 0"),
    ("%ifdef X", ".define NAME 0"), (".type main, 5", "leave the line out"),
    # macros
    (".macro two(a, b)\nQADD a, b\n.endm\ntwo r0, r1", ".macro two a, b"), ("%macro foo 1", ".macro NAME a, b"),
    (".macro two a, b\nQADD a, b\n.endm\ntwo(r0, r1)", "two r0, r1"), (".macro x\nQNOP\n.endmacro", "'.endm'"),
    ("QADD %1, 1", ".macro NAME a, b"), ("QADD r0, \\x", "parameter"), (".macro m x\nQADD r0, \\y\n.endm\nm 5", "parameter"),
    # labels
    ("1: QNOP", "@next:"), ("QJMP 1b", "@next:"), ("QJMP 2f", "@next:"), (".loop: QNOP", "'@loop'"),
    # other languages
    ("OPENQASM 3.0;", "qbcc import"), ("qreg q[2];", "qbcc import"), ("qubit[2] q;", "qbcc import"), ("h q[0];", "handle"),
    ("cx q[0], q[1];", "handle"), ("measure q -> c;", "qbcc import"), ("c = measure q;", "qbcc import"),
    ("fn main() {", ".sigma"), ("def main():", "import qbcc"), ("import numpy as np", "import qbcc"),
    ("operation Main() : Unit {", "σ"), ("use q = Qubit();", "σ"),
    ("qc.h(0)", "Python"), ("qc = QuantumCircuit(2)", "Python"), ("}", "QRET"),
    ("for (int i = 0; i < 5; i++) {", "QJGT r4, 0, label"), ("if r0 == 1:", "QJEQ r0, 1, label"),
    ("if (r0 == 1) {", "QJEQ r0, 1, label"), ("while r0 < 5:", "QJGT r4, 0, label"),
    ("r0 += 1", "QADD r0, 1"), ("r0 -= r1", "QSUB r0, r1"), ("r0++", "QADD r0, 1"), ("r0 <<= 2", "QSHL r0, 2"),
    # labels without a colon
    (".data\nmsg db \"hello\", 10", 'msg: .asciz "hello\\n"'), (".data\nx .word 5", "x: .word"), (".data\nx db 5", "x: .byte"),
    (".data\nx dq 5", "x: .qword"), (".data\nx dq 1.5", "x: .double"), (".data\nx db \"it's\", 0", "it's"),
    ("push {r7-r4}", "r0 to r15"), ("QPUSH (r4)", "write 'r4'"), ("} else {", "jumps"), (".data\nx .long 5", "x: .dword"),
    # values
    ("QRX r4, pi/2", ".define pi 3.141592653589793"), ("QRX r4, math.pi", "3.141592653589793"), ("QAND r0, true", "write '1'"),
    ("QMOV r0, NULL", "write '0'"), ("QMOV r0, &main", "write 'main'"), ("QMOV r0, offset main", "write 'main'"),
    ("ldr r0, =main", "QMOV r0, main"), ("QMOV r0 = 5", "QMOV r0, 5"), (".define N = 5", ".define N 5"),
    ("QMOV r0, -r1", "QNEG r0, r1"), ("QMOV r0, ~r1", "QNOT r0, r1"), ("QMOV r0, r1 + 1", "QADD r0, r1, 1"),
    ("QMOV r0, (r1 * r2)", "QMUL r0, r1, r2"), ("QADD r0, r1 + r2", "QADD r3, r1, r2"),
    # lines and lists
    ("QHALT QHALT", "one instruction a line"), ("QADD r0, 1 QHALT", "one instruction a line"),
    ("push {r4, lr}", "return address"), ("QPUSH {r4, r5}", "QPUSH r4, r5"), ("QPUSH {r4-r7}", "QPUSH r4, r5, r6, r7"),
    ("QPUSH r4-r7", "QPUSH r4, r5"),
    # accesses
    ("QLOAD r0, [r1!]", "QADD r1, 8"), ("QLOAD r0, [r1]!", "QADD r1, 8"), ("QLOAD r0, [r1, #8]!", "QADD r1, 8"),
    ("QLOAD r0, [r1], 8", "QADD r1, 8"), ("QLOAD [r1], r0", "QSTORE r0, [r1]"), ("QSTOREB [r1], r0", "QSTOREB r0, [r1]"),
    ("QLOADSW [r1], r0", "QSTOREW r0, [r1]"), ("QMOV r0, qword [main]", "QLOAD r0, [main]"),
    ("mov qword ptr [rax], 5", "QSTORE r0, [x]"), ("mov r0, dword ptr [r1]", "QLOADW r0, [r1]"),
    ("lw t0, 4(sp)", "in brackets"), ("movq 8(%rbp), %rax", "in brackets"),
    # calls
    ('QSYSCALL "hi"', "QSYSCALL 2"), ("int 0x80", "QSYSCALL"), ("QCALL main()", "QCALL main"), ("QCALL main(r1)", "r0 to r3"),
    ("jmp short main", "QJMP main"), (".include qbc_hash.qbc", '"qbc_hash.qbc"'), (".include <qbc_hash.qbc>", '"qbc_hash.qbc"'),
    ("QMEAS r0 -> r1", "QMEAS r1, r0"), ("QMEAS r0, r4, 3", "one qubit"),
]  # fmt: skip


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    return assemble(SourceFile("test.qbc", text), Options()).diagnostics


def said(found: Diagnostic) -> str:
    fix = "" if found.fix is None else f"{found.fix.title} '{found.fix.replacement}'"
    return " ".join((found.message, *found.notes, fix))


@pytest.mark.parametrize(("line", "words"), LINES, ids=[line for line, _ in LINES])
def test_the_message_leads_to_the_fix(line: str, words: str) -> None:
    found = diagnostics(f"main: QNOP\n{line}\n")
    assert len(found) == 1, [said(one) for one in found]
    assert words in said(found[0])
    assert "~" not in said(found[0])


@pytest.mark.parametrize("word", [word for word, _ in foreign.words()])
def test_every_foreign_word(word: str) -> None:
    """The table names words that there are, and no word of ours."""
    assert word not in DIRECTIVES
    assert word.upper() not in BY_NAME
    advice = foreign.directive(word) if word[0] == "." else foreign.instruction(word)
    assert advice is not None
    assert advice.ours or advice.note
    if advice.ours:
        assert advice.ours in (DIRECTIVES if word[0] == "." else BY_NAME)


def test_no_word_is_in_the_table_twice() -> None:
    for rows in (foreign._INSTRUCTIONS, foreign._DIRECTIVES):
        words = [word for line in rows for word in line[0].split()]
        assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize("word", ["zzgrx", "foo", "main", "wrap_in_strings", "QFOOBAR"])
def test_no_suggestion_that_is_not_near(word: str) -> None:
    (found,) = diagnostics(f"    {word} r0\n")
    assert found.fix is None, said(found)


@pytest.mark.parametrize(
    ("word", "meant"), [("QAD", "QADD"), ("QMVO", "QMOV"), ("QSYSCAL", "QSYSCALL"), ("QJLTT", "QJLT")]
)
def test_a_slip_is_suggested(word: str, meant: str) -> None:
    (found,) = diagnostics(f"    {word} r0\n")
    assert found.fix is not None
    assert found.fix.replacement == meant


def test_a_label_without_its_colon_is_one() -> None:
    """Its uses are no errors of their own."""
    found = diagnostics("main\n    QMOV r0, 5\nloop\n    QSUB r0, 1\n    QJGT r0, 0, loop\n    QJMP main\n    QHALT\n")
    assert [(one.span.line, one.fix.replacement) for one in found if one.span and one.fix] == [
        (1, "main:"),
        (3, "loop:"),
    ]
    assert len(found) == 2


def test_local_labels_as_nasm_has_them() -> None:
    found = diagnostics("main: QNOP\n.loop: QSUB r0, 1\n QJGT r0, 0, .loop\n QHALT\n")
    assert [(one.span.line, one.fix.replacement) for one in found if one.span and one.fix] == [
        (2, "@loop"),
        (3, "@loop"),
    ]


def test_labels_of_a_wrong_line_are_known() -> None:
    found = diagnostics("main: QMOV r0, #5\nnext: QADD r0, ]\n QJMP next\n QJMP main\n")
    assert [one.span.line for one in found if one.span] == [1, 2]


def test_parameters_as_gas_has_them() -> None:
    text = """
.macro put value, to, where
\\where: QMOV \\to, \\value + 1
    QADD to, value
.endm
main: put 5, r0, here
      put (2 * 3), r1, there
      QJMP @end
@end: QHALT
"""
    machine = finished(text)
    assert (machine.get(0), machine.get(1)) == (11, 13)


@pytest.mark.parametrize(
    "text", ["QADD r0, \\x", "\\x: QNOP", "\\x r0", ".define \\x 5", "QLOAD r0, [\\x]", "QJMP \\x"]
)
def test_parameters_outside_of_macros(text: str) -> None:
    found = diagnostics(f"main: QNOP\n{text}\n")
    assert found
    assert all(one.span is not None and one.span.line == 2 for one in found)


def test_every_place_is_marked() -> None:
    found = diagnostics("main: QFOO r0\n QMOV r1, limit\n QFOO r1\n QMOV r2, limit + limit\n QHALT\n")
    assert [(one.code, one.span.line, one.span.column) for one in found if one.span] == [
        ("E0201", 1, 7), ("E0301", 2, 11), ("E0201", 3, 2), ("E0301", 4, 11), ("E0301", 4, 19),
    ]  # fmt: skip


def test_a_name_in_a_macro_is_marked_once() -> None:
    assert errors(".macro m\n QMOV r0, limit\n QFOO r0\n.endm\nmain: m\n m\n m\n") == ["E0301", "E0201"]


def test_names_of_the_library_say_their_file() -> None:
    for name, file in (("qbc_sqrt", "qbc_core.qbc"), ("qbc_memory_fill", "qbc_memory.qbc")):
        (found,) = diagnostics(f"main: QCALL {name}\n")
        assert f'.include "{file}"' in said(found)
    (found,) = diagnostics("main: QCALL qbc_sqt\n")
    assert "did you mean 'qbc_sqrt'" in said(found)
    assert '"qbc_core.qbc"' in said(found)


def test_names_made_by_macros_are_not_shown() -> None:
    (found,) = diagnostics(".macro m\n QJMP @foo\n@fo: QNOP\n.endm\nmain: m\n QHALT\n")
    assert "'@fo'" in said(found)
    assert "~" not in said(found)


def test_the_rest_of_a_foreign_block_is_no_error() -> None:
    text = ".rep 3\n QADD r0, 1\n.endr\n.ifdef X\n QFOO\n.else\n QBAR\n.endif\n.mac one a\n QADD a, 1\n.endmacro\nmain: one r0\n"
    assert errors(text) == ["E0401"] * 4


def test_a_right_program_loads_no_table() -> None:
    code = (
        "import sys; from qbcc.assembly.assemble import assemble; from qbcc.source import SourceFile\n"
        "assert assemble(SourceFile('a.qbc', 'main: QADD r0, r1\\n.macro m\\n QNOP\\n.endm\\n m\\n QHALT\\n')).object\n"
        "print(sorted({'qbcc.syntax.foreign', 'qbcc.syntax.habits', 'qbcc.nearest'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
