"""Estates whose public pages are wrong or not yet known."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from estates.wordpress.models import Proof, Site, Verdict
from estates.wordpress.proof.listing import TROUBLE
from estates.wordpress.proof.proposals import pending
from portal.needs.need import Asked, Facts, Kind, Need

DOMAIN = {"pk": "site", "domain": "site__domain", "number": "number"}


def wrong_pages(asked: Asked) -> Kind:
    """Estates that their public page shows differently or not at all."""

    def tell(facts: Facts) -> Need:
        page = reverse("wordpress:publication", args=[asked.agency.slug, facts["pk"]])
        if facts["verdict"] == Verdict.DIFFERS:
            words = ngettext(
                "%(number)s estate is shown with another price or status.",
                "%(number)s estates are shown with another price or status.",
                facts["number"],
            )
        else:
            words = ngettext(
                "The page of %(number)s estate was not found.",
                "The pages of %(number)s estates were not found.",
                facts["number"],
            )
        return Need(_name(facts), words % facts, "", f"{page}?verdict={facts['verdict']}")

    rows = Proof.objects.for_agency(asked.agency).filter(verdict__in=TROUBLE, site__isnull=False)
    found = rows.order_by().values("site", "site__domain", "verdict").annotate(number=Count("pk"))
    return Kind(found, {**DOMAIN, "verdict": "verdict"}, tell, _by_verdict)


def proposed_addresses(asked: Asked) -> Kind:
    """Addresses that were found for estates, and wait for a decision."""

    def tell(facts: Facts) -> Need:
        words = ngettext(
            "The page of %(number)s estate was found and waits for your decision.",
            "The pages of %(number)s estates were found and wait for your decision.",
            facts["number"],
        )
        page = reverse("wordpress:addresses", args=[asked.agency.slug, facts["pk"]])
        return Need(_name(facts), words % facts, "", page)

    rows = pending(asked.agency).order_by().values("site", "site__domain")
    return Kind(rows.annotate(number=Count("estate", distinct=True)), DOMAIN, tell)


def _by_verdict(facts: Facts) -> Any:
    return facts["pk"], facts["verdict"]


def _name(facts: Facts) -> str:
    return str(Site(domain=facts["domain"]))
