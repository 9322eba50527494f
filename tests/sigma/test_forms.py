"""Forms of printed values, compared with Python's own formatting; and what is refused, by name and at its place."""

from __future__ import annotations

import random

import pytest

from sigma import forms
from sigma.types import BOOL, FLOAT, INT
from tests.sigma.support import diagnostics, output

FLOATS = (
    0.0, -0.0, 0.5, -2.5, 3.14159, -1234.5678, 1e17, 1.5e16, 123.456, 92.5, 1e22, -1e300, 1.7976931348623157e308,
    float("inf"), float("-inf"),
)  # fmt: skip
INTS = (0, 1, -1, 7, 42, -42, 255, 123456789, -(2**63), 2**63 - 1)


def python(value: float, form: str) -> str:
    """What Python prints: hexadecimal has 0x here, and integers in another base than ten have 64 bits."""
    kind = form[-1:] if form[-1:] in ("x", "b", "o") else ""
    if not kind:
        return format(value, form)
    assert isinstance(value, int)
    prefix = "#" if kind == "x" else ""
    before, zero = form[:-1], ""
    digits = before.lstrip("*.0<>^ ")
    assert digits.isdigit() or not digits
    found = form[: len(before) - len(digits)]
    if found.endswith("0") and found[-2:-1] not in ("<", ">", "^"):
        found, zero = found[:-1], "0"
    return format(value % 2**64, f"{found}{prefix}{zero}{digits}{kind}")


def made(rng: random.Random) -> tuple[str, float]:
    """A form and a value that it goes with."""
    is_float = rng.random() < 0.5
    width = rng.choice(["", "", "1", "5", "12", "30"])
    align = rng.choice(["", "", "<", ">", "^", "*<", ".^", "0>", " >"]) if width else ""
    zero = "0" if width and not align and rng.random() < 0.5 else ""
    if is_float:
        sign = rng.choice(["", "", "+", " ", "-"])
        return f"{align}{sign}{zero}{width}{rng.choice(['f', '.0f', '.1f', '.3f', '.10f', '.17f'])}", rng.choice(
            [*FLOATS[:-2], *INTS[:-2], 2**63 - 1]
        )
    kind = rng.choice(["", "d", "x", "b", "o"])
    sign = rng.choice(["", "", "+", " ", "-"]) if kind in ("", "d") else ""
    return f"{align}{sign}{zero}{width}{kind}", rng.choice(INTS)


def written(value: float) -> str:
    return "-9223372036854775807 - 1" if value == -(2**63) else repr(value)


@pytest.mark.parametrize("seed", range(4))
def test_forms_are_those_of_python(seed: int) -> None:
    rng = random.Random(seed)
    cases = [made(rng) for _ in range(60)]
    lines = [f'    let v{n} = {written(value)}; print("[{{v{n}:{form}}}]");' for n, (form, value) in enumerate(cases)]
    found = output("fn main() {\n" + "\n".join(lines) + "\n}\n", level=seed % 3).split("\n")
    wanted = [f"[{python(value, form)}]" for form, value in cases]
    assert [(form, value, line) for (form, value), line in zip(cases, found, strict=False)] == [
        (form, value, line) for (form, value), line in zip(cases, wanted, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{3:05d}|{-3:05d}|{3:05}|{255:06x}|{5:08b}|{8:o}|{255:8x}|{255:<8x}|", "00003|-0003|00003|0x00ff|00000101|10|    0xff|0xff    |"),
        ("{2.5:+}|{2.5: }|{-2.5:+}|{2.5:+8.2f}|{-2.5:08.2f}|{2.5:+08.2f}|", "+2.5| 2.5|-2.5|   +2.50|-0002.50|+0002.50|"),
        ("{true:^8}|{false:*<8}|{true:.>8}|", "  true  |false***|....true|"),
        ("{7:^5}|{7:^4}|{123456:^3}|{1:^1}|", "  7  | 7  |123456|1|"),
        ("{(1 if 2 > 1 else 0):3}|{max(1, 2):3}|{[1, 2][0]:3}|{':':4}|{7 /* a:b */:3}|", "  1|  2|  1|  58|  7|"),
        ("{0.5:f}|{7:08f}|{7:f}|{1.0 / 0.0:8f}|", "0.500000|7.000000|7.000000|     inf|"),
        ("{7 div 2:3}|{1 << 3:x}|{not true}|", "  3|0x8|false|"),
    ],
)  # fmt: skip
def test_forms(text: str, wanted: str) -> None:
    for level in (0, 2):
        assert output(f'fn main() {{ print("{text}"); }}', level) == wanted + "\n"


