"""What the flows consist of: trade is exports and imports, the balance is exports less imports.

The columns `parts` and `legs` of the code list say it. Belongs here: what holds of flows by
definition. Does not belong here: the names of flows, which are codes like all others.
"""

from __future__ import annotations

from collections.abc import Mapping

from warehouse import project
from warehouse.terms import codes


@project.cached
def legs(flow: str) -> Mapping[str, int]:
    """The flows that a flow is made of, each with its sign; empty for a simple flow."""
    listed = codes.by_code("flows").get(flow, {}).get("legs", "")
    return {leg.lstrip("-"): -1 if leg.startswith("-") else 1 for leg in listed.split(";") if leg}


@project.cached
def composed() -> tuple[str, ...]:
    """The flows that are made of others."""
    return tuple(row["code"] for row in codes.rows("flows") if row["legs"])


@project.cached
def traded() -> frozenset[str]:
    """The flows that are made of others, and those that they are made of."""
    return frozenset(flow for whole in composed() for flow in (whole, *legs(whole)))


@project.cached
def may_be_negative(flow: str) -> bool:
    """Whether a flow is a difference, such as a balance; all others are never negative."""
    return -1 in legs(flow).values()


@project.cached
def may_have_part(flow: str, part: str) -> bool:
    """Whether a total of `flow` may have parts of the flow `part`; by default it may."""
    parts = codes.by_code("flows")[flow]["parts"]
    return not parts or part in parts.split(";")
