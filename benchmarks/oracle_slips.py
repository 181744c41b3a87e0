"""Slips that people make, put into a correct table.

Belongs here: the kinds of slips, and what each changes in the records. Does not belong here:
whether a slip can be proven (oracle_statements.py) and what the product says of it (oracle.py).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction

from benchmarks.oracle_printing import SCALES, Printed, printed
from benchmarks.oracle_tables import Record, Table

Number = tuple[str, str]


@dataclass(frozen=True)
class Slip:
    """What was done: the kind, and the numbers that it changed with their texts before."""

    kind: str
    changed: dict[Number, str]


def spoil(table: Table, chance: random.Random, kind: str) -> tuple[Table, Slip] | None:
    """A copy of the table with one slip of a kind; None where it can have none."""
    spoilt = deepcopy(table)
    made = KINDS[kind](spoilt, chance)
    if made is None:
        return None
    before = {record.id: record for record in table.records}
    changed = {
        (record.id, aspect): before[record.id].prints[aspect].text()
        for record in spoilt.records
        for aspect, number in record.prints.items()
        if number != before[record.id].prints[aspect]
    }
    return (spoilt, Slip(kind, changed)) if changed else None


def _pick(table: Table, chance: random.Random, *aspects: str) -> tuple[Record, str] | None:
    able = [
        (record, aspect)
        for record in table.records
        for aspect, number in record.prints.items()
        if aspect in aspects and number.digits and number.style != "unchanged"
    ]
    return chance.choice(able) if able else None


def _change(
    aspects: tuple[str, ...], change: Callable[[Printed, random.Random], Printed | None]
) -> Callable[[Table, random.Random], bool | None]:
    def made(table: Table, chance: random.Random) -> bool | None:
        picked = _pick(table, chance, *aspects)
        if picked is None:
            return None
        record, aspect = picked
        number = change(record.prints[aspect], chance)
        if number is None:
            return None
        record.prints[aspect] = number
        return True

    return made


def _digit_wrong(number: Printed, chance: random.Random) -> Printed | None:
    text = list(str(number.digits))
    place = chance.randrange(len(text))
    text[place] = chance.choice([d for d in "0123456789" if d != text[place]])
    return _of_digits(number, "".join(text))


def _digit_dropped(number: Printed, chance: random.Random) -> Printed | None:
    text = str(number.digits)
    place = chance.randrange(len(text))
    if len(text) <= 1 + number.places * 0:
        return None
    places = number.places - (len(text) - place <= number.places)
    return _of_digits(replace(number, places=places), text[:place] + text[place + 1 :])


def _digit_doubled(number: Printed, chance: random.Random) -> Printed | None:
    text = str(number.digits)
    place = chance.randrange(len(text))
    places = number.places + (len(text) - place <= number.places)
    return _of_digits(replace(number, places=places), text[: place + 1] + text[place:])


def _digits_exchanged(number: Printed, chance: random.Random) -> Printed | None:
    text = str(number.digits)
    able = [i for i in range(len(text) - 1) if text[i] != text[i + 1]]
    if not able:
        return None
    i = chance.choice(able)
    return _of_digits(number, text[:i] + text[i + 1] + text[i] + text[i + 2 :])


def _of_digits(number: Printed, text: str) -> Printed | None:
    digits = int(text)
    return replace(number, digits=digits, negative=number.negative and digits > 0)


def _point(number: Printed, chance: random.Random) -> Printed | None:
    places = number.places + chance.choice((-1, 1))
    return replace(number, places=places) if 0 <= places <= 4 else None


def _scale(number: Printed, chance: random.Random) -> Printed | None:
    names = [name for name in SCALES[number.language] if name and name != number.scale]
    return replace(number, scale=chance.choice(names)) if number.scale else None


def _sign(number: Printed, chance: random.Random) -> Printed | None:
    return replace(number, negative=not number.negative)


def _balance_sign(table: Table, chance: random.Random) -> bool | None:
    able = [r for r in table.records if r.series[1] == "balance" and "value" in r.prints]
    if not able:
        return None
    record = chance.choice(able)
    record.prints["value"] = replace(
        record.prints["value"], negative=not record.prints["value"].negative
    )
    return True


def _growth_and_share(table: Table, chance: random.Random) -> bool | None:
    able = [r for r in table.records if {"growth", "share"} <= set(r.prints)]
    able = [r for r in able if r.prints["growth"].style in ("minus", "words")]
    able = [r for r in able if not r.prints["growth"].negative]
    if not able:
        return None
    record = chance.choice(able)
    growth, share = record.prints["growth"], record.prints["share"]
    record.prints["growth"] = replace(share, style=growth.style)
    record.prints["share"] = replace(growth, style="minus")
    return True


def _level_as_growth(table: Table, chance: random.Random) -> bool | None:
    able = [r for r in table.records if {"growth", "value"} <= set(r.prints)]
    able = [r for r in able if r.prints["value"].digits < 10**5]
    able = [r for r in able if r.prints["growth"].style != "unchanged"]
    if not able:
        return None
    record = chance.choice(able)
    value = record.prints["value"]
    record.prints["growth"] = replace(
        record.prints["growth"], digits=value.digits, places=value.places, negative=value.negative
    )
    return True


def _exchanged(aspect: str) -> Callable[[Table, random.Random], bool | None]:
    def made(table: Table, chance: random.Random) -> bool | None:
        pairs = [
            (a, b)
            for a, b in _siblings(table)
            if aspect in a.prints and aspect in b.prints and a.prints[aspect] != b.prints[aspect]
        ]
        if not pairs:
            return None
        a, b = chance.choice(pairs)
        a.prints[aspect], b.prints[aspect] = b.prints[aspect], a.prints[aspect]
        return True

    return made


def _siblings(table: Table) -> Iterator[tuple[Record, Record]]:
    for number, a in enumerate(table.records):
        for b in table.records[number + 1 :]:
            if a.span == b.span and a.series[1] == b.series[1] and a.part_of == b.part_of:
                yield a, b


def _rows(table: Table, chance: random.Random) -> bool | None:
    pairs = [(a, b) for a, b in _siblings(table) if set(a.prints) == set(b.prints)]
    return _exchange_all(pairs, chance)


def _flows(table: Table, chance: random.Random) -> bool | None:
    pairs = [
        (a, b)
        for a in table.records
        for b in table.records
        if (a.series[0], a.span) == (b.series[0], b.span)
        and (a.series[1], b.series[1]) == ("exports", "imports")
        and set(a.prints) == set(b.prints)
    ]
    return _exchange_all(pairs, chance)


def _exchange_all(pairs: list[tuple[Record, Record]], chance: random.Random) -> bool | None:
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    a.prints, b.prints = b.prints, a.prints
    return True


def _previous(table: Table, chance: random.Random) -> bool | None:
    able = [r for r in table.records if "value" in r.prints and r.base()[0] >= 0]
    able = [r for r in able if not r.prints["value"].hedge]
    if not able:
        return None
    record = chance.choice(able)
    true = Fraction(table.true(record.series, record.base()))
    record.prints["value"] = printed(true, record.prints["value"])
    return True


def _parts(factor: int) -> Callable[[Table, random.Random], bool | None]:
    def made(table: Table, chance: random.Random) -> bool | None:
        by_id = {record.id: record for record in table.records}
        pairs = [
            (by_id[r.part_of], r)
            for r in table.records
            if r.part_of and "value" in r.prints and "value" in by_id[r.part_of].prints
        ]
        pairs = [p for p in pairs if not (p[0].prints["value"].hedge or p[1].prints["value"].hedge)]
        if not pairs:
            return None
        total, part = chance.choice(pairs)
        whole = total.prints["value"]
        wrong = whole.number + factor * part.prints["value"].number
        if wrong <= 0:
            return None
        total.prints["value"] = printed(wrong, whole)
        return True

    return made


def _off(table: Table, chance: random.Random) -> bool | None:
    able = [r for r in table.records if r.breakdown and "value" in r.prints]
    if not able:
        return None
    record = chance.choice(able)
    value = record.prints["value"]
    steps = len([r for r in table.records if r.part_of == record.id]) // 2 + 2
    digits = value.digits + chance.choice((-1, 1)) * chance.randint(steps, 3 * steps)
    if digits <= 0:
        return None
    record.prints["value"] = replace(value, digits=digits)
    return True


LEVELS = ("value", "base", "change")
RATES = (
    *("growth", "other_growth", "share", "share_change"),
    *("contribution", "contribution_rate"),
)
KINDS: dict[str, Callable[[Table, random.Random], bool | None]] = {
    "digit wrong, level": _change(LEVELS, _digit_wrong),
    "digit wrong, ratio": _change(RATES, _digit_wrong),
    "digit dropped, level": _change(LEVELS, _digit_dropped),
    "digit dropped, ratio": _change(RATES, _digit_dropped),
    "digit doubled, level": _change(LEVELS, _digit_doubled),
    "digit doubled, ratio": _change(RATES, _digit_doubled),
    "digits exchanged, level": _change(LEVELS, _digits_exchanged),
    "digits exchanged, ratio": _change(RATES, _digits_exchanged),
    "decimal point, level": _change(LEVELS, _point),
    "decimal point, ratio": _change(RATES, _point),
    "scale": _change(LEVELS, _scale),
    "sign of a growth": _change(("growth", "share_change", "contribution", "change"), _sign),
    "sign of a balance": _balance_sign,
    "growth and share exchanged": _growth_and_share,
    "level in growth's place": _level_as_growth,
    "values exchanged": _exchanged("value"),
    "growths exchanged": _exchanged("growth"),
    "shares exchanged": _exchanged("share"),
    "rows exchanged": _rows,
    "flows exchanged": _flows,
    "previous period's figure": _previous,
    "a part missed": _parts(-1),
    "a part taken twice": _parts(1),
    "total off": _off,
}
