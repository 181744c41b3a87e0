"""What readers rely on: no view or column disappears, or changes its type, unless that is intended.

Belongs here: saying why a release must not replace the current one. Does not belong here: comparing
schemas (warehouse/release/schema.py).
"""

from __future__ import annotations

from warehouse.release.schema import Schema, compare

_SHOWN = 5


def losses(before: Schema, after: Schema, remedy: str) -> tuple[str, ...]:
    """A message that names the views whose queries would fail; empty where none would.

    `remedy` is the command that publishes the release nevertheless.
    """
    broken = [str(view) for view in compare(before, after) if view.breaks_queries]
    if not broken:
        return ()
    more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
    return (
        f"queries that readers have would fail: {'; '.join(broken[:_SHOWN])}{more}; mend the "
        f"views, or if that is meant and announced, publish it with: {remedy}",
    )
