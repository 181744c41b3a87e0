"""Settings: where each may stand, which place wins, and how a wrong one is told."""

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
        ("keep_releases = 0", "setting keep_releases: Input should be greater than or equal to 1"),
        ("keep_release = 5", "setting keep_release: Extra inputs are not permitted"),
        ("port = 'http'", "setting port: Input should be a valid integer"),
        ("alert_webhook = 'hook'", "setting alert_webhook: Input should be a valid URL"),
        *(
            (f"memory_limit = {size!r}", f"setting memory_limit: {size!r} is no size such as 1GB")
            for size in ("none", "-1", "0", "1XB", "1e99GB", "99999999GB", "", "1GB; x")
        ),
        ("memory_limit = '1MB'", "setting memory_limit: '1MB' is less than the 150MB"),
        ("query_timeout = inf", "setting query_timeout: Input should be a finite number"),
        ("stale_after = 1e300", "setting stale_after: Input should be less than or equal to"),
        ("port = ", "crossfoot.toml or pyproject.toml cannot be read: Invalid value"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(line, told, folder, crossfoot):
    (folder / "crossfoot.toml").write_text(line)
    with pytest.raises(SettingsError, match=r"crossfoot\.toml"):
        Settings.given()
    done = crossfoot("releases", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {told}")
    assert "Traceback" not in done.stderr


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
