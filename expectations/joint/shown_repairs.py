"""A repair, and which of several are shown.

Belongs here: what a repair says, and the order of repairs. Does not belong here: finding them
(repairs.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from expectations.joint.linear_statements import Suspect

AGAIN = 0.2  # what the next slip of a kind is worth beside the first, where five are shown
SHOWN = 5  # slips of a conflict, and of a suspect


@dataclass(frozen=True, slots=True)
class Repair:
    """A slip of one printed number (or of two that were exchanged) that explains the conflict.

    `corrected` is what would be printed without it, or the range in which that must lie.
    `numbers` are all that the slip made wrong.
    """

    figure: str
    aspect: str
    printed: str
    slip: str
    corrected: str
    likelihood: float
    numbers: frozenset[Suspect]

    @property
    def is_misplaced(self) -> bool:
        """Whether the number is that of another unit, flow or period, or of another figure."""
        return self.slip.startswith(("it is ", "exchanged "))

    def __str__(self) -> str:
        return f"{self.figure} {self.aspect} {self.printed}: {self.slip}: {self.corrected}"


def shown(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """The slips that people see of a number, conflict or cause, the likeliest first: five at most.

    Further ones of a number and kind count for less, so that several kinds are seen.
    """
    ranked: list[tuple[float, int, Repair]] = []
    known: Counter[tuple[str, str, str]] = Counter()
    for repair in sorted(set(repairs), key=rank):
        kind = (repair.figure, repair.aspect, repair.slip)
        ranked.append((-repair.likelihood * AGAIN ** known[kind], len(ranked), repair))
        known[kind] += 1
    return tuple(repair for _, _, repair in sorted(ranked)[:SHOWN])


def rank(repair: Repair) -> tuple[object, ...]:
    return -repair.likelihood, repair.figure, repair.aspect, repair.slip, repair.corrected
