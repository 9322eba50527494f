"""Seeded bugs of values, memory and the data section."""

from __future__ import annotations

from collections.abc import Iterator


def memory() -> Iterator[tuple[str, str]]:
    for number in (4, 10):
        for name, text in _MEMORY.items():
            yield f"{name}-r{number}", text.replace("rX", f"r{number}").replace("rY", f"r{number + 1}")


_MEMORY = {
    "byte": "main:\n-   QSTOREB 300, [0x200000]    ; expect-lint: L0501\n+   QSTOREH 300, [0x200000]\n    QHALT",
    "half": "main:\n    QMOV rX, 70000\n-   QSTOREH rX, [0x200000]   ; expect-lint: L0501\n+   QSTOREW rX, [0x200000]\n    QHALT",
    "shift": "main:\n    QMOV rX, 1\n-   QSHL r0, rX, 64   ; expect-lint: L0501\n+   QSHL r0, rX, 63\n    QSYSCALL 7\n    QHALT",
    "rotate": "main:\n    QMOV rX, 33\n-   QROLW r0, rX, rX   ; expect-lint: L0501\n+   QROL r0, rX, rX\n    QSYSCALL 7\n    QHALT",
    "zero": "main:\n    QMOV rX, 5\n-   QMOV rY, 0\n+   QMOV rY, 2\n    QDIV r0, rX, rY   ; expect-lint: L0501\n    QSYSCALL 1\n    QHALT",
    "low-address": "main:\n-   QMOV rX, 0x800\n+   QMOV rX, 0x200800\n    QSTORE 1, [rX+8]   ; expect-lint: L0501\n    QHALT",
    "high-address": "main:\n    QMOV rX, 1 << 36\n-   QSTORE 1, [rX]   ; expect-lint: L0501\n+   QSTORE 1, [rX-8]\n    QHALT",
    "call-number": "main:\n    QMOV r0, 1\n-   QSYSCALL 41   ; expect-lint: L0501\n+   QSYSCALL 1\n    QHALT",
    "character": "main:\n-   QMOV r0, 0xD800\n+   QMOV r0, 0x2713\n    QSYSCALL 5   ; expect-lint: L0501\n    QHALT",
    "status": "main:\n-   QHALT 256   ; expect-lint: L0501\n+   QHALT 255",
    "overlap": """
main:
    QMOV rX, 0x200000
    QSTOREW 7, [rX+4]
-   QSTORE 5, [rX]      ; expect-lint: L0502
+   QSTOREW 5, [rX]
    QHALT
""",
    "overlap-part": """
main:
    QMOV rX, 0x200000
    QSTORE 7, [rX]
-   QSTOREW 5, [rX+6]   ; expect-lint: L0502
+   QSTOREW 5, [rX+8]
    QHALT
""",
    "overlap-unknown-base": """
main:
    QMOV r0, 0x200000
    QCALL fill
    QHALT
fill:
    QSTOREH 7, [r0+8]
-   QSTOREW 5, [r0+6]   ; expect-lint: L0502
+   QSTOREH 5, [r0+6]
    QRET
""",
    "no-header": """
main:
    QMOV rX, OUTPUT_BUFFER + 64
    QMOV rY, 0
@row:
    QSTORE rY, [rX]     ; expect-lint: L0503
    QADD rX, 8
    QADD rY, 1
    QJLT rY, 4, @row
+   QSTORE 0x4F555450, [OUTPUT_BUFFER]
+   QSTORE 4, [OUTPUT_BUFFER+8]
+   QSTORE 8, [OUTPUT_BUFFER+16]
+   QSTORE 32, [OUTPUT_BUFFER+40]
+   QSTORE 7, [OUTPUT_BUFFER+48]
    QHALT
""",
    "no-header-indexed": """
main:
    QMOV rX, OUTPUT_BUFFER
    QADD rX, 64
    QMOV rY, 0
@row:
    QSHL r1, rY, 3
    QADD r1, rX
    QSTORE rY, [r1]     ; expect-lint: L0503
    QADD rY, 1
    QJLT rY, 4, @row
+   QSTORE 0x4F555450, [OUTPUT_BUFFER]
+   QSTORE 4, [OUTPUT_BUFFER+8]
+   QSTORE 8, [OUTPUT_BUFFER+16]
+   QSTORE 32, [OUTPUT_BUFFER+40]
+   QSTORE 7, [OUTPUT_BUFFER+48]
    QHALT
""",
    "no-checksum": """
main:
    QMOV rX, OUTPUT_BUFFER
    QSTORE 0x4F555450, [rX] ; expect-lint: L0503
    QSTORE 1, [rX+8]
    QSTORE 8, [rX+16]
    QSTORE 8, [rX+40]
+   QSTORE 7, [rX+48]
    QSTORE 5, [rX+64]
    QHALT
""",
    "written-back": """
main:
    QMOV rX, 0x200000
    QMOV rY, 0
@field:
-   QLOAD r0, [rX]
+   QLOADW r0, [rX]
    QADD r0, 1
-   QSTORE r0, [rX]     ; expect-lint: L0504
+   QSTOREW r0, [rX]
    QADD rX, 4
    QADD rY, 1
    QJLT rY, 4, @field
    QHALT
""",
    "written-back-by-an-index": """
main:
    QMOV rY, 0
@field:
    QSHL rX, rY, 2
    QADD rX, 0x200000
-   QLOAD r0, [rX]
+   QLOADW r0, [rX]
    QAND r0, r0, 0xff
-   QSTORE r0, [rX]     ; expect-lint: L0504
+   QSTOREW r0, [rX]
    QADD rY, 1
    QJLT rY, 4, @field
    QHALT
""",
    "written-back-to-a-record": """
main:
    QMOV rX, 0x200000
    QMOV r0, 7
    QCALL put
    QMOV rX, 0x200008
    QMOV r0, 9
    QCALL put
    QMOV rX, 0x200004
-   QLOAD r1, rX
+   QLOADW r1, rX
    QAND r1, r1, 0xC0000000
-   QSTORE r1, rX       ; expect-lint: L0504
+   QSTOREW r1, rX
    QLOADW r0, [0x200008]
    QSYSCALL 1
    QHALT
put:
    QSTORE r0, rX
    QADD rX, 4
    QMOV r1, 1
    QSTORE r1, rX
    QRET
""",
    "across": """
main:
-   QLOAD r0, [x+1]     ; expect-lint: L0505
+   QLOAD r0, [x+8]
    QSYSCALL 1
    QHALT
.data
x: .qword 5, 6
""",
    "across-by-a-register": """
main:
    QMOV rX, x
-   QADD rX, 6
+   QADD rX, 8
    QLOADW r0, [rX]     ; expect-lint: L0505
    QSYSCALL 1
    QHALT
.data
x: .dword 5, 6, 7
""",
    "wider-than-the-item": """
main:
-   QLOAD r0, [x]       ; expect-lint: L0505
+   QLOADW r0, [x]
    QSYSCALL 1
    QHALT
.data
x: .dword 5
y: .dword 6
""",
    "wider-than-a-flag": """
main:
-   QSTORE 1, [flag]    ; expect-lint: L0505
+   QSTOREB 1, [flag]
    QLOAD r0, [count]
    QSYSCALL 1
    QHALT
.data
flag: .byte 0
count: .qword 7
""",
    "text": """
main:
    QMOV rX, x
    QMOV r0, rX
    QSYSCALL 2          ; expect-lint: L0506
    QHALT
.data
- x: .ascii "hi"
+ x: .asciz "hi"
y: .ascii "there"
""",
    "text-at-the-end": """
main:
    QMOV r0, x
    QSYSCALL 2          ; expect-lint: L0506
    QHALT
.data
- x: .ascii "hi"
+ x: .ascii "hi\\0"
""",
    "text-for-a-routine": """
main:
    QMOV r0, x
    QCALL show          ; expect-lint: L0506
    QHALT
show:
    QSYSCALL 2
    QRET
.data
- x: .byte 'h', 'i'
+ x: .byte 'h', 'i', 0
y: .qword 5
""",
    "name-of-a-record": """
main:
    QMOV r0, x
    QMOV r1, 5
    QSYSCALL 14         ; expect-lint: L0506
    QHALT
.data
- x: .ascii "hi"
+ x: .asciz "hi"
y: .qword 5
""",
    "word": """
main:
-   QLOADW r0, [x]      ; expect-lint: L0507
+   QLOADH r0, [x]
    QSYSCALL 1
    QHALT
.data
x: .word 5, 6
""",
    "word-in-a-loop": """
main:
    QMOV rX, x
    QMOV rY, 0
@item:
-   QLOADSW r0, [rX]    ; expect-lint: L0507
+   QLOADSH r0, [rX]
    QSYSCALL 1
    QADD rX, 2
    QADD rY, 1
    QJLT rY, 2, @item
    QHALT
.data
x: .word 5, 6
""",
    "word-by-an-index": """
main:
    QMOV rY, 0
@item:
    QSHL r1, rY, 1
-   QSTOREW rY, [r1+x]  ; expect-lint: L0507
+   QSTOREH rY, [r1+x]
    QADD rY, 1
    QJLT rY, 2, @item
    QHALT
.data
x: .word 5, 6
""",
}
