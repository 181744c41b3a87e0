"""The rules of the detail: reading them, and evaluating them on any engine.

A rule in `rows/` is a condition on one row, which must hold wherever the row is *checkable*. A rule
in `accounts/` returns a row for each check, with the intervals of both sides and the relation that
must be possible between them, as the rules on figures do; its `scope` says what it reads: one
period at a time, all periods together, or the printed figures too.

Every failing key is written down, as Parquet; nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from expectations.intervals import GRADES, HOLDS, MAY_WITHHOLD, SIDES
from warehouse import project
from warehouse.detail import aggregate
from warehouse.detail.engine import Engine
from warehouse.store.database import SqlFile, read_sql, sql_files
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


@lru_cache(maxsize=1)
def catalogue() -> tuple[DetailRule, ...]:
    """All rules, those on rows first. Raises ValueError for a file that is not as it must be."""
    rules = []
    for folder in ("rows", "accounts"):
        for file in sql_files("detail rules", f"{folder}/*.sql"):
            keys = {"id", "severity", "statement", "source"}
            if folder == "accounts":
                keys |= {"scope", "formula"}
            if missing := keys - file.header.keys():
                raise ValueError(f"{file.path}: the header lacks {', '.join(sorted(missing))}")
            rules.append(_rule(file))
    return tuple(rules)


def _rule(file: SqlFile) -> DetailRule:
    header = file.header
    scope = header.get("scope", "rows")
    if header["id"] != file.name or header["severity"] not in GRADES or scope not in SCOPES:
        raise ValueError(f"{file.path}: id must be its name, severity and scope known ones")
    return DetailRule(
        header["id"],
        header["severity"],
        scope,
        header["statement"],
        header.get("formula", file.query),  # a condition on a row is its own formula
        header["source"],
        file.query,
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
    checks = _check_rows(engine, on_rows, findings / "rows") if on_rows else []
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


def _check_account(engine: Engine, rule: DetailRule, findings: Path) -> Checks:
    # One query for both: the key of each failing check, and the number of all others.
    figure = "figure_id" if rule.scope == "figures" else "cast(null as varchar)"
    columns = {name: name for name in (*KEY, "relation")} | {"figure_id": figure}
    columns |= {side: f"cast({side} as {_AMOUNT})" for side in SIDES}
    kept = ", ".join(
        f"case when not holds then {text} end as {name}" for name, text in columns.items()
    )
    named = ", ".join(columns)
    with engine.exclusive() if rule.alone else nullcontext():
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
