"""Random programs with noise, on the machine and on the exact model (:mod:`tests.noisy_model`).

A program has gates of every kind, measurements with feedback, measurements of the same qubit again, resets and freed
qubits that are entangled, loops, qubits that are allocated in between, inspections, and at times a sample. It is
written as QBC or as σ. Three comparisons:

* **exact**: the machine splits its shots exactly in the proportion of the probabilities, without drawing, so each
  probability of a joint outcome is compared with the model's to 1e-9. So run density matrices, and every method without
  channels.
* **shots**: real shots, by a bound on the likelihood ratio that a right machine passes but once in 10¹² programs.
* **one by one**: where a noisy group has no density matrix, or the program samples, each shot is a run of its own; the
  same bound.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest import mock

import numpy as np

from qbcc.assembly.assemble import assemble
from qbcc.render import report
from qbcc.source import SourceFile
from sigma.compile import compile_source
from tests import noisy_model as model
from tests.noisy_model import LOOK_SCALE, LOOK_SHIFT, Model, Noise, Rule, Step
from vm import shots
from vm.bytecode import ObjectFile
from vm.machine import Machine

SLOTS: Final = 4
"""Bits that a program keeps."""
_WHOLE: Final = 1 << 62
"""Runs that are split exactly."""
_CLOSE: Final = 1e-9
_SHOTS: Final = 20_000
_ONE_BY_ONE: Final = 120
_FALSE_ALARM: Final = 1e-12

# Legend: instruction, qubits, angles, name in a noise model.
_GATES: Final = (
    ("QX", 1, 0, "x"), ("QY", 1, 0, "y"), ("QZ", 1, 0, "z"), ("QH", 1, 0, "h"), ("QS", 1, 0, "s"),
    ("QSDG", 1, 0, "sdg"), ("QT", 1, 0, "t"), ("QTDG", 1, 0, "tdg"), ("QSX", 1, 0, "sx"), ("QRX", 1, 1, "rx"),
    ("QRY", 1, 1, "ry"), ("QRZ", 1, 1, "rz"), ("QP", 1, 1, "p"), ("QU", 1, 3, "u"), ("QSIGMA", 1, 1, "rx"),
    ("QCX", 2, 0, "cx"), ("QCY", 2, 0, "cy"), ("QCZ", 2, 0, "cz"), ("QCH", 2, 0, "ch"), ("QSWAP", 2, 0, "swap"),
    ("QCRX", 2, 1, "crx"), ("QCRY", 2, 1, "cry"), ("QCRZ", 2, 1, "crz"), ("QCP", 2, 1, "cp"), ("QRXX", 2, 1, "rxx"),
    ("QRYY", 2, 1, "ryy"), ("QRZZ", 2, 1, "rzz"), ("QCCX", 3, 0, "ccx"), ("QCSWAP", 3, 0, "cswap"),
    ("QW", 3, 0, "w"),
)  # fmt: skip
_CLIFFORD: Final = frozenset(
    ("QX", "QY", "QZ", "QH", "QS", "QSDG", "QSX", "QCX", "QCY", "QCZ", "QSWAP"),
)
_OTHERS: Final = ("measure", "reset")
"""What is not a gate, and may have noise."""
_CHANNELS: Final = ("depolarizing", "bit_flip", "phase_flip", "amplitude_damping", "phase_damping")
_METHODS: Final = ("statevector", "density_matrix", "matrix_product_state", "stabilizer")


@dataclass(frozen=True)
class Case:
    """One program, and how it is run."""

    steps: list[Step]
    noise: Noise
    backend: str
    kind: str
    """``exact``, ``shots`` or ``one by one``."""
    is_sigma: bool
    engine: str


# -- noise


def _readout(random: Random) -> tuple[float, float]:
    return random.choice([(0.0, 0.0), (0.05, 0.05), (0.02, 0.11), (0.0, 0.2), (0.1, 0.0)])


def _by_gate(channel: str, rates: dict[str, float]) -> Rule:
    """Rates by Qiskit's name, by number of qubits, or for all: what is said of less counts."""
    found = {}
    for name, qubits, _, word in _GATES:
        rate = next((rates[key] for key in (word, str(qubits), "") if key in rates), 0.0)
        if rate:
            found[name] = model.named(channel, rate, qubits)
    found |= {word: model.named(channel, rates[word], 1) for word in _OTHERS if rates.get(word)}
    return Rule(found)


