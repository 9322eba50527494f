"""The native engine: verified programs to machine code through LLVM."""
