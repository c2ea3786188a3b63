"""What Ts-Immo says of tickets is here, and nothing of it twice; an outage takes nothing away."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import orjson
import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.jobs.start import start
from estates.remotes.ts_immo import TsImmoClient
from portal.sandbox.ts_immo.tickets import Ticket as Remote
from support import writing
from support.mirror import due, mirror
from support.mirror.taking_in import take_in
from support.models import Following, Message, Mirrored, Notice, Ticket
from tests.support import making
from tests.support.conftest import (
    DOMAIN,
    calls,
    deliveries,
    done,
    fresh,
    job_of,
    messages_of,
    worked,
    works_but_dies,
)

pytestmark = pytest.mark.django_db
SUPPORT = {"display_name": "Claire"}


@pytest.fixture
def elsewhere(account):
    """`elsewhere("Subject", "Text")` is a ticket that somebody opened at Ts-Immo itself."""

    def do(
        subject="Plugin", text="It does not start.", mail="zoe@elsewhere.example", domain=DOMAIN
    ) -> Remote:
        there = Remote(domain, subject, text, {"display_name": "Zoé", "mail": mail}, [])
        account.tickets[there.id] = there
        return there

    return do


@pytest.fixture
def without_comments(monkeypatch):
    """The list names no comments, as it might be."""
    read = TsImmoClient.tickets

    def cut(ticket):
        told = {name: value for name, value in orjson.loads(ticket.raw).items() if name != "comments"}
        return replace(ticket, comments=None, raw=orjson.dumps(told))

    monkeypatch.setattr(TsImmoClient, "tickets", lambda *a, **n: tuple(map(cut, read(*a, **n))))


def ours(agency) -> list[Ticket]:
    return list(Ticket.objects.for_agency(agency).order_by("pk"))


def texts(ticket) -> list[str]:
    return [message.text for message in messages_of(ticket)]


def test_a_ticket_that_was_opened_elsewhere_is_read_with_its_thread(agency, site, elsewhere, mirrored):
    there = elsewhere()
    there.comment("Which version?", SUPPORT, from_support=True)
    there.comment("2.1", there.reporter)
    mirrored()
    (ticket,) = ours(agency)
    assert (ticket.remote_id, ticket.subject, ticket.state) == (there.id, "Plugin", "WAITING_FOR_SUPPORT")
    assert (ticket.opened_by, ticket.reporter, ticket.site) == (None, "Zoé", site)
    opening, question, answer = messages_of(ticket)
    assert (opening.opens, opening.text, opening.author_mail) == (
        True,
        "It does not start.",
        "zoe@elsewhere.example",
    )
    assert (question.from_support, question.author_name, question.text) == (True, "Claire", "Which version?")
    assert (answer.from_support, answer.delivery) == (False, "sent")
    assert ticket.news == 0, "the first import is no news"
    assert not Notice.objects.for_agency(agency).exists()


def test_a_ticket_that_waits_for_the_agency_is_news_and_mails_nobody(agency, site, elsewhere, mirrored):
    elsewhere().comment("Which version?", SUPPORT, from_support=True)
    mirrored()
    (ticket,) = ours(agency)
    assert ticket.news == messages_of(ticket)[-1].pk
    assert not Notice.objects.for_agency(agency).exists()


def test_reading_again_changes_nothing_and_asks_for_nothing_that_is_known(
    agency, site, elsewhere, mirrored, box
):
    elsewhere().comment("Which version?", SUPPORT, from_support=True)
    mirrored()
    (before,), asked = ours(agency), calls(box, "ticket")
    mirrored()
    (after,) = ours(agency)
    assert calls(box, "ticket") == asked
    assert (after.changed_at, after.news) == (before.changed_at, before.news)
    assert after.read_at > before.read_at
    assert len(messages_of(after)) == 2


def test_an_answer_is_news_for_who_watches_and_counts_once(agency, taken_in, colleague, mirrored):
    ticket, there = taken_in()
    writing.follow(ticket, colleague("bob"), watches=True)
    writing.follow(ticket, colleague("cid"), watches=False)
    there.comment("We look into it.", SUPPORT, from_support=True)
    for _ in range(3):
        mirrored()
    ticket = fresh(ticket)
    assert (ticket.state, texts(ticket)[1:]) == ("PENDING", ["We look into it."])
    assert ticket.news == messages_of(ticket)[-1].pk
    told = Notice.objects.for_agency(agency).values_list("user__email", flat=True)
    assert sorted(told) == ["ana@colleagues.example", "bob@colleagues.example"]


def test_what_was_written_here_is_no_news(agency, taken_in, commented, mirrored):
    ticket, _there = taken_in()
    commented(ticket)
    done(job_of(ticket))
    mirrored()
    assert fresh(ticket).news == 0
    assert not Notice.objects.for_agency(agency).exists()


def test_who_wrote_it_at_ts_immo_is_not_mailed_about_it(agency, taken_in, mirrored):
    ticket, there = taken_in()
    there.comment("From my phone", {"display_name": "Ana", "mail": "ANA@colleagues.example"})
    mirrored()
    assert fresh(ticket).news
    assert not Notice.objects.for_agency(agency).exists()


def test_who_left_the_agency_is_not_mailed(agency, taken_in, colleague, mirrored):
    _ticket, there = taken_in()
    colleague("ana").memberships.all().delete()
    there.comment("We look into it.", SUPPORT, from_support=True)
    mirrored()
    assert not Notice.objects.for_agency(agency).exists()


def test_of_many_answers_at_once_the_newest_are_mailed(agency, taken_in, mirrored):
    ticket, there = taken_in()
    for number in range(40):
        there.comment(f"Answer {number}", SUPPORT, from_support=True)
    mirrored()
    told = Notice.objects.for_agency(agency).order_by("pk").values_list("message__text", flat=True)
    assert list(told) == [f"Answer {number}" for number in range(35, 40)]
    assert len(messages_of(ticket)) == 41


@pytest.mark.parametrize(
    "state", ["IN_PROGRESS", "WAITING_FOR_SUPPORT", "PENDING", "DONE", "CLOSED", "ESCALATED"]
)
def test_states_are_ts_immos_own(state, taken_in, mirrored):
    ticket, there = taken_in()
    there.status = state
    mirrored()
    after = fresh(ticket)
    assert after.state == state
    assert (after.changed_at > ticket.changed_at) == (state != "WAITING_FOR_SUPPORT")


def test_comments_that_the_list_does_not_name_are_asked_for(
    agency, site, elsewhere, mirrored, without_comments
):
    there = elsewhere()
    mirrored()
    there.comment("Which version?", SUPPORT, from_support=True)
    mirrored()
    (ticket,) = ours(agency)
    assert texts(ticket) == ["It does not start.", "Which version?"]


def test_of_closed_tickets_they_are_asked_for_once_a_day(
    agency, site, elsewhere, mirrored, without_comments, box
):
    there = elsewhere()
    there.close()
    mirrored()
    asked = calls(box, "ticket")
    there.comments.append({"id": "late", "comment": "One more thing", "reporter": SUPPORT})
    mirrored()
    assert calls(box, "ticket") == asked
    mirrored(closed_too=True)
    assert texts(ours(agency)[0])[-1] == "One more thing"


def test_where_nobody_names_comments_those_that_are_here_stay(
    agency, taken_in, mirrored, without_comments, monkeypatch
):
    ticket, there = taken_in()
    there.comment("Which version?", SUPPORT, from_support=True)
    mirrored()
    read = TsImmoClient.ticket
    monkeypatch.setattr(TsImmoClient, "ticket", lambda *a, **n: replace(read(*a, **n), comments=None))
    mirrored()
    assert texts(ticket)[-1] == "Which version?"


def test_comments_without_a_number_are_told_apart_by_their_trace(agency, site, elsewhere, mirrored):
    there = elsewhere()
    for text in ("Same", "Same", "Other"):
        there.comment(text, SUPPORT, from_support=True)
    for comment in there.comments:
        del comment["id"]
        comment["created_at"] = "2026-11-03T10:00:00Z"
    mirrored()
    there.comments.append({**there.comments[0]})
    mirrored(), mirrored()
    (ticket,) = ours(agency)
    assert texts(ticket)[1:] == ["Same", "Same", "Other", "Same"]
    assert len({message.trace for message in messages_of(ticket)[1:]}) == 4


def test_our_own_comments_are_not_doubled_where_the_thread_has_no_numbers(
    taken_in, commented, mirrored, monkeypatch
):
    ticket, there = taken_in()
    read = Remote.as_dict

    def without_ids(self):
        told = read(self)
        return {**told, "comments": [{k: v for k, v in c.items() if k != "id"} for c in told["comments"]]}

    monkeypatch.setattr(Remote, "as_dict", without_ids)
    commented(ticket, "Same"), commented(ticket, "Same")
    assert done(job_of(ticket)).status == Status.DONE
    mirrored(closed_too=True)
    assert len(there.comments) == 2
    assert texts(ticket)[1:] == ["Same", "Same"]
    assert deliveries(ticket) == ["sent", "sent", "sent"]
    assert fresh(ticket).news == 0


def test_what_is_edited_there_is_edited_here_but_not_what_was_written_here(taken_in, commented, mirrored):
    ticket, there = taken_in()
    commented(ticket, "Any news?")
    done(job_of(ticket))
    there.comment("Tomorow", SUPPORT, from_support=True)
    mirrored()
    news = fresh(ticket).news
    there.comments[0]["comment"], there.comments[1]["comment"] = "ANY NEWS", "Tomorrow"
    there.message = "Rewritten"
    mirrored()
    assert texts(ticket)[1:] == ["Any news?", "Tomorrow"]
    assert texts(ticket)[0] == "The photos are missing."
    assert fresh(ticket).news == news


def test_a_comment_that_vanished_there_stays_here(taken_in, mirrored):
    ticket, there = taken_in()
    there.comment("Oops", SUPPORT, from_support=True)
    mirrored()
    there.comments.clear()
    there._touch()
    mirrored()
    assert texts(ticket)[-1] == "Oops"


def test_a_ticket_that_vanished_stays_with_a_note_and_comes_back(taken_in, mirrored, account):
    ticket, there = taken_in()
    account.tickets.clear()
    mirrored()
    gone = fresh(ticket)
    assert gone.missing_since
    assert gone.changed_at > ticket.changed_at
    mirrored(closed_too=True)
    assert fresh(ticket).missing_since == gone.missing_since
    account.tickets[there.id] = there
    mirrored()
    assert fresh(ticket).missing_since is None


@pytest.mark.parametrize("kind", ["error_500", "dropped", "html_200", "truncated_json"])
def test_an_outage_marks_nothing_and_is_told(kind, agency, connection, taken_in, mirrored, box):
    ticket, _there = taken_in()
    box.fault(kind)
    mirrored(status=Status.FAILED)
    assert fresh(ticket).missing_since is None
    held = Mirrored.objects.for_agency(agency).get()
    first = held.failing_since
    assert first
    assert held.read_at is None
    mirrored(status=Status.FAILED)
    held.refresh_from_db()
    assert held.failing_since == first
    box.clear_faults()
    mirrored()
    held.refresh_from_db()
    assert (held.failing_since, held.words) == (None, "")
    assert held.read_at


def test_an_empty_list_alone_marks_nothing(taken_in, mirrored, monkeypatch):
    ticket, _there = taken_in()
    monkeypatch.setattr(TsImmoClient, "tickets", lambda *a, **n: ())
    mirrored(closed_too=True)
    assert fresh(ticket).missing_since is None


def test_one_unreadable_ticket_does_not_hold_up_the_others(agency, site, elsewhere, box, connection):
    bad, good = elsewhere("Bad"), elsewhere("Good")
    box.fault("error_500", path=f"*/support/{bad.id}")
    good.comment("Which version?", SUPPORT, from_support=True)
    job = done(mirror.start_mirror(agency, connection, DOMAIN))
    assert (job.status, job.error_kind) == (Status.FAILED, "unreachable")
    assert sorted(ticket.subject for ticket in ours(agency)) == ["Bad", "Good"]
    box.clear_faults()
    asked = calls(box, "ticket")
    assert done(mirror.start_mirror(agency, connection, DOMAIN)).status == Status.DONE
    assert calls(box, "ticket") == asked + 1


def test_many_unreadable_tickets_end_the_reading(agency, site, elsewhere, box, connection):
    for number in range(9):
        elsewhere(f"Ticket {number}")
    box.fault("not_json", operation="ticket")
    job = worked(mirror.start_mirror(agency, connection, DOMAIN))
    assert job.error_kind == "malformed"
    assert calls(box, "ticket") == 5


def test_slices_go_on_where_they_were(agency, site, elsewhere, box, connection, settings, without_comments):
    settings.JOB_SLICE_SECONDS = 0
    for number in range(5):
        elsewhere(f"Ticket {number}").comment("?", SUPPORT, from_support=True)
    job = done(mirror.start_mirror(agency, connection, DOMAIN), slices=50)
    assert job.status == Status.DONE
    assert calls(box, "ticket") <= 6
    assert [len(messages_of(ticket)) for ticket in ours(agency)] == [2] * 5


def test_a_worker_that_dies_anywhere_reads_everything_once(agency, site, elsewhere, connection, monkeypatch):
    for at in count():
        there = elsewhere(f"Ticket {at}")
        there.comment("?", SUPPORT, from_support=True)
        job = mirror.start_mirror(agency, connection, DOMAIN)
        where = works_but_dies(job, monkeypatch, at)
        assert done(job).status == Status.DONE, where
        ticket = Ticket.objects.for_agency(agency).get(remote_id=there.id)
        assert len(messages_of(ticket)) == 2, where
        if not where:
            break
    assert at > 8, "the points must have been there"


@pytest.mark.parametrize("text", ["<script>alert(1)</script> x", "x" * 19_000, "été 🏠\u202e", "a\x00b"])
def test_hostile_texts_are_kept(text, agency, site, elsewhere, mirrored):
    elsewhere("<b>Subject</b>", text).comment(text, {"display_name": "<img src=x>"}, from_support=True)
    mirrored()
    (ticket,) = ours(agency)
    assert len(messages_of(ticket)) == 2
    assert all(message.text for message in messages_of(ticket))


def test_dates_in_the_future_are_not_believed(agency, site, elsewhere, mirrored):
    there = elsewhere()
    there.created_at = there.updated_at = "2099-01-01T00:00:00Z"
    mirrored()
    (ticket,) = ours(agency)
    assert ticket.changed_at <= timezone.now()
    assert messages_of(ticket)[0].written_at <= timezone.now()


def test_a_ticket_that_the_mirror_met_before_its_answer_came_is_ours(
    agency, opened, commented, account, connection, colleague, monkeypatch, settled
):
    """The mirror reads in other words what is just being opened, so that it takes it for somebody else's."""
    send = TsImmoClient.open_ticket

    def met_meanwhile(self, *arguments, **named):
        answer = send(self, *arguments, **named)
        remote = self.ticket(answer.remote_id, DOMAIN)
        twin = take_in(agency, connection, DOMAIN, replace(remote, message="In other words"))
        assert twin.opened_by is None
        writing.follow(twin, colleague("bob"), watches=True)
        commented(twin, "I have seen this too", by=colleague("bob"))
        opened("Refers to it", "Text", follows=twin)
        return answer

    monkeypatch.setattr(TsImmoClient, "open_ticket", met_meanwhile)
    ticket = opened()
    job = worked(job_of(ticket))
    monkeypatch.undo()
    done(job)
    ticket = fresh(ticket)
    assert ticket.remote_id == next(iter(account.tickets))
    assert Ticket.objects.for_agency(agency).count() == 2
    assert texts(ticket) == ["The photos are missing.", "I have seen this too"]
    assert Following.objects.for_agency(agency).filter(ticket=ticket, user=colleague("bob")).exists()
    assert Ticket.objects.for_agency(agency).get(follows=ticket)


