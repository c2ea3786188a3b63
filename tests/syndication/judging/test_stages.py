"""What a look changes on one listing, rule by rule."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Agency
from estates.syndication.models import Listing, Plan
from estates.syndication.pushing.confirming import LIVES, refresh_time
from estates.syndication.stages import Seen, changes

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIVE, LAPSED = NOW + timedelta(days=40), NOW - timedelta(days=1)
SOON, PAST = NOW + timedelta(days=10), NOW - timedelta(hours=1)
PLAN = Plan(agency=Agency(name="Martin", slug="martin"))


def held(**values):
    defaults = {"external_id": "1", "wanted": True, "title": "T", "verdict": "ready", "digest": "new"}
    return Listing(**{**defaults, **values})


def changed(listing, verdict="ready", wanted=True, digest="new"):
    found = changes(PLAN, listing, Seen(wanted, "T", verdict, [], digest), NOW)
    return {name: found[name] for name in sorted(found)}


def refresh(listing):
    return refresh_time(PLAN, "1", listing.live_until - LIVES)


def test_something_new_is_due_at_once():
    found = changed(Listing(external_id="1"))
    assert found == {
        "digest": "new", "due_at": NOW, "stage": "due", "title": "T", "verdict": "ready", "wanted": True,
    }  # fmt: skip


@pytest.mark.parametrize("stage", ["", "done", "held"])
def test_something_changed_is_due_at_once(stage):
    listing = held(stage=stage, sent_digest="old", live_until=LIVE, due_at=SOON)
    assert changed(listing) == {"stage": "due", "due_at": NOW}


def test_what_was_refused_and_is_mended_starts_afresh():
    listing = held(stage="refused", sent_digest="old", code="VALIDATION_FAILED", words="price", tries=4)
    assert changed(listing) == {"stage": "due", "due_at": NOW, "code": "", "words": "", "tries": 0}


def test_what_was_refused_and_is_not_mended_stays_so():
    assert changed(held(stage="refused", sent_digest="new", code="VALIDATION_FAILED")) == {}
    assert changed(held(stage="refused", sent_digest="new", live_until=LIVE, due_at=SOON)) == {}


def test_what_is_in_line_keeps_its_place():
    assert changed(held(stage="due", sent_digest="old", due_at=PAST)) == {}
    assert changed(held(stage="due", sent_digest="new", due_at=SOON)) == {}
    assert changed(held(stage="due", sent_digest="old", due_at=SOON)) == {"due_at": NOW}


def test_what_is_online_and_unchanged_waits_for_its_refresh():
    assert changed(held(stage="done", sent_digest="new", live_until=LIVE, due_at=SOON)) == {}
    assert changed(held(stage="done", sent_digest="new", live_until=LAPSED, due_at=PAST)) == {}


def test_what_the_forecast_refuses_is_held_back():
    found = changed(held(stage="due", due_at=PAST, sent_digest="old"), "will_be_refused")
    assert found == {"verdict": "will_be_refused", "stage": "held", "due_at": None}
    assert changed(held(stage="held", verdict="will_be_refused"), "will_be_refused") == {}


def test_who_insists_is_not_held_back():
    listing = held(stage="due", due_at=PAST, insists=True, verdict="will_be_refused")
    assert changed(listing, "will_be_refused") == {}


def test_what_seeki_itself_refused_keeps_seekis_words():
    listing = held(stage="refused", sent_digest="new", code="VALIDATION_FAILED", verdict="will_be_refused")
    assert changed(listing, "will_be_refused") == {}
    listing.sent_digest = "old"
    assert changed(listing, "will_be_refused") == {"stage": "held"}


@pytest.mark.parametrize("stage", ["due", "held"])
def test_what_is_online_and_would_be_refused_goes_out_at_its_refresh(stage):
    listing = held(stage=stage, sent_digest="old", live_until=LIVE, due_at=PAST, verdict="will_be_refused")
    assert changed(listing, "will_be_refused") == {"stage": "done", "due_at": refresh(listing)}


@pytest.mark.parametrize("stage", ["done", "refused"])
def test_what_is_online_and_would_be_refused_keeps_its_refresh(stage):
    listing = held(stage=stage, sent_digest="old", live_until=LIVE, due_at=SOON, verdict="will_be_refused")
    assert changed(listing, "will_be_refused") == {}
    listing.due_at = None
    assert changed(listing, "will_be_refused") == {"due_at": refresh(listing)}


@pytest.mark.parametrize(
    ("stage", "live_since", "after"),
    [("due", None, ""), ("held", None, ""), ("due", PAST, "done"), ("held", PAST, "done")],
)
def test_what_is_not_wanted_leaves_the_line(stage, live_since, after):
    listing = held(stage=stage, due_at=PAST, live_since=live_since)
    assert {"due_at": None, **changed(listing, wanted=False)} == {
        "due_at": None, "stage": after, "wanted": False,
    }  # fmt: skip


@pytest.mark.parametrize("stage", ["done", "refused", ""])
def test_what_is_not_wanted_is_left_to_lapse_with_the_forecast_it_had(stage):
    listing = held(stage=stage, due_at=SOON, live_until=LIVE)
    assert changed(listing, "", wanted=False, digest="") == {"due_at": None, "wanted": False}


def test_what_is_wanted_again_comes_back_into_the_line():
    online = held(wanted=False, stage="done", sent_digest="new", live_until=LIVE)
    assert changed(online) == {"wanted": True, "due_at": refresh(online)}
    refused = held(wanted=False, stage="refused", sent_digest="new", live_until=LIVE)
    assert changed(refused) == {"wanted": True, "due_at": refresh(refused)}
    lapsed = held(wanted=False, stage="done", sent_digest="new", live_until=LAPSED)
    assert changed(lapsed) == {"wanted": True, "due_at": NOW, "stage": "due"}
    never = held(wanted=False, stage="", sent_digest="")
    assert changed(never) == {"wanted": True, "due_at": NOW, "stage": "due"}


@pytest.mark.parametrize("stage", ["sending", "processing"])
def test_what_is_under_way_is_changed_only_in_what_it_is(stage):
    listing = held(stage=stage, sent_digest="old", digest="old", due_at=PAST)
    assert changed(listing) == {"digest": "new"}
    assert changed(listing, "will_be_refused") == {"digest": "new", "verdict": "will_be_refused"}
    assert changed(listing, wanted=False) == {"wanted": False}
