"""Estates whose public pages are wrong or not yet known."""

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Agency
from estates.wordpress.listing import sites_of
from estates.wordpress.models import Verdict
from estates.wordpress.proof.listing import proposals_by_site, troubles
from portal.needs.need import Need


def published_estates(agency: Agency) -> list[Need]:
    """Estates that their public page shows differently or not at all, and addresses that wait for a decision."""
    wrong, proposed = troubles(agency), proposals_by_site(agency)
    names = {site.pk: str(site) for site in sites_of(agency)} if wrong or proposed else {}
    needs = []
    for trouble in wrong:
        page = reverse("wordpress:publication", args=[agency.slug, trouble.site])
        if trouble.verdict == Verdict.DIFFERS:
            words = ngettext(
                "%(number)s estate is shown with another price or status.",
                "%(number)s estates are shown with another price or status.",
                trouble.number,
            )
        else:
            words = ngettext(
                "The page of %(number)s estate was not found.",
                "The pages of %(number)s estates were not found.",
                trouble.number,
            )
        sentence = words % {"number": trouble.number}
        needs.append(Need(names[trouble.site], sentence, "", f"{page}?verdict={trouble.verdict}"))
    for pk, number in proposed.items():
        words = ngettext(
            "The page of %(number)s estate was found and waits for your decision.",
            "The pages of %(number)s estates were found and wait for your decision.",
            number,
        )
        page = reverse("wordpress:addresses", args=[agency.slug, pk])
        needs.append(Need(names[pk], words % {"number": number}, "", page))
    return needs
