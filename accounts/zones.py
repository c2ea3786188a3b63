from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@cache
def zone_names() -> tuple[str, ...]:
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    )


def validate_zone(name: str) -> None:
    if name not in zone_names():
        raise ValidationError(_("There is no time zone of this name."))
