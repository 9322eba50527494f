"""Seeded bugs, twenty and more of each family. What varies: registers, the depth of calls, how the value is used, what
the routine does with the register, how the program is written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.qbcc.lint.seeds_memory import memory

# -- registers: a caller's value that a routine below it overwrites

_BODIES = {
    "square": "    QMUL {r}, r0, r0\n    QADD r0, {r}, 1",
    "copy": "    QMOV {r}, r0\n    QSUB {r}, 3\n    QMUL r0, {r}",
    "count": "    QMOV {r}, 4\n@{r}_turn:\n    QADD r0, {r}\n    QSUB {r}, 1\n    QJGT {r}, 0, @{r}_turn",
    "load": "    QSHL {r}, r0, 3\n    QLOAD r0, [{r}+0x300000]",
    "compare": "    QSLT {r}, r0, 10\n    QSEL r0, {r}, r0, 10",
    "float": "    QFLOAT {r}, r0\n    QMUL {r}, 0.5\n    QINT r0, {r}",
}
_CALLERS = {
    "counter": (
        "main:\n    QMOV {r}, 0\n@next:\n    QMOV r0, {r}\n    QCALL {first}   ; expect-lint: L0102\n"
        "    QSYSCALL 1\n    QADD {r}, 1\n    QJLT {r}, 5, @next\n    QHALT 0"
    ),
    "down": (
        "main:\n    QMOV {r}, 6\nagain: QMOV r0, 7\n    QCALL {first}   ; expect-lint: L0102\n    QSYSCALL 1\n"
        "    QSUB {r}, {r}, 1\n    QJGT {r}, 0, again\n    QRET"
    ),
    "address": (
        ".entry_point start\nstart:\n    QMOV {r}, 0x200000\n    QSTORE 1, [{r}]\n    QMOV r0, 2\n"
        "    QCALL {first}   ; expect-lint: L0101\n    QSTORE r0, [{r}+8]\n    QHALT 0"
    ),
    "sum": (
        "main:\n    QMOV {r}, 100\n    QMOV r0, 5\n    QCALL {first}   ; expect-lint: L0101\n    QADD r0, {r}\n"
        "    QSYSCALL 1\n    QHALT 0"
    ),
}


def _chain(register: str, body: str, depth: int) -> str:
    """Routines that call one another, of which the last one uses a register."""
    names = ["compute", "refine", "helper"][:depth]
    parts = []
    for name, below in pairwise(names):
        parts.append(f"{name}:\n    QADD r0, 1\n    QCALL {below}\n    QADD r0, 2\n    QRET")
    text = _BODIES[body].format(r=register)
    parts.append(f"{names[-1]}:\n+   QPUSH {register}\n{text}\n+   QPOP {register}\n    QRET")
    return "\n".join(parts)


def registers() -> Iterator[tuple[str, str]]:
    numbers = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    count = 0
    for caller in _CALLERS:
        for body in _BODIES:
            register = f"r{numbers[count % len(numbers)]}"
            depth = 1 + count % 3
            count += 1
            text = f"{_CALLERS[caller].format(r=register, first='compute')}\n{_chain(register, body, depth)}"
            yield f"{caller}-{body}-{register}-{depth}", text
    yield from _SCRATCH.items()


_SCRATCH = {
    "two-in-a-row": """
main:
    QMOV r12, 5
    QMOV r0, 1
    QCALL f             ; expect-lint: L0101
    QMOV r0, 2
    QCALL f             ; expect-lint: L0101
    QMOV r0, r12
    QSYSCALL 1
    QHALT
f:
+   QPUSH r12
    QADD r12, r0, 1
    QMUL r0, r12
+   QPOP r12
    QRET
""",
    "three-of-two": """
main:
    QMOV r9, 5
    QMOV r0, 1
    QCALL a             ; expect-lint: L0101
    QCALL b             ; expect-lint: L0101
    QCALL a             ; expect-lint: L0101
    QADD r0, r9
    QSYSCALL 1
    QHALT
