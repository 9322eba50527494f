"""Operands of a line against the instruction table: which row it means, and how to fill the row's slots.

A plan depends on the mnemonic and the line's shape only, so it is made once for all lines of a shape."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from qbcc.assembly import messages
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import Address, Binary, Group, Line, Node, Register, String, Unary
from vm.isa import BY_NAME, Op

REGISTER, CONSTANT, TARGET, FIXED = range(4)
"""What fills a slot: a register's token, a constant's expression, a label's expression, a number."""

Action = tuple[int, int | Node]


@dataclass(frozen=True, slots=True)
class Plan:
    """One row for each member of a list, else one: its number and what fills its slots."""

    rows: tuple[tuple[int, tuple[Action, ...]], ...]


_plans: Final[dict[tuple[str, str], Plan]] = {}
_KEPT: Final = 1 << 15


def plan(line: Line) -> Plan:
    """How to encode an instruction. Raises :class:`SourceError`."""
    key = (line.word, line.kinds)
    found = _plans.get(key)
    if found is None:
        if len(_plans) >= _KEPT:
            _plans.clear()
        found = _plans[key] = _plan(line)
    return found


def _plan(line: Line) -> Plan:
    ops = BY_NAME[line.word.upper()]
    arguments = line.shape.arguments
    if ops[0].listed:
        if not arguments:
            raise _count_error(line, ops, 0)
        return Plan(tuple(_row(line, ops[0], [argument]) for argument in arguments))
    op = _choose(ops, arguments)
    _refuse_foreign(line, op, arguments)
    full = _complete(op, list(arguments))
    if full is None:
        raise _count_error(line, ops, len(arguments))
    return Plan((_row(line, op, full),))


def _refuse_foreign(line: Line, op: Op, arguments: tuple[Node, ...]) -> None:
    """Raise :class:`SourceError` for loads and stores as other assemblers write them."""
    if len(arguments) != 2 or not op.name.startswith(("QMOV", "QSTORE", "QLOAD")) or line.use is not None:
        return
    first, second = arguments
    whole = line.tokens(line.shape.word, line.shape.arguments[-1].last)
    left, right = _text(line, first), _text(line, second)
    if isinstance(first, Address) and not isinstance(second, Address | String):
        advice = "the value comes first, the address second" if op.name.startswith("QSTORE") else ""
        ours = op.name if op.name.startswith("QSTORE") else "QSTORE"
        if op.name.startswith("QLOAD"):
            ours = f"QSTORE{op.name.removeprefix('QLOAD').lstrip('SF')}"
            advice = f"{ours} writes; {op.name} {right}, {left} reads" if isinstance(second, Register) else ""
        raise SourceError(
            [messages.memory_operand(line.span(first), whole, op.name, advice, f"{ours} {right}, {left}")]
        )
    if isinstance(second, Address) and isinstance(first, Register) and op.name == "QMOV":
        raise SourceError([messages.memory_operand(line.span(second), whole, op.name, "", f"QLOAD {left}, {right}")])


def _choose(ops: tuple[Op, ...], arguments: tuple[Node, ...]) -> Op:
    """The row that an operand picks: ``l`` for a label, ``t`` for a register; ``m`` for brackets, else ``a``."""
    if len(ops) == 1:
        return ops[0]
    place = next(i for i, letters in enumerate(zip(*(op.letters for op in ops), strict=True)) if len({*letters}) > 1)
    if ops[0].letters[place] in "am":
        letter = "m" if len(arguments) > place and isinstance(arguments[place], Address) else "a"
        return next(op for op in ops if op.letters[place] == letter)
    letter = "t" if arguments and isinstance(arguments[0], Register) else "l"
    return next(op for op in ops if op.letters[0] == letter)


def _complete(op: Op, arguments: list[Node]) -> list[Node | int] | None:
    """All operands, short forms written out; None if their number is wrong."""
    wanted = len(op.letters)
    if len(arguments) == wanted:
        return [*arguments]
    if len(arguments) == wanted - 1:
        if op.short and arguments:
            return [arguments[0], *arguments]
        if op.optional is not None:
            return [*arguments, op.optional]
    return None


