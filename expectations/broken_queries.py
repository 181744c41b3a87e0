"""What readers rely on: a view or column does not go, or change its type, unless that is meant.

Belongs here: why a release must not be published over the current one, in words. Does not belong
here: what of a schema differs (warehouse/release/schema.py).
"""

from __future__ import annotations

from warehouse.release.schema import Schema, compare

_SHOWN = 5


def losses(before: Schema, after: Schema, remedy: str) -> tuple[str, ...]:
    """A statement that names each view of which queries would fail, or none.

    `remedy` is the command that publishes the release all the same.
    """
    broken = [str(view) for view in compare(before, after) if view.breaks_queries]
    if not broken:
        return ()
    more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
    return (
        f"queries that readers have would fail: {'; '.join(broken[:_SHOWN])}{more}; mend the "
        f"views, or if that is meant and announced, publish it with: {remedy}",
    )
