"""What only a person can mend, gathered from all rooms for an agency's first page and for the number in the menu."""

from collections.abc import Callable

from accounts.models import Agency, Membership
from estates.leads.erasure.retention import retention_of
from estates.leads.inbox.office import clock_of
from portal.needs import keys, leads, publication, sites, support, syndication, webhooks, work
from portal.needs.need import Asked, Kind, Need, together

GATHERED = (
    leads.late_leads,
    keys.refused_keys,
    keys.exposed_keys,
    keys.asking_syncs,
    leads.full_sources,
    leads.unsettled_sources,
    sites.switched_sites,
    sites.down_sites,
    syndication.lapsing_listings,
    syndication.refused_listings,
    support.unsent_messages,
    support.answered_tickets,
    syndication.waiting_feeds,
    syndication.held_listings,
    publication.wrong_pages,
    publication.proposed_addresses,
    sites.full_sites,
    webhooks.failing_webhooks,
    sites.untrusted_plugins,
    work.failed_jobs,
    leads.silent_people,
)
"""The worst first; failed work and what is due come behind."""


def needs_of(agency: Agency) -> list[Need]:
    return told(agency, *GATHERED) + leads.unannounced_leads(agency)


def told(agency: Agency, *gathered: Callable[[Asked], Kind]) -> list[Need]:
    """The needs of some kinds."""
    asked = Asked(agency, clock_of(agency), retention_of(agency))
    return together([gather(asked) for gather in gathered])


def needs_for(membership: Membership) -> list[Need]:
    """Of these, what the person may mend."""
    return [need for need in needs_of(membership.agency) if membership.may(need.least_role)]
