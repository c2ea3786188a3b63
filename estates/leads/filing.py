"""Filing leads that have just come: estate, person and who is in charge of each. Saving never waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency
from accounts.rows import update_rows
from estates.catalogue.models import Estate
from estates.catalogue.words import normalise
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.leads.models import Lead, Person
from estates.leads.people.lock import lock_people
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
    while found := list(waiting.values_list("pk", flat=True)[:BATCH]):
        done += len(found)
        with run.step(done=done, phase="filing", checkpoint={"done": done}):
            lock_people(run.agency)
            leads = waiting.filter(pk__in=found).select_for_update(of=("self",)).select_related("person")
            file_leads(run.agency, list(leads.defer("message", "search_text")))
        if run.out_of_time:
            raise Continue


def file_leads(agency: Agency, leads: Sequence[Lead]) -> None:
    link_estates(agency, leads)
    link_people(agency, leads)
    now = timezone.now()
    fields = ["estate", "estate_by", "person", "person_by"]
    for lead in leads:
        lead.filed_at = now
    update_rows(leads, [*fields, "filed_at"])
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
    phone more often than a mailbox. Where an address or number is several people's, who were split by hand or
    not merged yet, a lead stays with the one that has it; a new one goes to who wrote under the same name, else
    to who wrote first.
    """
    known = _owners_by_key(agency, leads)
    newcomers: list[Person] = []
    for lead in leads:
        if lead.person_by == BY_HAND:
            continue
        keys = [(by, key) for by, key in ((BY_MAIL, lead.email_key), (BY_PHONE, lead.phone_key)) if key]
        found = next((key for key in keys if key in known), None)
        if found:
            owner, reason = _owner_of(lead, known[found]), found[0]
        else:
            owner, reason = _Owner(lead.person or Person(agency=agency)), ""
            if not owner.person.pk:
                newcomers.append(owner.person)
        owner.names.add(_name_of(lead))
        lead.person, lead.person_by = owner.person, reason
        for key in keys:
            if owner not in known.setdefault(key, []):
                known[key].append(owner)
    Person.objects.across_agencies().bulk_create(newcomers)
    for lead in leads:
        lead.person = lead.person  # takes the key that the new person has got


@dataclass(eq=False)
class _Owner:
    person: Person
    names: set[str] = field(default_factory=set)


def _owner_of(lead: Lead, owners: Sequence[_Owner]) -> _Owner:
    now = [owner for owner in owners if lead.person_id and owner.person.pk == lead.person_id]
    named = [owner for owner in owners if _name_of(lead) in owner.names]
    return [*now, *named, *owners][0]


def _name_of(lead: Lead) -> str:
    return " ".join(sorted(normalise(lead.name).split()))


def _owners_by_key(agency: Agency, leads: Sequence[Lead]) -> dict[tuple[str, str], list[_Owner]]:
    """Whom the leads' addresses and numbers belong to already, first who wrote first."""
    mails = {lead.email_key for lead in leads if lead.email_key}
    phones = {lead.phone_key for lead in leads if lead.phone_key}
    open_leads = [lead.pk for lead in leads if lead.person_by != BY_HAND]
    others = Lead.objects.for_agency(agency).exclude(pk__in=open_leads).exclude(person=None)
    others = others.order_by("person_id", "pk").select_related("person")
    owners: dict[int, _Owner] = {}
    known: dict[tuple[str, str], list[_Owner]] = {}
    for by, column, values in ((BY_MAIL, "email_key", mails), (BY_PHONE, "phone_key", phones)):
        rows = others.filter((f"{column}__in", values))
        for lead in rows.only("person", column, "agency", "first_name", "last_name"):
            if lead.person is None:
                continue
            owner = owners.setdefault(lead.person.pk, _Owner(lead.person))
            owner.names.add(_name_of(lead))
            theirs = known.setdefault((by, getattr(lead, column)), [])
            if owner not in theirs:
                theirs.append(owner)
    return known
