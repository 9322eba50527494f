"""The assembler: from lines to an object."""
