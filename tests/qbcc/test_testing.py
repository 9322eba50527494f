"""Programs as tests: what is read from comments, what is compared, what is said."""

from __future__ import annotations

import math
import signal
from pathlib import Path

import pytest

from qbcc.source import SourceFile
from qbcc.testing import report
from qbcc.testing.cases import Number
from qbcc.testing.messages import EXPLANATIONS
from qbcc.testing.reader import WORDS, read
from qbcc.testing.suite import Settings, find, open_suite

HELLO = 'main: QMOV r0, text\n QSYSCALL 2\n QHALT\n.data\ntext: .asciz "one\\ntwo \\nthree\\n"\n'
GUESS = "main: QALLOC r4\n QH r4\n QMEAS r0, r4\n QHALT\n"
VALUES = """main: QMOV r4, -1
 QMOV r5, 0.5
 QMOV r6, 7
 QSTORE 5, [OUTPUT_BUFFER + 64]
 QSTORE 2.5, [OUTPUT_BUFFER + 72]
 QSTORE 9, [table + 8]
 QMOV r0, name
 QMOV r1, 3
 QSYSCALL 14
 QMOV r1, 4.5
 QSYSCALL 14
 QHALT
.data
table: .space 16
name: .asciz "e n"
"""


def wrong(text: str, leader: str = ";") -> list[str]:
    """Code and place of what is wrong with what a text says."""
    _, diagnostics = read(SourceFile("t.qbc", text), leader)
    return [f"{found.code} {found.span.line}:{found.span.column}" for found in diagnostics if found.span is not None]


def failures(folder: Path, text: str, settings: Settings | None = None, name: str = "t.qbc") -> list[str]:
    """Line and message of what was not as expected."""
    path = folder / name
    path.write_text(text, "utf-8")
    suite = open_suite(str(path), settings or Settings())
    assert not suite.diagnostics, report.details(suite, ())
    found = [one.found for case in suite.cases for one in suite.run(case).failures]
    return [f"{one.span.line if one.span else 0}: {one.message}" for one in found]


# -- reading


def test_a_source_without_expectations_has_no_cases() -> None:
    assert read(SourceFile("t.qbc", "; input: r0, a number\n; expected of nobody\nmain: QHALT ; expect: 5\n"), ";") == (
        [],
        [],
    )


def test_settings_before_the_first_case_are_those_of_every_case() -> None:
    text = "; input: 1\n; args: 1 0x10 2.5\n; seed: 7\n; define: A=1\n; expect: x\n; case: one\n; input:  2\n"
    text += "; define: A=2\n; expect-status: 1\n; case: two\n; seed: 8\n; shots-count: 9\n; expect:\n"
    cases, diagnostics = read(SourceFile("t.qbc", text), ";")
    assert not diagnostics
    plain, one, two = cases
    assert [case.name for case in cases] == ["", "one", "two"]
    assert [[line.text for line in case.input] for case in cases] == [["1"], ["1", " 2"], ["1"]]
    assert [case.seed for case in cases] == [7, 7, 8]
    assert [case.defines for case in cases] == [{"A": "1"}, {"A": "2"}, {"A": "1"}]
    assert two.args == [1, 16, 2.5]
    assert (two.shots, one.shots) == (9, None)
    assert [line.text for line in plain.output] == ["x"]
    assert not one.output
    assert [line.text for line in two.output] == [""]


