"""What is not to be used any more: a declaration says so by a line of its comment that begins with ``Deprecated``."""

from __future__ import annotations

import re
from typing import Final

WORD: Final = "deprecated"
"""In lower case: a source without it declares nothing of the kind."""
_LINE: Final = re.compile(r"^(?:[;/\s]*)deprecated\b[:.,]?[ \t]*(?P<why>[^\n]*)", re.IGNORECASE | re.MULTILINE)


def is_deprecated(comment: str) -> bool:
    """Whether a comment says it."""
    return _LINE.search(comment) is not None


def reason(comment: str) -> str | None:
    """What a comment says of it, perhaps nothing; None where it does not."""
    found = _LINE.search(comment)
    return found["why"].strip() if found is not None else None
