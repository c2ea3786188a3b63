"""The demo's two sites: pressing "Activate" on one succeeds, on the other it is refused."""

from accounts.roles import Role
from estates.connections.models import System
from estates.wordpress import switching
from estates.wordpress.models import Site, State
from estates.wordpress.plugins.listing import Standing, cards
from portal.demo.people import AGENCIES, OFFERED_WRONGLY, OTHER_SITES, SITES, add_sites, found
from portal.management.commands.demo import tell
from tests.wordpress.conftest import fresh, worked
from tests.wordpress.plugins.conftest import fetches, look


def test_one_site_is_accepted_and_one_refused(db, connected, box):
    agency = found(AGENCIES[0])
    connected(agency, key=AGENCIES[0].keys[System.TS_IMMO])
    owner = agency.members.get(memberships__role=Role.OWNER)
    add_sites(agency)
    add_sites(agency)
    sites = list(Site.objects.for_agency(agency).order_by("pk"))
    assert [site.domain for site in sites] == [domain for domain, _key in SITES]
    assert {site.state for site in sites} == {State.INACTIVE}
    for site in sites:
        worked(switching.activate(site, owner))
    assert [fresh(site).state for site in sites] == [State.ACTIVE, State.REFUSED]
    assert fresh(sites[1]).words == "Invalid plugin authentication key"


def test_plugins_are_ready_at_one_agency_and_one_is_an_alarm_at_the_other(
    db, connected, box, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    for change in OFFERED_WRONGLY:
        tell(f"{box.url}/__sandbox/plugins", change)
    standings = []
    for wanted, sites in zip(AGENCIES, (SITES, OTHER_SITES), strict=True):
        agency = found(wanted)
        connected(agency, key=wanted.keys[System.TS_IMMO])
        add_sites(agency, sites)
        site = Site.objects.for_agency(agency).order_by("pk")[0]
        look(site)
        fetches(agency)
        standings.append([card.standing for card in cards(site)])
    assert standings == [[Standing.READY, Standing.READY], [Standing.REFUSED, Standing.READY]]
