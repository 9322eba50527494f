"""Findings of QBC: what assembles, and does hardly what is meant. They read :mod:`qbcc.flow`."""
