from __future__ import annotations

import re
import subprocess

import pytest

from lsp.features import graph
from tests.lsp.support import analysed

TEXT = """main:
    QMOV r0, 3
    QCALL count
    QHALT
count:
@next:
    QSUB r0, 1
    QJGT r0, 0, @next
    QJEQ r0, -1, other
    QRET
other:
    QTRAP "x"
"""


def dot(name: str | None) -> str | None:
    analysis = analysed(TEXT.replace('"x"', "7"), "a.qbc")
    assert analysis.flow is not None
    return graph.control_flow(analysis.flow, name)


def test_of_a_routine() -> None:
    found = dot("count")
    assert found is not None
    assert found.startswith('digraph "count" {')
    blocks = dict(re.findall(r'^  (b\d+) \[label="([^"]*)"', found, re.MULTILINE))
    assert blocks == {
        "b3": r"count:\lcount@next:\l    3  QSUB r0, r0, 1\l    4  QJGT r0, 0, @next\l",
        "b5": r"    5  QJEQ r0, -1, other\l",
        "b6": r"    6  QRET\l",
        "b7": r"other:\l    7  QTRAP 7\l",
    }
    ways = re.findall(r'^  (b\d+) -> (b\d+) \[.*label="(\w+)"', found, re.MULTILINE)
    assert sorted(ways) == [("b3", "b3", "yes"), ("b3", "b5", "no"), ("b5", "b6", "no"), ("b5", "b7", "yes")]


def test_of_all() -> None:
    found = dot(None)
    assert found is not None
    assert 'label="main"' in found
    assert 'label="count"' in found
    assert dot("nothing") is None


def test_without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.shutil, "which", lambda name: None)
    found = graph.drawn("digraph { }")
    assert (found.dot, found.svg) == ("digraph { }", None)
    assert "'dot' is not installed" in found.message


@pytest.mark.parametrize(("code", "svg"), [(0, "<svg/>"), (1, None)])
def test_with_graphviz(monkeypatch: pytest.MonkeyPatch, code: int, svg: str | None) -> None:
    def run(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
        assert command == ["/bin/dot", "-Tsvg"]
        assert more["input"] == "digraph { }"
        return subprocess.CompletedProcess(command, code, "<svg/>", "why")

    monkeypatch.setattr(graph.shutil, "which", lambda name: "/bin/dot")
    monkeypatch.setattr(graph.subprocess, "run", run)
    found = graph.drawn("digraph { }")
    assert found.svg == svg
    assert ("why" in found.message) == (svg is None)
