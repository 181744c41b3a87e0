"""The tableau for large blocks says what the exact one says, whatever HiGHS says."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.joint import blocks, float_guidance, simplex
from expectations.joint.consistency import Conflict, Report, check
from expectations.joint.equations import Equations, Singular
from expectations.joint.float_guidance import Guided
from expectations.joint.linear_statements import Identity, Observation, Request, Suspect
from expectations.joint.simplex import Tableau

System = tuple[list[Observation], list[Identity], list[Request]]


def pages(seed: int) -> System:
    """A total of some parts in two years: shares, growths, some values; a few numbers wrong."""
    draw = random.Random(seed)
    parts = [f"p{number}" for number in range(draw.randint(2, 9))]
    true = {part: draw.randint(1, 10**6) for part in parts}
    true |= {f"{part}@": max(1, round(true[part] * draw.uniform(0.5, 2))) for part in parts}
    for base in ("", "@"):
        true["t" + base] = sum(true[part + base] for part in parts)
    printed = [near("t", "value", "t", true, draw.choice(["1", "1000"]))]
    for name in ["t", *parts]:
        if draw.random() < 0.3:
            printed.append(near(name, "base", f"{name}@", true, "100"))
        if draw.random() < 0.3 and name != "t":
            printed.append(near(name, "value", name, true, "100"))
        if draw.random() < 0.8:
            printed.append(near(name, "growth", name, true, "0.001", f"{name}@"))
        if draw.random() < 0.8 and name != "t":
            printed.append(near(name, "share", name, true, "0.001", "t"))
    for place in draw.sample(range(len(printed)), draw.choice([0, 1, 1, 2])):
        old = printed[place]
        assert old.lower is not None and old.upper is not None
        factor = Fraction(draw.choice([-1, 10, Fraction(9, 10), Fraction(101, 100)]))
        ends = sorted((Fraction(old.lower) * factor, Fraction(old.upper) * factor))
        printed[place] = replace(old, lower=ends[0], upper=ends[1])
    identities = [
        Identity(base, (("t" + base, 1), *((part + base, -1) for part in parts)))
        for base in ("", "@")
    ]
    requests = [Request(part, ((part, 1),)) for part in parts]
    requests += [Request(f"{part}%", ((part, 1),), ((f"{part}@", 1),)) for part in parts]
    return printed, identities, requests


def near(
    figure: str, aspect: str, variable: str, true: dict[str, int], step: str, over: str = ""
) -> Observation:
    """What is printed of a true value or ratio, rounded to `step`."""
    exact = Decimal(true[variable]) / (true[over] if over else 1)
    printed, half = round(exact / Decimal(step)) * Decimal(step), Decimal(step) / 2
    divisor = ((over, 1),) if over else ()
    return Observation(figure, aspect, ((variable, 1),), printed - half, printed + half, divisor)


def by(tableau: type[Tableau], system: System) -> Report:
    """What `check` says where all blocks are decided by one kind of tableau."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_tableau", tableau)
        patch.setattr(blocks, "Tableau", tableau)
        return check(*system)


def smallest(report: Report) -> set[frozenset[Suspect]]:
    """What explains all conflicts together with the fewest numbers, one choice from each."""
    choices = [
        [[s.suspect for s in e] for e in c.explanations if len(e) == len(c.explanations[0])]
        for c in report.conflicts
    ]
    return {frozenset(chain.from_iterable(chosen)) for chosen in product(*choices)}


def explained(report: Report) -> list[tuple[list[list[Suspect]], Conflict]]:
    """Its conflicts with what explains them, in that order: theirs is that of the minimal sets."""
    by = [([[s.suspect for s in e] for e in c.explanations], c) for c in report.conflicts]
    return sorted(by, key=lambda pair: pair[0])


