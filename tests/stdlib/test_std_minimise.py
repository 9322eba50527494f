"""std.minimise: the simplex goes down, point for point as that of the books."""

from __future__ import annotations

import pytest

from tests.sigma.support import finished, output

FUNCTIONS = {
    "bowl": ("(p[0] - 3) * (p[0] - 3)", [0.0], [3.0]),
    "valley": ("(1 - p[0]) * (1 - p[0]) + 100 * (p[1] - p[0] * p[0]) * (p[1] - p[0] * p[0])", [-1.2, 1.0], [1.0, 1.0]),
    "waves": ("2 - cos(p[0] - 0.5) - cos(p[1] + 0.25)", [0.0, 0.0], [0.5, -0.25]),
    "four": (
        "p[0] * p[0] + 2 * (p[1] - 1) * (p[1] - 1) + 3 * (p[2] + 2) * (p[2] + 2) + abs(p[3])",
        [1.0, 2.0, 3.0, 4.0],
        [0.0, 1.0, -2.0, 0.0],
    ),
}


def program(name: str, spread: float) -> str:
    body, start, _ = FUNCTIONS[name]
    shown = " ".join(f"{{s.points[0][{n}]}}" for n in range(len(start)))
    return f"""import std.minimise;
        fn f(p: [float]) -> float {{ return {body}; }}
        fn main() {{
            var s = minimise.start({start}, 0.5);
            while minimise.spread(s) > {spread} and s.told < 5000 {{
                minimise.tell(s, f(s.trial[0..{len(start)}]));
            }}
            print("{{s.told}} {{s.values[0]}} {shown}"); }}"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_least_value_is_found(name: str) -> None:
    told, value, *point = map(float, output(program(name, 1e-14)).split())
    assert told < 1000
    assert abs(value) < 1e-6
    for found, wanted in zip(point, FUNCTIONS[name][2], strict=True):
        assert abs(found - wanted) < 1e-3


def test_the_steps_are_those_of_the_method() -> None:
    """Of x² + y² from (1, 1): three points; reflected and taken; reflected, better than all, so expanded."""
    text = """import std.minimise; fn main() {
        var s = minimise.start([1.0, 1.0], 1.0);
        for k in 0..6 {
            print("{s.trial[0]} {s.trial[1]}");
            minimise.tell(s, s.trial[0] * s.trial[0] + 2 * s.trial[1] * s.trial[1]);
        } }"""
    found = [tuple(map(float, line.split())) for line in output(text).splitlines()]
    # The worst is (1, 2): in the middle of the others, (1.5, 1), it is reflected to (2, 0), then out to (2.5, -1).
    assert found[:4] == [(1, 1), (2, 1), (1, 2), (2, 0)]
    # f(2, 0) = 4 is between the best, 3, and the next, 6: it is taken. The worst is (2, 1), the middle (1.5, 0.5).
    assert found[4] == (1, 0)
    # f(1, 0) = 1 is better than all: twice as far.
    assert found[5] == (0.5, -0.5)


def test_too_many_numbers_are_refused() -> None:
    machine = finished("import std.minimise; fn main() { let s = minimise.start([0.0; 17], 1.0); }")
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    assert "1 to 16 numbers" in machine.outcome.trap.message