def _own(random: Random) -> Noise:
    """Of the names that ``--noise`` knows."""
    readout = _readout(random)
    rates = {name: random.choice([0.01, 0.05, 0.1, 0.3]) for name in random.sample(_CHANNELS, random.randint(1, 3))}
    if random.random() < 0.5:
        said = ",".join([*(f"{name}={rate}" for name, rate in rates.items()), f"readout={readout[0]}"])
        rules = tuple(_by_gate(name, {"": rate}) for name, rate in rates.items())
        return Noise(rules, (readout[0], readout[0]), said)
    words = [*sorted({word for *_, word in _GATES}), "1", "2", "3", *_OTHERS]
    chosen: dict[str, Any] = {}
    rules = ()
    for name, rate in rates.items():
        if random.random() < 0.4:
            chosen[name] = rate
            rules += (_by_gate(name, {"": rate}),)
        else:
            some = {word: random.choice([0.0, 0.02, 0.1, 0.25]) for word in random.sample(words, random.randint(2, 9))}
            if random.random() < 0.3:
                some[random.choice(_OTHERS)] = 0.1
            chosen[name] = some
            rules += (_by_gate(name, some),)
    return Noise(rules, readout, None, {**chosen, "readout": list(readout)})


def _aer(random: Random) -> Noise:
    """A noise model that Aer saved; the channels by their own formulas."""
    from qiskit_aer.noise import (
        NoiseModel,
        QuantumError,
        amplitude_damping_error,
        coherent_unitary_error,
        depolarizing_error,
        pauli_error,
        reset_error,
        thermal_relaxation_error,
    )  # fmt: skip

    def one() -> tuple[QuantumError, model.Matrix]:
        match random.randrange(6):
            case 0:
                t1 = random.uniform(20, 90)
                t2 = random.choice([random.uniform(5, t1), random.uniform(t1, 2 * t1)])
                time, excited = random.uniform(1, 20), random.choice([0.0, 0.1])
                return thermal_relaxation_error(t1, t2, time, excited), model.thermal(t1, t2, time, excited)
            case 1:
                rates = [random.uniform(0, 0.1) for _ in "XYZ"]
                error = pauli_error([*zip("XYZ", rates, strict=True), ("I", 1 - sum(rates))])
                scaled = [math.sqrt(rate) * model.PAULIS[letter] for letter, rate in zip("XYZ", rates, strict=True)]
                return error, model.of_kraus([*scaled, math.sqrt(1 - sum(rates)) * model.PAULIS["I"]])
            case 2:
                to_zero, to_one = random.uniform(0, 0.1), random.uniform(0, 0.1)
                return reset_error(to_zero, to_one), model.resetting(to_zero, to_one)
            case 3:
                unitary = model.gate("QRX", (random.uniform(-0.3, 0.3),))
                return coherent_unitary_error(unitary), model.of_kraus([unitary])
            case 4:
                rate = random.uniform(0, 0.2)
                return amplitude_damping_error(rate), model.amplitude(rate)
        rate = random.uniform(0, 0.1)
        return depolarizing_error(rate, 1), model.depolarizing(rate, 1)

    made = NoiseModel()
    rules = []
    left = {word: (name, qubits) for name, qubits, _, word in _GATES if name not in ("QW", "QCH")}
    for qubits in (1, 2):
        words = [word for word, (_, count) in left.items() if count == qubits]
        for _ in range(random.randint(1, 3)):
            chosen = random.sample(words, min(len(words), random.randint(2, 6)))
            words = [word for word in words if word not in chosen]
            if qubits == 1:
                error, operator = one()
            elif random.random() < 0.5:
                rate = random.uniform(0, 0.15)
                error, operator = depolarizing_error(rate, 2), model.depolarizing(rate, 2)
            else:
                (a, high), (b, low) = one(), one()
                error, operator = a.tensor(b), _side_by_side(high, low)
            if error.ideal():
                continue
            others = random.sample(_OTHERS, random.randint(0, 2)) if qubits == 1 else []
            others = [word for word in others if not any(word in rule.operators for rule in rules)]
            made.add_all_qubit_quantum_error(error, [*chosen, *others])
            names = [name for name, _, _, word in _GATES if word in chosen] + others
            rules.append(Rule(dict.fromkeys(names, operator)))
    readout = _readout(random)
    if any(readout) or not rules:
        readout = readout if any(readout) else (0.1, 0.1)
        made.add_all_qubit_readout_error([[1 - readout[0], readout[0]], [readout[1], 1 - readout[1]]])
    return Noise(tuple(rules), readout, None, made.to_dict(serializable=True))


