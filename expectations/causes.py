"""Causes: one for all findings and conflicts that one and the same slip would settle.

One wrong number breaks several rules and the joint consistency of all that hangs together with it.
A reviewer wants to look at it once.

Belongs here: which findings and conflicts have a cause in common, and its title. Does not belong
here: finding them (rules/, joint/), and how a cause is shown (flows/cli, desk).
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Context, Decimal
from itertools import chain

import duckdb

from expectations.intervals import distance
from expectations.joint.linear_statements import Suspect
from expectations.joint.results import Contradiction, SuspectNumber
from expectations.joint.shown_repairs import Repair, shown
from expectations.rules.figure_rules import Finding
from warehouse import project
from warehouse.records.fields import LABELS, PRINTED
from warehouse.store.tables import fetch
from warehouse.terms import codes
from warehouse.terms.dimensions import codes_of, dimensions
from warehouse.terms.interval import format_interval

# Warnings about which periods and texts there are: no number that is corrected settles them.
_NOT_OF_NUMBERS = ("no-month-is-missing", "series-is-up-to-date", "span-holds-what-is-printed")
_GAP = re.compile(r"by at least [^;]+")
_PAIR = 2  # figures that are exchanged for each other
_USUAL = {"flow": "none", "measure": "value"}  # codes that go without saying


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings and conflicts that the same number, corrected, would settle.

    `suspects` are the numbers each of which may be the wrong one, the likeliest first; where it
    takes several together, those of the first explanation. `slips` are the likeliest.
    """

    id: str
    title: str
    figures: tuple[str, ...]
    findings: tuple[Finding, ...]
    conflicts: tuple[str, ...] = ()
    suspects: tuple[SuspectNumber, ...] = ()
    slips: tuple[Repair, ...] = ()

    @property
    def withholds(self) -> bool:
        """Whether it withholds a release: a finding of it does."""
        return any(finding.withholds for finding in self.findings)


def causes(
    connection: duckdb.DuckDBPyConnection,
    findings: Sequence[Finding],
    conflicts: Sequence[Contradiction],
) -> tuple[Cause, ...]:
    """What is behind the errors among the findings, in the order of these.

    Warnings are among the findings of a cause where they are about its likeliest suspect; the
    others have none.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return ()
    groups = [_Group(tuple(together)) for together in _together(conflicts)]
    alone = []
    for error in errors:
        group = max(groups, key=lambda group: group.shared(error), default=None)
        if group is None or not group.shared(error):
            group = _Group(())
            alone.append(group)
        group.findings.append(error)
    for group in groups:
        if not group.findings:  # a rule has found it, with fewer figures or more
            near = max((*groups, *alone), key=lambda other: other.likeness(group))
            near.conflicts += group.conflicts
    found = [group for group in (*groups, *alone) if group.findings]
    places = {finding.id: place for place, finding in enumerate(findings)}
    found.sort(key=lambda group: min(places[finding.id] for finding in group.findings))
    _add_warnings(found, findings)
    figures = _Figures(connection, {s.figure for g in found for s in g.suspects} | _named(found))
    return tuple(_cause(group, figures) for group in found)


class _Group:
    """Conflicts of one cause, and the findings that belong to it."""

    def __init__(self, conflicts: tuple[Contradiction, ...]) -> None:
        self.conflicts = conflicts
        self.findings: list[Finding] = []
        self._blamed = [
            {suspect.figure for suspect in explanation}
            for conflict in conflicts
            for explanation in conflict.explanations
        ]
        self._figures = {figure for conflict in conflicts for figure in conflict.figures}

    def shared(self, finding: Finding) -> tuple[int, int]:
        """How much a finding is about these conflicts; (0, 0) where it is not.

        Every number that settles the conflict must settle the finding, and so belong to it.
        """
        figures = set(finding.figures)
        common = len(figures & self._figures)
        settled = bool(self._blamed) and all(figures & blamed for blamed in self._blamed)
        return (common, settled) if settled or common > 1 or common == len(figures) else (0, 0)

    def likeness(self, other: _Group) -> int:
        """How many figures of its findings another group has."""
        figures = set(chain.from_iterable(finding.figures for finding in self.findings))
        return len(figures & other._figures)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The slips that settle all of its conflicts; where there is none, any of them."""
        settled: dict[tuple[object, ...], list[Repair]] = defaultdict(list)
        for conflict in self.conflicts:
            for key, repair in {_slip_key(repair): repair for repair in conflict.repairs}.items():
                settled[key].append(repair)
        most = max(map(len, settled.values()), default=0)
        return shown(repairs[0] for repairs in settled.values() if len(repairs) == most)

    @property
    def suspects(self) -> tuple[SuspectNumber, ...]:
        """The numbers that may be wrong, the likeliest first."""
        explanations = [e for conflict in self.conflicts for e in conflict.explanations]
        suspects = [e[0] for e in explanations if len(e) == 1]
        suspects = suspects or [s for c in self.conflicts for e in c.explanations[:1] for s in e]
        likeliest: dict[Suspect, float] = {}
        for repair in chain.from_iterable(conflict.repairs for conflict in self.conflicts):
            for number in repair.numbers:
                likeliest[number] = max(repair.likelihood, likeliest.get(number, 0))
        return tuple(
            sorted(
                dict.fromkeys(suspects),
                key=lambda s: -likeliest.get(Suspect(s.figure, s.aspect), 0),
            )
        )


