"""The record: what a curator may write, and what it becomes, a figure.

Belongs here: the fields, what a part inherits from its total, and every check that one source's
records must pass before they count as figures at all. Does not belong here: file formats
(reading.py), the meaning of printed text (quantity.py, period.py, codes.py), and whether figures
agree with each other (expectations).

Nothing is lost: each row read ends as accepted, quarantined with its reason, or rejected with
file, line, field, value and remedy.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from warehouse import codes, period, quantity
from warehouse.period import Period
from warehouse.quantity import Quantity
from warehouse.reading import Problem, RecordFile, Row

DIMENSIONS = ("area", "partner", "flow", "product", "regime", "operator", "measure")
INHERITED = (*DIMENSIONS, "unit", "period", "growth_basis", "locator")
PRINTED = ("value", "growth", "share")
# What core's DECIMAL(38, 6) values and DECIMAL(18, 10) ratios hold, so that products stay exact.
VALUE_PLACES, RATIO_PLACES = 6, 10
MAX_MAGNITUDE, MAX_RATIO = 10**20, 10**6

_EXAMPLES = {
    "value": "write it as printed, with its unit: 2016.6亿元, 96.04万吨, CNY 201.66 billion",
    "growth": "write it as printed: 20.3%, -5%, 翻倍, 增长1.2倍",
    "share": "write it as printed: 76.4%",
    "period": f"write {period.EXAMPLES}",
    "published": "write 2020, 2020-05 or 2020-05-09, as precise as known",
    "id": "use lower-case letters, digits, '-', '.' and '_', such as chengdu-exports",
} | dict.fromkeys(
    ("partition", "disjoint"),
    "write true, or the dimension that the parts split, such as flow or product",
)


def _refuse(field: str, message: str, remedy: str | None = None) -> PydanticCustomError:
    # The message goes in as a value: pydantic would read braces in it as placeholders.
    remedy = remedy or _EXAMPLES.get(field, "correct it")
    context = {"message": message, "remedy": remedy, "field": field}
    return PydanticCustomError("contract", "{message}", context)


def _code(list_name: str) -> BeforeValidator:
    def read(text: str) -> str:
        try:
            return codes.lookup(list_name, text)
        except codes.UnknownCode as error:
            near = f" (nearest: {', '.join(error.suggestions)})" if error.suggestions else ""
            remedy = f"write a code or name of codes/{list_name}.csv, or add it there{near}"
            raise _refuse(list_name, f"is not in the code list {list_name}", remedy) from None

    return BeforeValidator(read)


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
FigureRef = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._/-]{0,200}$")]


def _read_period(text: str, field: str = "period") -> Period:
    try:
        return period.parse(text)
    except period.PeriodError as error:
        raise _refuse(field, str(error)) from None


class Source(BaseModel):
    """A published document. `published` is its vintage: 2020, 2020-05 or 2020-05-09."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    publisher: str
    published: str
    title: str | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>]+$")] | None = None
    note: str | None = None

    @field_validator("published")
    @classmethod
    def _one_date(cls, text: str) -> str:
        span = _read_period(text, "published").span
        if "/" in text or span not in ("year", "month", "day"):
            raise _refuse("published", "is not a date")
        return text

    @property
    def vintage(self) -> Period:
        return period.parse(self.published)


