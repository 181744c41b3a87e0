"""Loading: what reaches core, to the last digit, and what each figure said before."""

import json
from decimal import Decimal

import duckdb
import pytest

from warehouse.records.acceptance import read_batch
from warehouse.store import load
from warehouse.store.database import create, open_memory, sql_files

SOURCE = "source: {id: s, publisher: P, published: 2020-05-09}\n"
CHENGDU = """- id: chengdu
  area: 成都市
  flow: trade
  period: 2020-01/2020-04
  value: 2016.6亿元
  growth: 20.3%
"""


@pytest.fixture
def batch(tmp_path):
    """Read and accept the text of one record file."""

    def read(figures, source=SOURCE, name="records.yaml"):
        path = tmp_path / name
        path.write_text(f"{source}figures:\n{figures}", encoding="utf-8")
        accepted = read_batch([path], tmp_path)
        assert not accepted.problems
        return accepted

    return read


@pytest.fixture
def loaded(batch):
    """A database in memory with the figures of one record file."""
    connections = []

    def fill(figures, **options):
        connections.append(open_memory())
        load.load(connections[-1], batch(figures, **options), "r1")
        return connections[-1]

    yield fill
    for connection in connections:
        connection.close()


@pytest.fixture
def successive(tmp_path, batch):
    """Load one text after the other, each over the database before; returns core.revisions."""

    def run(*texts, folder="databases"):
        (tmp_path / folder).mkdir()
        previous = None
        for number, text in enumerate(texts, start=1):
            path = tmp_path / folder / f"r{number}.duckdb"
            with create(path) as connection:
                load.load(connection, batch(text), f"r{number}", previous)
                revisions = connection.execute(
                    """select figure_id, revision, change, release_id, content, digest
                    from core.revisions order by figure_id, revision"""
                ).fetchall()
                current = connection.execute("select figure_id, revision from core.figures")
                newest = {figure: revision for figure, revision, *_ in revisions}
                assert all(newest[figure] == revision for figure, revision in current.fetchall())
            previous = path
        return revisions

    return run


def test_loading_again_over_its_own_database_adds_no_revision(successive):
    revisions = successive(CHENGDU, CHENGDU, CHENGDU)
    assert [row[:4] for row in revisions] == [("s/chengdu", 1, "added", "r1")]


def test_a_changed_record_is_a_second_revision_and_the_first_stays(successive):
    revisions = successive(CHENGDU, CHENGDU.replace("2016.6", "2016.7"))
    assert [row[:4] for row in revisions] == [
        ("s/chengdu", 1, "added", "r1"),
        ("s/chengdu", 2, "changed", "r2"),
    ]
    assert [json.loads(row[4])["value"] for row in revisions] == ["2016.6亿元", "2016.7亿元"]


def test_a_record_may_go_and_come_back(successive):
    other = CHENGDU.replace("chengdu", "other").replace("2016.6", "1")
    revisions = successive(
        other + CHENGDU, other, other, other + CHENGDU, other + CHENGDU, other, other
    )
    assert [row[:4] for row in revisions] == [
        ("s/chengdu", 1, "added", "r1"),
        ("s/chengdu", 2, "withdrawn", "r2"),
        ("s/chengdu", 3, "restored", "r4"),
        ("s/chengdu", 4, "withdrawn", "r6"),
        ("s/other", 1, "added", "r1"),
    ]
    by_revision = {row[1]: row[4:] for row in revisions if row[0] == "s/chengdu"}
    assert by_revision[2] == by_revision[4] == (None, None)
    assert by_revision[1] == by_revision[3]


def test_what_a_part_inherits_is_part_of_what_it_says(successive):
    nested = (
        CHENGDU + "  of_which:\n    - {id: zone, area: 成都高新综合保税区, value: 1539.7亿元}\n"
    )
    revisions = successive(nested, nested.replace("flow: trade", "flow: exports"))
    assert [row[:3] for row in revisions] == [
        ("s/chengdu", 1, "added"),
        ("s/chengdu", 2, "changed"),
        ("s/zone", 1, "added"),
        ("s/zone", 2, "changed"),
    ]


@pytest.mark.parametrize("folder", ["it's here", "a;b -- c", 'quo"te', "成都 😀"])
def test_the_database_before_may_lie_anywhere(successive, folder):
    assert len(successive(CHENGDU, CHENGDU, folder=folder)) == 1


def test_two_sources_of_one_fact_are_two_vintages_and_the_newer_is_the_latest(tmp_path):
    for name, published, value in (("early", "2020-05-09", "1亿元"), ("late", "2021", "2亿元")):
        text = (
            f"source: {{id: {name}, publisher: P, published: {published}}}\nfigures:\n"
            + CHENGDU.replace("2016.6亿元", value)
        )
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with open_memory() as connection:
        load.load(connection, read_batch([tmp_path]), "r1")
        rows = connection.execute(
            """select f.figure_id, f.value, f.published_to::varchar, l.is_latest
            from core.figures f join core.levels l on l.level_id = f.figure_id order by 1"""
        ).fetchall()
    assert rows == [
        ("early/chengdu", Decimal(100_000_000), "2020-05-09", False),
        ("late/chengdu", Decimal(200_000_000), "2021-12-31", True),
    ]


