"""In which order things are calculated: from left to right, at every level."""

from __future__ import annotations

import pytest

from tests.sigma.support import LEVELS, finished, output

_HEAD = """
record P { x: int; y: int }
fn t(n: int) -> int { write("<{n}>"); return n; }
fn set(a: [int]) -> int { a[0] = 7; return 1; }
fn first(x: int, y: int, z: int) -> int { return x; }
fn pair() -> (int, P) { return (t(1), P(t(2), t(3))); }
fn row() -> [int; 3] { return [t(1), t(2), t(3)]; }
"""
_SHOWN = {
    "operators": ("let s = t(1) + t(2) * t(3) - t(4);", "<1><2><3><4>"),
    "a choice": ("let s = t(2) if t(1) > 0 else t(3);", "<1><2>"),
    "indices": ("let s = m[t(1)][t(0)];", "<1><0>"),
    "bounds": ("let s = m[t(0)][t(1)..t(2)];", "<0><1><2>"),
    "an assignment": ("m[t(1)][t(0)] = t(3);", "<1><0><3>"),
    "a whole row": ("m[t(1)] = [t(2), t(3)];", "<1><2><3>"),
    "in place": ("m[t(1)][t(0)] += t(3);", "<1><0><3>"),
    "arguments": ("let s = first(t(1), t(2), t(3));", "<1><2><3>"),
    "built-in functions": ("let s = max(t(1), t(2));", "<1><2>"),
    "a tuple": ("let (s, u) = (t(1), t(2));", "<1><2>"),
    "a record": ("let s = P(t(1), t(2));", "<1><2>"),
    "named fields": ("let s = P(y: t(1), x: t(2));", "<1><2>"),
    "a repetition": ("let s = [t(1); t(2)];", "<1><2>"),
    "a repeated row": ("let s = [[t(1), t(2)]; t(3)];", "<1><2><3>"),
    "a repetition of none": ("let s = [t(1); 0]; let u = [[t(2)]; 0]; let w = [[t(3)]; t(0)]; let v = [t(4); t(0)];",
                             "<1><2><3><0><4><0>"),
    "a loop": ("for q in t(0)..t(3) step t(2) { write(\".\"); }", "<0><3><2>.."),
    "a text": ("write(\"{t(1)} {t(2):3}\");", "<1>1<2>   2"),
    "a result": ("let (s, u) = pair(); let r = row();", "<1><2><3><1><2><3>"),
    "a barrier": ("barrier(qs[t(0)..t(1)]); barrier(qs[t(1)]);", "<0><1><1>"),
    "a gate": ("rx(qs[t(0)], t(1)); rx(qs[t(0)..t(2)], t(1)); ctrl(qs[t(1)]) x(qs[t(0)]);", "<0><1><0><2><1><1><0>"),
}  # fmt: skip
_READ = {
    "operators": ("let s = a[0] + set(a) + a[0]; write(\"{s}\");", "13"),
    "in place": ("a[0] += set(a); write(\"{a[0]}\");", "6"),
    "a text": ("write(\"{a[0]} {set(a)} {a[0]}\");", "5 1 7"),
    "an array": ("let s = [a[0], set(a), a[0]]; write(\"{s[0]} {s[1]} {s[2]}\");", "5 1 7"),
    "a tuple": ("let (s, u, v) = (a[0], set(a), a[0]); write(\"{s} {u} {v}\");", "5 1 7"),
    "arguments": ("write(\"{first(a[0], set(a), a[0])}\");", "5"),
    "the place": ("a[a[0]] = set(a); write(\"{a[5]} {a[7]}\");", "1 0"),
    "the place of a row": ("m[a[1]] = [set(a), a[0]]; write(\"{m[0][0]} {m[0][1]}\");", "1 7"),
    "a repeated array": ("let s = [a; set(a) + 1]; write(\"{s[0][0]} {s[1][0]}\");", "5 5"),
    "a repeated number": ("let s = [a[0]; set(a) + 1]; write(\"{s[0]} {s[1]}\");", "5 5"),
}  # fmt: skip


def _program(body: str) -> str:
    return f"{_HEAD} fn main() {{ var a = [5, 0, 0, 0, 0, 0, 0, 0]; var m = [[0, 0], [0, 0]]; let qs = qubits(2); {body} }}"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("what", _SHOWN)
def test_from_left_to_right(what: str, level: int) -> None:
    body, wanted = _SHOWN[what]
    assert output(_program(body), level) == wanted


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("what", _READ)
def test_what_is_read_before_a_call_is_not_changed_by_it(what: str, level: int) -> None:
    body, wanted = _READ[what]
    assert output(_program(body), level) == wanted


@pytest.mark.parametrize("level", LEVELS)
def test_a_place_that_is_not_there_traps_before_its_value_is_calculated(level: int) -> None:
    machine = finished(_program("a[t(8)] = t(1);"), level)
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    assert machine.output == b"<8>"


@pytest.mark.parametrize("level", LEVELS)
def test_a_repetition_of_none_writes_nothing(level: int) -> None:
    body = 'let n = t(0); let guard = [7; n + 2]; let s = [P(1, 2); n]; let u = [[8, 9]; n]; write("{guard[0]}{guard[1]}");'
    assert output(_program(body), level) == "<0>77"
