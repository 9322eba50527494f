"""What ``qbcc explain`` says of source errors and object files: a wrong and a right example for each."""

from __future__ import annotations

from qbcc.explanation import Explanation


def _entry(title: str, text: str, wrong: str, right: str) -> Explanation:
    return Explanation(title, " ".join(text.split()), wrong, right)


# Every wrong example that is a program gives its code, every right one assembles: the tests try them.
EXPLANATIONS: dict[str, Explanation] = {
    # -- E01: text and syntax
    "E0101": _entry(
        "a character that belongs to no word",
        "Names, numbers and punctuation are ASCII. Other characters stand in strings and comments only; a typographic quote "
        "pasted from a document is the usual culprit.",
        "QMOV r0, 5€",
        "QMOV r0, 5      ; five €",
    ),
    "E0102": _entry(
        "a string that does not end",
        "A string or a character constant ends with the quote that it began with, on the same line.",
        '.data\ntext: .asciz "hello',
        '.data\ntext: .asciz "hello"',
    ),
    "E0103": _entry(
        "a bad escape or character constant",
        r"Strings take \n \t \r \0 \\ \" \' \xNN and \u{…}; a character constant holds exactly one character.",
        '.data\ntext: .asciz "50\\%"',
        '.data\ntext: .asciz "50%"',
    ),
    "E0104": _entry(
        "a number that is none",
        "Integers are decimal, 0x…, 0b… or 0o…, with _ between digits if you like; floats have a point or an exponent.",
        "QMOV r0, 0xZZ",
        "QMOV r0, 0xFF",
    ),
    "E0105": _entry(
        "a line that is not formed like one",
        "A line is labels, then a mnemonic, directive or macro, then operands with commas between them.",
        "QADD r0 r1 r2",
        "QADD r0, r1, r2",
    ),
    "E0106": _entry("a line that is too long", "A line has at most 1,048,576 characters.", "", ""),
    "E0107": _entry("an expression that is nested too deep", "Give its parts names with .define.", "", ""),
    "E0108": _entry(
        "too many errors",
        "After 1,000 errors the assembler stops: what is first in the list is likely behind the rest.",
        "",
        "",
    ),
    "E0110": _entry(
        "a line of another language",
        "The line is written as another assembler or another language has it. Comments begin with ';', numbers and "
        "registers have no mark before them, an address is in brackets with '+' between its parts, a local label is @name, "
        "directives begin with a dot, and macros take parameters and arguments without parentheses.",
        "QMOV r0, #5 // five",
        "QMOV r0, 5  ; five",
    ),
    # -- E02: instructions and operands
    "E0201": _entry(
        "an instruction that does not exist",
        "The word is neither a mnemonic nor a macro that is defined above. Mnemonics begin with Q and ignore case.",
        "ADD r0, 1",
        "QADD r0, 1",
    ),
    "E0202": _entry(
        "a wrong number of operands",
        "Arithmetic takes 'op d, a, b' or 'op d, a', which means 'op d, d, a'. The instruction reference shows each form.",
        "QADD r0",
        "QADD r0, 1",
    ),
    "E0203": _entry(
        "a constant where a register is written",
        "The first operand of an instruction that computes is the register for the result.",
        "QMOV 5, r0",
        "QMOV r0, 5",
    ),
    "E0204": _entry(
        "an operand of a kind that the instruction does not take",
        "Only loads and stores take memory; arithmetic works on registers and constants. Strings live in .data.",
        "QADD r0, r1, [r2]",
        "QLOAD r3, [r2]\nQADD r0, r1, r3",
    ),
    "E0205": _entry(
        "an address that cannot be",
        "An address is a constant, a register, a register plus or minus a constant, or the sum of two registers.",
        "QLOAD r0, [r1*8]",
        "QSHL r2, r1, 3\nQLOAD r0, [r2]",
    ),
    "E0206": _entry(
        "a jump to what is no label of the code",
        "Jumps and calls go to labels of the code section. QJMP and QCALL also go to an address in a register.",
        "QJMP 5",
        "loop: QJMP loop",
    ),
    "E0207": _entry(
        "an instruction in the data section",
        "Code is not in memory; it belongs to the .text section.",
        ".data\nQNOP",
        ".text\nQNOP",
    ),
    "E0208": _entry(
        "a register in a constant expression",
        "Expressions are worked out while assembling, when no register has a value. Compute it with instructions.",
        "QMOV r0, r1+1",
        "QADD r0, r1, 1",
    ),
    # -- E03: names and expressions
    "E0301": _entry(
        "a name that is not defined",
        "Names keep their case. A local label (@name) is seen only between the two ordinary labels around it. What "
        "another object brings is declared with .extern.",
        "QMOV r0, LIMIT",
        ".define LIMIT 10\nQMOV r0, LIMIT",
    ),
    "E0302": _entry(
        "a name that is defined twice",
        "Labels, constants and external names share one space. A .define may be repeated only with the same value; -D on "
        "the command line wins over all.",
        "start: QNOP\nstart: QRET",
        "start: QNOP\nagain: QRET",
    ),
    "E0303": _entry(
        "a number that does not fit 64 bits",
        "A .define may hold a larger integer; where a register or a .qword must hold it, it spans -2^63 to 2^64-1.",
        "QMOV r0, 0x1_0000_0000_0000_0000",
        "QMOV r0, 0xFFFF_FFFF_FFFF_FFFF",
    ),
    "E0304": _entry(
        "a division by zero in an expression",
        "'/' of integers floors and '%' has the divisor's sign; neither has a value for the divisor 0.",
        ".define HALF 1/0",
        ".define HALF 1/2",
    ),
    "E0305": _entry(
        "a value of the wrong kind in an expression",
        "Bit operations, sizes and counts take integers; a string is no value.",
        ".define MASK 1.5 & 3",
        ".define MASK 1 & 3",
    ),
    "E0306": _entry(
        "arithmetic on an address",
        "Where an address lies is known after linking only: a number can be added to it or subtracted, and two labels of one "
        "section have a distance.",
        ".data\na: .qword 0\nb: .qword a*2",
        ".data\na: .qword 0\nb: .qword a+8",
    ),
    "E0307": _entry(
        "a constant that is defined by itself",
        "A .define may name what comes later, but not itself, not through others either.",
        ".define A B+1\n.define B A+1",
        ".define A B+1\n.define B 1",
    ),
    "E0308": _entry(
        "a number that must be known while assembling",
        "Sizes, counts and conditions decide what the program is, so they cannot depend on an address.",
        ".data\na: .space a",
        ".data\na: .space 16",
    ),
    "E0309": _entry(
        "a value that is too large",
        "Integers in expressions have at most 4096 bits, floats are IEEE doubles, shift counts are not negative.",
        ".define BIG 1 << 5000",
        ".define BIG 1 << 63",
    ),
    "E0311": _entry(
        "an address outside its section",
        "An address of code is a label, or at a distance from one that stays inside the program. An address of data is at a "
        "distance that 64 bits hold; one that .global exports lies inside the data.",
        "main: QMOV r0, main+1000",
        "main: QMOV r0, main",
    ),
    # -- E04: directives and data
    "E0401": _entry(
        "a directive that does not exist", "Directives begin with a point and ignore case.", ".foo 1", ".data\n.byte 1"
    ),
    "E0402": _entry(
        "a directive with the wrong operands",
        "The message says what it takes.",
        ".entry_point 5",
        "main: QRET\n.entry_point main",
    ),
    "E0403": _entry(
        "a value outside its range",
        "A .byte holds -128 to 255, a .word (16 bits) -32,768 to 65,535, a .dword (32 bits, what QLOADW reads) -2^31 to 2^32-1.",
        ".data\n.byte 256",
        ".data\n.byte 255",
    ),
    "E0404": _entry(
        "data in the code section",
        "Code is not in memory, so data cannot stand in it: write .data first.",
        ".byte 1",
        ".data\n.byte 1",
    ),
    "E0405": _entry(
        "a bad alignment", "An alignment is a power of two up to 1,048,576.", ".data\n.align 3", ".data\n.align 4"
    ),
    "E0406": _entry(
        "too much data",
        "The data of a program are at most 1 GiB, and 256 MiB of them are not zero. Memory beyond needs no directive: it is zero.",
        "",
        "",
    ),
    "E0407": _entry(
        "a name that is no label of the code",
        "Execution starts at an instruction, and .func … .endfunc surrounds the subroutine that it names.",
        ".define start 0\n.entry_point start\nQRET",
        "start: QRET\n.entry_point start",
    ),
    "E0408": _entry(
        ".func and its parts out of order",
        ".func name, then .args, .returns and .clobbers, the code, then .endfunc. They do not nest.",
        ".args r0",
        ".func f\n.args r0\nf: QRET\n.endfunc",
    ),
    "E0409": _entry(
        "a second entry point",
        "Execution starts at one place.",
        "a: QRET\n.entry_point a\n.entry_point a",
        "a: QRET\n.entry_point a",
    ),
    # -- E05: files and includes
    "E0501": _entry(
        "a file that is not there",
        "An include is looked up beside the file that names it, then in the -I folders, then in the standard library.",
        '.include "nowhere.qbc"',
        '.include "qbc_core.qbc"',
    ),
    "E0502": _entry(
        "an include that leads elsewhere",
        "A program may include only what lies below its own folder, the -I folders and the library, so that a stranger's program "
        "cannot read your files: no absolute path, no way out by '..' or a link.",
        '.include "/etc/hostname"',
        '.include "qbc_core.qbc"',
    ),
    "E0503": _entry(
        "files that include each other", "The message shows the circle. Move what both need to a third file.", "", ""
    ),
    "E0504": _entry("a file that cannot be a source", "A source is a regular file of at most 64 MB.", "", ""),
    "E0505": _entry("a source that is not UTF-8", "Save it as UTF-8 in your editor.", "", ""),
    "E0506": _entry(
        "a source in another language",
        "A file's ending says its language: .qbc, .sigma, .sigma.json. Standard input, a text that is given to\n"
        "qbcc.compile, and files of any other name are QBC.",
        "",
        "",
    ),
    # -- E06: macros and conditionals
    "E0601": _entry(
        "a block that does not end",
        ".if needs .endif, .macro needs .endm, .rept needs .endr, in the same file.",
        ".if 1\nQNOP",
        ".if 1\nQNOP\n.endif",
    ),
    "E0602": _entry(
        "an end without its beginning",
        "The block's first line is missing, or it was closed before.",
        ".endif",
        ".if 1\n.endif",
    ),
    "E0603": _entry(
        "a macro with an instruction's name",
        "Choose another name: instructions cannot be redefined.",
        ".macro QADD\n.endm",
        ".macro add\n.endm",
    ),
    "E0604": _entry(
        "a macro with the wrong number of arguments",
        "A macro takes exactly the arguments that its definition names.",
        ".macro twice a\nQADD a, a\n.endm\ntwice r0, r1",
        ".macro twice a\nQADD a, a\n.endm\ntwice r0",
    ),
    "E0605": _entry(
        "includes, macros or repetitions nested too deep",
        "A macro that uses itself never ends unless an .if stops it. The bound is 200.",
        ".macro again\nagain\n.endm\nagain",
        ".macro once\nQNOP\n.endm\nonce",
    ),
    "E0606": _entry(
        "a program that grows too long",
        "Macros and repetitions may come to 1,000,000 lines in all, and a line of a macro, with the arguments in it, to 65,536 words. "
        "A macro that uses itself with an argument which holds the parameter twice doubles it each time.",
        "",
        "",
    ),
    # -- E08: object files and commands
    "E0801": _entry(
        "a damaged or foreign object file",
        "An object is checked to the last number before it runs: its checksums, its versions, every operand and size. One that was "
        "cut off, changed, or made for a newer version is refused. Assemble it again from its source.",
        "",
        "",
    ),
    "E0802": _entry(
        "no place for an object file", "Standard input and library programs have no folder of yours: use -o.", "", ""
    ),
    "E0803": _entry("an unknown code", "Codes are E0101 to E1013 and T70 to T130.", "", ""),
    "E0804": _entry(
        "an entry point that the program does not have",
        "qbc call and Machine.call reach the labels after .query_interface, up to the next section directive.",
        "",
        "",
    ),
    "E0810": _entry(
        "a language without a formatter or a linter",
        "qbcc fmt and qbcc lint take .qbc and .sigma files. Of a folder they take what they can.",
        "",
        "",
    ),
    "E0813": _entry(
        "a backend that is not installed",
        "--shots runs the program many times on a backend, and none of the runs could end. The message says what to "
        "install; 'qbc backends' lists what is there.",
        "",
        "",
    ),
    "E0811": _entry(
        "settings of the linter that cannot be",
        'Levels of findings stand in [tool.qbc.lint] of the nearest pyproject.toml, each as CODE = "level": error, warning, '
        "hint or off.",
        "",
        "",
    ),
    "E0806": _entry(
        "a run that cannot be gone on with",
        "A run on a device keeps a journal: what was run, the jobs that were sent, and their answers. qbc run --resume ID runs the same "
        "program again and takes the answers that are there; so the program must be the same, and the journal whole.",
        "",
        "",
    ),
    "E0805": _entry(
        "a constant that no source can say",
        "An object made by other means than the assembler holds a NaN or an infinity as a constant; a source has no way to write it.",
        "",
        "",
    ),
}
