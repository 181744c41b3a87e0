"""Artifacts: what a run leaves in Prefect for those who look there: verdict, findings, report.

Belongs here: the wording of Markdown and tables. Does not belong here: the verdict itself.
"""

from __future__ import annotations

import re

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)

from expectations.rules.figure_rules import Finding
from flows.outcome import Outcome
from warehouse.exchange.export import REPORT
from warehouse.release.changes import Changes

LISTED = 200  # findings in the table: the report has all of them
KEYS = ("crossfoot-verdict", "crossfoot-findings", "crossfoot-report")


def leave_artifacts(outcome: Outcome) -> None:
    """Leave the artifacts of the run that is going on."""
    verdict, findings, report = KEYS
    create_markdown_artifact(_verdict_text(outcome), key=verdict, description=str(outcome))
    if outcome.findings:
        rows = [_finding_row(finding) for finding in outcome.findings[:LISTED]]
        create_table_artifact(
            rows, key=findings, description=_table_description(len(outcome.findings))
        )
    if outcome.release:
        page = (outcome.release / REPORT).absolute().as_uri()
        create_link_artifact(page, "Quality report", key=report, description=outcome.release.name)


def _verdict_text(outcome: Outcome) -> str:
    lines = [f"# {outcome.verdict}{' (dry run)' if outcome.dry else ''}", "", str(outcome)]
    if outcome.release:
        lines += ["", f"Release `{outcome.release.name}`"]
    for heading, texts in (("Problems", outcome.problems), ("Notices", outcome.notices)):
        if texts:
            lines += ["", f"## {heading}", "", *(f"- {_escaped(text)}" for text in texts[:LISTED])]
    if outcome.changes:
        lines += ["", "## Since the last release", "", *_change_lines(outcome.changes)]
    return "\n".join(lines)


def _change_lines(changes: Changes) -> list[str]:
    counts = {
        "figures added": changes.figures_added,
        "figures removed": changes.figures_removed,
        "figures revised": changes.figures_revised,
        "findings opened": changes.findings_opened,
        "findings closed": changes.findings_closed,
        "findings changed": changes.findings_changed,
        "periods of detail replaced": changes.detail_replaced,
        "views with other columns": changes.views_changed,
        "views moved": changes.views_moved,
    }
    lines = [f"- {len(listed)} {what}" for what, listed in counts.items() if listed]
    return lines or ["Nothing differs."]


def _finding_row(finding: Finding) -> dict[str, str]:
    return {
        "severity": finding.kind,
        "rule": finding.rule,
        "id": finding.id,
        "figures": _escaped(", ".join(finding.figures)),
        "message": _escaped(finding.message),
    }


def _table_description(count: int) -> str:
    return f"{count} findings" if count <= LISTED else f"the first {LISTED} of {count} findings"


def _escaped(text: str) -> str:
    """Text of a record, so that Markdown shows it and does nothing else with it."""
    return re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", text)
