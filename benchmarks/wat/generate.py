"""``python -m benchmarks.wat.generate``: make the WAT files from ``benchmarks/c``.

Needs clang and wasm-ld 14 or newer, and wasm2wat (Debian: clang, lld, wabt). What they make is kept in the tree, so
that measuring needs none of them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

HERE: Final = Path(__file__).resolve().parent
SOURCE: Final = HERE.parent / "c" / "benchmarks.c"
NAMES: Final = (
    "fib", "nqueens", "sieve", "matrix", "quicksort", "fannkuch", "sha256", "mandelbrot", "nbody", "spectral",
    "strings",
)  # fmt: skip
"""Those that need no sines and exponentials: WebAssembly has none, and calling the host for each would be what is
measured."""
_OPTIONS: Final = (
    "--target=wasm32", "-O2", "-fno-builtin", "-ffp-contract=off", "-ffreestanding", "-nostdlib",
    "-Wl,--no-entry", "-Wl,--gc-sections", "-Wl,--strip-all", "-Wl,-z,stack-size=1048576",
)  # fmt: skip


def generate(name: str) -> str:
    """One program's text."""
    with TemporaryDirectory() as folder:
        module = Path(folder) / "module.wasm"
        include = ["-I", str(HERE / "shim")]
        subprocess.run(
            ["clang", *_OPTIONS, *include, f"-Wl,--export={name}", str(SOURCE), "-o", str(module)], check=True
        )
        text = subprocess.run(["wasm2wat", str(module)], check=True, capture_output=True, text=True).stdout
    return f";; {name}: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.\n{text}"


def main() -> None:
    """Write all of them."""
    for name in NAMES:
        (HERE / f"{name}.wat").write_text(generate(name), encoding="utf-8")


if __name__ == "__main__":
    main()
