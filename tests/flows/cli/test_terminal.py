"""The command in any surroundings: encodings, streams, limits, and text that would be obeyed."""

import os
import shlex
import subprocess
import sys

import pytest

from flows.cli.terminal import Screen
from flows.process import streams
from tests.conftest import RECORDS, ROOT

COMMAND = f"{shlex.quote(sys.executable)} -m flows"
NOT_UTF8 = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
TOO_LITTLE = "error: there is too little memory for this"


@pytest.fixture
def bash(published):
    """Run a line of Bash in which {} is the command; returns the finished process."""

    def run(line, **env):
        return subprocess.run(
            ["bash", "-c", line.replace("{}", COMMAND)],
            cwd=ROOT,
            env={**os.environ, "CROSSFOOT_HOME": str(published), **env},
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run


# --- encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("env", NOT_UTF8.values(), ids=NOT_UTF8)
def test_what_an_encoding_lacks_is_escaped_and_data_is_utf8(env, bash):
    query = "select '成都' as \"市\""
    shown = bash(f"{{}} sql {shlex.quote(query)}", **env)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"\\u6210\\u90fd" in shown.stdout
    for form, expected in (("csv", "市\n成都\n"), ("json", '[{"市":"成都"}]\n')):
        asked = bash(f"{{}} sql {shlex.quote(query)} --format {form}", **env)
        assert (asked.returncode, asked.stdout.decode("utf-8")) == (0, expected)


def test_a_check_is_told_in_any_encoding(records, bash):
    path = records / "people-daily" / "2020-05-foreign-trade.yaml"
    path.write_text(path.read_text("utf-8").replace("area: 成都市", "area: 成都城"), "utf-8")
    done = bash(f"{{}} check {shlex.quote(str(path))}", **NOT_UTF8["C"])
    assert done.returncode == 2
    assert b"\\u6210\\u90fd\\u57ce" in done.stderr
    assert b"Traceback" not in done.stderr


def test_bytes_that_are_no_text_are_told(bash):
    done = bash(r"printf 'select 1 as a;\n\xff;\nselect 2 as a;' | {} shell --format csv")
    assert (done.returncode, done.stdout) == (2, b"a\n1\na\n2\n")
    assert done.stderr == b"error: \\udcff;: is not UTF-8; write or name it so\n"
    for line in (r"{} sql $'select \xff'", r"CROSSFOOT_HOME=$'/tmp/\xff' {} run"):
        done = bash(line)
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), line
        assert done.stderr.startswith(b"error: ")


# --- streams -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["sql 'from figures'", "sql 'from figures' --format csv", "check {} --json", "--help"],
)
def test_a_full_disk_for_what_is_printed_is_told(line, bash):
    done = bash(f"{{}} {line.replace('{}', str(RECORDS))} >/dev/full")
    told = b"error: standard output: No space left on device; free space there\n"
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.slow
def test_that_nobody_hears_of_it_changes_no_exit_code(records, bash):
    """A run that is withheld, and whose reader has seen enough, is withheld all the same."""
    path = records / "people-daily" / "2020-05-foreign-trade.yaml"
    path.write_text(path.read_text("utf-8").replace("1539.7亿元", "2539.7亿元"), "utf-8")
    check = f"{{}} check {shlex.quote(str(path))}"
    for streams_ in ("| true", "--json | true", "2>/dev/full", "<&- >&- 2>&-"):
        done = bash(f"{check} {streams_}; exit ${{PIPESTATUS[0]}}")
        assert (done.returncode, done.stderr) == (1, b""), streams_


def test_a_closed_input_is_an_empty_one(bash):
    done = bash("{} shell <&-")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_signal_ends_in_words_where_input_is_closed(bash):
    """What listens for signals must not have taken the place of the closed input."""
    endless = "select count(*) from range(10_000_000_000) one, range(1_000) another"
    done = bash(f'timeout --signal=TERM 3 {{}} sql "{endless}" <&-; exit $?')
    assert done.stderr.startswith(b"ended by SIGTERM; ")


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ulimit -v 100000; {} --help", TOO_LITTLE),  # nothing can be loaded
        ("ulimit -v 600000; {} check warehouse/example/records", TOO_LITTLE),  # DuckDB would crash
        ("cd $(mktemp -d) && rmdir $PWD && {} releases", "error: the working directory is gone"),
    ],
)
def test_what_the_machine_lacks_is_told(line, told, bash):
    done = bash(line, PYTHONPATH=str(ROOT))
    assert done.returncode == 2
    assert done.stderr.decode().startswith(told)
    assert b"Traceback" not in done.stderr


