"""Which statements explain a contradiction if they are wrong.

Belongs here: the search, over tags of a tableau, for a minimal conflicting set and for all cheapest
sets of tags without which the rest agrees. Does not belong here: what a tag stands for and which
value would settle it (consistency.py).

An explanation must hit every conflicting set: it has a tag in each. So: collect such sets, hit
them as cheaply as possible, and see whether the rest agrees; if not, it contains another such set.
Tags that hit all sets found, and leave the rest in agreement, are optimal. Sets that share no tag
are hit separately, so that independent errors do not multiply the work. The tableau's sets are
nearly minimal, which is enough for the search; only the one that is shown of each group is
minimised.

Tags may go `together`: one slip makes all of them wrong, as when a figure with a value and a
growth is printed under another's name. Such a set is an explanation too, even where others need
fewer tags.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from expectations.joint.simplex import Tableau

EXPLANATIONS = 50  # listed for a group at most, where each consists of several numbers
STEPS = 2_000  # of one search for the cheapest explanations
CORES = 200  # conflicting sets of one tableau at most
UNREACHABLE = 10**9  # dearer than any explanation


@dataclass(frozen=True, slots=True)
class Group:
    """Conflicting sets that are connected by shared tags, and what explains them.

    `core` is a minimal one: without any one of its tags the rest of it agrees. Each of
    `explanations`, together with `others` (what explains the other groups), leaves the rest in
    agreement. With `cut` there may be more of them, or cheaper ones.
    """

    core: frozenset[int]
    explanations: list[frozenset[int]]
    others: frozenset[int]
    cut: bool


def explain(
    tableau: Tableau, weights: Sequence[int], together: Iterable[frozenset[int]] = ()
) -> list[Group]:
    """All optimal explanations of a tableau that clashes; `weights` are those of its tags.

    An optimal explanation of the whole takes one explanation from every group, and every one
    listed is part of an optimal one, except those within a set of `together`, which come last.
    Leaves the tableau as it was. Raises `Undecided`.
    """
    cores: list[frozenset[int]] = []
    agreeing: set[frozenset[int]] = set()

    def explains(tags: frozenset[int]) -> bool:
        if tags not in agreeing:
            clash = _clash_without(tableau, tags)
            if clash is None:
                agreeing.add(tags)
            else:
                cores.append(clash)
        return tags in agreeing

    apart: frozenset[int] = frozenset()
    while not explains(apart):  # first, sets that have nothing in common
        apart |= cores[-1]
    first = list(cores)
    while True:
        families = _families(cores, weights)
        lost = len(cores) > CORES or not all(family.cheapest for family in families)
        if lost:
            break
        optimum = frozenset(tag for family in families for tag in family.cheapest[0])
        if explains(optimum):
            break
    if lost:  # an explanation with no needless tag, though perhaps not the cheapest
        optimum = apart
        for tag in sorted(apart):
            if explains(optimum - {tag}):
                optimum -= {tag}
        families = _families(first, weights)
    known = 0
    while not lost and known < len(cores) <= CORES:
        known = len(cores)
        for family in families:
            for cheapest in family.cheapest:
                explains(optimum - family.tags | cheapest)
        if known < len(cores):
            families = _families(cores, weights)
    groups = []
    for family in families:
        others = optimum - family.tags
        options = [optimum & family.tags] if lost or not family.cheapest else family.cheapest
        confirmed = [option for option in options if others | option in agreeing]
        confirmed += _joint_explanations(tableau, family, confirmed, others, together)
        cut = family.cut or lost or len(cores) > CORES
        alone = frozenset[int]().union(*(option for option in confirmed if len(option) == 1))
        core = _minimal(tableau, min(family.cores, key=_size), range(len(weights)), alone)
        groups.append(Group(core, confirmed, others, cut))
    return groups


def _clash_without(tableau: Tableau, tags: frozenset[int]) -> frozenset[int] | None:
    tableau.drop(tags)
    clash = tableau.clash()
    tableau.restore(tags)
    return clash


def _joint_explanations(
    tableau: Tableau,
    family: "_Family",
    known: Sequence[frozenset[int]],
    others: frozenset[int],
    together: Iterable[frozenset[int]],
) -> list[frozenset[int]]:
    """Further explanations of a family's sets: the needed tags of each set that goes together."""

    cores = list(family.cores)

    def explains(tags: frozenset[int]) -> bool:
        if not all(core & tags for core in cores):
            return False
        clash = _clash_without(tableau, others | tags)
        if clash is not None:
            cores.append(clash)
        return clash is None

    explanations = []
    for tags in together:
        if not any(explanation <= tags for explanation in known):
            needed = tags
            if explains(needed):
                for tag in sorted(tags):
                    if explains(needed - {tag}):
                        needed -= {tag}
                explanations.append(needed)
    return explanations


