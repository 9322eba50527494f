"""Comments that read as code."""

from __future__ import annotations

from qbcc.source import Span
from sigma.lint import messages
from sigma.lint.walk import Look
from sigma.slashes import certain


def division_comments(look: Look) -> None:
    """Report comments in expressions that were divisions in an older source."""
    module = look.module
    for found in certain(module.tokens):
        look.report(messages.division_comment(Span(module.source, found.line, found.column, found.column + 2)))
