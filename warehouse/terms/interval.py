"""How an interval is written for people, in the units that they use.

Belongs here: rounding the ends of an interval outward, and choosing the scale. Does not belong
here: which interval a printed number stands for (quantity.py).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext

from warehouse import project
from warehouse.terms import codes, money
from warehouse.terms.quantity_words import GREAT
from warehouse.terms.units import units

_ROUNDED = Context(prec=200)
# Words for powers of ten, the greatest first, as they stand between a number and its unit.
_CHINESE = tuple((GREAT[word], word) for word in ("万亿", "亿", "万"))
_ENGLISH = ((12, " trillion"), (9, " billion"), (6, " million"))


def format_interval(lower: Decimal | None, upper: Decimal | None, unit: str) -> str:
    """Write an interval in a base unit for people: 47.68–47.70 billion EUR, 10.9–11.6 %, ≥ 5 t; or
    in a project whose language is Chinese 476.8–477.0亿元.

    Ends are rounded outward, to as many decimals as keep the width within a quarter (at most 6).
    Raises KeyError for a unit that codes/units.csv does not have.
    """
    ends = [end for end in (lower, upper) if end is not None]
    if not ends:
        return "unbounded"
    is_chinese = project.settings().language == "zh"
    shift, name = 0, _name(unit, is_chinese)
    if unit in ("ratio", "pp"):
        shift = 2
    else:
        size = max(end.copy_abs() for end in ends)
        if unit == "kg" and size >= 1000:
            shift, name = -3, _name("t", is_chinese)
        places = size.adjusted() + shift if size else 0
        scales = _CHINESE if is_chinese else _ENGLISH
        power, word = next((scale for scale in scales if places >= scale[0]), (0, ""))
        shift, name = shift - power, word + name
    shown = [end.scaleb(shift, _ROUNDED) for end in ends]
    low, high = _outward(shown[0], shown[-1])
    if lower is None or upper is None:
        return f"≤ {high}{name}" if lower is None else f"≥ {low}{name}"
    if low == high or lower == upper:
        return f"{low}{name}"
    return f"{low} – {high}{name}" if lower < 0 else f"{low}–{high}{name}"


def _name(unit: str, is_chinese: bool) -> str:
    """A unit as it stands after a number."""
    if unit == "ratio":
        return " %"
    if is_chinese:
        return "个百分点" if unit == "pp" else units().by_code[unit].name
    if unit == "pp":
        return " percentage points"
    known = codes.by_code("units")[unit]
    return f" {unit if unit == 't' or money.is_currency(unit) else known['name_en'] or unit}"


def _outward(low: Decimal, high: Decimal) -> tuple[str, str]:
    """Both ends as text with the fewest decimals that add at most a quarter to the width."""
    with localcontext(_ROUNDED):
        for places in range(7):
            digit = Decimal(f"1E-{places}")
            down, up = low.quantize(digit, ROUND_FLOOR), high.quantize(digit, ROUND_CEILING)
            if 4 * (up - down) <= 5 * (high - low):
                break
        return f"{down + 0:f}", f"{up + 0:f}"
