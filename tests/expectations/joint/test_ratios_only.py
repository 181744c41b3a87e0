"""Tables of ratios alone: what they are over is above zero, so that they can be wrong too.

Whether a table can hold is asked of HiGHS as well, in floats and with the shares of all variables
in their sum as unknowns: it finds how far from zero all denominators can be at once.
"""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import highspy
import pytest
from highspy._core import _Highs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expectations.joint.consistency import check
from expectations.joint.linear_statements import Identity, Observation, Request, Suspect, Terms

Table = tuple[list[Observation], list[Identity]]


def ratio(
    figure: str, aspect: str, terms: Terms, over: Terms, printed: str | Decimal
) -> Observation:
    """A ratio printed in percent to one decimal."""
    value = Decimal(printed) / 100 + (aspect == "growth")
    half = Decimal("0.0005")
    return Observation(figure, aspect, terms, value - half, value + half, over)


def growth(name: str, printed: str | Decimal) -> Observation:
    return ratio(name, "growth", ((name, 1),), ((f"{name}@", 1),), printed)


def share(name: str, total: str, printed: str | Decimal) -> Observation:
    return ratio(name, "share", ((name, 1),), ((total, 1),), printed)


def contribution(name: str, total: str, printed: str | Decimal) -> Observation:
    change: Terms = ((name, 1), (f"{name}@", -1))
    return ratio(name, "contribution", change, ((f"{total}@", 1),), printed)


def sums(total: str, *parts: str, is_partition: bool = True) -> list[Identity]:
    """What the parts are of their total, now and in the base."""
    return [
        Identity(
            f"{total}{base}",
            ((total + base, 1), *((part + base, -1) for part in parts)),
            0,
            0 if is_partition else None,
        )
        for base in ("", "@")
    ]


@pytest.mark.parametrize(
    ("printed", "identities"),
    [
        ([growth("t", "10"), growth("e", "5"), growth("i", "8")], sums("t", "e", "i")),
        ([share("p", "t", "130")], sums("t", "p", is_partition=False)),
        ([share(name, "t", "33.4") for name in "abc"], sums("t", *"abc")),
        ([growth("t", "-161")], []),
        (
            [growth("q", "10"), growth("a", "11"), growth("b", "12"), growth("c", "13")],
            sums("q", *"abc"),
        ),
        (
            [growth("t", "10"), contribution("a", "t", "3"), contribution("b", "t", "4")],
            sums("t", "a", "b"),
        ),
    ],
)
def test_that_all_is_zero_is_no_way_out(
    printed: list[Observation], identities: list[Identity]
) -> None:
    (conflict,) = check(printed, identities).conflicts
    assert set(conflict.suspects) == {o.suspect for o in printed}
    assert all(len(explanation) == 1 for explanation in conflict.explanations)
    assert {s.suspect for e in conflict.explanations for s in e} == set(conflict.suspects)
    for explanation in conflict.explanations:
        (settlement,) = explanation
        assert (settlement.lower, settlement.upper) != (None, None)
        wrong = next(o for o in printed if o.suspect == settlement.suspect)
        mended = replace(wrong, lower=settlement.lower, upper=settlement.upper)
        assert not check([mended if o == wrong else o for o in printed], identities).conflicts


def test_bounds_are_those_of_what_can_be_however_small() -> None:
    asked = [Request("part", (("p", 1),)), Request("base", (("p@", 1),))]
    asked.append(Request("share", (("p", 1),), (("t", 1),)))
    total = Observation("t", "value", (("t", 1),), 90, 100)
    report = check([growth("p", "0"), total], sums("t", "p", is_partition=False), asked)
    bounds = {bound.name: (bound.lower, bound.upper) for bound in report.bounds}
    assert bounds["part"] == (0, 100)
    assert bounds["base"][0] == 0
    assert bounds["share"] == (0, 1)


def test_a_denominator_may_be_any_sum_that_is_above_zero() -> None:
    """A deficit; what a total grew by: no contribution to it is over nothing."""
    deficit = Observation(
        "b", "growth", (("b", -1),), Fraction("1.4"), Fraction("1.5"), (("b@", -1),)
    )
    floors = {"b": None, "b@": None}
    base = Observation("b", "base", (("b@", 1),), -10, -9)
    asked = [Request("b", (("b", 1),))]
    (bound,) = check([deficit, base], (), asked, floors).bounds
    assert (bound.lower, bound.upper) == (-15, Fraction("-12.6"))
    surplus = replace(base, lower=9, upper=10)
    (conflict,) = check([deficit, surplus], (), asked, floors).conflicts
    assert conflict.suspects == (Suspect("b", "base"), Suspect("b", "growth"))
    (settlement,) = (e[0] for e in conflict.explanations if e[0].suspect.aspect == "base")
    assert (settlement.lower, settlement.upper) == (None, 0)

    grown: Terms = (("t", 1), ("t@", -1))
    rate = ratio("p", "contribution_rate", (("p", 1), ("p@", -1)), grown, "60")
    assert not check([rate, growth("t", "5")]).conflicts
    (conflict,) = check([rate, growth("t", "-5")]).conflicts
    assert conflict.suspects == (Suspect("p", "contribution_rate"), Suspect("t", "growth"))


