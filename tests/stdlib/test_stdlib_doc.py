"""docs/stdlib.md is made from the library's comments and must be current."""

from __future__ import annotations

from docs import gen_stdlib
from tests.stdlib.harness import library_files, routines


def test_the_page_is_current() -> None:
    assert gen_stdlib.PAGE.read_text("utf-8") == gen_stdlib.page(), "run python docs/gen_stdlib.py"


def test_every_public_routine_is_on_the_page_once() -> None:
    page = gen_stdlib.page()
    for path in library_files():
        assert f"\n## {path.name}\n" in page
        for name, routine in routines(path.name).items():
            assert page.count(f"### `{name}`") == routine.is_public, name
