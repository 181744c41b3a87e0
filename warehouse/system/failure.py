"""The kind of error that a user can mend; it is shown as its message alone, without traceback."""

from __future__ import annotations


class Failure(Exception):
    """Something went wrong; the message says what, where, and what to do."""
