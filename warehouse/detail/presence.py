"""Whether a database or a rule has to do with customs detail at all; most have not.

Belongs here: what can be told without loading the modules that work on detail. Does not belong
here: everything else about detail.
"""

from __future__ import annotations

import duckdb

from warehouse import project


def has_detail(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database has customs detail."""
    ((count,),) = connection.execute(
        "select count(*) from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'quality' and table_name = 'detail_partitions'"
    ).fetchall()
    return bool(count)


@project.cached
def is_detail_rule(rule: str) -> bool:
    """Whether the rule of this id is a rule on customs detail."""
    return any(rule == path.stem for path in project.files("detail rules", "*/*.sql"))
