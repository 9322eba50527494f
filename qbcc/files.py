"""Writing one file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qbcc.export import atomic


def write_whole(target: Path, content: bytes, inputs: Iterable[Path]) -> None:
    """Write ``content`` to ``target``: never over an input, nor over anything but a regular file. Raises
    :class:`qbcc.diagnostics.SourceError`."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    atomic.write([(target, fill)], tuple(inputs))
