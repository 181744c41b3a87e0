"""Rules: what must hold between figures, each one SQL file, and the evaluation of all of them.

A rule's query returns one row for every check it makes: the figures involved, a left and a right
side with their intervals, and the relation that must be possible between them. A right side without
words is a count that needs none: the left side says all. Whether it is
possible is decided in intervals.py, once for all: a check fails only when no values within the
printed intervals satisfy it, and is not checkable when an interval it needs is unknown.

What several rules compare is said once, in the SQL files beside this one: views that are there
while rules are evaluated.

Belongs here: evaluating rules, wording findings. Does not belong here: which rules there are
(rule_catalogue.py), and the rules themselves (<family>/<rule>.sql).
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
from expectations.rules.rule_catalogue import HOLIDAYS, Rule, RuleError, catalogue
from warehouse.store.database import sql_files
from warehouse.store.load import define_macros
from warehouse.store.own_queries import QUERY_ERRORS, located, message, refuse_unrepeatable
from warehouse.store.tables import ordered
from warehouse.terms.interval import format_interval

_CHECKS_TABLE = "checks_made.main.of_rule_{}"
_AT_ONCE = 2
_CHECKS = {
    **{"rule_id": "varchar", "severity": "varchar", "figures": "varchar[]", "holds": "boolean"},
    **{"left_side": "varchar", "relation": "varchar", "right_side": "varchar", "unit": "varchar"},
    **dict.fromkeys(SIDES, "decimal(38, 6)"),
}
# The columns that a rule's query returns.
_NEEDED = [name for name in _CHECKS if name not in ("rule_id", "severity", "holds")]

# A contradiction among figures of one source is an error. Between sources it is a warning: figures
# are revised, and neither source need be wrong.
_SEVERAL_SOURCES = (
    "len(list_distinct(list_transform(figures, lambda id : split_part(id, '/', 1)))) > 1"
)


# Nor is what a source prints twice and not alike: of which of two facts a figure is, nobody said.
_CONTESTED = """coalesce(
    list_has_any(
        figures, (select flatten(list(figures)) from core.levels where is_contested)
    ),
    false
)"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a set of figures breaks, and what is wrong in one sentence."""

    id: str
    rule: str
    severity: str
    figures: tuple[str, ...]
    message: str
    acknowledged_by: str | None = None
    cause: str | None = None  # the id of what is behind it, as in quality.causes

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


def applicable(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[Rule]:
    """Those rules of which the loaded figures may give checks, as their `needs` say.

    Raises RuleError for a condition that DuckDB does not take.
    """
    for rule in rules:
        if rule.is_own:
            needs = replace(rule.file, query=f"select {rule.needs}", line=1)
            refuse_unrepeatable(connection, needs)
    conditions = [f"coalesce(bool_or({rule.needs}), false)" for rule in rules]
    try:
        met = connection.execute(f"select {', '.join(conditions)} from core.figures").fetchone()
    except QUERY_ERRORS:
        for rule, condition in zip(rules, conditions, strict=True):
            with _named(rule):
                connection.execute(f"select {condition} from core.figures")
        raise
    return [rule for rule, is_met in zip(rules, met or (), strict=True) if is_met]


def evaluate(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule] | None = None
) -> list[Finding]:
    """Run every rule, or these, on the core tables; fill temp.evaluated_checks; return the
    findings.
    """
    with evaluating(connection, rules) as evaluation:
        pass
    return evaluation.findings()


