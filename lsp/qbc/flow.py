"""What routines of assembly do with registers and stack, in words."""

from __future__ import annotations

from collections.abc import Iterator

from qbcc.flow.effects import Effect
from qbcc.flow.program import Flow
from qbcc.flow.routines import Routine
from vm.isa import REGISTERS


def registers(mask: int) -> str:
    """A set of registers: ``r0–r3, r5``; *nothing* for none."""
    found = [number for number in range(REGISTERS) if mask >> number & 1]
    parts: list[str] = []
    at = 0
    while at < len(found):
        end = at
        while end + 1 < len(found) and found[end + 1] == found[end] + 1:
            end += 1
        if end - at >= 2:
            parts.append(f"r{found[at]}–r{found[end]}")
        else:
            parts += (f"r{number}" for number in found[at : end + 1])
        at = end + 1
    return ", ".join(parts) or "nothing"


def routine(flow: Flow, name: str) -> Routine | None:
    """The routine of a label."""
    return next((each for each in flow.routines if flow.code.names.get(each.entry) == name), None)


def described(flow: Flow, name: str) -> str:
    """A line about a routine, in Markdown; empty for a label that is none."""
    found = routine(flow, name)
    if found is None:
        return ""
    effect = flow.effect(found)
    parts = [f"reads {registers(effect.reads)}", changes(effect), *_stack(effect)]
    text = f"*Found*: {'; '.join(part for part in parts if part)}."
    if effect.is_assumed:
        text += " What is not in this source is taken to keep the calling convention."
    return text


def changes(effect: Effect) -> str:
    """Which registers hold another value behind a call, or that there is no coming back."""
    return f"changes {registers(effect.changes)}" if effect.returns else "never returns"


def _stack(effect: Effect) -> Iterator[str]:
    if effect.below:
        yield f"looks at {_values(effect.below)} of its caller's stack"
    if not effect.returns:
        return
    if effect.delta is None:
        yield "leaves more or less on the stack, by the way that it takes"
    elif effect.delta > 0:
        yield f"leaves {_values(effect.delta)} on the stack"
    elif effect.delta < 0:
        yield f"takes {_values(-effect.delta)} off the stack"


def _values(count: int) -> str:
    return f"{count} value{'' if count == 1 else 's'}"


def all_changes(flow: Flow) -> dict[str, str]:
    """What each routine with a label changes, by label: for lenses."""
    found = {}
    for each in flow.routines:
        name = flow.code.names.get(each.entry)
        if name is not None:
            found[name] = changes(flow.effect(each))
    return found
