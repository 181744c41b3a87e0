"""Facts that a source prints twice and not alike: by a slip, or because they are two facts.

Belongs here: telling which it is. Where a slip explains it, the prints conflict like all others.
Where none does, they may be of two facts that nobody told apart (adjusted and not, first and
revised): then a rule asks, and the solver holds neither against anything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from expectations.joint.consistency import Report
from expectations.joint.linear_statements import Observation
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.repairs import RepairSearch
from expectations.joint.slips import slips_into
from expectations.joint.statements import Statements

_ASPECTS = ("value", "growth", "other_growth")


def of_two_facts(
    core: Statements, report: Report, printed: PrintedTexts, search: RepairSearch
) -> set[str]:
    """The figures whose values or growths differ from others of the same fact, by no slip."""
    figures: set[str] = set()
    for numbers in _unlike(core.observations):
        if not _is_slip_of_text(numbers, core, printed):
            suspects = {number.suspect for number in numbers}
            repairs = (
                repair
                for conflict in report.conflicts
                if len(conflict.involved & suspects) > 1
                for repair in search.repairs(conflict)
            )
            if not any(r.is_misplaced and r.numbers & suspects for r in repairs):
                figures.update(number.figure for number in numbers)
    return figures


def _unlike(observations: Sequence[Observation]) -> Iterator[list[Observation]]:
    """Numbers of one expression that cannot all be right."""
    same: dict[object, list[Observation]] = defaultdict(list)
    for number in observations:
        if number.aspect in _ASPECTS:
            same[number.terms, number.over].append(number)
    for numbers in same.values():
        if len(numbers) > 1:
            lowers = [number.lower for number in numbers if number.lower is not None]
            uppers = [number.upper for number in numbers if number.upper is not None]
            if lowers and uppers and max(lowers) > min(uppers):
                yield numbers


def _is_slip_of_text(
    numbers: Sequence[Observation], core: Statements, printed: PrintedTexts
) -> bool:
    """Whether a slip leads from one of those that are the farthest apart to the other."""
    least = min((n for n in numbers if n.upper is not None), key=lambda n: n.upper or 0)
    most = max((n for n in numbers if n.lower is not None), key=lambda n: n.lower or 0)
    for wrong, right in ((least, most), (most, least)):
        number = printed.number(wrong.suspect)
        ends = core.reading(right.suspect).printed((right.lower, right.upper))
        if number and any(slip.is_telling() for slip in slips_into(number, *ends)):
            return True
    return False
