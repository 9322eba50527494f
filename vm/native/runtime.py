"""What every compiled program brings along, as text of LLVM IR: leaving, polling, system calls, and the dispatcher that
goes between compiled code and the interpreter.

Leaving compiled code writes its state back for the interpreter. Frames do so from the innermost outwards, so the first
one to write a register is right, and values and returns are logged downwards from the ends of their stacks; the
dispatcher then moves them into place."""

from __future__ import annotations

from typing import Final

from vm.interp import layout
from vm.isa import CANONICAL_NAN, REGISTERS
from vm.native.arithmetic import NAN
from vm.native.compile import Target
from vm.native.floats import PURE

_F: Final = {name: layout.FUNCTIONS + 8 * index for index, name in enumerate(layout.C_FUNCTIONS)}

_INTRINSICS: Final = """
declare i64 @llvm.abs.i64(i64, i1)
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.umin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i64 @llvm.fshl.i64(i64, i64, i64)
declare i64 @llvm.fshr.i64(i64, i64, i64)
declare i32 @llvm.fshl.i32(i32, i32, i32)
declare i32 @llvm.fshr.i32(i32, i32, i32)
declare i64 @llvm.ctpop.i64(i64)
declare i64 @llvm.ctlz.i64(i64, i1)
declare i64 @llvm.cttz.i64(i64, i1)
declare i64 @llvm.bswap.i64(i64)
declare double @llvm.fabs.f64(double)
declare double @llvm.floor.f64(double)
declare double @llvm.ceil.f64(double)
declare double @llvm.rint.f64(double)
declare double @llvm.trunc.f64(double)
declare double @llvm.sqrt.f64(double)
declare double @llvm.fma.f64(double, double, double)
declare double @llvm.copysign.f64(double, double)
declare i64 @llvm.fptosi.sat.i64.f64(double)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
"""

