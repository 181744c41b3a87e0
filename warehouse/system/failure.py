"""The kind of error that a user can mend: its message says all there is to say."""

from __future__ import annotations


class Failure(Exception):
    """What went wrong, in one message that names the place and a remedy; shown as it is."""
