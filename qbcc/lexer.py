"""Tokens of a line, by one regular expression made from the grammar's terminals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

GRAMMAR: Final = Path(__file__).parent / "qbc.lark"
_FIRST_KEY: Final = 0x41


@cache
def grammar() -> Any:
    """The LALR parser of a line."""
    from lark import Lark
    from lark.lexer import Lexer

    class TokenLexer(Lexer):
        """Hands Lark tokens that were made already."""

        def __init__(self, _conf: object) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:
            return iter(lexer_state)

    return Lark(GRAMMAR.read_text("utf-8"), parser="lalr", lexer=TokenLexer, start="line")


@cache
def tables() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    """The tokeniser, the key character of each group, and the terminal of each key character.

    Groups come by the terminals' priority, longer operators first; then what is no token: a comment, and one
    character of anything else."""
    terminals = sorted(grammar().terminals, key=lambda t: (-t.priority, -len(t.pattern.value)))
    parts = [f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in terminals]
    pattern = re.compile(rf"[ \t]*(?:{'|'.join(parts)}|(?P<COMMENT>;.*)|(?P<JUNK>\S))", re.DOTALL)
    keys = {t.name: chr(_FIRST_KEY + i) for i, t in enumerate(terminals)}
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
