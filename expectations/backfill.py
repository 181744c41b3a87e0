"""A backfill: publishing a changed past, and only that.

Every release is built from all records, and checked as a whole, since rules compare years with each
other. A backfill only adds a limit: it is withheld where it would change a figure that is not
wholly within its period, or where the records hold no figure of that period at all. Belongs here:
that limit.
"""

from __future__ import annotations

import duckdb

from warehouse.terms import period
from warehouse.terms.period import Period

_SHOWN = 5

# The period that a figure had before counts as well: it may have been outside the limit.
_CHANGES = """
select
    after.figure_id,
    after.change,
    unnest([after.content, before.content])::json ->> 'period' as period
from core.revisions as after
left join core.revisions as before
    on after.figure_id = before.figure_id and after.revision = before.revision + 1
where after.release_id = $release_id
order by after.figure_id
"""
_PRESENT = """
select count(*) from core.figures
where period_end <= $end and ($start is null or coalesce(period_start, period_end) >= $start)
"""


def excess(
    connection: duckdb.DuckDBPyConnection, release_id: str, limit: Period
) -> tuple[str, ...]:
    """Why the release must not be published as a backfill of `limit`; empty where it may be.

    The first release changes every figure, so a backfill needs one before it.
    """
    bounds = {"start": limit.start, "end": limit.end}
    (present,) = connection.execute(_PRESENT, bounds).fetchone() or (0,)
    if not present:
        return (f"backfill of {limit.text}: the records hold no figure of that time",)
    changes = connection.execute(_CHANGES, {"release_id": release_id}).fetchall()
    outside = {
        figure_id: f"{figure_id} ({text}, {change})"
        for figure_id, change, text in changes
        if text is not None and not _within(period.parse(text), limit)
    }
    if not outside:
        return ()
    shown = ", ".join([*outside.values()][:_SHOWN])
    more = f" and {len(outside) - _SHOWN} more" if len(outside) > _SHOWN else ""
    return (f"backfill of {limit.text}: would also change {shown}{more}",)


def _within(changed: Period, limit: Period) -> bool:
    """Whether a period lies within the limit; without a stated start, its end decides."""
    starts_within = limit.start is None or (changed.start or changed.end) >= limit.start
    return starts_within and changed.end <= limit.end
