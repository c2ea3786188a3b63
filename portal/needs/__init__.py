"""What only a person can mend, gathered from all rooms for an agency's first page."""

from accounts.models import Agency
from portal.needs import keys, leads, publication, sites, support, syndication, webhooks, work
from portal.needs.need import Need

GATHERED = (
    keys.refused_keys,
    keys.exposed_keys,
    leads.late_leads,
    keys.asking_syncs,
    leads.alarming_sources,
    sites.switched_sites,
    sites.down_sites,
    syndication.lapsing_listings,
    syndication.refused_listings,
    support.unsent_messages,
    support.answered_tickets,
    syndication.waiting_feeds,
    publication.published_estates,
    leads.unannounced_leads,
    webhooks.failing_webhooks,
    sites.untrusted_plugins,
)
"""The worst first; failed work and what is due come behind."""


def needs_of(agency: Agency) -> list[Need]:
    needs = [need for gather in GATHERED for need in gather(agency)]
    needs += work.failed_jobs(agency, {need.subject for need in needs if need.subject})
    return needs + leads.silent_people(agency)
