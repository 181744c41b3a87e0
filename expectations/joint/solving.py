"""Joint consistency: all figures against all identities at once, and what to make of the result.

Belongs here: running the solver over the loaded figures, typical slips that would settle a
conflict, and the tables conflicts, suspects, bounds, coverage. Does not belong here: how figures
become statements (statements.py) and how they are solved (consistency.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

import duckdb

from expectations.joint import statements
from expectations.joint.consistency import Conflict, Settlement, Suspect, check
from expectations.joint.coverage import Coverage, coverage
from expectations.joint.repairs import Repair, Workshop
from expectations.joint.statements import Statements, Variable
from warehouse.records.contract import RATIO_PLACES, VALUE_PLACES
from warehouse.records.fields import PRINTED
from warehouse.store import tables
from warehouse.terms import period


@dataclass(frozen=True, slots=True)
class SuspectNumber:
    """A number that could be the culprit, and the range that would settle the conflict."""

    figure: str
    aspect: str
    printed: str
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures that cannot all be right: every explanation, and suggested repairs."""

    id: str
    figures: tuple[str, ...]
    explanations: tuple[tuple[SuspectNumber, ...], ...]
    repairs: tuple[Repair, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """What must hold for a value that nobody printed; growth as a fraction, ends outward."""

    source: str
    series: str
    without: tuple[str, ...]
    unit: str
    period: str
    lower: Decimal | None
    upper: Decimal | None
    growth_lower: Decimal | None
    growth_upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Joint:
    """All that the solver found. `unchecked` are figures of which no others limit any number.

    Of `undetermined` figures it gave up telling whether they agree: only rules have checked them.
    `unbounded` counts values that nobody printed, and whose bounds would take too long to find.
    """

    conflicts: tuple[Contradiction, ...]
    bounds: tuple[Bound, ...]
    unchecked: tuple[str, ...]
    undetermined: tuple[str, ...]
    unbounded: int

    def omissions(self) -> Iterator[str]:
        """What was left out, in words for whoever relies on the verdict."""
        if self.undetermined:
            yield (
                f"{len(self.undetermined)} figures were checked by rules, not jointly: too many "
                "hang together"
            )
        if self.unbounded:
            yield (
                f"no bounds were sought for {self.unbounded} values that nobody printed: too many "
                "hang together"
            )


def solve(connection: duckdb.DuckDBPyConnection) -> Joint:
    """Check everything in core jointly; fill temp tables for the schema quality."""
    said = statements.read(connection)
    report = check(said.observations, said.identities, said.solver_requests(), said.floors)
    printed = _printed(connection)
    workshop = Workshop(said, printed, report)
    conflicts = tuple(
        _contradiction(conflict, workshop.repairs(conflict), printed)
        for conflict in report.conflicts
    )
    ends = {bound.name: (bound.lower, bound.upper) for bound in report.bounds}
    bounds = tuple(_bounds(said, ends))
    covered = coverage(said.observations, said.identities, said.floors)
    _store(connection, conflicts, bounds, covered, report.undetermined)
    known = {state.suspect.figure for state in covered if state.state != "unchecked"}
    alone = {state.suspect.figure for state in covered} - known
    undetermined = {suspect.figure for suspect in report.undetermined}
    requests = said.requests()
    unbounded = len({requests[name][0] for name in report.unanswered})
    return Joint(conflicts, bounds, tuple(sorted(alone)), tuple(sorted(undetermined)), unbounded)


def _printed(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """(figure, aspect) → the text as printed."""
    rows = connection.execute(
        f"""unpivot (select figure_id, {", ".join(f"{a}_printed as {a}" for a in PRINTED)}
            from core.figures)
        on {", ".join(PRINTED)}
        into name aspect value printed"""
    ).fetchall()
    return {(id_, aspect): text for id_, aspect, text in rows}


def _contradiction(
    conflict: Conflict, repairs: tuple[Repair, ...], printed: Mapping[tuple[str, str], str]
) -> Contradiction:
    def suspect(settlement: Settlement) -> SuspectNumber:
        figure, aspect = settlement.suspect.figure, settlement.suspect.aspect
        lower, upper = settlement.lower, settlement.upper
        if aspect == "growth":  # the solver has factors
            lower, upper = _less_one(lower), _less_one(upper)
        places = RATIO_PLACES if PRINTED[aspect] else VALUE_PLACES
        # Rounded inward: what is told to settle the conflict does.
        low, high = _rounded(lower, places, ROUND_CEILING), _rounded(upper, places, ROUND_FLOOR)
        return SuspectNumber(figure, aspect, printed[figure, aspect], low, high)

    key = "\n".join(f"{s.figure} {s.aspect}" for s in conflict.suspects)
    return Contradiction(
        hashlib.sha256(key.encode()).hexdigest()[:10],
        conflict.figures,
        tuple(tuple(map(suspect, explanation)) for explanation in conflict.explanations),
        repairs,
        conflict.cut,
    )


def _bounds(
    said: Statements, ends: Mapping[str, tuple[Fraction | None, Fraction | None]]
) -> Iterator[Bound]:
    variables = {variable for variable, _ in said.requests().values()}
    for variable in sorted(variables):
        level = ends.get(f"{variable.name}#level")
        if level is None:  # its block has a conflict
            continue
        low, high = ends.get(f"{variable.name}#growth", (None, None))
        if level[1] is None and low is None and high is None:
            continue  # nothing is known but that it is not negative
        yield Bound(
            variable.source,
            variable.series,
            variable.without,
            variable.unit,
            _period(variable),
            _rounded(level[0], VALUE_PLACES, ROUND_FLOOR),
            _rounded(level[1], VALUE_PLACES, ROUND_CEILING),
            _rounded(_less_one(low), RATIO_PLACES, ROUND_FLOOR),
            _rounded(_less_one(high), RATIO_PLACES, ROUND_CEILING),
        )


def _period(variable: Variable) -> str:
    last = variable.stop - timedelta(1)
    start = ".." if variable.start.year < period.EARLIEST else str(variable.start)
    return period.parse(f"{start}/{last}").text


def _less_one(factor: Fraction | None) -> Fraction | None:
    return None if factor is None else factor - 1


def _rounded(number: Fraction | None, places: int, rounding: str) -> Decimal | None:
    if number is None:
        return None
    exact = Context(prec=60, rounding=rounding).divide(
        Decimal(number.numerator), Decimal(number.denominator)
    )
    return exact.quantize(Decimal(1).scaleb(-places), rounding, Context(prec=60))


def _store(
    connection: duckdb.DuckDBPyConnection,
    conflicts: Sequence[Contradiction],
    bounds: Sequence[Bound],
    covered: Sequence[Coverage],
    undetermined: Collection[Suspect],
) -> None:
    text, amount = "VARCHAR", "DECIMAL(38, 10)"
    tables.fill(
        connection,
        "temp.found_conflicts",
        {
            "conflict_id": text,
            "figures": "VARCHAR[]",
            "explanations": "INTEGER",
            "is_cut": "BOOLEAN",
        },
        (
            {
                "conflict_id": conflict.id,
                "figures": conflict.figures,
                "explanations": len(conflict.explanations),
                "is_cut": conflict.is_cut,
            }
            for conflict in conflicts
        ),
    )
    tables.fill(
        connection,
        "temp.found_suspects",
        dict.fromkeys(("conflict_id", "explanation", "figure_id", "aspect", "printed"), text)
        | {"settles_lower": amount, "settles_upper": amount, "repairs": "VARCHAR[]"},
        (
            {
                "conflict_id": conflict.id,
                "explanation": str(number),
                "figure_id": suspect.figure,
                "aspect": suspect.aspect,
                "printed": suspect.printed,
                "settles_lower": _plain(suspect.lower),
                "settles_upper": _plain(suspect.upper),
                "repairs": [
                    repair.slip
                    for repair in conflict.repairs
                    if (repair.figure, repair.aspect) == (suspect.figure, suspect.aspect)
                ],
            }
            for conflict in conflicts
            for number, explanation in enumerate(conflict.explanations, 1)
            for suspect in explanation
        ),
    )
    tables.fill(
        connection,
        "temp.found_bounds",
        dict.fromkeys(("source_id", "series", "unit", "period"), text)
        | {"without": "VARCHAR[]"}
        | dict.fromkeys(("lower", "upper"), "DECIMAL(38, 6)")
        | dict.fromkeys(("growth_lower", "growth_upper"), "DECIMAL(38, 10)"),
        (
            {
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
            for bound in bounds
        ),
    )
    tables.fill(
        connection,
        "temp.found_coverage",
        dict.fromkeys(("figure_id", "aspect", "state"), text) | {"is_joint": "BOOLEAN"},
        (
            {
                "figure_id": number.suspect.figure,
                "aspect": number.suspect.aspect,
                "state": number.state,
                "is_joint": number.suspect not in undetermined,
            }
            for number in covered
        ),
    )


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
