"""What a check of record files says, in the few words that cases are held against.

A case says what is right:

    errors: list of [rule or figure, …]: each is an error that names all of these; [] is none at all
    warnings: the same of warnings and of what is to be reviewed; [] is none at all
    slips: {figure: text}: a slip of this figure is shown whose text holds this
    bounds: {series period: least greatest}, null where there is no end
"""

from decimal import Decimal

from expectations import check


def verdict(paths):
    """The records at these paths, checked; nothing is acknowledged."""
    return check.check(paths, paths[0].with_name("acknowledged.yaml"))


def faults(checked, right):
    """How what was found differs from what is right, in words; nothing where it does not."""
    found = [
        ({finding.rule, *finding.figures}, finding.severity)
        for finding in checked.assessment.findings
    ]
    conflicts = checked.assessment.joint.conflicts
    for conflict in conflicts:
        suspects = {s.figure for explanation in conflict.explanations for s in explanation}
        found.append(({"joint-consistency", *conflict.figures, *suspects}, "error"))
    for field, severities in (("errors", {"error"}), ("warnings", {"warning", "review"})):
        if field not in right:
            continue
        of_these = [names for names, severity in found if severity in severities]
        if not right[field]:
            yield from (f"{field}: {sorted(names)}, where none is right" for names in of_these)
        for expected in right[field]:
            if not any(set(expected) <= names for names in of_these):
                yield f"{field}: none names {expected}, but {list(map(sorted, of_these))}"
    repairs = [repair for conflict in conflicts for repair in conflict.repairs]
    for figure, text in right.get("slips", {}).items():
        shown = [str(repair) for repair in repairs if repair.figure == figure]
        if not any(text in slip for slip in shown):
            yield f"slips: {text!r} is not shown of {figure}, but {shown}"
    bounds = {
        f"{bound.series} {bound.period}": (bound.lower, bound.upper)
        for bound in checked.assessment.joint.bounds
    }
    for place, ends in right.get("bounds", {}).items():
        expected = tuple(None if end == "null" else Decimal(end) for end in ends.split())
        if bounds.get(place) != expected:
            yield f"bounds: {place} is {bounds.get(place)}, not {expected}: {sorted(bounds)}"
