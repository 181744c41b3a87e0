"""The draft of a text: its figures with evidence, and every number that is no part of one.

Belongs here: what a draft is, what texts can be drafted, naming and ordering its figures. Does not
belong here: reading (grammar.py), writing record files (writing.py), archiving (evidence.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from pydantic_core import PydanticCustomError

from warehouse.drafting.text.figures import WHOLE, Drafted, Skipped, in_order
from warehouse.drafting.text.fitting import doubt_misfits
from warehouse.drafting.text.grammar import read_text
from warehouse.drafting.text.period_words import Published
from warehouse.drafting.text.tokens import numeral
from warehouse.records.contract import read_printed
from warehouse.records.sheets import CONTROL
from warehouse.terms.period import Period

_LONGEST_ID = 90  # characters, so that a number still fits behind it


@dataclass(frozen=True)
class Draft:
    """Figures in the order of the text, totals before their parts; and what was skipped."""

    text: str
    figures: tuple[Drafted, ...]
    skipped: tuple[Skipped, ...]

    def unread(self) -> list[int]:
        """Places of numerals that no figure prints and no skip lists: none, by construction."""
        spans = [(e.start, e.end) for f in self.figures for e in f.printed.values()]
        covered = bytearray(len(self.text))
        for start, end in [*spans, *((s.start, s.end) for s in self.skipped)]:
            covered[start:end] = b"\1" * (end - start)
        return [n for n, c in enumerate(self.text) if not covered[n] and numeral(c)]


def draft(text: str, published: Period) -> Draft:
    """Draft the figures of a press text that was published in `published`."""
    reading = read_text(text, Published(published))
    loose = _refuse_unwritable(reading.figures)
    loose += _settle_links(reading.figures)
    loose += doubt_misfits(text, reading.figures)
    figures, repeats = _without_repeats(reading.figures)
    _name(figures)
    skipped = sorted([*reading.skipped, *loose, *repeats], key=lambda number: number.start)
    return Draft(text, tuple(figures), tuple(skipped))


def _refuse_unwritable(figures: list[Drafted]) -> list[Skipped]:
    """Take out the numbers that no record may hold, so that every draft can be read again."""
    refused: list[Skipped] = []
    for figure in figures:
        for name, printed in list(figure.printed.items()):
            if why := _refusal(figure, name, printed.text):
                del figure.printed[name]
                reason = f"a record cannot hold it as its {name}: {why}"
                refused.append(Skipped(printed.text, printed.start, printed.end, reason))
    return refused


def _refusal(figure: Drafted, name: str, text: str) -> str:
    """Why a record cannot hold what a figure prints; '' where it can."""
    if CONTROL.search(text):
        return "it holds a character that is not seen"
    try:
        read = read_printed(name, text)
    except PydanticCustomError as error:
        return error.message()
    in_other = name == "base" and read.unit != figure.unit
    return f"it is in {read.unit}, the figure in {figure.unit}" if in_other else ""


def _settle_links(figures: list[Drafted]) -> list[Skipped]:
    """Keep totals and wholes true to figures that learnt their unit or period only later.

    A whole that does not fit gives way to one that does; a part that is none stands alone, and
    what it says of its total is skipped.
    """
    loose: list[Skipped] = []
    wholes: dict[tuple[object, ...], Drafted] = {f.key: f for f in reversed(figures)}
    wholes |= {f.key: f for f in reversed(figures) if "value" in f.printed}
    for figure in list(figures):
        whole = figure.share_of
        if whole and not whole.printed and (printed := wholes[whole.key]).printed:
            figure.share_of = printed
            if figure.total is whole:
                figure.total = printed
        elif whole and (whole.unit, whole.period) != (figure.unit, figure.period):
            fit = Drafted(whole.codes, figure.period, figure.unit, figure.paragraph)
            fit.notes = [WHOLE]
            figure.share_of = wholes.setdefault(fit.key, fit)
            if figure.share_of is fit:
                figures.append(fit)
            if figure.total is whole:
                figure.total = figure.share_of
        if figure.total and not figure.within(figure.total):
            figure.total = None
        for name in ("share_change", "contribution"):
            if figure.total is None and name in figure.printed:
                number = figure.printed.pop(name)
                reason = "of a total it is no part of"
                loose.append(Skipped(number.text, number.start, number.end, reason))
    return loose


def _without_repeats(figures: list[Drafted]) -> tuple[list[Drafted], list[Skipped]]:
    """Leave out figures that state again what another states, and say so."""
    known: dict[tuple[object, ...], list[Drafted]] = {}  # by what they speak of and print first
    instead: dict[Drafted, Drafted] = {}
    for figure in figures:
        first = next(((n, e.text) for n, e in in_order(figure.printed)), None)
        same = known.setdefault((figure.key, figure.growth_basis, first), [])
        twin = next((other for other in same if figure.printed_alike(other)), None)
        if twin is None:
            same.append(figure)
        else:
            instead[figure] = twin
    kept = [figure for figure in figures if figure not in instead]
    for figure in kept:
        figure.total = instead.get(figure.total, figure.total) if figure.total else None
        figure.share_of = instead.get(figure.share_of, figure.share_of) if figure.share_of else None
    referred_to = {other for figure in kept for other in (figure.total, figure.share_of)}
    kept = [figure for figure in kept if figure.printed or figure in referred_to]
    repeats = [
        Skipped(e.text, e.start, e.end, "says again what another figure says")
        for figure in instead
        for e in figure.printed.values()
    ]
    return kept, repeats


def _name(figures: list[Drafted]) -> None:
    taken: set[str] = set()
    for figure in figures:
        slug = figure.slug()[:_LONGEST_ID]
        numbered = (slug if n == 1 else f"{slug}-{n}" for n in count(1))
        figure.id = next(id_ for id_ in numbered if id_ not in taken)
        taken.add(figure.id)
