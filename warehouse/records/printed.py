"""The printed numbers of a record: read in the notation of its source.

Belongs here: which notation that is (the source's, else that of the figure's area and the project),
and what marks beside or instead of a number say of the record. Does not belong here: what a record
may hold (contract.py), and what a text stands for in a notation (quantity.py, marks.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from warehouse import project
from warehouse.records.fields import PRINTED
from warehouse.terms import codes, quantity
from warehouse.terms.dimensions import dimensions
from warehouse.terms.flows import may_be_negative
from warehouse.terms.marks import Marked, meaning_of, read_marked
from warehouse.terms.notation import Notation, currency_of, decimal_mark, of_project
from warehouse.terms.quantity import Quantity, QuantityError
from warehouse.terms.quantity_reader import usual_unit

LEVELS = tuple(name for name, unit in PRINTED.items() if not unit)
PARSERS: Mapping[str, Callable[[str, Notation], Quantity]] = (
    dict.fromkeys(PRINTED, quantity.parse_growth)
    | dict.fromkeys(LEVELS, quantity.parse_value)
    | {"change": quantity.parse_change}
    | dict.fromkeys(("share", "contribution_rate"), quantity.parse_share)
)


_INDEX_BASE = re.compile(r"\(?\s*([^\s()=]+)\s*=\s*100(?:\.0+)?\s*\)?\s*$")
ROUNDING = re.compile(r"half|nearest(-[1-9]\d{0,8})?|down|up|exact")


class PrintedUnit(str):
    """The unit that a total's value prints, which its parts inherit, but for numbers without one:

    beneath `100 million USD`, `60` may be millions, or a slip.
    """


class SourceNotation(Protocol):
    """What a source says of how it prints numbers."""

    @property
    def language(self) -> str | None: ...
    @property
    def decimal(self) -> str | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def rounding(self) -> str | None: ...
    @property
    def legend(self) -> str | None: ...


def notation_of(source: SourceNotation | None, area: str, rounding: str = "") -> Notation:
    """How the numbers of a record are read, by its source and the area as the record names it.

    `rounding` is the record's own, which goes before that of its source.
    """
    if source is None:
        return _notation("", "", "", rounding, "", area)
    return _notation(
        source.language or "",
        source.decimal or "",
        source.currency or "",
        rounding or source.rounding or "",
        source.legend or "",
        area,
    )


@project.cached
def _notation(
    language: str, decimal: str, currency: str, rounding: str, legend: str, area: str
) -> Notation:
    country = _country(area)
    usual = of_project(country)
    if not decimal and language:
        code, _, territory = language.partition("-")
        decimal = decimal_mark(code, territory or country)
    currencies = dict.fromkeys(filter(None, (currency, currency_of(country), *usual.currencies)))
    return Notation(
        decimal or ("" if language else usual.decimal),
        tuple(currencies),
        (language or usual.language).partition("-")[0],
        "",
        rounding,
        dict(legend_of(legend)),
    )


def rounding_of(text: str) -> str | None:
    """How a text says that numbers are rounded, as `Notation` has it; None where it does not."""
    if ROUNDING.fullmatch(text) is None:
        return None
    return "nearest" if text == "half" else text


def legend_of(text: str) -> Iterator[tuple[str, str]]:
    """The marks of `b = break; s = estimated` and what each means. Raises LegendError."""
    for entry in filter(None, map(str.strip, text.split(";"))):
        mark, _, meaning = (part.strip() for part in re.split(r"\s*([=:])\s*", entry, maxsplit=1))
        meaning_of(mark, meaning)
        yield mark, meaning


def _country(area: str) -> str:
    """The code of the country that an area is or lies in; '' where it is not known."""
    described = dimensions().get("area")
    if not area or described is None:
        return ""
    code = _listed(described.list, area)
    return next((c for c in (code, *codes.ancestors(described.list, code)) if currency_of(c)), "")


def printed_unit(value: str, source: SourceNotation | None, area: str) -> PrintedUnit | None:
    """The base unit of a printed value; None where it cannot be read."""
    try:
        notation = notation_of(source, area)
        printed = read_marked(value, notation, quantity.parse_balance).quantity
    except QuantityError:
        return None
    return PrintedUnit(printed.unit) if printed else None


def read_marks(fields: Mapping[str, object], source: SourceNotation | None) -> dict[str, object]:
    """The fields of a record with its numbers read, and what their marks say of them.

    In place of a number that cannot be read stands the error, for its field to raise. Where a mark
    stands instead of a number, it is left out. What the record itself says of its status counts.
    """
    read = dict(fields)
    rounding = rounding_of(str(fields.get("rounding", "")))
    notation = notation_of(source, str(fields.get("area", "")), rounding or "")
    in_unit = _with_unit(read, notation)
    marked: dict[str, str] = _base_of_index(str(fields.get("value", "")))
    for name in PRINTED:
        if not isinstance(text := read.get(name), str):
            continue
        try:
            if name in LEVELS:
                printed = read_marked(text, in_unit, _level_parser(name, read.get("flow")))
            else:
                printed = _read_ratio(name, text, notation)
        except QuantityError as error:
            read[name] = error
            continue
        if printed.quantity is None:
            del read[name]
        else:
            read[name] = printed.quantity
        if name == "value" or (printed.quantity is not None and "value" not in fields):
            if printed.status:
                marked.setdefault("status", printed.status)
            if printed.confidentiality:
                marked.setdefault("confidentiality", printed.confidentiality)
    return {**marked, **read}


def _level_parser(name: str, flow: object) -> Callable[[str, Notation], Quantity]:
    """How a level is read: that of a balance may say in words that it is a deficit."""
    if name == "change" or not isinstance(flow, str):
        return PARSERS[name]
    is_balance = may_be_negative(_listed("flows", flow))
    return quantity.parse_balance if is_balance else PARSERS[name]


def _base_of_index(value: str) -> dict[str, str]:
    """The dimension that says of which year an index is 100, where its print does: (2015=100)."""
    match = _INDEX_BASE.search(value)
    # Another base than one of a year is kept in the text alone.
    code = _listed(dimensions()["index_base"].list, match[1]) if match else ""
    return {"index_base": code} if code else {}


@project.cached
def _read_ratio(name: str, text: str, notation: Notation) -> Marked:
    """A growth or share, of which thousands of records print the same."""
    return read_marked(text, notation, PARSERS[name])


def _with_unit(fields: dict[str, object], notation: Notation) -> Notation:
    """The notation with the unit of values that print none: the record's, or its measure's.

    A record may say `unit: million EUR` for its numbers; its figure has the unit without the scale.
    """
    unit, measure = fields.get("unit"), fields.get("measure")
    if isinstance(unit, str) and unit and not isinstance(unit, PrintedUnit):
        in_unit = replace(notation, unit=unit)
        # A unit alone leaves open whether 2016.60 is in millions.
        if not _listed("units", unit) and (usual := usual_unit(in_unit)):
            fields["unit"] = usual.unit.code
            return in_unit
    elif isinstance(measure, str) and (code := _listed("measures", measure)):
        default = codes.by_code("measures")[code]
        if default["dimension"] == "index":
            return replace(notation, unit=default["default_unit"])
    return notation


def _listed(list_name: str, text: str) -> str:
    """The code that a text means in a list, or ''."""
    try:
        return codes.lookup(list_name, text)
    except codes.UnknownCode:
        return ""
