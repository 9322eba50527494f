"""Tokens to a syntax tree: Lark's tables, run here, so that a mistake costs one statement and not the file.

At a token that cannot stand, the error is told; then the stack goes back to the innermost list of statements or
declarations, what follows is skipped to where the next one begins, and a :class:`Broken` stands for the rest."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from sigma import messages
from sigma import syntax as s
from sigma.builtins import BUILTINS
from sigma.forms import split
from sigma.habits_syntax import foreign_word, syntax_note
from sigma.lexer import DECLARES, SPELLED, Tokens, lex
from sigma.slashes import division
from sigma.tables import END, tables

PRECEDENCE: Final = {
    "or": 1, "and": 2,
    "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "|": 5, "^": 6, "&": 7, "<<": 8, ">>": 8,
    "+": 9, "-": 9, "*": 10, "/": 10, "div": 10, "%": 10,
}  # fmt: skip
"""How tight an operator binds: Python's order. ``not`` stands at 3."""
_NOT: Final = 3
_COMPARISON: Final = 4
_BEFORE: Final = "const x = "
"""What an expression is read behind."""
SLASHES: Final = "S0111"
_OF_ORDER: Final = frozenset({"S0105", "S0106"})
"""What is said of words in a wrong order; between braces it is that they are no value."""
MAX_READINGS: Final = 8
"""How often a source is read anew, each time with the comments as divisions that were in the way the time before."""
MAX_DEPTH: Final = 100
"""Deepest nesting of blocks and expressions. An operator in a row of them, and an ``else if``, is half a level."""
# Legend: what is built, and how many half levels it is.
_LEVELS: Final = {
    "block": 2, "if_only": 1, "if_else": 1, "while_loop": 1, "for_each": 1, "for_range": 1, "for_step": 1,
    "unary": 2, "inverse": 2, "controlled": 2, "choice": 1, "call": 2, "index": 2, "slice": 2, "member": 2, "tuple": 2,
    "array": 2, "repeated": 2,
}  # fmt: skip
_STARTS: Final = frozenset({"LET", "VAR", "IF", "WHILE", "FOR", "BREAK", "CONTINUE", "RETURN"})
_CONTINUED: Final = frozenset({"apply", "until", "catch", "except", "finally", "fixup", "elif", "elsif"})
_NAMES: Final = frozenset({"CONST", "FN", "GATE", "RECORD", "VIEW", "LET", "VAR"})
_ENDS: Final = (DECLARES | _STARTS) - {"IF"}
"""Words before which a statement or a declaration has ended."""
_VALUES: Final = frozenset({"INTEGER", "FLOAT", "STRING", ")", "]"})
_NEVER_INSIDE: Final = DECLARES - {"LET", "VAR"}
"""Words that begin a declaration and no statement."""


@dataclass(slots=True)
class Tree:
    """A source that was read."""

    tokens: Tokens
    declarations: list[s.Node]
    diagnostics: list[Diagnostic]
    swallowed: set[tuple[int, int]] = field(default_factory=set)
    """Lines and columns of comments that are divisions in an older source, and without which nothing can be read."""


def parse(source: SourceFile) -> Tree:
    """Read a source. What is wrong with it is in the result."""
    divisions: set[tuple[int, int]] = set()
    for _ in range(MAX_READINGS):
        tokens, diagnostics = lex(source, divisions=divisions)
        tree, _ = _Parser(tokens, diagnostics).run()
        if not tree.swallowed:
            break
        divisions |= tree.swallowed
    return tree


def parse_part(tokens: Tokens, diagnostics: list[Diagnostic], first: int, stops: Iterable[int]) -> tuple[Tree, int]:
    """Read declarations from a token on, up to the first of ``stops`` (in order) at which one may begin, or up to the
    end. Gives where that was. ``diagnostics`` is what the lexer said of these tokens; what is wrong is added to it."""
    return _Parser(tokens, diagnostics).run(first, stops)


