"""Projects made of files alone: other countries, another time, a statistic that is no trade.

Those of `examples/` are complete folders; Japan's panel of 1905 to 1917 lies beside the checkout,
so without it its tests are skipped.
"""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from expectations.check import check
from tests.conftest import ROOT
from warehouse import project

EXAMPLES = ROOT / "examples"
PROJECTS = sorted(path.parent.name for path in EXAMPLES.glob(f"*/{project.FILE}"))
PANEL = ROOT.parent / "shared" / "data" / "cases" / "japan" / "figures.csv"


@pytest.fixture
def using(project_forgotten):
    """Use a project, until the test is over."""
    return project.use


def checked(folder):
    return check([folder / "records"], folder / "acknowledged.yaml")


def errors(result):
    return [finding for finding in result.assessment.findings if finding.severity == "error"]


def suspected(result):
    """The figures that a finding names, or whose change alone would settle a conflict."""
    conflicts = result.assessment.joint.conflicts
    return {figure for finding in errors(result) for figure in finding.figures} | {
        suspect.figure
        for conflict in conflicts
        for explanation in conflict.explanations
        for suspect in explanation
    }


# Viet Nam's first estimates of May 2023 were 3 % too high, as growth printed a year later tells.
WARNINGS = {"viet-nam": {"implied-revision-is-small"}}


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_of_files_alone_is_accepted_whole_and_holds(name, using):
    using(EXAMPLES / name)
    result = checked(EXAMPLES / name)
    assert result.batch.problems == []
    assert result.batch.quarantined == ()
    assert len(result.batch.figures) >= 30
    assert [str(finding.message) for finding in errors(result)] == []
    warnings = {f.rule for f in result.assessment.findings if f.severity == "warning"}
    assert warnings == WARNINGS.get(name, set())
    assert not result.contradicted


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_says_where_each_figure_was_published(name, using):
    using(EXAMPLES / name)
    for source, _ in checked(EXAMPLES / name).batch.sources.values():
        assert source.publisher and source.title and source.published


# Slips as people make them: two digits exchanged, one wrong, a total off by nine.
SLIPS = [
    ("germany", "2017-05.yaml", "40,8 Mrd.", "48,0 Mrd.", "destatis-2017-07-10/exporte-eurozone"),
    (
        "germany",
        "2020-10.yaml",
        "42,2 Mill",
        "24,2 Mill",
        "destatis-2020-12-09/importe-drittlaender",
    ),
    ("germany", "2023-02.csv", "+16,0 Mrd.", "+61,0 Mrd.", "destatis-2023-04-04/saldo"),
    ("viet-nam", "2023-05.yaml", "10,79 tỷ", "10,97 tỷ", "gso-2023-05/xk-5t-nong-lam-san"),
    ("viet-nam", "2023-05.yaml", "262,54 tỷ", "262,45 tỷ", "gso-2023-05/xnk-5t"),
    ("viet-nam", "2024-05.yaml", "tăng 22,6%", "tăng 26,2%", "gso-2024-05/xnk-5"),
    ("india", "2012-03.yaml", "155639.2", "156539.2", "moci-2012-05/m-fy12-oil"),
    ("india", "2012-03.yaml", "144331.29", "143431.29", "moci-2012-05/x-mar12-inr"),
    ("india", "2021-03.yaml", "28,76,918", "27,86,918", "moci-2021-04-15/m-fy21-inr"),
    ("india", "answer-2012.csv", "-540545", "-540554", "lok-sabha-2012/b-2010-11"),
    ("texas", "2022.csv", "$109.4", "$100.4", "txedc-2022-05/next4"),
    ("texas", "2023.yaml", "37,305", "33,705", "ustr-2024/exporters-sme"),
    ("gdp-russia", "2017-h1.csv", "4894,3", "4984,3", "rosstat-2017-08/c-h1"),
    ("gdp-russia", "2017-h1.csv", "41782,1", "41791,1", "rosstat-2017-08/gdp-h1"),
    ("gdp-russia", "2017-h1.csv", '"16,3 %"', '"13,6 %"', "rosstat-2017-08/g-h1"),
]


