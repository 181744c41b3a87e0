"""Whether printed figures can all be right together, and if not, which ones could be wrong.

Belongs here: the decision, and the answers: conflicts with all their optimal explanations, and
bounds of what nobody printed. Does not belong here: the form of statements (linear_statements.py),
making statements of figures (statements.py), storing the answers (storing.py), one block
(blocks.py), the search for explanations (explanations.py), and what checks a figure (coverage.py).

Every statement is linear in the unknown true values, so figures fall into blocks that share no
variable, and each block is decided exactly, not in floats: a block is contradictory if and only if
`check` says so, or says `undetermined` where it gave up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from expectations.joint.blocks import Block, Blocks, Bounds
from expectations.joint.explanations import explain
from expectations.joint.linear_statements import (
    Identity,
    Number,
    Observation,
    Request,
    Suspect,
    mentioned,
)
from expectations.joint.simplex import Undecided

MOST_ASKED = 500_000  # requests times variables of a block, which take about five seconds
GUIDED = 20  # variables of a block for which floats lead where the exact tableau takes long
PATIENCE = 300_000  # coefficients that it may write before, in about 0.1 seconds


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
    `explanations` is a smallest set of numbers that explains the conflict if they are wrong; the
    range of a settlement assumes that the others of its set are wrong too, and all else is right.
    After these come sets of numbers of a single figure, which may be larger: a figure printed in
    the place of another is wrong in all its numbers at once.
    A block with several independent errors has several conflicts: an optimal explanation of the
    block takes one explanation from each, and every smallest one listed is part of an optimal one.
    `cut` means that the search was given up: there may be more explanations, or smaller ones, but
    those listed do explain the conflict. Without any explanation, `suspects` are in conflict, but
    perhaps not all of them are needed for it.
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


@dataclass(frozen=True)
class Report:
    """What `check` found.

    Requests about a block with a conflict, or one that was given up, have no bounds. Of
    `undetermined` numbers it is not known whether they agree. `unanswered` are requests that were
    left out because their block has too many.
    """

    conflicts: tuple[Conflict, ...]
    bounds: tuple[Bounds, ...]
    undetermined: tuple[Suspect, ...]
    unanswered: tuple[str, ...]
    blocks: Blocks = field(repr=False, compare=False)

    def settles(self, conflict: Conflict, changed: Collection[Observation]) -> bool:
        """Whether replacing these observations resolves `conflict`.

        Each of `changed` replaces the observation of its figure and aspect, and may be about other
        variables. Conflicts that involve none of them may remain.
        """
        suspects = {Suspect(o.figure, o.aspect) for o in changed}
        numbers = {self.blocks.number(conflict.suspects[0])}
        numbers |= {self.blocks.number(suspect) for suspect in suspects}
        of_changed = [{self.blocks.numbers.get(name) for name, _ in mentioned(o)} for o in changed]
        numbers.update(n for found in of_changed for n in found if n is not None)
        near = (c for number in numbers for c in self.by_block.get(number, ()))
        apart = [c for c in near if c != conflict and not c.involved & suspects]
        aside = {s.suspect for c in apart for e in c.explanations[:1] for s in e} | suspects
        if any(len(found) > 1 or None in found for found in of_changed):
            return self._agree(numbers, aside, changed)  # it ties what nothing else does
        return all(
            self.blocks[number].agrees(
                aside, [o for o, found in zip(changed, of_changed, strict=True) if number in found]
            )
            for number in numbers
        )

    def _agree(
        self, numbers: Iterable[int], aside: Collection[Suspect], added: Iterable[Observation]
    ) -> bool:
        """Whether these blocks together agree without the numbers `aside`, with those `added`."""
        statements = [statement for number in numbers for statement in self.blocks.groups[number]]
        kept = [
            s for s in statements if isinstance(s, Observation) and not {*s.suspects} & {*aside}
        ]
        identities = [s for s in statements if isinstance(s, Identity)]
        together = check([*kept, *added], identities, (), self.blocks.floors, is_explained=False)
        return not together.conflicts and not together.undetermined

    @cached_property
    def by_block(self) -> Mapping[int, Sequence[Conflict]]:
        """The conflicts of each block that has any, by its number."""
        by_block: dict[int, list[Conflict]] = defaultdict(list)
        for conflict in self.conflicts:
            by_block[self.blocks.number(conflict.suspects[0])].append(conflict)
        return by_block


def check(
    observations: Iterable[Observation],
    identities: Iterable[Identity] = (),
    requests: Iterable[Request] = (),
    floors: Mapping[str, Number | None] | None = None,
    *,
    is_explained: bool = True,
) -> Report:
    """Decide every block of figures; explain its conflicts, or answer the requests about it.

    Where only the decision matters, conflicts need not be explained. A variable is at least 0
    unless `floors` says otherwise (None: it may be anything, like a balance). The result does
    not depend on the order of the input. Raises ValueError where an observation is given twice,
    where an `over` could be negative, or where the identities alone contradict each other.
    """
    floors = floors or {}
    conflicts: list[Conflict] = []
    bounds: list[Bounds] = []
    undetermined: list[Suspect] = []
    unanswered: list[str] = []
    blocks = Blocks(observations, identities, requests, floors)
    for number, block in enumerate(blocks):
        try:
            block, clash = _decided(blocks, number, block)
        except Undecided:
            undetermined.extend(block.suspects)
            continue
        if clash is None and len(block.requests) * block.size > MOST_ASKED:
            unanswered.extend(request.name for request in block.requests)
        elif clash is None:
            bounds.extend(_bounds(blocks, number, block))
        elif is_explained:
            conflicts.extend(_conflicts(blocks.to_explain(number, block), clash))
        else:
            conflicts.append(_unexplained(block, clash))
    return Report(
        tuple(sorted(conflicts, key=lambda conflict: conflict.suspects)),
        tuple(sorted(bounds, key=lambda answer: answer.name)),
        tuple(sorted(undetermined)),
        tuple(unanswered),
        blocks,
    )


def _decided(blocks: Blocks, number: int, block: Block) -> tuple[Block, frozenset[int] | None]:
    """A block, at a solution or with the tags that clash. Raises `Undecided`."""
    if block.size < GUIDED:
        return block, block.tableau.clash()
    try:
        block.tableau.patience = PATIENCE
        return block, block.tableau.clash()
    except Undecided:
        guided = blocks.guided(number)
        return guided, guided.tableau.clash()


def _bounds(blocks: Blocks, number: int, block: Block) -> Iterator[Bounds]:
    """The bounds that a block's requests ask for, but those given up."""
    answers = {answer.name: answer for answer in block.bounds(block.requests)}
    yield from answers.values()
    left = [request for request in block.requests if request.name not in answers]
    if left and block.tableau.patience is not None:
        guided = blocks.guided(number)
        guided.tableau.clash()
        yield from guided.bounds(left)


