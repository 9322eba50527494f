"""The native engine beside the interpreter: limits, stacks, memory, going over in the middle, falling back."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.programs import CompiledHere, build
from tests.random_programs import state_of
from vm import pagemap, processor
from vm.interp import engine as interpreter
from vm.isa import CALL_DEPTH
from vm.machine import Machine
from vm.memory import PAGE
from vm.native import compile as compiling
from vm.native import compiler, hot, stack, store, tier
from vm.native.plan import Plan
from vm.processor import UnsupportedError
from vm.program import Program

RUN = [sys.executable, "-c", "from qbcc.cli.start import qbc; qbc()", "run"]
LOOPS = """
main:
    QMOV    r4, 0
outer:
    QMOV    r5, 0
inner:
    QADD    r6, r5
    QXOR    r6, r4
    QADD    r5, 1
    QJLT    r5, 1000, inner
    QADD    r4, 1
    QJLT    r4, {}, outer
    QMOV    r0, r6
    QSYSCALL 1
    QHALT
"""


@pytest.fixture(autouse=True)
def cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of its own for each test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("QBC_CACHE_DIR", str(folder))
    return folder


def both(text: str, **settings: Any) -> Machine:
    """Run on either engine, which must agree; the native one."""
    obj = build(text)
    machines = [Machine(obj, engine=engine, seed=1, clock=2, **settings) for engine in ("interp", "native")]
    outcomes = [repr(machine.run()) for machine in machines]
    assert outcomes[0] == outcomes[1]
    assert state_of(machines[0]) == state_of(machines[1])
    return machines[1]


def native(text: str, **settings: Any) -> Machine:
    machine = Machine(build(text), engine="native", **settings)
    machine.run()
    return machine


# -- limits


def test_the_memory_limit_is_kept_within_256_megabytes() -> None:
    limit = 64 << 20
    machine = native("QMOV r1, 0x100000\nloop: QSTOREB 1, [r1]\nQADD r1, 4096\nQJMP loop", memory=limit)
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    assert machine.outcome.status == 81
    assert limit < machine.touched < limit + (256 << 20)
    assert "touched" in machine.outcome.trap.message


@pytest.mark.parametrize(
    "text",
    [
        "loop: QJMP loop",
        "main: QCALL f\nQJMP main\nf: QADD r1, 1\nQRET",
        "f: QADD r1, 1\nQPUSH r1\nQPOP r2\nQJGE r1, 0, f",
        "main: QMOV r0, 900000\nQCALL f\nQJMP main\nf: QJLE r0, 0, @out\nQSUB r0, 1\nQCALL f\n@out: QRET",
        "main: QMOV r4, main\nQJMP r4",
        "a: QNOP\nQJMP b\nb: QNOP\nQCALL c\nQJMP a\nc: QJMP d\nd: QRET",
    ],
)
def test_the_time_limit_stops_everything(text: str) -> None:
    begun = time.monotonic()
    machine = native(text, timeout=0.2)
    assert machine.outcome is not None
    assert machine.outcome.status == 80
    assert time.monotonic() - begun < 20


def test_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "p.qbc").write_text(
        'QMOV r0, text\nQSYSCALL 2\nloop: QADD r1, 1\nQJMP loop\n.data\ntext: .asciz "on\\n"'
    )
    with subprocess.Popen(
        [*RUN, "--engine", "native", str(tmp_path / "p.qbc")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        # What it prints comes at once, though it never ends.
        assert process.stdout.readline() == b"on\n"
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Ctrl-C" in error


@pytest.mark.parametrize("wait", [0.05, 0.3])
def test_ctrl_c_while_compiled_code_runs(wait: float, tmp_path: Path) -> None:
    (tmp_path / "p.qbc").write_text("QMOV r0, 65\nQSYSCALL 5\nloop: QADD r1, 1\nQJMP loop")
    with subprocess.Popen(
        [*RUN, "--engine", "native", "--stats", str(tmp_path / "p.qbc")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"A"
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Ctrl-C" in error


def test_a_handler_that_raises_stops_compiled_code() -> None:
    def refuse(*_: object) -> None:
        raise LookupError("enough")

    before = signal.signal(signal.SIGALRM, refuse)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(LookupError, match="enough"):
            native("loop: QADD r1, 1\nQJMP loop", timeout=20)
        assert signal.getsignal(signal.SIGALRM) is refuse
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("limit", [0, 1, 2, 99_999, 1_000_000, 1_000_001, 7_654_321])
def test_the_instruction_limit_is_exact(limit: int) -> None:
    machine = both(LOOPS.format(3000), max_instructions=limit)
    assert machine.count == limit


CALLING = "main: QNOP\nQNOP\nagain: QCALL f\nQCALL f\nQJMP again\nf: QMOV r2, 3\n@l: QSUB r2, 1\nQJGT r2, 0, @l\nQRET"
"""Begun by a step, it is interpreted, as the loop is no way in; and calls compiled code."""


@pytest.mark.parametrize("limit", range(400, 460))
def test_the_limit_is_exact_where_the_interpreter_calls_compiled_code(limit: int) -> None:
    machine = Machine(build(CALLING), engine="native", max_instructions=limit)
    assert machine.step() is None
    assert machine.run().count == limit


def test_the_time_limit_stops_the_interpreter_that_calls_compiled_code() -> None:
    machine = Machine(build(CALLING), engine="native", timeout=0.2)
    assert machine.step() is None
    assert machine.run().status == 80


# -- stacks


def test_deep_recursion_comes_back() -> None:
    depth = CALL_DEPTH - 10
    text = f"main: QMOV r0, {depth}\nQCALL sum\nQSYSCALL 1\nQHALT\n"
    text += "sum: QJLE r0, 0, @out\nQPUSH r0\nQSUB r0, 1\nQCALL sum\nQPOP r1\nQADD r0, r1\n@out: QRET"
    assert both(text).output == str(depth * (depth + 1) // 2).encode()


@pytest.mark.parametrize("body", ["QCALL f", "QPUSH r0\nQCALL f\nQPOP r0", "QCALL g\nQADD r1, 1"])
def test_endless_recursion_traps_where_the_interpreter_does(body: str) -> None:
    machine = both(f"main: QADD r0, 1\nQCALL f\nQHALT\nf: QADD r0, 1\n{body}\nQRET\ng: QCALL f\nQRET")
    assert machine.outcome is not None
    assert machine.outcome.status == 73


@pytest.mark.parametrize("kilobytes", [256, 1024, 4096])
def test_a_thread_with_a_small_stack(kilobytes: int) -> None:
    obj = build(
        "main: QMOV r0, 200000\nQCALL f\nQHALT\nf: QJLE r0, 0, @out\nQSUB r0, 1\nQCALL f\nQADD r2, 1\n@out: QRET"
    )
    results: list[tuple[int, int | float]] = []

    def run() -> None:
        machine = Machine(obj, engine="native")
        results.append((machine.run().status, machine.get(2)))

    before = threading.stack_size(kilobytes << 10)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert results == [(0, 200_000)]


def test_where_the_stack_is_not_known_recursions_are_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "lowest", lambda: stack._NOWHERE)
    text = "main: QMOV r0, 1000\nQCALL f\nQHALT\nf: QJLE r0, 0, @out\nQSUB r0, 1\nQCALL f\nQADD r2, 1\n@out: QRET"
    assert both(text).get(2) == 1000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nobody tells")
def test_each_thread_has_its_own_stack() -> None:
    found = [stack.lowest()]
    thread = threading.Thread(target=lambda: found.append(stack.lowest()))
    thread.start()
    thread.join()
    assert len(set(found)) == 2
    assert all(0 < place < stack._NOWHERE for place in found)


def test_threads_run_side_by_side() -> None:
    obj = build(LOOPS.format(2000))
    outputs: list[bytes] = []

    def run() -> None:
        machine = Machine(obj, engine="native")
        machine.run()
        outputs.append(machine.output)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(outputs)) == 1
    assert len(outputs) == 4


# -- the middle of a run


@pytest.mark.parametrize("steps", [0, 1, 5, 4003, 4010])
def test_a_snapshot_goes_on_on_either_engine(steps: int) -> None:
    obj = build(LOOPS.format(200))
    first = Machine(obj, engine="interp")
    for _ in range(steps):
        first.step()
    kept = first.snapshot()
    ends = []
    for engine in ("interp", "native"):
        machine = Machine(obj, engine=engine)
        machine.restore(kept)
        machine.run()
        ends.append(state_of(machine))
    assert ends[0] == ends[1]


def test_calls_from_the_host() -> None:
    text = "main: QMOV r4, 1\nQHALT\n.query_interface\nadd: QADD r0, r1\nQRET\nbad: QDIV r0, 0\nQRET\n"
    machines = [Machine(build(text), engine=engine) for engine in ("interp", "native")]
    for machine in machines:
        machine.run()
        assert machine.call("add", 2, 3) == 5
        assert machine.call("add", 2, 0.5) == 2.5
        assert machine.call("add", -1, 2**63 - 1) == 2**63 - 2


def test_auto_goes_over_to_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier, "HOT", 1)
    monkeypatch.setattr(tier, "_PAUSE", 0)
    monkeypatch.setattr(compiler, "Compilation", CompiledHere)
    obj = build(LOOPS.format(20_000))
    expected = Machine(obj, engine="interp").run().count
    machine = Machine(obj)
    assert machine.run().count == expected
    # It went over in the middle: the dispatcher's own words say so.
    assert machine._driver is not None
    again = Machine(obj)
    again.prepare()
    assert again._driver is not None
    assert again.run().count == expected
    assert again.output == machine.output


def test_auto_compiles_in_another_process(cache_folder: Path, tmp_path: Path) -> None:
    program = tmp_path / "p.qbc"
    program.write_text(LOOPS.format(3_000_000))
    # A folder of that name must not stand in for the project's own code.
    (tmp_path / "vm").mkdir()
    (tmp_path / "vm" / "__init__.py").write_text("from pathlib import Path\nPath('stranger').touch()\n")
    result = subprocess.run(
        [sys.executable, "-I", *RUN[1:], "p.qbc", "--stats"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert [path.name for path in cache_folder.glob("native-*")] != []
    assert not (tmp_path / "stranger").exists()


def test_ways_in_are_the_loops_around() -> None:
    program = Program.load(build(LOOPS.format(10)))
    plan = Plan(program)
    labels = {symbol.name: symbol.value for symbol in program.object.symbols}
    assert hot.resumed(plan, [labels["inner"] + 1]) == {labels["inner"], labels["outer"]}
    # Behind the inner loop, which comes again.
    assert hot.resumed(plan, [labels["outer"] + 5]) == {labels["inner"], labels["outer"]}
    assert hot.resumed(plan, [0]) == set()


def test_of_a_large_program_what_is_hot_is_compiled() -> None:
    routines = "\n".join(f"f{k}:\n" + "QADD r0, 1\n" * 100 + "QRET" for k in range(100))
    calls = "\n".join(f"QCALL f{k}" for k in range(100))
    plan = Plan(Program.load(build(f"main: QADD r3, 1\n{calls}\nQJLT r3, 1000, main\nQHALT\n{routines}")))
    seen = next(symbol.value for symbol in plan.program.object.symbols if symbol.name == "f7")
    chosen = hot.chosen(plan, Counter({seen + 3: 5}))
    assert chosen == {seen}
    whole = hot.chosen(plan, Counter({0: 5}))
    assert 0 in whole
    assert 20 < len(whole) < 100


# -- where it cannot be had


def test_without_support_the_interpreter_runs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse() -> None:
        raise UnsupportedError("pdp11 is no processor that it compiles for")

    monkeypatch.setattr(store, "target", refuse)
    monkeypatch.setattr(compiler, "Compilation", CompiledHere)
    store._engine_key.cache_clear()
    try:
        machine = Machine(build(LOOPS.format(10)), engine="native")
        assert machine.run().status == 0
    finally:
        store._engine_key.cache_clear()
    assert machine.notice == (
        "no machine code here (pdp11 is no processor that it compiles for); the interpreter runs the program"
    )


def test_the_command_line_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "p.qbc").write_text("QMOV r0, 7\nQSYSCALL 1\nloop: QADD r1, 1\nQJLT r1, 10, loop\nQHALT")
    code = "from vm import pagemap; pagemap.is_there = lambda: False\nfrom qbcc.cli.start import qbc; qbc()"
    command = [sys.executable, "-c", code, "run", "--engine", "native", str(tmp_path / "p.qbc")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (0, "7")
    assert result.stderr.count("\n") == 1
    assert "the interpreter runs the program" in result.stderr


_WITHOUT = """
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "llvmlite" and {}:
            raise ImportError("cannot load it")
