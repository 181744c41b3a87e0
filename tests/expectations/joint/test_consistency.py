"""The consistency solver: known cases, and everything it says against an oracle that is slow."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.joint import explanations, simplex
from expectations.joint.blocks import Bounds
from expectations.joint.consistency import Conflict, Report, Settlement, check
from expectations.joint.coverage import coverage
from expectations.joint.linear_statements import (
    Identity,
    Number,
    Observation,
    Request,
    Suspect,
    Terms,
)

Row = tuple[dict[str, Fraction], Fraction]  # Σ factor · variable ≤ limit


def level(figure: str, variable: str, printed: str, step: str = "0.1") -> Observation:
    half = Decimal(step) / 2
    value = Decimal(printed)
    return Observation(figure, "value", ((variable, 1),), value - half, value + half)


def ratio(
    figure: str, aspect: str, variable: str, over: str, printed: str, step: str = "0.001"
) -> Observation:
    half = Decimal(step) / 2
    value = Decimal(printed)
    return Observation(figure, aspect, ((variable, 1),), value - half, value + half, ((over, 1),))


def growth(figure: str, variable: str, percent: str) -> Observation:
    factor = str(1 + Decimal(percent) / 100)
    return ratio(figure, "growth", variable, variable + "@", factor)


def adds_up(total: str, *parts: str) -> list[Identity]:
    """The total is its parts, now and in the base."""
    return [
        Identity(total + base, ((total + base, 1), *((part + base, -1) for part in parts)))
        for base in ("", "@")
    ]


def silent(report: Report) -> bool:
    """Whether it has nothing to say."""
    return not (report.conflicts or report.bounds or report.undetermined)


def blamed(conflict: Conflict) -> set[frozenset[Suspect]]:
    return {frozenset(s.suspect for s in explanation) for explanation in conflict.explanations}


# ── known cases ───────────────────────────────────────────────────────────────────────────────

# Chengdu 2020 in 亿元: January to April, January to March, and April, which nobody printed.
CHENGDU = [
    level("to-april", "to-april", "2016.6"),
    growth("to-april", "to-april", "20.3"),
    level("to-march", "to-march", "1398.2"),
    growth("to-march", "to-march", "14.1"),
]
APRIL = adds_up("to-april", "to-march", "april")


def test_unprinted_april_of_chengdu_is_bounded_jointly() -> None:
    level_of_april = Request("level", (("april", 1),))
    growth_of_april = Request("growth", (("april", 1),), (("april@", 1),))
    report = check(CHENGDU, APRIL, [level_of_april, growth_of_april])
    factor, amount = report.bounds
    assert (amount.lower, amount.upper) == (Fraction("618.3"), Fraction("618.5"))
    assert factor.lower is not None and factor.upper is not None
    assert (round(float(factor.lower), 4), round(float(factor.upper), 4)) == (1.3677, 1.3753)
    assert not report.conflicts and not report.undetermined


def test_growth_that_passes_rule_by_rule_can_fail_jointly() -> None:
    claim = growth("april", "april", "37.6")
    (conflict,) = check([*CHENGDU, claim], APRIL).conflicts
    assert conflict.figures == ("april", "to-april", "to-march")
    assert len(conflict.suspects) == 5  # no fewer clash, so no rule about fewer can tell
    assert all(len(explanation) == 1 for explanation in conflict.explanations)
    (settled,) = (s for (s,) in conflict.explanations if s.suspect.figure == "april")
    assert settled.upper is not None and float(settled.upper) == pytest.approx(1.37530, abs=1e-5)


def test_zone_inside_chengdu_leaves_a_rest_with_bounds() -> None:
    zone = [level("zone", "zone", "1539.7"), growth("zone", "zone", "23.4")]
    rest = Request("rest", (("rest", 1),)), Request("rest growth", (("rest", 1),), (("rest@", 1),))
    report = check(CHENGDU + zone, APRIL + adds_up("to-april", "zone", "rest"), rest)
    amount, factor = report.bounds
    assert (amount.lower, amount.upper) == (Fraction("476.8"), Fraction("477.0"))
    assert factor.lower is not None and factor.upper is not None
    assert (round(float(factor.lower), 4), round(float(factor.upper), 4)) == (1.1096, 1.1159)


def test_rounded_parts_need_not_add_up() -> None:
    shares = [level("a", "a", "33.4"), level("b", "b", "66.7"), level("t", "t", "100.0")]
    assert silent(check(shares, adds_up("t", "a", "b")))


def test_intervals_that_touch_agree_and_beyond_they_conflict() -> None:
    parts, whole = [level("a", "a", "33.3"), level("b", "b", "66.5")], adds_up("t", "a", "b")
    assert not check([*parts, level("t", "t", "99.95")], whole).conflicts  # 99.9 = 33.35 + 66.55
    assert check([*parts, level("t", "t", "99.9500000001")], whole).conflicts
    twice = [level("a", "v", "1.0"), level("b", "v", "1.1")]
    assert not check(twice).conflicts
    (conflict,) = check([level("a", "v", "1.0"), level("b", "v", "1.2")]).conflicts
    assert conflict.figures == ("a", "b")
    assert [(s.lower, s.upper) for (s,) in conflict.explanations] == [
        (Fraction("1.15"), Fraction("1.25")),
        (Fraction("0.95"), Fraction("1.05")),
    ]


def test_independent_errors_in_one_block_are_conflicts_of_their_own() -> None:
    printed = [
        *(level(f"x{i}", f"x{i}", "10.0") for i in range(4)),
        level("again0", "x0", "20.0"),
        level("again3", "x3", "30.0"),
        level("total", "t", "80", "100"),
    ]
    first, second = check(printed, adds_up("t", "x0", "x1", "x2", "x3")).conflicts
    assert [first.figures, second.figures] == [("again0", "x0"), ("again3", "x3")]
    assert [len(first.explanations), len(second.explanations)] == [2, 2]


def test_a_figure_may_be_in_the_place_of_another_with_all_that_it_prints() -> None:
    """One number of `right` would do to explain it; of `moved` it takes both, by the same slip."""
    report = check(
        [
            level("right", "e", "100.0"),
            level("moved", "e", "70.0"),
            growth("moved", "e", "-5.0"),
            level("before", "e@", "73.7"),
        ]
    )
    (conflict,) = report.conflicts
    assert [{s.suspect for s in explanation} for explanation in conflict.explanations] == [
        {Suspect("right", "value")},
        {Suspect("moved", "growth"), Suspect("moved", "value")},
    ]


def test_heavier_numbers_are_believed() -> None:
    (conflict,) = check([replace(level("a", "v", "1"), weight=3), level("b", "v", "2")]).conflicts
    assert blamed(conflict) == {frozenset({Suspect("b", "value")})}


def test_more_explanations_than_listed_are_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanations, "EXPLANATIONS", 2)
    twice = [level(f"{v}/{i}", v, "1") for v in ("a", "b", "c") for i in range(2)]
    totals = [level(f"t/{i}", "t", "9") for i in range(2)]
    (conflict,) = check([*twice, *totals], adds_up("t", "a", "b", "c")).conflicts
    assert [len(e) for e in conflict.explanations] == [2, 2] and conflict.cut


def test_single_culprits_are_listed_however_many() -> None:
    printed = [level(f"p{i:03}", f"p{i:03}", "1") for i in range(99)]
    total = level("t", "t", "200")
    identity = adds_up("t", *(f"p{i:03}" for i in range(99)))
    (conflict,) = check([*printed, total], identity).conflicts
    assert len(conflict.explanations) == 100 and not conflict.cut


def test_a_search_given_up_still_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanations, "STEPS", 0)
    printed = [level(f"p{i}", f"p{i}", "1") for i in range(5)]
    twice = [level(f"q{i}", f"p{i}", "2") for i in range(5)]
    total = [level("t", "t", "9"), level("u", "t", "5")]
    whole = adds_up("t", *(f"p{i}" for i in range(5)))
    conflicts = check([*printed, *twice, *total], whole).conflicts
    assert len(conflicts) == 6 and all(conflict.cut for conflict in conflicts)
    wrong = {s.suspect for conflict in conflicts for s in conflict.explanations[0]}
    left = [o for o in printed + twice + total if Suspect(o.figure, o.aspect) not in wrong]
    assert not check(left, whole).conflicts


def test_a_search_given_up_is_undetermined_not_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simplex, "PIVOTS", 0)
    report = check([*CHENGDU, growth("april", "april", "37.6"), level("z", "z", "1")], APRIL)
    assert report.conflicts == ()
    assert {suspect.figure for suspect in report.undetermined} == {"to-april", "to-march", "april"}


def test_a_balance_may_be_negative_a_gross_flow_may_not() -> None:
    deficit = [level("x", "x", "1.0"), level("m", "m", "3.0"), level("b", "b", "-2.0")]
    balance = [Identity("balance", (("x", 1), ("m", -1), ("b", -1)))]
    assert not check(deficit, balance, floors={"b": None}).conflicts
    assert check(deficit, balance).conflicts


def test_misuse_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        check([level("a", "v", "1"), level("a", "v", "1")])
    with pytest.raises(ValueError, match="negative"):
        check([], [], [Request("r", (("v", 1),), (("v@", 1),))], {"v@": None})
    with pytest.raises(ValueError, match="contradict"):
        check([], [Identity("i", (("a", 1),), 1, 1), Identity("j", (("a", 1),), 2, 2)])
    with pytest.raises(ValueError, match="contradict"):
        check([], [Identity("i", (("a", 1),), None, -1)])


# ── rounded tables ────────────────────────────────────────────────────────────────────────────


def table(seed: int) -> tuple[list[Observation], list[Identity]]:
    """A correctly rounded total with parts by months: levels, growths, shares, year to date."""
    draw = random.Random(seed)
    step = Decimal(10) ** draw.randint(-2, 10)
    count = draw.randint(2, 10)
    parts = [f"p{i}" for i in range(count)]
    true: dict[str, int] = {}
    for part in parts:
        true[part] = draw.randint(1, 10 ** draw.randint(2, 14))
        true[part + "@"] = max(1, round(true[part] / draw.uniform(0.3, 2)))
    for base in ("", "@"):
        true["t" + base] = sum(true[part + base] for part in parts)
        true["m" + base] = draw.randint(0, true["t" + base])
        true["c" + base] = true["t" + base] - true["m" + base]
    printed: list[Observation] = []

    def rounded(value: Fraction, unit: Decimal) -> tuple[Decimal, Decimal]:
        exact = Decimal(value.numerator) / value.denominator
        near = (exact / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
        return near - unit / 2, near + unit / 2

    for name in [*parts, "t", "m", "c"]:
        limits = rounded(Fraction(true[name]), step)
        printed.append(Observation(name, "value", ((name, 1),), *limits))
        for aspect, over in (("growth", name + "@"), ("share", "t")):
            if true[over]:
                limits = rounded(Fraction(true[name], true[over]), Decimal("0.001"))
                printed.append(Observation(name, aspect, ((name, 1),), *limits, ((over, 1),)))
    draw.shuffle(printed)
    return printed, adds_up("t", *parts) + adds_up("t", "m", "c")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_correctly_rounded_tables_never_conflict(seed: int) -> None:
    assert silent(check(*table(seed)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([10**7, 10**13, Fraction(1, 10**7)]))
def test_size_of_the_amounts_does_not_matter(seed: int, factor: Number) -> None:
    printed, identities = table(seed)
    place = seed % len(printed)
    wrong = printed[place]
    printed[place] = replace(wrong, lower=times(wrong.lower, 3), upper=times(wrong.upper, 3))
    scaled = [
        o if o.over else replace(o, lower=times(o.lower, factor), upper=times(o.upper, factor))
        for o in printed
    ]
    small, large = check(printed, identities), check(list(reversed(scaled)), identities[::-1])
    assert [blamed(c) for c in small.conflicts] == [blamed(c) for c in large.conflicts]
    for a, b in zip(small.conflicts, large.conflicts, strict=True):
        for one, other in zip(a.explanations, b.explanations, strict=True):
            for s, t in zip(one, other, strict=True):
                unit = factor if s.suspect.aspect == "value" else 1
                assert (times(s.lower, unit), times(s.upper, unit)) == (t.lower, t.upper)


def times(limit: Number | None, factor: Number) -> Fraction | None:
    return None if limit is None else Fraction(limit) * Fraction(factor)


# ── against an oracle: Fourier-Motzkin elimination of every variable ─────────────────────────


ZERO = Fraction(0)
LEAST = Fraction(1, 10**12)  # what is above zero is above this, in systems so small


def rows(statement: Observation | Identity, least: Fraction = LEAST) -> list[Row]:
    result: list[Row] = []
    if isinstance(statement, Observation) and statement.over:
        result.append(({name: -Fraction(factor) for name, factor in statement.over}, -least))
    for limit, sign in ((statement.lower, -1), (statement.upper, 1)):
        if limit is None:
            continue
        over = statement.over if isinstance(statement, Observation) else ()
        row: dict[str, Fraction] = {}
        for name, factor in statement.terms:
            row[name] = row.get(name, Fraction(0)) + sign * Fraction(factor)
        for name, factor in over:
            row[name] = row.get(name, Fraction(0)) - sign * Fraction(factor) * Fraction(limit)
        result.append((row, Fraction(0) if over else sign * Fraction(limit)))
    return result


def project(system: list[Row], kept: Iterable[str] = ()) -> list[Row] | None:
    """Eliminate all variables but `kept`; None where the system has no solution."""
    kept = set(kept)
    while True:
        tidy: dict[tuple[tuple[str, Fraction], ...], Fraction] = {}
        for row, limit in system:
            row = {name: factor for name, factor in row.items() if factor}
            if not row:
                if limit < 0:
                    return None
                continue
            size = abs(row[min(row)])
            key = tuple(sorted((name, factor / size) for name, factor in row.items()))
            tidy[key] = min(limit / size, tidy.get(key, limit / size))
        system = [(dict(key), limit) for key, limit in tidy.items()]
        counts: dict[str, list[int]] = {}
        for row, _ in system:
            for name, factor in row.items():
                if name not in kept:
                    counts.setdefault(name, [0, 0])[factor > 0] += 1
        if not counts:
            return system
        out = min(counts, key=lambda name: (counts[name][0] * counts[name][1], name))
        above = [(row, limit) for row, limit in system if row.get(out, 0) > 0]
        below = [(row, limit) for row, limit in system if row.get(out, 0) < 0]
        system = [(row, limit) for row, limit in system if not row.get(out)]
        for up, top in above:
            for down, bottom in below:
                a, b = -down[out], up[out]
                row = {n: a * up.get(n, 0) + b * down.get(n, 0) for n in {**up, **down}}
                system.append((row, a * top + b * bottom))


def extent(system: list[Row], terms: Terms) -> tuple[Fraction | None, Fraction | None]:
    """The range of Σ terms over a system that has a solution."""
    row = {name: Fraction(factor) for name, factor in terms}
    minus = {name: -factor for name, factor in row.items()}
    tie = [({**row, "=": Fraction(-1)}, Fraction(0)), ({**minus, "=": Fraction(1)}, Fraction(0))]
    lower: Fraction | None = None
    upper: Fraction | None = None
    projected = project(system + tie, ["="])
    assert projected is not None
    for left, limit in projected:
        end = limit / left["="]
        if left["="] > 0:
            upper = end if upper is None else min(upper, end)
        else:
            lower = end if lower is None else max(lower, end)
    return lower, upper


NAMES = "abcd"


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[Observation], list[Identity]]:
    """A few small statements, often contradictory, often just touching."""
    names = NAMES[: draw(st.integers(2, 4))]
    identities = []
    for number in range(draw(st.integers(0, 2))):
        factors = draw(st.lists(st.sampled_from([-1, -1, 0, 1, 2]), min_size=4, max_size=4))
        terms = tuple((n, f) for n, f in zip(names, factors, strict=False) if f)
        if terms:
            upper = draw(st.sampled_from([0, 0, None]))
            identities.append(Identity(f"i{number}", terms, 0, upper))
    printed = []
    for number in range(draw(st.integers(2, 6))):
        first, second = draw(st.permutations(names))[:2]
        lower = draw(st.integers(0, 6))
        upper = lower + draw(st.integers(0, 2))
        half = draw(st.sampled_from([1, 1, 2, 3]))
        limits = Fraction(lower, half), Fraction(upper, half)
        kind = draw(st.sampled_from(["level", "level", "sum", "ratio", "least"]))
        shape: dict[str, tuple[Terms, Number | None, Number | None, Terms]] = {
            "level": (((first, 1),), *limits, ()),
            "sum": (((first, 1), (second, -1)), *limits, ()),
            "ratio": (((first, 1),), *limits, ((second, 1),)),
            "least": (((first, 1),), limits[0], None, ()),
        }
        weight = draw(st.sampled_from([1, 1, 1, 2]))
        printed.append(Observation(f"f{number}", kind, *shape[kind], weight=weight))
    return printed, identities


def hard(identities: Sequence[Identity]) -> list[Row]:
    floors: list[Row] = [({name: Fraction(-1)}, Fraction(0)) for name in NAMES]
    return floors + [row for identity in identities for row in rows(identity)]


def best_repairs(
    printed: Sequence[Observation], identities: Sequence[Identity]
) -> set[frozenset[Suspect]]:
    """Every cheapest set of observations without which the rest has a solution."""
    best: dict[int, set[frozenset[Suspect]]] = {}
    for size in range(len(printed) + 1):
        for chosen in combinations(printed, size):
            cost = sum(o.weight for o in chosen)
            if best and cost > min(best):
                continue
            rest = [row for o in printed if o not in chosen for row in rows(o)]
            if project(hard(identities) + rest) is not None:
                repair = frozenset(Suspect(o.figure, o.aspect) for o in chosen)
                best.setdefault(cost, set()).add(repair)
    return best[min(best)]


@settings(max_examples=250, deadline=None)
@given(systems())
def test_verdict_and_explanations_are_those_of_brute_force(
    system: tuple[list[Observation], list[Identity]],
) -> None:
    printed, identities = system
    conflicts = check(printed, identities).conflicts
    everything = hard(identities) + [row for o in printed for row in rows(o)]
    assert (project(everything) is None) == bool(conflicts)
    if not conflicts:
        return
    expected = best_repairs(printed, identities)
    shared = [{s for explanation in blamed(c) for s in explanation} for c in conflicts]
    assert frozenset().union(*expected) == frozenset().union(*shared)
    for conflict, suspects in zip(conflicts, shared, strict=True):
        assert blamed(conflict) == {repair & suspects for repair in expected}
        by_key = {Suspect(o.figure, o.aspect): o for o in printed}
        core = [by_key[suspect] for suspect in conflict.suspects]
        for left_out in [None, *core]:
            kept = [row for o in core if o != left_out for row in rows(o)]
            assert (project(hard(identities) + kept) is None) == (left_out is None)


@settings(max_examples=150, deadline=None)
@given(systems())
def test_settlements_are_the_tightest_ranges(
    system: tuple[list[Observation], list[Identity]],
) -> None:
    printed, identities = system
    conflicts = check(printed, identities).conflicts
    if len(conflicts) != 1:
        return
    by_key = {Suspect(o.figure, o.aspect): o for o in printed}
    for explanation in conflicts[0].explanations:
        wrong = [by_key[s.suspect] for s in explanation]
        rest = hard(identities) + [row for o in printed if o not in wrong for row in rows(o, ZERO)]
        for settlement in explanation:
            wanted = by_key[settlement.suspect]
            assert_tight(rest, wanted.terms, wanted.over, settlement)


@settings(max_examples=200, deadline=None)
@given(systems())
def test_bounds_hold_and_are_attained(system: tuple[list[Observation], list[Identity]]) -> None:
    printed, identities = system
    requests = [
        Request("level", (("a", 1),)),
        Request("difference", (("b", 1), ("a", -2))),
        Request("ratio", (("a", 1),), (("b", 1),)),
    ]
    report = check(printed, identities, requests)
    everything = hard(identities) + [row for o in printed for row in rows(o, ZERO)]
    if report.conflicts:
        return
    asked = {request.name: request for request in requests}
    for bounds in report.bounds:
        assert_tight(everything, asked[bounds.name].terms, asked[bounds.name].over, bounds)


def assert_tight(system: list[Row], terms: Terms, over: Terms, found: Bounds | Settlement) -> None:
    if not over:
        assert (found.lower, found.upper) == extent(system, terms)
        return
    if extent(system, over)[1] == 0:
        assert (found.lower, found.upper) == (None, None)
        return
    for end, sign in ((found.lower, -1), (found.upper, 1)):
        limit = end if end is not None else sign * Fraction(10**9)
        for tried, beyond in ((limit, False), (limit - sign * Fraction(1, 10**6), True)):
            excess = *terms, *((n, -tried * Fraction(f)) for n, f in over)
            reach = extent(system, tuple((n, sign * Fraction(f)) for n, f in excess))[1]
            if end is None or beyond:
                assert reach is None or reach > 0
            else:
                assert reach is not None and reach <= 0


# ── coverage ──────────────────────────────────────────────────────────────────────────────────


def states(*args: Sequence[Observation] | Sequence[Identity]) -> dict[tuple[str, str], str]:
    return {(c.suspect.figure, c.suspect.aspect): c.state for c in coverage(*args)}  # type: ignore[arg-type]


def test_coverage_tells_what_nothing_checks() -> None:
    alone = [level("alone", "alone", "5.0"), growth("alone", "alone", "3.0")]
    assert set(states(alone, []).values()) == {"unchecked"}

    part = [level("total", "t", "9.0"), level("part", "p", "5.0")]
    of_which = [Identity("of which", (("t", 1), ("p", -1)), 0, None)]
    limited = coverage(part, of_which)
    assert [(c.suspect.figure, c.below, c.above) for c in limited] == [
        ("part", False, True),
        ("total", True, False),
    ]
    both = [*part, level("other", "o", "4.0")]
    assert set(states(both, adds_up("t", "p", "o")).values()) == {"checked"}
    assert set(states([level("a", "v", "1.0"), level("b", "v", "1.0")], []).values()) == {"checked"}


def test_a_number_does_not_check_itself_in_a_circle() -> None:
    printed = [level("t", "t", "9.0"), growth("t", "t", "5.0"), growth("p", "p", "5.0")]
    found = states(printed, adds_up("t", "p", "rest"))
    assert found["t", "value"] == "unchecked"
    # Nor in one that a conflict tightens turn by turn: only its part limits this total, from below.
    conflict = [*printed, level("p", "p", "12.0")]
    assert states(conflict, adds_up("t", "p", "rest"))["t", "value"] == "partly"


@settings(max_examples=100, deadline=None)
@given(systems())
def test_a_covered_number_is_limited_and_a_changed_one_found_out(
    system: tuple[list[Observation], list[Identity]],
) -> None:
    printed, identities = system
    if check(printed, identities).conflicts:
        return
    for place, covered in enumerate(coverage(printed, identities)):
        observation = sorted(printed, key=lambda o: o.figure)[place]
        rest = [o for o in printed if o != observation]
        for side, value in ((covered.above, Fraction(10**9)), (covered.below, Fraction(-(10**9)))):
            wrong = replace(observation, lower=value, upper=value)
            if side:
                assert check([*rest, wrong], identities).conflicts


@settings(max_examples=150, deadline=None)
@given(systems())
def test_coverage_is_exactly_what_the_others_leave(
    system: tuple[list[Observation], list[Identity]],
) -> None:
    """Below and above are those of the range of a number's expression without its statement."""
    printed, identities = system
    if check(printed, identities).conflicts:
        return
    by_key = {o.suspect: o for o in printed}
    for covered in coverage(printed, identities):
        own = by_key[covered.suspect]
        rest = hard(identities) + [row for o in printed if o != own for row in rows(o)]
        if own.over:  # the range of a ratio: of its terms where what it is over is 1
            continue
        lower, upper = extent(rest, own.terms)
        floor = 0 if all(Fraction(factor) > 0 for _, factor in own.terms) else None
        below = lower is not None and (floor is None or lower > Fraction(1, 10**6))
        assert (covered.below, covered.above) == (below, upper is not None)


