"""A program, or its hot part, as one module of LLVM IR: functions, the ways into them, helpers, the dispatcher."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from vm.flow.blocks import HUB
from vm.flow.kinds import EITHER, REAL, REGISTER_BITS
from vm.flow.units import Unit
from vm.interp import layout
from vm.isa import REGISTERS
from vm.native import runtime
from vm.native.body import signature
from vm.native.code import Code, Value, real
from vm.native.compile import Target
from vm.native.function import Function
from vm.native.instructions import generic_helper
from vm.native.names import SYMBOL, TABLE
from vm.native.plan import Plan


@dataclass(frozen=True)
class Module:
    """The text, and what its table of entries holds."""

    text: str
    entries: tuple[int, ...]
    """Instructions at which control can enter, in the table's order: pairs of addresses, for the dispatcher and for
    indirect calls (0 where there is none)."""


def emit(plan: Plan, chosen: Collection[int], resumed: Collection[int], target: Target) -> Module:
    """Compile the units ``chosen``, and ways in at the blocks ``resumed``."""
    convention = target.convention
    compiled = {entry for entry in chosen if entry in plan.by_entry}
    functions: list[str] = []
    generics: set[str] = set()
    entries: dict[int, tuple[str, str]] = {}
    taken = set(plan.flow.taken) if plan.flow.has_indirect_calls else set()
    done: set[int] = set()
    waiting = sorted(compiled & plan.top) + sorted(compiled & taken)
    for start in sorted(resumed):
        unit = next(u for u in plan.by_entry.values() if start in plan.starts(u))
        function = Function(plan, unit, compiled, convention, start)
        functions += [function.emit(), _resumer(plan, unit, start)]
        generics |= function.generics
        entries[start] = (f"@v{start}", "null")
        waiting += sorted(function.called)
    while waiting:
        entry = waiting.pop()
        if entry in done:
            continue
        done.add(entry)
        unit = plan.by_entry[entry]
        function = Function(plan, unit, compiled, convention)
        functions.append(function.emit())
        generics |= function.generics
        waiting += sorted(function.called)
        if entry == HUB:
            # Only jumps lead there.
            continue
        functions.append(_wrapper(plan, unit, convention))
        indirect = "null"
        if entry in taken:
            functions.append(_indirect(plan, unit, convention))
            indirect = f"@i{entry}"
        entries[entry] = (f"@w{entry}", indirect)
    helpers = [generic_helper(name) for name in sorted(generics)]
    # A function that has looked at its depth goes on below by its own copies, and by what does not look.
    levels = max(plan.levels.values(), default=0)
    slots = max((unit.slots for unit in plan.by_entry.values()), default=0) * (levels + 1)
    calls, values = plan.frames + levels + 2, plan.values + slots
    base = runtime.text(SYMBOL, target, slots=slots, calls=calls, values=values)
    pairs = ", ".join(f"ptr {entry}, ptr {indirect}" for entry, indirect in entries.values())
    table = f"@{TABLE} = constant [{2 * len(entries)} x ptr] [{pairs}]\n"
    return Module("".join((table, *functions, *helpers, base)), tuple(entries))


def _loaded(code: Code, plan: Plan, unit: Unit) -> list[str]:
    """A unit's arguments from the cells."""
    arguments = []
    for register, kind in signature(plan, unit)[1]:
        place = code.place("%regs", register * layout.CELL)
        if kind == REAL:
            arguments.append(f"double {code.let(f'load double, ptr {place}')}")
            continue
        arguments.append(f"i64 {code.let(f'load i64, ptr {place}')}")
        if kind == EITHER:
            tag = code.place("%regs", register * layout.CELL + layout.KIND)
            arguments.append(f"i64 {code.let(f'load i64, ptr {tag}')}")
    return arguments


def _call(code: Code, plan: Plan, unit: Unit, convention: str, count: str, depth: str) -> tuple[str, str]:
    """Call a unit with what is in the cells; the call's result and the count."""
    result = signature(plan, unit)[0]
    deep = [f"i64 {depth}"] if unit.entry in plan.deep else []
    arguments = ", ".join(["ptr %s", f"i64 {count}", *deep, *_loaded(code, plan, unit)])
    returned = code.let(f"call {convention} {result} @u{unit.entry}({arguments})")
    return returned, code.let(f"extractvalue {result} {returned}, 0")


def _put_back(code: Code, plan: Plan, unit: Unit, returned: str) -> None:
    """A unit's results to the cells."""
    result, _, results = signature(plan, unit)
    place = 1
    for register, kind in results:
        name = code.let(f"extractvalue {result} {returned}, {place}")
        place += 1
        value = real(name) if kind == REAL else Value(kind, name)
        if kind == EITHER:
            value = Value(kind, name, code.let(f"extractvalue {result} {returned}, {place}"))
            place += 1
        code.do(f"store i64 {code.bits(value)}, ptr {code.place('%regs', register * layout.CELL)}")
        code.do(f"store i64 {code.tag(value)}, ptr {code.place('%regs', register * layout.CELL + layout.KIND)}")


def _keep(code: Code, plan: Plan, unit: Unit) -> list[tuple[int, str]]:
    """Words of the cells, by offset, that the unit leaves as they are, but may use to show other values to calls."""
    kept = plan.registers.shown[unit.entry] & ~plan.registers.changed[unit.entry]
    offsets = [r * layout.CELL + part for r in range(REGISTERS) if kept >> r & 1 for part in (0, layout.KIND)]
    return [(offset, code.let(f"load i64, ptr {code.place('%regs', offset)}")) for offset in offsets]


