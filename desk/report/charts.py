"""Charts: small inline SVG, drawn by hand.

Places are percentages of the width, so that a chart fills a phone and a desk alike while its text
keeps its size. A chart takes about 0.1 ms, where a plotting library takes 30 and more: a report
may have thousands. Colours come from style.css; what colour says, a shape or a word says too.
Belongs here: SVG. Does not belong here: what is drawn and how it is worded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup, escape

from desk.report.wording import difference, interval, visible


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval with its name, A or B; None where unbounded."""

    name: str
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Span:
    """A level over a period. `start` is None where the period states none."""

    start: date | None
    end: date
    kind: str
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None
    is_latest: bool
    label: str


def intervals(left: Bar, right: Bar, unit: str) -> Markup:
    """Two intervals on one axis, and the gap between them or the stretch they share."""
    ends = [end for bar in (left, right) for end in (bar.lower, bar.upper) if end is not None]
    if not ends:
        return Markup()
    scale = _Scale(min(ends), max(ends), 12, 88)
    text, drawn = f"{_bar_label(left, unit)}; {_bar_label(right, unit)}", []
    low = max((bar.lower for bar in (left, right) if bar.lower is not None), default=None)
    high = min((bar.upper for bar in (left, right) if bar.upper is not None), default=None)
    # The lower one on top, so that the gap steps down to the right.
    bars = [right, left] if left.lower == low else [left, right]
    if low is not None and high is not None:
        kind = "gap" if high < low else "overlap"
        word = f"gap of {difference(low - high, unit)}" if kind == "gap" else "overlap"
        text += f"; {word}"
        x1, x2 = sorted((scale(low), scale(high)))
        drawn += [
            f'<rect class="{kind}" x="{x1}%" y="0" width="{_rounded(x2 - x1)}%" height="126"/>',
            *(f'<line class="{kind}" x1="{x}%" x2="{x}%" y1="0" y2="126"/>' for x in (x1, x2)),
            _text(_rounded((x1 + x2) / 2), 118, word, kind),
        ]
    for row, bar in enumerate(bars):
        drawn += _bar(bar, scale, 8 + row * 48, unit)
    drawn.append('<line class="axis" x1="0" x2="100%" y1="126.5" y2="126.5"/>')
    for tick in _ticks(scale.low, scale.high, 3):
        x = scale(tick)
        drawn.append(f'<line class="axis" x1="{x}%" x2="{x}%" y1="126" y2="131"/>')
        drawn.append(_text(x, 146, interval(tick, tick, unit), "tick"))
    return _svg(drawn, 152, text, "intervals")


