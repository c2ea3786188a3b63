"""System checks of the settings that only the whole house has."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from portal.logs import FORMATS


@register(Tags.compatibility)
def log_format(**kwargs: Any) -> list[CheckMessage]:
    if settings.LOG_FORMAT in FORMATS:
        return []
    hint = f"Set LOG_FORMAT to one of {', '.join(FORMATS)}, or leave it out."
    return [Error(f"LOG_FORMAT is {settings.LOG_FORMAT!r}.", hint=hint, id="portal.E001")]
