"""Slips between printed numbers: rows, columns and periods that were taken for each other.

Belongs here: which other numbers one may have been exchanged with, copied from, or left out of, and
what would then be printed. Does not belong here: slips within one number (slips.py), and whether
all agrees without a slip (repairs.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from expectations.joint.linear_statements import Number, Observation, Suspect
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.statements import Statements, Variable
from warehouse.records.printed import LEVELS
from warehouse.terms import flows
from warehouse.terms.dimensions import places
from warehouse.terms.quantity import Quantity

MOST = 12  # others of each kind that are tried for a number: the nearest
COPIED = 3  # digits from which on it is no chance that two numbers are the same


@dataclass(frozen=True, slots=True)
class Exchange:
    """A slip that made several numbers wrong: what each would be without it, as statements.

    `corrected` is what would be printed in the place of the number that it is shown `of`.
    """

    of: Suspect
    slip: str
    corrected: str
    observations: tuple[Observation, ...]


class Exchanges:
    """What the numbers of one set of statements may have been exchanged with."""

    def __init__(self, statements: Statements, printed: PrintedTexts) -> None:
        self._statements = statements
        self._printed = printed
        self._order = {figure: number for number, figure in enumerate(statements.figures)}
        self.numbers: dict[str, dict[str, Observation]] = defaultdict(dict)
        for observation in statements.observations:
            self.numbers[observation.figure][observation.aspect] = observation

    @cached_property
    def _rows(self) -> Mapping[tuple[object, ...], Sequence[str]]:
        """The figures of a source, unit and period: the rows of a table."""
        rows: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for figure, variable in self._statements.figures.items():
            rows[_row_key(variable)].append(figure)
        return rows

    @cached_property
    def _columns(self) -> Mapping[tuple[object, ...], Sequence[str]]:
        """The figures of a source, series and unit, of whatever period."""
        columns: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for figure, variable in self._statements.figures.items():
            columns[variable[:3]].append(figure)
        return columns

    def beside(self, figure: str) -> list[str]:
        """The other figures of its source, unit and period, the nearest in its file first."""
        return self._near(figure, self._rows[_row_key(self._statements.figures[figure])])

    def before_and_after(self, figure: str) -> list[str]:
        """The other figures of its series, the nearest period first."""
        variable = self._statements.figures[figure]
        others = [other for other in self._columns[variable[:3]] if other != figure]
        return sorted(
            others,
            key=lambda other: (abs(self._statements.figures[other].stop - variable.stop), other),
        )

    def of_two(self, first: Suspect, second: Suspect) -> Exchange | None:
        """The same number of two figures, in each other's place."""
        numbers = [self.numbers[s.figure].get(s.aspect) for s in (first, second)]
        own, other = numbers
        if own is None or other is None or (own.lower, own.upper) == (other.lower, other.upper):
            return None
        return Exchange(
            first,
            f"exchanged with {second.figure}",
            self._printed[second.figure, second.aspect],
            (
                replace(own, lower=other.lower, upper=other.upper),
                replace(other, lower=own.lower, upper=own.upper),
            ),
        )

    def of_values(self, figures: Iterable[str]) -> list[Exchange]:
        """The values of each two of these that are of one source, unit and period."""
        pairs = (
            self.of_two(Suspect(first, "value"), Suspect(second, "value"))
            for first, second in combinations(figures, 2)
            if _row_key(self._statements.figures[first])
            == _row_key(self._statements.figures[second])
        )
        return [pair for pair in pairs if pair]

    def of_rows(self, first: str, second: str) -> Exchange | None:
        """All numbers of two figures, in each other's place; None where one prints others."""
        own, other = self.numbers[first], self.numbers[second]
        if len(own) < 2 or own.keys() ^ other.keys():
            return None
        slip = f"all its numbers exchanged with {second}"
        return _joined(slip, self._of_aspects(first, second))

    def _of_aspects(self, first: str, second: str) -> list[Exchange]:
        """What two figures both print, each in the other's place."""
        own, other = self.numbers[first], self.numbers[second]
        pairs = (self.of_two(Suspect(first, a), Suspect(second, a)) for a in own if a in other)
        return [pair for pair in pairs if pair]

    def of_columns(self, figure: str) -> Iterator[Exchange]:
        """Two numbers of one figure, in each other's place: its growth and its share, say."""
        aspects = [aspect for aspect in self.numbers[figure] if (figure, aspect) in self._printed]
        for first, second in combinations(aspects, 2):
            own = self._in_place(figure, first, second)
            other = self._in_place(figure, second, first)
            if own and other:
                slip = f"its {first} and its {second} exchanged"
                corrected = self._printed[figure, second]
                yield Exchange(Suspect(figure, first), slip, corrected, (own, other))

    def of_whole_source(self, source: str) -> Iterator[Exchange]:
        """Two columns of a source in each other's place, or its exports and its imports.

        As when the headers stand over each other's numbers: all of several figures are wrong.
        """
        figures = [f for f, v in self._statements.figures.items() if v.source == source]
        by_columns: dict[str, list[Exchange]] = defaultdict(list)
        for figure in figures:
            for exchange in self.of_columns(figure):
                by_columns[exchange.slip].append(exchange)
        for exchanges in by_columns.values():
            first, second = (o.aspect for o in exchanges[0].observations)
            if len(exchanges) > 1 and (whole := _joined(_of_all(first, second, source), exchanges)):
                yield whole
        for first, second in _paired_flows():
            pairs = list(self._flows(figures, first, second))
            exchanges = [exchange for pair in pairs for exchange in self._of_aspects(*pair)]
            if len(pairs) > 1 and (whole := _joined(_of_all(first, second, source), exchanges)):
                yield whole

    def _flows(self, figures: Iterable[str], *pair: str) -> Iterator[tuple[str, str]]:
        """The figures of two flows that are otherwise about the same."""
        place = places()["flow"]
        rows: dict[tuple[object, ...], dict[str, str]] = defaultdict(dict)
        for figure in figures:
            variable = self._statements.figures[figure]
            codes = variable.series.split(".")
            key = (*codes[:place], *codes[place + 1 :], *_row_key(variable))
            rows[key].setdefault(codes[place], figure)
        first, second = pair
        yield from ((row[first], row[second]) for row in rows.values() if set(pair) <= row.keys())

    def _in_place(self, figure: str, aspect: str, other: str) -> Observation | None:
        """A number of a figure as it would be with the text of another one."""
        text = self._printed[figure, other]
        own = self._printed.read(Suspect(figure, aspect), self._printed[figure, aspect])
        read = self._printed.read(Suspect(figure, aspect), text)
        if read is None or own is None or read.unit != own.unit or read == own:
            return None
        observation = self.numbers[figure][aspect]
        lower, upper = self._stated(Suspect(figure, aspect), read)
        return replace(observation, lower=lower, upper=upper)

    def _stated(self, suspect: Suspect, read: Quantity) -> tuple[Number | None, Number | None]:
        """The ends of a number as the solver has them, which has factors for growths."""
        reading = self._statements.reading(suspect)
        ends = [
            None
            if end is None or offset is None
            else reading.sign * (Fraction(end) - Fraction(offset))
            for end, offset in zip((read.lower, read.upper), reading.offset, strict=True)
        ]
        return (ends[0], ends[1]) if reading.sign > 0 else (ends[1], ends[0])

    def copied_from(self, suspect: Suspect) -> str | None:
        """What a number repeats: that of another period or row, or another number of its figure."""
        text = self._printed[suspect.figure, suspect.aspect]
        digits = _digits(text)
        if len(digits) < COPIED:
            return None
        own = self.numbers[suspect.figure]
        for aspect in own:
            kinds = {aspect in LEVELS, suspect.aspect in LEVELS}
            is_other = len(kinds) == 2 or {aspect, suspect.aspect} == {"value", "base"}
            if is_other and _digits(self._printed.get((suspect.figure, aspect), "")) == digits:
                return f"its {aspect} printed in the place of its {suspect.aspect}"
        variable = self._statements.figures[suspect.figure]
        alike = [
            figure
            for figure in self._alike[variable.source, variable.unit, suspect.aspect, digits]
            if figure != suspect.figure
        ]
        for figure in self._near(suspect.figure, alike):
            period = self._statements.figures[figure]
            if period[:3] == variable[:3]:
                return f"that of {figure}, {period.start} to {period.stop}, printed again"
        for figure in self._near(suspect.figure, alike):
            if _row_key(self._statements.figures[figure]) == _row_key(variable):
                return f"that of {figure} printed again"
        return None

    @cached_property
    def _alike(self) -> Mapping[tuple[str, ...], Sequence[str]]:
        """The figures of a source and unit that print the same digits in the same place."""
        alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for figure, variable in self._statements.figures.items():
            for aspect in self.numbers[figure]:
                digits = _digits(self._printed.get((figure, aspect), ""))
                alike[variable.source, variable.unit, aspect, digits].append(figure)
        return alike

    def missed_or_twice(self, suspect: Suspect) -> Iterator[tuple[str, Observation]]:
        """A total without a part of it that was missed in adding up, or counted twice."""
        own = self.numbers[suspect.figure].get(suspect.aspect)
        if own is None or own.over or len(own.terms) != 1 or own.lower is None or own.upper is None:
            return
        least, greatest = Fraction(own.lower), Fraction(own.upper)
        parts = self._parts_of.get(own.terms[0][0], ())
        for figure in parts if len(parts) > 1 else ():
            number = self.numbers[figure].get("value")
            if number is None or number.lower is None or number.upper is None:
                continue
            lower, upper = Fraction(number.lower), Fraction(number.upper)
            yield (
                f"{figure} missed in adding up",
                replace(own, lower=least + lower, upper=greatest + upper),
            )
            yield (
                f"{figure} added twice",
                replace(own, lower=least - upper, upper=greatest - lower),
            )

    def before(self, suspect: Suspect) -> Iterator[tuple[str, Observation]]:
        """A value that is what it has grown from, printed once more: it has yet to grow."""
        numbers = self.numbers[suspect.figure]
        own = numbers.get(suspect.aspect)
        if suspect.aspect != "value" or own is None or own.lower is None or own.upper is None:
            return
        for aspect in ("growth", "other_growth"):
            grown = numbers.get(aspect)
            if grown and grown.lower is not None and grown.upper is not None and own.lower > 0:
                lower = Fraction(own.lower) * Fraction(grown.lower)
                upper = Fraction(own.upper) * Fraction(grown.upper)
                slip = f"what its {aspect.replace('_', ' ')} is measured from, in its place"
                yield slip, replace(own, lower=lower, upper=upper)

    def is_added_up(self, suspect: Suspect) -> bool:
        """Whether it is a total all parts of which are printed."""
        own = self.numbers[suspect.figure].get(suspect.aspect)
        is_level = own is not None and not own.over and len(own.terms) == 1
        return bool(own and is_level and own.terms[0][0] in self._added_up)

    @cached_property
    def _added_up(self) -> set[str]:
        """The variables of which all parts are printed."""
        printed = {
            v.name for f, v in self._statements.figures.items() if "value" in self.numbers[f]
        }
        return {whole for whole, parts in self._sums if printed.issuperset(parts)}

    @cached_property
    def _parts_of(self) -> Mapping[str, Sequence[str]]:
        """Of a variable that is a sum: the figures that print what it is a sum of."""
        printed: dict[str, str] = {}
        for figure, variable in self._statements.figures.items():
            if "value" in self.numbers[figure]:
                printed.setdefault(variable.name, figure)
        parts: dict[str, dict[str, None]] = defaultdict(dict)
        for whole, names in self._sums:
            parts[whole].update(dict.fromkeys(printed[name] for name in names if name in printed))
        return {whole: tuple(figures) for whole, figures in parts.items()}

    @cached_property
    def _sums(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Variables that others add up to; what a balance is in is no sum of parts."""
        balances = {v.name for v in self._statements.variables if v.is_balance}
        sums = []
        for identity in self._statements.identities:
            wholes = [name for name, factor in identity.terms if factor > 0]
            names = [name for name, factor in identity.terms if factor < 0]
            if len(wholes) == 1 and balances.isdisjoint(names):
                sums.append((wholes[0], names))
        return sums

    def _near(self, figure: str, others: Iterable[str]) -> list[str]:
        place = self._order[figure]
        rest = [(abs(self._order[o] - place), o) for o in others if o != figure]
        return [other for _, other in sorted(rest)]


def _joined(slip: str, exchanges: Sequence[Exchange]) -> Exchange | None:
    """Several exchanges as one slip, which is shown of the first."""
    if not exchanges:
        return None
    corrected = ", ".join(exchange.corrected for exchange in exchanges)
    observations = [o for exchange in exchanges for o in exchange.observations]
    return Exchange(exchanges[0].of, slip, corrected, tuple(observations))


def _of_all(first: str, second: str, source: str) -> str:
    return f"{first} and {second} exchanged in all of {source}"


def _paired_flows() -> set[tuple[str, str]]:
    """Flows that tables print beside each other: the two legs of others, as exports and imports."""
    legs = {tuple(flows.legs(flow)) for flow in flows.composed()}
    return {(pair[0], pair[1]) for pair in legs if len(pair) == 2}


def _digits(text: str) -> str:
    """The digits of a printed number, without zeros before them."""
    return "".join(filter(str.isdigit, text)).lstrip("0")


def _row_key(variable: Variable) -> tuple[object, ...]:
    return variable.source, variable.unit, variable.start, variable.stop
