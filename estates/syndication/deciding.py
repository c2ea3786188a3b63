"""What a person decides about one listing, beside the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.syndication.considering import consider, is_a_files, let_lapse
from estates.syndication.events import note
from estates.syndication.models import Listing, ListingEvent, Plan, Verdict
from estates.syndication.pushing.confirming import out_of_line
from estates.syndication.pushing.sending import start_sending
from estates.syndication.rules.filters import Rules, candidates, chosen
from estates.syndication.seeing import title_of
from estates.syndication.stages import UNDER_WAY, is_live

Hand, Stage, What = Listing.Hand, Listing.Stage, ListingEvent.What


class CannotSend(Exception):
    """A listing that is not sent now, and why, in words for a person."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(words)
        self.words = words


UNWANTED = _("It is not to be published. Choose “Always publish” first.")
SWITCHED_OFF = _("Publication on Seeki is switched off.")
ON_ITS_WAY = _("It is on its way to Seeki already.")
FORECAST = _("Seeki will refuse it as it is. Mend it first, or insist.")


def set_hand(plan: Plan, subject: Estate | Listing, hand: str, actor: User) -> Listing:
    """Decides that an estate or a feed file's listing is always or never published, or left to the rules again.

    It takes effect at once. Raises ValueError for another word, or for what belongs to another agency or plan.
    """
    decided = Hand(hand)
    if subject.agency_id != plan.agency_id:
        raise ValueError("of another agency")
    with transaction.atomic():
        listing = _row_of(plan, subject)
        before, listing.hand = listing.hand, decided
        if before == decided:
            return listing
        Listing.objects.for_agency(plan.agency).filter(pk=listing.pk).update(hand=decided)
        note([listing], What.BY_HAND, str(decided))
        record(
            plan.agency, actor, "listing.by_hand", str(listing), number=listing.external_id, hand=str(decided)
        )
        is_of_a_file = listing.estate_id is None and isinstance(subject, Listing)
        if is_of_a_file or is_a_files(listing.estate_id, listing.wanted):
            _decide_feed_listing(listing, before)
        else:
            _consider(plan, listing)
        listing.refresh_from_db()
        return listing


def insist(listing: Listing, actor: User) -> None:
    """Sends a listing once although the forecast says that Seeki will refuse it. Raises `CannotSend`."""
    _send(listing, actor, insists=True)


def send_now(listing: Listing, actor: User) -> None:
    """Sends a listing before its time. Raises `CannotSend`, also where the forecast says no: see `insist`."""
    if listing.verdict == Verdict.REFUSED and not listing.insists:
        raise CannotSend(FORECAST)
    _send(listing, actor)


def _send(listing: Listing, actor: User, **more: Any) -> None:
    if not listing.wanted:
        raise CannotSend(UNWANTED)
    if not listing.plan.active:
        raise CannotSend(SWITCHED_OFF)
    with transaction.atomic():
        rows = Listing.objects.for_agency(listing.agency).filter(pk=listing.pk, wanted=True)
        sent = {"stage": Stage.DUE, "due_at": timezone.now(), "tries": 0, **more}
        if not rows.exclude(stage__in=UNDER_WAY).update(**sent):
            raise CannotSend(ON_ITS_WAY)
        for name, value in sent.items():
            setattr(listing, name, value)
        record(listing.agency, actor, "listing.send_asked", str(listing), number=listing.external_id)
        if listing.estate_id is not None:
            start_sending(listing.plan, actor)


def _row_of(plan: Plan, subject: Estate | Listing) -> Listing:
    """The listing, locked; an estate's is made where there is none."""
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan).select_for_update()
    if isinstance(subject, Listing):
        if subject.plan_id != plan.pk:
            raise ValueError("of another plan")
        return rows.get(pk=subject.pk)
    listing, _made = rows.get_or_create(
        plan=plan,
        external_id=subject.remote_id,
        defaults={"agency": plan.agency, "estate": subject, "title": title_of(subject)},
    )
    return listing


def _consider(plan: Plan, listing: Listing) -> None:
    """An estate that is gone is not published, whatever anybody decided."""
    now = timezone.now()
    estates = list(candidates(plan.agency).filter(remote_id=listing.external_id))
    keys = chosen(plan.agency, Rules.from_json(plan.rules)).filter(remote_id=listing.external_id)
    consider(plan, estates, set(keys.values_list("pk", flat=True)), now)
    if not estates:
        let_lapse(plan, [listing], now)


def _decide_feed_listing(listing: Listing, before: str) -> None:
    """The file says what is wanted, except where it is never; nothing else sends it again but its file."""
    now = timezone.now()
    if listing.hand == Hand.NEVER:
        waits = listing.stage in (Stage.DUE, Stage.HELD)
        changes = {"wanted": False, "due_at": None} | ({"stage": out_of_line(listing)} if waits else {})
        lapses = listing.wanted and is_live(listing, now)
        Listing.objects.for_agency(listing.agency).filter(pk=listing.pk).update(**changes)
        if lapses:
            note([listing], What.LAPSES)
    elif (listing.hand == Hand.ALWAYS or before == Hand.NEVER) and not listing.wanted:
        rows = Listing.objects.for_agency(listing.agency).filter(pk=listing.pk)
        rows.update(wanted=True)
        rows.exclude(stage__in=UNDER_WAY).update(stage=Stage.DUE, due_at=now)
        # Nobody may be sending it any more; an answer that comes after all takes this back.
        rows.filter(stage=Stage.SENDING).update(due_at=now + timedelta(hours=1))
        note([listing], What.WANTED)
