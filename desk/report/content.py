"""Content: what the report is about, as plain objects.

Belongs here: these objects, and how they relate to each other. Does not belong here: the queries
that fill them (content_queries.py), wording, pages, and anything that could change a verdict.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from desk.report.detail_pages import Detail


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
    """A figure as printed. `checks` counts those it takes part in, by passed, failed, open.

    `places` and `texts` are the fields of these kinds that its record has, by their names;
    `states` are the codes of its status and confidentiality.
    """

    figure_id: str
    source: Source
    file: str
    line: int
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
    places: Mapping[str, int]
    texts: Mapping[str, str]
    states: Mapping[str, str]
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
class Cause:
    """What is behind some findings: the same number, corrected, would settle them all."""

    cause_id: str
    title: str
    withholds: bool
    slips: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a set of figures breaks. `kind` is its severity, or acknowledged."""

    finding_id: str
    rule: Rule
    severity: str
    figures: tuple[str, ...]
    acknowledged_by: str | None
    message: str
    cause_id: str | None = None

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
    causes: Sequence[Cause]
    acknowledgements: Mapping[tuple[str, tuple[str, ...]], Sequence[Acknowledgement]]
    quarantine: Sequence[SetAside]
    bounds: Mapping[tuple[str, str], Sequence[Bound]]
    names: Mapping[tuple[str, str], tuple[str, str]]
    detail: Detail | None

    @cached_property
    def by_figure(self) -> dict[str, list[Finding]]:
        """The findings that concern each figure."""
        findings: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            for figure in finding.figures:
                findings[figure].append(finding)
        return findings

    @cached_property
    def by_id(self) -> dict[str, Finding]:
        """Every finding by its id."""
        return {finding.finding_id: finding for finding in self.findings}

    def findings_of(self, cause: Cause) -> list[Finding]:
        """What a cause is behind."""
        return [self.by_id[finding_id] for finding_id in cause.findings]

    def open_findings(self, cause: Cause) -> list[Finding]:
        """What a cause is behind and no reviewer has accepted."""
        return [finding for finding in self.findings_of(cause) if not finding.acknowledged_by]

    def cause_of(self, finding: Finding) -> Cause | None:
        """What is behind a finding, where anything is known to be."""
        return self._causes.get(finding.cause_id or "")

    @cached_property
    def _causes(self) -> Mapping[str, Cause]:
        return {cause.cause_id: cause for cause in self.causes}

    @cached_property
    def series(self) -> dict[tuple[str, str], list[Figure]]:
        """Figures by series and unit; a series that has only bounds is there, with no figure."""
        figures: dict[tuple[str, str], list[Figure]] = defaultdict(list)
        for figure in self.figures.values():
            figures[figure.series].append(figure)
        return {key: figures[key] for key in sorted(figures.keys() | self.bounds.keys())}

    @cached_property
    def parts(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """Which series have parts of which series."""
        parts: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for figure in self.figures.values():
            if (total := self.figures.get(figure.part_of or "")) is not None:
                parts[total.series].add(figure.series)
        return parts

    @cached_property
    def _conflicts_of(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for index, conflict in enumerate(self.conflicts):
            for figure in conflict.figures:
                places[figure].append(index)
        return places

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
