"""From LLVM IR to machine code, by llvmlite alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from vm.processor import UnsupportedError, binding

ARCHITECTURES: Final = ("x86_64", "aarch64")
"""Processors that the engine is for."""
_EMITTING: Final = threading.Lock()
_STRAIGHTFORWARD: Final = "-disable-lsr"
"""Without loop strength reduction, which makes an address to check and the same address to use two things that a loop
counts: 6 % in the mean of the benchmarks."""


@dataclass(frozen=True)
class Target:
    """The processor that code is compiled for."""

    triple: str
    cpu: str
    features: str

    @property
    def has_fma(self) -> bool:
        """Whether fused multiply-add is an instruction."""
        return "+fma," in self.features + "," or self.triple.startswith("aarch64")

    @property
    def has_fixup(self) -> bool:
        """Whether one instruction makes every NaN the one NaN."""
        return "+avx512f," in self.features + ","

    @property
    def convention(self) -> str:
        """How functions pass registers: on x86-64, in as many of the processor's as there are."""
        return "x86_regcallcc" if self.triple.startswith("x86_64") else "fastcc"


@cache
def target() -> Target:
    """This computer's processor. Raises :class:`UnsupportedError`."""
    llvm = binding()
    triple = llvm.get_process_triple()
    if triple.split("-")[0] not in ARCHITECTURES:
        raise UnsupportedError(f"{triple.split('-')[0]} is no processor that it compiles for")
    features = llvm.get_host_cpu_features().flatten()
    return Target(triple, llvm.get_host_cpu_name(), features)


def machine(level: int) -> Any:
    """LLVM's target machine at an optimisation level, 0 to 3."""
    llvm, here = binding(), target()
    return llvm.Target.from_triple(here.triple).create_target_machine(
        cpu=here.cpu, features=here.features, opt=level, reloc="default", codemodel="jitdefault", jit=True
    )


def compile_ir(text: str, level: int) -> bytes:
    """Compile a module's text to an object: at ``level`` 0 as it stands, at 1 with the passes that gain most for their
    time, at 2 with all of LLVM's ``-O2`` but vectors (checks at every access leave none to make)."""
    llvm = binding()
    generator = machine(level)
    # In a context of its own, which frees with the module all types and constants; the common one never does.
    module = llvm.parse_assembly(f'target triple = "{target().triple}"\n' + text, context=llvm.create_context())
    module.data_layout = str(generator.target_data)
    options = llvm.create_pipeline_tuning_options(speed_level=max(level, 1))
    options.loop_vectorization = options.slp_vectorization = False
    builder = llvm.create_pass_builder(generator, options)
    if level == 2:
        builder.getModulePassManager().run(module, builder)
    elif level == 1:
        _light(llvm, module, builder)
    with _EMITTING:
        # For the whole process, others' code too: Numba's, say.
        llvm.set_option("", _STRAIGHTFORWARD)
        try:
            return bytes(generator.emit_object(module))
        finally:
            llvm.set_option("", f"{_STRAIGHTFORWARD}=0")


def _light(llvm: Any, module: Any, builder: Any) -> None:
    """Registers out of memory, and what that makes simpler."""
    whole = llvm.create_new_module_pass_manager()
    whole.add_always_inliner_pass()
    whole.run(module, builder)
    each = llvm.create_new_function_pass_manager()
    each.add_sroa_pass()
    each.add_simplify_cfg_pass()
    each.add_instruction_combine_pass()
    each.add_simplify_cfg_pass()
    for function in module.functions:
        if not function.is_declaration:
            each.run(function, builder)
