"""Customs detail from files to a release, as a user runs it, and on real published tables."""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections import Counter

import duckdb
import pytest

from benchmarks.real_data import SHARED
from desk.report import write as write_report
from expectations import acknowledgements
from expectations.acknowledgements import Acknowledgement
from expectations.assess import assess as assess_release
from expectations.detail import detail_assessment
from expectations.detail.detail_assessment import rule_outcomes
from expectations.detail.detail_findings import findings_on_detail, settle
from expectations.detail.detail_rules import Checks, catalogue
from tests.conftest import RECORDS, ROOT
from tests.helpers.detail_rows import as_csv, evaluated, loaded
from warehouse.detail import aggregate, format, partitions, release_content
from warehouse.detail.ingest import load
from warehouse.exchange.export import DATABASE, export_views, published_views
from warehouse.records.acceptance import read_batch
from warehouse.release.catalog import write_datapackage
from warehouse.release.refusal import ReleaseError
from warehouse.store import database
from warehouse.store.load import build_views, define_macros
from warehouse.store.load import load as load_records

TABLES = SHARED / "tables"
CHECKED = Checks("value-is-not-negative", 0, 2, 0)
GOOD = [{"partner": p, "product": f"{n:06}"} for n, p in enumerate(["JP", "KR", "US"], 10100)]


@pytest.fixture
def published_figures(tmp_path):
    """A finished database of the shipped records."""
    path = tmp_path / "figures.duckdb"
    with database.create(path) as connection:
        load_records(connection, read_batch([RECORDS], RECORDS), "first")
        build_views(connection)
    return path


@pytest.fixture
def rows(tmp_path):
    """Write rows of detail as CSV; returns the path."""

    return lambda rows, name="rows.csv": as_csv(tmp_path / name, rows)


@pytest.mark.slow
def test_publish_ask_and_run_again(home, rows, crossfoot, on_server):
    done = crossfoot("detail", "publish", rows(GOOD), "--home", home, env=on_server)
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
    assert crossfoot("verify", "--home", home).returncode == 0
    next(file for file in files if "periods" in file.parts).write_bytes(b"PAR1")
    told = crossfoot("verify", "--home", home)
    assert (told.returncode, "changed, the detail of generic 2024-01" in told.stderr) == (2, True)
    shutil.rmtree(home / "detail")
    for command in (("verify",), ("sql", "from detail"), ("run",)):
        told = crossfoot(*command, "--home", home, env=on_server)
        assert told.returncode == 2, command
        assert "the detail of generic 2024-01" in told.stderr
        assert "Traceback" not in told.stderr


PRINTED = """source: {{id: bulletin, publisher: customs, published: 2024-02}}
figures:
  - {{id: exports, area: CN, flow: exports, period: 2024-01, value: {value}}}
"""