def test_a_comment_that_the_mirror_met_before_its_answer_came_is_ours(
    agency, taken_in, commented, connection, monkeypatch
):
    ticket, there = taken_in()
    send = TsImmoClient.comment

    def met_meanwhile(self, *arguments):
        answer = send(self, *arguments)
        remote = self.ticket(there.id, DOMAIN)
        other = tuple(replace(comment, text="In other words") for comment in remote.comments)
        take_in(agency, connection, DOMAIN, replace(remote, comments=other))
        assert fresh(ticket).news
        return answer

    monkeypatch.setattr(TsImmoClient, "comment", met_meanwhile)
    message = commented(ticket)
    assert done(job_of(ticket)).status == Status.DONE
    assert fresh(message).remote_id == there.comments[0]["id"]
    assert texts(ticket)[1:] == ["Any news?"]
    assert fresh(ticket).news == 0


def test_the_mirror_binds_what_a_lost_answer_left_open(taken_in, commented, mirrored, opened, account, box):
    ticket, there = taken_in()
    box.fault("lost", operation="comment", times=1)
    box.fault("lost", operation="open_ticket", times=1)
    commented(ticket)
    other = opened("Second", "Text")
    worked(job_of(ticket)), worked(job_of(other))
    mirrored()
    assert deliveries(ticket) + deliveries(other) == ["sent", "sent", "sent"]
    done(job_of(ticket)), done(job_of(other))
    assert len(there.comments) == 1
    assert set(account.tickets) == {fresh(ticket).remote_id, fresh(other).remote_id}
    assert calls(box, "comment") == 1


