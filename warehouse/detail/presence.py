"""Whether customs detail is concerned at all: asked by those who mostly have none.

Belongs here: questions that are answered without loading what works on detail. Does not belong
here: everything else about detail.
"""

from __future__ import annotations

from functools import cache

import duckdb

from warehouse import project


def is_in(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database has customs detail."""
    ((found,),) = connection.execute(
        "select count(*) from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'quality' and table_name = 'detail_partitions'"
    ).fetchall()
    return bool(found)


@cache
def is_on_detail(rule: str) -> bool:
    """Whether a rule of this id is one on customs detail."""
    return any(rule == path.stem for path in project.files("detail rules", "*/*.sql"))
