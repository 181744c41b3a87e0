"""The suites: what must hold of the loaded tables before the trade rules mean anything.

Belongs here: the expectations on tables as plain data (schema, keys, codes, ranges, completeness,
counts, references), the suite that reads the outcome of the rules, and the form of results. Does
not belong here: the trade rules themselves (rules/), and how a suite is evaluated
(duckdb_engine.py, which loads Great Expectations).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from expectations.rules.rule_catalogue import Rule
from warehouse.records.fields import BASES, PLACES, PRINTED, figure_columns
from warehouse.system.failure import Failure
from warehouse.terms import dimensions

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One statement about a table that could be false.

    `kind` names a class of `great_expectations.expectations`, `arguments` are that class's own;
    `subject` is the column, the columns or the rule that the statement speaks of.
    """

    kind: str
    subject: str
    statement: str
    arguments: Mapping[str, object]
    severity: Severity = "critical"


@dataclass(frozen=True, slots=True)
class Suite:
    """What is expected of one table. `key` are the columns that identify a row."""

    schema: str
    table: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"


MAX_ROWS = 200  # unexpected rows kept of each expectation; Great Expectations keeps no more


class NotEvaluated(Failure):
    """A suite was not evaluated as declared, so that it neither holds nor fails.

    `reasons` says of each expectation that was not evaluated, by its statement, why.
    """

    def __init__(self, suite: Suite, reasons: Mapping[str, str]) -> None:
        self.suite = suite
        self.reasons = dict(reasons)
        listed = "".join(f"\n  {statement}: {why}" for statement, why in reasons.items())
        super().__init__(
            f"{suite.name}: {len(reasons)} of {len(suite.expectations)} expectations"
            f" were not evaluated{listed}"
        )

    def __reduce__(self) -> tuple[type[NotEvaluated], tuple[Suite, dict[str, str]]]:
        return NotEvaluated, (self.suite, self.reasons)