@contextmanager
def evaluating(
    connection: duckdb.DuckDBPyConnection,
    among: Sequence[Rule] | None = None,
    only_failed: bool = False,
) -> Iterator[Evaluation]:
    """Run every rule on the core tables while the block runs; call `findings` only after it.

    `among` are the rules, if not all. With `only_failed`, the checks that passed or could not be
    made are not kept. Raises SqlFileError for a rule that cannot be evaluated.

    Planning the queries takes most of the time, on one core for each. So they run on connections of
    their own, which see core but not the temporary tables of this one.
    """
    rules = applicable(connection, catalogue() if among is None else among)
    steps = ordered(connection, sql_files("rules"), "")
    for file in (*steps, *(rule.file for rule in rules)):
        if file.is_own:
            refuse_unrepeatable(connection, file)
    connection.execute("attach ':memory:' as checks_made")
    cursors = [connection.cursor() for _ in range(_AT_ONCE)]
    stopped = Event()

    def run(start: int) -> None:
        cursor = cursors[start]
        try:
            define_macros(cursor)
            for step in steps:
                with located(step):
                    cursor.execute(f"create temp view {step.name} as {step.query}")
            for number in range(start, len(rules), _AT_ONCE):
                if stopped.is_set():
                    return
                table = _CHECKS_TABLE.format(number)
                # Of a rule of the project every check is looked at, to see that it can be used.
                among_checks = "where not holds" if only_failed and not rules[number].is_own else ""
                checks = f"from ({_checks_query(rules[number])}) {among_checks}"
                with _named(rules[number], cursor):
                    cursor.execute(f"create table {table} as {checks}")
                if rules[number].is_own:
                    _refuse_unusable(cursor, table, rules[number])
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
def _named(rule: Rule, cursor: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    """Say of which rule a query is that DuckDB does not take, and with `cursor` in which line."""
    try:
        yield
    except QUERY_ERRORS as error:
        if cursor is None:
            raise RuleError(message(rule.path, rule.line, _without_line(error))) from error
        try:
            described = cursor.execute(f"describe {rule.query}").fetchall()
            columns = {name: type_ for name, type_, *_ in described}
        except QUERY_ERRORS as own:
            raise RuleError(message(rule.path, rule.line, own)) from own
        if missing := [name for name in _NEEDED if name not in columns]:
            raise RuleError(
                f"{rule.path}:{rule.line}: the query lacks the columns {', '.join(missing)}; "
                f"let it return {', '.join(_NEEDED)}"
            ) from error
        raise RuleError(message(rule.path, rule.line, _without_line(error))) from error


def _without_line(error: Exception) -> Exception:
    """The error without the line of a statement of which the query is a part."""
    return type(error)(str(error).partition("\n\nLINE")[0])


def _refuse_unusable(cursor: duckdb.DuckDBPyConnection, table: str, rule: Rule) -> None:
    """Raise RuleError where a check of the rule could never be decided, or is of no figure."""
    row = cursor.execute(
        f"""select relation, figures
        from {table}
        where relation is null or relation not in ('<=', '=') or len(figures) is null
            or len(figures) = 0
            or not list_has_all((select list(figure_id) from core.figures), figures)
        limit 1"""
    ).fetchone()
    if row is None:
        return
    relation, figures = row
    if relation not in ("<=", "="):
        problem = f"relation {relation!r} is none; write '<=' or '='"
    else:
        problem = f"figures {figures} are none that were read; list their figure_id"
    raise RuleError(f"{rule.path}:{rule.line}: {problem}")


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
            table = _CHECKS_TABLE.format(number)
            self.connection.execute(
                f"insert into evaluated_checks by name from {table}; drop table {table}"
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
from (
{rule.query}
)"""


def _severity(rule: Rule) -> str:
    grade = GRADES[rule.severity]
    if rule.severity != "error":
        return grade
    return f"""case
    when {_SEVERAL_SOURCES} then 'warning'
    when not ({HOLDS}) and {_CONTESTED} then 'warning'
    else {grade}
end"""


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
    asked = {rule.id: rule.asks for rule in catalogue() if rule.asks}
    findings: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for rule, severity, figures, relation, unit, left, left_ends, right, right_ends in failed:
        left_text = f"{left} ({format_interval(left_ends[0], left_ends[1], unit)})"
        right_text = f"{right} ({format_interval(right_ends[0], right_ends[1], unit)})"
        # Four digits, rounded down, so that "by at least" is true.
        gap = Context(prec=4, rounding=ROUND_DOWN).plus(
            distance(*left_ends, *right_ends) or Decimal(0)
        )
        size = format_interval(gap, gap, unit)
        if not right:
            message = left
        elif relation == "<=":
            message = f"{left_text} exceeds {right_text} by at least {size}"
        else:
            message = f"{left_text} and {right_text} disagree by at least {size}"
        if rule in explained:
            message = "; ".join((message, *holidays.moved(connection, figures)))
        if rule in asked:
            message = f"{message}; {asked[rule]}"
        finding = Finding(finding_id(rule, figures), rule, severity, tuple(figures), message)
        key = (rule, finding.figures)
        findings[key] = findings[key].joined(finding) if key in findings else finding
    return list(findings.values())
