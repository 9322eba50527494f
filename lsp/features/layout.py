"""Sources in the one layout of their language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lsp.workspace import QBC, SIGMA
from qbcc.diagnostics import Diagnostic
from qbcc.frontends import Formatted, Replaced
from qbcc.source import SourceFile

_Whole = Callable[[SourceFile], Formatted]
_Part = Callable[[SourceFile, int, int], Replaced | tuple[Diagnostic, ...]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines from ``first`` up to ``end``, both from 0 and the second not counted in, that become others."""

    first: int
    end: int
    text: str


def has_layout(language: str) -> bool:
    """Whether sources of a language have one."""
    return language in (QBC, SIGMA)


def _formatters(language: str) -> tuple[_Whole, _Part]:
    if language == QBC:
        from qbcc.format import source as assembly

        return assembly.format_source, assembly.format_range
    from sigma.format import source as sigma

    return sigma.format_source, sigma.format_range


def whole(source: SourceFile, language: str) -> list[Lines]:
    """What changes; nothing where the source has syntax errors. Lines that stay at both ends are left alone, so that
    the cursor stays where it is."""
    found = _formatters(language)[0](source).text
    if found is None or found == source.text:
        return []
    old, new = source.text.split("\n"), found.split("\n")
    least = min(len(old), len(new))
    first = next((at for at in range(least) if old[at] != new[at]), least)
    behind = next((at for at in range(least - first) if old[-1 - at] != new[-1 - at]), least - first)
    # The last line of a text has no end of its own.
    if behind == 0:
        first = min(first, len(old) - 1, len(new) - 1)
        return [Lines(first, len(old), "\n".join(new[first:]))]
    return [Lines(first, len(old) - behind, "".join(line + "\n" for line in new[first : len(new) - behind]))]


def part(source: SourceFile, language: str, first: int, last: int) -> list[Lines]:
    """The same for some lines, from 0 and both counted in."""
    found = _formatters(language)[1](source, first + 1, last + 1)
    if not isinstance(found, Replaced):
        return []
    end = "\r\n" if source.text.partition("\n")[0].endswith("\r") else "\n"
    before = source.lines[found.first - 1 : found.last]
    if before == found.lines:
        return []
    return [Lines(found.first - 1, found.last, "".join(line + end for line in found.lines))]
