"""A file goes on to Seeki: whole or in chunks, once for sure, whatever breaks off on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.connections.clients import ClientMissing
from estates.jobs.models import Job, Status
from estates.remotes.errors import Malformed, Unreachable
from estates.remotes.seeki import Accepted, ImportAnswer, TooLarge
from estates.syndication.incoming import answering, delivering, sending
from estates.syndication.incoming.refusals import NotNow
from estates.syndication.incoming.sending import ask_send, drop, start_refresh
from estates.syndication.models import Batch, Feed, FeedItem, Listing, ListingEvent, Plan
from tests.syndication.incoming.conftest import (
    done,
    fresh,
    items,
    job_of,
    listings,
    online,
    states,
    taken_back,
    trail,
    worked,
)
from tests.syndication.incoming.making import estate, feed, zipped

pytestmark = pytest.mark.django_db
State, Stage = FeedItem.State, Listing.Stage


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


def too_large(size=None):
    error = TooLarge("Refused", status=413, words="PAYLOAD_TOO_LARGE: too much")
    error.chunk_size = size
    return error


def many(number, **named) -> bytes:
    return feed(*(f"A-{n}" for n in range(number)), **named)


def ordered(sent) -> list[str]:
    return sorted((number for told in sent for number in told), key=lambda number: int(number[2:]))


def all_of(number) -> list[str]:
    return [f"A-{n}" for n in range(number)]


@pytest.fixture
def under_way(received, seeki, agent):
    """`under_way(b"…")` is a file whose sending was asked for and has not begun."""

    def do(body) -> tuple[Feed, Job]:
        got = received(body)
        return got, ask_send(got, agent)

    return do


def test_a_small_file_goes_as_it_came(sent, seeki, plan, agency):
    body = feed("A-1", "A-2")
    got = sent(body)
    assert [(told, kind) for told, _body, kind in seeki.requests] == [(["A-1", "A-2"], "application/xml")]
    assert seeki.requests[0][1] == body
    assert (got.state, states(got)) == (Feed.State.SENT, {"A-1": State.ACCEPTED, "A-2": State.ACCEPTED})
    assert got.sent_at is not None
    row = listings(plan)["A-1"]
    assert (row.stage, row.import_item_id, row.wanted) == (Stage.PROCESSING, "item-A-1-1", True)
    assert (row.feed_item, row.title, row.estate) == (items(got)["A-1"], "Flat A-1", None)
    assert row.poll_at > timezone.now()
    assert row.due_at is None
    assert [event.what for event in row.events.all()] == [ListingEvent.What.SENT]
    batch = Batch.objects.for_agency(agency).get()
    assert (batch.items, batch.size, batch.accepted, batch.rejected) == (2, len(body), 2, 0)
    assert (batch.job, batch.answered_at is not None) == (job_of(got), True)
    assert trail(agency, "send_asked") == ["export.xml"]


def test_what_an_estate_sent_under_the_number_before_is_not_at_seeki_any_more(sent, plan):
    Listing.objects.create(agency=plan.agency, plan=plan, external_id="A-1", sent_digest="f" * 32)
    sent()
    assert listings(plan)["A-1"].sent_digest == ""


def test_what_seeki_takes_up_is_asked_about(sent, plan):
    sent()
    poll = Job.objects.for_agency(plan.agency).get(kind="syndication.poll")
    assert poll.params == {"plan": plan.pk}


def test_a_zip_goes_as_one(sent, seeki):
    body = zipped(feed("A-1"))
    sent(body, name="export.zip")
    assert seeki.requests[0][1:] == (body, "application/zip")


def test_idealista_has_its_own_door(received, seeki, agent):
    body = (
        b'<?xml version="1.0"?><client><code>ilc1</code><secondhandListing>'
        b"<property><id>7</id><reference>7</reference><address><cityName>Lisboa</cityName></address>"
        b"</property></secondhandListing></client>"
    )
    got = received(body)
    assert got.format == Feed.Format.IDEALISTA
    job = ask_send(got, agent)
    worked(job)
    assert [kind for _told, _body, kind in seeki.requests] == ["idealista"]


def test_a_large_file_goes_in_chunks_of_partial_transfers(sent, seeki, monkeypatch):
    monkeypatch.setattr(delivering, "MOST", 3)
    got = sent(many(8, scope="VOLL"))
    assert [len(told) for told in seeki.sent] == [3, 3, 2]
    assert ordered(seeki.sent) == all_of(8)
    assert all(b'umfang="TEIL"' in body for _told, body, _kind in seeki.requests)
    assert set(states(got).values()) == {State.ACCEPTED}
    job = job_of(got)
    assert (job.done, job.total) == (8, 8)
    assert Batch.objects.for_agency(got.agency).count() == 3


def test_a_full_transfer_goes_whole_only_where_nothing_else_is_online(sent, seeki, plan):
    sent(feed("A-1", "A-2", scope="VOLL"))
    assert b'umfang="VOLL"' in seeki.requests[0][1]
    Listing.objects.create(agency=plan.agency, plan=plan, external_id="B-1", wanted=True)
    sent(feed("A-1", "A-2", "A-3", scope="VOLL"))
    assert b'umfang="TEIL"' in seeki.requests[1][1]


def test_what_is_set_apart_or_says_delete_is_not_sent(sent, seeki, plan):
    body = feed("A-1", estate(None), estate("A-3", action="DELETE"), estate("A-4", action="REFERENZ"), "A-5")
    got = sent(body)
    assert seeki.sent == [["A-1", "A-5"]]
    assert set(listings(plan)) == {"A-1", "A-5"}
    assert got.state == Feed.State.SENT


def test_a_refusal_keeps_code_and_words(sent, seeki, plan):
    seeki.refusals = {"A-2": "VALIDATION_FAILED"}
    got = sent()
    item = items(got)["A-2"]
    assert (item.state, item.code, item.words, item.path) == (
        State.REFUSED,
        "VALIDATION_FAILED",
        "price: too low",
        "price",
    )
    row = listings(plan)["A-2"]
    assert (row.stage, row.code, row.wanted) == (Stage.REFUSED, "VALIDATION_FAILED", True)
    assert "too low" in row.words
    assert listings(plan)["A-1"].stage == Stage.PROCESSING
    assert Batch.objects.for_agency(plan.agency).get().rejected == 1


def test_what_passes_by_itself_is_sent_again_later(sent, seeki, plan):
    seeki.refusals = {"A-2": "INFRA_QUEUE_REJECTED"}
    got = sent()
    row = listings(plan)["A-2"]
    assert (row.stage, row.tries) == (Stage.DUE, 1)
    assert row.due_at > timezone.now()
    seeki.refusals = {}
    Listing.objects.for_agency(plan.agency).filter(pk=row.pk).update(due_at=timezone.now())
    done(start_refresh(got))
    assert seeki.sent == [["A-1", "A-2"], ["A-2"]]
    assert listings(plan)["A-2"].stage == Stage.PROCESSING
    assert states(got)["A-2"] == State.ACCEPTED


def test_a_refresh_sends_what_is_due_and_nothing_else(sent, seeki, plan):
    got = sent(many(4))
    online(plan, *all_of(4))
    due = Listing.objects.for_agency(plan.agency).filter(external_id__in=["A-1", "A-3"])
    due.update(due_at=timezone.now() - timedelta(minutes=1))
    job = start_refresh(got)
    assert start_refresh(got) == job
    done(job)
    assert seeki.sent[1:] == [["A-1", "A-3"]]
    assert (fresh(got).state, fresh(got).sent_at) == (Feed.State.SENT, got.sent_at)
    row = listings(plan)["A-1"]
    assert (row.stage, row.due_at, row.live_until is not None) == (Stage.PROCESSING, None, True)
    assert listings(plan)["A-0"].stage == Stage.DONE


def test_a_refresh_leaves_to_the_later_file_what_it_has_brought(sent, seeki, plan):
    first, later = sent(feed("A-1", "A-2")), sent(feed("A-2", "A-3"))
    Listing.objects.for_agency(plan.agency).update(stage="done", due_at=timezone.now())
    done(start_refresh(first))
    assert seeki.sent[-1] == ["A-1"]
    assert listings(plan)["A-2"].feed_item.feed == later


def test_what_an_answer_does_not_name_is_sent_again_with_fewer(sent, seeki, plan, monkeypatch):
    seeki.silent = {"A-1"}
    got = sent(many(3))
    row = listings(plan)["A-1"]
    assert (items(got)["A-1"].code, row.code, row.stage) == ("UNANSWERED", "UNANSWERED", Stage.DUE)
    for _ in range(6):
        due = Listing.objects.for_agency(plan.agency).filter(stage=Stage.DUE)
        if not due.update(due_at=timezone.now()):
            break
        done(start_refresh(got))
    row = listings(plan)["A-1"]
    assert (row.stage, row.code) == (Stage.REFUSED, "NO_ANSWER")
    assert seeki.sent[-1] == ["A-1"]


def test_answers_by_another_number_are_understood_when_one_is_sent_alone(sent, seeki, plan):
    seeki.renamed = {"A-1": "obid-1"}
    got = sent(feed("A-1"))
    assert listings(plan)["A-1"].stage == Stage.PROCESSING
    assert states(got) == {"A-1": State.ACCEPTED}


def test_a_413_that_says_how_many_is_obeyed(sent, seeki):
    def refuse(told):
        if len(told) > 2:
            raise too_large(2)

    seeki.refuse_size = refuse
    got = sent(many(5))
    assert [len(told) for told in seeki.sent] == [5, 2, 2, 1]
    assert set(states(got).values()) == {State.ACCEPTED}
    refused = Batch.objects.for_agency(got.agency).order_by("pk").first()
    assert (refused.items, refused.answered_at, refused.accepted) == (5, None, 0)
    assert "too much" in refused.words


@pytest.mark.parametrize("said", [None, 0, 50])
def test_a_413_that_says_nothing_that_helps_halves(said, sent, seeki):
    def refuse(told):
        if len(told) > 2:
            raise too_large(said)

    seeki.refuse_size = refuse
    sent(many(8))
    assert [len(told) for told in seeki.sent] == [8, 4, 2, 2, 2, 2]


def test_what_is_too_large_alone_does_not_hold_up_the_others(sent, seeki, plan):
    def refuse(told):
        if "A-1" in told:
            raise too_large()

    seeki.refuse_size = refuse
    got = sent(many(3))
    assert states(got) == {"A-0": State.ACCEPTED, "A-1": State.REFUSED, "A-2": State.ACCEPTED}
    assert (items(got)["A-1"].code, listings(plan)["A-1"].stage) == ("PAYLOAD_TOO_LARGE", Stage.REFUSED)
    assert got.state == Feed.State.SENT


def test_what_no_chunk_can_hold_is_refused_here(sent, seeki, monkeypatch):
    original = delivering.split

    def small(source, into, *, most, wanted):
        return original(source, into, most=most, most_bytes=5_000, wanted=wanted)

    monkeypatch.setattr(delivering, "split", small)
    monkeypatch.setattr(delivering, "whole", lambda *given, **named: None)
    got = sent(feed("A-0", estate("A-1", title="x" * 6_000), "A-2"))
    assert states(got)["A-1"] == State.REFUSED
    assert ordered(seeki.sent) == ["A-0", "A-2"]


def test_a_chunk_that_never_comes_ends_as_refused(sent, seeki, monkeypatch):
    monkeypatch.setattr(delivering, "split", lambda *given, **named: iter(()))
    monkeypatch.setattr(delivering, "whole", lambda *given, **named: None)
    got = sent(many(2))
    assert set(states(got).values()) == {State.REFUSED}
    assert got.state == Feed.State.SENT


def test_a_lost_answer_sends_the_same_chunk_again(under_way, seeki, plan, monkeypatch):
    monkeypatch.setattr(delivering, "MOST", 2)
    got, job = under_way(many(4))

    def lost():
        if len(seeki.requests) == 2:
            raise Unreachable("No answer")

    seeki.after = lost
    assert worked(job).status == Status.WAITING
    assert fresh(got).state == Feed.State.SENDING
    assert states(got) == {**dict.fromkeys(all_of(2), State.ACCEPTED), "A-2": "sending", "A-3": "sending"}
    assert listings(plan)["A-2"].stage == Stage.SENDING
    done(job)
    assert seeki.sent == [["A-0", "A-1"], ["A-2", "A-3"], ["A-2", "A-3"]]
    assert set(states(got).values()) == {State.ACCEPTED}
    assert fresh(got).state == Feed.State.SENT
    lost_one = Batch.objects.for_agency(got.agency).order_by("pk")[1]
    assert (lost_one.answered_at, lost_one.words) == (None, "No answer")


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_killed_worker_is_followed_by_one_that_sends_only_the_rest(at, under_way, seeki, monkeypatch):
    monkeypatch.setattr(delivering, "MOST", 2)
    got, job = under_way(many(6))

    def die():
        if len(seeki.requests) == (1 if at == "before" else 2):
            raise Killed

    setattr(seeki, at, die)
    with pytest.raises(Killed):
        worked(job)
    setattr(seeki, at, lambda: None)
    done(taken_back(job))
    assert ordered(seeki.sent) == sorted(all_of(6) + (["A-2", "A-3"] if at == "after" else []))
    assert seeki.sent[0] == ["A-0", "A-1"]
    assert seeki.sent.count(["A-0", "A-1"]) == 1
    assert set(states(got).values()) == {State.ACCEPTED}


def test_one_killed_between_the_two_halves_of_an_answer_loses_nothing(under_way, seeki, plan, monkeypatch):
    got, job = under_way(many(2))
    original, calls = answering.sort, []

    def deadly(*given):
        calls.append(given)
        if len(calls) == 1:
            raise Killed
        return original(*given)

    monkeypatch.setattr(answering, "sort", deadly)
    with pytest.raises(Killed):
        worked(job)
    done(taken_back(job))
    assert set(states(got).values()) == {State.ACCEPTED}
    assert listings(plan)["A-1"].import_item_id == "item-A-1-2"


def test_slices_go_on_where_the_last_one_ended(under_way, seeki, monkeypatch, settings):
    settings.JOB_SLICE_SECONDS = 0
    monkeypatch.setattr(delivering, "MOST", 2)
    _got, job = under_way(many(5))
    assert worked(job).status == Status.QUEUED
    assert (len(seeki.sent), job.done, job.total) == (1, 2, 5)
    assert worked(job).status == Status.QUEUED
    assert (len(seeki.sent), job.done, job.total) == (2, 4, 5)
    done(job)
    assert seeki.sent == [["A-0", "A-1"], ["A-2", "A-3"], ["A-4"]]


def test_a_smaller_size_is_remembered_across_slices(under_way, seeki, settings):
    settings.JOB_SLICE_SECONDS = 0

    def refuse(told):
        if len(told) > 2:
            raise too_large(2)

    seeki.refuse_size = refuse
    _got, job = under_way(many(5))
    done(job)
    assert [len(told) for told in seeki.sent] == [5, 2, 2, 1]


def test_an_answer_that_cannot_be_read_is_no_success(under_way, seeki):
    def broken():
        raise Malformed("Not JSON", raw=b"<html>")

    seeki.after = broken
    got, job = under_way(many(2))
    assert worked(job).status == Status.WAITING
    assert fresh(got).state == Feed.State.SENDING
    assert bytes(Batch.objects.for_agency(got.agency).get().answer) == b"<html>"


def test_nothing_is_sent_while_publication_is_switched_off(received, seeki, plan, agent):
    got = received()
    Plan.objects.for_agency(plan.agency).update(active=False)
    with pytest.raises(NotNow, match="switched off"):
        ask_send(got, agent)
    assert (fresh(got).state, seeki.sent) == (Feed.State.READ, [])


def test_switched_off_on_the_way_the_rest_waits(under_way, seeki, agent, monkeypatch):
    monkeypatch.setattr(delivering, "MOST", 2)
    answers = iter([True, False])
    got, job = under_way(many(4))
    with monkeypatch.context() as patched:
        patched.setattr(delivering, "is_active", lambda plan: next(answers))
        done(job, status=Status.CANCELLED)
    assert (len(seeki.sent), fresh(got).state) == (1, Feed.State.SENDING)
    done(ask_send(fresh(got), agent))
    assert seeki.sent == [["A-0", "A-1"], ["A-2", "A-3"]]
    assert fresh(got).state == Feed.State.SENT


def test_without_a_key_the_job_counts_as_cancelled(under_way, monkeypatch):
    got, job = under_way(many(1))

    def missing(*given):
        raise ClientMissing

    monkeypatch.setattr(sending, "client_for", missing)
    done(job, status=Status.CANCELLED)
    assert fresh(got).state == Feed.State.SENDING


def test_asked_twice_it_is_sent_once(under_way, seeki, agent, agency):
    got, job = under_way(many(2))
    assert ask_send(fresh(got), agent) == job
    assert trail(agency, "send_asked") == ["export.xml"]
    done(job)
    assert len(seeki.sent) == 1


@pytest.mark.parametrize("state", ["received", "unreadable", "sent", "dropped"])
def test_what_is_not_ready_is_not_sent(state, received, seeki, agent, agency):
    got = received()
    Feed.objects.for_agency(agency).update(state=state)
    with pytest.raises(NotNow, match="not ready"):
        ask_send(fresh(got), agent)


def test_a_file_with_nothing_to_send_is_not_sent(received, agent):
    with pytest.raises(NotNow, match="nothing"):
        ask_send(received(feed(estate(None))), agent)


def test_a_job_of_a_file_that_was_discarded_does_nothing(received, seeki, agency):
    got = received()
    Feed.objects.for_agency(agency).update(state="dropped")
    done(start_refresh(got))
    done(sending._start(got, None, due_only=False))
    assert seeki.sent == []


@pytest.mark.parametrize("state", ["received", "read", "unreadable"])
def test_a_file_that_was_not_sent_can_be_discarded(state, received, agent, agency):
    got = received()
    Feed.objects.for_agency(agency).update(state=state)
    drop(got, agent)
    assert fresh(got).state == Feed.State.DROPPED
    assert trail(agency, "dropped") == ["export.xml"]
    with pytest.raises(NotNow):
        drop(got, agent)


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_one_that_was_sent_cannot(state, received, agent, agency):
    got = received()
    Feed.objects.for_agency(agency).update(state=state)
    with pytest.raises(NotNow, match="discarded"):
        drop(got, agent)
    assert fresh(got).state == state


def test_the_other_agency_is_never_touched(sent, received, plan, other_plan, agency, other_agency):
    theirs = received(feed("A-1"), of=other_plan)
    Listing.objects.create(
        agency=other_agency, plan=other_plan, external_id="A-1", wanted=True, feed_item=items(theirs)["A-1"]
    )
    sent(feed("A-2", estate("A-1", action="DELETE"), scope="VOLL"))
    row = listings(other_plan)["A-1"]
    assert (row.wanted, row.stage) == (True, Stage.NONE)
    assert set(listings(plan)) == {"A-2"}


def test_an_answer_about_several_is_left_as_it_is():
    answer = ImportAnswer((Accepted("x", "1"), Accepted("y", "2")), (), 0, "", b"")
    one = answering.Item(1, "A-1", b"")
    assert answering._addressed([one], answer) is answer
    assert answering._addressed([one, one], answer) is answer