def levels(spans: Sequence[Span], unit: str, title: str) -> Markup:
    """Levels over time: each stands over its period, as thick as its rounding band."""
    ends = [e for s in spans for e in (s.value, s.lower, s.upper) if e is not None]
    low, high = min(ends), max(ends)
    from_zero = low <= 0 or low == high or (high - low) > high / 4
    if from_zero:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    height, top, bottom = 230, 16, 200
    vertical = _Scale(low, high, bottom, top)
    starts = [s.start or s.end for s in spans]
    first, last = min(starts), max(s.end for s in spans) + timedelta(1)
    time = _Scale(Decimal(first.toordinal()), Decimal(last.toordinal()), 18, 98)
    drawn = []
    for tick in _ticks(low, high, 4):
        y = vertical(tick)
        kind = "axis" if tick == 0 else "grid"
        drawn.append(f'<line class="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        drawn.append(_text(0, y - 4, interval(tick, tick, unit), "tick", "start"))
    for day, label in _dates(first, last):
        x = time(Decimal(day.toordinal()))
        drawn.append(f'<line class="axis" x1="{x}%" x2="{x}%" y1="{bottom}" y2="{bottom + 6}"/>')
        drawn.append(_text(x, bottom + 22, label, "tick"))
    drawn += _trend(spans, time, vertical)
    for span in spans:
        drawn += _span(span, time, vertical)
    note = "" if from_zero else "; the axis does not begin at zero"
    return _svg(drawn, height, f"{title}{note}", "levels")


def history(counts: Sequence[int], title: str) -> Markup:
    """One column a release, oldest first; the last is the one at hand."""
    most = max((*counts, 1))
    width = 100 / max(len(counts), 8)
    drawn = ['<line class="axis" x1="0" x2="100%" y1="27.5" y2="27.5"/>']
    for number, count in enumerate(counts):
        high = _rounded(26 * count / most)
        kind = "now" if number == len(counts) - 1 else "past"
        drawn.append(
            f'<rect class="{kind}" x="{_rounded(number * width)}%" y="{_rounded(27 - high)}" '
            f'width="{_rounded(width * 0.75)}%" height="{high}"/>'
        )
    return _svg(drawn, 28, title, "history")


def stack(parts: Sequence[tuple[str, int]], title: str) -> Markup:
    """One bar in as many parts as are given, each a CSS class and a count."""
    total = sum(count for _, count in parts) or 1
    drawn, x = [], 0.0
    for kind, count in parts:
        width = 100 * count / total
        drawn.append(
            f'<rect class="{kind}" x="{_rounded(x)}%" y="0" '
            f'width="{_rounded(width)}%" height="20"/>'
        )
        x += width
    return _svg(drawn, 20, title, "stack")


class _Scale:
    """Amount → place on an axis: exact amounts go in, two decimals are enough to draw."""

    def __init__(self, low: Decimal, high: Decimal, start: float, stop: float) -> None:
        self.low, self.high, self._start, self._stop = low, high, start, stop

    def __call__(self, amount: Decimal) -> float:
        extent = self.high - self.low
        part = float((amount - self.low) / extent) if extent else 0.5
        return _rounded(self._start + part * (self._stop - self._start))


def _bar(bar: Bar, scale: _Scale, y: int, unit: str) -> list[str]:
    """A row: name and interval in words, and below them the bar; an arrow where unbounded."""
    x1 = 0.0 if bar.lower is None else scale(bar.lower)
    x2 = 100.0 if bar.upper is None else scale(bar.upper)
    label = f"{bar.name} {interval(bar.lower, bar.upper, unit)}"
    drawn = [
        _text(_rounded((x1 + x2) / 2), y + 12, label, "name"),
        f'<rect class="bar {bar.name}" x="{x1}%" y="{y + 20}" '
        f'width="{_rounded(x2 - x1)}%" height="14"/>',
    ]
    # Ends in strokes as well: a narrow interval on a wide axis must still be seen.
    ends = [x for x, end in ((x1, bar.lower), (x2, bar.upper)) if end is not None]
    drawn += [
        f'<line class="end {bar.name}" x1="{x}%" x2="{x}%" y1="{y + 18}" y2="{y + 36}"/>'
        for x in ends
    ]
    if bar.lower is None:
        drawn.append(f'<path class="arrow" d="M12 {y + 21}L4 {y + 27}L12 {y + 33}"/>')
    if bar.upper is None:
        drawn.append(
            f'<svg x="100%" overflow="visible"><path class="arrow" '
            f'd="M-12 {y + 21}L-4 {y + 27}L-12 {y + 33}"/></svg>'
        )
    return drawn


def _span(span: Span, time: _Scale, vertical: _Scale) -> Iterable[str]:
    """A level: its rounding band over the period, three pixels at least, and a dot at its end."""
    x1 = 0.0 if span.start is None else time(Decimal(span.start.toordinal()))
    x2 = time(Decimal((span.end + timedelta(1)).toordinal()))
    y1 = 0.0 if span.upper is None else vertical(span.upper)
    y2 = vertical(vertical.low) if span.lower is None else vertical(span.lower)
    middle, thick = (y1 + y2) / 2, max(3.0, y2 - y1)
    kind = "latest" if span.is_latest else "earlier"
    kind += " open" if span.lower is None or span.upper is None else ""
    yield f'<g class="{kind}"><title>{_safe(span.label)}</title>'
    yield (
        f'<rect x="{x1}%" y="{_rounded(middle - thick / 2)}" '
        f'width="{_rounded(max(x2 - x1, 0.3))}%" height="{_rounded(thick)}"/>'
    )
    yield f'<circle cx="{x2}%" cy="{vertical(span.value)}" r="3.5"/></g>'


def _trend(spans: Sequence[Span], time: _Scale, vertical: _Scale) -> Iterable[str]:
    """Thin lines between newest levels that begin on the same day, or that follow each other."""
    for kind in sorted({span.kind for span in spans}):
        newest = [span for span in spans if span.is_latest and span.kind == kind]
        for earlier, later in pairwise(newest):
            if later.start not in (earlier.start, earlier.end + timedelta(1)):
                continue
            x1, x2 = (time(Decimal((s.end + timedelta(1)).toordinal())) for s in (earlier, later))
            y1, y2 = vertical(earlier.value), vertical(later.value)
            yield f'<line class="trend" x1="{x1}%" y1="{y1}" x2="{x2}%" y2="{y2}"/>'


def _dates(first: date, last: date) -> list[tuple[date, str]]:
    """At most six days to mark on a time axis: beginnings of years, else of months."""
    years = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    years = [day for day in years if first <= day <= last]
    if len(years) > 2:
        return [(day, str(day.year)) for day in years[:: -(-len(years) // 6)]]
    months = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    months = [day for day in months if first <= day <= last] or [first]
    return [(day, f"{day:%Y-%m}") for day in months[:: -(-len(months) // 5)]]


def _ticks(low: Decimal, high: Decimal, most: int) -> list[Decimal]:
    """Round amounts between low and high, at most `most` + 1 of them."""
    if low == high:
        return [low]
    rough = (high - low) / most
    magnitude = Decimal(1).scaleb(rough.adjusted())
    step = next(magnitude * m for m in (1, 2, 5, 10) if magnitude * m >= rough)
    multiples = (low // step + number for number in range(most + 2))
    return [tick for m in multiples if low <= (tick := m * step) <= high]


def _text(x: float, y: float, text: str, kind: str, anchor: str = "") -> str:
    """Text at a place, turned inward near the edges."""
    anchor = anchor or ("start" if x < 25 else "end" if x > 75 else "middle")
    return (
        f'<text class="{kind}" x="{x}%" y="{_rounded(y)}" text-anchor="{anchor}">'
        f"{_safe(text)}</text>"
    )


def _bar_label(bar: Bar, unit: str) -> str:
    return f"{bar.name}: {interval(bar.lower, bar.upper, unit)}"


def _safe(text: str) -> Markup:
    return escape(visible(text))


def _rounded(number: float) -> float:
    return round(number, 2)


def _svg(drawn: Iterable[str], height: int, text: str, kind: str) -> Markup:
    return Markup(
        f'<svg class="chart {kind}" role="img" aria-label="{_safe(text)}" '
        f'width="100%" height="{height}">{"".join(drawn)}</svg>'
    )
