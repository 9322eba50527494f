"""Makes circuits in σ, and beside each the matrices that they are by Qiskit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import Operator

from sigma.builtins import BUILTINS
from tests.sigma.choices import Choices
from tests.vm.test_quantum import matrix
from vm.bytecode import ObjectFile
from vm.isa import BY_CODE
from vm.machine import Machine
from vm.quantum.tape import BARRIER, RESET

T = TypeVar("T")
Matrix = NDArray[np.complex128]
DATA: Final = 3
"""Qubits that the gates are on."""
GATES: Final = sorted((b for n, b in BUILTINS.items() if b.is_gate and n != "σ"), key=lambda b: (b.qubits, b.name))
ANGLES: Final = ("0.5", "-0.5", "0.0", "pi", "pi / 2", "2 * pi", "-pi", "4 * pi", "8.0", "4.0", "1.25", "3")


@dataclass(frozen=True)
class Step:
    """A matrix on qubits; None is a reset."""

    matrix: Matrix | None
    qubits: tuple[int, ...]


@dataclass(frozen=True)
class Circuit:
    """A program, and what it does."""

    sigma: str
    steps: tuple[Step, ...]
    count: int
    """Qubits of the steps; those from the first free one on are |0⟩ again at the end."""


@dataclass(frozen=True)
class _Gate:
    """A gate with its angles: ``angle * turn`` is added to the last one in a loop."""

    name: str
    angles: tuple[str, ...]
    qubits: int
    is_inverse: bool
    controls: int
    form: str

    def text(self, qubits: Sequence[str], more: str = "") -> str:
        head = "inv " * self.is_inverse
        controls = qubits[: self.controls]
        if controls and self.form == "nested":
            head = "".join(f"ctrl({one}) " for one in controls) + head
        elif controls:
            head = f"ctrl({', '.join(controls)}) {head}"
        angles = [*self.angles[:-1], *(f"{angle}{more}" for angle in self.angles[-1:])]
        return f"{head}{self.name}({', '.join([*qubits[self.controls :], *angles])});"

    def matrix(self, more: float = 0.0) -> Matrix:
        values = [float(eval(angle, {"pi": math.pi})) for angle in self.angles]
        if values:
            values[-1] += more
        made = unitary(BUILTINS[self.name].mnemonic, tuple(values))
        return controlled(made.conj().T if self.is_inverse else made, self.controls)


@cache
def unitary(mnemonic: str, angles: tuple[float, ...]) -> Matrix:
    """An instruction's matrix."""
    return np.asarray(Operator(matrix(mnemonic, list(angles))).data)


def controlled(plain: Matrix, controls: int) -> Matrix:
    """A matrix under controls, which are the first qubits."""
    whole = np.eye(plain.shape[0] << controls, dtype=complex)
    rows = (1 << controls) - 1 + (np.arange(plain.shape[0]) << controls)
    whole[np.ix_(rows, rows)] = plain
    return whole


def circuit(choices: Choices) -> Circuit:
    """A random one."""
    return _Maker(choices).run()


