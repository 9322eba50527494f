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
from qbcc.source import SourceFile, Span
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
_PLACE: Final = re.compile(r"(?:<input>:)?L?(?:line )?(\d+)[,:]C?(\d+):? ?(.*)", re.DOTALL)
"""How each of the readers begins a message: ``<input>:3,0: …``, ``3,0: …``, ``L3:C0: …``, ``line 3:0 …``."""
_VERSION: Final = re.compile(r"2(?:\.0)?|3(?:\.[0-9]{1,3})?")
_OTHER: Final = (".qbc", ".sigma", ".qbo", ".json", ".py")
"""Endings of files that are not OpenQASM."""
_FIRST: Final = re.compile(
    "OPENQASM|include|qubit|qreg|bit|creg|gate|opaque|def|extern|const|int|uint|float|angle|bool|complex|array|duration|"
    "stretch|input|output|let|for|while|if|switch|measure|reset|barrier|delay|box|end|break|continue|return|U|CX|gphase|"
    "ctrl|negctrl|inv|pow|pragma|#|@|cal|defcal|defcalgrammar|[xyzhst]|[rc]?[xyz]|sx|p|[{}]"
)
"""Words with which a text in OpenQASM begins. What begins with another one is not OpenQASM."""
_LONGEST: Final = 400
"""Digits of a number: more are a mistake, and Python reads no more than some thousand."""


@dataclass
class Text:
    """A text with what it includes in its place."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    lines: list[tuple[SourceFile, int, int]] = field(default_factory=list)
    """Of each line the file, the line in it, and the characters of that line before it."""
    inputs: list[Path] = field(default_factory=list)

    def add(self, text: str, source: SourceFile, line: int, shift: int = 0) -> None:
        """``line``: that on which the text begins in its file; ``shift``: of the line that follows."""
        self.parts.append(text)
        self.size += len(text)
        self.lines += ((source, line + more + 1, shift) for more in range(text.count("\n")))
        if self.size > MAX_BYTES:
            raise messages_circuit.unreadable(
                source.name, f"with what it includes it has more than {MAX_BYTES:,} bytes"
            )

    def where(self, line: int) -> str:
        """How a message of the program names a line of the whole."""
        source, own, _ = self.lines[min(max(line, 1), len(self.lines)) - 1]
        return f"line {own}" if source is self.lines[0][0] else f"'{source.name}', line {own}"

    def span(self, line: int, column: int, length: int = 1) -> Span:
        """The place of a stretch of a line of the whole; ``column`` counts from 0."""
        source, own, shift = self.lines[min(max(line, 1), len(self.lines)) - 1]
        return Span(source, own, shift + column + 1, shift + column + 1 + max(length, 1))

    def token(self, token: re.Match[str]) -> Span:
        """The place of a word of the whole."""
        before = token.string[: token.start()]
        return self.span(before.count("\n") + 1, len(before) - before.rfind("\n") - 1, len(token[0]))

    def stretch(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """The place of a node, of which the parser says where its first and last word begin; of its first line."""
        place = self.span(line, column)
        content = place.source.line(place.line)
        end = len(content)
        if end_line == line:
            match = _TOKEN.match(content, place.column - 1 + max(end_column - column, 0))
            end = match.end() if match is not None else end
        comment = content.find("//", place.column - 1)
        end = min(end, comment) if comment >= 0 else end
        end = max(len(content[:end].rstrip()), place.column)
        return Span(place.source, place.line, place.column, end + 1)


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
    text = Text(lines=[(source, 1, 0)])
    folder = Path(source.path).parent if source.path else None
    folders = Folders((), None, root=folder, prefix="" if name == "-" else os.path.dirname(name))
    _inline(source, text, [], folders)
    whole = "".join(text.parts)
    tokens = [match for match in _TOKEN.finditer(whole) if match.lastgroup != "blank"]
    if name.endswith(_OTHER):
        raise messages_circuit.not_openqasm(text.token(tokens[0]) if tokens else source.name)
    if not tokens:
        raise messages_circuit.unreadable(source.name, "there is no statement in it")
    if whole.startswith("/*", tokens[0].start()):
        raise messages_circuit.unreadable(text.token(tokens[0]), "the comment does not end: '*/' is missing")
    if not _FIRST.fullmatch(tokens[0][0]) and not any(token[0] == "OPENQASM" for token in tokens[:8]):
        raise messages_circuit.not_openqasm(text.token(tokens[0]))
    version = _version(tokens, text)
    _check_numbers(tokens, version, text)
    _check_growth(tokens, text)
    if version == 3:
        return Read(source.name, version, None, _tree(whole, tokens, text), text, tuple(text.inputs))
    _check_sizes(tokens, text)
    return Read(source.name, version, _circuit(whole, tokens, text), None, text, tuple(text.inputs))


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
        text.add(source.text[done:start], source, line)
        place = text.span(
            len(text.lines), start - source.text.rfind("\n", 0, start) - 1 - text.lines[-1][2], end - start
        )
        line += source.text.count("\n", done, end)
        done = end
        if len(text.inputs) > MOST_INCLUDES:
            raise messages_circuit.unreadable(place, f"more than {MOST_INCLUDES:,} files are included")
        found = _find(wanted, source, place, folders)
        if found.path in (*above, source.path):
            raise messages_circuit.unreadable(place, f"'{wanted}' includes itself")
        text.add("\n", found, 0)
        _inline(found, text, [*above, source.path or ""], folders)
        text.add("\n", source, line - 1, end - source.text.rfind("\n", 0, end) - 1)
    text.add(source.text[done:], source, line)


def _find(wanted: str, source: SourceFile, place: Span, folders: Folders) -> SourceFile:
    try:
        return folders.find(wanted, source)
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, place, notes=did_you_mean(fault.near))]) from None


def _includes(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text includes files that Qiskit does not bring: start, end and name."""
    words = [match for match in _TOKEN.finditer(text) if match.lastgroup != "blank"]
    for word, name, stop in zip(words, words[1:], words[2:], strict=False):
        if word[0] == "include" and name.lastgroup == "string" and stop[0] == ";" and name[0][1:-1] not in _STANDARD:
            yield word.start(), stop.end(), name[0][1:-1]


