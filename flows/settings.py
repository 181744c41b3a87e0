"""Settings: from the command line, else the environment, else a file, else these defaults.

Belongs here: every value an operator may set, with its meaning; and Prefect's own environment.
The page docs/reference/settings.md is made from the class `Settings`.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ByteSize,
    Field,
    HttpUrl,
    Secret,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from expectations import acknowledgements
from warehouse import project
from warehouse.system import files, storage
from warehouse.system.failure import Failure
from warehouse.system.files import FormError, Problem

# Files that may hold settings, the one that counts first, and the table in which they stand.
FILES: dict[str, tuple[str, ...]] = {project.FILE: (), "pyproject.toml": ("tool", "crossfoot")}

LEAST_SILENCE = 60  # seconds for which every watchdog waits for a sign of life

_LONGEST = 80  # characters of a wrong value that a message shows
_SIZE = re.compile(r"\d{1,6}(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)  # those that DuckDB knows
_USERINFO = re.compile(r"(?<=://)[^/?#\s\"'<>]*@")
_LEAST_MEMORY = 150_000_000  # bytes, which the release of the shipped records takes


def _size(text: str) -> str:
    """A size of memory. Raises ValueError."""
    if not _SIZE.fullmatch(text):
        raise ValueError("is no size such as 1GB or 512MB")
    if TypeAdapter(ByteSize).validate_python(text) < _LEAST_MEMORY:
        raise ValueError(f"is less than the {_LEAST_MEMORY // 1_000_000}MB that a release takes")
    return text


def _path(path: Path) -> Path:
    """A path that can be printed. Raises ValueError."""
    try:
        if b"\0" not in str(path).encode():
            return path
    except UnicodeEncodeError:
        pass
    raise ValueError("is no text; name another, or set LC_ALL=C.UTF-8 where it is UTF-8")


def _named(path: Any) -> Any:
    """The path as given. Raises ValueError for empty text: that is no working directory."""
    if path == "":
        raise ValueError("is empty; name a path")
    return path


Location = Annotated[Path, BeforeValidator(_named), AfterValidator(_path)]


def _home() -> Path:
    return Path("data") if project.is_example() else project.root() / "data"


class Settings(BaseSettings):
    """Each is read from CROSSFOOT_<NAME> in the environment, else from the project's
    `crossfoot.toml` or one in the working directory, else from the table `tool.crossfoot` of
    `pyproject.toml` there. Paths in the project's file begin at its folder.
    """

    model_config = SettingsConfigDict(
        env_prefix="CROSSFOOT_",
        env_ignore_empty=True,
        extra="forbid",
        allow_inf_nan=False,
    )

    home: Location = Field(default_factory=_home, description="everything that Crossfoot makes")
    records: Location = Field(
        default_factory=partial(project.own, "records"), description="record files to ingest"
    )
    acknowledged: Location = Field(
        default_factory=acknowledgements.default_file,
        description="file of findings that a reviewer accepted",
    )
    lock_timeout: float = Field(
        default=60, ge=0, description="seconds to wait for another publisher"
    )
    keep_releases: int = Field(default=10, ge=1, description="releases that are kept")
    memory_limit: Annotated[str, AfterValidator(_size)] = Field(
        default="1GB", description="most memory of each DuckDB database at work"
    )
    query_timeout: float = Field(
        default=60, gt=0, description="seconds that a statement of `sql` or `shell` may take"
    )
    port: int = Field(
        default=4200, ge=1, le=65535, description="loopback port of the server of `crossfoot serve`"
    )
    alert_webhook: Secret[HttpUrl] | None = Field(
        default=None, description="URL that each alert is posted to, as JSON"
    )
    alert_command: SecretStr | None = Field(
        default=None, description="command that gets each alert on its standard input, as JSON"
    )
    detail_files: Location | None = Field(
        default=None,
        description="folder whose files the deployment `crossfoot-detail/detail` may load; "
        "unset, the home",
    )
    stale_after: float = Field(
        default=36, gt=0, le=1_000_000, description="hours after which the current release is stale"
    )
    killed_after: float = Field(
        default=120,
        ge=LEAST_SILENCE,
        le=1_000_000,
        description="seconds without a sign of life after which a run is dead",
    )

    @classmethod
    def given(cls, **values: Any) -> Settings:
        """The settings, with those of `values` that are not None. Raises SettingsError."""
        try:
            return cls(**{name: value for name, value in values.items() if value is not None})
        except ValidationError as error:
            (first, *_) = error.errors(include_url=False, include_input=False)
            message = first["msg"].removeprefix("Value error, ")
            raise SettingsError(_setting_problem(str(first["loc"][0]), message, values)) from None
        except FormError as error:
            raise SettingsError(str(error)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources of settings, the one that wins first."""
        return (
            init_settings,
            env_settings,
            *(InitSettingsSource(settings_cls, _from_file(name)) for name in FILES),
        )

    def options(self, *names: str) -> list[str]:
        """The project, and those of these paths that are not the defaults, as options of a command
        that works from any folder.
        """
        own = [] if project.is_example() else ["--project", str(project.root())]
        paths = {name: getattr(self, name) for name in names}
        return own + [
            text
            for name, path in paths.items()
            if path != type(self).model_fields[name].get_default(call_default_factory=True)
            for text in (f"--{name}", str(path.absolute()))
        ]

    def below(self, folder: str, parameter: str, path: Path) -> Path:
        """A path that a run's parameter names, taken from the folder that a setting names.

        Raises SettingsError where it lies anywhere else, symbolic links followed.
        """
        allowed: Path = getattr(self, folder) or self.home
        try:
            lies = Path(os.path.realpath(allowed / path)).is_relative_to(os.path.realpath(allowed))
        except ValueError:  # no path at all
            lies = False
        if not lies:
            raise SettingsError(
                f"parameter {parameter}: {str(path)!r} does not lie in {allowed}, where a run by a "
                f"worker must stay; name what does, or start the worker with another "
                f"CROSSFOOT_{folder.upper()}"
            )
        return allowed / path

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for other processes anywhere on the machine.

        Paths are absolute. Secrets are in it: give it to a process, print it nowhere.
        """
        variables = {}
        for name, value in self:
            if isinstance(value, Secret | SecretStr):
                value = value.get_secret_value()
            elif isinstance(value, Path):
                value = value.absolute()
            if value is not None:
                variables[f"CROSSFOOT_{name.upper()}"] = str(value)
        return variables | {project.VARIABLE: str(project.root())}


def _from_file(name: str) -> dict[str, Any]:
    """The settings of a file; paths in the one of the project begin at the project's folder."""
    table, path = _table(name)[0], _file(name)
    if path.is_absolute():
        for key, value in table.items():
            field = Settings.model_fields.get(key)
            if field and "Path" in repr(field.annotation) and isinstance(value, str) and value:
                table[key] = path.parent / value
    return table


