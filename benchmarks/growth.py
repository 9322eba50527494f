"""``python -m benchmarks.growth``: how the native engine's compile time grows with programs of every shape.

Each shape is generated for N, 2N and 4N; the time of each should about double. Processor time, each stage by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import click

from qbcc.assembly.assemble import assemble
from qbcc.source import SourceFile
from vm.bytecode import ObjectFile
from vm.native.compile import compile_ir, target
from vm.native.module import emit
from vm.native.plan import Plan
from vm.program import Program


def dispatch(count: int) -> str:
    """An interpreter of bytecode: each handler ends in its own table jump."""
    lines = ["main: QMOV r4, 1"]
    for i in range(count):
        lines.append(f"b{i}: QADD r0, r0, {i}\nQXOR r1, r0, r2\nQADD r4, 8\nQAND r5, r4, {8 * (count - 1)}")
        lines.append("QLOAD r6, [r5+table]\nQJMP r6")
    return "\n".join([*lines, ".data\ntable: .qword " + ", ".join(f"b{i}" for i in range(count))])


def overlapping(count: int) -> str:
    """Jumps back that overlap: each loop begins inside of the loop before, and ends after it."""
    lines = ["main: QMOV r4, 100000"]
    for i in range(count):
        lines.append(f"b{i}: QADD r0, {i}\nQXOR r1, r0\nQSUB r4, 1\nQJLE r4, 0, out")
        if i >= 5:
            lines.append(f"QAND r5, r0, {i % 7 + 1}\nQJEQ r5, 0, b{i - 5}")
    return "\n".join([*lines, "out: QHALT"])


def nested(count: int) -> str:
    """Write a program of nested loops."""
    lines = ["main: QMOV r4, 100000", *(f"h{i}: QADD r{i % 4}, {i}" for i in range(count))]
    lines += (f"QSUB r4, 1\nQXOR r5, r4\nQAND r6, r5, {i % 5 + 1}\nQJEQ r6, 0, h{i}" for i in reversed(range(count)))
    return "\n".join([*lines, "QHALT"])


def irreducible(count: int) -> str:
    """Jumps from anywhere to anywhere."""
    rng = random.Random(count)
    lines = ["main: QMOV r4, 100000"]
    for i in range(count):
        lines.append(f"b{i}: QADD r0, {i}\nQXOR r1, r0\nQSUB r4, 1\nQJLE r4, 0, out\nQAND r5, r0, 7")
        lines += (f"QJEQ r5, {(i + k) % 8}, b{rng.randrange(count)}" for k in (0, 3))
    return "\n".join([*lines, "out: QHALT"])


def straight(count: int) -> str:
    """Code without a jump."""
    lines = [
        f"QADD r{i % 12}, r{(i * 7 + 3) % 12}\nQSTORE r{i % 12}, [{0x100000 + 8 * (i % 100)}]" for i in range(count)
    ]
    return "\n".join(["main: QMOV r1, 5", *lines, "QHALT"])


def routines(count: int) -> str:
    """Small routines that call each other, without recursion."""
    rng = random.Random(count)
    lines = ["main: QCALL f0\nQHALT"]
    for i in range(count):
        calls = [f"QADD r0, {k}\nQCALL f{rng.randrange(i + 1, count)}" for k in range(3)] if i + 1 < count else []
        lines.append("\n".join([f"f{i}: QADD r1, {i}", *calls, "QRET"]))
    return "\n".join(lines)


def recursive(count: int) -> str:
    """Routines that all call each other, each the next one too."""
    rng = random.Random(count)
    lines = ["main: QMOV r4, 1000\nQCALL f0\nQHALT"]
    for i in range(count):
        calls = f"QCALL f{(i + 1) % count}\nQADD r0, 1\nQCALL f{rng.randrange(count)}"
        lines.append(f"f{i}: QSUB r4, 1\nQJLE r4, 0, @out\nQADD r{5 + i % 8}, {i}\n{calls}\n@out: QRET")
    return "\n".join(lines)


def switch(count: int) -> str:
    """A tree of comparisons."""
    lines = [f"main: QMOV r4, 0\nagain: QADD r4, 7\nQMOD r5, r4, {count}"]

    def tree(low: int, high: int) -> None:
        if high - low == 1:
            lines.append(f"QADD r0, {low}\nQXOR r1, r0\nQJMP done")
            return
        middle = (low + high) // 2
        lines.append(f"QJGE r5, {middle}, m{low}_{high}")
        tree(low, middle)
        lines.append(f"m{low}_{high}:")
        tree(middle, high)

    tree(0, count)
    return "\n".join([*lines, "done: QJLT r4, 100000, again\nQHALT"])


def called_by_table(count: int) -> str:
    """Calls through a table, and the routines in it."""
    lines = ["main: QMOV r4, 1"]
    lines += [f"QADD r4, 8\nQAND r5, r4, {8 * (count - 1)}\nQLOAD r6, [r5+table]\nQCALL r6" for _ in range(count)]
    lines += ["QHALT", *(f"f{i}: QADD r0, {i}\nQXOR r1, r0\nQRET" for i in range(count))]
    return "\n".join([*lines, ".data\ntable: .qword " + ", ".join(f"f{i}" for i in range(count))])


def switches(count: int) -> str:
    """Routines that have a switch by a table each."""
    lines = ["main: QMOV r4, 1", *(f"QCALL f{i}" for i in range(count)), "QHALT"]
    tables = [".data"]
    for i in range(count):
        lines.append(f"f{i}: QADD r4, 8\nQAND r5, r4, 24\nQLOAD r6, [r5+t{i}]\nQJMP r6")
        lines += (f"c{i}_{case}: QADD r0, {case}\nQJMP e{i}" for case in range(4))
        lines.append(f"e{i}: QRET")
        tables.append(f"t{i}: .qword " + ", ".join(f"c{i}_{case}" for case in range(4)))
    return "\n".join([*lines, *tables])


def shared(count: int) -> str:
    """Routines that share their ends."""
    rng = random.Random(count)
    lines = ["main: QMOV r4, 5", *(f"QCALL f{i}" for i in range(count)), "QHALT"]
    for i in range(count):
        a, b = rng.randrange(count), rng.randrange(count)
        lines.append(
            f"f{i}: QADD r1, {i}\nQJEQ r1, {i + 5}, t{a}\nQADD r2, r1\nt{i}: QXOR r3, r2\nQJLT r3, 0, t{b}\nQRET"
        )
    return "\n".join(lines)


SHAPES: Final[dict[str, tuple[Callable[[int], str], int]]] = {
    "dispatch": (dispatch, 192), "overlapping": (overlapping, 100), "nested": (nested, 100),
    "irreducible": (irreducible, 100), "straight": (straight, 1000), "routines": (routines, 200),
    "recursive": (recursive, 100), "switch": (switch, 400), "called by table": (called_by_table, 100),
    "switches": (switches, 100), "shared ends": (shared, 100),
}  # fmt: skip
"""By name: what writes the source, and the smallest N that is measured."""


@dataclass(frozen=True)
class Work:
    """The work of compiling a program, in counts that are the same on every computer."""

    instructions: int
    blocks: int
    edges: int
    tangled: int
    """Loops that go through a turntable."""
    lines: int
    """Lines of LLVM IR."""


def built(text: str) -> ObjectFile:
    """Assemble a source that is right."""
    found = assemble(SourceFile("generated.qbc", text))
    assert found.object is not None, found.diagnostics[:3]
    return found.object


def work(obj: ObjectFile) -> tuple[Work, str]:
    """Do everything but LLVM's part; its numbers, and the text for LLVM."""
    plan = Plan(Program.load(obj), float_arguments=False)
    text = emit(plan, plan.by_entry, (), target()).text
    blocks = plan.flow.blocks.values()
    done = Work(
        instructions=len(obj.code),
        blocks=len(blocks),
        edges=sum(len(block.successors) for block in blocks),
        tangled=sum(len(unit.tangled) for unit in plan.by_entry.values()),
        lines=text.count("\n"),
    )
    return done, text


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice(list(SHAPES)))
@click.option("--level", default=1, show_default=True, type=click.IntRange(0, 2), help="Optimise machine code so much.")
@click.option("--doublings", default=2, show_default=True, type=click.IntRange(min=0), help="Measure N to 2^this N.")
def main(names: tuple[str, ...], level: int, doublings: int) -> None:
    """Compile programs of each shape, and show what that takes."""
    click.echo(
        "| shape | N | instructions | edges | lines for LLVM | before LLVM | LLVM |\n|---|---|---|---|---|---|---|"
    )
    for name in names or SHAPES:
        write, least = SHAPES[name]
        for count in (least << k for k in range(doublings + 1)):
            obj = built(write(count))
            start = time.process_time()
            done, text = work(obj)
            middle = time.process_time()
            compile_ir(text, level)
            end = time.process_time()
            click.echo(
                f"| {name} | {count} | {done.instructions:,} | {done.edges:,} | {done.lines:,} | "
                f"{middle - start:.2f} s | {end - middle:.2f} s |"
            )


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.growth")
