"""The cases of people who do this job, as they were handed over: each has its right verdict.

They lie beside the checkout, not in it, so without them this is skipped. Their words are not
repeated here; tests/cases has the same kinds in our own. `stated` is what a curator who reads the
note in the file writes into its source.
"""

from dataclasses import dataclass, field

import pytest

from benchmarks.real_data import SHARED
from tests.helpers.verdicts import faults, verdict
from warehouse import project

FOLDER = SHARED / "cases" / "records"
pytestmark = [
    pytest.mark.slow,  # the default suite has the same kinds, in tests/cases
    pytest.mark.skipif(
        not FOLDER.is_dir(),
        reason=f"no {FOLDER.relative_to(SHARED.parent.parent)} beside the checkout",
    ),
]


@dataclass(frozen=True)
class Case:
    """A file, or a folder of files, and what is right of it."""

    path: str
    right: dict
    settings: dict = field(default_factory=dict)
    stated: str = ""
    refused: tuple = ()


IN, JP, US, CA, CN = (
    {"area": area, "currency": money, "decimal": "."}
    for area, money in (("IN", "INR"), ("JP", "JPY"), ("US", "USD"), ("CA", "CAD"), ("CN", "CNY"))
)
NO_ERROR = {"errors": []}
CLEAN = {"errors": [], "warnings": []}

