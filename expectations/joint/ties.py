"""What holds by definition between variables: periods and their stretches, flows, totals and parts.

Belongs here: which variables an identity ties together, and which of those that nobody printed are
needed to carry it on. Does not belong here: what figures print (printed_numbers.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from expectations.joint.core_rows import CoreRows
from expectations.joint.linear_statements import Identity
from expectations.joint.statements import Statements, Variable
from warehouse.terms import flows
from warehouse.terms.dimensions import places
from warehouse.terms.period import EARLIEST

ROUNDS = 6  # of adding variables that others need; each round may show the next ones

_Series = tuple[str, str, str]  # source, series, unit
_Span = tuple[date, date]  # its first day, and the day after its last


def tie(rows: CoreRows, statements: Statements) -> None:
    """Add the identities, and all variables that they need."""
    ties = _Ties(statements, list(_breakdowns(rows, statements)))
    ties.add(ties.declared, is_carried=False)
    statements.asked = {variable for variable in statements.variables if not variable.only}
    known = 0
    for _ in range(ROUNDS):
        ties.add_needed()
        if known == len(statements.variables):
            break
        ties.add([*ties.declared, *ties.carried], is_carried=True)
        known = len(statements.variables)
    statements.identities += ties.identities


class _Breakdown(NamedTuple):
    """Parts of one source that make up their total, or do not overlap in it."""

    whole: Variable
    dimensions: str
    parts: tuple[Variable, ...]
    is_partition: bool


def _breakdowns(rows: CoreRows, statements: Statements) -> Iterator[_Breakdown]:
    for total_id, dimensions, part_ids, is_partition in rows.breakdowns:
        whole = statements.figures[total_id]
        if whole.only:
            continue
        by_source: dict[str, list[Variable]] = defaultdict(list)
        known = [part for part in map(statements.figures.__getitem__, part_ids) if not part.only]
        for part in known:
            by_source[part.source].append(part)
        for source, parts in by_source.items():
            # Parts of several sources only make up the total together; the parts of one source lie
            # within the total as that source knows it.
            is_whole = is_partition and [*by_source] == [whole.source]
            is_whole &= len(known) == len(part_ids)
            yield _Breakdown(whole._replace(source=source), dimensions, tuple(parts), is_whole)


class _Ties:
    """The identities between the variables of some statements."""

    def __init__(self, statements: Statements, breakdowns: Sequence[_Breakdown]) -> None:
        self.identities: list[Identity] = []
        self._tied: set[tuple[str, tuple[Variable, ...], tuple[Variable, ...]]] = set()
        self._variables = statements.variables
        self._additive = statements.additive
        self._additive_over_time = statements.additive_over_time
        self.declared = [
            b
            for b in breakdowns
            if b.whole.series in self._additive and (b.is_partition or not b.whole.is_balance)
        ]  # a part of a balance may exceed it
        self.carried = list(self._carried())

    def add(self, breakdowns: Iterable[_Breakdown], *, is_carried: bool) -> None:
        """Tie all variables; `is_carried`: also those that only carry on what is known of others.

        Then periods tie too that lie within others without a common end, and the parts that are
        known of a partition in a period of which others are not.
        """
        self._tie_periods(is_carried)
        self._tie_flows()
        self._tie_parts(breakdowns, is_carried)

    def add_needed(self) -> None:
        """Add the variables by which totals and parts limit each other, though nobody prints them.

        A series between a total and a part that have a period in common, also where the total is of
        a flow of which the part's is a leg; a part in a period of its total within which it has
        others; a total in a period of its part that its own make up.
        """
        periods: dict[_Series, set[_Span]] = defaultdict(set)
        for variable in self._variables:
            if not variable.without and not variable.only:
                periods[variable[:3]].add((variable.start, variable.stop))
        wholes: dict[_Series, set[_Series]] = defaultdict(set)
        for total, _, parts, _ in (*self.declared, *self.carried):
            for variable in parts if not total.is_balance else ():
                wholes[variable[:3]].add(total[:3])
        around = {
            series: wholes.get(series, set()) | (self._composed_of(series) & periods.keys())
            for series in wholes.keys() | set().union(*wholes.values())
        }
        needed: set[Variable] = set()
        for part, above in wholes.items():
            for span in periods[part]:
                needed |= _between(part, span, around, periods)
            for whole in above:
                unlike = _stated(periods[part] - periods[whole])
                for span in _stated(periods[whole] - periods[part]) if unlike else ():
                    if any(_lies_in(other, span) for other in unlike):
                        needed.add(Variable(*part, *span))
                for span in unlike:
                    inside = [other for other in periods[whole] if _lies_in(other, span)]
                    if _make_up(inside, span):
                        needed.add(Variable(*whole, *span))
        self._variables |= needed

    def _composed_of(self, series: _Series) -> set[_Series]:
        """The same in the flows that are the sum of its own and others."""
        codes = series[1].split(".")
        place = places()["flow"]
        found: set[_Series] = set()
        for flow in flows.composed() if series[1] in self._additive else ():
            if codes[place] in flows.legs(flow) and not flows.may_be_negative(flow):
                whole = ".".join((*codes[:place], flow, *codes[place + 1 :]))
                found.add((series[0], whole, series[2]))
        return found

    def _carried(self) -> Iterator[_Breakdown]:
        """What is part of a total in one flow is part of it in the others."""
        place = places()["flow"]
        simple = [flow for flow in flows.traded() if not flows.may_be_negative(flow)]

        def of(variable: Variable, flow: str) -> Variable:
            codes = variable.series.split(".")
            codes[place] = flow
            return variable._replace(series=".".join(codes))

        known = {(b.whole[:3], frozenset(part[:3] for part in b.parts)) for b in self.declared}
        for whole, dimensions, parts, _ in self.declared:
            if "flow" in dimensions.split(",") or whole.series.split(".")[place] not in simple:
                continue
            for flow in sorted(simple):
                total = of(whole, flow)
                other = tuple(of(part, flow) for part in parts)
                key = total[:3], frozenset(part[:3] for part in other)
                if key not in known:
                    known.add(key)
                    yield _Breakdown(total, dimensions, other, is_partition=False)

    def _tie_periods(self, is_carried: bool) -> None:
        """A period is the sum of the stretches between all days on which periods begin or end."""
        groups: dict[tuple[object, ...], list[Variable]] = defaultdict(list)
        for variable in sorted(self._variables):
            if variable.series in self._additive_over_time:
                # Cumulatives without a stated beginning only tie with those of the same year.
                since = variable.start if variable.start.year < EARLIEST else date.max
                groups[*variable[:3], variable.without, variable.only, since].append(variable)
        for group in groups.values():
            for periods in _overlapping(group) if is_carried else _touching(group):
                days = sorted({day for period in periods for day in (period.start, period.stop)})
                stretches = [periods[0].at(*pair) for pair in pairwise(days)]
                for period in periods:
                    inside = [s for s in stretches if _lies_in(s[3:5], period[3:5])]
                    if len(inside) > 1:
                        self._add([period], inside, "periods")

    def _tie_flows(self) -> None:
        """Trade is the sum of its legs, exports and imports; the balance is their difference."""
        place, traded = places()["flow"], flows.traded()
        groups: dict[Variable, dict[str, Variable]] = defaultdict(dict)
        for variable in self._variables:
            codes = variable.series.split(".")
            if variable.series in self._additive and codes[place] in traded:
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
                    self._add(added, [*taken, of(flow)], flow)
                else:
                    self._add([of(flow)], added, flow)

    def _tie_parts(self, breakdowns: Iterable[_Breakdown], is_carried: bool) -> None:
        """Parts make up their total, or a part of it, in every period in which both occur.

        But a partition is not applied to a period that has one of its own, maybe with other parts.
        """
        by_series: dict[_Series, list[Variable]] = defaultdict(list)
        for variable in sorted(self._variables):
            if not variable.without and not variable.only:
                by_series[variable[:3]].append(variable)
        own = {(breakdown.whole, breakdown.dimensions) for breakdown in self.declared}
        tied = set()
        for whole, dimensions, parts, is_partition in breakdowns:
            series = frozenset(part[:3] for part in parts)
            for total in by_series[whole[:3]]:
                if (total, series) in tied:
                    continue
                if is_partition and total != whole and (total, dimensions) in own:
                    continue
                tied.add((total, series))
                span = (total.start, total.stop)
                present = [p for part in parts if (p := part.at(*span)) in self._variables]
                present = list(dict.fromkeys(present))
                if is_partition and len(present) == len(series):
                    self._add([total], present, "partition")
                elif present and (is_carried or not is_partition) and not total.is_balance:
                    names = tuple(sorted(part.series for part in present))
                    self._add([total], [*present, total._replace(without=names)], "parts")

    def _add(self, whole: Sequence[Variable], parts: Sequence[Variable], why: str) -> None:
        """State that `whole` is the sum of `parts`, all of which become variables."""
        key = (why, tuple(whole), tuple(parts))
        if key not in self._tied:
            self._tied.add(key)
            self._variables.update(whole, parts)
            # Flows that nobody printed add up as those do from which they follow.
            for variable in (*whole, *parts):
                self._additive.add(variable.series)
                if whole[0].series in self._additive_over_time:
                    self._additive_over_time.add(variable.series)
            terms = [(variable.name, 1) for variable in whole]
            terms += [(variable.name, -1) for variable in parts]
            name = "|".join((why, *(name for name, _ in terms)))
            self.identities.append(Identity(name, tuple(terms)))


def _between(
    part: _Series,
    span: _Span,
    wholes: Mapping[_Series, set[_Series]],
    periods: Mapping[_Series, set[_Span]],
) -> set[Variable]:
    """What lies between a part and those of the totals around it that have its period."""
    needed: set[Variable] = set()
    paths = [[part]]
    while paths:
        path = paths.pop()
        for whole in wholes.get(path[-1], set()).difference(path):
            if span in periods[whole]:
                needed.update(Variable(*series, *span) for series in path[1:])
            else:
                paths.append([*path, whole])
    return needed


def _stated(spans: Iterable[_Span]) -> list[_Span]:
    """Those of which it is known when they begin."""
    return [span for span in spans if span[0].year >= EARLIEST]


def _lies_in(inner: _Span, outer: _Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _make_up(spans: Iterable[_Span], whole: _Span) -> bool:
    """Whether some of these, one after the other, are the whole of it."""
    reached = {whole[0]}
    for start, stop in sorted(spans):
        if start in reached:
            reached.add(stop)
    return whole[1] in reached


def _overlapping(group: Iterable[Variable]) -> Iterator[list[Variable]]:
    """Split into sets of periods that overlap or follow each other; no single periods."""
    periods: list[Variable] = []
    reached = date.min
    for period in sorted(group, key=lambda period: (period.start, period.stop)):
        if period.start > reached:
            if len(periods) > 1:
                yield periods
            periods = []
        periods.append(period)
        reached = max(reached, period.stop)
    if len(periods) > 1:
        yield periods


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
