"""Levels of findings that an editor is set to: ``{"lint": {"levels": {"S0901": "off"}}}`` among the options that it
starts the server with. They win over those of the project."""

from __future__ import annotations

from typing import Any

from qbcc.lint.finding import LEVELS


def levels(options: Any) -> dict[str, str]:
    """By code. What is no level, or of another type, is left out: an editor's settings are no source to report on."""
    lint = options.get("lint") if isinstance(options, dict) else None
    given = lint.get("levels") if isinstance(lint, dict) else None
    if not isinstance(given, dict):
        return {}
    return {code: level for code, level in given.items() if isinstance(code, str) and level in LEVELS}