class Record(BaseModel):
    """One curated figure as printed, after it has inherited what its total says."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    id: Id
    source: Id
    area: Annotated[str, _code("areas")]
    partner: Annotated[str, _code("partners")] = "WLD"
    flow: Annotated[str, _code("flows")]
    product: Annotated[str, _code("products")] = "total"
    regime: Annotated[str, _code("regimes")] = "total"
    operator: Annotated[str, _code("operators")] = "total"
    measure: Annotated[str, _code("measures")] = ""
    unit: Annotated[str, _code("units")] = ""
    period: Annotated[Period, BeforeValidator(_read_period)]
    value: Quantity | None = None
    growth: Quantity | None = None
    growth_basis: Annotated[str, _code("growth_bases")] = "year-on-year"
    share: Quantity | None = None
    share_of: FigureRef | None = None
    part_of: FigureRef | None = None
    partition: str | None = None  # its parts make up the whole: true, or for which dimensions
    disjoint: str | None = None  # its parts do not overlap: likewise
    locator: str | None = None
    note: str | None = None

    @field_validator("value", "growth", "share", mode="before")
    @classmethod
    def _printed(cls, text: str, info: ValidationInfo) -> Quantity:
        parse = {"value": quantity.parse_value, "growth": quantity.parse_growth}
        field = str(info.field_name)
        try:
            read = parse.get(field, quantity.parse_share)(text)
        except quantity.QuantityError as error:
            raise _refuse(field, str(error)) from None
        if field != "value" and read.unit != "ratio":
            raise _refuse(field, "is in percentage points, not a percentage or a multiple")
        numbers = [n for n in (read.lower, read.upper, read.step) if n is not None]
        limit = MAX_MAGNITUDE if field == "value" else MAX_RATIO
        if any(abs(n) >= limit for n in numbers):
            raise _refuse(field, "is larger than any trade figure")
        finest = VALUE_PLACES if field == "value" else RATIO_PLACES
        if any(n != round(n, finest) for n in numbers):
            message = f"is printed to more than {finest} decimal places of {read.unit}"
            raise _refuse(field, message, "check the digits; no publisher prints so many")
        return read

    @field_validator("partition", "disjoint")
    @classmethod
    def _dimensions(cls, text: str, info: ValidationInfo) -> str:
        split = [part.strip() for part in text.split(",")]
        if split != ["true"] and not set(split) <= set(DIMENSIONS[:-1]):
            raise _refuse(str(info.field_name), "is neither true nor a dimension")
        return ",".join(split)

    @model_validator(mode="after")
    def _measured(self) -> Self:
        """Settle measure and unit, which the printed value usually says by itself."""
        unit = self.unit and _row("units", self.unit)["base"]
        if self.value and unit not in ("", self.value.unit):
            message = f"is {unit}, but the value is printed in {self.value.unit}"
            raise _refuse("unit", message, "take it out: the value says its unit")
        unit = self.value.unit if self.value else unit
        measure = self.measure or _measure_of(unit)
        known = _row("measures", measure)
        dimension = _row("units", unit or known["default_unit"])["dimension"]
        if dimension != known["dimension"]:
            message = f"is {dimension}, but measure {measure} is {known['dimension']}"
            raise _refuse("value" if self.value else "unit", message, _say_measure(dimension))
        object.__setattr__(self, "measure", measure)
        object.__setattr__(self, "unit", unit or known["default_unit"])
        return self


@cache
def _row(list_name: str, code: str) -> Mapping[str, str]:
    return next(row for row in codes.rows(list_name) if row["code"] == code)


def _say_measure(dimension: str) -> str:
    if dimension == "ratio":
        return "write a ratio under growth or share"
    known = [row["code"] for row in codes.rows("measures") if row["dimension"] == dimension]
    return f"say the measure: {', '.join(known)}" if known else "add one to codes/measures.csv"


def _measure_of(unit: str) -> str:
    """The measure that a unit speaks of when the record names none; `value` where nothing does."""
    if not unit:
        return "value"
    dimension = _row("units", unit)["dimension"]
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
        return ".".join(getattr(self.record, name) for name in DIMENSIONS)

    @cached_property
    def part_of(self) -> str | None:
        return _full_id(self.record.part_of, self.record.source)

    @cached_property
    def share_of(self) -> str | None:
        share_of = self.record.share_of or (self.record.part_of if self.record.share else None)
        return _full_id(share_of, self.record.source)

    @cached_property
    def digest(self) -> str:
        """Changes when, and only when, what the figure says changes."""
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that is well formed but cannot count as a figure, and why."""

    file: str
    line: int
    figure: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """All that was read: for every file the rows read, and what became of each."""

    files: tuple[RecordFile, ...]
    sources: Mapping[str, tuple[Source, str]]  # id → source, file
    figures: tuple[Figure, ...]
    quarantined: tuple[Quarantined, ...]
    rejected: Mapping[tuple[str, int], tuple[Problem, ...]]  # (file, line of the row) → why

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rejected.values() for problem in row]

    def counts(self) -> dict[str, dict[str, int]]:
        """Per file: read = accepted + quarantined + rejected.

        Rows are records; a rejected source and an unreadable file count as one row each.
        """
        fates = {
            "accepted": Counter(figure.file for figure in self.figures),
            "quarantined": Counter(row.file for row in self.quarantined),
            "rejected": Counter(file for file, _ in self.rejected),
        }
        counts = {f.name: {fate: fates[fate][f.name] for fate in fates} for f in self.files}
        return {name: {"read": sum(count.values()), **count} for name, count in counts.items()}


def accept(files: Sequence[RecordFile]) -> Batch:
    """Turn rows into figures: validate sources, let parts inherit, validate records, link them."""
    return _Acceptance(files).batch()


