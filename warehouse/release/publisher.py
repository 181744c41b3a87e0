"""Publishing: how a finished directory becomes a release, whatever is in it.

Belongs here: everything that changes what is published or withheld in a home, as methods of the
`Publisher` that `publishing(home)` yields, so that it only happens under the lock. If the process
is killed, `current` names the old release or the new one, whole. Does not belong here: where
releases lie and how readers find them (releases.py), and what a manifest says (manifest.py).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.release import lock, manifest
from warehouse.release.manifest import MANIFEST, tree, verify
from warehouse.release.refusal import ReleaseError, explained
from warehouse.release.releases import ID, created, current, find, list_releases, releases_in
from warehouse.system import storage

if TYPE_CHECKING:
    from warehouse.release.schema import Schema

_STAGED = ".stg-"
_REMOVED = ".del-"
_LINK = ".current-"
_KEPT_WITHHELD = 10
_SPARE = 32 << 20  # bytes for a first release, logs and the flow's own files


def check_home(home: Path) -> None:
    """Raise ReleaseError unless the home can be written, and has room for the next release.

    The next one is taken to be twice as large as the current one: a build that filled the disk
    would harm everything else there. Creates nothing but the lock file of a home that exists.
    """
    at = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    with explained(f"write in {home}"):
        if at == home.absolute():
            os.close(lock.opened(home / ".lock"))
        files = tree(Path(os.path.realpath(home / "current")))[0].values()
        needed = _SPARE + 2 * sum(file.stat().st_size for file in files)
        free = shutil.disk_usage(at).free
    if free < needed:
        raise ReleaseError(
            f"{home} has {free / 1e6:.0f} MB of free space, a release needs {needed / 1e6:.0f} MB; "
            "free space there, or choose another home"
        )


@contextmanager
def publishing(home: Path, timeout: float = 60) -> Iterator[Publisher]:
    """The right to change what is published in `home`, which is created for this user alone.

    Waits up to `timeout` seconds for another publisher to finish, then removes what a killed one
    left. Raises ReleaseError, naming the holder, when the time is up. The lock of a killed process
    is released by itself.
    """
    with explained(f"publish in {home}"):
        is_new = not home.exists()
        storage.private(home, "withheld")
        storage.shared(home / "releases")
        if is_new:
            storage.sync(home.parent)
    with lock.locked(home / ".lock", timeout):
        publisher = Publisher(home)
        publisher._sweep()
        yield publisher


class Publisher:
    """Everything that changes a home; comes from `publishing(home)`. Raises ReleaseError."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._releases = home / "releases"
        self._withheld = home / "withheld"

    def stage(self, release_id: str) -> Path:
        """A new empty directory `releases/.stg-<id>` to build in.

        Where the id is taken (same content, same second) `-2`, `-3`, … is added.
        """
        if not ID.fullmatch(release_id):
            raise ReleaseError(f"{release_id!r} is no release id; make it with release_id()")
        free, number = release_id, 1
        staged = self._releases / (_STAGED + free)
        while any(at.exists() for at in (staged, self._releases / free, self._withheld / free)):
            number += 1
            free = f"{release_id}-{number}"
            staged = self._releases / (_STAGED + free)
        check_home(self._home)
        with explained(f"stage {free}"):
            staged.mkdir(mode=0o700)  # nothing of it is published yet
        return staged

    def foundation(self) -> Path | None:
        """The current release, for the next one to build on; None before the first.

        Raises ReleaseError for a damaged one: the next manifest would vouch for the damage.
        """
        path = current(self._home)
        if path is not None and (problems := verify(path)):
            raise ReleaseError(
                f"the current release {path.name} is damaged ({problems[0]}); restore it from a "
                f"copy, or roll back to a whole one"
            )
        return path

    def publish(self, staged: Path, views: Schema | None = None) -> Path:
        """Make a staged directory, all its files closed, the current release; returns its path.

        `views` are the columns and types of the views, for its manifest.

        Once this returns the release survives a power cut. If it raises, readers see the old
        or the new release, whole.
        """
        with explained(f"publish {staged.name.removeprefix(_STAGED)}"):
            released = self._finish(staged, self._releases, views)
            self._point_to(released)
        return released

    def withhold(self, staged: Path, views: Schema | None = None) -> Path:
        """Keep a staged directory in `withheld/`, for review; only the last ten stay there."""
        with explained(f"withhold {staged.name.removeprefix(_STAGED)}"):
            kept = self._finish(staged, self._withheld, views)
            for old in releases_in(self._withheld)[:-_KEPT_WITHHELD]:
                _remove(old.path)
        return kept

    def discard(self, staged: Path) -> None:
        """Remove a staged directory."""
        with explained(f"discard {staged.name.removeprefix(_STAGED)}"):
            _remove(staged)

    def rollback(self, release_id: str | None = None) -> Path:
        """Point `current` to an earlier (or later) release, by default to the one before.

        Refuses a release whose files do not match its manifest.
        """
        if release_id is None:
            releases = {release.id: release for release in list_releases(self._home)}
            now = releases.get(self._current_id() or "")
            release_id = now.previous if now else None
            if release_id is None:
                raise ReleaseError("there is no release before the current one; name one")
        path = find(self._home, release_id)
        if problems := verify(path):
            raise ReleaseError(f"release {release_id} is damaged ({problems[0]}); choose another")
        with explained(f"roll back to {release_id}"):
            self._point_to(path)
        return path

    def collect_garbage(self, keep: int = 10) -> list[str]:
        """Remove all but the last `keep` releases; returns the ids of the removed ones.

        The current one and the one a rollback would return to always stay. A reader that has a
        removed file open can read on.
        """
        if keep < 1:
            raise ReleaseError(f"cannot keep {keep} releases; keep 1 or more")
        releases = list_releases(self._home)
        needed = {release.id for release in releases[-keep:]}
        for release in releases:
            if release.id == self._current_id():
                needed |= {release.id, release.previous or release.id}
        removed = [release for release in releases if release.id not in needed]
        with explained(f"remove old releases of {self._home}"):
            for release in removed:
                _remove(release.path)
        return [release.id for release in removed]

    def _current_id(self) -> str | None:
        link = self._home / "current"
        return Path(os.readlink(link)).name if link.is_symlink() else None

    def _finish(self, staged: Path, parent: Path, views: Schema | None) -> Path:
        """Write a staged directory's manifest, make all read-only, move it to its final name."""
        files, folders, others = tree(staged)
        files.pop(MANIFEST, None)
        if staged.parent != self._releases or not staged.name.startswith(_STAGED) or not files:
            raise ReleaseError(
                f"{staged} is empty, gone or not from stage(); build in what that gives"
            )
        if others:
            raise ReleaseError(f"{staged / others[0]} is neither file nor directory; remove it")
        if unfinished := _unfinished(staged, files):
            raise ReleaseError(f"{unfinished[0]} is still being written; close it first")
        final = parent / staged.name.removeprefix(_STAGED)
        listing = staged / MANIFEST
        listing.unlink(missing_ok=True)
        listing.write_text(self._manifest(final.name, files, views), encoding="utf-8")
        for file in [*files.values(), listing]:
            file.chmod(0o444)
            storage.sync(file)
        for folder in folders:
            folder.chmod(0o555)
            storage.sync(folder)
        storage.sync(staged)
        staged.rename(final)
        # Only now: a directory without write permission cannot move to another parent.
        final.chmod(0o555)
        storage.sync(final)
        storage.sync(parent)
        return final

    def _manifest(self, name: str, files: dict[str, Path], views: Schema | None) -> str:
        taken = [*releases_in(self._releases), *releases_in(self._withheld)]
        sequence = max((release.sequence for release in taken), default=0) + 1
        when = created(Path(name))
        return manifest.text(name, when, sequence, self._current_id(), views, files)

    def _point_to(self, path: Path) -> None:
        path.chmod(0o555)  # in case a publisher was killed before it did this
        link = self._home / (_LINK + path.name)
        link.symlink_to(Path("releases") / path.name)
        link.replace(self._home / "current")
        storage.sync(self._home)

    def _sweep(self) -> None:
        """Remove what killed publishers left behind; none is at work now, under the lock."""
        with explained(f"clean up {self._home}"):
            for parent in (self._releases, self._withheld):
                for path in parent.iterdir():
                    if path.name.startswith((_STAGED, _REMOVED)):
                        _remove(path)
            for link in self._home.glob(_LINK + "*"):
                link.unlink()


def _unfinished(staged: Path, files: dict[str, Path]) -> list[Path]:
    """Files below `staged` that this process is still writing, and the logs of open databases."""
    unfinished = [file for file in files.values() if file.suffix == ".wal"]
    for descriptor in Path("/proc/self/fd").glob("*"):  # empty outside Linux
        with suppress(OSError):
            mode = fcntl.fcntl(int(descriptor.name), fcntl.F_GETFL) & os.O_ACCMODE
            target = descriptor.readlink()
            if mode != os.O_RDONLY and target.is_relative_to(staged.resolve()):
                unfinished.append(target)
    return unfinished


def _remove(path: Path) -> None:
    """Remove a directory, after renaming it so that no reader finds half of it."""
    if not path.name.startswith("."):
        path = path.rename(path.with_name(_REMOVED + path.name))
    for folder, _, _ in os.walk(path):
        os.chmod(folder, 0o700)
    shutil.rmtree(path)
