"""Slips put into the records of real figures, one at a time.

Belongs here: the kinds of slips, and drawing one for records as printed. Does not belong here: what
becomes of them (injection_outcomes.py), and slips in tables that were made up (oracle_slips.py).
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.real_data import DataSet, Fields
from warehouse.terms import period

KINDS = (
    *("digit", "unit", "sign", "flow", "period"),
    *("point", "exchanged", "left out", "too many", "scale", "rows", "columns", "level", "before"),
)
ASPECTS = ("value", "growth", "share")
SCALES = {"million": "billion", "billion": "million", "亿": "百万", "万": "亿"}
UNITS = {"万亿": "亿", "亿": "万", "万": "亿", "million": "billion", "thousand": "million"}


@dataclass(frozen=True)
class Slip:
    """A field of a record changed. `undone` begins the repair that would name it, if any does."""

    kind: str
    record: int
    field: str
    text: str
    undone: str = ""
    others: tuple[tuple[int, str, str], ...] = ()  # further fields that the slip changed


def draw(data: DataSet, kind: str, times: int, seed: int = 1) -> Counter[Slip]:
    """Slips of one kind, and how often each was drawn; none where no record can have one."""
    chance = random.Random(f"{data.name} {kind} {seed}")
    drawn = Counter[Slip]()
    able = [
        number
        for number, record in enumerate(data.records)
        if next(_slips(kind, number, record, random.Random(0)), None)
    ]
    for _ in range(times if able else 0):
        number = chance.choice(able)
        if slips := list(_slips(kind, number, data.records[number], chance)):
            drawn[chance.choice(slips)] += 1
    if kind in ("rows", "before"):
        pairs = [*_between(kind, data)]
        drawn.update(chance.choice(pairs) for _ in range(times if pairs else 0))
    return drawn


def _between(kind: str, data: DataSet) -> Iterator[Slip]:
    """Slips between records of a source: values or growths exchanged, or printed again."""
    tables: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, record in enumerate(data.records):
        series = [record.get(name, "") for name in ("area", "flow", "partner", "product", "regime")]
        table = [record["period"]] if kind == "rows" else series
        tables[record["source"], *table].append(number)
    for numbers in tables.values():
        for first, second in pairwise(numbers):
            for field in ("value", "growth"):
                here, there = (data.records[n].get(field, "") for n in (first, second))
                if here and there and here != there and kind == "rows":
                    undone = f"exchanged with {{}}/{data.records[second]['id']}"
                    yield Slip(kind, first, field, there, undone, ((second, field, here),))
                elif here and there and here != there and len(re.sub("[^1-9]", "", here)) > 2:
                    yield Slip(
                        kind, second, field, here, f"that of {{}}/{data.records[first]['id']}"
                    )


def _slips(kind: str, number: int, record: Fields, chance: random.Random) -> Iterator[Slip]:
    """Slips of one record, one for each field that can have one of this kind."""
    for field in ASPECTS:
        text = record.get(field, "")
        if not text:
            continue
        places = [place for place, sign in enumerate(text) if sign.isdigit()]
        if kind == "digit" and places:
            place = chance.choice(places)
            digit = chance.choice([d for d in "0123456789" if d != text[place]])
            yield Slip(kind, number, field, text[:place] + digit + text[place + 1 :])
        yield from _digit_slips(kind, number, field, text, chance)
        if kind == "scale" and field == "value":
            for word, wrong in SCALES.items():
                if word in text:
                    yield Slip(
                        kind, number, field, text.replace(word, wrong), f"{wrong} printed for"
                    )
        if kind == "columns" and field == "growth" and "share" in record:
            undone = "its growth and its share exchanged"
            moved = ((number, "share", text),)
            yield Slip(kind, number, field, record["share"], undone, moved)
        if kind == "level" and field == "growth" and "value" in record:
            level = re.search(r"[0-9.]+", record["value"])
            if level and len(level[0]) > 3:
                undone = "its value printed in the place of its growth"
                yield Slip(kind, number, field, f"{level[0]}%", undone)
        if kind == "unit" and field == "value":
            unit = next((unit for unit in UNITS if unit in text), None)
            if unit:
                wrong = UNITS[unit]
                known = {unit, wrong} == {"万", "亿"}
                undone = f"{wrong} printed for {unit}" if known else ""
                yield Slip(kind, number, field, text.replace(unit, wrong), undone)
        if kind == "sign" and field != "share" and re.search("[1-9]", text):
            turned = text.removeprefix("-") if text.startswith("-") else f"-{text}"
            yield Slip(kind, number, field, turned, "the wrong sign" if field == "growth" else "")
    if kind == "flow":
        for flow in ("exports", "imports", "trade"):
            if flow != record["flow"]:
                yield Slip(kind, number, "flow", flow, f"it is of {record['flow']}")
    if kind == "period":
        record_period = period.parse(record["period"])
        assert record_period.start
        first, last = (
            12 * day.year + day.month - 1 for day in (record_period.start, record_period.end)
        )
        moves = (
            ((-1, -1), (1, 1)) if record_period.span == "month" else ((0, -1), (0, 1), (-12, -12))
        )
        for start, stop in moves:
            ends = [f"{m // 12}-{m % 12 + 1:02}" for m in (first + start, last + stop)]
            if ends[0] <= ends[1]:
                undone = f"it is of the period from {record_period.start}"
                yield Slip(kind, number, "period", "/".join(ends), undone)


def _digit_slips(
    kind: str, number: int, field: str, text: str, chance: random.Random
) -> Iterator[Slip]:
    """Slips of the digits of one number."""
    match = re.search(r"[0-9]+(\.[0-9]+)?", text)
    if match is None or len(match[0]) < 3:
        return
    numeral = match[0]

    def slip(changed: str, undone: str) -> Slip:
        wrong = text[: match.start()] + changed + text[match.end() :]
        return Slip(kind, number, field, wrong, undone)

    digits = [place for place, sign in enumerate(numeral) if sign.isdigit()]
    place = chance.choice(digits[1:])
    if kind == "point" and match[1]:
        whole, _, decimals = numeral.partition(".")
        if len(whole) > 1:
            yield slip(
                f"{whole[:-1]}.{whole[-1]}{decimals}", "a decimal point one place to the left"
            )
        moved = f"{whole}{decimals[0]}.{decimals[1:]}".rstrip(".").lstrip("0")
        if moved and moved[0] != ".":
            yield slip(moved, "a decimal point one place to the right")
    if kind == "exchanged":
        for left, right in pairwise(digits):
            if numeral[left] != numeral[right] and (left or numeral[right] != "0"):
                changed = list(numeral)
                changed[left], changed[right] = numeral[right], numeral[left]
                yield slip("".join(changed), "two digits exchanged")
    if kind == "left out" and (not match[1] or place < numeral.index(".")):
        yield slip(numeral[:place] + numeral[place + 1 :], "a digit left out")
    if kind == "too many":
        yield slip(numeral[:place] + numeral[place] + numeral[place:], "a digit printed twice")
