"""What the loaded figures print, as observations of variables.

Belongs here: which expression each printed number bounds, and on which other numbers that rests.
Does not belong here: what holds by definition between variables (ties.py).

A number is stated to the solver only where its meaning is certain. What a ratio is over must have a
sign: a balance has one where it is printed, or follows from what is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from expectations.intervals import distance
from expectations.joint.core_rows import CoreRows, Row
from expectations.joint.linear_statements import Ends, Number, Observation, Suspect, Terms
from expectations.joint.statements import Reading, Statements, Variable, span_of


def observe(rows: CoreRows, statements: Statements, apart: Collection[str]) -> None:
    """Add the printed numbers and their variables, and the series that can be added up.

    Figures that are to stand `apart` from all others have variables of their own.
    """
    for row in rows.figures:
        span = span_of(row["period_start"], row["period_end"], row["fiscal_year_start"])
        variable = Variable(row["source_id"], row["series"], row["unit"], *span)
        if row["figure_id"] in apart:
            variable = variable._replace(only=row["figure_id"])
        statements.figures[row["figure_id"]] = variable
        statements.variables.add(variable)
        if row["adds_up"]:
            statements.additive.add(row["series"])
        if row["adds_up_over_time"]:
            statements.additive_over_time.add(row["series"])
    printed = _Printed(rows.figures, statements)
    for row in rows.figures:
        statements.observations += printed.by(row)
    statements.observations += _ranks(rows, statements)


class _Level(NamedTuple):
    """A printed level."""

    lower: Number | None
    upper: Number | None

    @property
    def sign(self) -> int:
        """That of all values it stands for; 0 where it may be either."""
        if self.lower is not None and self.lower >= 0:
            return 1
        return -1 if self.upper is not None and self.upper <= 0 else 0

    def size_over(self, before: _Level | None) -> Ends:
        """How many times the size of another it is, both being negative."""
        if before is None:
            return None, None
        return (
            Fraction(self.upper) / Fraction(before.lower) if self.upper and before.lower else None,
            Fraction(self.lower) / Fraction(before.upper) if self.lower and before.upper else None,
        )


class _Printed:
    """What figures print, read beside what the other figures of their sources print."""

    def __init__(self, rows: Sequence[Row], statements: Statements) -> None:
        self._statements = statements
        self._rows = {row["figure_id"]: row for row in rows}
        self._levels: dict[Variable, _Level] = {}
        for row in rows:
            for aspect, variable in (("value", self._variable(row)), ("base", self._base(row))):
                if row[f"{aspect}_printed"] is not None and variable is not None:
                    self._levels.setdefault(variable, _Level(*_ends(row, aspect)))

    def by(self, row: Row) -> Iterator[Observation]:
        """What one figure prints: its level, and what relates it to a base, a whole or a total."""
        for aspect, variable in (("value", self._variable(row)), ("base", self._base(row))):
            if row[f"{aspect}_printed"] is not None and variable is not None:
                self._statements.printed.add(variable)
                yield self._observation(row, aspect, {variable: 1}, _ends(row, aspect))
        yield from self._growth(row, "growth", self._base(row))
        yield from self._growth(row, "other_growth", self._base(row, "other_base"))
        if row["change_printed"] is not None:
            yield from self._change(row)
        if not self._stands_apart(row):
            yield from self._relations(row)

    def _relations(self, row: Row) -> Iterator[Observation]:
        """What one figure prints of its whole or total."""
        if row["share_printed"] is not None:
            yield from self._share(row)
        if row["share_change_printed"] is not None and row["share_printed"] is not None:
            yield from self._share_before(row)
        if row["contribution_printed"] is not None:
            yield from self._contribution(row)
        if row["contribution_rate_printed"] is not None:
            yield from self._contribution_rate(row)

    def _growth(self, row: Row, aspect: str, base: Variable | None) -> Iterator[Observation]:
        """Level over base; of balances, where both have the same sign for certain."""
        if row[f"{aspect}_printed"] is None or base is None:
            return
        variable = self._variable(row)
        least, most = _less(_ends(row, aspect), (-1, -1))
        if not variable.is_balance:
            yield self._observation(row, aspect, {variable: 1}, (least, most), {base: 1})
            return
        now, before = self._levels.get(variable), self._levels.get(base)
        sign = now.sign if now else 0
        was = before.sign if before else 0
        if not before and sign > 0 and most is not None and most < 2:
            was = 1  # from a deficit to a surplus is more than twice its size
        elif not before and sign < 0 and least is not None and least > 0:
            was = -1  # and from a surplus to a deficit more than all of it
        if not now or not sign or sign != was:
            return
        ends = (least, most)
        if sign < 0:
            ends = self._of_size(Suspect(row["figure_id"], aspect), ends, now.size_over(before))
        yield self._observation(row, aspect, {variable: sign}, ends, {base: sign})

    def _of_size(self, suspect: Suspect, factor: Ends, size: Ends) -> Ends:
        """What a deficit is over that before: some print how its size grew, some how it fell."""
        mirrored = _less((2, 2), factor)
        grown, fallen = _meets(factor, size), _meets(mirrored, size)
        if grown and fallen:  # all between is possible too, as far as one statement can tell
            return _hull(factor, mirrored)
        if fallen:
            self._statements.readings[suspect] = Reading(-1, (1, 1))
            return mirrored
        return factor

    def _change(self, row: Row) -> Iterator[Observation]:
        variable, base = self._variable(row), self._base(row)
        if base is not None:
            yield self._observation(row, "change", {variable: 1, base: -1}, _ends(row, "change"))

    def _share(self, row: Row) -> Iterator[Observation]:
        variable, whole = self._variable(row), self._own(row["share_of"], row)
        sign = 1
        if whole.is_balance:
            level = self._levels.get(whole)
            sign = level.sign if level and variable.is_balance else 0
        if sign:
            ends = _ends(row, "share")
            yield self._observation(row, "share", {variable: sign}, ends, {whole: sign})

    def _share_before(self, row: Row) -> Iterator[Observation]:
        """The share less its change is the share in the base."""
        base, total = self._base(row), row["share_of"] or row["part_of"]
        if base is None or total is None:
            return
        whole = self._own(total, row).at(base.start, base.stop)
        if base.is_balance or whole.is_balance:
            return
        share, change = _ends(row, "share"), _ends(row, "share_change")
        suspect = Suspect(row["figure_id"], "share_change")
        self._statements.readings[suspect] = Reading(-1, share)
        others = (Suspect(row["figure_id"], "share"),)
        ends = _less(share, change)
        yield self._observation(row, "share_change", {base: 1}, ends, {whole: 1}, others)

    def _contribution(self, row: Row) -> Iterator[Observation]:
        variable, base = self._variable(row), self._base(row)
        if base is None or base.is_balance:
            return
        total = self._own(row["part_of"], row).at(base.start, base.stop)
        if not total.is_balance:
            ends = _ends(row, "contribution")
            yield self._observation(row, "contribution", {variable: 1, base: -1}, ends, {total: 1})

    def _contribution_rate(self, row: Row) -> Iterator[Observation]:
        """The change of a part over that of its total, where it is known which way this went."""
        variable, base, total = self._variable(row), self._base(row), self._rows[row["part_of"]]
        sign = self._direction(total)
        if base is None or not sign or _span(row) != _span(total):
            return
        whole = self._own(row["part_of"], row)
        if variable.is_balance or whole.is_balance:
            return
        change = {variable: sign, base: -sign}
        over = {whole: sign, whole.at(base.start, base.stop): -sign}
        ends = _ends(row, "contribution_rate")
        yield self._observation(row, "contribution_rate", change, ends, over)

    def _direction(self, row: Row) -> int:
        """Whether a figure rose or fell, by its growth or change; 0 where neither says."""
        for aspect in ("growth", "change"):
            lower, upper = _ends(row, aspect)
            if row[f"{aspect}_printed"] is not None:
                if lower is not None and lower > 0:
                    return 1
                if upper is not None and upper < 0:
                    return -1
        return 0

    def _observation(
        self,
        row: Row,
        aspect: str,
        terms: Mapping[Variable, int],
        ends: Ends,
        over: Mapping[Variable, int] | None = None,
        others: tuple[Suspect, ...] = (),
    ) -> Observation:
        self._statements.variables.update(terms, over or ())
        numbers = _terms(terms), *ends, _terms(over or {})
        return Observation(row["figure_id"], aspect, *numbers, others=others)

    def _stands_apart(self, row: Row) -> bool:
        """Whether it, or what it is a part of, is held against no other figure."""
        figures = (row["figure_id"], row["share_of"], row["part_of"])
        return any(self._statements.figures[figure].only for figure in figures if figure)

    def _variable(self, row: Row) -> Variable:
        return self._statements.figures[row["figure_id"]]

    def _base(self, row: Row, column: str = "base") -> Variable | None:
        """What the growth of a figure is measured from, where that is a whole span."""
        if row[f"{column}_end"] is None:
            return None
        days = row[f"{column}_start"], row[f"{column}_end"]
        return self._variable(row).at(*span_of(*days, row["fiscal_year_start"]))

    def _own(self, figure: str, row: Row) -> Variable:
        """Of another source's figure: the same value as this source knows it, revised or not."""
        return self._statements.figures[figure]._replace(source=row["source_id"])


