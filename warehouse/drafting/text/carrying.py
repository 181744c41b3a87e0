"""Carrying on: a head while it is being completed with what figures before it say.

Belongs here: which codes, periods and doubts a figure takes over from its total or from the figure
before it. Does not belong here: which figure that is, or what the head itself says (heads.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.drafting.text.clauses import QUALIFIERS
from warehouse.drafting.text.figures import ALL, Drafted
from warehouse.drafting.text.tokens import Token
from warehouse.terms.period import Period

OF_REFUSED = "called 其中 (of which) of"  # and the number


@dataclass(slots=True)
class Reading:
    """A head while it is being completed: what it says, and what it carries on."""

    head: list[Token]
    clause: list[Token]
    said: dict[str, str]
    codes: dict[str, str]
    period: Period
    period_said: bool
    period_doubt: str
    doubts: list[str] = field(default_factory=list)

    @property
    def qualified(self) -> bool:
        """Whether the head itself names a partner, product, regime or operator."""
        return bool(set(self.said) & set(QUALIFIERS))

    def carry_on_from_total(self, total: Drafted) -> None:
        """A part is what its total is, but for what it says itself."""
        self.codes = {**total.codes, **self.said}
        if not self.period_said:
            self.period, self.period_doubt = total.period, total.period_doubt
        spoilt = ["not understood", "the clause before", "named by", "which", OF_REFUSED]
        if "area" not in self.said:
            spoilt += ["the area", "no area"]
        self.doubts += [reason for reason in total.doubts if reason.startswith(tuple(spoilt))]

    def carry_on_from(self, previous: Drafted) -> None:
        """A figure without a flow has that of the one before; without any name, its names too."""
        if not self.period_said:
            self.period, self.period_doubt = previous.period, previous.period_doubt
        named = self.qualified or "area" in self.said
        kept = {d: c for d, c in previous.codes.items() if d in ALL and c != ALL[d]}
        same = (self.said.get("flow"), self.period) == (previous.codes["flow"], previous.period)
        if not named and not same:
            self.codes |= kept
        if not named or "flow" not in self.said:
            self.doubts += [reason for reason in previous.doubts if "measure" not in reason]
        elif "area" not in self.said:
            where = ("which", "named by", "the area", "no area")
            self.doubts += [reason for reason in previous.doubts if reason.startswith(where)]
        if not named and "flow" in self.said and kept:
            self.doubts.append(f"the clause before speaks of {', '.join(kept.values())}")
        self.codes.setdefault("flow", previous.codes["flow"])
        self.codes.setdefault("area", previous.codes["area"])
