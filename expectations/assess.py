"""The assessment of a loaded batch: rules, joint consistency, acknowledgements.

Belongs here: collecting the findings of all checks, and filling the schema quality. Does not belong
here: any check itself, and Great Expectations, whose suites are evaluated on the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from expectations import acknowledgements
from expectations.acknowledgements import Acknowledgement, Applied
from expectations.causes import Cause, causes, with_causes
from expectations.intervals import SEVERITIES
from expectations.joint import solving
from expectations.joint.results import Contradiction, Joint
from expectations.rules import figure_rules, rule_catalogue
from expectations.rules.figure_rules import Finding
from expectations.rules.rule_catalogue import Rule
from warehouse.detail.presence import has_detail, is_detail_rule
from warehouse.store import tables
from warehouse.store.database import sql_files
from warehouse.system.helper_process import HelperProcess

JOINTLY = Rule(
    id=rule_catalogue.JOINTLY,
    family="joint",
    severity="error",
    statement="All figures of a source can be right together, with all identities at once.",
    formula="there are true values within all printed intervals that satisfy every identity",
    source="Fellegi and Holt 1976, error localisation; decided in exact arithmetic",
    query="",
)


@dataclass(frozen=True)
class Assessment:
    """All findings, the gravest first, and their causes; what the solver found; the state of
    acknowledgements.

    `unchecked` are figures that no others limit, no rule evaluates and no finding names: an error
    there would go unnoticed. It is empty where only findings were sought.
    """

    findings: tuple[Finding, ...]
    joint: Joint
    acknowledged: tuple[Applied, ...]
    causes: tuple[Cause, ...]
    unchecked: tuple[str, ...]

    @property
    def withholds(self) -> bool:
        """Whether any finding withholds the release."""
        return any(finding.withholds for finding in self.findings)

    @property
    def lapsed(self) -> list[Applied]:
        """Acknowledgements that no longer hold, because they expired or a figure changed."""
        return [applied for applied in self.acknowledged if applied.lapsed]


def all_rules() -> tuple[Rule, ...]:
    """Every rule on figures: those in SQL, and joint consistency."""
    return (*rule_catalogue.catalogue(), JOINTLY)


def assess(
    connection: duckdb.DuckDBPyConnection,
    entries: Sequence[Acknowledgement] = (),
    today: date | None = None,
    comments: bool = True,
    home: Path | None = None,
    findings_only: bool = False,
    helper: HelperProcess | None = None,
) -> Assessment:
    """Check everything in core and fill the schema quality, with comments where these are read.

    With `findings_only`, the schema stays empty, and what limits the figures is not sought. `home`
    and `helper` are those of `solving.solve`.

    The failing keys of customs detail are there already, and become findings like all others.
    """
    with figure_rules.evaluating(connection, only_failed=findings_only) as evaluation:
        jointly = solving.solve(connection, home, not findings_only, helper)
    findings = evaluation.findings()
    findings += _joint_findings(jointly, findings)
    digests = dict(connection.execute("select figure_id, digest from raw.figures").fetchall())
    today = today or date.today()
    on_figures = [entry for entry in entries if not is_detail_rule(entry.rule)]
    findings, applied = acknowledgements.apply(on_figures, findings, digests, today)
    findings.sort(key=_gravest_first)
    found = causes(connection, findings, jointly.conflicts)
    findings = with_causes(findings, found)
    if has_detail(connection):
        # Imported here: `crossfoot check` never needs the modules that work on customs detail.
        from expectations.detail.detail_findings import settle

        on_detail, applied_to_detail = settle(connection, entries, today)
        findings, applied = findings + on_detail, applied + applied_to_detail
    findings.sort(key=_gravest_first)
    unchecked: tuple[str, ...] = ()
    if not findings_only:
        _store(connection, findings, found, applied, comments)
        unchecked = _unchecked(connection)
    return Assessment(tuple(findings), jointly, tuple(applied), found, unchecked)


def _unchecked(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    rows = connection.execute(
        """select figure_id from quality.coverage
        group by figure_id having bool_and(state = 'unchecked') order by figure_id"""
    ).fetchall()
    return tuple(figure for (figure,) in rows)


def _gravest_first(finding: Finding) -> tuple[object, ...]:
    return SEVERITIES.index(finding.severity), finding.rule, finding.figures


def findings_on_figures(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[list[Finding], dict[str, str]]:
    """The findings on figures of a finished database, and the digest of each figure."""
    digests = connection.execute("select figure_id, digest from raw.figures").fetchall()
    findings = [
        Finding(
            *(row["finding_id"], row["rule_id"], row["severity"], tuple(row["figures"])),
            *(row["message"], row["acknowledged_by"]),
            row.get("cause_id"),  # a release of an earlier version has none
        )
        for row in tables.fetch(connection, "from quality.findings")
        if not is_detail_rule(row["rule_id"])
    ]
    return findings, dict(digests)


def _joint_findings(jointly: Joint, findings: Sequence[Finding]) -> list[Finding]:
    """A finding for each conflict that no single rule has found."""
    errors = [set(finding.figures) for finding in findings if finding.severity == "error"]
    joint_findings = []
    for conflict in jointly.conflicts:
        figures = set(conflict.figures)
        if not any(known <= figures or figures <= known for known in errors):
            id_ = figure_rules.finding_id(JOINTLY.id, conflict.figures)
            message = _message(conflict)
            joint_findings.append(Finding(id_, JOINTLY.id, "error", conflict.figures, message))
    return joint_findings


def _message(conflict: Contradiction) -> str:
    numbers = ", ".join(conflict.figures)
    count = len(conflict.explanations)
    least = len(conflict.explanations[0])
    culprits = "; or ".join(
        " and ".join(f"the {s.aspect} {s.printed} of {s.figure}" for s in explanation)
        for explanation in conflict.explanations[:3]
    )
    more = f"; or {count - 3} more" if count > 3 else ""
    wrong = "one number is" if least == 1 else f"{least} numbers are"
    return f"{numbers} cannot all be right: at least {wrong} wrong, {culprits}{more}"


def _store(
    connection: duckdb.DuckDBPyConnection,
    findings: Sequence[Finding],
    found: Sequence[Cause],
    applied: Sequence[Applied],
    comments: bool,
) -> None:
    text = "VARCHAR"
    tables.fill(
        connection,
        "temp.declared_rules",
        dict.fromkeys(("rule_id", "family", "severity", "statement", "formula", "source"), text),
        ({"rule_id": rule.id, **asdict(rule)} for rule in all_rules()),
    )
    tables.fill(
        connection,
        "temp.worded_findings",
        dict.fromkeys(
            ("finding_id", "rule_id", "severity", "message", "acknowledged_by", "cause_id"), text
        )
        | {"figures": "VARCHAR[]"},
        (
            {"finding_id": f.id, "rule_id": f.rule, "cause_id": f.cause, **asdict(f)}
            for f in findings
        ),
    )
    _store_causes(connection, found)
    tables.fill(
        connection,
        "temp.applied_acknowledgements",
        dict.fromkeys(("rule_id", "reason", "reviewer", "accepted", "expires", "state"), text)
        | {"figures": "VARCHAR[]"},
        (
            {
                "rule_id": entry.rule,
                "figures": entry.figures,
                "reason": entry.reason,
                "reviewer": entry.reviewer,
                "accepted": entry.accepted and f"{entry.accepted:%Y-%m-%d %H:%M:%S}",
                "expires": str(entry.expires),
                "state": state,
            }
            for entry, state in ((outcome.entry, outcome.state) for outcome in applied)
        ),
    )
    # A check of joint consistency is a figure: it is in a conflict, or agrees, or is unchecked.
    connection.execute(
        f"""insert into evaluated_checks by name
        select
            '{JOINTLY.id}' as rule_id,
            '{JOINTLY.severity}' as severity,
            [figure_id] as figures,
            case
                when figure_id in (select unnest(figures) from found_conflicts) then false
                when bool_or(state <> 'unchecked') then true
            end as holds
        from found_coverage
        group by figure_id"""
    )
    tables.build(connection, sql_files("quality"), "quality", comments)


def _store_causes(connection: duckdb.DuckDBPyConnection, found: Sequence[Cause]) -> None:
    tables.fill(
        connection,
        "temp.found_causes",
        {"cause_id": "VARCHAR", "title": "VARCHAR", "withholds": "BOOLEAN"}
        | dict.fromkeys(("figures", "suspects", "slips", "findings", "conflicts"), "VARCHAR[]"),
        (
            {
                "cause_id": cause.id,
                "title": cause.title,
                "withholds": cause.withholds,
                "figures": cause.figures,
                "suspects": [f"{s.figure} {s.aspect} {s.printed}" for s in cause.suspects],
                "slips": [str(slip) for slip in cause.slips],
                "findings": [finding.id for finding in cause.findings],
                "conflicts": cause.conflicts,
            }
            for cause in found
        ),
    )
