"""Random expressions of OpenQASM 3's integer types, with an independent model: exact integers and the specification's
rules (C99's conversions, numbers modulo 2ⁿ, division towards zero)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

Type = tuple[str, int]
"""``int``, ``uint`` or ``bit``, and bits."""
_TYPES: tuple[Type, ...] = (
    ("int", 8), ("int", 13), ("int", 32), ("int", 64), ("uint", 1), ("uint", 8), ("uint", 31), ("uint", 63), ("uint", 64),
    ("bit", 5), ("bit", 8), ("bit", 64),
)  # fmt: skip


def reduced(value: int, kind: Type) -> int:
    """The number that a type has for a value."""
    name, width = kind
    value %= 2**width
    return value - 2**width if name == "int" and value >= 2 ** (width - 1) else value


@dataclass(frozen=True)
class Made:
    """An expression: its text, type and value."""

    text: str
    kind: Type
    value: int


def common(left: Type, right: Type) -> Type:
    """C99's usual arithmetic conversions; bits are numbers without a sign, and below 64 of them fit in an int."""
    kinds = [
        ("uint" if width == 64 else "int", 64) if name == "bit" else (name, width) for name, width in (left, right)
    ]
    (a, n), (b, m) = kinds
    if a == b:
        return a, max(n, m)
    signed, unsigned = (n, m) if a == "int" else (m, n)
    return ("int", signed) if signed > unsigned else ("uint", unsigned)


def _divided(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _arithmetic(rng: random.Random, left: Made, right: Made) -> Made | None:
    kind = common(left.kind, right.kind)
    a, b = reduced(left.value, kind), reduced(right.value, kind)
    sign = rng.choice("+-*/%")
    if sign in "/%" and b == 0:
        return None
    value = {"+": a + b, "-": a - b, "*": a * b}.get(sign)
    if value is None:
        value = _divided(a, b) if sign == "/" else a - b * _divided(a, b)
    return Made(f"({left.text} {sign} {right.text})", kind, reduced(value, kind))


def _compared(rng: random.Random, left: Made, right: Made) -> Made:
    kind = common(left.kind, right.kind)
    a, b = reduced(left.value, kind), reduced(right.value, kind)
    sign = rng.choice(["==", "!=", "<", "<=", ">", ">="])
    found = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
    return Made(f"int[64]({left.text} {sign} {right.text})", ("int", 64), int(found))


def _bitwise(rng: random.Random, left: Made, right: Made) -> Made | None:
    sign = rng.choice("&|^")
    if left.kind[0] == right.kind[0] == "bit":
        if left.kind != right.kind:
            return None
        kind = left.kind
    else:
        names = [("uint", each.kind[1]) if each.kind[0] == "bit" else each.kind for each in (left, right)]
        kind = common(names[0], names[1])
    a, b = reduced(left.value, kind), reduced(right.value, kind)
    value = {"&": a & b, "|": a | b, "^": a ^ b}[sign]
    return Made(f"({left.text} {sign} {right.text})", kind, reduced(value, kind))


def _shifted(rng: random.Random, left: Made, right: Made) -> Made | None:
    if right.value < 0:
        return None
    if rng.random() < 0.5:
        right = Made(str(rng.choice([0, 1, 3, 7, 8, 31, 63, 64, 65, 200])), ("int", 64), 0)
        right = Made(right.text, right.kind, int(right.text))
    sign = rng.choice(["<<", ">>"])
    far = min(right.value, 100)
    value = left.value << far if sign == "<<" else left.value >> far
    return Made(f"({left.text} {sign} {right.text})", left.kind, reduced(value, left.kind))


def _unary(rng: random.Random, inner: Made) -> Made:
    if rng.random() < 0.5:
        kind = common(inner.kind, inner.kind)
        return Made(f"(-{inner.text})", kind, reduced(-inner.value, kind))
    return Made(f"(~{inner.text})", inner.kind, reduced(~inner.value, inner.kind))


def _cast(rng: random.Random, inner: Made) -> Made:
    kind = rng.choice(_TYPES)
    return Made(f"{kind[0]}[{kind[1]}]({inner.text})", kind, reduced(inner.value, kind))


def expression(rng: random.Random, leaves: Sequence[Made], depth: int) -> Made:
    """An expression of variables and numbers that all its operations have a value for."""
    while True:
        if depth == 0 or rng.random() < 0.1:
            return rng.choice(leaves)
        choice = rng.randrange(7)
        left = expression(rng, leaves, depth - 1)
        found: Made | None
        if choice == 0:
            found = _unary(rng, left)
        elif choice == 1:
            found = _cast(rng, left)
        else:
            right = expression(rng, leaves, depth - 1)
            if rng.random() < 0.25 and left.kind[1] > 4 and choice < 5:
                # A number that is written down has the type of the other operand.
                number = rng.choice([0, 1, 2, 7, 15])
                right = Made(str(number), ("int", 64) if left.kind[0] == "bit" and choice < 4 else left.kind, number)
            make = (_arithmetic, _arithmetic, _compared, _bitwise, _shifted)[choice - 2]
            found = make(rng, left, right)
        if found is not None:
            return found


def program(rng: random.Random) -> tuple[str, dict[str, int]]:
    """A program and its outputs: each expression of variables, and once more of constants."""
    lines, leaves = [], []
    for place in range(5):
        kind = rng.choice(_TYPES)
        value = reduced(rng.choice([0, 1, 2, 3, -1, 2**63, 2**31, 127, 128, 255, rng.getrandbits(64)]), kind)
        name = f"v{place}"
        written = f'"{value:0{kind[1]}b}"' if kind[0] == "bit" else str(value)
        lines += [f"const {kind[0]}[{kind[1]}] k{place} = {written};", f"{kind[0]}[{kind[1]}] {name} = {written};"]
        leaves.append(Made(name, kind, value))
    wanted: dict[str, int] = {}
    for place in range(8):
        made = expression(rng, leaves, 3)
        kind = rng.choice(_TYPES[:9])
        for prefix, text in (("a", made.text), ("b", made.text.replace("v", "k"))):
            name = f"{prefix}{place}"
            lines.append(f"output {kind[0]}[{kind[1]}] {name}; {name} = {text};")
            wanted[name] = reduced(made.value, kind)
    # What is recorded is a word with a sign.
    return "\n".join(lines), {name: reduced(value, ("int", 64)) for name, value in wanted.items()}
