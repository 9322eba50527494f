"""Sources of σ and circuits in JSON that a stranger may have written."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from qbcc import render
from qbcc.assembly.assemble import Assembly, Options
from qbcc.assembly.includes import IncludeFault, decode
from qbcc.frontends import STAGES, FrontEnd, Settings
from qbcc.source import SourceFile
from sigma.frontend import CIRCUITS, FRONT_END
from sigma.lexer import KEYWORDS
from tests.fuzz.files import changed_data
from tests.fuzz.mutate import ROOT, exchange
from tests.sigma.test_programs import CASES, WHOLE
from vm.bytecode import ObjectFile
from vm.verify import verify

_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|//.*|\w+|\s+|.')
_PIECES = [
    "fn", "gate", "let", "var", "const", "if", "else", "for", "in", "..", "step", "while", "break", "return", "record",
    "view", "at", "import", "extern", "export", "asm", "inv", "ctrl", "int", "float", "bool", "qubit", "q", "x", "main",
    "{", "}", "(", ")", "[", "]", ";", ":", ",", "->", "=", "+=", "==", "//", "/*", "*/", '"', '"{x}"', "'a'", "-1", "0",
    "9223372036854775808", "1e308", "1 << 40", "[0; 1 << 32]", "qubits(70000)", "measure(q)", "σ", "🌙", "\x00", "\r",
    "\u202e", "((((((((", "not", "and", "%", "~", "OUTPUT_BUFFER", "\n",
]  # fmt: skip
_JSON_PIECES = [
    "{", "}", "[", "]", ",", ":", '"', "'", "//", "1e999", "-0", "01", "NaN", "true", "null", '"gate"', '"on"', '"h"',
    "\\u0000", "\\ud800", "\t", "\x00", "🌙", "9" * 400, "[" * 50, '{"measure": [0]}', "\r\n", "ops",
]  # fmt: skip
_CIRCUIT = {
    "qubits": 4,
    "ops": [
        {"gate": "w", "on": [0, 1, 2]},
        {"gate": "sigma", "on": [0], "args": [2.0], "inv": True},
        {"gate": "u", "on": [1], "args": [0.5, 1, -2], "ctrl": [0, 3]},
        {"gate": "cx", "on": [2, 3]},
        {"barrier": [0]},
        {"reset": [3]},
        {"measure": [0, 1, 2, 3]},
    ],
    "shots": 100,
}


@cache
def _sources() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Programs that are right, and wrong ones."""
    paths = sorted((ROOT / "tests/sigma/errors").glob("*.sigma"))
    right = [f"fn main() {{\n{body}\n}}\n" for body, _ in CASES.values()] + [text for text, *_ in WHOLE.values()]
    return tuple(right), tuple(path.read_text(encoding="utf-8") for path in paths)


def _kind(word: str) -> str:
    """Numbers, names, operators, types: what goes in the place of another of its kind. Empty for all else."""
    if word.isdecimal():
        return "number"
    if word.isidentifier():
        return KEYWORDS.get(word, "NAME") if KEYWORDS.get(word, "TYPE") == "TYPE" else ""
    return "operator" if word in {"+", "-", "*", "%", "<", ">", "&", "|", "^"} else ""


def _changed(rng: random.Random, text: str, pieces: list[str]) -> str:
    """Words exchanged for others of their kind, which is often right, or for anything, which hardly ever is."""
    words = _WORD.findall(text) or [""]
    alike = rng.random() < 0.6
    places = [at for at, word in enumerate(words) if _kind(word)] if alike else []
    for _ in range(rng.randint(1, 3)):
        if places:
            at = rng.choice(places)
            words[at] = rng.choice([word for word in words if _kind(word) == _kind(words[at])])
            continue
        exchange(rng, words, pieces, pieces)
    return "".join(words)


def _mutated_circuit(rng: random.Random) -> bytes:
    data: Any = _CIRCUIT
    for _ in range(rng.randrange(3)):
        data = changed_data(rng, data)
    text = json.dumps(data, indent=rng.choice((None, 1)))
    if rng.random() < 0.4:
        text = _changed(rng, text, _JSON_PIECES)
    content = bytearray(text.encode())
    if rng.random() < 0.1:
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def try_sigma(seed: int, run: Callable[[ObjectFile], str]) -> str:
    """Check, compile at some level, run what compiles."""
    rng = random.Random(seed)
    right, wrong = _sources()
    text = _changed(rng, rng.choice(right if rng.random() < 0.7 else wrong), _PIECES)
    return _tried(FRONT_END, "fuzz.sigma", text, rng, run)


def try_circuit(seed: int, run: Callable[[ObjectFile], str]) -> str:
    """The same of a circuit's bytes."""
    rng = random.Random(seed)
    try:
        text = decode(_mutated_circuit(rng), "fuzz.sigma.json")
    except IncludeFault as fault:
        return fault.code
    return _tried(CIRCUITS, "fuzz.sigma.json", text, rng, run)


def _tried(front: FrontEnd, name: str, text: str, rng: random.Random, run: Callable[[ObjectFile], str]) -> str:
    settings = Settings(rng.randrange(3), rng.random() < 0.2)
    source = SourceFile(name, text)
    stage = front.show(source, Options(), settings, rng.choice(STAGES))
    found: Assembly = front.assemble(source, Options(), settings)
    render.report(found.diagnostics, colour=True)
    if found.object is None:
        assert found.diagnostics
        # Only the assembler knows all that does not fit, and no stage asks it.
        assert stage.diagnostics or found.diagnostics[0].code.startswith("E")
        return found.diagnostics[0].code
    assert not stage.diagnostics
    verify(found.object)
    return "incomplete" if found.object.undefined else run(found.object)
