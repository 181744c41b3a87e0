"""How fast the consistency solver is, and how well it finds injected errors.

Run `python -m benchmarks.solver [figures …]`. Belongs here: a seeded generator of correctly
rounded tables as they are published, errors injected into them, and what is measured. Does not
belong here: the solver (expectations/joint/consistency.py) and its tests.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from expectations.joint.consistency import Report, check
from expectations.joint.coverage import coverage
from expectations.joint.linear_statements import Identity, Observation, Suspect

ERRORS = 0.01  # share of figures into which one error is injected


@dataclass
class Table:
    """Some figures that hang together, correctly rounded."""

    observations: list[Observation] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)


class Publisher:
    """Draws true values and prints them as statistical offices do."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def tables(self, figures: int) -> Iterator[Table]:
        """Tables with this many figures in all, the last one may exceed it."""
        number = count = 0
        while count < figures:
            table = Table()
            kind = self._random.choice((self._parts, self._parts, self._trade, self._months))
            kind(table, f"t{number}")
            number += 1
            count += len(table.figures)
            yield table

    def _parts(self, table: Table, name: str) -> None:
        """A total with 2-10 parts, their growths, sometimes shares; the parts may be all of it."""
        whole = self._random.random() < 0.6
        count = self._random.randint(2, 10)
        values = [self._amount() for _ in range(count + (not whole))]
        bases = [self._before(value) for value in values]
        step = self._step(sum(values))
        self._print(table, f"{name}/total", sum(values), sum(bases), step)
        for number in range(count):
            part = f"{name}/part{number}"
            self._print(table, part, values[number], bases[number], step)
            if self._random.random() < 0.3:
                share = Decimal(values[number]) / sum(values)
                self._print_ratio(table, part, "share", share, f"{name}/total")
        for base in ("", "@"):
            terms = [(f"{name}/total{base}", 1)]
            terms += [(f"{name}/part{number}{base}", -1) for number in range(count)]
            upper = 0 if whole else None
            table.identities.append(Identity(f"{name}{base}", tuple(terms), 0, upper))

    def _trade(self, table: Table, name: str) -> None:
        """Exports, imports and both."""
        exports, imports = self._amount(), self._amount()
        before = self._before(exports), self._before(imports)
        step = self._step(exports + imports)
        self._print(table, f"{name}/trade", exports + imports, sum(before), step)
        self._print(table, f"{name}/exports", exports, before[0], step)
        self._print(table, f"{name}/imports", imports, before[1], step)
        for base in ("", "@"):
            sides = (f"{name}/exports{base}", 1), (f"{name}/imports{base}", 1)
            table.identities.append(
                Identity(f"{name}{base}", (*sides, (f"{name}/trade{base}", -1)))
            )

    def _months(self, table: Table, name: str) -> None:
        """Some months of a year, each with the year to date."""
        months = self._random.randint(3, 12)
        typical = self._amount()
        values = [max(1, round(typical * self._random.gauss(1, 0.15))) for _ in range(months)]
        bases = [self._before(value) for value in values]
        step = self._step(sum(values))
        for month in range(months):
            if month:
                self._print(table, f"{name}/month{month}", values[month], bases[month], step)
            to_date = sum(values[: month + 1]), sum(bases[: month + 1])
            self._print(table, f"{name}/to{month}", *to_date, step)
        for base in ("", "@"):
            for month in range(1, months):
                terms = (
                    (f"{name}/to{month}{base}", 1),
                    (f"{name}/to{month - 1}{base}", -1),
                    (f"{name}/month{month}{base}", -1),
                )
                table.identities.append(Identity(f"{name}/{month}{base}", terms))

    def _amount(self) -> int:
        return round(10 ** self._random.uniform(9, 12))

    def _before(self, value: int) -> int:
        return round(value / max(0.4, self._random.gauss(1.08, 0.15)))

    def _step(self, total: int) -> int:
        """A last digit that leaves the total four to six digits."""
        return int(10 ** (len(str(total)) - self._random.randint(4, 6)))

    def _print(self, table: Table, figure: str, value: int, base: int, step: int) -> None:
        """Print a level, and nearly always its growth to 0.1 %; `figure`@ is its base."""
        table.figures.append(figure)
        level = Decimal(value).quantize(Decimal(1).scaleb(len(str(step)) - 1))
        half = Decimal(step) / 2
        table.observations.append(
            Observation(figure, "value", ((figure, 1),), level - half, level + half)
        )
        if self._random.random() < 0.9:
            self._print_ratio(table, figure, "growth", Decimal(value) / base, f"{figure}@")

    @staticmethod
    def _print_ratio(table: Table, figure: str, aspect: str, ratio: Decimal, over: str) -> None:
        printed, half = ratio.quantize(Decimal("0.001")), Decimal("0.0005")
        limits = printed - half, printed + half
        terms, below = ((figure, 1),), ((over, 1),)
        table.observations.append(Observation(figure, aspect, terms, *limits, below))

    def corrupt(self, tables: list[Table], share: float) -> list[tuple[str, Observation]]:
        """Inject one error in this share of the figures; the kind and the number of each."""
        sizes = [len(table.figures) for table in tables]
        drawn = self._random.choices(tables, weights=sizes, k=round(sum(sizes) * share))
        return [self._inject(table) for table in drawn]

    def _inject(self, table: Table) -> tuple[str, Observation]:
        place = self._random.randrange(len(table.observations))
        old = table.observations[place]
        assert isinstance(old.lower, Decimal) and isinstance(old.upper, Decimal)
        printed, half = (old.lower + old.upper) / 2, (old.upper - old.lower) / 2
        if old.aspect == "value":
            kind = self._random.choice(("digit", "unit"))
        elif old.aspect == "growth":
            kind = self._random.choice(("digit", "sign"))
        else:
            kind = "digit"
        if kind == "unit":
            factor = self._random.choice((Decimal("0.0001"), Decimal(10000)))
            new = replace(old, lower=old.lower * factor, upper=old.upper * factor)
        else:
            change = printed - 1 if old.aspect == "growth" else printed
            changed = -change if kind == "sign" else self._digit(change, half * 2)
            new = replace(
                old, lower=old.lower + changed - change, upper=old.upper + changed - change
            )
        table.observations[place] = new
        return kind, new

    def _digit(self, printed: Decimal, step: Decimal) -> Decimal:
        """Change one printed digit."""
        sign = -1 if printed < 0 else 1
        digits = list(str(int(abs(printed) / step)))
        place = self._random.randrange(len(digits))
        digits[place] = self._random.choice([d for d in "0123456789" if d != digits[place]])
        return sign * int("".join(digits)) * step


