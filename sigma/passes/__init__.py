"""Passes over the intermediate form, and what they find out about it."""
