"""Kinds of numbers that options take, by the names that messages have for them."""

from __future__ import annotations

import click


class IntegerRange(click.IntRange):
    """An integer from a range."""

    name = "integer"


class NumberRange(click.FloatRange):
    """A number from a range."""

    name = "number"
