"""The rules on figures that there are: the package's, and beside them those of the project.

A rule of the project stands for one of the package where it has the same family and id. Belongs
here: reading rule files, and refusing one that is not as it must be. Does not belong here: their
evaluation (figure_rules.py), and the rules themselves (<family>/<rule>.sql).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from warehouse import project
from warehouse.detail.presence import is_detail_rule
from warehouse.store.database import SqlFile, SqlFileError, read_sql

# Severities that a rule on figures may declare.
DECLARED = ("error", "review", "warning", "info", "revision")
HOLIDAYS = "holidays that move"  # what the header of a rule says is explained by these
JOINTLY = "figures-agree-jointly"  # is no file

_KEYS = ("id", "severity", "statement", "formula", "source")
_ID = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that could be false. `query` returns a row for each check of it.

    `needs` is a condition that some figure must meet for there to be any check, as SQL on
    core.figures: a query that nothing can come of is not even planned. `explained` names what may
    explain a finding that no figure has to be wrong for: `holidays that move`. `asks` is what a
    finding asks of a curator, where the figures may be right. `path` is how messages name its file,
    in which the query begins on `line`. `is_own`: of the project, not of the package.
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
    asks: str = ""
    path: str = ""
    line: int = 1
    is_own: bool = False

    @property
    def file(self) -> SqlFile:
        """The file of the rule."""
        return SqlFile(self.id, self.path, {}, {}, self.query, self.line, self.is_own)


class RuleError(SqlFileError):
    """A rule that is not as it must be, or cannot be evaluated: which, why, and what to do."""


@project.cached
def catalogue() -> tuple[Rule, ...]:
    """All rules, by family and id. Raises SqlFileError for a file that is not as it must be."""
    rules: dict[str, Rule] = {}
    for file in project.files("rules", "*/*.sql"):
        rule = read_rule(file)
        if other := rules.get(rule.id):
            culprit, known = (rule, other) if rule.is_own else (other, rule)
            raise RuleError(
                f"{culprit.path}: {known.path} has this id already; give it another id and name, "
                f"or put it at rules/{known.family}/{known.id}.sql, where it replaces that rule"
            )
        if rule.is_own and (rule.id == JOINTLY or is_detail_rule(rule.id)):
            raise RuleError(f"{rule.path}: there is a rule of this id already; give it another")
        rules[rule.id] = rule
    return tuple(rules.values())


def notices() -> list[str]:
    """Which rules, or steps that rules have in common, the project's own stand for."""
    replaced = [
        path for pattern in ("*.sql", "*/*.sql") for path in project.replacing("rules", pattern)
    ]
    return [f"{project.shown(path)} replaces the package's rule of that name" for path in replaced]


def read_rule(file: Path) -> Rule:
    """The rule in a file, whose folder is its family. Raises SqlFileError and FormError."""
    sql = read_sql(file)
    if missing := [key for key in _KEYS if key not in sql.header]:
        lines = ", ".join(f"'-- {key}: …'" for key in missing)
        raise RuleError(f"{sql.path}:1: the header lacks {', '.join(missing)}; write {lines}")
    id_, severity = sql.header["id"], sql.header["severity"]
    if id_ != sql.name or not _ID.fullmatch(id_):
        raise RuleError(
            f"{sql.path}:1: id {id_!r} must be the file's name, lower-case letters, digits and "
            f"hyphens; write {re.sub('[^a-z0-9]+', '-', sql.name.lower()).strip('-') or 'my-rule'}"
        )
    if severity not in DECLARED:
        near = difflib.get_close_matches(severity, DECLARED, 1)
        remedy = near[0] if near else f"{', '.join(DECLARED[:-1])} or {DECLARED[-1]}"
        raise RuleError(f"{sql.path}:1: severity {severity!r} is none; write {remedy}")
    return Rule(
        **{key: sql.header[key] for key in _KEYS},
        family=file.absolute().parent.name,
        query=sql.query,
        needs=sql.header.get("needs", "true"),
        explained=sql.header.get("explained", ""),
        asks=sql.header.get("asks", ""),
        path=sql.path,
        line=sql.line,
        is_own=sql.is_own,
    )
