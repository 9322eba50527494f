"""Results of tests as text for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qbcc import render
from qbcc.diagnostics import Diagnostic
from qbcc.testing.checks import Failure
from qbcc.testing.suite import CaseResult, Suite
from qbcc.visible import visible


def failure(found: Failure, result: CaseResult, colour: bool = False) -> str:
    """One failure: the expectation's line, the comparison, the trap."""
    paint = render.painter(colour)
    parts = [render.diagnostic(found.found, colour)]
    styles = {"-": "help", "+": "error", " ": "", "…": "rail"}
    gutter = " " * (len(str(found.found.span.line)) if found.found.span is not None else 1)
    for mark, text in found.diff:
        line = f"{mark} {visible(text)}".rstrip()
        parts.append(f"{gutter} {paint('rail', '|')} {paint(styles[mark], line) if styles[mark] else line}".rstrip())
    if found.trap is not None and result.built is not None:
        parts.append(render.trap(found.trap, result.built.shown, colour))
    return "\n".join(parts)


def case(result: CaseResult, colour: bool = False) -> str:
    """Everything that failed in a case; empty if nothing did."""
    name = result.case.name
    head = [render.painter(colour)("bold", f"case: {visible(name)}")] if name and result.failures else []
    return "\n\n".join([*head, *(failure(one, result, colour) for one in result.failures)])


def line(suite: Suite, results: Sequence[CaseResult], colour: bool = False) -> str:
    """A file in one line: passed or not, time, how many of its cases failed."""
    paint = render.painter(colour)
    failed = sum(not one.is_passed for one in results)
    well = not suite.diagnostics and not failed
    word = paint("help", "pass") if well else paint("error", "FAIL")
    parts = [f"{word}  {visible(suite.name)}"]
    if not suite.diagnostics:
        parts.append(f"{sum(one.seconds for one in results):.2f} s")
        if len(results) > 1:
            parts.append(f"{len(results)} cases" + (f", {failed} failed" if failed else ""))
    return "  ".join(parts)


def details(suite: Suite, results: Sequence[CaseResult], colour: bool = False) -> str:
    """What went wrong with a file; empty if nothing did. A program that does not build says so once."""
    texts = [render.diagnostic(one, colour) for one in suite.diagnostics]
    shown: list[Diagnostic] = []
    for result in results:
        if result.built is None and [one.found for one in result.failures] == shown:
            continue
        shown = [one.found for one in result.failures] if result.built is None else shown
        if text := case(result, colour):
            texts.append(text)
    return "\n\n".join(texts)


def counts(found: Sequence[tuple[Suite, Sequence[CaseResult]]]) -> tuple[int, int]:
    """Cases that passed and that failed; a file that could not be run is one that failed."""
    passed = sum(result.is_passed for _, results in found for result in results)
    failed = sum(not result.is_passed for _, results in found for result in results)
    return passed, failed + sum(bool(suite.diagnostics) for suite, _ in found)


def data(found: Sequence[tuple[Suite, Sequence[CaseResult]]]) -> dict[str, Any]:
    """All of it as JSON has it."""
    passed, failed = counts(found)
    return {"passed": passed, "failed": failed, "files": [_file_data(*one) for one in found]}


def _file_data(suite: Suite, results: Sequence[CaseResult]) -> dict[str, Any]:
    return {
        "file": suite.name,
        "passed": not suite.diagnostics and all(one.is_passed for one in results),
        "seconds": sum(one.seconds for one in results),
        "diagnostics": [render.diagnostic_data(one) for one in suite.diagnostics],
        "cases": [_case_data(one) for one in results],
    }


def _case_data(result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "line": result.case.span.line,
        "passed": result.is_passed,
        "seconds": result.seconds,
        "failures": list(_failure_data(result)),
    }


def _failure_data(result: CaseResult) -> Iterator[dict[str, Any]]:
    for one in result.failures:
        shown = result.built.shown if result.built is not None else str
        yield {
            **render.diagnostic_data(one.found),
            "diff": [{"mark": mark, "text": text} for mark, text in one.diff],
            "trap": None if one.trap is None else render.trap_data(one.trap, shown),
        }
