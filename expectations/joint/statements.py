"""What there is to say to the solver about figures: variables, observations, identities.

Each true value that a source is about is a variable: a series, unit and period as that source has
it; the bases of its growth rates are variables too. Printed numbers are observations of variables.
What holds by definition (exports + imports = trade, months and cumulatives, totals and parts) are
identities between variables. Each source has variables of its own, for values are revised from one
source to the next.

Belongs here: these, and which bounds are asked for. Does not belong here: what a figure prints
(printed_numbers.py), what is tied by definition (ties.py), and solving (consistency.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from expectations.joint.linear_statements import (
    Ends,
    Identity,
    Number,
    Observation,
    Request,
    Suspect,
)
from warehouse.terms import flows
from warehouse.terms.dimensions import flow_of
from warehouse.terms.period import EARLIEST, fiscal_year, year_before


class Variable(NamedTuple):
    """One true value: that of a series and period, as `source` knows it.

    `start` and `stop` are days, stop exclusive; a cumulative without a stated beginning starts in
    antiquity, on a different day for each year in which it ends. Where `without` names parts, the
    variable is what is left of the series without them; where `only` names a figure, it is what
    this figure is about, which may not be what the source's others are.
    """

    source: str
    series: str
    unit: str
    start: date
    stop: date
    without: tuple[str, ...] = ()
    only: str = ""

    @property
    def name(self) -> str:
        """What the solver calls it."""
        return "|".join((*self[:3], str(self.start), str(self.stop), *self.without, self.only))

    @property
    def is_balance(self) -> bool:
        """Whether it may be negative."""
        return flows.may_be_negative(flow_of(self.series))

    def at(self, start: date, stop: date) -> Variable:
        """The same series in another period."""
        # Not by `_replace`, which takes thrice as long: there are thousands of them in a table.
        source, series, unit, _, _, without, only = self
        return Variable(source, series, unit, start, stop, without, only)

    def year_before(self) -> Variable:
        """The same series in the same period of the year before."""
        last = _year_before(self.stop - timedelta(1))
        return self.at(_year_before(self.start), last + timedelta(1))


class Reading(NamedTuple):
    """How a printed number follows from what the solver has: sign · expression + offset."""

    sign: int
    offset: Ends

    def printed(self, ends: Ends) -> tuple[Fraction | None, Fraction | None]:
        """The printed numbers that go with these values of the expression."""
        lower, upper = ends if self.sign > 0 else ends[::-1]
        return self._plus(self.offset[0], lower), self._plus(self.offset[1], upper)

    def _plus(self, offset: Number | None, end: Number | None) -> Fraction | None:
        if offset is None or end is None:
            return None
        return Fraction(offset) + self.sign * Fraction(end)


_AS_PRINTED = Reading(1, (0, 0))
_READINGS = {
    "growth": Reading(1, (-1, -1)),
    "other_growth": Reading(1, (-1, -1)),
    "rank": Reading(1, (None, None)),
}


@dataclass
class Statements:
    """All statements, and their variables; of those in `printed` the sources print a level.

    `figures` maps each figure to the variable of its level. `asked` are variables that readers may
    want to know; the others only carry identities on. Parts of `additive` series add up, and those
    of `additive_over_time` also month by month: averages a day do not.
    """

    observations: list[Observation] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    variables: set[Variable] = field(default_factory=set)
    printed: set[Variable] = field(default_factory=set)
    figures: dict[str, Variable] = field(default_factory=dict)
    asked: set[Variable] = field(default_factory=set)
    additive: set[str] = field(default_factory=set)
    additive_over_time: set[str] = field(default_factory=set)
    readings: dict[Suspect, Reading] = field(default_factory=dict)

    def reading(self, suspect: Suspect) -> Reading:
        """How a number is read: a growth is one less than its factor, and a rank says no size."""
        return self.readings.get(suspect) or _READINGS.get(suspect.aspect, _AS_PRINTED)

    @cached_property
    def floors(self) -> dict[str, None]:
        """The variables that may be negative, by name: balances."""
        return {variable.name: None for variable in self.variables if variable.is_balance}

    def requests(self) -> dict[str, tuple[Variable, bool]]:
        """The bounds to ask for: name → (variable, whether the bounds of its growth are meant).

        They are of every variable asked for that nobody printed, but for the bases of others.
        """
        bases = {variable.year_before() for variable in self.variables}
        requests: dict[str, tuple[Variable, bool]] = {}
        for variable in self.asked - self.printed - bases:
            requests[f"{variable.name}#level"] = (variable, False)
            before = variable.year_before()
            if before in self.variables and not before.is_balance:
                requests[f"{variable.name}#growth"] = (variable, True)
        return requests

    def solver_requests(self) -> list[Request]:
        """`requests` in the form that the solver takes."""
        return [
            Request(
                name, ((variable.name, 1),), ((variable.year_before().name, 1),) if growth else ()
            )
            for name, (variable, growth) in self.requests().items()
        ]


def span_of(start: date | None, end: date, first_month: int) -> tuple[date, date]:
    """The first day and the day after the last; the first is in antiquity where none is stated.

    A different one for each year, which begins in that month: a cumulative may start from nothing
    each year.
    """
    return start or date.min + timedelta(fiscal_year(end, first_month)), end + timedelta(1)


def _year_before(day: date) -> date:
    return day - timedelta(1) if day.year < EARLIEST else year_before(day)
