"""Ctrl-C, the time limit and other signals at every stage of a command: status, one line, nothing left behind."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START = "import os; from vm import stops; stops.begin(); os.write(1, b'>'); from qbcc.cli.start import {0}; {0}()"
"""A command line, and a sign as soon as it has taken over its signals: before that, Python answers them."""
SOON = 10.0
"""Seconds that a test waits for an end that comes in 0.2 s on a computer that does nothing else."""


def entangled(qubits: int, gates: int) -> str:
    chosen = random.Random(5)
    lines = [f"main: QALLOC r4, {qubits}"]
    for _ in range(gates):
        a, b = chosen.sample(range(1, qubits + 1), 2)
        lines += [f" QRY {a}, {chosen.random()}", f" QCX {a}, {b}"]
    return "\n".join([*lines, " QMEAS r0, r4", " QHALT"])


FILES = {
    "loop.qbc": "main: QADD r0, 1\n QJMP main\n",
    "gate.qbc": "main: QALLOC r4, 1\n QH r4\non: QADD r0, 1\n QJMP on\n",
    "prints.qbc": "main: QMOV r0, t\non: QSYSCALL 2\n QJMP on\n.data\nt: .asciz \"" + "x" * 99 + '\\n"\n',
    "reads.qbc": "main: QMOV r0, 0x2000\n QMOV r1, 99\n QSYSCALL 11\n QHALT\n",
    "grows.qbc": ".macro m0\n" + " QNOP\n" * 9 + ".endm\n"
    + "".join(f".macro m{i}\n" + f" m{i - 1}\n" * 9 + ".endm\n" for i in range(1, 7))
    + "main: m6\n QHALT\n",
    "many.qbc": "main:\n" + "".join(f"f{i}: QADD r4, {i}\n QCALL f{i}\n QJLT r4, {i}, f{i}\n" for i in range(20000)) + " QHALT\n",
    "aer.qbc": entangled(24, 600),
    "test.qbc": "main: QADD r0, 1\n QJMP main\n; expect: 1\n",
    "coins.qbc": "main: QSYSCALL 8\n QAND r1, r0, 1\n QMOV r0, name\n QSYSCALL 14\n QHALT\n.data\nname: .asciz \"coin\"\n",
    "random.qbc": "main: QALLOC r4, 1\n QH r4\n QMEAS r1, r4\n QSYSCALL 8\n QMOV r5, 0\non: QADD r5, 1\n QJLT r5, 90000000, on\n QHALT\n",
}  # fmt: skip
STAGES = {
    "run": ("qbc", "run", "loop.qbc", "--engine", "interp"),
    "machine code": ("qbc", "run", "loop.qbc", "--engine", "native"),
    "nobody reads": ("qbc", "run", "prints.qbc"),
    "waiting for input": ("qbc", "run", "reads.qbc"),
    "waiting for a source": ("qbc", "run", "-"),
    "assembling": ("qbc", "run", "grows.qbc"),
    "a simulation": ("qbc", "run", "aer.qbc"),
    "shots": ("qbc", "run", "random.qbc", "--shots", "100000"),
    "shots of a simulation": ("qbc", "run", "aer.qbc", "--shots", "5"),
    "trace": ("qbc", "trace", "loop.qbc", "-o", "trace.txt"),
    "profile": ("qbc", "profile", "loop.qbc"),
    "test": ("qbc", "test", "test.qbc"),
    "lint": ("qbcc", "lint", "many.qbc"),
    "check": ("qbcc", "check", "grows.qbc"),
    "a circuit": ("qbcc", "compile", "gate.qbc", "--emit", "qasm3"),
}
LIMITED = ("machine code", "nobody reads", "waiting for input", "assembling", "a simulation", "shots")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stopping")
    for name, text in FILES.items():
        (made / name).write_text(text)
    return made


class Started:
    """A command that has taken over its signals. It has a session of its own, so that its children can be found."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QBC_CACHE_DIR": str(folder / "cache")}
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(name), *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # A test may run where Ctrl-C is ignored, as in the background of a shell.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        assert self.process.stdout is not None
        assert self.process.stdout.read(1) == b">"

    def ended(self, *status: int) -> str:
        """What it said, once it has ended with one of these."""
        process = self.process
        assert process.stderr is not None
        try:
            assert process.wait(timeout=SOON) in status
            said = process.stderr.read().decode()
        finally:
            process.kill()
            for stream in (process.stdin, process.stdout, process.stderr):
                assert stream is not None
                stream.close()
        assert "Traceback" not in said
        assert "ignored" not in said
        assert [path.name for path in self.folder.rglob(".*") if ".tmp" in path.name or ".new-" in path.name] == []
        last = time.monotonic() + SOON
        while processes(process.pid):
            assert time.monotonic() < last, "a process is left"
            time.sleep(0.01)
        return said


