"""Diagnostics and traps as text for people and as data for programs.

Whatever a source holds, the terminal is safe: control characters are shown, not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from qbcc import frontends
from qbcc.diagnostics import Diagnostic, Fix, Severity
from qbcc.source import Span
from qbcc.visible import visible, width
from vm.trap import TITLE, Location, Operand, Trap

_WINDOW: Final = 160
"""Columns of a long line that are shown."""
_STYLES: Final = {"error": "1;31", "warning": "1;33", "hint": "1;36", "bold": "1", "rail": "1;34", "help": "1;32"}
Paint = Callable[[str, str], str]


def _plain(style: str, text: str) -> str:
    return text


def _coloured(style: str, text: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if text else text


def painter(colour: bool) -> Paint:
    """How to style a text: by ANSI sequences, or not at all."""
    return _coloured if colour else _plain


def _excerpt(text: str, column: int, end_column: int) -> tuple[str, int, int]:
    """The visible part of a line around a stretch, with the caret's offset and length in columns."""
    start = max(column - 1, 0)
    end = max(end_column - 1, start + 1)
    cut, tail = 0, ""
    if len(text) > _WINDOW:
        cut = max(0, min(start - _WINDOW // 3, len(text) - _WINDOW))
        tail = "…" if cut + _WINDOW < len(text) else ""
        text = text[: cut + _WINDOW]
        end = min(end, len(text) + 1)
    head = "…" if cut else ""
    before, inside = visible(text[cut:start]), visible(text[start:end])
    shown = head + before + inside + visible(text[end:]) + tail
    return shown, width(head + before), max(width(inside), 1)


def _snippet(
    text: str, line: int, column: int, end_column: int, gutter: int, mark: tuple[str, str], paint: Paint
) -> list[str]:
    """A line with its number and a caret under the stretch."""
    shown, offset, length = _excerpt(text, column, end_column)
    label, style = mark
    rail = paint("rail", "|")
    caret = paint(style, "^" * length + (f" {visible(label)}" if label else ""))
    return [
        f"{' ' * gutter} {rail}",
        f"{paint('rail', f'{line:>{gutter}}')} {rail} {shown}".rstrip(),
        f"{' ' * gutter} {rail} {' ' * offset}{caret}",
    ]


def _place(span: Span) -> str:
    return f"{visible(span.source.name)}:{span.line}:{span.column}"


def diagnostic(found: Diagnostic, colour: bool = False) -> str:
    """One diagnostic: head, place, line with carets, related places, notes, help."""
    paint = painter(colour)
    style = found.severity.value
    lines = [paint(style, f"{style}[{found.code}]") + paint("bold", f": {visible(found.message)}")]
    spans = [s for s in (found.span, *(related.span for related in found.related)) if s is not None]
    gutter = max((len(str(span.line)) for span in spans), default=1)
    if found.span is not None:
        span = found.span
        lines.append(f"{' ' * gutter}{paint('rail', '-->')} {_place(span)}")
        lines += _snippet(
            span.source.line(span.line), span.line, span.column, span.end_column, gutter, (found.label, style), paint
        )
    for related in found.related:
        span = related.span
        lines.append(f"{' ' * gutter}{paint('rail', ':::')} {_place(span)}: {visible(related.text)}")
        text = span.source.line(span.line)
        lines += _snippet(text, span.line, span.column, span.end_column, gutter, ("", "rail"), paint)
    end = f"{' ' * gutter} {paint('rail', '=')} "
    lines += [f"{end}note: {visible(note)}" for note in found.notes]
    if found.fix is not None:
        lines.append(f"{end}{paint('help', 'help')}: {visible(found.fix.title)}")
    return "\n".join(lines)


def report(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """All of them, and how many errors there were."""
    found = list(diagnostics)
    texts = [diagnostic(one, colour) for one in found]
    errors = sum(one.severity is Severity.ERROR for one in found)
    if errors:
        texts.append(f"{errors} error{'s' if errors > 1 else ''}; 'qbcc explain CODE' says more")
    return "\n\n".join(texts)


def _span_data(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"file": None, "line": None, "column": None, "end_column": None}
    return {"file": span.source.name, "line": span.line, "column": span.column, "end_column": span.end_column}


def diagnostic_data(found: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON has it."""
    fix = found.fix
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": found.message,
        **_span_data(found.span),
        "label": found.label,
        "related": [{"message": related.text, **_span_data(related.span)} for related in found.related],
        "notes": list(found.notes),
        "fix": None if fix is None else _fix_data(fix),
    }


def _fix_data(fix: Fix) -> dict[str, Any]:
    """A fix: its first edit, and all of them."""
    edits = [{"replacement": edit.replacement, **_span_data(edit.span)} for edit in fix.edits]
    return {"title": fix.title, **edits[0], "edits": edits}


# -- traps


def number(value: int | float) -> str:
    """A register's value: integers from ten on in hexadecimal too."""
    if isinstance(value, float):
        return repr(value)
    return str(value) if -10 < value < 10 else f"{value} ({value & (1 << 64) - 1:#x})"


def _location(place: Location, name: Callable[[str], str]) -> str:
    return f"{visible(name(place.file))}:{place.line}:{place.column}" if place.file else f"instruction {place.pc}"


def _operands(operands: tuple[Operand, ...]) -> str:
    shown = {operand.name: operand.value for operand in operands if operand.name != "constant"}
    return ", ".join(f"{name} = {number(value)}" for name, value in shown.items())


def trap(found: Trap, name: Callable[[str], str] = str, colour: bool = False) -> str:
    """A trap: what happened, the line with a caret, the values, the call stack. ``name`` maps a stored file name to
    the one to show."""
    paint = painter(colour)
    head = f": {TITLE[found.name]}: {visible(found.message)}"
    lines = [paint("error", f"trap[T{found.status}]") + paint("bold", head)]
    place = found.location
    gutter = len(str(place.line)) if place is not None else 1
    if place is not None:
        lines.append(f"{' ' * gutter}{paint('rail', '-->')} {_location(place, name)}")
        if place.text:
            lines += _snippet(place.text, place.line, place.column, place.end_column, gutter, ("", "error"), paint)
    end = f"{' ' * gutter} {paint('rail', '=')} "
    values = _operands(found.operands)
    if values:
        lines.append(f"{end}{values}")
    lines += _calls(found, name, end)
    lines.append(f"{end}after {found.count:,} instruction{'s' if found.count != 1 else ''}")
    return "\n".join(lines)


def _calls(found: Trap, name: Callable[[str], str], end: str) -> list[str]:
    if found.location is None or not found.depth:
        return (
            [f"{end}in {visible(found.location.routine)}"]
            if found.location is not None and found.location.routine
            else []
        )
    lines = [f"{end}in {visible(found.location.routine or 'the program')}, called from"]
    hidden = found.depth - len(found.stack)
    for number_, place in enumerate(found.stack):
        if hidden and number_ == len(found.stack) // 2:
            lines.append(f"{' ' * len(end)}… {hidden:,} more …")
        text = visible(_called(place).strip())
        lines.append(f"    {_location(place, name)}  {visible(place.routine or 'the program')}: {text}")
    return lines


def _called(place: Location) -> str:
    """The call at a place: a line of QBC without its comment, of another language the columns of the call."""
    if frontends.is_own(place.file):
        return place.text.split(";")[0]
    return place.text[place.column - 1 : place.end_column - 1] or place.text


def _location_data(place: Location, name: Callable[[str], str]) -> dict[str, Any]:
    return {
        "instruction": place.pc,
        "file": name(place.file) if place.file else None,
        "line": place.line,
        "column": place.column,
        "end_column": place.end_column,
        "text": place.text,
        "routine": place.routine,
    }


def trap_data(found: Trap, name: Callable[[str], str] = str) -> dict[str, Any]:
    """A trap as JSON has it."""
    return {
        "code": f"T{found.status}",
        "name": found.name,
        "status": found.status,
        "message": found.message,
        "location": None if found.location is None else _location_data(found.location, name),
        "operands": [{"name": operand.name, "value": operand.value} for operand in found.operands],
        "stack": [_location_data(place, name) for place in found.stack],
        "depth": found.depth,
        "count": found.count,
    }