CASES = [
    Case(
        "01-japan-1917-transposed-total",
        {"errors": [["jp/total", "jp/p01", "jp/p40"]], "slips": {"jp/total": "1,603,005,048"}},
        JP,
    ),
    Case(
        "03-japan-1912-off-by-nine",
        {"errors": [["jp/total", "jp/p01", "jp/p37"]], "slips": {"jp/p20": "679,487 yen"}},
        JP,
    ),
    Case("05-india-fy-lakh-crore/figures.yaml", CLEAN, IN),
    Case("05-india-fy-lakh-crore/figures-usd.yaml", CLEAN, IN),
    Case(
        "08-census-vs-bop-basis/figures.yaml",
        {
            "errors": [],
            "warnings": [
                ["same-fact-agrees", "ft900-2017-07/goods-x-bop", "ft900-2017-07/goods-x-census"]
            ],
        },
        US,
    ),
    Case("09-destatis-adjusted/figures.yaml", CLEAN),
    Case("09-destatis-adjusted/japan.yaml", CLEAN),
    Case(
        "09-destatis-adjusted/sa-and-nsa.yaml",
        {
            "errors": [],
            "warnings": [["same-fact-agrees", "destatis-2014-01-08/b", "destatis-2014-01-08/b-sa"]],
        },
    ),
    Case(
        "12-vietnam-mom-mislabel/standin-month.yaml",
        {"errors": [], "warnings": [["gso-2023-05/t-ytd"]]},
    ),
    Case("12-vietnam-mom-mislabel/standin-yoy.yaml", CLEAN),
    Case(
        "12-vietnam-mom-mislabel/standin.yaml",
        {"errors": [], "warnings": [["gso-2023-05/t-ytd"]]},
    ),
    Case("15-japan-balance-growth/figures.yaml", CLEAN, JP),
    Case("15-japan-balance-growth/sign-change.yaml", NO_ERROR, JP),
    Case(
        "15-japan-balance-growth/wrong-growth.yaml",
        {"errors": [["mof-2008-06-06/b", "mof-2008-06-06/b07"]]},
        JP,
    ),
    Case("17-rounded-to-five/figures.yaml", CLEAN, CN, "rounding: nearest-5"),
    Case("17-rounded-to-five/figures.yaml", {"errors": [["table-2023/total"]]}, CN),
    Case("17-rounded-to-five/to-hundred.yaml", CLEAN, CN, "rounding: nearest-100"),
    Case("17-rounded-to-five/to-hundred.yaml", {"errors": [["table-2023/total"]]}, CN),
    Case(
        "18-copied-series/figures.yaml",
        {
            "errors": [],
            "warnings": [
                ["panel/x97", "panel/x98"],
                ["panel/x97", "panel/m97"],
                ["panel/us", "panel/cn"],
            ],
        },
        JP,
    ),
    Case("23-missing-symbols/records.yaml", NO_ERROR, US),
    Case(
        "23-missing-symbols/suppressed-part.yaml",
        {"errors": [["tab/total", "tab/us", "tab/eu"]]},
        JP,
        refused=("tab/cn",),
    ),
    Case("39-zeros/figures.yaml", {"errors": [["statcan/total"]]}, CA),
    Case(
        "39-zeros/growth0.yaml",
        {"errors": [["statcan/c"]]},
        CA,
        refused=("statcan/f", "statcan/g"),
    ),
    Case("40-canada-daily/figures.yaml", NO_ERROR, CA),
    Case("41-indices/figures.yaml", NO_ERROR, CN, refused=("idx/px", "idx/vol")),
    Case(
        "45-self-and-reexports/figures.yaml",
        NO_ERROR,
        {"area": "HK", "currency": "HKD"},
        refused=("hk/dom", "hk/re"),
    ),
    Case("45-self-and-reexports/self.yaml", CLEAN, CN),
    Case(
        "46-revised-in-same-release/figures.yaml",
        {
            "errors": [],
            "warnings": [
                [
                    "same-fact-agrees",
                    "statcan-2024-01-09/b10-revised",
                    "statcan-2024-01-09/b10-initial",
                ]
            ],
        },
        CA,
    ),
    Case(
        "47-growth-over-two-years/figures.yaml",
        {
            "errors": [],
            "warnings": [
                ["same-fact-agrees", "pib-2022-04-03/x-mar22", "pib-2022-04-03/x-mar22-2y"]
            ],
        },
        IN,
    ),
    Case("49-exact-counts/figures.yaml", {"errors": [["cars/total", "cars/a"]]}, CN),
    Case("49-exact-counts/dollars.yaml", CLEAN, CN),
    Case("51-balance-growth/all.yaml", {"errors": [["s/b"]]}, JP),
    Case("51-balance-growth/base.yaml", {"errors": [["s/b"]]}, JP),
    Case("51-balance-growth/surplus.yaml", {"errors": [["s/b", "s/b23"]]}, JP),
    Case("54-truncated/figures.yaml", CLEAN, JP, "rounding: down"),
    Case("54-truncated/figures.yaml", {"errors": [["mof/total", "mof/cn"]]}, JP),
    Case(
        "55-provinces-above-nation/figures.yaml",
        {"errors": [], "warnings": [["tab/nation", "tab/gd", "tab/js", "tab/zj"]]},
        CN,
    ),
    Case("56-overlapping-groups/disjoint.yaml", CLEAN, JP),
    Case("56-overlapping-groups/figures.yaml", CLEAN, JP),
    Case(
        "56-overlapping-groups/member-above-group.yaml",
        {"errors": [], "warnings": [["tab/eu", "tab/de"], ["tab/world", "tab/de"]]},
        JP,
    ),
    Case(
        "57-part-above-whole-unlinked/figures.yaml",
        {
            "errors": [],
            "warnings": [
                [f"tab/{id_}", "tab/world"] for id_ in ("us", "general", "private", "auto")
            ],
        },
        JP,
    ),
    Case("57-part-above-whole-unlinked/trade.yaml", {"errors": [["tab/trade", "tab/exports"]]}, JP),
    Case("60-fiscal-year-months/figures.yaml", NO_ERROR, IN, "fiscal_year_start: 4"),
    Case("60-fiscal-year-months/figures.yaml", NO_ERROR, IN | {"fiscal_year_start": 4}),
    Case(
        "60-fiscal-year-months/figures.yaml",
        NO_ERROR,
        IN,
        refused=("mospi/a", "mospi/b", "mospi/c"),
    ),
    Case("61-rupee-crore/figures.yaml", CLEAN, IN),
    Case("62-flash-estimates/figures.yaml", CLEAN, IN),
]


def files(case, folder):
    """The files of a case in a folder of ours, with what its source is told."""
    path = FOLDER / case.path
    copies = []
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        text = file.read_text("utf-8")
        if case.stated:
            text = text.replace(", publisher:", f", {case.stated}, publisher:", 1)
        copies.append(folder / file.name)
        copies[-1].write_text(text, "utf-8")
    return copies


def named(case):
    stated = f", {case.stated}" if case.stated else ""
    return f"{case.path.removesuffix('.yaml').removesuffix('/figures')}{stated}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_case(case, tmp_path, project_forgotten):
    lines = [f"{name} = {value!r}" for name, value in case.settings.items()]
    (tmp_path / project.FILE).write_text("\n".join(("[project]", *lines, "")), "utf-8")
    project.use(tmp_path)
    (tmp_path / "records").mkdir()
    checked = verdict(files(case, tmp_path / "records"))
    refused = {problem.figure for problem in checked.batch.problems}
    assert refused == set(case.refused), [str(problem) for problem in checked.batch.problems]
    assert not checked.batch.quarantined, [row.reason for row in checked.batch.quarantined]
    assert not list(faults(checked, case.right))
