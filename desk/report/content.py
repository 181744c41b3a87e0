"""Content: what the report is about, read from a finished database into plain objects.

Belongs here: queries on core, quality and the views, and how their rows hang together. Does not
belong here: wording, pages, and anything that could change a verdict.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from desk.report.detail_pages import Detail
from desk.report.detail_pages import read as read_detail
from expectations.intervals import SEVERITIES
from warehouse.records.fields import DIMENSIONS, PRINTED
from warehouse.store.database import open_readonly
from warehouse.store.tables import fetch

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """One number that a figure prints; `state` says whether anything would tell if it were wrong.

    Ends in base units or fractions, None where unbounded.
    """

    aspect: str
    printed: str
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None
    unit: str
    state: str | None
    is_joint: bool | None


@dataclass(frozen=True, slots=True)
class Source:
    """A published document, as core.sources has it, and whether its text is archived."""

    source_id: str
    publisher: str
    title: str | None
    published: str
    url: str | None
    note: str | None
    file: str
    text_state: str  # archived, or why the text cannot be looked up; as in quality.evidence


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as printed. `checks` counts those it takes part in, by passed, failed, open."""

    figure_id: str
    source: Source
    file: str
    line: int
    locator: str | None
    codes: Mapping[str, str]
    series: tuple[str, str]
    period: str
    period_start: date | None
    period_end: date
    span: str
    numbers: Mapping[str, Number]
    growth_basis: str | None
    share_of: str | None
    part_of: str | None
    rank: int | None
    note: str | None
    is_latest: bool
    share_bounds: tuple[Decimal | None, Decimal | None] | None
    checks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Check:
    """A failed check: two sides, each with its interval, and the relation that cannot hold."""

    left: str
    left_lower: Decimal | None
    left_upper: Decimal | None
    relation: str
    right: str
    right_lower: Decimal | None
    right_upper: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in words, and how often it was checked."""

    rule_id: str
    family: str
    severity: str
    statement: str
    formula: str
    source: str
    checked: int
    passed: int
    failed: int
    not_checkable: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """A number that could be the culprit, the range that would settle it, and typical slips."""

    figure: Figure
    number: Number
    lower: Decimal | None
    upper: Decimal | None
    repairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Numbers that cannot all be right; those of one explanation would be wrong together."""

    conflict_id: str
    figures: frozenset[str]
    is_cut: bool
    explanations: tuple[tuple[Suspect, ...], ...]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A reviewer's acceptance of a finding, and whether it still holds."""

    rule_id: str
    figures: tuple[str, ...]
    reason: str
    reviewer: str
    accepted: datetime | None
    expires: date
    state: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a set of figures breaks. `kind` is its severity, or acknowledged."""

    finding_id: str
    rule: Rule
    severity: str
    figures: tuple[str, ...]
    acknowledged_by: str | None
    message: str

    @property
    def kind(self) -> str:
        return "acknowledged" if self.acknowledged_by else self.severity


@dataclass(frozen=True, slots=True)
class Bound:
    """What must hold for a figure that nobody printed."""

    source: Source
    without: tuple[str, ...]
    unit: str
    period: str
    lower: Decimal | None
    upper: Decimal | None
    growth_lower: Decimal | None
    growth_upper: Decimal | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that does not count as a figure, and why."""

    file: str
    line: int
    figure_id: str
    reason: str


