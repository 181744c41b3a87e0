"""Offices that draw a world and print a correct table of it, as offices print.

Belongs here: what is drawn: true values, which of them are printed, and how. Does not belong here:
what a table is (oracle_tables.py), what a printed number stands for (oracle_printing.py), slips
(oracle_slips.py).
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

from benchmarks.oracle_printing import SCALES, Printed, printed, spoken
from benchmarks.oracle_tables import (
    MONTHS,
    Codes,
    Node,
    Record,
    Series,
    Span,
    Table,
)

POOLS = {
    "partner": ("US", "JP", "KR", "VN", "RU", "AU", "BR", "IN", "ZA", "MY"),
    "product": tuple(f"HS{chapter:02}" for chapter in range(1, 60)),
    "operator": ("foreign-invested", "private", "state-owned"),
    "regime": ("general", "border-trade", "market-procurement", "leasing", "inward-processing"),
    "area": tuple(f"CN-{n}" for n in (*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47))),
}


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
        self.year = 2001 + chance.randrange(20)
        if self.counts:
            self.rounding, self.size = "half", 10 ** chance.uniform(2, 4)
        self.rate_places = chance.choice((0, 1, 1, 1, 2))
        self.is_finer = not self.counts and chance.random() < 0.1
        if self.is_finer:  # growths and shares of the rounded levels, with more digits than these
            self.rate_places, self.rounding, self.ratios_only = 5, "half", False
        self.mixes_rounding = not self.counts and not self.is_finer and chance.random() < 0.1
        self.prints_previous = not self.ratios_only and chance.random() < 0.1
        self.main_basis = chance.choice(("year-on-year",) * 9 + ("on-two-years-before",))
        self.marks = chance.choice((".", ".", ".", ".,", ",", ",."))
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
            self.contest(records)
        if records and not self.counts and chance.random() < 0.1:
            self.adjusted(records, world)
        unit = "piece" if self.counts else {"元": "CNY"}.get(self.money, self.money)
        measure = "quantity" if self.counts else "value"
        table = Table(
            self.source,
            records,
            world,
            self.year,
            self.rounding,
            unit,
            measure,
            self.marks,
            self.features,
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
        if chance.random() < 0.3 and not self.is_finer:  # mixed units
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
                    r.prints.pop("contribution_rate", None)
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
        record.rounding = "exact" if self.counts else self.rounding
        if self.mixes_rounding and chance.random() < 0.2:
            record.rounding = chance.choice(("half", "down", "up", "nearest-5"))
        if not self.ratios_only:
            record.prints["value"] = self.level(true, record)
        record.basis = self.main_basis
        if (span[1] - span[0]) in (1, 3) and span[0] >= 12 and chance.random() < 0.25:
            record.basis = "period-on-period"
        if record.base()[0] >= 0:
            self.measured(record, node, true)
        if "value" in record.prints and self.prints_previous and chance.random() < 0.4:
            first = round(true * chance.gauss(1, 0.01))
            record.prints["previous"] = self.level(first, record)
        whole = by_place_id(by_place, record.part_of)
        if whole:
            self.shares(record, whole, node)
        is_ranked = self.root.by == "area" and self.root.kind == "partition" and flow != "balance"
        if is_ranked and node in self.root.children and chance.random() < 0.5:
            record.rank = 1 + sum(peer.value(flow, span) > true for peer in self.root.children)
            self.features.add("ranks")

    def measured(self, record: Record, node: Node, true: int) -> None:
        """What a record prints of its base."""
        chance = self.chance
        flow = record.series[1]
        before = node.value(flow, record.base())
        is_level = not self.ratios_only
        growth = self.growth(true, before, record)
        if growth is not None and chance.random() < 0.75:
            record.prints["growth"] = growth
        if is_level and before and chance.random() < 0.1:
            record.prints["base"] = self.level(before, record)
        if is_level and chance.random() < 0.15:
            record.prints["change"] = replace(
                self.level(true - before, record, is_hedged=False),
                style=chance.choice(("minus", "change")),
            )
        others = [basis for basis in ("on-two-years-before", str(self.year - 2))]
        if record.span[0] >= 24 and record.basis not in others and chance.random() < 0.15:
            record.other_basis = chance.choice(others)
            base = record.base(record.other_basis)
            other = self.growth(true, node.value(flow, base), record)
            if other is not None:
                record.prints["other_growth"] = other
            else:
                record.other_basis = ""

    def growth(self, true: int, before: int, record: Record) -> Printed | None:
        """Of a balance, where its sign is the same: of a deficit by its size, or the other way."""
        if not before or true * before <= 0:
            return None
        growth = self.quotient(true, before, record, record.prints.get("value")) - 1
        if true < 0 and self.chance.random() < 0.5:
            growth = -growth
        if growth >= 9:
            return None
        return self.ratio(growth, "%", record)

    def quotient(self, true: int, below: int, record: Record, level: Printed | None) -> Fraction:
        """Of the rounded levels, where that is how the office does it, and they carry less."""
        if self.is_finer and level and level.digits:
            rounded = self.plain(below, record)
            step = abs(rounded.number) / 10 ** (self.rate_places + 2)
            if 0 < 10 * step <= level.step:
                return level.number / rounded.number
        return Fraction(true, below)

    def shares(self, record: Record, whole: Record, node: Node) -> None:
        """What a record prints of its total."""
        chance = self.chance
        total = self.find(whole.series[0])
        flow, span, base = record.series[1], record.span, record.base()
        true, all_ = node.value(flow, span), total.value(flow, span)
        if chance.random() < 0.35 or (self.ratios_only and chance.random() < 0.5):
            record.share_of = whole.id
            is_known = "value" in whole.prints
            level = record.prints.get("value") if is_known else None
            share = self.quotient(true, all_, record, level)
            record.prints["share"] = self.ratio(share, "%", record, is_signed=False)
        if base[0] < 0:
            return
        was, all_was = node.value(flow, base), total.value(flow, base)
        if record.share_of and record.basis == "year-on-year" and chance.random() < 0.15:
            change = Fraction(true, all_) - Fraction(was, all_was)
            record.prints["share_change"] = self.ratio(change, "pp", record)
        if chance.random() < 0.1:
            record.prints["contribution"] = self.ratio(Fraction(true - was, all_was), "pp", record)
        if record.basis == whole.basis and all_ != all_was and chance.random() < 0.1:
            rate = Fraction(true - was, all_ - all_was)
            if abs(rate) < 5:
                printed_rate = self.ratio(rate, "%", record, is_signed=False)
                record.prints["contribution_rate"] = printed_rate

    def plain(self, true: int, record: Record) -> Printed:
        """A level as a record prints it, without a hedge."""
        places = 0 if record.rounding.startswith("nearest") else self.places
        form = Printed(
            *(0, places, False, self.chance.choice(self.scales), self.money, self.language),
            record.rounding,
            marks=self.marks,
        )
        return printed(Fraction(true), form)

    def level(self, true: int, record: Record, *, is_hedged: bool = True) -> Printed:
        chance = self.chance
        plain = self.plain(true, record)
        if is_hedged and not (self.counts or self.is_finer) and true > 0 and chance.random() < 0.05:
            hedge = chance.choice(("about", "least", "most") + ("many",) * (self.language == "zh"))
            rough = spoken(Fraction(true), replace(plain, hedge=hedge), chance.choice((1, 2, 3)))
            if rough.digits >= 10 and (hedge != "many" or rough.digits % 10 == 0):
                self.features.add("hedges")
                return rough
        return plain

    def ratio(
        self, true: Fraction, unit: str, record: Record, *, is_signed: bool = True
    ) -> Printed:
        """A growth, a share or points; `is_signed`: with words that say which way."""
        chance = self.chance
        is_growth = unit == "%" and is_signed
        style = chance.choice(("minus", "words")) if is_growth else "minus"
        places = self.rate_places
        is_flat = is_growth and not self.is_finer and abs(true) < Fraction(1, 200)
        if is_flat and chance.random() < 0.3:
            self.features.add("unchanged")
            style = "unchanged"
        elif self.language == "zh" and is_growth and not self.is_finer and chance.random() < 0.05:
            unit, places = ("成", 1) if abs(true) < 1 else ("倍", 1)
            style = "words"  # without a word it would be what the level is a multiple of
            self.features.add("ratios in words")
        form = Printed(*(0, places, False, "", unit, self.language), style=style, marks=self.marks)
        if is_growth and style == "words" and not self.is_finer and chance.random() < 0.05:
            hedge = chance.choice(("about", "least", "most"))
            hedged = printed(true, replace(form, hedge=hedge))
            if hedged.digits:
                self.features.add("hedged ratios")
                return hedged
        return printed(true, form)

    def contest(self, records: list[Record]) -> None:
        """One value more, of what looks like the same series: of another fact, or revised."""
        able = [r for r in records if "value" in r.prints and r.prints["value"].digits > 100]
        able = [r for r in able if not r.prints["value"].hedge and not r.breakdown]
        if not able:
            return
        record = self.chance.choice(able)
        true = self.find(record.series[0]).value(record.series[1], record.span)
        other = round(true * self.chance.choice((0.83, 0.91, 1.07, 1.19)))
        twin = Record(f"{record.id}-too", record.series, record.span, rounding=record.rounding)
        twin.prints["value"] = self.plain(other, record)
        record.is_contested = twin.is_contested = True
        records.append(twin)
        self.features.add("contested")

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
        # Of one period only: adjusted months need not add up to the adjusted year.
        last = max(record.span for record in records)
        of_root = (r for r in records if r.series[0] == root.codes and r.span == last)
        of_root = (r for r in of_root if not r.is_contested)
        for record in [r for r in of_root if "value" in r.prints]:
            true = other.value(record.series[1], record.span)
            added = Record(f"{record.id}-sa", (codes, record.series[1]), record.span)
            added.rounding = record.rounding
            added.prints["value"] = self.level(true, added)
            records.append(added)
        self.features.add("definitions")

    def note(self, table: Table) -> None:
        """What the table has, for counts."""
        values = [r.prints["value"] for r in table.records if "value" in r.prints]
        kinds = {node.kind for node in self.root.walk() if node.kind}
        aspects = {aspect for r in table.records for aspect in r.prints} - {"value"}
        self.features |= {*kinds, *aspects, table.rounding, self.language, f"mark {self.marks}"}
        bases = {r.basis for r in table.records if "growth" in r.prints}
        self.features |= bases | {r.other_basis[:2] for r in table.records if r.other_basis}
        self.features |= {"finer"} if self.is_finer else set()
        self.features |= (
            {"several roundings"} if len({r.rounding for r in table.records}) > 1 else set()
        )
        shrunk = [r for r in table.records if r.series[1] == "balance" and "growth" in r.prints]
        falling = any(table.true(r.series, r.span) < 0 for r in shrunk)
        self.features |= {"growth of a deficit"} if falling else set()
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