def _version(tokens: list[re.Match[str]], text: Text) -> int:
    """2 or 3. A text of version 3 need not say so."""
    if len(tokens) > 1 and tokens[0][0] == "OPENQASM" and tokens[1].lastgroup == "number":
        if not _VERSION.fullmatch(tokens[1][0]):
            raise messages_circuit.unknown_version(text.token(tokens[1]), tokens[1][0][:20])
        return int(tokens[1][0][0])
    return 2 if any(token[0] == "qreg" for token in tokens) else 3


def _check_numbers(tokens: list[re.Match[str]], version: int, text: Text) -> None:
    """Refuse numbers that the readers fail on: Python's int, and an index of Qiskit's."""
    before = ""
    for token in tokens:
        most = 18 if version == 2 and before == "[" else _LONGEST
        if token.lastgroup == "number" and len(token[0]) > most:
            raise messages_circuit.unreadable(text.token(token), f"a number of more than {most} digits")
        before = token[0]


def _check_sizes(tokens: list[re.Match[str]], text: Text) -> None:
    """Qiskit makes an object for each bit before anything else looks at them."""
    total = 0
    words = [token[0] for token in tokens]
    for place, word in enumerate(words):
        if word not in ("qreg", "creg") or words[place + 2 : place + 3] != ["["]:
            continue
        size = words[place + 3 : place + 5]
        where = text.token(tokens[min(place + 3, len(tokens) - 1)])
        if len(size) < 2 or size[1] != "]" or not re.fullmatch(r"[0-9][0-9_]*", size[0]):
            # What is worked out may come to anything; a text that is no OpenQASM, Qiskit tells.
            raise messages_circuit.unreadable(where, f"the size of a {word} is not written as a decimal number")
        total += int(size[0]) if len(size[0]) < 20 else MOST_BITS + 1
        if total > MOST_BITS:
            raise messages_circuit.unreadable(where, f"registers of more than {MOST_BITS:,} bits in all")


def _check_growth(tokens: list[re.Match[str]], text: Text) -> None:
    """Gates that are defined by gates that are defined by gates may stand for more than memory holds."""
    sizes: dict[str, int] = {}
    rest = iter(tokens)
    for word in rest:
        if word[0] != "gate":
            continue
        name = next(rest, word)
        depth = size = 0
        for token in rest:
            inner = token[0]
            depth += (inner == "{") - (inner == "}")
            size += (sizes.get(inner, 0) if depth else 0) + (inner == ";")
            if depth == 0 and inner in "};":
                break
        sizes[name[0]] = size
        if size > MOST_GROWN:
            why = f"the gate '{name[0]}' stands for more than {MOST_GROWN:,} gates"
            raise messages_circuit.unreadable(text.token(name), why)