def processes(session: int) -> list[int]:
    """Those of a session that run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def one_error(said: str, code: str) -> None:
    """One line, or the trap of a program."""
    errors = [line for line in said.splitlines() if line.startswith(("error", "trap"))]
    assert len(errors) == 1
    assert f"[{code}]" in errors[0]


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c(folder: Path, stage: str) -> None:
    started = Started(folder, *STAGES[stage])
    time.sleep(0.3)
    started.process.send_signal(signal.SIGINT)
    one_error(started.ended(130), "T130")


@pytest.mark.parametrize("how", ["Ctrl-C", "time limit"])
def test_shots_that_were_done_are_shown(folder: Path, how: str) -> None:
    limit = ("--timeout", "3") if how == "time limit" else ()
    # With an empty cache the interpreter is made first, which may take longer.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QBC_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-c", START.format("qbc"), "run", "coins.qbc", "--shots", "2"]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    started = Started(folder, "qbc", "run", "coins.qbc", "--shots", "1000000", *limit)
    if not limit:
        time.sleep(3)
        started.process.send_signal(signal.SIGINT)
    out = started.process.stdout
    assert out is not None
    table = out.read().decode()
    said = started.ended(80 if limit else 130)
    shots = re.search(r"stopped after ([\d,]+) of 1,000,000 shots", said)
    assert shots is not None
    assert f"{shots[1]} shots of " in table
    assert "[status" not in table
    one_error(said, "T80" if limit else "T130")


@pytest.mark.parametrize("stage", LIMITED)
def test_the_time_limit(folder: Path, stage: str) -> None:
    name, *arguments = STAGES[stage]
    one_error(Started(folder, name, *arguments, "--timeout", "0.3").ended(80), "T80")


def interrupted(folder: Path, delay: float) -> None:
    """Ctrl-C so many seconds after the command has begun: imports, reading, compiling, Aer, the report."""
    started = Started(folder, "qbc", "run", "aer.qbc", "--engine", "auto")
    time.sleep(delay)
    started.process.send_signal(signal.SIGINT)
    one_error(started.ended(130), "T130")


@pytest.mark.parametrize("delay", [0, 0.002, 0.01, 0.03, 0.08, 0.15, 1.0])
def test_ctrl_c_at_any_moment(folder: Path, delay: float) -> None:
    interrupted(folder, delay)


def test_twice_in_a_row(folder: Path) -> None:
    started = Started(folder, *STAGES["a simulation"])
    time.sleep(1)
    started.process.send_signal(signal.SIGINT)
    started.process.send_signal(signal.SIGINT)
    one_error(started.ended(130), "T130")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_another_signal_ends_it_as_always(folder: Path, number: int) -> None:
    started = Started(folder, *STAGES["trace"])
    time.sleep(0.5)
    started.process.send_signal(number)
    # The second is what a shell would show: a library that does not come back has the process ended by a thread.
    assert started.ended(-number, 128 + number) == ""


LAST = """
class Last:
    def __del__(self, kill=os.kill, own=os.getpid()):
        kill(own, {0})
last = Last()
"""
"""Sends a signal to its own process when Python takes the module down."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_work_is_done_changes_nothing(folder: Path, number: int) -> None:
    begun = START.format("qbc").replace("from qbcc", LAST.format(int(number)) + "from qbcc")
    done = subprocess.run([sys.executable, "-c", begun, "--version"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_time_limit_in_json(folder: Path) -> None:
    started = Started(folder, "qbc", "run", "grows.qbc", "--timeout", "0.2", "--json")
    out = started.process.stdout
    assert out is not None
    started.process.wait(timeout=SOON)
    assert b'"code": "T80"' in out.read()
    assert started.ended(80) == ""


@pytest.mark.parametrize("limit", ["inf", "1e30"])
def test_a_limit_that_no_clock_can_count_is_none(folder: Path, limit: str) -> None:
    started = Started(folder, "qbc", "run", "loop.qbc", "--timeout", limit)
    time.sleep(1)
    started.process.send_signal(signal.SIGINT)
    one_error(started.ended(130), "T130")


def test_a_limit_that_is_no_number(folder: Path) -> None:
    said = Started(folder, "qbc", "run", "loop.qbc", "--timeout", "nan").ended(2)
    assert "'nan' is not a number" in said
