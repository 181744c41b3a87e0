"""How Python itself is set, for processes that load hundreds of thousands of objects and end soon.

Belongs here: that. Does not belong here: what a process does, and settings that a person makes.
"""

from __future__ import annotations

import gc

# By default a pass after every 700 objects: Prefect and Great Expectations make a million while
# they load, none of which is garbage, and searching them takes a fifth of that time.
_RARELY = (200_000, 20, 50)


def collect_rarely() -> None:
    """Look for cycles of garbage less often; what is in no cycle goes at once all the same."""
    gc.set_threshold(*_RARELY)
