"""Releases: immutable published snapshots below a home directory, and the link to the current one.

    <home>/releases/<release id>/…      published, read-only, listed in its manifest.json
    <home>/releases/.stg-<release id>/  being built
    <home>/withheld/<release id>/…      built but not published
    <home>/current                      -> releases/<release id>
    <home>/.lock                        held by the one publisher

Belongs here: which releases there are, and how readers find one; this module writes nothing. Does
not belong here: making one (publisher.py), and whether one is whole (manifest.py).

Readers call `current(home)` once for each read and stay in the directory it returns: the link may
move on between two look-ups.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.release import manifest
from warehouse.release.refusal import ReleaseError, explained

ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?")


@dataclass(frozen=True, slots=True)
class Release:
    """A published release: where it is, its place in the order of publication, and its past.

    `sequence` counts up from 1, whatever the clock says; `previous` is the id of the release that
    was current when this one was published, which is what a rollback returns to.
    """

    path: Path
    sequence: int
    previous: str | None

    @property
    def id(self) -> str:
        return self.path.name


def release_id(now: datetime, digest: str) -> str:
    """An id such as `20261124T101500Z-1a2b3c4d`, from an aware time and a hex digest."""
    if now.tzinfo is None:
        raise ValueError("a release id needs a time with its time zone")
    made = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:8]}"
    if not ID.fullmatch(made):
        raise ValueError(f"a release id needs a digest of 8 or more hex digits, not {digest!r}")
    return made


def created(path: Path) -> datetime:
    """When a release was made, from its id."""
    # Not strptime: it imports modules when first called, which a full disk can prevent.
    return datetime.fromisoformat(path.name[:16])


def current(home: Path) -> Path | None:
    """The directory of the current release, or None before the first; call it once for each read.

    Raises ReleaseError where `current` points to nothing.
    """
    link = home / "current"
    if not link.is_symlink():
        if link.exists():
            raise ReleaseError(f"{link} is not a link; move it away, then roll back to a release")
        return None
    with explained(f"read {link}"):
        path = home / os.readlink(link)
    if not path.is_dir():
        raise ReleaseError(f"{link} points to {path.name}, which is gone; roll back to another")
    return path


def published(home: Path) -> Path:
    """The current release. Raises ReleaseError where nothing is published."""
    path = current(home)
    if path is None:
        raise ReleaseError(f"nothing is published in {home}; publish with: crossfoot run")
    return path


def list_releases(home: Path) -> list[Release]:
    """All releases in the order of publication."""
    return releases_in(home / "releases")


def list_runs(home: Path) -> list[Path]:
    """The directories of all releases and withheld runs that are kept, the newest first."""
    runs = [*releases_in(home / "releases"), *releases_in(home / "withheld")]
    return [run.path for run in sorted(runs, key=lambda run: -run.sequence)]


def releases_in(folder: Path) -> list[Release]:
    """The finished releases in a folder, published or withheld, in the order they were made."""
    with explained(f"list {folder}"):
        paths = [path for path in folder.glob("*") if ID.fullmatch(path.name)]
    manifests = ((path, manifest.read(path)) for path in paths)
    releases = [Release(path, its.sequence, its.previous) for path, its in manifests]
    return sorted(releases, key=lambda release: release.sequence)


def find(home: Path, release_id: str, withheld: bool = False) -> Path:
    """The directory of a published release, damaged or not; with `withheld` of a withheld run too.

    Raises ReleaseError where there is none.
    """
    folders = ("releases", "withheld") if withheld else ("releases",)
    listed = (path for folder in folders for path in (home / folder).glob("*"))
    known = {path.name: path for path in sorted(listed) if ID.fullmatch(path.name)}
    if release_id not in known:
        there = ", ".join(known) or "none"
        raise ReleaseError(f"there is no release {release_id}; there are: {there}")
    return known[release_id]
