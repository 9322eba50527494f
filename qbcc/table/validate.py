"""Is a table what section 7 of the language reference says?

Every column but j follows from N alone, so that node and triangle links are right up to the apex if each one is; it
must agree to the bit. j of a node is compared with an independent evaluation (:mod:`qbcc.table.klein`), a triangle's
with the mean of its members' as they stand in the table. A value that only follows a wrong one is not reported."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qbcc.table.findings import Findings, Problem
from qbcc.table.klein import imaginary_sign, j_invariant
from qbcc.table.saved import Saved, layer_sizes, stored_checksum
from vm.fnv import OFFSET, PRIME, fnv1a
from vm.output import ENTRY, NODE_DTYPE, TRIANGLE_DTYPE

J_TOLERANCE: Final = 1e-12
"""Largest relative error of j."""
FIDELITY_TOLERANCE: Final = 1e-12
"""By which a fidelity may be above 1: rounding."""
NO_PARENT: Final = 0xFFFF_FFFF_FFFF_FFFF
"""Parent of the apex."""
NODE_ID: Final = 0x4D51 << 48
"""``MQ`` at the top."""
_CHUNK: Final = 1 << 17

Columns = dict[str, NDArray[Any]]


def validate(saved: Saved, limit: int) -> list[Problem]:
    """The first ``limit`` wrong values; none for a table that is right."""
    rows = {"nodes": len(saved.nodes), "triangles": len(saved.triangles)}
    findings = Findings(rows, limit)
    declared = saved.meta.get("rows", {}).get("nodes")
    count = rows["nodes"] if declared is None else declared
    expected = {"nodes": count, "triangles": sum(layer_sizes(count)[1:])}
    for table, found in rows.items():
        if found != expected[table]:
            findings.add(Problem(table, None, "rows", found, expected[table]))
    if declared is None and not findings.is_empty():
        return findings.first()  # nobody says how many nodes there should be
    with np.errstate(all="ignore"):
        _check_nodes(findings, saved.nodes[:count], saved.triangles, count)
        check_distinct(findings, saved.nodes[:count])
        _check_checksums(findings, "nodes", saved.nodes, 0)
        _check_triangles(findings, saved, count)
        _check_checksums(findings, "triangles", saved.triangles, 1)
    _check_payload(findings, saved)
    return findings.first()


def parents(layer: int, first: int, last: int, count: int) -> NDArray[np.uint64]:
    """Parents' ids of the members ``first`` to ``last`` of a layer that has ``count``."""
    if count == 1:
        return np.full(last - first, NO_PARENT, np.uint64)
    position = np.arange(first, last, dtype=np.uint64) // np.uint64(3)
    return position | np.uint64((layer + 1) << 32)


