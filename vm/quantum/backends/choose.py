"""The backend that a name stands for."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Final

from vm.quantum.backends.backend import Backend, Nothing

if TYPE_CHECKING:
    from vm.quantum.backends.noise import Noise

GROUP: Final = "qbc.backends"
"""Entry points of backends."""
NAMES: Final = ("aer", "ionq", "mock", "none")
"""Backends that are always known."""


def make(text: str, noise: str | None = None) -> Backend:
    """The backend that ``--backend`` names, with the noise of ``--noise``. Raises :class:`ValueError` for one that
    does not exist, and for noise that makes no sense."""
    name, _, rest = text.partition(":")
    if name == "aer":
        from vm.quantum.backends.aer import Aer

        return Aer(rest, _noise(noise))
    if noise is not None:
        raise ValueError(f"--noise is for 'aer': '{text}' has its own")
    if name == "none" and not rest:
        return Nothing()
    if name == "mock":
        from vm.quantum.backends.mock import Mock

        return Mock(rest)
    if name == "ionq":
        from vm.quantum.backends.ionq import IonQ

        found: Backend = IonQ(rest)
        return found
    for entry in metadata.entry_points(group=GROUP):
        if entry.name == name:
            made: Backend = entry.load()(rest)
            return made
    known = ", ".join([*NAMES, *(entry.name for entry in metadata.entry_points(group=GROUP))])
    raise ValueError(f"no backend {text!r}: there are {known}")


def _noise(text: str | None) -> Noise | None:
    if text is None:
        return None
    from vm.quantum.backends.noise import parse

    try:
        return parse(text)
    except OSError as error:
        raise ValueError(f"--noise: '{text}' cannot be read: {error.strerror}") from None
