"""Joint consistency: all figures are checked against all identities at once.

Groups of sources that no statement ties together are decided each by itself, also in another
process. Only those in conflict are looked at again, to explain what is wrong in them.

Belongs here: running the solver over the loaded figures, and putting its answers into the terms of
people: numbers as printed, growth instead of factors, decimals instead of fractions. Does not
belong here: which groups there are (core_rows.py), how figures become statements (statements.py),
how they are solved (consistency.py), which slips would settle a conflict (repairs.py), and the
tables of what was found (storing.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import duckdb

from expectations.joint.consistency import Conflict, Report, Settlement, check
from expectations.joint.contested import of_two_facts
from expectations.joint.core_rows import CoreRows, Group, joined, read_rows, sources_by_group
from expectations.joint.coverage import Coverage, coverage
from expectations.joint.kept_verdicts import kept_verdicts
from expectations.joint.linear_statements import Suspect
from expectations.joint.printed_numbers import observe
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.repairs import RepairSearch
from expectations.joint.results import Bound, Contradiction, Joint, SuspectNumber
from expectations.joint.shown_repairs import Repair
from expectations.joint.statements import Statements, Variable
from expectations.joint.storing import store
from expectations.joint.ties import tie
from warehouse.records.contract import RATIO_PLACES, VALUE_PLACES
from warehouse.records.fields import PRINTED
from warehouse.system.helper_process import HelperProcess
from warehouse.terms import period

_TOGETHER = 8  # groups of sources that travel to another process together


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the solver says of figures that agree; it may have left something out.

    `covered` and `bounds` are empty where limits were not sought.
    """

    covered: Sequence[Coverage]
    bounds: Sequence[Bound]
    undetermined: Sequence[Suspect]  # of these it is not known whether they agree
    unbounded: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.undetermined and not self.unbounded


def solve(
    connection: duckdb.DuckDBPyConnection,
    home: Path | None = None,
    with_limits: bool = True,
    helper: HelperProcess | None = None,
) -> Joint:
    """Check everything in core jointly; fill temp tables for the schema quality.

    With `home`, verdicts are taken from there where they are known, and kept there. Without
    `with_limits`, it is only decided whether the figures agree: what limits printed numbers, and
    the bounds of those that nobody printed, take most of the time, and not everyone looks at them.
    A `helper` takes half of the work.
    """
    groups = sources_by_group(connection)
    if home is None:
        return _solve(connection, groups, with_limits, helper)[0]
    with kept_verdicts(connection, home, groups, with_limits) as kept:
        joint, complete = _solve(connection, kept.missing, with_limits, helper)
        bounds = (*joint.bounds, *kept.restore())
        kept.keep(complete)
    return replace(joint, bounds=tuple(sorted(bounds, key=lambda bound: bound.source)))


def _solve(
    connection: duckdb.DuckDBPyConnection,
    groups: Sequence[Group],
    with_limits: bool,
    helper: HelperProcess | None,
) -> tuple[Joint, Sequence[Group]]:
    """What is found in these groups; and those of which everything is known, all in agreement."""
    decide = partial(verdict, with_limits=with_limits)
    rows = read_rows(connection, groups)
    decided = list(helper.map(decide, rows, _TOGETHER) if helper else map(decide, rows))
    conflicts: Sequence[Contradiction] = ()
    verdicts = [found for found in decided if found]
    if None in decided:
        clashing = [group for group, found in zip(groups, decided, strict=True) if found is None]
        conflicts, rest = _explained(connection, clashing, with_limits)
        verdicts.append(rest)
    undetermined = {suspect for found in verdicts for suspect in found.undetermined}
    joint = Joint(
        tuple(conflicts),
        tuple(sorted((b for v in verdicts for b in v.bounds), key=lambda bound: bound.source)),
        tuple(sorted({suspect.figure for suspect in undetermined})),
        sum(found.unbounded for found in verdicts),
    )
    covered = (number for found in verdicts for number in found.covered)
    store(connection, joint.conflicts, joint.bounds, covered, undetermined)
    complete = [g for g, found in zip(groups, decided, strict=True) if found and found.is_complete]
    return joint, complete


def verdict(rows: CoreRows, with_limits: bool) -> Verdict | None:
    """What there is to say of a group of sources, or None where figures of it are in conflict."""
    core = statements_of(rows)
    report = _checked(core, with_limits, is_explained=False)
    return None if report.conflicts else _verdict(core, report, with_limits)


def statements_of(rows: CoreRows, apart: Collection[str] = ()) -> Statements:
    """The statements of figures; those `apart` are tied to no other figures."""
    statements = Statements()
    observe(rows, statements, apart)
    tie(rows, statements)
    return statements


def _checked(core: Statements, with_limits: bool, *, is_explained: bool = True) -> Report:
    requests = core.solver_requests() if with_limits else ()
    return check(
        core.observations, core.identities, requests, core.floors, is_explained=is_explained
    )


def _verdict(core: Statements, report: Report, with_limits: bool) -> Verdict:
    if not with_limits:
        return Verdict((), (), report.undetermined, 0)
    requests = core.requests()
    ends = {bound.name: (bound.lower, bound.upper) for bound in report.bounds}
    covered = coverage(core.observations, core.identities, core.floors, report)
    unbounded = {requests[name][0] for name in report.unanswered}
    bounds = tuple(_bounds(requests, ends))
    return Verdict(covered, bounds, report.undetermined, len(unbounded))


def _explained(
    connection: duckdb.DuckDBPyConnection, groups: Sequence[Group], with_limits: bool
) -> tuple[Sequence[Contradiction], Verdict]:
    """Groups that are in conflict, looked at together: a slip may have led from one to another."""
    printed = PrintedTexts(connection)
    rows = joined(read_rows(connection, groups))
    core = statements_of(rows)
    report = _checked(core, with_limits)
    search = RepairSearch(core, printed, report)
    if apart := of_two_facts(core, report, printed, search):
        core = statements_of(rows, apart)
        report = _checked(core, with_limits)
        search = RepairSearch(core, printed, report)
    conflicts = tuple(
        _contradiction(conflict, search.repairs(conflict), printed, core)
        for conflict in report.conflicts
    )
    return conflicts, _verdict(core, report, with_limits)


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
    requests: Mapping[str, tuple[Variable, bool]],
    ends: Mapping[str, tuple[Fraction | None, Fraction | None]],
) -> Iterator[Bound]:
    for variable in sorted({variable for variable, _ in requests.values()}):
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
