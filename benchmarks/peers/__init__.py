"""The programs of ``benchmarks/programs`` in plain Python, and compiled by Numba.

Each function takes the size and gives the program's answer by the same algorithm. Those over arrays are
split so that plain Python works on lists and bytearrays and Numba on NumPy arrays, through one and
the same inner function.
"""
