"""`draft` and `review` as a curator uses them: files, archive, dialogue, what is refused."""

import hashlib
import os
import pty
import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT
from warehouse.records.acceptance import read_batch

TEXT = (
    "某地海关五月发布\n"
    "今年前4个月，重庆外贸进出口总值2564.6亿元，增长4.8%。其中，出口1620.3亿元，增长5.7%；"
    "进口944.3亿元，增长3.2%。\n"
    "5月8日，重庆出口机电产品12.5亿元，会议有300人参加。\n"
)
OPTIONS = ("--published", "2022-05-09", "--publisher", "某报")


@pytest.fixture
def desk(tmp_path, crossfoot):
    """A text, a home, and the commands to draft and review it there."""

    class Desk:
        path, home = tmp_path / "report.txt", tmp_path / "home"
        file = tmp_path / "report.yaml"

        def draft(self, *more, text=TEXT, options=OPTIONS):
            self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
            arguments = ("draft", self.path, *options, "--home", self.home, *more)
            return crossfoot(*arguments, cwd=ROOT, env={"PWD": str(ROOT)})

        def drafted(self):
            done = self.draft("--output", self.file)
            assert done.returncode == 0, done.stderr
            return done

        def review(self, answers):
            return subprocess.run(
                [sys.executable, "-m", "flows", "review", self.file, "--home", self.home],
                input=answers,
                capture_output=True,
                text=True,
                cwd=ROOT,
                timeout=120,
                check=False,
            )

        def records(self):
            def flat(among):
                for one in among:
                    yield one
                    yield from flat(one.get("of_which", []))

            return list(flat(yaml.safe_load(self.file.read_text("utf-8"))["figures"]))

    return Desk()


def test_a_draft_is_a_record_file_with_evidence(desk):
    done = desk.drafted()
    assert "4 figures, 1 of them unsure" in done.stdout
    assert "the day 5月8日 may be that of another event" in done.stdout
    assert "counts person" in done.stdout
    assert f"next: crossfoot review {desk.file}" in " ".join(done.stdout.split())
    data = yaml.safe_load(desk.file.read_text("utf-8"))
    archived = desk.home / "texts" / data["source"]["text"]
    assert archived.read_text("utf-8") == TEXT
    assert hashlib.sha256(archived.read_bytes()).hexdigest() == data["source"]["text_sha256"]
    total = data["figures"][0]
    assert total["area"] == "重庆市"
    assert [part["flow"] for part in total["of_which"]] == ["exports", "imports"]
    start, end = map(int, total["span"].split("-"))
    assert TEXT[start:end] == "2564.6亿元，增长4.8%"
    assert {"text": "300人", "reason": "counts person, of which no measure speaks here"} in [
        {key: one[key] for key in ("text", "reason")} for one in data["skipped"]
    ]


def test_a_misread_figure_is_a_contradiction_at_once(desk):
    done = desk.draft("--output", desk.file, text=TEXT.replace("944.3", "844.3"))
    assert done.returncode == 1
    assert "error exports-and-imports-sum-to-trade" in done.stdout


def test_figures_that_the_check_contradicts_are_unsure(desk):
    done = desk.draft("--output", desk.file, text=TEXT.replace("944.3", "844.3"))
    assert "4 figures, 4 of them unsure" in done.stdout
    total, exports, imports, other = desk.records()
    why = "the check contradicts it: exports-and-imports-sum-to-trade"
    for record in (total, exports, imports):
        assert why in record["review"]
    assert "not yet" not in total["review"]
    assert why not in other["review"]
    assert why in " ".join(done.stdout.split())
    seen = desk.review("q\n")
    assert (seen.returncode, why in " ".join(seen.stdout.split())) == (0, True)