def test_a_call_with_named_fields() -> None:
    text = """record P { x: int; y: int }
fn sum(p: P) -> int { return p.x + p.y; }
fn main() { print("{sum(P(x: 1, y: 2)):4}|{P(x: 3, y: 4).x}|{[P(x: 1, y: 5)][0].y:<3}|"); }
"""
    assert output(text) == "   3|3|5  |\n"


@pytest.mark.parametrize(
    ("piece", "at", "word", "note"),
    [
        ("{3:05e}", 3, "'e'", "{x:.3f}"),
        ("{3:,}", 3, "','", "not grouped"),
        ("{3:_d}", 3, "'_'", "not grouped"),
        ("{3:#x}", 3, "'#'", "0x"),
        ("{3:X}", 3, "'X'", "{n:x}"),
        ("{3:s}", 3, "'s'", "{x}"),
        ("{0.5:%}", 5, "'%'", "{100 * x:.1f}%"),
        ("{0.5:.1%}", 5, "'%'", "{100 * x:.1f}%"),
        ("{0.5:.3}", 5, "goes with f", "{x:.3f}"),
        ("{0.5:.f}", 5, "missing", "{x:.3f}"),
        ("{0.5:.99f}", 5, "17 places", "{x}"),
        ("{3:1000}", 3, "999", "loop"),
        ("{3:=5}", 3, "'='", "{x:08}"),
        ("{0.5:d}", 5, "for ints", "{x:.3f}"),
        ("{0.5:x}", 5, "for ints", "int(x)"),
        ("{true:d}", 6, "for ints", "int(b)"),
        ("{true:05}", 6, "no sign", "int(b)"),
        ("{3:5c}", 3, "alone", "{n:c}"),
        ("{3:+x}", 3, "no sign", "{n:x}"),
        ("{3:zz}", 3, "'zz'", "forms are"),
        ("{3:é>5}", 3, "ASCII", "{x:*>8}"),
        ("{3!r}", 1, "not a value", "conversion"),
        ("{x=}", 1, "not a value", "{x}"),
        ("{x // two}", 3, "begins a comment", "div"),
        ("{x // the number}", 1, "begins a comment", "/* … */"),
        ("{}", 1, "nothing", "{{"),
        ("{x < 2 < 3}", 7, "do not chain", "a < b and b < c"),
        ("{x + 3 @ 2}", 7, "belongs to no word", "inv t(q)"),
        ("{1 + 0b12}", 5, "not a number", "0b101"),
        ("{x mod 2}", 3, "not a word", "a % b"),
        ("{p}", 1, "cannot be printed", "{p.a}"),
        ("{t}", 1, "cannot be printed", "let (a, b) = t;"),
        ("{q}", 1, "cannot be printed", "measure(q)"),
        ("{a}", 1, "cannot be printed", "for x in a"),
    ],
)
def test_what_is_refused_is_told_at_its_place(piece: str, at: int, word: str, note: str) -> None:
    text = f"""record P {{ a: int }}
fn main() {{
    let x = 1; let p = P(1); let t = (1, 2); let a = [1]; let q = qubit();
    print("{piece}");
    print("{{x}} {{p.a}} {{a[0]}} {{measure(q)}}"); let (u, v) = t; print("{{u}} {{v}}");
}}
"""
    (found,) = diagnostics(text)
    assert found.span is not None
    assert (found.span.line, found.span.column) == (4, 12 + at)
    assert word in found.message
    assert note in " ".join(found.notes)


@pytest.mark.parametrize("seed", range(200))
def test_every_form_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice("<>^=+- #0159,_.dxbocfegs%*é{:") for _ in range(rng.randrange(7)))
    found = forms.read(text)
    if isinstance(found, forms.FormFault):
        assert found.text
        assert found.note
        return
    for type in (INT, FLOAT, BOOL):
        fault = forms.misfit(found, type)
        assert fault is None or fault.note
