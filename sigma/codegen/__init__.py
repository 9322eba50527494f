"""The intermediate form to the assembler's syntax objects."""
