"""What is said of words: tables that follow the assembler's."""

from __future__ import annotations

import pytest

from lsp.qbc import words as qbc_words
from lsp.qbc.directives import FORMS, directive
from qbcc.lint.deprecated import is_deprecated, reason
from qbcc.source import SourceFile
from qbcc.syntax.lines import DIRECTIVES, Line
from qbcc.syntax.parser import parse_line
from vm.isa import BY_NAME


def test_every_directive_is_described() -> None:
    assert set(FORMS) == set(DIRECTIVES)
    assert all(form.split()[0] == name for name, (form, _) in FORMS.items())
    assert "`-D NAME=expr`" in (directive(".DEFINE") or "")
    assert directive(".nothing") is None


def test_every_instruction_is_described() -> None:
    for name, ops in BY_NAME.items():
        said = qbc_words.instruction(name) or ""
        assert all(op.effect in said for op in ops)
        assert all(trap in said for op in ops for trap in op.traps)


def test_other_ways_to_write_an_instruction() -> None:
    assert "`QADD d, a`, which is `QADD d, d, a`" in (qbc_words.instruction("qadd") or "")
    assert "`QPUSH a, …`, an instruction for each" in (qbc_words.instruction("QPUSH") or "")
    assert "without its last operand, which is 0 then" in (qbc_words.instruction("QHALT") or "")
    assert "`QJE`" in (qbc_words.instruction("QJEQ") or "")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (65, "`65`, `0x41`, the character `A`, as a float's bits `3.2e-322`"),
        (-1, "`-1`, `0xffffffffffffffff`, as a float's bits `nan`"),
        (2**64 - 1, "`18446744073709551615`, `0xffffffffffffffff`, signed `-1`, as a float's bits `nan`"),
        (2**64, "`0x10000000000000000`, more than a register holds"),
        (1.5, "`1.5`, bits `0x3ff8000000000000`"),
        (None, "an address, which linking gives"),
    ],
)
def test_numbers(number: int | float | None, said: str) -> None:
    assert qbc_words.value(number) == said


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Adds.\nDeprecated: use sum.", "use sum."),
        ("deprecated", ""),
        ("; Deprecated, for it is slow", "for it is slow"),
        ("Not deprecated at all", None),
        ("", None),
    ],
)
def test_deprecated(comment: str, why: str | None) -> None:
    assert reason(comment) == why
    assert is_deprecated(comment) == (why is not None)


def test_snippets_are_programs() -> None:
    """Each piece, with what stands in its places, can be read."""
    import re

    from lsp.features.snippets import QBC
    from lsp.qbc.directives import SNIPPETS

    texts = [*(each.text for each in QBC), *SNIPPETS.values()]
    for text in texts:
        plain = re.sub(r"\$\{\d+\|(\w+),[^}]*\}", r"\1", text)
        plain = re.sub(r"\$\{\d+:([^}]*)\}|\$\{?\d+\}?", r"\1", plain).replace("\\\\", "\\").replace("n: int", "n")
        source = SourceFile("a", plain)
        assert all(isinstance(parse_line(source, at), Line) for at in range(1, len(source.lines) + 1)), plain
