"""The loaded figures as statements for the solver: variables, observations, identities.

Each true value that a source is about is a variable: a series, unit and period as that source has
it; the bases of its growth rates are variables too. Printed numbers are observations of variables.
What holds by definition (exports + imports = trade, months and cumulatives, totals and parts) are
identities between variables. Each source has variables of its own, for values are revised from one
source to the next.

Belongs here: reading core tables, and which variables an identity ties together. Does not belong
here: solving (consistency.py), and putting the results into the terms of people (solving.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import duckdb

from expectations.joint.linear_statements import Identity, Observation, Request, Terms
from warehouse.store.tables import fetch
from warehouse.terms import flows
from warehouse.terms.dimensions import flow_of, places
from warehouse.terms.period import EARLIEST, fiscal_year, year_before


class Variable(NamedTuple):
    """One true value: that of a series and period, as `source` knows it.

    `start` and `stop` are days, stop exclusive; a cumulative without a stated beginning starts in
    antiquity, on a different day for each year in which it ends. Where `without` names parts, the
    variable is what is left of the series without them.
    """

    source: str
    series: str
    unit: str
    start: date
    stop: date
    without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the solver calls it."""
        return "|".join((*self[:3], str(self.start), str(self.stop), *self.without))

    @property
    def is_balance(self) -> bool:
        """Whether it may be negative."""
        return flows.may_be_negative(flow_of(self.series))

    def at(self, start: date, stop: date) -> Variable:
        """The same series in another period."""
        return self._replace(start=start, stop=stop)

    def year_before(self) -> Variable:
        """The same series in the same period of the year before."""
        last = _year_before(self.stop - timedelta(1))
        return self.at(_year_before(self.start), last + timedelta(1))


@dataclass
class Statements:
    """All statements, and their variables; of those in `printed` the sources print a level.

    `figures` maps each figure to the variable of its level.
    """

    observations: list[Observation] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    variables: set[Variable] = field(default_factory=set)
    printed: set[Variable] = field(default_factory=set)
    figures: dict[str, Variable] = field(default_factory=dict)

    @cached_property
    def floors(self) -> dict[str, None]:
        """The variables that may be negative, by name: balances."""
        return {variable.name: None for variable in self.variables if variable.is_balance}

    def requests(self) -> dict[str, tuple[Variable, bool]]:
        """The bounds to ask for: name → (variable, whether the bounds of its growth are meant).

        They are of every variable that nobody printed, except those that are bases of others.
        """
        bases = {variable.year_before() for variable in self.variables}
        requests: dict[str, tuple[Variable, bool]] = {}
        for variable in self.variables - self.printed - bases:
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


def read(connection: duckdb.DuckDBPyConnection) -> Statements:
    """The statements of all figures in core."""
    statements = Statements()
    additive = _observe(connection, statements)
    _tie_periods(statements, additive)
    _tie_flows(statements, additive)
    _tie_parts(connection, statements, additive)
    return statements


def _observe(connection: duckdb.DuckDBPyConnection, statements: Statements) -> set[str]:
    """Add the printed numbers and their variables; return the series that can be added up."""
    rows = fetch(
        connection,
        """select
            figures.*,
            measures.additive,
            growth.base_start,
            growth.base_end
        from core.figures as figures
        inner join core.codes as measures
            on measures.list = 'measures' and measures.code = figures.measure
        left join core.growth as growth on figures.figure_id = growth.figure_id
        order by figures.figure_id""",
    )
    for row in rows:
        start, stop = _span(row["period_start"], row["period_end"])
        variable = Variable(row["source_id"], row["series"], row["unit"], start, stop)
        statements.figures[row["figure_id"]] = variable
        statements.variables.add(variable)
    for row in rows:
        statements.observations += _printed_by(row, statements)
    return {row["series"] for row in rows if row["additive"]}


