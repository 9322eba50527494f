"""Every finding beside what it prints, programs that are mended, and facts that runs confirm."""

from __future__ import annotations

import inspect
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from qbcc.diagnostics import Diagnostic
from qbcc.explain import explain
from qbcc.lint.fix import fixed
from qbcc.lint.judge import judge
from qbcc.render import report
from qbcc.source import SourceFile
from sigma.lint import messages as messages_lint
from sigma.lint.explanations import EXPLANATIONS
from sigma.lint.rules import RULES
from sigma.lint.source import lint_source
from tests.sigma.plain_programs import Maker, model
from tests.sigma.support import codes, finished

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "lint"
WRONG = sorted(path for path in FOLDER.glob("s09*.sigma") if ".right" not in path.name)
RIGHT = sorted(FOLDER.glob("*.right.sigma"))
TREE = [path for folder in ("examples", "stdlib") for path in sorted((ROOT / folder).rglob("*.sigma"))]
FACTS = ("S0901", "S0907", "S0908", "S0909", "S0910", "S0919")


def found_in(path: Path) -> list[Diagnostic]:
    linted = lint_source(SourceFile(path.name, path.read_text(encoding="utf-8"), str(path)))
    assert not linted.errors, report(linted.errors)
    return judge(linted, {})


def findings(text: str) -> list[Diagnostic]:
    """Of a source beside the module that others import."""
    linted = lint_source(SourceFile("test.sigma", text, str(FOLDER / "test.sigma")))
    assert not linted.errors, report(linted.errors)
    return judge(linted, {})


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """The file's name begins with the code that is found, and nothing else is."""
    found = found_in(path)
    assert report(found) + "\n" == path.with_suffix(".out").read_text(encoding="utf-8")
    assert {diagnostic.code for diagnostic in found} == {path.stem[:5].upper()}


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_nothing_is_found_in_the_mended_form(path: Path) -> None:
    assert report(found_in(path)) == ""


def test_each_finding_has_three_programs() -> None:
    for code in RULES:
        assert sum(path.stem.startswith(code.lower()) for path in WRONG) >= 3, code
    assert {path.stem for path in WRONG} == {path.stem.removesuffix(".right") for path in RIGHT}


def test_nothing_is_found_in_what_ships() -> None:
    assert "\n".join(report(found_in(path)) for path in TREE).strip() == ""


@pytest.mark.parametrize("code", RULES)
def test_explanations(code: str) -> None:
    found = EXPLANATIONS[code]
    assert code in [diagnostic.code for diagnostic in findings(found.wrong)]
    assert findings(found.right) == []
    text = explain(code)
    assert text is not None
    assert text.startswith(f"{code}: {found.title}")
    assert found.title == RULES[code].title


def test_every_code_is_explained_and_given() -> None:
    assert set(re.findall(r'"(S09\d\d)"', inspect.getsource(messages_lint))) == set(RULES) == set(EXPLANATIONS)


def test_the_page_has_every_finding() -> None:
    page = (ROOT / "docs" / "sigma.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (S09\d\d) \| (.*) \| (\w+) \|$", page, re.MULTILINE)
    assert rows == [(code, rule.title, rule.level) for code, rule in sorted(RULES.items())]


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_fixes_mend(path: Path) -> None:
    """What has a fix is gone with it, and the program is still one."""
    source = SourceFile(path.name, path.read_text(encoding="utf-8"), str(path))
    before = list(lint_source(source).findings)
    for _ in range(5):
        text, count = fixed(source, lint_source(source).findings)
        if not count:
            break
        source = SourceFile(path.name, text, str(path))
    linted = lint_source(source)
    assert not linted.errors
    assert all(finding.fix is None for finding in linted.findings)
    if before and all(finding.fix is not None for finding in before):
        assert linted.findings == ()


def test_no_fix_takes_a_name_that_is_there() -> None:
    found = findings('fn main() { let _x = 3; { let x = 4; print("{_x}"); } }')
    assert [(d.code, d.fix) for d in found] == [("S0901", None)]


