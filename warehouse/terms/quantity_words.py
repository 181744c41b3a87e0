"""The words of printed quantities that drafts read as well: numerals, hedges, signs, factors.

Belongs here: the words themselves, in the form that `plain` gives them, and patterns that match
them. Does not belong here: words that records alone may use (words.csv, further_words.py), scales
and units, which are lists (scales.py, units.py), and the grammar that joins them all
(quantity_reader.py).

A hedge 'and-more' is 'at-least' with an end: less than one more of what was spoken last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

DIGITS = {"零": 0, "〇": 0, "两": 2} | {word: n for n, word in enumerate("一二三四五六七八九", 1)}
PLACES = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
GREAT = {"万": 4, "亿": 8, "万亿": 12}
SCALES = PLACES | GREAT
SCALES |= {place + word: PLACES[place] + n for place in "十百千" for word, n in GREAT.items()}
HEDGES_BEFORE = {
    "at-least": "超过;超;逾;突破;至少;不少于;不低于;高于;over;more than;at least;no less than;"
    "not less than;exceeding;above;>;≥",
    "at-most": "近;将近;接近;不足;不到;至多;最多;不超过;不高于;不多于;低于;nearly;almost;less than;"
    "fewer than;under;below;at most;up to;no more than;not more than;<;≤",
    "about": "约;大约;约为;大概;about;around;approximately;roughly;some",
}
HEDGES_WITHIN = {"and-more": "多;余"}
HEDGES_AFTER = {
    "at-least": "以上;or more",
    "and-more": "多;余",
    "at-most": "以下;以内;or less",
    "about": "左右;上下;or so",
}
MINUS = "-;−;–;‐;‒;△;▲;▽;▼"
SYMBOLS = {"+": "+", "-": MINUS}
SIGNS = {
    "+": "+;增长;增加;上升;提升;提高;上涨;回升;扩大;增;涨;升;up;rose;grew;increased;gained;climbed",
    "-": f"{MINUS};下降;减少;下滑;回落;萎缩;收窄;缩小;下跌;降低;减;降;跌;"
    "down;fell;declined;decreased;dropped;shrank",
}
# India's offices put a sign in brackets. Drafts do not read these.
SIGNS_IN_BRACKETS = {"+": "(+)", "-": "(-);(−);(–)"}
FACTORS = {"翻倍": 2, "翻一倍": 2, "翻了一倍": 2, "doubled": 2, "tripled": 3, "quadrupled": 4}
DOUBLINGS = {"": 1, "一": 1, "1": 1, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
FACTORS |= {f"翻{past}{n}番": 2 ** DOUBLINGS[n] for n in DOUBLINGS for past in ("", "了")}
# A growth of nothing, as if 0 % had been printed, or about 0 %.
UNCHANGED = {
    "exact": "持平;与上年持平;与去年持平;与上年同期持平;与去年同期持平;同比持平;环比持平;"
    "unchanged;flat;no change;stable;unverändert;inchangé;横ばい;보합",
    "about": "基本持平;大致持平;大体持平;little changed;broadly unchanged;broadly flat;"
    "broadly stable;virtually unchanged;ほぼ横ばい",
}
RANGES = "-;–;—;——;~;至;到;to"


class Words:
    """Some of the words above: a pattern that matches the longest, and what each means."""

    def __init__(self, table: Mapping[str, str], ending: str = "") -> None:
        self.table = table
        self.meaning = {word: key for key, words in table.items() for word in words.split(";")}
        self.pattern = one_of(self.meaning, ending)


def one_of(words: Iterable[str], ending: str = "") -> re.Pattern[str]:
    """Matches the longest of the words that stands there, a Latin one only where it ends."""
    ordered = sorted(words, key=len, reverse=True)
    choices = (re.escape(word) + "(?![a-z])" * ("a" <= word[-1] <= "z") for word in ordered)
    return re.compile(rf"\s*((?>{'|'.join(choices)})){ending}")
