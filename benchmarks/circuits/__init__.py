"""Circuits in σ, and how large they become beside Qiskit's."""
