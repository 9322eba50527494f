"""The output buffer: header, checksum, views."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import routing_model as model
from vm import fnv
from vm.bytecode import ObjectFile
from vm.isa import MEMORY_SIZE, OUTPUT_BUFFER
from vm.machine import Machine
from vm.output import (
    MAGIC,
    MAX_NODES,
    NODE_DTYPE,
    PAYLOAD,
    TRIANGLE_DTYPE,
    Buffer,
    OutputError,
    checksum,
    read,
    split,
    tables,
)

NODE_COLUMNS = (
    "node id physical virtual inverse j_re j_im sigma sector phase coherence parent w_fidelity layer position checksum"
)
TRIANGLE_COLUMNS = (
    "triangle id member0 member1 member2 j_re j_im sigma layer phase coherence parent w_fidelity position checksum"
)


def plain_checksum(data: bytes, value: int = 0xCBF29CE484222325) -> int:
    for start in range(0, len(data), 8):
        value = ((value ^ int.from_bytes(data[start : start + 8], "little")) * 0x100000001B3) % (1 << 64)
    return value


def header(payload: bytes, **changes: int) -> list[int]:
    words = {
        "magic": MAGIC,
        "entries": len(payload) // 8,
        "entry_bytes": 8,
        "format": 0,
        "version": 3,
        "size": len(payload),
        "checksum": plain_checksum(payload),
        "reserved": 0,
    }
    return [*{**words, **changes}.values()]


def refused(payload: bytes, **changes: int) -> OutputError:
    with pytest.raises(OutputError) as caught:
        read(model.memory(header(payload, **changes), payload))
    assert "\n" not in caught.value.reason
    assert str(caught.value) == caught.value.reason
    return caught.value


@given(st.binary(max_size=200))
def test_checksum_is_the_plain_one(data: bytes) -> None:
    assert checksum(data) == plain_checksum(data)


def test_checksum_of_nothing_and_of_a_padded_byte() -> None:
    assert checksum(b"") == 0xCBF29CE484222325
    # One byte padded to a word is one step, as in the bytewise FNV-1a, whose value for "a" is published.
    assert checksum(b"a") == 0xAF63DC4C8601EC8C


@given(st.integers(0, 5), st.binary(max_size=50))
def test_checksum_goes_on_from_a_seed(words: int, rest: bytes) -> None:
    begin = bytes(range(8 * words))
    assert fnv.fnv1a(rest, fnv.fnv1a(begin)) == plain_checksum(begin + rest)


def test_checksum_takes_unaligned_and_read_only_arrays() -> None:
    octets = np.arange(41, dtype=np.uint8)
    part = octets[3:]
    part.setflags(write=False)
    assert checksum(part) == plain_checksum(bytes(range(3, 41)))


def test_checksum_of_megabytes_agrees() -> None:
    data = np.random.default_rng(5).integers(0, 256, 1 << 18, dtype=np.uint8)
    assert checksum(data) == plain_checksum(data.tobytes())


def test_reads_a_buffer() -> None:
    payload = bytes(range(48))
    buffer = read(model.memory(header(payload), payload))
    assert (buffer.entries, buffer.entry_bytes, buffer.format, buffer.version) == (6, 8, 0, 3)
    assert buffer.payload.tobytes() == payload
    assert buffer.checksum == plain_checksum(payload)


def test_reads_an_empty_buffer() -> None:
    buffer = read(model.memory(header(b"", entry_bytes=0)))
    assert buffer.entries == 0 and len(buffer.payload) == 0


def test_payload_is_memory_itself() -> None:
    memory = np.zeros(4096, np.uint8)
    payload = memory[64:80]
    payload[:] = 7
    memory[:64] = np.array(header(payload.tobytes()), np.uint64).view(np.uint8)

    def view(address: int, count: int) -> np.ndarray:
        return memory[address - OUTPUT_BUFFER :][:count]

    buffer = read(view)
    memory[64] = 9
    assert buffer.payload[0] == 9


def test_reads_a_machine_without_touching_its_memory() -> None:
    machine = Machine(ObjectFile())
    payload = bytes(range(64))
    machine.view(PAYLOAD, len(payload))[:] = np.frombuffer(payload, np.uint8)
    machine.view(OUTPUT_BUFFER, 8, np.uint64)[:] = header(payload)
    touched = list(machine.memory.runs())
    assert read(machine.peek).payload.tobytes() == payload
    # A gigabyte that nobody wrote is zeros, and stays free.
    size = 1 << 30
    machine.view(OUTPUT_BUFFER, 8, np.uint64)[:] = header(payload, entries=size // 8, size=size)
    with pytest.raises(OutputError, match="gives checksum"):
        read(machine.peek)
    with pytest.raises(OutputError, match="more than the program may touch"):
        read(machine.peek, limit=size - 1)
    assert list(machine.memory.runs()) == touched


def test_no_buffer_and_a_wrong_magic() -> None:
    error = refused(b"", magic=0)
    assert error.rule == "magic"
    assert error.reason == "the program wrote no output buffer: the word at 0x700000000 is 0"
    error = refused(b"", magic=0x5054554F)
    assert error.rule == "magic"
    assert error.reason == "the output buffer begins with 0x5054554f, expected the magic 0x4f555450 (OUTP)"


ROOM = MEMORY_SIZE - OUTPUT_BUFFER - 64


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"size": 41}, "gives 41 payload bytes, expected 6 entries × 8 bytes = 48"),
        ({"entries": 7}, "gives 48 payload bytes, expected 7 entries × 8 bytes = 56"),
        ({"entries": 0}, "expected 0 entries"),
        ({"entries": 1 << 63, "entry_bytes": 2, "size": 0}, "9,223,372,036,854,775,808 entries × 2 bytes"),
        ({"entries": (1 << 64) - 1, "entry_bytes": (1 << 64) - 1, "size": 1}, "gives 1 payload bytes"),
        ({"entries": ROOM + 1, "entry_bytes": 1, "size": ROOM + 1}, f"ends past memory: {ROOM:,} fit"),
        ({"entries": 1, "entry_bytes": (1 << 64) - 1, "size": (1 << 64) - 1}, "ends past memory"),
        ({"reserved": 5}, "word 7 of the output buffer's header is 0x5, expected 0"),
    ],
)
def test_hostile_sizes_are_refused_before_memory_is_read(changes: dict[str, int], says: str) -> None:
    error = refused(bytes(48), **changes)
    assert error.rule == "size"
    assert says in error.reason


def test_payload_past_the_memory_limit() -> None:
    payload = bytes(48)
    assert read(model.memory(header(payload), payload), limit=48).entries == 6
    with pytest.raises(OutputError, match=r"48 bytes is more than the program may touch \(47\)"):
        read(model.memory(header(payload), payload), limit=47)


def test_wrong_checksum() -> None:
    error = refused(bytes(16), checksum=1)
    assert error.rule == "checksum"
    assert f"gives checksum 0x0000000000000001, the payload's is {plain_checksum(bytes(16)):#018x}" in error.reason


def test_dtypes_are_the_contract() -> None:
    assert NODE_DTYPE.itemsize == TRIANGLE_DTYPE.itemsize == 128
    assert NODE_DTYPE.names == tuple(NODE_COLUMNS.split())
    assert TRIANGLE_DTYPE.names == tuple(TRIANGLE_COLUMNS.split())


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10, 100])
def test_tables_are_views(count: int) -> None:
    words = model.entries(count)
    buffer = model.buffer(words)
    parts = tables(buffer)
    assert list(parts) == ["nodes", "triangles"]
    nodes, triangles = parts["nodes"], parts["triangles"]
    assert len(nodes) == count and len(triangles) == len(words) - count
    assert np.shares_memory(nodes, buffer.payload)
    assert nodes["node"].tolist() == list(range(count))
    assert nodes["position"].tolist() == list(range(count)) and not nodes["layer"].any()
    assert (nodes["sigma"] == words[:count, 8].view(float)).all()
    assert (nodes["checksum"] == words[:count, 15]).all()
    if count > 1:
        assert np.shares_memory(triangles, buffer.payload)
        assert (triangles["layer"] == words[count:, 14] >> np.uint64(32)).all()
        assert (triangles["position"] == words[count:, 14] & np.uint64(0xFFFFFFFF)).all()
        assert triangles["parent"][-1] == model.NO_PARENT


@pytest.mark.parametrize(
    ("row", "word", "value", "says"),
    [
        (0, 0, 1, "its first entry must have kind 0"),
        (11, 0, 0, "entry 11 of the routing table has kind 0; after the nodes come triangles"),
        (12, 0, 9, "entry 12 of the routing table has kind 9"),
        (10, 9, 8, "triangle 0 of the routing table: word 14 is 0x100000000, but word 9 says layer 8"),
    ],
)
def test_entries_that_are_no_table(row: int, word: int, value: int, says: str) -> None:
    words = model.entries(10)
    words[row, word] = value
    with pytest.raises(OutputError) as caught:
        tables(model.buffer(words))
    assert caught.value.rule == "table"
    assert says in caught.value.reason


def test_headers_that_are_no_table() -> None:
    buffer = model.buffer(model.entries(3))
    for changes, says in (
        ((0, 1), "has format 0, expected 1"),
        ((1, 2), "has version 2; this version of qbc reads 1"),
    ):
        with pytest.raises(OutputError, match=says):
            tables(Buffer(buffer.entries, 128, *changes, buffer.payload, buffer.checksum))
    with pytest.raises(OutputError, match="entry has 128 bytes, the header gives 64"):
        tables(Buffer(2 * buffer.entries, 64, 1, 1, buffer.payload, buffer.checksum))
    with pytest.raises(OutputError, match="has no node"):
        split(np.zeros(0, np.uint8))


def test_largest_table_fits_the_memory_after_the_header() -> None:
    entries = sum(model.layer_sizes(MAX_NODES))
    assert OUTPUT_BUFFER + 64 + 128 * entries <= MEMORY_SIZE
