"""Acceptance: rows as read → figures, and what became of every row.

Nothing is lost: each row ends as accepted, quarantined with its reason, or rejected with file,
line, field, value and remedy. Belongs here: what a part inherits from its total, how records refer
to each other, and the wording of their problems. Does not belong here: file formats
(reading.py), what a field may hold (contract.py), whether figures agree (expectations).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from warehouse.records import fields as record_fields
from warehouse.records import reading, rejections, remedies
from warehouse.records.computed_ratios import as_computed
from warehouse.records.contract import Figure, Record, TwoYears, full_id, record_model
from warehouse.records.field_types import examples
from warehouse.records.fields import PLACES, PRINTED
from warehouse.records.printed import printed_unit
from warehouse.records.published_source import DEFAULT, NO_DEFAULTS, Source
from warehouse.records.quarantine import Quarantined, provisional_if_early, set_aside
from warehouse.records.reading import RecordFile, Row
from warehouse.records.two_readings import of_two_readings
from warehouse.system.files import Problem
from warehouse.system.helper_process import HelperProcess
from warehouse.terms import flows
from warehouse.terms.period import years_among

_TOGETHER = 100  # records that travel to another process together
_WAITS = "names a figure that was rejected"

RowKey = tuple[str, int, int]  # file, line, place in the file; -1 for the file as a whole


@dataclass(frozen=True)
class Batch:
    """All that was read: the rows of every file, and what became of each."""

    files: tuple[RecordFile, ...]
    sources: Mapping[str, tuple[Source, str]]  # id → source, file
    figures: tuple[Figure, ...]
    quarantined: tuple[Quarantined, ...]
    rejected: Mapping[RowKey, tuple[Problem, ...]]
    notices: tuple[str, ...] = ()  # what is no error but was taken to be so, a sentence a source

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
            "rejected": Counter(file for file, _, _ in self.rejected),
        }
        counts = {f.name: {fate: fates[fate][f.name] for fate in fates} for f in self.files}
        return {name: {"read": sum(count.values()), **count} for name, count in counts.items()}

    def totals(self) -> dict[str, int]:
        """The counts of all files together."""
        fates = ("read", "accepted", "quarantined", "rejected")
        return {fate: sum(count[fate] for count in self.counts().values()) for fate in fates}


def read_batch(paths: Sequence[Path], root: Path | None = None, drafts: bool = False) -> Batch:
    """Read and validate record files; names are relative to `root` where one is given.

    `drafts` is that of `accept`. Raises FormError when there is nothing to read at `paths`.
    """
    return accept(reading.read_all(paths, root), drafts)


def accept(
    files: Sequence[RecordFile], drafts: bool = False, helper: HelperProcess | None = None
) -> Batch:
    """Turn rows into figures: validate sources, let parts inherit, validate records, link them.

    With `drafts`, records that no curator has reviewed are accepted; else they are quarantined. A
    `helper` takes half of the work.
    """
    return _Acceptance(files, drafts, helper).batch()


class _Given(NamedTuple):
    """What a record is read from: all its fields, and its source, whose notation they have."""

    fields: Mapping[str, str]
    source: Source

    def read(self) -> Record:
        """The record. Raises ValidationError."""
        return record_model().model_validate(self.fields, context=self.source)

    def read_if_valid(self) -> Record | None:
        """The record, or None where it cannot be read."""
        try:
            return self.read()
        except ValidationError:
            return None


class _Acceptance:
    """The steps of `accept`, which share the rows by id and the problems found so far."""

    def __init__(
        self, files: Sequence[RecordFile], drafts: bool, helper: HelperProcess | None
    ) -> None:
        self.drafts = drafts
        self.helper = helper
        self.files = tuple(files)
        self.rejected: dict[RowKey, list[Problem]] = {}
        self.sources: dict[str, tuple[Source, str]] = {}
        self.rejected_sources: dict[str, Row] = {}
        self.rows: dict[str, Row] = {}
        # id() of a row that others are part of → the fields that it hands down to them.
        self._handed_down: dict[int, dict[str, str]] = {}
        # A rejected row that waits for another → the row at the start, which is to be mended.
        self._waits_for: dict[RowKey, Row] = {}
        self._descriptions: dict[tuple[str, str], str] = {}  # of a source that a file names
        self._years: dict[str, frozenset[str]] = {}  # of a source, its texts that are TwoYears
        self._circular: set[int] = set()  # rows from which `part_of` leads round in a circle

    def batch(self) -> Batch:
        for file in self.files:
            for problem in file.problems:
                self.rejected.setdefault((file.name, problem.line, -1), []).append(problem)
            for row in file.sources:
                self._source(row)
        for file in self.files:
            for row in file.records:
                self._index(row)
        self._years = self._two_years()
        figures = self._linked(list(self._figures()))
        provisional = provisional_if_early(figures)
        figures, quarantined = set_aside(provisional.figures, self.drafts)
        figures = self._without_broken_partitions(
            figures, {row.figure for row in quarantined if not row.is_repeat}
        )
        figures, computed = as_computed(figures)
        return Batch(
            self.files,
            self.sources,
            tuple(sorted(figures, key=lambda figure: figure.id)),
            tuple(quarantined),
            {row: tuple(problems) for row, problems in sorted(self.rejected.items())},
            (*provisional.notices, *computed, *of_two_readings(figures)),
        )

    def _two_years(self) -> dict[str, frozenset[str]]:
        """The periods of each source that may be months but stand in a row of years."""
        texts: dict[str, set[str]] = defaultdict(set)
        for row in self.rows.values():
            texts[row.fields["source"]].add(row.fields.get("period", ""))
        return {source: years for source, of in texts.items() if (years := years_among(of))}

    def _reject(self, row: Row, *problems: Problem) -> None:
        self.rejected.setdefault(_key(row), []).extend(problems)

    def _source(self, row: Row) -> None:
        try:
            source = Source.read(row.fields)
        except ValidationError as error:
            self._reject(row, *rejections.of_validation(error, row, row.fields, Source))
            self.rejected_sources.setdefault(row.fields.get("id", ""), row)
            return
        if problems := list(_problems_of_defaults(row, source)):
            self._reject(row, *problems)
            self.rejected_sources.setdefault(source.id, row)
            return
        if source.id in self.sources:
            message = f"is the id of a source in {self.sources[source.id][1]} too"
            self._reject(row, rejections.of_row(row, "id", message, "give each source its own id"))
        else:
            self.sources[source.id] = (source, row.file)

    def _index(self, row: Row) -> None:
        source, id_ = row.fields.get("source", ""), row.fields.get("id", "")
        other = self.rows.get(f"{source}/{id_}")
        fault: tuple[str, ...]
        if row.total and _key(row.total) in self.rejected:
            fault = ("part_of", "its total was rejected", *self._waiting(row, row.total))
        elif source in self.rejected_sources:
            where = rejections.seen_from(row, self.rejected_sources[source])
            together = f"records wait for their source in {where}, which was rejected"
            fault = "source", "was rejected", "mend the source", together
        elif (source, id_) == ("source", "id"):
            fault = "id", "repeats the header", "take this line away"
        elif source not in self.sources:
            fault = ("source", *self._unknown_source(row, source))
        elif not id_:
            fault = "id", "is missing", examples()["id"]
        elif other:
            message = f"is the id of another figure of this source ({other.file}:{other.line})"
            fault = "id", message, "give each figure its own id"
        else:
            self.rows[f"{source}/{id_}"] = row
            return
        self._reject(row, rejections.of_row(row, *fault))

    def _unknown_source(self, row: Row, source: str) -> tuple[str, str, str]:
        """What is said of a record whose source nobody describes."""
        place = (source, row.file)
        if place not in self._descriptions:
            described = remedies.described_source(source, row.file, {f.name for f in self.files})
            self._descriptions[place] = described + remedies.nearest(source, self.sources)
        remedy = self._descriptions[place]
        if not source:
            known = f": {', '.join(list(self.sources)[:3])}" if self.sources else f", and {remedy}"
            remedy = f"write there the id of the source that prints it{known}"
            return "is missing", remedy, "records name no source"
        together = f"records name the source {source!r}, which is missing"
        return "is not described", remedy, together

    def _waiting(self, row: Row, total: Row) -> tuple[str, str]:
        """The remedy for a row that refers to a rejected one, and what is said of many."""
        mended = self._waits_for[_key(row)] = self._waits_for.get(_key(total), total)
        where = rejections.seen_from(row, mended)
        return f"mend {where}", f"parts wait for {where}, which was rejected"

    def _all_fields(self, row: Row) -> dict[str, str] | None:
        """The row's own fields, and those that it inherits from its total, that one's, and so on.

        What none of them says is as its source has it by default, or the source of its total.
        None, and the row rejected, where `part_of` leads round in a circle.
        """
        chain, seen = [row], {id(row)}
        inherited: dict[str, str] = {}
        while part_of := chain[-1].fields.get("part_of"):
            total = self.rows.get(full_id(part_of, chain[-1].fields["source"]) or "")
            if total is None:
                break  # reported when the figure is linked
            if id(total) in seen or id(total) in self._circular:
                self._circular |= seen
                remedy = "a total cannot be part of its own part"
                self._reject(row, rejections.of_row(row, "part_of", "leads back to itself", remedy))
                return None
            if id(total) in self._handed_down:
                inherited = self._handed_down[id(total)]
                break
            seen.add(id(total))
            chain.append(total)
        for total in reversed(chain[1:]):
            own = {k: v for k, v in total.fields.items() if k in record_fields.inherited()}
            inherited = _with_own(inherited, total, own)
            source = self.sources[total.fields["source"]][0]
            value, area = total.fields.get("value", ""), inherited.get("area", "")
            if unit := printed_unit(value, source, area):
                inherited["unit"] = unit
            self._handed_down[id(total)] = inherited
        defaults = self.sources[row.fields["source"]][0].defaults
        if total := self.rows.get(full_id(row.fields.get("part_of"), row.fields["source"]) or ""):
            above = self.sources[total.fields["source"]][0].defaults
            above = {k: v for k, v in above.items() if k in record_fields.inherited()}
            defaults = {**above, **defaults}
        if defaults:
            own = _with_own(inherited, row, row.fields)
            return _with_own({k: v for k, v in defaults.items() if k not in own}, row, own)
        return _with_own(inherited, row, row.fields)

    def _figures(self) -> Iterator[Figure]:
        """The figures of all rows but those whose records cannot be read, which it rejects."""
        given = [
            (row, fields, self._given(fields))
            for row in self.rows.values()
            if (fields := self._all_fields(row))
        ]
        records: Iterator[Record | None] | None = None
        if self.helper:
            items = (as_given for *_, as_given in given)
            records = self.helper.map(_Given.read_if_valid, items, _TOGETHER)
        for row, fields, as_given in given:
            try:
                record = (next(records) if records else None) or as_given.read()
            except ValidationError as error:
                self._reject(row, *rejections.of_validation(error, row, fields, record_model()))
                continue
            compared = fields | {"published": as_given.source.published}  # a vintage of its own
            for name in ("review", "span"):
                compared.pop(name, None)
            content = json.dumps(compared, ensure_ascii=False, sort_keys=True)
            yield Figure(record, as_given.source, row.file, row.line, content)

    def _given(self, fields: dict[str, str]) -> _Given:
        source = self.sources[fields["source"]][0]
        period = fields.get("period", "")
        is_years = period in self._years.get(source.id, ())
        return _Given(fields | {"period": TwoYears(period)} if is_years else fields, source)

    def _linked(self, figures: list[Figure]) -> list[Figure]:
        """The figures without those that refer to a missing or unfitting one, which it rejects."""
        named = {
            full_id(row.fields.get(field), row.fields["source"])
            for row in self.rows.values()
            for field in ("part_of", "share_of")
        }
        known = {figure.id: figure for figure in figures}
        referring: dict[str, list[Figure]] = defaultdict(list)
        for figure in figures:
            for target in {figure.part_of, figure.share_of}:
                if target:
                    referring[target].append(figure)
        waiting = deque(figures)
        while waiting:
            figure = waiting.popleft()
            if figure.id not in known:
                continue
            row = self.rows[figure.id]
            faults = list(_link_faults(figure, known, self.rows, figure.id in named))
            if faults:
                for field, message, remedy in faults:
                    waiting_for: tuple[str, ...] = (remedy,)
                    if message == _WAITS:
                        target = figure.part_of if field == "part_of" else figure.share_of
                        waiting_for = self._waiting(row, self.rows[target or ""])
                    self._reject(row, rejections.of_row(row, field, message, *waiting_for))
                del known[figure.id]
                waiting.extend(referring[figure.id])
        return list(known.values())

    def _without_broken_partitions(self, figures: list[Figure], aside: set[str]) -> list[Figure]:
        """The figures; where a part of a partition is missing, the others are only disjoint.

        So they are where its source keeps the number of a part to itself.
        """
        missing = {
            full_id(row.fields.get("part_of"), source)
            for file in self.files
            for row in file.records
            for source in [row.fields.get("source", "")]
            if _key(row) in self.rejected or f"{source}/{row.fields.get('id')}" in aside
        } | {f.part_of for f in figures if f.record.value is None and f.record.may_print_nothing}
        return [
            replace(figure, record=figure.record.without_partition())
            if figure.id in missing
            else figure
            for figure in figures
        ]


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
            yield field, _WAITS, "mend that one"
        elif total is None:
            beside = [f.record.id for f in known.values() if f.record.source == record.source]
            hint = remedies.nearest(target.rpartition("/")[2], beside)
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
        elif field == "part_of" and not flows.may_have_part(total.record.flow, record.flow):
            message = f"is a total of {total.record.flow}, this figure of {record.flow}"
            yield field, message, "correct the flow, or curate the figure on its own"
    if record.share and not figure.share_of:
        yield "share", "is a share of nothing", "name the whole in share_of or part_of"
    if record.share_of and not record.share:
        yield "share_of", "stands without a share", "write the share, or take share_of out"
    for needed in ("share_change", "contribution", "contribution_rate"):
        if getattr(record, needed) and not record.part_of:
            yield needed, "is of no total", "name its total in part_of, or nest it there"
    prints = any(getattr(record, name) for name in (*PRINTED, *PLACES))
    if not prints and not named and not record.may_print_nothing:
        remedy = "write a value, growth or share as printed"
        yield "value", "is missing: this figure prints nothing", remedy


def _with_own(inherited: Mapping[str, str], row: Row, own: Mapping[str, str]) -> dict[str, str]:
    """Inherited fields, overridden by the row's own."""
    # A row with its own measure does not inherit the unit, nor one with a value, which names one.
    is_void = "measure" in row.fields or "value" in row.fields
    kept = {k: v for k, v in inherited.items() if k != "unit"} if is_void else inherited
    return {**kept, **own}


def _problems_of_defaults(row: Row, source: Source) -> Iterable[Problem]:
    """What is wrong with the values that a source's records have unless they say others."""
    for name in source.defaults:
        if name in NO_DEFAULTS:
            message = "differs from record to record"
            yield rejections.of_row(row, f"{DEFAULT}{name}", message, "take it out")
    lines = {name: row.lines[f"{DEFAULT}{name}"] for name in source.defaults}
    record = Row(row.file, row.line, row.place, source.defaults, lines)
    try:
        record_model().model_validate(source.defaults, context=source)
    except ValidationError as error:
        for problem in rejections.of_validation(error, record, source.defaults, record_model()):
            # What no default says is missing here, but not in the records.
            if problem.field in source.defaults and problem.field not in NO_DEFAULTS:
                yield replace(problem, field=f"{DEFAULT}{problem.field}", figure="")


def _key(row: Row) -> RowKey:
    return row.file, row.line, row.place
