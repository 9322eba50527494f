"""What the directives of assembly do: how each is written, and a line about it. A test holds the names to those that
the assembler knows."""

from __future__ import annotations

from typing import Final

# Legend: directive, how it is written, what it does, what completion inserts where the editor takes snippets.
# fmt: off
_TABLE: Final = (
    (".align", ".align n", "zeros up to the next multiple of n, a power of two up to 1 MiB", ".align ${1:8}"),
    (".args", ".args r0, …", "registers in which the subroutine of this `.func` is given its arguments", ".args ${1:r0}"),
    (".ascii", '.ascii "text", …', "strings, without an end", '.ascii "${1}"'),
    (".asciz", '.asciz "text", …', "strings, each ended by a NUL", '.asciz "${1}"'),
    (".byte", ".byte n, …", "integers of 8 bits; each fits as a signed or as an unsigned number", ".byte ${1:0}"),
    (".clobbers", ".clobbers r0, …", "registers that the subroutine of this `.func` may change beside its results", ".clobbers ${1:r2}"),
    (".code", ".code", "the lines from here on are code; `.text` says the same", ""),
    (".data", ".data", "the lines from here on are data", ""),
    (".define", ".define NAME expr", "a constant; `-D NAME=expr` on the command line wins over it", ".define ${1:NAME} ${2:0}"),
    (".double", ".double x, …", "floats; an integer becomes one", ".double ${1:0.0}"),
    (".dword", ".dword n, …", "integers of 32 bits, little-endian: `QLOADW` reads one", ".dword ${1:0}"),
    (".elif", ".elif expr", "another condition of the `.if` before it", ".elif ${1:expr}"),
    (".else", ".else", "what is assembled where no condition of the `.if` holds", ""),
    (".end", ".end", "the end of its file; in an included file, the includer goes on", ""),
    (".endfunc", ".endfunc", "the end of a `.func`", ""),
    (".endif", ".endif", "the end of an `.if`", ""),
    (".endm", ".endm", "the end of a `.macro`", ""),
    (".endr", ".endr", "the end of a `.rept`", ""),
    (".entry_point", ".entry_point label", "where execution starts; else at `main`, else at the first instruction", ".entry_point ${1:main}"),
    (".extern", ".extern name, …", "names that other objects bring", ".extern ${1:name}"),
    (".func", ".func name", "the contract of a subroutine, up to `.endfunc`, its label included", ".func ${1:name}\n    .args ${2:r0}\n    .returns ${3:r0}\n${1:name}:\n    $0\n    QRET\n.endfunc"),
    (".global", ".global name, …", "names that other objects see", ".global ${1:name}"),
    (".if", ".if expr", "what is assembled only if the expression is not 0, up to `.elif`, `.else` or `.endif`", ".if ${1:expr}\n    $0\n.endif"),
    (".include", '.include "file"', "the text of a file, once in a program: beside this one, below `-I`, or of the library", '.include "${1}"'),
    (".macro", ".macro name a, b", "lines that stand wherever its name does, with arguments for a and b, up to `.endm`", ".macro ${1:name} ${2:a}\n    $0\n.endm"),
    (".query_interface", ".query_interface", "the labels from here to the next section are entry points for the host, once the program has ended", ""),
    (".qword", ".qword n, …", "integers of 64 bits, little-endian, or addresses of labels", ".qword ${1:0}"),
    (".rept", ".rept n", "the lines up to `.endr`, n times", ".rept ${1:n}\n    $0\n.endr"),
    (".returns", ".returns r0, …", "registers in which the subroutine of this `.func` gives its results", ".returns ${1:r0}"),
    (".space", ".space n, fill", "n bytes of fill, which is 0 where it is left out", ".space ${1:8}"),
    (".text", ".text", "the lines from here on are code; so are those before the first section directive", ""),
    (".word", ".word n, …", "integers of 16 bits, little-endian: `QLOADH` reads one, while `QLOADW` reads 32 bits, a `.dword`", ".word ${1:0}"),
)
# fmt: on
SNIPPETS: Final = {name: snippet for name, _, _, snippet in _TABLE if snippet}
"""What completion inserts, by directive."""
FORMS: Final = {name: (form, effect) for name, form, effect, _ in _TABLE}
"""How each is written, and what it does."""


def directive(word: str) -> str | None:
    """In Markdown; None for what is none."""
    found = FORMS.get(word.lower())
    return f"```qbc\n{found[0]}\n```\n\n{found[1]}" if found is not None else None
