"""The temporary tables of joint consistency: conflicts, suspects, bounds, coverage.

Belongs here: their columns, and the rows that results become. Does not belong here: the results
(results.py), and the tables of the schema quality that are made from these (warehouse/store/sql).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import duckdb

from expectations.joint.coverage import Coverage
from expectations.joint.linear_statements import Suspect
from expectations.joint.results import Bound, Contradiction
from warehouse.store import tables

_TEXT, _TEXTS, _NUMBER, _RATIO = "VARCHAR", "VARCHAR[]", "DECIMAL(38, 6)", "DECIMAL(38, 10)"

_CONFLICTS = {
    "conflict_id": _TEXT,
    "figures": _TEXTS,
    "explanations": "INTEGER",
    "is_cut": "BOOLEAN",
}
_SUSPECTS = {
    **dict.fromkeys(("conflict_id", "explanation", "figure_id", "aspect", "printed"), _TEXT),
    **dict.fromkeys(("settles_lower", "settles_upper"), _RATIO),  # of a ratio or a level
    "repairs": _TEXTS,
}
BOUNDS = {
    **dict.fromkeys(("source_id", "series", "unit", "period"), _TEXT),
    "without": _TEXTS,
    **dict.fromkeys(("lower", "upper"), _NUMBER),
    **dict.fromkeys(("growth_lower", "growth_upper"), _RATIO),
}
COVERAGE = {**dict.fromkeys(("figure_id", "aspect", "state"), _TEXT), "is_joint": "BOOLEAN"}

_Row = Mapping[str, object]


def store(
    connection: duckdb.DuckDBPyConnection,
    conflicts: Sequence[Contradiction],
    bounds: Sequence[Bound],
    covered: Iterable[Coverage],
    undetermined: Collection[Suspect],
) -> None:
    """Fill the temp tables `found_…`, from which the schema quality is made."""
    coverage = _coverage(covered, undetermined)
    tables.fill(connection, "temp.found_conflicts", _CONFLICTS, _conflicts(conflicts))
    tables.fill(connection, "temp.found_suspects", _SUSPECTS, _suspects(conflicts))
    tables.fill(connection, "temp.found_bounds", BOUNDS, _bounds(bounds))
    tables.fill(connection, "temp.found_coverage", COVERAGE, coverage)


def _conflicts(conflicts: Sequence[Contradiction]) -> Iterator[_Row]:
    for conflict in conflicts:
        yield {
            "conflict_id": conflict.id,
            "figures": conflict.figures,
            "explanations": len(conflict.explanations),
            "is_cut": conflict.is_cut,
        }


def _suspects(conflicts: Sequence[Contradiction]) -> Iterator[_Row]:
    for conflict in conflicts:
        for number, explanation in enumerate(conflict.explanations, 1):
            for suspect in explanation:
                yield {
                    "conflict_id": conflict.id,
                    "explanation": str(number),
                    "figure_id": suspect.figure,
                    "aspect": suspect.aspect,
                    "printed": suspect.printed,
                    "settles_lower": _plain(suspect.lower),
                    "settles_upper": _plain(suspect.upper),
                    "repairs": [
                        f"{repair.slip}: {repair.corrected}"
                        for repair in conflict.repairs
                        if (repair.figure, repair.aspect) == (suspect.figure, suspect.aspect)
                    ],
                }


def _bounds(bounds: Sequence[Bound]) -> Iterator[_Row]:
    for bound in bounds:
        yield {
            "source_id": bound.source,
            "series": bound.series,
            "without": bound.without,
            "unit": bound.unit,
            "period": bound.period,
            "lower": _plain(bound.lower),
            "upper": _plain(bound.upper),
            "growth_lower": _plain(bound.growth_lower),
            "growth_upper": _plain(bound.growth_upper),
        }


def _coverage(covered: Iterable[Coverage], undetermined: Collection[Suspect]) -> Iterator[_Row]:
    for number in covered:
        yield {
            "figure_id": number.suspect.figure,
            "aspect": number.suspect.aspect,
            "state": number.state,
            "is_joint": number.suspect not in undetermined,
        }


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
