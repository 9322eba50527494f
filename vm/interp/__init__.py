"""The interpreter engine: compiled once by Numba, then loaded as machine code from a cache."""
