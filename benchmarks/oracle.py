"""An oracle of our own beside the product: correct tables must pass, provable errors be found.

Run by hand: python -m benchmarks.oracle [--quick] [--correct N] [--one N] [--two N] [--seed N]
[--show N]. True values are drawn and printed as offices print; slips are put in; HiGHS decides in
floating point, from statements of the oracle's own, whether what is printed can be right. Then the
product reads the records, and is held against that.

Belongs here: running both, and the table of what came of it. Does not belong here: the tables
(oracle_tables.py), slips (oracle_slips.py), statements (oracle_statements.py), and how answers are
compared (oracle_verdicts.py).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator

from benchmarks.oracle_offices import Office
from benchmarks.oracle_slips import KINDS, Slip, spoil
from benchmarks.oracle_tables import Table
from benchmarks.oracle_verdicts import Tally, compare, product_answers

BATCH = 100  # tables of one load
EVERY = 20  # of how many correct tables one has its bounds and coverage compared


def tables(seed: int, count: int, errors: int) -> Iterator[tuple[Table, list[Slip]]]:
    """Tables with so many slips each, the kinds in turn."""
    number = 0
    made = 0
    kinds = list(KINDS)
    while made < count:
        chance = random.Random(f"{seed} {errors} {number}")
        table = Office(chance, f"e{errors}-{number}").table()
        number += 1
        slips: list[Slip] = []
        if errors:
            kind = kinds[made % len(kinds)]
            for _ in range(errors):
                spoilt = spoil(table, chance, kind)
                if spoilt:
                    table, slip = spoilt
                    slips.append(slip)
                kind = chance.choice(kinds)
            if len(slips) < errors:
                continue
        made += 1
        yield table, slips


def run(seed: int, count: int, errors: int, tally: Tally) -> None:
    """Check tables in batches, and count what came of them."""
    batch: list[tuple[Table, list[Slip]]] = []
    done = 0
    for pair in tables(seed, count, errors):
        batch.append(pair)
        if len(batch) == BATCH or done + len(batch) == count:
            listed = [table for table, _ in batch]
            answers = product_answers(listed, with_bounds=False)
            if not errors:
                answers |= product_answers(listed[::EVERY], with_bounds=True)
            for table, slips in batch:
                compare(table, slips, answers[table.source], tally)
            done += len(batch)
            batch = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--correct", type=int, default=5_000)
    parser.add_argument("--one", type=int, default=5_000)
    parser.add_argument("--two", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="so many disagreements a kind, in full")
    options = parser.parse_args()
    shrink = 10 if options.quick else 1
    tally = Tally(options.show)
    begun = time.process_time()
    for errors, count in enumerate((options.correct, options.one, options.two)):
        run(options.seed, count // shrink, errors, tally)
    for line in tally.lines():
        print(line)
    print(f"{time.process_time() - begun:.0f} s of CPU time")
    return 1 if tally.is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