a:
+   QPUSH r9
    QMOV r9, r0
    QMUL r0, r9, 2
+   QPOP r9
    QRET
b:
+   QPUSH r9
    QMOV r9, 3
    QADD r0, r9
+   QPOP r9
    QRET
""",
    "stub": """
main:
    QMOV r10, 5
    QMOV r0, 1
    QCALL note          ; expect-lint: L0101
    QMOV r0, r10
    QSYSCALL 1
    QHALT
note:
-   QMOV r10, r0
    QRET
""",
    "set-through-a-register": """
main:
    QMOV r0, 5
    QMUL r0, 3
    QMOV r4, r0
    QMOV r0, 2
    QCALL f             ; expect-lint: L0101
    QADD r0, r4
    QSYSCALL 1
    QHALT
f:
+   QPUSH r4
    QMUL r4, r0, r0
    QADD r0, r4
+   QPOP r4
    QRET
""",
    "result-lost-below": """
main:
    QMOV r0, 3
    QCALL pair
    QMOV r5, 0x200000
    QSTORE r0, [r5]
    QSTORE r4, [r5+8]
    QHALT
pair:
    QMUL r4, r0, 2
    QADD r0, 1
    QCALL square        ; expect-lint: L0101
    QRET
square:
+   QPUSH r4
    QMUL r4, r0, r0
    QMOV r0, r4
+   QPOP r4
    QRET
""",
    "argument-lost-before": """
main:
    QMOV r7, 0x200000
    QMOV r0, 4
    QCALL mix           ; expect-lint: L0101
    QCALL store
    QHALT
mix:
+   QPUSH r7
    QMOV r7, r0
    QMUL r0, r7
+   QPOP r7
    QRET
store:
    QSTORE r0, [r7]
    QRET
""",
    "one-saved-of-two": """
main:
    QMOV r8, 5
    QMOV r9, 6
    QMOV r0, 1
    QCALL f             ; expect-lint: L0101
    QADD r0, r8, r9
    QSYSCALL 1
    QHALT
f:
+   QPUSH r9
    QPUSH r8
    QMOV r8, r0
    QADD r9, r8, 2
    QMUL r0, r9
    QPOP r8
+   QPOP r9
    QRET
""",
    "listed-in-a-contract": """
main:
    QMOV r8, 5
    QMOV r0, 1
+   QPUSH r8
    QCALL f             ; expect-lint: L0101
+   QPOP r8
    QADD r0, r8
    QSYSCALL 1
    QHALT
.func f
    .args r0
    .returns r0
    .clobbers r0, r8
f:
    QMOV r8, r0
    QMUL r0, r8
    QRET
.endfunc
""",
    "blame-goes-to-the-call-that-changes": """
main:
    QMOV r10, 0
@n:
    QMOV r0, r10
    QCALL third
    QCALL change        ; expect-lint: L0102
    QSYSCALL 1
    QADD r10, 1
    QJLT r10, 3, @n
    QHALT
third:
    QMOV r10, r0
    QMUL r0, r10, 3
    QRET
change:
+   QPUSH r10
    QMOV r10, 9
    QADD r0, r10
+   QPOP r10
    QRET
""",
    "scratch-sum": """
main:
    QMOV r2, 7
    QMOV r0, 1
+   QPUSH r2
    QCALL work      ; expect-lint: L0101
+   QPOP r2
    QADD r0, r2
    QSYSCALL 1
    QHALT
work:
    QMOV r2, 3
@l: QSUB r2, 1
    QADD r0, 2
    QJGT r2, 0, @l
    QRET
""",
    "scratch-counter": """
.data
nl: .asciz "\\n"
.text
main:
    QMOV r1, 1
next:
    QMOV r0, r1
    QSYSCALL 1
+   QPUSH r1
    QCALL newline   ; expect-lint: L0102
+   QPOP r1
    QADD r1, 1
    QJLE r1, 10, next
    QHALT
newline:
    QMOV r0, nl
    QMOV r1, 1
    QSYSCALL 10
    QRET
""",
    "result-lost": """
main:
    QCALL five
