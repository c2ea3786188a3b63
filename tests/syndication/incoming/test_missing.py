"""What a file leaves to lapse: what it says to delete, and what a full one no longer names, but never by mistake."""

import pytest

from estates.syndication.incoming.missing import absent, from_files, leave_to_lapse, leaving
from estates.syndication.incoming.refusals import NotNow
from estates.syndication.incoming.sending import ask_send, decide_removal, drop
from estates.syndication.models import Feed, FeedItem, Listing, ListingEvent
from tests.syndication.incoming.conftest import done, fresh, items, listings, online, trail
from tests.syndication.incoming.making import estate, feed

pytestmark = pytest.mark.django_db
Removal, Stage, What = Feed.Removal, Listing.Stage, ListingEvent.What


def full(*estates) -> bytes:
    return feed(*estates, scope="VOLL")


def some(number, first=0) -> list[str]:
    return [f"A-{n}" for n in range(first, first + number)]


def wanted(plan) -> set[str]:
    return {number for number, row in listings(plan).items() if row.wanted}


def test_delete_leaves_to_lapse_when_the_file_is_sent(sent, received, seeki, plan, agent):
    sent(feed("A-1", "A-2"))
    online(plan, "A-1", "A-2")
    until = listings(plan)["A-2"].live_until
    got = received(feed("A-1", estate("A-2", action="DELETE")))
    assert [row.external_id for row in leaving(got)] == ["A-2"]
    assert wanted(plan) == {"A-1", "A-2"}
    done(ask_send(got, agent))
    assert seeki.sent[1:] == [["A-1"]]
    row = listings(plan)["A-2"]
    assert (row.wanted, row.due_at, row.stage, row.live_until) == (False, None, Stage.DONE, until)
    assert row.events.first().what == What.LAPSES


def test_a_reference_is_left_to_lapse_too(sent, plan):
    sent(feed("A-1", "A-2"))
    sent(feed("A-1", estate("A-2", action="REFERENZ")))
    assert wanted(plan) == {"A-1"}


def test_a_file_of_deletions_alone_sends_nothing_and_takes_effect(sent, seeki, plan):
    sent(feed("A-1", "A-2"))
    online(plan, "A-1", "A-2")
    got = sent(feed(estate("A-2", action="DELETE")))
    assert (got.state, len(seeki.sent), wanted(plan)) == (Feed.State.SENT, 1, {"A-1"})


def test_to_delete_what_was_never_here_changes_nothing(received, agent, plan):
    got = received(feed(estate("A-9", action="DELETE")))
    with pytest.raises(NotNow):
        ask_send(got, agent)
    assert listings(plan) == {}


def test_to_delete_and_name_again_further_down_keeps(sent, plan, seeki):
    sent(feed("A-1"))
    sent(feed(estate("A-1", action="DELETE"), "A-1"))
    assert wanted(plan) == {"A-1"}
    assert seeki.sent == [["A-1"], ["A-1"]]


def test_what_comes_back_is_wanted_again(sent, plan):
    sent(feed("A-1"))
    sent(feed(estate("A-1", action="DELETE")))
    assert wanted(plan) == set()
    sent(feed("A-1"))
    assert wanted(plan) == {"A-1"}


def test_one_missing_in_a_full_file_is_left_to_lapse_when_it_is_sent(sent, received, plan, agent):
    sent(full(*some(3)))
    got = received(full(*some(2)))
    assert (got.missing, got.removal) == (1, Removal.LAPSE)
    assert wanted(plan) == set(some(3))
    done(ask_send(got, agent))
    assert wanted(plan) == set(some(2))


@pytest.mark.parametrize(
    ("before", "left", "removal"),
    [(20, 18, Removal.LAPSE), (20, 17, Removal.ASKING), (2, 1, Removal.LAPSE), (3, 1, Removal.ASKING)],
)
def test_where_many_are_missing_somebody_is_asked(before, left, removal, sent, received):
    sent(full(*some(before)))
    got = received(full(*some(left)))
    assert (got.missing, got.removal) == (before - left, removal)


def test_until_somebody_decides_what_is_missing_stays(sent, plan):
    sent(full(*some(10)))
    got = sent(full(*some(2)))
    assert (got.state, got.removal) == (Feed.State.SENT, Removal.ASKING)
    assert wanted(plan) == set(some(10))


def test_decided_before_it_is_sent(sent, received, plan, agent, agency):
    sent(full(*some(10)))
    got = received(full(*some(2)))
    decide_removal(got, True, agent)
    assert (fresh(got).removal, wanted(plan)) == (Removal.LAPSE, set(some(10)))
    assert trail(agency, "removal_decided") == ["export.xml"]
    done(ask_send(fresh(got), agent))
    assert wanted(plan) == set(some(2))


def test_decided_after_it_was_sent(sent, plan, agent):
    sent(full(*some(10)))
    got = sent(full(*some(2)))
    decide_removal(got, True, agent)
    assert wanted(plan) == set(some(2))