@dataclass(slots=True)
class Inner:
    """An expression that was read from inside of a literal."""

    expr: s.Expr
    tokens: Tokens


def parse_expression(text: str, source: SourceFile, line: int, column: int) -> Inner | Diagnostic:
    """An expression that stands at a place of a source, or what is wrong with it."""
    span = Span(source, line, column, column + max(len(text), 1))
    tree = parse(SourceFile("<value>", f"{_BEFORE}{text};"))
    found = tree.declarations[0] if len(tree.declarations) == 1 else None
    tokens, shift = tree.tokens, column - 1 - len(_BEFORE)
    for fault in tree.diagnostics:
        if fault.code == SLASHES and fault.span is not None:
            return messages.within(fault, fault.span.moved(source, line, shift))
    if any(comment.is_line for comment in tokens.comments):
        return messages.comment_within(span)
    for fault in tree.diagnostics[:1]:
        if fault.code not in _OF_ORDER and fault.span is not None:
            return messages.within(fault, fault.span.moved(source, line, shift))
    if tree.diagnostics or not isinstance(found, s.ConstDecl):
        notes = tree.diagnostics[0].notes if tree.diagnostics else ()
        return messages.bad_value(span, text, notes)
    moved = Tokens(source, tokens.kinds, tokens.words, [line] * len(tokens.lines), [c + shift for c in tokens.columns])
    return Inner(found.value, moved)


