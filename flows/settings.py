"""Settings of the flows: from the command line, else the environment, else these defaults.

Belongs here: every value an operator may set, with its meaning; and Prefect's own environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

import warehouse
from expectations.acknowledgements import shipped


class Settings(BaseSettings):
    """Each is read from CROSSFOOT_<NAME> in the environment."""

    model_config = SettingsConfigDict(env_prefix="CROSSFOOT_", extra="ignore")

    home: Path = Field(default=Path("data"), description="everything that Crossfoot makes")
    records: Path = Field(
        default=Path(warehouse.__file__).parent / "records", description="record files to ingest"
    )
    acknowledged: Path = Field(
        default=shipped(), description="file of findings that a reviewer accepted"
    )
    lock_timeout: float = Field(
        default=60, ge=0, description="seconds to wait for another publisher"
    )
    keep_releases: int = Field(default=10, ge=1, description="releases that are kept")
    memory_limit: str = Field(default="1GB", description="most memory that DuckDB may use")
    query_timeout: float = Field(
        default=60, gt=0, description="seconds that a statement of `sql` or `shell` may take"
    )


def prepare_prefect(home: Path) -> None:
    """Set Prefect's environment before it is imported; what the operator has set stays.

    Prefect's own files go below the home, which is created for this user alone; nothing is reported
    to anyone; the console shows Crossfoot's progress, not Prefect's. Raises OSError where the home
    cannot be used.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    prefect_home = home.absolute() / "prefect"
    prefect_home.mkdir(exist_ok=True)
    defaults = {
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "crossfoot",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_LOGGERS_PREFECT_LEVEL": "INFO",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
