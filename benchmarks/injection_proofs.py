"""Whether an error that was put into real figures can be proven, in floating point by HiGHS.

Belongs here: the least amount by which the changed numbers must give way. Does not belong here:
what the product says of them (injection_outcomes.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import highspy

from expectations.joint.linear_statements import Identity, Observation


def least_give(
    observations: Sequence[Observation],
    identities: Sequence[Identity],
    floors: Mapping[str, None],
    figure: str,
) -> float:
    """By how much the numbers of `figure` must give way, in units of the last printed digit.

    More than zero means that no true values lead to all that is printed.
    """
    steps = [
        float(o.upper - o.lower)
        for o in observations
        if o.aspect == "value" and o.upper is not None and o.lower is not None
    ]
    unit = min(steps, default=1.0)
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    columns: dict[str, int] = {}
    infinite = highspy.kHighsInf

    def column(name: str) -> int:
        if name not in columns:
            columns[name] = len(columns)
            model.addCol(0.0, -infinite if name in floors else 0.0, infinite, 0, [], [])
        return columns[name]

    def row(terms: dict[int, float], lower: float, upper: float) -> None:
        model.addRow(lower, upper, len(terms), list(terms), list(terms.values()))

    def give() -> int:
        columns[f"give {len(columns)}"] = number = len(columns)
        model.addCol(1.0, 0.0, infinite, 0, [], [])
        return number

    for identity in identities:
        row({column(name): float(factor) for name, factor in identity.terms}, 0.0, 0.0)
    for o in observations:
        for limit, sign in ((o.lower, 1.0), (o.upper, -1.0)):
            if limit is None:
                continue
            terms = {column(name): sign * float(factor) for name, factor in o.terms}
            for name, factor in o.over:
                at = column(name)
                terms[at] = terms.get(at, 0.0) - sign * float(limit) * float(factor)
            if o.figure == figure:
                terms[give()] = 1.0
            row(terms, 0.0 if o.over else sign * float(limit) / unit, infinite)
    if not columns:
        return 0.0
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return infinite  # even without the changed number
    return float(model.getObjectiveValue())
