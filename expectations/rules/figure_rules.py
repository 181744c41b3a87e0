"""Rules: what must hold between figures, each one SQL file, and the evaluation of all of them.

A rule's query returns one row for every check it makes: the figures involved, a left and a right
side with their intervals, and the relation that must be possible between them. Whether it is
possible is decided in intervals.py, once for all: a check fails only when no values within the
printed intervals satisfy it, and is not checkable when an interval it needs is unknown.

What several rules compare is said once, in the SQL files beside this one: views that are there
while rules are evaluated.

Belongs here: reading rule files, evaluating them, wording findings. Does not belong here: the rules
themselves (rules/<family>/<rule>.sql).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Context, Decimal
from threading import Event

import duckdb

from expectations.intervals import GRADES, HOLDS, SEVERITIES, SIDES, distance
from expectations.rules import holidays
from warehouse import project
from warehouse.store.database import read_sql, sql_files
from warehouse.store.load import define_macros
from warehouse.system.failure import Failure
from warehouse.terms.interval import format_interval

_CHECKS_TABLE = "checks_made.main.of_rule_{}"
_AT_ONCE = 2
_CHECKS = {
    **{"rule_id": "varchar", "severity": "varchar", "figures": "varchar[]", "holds": "boolean"},
    **{"left_side": "varchar", "relation": "varchar", "right_side": "varchar", "unit": "varchar"},
    **dict.fromkeys(SIDES, "decimal(38, 6)"),
}

HOLIDAYS = "holidays that move"  # what the header of a rule says is explained by these

# Severities that a rule on figures may declare.
DECLARED = ("error", "warning", "revision")

# A contradiction among figures of one source is an error. Between sources it is a warning: figures
# are revised, and neither source need be wrong.
_SEVERAL_SOURCES = (
    "len(list_distinct(list_transform(figures, lambda id : split_part(id, '/', 1)))) > 1"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that could be false. `query` returns a row for each check of it.

    `needs` is a condition that some figure must meet for there to be any check, as SQL on
    core.figures: a query that nothing can come of is not even planned. `explained` names what may
    explain a finding that no figure has to be wrong for: `holidays that move`.
    """

    id: str
    family: str
    severity: str
    statement: str
    formula: str
    source: str
    query: str
    needs: str = "true"
    explained: str = ""


class RuleError(Failure):
    """A rule whose SQL cannot be evaluated: which, and why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a set of figures breaks, and what is wrong in one sentence."""

    id: str
    rule: str
    severity: str
    figures: tuple[str, ...]
    message: str
    acknowledged_by: str | None = None

    @property
    def withholds(self) -> bool:
        """Whether it withholds a release: an error that no reviewer has accepted."""
        return self.severity == "error" and self.acknowledged_by is None

    @property
    def kind(self) -> str:
        """What it counts as: its severity, or acknowledged."""
        return "acknowledged" if self.acknowledged_by else self.severity

    def joined(self, other: Finding) -> Finding:
        """This finding and another of the same rule and figures as one: values and growths, say."""
        severity = min(self.severity, other.severity, key=SEVERITIES.index)
        return replace(self, severity=severity, message=f"{self.message}; {other.message}")


@project.cached
def catalogue() -> tuple[Rule, ...]:
    """All rules, by family and id. Raises ValueError for a rule file that is not as it must be."""
    rules = []
    keys = ("id", "severity", "statement", "formula", "source")
    for file in project.files("rules", "*/*.sql"):
        sql = read_sql(file)
        if missing := [key for key in keys if key not in sql.header]:
            raise ValueError(f"{sql.path}: the header lacks {', '.join(missing)}")
        if sql.header["id"] != sql.name or sql.header["severity"] not in DECLARED:
            raise ValueError(f"{sql.path}: id must be its name, severity one of {DECLARED}")
        header = {key: sql.header[key] for key in keys}
        header |= {key: sql.header[key] for key in ("needs", "explained") if key in sql.header}
        rules.append(Rule(**header, family=file.parent.name, query=sql.query))
    return tuple(rules)


def applicable(connection: duckdb.DuckDBPyConnection) -> list[Rule]:
    """The rules of which the loaded figures may give checks, as their `needs` say.

    Raises RuleError for a condition that DuckDB does not take.
    """
    conditions = [f"coalesce(bool_or({rule.needs}), false)" for rule in catalogue()]
    try:
        met = connection.execute(f"select {', '.join(conditions)} from core.figures").fetchone()
    except duckdb.ProgrammingError:
        for rule, condition in zip(catalogue(), conditions, strict=True):
            with _named(rule):
                connection.execute(f"select {condition} from core.figures")
        raise
    return [rule for rule, is_met in zip(catalogue(), met or (), strict=True) if is_met]


