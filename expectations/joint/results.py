"""What was found jointly, as people are told: contradictions, bounds, and what was not looked into.

Belongs here: these answers. Does not belong here: how they come about (solving.py), and the tables
in which they are kept (storing.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from expectations.joint.repairs import Repair


@dataclass(frozen=True, slots=True)
class SuspectNumber:
    """A number that could be the culprit, and the range that would settle the conflict."""

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
    """What must hold for a value that nobody printed; growth as a fraction, ends outward."""

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
    """All that the solver found. `unchecked` are figures of which no others limit any number.

    Of `undetermined` figures it gave up telling whether they agree: only rules have checked them.
    `unbounded` counts values that nobody printed, and whose bounds would take too long to find.
    """

    conflicts: tuple[Contradiction, ...]
    bounds: tuple[Bound, ...]
    unchecked: tuple[str, ...]
    undetermined: tuple[str, ...]
    unbounded: int

    def omissions(self) -> Iterator[str]:
        """What was left out, in words for whoever relies on the verdict."""
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
