"""Circuits in JSON, as a program in σ."""
