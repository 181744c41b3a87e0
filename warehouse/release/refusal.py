"""The error that says why something about releases cannot be done, and what to do about it.

Belongs here: the error, and a remedy for each reason for which the operating system may refuse.
Does not belong here: what is done with releases (releases.py, manifest.py, publisher.py).
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.system.failure import Failure

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


def remedy(error: OSError) -> str:
    """What to do about a failed system call."""
    return _REMEDIES.get(error.errno or 0, "mend that, then try again")


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Raise a system call that fails in the block as a ReleaseError: cannot <doing>."""
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        message = f"cannot {doing}: {error.strerror}{where}; {remedy(error)}"
        raise ReleaseError(message) from error
