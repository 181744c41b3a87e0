"""Logs as programs read them: one JSON object a line, and what libraries may not write there.

Belongs here: the form of a log line. Does not belong here: where it goes (logging.yml) and what is
logged (the modules that do the work). This module imports Prefect.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from prefect.context import FlowRunContext

from flows.outcome import Unpublished
from flows.settings import without_userinfo
from warehouse.system.failure import Failure


class JsonFormatter(logging.Formatter):
    """time (UTC), level, logger, message, the run's id within one, and the counts.

    The counts are the named arguments of the message, `log.info("read %(files)d files", {…})`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception's traceback is a field of it."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_run(record),
        }
        if isinstance(record.args, Mapping):
            line["counts"] = dict(record.args)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return without_userinfo(json.dumps(line, ensure_ascii=False, default=str))


class WithoutTraceback(logging.Filter):
    """For what anyone on this machine may provoke: the error's name alone, in the message."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line passes."""
        if record.exc_info and record.exc_info[0]:
            record.msg = f"{record.getMessage()}: {record.exc_info[0].__name__}"
            record.args = record.exc_info = None
        return True


def _run(record: logging.LogRecord) -> dict[str, str]:
    """The Prefect run that logs, or that Prefect logs of, if any."""
    context = FlowRunContext.get()
    if context and context.flow_run:
        return {"run": str(context.flow_run.id)}
    run = getattr(record, "flow_run_id", None)
    return {"run": str(run)} if run else {}


def restrain_libraries() -> None:
    """Keep secrets and repeated tracebacks out of the loggers of libraries, for every handler.

    Their filters see a line before any handler does, and outlast whatever configures logging.
    """
    # urllib3 writes the path and query of what it fetches, in which the webhook has its token; the
    # caller logs what became of a request.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("urllib3")]:
        logging.getLogger(name).addFilter(_nothing)
    # Prefect calls every run that does not complete unexpected, and logs its traceback twice.
    for name in ("prefect.flow_runs", "prefect.task_runs", "prefect.engine"):
        logging.getLogger(name).addFilter(_in_words)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def _in_words(record: logging.LogRecord) -> bool:
    """Whether the line is to be written: once for an error that is expected, in its own words."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, Unpublished):
        return False  # the run itself says so, and its alert
    if isinstance(error, Failure):
        if _is_logged(error):
            return False
        record.msg, record.args, record.exc_info = str(error), None, None
    return True


def _is_logged(error: BaseException) -> bool:
    """Whether the error was logged before; from now on it counts as logged."""
    logged = getattr(error, "is_logged", False)
    error.is_logged = True  # type: ignore[attr-defined]  # a Failure has a __dict__
    return bool(logged)
