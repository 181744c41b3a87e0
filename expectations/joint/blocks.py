"""Blocks: statements that are connected by shared variables, each as a tableau of its own.

Belongs here: splitting statements into blocks, scaling them to integers, and what can be asked of a
block. Does not belong here: what the answers mean (consistency.py), the arithmetic
(simplex.py, float_guidance.py for large blocks), the search for explanations (explanations.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

from expectations.joint.linear_statements import (
    Identity,
    Number,
    Observation,
    Request,
    Statement,
    Suspect,
    Terms,
    mentioned,
)
from expectations.joint.simplex import Claim, Tableau, Undecided

RESOLUTION = 1024  # integer steps in the finest printed half unit, so that starting values fit
LARGE = 100  # variables; a block in conflict with so many is explained by `Guided`,
FAST = 10  # unless the exact tableau wrote no more coefficients for a variable to see the conflict
FIRST = 10  # times the patience of a tableau, for its first bounds


@dataclass(frozen=True, slots=True)
class Bounds:
    """What must hold for a requested expression; both ends are attained or approached."""

    name: str
    lower: Fraction | None
    upper: Fraction | None


class Blocks:
    """Statements split by shared variables, in the order of their first suspects.

    Iterating builds each block anew. Only blocks that are asked for by number are kept: of
    100,000 figures nearly all agree, and are looked at once.
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
            names = [name for name, _ in mentioned(statement)]
            for name in names[1:]:
                root[find(name)] = find(names[0])
        # What rests on the same number is wrong together, so that it is decided together.
        first: dict[Suspect, str] = {}
        for observation in ordered:
            for suspect in observation.suspects:
                name = observation.terms[0][0]
                root[find(name)] = find(first.setdefault(suspect, name))
        members: dict[str, list[Statement]] = defaultdict(list)
        for statement in statements:
            members[find(statement.terms[0][0])].append(statement)
        self.floors = floors
        self.groups = list(members.values())  # the statements of each block
        places = {top: number for number, top in enumerate(members)}
        self.numbers = {name: places[find(name)] for name in root}  # variable -> block
        self._suspects = {s: o.terms[0][0] for o in ordered for s in o.suspects}
        self._kept: dict[int, Block] = {}

    def __iter__(self) -> Iterator[Block]:
        """The blocks, to be decided with the exact tableau: it is faster where all agrees."""
        return (Block(group, self.floors, Tableau) for group in self.groups)

    def guided(self, number: int) -> Block:
        """A block in which floats lead, which is faster where the exact tableau takes long."""
        return Block(self.groups[number], self.floors, _guided)

    def __getitem__(self, number: int) -> Block:
        if number not in self._kept:
            self._kept[number] = Block(self.groups[number], self.floors, _tableau)
        return self._kept[number]

    def to_explain(self, number: int, block: Block) -> Block:
        """A block to explain: the decided one, which is kept, or a large one built anew.

        A long sum is large, but its conflict is seen at once, and so are all explanations of it.
        """
        tableau = block.tableau
        if block.size < LARGE or tableau.written <= FAST * block.size:
            self._kept[number] = block
        return self[number]

    def number(self, suspect: Suspect) -> int:
        """The number of the block that a printed number belongs to."""
        return self.numbers[self._suspects[suspect]]


