"""The record: what a curator may write, and the figure that it becomes.

Belongs here: the fields of records, what each may hold, and what does not go together. Does not
belong here: the fields of sources (published_source.py), how rows become records and how records
refer to each other (acceptance.py), the meaning of printed text (quantity.py, period.py, codes.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from warehouse import project
from warehouse.records import fields
from warehouse.records.field_types import (
    FigureRef,
    Id,
    Prose,
    Rounding,
    code,
    read_period,
    refusal,
)
from warehouse.records.fields import BASES, CODES, PRINTED
from warehouse.records.printed import PARSERS, read_marks
from warehouse.records.published_source import Source
from warehouse.terms import codes, growth_bases, money
from warehouse.terms.dimensions import dimensions, series_of
from warehouse.terms.notation import of_project
from warehouse.terms.period import Period
from warehouse.terms.quantity import Quantity, QuantityError

# The decimals of core's DECIMAL(38, 6) values and DECIMAL(18, 10) ratios, and the largest numbers
# with which products of them stay exact.
VALUE_PLACES, RATIO_PLACES = 6, 10
MAX_MAGNITUDE, MAX_RATIO = 10**20, 10**6
_SAY_CURRENCY = 'write unit: EUR, say, or currency = "EUR" below [project] in crossfoot.toml'


def _first_month(info: ValidationInfo) -> int:
    """The month in which the years of a record's source begin."""
    source: Source | None = info.context
    return source.first_month if source else project.settings().fiscal_year_start


class TwoYears(str):
    """A period such as 2010-11 that stands in a row of years and not of months."""


def _period(text: str, info: ValidationInfo) -> Period:
    if isinstance(text, TwoYears):
        if (first_month := _first_month(info)) > 1:
            return read_period(f"FY{text}", "period", first_month)
        source: Source | None = info.context
        if not (source and source.fiscal_year_start):
            message = "is one of several years in a row, or a month"
            remedy = (
                f"say at its source when its years begin (fiscal_year_start: 4), or {text}/{text}"
            )
            raise refusal("period", message, remedy)
    return read_period(text, "period", _first_month(info))


def _basis(text: str, info: ValidationInfo) -> str:
    try:
        return growth_bases.read(text, _first_month(info))
    except codes.UnknownCode as error:
        message = "is neither in the code list growth_bases nor a period"
        raise refusal(str(info.field_name), message, error.remedy) from None


def read_printed(field: str, text: str) -> Quantity:
    """The quantity that a field of `PRINTED` prints, in the notation of the project.

    Raises PydanticCustomError, whose message says why the field cannot hold it.
    """
    try:
        return _checked(field, PARSERS[field](text, of_project()))
    except QuantityError as error:
        raise refusal(field, str(error), error.remedy or None) from None


def _checked(field: str, printed: Quantity) -> Quantity:
    """The same quantity. Raises PydanticCustomError where the field cannot hold it."""
    is_level = not PRINTED[field]
    if not is_level and printed.unit != PRINTED[field]:
        names = {"pp": "percentage points", "ratio": "a percentage or a multiple"}
        raise refusal(field, f"is {names[printed.unit]}, not {names[PRINTED[field]]}")
    if field == "change" and printed.dimension == "ratio":
        raise refusal(field, "is no difference of two levels", f"write growth: {printed.text}")
    if printed.dimension not in ("money", "ratio"):
        printed = printed.rounded_outward(VALUE_PLACES)  # a pound is no round number of kilograms
    numbers = [n for n in (printed.lower, printed.upper, printed.step) if n is not None]
    limit = MAX_MAGNITUDE if is_level else MAX_RATIO
    if any(abs(n) >= limit for n in numbers):
        raise refusal(field, "is larger than any trade figure")
    finest = VALUE_PLACES if is_level else RATIO_PLACES
    if any(n != round(n, finest) for n in numbers):
        message = f"is printed to more than {finest} decimal places of {printed.unit}"
        raise refusal(field, message, "check the digits; no publisher prints so many")
    return printed


