"""Findings beside their explanations, whose they are, what silences them; no false alarms; what runs say of them."""

from __future__ import annotations

import copy
import random
import time
from pathlib import Path

import pytest

from qbcc import frontends
from qbcc.assembly.assemble import Options, assemble
from qbcc.explain import explain
from qbcc.lint.assembly.source import lint_assembly, lint_source
from qbcc.lint.explanations import EXPLANATIONS
from qbcc.lint.fix import fixed
from qbcc.lint.judge import judge
from qbcc.lint.rules import RULES
from qbcc.source import SourceFile
from tests.engine_cases import Model, case
from tests.model import ModelTrap
from tests.qbcc.lint.support import linted, places
from vm.isa import BY_NAME
from vm.trap import STATUS

ROOT = Path(__file__).parents[3]
OURS = [p for folder in ("stdlib", "examples", "benchmarks/programs") for p in sorted((ROOT / folder).glob("*.qbc"))]
STEPS = 3000


@pytest.mark.parametrize("code", sorted(RULES))
def test_explanations_show_what_they_say(code: str) -> None:
    found = EXPLANATIONS[code]
    assert [finding.code for finding in linted(found.wrong).findings] == [code]
    assert linted(found.right).findings == ()
    text = explain(code)
    assert text is not None
    assert RULES[code].title in text


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_found_in_the_library_and_in_examples(path: Path) -> None:
    found = lint_source(SourceFile(path.name, path.read_text("utf-8"), str(path.resolve())))
    assert not found.errors
    assert [f.message for f in judge(found, {})] == []


@pytest.mark.parametrize("name", ["ghz", "grover", "maxcut", "mandelbrot", "primes", "records", "shor", "teleport"])
def test_nothing_is_found_in_what_the_compiler_makes(name: str) -> None:
    path = ROOT / "examples" / f"{name}.sigma"
    front = frontends.find(path.name)
    assert front is not None
    source = SourceFile(path.name, path.read_text("utf-8"), str(path.resolve()))
    assembly = front.assemble(source, Options(), frontends.Settings(2))
    assert assembly.object is not None
    assert [f.message for f in lint_assembly(assembly).findings] == []


# -- the two forms that programs fail by

TWO_DEEP = """
main:
    QMOV r4, 0
next:
    QMOV r0, r4
    QCALL compute_j
    QSYSCALL 4
    QADD r4, 1
    QJLT r4, 8, next
    QHALT
compute_j:
    QDIV r0, 8.0
    QCALL math_cos
    QADD r0, 1.0
    QRET
math_cos:
    QMUL r4, r0, r0
    QMUL r4, -0.5
    QADD r0, r4, 1.0
    QRET
"""
HELPER = """
main:
    QMOV r10, 0
again:
    QMOV r0, 100
    QCALL show
    QADD r10, r10, 1
    QJLT r10, 5, again
    QRET
show:
    QCALL helper
    QSYSCALL 1
    QRET
helper:
    QMOV r10, r0
    QDIV r10, 2
    QADD r0, r10, 1
    QRET
"""


@pytest.mark.parametrize(
    ("text", "line", "chain", "register", "wrote"),
    [(TWO_DEEP, 6, "compute_j → math_cos", 4, 17), (HELPER, 6, "show → helper", 10, 15)],
)
def test_both_places_and_the_calls_between(text: str, line: int, chain: str, register: int, wrote: int) -> None:
    (finding,) = linted(text).findings
    assert finding.span is not None
    assert (finding.span.line, finding.code, str(finding.severity)) == (line, "L0102", "error")
    assert f"r{register}" in finding.message
    assert chain in finding.message
    said = {related.span.line: related.text for related in finding.related}
    assert "overwrites" in said[wrote]
    assert any("set here" in text for text in said.values())
    assert any("used here" in text for text in said.values())
    assert any("calls" in text for text in said.values())
    assert finding.fix is not None
    assert len(finding.fix.edits) == 2


# -- registers that are handed over

