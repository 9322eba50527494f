"""How the interpreter and Python share state: plain memory, no copies.

* A *cell* is a value and its kind, two 64-bit words: registers and constants are one array of
  cells (slot number × :data:`CELL` bytes), the value stack is another.
* A *row* is an instruction as the engine reads it: eight 32-bit words, the instruction's number and its slots. Slots
  hold byte offsets instead of indices: of a cell for ``d a t``, of a row for ``l``.
* The *state* is an array of 64-bit words, indexed by the names below.
"""

from __future__ import annotations

from typing import Final

CELL: Final = 16
"""Bytes of a cell: value, kind."""
KIND: Final = 8
"""Offset of the kind in a cell."""
ROW_WORDS: Final = 8
ROW: Final = 4 * ROW_WORDS
"""Bytes of a row."""

# Byte offsets of the state's words. Written by Python before, by the engine after a run:
PC: Final = 0
"""Address of the row to execute next; after a trap, of the row that trapped."""
COUNT: Final = 8
"""Instructions executed."""
SP: Final = 16
"""Bytes on the value stack."""
CSP: Final = 24
"""Bytes on the call stack; a return is the 64-bit address of a row."""
PAGES: Final = 32
"""Pages touched."""
# Set by Python, only read by the engine:
LIMIT: Final = 40
"""Value of COUNT at which to come back."""
CODE: Final = 48
"""Address of row 0."""
REGS: Final = 56
"""Address of cell 0."""
STACK: Final = 64
STACK_END: Final = 72
"""Bytes that the value stack holds."""
CALLS: Final = 80
CALLS_END: Final = 88
"""Bytes that the call stack holds."""
MEM: Final = 96
"""Host address of the machine's address 0."""
TOUCHED: Final = 104
"""Address of the map of touched pages, a byte a page."""
PAGE_CAP: Final = 112
"""Most pages that may be touched."""
TARGETS: Final = 120
"""Address of the map of valid indirect targets, a byte an instruction."""
TARGET_COUNT: Final = 128
OUT: Final = 136
"""Address of the buffer for what the program prints."""
OUT_LENGTH: Final = 144
"""Bytes waiting in it; the engine adds, Python empties it whenever the engine comes back."""
OUT_END: Final = 152
"""Bytes that it holds."""
RANDOM: Final = 160
"""State of the random numbers."""
# Of the native engine (:mod:`vm.native`):
COUNT_LIMIT: Final = 168
"""Count above which it calls :data:`POLL` at the next loop or call; 0 to make it do so soon."""
DEPTH_LIMIT: Final = 176
"""Calls that may be open below the one that was entered."""
HOST_LIMIT: Final = 184
"""Lowest host address that its frames may reach."""
STACK_SOFT_END: Final = 192
"""Bytes on the value stack above which the interpreter goes on."""
ENTRIES: Final = 200
"""Address of the table of compiled subroutines: by instruction, the address of the one that starts there, or 0."""
INTERPRETER: Final = 208
"""Address of the interpreter, 0 until it is loaded."""
POLL: Final = 216
"""Address of the host's function that is called when the count passes the limit: ``int64 f(void)``, not 0 to leave."""
SYSTEM: Final = 224
"""Address of the host's system calls: ``int64 f(int64 number)``, not 0 to leave."""
FAST: Final = 232
"""Address of the interpreter's own system calls, 0 until it is loaded."""
STORED: Final = 240
"""Registers whose values were written back while leaving, as bits."""
VALUE_LOG: Final = 248
"""Address of the last value written back while leaving, innermost first; the log grows down from the stack's end."""
CALL_LOG: Final = 256
"""The same of returns."""
LEAVING: Final = 264
"""The status to come back with."""
REASON: Final = 272
"""Which of the places that could leave there did."""
QUBITS: Final = 280
"""Address of the table of qubits (:mod:`vm.interp.quantum`), indexed by handle; 0 for a program without."""
QUBIT_COUNT: Final = 288
"""Handles given so far, and handle 0, which is none."""
QUBIT_END: Final = 296
"""Handles that the table holds."""
GATES: Final = 304
"""Address of the log of gates."""
GATE_COUNT: Final = 312
"""Gates in the log; the first is number 1."""
GATE_END: Final = 320
"""Gates that it holds."""
RECORD: Final = 328
"""Address of the recorder, 0 until the interpreter is loaded."""
TAPE: Final = 336
"""Not 0: the recorder takes gates only, and leaves every other quantum instruction to Python."""
FUNCTIONS: Final = 344
"""First of the addresses of the C library's functions, in the order of :data:`C_FUNCTIONS`."""

C_FUNCTIONS: Final = (
    "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
    "sinh", "cosh", "tanh", "exp", "log", "pow", "fma", "fmod",
)  # fmt: skip
# Of the watched loop (:mod:`vm.interp.watch`):
COUNTS: Final = FUNCTIONS + 8 * len(C_FUNCTIONS)
"""Address of the number of times that each instruction ran."""
CALLED: Final = COUNTS + 8
"""Address of the number of times that each was called."""
PATH: Final = COUNTS + 16
"""Address of the path of calls that the program is in."""
COUNTED_TO: Final = COUNTS + 24
"""COUNT at the last call or return."""
OPEN_PATHS: Final = COUNTS + 32
"""Address of the paths that the open calls were made in, beside their returns."""
PATHS_NEXT: Final = COUNTS + 40
"""Address of the next path that is free."""
PATHS_END: Final = COUNTS + 48
WANTED: Final = COUNTS + 56
"""Address of a byte an instruction, 1 for those that are recorded."""
FOLLOWS: Final = COUNTS + 64
"""1 after an instruction that is wanted."""
RECORDS: Final = COUNTS + 72
"""Address of the ring of records."""
RECORDS_SIZE: Final = COUNTS + 80
"""Its bytes."""
RECORD_AT: Final = COUNTS + 88
"""Byte offset of the next record in it."""
RECORD_COUNT: Final = COUNTS + 96
"""Records written so far."""
STATE_WORDS: Final = COUNTS // 8 + 13

ENTRY_OP: Final = 255
"""Number in a row that is the entry of compiled code, in the interpreter's rows only."""

PAGE_SHIFT: Final = 12
"""A page is 4096 bytes."""

# What a run comes back with, apart from a trap's exit status (70 and up):
BUDGET: Final = 0
"""LIMIT is reached."""
HALT: Final = 1
"""``QHALT``: the status is in the low bits, see :data:`HALT_SHIFT`."""
SYSCALL: Final = 2
"""``QSYSCALL``: Python does it and goes on."""
BREAK: Final = 3
"""``QBRK``."""
ENTER: Final = 4
"""A row that is the entry of compiled code."""
LEFT: Final = 5
"""Compiled code stopped before the instruction at PC; the interpreter goes on."""
REFUSED: Final = 6
"""Compiled code cannot be entered at PC as things are."""
MISSING: Final = 7
"""The interpreter is needed and not loaded."""
QUANTUM: Final = 8
"""A quantum instruction that the recorder leaves to Python."""
HALT_SHIFT: Final = 8
"""A halt comes back as ``HALT | status << HALT_SHIFT``."""
