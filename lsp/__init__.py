"""The language server of QBC: what editors ask of the assembler and of σ."""
