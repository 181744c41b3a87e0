"""Files and folders as they are made: whole, never through a link, and open to whom they are for.

    <home>/              whoever may enter it may read what is published
    <home>/releases/     what is published, and `current`
    <home>/withheld/, prefect/, texts/, detail/   the owner's alone

Belongs here: how they come to be. Does not belong here: what is in them. None of it depends on the
umask, except for the home of a file that a person has named.
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

    Earlier versions left that as open as the umask. Detail that its owner has opened to a group
    stays so. Raises OSError, and FormError where other users may change what lies there: nothing
    is written through what they have put in its place.
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
    """Raises FormError unless a folder of the home is this user's, and lies where it seems to."""
    link = folder.lstat()
    if stat.S_ISLNK(link.st_mode) and folder.name != LINKED:
        remedy = "move it away, and put the folder itself there"
        raise FormError(Problem(str(folder), 0, "is a link", remedy))
    if {link.st_uid, folder.stat().st_uid} != {os.geteuid()}:
        remedy = "run this as that user, or choose another home"
        raise FormError(Problem(str(folder), 0, "is another user's", remedy))


def shared(folder: Path) -> Path:
    """A folder for whoever may enter the one above it, created where there is none.

    One that is there stays as open as its owner has made it. Raises OSError.
    """
    if not folder.is_dir():
        shared(folder.parent)
        with suppress(FileExistsError):  # another process was faster
            folder.mkdir()
            folder.chmod(0o755)
    return folder


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A new file beside `path` to write to; it takes the place of `path` when the block ends.

    So there is the old content or the new one, and it is written neither through a link nor into a
    device or pipe: raises OSError where one stands there.
    """
    kept = check(path)
    # Nobody can have put a link under a name that nobody knows; and it may not be there.
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
        if error.filename is None:  # of writing, which does not say where
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def temporary(folder: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `folder`, for this user alone, that is gone after the block.

    Those that killed processes have left there are removed first. Raises OSError.
    """
    sweep(folder, prefix)
    # Under another name until it is locked: nobody should take it for one that was left.
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
    """Remove the temporary folders whose processes are gone, and with them their locks."""
    for left in folder.glob(f"{prefix}*"):
        with suppress(OSError):  # it is at work, or was removed meanwhile
            lock = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Say of a failure to write, which does not say it by itself, that it concerns `path`."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def sync(path: Path) -> None:
    """Waits until a file's content, or a directory's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_room(folder: Path, size: int) -> None:
    """Raises OSError where so many more bytes would leave the disk without room for others."""
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