-   QCALL show      ; expect-lint: L0101
+   QMOV r4, r0
+   QCALL show
+   QMOV r0, r4
    QSYSCALL 1
    QHALT
five:
    QMOV r0, 5
    QRET
show:
    QMOV r0, '-'
    QSYSCALL 5
    QRET
""",
    "unwritten": """
main:
+   QMOV r6, 4
    QMOV r5, 3
-   QADD r0, r5, r6 ; expect-lint: L0103
+   QADD r0, r5, r6
    QSYSCALL 1
    QHALT
""",
    "unwritten-argument": """
main:
    QMOV r0, 3
    QMOV r1, 4
    QCALL sum
    QSYSCALL 1
    QCALL other
    QHALT
other:
    QMOV r0, 3
-   QCALL thrice
+   QMOV r2, 1
+   QCALL thrice
    QSYSCALL 1
    QRET
sum:
    QADD r0, r1
    QRET
thrice:
    QMUL r0, 3
-   QADD r0, r2     ; expect-lint: L0103
+   QADD r0, r2
    QRET
""",
    "unused": """
main:
-   QMOV r4, 12     ; expect-lint: L0104
    QMOV r4, 13
    QMOV r0, r4
    QSYSCALL 1
    QHALT
""",
    "unused-at-the-end": """
main:
    QMOV r0, 12
    QSYSCALL 1
-   QADD r7, r0, 5  ; expect-lint: L0104
    QHALT
""",
}

# -- the stack


def stack() -> Iterator[tuple[str, str]]:
    for number in (4, 6, 9, 13):
        register = f"r{number}"
        for name, text in _STACK.items():
            yield f"{name}-{register}", text.replace("rX", register).replace("rY", f"r{number + 1}")


_MAIN = "main:\n    QMOV r0, 3\n    QCALL f\n    QSYSCALL 1\n    QHALT"
_STACK = {
    "forgotten": f"""
{_MAIN}
f:
    QPUSH rX
    QMOV rX, r0
    QADD r0, rX
+   QPOP rX
    QRET            ; expect-lint: L0202
""",
    "early": f"""
{_MAIN}
f:
    QPUSH rX, rY
    QMOV rX, r0
    QMOV rY, 2
    QJEQ r0, 7, @early
    QMUL r0, rX, rY
    QPOP rY, rX
    QRET
@early:
+   QPOP rY, rX
    QRET            ; expect-lint: L0202
""",
    "join": f"""
{_MAIN}
f:
    QPUSH rX
    QMOV rX, 5
    QJLT r0, 2, @out
    QADD r0, rX
-   QPOP rX
+   QJMP @out
@out:
-   QRET            ; expect-lint: L0201
+   QPOP rX
+   QRET
""",
    "loop": f"""
{_MAIN}
f:
    QMOV r1, 4
@turn:
-   QPUSH r1        ; expect-lint: L0201
+   QADD r0, r1
    QSUB r1, 1
    QJGT r1, 0, @turn
    QRET
""",
    "order": f"""
{_MAIN}
f:
    QPUSH rX, rY
    QMOV rX, r0
    QMOV rY, 2
    QADD r0, rX, rY
-   QPOP rX, rY     ; expect-lint: L0203
+   QPOP rY, rX
    QRET
""",
    "order-around-a-call": """
main:
    QMOV r1, 3
    QMOV r2, 5
    QPUSH r1, r2
    QCALL f
-   QPOP r1, r2     ; expect-lint: L0203
+   QPOP r2, r1
    QSUB r0, r1, r2
    QSYSCALL 1
    QHALT
f:
    QMOV r1, 0
    QMOV r2, 8
@l: QADD r1, r2
    QSUB r2, 1
    QJGT r2, 0, @l
    QRET
""",
    "underflow": """
main:
    QMOV r0, 3
+   QPUSH r0
    QPOP r1         ; expect-lint: L0202
    QADD r0, r1
    QSYSCALL 1
    QHALT
