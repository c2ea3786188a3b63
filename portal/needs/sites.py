"""Sites that Ts-Immo refuses, that are about to end or down, and plugins whose files are not to be trusted."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext

from accounts.models import Agency
from estates.wordpress.endings import EARLY
from estates.wordpress.health.faults import told
from estates.wordpress.health.listing import down_for_long
from estates.wordpress.listing import SiteCard, cards, sites_of
from estates.wordpress.models import BETWEEN, SiteHealth, SitePlugin, State
from estates.wordpress.plugins.listing import Standing, alarms_of, standing_of
from estates.wordpress.plugins.looking import fetch_subject
from estates.wordpress.switching import subject_of
from portal.needs.need import Need


def switched_sites(agency: Agency) -> list[Need]:
    """Sites that Ts-Immo refused, of which its answer never came, or whose plan ends within thirty days."""
    soon = timezone.localdate() + timedelta(days=EARLY)
    ending = Q(state=State.ACTIVE, expires_at__lte=soon)
    found = sites_of(agency).filter(Q(state__in=(State.REFUSED, *BETWEEN)) | ending)
    return [_of_site(card) for card in cards(agency, found) if card.is_stuck or not card.site.is_between]


def down_sites(agency: Agency) -> list[Need]:
    return [_of_health(row) for row in down_for_long(agency)]


def untrusted_plugins(agency: Agency) -> list[Need]:
    return [_of_plugin(plugin) for plugin in alarms_of(agency)]


def _of_site(card: SiteCard) -> Need:
    site = card.site
    words = ""
    if site.state == State.REFUSED:
        sentence, words = gettext("Ts-Immo refused to activate this site."), site.words
    elif card.is_stuck:
        sentence = gettext("Ts-Immo's answer did not come, and nobody is asking any more.")
    elif card.has_ended:
        sentence = gettext("The plan of this site has ended.")
    else:
        date = formats.date_format(site.expires_at or card.today, "DATE_FORMAT")
        sentence = gettext("The plan of this site ends on %(date)s.") % {"date": date}
    page = reverse("wordpress:detail", args=[site.agency.slug, site.pk])
    # The site says it already, and has the buttons.
    return Need(str(site), sentence, words, page, subject_of(site))


def _of_health(row: SiteHealth) -> Need:
    faults = told(row.faults)
    sentence = f"{faults[0].title}. {faults[0].means}" if faults else row.get_verdict_display()
    return Need(
        str(row.site), sentence, "", reverse("wordpress:detail", args=[row.site.agency.slug, row.site_id])
    )


def _of_plugin(plugin: SitePlugin) -> Need:
    if standing_of(plugin) == Standing.BLOCKED:
        sentence = gettext("Downloads are stopped: one version was promised with different content.")
    else:
        sentence = gettext("The file of this plugin was refused, and given to nobody.")
    page = reverse("wordpress:plugins", args=[plugin.site.agency.slug, plugin.site_id])
    return Need(f"{plugin} · {plugin.site}", sentence, "", page, fetch_subject(plugin))
