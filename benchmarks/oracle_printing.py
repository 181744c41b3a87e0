"""How a true number is printed, and which true numbers are printed so: the oracle's own reading.

Belongs here: one printed number, its text, and the interval that its text stands for, from the
definitions. Does not belong here: tables (oracle_tables.py), and slips (oracle_slips.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

SCALES = {
    "zh": {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12},
    "en": {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9},
}
HEDGES = {
    "zh": {"about": "约", "least": "超", "most": "近"},
    "en": {"about": "about ", "least": "over ", "most": "nearly "},
}
RATIOS = {
    "%": Fraction(1, 100),
    "pp": Fraction(1, 100),
    "成": Fraction(1, 10),
    "倍": Fraction(1),
}
UNCHANGED = {"zh": "持平", "en": "flat"}  # within half a per cent
_WAYS = {"zh": ("增长", "下降"), "en": ("up ", "down ")}
Ends = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its digits, and all that says what they stand for.

    `unit` is one of `RATIOS`, else what follows the scale: 元, USD, 辆. `rounding` is half, down,
    up, exact or nearest-<n>; `style` says how a sign is printed: minus, words, or change for what
    always has one; `marks` are those of decimals and, where it is printed, of thousands.
    """

    digits: int
    places: int
    negative: bool
    scale: str
    unit: str
    language: str
    rounding: str = "half"
    hedge: str = ""
    style: str = "minus"
    marks: str = "."

    @property
    def step(self) -> Fraction:
        """One unit of the last printed digit, in base units."""
        return self._factor / Fraction(10**self.places)

    @property
    def number(self) -> Fraction:
        """The number as printed, in base units."""
        return self.step * self.digits * (-1 if self.negative else 1)

    @property
    def half(self) -> Fraction:
        """The half unit to which it is rounded: the scale of what rounding can do.

        To the nearest five is of what is printed, 5 million in 12,305 million.
        """
        return self._factor * self._units / 2 if self._units > 1 else self.step / 2

    @property
    def figures(self) -> str:
        """The digits as printed, without sign, scale and unit."""
        text = f"{self.digits:0{self.places + 1}}"
        whole, parts = (text[: -self.places], text[-self.places :]) if self.places else (text, "")
        if self.marks[1:]:
            whole = f"{int(whole):,}".replace(",", self.marks[1])
        return f"{whole}{self.marks[0]}{parts}" if parts else whole

    @property
    def is_ratio(self) -> bool:
        """Whether it is a growth, a share or the like."""
        return self.unit in RATIOS

    def text(self) -> str:
        """As it stands in the source."""
        figures = self.figures
        hedge = HEDGES[self.language].get(self.hedge, "")
        sign = "-" if self.negative else ""
        if self.is_ratio:
            if self.style == "unchanged":
                return UNCHANGED[self.language]
            points = "个百分点" if self.language == "zh" else " percentage points"
            shown = figures + (points if self.unit == "pp" else self.unit)
            if self.style == "words":
                return f"{_WAYS[self.language][self.negative]}{hedge}{shown}"
            return f"{sign}{hedge}{shown}"
        if self.style == "change":
            sign = _WAYS[self.language][self.negative]
        if self.language == "zh":
            many = "多" if self.hedge == "many" else ""
            return f"{hedge}{sign}{figures}{many}{self.scale}{self.unit}"
        return f"{hedge}{sign}{figures} {self.scale} {self.unit}".replace("  ", " ")

    def ends(self, is_balance: bool = False, is_change: bool = False) -> Ends:
        """The true numbers that are printed so; None is unbounded."""
        number, step = self.number, self.step
        if self.style == "unchanged":
            return -Fraction(1, 200), Fraction(1, 200)
        if self.hedge:
            return self._hedged(number)
        if self.rounding == "exact":
            return number, number
        if self.rounding in ("down", "up"):
            if is_change:
                return number - step, number + step  # each level is cut off, not their difference
            away = self.rounding == "down"  # cut off: the true number lies further from zero
            if not self.digits and away:
                return (-step if is_balance else Fraction(0)), step
            outer = number - step if self.negative else number + step
            inner = number + step if self.negative else number - step
            low, high = sorted((number, outer if away else inner))
            return low, high
        return number - self.half, number + self.half

    def _hedged(self, number: Fraction) -> Ends:
        spoken = self.step
        digits = self.digits
        while digits and digits % 10 == 0:
            digits, spoken = digits // 10, spoken * 10
        if self.hedge == "about":
            reach = min(spoken, abs(number) / 2) if digits else spoken
            return number - reach, number + reach
        if self.hedge == "many":
            return number, number + spoken
        if self.hedge == "least":
            return (None, number) if self.negative else (number, None)
        nought = Fraction(0) if self.is_ratio and self.style == "words" else None
        return (number, nought) if self.negative else (nought, number)

    @property
    def _factor(self) -> Fraction:
        ratio = RATIOS.get(self.unit)
        return ratio if ratio else Fraction(SCALES[self.language][self.scale])

    @property
    def _units(self) -> int:
        name, _, units = self.rounding.partition("-")
        return int(units) if name == "nearest" and units else 1


def printed(true: Fraction, form: Printed) -> Printed:
    """A true number printed in a form: rounded as the form says; its digits are replaced."""
    size = abs(true) / form.step
    name, _, units = form.rounding.partition("-")
    match form.rounding if not form.hedge else form.hedge:
        case "down" | "least" | "many":
            digits = floor(size)
        case "up" | "most":
            digits = ceil(size)
        case _:
            unit = int(units) if name == "nearest" and units and not form.hedge else 1
            digits = unit * floor(size / unit + Fraction(1, 2))
    return replace(form, digits=digits, negative=true < 0 and digits > 0)


def spoken(true: Fraction, form: Printed, digits: int) -> Printed:
    """A hedged number: only so many leading digits are spoken, the others are zeros."""
    plain = printed(abs(true), replace(form, hedge="", rounding="down"))
    zeros = max(0, len(str(plain.digits)) - digits)
    rough = printed(true, replace(form, places=0, scale=form.scale))
    unit = 10 ** max(0, zeros - form.places)
    size = abs(true) / (rough.step * unit)
    whole = {"about": floor(size + Fraction(1, 2)), "most": ceil(size)}.get(form.hedge, floor(size))
    return replace(form, places=0, digits=whole * unit, negative=true < 0 and whole > 0)