def _side_by_side(high: model.Matrix, low: model.Matrix) -> model.Matrix:
    """Superoperator of two qubits: the second (higher) and the first."""
    h, low_ = high.reshape(2, 2, 2, 2), low.reshape(2, 2, 2, 2)
    return np.einsum("abcd,efgh->aebfcgdh", h, low_).reshape(16, 16)


def noise(random: Random) -> Noise:
    """Some noise, often of several kinds; at times only wrong readings, or none."""
    match random.randrange(10):
        case 0:
            return Noise()
        case 1:
            readout = random.choice([0.02, 0.1, 0.25])
            return Noise((), (readout, readout), f"readout={readout}")
        case 2 | 3 | 4:
            return _aer(random)
    return _own(random)


# -- programs


class _Generator:
    def __init__(self, random: Random, *, is_sigma: bool, is_clifford: bool, size: int) -> None:
        self.random = random
        self.is_sigma = is_sigma
        self.gates = [row for row in _GATES if not is_clifford or row[0] in _CLIFFORD]
        self.live: list[int] = []
        self.given = 0
        self.size = size
        self.forks = 5
        """Measurements, hidden ones included, and readings that may be wrong, that the program may still have."""

    def program(self) -> list[Step]:
        steps: list[Step] = [self.alloc(self.random.randint(2, 4))]
        steps += self.block(self.size, depth=0)
        for slot in range(SLOTS):
            steps.append(("record", slot))
        return steps

    def alloc(self, count: int) -> Step:
        self.live += range(self.given + 1, self.given + 1 + count)
        self.given += count
        return ("alloc", count)

    def block(self, size: int, depth: int) -> list[Step]:
        steps: list[Step] = []
        while size > 0:
            found = self.step(depth)
            steps += found
            size -= 1
        return steps

    def step(self, depth: int) -> list[Step]:
        random = self.random
        roll = random.random()
        if roll < 0.55 or not self.forks:
            return [self.gate()]
        if roll < 0.72:
            return self.measured(depth)
        if roll < 0.80:
            self.forks -= 1
            return [("reset", random.choice(self.live))]
        if roll < 0.88:
            return [self.look()]
        if depth:
            return [self.gate()]
        if roll < 0.91:
            return [("loop", 2, self.looped())]
        if len(self.live) < 5 and roll < 0.96:
            return self.scoped()
        return self.freed()

    def gate(self) -> Step:
        random = self.random
        name, qubits, angles, _ = random.choice([row for row in self.gates if row[1] <= len(self.live)])
        handles = random.sample(self.live, qubits)
        values = [round(random.uniform(-4, 4), 3) for _ in range(angles)]
        return ("gate", name, handles, values)

    def measured(self, depth: int) -> list[Step]:
        """A measurement, and mostly what it decides; at times again, which must read the same state."""
        random = self.random
        handle, slot = random.choice(self.live), random.randrange(SLOTS)
        self.forks -= 1
        steps: list[Step] = [("measure", handle, slot)]
        if random.random() < 0.3:
            steps.append(("record", slot))
        if self.forks and random.random() < 0.3:
            self.forks -= 1
            steps.append(("measure", handle, random.randrange(SLOTS)))
        if depth < 2 and random.random() < 0.6:
            then = self.block(random.randint(1, 3), depth + 1)
            otherwise = self.block(random.randint(0, 2), depth + 1)
            steps.append(("if", slot, random.randrange(2), then, otherwise))
        return steps

    def looped(self) -> list[Step]:
        steps = [self.gate() for _ in range(self.random.randint(1, 3))]
        if self.forks > 1:
            self.forks -= 2
            steps.append(("measure", self.random.choice(self.live), self.random.randrange(SLOTS)))
        return steps

    def look(self) -> Step:
        random = self.random
        kind = random.choice(["QPROB", "QPURITY", "QENTROPY", "QEXPECT", "QCONC", "QFIDW"])
        most = len(self.live)
        count = {"QPROB": 1, "QCONC": 2, "QFIDW": 3}.get(kind) or random.randint(1, min(3, most))
        if count > most:
            kind, count = "QPROB", 1
        handles = random.sample(self.live, count)
        letters = "".join(random.choices("IXYZ", k=count)) if kind == "QEXPECT" else ""
        return ("look", kind, handles, letters)

    def scoped(self) -> list[Step]:
        """Qubits that live for a block, and are given back as they are."""
        count = self.random.randint(1, 2)
        self.alloc(count)
        self.forks = max(self.forks - count, 0)
        inside = self.live[-count:]
        steps = [self.gate()]
        # They meet the others, mostly.
        steps.append(
            ("gate", self.random.choice(["QCX", "QCY"]), [self.random.choice(self.live[:-count]), inside[0]], [])
        )
        steps += self.block(self.random.randint(1, 3), depth=1)
        self.live = self.live[:-count]
        return [("scope", count, steps)]

    def freed(self) -> list[Step]:
        random = self.random
        if self.is_sigma:
            return [self.gate()]
        steps: list[Step] = []
        if len(self.live) > 2:
            handles = random.sample(self.live, random.randint(1, min(2, len(self.live) - 1)))
            self.forks = max(self.forks - len(handles), 0)
            self.live = [handle for handle in self.live if handle not in handles]
            steps.append(("free", handles))
        if len(self.live) < 4:
            steps.append(self.alloc(1))
        return steps or [self.gate()]


