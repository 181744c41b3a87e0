"""Which statements explain a contradiction if they are wrong.

Belongs here: the search, over tags of a tableau, for a minimal conflicting set and for all cheapest
sets of tags without which the rest agrees. Does not belong here: what a tag stands for and which
value would settle it (consistency.py).

Whatever explains a contradiction must hit every conflicting set. So: collect such sets, hit those
as cheaply as possible, and see whether the rest agrees; if not, it holds another set. What hits
all sets found and leaves the rest in agreement is optimal. Sets that share no tag are hit
separately, so independent errors do not multiply. The tableau's sets are nearly minimal, which is
enough for the search; only the one that is shown of each group is made so.

Tags may be said to go together: one slip makes all of them wrong, as when a figure with a value
and a growth is printed under another's name. Such a set is an explanation too, however many
others need fewer tags.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from expectations.joint.simplex import Tableau

EXPLANATIONS = 50  # listed for one group at most, where each is of several numbers
STEPS = 2_000  # of one search for the cheapest explanations
CORES = 200  # conflicting sets of one tableau that are looked at
UNREACHABLE = 10**9  # dearer than any explanation


@dataclass(frozen=True, slots=True)
class Group:
    """Conflicting sets that hang together by shared tags, and what explains them.

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
    listed occurs in an optimal one; but for those within one set of `together`, which come last.
    Leaves the tableau as it was. Raises `Undecided`.
    """
    cores: list[frozenset[int]] = []
    agreeing: set[frozenset[int]] = set()

    def explains(chosen: frozenset[int]) -> bool:
        if chosen not in agreeing:
            clash = _clash_without(tableau, chosen)
            if clash is None:
                agreeing.add(chosen)
            else:
                cores.append(clash)
        return chosen in agreeing

    apart: frozenset[int] = frozenset()
    while not explains(apart):  # sets that have nothing in common, to begin with
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
    if lost:  # one explanation of which every part is needed, perhaps not the cheapest
        optimum = apart
        for tag in sorted(apart):
            if explains(optimum - {tag}):
                optimum -= {tag}
        families = _families(first, weights)
    known = 0
    while not lost and known < len(cores) <= CORES:
        known = len(cores)
        for family in families:
            for chosen in family.cheapest:
                explains(optimum - family.tags | chosen)
        if known < len(cores):
            families = _families(cores, weights)
    groups = []
    for family in families:
        others = optimum - family.tags
        options = [optimum & family.tags] if lost or not family.cheapest else family.cheapest
        confirmed = [option for option in options if others | option in agreeing]
        confirmed += _at_once(tableau, family, confirmed, others, together)
        cut = family.cut or lost or len(cores) > CORES
        alone = frozenset[int]().union(*(option for option in confirmed if len(option) == 1))
        core = _minimal(tableau, min(family.cores, key=_size), range(len(weights)), alone)
        groups.append(Group(core, confirmed, others, cut))
    return groups


def _clash_without(tableau: Tableau, chosen: frozenset[int]) -> frozenset[int] | None:
    tableau.drop(chosen)
    clash = tableau.clash()
    tableau.restore(chosen)
    return clash


def _at_once(
    tableau: Tableau,
    family: "_Family",
    known: Sequence[frozenset[int]],
    others: frozenset[int],
    together: Iterable[frozenset[int]],
) -> list[frozenset[int]]:
    """What else explains a family's sets by tags that go together, of each what is needed."""

    cores = list(family.cores)

    def explains(chosen: frozenset[int]) -> bool:
        if not all(core & chosen for core in cores):
            return False
        clash = _clash_without(tableau, others | chosen)
        if clash is not None:
            cores.append(clash)
        return clash is None

    found = []
    for tags in together:
        if not any(one <= tags for one in known):
            needed = tags
            if explains(needed):
                for tag in sorted(tags):
                    if explains(needed - {tag}):
                        needed -= {tag}
                found.append(needed)
    return found


def _minimal(
    tableau: Tableau, clash: frozenset[int], every: Iterable[int], needed: frozenset[int]
) -> frozenset[int]:
    """Shrink conflicting tags until each is needed (deletion filter), as some are known to be."""
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
    """Conflicting sets that share tags, directly or through others, and what hits them."""

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
    """To take the smallest set, and always the same one."""
    return len(tags), sorted(tags)


def _hits(
    cores: Sequence[frozenset[int]], weights: Sequence[int]
) -> tuple[list[frozenset[int]], bool]:
    """Every cheapest set of tags that meets all cores, and whether the list was cut.

    The list is empty where the search was given up.
    """

    def packed(missed: Iterable[frozenset[int]]) -> int:
        """What meeting these costs at least: sets that share nothing are met separately."""
        cost, used = 0, frozenset[int]()
        for core in sorted(missed, key=len):
            if not core & used:
                used |= core
                cost += min((weights[tag] for tag in core), default=UNREACHABLE)
        return cost

    least = packed(cores)
    best = UNREACHABLE
    steps = 0
    found: list[frozenset[int]] = []

    def many() -> bool:
        """Sets of several tags multiply, single ones do not: of those every one is listed."""
        return len(found) > EXPLANATIONS and len(found[0]) > 1

    def extend(chosen: frozenset[int], cost: int, barred: frozenset[int]) -> None:
        nonlocal best, steps, found
        if steps > STEPS or (best == least and many()):
            return
        steps += 1
        missed = [core - barred for core in cores if not core & chosen]
        if cost + packed(missed) > best:
            return
        if not missed:
            found = [chosen] if cost < best else [*found, chosen]
            best = cost
            return
        counts = Counter(tag for core in missed for tag in core)
        tightest = min(missed, key=_size)
        for tag in sorted(tightest, key=lambda tag: (weights[tag] - counts[tag], tag)):
            extend(chosen | {tag}, cost + weights[tag], barred)
            barred |= {tag}

    extend(frozenset(), 0, frozenset())
    if steps > STEPS:
        return [], True
    listed = sorted(found, key=sorted)
    return (listed[:EXPLANATIONS], True) if many() else (listed, False)
