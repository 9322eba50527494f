"""What holds for every file and routine of the library."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.programs import build
from tests.stdlib.harness import SCRATCH, Library, library_files, routines
from vm.bytecode import Base
from vm.isa import CODE_BASE
from vm.objfile import from_bytes, to_bytes

FILES = library_files()
TEXT = SCRATCH + 0x1000
COMPARE = "compare: QSUB r0, r1\nQRET\nQMOV r0, compare"
# Legend: file, then for each routine some arguments that it takes.
SAMPLES: dict[str, dict[str, tuple[int | float, ...]]] = {
    "qbc_bounds.qbc": {
        "qbc_index_text": (12, 10),
        "qbc_end_text": (12, 11),
        "qbc_start_text": (2, 2),
        "qbc_bounds_append": (SCRATCH, TEXT),
    },
    "qbc_controls.qbc": {
        "qbc_controlled_phase": (SCRATCH, 5, 21, 0.5),
        "qbc_phase_of_all": (SCRATCH, 5, 0.5),
        "qbc_controlled_x": (SCRATCH, 5, 21),
        "qbc_controls_x": (SCRATCH, 5, 21, 22),
        "qbc_controls_chain": (SCRATCH, 4, 21, SCRATCH + 40),
    },
    "qbc_big.qbc": {
        "qbc_big_set": (SCRATCH, 5),
        "qbc_big_copy": (SCRATCH, TEXT + 512),
        "qbc_big_bits": (SCRATCH,),
        "qbc_big_compare": (SCRATCH, SCRATCH),
        "qbc_big_add": (SCRATCH, TEXT + 512),
        "qbc_big_subtract": (SCRATCH, TEXT + 512),
        "qbc_big_multiply_add": (SCRATCH, 7, 9),
        "qbc_big_divide": (SCRATCH, 7),
        "qbc_big_power": (SCRATCH, 20),
        "qbc_big_shift": (SCRATCH, 100),
    },
    "qbc_complex.qbc": {
        "qbc_complex_add": (1, 2.0, 3.0, 4),
        "qbc_complex_subtract": (1, 2.0, 3.0, 4),
        "qbc_complex_multiply": (1, 2.0, 3.0, 4),
        "qbc_complex_divide": (1, 2.0, 3.0, 4),
        "qbc_complex_abs": (1, 2.0),
        "qbc_complex_phase": (1, 2.0),
        "qbc_complex_polar": (1, 2.0),
        "qbc_complex_exp": (1, 2.0),
        "qbc_complex_log": (1, 2.0),
        "qbc_complex_sqrt": (-1, 2.0),
        "qbc_complex_power": (1, 2.0, 3.0, 4),
    },
    "qbc_core.qbc": {
        "qbc_system_init": (),
        "qbc_print_string": (TEXT,),
        "qbc_print_int": (1,),
        "qbc_print_float": (1,),
        "qbc_print_hex": (1,),
        "qbc_sqrt": (1,),
        "qbc_arccos": (1,),
        "qbc_allocate_qubit_pool": (3, 8),
        "qbc_create_klein_temporal_anchor": (1,),
        "qbc_pool_qubit": (0xA_0000_0000,),
        "qbc_apply_hadamard": (0xA_0000_0000,),
        "qbc_apply_controlled_ry": (0.5, 0xA_0000_0000, 0xA_0000_0008),
        "qbc_apply_cnot": (0xA_0000_0008, 0xA_0000_0010),
        "qbc_measure_qubit": (0xA_0000_0010,),
    },
    "qbc_decimal.qbc": {
        "qbc_format_float": (SCRATCH, 1.25),
        "qbc_format_fixed": (SCRATCH, 1.25, 3),
    },
    "qbc_hash.qbc": {
        "qbc_fnv1a": (TEXT, 13),
        "qbc_fnv1a_words": (TEXT, 13),
        "qbc_crc32": (TEXT, 13),
        "qbc_crc32_more": (TEXT, 13, 5),
    },
    "qbc_json.qbc": {
        "qbc_json_begin": (SCRATCH, 1000),
        "qbc_json_object": (),
        "qbc_json_key": (TEXT,),
        "qbc_json_array": (),
        "qbc_json_string": (TEXT,),
        "qbc_json_int": (5,),
        "qbc_json_float": (5.5,),
        "qbc_json_boolean": (1,),
        "qbc_json_null": (),
        "qbc_json_array_end": (),
        "qbc_json_object_end": (),
        "qbc_json_finish": (),
    },
    "qbc_memory.qbc": {
        "qbc_memory_copy": (SCRATCH, TEXT, 20),
        "qbc_memory_fill": (SCRATCH, 1, 20),
        "qbc_memory_compare": (SCRATCH, TEXT, 20),
    },
    "qbc_modular.qbc": {"qbc_j_invariant": (0.1, 1)},
    "qbc_output.qbc": {"qbc_output_begin": (0, 1, 8), "qbc_output_finish": (3,)},
    "qbc_parse.qbc": {"qbc_parse_float": (TEXT,)},
    "qbc_quantum.qbc": {
        "qbc_qubits": (8,),
        "qbc_prepare_bell": (1, 2),
        "qbc_prepare_ghz": (1, 4),
        "qbc_prepare_w": (2, 3),
        "qbc_qft": (1, 4),
        "qbc_qft_inverse": (1, 3),
        "qbc_reverse_qubits": (1, 5),
        "qbc_phase_if_all": (1, 3, 0.5),
        "qbc_grover_diffusion": (1, 3),
        "qbc_phase_estimation": (1, 3, CODE_BASE, 5),
        "qbc_teleport": (1, 6, 7),
        "qbc_heartbeat": (6, 1.5),
        "qbc_quantum_check": (0, 5),
    },
    "qbc_random.qbc": {
        "qbc_random_seed": (SCRATCH, 5),
        "qbc_random_next": (SCRATCH,),
        "qbc_random_float": (SCRATCH,),
        "qbc_random_below": (SCRATCH, 6),
        "qbc_random_shuffle": (SCRATCH, SCRATCH + 64, 6),
    },
    "qbc_sort.qbc": {
        "qbc_sort_ints": (SCRATCH, 9, TEXT),
        "qbc_sort_floats": (SCRATCH, 9, TEXT),
        "qbc_sort_by": (SCRATCH, 9, TEXT, CODE_BASE),
        "qbc_search_ints": (SCRATCH, 9, 4),
    },
    "qbc_string.qbc": {
        "qbc_string_length": (TEXT,),
        "qbc_string_characters": (TEXT,),
        "qbc_string_compare": (TEXT, TEXT),
        "qbc_string_copy": (SCRATCH, TEXT, 40),
        "qbc_string_concat": (SCRATCH, TEXT, 40),
        "qbc_string_find": (TEXT, TEXT),
        "qbc_format_int": (SCRATCH, -5),
        "qbc_format_unsigned": (SCRATCH, -5, 2),
        "qbc_format_hex": (SCRATCH, -5, 2),
        "qbc_parse_int": (TEXT,),
    },
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_routine_keeps_what_it_promises(path: Path) -> None:
    library = Library(path.name, f"{COMPARE}\n.query_interface\nqubits: QALLOC r0, 24\nQRET")
    samples = SAMPLES[path.name]
    assert samples.keys() == library.routines.keys()
    library.words(range(20, 0, -1))
    library.words([2, 1, 1], TEXT + 512)
    library.text(b"-12.5e3, and so on", TEXT)
    compare = next(s.value for s in library.machine.program.object.symbols if s.name == "compare")
    if path.name == "qbc_controls.qbc":
        library._both("qubits")
    for name, args in samples.items():
        values = [CODE_BASE + compare if a == CODE_BASE else a for a in args]
        library.call(name, *values)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_names_are_the_librarys_own_and_documented(path: Path) -> None:
    obj = build(f'.include "{path.name}"\nQHALT')
    documented = {name for file in FILES for name in routines(file.name)}
    for symbol in obj.symbols:
        if "@" in symbol.name or symbol.base is Base.ABSOLUTE:
            continue
        assert symbol.name.startswith("qbc_"), symbol.name
        if symbol.base is Base.CODE:
            assert symbol.name in documented, symbol.name
    for name in re.findall(r"^\.(?:define|macro) (\w+)", path.read_text("utf-8"), re.MULTILINE):
        assert name.startswith("qbc_"), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_contracts_say_what_the_comments_say(path: Path) -> None:
    """What a routine changes past r0 to r3 is in its contract."""
    obj = build(f'.include "{path.name}"\nQHALT')
    contracts = {contract.name: contract for contract in obj.contracts}
    for name, routine in routines(path.name).items():
        contract = contracts[name]
        stated = {int(register[1:]) for register in contract.clobbers}
        assert routine.changes <= stated if stated else routine.changes <= {0, 1, 2, 3}, name
        for register in (*contract.args, *contract.returns):
            assert f"{register}" in routine.comment or "to" in routine.comment, (name, register)


def test_all_files_go_together() -> None:
    """Every include once, no clash, and an object that is the same after writing and reading."""
    includes = "\n".join(f'.include "{path.name}"' for path in FILES)
    obj = build(f"{includes}\n.text\nmain: QHALT 0")
    assert to_bytes(from_bytes(to_bytes(obj))) == to_bytes(obj)
