"""The curator's loop: record files → findings, in memory, in under a second.

Belongs here: the direct way from files to findings. Does not belong here: Great Expectations and
Prefect, whose imports alone take longer than the whole check, and anything that is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from expectations import acknowledgements
from expectations.assess import Assessment, assess
from expectations.causes import Cause
from expectations.joint.results import Bound, Contradiction, SuspectNumber
from expectations.joint.shown_repairs import Repair
from warehouse.records.acceptance import Batch, accept
from warehouse.records.reading import RecordFile, read_all
from warehouse.store.database import open_memory
from warehouse.store.load import build_views, load
from warehouse.store.own_queries import view_files
from warehouse.system.helper_process import HelperProcess, helper_process

MANY = 2_000  # records: it pays to let a second process help with so many


@dataclass(frozen=True)
class Checked:
    """The records that were checked, and the assessment of them."""

    batch: Batch
    assessment: Assessment

    @property
    def unusable(self) -> bool:
        """Whether any row was rejected, or no figure is left to check."""
        return bool(self.batch.rejected) or not self.batch.figures

    @property
    def contradicted(self) -> bool:
        """Whether any finding would withhold a release."""
        return self.assessment.withholds

    def to_json(self) -> dict[str, Any]:
        """Counts, one entry for every row rejected or quarantined, the findings, their causes."""
        return {
            "read": self.batch.totals()["read"],
            "accepted": len(self.batch.figures),
            "quarantined": [
                {"file": row.file, "line": row.line, "figure": row.figure, "reason": row.reason}
                for row in self.batch.quarantined
            ],
            "notices": list(self.batch.notices),
            "rejected": [
                {
                    "file": file,
                    "line": line,
                    "problems": [
                        {
                            "line": problem.line,
                            "figure": problem.figure,
                            "field": problem.field,
                            "value": problem.value,
                            "message": problem.message,
                            "remedy": problem.remedy,
                        }
                        for problem in problems
                    ],
                }
                for (file, line, _), problems in self.batch.rejected.items()
            ],
            "findings": [
                {
                    "id": finding.id,
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "figures": list(finding.figures),
                    "message": finding.message,
                    "acknowledged_by": finding.acknowledged_by,
                    "cause": finding.cause,
                }
                for finding in self.assessment.findings
            ],
            "causes": [_cause(cause) for cause in self.assessment.causes],
            "conflicts": [_conflict(conflict) for conflict in self.assessment.joint.conflicts],
            "bounds": [_bound(bound) for bound in self.assessment.joint.bounds],
            "unchecked": list(self.assessment.unchecked),
            "undetermined": list(self.assessment.joint.undetermined),
            "unbounded": self.assessment.joint.unbounded,
        }


def _conflict(conflict: Contradiction) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "figures": list(conflict.figures),
        "explanations": [
            list(dict.fromkeys(suspect.figure for suspect in explanation))
            for explanation in conflict.explanations
        ],
        "suspects": [
            [_suspect(suspect) for suspect in explanation] for explanation in conflict.explanations
        ],
        "repairs": [_repair(repair) for repair in conflict.repairs],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "title": cause.title,
        "withholds": cause.withholds,
        "figures": list(cause.figures),
        "findings": [finding.id for finding in cause.findings],
        "conflicts": list(cause.conflicts),
        "suspects": [_suspect(suspect) for suspect in cause.suspects],
        "slips": [_repair(slip) for slip in cause.slips],
    }


def _suspect(suspect: SuspectNumber) -> dict[str, Any]:
    return {
        "figure": suspect.figure,
        "aspect": suspect.aspect,
        "printed": suspect.printed,
        "settles": [_number(suspect.lower), _number(suspect.upper)],
    }


def _repair(repair: Repair) -> dict[str, Any]:
    return {
        "figure": repair.figure,
        "aspect": repair.aspect,
        "printed": repair.printed,
        "slip": repair.slip,
        "corrected": repair.corrected,
    }


def _bound(bound: Bound) -> dict[str, Any]:
    return {
        "source": bound.source,
        "series": bound.series,
        "without": list(bound.without),
        "period": bound.period,
        "lower": _number(bound.lower),
        "upper": _number(bound.upper),
        "growth_lower": _number(bound.growth_lower),
        "growth_upper": _number(bound.growth_upper),
        "unit": bound.unit,
    }


def _number(number: Decimal | None) -> float | int | None:
    """For JSON: amounts are whole or nearly so, and fractions have ten places."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def check(
    paths: Sequence[Path],
    acknowledged: Path,
    texts: Path | None = None,
    home: Path | None = None,
    findings_only: bool = False,
) -> Checked:
    """Check record files and folders. Rejected rows are left out; the others are still checked.

    `acknowledged` is the file of acknowledgements, which need not exist; `texts` the folder of
    archived texts, `home` that whose folder `cache` keeps verdicts for the next check. With
    `findings_only`, it is not sought which figures nothing checks, and what must hold for those
    that nobody printed. Drafts are checked too.
    Raises FormError when there is nothing to read at `paths`, and SqlFileError for a rule or view
    of the project that cannot be used.
    """
    files = read_all(paths)
    entries = acknowledgements.read(acknowledged)
    own_views = [file for file in view_files() if file.is_own]
    # What is wrong with a view that reads the schema quality is seen only where that is filled.
    findings_only = findings_only and not any("quality" in view.query for view in own_views)
    with _helping(files) as helper, open_memory() as connection:
        batch = accept(files, drafts=True, helper=helper)
        load(connection, batch, release_id="check", texts=texts, comments=False)
        assessment = assess(
            connection,
            entries,
            comments=False,
            home=home,
            findings_only=findings_only,
            helper=helper,
        )
        if own_views:
            build_views(connection)  # so that whoever writes one sees here what is wrong with it
    return Checked(batch, assessment)


def _helping(files: Sequence[RecordFile]) -> AbstractContextManager[HelperProcess | None]:
    return helper_process() if sum(len(f.records) for f in files) >= MANY else nullcontext()