_FIXUP: Final = 0x1111_1100
"""VFIXUPIMMSD's table (Intel's manual, volume 2): the first operand for a quiet or a signalling NaN, else the other."""
_HELPERS: Final = f"""
define internal i64 @visible(i64 %bits, i64 %tag) alwaysinline nounwind {{
  %real = bitcast i64 %bits to double
  %nan = fcmp uno double %real, %real
  %float = icmp ne i64 %tag, 0
  %both = and i1 %nan, %float
  %shown = select i1 %both, i64 {CANONICAL_NAN}, i64 %bits
  ret i64 %shown
}}

define internal double @float_mod(ptr %s, double %a, double %b) alwaysinline nounwind {{
  %quotient = fdiv double %a, %b
  %floor = call double @llvm.floor.f64(double %quotient)
  %minus = fneg double %floor
  %rest = call double @fused(ptr %s, double %minus, double %b, double %a)
  %above = fcmp ogt double %rest, 0.0
  %below_b = fcmp olt double %rest, %b
  %up = and i1 %above, %below_b
  %below = fcmp olt double %rest, 0.0
  %above_b = fcmp ogt double %rest, %b
  %down = and i1 %below, %above_b
  %inside = or i1 %up, %down
  br i1 %inside, label %fast, label %slow, !prof !1
fast:
  ret double %rest
slow:
  %exact = call double @float_mod_exact(ptr %s, double %a, double %b)
  ret double %exact
}}

define internal double @float_mod_exact(ptr %s, double %a, double %b) noinline cold nounwind {{
  %zero = fcmp oeq double %b, 0.0
  br i1 %zero, label %undefined, label %defined
undefined:
  ret double {NAN}
defined:
  %place = getelementptr i8, ptr %s, i64 {_F["fmod"]}
  %fmod = load ptr, ptr %place
  %rest = call double %fmod(double %a, double %b) {PURE}
  %none = fcmp oeq double %rest, 0.0
  %signed = call double @llvm.copysign.f64(double 0.0, double %b)
  %negative = fcmp olt double %rest, 0.0
  %divisor = fcmp olt double %b, 0.0
  %differ = xor i1 %negative, %divisor
  %moved = fadd double %rest, %b
  %some = select i1 %differ, double %moved, double %rest
  %result = select i1 %none, double %signed, double %some
  ret double %result
}}

define internal preserve_allcc i64 @poll(ptr %s, i64 %count) noinline cold nounwind {{
  %place = getelementptr i8, ptr %s, i64 {layout.COUNT}
  store i64 %count, ptr %place
  %at = getelementptr i8, ptr %s, i64 {layout.POLL}
  %function = load ptr, ptr %at
  %result = call i64 %function(ptr %s)
  ret i64 %result
}}

define internal i64 @system(ptr %s, i64 %number) noinline nounwind {{
  %at = getelementptr i8, ptr %s, i64 {layout.FAST}
  %fast = load ptr, ptr %at
  %none = icmp eq ptr %fast, null
  br i1 %none, label %slow, label %quick
quick:
  %result = alloca i64
  %error = alloca ptr
  %r = getelementptr i8, ptr %s, i64 {layout.REGS}
  %regs = load i64, ptr %r
  %m = getelementptr i8, ptr %s, i64 {layout.MEM}
  %memory = load i64, ptr %m
  %state = ptrtoint ptr %s to i64
  %bad = call i32 %fast(ptr %result, ptr %error, i64 %number, i64 %regs, i64 %memory, i64 %state)
  %left = load i64, ptr %result
  %done = icmp eq i64 %left, 0
  br i1 %done, label %ready, label %slow
ready:
  ret i64 0
slow:
  %place = getelementptr i8, ptr %s, i64 {layout.SYSTEM}
  %function = load ptr, ptr %place
  %answer = call i64 %function(i64 %number, ptr %s)
  ret i64 %answer
}}

define internal i64 @record(ptr %s, i64 %op, ptr %row, ptr %cells, i64 %index) noinline nounwind {{
  %at = getelementptr i8, ptr %s, i64 {layout.RECORD}
  %function = load ptr, ptr %at
  %none = icmp eq ptr %function, null
  br i1 %none, label %absent, label %present
absent:
  ret i64 {layout.QUANTUM}
present:
  %result = alloca i64
  %error = alloca ptr
  %c = getelementptr i8, ptr %s, i64 {layout.CODE}
  %code = load i64, ptr %c
  %offset = mul i64 %index, {layout.ROW}
  %place = add i64 %code, %offset
  %rows = ptrtoint ptr %row to i64
  %operands = ptrtoint ptr %cells to i64
  %state = ptrtoint ptr %s to i64
  %bad = call i32 %function(ptr %result, ptr %error, i64 %op, i64 %rows, i64 %operands, i64 %place, i64 %state)
  %left = load i64, ptr %result
  ret i64 %left
}}

define internal void @leave(ptr %s, i64 %status, i64 %index, i64 %count, i64 %reason) noinline cold nounwind {{
  %y = getelementptr i8, ptr %s, i64 {layout.REASON}
  store i64 %reason, ptr %y
  %l = getelementptr i8, ptr %s, i64 {layout.LEAVING}
  store i64 %status, ptr %l
  %c = getelementptr i8, ptr %s, i64 {layout.COUNT}
  store i64 %count, ptr %c
  %at = getelementptr i8, ptr %s, i64 {layout.CODE}
  %code = load i64, ptr %at
  %offset = mul i64 %index, {layout.ROW}
  %row = add i64 %code, %offset
  %p = getelementptr i8, ptr %s, i64 {layout.PC}
  store i64 %row, ptr %p
  ret void
}}

define internal void @log_value(ptr %s, i64 %bits, i64 %tag) noinline cold nounwind {{
  %l = getelementptr i8, ptr %s, i64 {layout.VALUE_LOG}
  %old = load i64, ptr %l
  %new = sub i64 %old, {layout.CELL}
  store i64 %new, ptr %l
  %cell = inttoptr i64 %new to ptr
  store i64 %bits, ptr %cell
  %kind = getelementptr i8, ptr %cell, i64 {layout.KIND}
  store i64 %tag, ptr %kind
  ret void
}}

define internal void @log_call(ptr %s, i64 %index) noinline cold nounwind {{
  %l = getelementptr i8, ptr %s, i64 {layout.CALL_LOG}
  %old = load i64, ptr %l
  %new = sub i64 %old, 8
  store i64 %new, ptr %l
  %at = getelementptr i8, ptr %s, i64 {layout.CODE}
  %code = load i64, ptr %at
  %offset = mul i64 %index, {layout.ROW}
  %row = add i64 %code, %offset
  %cell = inttoptr i64 %new to ptr
  store i64 %row, ptr %cell
  ret void
}}

define internal void @merge(ptr %s, i64 %log_at, i64 %end, i64 %base, i64 %level_at) noinline cold nounwind {{
  %l = getelementptr i8, ptr %s, i64 %log_at
  %log = load i64, ptr %l
  %length = sub i64 %end, %log
  %v = getelementptr i8, ptr %s, i64 %level_at
  %level = load i64, ptr %v
  %to = add i64 %base, %level
  %target = inttoptr i64 %to to ptr
  %source = inttoptr i64 %log to ptr
  call void @llvm.memmove.p0.p0.i64(ptr %target, ptr %source, i64 %length, i1 false)
  %higher = add i64 %level, %length
  store i64 %higher, ptr %v
  ret void
}}
"""


