"""What a person decides about one listing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job
from estates.syndication.deciding import CannotSend, insist, send_now, set_hand
from estates.syndication.models import Feed, FeedItem, Listing, ListingEvent
from tests.syndication.judging.conftest import listings, plan_of

pytestmark = pytest.mark.django_db


def history(listing):
    return list(listing.events.order_by("pk").values_list("what", flat=True))


def audited(agency):
    rows = AuditEntry.objects.for_agency(agency).order_by("number")
    return [(entry.action, entry.subject, entry.detail) for entry in rows]


def sendings(agency):
    return Job.objects.for_agency(agency).filter(kind="syndication.send").count()


def test_always_puts_an_estate_in_line_that_no_rule_chooses(plan, agency, add_estate, manager):
    plan.rules = {"cities": ["Nice"]}
    plan.save()
    estate = add_estate(agency, title="Loft")
    listing = set_hand(plan, estate, "always", manager)
    assert (listing.hand, listing.wanted, listing.stage) == ("always", True, "due")
    assert (listing.external_id, listing.title, listing.verdict) == ("remote-1", "Loft", "ready")
    assert history(listing) == ["by_hand", "wanted"]
    assert audited(agency) == [("listing.by_hand", "Loft", {"number": "remote-1", "hand": "always"})]


def test_never_takes_it_out_and_the_rules_bring_it_back(plan, agency, add_estate, look, manager):
    estate = add_estate(agency)
    listing = look(plan)["remote-1"]
    online(listing)
    listing = set_hand(plan, listing, "never", manager)
    assert (listing.wanted, listing.due_at, listing.stage) == (False, None, "done")
    assert history(listing) == ["wanted", "by_hand", "lapses"]
    listing = set_hand(plan, estate, "", manager)
    assert (listing.hand, listing.wanted, listing.stage) == ("", True, "done")
    assert listing.due_at > timezone.now()
    assert listings(plan).keys() == {"remote-1"}


def online(listing):
    listing.stage, listing.sent_digest, listing.live_since = "done", listing.digest, timezone.now()
    listing.live_until = timezone.now() + timedelta(days=60)
    listing.due_at = timezone.now() + timedelta(days=30)
    listing.save()


def test_never_about_an_estate_that_was_never_seen_is_remembered(plan, agency, add_estate, look, manager):
    estate = add_estate(agency)
    listing = set_hand(plan, estate, "never", manager)
    assert (listing.wanted, listing.stage, history(listing)) == (False, "", ["by_hand"])
    assert look(plan)["remote-1"].wanted is False


def test_what_was_decided_already_leaves_no_trace(plan, agency, add_estate, manager):
    estate = add_estate(agency)
    first = set_hand(plan, estate, "always", manager)
    again = set_hand(plan, estate, "always", manager)
    assert first == again
    assert len(history(first)) == 2
    assert len(audited(agency)) == 1


def test_an_estate_that_is_gone_is_not_published(plan, agency, add_estate, manager):
    estate = add_estate(agency, gone_at=timezone.now())
    assert set_hand(plan, estate, "always", manager).wanted is False


def test_a_decision_about_an_estate_that_has_just_gone_takes_it_out(plan, agency, add_estate, look, manager):
    estate = add_estate(agency)
    online(look(plan)["remote-1"])
    estate.gone_at = timezone.now()
    estate.save()
    listing = set_hand(plan, estate, "always", manager)
    assert (listing.wanted, listing.due_at, history(listing)[1:]) == (False, None, ["by_hand", "lapses"])


def test_nothing_is_decided_for_another_agency_or_plan(plan, agency, other_agency, add_estate, manager, look):
    with pytest.raises(ValueError, match="another agency"):
        set_hand(plan, add_estate(other_agency), "always", manager)
    theirs = plan_of(other_agency)
    with pytest.raises(ValueError, match="another agency"):
        set_hand(plan, look(theirs)["remote-1"], "never", manager)
    add_estate(agency)
    second = plan_of(agency, "Seeki 2")
    with pytest.raises(ValueError, match="another plan"):
        set_hand(second, look(plan)["remote-2"], "never", manager)
    with pytest.raises(ValueError, match="perhaps"):
        set_hand(plan, look(plan)["remote-2"], "perhaps", manager)
    assert not ListingEvent.objects.filter(what="by_hand").exists()
    assert audited(agency) == []


@pytest.fixture
def fed(plan, agency):
    """A listing of a feed file that is online."""
    feed = Feed.objects.create(agency=agency, plan=plan, name="a.xml", size=1, sha256="0")
    item = FeedItem.objects.create(agency=agency, feed=feed, ordinal=0, line=1, state="accepted")
    return Listing.objects.create(
        agency=agency,
        plan=plan,
        external_id="crm-1",
        feed_item=item,
        wanted=True,
        stage="done",
        live_until=timezone.now() + timedelta(days=9),
        due_at=timezone.now() + timedelta(days=3),
    )


def test_always_for_an_estate_whose_number_a_file_has_left_publishes_the_estate(
    plan, fed, manager, agency, add_estate
):
    row = listings(plan)[fed.external_id]
    Listing.objects.for_agency(agency).filter(pk=row.pk).update(wanted=False)
    estate = add_estate(agency, remote_id=row.external_id)
    plan.rules = {"cities": ["Nice"]}
    plan.save()
    set_hand(plan, estate, "never", manager)
    assert listings(plan)[row.external_id].estate_id is None
    set_hand(plan, estate, "always", manager)
    found = listings(plan)[row.external_id]
    assert (found.pk, found.estate_id, found.wanted, found.stage) == (row.pk, estate.pk, True, "due")


def test_a_feed_files_listing_can_be_taken_out_and_put_back(plan, fed, manager):
    listing = set_hand(plan, fed, "never", manager)
    assert (listing.wanted, listing.due_at, listing.stage) == (False, None, "done")
    listing = set_hand(plan, listing, "", manager)
    assert (listing.wanted, listing.stage) == (True, "due")
    assert listing.due_at <= timezone.now()
    assert history(listing) == ["by_hand", "lapses", "by_hand", "wanted"]


def test_a_feed_files_listing_in_line_leaves_it(plan, fed, manager):
    Listing.objects.for_agency(fed.agency).update(stage="due", live_until=None)
    fed.refresh_from_db()
    listing = set_hand(plan, fed, "never", manager)
    assert (listing.stage, listing.wanted) == ("", False)
    assert history(listing) == ["by_hand"]


def test_what_a_file_dropped_stays_dropped_unless_somebody_says_always(plan, fed, manager):
    Listing.objects.for_agency(fed.agency).update(wanted=False, due_at=None)
    fed.refresh_from_db()
    listing = set_hand(plan, fed, "always", manager)
    assert (listing.wanted, listing.stage) == (True, "due")
    Listing.objects.for_agency(fed.agency).update(wanted=False, due_at=None)
    assert set_hand(plan, listing, "", manager).wanted is False


def test_send_now_puts_a_listing_in_line_before_its_time(plan, agency, add_estate, look, manager):
    add_estate(agency)
    listing = look(plan)["remote-1"]
    online(listing)
    send_now(listing, manager)
    assert (listing.stage, listing.insists) == ("due", False)
    listing.refresh_from_db()
    assert (listing.stage, listing.insists, listing.due_at <= timezone.now()) == ("due", False, True)
    assert sendings(agency) == 1
    assert audited(agency) == [("listing.send_asked", listing.title, {"number": "remote-1"})]
    assert look(plan)["remote-1"].stage == "due"


def test_send_now_needs_a_forecast_that_does_not_refuse(plan, agency, add_estate, look, manager):
    add_estate(agency, price=None)
    listing = look(plan)["remote-1"]
    with pytest.raises(CannotSend, match="insist"):
        send_now(listing, manager)
    insist(listing, manager)
    listing.refresh_from_db()
    assert (listing.stage, listing.insists, sendings(agency)) == ("due", True, 1)
    row = look(plan)["remote-1"]
    assert (row.stage, row.insists, row.verdict) == ("due", True, "will_be_refused")
    send_now(row, manager)


@pytest.mark.parametrize("verb", [send_now, insist])
def test_what_cannot_be_sent_says_why(plan, agency, add_estate, look, manager, verb):
    add_estate(agency, price=Decimal(300_000))
    listing = look(plan)["remote-1"]
    listing.wanted = False
    with pytest.raises(CannotSend, match="Always publish"):
        verb(listing, manager)
    listing.wanted, listing.plan.active = True, False
    with pytest.raises(CannotSend, match="switched off"):
        verb(listing, manager)
    listing.plan.active = True
    for stage in ("sending", "processing"):
        Listing.objects.for_agency(agency).update(stage=stage)
        with pytest.raises(CannotSend, match="on its way") as caught:
            verb(listing, manager)
        assert str(caught.value.words).endswith(".")
    assert (sendings(agency), audited(agency)) == (0, [])


def test_a_feed_files_listing_goes_with_its_file(plan, fed, manager, agency):
    send_now(fed, manager)
    fed.refresh_from_db()
    assert (fed.stage, sendings(agency)) == ("due", 0)
    assert fed.due_at <= timezone.now()