def _conflicts(block: Block, clash: frozenset[int]) -> list[Conflict]:
    if not clash:
        about = ", ".join(suspect.figure for suspect in block.suspects[:3])
        raise ValueError(f"identities contradict each other by themselves, near {about or 'none'}")
    try:
        weights = [o.weight if o else 1 for o in block.observations]
        groups = explain(block.tableau, weights, block.figures())
        return [
            Conflict(
                tuple(block.suspects[tag] for tag in sorted(group.core)),
                tuple(_settlements(block, tags, group.others) for tags in group.explanations),
                group.cut,
            )
            for group in groups
        ]
    except Undecided:
        return [_unexplained(block, clash)]


def _unexplained(block: Block, clash: Iterable[int]) -> Conflict:
    return Conflict(tuple(block.suspects[tag] for tag in sorted(clash)), (), True)


def _settlements(
    block: Block, tags: frozenset[int], others: frozenset[int]
) -> tuple[Settlement, ...]:
    # From the same state each time, as in `Block.bounds`.
    own = block.tableau
    block.tableau = own.copy()
    block.tableau.drop(others | tags)
    block.tableau.clash()
    block.tableau.relax()
    settled = tuple(
        Settlement(block.suspects[tag], *(block.range(printed) if printed else (None, None)))
        for tag in sorted(tags)
        for printed in [block.observations[tag]]
    )
    block.tableau = own
    return settled
