"""Circuits in JSON: what they do, what they ask for, where their errors and traps are, and their schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from qbcc.assembly.assemble import Assembly, Options
from qbcc.frontends import STAGES, FrontEnd, Settings, find
from qbcc.source import SourceFile
from sigma.circuit.check import GATES
from sigma.circuit.schema import FILE, schema, text
from sigma.frontend import CIRCUITS, FRONT_END
from tests.sigma.support import LEVELS, circuit_codes
from vm.machine import Machine
from vm.shots import run

ERRORS = Path(__file__).parent / "errors"
ROOT = Path(__file__).parents[2]
W = '{"qubits": 3, "ops": [{"gate": "w", "on": [0, 1, 2]}, {"measure": [0, 1, 2]}], "shots": 1024}'


def assembled(content: str, level: int = 2) -> Assembly:
    found = CIRCUITS.assemble(SourceFile("test.sigma.json", content), Options(), Settings(level))
    assert found.diagnostics == ()
    assert found.object is not None
    return found


def finished(content: str, level: int = 2) -> Machine:
    found = assembled(content, level)
    assert found.object is not None
    machine = Machine(found.object, seed=1)
    machine.run()
    return machine


def circuit(qubits: int, *ops: dict[str, Any]) -> str:
    return json.dumps({"qubits": qubits, "ops": list(ops)})


@pytest.mark.parametrize("level", LEVELS)
def test_the_w_state(level: int) -> None:
    found = assembled(W, level)
    assert found.shots == 1024
    assert found.object is not None
    obj = found.object
    out = run(lambda seed: Machine(obj, seed=seed), 900, 1, None)
    bits = {tuple(value for _, value in path.recorded): path.shots for path in out.paths}
    assert set(bits) == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}
    assert all(count > 200 for count in bits.values())
    assert [name for name, _ in out.paths[0].recorded] == ["q0", "q1", "q2"]


def test_without_shots_there_is_one() -> None:
    assert assembled(circuit(1, {"measure": [0]})).shots == 1


def _sigma_call(name: str, on: list[int], args: list[float], inverse: bool, controls: list[int]) -> str:
    """The same gate in σ's own words."""
    places = ", ".join([*(f"q[{place}]" for place in on), *map(repr, args)])
    head = f"ctrl({', '.join(f'q[{place}]' for place in controls)}) " if controls else ""
    return f"{head}{'inv ' * inverse}{name}({places});"


def instructions(front: FrontEnd, content: str, level: int) -> list[str]:
    found = front.show(SourceFile("test", content), Options(), Settings(level), "asm")
    assert found.diagnostics == ()
    return [line for line in found.text.splitlines() if not line.lstrip().startswith(";")]


def in_words(name: str, on: list[int], args: list[float], inverse: bool, controls: list[int]) -> str:
    """A gate as σ writes it."""
    arguments = ", ".join([*(f"q[{place}]" for place in on), *map(repr, args)])
    head = f"ctrl({', '.join(f'q[{place}]' for place in controls)}) " if controls else ""
    return f"{head}{'inv ' * inverse}{name}({arguments});"


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("name", GATES)
def test_gates_are_those_of_the_language(name: str, level: int) -> None:
    row = GATES[name]
    args = [0.25 - place for place in range(len(row.params) - row.qubits)]
    for inverse, controls in [(False, 0), (True, 0), (True, 1), (False, 2), (False, 3)]:
        on, under = list(range(row.qubits)), [row.qubits + place for place in range(controls)]
        op: dict[str, Any] = {"gate": name, "on": on}
        op |= ({"args": args} if args else {}) | ({"inv": True} if inverse else {}) | ({"ctrl": under} if under else {})
        count = row.qubits + controls
        own = f"fn main() {{ let q = qubits({count}); {in_words(name, on, args, inverse, under)} }}"
        assert instructions(CIRCUITS, circuit(count, op), level) == instructions(FRONT_END, own, level)


def test_the_other_operations() -> None:
    ops = [{"gate": "x", "on": [1]}, {"barrier": [0, 1]}, {"measure": [1]}, {"reset": [1]}, {"measure": [1, 0]}]
    machine = finished(circuit(2, *ops))
    assert machine.records == [("q1", 1), ("q1", 0), ("q0", 0)]
    assert "QBARRIER" in "".join(instructions(CIRCUITS, circuit(2, *ops), 2))


