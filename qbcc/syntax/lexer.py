"""Tokens of a line, by one regular expression made from the grammar's terminals."""

from __future__ import annotations

import hashlib
import io
import re
import sys
from functools import cache
from typing import Any, Final

from qbcc.syntax import known
from vm import cache as disk

_FIRST_KEY: Final = 0x41


@cache
def grammar() -> Any:
    """The LALR parser of a line. Its tables are kept in the cache of compiled code: making them takes as long as all
    else that a small program needs."""
    import lark

    from qbcc.syntax.token_lexer import TokenLexer

    text = known.GRAMMAR.read_text("utf-8")
    versions = f"{lark.__version__} {sys.version} {text}"
    key = f"grammar-{hashlib.sha256(versions.encode()).hexdigest()[:32]}.lark"
    stored = disk.load(key, kept_grammar)
    if stored is not None:
        return stored
    made = lark.Lark(text, parser="lalr", lexer=TokenLexer, start="line")
    buffer = io.BytesIO()
    made.save(buffer)
    disk.write(key, buffer.getvalue())
    return made


def kept_grammar(content: bytes) -> Any:
    """Return the parser that the cache kept. Raises what unpickling raises, or a parser that does not parse."""
    import lark

    loaded = lark.Lark.load(io.BytesIO(content))
    loaded.parse("QNOP")
    return loaded


def made_terminals() -> list[tuple[str, str]]:
    """Names and regular expressions of the grammar's terminals, in the order in which they are tried."""
    terminals = sorted(grammar().terminals, key=lambda t: (-t.priority, -len(t.pattern.value)))
    return [(t.name, t.pattern.to_regexp()) for t in terminals]


@cache
def tables() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    """The tokeniser, the key character of each group, and the terminal of each key character.

    Groups come by the terminals' priority, longer operators first; then what is no token: a comment, and one
    character of anything else."""
    terminals = known.terminals() or made_terminals()
    parts = [f"(?P<{name}>{pattern})" for name, pattern in terminals]
    pattern = re.compile(rf"[ \t]*(?:{'|'.join(parts)}|(?P<COMMENT>;.*)|(?P<JUNK>\S))", re.DOTALL)
    keys = {name: chr(_FIRST_KEY + i) for i, (name, _) in enumerate(terminals)}
    keys |= {"COMMENT": "#", "JUNK": "!"}
    return pattern, keys, {key: name for name, key in keys.items()}


def tokenise(text: str) -> tuple[str, list[str], list[int]]:
    """Key, words and 1-based columns of a line's tokens, the comment left out. What is no token has the key ``!``."""
    pattern, keys, _ = tables()
    key = ""
    words: list[str] = []
    columns: list[int] = []
    for match in pattern.finditer(text):
        group, index = match.lastgroup or "", match.lastindex or 0
        if group == "COMMENT":
            break
        key += keys[group]
        words.append(match.group(index))
        columns.append(match.start(index) + 1)
    return key, words, columns
