"""The findings of a program that is edited: parts that were not read again are not looked at again, but for what
depends on others: whether a name is used by the language or by somebody, and what a function that is called does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qbcc.diagnostics import Diagnostic
from qbcc.lint.finding import Linted
from sigma.check.edited import EditedProgram
from sigma.check.parts import Part
from sigma.lint.comments import division_comments
from sigma.lint.deprecated import Deprecated
from sigma.lint.flow import Flow
from sigma.lint.gates import Gates
from sigma.lint.names import Names, given_names, meant_names
from sigma.lint.rules import RULES
from sigma.lint.source import in_order, remarks_of
from sigma.lint.uses import Uses
from sigma.lint.values import Values, changes_own
from sigma.lint.walk import Look
from sigma.symbols import Function, Module


@dataclass(slots=True, eq=False)
class _Seen:
    """What a part does with names."""

    uses: Uses
    given: set[str]


class EditedFindings:
    """What :func:`sigma.lint.source.lint_program` finds in a sound program, as it is now."""

    def __init__(self, edited: EditedProgram) -> None:
        self.edited = edited
        self._of_names = edited.keep()
        """What is found in the names of each part; no list where it must be looked for."""
        self._of_rest = edited.keep()
        self._reset()

    def _reset(self) -> None:
        self._main = self.edited.main
        self._seen: dict[Part, _Seen] = {}
        self._elsewhere: Uses | None = None
        self._given: set[str] = set()
        self._meant: frozenset[str] = frozenset()
        self._is_program = False
        self._does: dict[Function, tuple[object, bool, bool]] = {}
        """Of each function its declaration, whether it has no effect, and whether it assigns to its own only."""

    def lint(self) -> Linted:
        """All findings."""
        program = self.edited.program
        if self._main is not self.edited.main:
            self._reset()
        main, text = self.edited.main, self.edited.source.text
        self._see(program.modules[1:])
        self._drop_names(text)
        self._drop_calls()
        found: list[Diagnostic] = []
        uses = Uses()
        assert self._elsewhere is not None
        uses.add(self._elsewhere)
        for part in self.edited.parts.all:
            uses.add(self._seen[part].uses)
        Names(Look(main, found.append), uses, self._given, self._meant).declarations()
        for part in self.edited.parts.all:
            self._look(part)
            found += self._of_names[part]
            found += self._of_rest[part]
        Deprecated(Look(main, found.append), program.modules).run()
        division_comments(Look(main, found.append))
        # Without a word of it in the text, comments allow nothing.
        remarks = remarks_of(main.tokens) if "lint:" in text else ()
        return Linted((), in_order(found), remarks, RULES)

    def _see(self, others: Iterable[Module]) -> None:
        """Look at the names of new parts."""
        if self._elsewhere is None:
            self._elsewhere = Uses()
            for module in others:
                self._elsewhere.look(module, module.declarations)
        seen: dict[Part, _Seen] = {}
        for part in self.edited.parts.all:
            if part in self._seen:
                seen[part] = self._seen[part]
                continue
            uses = Uses()
            uses.look(self.edited.main, part.declarations)
            seen[part] = _Seen(uses, given_names(part.declarations))
        self._seen = seen

    def _drop_names(self, text: str) -> None:
        """Forget what was found in names where that may be different now."""
        given = set().union(*(seen.given for seen in self._seen.values()))
        meant = meant_names(text)
        is_program = isinstance(self.edited.main.names.get("main"), Function)
        if is_program != self._is_program:
            self._of_names.clear()
        if meant != self._meant:
            # A fix gives what is unused a name with _, if that is nobody's.
            self._drop(self._of_names, [part for part, found in self._of_names.items() if found])
        self._drop(self._of_names, self._with(given ^ self._given))
        self._given, self._meant, self._is_program = given, meant, is_program

    def _drop_calls(self) -> None:
        """Forget what was found of calls of functions that do something else now."""
        does: dict[Function, tuple[object, bool, bool]] = {}
        changed: set[Function] = set()
        for function in self.edited.checker.functions:
            before = self._does.get(function)
            is_same = before is not None and before[0] is function.declaration
            own = before[2] if before is not None and is_same else changes_own(function)
            does[function] = function.declaration, not function.effect, own
            if before is None or before[1:] != does[function][1:]:
                changed.add(function)
        self._does = does
        size = 0
        while size != len(changed):
            size = len(changed)
            changed |= {function for function in does if not changed.isdisjoint(function.calls)}
        self._drop(self._of_rest, self._with({function.name for function in changed}))

    def _with(self, names: set[str]) -> list[Part]:
        """Parts in which one of some names stands."""
        tokens = self.edited.main.tokens
        return [part for part in self._seen if part.words(tokens) & names] if names else []

    @staticmethod
    def _drop(found: dict[Part, list[Diagnostic]], parts: Iterable[Part]) -> None:
        for part in parts:
            found.pop(part, None)

    def _look(self, part: Part) -> None:
        """At a part, as far as it was not."""
        main, uses = self.edited.main, self._seen[part].uses
        view = Module(main.source, main.tokens, part.declarations, main.names, main.lost)
        if part not in self._of_names:
            found = self._of_names[part] = []
            Names(Look(view, found.append), uses, self._given, self._meant).bodies()
        if part not in self._of_rest:
            found = self._of_rest[part] = []
            look = Look(view, found.append)
            Flow(look, uses).run()
            Values(look).run()
            Gates(look).run()
