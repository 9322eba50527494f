"""Floats in plain Python."""

from __future__ import annotations

import math
from collections.abc import MutableSequence

PI = 3.141592653589793
SOLAR_MASS = 4.0 * PI * PI
YEAR = 365.24
TIME_STEP = 0.01
BODIES = 5
BODY = 7
"""Floats of a body: place, velocity, mass."""


def mandelbrot(size: int) -> int:
    """As ``mandelbrot.qbc``."""
    distance = 2.5 / size
    steps = 0
    for row in range(size):
        c_imag = distance * row - 1.25
        for column in range(size):
            c_real = distance * column - 2.0
            real = imag = real_square = imag_square = 0.0
            for _ in range(50):
                imag = imag * real * 2.0 + c_imag
                real = real_square - imag_square + c_real
                real_square = real * real
                imag_square = imag * imag
                steps += 1
                if real_square + imag_square > 4.0:
                    break
    return steps


def planets() -> list[float]:
    """The sun, Jupiter, Saturn, Uranus and Neptune: ``BODY`` floats each."""
    return [
        *(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SOLAR_MASS),
        *(4.84143144246472090, -1.16032004402742839, -0.103622044471123109),
        *(0.00166007664274403694 * YEAR, 0.00769901118419740425 * YEAR, -0.0000690460016972063023 * YEAR),
        0.000954791938424326609 * SOLAR_MASS,
        *(8.34336671824457987, 4.12479856412430479, -0.403523417114321381),
        *(-0.00276742510726411860 * YEAR, 0.00499852801234917238 * YEAR, 0.0000230417297573763929 * YEAR),
        0.000285885980666130812 * SOLAR_MASS,
        *(12.8943695621391310, -15.1111514016986312, -0.223307578892655734),
        *(0.00296460137564761618 * YEAR, 0.00237847173959480950 * YEAR, -0.0000296589568540237556 * YEAR),
        0.0000436624404335156298 * SOLAR_MASS,
        *(15.3796971148509165, -25.9193146099879641, 0.179258772950371181),
        *(0.00268067772490389322 * YEAR, 0.00162824170038242295 * YEAR, -0.0000951592254519715870 * YEAR),
        0.0000515138902046611451 * SOLAR_MASS,
    ]


def nbody(size: int) -> float:
    """As ``nbody.qbc``."""
    return orbit(planets(), size)


def orbit(body: MutableSequence[float], steps: int) -> float:
    """Energy of the bodies after ``steps`` time steps."""
    for axis in range(3, 6):
        momentum = 0.0
        for i in range(0, BODIES * BODY, BODY):
            momentum += body[i + axis] * body[i + 6]
        body[axis] = -momentum / SOLAR_MASS
    for _ in range(steps):
        for i in range(0, BODIES * BODY, BODY):
            for j in range(i + BODY, BODIES * BODY, BODY):
                x = body[i] - body[j]
                y = body[i + 1] - body[j + 1]
                z = body[i + 2] - body[j + 2]
                square = x * x + y * y + z * z
                magnitude = TIME_STEP / (square * math.sqrt(square))
                pull = body[j + 6] * magnitude
                body[i + 3] -= x * pull
                body[i + 4] -= y * pull
                body[i + 5] -= z * pull
                pull = body[i + 6] * magnitude
                body[j + 3] += x * pull
                body[j + 4] += y * pull
                body[j + 5] += z * pull
        for i in range(0, BODIES * BODY, BODY):
            body[i] += body[i + 3] * TIME_STEP
            body[i + 1] += body[i + 4] * TIME_STEP
            body[i + 2] += body[i + 5] * TIME_STEP
    energy = 0.0
    for i in range(0, BODIES * BODY, BODY):
        speed = body[i + 3] * body[i + 3] + body[i + 4] * body[i + 4] + body[i + 5] * body[i + 5]
        energy += body[i + 6] * 0.5 * speed
        for j in range(i + BODY, BODIES * BODY, BODY):
            x = body[i] - body[j]
            y = body[i + 1] - body[j + 1]
            z = body[i + 2] - body[j + 2]
            energy -= body[i + 6] * body[j + 6] / math.sqrt(x * x + y * y + z * z)
    return energy


def spectral(size: int) -> float:
    """As ``spectral.qbc``."""
    return power([1.0] * size, [0.0] * size, [0.0] * size, size)


def power(u: MutableSequence[float], v: MutableSequence[float], aux: MutableSequence[float], size: int) -> float:
    """Ten rounds of the power method from ``u``; all three have ``size`` floats."""
    source, target = u, v
    for _ in range(20):
        for i in range(size):
            total = 0.0
            for j in range(size):
                total += 1.0 / (((i + j) * (i + j + 1) >> 1) + i + 1) * source[j]
            aux[i] = total
        for i in range(size):
            total = 0.0
            for j in range(size):
                total += 1.0 / (((i + j) * (i + j + 1) >> 1) + j + 1) * aux[j]
            target[i] = total
        source, target = target, source
    product = 0.0
    norm = 0.0
    for i in range(size):
        product += u[i] * v[i]
        norm += v[i] * v[i]
    return math.sqrt(product / norm)