def assert_equal(one: Report, other: Report) -> None:
    """But for which minimal sets that conflict are found, and how many conflicts these make."""
    assert one.bounds == other.bounds
    assert one.undetermined == other.undetermined == ()
    assert smallest(one) == smallest(other)
    if len(one.conflicts) == len(other.conflicts):
        for (_, left), (_, right) in zip(explained(one), explained(other), strict=True):
            assert left.explanations == right.explanations
            assert left.cut == right.cut


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_it_says_what_the_exact_tableau_says(seed: int) -> None:
    assert_equal(by(Tableau, pages(seed)), by(Guided, pages(seed)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_highs_is_of_no_use_the_exact_tableau_answers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = by(Tableau, pages(seed))
    monkeypatch.setattr(float_guidance._Model, "run", lambda *_: None)
    assert_equal(expected, by(Guided, pages(seed)))


def test_less_than_floats_can_tell_is_told() -> None:
    """Ratios of 1 around a circle, and two ends that differ by one in 10^15 and in 10^24."""
    for size in (10**15, 10**24):
        names = "abcd"
        circle = [
            Observation(below, "ratio", ((above, 1),), 1, 1, ((below, 1),))
            for above, below in zip(names[1:], names, strict=False)
        ]
        for excess in (0, 1):
            ends = [
                Observation("first", "value", (("a", 1),), size, size),
                Observation("last", "value", (("d", 1),), size + excess, size + excess),
            ]
            report = by(Guided, ([*ends, *circle], [], []))
            assert_equal(by(Tableau, ([*ends, *circle], [], [])), report)
            assert len(report.conflicts) == excess


def test_what_has_no_end_is_found_to_have_none() -> None:
    asked = [Request("sum", (("a", 1), ("b", 1))), Request("ratio", (("a", 1),), (("b", 1),))]
    least = [Observation("b", "value", (("b", 1),), 2, None)]
    sum_, ratio = by(Guided, (least, [], asked)).bounds[::-1]
    assert (sum_.lower, sum_.upper) == (2, None)
    assert (ratio.lower, ratio.upper) == (0, None)
    tied = [*least, Observation("c", "share", (("a", 1),), Fraction(1, 3), 3, (("b", 1),))]
    (ratio,) = by(Guided, (tied, [], asked[1:])).bounds
    assert (ratio.lower, ratio.upper) == (Fraction(1, 3), 3)


def test_a_wrong_sign_in_a_large_page_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 chapters in two years of which only shares and growths are printed, but for the totals."""
    draw = random.Random(1)
    chapters = [f"c{number:02}" for number in range(60)]
    true = {chapter: round(10 ** draw.uniform(5, 9)) for chapter in chapters}
    true |= {f"{chapter}@": round(true[chapter] / draw.uniform(0.8, 1.3)) for chapter in chapters}
    for base in ("", "@"):
        true["t" + base] = sum(true[chapter + base] for chapter in chapters)
    printed = [near("t", "value", "t", true, "10000"), near("t", "base", "t@", true, "10000")]
    for chapter in chapters:
        printed.append(near(chapter, "growth", chapter, true, "0.0001", f"{chapter}@"))
        printed.append(near(chapter, "share", chapter, true, "0.000001", "t"))
    wrong = max(chapters, key=true.__getitem__)
    place = [(o.figure, o.aspect) for o in printed].index((wrong, "growth"))
    old = printed[place]
    assert isinstance(old.lower, Decimal) and isinstance(old.upper, Decimal)
    printed[place] = replace(old, lower=2 - old.upper, upper=2 - old.lower)
    identities = [
        Identity(base, (("t" + base, 1), *((chapter + base, -1) for chapter in chapters)))
        for base in ("", "@")
    ]

    runs = pivots = 0
    run, pivot = float_guidance._Model.run, Tableau._pivot

    def counted_run(*arguments: object) -> None:
        nonlocal runs
        runs += 1
        run(*arguments)  # type: ignore[arg-type]

    def counted_pivot(*arguments: object) -> None:
        nonlocal pivots
        pivots += 1
        pivot(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(float_guidance._Model, "run", counted_run)
    monkeypatch.setattr(Tableau, "_pivot", counted_pivot)
    (conflict,) = check(printed, identities).conflicts
    assert not conflict.cut
    right = near(wrong, "growth", wrong, true, "0.0001", f"{wrong}@")
    (settled,) = (
        s
        for explanation in conflict.explanations
        for s in explanation
        if len(explanation) == 1 and s.suspect == Suspect(wrong, "growth")
    )
    assert settled.lower is not None and settled.upper is not None
    assert right.lower is not None and right.upper is not None
    assert settled.lower <= right.upper and right.lower <= settled.upper
    assert pivots < 2 * len(printed)  # to eliminate and to decide: none to explain
    assert runs < 12 * len(printed)


def test_floats_lead_where_the_exact_tableau_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expectations.joint.consistency.PATIENCE", -1)
    monkeypatch.setattr("expectations.joint.consistency.GUIDED", 1)
    for seed in range(1, 9):
        assert_equal(by(Tableau, pages(seed)), check(*pages(seed)))


# ── equations ─────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_equations_are_solved_both_ways(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 6))
    factors = st.dictionaries(
        st.integers(0, max(0, size - 1)), st.integers(-3, 3).filter(bool), max_size=size
    )
    rows = data.draw(st.lists(factors, min_size=size, max_size=size))
    numbers = data.draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size))
    try:
        equations = Equations(rows)
    except Singular:
        assert determinant(rows) == 0
        return
    assert determinant(rows) != 0
    found = equations.solution(numbers)
    assert [sum(f * found[v] for v, f in row.items()) for row in rows] == numbers
    taken = equations.combination(numbers)
    together = [
        sum(t * row.get(v, 0) for t, row in zip(taken, rows, strict=True)) for v in range(size)
    ]
    assert together == numbers


def determinant(rows: list[dict[int, int]]) -> int:
    """By its first row."""
    if not rows:
        return 1
    first, *rest = rows
    columns = range(len(rows))

    def without(column: int) -> list[dict[int, int]]:
        return [{v - (v > column): f for v, f in row.items() if v != column} for row in rest]

    return sum((-1) ** c * first[c] * determinant(without(c)) for c in columns if c in first)


# ── a search that takes too long ──────────────────────────────────────────────────────────────


def test_a_search_that_writes_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simplex, "WRITTEN", 0)
    report = by(Tableau, pages(3))
    assert not report.conflicts or all(conflict.cut for conflict in report.conflicts)
    assert report.conflicts or report.undetermined
