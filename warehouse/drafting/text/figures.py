"""What a text turns out to say: figures with their evidence, and what was skipped.

Belongs here: a figure while it is being drafted, and how figures stand to each other (within,
the same, part of). Does not belong here: how they are found (grammar.py), how they are written
(writing.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from warehouse.records.fields import PRINTED
from warehouse.terms import codes, flows
from warehouse.terms.dimensions import places
from warehouse.terms.period import Period

WHOLE = "not printed here; a share refers to it"  # the note of a figure without numbers
ALL = {"partner": "WLD", "product": "total", "regime": "total", "operator": "total"}
_LISTS = {"area": "areas", "product": "products", "regime": "regimes"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A printed text and the stretch of the source that it was read from."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A numeric expression that is no part of a figure, and why."""

    text: str
    start: int
    end: int
    reason: str


@dataclass(slots=True, eq=False)
class Drafted:
    """A figure in the making. `codes` has the seven dimensions; `printed` is by record field."""

    codes: dict[str, str]
    period: Period
    unit: str
    paragraph: int
    printed: dict[str, Evidence] = field(default_factory=dict)
    growth_basis: str = "year-on-year"
    total: Drafted | None = None
    share_of: Drafted | None = None
    doubts: list[str] = field(default_factory=list)
    period_doubt: str = ""
    notes: list[str] = field(default_factory=list)
    period_stated: bool = True  # not carried on from other figures
    deficit: tuple[int, int] | None = None  # where it is called a deficit: its value is negative
    id: str = ""

    @property
    def start(self) -> int:
        """Where its evidence begins in the text."""
        return min(evidence.start for evidence in self.printed.values())

    @property
    def end(self) -> int:
        """Where its evidence ends."""
        return max(evidence.end for evidence in self.printed.values())

    @property
    def key(self) -> tuple[object, ...]:
        """What it speaks of: two figures with the same key state the same fact."""
        return (*(self.codes[name] for name in places()), self.unit, self.period)

    @property
    def unsure(self) -> list[str]:
        """Why a curator should look closely; empty where nothing was guessed."""
        return [self.period_doubt, *self.doubts] if self.period_doubt else self.doubts

    def print_value(self, text: str, start: int, end: int) -> None:
        """Let it print a value, negative for a deficit."""
        if self.deficit is not None:
            text = f"-{text.lstrip('+-−')}"
            start, end = min(start, self.deficit[0]), max(end, self.deficit[1])
            self.doubt("a deficit, written as a negative balance")
        self.printed["value"] = Evidence(text, start, end)

    def doubt(self, reason: str) -> None:
        """Mark it as unsure."""
        if reason not in self.doubts:
            self.doubts.append(reason)

    def note(self, remark: str) -> None:
        """Add a remark, once."""
        if remark not in self.notes:
            self.notes.append(remark)

    def like(self, unit: str) -> Drafted:
        """Another figure of what it speaks of: in another currency, or over another base."""
        other = Drafted(dict(self.codes), self.period, unit, self.paragraph)
        other.doubts, other.period_doubt = list(self.doubts), self.period_doubt
        other.period_stated, other.deficit = self.period_stated, self.deficit
        other.total = self.total if self.total and other.within(self.total) else None
        return other

    def printed_alike(self, other: Drafted) -> bool:
        """Whether every number that this one prints is printed by the other as well."""
        return all(
            name in other.printed and other.printed[name].text == evidence.text
            for name, evidence in self.printed.items()
        )

    def within(self, total: Drafted) -> bool:
        """Whether it is a part of the other: narrower in some dimension, wider in none."""
        if (self.period, self.unit) != (total.period, total.unit) or self is total:
            return False
        return self.codes != total.codes and all(
            _inside(name, self.codes[name], total.codes[name]) for name in places()
        )

    def slug(self) -> str:
        """An id that says what it is: cn-5101-trade-2020-01-2020-04."""
        named = [self.codes["area"], self.codes["flow"]]
        named += [self.codes[name] for name, all_ in ALL.items() if self.codes[name] != all_]
        if self.codes["measure"] != "value":
            named.append(self.codes["measure"])
        when = self.period.text.replace("../", "to-").replace("/", "-")
        return "-".join([*named, when]).lower()


def in_order(printed: Mapping[str, Evidence]) -> Iterator[tuple[str, Evidence]]:
    """The printed numbers in the order of the record's fields."""
    return ((name, printed[name]) for name in PRINTED if name in printed)


def _inside(name: str, part: str, total: str) -> bool:
    if part == total or total == ALL.get(name):
        return True
    if name == "flow":
        return part in flows.legs(total) and not flows.may_be_negative(total)
    return name in _LISTS and codes.counts_within(_LISTS[name], part, total)
