"""The record: what a curator may write, and the figure that it becomes.

Belongs here: the fields of sources and records, and what each may hold. Does not belong here: how
rows become records and how records refer to each other (acceptance.py), the meaning of printed
text (quantity.py, period.py, codes.py).
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
    Field,
    StringConstraints,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from warehouse import project
from warehouse.records import fields, identifiers
from warehouse.records.fields import CODES, PRINTED
from warehouse.records.printed import PARSERS, legend_of, read_marks
from warehouse.records.sheets import FORMULA
from warehouse.terms import codes, money, period
from warehouse.terms.code_rows import own_name
from warehouse.terms.dimensions import dimensions, series_of
from warehouse.terms.marks import LegendError
from warehouse.terms.notation import of_project
from warehouse.terms.period import Period
from warehouse.terms.quantity import Quantity, QuantityError

# The decimals of core's DECIMAL(38, 6) values and DECIMAL(18, 10) ratios, and the largest numbers
# with which products of them stay exact.
VALUE_PLACES, RATIO_PLACES = 6, 10
MAX_MAGNITUDE, MAX_RATIO = 10**20, 10**6

_EXAMPLES = {
    "period": f"write {period.EXAMPLES}",
    "published": "write 2020, 2020-05 or 2020-05-09, as precise as known",
    "text": "write the name of a file in the home's texts",
    "text_sha256": "write the 64 hex digits that sha256sum prints",
    "url": "write a plain http(s) address",
    "language": "write the code of a language: en, zh, de, zh-Hant",
    "decimal": "write the decimal mark of its numbers, in quotation marks: '.' or ','",
    "currency": "write the code of its usual currency: EUR, USD",
    "legend": "write what its marks mean: b = break; s = estimated; x = confidential",
    "rounding": "write nearest, down, up, exact, or nearest-5, nearest-10, nearest-100",
    "defaults": "write fields of records, each with the value that all have: defaults: {area: DE}",
}
DEFAULT = "defaults."  # before a field of records, among the fields of a source as read
# Fields that each record says for itself, so that its source has no default for them.
NO_DEFAULTS = ("id", "source", "span", "part_of", "review")
_SAY_CURRENCY = 'write unit: EUR, say, or currency = "EUR" below [project] in crossfoot.toml'


@project.cached
def examples() -> dict[str, str]:
    """What to write instead, by the field of a record or a source."""
    return fields.examples() | _EXAMPLES


def _refuse(field: str, message: str, remedy: str | None = None) -> PydanticCustomError:
    # The message goes in as a value: pydantic would read braces in it as placeholders.
    remedy = remedy or examples().get(field, "correct it")
    context = {"message": message, "remedy": remedy, "field": field}
    return PydanticCustomError("contract", "{message}", context)


def _code(list_name: str) -> BeforeValidator:
    def read(text: str) -> str:
        try:
            return codes.lookup(list_name, text)
        except codes.UnknownCode as error:
            message = f"is not in the code list {own_name(list_name)}"
            raise _refuse(list_name, message, error.remedy) from None

    return BeforeValidator(read)


def _prose(text: str, info: ValidationInfo) -> str:
    """Free text. It reaches CSV files, and spreadsheets run a cell that begins like a formula."""
    if text.startswith(FORMULA):
        message = f"begins with {text[0]!r}, as a spreadsheet's formula does"
        raise _refuse(str(info.field_name), message, "begin with a letter, digit or quotation mark")
    return text


def _id(text: str, info: ValidationInfo) -> str:
    if identifiers.is_id(text):
        return text
    raise _refuse(str(info.field_name), "is not well formed", _id_like(text))


def _reference(text: str, info: ValidationInfo) -> str:
    if identifiers.is_reference(text):
        return text
    raise _refuse(str(info.field_name), "is not well formed", _id_like(text))


def _id_like(text: str) -> str:
    rule, such_as, example = examples()["id"].rpartition(", such as ")
    return rule + such_as + (identifiers.id_like(text) or example)


Prose = Annotated[str, BeforeValidator(_prose)]
Id = Annotated[str, BeforeValidator(_id)]
FigureRef = Annotated[str, BeforeValidator(_reference)]


def _legend(text: str) -> str:
    try:
        tuple(legend_of(text))
    except LegendError as error:
        raise _refuse("legend", str(error)) from None
    return text


def _read_period(text: str, field: str = "period") -> Period:
    # A day of publication is a month or a day, and no fiscal year.
    first_month = project.settings().fiscal_year_start if field == "period" else 1
    try:
        return period.parse(text, first_month)
    except period.PeriodError as error:
        raise _refuse(field, str(error), error.remedy or None) from None


class Source(BaseModel):
    """A published document. `published` is its vintage: 2020, 2020-05 or 2020-05-09."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    publisher: Prose
    published: str
    title: Prose | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>]+$")] | None = None
    note: Prose | None = None
    text: Annotated[str, StringConstraints(pattern=r"^[^/\\\s.][^/\\]*$")] | None = None  # archived
    text_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    licence: Prose | None = None
    language: (
        Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = None
    # How it prints numbers, where that is not usual in its language and area.
    decimal: Annotated[str, StringConstraints(pattern=r"^[.,]$")] | None = None
    currency: Annotated[str, _code(CODES["unit"])] | None = None
    legend: Annotated[str, BeforeValidator(_legend)] | None = None
    # How its publisher rounds; nearest where it says nothing.
    rounding: (
        Annotated[str, StringConstraints(pattern=r"^(nearest(-[1-9]\d{0,8})?|down|up|exact)$")]
        | None
    ) = None
    # What its records say where they say nothing else: field → text.
    defaults: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("published")
    @classmethod
    def _one_date(cls, text: str) -> str:
        span = _read_period(text, "published").span
        if "/" in text or span not in ("year", "month", "day"):
            raise _refuse("published", "is not a date")
        return text

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if (self.text is None) != (self.text_sha256 is None):
            field = "text" if self.text else "text_sha256"
            raise _refuse(field, "stands alone", "say text and text_sha256, or neither")
        return self

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """The source of these fields as read. Raises ValidationError."""
        own = {name: text for name, text in fields.items() if not name.startswith(DEFAULT)}
        defaults = {
            name.removeprefix(DEFAULT): text
            for name, text in fields.items()
            if name.startswith(DEFAULT)
        }
        return cls.model_validate({**own, "defaults": defaults} if defaults else own)

    @property
    def vintage(self) -> Period:
        return period.parse(self.published)


def read_printed(field: str, text: str) -> Quantity:
    """The quantity that a field of `PRINTED` prints, in the notation of the project.

    Raises PydanticCustomError, whose message says why the field cannot hold it.
    """
    try:
        return _checked(field, PARSERS[field](text, of_project()))
    except QuantityError as error:
        raise _refuse(field, str(error), error.remedy or None) from None


def _checked(field: str, printed: Quantity) -> Quantity:
    """The same quantity. Raises PydanticCustomError where the field cannot hold it."""
    is_level = not PRINTED[field]
    if not is_level and printed.unit != PRINTED[field]:
        names = {"pp": "percentage points", "ratio": "a percentage or a multiple"}
        raise _refuse(field, f"is {names[printed.unit]}, not {names[PRINTED[field]]}")
    if printed.dimension not in ("money", "ratio"):
        printed = printed.rounded_outward(VALUE_PLACES)  # a pound is no round number of kilograms
    numbers = [n for n in (printed.lower, printed.upper, printed.step) if n is not None]
    limit = MAX_MAGNITUDE if is_level else MAX_RATIO
    if any(abs(n) >= limit for n in numbers):
        raise _refuse(field, "is larger than any trade figure")
    finest = VALUE_PLACES if is_level else RATIO_PLACES
    if any(n != round(n, finest) for n in numbers):
        message = f"is printed to more than {finest} decimal places of {printed.unit}"
        raise _refuse(field, message, "check the digits; no publisher prints so many")
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
    unit: Annotated[str, _code(CODES["unit"])] = ""
    period: Annotated[Period, BeforeValidator(_read_period)]
    value: Quantity | None = None
    base: Quantity | None = None
    growth: Quantity | None = None
    growth_basis: Annotated[str, _code(CODES["growth_basis"])] = "year-on-year"
    share: Quantity | None = None
    share_change: Quantity | None = None
    contribution: Quantity | None = None
    previous: Quantity | None = None
    status: Annotated[str, _code(CODES["status"])] | None = None
    confidentiality: Annotated[str, _code(CODES["confidentiality"])] | None = None
    rank: int | None = None
    share_of: FigureRef | None = None
    part_of: FigureRef | None = None
    partition: str | None = None
    disjoint: str | None = None
    locator: Prose | None = None
    span: str | None = None
    note: Prose | None = None
    review: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _marked(cls, fields: dict[str, object], info: ValidationInfo) -> dict[str, object]:
        return read_marks(fields, info.context)

    @field_validator(*PRINTED, mode="before")
    @classmethod
    def _printed(cls, printed: Quantity | QuantityError, info: ValidationInfo) -> Quantity:
        field = str(info.field_name)
        if isinstance(printed, QuantityError):
            raise _refuse(field, str(printed), printed.remedy or None)
        return _checked(field, printed)

    @field_validator("rank", mode="before")
    @classmethod
    def _place(cls, text: str) -> int:
        match = re.fullmatch(r"第?([1-9]\d{0,3})(?:位|名)?", text)
        if match is None:
            raise _refuse("rank", "is not a place")
        return int(match[1])

    @field_validator("span")
    @classmethod
    def _stretch(cls, text: str) -> str:
        match = re.fullmatch(r"(\d{1,9})-(\d{1,9})", text)
        if match is None or int(match[1]) >= int(match[2]):
            raise _refuse("span", "is no stretch of characters")
        return text

    @property
    def codes(self) -> Mapping[str, str]:
        """The codes of its dimensions, in the order of a series."""
        return {name: getattr(self, name) for name in dimensions()}

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
            raise _refuse(str(info.field_name), "is neither true nor a dimension")
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
            raise _refuse("unit", message, "take it out: the value says its unit")
        unit = self.value.unit if self.value else unit
        measure = self.measure or _measure_of(unit)
        known = codes.by_code("measures")[measure]
        unit = unit or money.default_unit(measure)
        if not unit:
            raise _refuse("unit", "is not said by a value, nor by the project", _SAY_CURRENCY)
        dimension = codes.by_code("units")[unit]["dimension"]
        if dimension != known["dimension"]:
            message = f"is {dimension}, but measure {measure} is {known['dimension']}"
            raise _refuse("value" if self.value else "unit", message, _say_measure(dimension))
        for name in ("base", "previous"):
            level: Quantity | None = getattr(self, name)
            if level and level.unit != unit:
                raise _refuse(name, f"is in {level.unit}, the figure in {unit}")
        object.__setattr__(self, "measure", measure)
        object.__setattr__(self, "unit", unit)
        return self


@project.cached
def record_model() -> type[Record]:
    """The record with the dimensions of the project in use."""
    own = Record.model_fields
    declared: dict[str, Any] = {
        field.name: (
            Annotated[str, _code(field.list)],
            dimensions()[field.name].default
            or (own[field.name].default if field.name in own else ...),
        )
        for field in fields.fields()
        if field.kind == "dimension"
    }
    return cast("type[Record]", create_model("Record", __base__=Record, **declared))


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
    raise _refuse("measure", message, remedy)


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
