"""The layout of what was just written: a line that has ended, a block that was closed."""

from __future__ import annotations

from lsp.features.layout import Lines, part
from lsp.features.refactor import Change
from lsp.workspace import QBC, SIGMA
from qbcc.source import SourceFile
from sigma.lexer import Tokens, lex

NEWLINE, CLOSE = "\n", "}"
_STEP = "    "


def sigma(source: SourceFile, line: int, typed: str) -> list[Change]:
    """In σ, behind a key; ``line`` (from 1) is the cursor's. Where the source can be read whole, the statement before
    gets its layout, or the block. The cursor's line is only indented."""
    tokens, problems = lex(source)
    if problems:
        return []
    if typed == CLOSE:
        opened = _opener(tokens, line)
        if opened is None:
            return []
        made = part(source, SIGMA, opened - 1, line - 1)
        return [_change(each) for each in made] or _indented(source, tokens, line)
    if typed == NEWLINE and line > 1:
        last = max((at for at, there in enumerate(tokens.lines[:-1]) if there == line - 1), default=-1)
        is_ended = last >= 0 and tokens.kinds[last] in (";", "}")
        ended = _ended(source, SIGMA, line) if is_ended else []
        return [*ended, *_indented(source, tokens, line)]
    return []


def assembly(source: SourceFile, line: int, typed: str) -> list[Change]:
    """In assembly, behind a new line: the one before gets its layout. Where the source cannot be read, nothing does."""
    return _ended(source, QBC, line) if typed == NEWLINE and line > 1 else []


def _change(lines: Lines) -> Change:
    return Change(lines.first + 1, 1, lines.end + 1, 1, lines.text.replace("\r\n", "\n"))


def _ended(source: SourceFile, language: str, line: int) -> list[Change]:
    """The lines that end on the line before. Blank ones behind them stay, for the cursor is there."""
    found = []
    for each in part(source, language, line - 2, line - 2):
        end, new = each.end, each.text.replace("\r\n", "\n").split("\n")[:-1]
        while end > each.first and not source.line(end).strip():
            end -= 1
        while new and not new[-1]:
            new.pop()
        if end < line and new:
            found.append(Change(each.first + 1, 1, end + 1, 1, "".join(f"{text}\n" for text in new)))
    return found


def _opener(tokens: Tokens, line: int) -> int | None:
    """The line of the brace that the last closing one of a line closes."""
    stack: list[int] = []
    found = None
    for kind, there in zip(tokens.kinds, tokens.lines, strict=True):
        if there > line:
            break
        if kind == "{":
            stack.append(there)
        elif kind == "}":
            opened = stack.pop() if stack else None
            found = opened if there == line else found
    return found


def _indented(source: SourceFile, tokens: Tokens, line: int) -> list[Change]:
    """A line at the depth of the braces around it; what stands in a comment is left alone."""
    text = source.line(line)
    if any(comment.line < line <= comment.last_line for comment in tokens.comments):
        return []
    depth = 0
    for kind, there in zip(tokens.kinds[:-1], tokens.lines, strict=False):
        if there >= line:
            break
        depth += (kind == "{") - (kind == "}")
    before = text[: len(text) - len(text.lstrip())]
    wanted = _STEP * max(depth - text.lstrip().startswith("}"), 0)
    return [Change(line, 1, line, len(before) + 1, wanted)] if before != wanted else []
