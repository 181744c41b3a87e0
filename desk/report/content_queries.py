"""What the report is about, read from a finished database.

Belongs here: queries on core, quality and the views, and their rows as the objects of content.py.
Does not belong here: how these relate to each other (content.py), and customs detail
(detail_pages.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from desk.report.content import (
    Acknowledgement,
    Bound,
    Cause,
    Check,
    Conflict,
    Content,
    Figure,
    Finding,
    Number,
    Rule,
    SetAside,
    Source,
    Suspect,
)
from desk.report.detail_pages import read as read_detail
from expectations.intervals import SEVERITIES
from warehouse.records.fields import PLACES, PRINTED, TEXTS, figure_columns
from warehouse.store.database import open_readonly
from warehouse.store.tables import fetch
from warehouse.terms.dimensions import codes_of

Row = dict[str, Any]


def read(database: Path) -> Content:
    """Read a finished trade.duckdb. Raises duckdb.Error where it is none."""
    with open_readonly(database) as connection:
        sources = {row["source_id"]: Source(**row) for row in fetch(connection, _SOURCES)}
        detail = read_detail(connection)
        rules = {
            row["rule_id"]: Rule(**row)
            for query in ("from quality.rules", *([_DETAIL_RULES] if detail else ()))
            for row in fetch(connection, query)
        }
        figures = _figures(connection, sources)
        return Content(
            figures=figures,
            sources=sources,
            rules=rules,
            findings=_findings(connection, rules),
            checks=_checks(connection),
            conflicts=_conflicts(connection, figures),
            causes=_causes(connection),
            acknowledgements=_acknowledgements(connection),
            quarantine=[SetAside(**row) for row in fetch(connection, _QUARANTINE)],
            bounds=_bounds(connection, sources),
            names={
                (row["list"], row["code"]): (
                    row["name_en"],
                    # A release of an earlier version has names in English and Chinese alone.
                    row.get("name", row["name_zh"]),
                )
                for row in fetch(connection, "from core.codes")
            },
            detail=detail,
        )


_SOURCES = """select
        source_id, publisher, title, published, url, note, file,
        coalesce(evidence.state, 'none named') as text_state
    from core.sources left join quality.evidence using (source_id)
    order by published_to desc, source_id"""

_DETAIL_RULES = """select
        rule_id, 'detail' as family, severity, statement, formula, source,
        checked, passed, failed, not_checkable
    from quality.detail_rules"""

_QUARANTINE = "select file, line, figure_id, reason from quality.quarantine order by file, line"

_NUMBERS = ", ".join(
    f"{aspect}{end}" for aspect in PRINTED for end in ("_printed", "", "_lower", "_upper")
)

_STATES = ("status", "confidentiality")

_FIGURES = f"""with latest as (
    select unnest(figures) as figure_id from core.levels where is_latest
),
counts as (
    select
        figure_id,
        count(*) filter (holds) as passed,
        count(*) filter (not holds) as failed,
        count(*) filter (holds is null) as not_checkable
    from (select unnest(figures) as figure_id, holds from quality.checks)
    group by figure_id
)
select
    figure_id, source_id, file, line, {", ".join((*PLACES, *TEXTS, *_STATES))}, series, unit,
    period, period_start, period_end, span, {_NUMBERS}, growth_basis, share_of, part_of,
    figure_id in (from latest) as is_latest,
    part_lower, part_upper, part_id is not null as is_part,
    coalesce(passed, 0) as passed, coalesce(failed, 0) as failed,
    coalesce(not_checkable, 0) as not_checkable