def sigma(index: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """σ of nodes: (8·k)/N."""
    result: NDArray[np.float64] = (8 * index).astype(np.float64) / np.float64(count)
    return result


def coherence(index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Coherence of nodes: 2 (high) or 1."""
    place = index % 100
    return np.where((place < 20) | (place > 80), 2, 1)


def _node_columns(first: int, last: int, count: int) -> Columns:
    k = np.arange(first, last)
    turn = sigma(k, count)
    return {
        "node": k,
        "id": k | NODE_ID,
        "physical": 0x1_0000_0000 + 512 * k,
        "virtual": 0x2_0000_0000 + 256 * k,
        "inverse": 0x3_0000_0000 + 256 * k,
        "sigma": turn,
        "sector": np.floor(turn).astype(np.int64),
        "phase": math.pi * turn / 4,
        "coherence": coherence(k),
        "parent": parents(0, first, last, count),
        "layer": np.zeros(last - first, np.int64),
        "position": k,
    }


def _check_nodes(findings: Findings, nodes: NDArray[np.void], triangles: NDArray[np.void], count: int) -> None:
    for first in range(0, len(nodes), _CHUNK):
        part = nodes[first : first + _CHUNK]
        last = first + len(part)
        for column, expected in _node_columns(first, last, count).items():
            findings.compare("nodes", column, first, part[column], expected)
        _check_j(findings, part, first, count)
    _check_fidelity(findings, nodes, triangles)


def _check_fidelity(findings: Findings, nodes: NDArray[np.void], triangles: NDArray[np.void]) -> None:
    """A fidelity, and the same for all nodes of a triangle, whose it is. What two of its nodes have, or a node and the
    triangle, is right."""
    found = np.ascontiguousarray(nodes["w_fidelity"])
    sound = (found >= 0) & (found <= 1 + FIDELITY_TOLERANCE)
    findings.mark("nodes", "w_fidelity", ~sound, 0, found, "a number from 0 to 1")
    groups = min(-(-len(found) // 3), len(triangles))
    if len(found) < 2 or not groups:
        return
    members = found[np.minimum(np.arange(3 * groups).reshape(-1, 3), len(found) - 1)]
    above = triangles["w_fidelity"][:groups]
    # Of a triangle of one node and that node, the one that nobody entangled is right, else the triangle.
    lone = (np.arange(groups) * 3 == len(found) - 1) & (members[:, 0] != 1)
    expected = np.where((members == above[:, None]).any(axis=1) | lone, above, np.median(members, axis=1))
    expected = np.repeat(expected, 3)[: len(found)]
    wrong = sound[: len(expected)] & (found[: len(expected)] != expected)
    findings.mark("nodes", "w_fidelity", wrong, 0, found[: len(expected)], expected)


def _check_j(findings: Findings, part: NDArray[np.void], first: int, count: int) -> None:
    """Relative error and sign of j. Where it is wrong, the component that is further off is told."""
    index = np.arange(first, first + len(part))
    expected = j_invariant(index, count)
    error = np.stack([part["j_re"] - expected.real, part["j_im"] - expected.imag])
    close = np.hypot(error[0], error[1]) <= J_TOLERANCE * np.abs(expected)
    imaginary = ~(np.abs(error[1]) <= np.abs(error[0]))
    findings.mark("nodes", "j_re", ~close & ~imaginary, first, part["j_re"], expected.real)
    findings.mark("nodes", "j_im", ~close & imaginary, first, part["j_im"], expected.imag)
    sign = imaginary_sign(index, count)
    for wanted, text in ((-1, "a negative number"), (1, "a positive number")):
        wrong = close & (sign == wanted) & ~(np.sign(part["j_im"]) == wanted)
        findings.mark("nodes", "j_im", wrong, first, part["j_im"], text)


def check_distinct(findings: Findings, nodes: NDArray[np.void]) -> None:
    """No two nodes have the same (j_re, j_im); of nodes whose j is wrong that is not asked. Only past some
    2.7 million nodes are two true values near enough to pass for each other otherwise."""
    good = np.flatnonzero(~findings.bad["nodes"][: len(nodes)])
    re, im = nodes["j_re"][good], nodes["j_im"][good]
    order = np.lexsort((good, im, re))
    re, im, good = re[order], im[order], good[order]
    same = (re[1:] == re[:-1]) & (im[1:] == im[:-1])
    for place in np.flatnonzero(same)[: findings.limit].tolist():
        pair = f"{re[place].item()!r}, {im[place].item()!r}"
        findings.add(Problem("nodes", int(good[place + 1]), "j", pair, f"another pair than node {good[place]}'s"))


def _check_triangles(findings: Findings, saved: Saved, count: int) -> None:
    """Layer by layer; the exact columns of a layer's members give those of the layer."""
    sizes = layer_sizes(count)
    below = np.arange(count)
    member: Columns = {"id": below | NODE_ID, "sigma": sigma(below, count), "coherence": coherence(below)}
    source, source_bad, start = saved.nodes, findings.bad["nodes"], 0
    for layer, size in enumerate(sizes[1:], 1):
        rows = saved.triangles[start : start + size]
        members = np.minimum(np.arange(size)[:, None] * 3 + [0, 1, 2], sizes[layer - 1] - 1)
        expected = _layer_columns(member, members, layer, start, size, sizes)
        for column, values in expected.items():
            findings.compare("triangles", column, start, rows[column], values[: len(rows)])
        _check_means(findings, rows, start, source, source_bad, members[: len(rows)], layer)
        member = expected
        source, source_bad = rows, findings.bad["triangles"][start : start + size]
        start += size


def _layer_columns(
    member: Columns, members: NDArray[np.int64], layer: int, start: int, size: int, sizes: list[int]
) -> Columns:
    position = np.arange(size)
    turn = _mean(member["sigma"], members)
    return {
        "triangle": start + position,
        "id": position | (layer << 32),
        **{f"member{place}": member["id"][members[:, place]] for place in range(3)},
        "sigma": turn,
        "layer": np.full(size, layer),
        "phase": math.pi * turn / 4,
        "coherence": member["coherence"][members].min(axis=1),
        "parent": parents(layer, 0, size, sizes[layer]),
        "position": position,
    }


def _mean(values: NDArray[Any], members: NDArray[np.int64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = ((values[members[:, 0]] + values[members[:, 1]]) + values[members[:, 2]]) / 3
    return result


def _check_means(
    findings: Findings,
    rows: NDArray[np.void],
    start: int,
    source: NDArray[np.void],
    source_bad: NDArray[np.bool_],
    members: NDArray[np.int64],
    layer: int,
) -> None:
    """j and fidelity of triangles whose members are there and right."""
    known = int(np.searchsorted(members[:, 2], len(source)))  # members ascend
    sound = ~source_bad[members[:known]].any(axis=1)
    for column in ("j_re", "j_im", "w_fidelity"):
        found = np.ascontiguousarray(rows[column][:known])
        if column == "w_fidelity" and layer == 1:
            expected = np.ascontiguousarray(source[column][members[:known, 0]])
        else:
            expected = _mean(source[column], members[:known])
        wrong = found.view(np.uint64) != expected.view(np.uint64)
        findings.mark("triangles", column, wrong & sound, start, found, expected)


def words(rows: NDArray[np.void], kind: int) -> NDArray[np.uint64]:
    """Entries as the program wrote them, from their columns: shape (rows, 16)."""
    record: NDArray[np.void] = np.zeros(len(rows), TRIANGLE_DTYPE if kind else NODE_DTYPE)
    for name in record.dtype.names or ():
        record[name] = rows[name]
    result = record.view(np.uint64).reshape(-1, ENTRY // 8)
    result[:, 0] = kind
    if kind:
        result[:, 14] |= result[:, 9] << np.uint64(32)
    return result


def payload_checksum(saved: Saved) -> int:
    """FNV-1a of the payload that the columns stand for."""
    result = OFFSET
    for kind, rows in enumerate((saved.nodes, saved.triangles)):
        for first in range(0, len(rows), _CHUNK):
            result = fnv1a(words(rows[first : first + _CHUNK], kind), result)
    return result


def _check_checksums(findings: Findings, table: str, rows: NDArray[np.void], kind: int) -> None:
    """Each entry's own, where nothing else is wrong with it."""
    for first in range(0, len(rows), _CHUNK):
        part = words(rows[first : first + _CHUNK], kind)
        expected = np.full(len(part), OFFSET, np.uint64)
        for column in part[:, :15].T:
            expected = (expected ^ column) * np.uint64(PRIME)
        unexplained = ~findings.bad[table][first : first + len(part)]
        found = part[:, 15]
        findings.mark(table, "checksum", (found != expected) & unexplained, first, found, expected)


def _check_payload(findings: Findings, saved: Saved) -> None:
    """The payload's checksum, where no entry is wrong."""
    stored = stored_checksum(saved.meta)
    if stored is not None and findings.is_empty():
        found = payload_checksum(saved)
        if found != stored:
            findings.add(Problem("payload", None, "checksum", found, stored))
