"""Random programs whose outcomes decide what follows, and exact distributions: of a program, and of circuits that it is
exported to. Both by branching at every outcome; the simulators are apart from each other."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import XGate

from vm.bytecode import ObjectFile
from vm.circuit.items import Circuit
from vm.circuit.values import Depends
from vm.machine import Machine

Records = tuple[tuple[str, int | float], ...]
_SMALL = 1e-9


# -- a program's own distribution


class Branching:
    """Decides the outcomes of one run by a list, and then 0; keeps what else could have been."""

    shots = 1

    def __init__(self, given: list[int]) -> None:
        self.given = given
        self.taken: list[int] = []
        self.weight = 1.0

    def draw(self, one: float, ones: int | None = None) -> int:
        outcome = self.given[len(self.taken)] if len(self.taken) < len(self.given) else 0
        self.taken.append(outcome)
        self.weight *= one if outcome else 1 - one
        return outcome

    def begin(self) -> None: ...
    def end(self) -> None: ...
    def check(self) -> None: ...
    def keep(self) -> None: ...
    def refuse(self, what: str) -> None: ...


def own(program: ObjectFile) -> dict[Records, float]:
    """How likely each list of records is."""
    found: dict[Records, float] = {}
    waiting: list[list[int]] = [[]]
    while waiting:
        given = waiting.pop()
        machine = Machine(program, engine="interp", seed=1, max_instructions=100_000)
        branching = Branching(given)
        machine.stand_for_many(branching)  # type: ignore[arg-type]
        outcome = machine.run()
        assert outcome.trap is None, outcome.trap
        for place in range(len(given), len(branching.taken)):
            waiting.append([*branching.taken[:place], 1])
        key = tuple(machine.records)
        found[key] = found.get(key, 0.0) + branching.weight
    return found


# -- the distribution of a circuit of Qiskit


def outcomes(made: QuantumCircuit) -> dict[int, float]:
    """How likely each value of the bits is."""
    state = np.zeros(1 << made.num_qubits, dtype=complex)
    state[0] = 1
    places = {bit: place for place, bit in enumerate(made.clbits)}
    found: dict[int, float] = {}
    for value, rest in _run(made, list(range(made.num_qubits)), list(made.clbits), places, 0, state):
        found[value] = found.get(value, 0.0) + float(np.vdot(rest, rest).real)
    return {value: weight for value, weight in found.items() if weight > _SMALL}


def _run(
    made: QuantumCircuit, qubits: list[int], bits: list[Any], places: Mapping[Any, int], value: int, state: Any
) -> Iterator[tuple[int, Any]]:
    """Ends of a circuit: bits, and the state with the weight as its norm."""
    branches = [(value, state)]
    for item in made.data:
        operation = item.operation
        on = [qubits[made.find_bit(qubit).index] for qubit in item.qubits]
        classical = [bits[made.find_bit(bit).index] for bit in item.clbits]
        after = []
        for known, psi in branches:
            if operation.name == "barrier":
                after.append((known, psi))
            elif operation.name == "measure":
                for one in (0, 1):
                    place = places[classical[0]]
                    after.append(((known & ~(1 << place)) | one << place, _projected(psi, on[0], one)))
            elif operation.name == "reset":
                after.append((known, _projected(psi, on[0], 0)))
                after.append((known, _applied(XGate().to_matrix(), on, _projected(psi, on[0], 1))))
            elif operation.name == "if_else":
                block = operation.blocks[0] if _holds(operation.condition, known, places) else None
                if block is None and len(operation.blocks) > 1:
                    block = operation.blocks[1]
                after += [(known, psi)] if block is None else _run(block, on, classical, places, known, psi)
            else:
                after.append((known, _applied(operation.to_matrix(), on, psi)))
        branches = [(known, psi) for known, psi in after if np.vdot(psi, psi).real > _SMALL]
    yield from branches


def _holds(condition: Any, known: int, places: Mapping[Any, int]) -> bool:
    if not isinstance(condition, tuple):
        # An expression: a bit, or one that is not.
        from qiskit.circuit.classical import expr

        if isinstance(condition, expr.Unary):
            return not _holds(condition.operand, known, places)
        return bool(known >> places[condition.var] & 1)
    left, value = condition
    if hasattr(left, "__len__"):
        return sum((known >> places[bit] & 1) << index for index, bit in enumerate(left)) == value
    return (known >> places[left] & 1) == value


def _projected(state: Any, qubit: int, value: int) -> Any:
    rows = np.arange(len(state)) >> qubit & 1
    return np.where(rows == value, state, 0)


def _applied(matrix: Any, qubits: list[int], state: Any) -> Any:
    count = len(state).bit_length() - 1
    axes = [count - 1 - qubit for qubit in reversed(qubits)]
    moved = np.moveaxis(state.reshape((2,) * count), axes, range(len(axes)))
    result = (matrix @ moved.reshape(len(matrix), -1)).reshape(moved.shape)
    return np.moveaxis(result, range(len(axes)), axes).reshape(-1)


def recorded(circuit: Circuit, weights: Mapping[int, float]) -> dict[Records, float]:
    """How likely each list of records is, by the bits of a circuit."""
    assert circuit.records is not None
    found: dict[Records, float] = {}
    for value, weight in weights.items():
        key = []
        for name, record in circuit.records:
            if isinstance(record, Depends):
                if record.table is not None:
                    number: int | float = record.at({bit: value >> bit & 1 for bit in record.bits})
                else:
                    assert record.lanes is not None
                    number = sum((value >> bit & 1) << place for place, bit in enumerate(record.lanes) if bit >= 0)
            else:
                number = record
            key.append((name, number))
        found[tuple(key)] = found.get(tuple(key), 0.0) + weight
    return found


def differ(first: Mapping[Records, float], second: Mapping[Records, float]) -> float:
    """Greatest difference of two distributions."""
    return max((abs(first.get(key, 0.0) - second.get(key, 0.0)) for key in {*first, *second}), default=0.0)


# -- random programs


class Maker:
    """Makes one program: r4 to r9 and words of memory hold outcomes and what is computed of them."""

    def __init__(self, rng: random.Random, qubits: int = 3) -> None:
        self.rng = rng
        self.qubits = qubits
        self.lines: list[str] = []
        self.labels = 0
        self.measured = 0
        self.subroutines: list[list[str]] = []

    def do(self, *lines: str) -> None:
        self.lines += [f"    {line}" for line in lines]

    def label(self) -> str:
        self.labels += 1
        return f"@l{self.labels}"

    def register(self) -> str:
        return f"r{self.rng.randint(4, 9)}"

    def qubit(self) -> str:
        return str(self.rng.randint(1, self.qubits))

    def gate(self) -> None:
        rng = self.rng
        kind = rng.randrange(5)
        if kind == 0:
            self.do(f"QH {self.qubit()}")
        elif kind == 1:
            self.do(f"QRY {self.qubit()}, {rng.uniform(0.3, 2.8):.3f}")
        elif kind == 2:
            a, b = rng.sample(range(1, self.qubits + 1), 2)
            self.do(f"{rng.choice(['QCX', 'QCZ', 'QCH'])} {a}, {b}")
        elif kind == 3:
            self.do(f"QX {self.qubit()}")
        else:
            self.do(f"QRX {self.qubit()}, {rng.uniform(0.3, 2.8):.3f}")

    def measure(self) -> None:
        if self.measured >= 6:
            self.gate()
            return
        self.measured += 1
        register = self.register()
        self.do(f"QMEAS {register}, {self.qubit()}")
        if self.rng.random() < 0.5:
            self.do(f"QSTORE {register}, [words+{8 * self.rng.randrange(4)}]")

    def compute(self) -> None:
        rng = self.rng
        a, b, d = self.register(), self.register(), self.register()
        kind = rng.randrange(7)
        if kind == 0:
            self.do(f"{rng.choice(['QXOR', 'QADD', 'QOR', 'QAND', 'QSUB'])} {d}, {a}, {b}", f"QAND {d}, 3")
        elif kind == 1:
            self.do(f"QLOAD {d}, [words+{8 * rng.randrange(4)}]", f"QAND {d}, 3")
        elif kind == 2:
            self.do(f"QSTORE {a}, [words+{8 * rng.randrange(4)}]")
        elif kind == 3:
            self.do(f"QSEL {d}, {a}, {b}, {rng.randint(0, 3)}")
        elif kind == 4:
            self.do(f"QAND r1, {a}, 3", "QSHL r1, 3", "QADD r1, table", f"QLOAD {d}, [r1]")
        elif kind == 5:
            self.do(f"QPUSH {a}", f"QXOR {b}, {a}, 1", f"QAND {b}, 3", f"QPOP {d}")
        else:
            self.do(f"QAND r1, {a}, 3", "QSHL r1, 3", "QADD r1, words", f"QSTORE {b}, [r1]")

    def acts_by_outcome(self) -> None:
        rng = self.rng
        a = self.register()
        if rng.random() < 0.5:
            self.do(f"QAND r1, {a}, 1", f"QADD r1, {rng.randint(1, self.qubits - 1)}", "QX r1")
        else:
            self.do(f"QFLOAT r1, {a}", f"QMUL r1, {rng.uniform(0.3, 1.5):.3f}", f"QRY {self.qubit()}, r1")

    def decide(self, depth: int) -> None:
        rng = self.rng
        other, end = self.label(), self.label()
        jump = rng.choice(["QJEQ", "QJNE", "QJLT", "QJGE"])
        self.do(f"{jump} {self.register()}, {rng.choice(['0', '1', '1', '2', self.register()])}, {other}")
        self.block(depth + 1)
        if rng.random() < 0.5:
            self.do(f"QJMP {end}")
            self.lines.append(f"{other}:")
            self.block(depth + 1)
        else:
            self.lines.append(f"{other}:")
        self.lines.append(f"{end}:")

    def loop(self) -> None:
        """As often as an outcome says."""
        again, end = self.label(), self.label()
        self.do(f"QAND r2, {self.register()}, 1", f"QADD r2, {self.rng.randint(0, 1)}")
        self.lines.append(f"{again}:")
        self.do(f"QJLE r2, 0, {end}", "QSUB r2, 1")
        self.gate()
        self.do(f"QJMP {again}")
        self.lines.append(f"{end}:")

    def block(self, depth: int) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        rng = self.rng
        kind = rng.choices(range(9), [5, 3, 4, 2, 3 if depth < 2 else 0, 1, 1, 1 if depth == 0 else 0, 0.4])[0]
        if kind == 0:
            self.gate()
        elif kind == 1:
            self.measure()
        elif kind == 2:
            self.compute()
        elif kind == 3:
            self.acts_by_outcome()
        elif kind == 4:
            self.decide(depth)
        elif kind == 5:
            self.loop()
        elif kind == 6:
            self.do(f"QRESET {self.qubit()}")
        elif kind == 7:
            self.call()
        else:
            self.early()

    def call(self) -> None:
        """A subroutine that may return early."""
        outer, self.lines = self.lines, []
        self.decide(1)
        end = self.label()
        self.do(f"QJNE {self.register()}, 1, {end}", "QRET")
        self.lines.append(f"{end}:")
        self.gate()
        body, self.lines = self.lines, outer
        self.subroutines.append([f"sub{len(self.subroutines)}:", *body, "    QRET"])
        self.do(f"QCALL sub{len(self.subroutines) - 1}")

    def early(self) -> None:
        """Ends the program for some outcomes."""
        end = self.label()
        self.do(f"QJNE {self.register()}, 1, {end}", "QCALL result", "QHALT")
        self.lines.append(f"{end}:")

    def program(self) -> str:
        self.do(f"QALLOC r0, {self.qubits}", *(f"QMOV r{register}, 0" for register in range(4, 10)))
        for _ in range(3):
            self.gate()
        self.measure()
        for _ in range(self.rng.randint(3, 9)):
            self.statement(0)
        self.do("QCALL result", "QHALT")
        # Labels that begin with @ belong to the routine: subroutines have their own.
        main, self.lines = self.lines, []
        self.lines.append("result:")
        for register in range(4, 8):
            self.do(f"QMOV r0, name{register}", f"QMOV r1, r{register}", "QSYSCALL 14")
        self.do("QRET")
        text = ["main:", *main, *self.lines]
        for subroutine in self.subroutines:
            text += subroutine
        data = [".data", "words: .space 32", "table: .qword 2, 0, 3, 1"]
        data += [f'name{register}: .asciz "r{register}"' for register in range(4, 8)]
        return "\n".join([*text, *data, ""])


def program(rng: random.Random) -> str:
    """A program in QBC."""
    return Maker(rng).program()
