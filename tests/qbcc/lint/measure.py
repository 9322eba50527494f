"""What the linter finds of registers that calls lose: ``python -m tests.qbcc.lint.measure --count 2000``.

Random programs (:mod:`tests.qbcc.lint.losses`) are run on a machine whose calls keep r4 to r15. A call and a register
whose value it loses, and which is read later, is a real loss. Findings are those of the first pass of ``qbcc lint``.

Recall: real losses that are reported, at their place and for their register. Precision: of what is reported as an error,
how much is a real loss in some run, of the program or of the routine by itself: what a program never gives a routine,
another one may. Mended: programs that print after ``--fix``, repeated to the end, what they print on
the machine whose calls keep registers."""

from __future__ import annotations

import argparse
import re
import sys
import time
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from qbcc.assembly.assemble import Assembly, Options, assemble
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.lint.assembly.source import lint_assembly, lint_source
from qbcc.lint.fix import fixed
from qbcc.source import SourceFile
from tests.qbcc.lint.keeping import Keeping, Loss, Plain
from tests.qbcc.lint.losses import program
from vm.bytecode import Base, ObjectFile

ROUNDS = 60
_LEAST, _MOST = 4, 40
"""Runs of a program: the fewest, and the most where something is reported that none of them has shown."""
_ARGUMENTS = (*range(17), 1000, -1, -8, 1 << 20)
"""What a routine is called with by itself, where no run of the program shows what is reported of it."""
_LOSSES = ("L0101", "L0102")
_REGISTER = re.compile(r"\br(\d+)\b")


@dataclass
class Figures:
    """Of many programs."""

    programs: int = 0
    with_losses: int = 0
    real: int = 0
    reported: int = 0
    errors: int = 0
    false_errors: int = 0
    warnings: int = 0
    false_warnings: int = 0
    dead: int = 0
    """Findings that nothing uses a value which is read."""
    mended: int = 0
    certain: int = 0
    """Programs with losses that are all reported as errors."""
    certain_mended: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    """Real losses that are not reported, by what the programs have."""
    bad: list[tuple[int, str]] = field(default_factory=list)
    """Seeds, and what went wrong."""

    @property
    def recall(self) -> float:
        return self.reported / self.real if self.real else 1.0

    @property
    def precision(self) -> float:
        """Of errors."""
        return 1 - self.false_errors / self.errors if self.errors else 1.0

    @property
    def mended_share(self) -> float:
        return self.mended / self.with_losses if self.with_losses else 1.0


def _assembled(text: str) -> Assembly:
    found = assemble(SourceFile("test.qbc", text), Options())
    assert found.object is not None, (found.diagnostics, text)
    return found


def _lines(assembly: Assembly) -> dict[int, list[int]]:
    """Instructions by line."""
    found: dict[int, list[int]] = {}
    for line, start, length, in_data, _ in assembly.statements:
        if not in_data:
            found.setdefault(line.number, []).extend(range(start, start + length))
    return found


def _told(findings: Iterable[Diagnostic], lines: dict[int, list[int]]) -> dict[Loss, Severity]:
    """What findings say is lost, and how surely."""
    found: dict[Loss, Severity] = {}
    for finding in findings:
        if finding.code in _LOSSES and finding.span is not None:
            register = _REGISTER.search(finding.message)
            assert register is not None
            for index in lines[finding.span.line]:
                found[index, int(register[1])] = finding.severity
    return found


def mended(text: str) -> str:
    """The text with all fixes, as ``--fix`` makes them, again and again."""
    for _ in range(ROUNDS):
        source = SourceFile("test.qbc", text)
        text, count = fixed(source, lint_source(source).findings)
        if not count:
            break
    return text


def measure(seeds: Iterable[int], tell: Callable[[int], None] = lambda seed: None) -> Figures:
    """The figures of the programs of some seeds."""
    figures = Figures()
    for seed in seeds:
        _measure(seed, figures)
        tell(seed)
    return figures


