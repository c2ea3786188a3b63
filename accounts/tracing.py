"""Whose affair is at hand, for log lines and error reports, and for saying later who asked. It opens nothing."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import PartnerKey

agency_id: ContextVar[int | None] = ContextVar("agency_id", default=None)
calling_key: ContextVar[PartnerKey | None] = ContextVar("calling_key", default=None)
"""The partner's key with which the API is being called."""
