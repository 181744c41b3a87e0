"""Describing one figure: everything that a database knows of it, and its picture in text.

Belongs here: what hangs together with a figure, and how a terminal shows it. Does not belong here:
queries on whole tables (report/content_queries.py), and any judgement.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from desk.report.content import (
    Acknowledgement,
    Bound,
    Check,
    Conflict,
    Content,
    Figure,
    Finding,
    Number,
)
from desk.report.content_queries import read
from desk.report.wording import ASPECTS, name_of, settlement, visible
from warehouse.records.contract import record_model
from warehouse.records.fields import LABELS
from warehouse.store.database import open_readonly
from warehouse.terms.interval import format_interval

Ends = tuple[Decimal | None, Decimal | None]

WIDTH = 40  # of a picture, in characters


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the figure's key in words."""

    dimension: str
    code: str
    name_en: str
    name: str


@dataclass(frozen=True, slots=True)
class Revision:
    """The record as one release brought it: added, changed, withdrawn or restored."""

    revision: int
    change: str
    release_id: str
    printed: str


@dataclass(frozen=True, slots=True)
class DescribedFinding:
    """A finding that concerns the figure, its two sides, and how it was accepted."""

    finding: Finding
    checks: tuple[Check, ...]
    acknowledgement: Acknowledgement | None


@dataclass(frozen=True, slots=True)
class Description:
    """All that is known of one figure.

    `vintages` are other figures of the same fact, of any source; `whole` is what its share is of,
    where that is not its total. `bounds` are of the figure where it prints no level, of what its
    parts leave of it, and of what it leaves of its total; each with the series it is a bound of.
    """

    figure: Figure
    key: tuple[Code, ...]
    states: tuple[Code, ...]
    revisions: tuple[Revision, ...]
    vintages: tuple[Figure, ...]
    total: Figure | None
    whole: Figure | None
    parts: tuple[Figure, ...]
    findings: tuple[DescribedFinding, ...]
    conflicts: tuple[Conflict, ...]
    bounds: tuple[tuple[str, Bound], ...]


def describe(database: Path, figure_id: str) -> Description:
    """What a finished trade.duckdb knows of a figure.

    Raises LookupError, with the nearest ids, where there is no such figure.
    """
    known = read(database)
    figure = known.figures.get(figure_id)
    if figure is None:
        raise LookupError(f"there is no figure {figure_id}{_nearest(figure_id, known)}")
    others = known.series[figure.series]
    return Description(
        figure=figure,
        key=tuple(
            Code(dimension, code, *name_of(known.names, dimension, code))
            for dimension, code in figure.codes.items()
        ),
        states=tuple(
            Code(LABELS[name], code, *name_of(known.names, name, code))
            for name, code in figure.states.items()
        ),
        revisions=_revisions(database, figure_id),
        vintages=tuple(o for o in others if o is not figure and _days(o) == _days(figure)),
        total=known.figures.get(figure.part_of or ""),
        whole=known.figures[figure.share_of]
        if figure.share_of and figure.share_of != figure.part_of
        else None,
        parts=tuple(part for part in known.figures.values() if part.part_of == figure_id),
        findings=tuple(
            DescribedFinding(
                finding,
                tuple(known.checks.get((finding.rule.rule_id, finding.figures), ())),
                _last_acceptance(known, finding),
            )
            for finding in known.by_figure.get(figure_id, ())
        ),
        conflicts=tuple(c for c in known.conflicts if figure_id in c.figures),
        bounds=tuple(_bounds(known, figure)),
    )


def _nearest(figure_id: str, known: Content) -> str:
    """The most similar ids, also by their end alone, since people leave out the source."""
    ends = {id_.rpartition("/")[2]: id_ for id_ in known.figures}
    near = difflib.get_close_matches(figure_id, known.figures, 3, 0.6)
    near += [ends[end] for end in difflib.get_close_matches(figure_id, ends, 3, 0.6)]
    return f"; nearest: {', '.join(dict.fromkeys(near))}" if near else ""


def _days(figure: Figure) -> tuple[object, ...]:
    return figure.period_start, figure.period_end


def _revisions(database: Path, figure_id: str) -> tuple[Revision, ...]:
    with open_readonly(database) as connection:
        rows = connection.execute(
            """select
                revision, change, release_id,
                concat_ws(
                    ', ', value_printed, 'growth ' || growth_printed, 'share ' || share_printed
                )
            from main.revisions where figure_id = ? order by revision""",
            [figure_id],
        ).fetchall()
    return tuple(Revision(*row) for row in rows)


