"""What ``qbcc explain T71`` says: traps, by their exit status."""

from __future__ import annotations

from qbcc.explanation import Explanation


def _entry(title: str, text: str, wrong: str = "", right: str = "") -> Explanation:
    return Explanation(title, " ".join(text.split()), wrong, right)


EXPLANATIONS: dict[str, Explanation] = {
    "T70": _entry(
        "zero division",
        "QDIV, QMOD, QDIVU or QMODU of integers with the divisor 0. Floats do not trap: they give an infinity or NaN.",
        "QMOV r1, 0\nQDIV r0, 5, r1",
        "QJEQ r1, 0, nothing\nQDIV r0, 5, r1\nnothing: QRET",
    ),
    "T71": _entry(
        "bad address",
        "Memory is 0x1000 to 0xFFFFFFFFF (64 GiB). An address of 0, a negative one or a code address is outside; the "
        "message shows what the operands came to.",
        "QLOAD r0, [0]",
        "QLOAD r0, [0x100000]",
    ),
    "T72": _entry(
        "wrong kind",
        "A float where an integer belongs (an address, a bit operation, a system call) or the other way round. QINT and QFLOAT "
        "convert; QBITS and QFBITS keep the bits.",
        "QMOV r0, 1.5\nQAND r0, 1",
        "QMOV r0, 1.5\nQINT r0, r0\nQAND r0, 1",
    ),
    "T73": _entry(
        "stack overflow",
        "The call stack holds 1,000,000 returns, the value stack 4,000,000 values. A recursion has no end, or pushes are not popped.",
        "main: QCALL main",
        "main: QRET",
    ),
    "T74": _entry("stack underflow", "QPOP finds nothing that was pushed.", "QPOP r0", "QPUSH r0\nQPOP r0"),
    "T75": _entry(
        "bad jump",
        "QJMP or QCALL through a register that holds no code address of a label whose value the program takes; or execution ran past "
        "the last instruction.",
        "QMOV r0, 5\nQJMP r0",
        "QMOV r0, there\nQJMP r0\nthere: QRET",
    ),
    "T76": _entry("unknown system call", "System calls are 1 to 14.", "QSYSCALL 99", "QMOV r0, 5\nQSYSCALL 1"),
    "T77": _entry(
        "QTRAP",
        "The program stopped itself. If the operand is the address of a text, the message is that text. What σ checks "
        "during a run, such as indices and assert, ends so.",
        "QTRAP 1",
    ),
    "T78": _entry("QASSERT", "The two operands are not equal, or one is NaN.", "QASSERT 1, 2", "QASSERT 2, 2"),
    "T79": _entry("instruction limit", "--max-instructions was reached. The count is exact."),
    "T80": _entry(
        "time limit",
        "--timeout was reached. It counts from the start of the command: compiling, waiting and saving too.",
    ),
    "T81": _entry(
        "memory limit",
        "The program touched more pages than --memory allows (4 GiB unless told otherwise), or made the host keep more than "
        "256 MiB of output and records; or its source or the states of its qubits take more than that, or than the host has.",
    ),
    "T82": _entry(
        "quantum fault",
        "A qubit that was never allocated or was freed, the same qubit twice in one instruction, an angle that is no "
        "finite number, a number of qubits or shots that cannot be, a Pauli string with other letters, or a state too large to simulate: qubits that have "
        "met share one state of 2ⁿ complex numbers, and n is at most 28.",
        "QX 5",
        "QALLOC r0\nQX r0",
    ),
    "T83": _entry(
        "backend failure",
        "The quantum backend is not installed (python -m pip install 'qbcc[quantum]'), could not be reached, refused, or failed; or it was set "
        "to 'none', which runs nothing.",
    ),
    "T130": _entry("interrupted", "Ctrl-C stopped the program, or the command before or after it."),
}