class _Acceptance:
    """The steps of `accept`, which share the rows by id and the problems found so far."""

    def __init__(self, files: Sequence[RecordFile]) -> None:
        self.files = tuple(files)
        self.rejected: dict[tuple[str, int], list[Problem]] = {}
        self.sources: dict[str, tuple[Source, str]] = {}
        self.rejected_sources: set[str] = set()
        self.rows: dict[str, Row] = {}

    def batch(self) -> Batch:
        for file in self.files:
            for problem in file.problems:
                self._reject(problem.line, problem)
            for row in file.sources:
                self._source(row)
        for file in self.files:
            for row in file.records:
                self._index(row)
        figures = [figure for row in self.rows.values() if (figure := self._figure(row))]
        figures = self._linked(figures)
        figures, quarantined = _quarantine(figures)
        return Batch(
            self.files,
            self.sources,
            tuple(sorted(figures, key=lambda figure: figure.id)),
            tuple(quarantined),
            {row: tuple(problems) for row, problems in sorted(self.rejected.items())},
        )

    def _reject(self, line: int, *problems: Problem) -> None:
        for problem in problems:
            self.rejected.setdefault((problem.file, line), []).append(problem)

    def _source(self, row: Row) -> None:
        try:
            source = Source.model_validate(dict(row.fields))
        except ValidationError as error:
            self._reject(row.line, *_problems(error, row, row.fields, Source))
            self.rejected_sources.add(row.fields.get("id", ""))
            return
        if source.id in self.sources:
            message = f"is the id of a source in {self.sources[source.id][1]} too"
            self._reject(row.line, _problem(row, "id", message, "give each source its own id"))
        else:
            self.sources[source.id] = (source, row.file)

    def _index(self, row: Row) -> None:
        source, id_ = row.fields.get("source", ""), row.fields.get("id", "")
        other = self.rows.get(f"{source}/{id_}")
        if row.total and (row.total.file, row.total.line) in self.rejected:
            fault = "part_of", "its total was rejected", "mend the total"
        elif source in self.rejected_sources:
            fault = "source", "was rejected", "mend the source"
        elif source not in self.sources:
            remedy = "describe it under source:, or in sources.yaml beside a CSV file"
            remedy += _nearest(source, self.sources)
            fault = "source", "is not described" if source else "is missing", remedy
        elif not id_:
            fault = "id", "is missing", _EXAMPLES["id"]
        elif other:
            message = f"is the id of another figure of this source ({other.file}:{other.line})"
            fault = "id", message, "give each figure its own id"
        else:
            self.rows[f"{source}/{id_}"] = row
            return
        self._reject(row.line, _problem(row, *fault))

    def _inherit(self, row: Row) -> dict[str, str] | None:
        """The row's own fields over those of its total, its total's total, and so on."""
        chain, seen = [row], {id(row)}
        while part_of := chain[-1].fields.get("part_of"):
            total = self.rows.get(_full_id(part_of, chain[-1].fields["source"]) or "")
            if total is None:
                break  # reported when the figure is linked
            if id(total) in seen:
                remedy = "a total cannot be part of its own part"
                self._reject(row.line, _problem(row, "part_of", "leads back to itself", remedy))
                return None
            seen.add(id(total))
            chain.append(total)
        fields: dict[str, str] = {}
        for each in reversed(chain):
            # A measure of its own makes the inherited unit void, as does a value, which says one.
            if "measure" in each.fields or "value" in each.fields:
                fields.pop("unit", None)
            fields |= {k: v for k, v in each.fields.items() if k in INHERITED or each is row}
            if each is not row and (unit := _unit_printed(each.fields.get("value", ""))):
                fields["unit"] = unit
        return fields

    def _figure(self, row: Row) -> Figure | None:
        fields = self._inherit(row)
        if fields is None:
            return None
        try:
            record = Record.model_validate(fields)
        except ValidationError as error:
            self._reject(row.line, *_problems(error, row, fields, Record))
            return None
        source = self.sources[record.source][0]
        said = fields | {"published": source.published}  # a new vintage is a new figure
        content = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return Figure(record, source, row.file, row.line, content)

    def _linked(self, figures: list[Figure]) -> list[Figure]:
        """Reject figures whose total or share's whole is missing or is no match for them."""
        named = {
            _full_id(row.fields.get(field), row.fields["source"])
            for row in self.rows.values()
            for field in ("part_of", "share_of")
        }
        while True:
            known = {figure.id: figure for figure in figures}
            for figure in figures:
                for fault in _link_faults(figure, known, self.rows, figure.id in named):
                    self._reject(figure.line, _problem(self.rows[figure.id], *fault))
                    known.pop(figure.id, None)
            if len(known) == len(figures):
                return figures
            figures = list(known.values())


