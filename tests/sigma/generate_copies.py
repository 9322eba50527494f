"""Copies and references of arrays, records and their parts, with bounds that are constants and that are not."""

from __future__ import annotations

from tests.sigma.generate_crowded import Crowded
from tests.sigma.generate_values import Code, Type, Variable


class Copies(Crowded):
    """Makes names for what lies in memory."""

    def part(self) -> tuple[Code, Type] | None:
        """A part of an array, and its type: of no known length where a bound is no constant."""
        places = self.places(lambda found, _: isinstance(found, tuple) and found[0] in ("array", "slice"))
        if not places:
            return None
        found = self.pick(places[::-1])
        type = self.type_of(found)
        place = self.place(found, 1)
        length = type[2] if type[0] == "array" else 2
        low = self.choices.below(length)
        high = low + 1 + self.choices.below(length - low)
        first, last = Code(str(low), str(low)), Code(str(high), str(high))
        kind = self.choices.below(4)
        if kind == 0 and type[0] == "array":
            made: Type = ("array", type[1], high - low)
        else:
            made = ("slice", type[1])
            inner = self.integer(1)
            if kind == 1:
                least = f"max({low + 1}, min({high}, "
                last = Code(f"{least}{inner.sigma}))", f"{least}{inner.python}))")
            elif kind == 2:
                first = Code(f"min({high}, ({inner.sigma}) & 3)", f"min({high}, ({inner.python}) & 3)")
            else:
                last = Code(f"{high} + 0 * ({inner.sigma})", f"{high} + 0 * ({inner.python})")
        return Code(
            f"{place.sigma}[{first.sigma}..{last.sigma}]", f"{place.python}.cut({first.python}, {last.python})"
        ), made

    def let_part(self, depth: int) -> None:
        """A copy of a part, or a reference to one."""
        found = self.part()
        if found is None:
            self.let_long(depth)
            return
        made, type = found
        name = self.name("c")
        if self.chance(2):
            self.add(f"let {name} = ref {made.sigma};", f"{name} = {made.python}")
            self.new(Variable(name, name, type))
            return
        is_var = self.chance(2)
        self.add(f"{'var' if is_var else 'let'} {name} = {made.sigma};", f"{name} = copy({made.python})")
        self.new(Variable(name, name, type, is_var and type[0] == "array"))

    def let_place(self, depth: int) -> None:
        """A copy of a whole array or record, or a reference to it."""
        places = self.places(lambda found, _: isinstance(found, tuple) and found[0] != "tuple")
        found = self.pick(places[::-1])
        type = self.type_of(found)
        place = self.place(found, 1)
        name = self.name("d")
        if self.chance(2):
            self.add(f"let {name} = ref {place.sigma};", f"{name} = {place.python}")
            self.new(Variable(name, name, type))
            return
        is_var = self.chance(2)
        self.add(f"{'var' if is_var else 'let'} {name} = {place.sigma};", f"{name} = copy({place.python})")
        self.new(Variable(name, name, type, is_var and type[0] != "slice"))

    def let_long(self, depth: int) -> None:
        """An array whose length only the run knows."""
        element: Type = self.pick(["int", "float", ("array", "int", 3), ("record", "P")])
        item = self.value(element, 1)
        count = self.integer(1)
        name = self.name("z")
        if self.chance(6):
            # Perhaps an empty one: the item is calculated all the same.
            self.add(
                f'let {name} = [{item.sigma}; ({count.sigma}) & 1]; record("r", len({name}));',
                f"{name} = filled({item.python}, ({count.python}) & 1)\nnote({name}.length)",
            )
            return
        self.add(
            f"let {name} = [{item.sigma}; ({count.sigma}) & 7 | 2];",
            f"{name} = filled({item.python}, ({count.python}) & 7 | 2)",
        )
        self.new(Variable(name, name, ("slice", element)))

    def pair(self, depth: int) -> None:
        """A tuple with an array or a record in it, which changes, taken apart."""
        type: Type = self.pick([("array", "int", 3), ("record", "P"), ("array", "int", 12)])
        name, a, b = self.name("t"), self.name("m"), self.name("n")
        first, second = self.value(type, 1), self.integer(1)
        self.add(f"var {name} = ({first.sigma}, {second.sigma});", f"{name} = ({first.python}, {second.python})")
        if self.chance(2):
            condition, first, second = self.condition(1), self.value(type, 1), self.integer(1)
            self.add(f"if {condition.sigma} {{ {name} = ({first.sigma}, {second.sigma}); }}",
                     f"if {condition.python}: {name} = ({first.python}, {second.python})")  # fmt: skip
        self.add(f"let ({a}, {b}) = {name};", f"{a}, {b} = copy({name})")
        self.new(Variable(a, a, type))
        self.new(Variable(b, b, "int"))
        if self.chance(2):
            other = self.name("m")
            self.add(f"let ({other}, _{b}) = {name};", f"{other}, _{b} = copy({name})")
            self.new(Variable(other, other, type))
