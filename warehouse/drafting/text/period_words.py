"""Periods in running text: 今年前4月, 一季度, 截至5月8日, in the first half of 2020 → a period.

Belongs here: the expressions, and which year they mean given the date of publication. Does not
belong here: the notation of records (warehouse/terms/period.py), which figure a period dates
(grammar.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from warehouse.terms.period import Period, PeriodError, parse

_N = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二两三四五六七八九])"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_TO = r"\s*(?:[-—–~～至到]|——)\s*"
_YEAR = (
    r"(?P<year>(?:19|20)\d\d|[一二][九〇零][〇零一二三四五六七八九]{2})\s*年(?:度|间)?"
    r"|(?P<this>今年|本年度?|当年|同年)|(?P<last>去年)|(?P<prior>上年|上一年|前一年)|(?P<before>前年)|(?P<next>明年)"
)
_QUARTERS = "(?:[、和及][1-4一二三四])*[、和及][1-4一二三四]季度"  # 一、二季度: the first of them
_PART = (
    rf"(?P<d_from>{_N})月(?P<d_from_day>{_DAY})日{_TO}(?P<d_to>{_N})月(?P<d_to_day>{_DAY})日"
    rf"|(?P<d_month>{_N})月(?P<d_day>{_DAY})[日号]"
    rf"|(?P<m_from>{_N})(?:月份?)?{_TO}(?P<m_to>{_N})月份?"
    rf"|[前头首](?P<ytd>{_N})个?月|[前头首](?P<ytq>[23二两三])个?季度?"
    rf"|(?P<month>{_N})月份?(?:当月)?(?P<month_end>[末底])?"
    rf"|第?(?P<quarter>[1-4一二三四首])(?:季度?|(?={_QUARTERS}))|(?P<half>[上下]半)年"
    r"|(?P<whole>全年(?:度)?|整年|年内)|(?P<this_month>本月|当月)|(?P<last_month>上月|上个月)"
)
_BARE_PART = _PART.replace("(?P<", "(?P<b_")  # without a year: the same groups, named anew
_PLAN = r"[“\"]?(?P<plan>十[一二三四五]五)[”\"]?(?:规划)?(?:时期|期间|期)?"
_YEARS = r"(?P<y_from>(?:19|20)\d\d)年?\s*(?:[-—–~～至到]|——)\s*(?P<y_to>(?:19|20)\d\d)年"
_SINCE = "以来|开始|起"
_CHINESE = re.compile(
    rf"(?P<against>比|较|与|同|和)?(?P<since>自从?|从|截至目前|截[至止]到?)?"
    rf"(?:{_YEARS}|(?:{_YEAR})(?:的|[,，])?\s?(?:{_PART})?|{_BARE_PART}|{_PLAN})"
    rf"(?P<same>的?同期|同月)?(?P<open>{_SINCE})?(?P<compared>相比|(?:基本|大体)?(?:持平|相当))?"
)

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_WORDS = {word: n for n, word in enumerate(_COUNTS, 1)}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_MONTH = "|".join(rf"{m[:3]}(?:{m[3:]}|t?\.)?" if m != "may" else m for m in _MONTHS)
_MONTH = f"(?:{_MONTH})"
_OF_YEAR = (
    r"(?:,?\s+(?:of\s+|in\s+)?(?P<e_year>(?:19|20)\d\d)|\s+(?:of\s+)?(?P<e_rel>this|last) year)"
)
_ENGLISH = re.compile(
    rf"(?P<e_since>since\s+|as of\s+|by the end of\s+)?(?:the\s+)?(?:"
    rf"first\s+(?P<e_ytd>\d\d?|{'|'.join(_WORDS)})\s+months|(?P<e_quarter>{'|'.join(_ORDINALS)})[\s-]+quarter"
    rf"|q(?P<e_q>[1-4])|(?P<e_half>first|second)[\s-]+half|h(?P<e_h>[12])"
    rf"|(?P<e_first>{_MONTH})(?:\s+(?P<e_day>{_DAY})(?:st|nd|rd|th)?(?![\d.,]\d|\d))?"
    rf"(?:\s*(?:to|through|until|-|–|and)\s*(?P<e_to>{_MONTH}))?)(?![a-z\d])(?:{_OF_YEAR})?"
    r"|(?P<e_whole>(?:19|20)\d\d)(?![\d,.]\d|\d|\s*(?:%|percent|[a-z]*illion))"
    r"|(?P<e_rel_month>this|last) month(?![a-z'])|(?P<e_rel_year>this|last) year(?![a-z])"
)  # fmt: skip

_NUMERALS = {word: n for n, word in enumerate("一二三四五六七八九", 1)} | {"两": 2, "首": 1}
_PLANS = {"一": 2006, "二": 2011, "三": 2016, "四": 2021, "五": 2026}


@dataclass(frozen=True, slots=True)
class Expression:
    """A period as the text says it: what stands there, still without a year where none is said.

    `year` is None where the text names none; `months` and `days` are (first, last). `kind` is
    'period', 'day', 'years' (`months` are then the years), 'plan' (five years), 'open' (since …),
    'until' (截至 …) or 'same' (同期: that of the figure before).
    `against` marks what something is compared with: 比去年同期, 与2019年相比.
    """

    end: int
    kind: str
    against: bool
    year: int | str | None
    months: tuple[int, int] | str | None = None
    days: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The date of publication, as precise as known, and the expressions it makes definite."""

    period: Period

    def resolve(self, expression: Expression, context: Period | None) -> tuple[Period | None, str]:
        """The period meant, and why it is unsure ('' where it is not).

        A month without a year is the latest that had begun to be published, or that of the year
        spoken of before (`context`) where it is this year or the last. Returns None where the
        expression makes no period.
        """
        now = self.period.end
        year, unsure = expression.year, ""
        if expression.kind == "same" and context is not None and context.start is not None:
            if expression.year is None:
                return context, ""
            shift = {"last": 1, "prior": 1, "this": 0}.get(str(expression.year))
            if isinstance(expression.year, int):
                shift = context.end.year - expression.year
            if shift is None:
                return None, "a same period of no year"
            return _parsed(_moved(context, shift)), ""
        months = expression.months
        if year == "prior":  # 上年: the year before the one spoken of, not before this one
            year = (context.end.year if context else now.year) - 1
        if isinstance(year, str):
            year = now.year + {"this": 0, "last": -1, "before": -2, "next": 1}[year]
        if isinstance(months, str):
            anchor = now
            if context is not None and months == "this":
                anchor = context.end
            month = anchor.month - (months == "last")
            year = year or (anchor.year if month else anchor.year - 1)
            months = (month or 12, month or 12)
        if year is None:
            first, last = months or (1, 12)
            year = now.year - (last > now.month)
            if context is not None and now.year - 1 <= context.end.year <= now.year:
                # The year spoken of holds on, unless that month was yet to come.
                year = min(year, context.end.year)
            if first <= now.month < last and not expression.days:
                unsure = f"no year is said, and {now.year} was not over: read as {year}"
        return self._written(expression, int(year), months), unsure

    def _written(
        self, expression: Expression, year: int, months: tuple[int, int] | None
    ) -> Period | None:
        first, last = months or (1, 12)
        if expression.kind == "years":
            return _parsed(f"{first}/{last}")
        if expression.kind == "open":
            start = date(year, first, expression.days[0] if expression.days else 1)
            return _parsed(f"{start}/{self.period.end}")
        if expression.kind == "until":
            day = f"-{expression.days[1]:02}" if expression.days else ""
            return _parsed(f"../{year}-{last:02}{day}" if months else f"../{year}")
        if expression.days:
            return _parsed(
                f"{year}-{first:02}-{expression.days[0]:02}/{year}-{last:02}-{expression.days[1]:02}"
            )
        if isinstance(expression.year, int) and expression.kind == "plan":
            return _parsed(f"{expression.year}/{expression.year + 4}")
        return _parsed(f"{year}-{first:02}/{year}-{last:02}")

    def until_now(self) -> Period:
        """From an unstated beginning up to publication."""
        return parse(f"../{self.period.end}")


