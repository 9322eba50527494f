"""``qbcc explain CODE``: what an error or a trap means, with a wrong and a right example."""

from __future__ import annotations

import textwrap
from typing import Final

from qbcc import explanations, explanations_traps
from qbcc.circuits import messages as messages_circuit
from qbcc.explanation import Explanation
from qbcc.export import messages as messages_output
from qbcc.nearest import nearest
from qbcc.objects import messages as messages_link
from qbcc.testing import messages as messages_testing

_WIDTH: Final = 88
_LONGEST: Final = 40


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

    from qbcc.lint.explanations import EXPLANATIONS

    found = dict(EXPLANATIONS)
    for point in entry_points(group="qbc.explanations"):
        found.update(point.load())
    return found


def _code(text: str) -> str:
    """Return the code that a text is; a number alone is the exit status of a trap."""
    wanted = text.strip().upper()
    return f"T{wanted}" if wanted.isdecimal() and f"T{wanted}" in explanations_traps.EXPLANATIONS else wanted


def find(code: str) -> Explanation | None:
    """The explanation of a code, of the assembler's or of a front end's; None if there is no such code."""
    wanted = _code(code)
    return table().get(wanted) or others().get(wanted)


def explain(code: str) -> str | None:
    """The text for a code, or None if there is no such code."""
    wanted = _code(code)
    found = find(code)
    if found is None:
        return None
    parts = [f"{wanted}: {found.title}", "", textwrap.fill(found.text, _WIDTH)]
    for name, example in (("Wrong:", found.wrong), ("Right:", found.right)):
        if example:
            parts += ["", name, "", *(f"    {line}".rstrip() for line in example.splitlines())]
    return "\n".join(parts)


def nearest_code(code: str) -> str | None:
    """Return the code that was probably meant: 301 and E301 are E0301, 71 and "bad address" are T71, E2002 is E0202."""
    wanted = code.strip().upper()[:_LONGEST]
    known = {**table(), **others()}
    letters = wanted.rstrip("0123456789")
    digits = wanted[len(letters) :]
    if not digits:
        title = wanted.lower().replace("-", " ")
        return next((code for code, found in known.items() if found.title == title), None)
    for filled in (f"{letters}{digits.zfill(4)}",) if letters else (f"T{digits}", f"E{digits.zfill(4)}"):
        if filled in known:
            return filled
    number = int(digits)
    # Of those that are a slip away, the one whose number is nearest.
    same = sorted((each for each in known if each[0] == wanted[0]), key=lambda each: abs(int(each[1:]) - number))
    return nearest(wanted, same)
