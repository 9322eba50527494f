"""Loops: their blocks, and a block before each."""

from __future__ import annotations

from dataclasses import dataclass, field

from sigma.ir import NONE, Block, Edge, Function, Op
from sigma.passes.analysis import loops


@dataclass(eq=False, slots=True)
class Loop:
    """A natural loop that one block leads into."""

    head: Block
    body: set[Block]
    before: Block
    """The block that leads into it and nowhere else."""
    backs: list[tuple[Block, Edge]]
    """The ways from its end to its head, and the blocks that they leave."""
    inside: set[Op] = field(default_factory=set)
    """What is calculated in it, the parameters of its blocks too."""

    def __post_init__(self) -> None:
        self.look_again()

    def look_again(self) -> None:
        """Its blocks have other operations than before."""
        self.inside = {op for block in self.body for op in (*block.params, *block.ops)}

    def is_fixed(self, op: Op) -> bool:
        """Whether a value is the same in each turn."""
        return op not in self.inside

    @property
    def entry(self) -> Edge:
        """The way into it."""
        return self.before.edges[0]

    def add_before(self, op: Op) -> Op:
        """Calculate something once, before the loop."""
        self.before.ops.insert(-1, op)
        return op


def find_loops(function: Function) -> list[Loop]:
    """The loops, the inner ones first. Blocks are added so that one block leads into each."""
    bodies = loops(function)
    ways = _ways(function)
    added = {head: block for head, body in bodies.items() if (block := _lead_into(head, body, ways[head])) is not None}
    if added:
        placed = [[added[block], block] if block in added else [block] for block in function.blocks]
        function.blocks = [block for row in placed for block in row]
        # What was added stands in outer loops too.
        bodies = loops(function)
        ways = _ways(function)
    found = []
    for head, body in bodies.items():
        entering = [block for block, _ in ways[head] if block not in body]
        backs = [(block, edge) for block, edge in ways[head] if block in body]
        found.append(Loop(head, body, entering[0], backs))
    return sorted(found, key=lambda loop: len(loop.body))


def _ways(function: Function) -> dict[Block, list[tuple[Block, Edge]]]:
    """The edges into each block, and the blocks that they leave."""
    found: dict[Block, list[tuple[Block, Edge]]] = {block: [] for block in function.blocks}
    for block in function.blocks:
        for edge in block.edges:
            found[edge.block].append((block, edge))
    return found


def _lead_into(head: Block, body: set[Block], ways: list[tuple[Block, Edge]]) -> Block | None:
    """A new block before a loop unless there is one."""
    sources = {block for block, _ in ways if block not in body}
    entering = [edge for block, edge in ways if block not in body]
    if len(sources) == 1 and sources.pop().end.code == "jump":
        return None
    before = Block()
    jump = Op("jump", NONE, [], None, head.ops[0].span)
    if len(entering) == 1:
        jump.edges = [Edge(head, entering[0].args)]
        entering[0].args = []
    else:
        before.params = [Op("param", param.type, []) for param in head.params]
        jump.edges = [Edge(head, list(before.params))]
    before.ops = [jump]
    for edge in entering:
        edge.block = before
    return before
