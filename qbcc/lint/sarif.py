"""Findings as SARIF 2.1.0, which code hosts and editors read (OASIS, 2020)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from qbcc.diagnostics import Diagnostic, Fix, Severity
from qbcc.lint.finding import Rule
from qbcc.source import Span

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def sarif(found: Iterable[Diagnostic], rules: Mapping[str, Rule], version: str) -> dict[str, Any]:
    """A log of one run."""
    found = list(found)
    codes = sorted({*rules, *(diagnostic.code for diagnostic in found)})
    driver = {"name": "qbcc lint", "version": version, "rules": [_rule(code, rules.get(code)) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in found],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _result(found: Diagnostic, number: int) -> dict[str, Any]:
    text = ". ".join((found.message, *found.notes))
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": number,
        "level": _LEVELS[found.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _place(found.span)}] if found.span is not None else [],
    }
    if found.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(related.span), "message": {"text": related.text}}
            for number, related in enumerate(found.related)
        ]
    if found.fix is not None:
        result["fixes"] = [{"description": {"text": found.fix.title}, "artifactChanges": _changes(found.fix)}]
    return result


def _changes(fix: Fix) -> list[dict[str, Any]]:
    """The edits of a fix, by file."""
    found: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        change = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}}
        found.setdefault(_uri(edit.span), []).append(change)
    return [{"artifactLocation": {"uri": uri}, "replacements": changes} for uri, changes in found.items()]


def _place(span: Span) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(span)}, "region": _region(span)}


def _uri(span: Span) -> str:
    from urllib.parse import quote

    return quote(span.source.name.replace("\\", "/"))


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.line,
        "endColumn": span.end_column,
    }
