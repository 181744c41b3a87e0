"""The rules of the detail: reading them, and evaluating them on any engine.

A rule in `rows/` is a condition on one row, which must hold wherever the row is *checkable*. A rule
in `accounts/` returns a row for each check, with the interval of either side and the relation that
must be possible, as the rules on figures do; `scope` says of what: one period at a time, all
periods together, or printed figures.

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

    `checked` is how many checks it makes, as an aggregate over the detail, where its query returns
    only those that could fail. Of a rule on rows, `checkable` is the condition for there to be
    anything to check, and `number` the column that it is about. `alone` says why a rule is
    evaluated on one period at a time, if it is.
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
    """What became of the checks of one rule."""

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
    """The rules of these ids; all of them where none is named. Raises FormError for an unknown."""
    rules = {rule.id: rule for rule in catalogue()}
    if unknown := [id_ for id_ in ids if id_ not in rules]:
        raise FormError(Problem(unknown[0], 0, "is no rule", f"choose from {', '.join(rules)}"))
    return tuple(rules[id_] for id_ in ids) or catalogue()


def rules_for_publication(ids: Sequence[str]) -> tuple[DetailRule, ...]:
    """The rules of these ids and all that may withhold, which no choice leaves out.

    Else what was withheld could be published by not asking again.
    """
    named = rules_named(ids)
    return named + tuple(
        rule for rule in catalogue() if rule.severity in MAY_WITHHOLD and rule not in named
    )


def check(
    engine: Engine, rules: Sequence[DetailRule], scopes: Sequence[str], findings: Path
) -> list[Checks]:
    """Evaluate those rules that are of these scopes; write what fails below the folder `findings`.

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
    # What is checkable takes no code list to tell: only the pass that finds what fails joins them.
    checkable = ", ".join(f"count(case when {rule.checkable} then 1 end)" for rule in rules)
    ((rows, *checked),) = engine.fetch(f"select count(*), {checkable} from detail")
    breaks = [f"({rule.checkable} and ({rule.query}) is not true)" for rule in rules]
    columns = dict.fromkeys((*KEY, *(rule.number for rule in rules)))
    told = ", ".join(f"{broken} as breaks_{n}" for n, broken in enumerate(breaks))
    known = read_sql(project.file("detail rules", "checked.sql")).query
    engine.create(
        "bad_rows",
        f"select {', '.join(columns)}, {told} from ({known}) as detail where {' or '.join(breaks)}",
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
        Checks(rule.id, made - broken, broken, rows - made)
        for rule, made, broken in zip(rules, checked, failed, strict=True)
    ]


def _check_account(engine: Engine, rule: DetailRule, findings: Path) -> Checks:
    # In one pass: the keys of what fails, and all the rest as two rows with a count.
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
    found = dict(engine.fetch("select holds, sum(checks) from outcome group by holds"))
    passed, failed, unknown = (int(found.get(holds) or 0) for holds in (True, False, None))
    if rule.checked:
        ((made,),) = engine.fetch(f"select {rule.checked} from detail")
        passed = made - failed
    if failed:
        engine.write(
            f"select {literal(rule.id)} as rule_id, {GRADES[rule.severity]} as severity, "
            f"{named}, cast(null as {_AMOUNT}) as value from outcome where not holds",
            findings,
        )
    return Checks(rule.id, passed, failed, unknown)
