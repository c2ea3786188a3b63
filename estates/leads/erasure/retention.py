"""How long silent people are kept, who is due, and the purge that a person or the portal itself starts."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.leads.erasure.erase import Reason, begin, start_search
from estates.leads.models import MONTHS, Erasure, Lead, LeadEvent, Person, Retention
from estates.leads.people.lock import lock_people


class TooEarly(Exception):
    """The list was made with another retention than the agency has now."""


def retention_of(agency: Agency) -> Retention:
    """The agency's own, else the usual one, which is not stored."""
    found = Retention.objects.for_agency(agency).first()
    return found or Retention(agency=agency, months=MONTHS)


def set_retention(agency: Agency, months: int, automatic: bool, actor: User) -> None:
    with transaction.atomic():
        fields = {"months": months, "automatic": automatic}
        Retention.objects.across_agencies().update_or_create(agency=agency, defaults=fields)
        record(agency, actor, "retention.set", months=months, automatic=automatic)


def silent_since(agency: Agency, now: datetime | None = None) -> datetime:
    """Who has not been in contact since then is due."""
    return months_before(now or timezone.now(), retention_of(agency).months)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def due(agency: Agency, since: datetime) -> QuerySet[Person]:
    """People who neither wrote since then nor were dealt with: no lead and no line of a timeline."""
    leads = Lead.objects.for_agency(agency).filter(person=OuterRef("pk"), erased_at=None)
    dealt_with = LeadEvent.objects.filter(lead__person=OuterRef("pk"), at__gte=since)
    # Of most agencies few leads are so old: whoever has one is found by it, and not by asking about everybody.
    people = Person.objects.for_agency(agency).filter(Exists(leads.filter(happened_at__lt=since)))
    return people.exclude(Exists(leads.filter(happened_at__gte=since))).exclude(Exists(dealt_with))


def old_leads(agency: Agency, since: datetime) -> QuerySet[Lead]:
    """Whether there are any tells whether anybody can be due at all: cheap, for pages that ask at every visit."""
    return Lead.objects.for_agency(agency).filter(happened_at__lt=since, erased_at=None)


def last_contacts(people: QuerySet[Person], most: int) -> list[tuple[int, datetime]]:
    """People's ids with their last contacts, who was silent for longest first."""
    lead, dealt_with = Max("leads__happened_at"), Max("leads__events__at")
    last = Greatest(lead, Coalesce(dealt_with, lead))
    return list(people.annotate(last=last).order_by("last", "pk").values_list("pk", "last")[:most])


def purge(agency: Agency, since: datetime, up_to: int, actor: User | None) -> Erasure:
    """Starts erasing those who were listed: silent since then, up to that id. Who wrote meanwhile is no longer due.

    While a purge is under way, that is the one. Raises `TooEarly` where the agency keeps people longer by now.
    """
    with transaction.atomic():
        lock_people(agency)
        open_one = Erasure.objects.for_agency(agency).filter(reason=Reason.SILENT, finished_at=None).first()
        if open_one:
            return open_one
        if since > silent_since(agency):
            raise TooEarly
        erasure = begin(agency, Reason.SILENT, actor, silent_since=since, up_to=up_to)
        record(agency, actor, "leads.purge_asked", receipt=erasure.number, since=since)
        start_search(erasure, actor)
        return erasure


def start_due_erasures() -> None:
    """Every day: what the remotes' own limits end, what an agency has switched on, and what did not finish."""
    now = timezone.now()
    expired = Lead.objects.across_agencies().filter(expires_at__lte=now, erased_at=None)
    for agency in Agency.objects.filter(pk__in=expired.values("agency")):
        erase_expired(agency)
    for retention in Retention.objects.across_agencies().filter(automatic=True).select_related("agency"):
        since = silent_since(retention.agency, now)
        newest = due(retention.agency, since).aggregate(newest=Max("pk"))["newest"]
        if newest:
            purge(retention.agency, since, newest, None)
    for erasure in Erasure.objects.across_agencies().filter(finished_at=None).select_related("agency"):
        start_search(erasure)


def erase_expired(agency: Agency) -> Erasure:
    """Starts erasing the leads whose remote system allows them to be kept no longer."""
    with transaction.atomic():
        lock_people(agency)
        erasure = Erasure.objects.for_agency(agency).filter(reason=Reason.EXPIRED, finished_at=None).first()
        if erasure is None:
            erasure = begin(agency, Reason.EXPIRED, None)
            record(agency, None, "leads.expired", receipt=erasure.number)
        start_search(erasure)
        return erasure
