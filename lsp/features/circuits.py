"""Gates in circuits of JSON: what is said of them, and which there are."""

from __future__ import annotations

import re
from typing import Final

from lsprotocol.types import CompletionItemKind as Kind

from lsp.features.completion import Entry, Offer
from lsp.features.hover import Said
from lsp.qbc import words as qbc_words
from qbcc.source import SourceFile, Span
from sigma.builtins import BUILTINS

_GATE: Final = re.compile(r'"gate"\s*:\s*"(?P<name>\w*)"?')
_OPEN: Final = re.compile(r'"gate"\s*:\s*"(?P<name>\w*)\Z')


def hover(source: SourceFile, line: int, column: int) -> Said | None:
    """Of the gate at a place: its effect and its matrix."""
    for found in _GATE.finditer(source.line(line)):
        start, end = found.start("name") + 1, found.end("name") + 1
        builtin = BUILTINS.get(found["name"])
        if start <= column <= end and builtin is not None and builtin.is_gate:
            text = f"**{builtin.name}**: {builtin.what}\n\n{qbc_words.matrix(builtin.mnemonic)}"
            return text, Span(source, line, start, end)
    return None


def completion(source: SourceFile, line: int, column: int) -> Offer:
    """The gates, where one is named."""
    found = _OPEN.search(source.line(line)[: column - 1])
    if found is None:
        return Offer(column, [])
    gates = {each.name: each for each in BUILTINS.values() if each.is_gate}
    entries = [
        Entry(name, Kind.Function, f"{gate.qubits} on, {len(gate.params) - gate.qubits} args", gate.what)
        for name, gate in gates.items()
    ]
    return Offer(found.start("name") + 1, entries)
