"""Logs as programs read them: one JSON object a line.

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
        return json.dumps(line, ensure_ascii=False, default=str)


def _run(record: logging.LogRecord) -> dict[str, str]:
    """The Prefect run that logs, or that Prefect logs of, if any."""
    context = FlowRunContext.get()
    if context and context.flow_run:
        return {"run": str(context.flow_run.id)}
    run = getattr(record, "flow_run_id", None)
    return {"run": str(run)} if run else {}