def evaluate(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Run every rule on the core tables; fill temp.evaluated_checks; return the findings."""
    with evaluating(connection) as evaluation:
        pass
    return evaluation.findings()


@contextmanager
def evaluating(connection: duckdb.DuckDBPyConnection) -> Iterator[Evaluation]:
    """Run every rule on the core tables while the block runs; call `findings` only after it.

    Planning the queries takes most of the time, on one core for each. So they run on connections of
    their own, which see core but not the temporary tables of this one.
    """
    rules, steps = applicable(connection), sql_files("rules")
    connection.execute("attach ':memory:' as checks_made")
    cursors = [connection.cursor() for _ in range(_AT_ONCE)]
    stopped = Event()

    def run(start: int) -> None:
        cursor = cursors[start]
        try:
            define_macros(cursor)
            for step in steps:
                cursor.execute(f"create temp view {step.name} as {step.query}")
            for number in range(start, len(rules), _AT_ONCE):
                if stopped.is_set():
                    return
                table = _CHECKS_TABLE.format(number)
                with _named(rules[number]):
                    cursor.execute(f"create table {table} as {_checks_query(rules[number])}")
        except BaseException:
            stopped.set()
            raise

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        runs = [threads.submit(run, start) for start in range(_AT_ONCE)]
        try:
            yield Evaluation(connection, len(rules))
            wait(runs, return_when=FIRST_EXCEPTION)
        finally:
            # No thread may be left in DuckDB when an error or a signal ends the process.
            _interrupt(cursors, runs, stopped)
    for cursor in cursors:
        cursor.close()
    errors = [error for finished in runs if (error := finished.exception())]
    if errors:
        raise next((e for e in errors if not isinstance(e, duckdb.InterruptException)), errors[0])


def _interrupt(
    cursors: Sequence[duckdb.DuckDBPyConnection], runs: Sequence[Future[None]], stopped: Event
) -> None:
    """End what still runs on these cursors, and wait until it has ended."""
    stopped.set()
    while not all(finished.done() for finished in runs):
        for cursor in cursors:  # again and again: what had not begun would not notice
            cursor.interrupt()
        wait(runs, timeout=0.05)


@contextmanager
def _named(rule: Rule) -> Iterator[None]:
    """Say of which rule's file a query is that DuckDB does not take."""
    try:
        yield
    except duckdb.ProgrammingError as error:
        path = project.shown(project.file("rules", f"{rule.family}/{rule.id}.sql"))
        raise RuleError(f"{path}: {error}; mend the rule, or take its file out") from error


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The checks that were made, a table for each rule."""

    connection: duckdb.DuckDBPyConnection
    rules: int

    def findings(self) -> list[Finding]:
        """The findings; fills temp.evaluated_checks. To be called once, after `evaluating`."""
        columns = ", ".join(f"{name} {type_}" for name, type_ in _CHECKS.items())
        self.connection.execute(f"create or replace temp table evaluated_checks ({columns})")
        for number in range(self.rules):
            self.connection.execute(
                f"insert into evaluated_checks by name from {_CHECKS_TABLE.format(number)}"
            )
        self.connection.execute("detach checks_made")
        return _word_findings(self.connection)


def finding_id(rule: str, figures: Sequence[str]) -> str:
    """Ten hex digits, always the same for the same rule and figures."""
    return hashlib.sha256("\n".join([rule, *figures]).encode()).hexdigest()[:10]


def counted(findings: Sequence[Finding], broken: int = 0) -> str:
    """`2 errors, 1 acknowledged, 3 warnings`, and so on; `broken` counts as errors."""
    kinds = Counter(finding.kind for finding in findings)
    kinds["error"] += broken
    names = {"error": "errors", "acknowledged": "acknowledged", "review": "to review"}
    names |= {"warning": "warnings", "info": "for information"}
    shown = {
        kind: name for kind, name in names.items() if kinds[kind] or kind in ("error", "warning")
    }
    return ", ".join(
        f"{kinds[kind]} {name.removesuffix('s') if kinds[kind] == 1 else name}"
        for kind, name in shown.items()
    )


def _checks_query(rule: Rule) -> str:
    return f"""select
    '{rule.id}' as rule_id,
    {_severity(rule)} as severity,
    figures,
    {HOLDS} as holds,
    left_side,
    left_lower::decimal(38, 6) as left_lower,
    left_upper::decimal(38, 6) as left_upper,
    relation,
    right_side,
    right_lower::decimal(38, 6) as right_lower,
    right_upper::decimal(38, 6) as right_upper,
    unit
from ({rule.query})"""


def _severity(rule: Rule) -> str:
    grade = GRADES[rule.severity]
    if rule.severity != "error":
        return grade
    return f"case when {_SEVERAL_SOURCES} then 'warning' else {grade} end"


def _word_findings(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    failed = connection.execute(
        """select
            rule_id, severity, figures, relation, unit,
            left_side, [left_lower, left_upper], right_side, [right_lower, right_upper]
        from evaluated_checks
        where not holds
        order by rule_id, figures, left_side, right_side"""
    ).fetchall()
    explained = {rule.id for rule in catalogue() if rule.explained == HOLIDAYS}
    findings: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for rule, severity, figures, relation, unit, left, left_ends, right, right_ends in failed:
        left_text = f"{left} ({format_interval(left_ends[0], left_ends[1], unit)})"
        right_text = f"{right} ({format_interval(right_ends[0], right_ends[1], unit)})"
        # Four digits, rounded down, so that "by at least" is true.
        gap = Context(prec=4, rounding=ROUND_DOWN).plus(
            distance(*left_ends, *right_ends) or Decimal(0)
        )
        size = format_interval(gap, gap, unit)
        if relation == "<=":
            message = f"{left_text} exceeds {right_text} by at least {size}"
        else:
            message = f"{left_text} and {right_text} disagree by at least {size}"
        if rule in explained:
            message = "; ".join((message, *holidays.moved(connection, figures)))
        finding = Finding(finding_id(rule, figures), rule, severity, tuple(figures), message)
        key = (rule, finding.figures)
        findings[key] = findings[key].joined(finding) if key in findings else finding
    return list(findings.values())
