"""What the report shows of customs detail: what is in, what was set aside, which keys fail.

Belongs here: queries on the detail's tables of a finished database. Does not belong here: wording,
pages, findings as such (content.py), and the detail itself, which lies beside the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.detail import published

KEYS = 100  # failing keys on the page of a finding

_Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Detail:
    """The detail of a release. `keys` are the first failing ones of each finding, by its id."""

    datasets: _Rows
    partitions: _Rows
    files: _Rows
    set_aside: _Rows
    failing: Mapping[str, int]
    keys: Mapping[str, _Rows]


def read(connection: duckdb.DuckDBPyConnection) -> Detail | None:
    """What a finished database says of detail; None where it has none."""
    if not published.is_in(connection):
        return None
    failing = connection.execute(
        "select finding_id, count(*) from quality.detail_findings group by all"
    ).fetchall()
    return Detail(
        datasets=_rows(connection, _DATASETS),
        partitions=_rows(connection, _PARTITIONS),
        files=_rows(connection, "from quality.detail_loads order by dataset, vintage, file"),
        set_aside=_rows(connection, _SET_ASIDE),
        failing=dict(failing),
        keys={
            finding: _rows(connection, published.worded(_SOME.format(finding, KEYS)))
            for finding, _ in failing
        },
    )


_DATASETS = """select
        dataset, count(*) as periods, min(period) as first, max(period) as last,
        sum(rows)::bigint as rows, any_value(files) as files, any_value(read) as read,
        any_value(blank) as blank, any_value(quarantined) as quarantined
    from quality.detail_partitions
    inner join (
        select dataset, count(*) as files, sum(read)::bigint as read, sum(blank)::bigint as blank,
            sum(quarantined)::bigint as quarantined
        from quality.detail_loads group by dataset
    ) as loads using (dataset)
    group by dataset order by dataset"""

_PARTITIONS = """select dataset, period, vintage, rows, count(finding_id) as findings
    from quality.detail_partitions
    left join quality.findings on list_contains(figures, dataset || '/' || period)
    group by all order by dataset, period desc"""

_SET_ASIDE = """select
        dataset, vintage, file, field, reason, count(*) as lines, min(line) as line,
        arg_min(value, line) as value
    from quality.detail_quarantine
    group by dataset, vintage, file, field, reason
    order by dataset, vintage, file, line"""

# The table is in this order, so that each time only a part of it is read.
_SOME = "(from quality.detail_findings where finding_id = '{}' limit {})"


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> _Rows:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
