"""Whether printed figures can all be right together, and if not, which ones could be wrong.

Belongs here: what is printed (`Observation`), what must hold (`Identity`), what is asked
(`Request`), and the answers: conflicts with all their optimal explanations, and bounds for what
nobody printed. Does not belong here: where the figures come from and where the answers are kept
(the loader and the flow), exact arithmetic (simplex.py, guided.py for large blocks), the search for
explanations (explanations.py), what checks a figure (coverage.py).

Every statement is linear in the unknown true values, so figures fall into blocks that share no
variable, and each block is decided exactly, not in floats: a block is contradictory if and only if
`check` says so, or says `undetermined` where it gave up.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm

from expectations.joint.explanations import explain
from expectations.joint.simplex import Tableau, Undecided

Number = int | Fraction | Decimal
Terms = tuple[tuple[str, Number], ...]

RESOLUTION = 1024  # integer steps in the finest printed half unit, for starting values
ASKED = 500_000  # requests times variables of a block: what is answered in about five seconds
LARGE = 100  # variables of a block in conflict from which on floating point guides


@dataclass(frozen=True, slots=True)
class Observation:
    """A printed number: lower ≤ Σ terms / Σ over ≤ upper, both in base units; None is unbounded.

    Without `over` it is a level. A growth is its factor (1 + growth) with the level as `terms` and
    its base as `over`; a share is the part over the total; a contribution the change over the
    total's base. The two may not stand for one another: a record prints several numbers and each
    can be wrong by itself, so (figure, aspect) is what is suspected, and must be unique.
    `over` must add variables that cannot be negative. Where explanations compete, those of least
    total `weight` win.
    """

    figure: str
    aspect: str  # 'value', 'growth', 'share', …
    terms: Terms
    lower: Number | None
    upper: Number | None
    over: Terms = ()
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What holds by definition: lower ≤ Σ terms ≤ upper, e.g. exports + imports - trade = 0."""

    name: str
    terms: Terms
    lower: Number | None = 0
    upper: Number | None = 0


@dataclass(frozen=True, slots=True)
class Request:
    """An expression, Σ terms or Σ terms / Σ over, whose bounds are wanted."""

    name: str
    terms: Terms
    over: Terms = ()


@dataclass(frozen=True, slots=True, order=True)
class Suspect:
    """A printed number, of which one figure may have several."""

    figure: str
    aspect: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A suspect, and the range in which its number would settle the conflict (None: unbounded)."""

    suspect: Suspect
    lower: Fraction | None
    upper: Fraction | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Numbers that cannot all be right.

    `suspects` is a minimal conflicting set: without any one of them the rest agree. Each of
    `explanations` is a smallest set of numbers that, if wrong, explains this conflict; within one,
    each settlement's range supposes the others of the set wrong too, and everything else right.
    After these come sets of numbers of one figure, as many as it takes: where it stands in
    another's place, all that it prints is wrong at once.
    A block with several independent errors has several conflicts: its optimal explanations each
    take one explanation from every conflict, and every smallest one listed occurs in one of them.
    `cut` tells that the search was given up: there may be more explanations, or smaller ones,
    but those listed explain the conflict all the same. With no explanation at all, `suspects`
    do conflict, but fewer of them might.
    """

    suspects: tuple[Suspect, ...]
    explanations: tuple[tuple[Settlement, ...], ...]
    cut: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of the figures in the minimal conflicting set."""
        return tuple(sorted({suspect.figure for suspect in self.suspects}))

    @property
    def involved(self) -> frozenset[Suspect]:
        """The numbers of the minimal conflicting set and of every explanation."""
        explaining = (s.suspect for explanation in self.explanations for s in explanation)
        return frozenset((*self.suspects, *explaining))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What must hold for a requested expression; both ends are attained or approached."""

    name: str
    lower: Fraction | None
    upper: Fraction | None


