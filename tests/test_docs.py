"""The documents and all commands that are shown: what is printed, that each is understood, that
links lead somewhere, and that what is made from the code is as the code is."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from docs import generate
from tests.conftest import ROOT
from tests.helpers import documented_commands, report_sites

PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
TOP = {path.name for path in ROOT.iterdir() if path.is_dir()}
ANSWERS = [shown for shown in documented_commands.in_readme() if shown.output]
NAMED = [shown for shown in documented_commands.in_passing() if shown.text.count(" ") == 1]
OF_CROSSFOOT = [
    shown
    for shown in (
        *documented_commands.in_documents(),
        *documented_commands.in_passing(),
        *documented_commands.in_help(),
    )
    if documented_commands.words_of(shown.text)[:1] == ["crossfoot"]
]


@pytest.mark.parametrize("shown", ANSWERS, ids=str)
def test_what_is_shown_is_what_is_printed(shown, crossfoot, published):
    name, *arguments = documented_commands.words_of(shown.text)
    assert name == "crossfoot"
    done = crossfoot(*arguments, env={"CROSSFOOT_HOME": str(published)})
    assert (done.stdout + done.stderr).strip() == shown.output


def test_the_readme_shows_answers_and_a_contradiction():
    shown = [" ".join(documented_commands.words_of(answer.text)[:2]) for answer in ANSWERS]
    assert shown == ["crossfoot sql", "crossfoot check", "crossfoot sql"]


@pytest.mark.parametrize("shown", OF_CROSSFOOT, ids=str)
def test_every_command_that_is_shown_is_understood(shown):
    """Run for real they are in test_documented.py, which takes a minute."""
    if shown in NAMED:
        assert shown.text.removeprefix("crossfoot ") in dict(documented_commands.commands())
    else:
        documented_commands.parse(shown.text)


def test_examples_of_help_fit_a_terminal():
    """A line that the terminal breaks is two commands when it is pasted."""
    lines = [line for shown in documented_commands.in_help() for line in shown.text.splitlines()]
    assert [line for line in lines if cell_len(line) > 76] == []


def test_every_command_on_a_page_of_the_report_is_understood(tmp_path):
    page = report_sites.wrong(tmp_path)
    shown = {
        command.text
        for file in page.parent.rglob("*.html")
        for command in documented_commands.on_page(file.read_text("utf-8"))
    }
    assert len(shown) == 2
    for text in shown:
        assert "acknowledge" in text
        documented_commands.parse(text)


def test_the_table_of_settings_is_what_the_settings_are():
    from flows.settings import Settings

    def shown(field):
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Path) and default.is_absolute():
            default = default.relative_to(ROOT)
        return "" if default is None else f"`{default}`"

    declared = [
        f"| `CROSSFOOT_{name.upper()}` | {shown(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    shown_there = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    assert re.findall(r"^\| `CROSSFOOT_.*$", shown_there, re.M) == declared


def test_every_record_field_is_documented():
    from warehouse.records.fields import names

    for page in ("curator.md", "reference/record.md"):
        text = (ROOT / "docs" / page).read_text("utf-8")
        for name in names():
            assert f"`{name}`" in text


def test_the_reference_is_what_would_be_written_now():
    """Where it is not: python -m docs.generate"""
    pages = generate.pages()
    assert {path.name for path in generate.FOLDER.glob("*.md")} == set(pages)
    for name, text in pages.items():
        assert (generate.FOLDER / name).read_text("utf-8") == text, name


def anchors(text):
    """The names under which a page's headings are linked to."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.S | re.M)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not link.startswith(("http://", "https://")):
            target, _, anchor = link.partition("#")
            file = (page.parent / target).resolve() if target else page
            assert file.is_relative_to(ROOT) and file.exists(), link
            assert not anchor or anchor in anchors(file.read_text("utf-8")), link


def test_every_page_is_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached:
            reached.add(page)
            links = re.findall(r"\]\(([^)\s#]+\.md)[)#]", page.read_text("utf-8"))
            ahead += [(page.parent / link).resolve() for link in links if "://" not in link]
    assert set(PAGES) <= reached


@pytest.mark.parametrize(("page", "most"), [("README.md", 200), ("ARCHITECTURE.md", 120)])
def test_what_is_read_first_is_short(page, most):
    assert len((ROOT / page).read_text("utf-8").splitlines()) <= most


def test_every_place_that_architecture_and_contributing_name_is_there():
    """Paths in the type of code, from the root on."""
    for page in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text("utf-8")
        for span in re.findall(r"`([a-z][\w./*<>-]*/[\w./*<>-]*)`", text):
            if span.split("/")[0] in TOP:
                assert list(ROOT.glob(re.sub(r"<\w+>", "*", span.rstrip("/")))), f"{page}: {span}"
