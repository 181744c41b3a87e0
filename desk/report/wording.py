"""Wording: how the report writes values, names, text from records, and file names.

Belongs here: anything → what a person reads, as text or safe markup. Does not belong here: layout
(templates/), and how an interval is rounded for people (warehouse/terms/interval.py).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_DOWN, Context, Decimal
from functools import cache

from markupsafe import Markup, escape

from desk.report.content import Figure, Number, Suspect
from warehouse import project
from warehouse.records.fields import LABELS, PRINTED, code_lists
from warehouse.terms.dimensions import codes_of, dimensions
from warehouse.terms.interval import format_interval

# What people call what a figure prints.
ASPECTS = {name: LABELS[name] for name in PRINTED}

_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TAGS = {"zh": "zh-Hans", "ja": "ja"}  # how pages mark a language that is written with these
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_USUAL = {"flow": "none", "measure": "value"}  # and where a dimension has a default, this


def visible(value: object) -> object:
    """Text with each character that is invisible, or reverses others, written as its code."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return "" if value is None else value
    return "".join(
        f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _UNSEEN and c not in "\n\t" else c
        for c in value
    )


def quoted(text: object) -> Markup:
    """Text of a record or source, kept apart from the text around it, its language marked."""
    shown = escape(visible(str(text)))
    language = project.settings().language
    marked = f' lang="{_TAGS.get(language, _TAGS["zh"])}"' if _HAN.search(shown) else ""
    return Markup(f"<bdi{marked}>{shown}</bdi>")


def chinese(heading: str) -> Markup:
    """A heading's second line, where the language of the project is Chinese."""
    return _beside(heading) if project.settings().language == "zh" else Markup("")


def _beside(text: object) -> Markup:
    """Text in the language of the project, beside English."""
    language = project.settings().language
    tag = _TAGS.get(language, language)
    return Markup('<span class="zh" lang="{}">{}</span>').format(tag, visible(text))


@cache
def file_name(text: str) -> str:
    """A name that any file system and address takes: the text itself, or marked by its hash."""
    if _SAFE.fullmatch(text) and not _RESERVED.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return "-".join(filter(None, (re.sub(r"[^A-Za-z0-9]+", "-", text)[:60].strip("-"), digest)))


def many(count: int, noun: str) -> str:
    """`1 source`, `2 sources`, `2,000 sources`."""
    return f"{count:,} {noun}" if count == 1 or noun == "series" else f"{count:,} {noun}s"


def interval(lower: Decimal | None, upper: Decimal | None, unit: str) -> str:
    """An interval for people: 2016.55–2016.65亿元."""
    return format_interval(lower, upper, unit)


def number_interval(number: Number) -> str:
    """The interval that a printed number stands for."""
    return interval(number.lower, number.upper, number.unit)


def difference(size: Decimal, unit: str) -> str:
    """A distance between two intervals to four digits, cut off, so that `at least` stays true.

    Between two fractions it is in percentage points.
    """
    size = Context(prec=4, rounding=ROUND_DOWN).plus(size)
    return format_interval(size, size, "pp" if unit == "ratio" else unit)


def settlement(suspect: Suspect) -> str:
    """By how much a suspect would have to change, measured between the nearest ends."""
    number = suspect.number
    if suspect.lower is not None and number.upper is not None and suspect.lower > number.upper:
        size, direction = suspect.lower - number.upper, "higher"
    elif suspect.upper is not None and number.lower is not None and suspect.upper < number.lower:
        size, direction = number.lower - suspect.upper, "lower"
    else:
        return "together with the other numbers of this explanation"
    relative = ""
    if number.unit not in ("ratio", "pp") and number.value:
        share = abs(size / number.value)
        relative = f", about {share * 100:.2g} % of what is printed" if share < 10 else ""
    return f"at least {difference(size, number.unit)} {direction}{relative}"


def name_of(
    names: Mapping[tuple[str, str], tuple[str, str]], field: str, code: str
) -> tuple[str, str]:
    """What the lists of a database call a code of that field; the code itself where none does."""
    lists = (code_lists().get(field, ""), f"{field}s")  # a release of before may call it so
    return next((names[key] for name in lists if (key := (name, code)) in names), (code, ""))


def _usual() -> dict[str, str]:
    """The codes that go without saying."""
    return _USUAL | {d.name: d.default for d in dimensions().values() if d.default}


class Names:
    """Codes in words, English with the project's language beside, from the database's own lists."""

    def __init__(self, names: Mapping[tuple[str, str], tuple[str, str]]) -> None:
        self._names = names
        # Cached: pages name the same few thousand again and again.
        self.code, self.series = cache(self._code), cache(self._series)

    def _code(self, field: str, code: str) -> Markup:
        """`Chengdu 成都市`; a code that no list has stands for itself."""
        english, name = name_of(self._names, field, code)
        english = english or name
        beside = Markup(" ") + _beside(name) if name and name != english else ""
        return escape(visible(english)) + beside

    def _series(self, series: str, beside: str = "") -> Markup:
        """A series in words, without the codes that stand for everything or are usual.

        With `beside`, only what sets it apart from that series.
        """
        usual = codes_of(beside) if beside else _usual()
        codes = codes_of(series).items()
        return Markup(" · ").join(self.code(d, c) for d, c in codes if c != usual.get(d))

    def figure(self, figure: Figure) -> Markup:
        """A figure in words: its series and period."""
        return Markup("{}, {}").format(self.series(figure.series[0]), figure.period)
