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
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from expectations.joint.blocks import Block
from expectations.joint.consistency import Report, check
from expectations.joint.derivations import Derivations
from expectations.joint.linear_statements import (
    Identity,
    Number,
    Observation,
    Statement,
    Suspect,
)
from expectations.joint.simplex import Tableau, Undecided

MOST_ASKED = 300_000  # questions times variables of their blocks, which take about five seconds


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
    questions: list[_Questions] = []
    for number, statements in enumerate(report.blocks.groups):
        block = _Block(statements, report.blocks.floors)
        if not undetermined.isdisjoint(block.places):
            found += block.coverage(exact=False)
            continue
        open_ = block.open_sides(agrees=number not in report.by_block)
        if open_:
            questions.append(_Questions(number, block, open_))
        else:
            found += block.coverage(exact=True)
    room = MOST_ASKED
    for question in sorted(questions, key=lambda question: question.work):
        room -= question.work
        if room >= 0:
            question.ask(report)
        found += question.block.coverage(exact=room >= 0)
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
        others = [(place, o.others) for place, o in enumerate(self.observations) if o.others]
        for place, suspects in others:
            for suspect in suspects:
                other = 1 << self.places.setdefault(suspect, len(self.places))
                bits[place] = self.own[place], bits[place][1] | other
        self._derived = Derivations(self.observations, bits, identities, floors)
        self.limited = [[*limits] for limits in self._derived.limits()]

    def open_sides(self, agrees: bool) -> list[Side]:
        """The sides of observations of which it is not seen whether they are limited."""
        sides = [
            (place, above)
            for place, limits in enumerate(self.limited)
            for above in (False, True)
            if not limits[above]
        ]
        if sides and agrees:
            frees = self._derived.frees()
            sides = [(place, above) for place, above in sides if not self.own[place] & frees[above]]
        return sides

    def coverage(self, exact: bool) -> Iterator[Coverage]:
        """That of every number, in the end."""
        limits = {
            suspect: (below, above)
            for o, (below, above) in zip(self.observations, self.limited, strict=True)
            # What is only printed together with another is checked where that is.
            for suspect in reversed(o.suspects)
        }
        limits |= {
            o.suspect: (b, a) for o, (b, a) in zip(self.observations, self.limited, strict=True)
        }
        for suspect, (below, above) in limits.items():
            yield Coverage(suspect, below, above, exact or (below and above))


@dataclass(frozen=True, slots=True)
class _Questions:
    """Sides of a block's observations that the solver is asked about."""

    number: int
    block: _Block
    sides: Sequence[Side]

    @property
    def work(self) -> int:
        """How much there is to do."""
        return len(self.sides) * len(self.block.observations)

    def ask(self, report: Report) -> None:
        """Ask for each side whether there is a limit."""
        solved = Block(report.blocks.groups[self.number], report.blocks.floors, Tableau)
        conflicts = report.by_block.get(self.number, ())
        aside = {s.suspect for c in conflicts for e in c.explanations[:1] for s in e}
        with suppress(Undecided):
            solved.tableau.clash()
            for place, above in self.sides:
                observation = self.block.observations[place]
                self.block.limited[place][above] = self._is_limited(
                    solved, observation, above, solved.tags(aside)
                )

    def _is_limited(
        self, solved: Block, observation: Observation, above: bool, aside: Collection[int]
    ) -> bool:
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
