"""The dispatch loop, written from the instruction table and compiled by Numba.

An instruction's meaning is a handler in its family's module, under the mnemonic's name; a conditional jump's is
``if_`` + its name without the Q. The few that move the program counter or the stacks are here, as text.
The loop becomes one jump table over the instruction's number."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any, Final

from numba import njit

from vm.interp import arithmetic, bits, compare, floats, intrinsics, layout, move, quantum, system, values, watch
from vm.isa import ARITHMETIC as ARITHMETIC_GROUP
from vm.isa import BITS, CODE_BASE, FLOATS, INT, JUMPS, MOVE, OPS, QUANTUM, SYSTEM, Op
from vm.trap import STATUS

_HEADER: Final = """
def run(state):
    pc, count, limit = load64(state, PC), load64(state, COUNT), load64(state, LIMIT)
    code, regs, memory = load64(state, CODE), load64(state, REGS), load64(state, MEM)
    stack, sp, stack_end = load64(state, STACK), load64(state, SP), load64(state, STACK_END)
    calls, csp, calls_end = load64(state, CALLS), load64(state, CSP), load64(state, CALLS_END)
    status = 0
    while count < limit:
        row = pc
        pc = row + ROW
        count += 1
        op = load32(row, 0)
        w, x, y, z = load32(row, 4), load32(row, 8), load32(row, 12), load32(row, 16)
        STEP
"""

_FOOTER: Final = """
        elif op == ENTRY_OP:
            status = ENTER
            count -= 1
            pc = row
        else:
            status = JUMP_TRAP
            count -= 1
        if status != 0:
            if (status & 0xFF) >= FIRST_TRAP:
                pc = row
            break
    store64(state, PC, pc)
    store64(state, COUNT, count)
    store64(state, SP, sp)
    store64(state, CSP, csp)
    return status
"""

_CALL: Final = """
if csp == calls_end:
    status = OVERFLOW_TRAP
else:
    store64(calls, csp, pc)
    ENTER({target})
    csp += 8
    pc = {target}
"""
_ENTER: Final = re.compile(r"ENTER\((.*)\)")
_NOTES: Final = re.compile(r" *(?:STEP|ENTER\(.*\)|LEAVE)$")
"""Lines where the watched loop notes a step, a call, a return; the other one does not have them."""

_INDIRECT: Final = """
index = value(regs + w) - CODE_BASE
if kind(regs + w) != INT:
    status = KIND_TRAP
elif not ult(index, load64(state, TARGET_COUNT)) or load8(load64(state, TARGETS), index) == 0:
    status = JUMP_TRAP
else:
    target = code + index * ROW
    {go}
"""

# By mnemonic and operand letters: what moves the program counter or the stacks.
_SPECIAL: Final = {
    ("QJMP", "l"): "pc = code + w",
    ("QJMP", "t"): _INDIRECT.format(go="pc = target"),
    ("QCALL", "l"): _CALL.format(target="code + w"),
    ("QCALL", "t"): _INDIRECT.format(go=_CALL.format(target="target").replace("\n", "\n    ")),
    ("QRET", ""): """
if csp == 0:
    status = HALT
else:
    csp -= 8
    LEAVE
    pc = load64(calls, csp)
""",
    ("QHALT", "a"): "status = KIND_TRAP if kind(regs + w) != INT else HALT | (value(regs + w) & 255) << HALT_SHIFT",
    ("QPUSH", "a"): """
if sp == stack_end:
    status = OVERFLOW_TRAP
else:
    copy(stack + sp, regs + w)
    sp += CELL
""",
    ("QPOP", "d"): """
if sp == 0:
    status = UNDERFLOW_TRAP
else:
    sp -= CELL
    copy(regs + w, stack + sp)
""",
    ("QSYSCALL", "a"): "status = KIND_TRAP if kind(regs + w) != INT else fast(value(regs + w), regs, memory, state)",
    ("QNOP", ""): "pass",
    ("QBRK", ""): "status = BREAK",
    ("QTRAP", "a"): "status = QTRAP_TRAP",
}

_FAMILY: Final[dict[str, ModuleType]] = {
    MOVE: move,
    ARITHMETIC_GROUP: arithmetic,
    BITS: bits,
    FLOATS: floats,
    JUMPS: compare,
    SYSTEM: compare,
}
_STATE_TOO: Final = ("QMOD",)
"""Arithmetic that calls the C library, and so takes the state."""


def _branch(op: Op, handlers: dict[str, Any]) -> str:
    """The text that executes one row of the table; its handler goes into ``handlers``."""
    special = _SPECIAL.get((op.name, op.operands))
    if special is not None:
        return special
    slots = [f"regs + {name}" for name, slot in zip("wxyz", op.slots, strict=False) if slot != "l"]
    if "l" in op.letters:
        name = "if_" + op.name[1:].lower()
        handlers[name] = getattr(compare, name)
        target = "wxyz"[op.slots.index("l")]
        return f"""