def test_the_comment_is_that_of_the_language() -> None:
    assert read(SourceFile("t.sigma", "; expect: 1\n"), "//") == ([], [])
    (case,), _ = read(SourceFile("t.sigma", "    // expect: 1  \n//expect-status: 3\n"), "//")
    assert [line.text for line in case.output] == ["1"]
    assert case.status is not None
    assert case.output[0].span.column == 16


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("; expect-sttus: 3", "E1002 1:3"),
        ("; expct: 3\n; expect: 3", "E1002 1:3"),
        ("; expct: 3", "E1002 1:3"),
        ("QNOP\n; expct: 3\nQNOP\n; seed: 3", "E1002 2:3"),
        ("; Expect: 3", "E1002 1:3"),
        ("; expected: 3", "E1002 1:3"),
        ("; expectstatus: 3", "E1002 1:3"),
        ("; expect: 3\n; inputs: 3", "E1002 2:3"),
        ("; Expect: 3\n; expect: 4", "E1002 1:3"),
        ("; expect-status: 256", "E1003 1:18"),
        ("; expect-status: many", "E1003 1:18"),
        ("; expect-status:", "E1003 1:3"),
        ("; expect-trap: zero", "E1003 1:16"),
        ("; expect-register: r16 = 1", "E1003 1:20"),
        ("; expect-register: r1", "E1003 1:20"),
        ("; expect-register: r1 = x", "E1003 1:20"),
        ("; expect-register: r1 = 1 ± x", "E1003 1:20"),
        ("; expect-register: r1 = 18446744073709551616", "E1003 1:20"),
        ("; expect-memory: 64", "E1003 1:18"),
        ("; expect-memory: 64 =", "E1003 1:18"),
        ("; expect-memory: = 4", "E1003 1:18"),
        ("; expect-memory: a * 4 = 4", "E1003 1:18"),
        ("; expect-memory: a + 0q = 4", "E1003 1:18"),
        ("; expect-record: a 4", "E1003 1:18"),
        ("; shots: 1", "E1003 1:10"),
        ("; shots: 1 1.5", "E1003 1:10"),
        ("; shots: 1 0.5 ± 2", "E1003 1:10"),
        ("; shots: 1 0.7\n; shots: 0 0.4", "E1003 2:10"),
        ("; shots: 1 0.1\n; shots: 1 0.4", "E1003 2:10"),
        ("; shots-count: 0\n; shots: 1 1", "E1003 1:16"),
        ("; seed: -1\n; expect:", "E1003 1:9"),
        ("; args: 1 x\n; expect:", "E1003 1:9"),
        ("; define: 4=4\n; expect:", "E1003 1:11"),
        ("; expect:\n; case:", "E1003 2:3"),
        ("; expect-status: 1\n; expect-status: 1", "E1004 2:18"),
        ("; expect-trap: kind\n; expect-trap: kind", "E1004 2:16"),
        ("; seed: 1\n; seed: 2\n; expect:", "E1004 2:9"),
        ("; input: 1\n; shots: 1 1", "E1004 1:10"),
        ("; case: a\n; expect:\n; case: a\n; expect:", "E1004 3:9"),
        ("; expect:\n; case: a\n; seed: 4", "E1001 2:9"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, found: str) -> None:
    assert wrong(text) == [found]


@pytest.mark.parametrize(
    "word", ["except", "Except", "respect", "aspect", "inspect", "shots taken", "shot", "inputs", "seeds", "note"]
)
def test_words_of_a_sentence_are_no_mistakes(word: str) -> None:
    assert wrong(f"; {word}: what comes after\nmain: QHALT\n") == []
    assert wrong(f"// {word}: what comes after\nfn main() {{}}\n", "//") == []


def test_what_is_wrong_says_what_is_right() -> None:
    for text, leader in (("; expct: 3", ";"), ("// expct: 3", "//")):
        _, (alone,) = read(SourceFile("t.qbc", text), leader)
        assert alone.fix is not None
        assert alone.fix.replacement == "expect"
    _, (word,) = read(SourceFile("t.qbc", "; expect-regster: r1 = 2"), ";")
    assert word.fix is not None
    assert word.fix.replacement == "expect-register"
    _, (trap,) = read(SourceFile("t.qbc", "; expect-trap: zero-divison"), ";")
    assert trap.fix is not None
    assert trap.fix.replacement == "zero-division"
    for word_ in WORDS:
        _, found = read(SourceFile("t.qbc", f"; {word_}: ?\n; expect: 1"), ";")
        assert all(one.notes or one.fix for one in found), word_


@pytest.mark.parametrize(
    ("number", "found", "holds"),
    [
        (Number(7), 7, True),
        (Number(7), 7.0, False),
        (Number(7.0), 7, False),
        (Number(0.0), -0.0, False),
        (Number(math.nan), math.nan, True),
        (Number(math.nan), 1.0, False),
        (Number(math.inf), math.inf, True),
        (Number(0.5, 0.1), 0.59, True),
        (Number(0.5, 0.1), 0.61, False),
        (Number(0.5, 0.1), math.nan, False),
    ],
)
def test_numbers(number: Number, found: float, holds: bool) -> None:
    assert number.holds(found) is holds


