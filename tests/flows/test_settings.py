"""Settings: where each may stand, which place wins, and how a wrong one is told."""

import os
import traceback

import pytest

from flows.settings import Settings, SettingsError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory, empty, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CROSSFOOT_{name.upper()}", raising=False)
    return tmp_path


def test_nearer_to_the_run_wins(folder, monkeypatch):
    (folder / "pyproject.toml").write_text(
        "[tool.crossfoot]\nkeep_releases = 2\nlock_timeout = 2\nstale_after = 2\nport = 2"
    )
    assert Settings.given().keep_releases == 2
    (folder / "crossfoot.toml").write_text("keep_releases = 3\nlock_timeout = 3\nstale_after = 3")
    monkeypatch.setenv("CROSSFOOT_KEEP_RELEASES", "4")
    monkeypatch.setenv("CROSSFOOT_LOCK_TIMEOUT", "4")
    settings = Settings.given(keep_releases=5, lock_timeout=None)
    told = (settings.keep_releases, settings.lock_timeout, settings.stale_after, settings.port)
    assert told == (5, 4, 3, 2)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("keep_releases = 0", "keep_releases '0': Input should be greater than or equal to 1"),
        ("keep_release = 5", "keep_release: is no setting; is it keep_releases?"),
        ("xyz = 5", "xyz: is no setting; take it out"),
        ("port = 'http'", "port 'http': Input should be a valid integer"),
        ("alert_webhook = 'hook'", "alert_webhook: Input should be a valid URL"),
        *(
            (f"memory_limit = {size!r}", f"memory_limit{shown}: is no size such as 1GB")
            for size in ("none", "-1", "0", "1XB", "1e99GB", "99999999GB", "", "1GB; x")
            for shown in [f" {size!r}" if size else ""]
        ),
        ("memory_limit = '1MB'", "memory_limit '1MB': is less than the 150MB"),
        ("query_timeout = inf", "query_timeout 'inf': Input should be a finite number"),
        ("stale_after = 1e300", "stale_after '1e+300': Input should be less than or equal to"),
        ("home = 5", "home '5': Input is not a valid path"),
        ("home = {x = 1}", "home \"{'x': 1}\": Input is not a valid path"),
        (r"home = 'a\u0000'".replace("'", '"'), r"home 'a\x00': is no text"),
        ("port = ", "is no TOML: Invalid value; mend it"),
        ("port = 1\nport = 2", ":2: is no TOML: Cannot overwrite a value; mend it"),
        ("port = 1\n[a", ":2: is no TOML: "),
    ],
)
@pytest.mark.parametrize(
    ("name", "head"), [("crossfoot.toml", ""), ("pyproject.toml", "[tool.crossfoot]\n")]
)
def test_a_wrong_setting_in_a_file_is_named_with_its_remedy(name, head, line, told, folder):
    (folder / name).write_text(head + line)
    with pytest.raises(SettingsError) as raised:
        Settings.given()
    said = str(raised.value)
    assert said.startswith(f"{name}:")
    assert told.lstrip(":0123456789") in said
    lines = head.count("\n") + 1 + (told[:1] == ":")
    assert said.startswith(f"{name}:{lines}: ")


