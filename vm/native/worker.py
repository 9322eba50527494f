"""The process that compiles: reads jobs on standard input, and answers each on standard output and in the cache.

Each job is done by a child of it, so a compiler that crashes, takes too long or too much memory ends that child only:
the answer then says what happened, and the cache keeps it, or the next run would try again. An answer's length comes
before it; see :mod:`vm.native.compiler` for the other side."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO, Final

from vm import objfile
from vm.bytecode import ObjectFile
from vm.native import store
from vm.native.compile import target
from vm.native.store import Compiled, Refused
from vm.processor import UnsupportedError

LENGTH: Final = struct.Struct("<Q")
SECONDS: Final = 120
"""Processor time after which a compilation is given up, and the program stays on the interpreter."""
MEMORY: Final = 6 << 30
"""Bytes of address space that a compilation may take."""
_CHUNK: Final = 1 << 20
_REPORT: Final = "please report it with the program; 'qbc cache --clear' makes the next run try again"


@dataclass(frozen=True)
class Job:
    """What is to be compiled, and how."""

    name: str
    """The cache's entry."""
    folder: str
    """The cache's folder, as it is for the process that asks."""
    object: ObjectFile
    level: int
    float_arguments: bool
    places: Sequence[int] = ()
    """Where the program is: the code can be entered around there."""
    samples: Sequence[tuple[int, int]] | None = None
    """Where the program was seen, and how often: the hot part is compiled. None: all of it."""
    is_wanted: bool = True
    """Whether it is of no use once the process that asked is gone."""

    def pack(self) -> bytes:
        """As bytes, with their length before them."""
        # What the compiler does not look at is not sent.
        obj = objfile.to_bytes(replace(self.object, data=[], texts={}))
        known = {name: value for name, value in asdict(replace(self, object=ObjectFile())).items() if name != "object"}
        head = json.dumps(known).encode()
        return LENGTH.pack(LENGTH.size + len(head) + len(obj)) + LENGTH.pack(len(head)) + head + obj

    @staticmethod
    def unpack(content: bytes) -> Job:
        """The inverse of :meth:`pack`, without the length."""
        (length,) = LENGTH.unpack_from(content)
        start = LENGTH.size
        known = json.loads(content[start : start + length])
        return Job(object=objfile.from_bytes(content[start + length :]), **known)


def perform(job: Job) -> Compiled | Refused:
    """Do a job here and now, and keep what comes of it."""
    from vm.native import hot
    from vm.native.plan import Plan
    from vm.program import Program

    try:
        plan = Plan(Program.load(job.object), float_arguments=job.float_arguments)
        chosen = None if job.samples is None else hot.chosen(plan, Counter(dict(job.samples)))
        return store.build(plan, job.level, chosen, hot.resumed(plan, job.places), job.name)
    except UnsupportedError as error:
        # That is not the program's: another day there may be a compiler.
        return Refused(str(error))
    except MemoryError:
        refused = Refused("compiling it takes too much memory")
    except Exception as error:
        line = str(error).partition("\n")[0]
        refused = Refused(f"the compiler failed: {type(error).__name__}: {line}; {_REPORT}", is_fault=True)
    store.keep(job.name, refused)
    return refused


def main() -> None:
    """In the new process: do jobs until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _prepare()
    while True:
        content = _read(sys.stdin.buffer)
        if content is None:
            return
        answer = _supervised(content)
        try:
            sys.stdout.buffer.write(LENGTH.pack(len(answer)) + answer)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            os._exit(0)


def _prepare() -> None:
    """Import what every job needs, once for all of them."""
    with suppress(UnsupportedError):
        target()
    from vm.native import hot, module, plan  # noqa: F401


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    content = stream.read(length)
    return content if len(content) == length else None


def _supervised(content: bytes) -> bytes:
    """Do a job in a child; its answer, or what happened to it."""
    job = Job.unpack(content)
    os.environ["QBC_CACHE_DIR"] = job.folder
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(job, writing)
    os.close(writing)
    try:
        answer = _await(reading, child, is_wanted=job.is_wanted)
    finally:
        os.close(reading)
    _, status = os.waitpid(child, 0)
    if answer and os.waitstatus_to_exitcode(status) == 0:
        return answer
    refused = _why(os.waitstatus_to_exitcode(status))
    store.keep(job.name, refused)
    return refused.pack()


def _await(reading: int, child: int, *, is_wanted: bool) -> bytes:
    """Everything that the child writes. Where nobody waits for it any more, both end."""
    parts: list[bytes] = []
    waited_for = [reading, sys.stdin.fileno()] if is_wanted else [reading]
    while True:
        ready, _, _ = select.select(waited_for, [], [])
        if reading not in ready:
            # Nothing is asked before it is answered, so this is the end of the stream.
            os.kill(child, signal.SIGKILL)
            os._exit(0)
        part = os.read(reading, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _work(job: Job, writing: int) -> None:
    try:
        _be_modest(job)
        answer = perform(job).pack()
        with open(writing, "wb") as pipe:
            pipe.write(answer)
    except BrokenPipeError:
        pass
    finally:
        os._exit(0)


def _be_modest(job: Job) -> None:
    """Give way to others if nobody waits, and end where it takes too much."""
    try:
        import resource

        if not job.is_wanted:
            os.nice(5)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        return


def _why(status: int) -> Refused:
    if status == -signal.SIGXCPU:
        return Refused(f"compiling it takes more than {SECONDS} s of processor time")
    if status == -signal.SIGKILL:
        return Refused("the system ended its compiler, probably for want of memory")
    name = signal.Signals(-status).name if status < 0 else f"status {status}"
    return Refused(f"the compiler crashed ({name}); {_REPORT}", is_fault=True)
