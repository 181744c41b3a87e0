"""What limits a printed number though it is left out, and what does not: for a whole block at once.

Belongs here: which limits follow from one statement after another, and which certainly do not
exist, without a number. Does not belong here: what neither can tell (coverage.py).

A statement gives a fact about one of its variables where it has facts about the others (facts.py).
Of each fact it is known without which numbers it does not follow: all numbers at first; each way to
derive the fact leaves those that the way needs, its own statement's and those of its premises.

What has no fact may really be free. Where all agree there is a solution; let all its variables
without an upper end grow in proportion, or set all that are not above zero to zero. If the other
statements still hold then, nothing limits these variables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from expectations.joint.facts import Facts, Pair, Row
from expectations.joint.linear_statements import Identity, Number, Observation, Terms

SURE = 1e-9  # of the numbers added up: a sum of floats above this is above zero

End = tuple[float, int]  # of a variable; bits of the numbers that it rests on


class Derivations:
    """What follows in a block without each of its numbers.

    `bits` has for each observation its own bit, and those of all numbers that it rests on.
    """

    def __init__(
        self,
        observations: Sequence[Observation],
        bits: Sequence[tuple[int, int]],
        identities: Sequence[Identity],
        floors: Mapping[str, Number | None],
    ) -> None:
        self._observations = observations
        self._own = [own for own, _ in bits]
        self._single: list[Row] = []
        self._pairs: list[Pair] = []
        self._rows: list[Row] = []  # of several variables, but for pairs
        self._index = index = dict[str, int]()
        for o in observations:
            for name, _ in o.terms:
                index.setdefault(name, len(index))
            for name, _ in o.over:
                index.setdefault(name, len(index))
        printed = set(index)
        uses = Counter(name for identity in identities for name, _ in identity.terms)
        rests = {name for name in uses if uses[name] == 1 and name not in printed}
        rests = {name for name in rests if floors.get(name, 0) == 0}
        for name in uses:
            if name not in rests:
                index.setdefault(name, len(index))
        self.gross = [floors.get(name, 0) == 0 for name in index]
        self.free = [floors.get(name, 0) is None for name in index]
        self._printed = {index[name] for name in printed}
        self._equations: list[list[tuple[int, float]]] = []  # Σ factor · variable = 0
        for identity in identities:
            self._add_identity(identity, rests)
        self.every = 0
        for o, (_, needs) in zip(observations, bits, strict=True):
            self.every |= needs
            if o.over:
                self._add_ratio(o, needs)
            else:
                self._add(o.terms, o.lower, o.upper, needs)
        self._facts = self._no_facts()
        self._measure()
        self._facts.derive(self._rows, self._pairs)
        self._by_scale: Facts | None = None

    def _terms(self, terms: Terms) -> list[tuple[int, float]]:
        return [(self._index[name], float(factor)) for name, factor in terms]

    # ── what is limited ───────────────────────────────────────────────────────────────────────

    def limits(self) -> list[tuple[bool, bool]]:
        """Whether others are seen to limit each observation from below and from above."""
        return [self._limits(*pair) for pair in zip(self._own, self._observations, strict=True)]

    def _limits(self, bit: int, o: Observation) -> tuple[bool, bool]:
        facts = self._facts
        terms = self._terms(o.terms)
        lacks_below, lacks_above = facts.least(terms) & bit, facts.most(terms) & bit
        if not o.over:
            return not lacks_below, not lacks_above
        over = self._terms(o.over)
        if not all([self.gross[v] and factor > 0 for v, factor in over]):
            return False, False
        is_zero = is_open = 0
        for v, _ in over:
            is_open |= facts.upper[v] & bit
            is_zero |= facts.above[v] & bit
        is_gross = all([self.gross[v] and factor > 0 for v, factor in terms])
        lacks_below |= is_open if is_gross else is_zero
        lacks_above |= is_zero
        if len(over) == 1 and (lacks_below or lacks_above):
            scaled = self._scaled()
            lacks_below &= scaled.least(terms)
            lacks_above &= scaled.most(terms)
        return not lacks_below, not lacks_above

    def _scaled(self) -> Facts:
        """What follows about a ratio if what it is over has any one value: from ratios and sums."""
        if self._by_scale is None:
            self._by_scale = facts = self._no_facts()
            self._assume(facts, is_over=True)
            facts.derive([row for row in self._rows if row[0] == 0], self._pairs)
        return self._by_scale

    def _no_facts(self) -> Facts:
        return Facts(self.gross, self.free, self.every)

    def _assume(self, facts: Facts, is_over: bool) -> None:
        """Without each ratio, assume that one of its sides has an end and is above zero."""
        for bit, o in zip(self._own, self._observations, strict=True):
            if len(o.over) == 1 and (is_over or len(o.terms) == 1):
                v = self._index[(o.over if is_over else o.terms)[0][0]]
                facts.upper[v] &= ~bit
                facts.above[v] &= ~bit

    # ── reading ───────────────────────────────────────────────────────────────────────────────

    def _add_identity(self, identity: Identity, rests: set[str]) -> None:
        terms, lower, upper = identity.terms, identity.lower, identity.upper
        if rests:
            # What is in no other statement only says that the others come to at most, or at least.
            for name, factor in terms:
                if name in rests and factor:
                    lower, upper = (None, upper) if factor > 0 else (lower, None)
            terms = tuple(term for term in terms if term[0] not in rests)
        if terms:
            self._add(terms, lower, upper, 0)
            if lower == upper == 0:
                self._equations.append(self._terms(terms))

    def _add(self, terms: Terms, lower: Number | None, upper: Number | None, bits: int) -> None:
        row = self._terms(terms)
        if upper is not None:
            self._state(row, float(upper), bits)
        if lower is not None:
            self._state([(v, -factor) for v, factor in row], -float(lower), bits)

    def _state(self, terms: list[tuple[int, float]], limit: float, bits: int) -> None:
        """Take a row: Σ terms ≤ limit."""
        row = _merged(terms)
        if row:
            (self._single if len(row) == 1 else self._rows).append((limit, row, bits))

    def _add_ratio(self, o: Observation, bits: int) -> None:
        terms, over = self._terms(o.terms), self._terms(o.over)
        (first, size), (second, by) = terms[0], over[0]
        if (
            len(terms) == len(over) == 1
            and first != second
            and size > 0 < by
            and self.gross[first]
            and self.gross[second]
        ):
            if o.upper is not None and o.upper > 0:
                self._pairs.append((first, second, float(o.upper) * by / size, bits))
            elif o.upper is not None:
                self._state([(first, size), (second, -float(o.upper) * by)], 0.0, bits)
            if o.lower is not None and o.lower > 0:
                self._pairs.append((second, first, size / by / float(o.lower), bits))
            return
        if not all([self.gross[v] and factor > 0 for v, factor in over]):
            self._add(o.over, 0, None, bits)  # what a ratio is over is above zero
        for limit, sign in ((o.lower, -1.0), (o.upper, 1.0)):
            if limit is not None:
                end = -sign * float(limit)
                row = [(v, sign * factor) for v, factor in terms]
                self._state(row + [(v, end * factor) for v, factor in over], 0.0, bits)

    # ── measuring ─────────────────────────────────────────────────────────────────────────────

    def _measure(self) -> None:
        """Take what rows of one variable say, and what is above zero by subtraction.

        For subtracting, the first ends that are found of each variable are enough.
        """
        facts = self._facts
        lower: list[End | None] = [(0.0, 0) if gross else None for gross in self.gross]
        upper: list[End | None] = [None] * len(lower)
        for limit, ((v, factor),), bits in self._single:
            found, old = limit / factor, upper[v] if factor > 0 else lower[v]
            if factor > 0:
                facts.upper[v] &= bits
                if old is None or found < old[0]:
                    upper[v] = found, bits
            else:
                facts.lower[v] &= bits
                facts.above[v] &= bits if found > 0 and self.gross[v] else -1
                if old is None or found > old[0]:
                    lower[v] = found, bits
        ahead = sorted(self._rows, key=lambda row: len(row[1]))
        while ahead:
            for less, more, factor, bits in self._pairs:
                end, low = upper[more], lower[less]
                if upper[less] is None and end is not None:
                    upper[less] = end[0] * factor, end[1] | bits
                if low is not None and low[0] > 0:
                    facts.above[more] &= low[1] | bits
                    if lower[more] == (0.0, 0):
                        lower[more] = low[0] / factor, low[1] | bits
            left = [row for row in ahead if not self._measure_by(row, lower, upper)]
            if len(left) == len(ahead):
                break
            ahead = left

    def _measure_by(self, row: Row, lower: list[End | None], upper: list[End | None]) -> bool:
        """Take the ends that one row gives; False where too little is known of its variables."""
        limit, terms, bits = row
        room, size, missing = limit, abs(limit), 0
        once = twice = 0
        for v, factor in terms:
            end = lower[v] if factor > 0 else upper[v]
            if end is None:
                missing += 1
                if missing > 1:
                    return False
                continue
            room -= factor * end[0]
            size += abs(factor * end[0])
            twice |= once & end[1]
            once |= end[1]
        for v, factor in terms:
            end = lower[v] if factor > 0 else upper[v]
            if missing and end is not None:
                continue
            old = upper[v] if factor > 0 else lower[v]
            if old is not None and (factor > 0 or not self.gross[v]):
                continue
            found = (room if end is None else room + factor * end[0]) / factor
            needs = bits | (once if end is None else twice | once & ~end[1])
            if factor > 0:
                upper[v] = found, needs
            elif not self.gross[v]:
                lower[v] = found, needs
            elif found > SURE * size / -factor:
                self._facts.above[v] &= needs
                if old is None or old[0] <= 0:
                    lower[v] = found, needs
        return True

    # ── what is certainly free ────────────────────────────────────────────────────────────────

    def frees(self) -> tuple[int, int]:
        """The numbers, as bits, that nothing limits from below and from above, where all agree."""
        single, rows = self._between_printed()
        below, above = self._facts.frees(single, self._pairs, rows)
        by_over, by_terms = self._no_facts(), self._no_facts()
        sides = []
        for facts, is_over in ((by_over, True), (by_terms, False)):
            facts.start_from(self._facts)
            self._assume(facts, is_over)
            facts.derive(self._rows, self._pairs)
            sides.append(facts.frees(single, self._pairs, rows))
        free_below = free_above = 0
        for bit, o in zip(self._own, self._observations, strict=True):
            if o.lower is None or o.lower <= 0 or len(o.terms) > 1 or len(o.over) > 1:
                continue  # it may be zero, and zero does not grow
            ((name, factor),) = o.terms
            v = self._index[name]
            if not self.gross[v] or factor <= 0:
                continue
            if not o.over:
                free_below |= bit & below & self._facts.above[v]
                free_above |= bit & above & self._facts.upper[v]
                continue
            w = self._index[o.over[0][0]]
            if v != w and self.gross[w]:
                free_below |= bit & sides[0][0] & by_over.above[v]
                free_below |= bit & sides[1][1] & by_terms.upper[w]
                free_above |= bit & sides[0][1] & by_over.upper[v]
                free_above |= bit & sides[1][0] & by_terms.above[w]
        return free_below, free_above

    def _between_printed(self) -> tuple[list[Row], list[Row]]:
        """The rows of one and of several variables, where what nobody printed is written as a sum.

        It is the sum whatever its terms become, so that they need not all become zero together.
        """
        sums: dict[int, dict[int, float]] = {}
        for terms in self._equations:
            row = _expanded(terms, sums)
            whole = self._sum_of_others(row)
            if whole is not None:
                factor = row.pop(whole)
                sums[whole] = {v: -other / factor for v, other in row.items()}
        if not sums:
            return self._single, self._rows
        single, several = list[Row](), list[Row]()
        for limit, terms, bits in (*self._single, *self._rows):
            if expanded := [*_expanded(terms, sums).items()]:
                (single if len(expanded) == 1 else several).append((limit, expanded, bits))
        return single, several

    def _sum_of_others(self, row: Mapping[int, float]) -> int | None:
        """The variable of Σ row = 0 that nobody printed and that is a sum of gross ones."""
        if all([self.gross[v] for v in row]):
            positive = [v for v, factor in row.items() if factor > 0]
            negative = [v for v, factor in row.items() if factor < 0]
            for side, others in ((positive, negative), (negative, positive)):
                if others and len(side) == 1 and side[0] not in self._printed:
                    return side[0]
        return None


def _expanded(
    row: Iterable[tuple[int, float]], sums: Mapping[int, Mapping[int, float]]
) -> dict[int, float]:
    """The factors of a row's variables, with sums written as the terms that they have."""
    factors: dict[int, float] = {}
    left = list(row)
    while left:
        v, factor = left.pop()
        if v in sums:
            left += [(other, factor * size) for other, size in sums[v].items()]
        else:
            factors[v] = factors.get(v, 0.0) + factor
    return {v: factor for v, factor in factors.items() if factor}


def _merged(row: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Each variable once, with a factor that is not zero."""
    if len(row) > 1 and len({v for v, _ in row}) < len(row):
        factors: dict[int, float] = {}
        for v, factor in row:
            factors[v] = factors.get(v, 0.0) + factor
        row = list(factors.items())
    return [(v, factor) for v, factor in row if factor]
