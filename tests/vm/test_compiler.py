"""Compiling in another process: it can be ended at any time, and what it cannot do is remembered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import CompiledHere, build
from vm.machine import Machine
from vm.native import compiler, store, tier, worker
from vm.native.store import Compiled, Refused
from vm.native.worker import Job

TEXT = "main: QADD r1, 1\nQJLT r1, {}, main\nQMOV r0, r1\nQSYSCALL 1\nQHALT"
QBC = [sys.executable, "-c", "from qbcc.cli.start import qbc; qbc()"]
SLEEPS = "import time; print('', flush=True); time.sleep(60)"
"""A compiler that never answers."""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("QBC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def _sleeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Compilations never end by themselves; the processes that were made for them."""
    made: list[Any] = []

    def process() -> Any:
        made.append(compiler._Process([sys.executable, "-c", SLEEPS], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        os.set_blocking(made[-1].stdin.fileno(), False)
        return made[-1]

    monkeypatch.setattr(compiler, "_process", process)
    yield made
    for each in made:
        each.kill()
        each.wait()


def job(**changed: Any) -> Job:
    settings: dict[str, Any] = {
        "name": "native-test.o",
        "folder": os.environ["QBC_CACHE_DIR"],
        "object": build(TEXT.format(100)),
        "level": 0,
        "float_arguments": False,
        "is_wanted": False,
    }
    return Job(**settings | changed)


# -- it can be ended


def test_the_time_limit_ends_a_compilation(_sleeping: list[Any]) -> None:
    begun = time.monotonic()
    machine = Machine(build(TEXT.format(100)), engine="native", timeout=0.3)
    outcome = machine.run()
    assert (outcome.status, outcome.count) == (80, 0)
    assert time.monotonic() - begun < 30
    assert len(_sleeping) == 1


def test_a_signal_ends_a_compilation(_sleeping: list[Any]) -> None:
    class StopError(Exception):
        pass

    def stop(*_: object) -> None:
        raise StopError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(StopError):
            Machine(build(TEXT.format(100)), engine="native").run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_ctrl_c_ends_a_compilation(_sleeping: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm.limits.Deadline.check", lambda _: signal.raise_signal(signal.SIGINT) if _sleeping else None)
    outcome = Machine(build(TEXT.format(100)), engine="native").run()
    assert (outcome.status, outcome.count) == (130, 0)


def test_a_process_that_is_not_waited_for_ends_with_its_child() -> None:
    # Straight code of this length takes LLVM a while.
    text = "\n".join(f"QADD r{i % 12}, r{(i * 7 + 3) % 12}" for i in range(60_000))
    running = compiler.Compilation(job(object=build(f"main: {text}\nQHALT"), level=2, is_wanted=True))
    process = running._process
    with pytest.raises(LookupError):
        running.wait(_later(0.5))
    # Its input has ended: so it ends the child, and itself.
    assert process.wait(60) == 0


def _later(seconds: float) -> Any:
    end = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > end:
            raise LookupError

    return check


def test_one_process_does_one_job_after_the_other(folder: Path) -> None:
    seen = set()
    for last in (100, 200, 300):
        running = compiler.Compilation(job(object=build(TEXT.format(last)), is_wanted=True, name=f"native-{last}"))
        assert isinstance(running.wait(lambda: None), Compiled)
        seen.add(running._process.pid)
        assert isinstance(store.find(f"native-{last}"), Compiled)
    assert len(seen) == 1


def test_a_compiler_that_is_killed_leaves_the_interpreter() -> None:
    def kill() -> None:
        running._process.kill()

    running = compiler.Compilation(job(is_wanted=True))
    assert running.wait(kill) in (Refused("its compiler was ended from outside"), running._result)


def test_where_no_process_can_be_made_the_interpreter_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    compiler._end_idle()
    monkeypatch.setattr(compiler, "_Process", refuse)
    machine = Machine(build(TEXT.format(100)), engine="native")
    assert machine.run().status == 0
    assert "no process for the compiler: no more processes" in machine.notice


# -- what it cannot do is remembered


def test_a_crash_is_an_answer_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "perform", lambda _: os.kill(os.getpid(), signal.SIGUSR1))
    found = store.decode(worker._supervised(job().pack()[8:]))
    assert isinstance(found, Refused)
    assert found.is_fault
    assert "crashed (SIGUSR1)" in found.reason
    assert store.find("native-test.o") == found


def test_an_exception_is_an_answer_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError(5)

    monkeypatch.setattr(store, "build", fail)
    found = worker.perform(job())
    assert isinstance(found, Refused)
    assert found.reason.startswith("the compiler failed: KeyError: 5; please report it")
    assert store.find("native-test.o") == found


def test_too_much_time_is_an_answer_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_: Job) -> None:
        while True:
            pass

    monkeypatch.setattr(worker, "SECONDS", 1)
    monkeypatch.setattr(worker, "perform", work)
    found = store.decode(worker._supervised(job().pack()[8:]))
    assert found == Refused("compiling it takes more than 1 s of processor time")
    assert store.find("native-test.o") == found


def test_a_fault_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError(5)

    monkeypatch.setattr(store, "build", fail)
    monkeypatch.setattr(compiler, "Compilation", CompiledHere)
    monkeypatch.setattr(tier, "HOT", 1)
    monkeypatch.setattr(tier, "_PAUSE", 0)
    machines = [Machine(build(TEXT.format(1000))) for _ in range(3)]
    for machine in machines:
        assert machine.run(slice=100).status == 0
        assert machine.engine == "interp"
    assert ["KeyError" in machine.notice for machine in machines] == [True, False, False]
    assert ["KeyError" in machine.refusal for machine in machines] == [True, True, True]


def test_the_command_says_a_fault_once_and_shows_it_with_the_statistics(tmp_path: Path) -> None:
    program = tmp_path / "p.qbc"
    program.write_text(TEXT.format(100))
    obj = build(TEXT.format(100))
    from vm.program import Program

    name = store.key(Program.load(obj), 2, whole=False, float_arguments=False)
    store.keep(name, Refused("the compiler crashed (SIGSEGV); please report it", is_fault=True))
    errors = []
    for options in ([], [], ["--stats"]):
        done = subprocess.run([*QBC, "run", *options, str(program)], capture_output=True, text=True, check=True)
        assert done.stdout == "100"
        errors.append(done.stderr)
    assert errors[0].count("\n") == 1
    assert "the compiler crashed (SIGSEGV); please report it" in errors[0]
    assert errors[1] == ""
    assert "not compiled: the compiler crashed (SIGSEGV)" in errors[2]


def test_a_refusal_of_a_whole_program_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    obj = build(TEXT.format(100))
    from vm.program import Program

    name = store.key(Program.load(obj), 0, whole=True, float_arguments=False)
    store.keep(name, Refused("compiling it takes more than 120 s of processor time"))
    monkeypatch.setattr(compiler, "_process", lambda: pytest.fail("it was tried again"))
    machine = Machine(obj, engine="native", optimize=0)
    assert machine.run().status == 0
    assert "more than 120 s of processor time" in machine.notice


def test_what_is_sent_is_what_comes() -> None:
    sent = job(places=(1, 2), samples=[(3, 4)])
    came = Job.unpack(sent.pack()[8:])
    assert (came.name, list(came.places), [tuple(pair) for pair in came.samples or ()]) == (sent.name, [1, 2], [(3, 4)])
    assert (came.object.code == sent.object.code).all()


# -- entries at the end of the code


END = "main: QMOV r0, 0\nl: QADD r0, 1\nQJLT r0, 5, l\n{}\nQHALT\n.query_interface\nq:\n"


@pytest.mark.parametrize("engine", ["interp", "native"])
def test_an_entry_point_at_the_end_runs_off_the_program(engine: str) -> None:
    from vm.machine import TrapError

    machine = Machine(build(END.format("QNOP")), engine=engine)
    assert machine.run().status == 0
    assert machine.engine == engine
    with pytest.raises(TrapError, match="ran past the last instruction") as trapped:
        machine.call("q")
    assert (trapped.value.trap.status, trapped.value.trap.location.pc) == (75, 5)  # type: ignore[union-attr]


@pytest.mark.parametrize("engine", ["interp", "native"])
@pytest.mark.parametrize("jump", ["QJMP r1", "QCALL r1", "QLOAD r1, [table]\nQJMP r1", "QLOAD r1, [table]\nQCALL r1"])
def test_the_end_is_no_place_to_jump_to(jump: str, engine: str) -> None:
    obj = build(END.format(f"QMOV r1, q\n{jump}") + ".data\ntable: .qword q, l")
    machine = Machine(obj, engine=engine, optimize=0)
    outcome = machine.run()
    assert outcome.status == 75
    assert outcome.trap is not None
    assert "QJMP" in repr(outcome.trap) or "QCALL" in repr(outcome.trap) or "jump" in outcome.trap.message


@pytest.mark.parametrize("engine", ["interp", "native"])
def test_a_program_that_is_only_labels_at_the_end(engine: str) -> None:
    machine = Machine(build("main: QADD r1, 1\n.query_interface\na:\nb:\n"), engine=engine, optimize=0)
    assert machine.run().status == 75
    assert machine.count == 1