def _table(name: str) -> tuple[dict[str, Any], str]:
    """The settings in a file, none if it is missing, and its text.

    Raises FormError.
    """
    path = _file(name)
    if not os.path.lexists(path):
        return {}, ""
    table: Any
    table, text = files.toml(path, name)
    for key in FILES[name]:
        table = table.get(key, {})
        if not isinstance(table, dict):
            remedy = f"write [{'.'.join(FILES[name])}]"
            raise FormError(Problem(name, _line(text, key), "is no table", remedy, key))
    return {key: value for key, value in table.items() if key != project.TABLE}, text


def _file(name: str) -> Path:
    """Where settings are read from: the project's own file, or one of the working directory."""
    if name == project.FILE and not project.is_example():
        return project.root() / name
    return Path(name)


def _line(text: str, key: str) -> int:
    """The line of a TOML text on which a key stands, 0 where it is not found."""
    stands = re.compile(rf"""[ \t]*(\[.*)?["']?\b{re.escape(key)}\b["']?[ \t]*[]=.]""")
    for number, line in enumerate(text.splitlines(), 1):
        if stands.match(line):
            return number
    return 0


def _setting_problem(name: str, message: str, given: Mapping[str, Any]) -> str:
    """What is wrong with a setting, and where to mend it: in the place that it came from."""
    field = Settings.model_fields.get(name)
    variable = f"CROSSFOOT_{name.upper()}"

    def shown(value: object) -> str:
        # A name that is no setting may be a misspelt secret.
        if field is None or "Secret" in repr(field.annotation):
            return ""
        return str(value)[:_LONGEST]

    if given.get(name) is not None:
        return f"setting {name} {shown(given[name])!r}: {message}; mend --{name}"
    for file in () if os.environ.get(variable) else FILES:
        table, text = _table(file)
        if name in table:
            remedy = "mend it"
            if field is None:
                message = "is no setting"
                near = difflib.get_close_matches(name, Settings.model_fields, 1)
                listed = "docs/reference/settings.md"
                remedy = f"is it {near[0]}?" if near else f"take it out; {listed} lists them all"
            value = shown(table[name])
            return str(Problem(file, _line(text, name), message, remedy, name, value))
    value = repr(shown(os.environ.get(variable, "")))
    return f"setting {name} {value}: {message}; mend {variable} in the environment"


class SettingsError(Failure):
    """A setting that cannot be: its name, what is wrong with it, and where to mend it."""


class ServingError(Failure):
    """`crossfoot serve` could not start, or lost one of its processes: one line."""


def without_userinfo(text: str) -> str:
    """The text with the user and password taken out of every address in it."""
    return _USERINFO.sub("", text)


def prepare_prefect(home: Path, console: bool = True) -> None:
    """Set Prefect's environment before it is imported; what the operator has set stays.

    Prefect's own files go below the home, for this user alone; nothing is reported to anyone. With
    `console` a person looks on, who is shown Crossfoot's progress and not Prefect's; without, all
    logs are JSON on stderr, one object a line. Raises OSError where the home cannot be used, and
    FormError where others may change Prefect's part of it: it runs code.
    """
    prefect_home = storage.private(home.absolute(), "prefect")
    defaults = {
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LOGGERS_PREFECT_LEVEL": "INFO",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    }
    if console:
        defaults["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    else:
        defaults["PREFECT_LOGGING_SETTINGS_PATH"] = str(project.file("service", "logging.yml"))
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    # A proxy elsewhere should not see what goes to this machine's own server.
    spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = ",".join(filter(None, [spared, "127.0.0.1", "localhost", "::1"]))