def _ranks(rows: CoreRows, statements: Statements) -> Iterator[Observation]:
    """Of two peers, the one with the higher rank is not the smaller one."""
    by_peers: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    for figure, rank, peers in rows.ranks:
        by_peers[tuple(peers)].append((rank, figure))
    for ranked in by_peers.values():
        above: str | None = None
        for _, group in groupby(ranked, key=lambda place: place[0]):
            figures = [figure for _, figure in group if not statements.figures[figure].only]
            for figure in figures:
                if above is not None and statements.figures[above] != statements.figures[figure]:
                    terms = {statements.figures[above]: 1, statements.figures[figure]: -1}
                    rests_on = (Suspect(above, "rank"),)
                    yield Observation(figure, "rank", _terms(terms), 0, None, others=rests_on)
            above = figures[0] if figures else above


def _terms(factors: Mapping[Variable, int]) -> Terms:
    return tuple((variable.name, factor) for variable, factor in factors.items())


# ── intervals, of which an end that is None is unbounded ─────────────────────────────────────


def _span(row: Row) -> tuple[object, object]:
    """The period that a growth is measured from."""
    return row["base_start"], row["base_end"]


def _ends(row: Row, aspect: str) -> Ends:
    return row[f"{aspect}_lower"], row[f"{aspect}_upper"]


def _less(ends: Ends, others: Ends) -> Ends:
    """The differences of any two numbers within them."""
    (lower, upper), (least, most) = _exact(ends), _exact(others)
    return (
        None if lower is None or most is None else lower - most,
        None if upper is None or least is None else upper - least,
    )


def _hull(ends: Ends, others: Ends) -> Ends:
    """The least interval around both."""
    (lower, upper), (least, most) = _exact(ends), _exact(others)
    return (
        None if lower is None or least is None else min(lower, least),
        None if upper is None or most is None else max(upper, most),
    )


def _meets(factor: Ends, size: Ends) -> bool:
    """Whether a size may have changed by this factor."""
    _, most = factor
    return (most is None or most > 0) and distance(*_exact(factor), *_exact(size)) is None


def _exact(ends: Ends) -> tuple[Fraction | None, Fraction | None]:
    lower, upper = ends
    return None if lower is None else Fraction(lower), None if upper is None else Fraction(upper)