def _count_error(line: Line, ops: tuple[Op, ...], found: int) -> SourceError:
    forms = []
    for op in ops:
        names = op.syntax.split(" ", 1)
        forms.append(f"{op.syntax}, …" if op.listed else op.syntax)
        if op.short and len(op.letters) > 2:
            forms.append(f"{names[0]} d, a")
        if op.optional is not None:
            forms.append(names[0])
    note = ""
    if ops[0].name == "QMEAS" and found > 2:
        note = "it measures one qubit; a loop measures several: QMEAS r0, r4, then QADD r4, 1"
    elif ops[0].name.startswith(("QLOAD", "QSTORE")) and found > 2:
        note = "an access changes no address: write QADD r1, 8 after it"
    return SourceError(
        [messages.operand_count(line.tokens(line.shape.word, len(line.words) - 1), ops[0].name, forms, found, note)]
    )


def _row(line: Line, op: Op, arguments: list[Node | int] | list[Node]) -> tuple[int, tuple[Action, ...]]:
    actions: list[Action] = []
    problems: list[Diagnostic] = []
    refused: list[Node | int] = []
    for letter, argument in zip(op.letters, arguments, strict=True):
        try:
            if isinstance(argument, int):
                actions.append((FIXED, argument))
            elif letter == "m":
                actions += _address(line, op, argument)
            else:
                actions.append(_operand(line, op, letter, argument))
        except SourceError as error:
            # The short form has an operand twice; once is enough.
            if argument not in refused:
                problems += error.diagnostics
            refused.append(argument)
    if problems:
        raise SourceError(problems)
    return op.code, tuple(actions)


def _operand(line: Line, op: Op, letter: str, node: Node) -> Action:
    is_register = isinstance(node, Register)
    if letter in "dt":
        if is_register:
            return REGISTER, node.first
        role = f"the first operand of {op.name}"
        raise SourceError([messages.not_a_register(line.span(node), _text(line, node), role)])
    if letter == "l":
        if is_register:
            note = "only QJMP and QCALL go through a register"
            raise SourceError([messages.not_a_target(line.span(node), op.name, "a register", note)])
        if isinstance(node, Address | String):
            raise SourceError([messages.not_a_target(line.span(node), op.name, _what(node))])
        return TARGET, node
    if is_register:
        return REGISTER, node.first
    if isinstance(node, Address):
        note = f"load it into a register first: QLOAD r0, {_text(line, node)}"
        raise SourceError([messages.wrong_operand(line.span(node), "memory", op.name, note)])
    if isinstance(node, String):
        note = "put the text in .data under a label and use the label"
        if op.name == "QSYSCALL":
            note = "put the text in .data under a label: QMOV r0, label and QSYSCALL 2 print it"
        raise SourceError([messages.wrong_operand(line.span(node), "a string", op.name, note)])
    if _has_register(line, node):
        raise SourceError([_calculated(line, op, node)])
    return CONSTANT, node


_SUMS: Final = {
    "PLUS": "QADD", "MINUS": "QSUB", "STAR": "QMUL", "SLASH": "QDIV", "PERCENT": "QMOD", "AMP": "QAND", "BAR": "QOR",
    "CARET": "QXOR", "SHL": "QSHL", "SHR": "QSHR",
}  # fmt: skip
"""Instructions that calculate as the operators of expressions do."""
_SIGNS: Final = {"MINUS": "QNEG", "TILDE": "QNOT"}


