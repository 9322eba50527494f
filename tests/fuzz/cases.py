"""Mutated objects and sources, tried in processes whose death would be noticed."""

from __future__ import annotations

import collections
import contextlib
import multiprocessing
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from random import Random

from qbcc import render
from qbcc.assembly.assemble import Options, assemble
from qbcc.format.source import format_source
from qbcc.source import SourceFile
from tests.engine_cases import compare as compare_engines
from tests.fuzz.cache import try_cache
from tests.fuzz.editor import try_edits
from tests.fuzz.files import try_answers, try_journal, try_noise, try_qasm
from tests.fuzz.mutate import ROOT, mutated_image, mutated_object, mutated_source, mutated_tokens
from tests.fuzz.sigma import try_circuit, try_sigma
from tests.graph_cases import compare_graph
from tests.noisy_programs import check as try_noisy
from tests.programs import compiling_here
from tests.random_programs import compare
from tests.sigma.edits import check_edits
from tests.sigma.outcomes import try_levels, try_random
from tests.sigma.test_circuit_passes import try_random_circuit
from tests.sigma.test_fixes import try_fixes
from vm.bytecode import ObjectFile
from vm.machine import Machine, TrapError
from vm.objfile import from_bytes, to_bytes
from vm.trap import ObjectError
from vm.verify import verify

_PATIENCE = 120
"""Seconds that one case may take."""
_BATCH = 250


class FailingError(Exception):
    """Cases failed; the argument says of each which seed, and how."""


def run_briefly(obj: ObjectFile) -> str:
    """Run a verified object within limits; how it ended."""
    machine = Machine(obj, max_instructions=20_000, timeout=2, memory=1 << 22, seed=1, clock=0)
    outcome = machine.run()
    for name in machine.program.entry_points():
        with contextlib.suppress(TrapError):
            machine.call(name)
    return outcome.trap.name if outcome.trap is not None else "ended"


def try_object(content: bytes) -> str:
    """Load, verify, write, run. Anything but an ObjectError is a fault."""
    try:
        obj = from_bytes(content)
        verify(obj)
    except ObjectError:
        return "refused"
    assert from_bytes(to_bytes(obj)).entry == obj.entry
    if obj.undefined:
        return "incomplete"
    return run_briefly(obj)


def try_engines(content: bytes) -> str:
    """Run an object that verifies on either engine: all that is seen is the same."""
    try:
        obj = from_bytes(content)
        verify(obj)
    except ObjectError:
        return "refused"
    if obj.undefined:
        return "incomplete"
    found = []
    with compiling_here():
        for engine in ("interp", "native"):
            limits = {"max_instructions": 3000, "memory": 1 << 26}
            machine = Machine(obj, engine=engine, optimize=0, seed=1, clock=0, **limits)
            outcome = machine.run()
            assert not machine.notice, machine.notice
            found.append((repr(outcome), machine.registers.tolist(), machine.stack, machine.depth))
    assert found[0] == found[1]
    return "ended" if outcome.trap is None else outcome.trap.name


def try_source(text: str) -> str:
    """Assemble, render, and run what assembles."""
    found = assemble(SourceFile("fuzz.qbc", text), Options(include_dirs=[ROOT / "benchmarks/programs"]))
    render.report(found.diagnostics, colour=True)
    if found.object is None:
        assert found.diagnostics
        return found.diagnostics[0].code
    verify(found.object)
    if found.object.undefined:
        return "incomplete"
    return run_briefly(found.object)


def try_layout(text: str) -> str:
    """Format: errors are told, the layout of a layout is itself, and the program stays."""
    source = SourceFile("fuzz.qbc", text)
    found = format_source(source)
    assert (found.text is None) == bool(found.diagnostics)
    if found.text is None:
        return found.diagnostics[0].code
    again = SourceFile("fuzz.qbc", found.text)
    assert format_source(again).text == found.text
    before, after = assemble(source), assemble(again)
    assert [one.code for one in before.diagnostics] == [one.code for one in after.diagnostics]
    if before.object is None or after.object is None:
        return "wrong"
    assert (before.object.code == after.object.code).all()
    assert before.object.data == after.object.data
    return "right"


TRIES = {
    "object": lambda seed: try_object(mutated_object(seed)),
    "image": lambda seed: try_object(mutated_image(seed)),
    "object-engines": lambda seed: try_engines((mutated_object if seed % 2 else mutated_image)(seed)),
    "source": lambda seed: try_source(mutated_source(seed)),
    "tokens": lambda seed: try_source(mutated_tokens(seed)),
    "layout": lambda seed: try_layout((mutated_source if seed % 2 else mutated_tokens)(seed)),
    "sigma": lambda seed: try_sigma(seed, run_briefly),
    "circuit": lambda seed: try_circuit(seed, run_briefly),
    "qasm": try_qasm,
    "noise": try_noise,
    "noisy": try_noisy,
    "answers": try_answers,
    "journal": try_journal,
    "cache": try_cache,
    "program": lambda seed: compare(seed, limit=400),
    "engines": lambda seed: compare_engines(seed).end,
    "small-engines": lambda seed: compare_engines(seed, size=1).end,
    "graphs": compare_graph,
    "levels": try_levels,
    "fixes": try_fixes,
    "passes": try_random,
    "circuit-passes": try_random_circuit,
    "edits": lambda seed: check_edits(Random(seed), 20),
    "lsp": try_edits,
}
"""By kind: what is tried with a seed. A program runs on the machine and on the model of it; of the kind ``engines``, a
structured one on every engine, of the kind ``object-engines`` a mutated object on both, of the kind ``small-engines`` a
small one, of the kind ``graphs`` one of any control flow; of the kinds ``passes`` and ``circuit-passes``, one in σ with
every pass of its compiler; of the kind ``noisy``, one runs under noise on the machine and on exact density matrices; of
the kind ``edits``, a source of σ is edited and checked in parts; of the kind ``lsp``, a program is edited; of the kind
``cache``, an entry of the cache is damaged; of the kind ``layout``, a source is formatted."""


def batch(job: tuple[str, int, int]) -> tuple[collections.Counter[str], list[str]]:
    """Some cases of one kind: how they ended, and what those say that fail. A case that hangs ends the process."""
    kind, start, count = job
    results: collections.Counter[str] = collections.Counter()
    failures: list[str] = []
    for seed in range(start, start + count):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_PATIENCE)
        try:
            results[TRIES[kind](seed)] += 1
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            failures.append(f"{kind} {seed}: {type(error).__name__}: {error}")
        finally:
            signal.alarm(0)
    return results, failures


def fuzz(
    count: int,
    start: int = 0,
    processes: int = 2,
    kinds: Sequence[str] = tuple(TRIES),
    done: Callable[[str, int], object] = lambda kind, count: None,
) -> dict[str, collections.Counter[str]]:
    """``count`` cases of each kind; ``done`` hears how many of a kind went well so far. When all were tried, raises
    :class:`FailingError` with the seeds of those that failed."""
    jobs = [
        (kind, seed, min(_BATCH, start + count - seed))
        for kind in kinds
        for seed in range(start, start + count, _BATCH)
    ]
    totals: dict[str, collections.Counter[str]] = {kind: collections.Counter() for kind in kinds}
    failures: list[str] = []
    # A worker that dies breaks the pool, which raises here.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for (kind, _, _), (counter, found) in zip(jobs, pool.map(batch, jobs), strict=True):
            totals[kind].update(counter)
            failures += found
            for failure in found:
                print(failure, file=sys.stderr, flush=True)
            done(kind, sum(totals[kind].values()))
    if failures:
        raise FailingError("\n".join(failures))
    return totals
