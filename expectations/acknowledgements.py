"""Acknowledgements: a reviewer's signed, expiring acceptance of a finding.

An acknowledged error stays a finding and stays visible, but no longer withholds a release. It is
void as soon as the content of any of its figures changes, and after the day it expires.

Belongs here: the file of acknowledgements and whether one holds. Does not belong here: findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from expectations.rules import Finding
from warehouse.reading import FormError, Problem

FILE = "acknowledged.yaml"


class Acknowledgement(BaseModel):
    """One entry of the file. `content` is the digest of its figures as they were accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    figures: tuple[str, ...]
    reason: str = Field(min_length=1)
    reviewer: str = Field(min_length=1)
    expires: date
    content: str


@dataclass(frozen=True, slots=True)
class Applied:
    """An acknowledgement and its state: active, expired, void (a figure changed), or unused."""

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


def shipped() -> Path:
    """The file that acknowledges findings of the shipped records."""
    return Path(str(resources.files("expectations") / FILE))


def read(path: Path) -> list[Acknowledgement]:
    """The entries of the file, none where it does not exist. Raises FormError."""
    if not path.exists():
        return []
    try:
        entries = yaml.safe_load(path.read_text("utf-8")) or []
        return TypeAdapter(list[Acknowledgement]).validate_python(entries)
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError, RecursionError) as error:
        message = " ".join(str(error).split())
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            number, *field = first["loc"] or ("",)
            entry = f"entry {number + 1}" if isinstance(number, int) else "the file"
            message = f"{' '.join([entry, *map(str, field)])}: {first['msg']}"
        remedy = "write entries with crossfoot acknowledge"
        raise FormError(Problem(str(path), 0, message, remedy)) from None


def apply(
    entries: Iterable[Acknowledgement],
    findings: Sequence[Finding],
    digests: Mapping[str, str],
    today: date,
) -> tuple[list[Finding], list[Applied]]:
    """The findings, those acknowledged marked with their reviewer, and the state of each entry.

    `digests` maps a figure's id to the digest of its content.
    """
    marked = {(finding.rule, finding.figures): finding for finding in findings}
    applied = []
    for entry in entries:
        key = (entry.rule, entry.figures)
        if content(entry.figures, digests) != entry.content:
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
    """The digest of what the figures say; changes when any of them does."""
    listed = "\n".join(f"{figure} {digests.get(figure)}" for figure in figures)
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def add(path: Path, entry: Acknowledgement) -> None:
    """Append an entry to the file, in place of any other for the same rule and figures."""
    key = (entry.rule, entry.figures)
    kept = [other for other in read(path) if (other.rule, other.figures) != key]
    entries = [
        {**one.model_dump(mode="python"), "figures": list(one.figures)} for one in [*kept, entry]
    ]
    # Written aside and then put in place: killed half-way, the old file stands.
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), "utf-8")
    aside.replace(path)
