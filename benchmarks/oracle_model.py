"""The oracle's statements as rows for HiGHS, and the questions about them.

Rows are stretched by one variable, τ ≥ 1: whoever may be scaled up may be so far that every number
that something is divided by is at least 1, and so strictly positive. `least` is by how many of its
own half units each printed number must give way for all to agree: 0 where they can.

Belongs here: rows, and what is asked of them. Does not belong here: what they say
(oracle_statements.py), and what the product says (oracle_verdicts.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

import highspy

from benchmarks.oracle_statements import Number, Statement, Statements, Terms
from benchmarks.oracle_tables import LEGS, ONLY, Series, Span

SURE = 1e-3  # half units that are more than floating point blurs
TINY = 1e-6  # half units that are nothing
FLOOR = 1e-3  # of its true value: the least that something is divided by, before τ
INFINITE = highspy.kHighsInf
SCALINGS = (2, 0, 4)  # ways in which HiGHS scales what it solves, the usual one first
DECIDED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class Undecided(Exception):
    """HiGHS cannot tell."""


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