@dataclass(frozen=True)
class Report:
    """What `check` found.

    Requests into a block with a conflict, or given up, have no bounds. Of `undetermined` numbers
    it is not known whether they agree. `unanswered` are requests that were not looked into, since
    their block has too many.
    """

    conflicts: tuple[Conflict, ...]
    bounds: tuple[Bounds, ...]
    undetermined: tuple[Suspect, ...]
    unanswered: tuple[str, ...]
    _blocks: "_Blocks" = field(repr=False, compare=False)

    def settles(self, conflict: Conflict, changed: Collection[Observation]) -> bool:
        """Whether a conflict is no more once these observations read so instead.

        Each replaces the one of its figure and aspect, and may be of other variables than that.
        What involves none of them, and conflicts by itself, may go on to.
        """
        suspects = {Suspect(o.figure, o.aspect) for o in changed}
        numbers = {self._blocks.number(conflict.suspects[0])}
        numbers |= {self._blocks.number(suspect) for suspect in suspects}
        numbers |= {self._blocks.numbers[o.terms[0][0]] for o in changed}
        near = (c for number in numbers for c in self._by_block[number])
        apart = [c for c in near if c != conflict and not c.involved & suspects]
        aside = {s.suspect for c in apart for e in c.explanations[:1] for s in e} | suspects
        return all(
            self._blocks[number].agrees(
                aside, [o for o in changed if self._blocks.numbers[o.terms[0][0]] == number]
            )
            for number in numbers
        )

    @cached_property
    def _by_block(self) -> Mapping[int, Sequence[Conflict]]:
        found: dict[int, list[Conflict]] = defaultdict(list)
        for conflict in self.conflicts:
            found[self._blocks.number(conflict.suspects[0])].append(conflict)
        return found


def check(
    observations: Iterable[Observation],
    identities: Iterable[Identity] = (),
    requests: Iterable[Request] = (),
    floors: Mapping[str, Number | None] | None = None,
) -> Report:
    """Decide every block of figures; explain the conflicts; answer the requests elsewhere.

    A variable is at least 0 unless `floors` says otherwise (None: it may be anything, as a
    balance). The result does not depend on the order of the input. Raises ValueError where an
    observation stands twice, where something negative could stand in an `over`, or where the
    identities contradict each other by themselves.
    """
    floors = floors or {}
    conflicts: list[Conflict] = []
    bounds: list[Bounds] = []
    undetermined: list[Suspect] = []
    unanswered: list[str] = []
    blocks = _Blocks(observations, identities, requests, floors)
    for number, block in enumerate(blocks):
        try:
            clash = block.tableau.clash()
        except Undecided:
            undetermined.extend(block.suspects)
            continue
        if clash is None and len(block.requests) * block.size > ASKED:
            unanswered.extend(request.name for request in block.requests)
        elif clash is None:
            bounds.extend(block.bounds())
        else:
            conflicts.extend(_conflicts(blocks.to_explain(number, block), clash))
    return Report(
        tuple(sorted(conflicts, key=lambda conflict: conflict.suspects)),
        tuple(sorted(bounds, key=lambda answer: answer.name)),
        tuple(sorted(undetermined)),
        tuple(unanswered),
        blocks,
    )


Statement = Observation | Identity | Request


# ── blocks ────────────────────────────────────────────────────────────────────────────────────


class _Blocks:
    """Statements split by shared variables, in the order of their first suspects.

    Built when they are looked at, and kept only where asked for by number: of 100,000 figures
    nearly all agree, and need no second look.
    """

    def __init__(
        self,
        observations: Iterable[Observation],
        identities: Iterable[Identity],
        requests: Iterable[Request],
        floors: Mapping[str, Number | None],
    ) -> None:
        ordered = sorted(observations, key=lambda o: (o.figure, o.aspect))
        statements: list[Statement] = [
            *ordered,
            *sorted(identities, key=lambda i: i.name),
            *sorted(requests, key=lambda r: r.name),
        ]
        root: dict[str, str] = {}

        def find(name: str) -> str:
            top = name
            while root.setdefault(top, top) != top:
                top = root[top]
            while root[name] != top:
                root[name], name = top, root[name]
            return top

        for statement in statements:
            names = [name for name, _ in _mentioned(statement)]
            for name in names[1:]:
                root[find(name)] = find(names[0])
        members: dict[str, list[Statement]] = defaultdict(list)
        for statement in statements:
            members[find(statement.terms[0][0])].append(statement)
        self._floors = floors
        self._groups = list(members.values())
        places = {top: number for number, top in enumerate(members)}
        self.numbers = {name: places[find(name)] for name in root}  # variable -> block
        self._suspects = {Suspect(o.figure, o.aspect): o.terms[0][0] for o in ordered}
        self._kept: dict[int, _Block] = {}

    def __iter__(self) -> "Iterator[_Block]":
        """To be decided: where all agrees the exact tableau is faster, however large."""
        return (_Block(group, self._floors, Tableau) for group in self._groups)

    def __getitem__(self, number: int) -> "_Block":
        if number not in self._kept:
            self._kept[number] = _Block(self._groups[number], self._floors, _tableau)
        return self._kept[number]

    def to_explain(self, number: int, block: "_Block") -> "_Block":
        """A block that was decided, kept; a large one anew, with the tableau that explains it."""
        if block.size < LARGE:
            self._kept[number] = block
        return self[number]

    def number(self, suspect: Suspect) -> int:
        """Of the block that a printed number belongs to."""
        return self.numbers[self._suspects[suspect]]


