"""What partners can be told, and how the thing that it is about is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Scope


class EventType(models.TextChoices):
    """Something that happened; the word before the dot says to what."""

    LEAD_CREATED = "lead.created", _("A lead came in")
    LEAD_UPDATED = "lead.updated", _("A lead changed")
    LEAD_ERASED = "lead.erased", _("A lead's person was erased")
    ESTATE_CREATED = "estate.created", _("An estate is new")
    ESTATE_CHANGED = "estate.changed", _("An estate changed, or is listed again")
    ESTATE_GONE = "estate.gone", _("An estate is no longer listed")
    SITE_STATE = "site.state", _("A site was switched, or refused")
    TICKET_COMMENT = "ticket.comment", _("A ticket has a new comment")
    JOB_FAILED = "job.failed", _("A piece of work failed for good")

    @property
    def noun(self) -> str:
        return self.value.partition(".")[0]


TEST = "webhook.test"
"""What the button that tries an address sends. Nobody subscribes to it."""

SCOPES: Mapping[str, Scope] = {
    "lead": Scope.LEADS_READ,
    "estate": Scope.ESTATES_READ,
    "site": Scope.SITES_READ,
    "ticket": Scope.SUPPORT_READ,
}
"""What a partner's key must open besides `webhooks` to be told of a noun's events."""


@dataclass(frozen=True)
class Source:
    """How the things of a noun are shown to partners.

    `address` gives the path at which the partner API has a thing. `read` gives those of an agency that are
    there, by id, as that address would answer.
    """

    address: Callable[[str], str]
    read: Callable[[Agency, Sequence[str]], Mapping[str, Any]]


SOURCES: dict[str, Source] = {}
"""By noun. The partner API, which lies above this room, puts its own in."""