@dataclass(frozen=True, slots=True)
class ExpectationOutcome:
    """What became of one expectation.

    `rows` are up to MAX_ROWS of the `unexpected_count` rows that break it, each with the columns
    that show which row it is and why, decimals and dates as text; `observed` is what was observed
    of the table as a whole.
    """

    expectation: str
    subject: str
    statement: str
    severity: Severity
    success: bool
    unexpected_count: int | None
    observed: object
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The outcome of each expectation of a suite, in the suite's order.

    `success` means that all of them hold, whatever their severity.
    """

    name: str
    success: bool
    results: tuple[ExpectationOutcome, ...]


def rule_suite(rules: Iterable[Rule]) -> Suite:
    """The suite over `quality.findings` that expects every rule to hold.

    Its unexpected rows are findings: `figures` and `message`. A finding of an error rule is only
    a warning where its figures are of different sources or a reviewer accepted it, so such a rule
    makes two expectations.
    """

    def expect(rule: Rule, severity: Literal["error", "warning"], statement: str) -> Expectation:
        withholds = "severity = 'error' and acknowledged_by is null"
        condition = withholds if severity == "error" else f"not ({withholds})"
        return _no_rows(
            rule.id,
            statement,
            f"""select figures, message from {{batch}}
            where rule_id = {_literal(rule.id)} and {condition}""",
            "critical" if severity == "error" else "warning",
        )

    expectations: list[Expectation] = []
    for rule in rules:
        if rule.severity == "error":
            expectations.append(expect(rule, "error", rule.statement))
            expectations.append(
                expect(rule, "warning", f"{rule.statement} (between sources, or accepted)")
            )
        else:
            expectations.append(expect(rule, "warning", rule.statement))
    return Suite("quality", "findings", ("figures",), tuple(expectations))


def _no_rows(
    subject: str, statement: str, query: str, severity: Severity = "critical"
) -> Expectation:
    """The expectation that `query`, which reads the table as `{batch}`, returns no row."""
    # Sorted, because only MAX_ROWS rows are kept, and a release must always keep the same ones.
    arguments = {"unexpected_rows_query": f"{query} order by all"}
    return Expectation("UnexpectedRowsExpectation", subject, statement, arguments, severity)


def _literal(text: str) -> str:
    """`text` as a SQL string. Braces and colons would be read as placeholders on the way."""
    for special, escaped in (("'", "''"), ("{", "{{"), ("}", "}}"), (":", "\\:")):
        text = text.replace(special, escaped)
    return f"'{text}'"


def _columns(types: Mapping[str, str]) -> tuple[Expectation, Expectation]:
    declared = ", ".join(f"('{column}', '{type_}')" for column, type_ in types.items())
    return (
        Expectation(
            "ExpectTableColumnsToMatchOrderedList",
            "columns",
            "the columns are the declared ones, in the declared order",
            {"column_list": list(types)},
        ),
        # Great Expectations compares SQLAlchemy's types, which lose precision and scale.
        _no_rows(
            "column types",
            "each column has its declared type",
            f"""select column_name, column_type, declared_type from (describe from {{batch}})
            join (values {declared}) as declared(column_name, declared_type) using (column_name)
            where column_type <> declared_type""",
        ),
    )


def _present(*columns: str) -> Iterable[Expectation]:
    for column in columns:
        yield Expectation(
            "ExpectColumnValuesToNotBeNull", column, f"{column} is present", {"column": column}
        )


def _unique(column: str) -> Expectation:
    return Expectation(
        "ExpectColumnValuesToBeUnique", column, f"{column} is unique", {"column": column}
    )


def _any(rows: str) -> Expectation:
    # Every expectation on rows would hold of an empty table.
    return Expectation(
        "ExpectTableRowCountToBeBetween", "rows", f"there are {rows}", {"min_value": 1}
    )


def _ordered(key: str, lesser: str, greater: str) -> Expectation:
    # NULL is an open end. The stock expectation on pairs of columns takes five times as long.
    return _no_rows(
        f"{lesser}, {greater}",
        f"{lesser} ≤ {greater}",
        f"select {key}, {lesser}, {greater} from {{batch}} where {lesser} > {greater}",
    )


def _code(column: str, list_name: str, where: str = "true") -> Expectation:
    # A join: a few hundred codes as a NOT IN list cost seconds on a large table.
    return _no_rows(
        column,
        f"{column} is a code of the list {list_name}",
        f"""select figure_id, {column} from {{batch}} as figure
        anti join core.codes as known
        on known.list = '{list_name}' and known.code = figure.{column}
        where {where}""",
    )


def _refers(column: str, table: str, key: str) -> Expectation:
    return _no_rows(
        column,
        f"{column} is a {key} of {table}",
        f"""select figure_id, {column} from {{batch}} as figure
        anti join {table} as target on target.{key} = figure.{column}
        where figure.{column} is not null""",
    )


def _growth_basis(column: str) -> Expectation:
    growth = column.removesuffix("_basis")
    # A basis that is a period begins with a year.
    is_code = (
        f"coalesce(not regexp_matches({column}, '^([.][.]/)?[0-9][0-9][0-9][0-9](-|/|$)'), true)"
    )
    return _code(column, "growth_bases", where=f"{growth}_printed is not null and {is_code}")


_SAYS_SOMETHING = ", ".join(
    (
        *(f"{name}::varchar" for name in PLACES),
        *(f"{name}_printed" for name in PRINTED),
        *("status", "confidentiality"),
    )
)


def figure_suite() -> Suite:
    """What is expected of the figures, with the dimensions of the project in use."""
    return Suite("core", "figures", ("figure_id",), tuple(_of_figures()))


def _series() -> str:
    """A series as SQL makes it of the columns of its dimensions."""
    stated = (
        f"case when {name} <> '{default}' then '{name}=' || {name} end"
        for name, default in dimensions.further().items()
    )
    return f"concat_ws('.', {', '.join((*dimensions.places(), *stated))})"


def _of_figures() -> Iterable[Expectation]:
    yield from (
        _any("figures"),
        *_columns(
            {name: column.type for name, column in figure_columns().items()}
            | {"revision": "INTEGER", "published_to": "DATE"}
        ),
        _unique("figure_id"),
        *_present("figure_id", "revision", "source_id", "file", "line"),
        *_present("period", "period_end", "span", "published_to"),
        *(_code(name, dimension.list) for name, dimension in dimensions.dimensions().items()),
        _code("unit", "units"),
        *map(_growth_basis, BASES),
        _code("status", "observation_status", where="figure.status is not null"),
        _code("confidentiality", "confidentiality", where="figure.confidentiality is not null"),
        _no_rows(
            "series",
            "the series is its codes, joined by dots",
            f"""select figure_id, series from {{batch}}
            where series is distinct from {_series()}""",
        ),
        _ordered("figure_id", "period_start", "period_end"),
        _no_rows(
            "period_end",
            "what was published before its period had ended has a status",
            """select figure_id, period_end, published_to from {batch}
            where period_end > published_to and status is null""",
        ),
        *(_ordered("figure_id", f"{name}_lower", name) for name in PRINTED),
        *(_ordered("figure_id", name, f"{name}_upper") for name in PRINTED),
    )
    yield from _NUMBERS_AND_LINKS


_IS_NO_DIFFERENCE = "flow not in (select flow from core.flow_legs where not is_sum)"
_NUMBERS_AND_LINKS = (
    # A balance may turn from surplus to deficit, and a part's may exceed the whole's.
    _no_rows(
        "growth",
        "nothing but a balance falls by more than the whole of it",
        f"""select figure_id, growth_printed from {{batch}}
            where growth_upper < -1 and {_IS_NO_DIFFERENCE}""",
    ),
    _no_rows(
        "share",
        "a share, as rounded, lies between nothing and the whole, but for balances",
        f"""select figure_id, share_printed from {{batch}}
            where (share_upper < 0 or share_lower > 1) and {_IS_NO_DIFFERENCE}""",
    ),
    *(
        _no_rows(
            f"{name}, {name}_printed",
            f"{name} is there exactly where it was printed",
            f"""select figure_id, {name}_printed, {name} from {{batch}}
                where ({name} is null) <> ({name}_printed is null)""",
        )
        for name in PRINTED
    ),
    _no_rows(
        "printed",
        "a figure prints something, or another is a part or share of it",
        f"""select figure_id from {{batch}} as figure
            anti join (select part_of from core.figures union select share_of from core.figures)
            as named(figure_id) using (figure_id)
            where coalesce({_SAYS_SOMETHING}) is null""",
    ),
    _refers("source_id", "core.sources", "source_id"),
    _refers("part_of", "core.figures", "figure_id"),
    _refers("share_of", "core.figures", "figure_id"),
    _no_rows(
        "rows",
        "there are as many figures as rows were accepted",
        """select count(*) as figures, (select sum(accepted) from quality.loads) as accepted
            from {batch} having figures is distinct from accepted""",
    ),
)

SOURCES = Suite(
    "core",
    "sources",
    ("source_id",),
    (
        _any("sources"),
        *_columns(
            {
                "source_id": "VARCHAR",
                "publisher": "VARCHAR",
                "title": "VARCHAR",
                "published": "VARCHAR",
                "published_from": "DATE",
                "published_to": "DATE",
                "url": "VARCHAR",
                "note": "VARCHAR",
                "file": "VARCHAR",
                "licence": "VARCHAR",
                "language": "VARCHAR",
                "rounding": "VARCHAR",
                "decimal": "VARCHAR",
                "currency": "VARCHAR",
                "legend": "VARCHAR",
                "fiscal_year_start": "INTEGER",
            }
        ),
        _unique("source_id"),
        *_present("source_id", "publisher", "published", "published_from", "published_to", "file"),
        _ordered("source_id", "published_from", "published_to"),
    ),
)

LOADS = Suite(
    "quality",
    "loads",
    ("file",),
    (
        _any("files"),
        _unique("file"),
        *_present("file"),
        *(
            Expectation(
                "ExpectColumnValuesToBeBetween",
                column,
                f"{column} is not negative",
                {"column": column, "min_value": 0},
            )
            for column in ("accepted", "quarantined", "rejected")
        ),
        _no_rows(
            "read, accepted, quarantined, rejected",
            "every row read was accepted, quarantined or rejected",
            """select file, read, accepted, quarantined, rejected from {batch}
            where read is distinct from accepted + quarantined + rejected or read is null""",
        ),
    ),
)


def table_suites() -> tuple[Suite, ...]:
    """The suites of all tables."""
    return figure_suite(), SOURCES, LOADS
