"""The curator's loop: record files → findings, in memory, in under a second.

Belongs here: the short way from files to findings. Does not belong here: Great Expectations and
Prefect, whose imports alone take longer than the whole check, and anything that is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.rules import Finding, evaluate
from warehouse import contract, reading
from warehouse.contract import Batch
from warehouse.database import open_memory
from warehouse.load import load


@dataclass(frozen=True)
class Checked:
    """What was read, and what is wrong with it."""

    batch: Batch
    findings: tuple[Finding, ...]

    @property
    def unusable(self) -> bool:
        """Whether any row was rejected."""
        return bool(self.batch.rejected)

    @property
    def contradicted(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Counts, one entry for every row rejected or quarantined, and the findings."""
        counts = self.batch.counts().values()
        return {
            "read": sum(file["read"] for file in counts),
            "accepted": len(self.batch.figures),
            "quarantined": [
                {"file": row.file, "line": row.line, "figure": row.figure, "reason": row.reason}
                for row in self.batch.quarantined
            ],
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
                for (file, line), problems in self.batch.rejected.items()
            ],
            "findings": [
                {
                    "id": finding.id,
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "figures": list(finding.figures),
                    "message": finding.message,
                }
                for finding in self.findings
            ],
        }


def read_batch(paths: Sequence[Path], root: Path | None = None) -> Batch:
    """Read and validate record files; names are relative to `root` where one is given.

    Raises reading.FormError when there is nothing to read at `paths`.
    """
    files = [reading.read(name, path) for name, path in reading.find(paths, root)]
    return contract.accept(files)


def check(paths: Sequence[Path]) -> Checked:
    """Check record files and folders. Rejected rows are left out; the others are still checked.

    Raises reading.FormError when there is nothing to read at `paths`.
    """
    batch = read_batch(paths)
    with open_memory() as connection:
        load(connection, batch, release_id="check")
        findings = evaluate(connection)
    return Checked(batch, tuple(findings))
