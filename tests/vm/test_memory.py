"""The memory: what is valid, what is touched, what it costs, what wild programs do with it."""

from __future__ import annotations

import resource

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programs import build, finished
from vm.isa import MEMORY_FLOOR, MEMORY_SIZE
from vm.machine import Machine
from vm.memory import PAGE, Memory, MemoryCapError

CAP = 64 * PAGE


@pytest.fixture
def memory() -> Memory:
    return Memory(CAP, np.zeros(1, np.int64))


def outcome_of(text: str, **settings: int) -> str:
    outcome = finished(text, **settings).outcome
    assert outcome is not None
    return "ended" if outcome.trap is None else outcome.trap.name


# -- what is valid


@pytest.mark.parametrize(("suffix", "width"), [("B", 1), ("H", 2), ("W", 4), ("", 8)])
def test_bounds_are_exact(suffix: str, width: int) -> None:
    for text in (f"QLOAD{suffix} r0, [{{}}]", f"QSTORE{suffix} r1, [{{}}]"):
        for address, ends in (
            (MEMORY_FLOOR, "ended"),
            (MEMORY_FLOOR - 1, "address"),
            (MEMORY_SIZE - width, "ended"),
            (MEMORY_SIZE - width + 1, "address"),
            (MEMORY_SIZE, "address"),
            (0, "address"),
            (-1, "address"),
            (-width, "address"),
            (1 << 63, "address"),
        ):
            assert outcome_of(text.format(address) + "\nQHALT") == ends, (text, address)


@pytest.mark.parametrize(
    ("base", "offset"), [(-8, MEMORY_FLOOR + 8), ((1 << 64) - 1, MEMORY_FLOOR + 1), (1 << 63, (1 << 63) + MEMORY_FLOOR)]
)
def test_the_sum_wraps_before_it_is_checked(base: int, offset: int) -> None:
    text = f"QMOV r1, {base}\nQMOV r2, {offset}\nQSTORE 77, [r1+r2]\nQLOAD r0, [{MEMORY_FLOOR}]\nQHALT r0"
    assert finished(text).get(0) == 77


def test_the_host_is_held_to_the_same_bounds() -> None:
    machine = Machine(build("QHALT"))
    assert len(machine.view(MEMORY_FLOOR, 8)) == len(machine.peek(MEMORY_SIZE - 8, 8)) == 8
    assert len(machine.peek(MEMORY_SIZE, 0)) == 0
    for address, length in ((MEMORY_FLOOR - 1, 8), (MEMORY_SIZE - 7, 8), (MEMORY_SIZE, 1), (0x2000, -1), (-8, 8)):
        with pytest.raises(IndexError):
            machine.view(address, length)
        with pytest.raises(IndexError):
            machine.peek(address, length)


