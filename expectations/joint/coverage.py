"""Which printed numbers are checked by others.

Belongs here: for every printed number, whether the others limit it from below, from above, from
both sides or not at all; a reader must know which figures nothing checks. Does not belong here:
whether the figures agree (consistency.py).

A number is limited if its expression still has bounds when the number is dropped, and these are
tighter than the floors that variables always have (a gross flow is never negative). Bounds are
propagated through one statement after another, not through several at once. So a number called
unchecked may still be part of a rare joint conflict, but a checked one causes a conflict if it is
changed enough. Bounds are floats, and no finding rests on them.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isinf

from expectations.joint.linear_statements import Identity, Number, Observation, Suspect, Terms

UPDATES = 10  # of one bound at most: it may converge slowly, and only its existence matters
CLOSE = 1e-9  # relative difference that counts as rounding


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether the other figures limit a printed number from below and from above."""

    suspect: Suspect
    below: bool
    above: bool

    @property
    def state(self) -> str:
        """'checked' from both sides, 'partly' from one, or 'unchecked'."""
        return ("unchecked", "partly", "checked")[self.below + self.above]


def coverage(
    observations: Iterable[Observation],
    identities: Iterable[Identity] = (),
    floors: Mapping[str, Number | None] | None = None,
) -> tuple[Coverage, ...]:
    """How the others limit every observation, in order of figure and aspect.

    The arguments are those of `consistency.check`.
    """
    ordered = sorted(observations, key=lambda o: (o.figure, o.aspect))
    network = _Network(ordered, identities, floors or {})
    return tuple(
        Coverage(Suspect(o.figure, o.aspect), *network.limits(tag, o))
        for tag, o in enumerate(ordered)
    )


