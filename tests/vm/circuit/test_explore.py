"""Circuits of programs that outcomes decide: against the exact distribution of the program itself, in every language."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from qiskit import QuantumCircuit, qasm2, qasm3

from qbcc.circuits import emit as circuits
from qbcc.circuits import qasm
from qbcc.circuits.qiskit_code import to_qiskit
from qbcc.diagnostics import SourceError
from tests.dynamic_programs import Records, differ, outcomes, own, program, recorded
from tests.programs import build
from vm.circuit.items import Circuit
from vm.machine import Machine

SHOTS = 400


def follow(text: str, seed: int = 1) -> Circuit:
    found, outcome = circuits.follow(Machine(build(text), engine="interp", seed=seed))
    assert outcome.trap is None, outcome.trap
    return found


def notes(text: str) -> list[str]:
    machine = Machine(build(text), engine="interp", seed=1)
    found, _ = circuits.follow(machine)
    return circuits.notes(machine, found, "qasm3")


@pytest.mark.parametrize("seed", range(40))
def test_the_circuit_has_the_distribution_of_the_program(seed: int) -> None:
    text = program(random.Random(seed))
    found = follow(text)
    assert follow(text, seed=2).items == found.items
    assert differ(own(build(text)), recorded(found, outcomes(to_qiskit(found)))) < 1e-7, text


def from_version_2(found: Circuit) -> dict[int, float]:
    """Outcomes by their numbers, which registers of OpenQASM 2 hold in another order."""
    made = qasm2.loads(circuits.emit(found, "qasm2"), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    flat = list(qasm._flat(found.items, ()))
    groups = qasm._groups(found.bits, [condition for condition, _ in flat]) if found.has_choices else []
    order = [bit for group in groups for bit in group] or list(range(found.bits))
    weights: Counter[int] = Counter()
    for value, weight in outcomes(made).items():
        weights[sum((value >> place & 1) << bit for place, bit in enumerate(order))] += weight  # type: ignore[assignment]
    return dict(weights)


@pytest.mark.parametrize("seed", [1, 4, 6, 9, 12, 15])
def test_every_language_has_it(seed: int) -> None:
    text = program(random.Random(seed))
    found, expected = follow(text), own(build(text))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        third = outcomes(qasm3.loads(circuits.emit(found, "qasm3")))
    names: dict[str, QuantumCircuit] = {}
    exec(circuits.emit(found, "qiskit"), names)
    for weights in (third, outcomes(names["circuit"]), from_version_2(found)):
        assert differ(expected, recorded(found, weights)) < 1e-7
    assert differ(expected, sampled(found)) < 0.13


# -- QIR in its runner


def sampled(found: Circuit) -> dict[Records, float]:
    """Shares of what QIR's runner records."""
    import qirrunner

    handler = qirrunner.OutputHandler()
    qirrunner.run_bytes(circuits.bitcode(found), shots=SHOTS, rng_seed=5, output_fn=handler.handle)
    counts: Counter[Records] = Counter()
    for shot in handler.get_output().split("START")[1:]:
        counts[tuple(read(iter([line for line in shot.split("\n") if line.startswith("OUTPUT")])))] += 1
    return {records: count / SHOTS for records, count in counts.items()}


def read(lines: Iterator[str]) -> Iterator[tuple[str, int | float]]:
    for line in lines:
        _, kind, value, label = line.split("\t")
        if kind == "ARRAY":
            bits = [next(lines).split("\t")[2] in ("1", "true") for _ in range(int(value))]
            yield label, sum(bit << place for place, bit in enumerate(bits))
        else:
            yield label, float(value) if kind == "DOUBLE" else int(value)


BELL = """main: QALLOC r0, 2
 QH 1
 QCX 1, 2
 QMEAS r4, 1
 QMEAS r5, 2
 QSHL r5, 1
 QOR r4, r5
 QMOV r0, name
 QMOV r1, r4
 QSYSCALL 14
 QHALT
.data
name: .asciz "pair"
"""


def test_qir_of_the_base_profile() -> None:
    import pyqir

    text = circuits.emit(follow(BELL), "qir")
    module = pyqir.Module.from_ir(pyqir.Context(), text)
    assert module.verify() is None
    (entry,) = (each for each in module.functions if pyqir.is_entry_point(each))
    assert [block.name for block in entry.basic_blocks] == ["entry", "body", "measurements", "output"]
    assert (pyqir.required_num_qubits(entry), pyqir.required_num_results(entry)) == (2, 2)
    assert (pyqir.qir_major_version(module), pyqir.dynamic_qubit_management(module)) == (2, False)
    for words in (
        '"qir_profiles"="base_profile"',
        '"output_labeling_schema"="labeled"',
        "define i64 @main()",
        "call void @__quantum__rt__initialize(ptr null)",
        'c"pair\\00"',
        'c"pair[1]\\00"',
        "  ret i64 0",
    ):
        assert words in text
    assert set(sampled(follow(BELL))) == {(("pair", 0),), (("pair", 3),)}


