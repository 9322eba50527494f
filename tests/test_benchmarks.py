"""The benchmark programs give their right answers, and the report says what was measured. No times."""

from __future__ import annotations

import cmath
import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import chart, compiling, contenders, processes, quantum, report, results, runner, sigma, suite
from benchmarks.suite import BENCHMARKS, HERE, Answer, Benchmark
from tests import routing_model
from vm import output
from vm.machine import Machine

ROOT = HERE.parent
REFERENCE = HERE / "results" / "reference.json"


def _loop() -> int:
    states = [42]
    for _ in range(1000):
        states.append((states[-1] * 1103515245 + 12345) % 2**31)
    return sum(state // 128 ^ step for step, state in enumerate(states[1:]))


def _matrix() -> float:
    i, j = np.indices((12, 12))
    product = ((3 * i + j) % 7 + 0.5) @ ((i + 2 * j) % 5 - 1.25)
    return float((product * ((i + j) % 3 + 1)).sum())


def _copy() -> int:
    word = 1
    words = [word := (word * 1103515245 + 12345) % 2**31 for _ in range(100)]
    turned = words[20:] + words[:20]
    return sum((k + 1) * word for k, word in enumerate(turned))


def _mandelbrot() -> int:
    steps = 0
    for point in range(400):
        c = complex(2.5 / 20 * (point % 20) - 2.0, 2.5 / 20 * (point // 20) - 1.25)
        z = 0j
        for _ in range(50):
            z = z * z + c
            steps += 1
            if abs(z) > 2.0:
                break
    return steps


def _text() -> int:
    return _fnv1a("".join(f"{number}," for number in range(1000)))


def _quicksort() -> int:
    states = [42]
    for _ in range(1000):
        states.append((states[-1] * 1103515245 + 12345) % 2**31)
    total = 0
    for word in sorted(state - 2**30 for state in states[1:]):
        total = (total * 31 + word) % 2**48
    return total


def _sha256() -> int:
    message = bytes((7 * k + k // 256) % 256 for k in range(1000))
    return int.from_bytes(hashlib.sha256(message).digest()[:8], "big") >> 1


def _klein_j(tau: complex) -> complex:
    """E4³/Δ, without moving τ."""
    q = cmath.exp(2j * math.pi * tau)
    powers = [q**n for n in range(1, 60)]
    e4 = 1 + 240 * sum(n**3 * power / (1 - power) for n, power in enumerate(powers, start=1))
    delta = q * math.prod((1 - power) ** 24 for power in powers)
    return e4**3 / delta


def _jinvariant() -> float:
    total = 0.0
    for point in range(900):
        j = _klein_j(complex(4 * (point % 30) / 30 - 2, point // 30 / 30 + 0.2))
        total += (j.real + j.imag) / (1 + abs(j.real) + abs(j.imag))
    return total


def _fnv1a(text: str) -> int:
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return int(np.uint64(digest).astype(np.int64))


def _strings() -> int:
    words = ["q", "of", "bit", "gate", "phase", "vector", "lattice", "register"]
    text, state = "", 42
    for _ in range(1000):
        state = (state * 1103515245 + 12345) % 2**31
        text += f"{words[state // 2**16 % 8]} {state - 2**30}\n"
    return _fnv1a(text)


def _table() -> int:
    """The checksum of the machine's own table, which must be the model's but for the last bits of j."""
    benchmark_ = next(b for b in BENCHMARKS if b.name == "table")
    machine = Machine(contenders.build(benchmark_.path, (benchmark_.define, "1000")))
    machine.run()
    words = output.read(machine.view).payload.view(np.uint64).reshape(-1, 16)
    model = routing_model.entries(1000)
    floats, integers = [6, 7, 8, 10, 13], [0, 1, 2, 3, 4, 5, 9, 11, 12, 14]
    np.testing.assert_array_equal(words[:, integers], model[:, integers])
    np.testing.assert_allclose(
        words[:, floats].copy().view(float), model[:, floats].copy().view(float), rtol=1e-11, atol=1e-9
    )
    return int(routing_model.words_checksum(words.reshape(1, -1)).astype(np.int64)[0])


# By an independent way or from the literature, at each program's small size.
KNOWN: dict[str, Answer] = {
    "loop": _loop(),
    "collatz": 871_179,  # the longest chain below 1000 starts at 871 and has 179 members
    "fib": 610,
    "nqueens": 92,
    "sieve": 168,
    "matrix": _matrix(),
    "copy": _copy(),
    "quicksort": _quicksort(),
    "fannkuch": 228_016,  # 228 and 16, as the Computer Language Benchmarks Game has them
    "sha256": _sha256(),
    "mandelbrot": _mandelbrot(),
    "nbody": pytest.approx(-0.169087605, abs=5e-10),
    "spectral": pytest.approx(1.274219991, abs=5e-10),
    "jinvariant": pytest.approx(_jinvariant(), rel=1e-9),
    "text": _text(),
    "strings": _strings(),
    "print": "".join(f"{number} {math.sqrt(number)!r}\n" for number in range(100)),
    "table": _table(),
}


@pytest.mark.parametrize("benchmark_", BENCHMARKS, ids=lambda benchmark_: benchmark_.name)
def test_every_contender_gives_the_known_answer(benchmark_: Benchmark) -> None:
    runs = runner.check(benchmark_, benchmark_.small)
    assert runs["native"].answer == KNOWN[benchmark_.name]
    assert {"native", "interp", "python"} <= runs.keys()


def test_a_program_without_an_argument_takes_the_suite_size() -> None:
    for benchmark_ in BENCHMARKS:
        text = benchmark_.path.read_text(encoding="utf-8")
        if benchmark_.library:
            text += (benchmark_.path.parent / "moonshine_lattice.qbc").read_text(encoding="utf-8")
        if benchmark_.define:
            assert f".define {benchmark_.define} {benchmark_.size}\n" in text
            continue
        assert f"size r4, {benchmark_.size:_}" in text or f"size r4, {benchmark_.size}" in text


def test_contenders_that_disagree_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = runner.Run(0.1, -1)
    monkeypatch.setitem(runner.CONTENDERS, "python", lambda benchmark, size: lambda: wrong)
    with pytest.raises(runner.BenchmarkError, match=r"fib 15: the answers differ: .*native 610.*python -1"):
        runner.check(next(b for b in BENCHMARKS if b.name == "fib"), 15)


def _results() -> results.Results:
    made = results.Results("2026-01-02T03:04:05+00:00", {"processor": "Test"}, small=False)
    contenders = {
        "c": results.Samples([0.1]),
        "native": results.Samples([0.12]),
        "interp": results.Samples([0.2, 0.1, 0.4]),
        "python": results.Samples([2.0]),
    }
    row = results.ProgramResult("fib", "call", "recursion", 30, 50_000_000, contenders, {"native": 0.05})
    made.programs.append(row)
    made.processes.append(results.ProcessResult("qbc run x", "start", results.Samples([0.25]), 90_000_000))
    made.assembler = results.AssemblerResult(200_000, results.Samples([4.0, 5.0]))
    return made


def test_results_survive_json(tmp_path: Path) -> None:
    results.save(_results(), tmp_path / "new" / "x.json")
    assert results.load(tmp_path / "new" / "x.json") == _results()


@pytest.mark.parametrize("text", [json.dumps({"format": 99}), "[1]", "all:"])
def test_foreign_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ValueError, match=r"x\.json: not benchmark results of format 2"):
        results.load(tmp_path / "x.json")


def test_report_has_medians_spreads_and_ratios() -> None:
    text = report.markdown(_results())
    assert "| fib | 100 ms (100-100) | 1.20 | - | - | - | 2.00 | 20.0 |" in text
    assert "| **all** |  | 1.20 | - | - | - | 2.00 | 20.0 |" in text
    assert "| fib | 120 ms (120-120) | 50.0 ms | 200 ms (100-400) | 50,000,000 | 250 |" in text
    assert "| qbc run x | start | 250 ms (250-250) | 90 MB |" in text
    assert "| 200,000 | 44,444 | 4500 ms (4000-5000) |" in text
    assert "2026-01-02T03:04:05+00:00: processor Test." in text


def test_the_command_measures_shows_and_saves(tmp_path: Path) -> None:
    saved = tmp_path / "results.json"
    options = ["--small", "--runs", "1", "--only", "fib", "--only", "assembler", "--json", str(saved)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "fib" in done.stdout
    loaded = results.load(saved)
    assert [row.name for row in loaded.programs] == ["fib"]
    assert loaded.programs[0].instructions > 10_000
    assert loaded.assembler is not None
    shown = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--show", str(saved), "--markdown"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == report.markdown(loaded)


def test_the_chart_is_drawn(tmp_path: Path) -> None:
    chart.draw(_results(), tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_whole_processes_run_and_their_output_is_checked() -> None:
    measured = runner.measure([suite.START, suite.TABLE], runs=1, small=True)
    assert [row.about for row in measured.processes] == [
        *["a greeting"] * 3,
        "1,000 nodes, an empty cache",
        "1,000 nodes, a warm cache",
    ]
    assert all(len(row.samples.seconds) == 1 for row in measured.processes)


def test_a_command_that_fails_is_an_error() -> None:
    with pytest.raises(runner.BenchmarkError, match=r"exit\(3\): status 3"):
        processes.run_process([sys.executable, "-c", "exit(3)"])


def test_the_documentation_shows_the_reference_results() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert report.markdown(results.load(REFERENCE)) in page


def test_quantum_benchmarks_run() -> None:
    """Small; both sides agree, which is asserted while they are timed."""
    rows = [
        quantum.recording("interp", 1),
        quantum.against_aer(4, 20, 1),
        quantum.measured(4, 50, 1),
        quantum.teleportation(50, 1),
        quantum.triples(10, 1),
    ]
    lines = quantum.markdown(rows).splitlines()
    assert len(lines) == 2 + len(rows)
    assert all(len(row.ours) == 1 for row in rows)


@pytest.mark.parametrize("name", sigma.PROGRAMS)
def test_programs_in_sigma_print_the_same_at_every_level(name: str) -> None:
    benchmark_ = sigma.PROGRAMS[name]
    runs = sigma.run_all("interp", benchmark_, sigma.objects(benchmark_), benchmark_.small)
    sigma.agree(benchmark_, runs)
    assert benchmark_.answer(str(runs[sigma.ASSEMBLY].answer)) == KNOWN[name]


def test_programs_in_sigma_without_an_argument_take_the_suite_size() -> None:
    assert {path.stem for path in sigma.SOURCES.iterdir()} == sigma.PROGRAMS.keys()
    for benchmark_ in sigma.PROGRAMS.values():
        text = sigma.source(benchmark_).read_text(encoding="utf-8")
        assert f"argument(0, {benchmark_.size:_})" in text or f"argument(0, {benchmark_.size})" in text


def test_a_program_in_sigma_that_prints_something_else_is_an_error() -> None:
    runs = {sigma.ASSEMBLY: runner.Run(0.1, "610"), "-O2": runner.Run(0.1, "610\n")}
    with pytest.raises(runner.BenchmarkError, match=r"fib: -O2 prints '610\\n', assembly '610'"):
        sigma.agree(sigma.PROGRAMS["fib"], runs)


def test_a_program_in_sigma_that_does_not_compile_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.sigma").write_text("fn main() {\n  x; }")
    with pytest.raises(runner.BenchmarkError, match=r"bad\.sigma:2: "):
        sigma.compiled(tmp_path / "bad.sigma", "-O2")


def _comparisons() -> sigma.Comparisons:
    made = sigma.Comparisons("2026-01-02T03:04:05+00:00", {"processor": "Test"}, small=False)
    for name, factor in (("fib", 1), ("loop", 4)):
        ways = (sigma.ASSEMBLY, *sigma.LEVELS)
        instructions = {way: 1000 + 500 * factor * number for number, way in enumerate(ways)}
        times = {way: results.Samples([0.1 + 0.1 * number, 0.3]) for number, way in enumerate(ways)}
        made.comparisons.append(sigma.Comparison(name, 30, instructions, times))
    return made


def test_comparisons_survive_json(tmp_path: Path) -> None:
    results.save(_comparisons(), tmp_path / "x.json")
    assert sigma.load(tmp_path / "x.json") == _comparisons()
    with pytest.raises(ValueError, match=r"x\.json: not benchmark results of format 2"):
        results.load(tmp_path / "x.json")
    with pytest.raises(ValueError, match=r"reference\.json: not benchmark results of format 2"):
        sigma.load(REFERENCE)


def test_comparisons_are_shown_with_their_means() -> None:
    made = _comparisons()
    text = report.write(made, sigma.tables(made))
    assert "| fib | 1,000 | 1.50 | 2.00 | 2.50 | 3.00 |" in text
    assert "| **all** |  | 2.12 | 3.16 | 4.18 | 5.20 |" in text
    assert "| fib | 200 ms (100-300) | 1.25 | 1.50 | 1.75 | 2.00 |" in text


def test_the_command_compares_shows_and_saves(tmp_path: Path) -> None:
    saved = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks.sigma"]
    options = ["--small", "--runs", "1", "--only", "fib", "--json", str(saved)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "fib" in done.stdout
    loaded = sigma.load(saved)
    assert [row.name for row in loaded.comparisons] == ["fib"]
    assert loaded.comparisons[0].executed("-O2") > 0.5
    shown = subprocess.run(
        [*command, "--show", str(saved), "--markdown"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout == report.write(loaded, sigma.tables(loaded))


def test_the_source_to_compile_is_sound() -> None:
    found = compiling.measure(100, 1)
    assert compiling.source(1000).count("\n") >= 1000
    assert set(found) == {"check", "-O0", "-O1", "-O2"}
