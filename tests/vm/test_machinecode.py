"""Machine code as a block: what LLVM made runs where it is placed, and what is of another form LLVM loads."""

from __future__ import annotations

import ctypes
import struct
from typing import Any

import pytest

from tests.programs import build
from vm import machinecode, processor
from vm.machine import Machine
from vm.native import store
from vm.native.compile import binding, compile_ir, target
from vm.native.plan import Plan

MODULE = """
@numbers = constant [3 x i64] [i64 5, i64 6, i64 7]
@pointer = global ptr getelementptr (i8, ptr @numbers, i64 8)
@zeros = global [9 x i64] zeroinitializer
declare ptr @memmove(ptr, ptr, i64)
define i64 @second() {
  %at = load ptr, ptr @pointer
  %value = load i64, ptr %at
  ret i64 %value
}
define i64 @last(i64 %n) {
  %copy = alloca [3 x i64]
  %bytes = mul i64 %n, 8
  call ptr @memmove(ptr %copy, ptr @numbers, i64 %bytes)
  %before = sub i64 %n, 1
  %at = getelementptr i64, ptr %copy, i64 %before
  %value = load i64, ptr %at
  ret i64 %value
}
"""
needs_blocks = pytest.mark.skipif(not target().triple.startswith("x86_64"), reason="blocks are for x86-64")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("QBC_CACHE_DIR", str(tmp_path))


def _call(code: machinecode.Code, name: str, *arguments: int) -> int:
    function = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * len(arguments))(code.address(name))
    return int(function(*arguments))


def _check(kept: bytes) -> None:
    code = machinecode.Code(kept)
    assert _call(code, "second") == 6
    assert _call(code, "last", 3) == 7
    numbers = (ctypes.c_int64 * 3).from_address(code.address("numbers"))
    assert list(numbers) == [5, 6, 7]
    assert code.address("pointer") - code.address("numbers") != 0


@needs_blocks
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_block_runs_wherever_it_is(level: int) -> None:
    kept = machinecode.content(compile_ir(MODULE, level))
    assert kept.startswith(b"B")
    places = [machinecode.Code(kept) for _ in range(2)]
    assert places[0].address("second") != places[1].address("second")
    _check(kept)


def test_llvm_loads_what_it_made() -> None:
    _check(b"O" + compile_ir(MODULE, 2))


@needs_blocks
def test_what_is_no_such_object_is_kept_as_it_is() -> None:
    obj = compile_ir(MODULE, 2)
    other_processor = obj[:18] + struct.pack("<H", 183) + obj[20:]
    for strange in (b"", b"\x7fELF", b"no object", obj[:40], other_processor):
        assert machinecode.content(strange) == b"O" + strange


@needs_blocks
def test_another_code_model_is_kept_as_it_is() -> None:
    """Its addresses are 32 bits from where they are used."""
    llvm = binding()
    machine = llvm.Target.from_triple(target().triple).create_target_machine(codemodel="small", reloc="pic")
    obj = bytes(machine.emit_object(llvm.parse_assembly(MODULE)))
    assert machinecode.content(obj).startswith(b"O")


def test_programs_run_on_what_llvm_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinecode, "content", lambda obj: b"O" + obj)
    text = "QMOV r1, 0\nloop: QADD r1, 3\nQJLT r1, 3000, loop\nQMOV r0, r1\nQSYSCALL 1\nQHALT"
    for _ in range(2):
        machine = Machine(build(text), engine="native")
        assert machine.run().status == 0
        assert machine.output == b"3000"


@needs_blocks
def test_programs_are_kept_as_blocks() -> None:
    machine = Machine(build("loop: QADD r1, 3\nQJLT r1, 3000, loop\nQHALT"))
    plan = Plan(machine.program)
    compiled = store.build(plan, 0, None, (), "native-test.o")
    assert compiled.code.startswith(b"B")


def test_without_a_compiler_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "find_spec", lambda _: None)
    processor.identity.cache_clear()
    try:
        with pytest.raises(processor.UnsupportedError, match="llvmlite is not installed"):
            processor.identity()
    finally:
        processor.identity.cache_clear()


def test_where_the_processor_is_not_told_llvm_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "none")
    processor.identity.cache_clear()
    try:
        assert binding().get_host_cpu_name() in processor.identity().decode()
    finally:
        processor.identity.cache_clear()
