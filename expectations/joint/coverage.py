"""Which printed numbers are checked by others.

Belongs here: for every printed number, whether the others limit it from below, from above, from
both sides or not at all; a reader must know which figures nothing checks. Does not belong here:
whether the figures agree (consistency.py), and what is seen without solving (derivations.py).

A number is limited if its expression still has bounds when the number is dropped, and these are
tighter than the floors that variables always have (a gross flow is never negative). So a limited
number causes a conflict if it is changed enough, and one that is not never does. For most numbers
that is seen from one statement after another; for the rest the solver is asked for the range.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from expectations.joint.blocks import Block
from expectations.joint.consistency import GUIDED, PATIENCE, Conflict, Report, check
from expectations.joint.derivations import Derivations
from expectations.joint.linear_statements import (
    Identity,
    Number,
    Observation,
    Statement,
    Suspect,
)
from expectations.joint.simplex import Tableau, Undecided

MOST_ASKED = 300_000  # questions times numbers of a block, which take about five seconds


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether the other figures limit a printed number from below and from above.

    Where it is not exact, only limits are known that follow from one statement after another: there
    was too much to ask, or it is not known whether the others agree.
    """

    suspect: Suspect
    below: bool
    above: bool
    exact: bool = True

    @property
    def state(self) -> str:
        """'checked' from both sides, 'partly' from one, or 'unchecked'."""
        return ("unchecked", "partly", "checked")[self.below + self.above]


def coverage(
    observations: Iterable[Observation],
    identities: Iterable[Identity] = (),
    floors: Mapping[str, Number | None] | None = None,
    report: Report | None = None,
) -> tuple[Coverage, ...]:
    """How the others limit every number, in order of figure and aspect.

    The arguments are those of `consistency.check`, and what it reports.
    """
    report = report or check(observations, identities, (), floors)
    undetermined = {*report.undetermined}
    found: list[Coverage] = []
    for number, statements in enumerate(report.blocks.groups):
        block = _Block(statements, report.blocks.floors)
        if not undetermined.isdisjoint(block.places):
            found += block.coverage(exact=False)
            continue
        conflicts = report.by_block.get(number, ())
        sides = block.open_sides(conflicts)
        is_exact = True
        if sides:
            questions = _Questions(number, block, sides, conflicts)
            is_exact = questions.work <= MOST_ASKED and questions.answer(report)
        found += block.coverage(is_exact)
    return tuple(sorted(found, key=lambda number: (number.suspect.figure, number.suspect.aspect)))


Side = tuple[int, bool]  # a place of an observation in its block; whether above it


class _Block:
    """What is known of the limits of a block's numbers."""

    def __init__(
        self, statements: Sequence[Statement], floors: Mapping[str, Number | None]
    ) -> None:
        self.observations = [s for s in statements if isinstance(s, Observation)]
        self.floors = floors
        identities = [s for s in statements if isinstance(s, Identity)]
        suspects = [o.suspect for o in self.observations]  # in order
        self.own = [1 << place for place in range(len(suspects))]
        bits = [(bit, bit) for bit in self.own]
        self.places = dict(zip(suspects, range(len(suspects)), strict=True))
        resting = [(place, o.others) for place, o in enumerate(self.observations) if o.others]
        for place, others in resting:
            for suspect in others:
                other = 1 << self.places.setdefault(suspect, len(self.places))
                bits[place] = self.own[place], bits[place][1] | other
        self._bits, self._identities = bits, identities
        self._derived = Derivations(self.observations, bits, identities, floors)
        self.limited = [[*limits] for limits in self._derived.limits()]

    def open_sides(self, conflicts: Sequence[Conflict]) -> list[Side]:
        """The sides of observations of which it is not seen whether they are limited."""
        sides = [
            (place, above)
            for place, limits in enumerate(self.limited)
            for above in (False, True)
            if not limits[above]
        ]
        if not sides:
            return sides
        derived = self._derived
        involved = 0
        if conflicts:  # what is free is seen where all agree: without one explanation of each
            aside = explaining(conflicts)
            kept = [
                place for place, o in enumerate(self.observations) if aside.isdisjoint(o.suspects)
            ]
            derived = Derivations(
                [self.observations[place] for place in kept],
                [self._bits[place] for place in kept],
                self._identities,
                self.floors,
            )
            for suspect in (suspect for conflict in conflicts for suspect in conflict.involved):
                involved |= 1 << self.places[suspect]
        frees = derived.frees()
        own = self.own
        return [(p, above) for p, above in sides if not own[p] & frees[above] & ~involved]

    def coverage(self, exact: bool) -> Iterator[Coverage]:
        """That of every number, in the end."""
        of = dict[Suspect, list[bool]]()
        for o, limits in zip(self.observations, self.limited, strict=True):
            for other in o.others:  # what is only said together with another is limited with it
                of.setdefault(other, limits)
        of.update(zip(self.places, self.limited, strict=False))
        for suspect, (below, above) in of.items():
            yield Coverage(suspect, below, above, exact or (below and above))


def explaining(conflicts: Iterable[Conflict]) -> set[Suspect]:
    """Numbers without which the rest agrees: one explanation of each conflict."""
    return {s.suspect for c in conflicts for e in c.explanations[:1] for s in e}


@dataclass(frozen=True, slots=True)
class _Questions:
    """Sides of a block's observations that the solver is asked about."""

    number: int
    block: _Block
    sides: Sequence[Side]
    conflicts: Sequence[Conflict]

    @property
    def work(self) -> int:
        """How much there is to do."""
        return len(self.sides) * len(self.block.observations)

    def answer(self, report: Report) -> bool:
        """Find out for each side whether there is a limit; False where it was given up."""
        blocks = report.blocks
        if self.conflicts:
            return self._answer(blocks[self.number])  # it was built to explain them
        exact = Block(blocks.groups[self.number], blocks.floors, Tableau)
        if self._answer(exact):
            return True
        return exact.size >= GUIDED and self._answer(blocks.guided(self.number))

    def _answer(self, solved: Block) -> bool:
        aside = solved.tags(explaining(self.conflicts))
        own, solved.tableau = solved.tableau, solved.tableau.copy()
        solved.tableau.patience = PATIENCE
        try:
            solved.tableau.clash()
            for place, above in self.sides:
                self.block.limited[place][above] = self._is_limited(solved, place, above, aside)
        except Undecided:
            return False
        finally:
            solved.tableau = own
        return True

    def _is_limited(self, solved: Block, place: int, above: bool, aside: Collection[int]) -> bool:
        observation = self.block.observations[place]
        own = solved.tableau
        solved.tableau = trial = own.copy()
        try:
            trial.drop(solved.tags([observation.suspect]))
            clash = trial.clash()
            if clash is not None:
                trial.drop(aside)
                clash = trial.clash()
            while clash:
                trial.drop(clash)
                clash = trial.clash()
            trial.relax()
            end = solved.end(observation, above=above)
        finally:
            solved.tableau = own
        floor = self._floor(observation, above)
        return end is not None and end != floor

    def _floor(self, o: Observation, above: bool) -> Fraction | None:
        """The end that the floors alone give to what an observation is about."""
        sign = -1 if above else 1
        floors = [self.block.floors.get(name, 0) for name, _ in o.terms]
        if any(
            floor is None or sign * f < 0 for floor, (_, f) in zip(floors, o.terms, strict=True)
        ):
            return None
        sums = (
            Fraction(f) * Fraction(low or 0) for low, (_, f) in zip(floors, o.terms, strict=True)
        )
        end = sum(sums, Fraction(0))
        return Fraction(0) if o.over else end
