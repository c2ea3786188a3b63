"""What about a source of leads needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.leads.models import LeadSource, Pull

PATIENCE = timedelta(minutes=30)
"""How long a pull may go uncompared: by then a worker has been given the job again."""

FULL = {
    LeadSource.Mode.READ: _(
        "The list of waiting contacts came back as long as the source ever makes it: newer ones may be hidden "
        "behind it. Reading marks nothing, so the list never gets shorter by itself. Switch to pulling, or have "
        "the old contacts fetched elsewhere."
    ),
    LeadSource.Mode.PULL: _(
        "The list of contacts already pulled came back full. Everything that was pulled with an answer is here; "
        "but if an answer had been lost, older contacts might no longer be on that list. Look at the ledger, and "
        "ask marketing-lab for what it names."
    ),
}
UNSETTLED = _(
    "A pull went out and has not been compared with what the source handed over. Nothing is lost yet: the source "
    "keeps the last 500 contacts for thirty days. Fetch now; if that fails, look at the key."
)


@dataclass(frozen=True)
class Alarm:
    source: LeadSource
    sentence: Promise | str


def unsettled() -> Exists:
    """Whether a pull of the source at hand has not been compared for long; for `annotate`."""
    late = Pull.objects.across_agencies().filter(
        connection=OuterRef("connection"), asked_at__lt=timezone.now() - PATIENCE
    )
    return Exists(late.exclude(stage=Pull.Stage.SETTLED))


def alarms_of(source: LeadSource) -> list[Alarm]:
    """`source` was annotated with `unsettled`."""
    found: list[Promise | str] = []
    if source.is_full:
        found.append(FULL[LeadSource.Mode(source.mode)])
    if source.unsettled:  # type: ignore[attr-defined]
        found.append(UNSETTLED)
    return [Alarm(source, sentence) for sentence in found]
