"""Acknowledgements: a reviewer's signed, expiring acceptance of a finding.

An acknowledged error stays a finding and stays visible, but no longer withholds a release. It is
void as soon as any of its figures changes, and after the day it expires. Entries are only ever
added to the file: of several for a finding the last one counts, and all of them are kept.

Belongs here: the file of acknowledgements, and whether an acknowledgement holds. Does not belong
here: findings.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from expectations.rules.figure_rules import Finding
from warehouse import project
from warehouse.records import reading
from warehouse.release.lock import locked
from warehouse.system import storage
from warehouse.system.files import FormError, Problem

FILE = "acknowledged.yaml"


class Acknowledgement(BaseModel):
    """One entry of the file. `content` is the digest of its figures when they were accepted.

    `accepted` is the time of that, in UTC; entries of an earlier version lack it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    figures: tuple[str, ...]
    reason: str = Field(min_length=1)
    reviewer: str = Field(min_length=1)
    expires: date
    content: str
    accepted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """An acknowledgement and its state: active, expired, void (a figure changed), unused, or
    superseded by a later one for the same finding.
    """

    entry: Acknowledgement
    state: str

    @property
    def lapsed(self) -> bool:
        """Whether it holds no longer, because it expired or a figure changed."""
        return self.state in ("expired", "void")

    def __str__(self) -> str:
        why = {"expired": f"it expired on {self.entry.expires}", "void": "a figure changed since"}
        figures = ", ".join(self.entry.figures)
        accepted = f"{self.entry.rule} for {figures}, accepted by {self.entry.reviewer}"
        return f"acknowledgement of {accepted}: {why.get(self.state, self.state)}"


def default_file() -> Path:
    """The file of acknowledgements of the project in use."""
    return project.own("acknowledged") / FILE


def read(path: Path) -> list[Acknowledgement]:
    """The entries of the file, in the order of acceptance; none where it does not exist.

    Raises FormError.
    """
    return _entries(path, reading.read_text(path)) if os.path.lexists(path) else []


def _entries(path: Path, text: str) -> list[Acknowledgement]:
    if not text.strip() or all(line.lstrip()[:1] in ("", "#") for line in text.splitlines()):
        return []
    tree = reading.tree_of(path, text, "entries that crossfoot acknowledge writes")
    try:
        return TypeAdapter(list[Acknowledgement]).validate_python(tree.plain())
    except ValidationError as error:
        first = error.errors()[0]
        line, value = tree.find(first["loc"])
        field = ".".join(map(str, first["loc"][1:]))
        remedy = "mend the entry, or take it out and accept the finding: crossfoot acknowledge"
        problem = Problem(str(path), line, first["msg"], remedy, field, value)
        raise FormError(problem) from None


def apply(
    entries: Iterable[Acknowledgement],
    findings: Sequence[Finding],
    digests: Mapping[str, str],
    today: date,
) -> tuple[list[Finding], list[Applied]]:
    """The findings, with the reviewers who acknowledged them, and the state of each entry.

    `digests` maps a figure's id to the digest of its content.
    """
    marked = {(finding.rule, finding.figures): finding for finding in findings}
    entries = list(entries)
    last = {(entry.rule, entry.figures): number for number, entry in enumerate(entries)}
    applied = []
    for number, entry in enumerate(entries):
        key = (entry.rule, entry.figures)
        if last[key] != number:
            state = "superseded"
        elif not any(figure in digests for figure in entry.figures):
            state = "unused"  # it is about other records
        elif content(entry.figures, digests) != entry.content:
            state = "void"
        elif entry.expires < today:
            state = "expired"
        elif key in marked:
            state = "active"
            marked[key] = replace(marked[key], acknowledged_by=entry.reviewer)
        else:
            state = "unused"
        applied.append(Applied(entry, state))
    return list(marked.values()), applied


def content(figures: Iterable[str], digests: Mapping[str, str]) -> str:
    """The digest of the content of these figures together; changes when any of them changes."""
    listed = "\n".join(f"{figure} {digests.get(figure)}" for figure in figures)
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def add(path: Path, entry: Acknowledgement) -> list[Acknowledgement]:
    """Append an entry to the file; returns the earlier ones for the same rule and figures.

    The text that is there stays unchanged. Raises FormError where the file cannot be read, or is no
    list to which an entry can be appended; ReleaseError where another process holds its lock.
    """
    fields = entry.model_dump(mode="python", exclude_none=True) | {"figures": list(entry.figures)}
    if entry.accepted:
        fields["accepted"] = f"{entry.accepted:%Y-%m-%dT%H:%M:%SZ}"
    added = yaml.safe_dump([fields], allow_unicode=True, sort_keys=False)
    # Two reviewers at the same time must not overwrite each other's entries.
    with locked(path.with_name(f".{path.name}.lock")):
        text = reading.read_text(path) if path.exists() else ""
        earlier = _entries(path, text)
        kept = "" if text.strip() == "[]" else text
        whole = kept + ("" if not kept or kept.endswith("\n") else "\n") + added
        try:
            appended = _entries(path, whole) == [*earlier, entry]
        except FormError:
            appended = False
        if not appended:
            remedy = "write it as a list of which each entry begins with '- ' at the first column"
            raise FormError(Problem(str(path), 0, "no entry can be appended to it", remedy))
        with storage.whole(path) as beside:
            beside.write_bytes(whole.encode())
    key = (entry.rule, entry.figures)
    return [other for other in earlier if (other.rule, other.figures) == key]