def case(seed: int, size: int = 10) -> Case:
    """A program with noise and a way to run it."""
    random = Random(seed)
    chosen = noise(random)
    is_sigma = random.random() < 0.2
    kind = random.choices(["exact", "shots", "one by one"], [86, 10, 4])[0]
    backend = "aer"
    is_clifford = False
    if not chosen.rules:
        method = random.choice(("", *_METHODS))
        is_clifford = method == "stabilizer"
    elif kind == "one by one":
        method = random.choice(("statevector", "matrix_product_state"))
    else:
        method = random.choice(("", "density_matrix"))
    backend = f"aer:{method}" if method else "aer"
    generator = _Generator(random, is_sigma=is_sigma, is_clifford=is_clifford, size=random.randint(4, size))
    steps = generator.program()
    if kind == "one by one":
        # A trajectory shows itself to inspections, which the model has no branches for.
        steps = _without_looks(steps) if chosen.rules else steps
        if random.random() < 0.5:
            steps.append(("sample", random.sample(generator.live, random.randint(1, min(3, len(generator.live))))))
    return Case(steps, chosen, backend, kind, is_sigma, "native" if random.random() < 0.03 else "interp")


def _without_looks(steps: Sequence[Step]) -> list[Step]:
    found: list[Step] = []
    for step in steps:
        match step:
            case ("look", *_):
                continue
            case ("if", slot, value, then, otherwise):
                found.append(("if", slot, value, _without_looks(then), _without_looks(otherwise)))
            case ("loop" | "scope" as kind, count, body):
                found.append((kind, count, _without_looks(body)))
            case _:
                found.append(step)
    return found


# -- texts


class _Writer:
    """Common to both languages."""

    def __init__(self) -> None:
        self.given = 0
        self.lines: list[str] = []
        self.labels = 0

    def label(self) -> str:
        self.labels += 1
        return f"l{self.labels}"


