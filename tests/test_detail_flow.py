"""Customs detail from files to a release, as a user runs it, and on real published tables."""

import csv
import shutil

import duckdb
import pytest

from benchmarks.real_data import SHARED
from tests.test_detail_rules import ROW, evaluated, loaded
from warehouse.detail import format, partitions
from warehouse.detail.load import load

TABLES = SHARED / "tables"
GOOD = [{"partner": p, "product": f"{n:06}"} for n, p in enumerate(["JP", "KR", "US"], 10100)]


@pytest.fixture
def home(published, tmp_path):
    """A copy of the published home that a test may change."""
    return shutil.copytree(published, tmp_path / "home", symlinks=True)


@pytest.fixture
def rows(tmp_path):
    """Write rows of detail as CSV; returns the path."""

    def write(rows, name="rows.csv"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(ROW), lineterminator="\n")
            writer.writeheader()
            writer.writerows(ROW | row for row in rows)
        return path

    return write


@pytest.mark.slow
def test_publish_ask_and_run_again(home, rows, crossfoot):
    done = crossfoot("detail", "publish", rows(GOOD), "--home", home)
    assert done.returncode == 0, done.stderr
    current = home / "current"
    assert (current / "parquet" / "detail_chapters.parquet").is_file()
    assert (current / "csv" / "detail_areas.csv").is_file()
    asked = crossfoot(
        *("sql", "select count(*) as n, sum(value) as v from detail", "--format", "csv"),
        *("--home", home),
    )
    assert asked.stdout == "n,v\n3,300\n"
    joined = "select a.value from detail_areas as a join figures using (flow) limit 1"
    assert crossfoot("sql", joined, "--home", home).returncode == 0
    files = {path: path.read_bytes() for path in (home / "detail").rglob("*.parquet")}
    for query in (
        f"copy (select * from detail) to '{home}/detail/x.csv'",
        f"select * from detail; copy (select 1) to '{next(iter(files))}'",
        "select * from detail, read_csv('/etc/passwd')",
    ):
        assert crossfoot("sql", query, "--home", home).returncode == 2
    assert {p: p.read_bytes() for p in (home / "detail").rglob("*.parquet")} == files
    # A later run of the records carries the aggregates on.
    assert crossfoot("run", "--home", home).returncode == 0
    kept = crossfoot("sql", "from detail_areas", "--format", "csv", "--home", home)
    assert kept.stdout.splitlines()[1].startswith("generic,2024-01,CN,exports,USD,300")


def test_a_finding_withholds(home, rows, crossfoot):
    before = (home / "current").readlink()
    done = crossfoot("detail", "publish", rows([*GOOD, {"value": "-1"}]), "--home", home)
    assert done.returncode == 1, done.stderr
    assert "unchanged" in done.stderr
    assert (home / "current").readlink() == before
    (kept,) = (home / "withheld").glob("*/trade.duckdb")
    with duckdb.connect(kept, read_only=True) as release:
        assert release.execute(
            "select rule_id, product, value::int from quality.detail_findings"
        ).fetchall() == [("value-is-not-negative", "854231", -1)]


