"""Numbers in cells as SQL, where a format writes them in another way than DuckDB's reader knows.

Belongs here: the decimal mark, what parts digits, and the marks of a status, as conditions and
expressions on the text of a cell; and what is wrong with a cell that is no number. Does not belong
here: numbers in records (terms/quantity.py), and which columns hold numbers (format.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.detail.format import ALIKE, Column, Format, as_printed, is_coarser
from warehouse.store.tables import literal

# What DuckDB's reader parts digits by, reading numbers by itself; it takes no decimal mark but '.'.
_READ_BY_DUCKDB = ("", ",")
_MINUS = "\u2212"
_SPACES = f"[\\s{ALIKE[0]}]"
_LIKE_A_NUMBER = re.compile(rf"{_SPACES}*[-+{_MINUS}]?\d[\d.,'\u2019\s{ALIKE[0]}]*")
_SCALED = re.compile(r"[-+]?[\d.,]+[eE][-+]?\d+")


def needs_text(form: Format) -> bool:
    """Whether numbers of this format must be read as texts: DuckDB's reader would not know them."""
    return form.decimal != "." or form.thousands not in _READ_BY_DUCKDB or bool(form.marks)


@dataclass(frozen=True, slots=True)
class NumberCell:
    """One column of numbers of one format; `text` in the expressions is the text of its cell."""

    name: str
    column: Column
    form: Format

    def number(self, text: str, otherwise: str = "null") -> str:
        """The number, NULL where the cell holds none; where it is unreadable, `otherwise`."""
        # One pass: the decimal mark and a long minus become plain, whatever parts digits goes.
        replaced = f"{self.form.decimal}{_MINUS}"
        gone = "".join(dict.fromkeys((*_alike(self.form.thousands), *ALIKE[0])))
        digits = self._digits(text)
        plain = f"translate({digits}, {literal(replaced + gone)}, '.-')"
        matched = f"regexp_full_match({digits}, {literal(self._pattern(self._decimals))})"
        number = f"try_cast({plain} as {as_printed(self.name, self.column)})"
        if otherwise == "null":
            return f"case when {matched} then {number} end"
        number = f"coalesce({number}, {otherwise})"
        is_empty = f"{digits} is null" + (f" or {digits} = ''" if self.form.marks else "")
        return f"case when {matched} then {number} when {is_empty} then null else {otherwise} end"

    def status(self, text: str) -> str:
        """The status that the mark in a cell means, NULL where there is none."""
        cases = " ".join(
            f"when {literal(mark)} then {literal(status)}"
            for mark, status in self.form.marks.items()
        )
        return f"case {self._mark(text)} {cases} end"

    def unreadable(self, text: str) -> str:
        """The condition that a cell holds something that is neither a number nor a known mark."""
        marked = f" and {self._digits(text)} <> ''" if self.form.marks else ""
        return f"({text} is not null{marked} and {self.number(text)} is null)"

    def problem(self, text: str) -> tuple[str, str, bool]:
        """What is wrong with an unreadable cell, what to do, and whether the format is to blame.

        It is where a number is written otherwise than it says: then all of the file is suspect.
        """
        if _SCALED.fullmatch(text.strip()):
            return "has lost digits", "write all digits, as the source has them", True
        if re.fullmatch(self._pattern(r"\d*"), self._unmarked(text)):
            if self._decimals == r"\d*":
                return "has too many digits", "is its factor right?", False
            return too_fine()
        if _LIKE_A_NUMBER.fullmatch(self._unmarked(text)):
            return (*otherwise(self.form, text), True)
        return (*no_number(text), False)

    @property
    def _decimals(self) -> str:
        if self.name in ("value", "value_to_date") and is_coarser(self.name, self.column):
            return rf"\d{{0,{self.column.decimals}}}0*"
        return r"\d*"

    def _pattern(self, decimals: str) -> str:
        """The numbers of this format, with such decimals: digits in groups of three, as in India
        of two, or in none.
        """
        point = re.escape(self.form.decimal)
        group = _any_of(_alike(self.form.thousands))
        grouped = rf"|\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}" if group else ""
        number = rf"(?:(?:\d+{grouped})(?:{point}{decimals})?|{point}{decimals})"
        return rf"{_SPACES}*[-+{_MINUS}]?{number}{_SPACES}*"

    def _digits(self, text: str) -> str:
        """The cell without its mark, as SQL."""
        if not self.form.marks:
            return text
        return f"regexp_replace({text}, {literal(self._marked)}, '')"

    def _mark(self, text: str) -> str:
        return f"regexp_extract({text}, {literal(self._marked)}, 1)"

    def _unmarked(self, text: str) -> str:
        return re.sub(self._marked, "", text) if self.form.marks else text

    @property
    def _marked(self) -> str:
        """A mark at the end of a cell, in brackets or not."""
        # The longest first: of `p` and `(p` the second.
        marks = sorted(map(re.escape, self.form.marks), key=lambda mark: (-len(mark), mark))
        return rf"{_SPACES}*[(\[]?({'|'.join(marks)})[)\]]?{_SPACES}*$"


def otherwise(form: Format, text: str) -> tuple[str, str]:
    """Message and remedy for a number that is written otherwise than a format says."""
    parts = repr(form.thousands) if form.thousands else "nothing"
    message = f"is not written as the format says: {form.decimal!r} begins decimals, {parts} "
    return message + "parts digits", _say_in_format(text)


def no_number(text: str) -> tuple[str, str]:
    """Message and remedy for a cell that DuckDB's reader takes for no number."""
    if _LIKE_A_NUMBER.fullmatch(text) and re.search(r"\D", text.strip().lstrip(f"+-{_MINUS}")):
        return "is not a number, or has too many digits", _say_in_format(text)
    if any(sign.isdigit() for sign in text):
        remedy = "write digits, or name what stands beside them in the format, in marks"
        return "is not a number, or has too many digits", remedy
    return "is not a number", "write digits, or name it in the format, in nulls or in marks"


def _say_in_format(text: str) -> str:
    """What a format must say to read a number that is written so, as far as it tells."""
    parting = re.findall(r"\D", text.strip().lstrip(f"+-{_MINUS}"))
    kinds = list(dict.fromkeys(parting))
    if not kinds or len(kinds) > 2 or (len(kinds) == 2 and kinds[1] not in ".,"):
        return "write digits"
    say, first, last = "say in the format", json.dumps(kinds[0]), json.dumps(kinds[-1])
    if len(kinds) == 2:
        return f"{say}: decimal: {last} and thousands: {first}"
    if len(parting) > 1 or kinds[0] not in ".,":
        return f"{say}: thousands: {first}"
    if len(re.split(r"\D", text.strip())[-1]) == 3:
        choices = f"thousands: {first} (a whole number) or decimal: {first} (with three decimals)"
        return f"{say} which it is, {choices}"
    return f"{say}: decimal: {first}"


def too_fine() -> tuple[str, str, bool]:
    """Message and remedy for a number with more decimals than its format says."""
    remedy = "give its column the decimals that the file has"
    return "has more decimals than the format says", remedy, True


def _alike(sign: str) -> str:
    return next((signs for signs in ALIKE if sign and sign in signs), sign)


def _any_of(signs: Iterable[str]) -> str:
    listed = "".join(map(re.escape, signs))
    return f"[{listed}]" if listed else ""
