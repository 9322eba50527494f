"""Objects that no assembler made, but that pass the verifier: every tool that reads them ends well or says why not."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qbcc.assembly.assemble import assemble
from qbcc.diagnostics import SourceError
from qbcc.objects.disassemble import disassemble
from qbcc.objects.link import Input, link
from qbcc.objects.listing import listing, symbols
from qbcc.render import report
from qbcc.source import SourceFile
from tests.programs import build
from tests.random_source import modules
from vm.bytecode import Base, ObjectFile, Place, Where
from vm.trap import ObjectError
from vm.verify import verify

NAMES = ("r3", "a b", "main", "@x", "loop@x", "é", "loop", "9", "QADD", "@@", "a@b@c", ".data")
PLACES = (None, Where(0, 0, 0, 0), Where(0, *[(1 << 32) - 1] * 3))
CONSTANTS = (0x7FF8 << 48, 0x7FF0 << 48, 1 << 63, 0)


def number(rng: random.Random, obj: ObjectFile) -> int:
    """A number at an end of something, or a small one."""
    ends = (
        -1,
        0,
        len(obj.code),
        len(obj.code) - 1,
        obj.data_size,
        obj.data_size - 8,
        1 << 32,
        -(1 << 63),
        (1 << 64) - 1,
    )
    return rng.choice((*ends, rng.randrange(40)))


def change_code(rng: random.Random, obj: ObjectFile) -> None:
    obj.code[rng.randrange(len(obj.code)), rng.randrange(7)] = rng.randrange(30)


def change_constant(rng: random.Random, obj: ObjectFile) -> None:
    if len(obj.constants):
        index = rng.randrange(len(obj.constants))
        obj.constants[index], obj.constant_kinds[index] = rng.choice(CONSTANTS), rng.randrange(2)


def change_data(rng: random.Random, obj: ObjectFile) -> None:
    obj.data_size = max(0, obj.data_size + rng.randint(-20, 100))
    obj.data_align = 1 << rng.randrange(21)
    if obj.data:
        index = rng.randrange(len(obj.data))
        obj.data[index] = (obj.data[index][0] + rng.randint(-9, 9), obj.data[index][1])


def change_symbol(rng: random.Random, obj: ObjectFile) -> None:
    index = rng.randrange(len(obj.symbols))
    symbol = obj.symbols[index]
    value = number(rng, obj)
    obj.symbols[index] = rng.choice(
        (
            replace(symbol, name=rng.choice((*NAMES, obj.symbols[0].name))),
            replace(symbol, base=Base(rng.randrange(4)), value=value),
            replace(symbol, is_global=not symbol.is_global),
            replace(symbol, is_query=not symbol.is_query),
            replace(symbol, where=rng.choice(PLACES)),
        )
    )


def drop_symbols(rng: random.Random, obj: ObjectFile) -> None:
    if not obj.undefined:
        obj.symbols = rng.sample(obj.symbols, rng.randint(1, len(obj.symbols)))


def change_relocation(rng: random.Random, obj: ObjectFile) -> None:
    if obj.relocations:
        index = rng.randrange(len(obj.relocations))
        field = rng.choice(("where", "addend", "slot", "symbol"))
        changed = replace(obj.relocations[index], **{field: number(rng, obj)})
        obj.relocations[index] = replace(changed, place=rng.choice((changed.place, *Place)))


def change_entry(rng: random.Random, obj: ObjectFile) -> None:
    obj.entry, obj.entry_declared = number(rng, obj), rng.random() < 0.5


def change_contract(rng: random.Random, obj: ObjectFile) -> None:
    if obj.contracts:
        index = rng.randrange(len(obj.contracts))
        changes = ({"start": 0}, {"end": len(obj.code)}, {"name": "z\n"}, {"args": ("r0\nQHALT",)})
        obj.contracts[index] = replace(obj.contracts[index], **rng.choice(changes))


def drop_lines(rng: random.Random, obj: ObjectFile) -> None:
    obj.lines = np.zeros((0, 4), np.uint32)


CHANGES: tuple[Callable[[random.Random, ObjectFile], None], ...] = (
    change_code, change_constant, change_data, change_symbol, change_symbol, drop_symbols, change_relocation,
    change_entry, change_contract, drop_lines,
)  # fmt: skip


def is_sound(obj: ObjectFile) -> bool:
    try:
        verify(obj)
    except ObjectError:
        return False
    return True


def check(obj: ObjectFile, others: list[ObjectFile]) -> None:
    listing(obj)
    symbols(obj)
    for parts in ([obj], [obj, obj], [*others, obj]):
        for complete in (True, False):
            inputs = [Input(f"{number}.qbo", part) for number, part in enumerate(parts)]
            linked, diagnostics = link(inputs, complete=complete)
            assert (linked is None) == bool(diagnostics)
            report(diagnostics)
            if linked is not None:
                verify(linked)
    try:
        text = disassemble(obj)
    except SourceError as error:
        assert [found.code for found in error.diagnostics] == ["E0805"]
        return
    found = assemble(SourceFile("again.qbc", text))
    assert found.object is not None, report(found.diagnostics) + text
    assert found.object.code[:, 0].tolist() == obj.code[:, 0].tolist()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1 << 32))
def test_sound_but_strange(seed: int) -> None:
    rng = random.Random(seed)
    made = [build(module.text) for module in modules(seed, 2)]
    for _ in range(6):
        obj = copy.deepcopy(rng.choice(made))
        for change in rng.choices(CHANGES, k=rng.randint(1, 4)):
            change(rng, obj)
        if is_sound(obj):
            check(obj, made)
