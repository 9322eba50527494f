"""Losses of registers that random programs have are found, and nothing else is."""

from __future__ import annotations

from tests.programs import build
from tests.qbcc.lint.keeping import Keeping, Plain
from tests.qbcc.lint.measure import measure


def test_losses_are_found_and_mended() -> None:
    """The bounds are those of ``docs/lint.md``, where the figures of a long run are."""
    found = measure(range(40_000, 40_080))
    assert found.with_losses > 40
    assert found.real > 100
    assert found.recall >= 0.98, found.bad
    assert found.false_errors == 0, found.bad
    assert found.dead == 0, found.bad
    assert found.mended_share >= 0.95, found.bad
    assert found.certain_mended == found.certain, found.bad


def test_a_routine_that_only_saves_a_register_after_another_lost_it_reads_nothing() -> None:
    """By memory (101514), and where a routine by itself loses what its own program never has it lose (100439)."""
    found = measure([101_514, 100_439])
    assert (found.real, found.reported) == (4, 4)
    assert (found.errors, found.false_errors, found.bad) == (4, 0, [])


TWO_CALLS = """
main:
    QMOV r12, 5
    QMOV r0, 1
    QCALL f
    QMOV r0, 2
    QCALL f
    QMOV r0, r12
    QSYSCALL 1
    QHALT
f:
    QADD r12, r0, 1
    QMUL r0, r12
    QRET
"""


def test_the_machine_whose_calls_keep_registers() -> None:
    program = build(TWO_CALLS)
    plain, keeping = Plain(program), Keeping(program)
    assert (plain.run(), plain.output) == ("ended 0", b"3")
    assert (keeping.run(), keeping.output) == ("ended 0", b"5")
    assert keeping.losses == {(2, 12), (4, 12)}


def test_what_a_contract_returns_is_handed_over() -> None:
    text = TWO_CALLS.replace("f:\n", ".func f\n.returns r0, r12\nf:\n") + ".endfunc\n"
    keeping = Keeping(build(text))
    assert (keeping.run(), keeping.output, keeping.losses) == ("ended 0", b"3", set())


def test_a_saved_register_is_not_read() -> None:
    text = """
main:
    QMOV r9, 5
    QCALL change
    QCALL saves
    QHALT
change:
    QMOV r9, 7
    QRET
saves:
    QPUSH r9
    QMOV r9, 1
    QPOP r9
    QRET
"""
    keeping = Keeping(build(text))
    assert (keeping.run(), keeping.losses) == ("ended 0", set())
    # A routine below that reads it does.
    reading = Keeping(build(text.replace("QMOV r9, 1", "QADD r9, 1")))
    assert (reading.run(), reading.losses) == ("ended 0", {(1, 9)})
