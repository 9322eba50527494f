"""Wording of what can go wrong with the output buffer, its exports and saved tables (E09xx)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.explanation import Explanation
from qbcc.wording import did_you_mean
from vm import install

if TYPE_CHECKING:
    from vm.output import OutputError

EXPLANATIONS: Final[dict[str, Explanation]] = {
    "E0901": Explanation(
        "no output buffer",
        "-o saves what the program left at OUTPUT_BUFFER: a header of eight words, then the payload. The first "
        "word must be the magic 0x4F555450 (OUTP). The routines of qbc_output.qbc write the header.",
        "    QRET ; and -o on the command line",
        '    .include "qbc_output.qbc" ; then call its routines to write the header',
    ),
    "E0902": Explanation(
        "sizes of the output buffer",
        "Words 1, 2 and 5 of the header are the number of entries, the bytes of an entry and the bytes of the "
        "payload. The first two must multiply to the third, and the payload must lie in memory.",
        "3 entries, 16 bytes each, payload bytes 40",
        "3 entries, 16 bytes each, payload bytes 48",
    ),
    "E0903": Explanation(
        "checksum of the output buffer",
        "Word 6 of the header is the FNV-1a checksum of the payload, taken a 64-bit word at a time (a short tail is "
        "padded with zeros). It must be written last, when the payload is complete.",
        "write the header, then change an entry",
        "write every entry, then the header",
    ),
    "E0904": Explanation(
        "not a routing table",
        "Format 1 means the routing table: entries of 128 bytes, the nodes (kind 0) first, then the triangles (kind "
        "1) by layer. A program with a layout of its own uses format 0 or a number from 2 on.",
        "header word 3 is 1 and the entries have 24 bytes",
        "header word 3 is 0 and the entries have 24 bytes",
    ),
    "E0905": Explanation(
        "ending of an output file",
        "The ending of the file's name chooses its form: .bin (the payload's bytes), .npz (NumPy), .parquet, .sqlite, "
        ".csv or .json.",
        "qbc run program.qbc -o result.txt",
        "qbc run program.qbc -o result.csv",
    ),
    "E0906": Explanation(
        "output file refused",
        "An output file is a new file or replaces a regular one. A link, a folder, a device or a file that the "
        "run reads is never written over.",
        "qbc run program.qbo -o program.qbo",
        "qbc run program.qbo -o result.bin",
    ),
    "E0907": Explanation(
        "output file cannot be written",
        "The system refused to write the file: the folder is missing or protected, or the disk is full. What was "
        "there before is unchanged.",
        "qbc run program.qbc -o missing/result.csv",
        "mkdir missing; qbc run program.qbc -o missing/result.csv",
    ),
    "E0908": Explanation(
        "missing extra",
        "Parquet files need pyarrow, the pictures of --plot matplotlib, those of --emit cfg and callgraph Graphviz and "
        "its package for Python, which a plain installation does not bring.",
        "python -m pip install qbcc",
        "python -m pip install 'qbcc[table]'",
    ),
    "E0910": Explanation(
        "table cannot be read",
        "The file is missing, protected or not a regular file.",
        "qbc table tabel.parquet",
        "qbc table table.parquet",
    ),
    "E0911": Explanation(
        "not a saved routing table",
        "qbc table reads what qbc run -o wrote for a routing table: .bin .npz .parquet .sqlite .csv .json. For "
        ".parquet and .csv name the file of the nodes; the triangles are in STEM.triangles.EXT beside it.",
        "qbc table table.triangles.csv",
        "qbc table table.csv",
    ),
    "E0912": Explanation(
        "damaged file",
        "The file is cut off, is not what its kind of file must be, or claims more than its size can hold. Make it "
        "again with qbc run -o.",
        "the first half of a download",
        "qbc run moonshine_instantiate -o table.npz",
    ),
    "E0913": Explanation(
        "column of a table",
        "A table has the columns of the language reference, section 7, with their types: unsigned or signed 64-bit "
        "integers and doubles. Other columns are ignored.",
        "a .csv whose sigma column was deleted",
        "a .csv with every column",
    ),
    "E0914": Explanation(
        "wrong entries in a table",
        "Every entry is compared with what section 7 of the language reference says, j with an independent evaluation "
        "of Klein's invariant. For each wrong entry the first wrong columns are shown; a checksum is shown only where "
        "nothing else explains it.",
        "node 7: sigma is 1.0, expected 0.000284432…",
        "qbc run moonshine_instantiate -o table.npz",
    ),
    "E0915": Explanation(
        "no such entry",
        "Nodes are numbered from 0, layers from 0 (the nodes) to the apex. A triangle's id is layer << 32 | position; "
        "a number under 2^32 is its index over all layers.",
        "qbc table table.npz --node 196883",
        "qbc table table.npz --node 196882",
    ),
}

ENDINGS: Final = ".bin .npz .parquet .sqlite .csv .json"

_KINDS: Final = {"uint64": "an unsigned 64-bit integer", "int64": "a 64-bit integer", "double": "a number"}
_RULES: Final = {"magic": "E0901", "size": "E0902", "checksum": "E0903", "table": "E0904"}
_HINTS: Final = {
    "E0901": "a program writes its result at OUTPUT_BUFFER; qbc_output.qbc has routines for it",
    "E0903": "the checksum is FNV-1a over the payload's 64-bit words; write it last",
}


def error(code: str, message: str, *notes: str) -> SourceError:
    """An error without a place in a source text."""
    return SourceError([Diagnostic(code, message, None, notes=notes)])


def buffer(fault: OutputError) -> SourceError:
    """What is wrong with an output buffer."""
    code = _RULES[fault.rule]
    hint = _HINTS.get(code)
    return error(code, fault.reason, *([hint] if hint else []))


def ending(path: Path) -> SourceError:
    """-o with a name whose ending says nothing."""
    has = f"'{path.name}' ends in {path.suffix}" if path.suffix else f"'{path.name}' has no ending"
    return error("E0905", f"{has}; -o writes {ENDINGS}")


def refused(path: Path, why: str) -> SourceError:
    """-o that names something that must stay as it is."""
    return error("E0906", f"'{path}' {why}; it is left as it is", "give -o another name")


def unwritable(path: Path, fault: Exception) -> SourceError:
    """The system's refusal to write."""
    return error("E0907", f"cannot write '{path}': {reason(fault)}")


