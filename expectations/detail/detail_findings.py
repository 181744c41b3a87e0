"""Findings on customs detail as a reviewer sees them: one for each rule, dataset and period.

Thousands of keys may fail a rule in one month; they are read, settled and accepted together. Such a
finding stands in quality.findings beside those on figures, with its subject `<dataset>/<period>` in
the place of figures. An acceptance holds as long as exactly these keys fail with these numbers.

Belongs here: making findings of failing keys, and which findings are accepted. Does not belong
here: which keys fail (detail_rules.py), the file of acknowledgements (acknowledgements.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from expectations import acknowledgements
from expectations.acknowledgements import Acknowledgement, Applied
from expectations.intervals import SEVERITIES
from expectations.rules.figure_rules import Finding
from warehouse import project
from warehouse.detail.presence import has_detail
from warehouse.store.database import read_sql
from warehouse.store.tables import fill


def findings_on_detail(connection: duckdb.DuckDBPyConnection) -> dict[Finding, str]:
    """The findings on the detail of a release, as if none was accepted, each with its digest.

    The digest is one of the keys that fail and their numbers.
    """
    if not has_detail(connection):
        return {}
    rows = connection.execute(read_sql(project.file("detail rules", "found.sql")).query).fetchall()
    return {
        Finding(id_, rule, SEVERITIES[gravity], (subject,), _message(subject, failing, example)): (
            digest
        )
        for id_, rule, subject, gravity, failing, example, digest in rows
    }


def settle(
    connection: duckdb.DuckDBPyConnection,
    entries: Sequence[Acknowledgement],
    today: date | None = None,
) -> tuple[list[Finding], list[Applied]]:
    """The findings on detail with their reviewers, and the state of each acknowledgement.

    Stores the reviewers with the failing keys too. Entries on other rules are ignored.
    """
    findings: list[Finding] = []
    applied: list[Applied] = []
    if not has_detail(connection):
        return findings, applied
    digests = findings_on_detail(connection)
    evaluated = connection.execute("select rule_id from quality.detail_rules").fetchall()
    for (rule,) in evaluated:
        of_rule = {finding: digest for finding, digest in digests.items() if finding.rule == rule}
        marked, states = acknowledgements.apply(
            [entry for entry in entries if entry.rule == rule],
            list(of_rule),
            {finding.figures[0]: digest for finding, digest in of_rule.items()},
            today or date.today(),
        )
        findings += marked
        applied += states
    reviewers = ({"finding_id": f.id, "reviewer": f.acknowledged_by} for f in findings)
    columns = dict.fromkeys(("finding_id", "reviewer"), "VARCHAR")
    fill(connection, "temp.settled", columns, reviewers)
    connection.execute(
        "update quality.detail_findings as keys set acknowledged_by = settled.reviewer "
        "from settled where keys.finding_id = settled.finding_id "
        "and keys.acknowledged_by is distinct from settled.reviewer"
    )
    return findings, applied


def _message(subject: str, failing: int, example: str) -> str:
    dataset, _, period = subject.partition("/")
    keys = "one key fails:" if failing == 1 else f"{failing:,} keys fail, such as"
    return f"{dataset} {period}: {keys} {example}"
