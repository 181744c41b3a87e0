"""The site: which pages there are, where they lie, and what each is given.

Belongs here: pages, their addresses, and the limits that keep them small. Does not belong here:
queries (content_queries.py), words (wording.py), drawing (charts.py), and markup (templates/).
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from desk.report import charts, wording
from desk.report.charts import Bar, Span
from desk.report.content import Cause, Check, Content, Figure, Finding, Suspect
from desk.report.content_queries import read
from expectations.intervals import SEVERITIES
from warehouse import project
from warehouse.records.fields import LABELS
from warehouse.release import catalog
from warehouse.release.changes import Changes
from warehouse.terms.dimensions import codes_of, further

KINDS = (*SEVERITIES, "acknowledged")
LISTED = 30  # findings on the overview; each rule has a share
SAMPLED = 10  # findings of a rule on the page of all findings; changes of a kind on the overview
EXPLAINED = 20  # explanations on the page of a finding
RELEASES = 24  # past releases in the trend


@dataclass
class _OfKind:
    """Findings of one severity: by cause, the rest by rule, and how many are beneath other causes.

    `rules` are the page for all of a rule, its findings, and those of them that have no cause.
    """

    causes: list[Cause] = field(default_factory=list)
    rules: list[tuple[str, list[Finding], list[Finding]]] = field(default_factory=list)
    beneath: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """How an earlier release ended; `counts` is the number of findings of each severity."""

    release: str
    verdict: str
    counts: Mapping[str, int]


def write(
    database: Path,
    target: Path,
    past: Sequence[Past] = (),
    changes: Changes | None = None,
    broken: Sequence[str] = (),
    release: str = "",
    paths: Sequence[str] = (),
) -> Path:
    """Write the report on a finished trade.duckdb into `target`, which need not exist.

    `past` are earlier releases, oldest first; `changes` what moved since the last, None for the
    first; `broken` statements of critical expectations that do not hold, which withhold the
    release as an error does; `release` its id; `paths` the options that commands on its pages need
    to find the home, which a release that is published must not name. Returns the path of
    index.html. The same arguments give the same bytes. Raises duckdb.Error where `database` is no
    finished one.
    """
    site = _Site(read(database), target, release, broken, paths)
    site.overview(past, changes)
    site.findings()
    site.series()
    site.sources()
    site.rules()
    site.detail()
    site.page(
        "dictionary.html",
        tables=catalog.dictionary(database),
        fields=catalog.record_fields(),
    )
    if changes is not None:
        site.page("changes.html", changes=changes, limit=None)
    return target / "index.html"


class _Site:
    """The content and where its pages go."""

    def __init__(
        self,
        content: Content,
        target: Path,
        release: str,
        broken: Sequence[str],
        paths: Sequence[str],
    ) -> None:
        self._content, self._target, self._broken = content, target, broken
        withheld = broken or any(finding.kind == "error" for finding in content.findings)
        self._names = wording.Names(content.names)
        style, script = (
            project.file("report", name).read_text("utf-8") for name in ("style.css", "tables.js")
        )
        self._environment = Environment(
            loader=PackageLoader("desk.report", "templates"),
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            finalize=wording.visible,
        )
        self._environment.globals.update(
            release=release,
            verdict="withhold" if withheld else "publish",
            at_home=_at_home(paths),
            detail=content.detail,
            # Nothing but this script and the style sheet may run or load, whatever a record says.
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            names=self._names,
            finding_page=lambda finding: f"findings/{wording.file_name(finding.finding_id)}.html",
            series_page=_series_page,
            source_page=_source_page,
            row_id=lambda figure_id: "figure-" + wording.file_name(figure_id.partition("/")[2]),
            figures=content.figures,
            findings_of=content.by_figure,
            findings_by_id=content.by_id,
            aspects=wording.ASPECTS,
            labels=LABELS,
            is_link=lambda url: bool(url) and url.lower().startswith(("http://", "https://")),
        )
        self._environment.filters.update(
            many=wording.many,
            quoted=wording.quoted,
            chinese=wording.chinese,
            number_interval=wording.number_interval,
            settlement=wording.settlement,
        )
        self._environment.globals["interval"] = wording.interval
        self._made: set[Path] = set()
        self._write("style.css", style)

    def page(self, path: str, template: str = "", **given: Any) -> None:
        """Write one page; its template is named like it unless given."""
        root = "../" * path.count("/")
        made = self._environment.get_template(template or path).render(root=root, **given)
        self._write(path, made)

    def _write(self, path: str, text: str) -> None:
        file = self._target / path
        if file.parent not in self._made:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(file.parent)
        file.write_text(text, "utf-8", newline="\n")

    def overview(self, past: Sequence[Past], changes: Changes | None) -> None:
        """The first page: whether to trust this release, and what to look at."""
        content = self._content
        counts = Counter(finding.kind for finding in content.findings)
        causes = [cause for cause in content.causes if cause.withholds]
        listed_causes = [(cause, content.open_findings(cause)) for cause in causes[:LISTED]]
        urgent = [
            finding
            for finding in content.findings
            if finding.kind in ("error", "review") and content.cause_of(finding) not in causes
        ]
        listed = _some_of_each_rule(urgent)
        recent = past[-RELEASES:]
        trends = {
            kind: charts.history(
                numbers := [*(run.counts.get(kind, 0) for run in recent), counts[kind]],
                f"{kind}, release by release: {', '.join(map(str, numbers))}",
            )
            for kind in KINDS
        }
        coverage = content.coverage
        states = ("checked", "partly", "unchecked")
        self.page(
            "index.html",
            why=_why(counts, len(self._broken)),
            broken=self._broken,
            counts=[(kind, counts[kind], trends[kind]) for kind in KINDS],
            past=recent,
            coverage=coverage,
            coverage_chart=charts.stack(
                [(state, coverage[state]) for state in states],
                ", ".join(f"{coverage[state]} {state}" for state in states),
            ),
            without_text=content.without_text,
            causes=listed_causes,
            more_causes=len(causes) - len(listed_causes),
            urgent=listed,
            more=len(urgent) - len(listed),
            lapsed=[
                entry
                for entries in content.acknowledgements.values()
                for entry in entries
                if entry.state in ("expired", "void")
            ],
            changes=changes,
            limit=SAMPLED,
            totals={
                "findings": len(content.findings),
                "series": len(content.series),
                "sources": len(content.sources),
                "rules": len(content.rules),
                "figures": len(content.figures),
                "set aside": len(content.quarantine),
                "rows": sum(d["rows"] for d in content.detail.datasets) if content.detail else 0,
            },
        )

    def findings(self) -> None:
        """All findings by severity: those of each cause, then the others by rule; a page for each.

        And one for those of a rule, where they are many.
        """
        content = self._content
        groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        listed: dict[str, _OfKind] = {finding.kind: _OfKind() for finding in content.findings}
        kinds = {c.cause_id: "error" if c.withholds else "acknowledged" for c in content.causes}
        for cause in content.causes:
            listed[kinds[cause.cause_id]].causes.append(cause)
        for finding in content.findings:
            self._finding(finding)
            groups[finding.kind, finding.rule.rule_id].append(finding)
            behind = content.cause_of(finding)
            if behind is not None and kinds[behind.cause_id] != finding.kind:
                listed[finding.kind].beneath += 1
        for (kind, rule_id), group in groups.items():
            path = f"findings/{kind}-{wording.file_name(rule_id)}.html"
            alone = [finding for finding in group if content.cause_of(finding) is None]
            listed[kind].rules.append((path, group, alone))
            if len(group) > SAMPLED:
                self.page(path, "findings_of_rule.html", kind=kind, findings=group)
        self.page("findings.html", listed=listed, limit=SAMPLED, findings_of=content.findings_of)

    def _finding(self, finding: Finding) -> None:
        """One finding; the same figures may break a rule more than once, by level and by growth."""
        content = self._content
        key = (finding.rule.rule_id, finding.figures)
        path = f"findings/{wording.file_name(finding.finding_id)}.html"
        if content.detail and finding.finding_id in content.detail.keys:
            dataset, _, period = finding.figures[0].partition("/")
            self.page(
                path,
                "finding_on_detail.html",
                finding=finding,
                acknowledgements=content.acknowledgements.get(key, ()),
                dataset=dataset,
                period=period,
                keys=content.detail.keys[finding.finding_id],
                failing=content.detail.failing[finding.finding_id],
                files=[
                    file
                    for file in content.detail.files
                    if file["dataset"] == dataset
                    and (file["periods"] is None or period in file["periods"])
                ],
                parts=[p for p in content.detail.partitions if p["dataset"] == dataset],
            )
            return
        checks = content.checks.get(key, ())
        explanations = [
            [(suspect, _settling(suspect)) for suspect in explanation]
            for conflict in content.conflicts_of(finding)
            for explanation in conflict.explanations
        ]
        figures = [content.figures[id_] for id_ in finding.figures if id_ in content.figures]
        self.page(
            path,
            "finding_on_figures.html",
            finding=finding,
            pictures=[(check, _sides(check)) for check in checks],
            explanations=explanations[:EXPLAINED],
            more=max(0, len(explanations) - EXPLAINED),
            is_cut=any(conflict.is_cut for conflict in content.conflicts_of(finding)),
            acknowledgements=content.acknowledgements.get(key, ()),
            concerned=figures,
            cause=content.cause_of(finding),
            sources=list({f.source.source_id: f.source for f in figures}.values()),
        )

    def detail(self) -> None:
        """What customs detail is in, what was set aside, and how its rules ended."""
        if self._content.detail:
            rules = [rule for rule in self._content.rules.values() if rule.family == "detail"]
            ids = {rule.rule_id for rule in rules}
            findings = [f for f in self._content.findings if f.rule.rule_id in ids]
            listed = _some_of_each_rule(findings)
            more = len(findings) - len(listed)
            self.page("detail.html", rules=rules, findings=listed, more=more)

    def series(self) -> None:
        """All series, and a page for each."""
        content = self._content
        self.page("series.html", series=content.series, bounds=content.bounds)
        for key, figures in content.series.items():
            self.page(
                _series_page(key),
                "one_series.html",
                key=key,
                name=self._names.series(key[0]),
                series_figures=figures,
                codes=_codes(key[0]),
                levels=_chart(figures, "value", "Levels"),
                growths=_chart(figures, "growth", "Growth"),
                bounds=content.bounds.get(key, ()),
                parts=sorted(content.parts.get(key, ())),
            )

    def sources(self) -> None:
        """All sources, and a page for each with every record of it."""
        content = self._content
        by_source: dict[str, list[Figure]] = defaultdict(list)
        for figure in sorted(content.figures.values(), key=lambda f: (f.file, f.line)):
            by_source[figure.source.source_id].append(figure)
        aside = defaultdict(list)
        for record in content.quarantine:
            aside[record.figure_id.partition("/")[0]].append(record)
        rows = [
            (
                source,
                records := by_source.get(id_, []),
                aside.get(id_, []),
                len(
                    {f.finding_id for r in records for f in content.by_figure.get(r.figure_id, ())}
                ),
            )
            for id_, source in content.sources.items()
        ]
        self.page("sources.html", rows=rows)
        for source, records, set_aside, _ in rows:
            self.page(
                _source_page(source.source_id),
                "source.html",
                source=source,
                records=records,
                set_aside=set_aside,
            )

    def rules(self) -> None:
        """Every rule in words."""
        kinds = Counter((f.rule.rule_id, f.kind) for f in self._content.findings)
        self.page("rules.html", rules=self._content.rules.values(), kinds=kinds, order=KINDS)


def _at_home(paths: Sequence[str]) -> Markup:
    """The option of commands that names the home; in a page opened from disk tables.js fills it."""
    options = wording.visible(" ".join(["", *map(shlex.quote, paths)]))
    return Markup('<span class="at-home">{}</span>').format(options)


def _series_page(key: tuple[str, str]) -> str:
    return f"series/{wording.file_name('.'.join(key))}.html"


def _source_page(source_id: str) -> str:
    return f"sources/{wording.file_name(source_id)}.html"


def _codes(series: str) -> list[tuple[str, str]]:
    """Its codes by dimension, without further ones that most sources say nothing about."""
    usual = further()
    return [(name, code) for name, code in codes_of(series).items() if code != usual.get(name)]


def _some_of_each_rule(findings: Sequence[Finding]) -> list[Finding]:
    """The first LISTED findings, the rules in turn: detail may break one rule in every month."""
    before: Counter[str] = Counter()
    places = []
    for place, finding in enumerate(findings):
        places.append((before[finding.rule.rule_id], place))
        before[finding.rule.rule_id] += 1
    return [findings[place] for place in sorted(place for _, place in sorted(places)[:LISTED])]


def _why(counts: Mapping[str, int], broken: int) -> str:
    """The verdict's reason in one line."""
    reasons = []
    if counts["error"]:
        reasons.append(
            f"{wording.many(counts['error'], 'contradiction')} that no reviewer has accepted"
        )
    if broken:
        reasons.append(f"{wording.many(broken, 'broken expectation')} of the tables")
    if reasons:
        return " and ".join(reasons)
    if counts["acknowledged"]:
        accepted = wording.many(counts["acknowledged"], "finding")
        return f"no contradiction is open; a reviewer accepted {accepted}"
    return "no figure contradicts another"


