"""One layout for sources of σ."""
