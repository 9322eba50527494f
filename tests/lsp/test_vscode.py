"""The extension for VS Code agrees with the toolchain: its grammars, settings, snippets and its manifest. What it does is
tested by Node (``make vscode-test``)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from docs import gen_grammars
from qbcc.assembly.assemble import assemble
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.lint.finding import LEVELS
from qbcc.render import diagnostic as rendered
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import DIRECTIVES
from sigma.builtins import BUILTINS
from sigma.check.program import check
from sigma.lexer import KEYWORDS
from vm.isa import BY_NAME

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "lsp" / "vscode"


def manifest() -> Any:
    return json.loads((FOLDER / "package.json").read_text("utf-8"))


def settings() -> dict[str, Any]:
    return {
        name: rows for block in manifest()["contributes"]["configuration"] for name, rows in block["properties"].items()
    }


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in strings(each)]


# -- grammars


@pytest.mark.parametrize("path", gen_grammars.GRAMMARS, ids=lambda path: path.name)
def test_the_grammar_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == gen_grammars.text(gen_grammars.GRAMMARS[path]()), "run 'make docs'"


def test_every_word_is_in_the_grammars() -> None:
    def words(grammar: Any) -> set[str]:
        return set(re.findall(r"\.?[\w]+", " ".join(strings(grammar)).replace("\\b", " ").replace("\\.", ".")))

    assert [name for name in BY_NAME if name not in words(gen_grammars.qbc())] == []
    assert [name for name in DIRECTIVES if name not in words(gen_grammars.qbc())] == []
    assert [name for name in (*KEYWORDS, *BUILTINS) if name not in words(gen_grammars.sigma())] == []


# -- the manifest


def test_what_the_manifest_names_is_there() -> None:
    contributes = manifest()["contributes"]
    named = [text for text in strings(contributes) if re.fullmatch(r"\./[\w./-]+|walkthrough/\w+\.md", text)]
    assert len(named) > 10
    made = {"./dist/circuit.schema.json": ROOT / "sigma" / "circuit" / "circuit.schema.json"}
    assert [name for name in named if not made.get(name, FOLDER / name).is_file()] == []
    commands = {row["command"] for row in contributes["commands"]}
    used = {row["command"] for rows in contributes["menus"].values() for row in rows if "command" in row}
    used |= set(re.findall(r"command:(qbc\.\w+)", " ".join(strings(contributes["walkthroughs"]))))
    assert used <= commands


def test_the_extension_has_the_version_of_the_toolchain() -> None:
    project = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert project is not None and manifest()["version"] == project[1]


def test_levels_of_findings_are_those_of_the_linter() -> None:
    (pattern,) = settings()["qbc.lint.levels"]["patternProperties"].values()
    assert set(pattern["enum"]) == set(LEVELS)


def test_the_problem_matcher_reads_what_is_printed() -> None:
    (matcher,) = manifest()["contributes"]["problemMatchers"]
    head, place = (re.compile(row["regexp"], re.MULTILINE) for row in matcher["pattern"])
    source = SourceFile("a b.qbc", "main: QFOO\n", "/w/a b.qbc")
    for severity in Severity:
        shown = rendered(Diagnostic("E0201", "no 'QFOO'", Span(source, 1, 7, 11), severity=severity)).split("\n")
        first = head.match(shown[0])
        second = place.match(shown[1])
        assert first is not None and first.groups() == (severity.value, "E0201", "no 'QFOO'")
        assert second is not None and second.groups()[1:] == ("1", "7")


def test_no_registry_is_named() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
    assert [name for name, row in lock["packages"].items() if "resolved" in row] == []
    pinned = manifest()["devDependencies"]
    assert [name for name, version in pinned.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_settings_are_documented() -> None:
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(qbc\.[\w.]+)` \| `(.*?)` \|", page, re.MULTILINE))
    assert rows == {name: json.dumps(row["default"]) for name, row in settings().items()}


# -- snippets


def expanded(body: list[str]) -> str:
    """A snippet as it is inserted, its places left as they are proposed."""
    text = "\n".join(body)
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text)
    return re.sub(r"\$\d+", "", text).replace("\\\\", "\\")


def snippets(language: str) -> list[Any]:
    found = json.loads((FOLDER / "snippets" / f"{language}.json").read_text("utf-8"))
    return [pytest.param(row["prefix"], expanded(row["body"]), id=name) for name, row in found.items()]


_INSIDE = {"for", "foreach", "while", "if", "ife", "qubits", "bell", "measure", "asm"}
"""Snippets of σ that stand in a function."""


@pytest.mark.parametrize(("prefix", "text"), snippets("sigma"))
def test_snippets_of_sigma_are_programs(prefix: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "file.qbc").write_text("name: QRET\n", "utf-8")
    known = "let n = 3; let condition = true; let values = [1, 2];"
    if prefix != "qubits":
        known += " let a = qubit(); let b = qubit();" + (" let q = qubit();" if prefix == "measure" else "")
    if prefix in _INSIDE:
        text = f"fn main() {{ {known}\n{text}\n}}\n"
    elif prefix != "main":
        text = f"{text}\nfn main() {{}}\n"
    found = check(SourceFile("a.sigma", text, str(tmp_path / "a.sigma")))
    assert [(d.code, d.message) for d in found.diagnostics] == []


@pytest.mark.parametrize(("prefix", "text"), snippets("qbc"))
def test_snippets_of_assembly_are_programs(prefix: str, text: str) -> None:
    if prefix == ".if":
        text = f".define DEBUG 1\n{text}"
    found = assemble(SourceFile("a.qbc", f"{text}\n"))
    assert [(d.code, d.message) for d in found.diagnostics] == []