def test_what_was_in_doubt_is_settled_when_it_appears(taken_in, commented, mirrored):
    ticket, there = taken_in()
    message = commented(ticket)
    Message.objects.for_agency(ticket.agency).filter(pk=message.pk).update(
        delivery="unknown", asked_at=timezone.now()
    )
    there.comment("Any news?", {"mail": "ana@colleagues.example"})
    mirrored()
    assert fresh(message).delivery == "sent"
    assert len(messages_of(ticket)) == 2


def test_the_other_agencys_tickets_stay_theirs(agency, other_agency, site, elsewhere, mirrored, box):
    there = elsewhere()
    theirs = making.connection(other_agency, key=box.account("martin").key)
    mirrored()
    (ticket,) = ours(agency)
    take_in(other_agency, theirs, DOMAIN, _as_read(there))
    assert [t.remote_id for t in ours(other_agency)] == [ticket.remote_id]
    assert len(ours(agency)) == 1


def _as_read(there):
    from estates.remotes.ts_immo_answers import parse_ticket

    return parse_ticket(there.as_dict())


def test_a_job_with_a_foreign_account_reads_nothing(agency, other_agency, site, connection, box, taken_in):
    ticket, there = taken_in()
    there.comment("Which version?", SUPPORT, from_support=True)
    theirs = making.connection(other_agency, key=box.account("riviera").key)
    asked = len(box.received)
    for params in (
        {"connection": connection.pk, "domain": DOMAIN},
        {"connection": connection.pk, "domain": DOMAIN, "ticket": ticket.pk},
        {"connection": theirs.pk, "domain": DOMAIN, "ticket": ticket.pk},
    ):
        assert done(start(other_agency, mirror.KIND, params=params)).status == Status.DONE
    assert len(box.received) == asked
    assert len(messages_of(ticket)) == 1
    assert ours(other_agency) == []


