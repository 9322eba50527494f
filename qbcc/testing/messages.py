"""Wording of what can go wrong with programs as tests: what a file expects, and what a run did instead (E10xx)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.explanation import Explanation
from qbcc.nearest import nearest
from qbcc.source import Span
from qbcc.wording import short
from vm.trap import TITLE, Trap

EXPLANATIONS: Final[dict[str, Explanation]] = {
    "E1001": Explanation(
        "nothing to test",
        "qbc test runs files that say in comments what they do. A file that is named must have at least one such line, "
        "and a folder at least one such file. In σ the comment begins with //.",
        "main: QHALT 3",
        "main: QHALT 3\n; expect-status: 3",
    ),
    "E1002": Explanation(
        "an unknown word for tests",
        "The words are expect, expect-status, expect-trap, expect-register, expect-memory, expect-record, shots, "
        "shots-count, input, args, seed, define and case, each with a colon right behind it.",
        "main: QHALT 3\n; expect-state: 3",
        "main: QHALT 3\n; expect-status: 3",
    ),
    "E1003": Explanation(
        "a value that a word for tests cannot have",
        "Each word has a form of its own: expect-register: r4 = 7, expect-memory: OUTPUT_BUFFER + 64 = 1 2 3, "
        "expect-trap: zero-division, shots: 01 0.5 ± 0.02, define: NAME=value. Numbers are integers in any base of the "
        "language, or floats.",
        "main: QMOV r4, 7\n      QHALT\n; expect-register: r4 7",
        "main: QMOV r4, 7\n      QHALT\n; expect-register: r4 = 7",
    ),
    "E1004": Explanation(
        "words for tests that do not go together",
        "A run has one status, one trap and one seed, so a case says each once. shots: stands for many runs, which "
        "cannot all read the same input:. Another case: has expectations of its own.",
        "main: QHALT 3\n; expect-status: 3\n; expect-status: 4",
        "main: QHALT 3\n; expect-status: 3",
    ),
    "E1010": Explanation(
        "another output than expected",
        "The lines that a program prints are compared with the expect: lines, all of them and in order; blanks at the "
        "end of a line do not count. In the comparison, - is a line that was expected and + one that was printed.",
        "main: QMOV r0, 41\n      QSYSCALL 1\n      QHALT\n; expect: 42",
        "main: QMOV r0, 42\n      QSYSCALL 1\n      QHALT\n; expect: 42",
    ),
    "E1011": Explanation(
        "another end than expected",
        "A run ends with status 0 unless expect-status: or expect-trap: says something else.",
        "main: QHALT 3\n; expect-status: 4",
        "main: QHALT 3\n; expect-status: 3",
    ),
    "E1012": Explanation(
        "another value than expected",
        "A register, a word of memory or a record has another value, or the other kind: 7 is an integer and 7.0 a "
        "float. Of a record that a run makes several times, every value is expected, in order.",
        "main: QMOV r4, 8\n      QHALT\n; expect-register: r4 = 7",
        "main: QMOV r4, 8\n      QHALT\n; expect-register: r4 = 8",
    ),
    "E1013": Explanation(
        "another distribution than expected",
        "A count is further from what the probability says than five standard deviations, which chance does once in "
        "two million times, or than the tolerance. Where the probabilities come to 1, no other outcome may come.",
        "main: QALLOC r4\n      QH r4\n      QMEAS r0, r4\n      QHALT\n; shots: 0 0.25",
        "main: QALLOC r4\n      QH r4\n      QMEAS r0, r4\n      QHALT\n; shots: 0 0.5\n; shots: 1 0.5",
    ),
}
FORMS: Final = {
    "expect-status": "a status from 0 to 255",
    "expect-trap": "a trap's name or status, and perhaps a part of its message: zero-division, 71 bad address",
    "expect-register": "a register and its value: r4 = 7, r5 = 0x1F, r6 = 0.5, r7 = 0.333 ± 0.001",
    "expect-memory": "an address and 64-bit words: OUTPUT_BUFFER + 64 = 1 2.5 0xFF",
    "expect-record": "a name and a value: energy = -1.5 ± 0.001",
    "shots": "an outcome, its probability, and perhaps a tolerance: 01 0.5, 11 0.25 ± 0.02",
    "shots-count": "a number of runs from 1 to 1,000,000",
    "args": "numbers: 3 0x1F 0.5",
    "seed": "an integer from 0 to 2^64 - 1",
    "define": "a constant: NAME=value",
    "case": "a name",
}
"""What each word takes."""


# -- what a file says


def nothing(name: str, leader: str) -> Diagnostic:
    note = f"say in a comment what it prints: {leader} expect: …"
    return Diagnostic("E1001", f"'{name}' does not say what it does", None, notes=(note,))


def no_comments(name: str) -> Diagnostic:
    note = "qbc test runs sources whose comments say what they do"
    return Diagnostic("E1001", f"'{name}' is of a kind that has no comments", None, notes=(note,))


def nothing_in_folder(name: str, endings: Sequence[str]) -> Diagnostic:
    note = f"a test is a file {', '.join(endings)} with a line expect: … in a comment"
    return Diagnostic("E1001", f"no file in the folder '{name}' says what it does", None, notes=(note,))


def slow_to_compile(name: str, seconds: float) -> Diagnostic:
    message = f"time limit: to compile '{name}' takes more than {seconds:g} s (--timeout)"
    return Diagnostic("T80", message, None)


def unknown_word(span: Span, word: str, known: Iterable[str]) -> Diagnostic:
    known = tuple(known)
    name = nearest(word, known)
    fix = None if name is None else Fix(span, name, f"did you mean '{name}'?")
    notes = () if fix else (f"the words are {', '.join(known)}",)
    return Diagnostic("E1002", f"tests have no word '{short(word)}'", span, notes=notes, fix=fix)


def malformed(span: Span, word: str, why: str = "") -> Diagnostic:
    message = f"{word}: {why}" if why else f"this is nothing that {word}: can have"
    return Diagnostic("E1003", message, span, notes=(f"{word}: takes {FORMS[word]}",))


def unknown_trap(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    known = tuple(known)
    close = nearest(name, known)
    fix = None if close is None else Fix(span, close, f"did you mean '{close}'?")
    notes = () if fix else (f"the traps are {', '.join(known)}",)
    return Diagnostic("E1003", f"there is no trap '{short(name)}'", span, notes=notes, fix=fix)


def unknown_address(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    close = nearest(name, known)
    fix = None if close is None else Fix(span, close, f"did you mean '{close}'?")
    notes = ("an address is a number, OUTPUT_BUFFER or a label of the data",)
    return Diagnostic("E1003", f"the program has no data '{short(name)}'", span, notes=notes, fix=fix)


def twice(span: Span, word: str, first: Span) -> Diagnostic:
    return Diagnostic("E1004", f"a case has one {word}:", span, related=(Related(first, "given here already"),))


def case_twice(span: Span, name: str, first: Span) -> Diagnostic:
    related = (Related(first, "the first one"),)
    return Diagnostic("E1004", f"there is a case '{short(name)}' already", span, related=related)


def empty_case(span: Span, name: str) -> Diagnostic:
    return Diagnostic("E1001", f"the case '{short(name)}' does not say what the program does then", span)


def input_of_many(span: Span, shots: Span) -> Diagnostic:
    related = (Related(shots, "many runs are expected here"),)
    return Diagnostic("E1004", "many runs cannot read the same input", span, related=related)


def too_probable(span: Span, total: float) -> Diagnostic:
    return Diagnostic("E1003", f"with this one the probabilities come to {total:.6g}", span)


# -- what a run did


def output(span: Span, message: str) -> Diagnostic:
    return Diagnostic("E1010", message, span)


def trapped(span: Span, trap: Trap) -> Diagnostic:
    return Diagnostic("E1011", f"the program trapped: {TITLE[trap.name]}", span)


def wrong_trap(span: Span, expected: str, trap: Trap) -> Diagnostic:
    return Diagnostic("E1011", f"the program trapped, but not as {expected}: {TITLE[trap.name]}", span)


def wrong_text(span: Span, trap: Trap) -> Diagnostic:
    return Diagnostic("E1011", f"the trap says something else: {trap.message}", span)


def no_trap(span: Span, expected: str, status: int) -> Diagnostic:
    return Diagnostic("E1011", f"the program did not trap ({expected}); it ended with status {status}", span)


def status(span: Span, expected: int, found: int) -> Diagnostic:
    return Diagnostic("E1011", f"the program ended with status {found}, not {expected}", span)


def value(span: Span, what: str, expected: str, found: str) -> Diagnostic:
    return Diagnostic("E1012", f"{what} is {found}, not {expected}", span)


def not_recorded(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    note = f"the run recorded {', '.join(known[:8])}{', …' * (len(known) > 8)}" if known else "the run recorded nothing"
    return Diagnostic("E1012", f"the run recorded no '{short(name)}'", span, notes=(note,))


def recorded_less(span: Span, name: str, times: int) -> Diagnostic:
    return Diagnostic(
        "E1012", f"the run recorded '{short(name)}' {times} time{'s' * (times != 1)}, not once more", span
    )


def recorded_more(span: Span, name: str, expected: int, value: str) -> Diagnostic:
    message = f"the run recorded '{short(name)}' more than {expected} time{'s' * (expected != 1)}: {value} came next"
    return Diagnostic("E1012", message, span)


def outside_memory(span: Span, address: int) -> Diagnostic:
    return Diagnostic("E1012", f"the words at {address:#x} are not inside memory", span)


def share(span: Span, outcome: str, found: int, shots: int, expected: tuple[float, float], seen: str) -> Diagnostic:
    """``expected``: a count and how far from it is well."""
    middle, within = expected
    message = f"{outcome} came {found:,} times in {shots:,} shots; expected are {middle:,.0f} ± {within:,.0f}"
    return Diagnostic("E1013", message, span, notes=(f"what came: {seen}",))


def other_outcome(span: Span, outcome: str, found: int, shots: int) -> Diagnostic:
    message = f"{outcome} came {found:,} times in {shots:,} shots, and no line names it"
    return Diagnostic("E1013", message, span, notes=("the probabilities come to 1, so nothing else may come",))


def cut_off(span: Span, shots: int, wanted: int) -> Diagnostic:
    return Diagnostic("E1013", f"the time was over after {shots:,} of {wanted:,} shots", span)
