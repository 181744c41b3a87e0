"""The shipped records, and an example with errors, come to the very values of version 0.2.0.

The rebuilding of the house must not change a number. A change that is meant rewrites the file of
digests, and says so in CHANGELOG: `python -m tests.test_values_of_0_2`.
"""

import hashlib
import json
from datetime import date

from expectations import acknowledgements
from expectations.acknowledgements import default_file
from expectations.assess import assess
from tests.conftest import RECORDS, ROOT
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import build_views, load

EXPECTED = ROOT / "tests" / "values_of_0_2.json"
WRONG = ROOT / "examples" / "deliberately-wrong"
TODAY = date(2026, 11, 29)
# Where a file lies, what its bytes are, and what is worded for people.
NOT_COMPARED = {"file", "sha256", "path", "formula", "statement"}


def digests():
    """Table → its number of rows, and column → a digest of its values in the order of all rows."""
    with open_memory() as connection:
        load(connection, read_batch([RECORDS, WRONG]), release_id="the-release")
        assess(connection, acknowledgements.read(default_file()), TODAY)
        build_views(connection)
        found = {}
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('raw', 'core', 'quality', 'main') and not temporary order by 1"
        ).fetchall()
        for (table,) in tables:
            columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
            compared = [column for column in columns if column not in NOT_COMPARED]
            rows = connection.execute(
                f"select {', '.join(compared)} from {table} order by all"
            ).fetchall()
            found[table] = {"rows": len(rows)} | {
                column: hashlib.sha256(repr([row[n] for row in rows]).encode()).hexdigest()[:16]
                for n, column in enumerate(compared)
            }
        return found


def test_every_value_is_the_same():
    expected = json.loads(EXPECTED.read_text("utf-8"))
    found = digests()
    assert expected.keys() <= found.keys()  # others may be new
    for table, columns in expected.items():
        same = {name: found[table].get(name) for name in columns}  # others may be new
        assert same == columns, table


if __name__ == "__main__":
    EXPECTED.write_text(json.dumps(digests(), indent=1) + "\n", encoding="utf-8")