def _mentioned(statement: Statement) -> Terms:
    if isinstance(statement, Identity):
        return statement.terms
    return statement.terms + statement.over


class _Block:
    """Statements that hang together, as a tableau whose tags number the suspects."""

    def __init__(
        self,
        statements: Sequence[Statement],
        floors: Mapping[str, Number | None],
        tableau: Callable[[Sequence[int]], Tableau],
    ) -> None:
        self.observations = [s for s in statements if isinstance(s, Observation)]
        self.suspects = [Suspect(o.figure, o.aspect) for o in self.observations]
        self.requests = [s for s in statements if isinstance(s, Request)]
        identities = [s for s in statements if isinstance(s, Identity)]
        for before, after in zip(self.suspects, self.suspects[1:], strict=False):
            if before == after:
                raise ValueError(f"{after.figure}: its {after.aspect} is observed twice")
        uses = Counter(name for statement in statements for name, _ in _mentioned(statement))
        self._names = sorted(uses)
        self._index = {name: number for number, name in enumerate(self._names)}
        lowest = {name: floors.get(name, 0) for name in self._names}
        ratios: list[Observation | Request] = [*self.observations, *self.requests]
        for ratio in ratios:
            for name, factor in ratio.over:
                floor = lowest[name]
                if factor < 0 or floor is None or floor < 0:
                    raise ValueError(f"{name} may be negative, so nothing can be over it")

        constants = [*lowest.values()]
        levels = [o for o in self.observations if not o.over]
        constants += [limit for o in levels for limit in (o.lower, o.upper)]
        constants += [limit for i in identities for limit in (i.lower, i.upper)]
        denominators = (c.as_integer_ratio()[1] for c in constants if c is not None)
        self._unit = RESOLUTION * lcm(*denominators)

        self.tableau = tableau(self._start(identities))
        order = [uses[name] for name in self._names]
        for identity in identities:
            if identity.lower is not None and identity.lower == identity.upper:
                terms, factor = self._whole(identity.terms)
                constant = self._scaled(identity.lower, factor)
                if not self.tableau.eliminate(terms, constant or 0, order):
                    raise ValueError(f"identity {identity.name} contradicts the others")
        for name, floor in lowest.items():
            self.tableau.claim(self._index[name], self._scaled(floor, 1), None, None)
        for identity in identities:
            if identity.lower is None or identity.lower != identity.upper:
                self._claim(identity, None)
        for tag, observation in enumerate(self.observations):
            self._state(observation, tag)

    @property
    def size(self) -> int:
        """How many variables it has."""
        return len(self._names)

    def figures(self) -> list[frozenset[int]]:
        """The tags of each figure that has several: one slip may have made all of them wrong."""
        tags: dict[str, list[int]] = defaultdict(list)
        for tag, suspect in enumerate(self.suspects):
            tags[suspect.figure].append(tag)
        return [frozenset(several) for several in tags.values() if len(several) > 1]

    def bounds(self) -> Iterator[Bounds]:
        """Answer the requests. The tableau must be at a solution."""
        # Each from the same state: what one leaves behind has longer rows and longer integers. But
        # from where the first one ended: it leads from a guess to a corner, near all the others.
        solved = self.tableau
        corner: Tableau | None = None
        for request in self.requests:
            self.tableau = (corner or solved).copy()
            with suppress(Undecided):
                yield Bounds(request.name, *self.range(request))
                corner = corner or self.tableau
        self.tableau = solved

    def range(self, asked: Observation | Request) -> tuple[Fraction | None, Fraction | None]:
        """Between what the expression can lie. The tableau must be at a solution."""
        terms, factor = self._whole(asked.terms)
        over, over_factor = self._whole(asked.over)
        lower = self.tableau.greatest({v: -n for v, n in terms.items()}, over)
        upper = self.tableau.greatest(terms, over)
        unit = Fraction(over_factor, factor) if over else Fraction(1, factor * self._unit)
        return None if lower is None else -lower * unit, None if upper is None else upper * unit

    def agrees(self, aside: Collection[Suspect], added: Iterable[Observation]) -> bool:
        """Whether all agrees, leaving some numbers aside and adding others. False if undecided."""
        tags = [tag for tag, suspect in enumerate(self.suspects) if suspect in aside]
        own = self.tableau
        own.drop(tags)
        try:
            if own.clash() is not None:  # as a solution, a start for the next attempt too
                return False
            self.tableau = own.copy()
            for tag, observation in enumerate(added, len(self.suspects)):
                self._state(observation, tag)
            return self.tableau.clash() is None
        except Undecided:
            return False
        finally:
            self.tableau = own
            own.restore(tags)

    def _state(self, observation: Observation, tag: int) -> None:
        if observation.over:
            self._claim_ratio(observation, tag)
        else:
            self._claim(observation, tag)

    def _claim(self, statement: Observation | Identity, tag: int | None) -> None:
        terms, factor = self._whole(statement.terms)
        lower = self._scaled(statement.lower, factor)
        upper = self._scaled(statement.upper, factor)
        if len(terms) == 1 and 1 in terms.values():
            (variable,) = terms
        else:
            variable = self.tableau.define(terms)
        self.tableau.claim(variable, lower, upper, tag)

    def _claim_ratio(self, observation: Observation, tag: int) -> None:
        terms, factor = self._whole(observation.terms)
        over, over_factor = self._whole(observation.over)
        for limit, sign in ((observation.lower, 1), (observation.upper, -1)):
            if limit is None:
                continue
            top, bottom = limit.as_integer_ratio()
            row: Counter[int] = Counter()
            for variable, number in terms.items():
                row[variable] += sign * bottom * over_factor * number
            for variable, number in over.items():
                row[variable] -= sign * top * factor * number
            self.tableau.claim(self.tableau.define(row), 0, None, tag)

    def _whole(self, terms: Terms) -> tuple[dict[int, int], int]:
        """The terms with integer coefficients, and the factor that made them so."""
        ratios = [(self._index[name], *number.as_integer_ratio()) for name, number in terms]
        factor = lcm(*(bottom for _, _, bottom in ratios))
        whole: dict[int, int] = {}
        for variable, top, bottom in ratios:
            whole[variable] = whole.get(variable, 0) + top * (factor // bottom)
        return whole, factor

    def _scaled(self, constant: Number | None, factor: int) -> int | None:
        if constant is None:
            return None
        top, bottom = constant.as_integer_ratio()
        # Exact but for what `agrees` adds from elsewhere, in finer units than this block has.
        return top * factor * self._unit // bottom

    def _start(self, identities: Sequence[Identity]) -> list[int]:
        """Guess every variable: what is printed, then what follows from it.

        Only a proposal to the tableau, so floats will do.
        """
        rows: list[tuple[list[tuple[str, float]], float]] = []
        bounded: list[Observation | Identity] = [*self.observations, *identities]
        for statement in bounded:
            limits = [float(c) for c in (statement.lower, statement.upper) if c is not None]
            if limits:
                middle = sum(limits) / len(limits)
                row = [(name, float(number)) for name, number in statement.terms]
                if isinstance(statement, Identity) or not statement.over:
                    rows.append((row, middle))
                else:
                    row += [(name, -middle * float(number)) for name, number in statement.over]
                    rows.append((row, 0.0))
        standing: dict[str, list[int]] = defaultdict(list)
        for number, (row, _) in enumerate(rows):
            for name, _ in row:
                standing[name].append(number)
        guess: dict[str, float] = {}
        queue = deque(range(len(rows)))
        while queue:
            row, constant = rows[queue.popleft()]
            unknown = [(name, factor) for name, factor in row if name not in guess]
            if len(unknown) == 1 and unknown[0][1]:
                name, factor = unknown[0]
                known = sum(number * guess[other] for other, number in row if other != name)
                guess[name] = (constant - known) / factor
                queue.extend(standing[name])
        return [round(guess.get(name, 0.0) * self._unit) for name in self._names]


def _tableau(start: Sequence[int]) -> Tableau:
    """The one that explains conflicts faster among so many variables."""
    if len(start) < LARGE:
        return Tableau(start)
    from expectations.joint.float_guidance import Guided

    return Guided(start)


def _conflicts(block: _Block, clash: frozenset[int]) -> list[Conflict]:
    if not clash:
        about = ", ".join(suspect.figure for suspect in block.suspects[:3])
        raise ValueError(f"identities contradict each other by themselves, near {about or 'none'}")
    try:
        groups = explain(block.tableau, [o.weight for o in block.observations], block.figures())
        return [
            Conflict(
                tuple(block.suspects[tag] for tag in sorted(group.core)),
                tuple(_settle(block, chosen, group.others) for chosen in group.explanations),
                group.cut,
            )
            for group in groups
        ]
    except Undecided:
        return [Conflict(tuple(block.suspects[tag] for tag in sorted(clash)), (), True)]


def _settle(
    block: _Block, chosen: frozenset[int], others: frozenset[int]
) -> tuple[Settlement, ...]:
    # From the same state each time, as `bounds` does.
    own = block.tableau
    block.tableau = own.copy()
    block.tableau.drop(others | chosen)
    block.tableau.clash()
    settled = tuple(
        Settlement(block.suspects[tag], *block.range(block.observations[tag]))
        for tag in sorted(chosen)
    )
    block.tableau = own
    return settled
