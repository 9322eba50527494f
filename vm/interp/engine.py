"""The compiled interpreter as a callable: machine code made once and kept.

The loop comes with the package as LLVM IR, and machine code is kept in the cache; Numba is only imported where the
sources are newer than that."""

from __future__ import annotations

import ctypes
import hashlib
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from vm import cache as disk
from vm import machinecode, processor
from vm.interp.layout import C_FUNCTIONS

_SYMBOL: Final = "qbc_interp_run"
_SYSTEM: Final = "qbc_interp_system"
_RECORD: Final = "qbc_interp_record"
_SHIPPED: Final = {False: Path(__file__).with_name("loop.ll.gz"), True: Path(__file__).with_name("watched.ll.gz")}
"""The loop and its watched variant compiled to LLVM's language, so that a first run need not wait for Numba; ``make
interp`` writes them."""
_NOT_SOURCES: Final = ("engine.py", "__init__.py", "ship.py")
_FUNCTION: Final = ctypes.CFUNCTYPE(
    ctypes.c_int32, ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_void_p), ctypes.c_int64
)


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


def _sources() -> str:
    """What the loop's code is made from, as one digest."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    own = (name for name in sorted(folder.glob("*.py")) if name.name not in _NOT_SOURCES)
    for source in (folder.parent / "isa.py", folder.parent / "trap.py", *own):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _key(*, is_watched: bool = False) -> str:
    """Everything the kept code depends on: our sources, the form it is kept in, the compiler, the processor."""
    digest = hashlib.sha256(_sources().encode() + processor.identity())
    digest.update(Path(machinecode.__file__).read_bytes())
    return f"interp-{'watched-' * is_watched}{digest.hexdigest()[:32]}.o"


def _shipped(llvm: Any, *, is_watched: bool = False) -> Any | None:
    """The loop's code as it was compiled for this version, if it is for this system."""
    import gzip

    try:
        head, code = gzip.decompress(_SHIPPED[is_watched].read_bytes()).decode().split("\n", 1)
        if head == f"; {_sources()} {llvm.get_process_triple()}":
            return llvm.parse_assembly(code)
    except (OSError, EOFError, ValueError, RuntimeError):
        # Made by a newer compiler, or damaged: Numba makes it anew.
        return None
    return None


def ship() -> None:
    """Write the files that :func:`_shipped` reads."""
    import gzip

    from vm.interp.loop import compile_ir

    head = f"; {_sources()} {processor.binding().get_process_triple()}\n"
    for is_watched, path in _SHIPPED.items():
        code = compile_ir(_SYMBOL, _SYSTEM, _RECORD, is_watched=is_watched)
        path.write_bytes(gzip.compress((head + code).encode(), 9, mtime=0))


def is_shipped() -> bool:
    """Whether the shipped code is of the sources as they are."""
    return all(_shipped(processor.binding(), is_watched=is_watched) is not None for is_watched in _SHIPPED)


def _compile(*, is_watched: bool) -> bytes:
    llvm = processor.binding()
    module = _shipped(llvm, is_watched=is_watched)
    if module is None:
        from vm.interp.loop import compile_ir

        module = llvm.parse_assembly(compile_ir(_SYMBOL, _SYSTEM, _RECORD, is_watched=is_watched))
    return machinecode.content(bytes(_target_machine(llvm).emit_object(module)))


def is_quick() -> bool:
    """Whether the interpreter is compiled already, or soon (else the first run takes some seconds)."""
    return disk.read(_key()) is not None or is_shipped()


def kept_code(kept: bytes) -> machinecode.Code:
    """Place what the cache kept. Raises :class:`vm.machinecode.FormError` for other bytes."""
    machinecode.check(kept, (_SYMBOL, _SYSTEM, _RECORD))
    return machinecode.Code(kept)


_LOADING: Final = threading.Lock()
"""Held while the engine is loaded: two threads that loaded it at once would each get one, and the code of the one that
is not kept would be freed under its machine."""


@cache
def _load(*, is_watched: bool = False) -> tuple[Any, int, int, Any]:
    """The C function, compiled if need be, the addresses of the system calls and of the recorder, the code's owner."""
    key = _key(is_watched=is_watched)
    code = disk.load(key, kept_code)
    if code is None:
        kept = _compile(is_watched=is_watched)
        disk.write(key, kept)
        code = machinecode.Code(kept)
    return _FUNCTION(code.address(_SYMBOL)), code.address(_SYSTEM), code.address(_RECORD), code


def load(*, is_watched: bool = False) -> Callable[[int], int]:
    """``run(address of the state) -> status``, one for each machine: results have a place of their own, so
    machines can run in several threads. The watched variant needs what :class:`vm.observe.Observer` sets up."""
    with _LOADING:
        function, _, _, _ = _load(is_watched=is_watched)
    result = ctypes.c_int64()
    error = ctypes.c_void_p()
    result_at, error_at = ctypes.byref(result), ctypes.byref(error)

    def run(state: int) -> int:
        function(result_at, error_at, state)
        return result.value

    return run


def addresses() -> tuple[int, int, int]:
    """Of the interpreter, of its system calls and of the recorder, for compiled code to call: ``int32 f(int64 *result,
    void **, …)``, of the state; of number, registers, memory and state; of what :func:`.quantum.record` takes."""
    with _LOADING:
        function, system, record, _ = _load()
    return ctypes.cast(function, ctypes.c_void_p).value or 0, system, record


@cache
def c_functions() -> tuple[int, ...]:
    """Addresses of the C library's functions: the ones Python's ``math`` calls."""
    library = ctypes.CDLL(None)
    addresses = (ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in C_FUNCTIONS)
    return tuple(address or 0 for address in addresses)
