"""Marks beside or instead of a number: 12.5r, 123(p), x, .., n.a. → status and confidentiality.

Belongs here: which marks there are, by the legend of a source and else by what they usually mean,
and telling them from scales and units. Does not belong here: reading the number itself
(quantity.py).

The usual marks stand in codes/observation_status.csv and codes/confidentiality.csv: those that
follow a number, and those that stand instead of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from warehouse import project
from warehouse.terms import codes, scales
from warehouse.terms.notation import Notation
from warehouse.terms.quantity import Quantity, QuantityError, parse_value
from warehouse.terms.quantity_reader import usual_unit
from warehouse.terms.spellings import plain

SUPPRESSED = "Q"

_LETTER_AS_UNIT = re.compile(r"[0-9)]\s?[A-Za-z]$")
_RAISED = re.compile(r"\s*[¹²³⁰⁴-⁹]+$")
_FOOTNOTE = r"\*+|[†‡§]+|\[[0-9a-z]{1,2}\]|\([0-9]{1,2}\)|(?<=\s)[0-9]{1,2}\)|(?<=\s)[0-9]/"
_RAISED_LETTERS = str.maketrans("ᵖʳᵉᵇᵘˢᶠˣᶜⁿⁱᵈ", "prebusfxcnid")


class Marked(NamedTuple):
    """What a cell or value says: a quantity or none, and codes of its status.

    `statuses` are codes of codes/observation_status.csv in the order of the marks, none for a
    number without a mark; `confidentiality` is one of codes/confidentiality.csv, or ''.
    """

    quantity: Quantity | None
    statuses: tuple[str, ...] = ()
    confidentiality: str = ""

    @property
    def status(self) -> str:
        """The first status, or ''."""
        return self.statuses[0] if self.statuses else ""


class Meaning(NamedTuple):
    """The status and the confidentiality that a mark stands for; '' where it says nothing of it."""

    status: str = ""
    confidentiality: str = ""


class LegendError(ValueError):
    """A legend that gives a mark a meaning that no list has."""


class _Legend:
    """Marks and their meanings, and the patterns that find them."""

    def __init__(
        self, after: Mapping[str, Meaning], instead: Mapping[str, Meaning], is_own: bool = False
    ) -> None:
        self.after, self.instead, self.is_own = after, instead, is_own
        words = "|".join(re.escape(mark) for mark in sorted(after, key=len, reverse=True))
        letters = "".join(mark for mark in after if len(mark) == 1 and mark.isalpha())
        glued = f"[{letters}]{{2,3}}|" if letters else ""
        mark = rf"(?:{words + '|' if words else ''}{glued}{_FOOTNOTE})"
        self.pattern = re.compile(
            rf"(?:\s+|(?<![a-zA-ZÀ-\u0dff])|(?=[^\w]))({mark}(?:[\s,]*{mark}){{0,2}})(?=\s|$|[\u0e00-\uffff])"
        )
        self._mark = re.compile(rf"{words + '|' if words else ''}{_FOOTNOTE}")

    def meanings(self, marks: str) -> list[Meaning]:
        """What a run of marks says: `ep` and `(p)(r)` are two."""
        found = (self._mark.match(marks, at) for at in range(len(marks)))
        meanings: list[Meaning] = []
        end = 0
        for match in found:
            if match and match.start() >= end:
                meanings.append(self.after.get(match[0], Meaning()))
                end = match.end()
        return meanings

    def instead_of_number(self, text: str) -> list[Meaning] | None:
        """What a text says that consists of marks alone: `x`, or `: c`."""
        parts = [text] if text in self.instead else text.split()
        if not parts or any(part not in self.instead for part in parts[:1]):
            return None
        meanings = [self.instead.get(part) or self.after.get(part) for part in parts]
        return None if None in meanings else [meaning for meaning in meanings if meaning]

    def without_marks(self, text: str) -> Iterator[tuple[str, str]]:
        """The text without the marks at its end or after a number, and these marks."""
        for match in self.pattern.finditer(text, 1):
            before = text[match.start() - 1]
            is_last = match.end() == len(text)
            if (len(match[1]) > 1 or not is_last) and self._is_scale(match[1]):
                continue
            if is_last or before.isdigit() or before == ")":
                yield text[: match.start()] + " " * (not is_last) + text[match.end() :], match[1]

    def _is_scale(self, marks: str) -> bool:
        """Whether marks are spelt as a scale, such as bn and rb, and no legend explains them."""
        if self.is_own and marks in self.after:
            return False
        word = plain(marks)
        return any(end == len(word) for end, _ in scales.scales().at(word, 0))


def read_marked(
    text: str, notation: Notation, parse: Callable[[str, Notation], Quantity] = parse_value
) -> Marked:
    """Read a number with the marks beside it, or the mark that stands instead of it.

    The source's own legend comes first: by default `12.5b` where the currency stands elsewhere may
    be billions or a break, and is refused with both. Raises QuantityError.
    """
    shown = _without_raised(text.strip(), notation, parse).translate(_RAISED_LETTERS) or text
    own, usual = _own_legend(notation), _usual_legend()
    for legend in (own, usual):
        if legend and (meanings := legend.instead_of_number(shown)) is not None:
            return _marked(None, meanings)
    if own and (read := _read_without(shown, own, notation, parse)):
        return read
    try:
        quantity = parse(shown, notation)
    except QuantityError as error:
        if read := _read_without(shown, usual, notation, parse):
            return read
        if shown == text.strip():
            raise
        raise QuantityError(text, *error.args[1:]) from None
    _refuse_if_open(shown, usual, notation, parse)
    return Marked(quantity)


def _without_raised(
    text: str, notation: Notation, parse: Callable[[str, Notation], Quantity]
) -> str:
    """The text without raised figures at its end, which are footnotes but in m² and km³."""
    if (match := _RAISED.search(text)) is None:
        return text
    if match[0][0] in "²³" and text[: match.start()].endswith("m"):
        try:
            parse(squared := text[: match.start() + 1], notation)
        except QuantityError:
            pass  # EUR 5m², where it is a footnote
        else:
            return squared
    return text[: match.start()]


def _read_without(
    text: str, legend: _Legend, notation: Notation, parse: Callable[[str, Notation], Quantity]
) -> Marked | None:
    for bare, marks in legend.without_marks(text):
        try:
            quantity = parse(bare, notation)
        except QuantityError:
            continue
        return _marked(quantity, legend.meanings(marks))
    return None


def _refuse_if_open(
    text: str, legend: _Legend, notation: Notation, parse: Callable[[str, Notation], Quantity]
) -> None:
    """Raise QuantityError where a letter is read as a scale or unit but may be a mark."""
    if not notation.unit:
        return
    if _LETTER_AS_UNIT.search(text):
        usual = usual_unit(notation)
        if usual and usual.unit.base != parse(text, notation).unit:
            expected = f"{notation.unit}, or a mark that the legend of the source explains"
            raise QuantityError(text, text[:-1].strip(), len(text) - 1, expected)
    for bare, marks in legend.without_marks(text):
        if not marks.isalpha():
            continue
        try:
            parse(bare, notation)
        except QuantityError:
            continue
        status = legend.meanings(marks)[0].status
        name = codes.by_code("observation_status")[status]["name_en"].lower() if status else ""
        raise QuantityError(
            text,
            bare.strip(),
            len(bare.rstrip()),
            f"one meaning: {marks} may be a scale or unit, or a mark for {name or 'confidential'}",
            f"write the scale or unit in full, or say `legend: {marks} = {name or 'confidential'}` "
            "of the source",
        )


def _marked(quantity: Quantity | None, meanings: list[Meaning]) -> Marked:
    statuses = tuple(dict.fromkeys(m.status for m in meanings if m.status))
    confidentiality = next((m.confidentiality for m in meanings if m.confidentiality), "")
    listed = codes.by_code("observation_status")
    has_value = [status for status in statuses if listed[status]["missing"] != "yes"]
    if quantity is None:
        missing = [status for status in statuses if status not in has_value]
        statuses = (SUPPRESSED,) if confidentiality else tuple(missing or statuses)
    else:
        statuses = tuple(has_value)
    return Marked(quantity, statuses, confidentiality)


@project.cached
def _usual_legend() -> _Legend:
    """What marks usually mean."""
    confidential = {
        mark: row["code"]
        for row in codes.rows("confidentiality")
        for mark in filter(None, row["marks"].split(";"))
    }
    columns: dict[str, dict[str, Meaning]] = {"marks": {}, "instead": {}}
    for column, found in columns.items():
        for row in codes.rows("observation_status"):
            for mark in filter(None, row[column].split(";")):
                found[mark] = Meaning(row["code"], confidential.get(mark, ""))
    after, instead = columns["marks"], columns["instead"]
    after |= {mark: Meaning("", code) for mark, code in confidential.items() if mark not in after}
    return _Legend(after, instead)


def _own_legend(notation: Notation) -> _Legend | None:
    if not notation.legend:
        return None
    meanings = {mark: meaning_of(mark, text) for mark, text in notation.legend.items()}
    return _Legend(meanings, meanings, is_own=True)


def meaning_of(mark: str, text: str) -> Meaning:
    """What a legend says of a mark: a code or name of a status, or of a confidentiality.

    Raises LegendError.
    """
    try:
        return Meaning(codes.lookup("observation_status", text))
    except codes.UnknownCode:
        pass
    try:
        return Meaning("", codes.lookup("confidentiality", text))
    except codes.UnknownCode:
        listed = [*codes.rows("observation_status"), *codes.rows("confidentiality")]
        names = ", ".join(row["aliases"].split(";")[0] for row in listed if row["aliases"])
        raise LegendError(f"{mark} is {text!r}, which is no status: write one of {names}") from None
