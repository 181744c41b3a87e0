"""What other sources print of the series of a figure: the solver has only those in conflict.

Belongs here: queries for what a slip may have taken from elsewhere, or left out. Does not belong
here: which slips there are (slips.py, exchanges.py), and the source of the figure itself.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import duckdb


class PrintedElsewhere(NamedTuple):
    """A figure of another source or period, and its value."""

    figure: str
    period: str
    value: Decimal


def same_digits(connection: duckdb.DuckDBPyConnection, figure: str) -> PrintedElsewhere | None:
    """The figure of its series in another source and period with the same text, nearest first."""
    return _first(connection, _SAME_DIGITS, figure)


def missing_parts(
    connection: duckdb.DuckDBPyConnection, total: str
) -> dict[str, list[PrintedElsewhere]]:
    """Parts that make up the same total in other periods, but are none here: by series.

    Of each the figures of the nearest periods, the nearest first.
    """
    parts: dict[str, list[PrintedElsewhere]] = {}
    for series, *row in connection.execute(_MISSING_PARTS, {"figure": total}).fetchall():
        parts.setdefault(series, []).append(PrintedElsewhere(*row))
    return parts


def _first(
    connection: duckdb.DuckDBPyConnection, query: str, figure: str
) -> PrintedElsewhere | None:
    row = connection.execute(query, {"figure": figure}).fetchone()
    return PrintedElsewhere(*row) if row else None


_SAME_DIGITS = """select other.figure_id, other.period, other.value
from core.figures as own
inner join core.figures as other
    on own.series = other.series and own.unit = other.unit and own.span = other.span
where
    own.figure_id = $figure
    and own.source_id <> other.source_id
    and own.period_end <> other.period_end
    and regexp_replace(own.value_printed, '[^0-9]', '', 'g')
        = regexp_replace(other.value_printed, '[^0-9]', '', 'g')
order by abs(own.period_end - other.period_end), other.figure_id
limit 1"""

# Of each series the nearest period before and the nearest after.
_MISSING_PARTS = """with own as (
    select * from core.figures where figure_id = $figure
),

listed as (
    select part.series, parts.breakdown
    from core.parts as parts
    inner join core.figures as part on parts.part_id = part.figure_id
    where parts.total_id = $figure and parts.is_partition
)

select part.series, part.figure_id, part.period, part.value
from own
inner join core.figures as total
    on own.series = total.series and own.unit = total.unit and own.span = total.span
inner join core.parts as parts on total.figure_id = parts.total_id and parts.is_partition
inner join core.figures as part on parts.part_id = part.figure_id
where
    own.period_end <> total.period_end
    and parts.breakdown in (select breakdown from listed)
    and part.series not in (select series from listed)
    and part.value > 0
qualify row_number() over (
    partition by part.series, total.period_end > own.period_end
    order by abs(own.period_end - total.period_end), part.figure_id
) = 1
order by part.series, abs(own.period_end - total.period_end), part.figure_id"""
