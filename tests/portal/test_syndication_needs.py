"""What of an agency's publication stands on its first page because a person has to do something."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.connections.models import Connection, System
from estates.syndication.models import Feed, Listing, Plan
from portal.needs import needs_of, told
from portal.needs.syndication import lapsing_listings, refused_listings, waiting_feeds


@pytest.fixture
def plan(agency) -> Plan:
    connection = Connection.objects.create(agency=agency, system=System.SEEKI, label="Lyon")
    return Plan.objects.create(agency=agency, connection=connection, active=True)


def listing(plan, number, **fields):
    given = {"wanted": True, "stage": Listing.Stage.DONE} | fields
    return Listing.objects.create(agency=plan.agency, plan=plan, external_id=str(number), **given)


def feed(plan, **fields):
    return Feed.objects.create(
        agency=plan.agency, plan=plan, name="export.xml", size=1, sha256="0" * 64, **fields
    )


def test_listings_that_lapse_although_they_are_wanted(agency, plan):
    soon, late = timezone.now() + timedelta(days=13), timezone.now() + timedelta(days=15)
    listing(plan, 1, live_until=soon)
    listing(plan, 2, live_until=soon)
    listing(plan, 3, live_until=late)
    listing(plan, 4, live_until=soon, wanted=False)
    (need,) = told(agency, lapsing_listings)
    assert need.sentence == "2 listings lapse within two weeks, although they should stay online."
    assert need.about == str(plan)
    assert need.url.startswith(f"/agencies/martin/syndication/plans/{plan.pk}/listings/?standing=")


def test_refused_listings_are_counted_by_plan(agency, plan):
    listing(plan, 1, stage=Listing.Stage.REFUSED)
    listing(plan, 2, stage=Listing.Stage.REFUSED, wanted=False)
    (need,) = told(agency, refused_listings)
    assert need.sentence == "Seeki refuses 1 listing as it stands here."
    assert need.url.endswith("?standing=refused")


def test_not_while_publication_is_switched_off(agency, plan):
    listing(plan, 1, stage=Listing.Stage.REFUSED)
    Plan.objects.for_agency(agency).update(active=False)
    assert told(agency, refused_listings) == []


def test_not_those_that_a_later_full_file_has_overtaken(agency, plan):
    feed(plan, state=Feed.State.READ)
    later = feed(plan, state=Feed.State.SENT, scope="full")
    assert len(told(agency, waiting_feeds)) == 1, "it names nothing"
    later.items.create(agency=agency, ordinal=0, line=1, external_id="A-1", state="accepted")
    assert told(agency, waiting_feeds) == []


def test_files_that_nobody_has_sent(agency, plan):
    waiting = feed(plan, state=Feed.State.READ)
    feed(plan, state=Feed.State.SENT)
    (need,) = told(agency, waiting_feeds)
    assert (need.about, need.url) == ("export.xml", f"/agencies/martin/syndication/feeds/{waiting.pk}/")


def test_another_agencys_are_none_of_ours(agency, other_agency, plan):
    listing(plan, 1, stage=Listing.Stage.REFUSED, live_until=timezone.now() + timedelta(days=1))
    feed(plan, state=Feed.State.READ)
    assert needs_of(other_agency) == []
    assert len(needs_of(agency)) == 3


def test_the_lists_that_needs_lead_to_are_there(agency, plan, browser):
    listing(plan, 1, stage=Listing.Stage.REFUSED, live_until=timezone.now() + timedelta(days=1))
    feed(plan, state=Feed.State.READ)
    for need in needs_of(agency):
        assert browser(agency).get(need.url).status_code == 200
