"""Comments that say what a program does → cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from qbcc.assembly.assemble import check_define
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from qbcc.syntax.text import parse_number
from qbcc.testing import messages
from qbcc.testing.cases import Case, ExpectedTrap, Number, Record, Register, Share, Status, TextLine, Words
from vm.isa import REGISTERS
from vm.trap import STATUS

_EXPECTING: Final = (
    "expect", "expect-status", "expect-trap", "expect-register", "expect-memory", "expect-record", "shots",
)  # fmt: skip
WORDS: Final = (*_EXPECTING, "shots-count", "input", "args", "seed", "define", "case")
_ALONE: Final = tuple(word for word in _EXPECTING if word.startswith("expect"))
_PROSE: Final = "except"
"""An English word that is nearly one of them."""
_MOST_SHOTS: Final = 1_000_000
_NUMBER: Final = (
    r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|inf|nan)"
)
_VALUE: Final = re.compile(rf"({_NUMBER})(?:\s*(?:±|\+-)\s*({_NUMBER}))?")
_EQUATION: Final = re.compile(r"(.*?\S)\s*=\s*(.*)")
_ADDRESS: Final = re.compile(r"([A-Za-z_][\w@]*|[0-9]\w*)((?:\s*[-+]\s*[0-9]\w*)*)")
_SHARE: Final = re.compile(rf"(\S.*?)\s+{_VALUE.pattern}")


def read(source: SourceFile, leader: str) -> tuple[list[Case], list[Diagnostic]]:
    """The cases of a source whose comments begin with ``leader``, and what is wrong with what it says.

    A source that expects nothing has no cases, whatever else stands in its comments."""
    return _Reader(source, leader).run()


class MalformedError(Exception):
    """A value that a word cannot have; the argument may say why."""


def _integer(text: str) -> int:
    try:
        value = parse_number(text)
    except ValueError:
        value = 0.0
    if isinstance(value, float):
        raise MalformedError(f"'{text[:40]}' is no integer")
    return value


def _value(text: str, tolerance: str | None) -> Number:
    """A number as registers hold it: integers signed."""
    try:
        value = parse_number(text)
        within = None if tolerance is None else float(parse_number(tolerance))
    except ValueError:
        raise MalformedError(f"'{text[:40]}' is no number of 64 bits") from None
    if isinstance(value, int):
        value = (value + (1 << 63)) % (1 << 64) - (1 << 63)
    return Number(value, within)


def _number(text: str) -> Number:
    match = _VALUE.fullmatch(text)
    if match is None:
        raise MalformedError(f"'{text[:40]}' is no number" if text else "")
    return _value(match[1], match[2])


def _equation(text: str) -> tuple[str, str]:
    match = _EQUATION.fullmatch(text)
    if match is None:
        raise MalformedError("there is no '='" if "=" not in text else "")
    return match[1], match[2]


class _Reader:
    def __init__(self, source: SourceFile, leader: str) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.cases: list[Case] = []
        self.first = self.case = Case("", Span(source, 1, 1, 2))
        """What stands before the first ``case:``."""
        self.has_begun = False
        self.seen: dict[str, Span] = {}
        """Words of the case that stand once."""
        self._comment = re.compile(rf"\s*{re.escape(leader)}")
        self._said = re.compile(rf"\s*{re.escape(leader)} ?([A-Za-z]+(?:-[A-Za-z]+)*):(?: (.*)|)$")
        self._words: dict[str, Callable[[str, Span], None]] = {
            "expect": self._expect,
            "expect-status": self._status,
            "expect-trap": self._trap,
            "expect-register": self._register,
            "expect-memory": self._memory,
            "expect-record": self._record,
            "shots": self._share,
            "shots-count": self._count,
            "input": self._input,
            "args": self._args,
            "seed": self._seed,
            "define": self._define,
            "case": self._case,
        }

    def run(self) -> tuple[list[Case], list[Diagnostic]]:
        is_expecting = False
        for block in self._blocks():
            known = any(word in self._words for _, word, _ in block)
            for line, word, match in block:
                if word in self._words:
                    is_expecting = is_expecting or word in _EXPECTING
                    self._take(line, word, match)
                elif self._is_meant(word, beside=known):
                    is_expecting = True
                    span = Span(self.source, line, match.start(1) + 1, match.end(1) + 1)
                    self.diagnostics.append(messages.unknown_word(span, word, WORDS))
        if not is_expecting:
            return [], []
        self._close()
        return self.cases, self.diagnostics

    def _blocks(self) -> list[list[tuple[int, str, re.Match[str]]]]:
        """Comments of the form ``word: value``, by stretches of comment lines."""
        blocks: list[list[tuple[int, str, re.Match[str]]]] = [[]]
        for number, text in enumerate(self.source.lines, 1):
            if not self._comment.match(text):
                if blocks[-1]:
                    blocks.append([])
            elif match := self._said.match(text.rstrip()):
                blocks[-1].append((number, match[1], match))
        return blocks

    @staticmethod
    def _is_meant(word: str, *, beside: bool) -> bool:
        """Whether an unknown word was meant for tests: it looks so, or it is like one."""
        import difflib

        if word.startswith(("expect-", "shots-")):
            return True
        if beside:
            return bool(difflib.get_close_matches(word, WORDS, 1, 0.75))
        # By itself it may be a word of a sentence, so it must be nearly one that is for tests only.
        return word.lower() != _PROSE and bool(difflib.get_close_matches(word.lower(), _ALONE, 1, 0.8))

    def _take(self, line: int, word: str, match: re.Match[str]) -> None:
        text = match[2] or ""
        start = match.start(2) if text else match.start(1)
        end = match.end(2) if text else match.end(1)
        if word not in ("expect", "input"):
            start += len(text) - len(text.lstrip())
            text = text.strip()
        span = Span(self.source, line, start + 1, end + 1)
        if not self.has_begun:
            self.has_begun = True
            self.first.span = span
        try:
            self._words[word](text, span)
        except MalformedError as fault:
            self.diagnostics.append(messages.malformed(span, word, str(fault)))

    def _once(self, word: str, span: Span) -> bool:
        """Whether a word of which a case has one comes for the first time."""
        first = self.seen.setdefault(word, span)
        if first is not span:
            self.diagnostics.append(messages.twice(span, word, first))
        return first is span

    def _close(self) -> None:
        """The case is complete."""
        case = self.case
        if case.input and case.shares:
            self.diagnostics.append(messages.input_of_many(case.input[0].span, case.shares[0].span))
        if case.is_single or case.shares:
            self.cases.append(case)
        elif case is not self.first:
            self.diagnostics.append(messages.empty_case(case.span, case.name))

    # -- words

    def _case(self, text: str, span: Span) -> None:
        if not text:
            raise MalformedError
        self._close()
        for case in self.cases:
            if case.name == text:
                self.diagnostics.append(messages.case_twice(span, text, case.span))
        self.seen = {}
        self.case = self.first.following(text, span)

    def _expect(self, text: str, span: Span) -> None:
        self.case.output.append(TextLine(span, text))

    def _status(self, text: str, span: Span) -> None:
        value = _integer(text)
        if not 0 <= value <= 255:
            raise MalformedError(f"{value} is no exit status")
        if self._once("expect-status", span):
            self.case.status = Status(span, value)

    def _trap(self, text: str, span: Span) -> None:
        word, _, rest = text.partition(" ")
        if not word:
            raise MalformedError
        names = {str(status): name for name, status in STATUS.items()}
        name = names.get(word, word)
        if name not in STATUS:
            place = Span(span.source, span.line, span.column, span.column + len(word))
            self.diagnostics.append(messages.unknown_trap(place, word, STATUS))
        if self._once("expect-trap", span):
            self.case.trap = ExpectedTrap(span, name, rest.strip())

    def _register(self, text: str, span: Span) -> None:
        left, right = _equation(text)
        match = re.fullmatch(r"[rR](\d{1,2})", left)
        if match is None or int(match[1]) >= REGISTERS:
            raise MalformedError(f"'{left[:40]}' is no register")
        self.case.registers.append(Register(span, int(match[1]), _number(right)))

    def _memory(self, text: str, span: Span) -> None:
        left, right = _equation(text)
        match = _ADDRESS.fullmatch(left)
        if match is None:
            raise MalformedError(f"'{left[:40]}' is no address")
        is_symbol = not match[1][0].isdigit()
        offset = 0 if is_symbol else _integer(match[1])
        for sign, number in re.findall(r"([-+])\s*(\w+)", match[2]):
            offset += _integer(number) if sign == "+" else -_integer(number)
        numbers = tuple(_number(word) for word in right.split())
        if not numbers:
            raise MalformedError("there are no words")
        self.case.words.append(Words(span, match[1] if is_symbol else "", offset, numbers))

    def _record(self, text: str, span: Span) -> None:
        name, right = _equation(text)
        self.case.records.append(Record(span, name, _number(right)))

    def _share(self, text: str, span: Span) -> None:
        match = _SHARE.fullmatch(text)
        if match is None:
            raise MalformedError
        number = _value(match[2], match[3])
        probability, tolerance = float(number.value), number.tolerance
        if not 0 <= probability <= 1:
            raise MalformedError(f"{match[2]} is no probability")
        if tolerance is not None and not 0 < tolerance < 1:
            raise MalformedError(f"{match[3]} is no tolerance")
        if any(share.outcome == match[1] for share in self.case.shares):
            raise MalformedError(f"the outcome {match[1]} has a line already")
        self.case.shares.append(Share(span, match[1], probability, tolerance))
        total = sum(share.probability for share in self.case.shares)
        # Probabilities are written to some digits.
        if total > 1.0001:
            self.diagnostics.append(messages.too_probable(span, total))

    def _count(self, text: str, span: Span) -> None:
        value = _integer(text)
        if not 1 <= value <= _MOST_SHOTS:
            raise MalformedError(f"{value:,} is not such a number")
        if self._once("shots-count", span):
            self.case.shots = value

    def _input(self, text: str, span: Span) -> None:
        self.case.input.append(TextLine(span, text))

    def _args(self, text: str, span: Span) -> None:
        for word in text.split():
            try:
                self.case.args.append(parse_number(word))
            except ValueError:
                raise MalformedError(f"'{word[:40]}' is no number of 64 bits") from None

    def _seed(self, text: str, span: Span) -> None:
        value = _integer(text)
        if not 0 <= value < 1 << 64:
            raise MalformedError(f"{value} does not fit")
        if self._once("seed", span):
            self.case.seed = value

    def _define(self, text: str, span: Span) -> None:
        try:
            name, value = check_define(text)
        except ValueError as error:
            raise MalformedError(str(error)) from None
        self.case.defines[name.strip()] = value
