"""The parse tables: made by Lark from ``grammar.lark``, kept in ``tables.json`` so that no run waits for Lark.

    python -m sigma.tables        writes the file again after a change of the grammar

An action is a number: ``>= 0`` shifts to that state, ``< 0`` reduces by rule ``-1 - action``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_HERE: Final = Path(__file__).parent
GRAMMAR: Final = _HERE / "grammar.lark"
TABLES: Final = _HERE / "tables.json"
END: Final = "$END"


@dataclass(frozen=True)
class Tables:
    """What the parser runs on."""

    start: int
    actions: list[dict[str, int]]
    """For each state, the action of each terminal."""
    goto: list[dict[str, int]]
    """For each state, the state after each rule's name."""
    rules: list[tuple[str, int, str]]
    """Name, number of symbols, and what to build."""


@cache
def tables() -> Tables:
    """The tables, read once."""
    data = json.loads(TABLES.read_text(encoding="utf-8"))
    rows = data["rows"]
    return Tables(
        data["start"],
        [rows[number] for number in data["actions"]],
        [rows[number] for number in data["goto"]],
        [(name, size, action) for name, size, action in data["rules"]],
    )


def _in_order(table: Any) -> list[int]:
    """States by how they are reached from the start, so that the numbers do not depend on Lark's sets."""
    order = [table.start_states["start"]]
    for state in order:
        for _, (_, argument) in sorted(table.states[state].items(), key=lambda item: str(item[0])):
            if isinstance(argument, int) and argument not in order:
                order.append(argument)
    return order


def generate() -> str:
    """The file's text."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        """Tokens are made by :mod:`sigma.lexer`."""

        def __init__(self, _: Any) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any = None) -> Any:
            """None are made here."""
            return iter(())

    lark = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer=NoLexer, keep_all_tokens=True)
    names = {t.name: t.pattern.value for t in lark.terminals if t.pattern.type == "str"}
    table = lark.parser.parser._parse_table
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    rows: dict[str, int] = {}

    def keep(row: dict[str, int]) -> int:
        return rows.setdefault(json.dumps(row, sort_keys=True), len(rows))

    actions, goto = [], []
    order = _in_order(table)
    number = {state: place for place, state in enumerate(order)}
    for state in order:
        action, after = {}, {}
        for symbol, (kind, argument) in table.states[state].items():
            if kind is Shift and not symbol.isupper() and symbol[0] not in "$_":
                after[str(symbol)] = number[argument]
            else:
                action[names.get(symbol, str(symbol))] = number[argument] if kind is Shift else -1 - rules[argument]
        actions.append(keep(action))
        goto.append(keep(after))
    data = {
        "start": 0,
        "rules": [[str(r.origin.name), len(r.expansion), r.alias or "start"] for r in lark.rules],
        "actions": actions,
        "goto": goto,
    }
    head = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in data.items())
    return "{\n" + head + ',\n"rows": [\n' + ",\n".join(rows) + "\n]}\n"


if __name__ == "__main__":
    TABLES.write_text(generate(), encoding="utf-8")
