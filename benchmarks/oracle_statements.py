"""What must hold of a table's true values, as rows for HiGHS: the oracle's own statements.

Every series is cut into stretches between the days on which any period or base begins or ends; each
stretch of each series is a variable, and all that is printed is linear in them. Rows are stretched
by one variable, τ ≥ 1: whoever may be scaled up may be so far that every number that something is
divided by is at least 1, and so strictly positive. `least` is by how many of its own half units
each printed number must give way for all to agree: 0 where they can.

Belongs here: rows, and the questions about them. Does not belong here: what is printed
(oracle_tables.py), and what the product says (oracle.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import highspy

from benchmarks.oracle_tables import LEGS, Codes, Record, Series, Span, Table

Number = tuple[str, str]  # a record's id and the aspect that it prints
Terms = dict[tuple[Series, Span], Fraction]
SURE = 1e-3  # half units that are more than floating point blurs
TINY = 1e-6  # half units that are nothing
FLOOR = 1e-3  # of its true value: the least that something is divided by, before τ
INFINITE = highspy.kHighsInf


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
        series = {record.series for record in self.table.records}
        flows = defaultdict(set)
        for codes, flow in series:
            flows[codes].add(flow)
        for codes, present in flows.items():
            if present & set(LEGS):
                series |= {(codes, flow) for flow in ("exports", "imports")}
        return series

    def _parts(self, with_untold: bool) -> Iterator[tuple[Series, frozenset[Series], bool]]:
        """A total, its parts that may be added up, and whether they make up all of it."""
        by_total: dict[str, list[Record]] = defaultdict(list)
        for record in self.table.records:
            if record.part_of:
                by_total[record.part_of].append(record)
        found = set()
        for id_, records in by_total.items():
            total = self.records[id_]
            if "balance" in (total.series[1], *(r.series[1] for r in records)):
                continue
            series = frozenset(record.series for record in records)
            if total.breakdown:
                found.add((total.series, series, total.breakdown == "partition"))
                if total.breakdown == "partition":
                    self.partitions.append((total, series))
                else:
                    self.open.append((total.series, total.span))
            else:
                found |= {(total.series, frozenset([part]), False) for part in series}
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
        now = self.terms(record.series, record.span)
        base = self.terms(record.series, record.base())
        is_balance = record.series[1] == "balance"
        total = self.records.get(record.part_of)
        whole = self.records.get(record.share_of)
        for aspect, number in record.prints.items():
            lower, upper = number.ends(is_balance)
            owner = frozenset([(record.id, aspect)])
            over = self.terms(whole.series, whole.span) if whole else {}
            match aspect:
                case "value":
                    yield Statement(owner, now, lower, upper, number.half)
                case "base":
                    yield Statement(owner, base, lower, upper, number.half)
                case "growth" | "other_growth":
                    if aspect == "other_growth":
                        base = self.terms(record.series, record.base(record.other_basis))
                    if not is_balance or self._surely_positive(record):
                        low, high = (None if e is None else 1 + e for e in (lower, upper))
                        yield Statement(owner, now, low, high, number.half, base)
                case "share":
                    yield Statement(owner, now, lower, upper, number.half, over)
                case "contribution":
                    was = self.terms(total.series, record.base()) if total else {}
                    yield Statement(owner, less(now, base), lower, upper, number.half, was)
                case "share_change":
                    share = record.prints["share"]
                    low, high = share.ends()
                    was = self.terms(whole.series, record.base()) if whole else {}
                    both = owner | {(record.id, "share")}
                    half = number.half + share.half
                    least = low - upper if low is not None and upper is not None else None
                    most = high - lower if high is not None and lower is not None else None
                    yield Statement(both, base, least, most, half, was)

    def _surely_positive(self, record: Record) -> bool:
        """Whether a balance and its base are printed, and both are above zero."""
        found = 0
        for other in self.table.records:
            if other.series == record.series and other.span in (record.span, record.base()):
                lower = other.prints["value"].ends(True)[0] if "value" in other.prints else None
                found += lower is not None and lower > 0
        return found >= 2

    def _ranks(self) -> Iterator[Statement]:
        """Whoever ranks before another is not below it; levels may stand in for ranks."""
        ranked = [record for record in self.table.records if record.rank]
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


MEASURED = {"growth", "base", "contribution", "share_change"}


def is_within(inside: Codes, around: Codes) -> bool:
    """Whether codes say all that others say, and more: each code beyond those narrows it."""
    if inside == around or "adjustment" in dict((*inside, *around)):
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


class Model:
    """The rows in HiGHS. Rows can be set aside by the numbers that own them."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.columns: dict[tuple[Series, Span], int] = {}
        self.sizes: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.owned: list[tuple[frozenset[Number], range]] = []
        self.positive: dict[tuple[int, ...], tuple[dict[int, float], float]] = {}
        table = statements.table
        for series in sorted(statements.series):
            for stretch in pairwise(statements.cuts):
                self.columns[series, stretch] = len(self.columns)
                self.sizes.append(max(1.0, abs(float(table.true(series, stretch)))))
        self.stretch = len(self.columns)  # τ
        self.give = self.stretch + 1  # t
        self._identities()
        for statement in statements.stated:
            first = len(self.rows)
            self._state(statement)
            self.owned.append((statement.owners, range(first, len(self.rows))))
        self._solver()

    def _identities(self) -> None:
        stated = self.statements
        finest = min((float(s.half) for s in stated.stated if not s.over and s.half), default=0.0)
        for stretch in pairwise(stated.cuts):
            for codes, flow in sorted(stated.series):
                if flow in LEGS:
                    row = {self.columns[(codes, flow), stretch]: -1.0}
                    for leg, sign in LEGS[flow].items():
                        row[self.columns[(codes, leg), stretch]] = float(sign)
                    self._row(row, 0, 0, finest)
            for total, parts, is_partition in stated.parts:
                row = {self.columns[part, stretch]: -1.0 for part in sorted(parts)}
                row[self.columns[total, stretch]] = 1.0
                # A period that says of itself that its parts are not all is left at that.
                is_whole = is_partition and not any(
                    series == total and span[0] <= stretch[0] and stretch[1] <= span[1]
                    for series, span in stated.open
                )
                self._row(row, 0, 0 if is_whole else INFINITE, finest)
        for record, parts in stated.partitions:
            row = {}
            for series in (record.series, *sorted(parts)):
                for key in stated.terms(series, record.span):
                    row[self.columns[key]] = 1.0 if series == record.series else -1.0
            self._row(row, 0, 0, finest)

    def _row(self, row: dict[int, float], lower: float, upper: float, unit: float) -> None:
        scaled = {v: factor * self.sizes[v] for v, factor in row.items()}
        unit = unit or max(map(abs, scaled.values())) * 1e-4
        self.rows.append(({v: factor / unit for v, factor in scaled.items()}, lower, upper))

    def _state(self, statement: Statement) -> None:
        """One row for each end; those of a ratio are multiplied by what it is over."""
        terms, over = self._floats(statement.terms), self._floats(statement.over)
        half = float(statement.half) or 0.5
        weight = sum(over.values()) if over else 1.0
        if over:
            self.positive[tuple(sorted(over))] = (over, weight)
        for end, sign in ((statement.lower, 1), (statement.upper, -1)):
            if end is None:
                continue
            row = {v: sign * factor for v, factor in terms.items()}
            if over:
                for v, factor in over.items():
                    row[v] = row.get(v, 0.0) - sign * float(end) * factor
            else:
                row[self.stretch] = -sign * float(end)
            row[self.give] = half * weight
            unit = half * weight
            self.rows.append(({v: f / unit for v, f in row.items()}, 0.0, INFINITE))

    def _floats(self, terms: Terms) -> dict[int, float]:
        found: dict[int, float] = {}
        for key, factor in terms.items():
            column = self.columns[key]
            found[column] = found.get(column, 0.0) + float(factor) * self.sizes[column]
        return found

    def _solver(self) -> None:
        solver = self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("primal_feasibility_tolerance", 1e-9)
        solver.setOptionValue("dual_feasibility_tolerance", 1e-9)
        solver.setOptionValue("small_matrix_value", 1e-12)
        solver.setOptionValue("threads", 1)
        backward = {column: key for key, column in self.columns.items()}
        for column in range(len(self.columns)):
            is_balance = backward[column][0][1] == "balance"
            solver.addVar(-INFINITE if is_balance else 0.0, INFINITE)
        solver.addVar(1.0, INFINITE)
        solver.addVar(0.0, INFINITE)
        solver.changeColCost(self.give, 1.0)
        for row, lower, upper in self.rows:
            solver.addRow(lower, upper, len(row), list(row), list(row.values()))
        self.positives: list[int] = []
        for over, weight in self.positive.values():
            self.positives.append(len(self.rows) + len(self.positives))
            scaled = [factor / weight for factor in over.values()]
            solver.addRow(FLOOR, INFINITE, len(over), list(over), scaled)

    def least(self, aside: Collection[Number] = ()) -> float:
        """By how many half units the numbers must give way, those `aside` left out."""
        self._set_aside(aside)
        self.solver.run()
        status = self.solver.getModelStatus()
        least = float(self.solver.getInfo().objective_function_value)
        self._restore(aside)  # after that HiGHS knows nothing of what it found
        if status == highspy.HighsModelStatus.kOptimal:
            return least
        if status == highspy.HighsModelStatus.kInfeasible:
            return INFINITE
        raise ValueError(f"HiGHS says {status}")

    def _set_aside(self, aside: Collection[Number]) -> None:
        for owners, rows in self.owned:
            if owners & set(aside):
                for row in rows:
                    self.solver.changeRowBounds(row, -INFINITE, INFINITE)

    def _restore(self, aside: Collection[Number]) -> None:
        for owners, rows in self.owned:
            if owners & set(aside):
                for row in rows:
                    self.solver.changeRowBounds(row, self.rows[row][1], self.rows[row][2])

    def with_value(self, statement: Statement, value: float, aside: Collection[Number]) -> float:
        """`least` where one statement's expression has a value, and those `aside` are left out."""
        terms, over = self._floats(statement.terms), self._floats(statement.over)
        row = dict(terms)
        unit = (float(statement.half) or 0.5) * (sum(over.values()) if over else 1.0)
        if over:
            for v, factor in over.items():
                row[v] = row.get(v, 0.0) - value * factor
        else:
            row[self.stretch] = -value
        number = self.solver.getNumRow()
        slack = 1e-3  # of half a unit: the ends that the product shows are rounded
        self.solver.addRow(-slack, slack, len(row), list(row), [f / unit for f in row.values()])
        found = self.least(aside)
        self.solver.deleteRows(1, [number])
        return found

    def range(
        self, terms: Terms, over: Terms, aside: Iterable[Number] = ()
    ) -> tuple[float | None, float | None]:
        """The least and greatest Σ terms / Σ over, ends included that are only approached."""
        aside = list(aside)
        top, bottom = self._floats(terms), self._floats(over)
        weight = sum(bottom.values()) if over else 1.0
        size = sum(map(abs, top.values())) or 1.0
        solver = self.solver
        self._set_aside(aside)
        solver.changeColBounds(self.give, 0.0, 0.0)
        solver.changeColCost(self.give, 0.0)
        for row in self.positives:
            solver.changeRowBounds(row, 0.0, INFINITE)
        added = 0
        if over:
            solver.changeColBounds(self.stretch, 0.0, INFINITE)
            scaled = [f / weight for f in bottom.values()]
            solver.addRow(1.0, 1.0, len(bottom), list(bottom), scaled)
            added = 1
        else:
            solver.changeColBounds(self.stretch, 1.0, 1.0)
        ends: list[float | None] = []
        for sign in (1.0, -1.0):
            for v, factor in top.items():
                solver.changeColCost(v, sign * factor / size)
            solver.run()
            status = solver.getModelStatus()
            optimal = status == highspy.HighsModelStatus.kOptimal
            value = solver.getInfo().objective_function_value
            ends.append(sign * value * size / weight if optimal else None)
        for v in top:
            solver.changeColCost(v, 0.0)
        if added:
            solver.deleteRows(1, [solver.getNumRow() - 1])
        solver.changeColBounds(self.stretch, 1.0, INFINITE)
        solver.changeColBounds(self.give, 0.0, INFINITE)
        solver.changeColCost(self.give, 1.0)
        for row in self.positives:
            solver.changeRowBounds(row, FLOOR, INFINITE)
        self._restore(aside)
        return ends[0], ends[1]
