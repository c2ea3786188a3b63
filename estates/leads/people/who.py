"""Who a person is, as its leads say, and whom somebody may be looking for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.catalogue.words import normalise
from estates.leads.contacts import mail_key, read_phone, spoken
from estates.leads.filing import BY_HAND, BY_MAIL, BY_PHONE
from estates.leads.models import Lead, Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FOUND = 50
LEADS_READ = 500
REASONS: dict[str, _StrPromise] = {
    "": _("first enquiry"),
    BY_MAIL: _("same mail address"),
    BY_PHONE: _("same phone number"),
    BY_HAND: _("decided by hand"),
}
"""Why a lead is a person's, by `Lead.person_by`."""


@dataclass
class Phone:
    """A number as people write it, and as a telephone takes it, or "" where that is not known."""

    shown: str
    dial: str = ""


@dataclass
class Who:
    """A person in a list. `mails` and `phones` are all that its leads gave, the latest first."""

    pk: int
    name: str = ""
    mails: list[str] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    leads: int = 0
    last_at: datetime | None = None

    def __str__(self) -> str:
        known = [self.name, *self.mails, *(phone.shown for phone in self.phones)]
        return next((word for word in known if word), str(_("Nameless")))


def who_are(agency: Agency, people: Collection[int]) -> list[Who]:
    """People in the order of their last enquiries; whoever has none is left out."""
    rows = Lead.objects.for_agency(agency).filter(person__in=people, erased_at=None)
    columns = ("person_id", "first_name", "last_name", "email", "phones", "happened_at")
    known: dict[int, Who] = {}
    for lead in rows.order_by("-happened_at", "-pk").only(*columns, "agency"):
        if lead.person_id is not None:
            _note(known.setdefault(lead.person_id, Who(lead.person_id)), lead)
    return list(known.values())


def who_is(person: Person) -> Who:
    return next(iter(who_are(person.agency, [person.pk])), Who(person.pk))


def find(agency: Agency, text: str) -> list[Who]:
    """People by a mail address, a phone number in any spelling, or words of their names and enquiries."""
    rows = Lead.objects.for_agency(agency).filter(erased_at=None).exclude(person=None)
    mail, phone, words = mail_key(text), read_phone(text).e164, normalise(text).split()
    if mail:
        rows = rows.filter(Q(email_key=mail) | Q(email__iexact=text.strip()))
    elif phone:
        rows = rows.filter(Q(phone_key=phone) | Q(search_text__contains=phone[1:]))
    elif words:
        for word in words[:8]:
            rows = rows.filter(search_text__contains=word)
    else:
        return []
    latest = rows.order_by("-happened_at", "-pk").values_list("person_id", flat=True)[:LEADS_READ]
    return who_are(agency, list(dict.fromkeys(latest))[:FOUND])


def _note(who: Who, lead: Lead) -> None:
    who.leads += 1
    who.name = who.name or lead.name
    who.last_at = who.last_at or lead.happened_at
    if lead.email and lead.email not in who.mails:
        who.mails.append(lead.email)
    for phone in lead.phones:
        e164 = str(phone.get("e164", ""))
        number = Phone(spoken(e164) if e164 else str(phone.get("number", "")), e164)
        if number not in who.phones:
            who.phones.append(number)