def _circuit(whole: str, tokens: list[re.Match[str]], text: Text) -> Any:
    try:
        from qiskit import qasm2
    except ImportError:
        raise missing_extra("OpenQASM", "reading", "quantum") from None
    known = {gate.name for gate in qasm2.LEGACY_CUSTOM_INSTRUCTIONS}
    # Qiskit goes by names and not by definitions: gates that the text defines under known names have others for it.
    own = {name[0] for word, name in pairwise(tokens) if word[0] == "gate"} & known
    renamed = _TOKEN.sub(lambda match: match[0] + _OWN if match[0] in own else match[0], whole)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return qasm2.loads(renamed, include_path=(), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        # A parser and a converter, each with exceptions of its own, and panics of Rust, which are no Exception.
        raise _wrong_2(error, whole, tokens, own, text) from None


def _wrong_2(error: BaseException, whole: str, tokens: list[re.Match[str]], own: set[str], text: Text) -> SourceError:
    from qiskit.exceptions import QiskitError

    message = str(getattr(error, "message", "") or error).strip("'\"") if isinstance(error, QiskitError) else ""
    if not message:
        return messages_circuit.unreadable(text.lines[0][0].name, "Qiskit cannot read it")
    match = _PLACE.match(message)
    for name in own:
        message = message.replace(name + _OWN, name)
    if match is None:
        return messages_circuit.unreadable(text.lines[0][0].name, " ".join(message.split())[:300])
    line, column, message = int(match[1]), int(match[2]), " ".join(match[3].split())[:300]
    for name in own:
        message = message.replace(name + _OWN, name)
    starts = [0, *(found.end() for found in re.finditer("\n", whole))]
    start = starts[min(line, len(starts)) - 1]
    at = start + column
    for token in tokens:
        if start <= token.start() < at and token[0] in own:
            at -= len(_OWN)
    place = next((place for place, token in enumerate(tokens) if token.start() >= at), len(tokens))
    if place == len(tokens) or message.startswith("needed ';'"):
        return messages_circuit.unreadable(_before(tokens, place, text), message)
    return messages_circuit.unreadable(text.token(tokens[place]), message)


def _tree(whole: str, tokens: list[re.Match[str]], text: Text) -> Any:
    """The tree of a text in OpenQASM 3."""
    try:
        import openqasm3
    except ImportError:
        raise missing_extra("OpenQASM 3", "reading", "convert") from None
    # The parser says on standard error what is wrong, and not in its exception.
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            tree = openqasm3.parse(whole)
    except RecursionError:
        raise messages_circuit.unreadable(text.lines[0][0].name, "it is too deeply nested") from None
    except Exception as error:
        raise _wrong_3(error, tokens, text) from None
    if not tree.statements:
        raise messages_circuit.unreadable(text.lines[0][0].name, "there is no statement in it")
    return tree


def _wrong_3(error: Exception, tokens: list[re.Match[str]], text: Text) -> SourceError:
    match = _PLACE.match(str(error))
    if match is not None:
        line, column, message = int(match[1]), int(match[2]), match[3]
        place = text.span(line, column)
        recognised = re.match(r"token recognition error at: '(.*)'$", message, re.DOTALL)
        if recognised is None:
            word = re.match(r"'(\w+)'", message)
            return messages_circuit.unreadable(text.span(line, column, len(word[1]) if word else 1), message)
        if recognised[1][:1] in ('"', "'"):
            return messages_circuit.unreadable(place, "the string does not end on its line")
        return messages_circuit.unreadable(place, f"'{recognised[1][:1]}' is not a character of OpenQASM here")
    token = (
        getattr(error.__cause__.args[0], "offendingToken", None) if error.__cause__ and error.__cause__.args else None
    )
    if token is None:
        return messages_circuit.unreadable(text.lines[0][0].name, "it cannot be read as OpenQASM 3")
    return _unexpected(token.line, token.column, str(token.text), tokens, text)


def _unexpected(line: int, column: int, near: str, tokens: list[re.Match[str]], text: Text) -> SourceError:
    """The parser did not go on at a word: perhaps that before it, at the end of a line, is what is wrong."""
    here = text.span(line, column, len(near))
    spans = [text.token(token) for token in tokens] if near != "<EOF>" else []
    place = next(
        (
            place
            for place, span in enumerate(spans)
            if (span.source, span.line, span.column) == (here.source, here.line, here.column)
        ),
        len(tokens) if near == "<EOF>" else None,
    )
    if near == "<EOF>":
        message = "the text ends inside of a statement or a block: ';' or '}' is missing"
        return messages_circuit.unreadable(_before(tokens, len(tokens), text), message)
    if place is None:
        return messages_circuit.unreadable(here, f"'{near[:40]}' is not expected here")
    if near == "/" and tokens[place].string.startswith("/*", tokens[place].start()):
        return messages_circuit.unreadable(here, "the comment does not end: '*/' is missing")
    if place and spans[place - 1].line != here.line and tokens[place - 1][0] not in ("{", "}", ";"):
        message = f"expected ';' before '{near[:40]}' on the next line"
        return messages_circuit.unreadable(_before(tokens, place, text), message)
    return messages_circuit.unreadable(here, f"'{near[:40]}' is not expected here")


def _before(tokens: list[re.Match[str]], place: int, text: Text) -> Span:
    """The place after the word before one."""
    if place == 0:
        return text.span(1, 0)
    span = text.token(tokens[place - 1])
    return Span(span.source, span.line, span.end_column, span.end_column + 1)
