"""Small programs for tests: from source text, or row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from qbcc.assemble import Options, assemble
from qbcc.render import report
from qbcc.source import SourceFile
from vm.bytecode import ROW, ObjectFile
from vm.machine import Machine


def build(text: str, **defines: str) -> ObjectFile:
    """Assemble a text that must be right."""
    found = assemble(SourceFile("test.qbc", text), Options(defines))
    assert found.object is not None, report(found.diagnostics)
    return found.object


def errors(text: str, **defines: str) -> list[str]:
    """Codes of the errors of a text."""
    return [d.code for d in assemble(SourceFile("test.qbc", text), Options(defines)).diagnostics]


def finished(text: str, **settings: Any) -> Machine:
    """Assemble and run to the end."""
    machine = Machine(build(text), **settings)
    machine.run()
    return machine


def rows(*instructions: tuple[int, ...]) -> ObjectFile:
    """An object from numbers and slots."""
    code = np.zeros((len(instructions), ROW), np.uint32)
    for index, row in enumerate(instructions):
        code[index, : len(row)] = row
    return ObjectFile(code=code, entry=0)