def _bounds(known: Content, figure: Figure) -> Iterator[tuple[str, Bound]]:
    total = known.figures.get(figure.part_of or "")
    for about in filter(None, (figure, total)):
        for bound in known.bounds.get(about.series, ()):
            here = (bound.source, bound.period) == (figure.source, figure.period)
            if here and (about is figure or figure.series[0] in bound.without):
                yield about.series[0], bound


def draw(
    lower: Decimal | None, upper: Decimal | None, others: Sequence[Ends] = (), width: int = WIDTH
) -> list[str]:
    """Intervals on one axis, a line of `width` characters each: the first, then the others.

    `├──┤` is an interval, `│` one too narrow to show, `◄` and `►` an end that is unbounded.
    Raises ValueError for a width under 5.
    """
    if width < 5:
        raise ValueError("an interval needs five characters or more")
    intervals = [(lower, upper), *others]
    ends = [end for interval in intervals for end in interval if end is not None]
    least, most = (min(ends), max(ends)) if ends else (Decimal(0), Decimal(0))

    def place(end: Decimal) -> int:
        # One character stays free at either side, for the arrow of an unbounded end.
        return (
            1 + round((width - 3) * (end - least) / (most - least)) if most > least else width // 2
        )

    return [_line(low, high, width, place).ljust(width) for low, high in intervals]


def _line(
    lower: Decimal | None, upper: Decimal | None, width: int, place: Callable[[Decimal], int]
) -> str:
    start = 0 if lower is None else place(lower)
    stop = width - 1 if upper is None else place(upper)
    if start == stop:
        return " " * start + "│"
    left, right = "◄" if lower is None else "├", "►" if upper is None else "┤"
    return " " * start + left + "─" * (stop - start - 1) + right


def render(description: Description) -> RenderableType:
    """The description for a terminal of any width, headings and indented rows."""
    figure = description.figure
    blocks = [
        _block(figure.figure_id, _about_rows(description)),
        *map(_number_block, figure.numbers.values(), repeat(description)),
        _block("Of the same fact", map(_summary_row, description.vintages)),
        _block("Total and parts", _relative_rows(description)),
        _block("What must hold", (_bound_row(figure, *bound) for bound in description.bounds)),
        *map(_finding_block, description.findings),
        *(_block("Cannot all be right", _conflict_rows(figure, c)) for c in description.conflicts),
        _block("Record", _record_rows(description)),
    ]
    return Group(*(block for block in blocks if block is not None))


def _block(heading: str, rows: Iterable[tuple[str, ...]]) -> RenderableType | None:
    """A heading with its rows below; nothing where there are none."""
    listed = list(rows)
    return Group(Text(str(visible(heading)), style="bold"), _grid(listed)) if listed else None