def _link_faults(
    figure: Figure, known: Mapping[str, Figure], rows: Mapping[str, Row], named: bool
) -> Iterable[tuple[str, str, str]]:
    """(field, message, remedy) for each thing wrong with what a figure refers to."""
    record = figure.record
    for field, target in (("part_of", figure.part_of), ("share_of", figure.share_of)):
        if target is None or (field == "share_of" and target == figure.part_of):
            continue
        total = known.get(target)
        if total is None and target in rows:
            yield field, "names a figure that was rejected", "mend that one"
        elif total is None:
            beside = [f.record.id for f in known.values() if f.record.source == record.source]
            hint = _nearest(target.rpartition("/")[2], beside)
            yield field, "names no figure", f"write the id of one, or <source>/<id>{hint}"
        elif total is figure:
            yield field, "names the figure itself", "name its total"
        elif total.record.period != record.period:
            message = f"speaks of {total.record.period.text}, this figure of {record.period.text}"
            yield field, message, "a part has its total's period; curate it on its own"
        elif (total.record.measure, total.record.unit) != (record.measure, record.unit):
            message = f"counts {total.record.measure} in {total.record.unit}, this figure "
            message += f"{record.measure} in {record.unit}"
            yield field, message, "a part has its total's measure and unit; curate it on its own"
    if record.share and not figure.share_of:
        yield "share", "is a share of nothing", "name the whole in share_of or part_of"
    if record.share_of and not record.share:
        yield "share_of", "stands without a share", "write the share, or take share_of out"
    if not any(getattr(record, name) for name in PRINTED) and not named:
        remedy = "write a value, growth or share as printed"
        yield "value", "is missing: this figure prints nothing", remedy


def _quarantine(figures: list[Figure]) -> tuple[list[Figure], list[Quarantined]]:
    """Set aside figures of a period that had not ended, plain repeats, and what hangs on them."""
    reasons: dict[str, str] = {}
    first: dict[tuple[object, ...], str] = {}
    for figure in figures:
        record = figure.record
        if record.period.end > figure.source.vintage.end:
            published = f"when it was published ({figure.source.published})"
            reasons[figure.id] = f"period {record.period.text} had not ended {published}"
        printed = tuple(q.text if (q := getattr(record, name)) else None for name in PRINTED)
        key = (record.source, figure.series, record.unit, record.period, printed)
        same = first.setdefault((*key, record.growth_basis, figure.share_of), figure.id)
        if same != figure.id:
            reasons[figure.id] = f"repeats {same} of the same source to the letter"
    while hanging := {
        f.id: f"its total {t} is quarantined"
        for f in figures
        for t in (f.part_of, f.share_of)
        if f.id not in reasons and t in reasons
    }:
        reasons |= hanging
    kept = [figure for figure in figures if figure.id not in reasons]
    aside = [Quarantined(f.file, f.line, f.id, reasons[f.id]) for f in figures if f.id in reasons]
    return kept, aside


def _nearest(text: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(text, list(known), 3, 0.5)
    return f" (nearest: {', '.join(near)})" if near else ""


def _unit_printed(value: str) -> str:
    with suppress(quantity.QuantityError):
        return quantity.parse_value(value).unit
    return ""


def _full_id(reference: str | None, source: str) -> str | None:
    if not reference:
        return None
    return reference if "/" in reference else f"{source}/{reference}"


def _problem(row: Row, field: str, message: str, remedy: str) -> Problem:
    line = row.lines.get(field, row.line)
    id_ = row.fields.get("id", "")
    figure = f"{row.fields.get('source', '')}/{id_}" if id_ else ""
    return Problem(row.file, line, message, remedy, field, row.fields.get(field, ""), figure)


def _problems(
    error: ValidationError, row: Row, fields: Mapping[str, str], model: type[BaseModel]
) -> Iterable[Problem]:
    """Pydantic's errors in our words. What a part merely inherits is reported at its total."""
    for detail in error.errors(include_url=False):
        context: dict[str, Any] = detail.get("ctx", {})
        field = str(detail["loc"][0]) if detail["loc"] else context.get("field", "value")
        remedy = context.get("remedy", _EXAMPLES.get(field, "correct it"))
        message = detail["msg"]
        match detail["type"]:
            case "missing":
                message = "is missing"
                remedy = _EXAMPLES.get(field, f"say the {field}")
            case "extra_forbidden":
                message = f"is no field of a {model.__name__.lower()}"
                remedy = f"name a field, or take it out{_nearest(field, model.model_fields)}"
            case "string_pattern_mismatch":
                message = "is not well formed"
                remedy = "write a plain http(s) address" if field == "url" else _EXAMPLES["id"]
        if field == "part_of" and row.total:
            message, remedy = "its total's id is not well formed", "mend the total"
        elif field in fields and field not in row.fields:
            field, message = "part_of", f"its total's {field}: {message}"
            remedy = "mend the total, or say the field here"
        yield _problem(row, field, message, remedy)