def _restore(code: Code, kept: list[tuple[int, str]]) -> None:
    for offset, word in kept:
        code.do(f"store i64 {word}, ptr {code.place('%regs', offset)}")


def _check_kinds(code: Code, state: int, registers: int) -> str:
    """An ``i64`` that is 0 if the cells' kinds are as the compiled code was told."""
    wrong = "0"
    for register in range(REGISTERS):
        kind = state >> 2 * register & 3
        if kind == EITHER or not registers >> register & 1:
            continue
        tag = code.let(f"load i64, ptr {code.place('%regs', register * layout.CELL + layout.KIND)}")
        if kind == REAL:
            tag = code.let(f"xor i64 {tag}, 1")
        wrong = code.let(f"or i64 {wrong}, {tag}")
    return wrong


def _refuse(code: Code, wrong: str) -> None:
    is_wrong = code.let(f"icmp ne i64 {wrong}, 0")
    code.do(f"br i1 {is_wrong}, label %refuse, label %enter")
    code.at("refuse")
    code.do(f"ret i64 {layout.REFUSED}")
    code.at("enter")


def _wrapper(plan: Plan, unit: Unit, convention: str) -> str:
    """The dispatcher's way into a unit: ``i64 @w(ptr)``, 0 when it returned."""
    code = Code()
    code.do(f"%regs = load ptr, ptr {code.place('%s', layout.REGS)}")
    wrong = _check_kinds(code, plan.kinds.before[unit.entry], plan.registers.needed[unit.entry])
    if unit.entry not in plan.top:
        # It does not say where it returns from, which matters where a return ends the program.
        bottom = code.let(f"icmp eq i64 {code.word(layout.CSP)}, 0")
        wrong = code.let(f"or i64 {wrong}, {code.let(f'zext i1 {bottom} to i64')}")
    _refuse(code, wrong)
    kept = _keep(code, plan, unit)
    returned, count = _call(code, plan, unit, convention, code.word(layout.COUNT), "0")
    left = code.let(f"icmp eq i64 {count}, -1")
    code.do(f"br i1 {left}, label %left, label %returned")
    code.at("left")
    code.do(f"ret i64 {layout.LEFT}")
    code.at("returned")
    _put_back(code, plan, unit, returned)
    _restore(code, kept)
    code.set_word(layout.COUNT, count)
    code.do("ret i64 0")
    body = "\n".join(code.lines)
    return f"define internal i64 @w{unit.entry}(ptr %s) nounwind {{\n{body}\n}}\n"


def _indirect(plan: Plan, unit: Unit, convention: str) -> str:
    """The way into a unit by an indirect call: ``i64 @i(ptr, count, depth)``, the count or -1."""
    code = Code()
    code.do(f"%regs = load ptr, ptr {code.place('%s', layout.REGS)}")
    kept = _keep(code, plan, unit)
    returned, count = _call(code, plan, unit, convention, "%c", "%depth")
    left = code.let(f"icmp eq i64 {count}, -1")
    code.do(f"br i1 {left}, label %left, label %returned")
    code.at("left")
    code.do("ret i64 -1")
    code.at("returned")
    _put_back(code, plan, unit, returned)
    _restore(code, kept)
    code.do(f"ret i64 {count}")
    body = "\n".join(code.lines)
    return f"define internal i64 @i{unit.entry}(ptr %s, i64 %c, i64 %depth) nounwind {{\n{body}\n}}\n"


def _resumer(plan: Plan, unit: Unit, start: int) -> str:
    """The dispatcher's way into the middle of a unit."""
    code = Code()
    code.do(f"%regs = load ptr, ptr {code.place('%s', layout.REGS)}")
    state = plan.kinds.before[start]
    wrong = _check_kinds(code, state & REGISTER_BITS, (1 << REGISTERS) - 1)
    held = unit.depth[start] if unit.is_tidy else 0
    level = code.word(layout.SP)
    low = code.let(f"icmp ult i64 {level}, {held * layout.CELL}")
    wrong = code.let(f"or i64 {wrong}, {code.let(f'zext i1 {low} to i64')}")
    _refuse(code, wrong)
    if held:
        stack = code.word(layout.STACK, "ptr")
        bottom = code.place(stack, code.let(f"sub i64 {level}, {held * layout.CELL}"))
        wrong = "0"
        for slot in range(held):
            kind = state >> 2 * (REGISTERS + slot) & 3
            if kind == EITHER:
                continue
            tag = code.let(f"load i64, ptr {code.place(bottom, slot * layout.CELL + layout.KIND)}")
            if kind == REAL:
                tag = code.let(f"xor i64 {tag}, 1")
            wrong = code.let(f"or i64 {wrong}, {tag}")
        bad = code.let(f"icmp ne i64 {wrong}, 0")
        code.do(f"br i1 {bad}, label %refuse, label %run")
        code.at("run")
    code.do(f"%status = call i64 @o{start}(ptr %s)")
    code.do("ret i64 %status")
    body = "\n".join(code.lines)
    return f"define internal i64 @v{start}(ptr %s) nounwind {{\n{body}\n}}\n"
