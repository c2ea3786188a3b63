"""A file that was handed in to be sent on by itself: it is, unless a person has to decide first."""

import pytest

from estates.jobs.models import Job
from estates.syndication.incoming.receiving import receive
from estates.syndication.models import Feed
from tests.syndication.incoming.conftest import done, fresh, job_of, online, states
from tests.syndication.incoming.making import feed

pytestmark = pytest.mark.django_db


def handed_in(plan, body) -> Feed:
    got = receive(plan, iter([body]), "nightly.xml", None, send=True)
    done(job_of(got))
    return fresh(got)


def test_it_goes_on_to_seeki(plan, seeki):
    got = handed_in(plan, feed("A-1", "A-2"))
    assert got.state == Feed.State.SENDING
    done(job_of(got))
    assert (fresh(got).state, fresh(got).sent_by) == (Feed.State.SENT, None)
    assert states(got) == {"A-1": "accepted", "A-2": "accepted"}
    assert len(seeki.requests) == 1


def test_not_while_somebody_has_to_decide_about_what_it_lacks(plan, seeki, sent):
    sent(feed(*(f"A-{n}" for n in range(20)), scope="VOLL"))
    online(plan, *(f"A-{n}" for n in range(20)))
    before = len(seeki.requests)
    got = handed_in(plan, feed("A-1", scope="VOLL"))
    assert (got.state, got.removal) == (Feed.State.READ, Feed.Removal.ASKING)
    assert len(seeki.requests) == before


@pytest.mark.parametrize("body", [b"nonsense", feed()])
def test_nor_what_holds_nothing(plan, seeki, body):
    assert handed_in(plan, body).state in (Feed.State.UNREADABLE, Feed.State.READ)
    assert seeki.requests == []


def test_nor_through_a_plan_that_is_switched_off(plan, seeki):
    plan.active = False
    plan.save()
    assert handed_in(plan, feed("A-1")).state == Feed.State.READ
    assert seeki.requests == []


def test_a_file_that_waits_already_is_sent_when_it_comes_again_to_be_sent(plan, seeki, received):
    waiting = received(feed("A-1"))
    again = receive(plan, iter([feed("A-1")]), "nightly.xml", None, send=True)
    assert (again.pk, fresh(again).state) == (waiting.pk, Feed.State.SENDING)
    assert Job.objects.for_agency(plan.agency).filter(kind="syndication.send_feed").count() == 1


def test_a_file_that_is_still_being_read_is_sent_when_that_is_asked_for_meanwhile(plan, seeki):
    got = receive(plan, iter([feed("A-1")]), "nightly.xml", None)
    again = receive(plan, iter([feed("A-1")]), "nightly.xml", None, send=True)
    assert (again.pk, fresh(again).state) == (got.pk, Feed.State.RECEIVED)
    done(job_of(got))
    assert fresh(got).state == Feed.State.SENDING
