"""Loading: a batch of accepted records → the schemas raw and core of a database being built.

raw holds everything that was read; core has types and keys, and is made by the queries in sql/core.
Belongs here: the tables that come from Python objects. Does not belong here: validation
(contract.py) and everything that SQL derives (sql/).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from warehouse import project
from warehouse.records import evidence
from warehouse.records.acceptance import Batch
from warehouse.records.contract import Figure
from warehouse.records.fields import (
    BASES,
    PLAIN,
    PRINTED,
    base_columns,
    code_lists,
    figure_columns,
)
from warehouse.store import tables
from warehouse.store.database import read_sql, sql_files
from warehouse.store.own_queries import view_files
from warehouse.terms import codes, dimensions, flows, growth_bases, money
from warehouse.terms.code_rows import Row

_TEXT = "VARCHAR"
_RECORDS = dict.fromkeys(("file", "figure_id", "status", "reason", "fields"), _TEXT) | {
    "line": "INTEGER"
}
_SOURCES = dict.fromkeys(
    (
        *("source_id", "publisher", "title", "published", "published_from", "published_to"),
        *("url", "note", "file", "licence", "language", "rounding"),
        *("decimal", "currency", "legend"),
    ),
    _TEXT,
) | {"fiscal_year_start": "INTEGER"}
_CODES = dict.fromkeys(("list", "code", "name_en", "name_zh", "kind", "parent"), _TEXT) | {
    "additive": "BOOLEAN",
    "name": _TEXT,
}
_MEMBERS = dict.fromkeys(("group_code", "member", "since", "until"), _TEXT)
_LEGS = {"flow": _TEXT, "leg": _TEXT, "sign": "INTEGER"}
_RATES = {
    **dict.fromkeys(("currency", "quote", "month"), _TEXT),
    "rate": f"DECIMAL(28, {money.PLACES})",
    "cny": "DECIMAL(18, 6)",  # the rate where the quote is CNY: for queries that are older
    "file": _TEXT,
}
# What raw.figures has beside the columns of the fields: the record as JSON, and its digest.
_OWN = {"record": _TEXT, "digest": _TEXT}
_LOADS = {
    "file": _TEXT,
    "sha256": _TEXT,
    **dict.fromkeys(("read", "accepted", "quarantined", "rejected"), "INTEGER"),
}
_REVISIONS = {
    "figure_id": _TEXT,
    "revision": "BIGINT",
    **dict.fromkeys(("change", "release_id", "content", "digest"), _TEXT),
}


def load(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    release_id: str,
    previous: Path | None = None,
    texts: Path | None = None,
    comments: bool = True,
) -> None:
    """Fill raw and core from a batch.

    `previous` is the database of the release before, whose revisions are carried on. Loading the
    same batch over it again adds no revision. `texts` is the folder of archived texts. `comments`
    is whether anybody will read what tables and columns mean, which takes a quarter of the time.
    """
    connection.execute("create schema raw; create schema core; create schema quality")
    connection.execute("set variable release_id = $id", {"id": release_id})
    _check_names(connection)
    define_macros(connection)
    tables.fill(connection, "raw.records", _RECORDS, _as_read(batch))
    tables.fill(connection, "raw.sources", _SOURCES, _sources(batch))
    figures = {name: column.type for name, column in figure_columns().items()}
    figures |= _OWN
    tables.fill(connection, "raw.figures", figures, map(_figure, batch.figures))
    tables.fill(connection, "raw.evidence", evidence.COLUMNS, evidence.examine(batch, texts))
    tables.fill(connection, "raw.codes", _CODES, _codes(batch))
    tables.fill(connection, "raw.members", _MEMBERS, _members())
    tables.fill(connection, "raw.flow_legs", _LEGS, _legs())
    tables.fill(connection, "raw.exchange_rates", _RATES, _rates())
    tables.fill(connection, "raw.loads", _LOADS, _loads(batch))
    _carry_on_revisions(connection, previous)
    tables.build(connection, sql_files("core"), "core", comments)
    connection.execute("drop table previous_revisions")


def _check_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise FormError where a dimension is called like a column that tables have beside it.

    Or like a word of SQL, which every query would have to write in quotation marks.
    """
    known = dimensions.dimensions()
    added = [name for name, dimension in known.items() if dimension.is_added]
    if not added:
        return
    taken = {*figure_columns()} - {*known} | {*_OWN, "figures"}  # a column of every rule
    beside = (file for kind in ("core", "views") for file in sql_files(kind))
    taken |= {column for file in beside if "fields" in file.header for column in file.columns}
    words = connection.execute(
        "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
    ).fetchall()
    for name in added:
        if (name,) in words:
            remedy = f"give it another name, such as {name}_code"
            raise known[name].unusable("is a word of SQL", remedy)
        if name in taken:
            raise known[name].unusable("is a column of other meaning", "give it another name")


