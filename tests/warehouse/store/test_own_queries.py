"""Views of a project: published beside the package's, and named where they cannot be."""

import pytest

from warehouse import project
from warehouse.exchange.export import published_views
from warehouse.records.acceptance import read_batch
from warehouse.release.catalog import dictionary
from warehouse.store.database import create
from warehouse.store.load import build_views, load
from warehouse.system.failure import Failure

VIEW = """\
-- purpose: How much each source printed
-- grain: one row a source
-- key: source_id
-- units: figures
-- column source_id: the source
-- column printed: how many figures

select source_id, count(*) as printed
from figures
group by source_id
order by source_id
"""


@pytest.fixture
def built(own_project):
    """Build a database with a view of the project, from its text and the name of its file."""

    def build(text, name="printed.sql", **others):
        for file, content in {name: text, **others}.items():
            path = own_project / "views" / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, "utf-8")
        (own_project / "one.yaml").write_text(
            "source: {id: s, publisher: a bureau, published: 2021-02}\nfigures:\n"
            "  - {id: a, area: CN, flow: exports, period: 2020, value: 5亿元}\n",
            "utf-8",
        )
        project.use(own_project)
        path = own_project / "trade.duckdb"
        with create(path) as connection:
            load(connection, read_batch([own_project / "one.yaml"]), "test")
            build_views(connection)
            return path, published_views(connection)

    return build


def test_a_view_of_the_project_is_published_and_described(built):
    path, views = built(VIEW)
    assert "printed" in views and "figures" in views
    (table,) = (table for table in dictionary(path) if table.name == "printed")
    assert table.purpose == "How much each source printed"
    assert (table.rows, table.key, table.reads) == (1, ("source_id",), ("figures",))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("figures.sql", VIEW, ": there is a view figures already.*our_figures.sql"),
        ("Our View.sql", VIEW, ": the name of a view .*name the file our_view.sql"),
        ("v.sql", VIEW.replace("-- grain: one row a source\n", ""), ":1: the header lacks grain"),
        ("v.sql", VIEW.replace("key: source_id", "key: id"), ": key names id, which"),
        (
            "v.sql",
            VIEW.replace("order by source_id", "union all select 's', 2 order by source_id"),
            ": 1 rows share their key",
        ),
        (
            "v.sql",
            VIEW.replace("order by source_id", "union all select null, 2 order by source_id"),
            ": 0 rows share .* 1 lack it",
        ),
        ("v.sql", VIEW.replace("as printed", "as number"), ": the header describes columns"),
        ("v.sql", VIEW.replace("from figures", "from figuers"), ":9: Catalog Error: .*figuers"),
        ("v.sql", VIEW.replace("count(*)", "random()"), ":8: random is not the same on every run"),
        ("v.sql", VIEW.replace("from figures", "from v"), ":9: Catalog Error"),
        ("v.sql", VIEW.replace("figures", "(from figures using sample 9)"), ":9: sample is"),
        (
            "v.sql",
            VIEW.replace("from figures", "from figures tablesample 9%"),
            ":9: sample is not the same",
        ),
        (
            "v.sql",
            VIEW.replace("count(*)", "age(timestamp '2020-01-01')"),
            ":8: age is not the same",
        ),
        ("v.sql", VIEW + ";\ndrop table core.figures", ":8: is not one SELECT; write one query"),
        ("v.sql", VIEW.replace("select", "copy (select") + ") to 'x.csv'", ":8: is not one SELECT"),
        ("v.sql", "select 1", ":1: the file must begin with a header"),
    ],
)
def test_a_view_that_cannot_be_used_is_named(name, text, message, built):
    with pytest.raises(Failure, match=rf"^views/{name}{message}"):
        built(text, name)


def test_views_that_need_each_other_are_named(built):
    other = {"w.sql": VIEW.replace("from figures", "from v")}
    with pytest.raises(Failure, match=r"^views/[vw]\.sql: it needs itself"):
        built(VIEW.replace("from figures", "from w"), "v.sql", **other)
