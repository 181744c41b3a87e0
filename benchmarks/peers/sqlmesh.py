"""SQLMesh with DuckDB: a model for the rows, audits that do not block, models for the sums.

Audits count what fails and keep none of it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb

from benchmarks.peers import job

CONFIG = """gateways:
  local:
    connection:
      type: duckdb
      database: {path}
      connector_config: {{memory_limit: 500MB, preserve_insertion_order: false}}
default_gateway: local
model_defaults: {{dialect: duckdb, start: 2024-01-01}}
disable_anonymized_analytics: true
"""
FAILED = re.compile(r"'(\w+)' audit error: (\d+) rows? failed")


def main() -> None:
    files, out = f"{sys.argv[1]}/*.csv", Path(sys.argv[2])
    for name in ("models", "audits"):
        (out / name).mkdir(parents=True)
    (out / "config.yaml").write_text(CONFIG.format(path=out / "detail.duckdb"))
    checks = {rule.replace("-", "_"): query for rule, query in job.checks("@this_model").items()}
    for name, query in checks.items():
        (out / "audits" / f"{name}.sql").write_text(
            f"AUDIT (name {name}, blocking false);\n{query}"
        )
    models = {"rows": job.detail(files), **job.aggregates("detail.rows", "detail.chapters")}
    for name, query in models.items():
        audits = f", audits ({', '.join(checks)})" if name == "rows" else ""
        (out / "models" / f"{name}.sql").write_text(
            f"MODEL (name detail.{name}, kind FULL{audits});\n{query}"
        )
    sqlmesh = str(Path(sys.executable).parent / "sqlmesh")
    done = subprocess.run(
        [sqlmesh, "--paths", str(out), "--log-to-stdout", "plan", "--auto-apply", "--no-prompts"],
        capture_output=True,
        text=True,
        check=False,
        cwd=out,
        env={"PATH": "/usr/bin:/bin", "HOME": str(out), "COLUMNS": "200"},
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    failed = {name: int(count) for name, count in FAILED.findall(done.stdout)}
    counts = {name.replace("_", "-"): failed.get(name, 0) for name in checks}
    with duckdb.connect(str(out / "detail.duckdb"), read_only=True) as made:
        made.execute("use detail.detail")
        ((rows,),) = made.execute("select count(*) from rows").fetchall()
        ((traded,),) = made.execute(job.TRADED).fetchall()
    print(json.dumps({"counts": {"rows": rows, **counts}, "traded": traded}))


if __name__ == "__main__":
    main()
