"""What the language brings: one table for the checker, the lowering and the reference.

Letters of a signature: ``i`` int, ``f`` float, ``b`` bool, ``n`` a number (the result's kind is that of the arguments),
``v`` a scalar, ``q`` a qubit, ``Q`` a qubit or an array of them, ``A`` an array, ``s`` a string literal, ``t`` a string
literal with values in braces, ``p`` a string of Paulis; behind ``?`` arguments may be left out. The result follows
``:``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from vm.isa import BY_NAME, OPS, OUTPUT_BUFFER, QUANTUM

_TYPES: Final = {
    "": "", "i": "int", "f": "float", "b": "bool", "n": "number", "v": "scalar", "q": "qubit", "Q": "qubits",
    "A": "[T]", "B": "[byte]", "s": "text", "t": "format", "p": "Paulis",
}  # fmt: skip
"""Letters of signatures in words, which the reference explains."""
_RESULTS: Final = {"m": "bool or int", "h": "[(int, int)]", "Q": "[qubit]"}


@dataclass(frozen=True, slots=True)
class Builtin:
    """One row."""

    name: str
    signature: str
    effect: str
    """Why it is no pure calculation; empty if it is one."""
    what: str
    """One line for the reference and the editor."""
    mnemonic: str = ""
    """The instruction that does it, where one does."""
    is_gate: bool = False

    @property
    def params(self) -> str:
        """Letters of the arguments."""
        return self.signature.partition(":")[0]

    @property
    def result(self) -> str:
        """Letter of the result; empty for nothing."""
        return self.signature.partition(":")[2]

    @property
    def qubits(self) -> int:
        """Of a gate, its qubits: they come first."""
        return self.params.count("q")

    @property
    def parameters(self) -> list[str]:
        """The arguments in words: name and type, a question mark behind those that may be left out."""
        before, _, optional = self.params.partition("?")
        types = [*(_TYPES[letter] for letter in before), *(f"{_TYPES[letter]}?" for letter in optional)]
        named = BY_NAME[self.mnemonic][0].named.split() if self.is_gate else []
        return [f"{name}: {type}" for name, type in zip(named or "abcdef", types, strict=False)]

    @property
    def gives(self) -> str:
        """The result in words; empty for nothing."""
        return _RESULTS.get(self.result) or _TYPES[self.result]


_FUNCTIONS: Final = (
    # numbers
    ("int", "v:i", "", "the whole part of a number; 1 for true", "QINT"),
    ("float", "v:f", "", "a number as a float", "QFLOAT"),
    ("bool", "v:b", "", "whether a number is not 0", ""),
    ("abs", "n:n", "", "the absolute value", "QABS"),
    ("min", "nn:n", "", "the lesser", "QMIN"),
    ("max", "nn:n", "", "the greater", "QMAX"),
    ("sqrt", "f:f", "", "the square root", "QSQRT"),
    ("sin", "f:f", "", "the sine of radians", "QSIN"),
    ("cos", "f:f", "", "the cosine of radians", "QCOS"),
    ("tan", "f:f", "", "the tangent of radians", "QTAN"),
    ("asin", "f:f", "", "the arc sine", "QASIN"),
    ("acos", "f:f", "", "the arc cosine", "QACOS"),
    ("atan", "f:f", "", "the arc tangent", "QATAN"),
    ("atan2", "ff:f", "", "the angle of the point (b, a)", "QATAN2"),
    ("sinh", "f:f", "", "the hyperbolic sine", "QSINH"),
    ("cosh", "f:f", "", "the hyperbolic cosine", "QCOSH"),
    ("tanh", "f:f", "", "the hyperbolic tangent", "QTANH"),
    ("exp", "f:f", "", "e to a power", "QEXP"),
    ("log", "f:f", "", "the natural logarithm", "QLOG"),
    ("pow", "ff:f", "", "a to the power b", "QPOW"),
    ("fma", "fff:f", "", "a × b + c, rounded once", "QFMA"),
    ("floor", "f:f", "", "the greatest whole number not above", "QFLOOR"),
    ("ceil", "f:f", "", "the least whole number not below", "QCEIL"),
    ("round", "f:f", "", "the nearest whole number, ties to even", "QROUND"),
    ("trunc", "f:f", "", "the whole part", "QTRUNC"),
    ("popcount", "i:i", "", "the number of one bits", "QPOPCNT"),
    ("clz", "i:i", "", "zero bits above the highest one", "QCLZ"),
    ("ctz", "i:i", "", "zero bits below the lowest one", "QCTZ"),
    ("rotl", "ii:i", "", "rotated left", "QROL"),
    ("rotr", "ii:i", "", "rotated right", "QROR"),
    ("rotl32", "ii:i", "", "the low 32 bits rotated left, the others 0", "QROLW"),
    ("rotr32", "ii:i", "", "the low 32 bits rotated right, the others 0", "QRORW"),
    ("shr", "ii:i", "", "shifted right, zeros enter", "QSHR"),
    ("udiv", "ii:i", "", "divided as unsigned numbers", "QDIVU"),
    ("umod", "ii:i", "", "the remainder of unsigned numbers", "QMODU"),
    ("mulhi", "ii:i", "", "the high 64 bits of the product", "QMULH"),
    ("bits", "f:i", "", "the bits of a float", "QBITS"),
    ("from_bits", "i:f", "", "the float of these bits", "QFBITS"),
    ("len", "A:i", "", "the number of elements", ""),
    # the world
    ("print", "t", "prints", "the text and a line break", ""),
    ("write", "t", "prints", "the text", ""),
    ("write_bytes", "B", "prints", "these bytes", ""),
    (
        "read_line",
        "B:i",
        "reads a line",
        "puts a line of input and a 0 into the bytes: its length, -1 at the end",
        "",
    ),
    ("record", "sv", "records", "a value of the run, under a name", ""),
    ("assert", "b?s", "stops the program", "a trap with this text unless the condition holds", ""),
    ("halt", "?i", "stops the program", "the end, with this status", ""),
    ("time", ":i", "reads the clock", "Unix time in µs", ""),
    ("clock", ":i", "reads the clock", "monotonic time in ns", ""),
    ("random", ":f", "draws a random number", "a random float in [0, 1)", ""),
    ("random_bits", ":i", "draws a random number", "64 random bits", ""),
    ("arguments", ":i", "reads the arguments", "the number of arguments of the run", ""),
    ("argument", "in:n", "reads the arguments", "an argument, or b where there is none", ""),
    # qubits
    ("qubit", ":q", "makes qubits", "a new qubit in |0⟩, given back at the end of its scope", ""),
    ("qubits", "i:Q", "makes qubits", "so many new qubits in |0⟩", ""),
    ("measure", "Q:m", "measures", "the outcome: a bool, or an int of an array, its first qubit lowest", ""),
    ("reset", "Q", "resets a qubit", "back to |0⟩", ""),
    ("barrier", "Q", "orders gates", "nothing moves across", ""),
    ("sample", "Qi:h", "samples", "(value, count) pairs of so many shots; the qubits are |0⟩ then", ""),
    ("expect", "Qp:f", "measures", "the expectation of a string of Paulis; the state stays", ""),
    ("probability", "q:f", "looks at a state", "the probability of 1", "QPROB"),
    ("purity", "Q:f", "looks at a state", "Tr ρ² of these qubits", "QPURITY"),
    ("entropy", "Q:f", "looks at a state", "their entropy in bits", "QENTROPY"),
    ("concurrence", "qq:f", "looks at a state", "of two qubits", "QCONC"),
    ("w_fidelity", "qqq:f", "looks at a state", "the fidelity with the W state", "QFIDW"),
)
_ANGLES: Final = frozenset("θφλσ")
NO_GATES: Final = frozenset(
    {
        "QALLOC",
        "QFREE",
        "QRESET",
        "QMEAS",
        "QSAMPLE",
        "QEXPECT",
        "QBARRIER",
        "QPROB",
        "QPURITY",
        "QENTROPY",
        "QCONC",
        "QFIDW",
    }
)
"""Quantum instructions that are no gates."""


def _gates() -> list[Builtin]:
    """The gates of the instruction table, in lower case."""
    found = []
    for op in OPS:
        if op.group != QUANTUM or op.name in NO_GATES:
            continue
        names = op.named.split() or list("abc"[: len(op.letters)])
        letters = "".join("f" if name in _ANGLES else "q" for name in names)
        found.append(Builtin(op.name[1:].lower(), letters, "", op.effect, op.name, is_gate=True))
    return found


BUILTINS: Final = {row[0]: Builtin(*row) for row in _FUNCTIONS} | {gate.name: gate for gate in _gates()}
BUILTINS["σ"] = BUILTINS["sigma"]
CONSTANTS: Final[dict[str, Any]] = {
    "pi": math.pi,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
    "OUTPUT_BUFFER": OUTPUT_BUFFER,
}
"""Names of numbers."""
