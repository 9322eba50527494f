"""What a program does: by the model in Python, and compiled with any passes."""

from __future__ import annotations

import contextlib
import copy as copying
from collections.abc import Callable, Iterator
from typing import Any, Final

from qbcc.assembly.assemble import Options as AssemblerOptions
from qbcc.assembly.assemble import assemble_statements
from qbcc.source import SourceFile, Span
from sigma import ir
from sigma.check.modules import Options
from sigma.check.program import check
from sigma.codegen.emit import Emitter
from sigma.lower.gates import lower
from sigma.passes import pipeline
from sigma.verify import verify
from tests.model import ieee_div, signed, to_int
from tests.sigma.choices import Replayed, Seeded, shrunk
from tests.sigma.generate import Program, program
from vm.bytecode import ObjectFile
from vm.machine import Machine, TrapError

TURNS: Final = 4000
"""Turns of loops and calls of a model's run."""
LIMIT: Final = 400_000
"""Instructions of a machine's run."""
Outcome = tuple[Any, ...]
"""How it ended, what was printed, what was recorded."""
Passes = Callable[[ir.Program], None]


class Ended(Exception):
    """The model's run is over: the argument is how."""


class TooLong(Exception):
    """A program that runs for longer than a test has time."""


class Refused(Exception):
    """A program that the checker refuses: what it knows to go wrong. The argument is the codes."""


# -- the model


class Array:
    """A row of values, or a part of one."""

    def __init__(self, items: list[Any], start: int = 0, length: int | None = None) -> None:
        self.items = items
        self.start = start
        self.length = len(items) if length is None else length

    def check(self, at: int) -> None:
        if not 0 <= at < self.length:
            raise Ended("trap")

    def __getitem__(self, at: int) -> Any:
        self.check(at)
        return self.items[self.start + at]

    def __setitem__(self, at: int, value: Any) -> None:
        self.check(at)
        self.items[self.start + at] = value

    def cut(self, low: int, high: int) -> Array:
        if not 0 <= high <= self.length or not 0 <= low <= high:
            raise Ended("trap")
        return Array(self.items, self.start + low, high - low)