class Block:
    """Connected statements as a tableau, whose tags are indices of `suspects`.

    `observations` are what each of these prints; None where a number is only said together with
    another.
    """

    def __init__(
        self,
        statements: Sequence[Statement],
        floors: Mapping[str, Number | None],
        tableau: Callable[[Sequence[int]], Tableau],
    ) -> None:
        printed = [s for s in statements if isinstance(s, Observation)]
        self.requests = [s for s in statements if isinstance(s, Request)]
        identities = [s for s in statements if isinstance(s, Identity)]
        for before, after in pairwise(printed):
            if before.suspect == after.suspect:
                raise ValueError(f"{after.figure}: its {after.aspect} is observed twice")
        self.suspects = sorted({suspect for o in printed for suspect in o.suspects})
        self._tags = {suspect: tag for tag, suspect in enumerate(self.suspects)}
        by_suspect = {o.suspect: o for o in printed}
        self.observations = [by_suspect.get(suspect) for suspect in self.suspects]
        uses = Counter(name for statement in statements for name, _ in mentioned(statement))
        self._names = sorted(uses)
        self._index = {name: number for number, name in enumerate(self._names)}
        lowest = {name: floors.get(name, 0) for name in self._names}
        self._lowest = lowest
        for request in self.requests:
            if not self._is_never_negative(request.over):
                raise ValueError(f"what {request.name} is over may be negative")

        constants = [*lowest.values()]
        levels = [o for o in printed if not o.over]
        constants += [limit for o in levels for limit in (o.lower, o.upper)]
        constants += [limit for i in identities for limit in (i.lower, i.upper)]
        denominators = (c.as_integer_ratio()[1] for c in constants if c is not None)
        self._unit = RESOLUTION * lcm(*denominators)

        self.tableau = tableau(self._start(printed, identities))
        order = [uses[name] for name in self._names]
        for identity in identities:
            if identity.lower is not None and identity.lower == identity.upper:
                terms, factor = self._whole(identity.terms)
                constant = self._scaled(identity.lower, factor)
                if not self.tableau.eliminate(terms, constant or 0, order):
                    raise ValueError(f"identity {identity.name} contradicts the others")
        for name, floor in lowest.items():
            self.tableau.claim(self._index[name], Claim(self._scaled(floor, 1), None))
        for identity in identities:
            if identity.lower is None or identity.lower != identity.upper:
                self._claim(identity, frozenset())
        for observation in printed:
            tags = frozenset(self._tags[suspect] for suspect in observation.suspects)
            self._state(observation, tags)

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

    def bounds(self, requests: Iterable[Request]) -> Iterator[Bounds]:
        """Answer requests but those given up. The tableau must be at a solution; it is relaxed."""
        # Each starts from the same state, for every answer leaves longer rows and longer integers:
        # from where the first answer ended, a corner that is near all others, unlike the guess.
        # So the first may take longer; without its corner, the others would take as long as it.
        solved = self.tableau
        solved.relax()
        patience = solved.patience
        corner: Tableau | None = None
        for request in requests:
            self.tableau = (corner or solved).copy()
            if patience is not None:
                self.tableau.patience = patience if corner else patience * FIRST
            try:
                yield Bounds(request.name, *self.range(request))
                corner = corner or self.tableau
            except Undecided:
                if patience is not None and not corner:
                    break
        self.tableau = solved

    def range(self, statement: Observation | Request) -> tuple[Fraction | None, Fraction | None]:
        """The bounds of a statement's expression. The tableau must be at a relaxed solution.

        Of a ratio, where it is over what is above zero.
        """
        return self.end(statement, above=False), self.end(statement, above=True)

    def end(self, statement: Observation | Request, *, above: bool) -> Fraction | None:
        """One of the bounds of `range`."""
        sign = 1 if above else -1
        terms, factor = self._whole(statement.terms)
        over, over_factor = self._whole(statement.over)
        own = self.tableau
        if not self._is_never_negative(statement.over):
            self.tableau = own.copy()
            self.tableau.claim(self._variable(over), Claim(0, None))
            if self.tableau.clash() is not None:
                self.tableau = own
                return None
        end = self.tableau.greatest({v: sign * n for v, n in terms.items()}, over)
        self.tableau = own
        unit = Fraction(over_factor, factor) if over else Fraction(1, factor * self._unit)
        return None if end is None else sign * end * unit

    def tags(self, suspects: Iterable[Suspect]) -> list[int]:
        """The tags of those that are in it."""
        return [self._tags[suspect] for suspect in suspects if suspect in self._tags]

    def agrees(self, aside: Collection[Suspect], added: Iterable[Observation]) -> bool:
        """Whether all agrees without the numbers `aside`, with those `added`; False if unknown."""
        tags = self.tags(aside)
        own = self.tableau
        own.drop(tags)
        try:
            if own.clash() is not None:  # as a solution, a start for the next attempt too
                return False
            self.tableau = own.copy()
            for tag, observation in enumerate(added, len(self.suspects)):
                self._state(observation, frozenset([tag]))
            return self.tableau.clash() is None
        except Undecided:
            return False
        finally:
            self.tableau = own
            own.restore(tags)

    def _state(self, observation: Observation, tags: frozenset[int]) -> None:
        if observation.over:
            self._claim_ratio(observation, tags)
        else:
            self._claim(observation, tags)

    def _claim(self, statement: Observation | Identity, tags: frozenset[int]) -> None:
        terms, factor = self._whole(statement.terms)
        lower = self._scaled(statement.lower, factor)
        upper = self._scaled(statement.upper, factor)
        self.tableau.claim(self._variable(terms), Claim(lower, upper, tags))

    def _variable(self, terms: Mapping[int, int]) -> int:
        if len(terms) == 1 and 1 in terms.values():
            return next(iter(terms))
        return self.tableau.define(terms)

    def _claim_ratio(self, observation: Observation, tags: frozenset[int]) -> None:
        terms, factor = self._whole(observation.terms)
        over, over_factor = self._whole(observation.over)
        self.tableau.claim(self._variable(over), Claim(0, None, tags, strict=True))
        for limit, sign in ((observation.lower, 1), (observation.upper, -1)):
            if limit is None:
                continue
            top, bottom = limit.as_integer_ratio()
            size, by = sign * bottom * over_factor, sign * top * factor
            row = {variable: size * number for variable, number in terms.items()}
            for variable, number in over.items():
                row[variable] = row.get(variable, 0) - by * number
            self.tableau.claim(self.tableau.define(row), Claim(0, None, tags))

    def _whole(self, terms: Terms) -> tuple[dict[int, int], int]:
        """The terms with integer coefficients, and the factor that they were multiplied by."""
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
        # Exact, except what `agrees` adds from a block with finer units than this one has.
        return top * factor * self._unit // bottom

    def _is_never_negative(self, terms: Terms) -> bool:
        """Whether it is a sum of variables that never are."""
        lowest = ((factor, self._lowest[name]) for name, factor in terms)
        return all(factor >= 0 and low is not None and low >= 0 for factor, low in lowest)

    def _start(
        self, observations: Sequence[Observation], identities: Sequence[Identity]
    ) -> list[int]:
        """A guess of every variable: what is printed, then what follows from it.

        Only a start for the tableau, so floats are good enough.
        """
        rows: list[tuple[list[tuple[str, float]], float]] = []
        bounded: list[Observation | Identity] = [*observations, *identities]
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
        unknown = [len(row) for row, _ in rows]
        guess: dict[str, float] = {}
        queue = deque(number for number, left in enumerate(unknown) if left == 1)
        while queue:
            row, constant = rows[queue.popleft()]
            solved = next(((name, factor) for name, factor in row if name not in guess), None)
            if solved and solved[1]:
                name, factor = solved
                known = sum(number * guess[other] for other, number in row if other != name)
                guess[name] = (constant - known) / factor
                for number in standing[name]:
                    unknown[number] -= 1
                    if unknown[number] == 1:
                        queue.append(number)
        return [round(guess.get(name, 0.0) * self._unit) for name in self._names]


def _tableau(start: Sequence[int]) -> Tableau:
    """The tableau that explains conflicts faster among so many variables."""
    return Tableau(start) if len(start) < LARGE else _guided(start)


def _guided(start: Sequence[int]) -> Tableau:
    # Imported here: HiGHS is not needed where all blocks are small.
    from expectations.joint.float_guidance import Guided

    return Guided(start)
