"""Linear statements about values that nobody knows exactly: printed, true by definition, or asked.

Belongs here: the input of the solver, and what identifies a printed number. Does not belong here:
how figures become such statements (statements.py), and whether they agree (consistency.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = int | Fraction | Decimal
Terms = tuple[tuple[str, Number], ...]
Ends = tuple[Number | None, Number | None]  # of an interval; None: unbounded


@dataclass(frozen=True, slots=True, order=True)
class Suspect:
    """What identifies a printed number: a figure may have several."""

    figure: str
    aspect: str


@dataclass(frozen=True, slots=True)
class Observation:
    """A printed number: lower ≤ Σ terms / Σ over ≤ upper, both in base units; None is unbounded.

    Without `over` it is a level. A growth is its factor (1 + growth) with the level as `terms` and
    its base as `over`; a share is the part over the total; a contribution the change over the
    total's base. Who prints a ratio also says that what it is over is above zero: Σ over > 0.

    A record prints several numbers, and each can be wrong by itself: so (figure, aspect) identifies
    an observation, and must be unique. What follows from several numbers only, such as a share and
    its change, rests on the others too: without any one of them it says nothing. Of competing
    explanations, those of the least total `weight` are preferred.
    """

    figure: str
    aspect: str  # 'value', 'growth', 'share', …
    terms: Terms
    lower: Number | None
    upper: Number | None
    over: Terms = ()
    weight: int = 1
    others: tuple[Suspect, ...] = ()

    @property
    def suspect(self) -> Suspect:
        """What identifies it."""
        return Suspect(self.figure, self.aspect)

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """All numbers that it rests on."""
        return self.suspect, *self.others


@dataclass(frozen=True, slots=True)
class Identity:
    """What holds by definition: lower ≤ Σ terms ≤ upper, e.g. exports + imports - trade = 0."""

    name: str
    terms: Terms
    lower: Number | None = 0
    upper: Number | None = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A question: the bounds of Σ terms, or of Σ terms / Σ over, where that is above zero."""

    name: str
    terms: Terms
    over: Terms = ()


Statement = Observation | Identity | Request


def mentioned(statement: Statement) -> Terms:
    """All terms of a statement, including those that it divides by."""
    if isinstance(statement, Identity):
        return statement.terms
    return statement.terms + statement.over
