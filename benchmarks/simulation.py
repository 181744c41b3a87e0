"""How often correctly rounded tables are called wrong: by intervals, by equality, by ±0.1.

Run by hand: python -m benchmarks.simulation [TABLES]; 100,000 by default. Each table is a source
of its own: a total with 2-10 parts that make it up, or leave something over, with growth and
shares, and in every other source the levels of the year before. True values are drawn, then
rounded as publishers do, to 0-2 decimals of 亿 or 万. Batches of tables take the way of every
record, from printed text through acceptance, load, rules and solver.

Belongs here: drawing tables, and the two checks that others use, for comparison. Does not belong
here: tables with errors in them (injection.py, solver.py).
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from benchmarks.real_data import Fields, in_memory
from expectations.assess import assess
from warehouse.records.acceptance import accept
from warehouse.store.database import open_memory
from warehouse.store.load import load

BATCH = 1_000  # tables of one load
TOLERANCE = Fraction(1, 10)  # of the printed unit, or of a point: what many checks allow
EXACT = Context(prec=60)


@dataclass
class Table:
    """The records of one source, and what checks by equality and by ±0.1 would compare.

    `compared` maps a kind of check to (printed, recomputed and rounded as printed), as numbers in
    the printed unit or in percent.
    """

    source: str
    records: list[Fields] = field(default_factory=list)
    compared: dict[str, list[tuple[Decimal, Decimal]]] = field(
        default_factory=lambda: {"sum": [], "growth": [], "share": []}
    )


def draw(chance: random.Random, source: str) -> Table:
    """A table whose every number is rounded correctly from its true value."""
    table = Table(source)
    count = chance.randint(2, 10)
    is_partition, has_year_before = chance.random() < 0.6, chance.random() < 0.5
    unit, size = chance.choice((("亿", 10**8), ("万", 10**4)))
    places, rate_places = chance.randint(0, 2), chance.randint(0, 2)
    typical = size * 10 ** chance.uniform(1, 4)
    now = [round(typical * chance.lognormvariate(0, 1)) + 1 for _ in range(count + 1)]
    before = [round(value / chance.lognormvariate(0.05, 0.25)) + 1 for value in now]
    if is_partition:
        now, before = now[:-1], before[:-1]

    def level(value: int) -> Decimal:
        return _rounded(Fraction(value, size), places)

    def percent(ratio: Fraction) -> Decimal:
        return _rounded(100 * ratio, rate_places)

    levels = {"total": level(sum(now))} | {f"p{i}": level(now[i]) for i in range(count)}
    bases = {"total": level(sum(before))} | {f"p{i}": level(before[i]) for i in range(count)}
    true = {"total": (sum(now), sum(before))} | {f"p{i}": (now[i], before[i]) for i in range(count)}
    for name, (value, base) in true.items():
        record = {
            "id": name,
            "source": source,
            "area": "CN",
            "flow": "exports",
            "period": "2020",
            "value": f"{levels[name]}{unit}元",
        }
        if name == "total":
            record["partition" if is_partition else "disjoint"] = "product"
        else:
            record |= {"product": f"HS{int(name[1:]) + 1:02}", "part_of": "total"}
            if chance.random() < 0.5:
                share = percent(Fraction(value, sum(now)))
                record["share"] = f"{share}%"
                if levels["total"]:
                    ratio = percent(Fraction(levels[name]) / Fraction(levels["total"]))
                    table.compared["share"].append((share, ratio))
        if chance.random() < 0.9:
            growth = percent(Fraction(value, base) - 1)
            record["growth"] = f"{growth}%"
            if has_year_before and bases[name]:
                ratio = percent(Fraction(levels[name]) / Fraction(bases[name]) - 1)
                table.compared["growth"].append((growth, ratio))
        table.records.append(record)
        if has_year_before:
            kept = {k: v for k, v in record.items() if k not in ("growth", "share")}
            earlier = {"id": f"{name}-before", "period": "2019", "value": f"{bases[name]}{unit}元"}
            if "part_of" in kept:
                earlier["part_of"] = "total-before"
            table.records.append(kept | earlier)
    if is_partition:
        for printed in (levels, bases) if has_year_before else (levels,):
            parts = sum(printed[name] for name in printed if name != "total")
            table.compared["sum"].append((printed["total"], Decimal(parts)))
    return table


def _rounded(number: Fraction, places: int) -> Decimal:
    exact = EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)


def run(number: int, count: int) -> Counter[str]:
    """Check one batch of tables; count tables, and those in which each way sees an error."""
    chance = random.Random(number)
    tables = [draw(chance, f"t{number}-{place}") for place in range(count)]
    counts = Counter(tables=count)
    for table in tables:
        for kind, pairs in table.compared.items():
            if pairs:
                apart = max(abs(Fraction(left) - Fraction(right)) for left, right in pairs)
                counts[f"{kind} compared"] += 1
                counts[f"{kind} unequal"] += apart > 0
                counts[f"{kind} intolerable"] += apart > TOLERANCE
    alarmed = alarms(tables)
    counts["figures"] = sum(len(table.records) for table in tables)
    for kind, sources in alarmed.items():
        counts[f"alarms {kind}"] = len(sources)
    return counts


def alarms(tables: Sequence[Table]) -> dict[str, set[str]]:
    """The sources of tables with errors by rule, in conflict, undetermined, or not read whole."""
    sources = [
        {"id": table.source, "publisher": "simulation", "published": "2021"} for table in tables
    ]
    batch = accept([in_memory(sources, (r for table in tables for r in table.records))])
    unread = {row.figure.split("/")[0] for row in batch.quarantined}
    unread |= {problem.figure.split("/")[0] for problem in batch.problems}
    with open_memory() as connection:
        load(connection, batch, release_id="simulation")
        assessment = assess(connection)
    errors = [finding for finding in assessment.findings if finding.severity == "error"]
    return {
        "rules": {figure.split("/")[0] for error in errors for figure in error.figures},
        "conflicts": {
            figure.split("/")[0]
            for conflict in assessment.joint.conflicts
            for figure in conflict.figures
        },
        "undetermined": {figure.split("/")[0] for figure in assessment.joint.undetermined},
        "unread": unread,
    }


def simulate(tables: int) -> Counter[str]:
    """Check that many tables, on all processors; the same tables every time."""
    sizes = [min(BATCH, tables - start) for start in range(0, tables, BATCH)]
    total = Counter[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for counts in pool.map(run, range(len(sizes)), sizes):
            total.update(counts)
    return total


def report(counts: Counter[str]) -> Iterator[str]:
    """The lines of the table."""
    yield f"{counts['tables']:,} correctly rounded tables, {counts['figures']:,} figures"
    yield f"{'called wrong by':34}{'tables':>10}{'of':>10}{'rate':>9}"

    def line(name: str, wrong: int, of: int) -> str:
        return f"{name:34}{wrong:10,}{of:10,}{100 * wrong / (of or 1):8.2f}%"

    for kind in ("rules", "conflicts", "undetermined", "unread"):
        yield line(f"Crossfoot, {kind}", counts[f"alarms {kind}"], counts["tables"])
    for kind, name in (("unequal", "equality"), ("intolerable", "a tolerance of ±0.1")):
        for check in ("sum", "growth", "share"):
            compared = counts[f"{check} compared"]
            yield line(f"{name}, {check}s", counts[f"{check} {kind}"], compared)


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    begun = time.perf_counter()
    for text in report(simulate(tables)):
        print(text)
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