def test_kept_is_kept(sent, plan, agent):
    sent(full(*some(10)))
    got = sent(full(*some(2)))
    decide_removal(got, False, agent)
    assert (fresh(got).removal, wanted(plan)) == (Removal.KEEP, set(some(10)))


def test_it_is_decided_once(sent, received, agent):
    sent(full(*some(10)))
    got = received(full(*some(2)))
    decide_removal(got, False, agent)
    with pytest.raises(NotNow, match="decided already"):
        decide_removal(got, True, agent)
    assert fresh(got).removal == Removal.KEEP


def test_of_a_discarded_file_nothing_is_decided(sent, received, agent, plan):
    sent(full(*some(10)))
    got = received(full(*some(2)))
    drop(got, agent)
    with pytest.raises(NotNow):
        decide_removal(got, True, agent)
    assert wanted(plan) == set(some(10))


@pytest.mark.parametrize("scope", ["TEIL", "", "QUATSCH"])
def test_a_file_that_is_not_full_says_nothing_about_what_it_does_not_name(scope, sent, plan):
    sent(full(*some(3)))
    got = sent(feed("A-0", scope=scope))
    assert (got.missing, got.removal, wanted(plan)) == (0, Removal.NONE, set(some(3)))


@pytest.mark.parametrize(
    "body",
    [
        feed(scope="VOLL"),
        full(estate(None)),
        full(estate("A-0", action="DELETE")),
        full("A-0")[:-20],
        b"",
    ],
    ids=["empty", "nothing usable", "deletions alone", "cut short", "no bytes"],
)
def test_a_full_file_without_a_listing_to_send_removes_nothing_by_absence(body, sent, received, plan):
    sent(full(*some(3)))
    if body:
        got = received(body)
        assert (got.missing, got.removal) == (0, Removal.NONE)
    assert wanted(plan) == set(some(3))


def test_what_is_set_apart_is_not_missing(sent, received, monkeypatch):
    from estates.feeds.outcomes import SetApart
    from estates.feeds.reasons import Reason
    from estates.syndication.incoming import examining

    sent(full(*some(3)))
    original = examining.read

    def reading(source):
        for found in original(source):
            is_bad = found.listing.external_id == "A-1"
            yield SetApart(found.ordinal, 1, "A-1", "", Reason.TOO_LARGE) if is_bad else found

    monkeypatch.setattr(examining, "read", reading)
    got = received(full(*some(3)))
    assert (got.set_apart, got.missing) == (1, 0)


def test_one_set_apart_without_a_number_may_be_the_missing_one(sent, received):
    sent(full(*some(20)))
    got = received(full(*some(19), estate(None)))
    assert (got.missing, got.removal) == (1, Removal.ASKING)


def test_only_what_came_by_earlier_files_can_be_missing(sent, received, plan, agency):
    sent(full("A-0"))
    Listing.objects.create(agency=agency, plan=plan, external_id="B-1", wanted=True)
    Listing.objects.create(agency=agency, plan=plan, external_id="B-2", wanted=False)
    older = received(full("A-7"))
    sent(full("A-0", "A-1"))
    assert [row.external_id for row in absent(older)] == ["A-0"] or not absent(older).exists()
    assert "A-1" not in {row.external_id for row in absent(older)}
    assert {row.external_id for row in from_files(older)} == {"A-0", "A-1"}


def test_what_seeki_is_processing_stays_so_until_it_has_answered(sent, received, plan, agent):
    sent(feed("A-1"))
    assert listings(plan)["A-1"].stage == Stage.PROCESSING
    assert leave_to_lapse(from_files(received(feed("A-9")))) == 1
    row = listings(plan)["A-1"]
    assert (row.wanted, row.stage) == (False, Stage.PROCESSING)


def test_what_was_refused_and_never_online_ends_as_not_sent(sent, received, seeki, plan):
    seeki.refusals = {"A-1": "VALIDATION_FAILED"}
    sent(feed("A-1"))
    leave_to_lapse(from_files(received(feed("A-9"))))
    assert listings(plan)["A-1"].stage == Stage.NONE


def test_an_estate_of_the_catalogue_is_left_alone(sent, plan, agency):
    from django.utils import timezone

    from estates.catalogue.models import Estate

    now = timezone.now()
    own = Estate.objects.create(
        agency=agency,
        connection=plan.connection,
        remote_id="E-1",
        created_at=now,
        changed_at=now,
        first_seen_at=now,
    )
    Listing.objects.create(agency=agency, plan=plan, external_id="E-1", estate=own, wanted=True)
    sent(full("A-1", estate("E-1", action="DELETE")))
    sent(full("A-1", "A-2"))
    assert listings(plan)["E-1"].wanted
    assert FeedItem.objects.for_agency(agency).filter(external_id="E-1").get().state == FeedItem.State.SKIPPED


def test_items_of_two_files_do_not_mix(sent):
    first, second = sent(feed("A-1")), sent(feed("A-2"))
    assert (set(items(first)), set(items(second))) == ({"A-1"}, {"A-2"})