class _Parser:
    def __init__(self, tokens: Tokens, diagnostics: list[Diagnostic]) -> None:
        self.tokens = tokens
        self.diagnostics = diagnostics
        self.spoiled = {d.span.line for d in diagnostics if d.span is not None}
        """Lines with words that are none: what is wrong with their order may follow from that."""
        self.swallowed: set[tuple[int, int]] = set()
        self.build = _Builder(tokens, diagnostics)
        self.states: list[int] = []
        self.values: list[Any] = []
        self.firsts: list[int] = []

    def run(self, at: int = 0, stops: Iterable[int] = ()) -> tuple[Tree, int]:
        table = tables()
        builders = [
            (name, size, None if (size, action) == (1, "only") else getattr(self.build, action), _LEVELS.get(action, 0))
            for name, size, action in table.rules
        ]
        actions, goto = table.actions, table.goto
        kinds = self.tokens.kinds
        states, values, firsts = self.states, self.values, self.firsts
        states.append(table.start)
        left = iter(stops)
        stop = next(left, sys.maxsize)
        kind = kinds[at]
        while True:
            action = actions[states[-1]].get(kind)
            if action is None:
                after = self.recover(at)
                if after < 0:
                    break
                at = after
                kind = kinds[at]
            elif action >= 0:
                while at >= stop:
                    # Nothing but the list of declarations is on the stack where another may begin.
                    if at == stop and len(states) == 2:
                        return self.tree(), at
                    stop = next(left, sys.maxsize)
                states.append(action)
                values.append(at)
                firsts.append(at)
                if kind == END:
                    break
                at += 1
                kind = kinds[at]
                if len(states) > 12 * MAX_DEPTH:
                    self.diagnostics.append(messages.too_deep(self.tokens.span(at, at), MAX_DEPTH))
                    break
            else:
                name, size, builder, levels = builders[-1 - action]
                if builder is None:
                    # A rule that passes its one part on: most of them are.
                    states[-1] = goto[states[-2]][name]
                    continue
                if size:
                    first = firsts[-size]
                    value = builder(values[-size:], first, at - 1)
                    if levels:
                        value = self.build.deepened(value, values[-size:], levels)
                    del states[-size:], values[-size:], firsts[-size:]
                else:
                    first = at
                    value = []
                states.append(goto[states[-1]][name])
                values.append(value)
                firsts.append(first)
                if name == "start":
                    break
        return self.tree(), at

    def tree(self) -> Tree:
        """What was read."""
        found: list[Any] = next((value for value in self.values if isinstance(value, list)), [])
        self.diagnostics.sort(key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
        return Tree(self.tokens, [d for d in found if isinstance(d, s.Node)], self.diagnostics, self.swallowed)

    # -- mistakes

    def recover(self, at: int) -> int:
        """Tell what is wrong at a token, and go to where reading can go on; -1 if nowhere."""
        if self.report(at):
            self.insert(";", at)
            return at
        if at and self.tokens.kinds[at] == ";" and self.tokens.kinds[at - 1] in ("}", ";"):
            # A block and a statement have ended: nothing is lost without this mark.
            return at + 1
        goto = tables().goto
        states, kinds = self.states, self.tokens.kinds
        depth = len(states) - 1
        while depth > 0 and not ("statement" in goto[states[depth]] or "declaration" in goto[states[depth]]):
            depth -= 1
        if depth == 0 and "declarations" in goto[states[0]]:
            # The very first word is wrong: there is an empty list of declarations before it.
            del states[1:], self.values[:], self.firsts[:]
            self.push("declarations", [], 0)
            depth = 1
        is_declaration = self.begins_declaration(at) and kinds[at] in _NEVER_INSIDE
        if is_declaration:
            # The blocks that are open have no end; the one mistake is told, and what begins here is read as it stands.
            while depth > 0 and "declaration" not in goto[states[depth]]:
                depth -= 1
        name = "statement" if "statement" in goto[states[depth]] else "declaration"
        begin = self.firsts[depth] if depth < len(self.firsts) else at
        names = self.named(begin, at)
        del states[depth + 1 :], self.values[depth:], self.firsts[depth:]
        if not is_declaration:
            at = self.skip_statement(begin, at) if name == "statement" else self.skip_declaration(at)
        if kinds[at] == END and name == "statement":
            # The block has no end; what was declared before it counts.
            while depth > 0 and "declaration" not in goto[states[depth]]:
                depth -= 1
            del states[depth + 1 :], self.values[depth:], self.firsts[depth:]
            name = "declaration"
        if name not in goto[states[-1]]:
            return -1
        self.push(name, s.Broken(begin, max(begin, at - 1), names), begin)
        return at

    def named(self, first: int, at: int) -> list[int]:
        """The names that a broken declaration declares before a token."""
        kinds, words = self.tokens.kinds, self.tokens.words
        if kinds[first] in ("EXPORT", "EXTERN"):
            first += 1
        if words[first + 1 : first + 3] == [":", "="] and kinds[first] == "NAME":
            return [first]
        if kinds[first] in ("NAME", "TYPE") and kinds[first + 1] == "NAME" and words[first + 2 : first + 3] == ["="]:
            # A declaration of another language: int k = 5;
            return [first + 1]
        if kinds[first] not in _NAMES:
            return []
        if kinds[first] in ("LET", "VAR") and words[first + 1] == "mut" and kinds[first + 2] == "NAME":
            return [first + 2]
        if kinds[first + 1] != "(":
            return [place for place in range(first + 1, min(first + 2, at)) if kinds[place] == "NAME"]
        end = next((place for place in range(first + 1, at) if kinds[place] == ")"), at)
        return [place for place in range(first + 2, end) if kinds[place] == "NAME"]

    def insert(self, terminal: str, at: int) -> None:
        """Go on as if a mark stood before a token."""
        table = tables()
        while True:
            action = table.actions[self.states[-1]][terminal]
            if action >= 0:
                self.states.append(action)
                self.values.append(at - 1)
                self.firsts.append(at - 1)
                return
            name, size, builder = table.rules[-1 - action]
            first = self.firsts[-size] if size else at
            value = getattr(self.build, builder)(self.values[-size:], first, at - 1) if size else []
            if size:
                del self.states[-size:], self.values[-size:], self.firsts[-size:]
            self.push(name, value, first)

    def push(self, name: str, value: Any, first: int) -> None:
        self.states.append(tables().goto[self.states[-1]][name])
        self.values.append(value)
        self.firsts.append(first)

    def skip_statement(self, begin: int, at: int) -> int:
        """The token at which the next statement can begin; the broken one began at ``begin``."""
        kinds, lines = self.tokens.kinds, self.tokens.lines
        first, depth = at, 0
        while kinds[at] != END:
            kind = kinds[at]
            if kind in ("{", "(", "["):
                depth += 1
            elif kind in ("}", ")", "]"):
                if depth <= 0 and kind == "}":
                    return at
                depth = max(depth - 1, 0)
                if kind == "}" and depth == 0 and not self.continues(begin, at + 1):
                    return at + 1 + (kinds[at + 1] == ";")
            elif kind == ";" and depth == 0:
                # Other languages have semicolons in the head of a loop: its body belongs to it.
                if kinds[begin] != "FOR" or lines[at] != lines[begin]:
                    return at + 1
            elif at > first and lines[at] != lines[at - 1]:
                if kind in _STARTS and depth == 0:
                    return at
                if kind in DECLARES and self.tokens.columns[at] == 1:
                    return at
            at += 1
        return at

    def continues(self, begin: int, at: int) -> bool:
        """Whether what is behind a brace continues the statement, in this language or another."""
        word = self.tokens.words[at]
        if self.tokens.kinds[at] in ("ELSE", "=", ")", "]", ",", "BINARY"):
            return True
        return word in _CONTINUED or (word == "while" and self.tokens.words[begin] == "do")

    def skip_declaration(self, at: int) -> int:
        """The token at which the next declaration can begin: a word for one at the start of a line."""
        first = at
        while self.tokens.kinds[at] != END:
            if at > first and self.begins_declaration(at):
                return at
            at += 1
        return at

    def begins_declaration(self, at: int) -> bool:
        """Whether a token is a word for a declaration at the start of a line."""
        tokens = self.tokens
        is_word = tokens.kinds[at] in DECLARES and tokens.columns[at] == 1
        return is_word and at > 0 and tokens.lines[at] != tokens.lines[at - 1]

    def report(self, at: int) -> bool:
        """Say it; whether only a ``;`` is missing."""
        tokens = self.tokens
        wanted = self.wanted(tokens.kinds[at])
        comment = division(tokens, at, self.begin(at))
        if comment is not None and (comment.is_certain or ";" not in wanted):
            self.swallowed.add((comment.line, comment.column))
            return False
        is_swallowed = tokens.kinds[at] == END and any(d.code == "S0103" for d in self.diagnostics)
        is_spoiled = tokens.lines[at] in self.spoiled or (at > 0 and tokens.lines[at - 1] in self.spoiled)
        if is_spoiled or is_swallowed:
            return False
        before = tokens.words[at - 1] if at else ""
        nested = self.nested(at)
        if nested is not None:
            self.diagnostics.append(nested)
            return False
        if ";" in wanted and at and self.ends(at, wanted):
            self.diagnostics.append(messages.missing_semicolon(tokens.after(at - 1), before, comment is not None))
            return True
        span = tokens.span(at, at)
        if tokens.kinds[at] == END:
            span = tokens.after(at - 1) if at else Span(tokens.source, 1, 1, 2)
        word = self.written(at)
        opened = self.opened(at, wanted)
        note = ""
        if not opened:
            begin = self.begun(at)
            foreign = foreign_word(tokens.kinds, tokens.words, begin, at, wanted)
            if foreign is not None:
                place, note = foreign
                self.diagnostics.append(messages.foreign_word(tokens.span(place, place), tokens.words[place], note))
                return False
            note = syntax_note(tokens.kinds, tokens.words, begin, at, wanted)
        self.diagnostics.append(messages.unexpected(span, word, before, wanted, note, opened))
        return False

    def ends(self, at: int, wanted: list[str]) -> bool:
        """Whether a statement or a declaration certainly has its end before a token."""
        tokens = self.tokens
        kind, before = tokens.kinds[at], tokens.kinds[at - 1]
        if tokens.lines[at - 1] != tokens.lines[at] or kind == "}":
            return True
        if "]" in wanted:
            return False
        is_call = kind == "NAME" and before in _VALUES and tokens.kinds[at + 1] == "("
        return kind in _ENDS or (is_call and tokens.words[at] in BUILTINS)

    def nested(self, at: int) -> Diagnostic | None:
        """Report a string between the braces of another, or a quote in one: a token is right behind a string."""
        tokens = self.tokens
        word = tokens.words[at - 1] if at else ""
        if not at or tokens.kinds[at - 1] != "STRING":
            return None
        line, end = tokens.lines[at - 1], tokens.columns[at - 1] + len(word)
        is_behind = (tokens.lines[at], tokens.columns[at]) == (line, end)
        if not is_behind or tokens.kinds[at] not in ("NAME", "STRING", "INTEGER"):
            return None
        text = tokens.source.line(line)
        brace = word.rfind("{")
        if brace <= word.rfind("}"):
            return messages.quote_within(Span(tokens.source, line, end - 1, end))
        start = tokens.columns[at - 1] + brace
        stop = text.find("}", start)
        inner = text[start : stop if stop >= 0 else len(text)]
        return messages.string_within(Span(tokens.source, line, end - 1, end), split(inner)[0])

    def written(self, at: int) -> str:
        """A token as it is in the source, where && reads and."""
        tokens = self.tokens
        word = tokens.words[at].partition("\n")[0]
        text = tokens.source.line(tokens.lines[at])[tokens.columns[at] - 1 :]
        return next((sign for sign, meant in SPELLED.items() if meant == word and text.startswith(sign)), word)

    def begun(self, at: int) -> int:
        """The first token of the statement or declaration that is being read."""
        goto, states = tables().goto, self.states
        for depth in range(len(states) - 1, 0, -1):
            if "statement" in goto[states[depth]] or "declaration" in goto[states[depth]]:
                return self.firsts[depth] if depth < len(self.firsts) else at
        return 0 if at and len(states) > 1 else at

    def opened(self, at: int, wanted: list[str]) -> Span | None:
        """The brace of the block that is open where only its end is missing: at a declaration, or the file's end."""
        kinds = self.tokens.kinds
        is_declaration = kinds[at] in DECLARES and self.tokens.columns[at] == 1
        if "RETURN" not in wanted or not (kinds[at] == END or is_declaration):
            return None
        depth = 0
        for place in range(at - 1, self.begin(at) - 1, -1):
            depth += (kinds[place] == "{") - (kinds[place] == "}")
            if depth > 0:
                return self.tokens.span(place, place)
        return None

    def begin(self, at: int) -> int:
        """The first token of the declaration that is being read, which stands behind the list of those before."""
        return self.firsts[1] if len(self.firsts) > 1 else at

    def wanted(self, kind: str) -> list[str]:
        """Terminals that could stand, as far as the stack really allows them."""
        return [
            terminal for terminal in tables().actions[self.states[-1]] if terminal != kind and self.accepts(terminal)
        ]

    def accepts(self, terminal: str) -> bool:
        """Whether the stack goes on with a terminal: reductions are tried on a copy."""
        table = tables()
        states = self.states.copy()
        while True:
            action = table.actions[states[-1]].get(terminal)
            if action is None:
                return False
            if action >= 0:
                return True
            name, size, _ = table.rules[-1 - action]
            if size:
                del states[-size:]
            if name == "start":
                return terminal == END
            states.append(table.goto[states[-1]][name])


class _Builder:
    """What the rules build. Values of terminals are token numbers."""

    def __init__(self, tokens: Tokens, diagnostics: list[Diagnostic]) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.diagnostics = diagnostics

    def deepened(self, node: Any, parts: list[Any], levels: int) -> Any:
        """A node that stands so many half levels above its parts; one that is too high is told once, and lost."""
        below = 0
        for part in parts:
            if isinstance(part, s.Node):
                below = max(below, part.depth)
            elif isinstance(part, list):
                below = max([below, *(one.depth for one in part if isinstance(one, s.Node))])
        node.depth = below + levels
        if node.depth <= 2 * MAX_DEPTH:
            return node
        self.diagnostics.append(messages.too_deep(self.tokens.span(node.first, node.first), MAX_DEPTH))
        if isinstance(node, s.Expr):
            return s.Lost(node.first, node.last)
        if isinstance(node, s.Block):
            return s.Block(node.first, node.last, [s.Broken(node.first, node.last, [])])
        return s.Broken(node.first, node.last, [])

    # -- lists and parts

    def start(self, v: list[Any], first: int, last: int) -> Any:
        return v[0]

    def only(self, v: list[Any], first: int, last: int) -> Any:
        return v[0]

    def second(self, v: list[Any], first: int, last: int) -> Any:
        return v[1]

    def empty(self, v: list[Any], first: int, last: int) -> Any:
        return []

    none = empty

    def first(self, v: list[Any], first: int, last: int) -> Any:
        return [v[0]]

    def append(self, v: list[Any], first: int, last: int) -> Any:
        v[0].append(v[1])
        return v[0]

    def append_next(self, v: list[Any], first: int, last: int) -> Any:
        v[0].append(v[2])
        return v[0]

    append_dot = append_next

    def pair(self, v: list[Any], first: int, last: int) -> Any:
        return [v[0], v[2]]

    # -- declarations

    def const_decl(self, v: list[Any], first: int, last: int) -> Any:
        return s.ConstDecl(first, last, v[1], v[2] or None, v[4])

    def fn_decl(self, v: list[Any], first: int, last: int) -> Any:
        return s.FunctionDecl(first, last, v[1], v[3], v[5] or None, v[6])

    def export_decl(self, v: list[Any], first: int, last: int) -> Any:
        return s.FunctionDecl(first, last, v[2], v[4], v[6] or None, v[7], is_exported=True)

    def gate_decl(self, v: list[Any], first: int, last: int) -> Any:
        return s.FunctionDecl(first, last, v[1], v[3], None, v[5], is_gate=True)

    def extern_decl(self, v: list[Any], first: int, last: int) -> Any:
        file = v[7] if isinstance(v[7], int) else None
        return s.FunctionDecl(first, last, v[2], v[4], v[6] or None, None, file=file)

    def record_decl(self, v: list[Any], first: int, last: int) -> Any:
        return s.RecordDecl(first, last, v[1], v[3])

    def view_decl(self, v: list[Any], first: int, last: int) -> Any:
        return s.ViewDecl(first, last, v[1], v[3], v[5])

    def global_let(self, v: list[Any], first: int, last: int) -> Any:
        return s.GlobalDecl(first, last, v[1], v[2] or None, v[4], False)

    def global_var(self, v: list[Any], first: int, last: int) -> Any:
        return s.GlobalDecl(first, last, v[1], v[2] or None, v[4], True)

    def import_std(self, v: list[Any], first: int, last: int) -> Any:
        alias = v[2] if isinstance(v[2], int) else None
        return s.ImportDecl(first, last, alias if alias is not None else v[1][-1], v[1], None, alias)

    def import_file(self, v: list[Any], first: int, last: int) -> Any:
        alias = v[2] if isinstance(v[2], int) else None
        return s.ImportDecl(first, last, alias if alias is not None else v[1], [], v[1], alias)

    def param(self, v: list[Any], first: int, last: int) -> Any:
        return s.Param(first, last, v[0], v[2])

    # -- types

    def plain_type(self, v: list[Any], first: int, last: int) -> Any:
        return s.PlainType(first, last, self.words[first])

    def named_type(self, v: list[Any], first: int, last: int) -> Any:
        return s.NamedType(first, last, v[0])

    def array_type(self, v: list[Any], first: int, last: int) -> Any:
        return s.ArrayType(first, last, v[1], v[3])

    def slice_type(self, v: list[Any], first: int, last: int) -> Any:
        return s.ArrayType(first, last, v[1], None)

    def tuple_type(self, v: list[Any], first: int, last: int) -> Any:
        return s.TupleType(first, last, v[1]) if len(v[1]) > 1 else v[1][0]

    # -- statements

    def block(self, v: list[Any], first: int, last: int) -> Any:
        return s.Block(first, last, v[1])

    def names(self, v: list[Any], first: int, last: int) -> Any:
        return v[1]

    def let(self, v: list[Any], first: int, last: int) -> Any:
        return self.binding(v, first, last, False)

    def var(self, v: list[Any], first: int, last: int) -> Any:
        return self.binding(v, first, last, True)

    def let_ref(self, v: list[Any], first: int, last: int) -> Any:
        made = self.binding([*v[:4], v[5]], first, last, False)
        made.is_ref = True
        return made

    def binding(self, v: list[Any], first: int, last: int, is_var: bool) -> Any:
        is_tuple = isinstance(v[1], list)
        return s.Let(first, last, v[1] if is_tuple else [v[1]], is_tuple, v[2] or None, v[4], is_var)

    def expr_statement(self, v: list[Any], first: int, last: int) -> Any:
        return s.ExprStatement(first, last, v[0])

    def assign(self, v: list[Any], first: int, last: int) -> Any:
        return s.Assign(first, last, v[0], "", v[2])

    def update(self, v: list[Any], first: int, last: int) -> Any:
        return s.Assign(first, last, v[0], self.words[v[1]][:-1], v[2])

    def if_only(self, v: list[Any], first: int, last: int) -> Any:
        return s.If(first, last, v[1], v[2], None)

    def if_else(self, v: list[Any], first: int, last: int) -> Any:
        return s.If(first, last, v[1], v[2], v[4])

    def while_loop(self, v: list[Any], first: int, last: int) -> Any:
        return s.While(first, last, v[1], v[2])

    def for_each(self, v: list[Any], first: int, last: int) -> Any:
        is_tuple = isinstance(v[1], list)
        return s.ForEach(first, last, v[1] if is_tuple else [v[1]], is_tuple, v[3], v[4])

    def for_range(self, v: list[Any], first: int, last: int) -> Any:
        return self.ranged(v, first, last, None, v[6])

    def for_step(self, v: list[Any], first: int, last: int) -> Any:
        return self.ranged(v, first, last, v[7], v[8])

    def ranged(self, v: list[Any], first: int, last: int, step: s.Expr | None, body: s.Block) -> Any:
        if isinstance(v[1], list):
            self.diagnostics.append(messages.one_counter(self.tokens.span(v[1][0], v[1][-1])))
            return s.Broken(first, last, [])
        return s.ForRange(first, last, v[1], v[3], v[5], step, body)

    def break_statement(self, v: list[Any], first: int, last: int) -> Any:
        return s.Break(first, last)

    def continue_statement(self, v: list[Any], first: int, last: int) -> Any:
        return s.Continue(first, last)

    def return_nothing(self, v: list[Any], first: int, last: int) -> Any:
        return s.Return(first, last, None)

    def return_value(self, v: list[Any], first: int, last: int) -> Any:
        return s.Return(first, last, v[1])

    def asm(self, v: list[Any], first: int, last: int) -> Any:
        return s.Asm(first, last)

    # -- expressions

    def link(self, v: list[Any], first: int, last: int) -> Any:
        v[0] += (v[1], v[2])
        return v[0]

    def chain(self, v: list[Any], first: int, last: int) -> Any:
        items = v[0]
        return items[0] if len(items) == 1 else self.climb(items, [0], 0)

    def climb(self, items: list[Any], place: list[int], least: int) -> s.Expr:
        """Operators of at least a tightness, from the item at ``place`` on."""
        left: s.Expr = items[place[0]]
        if isinstance(left, s.Unary) and left.operator == "not" and not left.pairs and place[0] + 1 < len(items):
            # The word binds looser than a comparison: its operand takes part first.
            items[place[0]] = left.operand
            inner = self.climb(items, place, _NOT + 1)
            left = self.deepened(s.Unary(left.first, _end(inner), "not", inner), [inner], _LEVELS["unary"])
        while place[0] + 1 < len(items):
            at = items[place[0] + 1]
            operator = self.words[at]
            tightness = PRECEDENCE[operator]
            if tightness < least:
                break
            place[0] += 2
            right = self.climb(items, place, tightness + 1)
            if tightness == _COMPARISON and isinstance(left, s.Binary) and self.chains(left):
                self.diagnostics.append(messages.chained(self.tokens.span(at, at)))
                # What was meant: the same value compared twice.
                right = s.Binary(_begin(left.right), _end(right), operator, at, left.right, right)
                left = s.Binary(_begin(left), _end(right), "and", at, left, right)
                continue
            made = s.Binary(_begin(left), _end(right), operator, at, left, right)
            left = self.deepened(made, [left, right], 1)
        return left

    def chains(self, left: s.Binary) -> bool:
        return PRECEDENCE[left.operator] == _COMPARISON and not left.pairs

    def choice(self, v: list[Any], first: int, last: int) -> Any:
        return s.Choice(first, last, self.chain([v[2]], 0, 0), self.chain([v[0]], 0, 0), v[4])

    def unary(self, v: list[Any], first: int, last: int) -> Any:
        return s.Unary(first, last, self.words[first], v[1])

    def inverse(self, v: list[Any], first: int, last: int) -> Any:
        return s.Inverse(first, last, v[1])

    def controlled(self, v: list[Any], first: int, last: int) -> Any:
        return s.Controlled(first, last, v[2], v[4])

    def call(self, v: list[Any], first: int, last: int) -> Any:
        return s.Call(first, last, v[0], v[2])

    def index(self, v: list[Any], first: int, last: int) -> Any:
        return s.Index(first, last, v[0], v[2])

    def slice(self, v: list[Any], first: int, last: int) -> Any:
        return s.Slice(first, last, v[0], v[2], v[4])

    def member(self, v: list[Any], first: int, last: int) -> Any:
        return s.Member(first, last, v[0], v[2])

    def name_use(self, v: list[Any], first: int, last: int) -> Any:
        return s.Name(first, last, self.words[first])

    def integer(self, v: list[Any], first: int, last: int) -> Any:
        return s.Number(first, last)

    real = integer

    def string(self, v: list[Any], first: int, last: int) -> Any:
        return s.String(first, last)

    def boolean(self, v: list[Any], first: int, last: int) -> Any:
        return s.Boolean(first, last)

    def parenthesised(self, v: list[Any], first: int, last: int) -> Any:
        v[1].pairs += 1
        return v[1]

    def tuple(self, v: list[Any], first: int, last: int) -> Any:
        return s.Tuple(first, last, v[1])

    def array(self, v: list[Any], first: int, last: int) -> Any:
        return s.Array(first, last, v[1])

    def repeated(self, v: list[Any], first: int, last: int) -> Any:
        return s.Repeat(first, last, v[1], v[3])

    def named_argument(self, v: list[Any], first: int, last: int) -> Any:
        return s.NamedArgument(first, last, v[0], v[2])


def _begin(node: s.Expr) -> int:
    """The first token of an expression with the parentheses around it."""
    return node.first - node.pairs


def _end(node: s.Expr) -> int:
    """The last token of an expression with the parentheses around it."""
    return node.last + node.pairs
