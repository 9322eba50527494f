"""Lark's side of the tokeniser. A module of its own: it imports Lark, and a stored grammar names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark.lexer import Lexer


class TokenLexer(Lexer):
    """Hands Lark tokens that were made already."""

    def __init__(self, _conf: object) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:
        """The tokens, as they are."""
        return iter(lexer_state)
