"""What ``qbcc explain CODE`` says, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code: what it means, a wrong and a right example."""

    title: str
    """A few words, lower case."""
    text: str
    wrong: str
    right: str
