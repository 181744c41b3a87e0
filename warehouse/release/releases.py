"""Releases: immutable published snapshots below a home directory, and the link to the current one.

    <home>/releases/<release id>/…      published, read-only, listed in its manifest.json
    <home>/releases/.stg-<release id>/  being built
    <home>/withheld/<release id>/…      built but not published
    <home>/current                      -> releases/<release id>
    <home>/.lock                        held by the one publisher

Here belongs how a finished directory becomes a release and nothing of what is in it. Everything
that writes is a method of the `Publisher` that `publishing(home)` yields, so that it is only done
under the lock. Killed anywhere, `current` names the old release or the new one, whole.

Readers call `current(home)` once for each read and stay in the directory it returns: the link may
move on between two look-ups.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.system import storage
from warehouse.system.failure import Failure
from warehouse.system.files import MAX_DOCUMENT, FormError, content

if TYPE_CHECKING:
    from warehouse.release.schema import Schema

FORMAT = 3  # since 2, a manifest holds its own digest; since 3, the columns of each view
MANIFEST = "manifest.json"

_DIGEST = "sha256"  # of the manifest without it
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?")
_STAGED = ".stg-"
_REMOVED = ".del-"
_LINK = ".current-"
_KEPT_WITHHELD = 10
_SPARE = 32 << 20  # bytes for a first release, logs and the flow's own files

_REMEDIES = {
    errno.ENOSPC: "free space there",
    errno.EDQUOT: "free space there",
    errno.EACCES: "let this user write there, or choose another home",
    errno.EPERM: "let this user write there, or choose another home",
    errno.EROFS: "make it writable, or choose another home",
    errno.ENOTDIR: "move away the file that stands where a directory must be",
    errno.EEXIST: "move away what stands there",
    errno.ENOTEMPTY: "move away what stands there",
    errno.EISDIR: "move away the directory that stands there",
    errno.EXDEV: "keep the whole home in one file system",
    errno.ENOENT: "check the path",
    errno.ELOOP: "move away the link that stands there",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "allow it more open files: ulimit -n",
    errno.ENFILE: "end programs that hold many files open",
    errno.EFBIG: "allow it larger files: ulimit -f",
}


class ReleaseError(Failure):
    """Something about releases that could not be done: one line, with the remedy."""


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
    if not _ID.fullmatch(made):
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
    with _explained(f"read {link}"):
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
    return _listed(home / "releases")


def list_runs(home: Path) -> list[Path]:
    """The directories of all releases and withheld runs that are kept, the newest first."""
    runs = [*_listed(home / "releases"), *_listed(home / "withheld")]
    return [run.path for run in sorted(runs, key=lambda run: -run.sequence)]


def find(home: Path, release_id: str, withheld: bool = False) -> Path:
    """The directory of a published release, whole or not; of a withheld run too, if so asked.

    Raises ReleaseError where there is none.
    """
    folders = ("releases", "withheld") if withheld else ("releases",)
    listed = (path for folder in folders for path in (home / folder).glob("*"))
    known = {path.name: path for path in sorted(listed) if _ID.fullmatch(path.name)}
    if release_id not in known:
        there = ", ".join(known) or "none"
        raise ReleaseError(f"there is no release {release_id}; there are: {there}")
    return known[release_id]


def verify(path: Path) -> list[str]:
    """What differs between a release's files and its manifest, one line each; empty if nothing.

    Every byte is read. Raises ReleaseError where that is impossible.
    """
    try:
        _, listed = _manifest(path)
    except ReleaseError as error:
        return [str(error)]
    with _explained(f"verify {path}"):
        found, _, others = _tree(path)
        found.pop(MANIFEST, None)
        problems = [f"{name}: neither file nor directory" for name in others]
        for name in sorted(listed.keys() | found.keys()):
            if name not in found:
                problems.append(f"{name}: missing")
            elif name not in listed:
                problems.append(f"{name}: not in the manifest")
            elif _measure(found[name]) != listed[name]:
                problems.append(f"{name}: changed")
    return problems


def to_json(value: object) -> str:
    """JSON that is the same for the same value: keys sorted, text as it is, newline at the end."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def remedy(error: OSError) -> str:
    """What to do about a failed system call."""
    return _REMEDIES.get(error.errno or 0, "mend that, then try again")


def check_home(home: Path) -> None:
    """Raises ReleaseError unless the home can be written, and has room for the next release.

    That is one twice as large as the current one: a build that fills the disk would harm no
    reader, but everything else on it. Creates nothing but the lock of a home that exists.
    """
    at = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    with _explained(f"write in {home}"):
        if at == home.absolute():
            os.close(_open_lock(home / ".lock"))
        files = _tree(Path(os.path.realpath(home / "current")))[0].values()
        needed = _SPARE + 2 * sum(file.stat().st_size for file in files)
        free = shutil.disk_usage(at).free
    if free < needed:
        raise ReleaseError(
            f"{home} has {free / 1e6:.0f} MB of free space, a release needs {needed / 1e6:.0f} MB; "
            "free space there, or choose another home"
        )


