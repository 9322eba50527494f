"""How messages show the words of others, and count."""

from __future__ import annotations

from typing import Final

_SHOWN: Final = 40
"""Longest word that a message repeats."""


def short(word: str) -> str:
    """Return a word as a message shows it."""
    return word if len(word) <= _SHOWN else word[: _SHOWN - 1] + "…"


def did_you_mean(name: str | None) -> tuple[str, ...]:
    """Return the note that suggests a name, if there is one."""
    return () if name is None else (f"did you mean '{name}'?",)
