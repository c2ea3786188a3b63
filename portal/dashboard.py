"""What an agency's first page says: what needs a person, what happens, what there is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.catalogue.models import Estate, SyncRun
from estates.connections.models import Connection, State
from estates.jobs.models import OPEN, Job, Status
from estates.leads.alarms import alarms_in
from estates.leads.aviv.gaps import wide_gaps
from estates.leads.erasure.retention import due, has_old_leads, months_before, retention_of
from estates.wordpress.endings import EARLY
from estates.wordpress.health.faults import told as told_faults
from estates.wordpress.health.listing import down_for_long
from estates.wordpress.listing import SiteCard, cards, sites_of
from estates.wordpress.models import BETWEEN, SiteHealth, SitePlugin, Verdict
from estates.wordpress.models import State as SiteState
from estates.wordpress.plugins.listing import Standing, alarms_of, standing_of
from estates.wordpress.plugins.looking import fetch_subject
from estates.wordpress.proof.listing import proposals_by_site, troubles
from estates.wordpress.switching import subject_of
from portal.leads_card import late_of, leads_of
from portal.templatetags.passerelle import count

RECENT = timedelta(days=3)
BARS = 8
MANY = 1000


@dataclass(frozen=True)
class Need:
    """Something that waits for a person: what it is about, a sentence, the remote's words, where to mend it."""

    about: str
    sentence: str | Promise
    words: str
    url: str


@dataclass(frozen=True)
class Bar:
    """A bar of a picture: what is counted, how many, and the list behind it."""

    word: str
    number: int
    url: str


def needs_of(agency: Agency) -> list[Need]:
    """What only a person can mend, the worst first: keys, syncs, sources of leads, sites, failed work."""
    connections_page = reverse("connections:index", args=[agency.slug])
    refused = Connection.objects.for_agency(agency).filter(removed_at=None, state=State.REFUSED)
    needs = [
        Need(
            str(each),
            _("The remote system refuses this key. Replace it."),
            each.last_answer,
            connections_page,
        )
        for each in refused
    ]
    asking = (
        SyncRun.objects.for_agency(agency).filter(status=SyncRun.Status.ASKING).select_related("connection")
    )
    if late := late_of(agency):
        needs.append(need_of_leads(agency, late))
    needs += [
        Need(
            str(run.connection),
            _("More than a tenth of the estates are no longer listed. Should they be marked as gone?"),
            "",
            reverse("catalogue:removal", args=[agency.slug, run.pk]),
        )
        for run in asking
    ]
    needs += [
        Need(
            str(alarm.source.connection),
            alarm.sentence,
            "",
            reverse("leads:source", args=[agency.slug, alarm.source.pk]),
        )
        for alarm in alarms_in(agency)
    ]
    waiting = sites_that_need(agency)
    needs += [need_of(card) for card in waiting]
    needs += [need_of_health(row) for row in down_for_long(agency)]
    needs += publication_needs(agency)
    needs += webhook_needs(agency)
    alarms = alarms_of(agency)
    needs += [need_of_plugin(plugin) for plugin in alarms]
    # The site says it already, and has the buttons.
    told = [subject_of(card.site) for card in waiting] + [fetch_subject(plugin) for plugin in alarms]
    failed = latest_of_each_subject(agency).filter(status=Status.FAILED).exclude(subject__in=told)
    needs += [
        Need(
            f"{job.label} · {job.title}",
            job.sentence,
            job.error,
            reverse("jobs:detail", args=[agency.slug, job.pk]),
        )
        for job in failed[:20]
    ]
    return needs + silent_people(agency)


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


def webhook_needs(agency: Agency) -> list[Need]:
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


def publication_needs(agency: Agency) -> list[Need]:
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


def need_of_leads(agency: Agency, late: int) -> Need:
    words = ngettext(
        "%(number)d lead waits for an answer for longer than you mean to let wait.",
        "%(number)d leads wait for an answer for longer than you mean to let wait.",
        late,
    )
    return Need(gettext("Leads"), words % {"number": late}, "", reverse("leads:index", args=[agency.slug]))


