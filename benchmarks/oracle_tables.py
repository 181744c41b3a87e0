"""Tables of the oracle: true values, and the records that print them.

Belongs here: the world of a table (nodes, flows, 36 months), its records, and both as a curator
writes them. Does not belong here: what is drawn (oracle_offices.py), what a printed number stands
for (oracle_printing.py), slips (oracle_slips.py), and what follows from records
(oracle_statements.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.oracle_printing import Printed

YEARS = 3
MONTHS = 12 * YEARS
Span = tuple[int, int]  # first month and the month after the last, counted from the first year
Codes = tuple[tuple[str, str], ...]
Series = tuple[Codes, str]  # all codes but the flow, and the flow
LEVELS = {"value", "base", "change", "previous"}
# What is measured from the base of a record.
MEASURED = {"growth", "base", "change", "share_change", "contribution", "contribution_rate"}
ONLY = "only"  # of whom a series is, which nothing else is about
LEGS = {"trade": {"exports": 1, "imports": 1}, "balance": {"exports": 1, "imports": -1}}


@dataclass
class Node:
    """A total and its parts; what its parts do not make up is its remainder."""

    codes: Codes
    by: str = ""
    kind: str = ""  # partition, disjoint, open, untold or '' without parts
    children: list[Node] = field(default_factory=list)
    amounts: dict[str, list[int]] = field(default_factory=dict)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def value(self, flow: str, span: Span) -> int:
        """The true value of one flow over some months."""
        legs = LEGS.get(flow, {flow: 1})
        return sum(sign * sum(self.amounts[leg][slice(*span)]) for leg, sign in legs.items())


@dataclass
class Record:
    """One record: the series and period it is of, its printed numbers by aspect, its links."""

    id: str
    series: Series
    span: Span
    prints: dict[str, Printed] = field(default_factory=dict)
    part_of: str = ""
    share_of: str = ""
    breakdown: str = ""  # partition or disjoint, of its parts
    by: str = ""
    basis: str = "year-on-year"
    other_basis: str = ""
    rank: int = 0
    rounding: str = "half"
    is_contested: bool = False  # another record of the source prints another value of the same

    @property
    def subject(self) -> Series:
        """Its series; where it is contested, one of its own, for it may be of another fact."""
        codes, flow = self.series
        return ((*codes, (ONLY, self.id)), flow) if self.is_contested else self.series

    def base(self, basis: str = "") -> Span:
        """The months that its growth is measured from."""
        own = {"year-on-year": 12, "period-on-period": self.span[1] - self.span[0]}
        back = own.get(basis or self.basis, 24)  # two years before, or the year that this was
        return self.span[0] - back, self.span[1] - back


@dataclass
class Table:
    """The records of one source, with the truth that they were printed from."""

    source: str
    records: list[Record]
    world: dict[Series, Node]
    year: int
    rounding: str
    unit: str
    measure: str
    marks: str
    features: set[str]

    def true(self, series: Series, span: Span) -> int:
        """The true value of a series, whether it is printed or not."""
        codes = tuple(code for code in series[0] if code[0] != ONLY)
        return self.world[codes, ""].value(series[1], span)

    def fields(self) -> tuple[dict[str, str], list[dict[str, str]]]:
        """The source and the records, as a curator writes them."""
        source = {
            "id": self.source,
            "publisher": "oracle",
            "published": str(self.year + 1),
        }
        if self.rounding != "half":
            source["rounding"] = self.rounding
        if self.marks[0] != ".":
            source["decimal"] = self.marks[0]
        return source, [self._fields(record) for record in self.records]

    def _fields(self, record: Record) -> dict[str, str]:
        codes, flow = record.series
        fields = {"id": record.id, "source": self.source, "flow": flow, **dict(codes)}
        fields |= {"period": self.period(record.span), "measure": self.measure}
        fields |= {aspect: number.text() for aspect, number in record.prints.items()}
        if not LEVELS & set(record.prints):
            fields["unit"] = self.unit
        if len({other.rounding for other in self.records}) > 1:  # else parts take their total's
            fields["rounding"] = record.rounding
        if MEASURED & set(record.prints):
            fields["growth_basis"] = record.basis
        if "other_growth" in record.prints:
            fields["other_growth_basis"] = record.other_basis
        if record.rank:
            fields["rank"] = str(record.rank)
        links = {"part_of": record.part_of, "share_of": record.share_of}
        fields |= {name: to for name, to in links.items() if to}
        if record.breakdown:
            fields[record.breakdown] = record.by
        return fields

    def period(self, span: Span) -> str:
        """Some months as a period of records."""
        start, stop = span
        year = self.year - (YEARS - 1) + start // 12
        first, length = start % 12, stop - start
        if length == 12 and not first:
            return str(year)
        if length == 3 and first % 3 == 0:
            return f"{year}-Q{first // 3 + 1}"
        return self.months(span)

    def months(self, span: Span) -> str:
        """Some months as the first and the last, or as the one that they are."""
        first, last = (
            f"{self.year - YEARS + 1 + m // 12}-{m % 12 + 1:02}" for m in (span[0], span[1] - 1)
        )
        return first if first == last else f"{first}/{last}"
