"""Printing and parsing are inverse."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbcc.assembly.assemble import assemble
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile
from qbcc.syntax.lines import Line
from qbcc.syntax.parser import parse_line
from qbcc.syntax.printer import print_line, print_lines
from tests.random_source import modules
from vm.isa import BY_NAME


def line(text: str) -> Line:
    found = parse_line(SourceFile("test.qbc", text or " "), 1)
    assert isinstance(found, Line), (text, found)
    return found


def meaning(found: Line) -> tuple[str, list[str]]:
    """Tokens, with the case of those words made equal that ignore it."""
    words = [word.lower() if word[0] in ".rR" and word[-1] not in "'\"" else word for word in found.words]
    if found.word.upper() in BY_NAME:
        words[found.shape.word] = found.word.upper()
    return found.kinds, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:@b:qadd R1 ,r2,5;c", "a: @b: QADD r1, r2, 5"),
        (".DEFINE  X 1+2*-(3)", ".define X 1 + 2 * -(3)"),
        (".macro m a,b", ".macro m a, b"),
        ('m [r1+8-X],"a;b"', '    m [r1+8-X], "a;b"'),
        ("m [ r1+(8 - X)*2 ],(1+2)*3", "    m [r1+(8-X)*2], (1 + 2) * 3"),
        (".ARGS r0", "    .args r0"),
        ("x:.align 8", "x: .align 8"),
        (".BYTE 1,'A',~0x1f<<2", "    .byte 1, 'A', ~0x1f << 2"),
        ("loop:", "loop:"),
        ("  ; nothing", ""),
        ("qret", "    QRET"),
    ],
)
def test_form(text: str, expected: str) -> None:
    assert print_line(line(text)) == expected
    assert print_line(line(expected)) == expected


EXPRESSIONS = st.recursive(
    st.sampled_from(["1", "0xFF", "1_0", "2.5", "1e-9", "'A'", "'\\n'", "name", "@local", "r3"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"]), inner).map(" ".join),
        inner.map("({})".format),
        st.tuples(st.sampled_from("+-~"), inner).map("".join),
    ),
    max_leaves=12,
)
ARGUMENTS = st.one_of(EXPRESSIONS, EXPRESSIONS.map("[{}]".format), st.sampled_from(['"text"', '"\\"; \\u{1F600}é"']))
LABELS = st.lists(st.sampled_from(["a:", "@b:", "QADD:", "_1 :"]), max_size=3).map(" ".join)
STATEMENTS = st.one_of(
    st.just(""),
    st.tuples(
        st.sampled_from(["QADD", "qMov", "macro", ".byte", ".Include", ".unknown"]), st.lists(ARGUMENTS, max_size=4)
    ).map(lambda s: f"{s[0]}\t{' ,'.join(s[1])}"),
    EXPRESSIONS.map(".define X {}".format),
    st.just(".macro m a,b,c"),
)


@given(LABELS, STATEMENTS)
def test_parse_is_the_inverse_of_print(labels: str, statement: str) -> None:
    before = line(f"{labels} {statement} ; comment")
    printed = print_line(before)
    after = line(printed)
    assert meaning(after) == meaning(before)
    assert after.shape is before.shape
    assert print_line(after) == printed


@pytest.mark.parametrize("path", sorted(stdlib_dir().glob("*.qbc")), ids=lambda path: path.stem)
def test_the_library_printed_is_the_same_program(path) -> None:
    source = SourceFile(path.name, path.read_text("utf-8"), str(path))
    printed = print_lines(line(text) for text in source.lines)
    before, after = assemble(source), assemble(SourceFile(path.name, printed, str(path)))
    assert before.object is not None
    assert after.object is not None
    assert (before.object.code == after.object.code).all()
    assert before.object.constants.tolist() == after.object.constants.tolist()
    assert before.object.data == after.object.data


def test_random_programs_printed_are_the_same() -> None:
    for seed in range(15):
        text = modules(random.Random(seed).randrange(1 << 30), 1)[0].text
        source = SourceFile("test.qbc", text)
        printed = print_lines(line(part) for part in source.lines)
        before, after = assemble(source).object, assemble(SourceFile("test.qbc", printed)).object
        assert before is not None
        assert after is not None
        assert (before.code == after.code).all()
        assert before.data == after.data
        assert before.constants.tolist() == after.constants.tolist()


def test_a_local_label_that_was_renamed_can_be_written() -> None:
    source = SourceFile("test.qbc", ".rept 2\n@a: QJMP @a\n.endr")
    printed = [print_line(statement.line) for statement in assemble(source).statements]
    assert printed == ["@a__1: QJMP @a__1", "@a__2: QJMP @a__2"]