def test_more_is_asked_than_is_answered_without_saying_so(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = [level("t", "t", "10.0"), level("p", "p", "9.9"), level("q", "q", "0.1")]
    identities = adds_up("t", "p", "q", "r")
    assert all(number.exact for number in coverage(printed, identities))
    monkeypatch.setattr("expectations.joint.coverage.MOST_ASKED", -1)
    found = {number.suspect.figure: number for number in coverage(printed, identities)}
    assert all(n.exact or not (n.below and n.above) for n in found.values())


def test_a_long_sum_is_decided_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 parts with growth: hardly a pivot, and no number of the total is read for each part."""
    parts = [f"p{number:03}" for number in range(300)]
    printed = [o for p in parts for o in (level(p, p, "10.0"), growth(p, p, "5.0"))]
    printed += [level("t", "t", "3000"), growth("t", "t", "5.0")]
    monkeypatch.setattr(simplex, "PIVOTS", 20)
    assert silent(check(printed, adds_up("t", *parts)))


# ── numbers about something else ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("over", "settles"),
    [("other@", True), ("third@", False), ("new@", True)],
)
def test_a_number_may_turn_out_to_tie_blocks_that_nothing_else_does(over, settles):
    # The growth of what is 90 from 100 is -10 %, not 20 %; from the base of another it may be.
    report = check(
        [
            level("a", "one", "90.0"),
            level("b", "one@", "100.0"),
            growth("a", "one", "20.0"),
            level("c", "other@", "75.0"),
            level("d", "third@", "60.0"),
        ]
    )
    (conflict,) = report.conflicts
    (changed,) = [ratio("a", "growth", "one", over, "1.2")]
    assert report.settles(conflict, [changed]) is settles
