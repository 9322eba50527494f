"""Other files that a stranger may have written: OpenQASM, noise models, answers of ``mock``, journals."""

from __future__ import annotations

import json
import random
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from qbcc.assembly.assemble import Options, assemble
from qbcc.cli.devices import is_run
from qbcc.diagnostics import SourceError
from qbcc.openqasm import read as qasm
from qbcc.openqasm import source as qasm_source
from qbcc.render import diagnostic as diagnostic_text
from qbcc.source import SourceFile
from vm.machine import Machine
from vm.quantum.backends import noise
from vm.quantum.backends.choose import make
from vm.quantum.gates import GATES
from vm.quantum.jobs import Journal, JournalError

_QASM = (
    """OPENQASM 2.0;
include "qelib1.inc";
gate own(a, b) x, y { cu3(a, b, pi/2) x, y; rz(-a) y; barrier x; }
qreg q[3]; creg c[2]; creg d[1];
h q; own(0.3, sin(1)) q[0], q[1]; ccx q[0], q[1], q[2];
measure q[0] -> c[0]; if (c == 1) x q[1]; reset q[0]; barrier q; measure q[1] -> d[0];
""",
    """OPENQASM 3.0;
include "stdgates.inc";
gate own(a) x, y { ctrl @ rz(a) x, y; inv @ s x; pow(2) @ t y; gphase(a); }
qubit[3] q; qubit lone; bit[2] c; bit d;
own(pi / 3) q[0], q[1]; h q; negctrl @ x q[0], lone;
c[0] = measure q[0];
if (c == 2) { x q[1]; } else { z q[2]; }
for int i in [0:3] { rx(i * 0.1) q[2]; if (c[0]) { break; } }
while (c[0]) { reset q[0]; c[0] = measure q[0]; }
d = measure lone;
""",
    """OPENQASM 3.0;
include "stdgates.inc";
const uint[8] k = 200; const float f = 1.5e3 / 2; output int[16] s; output angle[8] w; output bit[3] o;
uint[8] u = k + 100; int[8] i = 7; bit[3] b = "101"; angle[8] a = 3 * pi; bool t = u < i || a == pi;
array[int, 2, 2] g = {{1, 2}, {3, 4}};
def add(int[8] x, angle y) -> int[8] { if (y > pi) { return x; } return x % 3; }
s = (u << i) >> 2 | 3; u += ~u * 2; b[i - 6] = b[0] ^ 1; w = a * 3 + 0.5; o = rotl(b, 1);
for bit x in b { s += x; } for int[8] n in [i:2:k] { n = n / 2; s = add(n, a); } for uint n in {1, 2} { n -= 1; }
switch (s) { case 1, 2 { s = int(f); } default { g[0, 1] = sizeof(g) - popcount(b); } }
let j = b[0:1] ++ b[2]; s = g[1][i % 2]; float r = float(u) / 3 - sin(a); s += int(r); duration d = 10ns; end;
""",
)
_FOREIGN = re.compile(
    r"NoneType|object has no|Traceback|unwrap|panick|token recognition|no viable|mismatched|_own\b|Error\b"
)
"""Words of Python, Rust and ANTLR, which no message has."""
_WORDS = [
    "[", "]", "(", ")", "{", "}", ";", ",", "->", "==", "@", "-", "1", "0", "99999999999", "-1", "1e308", "pi", "q", "c",
    "x", "gate", "ctrl", "pow(3)", "if", "for", "measure", "reset", "qubit", "bit", "include", '"a"', "\x00", "σ", "//",
    "/*", "opaque", "q[0]", "c[5]", "U", "\n", "~", "~=", "~", "<<", ">>", "/", "%", "**", "!", "1e400", "99999999999999999999",
    "9223372036854775808", "4.0", "2.0999999999999999999", "OPENQASM", "int[8]", "uint[64]", "angle", "angle[4]", "bit[70]", "bool(", "int(",
    "const", "output", "[1:0]", "[0:1]", "{}", "'", '"', "1ns", "mod", "pow", "rotl", "popcount", "u", "a", "s", "g", "t", "=", "array", "return",
]  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2, 1e308, float("nan"), "", "x", "00", [], {}, [[]], {"a": 1}, 10**30, "\x00", [1, 2, 3],
)  # fmt: skip


@cache
def _noises() -> tuple[Any, ...]:
    from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["h"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.2), ["x"])
    model.add_all_qubit_readout_error([[0.9, 0.1], [0.2, 0.8]])
    own = {"depolarizing": 0.1, "bit_flip": {"cx": 0.1, "2": 0.2}, "readout": [0.1, 0.2], "amplitude_damping": 0.3}
    return own, model.to_dict(serializable=True)


