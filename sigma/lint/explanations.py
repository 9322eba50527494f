"""What ``qbcc explain`` says of the linter's findings: a program in which each is found, and one in which nothing is."""

from __future__ import annotations

from typing import Final

from qbcc.explanation import Explanation
from sigma.lint.rules import RULES

_ALLOW: Final = "What is meant gets '// lint: allow {}' on its line or above it."


# Code, text, wrong, right. An example without a function stands in main; the tests try them all.
_TABLE: Final = (
    ("S0901", "Nothing reads it, so it may be a slip for another name. A name that begins with _ is meant so; so is the counter of a range.", "let x = 3;\nlet y = 4;\nprint(\"{x}\");", "let x = 3;\nprint(\"{x}\");"),
    ("S0902", "What callers give for it makes no difference. Parameters of export fn are not looked at: others decide them.", "fn f(a: int, b: int) -> int { return a; }\nfn main() { print(\"{f(1, 2)}\"); }", "fn f(a: int) -> int { return a; }\nfn main() { print(\"{f(1)}\"); }"),
    ("S0903", "No way leads from main to it. Of a module, a source without main, all is for others.", "fn f() { print(\"!\"); }\nfn main() { print(\"?\"); }", "fn f() { print(\"!\"); }\nfn main() { f(); }"),
    ("S0904", "The module is read for nothing. One with an export fn is not looked at: the host may call that.", "import \"module.sigma\";\nfn main() { print(\"?\"); }", "import \"module.sigma\";\nfn main() { print(\"{module.twice(1)}\"); }"),
    ("S0905", "Nothing in the program uses it. Of a module, a source without main, all is for others.", "const N = 3;\nfn main() { print(\"3\"); }", "const N = 3;\nfn main() { print(\"{N}\"); }"),
    ("S0906", "Nothing in the program has this type.", "record P { x: int }\nfn main() { print(\"?\"); }", "record P { x: int }\nfn main() { print(\"{P(1).x}\"); }"),
    ("S0907", "let says that it stays what it is, and the compiler then watches over that.", "var n = 3;\nprint(\"{n}\");", "let n = 3;\nprint(\"{n}\");"),
    ("S0908", "On every way from here it is overwritten, or its scope ends, before anything reads it. A constant first value is not counted: a var needs one.", "var n = argument(0, 3);\nn = 4;\nprint(\"{n}\");", "var n = argument(0, 3);\nn += 4;\nprint(\"{n}\");"),
    ("S0909", "It stands behind return, break, continue, halt or a loop without an end, or below a condition that is written false.", "while true {\n    break;\n    print(\"!\");\n}", "while true {\n    print(\"!\");\n    break;\n}"),
    ("S0910", "It compares what is known, or a value with itself. Conditions of constants are not counted: -D, or an edit, sets them.", "let n = argument(0, 3);\nif n == n { print(\"!\"); }", "let n = argument(0, 3);\nif n == 3 { print(\"!\"); }"),
    ("S0911", "A qubit that nothing acts on costs its place in a simulation, and on a device.", "let q = qubits(2);", "let q = qubits(2);\nh(q);"),
    ("S0912", "Simulators go on behind a measurement. IonQ's devices measure at the end only, so there such a gate is refused.", "let q = qubit();\nh(q);\nlet a = measure(q);\nh(q);\nprint(\"{a}\");", "let q = qubit();\nh(q);\nlet a = measure(q);\nprint(\"{a}\");"),
    ("S0913", "The two do nothing, and the compiler takes them out. To keep them, for their noise perhaps, write barrier(…) between them.", "let q = qubit();\nh(q);\nh(q);", "let q = qubit();\nh(q);\nbarrier(q);\nh(q);"),
    ("S0914", "An inner name is legal, and is easily taken for the outer one. var n = n, a copy of a parameter that may change, is not counted.", "for i in 0..3 {\n    for i in 0..2 { print(\"{i}\"); }\n    print(\"{i}\");\n}", "for i in 0..3 {\n    for j in 0..2 { print(\"{j}\"); }\n    print(\"{i}\");\n}"),
    ("S0915", "What is calculated is rounded, and most decimal fractions are. Whole numbers and infinity are exact, and so not counted.", "let x = random();\nif x == 0.1 { print(\"!\"); }", "let x = random();\nif abs(x - 0.1) < 1e-9 { print(\"!\"); }"),
    ("S0916", "'div' cuts the quotient of ints to a whole number before it becomes a float; / does not.", "let n = argument(0, 3);\nlet half: float = n div 2;\nprint(\"{half}\");", "let n = argument(0, 3);\nlet half: float = n / 2;\nprint(\"{half}\");"),
    ("S0917", "It does nothing; another name was probably meant.", "let a = [1, 2];\na[0] = a[0];\nprint(\"{a[0]}\");", "let a = [1, 2];\na[0] = a[1];\nprint(\"{a[0]}\");"),
    ("S0918", "Its condition is of variables that nothing in the loop changes, and nothing leaves it: once begun, it does not end.", "var n = argument(0, 3);\nn += 1;\nwhile n > 0 { print(\"{n}\"); }", "var n = argument(0, 3);\nwhile n > 0 {\n    print(\"{n}\");\n    n -= 1;\n}"),
    ("S0919", "Whatever the condition, the same is done; one way was probably meant to differ.", "let n = argument(0, 3);\nlet m = n + 1 if n > 2 else n + 1;\nprint(\"{m}\");", "let n = argument(0, 3);\nlet m = n + 1 if n > 2 else n - 1;\nprint(\"{m}\");"),
    ("S0920", "A measurement whose outcome nothing uses is often a slip.", "let q = qubit();\nh(q);\nmeasure(q);", "let q = qubit();\nh(q);\nrecord(\"outcome\", measure(q));"),
    ("S0921", "The angle is 0 or whole turns. Under control, or in a gate, which may come under control, half of a period of 4π is a phase that counts, and is not told.", "let q = qubit();\nsigma(q, 8);", "let q = qubit();\nsigma(q, 4);"),
    ("S0922", "What is called changes nothing, so a call without its result does nothing.", "sqrt(2.0);", "print(\"{sqrt(2.0)}\");"),
    ("S0923", "The language's own is out of reach where this one is seen. Names of variables count only in a source that uses the language's, and single letters never.", "fn sqrt(x: float) -> float { return x / 2.0; }\nfn main() { print(\"{sqrt(2.0)}\"); }", "fn half(x: float) -> float { return x / 2.0; }\nfn main() { print(\"{half(2.0)}\"); }"),
    ("S0924", "A line of the comment above its declaration begins with Deprecated; what follows says what to use.", "/// Deprecated: use half.\nfn halved(x: float) -> float { return x / 2.0; }\nfn main() { print(\"{halved(2.0)}\"); }", "fn half(x: float) -> float { return x / 2.0; }\nfn main() { print(\"{half(2.0)}\"); }"),
    ("S0925", "// begins a comment, and divided behind a value in older sources. Such a comment in the middle of an expression leaves a divisor out.", "let n = argument(0, 9);\nlet x = n // 2\n    + 1;\nprint(\"{x}\");", "let n = argument(0, 9);\nlet x = n div 2\n    + 1;\nprint(\"{x}\");"),
    ("S0927", "'not' binds looser than comparisons and the operators of bits. After one of those it takes what follows with it, so 'a & not b | c' is 'a & (not (b | c))'. Parentheses say what is meant.", "let a = argument(0, 1) == 1;\nlet b = argument(1, 0) == 1;\nif a & not b | a { print(\"yes\"); }", "let a = argument(0, 1) == 1;\nlet b = argument(1, 0) == 1;\nif a & (not b) | a { print(\"yes\"); }"),
    ("S0928", "Its last bound is not above the first one, or not below it with a negative step, so the body never runs. Bounds of constants are not counted: -D, or an edit, sets them.", "for i in 3..0 { print(\"{i}\"); }", "for i in 3..0 step -1 { print(\"{i}\"); }"),
    ("S0929", "Values are written into the texts of print and write only. The text of an assertion and the name of a record are constants: braces in them stay as they are.", "let n = argument(0, 3);\nassert(n > 0, \"n is {n}\");", "let n = argument(0, 3);\nif n <= 0 { print(\"n is {n}\"); }\nassert(n > 0, \"n is not positive\");"),
    ("S0926", "A binding copies arrays, records and parts of them, so what is done to the copy is not done to what it is a copy of. let b = ref … refers.", "var a = [1, 2, 3];\nlet b = a[0..2];\nb[0] = 9;\nprint(\"{a[0]}\");", "var a = [1, 2, 3];\nlet b = ref a[0..2];\nb[0] = 9;\nprint(\"{a[0]}\");"),
)  # fmt: skip


def _whole(body: str) -> str:
    if "fn " in body:
        return body
    inner = "\n".join(f"    {line}" for line in body.split("\n"))
    return f"fn main() {{\n{inner}\n}}"


EXPLANATIONS: Final = {
    code: Explanation(RULES[code].title, f"{text} {_ALLOW.format(code)}", _whole(wrong), _whole(right))
    for code, text, wrong, right in _TABLE
}