def test_a_deleted_key_ends_the_reading(agency, connection, site, box):
    job = mirror.start_mirror(agency, connection, DOMAIN)
    connection.keys.all().delete()
    assert done(job).status == Status.DONE
    assert box.received == []


def test_one_ticket_is_read_at_a_button(agency, taken_in, member, elsewhere):
    ticket, there = taken_in()
    elsewhere()
    there.close()
    job = mirror.read_now(ticket, member(agency, Role.AGENT))
    assert done(job).status == Status.DONE
    assert fresh(ticket).state == "CLOSED"
    assert len(ours(agency)) == 1
    entry = AuditEntry.objects.for_agency(agency).order_by("-number").first()
    assert (entry.action, entry.subject) == ("ticket.read_asked", f"#{ticket.pk}")


def test_a_whole_domain_is_read_at_a_button(agency, site, connection, elsewhere, member):
    elsewhere().close()
    due.enrol()
    row = Mirrored.objects.for_agency(agency).get()
    job = mirror.read_now(row, member(agency, Role.AGENT))
    assert mirror.read_now(row, member(agency, Role.AGENT)) == job, "one at a time"
    assert done(job).status == Status.DONE
    assert len(ours(agency)) == 1
    row.refresh_from_db()
    assert row.all_read_at


def test_the_longest_domain_has_its_subject():
    subjects = {mirror.subject_of(7, f"{letter * 200}.example") for letter in "ab"}
    assert len(subjects) == 2
    assert all(len(subject) <= 120 for subject in subjects)


