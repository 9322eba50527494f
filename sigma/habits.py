"""What people write who come from other languages, and what it is called here: notes for the messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

_NO_NULL: Final = "every variable has a value: there is no null"
_PRINTS: Final = 'print("{x}") prints x and a line break, write("{x}") no break'

NAMES: Final = {
    "null": _NO_NULL, "None": _NO_NULL, "nil": _NO_NULL, "NULL": _NO_NULL,
    "range": "for i in a..b counts from a to before b",
    "enumerate": "for i in 0..len(a) counts through an array",
    "println": _PRINTS, "printf": _PRINTS, "echo": _PRINTS, "puts": _PRINTS,
    "input": "read_line(bytes) reads a line; argument(0, 1) is an argument of the run, or 1 without",
    "pass": "an empty block is { }",
    "str": '"{x}" in print shows a value as text', "string": '"{x}" in print shows a value as text',
    "exit": "halt(status) ends the program", "quit": "halt(status) ends the program",
    "cnot": "the gate is cx(control, target)", "toffoli": "the gate is ccx(control, control, target)",
    "hadamard": "the gate is h(q)", "QuantumCircuit": "let q = qubits(n); makes qubits, and gates are called: h(q[0])",
}  # fmt: skip
"""Names of values and functions elsewhere."""

_WHOLE: Final = "whole numbers are int, of 64 bits"
_REAL: Final = "numbers with a point are float, of 64 bits"
_TEXT: Final = "there is no type for texts: print takes one in quotes, and [byte] holds its bytes"
_ARRAY: Final = "arrays are [int; 3], or [int] where the length is open"
_NOTHING: Final = "what gives nothing is written without ->"
TYPES: Final = {
    **dict.fromkeys(("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "long", "short", "uint"), _WHOLE),
    **dict.fromkeys(("integer", "Integer", "int32", "int64", "uint64", "char"), _WHOLE),
    **dict.fromkeys(("f32", "f64", "double", "Double", "real", "number"), _REAL),
    **dict.fromkeys(("str", "string", "String", "text"), _TEXT),
    **dict.fromkeys(("list", "List", "array", "Array", "vector", "Vec"), _ARRAY),
    **dict.fromkeys(("void", "None", "nothing", "unit"), _NOTHING),
    **dict.fromkeys(("qreg", "Qubit", "QuantumRegister"), "a qubit is qubit, several are [qubit]"),
}
"""Types elsewhere."""

_FUNCTION: Final = "a function is written fn name(n: int) -> int { … }"
_RECORD: Final = "a record is written record P { x: float; y: float }"
_IMPORT: Final = 'a module is brought by import std.name; or import "file.sigma";'
_DECLARED: Final = {
    **dict.fromkeys(("def", "func", "function", "fun", "proc", "void"), _FUNCTION),
    **dict.fromkeys(("struct", "class", "type", "enum"), _RECORD),
    **dict.fromkeys(("from", "use", "using", "include", "require"), _IMPORT),
    **dict.fromkeys(("int", "float", "bool"), f"{_FUNCTION}, a variable let x = …; or var x = …;"),
}
"""Words for declarations elsewhere."""

_OUTSIDE: Final = "declarations stand outside of functions"
_INNER: Final = frozenset({"const", "fn", "gate", "record", "view", "import", "extern", "export", "struct", "class"})
_VARIABLE: Final = "a name is declared by let x = …; or, if it changes, by var x = …;"
_BRANCHES: Final = "ways are chosen by if … { } else if … { } else { }"
_LOOPS: Final = "loops are while condition { … } and for i in a..b { … }"
_BEGUN: Final = {
    **dict.fromkeys(("elif", "elsif", "elseif"), "write else if … { … }"),
    **dict.fromkeys(("switch", "match", "unless"), _BRANCHES),
    **dict.fromkeys(("loop", "do", "until", "foreach", "repeat"), _LOOPS),
    **dict.fromkeys(("int", "float", "bool", "double", "auto", "mut", "const", "qubit", "string", "char"), _VARIABLE),
    **dict.fromkeys(("def", "func", "function"), _OUTSIDE),
    **dict.fromkeys(
        ("print", "write", "assert", "measure", "reset", "h", "cx", "cz", "rx", "ry", "rz", "swap"),
        "arguments stand in parentheses",
    ),
    **dict.fromkeys(("try", "throw", "raise", "except", "catch"), "a trap ends the program: nothing catches it"),
    "lambda": "every function has a name, and is declared outside of others",
    "f": 'a string has no f before it: print("{x}") prints x',
}
"""Words before the place where a source cannot go on."""

_MARKS: Final = {
    ("*", "*"): "a power is pow(a, b), a float; a square is a * a",
    ("+", "+"): "write i += 1;", (";", "+"): "write i += 1;", ("-", "-"): "write i -= 1;",
    ("..", "="): "a..b ends before b: write a..b + 1 to take b along",
    ("..", "."): "a..b counts from a to before b",
    ("=", "|"): "every function has a name, and is declared outside of others",
}  # fmt: skip
"""Marks elsewhere: the word before and the one that cannot stand."""

_DIGITS: Final = "a float has digits on both sides of its point: 0.5, 5.0"


def same_but_case(name: str, known: Iterable[str]) -> str | None:
    """A name that differs in capitals only."""
    folded = name.lower()
    return next((other for other in known if other.lower() == folded and other != name), None)


def syntax_note(earlier: str, before: str, word: str, after: str, wanted: Collection[str]) -> str:
    """What is written here instead, or nothing. ``word`` cannot stand; two words before it, and one behind."""
    if "FN" in wanted and "LET" in wanted and "RETURN" not in wanted:
        return _DECLARED.get(word, "")
    if "RETURN" in wanted and word in _INNER:
        return _OUTSIDE
    if (before, word) in _MARKS:
        return _MARKS[before, word]
    if word == "=" and "{" in wanted:
        return "== compares"
    if word == ":" and "{" in wanted:
        return "a block stands in braces: { … }"
    if set(wanted) == {"IN"}:
        return "for (a, b) in pairs takes pairs apart" if word == "," else _LOOPS
    if set(wanted) == {":"} and word in (",", ")"):
        return "a parameter is written with its type: n: int"
    if word == "[" and before in ("int", "float", "bool", "qubit"):
        return f"an array's type is [{before}; 3], or [{before}] where the length is open"
    if (word == "." and after[:1].isdigit()) or (before == "." and earlier.isdigit()):
        return _DIGITS
    if word == ":" and "]" in wanted:
        return "a part of an array is a[i..j]: from i to before j"
    if word == ":" and after == "=":
        return _VARIABLE
    if word == "for" and "]" in wanted:
        return "an array is filled in a loop: var a = [0; 10]; for i in 0..10 { a[i] = i * i; }"
    if word == "let" and (earlier, before) == ("for", "("):
        return _LOOPS
    if word == "{" and "ELSE" in wanted:
        return "this 'if' chooses between two values, a if c else b: before a statement, a ';' is missing"
    if word == "in" and ("{" in wanted or ";" in wanted):
        return "whether an array has a value, a loop finds"
    if word == "is":
        return "== compares"
    if word == "->" and ";" in wanted:
        return "write let c = measure(q);"
    return _BEGUN.get(before, "")