def missing_extra(ending: str, verb: str, extra: str = "table") -> SourceError:
    """``verb`` is what was tried: ``writing``, ``reading`` or ``drawing``."""
    return error("E0908", f"{verb} {ending} needs the '{extra}' extra: {install.advice(extra)}")


def missing_program(ending: str, program: str, source: str) -> SourceError:
    """Another program does it, and is not installed."""
    return error("E0908", f"drawing {ending} needs the program '{program}' of {source}, which is not on the PATH")


def undrawn(ending: str, why: str) -> SourceError:
    """Graphviz did not draw it."""
    return error("E0908", f"Graphviz cannot draw {ending}: {why}")


def unreadable(path: Path, why: str, near: str | None = None) -> SourceError:
    """A table that cannot be opened; ``near`` is the file that was probably meant."""
    return error("E0910", f"cannot read '{path}': {why}", *did_you_mean(near))


def not_a_table(path: Path, why: str, *notes: str) -> SourceError:
    """A file that opens, but holds something else."""
    return error("E0911", f"'{path}' is not a saved routing table: {why}", *notes)


def damaged(path: Path, why: str) -> SourceError:
    """A file that is not what its kind must be."""
    return error("E0912", f"'{path}' is damaged: {why}")


def missing_columns(path: Path, table: str, names: Iterable[str]) -> SourceError:
    """Columns that a table lacks."""
    names = list(names)
    which = "column" if len(names) == 1 else "columns"
    return error("E0913", f"'{path}': the table of {table} has no {which} {', '.join(names)}")


def bad_value(path: Path, table: str, row: int, column: str, value: object, kind: str) -> SourceError:
    """A value that is none of the column's type."""
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return error("E0913", f"'{path}': row {row} of {table}, column {column}: {shown} is not {_KINDS[kind]}")


def bad_type(path: Path, table: str, column: str, found: str, expected: str) -> SourceError:
    """A column of a wrong type."""
    return error("E0913", f"'{path}': column {column} of {table} has type {found}, expected {expected}")


def wrong_entries(path: Path, problems: Sequence[object]) -> SourceError:
    """What validation found, one note each."""
    return error(
        "E0914", f"'{path}' is not the routing table of section 7; the first wrong values:", *map(str, problems)
    )


def no_entry(what: str, *notes: str) -> SourceError:
    """A query for something that the table does not hold."""
    return error("E0915", what, *notes)


def reason(fault: Exception) -> str:
    """One line that says what an exception means."""
    if isinstance(fault, OSError) and fault.errno is not None:
        return os.strerror(fault.errno)
    text = " ".join(str(fault).split())
    return text[:200] or type(fault).__name__
