"""How long the solver takes for tables that are hard for it: long sums, deep nests, odd sizes.

Run by hand: python -m benchmarks.large_tables. Belongs here: drawing such tables, correctly
rounded, and timing them. Does not belong here: tables of usual size, and errors found (solver.py).
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from expectations.joint.consistency import check
from expectations.joint.coverage import coverage
from expectations.joint.linear_statements import Identity, Observation, Terms

STEPS = [Decimal(10) ** places for places in (6, 4, 2, 0, -2)]  # units in which levels are printed


@dataclass
class Table:
    """True values by variable, `name`@ those of the year before, and what is printed of them."""

    true: dict[str, Fraction] = field(default_factory=dict)
    printed: list[Observation] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)

    def level(self, name: str, step: Decimal) -> None:
        """Print a level, rounded to a step."""
        self._print(name, "value", ((name, 1),), self.true[name], step)

    def ratio(self, name: str, aspect: str, terms: Terms, over: str, step: str = "0.001") -> None:
        """Print a ratio of what is true."""
        top = sum((Fraction(factor) * self.true[v] for v, factor in terms), Fraction(0))
        self._print(name, aspect, terms, top / self.true[over], Decimal(step), ((over, 1),))

    def _print(
        self, name: str, aspect: str, terms: Terms, exact: Fraction, step: Decimal, over: Terms = ()
    ) -> None:
        middle, half = round(exact / Fraction(step)) * step, step / 2
        self.printed.append(Observation(name, aspect, terms, middle - half, middle + half, over))

    def add_up(self, whole: str, parts: list[str]) -> None:
        """State that parts make up a whole in both years."""
        for base in ("", "@"):
            terms = ((whole + base, 1), *((part + base, -1) for part in parts))
            self.identities.append(Identity(whole + base, terms))


def parts(count: int) -> Table:
    """A total and its parts, with levels, nine in ten growths and some shares."""
    draw = random.Random(count)
    table = Table()
    names = [f"p{number:05}" for number in range(count)]
    for name in names:
        table.true[name] = Fraction(round(10 ** draw.uniform(9, 12)))
        table.true[f"{name}@"] = table.true[name] / Fraction(draw.uniform(0.8, 1.4))
    for base in ("", "@"):
        table.true["t" + base] = sum((table.true[n + base] for n in names), Fraction(0))
    table.add_up("t", names)
    for name in ["t", *names]:
        table.level(name, Decimal(10**8))
        if name == "t" or draw.random() < 0.9:
            table.ratio(name, "growth", ((name, 1),), f"{name}@")
        if name != "t" and draw.random() < 0.3:
            table.ratio(name, "share", ((name, 1),), "t")
    return table


def nest(widths: tuple[int, int, int], seed: int) -> Table:
    """Totals of totals of parts, from hundredths to 10^10, with all that can be printed."""
    draw = random.Random(seed)
    table = Table()

    def fill(name: str, depth: int) -> None:
        if depth == len(widths):
            table.true[name] = Fraction(round(10 ** draw.uniform(-2, 10), 4))
            table.true[f"{name}@"] = table.true[name] / Fraction(round(draw.uniform(0.5, 2), 3))
            return
        below = [f"{name}.{number}" for number in range(widths[depth])]
        for other in below:
            fill(other, depth + 1)
        for base in ("", "@"):
            table.true[name + base] = sum((table.true[n + base] for n in below), Fraction(0))
        table.add_up(name, below)

    fill("t", 0)
    for name in [name for name in table.true if not name.endswith("@")]:
        exact, whole = table.true[name], name.rpartition(".")[0]
        table.level(name, next((step for step in STEPS if exact > 10 * step), STEPS[-1]))
        table.ratio(name, "growth", ((name, 1),), f"{name}@")
        if whole:
            table.ratio(name, "share", ((name, 1),), whole)
            change = ((name, 1), (f"{name}@", -1))
            table.ratio(name, "contribution", change, f"{whole}@", "0.0001")
    return table


def spoilt(table: Table) -> Table:
    """The same with one level ten times as large."""
    place = next(n for n, o in enumerate(table.printed) if o.figure.startswith("p"))
    old = table.printed[place]
    assert old.lower is not None and old.upper is not None
    table.printed[place] = replace(old, lower=old.lower * 10, upper=old.upper * 10)
    return table


def tables() -> Iterator[tuple[str, Table]]:
    """What is timed."""
    for count in (200, 1_000, 5_000):
        yield f"{count:,} parts", parts(count)
    for seed in range(1, 7):
        yield f"3 × 3 × 5 nest, {seed}", nest((3, 3, 5), seed)
        yield f"5 × 5 × 2 nest, {seed}", nest((5, 5, 2), seed)
    for count in (50, 100, 200):
        yield f"{count:,} parts, one wrong", spoilt(parts(count))


def main() -> None:
    for name, table in tables():
        begun = time.process_time()
        report = check(table.printed, table.identities)
        checked = time.process_time()
        covered = coverage(table.printed, table.identities, report=report)
        ended = time.process_time()
        inexact = sum(not number.exact for number in covered)
        print(
            f"{name:24} {len(table.printed):7,} numbers {checked - begun:7.2f} s, "
            f"coverage {ended - checked:6.2f} s, {inexact} inexact, "
            f"{len(report.conflicts)} conflicts, {len(report.undetermined)} undetermined",
            flush=True,
        )


if __name__ == "__main__":
    main()