@pytest.mark.slow
def test_accepted_findings_are_published_and_carried_on(home, rows, crossfoot, on_server, tmp_path):
    """From a withheld run to an accepted finding, and on through later runs of the records."""
    accepted = on_server | {"CROSSFOOT_ACKNOWLEDGED": str(tmp_path / "accepted.yaml")}

    def run(*arguments):
        return crossfoot(*arguments, "--home", home, env=accepted)

    def asked(query):
        return run("sql", query, "--format", "csv").stdout.splitlines()[1:]

    withheld = run("detail", "publish", rows([*GOOD, {"value": "-1", "weight": ""}]))
    assert withheld.returncode == 1, withheld.stderr
    (finding,) = re.findall(r"error value-is-not-negative \[(\w+)\]", withheld.stdout)
    signed = ("--reason", "as reported", "--reviewer", "Wang", "--expires", "2099-01-01")
    unknown = run("acknowledge", "0123456789", *signed)
    assert (unknown.returncode, finding in unknown.stderr) == (2, True)
    assert run("detail", "check").returncode == 1
    assert run("acknowledge", finding, *signed).returncode == 0
    checked = run("detail", "check")
    assert checked.returncode == 0, checked.stderr
    assert f"[{finding}], acknowledged by Wang" in checked.stdout
    done = run("detail", "publish")
    assert done.returncode == 0, done.stderr
    # A run of other records carries the detail on, and holds it against what these print.
    records = tmp_path / "records"
    records.mkdir()
    compared = (
        "select passed, failed from quality.detail_rules "
        "where rule_id = 'printed-figure-is-sum-of-detail'"
    )
    for value, outcome in (("299美元", "1,0"), ("200美元", "0,1")):
        (records / "bulletin.yaml").write_text(PRINTED.format(value=value), "utf-8")
        later = run("run", "--records", records)
        assert later.returncode == 0, later.stderr
        assert asked(compared) == [outcome]
        assert asked("select value from detail_areas") == ["299"]
        assert asked("select sum(value) from detail") == ["299"]
        told = json.loads((home / "current/detail.json").read_text("utf-8"))
        assert told["rows"] == 4
        assert told["expectations"]
        assert (home / "current/report/detail.html").is_file()
    assert asked("select acknowledged_by, figure_id from quality.detail_findings order by 1") == [
        "Wang,",
        ",bulletin/exports",
    ]
    assert run("verify").returncode == 0
    # The same month once more, with one key more that fails: the acceptance is void.
    again = run("detail", "publish", rows([*GOOD, {"value": "-1"}, {"value": "-2", "area": "DE"}]))
    assert again.returncode == 1
    assert "changed since" in again.stderr
    checked = run("detail", "check")
    assert checked.returncode == 1
    assert "changed since" in checked.stderr
    # What is accepted elsewhere is no concern of a check of another month.
    assert run("detail", "load", rows([{"period": "2024-02"}])).returncode == 0
    checked = run("detail", "check", "--period", "2024-02")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_an_acceptance_holds_for_exactly_the_keys_that_fail(tmp_path):
    def failing(*values):
        with duckdb.connect() as connection:
            connection.execute("create schema quality")
            keys = tmp_path / "keys"
            shutil.rmtree(keys, ignore_errors=True)
            keys.mkdir()
            connection.execute(
                "copy (select 'value-is-not-negative' as rule_id, 'error' as severity, "
                "'d' as dataset, '2024-01' as period, 'CN' as area, 'exports' as flow, "
                "x as partner, '01' as product, 'total' as regime, 'USD' as unit, "
                "null::varchar as figure_id, null::varchar as relation, -1.5 as value, "
                "null as left_lower, null as left_upper, null as right_lower, "
                f"null as right_upper from (select unnest({list(values)}) as x)) "
                f"to '{keys}/0.parquet'"
            )
            release_content.store_outcome(connection, tmp_path, [], keys, rule_outcomes([CHECKED]))
            findings, applied = settle(connection, entries)
            marked = connection.execute(
                "select distinct acknowledged_by from quality.detail_findings"
            ).fetchall()
            return findings_on_detail(connection), findings, [one.state for one in applied], marked

    entries = []
    ((finding, digest),) = failing("JP", "KR")[0].items()
    assert finding.message == "d 2024-01: 2 keys fail, such as CN exports JP 01 total USD: -1.5"
    content = acknowledgements.content(finding.figures, {finding.figures[0]: digest})
    entries = [
        Acknowledgement(
            rule=finding.rule,
            figures=finding.figures,
            reason="so",
            reviewer="Wang",
            expires="2099-01-01",
            content=content,
        )
    ]
    _, (accepted,), states, marked = failing("KR", "JP")
    assert (accepted.id, accepted.acknowledged_by) == (finding.id, "Wang")
    assert (states, marked) == (["active"], [("Wang",)])
    twice = [next(iter(failing(code, code)[0].values())) for code in ("JP", "KR")]
    assert twice[0] != twice[1]  # rows that are alike do not cancel out
    for other in (("JP",), ("JP", "KR", "US"), ("JP", "US"), ("JP", "KR", "US", "US")):
        _, (open_one,), states, marked = failing(*other)
        assert (open_one.withholds, states, marked) == (True, ["void"], [(None,)])


def test_sums_of_an_earlier_version_want_publishing_again(tmp_path):
    with (
        detail_assessment.working(tmp_path / "work", "duckdb", None, "500MB") as (engine, _),
        pytest.raises(ReleaseError, match=r"the detail_.*: crossfoot detail publish"),
    ):
        release_content.read_sums(engine, tmp_path / "20200101T000000Z-00000000")


