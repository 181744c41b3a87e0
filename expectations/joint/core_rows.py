"""What the solver reads of core: rows of figures, of ranks beside each other, of totals' parts.

Belongs here: the queries, and which sources hang together; statements tie no others, so that these
groups are solved each by itself, in any process. Does not belong here: what the rows mean to the
solver (printed_numbers.py, ties.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from warehouse.records.fields import PRINTED
from warehouse.store import tables

_AT_ONCE = 2_000  # rows that are fetched together

Row = Mapping[str, Any]
Group = tuple[str, ...]  # ids of sources that refer to each other


@dataclass(frozen=True, slots=True)
class CoreRows:
    """The rows of some sources that no statement ties to others.

    `figures` in order of their ids; `ranks` as (figure, rank, what it shares with its peers), the
    peers together and in order; `breakdowns` as (total, dimensions, parts, whether these are all).
    """

    figures: list[Row] = field(default_factory=list)
    ranks: list[tuple[str, int, list[str]]] = field(default_factory=list)
    breakdowns: list[tuple[str, str, list[str], bool]] = field(default_factory=list)


def joined(groups: Iterable[CoreRows]) -> CoreRows:
    """The rows of several groups as one."""
    whole = CoreRows()
    for rows in groups:
        whole.figures.extend(rows.figures)
        whole.ranks.extend(rows.ranks)
        whole.breakdowns.extend(rows.breakdowns)
    whole.figures.sort(key=lambda row: str(row["figure_id"]))
    return whole


def sources_by_group(connection: duckdb.DuckDBPyConnection) -> list[Group]:
    """The sources, in groups that do not refer to each other; in order of their first ids."""
    rows = connection.execute("select source_id from core.sources order by all").fetchall()
    root = {name: name for (name,) in rows}

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for source, other in connection.execute(
        """select split_part(total_id, '/', 1), split_part(part_id, '/', 1) from core.parts
        union select source_id, split_part(part_of, '/', 1) from core.figures
        union select source_id, split_part(share_of, '/', 1) from core.figures"""
    ).fetchall():
        if other is not None and source != other:
            root[find(other)] = find(source)
    members: dict[str, list[str]] = {}
    for name in root:
        members.setdefault(find(name), []).append(name)
    return [tuple(names) for names in members.values()]


def read_rows(connection: duckdb.DuckDBPyConnection, groups: Sequence[Group]) -> Iterator[CoreRows]:
    """The rows of each group of sources, in their order.

    They are fetched as they are asked for: nothing else may use the connection in between.
    """
    if not groups:
        return
    tables.fill(
        connection,
        "temp.solved_sources",
        {"source_id": "VARCHAR", "place": "INTEGER"},
        ({"source_id": name, "place": n} for n, names in enumerate(groups) for name in names),
    )
    by_place = [CoreRows() for _ in groups]
    for place, *ranked in connection.execute(_RANKS).fetchall():
        by_place[place].ranks.append(tuple(ranked))
    for place, *breakdown in connection.execute(_BREAKDOWNS).fetchall():
        by_place[place].breakdowns.append(tuple(breakdown))
    found = connection.execute(_FIGURES)
    columns = [column[0] for column in found.description or ()][1:]
    place = 0
    while rows := found.fetchmany(_AT_ONCE):
        for of, *values in rows:
            while place < of:
                yield by_place[place]
                by_place[place] = CoreRows()  # let go
                place += 1
            by_place[place].figures.append(dict(zip(columns, values, strict=True)))
    yield from by_place[place:]


_NUMBERS = ", ".join(
    f"figures.{number}_printed, figures.{number}_lower, figures.{number}_upper"
    for number in PRINTED
)
_FIGURES = f"""select
    place,
    figures.figure_id, figures.source_id, figures.series, figures.unit,
    figures.period_start, figures.period_end, figures.part_of, figures.share_of,
    figures.base_start, figures.base_end, figures.other_base_start, figures.other_base_end,
    {_NUMBERS},
    sources.fiscal_year_start,
    measures.additive and parts_add_up(figures.series) as adds_up,
    measures.additive and adds_up_over_time(figures.series) as adds_up_over_time
from core.figures as figures
inner join solved_sources using (source_id)
inner join core.sources as sources using (source_id)
inner join core.codes as measures
    on measures.list = 'measures' and measures.code = figures.measure
order by place, figures.figure_id"""

_RANKS = """select
    place,
    figures.figure_id,
    figures.rank,
    [
        figures.source_id, areas.kind, areas.parent, series_but(figures.series, ['area']),
        figures.unit, figures.period_start::varchar, figures.period_end::varchar
    ] as peers
from core.figures as figures
inner join solved_sources using (source_id)
inner join core.codes as areas
    on areas.list = list_of('area') and figures.area = areas.code
where figures.rank is not null and not is_difference(figures.flow)
order by place, peers, figures.rank, figures.figure_id"""

_BREAKDOWNS = """select
    place,
    total_id,
    breakdown,
    list(part_id order by part_id),
    any_value(is_partition)
from core.parts
inner join solved_sources on split_part(total_id, '/', 1) = solved_sources.source_id
group by place, total_id, breakdown, part_set
order by place, total_id, part_set"""