outcome = {name}({", ".join(slots)})
if outcome == 1:
    pc = code + {target}
else:
    status = outcome
"""
    name = op.name.lower()
    handlers[name] = getattr(_FAMILY[op.group], name)
    if op.memory_slot is not None:
        slots += ["memory", "state"]
    elif op.group == FLOATS or op.name in _STATE_TOO:
        slots += ["state"]
    return f"status = {name}({', '.join(slots)})"


def source(*, is_watched: bool = False) -> tuple[str, dict[str, Any]]:
    """The loop's text and the names it uses; of the variant that notes what it does, if that is wanted."""
    names: dict[str, Any] = {
        **{name: getattr(layout, name) for name in dir(layout) if name.isupper()},
        **{name: getattr(intrinsics, name) for name in ("load64", "load32", "load8", "store64", "ult")},
        **{name: getattr(values, name) for name in ("value", "kind", "copy")},
        **{f"{name.upper()}_TRAP": STATUS[name] for name in ("kind", "jump", "overflow", "underflow")},
        "QTRAP_TRAP": STATUS["trap"],
        "FIRST_TRAP": min(STATUS.values()),
        "CODE_BASE": CODE_BASE,
        "INT": INT,
        "fast": system.fast,
        "record": quantum.record,
        **{name: getattr(watch, name) for name in ("step", "enter", "leave")},
    }
    text = _HEADER
    for number, op in enumerate(op for op in OPS if op.group != QUANTUM):
        body = _branch(op, names).strip().replace("\n", "\n" + " " * 12)
        text += f"        {'elif' if number else 'if'} op == {op.code}:\n            {body}\n"
    first = min(op.code for op in OPS if op.group == QUANTUM)
    last = max(op.code for op in OPS if op.group == QUANTUM)
    text += f"        elif op >= {first} and op <= {last}:\n            status = record(op, row, regs, row, state)\n"
    return _noting(text + _FOOTER.lstrip("\n"), is_watched=is_watched), names


def _noting(text: str, *, is_watched: bool) -> str:
    """The text with what notes steps, calls and returns, or without those lines."""
    if not is_watched:
        return "".join(line for line in text.splitlines(keepends=True) if not _NOTES.match(line))
    text = _ENTER.sub(r"enter(\1 - code, csp, count, state)", text)
    return text.replace("STEP", "step(row - code, count, sp, csp, regs, state)").replace(
        "LEAVE", "leave(csp, count, state)"
    )


_NUMBA_GLOBAL: Final = re.compile(r"^@_ZN08NumbaEnv\S+ = .*\n", re.MULTILINE)
_SYSTEM: Final = re.compile(r"@_ZN2vm6interp6system4fast[^( ]*")
_RECORD: Final = re.compile(r"@_ZN2vm6interp7quantum6record[^( ]*")


def compile_ir(run: str, system_call: str, record: str, *, is_watched: bool = False) -> str:
    """Compile the loop to optimised LLVM IR that defines it as ``run``, the system calls as ``system_call`` and the
    recorder of quantum instructions as ``record``.

    They are ``int32 f(int64 *result, void **error, int64…)``, Numba's own convention, and need nothing of Numba's run
    time."""
    text, names = source(is_watched=is_watched)
    exec(compile(text, "<interp>", "exec"), names)
    compile_loop: Any = njit
    options = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled = compile_loop("int64(int64)", **options)(names["run"])
    ((signature, result),) = compiled.overloads.items()
    code = str(compiled.inspect_llvm(signature)).replace(result.fndesc.llvm_func_name, run)
    code = _NUMBA_GLOBAL.sub("", code).replace(" captures(none)", "")
    for pattern, name in ((_SYSTEM, system_call), (_RECORD, record)):
        found = pattern.search(code)
        assert found is not None
        code = code.replace(found.group(), f"@{name}")
    return code.replace("define linkonce_odr", "define")
