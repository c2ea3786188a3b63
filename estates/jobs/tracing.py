"""The short id that ties a request, the job it asked for and their log lines together."""

import logging
from contextvars import ContextVar

trace_id: ContextVar[str] = ContextVar("trace_id", default="-")


class TraceFilter(logging.Filter):
    """Gives every log record the id of what it was written for."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.trace_id = trace_id.get()
        return True