def test_a_limit_of_its_own_is_kept_to(bash):
    done = bash("ulimit -v 1200000; {} sql 'select 1 as a' --format csv")
    assert (done.returncode, done.stdout) == (0, b"a\n1\n"), done.stderr


@pytest.mark.parametrize("env", [{"PYTHONWARNINGS": "error"}, {"PYTHONOPTIMIZE": "2"}])
def test_what_the_environment_changes_of_python_is_left_out(env, bash):
    done = bash("{} check --help", **env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Check record files while you write them" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("env", [{"PYTHONWARNINGS": "error"}, {"PYTHONOPTIMIZE": "2"}])
def test_a_run_heeds_neither(env, bash, tmp_path):
    assert bash(f"{{}} run --home {tmp_path}/home", **env).returncode == 0


# --- the last resort -----------------------------------------------------------------------------


def test_what_nobody_foresaw_says_what_to_report():
    code = """
import sys
import expectations.check
def check(*arguments, **options):
    return 1 / 0
expectations.check.check = check
sys.argv = ["crossfoot", "check", "records"]
from flows.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    first, second, third = done.stderr.splitlines()
    assert first == "error: unforeseen: ZeroDivisionError: division by zero"
    assert second.startswith("  at flows/cli/check.py:")
    assert ", in <string>:5, crossfoot " in second
    assert third == "  please report this with the command and the record that led to it"


# --- what a terminal would obey ------------------------------------------------------------------

OBEYED = "\x1b[2J\x9b31m\u202e\u2066\u200b\x07\r\u2028\U000e0041\x1b]52;c;eA==\x07"
SHOWN = (
    "\\u001b[2J\\u009b31m\\u202e\\u2066\\u200b\\u0007\\u000d\\u2028\\U000e0041"
    "\\u001b]52;c;eA==\\u0007"
)


def test_text_is_made_visible():
    assert streams.visible(OBEYED) == SHOWN
    plain = "成都市\t+5.9%\n　“é”"
    assert streams.visible(plain) == plain


def test_a_console_shows_all_text_and_obeys_none(capsys):
    from rich.table import Table
    from rich.text import Text

    screen = Screen()
    table = Table()
    table.add_column("[bold]a[/] :smile:")
    table.add_row("\x1b[2J[link=http://a]b[/link]")
    for printed in (table, Text("\x1b]8;;http://a\x9b"), "\x1b[0m[red]c[/red] :smile: \u202e"):
        screen.print(printed)
    shown = capsys.readouterr().out
    assert not any(control in shown for control in ("\x1b", "\x9b", "\u202e"))
    for text in ("[bold]a[/] :smile:", "[link=http://a]b[/link]", "[red]c[/red] :smile: \\u202e"):
        assert text in shown


@pytest.mark.parametrize(
    "arguments",
    ["check --{}", "{}", "check {}.yaml", "run --periods {}", "acknowledge a --reason {}"],
)
def test_arguments_are_shown_as_text(arguments, bash):
    done = bash("{} " + arguments.replace("{}", "$'\\e[31m[bold]x[/]\\u202e'"), LC_ALL="C.UTF-8")
    assert done.returncode == 2
    shown = done.stderr.decode()
    assert "[bold]x[/]" in shown
    assert not any(control in shown for control in ("\x1b", "\u202e"))


def test_data_on_a_terminal_is_shown_and_in_a_file_as_it_is(bash, tmp_path):
    query = shlex.quote("select chr(27) || chr(155) || chr(8238) as a")
    assert bash(f"{{}} sql {query} --format csv").stdout.decode() == "a\n\x1b\x9b\u202e\n"
    command = shlex.quote(f"{COMMAND} sql {query} --format csv")
    done = bash(f"script -qec {command} /dev/null")
    assert done.stdout.decode() == "a\r\n\\u001b\\u009b\\u202e\r\n"
