"""``python -m benchmarks.compiling``: how long σ's checker and compiler take for a source of 5,000 lines.

The source is the programs of ``benchmarks/sigma`` again and again, under other names, and a ``main`` that runs all."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import click

from qbcc.source import SourceFile
from sigma.check.program import check
from sigma.compile import compile_source

PROGRAMS = Path(__file__).resolve().parent / "sigma"
_DECLARED = re.compile(r"^(?:fn|record|const|view|let|var|gate) ([A-Za-z_]\w*)", re.MULTILINE)


def source(lines: int) -> str:
    """A source of at least so many lines."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(PROGRAMS.glob("*.sigma"))]
    parts: list[str] = []
    count = 0
    while count < lines:
        text, number = texts[len(parts) % len(texts)], len(parts)
        for name in set(_DECLARED.findall(text)):
            text = re.sub(rf"\b{name}\b", f"{name}_{number}", text)
        parts.append(text)
        count += text.count("\n")
    calls = "".join(f"    main_{number}();\n" for number in range(len(parts)))
    return "\n".join(parts) + f"\nfn main() {{\n{calls}}}\n"


def measure(lines: int, runs: int) -> dict[str, list[float]]:
    """Seconds of each run, by what was done."""
    text = SourceFile("generated.sigma", source(lines))
    found: dict[str, list[float]] = {"check": [], "-O0": [], "-O1": [], "-O2": []}
    assert check(text).is_sound
    for _ in range(runs):
        for name, seconds in found.items():
            start = time.perf_counter()
            if name == "check":
                check(text)
            else:
                assert compile_source(text, level=int(name[-1])).object is not None
            seconds.append(time.perf_counter() - start)
    return found


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lines", default=5000, show_default=True, type=click.IntRange(min=1))
@click.option("--runs", default=7, show_default=True, type=click.IntRange(min=1))
def main(lines: int, runs: int) -> None:
    """Time the checker and the compiler of σ, start-up left out."""
    click.echo("| what | median (fastest to slowest) |\n|---|---|")
    for name, seconds in measure(lines, runs).items():
        middle = statistics.median(seconds)
        click.echo(f"| {name} | {middle:.2f} s ({min(seconds):.2f} to {max(seconds):.2f}) |")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.compiling")