def define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the temporary macros that the queries of core, views and rules use."""
    begins = f"fiscal_year_start() as {project.settings().fiscal_year_start}"
    known = (begins, *_dimension_macros(), _growth_bases())
    macros = ";\n".join(f"create or replace temp macro {macro}" for macro in known)
    connection.execute(f"{macros};\n{read_sql(project.file('macros', 'macros.sql')).query}")


def _dimension_macros() -> Iterator[str]:
    """What queries must know of the dimensions, which no query names all."""
    known = dimensions.dimensions()

    def listed(names: Iterable[str]) -> str:
        return f"[{', '.join(map(tables.literal, names))}]::varchar[]"

    yield f"dimensions() as {listed(known)}"
    yield f"series_dimensions() as {listed(dimensions.places())}"
    yield f"further_dimensions() as {listed(dimensions.further())}"
    yield f"nesting_dimensions() as {listed(n for n, d in known.items() if d.nests)}"
    defining = (n for n, d in known.items() if d.default == dimensions.UNSTATED and not d.nests)
    yield f"definition_dimensions() as {listed(defining)}"
    for macro, column in (("unadded_codes", "additive"), ("unadded_parts", "parts_add_up")):
        unadded = (
            f"{name}={row['code']}"
            for name in dimensions.further()
            for row in codes.rows(known[name].list)
            if row.get(column) == "false"
        )
        yield f"{macro}() as {listed(unadded)}"
    differences = listed(filter(flows.may_be_negative, flows.composed()))
    yield f"is_difference(flow) as list_contains({differences}, flow)"
    for macro, values in (
        ("list_of", {name: dimension.list for name, dimension in known.items()}),
        ("default_of", {name: dimension.default for name, dimension in known.items()}),
    ):
        pairs = ", ".join(
            f"{tables.literal(name)}: {tables.literal(text)}" for name, text in values.items()
        )
        yield f"{macro}(dimension) as (map {{{pairs}}})[dimension]"


def _growth_bases() -> str:
    """The bases that lie a number of months back; NULL: as many as the period is long."""
    months = {row["code"]: row.get("months_back", "") for row in codes.rows(growth_bases.LIST)}
    listed = ", ".join(
        f"{{'code': {tables.literal(code)}, "
        f"'months': {'null' if back == growth_bases.OWN_LENGTH else int(back)}::integer}}"
        for code, back in months.items()
        if back
    )
    return f"growth_bases() as [{listed}]"


def build_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Build the published views, which are tables in schema main, from core."""
    tables.build(connection, view_files(), "main")


