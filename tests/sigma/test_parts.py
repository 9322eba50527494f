"""Sources that are read in parts while they are edited: the tree is that of the whole."""

from __future__ import annotations

from dataclasses import fields
from random import Random
from typing import Any

import pytest

from qbcc.edits import difference
from qbcc.source import SourceFile
from sigma import syntax as s
from sigma.check.parts import Parts
from sigma.lexer import Tokens
from sigma.parser import parse
from sigma.tables import END
from tests.sigma.edits import SOURCES, edits


def _shown(tokens: Tokens, value: Any) -> Any:
    """A tree in which tokens are words at places."""
    if isinstance(value, s.Node):
        parts = [_shown(tokens, getattr(value, field.name)) for field in fields(value) if field.init]
        return type(value).__name__, *parts
    if isinstance(value, list):
        return [_shown(tokens, each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return tokens.words[value], tokens.lines[value], tokens.columns[value]
    return value


def check_parts(parts: Parts, source: SourceFile) -> None:
    tree = parse(source)
    mine = [node for part in parts.all for node in part.declarations]
    assert _shown(parts.tokens, mine) == _shown(tree.tokens, tree.declarations)
    said = [d for part in parts.all for d in part.diagnostics]
    assert sorted(said, key=str) == sorted(tree.diagnostics, key=str)
    ours, theirs = (
        [token for token in zip(t.kinds, t.words, t.lines, t.columns, strict=True) if token[0] != END]
        for t in (parts.tokens, tree.tokens)
    )
    assert ours == theirs
    ours, theirs = ([(c.text, c.line, c.column) for c in t.comments] for t in (parts.tokens, tree.tokens))
    assert ours == theirs
    assert [part.start for part in parts.all[1:]] == [part.end for part in parts.all[:-1]]


@pytest.mark.parametrize("seed", range(12))
def test_edited_sources_have_the_tree_of_the_whole(seed: int) -> None:
    random = Random(seed)
    for _ in range(3):
        source = SourceFile("x.sigma", random.choice(SOURCES).read_text("utf-8"))
        parts = Parts(source)
        check_parts(parts, source)
        for text in edits(random, source.text, 12):
            old, source = source, SourceFile("x.sigma", text)
            change = difference(old.lines, source.lines)
            if change is not None:
                parts.edit(source, change)
                check_parts(parts, source)
            else:
                source = old


def test_an_edit_reads_the_part_that_it_is_in() -> None:
    text = "".join(f"fn f{n}() {{\n    print({n});\n}}\n\n" for n in range(50))
    parts = Parts(SourceFile("x.sigma", text))
    before = list(parts.all)
    source = SourceFile("x.sigma", text.replace("print(20)", "print(20 + 1)"))
    change = difference(parts.tokens.source.lines, source.lines)
    assert change is not None
    found = parts.edit(source, change)
    assert found is not None
    assert found[0] == [before[20]]
    assert len(found[1]) == 1
    check_parts(parts, source)


def test_a_brace_that_is_missing_costs_one_function() -> None:
    source = SourceFile("x.sigma", "fn a() {\n    if true {\n}\n\nfn b() { }\nfn main() { b(); }\n")
    tree = parse(source)
    assert [(d.code, d.span.line) for d in tree.diagnostics if d.span] == [("S0105", 5)]
    assert [type(node) for node in tree.declarations] == [s.Broken, s.FunctionDecl, s.FunctionDecl]
