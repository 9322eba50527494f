"""Steps as text and as data, and the filters."""

from __future__ import annotations

import pytest

from qbcc.observe import tracing
from tests.programs import build
from vm.bytecode import ObjectFile
from vm.machine import Machine
from vm.program import Program
from vm.trace import Tracer

TEXT = """\
.macro twice register
    QADD register, register
.endm
main:
    QMOV r1, 3
    twice r1
    QSTORE r1, [r2+0x200000]
    QCALL half
    QJEQ r3, 0, @end
@end: QHALT
half:
    QDIV r1, 4.0
    QMOV r4, 1 << 40
    QRET
"""

LINES = """\
      number  depth  instruction                       values                                source
           1      0  QMOV r1, 3                        r1 = 3                                test.qbc:5: QMOV r1, 3
           2      0  QADD r1, r1, r1                   r1 = 6 (r1 = 3)                       test.qbc:6: twice r1
           3      0  QSTORE r1, [r2+2097152]           [0x200000] (r1 = 6, r2 = 0)           test.qbc:7: QSTORE r1, [r2+0x200000]
           4      0  QCALL half                        → half                                test.qbc:8: QCALL half
           5      1  QDIV r1, r1, 4.0                  r1 = 1.5 (r1 = 6)                     test.qbc:12: QDIV r1, 4.0
           6      1  QMOV r4, 1099511627776            r4 = 0x10000000000                    test.qbc:13: QMOV r4, 1 << 40
           7      1  QRET                              → 4                                   test.qbc:14: QRET
           8      0  QJEQ r3, 0, @end                  (r3 = 0)                              test.qbc:9: QJEQ r3, 0, @end
           9      0  QHALT 0                                                                 test.qbc:10: @end: QHALT
"""


def traced(obj: ObjectFile) -> tuple[tracing.Teller, Tracer]:
    machine = Machine(obj, engine="interp")
    tracer = Tracer(machine)
    machine.run()
    return tracing.Teller(machine.program, lambda name: name), tracer


def test_lines() -> None:
    teller, tracer = traced(build(TEXT))
    assert "".join(f"{line}\n" for line in (teller.head(), *map(teller.line, tracer.steps()))) == LINES


def test_data() -> None:
    teller, tracer = traced(build(TEXT))
    found = [teller.data(step) for step in tracer.steps()]
    assert found[4] == {
        "number": 5,
        "index": 6,
        "instruction": "QDIV r1, r1, 4.0",
        "routine": "half",
        "file": "test.qbc",
        "line": 12,
        "depth": 1,
        "stack": 0,
        "reads": {"r1": 6},
        "writes": {"r1": 1.5},
        "address": None,
        "next": 7,
    }
    assert found[2]["address"] == 0x200000


def test_what_a_source_holds_does_not_reach_the_terminal() -> None:
    teller, tracer = traced(build("main: QHALT ; \x1b[31m"))
    assert "\x1b" not in "".join(map(teller.line, tracer.steps()))


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({}, range(9)),
        ({"routines": ["half"]}, (6, 7, 8)),
        ({"routines": ["half", "main"]}, range(9)),
        ({"ranges": ["1:3"]}, (1, 2)),
        ({"ranges": ["main@end:half"]}, (5,)),
        ({"ranges": ["0x4000000000000001:0x4000000000000002", "half:9"]}, (1, 6, 7, 8)),
        ({"registers": ["r1"]}, (0, 1, 2, 6)),
        ({"registers": ["R3", "r4"]}, (4, 7)),
        ({"registers": ["r1"], "routines": ["half"]}, (6,)),
    ],
)
def test_filters(filters: dict[str, list[str]], wanted: tuple[int, ...]) -> None:
    found = tracing.wanted(Program.load(build(TEXT)), **filters)
    assert found.nonzero()[0].tolist() == list(wanted)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"routines": ["hal"]}, "did you mean 'half'"),
        ({"routines": ["nothing like it"]}, "no instruction is in"),
        ({"ranges": ["3"]}, "no range"),
        ({"ranges": ["3:3"]}, "holds no instruction"),
        ({"ranges": ["3:x"]}, "neither a label nor a number"),
        ({"ranges": ["0:10"]}, "outside of the program"),
        ({"ranges": ["-1:3"]}, "outside of the program"),
        ({"registers": ["r16"]}, "no register"),
        ({"registers": ["4"]}, "no register"),
    ],
)
def test_filters_that_mean_nothing(filters: dict[str, list[str]], words: str) -> None:
    with pytest.raises(tracing.FilterFault, match=words):
        tracing.wanted(Program.load(build(TEXT)), **filters)
