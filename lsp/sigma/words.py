"""What the names of σ mean, in Markdown."""

from __future__ import annotations

from typing import Any

from qbcc.render import number
from sigma.symbols import Constant, Function, Given, Local, Module, ModuleName, RecordName, Symbol, Variable
from sigma.types import NOTHING, Record, Type


def signature(symbol: Symbol) -> str:
    """How it is declared, on a line."""
    match symbol:
        case Local() | Variable():
            return f"{'var' if symbol.is_var else 'let'} {symbol.name}: {symbol.type}"
        case Constant():
            return f"const {symbol.name}: {symbol.type}" + (
                f" = {_shown(symbol.value)}" if symbol.value is not None else ""
            )
        case Function():
            word = "extern fn" if symbol.is_extern else "gate" if symbol.is_gate else "fn"
            result = f" -> {symbol.result}" if symbol.result != NOTHING else ""
            return f"{word} {symbol.name}({', '.join(parameters(symbol))}){result}"
        case RecordName():
            return f"record {symbol.name}{_fields(symbol.type)}"
        case ModuleName():
            return f"import {symbol.name}"
        case Given():
            builtin = symbol.builtin
            result = f" -> {builtin.gives}" if builtin.gives else ""
            word = "gate" if builtin.is_gate else "fn"
            return f"{word} {builtin.name}({', '.join(builtin.parameters)}){result}"
    return symbol.name


def parameters(symbol: Function) -> list[str]:
    """Of a function of a source."""
    return [f"{param.name}: {param.type}" for param in symbol.params]


def _fields(type: Type) -> str:
    if not isinstance(type, Record):
        return ""
    return " { " + "; ".join(f"{field.name}: {field.type}" for field in type.fields) + " }"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else number(value)


def documentation(symbol: Symbol) -> str:
    """What its author, or the table of the language, says of it."""
    if isinstance(symbol, Given):
        builtin = symbol.builtin
        parts = [builtin.what, f"*{builtin.effect}*" if builtin.effect else ""]
        parts.append(f"The instruction `{builtin.mnemonic}`." if builtin.mnemonic else "")
        return "\n\n".join(part for part in parts if part)
    if isinstance(symbol, ModuleName):
        return f"`{symbol.target.source.name}`" if symbol.target is not None else ""
    if symbol.module is None or isinstance(symbol, Local):
        return ""
    text = _comment(symbol.module, symbol.token)
    effect = symbol.effect if isinstance(symbol, Function) else ""
    return "\n\n".join(part for part in (text, f"*{effect}*" if effect else "") if part)


def _comment(module: Module, token: int) -> str:
    """The ``///`` lines above a declaration."""
    return module.tokens.doc(token)
