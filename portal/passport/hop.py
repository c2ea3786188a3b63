"""A stage of an estate's way from the CRM to the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    RIGHT = "right", _("In order")
    BROKEN = "broken", _("Broken here")
    WAITING = "waiting", _("On its way")
    NONE = "none", _("Nothing here")


@dataclass(frozen=True)
class Hop:
    """`name` is for machines, `words` are the remote's own, `at` is as of when this is known.

    `url` is the page where it is mended or seen, `todo` what to do there; both are empty where there is nothing.
    """

    name: str
    title: str | Promise
    standing: Standing
    sentence: str | Promise
    words: str = ""
    at: datetime | None = None
    todo: str | Promise = ""
    url: str = ""
