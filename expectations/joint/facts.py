"""Facts about the variables of a block, and the numbers without which each does not follow.

A fact is that a variable has an upper end, a lower one, or is above zero. It is held as the set of
numbers without which it does not follow, as bits.

Belongs here: how one fact follows from others by a row of a block. Does not belong here: which rows
there are, and what the facts say of printed numbers (derivations.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Row = tuple[float, list[tuple[int, float]], int]  # Σ factor · variable ≤ limit; bits of its tags
Pair = tuple[int, int, float, int]  # first ≤ factor · second, factor above 0; bits of its tags


class Facts:
    """Of each variable, the numbers without which it has no upper end, no lower, is not above 0."""

    def __init__(self, gross: Sequence[bool], free: Sequence[bool], every: int) -> None:
        self._gross, self._free = gross, free
        self.upper = [every] * len(gross)
        self.lower = [every if is_free else 0 for is_free in free]
        self.above = [every] * len(gross)

    def start_from(self, other: Facts) -> None:
        """Take over the facts of another."""
        self.upper, self.lower, self.above = [*other.upper], [*other.lower], [*other.above]

    def least(self, terms: Sequence[tuple[int, float]]) -> int:
        """The numbers without which Σ terms has no lower end above what floors give."""
        return self._end(terms, self.lower, self.upper, 1.0)

    def most(self, terms: Sequence[tuple[int, float]]) -> int:
        """The numbers without which Σ terms has no upper end below what floors give."""
        return self._end(terms, self.upper, self.lower, -1.0)

    def _end(
        self, terms: Sequence[tuple[int, float]], same: list[int], other: list[int], sign: float
    ) -> int:
        if all(self._gross[v] and sign * factor > 0 for v, factor in terms):
            needs = -1  # floors give an end: any variable above zero makes it tighter
            for v, _ in terms:
                needs &= self.above[v]
            return needs
        needs = 0
        for v, factor in terms:
            needs |= same[v] if factor > 0 else other[v]
        return needs

    def derive(self, rows: Sequence[Row], pairs: Sequence[Pair]) -> None:
        """Take every way that there is."""
        upper, above = self.upper, self.above
        changed = True
        while changed:
            changed = False
            for less, more, _, bits in pairs:
                if upper[less]:
                    needs = upper[less] & (upper[more] | bits)
                    if needs != upper[less]:
                        upper[less], changed = needs, True
                if above[more]:
                    needs = above[more] & (above[less] | bits)
                    if needs != above[more]:
                        above[more], changed = needs, True
            for row in rows:
                if self.take(row):
                    changed = True

    def take(self, row: Row) -> bool:
        """Derive what follows by one row; whether that is anything new."""
        limit, terms, bit = row
        upper, lower = self.upper, self.lower
        once = twice = 0
        for v, factor in terms:
            needs = lower[v] if factor > 0 else upper[v]
            if needs:
                twice |= once & needs
                once |= needs
        changed = False
        negative, negatives = -1, 0
        for v, factor in terms:
            if factor > 0:
                if upper[v]:
                    needs = upper[v] & (bit | twice | once & ~lower[v])
                    if needs != upper[v]:
                        upper[v], changed = needs, True
            else:
                negative, negatives = v, negatives + 1
                if lower[v]:
                    needs = lower[v] & (bit | twice | once & ~upper[v])
                    if needs != lower[v]:
                        lower[v], changed = needs, True
        if negatives == 1 and limit <= 0 and self.above[negative]:
            return self._take_above(row, negative) or changed
        return changed

    def _take_above(self, row: Row, negative: int) -> bool:
        """What is at least a sum is above zero where one of its terms is, or its constant."""
        limit, terms, bit = row
        if not all([self._gross[v] for v, _ in terms]):
            return False
        old = needs = self.above[negative]
        if limit == 0:
            for v, factor in terms:
                if factor > 0:
                    needs &= self.above[v]
        else:
            needs = 0
        self.above[negative] = old & (needs | bit)
        return self.above[negative] != old

    def frees(
        self, single: Iterable[Row], pairs: Iterable[Pair], rows: Iterable[Row]
    ) -> tuple[int, int]:
        """The numbers without which what is not above zero may be zero, and what has no end grow.

        All of them together, in proportion to a solution: each row has none of them, or it has only
        them and holds for all multiples, or it holds all the more.
        """
        upper, above = self.upper, self.above
        sinking_fails = rising_fails = 0
        for v, gross in enumerate(self._gross):
            if not gross:
                sinking_fails |= above[v]
                rising_fails |= upper[v]
        for limit, ((v, factor),), bits in single:
            if factor > 0 and limit != 0:
                rising_fails |= upper[v] & ~bits
            elif factor < 0 and limit < 0:
                sinking_fails |= above[v] & ~bits
        for less, more, _, bits in pairs:
            rising_fails |= upper[less] & ~(upper[more] | bits)
            sinking_fails |= above[more] & ~(above[less] | bits)
        for limit, terms, bits in rows:
            sinking = rising = 0
            sinking_all = rising_all = -1
            for v, factor in terms:
                if factor > 0:
                    rising |= upper[v]
                else:
                    sinking |= above[v]
                sinking_all &= above[v]
                rising_all &= upper[v]
            sinking_fails |= sinking & ~(sinking_all if limit >= 0 else 0) & ~bits
            rising_fails |= rising & ~(rising_all if limit == 0 else 0) & ~bits
        return ~sinking_fails, ~rising_fails
