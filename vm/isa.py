"""The instruction table: the one place that says what an instruction is.

The assembler, the disassembler, the verifier, the engines and the reference pages read
this table and add nothing to it. To add an instruction: one row here, one branch in each
engine, one line in the tests' model.

Operand letters, one per word of :attr:`Op.operands`:

====== ================================================ ===================
letter operand in the source                            slots in the object
====== ================================================ ===================
``d``  a register that is written                       register
``a``  a register or a constant that is read            register/constant
``m``  an address: ``[…]``, a register or a constant    base, offset (both read)
``l``  a label to go to                                 instruction index
``t``  a register that holds a code address             register
====== ================================================ ===================

A register/constant slot below :data:`REGISTERS` is that register; from there on it is an
index into the constant pool. So engines keep registers and constants in one array.

A mnemonic may have several rows (``QJMP l`` and ``QJMP t``); the operands choose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Final

ISA_VERSION: Final = (1, 1)
"""Major and minor version. A program made for another major version is refused."""

REGISTERS: Final = 16
"""Number of registers, ``r0`` to ``r15``."""

SLOTS: Final = 7
"""Operand slots of an encoded instruction; unused ones are 0."""

DATA_BASE: Final = 0x0010_0000
"""Address of the first byte of ``.data``."""

MEMORY_FLOOR: Final = 0x1000
"""Lowest valid address."""

MEMORY_SIZE: Final = 1 << 36
"""End of the address space (64 GiB); an access must end at or below it."""

OUTPUT_BUFFER: Final = 0x0000_0007_0000_0000
"""Where a program leaves its result for the host."""

CODE_BASE: Final = 0x4000_0000_0000_0000
"""Code addresses are ``CODE_BASE + instruction index``: outside memory, so that using one
as a data address traps."""

CALL_DEPTH: Final = 1_000_000
"""Returns that the call stack holds."""

STACK_DEPTH: Final = 4_000_000
"""Values that the value stack holds."""

INT: Final = 0
"""Kind of an integer."""

FLOAT: Final = 1
"""Kind of a float (IEEE double)."""

CANONICAL_NAN: Final = 0x7FF8_0000_0000_0000
"""The bits of every NaN that becomes visible."""

MOVE, ARITHMETIC, BITS, FLOATS = "move", "arithmetic", "bits", "float"
JUMPS, CALLS, SYSTEM, QUANTUM = "jumps", "calls", "system", "quantum"
GROUPS: Final = (MOVE, ARITHMETIC, BITS, FLOATS, JUMPS, CALLS, SYSTEM, QUANTUM)

KINDS: Final = {
    "any": "operands of either kind, carried along",
    "number": "integers; if an operand is a float, the others are converted and the result is a float",
    "integer": "integers only; a float traps",
    "float": "floats; an integer is converted to the nearest float; the result is a float",
    "compare": "numbers; if one is a float, the other is converted; the result is an integer",
    "address": "integers only in the address; a float traps",
    "bits": "a float only; an integer traps",
    "select": "a an integer (a float traps); b and c of either kind, carried along",
    "quantum": "qubits, numbers and addresses are integers (a float traps); of an angle, an integer is converted",
    "-": "no operands that have a kind",
}
"""What each value of :attr:`Op.kinds` says."""


@dataclass(frozen=True)
class Op:
    """One row: an instruction with one list of operands."""

    code: int
    """Number in object files. Never reused."""
    name: str
    """Mnemonic, upper case."""
    operands: str
    """Operand letters, separated by blanks."""
    group: str
    kinds: str
    """Rule for the operands' kinds, a key of :data:`KINDS`."""
    effect: str
    """One line: ``d ← a + b``."""
    traps: tuple[str, ...] = ()
    """Names of the traps it can raise (:data:`vm.trap.STATUS`), kinds aside."""
    short: bool = False
    """``op d, a`` stands for ``op d, d, a`` (or ``op d`` for ``op d, d``)."""
    listed: bool = False
    """Takes a comma list; each member is an instruction of its own."""
    optional: int | None = None
    """The constant that stands for a last operand left out."""
    aliases: tuple[str, ...] = ()
    named: str = ""
    """Names of the operands in :attr:`syntax`, separated by blanks, where ``d a b c`` would say little."""
    result: str = field(default="")
    """Kind of what it writes: ``int``, ``float``, ``same`` (as its operand), ``number``
    (float if an operand is), or empty when it writes no register."""

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """Operand letters as a tuple, one for each operand in the source."""
        return tuple(self.operands.split())

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """Slot letters: as :attr:`letters`, with ``m`` as two ``a``."""
        return tuple(slot for letter in self.letters for slot in ("aa" if letter == "m" else letter))

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The first slot of each operand."""
        return tuple(
            sum(2 if letter == "m" else 1 for letter in self.letters[:place]) for place in range(len(self.letters))
        )

    @cached_property
    def memory_slot(self) -> int | None:
        """First slot of the first address operand (the base; the offset follows), if there is one."""
        # Every letter before the first one takes one slot.
        return self.letters.index("m") if "m" in self.letters else None

    @property
    def syntax(self) -> str:
        """How it is written: ``QADD d, a, b``."""
        if self.named:
            return f"{self.name} {', '.join(self.named.split())}"
        names = {"a": iter("abc"), "d": iter("d"), "m": repeat("[…]"), "l": iter(("label",)), "t": iter("a")}
        return f"{self.name} {', '.join(next(names[x]) for x in self.letters)}".rstrip()

    @cached_property
    def reads(self) -> tuple[int, ...]:
        """Slots that are read."""
        return tuple(i for i, slot in enumerate(self.slots) if slot in "at")

    @cached_property
    def writes(self) -> tuple[int, ...]:
        """Slots that name a register which is written."""
        return tuple(i for i, slot in enumerate(self.slots) if slot == "d")


_ADDRESS = ("address", "memory")
_STACK = ("overflow", "underflow")
_QUBIT = ("quantum",)
_RUNS = ("quantum", "backend")
_TABLE = ("address", "memory", "quantum", "backend")

# Legend: code, mnemonic, operands, group, kinds, effect, then what differs from the defaults.
# One row a line, whatever its length: a table is read by its columns.
# fmt: off
OPS: Final[tuple[Op, ...]] = (
    # -- move
    Op(1, "QMOV", "d a", MOVE, "any", "d ← a", result="same"),
    Op(2, "QLOAD", "d m", MOVE, "address", "d ← 64-bit integer at the address", ("address",), result="int"),
    Op(3, "QLOADF", "d m", MOVE, "address", "d ← float at the address", ("address",), result="float"),
    Op(4, "QLOADB", "d m", MOVE, "address", "d ← byte at the address, zero-extended", ("address",), result="int"),
    Op(5, "QLOADH", "d m", MOVE, "address", "d ← 16 bits at the address, zero-extended", ("address",), result="int"),
    Op(6, "QLOADW", "d m", MOVE, "address", "d ← 32 bits at the address, zero-extended", ("address",), result="int"),
    Op(7, "QLOADSB", "d m", MOVE, "address", "d ← byte at the address, sign-extended", ("address",), result="int"),
    Op(8, "QLOADSH", "d m", MOVE, "address", "d ← 16 bits at the address, sign-extended", ("address",), result="int"),
    Op(9, "QLOADSW", "d m", MOVE, "address", "d ← 32 bits at the address, sign-extended", ("address",), result="int"),
    Op(10, "QSTORE", "a m", MOVE, "address", "64 bits at the address ← the bits of a", _ADDRESS),
    Op(11, "QSTOREB", "a m", MOVE, "integer", "byte at the address ← low 8 bits of a", _ADDRESS),
    Op(12, "QSTOREH", "a m", MOVE, "integer", "16 bits at the address ← low 16 bits of a", _ADDRESS),
    Op(13, "QSTOREW", "a m", MOVE, "integer", "32 bits at the address ← low 32 bits of a", _ADDRESS),
    Op(14, "QPUSH", "a", MOVE, "any", "push a on the value stack", ("overflow",), listed=True),
    Op(15, "QPOP", "d", MOVE, "any", "d ← the value popped off the value stack", ("underflow",), listed=True, result="same"),
    # -- arithmetic
    Op(16, "QADD", "d a a", ARITHMETIC, "number", "d ← a + b", short=True, result="number"),
    Op(17, "QSUB", "d a a", ARITHMETIC, "number", "d ← a - b", short=True, result="number"),
    Op(18, "QMUL", "d a a", ARITHMETIC, "number", "d ← a × b", short=True, result="number"),
    Op(19, "QDIV", "d a a", ARITHMETIC, "number", "d ← a ÷ b; of integers, floored", ("zero-division",), short=True, result="number"),
    Op(20, "QMOD", "d a a", ARITHMETIC, "number", "d ← a modulo b, with the sign of b", ("zero-division",), short=True, result="number"),
    Op(21, "QNEG", "d a", ARITHMETIC, "number", "d ← -a", short=True, result="number"),
    Op(22, "QABS", "d a", ARITHMETIC, "number", "d ← |a|", short=True, result="number"),
    Op(23, "QMIN", "d a a", ARITHMETIC, "number", "d ← the lesser of a and b", short=True, result="number"),
    Op(24, "QMAX", "d a a", ARITHMETIC, "number", "d ← the greater of a and b", short=True, result="number"),
    Op(25, "QDIVU", "d a a", ARITHMETIC, "integer", "d ← a ÷ b, unsigned", ("zero-division",), short=True, result="int"),
    Op(26, "QMODU", "d a a", ARITHMETIC, "integer", "d ← a modulo b, unsigned", ("zero-division",), short=True, result="int"),
    Op(27, "QMULH", "d a a", ARITHMETIC, "integer", "d ← high 64 bits of the signed product", short=True, result="int"),
    Op(28, "QMULHU", "d a a", ARITHMETIC, "integer", "d ← high 64 bits of the unsigned product", short=True, result="int"),
    # -- bits
    Op(29, "QAND", "d a a", BITS, "integer", "d ← a and b", short=True, result="int"),
    Op(30, "QOR", "d a a", BITS, "integer", "d ← a or b", short=True, result="int"),
    Op(31, "QXOR", "d a a", BITS, "integer", "d ← a exclusive-or b", short=True, result="int"),
    Op(32, "QSHL", "d a a", BITS, "integer", "d ← a shifted left by b mod 64", short=True, result="int"),
    Op(33, "QSHR", "d a a", BITS, "integer", "d ← a shifted right by b mod 64, zeros enter", short=True, result="int"),
    Op(34, "QSAR", "d a a", BITS, "integer", "d ← a shifted right by b mod 64, the sign enters", short=True, result="int"),
    Op(35, "QNOT", "d a", BITS, "integer", "d ← every bit of a inverted", short=True, result="int"),
    Op(36, "QROL", "d a a", BITS, "integer", "d ← a rotated left by b mod 64", short=True, result="int"),
    Op(37, "QROR", "d a a", BITS, "integer", "d ← a rotated right by b mod 64", short=True, result="int"),
    Op(38, "QPOPCNT", "d a", BITS, "integer", "d ← number of one bits in a", short=True, result="int"),
    Op(39, "QCLZ", "d a", BITS, "integer", "d ← zero bits above the highest one of a; 64 for 0", short=True, result="int"),
    Op(40, "QCTZ", "d a", BITS, "integer", "d ← zero bits below the lowest one of a; 64 for 0", short=True, result="int"),
    Op(41, "QBSWAP", "d a", BITS, "integer", "d ← the bytes of a in reverse order", short=True, result="int"),
    Op(42, "QROLW", "d a a", BITS, "integer", "d ← low 32 bits of a rotated left by b mod 32, zero-extended", short=True, result="int"),
    Op(43, "QRORW", "d a a", BITS, "integer", "d ← low 32 bits of a rotated right by b mod 32, zero-extended", short=True, result="int"),
    # -- float
    Op(44, "QFLOAT", "d a", FLOATS, "float", "d ← a as a float", short=True, result="float"),
    Op(45, "QINT", "d a", FLOATS, "any", "d ← a as an integer, truncated and saturated; NaN gives 0", short=True, result="int"),
    Op(46, "QFLOOR", "d a", FLOATS, "float", "d ← greatest whole number not above a", short=True, result="float"),
    Op(47, "QCEIL", "d a", FLOATS, "float", "d ← least whole number not below a", short=True, result="float"),
    Op(48, "QROUND", "d a", FLOATS, "float", "d ← nearest whole number, ties to even", short=True, result="float"),
    Op(49, "QTRUNC", "d a", FLOATS, "float", "d ← whole part of a", short=True, result="float"),
    Op(50, "QSQRT", "d a", FLOATS, "float", "d ← square root of a", short=True, result="float"),
    Op(51, "QSIN", "d a", FLOATS, "float", "d ← sine of a radians", short=True, result="float"),
    Op(52, "QCOS", "d a", FLOATS, "float", "d ← cosine of a radians", short=True, result="float"),
    Op(53, "QTAN", "d a", FLOATS, "float", "d ← tangent of a radians", short=True, result="float"),
    Op(54, "QASIN", "d a", FLOATS, "float", "d ← arc sine of a, radians", short=True, result="float"),
    Op(55, "QACOS", "d a", FLOATS, "float", "d ← arc cosine of a, radians", short=True, result="float"),
    Op(56, "QATAN", "d a", FLOATS, "float", "d ← arc tangent of a, radians", short=True, result="float"),
    Op(57, "QATAN2", "d a a", FLOATS, "float", "d ← angle of the point (b, a), radians", short=True, result="float"),
    Op(58, "QSINH", "d a", FLOATS, "float", "d ← hyperbolic sine of a", short=True, result="float"),
    Op(59, "QCOSH", "d a", FLOATS, "float", "d ← hyperbolic cosine of a", short=True, result="float"),
    Op(60, "QTANH", "d a", FLOATS, "float", "d ← hyperbolic tangent of a", short=True, result="float"),
    Op(61, "QEXP", "d a", FLOATS, "float", "d ← e to the power a", short=True, result="float"),
    Op(62, "QLOG", "d a", FLOATS, "float", "d ← natural logarithm of a", short=True, result="float"),
    Op(63, "QPOW", "d a a", FLOATS, "float", "d ← a to the power b", short=True, result="float"),
    Op(64, "QFMA", "d a a a", FLOATS, "float", "d ← a × b + c, rounded once", result="float"),
    Op(65, "QBITS", "d a", FLOATS, "bits", "d ← the bits of the float a as an integer", short=True, result="int"),
    Op(66, "QFBITS", "d a", FLOATS, "integer", "d ← the float whose bits are the integer a", short=True, result="float"),
    # -- jumps
    Op(67, "QJMP", "l", JUMPS, "-", "go to label"),
    Op(68, "QJMP", "t", JUMPS, "integer", "go to the code address a", ("jump",)),
    Op(69, "QJEQ", "a a l", JUMPS, "compare", "if a = b, go to label", aliases=("QJE",)),
    Op(70, "QJNE", "a a l", JUMPS, "compare", "if a ≠ b, go to label"),
    Op(71, "QJLT", "a a l", JUMPS, "compare", "if a < b, go to label"),
    Op(72, "QJLE", "a a l", JUMPS, "compare", "if a ≤ b, go to label"),
    Op(73, "QJGT", "a a l", JUMPS, "compare", "if a > b, go to label"),
    Op(74, "QJGE", "a a l", JUMPS, "compare", "if a ≥ b, go to label"),
    Op(75, "QJLTU", "a a l", JUMPS, "integer", "if a < b unsigned, go to label"),
    Op(76, "QJLEU", "a a l", JUMPS, "integer", "if a ≤ b unsigned, go to label"),
    Op(77, "QJGTU", "a a l", JUMPS, "integer", "if a > b unsigned, go to label"),
    Op(78, "QJGEU", "a a l", JUMPS, "integer", "if a ≥ b unsigned, go to label"),
    Op(79, "QSEQ", "d a a", JUMPS, "compare", "d ← 1 if a = b, else 0", result="int"),
    Op(80, "QSNE", "d a a", JUMPS, "compare", "d ← 1 if a ≠ b, else 0", result="int"),
    Op(81, "QSLT", "d a a", JUMPS, "compare", "d ← 1 if a < b, else 0", result="int"),
    Op(82, "QSLE", "d a a", JUMPS, "compare", "d ← 1 if a ≤ b, else 0", result="int"),
    Op(83, "QSEL", "d a a a", JUMPS, "select", "d ← b if a ≠ 0, else c", result="same"),
    # -- calls
    Op(84, "QCALL", "l", CALLS, "-", "call the subroutine at label", ("overflow",)),
    Op(85, "QCALL", "t", CALLS, "integer", "call the subroutine at the code address a", ("jump", "overflow")),
    Op(86, "QRET", "", CALLS, "-", "go back to the caller; with none, end with status 0"),
    Op(87, "QHALT", "a", CALLS, "integer", "end with the low eight bits of a as status", optional=0),
    # -- system
    Op(88, "QSYSCALL", "a", SYSTEM, "integer", "system call a", ("system-call",)),
    Op(89, "QNOP", "", SYSTEM, "-", "nothing"),
    Op(90, "QBRK", "", SYSTEM, "-", "stop in a debugger; nothing without one"),
    Op(91, "QTRAP", "a", SYSTEM, "any", "trap; shows a, or the text that a points at", ("trap",)),
    Op(92, "QASSERT", "a a", SYSTEM, "compare", "trap unless a = b", ("assert",)),
    # -- quantum: life
    Op(93, "QALLOC", "d a", QUANTUM, "quantum", "d ← the first of n new qubits in |0⟩, whose handles follow each other", _QUBIT, optional=1, named="d n", result="int"),
    Op(94, "QFREE", "a a", QUANTUM, "quantum", "give back the n qubits from q on", _RUNS, optional=1, named="q n"),
    Op(95, "QFREE", "m a", QUANTUM, "quantum", "give back the n qubits whose handles are at the address", ("address", *_RUNS), optional=1, named="[…] n"),
    Op(96, "QRESET", "a", QUANTUM, "quantum", "q ← |0⟩", _RUNS, named="q"),
    # -- quantum: one qubit
    Op(97, "QX", "a", QUANTUM, "quantum", "X on q", _QUBIT, named="q"),
    Op(98, "QY", "a", QUANTUM, "quantum", "Y on q", _QUBIT, named="q"),
    Op(99, "QZ", "a", QUANTUM, "quantum", "Z on q", _QUBIT, named="q"),
    Op(100, "QH", "a", QUANTUM, "quantum", "the Hadamard gate on q", _QUBIT, named="q"),
    Op(101, "QS", "a", QUANTUM, "quantum", "S = √Z on q", _QUBIT, named="q"),
    Op(102, "QSDG", "a", QUANTUM, "quantum", "S† on q", _QUBIT, named="q"),
    Op(103, "QT", "a", QUANTUM, "quantum", "T = √S on q", _QUBIT, named="q"),
    Op(104, "QTDG", "a", QUANTUM, "quantum", "T† on q", _QUBIT, named="q"),
    Op(105, "QSX", "a", QUANTUM, "quantum", "√X on q", _QUBIT, named="q"),
    Op(106, "QRX", "a a", QUANTUM, "quantum", "exp(-iθX/2) on q", _QUBIT, named="q θ"),
    Op(107, "QRY", "a a", QUANTUM, "quantum", "exp(-iθY/2) on q", _QUBIT, named="q θ"),
    Op(108, "QRZ", "a a", QUANTUM, "quantum", "exp(-iθZ/2) on q", _QUBIT, named="q θ"),
    Op(109, "QP", "a a", QUANTUM, "quantum", "the phase e^(iθ) on |1⟩ of q", _QUBIT, named="q θ"),
    Op(110, "QU", "a a a a", QUANTUM, "quantum", "Qiskit's U(θ, φ, λ) on q", _QUBIT, named="q θ φ λ"),
    Op(111, "QSIGMA", "a a", QUANTUM, "quantum", "RX(σπ/4) on q", _QUBIT, named="q σ"),
    # -- quantum: two qubits
    Op(112, "QCX", "a a", QUANTUM, "quantum", "X on b where a is |1⟩", _QUBIT),
    Op(113, "QCY", "a a", QUANTUM, "quantum", "Y on b where a is |1⟩", _QUBIT),
    Op(114, "QCZ", "a a", QUANTUM, "quantum", "Z on b where a is |1⟩", _QUBIT),
    Op(115, "QCH", "a a", QUANTUM, "quantum", "the Hadamard gate on b where a is |1⟩", _QUBIT),
    Op(116, "QSWAP", "a a", QUANTUM, "quantum", "exchange a and b", _QUBIT),
    Op(117, "QCRX", "a a a", QUANTUM, "quantum", "RX(θ) on b where a is |1⟩", _QUBIT, named="a b θ"),
    Op(118, "QCRY", "a a a", QUANTUM, "quantum", "RY(θ) on b where a is |1⟩", _QUBIT, named="a b θ"),
    Op(119, "QCRZ", "a a a", QUANTUM, "quantum", "RZ(θ) on b where a is |1⟩", _QUBIT, named="a b θ"),
    Op(120, "QCP", "a a a", QUANTUM, "quantum", "the phase e^(iθ) on |11⟩ of a and b", _QUBIT, named="a b θ"),
    Op(121, "QRXX", "a a a", QUANTUM, "quantum", "exp(-iθXX/2) on a and b", _QUBIT, named="a b θ"),
    Op(122, "QRYY", "a a a", QUANTUM, "quantum", "exp(-iθYY/2) on a and b", _QUBIT, named="a b θ"),
    Op(123, "QRZZ", "a a a", QUANTUM, "quantum", "exp(-iθZZ/2) on a and b", _QUBIT, named="a b θ"),
    # -- quantum: three qubits
    Op(124, "QCCX", "a a a", QUANTUM, "quantum", "X on c where a and b are |1⟩", _QUBIT),
    Op(125, "QCSWAP", "a a a", QUANTUM, "quantum", "exchange b and c where a is |1⟩", _QUBIT),
    Op(126, "QW", "a a a", QUANTUM, "quantum", "from |000⟩ the W state (|100⟩+|010⟩+|001⟩)/√3 of a, b and c", _QUBIT),
    # -- quantum: out
    Op(127, "QMEAS", "d a", QUANTUM, "quantum", "d ← q measured, 0 or 1; the state collapses", _RUNS, named="d q", result="int"),
    Op(128, "QSAMPLE", "d a a a m", QUANTUM, "quantum", "(value, count) pairs at the address ← the n qubits from q on, sampled; d ← their number", _TABLE, named="d q n shots […]", result="int"),
    Op(129, "QSAMPLE", "d m a a m", QUANTUM, "quantum", "the same of the n qubits whose handles are at the first address", _TABLE, named="d […] n shots […]", result="int"),
    Op(130, "QEXPECT", "d a m", QUANTUM, "quantum", "d ← expectation of the Pauli string at the address on the qubits from q on", ("address", *_RUNS), named="d q […]", result="float"),
    Op(131, "QEXPECT", "d m m", QUANTUM, "quantum", "the same of the qubits whose handles are at the first address", ("address", *_RUNS), named="d […] […]", result="float"),
    Op(132, "QBARRIER", "", QUANTUM, "-", "nothing moves across it"),
    # -- quantum: look
    Op(133, "QPROB", "d a", QUANTUM, "quantum", "d ← probability that q would be measured as 1", _RUNS, named="d q", result="float"),
    Op(134, "QPURITY", "d a a", QUANTUM, "quantum", "d ← purity tr ρ² of the n qubits from q on", _RUNS, named="d q n", result="float"),
    Op(135, "QPURITY", "d m a", QUANTUM, "quantum", "the same of the n qubits whose handles are at the address", ("address", *_RUNS), named="d […] n", result="float"),
    Op(136, "QENTROPY", "d a a", QUANTUM, "quantum", "d ← entropy of the n qubits from q on, in bits", _RUNS, named="d q n", result="float"),
    Op(137, "QENTROPY", "d m a", QUANTUM, "quantum", "the same of the n qubits whose handles are at the address", ("address", *_RUNS), named="d […] n", result="float"),
    Op(138, "QCONC", "d a a", QUANTUM, "quantum", "d ← concurrence of a and b", _RUNS, result="float"),
    Op(139, "QFIDW", "d a a a", QUANTUM, "quantum", "d ← fidelity of a, b and c with the W state", _RUNS, result="float"),
)
# fmt: on


@dataclass(frozen=True)
class SystemCall:
    """One row of the system-call table."""

    number: int
    name: str
    effect: str
    takes: tuple[str, ...] = ()
    """Kinds of ``r0``, ``r1``, … that it reads: ``int``, ``float`` or ``any``."""
    gives: tuple[str, ...] = ()
    """Kinds of ``r0``, ``r1``, … that it writes."""


# Legend: number, name, effect, kinds taken in r0…, kinds given in r0….
# fmt: off
SYSTEM_CALLS: Final[tuple[SystemCall, ...]] = (
    SystemCall(1, "print_int", "print the integer r0", ("int",)),
    SystemCall(2, "print_string", "print the NUL-terminated UTF-8 string at r0", ("int",)),
    SystemCall(3, "time", "r0 ← Unix time in µs", (), ("int",)),
    SystemCall(4, "print_float", "print the float r0 in the shortest form that reads back", ("float",)),
    SystemCall(5, "print_char", "print the character whose code point is r0", ("int",)),
    SystemCall(6, "monotonic", "r0 ← monotonic time in ns", (), ("int",)),
    SystemCall(7, "print_hex", "print the integer r0 in hexadecimal", ("int",)),
    SystemCall(8, "random", "r0 ← 64 random bits", (), ("int",)),
    SystemCall(9, "random_float", "r0 ← a random float in [0, 1)", (), ("float",)),
    SystemCall(10, "write", "write r1 bytes at r0 to standard output", ("int", "int")),
    SystemCall(11, "read_line", "read a line of input to r0, at most r1 bytes; r0 ← its length, -1 at the end", ("int", "int"), ("int",)),
    SystemCall(12, "argument_count", "r0 ← number of arguments", (), ("int",)),
    SystemCall(13, "argument", "r0 ← argument number r0, r1 ← its kind (0 integer, 1 float) or -1", ("int",), ("any", "int")),
    SystemCall(14, "record", "record the value r1 under the name at r0", ("int", "any")),
)
# fmt: on


def _by_name() -> dict[str, tuple[Op, ...]]:
    names: dict[str, tuple[Op, ...]] = {}
    for op in OPS:
        for name in (op.name, *op.aliases):
            names[name] = (*names.get(name, ()), op)
    return names


BY_CODE: Final[dict[int, Op]] = {op.code: op for op in OPS}
BY_NAME: Final[dict[str, tuple[Op, ...]]] = _by_name()
"""Rows by mnemonic in upper case, aliases included."""

BY_SYSTEM_CALL: Final[dict[int, SystemCall]] = {call.number: call for call in SYSTEM_CALLS}