def test_check_without_a_release(tmp_path, rows, crossfoot):
    home = tmp_path / "empty"
    assert crossfoot("detail", "load", rows(GOOD), "--home", home).returncode == 0
    passed = crossfoot("detail", "check", "--home", home)
    assert passed.returncode == 0, passed.stderr
    bad = rows([*GOOD, GOOD[0]], "bad.csv")
    assert crossfoot("detail", "load", bad, "--home", home).returncode == 0
    kept = tmp_path / "failing.parquet"
    failed = crossfoot("detail", "check", "--home", home, "--findings", kept)
    assert failed.returncode == 1
    assert "error key-is-unique: generic 2024-01 CN exports JP 010100" in failed.stdout
    assert len(duckdb.read_parquet(str(kept))) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("load", "missing.csv"), "no such file"),
        (("load", "README.md", "--format", "comtrad"), "unknown format"),
        (("load", "README.md"), "the header lacks this column"),
        (("check",), "no detail is loaded"),
        (("check", "--rule", "nonsense"), "is no rule"),
        (("publish", "README.md"), "crossfoot run"),
    ],
)
def test_bad_usage_is_named(tmp_path, crossfoot, arguments, message):
    if arguments[0] == "check" and len(arguments) > 1:
        loaded(tmp_path, GOOD)
    done = crossfoot("detail", *arguments, "--home", tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


# --- real tables, where they are at hand ---------------------------------------------------------

real = pytest.mark.skipif(not TABLES.is_dir(), reason="the real tables are not beside the project")
MIRROR = """title: one country's trade with China, by month
delimiter: "{delimiter}"
thousands: "{thousands}"
columns:
  area: {{constant: {area}}}
  partner: {{constant: CN}}
  product: {{constant: total}}
  regime: {{constant: total}}
  unit: {{constant: {unit}}}
  period: {{column: {month}, first: "{first}"}}
observations:
  - flow: {{constant: exports}}
    value: {{column: Exports, factor: {factor}, decimals: {places}}}
  - flow: {{constant: imports}}
    value: {{column: Imports, factor: {factor}, decimals: {places}}}
"""
MIRRORS = {
    "usa": ("US", ";", ",", "USD", "Month", "%B %Y", 1000000, 1),
    "japan": ("JP", ";", "", "JPY", "Date", "%Y/%m", 1000, 0),
    "korea": ("KR", ",", "", "USD", "Date", "%Y.%m", 1000, 0),
}
NATION = """title: nation, provinces and cities, by month
columns:
  area: {column: 地区, list: areas}
  partner: {constant: WLD}
  product: {constant: total}
  regime: {constant: total}
  unit: {constant: CNY}
  period: {column: 时间, first: "%Y-%m"}
observations:
"""
for _flow, _name in (("trade", "进出口"), ("exports", "出口"), ("imports", "进口")):
    NATION += f"""  - flow: {{constant: {_flow}}}
    value: {{column: {_name}_当月, factor: 10000}}
    value_to_date: {{column: {_name}_年初至今, factor: 10000}}
    growth: {{column: {_name}_当月同比, decimals: 6}}
"""
INDIA = """title: India's trade with China by chapter, two financial years side by side
columns:
  area: {constant: IN}
  partner: {constant: CN}
  flow: {column: flow, codes: {export: exports, import: imports}}
  product: {column: code}
  regime: {constant: total}
  unit: {constant: USD}
observations:
  - period: {column: year1, first: "%Y-", last: "%Y", months: 12, begins: 4}
    value: {column: value1_musd, factor: 1000000, decimals: 2}
  - period: {column: year2, first: "%Y-", last: "%Y", months: 12, begins: 4}
    value: {column: value2_musd, factor: 1000000, decimals: 2}
    growth: {column: growth_pct, factor: 0.01, decimals: 2}
"""


def written(tmp_path, name, text):
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return format.read(str(path))


def errors(tmp_path, home, figures=None):
    from expectations.detail.rules import catalogue

    _, found = evaluated(tmp_path, partitions.current(home), catalogue(), figures)
    return [row for row in found if row[0] == "error"], found


@real
@pytest.mark.slow  # two hundred periods each
@pytest.mark.parametrize("country", MIRRORS)
def test_mirror_tables(tmp_path, country):
    names = ("area", "delimiter", "thousands", "unit", "month", "first", "factor", "places")
    told = dict(zip(names, MIRRORS[country], strict=True))
    form = written(tmp_path, country, MIRROR.format(**told))
    path = TABLES / f"mirror_{country}_china_monthly.csv"
    done = load(tmp_path / "home", [path], form, country)
    lines = len(path.read_text("utf-8").splitlines()) - 1
    assert sum(file.read for file in done.files) == 2 * lines
    assert sum(file.quarantined for file in done.files) == 0
    assert errors(tmp_path, tmp_path / "home")[0] == []


@real
def test_nation_provinces_cities(tmp_path):
    form = written(tmp_path, "nation", NATION)
    path = TABLES / "nation_province_city_monthly_2024_2025.csv"
    done = load(tmp_path / "home", [path], form, "nation")
    assert [(file.read, file.accepted, file.quarantined) for file in done.files] == [(648, 648, 0)]
    gravest, found = errors(tmp_path, tmp_path / "home")
    assert gravest == []
    assert {row[1] for row in found} <= {
        "year-to-date-is-sum-of-months",  # months are revised within the year
        "growth-agrees-with-year-before",  # and so is the year before
    }


@real
def test_india_by_chapter_sums_to_the_printed_totals(tmp_path):
    form = written(tmp_path, "india", INDIA)
    with (TABLES / "india_by_hs2_1996_2019.csv").open(encoding="utf-8") as file:
        by_chapter = list(csv.DictReader(file))
    with (TABLES / "india_totals_1996_2019.csv").open(encoding="utf-8") as file:
        totals = [row for row in csv.DictReader(file) if row["label"] == "Total"]
    # The rows of no country hold shares and growth instead of values, and one document is twice.
    groups = {}
    for row in by_chapter:
        if row["country"] and row["file"] != "2014-15IndChina":
            groups.setdefault((row["year1"], row["year2"]), []).append(row)
    home = tmp_path / "home"
    for number, years in enumerate(sorted(groups)):
        path = tmp_path / f"{number}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, groups[years][0])
            writer.writeheader()
            writer.writerows(groups[years])
        (counts,) = load(home, [path], form, "india").files
        assert counts.read == 2 * len(groups[years])
        assert counts.quarantined == 0
    printed = tmp_path / "printed.duckdb"
    with duckdb.connect(printed) as connection:
        connection.execute("create schema core")
        connection.execute(
            "create table core.figures (figure_id text, area text, partner text, flow text, "
            "product text, regime text, operator text, measure text, unit text, period text, "
            "period_start date, period_end date, value decimal(38, 6), "
            "value_lower decimal(38, 6), value_upper decimal(38, 6))"
        )
        newest = {(row["flow"], row[f"year{n}"]): row[f"v{n}"] for row in totals for n in (1, 2)}
        connection.executemany(
            "insert into core.figures select f, 'IN', 'CN', f, 'total', 'total', 'total', "
            "'value', 'USD', y, make_date(y[:4]::int, 4, 1), make_date(y[6:]::int, 3, 31), v, "
            "v - 5000, v + 5000 from (select ? || 's' as f, ? as y, ?::decimal(38, 6) * 1000000 "
            "as v)",
            [[flow, year, value] for (flow, year), value in newest.items()],
        )
    gravest, found = errors(tmp_path, home, printed)
    assert gravest == []
    assert [row for row in found if row[1] == "printed-figure-is-sum-of-detail"] == []
    assert len(newest) == 46
