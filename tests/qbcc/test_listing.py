"""Listings and symbol tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qbcc.listing import listing, symbol_data, symbols
from tests.programs import build
from vm.bytecode import Base, ObjectFile, Symbol, Where

TEXT = """\
.macro bump register, by
    QADD register, by
    QADD register, 0.5
.endm
.extern other
.global main, SCALE
.define SCALE 1.5
main:   bump r1, 3      ; twice
@loop:  QJLT r1, table, @loop
        QPUSH r1, r2
        QCALL other
.data
table:  .qword main
        .asciz "text"
        .space 100
        .byte 1
end:
"""

LISTING = """\
   index  number, slots         instruction                       source
          main:
       0  10 01 01 10           QADD r1, r1, 3                    test.qbc:8: main:   bump r1, 3      ; twice
       1  10 01 01 11           QADD r1, r1, 0.5
          main@loop:
       2  47 01 12 02           QJLT r1, table, @loop             test.qbc:9: @loop:  QJLT r1, table, @loop
       3  0e 01                 QPUSH r1                          test.qbc:10: QPUSH r1, r2
       4  0e 02                 QPUSH r2
       5  54 00                 QCALL other                       test.qbc:11: QCALL other

    slot  bits                  constant
      10  0x3                   3
      11  0x3fe0000000000000    0.5
      12  0x100000              table (an address)

    address  data
   0x100000  table:
   0x100000  7 zero bytes
   0x100007  40 74 65 78 74                                   @text
   0x10000c  101 zero bytes
   0x100071  01                                               .
   0x100072  end:
"""

SYMBOLS = """\
name       section    value               flags         defined
other      undefined                                    test.qbc:5
main       code       instruction 0       global        test.qbc:8
main@loop  code       instruction 2                     test.qbc:9
table      data       0x100000                          test.qbc:13
end        data       0x100072                          test.qbc:17
SCALE      absolute   0x3ff8000000000000  global,float  test.qbc:7
"""


def test_listing() -> None:
    assert listing(build(TEXT)) == LISTING


def test_listing_shows_a_line_once_for_all_it_became() -> None:
    lines = listing(build(".macro twice\nQNOP\nQNOP\n.endm\ntwice\nQRET\ntwice\n")).splitlines()
    sources = [line.partition("test.qbc:")[2] for line in lines[1:6]]
    assert sources == ["5: twice", "", "6: QRET", "7: twice", ""]


def test_listing_of_little() -> None:
    assert listing(ObjectFile()).splitlines()[1:] == []
    assert listing(build(".data\nhere:\n")).splitlines()[-1] == "   0x100000  here:"
    assert listing(build("QRET\nend:\n")).splitlines()[-1].strip() == "end:"
    assert "1 zero byte\n" in listing(build(".data\n.byte 0\n"))


def test_listing_cuts_data_at_labels() -> None:
    lines = listing(
        build('.data\na: .ascii "0123456789"\nb: .ascii "0123456789"\nc: .space 8\nd: .space 8\n')
    ).splitlines()
    assert [line.split("  ")[-1].strip() for line in lines[3:]] == [
        "a:", "0123456789", "b:", "0123456789", "c:", "8 zero bytes", "d:", "8 zero bytes",
    ]  # fmt: skip


def test_listing_of_what_no_source_can_say() -> None:
    obj = build("QLOAD r0, [r1+2.5]\n")
    obj.constants[0] = 0x7FF8 << 48
    obj.code[0, 2] = obj.code[0, 3]
    assert "QLOAD r0, [nan+nan]" in listing(obj)


def test_listing_without_lines() -> None:
    obj = replace(build("main: QJMP main\n"), lines=np.zeros((0, 4), np.uint32), files=[], texts={}, symbols=[])
    assert listing(obj).splitlines()[1].split() == ["0", "43", "00", "QJMP", "L_0000"]


def test_what_a_source_holds_does_not_reach_the_terminal() -> None:
    obj = build("f: QRET ; \x1b[31m\n")
    obj.files = ["\x1b[2J.qbc"]
    assert "\x1b" not in listing(obj)
    assert "\x1b" not in symbols(obj)
    assert "␛[31m" in listing(obj)


def test_symbols() -> None:
    assert symbols(build(TEXT)) == SYMBOLS


def test_symbols_as_data() -> None:
    obj = build(".query_interface\nask: QRET\n")
    assert symbol_data(obj) == [
        {"name": "ask", "section": "code", "value": 0, "flags": ["query"], "file": "test.qbc", "line": 2}
    ]
    obj.symbols = [
        Symbol("x", Base.ABSOLUTE, 1 << 63, is_float=True),
        Symbol("y", Base.DATA, 8, where=Where(0, 1, 1, 2)),
    ]
    assert [tuple(row.values()) for row in symbol_data(obj)] == [
        ("x", "absolute", 1 << 63, ["float"], None, None),
        ("y", "data", 8, [], "test.qbc", 1),
    ]