def _fused(has_fma: bool) -> str:
    head = "\ndefine internal double @fused(ptr %s, double %a, double %b, double %c) alwaysinline nounwind {\n"
    if has_fma:
        return head + "  %r = call double @llvm.fma.f64(double %a, double %b, double %c)\n" + "  ret double %r\n}\n"
    return (
        head
        + f"  %at = getelementptr i8, ptr %s, i64 {_F['fma']}\n"
        + "  %f = load ptr, ptr %at\n"
        + f"  %r = call double %f(double %a, double %b, double %c) {PURE}\n"
        + "  ret double %r\n}\n"
    )


_STORE_REAL: Final = {
    False: f"""
define internal void @store_real(ptr %to, double %v) alwaysinline nounwind {{
  store volatile double %v, ptr %to, align 1
  %is_nan = fcmp uno double %v, %v
  br i1 %is_nan, label %nan, label %done, !prof !0
nan:
  store volatile i64 {CANONICAL_NAN}, ptr %to, align 1
  br label %done
done:
  ret void
}}
""",
    True: f"""
declare <2 x double> @llvm.x86.avx512.mask.fixupimm.sd(<2 x double>, <2 x double>, <2 x i64>, i32, i8, i32)
define internal void @store_real(ptr %to, double %v) alwaysinline nounwind {{
  %wide = insertelement <2 x double> poison, double %v, i64 0
  %fixed = call <2 x double> @llvm.x86.avx512.mask.fixupimm.sd(<2 x double> splat (double {NAN}), <2 x double> %wide,
    <2 x i64> <i64 {_FIXUP}, i64 0>, i32 0, i8 -1, i32 4)
  %shown = extractelement <2 x double> %fixed, i64 0
  store volatile double %shown, ptr %to, align 1
  ret void
}}
""",
}
"""Stores a float as memory shows it: every NaN is the one NaN. By whether AVX-512's VFIXUPIMMSD is there; else the
store comes first and the test after it, so that nothing waits for the test."""


def _spill() -> str:
    """Write back the registers of a set that no inner frame has written back."""
    values = ", ".join(f"i64 %v{register}" for register in range(REGISTERS))
    lines = [
        f"define internal void @spill(ptr %s, i64 %mask, i64 %kinds, {values}) noinline cold nounwind {{",
        f"  %at = getelementptr i8, ptr %s, i64 {layout.STORED}",
        "  %stored = load i64, ptr %at",
        "  %now = or i64 %stored, %mask",
        "  store i64 %now, ptr %at",
        "  %others = xor i64 %stored, -1",
        "  %todo = and i64 %mask, %others",
        f"  %r = getelementptr i8, ptr %s, i64 {layout.REGS}",
        "  %regs = load ptr, ptr %r",
        "  br label %test0",
    ]
    for register in range(REGISTERS):
        lines += [
            f"test{register}:",
            f"  %bit{register} = and i64 %todo, {1 << register}",
            f"  %is{register} = icmp ne i64 %bit{register}, 0",
            f"  br i1 %is{register}, label %set{register}, label %test{register + 1}",
            f"set{register}:",
            f"  %p{register} = getelementptr i8, ptr %regs, i64 {register * layout.CELL}",
            f"  store i64 %v{register}, ptr %p{register}",
            f"  %q{register} = getelementptr i8, ptr %regs, i64 {register * layout.CELL + layout.KIND}",
            f"  %h{register} = lshr i64 %kinds, {register}",
            f"  %k{register} = and i64 %h{register}, 1",
            f"  store i64 %k{register}, ptr %q{register}",
            f"  br label %test{register + 1}",
        ]
    return "\n".join([*lines, f"test{REGISTERS}:", "  ret void", "}", ""])


def _words(**offsets: int) -> str:
    """Load words of the state."""
    return "\n".join(
        f"  %{name}.at = getelementptr i8, ptr %s, i64 {offset}\n  %{name} = load i64, ptr %{name}.at"
        for name, offset in offsets.items()
    )


