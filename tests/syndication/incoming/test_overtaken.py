"""Who has the last word about a listing of a file: a person, the catalogue, or the file that came last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.remotes.errors import Unreachable
from estates.syndication import keeping
from estates.syndication.deciding import set_hand
from estates.syndication.incoming import delivering, sending
from estates.syndication.incoming.claiming import claim
from estates.syndication.incoming.receiving import receive
from estates.syndication.incoming.refusals import NotNow
from estates.syndication.models import Feed, Listing
from tests.syndication.incoming.conftest import done, fresh, items, job_of, listings, online, states, worked
from tests.syndication.incoming.making import estate, feed

pytestmark = pytest.mark.django_db
Hand, Stage = Listing.Hand, Listing.Stage


@pytest.fixture
def manager(agency, member):
    return member(agency, Role.MANAGER)


def test_what_a_person_said_is_never_published_stays_out(plan, sent, seeki, agent, manager):
    sent(feed("A-1", "A-2"))
    online(plan, "A-1", "A-2")
    set_hand(plan, listings(plan)["A-1"], Hand.NEVER, manager)
    again = sent(feed("A-1", estate("A-2", title="New")))
    assert states(again) == {"A-1": "skipped", "A-2": "accepted"}
    assert items(again)["A-1"].reason == "never"
    assert seeki.requests[-1][0] == ["A-2"]
    assert (listings(plan)["A-1"].wanted, listings(plan)["A-1"].hand) == (False, Hand.NEVER)


def test_a_decision_after_the_file_was_read_counts_too(plan, received, sent, seeki, agent, manager):
    sent(feed("A-1", "A-2"))
    online(plan, "A-1", "A-2")
    waiting = received(feed("A-1", estate("A-2", title="New")))
    set_hand(plan, listings(plan)["A-1"], Hand.NEVER, manager)
    sending.ask_send(waiting, agent)
    done(job_of(waiting))
    assert (items(waiting)["A-1"].state, items(waiting)["A-1"].reason) == ("skipped", "overtaken")
    assert not listings(plan)["A-1"].wanted


def test_an_older_file_that_is_sent_later_brings_nothing_back(plan, received, sent, seeki, agent):
    old = received(feed(estate("A-1", title="Old"), estate("A-2", title="Old"), "A-3"))
    sent(feed(estate("A-1", title="New"), estate("A-2", action="DELETE")))
    sending.ask_send(old, agent)
    done(job_of(old))
    assert seeki.requests[-1][0] == ["A-3"]
    rows = listings(plan)
    assert rows["A-1"].title == "New"
    assert "A-2" not in rows or not rows["A-2"].wanted
    assert {items(old)[number].reason for number in ("A-1", "A-2")} == {"overtaken"}


def test_an_older_file_does_not_take_down_what_a_newer_one_brought(plan, received, sent, seeki, agent):
    old = received(feed(estate("A-1", action="DELETE"), "A-2"))
    sent(feed("A-1"))
    sending.ask_send(old, agent)
    done(job_of(old))
    assert listings(plan)["A-1"].wanted


def test_what_falls_due_during_a_refresh_is_not_taken_for_too_large(plan, sent, seeki, monkeypatch):
    got = sent(feed("A-1", "A-2"))
    online(plan, "A-1", "A-2")
    now = timezone.now()
    rows = Listing.objects.for_agency(plan.agency)
    rows.filter(external_id="A-1").update(due_at=now - timedelta(minutes=1))
    rows.filter(external_id="A-2").update(due_at=now + timedelta(days=1))

    def meanwhile(*args):
        rows.filter(external_id="A-2").update(due_at=now - timedelta(seconds=1))
        return claim(*args)

    monkeypatch.setattr(delivering, "claim", meanwhile)
    done(sending.start_refresh(got))
    assert seeki.requests[-1][0] == ["A-1"]
    assert (listings(plan)["A-2"].stage, listings(plan)["A-2"].code) == (Stage.DONE, "")


def test_a_sending_that_an_outage_ended_goes_on_by_itself(plan, received, seeki, agent):
    got = received(feed("A-1"))
    sending.ask_send(got, agent)

    def away():
        raise Unreachable("nobody there")

    seeki.before = away
    job = job_of(got)
    while job.is_open:
        worked(job)
    assert (job.status, job.error_kind) == (Status.FAILED, "unreachable")
    keeping.keep_plan(plan, timezone.now())
    assert job_of(got) == job, "not within the hour"
    Job.objects.for_agency(plan.agency).filter(pk=job.pk).update(
        finished_at=timezone.now() - timedelta(hours=2)
    )
    seeki.before = lambda: None
    keeping.keep_plan(plan, timezone.now())
    done(job_of(got))
    assert fresh(got).state == Feed.State.SENT


def test_a_file_that_is_gone_takes_no_other_for_itself(plan, received, agent):
    got = received(feed("A-1"))
    Feed.objects.for_agency(plan.agency).filter(pk=got.pk).update(stored_as="")
    with pytest.raises(NotNow, match="storage"):
        sending.ask_send(fresh(got), agent)
    assert receive(plan, iter([feed("A-1")]), "again.xml", agent).pk != got.pk


def test_a_listing_between_two_stools_is_due_again(plan, sent, manager):
    sent(feed("A-1"))
    rows = Listing.objects.for_agency(plan.agency)
    rows.update(stage=Stage.SENDING, due_at=timezone.now() + timedelta(hours=1))
    set_hand(plan, listings(plan)["A-1"], Hand.NEVER, manager)
    set_hand(plan, listings(plan)["A-1"], Hand.ALWAYS, manager)
    row = listings(plan)["A-1"]
    assert (row.wanted, row.due_at is not None) == (True, True)
