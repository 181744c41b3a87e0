"""The outcome of a run, in plain data: for the terminal, for Prefect's artifacts, for alerts.

Belongs here: what became of a run. Does not belong here: how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from expectations.detail.rules import Checks
from expectations.rules import Finding, counted
from warehouse.changes import Changes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: what was checked, what was found, and where the result lies.

    `verdict` is publish, withhold or unusable; `release` is None for unusable input and where the
    run was `dry`. `problems` are what is wrong with the record files, or critical expectations that
    do not hold, and views that lost a column; `notices` are figures set aside and acknowledgements
    that lapsed; `changes` what differs from the current release, None where there is none.
    """

    verdict: str
    release: Path | None
    figures: int
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    changes: Changes | None = None
    dry: bool = False

    def __str__(self) -> str:
        if self.verdict == "unusable":
            return f"{len(self.problems)} problems in the record files: {self.problems[0]}"
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
        found = counted(self.findings, len(self.broken))
        return f"{self.rows} rows of {self.periods} periods, {found}"
