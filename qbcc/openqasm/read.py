"""Reads OpenQASM: version 2 with Qiskit, version 3 with its reference parser. Files that a text includes are put in
their place here, so that no parser opens one: a text from a stranger must not read the host."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from qbcc.assembly.includes import Folders, IncludeFault, decode, read_regular_bytes
from qbcc.circuits import messages as messages_circuit
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.export.messages import missing_extra
from qbcc.source import SourceFile
from qbcc.wording import did_you_mean

MAX_BYTES: Final = 4 << 20
"""Of a text with all that it includes: some thousand lines of OpenQASM 3 are read a second."""
MOST_BITS: Final = 1 << 20
"""Qubits, and bits, that a text may declare."""
_STANDARD: Final = ("qelib1.inc", "stdgates.inc")
"""Included files that each language brings."""
MOST_INCLUDES: Final = 1000
MOST_GROWN: Final = 100_000
"""Gates that one gate of a text may stand for: Qiskit copies a gate with all that is below it."""
_OWN: Final = "_own"
"""What a gate of the text's own is called more, where its name is that of one of Qiskit's."""
_TOKEN: Final = re.compile(
    r"""(?P<string>"[^"\n]*"|'[^'\n]*')|(?P<blank>\s+|//[^\n]*|/\*.*?\*/)|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|.""",
    re.DOTALL,
)
_PLACE: Final = re.compile(r"(?:<input>:)?L?(?:line )?(\d+)[,:]C?\d+:? ?(.*)", re.DOTALL)
"""How each of Qiskit's readers begins a message: ``<input>:3,0: …``, ``3,0: …``, ``L3:C0: …``, ``line 3:0 …``."""


@dataclass
class Text:
    """A text with what it includes in its place."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    lines: list[tuple[str, int]] = field(default_factory=list)
    """Of each line the file and the line in it."""
    inputs: list[Path] = field(default_factory=list)

    def add(self, text: str, name: str, line: int) -> None:
        """``line``: that on which the text begins in its file."""
        self.parts.append(text)
        self.size += len(text)
        self.lines += ((name, line + more + 1) for more in range(text.count("\n")))
        if self.size > MAX_BYTES:
            raise messages_circuit.unreadable(name, None, f"with what it includes it has more than {MAX_BYTES:,} bytes")

    def place(self, line: int) -> tuple[str, int]:
        """Where a line of the whole comes from."""
        return self.lines[min(max(line, 1), len(self.lines)) - 1]


@dataclass(frozen=True)
class Read:
    """What was read."""

    name: str
    version: int
    circuit: Any
    """Of version 2: Qiskit's ``QuantumCircuit``."""
    tree: Any
    """Of version 3: the tree of ``openqasm3``."""
    text: Text
    inputs: tuple[Path, ...]
    """Every file that was read."""


def read(name: str) -> Read:
    """A file, or ``-`` for standard input. Raises :class:`SourceError`."""
    source = _source(name)
    text = Text(lines=[(source.name, 1)])
    folder = Path(source.path).parent if source.path else None
    folders = Folders((), None, root=folder, prefix="" if name == "-" else os.path.dirname(name))
    _inline(source, text, [], folders)
    whole = "".join(text.parts)
    words = [match[0] for match in _TOKEN.finditer(whole) if match.lastgroup != "blank"]
    _check_growth(words, source.name)
    version = _version(words)
    if version == 3:
        return Read(source.name, version, None, _tree(whole, text), text, tuple(text.inputs))
    _check_sizes(words, source.name)
    return Read(source.name, version, _circuit(whole, words, text), None, text, tuple(text.inputs))


def _source(name: str) -> SourceFile:
    try:
        if name == "-":
            content, shown, path = sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>", None
            if len(content) > MAX_BYTES:
                raise IncludeFault("E0504", f"'{shown}' has more than {MAX_BYTES:,} bytes")
        else:
            content, shown, path = (
                read_regular_bytes(Path(name), name, MAX_BYTES, (".qasm",)),
                name,
                os.path.realpath(name),
            )
        return SourceFile(shown, decode(content, shown).removeprefix("\ufeff"), path)
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, None, notes=fault.notes)]) from None


def _inline(source: SourceFile, text: Text, above: list[str], folders: Folders) -> None:
    if source.path is not None:
        text.inputs.append(Path(source.path))
    done, line = 0, 1
    for start, end, wanted in _includes(source.text):
        text.add(source.text[done:start], source.name, line)
        line += source.text.count("\n", done, end)
        done = end
        if len(text.inputs) > MOST_INCLUDES:
            raise messages_circuit.unreadable(source.name, line, f"more than {MOST_INCLUDES:,} files are included")
        found = _find(wanted, source, line, folders)
        if found.path in (*above, source.path):
            raise messages_circuit.unreadable(source.name, line, f"'{wanted}' includes itself")
        text.add("\n", found.name, 0)
        _inline(found, text, [*above, source.path or ""], folders)
        text.add("\n", source.name, line - 1)
    text.add(source.text[done:], source.name, line)


