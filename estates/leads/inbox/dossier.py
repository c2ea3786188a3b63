"""All that is known of one lead, made ready to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from estates.catalogue.dossier import RAW_SHOWN, indented
from estates.catalogue.paging import Mark, page_of, write_mark
from estates.leads.contacts import mail_key, spoken
from estates.leads.inbox.office import clock_of
from estates.leads.inbox.pages import Row, row
from estates.leads.inbox.search import Search, load, select
from estates.leads.models import Lead, LeadEvent, LeadPayload, State

MESSAGE_SHOWN = 100_000
EVENTS = 200
OTHERS = 20
BY_MAIL, BY_PHONE, BY_HAND = (
    gettext_lazy("same mail address"),
    gettext_lazy("same phone number"),
    gettext_lazy("put together by hand"),
)


class Line(NamedTuple):
    """A phone number: as one reads it, what `tel:` and WhatsApp take or "", and what the remote calls it."""

    shown: str
    dial: str = ""
    chat: str = ""
    kind: str = ""


class Other(NamedTuple):
    """Another enquiry of the same person, and by what one knows that."""

    lead: Lead
    reason: str | Promise


class Event(NamedTuple):
    """A line of the timeline, its values in words."""

    event: LeadEvent
    before: str | Promise
    after: str | Promise


@dataclass(frozen=True)
class Dossier:
    """`raw` is the payload as indented JSON. Message and payload were cut where it says so."""

    row: Row
    phones: list[Line]
    mail: str
    message: str
    message_cut: bool
    timeline: list[Event]
    others: list[Other]
    raw: str
    raw_cut: bool


def dossier(lead: Lead) -> Dossier:
    """Of a lead whose person was erased, nothing of the person is read."""
    shown = row(lead, clock_of(lead.agency))
    if lead.erased_at:
        return Dossier(shown, [], "", "", False, timeline(lead), [], "", False)
    body = LeadPayload.objects.filter(lead=lead).values_list("body", flat=True).first() or ""
    raw = indented(body)
    return Dossier(
        shown,
        lines(lead),
        mail_address(lead),
        lead.message[:MESSAGE_SHOWN],
        len(lead.message) > MESSAGE_SHOWN,
        timeline(lead),
        others(lead),
        raw[:RAW_SHOWN],
        len(raw) > RAW_SHOWN,
    )


def lines(lead: Lead) -> list[Line]:
    """The lead's numbers; what cannot be dialled stands as it came."""
    found = []
    for phone in lead.phones:
        number, e164 = str(phone.get("number", "")), str(phone.get("e164", ""))
        if not e164:
            found.append(Line(number, kind=str(phone.get("kind", ""))))
            continue
        text = quote(greeting(lead))
        chat = f"https://wa.me/{e164[1:]}?text={text}" if phone.get("mobile") else ""
        found.append(Line(spoken(e164), f"tel:{e164}", chat, str(phone.get("kind", ""))))
    return found


def mail_address(lead: Lead) -> str:
    """A `mailto:` address with a subject and a greeting, or "" where the lead names no usable one."""
    if not mail_key(lead.email):
        return ""
    with translation.override(lead.agency.language):
        subject = _("Your enquiry: %(about)s") % {"about": about(lead)} if about(lead) else _("Your enquiry")
    asked = urlencode({"subject": subject, "body": greeting(lead)}, quote_via=quote)
    return f"mailto:{quote(lead.email.strip(), safe='@+')}?{asked}"


def greeting(lead: Lead) -> str:
    """The first words of an answer, in the agency's language."""
    known = {"name": lead.name, "agency": lead.agency.name, "about": about(lead)}
    with translation.override(lead.agency.language):
        hello = _("Hello %(name)s,") % known if lead.name else _("Hello,")
        why = _("you wrote to %(agency)s.") % known
        if known["about"]:
            why = _("you wrote to %(agency)s about: %(about)s.") % known
        return f"{hello} {why} "


def about(lead: Lead) -> str:
    """What the lead is about, in a few words; "" where nobody knows."""
    if lead.estate:
        return (lead.estate.title or str(lead.estate))[:120]
    return lead.programme or lead.estate_reference


def timeline(lead: Lead) -> list[Event]:
    """What was done and noted, the latest first."""
    states = dict(State.choices)

    def words(event: LeadEvent, value: str) -> str | Promise:
        return states.get(value, value) if event.what == LeadEvent.What.STATE else value

    events = lead.events.select_related("actor").order_by("-pk")[:EVENTS]
    return [Event(event, words(event, event.before), words(event, event.after)) for event in events]


def others(lead: Lead) -> list[Other]:
    """The same person's other enquiries, the latest first."""
    if lead.person_id is None:
        return []
    rows = Lead.objects.for_agency(lead.agency).filter(person=lead.person_id, erased_at=None)
    rows = rows.exclude(pk=lead.pk).select_related("estate").order_by("-happened_at", "-pk")
    found = rows.defer("message", "search_text", "estate__search_text", "estate__digest")[:OTHERS]
    return [Other(each, _reason(lead, each)) for each in found]


def _reason(lead: Lead, other: Lead) -> str | Promise:
    if lead.email_key and lead.email_key == other.email_key:
        return BY_MAIL
    if lead.phone_key and lead.phone_key == other.phone_key:
        return BY_PHONE
    return BY_HAND


def neighbours(agency: Agency, search: Search, lead: Lead) -> tuple[Lead | None, Lead | None]:
    """The leads before and behind one in the list of a search, whether it is on that list itself or not."""
    rows, around = select(agency, search).rows, []
    for back in (True, False):
        mark = write_mark(search.order, Mark(back, lead.happened_at, lead.pk))
        around.append(page_of(rows, search.order, mark, 1).keys)
    known = {each.pk: each for each in load(agency, [key for keys in around for key in keys])}
    before, behind = (known.get(keys[0]) if keys else None for keys in around)
    return before, behind