def _slip_key(repair: Repair) -> tuple[object, ...]:
    if len(repair.numbers) > 1:
        return (repair.numbers,)
    return repair.figure, repair.aspect, repair.slip, repair.corrected


def _together(conflicts: Sequence[Contradiction]) -> Iterator[list[Contradiction]]:
    """The conflicts, together those that one exchange of numbers settles: greedily, most first."""
    settled: dict[frozenset[Suspect], list[Contradiction]] = defaultdict(list)
    likelihood: dict[frozenset[Suspect], float] = {}
    for conflict in conflicts:
        for numbers in dict.fromkeys(r.numbers for r in conflict.repairs if len(r.numbers) > 1):
            settled[numbers].append(conflict)
        for repair in conflict.repairs:
            known = likelihood.get(repair.numbers, 0)
            likelihood[repair.numbers] = max(known, repair.likelihood)
    left = {conflict.id: conflict for conflict in conflicts}
    for numbers in sorted(settled, key=lambda n: (-len(settled[n]), -likelihood[n], sorted(n))):
        together = [conflict for conflict in settled[numbers] if conflict.id in left]
        if len(together) > 1:
            for conflict in together:
                del left[conflict.id]
            yield together
    yield from ([conflict] for conflict in left.values())


def _add_warnings(groups: Sequence[_Group], findings: Sequence[Finding]) -> None:
    """Add the findings that are no errors to the group whose likeliest suspects they are about.

    Where the likeliest slip is one of many numbers, these are all of them; where nothing but a rule
    has found it, all that it names.
    """
    by_suspect: dict[str, _Group] = {}
    for group in groups:
        likeliest = [suspect.figure for suspect in group.suspects[:1]]
        for repair in group.repairs[:1]:
            likeliest += sorted(number.figure for number in repair.numbers)
        if not group.conflicts:
            likeliest += [figure for finding in group.findings for figure in finding.figures]
        for figure in likeliest:
            by_suspect.setdefault(figure, group)
    for finding in findings:
        if finding.severity not in ("review", "warning") or finding.rule in _NOT_OF_NUMBERS:
            continue
        near = [by_suspect[figure] for figure in finding.figures if figure in by_suspect]
        if near:
            near[0].findings.append(finding)


def _named(groups: Sequence[_Group]) -> set[str]:
    return {f for group in groups for finding in group.findings for f in finding.figures[:1]}


