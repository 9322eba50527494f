"""Control flow and calls as graphs, in the language of Graphviz.

flow = analyse(assembly)
text = control_flow(flow, routine)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from importlib.util import find_spec
from typing import Final

from qbcc import frontends
from qbcc.export.messages import missing_extra, missing_program, undrawn
from qbcc.flow.program import Flow
from qbcc.flow.routines import Routine
from qbcc.objects.decode import Decoder
from qbcc.objects.labels import Labels
from qbcc.visible import visible
from vm.bytecode import Base
from vm.flow.blocks import BRANCHES, CALL, JUMP_INDIRECT, TARGET, Block

_MOST_SHOWN: Final = 60
"""Instructions of a block that are shown; of a longer one, so many and how many there are."""
_FONT: Final = 'fontname="Menlo, Consolas, monospace", fontsize=10'
_HEAD: Final = (
    f"  graph [{_FONT}, labeljust=l, nodesep=0.35, ranksep=0.45]",
    f'  node [{_FONT}, shape=box, style="filled,rounded", fillcolor="#f7f7f7", color="#666666", margin="0.12,0.08"]',
    f'  edge [{_FONT}, color="#555555", arrowsize=0.7]',
)
_TAKEN, _PASSED, _OUTSIDE = '"#2a7f3f"', '"#b23a3a"', '"#3d6ea8"'


def _style(colour: str, label: str) -> str:
    return f' [color={colour}, fontcolor={colour}, label="{label}"]'


def quoted(text: str) -> str:
    """A string of the language: nothing of it ends the string or moves a terminal."""
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


# -- control flow


def control_flow(flow: Flow, routine: Routine, most: int | None = None) -> str:
    """The blocks of a routine, each with its instructions, and where control goes from each: yes where a condition
    holds, no where it does not, dashed to other routines. Of more blocks than ``most``, so many are shown."""
    lines = [f"digraph {quoted(flow.name(routine.entry))} {{", *_HEAD, *_Blocks(flow, most).routine(routine, ""), "}"]
    return "\n".join(lines) + "\n"


def all_control_flow(flow: Flow, routines: Sequence[Routine] | None = None, most: int | None = None) -> str:
    """The same for several routines, else for every one of the program, each in a frame of its own."""
    blocks = _Blocks(flow, most)
    lines = ["digraph program {", "  compound=true", *_HEAD]
    for number, routine in enumerate(flow.routines if routines is None else routines):
        lines += [
            f"  subgraph cluster_{number} {{",
            f'    label={quoted(flow.name(routine.entry))}; color="#bbbbbb"; style=rounded',
            *(f"  {line}" for line in blocks.routine(routine, f"r{number}_")),
            "  }",
        ]
    return "\n".join([*lines, "}"]) + "\n"


class _Blocks:
    def __init__(self, flow: Flow, most: int | None) -> None:
        self.flow = flow
        self.most = most
        self.decoder = Decoder(flow.code.object, Labels(flow.code.object), strict=False)
        self.labels: dict[int, list[str]] = {}
        for symbol in flow.code.object.symbols:
            if symbol.base is Base.CODE:
                self.labels.setdefault(symbol.value, []).append(symbol.name)

    def routine(self, routine: Routine, prefix: str) -> Iterator[str]:
        """Nodes and edges; ``prefix`` keeps the names of several routines apart."""
        outside: dict[str, str] = {}
        blocks = routine.blocks[: self.most]
        shown = {block.start for block in blocks}
        for block in blocks:
            is_entry = block.start == routine.entry
            more = ', penwidth=2, fillcolor="#e9f1fb"' if is_entry else ""
            yield f"  {prefix}b{block.start} [label={self._text(block)}{more}]"
        for block in blocks:
            for after, style in self._edges(block, routine, shown):
                if isinstance(after, int):
                    yield f"  {prefix}b{block.start} -> {prefix}b{after}{style}"
                else:
                    node = outside.setdefault(after, f"{prefix}x{len(outside)}")
                    yield f"  {prefix}b{block.start} -> {node}{style}"
        for name, node in outside.items():
            yield f"  {node} [label={quoted(name)}, shape=ellipse, style=dashed, color={_OUTSIDE}]"

    def _edges(self, block: Block, routine: Routine, shown: Set[int]) -> Iterator[tuple[int | str, str]]:
        """Where a block leads, to a block that is shown or to what has a name, and how it looks."""
        code = self.flow.code
        last = block.end - 1
        row = code.rows[last]
        target = row[TARGET[row[0]]] if row[0] in BRANCHES and last not in code.external else None
        for after in block.successors:
            style = ""
            if target is not None and len(block.successors) > 1:
                style = _style(_TAKEN, "yes") if after == target else _style(_PASSED, "no")
            if after in shown:
                yield after, style
            elif after in routine.inside:
                yield "…", style
            elif after < len(code.rows):
                yield self.flow.name(after), f" [color={_OUTSIDE}, style=dashed]"
            else:
                yield "past the end", f" [color={_PASSED}, style=dashed]"
        if last in code.external and row[0] != CALL:
            yield code.external[last], f" [color={_OUTSIDE}, style=dashed]"
        if row[0] == JUMP_INDIRECT and code.is_open(last):
            yield "anywhere", f" [color={_OUTSIDE}, style=dotted]"

    def _text(self, block: Block) -> str:
        """Labels, then instructions, lines to the left; sources of other languages beside them where they change."""
        lines = [f"{name}:" for name in self.labels.get(block.start, ())]
        place: tuple[int, int] | None = None
        for index in range(block.start, min(block.end, block.start + _MOST_SHOWN)):
            text = f"{index:>5}  {self.decoder.instruction(index)}"
            line = self.flow.code.lines[index].outermost()
            here = (id(line.source), line.number)
            if here != place and not frontends.is_own(line.source.name):
                text = f"{text:<40}  {line.number}: {line.source.line(line.number).strip()}"
            place = here
            lines.append(text)
        if block.end - block.start > _MOST_SHOWN:
            lines.append(f"… {block.end - block.start:,} instructions in all")
        inner = "".join(quoted(line)[1:-1] + "\\l" for line in lines)
        return f'"{inner}"'


# -- calls


def call_graph(flow: Flow) -> str:
    """Routines and what they call, with the number of places where they do; dashed, where one goes on to another
    without a call, and what other objects bring. Where control comes from outside is blue; where it never comes is
    grey."""
    lines = ["digraph calls {", "  rankdir=LR", *_HEAD]
    externals: dict[str, str] = {}
    edges: list[str] = []
    for routine in flow.routines:
        size = sum(block.end - block.start for block in routine.blocks)
        label = f'{quoted(flow.name(routine.entry))[:-1]}\\n{size:,} instruction{"s" * (size != 1)}"'
        lines.append(f"  r{routine.entry} [label={label}{_look(flow, routine)}]")
        places: dict[str, int] = {}
        for call in routine.calls:
            targets = [f"r{target}" for target in call.targets]
            if call.external:
                targets.append(externals.setdefault(call.external, f"x{len(externals)}"))
            for target in targets:
                places[target] = places.get(target, 0) + 1
        edges += (
            f"  r{routine.entry} -> {target}" + (f' [label="{count}"]' if count > 1 else "")
            for target, count in places.items()
        )
        tails = dict.fromkeys(f"r{entry}" for _, entry in routine.tails)
        ends = (block.end - 1 for block in routine.blocks)
        jumps = (flow.code.external.get(end) for end in ends if flow.code.rows[end][0] != CALL)
        tails.update(dict.fromkeys(externals.setdefault(name, f"x{len(externals)}") for name in jumps if name))
        edges += (f"  r{routine.entry} -> {target} [style=dashed]" for target in tails)
    lines += (f"  {node} [label={quoted(name)}, shape=ellipse, style=dashed]" for name, node in externals.items())
    return "\n".join([*lines, *edges, "}"]) + "\n"


def _look(flow: Flow, routine: Routine) -> str:
    if not flow.cut.reached[routine.entry]:
        return ', fillcolor="#eeeeee", fontcolor="#888888"'
    return ', penwidth=2, fillcolor="#e9f1fb"' if routine.is_root else ""


# -- pictures


def drawn(text: str, form: str) -> bytes:
    """A graph as Graphviz draws it, ``form`` as ``svg`` or ``png``. Raises :class:`SourceError` where Graphviz, or its
    package for Python, is not installed."""
    if find_spec("graphviz") is None:
        raise missing_extra(f".{form}", "drawing", "graphs")
    import graphviz

    try:
        picture: bytes = graphviz.Source(text).pipe(format=form)
    except graphviz.ExecutableNotFound:
        raise missing_program(f".{form}", "dot", "Graphviz (https://graphviz.org/download)") from None
    except graphviz.CalledProcessError as fault:
        raise undrawn(f".{form}", str(fault).partition("\n")[0]) from None
    return picture
