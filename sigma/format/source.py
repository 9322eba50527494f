"""Sources in their one layout: whole, and some lines of them."""

from __future__ import annotations

import re
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.frontends import Formatted, Replaced
from qbcc.source import SourceFile
from sigma import messages
from sigma.format.layout import Layout
from sigma.lexer import Tokens, lex
from sigma.parser import MAX_DEPTH, parse

_BRACES: Final = re.compile(r"asm\s*\{\s*(.*?)\s*\}\Z", re.DOTALL)
_BOM: Final = "\ufeff"


def format_source(source: SourceFile) -> Formatted:
    """A source in its one layout, with its own ends of lines; or its syntax errors."""
    lines, diagnostics = _format(source)
    if diagnostics:
        return Formatted(None, tuple(diagnostics))
    end = "\r\n" if source.text.partition("\n")[0].endswith("\r") else "\n"
    bom = _BOM if source.text.startswith(_BOM) else ""
    return Formatted(bom + "".join(line + end for line in lines), ())


def format_range(source: SourceFile, first_line: int, last_line: int) -> Replaced | tuple[Diagnostic, ...]:
    """The lines that stand in place of some, where whole statements are; or the syntax errors of the source."""
    lines, diagnostics = _format(source)
    if diagnostics:
        return tuple(diagnostics)
    old, new = _things(lex(source)[0]), _things(lex(SourceFile(source.name, "\n".join(lines)))[0])
    # Where a line begins in both with the same word, either may go on as the other does.
    cuts = [(1, 1), *((a, b) for (a, x), (b, y) in zip(old, new, strict=True) if x and y)]
    cuts.append((len(source.lines) + 1, len(lines) + 1))
    first, start = max((cut for cut in cuts if cut[0] <= first_line), default=cuts[0])
    last, end = min((cut for cut in cuts if cut[0] > max(last_line, first)), default=cuts[-1])
    return Replaced(first, last - 1, lines[start - 1 : end - 1])


def _format(source: SourceFile) -> tuple[list[str], list[Diagnostic]]:
    tree = parse(source)
    if tree.diagnostics:
        return [], tree.diagnostics
    deep = _too_deep(tree.tokens)
    if deep is not None:
        return [], [messages.too_deep(tree.tokens.span(deep, deep), MAX_DEPTH)]
    lines = Layout(tree.tokens).lines()
    again, _ = lex(SourceFile(source.name, "\n".join(lines) + "\n"))
    if _meaning(again) != _meaning(tree.tokens):
        raise AssertionError(f"the layout of {source.name} would change its meaning")
    return lines, []


def _too_deep(tokens: Tokens) -> int | None:
    """The bracket that is one too many."""
    depth = 0
    for at, kind in enumerate(tokens.kinds):
        depth += (kind in ("(", "[", "{")) - (kind in (")", "]", "}"))
        if depth > MAX_DEPTH:
            return at
    return None


def _meaning(tokens: Tokens) -> tuple[object, ...]:
    """A source without its layout: words, and comments at their places among them."""
    words = [_bare(word) if kind == "ASM" else word for kind, word in zip(tokens.kinds, tokens.words, strict=True)]
    return tokens.kinds, words, [(_bare(comment.text), comment.before) for comment in tokens.comments]


def _bare(text: str) -> list[str]:
    """Lines without what stands at their ends; of a block of assembly, without its braces."""
    found = _BRACES.match(text)
    return [line.strip() for line in (found[1] if found else text).split("\n")]


def _things(tokens: Tokens) -> list[tuple[int, bool]]:
    """Words and comments in their order: the line of each, and whether it begins that line."""
    places = [(line, column, 0) for line, column in zip(tokens.lines, tokens.columns, strict=True)][:-1]
    ends = [word.count("\n") for word in tokens.words]
    things = [(line, column, line + more) for (line, column, _), more in zip(places, ends, strict=False)]
    things += [(comment.line, comment.column, comment.last_line) for comment in tokens.comments]
    found, before = [], 0
    for line, _, last in sorted(things):
        found.append((line, line > before))
        before = last
    return found