def _minimal(
    tableau: Tableau, clash: frozenset[int], every: Iterable[int], needed: frozenset[int]
) -> frozenset[int]:
    """Shrink conflicting tags until each is needed (deletion filter); those in `needed` are."""
    trial = tableau.copy()
    trial.drop(set(every) - clash - trial.dropped)
    for tag in sorted(clash - needed):
        if tag in clash:
            trial.drop([tag])
            smaller = trial.clash()
            if smaller is None:
                trial.restore([tag])
            else:
                trial.drop(clash - smaller - trial.dropped)
                clash = smaller
    return clash


@dataclass(frozen=True, slots=True)
class _Family:
    """Conflicting sets that share tags, directly or through others, and the tags that hit them."""

    cores: list[frozenset[int]]
    tags: frozenset[int]
    cheapest: list[frozenset[int]]
    cut: bool


def _families(cores: Iterable[frozenset[int]], weights: Sequence[int]) -> list[_Family]:
    families: list[list[frozenset[int]]] = []
    for core in cores:
        joined = [core]
        apart = []
        for family in families:
            if any(core & other for other in family):
                joined = family + joined
            else:
                apart.append(family)
        families = [*apart, joined]
    return [
        _Family(family, frozenset(tag for core in family for tag in core), *_hits(family, weights))
        for family in families
    ]


def _size(tags: frozenset[int]) -> tuple[int, list[int]]:
    """A sort key: the smallest set first, and always the same one."""
    return len(tags), sorted(tags)


def _hits(
    cores: Sequence[frozenset[int]], weights: Sequence[int]
) -> tuple[list[frozenset[int]], bool]:
    """Every cheapest set of tags that hits all cores, and whether the list was cut.

    The list is empty where the search was given up.
    """

    def least_cost(missed: Iterable[frozenset[int]]) -> int:
        """The least cost of hitting these: sets that share no tag are hit separately."""
        cost, used = 0, frozenset[int]()
        for core in sorted(missed, key=len):
            if not core & used:
                used |= core
                cost += min((weights[tag] for tag in core), default=UNREACHABLE)
        return cost

    least = least_cost(cores)
    best = UNREACHABLE
    steps = 0
    found: list[frozenset[int]] = []

    def many() -> bool:
        """Whether to stop listing: sets of several tags multiply; of single tags all are listed."""
        return len(found) > EXPLANATIONS and len(found[0]) > 1

    def extend(tags: frozenset[int], cost: int, barred: frozenset[int]) -> None:
        nonlocal best, steps, found
        if steps > STEPS or (best == least and many()):
            return
        steps += 1
        missed = [core - barred for core in cores if not core & tags]
        if cost + least_cost(missed) > best:
            return
        if not missed:
            found = [tags] if cost < best else [*found, tags]
            best = cost
            return
        counts = Counter(tag for core in missed for tag in core)
        tightest = min(missed, key=_size)
        for tag in sorted(tightest, key=lambda tag: (weights[tag] - counts[tag], tag)):
            extend(tags | {tag}, cost + weights[tag], barred)
            barred |= {tag}

    extend(frozenset(), 0, frozenset())
    if steps > STEPS:
        return [], True
    listed = sorted(found, key=sorted)
    return (listed[:EXPLANATIONS], True) if many() else (listed, False)
