"""Bit operations, by mnemonic. Shift counts use their low six bits: LLVM leaves larger ones undefined."""

from __future__ import annotations

from typing import Final

from vm.native.arithmetic import Operation, plain
from vm.native.code import Code, literal


def _count(code: Code, b: str) -> str:
    known = literal(b)
    return str(known & 63) if known is not None else code.let(f"and i64 {b}, 63")


def _shift(instruction: str) -> Operation:
    return lambda code, a, b: code.let(f"{instruction} i64 {a}, {_count(code, b)}")


def _rotate(funnel: str) -> Operation:
    return lambda code, a, b: code.let(f"call i64 @llvm.{funnel}.i64(i64 {a}, i64 {a}, i64 {b})")


def _rotate_word(funnel: str) -> Operation:
    def emit(code: Code, a: str, b: str) -> str:
        low = code.let(f"trunc i64 {a} to i32")
        count = code.let(f"trunc i64 {b} to i32")
        turned = code.let(f"call i32 @llvm.{funnel}.i32(i32 {low}, i32 {low}, i32 {count})")
        return code.let(f"zext i32 {turned} to i64")

    return emit


def _intrinsic(name: str, more: str = "") -> Operation:
    return lambda code, a: code.let(f"call i64 @llvm.{name}.i64(i64 {a}{more})")


OPERATIONS: Final[dict[str, Operation]] = {
    "QAND": plain("and i64"),
    "QOR": plain("or i64"),
    "QXOR": plain("xor i64"),
    "QSHL": _shift("shl"),
    "QSHR": _shift("lshr"),
    "QSAR": _shift("ashr"),
    "QNOT": lambda code, a: code.let(f"xor i64 {a}, -1"),
    "QROL": _rotate("fshl"),
    "QROR": _rotate("fshr"),
    "QPOPCNT": _intrinsic("ctpop"),
    "QCLZ": _intrinsic("ctlz", ", i1 false"),
    "QCTZ": _intrinsic("cttz", ", i1 false"),
    "QBSWAP": _intrinsic("bswap"),
    "QROLW": _rotate_word("fshl"),
    "QRORW": _rotate_word("fshr"),
}