def read(plain: str, at: int) -> Expression | None:
    """The period expression that starts at `at` of a text in half width and lower case."""
    if match := _CHINESE.match(plain, at):
        return _chinese(match)
    match = _ENGLISH.match(plain, at)
    return None if match is None else _english(match)


def _chinese(match: re.Match[str]) -> Expression | None:
    found = {k.removeprefix("b_"): v for k, v in match.groupdict().items() if v is not None}
    year = _year(found)
    months, days = _months(found)
    kind = "period"
    if "y_from" in found:
        years = int(found["y_from"]), int(found["y_to"])
        return Expression(match.end(), "years", "against" in found, years[0], years)
    if plan := found.get("plan"):
        return Expression(match.end(), "plan", "against" in found, _PLANS[plan[1]])
    if days and days[0] == days[1]:
        kind = "day"
    since = found.get("since", "")
    if "same" in found:
        kind = "same"
    elif since.startswith("截"):
        kind = "until"
    elif "open" in found or since.startswith("自"):
        kind = "open"
    against = "against" in found
    if found.get("against") in ("与", "同", "和") and "compared" not in found:
        return None  # a conjunction: the period is read on its own
    if since == "从" and kind != "open":
        return None
    return Expression(match.end(), kind, against, year, months, days)


def _year(found: dict[str, str]) -> int | str | None:
    if "year" in found:
        digits = found["year"]
        if not digits.isdecimal():
            digits = "".join(
                str("〇一二三四五六七八九".find(c.replace("零", "〇"))) for c in digits
            )
        return int(digits)
    return next(
        (name for name in ("this", "last", "prior", "before", "next") if name in found), None
    )