_ANSWERS = {"measure": [0, 1, 0.5], "sample": [{"00": 3, "11": 1}], "look": [0.25, -1], "repeat": True}
_JOURNAL = {
    "format": 1,
    "run": {
        "program": "ab", "file": "p.qbc", "args": [1, 2.5], "defines": {"N": "3"}, "include": ["/x"], "engine": "auto",
        "optimize": None, "max_instructions": None, "timeout": 1.5, "memory": 1 << 32, "seed": 3, "clock": None,
        "backend": "ionq:simulator", "shots": 10, "unchecked": False,
    },
    "jobs": [{"circuit": "ab", "shots": 3, "name": "qbc-1-0", "id": "x", "answer": {"0": 1, "3": 2}}],
}  # fmt: skip


def _changed_text(source: random.Random, text: str) -> str:
    words = re.findall(r"\w+|\s+|.", text)
    for _ in range(source.randrange(1, 4)):
        place = source.randrange(len(words))
        choice = source.randrange(4)
        if choice == 0:
            words[place] = source.choice(_WORDS)
        elif choice == 1:
            words.insert(place, source.choice(_WORDS))
        elif choice == 2:
            del words[place]
        else:
            other = source.randrange(len(words))
            words[place], words[other] = words[other], words[place]
    return "".join(words)


def _other_values(source: random.Random, text: str) -> str:
    """The text with other numbers, operators and types, so that more of it is still valid."""
    words = re.findall(r"u?int\[\d+\]|[a-z]+\[\d+\]|\d+\.?\d*|\w+|\s+|[-+*/%<>=!&|^~]+|.", text)
    for _ in range(source.randrange(1, 4)):
        place = source.choice(
            [place for place, word in enumerate(words) if re.match(r"[-+*/%<>&|^\d]|u?int|angle", word)]
        )
        word = words[place]
        if word[0].isdigit():
            words[place] = source.choice(
                ["0", "1", "2", "64", "255", "0.5", "1e300", "9223372036854775808", "u", "i", "a", "b"]
            )
        elif word[0].isalpha():
            words[place] = source.choice(
                ["int[8]", "uint[8]", "uint[64]", "int[64]", "angle[8]", "bit[3]", "float", "bool"]
            )
        else:
            words[place] = source.choice(["+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^", "<", "==", "&&"])
    return "".join(words)


def changed_data(source: random.Random, data: Any) -> Any:
    """A copy with one value replaced, left out or doubled."""
    copy = json.loads(json.dumps(data))
    node = copy
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return copy
        key = source.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and source.random() < 0.7:
            node = node[key]
            continue
        if source.random() < 0.2:
            del node[key]
        elif isinstance(node, list) and source.random() < 0.2:
            node.append(node[key])
        elif isinstance(node, dict) and source.random() < 0.2:
            node[source.choice(["x", "", "σ", "1", "99", "-1", "measure"])] = node.pop(key)
        else:
            node[key] = source.choice(_ODD)
        return copy


def _bytes(source: random.Random, text: str) -> bytes:
    content = bytearray(text.encode())
    if content and source.random() < 0.1:
        for _ in range(source.randrange(1, 4)):
            content[source.randrange(len(content))] = source.randrange(256)
    return bytes(content)


def _json(source: random.Random, data: Any) -> bytes:
    for _ in range(source.randrange(1, 3)):
        data = changed_data(source, data)
    return _bytes(source, json.dumps(data))


def try_qasm(seed: int) -> str:
    """Read, write, assemble, run: an error is one, in words of OpenQASM; no value is of the wrong kind."""
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.qasm"
        change = _changed_text if source.random() < 0.6 else _other_values
        changed = change(source, source.choice(_QASM))
        if source.random() < 0.2:
            changed = changed[: source.randrange(len(changed) + 1)]
        path.write_bytes(_bytes(source, changed))
        try:
            text = qasm_source.source(qasm.read(str(path)))
        except SourceError as error:
            (diagnostic,) = error.diagnostics
            assert not _FOREIGN.search(diagnostic.message), diagnostic.message
            assert diagnostic_text(diagnostic)
            return diagnostic.code
    found = assemble(SourceFile("f.qbc", text), Options({}))
    assert found.object is not None, found.diagnostics
    machine = Machine(found.object, engine="interp", max_instructions=20_000, timeout=2, memory=1 << 24, seed=1)
    trap = machine.run().trap
    assert trap is None or trap.name != "wrong kind", trap
    return "read" if trap is None else trap.name


def try_noise(seed: int) -> str:
    """Read, and make the channels of every gate."""
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "n.json"
        path.write_bytes(_json(source, source.choice(_noises())))
        try:
            found = noise.parse(str(path))
        except ValueError:
            return "refused"
    for code in GATES:
        found.channels(code)
    return "read"


def try_answers(seed: int) -> str:
    """Read."""
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.json"
        path.write_bytes(_json(source, _ANSWERS))
        try:
            make(f"mock:{path}")
        except ValueError:
            return "refused"
    return "read"


def try_journal(seed: int) -> str:
    """Read, and look whether it says what was run."""
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "0123abcd.json").write_bytes(_json(source, _JOURNAL))
        try:
            found = Journal.open(Path(folder), "0123abcd")
        except JournalError:
            return "refused"
    return "read" if is_run(found.data["run"]) else "refused"
