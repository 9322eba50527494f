"""Lines that assemble, and mean something else in other assemblers: hints."""

from __future__ import annotations

import pytest

from tests.qbcc.lint.support import linted, places


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("QMOV r0, 1; QMOV r1, 2", True), ("QMOV r0, 1 ; qmov r1, r0 ; more", True), ("QMOV r0, 1; QNOP", True),
        ("QMOV r0, 1 ; QMOV r1, 2 would do", False), ("QMOV r0, 1 ; the first", False), ("; QMOV r0, 1", False),
        ("QMOV r0, 1 ; QMOV", False), ("QMOV r0, ';' ; QFOO r1", False), ("QMOV r0, 1 ; lint: allow L0701", False),
    ],
)  # fmt: skip
def test_comments_that_are_instructions(line: str, is_found: bool) -> None:
    found = linted(f"main:\n    {line}\n    QMOV r1, 5\n    QADD r0, r1\n    QSYSCALL 1\n    QHALT\n")
    assert ((2, "L0701") in places(found)) == is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("show: QSYSCALL 1\n QHALT\nMain: QMOV r0, 5\n QJMP show", True),
        ("show: QSYSCALL 1\n QHALT\n_start: QMOV r0, 5\n QJMP show", True),
        ("show: QSYSCALL 1\n QHALT\nmain: QMOV r0, 5\n QJMP show", False),
        ("Main: QMOV r0, 5\n QSYSCALL 1\n QHALT", False),
        (".entry_point Main\nshow: QSYSCALL 1\n QHALT\nMain: QMOV r0, 5\n QJMP show", False),
    ],
)  # fmt: skip
def test_labels_that_are_nearly_main(text: str, is_found: bool) -> None:
    assert ("L0702" in {code for _, code in places(linted(text))}) == is_found
