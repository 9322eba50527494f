"""What its author calls deprecated: a line of its documentation begins with that word."""

from __future__ import annotations

import re
from typing import Final

from sigma.lexer import Tokens

_WORD: Final = re.compile(r"^\W*deprecated\b", re.IGNORECASE | re.MULTILINE)


def is_deprecated(tokens: Tokens, token: int) -> bool:
    """Whether the ``///`` lines above a declaration's first token of σ say so."""
    return _WORD.search(tokens.doc(token)) is not None


def may_be_deprecated(comment: str) -> bool:
    """Whether a comment has that word in it: where none has, nothing is."""
    return "deprecated" in comment.lower()