""",
}

# -- control


def control() -> Iterator[tuple[str, str]]:
    for number in (4, 7, 11):
        for name, text in _CONTROL.items():
            yield f"{name}-r{number}", text.replace("rX", f"r{number}")


_CONTROL = {
    "behind-a-halt": """
main:
    QMOV r0, 1
    QSYSCALL 1
-   QHALT 0
    QMOV r0, 2      ; expect-lint: L0301
    QSYSCALL 1
    QHALT 0
""",
    "behind-a-jump": """
main:
    QMOV rX, 1
    QJMP @on
-   QADD rX, 5      ; expect-lint: L0301
@on:
    QMOV r0, rX
    QSYSCALL 1
    QHALT
""",
    "uncalled": """
main:
    QMOV r0, 1
+   QCALL spare
    QSYSCALL 1
    QHALT
spare:              ; expect-lint: L0302
    QADD r0, 4
    QRET
""",
    "falls": """
main:
    QMOV r0, 3
    QCALL show
-   QADD r0, 1      ; expect-lint: L0304
+   QADD r0, 1
+   QHALT 0
show:
    QSYSCALL 1
    QRET
""",
    "falls-between": """
main:
    QMOV r0, 3
    QCALL a
    QCALL b
    QHALT
a:
    QADD r0, 1
-   QSYSCALL 1      ; expect-lint: L0304
+   QSYSCALL 1
+   QRET
b:
    QMUL r0, 2
    QSYSCALL 1
    QRET
""",
    "falls-off": """
main:
    QMOV r0, 3
    QSYSCALL 1      ; expect-lint: L0304
+   QHALT 0
""",
    "middle": """
main:
    QMOV r0, 3
    QCALL a
    QCALL b
    QHALT
a:
    QADD r0, 1
-   QJMP inner      ; expect-lint: L0303
+   QJMP b
b:
    QMOV r1, 2
inner:
    QADD r0, r1
    QSYSCALL 1
    QRET
""",
    "endless": """
main:
    QMOV rX, 0
    QMOV r1, 0
@wait:
    QADD r1, 1
+   QADD rX, 1
    QJLT rX, 10, @wait  ; expect-lint: L0305
    QMOV r0, r1
    QSYSCALL 1
    QHALT
""",
    "endless-field": """
main:
    QMOV rX, 0x200000
@wait:
    QLOAD r0, [rX]
+   QADD rX, 8
    QJEQ r0, 0, @wait   ; expect-lint: L0305
    QSYSCALL 1
    QHALT
""",
    "endless-head": """
main:
    QMOV rX, 5
    QMOV r0, 0
head:
    QJEQ rX, 0, done    ; expect-lint: L0305
    QADD r0, 2
+   QSUB rX, 1
    QJMP head
done:
    QSYSCALL 1
    QHALT
""",
}

# -- kinds


def kinds() -> Iterator[tuple[str, str]]:
    for number in (4, 8, 12):
        for name, text in _KINDS.items():
            yield f"{name}-r{number}", text.replace("rX", f"r{number}").replace("rY", f"r{number + 1}")


_KINDS = {
    "address": """
main:
    QMOV rX, 2.0
-   QADD rX, 0x200000
+   QINT rX
+   QADD rX, 0x200000
    QSTORE 5, [rX]      ; expect-lint: L0401
    QHALT
""",
    "bits": """
main:
    QMOV rX, 12
-   QMUL rX, 0.5
+   QDIV rX, 2
    QAND r0, rX, 3      ; expect-lint: L0401
    QSYSCALL 1
    QHALT
""",
    "shift-of-a-result": """
main:
    QMOV r0, 9
    QCALL half
    QSHL r0, 1          ; expect-lint: L0401
    QSYSCALL 1
    QHALT
half:
    QFLOAT r0
    QMUL r0, 0.5
+   QINT r0
    QRET
""",
    "by-one-way": """
main:
    QMOV rX, 0x200000
    QMOV rY, 0
@l:
    QSTORE rY, [rX]     ; expect-lint: L0401
-   QADD rX, 8.0
+   QADD rX, 8
    QADD rY, 1
    QJLT rY, 4, @l
    QHALT