# -- running


@pytest.mark.parametrize("engine", ["interp", "native"])
def test_all_that_can_be_expected(tmp_path: Path, engine: str) -> None:
    text = VALUES + "; expect-register: r4 = 0xffff_ffff_ffff_ffff\n; expect-register: r5 = 0.45 ± 0.1\n"
    text += (
        "; expect-memory: OUTPUT_BUFFER + 64 = 5 2.5 0\n; expect-memory: table = 0 9\n; expect-memory: 0x100008 = 9\n"
    )
    text += "; expect-record: e n = 3\n; expect-record: e n = 4.5\n"
    assert failures(tmp_path, text, Settings(engine=engine)) == []


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("expect-register: r4 = 1", "r4 is -1, not 1"),
        ("expect-register: r5 = 1", "r5 is 0.5, not 1"),
        ("expect-register: r6 = 7.0", "r6 is 7, not 7.0"),
        ("expect-memory: OUTPUT_BUFFER + 64 = 5 2", "the word at 0x700000048 is 4612811918334230528 (0x4004000000000000), not 2"),
        ("expect-memory: tabel + 8 = 9", "the program has no data 'tabel'"),
        ("expect-memory: 0 = 9", "the words at 0x0 are not inside memory"),
        ("expect-record: e = 3", "the run recorded no 'e'"),
        ("expect-record: e n = 3", "the run recorded 'e n' more than 1 time: 4.5 came next"),
    ],
)  # fmt: skip
def test_values_that_differ(tmp_path: Path, says: str, found: str) -> None:
    assert failures(tmp_path, f"{VALUES}; {says}\n") == [f"{VALUES.count(chr(10)) + 1}: {found}"]


def test_a_record_that_does_not_come_again(tmp_path: Path) -> None:
    text = VALUES + "; expect-record: e n = 3\n; expect-record: e n = 4.5\n; expect-record: e n = 5\n"
    assert failures(tmp_path, text) == ["18: the run recorded 'e n' 2 times, not once more"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["one", "two", "three"], []),
        (["one", "2", "three"], ["7: line 2 of the output differs"]),
        (["one", "two"], ["7: the output goes on after line 2"]),
        (["one", "two", "three", "four"], ["9: the output ends after 3 lines"]),
    ],
)
def test_output(tmp_path: Path, lines: list[str], found: list[str]) -> None:
    assert failures(tmp_path, HELLO + "".join(f"; expect: {line}\n" for line in lines)) == found


def test_output_that_nobody_expects(tmp_path: Path) -> None:
    assert failures(tmp_path, HELLO + "; expect-status: 0\n") == ["6: something was printed, and nothing is expected"]
    assert failures(tmp_path, "main: QHALT\n; expect: 1\n") == ["2: nothing was printed"]


@pytest.mark.parametrize(
    ("code", "says", "found"),
    [
        ("QHALT 3", "expect-status: 3", []),
        ("QHALT 3", "expect-register: r4 = 0", ["2: the program ended with status 3, not 0"]),
        ("QHALT 3", "expect-status: 4", ["2: the program ended with status 3, not 4"]),
        ("QDIV r0, 1, r1", "expect-status: 70", []),
        ("QDIV r0, 1, r1", "expect-trap: zero-division", []),
        ("QDIV r0, 1, r1", "expect-trap: 70 r1 is 0", []),
        ("QDIV r0, 1, r1", "expect-trap: 70 r2", ["2: the trap says something else: QDIV: r1 is 0"]),
        ("QDIV r0, 1, r1", "expect-trap: kind", ["2: the program trapped, but not as kind: zero division"]),
        ("QDIV r0, 1, r1", "expect-register: r4 = 0", ["2: the program trapped: zero division"]),
        ("QHALT 5", "expect-trap: kind", ["2: the program did not trap (kind); it ended with status 5"]),
        ("again: QJMP again", "expect-trap: time", []),
    ],
)
def test_ends(tmp_path: Path, code: str, says: str, found: list[str]) -> None:
    assert failures(tmp_path, f"main: {code}\n; {says}\n", Settings(timeout=0.2)) == found