@pytest.mark.parametrize(
    ("lay", "told"),
    [
        (lambda path: path.mkdir(), "cannot be read: not a regular file"),
        (os.mkfifo, "cannot be read: not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "cannot be read: not a regular file"),
        (lambda path: path.symlink_to("nowhere"), "cannot be read: No such file or directory"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: path.write_bytes(b"port = 1\n# \xa3"), ":2: byte 11 is not UTF-8"),
        (lambda path: path.write_bytes("port = 1".encode("utf-16")), ":1: byte 0 is not UTF-8"),
        (lambda path: path.write_bytes(bytes(9 << 20)), "is more than the limit of"),
        (lambda path: path.write_text("# a\ntool = 1\n"), ":2: tool: is "),
        (lambda path: path.write_bytes(b"\xef\xbb\xbfkeep_releases = 3\r\n"), None),
        (lambda path: path.write_text("port = " + 20_000 * "["), "is no TOML: nested too deep"),
        (lambda path: path.write_text("port = " + 5_000 * "1"), "is no TOML: Exceeds the limit"),
        (lambda path: path.write_text(""), None),
    ],
)
@pytest.mark.parametrize("name", ["crossfoot.toml", "pyproject.toml"])
def test_whatever_lies_where_settings_are_read_is_told_in_words(name, lay, told, folder, crossfoot):
    lay(folder / name)
    done = crossfoot("releases", cwd=folder)
    assert "Traceback" not in done.stderr
    if told is None:
        assert done.returncode == 0
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: {name}")
        assert told in done.stderr


def test_a_wrong_setting_is_mended_where_it_came_from(folder, monkeypatch, crossfoot):
    (folder / "crossfoot.toml").write_text("port = 'file'\n")
    monkeypatch.setenv("CROSSFOOT_PORT", "here")
    with pytest.raises(SettingsError, match=r"^setting port 'here': .*; mend CROSSFOOT_PORT"):
        Settings.given()
    with pytest.raises(SettingsError, match=r"^setting port 'given': .*; mend --port$"):
        Settings.given(port="given")


@pytest.mark.parametrize(
    "line",
    [
        "alert_webhook = 'ftp://user:s3cret@127.0.0.1/s3cret'",
        "alert_webhook = 's3cret'",
        "alert_webhook = 'http://127.0.0.1:s3cret/'",
        "alert_webhook = ['s3cret']",
        "alert_webhook = {s3cret = 's3cret'}",
        "alert_command = ['curl', 's3cret']",
        "alert_webhook = 'http://127.0.0.1/s3cret",
        "alert_webhok = 'http://127.0.0.1/s3cret'",
    ],
)
def test_a_wrong_secret_is_not_told(line, folder):
    (folder / "crossfoot.toml").write_text(line)
    with pytest.raises(SettingsError) as raised:
        Settings.given()
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_another_process_gets_the_same_settings(folder, monkeypatch):
    settings = Settings.given(home="here", alert_webhook="http://127.0.0.1/secret", port=4201)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir("/")
    again = Settings.given()
    assert again.home == folder / "here"
    assert again.model_dump(exclude={"home", "acknowledged", "records"}) == settings.model_dump(
        exclude={"home", "acknowledged", "records"}
    )
    assert str(again.alert_webhook.get_secret_value()) == "http://127.0.0.1/secret"
    assert "secret" not in repr(again)


@pytest.mark.parametrize("console", [True, False])
def test_prefect_reports_to_nobody(console, tmp_path, python, monkeypatch):
    for name in ("CI", "DO_NOT_TRACK", "PREFECT_SERVER_ANALYTICS_ENABLED", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    code = f"""
from pathlib import Path
from flows.settings import prepare_prefect
prepare_prefect(Path({str(tmp_path)!r}), console={console})
from prefect.analytics import is_telemetry_enabled
from prefect.settings import get_current_settings
settings = get_current_settings()
print(settings.server.analytics_enabled, is_telemetry_enabled(), settings.home)
print(settings.results.persist_by_default)
"""
    told = python("-c", code).stdout.split()
    assert told == ["False", "False", str(tmp_path / "prefect"), "False"]


def test_an_empty_name_is_no_working_directory(folder, monkeypatch, crossfoot):
    done = crossfoot("run", "--home", "", cwd=folder)
    assert done.returncode == 2
    assert "'--home' (env var: 'CROSSFOOT_HOME'): is empty; name a folder" in done.stderr
    assert not list(folder.iterdir())
    monkeypatch.setenv("CROSSFOOT_HOME", "")
    assert str(Settings.given().home) == "data"
    (folder / "crossfoot.toml").write_text("home = ''\n")
    with pytest.raises(SettingsError, match=r"^crossfoot\.toml:1: home: is empty; name a path"):
        Settings.given()
