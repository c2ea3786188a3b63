"""Filing leads that have just come: estate, person and who is in charge of each. Saving never waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.leads.models import Lead, Person
from estates.leads.routing.route import route

BATCH = 200
BY_HAND, BY_MAIL, BY_PHONE, BY_REFERENCE = "hand", "mail", "phone", "reference"
"""By what a lead's person or estate was found."""


def start_filing(agency: Agency) -> Job:
    """One job at a time for an agency: whoever files alone never makes two people of one."""
    return start(agency, "leads.file", subject="inbox")


def file(run: Run) -> None:
    """The work of `leads.file`: everything that is not filed yet, oldest first."""
    waiting = Lead.objects.for_agency(run.agency).filter(filed_at=None).order_by("pk")
    done = run.checkpoint.get("done", 0)
    while leads := list(waiting.defer("message", "search_text")[:BATCH]):
        done += len(leads)
        with run.step(done=done, phase="filing", checkpoint={"done": done}):
            file_leads(run.agency, leads)
        if run.out_of_time:
            raise Continue


def file_leads(agency: Agency, leads: Sequence[Lead]) -> None:
    link_estates(agency, leads)
    link_people(agency, leads)
    now = timezone.now()
    fields = ["estate", "estate_by", "person", "person_by"]
    for lead in leads:
        lead.filed_at = now
    Lead.objects.across_agencies().bulk_update(leads, [*fields, "filed_at"])
    route(agency, leads)


def link_estates(agency: Agency, leads: Iterable[Lead]) -> None:
    """By the estate's own reference or id that a lead names; what a person linked by hand stays."""
    open_leads = [lead for lead in leads if lead.estate_reference and lead.estate_by != BY_HAND]
    names = {lead.estate_reference for lead in open_leads}
    if not names:
        return
    rows = Estate.objects.for_agency(agency).filter(Q(reference__in=names) | Q(remote_id__in=names))
    found: dict[str, set[int]] = {}
    for pk, reference, remote_id in rows.values_list("pk", "reference", "remote_id"):
        for name in {reference, remote_id} & names:
            found.setdefault(name, set()).add(pk)
    for lead in open_leads:
        estates = found.get(lead.estate_reference, set())
        # Two estates of one reference: which one is meant only a person can tell.
        lead.estate_id = next(iter(estates)) if len(estates) == 1 else None
        lead.estate_by = BY_REFERENCE if lead.estate_id else ""


def link_people(agency: Agency, leads: Sequence[Lead]) -> None:
    """By mail address, else by phone number. What a person decided by hand stays.

    Where a lead's address is one person's and its number another's, the address decides: households share a
    phone more often than a mailbox.
    """
    known = _people_by_key(agency, leads)
    newcomers: list[tuple[Lead, Person]] = []
    for lead in leads:
        if lead.person_by == BY_HAND:
            continue
        keys = [(BY_MAIL, lead.email_key), (BY_PHONE, lead.phone_key)]
        reason, person = next(
            ((by, known[by, key]) for by, key in keys if key and (by, key) in known), ("", None)
        )
        if person is None:
            person = lead.person if lead.person_id and not reason else None
        if person is None:
            person = Person(agency=agency)
            newcomers.append((lead, person))
        lead.person, lead.person_by = person, reason
        for by, key in keys:
            if key:
                known.setdefault((by, key), person)
    Person.objects.across_agencies().bulk_create([person for _, person in newcomers])
    for lead in leads:
        lead.person = lead.person  # takes the key that the new person has got


def _people_by_key(agency: Agency, leads: Sequence[Lead]) -> dict[tuple[str, str], Person]:
    """Whom the leads' addresses and numbers belong to already; of several the one who wrote first."""
    mails = {lead.email_key for lead in leads if lead.email_key}
    phones = {lead.phone_key for lead in leads if lead.phone_key}
    others = Lead.objects.for_agency(agency).exclude(pk__in=[lead.pk for lead in leads])
    others = others.exclude(person=None).order_by(F("person_id").desc()).select_related("person")
    known: dict[tuple[str, str], Person] = {}
    for by, column, values in ((BY_MAIL, "email_key", mails), (BY_PHONE, "phone_key", phones)):
        rows = others.filter((f"{column}__in", values)).only("person", column, "agency")
        known |= {(by, getattr(lead, column)): lead.person for lead in rows if lead.person}
    return known
