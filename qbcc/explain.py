"""``qbcc explain CODE``: what an error or a trap means, with a wrong and a right example."""

from __future__ import annotations

import difflib
import textwrap
from typing import Final

from qbcc import explanations, explanations_traps, messages_circuit, messages_link, messages_output, messages_testing
from qbcc.explanation import Explanation

_WIDTH: Final = 88


def table() -> dict[str, Explanation]:
    """All codes, ascending."""
    found = {
        **explanations.EXPLANATIONS,
        **messages_circuit.EXPLANATIONS,
        **messages_link.EXPLANATIONS,
        **messages_output.EXPLANATIONS,
        **messages_testing.EXPLANATIONS,
        **explanations_traps.EXPLANATIONS,
    }
    return dict(sorted(found.items()))


def others() -> dict[str, Explanation]:
    """What the linter of QBC and front ends (:mod:`qbcc.frontends`) explain."""
    from importlib.metadata import entry_points

    from qbcc.explanations_lint import EXPLANATIONS

    found = dict(EXPLANATIONS)
    for point in entry_points(group="qbc.explanations"):
        found.update(point.load())
    return found


def find(code: str) -> Explanation | None:
    """The explanation of a code, of the assembler's or of a front end's; None if there is no such code."""
    wanted = code.strip().upper()
    return table().get(wanted) or others().get(wanted)


def explain(code: str) -> str | None:
    """The text for a code, or None if there is no such code."""
    wanted = code.strip().upper()
    found = find(code)
    if found is None:
        return None
    parts = [f"{wanted}: {found.title}", "", textwrap.fill(found.text, _WIDTH)]
    for name, example in (("Wrong:", found.wrong), ("Right:", found.right)):
        if example:
            parts += ["", name, "", *(f"    {line}".rstrip() for line in example.splitlines())]
    return "\n".join(parts)


def nearest_code(code: str) -> str | None:
    """The code that was probably meant."""
    wanted = code.strip().upper()[:10]
    known = sorted({*table(), *others()})
    digits = wanted.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if digits.isdecimal() and digits != wanted:
        # E301 is E0301.
        filled = wanted.removesuffix(digits) + digits.zfill(4)
        if filled in known:
            return filled
    found = difflib.get_close_matches(wanted, known, 1, 0.5)
    return found[0] if found else None
