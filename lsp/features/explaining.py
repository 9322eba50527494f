"""What ``qbcc explain`` says, for editors: as Markdown, and an address behind a diagnostic's code.

There is no page on the web to lead to. An editor that says it ``explains`` has a provider of documents of the scheme
``qbc-explain``; others are led to the line of the page in a checkout, where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from qbcc.explain import find

SCHEME: Final = "qbc-explain"
_PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


@dataclass(frozen=True, slots=True)
class Explained:
    """A code."""

    code: str
    title: str
    markdown: str


def explained(code: str) -> Explained | None:
    """What there is to say of a code; None if there is no such code."""
    found = find(code)
    if found is None:
        return None
    wanted = code.strip().upper()
    language = "sigma" if wanted.startswith("S") else "qbc"
    parts = [f"# {wanted}: {found.title}", found.text]
    for name, example in (("Wrong", found.wrong), ("Right", found.right)):
        if example:
            parts.append(f"{name}:\n\n```{language}\n{example.rstrip()}\n```")
    return Explained(wanted, found.title, "\n\n".join(parts) + "\n")


@cache
def address(code: str, *, has_provider: bool) -> str | None:
    """Where an editor can open more about a code."""
    if has_provider:
        return f"{SCHEME}:/{code}.md" if find(code) is not None else None
    line = _lines().get(code)
    return f"{_PAGE.as_uri()}#L{line}" if line is not None else None


@cache
def _lines() -> dict[str, int]:
    """Lines of the page's headings, by code; nothing where the page did not come along."""
    try:
        text = _PAGE.read_text("utf-8")
    except OSError:
        return {}
    return {line[4:].strip(): at for at, line in enumerate(text.splitlines(), 1) if line.startswith("### ")}
