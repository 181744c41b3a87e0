"""Repairs: which typical slip, if undone, settles a conflict. Suggested, never applied.

Belongs here: trying to undo slips in the numbers of a conflict. Does not belong here: finding
conflicts (consistency.py), the slips that people make within a number (slips.py) and between
numbers (exchanges.py), and which repairs are shown (shown_repairs.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import inf

from expectations.intervals import distance
from expectations.joint.consistency import Conflict, Report, Settlement
from expectations.joint.exchanges import MOST, Exchange, Exchanges
from expectations.joint.linear_statements import Number, Observation, Suspect, Terms
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.shown_repairs import Repair, rank, shown
from expectations.joint.slips import PrintedNumber, slips_into, text_for
from expectations.joint.statements import Statements, Variable
from warehouse.records.fields import PRINTED
from warehouse.terms import flows, money
from warehouse.terms.dimensions import places
from warehouse.terms.interval import format_interval

# How usual slips between numbers are, beside those within one (slips.WEIGHTS).
EXCHANGED, ROWS, COLUMNS = 0.04, 0.02, 0.05
COPIED = 0.10
MISSED = 0.05
OPEN = 0.2  # times as usual where other parts may make up the total too
BEFORE = 0.05
LEFT_OUT = 0.10  # a part that others have, and that would be of about its usual size
# What would always fit says least: it comes after the slips that happen to.
ADDED_UP = 0.002
LEFT = 0.0002
SUM, REST = "not what its parts add up to", "not what the others leave for it"
WHOLE = 0.5  # one mistaken header, where it settles several conflicts
FLOW, PERIOD, CURRENCY = 0.03, 0.02, 0.01
LEAST_PART = 0.5  # of the way that a number must go, in floats, for an exchange to be tried
BOTH_SIDES = 2  # a part that is printed before and after is rather left out than one that begins
AT_AN_END = 0.1
USUAL = 10  # times greater or smaller than in another period a part may be
NARROW = 0.1  # of a number: a range so wide is shown as one number in its middle


class RepairSearch:
    """Searches for repairs of the conflicts in one set of statements."""

    def __init__(
        self,
        statements: Statements,
        printed: PrintedTexts,
        report: Report,
    ) -> None:
        self._statements = statements
        self._report = report
        self._printed = printed
        self._exchanges = Exchanges(statements, printed)
        self._numbers = self._exchanges.numbers
        self._whole: dict[str, Sequence[Exchange]] = {}  # by source
        self._alone: dict[Suspect, Conflict] = {}
        self._contested: set[str] = set()
        for conflict in report.conflicts:
            self._contested.update(suspect.figure for suspect in conflict.involved)
            for settlement in _alone(conflict):
                self._alone.setdefault(settlement.suspect, conflict)
        units = {variable.unit for variable in statements.variables}
        self._currencies = sorted(filter(money.is_currency, units))
        self._values: dict[str, list[Observation]] = defaultdict(list)
        for observation in statements.observations:
            if not observation.over and len(observation.terms) == 1:
                self._values[observation.terms[0][0]].append(observation)
        self._ending: dict[tuple[object, ...], list[Variable]] = defaultdict(list)
        for variable in sorted(statements.variables):
            if not variable.without:
                self._ending[*variable[:3], variable.stop].append(variable)

    def repairs(self, conflict: Conflict) -> tuple[Repair, ...]:
        """Slips that, each by itself undone, settle the conflict: the likeliest first.

        At most five of each suspect.
        """
        found: list[Repair] = []
        for settlement in _alone(conflict):
            found += self._slips(settlement)
            found += self._copied(settlement)
            found += self._missed(settlement)
            found += self._misplaced(conflict, settlement.suspect)
        whole = [e for e in conflict.explanations if len({s.suspect.figure for s in e}) == 1]
        for figure in sorted({settlement.suspect.figure for e in whole for settlement in e}):
            found += self._moved(conflict, figure)
        found += self._exchanged(conflict)
        by_suspect: dict[tuple[str, str], list[Repair]] = defaultdict(list)
        explained = {(r.figure, r.aspect, r.corrected) for r in found if r.slip not in (SUM, REST)}
        for repair in found:
            if (
                repair.slip in (SUM, REST)
                and (repair.figure, repair.aspect, repair.corrected) in explained
            ):
                continue  # a slip says how that came
            by_suspect[repair.figure, repair.aspect].append(repair)
        listed = [repair for each in by_suspect.values() for repair in shown(each)]
        return tuple(sorted(listed, key=rank))

    def _slips(self, settlement: Settlement) -> Iterator[Repair]:
        """Slips within the printed number: its digits, its sign, its scale."""
        suspect = settlement.suspect
        number = self._number(suspect)
        if number is None:
            return
        lower, upper = self._as_printed(settlement)
        for slip in slips_into(number, lower, upper):
            yield self._repair(suspect, slip.kind, slip.corrected, slip.likelihood)

    def _as_printed(self, settlement: Settlement) -> tuple[Fraction | None, Fraction | None]:
        """The range that settles, in the terms of what is printed: a growth instead of a factor."""
        return self._statements.reading(settlement.suspect).printed(_ends(settlement))

    def _number(self, suspect: Suspect) -> PrintedNumber | None:
        if suspect.aspect not in PRINTED or suspect.aspect not in self._numbers[suspect.figure]:
            return None
        if None in self._statements.reading(suspect).offset:
            return None  # what settles says no size of it
        return self._printed.number(suspect)

    def _copied(self, settlement: Settlement) -> Iterator[Repair]:
        """Another number printed in its place: that of the previous period, say."""
        suspect = settlement.suspect
        if not (number := self._number(suspect)):
            return
        if slip := self._exchanges.copied_from(suspect):
            corrected = self._corrected(number, settlement, slip)
            yield self._repair(suspect, slip, corrected, COPIED)
        elif suspect.aspect == "value" and (other := self._printed.elsewhere(suspect.figure)):
            slip = f"that of {other.figure}, {other.period}, printed again"
            corrected = self._corrected(number, settlement, slip)
            yield self._repair(suspect, slip, corrected, COPIED)
        for slip, grown in self._exchanges.before(suspect):
            if common := _common(grown, settlement):
                text = text_for(number, (common[0] + common[1]) / 2)
                if text:
                    yield self._repair(suspect, slip, text, BEFORE)

    def _corrected(self, number: PrintedNumber, settlement: Settlement, slip: str) -> str:
        """What would be printed in the middle of the range that settles, or that range."""
        is_alien = slip.startswith("its ")  # a level in a growth's place says no decimals
        if text := self._middle(number, settlement, is_alien):
            return text
        suspect = settlement.suspect
        unit = PRINTED[suspect.aspect] or self._statements.figures[suspect.figure].unit
        lower, upper = map(_decimal, self._as_printed(settlement))
        return format_interval(lower, upper, unit)

    def _middle(
        self, number: PrintedNumber, settlement: Settlement, is_alien: bool = False
    ) -> str | None:
        """What would be printed in the middle of the range that settles, where this is narrow."""
        lower, upper = self._as_printed(settlement)
        if lower is None or upper is None:
            return None
        if not is_alien and upper - lower > NARROW * max(abs(lower), abs(upper)):
            return None
        return text_for(number, (lower + upper) / 2, upper - lower if is_alien else None)

    def _missed(self, settlement: Settlement) -> Iterator[Repair]:
        """A total that is not the sum of its parts: one was missed, added twice or is not there.

        Whatever went wrong, what the others leave for a number is shown.
        """
        suspect = settlement.suspect
        fitting = [
            (slip, common)
            for slip, total in self._exchanges.missed_or_twice(suspect)
            if (common := _common(total, settlement))
        ]
        number = self._number(suspect)
        if number is None:
            return
        is_sum = self._exchanges.is_added_up(suspect)
        weight = MISSED / len(fitting) * (1 if is_sum else OPEN) if fitting else 0
        for slip, common in fitting:
            if text := text_for(number, (common[0] + common[1]) / 2):
                yield self._repair(suspect, slip, text, weight)
        if text := self._middle(number, settlement):
            slip, weight = (SUM, ADDED_UP) if is_sum else (REST, LEFT)
            yield self._repair(suspect, slip, text, weight)
        yield from self._left_out(settlement, number)

    def _left_out(self, settlement: Settlement, number: PrintedNumber) -> Iterator[Repair]:
        """A part that is printed in other periods, and would make up what is lacking here."""
        suspect = settlement.suspect
        own = self._numbers[suspect.figure][suspect.aspect]
        ends = own.lower, own.upper, *_ends(settlement)
        if any(end is None for end in ends):
            return
        lower, upper, least, greatest = (Fraction(end) for end in ends if end is not None)
        lacking = (lower + upper - least - greatest) / 2
        if lacking <= 0:
            return
        parts = self._printed.missing_parts(suspect.figure)
        usual = [
            near
            for near in parts.values()
            if all(part.value / USUAL <= lacking <= part.value * USUAL for part in near)
        ]
        for near in usual:
            is_between = len(near) == BOTH_SIDES
            alike = [other for other in usual if len(other) == len(near)]
            weight = LEFT_OUT / len(alike) * (1 if is_between else AT_AN_END)
            slip = f"a part is not there, which {near[0].figure} is in {near[0].period}"
            if text := text_for(number, lacking):
                yield self._repair(suspect, slip, text, weight)

    def _misplaced(self, conflict: Conflict, suspect: Suspect) -> Iterator[Repair]:
        """Slips in what the number is about: its currency, its period, its flow."""
        if suspect.aspect != "value":
            return
        old = self._statements.figures[suspect.figure]
        are_many = len(_alone(conflict)) > MOST  # where the same is printed, it is telling
        for slip, weight, variable in self._other_places(old):
            if are_many and not self._values[variable.name]:
                continue
            if not self._is_free(variable, self._numbers[suspect.figure]["value"]):
                continue
            moved = replace(self._numbers[suspect.figure]["value"], terms=((variable.name, 1),))
            if self._report.settles(conflict, [moved]):
                yield self._repair(suspect, slip, self._printed[suspect.figure, "value"], weight)

    def _moved(self, conflict: Conflict, figure: str) -> Iterator[Repair]:
        """The same for a figure with several numbers, all of which then belong elsewhere."""
        numbers = list(self._numbers[figure].values())
        if len(numbers) == 1 or "value" not in self._numbers[figure]:
            return
        old = self._statements.figures[figure]
        for slip, weight, variable in self._other_places(old):
            if not self._is_free(variable, self._numbers[figure]["value"]):
                continue
            moves = {old.name: variable, old.year_before().name: variable.year_before()}
            if self._report.settles(conflict, [self._at(number, moves) for number in numbers]):
                text = self._printed[figure, "value"]
                suspects = frozenset(Suspect(o.figure, o.aspect) for o in numbers)
                yield self._repair(Suspect(figure, "value"), slip, text, weight, suspects)

    def _at(self, number: Observation, moves: Mapping[str, Variable]) -> Observation:
        """A number moved to other variables; without bounds if nothing else is about those."""
        places = [moves[name] for name, _ in number.terms + number.over if name in moves]
        if not all(place in self._statements.variables for place in places):
            return replace(number, lower=None, upper=None)

        def moved(terms: Terms) -> Terms:
            return tuple((moves[name].name if name in moves else name, n) for name, n in terms)

        return replace(number, terms=moved(number.terms), over=moved(number.over))

    def _exchanged(self, conflict: Conflict) -> Iterator[Repair]:
        """Numbers of the conflict that were exchanged with others."""
        alone = {settlement.suspect: settlement for settlement in _alone(conflict)}
        for source in sorted({self._statements.figures[f].source for f in conflict.figures}):
            for exchange in self._of_whole_source(source):
                numbers = frozenset(o.suspect for o in exchange.observations)
                if not numbers.isdisjoint(conflict.involved):
                    slip, corrected = exchange.slip, exchange.corrected
                    yield self._repair(exchange.of, slip, corrected, WHOLE, numbers)
        for exchange, weight in self._possible_exchanges(conflict):
            if self._may_settle(exchange, alone) and self._report.settles(
                conflict, exchange.observations
            ):
                numbers = frozenset(Suspect(o.figure, o.aspect) for o in exchange.observations)
                yield self._repair(exchange.of, exchange.slip, exchange.corrected, weight, numbers)

    def _of_whole_source(self, source: str) -> Sequence[Exchange]:
        """Mistaken headers that settle all conflicts of a source that has several."""
        if source not in self._whole:
            conflicts = [
                conflict
                for conflict in self._report.conflicts
                if any(self._statements.figures[f].source == source for f in conflict.figures)
            ]
            self._whole[source] = [
                exchange
                for exchange in (self._exchanges.of_whole_source(source) if conflicts[1:] else ())
                if all(self._report.settles(c, exchange.observations) for c in conflicts)
            ]
        return self._whole[source]

    def _may_settle(self, exchange: Exchange, alone: Mapping[Suspect, Settlement]) -> bool:
        """A first look, in floats: whether the exchange moves numbers about as far as is needed.

        Each number that may be the wrong one says how far it would have to move; where two move,
        each does a part of it, or undoes what the other does.
        """
        moved, most = 0.0, 0.0
        is_alone = False
        for observation in exchange.observations:
            suspect = Suspect(observation.figure, observation.aspect)
            if suspect in alone:
                is_alone = True
                printed = self._numbers[suspect.figure][suspect.aspect]
                least, greatest = _needed(printed, alone[suspect])
                if least:
                    moved += (_middle(observation) - _middle(printed)) / least
                    most = max(most, greatest / least)
        return not is_alone or LEAST_PART <= moved <= most / LEAST_PART

    def _possible_exchanges(self, conflict: Conflict) -> Iterator[tuple[Exchange, float]]:
        alone = {settlement.suspect: settlement for settlement in _alone(conflict)}
        pairs = [e for e in conflict.explanations if len(e) == 2]
        figures = {suspect.figure for suspect in alone}
        figures |= {settlement.suspect.figure for pair in pairs for settlement in pair}
        for pair in pairs:
            first, second = sorted(settlement.suspect for settlement in pair)
            is_same = first.aspect == second.aspect and self._beside(first.figure, second.figure)
            if is_same and (exchange := self._exchanges.of_two(first, second)):
                yield exchange, EXCHANGED
        for settlement in _alone(conflict):
            suspect = settlement.suspect
            others = [Suspect(f, suspect.aspect) for f in self._others(suspect.figure)]
            for other in [o for o in others if self._may_be(o, settlement)][:MOST]:
                if other in alone and other < suspect:
                    continue  # tried the other way round
                if exchange := self._exchanges.of_two(suspect, other):
                    yield exchange, EXCHANGED / len(others)
        if len(conflict.figures) <= MOST:  # what two exchanged numbers clash with may look wrong
            figures.update(conflict.figures)
            exchanges = self._exchanges.of_values(conflict.figures)
            yield from ((exchange, EXCHANGED / len(exchanges)) for exchange in exchanges)
        for figure in sorted(figures):
            for exchange in self._exchanges.of_columns(figure):
                yield exchange, COLUMNS
            for row in self._others(figure)[:MOST]:
                if row in figures and row < figure:
                    continue
                if exchange := self._exchanges.of_rows(figure, row):
                    yield exchange, ROWS

    def _beside(self, first: str, second: str) -> bool:
        near, far = self._statements.figures[first], self._statements.figures[second]
        return near.source == far.source and near.unit == far.unit

    def _others(self, figure: str) -> list[str]:
        """The figures that numbers may be exchanged with: those of its table, contested ones first.

        And those of its series and source, which stand in the next column.
        """
        source = self._statements.figures[figure].source
        others = [
            *self._exchanges.beside(figure),
            *(
                other
                for other in self._exchanges.before_and_after(figure)
                if self._statements.figures[other].source == source
            ),
        ]
        return sorted(dict.fromkeys(others), key=lambda other: other not in self._contested)

    def _may_be(self, other: Suspect, settlement: Settlement) -> bool:
        """Whether the other number can be the right one here, or is itself in this conflict."""
        number = self._numbers[other.figure].get(other.aspect)
        if number is None:
            return False
        if self._alone.get(other) is self._alone[settlement.suspect]:
            return True
        ends = _fraction(number.lower), _fraction(number.upper)
        return distance(*ends, *_ends(settlement)) is None

    def _other_places(self, old: Variable) -> Iterator[tuple[str, float, Variable]]:
        """Other variables of the source that the number may really belong to, and the slip."""
        for unit in self._currencies:
            other = old._replace(unit=unit)
            if unit != old.unit and other in self._statements.variables:
                yield f"it is in {unit}", CURRENCY, other
        codes = old.series.split(".")
        place = places()["flow"]
        for flow in sorted(flow for flow in flows.traded() if not flows.may_be_negative(flow)):
            series = ".".join((*codes[:place], flow, *codes[place + 1 :]))
            other = old._replace(series=series)
            if flow != codes[place] and other in self._statements.variables:
                yield f"it is of {flow}", FLOW, other
        for other in self._ending[*old[:3], old.stop]:
            if other.start != old.start:
                yield f"it is of the period from {other.start}", PERIOD, other

    def _is_free(self, variable: Variable, value: Observation) -> bool:
        """Whether the source prints no other value in that place."""
        ends = _fraction(value.lower), _fraction(value.upper)
        return all(
            distance(_fraction(known.lower), _fraction(known.upper), *ends) is None
            for known in self._values[variable.name]
        )

    def _repair(
        self,
        suspect: Suspect,
        slip: str,
        corrected: str,
        likelihood: float,
        numbers: frozenset[Suspect] = frozenset(),
    ) -> Repair:
        figure, aspect = suspect.figure, suspect.aspect
        text = self._printed[figure, aspect]
        return Repair(
            figure, aspect, text, slip, corrected, likelihood, numbers or frozenset([suspect])
        )


def _alone(conflict: Conflict) -> list[Settlement]:
    """The numbers of which each by itself may explain the conflict."""
    return [e[0] for e in conflict.explanations if len(e) == 1]


def _middle(observation: Observation) -> float:
    ends = [float(e) for e in (observation.lower, observation.upper) if e is not None]
    return sum(ends) / len(ends) if ends else 0.0


def _needed(printed: Observation, settlement: Settlement) -> tuple[float, float]:
    """How far a number must move at least and may move at most to settle a conflict."""
    lower = inf if settlement.lower is None else float(settlement.lower)
    upper = inf if settlement.upper is None else float(settlement.upper)
    middle = _middle(printed)
    if middle < lower != inf:
        return lower - middle, upper - middle
    return upper - middle, (-inf if settlement.lower is None else lower - middle)


def _ends(settlement: Settlement) -> tuple[Fraction | None, Fraction | None]:
    return settlement.lower, settlement.upper


def _common(number: Observation, settlement: Settlement) -> tuple[Fraction, Fraction] | None:
    """What a number with two ends and the range that settles have in common, if anything."""
    assert number.lower is not None and number.upper is not None
    lower, upper = Fraction(number.lower), Fraction(number.upper)
    if settlement.lower is not None:
        lower = max(lower, settlement.lower)
    if settlement.upper is not None:
        upper = min(upper, settlement.upper)
    return (lower, upper) if lower <= upper else None


def _fraction(end: Number | None) -> Fraction | None:
    return None if end is None else Fraction(end)


def _decimal(end: Fraction | None) -> Decimal | None:
    return None if end is None else Decimal(end.numerator) / Decimal(end.denominator)
