"""Further words of printed quantities: what records may print, in any language.

Belongs here: the list words.csv joined with quantity_words.py, the words for shares of a level of
the year before, for multiples, fractions and halves. Does not belong here: words that drafts read
as well (quantity_words.py), and the grammar (quantity_reader.py).

words.csv has a row for each kind, meaning and language; a word holds in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from warehouse import project
from warehouse.terms import quantity_words
from warehouse.terms.notation import terms_table
from warehouse.terms.quantity_words import SIGNS_IN_BRACKETS, SYMBOLS, Words, one_of
from warehouse.terms.spellings import plain

SYMBOL = Words({sign: f"{SYMBOLS[sign]};{SIGNS_IN_BRACKETS[sign]}" for sign in SYMBOLS})
# What may stand between a sign and its number: 增长了, up by; but 增长到 comes before a level.
_AFTER_SIGN = r"(?!到|至|半)(?:了|\s*(?:by|um|von|на)(?![a-zа-я]))?"
_AFTER_BALANCE = r"(?:\s*(?:额|为|是|达到?|:|of(?![a-z])|von(?![a-z])))*"
ARTICLE = re.compile(r"\s*((?:an?|the|eine?|une?|um|una)\s+)")


@project.cached
def hedges(place: str) -> Words:
    """Hedges that stand 'before', 'within' or 'after' a number."""
    drafted: Mapping[str, Mapping[str, str]] = {
        "before": quantity_words.HEDGES_BEFORE,
        "within": quantity_words.HEDGES_WITHIN,
        "after": quantity_words.HEDGES_AFTER,
    }
    return Words(_joined(drafted[place], _listed(f"hedge-{place}")))


@project.cached
def signs() -> Words:
    """Words and symbols of change before a number."""
    of_drafts = _joined(SYMBOL.table, quantity_words.SIGNS)
    return Words(_joined(of_drafts, _listed("sign")), _AFTER_SIGN)


@project.cached
def signs_of_change() -> Words:
    """The same, and those of a balance that changes: 逆差扩大."""
    return Words(_joined(signs().table, _listed("balance-change")), _AFTER_SIGN)


@project.cached
def signs_after() -> Words:
    """Words of change after a number: 5.2% lower, 5.2%増."""
    return Words(_listed("sign-after"))


@project.cached
def balances_before() -> Words:
    """Words and symbols that say before a number whether it is a surplus or a deficit."""
    return Words(_joined(SYMBOL.table, _listed("balance")), _AFTER_BALANCE)


@project.cached
def balances() -> Words:
    """Words that say so after it: 10亿元逆差, $10bn deficit."""
    return Words(_listed("balance"))


def _listed(kind: str) -> dict[str, str]:
    """The words of a kind, by their meaning."""
    found: dict[str, str] = {}
    for row in terms_table("words"):
        if row["kind"] == kind:
            found = _joined(found, {row["meaning"]: plain(row["words"])})
    return found


def _joined(table: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Both tables of words, by their meanings."""
    meanings = dict.fromkeys((*table, *other))
    return {m: ";".join(filter(None, (table.get(m), other.get(m)))) for m in meanings}


# --- levels of the year before -------------------------------------------------------------------

_EARLIER = "(?:last|previous|preceding|prior)"
_YEAR = (
    rf"(?:(?:the )?(?:same|corresponding) (?:period|month|quarter|time) (?:(?:of|in) )?)?"
    rf"(?:(?:the )?{_EARLIER} year|(?:the|an?|one) year (?:earlier|ago|before))"
)
_LEVEL = "(?:level|total|figure|value|amount)"
_OF_YEAR = rf"(?:(?:the |that )?{_LEVEL} (?:of |in )?|that (?:of|in) )?{_YEAR}(?:'s)?(?: {_LEVEL})?"
_THAN = "(?:than|over|from|against|compared (?:with|to))"
# Behind a change: it is over a year.
OVER_A_YEAR = re.compile(
    rf"\s*(?:{_THAN} {_OF_YEAR}|year[- ]on[- ]year|year[- ]over[- ]year|y/y|yoy"
    r"|so với (?:cùng kỳ )?năm (?:trước|ngoái))\s*$"
)
# What a change of a level is over, which its record says as a period or a basis.
OVER_SOMETHING = re.compile(rf"\s*{_THAN} (?:[a-z]+|[12][0-9]{{3}}|[ '-]){{1,8}}\s*$")
OVER_SOMETHING_BEFORE = re.compile(
    r"\s*((?:比|较)(?:上年|去年|上月|上季度|上季|前月|上一年|[12][0-9]{3}年)?(?:同期|同月)?)"
)


