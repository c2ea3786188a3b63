"""What a listing is after Seeki has spoken, and when it is sent next."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from estates.syndication.models import Listing, ListingEvent, Verdict
from estates.syndication.pushing.codes import resent_after
from estates.syndication.pushing.confirming import Said, again, published, refresh_time, refused
from tests.syndication.pushing import making

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
DIGEST, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def sent(plan):
    """`sent(**fields)` is a listing that Seeki is working on."""
    number = iter(range(99))

    def make(**fields) -> Listing:
        given = {
            "stage": "processing",
            "due_at": None,
            "poll_at": NOON,
            "import_item_id": "i-1",
            "sent_at": NOON - timedelta(minutes=5),
            "digest": DIGEST,
            "sent_digest": DIGEST,
            "predicted": Verdict.READY,
            "tries": 2,
            "polls": 3,
        } | fields
        return making.listings(plan, making.estates(plan.agency, 1, first=next(number)), **given)[0]

    return make


def said(listing, **fields) -> Said:
    return Said(listing.pk, **{"sending": "i-1"} | fields)


def events(listing) -> list[str]:
    return list(listing.events.order_by("pk").values_list("what", flat=True))


def test_what_is_published_lives_sixty_days_from_when_it_was_sent(plan, sent):
    listing = sent(insists=True, code="INFRA_LOST", words="Lost")
    assert published(plan, [said(listing, listing_id="l-9")], NOON) == 1
    listing.refresh_from_db()
    assert listing.stage == "done"
    assert listing.live_until == NOON - timedelta(minutes=5) + 60 * DAY
    assert listing.live_since == NOON - timedelta(minutes=5)
    assert listing.due_at == refresh_time(plan, listing.external_id, NOON)
    assert (listing.poll_at, listing.tries, listing.polls, listing.insists) == (None, 0, 0, False)
    assert (listing.listing_id, listing.code, listing.words) == ("l-9", "", "")
    assert events(listing) == ["published"]
    assert listing.events.get().predicted == Verdict.READY


def test_an_answer_counts_once(plan, sent):
    listing = sent()
    published(plan, [said(listing)], NOON)
    assert published(plan, [said(listing)], NOON + DAY) == 0
    assert events(listing) == ["published"]


@pytest.mark.parametrize("end", [published, refused, again])
def test_an_answer_about_an_earlier_sending_is_no_news(plan, sent, end):
    listing = sent(import_item_id="i-2")
    assert end(plan, [said(listing)], NOON) == 0
    listing.refresh_from_db()
    assert (listing.stage, listing.poll_at) == ("processing", NOON)


def test_a_refresh_keeps_since_when_it_is_online(plan, sent):
    listing = sent(live_since=NOON - 30 * DAY, live_until=NOON + 30 * DAY)
    published(plan, [said(listing)], NOON)
    listing.refresh_from_db()
    assert listing.live_since == NOON - 30 * DAY
    assert listing.live_until > NOON + 59 * DAY


def test_after_a_gap_it_is_online_since_now(plan, sent):
    listing = sent(live_since=NOON - 90 * DAY, live_until=NOON - DAY)
    published(plan, [said(listing)], NOON)
    listing.refresh_from_db()
    assert listing.live_since == NOON - timedelta(minutes=5)


def test_what_was_changed_meanwhile_is_due_at_once(plan, sent):
    listing = sent(digest=OTHER)
    published(plan, [said(listing)], NOON)
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at) == ("due", NOON)
    assert listing.live_until


def test_what_was_changed_for_the_worse_waits_for_its_refresh(plan, sent):
    listing = sent(digest=OTHER, verdict=Verdict.REFUSED)
    published(plan, [said(listing)], NOON)
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at > NOON + 29 * DAY) == ("done", True)


def test_what_nobody_wants_any_more_is_left_to_lapse(plan, sent):
    listing = sent(wanted=False, digest=OTHER)
    published(plan, [said(listing)], NOON)
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at) == ("done", None)
    assert listing.live_until == NOON - timedelta(minutes=5) + 60 * DAY


def test_what_is_refused_waits_for_a_person_with_seekis_words(plan, sent):
    listing = sent()
    assert refused(plan, [said(listing, code="VALIDATION_FAILED", words="price\0 missing")], NOON) == 1
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at, listing.poll_at) == ("refused", None, None)
    assert (listing.code, listing.words) == ("VALIDATION_FAILED", "price missing")
    assert listing.answered_at == NOON
    assert [(e.what, e.code, e.words) for e in listing.events.all()] == [
        ("refused", "VALIDATION_FAILED", "price missing")
    ]


def test_a_refused_listing_that_is_online_is_tried_at_its_refresh(plan, sent):
    listing = sent(live_since=NOON - 5 * DAY, live_until=NOON + 55 * DAY)
    refused(plan, [said(listing, code="VALIDATION_FAILED")], NOON)
    listing.refresh_from_db()
    assert listing.due_at == refresh_time(plan, listing.external_id, NOON - 5 * DAY)
    assert listing.live_until == NOON + 55 * DAY


def test_and_every_seven_days_after_it(plan, sent):
    listing = sent(live_since=NOON - 31 * DAY, live_until=NOON + 29 * DAY)
    refused(plan, [said(listing, code="VALIDATION_FAILED")], NOON)
    listing.refresh_from_db()
    assert listing.due_at == NOON + 7 * DAY


def test_what_the_account_is_to_blame_for_is_tried_every_day(plan, sent):
    listing = sent()
    refused(plan, [said(listing, code="SUBSCRIPTION_INACTIVE")], NOON)
    listing.refresh_from_db()
    assert listing.due_at == NOON + DAY


def test_what_was_refused_and_mended_meanwhile_is_due_at_once(plan, sent):
    listing = sent(digest=OTHER)
    refused(plan, [said(listing, code="VALIDATION_FAILED")], NOON)
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at) == ("due", NOON)


def test_what_was_refused_and_is_still_forecast_to_be_is_held_back(plan, sent):
    listing = sent(digest=OTHER, verdict=Verdict.REFUSED)
    refused(plan, [said(listing, code="VALIDATION_FAILED")], NOON)
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at) == ("held", None)


def test_what_was_not_taken_up_is_sent_again_later_each_time(plan, sent):
    listing = sent(stage="sending", import_item_id="", tries=0)
    waits = []
    for _ in range(7):
        again(plan, [said(listing, sending="", code="INFRA_QUEUE_REJECTED")], NOON, "sending")
        listing.refresh_from_db()
        waits.append(listing.due_at - NOON)
        assert listing.stage == "due"
        Listing.objects.across_agencies().update(stage="sending")
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
    assert listing.tries == 7
    assert listing.code == "INFRA_QUEUE_REJECTED"
    assert events(listing) == ["again"] * 7


@pytest.mark.parametrize(("live", "stage"), [(None, Listing.Stage.NONE), (NOON - DAY, "done")])
def test_what_nobody_wants_any_more_is_not_sent_again(plan, sent, live, stage):
    listing = sent(wanted=False, live_since=live, live_until=live and live + 60 * DAY)
    again(plan, [said(listing, code="INFRA_LOST")], NOON)
    listing.refresh_from_db()
    assert (listing.stage, listing.due_at) == (stage, None)


def test_hostile_words_are_cut_to_what_is_stored(plan, sent):
    listing = sent()
    refused(plan, [said(listing, code="X" * 99, words="\ud800é" * 600)], NOON)
    listing.refresh_from_db()
    assert (len(listing.code), len(listing.words)) == (40, 500)


def test_another_plans_listings_are_not_touched(plan, other_agency, sent):
    listing = sent()
    other = making.plan(other_agency)
    assert published(other, [said(listing)], NOON) == 0


def test_many_are_kept_in_few_queries(plan, django_assert_max_num_queries):
    some = making.listings(
        plan, making.estates(plan.agency, 150), stage="processing", import_item_id="i-1", sent_at=NOON
    )
    with django_assert_max_num_queries(6):
        assert published(plan, [said(listing) for listing in some], NOON) == 150
    assert ListingEvent.objects.count() == 150


def test_refreshes_are_spread_over_the_night_of_the_agency(plan):
    times = [refresh_time(plan, f"estate-{n}", NOON).astimezone(PARIS) for n in range(4_000)]
    assert {at.date() for at in times} == {(NOON + 30 * DAY).date()}
    hours = Counter(at.hour for at in times)
    assert set(hours) == {1, 2, 3, 4}
    assert all(850 < count < 1150 for count in hours.values())


def test_a_listing_has_its_own_minute(plan):
    assert refresh_time(plan, "x", NOON) == refresh_time(plan, "x", NOON)
    assert refresh_time(plan, "x", NOON) != refresh_time(plan, "y", NOON)
    assert refresh_time(plan, "x", NOON + DAY) == refresh_time(plan, "x", NOON) + DAY


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("month", range(1, 13))
def test_the_night_is_the_agencys_the_whole_year(plan, zone, month):
    plan.agency.time_zone = zone
    at = datetime(2026, month, 15, 22, tzinfo=UTC)
    due = refresh_time(plan, "x", at)
    assert 1 <= due.astimezone(ZoneInfo(zone)).hour < 5
    assert 28 * DAY < due - at < 32 * DAY


@pytest.mark.parametrize(("days", "counted"), [(10, 10), (45, 45), (59, 45), (300, 45), (0, 1)])
def test_no_plan_refreshes_so_late_that_an_outage_would_cost_a_listing(plan, days, counted):
    plan.refresh_days = days
    due = refresh_time(plan, "x", NOON)
    assert due.astimezone(PARIS).date() == (NOON + counted * DAY).date()


def test_waits_grow_to_six_hours():
    assert resent_after(0) == resent_after(1) == timedelta(minutes=1)
    assert resent_after(99) == timedelta(hours=6)
