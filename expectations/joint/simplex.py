"""Linear inequalities decided exactly, in integers.

Belongs here: the arithmetic that tells whether tagged bounds on linear expressions can hold
together, which of them clash, and how large an expression can become. Does not belong here:
what a variable or a bound means (blocks.py), and how large systems are decided faster
(float_guidance.py).

The method is the general simplex of Dutertre and de Moura (2006): every expression is a variable
of its own, the basic ones written as combinations of the others. A basic variable outside its
bounds is pushed back by one that can still move; where none can, its row is a proof that the
bounds of the variables in it clash (the row's coefficients are Farkas multipliers). Bounds are
integers, hence so are all variables that are not basic; a basic one is an integer over the
positive scale of its row. No float is ever involved, so no verdict needs a tolerance.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd
from typing import NamedTuple

Terms = Mapping[int, int]
_Ends = tuple[int | None, int | None]

PIVOTS = 10_000  # after which a search is given up; blocks of 100 figures take some dozens
LONG = 9  # bits of bits: a coefficient of so many, 2⁹, counts twice, of twice as many, thrice
WRITTEN = 30_000_000  # coefficients, after which it is given up too: about ten seconds


class Undecided(Exception):
    """The search was given up because it took too long."""


class Claim(NamedTuple):
    """Bounds on a variable, and the tags that they rest on; `strict`: it is above `lower`."""

    lower: int | None
    upper: int | None
    tags: frozenset[int] = frozenset()
    strict: bool = False


class Tableau:
    """A system of linear expressions over variables 0 … n-1, each with tagged bounds.

    `start` proposes an integer value for every variable: the nearer to a solution, the fewer
    pivots. Dropping any of its tags drops a bound, until they are restored; without tags it always
    holds. A strict bound is in force as the next integer, and as itself in a relaxed tableau.
    """

    def __init__(self, start: Sequence[int]) -> None:
        size = len(start)
        self._value = list(start)  # of the variables that are not basic
        self._lower: list[int | None] = [None] * size
        self._upper: list[int | None] = [None] * size
        self._claims: list[list[Claim]] = [[] for _ in range(size)]
        self._claimed: dict[int, list[int]] = {}  # tag -> variables it bounds
        self._rows: dict[int, dict[int, int]] = {}  # basic variable -> coefficients of the others
        self._scale: dict[int, int] = {}  # basic variable -> its own factor in its row
        self._total: dict[int, int] = {}  # basic variable -> scale times value
        self._uses: list[set[int]] = [set() for _ in range(size)]  # variable -> rows that it is in
        self._pending: set[int] = set()  # basic variables that may be outside their bounds
        self._crossed: set[int] = set()  # variables whose lower bound is above the upper one
        self.written = 0  # coefficients, in the current search
        self._moving = (0, 0)  # a variable that can move without end, and its direction
        self._relaxed = False
        self.patience: int | None = None  # coefficients to write at most, if fewer than `WRITTEN`
        self.dropped: set[int] = set()

    def copy(self) -> "Tableau":
        """An independent copy in the same state."""
        twin = Tableau(self._value)
        twin._lower, twin._upper = list(self._lower), list(self._upper)
        twin._claims, twin._claimed = list(self._claims), dict(self._claimed)
        twin._rows = {basic: dict(row) for basic, row in self._rows.items()}
        twin._scale, twin._total = dict(self._scale), dict(self._total)
        twin._uses = [set(rows) for rows in self._uses]
        twin._pending = set(self._pending)
        twin._crossed, twin.dropped = set(self._crossed), set(self.dropped)
        twin._relaxed, twin.patience = self._relaxed, self.patience
        return twin

    # ── building ──────────────────────────────────────────────────────────────────────────────

    def define(self, terms: Terms) -> int:
        """A new variable that equals Σ coefficient · variable; returns its number."""
        scale, row = self._reduced(terms)
        new = len(self._value)
        self._value.append(0)
        self._lower.append(None)
        self._upper.append(None)
        self._claims.append([])
        self._uses.append(set())
        self._rows[new], self._scale[new] = row, scale
        self._total[new] = sum(factor * self._value[other] for other, factor in row.items())
        for other in row:
            self._uses[other].add(new)
        return new

    def eliminate(self, terms: Terms, constant: int, preference: Sequence[int]) -> bool:
        """Make Σ terms = constant always hold, by solving it for one of its variables.

        Of the variables with the smallest coefficient it is the one of the least `preference`.
        Returns False where the equation contradicts earlier ones.
        """
        new = self.define(terms)
        row = self._rows[new]
        solvable = [other for other in row if other < len(preference)]  # the rest is constant
        if not solvable:
            holds = self.value(new) == constant
            self._forget(new)
            return holds
        solved = min(solvable, key=lambda other: (abs(row[other]), preference[other], other))
        self._pivot(new, solved, constant)
        if constant == 0:
            for basic in self._uses[new]:
                del self._rows[basic][new]
            self._uses[new].clear()
        else:
            self.claim(new, Claim(constant, constant))
        return True

    def claim(self, variable: int, claim: Claim) -> None:
        """Bound a variable."""
        # Replaced, not added to: copies share the lists.
        self._claims[variable] = [*self._claims[variable], claim]
        for tag in claim.tags:
            self._claimed[tag] = [*self._claimed.get(tag, ()), variable]
        if self.dropped.isdisjoint(claim.tags):
            ends = self._lower[variable], self._upper[variable]
            self._keep_within(variable, [ends, self._ends_of(claim)])

    def relax(self) -> None:
        """Let every strict bound be met by its end too. A solution remains one."""
        self._relaxed = True
        for variable, claims in enumerate(self._claims):
            if any(claim.strict for claim in claims):
                self._refresh(variable)

    def drop(self, tags: Iterable[int]) -> None:
        """Let every bound with these tags no longer hold."""
        tags = list(tags)
        self.dropped.update(tags)
        self._refresh_all(tags)

    def restore(self, tags: Iterable[int]) -> None:
        """Let the bounds with these tags hold again."""
        tags = list(tags)
        self.dropped.difference_update(tags)
        self._refresh_all(tags)

    # ── deciding ──────────────────────────────────────────────────────────────────────────────

    def clash(self) -> frozenset[int] | None:
        """The tags of bounds that cannot hold together, or None when all can.

        None leaves the tableau at a solution. The set is empty where the untagged bounds clash
        by themselves. Raises `Undecided`.
        """
        pivots = self.written = 0
        if self._crossed:
            variable = min(self._crossed)
            return self._tags((self._reason(variable, True), self._reason(variable, False)))
        while (outside := self._outside(pivots > len(self._value))) is not None:
            basic, sign, goal = outside
            row = self._rows[basic]
            movable = [other for other, factor in row.items() if self._moves(other, sign * factor)]
            if not movable:
                reasons = [self._reason(basic, sign < 0)]
                reasons += [self._reason(v, sign * factor > 0) for v, factor in row.items()]
                return self._tags(reasons)
            self._pivot(basic, self._choose(movable, pivots), goal)
            pivots += 1
        return None

    def _outside(self, in_order: bool) -> tuple[int, int, int] | None:
        """A basic variable outside its bounds, whether it must rise (1) or fall (-1), and to what.

        The one with the shortest row: should the row prove a clash, it names the fewest tags, and a
        pivot adds the least to other rows. With `in_order` the first one, by Bland's rule.
        """
        outside: tuple[int, int, int] | None = None
        shortest = 0
        for basic in sorted(self._pending):
            total, scale = self._total[basic], self._scale[basic]
            lower, upper = self._lower[basic], self._upper[basic]
            length = 0 if in_order else len(self._rows[basic])
            if lower is not None and total < lower * scale:
                if outside is None or length < shortest:
                    outside, shortest = (basic, 1, lower), length
            elif upper is not None and total > upper * scale:
                if outside is None or length < shortest:
                    outside, shortest = (basic, -1, upper), length
            else:
                self._pending.discard(basic)
        return outside

    def _choose(self, movable: Sequence[int], pivots: int) -> int:
        """The variable to pivot on: the one in the fewest rows, which keeps rows short.

        After many pivots, the first one instead: by Bland's rule the search cannot run in circles.
        """
        most = WRITTEN if self.patience is None else min(self.patience, WRITTEN)
        if pivots > PIVOTS or self.written > most:
            raise Undecided
        if pivots > len(self._value):
            return min(movable)
        return min(movable, key=lambda variable: (len(self._uses[variable]), variable))

    def _moves(self, variable: int, direction: int) -> bool:
        """Whether a variable that is not basic can rise (direction > 0) or fall."""
        limit = self._upper[variable] if direction > 0 else self._lower[variable]
        return limit is None or limit != self._value[variable]

    @staticmethod
    def _tags(reasons: Iterable[frozenset[int]]) -> frozenset[int]:
        return frozenset().union(*reasons)

    def _reason(self, variable: int, above: bool) -> frozenset[int]:
        """The tags of the bound in force; one that rests on the fewest is preferred."""
        limit = self._upper[variable] if above else self._lower[variable]
        tags = (
            claim.tags
            for claim in self._claims[variable]
            if self._ends_of(claim)[above] == limit and self.dropped.isdisjoint(claim.tags)
        )
        return min(tags, key=lambda tags: (len(tags), sorted(tags)))

    # ── measuring ─────────────────────────────────────────────────────────────────────────────

    def greatest(self, terms: Terms, over: Terms | None = None) -> Fraction | None:
        """The supremum of Σ terms, or of Σ terms / Σ over; None where there is none.

        To be called at a solution (`clash()` returned None); `over` must not become negative.
        A ratio is raised by Dinkelbach's method: r is the supremum as soon as
        Σ terms - r · Σ over cannot be positive. Raises `Undecided`.
        """
        if not over:
            return self._at(terms) if self._climb(terms) else None
        if self._at(over) == 0:
            self._climb(over, 0)
            if self._at(over) == 0:
                return None
        ratio = self._at(terms) / self._at(over)
        while True:
            p, q = ratio.numerator, ratio.denominator
            excess = {v: q * terms.get(v, 0) - p * over.get(v, 0) for v in {**terms, **over}}
            if self._climb(excess, 0):
                if self._at(excess) <= 0:
                    return ratio
                rise, run = self._at(terms), self._at(over)
            else:
                rise, run = self._along(terms), self._along(over)
            if run == 0:
                return None
            ratio = rise / run

    def _climb(self, terms: Terms, enough: int | None = None) -> bool:
        """Go to where Σ terms is greatest, or where it exceeds `enough`.

        False where it grows without end, after a step in that direction; `_along` says how fast.
        """
        goal = self.define(terms)
        pivots = self.written = 0
        try:
            while True:
                row = self._rows[goal]
                rising = [other for other, factor in row.items() if self._moves(other, factor)]
                if not rising:
                    return True
                entering = self._choose(rising, pivots)
                up = row[entering] > 0
                if not self._step(entering, up):
                    self._moving = (entering, 1 if up else -1)
                    return False
                pivots += 1
        finally:
            self._forget(goal)

    def _step(self, entering: int, up: bool) -> bool:
        """Move a variable as far as bounds allow, and pivot; without limit, one unit, and False."""
        limit = self._upper[entering] if up else self._lower[entering]
        best: Fraction | None = None
        leaving, goal = entering, 0
        if limit is not None:
            best, goal = Fraction(abs(limit - self._value[entering])), limit
        for basic in self._uses[entering]:
            factor = self._rows[basic][entering]
            end = self._upper[basic] if (factor > 0) == up else self._lower[basic]
            if end is None:
                continue
            room = Fraction(abs(end * self._scale[basic] - self._total[basic]), abs(factor))
            if best is None or room < best or (room == best and basic < leaving):
                best, leaving, goal = room, basic, end
        if best is None:
            self._shift(entering, self._value[entering] + (1 if up else -1))
            return False
        if leaving == entering:
            self._shift(entering, goal)
        else:
            self._pivot(leaving, entering, goal)
        return True

    def _at(self, terms: Terms) -> Fraction:
        return sum((factor * self.value(v) for v, factor in terms.items()), Fraction(0))

    def value(self, variable: int) -> Fraction:
        """The variable's value at the current point (a solution after `clash()` returned None)."""
        if variable in self._rows:
            return Fraction(self._total[variable], self._scale[variable])
        return Fraction(self._value[variable])

    def _along(self, terms: Terms) -> Fraction:
        """How fast Σ terms grows in the direction that `_climb` found to be endless."""
        moving, sign = self._moving
        scale, row = self._reduced(terms)
        return Fraction(sign * row.get(moving, 0), scale)

    # ── pivoting ──────────────────────────────────────────────────────────────────────────────

    def _reduced(self, terms: Terms) -> tuple[int, dict[int, int]]:
        """Σ terms over the variables that are not basic: a positive scale and coefficients."""
        scale = 1
        for variable in terms:
            if variable in self._rows:
                factor = self._scale[variable]
                scale = scale * factor // gcd(scale, factor)
        row: dict[int, int] = {}
        for variable, factor in terms.items():
            if variable in self._rows:
                share = factor * scale // self._scale[variable]
                for other, part in self._rows[variable].items():
                    row[other] = row.get(other, 0) + share * part
            else:
                row[variable] = row.get(variable, 0) + scale * factor
        return scale, {other: factor for other, factor in row.items() if factor}

    def _pivot(self, basic: int, entering: int, goal: int) -> None:
        """Give `basic` the value `goal`, and make `entering` basic in its place."""
        rows, scales, totals, uses = self._rows, self._scale, self._total, self._uses
        row = rows.pop(basic)
        scale = scales.pop(basic)
        del totals[basic]
        self._pending.discard(basic)
        factor = row.pop(entering)
        before = self._value[entering]
        if factor > 0:
            row = {other: -part for other, part in row.items()}
        else:
            factor, scale = -factor, -scale
        row[basic] = scale
        self._value[basic] = goal
        total = sum(part * self._value[other] for other, part in row.items())
        for other in row:
            uses[other].discard(basic)
            uses[other].add(entering)
        touched = uses[entering]
        touched.discard(basic)
        uses[entering] = set()
        rows[entering], scales[entering], totals[entering] = row, factor, total
        self._pending.add(entering)
        self.written += len(touched) * len(row) * (1 + (factor.bit_length() >> LONG))
        for other_basic in touched:
            target = rows[other_basic]
            part = target.pop(entering)
            shared = gcd(part, factor)
            keep, add = factor // shared, part // shared
            new_scale = scales[other_basic] * keep
            new_total = keep * (totals[other_basic] - part * before) + add * total
            if keep != 1:
                for other in target:
                    target[other] *= keep
            for other, addend in row.items():
                old = target.get(other)
                if old is None:
                    target[other] = add * addend
                    uses[other].add(other_basic)
                elif old + add * addend:
                    target[other] = old + add * addend
                else:
                    del target[other]
                    uses[other].discard(other_basic)
            if new_scale != 1:
                common = gcd(new_scale, *target.values())
                if common != 1:
                    new_scale //= common
                    new_total //= common
                    for other in target:
                        target[other] //= common
            scales[other_basic], totals[other_basic] = new_scale, new_total
            self._pending.add(other_basic)

    def _shift(self, variable: int, value: int) -> None:
        """Move a variable that is not basic."""
        change = value - self._value[variable]
        self._value[variable] = value
        for basic in self._uses[variable]:
            self._total[basic] += self._rows[basic][variable] * change
            self._pending.add(basic)

    def _refresh_all(self, tags: Iterable[int]) -> None:
        """Recompute the bounds of the variables that these tags claim, each once."""
        for variable in dict.fromkeys(v for tag in tags for v in self._claimed.get(tag, ())):
            self._refresh(variable)

    def _refresh(self, variable: int) -> None:
        """Recompute a variable's bounds from the claims that hold, and keep it within them."""
        dropped = self.dropped
        self._keep_within(
            variable,
            [self._ends_of(c) for c in self._claims[variable] if dropped.isdisjoint(c.tags)],
        )

    def _ends_of(self, claim: Claim) -> _Ends:
        lower = claim.lower
        if claim.strict and lower is not None and not self._relaxed:
            lower += 1
        return lower, claim.upper

    def _keep_within(self, variable: int, ends: Iterable[_Ends]) -> None:
        """Set a variable's bounds, the tightest of some, and move it into them."""
        lower: int | None = None
        upper: int | None = None
        for low, high in ends:
            if low is not None and (lower is None or low > lower):
                lower = low
            if high is not None and (upper is None or high < upper):
                upper = high
        self._lower[variable], self._upper[variable] = lower, upper
        if lower is not None and upper is not None and lower > upper:
            self._crossed.add(variable)
        else:
            self._crossed.discard(variable)
        if variable in self._rows:
            self._pending.add(variable)
        elif lower is not None and self._value[variable] < lower:
            self._shift(variable, lower)
        elif upper is not None and self._value[variable] > upper:
            self._shift(variable, upper)

    def _forget(self, variable: int) -> None:
        """Remove the variable defined last, which must be basic."""
        for other in self._rows.pop(variable):
            self._uses[other].discard(variable)
        del self._scale[variable], self._total[variable]
        self._pending.discard(variable)
        self._value.pop()
        self._lower.pop()
        self._upper.pop()
        self._claims.pop()
        self._uses.pop()