def test_a_draft_is_readable_whatever_the_text(desk, crossfoot):
    text = (
        "4月，我国贸易逆差-$1.2 billion to $65.7 billion，出口1亿元。\n"
        f"4月，我国出口{'9' * 3000}亿元，进口1亿元，增长5%。\n"
        f"3月，我国{'石墨电极' * 800}\u200b出口5亿元。\n"
        f"{'1 ' * 3000}\n"
    )
    done = desk.draft("--output", desk.file, text=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 rejected" in crossfoot("check", desk.file).stdout
    assert desk.review("q\n").returncode == 0


@pytest.mark.parametrize("name", ["report.txt.csv", "report.gb18030.yaml"])
def test_a_draft_file_that_could_not_be_read_again_is_not_written(desk, tmp_path, name):
    done = desk.draft("--output", tmp_path / name)
    assert done.returncode == 2
    assert "name another --output, such as draft.yaml" in done.stderr
    assert not (tmp_path / name).exists()
    assert not desk.home.exists()


def test_drafts_are_checked_but_not_published(desk, crossfoot):
    desk.drafted()
    done = crossfoot("check", desk.file)
    assert "4 accepted, 0 quarantined" in done.stdout
    assert "4 drafts to review" in done.stdout
    batch = read_batch([desk.file])
    assert batch.figures == ()
    assert {row.reason for row in batch.quarantined} >= {"a draft that is not reviewed (not yet)"}


def test_a_span_that_no_longer_holds_the_value_is_an_error(desk, crossfoot):
    desk.drafted()
    changed = desk.file.read_text("utf-8").replace("1620.3", "1620.4")
    desk.file.write_text(changed, "utf-8")
    done = crossfoot("check", desk.file, env={"CROSSFOOT_HOME": str(desk.home)})
    assert done.returncode == 1
    assert "span-holds-what-is-printed" in done.stdout
    assert "which are not 1620.4亿元" in done.stdout
    elsewhere = crossfoot("check", desk.file, env={"CROSSFOOT_HOME": str(desk.home / "none")})
    assert "span-holds-what-is-printed" not in elsewhere.stdout, "not checkable without the text"


def test_review_accepts_edits_skips_and_goes_on_later(desk):
    desk.drafted()
    first = desk.review("a\ne\ngrowth: 5.8 %\nnote: seen\n\na\nq\n")
    assert first.returncode == 0, first.stderr
    assert "2 accepted, 0 skipped, 2 left" in first.stdout
    assert "今年前4个月，重庆外贸进出口总值2564.6亿元，增长4.8%。" in first.stdout
    exports = desk.records()[1]
    assert (exports["growth"], exports["note"]) == ("5.8 %", "seen")
    assert ["review" in record for record in desk.records()] == [False, False, True, True]

    second = desk.review("a\ns\n")
    assert "1 of 2" in second.stdout
    assert "1 accepted, 1 skipped, 0 left" in second.stdout
    assert second.returncode == 1, "5.8 % is not what the span prints"
    assert [record["flow"] for record in desk.records()] == ["trade", "exports", "imports"]
    assert len(read_batch([desk.file]).figures) == 3


def test_a_total_that_is_skipped_stays_for_its_parts(desk):
    desk.drafted()
    desk.review("s\nq\n")
    total, exports, *_ = desk.records()
    assert "value" not in total
    assert exports["value"] == "1620.3亿元"
    assert not read_batch([desk.file], drafts=True).problems


def test_an_edit_that_is_no_record_is_not_taken_over(desk):
    desk.drafted()
    before = desk.file.read_text("utf-8")
    done = desk.review("e\ngrowth: much\n\nq\n")
    assert "growth 'much'" in done.stdout
    assert "not taken over" in done.stdout
    assert desk.file.read_text("utf-8") == before


def test_review_ends_with_its_input(desk):
    desk.drafted()
    done = desk.review("a\n")
    assert done.returncode == 0
    assert "1 accepted, 0 skipped, 3 left" in done.stdout


def test_review_in_a_terminal_highlights_the_span(desk):
    desk.drafted()
    master, slave = pty.openpty()
    os.write(master, b"a\nq\n")
    done = subprocess.run(
        [sys.executable, "-m", "flows", "review", desk.file, "--home", desk.home],
        stdin=slave,
        stdout=subprocess.PIPE,
        env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"},
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    os.close(slave)
    os.close(master)
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "\x1b[1;7m2564.6亿元，增长4.8%" in shown


def test_line_ends_count_as_characters(desk):
    done = desk.draft("--output", desk.file, text=TEXT.replace("\n", "\r\n"))
    assert done.returncode == 0, done.stdout
    start, end = map(int, desk.records()[0]["span"].split("-"))
    assert TEXT.replace("\n", "\r\n")[start:end] == "2564.6亿元，增长4.8%"


def test_another_text_does_not_take_the_place_of_an_archived_one(desk):
    desk.drafted()
    desk.file.unlink()
    done = desk.draft("--output", desk.file, text=TEXT + "另一篇。")
    assert done.returncode == 2
    assert "another text is kept" in done.stderr
    assert "--id" in done.stderr
    assert not desk.file.exists()


def test_a_draft_in_no_folder_archives_nothing(desk):
    done = desk.draft("--output", desk.path.parent / "nowhere" / "a.yaml")
    assert (done.returncode, "there is no such folder" in done.stderr) == (2, True)
    assert not desk.home.exists()


def test_a_draft_is_not_overwritten(desk):
    desk.drafted()
    done = desk.draft("--output", desk.file)
    assert done.returncode == 2
    assert "crossfoot review" in done.stderr


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (b"", OPTIONS, "the file is empty"),
        (b" \n\n", OPTIONS, "the file is empty"),
        (b"\x00\x01\x02PK", OPTIONS, "control character U+0000"),
        (b"\xff\xfe\x00\xd8\xff", OPTIONS, "not UTF-8"),
        (TEXT.encode("gbk"), OPTIONS, "it may be GBK"),
        (b"3\xed\xa0\x80%", OPTIONS, "not UTF-8"),
        (TEXT.encode(), (), "its date of publication is not known"),
        (TEXT.encode(), ("--published", "May 2022"), "--published 'May 2022'"),
        (TEXT.encode(), ("--published", "2022", "--id", "Ä"), "--id 'Ä'"),
        (TEXT.encode(), (*OPTIONS[:3], "\x1b[2J"), "'--publisher': \\u001b[2J: holds what no"),
    ],
)
def test_unusable_input_changes_nothing(desk, text, options, message):
    done = desk.draft("--output", desk.file, text=text, options=options)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not desk.file.exists()
    assert not desk.home.exists()


