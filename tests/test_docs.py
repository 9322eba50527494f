"""The pages are true: generated ones current, what they name there, what they show what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import gen_instructions, gen_pages
from qbcc.explain import explain, table
from qbcc.syntax import DIRECTIVES
from tests.programs import errors
from vm.isa import OPS, SYSTEM_CALLS
from vm.trap import TRAPS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_instruction_page_is_current() -> None:
    assert gen_instructions.PAGE.read_text("utf-8") == gen_instructions.page()


def test_the_instruction_page_has_everything() -> None:
    page = gen_instructions.page()
    assert all(f"`{op.syntax}" in page for op in OPS)
    assert all(f"| {call.number} | {call.name} |" in page for call in SYSTEM_CALLS)
    assert all(f"| {status} | {title} |" in page for _, status, title in TRAPS)


@pytest.mark.parametrize("page", gen_pages.PAGES, ids=lambda page: page.name)
def test_pages_show_what_is_printed(page: Path) -> None:
    text = page.read_text("utf-8")
    assert gen_pages.renewed(text) == text


@pytest.mark.parametrize("page", gen_pages.PAGES, ids=lambda page: page.name)
def test_python_on_pages_runs(page: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), {})


def test_the_reference_names_every_directive() -> None:
    page = (ROOT / "docs/reference.md").read_text("utf-8")
    assert [name for name in DIRECTIVES if name not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("code", sorted(table()))
def test_explanations(code: str) -> None:
    text = explain(code.lower())
    assert text is not None
    assert text.startswith(code)
    entry = table()[code]
    if re.match(r"E0[1-6]", code) and entry.wrong:
        assert errors(entry.wrong) == [code] * len(errors(entry.wrong))
        assert errors(entry.wrong)
        assert errors(entry.right) == []


def test_every_code_that_can_be_said_is_explained() -> None:
    said: set[str] = set()
    for path in (ROOT / "qbcc").rglob("*.py"):
        if not path.name.startswith("explanations"):
            said.update(re.findall(r'"(E0\d{3})"', path.read_text("utf-8")))
    assert said - set(table()) == set()


def test_there_is_no_code_like_that() -> None:
    assert explain("E9999") is None