def test_outcomes_of_an_earlier_version_want_publishing_again(tmp_path):
    before = tmp_path / "20200101T000000Z-00000000" / DATABASE
    before.parent.mkdir()
    with duckdb.connect(before) as connection:
        connection.execute("create schema quality; create table quality.detail_loads (file text)")
    with duckdb.connect(tmp_path / "new.duckdb") as connection:
        connection.execute("create schema quality")
        with pytest.raises(ReleaseError, match=r"the detail_loads .*: crossfoot detail publish"):
            release_content.carry_on(connection, before)


def built(home, release, figures):
    """A release on the detail of a home as the flow builds it, without Prefect and GX."""
    release.mkdir()
    shutil.copyfile(figures, release / DATABASE)
    parts = partitions.current(home)
    with detail_assessment.working(release / "work", "duckdb", None, "500MB") as (running, work):
        aggregate.prepare(running, parts, release / DATABASE, work)
        rules = catalogue()
        checks = detail_assessment.check_periods(parts, running, rules, work)
        checks += detail_assessment.check_sums(running, parts, rules, work)
        rows = detail_assessment.rule_outcomes(detail_assessment.summed(checks, rules))
        release_content.export_sums(work / "aggregates", release, "500MB")
        with database.reopen(release / DATABASE) as connection:
            release_content.store_sums(connection, work / "aggregates", aggregate.from_rows())
        with database.reopen(release / DATABASE) as connection:
            release_content.store_sums(connection, work / "aggregates", aggregate.from_sums())
            release_content.store_outcome(connection, home, parts, work / "findings", rows)
            define_macros(connection)
            assessment = assess_release(connection)
            export_views(connection, release)
            views = published_views(connection)
    write_report(release / DATABASE, release / "report")
    return assessment, views