def measure(figures: int, seed: int = 1) -> None:
    """Print times, and what became of the injected errors, for one size."""
    publisher = Publisher(seed)
    tables = list(publisher.tables(figures))
    size = sum(len(table.figures) for table in tables)
    injected = publisher.corrupt(tables, ERRORS)
    observations = [o for table in tables for o in table.observations]
    identities = [i for table in tables for i in table.identities]

    begun = time.perf_counter()
    report = check(observations, identities)
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    states = Counter(c.state for c in coverage(observations, identities))
    covering = time.perf_counter() - begun
    print(
        f"{size:,} figures, {len(observations):,} printed numbers, {len(tables):,} tables, "
        f"{len(injected)} errors: {seconds:.2f} s; coverage {covering:.2f} s"
    )
    print("  " + ", ".join(f"{state} {count:,}" for state, count in sorted(states.items())))
    quality(report, injected)


def quality(report: Report, injected: list[tuple[str, Observation]]) -> None:
    """Print how many errors of each kind stand in a conflict, as a suspect, as the only one."""
    detected, suspected, unique = Counter[str](), Counter[str](), Counter[str]()
    for kind, observation in injected:
        culprit = Suspect(observation.figure, observation.aspect)
        table = observation.figure.split("/")[0]
        conflicts = [
            c for c in report.conflicts if any(s.figure.startswith(table + "/") for s in c.suspects)
        ]
        blamed = [
            {settlement.suspect for settlement in explanation}
            for conflict in conflicts
            for explanation in conflict.explanations
        ]
        culprits = [suspects for suspects in blamed if culprit in suspects]
        detected[kind] += bool(conflicts)
        suspected[kind] += bool(culprits)
        unique[kind] += bool(culprits) and all(len(c.explanations) == 1 for c in conflicts)
    for kind, count in sorted(Counter(kind for kind, _ in injected).items()):
        print(
            f"  {kind:6} {count:5} injected, {detected[kind]:5} detected, "
            f"{suspected[kind]:5} culprit suspected, {unique[kind]:5} culprit alone"
        )
    print(f"  {len(report.conflicts)} conflicts, {len(report.undetermined)} numbers undetermined")


if __name__ == "__main__":
    for argument in sys.argv[1:] or ("1000", "10000", "100000"):
        measure(int(argument))
