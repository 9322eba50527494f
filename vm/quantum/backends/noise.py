"""Noise of a simulated device: channels after each gate, and wrong readings.

``--noise depolarizing=0.01,readout=0.02``, or a JSON file: the same as an object (a value may be an object too, by
number of qubits or by gate), or what Aer's ``NoiseModel.to_dict(serializable=True)`` gives, as far as it holds for all
qubits."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from vm import install
from vm.files import read_regular
from vm.isa import BY_NAME
from vm.quantum.gates import GATES, MEASURING, RESETTING, SIGMA

_LARGEST: Final = 16 << 20
"""Bytes of a file."""
_CHANNELS: Final = ("depolarizing", "bit_flip", "phase_flip", "amplitude_damping", "phase_damping")
KINDS: Final = (*_CHANNELS, "readout")
"""Names of every kind of noise."""
_DAMPING: Final = ("amplitude_damping", "phase_damping")
"""Those that are not mixtures of gates."""
_NAMED: Final = {BY_NAME["QCH"][0].code: "ch", BY_NAME["QW"][0].code: "w", SIGMA: "rx"}
_OTHERS: Final = {MEASURING: "measure", RESETTING: "reset"}
"""What is not a gate: it has noise only where its name is given."""
_NAMES: Final = {code: _NAMED.get(code, gate.method) for code, gate in GATES.items()} | _OTHERS
"""Qiskit's name of each gate; ``w`` for ``QW``."""
_ERRORS: Final = frozenset(("id", "x", "y", "z", "pauli", "kraus", "unitary", "reset"))
"""Instructions of an error in Aer's form."""


@dataclass(frozen=True)
class _Rule:
    """A channel, and the gates that it follows."""

    channel: str
    """One of the names above, or ``aer``."""
    rates: Mapping[str, float]
    """By gate, by number of a gate's qubits, or for all gates under an empty name: what is said of less counts."""
    content: str = ""
    """Of Aer's form: the error as JSON."""

    def rate(self, code: int) -> float:
        """After a gate; 0 where it does not follow."""
        names = (_NAMES[code],) if code in _OTHERS else (_NAMES[code], str(GATES[code].qubits), "")
        return next((self.rates[name] for name in names if name in self.rates), 0.0)


@dataclass(frozen=True)
class Noise:
    """What goes wrong."""

    rules: tuple[_Rule, ...]
    readout: tuple[float, float] = (0.0, 0.0)
    """Probabilities to read 1 where it is 0, and 0 where it is 1."""

    @property
    def _has_kraus(self) -> bool:
        """Whether a channel has Kraus operators. Where a method draws, Aer turns all others of the circuit into such
        then, and fails at some ("Something went wrong in heevx call"): they are turned here."""
        return any(rule.channel in _DAMPING or '"kraus"' in rule.content for rule in self.rules)

    def concerns(self, code: int) -> bool:
        """Tell whether there are channels after a gate, before a measurement or after a reset."""
        return any(rule.rate(code) for rule in self.rules)

    def channels(self, code: int, *, is_drawn: bool = False) -> list[tuple[Any, tuple[int, ...]]]:
        """Qiskit's instructions for after a gate, and which of the gate's qubits each takes. ``is_drawn``: they are for
        a method that draws one course of events."""
        found = []
        count = _count(code)
        for rule in self.rules:
            if rate := rule.rate(code):
                instruction = _instruction(rule.channel, rate, rule.content, count)
                if is_drawn and self._has_kraus:
                    instruction = _kraus(rule.channel, rate, rule.content, count)
                if instruction.num_qubits == count:
                    found.append((instruction, tuple(range(count))))
                else:
                    found += [(instruction, (place,)) for place in range(count)]
        return found


def _count(code: int) -> int:
    """Return the number of a gate's qubits; a measurement and a reset have one."""
    return 1 if code in _OTHERS else GATES[code].qubits


