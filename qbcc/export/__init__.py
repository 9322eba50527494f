"""Output buffers and results as files, whole or not at all."""