def _find(wanted: str, source: SourceFile, line: int, folders: Folders) -> SourceFile:
    try:
        return folders.find(wanted, source)
    except IncludeFault as fault:
        message = f"'{source.name}', line {line}: {fault.message}"
        raise SourceError([Diagnostic(fault.code, message, None, notes=did_you_mean(fault.near))]) from None


def _includes(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text includes files that Qiskit does not bring: start, end and name."""
    words = [match for match in _TOKEN.finditer(text) if match.lastgroup != "blank"]
    for word, name, stop in zip(words, words[1:], words[2:], strict=False):
        if word[0] == "include" and name.lastgroup == "string" and stop[0] == ";" and name[0][1:-1] not in _STANDARD:
            yield word.start(), stop.end(), name[0][1:-1]


def _version(words: list[str]) -> int:
    """2 or 3. A text of version 3 need not say so."""
    if len(words) > 1 and words[0] == "OPENQASM":
        return 2 if words[1].startswith("2") else 3
    return 2 if "qreg" in words else 3


def _check_sizes(words: list[str], name: str) -> None:
    """Qiskit makes an object for each bit before anything else looks at them."""
    total = 0
    for place, word in enumerate(words):
        if word not in ("qreg", "creg") or words[place + 2 : place + 3] != ["["]:
            continue
        size = words[place + 3 : place + 5]
        if len(size) < 2 or size[1] != "]" or not re.fullmatch(r"[0-9][0-9_]*", size[0]):
            # What is worked out may come to anything; a text that is no OpenQASM, Qiskit tells.
            raise messages_circuit.unreadable(name, None, f"the size of a {word} is not written as a decimal number")
        total += int(size[0]) if len(size[0]) < 20 else MOST_BITS + 1
        if total > MOST_BITS:
            raise messages_circuit.unreadable(name, None, f"registers of more than {MOST_BITS:,} bits in all")


def _check_growth(words: list[str], name: str) -> None:
    """Gates that are defined by gates that are defined by gates may stand for more than memory holds."""
    sizes: dict[str, int] = {}
    rest = iter(words)
    for word in rest:
        if word != "gate":
            continue
        own = next(rest, "")
        depth = size = 0
        for inner in rest:
            depth += (inner == "{") - (inner == "}")
            size += (sizes.get(inner, 0) if depth else 0) + (inner == ";")
            if depth == 0 and inner in "};":
                break
        sizes[own] = size
        if size > MOST_GROWN:
            raise messages_circuit.unreadable(name, None, f"the gate '{own}' stands for more than {MOST_GROWN:,} gates")


def _with_own_gates(whole: str, words: list[str], known: set[str]) -> str:
    """The text with other names for gates that it defines under those that Qiskit knows: it goes by names and not by
    definitions."""
    own = {name for word, name in pairwise(words) if word == "gate"} & known
    return _TOKEN.sub(lambda match: match[0] + _OWN if match[0] in own else match[0], whole)


def _circuit(whole: str, words: list[str], text: Text) -> Any:
    try:
        from qiskit import qasm2
    except ImportError:
        raise missing_extra("OpenQASM", "reading", "quantum") from None
    whole = _with_own_gates(whole, words, {gate.name for gate in qasm2.LEGACY_CUSTOM_INSTRUCTIONS})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return qasm2.loads(whole, include_path=(), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    except Exception as error:
        # A parser and a converter, each with exceptions of its own, and of the libraries below them.
        raise _wrong(error, "", text) from None


def _tree(whole: str, text: Text) -> Any:
    """The tree of a text in OpenQASM 3."""
    try:
        import openqasm3
    except ImportError:
        raise missing_extra("OpenQASM 3", "reading", "convert") from None
    # The parser says on standard error what is wrong, and not in its exception.
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            tree = openqasm3.parse(whole)
    except RecursionError:
        raise messages_circuit.unreadable(text.lines[0][0], None, "it is too deeply nested") from None
    except Exception as error:
        raise _wrong(error, said.getvalue(), text) from None
    if not tree.statements:
        raise messages_circuit.unreadable(text.lines[0][0], None, "there is no statement in it")
    return tree


def _wrong(error: Exception, said: str, text: Text) -> SourceError:
    """The one line that says where and what."""
    message = str(getattr(error, "message", "") or error).strip("'\"") or said.strip().partition("\n")[0]
    token = None
    if error.__cause__ is not None and error.__cause__.args:
        token = getattr(error.__cause__.args[0], "offendingToken", None)
    match = _PLACE.match(message)
    if match is not None:
        line, message = int(match[1]), match[2]
    else:
        line = getattr(token, "line", 0)
    if not message:
        near = str(getattr(token, "text", ""))[:40]
        message = "the text ends too soon" if near in ("", "<EOF>") else f"'{near}' is not expected here"
    name, line = text.place(line) if line else (text.lines[0][0], 0)
    return messages_circuit.unreadable(name, line, " ".join(message.split())[:300])