@lru_cache(maxsize=1024)
def _instruction(channel: str, rate: float, content: str, count: int) -> Any:
    """A channel on one qubit, or on all ``count`` of a gate."""
    from qiskit_aer.noise import amplitude_damping_error, depolarizing_error, pauli_error, phase_damping_error

    if channel == "aer":
        return _of_aer(json.loads(content)).to_instruction()
    makers: dict[str, Callable[[], Any]] = {
        "depolarizing": lambda: depolarizing_error(rate, count),
        "bit_flip": lambda: pauli_error([("X", rate), ("I", 1 - rate)]),
        "phase_flip": lambda: pauli_error([("Z", rate), ("I", 1 - rate)]),
        "amplitude_damping": lambda: amplitude_damping_error(rate),
        "phase_damping": lambda: phase_damping_error(rate),
    }
    return makers[channel]().to_instruction()


@lru_cache(maxsize=1024)
def _kraus(channel: str, rate: float, content: str, count: int) -> Any:
    """A channel by its Kraus operators, the most probable first: they are tried in that order."""
    import numpy as np
    from qiskit.quantum_info import Kraus, SuperOp

    operators = Kraus(SuperOp(_instruction(channel, rate, content, count))).data
    return Kraus(sorted(operators, key=lambda operator: -float(np.linalg.norm(operator)))).to_instruction()


def _of_aer(data: Mapping[str, Any]) -> Any:
    """A ``QuantumError`` from its dictionary. Raises :class:`ValueError` and its like for what makes no sense."""
    import numpy as np
    from qiskit.circuit import Reset
    from qiskit.circuit.library import IGate, PauliGate, UnitaryGate, XGate, YGate, ZGate
    from qiskit.quantum_info import Kraus
    from qiskit_aer.noise import QuantumError

    def matrix(pairs: Any) -> Any:
        array = np.array(pairs, float)
        return array[..., 0] + 1j * array[..., 1]

    makers: dict[str, Callable[[Any], Any]] = {
        "id": lambda params: IGate(),
        "x": lambda params: XGate(),
        "y": lambda params: YGate(),
        "z": lambda params: ZGate(),
        "reset": lambda params: Reset(),
        "pauli": lambda params: PauliGate(params[0]),
        "unitary": lambda params: UnitaryGate(matrix(params[0])),
        "kraus": lambda params: Kraus([matrix(one) for one in params]).to_instruction(),
    }
    parts = []
    for circuit, weight in zip(data["instructions"], data["probabilities"], strict=True):
        steps = [(makers[step["name"]](step.get("params", [])), list(step["qubits"])) for step in circuit]
        parts.append((steps, float(weight)))
    return QuantumError(parts)


def parse(text: str) -> Noise:
    """What ``--noise`` says: ``NAME=RATE,…`` or the name of a file. Raises :class:`ValueError` with a line that says
    what is wrong, and :class:`OSError`."""
    if "=" in text and not Path(text).exists():
        data: dict[str, Any] = {}
        for part in text.split(","):
            name, equals, rate = part.partition("=")
            if name.strip() in data:
                raise ValueError(f"--noise: '{name.strip()}' is given twice")
            try:
                data[name.strip()] = float(rate)
            except ValueError:
                raise ValueError(f"'{part}' is no noise: write NAME=RATE, as depolarizing=0.01") from None
            if not equals:
                raise ValueError(f"'{part}' is no noise: write NAME=RATE, as depolarizing=0.01")
        return _own(data, "--noise")
    if not Path(text).is_file() and (not text.strip() or text.strip() in KINDS or _is_number(text)):
        rate = text.strip() if _is_number(text) else "0.01"
        name = text.strip() if text.strip() in KINDS else "depolarizing"
        raise ValueError(f"--noise: '{text}' is not of the form NAME=RATE: write {name}={rate}")
    return _file(Path(text))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _file(path: Path) -> Noise:
    name = f"'{path.name}'"
    content = read_regular(path, _LARGEST)
    if len(content) > _LARGEST:
        raise ValueError(f"{name} is larger than {_LARGEST >> 20} MiB: that is no noise model")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError(f"{name} is no JSON") from None
    if not isinstance(data, dict):
        raise ValueError(f'{name} holds no object: a noise model is one, as {{"depolarizing": 0.01}}')
    return _aer(data, name) if "errors" in data else _own(data, name)


