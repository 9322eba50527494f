"""What a compilation is on its way, as text: the tree, the intermediate form, the lines for the assembler."""