def test_a_newer_vintage_is_the_latest_although_it_prints_no_growth(tmp_path):
    for name, published, printed in (
        ("early", "2020-05-09", CHENGDU),
        ("late", "2021", CHENGDU.replace("2016.6", "2020.1").replace("  growth: 20.3%\n", "")),
    ):
        text = f"source: {{id: {name}, publisher: P, published: {published}}}\nfigures:\n{printed}"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with open_memory() as connection:
        load.load(connection, read_batch([tmp_path]), "r1")
        load.build_views(connection)
        rows = connection.execute("select source_id, value_printed from figures").fetchall()
    assert rows == [("late", "2020.1亿元")]


def test_printed_figures_arrive_exactly(loaded):
    row = loaded(CHENGDU).execute(
        """select value_printed, value, value_lower, value_upper, value_step, value_hedge, unit,
            growth, growth_lower, growth_upper, growth_step, typeof(value), typeof(growth)
        from core.figures"""
    )
    assert row.fetchone() == (
        *("2016.6亿元", Decimal("201660000000")),
        *(Decimal("201655000000"), Decimal("201665000000"), Decimal("10000000"), "exact", "CNY"),
        *(Decimal("0.203"), Decimal("0.2025"), Decimal("0.2035"), Decimal("0.001")),
        *("DECIMAL(38,6)", "DECIMAL(18,10)"),
    )


def test_the_largest_and_the_finest_that_are_accepted_arrive_exactly(loaded):
    figures = "".join(
        CHENGDU.replace("id: chengdu", f"id: {name}").replace("2016.6亿元", printed)
        for name, printed in (
            ("finest", "0.12345元"),
            ("largest", "99999999999999999999元"),
            ("open", "超2000亿元"),
        )
    ).replace("99999999999999999999", "99999999999999999998")
    rows = loaded(figures).execute(
        "select value_lower, value_upper from core.figures order by figure_id"
    )
    assert rows.fetchall() == [
        (Decimal("0.123445"), Decimal("0.123455")),
        (Decimal("99999999999999999997.5"), Decimal("99999999999999999998.5")),
        (Decimal("200000000000"), None),
    ]


NOTES = {
    "quotes": """it's "quoted", ''twice'', `and`; drop table core.figures; --""",
    "lines": "first\nsecond\n\nfourth",
    "emoji": "👨‍👩‍👧‍👦 🇨🇳 𠮷野家",
    "right-to-left": "abc عربي \u200f.",
    "braces": "{} {remedy} %s %(x)s $1 ? :x \\n \\u0041",
    "combining": "e\u0301 ﬁ Ａ",
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_notes_survive_whatever_they_hold(loaded, note):
    connection = loaded(f"{CHENGDU}  note: {json.dumps(note, ensure_ascii=False)}\n")
    assert connection.execute("select note from core.figures").fetchone() == (note,)
    (content,) = connection.execute("select content from core.revisions").fetchone()
    assert json.loads(content)["note"] == note


def test_all_that_was_read_stands_in_raw(loaded):
    late = CHENGDU.replace("chengdu", "late").replace("2020-04", "2020-12")
    connection = loaded(CHENGDU + late)
    rows = connection.execute("select figure_id, status, line, reason from raw.records order by 3")
    (accepted, quarantined) = rows.fetchall()
    assert accepted == ("s/chengdu", "accepted", 3, None)
    assert quarantined[:3] == ("s/late", "quarantined", 9)
    assert "had not ended" in quarantined[3]
    assert connection.execute(
        "select file, read, accepted, quarantined, rejected from raw.loads"
    ).fetchall() == [("records.yaml", 2, 1, 1, 0)]
    assert connection.execute("select count(*) from core.figures").fetchone() == (1,)


def test_every_core_table_and_column_is_as_its_header_says(loaded):
    connection = loaded(CHENGDU)
    for file in sql_files("core"):
        described = connection.execute(
            """select column_name, comment from duckdb_columns()
            where schema_name = 'core' and table_name = $name order by column_index""",
            {"name": file.name},
        )
        comments = dict(described.fetchall())
        if "fields" in file.header:  # the others are those of a figure: test_fields.py
            comments = {name: comments[name] for name in file.columns}
        assert comments == file.columns
        (about,) = connection.execute(
            """select comment from duckdb_tables()
            where schema_name = 'core' and table_name = $name""",
            {"name": file.name},
        ).fetchone()
        assert about.startswith(file.header["purpose"])


def test_a_batch_without_a_figure_loads(loaded):
    connection = loaded("  []\n")
    assert connection.execute("select count(*) from core.figures").fetchone() == (0,)
    assert connection.execute("select source_id from core.sources").fetchone() == ("s",)


def test_the_views_build_on_what_was_loaded(loaded):
    connection = loaded(CHENGDU)
    load.build_views(connection)
    assert connection.execute("select level_id, value from figures").fetchall() == [
        ("s/chengdu", Decimal(201_660_000_000))
    ]


def test_a_previous_database_that_is_none_is_an_error(batch, tmp_path):
    path = tmp_path / "broken.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with open_memory() as connection, pytest.raises(duckdb.Error):
        load.load(connection, batch(CHENGDU), "r1", path)
