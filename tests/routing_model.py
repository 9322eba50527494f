"""An independent model of the routing table (language reference, section 7), in NumPy.

j is summed here from its Fourier coefficients, which are computed in exact integers from Eisenstein
series; its imaginary part comes from a form without cancellation. The validator uses theta functions."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vm.output import ENTRY, PAYLOAD, Buffer, checksum

NO_PARENT = 0xFFFF_FFFF_FFFF_FFFF
TERMS = 24


def _product(a: list[int], b: list[int]) -> list[int]:
    return [sum(a[i] * b[n - i] for i in range(n + 1)) for n in range(len(a))]


@cache
def j_coefficients() -> list[int]:
    """c(-1), c(0), c(1), …: j = E4³/Δ, all in exact integers; Δ/q = ∏(1-qⁿ)²⁴."""
    size = TERMS + 2
    e4 = [1] + [240 * sum(d**3 for d in range(1, n + 1) if n % d == 0) for n in range(1, size)]
    delta = [1] + [0] * (size - 1)
    for n in range(1, size):
        for _ in range(24):
            delta = [value - (delta[i - n] if i >= n else 0) for i, value in enumerate(delta)]
    numerator = _product(_product(e4, e4), e4)
    quotient: list[int] = []
    for n in range(size):
        quotient.append(numerator[n] - sum(quotient[i] * delta[n - i] for i in range(n)))
    return quotient


def klein_j(count: int) -> NDArray[np.complex128]:
    """j(k/N + i) for k = 0 … N-1."""
    k = np.arange(count)
    theta = 2 * np.pi * (np.minimum(k, count - k) / count)
    weights = [c * math.exp(-2 * math.pi * n) for n, c in enumerate(j_coefficients(), start=-1)]
    real = np.full(count, 744.0)
    for n, weight in enumerate(weights, start=-1):
        if n != 0:
            real += weight * np.cos(n * theta)
    # j'(i) = 0 says that the weights' first moments cancel, so sin nθ may be replaced by sin nθ - n sin θ = sin θ · d.
    square = np.sin(theta / 2) ** 2
    before, d, imaginary = np.zeros(count), np.zeros(count), np.zeros(count)
    for n in range(1, TERMS):
        imaginary += weights[n + 1] * d
        before, d = d, 2 * d - before - 4 * square * (d + n)
    imaginary *= np.sin(theta) * np.where(2 * k > count, -1, 1)
    imaginary[(k == 0) | (2 * k == count)] = 0
    return real + 1j * imaginary


def words_checksum(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """FNV-1a of each row's words."""
    result = np.full(len(words), 0xCBF29CE484222325, np.uint64)
    for column in words.T:
        result = (result ^ column) * np.uint64(0x100000001B3)
    return result


def layer_sizes(count: int) -> list[int]:
    """Members of layer 0, 1, … to the apex."""
    sizes = [count]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // 3))
    return sizes


def _bits(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(values).view(np.uint64)


def _nodes(count: int) -> tuple[NDArray[np.uint64], dict[str, NDArray[np.float64]], NDArray[np.int64]]:
    k = np.arange(count, dtype=np.uint64)
    j = klein_j(count)
    values = {"re": j.real, "im": j.imag, "sigma": (8 * k).astype(float) / float(count)}
    remainder = (k % 100).astype(int)
    coherence = np.where((remainder < 20) | (remainder > 80), 2, 1)
    words = np.zeros((count, 16), np.uint64)
    words[:, 1] = k
    words[:, 2] = k | np.uint64(0x4D51 << 48)
    words[:, 3] = 0x1_0000_0000 + 512 * k
    words[:, 4] = 0x2_0000_0000 + 256 * k
    words[:, 5] = 0x3_0000_0000 + 256 * k
    words[:, 9] = np.floor(values["sigma"]).astype(np.uint64)
    words[:, 14] = k
    return words, values, coherence


def entries(count: int) -> NDArray[np.uint64]:
    """The whole table: shape (entries, 16)."""
    words, values, coherence = _nodes(count)
    blocks, before = [words], 0
    sizes = layer_sizes(count)
    for layer, size in enumerate(sizes):
        words[:, 6], words[:, 7], words[:, 8] = (_bits(values[name]) for name in ("re", "im", "sigma"))
        words[:, 10] = _bits(math.pi * values["sigma"] / 4)
        words[:, 11] = coherence
        words[:, 13] = _bits(np.ones(size))
        if size == 1:
            words[:, 12] = NO_PARENT
            break
        words[:, 12] = [((layer + 1) << 32) | (i // 3) for i in range(size)]
        members = np.minimum(np.arange(sizes[layer + 1])[:, None] * 3 + [0, 1, 2], size - 1)
        child, words = words, np.zeros((sizes[layer + 1], 16), np.uint64)
        position = np.arange(len(words), dtype=np.uint64)
        words[:, 0] = 1
        words[:, 1] = before + position
        words[:, 2] = words[:, 14] = position | np.uint64((layer + 1) << 32)
        words[:, 3:6] = child[:, 2][members]
        words[:, 9] = layer + 1
        values = {n: ((v[members[:, 0]] + v[members[:, 1]]) + v[members[:, 2]]) / 3 for n, v in values.items()}
        coherence = coherence[members].min(axis=1)
        before += len(words)
        blocks.append(words)
    table = np.concatenate(blocks)
    table[:, 15] = words_checksum(table[:, :15])
    return table


def buffer(words: NDArray[np.uint64]) -> Buffer:
    """A checked output buffer that holds these entries."""
    payload = np.ascontiguousarray(words).view(np.uint8).ravel()
    return Buffer(len(words), ENTRY, 1, 1, payload, checksum(payload))


def memory(header: list[int], payload: bytes = b""):
    """A machine's memory as ``vm.output.read`` sees it: a header and a payload, zeros elsewhere.

    Fails the test on any request that does not lie inside memory."""
    words = np.array(header, np.uint64).view(np.uint8)
    content = np.concatenate([words, np.frombuffer(payload, np.uint8)])
    start = PAYLOAD - len(words)

    def view(address: int, count: int) -> NDArray[np.uint8]:
        assert address >= 0x1000 and count >= 0 and address + count <= 1 << 36
        part = content[address - start : address - start + count]
        return np.concatenate([part, np.zeros(count - len(part), np.uint8)])

    return view
