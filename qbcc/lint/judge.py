"""Which findings count, and how much: the project's levels, and what comments allow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from qbcc.diagnostics import Diagnostic, Severity
from qbcc.lint.finding import OFF, Linted, Remark
from qbcc.source import SourceFile

_ALLOW: Final = re.compile(r"\s*lint:\s*allow\s+(?P<codes>\w+(?:\s*,\s*\w+)*)")


def judge(linted: Linted, levels: Mapping[str, str]) -> list[Diagnostic]:
    """The findings that count, at the levels that the project gives them."""
    allowed = _allowed(linted.remarks)
    found = []
    for finding in linted.findings:
        level = levels.get(finding.code, finding.severity)
        codes: set[str] = set()
        if finding.span is not None:
            codes = allowed.get((None, finding.span.line), codes) | allowed.get(
                (finding.span.source, finding.span.line), codes
            )
        if level != OFF and finding.code not in codes:
            found.append(replace(finding, severity=Severity(level)))
    return found


def _allowed(remarks: Sequence[Remark]) -> dict[tuple[SourceFile | None, int], set[str]]:
    """Codes that are allowed, by file and line. ``lint: allow CODE, CODE`` speaks of its line; alone on that, of the
    next line with more than a comment."""
    found: dict[tuple[SourceFile | None, int], set[str]] = {}
    alone = {(remark.source, remark.line) for remark in remarks if remark.is_alone}
    for remark in remarks:
        given = _ALLOW.match(remark.text)
        if given is None:
            continue
        line = remark.line
        while (remark.source, line) in alone:
            line += 1
        codes = (code.strip().upper() for code in given["codes"].split(","))
        found.setdefault((remark.source, line), set()).update(codes)
    return found
