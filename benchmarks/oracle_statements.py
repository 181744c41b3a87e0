"""What must hold of a table's true values: the oracle's own statements.

Every series is cut into stretches between the days on which any period or base begins or ends; each
stretch of each series is a variable, and all that is printed is linear in them.

Belongs here: what each printed number says, and what is part of what. Does not belong here: what is
printed (oracle_tables.py), and the questions about it (oracle_model.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from benchmarks.oracle_levels import Levels
from benchmarks.oracle_printing import Ends
from benchmarks.oracle_tables import LEGS, MEASURED, ONLY, Codes, Record, Series, Span, Table

Number = tuple[str, str]  # a record's id and the aspect that it prints
Terms = dict[tuple[Series, Span], Fraction]
SIMPLE = ("exports", "imports", "trade")  # flows of which parts lie within totals


@dataclass
class Statement:
    """lower ≤ Σ terms / Σ over ≤ upper, as long as all of `owners` are right."""

    owners: frozenset[Number]
    terms: Terms
    lower: Fraction | None
    upper: Fraction | None
    half: Fraction
    over: Terms = field(default_factory=dict)


class Statements:
    """The identities of a table, and one statement a printed number (or two that rest on both)."""

    def __init__(self, table: Table, with_untold: bool = False) -> None:
        self.table = table
        self.records = {record.id: record for record in table.records}
        self.levels = Levels(table)
        self.cuts = self._cuts()
        self.series = self._series()
        self.partitions: list[tuple[Record, frozenset[Series]]] = []
        self.open: list[tuple[Series, Span]] = []
        self.parts = list(self._parts(with_untold))
        self.stated = [s for record in table.records for s in self._printed(record)]
        self.stated += list(self._ranks())

    def _cuts(self) -> list[int]:
        months: set[int] = set()
        for record in self.table.records:
            months |= set(record.span)
            bases = {record.basis} if set(record.prints) & MEASURED else set()
            bases |= {record.other_basis} if record.other_basis else set()
            for basis in bases:
                months |= set(record.base(basis))
        return sorted(months)

    def _series(self) -> set[Series]:
        """Those printed; where there are several flows, each in all that follow from each other."""
        series = {record.series for record in self.table.records}
        if len({flow for _, flow in series}) > 1 or {flow for _, flow in series} & set(LEGS):
            series |= {(codes, flow) for codes, _ in series for flow in SIMPLE}
        return series | {record.subject for record in self.table.records}

    def _parts(self, with_untold: bool) -> Iterator[tuple[Series, frozenset[Series], bool]]:
        """A total, its parts that may be added up, and whether they make up all of it."""
        by_total: dict[str, list[Record]] = defaultdict(list)
        for record in self.table.records:
            if record.part_of:
                by_total[record.part_of].append(record)
        found = set()
        for id_, records in by_total.items():
            total = self.records[id_]
            if total.is_contested or "balance" in (
                total.series[1],
                *(r.series[1] for r in records),
            ):
                continue
            series = frozenset(record.series for record in records if not record.is_contested)
            is_whole = len(series) == len(records) and total.breakdown == "partition"
            if total.breakdown:
                found.add((total.series, series, is_whole))
                if is_whole:
                    self.partitions.append((total, series))
                else:
                    self.open.append((total.series, total.span))
            else:
                found |= {(total.series, frozenset([part]), False) for part in series}
        # Who is part of another in one flow is so in all.
        for (codes, _), series, _ in list(found):
            for flow in SIMPLE:
                parts = frozenset((part, flow) for part, _ in series)
                if (codes, flow) in self.series and parts <= self.series:
                    found.add(((codes, flow), parts, False))
        if with_untold:
            for inside in self.series:
                for around in self.series:
                    if inside[1] == around[1] != "balance" and is_within(inside[0], around[0]):
                        found.add((around, frozenset([inside]), False))
        yield from found

    def terms(self, series: Series, span: Span, factor: int = 1) -> Terms:
        """A value as a sum of stretches."""
        inside = [s for s in pairwise(self.cuts) if span[0] <= s[0] and s[1] <= span[1]]
        return {(series, stretch): Fraction(factor) for stretch in inside}

    def _printed(self, record: Record) -> Iterator[Statement]:
        now = self.terms(record.subject, record.span)
        base = self.terms(record.subject, record.base())
        for aspect, number in record.prints.items():
            ends = number.ends(record.series[1] == "balance", aspect == "change")
            owner = frozenset([(record.id, aspect)])
            match aspect:
                case "value":
                    yield Statement(owner, now, *ends, number.half)
                case "base":
                    yield Statement(owner, base, *ends, number.half)
                case "change":
                    yield Statement(owner, less(now, base), *ends, number.half)
                case "growth":
                    yield from self._growth(record, aspect, record.base())
                case "other_growth":
                    yield from self._growth(record, aspect, record.base(record.other_basis))
                case "share" | "share_change" | "contribution" | "contribution_rate":
                    yield from self._of_whole(record, aspect)

    def _growth(self, record: Record, aspect: str, span: Span) -> Iterator[Statement]:
        """The level over that of its base; of balances, where both surely have the same sign."""
        number = record.prints[aspect]
        lower, upper = (None if end is None else 1 + end for end in number.ends())
        step = Fraction(1) if number.hedge else number.step  # hedged, it has no digit to spare
        read = (lower, upper), step, (record.subject, record.span), (record.subject, span)
        sign = 1
        if record.series[1] == "balance":
            signed = self.levels.balance(*read)
            if signed is None:
                return
            sign, ends = signed
        else:
            ends = self.levels.growth(*read)
        now = self.terms(record.subject, record.span, sign)
        base = self.terms(record.subject, span, sign)
        yield Statement(frozenset([(record.id, aspect)]), now, *ends, number.half, base)

    def _of_whole(self, record: Record, aspect: str) -> Iterator[Statement]:
        number, was = record.prints[aspect], record.base()
        whole = self.records[record.share_of if "share" in aspect else record.part_of]
        if record.is_contested or whole.is_contested:
            return
        owner = frozenset([(record.id, aspect)])
        now, base = (self.terms(record.series, span) for span in (record.span, was))
        over, over_base = (self.terms(whole.series, span) for span in (whole.span, was))
        ends = number.ends()
        match aspect:
            case "share":
                yield Statement(owner, now, *self._share(record), number.half, over)
            case "contribution":
                yield Statement(owner, less(now, base), *ends, number.half, over_base)
            case "contribution_rate":
                if sign := self._direction(whole, was):
                    change = {key: sign * factor for key, factor in less(now, base).items()}
                    of = {key: sign * factor for key, factor in less(over, over_base).items()}
                    yield Statement(owner, change, *ends, number.half, of)
            case "share_change":
                share = record.prints["share"]
                (low, high), (least, most) = self._share(record), ends
                both = owner | {(record.id, "share")}
                half = number.half + share.half
                lower = low - most if low is not None and most is not None else None
                upper = high - least if high is not None and least is not None else None
                yield Statement(both, base, lower, upper, half, over_base)

    def _share(self, record: Record) -> Ends:
        number, whole = record.prints["share"], self.records[record.share_of]
        places = (record.series, record.span), (whole.series, whole.span)
        return self.levels.of_rounded(number.ends(), number.step, *places)

    def _direction(self, total: Record, was: Span) -> int:
        """Whether a total surely rose or fell since its base, by what it prints of that."""
        for aspect in ("growth", "change") if total.base() == was else ():
            if aspect in total.prints:
                lower, upper = total.prints[aspect].ends(is_change=aspect == "change")
                if lower is not None and lower > 0:
                    return 1
                if upper is not None and upper < 0:
                    return -1
        return 0

    def _ranks(self) -> Iterator[Statement]:
        """Whoever ranks before another is not below it; levels may stand in for ranks."""
        ranked = [r for r in self.table.records if r.rank and not r.is_contested]
        for first in ranked:
            for second in ranked:
                if (first.span, first.series[1]) != (second.span, second.series[1]):
                    continue
                if first.rank < second.rank:
                    owners = frozenset([(first.id, "rank"), (second.id, "rank")])
                    terms = less(
                        self.terms(first.series, first.span), self.terms(second.series, second.span)
                    )
                    half = self._half_near(first)
                    yield Statement(owners, terms, Fraction(0), None, half)

    def _half_near(self, record: Record) -> Fraction:
        level = record.prints.get("value")
        return level.half if level else Fraction(self.table.true(record.series, record.span), 1000)


def is_within(inside: Codes, around: Codes) -> bool:
    """Whether codes say all that others say, and more: each code beyond those narrows it."""
    if inside == around or {"adjustment", ONLY} & dict((*inside, *around)).keys():
        return False
    narrow, wide = dict(inside), dict(around)
    return all(
        narrow.get(name) == code or (name == "area" and narrow.get(name, "").startswith(f"{code}-"))
        for name, code in wide.items()
    )


def less(terms: Terms, taken: Terms) -> Terms:
    """One value less another."""
    left = dict(terms)
    for key, factor in taken.items():
        left[key] = left.get(key, Fraction(0)) - factor
    return left