def test_a_name_that_makes_no_id_asks_for_one(crossfoot, tmp_path):
    path = tmp_path / "《》.txt"
    path.write_text(TEXT)
    done = crossfoot("draft", path, "--published", "2022")
    assert (done.returncode, "say one with --id" in done.stderr) == (2, True)


def test_an_edit_that_is_no_text_is_told_and_changes_nothing(desk):
    desk.drafted()
    before = desk.file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "flows", "review", desk.file, "--home", desk.home],
        input=b"e\nnote: \xff\n\nq\n",
        capture_output=True,
        cwd=ROOT,
    )
    assert (done.returncode, b"is not UTF-8" in done.stderr) == (2, True)
    assert desk.file.read_bytes() == before


def test_a_missing_text_and_a_file_that_is_no_draft(crossfoot, tmp_path):
    done = crossfoot("draft", tmp_path / "none.txt", "--published", "2022")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)
    (tmp_path / "list.yaml").write_text("- 1\n")
    done = crossfoot("review", tmp_path / "list.yaml")
    assert (done.returncode, "is no draft" in done.stderr) == (2, True)
    (tmp_path / "bad.yaml").write_text(
        "source: {id: s, publisher: p, published: 2022}\n"
        "figures: [{id: a, area: CN, flow: trade, period: 2021, value: 1亿元, span: 9-1}]\n"
    )
    done = crossfoot("review", tmp_path / "bad.yaml")
    assert (done.returncode, "span '9-1'" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["/dev/zero", "pipe"])
def test_what_has_no_end_or_no_writer_is_not_read(name, tmp_path, crossfoot):
    os.mkfifo(tmp_path / "pipe")
    home = tmp_path / "home"
    done = crossfoot("draft", tmp_path / name, "--published", "2020-05", "--home", home)
    assert done.returncode == 2
    assert (
        f"{tmp_path / name}: cannot be read: not a regular file; make it a readable file"
        in done.stderr
    )
    assert not home.exists()
