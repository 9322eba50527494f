"""Small programs in σ for tests."""

from __future__ import annotations

from typing import Any

from qbcc.diagnostics import Diagnostic
from qbcc.render import report
from qbcc.source import SourceFile
from sigma.check.modules import Options
from sigma.check.program import check
from sigma.circuit.check import check_circuit
from sigma.compile import compile_source
from vm.bytecode import ObjectFile
from vm.machine import Machine

LEVELS = (0, 1, 2)


def build(text: str, level: int = 2, **settings: Any) -> ObjectFile:
    """Compile a text that must be right."""
    found = compile_source(SourceFile("test.sigma", text), level=level, **settings)
    assert found.object is not None, report(found.diagnostics)
    return found.object


def finished(text: str, level: int = 2, **settings: Any) -> Machine:
    """Compile and run to the end."""
    machine = Machine(build(text, level), **{"seed": 1, **settings})
    machine.run()
    return machine


def output(text: str, level: int = 2, **settings: Any) -> str:
    """What a program prints that ends well."""
    machine = finished(text, level, **settings)
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    return machine.output.decode()


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a text."""
    return check(SourceFile("test.sigma", text)).diagnostics


def circuit_codes(text: str) -> list[str]:
    """Codes of what is wrong with a circuit in JSON."""
    found, _ = check_circuit(SourceFile("test.sigma.json", text), Options())
    return [diagnostic.code for diagnostic in found.diagnostics]


def codes(text: str) -> list[str]:
    """Codes of what is wrong with a text."""
    return [found.code for found in diagnostics(text)]
