"""docs/std.md is made from the comments of the modules in σ and must be current."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import gen_std
from tests.sigma.support import diagnostics

MODULES = gen_std.modules()


def test_the_page_is_current() -> None:
    assert gen_std.PAGE.read_text("utf-8") == gen_std.page(), "run python docs/gen_std.py"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_declaration_says_what_it_is(path: Path) -> None:
    entries = gen_std.entries(path)
    silent = [entry.name for entry in entries if not entry.text and not entry.signature.startswith(("const ", "let "))]
    assert silent == []
    assert any(entry.is_public for entry in entries)
    page = gen_std.page().split(f"\n## std.{path.stem}\n")[1].split("\n## ")[0]
    for entry in entries:
        assert page.count(f"\n### `{entry.name}`\n") == entry.is_public, entry.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_compiles(path: Path) -> None:
    assert diagnostics(f"import std.{path.stem};\nfn main() {{}}") == ()
    assert path.read_text("utf-8").startswith(f"// {path.name}: ")


def test_the_example_of_the_page_is_right() -> None:
    block = gen_std.page().split("```sigma\n")[1].split("```")[0]
    assert diagnostics(block) == ()
