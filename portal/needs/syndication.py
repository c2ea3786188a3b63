"""What keeps listings from Seeki, or lets them lapse although they are wanted."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from estates.syndication.incoming.missing import not_overtaken
from estates.syndication.keeping import lapsing_soon
from estates.syndication.models import Feed, Listing
from estates.syndication.standings import Standing, conditions
from portal.needs.keys import name_of
from portal.needs.need import Asked, Facts, Kind, Need, first_of, newest_first

SOON = "soon"
"""The list of wanted listings that lapse within two weeks."""


def lapsing_listings(asked: Asked) -> Kind:
    """That wanted listings will lapse, because sending them again has not succeeded for weeks."""

    def tell(facts: Facts) -> Need:
        words = ngettext(
            "%(number)d listing lapses within two weeks, although it should stay online.",
            "%(number)d listings lapse within two weeks, although they should stay online.",
            facts["number"],
        )
        return _need(asked, facts, SOON, words % facts)

    return _by_plan(lapsing_soon(asked.agency), tell)


def refused_listings(asked: Asked) -> Kind:
    """That Seeki refused listings: somebody has to mend the estates."""

    def tell(facts: Facts) -> Need:
        words = ngettext(
            "Seeki refuses %(number)d listing as it stands here.",
            "Seeki refuses %(number)d listings as they stand here.",
            facts["number"],
        )
        return _need(asked, facts, Standing.REFUSED, words % facts)

    return _by_plan(_wanted(asked, Standing.REFUSED), tell)


def held_listings(asked: Asked) -> Kind:
    """That listings are held back, because Seeki would refuse them."""

    def tell(facts: Facts) -> Need:
        words = ngettext(
            "%(number)d listing is held back: Seeki would refuse it.",
            "%(number)d listings are held back: Seeki would refuse them.",
            facts["number"],
        )
        return _need(asked, facts, Standing.HELD, words % facts)

    return _by_plan(_wanted(asked, Standing.HELD), tell)


def waiting_feeds(asked: Asked) -> Kind:
    """Feed files that were read, and that nobody has sent, though they may be."""
    sentence = gettext("This feed file has been read and waits to be sent to Seeki.")

    def tell(facts: Facts) -> Need:
        page = reverse("syndication:feed", args=[asked.agency.slug, facts["pk"]])
        return Need(facts["name"], sentence, "", page)

    feeds = not_overtaken(asked.agency).filter(state=Feed.State.READ)
    return Kind(first_of(feeds, "-pk"), {"pk": "pk", "name": "name"}, tell, newest_first)


def _wanted(asked: Asked, standing: Standing) -> QuerySet[Listing]:
    rows = Listing.objects.for_agency(asked.agency).filter(conditions(asked.now)[standing])
    return rows.filter(plan__active=True)


def _by_plan(listings: QuerySet[Listing], tell: Any) -> Kind:
    name = {"system": "plan__connection__system", "label": "plan__connection__label"}
    rows = listings.order_by().values("plan", *name.values()).annotate(number=Count("pk"))
    return Kind(rows, {"pk": "plan", "number": "number", **name}, tell)


def _need(asked: Asked, facts: Facts, standing: str, sentence: str) -> Need:
    page = reverse("syndication:listings", args=[asked.agency.slug, facts["pk"]])
    return Need(name_of(facts), sentence, "", f"{page}?standing={standing}")
