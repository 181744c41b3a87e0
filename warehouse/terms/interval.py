"""How an interval is written for people, in the units that they use.

Belongs here: rounding the ends of an interval outward, and choosing the scale. Does not belong
here: which interval a printed number stands for (quantity.py).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext

from warehouse.terms.quantity_words import GREAT
from warehouse.terms.units import units

_ROUNDED = Context(prec=200)


def format_interval(lower: Decimal | None, upper: Decimal | None, unit: str) -> str:
    """Write an interval in a base unit for people: 476.8–477.0亿元, 10.9–11.6 %, ≥ 500万美元.

    Ends are rounded outward, to as many decimals as keep the width within a quarter (at most 6).
    Raises KeyError for a unit that codes/units.csv does not have.
    """
    ends = [end for end in (lower, upper) if end is not None]
    if not ends:
        return "unbounded"
    shift, name = 0, units().by_code[unit].name
    if unit in ("ratio", "pp"):
        shift, name = 2, " %" if unit == "ratio" else "个百分点"
    else:
        size = max(end.copy_abs() for end in ends)
        if unit == "kg" and size >= 1000:
            shift, name = -3, "吨"
        places = size.adjusted() + shift if size else 0
        word = next((word for word in ("万亿", "亿", "万") if places >= GREAT[word]), "")
        shift, name = shift - GREAT.get(word, 0), word + name
    shown = [end.scaleb(shift, _ROUNDED) for end in ends]
    low, high = _outward(shown[0], shown[-1])
    if lower is None or upper is None:
        return f"≤ {high}{name}" if lower is None else f"≥ {low}{name}"
    if low == high or lower == upper:
        return f"{low}{name}"
    return f"{low} – {high}{name}" if lower < 0 else f"{low}–{high}{name}"


def _outward(low: Decimal, high: Decimal) -> tuple[str, str]:
    """Both ends as text with the fewest decimals that add at most a quarter to the width."""
    with localcontext(_ROUNDED):
        for places in range(7):
            digit = Decimal(f"1E-{places}")
            down, up = low.quantize(digit, ROUND_FLOOR), high.quantize(digit, ROUND_CEILING)
            if 4 * (up - down) <= 5 * (high - low):
                break
        return f"{down + 0:f}", f"{up + 0:f}"
