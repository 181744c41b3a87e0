"""Running a process and measuring it: wall and CPU seconds, and memory with all its children."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
OFF = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


class Unfinished(Exception):
    """A process that did not do its work: its last words."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took: seconds, and MB of it and all its children together."""

    wall: float
    cpu: float
    peak: int
    answer: dict[str, Any]


def measure(command: list[str], extra: Mapping[str, str]) -> Measured:
    """Run a command to its end; its last line of output is its answer where that is JSON.

    Raises Unfinished where it ends with a status other than 0 or 1: 1 is withheld.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**ENVIRONMENT, **OFF, **extra},
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
    output, complaint = process.communicate()
    sampler.join()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = output.strip().splitlines() or [""]
    traceback = "Traceback (most recent call last):" in complaint
    if process.returncode not in (0, 1) or traceback:
        words = complaint.strip().splitlines() or [f"status {process.returncode}"]
        raise Unfinished(words[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = lines[-1]
    return Measured(wall, cpu, max(peaks), json.loads(last) if last.startswith("{") else {})


def _resident(pid: int) -> int:
    """MB that a process and its children have resident."""
    pages, waiting = 0, [pid]
    while waiting:
        process_id = waiting.pop()
        try:
            pages += int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
            for thread in Path(f"/proc/{process_id}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