def _cause(group: _Group, figures: _Figures) -> Cause:
    errors = [finding.id for finding in group.findings if finding.severity == "error"]
    involved = chain.from_iterable(
        (*(f.figures for f in group.findings), *(c.figures for c in group.conflicts))
    )
    suspects = group.suspects
    needed = min((len(e) for conflict in group.conflicts for e in conflict.explanations), default=0)
    return Cause(
        hashlib.sha256("\n".join(["cause", *sorted(errors)]).encode()).hexdigest()[:10],
        _title(group, suspects, needed, figures),
        tuple(sorted(set(involved))),
        tuple(group.findings),
        tuple(conflict.id for conflict in group.conflicts),
        suspects,
        group.repairs,
    )


def _title(group: _Group, suspects: Sequence[SuspectNumber], needed: int, figures: _Figures) -> str:
    """What is wrong in names and sizes: of which figure, and by how much."""
    if not suspects:
        finding = group.findings[0]
        gap = _GAP.search(finding.message)
        more = f" and {len(finding.figures) - 1} more" if len(finding.figures) > 1 else ""
        name = figures.name(finding.figures[0])
        return f"{name}{more}: {finding.rule}{f', {gap[0]}' if gap else ''}"
    first = suspects[0]
    for repair in group.repairs[:1]:
        of_slip = {number.figure for number in repair.numbers}
        if len(of_slip) > _PAIR:
            return f"{figures.name(first.figure)} and {len(of_slip) - 1} more: {repair.slip}"
    number = f"{LABELS.get(first.aspect, first.aspect)} {first.printed}"
    if needed > 1:
        return f"{figures.name(first.figure)}: {number} and {needed - 1} more cannot be right"
    or_other = ""
    if len(suspects) == 2:
        second = suspects[1]
        label = LABELS.get(second.aspect, second.aspect)
        whose = "" if second.figure == first.figure else f" of {figures.name(second.figure)}"
        or_other = f", or {label} {second.printed}{whose} is {figures.gap(second)}"
    elif len(suspects) > 2:
        or_other = f", or one of {len(suspects) - 1} other numbers is wrong"
    return f"{figures.name(first.figure)}: {number} is {figures.gap(first)}{or_other}"


class _Figures:
    """Some figures: what people call them, and the intervals of what they print."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ids: Collection[str]) -> None:
        ends = (f"{aspect}{end}" for aspect in PRINTED for end in ("_lower", "_upper"))
        rows = fetch(
            connection,
            f"""select figure_id, series, unit, period, {", ".join(ends)}
            from core.figures
            where list_contains($ids, figure_id)""",
            {"ids": sorted(ids)},
        )
        self._rows: Mapping[str, Mapping[str, object]] = {row["figure_id"]: row for row in rows}

    def name(self, figure: str) -> str:
        """Its codes in words and its period; the id of what is no figure, such as a period."""
        row = self._rows.get(figure)
        if row is None:
            return figure
        listed, language = dimensions(), project.settings().language
        names = (
            codes.called(listed[dimension].list, code, language)
            for dimension, code in codes_of(str(row["series"])).items()
            if code != (listed[dimension].default or _USUAL.get(dimension))
        )
        return " ".join((*names, str(row["period"])))

    def gap(self, suspect: SuspectNumber) -> str:
        """By how much a number is too high or low, at least."""
        row, aspect = self._rows[suspect.figure], suspect.aspect
        ends = [row.get(f"{aspect}_lower"), row.get(f"{aspect}_upper")]
        lower, upper = (end if isinstance(end, Decimal) else None for end in ends)
        gap = distance(lower, upper, suspect.lower, suspect.upper)
        if gap is None:
            return "not what the others allow"
        is_high = lower is not None and suspect.upper is not None and lower > suspect.upper
        unit = PRINTED.get(aspect) or str(row["unit"])
        # Four digits, rounded down, so that "at least" is true.
        size = Context(prec=4, rounding=ROUND_DOWN).plus(gap)
        size_text = format_interval(size, size, "pp" if unit == "ratio" else unit)
        return f"too {'high' if is_high else 'low'} by at least {size_text}"


def with_causes(findings: Sequence[Finding], found: Sequence[Cause]) -> list[Finding]:
    """The findings, each with the id of its cause."""
    by_finding = {finding.id: cause.id for cause in found for finding in cause.findings}
    return [replace(finding, cause=by_finding.get(finding.id)) for finding in findings]
