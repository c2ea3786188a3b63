"""The short id that ties a request, the job it asked for and their log lines together."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from celery import current_task

from accounts.tracing import agency_id, calling_key


class AtWork(NamedTuple):
    """The job that this worker holds."""

    job_id: int
    kind: str


trace_id: ContextVar[str] = ContextVar("trace_id", default="-")
at_work: ContextVar[AtWork | None] = ContextVar("at_work", default=None)


@contextmanager
def traced(name: str, agency: int | None = None, job: AtWork | None = None) -> Iterator[None]:
    """What is logged inside belongs to this request or job; what was at hand before is so again afterwards."""
    name_token, agency_token, job_token = trace_id.set(name), agency_id.set(agency), at_work.set(job)
    key_token = calling_key.set(None)
    try:
        yield
    finally:
        trace_id.reset(name_token)
        agency_id.reset(agency_token)
        at_work.reset(job_token)
        calling_key.reset(key_token)


class TraceFilter(logging.Filter):
    """Gives every log record the ids of what it was written for."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of a bad answer when all middleware has finished: the request still knows.
        request = getattr(record, "request", None)
        record.trace_id = getattr(request, "trace_id", None) or trace_id.get()
        record.agency_id = getattr(request, "agency_id", None) or agency_id.get()
        job = at_work.get()
        record.job_id, record.job_kind = job or (None, None)
        record.task = current_task.name if current_task else None
        return True
