"""What the server knows of a source in σ."""
