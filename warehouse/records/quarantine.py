"""Quarantine: well-formed figures that cannot count, and figures that come early.

Belongs here: which figures are set aside and why, and which are taken for provisional because their
source came out before their period had ended. Does not belong here: what makes a row be rejected
(contract.py, acceptance.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from warehouse.records.contract import Figure
from warehouse.records.fields import PLACES, PRINTED

_FLASH = timedelta(31)  # a month is often estimated before it is over, a year in its last month
_PROVISIONAL = "P"
_REMEDY = "write status: estimated or forecast, where it says so; else mend period or published"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that is well formed but cannot count as a figure, and why."""

    file: str
    line: int
    figure: str
    reason: str
    is_repeat: bool = False
    together: str = ""  # the reason that is said of several, if it is not the same

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.figure} is set aside: {self.reason}"

    @property
    def cause(self) -> str:
        """Equal for figures that are set aside for the same reason."""
        return self.together or self.reason

    def of_many(self, count: int) -> str:
        """What is said of so many figures with this cause."""
        return f"{count} figures are set aside: {self.cause}"


class Provisional(NamedTuple):
    """Figures, those that came early taken for provisional, and what is said of it by source."""

    figures: list[Figure]
    notices: tuple[str, ...]


def provisional_if_early(figures: Sequence[Figure]) -> Provisional:
    """The figures; one that says nothing of its status is provisional if its period was ending."""
    early: dict[str, list[Figure]] = {}
    kept = []
    for figure in figures:
        if figure.record.status is None and _is_early(figure) and _is_ending(figure):
            early.setdefault(figure.source.id, []).append(figure)
            record = figure.record.model_copy(update={"status": _PROVISIONAL})
            figure = replace(figure, record=record)
        kept.append(figure)
    return Provisional(kept, tuple(map(_taken_for_provisional, early.values())))


def _taken_for_provisional(figures: Sequence[Figure]) -> str:
    first = figures[0]
    others = f" and {len(figures) - 1} more of its source" if len(figures) > 1 else ""
    verb = "are" if others else "is"
    return (
        f"{first.file}:{first.line}: {first.id}{others} {verb} taken for provisional: published "
        f"({first.source.published}) before the period had ended; to say it: status: P"
    )


def _is_early(figure: Figure) -> bool:
    """Whether its source came out before its period had ended."""
    return figure.record.period.end > figure.source.vintage.end


def _is_ending(figure: Figure) -> bool:
    """Whether its source came out in the last days of its period, as flash estimates do."""
    period, published = figure.record.period, figure.source.vintage.end
    return (period.start or published) <= published and period.end - published < _FLASH


def set_aside(figures: list[Figure], drafts: bool) -> tuple[list[Figure], list[Quarantined]]:
    """The figures kept; and set aside, drafts, periods not ended, repeats, and their parts."""
    reasons: dict[str, str] = {}
    together: dict[str, str] = {}  # the reason of several
    repeats: set[str] = set()
    first: dict[tuple[object, ...], str] = {}
    wholes = {whole for figure in figures for whole in (figure.part_of, figure.share_of)}
    for figure in figures:
        record = figure.record
        if _is_early(figure) and not (record.may_come_early or _is_ending(figure)):
            published = f"when it was published ({figure.source.published})"
            reasons[figure.id] = f"period {record.period.text} had not ended {published}; {_REMEDY}"
            together[figure.id] = f"their periods had not ended {published}; {_REMEDY}"
        if record.review is not None and not drafts:
            reasons[figure.id] = f"a draft that is not reviewed ({record.review})"
            together[figure.id] = "drafts that are not reviewed"
        if figure.id in reasons:
            continue
        printed = tuple(q.text if (q := getattr(record, name)) else None for name in PRINTED)
        key = (record.source, figure.series, record.unit, record.period, printed)
        places = tuple(getattr(record, name) for name in PLACES)
        role = (
            record.growth_basis,
            record.other_growth_basis,
            *places,
            figure.part_of,
            figure.share_of,
        )
        same = first.setdefault((*key, *role), figure.id)
        # A headline that is repeated with its parts is needed by them.
        if same != figure.id and any(printed) and figure.id not in wholes:
            reasons[figure.id] = f"repeats {same} of the same source to the letter"
            together[figure.id] = "they repeat others of their source to the letter"
            repeats.add(figure.id)
    while dependent := {
        f.id: f"its total {t} is quarantined"
        for f in figures
        for t in (f.part_of, f.share_of)
        if f.id not in reasons and t in reasons
    }:
        reasons |= dependent
    kept = [figure for figure in figures if figure.id not in reasons]
    aside = [
        Quarantined(
            figure.file,
            figure.line,
            figure.id,
            reasons[figure.id],
            figure.id in repeats,
            together.get(figure.id, ""),
        )
        for figure in figures
        if figure.id in reasons
    ]
    return kept, aside
