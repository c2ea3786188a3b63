"""How log lines look: one JSON object each for a machine to collect, or plain for a person at a terminal."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from portal.scrubbing import scrub

FIELDS = {
    "trace_id": "request",
    "job_id": "job",
    "job_kind": "kind",
    "task": "task",
    "agency_id": "agency",
    "method": "method",
    "route": "route",
    "status": "status",
    "milliseconds": "ms",
}
"""What a record may carry besides its message, and under which name it is said."""
FORMATS = ("json", "line")


class Lines(logging.Formatter):
    """A plain line, with the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object on one line: `time` in UTC, `level`, `logger`, `message`, what `FIELDS` names, `error`."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(message_of(record)),
        }
        for attribute, name in FIELDS.items():
            value = getattr(record, attribute, None)
            if value not in (None, "-"):
                said[name] = value
        if record.exc_info:
            said["error"] = scrub(self.formatException(record.exc_info))
        return orjson.dumps(said, default=str).decode()


def message_of(record: logging.LogRecord) -> str:
    """The message; where it names the path of a request, its route instead: paths may hold secrets of their own."""
    message, request = record.getMessage(), getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    return message.replace(request.path, match.route) if request and match else message


SERVERS = {"gunicorn", "celery"}
"""Programs whose output is their log; of all others it is what they were asked for."""


def stream() -> str:
    """Where lines go that machines collect. What a command prints on its standard output is its answer."""
    serves = SERVERS & set(Path(sys.argv[0]).parts)
    return "ext://sys.stdout" if serves else "ext://sys.stderr"


def logging_config(style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for a style of `FORMATS`, any other being plain."""
    is_json = style == "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"trace": {"()": "estates.jobs.tracing.TraceFilter"}},
        "formatters": {
            "json": {"()": "portal.logs.JsonLines"},
            "line": {
                "()": "portal.logs.Lines",
                "format": "%(asctime)s %(levelname)s %(name)s [%(trace_id)s] %(message)s",
            },
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": stream() if is_json else "ext://sys.stderr",
                "formatter": "json" if is_json else "line",
                "filters": ["trace"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # A handler of Django's own would say the same once more, in words that nobody has looked through.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # The relay alone would be four lines a second; what became of a job, the job says.
            **{
                name: {"level": "WARNING"}
                for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy", "kombu", "urllib3")
            },
        },
    }