def test_what_undoes_itself_is_left_out() -> None:
    twice = circuit(1, {"gate": "h", "on": [0]}, {"gate": "h", "on": [0]}, {"measure": [0]})
    assert any("QH " in line for line in instructions(CIRCUITS, twice, 0))
    assert not any("QH " in line for line in instructions(CIRCUITS, twice, 2))


def test_a_trap_stands_in_the_json() -> None:
    """Forty qubits that have all met are more than a simulator holds, which the measurement finds out."""
    ops: list[dict[str, Any]] = [{"gate": "u", "on": [n], "args": [0.3, 0.2, n]} for n in range(40)]
    ops += [{"gate": "rxx", "on": [n, m], "args": [0.3]} for n in range(40) for m in (n - 1, n - 7) if m >= 0]
    content = '{"qubits": 40, "ops": [\n' + ",\n".join(map(json.dumps, ops)) + ',\n{"measure": [\n  3]}]}'
    outcome = finished(content).outcome
    assert outcome is not None
    assert outcome.trap is not None
    place = outcome.trap.location
    assert place is not None
    assert (place.file, place.line, place.column, place.end_column) == ("test.sigma.json", len(ops) + 3, 3, 4)


@pytest.mark.parametrize("stage", STAGES)
def test_stages(stage: str) -> None:
    found = CIRCUITS.show(SourceFile("w.sigma.json", W), Options(), Settings(), stage)
    assert found.diagnostics == ()
    assert re.search({"ast": r"call w \(QW\)", "ir": r"QW v\d", "asm": r"QW r\d"}[stage], found.text)
    wrong = CIRCUITS.show(SourceFile("w.sigma.json", W.replace('"w"', '"v"')), Options(), Settings(), stage)
    assert (wrong.text, [d.code for d in wrong.diagnostics]) == ("", ["S0608"])


def test_thousands_of_operations() -> None:
    ops = [{"gate": ("h", "t", "sx")[n % 3], "on": [n % 7]} for n in range(3000)]
    assembled(circuit(7, *ops, {"measure": list(range(7))}))


def test_numbers_as_json_has_them() -> None:
    content = '{"qubits": 2.0, "ops": [{"gate": "rx", "on": [1e0], "args": [-1E-1]}, {"measure": [-0]}], "shots": 1e2}'
    assert assembled(content).shots == 100
    assert circuit_codes('{"qubits": 1, "ops": [{"gate": "rx", "on": [0], "args": [' + "9" * 5000 + "]}]}") == ["S0607"]


def test_texts_are_decoded() -> None:
    assert (
        assembled('\ufeff{"qubits": 1,\r\n "\\u006fps": [{"gate": "\\u03c3", "on": [0], "args": [1]}]}\r\n').shots == 1
    )


def test_the_ending_is_known() -> None:
    assert find("a.sigma.json") is CIRCUITS
    assert find("a.sigma") is FRONT_END
    assert find("a.json") is None


# -- the schema


def test_the_schema_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run python -m sigma.circuit.schema"


def is_valid(content: str) -> bool:
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(json.loads(content)))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_examples_are_valid() -> None:
    examples = sorted((ROOT / "examples").glob("*.sigma.json"))
    assert examples
    for path in examples:
        content = path.read_text(encoding="utf-8")
        assert is_valid(content)
        assert circuit_codes(content) == []


@pytest.mark.parametrize("name", GATES)
def test_every_gate_is_in_the_schema(name: str) -> None:
    row = GATES[name]
    op = {"gate": name, "on": list(range(row.qubits)), "args": [1] * (len(row.params) - row.qubits)}
    assert is_valid(circuit(9, {**op, "inv": True, "ctrl": [7, 8]}))
    for wrong in (
        {"on": [*op["on"], 8]},
        {"args": [*op["args"], 1]},
        {"inv": 1},
        {"ctrl": []},
        {"with": 3},
        {"gate": "v"},
    ):
        assert not is_valid(circuit(9, {**op, **wrong}))


def test_the_schema_refuses_what_the_compiler_refuses() -> None:
    """But for qubits that are outside or both control and acted on, and JSON that is none."""
    seen = 0
    for path in ERRORS.glob("*.sigma.json"):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if path.name[:5] in ("s0603", "s0611"):
            continue
        seen += 1
        assert not jsonschema.Draft202012Validator(schema()).is_valid(data), path.name
    assert seen >= 10
