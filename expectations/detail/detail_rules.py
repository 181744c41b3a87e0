"""The rules of the detail: reading them, and evaluating them on any engine.

A rule in `rows/` is a condition on one row, which must hold wherever the row is *checkable*. A rule
in `accounts/` returns a row for each check, with the intervals of both sides and the relation that
must be possible between them, as the rules on figures do; its `scope` says what it reads: one
period at a time, all periods together, or the printed figures too.

Every failing key is written down, as Parquet; nothing is cut off. A project's own rules lie in its
`detail_rules/rows` and `detail_rules/accounts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.intervals import GRADES, HOLDS, MAY_WITHHOLD, SIDES
from expectations.rules.rule_catalogue import RuleError
from warehouse import project
from warehouse.detail import aggregate
from warehouse.detail.engine import Engine
from warehouse.detail.format import NUMBERS
from warehouse.store.database import SqlFile, read_sql
from warehouse.store.tables import literal
from warehouse.system.files import FormError, Problem

SCOPES = ("rows", "period", "all", "figures")
KEY = ("dataset", "period", "area", "flow", "partner", "product", "regime", "unit")
_AMOUNT = "decimal(38, 6)"


@dataclass(frozen=True, slots=True)
class DetailRule:
    """A statement about detail that could be false.

    Where its query returns only the checks that could fail, `checked` counts all of them, as an SQL
    aggregate over the detail. Of a rule on rows, `checkable` is the condition under which a row can
    be checked, and `number` the column that the rule is about. `alone` says why no other such rule
    may be evaluated at the same time, if so.
    """

    id: str
    severity: str
    scope: str
    statement: str
    formula: str
    source: str
    query: str
    path: str
    checked: str = ""
    checkable: str = "true"
    number: str = "value"
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """How many checks of one rule ended how."""

    rule: str
    passed: int
    failed: int
    not_checkable: int


@project.cached
def catalogue() -> tuple[DetailRule, ...]:
    """All rules, those on rows first. Raises RuleError for a file that is not as it must be."""
    rules: dict[str, DetailRule] = {}
    for folder in ("rows", "accounts"):
        for path in project.files("detail rules", f"{folder}/*.sql"):
            try:
                rule = _rule(read_sql(path), folder)
            except ValueError as error:
                raise RuleError(f"{error}; mend the file, or take it out") from None
            if rule.id in rules:
                remedy = "give one of them another name"
                raise RuleError(f"{rule.path}: has the id of {rules[rule.id].path}; {remedy}")
            rules[rule.id] = rule
    return tuple(rules.values())


def _rule(file: SqlFile, folder: str) -> DetailRule:
    """The rule in a file. Raises ValueError where its header is not as it must be."""
    header = file.header
    keys = {"id", "severity", "statement", "source"}
    if folder == "accounts":
        keys |= {"scope", "formula"}
    if missing := keys - header.keys():
        raise ValueError(f"{file.path}: the header lacks {', '.join(sorted(missing))}")
    scope = header.get("scope", "rows")
    if header["id"] != file.name:
        raise ValueError(f"{file.path}: the id {header['id']!r} must be {file.name!r}, as the file")
    for name, text, choices in (
        ("severity", header["severity"], tuple(GRADES)),
        ("scope", scope, SCOPES[1:] if folder == "accounts" else SCOPES[:1]),
    ):
        if text not in choices:
            raise ValueError(f"{file.path}: {name} {text!r} must be one of {', '.join(choices)}")
    if header.get("number", "value") not in NUMBERS:
        raise ValueError(f"{file.path}: number must be one of {', '.join(NUMBERS)}")
    return DetailRule(
        header["id"],
        header["severity"],
        scope,
        header["statement"],
        header.get("formula", file.query),  # a condition on a row is its own formula
        header["source"],
        file.query,
        str(file.path),
        header.get("checked", ""),
        header.get("checkable", "true"),
        header.get("number", "value"),
        header.get("alone", ""),
    )


def rules_named(ids: Sequence[str]) -> tuple[DetailRule, ...]:
    """The rules of these ids; without ids all rules. Raises FormError for an unknown id."""
    rules = {rule.id: rule for rule in catalogue()}
    if unknown := [id_ for id_ in ids if id_ not in rules]:
        raise FormError(Problem(unknown[0], 0, "is no rule", f"choose from {', '.join(rules)}"))
    return tuple(rules[id_] for id_ in ids) or catalogue()


def rules_for_publication(ids: Sequence[str]) -> tuple[DetailRule, ...]:
    """The rules of these ids, and all rules that may withhold a release.

    Otherwise a withheld release could be published by leaving out the rule that withheld it.
    """
    named = rules_named(ids)
    return named + tuple(
        rule for rule in catalogue() if rule.severity in MAY_WITHHOLD and rule not in named
    )


def check(
    engine: Engine, rules: Sequence[DetailRule], scopes: Sequence[str], findings: Path
) -> list[Checks]:
    """Evaluate the rules of these scopes; write the failing keys into the folder `findings`.

    The engine must hold `detail`, `codes`, `periods`; for `period` also `cells`, for `all` and
    `figures` the aggregates and the printed figures. The steps between these are defined here.
    """
    rules = [rule for rule in rules if rule.scope in scopes]
    on_rows = [rule for rule in rules if rule.scope == "rows"]
    try:
        checks = _check_rows(engine, on_rows, findings / "rows") if on_rows else []
    except duckdb.ProgrammingError:
        _name_broken(engine, on_rows)
        raise
    if any(rule.scope in ("all", "figures") for rule in rules):
        aggregate.define_figure_sums(engine)
    for rule in rules:
        if rule.scope != "rows":
            checks.append(_check_account(engine, rule, findings / rule.id))
    return checks


def _check_rows(engine: Engine, rules: Sequence[DetailRule], findings: Path) -> list[Checks]:
    # Counting checkable rows needs no code lists: only the query for failing rows joins them.
    checkable = ", ".join(f"count(case when {rule.checkable} then 1 end)" for rule in rules)
    ((rows, *checked),) = engine.fetch(f"select count(*), {checkable} from detail")
    breaks = [f"({rule.checkable} and ({rule.query}) is not true)" for rule in rules]
    columns = dict.fromkeys((*KEY, *(rule.number for rule in rules)))
    flags = ", ".join(f"{broken} as breaks_{n}" for n, broken in enumerate(breaks))
    known = read_sql(project.file("detail rules", "checked.sql")).query
    engine.create(
        "bad_rows",
        f"select {', '.join(columns)}, {flags} from ({known}) as detail "
        f"where {' or '.join(breaks)}",
    )
    failing = ", ".join(f"count(case when breaks_{n} then 1 end)" for n in range(len(rules)))
    (failed,) = engine.fetch(f"select {failing} from bad_rows")
    if any(failed):
        sides = ", ".join(f"cast(null as {_AMOUNT}) as {side}" for side in SIDES)
        engine.write(
            " union all ".join(
                f"select {literal(rule.id)} as rule_id, {literal(rule.severity)} as severity, "
                f"{', '.join(KEY)}, cast(null as varchar) as figure_id, "
                f"cast({rule.number} as {_AMOUNT}) as value, "
                f"cast(null as varchar) as relation, {sides} "
                f"from bad_rows where breaks_{n}"
                for n, rule in enumerate(rules)
            ),
            findings,
        )
    return [
        Checks(rule.id, count - broken, broken, rows - count)
        for rule, count, broken in zip(rules, checked, failed, strict=True)
    ]


def _name_broken(engine: Engine, rules: Sequence[DetailRule]) -> None:
    """Raise RuleError for the first of the rules on rows that DuckDB does not take by itself."""
    known = read_sql(project.file("detail rules", "checked.sql")).query
    for rule in rules:
        with _named(rule):
            condition = f"({rule.checkable}) and ({rule.query})"
            engine.fetch(f"select {condition} from ({known}) as detail limit 0")


@contextmanager
def _named(rule: DetailRule) -> Iterator[None]:
    """Say of which rule's file a query is that DuckDB does not take."""
    try:
        yield
    except duckdb.ProgrammingError as error:
        first, remedy = str(error).splitlines()[0], "mend the rule, or take its file out"
        raise RuleError(f"{rule.path}: DuckDB does not take it: {first}; {remedy}") from error


