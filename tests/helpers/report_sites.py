"""Quality reports to look at: on the shipped records, on wrong ones, on hostile ones, on many."""

import duckdb

from desk.report import Past, write
from expectations import acknowledgements
from expectations.assess import assess
from tests.conftest import RECORDS, ROOT
from warehouse.records.acceptance import read_batch
from warehouse.release.changes import (
    Changes,
    ListedFigure,
    ListedFinding,
    MovedView,
    ReplacedDetail,
    RevisedFigure,
)
from warehouse.release.schema import ChangedView
from warehouse.store import database
from warehouse.store.load import build_views, load

WRONG = ROOT / "examples" / "deliberately-wrong"
ALERT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
TURNED = "a\u202egnp.exe"  # no record can hold it: reading refuses it
LONG = "W" * 300
HOSTILE = f"""
source:
  id: hostile
  publisher: '{ALERT}'
  title: '"><svg onload=alert(2)> {{{{ 7 * 7 }}}} </title></textarea>{IMAGE}'
  published: 2020-05
  url: https://example.org/?a=1&b=2
  note: "{LONG}"
figures:
  - id: total
    area: 成都市
    flow: trade
    period: 2020-01/2020-04
    value: 2016.6亿元
    growth: 20.3%
    locator: '{IMAGE}'
    note: "javascript:alert(3) =cmd|' /C calc'!A0"
    of_which:
      - id: part
        area: 成都高新综合保税区
        value: 2539.7亿元
        growth: 23.4%
        note: "a gnp.exe"
  - id: early
    area: 成都市
    flow: exports
    period: 2020-06
    value: 1亿元
    note: '{ALERT}'
"""
PAST = [
    Past(f"202611{day:02}T101500Z-1a2b3c4d", verdict, {"error": errors, "warning": day})
    for day, verdict, errors in ((1, "publish", 0), (2, "withhold", 3), (3, "publish", 0))
]
CHANGES = Changes(
    figures_added=(ListedFigure("wrong-on-purpose/chengdu", "2016.6亿元, growth 20.3%"),),
    figures_removed=tuple(ListedFigure(f"gone/figure-{n}", "1亿元") for n in range(30)),
    figures_revised=(
        RevisedFigure(
            "wrong-on-purpose/chengdu-hitech-cbz", "value", "1539.7亿元", "2539.7亿元", "+64.9 %"
        ),
    ),
    findings_opened=(
        ListedFinding("700ed7e290", "parts-not-above-total", "error", f"too large {ALERT}"),
    ),
    findings_changed=(
        ListedFinding("47331d7817", "part-bases-not-above-total", "error", f"larger {ALERT}"),
    ),
    detail_replaced=(ReplacedDetail("comext", "2024-01", "", "vintage 0001, 1,234 rows"),),
    views_changed=(ChangedView("growth", "changed", removed=("base_upper",)),),
    views_moved=(MovedView("totals", 1, 0, 2), MovedView("growth", 1, 1, None)),
)


def build(folder, *paths, entries=(), texts=None):
    """A database of record files, as the pipeline makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "trade.duckdb"
    batch = read_batch(paths, ROOT if ROOT in paths[0].parents else folder)
    assert not batch.problems, batch.problems[:3]
    with database.create(path) as connection:
        load(connection, batch, "test", texts=texts)
        build_views(connection)
        assess(connection, entries)
    return path


def shipped(folder):
    return write(build(folder, RECORDS), folder / "site", PAST, release="20261124T101500Z-1a2b3c4d")


def wrong(folder):
    return write(build(folder, WRONG), folder / "site", PAST, CHANGES, ["tables: rows are <= 5"])


def accepted(folder):
    """The wrong example with one of its two findings accepted, and one whose figures changed."""
    batch = read_batch([WRONG])
    digests = {figure.id: figure.digest for figure in batch.figures}
    figures = ("wrong-on-purpose/chengdu-hitech-cbz", "wrong-on-purpose/chengdu")
    entries = [
        acknowledgements.Acknowledgement(
            rule=rule,
            figures=figures,
            reason=f"printed so {ALERT}",
            reviewer="L. Wang 王",
            expires="2999-12-31",
            content=content,
        )
        for rule, content in (
            ("parts-not-above-total", acknowledgements.content(figures, digests)),
            ("part-bases-not-above-total", "changed"),
        )
    ]
    return write(build(folder, WRONG, entries=entries), folder / "site")


def hostile(folder):
    """Markup wherever a record has free text, in its file's name too, and an unsafe address."""
    records = folder / "records"
    records.mkdir(parents=True)
    (records / "a' onmouseover=alert(4) &quot;<b>.yaml").write_text(HOSTILE, "utf-8")
    path = build(folder, records)
    with duckdb.connect(path) as connection:  # the contract would refuse it
        connection.execute(
            """insert into core.sources by name
            select 'unsafe' as source_id, 'p' as publisher, '2020' as published,
                '2020-01-01'::date as published_from, '2020-12-31'::date as published_to,
                'javascript:alert(5)' as url, '..\\..\\<i>' as file"""
        )
    return write(path, folder / "site", broken=[ALERT], release=TURNED)


def many(folder, count=1000):
    """A finding for each of `count` totals."""
    records = folder / "records"
    records.mkdir(parents=True)
    rows = ["id,source,area,partner,flow,period,value,part_of"]
    for number in range(count):
        period = f"{2000 + number // 12 % 20}-{number % 12 + 1:02}"
        source = f"source-{number // 240}"
        rows.append(f"total-{number},{source},CN,WLD,exports,{period},{2000 + number}.5亿元,")
        part = f"part-{number},{source},CN-51,WLD,exports,{period},{3000 + number}.5亿元"
        rows.append(f"{part},total-{number}")
    sources = "".join(
        f"  - {{id: source-{number}, publisher: 海关总署, published: 2024-01}}\n"
        for number in range(count // 240 + 1)
    )
    (records / "figures.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (records / "sources.yaml").write_text(f"sources:\n{sources}", "utf-8")
    return write(build(folder, records), folder / "site")
