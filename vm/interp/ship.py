"""``python -m vm.interp.ship``: compile the loop by Numba, and keep the result beside the sources."""

from __future__ import annotations

from vm.interp import engine

if __name__ == "__main__":
    engine.ship()
