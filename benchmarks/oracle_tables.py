"""Correct tables for the oracle: true values are drawn first, and then printed as offices print.

Belongs here: the world of a table (nodes, flows, 36 months) and the records that it becomes. Does
not belong here: what a printed number stands for (oracle_printing.py), slips (oracle_slips.py),
and what follows from records (oracle_statements.py).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from benchmarks.oracle_printing import SCALES, Printed, printed, spoken

YEARS = 3
MONTHS = 12 * YEARS
Span = tuple[int, int]  # first month and the month after the last, counted from the first year
Codes = tuple[tuple[str, str], ...]
Series = tuple[Codes, str]  # all codes but the flow, and the flow
POOLS = {
    "partner": ("US", "JP", "KR", "VN", "RU", "AU", "BR", "IN", "ZA", "MY"),
    "product": tuple(f"HS{chapter:02}" for chapter in range(1, 60)),
    "operator": ("foreign-invested", "private", "state-owned"),
    "regime": ("general", "border-trade", "market-procurement", "leasing", "inward-processing"),
    "area": tuple(f"CN-{n}" for n in (*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47))),
}
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

    def base(self, basis: str = "") -> Span:
        """The months that its growth is measured from."""
        basis = basis or self.basis
        back = {"year-on-year": 12, "on-two-years-before": 24}.get(
            basis, self.span[1] - self.span[0]
        )
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
    features: set[str]

    def true(self, series: Series, span: Span) -> int:
        """The true value of a series, whether it is printed or not."""
        return self.world[series[0], ""].value(series[1], span)

    def fields(self) -> tuple[dict[str, str], list[dict[str, str]]]:
        """The source and the records, as a curator writes them."""
        source = {
            "id": self.source,
            "publisher": "oracle",
            "published": str(self.year + 1),
        }
        if self.rounding != "half":
            source["rounding"] = self.rounding
        return source, [self._fields(record) for record in self.records]

    def _fields(self, record: Record) -> dict[str, str]:
        codes, flow = record.series
        fields = {"id": record.id, "source": self.source, "flow": flow, **dict(codes)}
        fields |= {"period": self.period(record.span), "measure": self.measure}
        fields |= {aspect: number.text() for aspect, number in record.prints.items()}
        if "value" not in record.prints and "base" not in record.prints:
            fields["unit"] = self.unit
        if {"growth", "base", "share_change", "contribution"} & set(record.prints):
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


class Office:
    """Draws a world and prints a table of it."""

    def __init__(self, chance: random.Random, source: str) -> None:
        self.chance, self.source = chance, source
        self.features: set[str] = set()

    def table(self) -> Table:
        chance = self.chance
        self.language = chance.choice(("zh", "en"))
        self.counts = chance.random() < 0.1
        self.rounding = chance.choice(("half",) * 7 + ("down", "up", "nearest-5"))
        self.ratios_only = chance.random() < 0.2
        self.size = 10 ** chance.uniform(8.5, 12)
        if self.counts:
            self.rounding, self.size = "half", 10 ** chance.uniform(2, 4)
        self.rate_places = chance.choice((0, 1, 1, 1, 2))
        self.pick_scale()
        self.root = self.tree()
        if chance.random() < 0.3:
            self.flows = ["exports", "imports", chance.choice(("trade", "balance"))]
            if chance.random() < 0.3:
                self.flows = ["exports", "imports", "trade", "balance"]
        else:
            self.flows = [chance.choice(("exports", "imports", "trade"))]
        records = self.records()
        world: dict[Series, Node] = {}
        for node in self.root.walk():
            world[node.codes, ""] = node
        if not self.counts and chance.random() < 0.1:
            self.adjusted(records, world)
        year = 2001 + chance.randrange(20)
        unit = "piece" if self.counts else {"元": "CNY"}.get(self.money, self.money)
        measure = "quantity" if self.counts else "value"
        table = Table(
            self.source, records, world, year, self.rounding, unit, measure, self.features
        )
        self.note(table)
        return table

    def pick_scale(self) -> None:
        chance = self.chance
        self.money = "元" if self.language == "zh" else chance.choice(("USD", "EUR", "GBP"))
        if self.counts:
            self.money = "件" if self.language == "zh" else "pieces"
            self.scales, self.places = [""], 0
            return
        names = list(SCALES[self.language])[1:]
        fitting = [n for n in names if 10 <= self.size / SCALES[self.language][n] < 10**6]
        self.scales = [chance.choice(fitting or names[:1])]
        if chance.random() < 0.3:  # mixed units
            self.scales = list(dict.fromkeys([*self.scales, *fitting]))
        self.places = chance.choice((0, 1, 1, 2))

    def tree(self) -> Node:
        chance = self.chance
        dimensions = ["partner", "product", "operator", "regime"]
        area = "CN" if self.language == "zh" else chance.choice(("FR", "JP", "CA", "CN"))
        if area == "CN" and chance.random() < 0.4:
            dimensions = ["area"]
        first = chance.choice(dimensions)
        root = Node((("area", area),))
        depth = chance.choice((0, 1, 1, 1, 2, 2))
        if depth:
            self.split(root, first)
        if depth > 1:
            second = chance.choice([d for d in ("partner", "product", "operator") if d != first])
            for child in chance.sample(root.children, min(2, len(root.children))):
                self.split(child, second)
        self.fill(root, self.size)
        return root

    def split(self, node: Node, by: str) -> None:
        chance = self.chance
        pool = POOLS[by]
        node.by, node.kind = (
            by,
            chance.choice(("partition", "partition", "disjoint", "open", "untold")),
        )
        count = min(len(pool), chance.randint(2, 6))
        for code in chance.sample(pool, count):
            codes = dict(node.codes) | {by: code}
            node.children.append(Node(tuple(sorted(codes.items()))))

    def fill(self, node: Node, size: float) -> None:
        chance = self.chance
        for child in node.children:
            small = 10 ** chance.uniform(-7, -4) if chance.random() < 0.1 else 1
            self.fill(child, size * small * chance.lognormvariate(-1, 1))
        for flow in ("exports", "imports"):
            own = [0] * MONTHS
            if node.kind != "partition":
                typical = size * chance.lognormvariate(-1, 0.6)
                trend = chance.gauss(1.006, 0.02)
                own = [
                    max(1, round(typical / 12 * trend**m * chance.gauss(1, 0.1)))
                    for m in range(MONTHS)
                ]
            parts = [child.amounts[flow] for child in node.children]
            node.amounts[flow] = [sum(month) for month in zip(own, *parts, strict=True)]

    def spans(self) -> list[Span]:
        chance = self.chance
        year: list[Span] = [(24, 36)]
        match chance.choice(("year", "year", "two", "quarters", "months", "both")):
            case "two":
                return [(12, 24), *year]
            case "quarters":
                count = chance.choice((2, 4, 4))
                return [(24 + 3 * q, 27 + 3 * q) for q in range(count)] + (
                    year if count == 4 else []
                )
            case "months":
                last = chance.randint(2, 4)
                months = [(24 + m, 25 + m) for m in range(last)]
                return months + [(24, 25 + m) for m in range(1, last)]
            case "both":
                return [(12, 15), (24, 27), *((24 + m, 25 + m) for m in range(3))]
        return year

    def records(self) -> list[Record]:
        chance = self.chance
        spans, records = self.spans(), []
        by_place: dict[tuple[Codes, str, Span], Record] = {}
        deep = self.flows[0]
        nodes = list(self.root.walk())
        numbers = {node.codes: f"n{i}" for i, node in enumerate(nodes)}
        main = spans[-1]
        for span in spans:
            for node in nodes:
                for flow in self.flows:
                    if node is not self.root and flow != deep and chance.random() < 0.7:
                        continue
                    if (span != main or node is not self.root) and chance.random() < 0.12:
                        continue
                    name = f"{numbers[node.codes]}-{flow}-{span[0]}-{span[1]}"
                    record = Record(name, (node.codes, flow), span)
                    by_place[node.codes, flow, span] = record
                    records.append(record)
        for node in nodes:
            for record in list(records):
                if record.series[0] == node.codes:
                    self.link(node, record, by_place)
        for record in records:
            self.number(record, by_place)
        return self.reachable(records)

    def reachable(self, records: list[Record]) -> list[Record]:
        """The records that print something, and whose total does too."""
        while empty := {r.id for r in records if not r.prints}:
            opened = {r.part_of for r in records if r.id in empty}
            records = [r for r in records if r.id not in empty]
            for r in records:
                if r.id in opened and r.breakdown:
                    r.breakdown = "disjoint"
            for r in records:
                if r.part_of in empty:
                    r.part_of = ""
                    r.prints.pop("contribution", None)
                if r.share_of in empty:
                    r.share_of = ""
                    r.prints.pop("share", None)
                    r.prints.pop("share_change", None)
        return records

    def link(
        self, node: Node, total: Record, by_place: dict[tuple[Codes, str, Span], Record]
    ) -> None:
        flow = total.series[1]
        if not node.children or node.kind == "untold" or flow == "balance":
            return
        parts = [by_place.get((child.codes, flow, total.span)) for child in node.children]
        present = [part for part in parts if part]
        for part in present:
            part.part_of = total.id
        if present and node.kind in ("partition", "disjoint"):
            whole = node.kind == "partition" and len(present) == len(parts)
            total.breakdown, total.by = ("partition" if whole else "disjoint"), node.by

    def number(self, record: Record, by_place: dict[tuple[Codes, str, Span], Record]) -> None:
        """Give a record its printed numbers."""
        chance = self.chance
        node = self.find(record.series[0])
        flow, span = record.series[1], record.span
        true = node.value(flow, span)
        if not self.ratios_only:
            record.prints["value"] = self.level(true)
        if (span[1] - span[0]) in (1, 3) and span[0] >= 12 and chance.random() < 0.25:
            record.basis = "period-on-period"
        base = record.base()
        before = node.value(flow, base) if base[0] >= 0 else 0
        growth = Fraction(true, before) - 1 if before > 0 and true > 0 else None
        if flow == "balance" and chance.random() < 0.5:
            growth = None
        if growth is not None and growth < 9 and chance.random() < 0.75:
            record.prints["growth"] = self.ratio(growth, "%", record)
        if (
            growth is not None
            and flow != "balance"
            and chance.random() < 0.1
            and not self.ratios_only
        ):
            record.prints["base"] = self.level(before)
        whole = by_place_id(by_place, record.part_of)
        if whole:
            self.shares(record, whole, node, before)
        others = sum(flow == other for other in self.flows)
        if "area" in dict(record.series[0]) and record.series[0] != self.root.codes and others:
            peers = [n for n in self.root.children if n.codes != record.series[0]]
            if self.root.by == "area" and node in self.root.children and flow != "balance":
                if self.root.kind == "partition" and chance.random() < 0.5:
                    larger = sum(peer.value(flow, span) > true for peer in peers)
                    record.rank = larger + 1
                    self.features.add("ranks")

    def shares(self, record: Record, whole: Record, node: Node, before: int) -> None:
        chance = self.chance
        total = self.find(whole.series[0])
        flow, span = record.series[1], record.span
        share = Fraction(node.value(flow, span), total.value(flow, span))
        if chance.random() < 0.35 or (self.ratios_only and chance.random() < 0.5):
            record.share_of = whole.id
            record.prints["share"] = replace(self.ratio(share, "%", record), style="minus")
        base = record.base()
        if base[0] < 0 or "growth" not in record.prints:
            return
        was = total.value(flow, base)
        if record.share_of and record.basis == "year-on-year" and chance.random() < 0.3:
            record.prints["share_change"] = self.ratio(share - Fraction(before, was), "pp", record)
        if chance.random() < 0.15:
            change = Fraction(node.value(flow, span) - before, was)
            record.prints["contribution"] = self.ratio(change, "pp", record)

    def level(self, true: int) -> Printed:
        chance = self.chance
        rounding = "exact" if self.counts else self.rounding
        form = Printed(
            0, self.places, False, chance.choice(self.scales), self.money, self.language, rounding
        )
        if not self.counts and true > 0 and chance.random() < 0.05:
            hedge = chance.choice(("about", "least", "most") + ("many",) * (self.language == "zh"))
            rough = spoken(Fraction(true), replace(form, hedge=hedge), chance.choice((1, 2, 3)))
            if rough.digits >= 10 and (hedge != "many" or rough.digits % 10 == 0):
                self.features.add("hedges")
                return rough
        return printed(Fraction(true), form)

    def ratio(self, true: Fraction, unit: str, record: Record) -> Printed:
        style = self.chance.choice(("minus", "words")) if unit == "%" else "minus"
        if record.series[1] == "balance" or self.language == "en":
            style = "minus"
        form = Printed(0, self.rate_places, False, "", unit, self.language, style=style)
        return printed(true, form)

    def find(self, codes: Codes) -> Node:
        return next(node for node in self.root.walk() if node.codes == codes)

    def adjusted(self, records: list[Record], world: dict[Series, Node]) -> None:
        """The root once more, seasonally adjusted: another fact."""
        root = self.root
        codes = tuple(sorted((*root.codes, ("adjustment", "seasonally-adjusted"))))
        amounts = {
            flow: [max(1, round(a * self.chance.gauss(1, 0.05))) for a in values]
            for flow, values in root.amounts.items()
        }
        other = Node(codes, amounts=amounts)
        world[codes, ""] = other
        for record in [r for r in records if r.series[0] == root.codes and "value" in r.prints]:
            true = other.value(record.series[1], record.span)
            added = Record(f"{record.id}-sa", (codes, record.series[1]), record.span)
            added.prints["value"] = self.level(true)
            records.append(added)
        self.features.add("definitions")

    def note(self, table: Table) -> None:
        """What the table has, for counts."""
        values = [r.prints["value"] for r in table.records if "value" in r.prints]
        kinds = {node.kind for node in self.root.walk() if node.kind}
        aspects = {aspect for r in table.records for aspect in r.prints} - {"value"}
        self.features |= {*kinds, *aspects, table.rounding, self.language}
        self.features |= {"counts"} if self.counts else set()
        self.features |= {"ratios only"} if self.ratios_only else set()
        self.features |= {"zeros"} if any(not v.digits for v in values) else set()
        self.features |= {"negative"} if any(v.negative for v in values) else set()
        self.features |= {"mixed units"} if len(set(self.scales)) > 1 else set()
        self.features |= {"balances"} if "balance" in self.flows else set()
        depth = max(len(node.codes) for node in self.root.walk())
        self.features |= {
            f"{depth} levels",
            "periods" if len({r.span for r in table.records}) > 1 else "one period",
        }


def by_place_id(by_place: dict[tuple[Codes, str, Span], Record], id_: str) -> Record | None:
    """The record of an id, or None."""
    return next((record for record in by_place.values() if record.id == id_), None)
