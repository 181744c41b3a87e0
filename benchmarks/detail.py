"""Customs detail, side by side: the floor, Crossfoot, and what a user might take instead.

    python -m benchmarks.detail ROWS FOLDER [PEER=PYTHON ...]

Generates ROWS in FOLDER once, then runs each in a process of its own, one after the other: load,
eleven checks, aggregates, publish. A PEER is a module of benchmarks/peers, PYTHON an interpreter
that has what it needs. The same counts are demanded of all. Prints a table: seconds of wall and
CPU, ratio to the floor, peak memory of all processes together. A Prefect server runs on loopback.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.commands import ENVIRONMENT, OFF, ROOT, start_server
from benchmarks.detail_data import generate
from benchmarks.detail_floor import CHECKS

ELEVEN = (*CHECKS, "key-is-unique")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took: seconds, and MB of it and all its children together."""

    wall: float
    cpu: float
    peak: int
    answer: dict[str, Any]


def measure(command: list[str], extra: Mapping[str, str]) -> Measured:
    """Run a command to its end; its last line of output is its answer where that is JSON."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=ENVIRONMENT | OFF | extra,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peaks = [0]

    def sample() -> None:
        while process.poll() is None:
            peaks.append(_resident(process.pid))
            time.sleep(0.05)

    sampler = threading.Thread(target=sample)
    sampler.start()
    told, complaint = process.communicate()
    sampler.join()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):  # 1: withheld, as the planted faults demand
        raise RuntimeError(f"{' '.join(command)}: {complaint}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = told.strip().splitlines()[-1] if told.strip() else ""
    return Measured(wall, cpu, max(peaks), json.loads(last) if last.startswith("{") else {})


def _resident(pid: int) -> int:
    """MB that a process and its children have resident."""
    pages, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def crossfoot(home: Path, files: list[Path], api: str, rules: Sequence[str]) -> Measured:
    """The whole job as the command does it: Prefect, DuckDB, Great Expectations, a release."""
    command = [sys.executable, "-m", "flows.cli", "detail", "publish", *map(str, files)]
    extra = {"PREFECT_API_URL": api, "CROSSFOOT_MEMORY_LIMIT": "500MB"}
    command += [part for rule in rules for part in ("--rule", rule)]
    done = measure([*command, "--format", "comext", "--home", str(home)], extra)
    kept = max((home / "withheld").glob("*/trade.duckdb"))
    with duckdb.connect(kept, read_only=True) as release:
        counts = dict(
            release.execute("select rule_id, failed from quality.detail_rules").fetchall()
        )
        keys = dict(
            release.execute(
                "select rule_id, count(*) from quality.detail_findings group by all"
            ).fetchall()
        )
        (rows,) = release.execute("select sum(accepted) from quality.detail_loads").fetchone() or ()
        (traded,) = release.execute("select sum(value)::varchar from detail_areas").fetchone() or ()
    assert all(keys.get(rule, 0) == failed for rule, failed in counts.items()), "keys are missing"
    counts = {rule: counts[rule] for rule in ELEVEN}
    answer = {"counts": {"rows": int(rows), **counts}, "traded": traded}
    return Measured(done.wall, done.cpu, done.peak, answer)


def main() -> None:
    rows, folder = int(sys.argv[1]), Path(sys.argv[2])
    peers = dict(argument.split("=") for argument in sys.argv[3:])
    files = generate(rows, folder / str(rows))
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    server, api = start_server(work / "server")
    try:
        home = work / "home"
        measure([sys.executable, "-m", "flows.cli", "run", "--home", str(home)], {})
        data = str(files[0].parent)
        floor = measure(
            [sys.executable, "-m", "benchmarks.detail_floor", data, str(work / "floor")], {}
        )
        taken = {"floor": floor, "crossfoot": crossfoot(home, files, api, ELEVEN)}
        taken["crossfoot, all rules"] = crossfoot(home, files, api, ())
        for name, python in peers.items():
            module = f"benchmarks.peers.{name}"
            taken[name] = measure([python, "-m", module, data, str(work / name)], {})
        parts = measure([sys.executable, "-m", "benchmarks.detail_parts", str(home)], {}).answer
    finally:
        server.terminate()
        server.wait()
    print(f"{rows:,} rows{'':12}{'wall s':>8}{'ratio':>7}{'CPU s':>8}{'peak MB':>9}  same answers")
    for name, one in taken.items():
        same = one.answer["counts"] == floor.answer["counts"]
        same = same and one.answer["traded"] == floor.answer["traded"]
        print(
            f"{name:24}{one.wall:8.1f}{one.wall / floor.wall:7.2f}{one.cpu:8.1f}{one.peak:9}"
            f"  {'yes' if same else 'NO'}"
        )
    checks = floor.answer["seconds"]["check"]
    print(f"checks alone: {parts['checks']:.2f} s, {parts['checks'] / checks:.2f} × the floor's")
    accounts = parts["accounts"] / parts["chapters"]
    print(f"accounting rules: {parts['accounts']:.2f} s, {accounts:.1f} × one HS2 aggregation")


if __name__ == "__main__":
    main()
