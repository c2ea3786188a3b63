"""How often the forecast was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from estates.remotes.seeki_codes import CURES, Cure
from estates.syndication.models import ListingEvent, Plan, Verdict
from estates.syndication.pushing.codes import NO_ANSWER, REFUSED, TOO_LARGE, UNBUILDABLE, UNNAMED

What = ListingEvent.What
UNFORESEEABLE = {
    NO_ANSWER,
    REFUSED,
    TOO_LARGE,
    UNBUILDABLE,
    UNNAMED,
    *(code for code, cure in CURES.items() if cure != Cure.PERSON),
}
"""Refusals that are not about what the estate says."""


@dataclass(frozen=True)
class Accuracy:
    """Sendings by whether the forecast was right. `refused` were expected to pass, `published` to be refused."""

    right: int = 0
    refused: int = 0
    published: int = 0

    @property
    def wrong(self) -> int:
        return self.refused + self.published

    @property
    def share(self) -> float | None:
        """Of 1; None before the first answer."""
        total = self.right + self.wrong
        return self.right / total if total else None


def accuracy(plan: Plan, days: int = 90) -> Accuracy:
    """Compares what Seeki answered in the last `days` with what had been forecast of the same sending."""
    events = ListingEvent.objects.filter(
        listing__agency=plan.agency,
        listing__plan=plan,
        what__in=(What.PUBLISHED, What.REFUSED),
        at__gte=timezone.now() - timedelta(days=days),
    ).exclude(predicted="")
    known = events.exclude(what=What.REFUSED, code__in=UNFORESEEABLE)
    counts = known.order_by().values_list("what", "predicted").annotate(number=Count("pk"))
    right = refused = published = 0
    for what, predicted, number in counts:
        if (what == What.REFUSED) == (predicted == Verdict.REFUSED):
            right += number
        elif what == What.REFUSED:
            refused += number
        else:
            published += number
    return Accuracy(right, refused, published)
