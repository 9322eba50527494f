"""The machine: loads a program, runs it or steps through it, and shows its state."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from vm import limits, pagemap, stops
from vm.bytecode import ObjectFile
from vm.interp import layout
from vm.isa import CALL_DEPTH, FLOAT, INT, MEMORY_FLOOR, MEMORY_SIZE, OPS, QUANTUM, REGISTERS, STACK_DEPTH
from vm.limits import Deadline
from vm.memory import PAGE, Memory, MemoryCapError
from vm.native.signals import Signals
from vm.native.watch import woken
from vm.processor import UnsupportedError
from vm.program import Program
from vm.report import NAME, Fault, cell_value
from vm.syscalls import Random, SystemCalls
from vm.trap import FaultError, Location, Operand, Trap

if TYPE_CHECKING:
    from vm.native.driver import Driver
    from vm.native.load import Loaded
    from vm.native.tier import Tier
    from vm.observe import Observer
    from vm.quantum.chance import Splitter
    from vm.quantum.run import Quantum

ENGINES: Final = ("auto", "interp", "native")
_SLICE: Final = 4_000_000
"""Instructions between two looks at the clock: about 20 ms."""
_BACKEND: Final = "aer"
_FIRST_QUANTUM: Final = min(op.code for op in OPS if op.group == QUANTUM)
_PRINT_BUFFER: Final = 1 << 16
_ENDLESS: Final = (1 << 63) - 1
_STACK_SHOWN: Final = 16
"""Calls that a trap shows from each end of the call stack."""
_TEXT_SHOWN: Final = 200
_NOTICE: Final = "no machine code here ({}); the interpreter runs the program"
_SAMPLED: Final = 8
"""Open calls that are looked at to see what is hot."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    status: int
    """Exit status: the program's own, or the trap's."""
    trap: Trap | None
    count: int
    """Instructions executed."""


class TrapError(Exception):
    """A called entry point trapped."""

    def __init__(self, trap: Trap) -> None:
        super().__init__(f"{trap.name}: {trap.message}")
        self.trap = trap


@dataclass(frozen=True)
class Snapshot:
    """A machine's whole state. Restores into any machine of the same program."""

    cells: NDArray[np.int64] = field(repr=False)
    """Registers: values and kinds."""
    pc: int
    count: int
    stack: NDArray[np.int64] = field(repr=False)
    """Values and kinds."""
    calls: NDArray[np.int64] = field(repr=False)
    """Returns as row offsets."""
    memory: tuple[tuple[int, bytes], ...] = field(repr=False)
    """Touched stretches: address, bytes."""
    output: bytes = field(repr=False)
    records: tuple[tuple[str, int | float], ...] = field(repr=False)
    random: int = field(repr=False)
    quantum: Any = field(repr=False)
    """Qubits, gates and states; None for a program without."""
    outcome: Outcome | None


