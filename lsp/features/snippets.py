"""What is often written: pieces of programs with places to fill in, in the syntax of the protocol's snippets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece."""

    name: str
    what: str
    text: str


QBC: Final = (
    Snippet(
        "program",
        "a program with data and an entry point",
        '.data\n${1:text}: .asciz "${2:hello\\\\n}"\n\n.text\n.entry_point main\nmain:\n    QMOV r0, ${1:text}\n'
        "    QSYSCALL 2\n    $0\n    QHALT\n",
    ),
    Snippet(
        "routine",
        "a subroutine with its contract, which saves a register",
        "; ${1:name}: ${2:what it does}.\n;   takes    r0 ${3:the argument}\n;   gives    r0 ${4:the result}\n"
        ".func ${1:name}\n    .args r0\n    .returns r0\n${1:name}:\n    QPUSH r4\n    $0\n    QPOP r4\n    QRET\n.endfunc\n",
    ),
    Snippet(
        "loop",
        "a loop that counts down to 0",
        "QMOV ${1:r4}, ${2:10}\n@${3:next}:\n    $0\n    QSUB ${1:r4}, 1\n    QJGT ${1:r4}, 0, @${3:next}\n",
    ),
    Snippet(
        "while",
        "a loop with its condition first",
        "@${1:next}:\n    QJGE ${2:r4}, ${3:10}, @${4:done}\n    $0\n    QADD ${2:r4}, 1\n    QJMP @${1:next}\n@${4:done}:\n",
    ),
    Snippet(
        "if", "a condition", "QJ${1|NE,EQ,LT,LE,GT,GE|} ${2:r0}, ${3:0}, @${4:otherwise}\n    $0\n@${4:otherwise}:\n"
    ),
    Snippet("save", "registers that are pushed, and popped again", "QPUSH ${1:r4, r5}\n$0\nQPOP ${2:r5, r4}\n"),
    Snippet(
        "bell",
        "two entangled qubits, measured",
        "QALLOC r4, 2\nQADD r5, r4, 1\nQH r4\nQCX r4, r5\nQMEAS r0, r4\nQMEAS r1, r5\n$0",
    ),
)
"""Where an instruction could stand."""

SIGMA_TOP: Final = (
    Snippet("fn", "a function", "fn ${1:name}(${2:n: int}) -> ${3:int} {\n    ${0:return 0;}\n}\n"),
    Snippet("main", "where a program begins", "fn main() {\n    $0\n}\n"),
    Snippet(
        "gate", "a gate, which has an inverse and controlled forms", "gate ${1:name}(${2:q: qubit}) {\n    $0\n}\n"
    ),
    Snippet("record", "a record", "record ${1:Name} { ${2:first: int; second: float} }\n"),
    Snippet("view", "memory seen as a type", "view ${1:table}: [${2:int}] at ${3:OUTPUT_BUFFER + 64};\n"),
    Snippet("const", "a constant", "const ${1:NAME} = ${2:0};\n"),
    Snippet("import", "a module", "import ${1:std.math};\n"),
    Snippet(
        "extern",
        "a subroutine written in assembly",
        'extern fn ${1:name}(${2:n: int}) -> ${3:int} from "${4:file.qbc}";\n',
    ),
)
"""Where a declaration of σ could stand."""

SIGMA_BODY: Final = (
    Snippet("for", "a loop over a range", "for ${1:i} in ${2:0}..${3:n} {\n    $0\n}"),
    Snippet("forin", "a loop over an array", "for ${1:x} in ${2:array} {\n    $0\n}"),
    Snippet("while", "a loop with a condition", "while ${1:condition} {\n    $0\n}"),
    Snippet("if", "a condition", "if ${1:condition} {\n    $0\n}"),
    Snippet("ifelse", "a condition with two ways", "if ${1:condition} {\n    $2\n} else {\n    $0\n}"),
    Snippet("let", "a name for a value", "let ${1:name} = ${2:value};"),
    Snippet("var", "a variable", "var ${1:name} = ${2:0};"),
    Snippet("print", "a line of output", 'print("${1:{x\\}}");'),
    Snippet("sample", "outcomes of many shots", "for (value, count) in sample(${1:q}, ${2:1000}) {\n    $0\n}"),
    Snippet("asm", "a few instructions in place", "asm {\n    $0\n}"),
)
"""Where a statement of σ could stand."""
