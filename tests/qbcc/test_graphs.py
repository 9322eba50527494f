"""Graphs of control flow and calls: their text, and that every way that a run takes is in them."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from qbcc.assembly.assemble import Assembly
from qbcc.flow.program import analyse
from qbcc.observe.graphs import all_control_flow, call_graph, control_flow, quoted
from tests import structured_programs
from tests.cli.test_commands import call, put
from tests.qbcc.flows import assembled, flow_of
from vm.machine import Machine
from vm.trace import Step, Tracer

TEXT = """\
.extern other
main:
    QMOV r4, 3
@next:
    QCALL step
    QSUB r4, 1
    QJGT r4, 0, @next
    QCALL step
    QCALL other
    QHALT
step:
    QJEQ r4, 0, twice
    QRET
twice:
    QADD r4, r4
    QJMP step
unused:
    QJMP other
"""
CONTROL = """\
  b0 [label="main:\\l    0  QMOV r4, 3\\l", penwidth=2, fillcolor="#e9f1fb"]
  b1 [label="main@next:\\l    1  QCALL step\\l    2  QSUB r4, r4, 1\\l    3  QJGT r4, 0, @next\\l"]
  b4 [label="    4  QCALL step\\l    5  QCALL other\\l    6  QHALT 0\\l"]
  b0 -> b1
  b1 -> b4 [color="#b23a3a", fontcolor="#b23a3a", label="no"]
  b1 -> b1 [color="#2a7f3f", fontcolor="#2a7f3f", label="yes"]
}
"""
CALLS = """\
  r0 [label="main\\n7 instructions", penwidth=2, fillcolor="#e9f1fb"]
  r7 [label="step\\n4 instructions"]
  r11 [label="unused\\n1 instruction", fillcolor="#eeeeee", fontcolor="#888888"]
  x0 [label="other", shape=ellipse, style=dashed]
  r0 -> r7 [label="2"]
  r0 -> x0
  r11 -> x0 [style=dashed]
}
"""
FAKE = """\
class ExecutableNotFound(RuntimeError):
    pass
class CalledProcessError(RuntimeError):
    pass
class Source:
    def __init__(self, text):
        self.text = text
    def pipe(self, format):
        {do}
