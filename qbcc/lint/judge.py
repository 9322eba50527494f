"""Which findings count, and how much: the project's levels, and what comments allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from qbcc.diagnostics import Diagnostic, Severity
from qbcc.lint.finding import OFF, Linted, Remark

_ALLOW: Final = re.compile(r"\s*lint:\s*allow\s+(?P<codes>\w+(?:\s*,\s*\w+)*)")


def judge(linted: Linted, levels: Mapping[str, str]) -> list[Diagnostic]:
    """The findings that count, at the levels that the project gives them."""
    allowed = _allowed(linted.remarks)
    found = []
    for finding in linted.findings:
        level = levels.get(finding.code, finding.severity)
        line = finding.span.line if finding.span is not None else 0
        if level != OFF and finding.code not in allowed.get(line, ()):
            found.append(replace(finding, severity=Severity(level)))
    return found


def _allowed(remarks: Iterable[Remark]) -> dict[int, set[str]]:
    """Codes that are allowed, by line. ``lint: allow CODE, CODE`` speaks of its line; alone on that, of the next line
    with more than a comment."""
    found: dict[int, set[str]] = {}
    alone = {remark.line for remark in remarks if remark.is_alone}
    for remark in remarks:
        given = _ALLOW.match(remark.text)
        if given is None:
            continue
        line = remark.line
        while line in alone:
            line += 1
        found.setdefault(line, set()).update(code.strip().upper() for code in given["codes"].split(","))
    return found
