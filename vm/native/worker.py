"""Compiles a program in a process of its own, beside the one that already runs it, into the cache.

The program and what is known of it come through standard input; nothing is told but by the cache's entry."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from vm import objfile
from vm.bytecode import ObjectFile

_CHILDREN: Final[list[subprocess.Popen[bytes]]] = []
"""Those that may still run: the machine that asked for one may be gone before it ends."""
_SECONDS: Final = 120
"""Processor time after which a compilation is given up."""


def start(
    obj: ObjectFile, name: str, samples: Counter[int], places: Sequence[int], *, float_arguments: bool
) -> subprocess.Popen[bytes] | None:
    """Begin; None where no process can be made."""
    known = {
        "name": name,
        "samples": samples.most_common(64),
        "places": list(places),
        "float_arguments": float_arguments,
    }
    # Isolated, and told where its own code is: the working folder may be a stranger's.
    folder = str(Path(__file__).parents[2])
    code = f"import sys; sys.path.insert(0, {folder!r}); from vm.native import worker; worker.main()"
    head = json.dumps(known).encode()
    message = struct.pack("<Q", len(head)) + head + objfile.to_bytes(obj)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None
    _CHILDREN[:] = [child for child in _CHILDREN if child.poll() is None]
    _CHILDREN.append(process)
    assert process.stdin is not None
    with suppress(OSError), process.stdin:
        process.stdin.write(message)
    return process


def main() -> None:
    """In the new process: read, compile, write."""
    _be_modest()
    content = sys.stdin.buffer.read()
    (length,) = struct.unpack_from("<Q", content)
    known = json.loads(content[8 : 8 + length])
    obj = objfile.from_bytes(content[8 + length :])
    from vm.native import hot, store
    from vm.native.plan import Plan
    from vm.program import Program

    plan = Plan(Program.load(obj), float_arguments=known["float_arguments"])
    samples = Counter(dict(known["samples"]))
    store.build(plan, 2, hot.chosen(plan, samples), hot.resumed(plan, known["places"]), known["name"])


def _be_modest() -> None:
    """Give way to others, and end where it takes too much."""
    try:
        import resource

        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    except (ImportError, OSError, ValueError):
        return