@contextmanager
def publishing(home: Path, timeout: float = 60) -> Iterator["Publisher"]:
    """The right to change what is published in `home`, which is created for this user alone.

    Waits up to `timeout` seconds for another publisher to finish, then sweeps away what a killed
    one left. Raises ReleaseError, naming the holder, when the time is up. A killed process lets go
    of the lock by itself.
    """
    with _explained(f"publish in {home}"):
        is_new = not home.exists()
        storage.private(home, "withheld")
        storage.shared(home / "releases")
        if is_new:
            sync(home.parent)
    with locked(home / ".lock", timeout):
        publisher = Publisher(home)
        publisher._sweep()
        yield publisher


@contextmanager
def locked(path: Path, timeout: float = 60) -> Iterator[None]:
    """The lock file `path`, which is created if need be, held; a killed process lets go of it.

    Raises ReleaseError, naming the holder, when it is not free within `timeout` seconds.
    """
    with _explained(f"lock {path}"):
        lock = _open_lock(path)
    try:
        _acquire(lock, path, timeout)
        yield
    finally:
        # Closing alone would not do where a forked child still has the lock open.
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


class Publisher:
    """Everything that changes a home; comes from `publishing(home)`. Raises ReleaseError."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._releases = home / "releases"
        self._withheld = home / "withheld"

    def stage(self, release_id: str) -> Path:
        """A new empty directory `releases/.stg-<id>` to build in.

        Where the id is taken (same content in the same second) `-2`, `-3`, … is added.
        """
        if not _ID.fullmatch(release_id):
            raise ReleaseError(f"{release_id!r} is no release id; make it with release_id()")
        free, number = release_id, 1
        staged = self._releases / (_STAGED + free)
        while any(at.exists() for at in (staged, self._releases / free, self._withheld / free)):
            number += 1
            free = f"{release_id}-{number}"
            staged = self._releases / (_STAGED + free)
        check_home(self._home)
        with _explained(f"stage {free}"):
            staged.mkdir(mode=0o700)  # nothing of it is published yet
        return staged

    def foundation(self) -> Path | None:
        """The current release, for the next one to build on; None before the first.

        Refuses a damaged one: its damage would be carried on under a manifest that vouches for it.
        """
        path = current(self._home)
        if path is not None and (problems := verify(path)):
            raise ReleaseError(
                f"the current release {path.name} is damaged ({problems[0]}); restore it from a "
                f"copy, or roll back to a whole one"
            )
        return path

    def publish(self, staged: Path, views: "Schema | None" = None) -> Path:
        """Makes a staged directory, all its files closed, the current release; returns its path.

        Its manifest says which columns, of which types, the `views` have.

        Once this returns the release survives a power cut. If it raises, readers see the old
        or the new release, whole.
        """
        with _explained(f"publish {staged.name.removeprefix(_STAGED)}"):
            released = self._finish(staged, self._releases, views)
            self._point_to(released)
        return released

    def withhold(self, staged: Path, views: "Schema | None" = None) -> Path:
        """Keeps a staged directory in `withheld/`, for review, with the nine before it."""
        with _explained(f"withhold {staged.name.removeprefix(_STAGED)}"):
            kept = self._finish(staged, self._withheld, views)
            for old in _listed(self._withheld)[:-_KEPT_WITHHELD]:
                _remove(old.path)
        return kept

    def discard(self, staged: Path) -> None:
        """Removes a staged directory, of which nothing is to be kept."""
        with _explained(f"discard {staged.name.removeprefix(_STAGED)}"):
            _remove(staged)

    def rollback(self, release_id: str | None = None) -> Path:
        """Points `current` to an earlier (or later) release, by default to the one before.

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
        with _explained(f"roll back to {release_id}"):
            self._point_to(path)
        return path

    def collect_garbage(self, keep: int = 10) -> list[str]:
        """Removes all but the last `keep` releases; returns the ids of the removed ones.

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
        with _explained(f"remove old releases of {self._home}"):
            for release in removed:
                _remove(release.path)
        return [release.id for release in removed]

    def _current_id(self) -> str | None:
        link = self._home / "current"
        return Path(os.readlink(link)).name if link.is_symlink() else None

    def _finish(self, staged: Path, parent: Path, views: "Schema | None") -> Path:
        """Lists, seals and syncs a staged directory, and moves it, whole, to its final name."""
        files, folders, others = _tree(staged)
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
        manifest = staged / MANIFEST
        manifest.unlink(missing_ok=True)
        manifest.write_text(to_json(self._describe(final.name, files, views)), encoding="utf-8")
        for file in [*files.values(), manifest]:
            file.chmod(0o444)
            sync(file)
        for folder in folders:
            folder.chmod(0o555)
            sync(folder)
        sync(staged)
        staged.rename(final)
        # Only now: a directory without write permission cannot move to another parent.
        final.chmod(0o555)
        sync(final)
        sync(parent)
        return final

    def _describe(
        self, name: str, files: dict[str, Path], views: "Schema | None"
    ) -> dict[str, object]:
        taken = [*_listed(self._releases), *_listed(self._withheld)]
        listed = {}
        for path, file in files.items():
            size, digest = _measure(file)
            listed[path] = {"bytes": size, "sha256": digest}
        told = {
            "release": name,
            "created": f"{created(Path(name)):%FT%TZ}",
            "format": FORMAT,
            "sequence": max((release.sequence for release in taken), default=0) + 1,
            "previous": self._current_id(),
            "views": {
                view: [{"name": column, "type": type_} for column, type_ in columns.items()]
                for view, columns in (views or {}).items()
            },
            "files": listed,
        }
        return told | {_DIGEST: _digest(told)}

    def _point_to(self, path: Path) -> None:
        path.chmod(0o555)  # for readers, even if a publisher was killed before it came to that
        link = self._home / (_LINK + path.name)
        link.symlink_to(Path("releases") / path.name)
        link.replace(self._home / "current")
        sync(self._home)

    def _sweep(self) -> None:
        """Removes what killed publishers left behind: no other one can be at work now."""
        with _explained(f"clean up {self._home}"):
            for parent in (self._releases, self._withheld):
                for path in parent.iterdir():
                    if path.name.startswith((_STAGED, _REMOVED)):
                        _remove(path)
            for link in self._home.glob(_LINK + "*"):
                link.unlink()


def _open_lock(path: Path) -> int:
    """A descriptor of the lock file, which is for those alone who publish."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.fstat(lock).st_mode & 0o077:  # of an earlier version
        os.fchmod(lock, 0o600)
    return lock