HANDED_OVER = {
    "a result in r4": "main:\n QCALL f\n QADD r0, r4, 1\n QSYSCALL 1\n QHALT\nf: QMOV r4, 7\n QRET",
    "a result that one caller takes without having set the register": "main:\n QCALL f\n QMOV r0, r4\n QSYSCALL 1\n QMOV r4, 1\n QSTORE r4, [0x200000]\n QCALL f\n QADD r0, r4, 1\n QSYSCALL 1\n QHALT\nf: QMOV r4, 7\n QRET",
    "a result through a routine between": "main:\n QCALL f\n QMOV r0, r4\n QSYSCALL 1\n QHALT\nf: QCALL g\n QRET\ng: QMOV r4, 7\n QRET",
    "a quotient and a remainder": "main:\n QMOV r0, 17\n QCALL f\n QSTORE r0, [0x200000]\n QMOV r0, r4\n QSYSCALL 1\n QMOV r0, 19\n QCALL f\n QSTORE r0, [0x200008]\n QMOV r0, r4\n QSYSCALL 1\n QHALT\nf: QMOD r4, r0, 5\n QDIV r0, 5\n QRET",
    "a register that a routine begins": "main:\n QCALL f\n QSTORE 1, [r15]\n QADD r15, 8\n QSTORE r15, [0x400000]\n QCALL f\n QSTORE 2, [r15]\n QHALT\nf: QMOV r15, 0x300000\n QRET",
    "the next of a list": "main:\n QMOV r6, 0x300000\n QMOV r7, 0\n@l: QCALL f\n QADD r7, 1\n QJNE r6, 0, @l\n QMOV r0, r7\n QSYSCALL 1\n QHALT\nf: QLOAD r6, [r6+8]\n QRET",
    "the same value, copied": "main:\n QMOV r10, 0\n@l: QMOV r1, r10\n QADD r0, r1, 0\n QCALL f\n QSYSCALL 1\n QADD r10, 1\n QJLT r10, 3, @l\n QHALT\nf: QMOV r10, r0\n QMUL r0, r10, 3\n QRET",
    "the same constant": "main:\n QMOV r9, 5\n QMOV r0, 2\n QCALL f\n QADD r0, r9\n QSYSCALL 1\n QHALT\nf: QMOV r9, 5\n QMUL r0, r9\n QRET",
    "a part of a routine that works on its registers": "main:\n QMOV r5, 0\n QMOV r0, 7\n QCALL @f\n QMOV r0, 8\n QCALL @f\n QMOV r0, r5\n QSYSCALL 1\n QHALT\n@f: QADD r5, r0\n QRET",
    "a register that both share": "main:\n QMOV r6, 0\n@l: QCALL f\n QJLT r6, 9, @l\n QHALT\nf: QADD r6, 1\n QMOV r0, r6\n QSYSCALL 1\n QRET",
    "a pointer that goes on": "main:\n QMOV r1, 0x200000\n QCALL f\n QCALL f\n QHALT\nf: QSTORE 1, [r1]\n QADD r1, 8\n QRET",
    "a contract": "main:\n QMOV r5, 1\n QSTORE r5, [0x200000]\n QCALL f\n QSTORE r5, [0x200008]\n QHALT\n.func f\n.returns r5\nf: QMOV r5, 3\n@l: QSUB r5, 1\n QJGT r5, 0, @l\n QRET\n.endfunc",
    "what the caller saves": "main:\n QMOV r4, 1\n QPUSH r4\n QCALL f\n QPOP r4\n QMOV r0, r4\n QSYSCALL 1\n QHALT\nf: QMOV r4, 7\n QSTORE r4, [0x200000]\n QRET",
    "what is saved in memory": ".data\nkept: .space 8\n.text\nmain:\n QMOV r4, 1\n QCALL f\n QMOV r0, r4\n QSYSCALL 1\n QHALT\nf: QSTORE r4, [kept]\n QMOV r4, 7\n QSTORE r4, [0x200000]\n QLOAD r4, [kept]\n QRET",
    "what is saved in another register": "main:\n QMOV r4, 1\n QCALL f\n QMOV r0, r4\n QSYSCALL 1\n QHALT\nf: QMOV r1, r4\n QMOV r4, 7\n QSTORE r4, [0x200000]\n QMOV r4, r1\n QRET",
    "a length that is counted in r0": ".data\nt: .asciz \"abc\"\n.text\nmain:\n QMOV r0, t\n QCALL length\n QSYSCALL 1\n QHALT\nlength: QMOV r1, r0\n QMOV r0, 0\n@l: QLOADB r2, [r1+r0]\n QJEQ r2, 0, @d\n QADD r0, 1\n QJMP @l\n@d: QRET",
    "a recursion that saves": "main:\n QMOV r0, 5\n QCALL f\n QSYSCALL 1\n QHALT\nf: QJLE r0, 1, @o\n QPUSH r4\n QMOV r4, r0\n QSUB r0, 1\n QCALL f\n QMUL r0, r4\n QPOP r4\n@o: QRET",
    "arguments and results on the stack": "main:\n QPUSH 3\n QCALL f\n QPOP r0\n QSYSCALL 1\n QHALT\nf: QPOP r1\n QADD r1, 1\n QPUSH r1\n QRET",
    "an exchange by the stack": "main:\n QMOV r1, 1\n QMOV r2, 2\n QPUSH r1, r2\n QPOP r1, r2\n QSUB r0, r1, r2\n QSYSCALL 1\n QHALT",
    "a table of routines": ".data\nt: .qword a, b\n.text\nmain:\n QMOV r4, 0\n@l: QSHL r5, r4, 3\n QLOAD r5, [r5+t]\n QMOV r0, 1\n QCALL r5\n QSYSCALL 1\n QADD r4, 1\n QJLT r4, 2, @l\n QHALT\na: QADD r0, 1\n QRET\nb: QADD r0, 2\n QRET",
    "a common end": "main:\n QMOV r0, 1\n QCALL a\n QCALL b\n QHALT\na: QADD r0, 1\n QJMP out\nb: QADD r0, 2\n QJMP out\nout: QSYSCALL 1\n QRET",
    "a file of routines": "double: QADD r0, r0\n QRET\nshow: QSYSCALL 1\n QRET",
    "a loop that looks for something": "main:\n QMOV r1, 0x200000\n@l: QLOADB r0, [r1]\n QADD r1, 1\n QJNE r0, 0, @l\n QMOV r0, r1\n QSYSCALL 1\n QHALT",
    "a loop that waits for the clock": "main:\n@l: QSYSCALL 6\n QJLT r0, 999, @l\n QHALT",
    "a loop that another ends": "main:\n QMOV r4, 0\n@l: QCALL f\n QJEQ r4, 0, @l\n QHALT\nf: QSYSCALL 6\n QJGT r0, 9, stop\n QRET\nstop: QHALT 1",
}  # fmt: skip