def _carry_on_revisions(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    if previous is None:
        columns = ", ".join(f"{name} {type_}" for name, type_ in _REVISIONS.items())
        connection.execute(f"create temp table previous_revisions ({columns})")
        return
    connection.execute(f"attach {tables.literal(str(previous))} as before (read_only)")
    connection.execute("create temp table previous_revisions as from before.core.revisions")
    connection.execute("detach before")


def _as_read(batch: Batch) -> Iterator[dict[str, Any]]:
    accepted = {figure.id for figure in batch.figures}
    quarantined = {row.figure: row for row in batch.quarantined}
    for file in batch.files:
        for row in file.records:
            id_ = f"{row.fields.get('source')}/{row.fields.get('id')}"
            aside = quarantined.get(id_)
            yield {
                "file": row.file,
                "line": row.line,
                "figure_id": id_,
                "status": "quarantined" if aside else "accepted" if id_ in accepted else "rejected",
                "reason": aside.reason if aside else None,
                "fields": json.dumps(dict(row.fields), ensure_ascii=False, sort_keys=True),
            }


def _sources(batch: Batch) -> Iterator[dict[str, Any]]:
    for source, file in batch.sources.values():
        vintage = source.vintage
        yield {
            **source.model_dump(exclude={"id", "defaults"}),
            "source_id": source.id,
            "published_from": str(vintage.start),
            "published_to": str(vintage.end),
            "fiscal_year_start": source.first_month,
            "file": file,
        }


def _figure(figure: Figure) -> dict[str, Any]:
    record = figure.record
    row: dict[str, Any] = {
        "figure_id": figure.id,
        "source_id": record.source,
        "file": figure.file,
        "line": figure.line,
        "series": figure.series,
        "period": record.period.text,
        "period_start": record.period.start and str(record.period.start),
        "period_end": str(record.period.end),
        "span": record.period.span,
        "share_of": figure.share_of,
        "part_of": figure.part_of,
        "record": figure.content,
        "digest": figure.digest,
        **record.codes,
    }
    for name in PLAIN:
        row[name] = getattr(record, name)
    for name in BASES:
        # Whatever a record says or leaves out: a basis belongs to something that has one.
        if record.prints_since(name):
            row[name] = getattr(record, name)
            if base := growth_bases.base_of(row[name], record.period):
                days = (day and str(day) for day in base)
                row |= dict(zip(base_columns(name), days, strict=True))
    for name in PRINTED:
        if (printed := getattr(record, name)) is not None:
            row[f"{name}_printed"] = printed.text
            row[name] = _text(printed.value)
            row[f"{name}_lower"] = _text(printed.lower)
            row[f"{name}_upper"] = _text(printed.upper)
            row[f"{name}_step"] = _text(printed.step)
            row[f"{name}_hedge"] = printed.hedge
    return row


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _codes(batch: Batch) -> Iterator[dict[str, Any]]:
    language = project.settings().language
    for list_name in dict.fromkeys(code_lists().values()):
        for row in _kept(list_name, batch):
            code = row["code"]
            yield {
                "list": list_name,
                "code": code,
                "name_en": codes.called(list_name, code, "en"),
                "name_zh": codes.called(list_name, code, "zh"),
                "name": codes.called(list_name, code, language),
                "kind": row.get("kind") or None,
                "parent": row.get("parent") or None,
                "additive": row.get("additive") == "true" if "additive" in row else None,
            }


def _kept(list_name: str, batch: Batch) -> Iterator[Row]:
    """The rows of a list that a release keeps: of geographies those that news mostly names, those
    of the figures with what they lie in, and all subdivisions of a country of which they name one,
    since a rank is among all of them.
    """
    fields = [name for name, coded in code_lists().items() if coded == list_name]
    used = {getattr(figure.record, name) for name in fields for figure in batch.figures} - {None}
    used.update(*(codes.ancestors(list_name, code) for code in used.copy()))
    for row in codes.rows(list_name):
        if row.get("read_as", "all") or row["code"] in used:
            yield row
    countries = {code.partition("-")[0] for code in used.difference(codes.by_code(list_name))}
    for row in codes.seldom(list_name) if countries else ():
        if row["code"].partition("-")[0] in countries:
            yield row


def _members() -> Iterator[dict[str, Any]]:
    for row in codes.rows("geographies"):
        for member in codes.members(row["code"]):
            yield {
                "group_code": row["code"],
                "member": member.code,
                "since": member.since and str(member.since),
                "until": member.until and str(member.until),
            }


def _legs() -> Iterator[dict[str, Any]]:
    for flow in flows.composed():
        for leg, sign in flows.legs(flow).items():
            yield {"flow": flow, "leg": leg, "sign": sign}


def _rates() -> Iterator[dict[str, Any]]:
    for rate in money.rates():
        cny = _text(rate.rate) if rate.quote == "CNY" else None
        yield {**rate._asdict(), "rate": _text(rate.rate), "cny": cny}


def _loads(batch: Batch) -> Iterator[dict[str, Any]]:
    digests = {file.name: file.sha256 for file in batch.files}
    for name, counts in batch.counts().items():
        yield {"file": name, "sha256": digests[name], **counts}
