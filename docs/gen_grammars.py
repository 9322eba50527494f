"""Writes the TextMate grammars of the extension for VS Code, ``lsp/vscode/syntaxes``, from the tables of the toolchain:
``python docs/gen_grammars.py``. A test checks that they are current.

TextMate reads a line from the left: of the patterns that match, the one that begins first counts, of several at one
place the first in the list. The regular expressions are Oniguruma's, whose look-behind takes no repetition."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from qbcc.syntax import known
from qbcc.syntax.lines import DIRECTIVES
from qbcc.testing.reader import WORDS
from sigma.builtins import BUILTINS, CONSTANTS
from sigma.lexer import KEYWORDS
from sigma.types import BYTE
from vm.isa import CALLS, JUMPS, OPS, QUANTUM, REGISTERS

Rule = dict[str, Any]

FOLDER: Final = Path(__file__).parents[1] / "lsp" / "vscode" / "syntaxes"
QBC: Final = FOLDER / "qbc.tmLanguage.json"
SIGMA: Final = FOLDER / "sigma.tmLanguage.json"
_SPEAKING: Final = rf"(?:lint:\s*allow\b|(?:{'|'.join(sorted(WORDS, key=len, reverse=True))}):).*"
"""Comments that the linter or ``qbc test`` reads."""

_MNEMONICS: Final = {JUMPS: "keyword.control", CALLS: "keyword.control", QUANTUM: "support.function"}
"""Scopes of the instructions by group; ``keyword.other`` for all others."""
_CONDITIONS: Final = frozenset({".if", ".elif", ".else", ".endif", ".rept", ".endr"})
_NAMING: Final = {
    ".macro": "entity.name.function.preprocessor",
    ".func": "entity.name.function",
    ".define": "variable.other.constant",
}
"""Directives that a name follows, and what it is."""

_CONTROL: Final = frozenset({"while", "for", "in", "step", "break", "continue", "return", "if", "else"})
_OPERATORS: Final = frozenset({"and", "or", "not", "div", "inv", "ctrl"})
_TRUTH: Final = frozenset({"true", "false"})
_ALSO_NAMES: Final = frozenset({"step", "at", "from", "as", "ref"})
"""Keywords only before a value, a name or a text."""
_SIGMA_NAME: Final = r"[\p{L}\p{Nl}_][\p{L}\p{N}\p{Mn}\p{Mc}_]*"
_ESCAPE: Final = r"""\\(?:[ntr0\\"']|x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{1,6}\})"""


def _words(words: Iterable[str]) -> str:
    """An alternative of words, longer ones before their beginnings."""
    return "|".join(word.replace(".", r"\.") for word in sorted(words, key=lambda word: (-len(word), word)))


def _rule(match: str, name: str, **captures: str) -> Rule:
    """A pattern on one line; ``_1="scope"`` names a group."""
    made: Rule = {"match": match}
    if name:
        made["name"] = name
    if captures:
        made["captures"] = {number.removeprefix("_"): {"name": scope} for number, scope in captures.items()}
    return made


def _include(*names: str) -> list[Rule]:
    return [{"include": name if name.startswith("source.") else f"#{name}"} for name in names]


def _escapes(language: str) -> list[Rule]:
    return [
        _rule(_ESCAPE, f"constant.character.escape.{language}"),
        _rule(r"\\.", f"invalid.illegal.escape.{language}"),
    ]


def qbc() -> Rule:
    """The grammar of assembly. A statement's first word opens a region to the end of the line, so a label that is
    called as a mnemonic is one only where a mnemonic stands."""
    terminals = dict(known.terminals() or ())
    statement = {"end": r"(?=[;}])|$", "patterns": _include("operands")}
    rules: list[Rule] = []
    scopes = {name: _MNEMONICS.get(op.group, "keyword.other") for op in OPS for name in (op.name, *op.aliases)}
    groups = {name: op.group for op in OPS for name in (op.name, *op.aliases)}
    for group in dict.fromkeys(groups.values()):
        names = [name for name in groups if groups[name] == group]
        scope = f"{scopes[names[0]]}.mnemonic.{group}.qbc"
        rules.append(
            {"begin": rf"(?i)\b(?:{_words(names)})(?!\w)", "beginCaptures": {"0": {"name": scope}}, **statement}
        )
    plain = [word for word in DIRECTIVES if word not in _CONDITIONS and word not in _NAMING]
    directives: list[Rule] = [
        {
            "begin": rf"(?i)({_words([word])})(?!\w)(?:\s+([A-Za-z_]\w*))?",
            "beginCaptures": {"1": {"name": "keyword.other.directive.qbc"}, "2": {"name": f"{scope}.qbc"}},
            **statement,
        }
        for word, scope in _NAMING.items()
    ]
    for scope, words in (
        ("keyword.control.directive.qbc", sorted(_CONDITIONS)),
        ("keyword.other.directive.qbc", plain),
    ):
        begin = rf"(?i)(?:{_words(words)})(?!\w)"
        directives.append({"begin": begin, "beginCaptures": {"0": {"name": scope}}, **statement})
    directives.append(_rule(r"\.[A-Za-z_]\w*", "invalid.illegal.directive.qbc"))
    macro = {
        "begin": r"[A-Za-z_]\w*",
        "beginCaptures": {"0": {"name": "entity.name.function.macro.qbc"}},
        **statement,
    }
    repository = {
        "comment": {
            "patterns": [
                _rule(rf"(;)\s*({_SPEAKING})", "comment.line.semicolon.qbc",
                      _1="punctuation.definition.comment.qbc", _2="comment.line.annotation.qbc"),
                _rule(r"(;).*", "comment.line.semicolon.qbc", _1="punctuation.definition.comment.qbc"),
            ]
        },
        "label": {
            "patterns": [
                _rule(r"(@[A-Za-z_]\w*)\s*(:)", "", _1="entity.name.label.local.qbc", _2="punctuation.separator.label.qbc"),
                _rule(r"\b([A-Za-z_]\w*)\s*(:)", "", _1="entity.name.function.label.qbc",
                      _2="punctuation.separator.label.qbc"),
            ]
        },
        "instruction": {"patterns": rules},
        "directive": {"patterns": directives},
        "macro": macro,
        "operands": {
            "patterns": [
                *_include("string"),
                {
                    "match": terminals["CHARACTER"],
                    "name": "constant.character.qbc",
                    "captures": {"0": {"patterns": _escapes("qbc")}},
                },
                _rule(rf"(?i)\br(?:{_words(str(number) for number in range(REGISTERS))})(?!\w)",
                      "variable.language.register.qbc"),
                _rule(rf"\b{terminals['FLOAT']}", "constant.numeric.float.qbc"),
                _rule(rf"\b{terminals['INTEGER']}", "constant.numeric.integer.qbc"),
                _rule(r"\b[0-9][\w.]*", "invalid.illegal.number.qbc"),
                _rule(r"\bOUTPUT_BUFFER\b", "support.constant.qbc"),
                _rule(r"@[A-Za-z_]\w*", "entity.name.label.local.qbc"),
                _rule(r"\b[A-Za-z_]\w*", "variable.other.qbc"),
                _rule(r"<<|>>|==|!=|<=|>=|[-+*/%&|^~<>]", "keyword.operator.qbc"),
                _rule(r",", "punctuation.separator.qbc"),
                _rule(r"[\[\]()]", "punctuation.section.brackets.qbc"),
            ]
        },
        "string": {
            "begin": '"',
            "end": r'"|(?=$)',
            "name": "string.quoted.double.qbc",
            "patterns": _escapes("qbc"),
        },
    }  # fmt: skip
    return {
        "name": "QBC",
        "scopeName": "source.qbc",
        "fileTypes": ["qbc"],
        "patterns": _include("comment", "label", "instruction", "directive", "macro"),
        "repository": repository,
    }


def sigma() -> Rule:
    """The grammar of σ."""
    types = [*(word for word, kind in KEYWORDS.items() if kind == "TYPE"), BYTE.name]
    declaring = KEYWORDS.keys() - _CONTROL - _OPERATORS - _TRUTH - _ALSO_NAMES - set(types)
    gates = [name for name, builtin in BUILTINS.items() if builtin.is_gate]
    functions = BUILTINS.keys() - set(gates) - set(types)
    repository = {
        "comment": {
            "patterns": [
                _rule(r"(///).*", "comment.line.documentation.sigma", _1="punctuation.definition.comment.sigma"),
                _rule(rf"(//)\s*({_SPEAKING})", "comment.line.double-slash.sigma",
                      _1="punctuation.definition.comment.sigma", _2="comment.line.annotation.sigma"),
                _rule(r"(//).*", "comment.line.double-slash.sigma", _1="punctuation.definition.comment.sigma"),
                *_include("block"),
            ]
        },
        "block": {
            "begin": r"/\*",
            "end": r"\*/",
            "captures": {"0": {"name": "punctuation.definition.comment.sigma"}},
            "name": "comment.block.sigma",
            "patterns": _include("block"),
        },
        "assembly": {
            "begin": r"\b(asm)\s*(\{)",
            "beginCaptures": {"1": {"name": "keyword.other.asm.sigma"}, "2": {"name": "punctuation.section.block.sigma"}},
            "end": r"\}",
            "endCaptures": {"0": {"name": "punctuation.section.block.sigma"}},
            "contentName": "meta.embedded.block.qbc",
            "patterns": _include("source.qbc"),
        },
        "declaration": {
            "patterns": [
                _rule(rf"\b(fn|gate)\s+({_SIGMA_NAME})", "", _1="storage.type.function.sigma",
                      _2="entity.name.function.sigma"),
                _rule(rf"\b(record)\s+({_SIGMA_NAME})(?=\s*\{{)", "", _1="storage.type.record.sigma",
                      _2="entity.name.type.record.sigma"),
                _rule(rf"\b(const)\s+({_SIGMA_NAME})", "", _1="storage.type.sigma", _2="variable.other.constant.sigma"),
                _rule(rf"\b(import)\s+({_SIGMA_NAME}(?:\.{_SIGMA_NAME})*)", "", _1="keyword.control.import.sigma",
                      _2="entity.name.namespace.sigma"),
            ]
        },
        "word": {
            "patterns": [
                _rule(r"\b(?:import|extern|export)\b", "keyword.control.import.sigma"),
                _rule(rf"\b(?:{_words(_CONTROL - _ALSO_NAMES)})\b", "keyword.control.sigma"),
                _rule(rf"\b(?:{_words(_ALSO_NAMES & _CONTROL)})\b(?=\s+[\w(\"'-])", "keyword.control.sigma"),
                _rule(rf"\b(?:{_words(_ALSO_NAMES - _CONTROL)})\b(?=\s+[\w(\"'-])", "keyword.other.sigma"),
                _rule(r"\bdiv=(?!=)", "keyword.operator.assignment.sigma"),
                _rule(rf"\b(?:{_words(_OPERATORS)})\b", "keyword.operator.word.sigma"),
                _rule(rf"\b(?:{_words(_TRUTH)})\b", "constant.language.sigma"),
                # What is called is the conversion of that name.
                _rule(rf"\b(?:{_words(types)})\b(?=\s*\()", "support.function.sigma"),
                _rule(rf"\b(?:{_words(types)})\b", "support.type.sigma"),
                _rule(rf"\b(?:{_words(declaring - {'import', 'extern', 'export'})})\b", "storage.type.sigma"),
            ]
        },
        "name": {
            "patterns": [
                _rule(rf"(\.)({_SIGMA_NAME})(?=\s*\()", "", _1="punctuation.accessor.sigma",
                      _2="entity.name.function.sigma"),
                _rule(rf"(\.)({_SIGMA_NAME})", "", _1="punctuation.accessor.sigma", _2="variable.other.member.sigma"),
                _rule(rf"\b(?:{_words(gates)})(?=\s*\()", "support.function.gate.sigma"),
                _rule(rf"\b(?:{_words(functions)})(?=\s*\()", "support.function.sigma"),
                _rule(rf"\b(?:{_words(CONSTANTS)})\b(?!\s*\()", "support.constant.sigma"),
                _rule(rf"\b{_SIGMA_NAME}(?=\s*\()", "entity.name.function.sigma"),
                _rule(rf"\b{_SIGMA_NAME}", "variable.other.sigma"),
            ]
        },
        "number": {
            "patterns": [
                _rule(r"\b[0-9](?:_?[0-9])*(?:\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)(?!\w)",
                      "constant.numeric.float.sigma"),
                _rule(r"\b(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|[0-9](?:_?[0-9])*)(?!\w)",
                      "constant.numeric.integer.sigma"),
                _rule(r"\b[0-9]\w*", "invalid.illegal.number.sigma"),
            ]
        },
        "string": {
            "patterns": [
                {
                    "begin": '"',
                    "end": r'"|(?=$)',
                    "beginCaptures": {"0": {"name": "punctuation.definition.string.begin.sigma"}},
                    "endCaptures": {"0": {"name": "punctuation.definition.string.end.sigma"}},
                    "name": "string.quoted.double.sigma",
                    "patterns": [*_escapes("sigma"), *_include("piece")],
                },
                {
                    "match": r"'(?:[^'\\\n]|\\[^\n])*'",
                    "name": "constant.character.sigma",
                    "captures": {"0": {"patterns": _escapes("sigma")}},
                },
            ]
        },
        "piece": {
            "patterns": [
                _rule(r"\{\{|\}\}", "constant.character.escape.brace.sigma"),
                {
                    # Only what ends on the line, before the string does.
                    "begin": r'\{(?=[^"{}\n]*\})',
                    "end": r"(:(?:[ -~]?[<>^])?[-+ ]?[0-9]*(?:\.[0-9]+)?[dxbofc]?)?(\})",
                    "beginCaptures": {"0": {"name": "punctuation.section.embedded.begin.sigma"}},
                    "endCaptures": {
                        "1": {"name": "constant.other.format.sigma"},
                        "2": {"name": "punctuation.section.embedded.end.sigma"},
                    },
                    "contentName": "meta.embedded.line.sigma",
                    "patterns": _include("expression"),
                },
            ]
        },
        "operator": {
            "patterns": [
                _rule(r"->", "keyword.operator.arrow.sigma"),
                _rule(r"\.\.", "keyword.operator.range.sigma"),
                _rule(r"(?:<<|>>|[-+*/%&|^])=(?!=)", "keyword.operator.assignment.sigma"),
                _rule(r"==|!=|<=|>=|<(?!<)|>(?!>)", "keyword.operator.comparison.sigma"),
                _rule(r"&&|\|\||!", "keyword.operator.logical.sigma"),
                _rule(r"<<|>>|[-+*/%&|^~]", "keyword.operator.arithmetic.sigma"),
                _rule(r"=", "keyword.operator.assignment.sigma"),
                _rule(r"[;,:]", "punctuation.separator.sigma"),
                _rule(r"[{}]", "punctuation.section.block.sigma"),
                _rule(r"[\[\]()]", "punctuation.section.brackets.sigma"),
            ]
        },
        "expression": {"patterns": _include("comment", "string", "number", "word", "range", "name", "operator")},
        "range": _rule(r"\.\.", "keyword.operator.range.sigma"),
    }  # fmt: skip
    return {
        "name": "σ",
        "scopeName": "source.sigma",
        "fileTypes": ["sigma"],
        "patterns": _include("assembly", "comment", "declaration", "expression"),
        "repository": repository,
    }


def text(grammar: Rule) -> str:
    """As it is kept."""
    return json.dumps(grammar, ensure_ascii=False, indent=1) + "\n"


GRAMMARS: Final = {QBC: qbc, SIGMA: sigma}

if __name__ == "__main__":
    for path, made in GRAMMARS.items():
        path.write_text(text(made()), "utf-8")
