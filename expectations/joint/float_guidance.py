"""The tableau for large blocks in conflict: floating point finds the answer, integers prove it.

Belongs here: calling HiGHS, and proving what it finds. Does not belong here: the exact simplex,
which decides all blocks, and these where a proof fails (simplex.py); solving equations
(equations.py).

Where many sums and ratios hang together, the integers of a tableau grow to hundreds of digits,
and a pivot rewrites all of them. But a verdict needs only one row of the last tableau. HiGHS says
which variables are basic at the end; exact equations then give their values, and the row that
proves that nothing is greater, or that bounds clash. Nothing else is taken from HiGHS.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import highspy
import numpy as np
from highspy._core import _Highs

from expectations.joint.equations import Equations, Singular
from expectations.joint.simplex import Tableau, Terms

Ends = Mapping[int, tuple[int | None, int | None]]  # variable -> lower and upper bound
Place = highspy.HighsBasisStatus

INFINITE = highspy.kHighsInf
# How far inside its bounds a solution is sought, where rounding does not matter: a part of the
# distance from a bound to the guess. Where there is none so far inside, there may be one less far.
MARGINS = (2.0**-6, 2.0**-14)
BITS = 20  # of the largest value, once scaled for HiGHS
OPTIONS: dict[str, bool | float | str] = {
    "output_flag": False,
    "presolve": "off",  # it would leave no basis, and no warm start
    "solver": "simplex",
    "threads": 1,
    "primal_feasibility_tolerance": 1e-9,  # where values have `BITS` bits
    "dual_feasibility_tolerance": 1e-9,
}


class Guided(Tableau):
    """A tableau that pivots in `eliminate` alone, with the same methods as `Tableau`."""

    def __init__(self, start: Sequence[int]) -> None:
        super().__init__(start)
        self._model: _Model | None = None  # shared with copies: each run sets all bounds
        self._inner: list[_Model] = []  # the same, with all bounds moved inward
        self._corner: _Corner | None = None  # the last one, often needed again
        self._point: Mapping[int, Fraction] = {}  # a solution, once `clash` has found one
        self._ray: Mapping[int, Fraction] = {}  # the direction in which `_climb` found no end

    def copy(self) -> "Guided":
        twin = Guided(())
        vars(twin).update(vars(self) | vars(super().copy()))
        return twin

    def define(self, terms: Terms) -> int:
        self._model = self._corner = None
        self._inner = []
        return super().define(terms)

    def clash(self) -> frozenset[int] | None:
        if self._crossed:
            return super().clash()
        point = self._inner_point()
        if point is not None:
            self._point = point
            return None
        try:
            return self._proven_clash()
        except _Unproven:
            exact = super().copy()
            clash = exact.clash()
            if clash is None:
                self._point = {v: exact.value(v) for v in range(len(self._value))}
            return clash

    def _inner_point(self) -> dict[int, Fraction] | None:
        """A solution in whole numbers, away from all bounds, where HiGHS finds one."""
        ends = self._ends()
        if not self._inner:
            guess = {v: Tableau.value(self, v) for v in ends}
            for margin in MARGINS:
                self._inner.append(self._new_model())
                self._inner[-1].move_inward(margin, guess, ends)
        for inner in self._inner:
            inner.run(ends, {})
            values = inner.values()
            point = self._rounded(values, ends) if values else None
            if point is not None:
                return point
        return None

    def _rounded(self, values: Mapping[int, int], ends: Ends) -> dict[int, Fraction] | None:
        """The point with these columns, moved into their bounds, if it is a solution."""
        whole = dict[int, int]()
        for v, value in values.items():
            lower, upper = ends[v]
            value = value if lower is None or value >= lower else lower
            whole[v] = value if upper is None or value <= upper else upper
        for v, row in self._rows.items():
            if v in ends:
                lower, upper = ends[v]
                total = sum([factor * whole[o] for o, factor in row.items()])
                scale = self._scale[v]
                if lower is not None and total < lower * scale:
                    return None
                if upper is not None and total > upper * scale:
                    return None
        return {v: Fraction(value) for v, value in whole.items()}

    def _proven_clash(self) -> frozenset[int] | None:
        ends = self._ends()
        corner = self._optimum(ends, {})
        outside = corner.outside(ends)
        if not outside:
            self._point = corner.values
            return None
        for basic, sign in outside:
            row = corner.row(self._reduced({basic: sign})[1])
            if corner.is_greatest(row, ends):
                reasons = [self._reason(v, factor > 0) for v, factor in row.items()]
                return self._tags([self._reason(basic, sign < 0), *reasons])
        raise _Unproven

    def greatest(self, terms: Terms, over: Terms | None = None) -> Fraction | None:
        try:
            return super().greatest(terms, over)
        except _Unproven:
            exact = super().copy()
            exact.clash()
            return exact.greatest(terms, over)

    def value(self, variable: int) -> Fraction:
        if not self._point:
            return super().value(variable)
        if variable in self._point:
            return self._point[variable]
        return _sum(self._rows[variable], self._point) / self._scale[variable]

    def _climb(self, terms: Terms, enough: int | None = None) -> bool:
        _, goal = self._reduced(terms)
        ends = self._ends()
        corner = self._optimum(ends, goal)
        if not corner.outside(ends):
            risen = enough is not None and _sum(goal, corner.values) > enough
            if risen or corner.is_greatest(corner.row(goal), ends):
                self._point = corner.values
                return True
        # A direction of endless growth solves a system too: 0 replaces each bound.
        far = self._system().unit
        ends = {
            v: (-far if lower is None else 0, far if upper is None else 0)
            for v, (lower, upper) in ends.items()
        }
        corner = self._optimum(ends, goal)
        if corner.outside(ends) or _sum(goal, corner.values) <= 0:
            raise _Unproven
        self._ray = corner.values
        self._point = {v: self._point[v] + step for v, step in self._ray.items()}
        return False

    def _along(self, terms: Terms) -> Fraction:
        scale, row = self._reduced(terms)
        return _sum(row, self._ray) / scale

    def _ends(self) -> Ends:
        """The bounds in force, of all variables that are not basic or that have bounds."""
        return {
            v: (self._lower[v], self._upper[v])
            for v in range(len(self._value))
            if v not in self._rows or self._claims[v]
        }

    def _system(self) -> "_Model":
        if self._model is None:
            self._model = self._new_model()
        return self._model

    def _new_model(self) -> "_Model":
        ends = self._ends()
        columns = [v for v in ends if v not in self._rows]
        rows = {v: (self._rows[v], self._scale[v]) for v in ends if v in self._rows}
        largest = max(map(abs, self._value))
        return _Model(columns, rows, 1 << max(0, largest.bit_length() - BITS))

    def _optimum(self, ends: Ends, goal: Terms) -> "_Corner":
        """The corner at which HiGHS finds the greatest Σ goal."""
        model = self._system()
        model.run(ends, goal)
        places = model.places()
        if self._corner is None or (self._corner.places, self._corner.ends) != (places, ends):
            self._corner = _Corner(self._rows, self._scale, places, ends)
        return self._corner


class _Unproven(Exception):
    """The exact equations do not confirm what HiGHS found."""


def _sum(terms: Terms, values: Mapping[int, Fraction]) -> Fraction:
    return sum((factor * values[v] for v, factor in terms.items()), Fraction(0))


class _Corner:
    """The point at which each variable that is not basic is at one of its bounds."""

    def __init__(
        self,
        rows: Mapping[int, Terms],
        scales: Mapping[int, int],
        places: Mapping[int, Place],
        ends: Ends,
    ) -> None:
        self.places, self.ends = places, ends
        self._rows, self._scales = rows, scales
        self._at: dict[int, int] = {}
        for v, place in places.items():
            if place != Place.kBasic:
                end = 0 if place == Place.kZero else ends[v][place == Place.kUpper]
                if end is None:
                    raise _Unproven
                self._at[v] = end
        # As many rows are held at a bound as variables can move: equations for those variables.
        self._held = [v for v in self._at if v in rows]
        moving = [v for v in places if v not in rows and v not in self._at]
        self._moving = {v: number for number, v in enumerate(moving)}
        matrix, constants = [], []
        for held in self._held:
            known = {v: factor for v, factor in rows[held].items() if v in self._at}
            constant = sum(factor * self._at[v] for v, factor in known.items())
            constants.append(scales[held] * self._at[held] - constant)
            matrix.append({self._moving[v]: f for v, f in rows[held].items() if v not in known})
        try:
            self._equations = Equations(matrix)
        except Singular:
            raise _Unproven from None
        solution = self._equations.solution(constants)
        self.values = {v: Fraction(end) for v, end in self._at.items() if v not in rows}
        self.values.update(zip(moving, solution, strict=True))

    def outside(self, ends: Ends) -> list[tuple[int, int]]:
        """Variables beyond these bounds, which must rise (1) or fall (-1), the farthest first."""
        common = lcm(*(value.denominator for value in self.values.values()))
        whole = {
            v: value.numerator * (common // value.denominator) for v, value in self.values.items()
        }
        beyond = []
        for v, (lower, upper) in ends.items():
            if v in self._at:
                continue
            row, scale = self._rows.get(v, {v: 1}), common * self._scales.get(v, 1)
            value = sum(factor * whole[other] for other, factor in row.items())
            for sign, end in ((1, lower), (-1, upper)):
                if end is not None and sign * (end * scale - value) > 0:
                    size = common * max(map(abs, row.values()))
                    beyond.append((Fraction(abs(end * scale - value), size), v, sign))
        return [(v, sign) for _, v, sign in sorted(beyond, reverse=True)]

    def row(self, terms: Terms) -> dict[int, Fraction]:
        """Σ terms as a combination of the variables that are not basic."""
        taken = self._equations.combination([terms.get(v, 0) for v in self._moving])
        row = {v: Fraction(factor) for v, factor in terms.items() if v not in self._moving}
        for held, times in zip(self._held, taken, strict=True):
            if times:
                row[held] = times * self._scales[held]
                for v, factor in self._rows[held].items():
                    if v not in self._moving:
                        row[v] = row.get(v, Fraction(0)) - times * factor
        return {v: factor for v, factor in row.items() if factor}

    def is_greatest(self, row: Mapping[int, Fraction], ends: Ends) -> bool:
        """Whether this combination of variables that are not basic is at its maximum."""
        return all(self._at[v] == ends[v][factor > 0] for v, factor in row.items())


class _Model:
    """The system in floating point, as HiGHS holds it, with the bounds of the last run."""

    def __init__(
        self,
        columns: Sequence[int],
        rows: Mapping[int, tuple[Terms, int]],
        unit: int,
    ) -> None:
        self.unit = unit  # the number that is 1 for HiGHS
        self._inward: dict[int, tuple[float, float]] = {}  # how far bounds are moved
        self._columns = {v: number for number, v in enumerate(columns)}
        self._rows = {v: number for number, v in enumerate(rows)}
        self._bounds: Ends = dict.fromkeys((*columns, *rows), (None, None))
        largest = {v: max(map(abs, row.values()), default=1) for v, (row, _) in rows.items()}
        self._units = dict.fromkeys(columns, Fraction(unit))
        self._units |= {v: Fraction(largest[v] * unit, scale) for v, (_, scale) in rows.items()}
        program = highspy.HighsLp()
        program.sense_ = highspy.ObjSense.kMaximize
        program.num_col_, program.num_row_ = len(columns), len(rows)
        program.col_cost_ = np.zeros(len(columns))
        program.col_lower_ = np.full(len(columns), -INFINITE)
        program.col_upper_ = np.full(len(columns), INFINITE)
        program.row_lower_ = np.full(len(rows), -INFINITE)
        program.row_upper_ = np.full(len(rows), INFINITE)
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *(len(row) for row, _ in rows.values())])
        matrix.index_ = np.array([self._columns[v] for row, _ in rows.values() for v in row])
        matrix.value_ = np.array(
            [factor / largest[v] for v, (row, _) in rows.items() for factor in row.values()]
        )
        self._highs = _Highs()  # `highspy.Highs` prints a banner before it can be silenced
        for option, value in OPTIONS.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(program)

    def move_inward(self, part: float, values: Mapping[int, Fraction], ends: Ends) -> None:
        """From now on, bounds are to be kept from by a part of the distance that values have."""
        for v, (lower, upper) in ends.items():
            value, unit = values[v], self._units[v]
            below = 0.0 if lower is None or value <= lower else float((value - lower) / unit)
            above = 0.0 if upper is None or value >= upper else float((upper - value) / unit)
            if below or above:
                self._inward[v] = below * part, above * part

    def run(self, ends: Ends, goal: Terms) -> None:
        """Find the greatest Σ goal, starting from where the last run ended."""
        for v, (lower, upper) in ends.items():
            if (lower, upper) != self._bounds[v]:
                least = -INFINITE if lower is None else float(lower / self._units[v])
                most = INFINITE if upper is None else float(upper / self._units[v])
                if v in self._inward:
                    least += self._inward[v][0]
                    most -= self._inward[v][1]
                if v in self._columns:
                    self._highs.changeColBounds(self._columns[v], least, most)
                else:
                    self._highs.changeRowBounds(self._rows[v], least, most)
        self._bounds = ends
        costs = np.zeros(len(self._columns))
        largest = max(map(abs, goal.values()), default=1)
        for v, factor in goal.items():
            costs[self._columns[v]] = factor / largest
        every = np.arange(len(costs), dtype=np.int32)
        self._highs.changeColsCost(len(costs), every, costs)
        self._highs.run()

    def values(self) -> dict[int, int]:
        """The columns at the end of the last run, as whole numbers; none if it found none."""
        values = self._highs.getSolution().col_value
        unit = self.unit
        if len(values) < len(self._columns) or not np.isfinite(values).all():
            return {}
        return {v: round(value * unit) for v, value in zip(self._columns, values, strict=True)}

    def places(self) -> dict[int, Place]:
        """Whether each variable is basic, and if not, at which bound it is."""
        basis = self._highs.getBasis()
        if not basis.valid:
            raise _Unproven
        places = (*basis.col_status, *basis.row_status)
        return dict(zip((*self._columns, *self._rows), places, strict=True))
