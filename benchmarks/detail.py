"""Customs detail, side by side: the floor, Crossfoot, and what a user might take instead.

    python -m benchmarks.detail ROWS ... [--folder FOLDER] [--peers NAME ...] [--rounds N]

Generates ROWS once, then runs each in a process of its own, one after the other: load, eleven
checks, aggregates, publish. The same answers are demanded of all: counts, sums, failing keys.
Prints a table: seconds of wall and CPU with their ratios to the floor, and the peak memory of all
its processes together. With several ROWS, also by which power of the rows CPU grows. With several
rounds all run in turn so often, each beside the floor of its round, and the medians stand last;
checks alone and accounting rules are measured once, in the end.

Data and results lie in FOLDER, by default `crossfoot-benchmark` in the folder for temporary files;
peers are installed there, each by itself, at their first run. `--peers` with no name runs none. A
Prefect server runs on loopback; what it takes is not counted.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.commands import start_server
from benchmarks.detail_data import generate
from benchmarks.peers import job
from benchmarks.processes import Measured, Unfinished, measure

PEERS = Path(__file__).parent / "peers"
ELEVEN = (*job.ROWS, job.UNIQUE)
LIMIT = {"CROSSFOOT_MEMORY_LIMIT": "500MB"}


def crossfoot(home: Path, files: list[Path], api: str, rules: Sequence[str]) -> Measured:
    """The whole job as the command does it: Prefect, DuckDB, Great Expectations, a release."""
    command = [sys.executable, "-m", "flows", "detail", "publish", *map(str, files)]
    command += [part for rule in rules for part in ("--rule", rule)]
    done = measure(
        [*command, "--format", "comext", "--home", str(home)], {"PREFECT_API_URL": api, **LIMIT}
    )
    kept = max((home / "withheld").glob("*/trade.duckdb"))
    with duckdb.connect(kept, read_only=True) as release:

        def fetch(query: str) -> list[Any]:
            return release.execute(query).fetchall()

        counts = dict(fetch("select rule_id, failed from quality.detail_rules"))
        keys = dict(fetch("select rule_id, count(*) from quality.detail_findings group by all"))
        ((rows,),) = fetch("select sum(accepted)::bigint from quality.detail_loads")
        ((traded,),) = fetch("select sum(value)::varchar from detail_areas")
    answer = {
        "counts": {"rows": rows, **{rule: counts[rule] for rule in ELEVEN}},
        "keys": {rule: keys.get(rule, 0) for rule in ELEVEN},
        "traded": traded,
    }
    return Measured(done.wall, done.cpu, done.peak, answer)


def interpreter(peer: str, folder: Path) -> str:
    """A Python that has what a peer needs, installed below `folder` where it is not there yet."""
    python = folder / peer / "bin" / "python"
    if not (folder / peer / "installed").exists():
        venv.create(folder / peer, clear=True, with_pip=True)
        requirements = str(PEERS / f"{peer}.txt")
        install = [str(python), "-m", "pip", "install", "--quiet", "--requirement", requirements]
        subprocess.run(install, check=True)
        (folder / peer / "installed").touch()
    return str(python)


def run(rows: int, folder: Path, peers: Sequence[str], rounds: int) -> dict[str, float]:
    """Measure all at one size, and print the table. Returns the CPU seconds of each, the median.

    Raises Unfinished where the floor does not end, which all others are held against.
    """
    files = generate(rows, folder / str(rows))
    data, work = str(files[0].parent), folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    home = work / "home"
    server, api = start_server(work / "server")

    def peer(module: str, python: str = sys.executable) -> Measured:
        out = work / module.rpartition(".")[2]
        done = measure([python, "-m", f"benchmarks.{module}", data, str(out)], {})
        shutil.rmtree(out)
        return done

    runs: dict[str, Callable[[], Measured]] = {
        "crossfoot": lambda: crossfoot(home, files, api, ELEVEN),
        "crossfoot, all rules": lambda: crossfoot(home, files, api, ()),
    }
    for name in peers:
        python = interpreter(name, folder / "peers")
        runs[name] = lambda name=name, python=python: peer(f"peers.{name}", python)
    taken: list[dict[str, Measured]] = []
    try:
        measure([sys.executable, "-m", "flows", "run", "--home", str(home)], {})
        print(
            f"\n{rows:,} rows{'':12}{'wall s':>8}{'ratio':>7}{'CPU s':>8}{'ratio':>7}{'peak MB':>9}"
            "  failing keys  same answers"
        )
        for _ in range(rounds):
            shutil.rmtree(home / "detail", ignore_errors=True)
            taken.append({"floor": peer("detail_floor")})
            print(_row("floor", taken[-1]["floor"], taken[-1]["floor"]), flush=True)
            for name, job_run in runs.items():
                try:
                    taken[-1][name] = job_run()
                except Unfinished as error:
                    print(f"{name:24}did not finish: {error}", flush=True)
                else:
                    print(_row(name, taken[-1][name], taken[-1]["floor"]), flush=True)
        command = [sys.executable, "-m", "benchmarks.detail_parts", str(home)]
        parts = measure(command, {}).answer
    finally:
        server.terminate()
        server.wait()
    if rounds > 1:
        print(f"medians of {rounds} rounds, and the ratios from least to most")
        for name in ("floor", *runs):
            print(_median(name, [(turn[name], turn["floor"]) for turn in taken if name in turn]))
    checks = median(turn["floor"].answer["seconds"]["check"] for turn in taken)
    print(f"checks alone: {parts['checks']:.2f} s, {parts['checks'] / checks:.2f} × the floor's")
    accounts = parts["accounts"] / parts["chapters"]
    print(f"accounting rules: {parts['accounts']:.2f} s, {accounts:.1f} × one HS2 aggregation")
    return {
        name: median(turn[name].cpu for turn in taken if name in turn)
        for name in ("floor", *runs)
        if any(name in turn for turn in taken)
    }


def _median(name: str, pairs: Sequence[tuple[Measured, Measured]]) -> str:
    """What a peer took, each time beside the floor of its round."""
    if not pairs:
        return f"{name:24}never finished"
    walls = sorted(peer.wall / floor.wall for peer, floor in pairs)
    return (
        f"{name:24}{median(peer.wall for peer, _ in pairs):8.1f}{median(walls):7.2f}"
        f"{median(peer.cpu for peer, _ in pairs):8.1f}"
        f"{median(peer.cpu / floor.cpu for peer, floor in pairs):7.2f}"
        f"{median(peer.peak for peer, _ in pairs):9.0f}  {walls[0]:.2f} to {walls[-1]:.2f}"
    )


def _row(name: str, peer: Measured, floor: Measured) -> str:
    counts, expected = peer.answer["counts"], floor.answer["counts"]
    other = [f"{rule} {counts[rule]}" for rule in expected if counts[rule] != expected[rule]]
    if peer.answer["traded"] != floor.answer["traded"]:
        other.append(f"traded {peer.answer['traded']}")
    keys = peer.answer.get("keys", {})
    kept = all(keys.get(rule) == count for rule, count in expected.items() if rule != "rows")
    return (
        f"{name:24}{peer.wall:8.1f}{peer.wall / floor.wall:7.2f}{peer.cpu:8.1f}"
        f"{peer.cpu / floor.cpu:7.2f}{peer.peak:9}"
        f"  {'all' if kept else 'not kept' if not keys else 'SOME':14}"
        f"{'NO: ' + ', '.join(other) if other else 'yes'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detail")
    parser.add_argument("rows", nargs="+", type=int)
    default = Path(tempfile.gettempdir()) / "crossfoot-benchmark"
    parser.add_argument("--folder", type=Path, default=default)
    every = sorted(path.stem for path in PEERS.glob("*.txt"))
    parser.add_argument("--peers", nargs="*", choices=every, default=every)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("at least one round")
    sizes = sorted(arguments.rows)
    taken = {rows: run(rows, arguments.folder, arguments.peers, arguments.rounds) for rows in sizes}
    for small, large in pairwise(sizes):
        print(f"\nCPU from {small:,} to {large:,} rows grows by the power of")
        for name in taken[small].keys() & taken[large].keys():
            grown = taken[large][name] / taken[small][name]
            print(f"{name:24}{math.log(grown) / math.log(large / small):8.2f}")


if __name__ == "__main__":
    main()