def reading_jobs(agency) -> list[Job]:
    return list(Job.objects.for_agency(agency).filter(kind=mirror.KIND).order_by("-pk"))


def ended(agency, minutes) -> None:
    """All readings ended, and the last one was asked for some minutes ago."""
    Job.objects.for_agency(agency).filter(kind=mirror.KIND).update(status=Status.DONE)
    Mirrored.objects.for_agency(agency).update(asked_at=timezone.now() - timedelta(minutes=minutes))


def test_domains_of_active_sites_are_read_every_five_minutes_and_wholly_once_a_day(agency, site):
    assert due.start_mirrors() == 1
    assert reading_jobs(agency)[0].params["all"] is True, "the first time everything"
    assert due.start_mirrors() == 0
    Mirrored.objects.for_agency(agency).update(all_read_at=timezone.now())
    ended(agency, 4)
    assert due.start_mirrors() == 0
    ended(agency, 6)
    assert due.start_mirrors() == 1
    assert reading_jobs(agency)[0].params["all"] is False
    ended(agency, 6)
    Mirrored.objects.for_agency(agency).update(all_read_at=timezone.now() - timedelta(hours=25))
    assert due.start_mirrors() == 1
    assert reading_jobs(agency)[0].params["all"] is True


def test_domains_where_nothing_goes_on_are_read_once_a_day(agency, connection):
    making.site(connection, DOMAIN, state="inactive")
    ticket = making.ticket(connection, domain=DOMAIN, remote_id="1", state="CLOSED")
    due.start_mirrors()
    Mirrored.objects.for_agency(agency).update(all_read_at=timezone.now())
    ended(agency, 60)
    assert due.start_mirrors() == 0
    Ticket.objects.for_agency(agency).filter(pk=ticket.pk).update(state="PENDING")
    assert due.start_mirrors() == 1
    Ticket.objects.for_agency(agency).filter(pk=ticket.pk).update(state="closed")
    Mirrored.objects.for_agency(agency).update(all_read_at=timezone.now() - timedelta(hours=25))
    ended(agency, 6)
    assert due.start_mirrors() == 1


def test_a_domain_without_site_and_ticket_is_read_no_more(agency, connection):
    site = making.site(connection, DOMAIN, state="active")
    due.start_mirrors()
    site.delete()
    ended(agency, 60 * 48)
    assert due.start_mirrors() == 0


@pytest.mark.parametrize("why", [{"state": "refused"}, {"removed_at": timezone.now()}])
def test_accounts_that_cannot_be_used_are_not_read(why, connection, site):
    type(connection).objects.across_agencies().update(**why)
    assert due.start_mirrors() == 0


def test_a_round_is_fair(agency, other_agency, connection, monkeypatch):
    for number in range(5):
        making.site(connection, f"www{number}.example", state="active")
    making.site(making.connection(other_agency), "www.other.example", state="active")
    monkeypatch.setattr(due, "MOST", 2)
    assert due.start_mirrors() == 2
    assert len(reading_jobs(other_agency)) == 1
    assert [due.start_mirrors() for _ in range(3)] == [2, 2, 0]
