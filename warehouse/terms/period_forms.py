"""How periods are written elsewhere, and what to write for what they say.

Belongs here: Jan 2024, 1Q2024, 12 months to March 2024, 5月上旬: any form that a table or a text
has and a record does not. Does not belong here: the notation of records and what is a period
(period.py), periods in running text (drafting).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_NUMBERS = {
    **dict(zip("一二三四五六七八九十", range(1, 11), strict=True)),
    **dict(zip(("one", "two", "three", "four", "five", "six"), range(1, 7), strict=True)),
    **dict(zip(("seven", "eight", "nine", "ten", "eleven"), range(7, 12), strict=True)),
    **{"十一": 11, "十二": 12, "twelve": 12, "twenty": 20, "二十": 20, "两": 2},
    **{"first": 1, "second": 2, "third": 3, "fourth": 4, "上": 1, "下": 2},
}
_DECADES = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}


def _named(group: str, names: dict[str, int]) -> str:
    """A number in figures or by one of its names."""
    return rf"(?P<{group}>\d{{1,2}}|{'|'.join(sorted(names, key=len, reverse=True))})"


_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_NAME, _LAST_NAME = (_named(group, _MONTHS).replace(r"\d{1,2}|", "") for group in ("month", "last"))
_COUNT, _QUARTER = _named("count", _NUMBERS), _named("quarter", _NUMBERS)
_LAST, _UNTIL = r"(?P<last>\d{1,2})", r"(?P<until>\d{1,2})"
_TO = r" ?(?:[-–—~]|to|至|到) ?"
_ENDING = r"(?:to|ending(?: in)?|ended(?: in)?|until|through)"
_FISCAL = "fy|fiscal year|financial year|财年|年度"
# Each form in lower case, and what it says. {from}, {to}: first and last month of a count of them.
_FORMS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (rf"{_YEAR}[/.m年 -]{_MONTH}月?", "{year}-{month}"),
        (rf"{_MONTH}[/. -]{_YEAR}", "{year}-{month}"),
        (rf"{_NAME}\.?[ ,'-]*{_YEAR}", "{year}-{month}"),
        (rf"{_NAME}\.?{_TO}{_LAST_NAME}\.?[ ,]*{_YEAR}", "{year}-{month}/{year}-{last}"),
        (rf"{_YEAR}年{_MONTH}(?:月)?{_TO}{_LAST}月", "{year}-{month}/{year}-{last}"),
        (rf"{_YEAR}年?", "{year}"),
        (rf"{_YEAR}[ /年-]?(?:q|t|第?){_QUARTER}季度?", "{year}-Q{quarter}"),
        (rf"{_YEAR}[ /年-]?(?:q|t|第){_QUARTER}", "{year}-Q{quarter}"),
        (rf"q ?{_QUARTER}[ /-]?{_YEAR}", "{year}-Q{quarter}"),
        (rf"{_QUARTER}[qt][ /-]?{_YEAR}", "{year}-Q{quarter}"),
        (rf"(?:the )?{_QUARTER}(?:st|nd|rd|th)? quarter(?: of)?,? {_YEAR}", "{year}-Q{quarter}"),
        (rf"{_YEAR}[ /年-]?(?P<half>[上下])半年", "{year}-H{half}"),
        (rf"{_YEAR}[ /-]?h(?P<half>[12])", "{year}-H{half}"),
        (rf"h ?(?P<half>[12])[ /-]?{_YEAR}", "{year}-H{half}"),
        (rf"(?P<half>[12])h[ /-]?{_YEAR}", "{year}-H{half}"),
        (rf"(?:the )?(?P<half>first|second) half(?: of)?,? {_YEAR}", "{year}-H{half}"),
        # Weeks.
        (rf"{_YEAR}[ /-]?(?:w|week |kw ?|第){_COUNT}周?", "{year}-W{count}"),
        (rf"{_YEAR}年第{_COUNT}周", "{year}-W{count}"),
        (rf"(?:w|week |kw ?|semaine |semana ){_COUNT}(?:[ /,-]| of )? ?{_YEAR}", "{year}-W{count}"),
        # Days, and the first ten or twenty of a month.
        (rf"{_YEAR}[/.年]{_MONTH}[/.月]{_DAY}日?", "{year}-{month}-{day}"),
        (rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)", "{year}-{month}-{day}"),
        (rf"{_DAY}\. ?{_MONTH}\. ?{_YEAR}", "{year}-{month}-{day}"),
        (rf"{_DAY}(?:st|nd|rd|th)? {_NAME}\.?,? {_YEAR}", "{year}-{month}-{day}"),
        (rf"{_NAME}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}", "{year}-{month}-{day}"),
        (
            rf"{_DAY}{_TO}{_UNTIL} {_NAME}\.?,? {_YEAR}",
            "{year}-{month}-{day}/{year}-{month}-{until}",
        ),
        (
            rf"{_NAME}\.? {_DAY}{_TO}{_UNTIL},? {_YEAR}",
            "{year}-{month}-{day}/{year}-{month}-{until}",
        ),
        (
            rf"{_YEAR}年{_MONTH}月{_DAY}日?{_TO}{_UNTIL}日",
            "{year}-{month}-{day}/{year}-{month}-{until}",
        ),
        (
            rf"{_YEAR}[年-]{_MONTH}月?(?P<decade>[上中下])旬",
            "{year}-{month}-{first_day}/{year}-{month}-{last_day}",
        ),
        (
            rf"(?:the )?first {_COUNT} days(?: of| in)? {_NAME}\.?,? {_YEAR}",
            "{year}-{month}-01/{year}-{month}-{count}",
        ),
        (rf"{_YEAR}[年-]{_MONTH}月?前{_COUNT}[天日]", "{year}-{month}-01/{year}-{month}-{count}"),
        # Months up to one.
        (rf"(?:the )?first {_COUNT} months(?: of| in)?,? {_YEAR}", "{year}-01/{year}-{count}"),
        (rf"{_YEAR}年?前{_COUNT}个?月", "{year}-01/{year}-{count}"),
        (rf"(?:the )?{_COUNT}[ -]months? {_ENDING} {_NAME}\.?,? {_YEAR}", "{from}/{to}"),
        (rf"(?:the )?{_COUNT}[ -]months? {_ENDING} {_YEAR}-{_MONTH}", "{from}/{to}"),
        (rf"(?:the )?(?:12-month )?year {_ENDING} {_NAME}\.?,? {_YEAR}", "{from}/{to}"),
        (rf"(?:the )?year {_ENDING} {_YEAR}-{_MONTH}", "{from}/{to}"),
        (rf"(?:截至)?{_YEAR}年{_MONTH}月的?(?:前|近|过去)?{_COUNT}个月", "{from}/{to}"),
        # Years that begin in another month than January.
        (
            rf"(?:{_FISCAL})?[ -]?{_YEAR}[/–-](?:\d\d)?(?P<next>\d\d) ?(?:{_FISCAL})?",
            "FY{year}-{next}",
        ),
    )
)


def written_here(text: str) -> Iterator[str]:
    """What a period that is written in another way may be in records; not all of it is a period."""
    text = " ".join(text.lower().split())
    for form, written in _FORMS:
        if match := form.fullmatch(text):
            yield written.format(**_parts(match))


def _parts(match: re.Match[str]) -> dict[str, str]:
    """The parts of a form as records write them, and what follows from them."""
    parts = match.groupdict()
    numbers = {
        name: int(text) if text.isdigit() else (_MONTHS | _NUMBERS).get(text, 0)
        for name, text in parts.items()
        if name != "decade"
    }
    found = {name: f"{number:02}" for name, number in numbers.items()}
    for name in {"quarter", "half"} & {*numbers}:
        found[name] = str(numbers[name])
    year, month = numbers["year"], numbers.get("month", 1)
    if not (1 <= month <= 12 and year >= 1):
        return found | dict.fromkeys(("from", "to", "first_day", "last_day"), "")
    if decade := parts.get("decade"):
        first, last = _DECADES[decade]
        found |= {"first_day": f"{first:02}"}
        found |= {"last_day": f"{min(last, monthrange(year, month)[1]):02}"}
    before, first_month = divmod(year * 12 + month - numbers.get("count", 12), 12)
    found |= {"from": f"{before}-{first_month + 1:02}", "to": f"{year}-{month:02}"}
    return found
