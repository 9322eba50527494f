"""What people write who come from other languages, and what it is called here: tables for the messages.

Each table has rows of words and what to write instead. Words of several languages that mean one thing share a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _table(*rows: tuple[str, str]) -> Mapping[str, str]:
    """Return what is said of each word of the rows."""
    return {word: note for words, note in rows for word in words.split()}


_PRINTS: Final = 'print("{x}") prints x and a line break, write("{x}") no line break'
_GATES: Final = "makes qubits, and gates are called: h(q[0]);"
_SHOWS: Final = '"{x}" in print shows a value as text'
_FREED: Final = "a qubit is given back at the end of the block that made it; reset(q) makes it |0⟩"
_INVERSE: Final = "the inverse of a gate is inv g(q);"
_CONTROLLED: Final = "a controlled gate is ctrl(c) g(q);"
_FILLED: Final = "an array of n zeros is [0; n]"

NAMES: Final = _table(
    # Python, C, Rust
    ("null None nil NULL undefined nullptr", "every variable has a value: there is no null"),
    ("range xrange arange", "for i in a..b counts from a to before b"),
    ("enumerate", "for i in 0..len(a) counts through an array"),
    ("zip", "for i in 0..len(a) counts through two arrays"),
    ("size length count strlen sizeof ndims", "the number of elements is len(a)"),
    ("println printf echo puts Message Print WriteLine cout putStrLn display", _PRINTS),
    (
        "input scanf gets readline raw_input",
        "read_line(bytes) reads a line; argument(0, 1) is an argument of the run, or 1 without",
    ),
    ("argv args", "argument(0, 1) is the first argument of the run, or 1 without; arguments() is their number"),
    ("pass", "an empty block is { }"),
    ("str string String repr format to_string toString chr", _SHOWS),
    ("ord", "a character in single quotes is an int: 'A'"),
    ("exit quit abort", "halt(status) ends the program"),
    ("sum total", "a loop adds: var s = 0; for x in a { s += x; }"),
    ("sorted sort", "import std.sort; and sort.ints(a) or sort.floats(a) sort an array"),
    ("list array Array vector Vec tuple", "an array is [1, 2, 3], or [0; n] of n zeros; a tuple is (1, 2)"),
    ("zeros ones empty full linspace", _FILLED),
    ("dict set map HashMap", "there are no dictionaries: an array has ints as its indices, a record has fields"),
    ("append push extend insert pop", "an array keeps its length; a variable counts what is used of it"),
    (
        "rand randint randrange uniform random_int DrawRandomInt DrawRandomDouble",
        "random() is from 0 to before 1: int(6 * random()) + 1; std.random has more",
    ),
    ("PI M_PI Pi π", "the number is pi"),
    ("τ TAU", "the number is tau"),
    ("INFINITY Inf infinity", "the number is inf"),
    ("NaN NAN", "the number is nan"),
    ("fabs math_abs", "the absolute value is abs(x)"),
    ("power", "a power is pow(a, b), a float; a square is a * a"),
    ("to_int parseInt atoi", "the whole part of a number is int(x)"),
    ("to_float toDouble IntAsDouble", "a number as a float is float(x)"),
    ("boolean", "the type is bool"),
    ("degrees radians deg", "angles are radians: 90 degrees is pi / 2"),
    ("self this super", "there are no methods: a function takes the record as a parameter"),
    ("end fi done endif endfor esac begin then", "blocks are in braces: if c { … }"),
    ("sleep", "time() and clock() read the clock"),
    # quantum languages
    ("cnot CNOT CX cX CNot", "the gate is cx(control, target);"),
    ("toffoli Toffoli tof ccnot CCNOT ccnotgate CCX", "the gate is ccx(control, control, target);"),
    ("fredkin Fredkin", "the gate is cswap(control, a, b);"),
    ("hadamard Hadamard", "the gate is h(q);"),
    ("pauli_x PauliX NOT", "the gate is x(q);"),
    ("pauli_y PauliY", "the gate is y(q);"),
    ("pauli_z PauliZ", "the gate is z(q);"),
    ("s_dag sdag SDG S_DAG sdagger s_dg", "the inverse of s is sdg(q), or inv s(q)"),
    ("t_dag tdag TDG T_DAG tdagger t_dg", "the inverse of t is tdg(q), or inv t(q)"),
    ("v vdg V", "the square root of x is sx(q), its inverse inv sx(q)"),
    ("R1 u1 phase PhaseShift", "the gate is p(q, angle);"),
    ("U u2 u3 U3 U2", "the gate is u(q, θ, φ, λ): the qubit comes first"),
    ("gphase GlobalPhase", "a global phase cannot be observed; under a control it is p(control, angle)"),
    ("M MResetZ MZ measure_z MeasureInteger mz", "a measurement is measure(q): a bool, or an int of an array"),
    (
        "measure_all measure_active MeasureEachZ MultiM MeasureAllZ",
        "measure(q) of an array of qubits is an int, the first qubit lowest",
    ),
    ("result results Result", "measure(q) is a bool; record(\"name\", b) records a result of the run"),
    ("One Zero", "measure(q) is a bool: true for 1, false for 0"),
    ("ResetAll reset_all", "reset(q) takes an array of qubits too"),
    ("Adjoint adjoint dagger inverse adj dag", _INVERSE),
    ("Controlled controlled control ControlledGate", _CONTROLLED),
    (
        "QuantumCircuit QuantumRegister ClassicalRegister LineQubit NamedQubit Circuit qreg creg",
        f"let q = qubits(n); {_GATES}",
    ),
    ("Qubit qalloc allocate alloc new_qubit", "let q = qubit(); makes a qubit, let q = qubits(n); several"),
    ("release discard free dealloc delete", _FREED),
    (
        "statevector Statevector DumpMachine DumpRegister dump_machine",
        "probability(q), purity(q), entropy(q) and expect(q, \"Z\") inspect a state",
    ),
    ("Length", "the number of elements is len(a)"),
    ("execute transpile simulate run_circuit", "the program runs as a whole: qbc run FILE --shots 1000"),
    ("counts get_counts", "sample(q, shots) is a histogram; qbc run FILE --shots 1000 counts records"),
    ("Ry Rx Rz RX RY RZ", "rotations are rx(q, angle), ry(q, angle) and rz(q, angle): the qubit comes first"),
    ("depolarize", "std.noise has channels; qbc run --noise has noise at every gate"),
)  # fmt: skip
"""Names of values and functions elsewhere."""

BASES: Final = _table(
    ("np numpy math Math cmath torch jnp", "functions of numbers are of the language: sqrt(x), pi"),
    ("qc circuit circ qiskit cirq qml pennylane quantum", f"let q = qubits(n); {_GATES}"),
    ("sys os", "halt(status) ends the program; argument(0, 1) is an argument of the run"),
    ("console System io std::io fmt", _PRINTS),
    ("random", "random() is from 0 to before 1; std.random has more"),
    ("self this", "there are no methods: a function takes the record as a parameter"),
)
"""Names elsewhere before a dot."""

_WHOLE: Final = "whole numbers are int, of 64 bits"
_TEXT: Final = "there is no type for texts: print takes one in quotes, and [byte] holds its bytes"
TYPES: Final = _table(
    ("i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 usize isize long short uint unsigned signed", _WHOLE),
    ("integer Integer Int int32 int64 uint32 uint64 uint8 char size_t BigInt", _WHOLE),
    ("f32 f64 double Double real number angle Float complex64", "numbers with a point are float, of 64 bits"),
    ("complex Complex", "import std.complex; has complex.Complex"),
    ("str string String text char8", _TEXT),
    ("boolean Boolean Bool bit Result", "what is true or false, such as an outcome, is a bool"),
    (
        "list List array Array vector Vec tuple Sequence ndarray",
        "arrays are [int; 3], or [int] where the length is open",
    ),
    ("dict Dict map set", "there are no dictionaries: an array has ints as its indices, a record has fields"),
    ("void None nothing unit Unit", "a function without a result has no ->"),
    ("qreg Qubit QuantumRegister Qid", "a qubit is qubit, several are [qubit]"),
    ("any Any auto var object", "every parameter has a type of its own; of let x = … it is inferred"),
    ("Callable func", "a function is not a value: call it where it is needed"),
)  # fmt: skip
"""Types elsewhere."""

CALLS: Final = {
    "random": "random() is from 0 to before 1: int(6 * random()) + 1; std.random has more",
    "round": 'round(x) is a whole float; places are printed: "{x:.2f}"',
    "max": "of an array, a loop finds it: var m = a[0]; for x in a { m = max(m, x); }",
    "min": "of an array, a loop finds it: var m = a[0]; for x in a { m = min(m, x); }",
    "qubit": "qubits(n) makes several",
    "qubits": "qubits(n) makes n of them, qubit() makes one",
    "log": "the logarithm to another base is log(x) / log(b)",
    "int": "int(x) takes a number",
    "measure": "measure(q) takes a qubit, or an array of them",
    "expect": 'expect(q, "ZZ") takes qubits and a string of Paulis',
    "record": 'record("name", x) takes a name in quotes and a value',
    "sample": "sample(q, 1000) takes qubits and a number of shots",
    "barrier": "barrier(q) takes a qubit, or an array of them",
    "reset": "reset(q) takes a qubit, or an array of them",
}
"""What a call of the language looks like, where it has too many or too few arguments."""

_FUNCTION: Final = "a function is written fn name(n: int) -> int { … }"
_RECORD: Final = "a record is written record P { x: float; y: float }"
_IMPORT: Final = 'a module is imported by import std.name; or import "file.sigma"; before the functions'
_VARIABLE: Final = "a name is declared by let x = …; or, if it changes, by var x = …;"
_BRANCHES: Final = "branches are if … { } else if … { } else { }"
_LOOPS: Final = "loops are while condition { … } and for i in a..b { … }"
_TRAP: Final = "a trap ends the program: nothing catches it"
_SEVERAL: Final = "qubits are made by let q = qubit(); or let q = qubits(2);"
PARENTHESES: Final = "arguments are in parentheses"
OUTSIDE: Final = "declarations are outside of functions"
_ANONYMOUS: Final = "every function has a name, and is declared outside of others"
_QASM: Final = "this is OpenQASM: qbcc import FILE.qasm makes a program of it"

HEADS: Final = _table(
    ("def func function fun proc void sub operation newtype", _FUNCTION),
    ("struct class type enum union data", _RECORD),
    ("impl trait interface", "there are no methods: a function takes the record as a parameter"),
    ("from using include require open", _IMPORT),
    ("use borrow", "a module is imported by import std.name; a qubit is made by let q = qubit();"),
    ("OPENQASM", _QASM),
    ("namespace module package", "a file is a module: there is nothing to open"),
    ("pub public private protected", "every declaration can be used by who imports the file; export is for assembly"),
    ("static global nonlocal", "a variable outside of functions is seen in all of them: var n = 0;"),
    ("elif elsif elseif elsunless", "write else if … { … }"),
    ("switch match unless case when select", _BRANCHES),
    ("loop do until foreach forever", _LOOPS),
    ("repeat", "loops are while condition { … }: var again = true; while again { … again = …; }"),
    ("fixup", _LOOPS),
    ("int float bool double long auto mut string char bit uint angle complex Int Double Bool", _VARIABLE),
    ("mutable", "a name that changes is declared by var x = …;"),
    ("set", "an assignment is x = …;"),
    ("qubit qreg Qubit", _SEVERAL),
    ("creg", "a result is a variable: let c = measure(q);"),
    ("within apply conjugate", "write the gates, what is between, and their inverses: g(q); x(r); inv g(q);"),
    ("Adjoint adjoint", "the inverse of a gate is inv g(q);"),
    ("Controlled controlled", _CONTROLLED),
    (
        "print write assert measure reset barrier halt record h x y z s t cx cz cy ccx rx ry rz swap sdg tdg "
        "sx p u len sqrt",
        PARENTHESES,
    ),
    ("CNOT H X Y Z S T CX CZ SWAP CCX M", PARENTHESES + ": h(q);"),
    ("println printf echo puts Message", _PRINTS),
    ("try throw raise except catch finally fail", _TRAP),
    ("lambda", _ANONYMOUS),
    ("new", "an array is [0; n], a record P(1, 2), a qubit let q = qubit();"),
    ("del delete", "a variable ends with its block"),
    ("with", "a block is { … }: what is declared in it ends there"),
    ("async await yield spawn go", "a program does one thing after another"),
    ("goto", _LOOPS),
    ("f", 'a string has no f before it: print("{x}") prints x'),
    ("r b", "a string has no letter before it"),
    ("ref", "'ref' is behind 'let b =' only; what is handed to a function refers for the call"),
    (
        "defcal defcalgrammar cal box delay pragma extern_port stretch duration",
        "there are no pulses: gates are those of the language",
    ),
    ("gphase", "a global phase cannot be observed; under a control it is p(control, angle)"),
    ("negctrl", "a control on |0⟩: x(c); ctrl(c) g(q); x(c);"),
    ("pow", "a power of a gate is a loop: for i in 0..n { g(q); }"),
    ("end then begin fi done", "blocks are in braces: if c { … }"),
    ("sleep", "time() and clock() read the clock"),
)  # fmt: skip
"""Words elsewhere that begin a statement or a declaration, or are before a value."""

INFIX: Final = _table(
    ("xor", "^ is the exclusive or, of ints and of bools"),
    ("mod rem", "the remainder is a % b"),
    ("idiv quo", "integer division is the word 'div': n div 2"),
    ("shl", "bits are shifted by a << b"),
    ("shr", "bits are shifted by a >> b, or shr(a, b) without the sign"),
    ("is eq", "== compares"),
    ("ne", "!= compares"),
    ("as", "a number is converted by a call: float(n), int(x)"),
    ("deg degrees", "angles are radians: 90 degrees is pi / 2"),
    ("to downto until", "for i in a..b counts from a to before b"),
    ("by", "for i in a..b step c counts in steps of c"),
    ("then", "blocks are in braces: if c { … }"),
)
"""Words elsewhere between two values."""

MARKS: Final = {
    ("*", "*"): "a power is pow(a, b), a float; a square is a * a",
    ("+", "+"): "write i += 1;", (";", "+"): "write i += 1;", ("-", ";"): "write i -= 1;", ("{", "+"): "write i += 1;",
    ("+", ";"): "write i += 1;", ("}", "+"): "write i += 1;", ("-", ")"): "write i -= 1;", ("+", ")"): "write i += 1;",
    ("..", "="): "a..b ends before b: write a..b + 1 to take b along",
    ("..", "."): "a..b counts from a to before b",
    ("..", "]"): "a part of an array has both ends: a[1..len(a)]",
    ("[", ".."): "a part of an array has both ends: a[0..2]",
    ("=", "|"): _ANONYMOUS, ("(", "|"): _ANONYMOUS,
    ("==", "="): "== compares", ("!=", "="): "!= compares", ("<", ">"): "!= compares",
    ("=", ">"): "a body is in braces: fn f(n: int) -> int { return n; }",
    ("=", "+"): "write x += 3; to add",
    ("&", "&"): "bools are joined by and", ("|", "|"): "bools are joined by or",
    ("div", "/"): "integer division is the word 'div': n div 2",
    (":", ":"): "a name of a module is m.name",
    (":", "="): "a name gets its value by =: let x = 3; or var x = 3;",
    ("[", ":"): "a part of an array has both ends: a[0..2]",
    (".", "*"): "a module is imported by its name: import std.math;",
}  # fmt: skip
"""Marks elsewhere: the word before, and the one that cannot be there."""

CHARACTERS: Final = {
    **dict.fromkeys("“”„‘’«»", 'a string is in plain quotes: "…"'),
    "#": "a comment begins with //",
    "?": "a choice is written a if condition else b",
    "@": "a modifier has no @: inv t(q); ctrl(c) x(q); and a declaration has nothing above it",
    "°": "angles are radians: 90 degrees is pi / 2",
    "`": "names are written as they are",
    "$": 'names are written as they are; in a text, "{x}" prints x',
    "\\": "an expression goes on over lines by itself",
    "×": "write a * b", "÷": "write a / b, or n div m of ints", "−": "write a - b", "–": "write a - b",
    "≤": "write a <= b", "≥": "write a >= b", "≠": "write a != b", "·": "write a * b", "√": "write sqrt(x)",
    "→": "write ->", "…": "a..b counts from a to before b", "⊗": "a * b multiplies numbers; gates are called",
    "†": "the inverse of a gate is inv g(q);", "∧": "write a and b", "∨": "write a or b", "¬": "write not a",
    "⊕": "write a ^ b", "²": "a square is a * a",
}  # fmt: skip
"""Characters that no word has."""

DIRECTIVES: Final = _table(
    ("include import using", _IMPORT),
    ("define", "a constant is written const N = 3;"),
    ("if ifdef ifndef elif else endif pragma undef", "there are no directives: -D N=9 takes the place of a const"),
)
"""Words behind a # elsewhere."""

MODULES: Final = _table(
    (
        "numpy np scipy math cmath random sys os qiskit cirq pennylane qml guppylang torch sympy time",
        "modules of Python cannot be imported; numbers are of the language, sqrt(x), pi, and import "
        "std.name; is of the library",
    ),
)  # fmt: skip
"""Modules elsewhere."""
