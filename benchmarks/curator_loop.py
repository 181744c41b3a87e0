"""How long a curator waits for `check`: time and memory of the whole process, by size.

Run by hand: python -m benchmarks.curator_loop [FIGURES …]; 10,000 and 50,000 by default. It writes
releases of offices as a project of its own, about 60 figures each, without an error in them: trade
by partner and product (nested tables in YAML, flat ones in CSV), growths and shares, in several
currencies, months of several years beside each other. Then it runs `check` on them: the first time,
again, and after one edit; each several times, beside a process that only imports DuckDB. Memory
is that of the larger process.

Belongs here: drawing such a project, and measuring `check`. Does not belong here: whether verdicts
are right (injection.py, oracle.py).
"""

from __future__ import annotations

import csv
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

from benchmarks.processes import ENVIRONMENT, ROOT

FIGURES = (10_000, 50_000)
MONTHS = 167  # of each office
REPEATS = 5
PARTNERS = ("US", "JP", "KR", "DE", "FR", "GB", "IN", "VN", "BR", "AU", "CH", "SG")
CHAPTERS = (2, 8, 10, 22, 27, 29, 30, 39, 61, 72, 84, 85, 87, 90)
PRODUCTS = tuple(f"HS{chapter:02}" for chapter in CHAPTERS)
FLAT: tuple[str, ...] = ("id", "source", "area", "flow", "partner", "product", "period", "value")
FLAT += ("growth", "share", "part_of", "partition", "disjoint")


@dataclass(frozen=True)
class Office:
    """Who publishes: the area, its currency as printed, the size of its numbers, its files."""

    name: str
    area: str
    words: str  # around a number
    scale: int
    places: int
    is_flat: bool


OFFICES = (
    Office("customs-cn", "CN", "{}亿元", 10**8, 1, False),
    Office("destatis", "DE", "EUR {} million", 10**6, 1, True),
    Office("census-us", "US", "USD {} million", 10**6, 0, False),
    Office("customs-jp", "JP", "JPY {} million", 10**6, 0, False),
    Office("insee", "FR", "EUR {} million", 10**6, 0, True),
)

# An entry of a release, and those that it says are parts of it.
Entry = tuple[dict[str, str], list["Entry"]]


class Series:
    """The true levels of one office, by flow and part, for each month and the year before them."""

    def __init__(self, office: Office) -> None:
        self.chance = random.Random(office.name)
        self.office = office
        self.own = [code for code in PARTNERS if code != office.area]
        self.levels: dict[str, list[int]] = {}
        months = range(MONTHS + 12)
        for flow in ("exports", "imports"):
            for part in (*self.own, "others"):
                self.levels[f"{flow} {part}"] = self._walk()
            totals = [
                sum(self.levels[f"{flow} {part}"][month] for part in (*self.own, "others"))
                for month in months
            ]
            self.levels[flow] = totals
            for part in PRODUCTS:
                weight = self.chance.uniform(0.01, 0.08)
                self.levels[f"{flow} {part}"] = [
                    round(total * weight * self.chance.lognormvariate(0, 0.1)) for total in totals
                ]
        self.levels["trade"] = [
            self.levels["exports"][month] + self.levels["imports"][month] for month in months
        ]

    def _walk(self) -> list[int]:
        level = self.office.scale * 10 ** self.chance.uniform(2, 3.5)
        walk = []
        for _ in range(MONTHS + 12):
            level *= self.chance.lognormvariate(0.004, 0.05)
            walk.append(round(level))
        return walk

    def release(self, month: int) -> Iterator[Entry]:
        """The entries of a month: by flow, partner and product, and of the year until then."""
        flows: list[Entry] = []
        for flow in ("exports", "imports"):
            partners = [self._entry(f"{flow} {code}", month, "partner") for code in self.own]
            whole = self._entry(flow, month) | {"flow": flow, "disjoint": "partner"}
            flows.append((whole, [(part, []) for part in partners]))
        whole = self._entry("trade", month) | {"partition": "flow"}
        yield self._headed(whole, month, "trade"), flows
        for flow in ("exports", "imports"):
            goods = [self._entry(f"{flow} {code}", month, "product") for code in PRODUCTS]
            head = {k: v for k, v in self._entry(flow, month).items() if k in ("id", "value")}
            head |= {"id": f"{flow}-goods", "disjoint": "product"}
            yield self._headed(head, month, flow), [(part, []) for part in goods]
        for flow in ("trade", "exports", "imports") if month % 12 else ():
            yield self._headed(self._entry(flow, month, since=month % 12), month, flow, True), []

    def _headed(
        self, entry: dict[str, str], month: int, flow: str, is_year: bool = False
    ) -> dict[str, str]:
        year, of_year = divmod(month, 12)
        period = f"{2008 + year}-{of_year + 1:02}"
        if is_year and of_year:
            period = f"{2008 + year}-01/{period}"
        return {"id": entry["id"], "area": self.office.area, "flow": flow, "period": period} | entry

    def _entry(self, name: str, month: int, dimension: str = "", since: int = 0) -> dict[str, str]:
        """What is printed of a series in a month, with the `since` months before it."""
        office, levels = self.office, self.levels[name]
        level, base = (sum(levels[last - since : last + 1]) for last in (month + 12, month))
        flow, _, code = name.partition(" ")
        printed = rounded(Fraction(level, office.scale), office.places)
        entry = {
            "id": name.lower().replace(" ", "-") + ("-year" if since else ""),
            "value": office.words.format(printed),
            "growth": f"{rounded(100 * (Fraction(level, base) - 1), 1)}%",
        }
        if dimension:
            share = Fraction(level, self.levels[flow][month + 12])
            entry |= {dimension: code, "share": f"{rounded(100 * share, 1)}%"}
        return entry


