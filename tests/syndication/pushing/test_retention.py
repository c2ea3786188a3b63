"""What is forgotten, and above all what is not."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from estates.syndication import retention
from estates.syndication.models import Batch, Feed, FeedItem, Listing, ListingEvent, PictureLook
from tests.syndication.pushing import making

DAY = timedelta(days=1)
State = Feed.State


def ago(days: float):
    return timezone.now() - days * DAY


@pytest.fixture
def stored(plan):
    """`stored(state, days)` is a feed of that age, with its file."""

    def make(state=State.SENT, days=31.0, **fields) -> Feed:
        name = default_storage.save("feeds/x.xml", ContentFile(b"<x/>"))
        made = making.feed(plan, state=state, stored_as=name, **fields)
        Feed.objects.across_agencies().filter(pk=made.pk).update(created_at=ago(days))
        return made

    return make


def has_file(feed: Feed) -> bool:
    name = feed.stored_as
    feed.refresh_from_db()
    assert default_storage.exists(name) == bool(feed.stored_as)
    return bool(feed.stored_as)


def test_stories_are_kept_for_400_days(plan):
    listing = making.listings(plan, making.estates(plan.agency, 1))[0]
    for days in (401, 399):
        event = ListingEvent.objects.create(listing=listing, what="sent")
        ListingEvent.objects.filter(pk=event.pk).update(at=ago(days))
    assert retention.forget_old()["events"] == 1
    assert ListingEvent.objects.get().at > ago(400)


def test_requests_are_kept_for_90_days(plan, other_agency):
    for of, days in ((plan, 91), (plan, 89), (making.plan(other_agency), 91)):
        batch = Batch.objects.create(agency=of.agency, plan=of, items=1, size=1)
        Batch.objects.across_agencies().filter(pk=batch.pk).update(sent_at=ago(days))
    assert retention.forget_old()["batches"] == 2
    assert Batch.objects.across_agencies().get().plan == plan


def test_thousands_go_in_pieces(plan):
    Batch.objects.across_agencies().bulk_create(
        Batch(agency=plan.agency, plan=plan, items=1, size=1) for _ in range(2_100)
    )
    Batch.objects.across_agencies().update(sent_at=ago(100))
    assert retention.forget_old()["batches"] == 2_100


@pytest.mark.parametrize("state", [State.DROPPED, State.UNREADABLE, State.SENT])
def test_a_file_that_nobody_sends_any_more_goes_after_30_days(stored, state):
    old, young = stored(state), stored(state, days=29)
    assert retention.forget_old()["files"] == 1
    assert not has_file(old)
    assert has_file(young)
    assert retention.forget_old()["files"] == 0


@pytest.mark.parametrize("state", [State.RECEIVED, State.READ, State.SENDING])
def test_a_file_that_somebody_may_still_send_stays(stored, state):
    assert retention.forget_old()["files"] == 0
    feed = stored(state, days=200)
    retention.forget_old()
    assert has_file(feed)


def test_a_file_that_a_later_one_has_overtaken_goes(stored):
    old, later = stored(State.READ), stored(State.READ, days=1)
    retention.forget_old()
    assert not has_file(old)
    assert has_file(later)


@pytest.mark.parametrize("state", [State.DROPPED, State.UNREADABLE])
def test_but_not_by_one_that_was_never_sent(stored, state):
    old = stored(State.READ)
    stored(state, days=1)
    retention.forget_old()
    assert has_file(old)


def test_a_file_whose_listings_are_refreshed_out_of_it_stays(plan, stored):
    feed = stored(days=300)
    listing = making.feed_listing(plan, feed, "f1")
    retention.forget_old()
    assert has_file(feed)
    Listing.objects.across_agencies().filter(pk=listing.pk).update(wanted=False)
    retention.forget_old()
    assert not has_file(feed)


def test_a_file_that_is_gone_already_is_no_trouble(stored):
    feed = stored()
    default_storage.delete(feed.stored_as)
    assert retention.forget_old()["files"] == 1
    feed.refresh_from_db()
    assert feed.stored_as == ""


def test_lines_of_files_that_are_gone_go_after_90_days(plan, stored):
    gone, young, kept = stored(days=91), stored(days=89), stored(days=91)
    for feed in (gone, young):
        FeedItem.objects.create(agency=plan.agency, feed=feed, ordinal=0, line=1, state="read")
    wanted = making.feed_listing(plan, kept, "f1")
    FeedItem.objects.create(agency=plan.agency, feed=kept, ordinal=1, line=1, state="read")
    lapsing = making.feed_listing(plan, gone, "f2", wanted=False)
    assert retention.forget_old()["items"] == 1
    assert set(FeedItem.objects.across_agencies().values_list("feed", "ordinal")) == {
        (gone.pk, 1),
        (young.pk, 0),
        (kept.pk, 0),
        (kept.pk, 1),
    }
    wanted.refresh_from_db()
    lapsing.refresh_from_db()
    assert wanted.feed_item_id
    assert lapsing.feed_item_id


def test_pictures_that_nobody_looks_at_any_more_are_forgotten(agency):
    for number, days in enumerate((61, 59, None)):
        PictureLook.objects.create(
            agency=agency,
            address=f"https://x/{number}",
            digest=str(number),
            looked_at=days and ago(days),
        )
    assert retention.forget_old()["looks"] == 1
    assert set(PictureLook.objects.across_agencies().values_list("digest", flat=True)) == {"1", "2"}