def test_what_is_assigned_to_is_looked_at_too() -> None:
    text = 'fn main() { var a = [1, 2]; let k = argument(0, 1); a[0 if k == k else 1] = 2; print("{a[0]}"); }'
    assert [d.code for d in findings(text)] == ["S0910"]


# -- facts


def salted(seed: int) -> tuple[str, list[object]]:
    """A random program in which more is useless, and what it records."""
    text, python = Maker(seed).program()
    rng = random.Random(seed)
    lines = text.split("\n")
    useless = [
        "let u{n} = a + {n};", "var v{n} = b; v{n} += 1;", "if a == a {{ c ^= 0; }}", "var w_{n} = a * 2; c += w_{n} - w_{n};",
        "if false {{ a = {n}; }}", "let k_{n} = 3; if k_{n} > {n} {{ c += 0; }}", "b = b if c < c else b;",
        "while true {{ break; m[0] = 1; }}", "var d{n} = 0; d{n} = a; d{n} = b; c += 0 * d{n};",
        "for _i{n} in 0..3 {{ continue; m[1] = {n}; }}", "var t{n} = a + 1; t{n} = 2; c += 0 * t{n};",
    ]  # fmt: skip
    start = next(n for n, line in enumerate(lines) if line.startswith("fn main")) + 3
    ends = [n for n in range(start, len(lines)) if lines[n].lstrip().startswith('record("0"')]
    places = [n for n in range(start, ends[0]) if lines[n].endswith((";", "{"))]
    for n, place in enumerate(sorted(rng.sample(places, min(4, len(places))), reverse=True)):
        lines.insert(place + 1, rng.choice(useless).format(n=n))
    return "\n".join(lines), model(python)


def turned(text: str, found: Diagnostic) -> str | None:
    """A program that must do the same if a finding is true."""
    assert found.span is not None
    lines = text.split("\n")
    line = lines[found.span.line - 1]
    start, end = found.span.column - 1, found.span.end_column - 1
    rest = line[end:]
    if found.code in ("S0901", "S0908"):
        # Another value than the one that nobody reads.
        place = re.match(r"\s*(: \w+ )?(=|[-+*^]=)\s*(?!=)", rest)
        if place is None:
            return None
        line = line[: end + place.end()] + "12345 + 0 * " + rest[place.end() :]
    elif found.code == "S0909":
        line = (
            f"{line[:start]}{{ m[0] = 99; halt(77);" + line[start + 1 :]
            if line[start] == "{"
            else f"{line[:start]}m[0] = 99; halt(77); {line[start:]}"
        )
    elif found.code == "S0910":
        word = "true" if found.message.endswith("true") else "false"
        # Brackets may begin in front of what is marked.
        inside = line[start:end]
        if inside.count("(") != inside.count(")"):
            return None
        line = f"{line[:start]}{word}{rest}"
    elif found.code == "S0907" and found.fix is not None:
        text, count = fixed(found.span.source, [found])
        assert count == 1
        return text
    else:
        return None
    lines[found.span.line - 1] = line
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_facts_hold_when_the_program_runs(seed: int) -> None:
    text, wanted = salted(seed)
    source = SourceFile("test.sigma", text)
    linted = lint_source(source)
    assert not linted.errors, report(linted.errors)
    tried = 0
    for found in linted.findings:
        other = turned(text, found) if found.code in FACTS else None
        # A changed value may have another type than the program allows; that proves nothing.
        if other is None or codes(other):
            continue
        tried += 1
        machine = finished(other, 1)
        assert machine.outcome is not None
        assert machine.outcome.trap is None, f"{report([found])}\n{other}"
        assert [value for _, value in machine.records] == wanted, f"{report([found])}\n{other}"
        if tried == 6:
            break


def test_facts_are_found_in_random_programs() -> None:
    """The test above has something to try for each kind."""
    tried = [
        found.code
        for seed in range(60)
        for text in [salted(seed)[0]]
        for found in lint_source(SourceFile("test.sigma", text)).findings
        if found.code in FACTS and (other := turned(text, found)) is not None and not codes(other)
    ]
    for code in ("S0901", "S0908", "S0909", "S0910"):
        assert tried.count(code) >= 5, code


