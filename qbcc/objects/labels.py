"""The names that a disassembly writes: what each symbol is called, where labels stand, how a place is referred to.

A symbol keeps its name wherever a source can say so. What a source cannot say is written otherwise: the local names
of two linked objects that are equal, a name that is no word of the language, a place without any label near it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vm.bytecode import NO_ENTRY, Base, ObjectFile, Place, Symbol
from vm.isa import BY_CODE

_NAME: Final = re.compile(r"(?![rR](?:1[0-5]|[0-9])\Z)[A-Za-z_][A-Za-z0-9_]*\Z")
_LOCAL: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)?(@[A-Za-z_][A-Za-z0-9_]*)\Z")
_SECTIONS: Final = (Base.CODE, Base.DATA)


@dataclass(frozen=True, slots=True)
class Label:
    """A label to print."""

    text: str
    is_query: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A ``.define`` for a place where no label can stand."""

    text: str
    base: Base
    place: int


class Labels:
    """Names for a verified object."""

    def __init__(self, obj: ObjectFile) -> None:
        self.object = obj
        self.written: dict[int, str] = {}
        """By symbol number, names that are not local."""
        self.labels: dict[Base, dict[int, list[Label]]] = {base: {} for base in _SECTIONS}
        """By section and place, in the order to print them."""
        self.aliases: list[Alias] = []
        self._taken: set[str] = set()
        self._known = {symbol.name for symbol in obj.symbols}
        self._copies: dict[str, int] = {}
        """By name, the number that its last copy got."""
        self._words = sorted(r.where for r in obj.relocations if r.place is Place.DATA)
        self._scopes: dict[Base, tuple[list[int], list[str]]] = {base: ([], []) for base in _SECTIONS}
        """By section, the ordinary labels in order: their places, their names."""
        self._locals: dict[tuple[Base, int], tuple[str, str]] = {}
        """By section and place: the scope of a local label, and its name there."""
        self._names: dict[Base, tuple[list[int], list[str]]] = {}
        """By section, places with a name to refer to, ascending, and the names."""
        self._external()
        members = {base: self._members(base) for base in _SECTIONS}
        self._invent(members)
        for base in _SECTIONS:
            self._collect(base, members[base])
        for base in _SECTIONS:
            self._names[base] = self._references(base)

    # -- names

    def fresh(self, name: str) -> str:
        """A name that can be written and is not used yet."""
        plain = name if _NAME.match(name) else "L_" + re.sub(r"[^A-Za-z0-9_]", "_", name)
        return self._unused(plain)

    def _unused(self, name: str) -> str:
        chosen = name
        while chosen in self._taken or (chosen != name and chosen in self._known):
            self._copies[name] = self._copies.get(name, 1) + 1
            chosen = f"{name}_{self._copies[name]}"
        self._taken.add(chosen)
        return chosen

    def _external(self) -> None:
        """What other objects see keeps its name before any local of the same name."""
        for number, symbol in enumerate(self.object.symbols):
            if symbol.is_global or symbol.base is Base.UNDEFINED:
                self.written[number] = self.fresh(symbol.name)
        for number, symbol in enumerate(self.object.symbols):
            if symbol.base is Base.ABSOLUTE and not symbol.is_global:
                self.written[number] = self.fresh(symbol.name)

    def _members(self, base: Base) -> list[int]:
        """Symbol numbers of a section by place."""
        found = [number for number, symbol in enumerate(self.object.symbols) if symbol.base is base]
        return sorted(found, key=lambda number: self.object.symbols[number].value)

    def is_inside_word(self, base: Base, place: int) -> bool:
        """Whether a place lies within an address in the data, which is written whole."""
        if base is not Base.DATA:
            return False
        at = bisect_left(self._words, place) - 1
        return at >= 0 and place < self._words[at] + 8

    def _is_local(self, symbol: Symbol) -> bool:
        return not symbol.is_global and _LOCAL.match(symbol.name) is not None

    # -- labels

    def _collect(self, base: Base, members: list[int]) -> None:
        following = self._following(members)
        scope = original = ""
        invented = sorted(self.labels[base].items())
        for place, labels in invented:
            self._ordinary(base, place, labels[0].text)
        for number in members:
            symbol = self.object.symbols[number]
            if self._is_local(symbol):
                if not self.is_inside_word(base, symbol.value):
                    at = bisect_right(self._scopes[base][0], symbol.value) - 1
                    self._local(base, symbol, self._scopes[base][1][at] if invented and at >= 0 else scope)
                continue
            text = self.written.get(number) or self.fresh(symbol.name)
            self.written[number] = text
            is_between = symbol.is_global and not symbol.is_query and "" != original == following[number]
            if self.is_inside_word(base, symbol.value) or is_between:
                self.aliases.append(Alias(text, base, symbol.value))
                continue
            scope, original = text, symbol.name
            self.labels[base].setdefault(symbol.value, []).append(Label(text, symbol.is_query))
            self._ordinary(base, symbol.value, text)

    def _ordinary(self, base: Base, place: int, text: str) -> None:
        places, names = self._scopes[base]
        places.append(place)
        names.append(text)

    def _following(self, members: list[int]) -> dict[int, str]:
        """By symbol number, the scope that the next local label of the section names."""
        found: dict[int, str] = {}
        scope = ""
        for number in reversed(members):
            found[number] = scope
            symbol = self.object.symbols[number]
            local = _LOCAL.match(symbol.name)
            if local is not None and not symbol.is_global:
                scope = local[1] or ""
            elif symbol.name == scope:
                scope = ""
        return found

    def _local(self, base: Base, symbol: Symbol, scope: str) -> None:
        local = _LOCAL.match(symbol.name)
        assert local is not None
        text = self._unused(scope + local[2])[len(scope) :]
        self.labels[base].setdefault(symbol.value, []).append(Label(text))
        self._locals.setdefault((base, symbol.value), (scope, text))

    # -- places without a name

    def _invent(self, members: dict[Base, list[int]]) -> None:
        """Labels for a section that is referred to and has no label that can be. Where local labels are all there is,
        they do: everything is in their scope."""
        ordinary = {
            base
            for base in _SECTIONS
            if any(self._has_label(n) and not self._is_local(self.object.symbols[n]) for n in members[base])
        }
        needed = {base: self._places(base) for base in _SECTIONS if base not in ordinary}
        needed = {base: places for base, places in needed.items() if places}
        local = {base for base in _SECTIONS if any(self._has_label(number) for number in members[base])}
        if not ordinary and local >= needed.keys():
            return
        for base, places in needed.items():
            size = self._size(base)
            stand = {place for place in places if 0 <= place <= size and not self.is_inside_word(base, place)}
            for place in sorted(stand or {0}):
                self.labels[base][place] = [Label(self.fresh(f"L_{place:04}"))]

    def _has_label(self, number: int) -> bool:
        symbol = self.object.symbols[number]
        return not self.is_inside_word(symbol.base, symbol.value)

    def _size(self, base: Base) -> int:
        return len(self.object.code) if base is Base.CODE else self.object.data_size

    def _places(self, base: Base) -> set[int]:
        """Every place of a section that the program refers to."""
        obj = self.object
        found = {relocation.addend for relocation in obj.relocations if relocation.base is base}
        if base is Base.CODE:
            external = {(r.where, r.slot) for r in obj.relocations if r.place is Place.TARGET}
            found |= set(self._targets(external))
            if obj.entry != NO_ENTRY and (obj.entry_declared or obj.entry > 0):
                found.add(obj.entry)
        return found

    def _targets(self, external: set[tuple[int, int]]) -> Iterator[int]:
        import numpy as np

        code = self.object.code
        for number in np.unique(code[:, 0]).tolist():
            for slot, letter in enumerate(BY_CODE[number].slots):
                if letter == "l":
                    rows = np.flatnonzero(code[:, 0] == number)
                    yield from (int(code[row, 1 + slot]) for row in rows.tolist() if (row, slot) not in external)

    # -- references

    def _references(self, base: Base) -> tuple[list[int], list[str]]:
        names: dict[int, str] = {}
        for place, name in zip(*self._scopes[base], strict=True):
            names.setdefault(place, name)
        if not names:
            names = {place: text for (section, place), (_, text) in self._locals.items() if section is base}
        places = sorted(names)
        return places, [names[place] for place in places]

    def scope(self, base: Base, place: int) -> str:
        """The scope of local names for a line at a place of a section."""
        places, names = self._scopes[base]
        at = bisect_right(places, place) - 1
        return names[at] if at >= 0 else ""

    def named(self, base: Base, place: int) -> str | None:
        """The name of exactly this place, if it has one that is seen everywhere."""
        places, names = self._names[base]
        at = bisect_left(places, place)
        return names[at] if at < len(places) and places[at] == place else None

    def reference(self, base: Base, place: int, scope: str) -> str:
        """A place by its name, or by the nearest one before it and a distance."""
        local = self._locals.get((base, place))
        if local is not None and local[0] == scope:
            return local[1]
        places, names = self._names[base]
        at = max(bisect_right(places, place) - 1, 0)
        distance = place - places[at]
        return f"{names[at]}{distance:+d}" if distance else names[at]