class _Maker:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.lines: list[str] = []
        self.steps: list[Step] = []
        self.own: list[tuple[_Gate, tuple[int, ...]]] = []
        self.last: tuple[_Gate, list[int]] | None = None
        self.count = DATA

    def pick(self, options: Sequence[T]) -> T:
        return options[self.choices.below(len(options))]

    def gate(self, most: int = DATA) -> _Gate:
        builtin = self.pick([one for one in GATES if one.qubits <= most])
        controls = self.choices.below(most - builtin.qubits + 1)
        count = len(builtin.params) - builtin.qubits
        angles = tuple(self.pick(ANGLES) for _ in range(count))
        form = self.pick(["plain", "nested"])
        return _Gate(builtin.name, angles, builtin.qubits + controls, bool(self.choices.below(2)), controls, form)

    def places(self, count: int) -> list[int]:
        left, found = list(range(DATA)), []
        for _ in range(count):
            found.append(left.pop(self.choices.below(len(left))))
        return found

    def spelled(self, qubit: int) -> str:
        """A qubit by its place, by another name, or by a place that is a variable."""
        return self.pick([f"q[{qubit}]", f"a{qubit}", f"q[v{qubit}]"])

    def element(self) -> None:
        kind = self.choices.below(10)
        if kind <= 3:
            made, places = self.gate(), []
            places = self.places(made.qubits)
            self.last = made, places
            self.put(made, places)
        elif kind <= 5 and self.last is not None:
            # What undoes the last one, or adds to it.
            made, places = self.last
            turned = _Gate(made.name, made.angles, made.qubits, bool(self.choices.below(2)), made.controls, made.form)
            self.put(turned, places)
        elif kind == 6:
            self.loop()
        elif kind == 7:
            self.called()
        elif kind == 8:
            self.between()
        else:
            self.fresh()

    def put(self, made: _Gate, places: Sequence[int]) -> None:
        self.lines.append(made.text([self.spelled(place) for place in places]))
        self.steps.append(Step(made.matrix(), tuple(places)))

    def loop(self) -> None:
        turns = self.choices.below(4)
        made = [self.gate() for _ in range(1 + self.choices.below(2))]
        where = [self.places(one.qubits) for one in made]
        moves = [bool(self.choices.below(2)) for _ in made]
        self.lines.append(f"for k in 0..{turns} {{")
        for one, places, is_moving in zip(made, where, moves, strict=True):
            self.lines.append("    " + one.text([self.spelled(p) for p in places], " + k" if is_moving else ""))
        self.lines.append("}")
        for turn in range(turns):
            for one, places, is_moving in zip(made, where, moves, strict=True):
                self.steps.append(Step(one.matrix(turn if is_moving else 0), tuple(places)))

    def called(self) -> None:
        """The program's own gate, perhaps inverted and under control."""
        controls = self.choices.below(2)
        is_inverse = bool(self.choices.below(2))
        places = self.places(2 + controls)
        names = [self.spelled(place) for place in places]
        head = (f"ctrl({names[0]}) " if controls else "") + "inv " * is_inverse
        self.lines.append(f"{head}own({names[-2]}, {names[-1]});")
        parts = [(one.matrix(), [places[-2 + at] for at in where]) for one, where in self.own]
        if is_inverse:
            parts = [(part.conj().T, where) for part, where in parts[::-1]]
        for part, where in parts:
            self.steps.append(Step(controlled(part, controls), (*places[:controls], *where)))

    def between(self) -> None:
        qubit = self.choices.below(DATA)
        if self.choices.below(2):
            self.lines.append(f"reset({self.spelled(qubit)});")
            self.steps.append(Step(None, (qubit,)))
        else:
            self.lines.append(f"barrier({self.spelled(qubit)});")

    def fresh(self) -> None:
        """A qubit that is |0⟩ again when its scope ends."""
        a, b = self.places(2)
        middle = self.pick(["cz", "cp", "crz", "none"])
        first = _Gate(self.pick(["cx", "cy"]), (), 2, False, 0, "plain")
        new = self.count
        name = f"f{len(self.lines)}"
        self.lines.append(f"{{ let {name} = qubit(); {first.text([self.spelled(a), name])}")
        self.steps.append(Step(first.matrix(), (a, new)))
        if middle != "none":
            angles = () if middle == "cz" else (self.pick(ANGLES),)
            made = _Gate(middle, angles, 2, False, 0, "plain")
            self.lines.append(made.text([name, self.spelled(b)]))
            self.steps.append(Step(made.matrix(), (new, b)))
        back = _Gate(first.name, (), 2, True, 0, "plain")
        self.lines.append(f"{back.text([self.spelled(a), name])} }}")
        self.steps.append(Step(back.matrix(), (a, new)))

    def run(self) -> Circuit:
        for _ in range(1 + self.choices.below(3)):
            made = self.gate(2)
            self.own.append((made, (0, 1) if made.qubits == 2 else (self.choices.below(2),)))
        text = "gate own(a: qubit, b: qubit) {\n"
        for made, where in self.own:
            text += "    " + made.text([("a", "b")[at] for at in where]) + "\n"
        names = "".join(f"let a{n} = q[{n}]; var v{n} = {n}; " for n in range(DATA))
        text += f"}}\nfn main() {{\nlet q = qubits({DATA}); let r = qubits({DATA}); {names}\n"
        is_known = bool(self.choices.below(2))
        if not is_known:
            # Every state at once: the result holds the whole matrix.
            text += f"for k in 0..{DATA} {{ h(r[k]); cx(r[k], q[k]); }}\n"
        for _ in range(2 + self.choices.below(10)):
            self.element()
        steps = list(self.steps)
        # Own numbers of the qubits: those of the data, their partners, the free ones.
        moved = [Step(s.matrix, tuple(n if n < DATA else n + DATA for n in s.qubits)) for s in steps]
        start: list[Step] = []
        if not is_known:
            for n in range(DATA):
                start.append(Step(unitary("QH", ()), (DATA + n,)))
                start.append(Step(unitary("QCX", ()), (DATA + n, n)))
        return Circuit(text + "\n".join(self.lines) + "\n}\n", (*start, *moved), 2 * DATA + 1)


