"""The period of a figure: its text, its first and last day, its span.

Belongs here: reading the period notation of records, and the first and last day of a period.
Does not belong here: reading periods from running text, or what a period means for a rule.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse import project
from warehouse.system.failure import Failure
from warehouse.terms import period_forms

EXAMPLES = "2020-01/2020-04, 2020-03, 2020-Q1, 2020-H1, 2020, 2020-05-08 or ../2020-05-08"
EARLIEST, LATEST = 1700, 2199

_INSTANT = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|(Q[1-4])|(H[12])))?")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_TWO_YEARS = re.compile(r"(\d{4})([-/])(\d{2})")
_FISCAL = re.compile(r"FY\s?(\d{4})(?:[-/](\d{2}|\d{4}))?(?:-(Q[1-4]|H[12]))?")
# Every period matches this, for forms that can only check a pattern; not all that matches is one.
PATTERN = r"^(\.\./)?(FY ?)?\d{4}[-\dQHW]*(/(FY ?)?\d{2,4}[-\dQHW]*)?$"
_QUARTERS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "H1": (1, 6), "H2": (7, 12)}


class PeriodError(Failure, ValueError):
    """A text that is no period; the message says what is wrong with it.

    `remedy` says what to write for it, where the text is a period written in another way.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Period:
    """A range of whole days. `start` is None for a cumulative whose beginning is not stated."""

    text: str
    start: date | None
    end: date
    span: str


@project.cached
def parse(text: str, first_month: int | None = None) -> Period:
    """Read a period in the records' notation (an EDTF subset; quarters, halves, weeks added).

    Fiscal years are written `FY2019-20`, and their quarters `FY2019-20-Q1`; they begin in the month
    `first_month`, which is that of the project where None is given: then they are not read. Where
    it is not January, `2019-20` is one too, and `2010-11`, which may be November, is refused with
    both. Weeks are those of ISO 8601: `2020-W05`.

    `2020` and `2020-01/2020-12` are the same period and come back with the same text: whole
    years as `2020`, whole months as `2020-03` or `2020-01/2020-03`, all else day by day.

    Raises PeriodError.
    """
    begins = first_month or project.settings().fiscal_year_start
    if (first_month or 1) != 1:
        text = _named_fiscal(text.strip())
    if fiscal := _fiscal_year(text.strip(), first_month or 1):
        start, end = fiscal
        return Period(_canonical(start, end), start, end, _span(start, end, begins))
    left, slash, right = (part.strip() for part in text.strip().partition("/"))
    if slash and left == "..":
        end = _days(right, text)[1]
        return Period(f"../{end.isoformat()}", None, end, "cumulative")
    start, end = _days(left, text)
    if slash:
        last = _days(right, text)
        if last[0] < start:
            raise PeriodError(f"{text!r} ends before it begins")
        end = last[1]
    return Period(_canonical(start, end), start, end, _span(start, end, begins))


def year_before(day: date) -> date:
    """The same day a year earlier; the last day of a month stays the last day of its month."""
    return months_before(day, 12)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last day of a month stays the last of its month.

    Raises ValueError where that is before the year 1.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_last else min(day.day, last))


def is_week(start: date, end: date) -> bool:
    """Whether a span is a week of ISO 8601, Monday to Sunday."""
    return start.isoweekday() == 1 and end - start == timedelta(6)


def week_of_year_before(monday: date, years: int) -> tuple[date, date] | None:
    """The week of the same number so many years earlier; None where that year has none."""
    year, week, _ = monday.isocalendar()
    with suppress(PeriodError):
        return _days_of_week(year - years, week, "")
    return None


def months_of(start: date, end: date) -> int:
    """How many whole months a span is; 0 where it is not of whole months."""
    if not _whole_months(start, end):
        return 0
    return (end.year - start.year) * 12 + end.month - start.month + 1


def years_among(texts: Collection[str]) -> frozenset[str]:
    """Those texts such as 2010-11 that may be months but hardly are: three years follow each other
    (2009-10, 2010-11, 2011-12), and no month stands beside any of them.
    """
    found: dict[int, list[str]] = {}
    for text in texts:
        years = _TWO_YEARS.fullmatch(text)
        if years and int(years[3]) == (int(years[1]) + 1) % 100:
            found.setdefault(int(years[1]), []).append(text)
    if len(found) < 3:
        return frozenset()
    runs: list[list[int]] = []
    for year in sorted(found):
        if not (runs and runs[-1][-1] == year - 1):
            runs.append([])
        runs[-1].append(year)
    return frozenset(
        text
        for run in runs
        if len(run) >= 3 and not any(_has_month_beside(year, texts) for year in run)
        for year in run
        for text in found[year]
    )


def _has_month_beside(year: int, texts: Collection[str]) -> bool:
    """Whether the month before or after 2010-11 stands among the texts, as in a table of months."""
    month = (year + 1) % 100
    return any(f"{year}-{beside:02}" in texts for beside in (month - 1, month + 1))


def fiscal_year(day: date, first_month: int | None = None) -> int:
    """The year in which the fiscal year began that a day lies in.

    Years begin in the month `first_month`, None: in that of the project. The macro `fiscal_year` of
    macros.sql does the same in SQL.
    """
    return day.year - (day.month < (first_month or project.settings().fiscal_year_start))


def month_of_year(day: date, first_month: int | None = None) -> int:
    """Which month of its fiscal year a day lies in, from 1 on; of which year as `fiscal_year`."""
    return (day.month - (first_month or project.settings().fiscal_year_start)) % 12 + 1


