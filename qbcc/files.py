"""Writing one file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from qbcc.export import atomic, messages

_SOURCES: Final = (".qbc", ".sigma", ".sigma.json", ".qasm", ".py")
"""Endings of what people write."""


def refuse_source(target: Path, kind: str, inputs: Iterable[Path]) -> None:
    """Raise :class:`qbcc.diagnostics.SourceError` for a source that is there, unless its ending is the output's, and
    for what :func:`qbcc.export.atomic.check` refuses."""
    atomic.check(target, tuple(inputs))
    name = target.name.lower()
    endings = [ending for ending in _SOURCES if name.endswith(ending)]
    if endings and kind not in endings and target.exists():
        raise messages.refused(target, f"is a source ({endings[0]}), and the output is of another kind")


def write_whole(target: Path, content: bytes, inputs: Iterable[Path], kind: str | None = None) -> None:
    """Write ``content`` to ``target``: never over an input, nor over anything but a regular file; with a ``kind``, the
    ending of what is written (empty for none), nor over a source of another one. Raises
    :class:`qbcc.diagnostics.SourceError`."""
    inputs = tuple(inputs)
    if kind is not None:
        refuse_source(target, kind, inputs)

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    atomic.write([(target, fill)], inputs)
