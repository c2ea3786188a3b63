"""Errors to Sentry, where SENTRY_DSN is set: what broke and where in the code, never with whose data.

Only what is logged as an error goes there. Nothing is hooked into requests, queries or calls, no variable is read,
and an event that leaves is made anew of the few things named here.
"""

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn, Dsn

from estates.jobs.tracing import TraceFilter
from portal.logs import FIELDS, message_of
from portal.scrubbing import scrub

KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
KEPT_OF_A_FRAME = (
    *("filename", "module", "function", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)


def is_dsn(text: str) -> bool:
    try:
        Dsn(text)
    except BadDsn:
        return False
    return True


def report_to(dsn: str, release: str, **options: Any) -> None:
    """Begins to report; `options` are more of `sentry_sdk.init`.

    What tells persons (`send_default_pii`, or `user_info` as it is called now) is off where nothing is said of it.
    """
    sentry_sdk.init(
        dsn,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=reported,
        **options,
    )


def reported(event: Event, hint: Hint) -> Event:
    """The event that leaves, instead of what Sentry's library has gathered."""
    whole: dict[str, Any] = dict(event)
    told: dict[str, Any] = {name: whole[name] for name in KEPT if name in whole}
    record = hint.get("log_record")
    if isinstance(record, logging.LogRecord):
        TraceFilter().filter(record)
        told["logentry"] = {"message": scrub(message_of(record))}
        told["tags"] = {
            name: str(value)
            for attribute, name in FIELDS.items()
            if (value := getattr(record, attribute, None)) not in (None, "-")
        }
    causes = (whole.get("exception") or {}).get("values") or []
    if causes:
        told["exception"] = {"values": [_cause(cause) for cause in causes]}
    return told  # type: ignore[return-value]  # a TypedDict of what is left


def _cause(cause: dict[str, Any]) -> dict[str, Any]:
    frames = (cause.get("stacktrace") or {}).get("frames") or []
    return {
        "type": cause.get("type"),
        "module": cause.get("module"),
        "value": scrub(str(cause.get("value") or "")),
        "stacktrace": {
            "frames": [{name: frame[name] for name in KEPT_OF_A_FRAME if name in frame} for frame in frames]
        },
    }