def _sides(check: Check) -> tuple[Bar, Bar, Markup]:
    left = Bar("A", check.left_lower, check.left_upper)
    right = Bar("B", check.right_lower, check.right_upper)
    return left, right, charts.intervals(left, right, check.unit)


def _settling(suspect: Suspect) -> Markup:
    number = suspect.number
    return charts.intervals(
        Bar("printed", number.lower, number.upper),
        Bar("needed", suspect.lower, suspect.upper),
        number.unit,
    )


def _chart(figures: Sequence[Figure], aspect: str, word: str) -> Markup | None:
    """Levels or growth over time; None where nothing is printed."""
    printed = [(f, f.numbers[aspect]) for f in figures if aspect in f.numbers]
    if not printed:
        return None
    spans = [
        Span(
            figure.period_start,
            figure.period_end,
            figure.span,
            number.value,
            number.lower,
            number.upper,
            figure.is_latest,
            f"{figure.period}: {number.printed}, {wording.number_interval(number)}, "
            f"{figure.source.publisher} {figure.source.published}",
        )
        for figure, number in printed
    ]
    periods = [figure.period for figure, _ in printed]
    title = f"{word} over time, {len(spans)} printed, from {periods[0]} to {periods[-1]}"
    return charts.levels(spans, printed[0][1].unit, title)