# -- states


def applied(array: Matrix, made: Matrix, axes: Sequence[int]) -> Matrix:
    """A matrix on some axes of a tensor; the first qubit is the lowest bit of the matrix."""
    count = len(axes)
    tensor = made.reshape((2,) * (2 * count))
    # The highest bit comes first in the matrix.
    order = list(axes)[::-1]
    found = np.tensordot(tensor, array, axes=(range(count, 2 * count), order))
    return np.asarray(np.moveaxis(found, range(count), order))


def density(steps: Sequence[Step], count: int, kept: int) -> Matrix:
    """The state of the first qubits after some steps, from |0…0⟩ on."""
    rho = np.zeros((2,) * (2 * count), dtype=complex)
    rho[(0,) * (2 * count)] = 1
    for step in steps:
        columns = [qubit + count for qubit in step.qubits]
        if step.matrix is not None:
            rho = applied(applied(rho, step.matrix, step.qubits), step.matrix.conj(), columns)
            continue
        parts = [np.array([[1, 0], [0, 0]], complex), np.array([[0, 1], [0, 0]], complex)]
        rho = sum(applied(applied(rho, part, step.qubits), part, columns) for part in parts)
    for _ in range(count - kept):
        rho = np.trace(rho, axis1=rho.ndim // 2 - 1, axis2=rho.ndim - 1)
    return rho.reshape(1 << kept, 1 << kept)


def vector(steps: Sequence[Step], count: int) -> Matrix:
    """The vector that some steps without resets make of |0…0⟩."""
    found = np.zeros((2,) * count, dtype=complex)
    found[(0,) * count] = 1
    for step in steps:
        assert step.matrix is not None
        found = applied(found, step.matrix, step.qubits)
    return found


def recorded(made: ObjectFile) -> tuple[list[Step], int]:
    """The steps that a program does, with its qubits numbered in the order of their handles; how many there are."""
    machine = Machine(made, engine="interp", seed=1)
    assert machine.quantum is not None
    tape = machine.quantum.start_tape()
    outcome = machine.run()
    assert outcome.trap is None, outcome.trap
    tape.catch_up()
    numbers = _numbers([step.qubits for step in tape.steps])
    steps = []
    for step in tape.steps:
        qubits = tuple(numbers[handle] for handle in step.qubits)
        if step.code == RESET:
            steps.append(Step(None, qubits))
        elif step.code != BARRIER:
            steps.append(Step(unitary(BY_CODE[step.code].name, step.angles), qubits))
    count = max((qubit + 1 for step in steps for qubit in step.qubits), default=0)
    return steps, max(count, 2 * DATA)


def _numbers(uses: Sequence[tuple[int, ...]]) -> dict[int, int]:
    """Numbers of qubits by their handles. Those that are given back before another one comes share a number: they must
    be |0⟩ then, or the other one is not."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for at, handles in enumerate(uses):
        for handle in handles:
            first.setdefault(handle, at)
            last[handle] = at
    found = {handle: handle - 1 for handle in first if handle <= 2 * DATA}
    ends: list[int] = []
    for handle in sorted((one for one in first if one > 2 * DATA), key=first.__getitem__):
        free = next((place for place, end in enumerate(ends) if end < first[handle]), len(ends))
        ends[free : free + 1] = [last[handle]]
        found[handle] = 2 * DATA + free
    return found
