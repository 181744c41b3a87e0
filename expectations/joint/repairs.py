"""Repairs: which typical slip, if undone, settles a conflict. Suggested, never applied.

Belongs here: the slips that curators and printers make, and trying to undo them. Does not belong
here: finding conflicts (consistency.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from expectations.intervals import distance
from expectations.joint.consistency import Conflict, Report, Settlement
from expectations.joint.linear_statements import Number, Observation, Suspect, Terms
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.statements import Statements, Variable
from warehouse.terms import flows, money, scales
from warehouse.terms.dimensions import places

# The slips of a decimal point, and the factor that undoes each.
POINTS = {
    "a decimal point one place to the left": Fraction(10),
    "a decimal point one place to the right": Fraction(1, 10),
}
# Scales that are taken for each other; terms/scales.csv says what each means in a language.
_CHINESE = ("万", "亿")
_TAKEN_FOR_EACH_OTHER = (
    ("thousand", "million", "billion", "trillion"),
    ("mn", "bn", "tn"),
    ("lakh", "crore"),
    ("mio", "mrd"),
    ("millionen", "milliarden"),
    ("millions", "milliards"),
    ("万", "億", "兆"),
)
_WORD = re.compile(r"[a-z]+|[^\W\da-z_]")
MAX_EXCHANGES = 10  # other values of its place that a value is tried to be exchanged with


@dataclass(frozen=True, slots=True)
class Repair:
    """A slip of one printed number (or of two that were exchanged) that explains the conflict."""

    figure: str
    aspect: str
    printed: str
    slip: str


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
        self._values: dict[tuple[object, ...], set[Suspect]] = defaultdict(set)
        for suspect in (s for conflict in report.conflicts for s in conflict.involved):
            if suspect.aspect == "value":
                self._values[_place(statements.figures[suspect.figure])].add(suspect)
        self._printed = printed
        self._observations = {(o.figure, o.aspect): o for o in statements.observations}
        self._numbers: dict[str, list[Observation]] = defaultdict(list)
        for observation in statements.observations:
            self._numbers[observation.figure].append(observation)
        units = {variable.unit for variable in statements.variables}
        self._currencies = sorted(filter(money.is_currency, units))
        self._ending: dict[tuple[object, ...], list[Variable]] = defaultdict(list)
        for variable in sorted(statements.variables):
            if not variable.without:
                self._ending[*variable[:3], variable.stop].append(variable)

    def repairs(self, conflict: Conflict) -> tuple[Repair, ...]:
        """Every single slip that, undone, settles the conflict, in order of figure and aspect."""
        alone = [e[0] for e in conflict.explanations if len(e) == 1]
        whole = [e for e in conflict.explanations if len({s.suspect.figure for s in e}) == 1]
        repairs = [
            Repair(s.figure, s.aspect, self._printed[s.figure, s.aspect], slip)
            for settlement in alone
            for s in [settlement.suspect]
            for slip in (*self._slips(settlement), *self._misplaced(conflict, s))
        ]
        repairs += [
            Repair(figure, "value", self._printed[figure, "value"], slip)
            for figure in sorted({settlement.suspect.figure for e in whole for settlement in e})
            for slip in self._moved(conflict, figure)
        ]
        return tuple(sorted({*repairs, *self._exchanged(conflict)}, key=repr))

    def _slips(self, settlement: Settlement) -> Iterator[str]:
        """Slips within the printed number: its scale, its sign, its digits."""
        suspect = settlement.suspect
        observation = self._observations.get((suspect.figure, suspect.aspect))
        if observation is None:  # it is only said together with another
            return
        lower, upper = observation.lower, observation.upper
        if suspect.aspect == "value":
            printed = self._printed[suspect.figure, suspect.aspect]
            language = self._printed.language(suspect.figure)
            for slip, factor in (POINTS | scale_slips(printed, language)).items():
                if _meets(_times(lower, factor), _times(upper, factor), settlement):
                    yield slip
        if suspect.aspect == "growth" and _meets(_mirrored(upper), _mirrored(lower), settlement):
            yield "the wrong sign"
        offset = 1 if suspect.aspect == "growth" else 0
        for text in _swapped(self._printed[suspect.figure, suspect.aspect]):
            read = self._printed.read(suspect, text)
            if read and _meets(_plus(read.lower, offset), _plus(read.upper, offset), settlement):
                yield f"two digits exchanged: {text}"

    def _misplaced(self, conflict: Conflict, suspect: Suspect) -> Iterator[str]:
        """Slips in what the number is about: its currency, its period, its flow."""
        if suspect.aspect != "value":
            return
        old = self._statements.figures[suspect.figure]
        for slip, variable in self._other_places(old):
            moved = replace(
                self._observations[suspect.figure, "value"], terms=((variable.name, 1),)
            )
            if self._report.settles(conflict, [moved]):
                yield slip

    def _moved(self, conflict: Conflict, figure: str) -> Iterator[str]:
        """The same for a figure with several numbers, all of which then belong elsewhere."""
        numbers = self._numbers[figure]
        if len(numbers) == 1 or (figure, "value") not in self._observations:
            return
        old = self._statements.figures[figure]
        for slip, variable in self._other_places(old):
            moves = {old.name: variable, old.year_before().name: variable.year_before()}
            if self._report.settles(conflict, [self._at(number, moves) for number in numbers]):
                yield slip

    def _at(self, number: Observation, moves: Mapping[str, Variable]) -> Observation:
        """A number moved to other variables; without bounds if nothing else is about those."""
        places = [moves[name] for name, _ in number.terms + number.over if name in moves]
        if not all(place in self._statements.variables for place in places):
            return replace(number, lower=None, upper=None)

        def moved(terms: Terms) -> Terms:
            return tuple((moves[name].name if name in moves else name, n) for name, n in terms)

        return replace(number, terms=moved(number.terms), over=moved(number.over))

    def _exchanged(self, conflict: Conflict) -> Iterator[Repair]:
        """Values of the conflict that were exchanged with another value that is in a conflict."""
        involved = conflict.involved
        for suspect in sorted(involved):
            if suspect.aspect != "value":
                continue
            others = self._values[_place(self._statements.figures[suspect.figure])]
            for other in sorted(others - {suspect})[:MAX_EXCHANGES]:
                if other in involved and other < suspect:
                    continue  # tried the other way round
                first = self._observations[suspect.figure, "value"]
                second = self._observations[other.figure, "value"]
                exchanged = [
                    replace(first, lower=second.lower, upper=second.upper),
                    replace(second, lower=first.lower, upper=first.upper),
                ]
                if self._report.settles(conflict, exchanged):
                    text = self._printed[suspect.figure, "value"]
                    slip = f"exchanged with {other.figure}"
                    yield Repair(suspect.figure, "value", text, slip)

    def _other_places(self, old: Variable) -> Iterator[tuple[str, Variable]]:
        """Other variables of the source that the number may really belong to, and the slip."""
        for unit in self._currencies:
            other = old._replace(unit=unit)
            if unit != old.unit and other in self._statements.variables:
                yield f"it is in {unit}", other
        codes = old.series.split(".")
        place = places()["flow"]
        for flow in sorted(flow for flow in flows.traded() if not flows.may_be_negative(flow)):
            series = ".".join((*codes[:place], flow, *codes[place + 1 :]))
            other = old._replace(series=series)
            if flow != codes[place] and other in self._statements.variables:
                yield f"it is of {flow}", other
        for other in self._ending[*old[:3], old.stop]:
            if other.start != old.start:
                yield f"it is of the period from {other.start}", other


def scale_slips(printed: str, language: str) -> dict[str, Fraction]:
    """The slips by which a printed number may have got its scale, and the factor that undoes each.

    `million printed for billion` is undone by 1000, where the language means 10^9 by a billion.
    """
    words = set(_WORD.findall(printed.lower()))
    group = next((group for group in _TAKEN_FOR_EACH_OTHER if words & set(group)), ())
    if language == "zh" and (not group or "万" in group):
        group, words = _CHINESE, {*_CHINESE}  # also where the number prints the other, or neither
    powers = {word: scales.power_of_ten(word, language) for word in group}
    return {
        f"{word} printed for {other}": Fraction(10) ** (meant - power)
        for word, power in powers.items()
        for other, meant in powers.items()
        if word in words and power is not None and meant is not None and power != meant
    }


def _place(variable: Variable) -> tuple[object, ...]:
    """What two values must have in common to be exchanged by a slip."""
    return variable.source, variable.unit, variable.start, variable.stop


def _times(end: Number | None, factor: Fraction) -> Fraction | None:
    return None if end is None else Fraction(end) * factor


def _plus(end: Number | None, offset: int) -> Fraction | None:
    return None if end is None else Fraction(end) + offset


def _mirrored(factor: Number | None) -> Fraction | None:
    """The growth factor of the opposite growth."""
    return None if factor is None else 2 - Fraction(factor)


def _meets(lower: Fraction | None, upper: Fraction | None, settlement: Settlement) -> bool:
    return distance(lower, upper, settlement.lower, settlement.upper) is None


def _swapped(text: str) -> Iterator[str]:
    """The text with two neighbouring digits exchanged, for every pair that differs."""
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    for left, right in pairwise(places):
        if text[left] != text[right]:
            yield (
                text[:left] + text[right] + text[left + 1 : right] + text[left] + text[right + 1 :]
            )
