"""The demo's two sites: pressing "Activate" on one succeeds, on the other it is refused."""

from accounts.roles import Role
from estates.connections.models import System
from estates.wordpress import switching
from estates.wordpress.models import Site, State
from portal.demo.people import AGENCIES, SITES, add_sites, found
from tests.wordpress.conftest import fresh, worked


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