"""


def body(text: str) -> str:
    """Without what stands at the head of every graph."""
    return text.partition("arrowsize=0.7]\n")[2]


def test_control_flow() -> None:
    flow = flow_of(TEXT)
    main = next(routine for routine in flow.routines if routine.name == "main")
    assert body(control_flow(flow, main)) == CONTROL
    whole = all_control_flow(flow)
    assert whole.count("subgraph cluster_") == len(flow.routines)
    assert "r0_b1 -> r0_b4" in whole


def test_call_graph() -> None:
    assert body(call_graph(flow_of(TEXT))) == CALLS


def test_jumps_to_other_routines_leave() -> None:
    flow = flow_of(".global main, next\nmain: QJEQ r1, 0, next\nQHALT\nnext: QRET\n")
    text = control_flow(flow, flow.routines[0])
    assert '-> x0 [color="#3d6ea8", style=dashed]' in text
    assert 'x0 [label="next", shape=ellipse' in text
    assert "r0 -> r2 [style=dashed]" in call_graph(flow)


def test_names_and_sources_stay_strings() -> None:
    assert quoted('a"\\b\x1b\n') == '"a\\"\\\\b␛␊"'


def test_long_blocks_are_cut() -> None:
    flow = flow_of("main:\n" + "QNOP\n" * 100 + "QRET\n")
    text = control_flow(flow, flow.routines[0])
    assert text.count("QNOP") == 60
    assert "101 instructions in all" in text


def test_as_many_blocks_as_asked_for() -> None:
    flow = flow_of(TEXT)
    text = control_flow(flow, flow.routines[0], 2)
    assert re.findall(r"^  (b\d+) \[", text, re.MULTILINE) == ["b0", "b1"]
    assert 'x0 [label="…"' in text
    assert "b1 -> x0" in text


def steps_of(found: Assembly) -> list[Step]:
    assert found.object is not None
    machine = Machine(found.object, engine="interp", max_instructions=4000, seed=1)
    tracer = Tracer(machine)
    steps: list[Step] = []
    machine.run(slice=tracer.slice, between=lambda: steps.extend(tracer.steps()))
    return steps


@pytest.mark.parametrize("seed", range(12))
def test_what_a_run_does_is_in_the_graphs(seed: int) -> None:
    found = assembled(structured_programs.source(random.Random(seed)))
    flow = analyse(found)
    assert flow is not None
    blocks: set[tuple[int, int]] = set()
    for routine in flow.routines:
        names = {flow.name(other.entry): other.entry for other in flow.routines}
        text = control_flow(flow, routine)
        nodes = {node: int(node[1:]) for node in re.findall(r"^  (b\d+) \[", text, re.MULTILINE)}
        nodes |= {
            node: names.get(name, -1) for node, name in re.findall(r'^  (x\d+) \[label="(.*?)",', text, re.MULTILINE)
        }
        ends = {block.start: block.end - 1 for block in routine.blocks}
        blocks |= {(ends[nodes[a]], nodes[b]) for a, b in re.findall(r"^  (\w+) -> (\w+)", text, re.MULTILINE)}
    calls = {
        (int(a), int(b)) for a, b in re.findall(r"^  r(\d+) -> r(\d+)(?! \[style)", call_graph(flow), re.MULTILINE)
    }
    tails = {
        (int(a), int(b)) for a, b in re.findall(r"^  r(\d+) -> r(\d+) \[style=dashed", call_graph(flow), re.MULTILINE)
    }
    leaders = {block.start for routine in flow.routines for block in routine.blocks}
    way = [found.object.entry if found.object else 0]
    steps = steps_of(found)
    for step, after in pairwise(steps):
        if step.op.name == "QCALL" and after.depth > step.depth:
            assert (way[-1], after.pc) in calls
            way.append(after.pc)
        elif step.op.name == "QRET":
            way.pop()
        elif after.pc in leaders or after.pc != step.pc + 1:
            assert (step.pc, after.pc) in blocks, (step, after)
            if (way[-1], after.pc) in tails:
                way[-1] = after.pc
    assert len(steps) > 1


def test_from_the_command_line(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", TEXT)
    done = call("qbcc", "compile", "a.qbc", "--emit", "cfg", "--routine", "main", cwd=tmp_path)
    assert done.returncode == 0
    assert body(done.stdout.decode()) == CONTROL
    done = call("qbcc", "compile", "a.qbc", "--emit", "callgraph", "-o", "a.dot", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert body((tmp_path / "a.dot").read_text()) == CALLS
    assert call("qbcc", "compile", "a.qbc", cwd=tmp_path).returncode == 0
    done = call("qbcc", "compile", "a.qbo", "--emit", "callgraph", cwd=tmp_path)
    assert body(done.stdout.decode()) == CALLS
    for words, said in (
        (("--emit", "cfg", "--routine", "mian"), b"did you mean 'main'"),
        (("--emit", "callgraph", "--routine", "main"), b"is for --emit cfg"),
    ):
        done = call("qbcc", "compile", "a.qbc", *words, cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr


def test_sources_of_sigma(tmp_path: Path) -> None:
    put(
        tmp_path,
        "a.sigma",
        'fn f(n: int) -> int {\n    if n < 2 { return 1; }\n    return n * f(n - 1);\n}\nfn main() {\n    print("{f(5)}");\n}\n',
    )
    text = call(
        "qbcc", "compile", "a.sigma", "-O", "0", "--emit", "cfg", "--routine", "f", cwd=tmp_path
    ).stdout.decode()
    assert "2: if n < 2 { return 1; }" in text
    assert "3: return n * f(n - 1);" in text
    assert "f\\n" in call("qbcc", "compile", "a.sigma", "-O", "0", "--emit", "callgraph", cwd=tmp_path).stdout.decode()


@pytest.mark.parametrize(
    ("do", "status", "said"),
    [
        ('return f"{format}:{self.text[:7]}".encode()', 0, ""),
        ("raise ExecutableNotFound", 1, "needs the program 'dot'"),
        ('raise CalledProcessError("no room\\\\nat all")', 1, "Graphviz cannot draw .svg: no room"),
    ],
)
def test_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, do: str, status: int, said: str) -> None:
    """With a Graphviz that says what it was asked for."""
    put(tmp_path, "a.qbc", TEXT)
    (tmp_path / "graphviz.py").write_text(FAKE.format(do=do))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = call("qbcc", "compile", "a.qbc", "--emit", "cfg", "-o", "a.svg", cwd=tmp_path)
    assert done.returncode == status
    assert said in done.stderr.decode()
    assert (tmp_path / "a.svg").exists() == (status == 0)
    if status == 0:
        assert (tmp_path / "a.svg").read_bytes() == b"svg:digraph"
