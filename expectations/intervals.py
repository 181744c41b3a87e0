"""What must hold between two intervals, and how grave it is where it does not.

A check has two sides, each with a lower and an upper end that may be unknown, and the relation that
must be possible between them. Rules on figures, rules on customs detail and the repairs of
conflicts all use this. Belongs here: whether the relation is possible, in SQL and in Python, and
the severities. Does not belong here: what a rule compares.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

N = TypeVar("N", Decimal, Fraction)

# Severities of findings, the gravest first. Only errors withhold a release.
SEVERITIES = ("error", "review", "warning", "info")

# The columns that a query of checks returns for its two sides.
SIDES = ("left_lower", "left_upper", "right_lower", "right_upper")

# A check fails only where no values within both intervals satisfy the relation. Three-valued on
# purpose: an unknown end leaves its comparison NULL, and a check whose every comparison is NULL is
# not checkable. `=` means that the two intervals meet.
HOLDS = """case relation
    when '<=' then left_lower <= right_upper
    when '=' then coalesce(
        left_lower <= right_upper and right_lower <= left_upper,
        left_lower <= right_upper,
        right_lower <= left_upper
    )
end"""

_APART = "greatest(left_lower - right_upper, right_lower - left_upper)"
_SMALLER = "least(abs(right_lower), abs(right_upper))"

# What a rule declares → the severity of a check of it that fails, as SQL.
GRADES = {
    "error": "'error'",
    "review": "'review'",
    "warning": "'warning'",
    "info": "'info'",
    # A revision is graded by its size, in hundredths of what was revised.
    "revision": f"""case
    when {_APART} * 100 < {_SMALLER} then 'info'
    when {_APART} * 100 < 15 * {_SMALLER} then 'warning'
    else 'review'
end""",
    # Parts on the left, their whole on the right: they cannot exceed it, but some may be missing.
    "excess": "case when left_lower > right_upper then 'error' else 'warning' end",
}
# The declared severities with which a failing check may be an error.
MAY_WITHHOLD = ("error", "excess")


def distance(
    lower: N | None, upper: N | None, other_lower: N | None, other_upper: N | None
) -> N | None:
    """How far two intervals are apart; None where they meet. An end that is None is unbounded."""
    if lower is not None and other_upper is not None and lower > other_upper:
        return lower - other_upper
    if upper is not None and other_lower is not None and other_lower > upper:
        return other_lower - upper
    return None
