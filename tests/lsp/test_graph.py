from __future__ import annotations

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
    return graph.control_flow(analysis.flow, analysis.assembly, name)


def test_of_a_routine() -> None:
    assert (
        dot("count")
        == """digraph flow {
    node [shape=box fontname="monospace"];
    edge [fontname="monospace"];
    subgraph cluster_0 {
        label="count";
        n0_3 [label="QSUB r0, r0, 1\\lQJGT r0, 0, @next\\l"];
        n0_5 [label="QJEQ r0, -1, other\\l"];
        n0_6 [label="QRET\\l"];
        n0_7 [label="QTRAP 7\\l"];
    }
    n0_3 -> n0_5 [label="no"];
    n0_3 -> n0_3 [label="yes"];
    n0_5 -> n0_6 [label="no"];
    n0_5 -> n0_7 [label="yes"];
    n0_6 -> end0;
    end0 [shape=circle label=""];
}
"""
    )


def test_of_all() -> None:
    found = dot(None)
    assert found is not None
    assert 'label="main";' in found
    assert 'label="count";' in found
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
