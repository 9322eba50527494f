"""Names of assembly are found where they are asked for: whatever way leads there, the same places."""

from __future__ import annotations

import random

from lsp.qbc.index import Symbols
from qbcc.assembly.assemble import assemble
from qbcc.source import SourceFile
from tests.fuzz import mutate


def _found(text: str) -> tuple[Symbols, list[SourceFile]]:
    sources = list(assemble(SourceFile("a.qbc", text)).included)
    return Symbols(sources), sources


def test_all_ways_lead_to_the_same_places() -> None:
    places = 0
    for seed in range(24):
        found, sources = _found(mutate.mutated_tokens(seed) if seed % 2 else mutate.mutated_source(seed))
        index = found.index
        walked = [
            each
            for source in sources
            for number in range(1, len(source.lines) + 1)
            for each in _on_line(found, source, number)
        ]
        for name in [*random.Random(seed).sample(list(found.kinds), min(20, len(found.kinds))), "no_such_name"]:
            there = [each for each in walked if each.what == name]
            assert index.of[name] == there
            assert index.definition(name) == next((each for each in there if each.is_definition), None)
            places += len(there)
        assert {each.what for each in walked} <= found.kinds.keys()
    assert places > 300


def _on_line(found: Symbols, source: SourceFile, number: int) -> list[object]:
    """By every column, the name that begins last."""
    columns = range(1, len(source.line(number)) + 2)
    there = [found.index.at(source, number, column) for column in columns]
    return list(dict.fromkeys(each for each in there if each is not None))


def test_scopes_and_parameters() -> None:
    found, (source,) = _found(
        ".macro keep value, other\n@loop: QADD value, other\n    QJMP @loop\n.endm\nvalue:\n@loop: keep value, 1\n"
        "    QJMP @loop\nother: QJMP @loop\n    QADD r1, value\n"
    )
    assert found.kinds == {
        "keep": "macro",
        "macro keep@loop": "local label",
        "value": "label",
        "value@loop": "local label",
        "other": "label",
    }
    index = found.index
    assert [each.span.line for each in index.of["macro keep@loop"]] == [2, 3]
    assert [each.span.line for each in index.of["value@loop"]] == [6, 7]
    assert [each.span.line for each in index.of["value"]] == [5, 6, 9]
    assert index.at(source, 8, 14) is None, "of no owner that has it"
    assert index.at(source, 2, 14) is None, "a parameter hides it"
    assert index.at(source, 99, 1) is None
    assert list(index.of) == list(found.kinds)
    assert len(index.of) == 5


def test_what_is_known_of_an_earlier_version_changes_nothing() -> None:
    rng = random.Random(1)
    for seed in range(8):
        lines = mutate.mutated_source(seed).split("\n")
        others = mutate.mutated_source(seed + 100).split("\n")
        included = SourceFile("b.qbc", ".define OTHER 1\n.macro given a\n.endm\n")
        before: Symbols | None = None
        for _ in range(20):
            first = rng.randrange(len(lines) + 1)
            stretch = rng.randrange(len(others) + 1)
            lines[first : first + rng.randrange(4)] = others[stretch : stretch + rng.randrange(4)]
            sources = [SourceFile("a.qbc", "\n".join(lines)), included]
            before, anew = Symbols(sources, before), Symbols(sources)
            assert (before.kinds, before.values, before.contracts) == (anew.kinds, anew.values, anew.contracts)
            assert list(before.telling()) == list(anew.telling())
            places = range(1, len(lines) + 1)
            assert [before.files[sources[0]].owner(n) for n in places] == [
                anew.files[sources[0]].owner(n) for n in places
            ]
