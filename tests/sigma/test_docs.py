"""The programs of the reference run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sigma.support import finished

PAGE = Path(__file__).parents[2] / "docs" / "sigma.md"
BLOCKS = re.findall(r"```sigma\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
OUTPUTS = ["", "0.50 1.50 19\n", "0.000\n0: 100\n"]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_blocks(number: int) -> None:
    machine = finished(BLOCKS[number])
    assert machine.outcome is not None
    assert machine.outcome.trap is None
    assert machine.output.decode() == OUTPUTS[number]