# What fails of the steps of a flow that run beside each other, and whether another still works.
FAULTS = {
    "release_content.store_sums": False,
    "release_content.export_sums": False,
    "release_content.store_outcome": False,
    "detail_assessment.check_sums": True,
    "detail_assessment.expect": False,
}
FAULTY = """
import sys, time
from expectations.detail import detail_assessment
from warehouse.detail import release_content

def fail(*arguments):
    raise OSError("no space left for this")

def last(connection, sums, files, store=release_content.store_sums):
    time.sleep(1)  # until the other one has failed
    store(connection, sums, files)
    print("what was under way is done")

if {waits}:
    release_content.store_sums = last
{fails} = fail
from flows.cli.app import main
sys.argv[1:] = ["detail", "publish", {path!r}, "--home", {home!r}]
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("fails", FAULTS)
def test_a_step_that_fails_is_told_and_awaits_the_others(fails, home, rows, tmp_path):
    before = (home / "current").resolve()
    path = rows(GOOD)
    code = FAULTY.format(fails=fails, waits=FAULTS[fails], path=str(path), home=str(home))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode not in (0, 1)
    assert "no space left for this" in done.stderr
    assert "UnfinishedRun" not in done.stderr
    assert ("what was under way is done" in done.stdout) == FAULTS[fails]
    assert (home / "current").resolve() == before


@pytest.mark.slow
def test_each_rule_has_a_share_of_the_overview(tmp_path, published_figures):
    bad = {"value": "-1", "partner": "QQQ"}
    rows = [{"period": f"{2000 + n}-01", "area": "CN"} | bad for n in range(20)]
    loaded(tmp_path / "home", [*rows, {"period": "2024-01", "flow": "transit"}])
    release = tmp_path / "release"
    assessment, _ = built(tmp_path / "home", release, published_figures)
    found = [f for f in assessment.findings if f.severity == "error"]
    overview = (release / "report/index.html").read_text("utf-8")
    shown = Counter(f.rule for f in found if f"findings/{f.id}.html" in overview)
    assert shown == {
        "flow-is-known": 1,
        "partner-is-known": 15,
        "value-is-not-negative": 14,
    }
    assert "11 more, by rule" in overview


def test_changed_and_missing_detail_is_noticed(tmp_path, published_figures):
    home, release = tmp_path / "home", tmp_path / "release"
    loaded(home, [{}, {"period": "2024-02"}])
    built(home, release, published_figures)
    assert release_content.verify(release / DATABASE, home) == []
    first, second = partitions.current(home)
    first.files[0].write_bytes(second.files[0].read_bytes())
    assert [p.split(": ")[1] for p in release_content.verify(release / DATABASE, home)] == [
        "changed, the detail of test 2024-01, vintage 0001"
    ]
    shutil.rmtree(second.path)
    assert "missing" in release_content.verify(release / DATABASE, home)[1]
    with pytest.raises(ReleaseError, match=r"is gone, the detail of test 2024-02; restore it"):
        release_content.parts(release / DATABASE, home)
    with pytest.raises(ReleaseError, match=r"is gone, the detail of test 2024-02; restore it"):
        release_content.open_for("from detail", home, release)


def test_a_finding_names_the_files_of_its_period_alone(tmp_path, published_figures):
    home, release = tmp_path / "home", tmp_path / "release"
    months = ("2024-01", "2024-02", "2024-03")
    files = [
        as_csv(
            tmp_path / f"of_{month}.csv",
            [{"period": month, "value": "-1" if month == "2024-02" else "1"}],
        )
        for month in months
    ]
    load(home, files, format.read("generic"), "test")
    assessment, _ = built(home, release, published_figures)
    (finding,) = [f for f in assessment.findings if f.rule == "value-is-not-negative"]
    page = (release / f"report/findings/{finding.id}.html").read_text("utf-8")
    assert [month for month in months if f"of_{month}.csv" in page] == ["2024-02"]


def test_the_report_and_the_descriptor_speak_of_detail(tmp_path, published_figures):
    home, release = tmp_path / "home", tmp_path / "release"
    bad = [{"value": str(-n), "product": f"{n:06}"} for n in range(1, 151)]
    good = [{"product": f"{n:06}"} for n in range(1000, 1200)]
    loaded(home, [*good, *bad, {"value": "<b>12</b>"}])
    assessment, views = built(home, release, published_figures)
    package = json.loads(
        write_datapackage(release / DATABASE, release, "r").read_text("utf-8"),
    )
    assert sorted(resource["name"] for resource in package["resources"]) == views
    assert {"detail_chapters", "detail_regimes"} < set(views)
    report = release / "report"
    (finding,) = [f for f in assessment.findings if f.rule == "value-is-not-negative"]
    page = (report / f"findings/{finding.id}.html").read_text("utf-8")
    assert f"crossfoot acknowledge {finding.id}" in page
    assert "The first 100 of 150 keys" in page
    assert "rows.csv" in page
    overview = (report / "index.html").read_text("utf-8")
    assert "Withhold" in overview
    assert f"findings/{finding.id}.html" in overview
    assert "350 rows of" in overview
    detail = (report / "detail.html").read_text("utf-8")
    assert "&lt;b&gt;12&lt;/b&gt;" in detail
    assert "is not a number" in detail
    assert f"findings/{finding.id}.html" in detail
    dictionary = (report / "dictionary.html").read_text("utf-8")
    for table in ("detail_chapters", "quality.detail_findings", "quality.detail_quarantine"):
        assert f'id="{table}"' in dictionary
    assert "value-is-not-negative" in (report / "rules.html").read_text("utf-8")


@pytest.mark.slow
def test_a_finding_withholds(home, rows, crossfoot, on_server):
    before = (home / "current").readlink()
    publish = ("detail", "publish", rows([*GOOD, {"value": "-1"}]), "--home", home)
    done = crossfoot(*publish, env=on_server)
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
    with duckdb.connect() as connection:
        assert len(connection.read_parquet(str(kept))) == 1


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
complete: true
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
complete: true
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
complete: true
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
    """What is an error, or would be in tables that lack nothing; and all that is found."""
    _, found = evaluated(tmp_path, partitions.current(home), catalogue(), figures)
    graded = {rule.id for rule in catalogue() if rule.severity == "excess"}
    return [row for row in found if row[0] == "error" or row[1] in graded], found


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
