"""What can be folded: routines, blocks, comments, imports, regions."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lsprotocol.types import FoldingRangeKind

from lsp.qbc.layout import FUNCTION, MACRO, layout
from qbcc.source import SourceFile
from sigma.lexer import Tokens

_PAIRS: Final = {"}": "{", ")": "(", "]": "["}
_REGION: Final = re.compile(r"//\s*#?(region|endregion)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines from 1, both counted in: the first one stays."""

    first: int
    last: int
    kind: FoldingRangeKind | None = None


def assembly(source: SourceFile, called: Container[str] = ()) -> list[Fold]:
    """Of a source of assembly."""
    found = layout(source)
    folds = [Fold(first, last, FoldingRangeKind.Region) for first, last in found.regions]
    for block in found.blocks:
        # A branch ends before the next one; the directive that ends a condition or a repetition stays.
        starts = [block.first, *block.parts]
        end = block.last if block.kind in (FUNCTION, MACRO) else block.last - 1
        folds += map(Fold, starts, [*(part - 1 for part in block.parts), end])
    folds += [Fold(routine.first, routine.last) for routine in found.routines(called)]
    folds += [Fold(first, last, FoldingRangeKind.Comment) for first, last in found.comments]
    folds += _runs((line for _, line, _ in found.includes), FoldingRangeKind.Imports)
    return _one_a_line(folds)


def sigma(source: SourceFile, tokens: Tokens) -> list[Fold]:
    """Of a source of σ, from its words: so text that is half written folds too."""
    folds = [*_brackets(tokens), *_comments(tokens)]
    for at, kind in enumerate(tokens.kinds):
        if kind == "ASM":
            folds.append(Fold(tokens.lines[at], tokens.lines[at] + tokens.words[at].count("\n") - 1))
    starts = {line: kind for kind, line in zip(reversed(tokens.kinds), reversed(tokens.lines), strict=True)}
    folds += _runs((line for line in sorted(starts) if starts[line] == "IMPORT"), FoldingRangeKind.Imports)
    return _one_a_line(folds)


def circuit(source: SourceFile) -> list[Fold]:
    """Of JSON, by its brackets."""
    folds: list[Fold] = []
    opened: list[int] = []
    for number, line in enumerate(source.lines, 1):
        for mark in re.sub(r'"(?:[^"\\]|\\.)*"', "", line):
            if mark in "{[":
                opened.append(number)
            elif mark in "}]" and opened:
                folds.append(Fold(opened.pop(), number - 1))
    return _one_a_line(folds)


def _brackets(tokens: Tokens) -> Iterator[Fold]:
    """The line of a closing one stays, if it begins with it."""
    opened: list[tuple[str, int]] = []
    for at, kind in enumerate(tokens.kinds):
        if kind in ("{", "(", "["):
            opened.append((kind, tokens.lines[at]))
        elif kind in _PAIRS:
            while opened and opened[-1][0] != _PAIRS[kind]:
                opened.pop()
            if opened:
                line = tokens.lines[at]
                is_first = tokens.lines[at - 1] != line
                yield Fold(opened.pop()[1], line - 1 if is_first else line)


def _comments(tokens: Tokens) -> Iterator[Fold]:
    regions: list[int] = []
    lines = []
    for comment in tokens.comments:
        region = _REGION.match(comment.text)
        if region is not None and region[1].lower() == "region":
            regions.append(comment.line)
        elif region is not None and regions:
            yield Fold(regions.pop(), comment.line, FoldingRangeKind.Region)
        elif not comment.is_line:
            yield Fold(comment.line, comment.last_line, FoldingRangeKind.Comment)
        elif not tokens.source.line(comment.line)[: comment.column - 1].strip():
            lines.append(comment.line)
    yield from _runs(lines, FoldingRangeKind.Comment)


def _runs(lines: Iterable[int], kind: FoldingRangeKind) -> Iterator[Fold]:
    """Lines that follow each other, as one."""
    first, last = 0, -1
    for line in lines:
        if line != last + 1:
            if first:
                yield Fold(first, last, kind)
            first = line
        last = line
    if first:
        yield Fold(first, last, kind)


def _one_a_line(folds: Iterable[Fold]) -> list[Fold]:
    """Those of more than a line, by place; of several that begin on a line, the longest."""
    longest: dict[int, Fold] = {}
    for fold in folds:
        known = longest.get(fold.first)
        if fold.last > fold.first and (known is None or fold.last > known.last):
            longest[fold.first] = fold
    return [longest[line] for line in sorted(longest)]
