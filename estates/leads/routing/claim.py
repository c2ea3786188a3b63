"""Leads that are whoever takes them first."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.leads.models import Lead, LeadOffer, Notice
from estates.leads.routing.notices import notify
from estates.leads.routing.route import able_members, notice, take


def open_offer(lead: Lead) -> LeadOffer | None:
    """The offer of a lead that is nobody's yet."""
    if lead.assignee_id or lead.erased_at:
        return None
    return LeadOffer.objects.for_agency(lead.agency).filter(lead=lead, ended_at=None).first()


def claim(lead: Lead, user: User) -> bool:
    """The person takes the lead; False when it is somebody's by now, or was offered to others alone."""
    with transaction.atomic():
        rows = LeadOffer.objects.for_agency(lead.agency).filter(lead=lead, people=user)
        offer = rows.first()
        if offer is None or not _end(offer):
            return False
        if not take(lead, user, user):
            return False
        record(lead.agency, user, "lead.claimed", f"#{lead.pk}")
        return True


def _end(offer: LeadOffer) -> bool:
    """Ends the offer; False where somebody else has. Who ends it decides whose the lead is."""
    mine = LeadOffer.objects.for_agency(offer.agency).filter(pk=offer.pk, ended_at=None)
    return bool(mine.update(ended_at=timezone.now()))


def end_lapsed_offers() -> int:
    """Gives what nobody took in time to its fall-back; returns how many offers lapsed. Two timers end each once."""
    lapsed = LeadOffer.objects.across_agencies().filter(ended_at=None, until__lte=timezone.now())
    ended = 0
    for offer in lapsed.select_related("agency", "lead__agency", "fallback").order_by("until")[:1000]:
        with transaction.atomic():
            if not _end(offer):
                continue
            ended += 1
            able = {member.pk for member in able_members(offer.agency)}
            if offer.fallback and offer.fallback_id in able and take(offer.lead, offer.fallback, None):
                notify(offer.agency, [notice(offer.lead, offer.fallback, Notice.Kind.ASSIGNED)])
    return ended
