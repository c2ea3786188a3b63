"""After a later full file an older one brings nothing more, whoever asks for it, and people are told why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.remotes.errors import Unreachable
from estates.syndication import keeping
from estates.syndication.incoming import delivering, sending
from estates.syndication.incoming.answering import take_in
from estates.syndication.incoming.missing import later_full, overtaken_by
from estates.syndication.incoming.receiving import receive
from estates.syndication.incoming.refusals import NotNow
from estates.syndication.models import Feed, FeedItem, Listing
from tests.syndication.incoming.conftest import (
    done,
    fresh,
    items,
    job_of,
    listings,
    online,
    states,
    trail,
    url,
    worked,
)
from tests.syndication.incoming.making import estate, feed
from tests.syndication.incoming.test_views import plain, shown

pytestmark = pytest.mark.django_db
State, Removal = Feed.State, Feed.Removal


def full(*estates) -> bytes:
    return feed(*estates, scope="VOLL")


def some(number, first=0) -> list[str]:
    return [f"A-{n}" for n in range(first, first + number)]


@pytest.fixture
def stopped(received, seeki, agent, monkeypatch):
    """A file of three whose sending broke off after the first."""
    monkeypatch.setattr(delivering, "MOST", 1)
    got = received(feed("A-1", "A-2", "A-3"))
    sending.ask_send(got, agent)

    def away():
        if seeki.requests:
            raise Unreachable("nobody there")

    seeki.before = away
    while job_of(got).is_open:
        worked(job_of(got))
    seeki.before = lambda: None
    assert fresh(got).state == State.SENDING
    return got


def over(job) -> None:
    """The job ended so long ago that the keeper would try again."""
    ended = timezone.now() - timedelta(hours=2)
    Job.objects.for_agency(job.agency).filter(pk=job.pk).update(finished_at=ended)


# who asks


def test_in_the_browser_an_older_file_is_refused(received, sent, seeki, agency, browser):
    old = received(feed("A-1", "A-2"))
    sent(full("A-1"))
    answer = browser(agency, Role.AGENT).post(url("send_feed", agency, old.pk), follow=True)
    assert "would bring back what you no longer offer" in plain(answer)
    assert (fresh(old).state, seeki.sent) == (State.READ, [["A-1"]])
    assert trail(agency, "send_asked") == ["export.xml"]


def test_one_that_is_to_go_on_by_itself_is_not_sent_either(plan, sent, seeki):
    old = receive(plan, iter([feed("A-1", "A-2")]), "nightly.xml", None, send=True)
    sent(full("A-1"))
    done(job_of(old))
    assert (fresh(old).state, seeki.sent) == (State.READ, [["A-1"]])


def test_the_keeper_ends_one_that_broke_off(stopped, sent, seeki, plan, agency):
    sent(full("A-1", "A-4"))
    before = len(seeki.requests)
    keeping.keep_plan(plan, timezone.now())
    assert states(stopped) == {"A-1": "accepted", "A-2": "skipped", "A-3": "skipped"}
    assert {items(stopped)[number].reason for number in ("A-2", "A-3")} == {"later_full"}
    assert (fresh(stopped).state, len(seeki.requests)) == (State.SENT, before)
    entry = AuditEntry.objects.for_agency(agency).get(action="feed.overtaken")
    assert (entry.subject, entry.actor, entry.detail["later"]) == ("export.xml", None, "export.xml")


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
def test_whatever_stopped_it(status, stopped, sent, plan):
    Job.objects.for_agency(plan.agency).filter(pk=job_of(stopped).pk).update(
        status=status, error_kind="refused"
    )
    sent(full("A-1"))
    keeping.keep_plan(plan, timezone.now())
    assert fresh(stopped).state == State.SENT


def test_a_sending_that_waits_ends_without_another_request(received, seeki, sent, agent):
    old = received(feed("A-1", "A-2"))
    sending.ask_send(old, agent)
    sent(full("A-1"))
    done(job_of(old))
    assert (fresh(old).state, states(old), seeki.sent) == (
        State.SENT,
        {"A-1": "skipped", "A-2": "skipped"},
        [["A-1"]],
    )


def test_a_later_full_file_that_is_asked_for_meanwhile_stops_the_older(
    received, seeki, agent, plan, monkeypatch
):
    monkeypatch.setattr(delivering, "MOST", 1)
    old, new = received(feed("A-1", "A-2", "A-3")), received(full("A-2"))
    sending.ask_send(old, agent)

    def meanwhile(*given):
        take_in(*given)
        sending.ask_send(new, agent)

    with monkeypatch.context() as patched:
        patched.setattr(delivering, "take_in", meanwhile)
        done(job_of(old))
    done(job_of(new))
    assert seeki.sent == [["A-1"], ["A-2"]]
    assert states(old) == {"A-1": "accepted", "A-2": "skipped", "A-3": "skipped"}


def test_an_older_deletion_takes_down_nothing_after_a_later_full_file(received, seeki, sent, agent, plan):
    sent(feed("A-1", "A-2"))
    old = received(feed(estate("A-1", action="DELETE"), "A-3"))
    sending.ask_send(old, agent)
    assert sent(full("A-1")).removal == Removal.LAPSE
    online(plan, "A-1")
    done(job_of(old))
    assert (listings(plan)["A-1"].wanted, "A-3" in listings(plan)) == (True, False)


# what does not stop an older file


@pytest.mark.parametrize(
    "body", [feed("A-1"), full(estate("A-1", action="DELETE")), full(estate(None), "A-1")]
)
def test_only_a_full_file_that_names_something_says_what_is_offered(body, received, sent, agent):
    old = received(feed("A-1", "A-2"))
    Feed.objects.for_agency(old.agency).filter(pk=received(body).pk).update(state=State.SENT)
    is_one = b"VOLL" in body and b"DELETE" not in body
    assert (later_full(old) is not None) == is_one


@pytest.mark.parametrize("state", [State.RECEIVED, State.READ, State.DROPPED, State.UNREADABLE])
def test_nor_one_that_was_not_sent(state, received, agent):
    old, new = received(feed("A-1", "A-2")), received(full("A-1"))
    Feed.objects.for_agency(old.agency).filter(pk=new.pk).update(state=state)
    sending.ask_send(old, agent)
    assert fresh(old).state == State.SENDING


def test_nor_an_earlier_one_nor_that_of_another_plan(received, sent, other_plan):
    old, theirs = sent(full("A-1")), received(full("A-1"), of=other_plan)
    Feed.objects.for_agency(theirs.agency).filter(pk=theirs.pk).update(state=State.SENT)
    assert (later_full(old), later_full(theirs)) == (None, None)
    assert overtaken_by(old) is None


def test_what_older_files_brought_is_still_renewed(sent, seeki, plan):
    old = sent(feed(*some(10)))
    assert sent(full("A-0")).removal == Removal.ASKING
    online(plan, *some(10))
    rows = Listing.objects.for_agency(plan.agency).filter(external_id="A-5")
    rows.update(due_at=timezone.now() - timedelta(minutes=1))
    done(sending.start_refresh(old))
    assert seeki.sent[-1] == ["A-5"]


# the same file once more


def test_uploaded_once_more_it_is_the_last_and_goes_out(received, sent, seeki, plan, agent):
    old = received(feed("A-1", "A-2"))
    sent(full("A-1"))
    again = sent(feed("A-1", "A-2"))
    assert again.pk != old.pk
    assert seeki.sent == [["A-1"], ["A-1", "A-2"]]
    assert listings(plan)["A-2"].wanted


# what people see


def test_its_page_says_what_happened_what_is_safe_and_what_to_do(received, sent, agency, browser):
    old = received(feed("A-1", "A-2"))
    later = sent(full("A-1"), name="later.xml")
    page = browser(agency).get(url("feed", agency, old.pk))
    text = plain(page)
    assert "A later full file was sent: this one is not sent any more" in text
    assert "Nothing of this file was sent, and what is online stays as it is" in text
    assert "Nothing, if the later file is right. If this one is, upload it once more" in text
    assert url("feed", agency, later.pk) in page.content.decode()
    assert url("send_feed", agency, old.pk) not in page.content.decode()
    assert url("drop_feed", agency, old.pk) in page.content.decode()


def test_so_does_that_of_one_that_broke_off_and_of_one_that_ended(stopped, sent, agency, browser, plan):
    sent(full("A-1"))
    for state in (State.SENDING, State.SENT):
        assert fresh(stopped).state == state
        page = browser(agency).get(url("feed", agency, stopped.pk))
        assert "the rest of this one is not sent any more" in plain(page)
        assert "What Seeki has taken of this file stays as the later one says" in plain(page)
        assert "Send the rest" not in plain(page)
        keeping.keep_plan(plan, timezone.now())
    assert "A later file that holds all you offer was sent instead." in shown(
        browser(agency), agency, stopped
    )


def test_one_that_was_sent_to_its_end_says_nothing_of_it(sent, agency, browser):
    old = sent(feed("A-1", "A-2"))
    sent(full("A-1"))
    assert "A later full file" not in shown(browser(agency), agency, old)


def test_viewers_read_it_and_are_shown_nothing_to_press(received, sent, agency, browser):
    old = received(feed("A-1", "A-2"))
    sent(full("A-1"))
    page = browser(agency, Role.VIEWER).get(url("feed", agency, old.pk))
    assert "this one is not sent any more" in plain(page)
    assert url("drop_feed", agency, old.pk) not in page.content.decode()


# what a full file lacks is weighed once more when it is sent


def test_what_an_older_file_brought_meanwhile_is_missing_too(received, seeki, agent, plan):
    old, new = received(feed("A-1", "A-2")), received(full("A-1"))
    assert (new.missing, new.removal) == (0, Removal.NONE)
    done(sending.ask_send(old, agent))
    done(sending.ask_send(new, agent))
    assert (fresh(new).missing, fresh(new).removal) == (1, Removal.LAPSE)
    assert not listings(plan)["A-2"].wanted


def test_what_was_claimed_when_the_older_broke_off_is_missing_too(received, stopped, agent, plan):
    new = received(full("A-1"))
    assert listings(plan)["A-2"].stage == Listing.Stage.SENDING
    done(sending.ask_send(new, agent))
    assert not listings(plan)["A-2"].wanted


def test_where_it_has_become_many_somebody_is_asked(sent, received, seeki, agent, plan):
    sent(full(*some(20)))
    old, new = received(feed(*some(20, 30))), received(full(*some(19)))
    assert (new.missing, new.removal) == (1, Removal.LAPSE)
    done(sending.ask_send(old, agent))
    done(sending.ask_send(new, agent))
    assert (fresh(new).missing, fresh(new).removal) == (21, Removal.ASKING)
    assert all(row.wanted for row in listings(plan).values())


def test_kept_stays_kept(sent, received, seeki, agent, plan):
    sent(full(*some(20)))
    old, new = received(feed(*some(20, 30))), received(full(*some(5)))
    sending.decide_removal(new, False, agent)
    done(sending.ask_send(old, agent))
    done(sending.ask_send(new, agent))
    assert fresh(new).removal == Removal.KEEP
    assert all(row.wanted for row in listings(plan).values())


def test_a_decision_that_was_made_meanwhile_is_not_overwritten(sent, received, seeki, agent, plan):
    sent(full(*some(20)))
    new = received(full(*some(5)))
    sending.decide_removal(fresh(new), False, agent)
    assert new.removal == Removal.ASKING
    sending.ask_send(new, agent)
    assert fresh(new).removal == Removal.KEEP


def test_what_was_left_open_on_the_way_does_not_look_as_if_it_were_being_sent(stopped, sent, plan, agent):
    assert items(stopped)["A-2"].state == FeedItem.State.SENDING
    sent(feed("A-2", "A-3"))
    done(sending.ask_send(stopped, agent))
    assert {items(stopped)[number].reason for number in ("A-2", "A-3")} == {"overtaken"}


def test_refused_while_it_is_still_marked_as_being_sent(stopped, sent, agent, agency):
    sent(full("A-1"))
    with pytest.raises(NotNow, match="upload it once more"):
        sending.ask_send(fresh(stopped), agent)
    assert fresh(stopped).state == State.SENDING
