"""qbc_output.qbc: the host reads what it wrote."""

from __future__ import annotations

import pytest

from tests.stdlib.harness import Library
from vm import output


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 24, 1001])
def test_output_buffers(size: int) -> None:
    library = Library("qbc_output.qbc")
    payload = bytes(range(256)) * 4
    assert library.call("qbc_output_begin", 7, 2, 1) == output.PAYLOAD
    library.put(payload, output.PAYLOAD)
    library.call("qbc_output_finish", size)
    buffer = output.read(library.machine.peek)
    assert (buffer.entries, buffer.entry_bytes, buffer.format, buffer.version) == (size, 1, 7, 2)
    assert buffer.payload.tobytes() == payload[:size]