@pytest.mark.parametrize("text", HANDED_OVER.values(), ids=HANDED_OVER.keys())
def test_what_is_meant_is_not_told(text: str) -> None:
    assert [finding.message for finding in linted(text).findings] == []


SHARED = {
    "a cursor": ("main:\n QMOV r4, text\n@n: QCALL skip\n QLOADB r0, [r4]\n QJEQ r0, 0, @d\n QSYSCALL 5\n QADD r4, 1\n QJMP @n\n@d: QHALT\nskip:\n@l: QLOADB r1, [r4]\n QJNE r1, ' ', @e\n QADD r4, 1\n QJMP @l\n@e: QRET\n.data\ntext: .asciz \"a b\"", "warning"),
    "random numbers": ("main:\n QMOV r8, 42\n QCALL f\n QSYSCALL 1\n QCALL f\n QSYSCALL 1\n QHALT\nf: QMUL r1, r8, 25173\n QADD r8, r1, 13849\n QSHR r0, r8, 4\n QRET", "hint"),
    "a stack": ("main:\n QMOV r15, 0x300000\n QMOV r0, 5\n QCALL push\n QCALL push\n QCALL pop\n QSYSCALL 1\n QCALL pop\n QSYSCALL 1\n QHALT\npush: QSUB r15, 8\n QSTORE r0, [r15]\n QRET\npop: QLOAD r0, [r15]\n QADD r15, 8\n QRET", "hint"),
    "where output goes": ("main:\n QMOV r15, 0x300000\n QMOV r0, 4\n QCALL f\n QSUB r0, r15, 0x300000\n QSYSCALL 1\n QHALT\nf: QSTORE r0, [r15]\n QADD r15, 8\n QRET", "warning"),
    "a sum": ("main:\n QMOV r6, 0\n QMOV r0, 5\n QCALL f\n QCALL f\n QMOV r0, r6\n QSYSCALL 1\n QHALT\nf: QADD r6, r0\n QRET", "warning"),
    "an exchange": ("main:\n QMOV r4, 1\n QMOV r5, 2\n QCALL f\n QSUB r0, r4, r5\n QSYSCALL 1\n QHALT\nf: QMOV r1, r4\n QMOV r4, r5\n QMOV r5, r1\n QRET", "warning"),
    "a result over an old value": ("main:\n QMOV r4, 1\n QSTORE r4, [0x200000]\n QCALL f\n QADD r0, r4, 1\n QSYSCALL 1\n QHALT\nf: QMOV r4, 7\n QRET", "warning"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "level"), SHARED.values(), ids=SHARED.keys())
