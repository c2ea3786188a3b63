"""Whose affair is at hand, for log lines and error reports. Nothing is looked up by it."""

from contextvars import ContextVar

agency_id: ContextVar[int | None] = ContextVar("agency_id", default=None)
