"""What a program means where its calls overwrite registers: liveness as if every call kept r4 to r15.

A value that a call overwrites is still the value that its reader wants. So the call neither ends its life nor makes a
new one, unless the call hands something over in the register. What routines do (tags, changes, the stack) comes from
the plain :class:`~qbcc.flow.effects.Effects`; only what is read is worked out again, and only in routines that have
such a call, or call one that has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qbcc.flow.code import SCRATCH, Mask
from qbcc.flow.effects import Effect, Effects
from qbcc.flow.routines import Routine, settle


class Kept(Effects):
    """Effects of calls that keep r4 to r15."""

    def __init__(self, plain: Effects, handed: Callable[[int], Mask]) -> None:
        """``handed``: by call, the registers from r4 on in which it hands something over."""
        self.plain = plain
        self.handed = handed
        self._overwritten: dict[int, Mask] = {}
        """By routine, what calls in it overwrite and do not hand over."""
        super().__init__(plain.routines, plain.level)

    def tail(self, entry: int) -> Effect:
        """Return the effect of going on to another routine, whose calls keep registers too."""
        found = super().tail(entry)
        return replace(found, replaces=found.replaces & ~self._overwritten.get(entry, 0))

    def _call(self, index: int) -> Effect:
        found = super()._call(index)
        overwritten = found.changes & ~SCRATCH
        if not overwritten:
            return found
        meant = SCRATCH | self.handed(index)
        return replace(found, changes=found.changes & meant, replaces=found.replaces & meant)

    def _component(self, component: list[Routine]) -> None:
        for routine in component:
            self.known[routine.entry] = self.plain.known[routine.entry]
        differing = [routine for routine in component if self._differs(routine)]
        if not differing:
            return
        for routine in component:
            self.known[routine.entry] = replace(self.plain.known[routine.entry])
        settle(component, self._routine)

    def _differs(self, routine: Routine) -> bool:
        """Whether the routine has a call or a tail that is something else than on the machine."""
        lost = 0
        for call in routine.calls:
            lost |= self.plain.call(call.index).changes & ~self._call(call.index).changes
        for entry in routine.others:
            lost |= self._overwritten.get(entry, 0) if any(entry == tail for _, tail in routine.tails) else 0
        if lost:
            self._overwritten[routine.entry] = lost
        return bool(lost) or any(
            entry in self.known and self.known[entry] is not self.plain.known[entry] for entry in routine.others
        )

    def _routine(self, routine: Routine) -> bool:
        known = self.known[routine.entry]
        if not routine.is_whole:
            return False
        reads = known.effect.reads | self._reads(routine)
        if reads == known.effect.reads:
            return False
        known.effect = replace(known.effect, reads=reads)
        self._taken = None
        return True
