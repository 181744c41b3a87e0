"""How files and folders are made: whole, never through a link, with the right permissions.

    <home>/              whoever may enter it may read what is published
    <home>/releases/     what is published, and `current`
    <home>/withheld/, prefect/, texts/, detail/   the owner's alone

Belongs here: creating, replacing and removing them. Does not belong here: what is in them. No
permissions depend on the umask, except those of a file that `whole` makes anew.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shlex
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse.system.files import FormError, Problem

PRIVATE, PUBLISHED = ("withheld", "prefect", "texts", "detail"), "releases"
LINKED = "detail"  # may be a link, to a larger disk

_ROOM = 1 << 30  # bytes that are left to others, or a twentieth of a smaller disk
_EVERYONE, _OTHERS = 0o077, 0o007


def prepare(home: Path) -> None:
    """Create the home, for this user alone, where there is none; close what is not for readers.

    Earlier versions left those folders as open as the umask. Detail that its owner has opened to a
    group stays open. Raises OSError, and FormError where other users may change what lies there:
    they could have replaced a folder by a link.
    """
    if not home.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    around = home.stat().st_mode
    if around & stat.S_IWOTH and not around & stat.S_ISVTX:
        remedy = f"close it: chmod o-w {shlex.quote(str(home))}"
        raise FormError(Problem(str(home), 0, "may be changed by anyone", remedy))
    kept = [name for name in (*PRIVATE, PUBLISHED) if os.path.lexists(home / name)]
    for name in kept:
        _check_own(home / name)
    for name in kept:
        mode = (home / name).stat().st_mode
        if name in PRIVATE and mode & (_OTHERS if name == LINKED else _EVERYONE):
            (home / name).chmod(0o700)


def private(home: Path, name: str) -> Path:
    """A folder of the home, itself prepared, that is not for readers. Raises OSError."""
    prepare(home)
    folder = home / name
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_own(folder)
    return folder


def _check_own(folder: Path) -> None:
    """Raise FormError unless a folder of the home is this user's own, and no link but LINKED."""
    link = folder.lstat()
    if stat.S_ISLNK(link.st_mode) and folder.name != LINKED:
        remedy = "move it away, and put the folder itself there"
        raise FormError(Problem(str(folder), 0, "is a link", remedy))
    if {link.st_uid, folder.stat().st_uid} != {os.geteuid()}:
        remedy = "run this as that user, or choose another home"
        raise FormError(Problem(str(folder), 0, "is another user's", remedy))


def shared(folder: Path) -> Path:
    """A folder for whoever may enter the one above it, created where there is none.

    An existing folder keeps its permissions. Raises OSError.
    """
    if not folder.is_dir():
        shared(folder.parent)
        with suppress(FileExistsError):  # another process was faster
            folder.mkdir()
            folder.chmod(0o755)
    return folder


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A new file beside `path` to write to; it replaces `path` when the block ends.

    So `path` always has its old content or the new one. Raises OSError where it is a link, a device
    or a pipe.
    """
    kept = check(path)
    # A random name: nobody can have put a link there beforehand.
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        beside.touch(exist_ok=False)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        if kept is not None:
            beside.chmod(kept)
        yield beside
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except OSError as error:
        if error.filename is None:  # a failed write does not name its file
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def temporary(folder: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `folder`, for this user alone, that is removed after the block.

    First, those that killed processes left there are removed. Raises OSError.
    """
    sweep(folder, prefix)
    # Under another name until it is locked: `sweep` would take it for one left behind.
    made = folder / f".{secrets.token_hex(8)}"
    made.mkdir(mode=0o700)
    lock = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = made.rename(folder / f"{prefix}{secrets.token_hex(4)}")
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def sweep(folder: Path, prefix: str) -> None:
    """Remove the temporary folders whose processes have ended: nobody holds their locks."""
    for left in folder.glob(f"{prefix}*"):
        with suppress(OSError):  # its process is at work, or it was removed meanwhile
            lock = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an OSError that a write raises, which names no file, name `path`."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def sync(path: Path) -> None:
    """Wait until a file's content, or a directory's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_room(folder: Path, size: int) -> None:
    """Raise OSError where `size` more bytes would leave the disk without room for others."""
    usage = shutil.disk_usage(folder)
    if usage.free - size < min(_ROOM, usage.total // 20):
        raise OSError(errno.ENOSPC, "the disk is all but full", str(folder))


def check(path: Path) -> int | None:
    """The permissions of the file at `path`; None where nothing is. Raises OSError for all else."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise OSError(errno.EEXIST, "is no regular file", str(path))
    return stat.S_IMODE(mode)
