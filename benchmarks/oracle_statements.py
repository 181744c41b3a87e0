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

from benchmarks.oracle_levels import Levels
from benchmarks.oracle_printing import Ends
from benchmarks.oracle_tables import LEGS, MEASURED, ONLY, Codes, Record, Series, Span, Table

Number = tuple[str, str]  # a record's id and the aspect that it prints
Terms = dict[tuple[Series, Span], Fraction]
SURE = 1e-3  # half units that are more than floating point blurs
TINY = 1e-6  # half units that are nothing
FLOOR = 1e-3  # of its true value: the least that something is divided by, before τ
INFINITE = highspy.kHighsInf
SCALINGS = (2, 0, 4)  # ways in which HiGHS scales what it solves, the usual one first
SIMPLE = ("exports", "imports", "trade")  # flows of which parts lie within totals
DECIDED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class Undecided(Exception):
    """HiGHS cannot tell."""


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
        step = number.step if not number.hedge else INFINITE
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


class Model:
    """The rows in HiGHS. Rows can be set aside by the numbers that own them."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.columns: dict[tuple[Series, Span], int] = {}
        self.sizes: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.owned: list[tuple[frozenset[Number], range]] = []
        self.positive: dict[tuple[tuple[int, float], ...], list[frozenset[Number]]] = {}
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
                if flow in LEGS and ONLY not in dict(codes):
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
        weight = sum(map(abs, over.values())) if over else 1.0
        if over:
            self.positive.setdefault(tuple(sorted(over.items())), []).append(statement.owners)
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
        solver.setOptionValue("presolve", "off")  # it calls some infeasible that are not
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
        for over in map(dict, self.positive):
            self.positives.append(len(self.rows) + len(self.positives))
            weight = sum(map(abs, over.values()))
            scaled = [factor / weight for factor in over.values()]
            solver.addRow(FLOOR, INFINITE, len(over), list(over), scaled)

    def least(self, aside: Collection[Number] = ()) -> float:
        """By how many half units the numbers must give way, those `aside` left out."""
        self._set_aside(aside)
        status = self._solved()
        least = float(self.solver.getInfo().objective_function_value)
        self._restore(aside)  # after that HiGHS knows nothing of what it found
        if status == highspy.HighsModelStatus.kOptimal:
            return least
        if status == highspy.HighsModelStatus.kInfeasible:
            return INFINITE
        raise Undecided(f"HiGHS says {status}")

    def _solved(self) -> highspy.HighsModelStatus:
        """Run the solver; anew, and scaled otherwise, where it gets nowhere."""
        for strategy in SCALINGS:
            self.solver.setOptionValue("simplex_scale_strategy", strategy)
            self.solver.run()
            if self.solver.getModelStatus() in DECIDED:
                break
            self.solver.clearSolver()
        return self.solver.getModelStatus()

    def _set_aside(self, aside: Collection[Number]) -> None:
        for owners, rows in self.owned:
            if owners & set(aside):
                for row in rows:
                    self.solver.changeRowBounds(row, -INFINITE, INFINITE)
        for row in self._unsaid(aside):
            self.solver.changeRowBounds(row, -INFINITE, INFINITE)

    def _restore(self, aside: Collection[Number]) -> None:
        for owners, rows in self.owned:
            if owners & set(aside):
                for row in rows:
                    self.solver.changeRowBounds(row, self.rows[row][1], self.rows[row][2])
        for row in self._unsaid(aside):
            self.solver.changeRowBounds(row, FLOOR, INFINITE)

    def _unsaid(self, aside: Collection[Number]) -> Iterator[int]:
        """Rows that say that something is above zero, which only numbers `aside` are over."""
        for row, saying in zip(self.positives, self.positive.values(), strict=True):
            if all(owners & set(aside) for owners in saying):
                yield row

    def with_value(self, statement: Statement, value: float, aside: Collection[Number]) -> float:
        """`least` where one statement's expression has a value, and those `aside` are left out."""
        terms, over = self._floats(statement.terms), self._floats(statement.over)
        row = dict(terms)
        unit = (float(statement.half) or 0.5) * (sum(map(abs, over.values())) if over else 1.0)
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
        weight = sum(map(abs, bottom.values())) if over else 1.0
        size = sum(map(abs, top.values())) or 1.0
        solver = self.solver
        self._set_aside(aside)
        solver.changeColBounds(self.give, 0.0, 0.0)
        solver.changeColCost(self.give, 0.0)
        said = set(self.positives) - set(self._unsaid(aside))
        for row in said:
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
            status = self._solved()
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
        for row in said:
            solver.changeRowBounds(row, FLOOR, INFINITE)
        self._restore(aside)
        return ends[0], ends[1]