@pytest.mark.parametrize(("name", "file", "printed", "spoilt", "figure"), SLIPS)
def test_a_slip_in_it_is_found(name, file, printed, spoilt, figure, using, tmp_path):
    folder = Path(shutil.copytree(EXAMPLES / name, tmp_path / name))
    path = folder / "records" / file
    text = path.read_text("utf-8")
    assert text.count(printed) >= 1
    path.write_text(text.replace(printed, spoilt, 1), "utf-8")
    using(folder)
    result = checked(folder)
    assert result.batch.problems == []
    assert result.contradicted
    assert figure in suspected(result)


def test_shares_that_an_office_trims_until_they_add_up_are_found(using, tmp_path):
    """Rosstat's table prints 13,1 % for manufacturing, which its levels make 13,0 %."""
    folder = Path(shutil.copytree(EXAMPLES / "gdp-russia", tmp_path / "gdp"))
    path = folder / "records" / "2017-h1.csv"
    without, printed = '"4894,3 млрд руб.",,', '"4894,3 млрд руб.","13,1 %",'
    text = path.read_text("utf-8")
    assert without in text
    path.write_text(text.replace(without, printed), "utf-8")
    using(folder)
    assert {finding.rule for finding in errors(checked(folder))} == {"share-agrees-with-levels"}


def test_a_rule_of_a_project_is_checked(using):
    using(EXAMPLES / "gdp-russia")
    from expectations.rules.figure_rules import catalogue

    assert "share-between-those-of-its-quarters" in {rule.id for rule in catalogue()}


@pytest.mark.slow
def test_a_project_is_published_in_its_language_and_with_its_dimension(
    tmp_path, crossfoot, on_server
):
    folder = shutil.copytree(EXAMPLES / "gdp-russia", tmp_path / "gdp-russia")
    done = crossfoot("run", "--project", folder, env=on_server)
    assert done.returncode == 0, done.stdout + done.stderr
    query = "from figures where level_id = 'rosstat-2017-08/b-h1'"
    shown = crossfoot("sql", "--project", folder, "--format", "json", query)
    assert shown.returncode == 0, shown.stderr
    (figure,) = json.loads(shown.stdout)
    assert (figure["area_name"], figure["industry"]) == ("Россия", "B")
    assert figure["series"] == "RU.WLD.none.total.total.total.gdp.price=current.industry=B"
    pages = (folder / "data" / "current" / "report" / "series").glob("*industry-B-*.html")
    assert any("Добыча полезных ископаемых" in page.read_text("utf-8") for page in pages)


@pytest.fixture
def japan(tmp_path):
    """Japan's panel as a project: its figures, its sources and the settings."""
    if not PANEL.is_file():
        pytest.skip("the panel of Japan's trade is not here")
    records = tmp_path / "japan" / "records"
    records.mkdir(parents=True)
    shutil.copyfile(PANEL, records / PANEL.name)
    sources = [
        f"  - {{id: jp{year}, publisher: Ministry of Finance, published: {year + 1}, "
        "title: Annual return of the foreign trade, rounding: exact}"
        for year in range(1905, 1918)
    ]
    (records / "sources.yaml").write_text("\n".join(["sources:", *sources, ""]), "utf-8")
    settings = '[project]\narea = "JP"\ncurrency = "JPY"\ndecimal = "."\n'
    (tmp_path / "japan" / project.FILE).write_text(settings, "utf-8")
    return tmp_path / "japan"


def sums_that_do_not_hold():
    """(source, total) → by how much it exceeds the sum of its parts, where it does not equal it."""
    totals, sums = {}, {}
    with PANEL.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            amount = int(re.sub(r"\D", "", row["value"]))
            if row["part_of"]:
                key = row["source"], row["part_of"]
                sums[key] = sums.get(key, 0) + amount
            else:
                totals[row["source"], row["id"]] = amount
    return {key: totals[key] - sums[key] for key in totals if totals[key] != sums[key]}


def test_japan_1905_to_1917_is_accepted_whole_and_only_what_is_wrong_is_an_error(using, japan):
    using(japan)
    result = checked(japan)
    assert result.batch.problems == []
    assert result.batch.quarantined == ()
    assert len(result.batch.figures) == 993
    wrong = {f"{source}/{total}" for source, total in sums_that_do_not_hold()}
    assert len(wrong) == 11
    named = [[f for f in finding.figures if f.endswith("-total")] for finding in errors(result)]
    assert {total for totals in named for total in totals} == wrong
    assert all(totals for totals in named), "each error is of a total and its parts"