def _printed_by(row: Mapping[str, Any], statements: Statements) -> Iterator[Observation]:
    """What one figure prints: its level, and what relates it to a base, a whole or a total."""
    id_ = row["figure_id"]
    variable = statements.figures[id_]
    level: Terms = ((variable.name, 1),)
    base = None
    if row["base_end"] is not None:
        base = variable.at(*_span(row["base_start"], row["base_end"]))

    def printed(aspect: str, terms: Terms, over: Variable | None, offset: int = 0) -> Observation:
        ends = (row[f"{aspect}_lower"], row[f"{aspect}_upper"])
        lower, upper = (None if end is None else offset + end for end in ends)
        divisor: Terms = ((over.name, 1),) if over else ()
        statements.variables.update([over] if over else [])
        return Observation(id_, aspect, terms, lower, upper, divisor)

    def can_divide(variable: Variable | None) -> bool:
        # A balance may be zero or negative: a ratio to one says little.
        return variable is not None and not variable.is_balance

    def own(figure: str) -> Variable:
        # Of another source's figure: the same value as this source knows it, revised or not.
        return statements.figures[figure]._replace(source=variable.source)

    if row["value_printed"] is not None:
        statements.printed.add(variable)
        yield printed("value", level, None)
    if row["base_printed"] is not None and base is not None:
        statements.variables.add(base)
        statements.printed.add(base)
        yield printed("base", ((base.name, 1),), None)
    if row["growth_printed"] is not None and base is not None and can_divide(base):
        yield printed("growth", level, base, 1)
    if row["share_printed"] is not None and can_divide(whole := own(row["share_of"])):
        yield printed("share", level, whole)
    if row["contribution_printed"] is not None and base is not None:
        total = own(row["part_of"]).at(base.start, base.stop)
        if can_divide(total) and can_divide(base):
            statements.variables.add(base)
            yield printed("contribution", ((variable.name, 1), (base.name, -1)), total)


def _tie_periods(statements: Statements, additive: set[str]) -> None:
    """A period is the sum of the stretches between all days on which periods begin or end."""
    groups: dict[tuple[str | date, ...], list[Variable]] = defaultdict(list)
    for variable in sorted(statements.variables):
        if variable.series in additive:
            # Cumulatives without a stated beginning only tie with those that end in the same year.
            since = variable.start if variable.start.year < EARLIEST else date.max
            groups[*variable[:3], since].append(variable)
    for group in groups.values():
        for periods in _touching(group):
            days = sorted({day for period in periods for day in (period.start, period.stop)})
            stretches = [periods[0].at(*pair) for pair in pairwise(days)]
            for period in periods:
                inside = [s for s in stretches if period.start <= s.start and s.stop <= period.stop]
                if len(inside) > 1:
                    _add(statements, [period], inside, "periods")


def _touching(group: Sequence[Variable]) -> Iterable[list[Variable]]:
    """Split into sets of periods that share days on which they begin or end; no single periods."""
    by_day: dict[date, list[Variable]] = defaultdict(list)
    for period in group:
        by_day[period.start].append(period)
        by_day[period.stop].append(period)
    seen: set[Variable] = set()
    for first in group:
        reached, ahead = [], [first]
        while ahead:
            period = ahead.pop()
            if period not in seen:
                seen.add(period)
                reached.append(period)
                ahead += by_day[period.start] + by_day[period.stop]
        if len(reached) > 1:
            yield reached


def _tie_flows(statements: Statements, additive: set[str]) -> None:
    """Trade is the sum of its legs, exports and imports; the balance is their difference."""
    place, traded = places()["flow"], flows.traded()
    groups: dict[Variable, dict[str, Variable]] = defaultdict(dict)
    for variable in statements.variables:
        codes = variable.series.split(".")
        if variable.series in additive and codes[place] in traded:
            codes[place], flow = "*", codes[place]
            groups[variable._replace(series=".".join(codes))][flow] = variable
    for key, printed in sorted(groups.items()):
        if len(printed) < 2:
            continue

        def of(flow: str, key: Variable = key) -> Variable:
            return key._replace(series=key.series.replace("*", flow))

        for flow in sorted(flows.composed(), reverse=True):
            if flows.may_be_negative(flow) and flow not in printed:
                continue
            added = [of(leg) for leg, sign in flows.legs(flow).items() if sign > 0]
            taken = [of(leg) for leg, sign in flows.legs(flow).items() if sign < 0]
            if taken:
                _add(statements, added, [*taken, of(flow)], flow)
            else:
                _add(statements, [of(flow)], added, flow)