sys.meta_path.insert(0, Without())
from tests.programs import CompiledHere
from vm.native import compiler
compiler.Compilation = CompiledHere
from qbcc.cli.start import qbc
qbc()
"""


def _run_without(condition: str, *options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "p.qbc").write_text("QMOV r0, 7\nQSYSCALL 1\nloop: QADD r1, 1\nQJLT r1, 10, loop\nQHALT")
    command = [sys.executable, "-c", _WITHOUT.format(condition), "run", *options, str(folder / "p.qbc")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_llvm_that_does_not_load_leaves_the_interpreter(tmp_path: Path) -> None:
    # What the cache has needs no LLVM: the interpreter, after a first run.
    assert _run_without("False", "--engine", "interp", folder=tmp_path).stdout == "7"
    result = _run_without("path is not None and 'binding' in name", "--engine", "native", folder=tmp_path)
    assert (result.returncode, result.stdout) == (0, "7")
    assert result.stderr.count("\n") == 1
    assert "llvmlite does not load: cannot load it" in result.stderr
    assert "the interpreter runs the program" in result.stderr


@pytest.mark.parametrize("engine", ["interp", "native", "auto"])
def test_without_llvm_one_line_says_what_to_do(engine: str, tmp_path: Path) -> None:
    result = _run_without("True", "--engine", engine, folder=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert "error: no program can run here: llvmlite is not installed; install QBC again" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_program_too_large_to_compile_is_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier, "MOST", 9)
    machine = Machine(build(LOOPS.format(10)), engine="native")
    assert machine.run().status == 0
    assert machine.engine == "interp"
    assert "the program is of more than 9 instructions" in machine.notice


def test_what_llvm_refuses_is_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> bytes:
        raise RuntimeError("LLVM IR parsing error\nmore")

    monkeypatch.setattr(store, "compile_ir", fail)
    monkeypatch.setattr(compiler, "Compilation", CompiledHere)
    machine = Machine(build(LOOPS.format(10)), engine="native")
    assert machine.run().status == 0
    assert "LLVM IR parsing error" in machine.notice


def test_a_processor_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor.binding(), "get_process_triple", lambda: "s390x-ibm-linux")
    compiling.target.cache_clear()
    try:
        with pytest.raises(UnsupportedError, match="s390x"):
            compiling.target()
    finally:
        compiling.target.cache_clear()


# -- pages


def test_touched_pages_are_those_that_were_written() -> None:
    text = "QLOADB r1, [0x200000]\nQSTOREB 0, [0x300000]\nQSTORE 1, [0x400FFC]\nQSTOREB 1, [0xFFFFFFFFF]\nQHALT"
    assert both(text).touched == 4 * PAGE


def test_the_kernel_tells_the_same_both_ways() -> None:
    machine = native("QSTOREB 0, [0x5000]\nQSTORE 1, [0x6FFC]\nQLOADB r1, [0x20000]\nQSTOREB 1, [0x700000000]\nQHALT")
    address = machine.memory.bytes.ctypes.data
    pages = list(pagemap.written(address, 1 << 36))
    assert pages == [(5, 8), (0x700000, 0x700001)]
    assert list(pagemap.read_entries(address, 1 << 36)) == pages


def test_the_shipped_interpreter_is_of_these_sources() -> None:
    """Else a first run compiles it for seconds: ``make interp`` makes it anew."""
    if compiling.target().triple.startswith("x86_64"):
        assert interpreter.is_shipped()


@pytest.mark.parametrize("engine", ["interp", "native"])
def test_a_machine_that_nobody_holds_is_gone_at_once(engine: str) -> None:
    # 64 GiB of address space each: waiting for the garbage collector would use up the process's.
    gc.collect()
    gc.disable()
    try:
        machine = Machine(build(LOOPS.format(10)), engine=engine)
        outcome = machine.run()
        memory = weakref.ref(machine.memory)
        # An assertion about the machine would hold it.
        del machine
        assert outcome.trap is None
        assert memory() is None
    finally:
        gc.enable()
