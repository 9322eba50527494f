"""What the words of σ do: how each is written, and a line about it. A test holds them to the lexer's."""

from __future__ import annotations

from typing import Final

_RECORD: Final = (
    'fields under a name; `P(1, 2)` and `P(x: 1, y: 2)` make one. As a function, `record("name", v)`, it records a '
    "value of the run"
)
# Legend: word, how it is written, what it does.
# fmt: off
_TABLE: Final = (
    ("and", "a and b", "whether both hold; b is only looked at where a does"),
    ("as", 'import "file.sigma" as m;', "another name for what is imported"),
    ("asm", "asm { … }", "instructions of QBC in place, one on a line, with variables and constants as operands"),
    ("at", "view table: [int] at address;", "where in memory a view lies"),
    ("bool", "let b: bool = true;", "`true` or `false`"),
    ("break", "break;", "the end of the innermost loop"),
    ("const", "const N = 8;", "a constant; `-D N=9` on the command line takes the place of its value"),
    ("continue", "continue;", "the next turn of the innermost loop"),
    ("ctrl", "ctrl(c) g(q);", "a gate that acts where the controls are |1⟩, exactly in phase"),
    ("div", "n div 2;\nn div= 2;", "the whole quotient, rounded down as Python's `//`; of ints, the divisor 0 traps"),
    ("else", "if c { … } else { … }", "what is done where the condition does not hold"),
    ("export", "export fn f(n: int) -> int { … }", "a function that assembly and the host may call"),
    ("extern", 'extern fn f(a: int) -> int from "file.qbc";', "a subroutine written in assembly"),
    ("false", "false", "the `bool` that does not hold"),
    ("float", "let x: float = 1;", "an IEEE double; an int goes where a float is wanted"),
    ("fn", "fn f(n: int, a: [float]) -> float { … }", "a function; without `->` it gives nothing"),
    ("for", "for i in a..b { … }\nfor x in array { … }", "a loop over numbers, b not counted in, or over elements"),
    ("from", 'extern fn f(a: int) -> int from "file.qbc";', "the file that has the subroutine"),
    ("gate", "gate g(q: qubit, angle: float) { … }", "a gate, whose inverse and controlled forms are derived"),
    ("if", "if c { … } else if d { … } else { … }", "what is done where a condition holds; conditions are bools"),
    ("import", 'import std.name;\nimport "file.sigma" as m;', "a module of the library, or a file beside this one"),
    ("in", "for x in array { … }", "what a loop runs over"),
    ("int", "let n: int = 3;", "64 bits with a sign; what does not fit wraps"),
    ("inv", "inv g(q);", "the inverse of a gate"),
    ("let", "let x = v;\nlet (a, b) = v;", "a name for a value; of an array or a record, for a copy"),
    ("not", "not a", "whether a does not hold"),
    ("or", "a or b", "whether one holds; b is only looked at where a does not"),
    ("qubit", "let q = qubit();", "a qubit, which belongs to the scope that made it"),
    ("record", "record P { x: float; y: float }", _RECORD),
    ("ref", "let b = ref a[i..j];", "a name that refers to what is there, without a copy"),
    ("return", "return v;", "the end of a function, with what it gives"),
    ("step", "for i in a..b step s { … }", "how far the counter goes at each turn; a constant one may be negative"),
    ("true", "true", "the `bool` that holds"),
    ("var", "var x = v;\nvar (a, b) = v;", "a variable that changes"),
    ("view", "view table: [P] at OUTPUT_BUFFER + 64;", "a name for memory at a constant address, which is not copied"),
    ("while", "while c { … }", "a loop as long as a condition holds"),
)
# fmt: on
KEYWORDS: Final = {word: (form, effect) for word, form, effect in _TABLE}
"""How each is written, and what it does."""


def keyword(word: str) -> str:
    """In Markdown; empty for what is none."""
    found = KEYWORDS.get(word)
    return f"```sigma\n{found[0]}\n```\n\n{found[1]}" if found is not None else ""
