"""Comparisons: the predicates of a mnemonic's last letters."""

from __future__ import annotations

from typing import Final

PREDICATES: Final = {
    "EQ": ("eq", "oeq"), "NE": ("ne", "une"), "LT": ("slt", "olt"), "LE": ("sle", "ole"),
    "GT": ("sgt", "ogt"), "GE": ("sge", "oge"),
}  # fmt: skip
"""For integers and for floats; with a NaN all but NE are false."""
UNSIGNED: Final = {"LTU": "ult", "LEU": "ule", "GTU": "ugt", "GEU": "uge"}