@project.cached
def share_of_year_before() -> re.Pattern[str]:
    """Behind a percentage: it is a level, that of the year before being 100 %."""
    listed = _alternatives(_listed("year-before").get("", "").split(";"))
    which_year = "(?:предыдущего|прошлого) года"
    return re.compile(
        rf"\s*(?:of {_OF_YEAR}|{listed}"
        rf"|к (?:соответствующему|аналогичному) (?:периоду|кварталу|месяцу) {which_year})\s*$"
    )


# Behind a number without a unit, or %: it is an index of that base.
_YEARS = (
    "上年|去年|上一年|前年|전년|지난해|vorjahr|année précédente|año anterior|ano anterior"
    "|предыдущий год|прошлый год|năm trước"
)
INDEX_OF_YEAR_BEFORE = re.compile(
    rf"[\s,;]*(\(?\s*以?(?:{_YEAR}|{_YEARS})\s?(?:同期|同月|同季|동기)?"
    r"\s*(?:=|为|:)\s*100(?:[.,]0+)?\s*%?\s*\)?)\s*$"
)
_TO_A_LEVEL = "(?:增长|增加|扩大|提高|上升)到|增至"
_DOWN_TO_A_LEVEL = "(?:下降|减少|降低|萎缩|缩小)(?:到|至)|降至|降到|减至|跌至"
_IS = "仅?(?:是|为|有|相当于|等于|达到?)"
_YEAR_BEFORE = "(?:去年|上年|上一年|前年|전년|지난해)"
OF_THE_YEAR_BEFORE = re.compile(
    rf"\s*((?:{_TO_A_LEVEL}|{_DOWN_TO_A_LEVEL}|{_IS})?{_YEAR_BEFORE}\s?(?:同期|同月|同季|동기)?"
    rf"(?:水平|总额|总值)?(?:的|の|의)|{_TO_A_LEVEL}|(?:{_DOWN_TO_A_LEVEL})(?=\S{{1,2}}分之|一半)|bằng)"
)

# --- multiples, fractions ------------------------------------------------------------------------

_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: number for number, word in enumerate(_NUMBERS, 2)}
NUMBER_OF_TIMES = re.compile(rf"\s*({'|'.join(NUMBERS)})(?= times)")
FACTORS = quantity_words.FACTORS | {
    **{"twice": 2, "double": 2, "thrice": 3, "triple": 3, "treble": 3, "trebled": 3, "倍增": 2},
    **{"quadruple": 4, "quintupled": 5, "verdoppelt": 2, "verdreifacht": 3, "doublé": 2},
    **{"triplé": 3, "удвоился": 2, "утроился": 3, "duplicado": 2, "duplicou": 2, "두배": 2},
}
FOLDS = {f"{word}{join}fold": n for word, n in NUMBERS.items() for join in ("", "-", " ")}
FACTOR = one_of(FACTORS | FOLDS)
HALVED = one_of(
    ("减半", "减少一半", "腰斩", "被腰斩", "遭腰斩", "半減", "半减", "halved", "halbiert", "반토막")
)
_AS_MUCH = r"as (?:high|much|many|large|great|big|strong)(?: as)?"
# Behind a multiple or a factor: it is one of the year before, and no rise.
AS_MUCH = re.compile(
    rf"\s*({_AS_MUCH}(?: {_OF_YEAR})?|(?:of |that of )?{_OF_YEAR}|に|水準)(?![a-z])"
)
TIMES = re.compile(r"\s*(times(?: (?:more|higher|greater|larger))?)(?![a-z])")
OF_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
FRACTION = re.compile(rf"\s*(one|two|three|a)?[- ]?({'|'.join(OF_PARTS)})s?(?![a-z])")
HALF = one_of(("一半", "半数", "半", "half", "a half", "one half", "one-half", "半分", "절반"))
SHARE = re.compile(
    r"\s*((?:对\S{1,20}?)?贡献率(?:达到?|为|是)?|(?:占比|比重|份额|占)(?:达到?|为|是)?)"
)
SHARE_OF_WHAT = re.compile(r"\s*of (?:the |total |overall |whole )*(?:growth|increase|total)\s*$")


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(filter(None, words), key=len, reverse=True)
    return "|".join(map(re.escape, ordered))
