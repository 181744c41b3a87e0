"""What the tests of customs detail share: rows, releases that print figures, evaluated rules."""

import csv

import duckdb

from expectations.detail import detail_assessment
from warehouse.detail import aggregate, format, partitions, release_content
from warehouse.detail.ingest import load

ROW = {
    **{"period": "2024-01", "area": "CN", "flow": "exports", "partner": "JP", "product": "854231"},
    **{"regime": "general", "unit": "USD", "value": "100", "value_to_date": "", "growth": ""},
    **{"weight": "10", "quantity": "1", "quantity_unit": ""},
}
# A file of the generic format, by lines.
HEADER = "period,area,flow,partner,product,regime,unit,value,weight"
LINES = [
    "2024-01,CN,exports,日本,8542,total,CNY,100.50,2",
    "2024-01,CN,imports,KR,8542,total,CNY,7,",
    "2024-02,CN,exports,JP,8542,total,CNY,90,1.5",
]
WLD = {"partner": "WLD", "product": "total", "regime": "total"}


def loaded(home, rows, complete=False):
    home.mkdir(exist_ok=True)
    form = format.read("generic").model_copy(update={"complete": complete})
    load(home, [as_csv(home / "rows.csv", rows)], form, "test")
    return partitions.current(home)


def loaded_file(home, path, name="generic", **options):
    """What loading one file did, as the dataset `test`."""
    return load(home, [path], format.read(name), "test", **options)


def rows_of(home, query="select * from detail order by all"):
    """The answer to a query on all detail of a home."""
    files = [file for part in partitions.current(home) for file in part.files]
    with duckdb.connect() as connection:
        connection.execute(f"create temp view detail as {partitions.rows_query(files)}")
        return connection.execute(query).fetchall()


def as_csv(path, rows):
    """The path, at which these rows now stand as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(ROW), lineterminator="\n")
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return path


def printing(path, figures):
    """A release's database that prints the figures of this query."""
    with duckdb.connect(path) as connection:
        connection.execute(f"create schema core; create table core.figures as {figures}")
        connection.execute("alter table core.figures add column value decimal(38, 6) default 150")
    return path


def evaluated(tmp_path, parts, rules, figures=None, engine="duckdb"):
    """The checks of the rules, and the failing keys."""
    with detail_assessment.working(tmp_path / "work", engine, "local[2]", "500MB") as (
        running,
        work,
    ):
        aggregate.prepare(running, parts, figures, work)
        checks = detail_assessment.check_periods(parts, running, rules, work)
        checks += detail_assessment.check_sums(running, parts, rules, work)
        with release_content.unpublished(work, [], work / "findings", []) as outcome:
            failing = outcome.sql(release_content.worded_query("quality.detail_findings"))
            found = sorted(failing.fetchall(), key=str)
    return detail_assessment.summed(checks, rules), found