def _acquire(lock: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(lock, 1000, 0).decode().strip() or "another process"
                raise ReleaseError(
                    f"{path} has been held for {timeout:g} s or more by {holder}; "
                    "wait for that run or end it, then try again"
                ) from None
            time.sleep(0.05)
    holder = f"pid {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%FT%TZ}\n"
    with _explained(f"write {path}"):
        os.ftruncate(lock, 0)
        os.pwrite(lock, holder.encode(), 0)


def _listed(parent: Path) -> list[Release]:
    with _explained(f"list {parent}"):
        paths = [path for path in parent.glob("*") if _ID.fullmatch(path.name)]
    return sorted((_manifest(path)[0] for path in paths), key=lambda release: release.sequence)


def _manifest(path: Path) -> tuple[Release, dict[str, tuple[int, str]]]:
    """A release, and the bytes and sha256 of each of its files, as its manifest tells it."""
    file = path / MANIFEST
    try:
        text = content(file, MAX_DOCUMENT).decode()
        told = json.loads(text)
        if told["format"] != 1 or _DIGEST in told:
            digest = told.pop(_DIGEST)
            if digest != _digest(told) or text != to_json(told | {_DIGEST: digest}):
                raise ValueError("it was changed")
        files = {name: (of["bytes"], of["sha256"]) for name, of in told["files"].items()}
        if told["release"] != path.name:
            raise ValueError(f"it is that of release {told['release']}")
        if not isinstance(told["previous"], str | None):
            raise ValueError("previous is no release")
        return Release(path, int(told["sequence"]), told["previous"]), files
    except (FormError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        cause = str(error)
        if isinstance(error, FormError):
            cause = error.problem.message.removeprefix("cannot be read: ")
        raise ReleaseError(
            f"{file} is unusable ({cause}); restore it from a copy, or remove {path}"
        ) from error


def _digest(manifest: dict[str, object]) -> str:
    return hashlib.sha256(to_json(manifest).encode()).hexdigest()


def _tree(path: Path) -> tuple[dict[str, Path], list[Path], list[str]]:
    """What is below a directory: files by relative name, directories, names of anything else."""
    below = sorted(path.rglob("*"))
    files = {}
    folders = []
    others = []
    for found in below:
        mode = found.lstat().st_mode
        if stat.S_ISREG(mode):
            files[found.relative_to(path).as_posix()] = found
        elif stat.S_ISDIR(mode):
            folders.append(found)
        else:
            others.append(found.relative_to(path).as_posix())
    return files, folders, others


def _unfinished(staged: Path, files: dict[str, Path]) -> list[Path]:
    """Files below `staged` that this process has open for writing, and logs of open databases."""
    found = [file for file in files.values() if file.suffix == ".wal"]
    for descriptor in Path("/proc/self/fd").glob("*"):  # nothing to see outside Linux
        with suppress(OSError):
            mode = fcntl.fcntl(int(descriptor.name), fcntl.F_GETFL) & os.O_ACCMODE
            target = descriptor.readlink()
            if mode != os.O_RDONLY and target.is_relative_to(staged.resolve()):
                found.append(target)
    return found


def _measure(file: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of what is in the file."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
        return opened.tell(), digest.hexdigest()


def sync(path: Path) -> None:
    """Waits until a file's content, or a directory's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """Removes a directory, first renaming it so that nobody meets a half of it."""
    if not path.name.startswith("."):
        path = path.rename(path.with_name(_REMOVED + path.name))
    for folder, _, _ in os.walk(path):
        os.chmod(folder, 0o700)
    shutil.rmtree(path)


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        message = f"cannot {doing}: {error.strerror}{where}; {remedy(error)}"
        raise ReleaseError(message) from error