def _grid(rows: Iterable[tuple[str, ...]]) -> Table:
    """Rows in columns, indented; the last cell of each may be long."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        first, *rest = (str(visible(cell)) for cell in row)
        grid.add_row(Text(f"  {first}"), *map(Text, rest))
    for column in grid.columns[:-1]:
        column.no_wrap = True
    for column in grid.columns[-1:]:
        column.overflow = "fold"
    return grid


def _about_rows(description: Description) -> Iterator[tuple[str, ...]]:
    figure = description.figure
    usual = {name: field.default for name, field in record_model().model_fields.items()}
    for code in description.key:
        # The default of a dimension is not shown, as records need not write it.
        if code.code != usual.get(code.dimension):
            names = dict.fromkeys((code.name, code.name_en, f"({code.code})"))
            yield code.dimension, " ".join(filter(None, names))
    yield "period", figure.period
    for name, place in figure.places.items():
        yield name, str(place)
    for code in description.states:
        yield code.dimension, f"{code.name_en} ({code.code})"
    source = figure.source
    title = f", {source.title}" if source.title else ""
    yield "source", f"{source.publisher}{title}, published {source.published}"
    for text in (source.url, source.note):
        if text:
            yield "", text
    yield from figure.texts.items()
    counts = ", ".join(f"{n} {how.replace('_', ' ')}" for how, n in figure.checks.items())
    yield "checks", counts
    if not figure.numbers:
        yield "prints", "no number: its parts and shares refer to it"


def _number_block(number: Number, description: Description) -> RenderableType | None:
    """A printed number, its interval drawn beside all others that speak of the same."""
    figure, aspect = description.figure, number.aspect
    others: list[tuple[Ends, str]] = [
        ((other.lower, other.upper), f"{other.printed} {vintage.figure_id}")
        for vintage in description.vintages
        if (other := vintage.numbers.get(aspect)) and vintage.growth_basis == figure.growth_basis
    ]
    if aspect == "share" and figure.share_bounds and figure.share_of == figure.part_of:
        others.append((figure.share_bounds, "as the two levels imply"))
    others += [
        ((suspect.lower, suspect.upper), "would settle it")
        for conflict in description.conflicts
        for explanation in conflict.explanations
        for suspect in explanation
        if (suspect.figure.figure_id, suspect.number.aspect) == (figure.figure_id, aspect)
        and len(explanation) == 1
    ]
    basis = f" {figure.growth_basis}" if aspect in ("growth", "base") else ""
    state = f", {number.state}" if number.state else ""
    own: tuple[Ends, str] = ((number.lower, number.upper), "as printed")
    return _block(
        f"{ASPECTS[aspect]}{basis} {number.printed}{state}",
        _picture_rows([own, *dict.fromkeys(others)], number.unit),
    )


def _picture_rows(intervals: Sequence[tuple[Ends, str]], unit: str) -> Iterator[tuple[str, ...]]:
    (first, _), *rest = intervals
    lines = draw(*first, [ends for ends, _ in rest])
    for line, (ends, label) in zip(lines, intervals, strict=True):
        yield line, format_interval(*ends, unit), label


def _summary_row(figure: Figure) -> tuple[str, ...]:
    printed = ", ".join(
        number.printed if aspect == "value" else f"{ASPECTS[aspect]} {number.printed}"
        for aspect, number in figure.numbers.items()
    )
    return figure.source.published, printed or "prints no number", figure.figure_id


def _relative_rows(description: Description) -> Iterator[tuple[str, ...]]:
    figure = description.figure

    def share(of: Figure) -> str:
        ends = of.share_bounds
        return format_interval(*ends, "ratio") if ends and ends != (None, None) else ""

    if description.total:
        _, printed, id_ = _summary_row(description.total)
        yield "of", share(figure), printed, id_
    if description.whole:
        _, printed, id_ = _summary_row(description.whole)
        yield "its share is of", "", printed, id_
    for part in description.parts:
        _, printed, id_ = _summary_row(part)
        yield "part", share(part), printed, id_


def _bound_row(figure: Figure, series: str, bound: Bound) -> tuple[str, ...]:
    """One of the bounds about the figure, in words."""
    known = [
        f"{name} {format_interval(lower, upper, unit)}"
        for name, lower, upper, unit in (
            ("level", bound.lower, bound.upper, bound.unit),
            ("growth", bound.growth_lower, bound.growth_upper, "ratio"),
        )
        if (lower, upper) != (None, None)
    ]
    whose = "it" if series == figure.series[0] else "its total"
    without = f" without {', '.join(bound.without)}" if bound.without else ""
    return ", ".join(known), whose + without


def _finding_block(described: DescribedFinding) -> RenderableType:
    finding = described.finding
    rows: list[tuple[str, ...]] = [("", finding.message), ("rule", finding.rule.statement)]
    if accepted := described.acknowledgement:
        by = f"{accepted.reviewer} until {accepted.expires}, {accepted.state}: {accepted.reason}"
        rows.append(("accepted by", by))
    pictures = [
        row
        for check in described.checks
        for row in _picture_rows(
            [
                ((check.left_lower, check.left_upper), check.left),
                ((check.right_lower, check.right_upper), f"{check.relation} {check.right}"),
            ],
            check.unit,
        )
    ]
    heading = Text(f"{finding.kind} {finding.rule.rule_id} [{finding.finding_id}]", style="bold")
    return Group(heading, _grid(rows), _grid(pictures))


def _conflict_rows(figure: Figure, conflict: Conflict) -> Iterator[tuple[str, ...]]:
    for other in sorted(conflict.figures - {figure.figure_id}):
        yield "with", other
    for explanation in conflict.explanations:
        for suspect in explanation:
            if suspect.figure.figure_id == figure.figure_id:
                number = suspect.number
                settled = format_interval(suspect.lower, suspect.upper, number.unit)
                yield "suspect", f"{ASPECTS[number.aspect]} {number.printed}: {settlement(suspect)}"
                yield "", f"then within {settled}"
                for repair in suspect.repairs:
                    yield "slip", repair
    if conflict.is_cut:
        yield "", "there may be more explanations"


def _record_rows(description: Description) -> Iterator[tuple[str, ...]]:
    figure = description.figure
    yield "file", f"{figure.file}:{figure.line}"
    for revision in description.revisions:
        yield revision.change, f"{revision.release_id}: {revision.printed}"


def _last_acceptance(known: Content, finding: Finding) -> Acknowledgement | None:
    """The last acceptance of a finding, which is the one that counts."""
    accepted = known.acknowledgements.get((finding.rule.rule_id, finding.figures), ())
    return accepted[-1] if accepted else None