def test_what_may_be_shared_is_no_error_and_has_no_fix(text: str, level: str) -> None:
    """Nobody says that the routine hands the register back. A fix would break the program if it is meant."""
    findings = linted(text).findings
    assert {(str(finding.severity), finding.fix) for finding in findings} >= {(level, None)}
    assert {str(finding.severity) for finding in findings} <= {"warning", "hint"}
    assert all(".returns" in finding.notes[0] for finding in findings)


def test_what_a_recursion_saves_in_one_place_is_lost() -> None:
    text = ".data\nkept: .space 8\n.text\nmain:\n QMOV r6, 77\n QMOV r0, 4\n QCALL f\n QADD r0, r6\n QSYSCALL 1\n QHALT\nf: QJLE r0, 1, @out\n QSTORE r6, [kept]\n QMOV r6, r0\n QSUB r0, 1\n QCALL f\n QMUL r0, r6\n QLOAD r6, [kept]\n@out: QRET"
    assert places(linted(text)) == {(7, "L0101"), (15, "L0101")}


def test_a_lost_result_is_shown_where_it_is_used() -> None:
    text = "main:\n QCALL outer\n QMOV r0, r4\n QSYSCALL 1\n QHALT\nouter: QCALL pair\n QRET\npair: QMUL r4, r0, 2\n QCALL square\n QRET\nsquare: QMOV r4, 3\n QMUL r0, r4\n QRET"
    (finding,) = [finding for finding in linted(text).findings if finding.code == "L0101"]
    assert finding.span is not None
    assert finding.span.line == 9
    assert [related.span.line for related in finding.related if related.text == "it is used here"] == [3]


def test_no_line_goes_while_a_call_loses_something() -> None:
    """The value that nobody uses may be what the bug hides."""
    text = "main:\n QMOV r12, 5\n QMOV r7, 1\n QMOV r0, 1\n QCALL f\n QCALL f\n QMOV r0, r12\n QSYSCALL 1\n QHALT\nf: QADD r12, r0, 1\n QMUL r0, r12\n QRET"
    source = SourceFile("test.qbc", text)
    findings = lint_source(source).findings
    assert [(f.code, f.fix is None) for f in findings] == [("L0104", True), ("L0101", False), ("L0101", False)]
    first, count = fixed(source, findings)
    assert count == 1
    (left,) = linted(first).findings
    assert left.code == "L0104"
    assert left.fix is not None


def test_a_value_that_the_next_instruction_reads_is_not_unused() -> None:
    text = "main:\n QMOV r0, 5\n QMUL r0, 3\n QMOV r4, r0\n QMOV r0, 2\n QSYSCALL 1\n QMOV r4, 1\n QSTORE r4, [0x200000]\n QHALT"
    assert places(linted(text)) == {(4, "L0104")}


def test_a_routine_for_others_may_save_in_memory() -> None:
    text = ".global f\n.data\nkept: .space 8\n.text\nf:\n QSTORE r4, [kept]\n QMOV r4, r0\n QADD r0, r4\n QLOAD r4, [kept]\n QRET"
    assert linted(text).findings == ()
    assert places(linted(text.replace("QLOAD r4, [kept]", "QLOAD r4, [kept+8]"))) == {(5, "L0602")}


def test_a_recursion_that_does_not_save_loses_its_own_value() -> None:
    text = "main:\n QMOV r0, 5\n QCALL f\n QSYSCALL 1\n QHALT\nf: QJLE r0, 1, @o\n QMOV r4, r0\n QSUB r0, 1\n QCALL f\n QMUL r0, r4\n@o: QRET"
    assert places(linted(text)) == {(9, "L0101")}


# -- whose a finding is, and what silences it


def test_only_lines_of_the_user_are_told(tmp_path: Path) -> None:
    helper = tmp_path / "helper.qbc"
    helper.write_text(".text\nhelp:\n QMOV r0, 1 ; lint: allow L0104\n QMOV r0, 2\n QMOV r0, 3\n QRET\n")
    text = '.include "helper.qbc"\n.include "qbc_core.qbc"\nmain:\n QCALL help\n QCALL qbc_print_int\n QCALL qbc_print_float\n QHALT\n'
    path = tmp_path / "main.qbc"
    path.write_text(text)
    found = lint_source(SourceFile("main.qbc", text, str(path)))
    told = [(f.span.source.name, f.span.line, f.code) for f in judge(found, {}) if f.span is not None]
    assert told == [("helper.qbc", 4, "L0104")]
    # The comment speaks of its own file only.
    assert [f.code for f in found.findings] == ["L0104", "L0104"]


