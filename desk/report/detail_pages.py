"""What the report shows of customs detail: what is in, what was set aside, which keys fail.

Belongs here: queries on the detail's tables of a finished database. Does not belong here: wording,
pages, findings as such (content_queries.py), and the detail itself, which lies beside the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.detail import format, release_content
from warehouse.detail.presence import has_detail
from warehouse.store.tables import fetch

KEYS = 100  # failing keys on the page of a finding
_CODES = (*format.KEY, "figure_id")

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
    if not has_detail(connection):
        return None
    counts = connection.execute(
        "select rule_id, dataset, period, finding_id, count(*) from quality.detail_findings "
        "group by all"
    ).fetchall()
    finding_ids = {(rule, dataset, period): finding for rule, dataset, period, finding, _ in counts}
    keys: dict[str, list[Mapping[str, Any]]] = {finding: [] for finding in finding_ids.values()}
    for row in fetch(connection, release_content.worded_query(_FIRST)):
        key_parts = {
            # Here and not in the template, which would take three times as long.
            "codes": [code for name in _CODES if (code := row[name]) is not None],
            "lacking": [name for name in format.KEY if row[name] is None],
        }
        keys[finding_ids[row["rule_id"], row["dataset"], row["period"]]].append(row | key_parts)
    return Detail(
        datasets=fetch(connection, _DATASETS),
        partitions=fetch(connection, _PARTITIONS),
        files=fetch(connection, "from quality.detail_loads order by dataset, vintage, file"),
        set_aside=fetch(connection, _SET_ASIDE),
        failing={finding: count for *_, finding, count in counts},
        keys=keys,
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

# The table is ordered by finding: the first keys of each can be read without sorting.
_FIRST = f"""(
        select keys.*
        from quality.detail_findings as keys
        inner join (
            select finding_id, min(rowid) as first from quality.detail_findings group by finding_id
        ) as begins on keys.finding_id = begins.finding_id
        where keys.rowid < begins.first + {KEYS}
    )"""