# -- bytes


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["B", "H", "W", ""]), st.integers(0, 40), st.integers(0, (1 << 64) - 1)),
        min_size=1,
        max_size=12,
    )
)
def test_overlapping_stores_are_bytes(stores: list[tuple[str, int, int]]) -> None:
    base = 0x2000 - 20
    plain = bytearray(64)
    lines = []
    for suffix, offset, value in stores:
        width = {"B": 1, "H": 2, "W": 4, "": 8}[suffix]
        plain[offset : offset + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
        lines.append(f"QSTORE{suffix} {value}, [{base + offset}]")
    machine = finished("\n".join(lines) + "\nQHALT")
    assert machine.peek(base, 64).tobytes() == plain


def test_64_bit_stores_at_a_stride_of_4_pack_32_bit_fields() -> None:
    text = """
        QMOV r1, 0
    loop:
        QMUL r2, r1, 4
        QADD r3, r1, 0x1000_0000
        QSTORE r3, [r2+0x200000]
        QADD r1, 1
        QJLT r1, 1000, loop
        QHALT
    """
    words = finished(text).peek(0x200000, 4000).view("<u4")
    assert (words == np.arange(1000) + 0x1000_0000).all()


# -- what is touched


def test_touching_is_by_the_page(memory: Memory) -> None:
    memory.touch(0x5FFF, 1)
    memory.touch(0x5FFF, 2)
    memory.touch(0x9000, 0)
    assert list(memory.runs()) == [(0x5000, 2 * PAGE)]
    memory.write(MEMORY_SIZE - 1, b"x")
    assert list(memory.runs()) == [(0x5000, 2 * PAGE), (MEMORY_SIZE - PAGE, PAGE)]


@settings(max_examples=40, deadline=None, database=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 9000)), max_size=8))
def test_runs_and_copies_are_the_touched_pages(writes: list[tuple[int, int]]) -> None:
    memory = Memory(1 << 30, np.zeros(1, np.int64))
    pages: set[int] = set()
    for page, length in writes:
        memory.write(page * PAGE + 5, b"\x01" * length)
        pages.update(range(page, (page * PAGE + 5 + length - 1) // PAGE + 1))
    found = {page for address, length in memory.runs() for page in range(address // PAGE, (address + length) // PAGE)}
    assert found == pages
    content = memory.copy()
    other = Memory(1 << 30, np.zeros(1, np.int64))
    other.write(0x900000, b"gone afterwards")
    other.reset(content)
    assert other.copy() == content
    assert not other.bytes[0x900000:0x900010].any()


def test_the_cap_refuses_before_any_effect(memory: Memory) -> None:
    memory.write(0x10000, bytes(60 * PAGE))
    with pytest.raises(MemoryCapError):
        memory.write(0x200000 - 1, b"x" * (4 * PAGE))
    assert not memory.bytes[0x1FF000:0x205000].any()
    assert list(memory.runs()) == [(0x10000, 60 * PAGE)]
    memory.write(0x200000, b"x" * (4 * PAGE))
    with pytest.raises(MemoryCapError):
        memory.touch(0x1000, 1)


@pytest.mark.parametrize("cap", [-1, 0, PAGE - 1])
def test_less_than_a_page_is_nothing(cap: int) -> None:
    with pytest.raises(MemoryCapError):
        Memory(cap, np.zeros(1, np.int64)).touch(0x1000, 1)


def test_strings_end_at_their_nul(memory: Memory) -> None:
    assert memory.find_nul(0x3000, MEMORY_SIZE) == 0x3000
    memory.write(0x3000, b"a" * (2 * PAGE))
    assert memory.find_nul(0x3000, MEMORY_SIZE) == 0x3000 + 2 * PAGE
    assert memory.find_nul(0x3000, 0x3000 + 2 * PAGE) == -1
    memory.write(MEMORY_SIZE - 3, b"end")
    assert memory.find_nul(MEMORY_SIZE - 3, MEMORY_SIZE) == -1


def test_a_store_across_two_pages_needs_both() -> None:
    text = "QSTORE -1, [0x2FFC]\nQHALT"
    assert outcome_of(text, memory=2 * PAGE) == "ended"
    machine = finished(text, memory=PAGE)
    assert machine.outcome is not None
    assert machine.outcome.status == 81
    assert not machine.peek(0x2FF8, 16).any()
    assert machine.touched == 0


# -- what it costs


def test_reading_everywhere_costs_no_memory() -> None:
    """64 reads a gigabyte apart, and one page written in each of 64 gigabytes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text = """
        QMOV r1, 0x1000
    loop:
        QLOAD r0, [r1]
        QSTOREB 1, [r1+4096]
        QADD r1, 1 << 30
        QJLT r1, 1 << 36, loop
        QHALT
    """
    machine = finished(text)
    assert machine.touched == 64 * PAGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_many_machines_at_once() -> None:
    program = build("QSTORE 5, [0x2000]\nQHALT")
    machines = [Machine(program) for _ in range(50)]
    for machine in machines:
        machine.run()
    assert all(machine.peek(0x2000, 1)[0] == 5 for machine in machines)
