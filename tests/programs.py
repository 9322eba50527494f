"""Small programs for tests: from source text, or row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np

from qbcc.assembly.assemble import Options, assemble
from qbcc.render import report
from qbcc.source import SourceFile
from vm.bytecode import ROW, ObjectFile
from vm.machine import Machine
from vm.native import compiler, worker
from vm.native.store import Compiled, Refused


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


class CompiledHere:
    """A compilation in this process: done when it is asked for."""

    def __init__(self, job: worker.Job) -> None:
        self._result = worker.perform(job)

    def poll(self) -> Compiled | Refused:
        return self._result

    def wait(self, _: Callable[[], object]) -> Compiled | Refused:
        return self._result


@contextmanager
def compiling_here() -> Iterator[None]:
    """Thousands of small programs are compiled faster without another process; and what a test replaces is used."""
    with mock.patch.object(compiler, "Compilation", CompiledHere):
        yield
