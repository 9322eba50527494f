"""Kinds of numbers that options take, by the names that messages have for them."""

from __future__ import annotations

import math
from typing import Any

import click


class IntegerRange(click.IntRange):
    """An integer from a range."""

    name = "integer"


class NumberRange(click.FloatRange):
    """A number from a range."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or fail: NaN is in every range."""
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"'{value}' is not a number", param, ctx)
        return found
