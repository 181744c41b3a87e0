"""Codes in SQL: how the texts of a column become the codes of the detail.

Belongs here: tables of spellings, and the CASE where there are few. Does not belong here: which
spellings there are (format.py), and the query that reads a file (conversion.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from warehouse.detail.format import Column, spellings
from warehouse.store.tables import fill, literal

# Columns with few distinct texts: written as an ENUM of them they take a tenth of the time.
ENUMERATED = ("flow", "regime")


def lookup_tables(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapping[str, Column]]
) -> dict[str, str]:
    """By column, the name of a table of its spellings and their codes, where it has spellings.

    From here on, DuckDB carries out joins on this connection in the order they are written.
    """
    # DuckDB guesses that a CSV file is small and would build the hash table of each join on it.
    connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
    tables: dict[str, str] = {}
    for columns in mapped:
        for name, column in columns.items():
            key = key_of(name, column)
            if key in tables or by_case(name, column):
                continue
            if spelled := spellings(name, column):
                tables[key] = f"lookup_{len(tables)}"
                fill(
                    connection,
                    tables[key],
                    {"spelled": "VARCHAR", "code": "VARCHAR"},
                    ({"spelled": text, "code": code} for text, code in spelled.items()),
                )
    return tables


def expected_texts(mapped: Sequence[Mapping[str, Column]]) -> dict[str, dict[str, str]]:
    """By enumerated column, the texts that its format names, and the codes they mean."""
    return {
        key_of(name, columns[name]): dict(columns[name].codes)
        for columns in mapped
        for name in ENUMERATED
        if by_case(name, columns[name])
    }


def case(value: str, codes: Mapping[str, str], other: str, cast: str = "") -> str:
    """The code that a text means, by these codes, or else `other`."""
    cases = (f"when {literal(text)} then {literal(code)}{cast}" for text, code in codes.items())
    return f"case {value} {' '.join(cases)} else {other} end"


def enumeration(texts: Iterable[str]) -> str:
    """The type of columns that hold nothing but these texts."""
    return f"enum ({', '.join(map(literal, dict.fromkeys(texts)))})"


def by_case(name: str, column: Column) -> bool:
    """Whether a column has so few codes that a CASE is faster than a join with a lookup table."""
    return name != "period" and bool(column.codes) and not column.list


def key_of(name: str, column: Column) -> str:
    """A name for how this column is read, the same for all files that have it so."""
    return name + column.model_dump_json()