def _rate(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1 or math.isnan(value):
        raise ValueError(f"{what}: {str(value)[:40]} is no probability: it is from 0 to 1")
    return float(value)


def _own(data: Mapping[str, Any], source: str) -> Noise:
    rules = []
    readout = (0.0, 0.0)
    for name, value in data.items():
        if name == "readout":
            if isinstance(value, list) and len(value) == 2:
                readout = (_rate(value[0], "readout"), _rate(value[1], "readout"))
            else:
                rate = _rate(value, "readout")
                readout = (rate, rate)
        elif name not in _CHANNELS:
            raise ValueError(f"{source}: no noise '{name}': there are {', '.join(KINDS)}")
        elif isinstance(value, dict):
            known = {*_NAMES.values(), "1", "2", "3"}
            for gate in value:
                if gate not in known:
                    gates = ", ".join(sorted(known))
                    raise ValueError(f"{source}: {name}: no gate '{gate}': there are {gates}")
            rules.append(_Rule(name, {gate: _rate(rate, f"{name} of {gate}") for gate, rate in value.items()}))
        else:
            rules.append(_Rule(name, {"": _rate(value, name)}))
    return Noise(tuple(rule for rule in rules if any(rule.rates.values())), readout)


def _aer(data: Mapping[str, Any], source: str) -> Noise:
    """Aer's own form."""
    rules = []
    readout = (0.0, 0.0)
    errors = data["errors"]
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        raise ValueError(f"{source}: 'errors' is no list of objects")
    for number, error in enumerate(errors):
        where = f"{source}: error {number}"
        if error.get("gate_qubits"):
            raise ValueError(
                f"{where} is of particular qubits; a program's qubits have no fixed places: give it to all"
            )
        if error.get("type") == "roerror":
            readout = _aer_readout(error, where)
            continue
        if error.get("type") != "qerror":
            raise ValueError(f"{where} has the type {str(error.get('type'))[:40]!r}; there are qerror and roerror")
        unknown = {str(step.get("name")) for circuit in _circuits(error, where) for step in circuit} - _ERRORS
        if unknown:
            raise ValueError(f"{where}: '{min(unknown)}' cannot be in an error: {', '.join(sorted(_ERRORS))} can")
        try:
            qubits = _of_aer(error).num_qubits
        except ImportError as missing:
            raise ValueError(
                f"{source} is a noise model of Aer, which is not installed ({missing}): {install.advice('quantum')}"
            ) from None
        except Exception as wrong:
            # Whatever Qiskit says of numbers that make no channel.
            line = str(wrong).partition("\n")[0].strip("'\"")
            raise ValueError(f"{where} is no channel: {line}") from None
        named = error.get("operations")
        if not isinstance(named, list):
            raise ValueError(f"{where}: 'operations' is no list of gates")
        # What is of gates that there are not here has nothing to follow.
        gates = {name: 1.0 for code, name in _NAMES.items() if name in named and qubits in (1, _count(code))}
        if gates:
            rules.append(_Rule("aer", gates, json.dumps(error)))
    if errors and not rules and not any(readout):
        raise ValueError(f"{source}: none of its errors is of a gate that programs have, or of reading")
    return Noise(tuple(rules), readout)


def _circuits(error: Mapping[str, Any], where: str) -> list[list[Mapping[str, Any]]]:
    circuits = error.get("instructions")
    if isinstance(circuits, list) and all(
        isinstance(circuit, list) and all(isinstance(step, dict) for step in circuit) for circuit in circuits
    ):
        return circuits
    raise ValueError(f"{where}: 'instructions' is no list of circuits")


def _aer_readout(error: Mapping[str, Any], where: str) -> tuple[float, float]:
    rows = error.get("probabilities")
    if not (isinstance(rows, list) and len(rows) == 2 and all(isinstance(row, list) and len(row) == 2 for row in rows)):
        raise ValueError(f"{where}: a wrong reading is of one qubit: two rows of two probabilities")
    return _rate(rows[0][1], where), _rate(rows[1][0], where)
