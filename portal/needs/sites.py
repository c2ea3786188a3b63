"""Sites that Ts-Immo refuses, that are about to end, full or down, and plugins whose files are not to be trusted."""

import json
from datetime import date, timedelta
from operator import itemgetter

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

from estates.catalogue.models import Estate
from estates.jobs.models import OPEN, Job
from estates.wordpress.endings import EARLY
from estates.wordpress.health.faults import told
from estates.wordpress.health.listing import down_for_long
from estates.wordpress.listing import NEARLY_FULL, sites_of
from estates.wordpress.models import BETWEEN, Condition, PluginFile, Site, SitePlugin, State
from estates.wordpress.models.plugins import with_rivals
from estates.wordpress.plugins.looking import fetch_subject
from estates.wordpress.switching import KIND_OF, subject_of
from portal.needs.need import Asked, Facts, Kind, Need
from portal.templatetags.passerelle import count


def switched_sites(asked: Asked) -> Kind:
    """Sites that Ts-Immo refused, of which its answer never came, or whose plan ends within thirty days."""

    def tell(facts: Facts) -> Need:
        site = Site(pk=facts["pk"], domain=facts["domain"])
        words = facts["words"] if facts["state"] == State.REFUSED else ""
        # The site says it already, and has the buttons.
        page = reverse("wordpress:detail", args=[asked.agency.slug, site.pk])
        return Need(str(site), _of_state(facts), words, page, subject_of(site))

    ending = Q(state=State.ACTIVE, expires_at__lte=timezone.localdate() + timedelta(days=EARLY))
    kinds = {state: KIND_OF[state] for state in BETWEEN}
    asking = [
        Q(state=state)
        & ~Exists(
            Job.objects.for_agency(asked.agency).filter(
                kind=kind, status__in=OPEN, subject=Concat(Value("site:"), OuterRef("pk"))
            )
        )
        for state, kind in kinds.items()
    ]
    stuck = asking[0] | asking[1]
    found = sites_of(asked.agency).filter(Q(state=State.REFUSED) | ending | stuck)
    names = ("pk", "domain", "state", "words", "expires_at")
    return Kind(found, {name: name for name in names}, tell, itemgetter("domain"))


def full_sites(asked: Asked) -> Kind:
    """Sites whose account has nearly as many estates as the plan allows, or more."""

    def tell(facts: Facts) -> Need:
        most, number = facts["most"], facts["number"]
        if number > most:
            words = ngettext(
                "The plan of this site allows %(most)s estate, and there are %(number)s.",
                "The plan of this site allows %(most)s estates, and there are %(number)s.",
                most,
            )
        else:
            words = ngettext(
                "The plan of this site is nearly full: %(number)s of %(most)s estate.",
                "The plan of this site is nearly full: %(number)s of %(most)s estates.",
                most,
            )
        page = reverse("wordpress:detail", args=[asked.agency.slug, facts["pk"]])
        shown = {"number": count(number), "most": count(most)}
        return Need(str(Site(domain=facts["domain"])), words % shown, "", page)

    here = Estate.objects.for_agency(asked.agency).filter(gone_at=None, connection=OuterRef("connection"))
    number = Subquery(here.order_by().values("connection").annotate(number=Count("pk")).values("number"))
    limited = sites_of(asked.agency).filter(state=State.ACTIVE, max_properties__isnull=False)
    counted = limited.annotate(estates=Coalesce(number, 0))
    full = counted.alias(over=F("estates") * 100 - F("max_properties") * NEARLY_FULL).filter(over__gte=0)
    facts = {"pk": "pk", "domain": "domain", "most": "max_properties", "number": "estates"}
    return Kind(full, facts, tell, itemgetter("domain"))


def down_sites(asked: Asked) -> Kind:
    def tell(facts: Facts) -> Need:
        given = facts["faults"]
        faults = told(json.loads(given) if isinstance(given, str) else given)
        verdict = Condition(facts["verdict"]).label
        sentence = f"{faults[0].title}. {faults[0].means}" if faults else str(verdict)
        page = reverse("wordpress:detail", args=[asked.agency.slug, facts["pk"]])
        return Need(str(Site(domain=facts["domain"])), sentence, "", page)

    names = {"faults": "faults", "verdict": "verdict", "since": "since"}
    facts = {"pk": "site", "domain": "site__domain", **names}
    return Kind(down_for_long(asked.agency), facts, tell, lambda facts: facts["since"] or "")


def untrusted_plugins(asked: Asked) -> Kind:
    """Listed plugins whose file was refused, or is blocked because it was promised with different content."""

    def tell(facts: Facts) -> Need:
        plugin = SitePlugin(**{name: facts[name] for name in ("pk", "name", "remote_id", "version")})
        if facts["blocked"]:
            sentence = gettext("Downloads are stopped: one version was promised with different content.")
        else:
            sentence = gettext("The file of this plugin was refused, and given to nobody.")
        page = reverse("wordpress:plugins", args=[asked.agency.slug, facts["site"]])
        about = f"{plugin} · {Site(domain=facts['domain'])}"
        return Need(about, sentence, "", page, fetch_subject(plugin))

    listed = SitePlugin.objects.for_agency(asked.agency).filter(withdrawn_at=None).exclude(file=None)
    blocked = Q(has_rival=True, file__released_at=None)
    found = with_rivals(listed).filter(blocked | Q(file__state=PluginFile.State.REFUSED))
    facts = {name: name for name in ("pk", "name", "remote_id", "version", "site")}
    return Kind(
        found.annotate(blocked=ExpressionWrapper(blocked, output_field=BooleanField())),
        {**facts, "domain": "site__domain", "blocked": "blocked"},
        tell,
        itemgetter("domain", "name", "pk"),
    )


def _of_state(facts: Facts) -> str:
    if facts["state"] == State.REFUSED:
        return gettext("Ts-Immo refused to activate this site.")
    if facts["state"] != State.ACTIVE:
        return gettext("Ts-Immo's answer did not come, and nobody is asking any more.")
    ends = date.fromisoformat(facts["expires_at"])
    if ends < timezone.localdate():
        return gettext("The plan of this site has ended.")
    shown = formats.date_format(ends, "DATE_FORMAT")
    return gettext("The plan of this site ends on %(date)s.") % {"date": shown}
