"""The outcome of a run, in plain data: for the terminal, for Prefect's artifacts, for alerts.

Belongs here: what became of a run, and the errors that it may end with. Does not belong here: how
that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.causes import Cause
from expectations.detail.detail_rules import Checks
from expectations.rules.figure_rules import Finding, counted
from warehouse.exchange.export import REPORT
from warehouse.release.changes import Changes

_NAMED = 3  # findings and problems that are named where there is one line for all


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: what was checked, what was found, and where the result lies.

    `verdict` is publish, withhold or unusable; `release` is None for unusable input and where the
    run was `dry`. `problems` are what is wrong with the record files, or critical expectations that
    do not hold, and views that lost a column; `notices` are figures set aside and acknowledgements
    that lapsed; `changes` what differs from the current release, None where there is none; `causes`
    what is behind the findings.
    """

    verdict: str
    release: Path | None
    figures: int
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    changes: Changes | None = None
    dry: bool = False
    causes: tuple[Cause, ...] = ()

    def __str__(self) -> str:
        if self.verdict == "unusable":
            count = len(self.problems)
            return f"{count} problem{'s' * (count > 1)} in the record files"
        return f"{self.figures} figures, {counted(self.findings, len(self.problems))}"


@dataclass(frozen=True, slots=True)
class DetailOutcome:
    """How a run on customs detail ended.

    `verdict` is publish or withhold. `checks` are those of each rule over all periods; `findings`
    those on detail; `broken` are critical expectations of Great Expectations on the rows as a whole
    that do not hold; `notices` are acknowledgements that lapsed.
    """

    verdict: str
    release: Path
    rows: int
    periods: int
    checks: tuple[Checks, ...]
    findings: tuple[Finding, ...]
    broken: tuple[str, ...]
    notices: tuple[str, ...]

    def __str__(self) -> str:
        findings = counted(self.findings, len(self.broken))
        return f"{self.rows} rows of {self.periods} periods, {findings}"


class Unpublished(Exception):
    """A run that had to end without publishing; the message says why, and names its report."""

    def __init__(self, outcome: Outcome | DetailOutcome) -> None:
        broken = outcome.problems if isinstance(outcome, Outcome) else outcome.broken
        report = f"; report: {outcome.release / REPORT}" if outcome.release else ""
        super().__init__(f"{outcome}: {_first_problems(broken, outcome)}{report}")
        self.outcome = outcome


def of_flow(state: Any) -> Any:
    """The outcome of a flow that has ended in `state`. Raises what the flow raised."""
    result = state.result(raise_on_failure=False)
    if isinstance(result, Unpublished):
        return result.outcome
    if isinstance(result, BaseException):
        raise result
    return result


def _first_problems(broken: Sequence[str], outcome: Outcome | DetailOutcome) -> str:
    """The first things that were wrong, in one line: causes, and findings without one."""
    wrong = [*broken]
    causes = outcome.causes if isinstance(outcome, Outcome) else ()
    wrong += [f"{cause.title} [{cause.id}]" for cause in causes if cause.withholds]
    withholding = (f for f in outcome.findings if f.withholds and f.cause is None)
    wrong += [f"{finding.rule} [{finding.id}]: {finding.message}" for finding in withholding]
    more = [f"and {len(wrong) - _NAMED} more"] if len(wrong) > _NAMED else []
    return "; ".join(wrong[:_NAMED] + more)
