"""Square systems of sparse linear equations, solved exactly.

Belongs here: elimination. Does not belong here: which equations are solved (float_guidance.py).

The shortest row is always solved next, for the variable that is in the fewest other rows. In
published tables nearly all rows tie two variables, a part to its total or a value to its base; only
the rows of sums become longer.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush


class Singular(Exception):
    """The equations do not have exactly one solution."""


class Equations:
    """As many rows Σ coefficient · variable as there are variables, 0 … n-1."""

    def __init__(self, rows: Iterable[Mapping[int, int]]) -> None:
        """Eliminate every variable. Raises `Singular`."""
        self._rows: list[dict[int, int | Fraction]] = [dict(row) for row in rows]
        self._solved: dict[int, int] = {}  # row -> the variable it was solved for, in order
        # (changed, solved, times): `times` the row `solved` was added to the row `changed`.
        self._steps: list[tuple[int, int, Fraction]] = []
        uses: list[set[int]] = [set() for _ in self._rows]
        for number, row in enumerate(self._rows):
            for variable in row:
                uses[variable].add(number)
        queue = [(len(row), number) for number, row in enumerate(self._rows)]
        heapify(queue)
        while queue:
            length, number = heappop(queue)
            row = self._rows[number]
            if number in self._solved or length != len(row):
                continue  # it has changed since
            if not row:
                raise Singular
            variable = min(row, key=lambda other: (len(uses[other]), other))
            self._solved[number] = variable
            for other in row:
                uses[other].discard(number)
            rest = [(other, factor) for other, factor in row.items() if other != variable]
            for changed in sorted(uses[variable]):
                target = self._rows[changed]
                times = Fraction(-target.pop(variable), row[variable])
                self._steps.append((changed, number, times))
                for other, factor in rest:
                    target[other] = target.get(other, 0) + times * factor
                    if target[other]:
                        uses[other].add(changed)
                    else:
                        del target[other]
                        uses[other].discard(changed)
                heappush(queue, (len(target), changed))

    def solution(self, constants: Sequence[int]) -> list[Fraction]:
        """The variables for which every row equals its constant."""
        right = [Fraction(constant) for constant in constants]
        for changed, solved, times in self._steps:
            if right[solved]:
                right[changed] += times * right[solved]
        values = [Fraction(0)] * len(right)
        for number, variable in reversed(self._solved.items()):
            row = self._rows[number]
            rest = sum(values[other] * factor for other, factor in row.items() if other != variable)
            values[variable] = (right[number] - rest) / row[variable]
        return values

    def combination(self, terms: Sequence[int]) -> list[Fraction]:
        """The factor of each row with which the rows add up to Σ terms."""
        left = [Fraction(factor) for factor in terms]
        taken = [Fraction(0)] * len(left)
        for number, variable in self._solved.items():
            row = self._rows[number]
            if left[variable]:
                taken[number] = times = left[variable] / row[variable]
                for other, factor in row.items():
                    left[other] -= times * factor
        for changed, solved, times in reversed(self._steps):
            if taken[changed]:
                taken[solved] += times * taken[changed]
        return taken
