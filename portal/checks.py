"""System checks of the settings that only the whole house has."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from accounts.wall.raising import gaps
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


@register(Tags.security, deploy=True)
def database_role(**kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASE_ROLE:
        return []
    hint = (
        "On PostgreSQL, set DATABASE_ROLE to the name of a role, such as passerelle_portal, and run migrate. "
        "SQLite has no row-level security."
    )
    words = "DATABASE_ROLE is not set: only the code keeps agencies apart, and not the database too."
    return [Warning(words, hint=hint, id="portal.W001")]


@register(Tags.database, deploy=True)
def wall(databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With `check --deploy --database default`: whether the wall stands, as the portal's processes find it."""
    if not databases or not settings.DATABASE_ROLE or not (open_tables := gaps()):
        return []
    words = f"Row-level security is not in force on {len(open_tables)} tables, such as {open_tables[0]}."
    return [Error(words, hint="Run manage.py migrate with the same DATABASE_ROLE.", id="portal.E004")]
