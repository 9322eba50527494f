"""Other systems, by the rules of their kernels: macOS keeps what was in memory that is given back; Windows has WSL."""

from __future__ import annotations

import mmap
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from tests.programs import build
from vm import memory, pagemap
from vm.machine import Machine
from vm.memory import PAGE, Memory
from vm.pagemap import is_there


class DarwinMap(mmap.mmap):
    """A mapping of a kernel that does not make zeros of pages that were given back (XNU, ``madvise(2)``)."""

    def madvise(self, option: int, *place: int) -> None:
        if place and place[0] % 16384:
            raise OSError(22, "Invalid argument")


@pytest.fixture
def darwin(monkeypatch: pytest.MonkeyPatch) -> None:
    is_there.cache_clear()
    for module in (memory, pagemap):
        monkeypatch.setattr(module, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(
        memory, "reserve", lambda size: DarwinMap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
    )


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    is_there.cache_clear()


def test_the_flag_is_the_kernels_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(mmap, "MAP_NORESERVE", raising=False)
    assert memory.no_reserve() == 0x4000
    monkeypatch.setattr(memory.platform, "machine", lambda: "ppc64le")
    assert memory.no_reserve() == 0
    monkeypatch.setattr(memory, "sys", SimpleNamespace(platform="darwin"))
    assert memory.no_reserve() == 0x40
    monkeypatch.setattr(mmap, "MAP_NORESERVE", 0x123, raising=False)
    assert memory.no_reserve() == 0x123


@pytest.mark.usefixtures("darwin")
def test_memory_that_is_forgotten_is_zero_again_on_macos() -> None:
    held = Memory(64 * PAGE, np.zeros(1, np.int64))
    held.write(0x2000, b"old")
    kept = held.copy()
    held.write(0x2800, b"\1" * 5000)
    held.write(0x70000, b"more")
    held.reset(kept)
    assert held.bytes[0x2000:0x2003].tobytes() == b"old"
    assert not held.bytes[0x2003:0x5000].any()
    assert not held.bytes[0x70000:0x70004].any()
    assert held.pages == 1


PROGRAM = """
main: QMOV r1, 0
next: QADD r1, 1
      QJLT r1, 1000, next
      QHALT
.query_interface
put:  QSTORE r0, [0x8000]
      QRET
get:  QLOAD r0, [0x8000]
      QRET
"""


@pytest.mark.usefixtures("darwin")
@pytest.mark.parametrize("engine", ["auto", "native"])
def test_a_snapshot_restores_on_macos_and_the_interpreter_runs_alone(engine: str) -> None:
    machine = Machine(build(PROGRAM), engine=engine)
    machine.run()
    assert machine.engine == "interp"
    assert (
        machine.notice
        == "no machine code here (only Linux reports which pages of memory were written); the interpreter runs the program"
    )
    start, touched = machine.snapshot(), machine.touched
    machine.call("put", 7)
    assert machine.call("get") == 7
    assert machine.touched == touched + PAGE
    machine.restore(start)
    assert machine.touched == touched
    assert machine.call("get") == 0


def test_locked_memory_is_zero_again_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        memory, "reserve", lambda size: DarwinMap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
    )
    held = Memory(64 * PAGE, np.zeros(1, np.int64))
    held.write(0x3000, b"old")
    held.reset(())
    assert not held.bytes[0x3000:0x3003].any()


def test_larger_pages_have_no_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    is_there.cache_clear()
    monkeypatch.setattr(pagemap.mmap, "PAGESIZE", 65536)
    assert not is_there()


@pytest.mark.parametrize(
    "start",
    [
        "from qbcc.cli.start import qbc; qbc()",
        "from qbcc.cli.start import qbcc; qbcc()",
        "from lsp.__main__ import main; main()",
    ],
)
def test_windows_is_one_line_that_names_wsl(start: str) -> None:
    code = f"import sys; sys.platform = 'win32'; {start}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "WSL" in line


def test_windows_refuses_the_import() -> None:
    code = "import sys; sys.platform = 'win32'\ntry:\n import vm\nexcept ImportError as error:\n print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "WSL" in done.stdout
    assert len(done.stdout.splitlines()) == 1