def _days(text: str, whole: str) -> tuple[date, date]:
    """First and last day of `2020`, `2020-03`, `2020-Q1`, `2020-H1` or `2020-05-08`."""
    if week := _WEEK.fullmatch(text):
        return _days_of_week(int(week[1]), int(week[2]), whole)
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise PeriodError(f"{whole!r} is not a period", _remedy(whole))
    year = _year(match[1], whole)
    if part := match[4] or match[5]:
        first, last = _QUARTERS[part]
    elif match[2]:
        first = last = int(match[2])
        if not 1 <= first <= 12:
            hint = (
                f"; a fiscal year is written FY{text}" if int(match[2]) == (year + 1) % 100 else ""
            )
            raise PeriodError(f"there is no month {match[2]} ({whole!r}){hint}")
    else:
        first, last = 1, 12
    if match[3]:
        day = int(match[3])
        if not 1 <= day <= monthrange(year, first)[1]:
            raise PeriodError(f"there is no day {match[3]} in {year}-{first:02} ({whole!r})")
        return date(year, first, day), date(year, first, day)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _remedy(text: str) -> str:
    """What to write for a period that is written in another way, such as Jan 2024 or 1Q2024."""
    for meant in period_forms.written_here(text):
        with suppress(PeriodError):  # 2024/13 is no month in any notation
            if meant.startswith("FY"):
                _fiscal_year(meant, 4)
            elif meant == text.strip():  # it was not read as that
                continue
            else:
                parse(meant)
            return f"write {meant}"
    return ""


def _year(digits: str, whole: str) -> int:
    year = int(digits)
    if not EARLIEST <= year <= LATEST:
        raise PeriodError(f"year {year} in {whole!r} is not between {EARLIEST} and {LATEST}")
    return year


def _days_of_week(year: int, week: int, whole: str) -> tuple[date, date]:
    """Monday and Sunday of a week of ISO 8601."""
    _year(str(year), whole)
    try:
        return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
    except ValueError:
        raise PeriodError(f"there is no week {week:02} in {year} ({whole!r})") from None


def _named_fiscal(text: str) -> str:
    """`2019-20` as `FY2019-20`, any other text as it is. Raises PeriodError at `2010-11`."""
    years = _TWO_YEARS.fullmatch(text)
    if years is None or int(years[3]) != (int(years[1]) + 1) % 100:
        return text
    if 1 <= int(years[3]) <= 12:
        last = monthrange(int(years[1]), int(years[3]))[1]
        month = f"{years[1]}-{years[3]}"
        raise PeriodError(
            f"{text!r} may be a fiscal year or a month; "
            f"write FY{month}, or {month}-01/{month}-{last} for the month"
        )
    return f"FY{text}"


def _fiscal_year(text: str, first_month: int) -> tuple[date, date] | None:
    """First and last day of `FY2019-20` or of a quarter or half of it; None for other texts."""
    match = _FISCAL.fullmatch(text)
    if match is None:
        return None
    year = _year(match[1], text)
    if match[2] is None and first_month == 1:
        raise PeriodError(
            f"{text!r} does not say in which month it begins",
            f"write {text[2:].strip()} where it is the calendar year; else say fiscal_year_start "
            f"at its source or in {project.FILE}, or write its months: {year - 1}-10/{year}-09",
        )
    if match[2] is None:
        raise PeriodError(
            f"{text!r} may be the fiscal year that begins or ends in {year}; "
            f"write FY{year}-{(year + 1) % 100:02} or FY{year - 1}-{year % 100:02}"
        )
    if match[2] is not None and int(match[2]) not in ((year + 1) % 100, year + 1):
        raise PeriodError(f"{text!r} is no fiscal year: the years do not follow each other")
    if match[2] is not None and first_month == 1:
        raise PeriodError(
            f"{text!r} is a year that begins in another month than January; say "
            f"fiscal_year_start at its source or in {project.FILE}, or write its months: "
            "2019-04/2020-03"
        )
    first, last = _QUARTERS[match[3]] if match[3] else (1, 12)
    first, last = (year * 12 + first_month - 2 + month for month in (first, last))
    return (
        date(first // 12, first % 12 + 1, 1),
        date(last // 12, last % 12 + 1, monthrange(last // 12, last % 12 + 1)[1]),
    )


def _whole_months(start: date, end: date) -> bool:
    return start.day == 1 and end.day == monthrange(end.year, end.month)[1]


def _canonical(start: date, end: date) -> str:
    if start == end:
        return start.isoformat()
    if not _whole_months(start, end):
        return f"{start.isoformat()}/{end.isoformat()}"
    if start.year == end.year and (start.month, end.month) == (1, 12):
        return f"{start.year}"
    first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
    return first if first == last else f"{first}/{last}"


def _span(start: date, end: date, first_month: int) -> str:
    if start == end:
        return "day"
    if not (months := months_of(start, end)):
        return "range"
    begins_year = month_of_year(start, first_month) == 1
    if months == 1:
        return "month"
    if months == 12 and (start.month == 1 or begins_year):
        return "year"
    # Only of the fiscal year: parts of one span never overlap.
    within_year = fiscal_year(start, first_month) == fiscal_year(end, first_month)
    for length, span in ((6, "half-year"), (3, "quarter")):
        if (
            within_year
            and months == length
            and (month_of_year(start, first_month) - 1) % length == 0
        ):
            return span
    is_to_date = within_year and begins_year
    is_to_date |= start.month == 1 and start.year == end.year
    return "year-to-date" if is_to_date else "range"