# -- comments


def test_comments_allow() -> None:
    text = "fn main() {{\n    let x = 3;{0}\n{1}    let y = 4;\n}}\n"
    assert [d.span.line for d in findings(text.format("", "")) if d.span] == [2, 3]
    assert [d.span.line for d in findings(text.format("  // lint: allow S0901", "")) if d.span] == [3]
    alone = "    // lint: allow S0902, S0901: both\n    // and more\n"
    assert [d.span.line for d in findings(text.format("", alone)) if d.span] == [2]
    assert len(findings(text.format("  // lint: allow S0902", ""))) == 2
    assert len(findings(text.format(" /* lint: allow s0901 */", ""))) == 1


def test_levels() -> None:
    linted = lint_source(SourceFile("t", "fn main() { let x = 3; }"))
    assert [str(d.severity) for d in judge(linted, {})] == ["warning"]
    assert judge(linted, {"S0901": "off"}) == []
    assert judge(linted, {"S0901": "error"}) == [replace(linted.findings[0], severity="error")]


def test_modules_declare_for_others() -> None:
    text = (
        "const N = 3;\nrecord P { x: int }\ngate g(a: qubit) { h(a); }\nfn f() -> int { return 1; }\nvar count = 0;\n"
    )
    assert findings(text) == []
    assert sorted(d.code for d in findings(text + "fn main() { print(\"!\"); }\n")) == [
        "S0903", "S0903", "S0905", "S0905", "S0906",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_layout_changes_no_finding(seed: int) -> None:
    from sigma.format.source import format_source

    text, _ = salted(seed)
    other = format_source(SourceFile("test.sigma", text)).text
    assert other is not None
    assert [(d.code, d.message) for d in findings(other)] == [(d.code, d.message) for d in findings(text)]


@pytest.mark.parametrize("seed", range(150))
def test_no_text_makes_it_fail(seed: int) -> None:
    """Programs with lines lost, doubled and mixed: errors are told, or findings, and their fixes give programs."""
    rng = random.Random(seed)
    lines = rng.choice([*(path.read_text(encoding="utf-8") for path in (*WRONG, *RIGHT)), salted(seed % 60)[0]]).split(
        "\n"
    )
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(lines))
        if rng.random() < 0.5:
            lines.insert(place, lines[rng.randrange(len(lines))])
        else:
            del lines[place]
            lines = lines or [""]
    source = SourceFile("test.sigma", "\n".join(lines), str(FOLDER / "test.sigma"))
    linted = lint_source(source)
    assert not (linted.errors and linted.findings)
    text, count = fixed(source, linted.findings)
    assert bool(count) == any(finding.fix is not None for finding in linted.findings)
    assert not lint_source(SourceFile("test.sigma", text, source.path)).errors or linted.errors


def test_what_grows_is_looked_at_once() -> None:
    """Loops in loops, names made of names, calls of calls: none costs more than its size, or more stack."""
    loops = "".join(f"for i{n} in 0..2 {{ x += 1; " for n in range(60))
    assert findings(f'fn main() {{ var x = 0; {loops}{"}" * 60} print("{{x}}"); }}') == []
    names = "".join(f"let a{n} = a{n - 1} + a{n - 1}; " for n in range(1, 1500))
    assert [d.code for d in findings(f"fn main() {{ let a0 = 1; {names} if a1499 == 0 {{ halt(); }} }}")] == ["S0910"]
    calls = "".join(f"fn f{n}() -> int {{ return f{n - 1}(); }}\n" for n in range(1, 1500))
    assert [d.code for d in findings(f"fn f0() -> int {{ return 1; }}\n{calls}fn main() {{ f1499(); }}")] == ["S0922"]


def write_golden() -> None:
    for path in WRONG:
        path.with_suffix(".out").write_text(report(found_in(path)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()
