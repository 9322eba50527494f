"""What tests of what routines do share."""

from __future__ import annotations

from qbcc.assembly.assemble import Assembly, Options, assemble
from qbcc.flow.program import Flow, analyse
from qbcc.source import SourceFile


def assembled(text: str) -> Assembly:
    found = assemble(SourceFile("test.qbc", text), Options())
    assert found.object is not None, found.diagnostics
    return found


def flow_of(text: str) -> Flow:
    found = analyse(assembled(text))
    assert found is not None
    return found
