"""What keeps listings from Seeki, or lets them lapse although they are wanted."""

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.models import Agency
from estates.syndication.incoming.missing import not_overtaken
from estates.syndication.keeping import lapsing_soon
from estates.syndication.models import Feed, Listing, Plan
from estates.syndication.standings import Standing, conditions
from portal.needs.need import Need
from portal.needs.work import MOST

SOON = "soon"
"""The list of wanted listings that lapse within two weeks."""


def lapsing_listings(agency: Agency) -> list[Need]:
    """That wanted listings will lapse, because sending them again has not succeeded for weeks."""
    return [
        _need(
            plan,
            SOON,
            ngettext(
                "%(number)d listing lapses within two weeks, although it should stay online.",
                "%(number)d listings lapse within two weeks, although they should stay online.",
                number,
            )
            % {"number": number},
        )
        for plan, number in _by_plan(agency, lapsing_soon(agency))
    ]


def refused_listings(agency: Agency) -> list[Need]:
    """That Seeki refused listings: somebody has to mend the estates."""
    refused = Listing.objects.for_agency(agency).filter(conditions(timezone.now())[Standing.REFUSED])
    return [
        _need(
            plan,
            Standing.REFUSED,
            ngettext(
                "Seeki refuses %(number)d listing as it stands here.",
                "Seeki refuses %(number)d listings as they stand here.",
                number,
            )
            % {"number": number},
        )
        for plan, number in _by_plan(agency, refused.filter(plan__active=True))
    ]


def waiting_feeds(agency: Agency) -> list[Need]:
    """Feed files that were read, and that nobody has sent, though they may be."""
    sentence = gettext("This feed file has been read and waits to be sent to Seeki.")
    feeds = not_overtaken(agency).filter(state=Feed.State.READ)
    return [
        Need(feed.name, sentence, "", reverse("syndication:feed", args=[agency.slug, feed.pk]))
        for feed in feeds.order_by("-pk")[:MOST]
    ]


def _by_plan(agency: Agency, listings: QuerySet[Listing]) -> list[tuple[Plan, int]]:
    numbers = dict(listings.order_by().values_list("plan").annotate(number=Count("pk")))
    plans = Plan.objects.for_agency(agency).filter(pk__in=numbers).select_related("connection", "agency")
    return [(plan, numbers[plan.pk]) for plan in plans.order_by("pk")]


def _need(plan: Plan, standing: str, sentence: str) -> Need:
    page = reverse("syndication:listings", args=[plan.agency.slug, plan.pk])
    return Need(str(plan), sentence, "", f"{page}?standing={standing}")
