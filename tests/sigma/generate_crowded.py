"""Functions with more values at a time than there are registers, beside their models in Python."""

from __future__ import annotations

from tests.sigma.generate_values import Code, Function, Values, Variable


class Crowded(Values):
    """Makes the parts of such functions: many parameters, names made from them, loops inside of loops, and results to
    which everything counts."""

    def many(self) -> list[str]:
        """Types of many parameters: more than registers hand over, and fewer."""
        return [self.pick(["int", "float"]) for _ in range(3 + self.choices.below(9))]

    def numbers(self) -> list[Variable]:
        """The numbers of the innermost function that have names."""
        return [v for scope in self.body.scopes for v in scope if v.type in ("int", "float")]

    def names(self, count: int) -> None:
        """Names for values that are made of two others each."""
        for _ in range(count):
            known = self.numbers()
            a, b = self.pick(known[::-1]), self.pick(known)
            word = self.pick(["+", "-", "*"])
            type = "int" if a.type == b.type == "int" else "float"
            made = f"{a.python} {word} {b.python}"
            name = self.name("l")
            self.add(
                f"let {name} = {a.name} {word} {b.name};", f"{name} = {f'wrap({made})' if type == 'int' else made}"
            )
            self.new(Variable(name, name, type))

    def all_of(self, type: str, start: str = "") -> Code:
        """A number to which every name counts."""
        sigma = python = start or ("0" if type == "int" else "0.0")
        for number, variable in enumerate(self.numbers()):
            word = ("+", "-")[number % 2]
            if type == "int":
                one = (variable.name, variable.python)
                if variable.type == "float":
                    one = f"int({one[0]})", f"to_int({one[1]})"
                sigma, python = (
                    f"{sigma} {word} {one[0]} * {number + 1}",
                    f"wrap({python} {word} wrap({one[1]} * {number + 1}))",
                )
            else:
                sigma, python = f"{sigma} {word} {variable.name}", f"{python} {word} float({variable.python})"
        return Code(sigma, python)

    def nest(self) -> None:
        """Loops inside of loops; what is summed up inside is made of all names."""
        type = self.pick(["int", "float"])
        total = self.name("s")
        first = {"int": "0", "float": "0.0"}[type]
        self.add(f"var {total} = {first};", f"{total} = {first}")
        self.new(Variable(total, total, type, is_var=True))
        depth = 1 + self.choices.below(4)
        high = 2 + self.choices.below(2)
        before = "0"
        self.body.scopes.append([])
        for _ in range(depth):
            counter = self.name("i")
            low = before if self.choices.below(2) else "0"
            self.add(f"for {counter} in {low}..{high} {{", f"for {counter} in turns({low}, {high}, 1):")
            self.new(Variable(counter, counter, "int"))
            self.indent += 1
            before = counter
        made = self.all_of(type, total)
        self.add(f"{total} = {made.sigma};", f"{total} = {made.python}")
        for _ in range(depth):
            self.indent -= 1
            self.add("}")
        self.body.scopes.pop()

    def outside(self, function: Function) -> tuple[str, tuple[int | float, ...]] | None:
        """A call of the host's, where it can make one."""
        is_plain = all(type in ("int", "float", "bool") for type in function.params)
        if not function.is_exported or not is_plain or len(function.params) > 4 or not isinstance(function.result, str):
            return None
        arguments: list[int | float] = []
        for number, type in enumerate(function.params):
            value = self.choices.below(4)
            bounded = value & 1 if type == "bool" or (number == 0 and function.is_recursive) else value - 1
            arguments.append(bounded + 0.5 if type == "float" else bounded)
        return function.name, tuple(arguments)
