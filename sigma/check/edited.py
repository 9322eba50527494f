"""A program whose main source is edited: what an edit does not touch is not checked again.

A body knows other declarations by their names only. So where nothing but bodies has changed, those are checked; where
a declaration says something else now, all that has its name in it is read and checked again, and what has the name of
one of those, and so on. What is told is what :func:`sigma.check.program.check` tells of the source."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qbcc.collector import collector_paused
from qbcc.diagnostics import Diagnostic
from qbcc.edits import Edit, Mover, difference
from qbcc.source import SourceFile
from sigma import syntax as s
from sigma.check.modules import Options
from sigma.check.parts import Part, Parts, words_of
from sigma.check.program import MAX_ERRORS, Checker, Program, check, declared_name
from sigma.lexer import Tokens
from sigma.symbols import Function, Module, ModuleName, RecordName, Symbol
from sigma.types import UNKNOWN

_HEAD = tuple[list[str], list[int], list[int]]
"""What a declaration says to others, the body of a function left out: words, columns, lines from the part's start."""


class EditedProgram:
    """A program as it is now. ``program`` is what the checker found; nothing is raised for what is wrong with it."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source = source
        self.options = options
        self.checked = 0
        """How many parts were checked since the program was opened: what an edit costs."""
        self._kept: list[dict[Part, list[Diagnostic]]] = []
        self._whole()

    def edit(self, source: SourceFile, options: Options) -> Program:
        """The program with another main source in the place of the one before."""
        old, self.source, self.options = self.source, source, options
        is_stale = self._is_stale()
        if source is old and not is_stale:
            return self.program
        if not self._is_plain or is_stale or not self._edited(old):
            self._whole()
        return self.program

    def keep(self) -> dict[Part, list[Diagnostic]]:
        """A place for what somebody else finds in parts: it moves with them, and goes when they are read again."""
        self._kept.append({})
        return self._kept[-1]

    # -- all of it

    def _whole(self) -> None:
        with collector_paused():
            self.parts = Parts(self.source)
            self.main = Module(self.source, self.parts.tokens, self._declarations())
            self.checker = Checker(self.options, self.source)
            self.checker.loader.modules[self.source.path or self.source.name] = self.main
            self._said: dict[Part, list[Diagnostic]] = {}
            """What is wrong with each part of the main source, but its syntax."""
            self._elsewhere: list[Diagnostic] = []
            self._pieces: dict[Part, list[Tokens]] = {}
            """Tokens of what is printed in braces."""
            self._effects: dict[Function, str] = {}
            """What functions do by themselves, without those that they call."""
            self._imported: dict[Symbol, list[Function]] = {}
            """The functions of modules that an import brings."""
            self._heads: dict[Part, dict[str, _HEAD]] = {}
            for kept in self._kept:
                kept.clear()
            for part in self.parts.all:
                self._declare(part)
            self.checker.resolve_all()
            self._bodies(self.checker.functions)
            self._file()
            modules = list(self.checker.loader.modules.values())
            files = [*(module.source for module in modules[1:]), *self.checker.loader.linked]
            self._stamps = [(file, _stamp(file, self.options)) for file in files]
            self._is_plain = self._can_be_edited(modules)
            self._finish()

    def _declarations(self) -> list[s.Node]:
        return [node for part in self.parts.all for node in part.declarations]

    def _declare(self, part: Part) -> None:
        for node in part.declarations:
            if isinstance(node, s.Broken):
                self.main.lost.update(map(self.main.word, node.names))
            elif isinstance(node, s.Declaration):
                before = len(self.checker.functions)
                symbol = self.checker.declare(self.main, node)
                if isinstance(symbol, ModuleName):
                    self._imported[symbol] = self.checker.functions[before:]
        self._heads[part] = self._heads_of(part)

    def _heads_of(self, part: Part) -> dict[str, _HEAD]:
        tokens = self.main.tokens
        found = {}
        for node in part.declarations:
            if isinstance(node, s.Declaration):
                end = node.body.first if isinstance(node, s.FunctionDecl) and node.body is not None else node.last + 1
                lines = [line - part.start for line in tokens.lines[node.first : end]]
                found[declared_name(self.main, node)] = (
                    tokens.words[node.first : end],
                    tokens.columns[node.first : end],
                    lines,
                )
        return found

    def _bodies(self, functions: Iterable[Function]) -> None:
        for function in functions:
            if function.declaration.body is not None:
                function.effect, function.calls = "", {}
                self.checker.body(function)
                self._effects[function] = function.effect

    def _file(self) -> None:
        """Put what the checker has said, and read in braces, to the part that it speaks of."""
        for said in self.checker.diagnostics:
            if said.span is not None and said.span.source is self.source:
                self._said.setdefault(self.parts.at(said.span.line - 1), []).append(said)
            else:
                self._elsewhere.append(said)
        for tokens in self.checker.pieces:
            if tokens.source is self.source:
                self._pieces.setdefault(self.parts.at(tokens.lines[0] - 1), []).append(tokens)
        self.checker.diagnostics, self.checker.pieces = [], []

    def _can_be_edited(self, modules: list[Module]) -> bool:
        """Whether edits can be told from the rest: all files are there, and no module imports the main one."""
        targets = [x.target for module in modules for x in module.names.values() if isinstance(x, ModuleName)]
        is_whole = not self.checker.loader.missing and None not in targets
        return is_whole and self.main not in targets and self._is_single()

    def _is_single(self) -> bool:
        """Whether each name has one declaration."""
        count = sum(isinstance(node, s.Declaration) for node in self.main.declarations)
        return count == len(self.main.names)

    def _is_stale(self) -> bool:
        """Whether a file that belongs to it has changed, or one that was missing is there."""
        if any(_stamp(file, self.options) != stamp for file, stamp in self._stamps):
            return True
        loader = self.checker.loader
        loader.read(self.options, self.source)
        return loader.is_missing_found()

    def _finish(self) -> None:
        """What only the whole tells, and everything in order."""
        checker = self.checker
        for function, effect in self._effects.items():
            function.effect = effect
        said = (self._said.get(part, []) for part in self.parts.all)
        checker.diagnostics = [d for part in self.parts.all for d in part.diagnostics]
        checker.diagnostics += [*self._elsewhere, *(each for those in said for each in those)]
        if len(checker.diagnostics) >= MAX_ERRORS:
            # So many are cut off somewhere, in the order in which they are found.
            self._is_plain = False
            self.program = check(self.source, self.options, is_library="main" not in self.main.names)
            return
        checker.finish(self.main, is_library="main" not in self.main.names)
        modules = list(checker.loader.modules.values())
        self.program = Program(self.main, modules, tuple(checker.diagnostics))
        checker.diagnostics = []

    # -- an edit

    def _edited(self, old: SourceFile) -> bool:
        """Check what an edit has changed; False if that cannot be told from the rest."""
        change = difference(old.lines, self.source.lines)
        if change is None:
            self._move(Mover(old, self.source, Edit(0, 0, 0)))
            self.parts.rename(self.source)
            self.main.source = self.source
            self._finish()
            return True
        self.checker.loader.read(self.options, self.source)
        with collector_paused():
            found = self.parts.edit(self.source, change)
            if found is None:
                return False
            gone, made = found
            mover = Mover(old, self.source, change)
            heads = self._heads_before(gone, mover)
            self._forget(gone)
            self._move(mover)
            self.main.source = self.source
            for part in made:
                self._heads[part] = self._heads_of(part)
            changed = self._changed_names(heads, made)
            again = self._with_names(changed, made)
            if change.shift:
                # Instructions inside of assembly know their lines.
                again |= {p for p in self.parts.all if p.start >= change.new_end and self._has_assembly(p)} - set(made)
            for part in again:
                made.append(self.parts.again(part))
                self._heads[made[-1]] = self._heads[part]
            self._forget(again)
            if not self._rename(changed, made):
                return False
            self._check(made)
            self._finish()
        return True

    def _heads_before(self, gone: Iterable[Part], mover: Mover) -> dict[str, _HEAD]:
        """Heads of parts that are no more, at lines of the new source."""
        found = {}
        for part in gone:
            for name, (words, columns, lines) in self._heads[part].items():
                found[name] = words, columns, [mover.line(line + part.start) for line in lines]
        return found

    def _forget(self, gone: Iterable[Part]) -> None:
        for part in gone:
            del self._heads[part]
            self._said.pop(part, None)
            self._pieces.pop(part, None)
            for kept in self._kept:
                kept.pop(part, None)

    def _move(self, mover: Mover) -> None:
        """What was said of the other parts, and what was read there, stands elsewhere now."""
        self._said = {part: mover.all(said) for part, said in self._said.items()}
        self._elsewhere = mover.all(self._elsewhere)
        for kept in self._kept:
            kept.update({part: mover.all(said) for part, said in kept.items() if said})
        for pieces in self._pieces.values():
            for tokens in pieces:
                tokens.source = self.source
                # A piece of a string stands on one line.
                tokens.lines = [mover.line(tokens.lines[0])] * len(tokens.lines)
        for function in self.checker.functions:
            # Only of gates does anybody ask where.
            if function.is_gate and function.module is self.main:
                function.calls = {callee: mover.span(span) for callee, span in function.calls.items()}

    def _changed_names(self, before: dict[str, _HEAD], made: list[Part]) -> set[str]:
        """Names that mean something else now."""
        now: dict[str, _HEAD] = {}
        for part in made:
            for name, (words, columns, lines) in self._heads[part].items():
                now[name] = words, columns, [line + part.start for line in lines]
        lost = {self.main.word(t) for n in self._declarations() if isinstance(n, s.Broken) for t in n.names}
        changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        changed |= lost ^ self.main.lost
        self.main.lost.clear()
        self.main.lost.update(lost)
        return changed

    def _with_names(self, changed: set[str], made: list[Part]) -> set[Part]:
        """Other parts in which one of these names stands, or in which something is wrong: what was meant is looked for
        among all names. Names that mean something else because of that are added to them."""
        if not changed:
            return set()
        tokens = self.main.tokens
        found = {part for part in self.parts.all if part in self._said or part.diagnostics} - set(made)
        heads = [(name, words_of(head[0])) for heads in self._heads.values() for name, head in heads.items()]
        size = 0
        while size != len(changed):
            size = len(changed)
            changed.update(name for name, words in heads if words & changed)
        return found | {part for part in self.parts.all if part.words(tokens) & changed} - set(made)

    def _has_assembly(self, part: Part) -> bool:
        return "ASM" in self.main.tokens.kinds[part.base : part.base + part.size]

    def _rename(self, changed: set[str], made: list[Part]) -> bool:
        """Give the names of parts that were read their meaning; False if one has two, or what is imported changes."""
        names = self.main.names
        fresh = [node for part in made for node in part.declarations if isinstance(node, s.Declaration)]
        self.main.declarations = self._declarations()
        if not changed:
            # The same names, in the same order.
            for node in fresh:
                self._bind(names[declared_name(self.main, node)], node)
            return True
        return self._rename_all(changed, set(fresh))

    def _rename_all(self, changed: set[str], fresh: set[s.Declaration]) -> bool:
        names = self.main.names
        before = dict(names)
        names.clear()
        functions: list[Function] = []
        for node in self.main.declarations:
            if not isinstance(node, s.Declaration):
                continue
            name = declared_name(self.main, node)
            symbol: Symbol | None = before.get(name)
            if symbol is None or name in changed:
                symbol = None if isinstance(node, s.ImportDecl) else self.checker.declare(self.main, node)
                if symbol is None:
                    return False
            elif node in fresh:
                self._bind(symbol, node)
            names[name] = symbol
            functions += [symbol] if isinstance(symbol, Function) else self._imported.get(symbol, ())
        self.checker.functions = functions
        known = set(functions)
        self._effects = {function: effect for function, effect in self._effects.items() if function in known}
        return self._is_single()

    def _bind(self, symbol: Symbol, node: s.Declaration) -> None:
        """A declaration that says what it said before was read anew: others know its symbol."""
        symbol.token = node.name
        if isinstance(symbol, Function):
            assert isinstance(node, s.FunctionDecl)
            symbol.declaration, symbol.params = node, []
        if not isinstance(symbol, ModuleName):
            self.checker.pending[symbol] = self.main, node

    def _check(self, made: list[Part]) -> None:
        checker = self.checker
        for symbol in sorted(checker.pending, key=lambda symbol: not isinstance(symbol, RecordName)):
            type = symbol.type if isinstance(symbol, RecordName) else UNKNOWN
            checker.resolve(symbol)
            if isinstance(symbol, RecordName) and type is not UNKNOWN:
                # Each reading makes a type of its own, and there are values of the one before.
                symbol.type = type
        nodes = {node for part in made for node in part.declarations}
        self._bodies(function for function in checker.functions if function.declaration in nodes)
        self._file()
        self.checked += len(made)


def _stamp(source: SourceFile, options: Options) -> object:
    """What tells one text of a file from another: that of an unsaved one itself."""
    if source.path is None:
        return None
    path = Path(source.path)
    try:
        if options.read is not None:
            return options.read(path)
    except OSError:
        pass
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
