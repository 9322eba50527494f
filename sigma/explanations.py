"""What ``qbcc explain`` says of errors in σ: a wrong and a right example for each."""

from __future__ import annotations

from textwrap import indent
from typing import Final

from qbcc.explanation import Explanation
from sigma.circuit import explanations as explanations_circuit
from sigma.lint import explanations as explanations_lint


def _main(body: str) -> str:
    if not body or "fn " in body or body.startswith("import"):
        return body
    return "fn main() {\n" + indent(body, "    ") + "\n}"


# Code, title, text, wrong, right. An example without a function stands in main; the tests try them all.
_TABLE: Final = (
    ("S0101", "a character that belongs to no word", "Names may have any letters, Greek ones too; other marks stand in strings and comments only.", "let x = 3 $ 4;", "let x = 3 * 4;"),
    ("S0102", "a string without its end", "A string and a character constant end on the line on which they begin.", 'print("hello);', 'print("hello");'),
    ("S0103", "a comment or an asm block without its end", "Comments between /* and */ may hold others; each needs its end. So does asm { … }.", "let x = 3; /* three", "let x = 3; /* three */"),
    ("S0104", "what looks like a number and is none", "Numbers are written 42, 0xFF, 0b101, 0o17, 1_000, 8.0, 1e-9.", "let x = 12ab;", "let x = 0x12ab;"),
    ("S0105", "a word that cannot stand here", "The message says what could stand in its place.", "let = 3;", "let x = 3;"),
    ("S0106", "a missing semicolon", "A statement ends with ';', but for blocks.", "let x = 3\nlet y = 4;", "let x = 3;\nlet y = 4;"),
    ("S0107", "nesting that is too deep", "Blocks and expressions nest to a bounded depth, so that no text can exhaust the compiler.", "let x = " + "-" * 101 + "1;", "let x = -1;"),
    ("S0108", "comparisons in a chain", "Each comparison gives a bool, which is no number. Join two with 'and'.", "let x = 3;\nlet b = 1 < x < 5;", "let x = 3;\nlet b = 1 < x and x < 5;"),
    ("S0109", "several counters for one range", "A range counts one name; names in parentheses take tuples of an array apart.", "for (a, b) in 0..3 { }", "for a in 0..3 { }"),
    ("S0110", "no value between braces", "{x} in what is printed is the value of an expression; a brace of the text is written twice.", 'print("{}");', 'print("{{}}");'),
    ("S0111", "a comment that was meant to divide", "// always begins a comment; integers are divided by the word div, and divided in place by div=. In older sources // divided behind a value: 'qbcc fmt --migrate FILE' rewrites them.", "let n = argument(0, 9);\nlet half = n // 2;\nprint(\"{half}\");", "let n = argument(0, 9);\nlet half = n div 2;\nprint(\"{half}\");"),
    ("S0112", "a word of another language", "The note says what is written in its place.", "let q = qubit();\nlet c = new int;", "let q = qubit();\nlet c = 0;"),
    ("S0201", "a name that means nothing here", "Names are declared before they are used: by let and var in the block, by parameters, or outside of functions.", "print(\"{count}\");", "let count = 3;\nprint(\"{count}\");"),
    ("S0202", "a type that does not exist", "Types are int, float, bool, qubit, arrays [T; n], tuples, and records.", "let x: integer = 3;", "let x: int = 3;"),
    ("S0203", "a name declared twice", "A block, and a module, declares a name once; an inner block may declare it anew.", "let x = 3;\nlet x = 4;", "let x = 3;\n{ let x = 4; }"),
    ("S0204", "a function where a value is wanted", "A function, a gate, a record or a module is no value.", "let x = sqrt;", "let x = sqrt(2.0);"),
    ("S0205", "a name whose block has ended", "A name lives to the end of its block.", "{ let x = 3; }\nprint(\"{x}\");", "let x = 3;\n{ }\nprint(\"{x}\");"),
    ("S0206", "a constant that needs itself", "Constants may stand in any order, but none in a circle.", "const A = B;\nconst B = A;\nfn main() { }", "const A = B;\nconst B = 3;\nfn main() { }"),
    ("S0207", "a member that does not exist", "A record has its fields, a module the names that it declares.", "record P { x: int }\nfn main() { let p = P(1); print(\"{p.y}\"); }", "record P { x: int }\nfn main() { let p = P(1); print(\"{p.x}\"); }"),
    ("S0301", "a value of another type", "An int goes where a float is wanted; nothing else is changed silently.", "let x: int = 2.5;", "let x: int = int(2.5);"),
    ("S0302", "an operator that does not go with its operands", "Numbers are calculated with, ints have bits, bools are joined by and and or.", "let b = true + 1;", "let b = int(true) + 1;"),
    ("S0303", "too many or too few arguments", "A call gives as many arguments as are declared.", "let x = sqrt(1.0, 2.0);", "let x = sqrt(1.0);"),
    ("S0304", "a call of something that is no function", "Functions, gates and records are called.", "let x = 3;\nlet y = x(1);", "let x = 3;\nlet y = x + 1;"),
    ("S0305", "elements of something that has none", "Arrays have elements, and loops without a range go over arrays.", "let x = 3;\nlet y = x[0];", "let x = [3];\nlet y = x[0];"),
    ("S0306", "an index that is certainly outside", "Indices are 0 to the length less one. Where only a run can tell, it traps.", "let a = [1, 2];\nlet b = a[2];", "let a = [1, 2];\nlet b = a[1];"),
    ("S0307", "a range that goes nowhere", "The step of a range is positive or negative.", "for i in 0..3 step 0 { }", "for i in 0..3 step 2 { }"),
    ("S0308", "a place that does not change", "let fixes a name, var does not; parameters, constants and counters are fixed.", "let x = 3;\nx = 4;", "var x = 3;\nx = 4;"),
    ("S0309", "a way through a function without a return", "A function that gives a value returns one on every way.", "fn f(n: int) -> int { if n > 0 { return 1; } }\nfn main() { f(1); }", "fn f(n: int) -> int { if n > 0 { return 1; } return 0; }\nfn main() { f(1); }"),
    ("S0310", "a return that does not go with the function", "What a function gives is written behind its parameters.", "fn f() { return 3; }\nfn main() { f(); }", "fn f() -> int { return 3; }\nfn main() { f(); }"),
    ("S0311", "break or continue outside of a loop", "They belong to the innermost loop around them.", "break;", "while true { break; }"),
    ("S0312", "a value that must be known at compile time", "Lengths in types, constants and addresses of views are constant.", "let n = int(random() * 3);\nlet a: [int; n] = [1];", "const N = 1;\nfn main() { let a: [int; N] = [1]; }"),
    ("S0313", "a number that 64 bits cannot hold", "Ints are 64 bits with a sign; in hexadecimal all 64 bits can be written.", "let x = 99999999999999999999;", "let x = 0xFFFF_FFFF_FFFF_FFFF;"),
    ("S0314", "a length that no array has", "Lengths are 0 and more.", "let a = [0; -1];", "let a = [0; 1];"),
    ("S0315", "a value that is not used", "A statement does something: it calls, or assigns.", "1 + 2;", "let x = 1 + 2;"),
    ("S0316", "a division by zero", "Ints are not divided by 0; of floats the result is infinite or no number.", "let x = 1 div 0;", "let x = 1.0 / 0.0;"),
    ("S0317", "a tuple taken apart wrongly", "There is a name for each part.", "let (a, b) = (1, 2, 3);", "let (a, b, c) = (1, 2, 3);"),
    ("S0318", "a text or a form that cannot be", "Forms are Python's: {x:8}, {x:<8}, {x:^8}, {x:*>8}, {x:08}, {x:+}, {x:.3f}, {n:x}, {n:b}, {n:o} and {n:c}, which is the character of a number; escapes are those of QBC.", 'let x = 1;\nprint("{x:q}");', 'let x = 1;\nprint("{x:4}");'),
    ("S0319", "a text that is no literal", "Names of records and what is printed are strings in quotes.", "let x = 3;\nrecord(x, 3);", "record(\"x\", 3);"),
    ("S0320", "fields given wrongly", "A record is made of all its fields, by place or by name.", "record P { x: int; y: int }\nfn main() { let p = P(1); }", "record P { x: int; y: int }\nfn main() { let p = P(1, y: 2); }"),
    ("S0321", "a record that contains itself", "Records lie inline, so such a record would be endless.", "record R { next: R }\nfn main() { }", "record R { next: int }\nfn main() { }"),
    ("S0322", "a type that cannot be here", "Strings are literals only, arrays hold things of one known size.", 'let s = "text";', 'print("text");'),
    ("S0323", "an empty array of an unknown type", "Without elements, the type is written.", "let a = [];", "let a: [int; 0] = [];"),
    ("S0324", "a variable without room", "Variables lie in the data, which hold 1 GiB, and 256 MiB of it that are not zero. A view lies elsewhere in memory.", "var a = [0; 1 << 28];\nfn main() { a[0] = 1; }", "view a: [int; 1 << 28] at OUTPUT_BUFFER;\nfn main() { a[0] = 1; }"),
    ("S0325", "a reference to what is no place", "let b = ref …; is a name for an array or a record that a variable, a parameter or a view has, or for a part of one. Values are not referred to: a name has a copy of them.", "let n = 3;\nlet b = ref n;", "let a = [1, 2, 3];\nlet b = ref a[0..2];"),
    ("S0326", "a copy of what has no length", "A binding copies, and a view of the type [T] does not say how much there is.", "view words: [int] at OUTPUT_BUFFER;\nfn main() { let a = words; }", "view words: [int] at OUTPUT_BUFFER;\nfn main() { let a = words[0..8]; }"),
    ("S0401", "one qubit twice in a gate", "A gate acts on different qubits. Where only a run can tell, it traps.", "let q = qubits(2);\ncx(q[0], q[0]);", "let q = qubits(2);\ncx(q[0], q[1]);"),
    ("S0402", "a qubit after its scope", "A qubit is given back at the end of the scope of its name.", "{ let a = qubit(); }\nh(a);", "let a = qubit();\nh(a);"),
    ("S0403", "what cannot stand in a gate", "A gate holds let, loops over ranges, if, and gates, so its inverse and its controlled form follow.", "gate g(a: qubit) { measure(a); }\nfn main() { }", "gate g(a: qubit) { h(a); }\nfn main() { let q = qubit(); g(q); measure(q); }"),
    ("S0404", "a gate that calls what does more than calculate", "Functions that a gate calls only calculate.", "fn f() -> float { return random(); }\ngate g(a: qubit) { rx(a, f()); }\nfn main() { }", "fn f() -> float { return 0.5; }\ngate g(a: qubit) { rx(a, f()); }\nfn main() { }"),
    ("S0405", "qubits that nobody owns", "A new qubit belongs to the scope of the name that it gets.", "h(qubit());", "let q = qubit();\nh(q);"),
    ("S0406", "qubits where they cannot be kept", "Qubits are passed down, never up or into records.", "fn f(q: qubit) -> qubit { return q; }\nfn main() { }", "fn f(q: qubit) { h(q); }\nfn main() { }"),
    ("S0407", "inv or ctrl without a gate", "inv and ctrl make another form of a gate.", "inv sqrt(2.0);", "let q = qubit();\ninv s(q);"),
    ("S0408", "a string that names no measurement", "There is one letter of I, X, Y, Z for each qubit, the last for the first qubit.", 'let q = qubits(2);\nlet e = expect(q, "Z");', 'let q = qubits(2);\nlet e = expect(q, "ZZ");'),
    ("S0409", "a gate as a value", "A gate changes qubits and gives nothing.", "let q = qubit();\nlet a = h(q);", "let q = qubit();\nh(q);"),
    ("S0501", "a module that cannot be read", "import std.name is of the library, import \"file.sigma\" lies beside the file.", 'import "nothing.sigma";\nfn main() { }', "fn main() { }"),
    ("S0502", "a program without main", "A program starts at fn main().", "fn start() { }", "fn main() { }"),
    ("S0503", "a main with arguments", "Arguments of the run come by argument(n, otherwise).", "fn main(n: int) { }", "fn main() { let n = argument(0, 3); }"),
    ("S0504", "a constant of the command line that cannot be", "-D NAME=VALUE takes the place of a const of the main module: of that name, of its type, by a constant expression.", "", ""),
    ("S0505", "assembly that cannot stand in place", "Plain instructions on names of variables stand in asm { … }; the compiler chooses the registers.", "var x = 3;\nasm { QADD r1, x, 1 }", "var x = 3;\nasm { QADD x, x, 1 }"),
    ("S0506", "a subroutine that cannot be called", "Subroutines take and give at most four numbers, in r0 to r3.", "extern fn f(a: int, b: int, c: int, d: int, e: int);\nfn main() { }", "extern fn qbc_sqrt(a: float) -> float from \"qbc_core.qbc\";\nfn main() { }"),
)  # fmt: skip
ERRORS: Final = {
    code: Explanation(title, text, _main(wrong), _main(right)) for code, title, text, wrong, right in _TABLE
} | explanations_circuit.EXPLANATIONS
EXPLANATIONS: Final = {**ERRORS, **explanations_lint.EXPLANATIONS}
