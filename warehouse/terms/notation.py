"""How a source prints numbers: its decimal mark, its currencies, its language, what it rounds.

Belongs here: what must be known of a source before its numbers can be read, and what follows from
its language and place. Does not belong here: reading them (numerals.py, quantity.py, marks.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from warehouse import project
from warehouse.system import csv_table
from warehouse.terms import codes

ROUNDINGS = "half, nearest, down, up, exact, nearest-5, nearest-100 or the like"
_ROUNDING = re.compile(r"(?:half|down|up|exact|nearest(?:-([1-9][0-9]{0,8}))?)?")


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers are to be read where their text alone leaves it open.

    `decimal` is '.' or ',', or '' where it is not declared: then `12,5` and `1.234,5` are read,
    but `1,234` is refused, as it may be one thousand or one. `currencies` are the usual ones, the
    most usual first; they decide what `$`, `kr` and the like mean. `language` decides what words
    such as `billion` mean. `unit` is that of numbers that print none, such as `million EUR`.
    `rounding` is 'nearest' or 'half', 'down' (cut off), 'up', 'exact' or 'nearest-<n>', which
    counts in the printed unit: 12,300 million to the nearest-100 reaches 50 million either way.
    Where it is '', which is not stated, whole numbers of what nothing is smaller than (persons,
    yen) are exact, and all others are rounded to the nearest.
    `legend` is what the source says that its marks mean: mark → a status or confidentiality.
    """

    decimal: str = ""
    currencies: tuple[str, ...] = ()
    language: str = ""
    unit: str = ""
    rounding: str = ""
    legend: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.decimal not in ("", ".", ","):
            raise ValueError(f"decimal is {self.decimal!r}: write '.' or ','")
        if _ROUNDING.fullmatch(self.rounding) is None:
            raise ValueError(f"rounding is {self.rounding!r}: write {ROUNDINGS}")

    def reach(self, sign: int, is_whole: bool = False) -> tuple[int, int, int]:
        """How far below and above its print a number may lie, in halves of a step, and the step.

        A step of 0 is that of the last printed digit; another one counts in the printed unit.
        `sign` is 0 where the number may lie on either side: what is cut off is so towards zero.
        `is_whole` says of a number that nothing smaller than its last digit exists.
        """
        match self.rounding:
            case "":
                return (0, 0, 0) if is_whole else (1, 1, 0)
            case "down" | "up" if not sign:
                return 2, 2, 0
            case "down":
                return (0, 2, 0) if sign > 0 else (2, 0, 0)
            case "up":
                return (2, 0, 0) if sign > 0 else (0, 2, 0)
            case "exact":
                return 0, 0, 0
        step = _ROUNDING.fullmatch(self.rounding)
        return 1, 1, int(step[1]) if step and step[1] else 0


@project.cached
def terms_table(name: str) -> Sequence[Mapping[str, str]]:
    """The rows of a table of words beside this module, which is no code list."""
    return tuple(csv_table.packaged(project.file("terms", f"{name}.csv")))


@project.cached
def decimal_mark(language: str, area: str = "") -> str:
    """The decimal mark that is usual in a language, in that of an area if it has its own.

    '' where none is usual, or the language is not known (decimal_marks.csv).
    """
    marks = {row["locale"]: row["decimal"] for row in terms_table("decimal_marks")}
    return marks.get(f"{language}-{area}", marks.get(language, ""))


@project.cached
def of_project(area: str = "") -> Notation:
    """How numbers are read for figures of an area, where their source says nothing of its own.

    Without a decimal mark of the project's, its language and its area must agree on one. The money
    of the figure's area is the usual one, then that of the project.
    """
    settings = project.settings()
    marks = {decimal_mark(settings.language, settings.area), decimal_mark("und", settings.area)}
    usual = marks.pop() if settings.area and len(marks) == 1 else ""
    project_money = settings.currency or currency_of(settings.area)
    currencies = dict.fromkeys(filter(None, (currency_of(area), project_money)))
    return Notation(settings.decimal or usual, tuple(currencies), settings.language)


def currency_of(area: str) -> str:
    """The currency of a country, or ''."""
    return _currencies().get(area, "")


@project.cached
def _currencies() -> Mapping[str, str]:
    return {
        area: row["code"]
        for row in codes.rows("units")
        for area in filter(None, (row.get("areas") or "").split(";"))
    }
