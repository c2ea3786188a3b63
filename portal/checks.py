"""System checks of the settings that only the whole house has."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from portal.logs import FORMATS

SHORTEST_KEY = 20
"""Characters of a key that opens something to whoever has it."""


@register(Tags.compatibility)
def log_format(**kwargs: Any) -> list[CheckMessage]:
    if settings.LOG_FORMAT in FORMATS:
        return []
    hint = f"Set LOG_FORMAT to one of {', '.join(FORMATS)}, or leave it out."
    return [Error(f"LOG_FORMAT is {settings.LOG_FORMAT!r}.", hint=hint, id="portal.E001")]


@register(Tags.security)
def metrics_key(**kwargs: Any) -> list[CheckMessage]:
    if not settings.METRICS_KEY or len(settings.METRICS_KEY) >= SHORTEST_KEY:
        return []
    hint = (
        "Set METRICS_KEY to a long random word, or leave it out to have no metrics. To make one: "
        "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
    )
    words = f"METRICS_KEY is shorter than {SHORTEST_KEY} characters."
    return [Error(words, hint=hint, id="portal.E002")]


@register(Tags.compatibility)
def sentry_dsn(**kwargs: Any) -> list[CheckMessage]:
    if not settings.SENTRY_DSN:
        return []
    from portal.error_reports import is_dsn

    if is_dsn(settings.SENTRY_DSN):
        return []
    hint = "Set SENTRY_DSN to what Sentry shows under Client Keys: https://key@host/number. Or leave it out."
    return [Error("SENTRY_DSN is no DSN: no error would be reported.", hint=hint, id="portal.E003")]
