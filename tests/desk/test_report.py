"""The report without a browser: what its pages say, where they lead, and that text stays text."""

import re
from collections import Counter
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from desk.report import charts, write
from expectations.joint import simplex
from tests.helpers import report_sites
from warehouse.records import evidence

VOID = {"meta", "link", "input", "br", "hr", "img"}
DRAWN = {"rect", "line", "circle", "path"}
# Nothing else is in any template; what a record says must add none.
TAGS = VOID - {"img", "hr", "input"} | DRAWN
TAGS |= {"html", "head", "title", "body", "header", "nav", "main", "footer", "script", "section"}
TAGS |= {"h1", "h2", "h3", "p", "a", "span", "bdi", "b", "code", "pre", "article", "div"}
TAGS |= {"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"}
TAGS |= {"table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "g", "text"}


class Page(HTMLParser):
    """What the tests ask of a page; fails on markup that is not closed as it was opened."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.ids, self.links, self.headings, self.tags = [], [], [], Counter()
        self.attributes, self.text, self.scripts, self.tables = [], "", [], []
        self._open = []
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        self.close()
        assert not self._open, f"{path}: {self._open} not closed"

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert len(given) == len(attrs), f"{self.path}: an attribute stands twice in {tag} {attrs}"
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append(Counter())
        elif self.tables:
            self.tables[-1][tag] += 1
            if tag == "th":
                assert given.get("scope") in ("row", "col"), f"{self.path}: th without scope"
        if tag == "svg" and "role" in given:
            assert given["role"] == "img" and given["aria-label"]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        assert self._open and self._open.pop() == tag, f"{self.path}: {tag} closed out of turn"
        self.text += " " if tag in ("td", "th") else ""

    def handle_data(self, data):
        if self._open and self._open[-1] == "script":
            self.scripts.append(data)
        else:
            self.text += data


def pages(index):
    return [Page(path) for path in sorted(index.parent.rglob("*.html"))]


def page(index, path):
    return Page(index.parent / path)


def words(index, path):
    return " ".join(page(index, path).text.split())


@pytest.fixture(scope="module", params=["shipped", "wrong", "accepted", "hostile"])
def site(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return report_sites.shipped(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return report_sites.wrong(tmp_path_factory.mktemp("wrong"))


@pytest.fixture(scope="module")
def accepted(tmp_path_factory):
    return report_sites.accepted(tmp_path_factory.mktemp("accepted"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return report_sites.hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return report_sites.many(tmp_path_factory.mktemp("many"), 250)


def test_every_page_is_sound(site):
    for one in pages(site):
        assert set(one.tags) <= TAGS, one.path
        assert len(set(one.ids)) == len(one.ids), one.path
        assert one.headings.count(1) == 1 and one.headings[0] == 1, one.path
        steps = zip(one.headings, one.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (one.path, one.headings)
        assert all(table["caption"] == 1 and table["th"] for table in one.tables), one.path
        assert ("html", "lang", "en") in one.attributes
        assert "None" not in one.text and "Undefined" not in one.text, one.path


def test_every_internal_link_leads_somewhere(site):
    ids = {one.path.resolve(): set(one.ids) for one in pages(site)}
    for one in pages(site):
        for link in one.links:
            address = urlsplit(link["href"])
            if address.scheme:
                continue
            target = (one.path.parent / unquote(address.path)).resolve()
            target = target if address.path else one.path.resolve()
            assert target in ids, f"{one.path}: {link['href']}"
            assert not address.fragment or unquote(address.fragment) in ids[target], link["href"]


def test_nothing_from_outside_is_loaded_or_run(site):
    for one in pages(site):
        for tag, name, value in one.attributes:
            assert not name.startswith("on") and name not in ("style", "src", "srcdoc"), one.path
            if name == "href" and tag == "link":
                assert value == "data:," or re.fullmatch(r"(\.\./)?style\.css", value)
            elif value and "://" in value:
                assert (tag, name) in {("a", "href"), ("svg", "aria-label"), ("div", "aria-label")}
        assert len(one.scripts) == 1
        for link in one.links:
            if urlsplit(link["href"]).scheme:
                assert urlsplit(link["href"]).scheme in ("http", "https")
                assert "noreferrer" in link["rel"]
    style = (site.parent / "style.css").read_text("utf-8")
    assert "url(" not in style and "@import" not in style


def test_text_of_records_is_shown_as_text(hostile):
    source = words(hostile, "sources/hostile.html")
    for text in (
        report_sites.ALERT,
        report_sites.IMAGE,
        "{{ 7 * 7 }} </title></textarea>",
        report_sites.LONG,
    ):
        assert text in source
    assert "⟨U+202E⟩gnp.exe" in words(hostile, "index.html")
    assert not any("\u202e" in one.source for one in pages(hostile))
    assert "javascript:alert(3) =cmd|' /C calc'!A0" in " ".join(one.text for one in pages(hostile))
    unsafe = page(hostile, "sources/unsafe.html")
    assert "javascript:alert(5)" in unsafe.text
    assert not any("javascript" in link["href"] for link in unsafe.links)
    assert report_sites.ALERT in words(hostile, "index.html")


def test_the_same_database_gives_the_same_bytes(tmp_path):
    database = report_sites.build(tmp_path / "database", report_sites.WRONG)
    for name in ("one", "two"):
        write(database, tmp_path / name, report_sites.PAST, report_sites.CHANGES, release="r")
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in files}
        for name in ("one", "two")
        for files in [[p for p in (tmp_path / name).rglob("*") if p.is_file()]]
    )
    assert one == two


def test_a_sound_release_says_publish(shipped):
    text = words(shipped, "index.html")
    assert "✓ Publish 可以发布 Fit to use: no figure contradicts another." in text
    assert "128 figures of 14 sources" in text
    assert "all of it is new" in text
    assert re.search(r"Of \d+ printed numbers, \d+ would be noticed", text)


def test_a_contradicted_release_says_withhold_and_lists_what_to_settle(wrong):
    text = words(wrong, "index.html")
    assert "× Withhold 不予发布 Do not use it: 2 contradictions" in text
    assert "1 broken expectation of the tables" in text and "tables: rows are <= 5" in text
    assert "exceeds its total wrong-on-purpose/chengdu 2016.6亿元" in text
    links = [link["href"] for link in page(wrong, "index.html").links]
    assert {"findings/700ed7e290.html", "findings/47331d7817.html"} <= set(links)


def test_the_overview_shows_past_releases_and_changes(wrong):
    text = words(wrong, "index.html")
    assert all(past.release in text for past in report_sites.PAST)
    assert 'aria-label="error, release by release: 0, 3, 0, 2"' in wrong.read_text("utf-8")
    assert "value: 1539.7亿元 → 2539.7亿元 (+64.9 %)" in text
    assert "totals 1 added, 0 removed, 2 changed" in text and "growth 1 added, 1 removed" in text
    assert f"too large {report_sites.ALERT}" in text
    assert "gone/figure-9 " in text and "gone/figure-10 " not in text and "all 30" in text
    assert "gone/figure-29 " in words(wrong, "changes.html")


def test_a_finding_tells_what_is_wrong_and_what_to_do(wrong):
    path = "findings/700ed7e290.html"
    text = words(wrong, path)
    for told in (
        "What is part of a total is not larger than the total",  # the rule
        "Σ lo(P) ≤ hi(T)",
        "IMTS 2010",
        "A wrong-on-purpose/chengdu-hitech-cbz 2539.7亿元 may not exceed B its total",
        "gap of 523亿元",
        "The value 2016.6亿元 of Chengdu 成都市",  # the suspects
        "It would have to be ≥ 2539.65亿元: at least 523亿元 higher, about 26 % of",
        "It would have to be 0–2017亿元: at least 523亿元 lower",
        "亿 printed for 万",  # a repair
        "examples/deliberately-wrong/chengdu.yaml:16",
        "an example, no publication, 2020-05",
        'crossfoot acknowledge 700ed7e290 \\ --reason "why it is accepted"',
    ):
        assert told in text, told
    assert "A: 2539.65–2539.75亿元; B: 2016.55–2016.65亿元; gap of 523亿元" in (
        page(wrong, path).source
    )


def test_an_accepted_finding_says_by_whom_and_until_when(accepted):
    text = words(accepted, "findings/700ed7e290.html")
    assert f"Accepted by L. Wang 王 until 2999-12-31: printed so {report_sites.ALERT}" in text
    assert "crossfoot acknowledge" not in text
    lapsed = words(accepted, "findings/47331d7817.html")
    assert "No longer accepted" in lapsed and "a figure changed since" in lapsed
    overview = page(accepted, "index.html")
    assert "Do not use it: 1 contradiction that no reviewer has accepted." in overview.text
    assert "part-bases-not-above-total for wrong-on-purpose" in " ".join(overview.text.split())
    urgent = [link["href"] for link in overview.links if link["href"].startswith("findings/")]
    assert urgent == ["findings/47331d7817.html"]


def test_a_series_has_its_vintages_its_part_of_the_total_and_bounds(shipped):
    path = "series/CN-5101.WLD.trade.total.total.total.value.CNY.html"
    text = words(shipped, path)
    assert "2020-01/2020-04 2016.6亿元 2016.55–2016.65亿元 20.3% 20.25–20.35 %" in text
    assert "by the levels 87.75–87.87 % of Sichuan 四川省" in text
    assert "without Chengdu Hi-Tech Comprehensive Bonded Zone 成都高新综合保税区" in text
    assert "476.8–477.0亿元 10.9–11.6 %" in text
    assert page(shipped, path).tags["circle"] > 9
    titles = page(shipped, path).text
    assert "2020-01/2020-04: 2016.6亿元, 2016.55–2016.65亿元, 人民日报 2020-05" in titles


def test_a_source_has_every_record_with_its_status(hostile):
    text = words(hostile, "sources/hostile.html")
    assert "2 accepted, 1 set aside" in text
    assert "hostile/early quarantined period 2020-06 had not ended" in text
    assert "value 2016.6亿元 ◐ partly growth 20.3% ◐ partly" in text
    assert "accepted × error × error" in text


def test_the_overview_and_sources_say_whose_text_is_not_archived(shipped):
    overview = words(shipped, "index.html")
    count = re.search(r"(\d+) of (\d+) figures cannot be looked up here", overview)
    assert count and count[1] == count[2], "shipped records name no text"
    assert "not archived: none is named" in words(shipped, "sources.html")
    source = words(shipped, "sources/people-daily-2020-05-foreign-trade.html")
    assert "not archived: none is named" in source


def test_the_overview_says_that_every_text_is_archived(tmp_path):
    name, digest = evidence.archive("5月，我国出口1亿元。", "s", tmp_path)
    (tmp_path / "s.yaml").write_text(
        "source: {id: s, publisher: p, published: 2020-06, "
        f"text: {name}, text_sha256: {digest}}}\n"
        "figures:\n"
        "  - {id: a, area: CN, flow: exports, period: 2020-05, value: 1亿元, span: 7-10}\n",
        "utf-8",
    )
    path = report_sites.build(tmp_path, tmp_path / "s.yaml", texts=tmp_path / evidence.FOLDER)
    index = write(path, tmp_path / "site")
    assert "The text of every source is archived" in words(index, "index.html")


def test_the_rules_page_counts_checks(wrong):
    text = words(wrong, "rules.html")
    assert "parts-not-above-total · IMTS 2010" in text
    assert re.search(r"totals error 1 0 1 × error 0", text)


def test_the_dictionary_has_every_view(shipped):
    text = words(shipped, "dictionary.html")
    assert "The newest vintage of every published fact" in text
    assert "least value that is printed so" in text


def test_twice_broken_by_the_same_figures_is_one_page(tmp_path):
    (tmp_path / "twice.yaml").write_text(
        "source: {id: s, publisher: p, published: 2021-02}\n"
        "figures:\n"
        "  - {id: a, area: CN, flow: exports, period: 2020, value: 100亿元, growth: 5%}\n"
        "  - {id: b, area: CN, flow: exports, period: 2020, value: 200亿元, growth: 9%}\n",
        "utf-8",
    )
    index = write(report_sites.build(tmp_path, tmp_path), tmp_path / "site")
    hrefs = {link["href"] for link in page(index, "findings.html").links}
    (path,) = {href for href in hrefs if href.startswith("findings/")}
    text = words(index, path)
    assert text.count("must meet") == 2


def test_a_finding_of_all_rules_at_once_shows_what_would_settle_it(tmp_path):
    (tmp_path / "april.yaml").write_text(
        "source: {id: s, publisher: p, published: 2020-06}\n"
        "figures:\n"
        "  - {id: m3, area: 成都市, flow: trade, period: 2020-01/2020-03,"
        " value: 1398.2亿元, growth: 14.1%}\n"
        "  - {id: m4, area: 成都市, flow: trade, period: 2020-01/2020-04,"
        " value: 2016.6亿元, growth: 20.3%}\n"
        "  - {id: april, area: 成都市, flow: trade, period: 2020-04, growth: 37.6%}\n",
        "utf-8",
    )
    index = write(report_sites.build(tmp_path, tmp_path), tmp_path / "site")
    (path,) = {
        link["href"] for link in page(index, "index.html").links if "findings/" in link["href"]
    }
    text = words(index, path)
    assert "All figures of a source can be right together" in text
    assert "The growth 37.6% of Chengdu 成都市" in text
    assert re.search(
        r"It would have to be 36\.\S+–37\.\S+ %: at least 0\.\d+个百分点 lower\.", text
    )
    assert "How far apart" not in text  # no two sides
    assert "gap of 0." in text


def test_an_empty_release_has_a_report(tmp_path):
    (tmp_path / "none.yaml").write_text(
        "source: {id: s, publisher: p, published: 2020-01}\n"
        "figures:\n  - {id: a, area: CN, flow: exports, period: 2020-06, value: 1亿元}\n",
        "utf-8",
    )
    index = write(report_sites.build(tmp_path, tmp_path), tmp_path / "site")
    assert "No number is printed" in words(index, "index.html")
    assert "1 record set aside" in words(index, "index.html")
    assert all(one.headings for one in pages(index))


def test_many_findings_of_one_cause_leave_the_overview_small(tmp_path):
    parts = "".join(
        f"      - {{id: part-{n}, area: CN-{code}, value: 3000.5亿元}}\n"
        for n, code in enumerate((11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34))
    )
    (tmp_path / "one.yaml").write_text(
        "source: {id: s, publisher: p, published: 2021-02}\n"
        "figures:\n"
        "  - id: total\n    area: CN\n    flow: exports\n    period: 2020\n"
        f"    value: 200.5亿元\n    of_which:\n{parts}",
        "utf-8",
    )
    index = write(report_sites.build(tmp_path, tmp_path), tmp_path / "site")
    links = [link["href"] for link in page(index, "index.html").links]
    listed = {href for href in links if href.startswith("findings/")}
    assert len(listed) == 10
    assert "more of this cause, by rule" in words(index, "index.html")


def test_many_findings_leave_the_overview_small(many):
    assert many.stat().st_size < 500_000
    links = [link["href"] for link in page(many, "index.html").links]
    assert len({href for href in links if href.startswith("findings/")}) == 30
    assert "220 more causes" in words(many, "index.html")
    listed = page(many, "findings/error-parts-not-above-total.html").links
    assert len({link["href"] for link in listed if "/findings/" in link["href"]}) == 250


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ((1, 2), (5, 6), "gap of 3元"),
        ((5, 6), (1, 2), "gap of 3元"),
        ((1, 5), (4, 6), "overlap"),
        ((None, 2), (5, None), "gap of 3元"),
        ((0, 0), (5, None), "gap of 5元"),
    ],
)
def test_two_intervals_and_what_lies_between(left, right, told):
    def bar(name, ends):
        return charts.Bar(name, *(None if end is None else Decimal(end) for end in ends))

    drawn = str(charts.intervals(bar("A", left), bar("B", right), "CNY"))
    assert f"; {told}" in drawn and f">{told}</text>" in drawn
    assert drawn.count('class="arrow"') == (left + right).count(None)
    places = [float(x) for x in re.findall(r'x\d?="([\d.]+)%"', drawn)]
    assert places and all(0 <= x <= 100 for x in places)


def test_colours_have_contrast():
    style = (Path(charts.__file__).parent / "style.css").read_text("utf-8")
    for scheme in re.findall(r":root \{([^}]*)\}", style):
        colours = dict(re.findall(r"--([\w-]+): (#\w+)", scheme))
        pairs = [
            (ink, ground) for ink in ("ink", "muted", "link") for ground in ("ground", "raised")
        ]
        for tone in ("good", "bad", "warn", "calm") if "good" in colours else ():
            pairs += [(ink, f"{tone}-ground") for ink in (tone, "ink", "muted", "link")]
        pairs += [("ground", side) for side in ("a", "b") if side in colours]
        for ink, ground in pairs:
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground, scheme)


def contrast(one, other):
    """The contrast ratio of WCAG 2."""

    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_report_says_what_was_not_checked_jointly(tmp_path, monkeypatch):
    monkeypatch.setattr(simplex, "PIVOTS", 0)
    text = words(report_sites.shipped(tmp_path), "index.html")
    assert re.search(r"\d+ of them were checked by rules, not jointly", text)