@dataclass(frozen=True)
class Content:
    """All of a database that the report shows. Series are keyed by (series, unit)."""

    figures: Mapping[str, Figure]
    sources: Mapping[str, Source]
    rules: Mapping[str, Rule]
    findings: Sequence[Finding]
    checks: Mapping[tuple[str, tuple[str, ...]], Sequence[Check]]
    conflicts: Sequence[Conflict]
    acknowledgements: Mapping[tuple[str, tuple[str, ...]], Sequence[Acknowledgement]]
    quarantine: Sequence[SetAside]
    bounds: Mapping[tuple[str, str], Sequence[Bound]]
    names: Mapping[tuple[str, str], tuple[str, str]]
    detail: Detail | None

    @cached_property
    def by_figure(self) -> dict[str, list[Finding]]:
        """The findings that concern each figure."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            for figure in finding.figures:
                found[figure].append(finding)
        return found

    @cached_property
    def series(self) -> dict[tuple[str, str], list[Figure]]:
        """Figures by series and unit; those that have but bounds are there, with no figure."""
        found: dict[tuple[str, str], list[Figure]] = defaultdict(list)
        for figure in self.figures.values():
            found[figure.series].append(figure)
        return {key: found[key] for key in sorted(found.keys() | self.bounds.keys())}

    @cached_property
    def parts(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """Which series have parts of which series."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for figure in self.figures.values():
            if (total := self.figures.get(figure.part_of or "")) is not None:
                found[total.series].add(figure.series)
        return found

    @cached_property
    def _conflicts_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for index, conflict in enumerate(self.conflicts):
            for figure in conflict.figures:
                found[figure].append(index)
        return found

    def conflicts_of(self, finding: Finding) -> list[Conflict]:
        """The conflicts that share figures with the finding, those that share most first."""
        shared = Counter(
            i for figure in finding.figures for i in self._conflicts_of.get(figure, ())
        )
        return [self.conflicts[i] for i, _ in sorted(shared.items(), key=lambda x: (-x[1], x[0]))]

    @cached_property
    def coverage(self) -> dict[str, int]:
        """How many printed numbers are checked, partly, unchecked, by rules only, and accepted."""
        numbers = [(f, n) for f in self.figures.values() for n in f.numbers.values()]
        states = Counter(number.state for _, number in numbers)
        accepted = {f for x in self.findings if x.acknowledged_by for f in x.figures}
        return {
            "all": sum(states[state] for state in ("checked", "partly", "unchecked")),
            **{state: states[state] for state in ("checked", "partly", "unchecked")},
            "apart": sum(number.is_joint is False for _, number in numbers),
            "acknowledged": sum(figure.figure_id in accepted for figure, _ in numbers),
        }

    @cached_property
    def without_text(self) -> int:
        """How many figures cannot be looked up: the text of their source is not archived."""
        return sum(figure.source.text_state != "archived" for figure in self.figures.values())


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
            acknowledgements=_acknowledgements(connection),
            quarantine=[SetAside(**row) for row in fetch(connection, _QUARANTINE)],
            bounds=_bounds(connection, sources),
            names={
                (row["list"], row["code"]): (row["name_en"], row["name_zh"])
                for row in fetch(connection, "select list, code, name_en, name_zh from core.codes")
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
    figure_id, source_id, file, line, locator, {", ".join(DIMENSIONS)}, series, unit, period,
    period_start, period_end, span, {_NUMBERS}, growth_basis, share_of, part_of, rank, note,
    figure_id in (from latest) as is_latest,
    part_lower, part_upper, part_id is not null as is_part,
    coalesce(passed, 0) as passed, coalesce(failed, 0) as failed,
    coalesce(not_checkable, 0) as not_checkable
from core.figures
left join counts using (figure_id)
left join (
    select part_id, share_lower as part_lower, share_upper as part_upper from main.totals
) as totals on figure_id = part_id
order by period_end, period_start, published_to, figure_id"""


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
        *("figure_id", "file", "line", "locator", "period", "period_start", "period_end", "span"),
        *("growth_basis", "share_of", "part_of", "rank", "note", "is_latest"),
    )
    return {
        row["figure_id"]: Figure(
            source=sources[row["source_id"]],
            codes={dimension: row[dimension] for dimension in DIMENSIONS},
            series=(row["series"], row["unit"]),
            numbers={a: number(row, a) for a in PRINTED if row[f"{a}_printed"] is not None},
            share_bounds=(row["part_lower"], row["part_upper"]) if row["is_part"] else None,
            checks={key: row[key] for key in ("passed", "failed", "not_checkable")},
            **{key: row[key] for key in plain},
        )
        for row in fetch(connection, _FIGURES)
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
            tuple(tuple(some) for _, some in sorted(suspects[row["conflict_id"]].items())),
        )
        for row in fetch(connection, "from quality.conflicts order by conflict_id")
    ]


def _bounds(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]
) -> dict[tuple[str, str], list[Bound]]:
    found: dict[tuple[str, str], list[Bound]] = defaultdict(list)
    for row in fetch(connection, "from quality.bounds order by all"):
        key = (row.pop("series"), row["unit"])
        row["source"] = sources[row.pop("source_id")]
        found[key].append(Bound(**row | {"without": tuple(row["without"])}))
    return found


def _acknowledgements(
    connection: duckdb.DuckDBPyConnection,
) -> Mapping[tuple[str, tuple[str, ...]], Sequence[Acknowledgement]]:
    """Of each finding that was accepted all acceptances; the last one counts."""
    accepted: dict[tuple[str, tuple[str, ...]], list[Acknowledgement]] = defaultdict(list)
    for row in fetch(connection, "from quality.acknowledgements"):
        entry = Acknowledgement(**row | {"figures": tuple(row["figures"])})
        accepted[entry.rule_id, entry.figures].append(entry)
    return accepted
