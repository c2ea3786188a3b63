"""Leads that wait for an answer, sources that may lose some, and people who are due to be erased."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.models import Agency
from estates.leads.alarms import alarms_in
from estates.leads.aviv.gaps import wide_gaps
from estates.leads.erasure.retention import due, has_old_leads, months_before, retention_of
from portal.leads_card import late_of
from portal.needs.need import Need
from portal.templatetags.passerelle import count

MANY = 1000


def late_leads(agency: Agency) -> list[Need]:
    """That leads wait for longer than the agency means to let them wait."""
    late = late_of(agency)
    if not late:
        return []
    words = ngettext(
        "%(number)d lead waits for an answer for longer than you mean to let wait.",
        "%(number)d leads wait for an answer for longer than you mean to let wait.",
        late,
    )
    return [Need(gettext("Leads"), words % {"number": late}, "", reverse("leads:index", args=[agency.slug]))]


def alarming_sources(agency: Agency) -> list[Need]:
    return [
        Need(
            str(alarm.source.connection),
            alarm.sentence,
            "",
            reverse("leads:source", args=[agency.slug, alarm.source.pk]),
        )
        for alarm in alarms_in(agency)
    ]


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


def silent_people(agency: Agency) -> list[Need]:
    """That somebody has been silent for longer than the agency keeps people, where it decides about that by hand."""
    kept = retention_of(agency)
    since = months_before(timezone.now(), kept.months)
    if kept.automatic or not has_old_leads(agency, since):
        return []
    number = due(agency, since)[: MANY + 1].count()
    if not number:
        return []
    sentence = ngettext(
        "%(number)s person has been silent for too long and is due to be erased.",
        "%(number)s people have been silent for too long and are due to be erased.",
        number,
    ) % {"number": count(number, MANY)}
    return [Need(gettext("Data protection"), sentence, "", reverse("leads:silent", args=[agency.slug]))]
