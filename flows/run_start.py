"""How each flow run begins, whoever started it: its settings, and where its lines go.

A run by the command does what its user may do, and takes any path. What a worker runs was asked for
by whoever reaches the server, begins in a folder that goes away with it, and stays within the
worker's settings. Belongs here: the limits that follow from that. Does not belong here: what may
be set (settings.py), and what flows do. This module imports Prefect.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from prefect.context import FlowRunContext

from flows.settings import Settings, SettingsError
from warehouse.system.python_runtime import end_quietly


def begin(home: Path | None = None, records: Path | None = None) -> Settings:
    """The settings of the run that begins; its log lines go to Prefect from here on.

    Raises SettingsError, also where a worker's run is given a `home` or `records` that lies outside
    of those set.
    """
    _log_to_prefect()
    if not is_by_worker():
        return Settings.given(home=home, records=records)
    end_quietly()
    settings = Settings.given()
    for name, value in settings:
        if isinstance(value, Path) and not value.is_absolute():
            raise SettingsError(
                f"setting {name}: {str(value)!r} would lie in a folder that goes away with the "
                f"run; start the worker with an absolute path in CROSSFOOT_{name.upper()}"
            )
    return Settings.given(
        home=home and settings.below("home", "home", home),
        records=records and settings.below("records", "records", records),
    )


def files_of(settings: Settings, files: Sequence[Path], form: str) -> tuple[list[Path], str]:
    """The files of customs detail and the format that a run is to read.

    Raises SettingsError where a worker's run is given one outside of the folder set for them.
    """
    if not is_by_worker():
        return list(files), form
    if Path(form).suffix or Path(form).name != form:  # not a name, but a file of the operator's
        form = str(settings.below("detail_files", "form", Path(form)))
    return [settings.below("detail_files", "files", file) for file in files], form


def is_by_worker() -> bool:
    """Whether the run is one of a deployment."""
    context = FlowRunContext.get()
    return bool(context and context.flow_run and context.flow_run.deployment_id)


def _log_to_prefect() -> None:
    """Have Prefect keep the lines of Crossfoot's logger, and show them beside the run."""
    log = logging.getLogger("crossfoot")
    if not log.isEnabledFor(logging.INFO):
        log.setLevel(logging.INFO)
    for handler in logging.getLogger("prefect.extra").handlers:
        log.addHandler(handler)