@pytest.mark.parametrize(
    "more",
    [
        " QRESET 1\n QH 1\n QMEAS r6, 1\n",
        " QH 1\n",
        " QJEQ r4, 0, over\n QX 1\nover:\n",
    ],
)
def test_qir_of_the_adaptive_profile(more: str) -> None:
    import pyqir

    text = BELL.replace(" QSHL r5, 1\n", f"{more} QSHL r5, 1\n")
    found = circuits.emit(follow(text), "qir")
    assert '"qir_profiles"="adaptive_profile"' in found
    assert '!"backwards_branching", i2 0' in found
    assert pyqir.Module.from_ir(pyqir.Context(), found).verify() is None
    assert set(sampled(follow(text))) == {(("pair", 0),), (("pair", 3),)}


def test_qir_records_numbers_that_are_computed() -> None:
    text = BELL.replace(" QMOV r1, r4", " QMUL r1, r4, 5")
    found = circuits.emit(follow(text), "qir")
    assert "rt__int_record_output" in found
    assert '!"int_computations"' in found
    assert set(sampled(follow(text))) == {(("pair", 0),), (("pair", 15),)}


# -- what becomes of decisions

HEAD = "main: QALLOC r0, 2\n QH 1\n QMEAS r4, 1\n"


@pytest.mark.parametrize("seed", range(4))
def test_a_branch_is_there_in_every_seed(seed: int) -> None:
    text = HEAD + " QJEQ r4, 0, over\n QX 2\nover: QMEAS r5, 2\n QHALT"
    assert "if (c[0]) {\n  x q[1];\n}" in circuits.emit(follow(text, seed), "qasm3")
    assert "if(c0==1) x q[1];" in circuits.emit(follow(text, seed), "qasm2")
    assert "if c0 = 1:" in circuits.draw_text(follow(text, seed), 80, plain=True)


def test_what_arms_have_in_common_is_outside() -> None:
    text = HEAD + " QJEQ r4, 0, other\n QH 2\n QX 2\n QJMP over\nother: QH 2\n QZ 2\n QX 2\nover: QHALT"
    assert circuits.emit(follow(text), "qasm3").endswith(
        "c[0] = measure q[0];\nh q[1];\nif (!c[0]) {\n  z q[1];\n}\nx q[1];\n"
    )


def test_a_measurement_that_decides_nothing_is_one_path() -> None:
    """Twenty outcomes, packed into one number: no decision, so no conditionals and no work for each path."""
    measured = "".join(f" QH {n}\n QMEAS r1, {n}\n QSHL r1, {n}\n QOR r4, r1\n" for n in range(1, 21))
    found = follow(
        f'main: QALLOC r0, 20\n{measured} QMOV r0, name\n QMOV r1, r4\n QSYSCALL 14\n QHALT\n.data\nname: .asciz "n"'
    )
    assert not found.has_choices
    assert found.records is not None
    (_, value) = found.records[0]
    assert getattr(value, "lanes", None) == (-1, *range(20))


def test_ten_decisions_in_a_row_come_together() -> None:
    rounds = "".join(f" QH 1\n QMEAS r4, 1\n QJEQ r4, 0, over{n}\n QX 2\nover{n}:\n" for n in range(10))
    found = follow(f"main: QALLOC r0, 2\n{rounds} QHALT")
    assert len(found.items) == 30


REFUSED: Sequence[tuple[str, str]] = [
    (
        "main: QALLOC r0\nagain: QH 1\n QMEAS r4, 1\n QJEQ r4, 1, again\n QHALT",
        "'test.qbc', line 4: a loop goes on as long as outcomes say, which a circuit cannot (c[48] of line 3)",
    ),
    (
        HEAD + " QPROB r5, 1\n QJLT r5, 0.5, over\n QX 2\nover: QHALT",
        "'test.qbc', line 5: the decision depends on too many outcomes, or on a state after outcomes (c[0] of line 3)",
    ),
    (
        HEAD + " QPROB r5, 1\n QRX 2, r5\n QHALT",
        "'test.qbc', line 5: what it works on depends on too many outcomes, or on a state after outcomes",
    ),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[words[:50] for _, words in REFUSED])
def test_what_no_circuit_shows_is_an_error_at_its_line(text: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        follow(text)
    assert words in caught.value.diagnostics[0].message


def test_what_ends_the_program_is_noted_at_its_line() -> None:
    found = notes(HEAD + " QASSERT r4, 0\n QX 2\n QHALT")
    assert found == ["note: 'test.qbc', line 4: the program ends here where c[0] is 1; the circuit does not show it"]


def test_a_sample_that_decides_is_noted_at_its_line() -> None:
    text = "main: QALLOC r0, 2\n QX 1\n QSAMPLE r4, 1, 1, 10, 0x200000\n QJEQ r4, 5, over\n QX 2\nover: QHALT"
    (found,) = notes(text)
    assert found.startswith("note: 'test.qbc', line 4: what QSAMPLE counted in this run decides here")