class _Network:
    """Rows of statements, and the bounds that they give to variables when taken one by one.

    Bound 2·v + 1 is the upper bound of variable v, and bound 2·v that of -v, so that there are
    upper bounds only. A row says Σ factor·x ≤ limit. It gives each term a bound, which follows from
    the opposite bounds (number ^ 1) of its other terms.
    """

    def __init__(
        self,
        observations: Sequence[Observation],
        identities: Iterable[Identity],
        floors: Mapping[str, Number | None],
    ) -> None:
        self._index: dict[str, int] = {}
        self._floors = floors
        self._bound: list[float] = []
        self._rows: list[tuple[float, list[tuple[int, float]]]] = []
        self._givers: list[list[int]] = []  # bound -> the rows that give it
        self._own: list[range] = []  # tag -> its rows
        for identity in identities:
            self._add(identity.terms, identity.lower, identity.upper)
        for o in observations:
            first = len(self._rows)
            if not o.over:
                self._add(o.terms, o.lower, o.upper)
            if o.over and o.lower is not None:
                self._add(o.terms + _times(o.over, -o.lower), 0, None)
            if o.over and o.upper is not None:
                self._add(o.terms + _times(o.over, -o.upper), None, 0)
            self._own.append(range(first, len(self._rows)))
        self._floor = list(self._bound)
        self._reason = [-1] * len(self._bound)  # the row that gave the bound
        self._spread(range(len(self._rows)), range(0))

    def limits(self, tag: int, observation: Observation) -> tuple[bool, bool]:
        """Whether the expression is limited below and above when its own rows are dropped."""
        own = self._own[tag]
        lost = self._resting_on(own)
        before = [(bound, self._bound[bound], self._reason[bound]) for bound in lost]
        for bound in lost:
            self._bound[bound], self._reason[bound] = self._floor[bound], -1
        # The opposite bounds too: they may have stopped at a conflict that no longer exists.
        either = lost | {bound ^ 1 for bound in lost}
        givers = sorted({row for bound in either for row in self._givers[bound]})
        changes = self._spread(givers, own)
        lower, upper = self._range(observation, self._bound)
        for bound, value, reason in (*reversed(changes), *before):
            self._bound[bound], self._reason[bound] = value, reason
        least, most = self._range(observation, self._floor)
        close = CLOSE * (abs(lower) if isinf(upper) else max(abs(lower), abs(upper)))
        return lower > least + (0 if isinf(close) else close), upper < most

    def _add(
        self,
        terms: Terms,
        lower: Number | None,
        upper: Number | None,
    ) -> None:
        factors: dict[int, float] = {}
        for name, factor in _floats(terms):
            if name not in self._index:
                self._index[name] = len(self._index)
                floor = self._floors.get(name, 0)
                self._bound += [inf if floor is None else -float(floor), inf]
                self._givers += [[], []]
            variable = self._index[name]
            factors[variable] = factors.get(variable, 0.0) + factor
        for limit, sign in ((lower, -1), (upper, 1)):
            if limit is not None:
                row = [
                    (2 * variable + (sign * factor > 0), abs(factor))
                    for variable, factor in factors.items()
                    if factor
                ]
                for bound, _ in row:
                    self._givers[bound].append(len(self._rows))
                self._rows.append((sign * float(limit), row))

    def _spread(self, rows: Iterable[int], barred: range) -> list[tuple[int, float, int]]:
        """Tighten bounds by all rows but the barred ones; returns each bound before its change."""
        bounds, reasons = self._bound, self._reason
        changes: list[tuple[int, float, int]] = []
        updates: dict[int, int] = {}
        queue = deque(rows)
        waiting = set(queue)
        while queue:
            number = queue.popleft()
            waiting.discard(number)
            if number in barred:
                continue
            limit, row = self._rows[number]
            finite, unlimited = limit, 0
            for bound, size in row:
                opposite = bounds[bound ^ 1]
                if opposite == inf:
                    unlimited += 1
                else:
                    finite += size * opposite
            if unlimited > 1:
                continue
            for bound, size in row:
                opposite = bounds[bound ^ 1]
                if unlimited and opposite != inf:
                    continue
                new = (finite if unlimited else finite - size * opposite) / size
                old = bounds[bound]
                if old < self._floor[bound] and old + opposite < 0:
                    continue  # already limited and in conflict, which would tighten without end
                if old - new > CLOSE * abs(new) and updates.get(bound, 0) < UPDATES:
                    updates[bound] = updates.get(bound, 0) + 1
                    changes.append((bound, old, reasons[bound]))
                    bounds[bound], reasons[bound] = new, number
                    for other in self._givers[bound ^ 1]:
                        if other not in waiting:
                            waiting.add(other)
                            queue.append(other)
        return changes

    def _resting_on(self, rows: range) -> set[int]:
        """The bounds that rest on these rows, directly or through other rows."""
        stack = [
            bound
            for number in rows
            for bound, _ in self._rows[number][1]
            if self._reason[bound] == number
        ]
        lost = set(stack)
        while stack:
            for number in self._givers[stack.pop() ^ 1]:
                for bound, _ in self._rows[number][1]:
                    if self._reason[bound] == number and bound not in lost:
                        lost.add(bound)
                        stack.append(bound)
        return lost

    def _range(self, observation: Observation, bounds: Sequence[float]) -> tuple[float, float]:
        """The least and the greatest value of an observation's expression, given these bounds."""

        def most(terms: Terms, sign: int) -> float:
            return sum(
                abs(factor) * bounds[2 * self._index[name] + (sign * factor > 0)]
                for name, factor in _floats(terms)
            )

        lower, upper = -most(observation.terms, -1), most(observation.terms, 1)
        if not observation.over:
            return lower, upper
        bottom, top = max(0.0, -most(observation.over, -1)), most(observation.over, 1)

        if lower < 0:
            lower = lower / bottom if bottom else -inf
        elif lower > 0:
            lower = lower / top if top else inf
        if upper > 0:
            upper = upper / bottom if bottom else inf
        elif upper < 0:
            upper = upper / top if top else -inf
        return (lower if top else -inf), (upper if bottom else inf)


def _times(terms: Terms, number: Number) -> Terms:
    return tuple((name, Fraction(factor) * Fraction(number)) for name, factor in terms)


def _floats(terms: Terms) -> list[tuple[str, float]]:
    return [(name, float(factor)) for name, factor in terms]
