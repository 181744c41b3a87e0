"""dbt with DuckDB: a model for the rows, singular tests for the checks, models for the sums.

Each test keeps what fails in a table.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb

from benchmarks.peers import job

PROJECT = """name: detail
version: "1.0"
profile: detail
models:
  +materialized: table
data_tests:
  +severity: warn
  +store_failures: true
"""
PROFILE = """detail:
  target: dev
  outputs:
    dev: {{type: duckdb, path: "{path}", threads: 1, settings: {{memory_limit: 500MB,
      preserve_insertion_order: false}}}}
"""


def main() -> None:
    files, out = f"{sys.argv[1]}/*.csv", Path(sys.argv[2])
    for name in ("models", "tests"):
        (out / name).mkdir(parents=True)
    (out / "dbt_project.yml").write_text(PROJECT)
    (out / "profiles.yml").write_text(PROFILE.format(path=out / "detail.duckdb"))
    (out / "models" / "rows.sql").write_text(job.detail(files))
    for name, query in job.aggregates("{{ ref('rows') }}", "{{ ref('chapters') }}").items():
        (out / "models" / f"{name}.sql").write_text(query)
    for rule, query in job.checks("{{ ref('rows') }}").items():
        (out / "tests" / f"{rule.replace('-', '_')}.sql").write_text(query)
    dbt = str(Path(sys.executable).parent / "dbt")
    done = subprocess.run(
        [dbt, "build", "--profiles-dir", str(out), "--project-dir", str(out), "--no-use-colors"],
        capture_output=True,
        text=True,
        check=False,
        env={"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PATH": "/usr/bin:/bin"},
    )
    results = json.loads((out / "target" / "run_results.json").read_text())["results"]
    counts = {
        result["unique_id"].split(".")[2].replace("_", "-"): result["failures"]
        for result in results
        if result["unique_id"].startswith("test.")
    }
    with duckdb.connect(str(out / "detail.duckdb"), read_only=True) as made:
        built = {row[0] for row in made.execute("show tables").fetchall()}
        if "products" not in built:  # a failed test keeps what follows from being built
            raise RuntimeError(done.stdout)
        keys = {
            rule: made.table(f"main_dbt_test__audit.{rule.replace('-', '_')}").shape[0]
            for rule in counts
        }
        ((rows,),) = made.execute("select count(*) from rows").fetchall()
        ((traded,),) = made.execute(job.TRADED).fetchall()
    print(json.dumps({"counts": {"rows": rows, **counts}, "keys": keys, "traded": traded}))


if __name__ == "__main__":
    main()