def _dispatcher(symbol: str, slots: int, calls: int, values: int) -> str:
    """Run from PC until something is for Python. The interpreter goes on to its own limit, so the one for compiled code
    is looked at before that is entered. ``slots``: most values that one frame holds; ``calls``,
    ``values``: what frames that do not recurse add to the stacks at most."""
    return f"""
define i64 @{symbol}(ptr noalias %s) nounwind {{
entry:
  %result = alloca i64
  %error = alloca ptr
  br label %again
again:
{_words(pc=layout.PC, code=layout.CODE, entries=layout.ENTRIES)}
  %distance = sub i64 %pc, %code
  %index = sdiv i64 %distance, {layout.ROW}
  %offset = shl i64 %index, 4
  %table = inttoptr i64 %entries to ptr
  %slot = getelementptr i8, ptr %table, i64 %offset
  %compiled = load ptr, ptr %slot
  %none = icmp eq ptr %compiled, null
  br i1 %none, label %interpret, label %look
look:
{_words(count=layout.COUNT)}
  %limit.now = getelementptr i8, ptr %s, i64 {layout.COUNT_LIMIT}
  %limit = load volatile i64, ptr %limit.now
  %late = icmp ugt i64 %count, %limit
  br i1 %late, label %poll, label %room
poll:
  %answer = call preserve_allcc i64 @poll(ptr %s, i64 %count)
  %stops = icmp ne i64 %answer, 0
  br i1 %stops, label %refuse, label %room
room:
{_words(csp=layout.CSP, calls_end=layout.CALLS_END, sp=layout.SP, soft=layout.STACK_SOFT_END)}
{_words(stack=layout.STACK, stack_end=layout.STACK_END, calls=layout.CALLS)}
  %free = sub i64 %calls_end, %csp
  %frames = sdiv i64 %free, 8
  %depth1 = sub i64 %frames, {calls}
  %space = sub i64 %stack_end, %sp
  %cells = sdiv i64 %space, {layout.CELL}
  %over = sub i64 %cells, {values}
  %depth2 = sdiv i64 %over, {max(slots, 1)}
  %depth = call i64 @llvm.smin.i64(i64 %depth1, i64 %depth2)
  %enough = icmp sgt i64 %depth, 0
  %low = icmp sle i64 %sp, %soft
  %fits = and i1 %enough, %low
  br i1 %fits, label %enter, label %refuse
enter:
  %limit.at = getelementptr i8, ptr %s, i64 {layout.DEPTH_LIMIT}
  store i64 %depth, ptr %limit.at
  %stored.at = getelementptr i8, ptr %s, i64 {layout.STORED}
  store i64 0, ptr %stored.at
  %values.end = add i64 %stack, %stack_end
  %value_log.at = getelementptr i8, ptr %s, i64 {layout.VALUE_LOG}
  store i64 %values.end, ptr %value_log.at
  %calls.last = add i64 %calls, %calls_end
  %call_log.at = getelementptr i8, ptr %s, i64 {layout.CALL_LOG}
  store i64 %calls.last, ptr %call_log.at
  %status = call i64 %compiled(ptr %s)
  switch i64 %status, label %refuse [
    i64 0, label %returned
    i64 {layout.LEFT}, label %left
  ]
returned:
  %now.at = getelementptr i8, ptr %s, i64 {layout.CSP}
  %now = load i64, ptr %now.at
  %empty = icmp eq i64 %now, 0
  br i1 %empty, label %halt, label %pop
halt:
  ret i64 {layout.HALT}
pop:
  %less = sub i64 %now, 8
  store i64 %less, ptr %now.at
  %top = add i64 %calls, %less
  %top.at = inttoptr i64 %top to ptr
  %back = load i64, ptr %top.at
  %pc.to = getelementptr i8, ptr %s, i64 {layout.PC}
  store i64 %back, ptr %pc.to
  br label %again
left:
  call void @merge(ptr %s, i64 {layout.VALUE_LOG}, i64 %values.end, i64 %stack, i64 {layout.SP})
  call void @merge(ptr %s, i64 {layout.CALL_LOG}, i64 %calls.last, i64 %calls, i64 {layout.CSP})
{_words(leaving=layout.LEAVING)}
  ret i64 %leaving
refuse:
  ret i64 {layout.REFUSED}
interpret:
  %f.at = getelementptr i8, ptr %s, i64 {layout.INTERPRETER}
  %f = load ptr, ptr %f.at
  %missing = icmp eq ptr %f, null
  br i1 %missing, label %absent, label %present
absent:
  ret i64 {layout.MISSING}
present:
  %state = ptrtoint ptr %s to i64
  %bad = call i32 %f(ptr %result, ptr %error, i64 %state)
  %outcome = load i64, ptr %result
  %met = icmp eq i64 %outcome, {layout.ENTER}
  br i1 %met, label %again, label %out
out:
  ret i64 %outcome
}}
"""


def _operand_row() -> str:
    """A row whose operands are cells one after the other: what :func:`vm.interp.quantum.record` reads."""
    words = ", ".join(f"i32 {layout.CELL * max(column - 1, 0)}" for column in range(layout.ROW_WORDS))
    return f"@operand_row = internal constant [{layout.ROW_WORDS} x i32] [{words}]\n"


def text(symbol: str, target: Target, *, slots: int, calls: int, values: int) -> str:
    """The helpers and the dispatcher."""
    weights = '!0 = !{!"branch_weights", i32 1, i32 1048575}\n!1 = !{!"branch_weights", i32 1048575, i32 1}\n'
    chosen = _fused(target.has_fma) + _STORE_REAL[target.has_fixup]
    return (
        _INTRINSICS
        + _operand_row()
        + _HELPERS
        + chosen
        + _spill()
        + _dispatcher(symbol, slots, calls, values)
        + weights
    )