def _calculated(line: Line, op: Op, node: Node) -> Diagnostic:
    """What to say of an expression that has a register in it."""
    inner = node
    while isinstance(inner, Group):
        inner = inner.inner
    if isinstance(inner, Register):
        return messages.register_in_operand(
            line.span(node), line.span(node), "a register has no parentheses", _text(line, inner)
        )
    parts: list[Node] = []
    ours = ""
    if isinstance(inner, Unary):
        ours, parts = _SIGNS.get(inner.operator, ""), [inner.operand]
    elif isinstance(inner, Binary):
        ours, parts = _SUMS.get(inner.operator, ""), [inner.left, inner.right]
    texts = ", ".join(_text(line, part) for part in parts)
    if op.listed and ours == "QSUB":
        return messages.register_in_operand(
            line.span(node), line.whole(), f"{op.name} takes a list: {op.name} r4, r5", ""
        )
    if any(_has_register(line, part) and not isinstance(part, Register) for part in parts) or not ours:
        return messages.register_in_operand(
            line.span(node), line.whole(), "calculate in a register first: QADD r1, r2, 8", ""
        )
    if op.name == "QMOV" and line.use is None and isinstance(line.shape.arguments[0], Register):
        target = _text(line, line.shape.arguments[0])
        return messages.register_in_operand(
            line.span(node), line.tokens(line.shape.word, len(line.words) - 1), "", f"{ours} {target}, {texts}"
        )
    return messages.register_in_operand(
        line.span(node), line.whole(), f"calculate in a register first: {ours} r3, {texts}", ""
    )


def _what(node: Node) -> str:
    return "a string" if isinstance(node, String) else "memory"


def _text(line: Line, node: Node) -> str:
    return "".join(line.words[node.first : node.last + 1])


def _address(line: Line, op: Op, node: Node) -> list[Action]:
    """Base and offset."""
    if isinstance(node, String):
        note = "put the text in .data under a label and use the label"
        raise SourceError([messages.wrong_operand(line.span(node), "a string", op.name, note)])
    inner = node.inner if isinstance(node, Address) else node
    registers: list[Node] = []
    constants: list[tuple[bool, Node]] = []
    _terms(line, inner, registers, constants)
    if len(registers) == 2 and not constants:
        return [(REGISTER, registers[0].first), (REGISTER, registers[1].first)]
    if len(registers) > 1:
        why = "an address has two registers, or one and a constant"
        raise SourceError([messages.bad_address(line.span(node), why)])
    if not registers:
        return [(CONSTANT, inner), (FIXED, 0)]
    base = (REGISTER, registers[0].first)
    return [base, (CONSTANT, _sum(constants)) if constants else (FIXED, 0)]


def _terms(line: Line, node: Node, registers: list[Node], constants: list[tuple[bool, Node]]) -> None:
    """Split a sum into its registers and the rest: whether it is subtracted, and what."""
    rest = [(False, node)]
    while rest:
        negative, node = rest.pop()
        if isinstance(node, Binary) and node.operator in ("PLUS", "MINUS"):
            rest += ((negative != (node.operator == "MINUS"), node.right), (negative, node.left))
        elif isinstance(node, Group) and _has_register(line, node):
            rest.append((negative, node.inner))
        elif isinstance(node, Register):
            if negative:
                raise SourceError([messages.bad_address(line.span(node), "a register cannot be subtracted")])
            registers.append(node)
        elif _has_register(line, node):
            is_scaled = isinstance(node, Binary) and node.operator in ("STAR", "SHL")
            raise SourceError([messages.bad_address(line.span(node), "a register can only be added", is_scaled)])
        else:
            constants.append((negative, node))


def _sum(terms: list[tuple[bool, Node]]) -> Node:
    """One expression for all terms. It begins with one that is added, so that the distance of two labels stays one."""
    (negative, total), *others = sorted(terms, key=itemgetter(0))
    if negative:
        total = Unary(total.first, total.last, "MINUS", total)
    for is_subtracted, term in others:
        first, last = min(total.first, term.first), max(total.last, term.last)
        total = Binary(first, last, "MINUS" if is_subtracted else "PLUS", total.last, total, term)
    return total


def _has_register(line: Line, node: Node) -> bool:
    return tables()[1]["REGISTER"] in line.kinds[node.first : node.last + 1]