""",
    "print": """
main:
    QMOV rX, 3
    QDIV r0, rX, 2.0
-   QSYSCALL 1          ; expect-lint: L0401
+   QSYSCALL 4
    QHALT
""",
    "print-integer": """
main:
    QMOV r0, 3
+   QFLOAT r0
    QSYSCALL 4          ; expect-lint: L0401
    QHALT
""",
    "pattern": """
main:
    QMOV rX, 3
-   QMUL rX, 0x3FF8000000000000 ; expect-lint: L0402
+   QMUL rX, 1.5
    QINT r0, rX
    QSYSCALL 1
    QHALT
""",
    "pattern-in-a-register": """
main:
-   QMOV rX, 0x4009000000000000
+   QFBITS rX, 0x4009000000000000
    QMOV r0, 2.0
    QMUL r0, rX         ; expect-lint: L0402
    QSYSCALL 4
    QHALT
""",
    "pattern-through-registers": """
main:
-   QMOV rX, 0x3FE9E3779B97F4A8
+   QMOV rX, 0.8090169943749475
    QMOV rY, rX
    QMUL r0, rY, 2      ; expect-lint: L0402
-   QSYSCALL 1
+   QSYSCALL 4
    QHALT
""",
    "quotient": """
main:
    QMOV rX, 7
    QMOV rY, 2
+   QFLOAT rX
    QDIV r0, rX, rY     ; expect-lint: L0403
    QMUL r0, 0.25
    QSYSCALL 4
    QHALT
""",
    "field": """
.data
rate: .double 2.5
.text
main:
-   QLOAD rX, [rate]    ; expect-lint: L0404
+   QLOADF rX, [rate]
    QMUL r0, rX, 2
-   QSYSCALL 1
+   QSYSCALL 4
    QHALT
""",
    "field-stored": """
.data
total: .space 8
.text
main:
    QMOV rX, 20
    QADD rX, 1
    QSTORE rX, [total]
-   QLOADF r0, [total]  ; expect-lint: L0404
-   QSYSCALL 4
+   QLOAD r0, [total]
+   QSYSCALL 1
    QHALT
""",
}

# -- contracts


def contracts() -> Iterator[tuple[str, str]]:
    for number in (4, 7, 12, 15):
        for name, text in _CONTRACTS.items():
            yield f"{name}-r{number}", text.replace("rX", f"r{number}")


_CONTRACTS = {
    "changes": """
.func f
    .args r0
    .returns r0
f:
+   QPUSH rX
    QMOV rX, r0     ; expect-lint: L0601
    QADD r0, rX
+   QPOP rX
    QRET
.endfunc
""",
    "changes-more": """
.func f
    .args r0
    .returns r0
-   .clobbers r1
+   .clobbers r1, r2
f:
    QMOV r1, 3
    QMOV r2, 4      ; expect-lint: L0601
    QMUL r1, r2
    QADD r0, r1
    QRET
.endfunc
""",
    "reads": """
.func f
-   .args r0
+   .args r0, rX
    .returns r0
f:
    QADD r0, rX     ; expect-lint: L0601
    QRET
.endfunc
""",
    "returns": """
.func f
    .args r0
    .returns r0, r1
f:                  ; expect-lint: L0601
    QADD r0, 1
+   QMOV r1, 2
    QRET
.endfunc
""",
    "for-others": """
.global f
f:                  ; expect-lint: L0602
+   QPUSH rX
    QMOV rX, r0
    QMUL r0, rX
+   QPOP rX
    QRET
""",
    "for-others-below": """
.func f
f:                  ; expect-lint: L0602
+   QPUSH rX
    QCALL g
    QADD r0, 1
+   QPOP rX
    QRET
.endfunc
g:
    QMOV rX, r0
    QMUL r0, rX
    QRET
""",
}

FAMILIES = {
    "registers": registers,
    "stack": stack,
    "control": control,
    "kinds": kinds,
    "memory": memory,
    "contracts": contracts,
}
