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

    def of_rows(self, first: str, second: str) -> Exchange | None:
        """All numbers of two figures, in each other's place; None where one prints others."""
        own, other = self.numbers[first], self.numbers[second]
        aspects = [aspect for aspect in own if aspect in other]
        if len(aspects) < 2 or own.keys() ^ other.keys():
            return None
        pairs = [self.of_two(Suspect(first, a), Suspect(second, a)) for a in aspects]
        moved = [observation for pair in pairs if pair for observation in pair.observations]
        shown = [aspect for aspect, pair in zip(aspects, pairs, strict=True) if pair]
        if not shown:
            return None
        return Exchange(
            Suspect(first, shown[0]),
            f"all its numbers exchanged with {second}",
            ", ".join(self._printed[second, aspect] for aspect in shown),
            tuple(moved),
        )

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
        for figure in self.before_and_after(suspect.figure):
            if self._repeats(text, digits, figure, suspect.aspect):
                period = self._statements.figures[figure]
                return f"that of {figure}, {period.start} to {period.stop}, printed again"
        for figure in self.beside(suspect.figure):
            if self._repeats(text, digits, figure, suspect.aspect):
                return f"that of {figure} printed again"
        return None

    def _repeats(self, text: str, digits: str, figure: str, aspect: str) -> bool:
        other = self._printed.get((figure, aspect), "")
        return other == text or _digits(other) == digits

    def missed_or_twice(self, suspect: Suspect) -> Iterator[tuple[str, Observation]]:
        """A total without a part of it that was missed in adding up, or counted twice."""
        own = self.numbers[suspect.figure].get(suspect.aspect)
        if own is None or own.over or len(own.terms) != 1 or own.lower is None or own.upper is None:
            return
        least, greatest = Fraction(own.lower), Fraction(own.upper)
        for figure in self._parts_of.get(own.terms[0][0], ()):
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

    @cached_property
    def _parts_of(self) -> Mapping[str, Sequence[str]]:
        """Of a variable that is a sum: the figures that print what it is a sum of."""
        printed: dict[str, str] = {}
        for figure, variable in self._statements.figures.items():
            if "value" in self.numbers[figure]:
                printed.setdefault(variable.name, figure)
        parts: dict[str, list[str]] = defaultdict(list)
        unprinted = {variable.name for variable in self._statements.variables if variable.without}
        for identity in self._statements.identities:
            wholes = [name for name, factor in identity.terms if factor > 0]
            names = [name for name, factor in identity.terms if factor < 0]
            if len(wholes) == 1 and not unprinted.intersection(names):
                parts[wholes[0]] += [printed[name] for name in names if name in printed]
        return parts

    def _near(self, figure: str, others: Iterable[str]) -> list[str]:
        place = self._order[figure]
        rest = [other for other in others if other != figure]
        return sorted(rest, key=lambda other: (abs(self._order[other] - place), other))


def _digits(text: str) -> str:
    """The digits of a printed number, without zeros before them."""
    return "".join(filter(str.isdigit, text)).lstrip("0")


def _row_key(variable: Variable) -> tuple[object, ...]:
    return variable.source, variable.unit, variable.start, variable.stop
