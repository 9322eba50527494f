"""How long the linter takes: ``python -m benchmarks.linter [INSTRUCTIONS]``.

The program that is looked at has routines of some hundred instructions that save what they use, loop, branch and call
each other, as large programs do; nothing is found in it."""

from __future__ import annotations

import sys
import time
from typing import Final

from qbcc.assembly.assemble import assemble
from qbcc.lint.assembly.source import lint_assembly
from qbcc.source import SourceFile

_STEPS: Final = 12
"""Branches of a routine."""
_ROUTINE: Final = 6 + 4 * _STEPS + 2 + 8
"""Instructions of one, about."""


def generate(instructions: int) -> str:
    """A program of about that many."""
    count = max(instructions // _ROUTINE, 2)
    lines = ["main:"]
    for number in range(count):
        lines += [f"    QMOV r0, {number}", "    QMOV r1, 3", f"    QCALL routine_{number}"]
    lines += ["    QHALT 0"]
    for number in range(count):
        lines += [f"routine_{number}:", "    QPUSH r4, r5, r6", "    QMOV r4, r0", "    QMOV r6, r1", "@loop:"]
        for step in range(_STEPS):
            lines += [f"    QADD r5, r4, {step}", "    QMUL r5, r6", f"    QJLT r5, {step}, @less_{step}"]
            lines += [f"    QADD r6, r5, {step}", f"@less_{step}:"]
        for callee in (number + 1, number + 7):
            if callee < count:
                lines += [
                    "    QMOV r0, r5",
                    "    QMOV r1, r6",
                    f"    QCALL routine_{callee}",
                    "    QSTORE r0, [0x200000]",
                ]
        lines += ["    QSUB r4, 1", "    QJGT r4, 0, @loop", "    QADD r0, r5, r6", "    QPOP r6, r5, r4", "    QRET"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and print it."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    source = SourceFile("benchmark.qbc", generate(wanted))
    begin = time.process_time()
    assembly = assemble(source)
    middle = time.process_time()
    found = lint_assembly(assembly)
    end = time.process_time()
    assert assembly.object is not None
    print(f"{len(assembly.object.code):,} instructions, {len(found.findings)} findings")
    print(f"assembled in {middle - begin:.2f} s, looked at in {end - middle:.2f} s of processor time")


if __name__ == "__main__":
    main()
