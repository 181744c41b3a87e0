"""The results of joint consistency in the terms of people: contradictions, bounds, omissions.

Belongs here: the classes of these results. Does not belong here: how they are calculated
(solving.py), and the tables in which they are stored (storing.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from expectations.joint.shown_repairs import Repair


@dataclass(frozen=True, slots=True)
class SuspectNumber:
    """A number that may be wrong, and the range in which it would settle the conflict."""

    figure: str
    aspect: str
    printed: str
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures that cannot all be right: every explanation, and suggested repairs."""

    id: str
    figures: tuple[str, ...]
    explanations: tuple[tuple[SuspectNumber, ...], ...]
    repairs: tuple[Repair, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """Bounds of a value that nobody printed, rounded outward; growth as a fraction."""

    source: str
    series: str
    without: tuple[str, ...]
    unit: str
    period: str
    lower: Decimal | None
    upper: Decimal | None
    growth_lower: Decimal | None
    growth_upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Joint:
    """All that the solver found.

    For `undetermined` figures it gave up: only rules have checked whether they agree. `unbounded`
    counts the values that nobody printed and whose bounds would take too long to find.
    """

    conflicts: tuple[Contradiction, ...]
    bounds: tuple[Bound, ...]
    undetermined: tuple[str, ...]
    unbounded: int

    def omissions(self) -> Iterator[str]:
        """What the solver left out, in words for readers of the verdict."""
        if self.undetermined:
            yield (
                f"{len(self.undetermined)} figures were checked by rules, not jointly: too many "
                "hang together"
            )
        if self.unbounded:
            yield (
                f"no bounds were sought for {self.unbounded} values that nobody printed: too many "
                "hang together"
            )
