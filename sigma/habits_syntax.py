"""What a source says in place of something that cannot be there: the habit of another language, and what is written
here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from qbcc.nearest import nearest
from sigma import habits
from sigma.builtins import BUILTINS
from sigma.lexer import DECLARES, ENDS_VALUE, KEYWORDS

_INNER: Final = frozenset({"const", "fn", "gate", "record", "view", "import", "extern", "export"})
_DECLARING: Final = [word for word, kind in KEYWORDS.items() if kind in DECLARES]
_BEGINNING: Final = ("let", "var", "if", "while", "for", "return", "break", "continue", "else", "asm", "inv", "ctrl")
_NAMING: Final = frozenset({"fn", "gate", "let", "var", "const", "record", "view", "as", "."})
"""Words behind which a name is."""
_DIGITS: Final = "a float has digits on both sides of its point: 0.5, 5.0"
_STATEMENTS: Final = frozenset({"IF", "WHILE", "FOR", "RETURN", "BREAK", "CONTINUE"})
_BODY: Final = "a block is in braces: { … }"
_CHOICE: Final = "a choice has both values: a if condition else b"
_TUPLES: Final = "a tuple is taken apart by let (a, b) = …; other names have a let each"
_MOST: Final = 24
"""Most words that a note repeats."""
_BINARY: Final = frozenset(
    {"+", "*", "/", "div", "%", "and", "or", "==", "!=", "<", "<=", ">", ">=", "&", "|", "^", "<<", ">>"}
)
_FOLLOWS: Final = frozenset({"NAME", "TYPE", "STRING", "INTEGER", "FLOAT", "{", "[", "(", "LET", "VAR", "FN", "GATE"})
"""What is right behind a word that begins a statement in another language."""


def foreign_word(
    kinds: Sequence[str], words: Sequence[str], begin: int, at: int, wanted: Collection[str]
) -> tuple[int, str] | None:
    """Return the word of another language that is why the token ``at`` cannot be there, and what is written instead.
    ``begin`` is the first token of the statement or the declaration."""
    if kinds[at] in ("NAME", "AS") and words[at] in habits.INFIX and at > begin and kinds[at - 1] in ENDS_VALUE:
        return at, habits.INFIX[words[at]]
    for place in (at, at - 1, begin):
        word = words[place]
        if not begin <= place <= at or kinds[place] not in ("NAME", "FROM") or word not in habits.HEADS:
            continue
        if word in BUILTINS or (place == at and at != begin) or (len(word) == 1 and kinds[place + 1] != "STRING"):
            continue
        if place == at or kinds[place + 1] in _FOLLOWS:
            return place, habits.HEADS[word]
    return None


def syntax_note(kinds: Sequence[str], words: Sequence[str], begin: int, at: int, wanted: Collection[str]) -> str:
    """Return what is written here instead of the token ``at``, which cannot be there; or nothing."""
    word, before = words[at], words[at - 1] if at else ""
    is_top = "FN" in wanted and "LET" in wanted and "RETURN" not in wanted
    if is_top:
        return _at_top(kinds[at], word, before)
    if "RETURN" in wanted and word in _INNER:
        return f"{habits.OUTSIDE}; in one, a name is declared by let" if word == "const" else habits.OUTSIDE
    if word == ";" and before in (";", "}"):
        return f"remove this ';': {'the statement has ended' if before == ';' else 'nothing ends a block but its }'}"
    if word in KEYWORDS and before in _NAMING and "NAME" in wanted and word != "mut":
        if word == "div":
            return "'div' is the word for integer division: take another name; in std.complex it is divide"
        return f"'{word}' is a word of the language: take another name"
    if (before, word) in habits.MARKS:
        return habits.MARKS[before, word]
    for find in (_in_signature, _in_head, _in_value):
        note = find(kinds, words, begin, at, wanted)
        if note:
            return note
    return _slip(kinds, words, begin, at)


def _at_top(kind: str, word: str, before: str) -> str:
    if kind == "TYPE":
        return habits.HEADS[word] if word == "qubit" else f"{habits.HEADS['def']}; {habits.HEADS[word]}"
    if word == ";" and before in ("}", ";"):
        return "a declaration that ends with } has no ';' behind it"
    if kind == "NAME" and (meant := nearest(word, _DECLARING)) is not None:
        return f"did you mean '{meant}'?"
    if word in ("-", "%", ";"):
        return "a comment begins with //"
    if word == "}":
        return "this brace closes nothing"
    if kind in _STATEMENTS or kind in ("NAME", "(", "{"):
        return "statements are in functions; a program starts at fn main() { … }"
    return ""


def _in_signature(kinds: Sequence[str], words: Sequence[str], begin: int, at: int, wanted: Collection[str]) -> str:
    """Between the name of a declaration and its body."""
    word, before = words[at], words[at - 1] if at else ""
    opener = kinds[begin + 1] if kinds[begin] in ("EXPORT", "EXTERN") else kinds[begin]
    if opener not in ("FN", "GATE", "RECORD"):
        return "write extern fn name(n: int) -> int;" if kinds[begin] == "EXTERN" and "FN" in wanted else ""
    if word == ":" and "->" in wanted:
        return "the type of a result is written -> int"
    if "->" in wanted and "{" in wanted and word == "=":
        return "a body is in braces: { return …; }"
    if opener == "GATE" and word == "->":
        return "a gate has no result: a function measures"
    if set(wanted) == {":"}:
        return (
            "a parameter is written with its type: n: int"
            if opener == "FN"
            else "a parameter is written with its type: q: qubit"
        )
    if "NAME" in wanted and kinds[at] == "TYPE" and before in ("(", ",", "{", ";"):
        return "a name comes before its type: n: int"
    if ")" in wanted and word == "=":
        return "a parameter has no default value: every call has all arguments"
    if "}" in wanted and word == "=" and opener == "RECORD":
        return "a field has no default value: P(x: 3) has all fields"
    if word in ("*", "..") and before in ("(", ",", "int", "float"):
        return "a function has a fixed number of parameters; an array of any length is [int]"
    if word == "&":
        return "arrays and records are handed over as references by themselves: a: [int]"
    if word == "<":
        return "there are no type parameters: every type is written out"
    if "(" in wanted and set(wanted) == {"("}:
        return "write fn name() { … }" if opener == "FN" else "write gate name(q: qubit) { … }"
    return ""


def _in_head(kinds: Sequence[str], words: Sequence[str], begin: int, at: int, wanted: Collection[str]) -> str:
    """In the first line of an if or of a loop."""
    word, before = words[at], words[at - 1] if at else ""
    loops = habits.HEADS["loop"]
    if set(wanted) == {"IN"}:
        return "for (a, b) in pairs takes pairs apart" if word == "," else loops
    if kinds[begin] == "FOR" and before == "(":
        return loops
    if kinds[begin] == "FOR" and word == "in":
        return "a loop has no parentheses: for x in a { … }"
    if word == "=" and "{" in wanted:
        return "== compares"
    if word == ":" and "{" in wanted:
        return _BODY
    if word == "{" and "ELSE" in wanted:
        return "this 'if' chooses between two values, a if c else b: before a statement, a ';' is missing"
    if kinds[begin] in ("IF", "WHILE", "FOR") and "{" in wanted and (before == ")" or kinds[at] in _STATEMENTS):
        return "a body is in braces: if c { … }"
    if word in ("in", ";") and "{" in wanted and kinds[begin] != "FOR":
        return "whether an array has a value, a loop finds" if word == "in" else _BODY
    if kinds[at] == "IF" and kinds[begin] in ("RETURN", "BREAK", "CONTINUE"):
        return f"write if c {{ {words[begin]}; }}"
    if kinds[at] == "ELSE" and "RETURN" in wanted:
        return "else is behind the } of an if"
    return ""


def _in_value(kinds: Sequence[str], words: Sequence[str], begin: int, at: int, wanted: Collection[str]) -> str:
    """In an expression, or where one begins or ends."""
    word, before, earlier = words[at], words[at - 1] if at else "", words[at - 2] if at > 1 else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    is_declared = kinds[begin] in ("LET", "VAR")
    if word == "[" and before in ("int", "float", "bool", "qubit"):
        return f"an array's type is [{before}; 3], or [{before}] where the length is open"
    if (word == "." and after[:1].isdigit()) or (before == "." and earlier.isdigit()):
        return _DIGITS
    if word == ":" and "]" in wanted:
        return "a part of an array is a[i..j]: from i to before j"
    if word == ":" and after == "=":
        return habits.HEADS["int"]
    if word == "for" and "]" in wanted:
        return "an array is filled in a loop: var a = [0; 10]; for i in 0..10 { a[i] = i * i; }"
    if word == ";" and "ELSE" in wanted:
        return _CHOICE
    if word == "if" and "INTEGER" in wanted:
        return "a choice is written a if condition else b"
    if word == "{" and "INTEGER" in wanted and kinds[at - 1] in ("=", "(", ",", "RETURN", "["):
        return "there are no sets and dictionaries: an array is [1, 2], a record P(x: 1)"
    if word == "in" and ";" in wanted:
        return "whether an array has a value, a loop finds"
    if word == "->" and ";" in wanted:
        return "write let c = measure(q);"
    if before in ("int", "float", "bool") and at - 1 > begin and kinds[at] in ("INTEGER", "FLOAT", "NAME"):
        return f"a number is converted by a call: {before}({word})"
    if word == "{" and kinds[at - 1] == "NAME" and ";" in wanted and at - 1 > begin:
        return f"a record is written {before}({_until(words, at + 1, '}')})"
    if word == "=" and {")", ","} <= set(wanted) and kinds[at - 1] == "NAME":
        value = f"write {after} in its place" if kinds[at + 1] in ENDS_VALUE else "write the value in its place"
        return f"arguments have no names: {value}; fields of a record have, P(x: 3)"
    if is_declared and word == ")" and set(wanted) == {","}:
        return f"one name has no parentheses: {words[begin]} {before} = …;"
    if is_declared and at == begin + 1 and word in ("[", "{"):
        return _TUPLES
    if word == "," and is_declared and at == begin + 2:
        return _TUPLES
    if is_declared and word == ";" and "=" in wanted:
        return "a variable begins with a value: var x: int = 0;"
    if is_declared and word == "==" and "=" in wanted:
        return "= gives a name its value, == compares"
    if is_declared and word == "=" and set(wanted) <= {";", "IF", "BINARY", "-", "(", "[", "."}:
        return "one assignment in a statement: let a = 3; let b = a;"
    if word == "," and "=" in wanted:
        return "values are assigned one after another: let t = a; a = b; b = t;"
    if before == ")" and earlier in ("int", "float", "bool"):
        return f"a number is converted by a call: {earlier}(x)"
    if before == "mut" and is_declared:
        return "a name that changes is declared by var x = …;"
    if before == ")" and kinds[at] == "NAME" and ";" in wanted:
        return "arguments are in parentheses, the qubits first: rx(q, 0.5);"
    if kinds[at] == "FN":
        return habits.HEADS["lambda"]
    if word == "not" and ";" in wanted:
        return 'nothing is called with a !: print("x");'
    if kinds[begin] == "TYPE" and before == "]":
        return habits.HEADS[words[begin]]
    if word == "<" and before in habits.TYPES:
        return habits.TYPES[before]
    if kinds[at] not in _FOLLOWS - {"(", "["}:
        return ""
    note = habits.HEADS.get(before, "")
    arguments = _until(words, at, ";") if note == habits.PARENTHESES else ""
    return f"{note}: {_called(before, arguments)}" if arguments else note


def _until(words: Sequence[str], at: int, end: str) -> str:
    """Return the words from one on to an end, as a list of arguments."""
    found = ""
    for number in range(at, min(at + _MOST, len(words))):
        word = words[number]
        if word in (end, ";", "{", "}", "->", ""):
            break
        is_apart = found[-1:].isalnum() or found[-1:] in ("]", ")")
        if word in (",", ":"):
            found += f"{word} "
        elif word in _BINARY:
            found += f" {word} "
        else:
            found += ", " * (is_apart and (word[0].isalnum() or word[0] == "_")) + word
    return found.strip()


def _called(name: str, arguments: str) -> str:
    """Return a call with what was written behind its name: numbers last; what takes one value is called for each."""
    parts = arguments.split(", ")
    known = BUILTINS.get(name)
    if known is not None and known.is_gate:
        parts.sort(key=lambda part: part[:1].isdigit() or part.startswith(("pi", "-")))
    if known is not None and len(known.params) == 1 and all(part.count("(") == part.count(")") for part in parts):
        return " ".join(f"{name}({part});" for part in parts)
    return f"{name}({', '.join(parts)});"


def _slip(kinds: Sequence[str], words: Sequence[str], begin: int, at: int) -> str:
    """A keyword that was meant, perhaps, by the word before the token."""
    if at != begin + 1 or kinds[begin] != "NAME" or words[begin] in BUILTINS:
        return ""
    meant = nearest(words[begin], _BEGINNING)
    return f"did you mean '{meant}'?" if meant is not None else ""
