"""Errors put into real figures, one at a time: found or not, who is suspected, and why not found.

Run by hand: python -m benchmarks.injection [TIMES [FOLDER [DATA SET…]]]; 1,000 times each kind of
error and data set by default. One digit, one unit (万 and 亿), one sign, one flow or one period of
one record is changed in its text. Only the records of the same source that hang together with the
changed one are then read, loaded and checked again, since no identity and no rule whose finding is
an error leads to the others; many variants lie in one load, each a source of its own. Equal draws
are checked once and counted as often as drawn.

An error is provable when no true values lead to what the source prints then. HiGHS decides that
in floating point, by the least amount by which the changed numbers must give way; Crossfoot in
integers. Every provable error must be found.

Belongs here: what is counted, and the table of it. Does not belong here: drawing errors
(injection_slips.py), checking records with them (injection_outcomes.py), whether they can be
proven (injection_proofs.py), and how data sets become records (real_data.py).
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from benchmarks.injection_outcomes import try_slips
from benchmarks.injection_slips import KINDS, Slip, draw
from benchmarks.real_data import SHARED, DataSet, data_sets

PART = 100  # slips of one task


def inject(data: DataSet, drawn: Mapping[Slip, int]) -> tuple[Counter[str], Counter[str]]:
    """Counts of what became of slips drawn so often, and the reasons of those not found."""
    counts, reasons = Counter[str](), Counter[str]()
    for outcome in try_slips(data, list(drawn)):
        often = drawn[outcome.slip]
        counts["injected"] += often
        counts["refused"] += often * outcome.refused
        counts["found"] += often * outcome.found
        counts["provable"] += often * outcome.provable
        counts["missed"] += often * (outcome.provable and not outcome.found)
        if outcome.found and not outcome.refused:
            counts["contradicted"] += often
            counts["suspected"] += often * outcome.suspected
            counts["unique"] += often * outcome.unique
            counts["repaired"] += often * outcome.repaired
            counts["listed"] += often * outcome.listed
            counts["shown"] += often * outcome.shown
        if outcome.reason:
            reasons[outcome.reason] += often
    return counts, reasons


COLUMNS = (
    *("injected", "found", "refused", "contradicted", "provable", "missed"),
    *("suspected", "unique", "repaired", "listed", "shown"),
)


def show(name: str, kind: str, counts: Counter[str], reasons: Counter[str]) -> None:
    """Print one line."""
    cells = "".join(f"{counts[column]:13,}" for column in COLUMNS)
    why = "; ".join(f"{number:,} {reason}" for reason, number in reasons.most_common())
    print(f"{name:42}{kind:8}{cells}  {why}", flush=True)


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else SHARED
    if not folder.is_dir():
        print("no shared data here: nothing to measure; name the folder that holds facts/, tables/")
        return 0
    begun = time.perf_counter()
    names = sys.argv[3:]
    sets = [data for data in data_sets(folder) if not names or data.name in names]
    print(f"{'':50}{''.join(f'{column:>13}' for column in COLUMNS)}  not found because")
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tasks = []
        for data, kind in product(sets, KINDS):
            drawn = list(draw(data, kind, times).items())
            parts = [dict(drawn[at : at + PART]) for at in range(0, len(drawn), PART)]
            tasks.append((data.name, kind, [pool.submit(inject, data, part) for part in parts]))
        for name, kind, submitted in tasks:
            counts, reasons = Counter[str](), Counter[str]()
            for task in submitted:
                part_counts, why = task.result()
                counts.update(part_counts)
                reasons.update(why)
            show(name, kind, counts, reasons)
            total.update(counts)
    show("all of them", "", total, Counter())
    print(
        f"provable errors found: {total['provable'] - total['missed']:,} of {total['provable']:,};"
        f" {time.perf_counter() - begun:.0f} s"
    )
    return 1 if total["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
