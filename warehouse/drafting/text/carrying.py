"""Carrying on: what a figure speaks of, while it is completed with what figures before it say.

Belongs here: which codes, periods and doubts a figure takes over from its total or from the figure
before it. Does not belong here: which figure that is, or what the head itself says (heads.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.drafting.text.clauses import QUALIFIERS, Head
from warehouse.drafting.text.figures import ALL, Drafted
from warehouse.terms.period import Period

OF_REFUSED = "called 其中 (of which) of"  # and the number


@dataclass(slots=True)
class Subject:
    """What a figure speaks of: named by its head, and completed from what was said before."""

    head: Head
    named: dict[str, str]  # the codes that the head itself names, by dimension
    codes: dict[str, str]
    period: Period
    period_stated: bool
    period_doubt: str
    doubts: list[str] = field(default_factory=list)

    @property
    def qualified(self) -> bool:
        """Whether the head itself names a partner, product, regime or operator."""
        return bool(set(self.named) & set(QUALIFIERS))


def carry_on_from_total(subject: Subject, total: Drafted) -> None:
    """A part is what its total is, but for what its own head names."""
    subject.codes = {**total.codes, **subject.named}
    if not subject.period_stated:
        subject.period, subject.period_doubt = total.period, total.period_doubt
    shared = ["not understood", "the clause before", "named by", "which", OF_REFUSED]
    if "area" not in subject.named:
        shared += ["the area", "no area"]
    subject.doubts += [reason for reason in total.doubts if reason.startswith(tuple(shared))]


def carry_on_from_previous(subject: Subject, previous: Drafted) -> None:
    """A figure without a flow has that of the one before; without any name, its names too."""
    named = subject.named
    if not subject.period_stated:
        subject.period, subject.period_doubt = previous.period, previous.period_doubt
    has_name = subject.qualified or "area" in named
    kept = {d: c for d, c in previous.codes.items() if d in ALL and c != ALL[d]}
    same_flow = named.get("flow") == previous.codes["flow"]
    if not has_name and not (same_flow and subject.period == previous.period):
        subject.codes |= kept
    if not has_name or "flow" not in named:
        subject.doubts += [reason for reason in previous.doubts if "measure" not in reason]
    elif "area" not in named:
        of_area = ("which", "named by", "the area", "no area")
        subject.doubts += [reason for reason in previous.doubts if reason.startswith(of_area)]
    if not has_name and "flow" in named and kept:
        subject.doubts.append(f"the clause before speaks of {', '.join(kept.values())}")
    subject.codes.setdefault("flow", previous.codes["flow"])
    subject.codes.setdefault("area", previous.codes["area"])
