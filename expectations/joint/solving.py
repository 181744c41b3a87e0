"""Joint consistency: all figures are checked against all identities at once.

Belongs here: running the solver over the loaded figures, and putting its answers into the terms of
people: numbers as printed, growth instead of factors, decimals instead of fractions. Does not
belong here: how figures become statements (statements.py), how they are solved (consistency.py),
which slips would settle a conflict (repairs.py), and the tables of what was found (storing.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

import duckdb

from expectations.joint.consistency import Conflict, Report, Settlement, check
from expectations.joint.contested import of_two_facts
from expectations.joint.coverage import Coverage, coverage
from expectations.joint.linear_statements import Suspect
from expectations.joint.printed_numbers import observe
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.repairs import Repair, RepairSearch
from expectations.joint.results import Bound, Contradiction, Joint, SuspectNumber
from expectations.joint.statements import Statements, Variable
from expectations.joint.storing import store
from expectations.joint.ties import tie
from warehouse.records.contract import RATIO_PLACES, VALUE_PLACES
from warehouse.records.fields import PRINTED
from warehouse.terms import period


class Answers(NamedTuple):
    """All that the solver says; of the `incomplete` sources it left something out."""

    joint: Joint
    covered: Sequence[Coverage]
    undetermined: Collection[Suspect]
    incomplete: frozenset[str]


def solve(connection: duckdb.DuckDBPyConnection) -> Joint:
    """Check everything in core jointly; fill temp tables for the schema quality."""
    answers = answer(connection)
    joint = answers.joint
    store(connection, joint.conflicts, joint.bounds, answers.covered, answers.undetermined)
    return joint


def answer(connection: duckdb.DuckDBPyConnection) -> Answers:
    """Check everything in core jointly."""
    printed = PrintedTexts(connection)
    core = read(connection)
    report = _checked(core)
    search = RepairSearch(core, printed, report)
    if apart := of_two_facts(core, report, printed, search):
        core = read(connection, apart)
        report = _checked(core)
        search = RepairSearch(core, printed, report)
    conflicts = tuple(
        _contradiction(conflict, search.repairs(conflict), printed, core)
        for conflict in report.conflicts
    )
    ends = {bound.name: (bound.lower, bound.upper) for bound in report.bounds}
    bounds = tuple(_bounds(core, ends))
    covered = coverage(core.observations, core.identities, core.floors, report)
    checked = {number.suspect.figure for number in covered if number.state != "unchecked"}
    unchecked = {number.suspect.figure for number in covered} - checked
    undetermined = {suspect.figure for suspect in report.undetermined}
    requests = core.requests()
    unbounded = {requests[name][0] for name in report.unanswered}
    left_out = {*undetermined, *(number.suspect.figure for number in covered if not number.exact)}
    incomplete = {core.figures[figure].source for figure in left_out}
    incomplete |= {variable.source for variable in unbounded}
    joint = Joint(
        conflicts,
        bounds,
        tuple(sorted(unchecked)),
        tuple(sorted(undetermined)),
        len(unbounded),
    )
    return Answers(joint, covered, report.undetermined, frozenset(incomplete))


def _checked(core: Statements) -> Report:
    return check(core.observations, core.identities, core.solver_requests(), core.floors)


def read(connection: duckdb.DuckDBPyConnection, apart: Collection[str] = ()) -> Statements:
    """The statements of all figures in core; those `apart` are tied to no other figures."""
    statements = Statements()
    observe(connection, statements, apart)
    tie(connection, statements)
    return statements


def _contradiction(
    conflict: Conflict,
    repairs: tuple[Repair, ...],
    printed: Mapping[tuple[str, str], str],
    core: Statements,
) -> Contradiction:
    def suspect(settlement: Settlement) -> SuspectNumber:
        figure, aspect = settlement.suspect.figure, settlement.suspect.aspect
        reading = core.reading(settlement.suspect)
        lower, upper = reading.printed((settlement.lower, settlement.upper))
        places = VALUE_PLACES if PRINTED.get(aspect) == "" else RATIO_PLACES
        # Rounded inward, so that every value in the range does settle the conflict.
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
    core: Statements, ends: Mapping[str, tuple[Fraction | None, Fraction | None]]
) -> Iterator[Bound]:
    variables = {variable for variable, _ in core.requests().values()}
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
