"""What machine code in the cache depends on besides its source: the compiler and the processor.

Known without loading LLVM, whose import takes longer than a small program."""

from __future__ import annotations

import platform
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_CPUINFO: Final = Path("/proc/cpuinfo")
_KINDS: Final = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "CPU", "Features")
"""Lines of it that tell one kind of processor from another: how x86-64 and aarch64 call them."""


class UnsupportedError(Exception):
    """This computer cannot run compiled code; one line that says why."""


@cache
def identity() -> bytes:
    """Compiler and processor. Raises :class:`UnsupportedError` where there is no compiler."""
    try:
        spec = find_spec("llvmlite")
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None:
        raise UnsupportedError("llvmlite is not installed")
    parts = [_version(Path(spec.origin).parent), platform.system(), platform.machine()]
    try:
        first, _, _ = _CPUINFO.read_text(encoding="utf-8", errors="replace").partition("\n\n")
        parts += [line for line in first.splitlines() if line.startswith(_KINDS)]
    except OSError:
        llvm = binding()
        parts += [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    return "\n".join(parts).encode()


@cache
def binding() -> Any:
    """``llvmlite.binding``, ready. Raises :class:`UnsupportedError`."""
    try:
        import llvmlite.binding as llvm
    except (ImportError, OSError) as error:
        raise UnsupportedError(f"llvmlite does not load: {error}") from None
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def _version(package: Path) -> str:
    try:
        return (package / "_version.py").read_text(encoding="utf-8")
    except OSError:
        import llvmlite

        return str(llvmlite.__version__)
