"""Fitting: whether what a figure says fits together; where it does not, the figure is unsure.

Belongs here: currencies against countries, wholes and partners against areas, signs that two
currencies share. Does not belong here: words that were not understood (unread.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from warehouse import project
from warehouse.drafting.text.clauses import dimension_of_measure
from warehouse.drafting.text.figures import Drafted, Skipped
from warehouse.drafting.text.tokens import plain
from warehouse.terms import codes, money
from warehouse.terms.codes import ancestors
from warehouse.terms.notation import currency_of

_YEN_OR_YUAN = re.compile(r"^[^\w¥￥]*[-+−]?[¥￥](?!.*(?:元|yuan|rmb|人民币|renminbi))", re.I)
_YUAN = re.compile(r"元|人民币|\b(?:yuan|rmb|cny|renminbi)\b", re.I)
_YEN = re.compile(r"日元|日圆|円|日本|\b(?:yen|jpy|japan|japan's|japanese)\b", re.I)
_DOLLAR = re.compile(r"(?<![a-z])\$|(?<!us )(?<!u\.s\. )dollars?$")


def doubt_misfits(text: str, figures: Iterable[Drafted]) -> list[Skipped]:
    """Doubt figures whose currency, partner or whole does not fit; returns values refused."""
    yuan, yen = bool(_YUAN.search(text)), bool(_YEN.search(text))
    refused: list[Skipped] = []
    for figure in figures:
        area = figure.codes["area"]
        for name in ("value", "base"):
            printed = figure.printed.get(name)
            is_yuan = figure.unit == "CNY"  # what ¥ was read as
            if printed is None or not is_yuan or not _YEN_OR_YUAN.match(printed.text):
                continue
            if area == "JP" or (yen and not yuan):
                del figure.printed[name]
                reason = "¥ may be the sign of yen here, not of yuan"
                refused.append(Skipped(printed.text, printed.start, printed.end, reason))
            elif yen or not yuan:
                figure.doubt("¥ may be the sign of yuan or of yen")
        if dimension_of_measure(figure.codes["measure"]) == "money":
            _doubt_currency(figure, area)
        elif figure.unit == "kg" and any(
            e.text.lower().endswith("pound") for e in figure.printed.values()
        ):
            figure.doubt("pounds may be money")
        if figure.codes["partner"] == area:
            figure.doubt(f"{area} is both who reports and the partner")
        whole = figure.share_of.codes["area"] if figure.share_of else area
        if whole != area and whole not in ancestors("areas", area):
            figure.doubt(f"a share of what {whole} has, which does not hold {area}")
    return refused


def _doubt_currency(figure: Drafted, area: str) -> None:
    """Doubt a currency that is neither the country's nor the US dollar, or may be another."""
    country = area.split("-")[0]
    home = project.settings().area.partition("-")[0]
    own = (money.own_currency() if country == home else "") or currency_of(country)
    if not own or figure.unit == own:
        return
    value = figure.printed.get("value") or figure.printed.get("base")
    if value is None and figure.unit == money.own_currency():
        figure.doubt(f"its currency is not said: read as {figure.unit}")
    elif figure.unit != "USD":
        figure.doubt(f"{figure.unit} is not the currency of {country}")
    elif value is None or not _DOLLAR.search(plain(value.text)):
        return
    elif "dollar" in codes.called("units", own).lower():
        figure.doubt(f"dollars may be those of {country} or of the United States")