def sites_that_need(agency: Agency) -> list[SiteCard]:
    """Sites that Ts-Immo refused, of which its answer never came, or whose plan ends within thirty days."""
    soon = timezone.localdate() + timedelta(days=EARLY)
    ending = Q(state=SiteState.ACTIVE, expires_at__lte=soon)
    found = sites_of(agency).filter(Q(state__in=(SiteState.REFUSED, *BETWEEN)) | ending)
    return [card for card in cards(agency, found) if card.is_stuck or not card.site.is_between]


def need_of(card: SiteCard) -> Need:
    site = card.site
    words = ""
    if site.state == SiteState.REFUSED:
        sentence, words = gettext("Ts-Immo refused to activate this site."), site.words
    elif card.is_stuck:
        sentence = gettext("Ts-Immo's answer did not come, and nobody is asking any more.")
    elif card.has_ended:
        sentence = gettext("The plan of this site has ended.")
    else:
        date = formats.date_format(site.expires_at or card.today, "DATE_FORMAT")
        sentence = gettext("The plan of this site ends on %(date)s.") % {"date": date}
    return Need(str(site), sentence, words, reverse("wordpress:detail", args=[site.agency.slug, site.pk]))


def need_of_health(row: SiteHealth) -> Need:
    faults = told_faults(row.faults)
    sentence = f"{faults[0].title}. {faults[0].means}" if faults else row.get_verdict_display()
    return Need(
        str(row.site), sentence, "", reverse("wordpress:detail", args=[row.site.agency.slug, row.site_id])
    )


def need_of_plugin(plugin: SitePlugin) -> Need:
    if standing_of(plugin) == Standing.BLOCKED:
        sentence = gettext("Downloads are stopped: one version was promised with different content.")
    else:
        sentence = gettext("The file of this plugin was refused, and given to nobody.")
    page = reverse("wordpress:plugins", args=[plugin.site.agency.slug, plugin.site_id])
    return Need(f"{plugin} · {plugin.site}", sentence, "", page)


def latest_of_each_subject(agency: Agency) -> QuerySet[Job]:
    """The newest job of each kind and subject of the last days: a failure that a later success mended is no need."""
    recent = Job.objects.for_agency(agency).filter(created_at__gte=timezone.now() - RECENT)
    newest = recent.values("kind", "subject").annotate(newest=Max("pk")).values("newest")
    return (
        Job.objects.for_agency(agency).filter(pk__in=newest).order_by("-pk").defer("evidence", "checkpoint")
    )


def bars_of(agency: Agency, column: str) -> list[Bar]:
    """How many present estates there are by the words of a column, the most frequent first."""
    page = reverse("catalogue:search", args=[agency.slug])
    rows = (
        Estate.objects.for_agency(agency)
        .filter(gone_at=None)
        .values_list(column)
        .annotate(number=Count("pk"))
        .order_by("-number", column)
    )
    return [Bar(word, number, f"{page}?{column}={word}") for word, number in rows[:BARS] if word]


def dashboard_of(agency: Agency) -> dict[str, Any]:
    by_status = bars_of(agency, "status")
    return {
        "needs": needs_of(agency),
        "open_jobs": Job.objects.for_agency(agency)
        .filter(status__in=OPEN)
        .defer("evidence")
        .order_by("-pk")[:5],
        "connections": Connection.objects.for_agency(agency)
        .filter(removed_at=None)
        .order_by("system", "label"),
        "leads": leads_of(agency),
        "by_status": by_status,
        "by_type": bars_of(agency, "type"),
        "estates": sum(bar.number for bar in by_status),
        "runs": SyncRun.objects.for_agency(agency)
        .select_related("connection")
        .defer("seen")
        .order_by("-started_at")[:6],
    }
