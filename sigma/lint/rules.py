"""What is looked for. Codes S09xx."""

from __future__ import annotations

from typing import Final

from qbcc.diagnostics import Severity
from qbcc.lint.finding import Rule

_WARNINGS: Final = {
    "S0901": "a variable that is never read",
    "S0902": "a parameter that is never used",
    "S0903": "a function or a gate that nothing calls",
    "S0904": "an import that nothing uses",
    "S0905": "a constant or a global variable that nothing uses",
    "S0906": "a record that nothing uses",
    "S0907": "a var that never changes",
    "S0908": "a value that is assigned and never read",
    "S0909": "code that is never reached",
    "S0910": "a condition that is always true or always false",
    "S0911": "a qubit that is never used",
    "S0913": "a gate right behind its inverse",
    "S0917": "an assignment of a place to itself",
    "S0918": "a loop that never changes its condition",
    "S0919": "two ways that are the same",
    "S0921": "a rotation that does nothing",
    "S0922": "a result that is calculated and not used",
    "S0925": "a comment that reads as a division",
    "S0926": "a copy that is changed and never read",
    "S0927": "a 'not' that applies to more than it seems to",
    "S0928": "a loop over a range that is empty",
    "S0929": "braces in a text that is taken as it is",
}
_HINTS: Final = {
    "S0912": "a gate on a qubit that was measured",
    "S0914": "a name that hides another",
    "S0915": "floats compared for equality",
    "S0916": "a whole quotient where a float is wanted",
    "S0920": "an outcome that is thrown away",
    "S0923": "a name that hides one of the language",
    "S0924": "a name that is not to be used any more",
}
RULES: Final = {
    code: Rule(code, title, level)
    for level, titles in ((Severity.WARNING, _WARNINGS), (Severity.HINT, _HINTS))
    for code, title in titles.items()
}
