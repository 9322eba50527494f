"""Objects: linking, disassembling, listing."""
