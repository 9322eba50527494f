"""The compiled interpreter as a callable: from the cache if it is there, else through Numba once.

With a warm cache only llvmlite is imported (a tenth of Numba's time)."""

from __future__ import annotations

import ctypes
import hashlib
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from vm import cache as disk
from vm.interp.layout import C_FUNCTIONS

_SYMBOL: Final = "qbc_interp_run"
_FUNCTION: Final = ctypes.CFUNCTYPE(
    ctypes.c_int32, ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_void_p), ctypes.c_int64
)


def _binding() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def _target_machine(llvm: Any) -> Any:
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )


def _key(llvm: Any) -> str:
    """Everything the machine code depends on: our sources, the compiler, the processor."""
    import llvmlite

    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for source in (folder.parent / "isa.py", folder.parent / "trap.py", *sorted(folder.glob("*.py"))):
        digest.update(source.read_bytes())
    for part in (llvmlite.__version__, llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()):
        digest.update(part.encode())
    return f"interp-{digest.hexdigest()[:32]}.o"


def _compile(llvm: Any, machine: Any) -> bytes:
    from vm.interp.loop import compile_ir

    return bytes(machine.emit_object(llvm.parse_assembly(compile_ir(_SYMBOL))))


def is_cached() -> bool:
    """Whether the interpreter is compiled already (else the first run takes some seconds)."""
    return disk.read(_key(_binding())) is not None


_LOADING: Final = threading.Lock()
"""Held while the engine is loaded: two threads that loaded it at once would each get one, and the code of the one that
is not kept would be freed under its machine."""


@cache
def _load() -> tuple[Any, Any]:
    """The C function, compiled if need be, and the owner of its code."""
    llvm = _binding()
    machine = _target_machine(llvm)
    key = _key(llvm)
    code = disk.read(key)
    if code is None:
        code = _compile(llvm, machine)
        disk.write(key, code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return _FUNCTION(engine.get_function_address(_SYMBOL)), engine


def load() -> Callable[[int], int]:
    """``run(address of the state) -> status``, one for each machine: results have a place of their own, so
    machines can run in several threads."""
    with _LOADING:
        function, _ = _load()
    result = ctypes.c_int64()
    error = ctypes.c_void_p()
    result_at, error_at = ctypes.byref(result), ctypes.byref(error)

    def run(state: int) -> int:
        function(result_at, error_at, state)
        return result.value

    return run


def address() -> int:
    """The interpreter's address, for compiled code to call: ``int32 f(int64 *status, void **, int64 state)``."""
    with _LOADING:
        function, _ = _load()
    return ctypes.cast(function, ctypes.c_void_p).value or 0


@cache
def c_functions() -> tuple[int, ...]:
    """Addresses of the C library's functions: the ones Python's ``math`` calls."""
    library = ctypes.CDLL(None)
    addresses = (ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in C_FUNCTIONS)
    return tuple(address or 0 for address in addresses)
