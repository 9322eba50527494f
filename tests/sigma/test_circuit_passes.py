"""Random circuits are at every level, and with each pass alone, what Qiskit's matrices say.

Half of them are on qubits that are entangled with partners, so that the state holds the whole matrix; the other half
meet |0⟩, of which the passes make use. Phases under a control are seen; the phase of the whole is that of the matrices
where no pass has run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from sigma.passes import pipeline
from tests.sigma.choices import Choices, Replayed, Seeded, shrunk, strategy
from tests.sigma.generate_circuits import DATA, Circuit, circuit, density, recorded, vector
from tests.sigma.outcomes import Passes, alone, level, nothing, object_of
from tests.sigma.test_passes import quick, some

CIRCUITS = strategy(circuit)
TOLERANCE = 1e-10
KEPT = 2 * DATA


def compare(made: Circuit, passes: Passes, *, with_phase: bool = False) -> None:
    steps, count = recorded(object_of(made.sigma, passes))
    if any(step.matrix is None for step in made.steps):
        found, wanted = density(steps, count, KEPT), density(made.steps, made.count, KEPT)
    else:
        wide = max(count, made.count)
        found, wanted = vector(steps, wide), vector(made.steps, wide)
        if not with_phase:
            place = np.unravel_index(np.abs(wanted).argmax(), wanted.shape)
            wanted = wanted * (found[place] / wanted[place])
            assert abs(np.linalg.norm(wanted) - 1) < TOLERANCE, made.sigma
    assert np.abs(found - wanted).max() < TOLERANCE, made.sigma


@some
@given(CIRCUITS)
def test_without_passes_the_phase_is_that_of_the_matrices(made: Circuit) -> None:
    compare(made, nothing, with_phase=True)


@pytest.mark.parametrize("number", [1, 2])
@some
@given(CIRCUITS)
def test_every_level_keeps_the_circuit(number: int, made: Circuit) -> None:
    compare(made, level(number))


@pytest.mark.parametrize("name", [*pipeline.PASSES, *pipeline.WHOLE])
@quick
@given(CIRCUITS)
def test_each_pass_alone_keeps_the_circuit(name: str, made: Circuit) -> None:
    compare(made, alone(name))


def try_random_circuit(seed: int) -> str:
    """A random circuit at every level and with each pass alone. What fails is made small first."""
    choices = Seeded(seed)
    if _fails(choices):
        _compare_all(circuit(Replayed(shrunk(choices.made, _fails, 400))))
    return "same"


def _compare_all(made: Circuit) -> None:
    compare(made, nothing, with_phase=True)
    for passes in (level(1), level(2), *map(alone, (*pipeline.PASSES, *pipeline.WHOLE))):
        compare(made, passes)


def _fails(choices: Choices) -> bool:
    try:
        _compare_all(circuit(choices))
    except Exception:
        return True
    return False