from {{figures}}
left join counts using (figure_id)
left join (
    select part_id, share_lower as part_lower, share_upper as part_upper from main.totals
) as totals on figure_id = part_id
order by period_end, period_start, published_to, figure_id"""


def _figures_query(connection: duckdb.DuckDBPyConnection) -> str:
    """The query on figures; a release of an earlier version lacks columns, which are then empty."""
    have = {row["column_name"] for row in fetch(connection, "describe core.figures")}
    lacking = [
        f"null::{column.type} as {name}"
        for name, column in figure_columns().items()
        if name not in have
    ]
    return _FIGURES.format(figures=f"(select {', '.join(['*', *lacking])} from core.figures)")


def _figures(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]
) -> dict[str, Figure]:
    coverage = fetch(connection, "from quality.coverage")
    covered = {(row["figure_id"], row["aspect"]): row for row in coverage}

    def number(row: Row, aspect: str) -> Number:
        state = covered.get((row["figure_id"], aspect))
        return Number(
            aspect,
            row[f"{aspect}_printed"],
            row[aspect],
            row[f"{aspect}_lower"],
            row[f"{aspect}_upper"],
            PRINTED[aspect] or row["unit"],
            *((state["state"], state["is_joint"]) if state else (None, None)),
        )

    plain = (
        *("figure_id", "file", "line", "period", "period_start", "period_end", "span"),
        *("growth_basis", "share_of", "part_of", "is_latest"),
    )
    return {
        row["figure_id"]: Figure(
            source=sources[row["source_id"]],
            codes=codes_of(row["series"]),
            series=(row["series"], row["unit"]),
            numbers={a: number(row, a) for a in PRINTED if row[f"{a}_printed"] is not None},
            share_bounds=(row["part_lower"], row["part_upper"]) if row["is_part"] else None,
            checks={key: row[key] for key in ("passed", "failed", "not_checkable")},
            places={name: row[name] for name in PLACES if row[name] is not None},
            states={name: row[name] for name in _STATES if row[name]},
            texts={name: row[name] for name in TEXTS if row[name]},
            **{key: row[key] for key in plain},
        )
        for row in fetch(connection, _figures_query(connection))
    }


def _findings(connection: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule]) -> list[Finding]:
    findings = [
        Finding(
            row["finding_id"],
            rules[row["rule_id"]],
            row["severity"],
            tuple(row["figures"]),
            row["acknowledged_by"],
            row["message"],
            row.get("cause_id"),  # a release of an earlier version has none
        )
        for row in fetch(connection, "from quality.findings")
    ]
    kinds = (*SEVERITIES, "acknowledged")
    findings.sort(key=lambda f: (kinds.index(f.kind), f.rule.rule_id, f.figures, f.message))
    return findings


def _checks(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, tuple[str, ...]], list[Check]]:
    failed: dict[tuple[str, tuple[str, ...]], list[Check]] = defaultdict(list)
    # Joint consistency has no sides.
    for rule, figures, *sides in connection.execute(
        """select
            rule_id, figures, left_side, left_lower, left_upper, relation,
            right_side, right_lower, right_upper, unit
        from quality.checks
        where not holds and relation is not null
        order by all"""
    ).fetchall():
        failed[rule, tuple(figures)].append(Check(*sides))
    return failed


def _conflicts(
    connection: duckdb.DuckDBPyConnection, figures: Mapping[str, Figure]
) -> list[Conflict]:
    suspects: dict[str, dict[int, list[Suspect]]] = defaultdict(lambda: defaultdict(list))
    for row in fetch(connection, "from quality.suspects"):
        figure = figures[row["figure_id"]]
        suspect = Suspect(
            figure,
            figure.numbers[row["aspect"]],
            row["settles_lower"],
            row["settles_upper"],
            tuple(row["repairs"]),
        )
        suspects[row["conflict_id"]][row["explanation"]].append(suspect)
    return [
        Conflict(
            row["conflict_id"],
            frozenset(row["figures"]),
            row["is_cut"],
            tuple(tuple(together) for _, together in sorted(suspects[row["conflict_id"]].items())),
        )
        for row in fetch(connection, "from quality.conflicts order by conflict_id")
    ]


def _causes(connection: duckdb.DuckDBPyConnection) -> list[Cause]:
    """What is behind the errors; a release of an earlier version does not say."""
    has_causes = connection.execute(
        "select count(*) from duckdb_columns() where schema_name = 'quality' "
        "and table_name = 'causes'"
    ).fetchone()
    if not has_causes or not has_causes[0]:
        return []
    columns = ("cause_id", "title", "withholds", "slips", "findings")
    return [
        Cause(**row | {"slips": tuple(row["slips"]), "findings": tuple(row["findings"])})
        for row in fetch(connection, f"select {', '.join(columns)} from quality.causes")
    ]


def _bounds(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]
) -> dict[tuple[str, str], list[Bound]]:
    bounds: dict[tuple[str, str], list[Bound]] = defaultdict(list)
    for row in fetch(connection, "from quality.bounds order by all"):
        key = (row.pop("series"), row["unit"])
        row["source"] = sources[row.pop("source_id")]
        bounds[key].append(Bound(**row | {"without": tuple(row["without"])}))
    return bounds


def _acknowledgements(
    connection: duckdb.DuckDBPyConnection,
) -> Mapping[tuple[str, tuple[str, ...]], Sequence[Acknowledgement]]:
    """Of each finding that was accepted all acceptances; the last one counts."""
    accepted: dict[tuple[str, tuple[str, ...]], list[Acknowledgement]] = defaultdict(list)
    for row in fetch(connection, "from quality.acknowledgements"):
        entry = Acknowledgement(**row | {"figures": tuple(row["figures"])})
        accepted[entry.rule_id, entry.figures].append(entry)
    return accepted
