"""The programs as WebAssembly text."""