class Record(BaseModel):
    """One curated figure as printed, with the fields that it inherits from its total.

    fields.csv says what each field means. Here stand those that all projects have; `record_model`
    adds the dimensions of the one in use, which `codes` holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    id: Id
    source: Id
    flow: str
    measure: str = ""
    unit: Annotated[str, code(CODES["unit"])] = ""
    period: Annotated[Period, BeforeValidator(_period)]
    value: Quantity | None = None
    base: Quantity | None = None
    growth: Quantity | None = None
    growth_basis: Annotated[str, BeforeValidator(_basis)] = "year-on-year"
    other_growth: Quantity | None = None
    other_growth_basis: Annotated[str, BeforeValidator(_basis)] | None = None
    change: Quantity | None = None
    share: Quantity | None = None
    share_change: Quantity | None = None
    contribution: Quantity | None = None
    contribution_rate: Quantity | None = None
    previous: Quantity | None = None
    status: Annotated[str, code(CODES["status"])] | None = None
    confidentiality: Annotated[str, code(CODES["confidentiality"])] | None = None
    rounding: Rounding | None = None
    rank: int | None = None
    share_of: FigureRef | None = None
    part_of: FigureRef | None = None
    partition: str | None = None
    disjoint: str | None = None
    locator: Prose | None = None
    span: str | None = None
    note: Prose | None = None
    review: str | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # Its class is made for the project in use, so that it is found in no module.
        return _restored, (self.__getstate__(),)

    @model_validator(mode="before")
    @classmethod
    def _marked(cls, fields: dict[str, object], info: ValidationInfo) -> dict[str, object]:
        return read_marks(fields, info.context)

    @field_validator(*PRINTED, mode="before")
    @classmethod
    def _printed(cls, printed: Quantity | QuantityError, info: ValidationInfo) -> Quantity:
        field = str(info.field_name)
        if isinstance(printed, QuantityError):
            raise refusal(field, str(printed), printed.remedy or None)
        return _checked(field, printed)

    @field_validator("rank", mode="before")
    @classmethod
    def _place(cls, text: str) -> int:
        match = re.fullmatch(r"第?([1-9]\d{0,3})(?:位|名)?", text)
        if match is None:
            raise refusal("rank", "is not a place")
        return int(match[1])

    @field_validator("span")
    @classmethod
    def _stretch(cls, text: str) -> str:
        match = re.fullmatch(r"(\d{1,9})-(\d{1,9})", text)
        if match is None or int(match[1]) >= int(match[2]):
            raise refusal("span", "is no stretch of characters")
        return text

    @property
    def codes(self) -> Mapping[str, str]:
        """The codes of its dimensions, in the order of a series."""
        return {name: getattr(self, name) for name in dimensions()}

    @model_validator(mode="after")
    def _compared(self) -> Self:
        """Refuse a change or a second growth that is measured from nothing that it says."""
        if self.other_growth and self.other_growth_basis is None:
            remedy = "write since when: other_growth_basis: period-on-period, or a period"
            raise refusal("other_growth", "does not say what it is measured from", remedy)
        if self.other_growth and self.growth and self.growth_basis == self.other_growth_basis:
            message = f"is {self.other_growth_basis}, as growth_basis is"
            raise refusal("other_growth_basis", message, "give each growth its own basis")
        if self.change and not self.growth and "growth_basis" not in self.model_fields_set:
            remedy = "write since when: growth_basis: period-on-period, year-on-year, or a period"
            raise refusal("change", "does not say what it is measured from", remedy)
        for name in BASES:
            basis = getattr(self, name)
            if self.prints_since(name) and growth_bases.is_late(basis, self.period):
                message = f"is not before the figure's own period, {self.period.text}"
                raise refusal(name, message)
        return self

    def prints_since(self, basis: str) -> bool:
        """Whether it prints a number that is measured from the period in a field of `BASES`."""
        return any(getattr(self, number) for number in BASES[basis])

    @property
    def may_print_nothing(self) -> bool:
        """Whether its status or confidentiality says that there is no number to print."""
        return any(
            code is not None and codes.by_code(CODES[name])[code]["missing"] == "yes"
            for name, code in (
                ("status", self.status),
                ("confidentiality", self.confidentiality),
            )
        )

    @property
    def may_come_early(self) -> bool:
        """Whether its status says that it may be known before its period has ended."""
        return bool(self.status and codes.row(CODES["status"], self.status)["early"] == "yes")

    @property
    def place(self) -> tuple[int, int] | None:
        """Where `span` starts and ends in the text; the end is not included."""
        if self.span is None:
            return None
        start, end = self.span.split("-")
        return int(start), int(end)

    @field_validator("partition", "disjoint")
    @classmethod
    def _dimensions(cls, text: str, info: ValidationInfo) -> str:
        split = [part.strip() for part in text.split(",")]
        if split != ["true"] and not set(split) <= {*dimensions()} - {"measure"}:
            raise refusal(str(info.field_name), "is neither true nor a dimension")
        return ",".join(split)

    def without_partition(self) -> Self:
        """The record with parts that do not overlap but may not make up the whole of it."""
        dimensions = {
            part for text in (self.partition, self.disjoint) if text for part in text.split(",")
        }
        disjoint = "true" if "true" in dimensions else ",".join(sorted(dimensions)) or None
        return self.model_copy(update={"partition": None, "disjoint": disjoint})

    @model_validator(mode="after")
    def _measured(self) -> Self:
        """Settle measure and unit, which the printed value usually says by itself."""
        unit = self.unit and codes.by_code("units")[self.unit]["base"]
        if self.value and unit not in ("", self.value.unit):
            message = f"is {unit}, but the value is printed in {self.value.unit}"
            raise refusal("unit", message, "take it out: the value says its unit")
        # What prints no value has the unit of the level that it prints.
        printed = next(filter(None, (self.value, self.base, self.change, self.previous)), None)
        unit = self.value.unit if self.value else unit or (printed.unit if printed else "")
        measure = self.measure or _measure_of(unit)
        known = codes.by_code("measures")[measure]
        unit = unit or money.default_unit(measure)
        if not unit:
            raise refusal("unit", "is not said by a value, nor by the project", _SAY_CURRENCY)
        dimension = codes.by_code("units")[unit]["dimension"]
        if dimension != known["dimension"]:
            message = f"is {dimension}, but measure {measure} is {known['dimension']}"
            raise refusal("value" if self.value else "unit", message, _say_measure(dimension))
        for name in ("base", "change", "previous"):
            level: Quantity | None = getattr(self, name)
            if level and level.unit != unit:
                raise refusal(name, f"is in {level.unit}, the figure in {unit}")
        object.__setattr__(self, "measure", measure)
        object.__setattr__(self, "unit", unit)
        return self


@project.cached
def record_model() -> type[Record]:
    """The record with the dimensions of the project in use."""
    own = Record.model_fields
    declared: dict[str, Any] = {
        field.name: (
            Annotated[str, code(field.list)],
            dimensions()[field.name].default
            or (own[field.name].default if field.name in own else ...),
        )
        for field in fields.fields()
        if field.kind == "dimension"
    }
    return cast("type[Record]", create_model("Record", __base__=Record, **declared))


def _restored(state: dict[Any, Any]) -> Record:
    """A record that came from another process of the same project."""
    record = record_model().__new__(record_model())
    record.__setstate__(state)
    return record


def _say_measure(dimension: str) -> str:
    if dimension == "ratio":
        return "write a ratio under growth or share"
    known = [row["code"] for row in codes.rows("measures") if row["dimension"] == dimension]
    add = "add one to codes/measures.csv"
    return f"say the measure: {', '.join(known)}, or {add}" if known else add


def _measure_of(unit: str) -> str:
    """The measure of a record that names none: by its unit, or `value` without one."""
    if not unit:
        return "value"
    dimension = codes.by_code("units")[unit]["dimension"]
    usual = {"money": "value", "mass": "weight"}.get(dimension)
    fits = [row["code"] for row in codes.rows("measures") if row["default_unit"] == unit]
    if usual or len(fits) == 1:
        return usual or fits[0]
    message = f"does not follow from the unit {unit}"
    remedy = f"say the measure: {', '.join(fits)}" if fits else _say_measure(dimension)
    raise refusal("measure", message, remedy)


@dataclass(frozen=True)
class Figure:
    """A record that was accepted: its key, and what it prints as exact intervals."""

    record: Record
    source: Source
    file: str
    line: int
    content: str  # the record's fields after inheritance and its vintage, as canonical JSON

    @cached_property
    def id(self) -> str:
        return f"{self.record.source}/{self.record.id}"

    @cached_property
    def series(self) -> str:
        return series_of(self.record.codes)

    @cached_property
    def part_of(self) -> str | None:
        return full_id(self.record.part_of, self.record.source)

    @cached_property
    def share_of(self) -> str | None:
        share_of = self.record.share_of or (self.record.part_of if self.record.share else None)
        return full_id(share_of, self.record.source)

    @cached_property
    def digest(self) -> str:
        """Changes when, and only when, what the figure says changes."""
        return hashlib.sha256(self.content.encode()).hexdigest()


def full_id(reference: str | None, source: str) -> str | None:
    """`<source>/<id>` of a reference that may leave out its own source."""
    if not reference:
        return None
    return reference if "/" in reference else f"{source}/{reference}"
