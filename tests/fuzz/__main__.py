"""``python -m tests.fuzz --count N``: N mutated objects and N mutated sources, in processes whose death would be noticed."""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import os
import signal
import sys
import time

from qbcc import render
from qbcc.assemble import Options, assemble
from qbcc.source import SourceFile
from tests.fuzz.mutate import mutated_object, mutated_source
from vm.bytecode import ObjectFile
from vm.machine import Machine
from vm.objfile import from_bytes, to_bytes
from vm.trap import ObjectError
from vm.verify import verify

_PATIENCE = 20
"""Seconds that one case may take."""
_BATCH = 250


def run_briefly(obj: ObjectFile) -> str:
    """Run a verified object within limits; how it ended."""
    machine = Machine(obj, max_instructions=20_000, timeout=2, memory=1 << 22, seed=1, clock=0)
    outcome = machine.run()
    return outcome.trap.name if outcome.trap is not None else "ended"


def try_object(seed: int) -> str:
    """Load, verify, write, run. Anything but an ObjectError is a fault."""
    content = mutated_object(seed)
    try:
        obj = from_bytes(content)
        verify(obj)
    except ObjectError:
        return "refused"
    assert from_bytes(to_bytes(obj)).entry == obj.entry
    if obj.undefined:
        return "incomplete"
    return run_briefly(obj)


def try_source(seed: int) -> str:
    """Assemble, render, and run what assembles."""
    found = assemble(SourceFile("fuzz.qbc", mutated_source(seed)), Options())
    render.report(found.diagnostics, colour=True)
    if found.object is None:
        assert found.diagnostics
        return found.diagnostics[0].code
    verify(found.object)
    if found.object.undefined:
        return "incomplete"
    return run_briefly(found.object)


TRIES = {"object": try_object, "source": try_source}


def batch(job: tuple[str, int, int]) -> collections.Counter[str]:
    """Some cases of one kind; a case that hangs or fails names its seed."""
    kind, start, count = job
    results: collections.Counter[str] = collections.Counter()
    for seed in range(start, start + count):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_PATIENCE)
        try:
            results[TRIES[kind](seed)] += 1
        except BaseException as error:
            raise RuntimeError(f"{kind} {seed}: {error!r}") from error
        finally:
            signal.alarm(0)
    return results


def fuzz(count: int, start: int = 0, processes: int = 2) -> dict[str, collections.Counter[str]]:
    """``count`` cases of each kind. Raises :class:`RuntimeError` with the seed of one that fails."""
    jobs = [
        (kind, seed, min(_BATCH, start + count - seed)) for kind in TRIES for seed in range(start, start + count, _BATCH)
    ]
    totals: dict[str, collections.Counter[str]] = {kind: collections.Counter() for kind in TRIES}
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        pending = [(job, pool.apply_async(batch, (job,))) for job in jobs]
        for job, result in pending:
            # A worker that dies takes its result with it; waiting for ever would hide that.
            totals[job[0]].update(result.get(timeout=_PATIENCE * 10 + 60 * len(jobs)))
    return totals


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    begun = time.monotonic()
    totals = fuzz(options.count, options.start, options.processes)
    for kind, counter in totals.items():
        print(f"{kind}: {sum(counter.values()):,}", dict(counter.most_common()))
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
