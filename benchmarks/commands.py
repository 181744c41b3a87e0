"""How long the commands take on the shipped records: whole processes, median of several runs.

Run by hand: python -m benchmarks.commands [RUNS]. Prints seconds beside the floor, a process that
only imports DuckDB, all taken in turn in one run. A Prefect server is started on loopback for the
runs that need one, and ended.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.processes import ENVIRONMENT, OFF, ROOT


def seconds(arguments: list[str], extra: dict[str, str]) -> float:
    """Wall time of one process."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=ROOT,
        env=ENVIRONMENT | OFF | extra,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def start_server(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A Prefect server on a free port of loopback, and the address of its API."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "prefect", "server", "start"),
            *("--host", "127.0.0.1", "--port", str(port)),
        ],
        env=ENVIRONMENT | OFF | {"PREFECT_HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/api"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1)
        except OSError:
            time.sleep(0.5)
        else:
            return server, address
    server.kill()
    raise RuntimeError("the Prefect server did not start")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        server, address = start_server(Path(folder) / "server")
        run = ["-m", "flows", "run", "--home", f"{folder}/home"]
        cases: dict[str, tuple[list[str], dict[str, str]]] = {
            "floor: import duckdb": (["-c", "import duckdb"], {}),
            "check": (["-m", "flows", "check", "warehouse/example/records"], {}),
            "run, server up": (run, {"PREFECT_API_URL": address}),
            "run, no server": (run, {}),
        }
        try:
            for arguments, extra in cases.values():
                seconds(arguments, extra)  # byte-code and the server's database are made once
            taken: dict[str, list[float]] = {name: [] for name in cases}
            for _ in range(runs):
                for name, (arguments, extra) in cases.items():
                    taken[name].append(seconds(arguments, extra))
        finally:
            server.terminate()
            server.wait()
    print(f"{'':24}{'min':>8}{'median':>8}{'max':>8}  seconds, {runs} runs")
    for name, times in taken.items():
        print(f"{name:24}{min(times):8.2f}{statistics.median(times):8.2f}{max(times):8.2f}")


if __name__ == "__main__":
    main()