def _check_account(engine: Engine, rule: DetailRule, findings: Path) -> Checks:
    # One query for both: the key of each failing check, and the number of all others.
    figure = "figure_id" if rule.scope == "figures" else "cast(null as varchar)"
    columns = {name: name for name in (*KEY, "relation")} | {"figure_id": figure}
    columns |= {side: f"cast({side} as {_AMOUNT})" for side in SIDES}
    kept = ", ".join(
        f"case when not holds then {text} end as {name}" for name, text in columns.items()
    )
    named = ", ".join(columns)
    with _named(rule), engine.exclusive() if rule.alone else nullcontext():
        engine.create(
            "outcome",
            f"select holds, {named}, count(*) as checks from (select holds, {kept} from "
            f"(select *, {HOLDS} as holds from ({rule.query}) as compared) as decided) as kept "
            f"group by holds, {named}",
        )
    counts = dict(engine.fetch("select holds, sum(checks) from outcome group by holds"))
    passed, failed, unknown = (int(counts.get(holds) or 0) for holds in (True, False, None))
    if rule.checked:
        ((checked,),) = engine.fetch(f"select {rule.checked} from detail")
        passed = checked - failed
    if failed:
        engine.write(
            f"select {literal(rule.id)} as rule_id, {GRADES[rule.severity]} as severity, "
            f"{named}, cast(null as {_AMOUNT}) as value from outcome where not holds",
            findings,
        )
    return Checks(rule.id, passed, failed, unknown)
