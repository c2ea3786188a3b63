"""Leads that wait for an answer, sources that may lose some, and people who are due to be erased."""

from django.db.models import Case, Count, Exists, IntegerField, Min, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

from accounts.models import Agency
from estates.leads.alarms import FULL, UNSETTLED, unsettled
from estates.leads.aviv.gaps import wide_gaps
from estates.leads.erasure.retention import due, months_before, old_leads
from estates.leads.inbox.search import overdue
from estates.leads.models import LeadSource
from portal.needs.keys import NAME, name_of
from portal.needs.need import Asked, Facts, Kind, Need, moment
from portal.templatetags.passerelle import count

MANY = 1000


class Number(Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def late_leads(asked: Asked) -> Kind:
    """That leads wait for longer than the agency means to let them wait."""
    page = reverse("leads:index", args=[asked.agency.slug])

    def tell(facts: Facts) -> Need:
        words = ngettext(
            "%(number)s lead waits for an answer for longer than you mean to let wait: for %(time)s.",
            "%(number)s leads wait for an answer for longer than you mean to let wait, the first for %(time)s.",
            facts["number"],
        )
        waited = timesince(moment(facts["since"]), asked.now, depth=1)
        shown = {"number": count(facts["number"]), "time": waited}
        return Need(gettext("Leads"), words % shown, "", page)

    late = overdue(asked.agency, asked.clock.overdue_before).order_by().values("agency")
    found = late.annotate(number=Count("pk"), since=Min("happened_at"))
    return Kind(found, {"pk": "agency", "number": "number", "since": "since"}, tell)


def full_sources(asked: Asked) -> Kind:
    def tell(facts: Facts) -> Need:
        return _of_source(asked, facts, str(FULL[LeadSource.Mode(facts["mode"])]))

    return Kind(_sources(asked).filter(is_full=True), {"pk": "pk", "mode": "mode", **NAME}, tell)


def unsettled_sources(asked: Asked) -> Kind:
    def tell(facts: Facts) -> Need:
        return _of_source(asked, facts, str(UNSETTLED))

    return Kind(_sources(asked).filter(unsettled()), {"pk": "pk", **NAME}, tell)


def silent_people(asked: Asked) -> Kind:
    """That somebody has been silent for longer than the agency keeps people, where it decides about that by hand."""
    kept, page = asked.retention, reverse("leads:silent", args=[asked.agency.slug])
    since = months_before(asked.now, kept.months)

    def tell(facts: Facts) -> Need | None:
        if not facts["number"]:
            return None
        sentence = ngettext(
            "%(number)s person has been silent for too long and is due to be erased.",
            "%(number)s people have been silent for too long and are due to be erased.",
            facts["number"],
        ) % {"number": count(facts["number"], MANY)}
        return Need(gettext("Data protection"), sentence, "", page)

    # Whether anybody can be due at all is cheap; to count them is not.
    number = Number(due(asked.agency, since).values("pk")[: MANY + 1])
    asking = Agency.objects.filter(pk=asked.agency.pk)
    possible = Case(When(Exists(old_leads(asked.agency, since)), then=number), default=0)
    return Kind(asking.none() if kept.automatic else asking, {"pk": "pk", "number": possible}, tell)


def unannounced_leads(agency: Agency) -> list[Need]:
    """Connections to AVIV whose leads come late, because it does not announce them."""
    needs = []
    for connection, gap in wide_gaps(agency):
        words = ngettext(
            "AVIV did not announce %(number)s lead of the last day; fetching found it a few minutes later.",
            "AVIV did not announce %(number)s leads of the last day; fetching found them a few minutes later.",
            gap.missed,
        )
        page = reverse("leads:aviv", args=[agency.slug, connection.pk])
        needs.append(Need(str(connection), words % {"number": gap.missed}, "", page))
    return needs


def _sources(asked: Asked) -> QuerySet[LeadSource]:
    return LeadSource.objects.for_agency(asked.agency).filter(connection__removed_at=None)


def _of_source(asked: Asked, facts: Facts, sentence: str) -> Need:
    page = reverse("leads:source", args=[asked.agency.slug, facts["pk"]])
    return Need(name_of(facts), sentence, "", page)
