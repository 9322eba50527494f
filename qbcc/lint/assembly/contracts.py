"""What routines promise: their ``.func``, and the calling convention where others may call them."""

from __future__ import annotations

from qbcc.diagnostics import Related
from qbcc.flow.code import KEPT, SCRATCH, registers_in
from qbcc.flow.routines import Routine
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look, mask_of
from qbcc.lint.assembly.registers import Registers
from qbcc.source import Span
from vm.bytecode import Contract
from vm.flow.blocks import PUSH


class Contracts:
    """Looks at all routines of the user's."""

    def __init__(self, look: Look, registers: Registers) -> None:
        self.look = look
        self.results = registers.results
        self.saving = registers.saving
        self.queries = {s.value for s in look.code.object.symbols if s.is_query}
        self.globals = {s.value for s in look.code.object.symbols if s.is_global}

    def run(self) -> None:
        """Everything."""
        for routine in self.look.routines:
            if not self.look.is_own_routine(routine) or not routine.is_whole:
                continue
            contract = self.look.contracts.get(routine.entry)
            if contract is not None and (contract.args or contract.returns or contract.clobbers):
                self._contract(routine, contract)
            elif contract is not None or self._is_for_others(routine):
                self._convention(routine)

    def _is_for_others(self, routine: Routine) -> bool:
        begins = routine.entry == self.look.code.object.entry and routine.calls
        if routine.entry in self.queries or self.look.is_start(routine) or begins or not routine.name:
            return False
        return routine.entry in self.globals or (routine.is_root and not self.look.starts)

    # -- contracts

    def _contract(self, routine: Routine, contract: Contract) -> None:
        effect = self.look.flow.effect(routine)
        args, returns, clobbers = (mask_of(part) for part in (contract.args, contract.returns, contract.clobbers))
        related = (Related(self.look.entry_span(routine), f"'{contract.name}' begins here"),)
        allowed = returns | (clobbers or SCRATCH)
        level = routine.entry in self.look.effects.level
        for register in registers_in(0 if level else effect.changes & ~allowed):
            if self.results.loads(routine.entry, register):
                continue
            text = f"'{contract.name}' changes r{register}, which its contract does not allow"
            notes = (f"list it in .clobbers or .returns, or save it: {_said(contract)}",)
            fix = self.saving.inside(routine, register)
            place = self._writing(routine, register)
            self.look.report(messages.broken_contract(place, text, related, notes, fix))
        if not effect.is_assumed and not level:
            for register in registers_in(effect.reads & ~args):
                reading = self._reading(routine, register)
                if reading is not None:
                    text = f"'{contract.name}' reads r{register}, which is not among its .args"
                    self.look.report(messages.broken_contract(reading, text, related))
        for register in registers_in(returns & ~effect.changes & ~args if effect.returns else 0):
            text = f"'{contract.name}' says that it returns r{register}, and never sets it"
            self.look.report(messages.broken_contract(self.look.entry_span(routine), text, ()))

    def _writing(self, routine: Routine, register: int) -> Span:
        exits = self.results.exits(routine, register)
        own = [index for index in exits if self.look.is_own(index)]
        return self.look.span(min(own)) if own else self.look.entry_span(routine)

    def _reading(self, routine: Routine, register: int) -> Span | None:
        """Where a register is read as it was at the entry; None where only a routine that it goes on to does so."""
        chains = self.look.chains(routine)
        for index in sorted(chains.instructions()):
            if not chains.reads(index) >> register & 1 or self.look.code.rows[index][0] == PUSH:
                continue
            if chains.definitions(index, register)[1] and self.look.is_own(index):
                return self.look.span(index)
        return None

    # -- the convention

    def _convention(self, routine: Routine) -> None:
        """Registers of the caller's in a routine that others call."""
        if routine.entry in self.look.effects.level:
            return
        for register in registers_in(self.look.flow.effect(routine).changes & KEPT):
            if self.results.loads(routine.entry, register):
                continue
            place, name = self.look.entry_span(routine), routine.name
            fix = self.saving.inside(routine, register)
            self.look.report(messages.unkept(place, name, register, self._writing(routine, register), fix))


def _said(contract: Contract) -> str:
    """A contract in a few words."""
    parts = ((".args", contract.args), (".returns", contract.returns), (".clobbers", contract.clobbers))
    return "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names)