def _measure(seed: int, figures: Figures) -> None:
    written = program(seed)
    assembly = _assembled(written.text)
    assert assembly.object is not None
    lines = _lines(assembly)
    findings = lint_assembly(assembly).findings
    told = _told(findings, lines)
    errors = {loss for loss, severity in told.items() if severity is Severity.ERROR}
    runs = [_run(assembly.object, argument) for argument in range(_LEAST)]
    real = set().union(*(run.losses for run in runs))
    # Other ways through the program may lose what these do not.
    while errors - real and len(runs) < _MOST:
        runs.append(_run(assembly.object, len(runs)))
        real |= runs[-1].losses
    shown = real | _by_itself(assembly.object, errors - real)
    used = set().union(*(run.used for run in runs))
    executed = set().union(*(run.executed for run in runs))
    figures.programs += 1
    figures.with_losses += bool(real)
    figures.real += len(real)
    figures.reported += len(real & told.keys())
    for loss in real - told.keys():
        figures.bad.append((seed, f"missed: r{loss[1]} at {_place(assembly, loss[0])}"))
        figures.missed.update(written.kinds)
    for loss, severity in told.items():
        if loss[0] not in executed:
            # No run says anything of it.
            continue
        is_error = severity is Severity.ERROR
        figures.errors += is_error
        figures.warnings += not is_error
        if loss not in shown:
            figures.false_errors += is_error
            figures.false_warnings += not is_error
            figures.bad.append((seed, f"false {severity}: r{loss[1]} at {_place(assembly, loss[0])}"))
    for finding in findings:
        if finding.code in _LOSSES or finding.span is None:
            continue
        if finding.code == "L0104":
            dead = [index for index in lines[finding.span.line] if index in used]
            figures.dead += len(dead)
            if dead:
                figures.bad.append((seed, f"said to be dead: line {finding.span.line}"))
        elif finding.severity is Severity.ERROR:
            figures.errors += 1
            figures.false_errors += 1
            figures.bad.append((seed, f"{finding.code} at line {finding.span.line}: {finding.message}"))
    if real:
        done = _assembled(mended(written.text))
        assert done.object is not None
        outputs = []
        for argument in range(len(runs)):
            machine = Plain(done.object, (argument,))
            outputs.append((machine.run(), machine.output))
        is_mended = outputs == [("ended 0", run.output) for run in runs]
        is_certain = real <= errors
        figures.mended += is_mended
        figures.certain += is_certain
        figures.certain_mended += is_certain and is_mended
        if not is_mended:
            figures.bad.append((seed, "not mended"))


def _run(obj: ObjectFile, argument: int) -> Keeping:
    """A run as it is meant. One that loses nothing is as the machine's."""
    run = Keeping(obj, (argument,))
    ended = run.run()
    assert ended == "ended 0", ended
    if not run.losses:
        plain = Plain(obj, (argument,))
        assert (plain.run(), plain.output) == (ended, run.output)
    return run


def _by_itself(obj: ObjectFile, reported: set[Loss]) -> set[Loss]:
    """Those that are lost where the routine with the call is called by itself."""
    starts = sorted(s.value for s in obj.symbols if s.base is Base.CODE and "@" not in s.name)
    found: set[Loss] = set()
    for entry in {starts[bisect(starts, index) - 1] for index, _ in reported}:
        for argument in _ARGUMENTS:
            run = Keeping(obj)
            run.begin(entry, argument)
            run.run()
            found |= run.losses
    return found & reported


def _place(assembly: Assembly, index: int) -> str:
    return next(
        f"line {line.number}: {line.source.line(line.number).strip()}"
        for line, start, length, in_data, _ in assembly.statements
        if not in_data and start <= index < start + length
    )


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="programs")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--show", type=int, default=20, help="most seeds to show at which something is wrong")
    parser.add_argument("--seed", type=int, help="print the program of a seed and what is found in it")
    options = parser.parse_args()
    if options.seed is not None:
        print(program(options.seed).text)
        options.start, options.count = options.seed, 1
    begun = time.process_time()

    def tell(seed: int) -> None:
        if (seed + 1 - options.start) % 500 == 0:
            print(f"{seed + 1 - options.start} programs", file=sys.stderr, flush=True)

    found = measure(range(options.start, options.start + options.count), tell)
    for seed, what in found.bad[: options.show]:
        print(f"  seed {seed}: {what}")
    print(f"{found.programs:,} programs, {found.with_losses:,} with losses")
    print(f"{found.real:,} real losses, {found.reported:,} reported on the first pass: recall {found.recall:.2%}")
    print(f"{found.errors:,} errors, {found.false_errors:,} of them false: precision {found.precision:.2%}")
    print(f"{found.warnings:,} warnings of losses, {found.false_warnings:,} of them false")
    print(f"{found.dead:,} values that are read and said to be unused")
    print(f"{found.mended:,} programs mended by --fix: {found.mended_share:.2%}")
    print(f"{found.certain_mended:,} of the {found.certain:,} whose losses are all reported as errors")
    print(f"{time.process_time() - begun:.0f} s of processor time")


if __name__ == "__main__":
    main()
