"""What a run did, compared with what was expected: failures as data."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qbcc import render
from qbcc.diagnostics import Diagnostic
from qbcc.observe.outcomes import label, listed
from qbcc.source import Span
from qbcc.testing import messages
from qbcc.testing.cases import SHOTS, Case, Number, Words
from vm.bytecode import Base
from vm.isa import DATA_BASE, OUTPUT_BUFFER
from vm.machine import Machine, Outcome
from vm.shots import Shots
from vm.trap import Trap

_CONTEXT: Final = 2
"""Lines around a difference."""
_MOST: Final = 60
"""Lines of each text that a difference is looked for in, from the first one that differs."""
_DEVIATIONS: Final = 5
_SHOWN: Final = 8
"""Outcomes that a failure lists."""

Diff = tuple[tuple[str, str], ...]
"""Lines of a comparison, each with its mark: ``-`` expected, ``+`` found, blank both, ``…`` left out."""


@dataclass(frozen=True)
class Failure:
    """One expectation that did not hold."""

    found: Diagnostic
    diff: Diff = ()
    trap: Trap | None = None
    """The trap that nobody expected."""


def single(case: Case, machine: Machine, outcome: Outcome) -> list[Failure]:
    """What was not as expected in one run."""
    return [
        *_end(case, outcome),
        *_output(case, machine.output),
        *_registers(case, machine),
        *_memory(case, machine),
        *_records(case, machine.records),
    ]


def _end(case: Case, outcome: Outcome) -> Iterator[Failure]:
    trap, expected = outcome.trap, case.trap
    if expected is not None:
        if trap is None:
            yield Failure(messages.no_trap(expected.span, expected.name, outcome.status))
        elif trap.name != expected.name:
            yield Failure(messages.wrong_trap(expected.span, expected.name, trap), trap=trap)
        elif expected.text not in trap.message:
            diff = (("-", expected.text), ("+", trap.message))
            yield Failure(messages.wrong_text(expected.span, trap), diff)
    if case.status is not None:
        if case.status.value != outcome.status:
            yield Failure(messages.status(case.status.span, case.status.value, outcome.status), trap=trap)
    elif expected is None and trap is not None:
        yield Failure(messages.trapped(case.span, trap), trap=trap)
    elif expected is None and outcome.status:
        yield Failure(messages.status(case.span, 0, outcome.status))


def _output(case: Case, output: bytes) -> Iterator[Failure]:
    expected = [line.text for line in case.output]
    found = [line.rstrip() for line in output.decode(errors="replace").split("\n")]
    if not found[-1]:
        found.pop()
    if found == expected:
        return
    same = next((n for n, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), None)
    if same is not None:
        span, message = case.output[same].span, f"line {same + 1} of the output differs"
    elif len(found) < len(expected):
        same = len(found)
        span = case.output[same].span
        message = f"the output ends after {same} line{'s' * (same != 1)}" if same else "nothing was printed"
    else:
        same = len(expected)
        span = case.output[-1].span if case.output else case.span
        message = f"the output goes on after line {same}" if same else "something was printed, and nothing is expected"
    yield Failure(messages.output(span, message), _diff(expected, found, same))


def _diff(expected: Sequence[str], found: Sequence[str], same: int) -> Diff:
    """The lines from the first one that differs, with some around it."""
    start = max(same - _CONTEXT, 0)
    a, b = expected[start : start + _MOST], found[start : start + _MOST]
    rows: list[tuple[str, str]] = [("…", "")] if start else []
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if group[0][1] and rows[-1:] != [("…", "")]:
            rows.append(("…", ""))
        for kind, low, high, from_, to in group:
            if kind == "equal":
                rows += [(" ", line) for line in a[low:high]]
            else:
                rows += [("-", line) for line in a[low:high]]
                rows += [("+", line) for line in b[from_:to]]
    if max(len(expected), len(found)) > start + _MOST:
        rows.append(("…", ""))
    return tuple(rows)


def _shown(number: Number) -> str:
    text = render.number(number.value)
    return text if number.tolerance is None else f"{text} ± {number.tolerance!r}"


def _compare(span: Span, what: str, number: Number, found: int | float) -> Iterator[Failure]:
    if not number.holds(found):
        yield Failure(messages.value(span, what, _shown(number), render.number(found)))


def _registers(case: Case, machine: Machine) -> Iterator[Failure]:
    for one in case.registers:
        yield from _compare(one.span, f"r{one.register}", one.number, machine.get(one.register))


def _memory(case: Case, machine: Machine) -> Iterator[Failure]:
    for one in case.words:
        symbols = _addresses(machine)
        if one.symbol and one.symbol not in symbols:
            place = Span(one.span.source, one.span.line, one.span.column, one.span.column + len(one.symbol))
            yield Failure(messages.unknown_address(place, one.symbol, symbols))
            continue
        yield from _words(one, symbols[one.symbol] + one.offset if one.symbol else one.offset, machine)


def _addresses(machine: Machine) -> dict[str, int]:
    symbols = machine.program.object.symbols
    data = {symbol.name: DATA_BASE + symbol.value for symbol in symbols if symbol.base is Base.DATA}
    return {"OUTPUT_BUFFER": OUTPUT_BUFFER, **data}


def _words(expected: Words, address: int, machine: Machine) -> Iterator[Failure]:
    try:
        content = machine.peek(address, 8 * len(expected.numbers))
    except IndexError:
        yield Failure(messages.outside_memory(expected.span, address))
        return
    for place, number in enumerate(expected.numbers):
        word = content[8 * place : 8 * place + 8]
        # Memory has no kinds: the word is read as what is expected of it.
        is_float = isinstance(number.value, float) or number.tolerance is not None
        found = float(word.view("<f8")[0]) if is_float else int(word.view("<i8")[0])
        yield from _compare(expected.span, f"the word at {address + 8 * place:#x}", number, found)


def _records(case: Case, records: Sequence[tuple[str, int | float]]) -> Iterator[Failure]:
    names = list(dict.fromkeys(name for name, _ in records))
    for name in dict.fromkeys(one.name for one in case.records):
        expected = [one for one in case.records if one.name == name]
        found = [value for known, value in records if known == name]
        if not found:
            yield Failure(messages.not_recorded(expected[0].span, name, names))
            continue
        for one, value in zip(expected, found, strict=False):
            yield from _compare(one.span, f"the record '{name}'", one.number, value)
        if len(found) < len(expected):
            yield Failure(messages.recorded_less(expected[len(found)].span, name, len(found)))
        elif len(found) > len(expected):
            following = render.number(found[len(expected)])
            yield Failure(messages.recorded_more(expected[-1].span, name, len(expected), following))


def many(case: Case, found: Shots) -> list[Failure]:
    """What was not as expected of many runs."""
    wanted = case.shots or SHOTS
    if found.shots != wanted:
        return [Failure(messages.cut_off(case.shares[0].span, found.shots, wanted))]
    counts: Counter[str] = Counter()
    for path in found.paths:
        counts[label(path)] += path.shots
    # Where another outcome is a list of values, a table shows bits as a list too.
    names = {listed(path): label(path) for path in found.paths}
    shares = [replace(share, outcome=names.get(share.outcome, share.outcome)) for share in case.shares]
    case = replace(case, shares=shares)
    return [*_shares(case, counts, wanted), *_others(case, counts, wanted)]


def _shares(case: Case, counts: Counter[str], shots: int) -> Iterator[Failure]:
    seen = ", ".join(f"{name} {count / shots:.4f}" for name, count in counts.most_common(_SHOWN))
    seen += ", …" * (len(counts) > _SHOWN)
    for share in case.shares:
        middle = shots * share.probability
        if share.tolerance is not None:
            within = shots * share.tolerance
        else:
            within = _DEVIATIONS * (middle * (1 - share.probability)) ** 0.5
        # Half a run is what a probability near 0 or 1 is rounded by.
        if abs(counts[share.outcome] - middle) > max(within, 0.5):
            count = counts[share.outcome]
            yield Failure(messages.share(share.span, share.outcome, count, shots, (middle, within), seen))


def _others(case: Case, counts: Counter[str], shots: int) -> Iterator[Failure]:
    """Outcomes that no line names, where the lines leave no room for them."""
    if sum(share.probability for share in case.shares) <= 0.9999:
        return
    named = {share.outcome for share in case.shares}
    for outcome, count in counts.most_common():
        if outcome not in named:
            yield Failure(messages.other_outcome(case.shares[0].span, outcome, count, shots))
