"""The report in a real browser, from disk, with no network: what a reviewer sees and can do."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.helpers import report_sites

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="chromium or chromedriver is not installed"
    ),
]

DESK, PHONE = 1280, 375
# One of every kind of page.
KINDS = (
    *("index.html", "findings.html", "series.html", "sources.html", "rules.html"),
    *("dictionary.html", "findings/*.html", "series/*.html", "sources/*.html"),
)


class Browser:
    """Chromium at one page, what it asked for, and what it complained about."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}"),
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
        # Chromium's own first page goes on asking for pictures while the machine is busy.
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["http*", "ws*", "ftp*"]})

    def open(self, path: Path, width: int = DESK, scripts: bool = True) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width == PHONE},
        )
        self.driver.get(path.as_uri())

    def ask(self, script: str):
        return self.driver.execute_script(f"return {script}")

    def complaints(self) -> list[str]:
        """What was logged since it was last asked, and requests for anything but files."""
        logged = [entry["message"] for entry in self.driver.get_log("browser")]
        events = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        asked = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        return logged + [url for url in asked if not url.startswith(("file:", "data:,"))]

    def find(self, selector: str):
        return self.driver.find_element("css selector", selector)

    def column(self, number: int) -> list[str]:
        """The texts of a column of the first table, in the rows that are shown."""
        return self.ask(
            "[...document.querySelector('table.sortable').tBodies[0].rows]"
            f".filter(row => !row.hidden).map(row => row.cells[{number}].textContent.trim())"
        )


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    one = Browser(tmp_path_factory.mktemp("profile"))
    yield one
    one.driver.quit()


@pytest.fixture(scope="module", params=["shipped", "wrong", "accepted", "hostile"])
def site(request, tmp_path_factory):
    return getattr(report_sites, request.param)(tmp_path_factory.mktemp(request.param)).parent


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return report_sites.wrong(tmp_path_factory.mktemp("wrong")).parent


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return report_sites.shipped(tmp_path_factory.mktemp("shipped")).parent


def test_every_kind_of_page_loads_from_disk_and_fits(site, browser, tmp_path):
    browser.complaints()
    for path in (path for kind in KINDS for path in sorted(site.glob(kind))[:6]):
        for width in (DESK, PHONE):
            browser.open(path, width)
            assert browser.ask("document.styleSheets.length") == 1, path
            assert browser.ask("getComputedStyle(document.body).marginTop") == "0px", path
            wide = browser.ask("document.documentElement.scrollWidth")
            assert wide <= width, f"{path.name} is {wide} wide at {width}"
            assert browser.complaints() == [], path
            picture = tmp_path / f"{path.stem}-{width}.png"
            assert browser.driver.save_screenshot(str(picture))
            assert picture.stat().st_size > 5_000


def test_hostile_text_is_inert(browser, tmp_path):
    site = report_sites.hostile(tmp_path).parent
    browser.complaints()
    for path in sorted(site.rglob("*.html")):
        browser.open(path)
        assert browser.ask("document.scripts.length") == 1
        assert (
            browser.ask("document.querySelectorAll('img, svg[onload], [onmouseover]').length") == 0
        )
        assert browser.complaints() == []  # an alert would have raised
    browser.open(site / "sources" / "hostile.html")
    assert report_sites.IMAGE in browser.find("h1").text


def test_a_finding_is_one_click_from_the_overview(wrong, browser):
    browser.open(wrong / "index.html")
    link = browser.find('a[href="findings/700ed7e290.html"]')
    assert "by at least 523亿元" in link.text
    link.click()
    assert browser.ask("location.pathname").endswith("findings/700ed7e290.html")
    assert "not larger than the total" in browser.find("h1").text
    assert browser.find("svg.intervals").size["height"] > 100


def test_the_verdict_stands_in_the_first_screen(wrong, browser):
    for width in (DESK, PHONE):
        browser.open(wrong / "index.html", width)
        box = browser.find(".verdict .why").rect
        assert box["y"] + box["height"] < 800
        assert browser.find("h1").text.startswith("× Withhold")


def test_tables_sort_and_filter(shipped, browser):
    browser.open(shipped / "rules.html")
    counts = browser.column(3)
    head = browser.find("table.sortable th:nth-child(4)")
    head.find_element("css selector", "button").click()
    assert browser.column(3) == sorted(counts, key=int)
    assert head.get_attribute("aria-sort") == "ascending"
    head.find_element("css selector", "button").click()
    assert browser.column(3) == sorted(counts, key=int, reverse=True)
    browser.find(".filter input").send_keys("shares warn")
    assert browser.column(1) == []
    browser.find(".filter input").clear()
    browser.find(".filter input").send_keys("growth error")
    assert browser.column(1) and len(browser.column(1)) < len(counts)
    assert browser.find(".filter output").text == f"{len(browser.column(1))} of {len(counts)}"


def test_values_sort_by_size_not_as_text(shipped, browser):
    browser.open(shipped / "series" / "CN-5101.WLD.trade.total.total.total.value.CNY.html")
    browser.find("table.sortable th:nth-child(2) button").click()
    values = [float(text.split("亿")[0]) for text in browser.column(1)]
    assert len(values) > 5 and values == sorted(values)


def test_everything_is_read_without_script(shipped, browser):
    try:
        browser.open(shipped / "rules.html", scripts=False)
        page = browser.driver.page_source
    finally:
        browser.open(shipped / "index.html")
    assert "IMTS 2010" in page and "<button" not in page and "<input" not in page


def test_tables_and_charts_are_named_for_those_who_cannot_see_them(wrong, browser):
    browser.open(wrong / "findings" / "700ed7e290.html")
    tree = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = {
        (node["role"]["value"], node["name"]["value"])
        for node in tree
        if "name" in node and not node["ignored"]
    }
    images = [name for role, name in named if role in ("image", "img")]
    assert any("gap of 523亿元" in name for name in images)
    assert len([name for role, name in named if role == "heading"]) >= 8
    assert any(
        role == "main" for role in (node["role"]["value"] for node in tree if "role" in node)
    )


@pytest.mark.parametrize("place", ["releases/20261124T101500Z-1a2b3c4d", "current"])
def test_a_page_in_a_home_tells_its_commands_where_that_is(place, wrong, browser, tmp_path):
    """Whatever is published names no path: only the browser knows where the page was opened."""
    home = tmp_path / "L. Wang's 数据"
    shutil.copytree(wrong, home / place / "report")
    for site, told in ((home / place / "report", ["--home", str(home)]), (wrong, [])):
        browser.open(site / "findings" / "700ed7e290.html")
        words = shlex.split(browser.find("pre code").text.replace("\\\n", " "))
        assert words[:3] == ["crossfoot", "acknowledge", "700ed7e290"]
        assert words[3 : words.index("--reason")] == told
    assert browser.complaints() == []
