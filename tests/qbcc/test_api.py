"""``import qbcc`` as a notebook uses it."""

from __future__ import annotations

import doctest
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import qbcc
from qbcc.diagnostics import SourceError

HELLO = 'main: QMOV r0, text\nQSYSCALL 2\nQHALT 3\n.data\ntext: .asciz "Hello <σ>"\n'


def test_the_package_s_own_example() -> None:
    assert doctest.testmod(qbcc).failed == 0


def test_public_names() -> None:
    assert set(qbcc.__all__) <= set(dir(qbcc))
    assert all(hasattr(qbcc, name) for name in qbcc.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = qbcc.nothing


def test_importing_it_is_light() -> None:
    code = "import qbcc, sys; print([m for m in ('numba', 'lark', 'numpy', 'rich', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_command_that_makes_nothing_needs_no_numpy() -> None:
    code = "import qbcc.cli.qbcc, sys; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_no_command_but_those_that_explain_reads_the_explanations() -> None:
    code = "import qbcc.cli.qbcc, sys; print('qbcc.explain' in sys.modules, 'qbcc.lint.explanations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_a_run_needs_no_numba() -> None:
    code = "import qbcc, sys; qbcc.run('QHALT\\n'); qbcc.run('QHALT\\n'); print('rich' in sys.modules, 'pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_run_and_result(tmp_path: Path) -> None:
    path = tmp_path / "hello.qbc"
    path.write_text(HELLO, "utf-8")
    for program in (HELLO, path, str(path), qbcc.compile(path)):
        result = qbcc.run(program)
        assert (result.status, result.output, result.trap, result.count) == (3, "Hello <σ>", None, 3)
    assert repr(result) == "<Result status 3, 3 instructions>"
    assert "Hello &lt;σ&gt;" in result._repr_html_()
    assert result.registers[1] == 0
    assert result.buffer is None


def test_a_trap_is_in_the_result() -> None:
    result = qbcc.run("QDIV r0, 1, r1\n")
    assert result.status == 70
    assert result.trap is not None
    assert "zero" in repr(result)
    assert "zero division" in result._repr_html_()


def test_errors_are_one_exception() -> None:
    with pytest.raises(qbcc.CompileError) as error:
        qbcc.compile("QJG r0\nQMOV r0, X\n")
    assert [d.code for d in error.value.diagnostics] == ["E0201", "E0301"]
    assert "error[E0301]" in str(error.value)
    with pytest.raises(qbcc.CompileError, match="E0501"):
        qbcc.compile("no such program")
    with pytest.raises(qbcc.CompileError, match="E0702"):
        qbcc.compile(".extern f\nQCALL f\n")


def test_programs_save_and_load(tmp_path: Path) -> None:
    program = qbcc.compile(HELLO)
    program.save(tmp_path / "p.qbo")
    assert qbcc.run(tmp_path / "p.qbo").output == "Hello <σ>"
    assert "3 instructions" in repr(program)
    with pytest.raises(SourceError):
        program.save(tmp_path / "no" / "p.qbo")


def test_settings_reach_the_machine() -> None:
    text = "QSYSCALL 8\nQMOV r4, r0\nQSYSCALL 12\nQMOV r5, r0\nQSYSCALL 3\nQMOV r6, r0\nQMOV r0, 0x2000\nQMOV r1, 10\nQSYSCALL 11\nQADD r0, N\nQHALT r0\n"
    result = qbcc.run(text, 1, 2.5, defines={"N": 5}, seed=3, clock=77, stdin=io.BytesIO(b"four\n"))
    assert (result.registers[5], result.registers[6], result.status) == (2, 77, 9)
    assert qbcc.run("loop: QJMP loop\n", max_instructions=10).status == 79
    assert qbcc.run("loop: QJMP loop\n", timeout=0.05).status == 80
    assert qbcc.run("QSTORE 1, [0x2000]\n", memory=0).status == 81


def test_tables_are_views_of_memory() -> None:
    result = qbcc.run("moonshine_instantiate", defines={"MOONSHINE_DIMENSION": 9})
    assert {name: len(table) for name, table in result.tables.items()} == {"nodes": 9, "triangles": 4}
    assert result.buffer is result.tables["nodes"]
    np.testing.assert_array_equal(result.buffer["sigma"], 8 * np.arange(9) / 9)
    assert "9 nodes, 4 triangles" in repr(result)


def test_other_buffers_are_words() -> None:
    text = '.include "qbc_output.qbc"\n.entry_point main\n.text\nmain: QMOV r0, 7\nQMOV r1, 1\nQMOV r2, 16\nQCALL qbc_output_begin\nQSTORE 5, [r0+8]\nQMOV r0, 1\nQCALL qbc_output_finish\nQHALT\n'
    result = qbcc.run(text)
    assert result.buffer is not None
    assert result.buffer.tolist() == [[0, 5]]


def test_machines_take_programs() -> None:
    machine = qbcc.Machine(qbcc.compile("QADD r0, 2\nQHALT\n"))
    machine.set(0, 40)
    machine.run()
    assert machine.get(0) == 42
