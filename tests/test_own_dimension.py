"""A project's own dimension, from its row to the page that people read."""

from datetime import date

import pytest

from desk.describe import describe
from desk.report import write
from expectations.assess import assess
from expectations.gx.suites import figure_suite
from warehouse import project
from warehouse.records.acceptance import read_batch
from warehouse.release import catalog, changes
from warehouse.store import database
from warehouse.store.load import build_views, load
from warehouse.system.files import FormError
from warehouse.terms.dimensions import dimensions

INDUSTRIES = """code,name_en,name_zh,aliases,parent
all,all industries,全部行业,,
mining,mining,采矿业,,all
steel,steel,钢铁业,iron and steel,all
"""
RECORDS = """source:
  {{id: s, publisher: P, published: 2020-06, defaults: {{area: CN, flow: exports}}}}
figures:
  - id: whole
    period: 2020-05
    value: 9.0亿元
    partition: industry
    of_which:
      - {{id: steel, industry: Iron and steel, value: {steel}}}
      - {{id: mining, industry: mining, value: 4.0亿元}}
"""


@pytest.fixture
def ours(tmp_path, project_forgotten):
    """The folder of a project that has industries."""
    (tmp_path / project.FILE).write_text('[project]\nlanguage = "zh"\n')
    (tmp_path / "records").mkdir()
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "industries.csv").write_text(INDUSTRIES, "utf-8")
    (tmp_path / "codes" / "dimensions.csv").write_text(
        "name,list,default,label\nindustry,industries,all,industry\n"
    )
    project.use(tmp_path)
    return tmp_path


def build(folder, steel):
    """The database of a release of these records."""
    (folder / "records" / "a.yaml").write_text(RECORDS.format(steel=steel), "utf-8")
    batch = read_batch([folder / "records"], folder / "records")
    assert batch.problems == []
    path = folder / f"{steel}.duckdb"
    with database.create(path) as connection:
        load(connection, batch, "first")
        assess(connection, (), date(2020, 7, 1))
        build_views(connection)
    return path


def rows(path, query):
    with database.open_readonly(path) as connection:
        return connection.execute(query).fetchall()


def test_it_flows_through_views_checks_report_and_comparison(ours):
    right, wrong = build(ours, "5.0亿元"), build(ours, "5.3亿元")
    assert rows(right, "select industry, value_printed, series from figures order by 1") == [
        ("all", "9.0亿元", "CN.WLD.exports.total.total.total.value"),
        ("mining", "4.0亿元", "CN.WLD.exports.total.total.total.value.industry=mining"),
        ("steel", "5.0亿元", "CN.WLD.exports.total.total.total.value.industry=steel"),
    ]
    assert rows(right, "select distinct breakdown, is_partition from core.parts") == [
        ("industry", True)
    ]
    assert rows(right, "from quality.findings") == []
    assert ("partition-sums-to-total",) in rows(wrong, "select rule_id from quality.findings")

    (view,) = (table for table in catalog.dictionary(right) if table.name == "figures")
    assert view.columns[-1].name == "industry"
    assert view.columns[-1].comment == "code of the industry (codes: industries)"
    assert any(e.subject == "industry" for e in figure_suite().expectations)

    described = describe(right, "s/steel")
    assert [code.name for code in described.key if code.dimension == "industry"] == ["钢铁业"]
    pages = write(right, ours / "report").parent
    (page,) = (path for path in pages.rglob("*industry*steel*.html"))
    assert "钢铁业" in page.read_text("utf-8")

    found = changes.compare(right, wrong)
    assert [(f.figure_id, f.what, f.new) for f in found.figures_revised] == [
        ("s/steel", "value", "5.3亿元")
    ]
    fields = [field.name for field in catalog.record_fields()]
    assert fields.index("industry") == fields.index("index_base") + 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("span", "is another field of a record"),
        ("period_end", "is a column of other meaning"),
        ("figures", "is a column of other meaning"),
        ("order", "is a word of SQL; give it another name, such as order_code"),
        ("publisher", "is a column of other meaning"),
    ],
)
def test_it_may_not_be_called_like_another(name, says, ours):
    (ours / "codes" / "dimensions.csv").write_text(f"name,list,default\n{name},industries,all\n")
    (ours / "records" / "a.yaml").write_text("source: {id: s, publisher: P, published: 2020-06}")
    project.use(ours)
    with (
        pytest.raises(FormError, match=rf"codes/dimensions\.csv:2: name '{name}': {says}"),
        database.open_memory() as connection,
    ):
        load(connection, read_batch([ours / "records"]), "first")


def test_it_is_described_once(ours):
    row = "industry,industries,all\n"
    (ours / "codes" / "dimensions.csv").write_text(f"name,list,default\n{row}{row}")
    project.use(ours)
    with pytest.raises(FormError, match=r"csv:3: name 'industry': stands in line 2 too"):
        dimensions()