class Machine:
    """One program with its registers, stacks, memory and streams.

    Engines are picked by name; ``auto`` is the fastest there is. Raises :class:`vm.trap.ObjectError` for a program that
    does not verify, and :class:`ValueError` for settings that make no sense."""

    def __init__(
        self,
        program: ObjectFile,
        *,
        engine: str = "auto",
        optimize: int | None = None,
        memory: int = 4 << 30,
        max_instructions: int | None = None,
        timeout: float | None = None,
        seed: int | None = None,
        clock: int | None = None,
        backend: str = _BACKEND,
        noise: str | None = None,
        args: Sequence[int | float] = (),
        stdin: BinaryIO | None = None,
        stdout: Callable[[bytes], object] | None = None,
        progress: Callable[[Machine], object] | None = None,
    ) -> None:
        """``optimize``: how much the native engine does, 0 to 2, None to let it choose; ``memory`` in bytes;
        ``timeout`` in seconds of a :meth:`run` or :meth:`call`; ``clock`` in µs of Unix time; ``backend`` runs quantum
        circuits, with the ``noise`` that :mod:`vm.quantum.backends.noise` reads; without ``stdout``, output is kept in
        :attr:`output`; ``progress`` is called some fifty times a second."""
        if engine not in ENGINES:
            raise ValueError(f"no engine {engine!r}: there are {', '.join(ENGINES)}")
        if not isinstance(program, ObjectFile):
            raise TypeError(
                f"a machine takes a compiled program, not {type(program).__name__}: compile it first, as in "
                "qbcc.Machine(qbcc.compile(program))"
            )
        self.program = Program.load(program)
        self.seed = int.from_bytes(os.urandom(8), "little") >> 1 if seed is None else seed
        """The seed in use."""
        self._max = _ENDLESS if max_instructions is None else max_instructions
        self._memory_limit = memory
        self._deadline = Deadline(timeout)
        self._progress = progress
        self._state = np.zeros(layout.STATE_WORDS, np.int64)
        self._state_address = self._state.ctypes.data
        self.memory = Memory(memory, self._word(layout.PAGES))
        self._allocate()
        self._quantum_rows: dict[int, Fault] = {}
        """Quantum instructions that were not recorded, by index."""
        self.quantum: Quantum | None = None
        """Its qubits, if the program has quantum instructions."""
        is_quantum = bool((self.program.object.code[:, 0] >= _FIRST_QUANTUM).any())
        # A backend that does not exist is told to every program; the one that does is not imported for a plain one.
        if is_quantum or backend != _BACKEND or noise is not None:
            self.quantum = self._make_quantum(backend, noise, is_quantum=is_quantum)
        self._calls = SystemCalls(
            self.memory,
            stdin=stdin,
            stdout=stdout,
            random=Random(self.seed, self._word(layout.RANDOM)),
            clock=clock,
            arguments=args,
            watch=self._deadline.check,
        )
        self._engine: Callable[[int], int] | None = None
        self._observer: Observer | None = None
        self._driver: Driver | None = None
        self.signals = Signals()
        """For the native engine: what waits while compiled code runs."""
        self._tier: Tier | None = None
        self._wants = engine
        self._level = optimize
        self.notice = ""
        """One line that the user should see about how the program is run, or nothing."""
        self.refusal = ""
        """Why the program stays on the interpreter though machine code was asked for or worth while; else empty."""
        self.outcome: Outcome | None = None
        """How the program ended; None while it can go on."""
        self._load_data()

    # -- set-up

    def _word(self, offset: int) -> NDArray[np.int64]:
        """A word of the engine's state, as a view of shape (1,)."""
        return self._state[offset // 8 : offset // 8 + 1]

    def _allocate(self) -> None:
        program = self.program
        self._rows = program.rows
        self._cells = program.cells.copy()
        # Single items come several times faster from a memoryview than from an array, and system calls live on them.
        self._flat = self._cells.reshape(-1).data
        self._flat_floats = self._cells.view(np.float64).reshape(-1).data
        self._slots = self._rows.reshape(-1).data
        self._words = self._state.data
        self.registers: NDArray[np.int64] = self._cells[:REGISTERS, 0]
        """The bits of r0 to r15: a writable view. Set :attr:`kinds` too, or use :meth:`set`."""
        self.floats: NDArray[np.float64] = self._cells.view(np.float64)[:REGISTERS, 0]
        """The same bits seen as floats."""
        self.kinds: NDArray[np.int64] = self._cells[:REGISTERS, 1]
        """0 integer, 1 float."""
        # np.zeros takes pages from the kernel as they are touched, so deep stacks cost nothing until used.
        self._stack = np.zeros((STACK_DEPTH, 2), np.int64)
        self._returns = np.zeros(CALL_DEPTH, np.int64)
        self._printed = np.zeros(_PRINT_BUFFER, np.uint8)
        self._code = self._rows.ctypes.data
        words = {
            layout.PC: self._row(max(program.object.entry, 0)),
            layout.CODE: self._code,
            layout.REGS: self._cells.ctypes.data,
            layout.STACK: self._stack.ctypes.data,
            layout.STACK_END: self._stack.nbytes,
            layout.CALLS: self._returns.ctypes.data,
            layout.CALLS_END: self._returns.nbytes,
            layout.MEM: self.memory.bytes.ctypes.data,
            layout.TOUCHED: self.memory.touched.ctypes.data,
            layout.PAGE_CAP: self.memory.page_cap,
            layout.TARGETS: program.targets.ctypes.data,
            layout.TARGET_COUNT: len(program.targets),
            layout.OUT: self._printed.ctypes.data,
            layout.OUT_END: len(self._printed),
        }
        for offset, value in words.items():
            self._state[offset // 8] = value

    def _make_quantum(self, backend: str, noise: str | None, *, is_quantum: bool) -> Quantum | None:
        from vm.quantum.backends.choose import make
        from vm.quantum.run import Quantum

        made = make(backend, noise)
        return Quantum(self._state, self.memory, self.seed, made) if is_quantum else None

    def _load_data(self) -> None:
        try:
            for address, content in self.program.data():
                self.memory.write(address, content)
        except MemoryCapError:
            self._stop("memory", "the program's data alone is larger than the memory limit")

    def _row(self, pc: int) -> int:
        return self._code + pc * layout.ROW

    def _load_engine(self) -> Callable[[int], int]:
        with stops.importing():
            from vm.interp import engine

            self._need_functions()
            return engine.load(is_watched=self._observer is not None)

    def _need_functions(self) -> None:
        """The C library's functions, for either engine."""
        from vm.interp.engine import c_functions

        addresses = c_functions()
        start = layout.FUNCTIONS // 8
        self._state[start : start + len(addresses)] = addresses

    def _make_driver(self) -> Driver:
        from vm.native.driver import Driver

        def interpreter() -> tuple[Callable[[int], int], int, int, int]:
            from vm.interp import engine

            return engine.load(), *engine.addresses()

        self._need_functions()
        return Driver(self, self._rows, self._words, self._state_address, interpreter)

    def prepare(self) -> None:
        """Choose the engine: compile, or load what is compiled. Else the first :meth:`run` does it."""
        if self._tier is not None or self._wants == "interp":
            return
        if self._wants == "auto" and not self.program.has_cycle:
            # It ends soon, and then nothing was imported for it.
            return
        try:
            if not pagemap.is_there():
                raise UnsupportedError("only Linux reports which pages of memory were written")
            from vm.native.tier import Tier

            self._tier = Tier(self.program, level=self._level, float_arguments=self._calls.has_float_arguments)
            if self._wants == "native":
                self._install(self._tier.start_native(self.pc, self._open_calls(), self._deadline.check))
            else:
                self._install(self._tier.start_auto())
                self._note(self._tier)
        except (UnsupportedError, RuntimeError) as reason:
            # What LLVM itself refuses is a RuntimeError.
            self._tier = None
            self._wants = "interp"
            line = str(reason).partition("\n")[0]
            self.refusal = line
            self.notice = _NOTICE.format(line)
        except FaultError as fault:
            self._tier = None
            self._stop(fault.name, fault.message)
        except KeyboardInterrupt:
            self._tier = None
            self._stop("interrupt", "stopped by Ctrl-C")

    def _note(self, tier: Tier) -> None:
        """Take over why the program is not compiled."""
        self.refusal = tier.refusal
        if tier.fault:
            self.notice, tier.fault = _NOTICE.format(tier.fault), ""

    def _install(self, loaded: Loaded | None) -> None:
        """Run on compiled code from now on, if there is some."""
        if loaded is None:
            return
        if self._driver is None:
            self._driver = self._make_driver()
        self._driver.install(loaded)

    # -- state

    @property
    def pc(self) -> int:
        """Index of the next instruction."""
        return (int(self._words[layout.PC // 8]) - self._code) // layout.ROW

    @property
    def count(self) -> int:
        """Instructions executed so far."""
        return int(self._words[layout.COUNT // 8])

    @property
    def depth(self) -> int:
        """Calls that have not returned."""
        return int(self._word(layout.CSP)[0]) // 8

    @property
    def stack_depth(self) -> int:
        """Values on the value stack."""
        return int(self._words[layout.SP // 8]) // layout.CELL

    def go_to(self, pc: int) -> None:
        """Make an instruction the next one."""
        self._word(layout.PC)[0] = self._row(pc)

    def return_to(self, level: int) -> int:
        """The instruction after an open call; level 0 is the outermost."""
        return self._call_at(level) + 1

    def cell(self, index: int) -> int | float:
        """What a slot of an instruction holds: a register's value, or a constant."""
        return cell_value(self._cells, index)

    @property
    def stack(self) -> list[int | float]:
        """The value stack, the last pushed last."""
        return [cell_value(self._stack, i) for i in range(int(self._word(layout.SP)[0]) // layout.CELL)]

    @property
    def touched(self) -> int:
        """Bytes of the pages that were written."""
        return self.memory.pages * PAGE

    @property
    def records(self) -> list[tuple[str, int | float]]:
        """What the program recorded (system call 14), in order."""
        return self._calls.records

    @property
    def output(self) -> bytes:
        """What the program printed, if no ``stdout`` takes it."""
        return bytes(self._calls.output.kept)

    def kind(self, register: int) -> int:
        """``INT`` or ``FLOAT``."""
        return FLOAT if self._flat[2 * register + 1] else INT

    def get(self, register: int) -> int | float:
        """A register's value; a NaN is the one visible NaN."""
        if not self._flat[2 * register + 1]:
            return self._flat[2 * register]
        value = self._flat_floats[2 * register]
        return value if value == value else math.nan

    def set(self, register: int, value: int | float) -> None:
        """Write a register; an ``int`` wraps to 64 bits, a ``float`` makes it a float."""
        if isinstance(value, float):
            self._cells.view(np.float64)[register, 0] = value
            self._cells[register, 1] = FLOAT
        else:
            self._cells[register] = ((int(value) + (1 << 63)) % (1 << 64) - (1 << 63), INT)

    def view(self, address: int, count: int, dtype: Any = np.uint8) -> NDArray[Any]:
        """``count`` items of ``dtype`` at ``address``: the memory itself, writable.

        Its pages count as touched. Raises :class:`IndexError` outside memory, :class:`MemoryCapError` past the
        limit."""
        length = np.dtype(dtype).itemsize * count
        if not Memory.is_valid(address, length):
            raise IndexError(f"{length} bytes at {address:#x} are not inside {MEMORY_FLOOR:#x} to {MEMORY_SIZE - 1:#x}")
        self.memory.touch(address, length)
        return self.memory.view(address, count, dtype)

    def peek(self, address: int, length: int) -> NDArray[np.uint8]:
        """Bytes to read only: touches nothing. Raises :class:`IndexError` outside memory."""
        if not Memory.is_valid(address, length):
            raise IndexError(f"{length} bytes at {address:#x} are not inside {MEMORY_FLOOR:#x} to {MEMORY_SIZE - 1:#x}")
        view = self.memory.bytes[address : address + length]
        view.flags.writeable = False
        return view

    # -- running

    def run(self, *, slice: int = _SLICE, between: Callable[[], object] | None = None) -> Outcome:
        """Go on to the end, a trap or a limit. A machine that has ended stays so. ``between`` is called after each
        ``slice`` instructions of the interpreter, and at the end."""
        self._deadline.begin()
        with stops.answering():
            self.prepare()
        within = limits.Limits(self._deadline.check, self._memory_limit, self._deadline.left)
        with woken(self._wake), self.signals.held(), stops.answering(), limits.of_run(within):
            while self.outcome is None:
                try:
                    self._slice(slice)
                    if between is not None:
                        between()
                except KeyboardInterrupt:
                    # It may come anywhere; the state is whole between any two lines of Python.
                    self._stop("interrupt", "stopped by Ctrl-C")
        return self.outcome

    def step(self) -> Outcome | None:
        """Execute one instruction; None while the program can go on."""
        if self.outcome is None:
            with self._driver.unmarked() if self._driver is not None else nullcontext():
                driver, self._driver = self._driver, None
                try:
                    self._slice(1)
                finally:
                    self._driver = driver
        return self.outcome

    def call(self, name: str, *args: int | float) -> int | float:
        """Call an entry point of ``.query_interface`` with up to four arguments in r0…; its r0.

        Memory is as the program left it; stacks are empty; the limits count anew. Raises :class:`KeyError` for an
        unknown name, :class:`TrapError` for a trap, after which the machine can be called again."""
        entries = self.program.entry_points()
        if name not in entries:
            raise KeyError(name)
        if len(args) > 4:
            raise ValueError("an entry point takes at most four arguments, in r0 to r3")
        for register, value in enumerate(args):
            self.set(register, value)
        ended, start = self.outcome, self.count
        self.outcome = None
        self._word(layout.PC)[0] = self._row(entries[name])
        self._word(layout.SP)[0] = self._word(layout.CSP)[0] = 0
        limit, self._max = self._max, min(self._max + start, _ENDLESS)
        try:
            outcome = self.run()
        finally:
            self.outcome, self._max = ended, limit
        if outcome.trap is not None:
            raise TrapError(outcome.trap)
        return self.get(0)

    def observe(self, observer: Observer) -> None:
        """Have the interpreter note what it does from now on. The machine has not run yet, and runs on nothing else."""
        observer.install(self._state, self._code)
        self._observer, self._wants = observer, "interp"

    def stand_for_many(self, splitter: Splitter) -> None:
        """From now on a run stands for several, which a splitter tells apart by their measurements."""
        self._calls.refuse = splitter.refuse
        if self.quantum is not None:
            self.quantum.chance.splitter = splitter

    @property
    def random_state(self) -> int:
        """Of the random numbers of system calls 8 and 9: changes with each."""
        return self._calls.random.state

    def share_time(self, end: float | None) -> None:
        """Have the following runs end at one time on the clock of ``time.monotonic``, however many there are."""
        self._deadline.share(end)

    def reseed(self, seed: int) -> None:
        """Other random numbers and measurements from now on."""
        self._calls.random.state = seed
        if self.quantum is not None:
            self.quantum.chance.reseed(seed)

    def _slice(self, length: int) -> None:
        """Run at most ``length`` instructions, then see to what stopped them."""
        count = self.count
        if count >= self._max:
            self._stop("instructions", f"the limit of {self._max:,} instruction{'s' * (self._max != 1)} is reached")
            return
        try:
            self._deadline.check()
            self._word(layout.LIMIT)[0] = min(count + length, self._max)
            self._handle(self._enter())
        except FaultError as fault:
            self._stop(fault.name, fault.message)

    def _enter(self) -> int:
        """Let the engine go on until something is to be done; take over what it printed."""
        if self._driver is not None:
            try:
                status = self._driver.run(self._max)
            finally:
                self._take_over()
            return status
        if self._engine is None:
            self._engine = self._load_engine()
        status = self._engine(self._state_address)
        self._take_over()
        return status

    def _take_over(self) -> None:
        """Hand on what the engine printed."""
        waiting = self._words[layout.OUT_LENGTH // 8]
        if waiting:
            text = self._printed[:waiting].tobytes()
            self._words[layout.OUT_LENGTH // 8] = 0
            self._calls.output.reserve(waiting)
            self._calls.output.write(text)

    @property
    def engine(self) -> str:
        """What runs the program now: ``interp`` or ``native``."""
        return "interp" if self._driver is None else "native"

    @property
    def compile_seconds(self) -> float:
        """Time that the run's own compilation took; 0 if there was none, or the cache had it."""
        return self._tier.compile_seconds if self._tier is not None else 0.0

    def _wake(self) -> None:
        if self._driver is not None:
            self._driver.wake()

    def poll(self) -> None:
        """For the native engine: what happens between two slices of the interpreter."""
        self._take_over()
        self._calls.output.flush()
        self._deadline.check()
        if self.memory.may_pass and self.memory.pages > self.memory.page_cap:
            raise FaultError("memory", f"the program touched {self.touched >> 20:,} MiB, more than the limit allows")
        if self._progress is not None:
            self._progress(self)

    def system(self, number: int) -> None:
        """For the native engine: a system call."""
        self._take_over()
        self._calls.run(number, self)

    def _handle(self, status: int) -> None:
        """See to what the engine came back for."""
        while status in (layout.SYSCALL, layout.QUANTUM, layout.BREAK):
            if status == layout.SYSCALL:
                self._system_call()
            elif status == layout.QUANTUM:
                self._quantum_call()
            if self.count >= self._words[layout.LIMIT // 8]:
                return
            # A slice of system calls takes seconds, one of other instructions some milliseconds.
            self._deadline.check()
            status = self._enter()
        if status & 0xFF == layout.HALT:
            self._calls.output.flush()
            self.outcome = Outcome(status >> layout.HALT_SHIFT, None, self.count)
        elif status != layout.BUDGET:
            self._trap(NAME[status])
        else:
            self._calls.output.flush()
            if self._progress is not None:
                self._progress(self)
            if self._tier is not None:
                self._sample(self._tier)

    def _sample(self, tier: Tier) -> None:
        """After a slice of the interpreter: tell where the program is; go over to compiled code if there is some."""
        self._install(tier.after_slice(_SLICE, self.pc, self._open_calls()))
        self._note(tier)

    def _open_calls(self) -> list[int]:
        """The innermost calls that have not returned, as instructions."""
        return [self._call_at(level) for level in range(self.depth - 1, max(self.depth - 1 - _SAMPLED, -1), -1)]

    def _system_call(self) -> None:
        # The row before the program counter; its first slot is the byte offset of the number's cell.
        cell = self._slots[(self.pc - 1) * layout.ROW_WORDS + 1]
        try:
            self._calls.run(self._flat[cell // 8], self)
        except (FaultError, KeyboardInterrupt):
            self._word(layout.PC)[0] -= layout.ROW
            raise

    def _quantum_call(self) -> None:
        """The instruction before the program counter, which the recorder left."""
        from vm.quantum.run import AgainError

        assert self.quantum is not None
        pc = self.pc - 1
        instruction = self._quantum_rows.get(pc)
        if instruction is None:
            instruction = self._quantum_rows[pc] = Fault(self.program, self._cells, pc)
        try:
            result = self.quantum.execute(instruction)
        except AgainError:
            self._word(layout.PC)[0] -= layout.ROW
            self._word(layout.COUNT)[0] -= 1
            if self._observer is not None:
                self._observer.take_back(pc)
            return
        except (FaultError, KeyboardInterrupt):
            self._word(layout.PC)[0] -= layout.ROW
            raise
        if result is not None:
            self.set(instruction.slots[0], result)

    # -- traps

    def _trap(self, name: str) -> None:
        """Stop at the instruction that the engine refused."""
        pc = self.pc
        if pc >= len(self.program.object.code):
            self._stop(name, "execution ran past the last instruction: end it with QHALT, QRET or QJMP")
            return
        fault = Fault(self.program, self._cells, pc)
        if name == "trap" and (text := self._text_at(fault.operands[0].value)):
            # Where the text lies says nothing.
            self._stop(name, text)
            return
        self._stop(name, fault.message(name), fault.operands)

    def _stop(self, name: str, message: str, operands: tuple[Operand, ...] = ()) -> None:
        self._calls.output.flush()
        trap = Trap(
            name=name,
            message=message,
            location=self.program.location(self.pc) if len(self.program.object.code) else None,
            operands=operands,
            stack=self.call_stack(),
            depth=self.depth,
            count=self.count,
        )
        self.outcome = Outcome(trap.status, trap, self.count)
        if name in ("time", "interrupt"):
            stops.settle(trap.status)

    def call_stack(self) -> tuple[Location, ...]:
        """The call instructions that have not returned, innermost first; a deep stack is cut in the middle."""
        depth = self.depth
        levels = list(range(depth - 1, -1, -1))
        if depth > 2 * _STACK_SHOWN:
            levels = levels[:_STACK_SHOWN] + levels[-_STACK_SHOWN:]
        return tuple(self.program.location(self._call_at(level)) for level in levels)

    def _call_at(self, level: int) -> int:
        return (int(self._returns[level]) - self._code) // layout.ROW - 1

    def _text_at(self, address: int | float) -> str:
        """The text that ``QTRAP`` points at, or an empty string if that is no text."""
        if isinstance(address, float) or not Memory.is_valid(address, 1):
            return ""
        end = self.memory.find_nul(address, min(address + _TEXT_SHOWN + 1, MEMORY_SIZE))
        try:
            text = self.memory.bytes[address : max(end, address)].tobytes().decode()
        except UnicodeDecodeError:
            return ""
        return text.strip() if text.strip().isprintable() else ""

    # -- snapshots

    def snapshot(self) -> Snapshot:
        """Copy the whole state: registers, stacks, touched memory, kept output, records, randomness."""
        sp, depth = int(self._word(layout.SP)[0]), self.depth
        return Snapshot(
            cells=self._cells[:REGISTERS].copy(),
            pc=self.pc,
            count=self.count,
            stack=self._stack[: sp // layout.CELL].copy(),
            calls=self._returns[:depth] - self._code,
            memory=tuple(self.memory.copy()),
            output=self.output,
            records=tuple(self.records),
            random=self._calls.random.state,
            quantum=self.quantum.copy() if self.quantum is not None else None,
            outcome=self.outcome,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state of this program. What a ``stdout`` has taken stays taken."""
        self._cells[:REGISTERS] = snapshot.cells
        self._stack[: len(snapshot.stack)] = snapshot.stack
        self._returns[: len(snapshot.calls)] = snapshot.calls + self._code
        words = {
            layout.PC: self._row(snapshot.pc),
            layout.COUNT: snapshot.count,
            layout.SP: len(snapshot.stack) * layout.CELL,
            layout.CSP: len(snapshot.calls) * 8,
        }
        for offset, value in words.items():
            self._word(offset)[0] = value
        self.memory.reset(snapshot.memory)
        self._calls.restore(snapshot.output, snapshot.records, snapshot.random)
        if self.quantum is not None:
            self.quantum.restore(snapshot.quantum)
        self.outcome = snapshot.outcome
