"""Readers of .csv and .json: a piece at a time, so that a file needs little more memory than its table."""

from __future__ import annotations

import csv as csv_module
import json as json_module
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export import messages
from qbcc.export.frames import triangles_beside
from qbcc.export.text import metadata_beside
from qbcc.table.saved import (
    COLUMNS,
    META_BYTES,
    TYPES,
    Saved,
    block,
    check_columns,
    check_meta,
    check_regular,
    check_rows,
    join,
)

_CHUNK = 1 << 20
"""Characters read at a time, and so the longest row."""


def csv(path: Path) -> Saved:
    """Nodes in FILE, triangles and, if they are there, metadata beside it."""
    nodes = _csv_table(path, "nodes")
    beside = triangles_beside(path)
    check_regular(beside)
    return Saved(_csv_meta(metadata_beside(path)), nodes, _csv_table(beside, "triangles"))


def _csv_meta(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    check_regular(path)
    try:
        with path.open("rb") as file:
            content = json_module.loads(file.read(META_BYTES))
        notes = content["notes"]
        return check_meta(path, notes[0])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as fault:
        raise messages.damaged(path, f"it holds no metadata of a table: {messages.reason(fault)}") from None


def _csv_table(path: Path, table: str) -> NDArray[np.void]:
    size = path.stat().st_size
    blocks: list[NDArray[np.void]] = []
    names: list[str] = []
    first = 0
    for rows in _csv_rows(path):
        if not names:
            names = rows.pop(0)
            check_columns(path, table, names)
        rows = [row for row in rows if row]
        for number, row in enumerate(rows, first):
            if len(row) != len(names):
                raise messages.damaged(path, f"row {number} has {len(row)} values, the header names {len(names)}")
        columns = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
        blocks.append(block(path, table, columns, _from_text, first))
        first += len(rows)
        check_rows(path, table, first, size)
    if not names:
        raise messages.damaged(path, "it is empty")
    check_rows(path, table, first, size)
    return join(table, blocks)


def _csv_rows(path: Path) -> Iterator[list[list[str]]]:
    """The lines, split, some at a time."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rest = ""
            while part := file.read(_CHUNK):
                text = rest + part
                cut = text.rfind("\n") + 1
                if cut == 0 and len(text) > _CHUNK:
                    raise messages.damaged(path, f"a line has more than {_CHUNK:,} characters")
                rest = text[cut:]
                if cut:
                    yield list(csv_module.reader(text[:cut].splitlines(), strict=True))
            if rest:
                yield list(csv_module.reader(rest.splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv_module.Error) as fault:
        raise messages.damaged(path, messages.reason(fault)) from None


def _from_text(values: Sequence[str], kind: str) -> Sequence[Any]:
    return [*map(float if kind == "double" else int, values)]


def json(path: Path) -> Saved:
    """One object with ``meta``, ``nodes`` and ``triangles``, in any order; the rows are flat objects."""
    meta: dict[str, Any] = {}
    tables: dict[str, NDArray[np.void]] = {}
    try:
        with path.open(encoding="utf-8") as file:
            scanner = _Scanner(file)
            for name in scanner.members():
                if name in COLUMNS:
                    tables[name] = _json_table(path, name, scanner)
                elif name == "meta":
                    meta = check_meta(path, scanner.value())
                else:
                    scanner.value()
    except (OSError, ValueError, RecursionError) as fault:
        raise messages.damaged(path, messages.reason(fault)) from None
    for name in COLUMNS:
        if name not in tables:
            raise messages.not_a_table(path, f"it has no list '{name}'")
    return Saved(meta, **tables)


def _json_table(path: Path, table: str, scanner: _Scanner) -> NDArray[np.void]:
    blocks: list[NDArray[np.void]] = []
    first, size = 0, path.stat().st_size
    for rows in scanner.rows():
        for number, row in enumerate(rows, first):
            if not isinstance(row, dict):
                raise messages.damaged(path, f"row {number} of {table} is not an object")
            if not row.keys() >= TYPES[table].keys():
                check_columns(path, table, list(row))
        columns = {name: [row[name] for row in rows] for name in TYPES[table]}
        blocks.append(block(path, table, columns, _from_json, first))
        first += len(rows)
        check_rows(path, table, first, size)
    check_rows(path, table, first, size)
    return join(table, blocks)


def _from_json(values: Sequence[Any], kind: str) -> Sequence[Any]:
    """JSON's numbers are typed by how they look; null is a float's NaN."""
    kinds = set(map(type, values))
    if kinds <= {int}:
        return values
    if kind != "double" or not kinds <= {int, float, type(None)}:
        raise TypeError
    return [float("nan") if value is None else float(value) for value in values]


class _Scanner:
    """Reads one JSON object from a text file, keeping a window of it. Raises ValueError where it is none."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._passed = 0

    def _more(self) -> bool:
        """Read on; whether there was anything."""
        part = self._file.read(_CHUNK)
        self._text = self._text[self._at :] + part
        self._passed += self._at
        self._at = 0
        return bool(part)

    def _peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _take(self, expected: str) -> str:
        found = self._peek()
        if found == "" or found not in expected:
            wanted = " or ".join(repr(character) for character in expected)
            raise ValueError(f"it has {found!r} where {wanted} belongs" if found else f"it ends where {wanted} belongs")
        self._at += 1
        return found

    def value(self) -> Any:
        """A value of moderate length."""
        self._peek()
        while len(self._text) - self._at < _CHUNK and self._more():
            pass
        with self._place():
            value, self._at = json_module.JSONDecoder().raw_decode(self._text, self._at)
        return value

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Tell places in the file: the parser only sees the window."""
        try:
            yield
        except json_module.JSONDecodeError as fault:
            place = self._passed + self._at
            raise ValueError(f"it has no JSON from character {place} on: {fault.msg.lower()}") from None

    def members(self) -> Iterator[str]:
        """The names of the object; the caller reads each one's value before the next."""
        self._take("{")
        if self._peek() == "}":
            return
        separator = ","
        while separator == ",":
            name = self.value()
            if not isinstance(name, str):
                raise ValueError("a name is not a string")
            self._take(":")
            yield name
            separator = self._take(",}")
        if self._peek():
            raise ValueError("something follows the object")

    def rows(self) -> Iterator[list[Any]]:
        """A list of flat objects, some at a time: the first '}' ends each, the first ']' the list."""
        self._take("[")
        while True:
            end = self._text.find("]", self._at)
            cut = end if end >= 0 else self._text.rfind("}", self._at) + 1
            if cut:
                part = self._text[self._at : cut].strip().removeprefix(",")
                with self._place():
                    rows = json_module.loads(f"[{part}]")
                self._at = cut
                yield rows
            if end >= 0:
                self._take("]")
                return
            if len(self._text) - self._at > _CHUNK:
                raise ValueError(f"a row has more than {_CHUNK:,} characters")
            if not self._more():
                raise ValueError("it ends within a list")