class _Assembly(_Writer):
    """QBC: slot i is r(4+i), loops count in r10."""

    def text(self, steps: Sequence[Step]) -> str:
        self.data: list[str] = []
        self.block(steps)
        return "\n".join(["main:", *self.lines, " QHALT", ".data", 'bit: .asciz "bit"', 'look: .asciz "look"',
                          'value: .asciz "value"', ".align 8", "handles: .space 64", "table: .space 64", *self.data, ""])  # fmt: skip

    def say(self, *lines: str) -> None:
        self.lines += [f" {line}" for line in lines]

    def block(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.step(step)

    def handles(self, handles: Sequence[int]) -> str:
        for place, handle in enumerate(handles):
            self.say(f"QSTORE {handle}, [handles+{8 * place}]")
        return "[handles]"

    def recorded(self, name: str, register: str) -> None:
        self.say(f"QMOV r0, {name}", f"QMOV r1, {register}", "QSYSCALL 14")

    def step(self, step: Step) -> None:
        match step:
            case ("gate", name, handles, angles):
                self.say(f"{name} {', '.join([*map(str, handles), *map(repr, angles)])}")
            case ("measure", handle, slot):
                self.say(f"QMEAS r{4 + slot}, {handle}")
            case ("record", slot):
                self.recorded("bit", f"r{4 + slot}")
            case ("if", slot, value, then, otherwise):
                other, end = self.label(), self.label()
                self.say(f"QJNE r{4 + slot}, {value}, {other}")
                self.block(then)
                self.say(f"QJMP {end}")
                self.lines.append(f"{other}:")
                self.block(otherwise)
                self.lines.append(f"{end}:")
            case ("loop", count, body):
                again = self.label()
                self.say("QMOV r10, 0")
                self.lines.append(f"{again}:")
                self.block(body)
                self.say("QADD r10, 1", f"QJLT r10, {count}, {again}")
            case ("reset", handle):
                self.say(f"QRESET {handle}")
            case ("alloc", count):
                self.given += count
                self.say(f"QALLOC r11, {count}")
            case ("free", handles):
                self.say(f"QFREE {self.handles(handles)}, {len(handles)}")
            case ("scope", count, body):
                self.step(("alloc", count))
                inside = list(range(self.given - count + 1, self.given + 1))
                self.block(body)
                self.say(f"QFREE {inside[0]}, {count}")
            case ("look", kind, handles, letters):
                self.look(kind, handles, letters)
            case ("sample", handles):
                self.say(f"QSAMPLE r2, {self.handles(handles)}, {len(handles)}, 1, [table]", "QLOAD r1, [table]")
                self.say("QMOV r0, value", "QSYSCALL 14")

    def look(self, kind: str, handles: Sequence[int], letters: str) -> None:
        if kind == "QEXPECT":
            name = self.label()
            self.data.append(f'{name}: .asciz "{letters}"')
            self.say(f"QEXPECT r3, {self.handles(handles)}, {name}")
        elif kind in ("QPURITY", "QENTROPY"):
            self.say(f"{kind} r3, {self.handles(handles)}, {len(handles)}")
        else:
            self.say(f"{kind} r3, {', '.join(map(str, handles))}")
        self.say(f"QMUL r3, {LOOK_SCALE!r}", f"QADD r3, {LOOK_SHIFT!r}", "QFLOOR r3, r3", "QINT r3, r3")
        self.recorded("look", "r3")


class _Sigma(_Writer):
    """σ: arrays of qubits by the order of their allocation."""

    def text(self, steps: Sequence[Step]) -> str:
        self.places: dict[int, str] = {}
        self.depth = 1
        for slot in range(SLOTS):
            self.say(f"var b{slot} = 0;")
        self.block(steps)
        return "\n".join(["fn main() {", *self.lines, "}", ""])

    def say(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def block(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.step(step)

    def nested(self, head: str, steps: Sequence[Step]) -> None:
        self.say(head)
        self.depth += 1
        self.block(steps)
        self.depth -= 1

    def row(self, handles: Sequence[int]) -> str:
        name = self.label()
        self.say(f"let {name} = [{', '.join(self.places[handle] for handle in handles)}];")
        return name

    def step(self, step: Step) -> None:
        match step:
            case ("gate", name, handles, angles):
                values = [*(self.places[handle] for handle in handles), *map(repr, angles)]
                self.say(f"{name[1:].lower()}({', '.join(values)});")
            case ("measure", handle, slot):
                self.say(f"b{slot} = int(measure({self.places[handle]}));")
            case ("record", slot):
                self.say(f'record("bit", b{slot});')
            case ("if", slot, value, then, otherwise):
                self.nested(f"if b{slot} == {value} {{", then)
                self.nested("} else {", otherwise)
                self.say("}")
            case ("loop", count, body):
                self.nested(f"for {self.label()} in 0..{count} {{", body)
                self.say("}")
            case ("reset", handle):
                self.say(f"reset({self.places[handle]});")
            case ("alloc", count):
                self.alloc(count)
            case ("scope", count, body):
                self.say(f"for {self.label()} in 0..1 {{")
                self.depth += 1
                self.alloc(count)
                self.block(body)
                self.depth -= 1
                self.say("}")
            case ("look", kind, handles, letters):
                self.look(kind, handles, letters)
            case ("sample", handles):
                self.say(f'for (value, times) in sample({self.row(handles)}, 1) {{ record("value", value * times); }}')
            case _:
                raise ValueError(step[0])

    def alloc(self, count: int) -> None:
        name = self.label()
        self.say(f"let {name} = qubits({count});")
        for place in range(count):
            self.given += 1
            self.places[self.given] = f"{name}[{place}]"

    def look(self, kind: str, handles: Sequence[int], letters: str) -> None:
        words = {"QPROB": "probability", "QPURITY": "purity", "QENTROPY": "entropy", "QCONC": "concurrence",
                 "QFIDW": "w_fidelity", "QEXPECT": "expect"}  # fmt: skip
        if kind == "QEXPECT":
            inner = f'{self.row(handles)}, "{letters}"'
        elif kind in ("QPURITY", "QENTROPY"):
            inner = self.row(handles)
        else:
            inner = ", ".join(self.places[handle] for handle in handles)
        self.say(f'record("look", int(floor({words[kind]}({inner}) * {LOOK_SCALE!r} + {LOOK_SHIFT!r})));')


def text(found: Case) -> str:
    """The program's source."""
    return (_Sigma() if found.is_sigma else _Assembly()).text(found.steps)


def built(found: Case) -> ObjectFile:
    """The program's object. σ is compiled without passes: gates that cancel would make no noise."""
    source = SourceFile("noisy.sigma" if found.is_sigma else "noisy.qbc", text(found))
    made = compile_source(source, level=0) if found.is_sigma else assemble(source)
    assert made.object is not None, report(made.diagnostics)
    return made.object


# -- comparison


class _Exact(shots.Splitter):
    """Splits the runs in the proportion of the probabilities, without drawing."""

    def draw(self, one: float, ones: int | None = None) -> int:
        return super().draw(one, min(max(round(self.shots * one), 0), self.shots))


def probabilities(make: Any) -> dict[tuple[Any, ...], float]:
    """The distribution of what the runs of a machine record, by the machine's own splitting."""
    with mock.patch.object(shots, "Splitter", _Exact):
        found = shots._split(make(1), _WHOLE, 1, None, lambda done, paths: None)
    result: dict[tuple[Any, ...], float] = {}
    for path in found.paths:
        assert path.outcome.trap is None, path.outcome.trap
        key = tuple(value for _, value in path.recorded)
        result[key] = result.get(key, 0.0) + path.shots / _WHOLE
    return result


def sampled(make: Any, count: int, seed: int) -> Counter[tuple[Any, ...]]:
    """Counts of what real shots record."""
    result: Counter[tuple[Any, ...]] = Counter()
    for path in shots.run(make, count, seed).paths:
        assert path.outcome.trap is None, path.outcome.trap
        result[tuple(value for _, value in path.recorded)] += path.shots
    return result


def exceeds(counts: Counter[tuple[Any, ...]], expected: dict[tuple[int, ...], float]) -> str | None:
    """Why counts cannot come from a distribution, or None: by the method of types, n·KL(counts/n ‖ p) is at least x
    with a probability of at most (n + 1)^k · e^-x for k outcomes; Mardia and others (2020) have the sharper
    e^-x · (e·x/(k-1))^(k-1) for x ≥ k - 1, which is taken here."""
    total = sum(counts.values())
    divergence = 0.0
    for key, count in counts.items():
        share = expected.get(key, 0.0)
        if share < model.NOTHING:
            return f"{key} came {count} times and cannot come"
        divergence += count * math.log(count / (total * share))
    free = max(len(expected) - 1, 1)
    if divergence <= free:
        return None
    alarm = -divergence + free * (1 + math.log(divergence / free))
    return f"n·KL = {divergence:.1f} with {free} degrees of freedom" if alarm < math.log(_FALSE_ALARM) else None


def differs(found: Case, seed: int) -> str | None:
    """How the machine differs from the model, or None."""
    expected = Model(found.noise, SLOTS).distribution(found.steps)
    obj = built(found)
    with tempfile.TemporaryDirectory() as folder:
        said = found.noise.text
        if found.noise.content is not None:
            path = Path(folder) / "noise.json"
            path.write_text(json.dumps(found.noise.content))
            said = str(path)

        def make(chosen: int) -> Machine:
            return Machine(obj, engine=found.engine, seed=chosen, backend=found.backend, noise=said)

        if found.kind == "exact":
            return _apart(probabilities(make), expected)
        return exceeds(sampled(make, _SHOTS if found.kind == "shots" else _ONE_BY_ONE, seed), expected)


def _apart(found: dict[tuple[Any, ...], float], expected: dict[tuple[int, ...], float]) -> str | None:
    for key in found.keys() | expected.keys():
        a, b = found.get(key, 0.0), expected.get(key, 0.0)
        if abs(a - b) > _CLOSE:
            return f"{key}: {a:.12f} on the machine, {b:.12f} in the model"
    return None


def check(seed: int) -> str:
    """One program; its kind. Raises :class:`AssertionError` with the program where the machine differs."""
    found = case(seed)
    wrong = differs(found, seed)
    if wrong is not None:
        noise_ = found.noise.text or json.dumps(found.noise.content)[:2000]
        raise AssertionError(f"{wrong}\n{found.backend} {found.engine} {found.kind} --noise {noise_}\n{text(found)}")
    return f"{found.kind}, {'σ' if found.is_sigma else 'QBC'}, {found.backend}"
