"""The language server: what editors ask of the assembler and of σ."""