class _Breakdown(NamedTuple):
    """Parts of one source that make up their total, or do not overlap in it."""

    whole: Variable
    dimensions: str
    parts: tuple[Variable, ...]
    is_partition: bool


def _breakdowns(
    connection: duckdb.DuckDBPyConnection, statements: Statements
) -> Iterator[_Breakdown]:
    rows = connection.execute(
        """select
            total_id, breakdown, list(part_id order by part_id), any_value(is_partition)
        from core.parts group by total_id, breakdown, part_set order by total_id, part_set"""
    ).fetchall()
    for total_id, dimensions, part_ids, is_partition in rows:
        whole = statements.figures[total_id]
        by_source: dict[str, list[Variable]] = defaultdict(list)
        for part in map(statements.figures.__getitem__, part_ids):
            by_source[part.source].append(part)
        for source, parts in by_source.items():
            # Parts of several sources only make up the total together; the parts of one source lie
            # within the total as that source knows it.
            is_whole = is_partition and [*by_source] == [whole.source]
            yield _Breakdown(whole._replace(source=source), dimensions, tuple(parts), is_whole)


def _tie_parts(
    connection: duckdb.DuckDBPyConnection, statements: Statements, additive: set[str]
) -> None:
    """Parts make up their total, or a part of it, in every period in which both occur.

    But a partition is not applied to a period that has one of its own, maybe with other parts.
    """
    breakdowns = list(_breakdowns(connection, statements))
    by_series: dict[tuple[str, str, str], list[Variable]] = defaultdict(list)
    for variable in sorted(statements.variables):
        by_series[variable[:3]].append(variable)
    own = {(breakdown.whole, breakdown.dimensions) for breakdown in breakdowns}
    tied = set()
    for whole, dimensions, parts, is_partition in breakdowns:
        series = frozenset(part[:3] for part in parts)
        if whole.series not in additive:
            continue
        if whole.is_balance and not is_partition:
            continue  # a part of a balance may exceed it
        for total in by_series[whole[:3]]:
            if (total, series) in tied:
                continue
            if is_partition and total != whole and (total, dimensions) in own:
                continue
            tied.add((total, series))
            period = (total.start, total.stop)
            present = [p for part in parts if (p := part.at(*period)) in statements.variables]
            present = list(dict.fromkeys(present))
            if is_partition and len(present) == len(parts):
                _add(statements, [total], present, "partition")
            elif not is_partition and present:
                names = tuple(sorted(part.series for part in present))
                _add(statements, [total], [*present, total._replace(without=names)], "parts")


def _add(
    statements: Statements, whole: Sequence[Variable], parts: Sequence[Variable], why: str
) -> None:
    """State that `whole` is the sum of `parts`, all of which become variables."""
    statements.variables.update(whole, parts)
    terms = [(variable.name, 1) for variable in whole]
    terms += [(variable.name, -1) for variable in parts]
    statements.identities.append(
        Identity(f"{why}|{'|'.join(v.name for v in (*whole, *parts))}", tuple(terms))
    )


def _span(start: date | None, end: date) -> tuple[date, date]:
    """The first day and the day after the last; the first is in antiquity where none is stated."""
    # A different one for each year: a cumulative may start from nothing each year.
    return start or date.min + timedelta(fiscal_year(end)), end + timedelta(1)


def _year_before(day: date) -> date:
    return day - timedelta(1) if day.year < EARLIEST else year_before(day)