def test_what_rests_on_two_numbers_goes_with_either() -> None:
    """A share of 30 %, 2 points more than before: 28 % of the base."""
    before = ratio("p", "share_change", (("p@", 1),), (("t@", 1),), "28")
    before = replace(before, others=(Suspect("p", "share"),))
    printed = [
        share("p", "t", "30"),
        before,
        Observation("p", "base", (("p@", 1),), 35, 36),
        Observation("t", "base", (("t@", 1),), 100, 101),
    ]
    (conflict,) = check(printed).conflicts
    assert conflict.suspects == (
        Suspect("p", "base"),
        Suspect("p", "share"),
        Suspect("p", "share_change"),
        Suspect("t", "base"),
    )
    assert [[s.suspect for s in e] for e in conflict.explanations] == [
        [suspect] for suspect in conflict.suspects
    ]
    alone = [o for o in printed if o.aspect != "share"]
    (conflict,) = check(alone).conflicts
    assert Suspect("p", "share") in conflict.suspects


# ── against HiGHS ─────────────────────────────────────────────────────────────────────────────


def table(draw: random.Random) -> Table:
    """Growths, shares and contributions of a total, its parts, and the parts of one of these."""
    parts = [f"p{number}" for number in range(draw.randint(2, 5))]
    inner = [f"q{number}" for number in range(draw.randint(0, 3))]
    true: dict[str, int] = {}
    for base in ("@", ""):
        for name in (*parts, *inner):
            before = true.get(f"{name}@")
            size = draw.randint(10**3, 10**6)
            true[name + base] = round(before * draw.uniform(0.5, 2)) if before else size
        if inner:
            rest = draw.choice([0, draw.randint(1, 10**6)])
            true[parts[0] + base] = sum(true[name + base] for name in inner) + rest
        true["t" + base] = sum(true[name + base] for name in parts)
    whole = all(true[parts[0] + b] == sum(true[q + b] for q in inner) for b in ("", "@"))
    identities = sums("t", *parts)
    if inner:
        identities += sums(parts[0], *inner, is_partition=whole)

    def percent(top: int, bottom: int) -> Decimal:
        return round(Decimal(100 * top) / bottom, 1)

    printed = []
    for name, total in (("t", ""), *((p, "t") for p in parts), *((q, parts[0]) for q in inner)):
        now, then = true[name], true[f"{name}@"]
        if draw.random() < 0.8:
            printed.append(growth(name, percent(now - then, then)))
        if total and draw.random() < 0.5:
            printed.append(share(name, total, percent(now, true[total])))
        if total and draw.random() < 0.4:
            printed.append(contribution(name, total, percent(now - then, true[f"{total}@"])))
    return printed, identities


def room(printed: list[Observation], identities: list[Identity]) -> float:
    """How large the least denominator can be where all variables add up to one; negative: never."""
    names = sorted({name for s in (*printed, *identities) for name, _ in s.terms})
    names = sorted({*names, *(name for o in printed for name, _ in o.over)})
    column = {name: number for number, name in enumerate(names)}
    least = len(names)
    highs = _Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-10)
    infinite = highspy.kHighsInf
    for _ in names:
        highs.addVar(0.0, infinite)
    highs.addVar(-1.0, 1.0)

    def row(lower: float, upper: float, factors: dict[int, float]) -> None:
        kept = {number: factor for number, factor in factors.items() if factor}
        highs.addRow(lower, upper, len(kept), [*kept], [*kept.values()])

    row(1.0, 1.0, {column[name]: 1.0 for name in names})
    for identity in identities:
        upper = infinite if identity.upper is None else float(identity.upper)
        row(0.0, upper, {column[name]: float(factor) for name, factor in identity.terms})
    for o in printed:
        for limit, sign in ((o.lower, 1.0), (o.upper, -1.0)):
            assert limit is not None
            factors = {column[name]: sign * float(factor) for name, factor in o.terms}
            for name, factor in o.over:
                place = column[name]
                factors[place] = factors.get(place, 0.0) - sign * float(limit) * float(factor)
            row(0.0, infinite, factors)
        row(0.0, infinite, {least: -1.0} | {column[n]: float(f) for n, f in o.over})
    highs.changeColCost(least, -1.0)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return -1.0
    return -float(highs.getInfo().objective_function_value)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_correct_tables_of_ratios_never_conflict(seed: int) -> None:
    printed, identities = table(random.Random(seed))
    report = check(printed, identities)
    assert not report.conflicts and not report.undetermined


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_a_table_of_ratios_conflicts_where_highs_finds_no_room(seed: int) -> None:
    draw = random.Random(seed)
    printed, identities = table(draw)
    assume(printed)
    place = draw.randrange(len(printed))
    wrong = printed[place]
    assert isinstance(wrong.lower, Decimal) and isinstance(wrong.upper, Decimal)
    shift = Decimal(draw.choice(["-1.5", "-0.2", "-0.05", "0.03", "0.1", "0.4", "3"]))
    printed[place] = replace(wrong, lower=wrong.lower + shift, upper=wrong.upper + shift)
    largest = room(printed, identities)
    assume(not 1e-8 < largest < 1e-5)  # where floats cannot tell
    conflicts = check(printed, identities).conflicts
    assert bool(conflicts) == (largest <= 1e-8)
    if conflicts:
        assert any(wrong.suspect in c.involved for c in conflicts)