class Record:
    """Named values."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def become(where: Any, made: Any) -> Any:
    """Put what was made, or copied, where something lies: who refers to a part of that sees it."""
    if isinstance(where, Record):
        for name, value in made.__dict__.items():
            where.__dict__[name] = become(where.__dict__[name], value)
        return where
    if not isinstance(where, Array):
        return made
    for at in range(where.length):
        where.items[where.start + at] = become(where.items[where.start + at], made.items[made.start + at])
    return where


class _Run:
    """The names that a model uses."""

    def __init__(self) -> None:
        self.turns = 0
        self.output: list[str] = []
        self.records: list[str] = []

    def tick(self) -> None:
        self.turns += 1
        if self.turns > TURNS:
            raise TooLong

    def turns_of(self, low: int, high: int, step: int) -> Iterator[int]:
        for turn in range(low, high, step):
            self.tick()
            yield turn

    def each(self, array: Array) -> Iterator[Any]:
        for at in range(array.length):
            self.tick()
            yield array[at]

    def tell(self, value: Any) -> None:
        text = str(value).lower() if isinstance(value, bool) else repr(value)
        self.output.append(f"{text}\n")

    def names(self) -> dict[str, Any]:
        point = {"v": 0, "w": 0.0, "b": False}
        shared = [0] * 14
        first = Record(
            seen=Array([0] * 6),
            points=Array([Record(**point), Record(**point)]),
            early=Array(shared, 0, 12),
            late=Array(shared, 2, 12),
        )
        return {
            "G": first, "Array": Array, "Record": Record, "become": become, "copy": copying.deepcopy, "wrap": signed,
            "to_int": to_int, "quotient": ieee_div, "abs_": lambda value: signed(abs(value)),
            "popcount_": lambda value: (value & ((1 << 64) - 1)).bit_count(), "divided": _divided, "positive": _positive,
            "filled": lambda item, count: Array([copying.deepcopy(item) for _ in range(count)]), "tick": self.tick,
            "turns": self.turns_of, "each": self.each, "tell": self.tell, "put": self.output.append, "note": lambda v: self.records.append(shown(v)),
            "asserted": _asserted, "halt": _halt,
        }  # fmt: skip


def _divided(word: str, a: int, b: int) -> int:
    if b == 0:
        raise Ended("zero-division")
    return signed(a // b if word == "div" else a % b)


def _positive(step: int) -> int:
    if step <= 0:
        raise Ended("trap")
    return step


def _asserted(holds: bool) -> None:
    if not holds:
        raise Ended("trap")


def _halt(status: int) -> None:
    raise Ended(status)


def shown(value: int | float) -> str:
    """A recorded value: the sign of zero counts, and one NaN is the other."""
    return repr(int(value) if isinstance(value, bool) else value)


def modelled(made: Program) -> Outcome:
    """What the model does. Raises :class:`TooLong`."""
    run = _Run()
    names = run.names()
    exec(compile(made.python, "<model>", "exec"), names)

    def ended(name: str, *arguments: int | float) -> Any:
        try:
            return names[name](*arguments)
        except Ended as found:
            return found.args[0]

    ends = [ended("main")]
    if not isinstance(ends[0], str):
        for name, arguments in made.calls:
            end = ended(name, *arguments)
            ends.append(end if isinstance(end, str) else shown(end))
    return *ends, "".join(run.output), tuple(run.records)


# -- the compiler


def verified(program: ir.Program) -> None:
    """Raise unless every function is sound."""
    for function in program.functions:
        verify(function)


def object_of(text: str, passes: Passes) -> ObjectFile:
    """The object that these passes make of a program. Raises :class:`Refused`."""
    source = SourceFile("test.sigma", text)
    checked = check(source, Options())
    if not checked.is_sound:
        raise Refused(sorted({found.code for found in checked.diagnostics}))
    lowered = lower(checked)
    verified(lowered)
    passes(lowered)
    verified(lowered)
    lines = Emitter(lowered, Span(source, 1, 1, 2), is_proved=True).run()
    made = assemble_statements(source, lines, AssemblerOptions({}, ()))
    assert made.object is not None, made.diagnostics
    return made.object


def outcome(made: Program, passes: Passes) -> Outcome:
    """What a program does that these passes made. Raises :class:`TooLong` and :class:`Refused`."""
    machine = Machine(object_of(made.sigma, passes), engine="interp", max_instructions=LIMIT, seed=1)
    ended = machine.run()
    ends: list[Any] = [ended.status if ended.trap is None else ended.trap.name]
    if ended.trap is None:
        ends += [_called(machine, name, arguments) for name, arguments in made.calls]
    if "instructions" in ends:
        raise TooLong
    return *ends, machine.output.decode(), tuple(shown(value) for _, value in machine.records)


def _called(machine: Machine, name: str, arguments: tuple[int | float, ...]) -> str:
    """What an exported function gives the host, or how it ended."""
    try:
        return shown(machine.call(name, *arguments))
    except TrapError as error:
        return error.trap.name


# -- passes


def nothing(_: ir.Program) -> None:
    """No pass."""


def level(number: int) -> Passes:
    """All of a level, proved sound behind each."""
    return lambda program: pipeline.optimize(program, number, lambda _, found: verified(found))


def alone(name: str) -> Passes:
    """One pass by itself."""
    if name in pipeline.WHOLE:
        return pipeline.WHOLE[name]

    def run(program: ir.Program) -> None:
        for function in program.functions:
            pipeline.PASSES[name](function)

    return run


class _EnoughError(Exception):
    """So many passes have run."""


def first(count: int, number: int = 2) -> Passes:
    """The first passes of a level."""

    def run(program: ir.Program) -> None:
        done = 0

        def dump(_: str, found: ir.Program) -> None:
            nonlocal done
            done += 1
            verified(found)
            if done == count:
                raise _EnoughError

        if count:
            with contextlib.suppress(_EnoughError):
                pipeline.optimize(program, number, dump)

    return run


KNOWN_TO_TRAP: Final = {"S0306", "S0307", "S0316"}
"""What the checker says of an index or a divisor that it knows to be wrong: all that it may refuse of these programs."""


def expected(made: Program) -> Outcome | None:
    """What a program does by its model, and without any pass; None for one that does not run, or for too long."""
    try:
        wanted = modelled(made)
        found = outcome(made, nothing)
    except TooLong:
        return None
    except Refused as refused:
        assert set(refused.args[0]) <= KNOWN_TO_TRAP, f"{refused}\n{made.sigma}"
        return None
    assert found == wanted, f"without passes\n{made.sigma}"
    return wanted


def check_passes(made: Program, *many: Passes) -> str:
    """Compare what passes make of a program with what it does; how it ended."""
    wanted = expected(made)
    if wanted is None:
        return "not compared"
    for passes in many:
        assert outcome(made, passes) == wanted, f"{guilty(made, wanted)}\n{made.sigma}"
    return wanted[0] if isinstance(wanted[0], str) else "ended"


def guilty(made: Program, expected: Outcome, number: int = 2) -> str:
    """The pass behind which a program does something else than expected, for who looks for the fault."""
    ran: list[str] = []
    with contextlib.suppress(Exception):
        object_of(made.sigma, lambda program: pipeline.optimize(program, number, lambda name, _: ran.append(name)))
    for count in range(len(ran) + 1):
        try:
            found: object = outcome(made, first(count, number))
        except Exception as error:
            found = error
        if found != expected:
            where = f"pass {count}, {ran[count - 1]}" if count else "lowering or code generation"
            return f"{where}: {found!r}"
    return "none"


def try_levels(seed: int) -> str:
    """A random program at every level: how it ended. What fails is made small first."""
    return _tried(seed, [level(1), level(2)])


def try_random(seed: int) -> str:
    """The same, and with each pass alone too."""
    return _tried(seed, [level(1), level(2), *map(alone, (*pipeline.PASSES, *pipeline.WHOLE))])


def _tried(seed: int, many: list[Passes]) -> str:
    choices = Seeded(seed)
    try:
        return check_passes(program(choices), *many)
    except Exception:
        small = program(Replayed(shrunk(choices.made, lambda some: _fails(program(some), many), 400)))
        check_passes(small, *many)
        raise


def _fails(made: Program, many: list[Passes]) -> bool:
    try:
        check_passes(made, *many)
    except Exception:
        return True
    return False