@pytest.mark.parametrize(
    ("says", "found"),
    [
        (["0 0.5", "1 0.5"], []),
        (["0 0.45 ± 0.1"], []),
        (["0 0.3"], ["5: 0 came 1,989 times in 4,000 shots; expected are 1,200 ± 145"]),
        (["0 0.5", "1 0.3 +- 0.05"], ["6: 1 came 2,011 times in 4,000 shots; expected are 1,200 ± 200"]),
        (["1 1 ± 0.9"], ["5: 0 came 1,989 times in 4,000 shots, and no line names it"]),
        (["2 0"], []),
    ],
)
def test_distributions(tmp_path: Path, says: list[str], found: list[str]) -> None:
    assert failures(tmp_path, GUESS + "".join(f"; shots: {line}\n" for line in says)) == found


def test_the_number_of_shots(tmp_path: Path) -> None:
    (found,) = failures(tmp_path, GUESS + "; shots-count: 100\n; shots: 0 0\n")
    assert "in 100 shots" in found


def test_cases_have_their_own_constants_arguments_and_input(tmp_path: Path) -> None:
    text = "main: QMOV r0, 0\n QSYSCALL 13\n QADD r0, N\n QSYSCALL 1\n QHALT\n"
    text += (
        "; define: N=1\n; args: 2\n; expect: 3\n; case: again\n; define: N=5\n; expect: 7\n; case: wrong\n; expect: 4\n"
    )
    assert failures(tmp_path, text) == ["13: line 1 of the output differs"]
    assert failures(tmp_path, text, Settings(defines={"N": "9"})) == ["13: line 1 of the output differs"]
    text = "main: QMOV r0, 0x2000\n QMOV r1, 80\n QSYSCALL 11\n QMOV r0, 0x2000\n QSYSCALL 2\n QHALT\n"
    assert failures(tmp_path, text + "; input:  a b\n; input: c\n; expect:  a b\n") == []


def test_a_program_that_does_not_build_says_so_once(tmp_path: Path) -> None:
    path = tmp_path / "t.qbc"
    path.write_text("main: QFOO\n; expect: 1\n; case: two\n; expect: 2\n", "utf-8")
    suite = open_suite(str(path), Settings())
    results = [suite.run(case) for case in suite.cases]
    assert report.counts([(suite, results)]) == (0, 2)
    assert report.details(suite, results).count("E0201") == 1


def test_sigma(tmp_path: Path) -> None:
    text = 'fn main() { let q = qubit(); h(q); let b = measure(q); record("b", b); print("done"); }\n// expect: done\n'
    assert failures(tmp_path, text + "// shots: 0 0.5\n// shots: 1 0.5\n", name="t.sigma") == []
    text = "fn main() { let a = [1]; var n = 1; while n < 5 { n += a[n]; } }\n// expect-trap: trap index 1\n"
    assert failures(tmp_path, text, name="u.sigma") == []


# -- files and folders


