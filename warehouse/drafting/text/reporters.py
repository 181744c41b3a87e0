"""Reporters: whose trade a text speaks of, and which countries are only partners in it.

Belongs here: areas, customs offices and countries in their context, the area that 全省 means, and
what enterprises say of themselves. Does not belong here: which areas lie in which (figures.py),
the other names of a head (heads.py).
"""

from __future__ import annotations

import re
from dataclasses import replace

from warehouse import project
from warehouse.drafting.text.clauses import (
    ENDS,
    LEADS,
    before_name,
    first_of,
    holds,
    last_clause,
)
from warehouse.drafting.text.state import LastArea, Office, Reading
from warehouse.drafting.text.tokens import PUNCTUATION, Token
from warehouse.terms.codes import ancestors, called, kind_of

_QUOTED = re.compile("“[^“”]*”")
_OFFICE = re.compile("海关(?!总署)| Customs(?![a-z])")
_DATELINE = re.compile(
    r"\s*(?:\d+月)?\d+日(?:电|讯|消息)"
    r"|(?:,? [A-Z][a-z]{2,8}\.? \d{1,2})?(?:,? \d{4})? ?(?:\([^()\n]{1,30}\))? ?(?:--|—|– )"
)
_BEFORE_REPORTER = {"exports": (" from",), "imports": (" to", " into")}
_MUNICIPALITIES = ("CN-11", "CN-12", "CN-31", "CN-50")  # provinces that are called cities


# --- names, as they are read ---------------------------------------------------------------------


def area_or_partner(reading: Reading, token: Token) -> Token:
    """A country as the area or the partner that it is here; an area of a news agency as no name.

    An area of which the text speaks is remembered.
    """
    is_home = token.kind in ("area", "partner") and token.meaning == _home()
    if token.kind == "country" or is_home:
        token = _area_or_partner(reading, token)
    if token.kind != "area":
        return token
    if _names_source(reading, token):
        return replace(token, kind="filler", meaning="")
    if (
        not holds(last_clause(reading.sentence.head), "share", "compare")
        and kind_of("areas", token.meaning) != "customs"
        and not (token.text == "全国" and reading.area)  # mostly compared with, not spoken of
    ):
        reading.area = LastArea(token.meaning, reading.paragraph)
    return token


def _area_or_partner(reading: Reading, token: Token) -> Token:
    """A country that may report itself is a partner where the words or the text say so."""
    area, partner = (token.meaning.split() * 2)[:2]
    led = LEADS.search(before_name(reading.text, token)) is not None
    at_home = reading.area is not None and _country(reading.area.code) == _home()
    if area == _home():
        is_partner = led and reading.area is not None and not at_home
    else:
        is_partner = led or at_home or holds(reading.sentence.head[-3:], "partner")
    kind, meaning = ("partner", partner) if is_partner else ("area", area)
    return Token(token.start, token.end, kind, meaning, token.text)


def _home() -> str:
    """The country whose figures the project curates, or parts of whose; '' where none is said."""
    return _country(project.settings().area)


def _country(area: str) -> str:
    return area.partition("-")[0]


def _names_source(reading: Reading, token: Token) -> bool:
    """Whether an area is where the news is from: a dateline, a briefing, a customs office."""
    text, sentence = reading.text, reading.sentence
    if office := _OFFICE.match(text, token.end):
        reading.office = Office(token.meaning, token.text + office[0])
        return True
    english = token.text.isascii()
    opens = english and token.text.isupper() and token.start == reading.paragraph_start
    if opens and kind_of("areas", token.meaning) not in ("nation", "country"):
        return True
    if _DATELINE.match(text, token.end) and not sentence.figures:
        return True
    return english and any(other.meaning == "says" for other in last_clause(sentence.head))


# --- names, once their figure is known -----------------------------------------------------------


def may_report(reading: Reading, name: Token, flow: str) -> bool:
    """Whether a country stands there without a word that makes it a partner (对, to, 出口…)."""
    english = name.text.isascii()
    before = before_name(reading.text, name)
    owns = reading.text.startswith(("'s", "’s"), name.end)
    if english and (owns or before.endswith(_BEFORE_REPORTER.get(flow, ()))):
        return True  # Japan's exports, exports from Japan
    if not english and kind_of("partners", name.meaning) != "country":
        # 欧盟出口 at the head of a clause, not 我国对其他金砖国家出口
        head = reading.sentence.head
        acts = any(token.kind == "flow" and token.start == name.end for token in head)
        first = not before or PUNCTUATION.get(before[-1], before[-1]) in (*ENDS, ".")
        return acts and first
    led = LEADS.search(before) or _listed_with_a_partner(reading, name)
    return not led and not before.endswith(("出口", "进口", "产品"))


def _listed_with_a_partner(reading: Reading, name: Token) -> bool:
    """Whether a name goes on with a row of partners: with the EU, the US and Japan."""
    before = [token for token in reading.sentence.head if token.end <= name.start]
    joining = ("and", "break", "filler")
    other = next((token for token in reversed(before) if token.kind not in joining), None)
    return other is not None and other.kind == "partner"


def area_around(reading: Reading, clause: list[Token]) -> str:
    """The area that 全省 or 我市 means, given the area before; '' if it is unknown."""
    inner = first_of(clause, "within")
    if inner is None:
        return ""
    if reading.area is not None:
        known = reading.area.code
    elif reading.office is not None:
        known = reading.office.area
    else:
        return ""
    if inner.text == "全市" and known in _MUNICIPALITIES:
        return known
    kinds = ("nation", "country") if inner.meaning == "nation" else (inner.meaning,)
    around = (known, *ancestors("areas", known))
    return next((code for code in around if kind_of("areas", code) in kinds), "")


def carried_area(reading: Reading) -> tuple[str, str]:
    """(the area of a figure whose sentence names none, why that is unsure or '').

    The area is '' where neither the text names one nor the project.
    """
    last, office = reading.area, reading.office
    if last is None and office is not None:
        return office.area, f"named by its customs: {office.name} may report on more"
    if last is None:
        own = project.settings().area
        return own, f"no area is named: read as {called('areas', own)}"
    if last.paragraph != reading.paragraph:
        return last.code, f"the area {last.code} is carried on from another paragraph"
    return last.code, ""


# --- enterprises, once their paragraph is read ---------------------------------------------------


def attribute_quotes(reading: Reading, end: int) -> None:
    """What a paragraph quotes of an enterprise is of the enterprise: “出口达…”公司经理说."""
    if not reading.speaker:
        return
    quotes = _QUOTED.finditer(reading.text, reading.paragraph_start, end)
    quoted = [match.span() for match in quotes]
    for figure in reversed(reading.figures):
        if figure.paragraph != reading.paragraph:
            break
        while quoted and figure.printed and quoted[-1][0] > figure.start:
            quoted.pop()
        if not quoted or not figure.printed or figure.end > quoted[-1][1]:
            continue
        if figure.codes["operator"] == "total":
            if reading.speaker != "?":
                figure.codes["operator"] = reading.speaker
            figure.doubt("an enterprise says so, perhaps of itself")