def rounded(number: Fraction, places: int) -> Decimal:
    """As publishers round: halves away from zero."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def write(folder: Path, figures: int) -> int:
    """Write a project with about so many figures; return how many sources it has."""
    (folder / "records").mkdir(parents=True)
    (folder / "crossfoot.toml").write_text('[project]\nname = "curator’s loop"\n', encoding="utf-8")
    sources = max(1, round(figures / 60))
    written = 0
    all_series = [Series(office) for office in OFFICES]
    described = []
    for number in range(sources):
        month, place = divmod(number, len(OFFICES))
        office = OFFICES[place]
        id_ = f"{office.name}-{2008 + month // 12}-{month % 12 + 1:02}"
        published = f"{2008 + (month + 1) // 12}-{(month + 1) % 12 + 1:02}-09"
        entries = list(all_series[place].release(month))
        written += sum(map(_count, entries))
        if office.is_flat:
            described.append((id_, office, published))
            _write_flat(folder / "records" / f"{id_}.csv", id_, entries)
        else:
            head = f"source: {{id: {id_}, publisher: {office.name}, published: {published}}}\n"
            text = head + "figures:\n" + "".join(_nested(entries, "  "))
            (folder / "records" / f"{id_}.yaml").write_text(text, encoding="utf-8")
    listed = "".join(
        f"  - {{id: {id_}, publisher: {office.name}, published: {published}}}\n"
        for id_, office, published in described
    )
    if listed:
        (folder / "records/sources.yaml").write_text(f"sources:\n{listed}", encoding="utf-8")
    print(f"{written:,} figures in {sources} sources")
    return sources


def _nested(entries: Sequence[Entry], indent: str) -> Iterator[str]:
    for fields, parts in entries:
        mark = "- "
        for name, text in fields.items():
            yield f"{indent}{mark}{name}: {text}\n"
            mark = "  "
        if parts:
            yield f"{indent}  of_which:\n"
            yield from _nested(parts, f"{indent}    ")


def _count(entry: Entry) -> int:
    return 1 + sum(map(_count, entry[1]))


def _write_flat(path: Path, source: str, entries: Sequence[Entry]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FLAT)
        writer.writeheader()
        waiting = [(entry, "") for entry in reversed(entries)]
        while waiting:
            (fields, parts), total = waiting.pop()
            writer.writerow({"source": source, "part_of": total, **fields})
            waiting += [(part, fields["id"]) for part in reversed(parts)]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process took: seconds by the clock and of CPU, and MB at most."""

    wall: float
    cpu: float
    peak: int


def run(command: Sequence[str], folder: Path) -> Taken:
    """Run a command in a folder to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    timed = "import os,sys; pid = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:]);"
    timed += "_, status, used = os.wait4(pid, 0); print(used.ru_maxrss, file=sys.stderr);"
    timed += "sys.exit(os.waitstatus_to_exitcode(status) not in (0, 1))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", timed, *command],
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    peak = int(done.stderr.strip().splitlines()[-1]) // 1024
    return Taken(time.perf_counter() - start, cpu, peak)


def edit(folder: Path, number: int) -> None:
    """Change one printed growth of one source."""
    path = sorted((folder / "records").glob("census-us-*.yaml"))[number]
    text = path.read_text(encoding="utf-8")
    growth = text.partition("growth: ")[2].partition("\n")[0]
    changed = f"{Decimal(growth.removesuffix('%')) + Decimal('0.1')}%"
    path.write_text(text.replace(f"growth: {growth}", f"growth: {changed}", 1), encoding="utf-8")


def show(name: str, taken: Sequence[Taken]) -> None:
    """One line of the table: medians."""
    wall, cpu, peak = (
        statistics.median(getattr(one, field) for one in taken) for field in ("wall", "cpu", "peak")
    )
    print(f"  {name:24}{wall:8.2f} s{cpu:8.2f} s CPU{peak:8.0f} MB", flush=True)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or FIGURES
    check = [sys.executable, "-m", "flows", "check"]
    only_duckdb = [sys.executable, "-c", "import duckdb"]
    for figures in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary, "project")
            write(folder, figures)
            imported = [run(only_duckdb, folder) for _ in range(REPEATS)]
            show("import duckdb", imported)
            show("check --no-cache", [run([*check, "--no-cache"], folder) for _ in range(REPEATS)])
            run(check, folder)  # which keeps its verdicts
            show("check again", [run(check, folder) for _ in range(REPEATS)])
            edited = []
            for number in range(REPEATS):
                edit(folder, number)
                edited.append(run(check, folder))
            show("check after one edit", edited)


if __name__ == "__main__":
    main()
