"""Rules: what must hold between figures, each one SQL file, and the evaluation of all of them.

A rule's query returns one row for every check it makes: the figures involved, a left and a right
side with their intervals, and the relation that must be possible between them. Whether it is
possible is decided here, once for all rules: a check fails only when no values within the printed
intervals satisfy it, and is not checkable when an interval it needs is unknown.

What several rules compare is said once, in the SQL files beside this one: views that are there
while rules are evaluated.

Belongs here: reading rule files, evaluating them, wording findings. Does not belong here: what any
one rule says (rules/<family>/<rule>.sql).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Context, Decimal
from functools import lru_cache

import duckdb

from warehouse import project
from warehouse.store.database import read_sql, sql_files
from warehouse.terms.quantity import format_interval

# Of findings, the gravest first. Only errors withhold a release.
SEVERITIES = ("error", "review", "warning", "info")
DECLARED = ("error", "warning", "revision")  # of rules; see _SEVERITY

# Three-valued on purpose: an unknown end leaves its comparison NULL, and a check whose every
# comparison is NULL is not checkable. `=` means the two intervals meet.
_HOLDS = """case relation
        when '<=' then left_lower <= right_upper
        when '=' then coalesce(
            left_lower <= right_upper and right_lower <= left_upper,
            left_lower <= right_upper,
            right_lower <= left_upper
        )
    end"""

# A contradiction among figures of one source is an error. Between sources it is a warning: figures
# are revised, and neither source need be wrong. A revision is graded by its size.
_SEVERITY = {
    "error": """case
        when len(list_distinct(list_transform(figures, lambda id : split_part(id, '/', 1)))) > 1
            then 'warning'
        else 'error'
    end""",
    "warning": "'warning'",
    "revision": """case
        when greatest(left_lower - right_upper, right_lower - left_upper)
            < 0.01 * least(abs(right_lower), abs(right_upper)) then 'info'
        when greatest(left_lower - right_upper, right_lower - left_upper)
            < 0.15 * least(abs(right_lower), abs(right_upper)) then 'warning'
        else 'review'
    end""",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that could be false. `query` returns its checks, a row each."""

    id: str
    family: str
    severity: str
    statement: str
    formula: str
    source: str
    query: str


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
        """One finding of two of the same rule and figures: of their values and growths, say."""
        severity = min(self.severity, other.severity, key=SEVERITIES.index)
        return replace(self, severity=severity, message=f"{self.message}; {other.message}")


@lru_cache(maxsize=1)
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
        rules.append(Rule(**header, family=file.parent.name, query=sql.query))
    return tuple(rules)


def evaluate(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Run every rule on the core tables; return what is wrong; fill temp.evaluated_checks."""
    for step in sql_files("rules"):
        connection.execute(f"create or replace temp view {step.name} as {step.query}")
    checks = "\nunion all\n".join(map(_checks_query, catalogue()))
    connection.execute(f"create or replace temp table evaluated_checks as {checks}")
    return _word_findings(connection)


def finding_id(rule: str, figures: Sequence[str]) -> str:
    """Ten hex digits, the same as long as the same rule is broken by the same figures."""
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
    {_SEVERITY[rule.severity]} as severity,
    figures,
    {_HOLDS} as holds,
    left_side,
    left_lower::decimal(38, 6) as left_lower,
    left_upper::decimal(38, 6) as left_upper,
    relation,
    right_side,
    right_lower::decimal(38, 6) as right_lower,
    right_upper::decimal(38, 6) as right_upper,
    unit
from ({rule.query})"""


def _word_findings(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    failed = connection.execute(
        """select
            rule_id, severity, figures, relation, unit,
            left_side, [left_lower, left_upper], right_side, [right_lower, right_upper]
        from evaluated_checks
        where not holds
        order by rule_id, figures, left_side, right_side"""
    ).fetchall()
    findings: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for rule, severity, figures, relation, unit, left, left_ends, right, right_ends in failed:
        left_says = f"{left} ({format_interval(left_ends[0], left_ends[1], unit)})"
        right_says = f"{right} ({format_interval(right_ends[0], right_ends[1], unit)})"
        # To four digits, rounded down: "by at least" stays true.
        gap = Context(prec=4, rounding=ROUND_DOWN).plus(_gap(*left_ends, *right_ends))
        size = format_interval(gap, gap, unit)
        if relation == "<=":
            message = f"{left_says} exceeds {right_says} by at least {size}"
        else:
            message = f"{left_says} and {right_says} disagree by at least {size}"
        found = Finding(finding_id(rule, figures), rule, severity, tuple(figures), message)
        key = (rule, found.figures)
        findings[key] = findings[key].joined(found) if key in findings else found
    return list(findings.values())


def _gap(
    left_lower: Decimal | None,
    left_upper: Decimal | None,
    right_lower: Decimal | None,
    right_upper: Decimal | None,
) -> Decimal:
    """How far two intervals that should meet are apart."""
    above = left_lower - right_upper if left_lower is not None and right_upper is not None else None
    below = right_lower - left_upper if right_lower is not None and left_upper is not None else None
    return max(distance for distance in (above, below, Decimal(0)) if distance is not None)