def test_comments_and_levels() -> None:
    text = "main:\n QMOV r0, 1 ; lint: allow L0104, L0101\n ; lint: allow L0104\n ; twice\n QMOV r0, 2\n QMOV r0, 3\n QSYSCALL 1\n QHALT"
    assert len(linted(text).findings) == 2
    assert judge(linted(text), {}) == []
    plain = text.replace("lint:", "")
    assert [str(f.severity) for f in judge(linted(plain), {"L0104": "hint"})] == ["hint", "hint"]
    assert judge(linted(plain), {"L0104": "off"}) == []


def test_findings_of_what_macros_make_stand_at_their_use() -> None:
    text = ".macro half x\n QMOV x, 2.5\n QAND x, 1\n.endm\nmain:\n half r4\n QMOV r0, r4\n QSYSCALL 1\n QHALT"
    assert places(linted(text)) == {(6, "L0401")}


def test_a_source_with_errors_has_no_findings() -> None:
    found = lint_source(SourceFile("test.qbc", "main: QMOV r0, NONE"))
    assert ([d.code for d in found.errors], found.findings) == (["E0301"], ())


def test_externals_are_limits_and_no_errors() -> None:
    assert (
        linted(".extern x\nmain: QCALL x\n QSTORE r0, [x]\n QAND r0, x\n QSHL r0, x\n QSYSCALL 1\n QHALT").findings
        == ()
    )
    text = ".extern f\n.global g\ng:\n QPUSH r4\n QMOV r4, r0\n QCALL f\n QADD r0, r4\n QPOP r4\n QRET"
    assert linted(text).findings == ()
    assert places(linted(text.replace("r4", "r2").replace(" QPUSH r2\n", "").replace(" QPOP r2\n", ""))) == set()


# -- what runs say


def _executed(model: Model, junk: dict[int, int]) -> tuple[str, list[int]]:
    """Run a model; behind instructions of ``junk`` a register is filled with another value."""
    order = []
    while len(order) < STEPS and model.pc < len(model.code):
        pc = model.pc
        order.append(pc)
        try:
            model.step()
        except ModelTrap as trap:
            return str(trap), order
        except Exception as end:
            return type(end).__name__, order
        if pc in junk:
            model.registers[junk[pc]] = random.Random(pc).getrandbits(40)
    return "", order


def test_claims_hold_in_runs() -> None:
    """What is never reached is not executed, a wrong kind traps, an unused value makes no difference."""
    unused, kinds, unreached = 0, 0, 0
    for seed in range(40):
        text = case(seed).text
        assembly = assemble(SourceFile("test.qbc", text), Options())
        assert assembly.object is not None
        found = lint_assembly(assembly)
        by_line: dict[int, list[int]] = {}
        for statement in assembly.statements:
            if not statement.in_data:
                indices = range(statement.start, statement.start + statement.length)
                by_line.setdefault(statement.line.number, []).extend(indices)
        told: dict[str, set[int]] = {}
        for finding in found.findings:
            if finding.span is not None and "may be" not in finding.message:
                told.setdefault(finding.code, set()).update(by_line.get(finding.span.line, ()))
        model = Model(assembly.object, case(seed).args)
        plain = copy.deepcopy(model)
        end, order = _executed(plain, {})
        assert not told.get("L0301", set()) & set(order), seed
        unreached += len(told.get("L0301", ()))
        for index in told.get("L0401", set()) & set(order):
            assert (order[-1], end) == (index, "kind"), (seed, index)
            kinds += 1
        rows = assembly.object.code
        moves = {i for i in told.get("L0104", ()) if int(rows[i, 0]) == BY_NAME["QMOV"][0].code}
        other = copy.deepcopy(model)
        again, second = _executed(other, {index: int(rows[index, 1]) for index in moves})
        assert (again, second) == (end, order), seed
        assert (other.output, other.memory) == (plain.output, plain.memory), seed
        unused += len(moves & set(order))
    assert "kind" in STATUS
    assert unused > 5
    assert unreached > 5


# -- time


def test_a_large_program_is_looked_at_in_seconds() -> None:
    from benchmarks.linter import generate

    assembly = assemble(SourceFile("test.qbc", generate(20_000)))
    assert assembly.object is not None
    assert len(assembly.object.code) > 18_000
    begin = time.process_time()
    found = lint_assembly(assembly)
    assert time.process_time() - begin < 8
    assert found.findings == ()