def test_folders_give_what_expects_something(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.qbc").write_text("main: QHALT\n; expect-status: 0\n", "utf-8")
    (tmp_path / "sub" / "a.sigma").write_text("fn main() {}\n// expect-status: 0\n", "utf-8")
    (tmp_path / "library.qbc").write_text("f: QRET ; input: r0\n", "utf-8")
    (tmp_path / "notes.txt").write_text("; expect: 1\n", "utf-8")
    found = find([str(tmp_path), str(tmp_path / "b.qbc")], Settings())
    assert [Path(suite.name).name for suite in found] == ["b.qbc", "a.sigma"]
    assert not any(suite.diagnostics for suite in found)


def test_nothing_to_test(tmp_path: Path) -> None:
    (tmp_path / "library.qbc").write_text("f: QRET\n", "utf-8")
    suites = find([str(tmp_path), str(tmp_path / "library.qbc"), str(tmp_path / "missing.qbc")], Settings())
    assert [[found.code for found in suite.diagnostics] for suite in suites] == [["E1001"], ["E1001"], ["E0501"]]
    assert report.counts([(suite, ()) for suite in suites]) == (0, 3)


# -- what is shown


def shown(folder: Path, text: str) -> str:
    path = folder / "t.qbc"
    path.write_text(text, "utf-8")
    suite = open_suite(str(path), Settings())
    return report.details(suite, [suite.run(case) for case in suite.cases]).replace(f"{folder}/", "")


def test_the_comparison_shows_the_lines_around_a_difference(tmp_path: Path) -> None:
    numbers = "main: QMOV r4, 1\nnext: QMOV r0, r4\n QSYSCALL 1\n QMOV r0, 10\n QSYSCALL 5\n QADD r4, 1\n QJLT r4, 100, next\n QHALT\n"
    text = numbers + "".join(f"; expect: {n if n != 50 else 'fifty'}\n" for n in range(1, 100) if n != 52)
    assert shown(tmp_path, text) == (
        "error[E1010]: line 50 of the output differs\n"
        "  --> t.qbc:58:11\n"
        "   |\n"
        "58 | ; expect: fifty\n"
        "   |           ^^^^^\n"
        "   | …\n"
        "   |   48\n"
        "   |   49\n"
        "   | - fifty\n"
        "   | + 50\n"
        "   |   51\n"
        "   | + 52\n"
        "   |   53\n"
        "   |   54"
    )


def test_long_outputs_are_compared_where_they_differ(tmp_path: Path) -> None:
    text = (
        "main: QMOV r4, 0\nnext: QMOV r0, 10\n QSYSCALL 5\n QADD r4, 1\n QJLT r4, 200000, next\n QHALT\n; expect: 1\n"
    )
    lines = shown(tmp_path, text).splitlines()
    assert len(lines) < 80
    assert lines[-1].endswith("…")


def test_a_trap_is_shown_with_its_place(tmp_path: Path) -> None:
    text = shown(tmp_path, "main: QDIV r0, 1, r1\n; case: by zero\n; expect: 1\n")
    assert text.startswith("case: by zero\n\nerror[E1011]: the program trapped: zero division\n --> t.qbc:2:9\n")
    assert "\ntrap[T70]: zero division: QDIV: r1 is 0\n --> t.qbc:1:7\n" in text


def test_terminals_are_safe(tmp_path: Path) -> None:
    text = shown(tmp_path, 'main: QMOV r0, t\n QSYSCALL 2\n QHALT\n.data\nt: .asciz "\\x1b[2Jx"\n; expect: y\n')
    assert "\x1b" not in text


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_explanations_show_what_they_explain(tmp_path: Path, code: str) -> None:
    found = []
    for text in (EXPLANATIONS[code].wrong, EXPLANATIONS[code].right):
        (tmp_path / "t.qbc").write_text(text, "utf-8")
        suite = open_suite(str(tmp_path / "t.qbc"), Settings())
        failures = [one.found for case in suite.cases for one in suite.run(case).failures]
        found.append({one.code for one in [*suite.diagnostics, *failures]})
    assert found == [{code}, set()]


def test_a_compilation_that_takes_too_long_fails_its_cases_and_the_others_run(tmp_path: Path) -> None:
    levels = "".join(f".macro m{i}\n" + f" m{i - 1}\n" * 9 + ".endm\n" for i in range(1, 7))
    slow = ".macro m0\n" + " QNOP\n" * 9 + f".endm\n{levels}main: m6\n QHALT 3\n; expect-status: 3\n"
    (tmp_path / "a.qbc").write_text(slow)
    (tmp_path / "b.qbc").write_text("main: QHALT 3\n; expect-status: 3\n")
    before, timer = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    suites = find([str(tmp_path)], Settings(timeout=0.2))
    first, second = (suite.run(suite.cases[0]) for suite in suites)
    assert [one.found.code for one in first.failures] == ["T80"]
    assert "to compile" in first.failures[0].found.message
    assert first.seconds < 30
    assert second.is_passed
    assert signal.getsignal(signal.SIGALRM) is before
    # A timer of whoever runs the tests goes on.
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (timer[0] > 0)
