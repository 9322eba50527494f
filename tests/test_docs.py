"""The pages are true: generated ones current, what they name there, what they show what is printed."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from docs import gen_errors, gen_instructions, gen_lint, gen_pages
from qbcc.assembly.data import MAX_WRITTEN
from qbcc.assembly.expand import MAX_DEPTH, MAX_LINES
from qbcc.assembly.includes import MAX_SOURCE
from qbcc.assembly.names import MAX_BITS
from qbcc.cli.qbc import qbc
from qbcc.cli.qbcc import qbcc
from qbcc.explain import explain, table
from qbcc.format.source import format_source
from qbcc.source import SourceFile
from qbcc.syntax.lines import DIRECTIVES
from qbcc.syntax.parser import MAX_LINE
from tests.programs import build, errors
from vm.bytecode import MAX_DATA, MAX_INSTRUCTIONS
from vm.isa import BY_NAME, CALL_DEPTH, ISA_VERSION, KINDS, OPS, STACK_DEPTH, SYSTEM_CALLS
from vm.limits import KEPT_LIMIT
from vm.objfile import FORMAT_VERSION, MAGIC, MAX_BYTES, to_bytes
from vm.trap import TRAPS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_REFERENCE = ("reference", "instructions", "errors", "lint", "objects", "tutorial", "tools")
WRAPPED = [ROOT / "docs" / f"{name}.md" for name in _REFERENCE]
WRAPPED += [ROOT / "docs" / f"sigma{name}.md" for name in ("", "_builtins", "_tutorial")]
WRAPPED += [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def section(page: str, title: str) -> str:
    """The text under a heading of the second level."""
    return page.split(f"\n## {title}\n")[1].split("\n## ")[0]


# -- generated pages


@pytest.mark.parametrize(
    ("page", "made"),
    [
        (gen_instructions.PAGE, gen_instructions.page),
        (gen_errors.PAGE, gen_errors.page),
        (gen_lint.PAGE, gen_lint.page),
    ],
    ids=["instructions", "errors", "lint"],
)
def test_the_page_is_current(page: Path, made: Callable[[], str]) -> None:
    assert page.read_text("utf-8") == made(), "run 'make docs'"


def test_the_instruction_page_has_everything() -> None:
    page = read("instructions.md")
    for op in OPS:
        assert f"[`{op.syntax}" in page
        assert page.count(f"\n`{op.syntax}`: {op.effect}\n\n| | |\n|---|---|\n| number | {op.code} |\n") == 1
    assert all(page.count(f"\n### {name}\n") == 1 for name in {op.name for op in OPS})
    assert all(f"`{alias} " in page for op in OPS for alias in op.aliases)
    assert all(f"| {call.number} | {call.name} | {call.effect} |" in page for call in SYSTEM_CALLS)
    assert all(f"| {status} | {title} |" in page for _, status, title in TRAPS)
    assert all(f"| *{name}* | {text} |" in page for name, text in KINDS.items() if name != "-")


def test_the_error_page_has_every_code_that_can_be_said() -> None:
    page = read("errors.md")
    said: set[str] = set()
    for path in (ROOT / "qbcc").rglob("*.py"):
        if not path.name.startswith("explanations"):
            said.update(re.findall(r'"(E[01]\d{3})"', path.read_text("utf-8")))
    assert len(said) > 50
    assert [code for code in sorted(said) if page.count(f"\n### {code}\n") != 1] == []


# -- what pages show


@pytest.mark.parametrize("page", gen_pages.PAGES, ids=lambda page: page.name)
def test_pages_show_what_is_printed(page: Path) -> None:
    text = page.read_text("utf-8")
    assert gen_pages.renewed(text) == text, "run 'make docs' and read what changed"


def test_python_on_the_first_page_runs() -> None:
    for block in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL):
        exec(compile(block, "README.md", "exec"), {})


def test_every_program_of_the_tutorial_is_run() -> None:
    page = read("tutorial.md")
    programs = re.findall(r"^`([a-z_]+\.qbc)`:$", page, re.MULTILINE)
    shown = "".join(re.findall(r"```(?:console|pycon)\n(.*?)```", page, re.DOTALL))
    assert len(programs) >= 10
    assert [name for name in programs if name not in shown] == []
    assert set(re.findall(r"^```(\w+)$", page, re.MULTILINE)) <= {"console", "pycon"}


def test_sources_in_the_reference_assemble() -> None:
    blocks = re.findall(r"```\n(.*?)```", read("reference.md"), re.DOTALL)
    assert len(blocks) >= 3
    assert [errors(block) for block in blocks] == [[]] * len(blocks)


def test_the_layout_is_as_the_reference_shows_it() -> None:
    (block,) = re.findall(r"```\n(.*?)```", section(read("reference.md"), "Layout"), re.DOTALL)
    assert format_source(SourceFile("block", block)).text == block


# -- the reference names everything


def test_the_reference_names_every_directive() -> None:
    text = section(read("reference.md"), "Directives")
    assert [name for name in DIRECTIVES if not re.search(rf"`{re.escape(name)}[` ]", text)] == []


def test_the_reference_names_every_instruction() -> None:
    named = set(re.findall(r"`(Q[A-Z0-9]+)`", section(read("reference.md"), "Instructions")))
    assert named >= set(BY_NAME)
    assert all(name in BY_NAME for name in named)


def test_the_reference_names_every_system_call() -> None:
    text = section(read("reference.md"), "System calls")
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [str(call.number) for call in SYSTEM_CALLS]


def test_the_reference_names_every_trap() -> None:
    text = section(read("reference.md"), "Traps")
    found = re.findall(r"^\| (\d+) \| ([^|]+) \|", text, re.MULTILINE)
    assert found == [(str(status), title) for _, status, title in TRAPS]


def test_the_reference_names_every_command_and_option() -> None:
    text = section(read("reference.md"), "Commands")
    for name, group in (("qbc", qbc), ("qbcc", qbcc)):
        for command in group.commands.values():
            assert f"`{name} {command.name} " in text
            options = [option for found in command.params if isinstance(found, click.Option) for option in found.opts]
            assert [option for option in options if not re.search(rf"{option}\b", text)] == [], command.name


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("a line {:,} characters", MAX_LINE),
        ("{} levels deep, 4096 bits", 100),
        ("100 levels deep, {} bits", MAX_BITS),
        ("{} inside each other", MAX_DEPTH),
        ("{:,} lines from macros", MAX_LINES),
        ("{:,} of each in a program", MAX_INSTRUCTIONS),
        ("{:,} values and", STACK_DEPTH),
        ("{:,} returns", CALL_DEPTH),
    ],
)
def test_limits(words: str, limit: int) -> None:
    assert words.format(limit) in " ".join(read("reference.md").split())


def test_limits_that_have_a_unit() -> None:
    assert (MAX_SOURCE, MAX_DATA, MAX_WRITTEN, KEPT_LIMIT, MAX_BYTES) == (64 << 20, 1 << 30, 1 << 28, 1 << 28, 4 << 30)
    page = read("reference.md")
    for words in (
        "a source | 64 MiB",
        "data | 1 GiB, of which 256 MiB",
        "bounded at 256 MiB",
        "an object file | 4 GiB",
    ):
        assert words in page


# -- object files


def test_the_header_is_as_its_page_says() -> None:
    page = read("objects.md")
    kinds = {"4 bytes": "4s", "u16, u16": "HH", "u32": "I", "i64": "q", "u64": "Q"}
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", page.split("**Header**")[1].split("**Section")[0], re.MULTILINE)
    form = ">" + "".join(kinds[kind] for _, kind in rows)
    for number, (offset, _) in enumerate(rows):
        assert struct.calcsize(">" + "".join(kinds[kind] for _, kind in rows[:number])) == int(offset)
    content = to_bytes(build("QNOP\nmain: QRET\n.data\n.space 5\n.align 16"))
    magic, major, minor, isa_major, isa_minor, flags, entry, size, align, count, _ = struct.unpack_from(form, content)
    assert (magic, major, minor, isa_major, isa_minor) == (MAGIC, *FORMAT_VERSION, *ISA_VERSION)
    assert (flags, entry, size, align, count) == (1, 1, 16, 16, 7)
    assert f"{struct.calcsize(form)} bytes:" in page
    start = struct.calcsize(form)
    end = start + 24 * count
    for number in range(count):
        identifier, offset, length, _ = struct.unpack_from(">IQQI", content, start + 24 * number)
        assert (identifier, offset) == (number + 1, end)
        end += length
    assert end == len(content)


def test_the_version_on_the_page_is_the_one_that_is_written() -> None:
    text = section(read("objects.md"), "Versions")
    shown = [".".join(map(str, version)) for version in (FORMAT_VERSION, ISA_VERSION)]
    assert f"format {shown[0]}, instruction set {shown[1]} today" in text


def test_the_design_names_every_room() -> None:
    named = set(re.findall(r"`((?:vm|qbcc|sigma|lsp)\.\w+)`", section(read("design.md"), "Layers")))
    rooms = {
        f"{package}.{path.parent.name}"
        for package in ("vm", "qbcc", "sigma", "lsp")
        for path in (ROOT / package).glob("*/__init__.py")
    }
    assert rooms <= named
    # What is named is there.
    assert [name for name in named - rooms if not (ROOT / f"{name.replace('.', '/')}.py").exists()] == []


# -- links and lines


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        path = page.parent / target if target else page
        assert path.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(path), f"{page.name}: {target}#{anchor}"


@pytest.mark.parametrize("page", WRAPPED, ids=lambda page: page.name)
def test_lines_are_wrapped(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")] == []


# -- explanations


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


def test_there_is_no_code_like_that() -> None:
    assert explain("E9999") is None
