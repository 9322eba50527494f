"""What is looked for in QBC. Codes L01xx registers, L02xx stack, L03xx control, L04xx kinds, L05xx values and memory,
L06xx contracts, L07xx what other assemblers mean by a line."""

from __future__ import annotations

from typing import Final

from qbcc.diagnostics import Severity
from qbcc.lint.finding import Rule

_ERRORS: Final = {
    "L0101": "a call that overwrites a register which is used after it",
    "L0102": "a loop's counter that a call in the loop overwrites",
    "L0201": "ways that leave unlike numbers of values on the stack",
    "L0202": "a return with values on the stack, or with too few",
    "L0401": "an operand of the wrong kind",
}
_WARNINGS: Final = {
    "L0103": "a register that is read before anything writes it",
    "L0104": "a value that nothing uses",
    "L0203": "registers popped in another order than they were pushed",
    "L0301": "code that is never reached",
    "L0303": "a jump into the middle of another routine",
    "L0304": "a routine that goes on into the next one",
    "L0305": "a loop that never changes its condition",
    "L0402": "the bits of a float used as an integer",
    "L0404": "a field read as another kind than it was stored",
    "L0501": "a constant out of its range",
    "L0502": "a store that overwrites part of another of unlike width",
    "L0503": "an output buffer without its header",
    "L0504": "fields of 4 bytes that are read, changed and written back 8 at a time",
    "L0505": "an access across two items of the data section",
    "L0506": "a text without a NUL for a system call",
    "L0507": "32 bits read or written where .word defines 16",
    "L0601": "a contract that does not hold",
    "L0602": "a register of the caller's that a routine for others changes",
}
_HINTS: Final = {
    "L0302": "a routine that nothing calls",
    "L0403": "a whole quotient where a fraction is wanted",
    "L0701": "a comment that reads as an instruction",
    "L0702": "a label that is nearly main in a program without main",
}
RULES: Final = {
    code: Rule(code, title, level)
    for level, titles in ((Severity.ERROR, _ERRORS), (Severity.WARNING, _WARNINGS), (Severity.HINT, _HINTS))
    for code, title in titles.items()
}
