"""Listings and symbol tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qbcc.assembly.assemble import assemble
from qbcc.objects.link import Input, link
from qbcc.objects.listing import listing, origins, symbol_data, symbols
from qbcc.source import SourceFile
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
           address     index  number, slots         instruction                       source
                              main:
0x4000000000000000         0  10 01 01 10           QADD r1, r1, 3                    test.qbc:8: main:   bump r1, 3      ; twice
0x4000000000000001         1  10 01 01 11           QADD r1, r1, 0.5
                              main@loop:
0x4000000000000002         2  47 01 12 02           QJLT r1, table, @loop             test.qbc:9: @loop:  QJLT r1, table, @loop
0x4000000000000003         3  0e 01                 QPUSH r1                          test.qbc:10: QPUSH r1, r2
0x4000000000000004         4  0e 02                 QPUSH r2
0x4000000000000005         5  54 00                 QCALL other                       test.qbc:11: QCALL other

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

EXPANDED = """\
           address     index  number, slots         instruction                       source
                              main:
                                                                                        test.qbc:8: main:   bump r1, 3      ; twice
0x4000000000000000         0  10 01 01 10           QADD r1, r1, 3                    + test.qbc:2: QADD r1, 3
0x4000000000000001         1  10 01 01 11           QADD r1, r1, 0.5                  + test.qbc:3: QADD r1, 0.5
                              main@loop:
0x4000000000000002         2  47 01 12 02           QJLT r1, table, @loop             test.qbc:9: @loop:  QJLT r1, table, @loop
0x4000000000000003         3  0e 01                 QPUSH r1                          test.qbc:10: QPUSH r1, r2
0x4000000000000004         4  0e 02                 QPUSH r2
0x4000000000000005         5  54 00                 QCALL other                       test.qbc:11: QCALL other

    slot  bits                  constant
      10  0x3                   3
      11  0x3fe0000000000000    0.5
      12  0x100000              table (an address)

    address  data                                                               source
   0x100000  table:
   0x100000  7 zero bytes                                                       test.qbc:13: table:  .qword main
   0x100007  40                                               @
   0x100008  74 65 78 74                                      text              test.qbc:14: .asciz "text"
   0x10000c  1 zero byte
   0x10000d  100 zero bytes                                                     test.qbc:15: .space 100
   0x100071  01                                               .                 test.qbc:16: .byte 1
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


def test_listing_with_its_sources() -> None:
    """Macros and data beside the lines that made them."""
    assembly = assemble(SourceFile("test.qbc", TEXT))
    assert assembly.object is not None
    assert listing(assembly.object, origins([(assembly.object, assembly)])) == EXPANDED


def test_listing_of_linked_objects_has_each_ones_sources() -> None:
    first = assemble(SourceFile("a.qbc", ".extern x\nmain: QCALL x\n.data\n.byte 1\n"))
    other = build(".global y\ny: QNOP\n.data\n.align 64\n.space 3\n")
    last = assemble(SourceFile("b.qbc", ".global x\n.macro m\nQRET\n.endm\nx: m\n.data\n.align 16\n.qword 5\n"))
    assert first.object is not None
    assert last.object is not None
    obj, _ = link([Input("a", first.object), Input("c", other), Input("b", last.object)])
    assert obj is not None
    text = listing(obj, origins([(first.object, first), (other, None), (last.object, last)]))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "0x4000000000000002 2 56 QRET + b.qbc:3: QRET" in lines
    assert "0x100000 01 . a.qbc:4: .byte 1" in lines
    assert "0x100050 05 . b.qbc:8: .qword 5" in lines


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
    assert listing(obj).splitlines()[1].split() == ["0x4000000000000000", "0", "43", "00", "QJMP", "L_0000"]


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