def _months(
    found: dict[str, str],
) -> tuple[tuple[int, int] | str | None, tuple[int, int] | None]:
    get = found.get
    if "d_from" in found:
        months = _number(found["d_from"]), _number(found["d_to"])
        return months, (int(found["d_from_day"]), int(found["d_to_day"]))
    if "d_month" in found:
        month, day = _number(found["d_month"]), int(found["d_day"])
        return (month, month), (day, day)
    if "m_from" in found:
        return (_number(found["m_from"]), _number(found["m_to"])), None
    if ytd := get("ytd"):
        return (1, _number(ytd)), None
    if ytq := get("ytq"):
        return (1, 3 * _number(ytq)), None
    if month_ := get("month"):
        return (_number(month_), _number(month_)), None
    if quarter := get("quarter"):
        n = _number(quarter)
        return (3 * n - 2, 3 * n), None
    if half := get("half"):
        return ((1, 6) if half[0] == "上" else (7, 12)), None
    if "this_month" in found or "last_month" in found:
        return ("this" if "this_month" in found else "last"), None
    return None, None


def _english(match: re.Match[str]) -> Expression | None:
    get = match.groupdict().get
    year: int | str | None = None
    if digits := get("e_year") or get("e_whole"):
        year = int(digits)
    elif relative := get("e_rel") or get("e_rel_year"):
        year = relative
    months: tuple[int, int] | str | None = get("e_rel_month")
    days = None
    if ytd := get("e_ytd"):
        months = (1, _WORDS.get(ytd) or int(ytd))
    elif quarter := get("e_quarter") or get("e_q"):
        n = _ORDINALS.get(quarter) or int(quarter)
        months = (3 * n - 2, 3 * n)
    elif half := get("e_half") or get("e_h"):
        months = (1, 6) if half in ("first", "1") else (7, 12)
    elif first := get("e_first"):
        start = _english_month(first)
        months = (start, _english_month(get("e_to") or first))
        if day := get("e_day"):
            days = (int(day), int(day))
    kind = "day" if days else "period"
    if since := get("e_since"):
        kind = "open" if since.startswith("since") else "until"
    return Expression(match.end(), kind, False, year, months, days)


def _english_month(text: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(text[:3]))


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if text.startswith("十"):
        return 10 + _NUMERALS.get(text[1:], 0)
    return _NUMERALS[text]


def _moved(period: Period, years: int) -> str:
    start, end = period.start or period.end, period.end
    last = f"{end.year - years}-{end.month:02}"
    return f"{start.year - years}-{start.month:02}/{last}"


def _parsed(text: str) -> Period | None:
    try:
        return parse(text)
    except PeriodError:
        return None
