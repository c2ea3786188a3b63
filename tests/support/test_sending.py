"""Every message that was saved is at Ts-Immo exactly once, whatever is lost, cut or killed on the way."""

from datetime import timedelta
from itertools import count
from threading import Barrier, Thread

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection as database
from django.utils import timezone

from estates.jobs.models import Job, Status
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_answers import Acknowledged
from support import writing
from support.delivery import bringing, waiting
from support.models import Attachment, Draft, Message, Ticket
from tests.support.conftest import (
    DOMAIN,
    calls,
    deliveries,
    done,
    fresh,
    job_of,
    messages_of,
    taken_back,
    worked,
    works_but_dies,
)

pytestmark = pytest.mark.django_db
LOST = ["lost", "truncated_json", "length_longer", "html_200", "dropped", "error_500", "not_json"]
"""Answers that never came or say nothing; of some the call was done, of others not."""


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def attached(agency):
    def do(message, name="plan.pdf", content=b"%PDF-1.4 plan") -> Attachment:
        stored = default_storage.save(f"{agency.pk}/x", ContentFile(content))
        return Attachment.objects.create(
            agency=agency,
            message=message,
            name=name,
            mime_type="application/pdf",
            size=len(content),
            sha256="0" * 64,
            stored_as=stored,
        )

    return do


def only(account):
    (there,) = account.tickets.values()
    return there


def texts(there) -> list[str]:
    return [comment["comment"] for comment in there.comments]


def test_a_ticket_is_opened_with_its_reporter(opened, account, colleague):
    ticket = opened("Photos", "They are missing.\r\nAll of them.")
    assert account.tickets == {}, "it is committed first"
    assert done(job_of(ticket)).status == Status.DONE
    there, ticket = only(account), fresh(ticket)
    assert (there.domain, there.subject, there.message) == (
        DOMAIN,
        "Photos",
        "They are missing.\r\nAll of them.",
    )
    mail = "ana@colleagues.example"
    assert there.reporter == {"username": mail, "mail": mail, "display_name": "Ana"}
    assert (ticket.remote_id, ticket.state) == (there.id, "WAITING_FOR_SUPPORT")
    (message,) = messages_of(ticket)
    assert (message.delivery, message.asked_at, message.known) == ("sent", None, [])
    assert message.answered_at
    assert ticket.read_at


def test_comments_follow_the_opening_in_their_order_and_then_it_is_closed(
    opened, commented, account, colleague
):
    ticket = opened()
    commented(ticket, "First", by=colleague("ana"))
    commented(ticket, "Second", by=colleague("bob"))
    writing.close(fresh(ticket), colleague("ana"))
    assert done(job_of(ticket)).status == Status.DONE
    assert Job.objects.for_agency(ticket.agency).filter(kind=writing.SEND).count() == 1
    assert texts(only(account)) == ["First", "Second"]
    assert [c["reporter"]["mail"] for c in only(account).comments] == [
        "ana@colleagues.example",
        "bob@colleagues.example",
    ]
    ticket = fresh(ticket)
    assert (ticket.state, ticket.close_asked_at, ticket.close_words) == ("CLOSED", None, "")
    assert deliveries(ticket) == ["sent", "sent", "sent"]
    ids = {message.remote_id for message in messages_of(ticket)[1:]}
    assert ids == {comment["id"] for comment in only(account).comments}


def test_files_go_along(opened, account, attached):
    ticket = opened()
    attached(messages_of(ticket)[0], "plan.pdf", b"x" * 200_000)
    attached(messages_of(ticket)[0], "été.pdf", b"")
    assert done(job_of(ticket)).status == Status.DONE
    sizes = {file["filename"]: file["size"] for file in only(account).attachments}
    assert sizes == {"plan.pdf": 200_000, "été.pdf": 0}


def test_a_file_that_is_gone_is_named_and_nothing_is_sent(opened, account, attached):
    ticket = opened()
    file = attached(messages_of(ticket)[0], "plan.pdf")
    default_storage.delete(file.stored_as)
    done(job_of(ticket))
    (message,) = messages_of(ticket)
    assert message.delivery == "refused"
    assert "plan.pdf" in message.words
    assert account.tickets == {}


def test_a_file_that_breaks_off_while_it_is_sent_refuses_the_message(opened, account, attached, monkeypatch):
    ticket = opened()
    attached(messages_of(ticket)[0], "plan.pdf", b"x" * 100_000)
    monkeypatch.setattr(type(default_storage), "size", lambda self, name: 200_000, raising=False)
    done(job_of(ticket))
    (message,) = messages_of(ticket)
    assert (message.delivery, message.asked_at) == ("refused", None)
    assert "plan.pdf" in message.words
    assert account.tickets == {}


def test_a_ticket_that_follows_another_says_so_there_and_stays_as_it_was_written(taken_in, opened, account):
    before, _there = taken_in("Photos", "Missing.")
    ticket = opened("Photos again", "Still missing.", follows=before)
    done(job_of(ticket))
    sent = account.tickets[fresh(ticket).remote_id].message
    assert sent.startswith("Still missing.\n\n")
    assert before.remote_id in sent
    assert messages_of(ticket)[0].text == "Still missing."


def test_one_that_follows_another_is_found_again(taken_in, opened, account, box):
    before, _there = taken_in("Photos", "Missing.")
    ticket = opened("Photos again", "Still missing.", follows=before)
    box.fault("lost", operation="open_ticket", times=1)
    assert done(job_of(ticket)).status == Status.DONE
    assert len(account.tickets) == 2
    assert deliveries(ticket) == ["sent"]


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_to_an_opening_opens_one_ticket(kind, opened, account, box, settled):
    box.fault(kind, operation="open_ticket", times=1)
    ticket = opened()
    assert done(job_of(ticket)).status == Status.DONE
    assert fresh(ticket).remote_id == only(account).id
    assert deliveries(ticket) == ["sent"]


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_to_a_comment_adds_one_comment(kind, taken_in, commented, box):
    ticket, there = taken_in()
    box.fault(kind, operation="comment", times=1)
    commented(ticket, "Any news?")
    assert done(job_of(ticket)).status == Status.DONE
    assert texts(there) == ["Any news?"]
    assert deliveries(ticket) == ["sent", "sent"]


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_to_closing_closes(kind, taken_in, colleague, box):
    ticket, there = taken_in()
    box.fault(kind, operation="close_ticket", times=1)
    writing.close(ticket, colleague("ana"))
    assert done(job_of(ticket)).status == Status.DONE
    assert (there.status, fresh(ticket).state, fresh(ticket).close_asked_at) == ("CLOSED", "CLOSED", None)


@pytest.mark.parametrize("fault", ["", "lost", "dropped", "error_500"])
def test_a_worker_that_dies_anywhere_opens_one_ticket(fault, opened, account, box, settled, monkeypatch):
    for at in count():
        if fault:
            box.fault(fault, operation="open_ticket", times=1)
        ticket = opened(f"Ticket {at}", f"Text {at}")
        where = works_but_dies(job_of(ticket), monkeypatch, at)
        assert done(job_of(ticket)).status == Status.DONE, where
        same = [there for there in account.tickets.values() if there.message == f"Text {at}"]
        assert [there.id for there in same] == [fresh(ticket).remote_id], where
        assert deliveries(ticket) == ["sent"], where
        box.clear_faults()
        if not where:
            break
    assert at > 10, "the points must have been there"


@pytest.mark.parametrize("fault", ["", "lost", "dropped"])
def test_a_worker_that_dies_anywhere_comments_once_and_closes(
    fault, taken_in, commented, colleague, box, monkeypatch
):
    for at in count():
        ticket, there = taken_in(f"Ticket {at}", f"Text {at}")
        commented(ticket, "First")
        commented(ticket, "Second")
        writing.close(fresh(ticket), colleague("ana"))
        if fault:
            box.fault(fault, operation="comment", times=1)
            box.fault(fault, operation="close_ticket", times=1)
        where = works_but_dies(job_of(ticket), monkeypatch, at)
        assert done(job_of(ticket)).status == Status.DONE, where
        assert (texts(there), there.status) == (["First", "Second"], "CLOSED"), where
        assert deliveries(ticket) == ["sent", "sent", "sent"], where
        assert (fresh(ticket).state, fresh(ticket).close_asked_at) == ("CLOSED", None), where
        box.clear_faults()
        if not where:
            break
    assert at > 10, "the points must have been there"


def test_a_worker_that_dies_again_and_again_opens_one_ticket(opened, account, settled, monkeypatch):
    ticket = opened()
    for at in (4, 1, 5, 2, 3, 0):
        if job_of(ticket).is_open:
            works_but_dies(job_of(ticket), monkeypatch, at)
    assert done(job_of(ticket)).status == Status.DONE
    assert fresh(ticket).remote_id == only(account).id


def test_before_it_is_sure_whether_a_call_arrived_nobody_calls_again(opened, account, box, monkeypatch):
    box.fault("dropped", operation="open_ticket", times=1)
    ticket = opened()
    job = worked(job_of(ticket))
    assert job.status == Status.WAITING
    job = worked(job)
    assert (job.status, job.attempts) == (Status.QUEUED, 0)
    assert timedelta(seconds=50) < job.not_before - timezone.now() <= timedelta(seconds=60)
    assert calls(box, "open_ticket") == 1
    Message.objects.for_agency(ticket.agency).update(asked_at=timezone.now() - timedelta(seconds=61))
    assert worked(job).status == Status.DONE
    assert only(account).id == fresh(ticket).remote_id


def test_a_worker_that_was_stopped_before_its_call_does_not_call_late(opened, account, monkeypatch):
    monkeypatch.setattr(bringing, "AT_ONCE", -1.0)
    ticket = opened()
    job = worked(job_of(ticket))
    assert job.status == Status.QUEUED
    assert job.not_before > timezone.now() + timedelta(seconds=30)
    assert account.tickets == {}


def test_answers_that_are_lost_for_ever_end_the_job_and_lose_nothing(opened, account, box, monkeypatch):
    monkeypatch.setattr(bringing, "SETTLE", 0.05)
    box.fault("error_500", operation="open_ticket")
    ticket = opened()
    job = done(job_of(ticket), slices=200)
    assert (job.status, job.error_kind) == (Status.FAILED, "unreachable")
    assert calls(box, "open_ticket") <= 12
    assert deliveries(ticket) == ["pending"]
    box.clear_faults()
    writing.start_sending(ticket)
    assert done(job_of(ticket)).status == Status.DONE
    assert only(account).id == fresh(ticket).remote_id


def test_support_that_answers_meanwhile_leaves_no_doubt(taken_in, commented, box, monkeypatch):
    ticket, there = taken_in()
    commented(ticket)
    box.fault("dropped", operation="comment", times=1)
    job = worked(job_of(ticket))
    there.comment("We look into it.", {"display_name": "Support"}, from_support=True)
    assert done(job).status == Status.DONE
    assert texts(there) == ["We look into it.", "Any news?"]
    assert deliveries(ticket) == ["sent", "sent", "sent"]


def test_what_others_write_meanwhile_leaves_no_doubt(taken_in, commented, box):
    ticket, there = taken_in()
    commented(ticket)
    box.fault("dropped", operation="comment", times=1)
    job = worked(job_of(ticket))
    there.comment("Something else", {"display_name": "Bob", "mail": "bob@elsewhere.example"})
    assert done(job).status == Status.DONE
    assert texts(there) == ["Something else", "Any news?"]


@pytest.mark.parametrize("reporter", [{"display_name": "Ana"}, {"mail": "Ana@Colleagues.example"}, {}])
def test_what_might_be_the_comment_in_other_words_is_for_a_person_to_decide(
    reporter, taken_in, commented, colleague, box
):
    ticket, there = taken_in()
    message = commented(ticket)
    box.fault("dropped", operation="comment", times=1)
    job = worked(job_of(ticket))
    there.comment("Any news, please?", reporter)
    assert done(job).status == Status.DONE
    assert texts(there) == ["Any news, please?"], "never sent twice by itself"
    assert fresh(message).delivery == "unknown"
    writing.send_again(fresh(message), colleague("ana"))
    assert done(job_of(ticket)).status == Status.DONE
    assert texts(there) == ["Any news, please?", "Any news?"]
    assert fresh(message).delivery == "sent"


def test_a_comment_that_a_person_has_seen_there_is_not_sent_again(taken_in, commented, colleague, box):
    ticket, there = taken_in()
    message = commented(ticket)
    box.fault("dropped", operation="comment", times=1)
    job = worked(job_of(ticket))
    there.comment("Any news, please?", {})
    done(job)
    writing.has_arrived(fresh(message), colleague("ana"))
    commented(ticket, "Thank you")
    assert done(job_of(ticket)).status == Status.DONE
    assert texts(there) == ["Any news, please?", "Thank you"]


def test_what_might_be_the_ticket_in_other_words_is_for_a_person_to_decide(opened, account, box, settled):
    from portal.sandbox.ts_immo.tickets import Ticket as Remote

    box.fault("dropped", operation="open_ticket", times=1)
    ticket = opened("Photos", "Missing.")
    job = worked(job_of(ticket))
    other = Remote(DOMAIN, "Photos", "They miss", {"mail": "ana@colleagues.example"}, [])
    account.tickets[other.id] = other
    assert done(job).status == Status.DONE
    assert deliveries(ticket) == ["unknown"]
    assert len(account.tickets) == 1


def test_a_thread_that_cannot_be_seen_decides_nothing(taken_in, commented, box, monkeypatch):
    ticket, there = taken_in()
    read = TsImmoClient.ticket

    def without_thread(self, *arguments, **named):
        from dataclasses import replace

        return replace(read(self, *arguments, **named), comments=None)

    monkeypatch.setattr(TsImmoClient, "ticket", without_thread)
    box.fault("lost", operation="comment", times=1)
    message = commented(ticket)
    assert done(job_of(ticket)).status == Status.DONE
    assert fresh(message).delivery == "unknown"
    assert texts(there) == ["Any news?"]


def test_html_that_comes_back_is_the_same_text(taken_in, commented, box):
    ticket, there = taken_in()
    message = commented(ticket, "Prix < 300 000 €\nà revoir & corriger")
    box.fault("lost", operation="comment", times=1)
    job = worked(job_of(ticket))
    there.comments[0]["comment"] = "<p>Prix &lt; 300 000 €<br>à revoir &amp; corriger</p>"
    assert done(job).status == Status.DONE
    assert fresh(message).delivery == "sent"
    assert len(there.comments) == 1


def test_the_same_words_said_before_are_not_taken_for_the_new_ones(taken_in, commented, box):
    ticket, there = taken_in()
    commented(ticket, "Any news?")
    done(job_of(ticket))
    box.fault("dropped", operation="comment", times=1)
    commented(ticket, "Any news?")
    assert done(job_of(ticket)).status == Status.DONE
    assert texts(there) == ["Any news?", "Any news?"]


def test_two_tickets_with_the_same_words_are_two(opened, account, box, settled):
    box.fault("lost", operation="open_ticket", times=2)
    first, second = opened(), opened()
    for job in (job_of(first), job_of(second)):
        worked(job)
    assert done(job_of(first)).status == done(job_of(second)).status == Status.DONE
    assert {fresh(first).remote_id, fresh(second).remote_id} == set(account.tickets)


def test_two_tickets_that_differ_in_their_files_are_for_a_person_to_decide(
    opened, account, box, attached, settled
):
    first, second = opened(), opened()
    attached(messages_of(first)[0])
    box.fault("dropped", operation="open_ticket", times=1)
    worked(job_of(first))
    box.fault("lost", operation="open_ticket", times=1)
    worked(job_of(second))
    done(job_of(first)), done(job_of(second))
    assert deliveries(first) + deliveries(second) == ["unknown", "unknown"]
    assert len(account.tickets) == 1


@pytest.mark.parametrize("kind", ["message_list", "not_found"])
def test_a_refused_opening_is_shown_and_never_sent_again_by_itself(
    kind, opened, commented, colleague, account, box
):
    box.fault(kind, operation="open_ticket", times=1)
    ticket = opened()
    comment = commented(ticket)
    job = done(job_of(ticket))
    assert (job.status, calls(box, "open_ticket")) == (Status.FAILED, 1)
    opening = messages_of(ticket)[0]
    assert (opening.delivery, opening.asked_at) == ("refused", None)
    assert opening.words in (
        "One or more fields are invalid; Please check your request",
        "Resource not found",
    )
    assert fresh(comment).delivery == "refused"
    assert fresh(comment).words
    Job.objects.across_agencies().update(finished_at=timezone.now() - timedelta(hours=1))
    assert waiting.start_waiting() == 0
    writing.send_again(opening, colleague("ana"))
    writing.send_again(fresh(comment), colleague("ana"))
    assert done(job_of(ticket)).status == Status.DONE
    assert texts(only(account)) == ["Any news?"]


def test_a_refused_comment_does_not_hold_up_the_others(taken_in, commented, box):
    ticket, there = taken_in()
    box.fault("message_string", operation="comment", times=1)
    commented(ticket, "First"), commented(ticket, "Second")
    job = done(job_of(ticket))
    assert (job.status, job.error_kind) == (Status.FAILED, "refused")
    assert texts(there) == ["Second"]
    assert deliveries(ticket) == ["sent", "refused", "sent"]


def test_a_comment_on_a_ticket_that_was_closed_there_is_refused_in_ts_immos_words(taken_in, commented):
    ticket, there = taken_in()
    message = commented(ticket)
    there.close()
    assert done(job_of(ticket)).status == Status.FAILED
    assert (fresh(message).delivery, fresh(message).words) == ("refused", "This ticket is closed")
    assert fresh(ticket).state == "CLOSED"


def test_a_comment_on_a_ticket_that_vanished_is_refused(taken_in, commented, account):
    ticket, _there = taken_in()
    message = commented(ticket)
    account.tickets.clear()
    assert done(job_of(ticket)).status == Status.FAILED
    assert (fresh(message).delivery, fresh(message).words) == ("refused", "Ticket not found")


@pytest.mark.parametrize(("kind", "error"), [("throttled", "throttled"), ("wrong_key", "unauthorised")])
def test_what_ts_immo_did_not_take_is_sent_without_a_look(kind, error, opened, account, box, monkeypatch):
    box.fault(kind, operation="open_ticket", times=1)
    ticket = opened()
    job = worked(job_of(ticket))
    assert (job.status, job.error_kind) == (Status.WAITING, error)
    assert messages_of(ticket)[0].asked_at is None
    assert done(job).status == Status.DONE
    assert only(account).id == fresh(ticket).remote_id


def test_a_gateway_that_asks_to_wait_may_have_let_the_call_through(opened, account, monkeypatch, settled):
    from estates.remotes.errors import Throttled

    send, sent = TsImmoClient.open_ticket, []

    def behind_a_gateway(self, *arguments, **named):
        answer = send(self, *arguments, **named)
        if not sent:
            sent.append(answer)
            raise Throttled("busy", wait=1, status=503)
        return answer

    monkeypatch.setattr(TsImmoClient, "open_ticket", behind_a_gateway)
    ticket = opened()
    assert done(job_of(ticket)).status == Status.DONE
    assert only(account).id == fresh(ticket).remote_id


def test_an_answer_without_a_number_is_looked_up(opened, commented, account, monkeypatch, settled):
    for name in ("open_ticket", "comment"):
        call = getattr(TsImmoClient, name)
        monkeypatch.setattr(
            TsImmoClient, name, lambda *a, call=call, **n: Acknowledged("", call(*a, **n).raw)
        )
    ticket = opened()
    commented(ticket)
    assert done(job_of(ticket)).status == Status.DONE
    assert fresh(ticket).remote_id == only(account).id
    assert texts(only(account)) == ["Any news?"]
    assert messages_of(ticket)[1].remote_id == only(account).comments[0]["id"]
    assert len(messages_of(ticket)) == 2


def test_an_answer_to_a_comment_that_is_the_ticket_names_no_comment(taken_in, commented, monkeypatch):
    ticket, there = taken_in()
    call = TsImmoClient.comment
    monkeypatch.setattr(TsImmoClient, "comment", lambda *a: Acknowledged(there.id, call(*a).raw))
    commented(ticket)
    assert done(job_of(ticket)).status == Status.DONE
    assert [message.remote_id for message in messages_of(ticket)] == ["", there.comments[0]["id"]]


def test_a_refused_closing_keeps_ts_immos_words(taken_in, colleague, box):
    ticket, there = taken_in()
    box.fault("message_string", operation="close_ticket", times=1)
    writing.close(ticket, colleague("ana"))
    assert done(job_of(ticket)).status == Status.FAILED
    ticket = fresh(ticket)
    assert (ticket.close_words, ticket.close_asked_at) == ("One or more fields are invalid", None)
    assert ticket.state == there.status == "WAITING_FOR_SUPPORT"


def test_closing_what_both_addresses_do_not_know_is_said(taken_in, colleague, box):
    ticket, _there = taken_in()
    box.fault("not_found", operation="close_ticket")
    writing.close(ticket, colleague("ana"))
    assert done(job_of(ticket)).status == Status.FAILED
    assert fresh(ticket).close_words
    assert fresh(ticket).close_asked_at is None


def test_closing_what_is_closed_already_is_no_failure(taken_in, colleague, box):
    ticket, there = taken_in()
    writing.close(ticket, colleague("ana"))
    there.close()
    box.fault("message_string", operation="close_ticket", times=1)
    assert done(job_of(ticket)).status == Status.DONE
    assert (fresh(ticket).state, fresh(ticket).close_words) == ("CLOSED", "")


def test_the_key_that_was_deleted_meanwhile_sends_nothing(opened, commented, colleague, connection, account):
    ticket = opened()
    connection.removed_at = timezone.now()
    connection.save()
    done(job_of(ticket))
    (message,) = messages_of(ticket)
    assert message.delivery == "refused"
    assert message.words
    assert account.tickets == {}


def test_what_may_have_arrived_when_the_key_was_deleted_is_for_a_person_to_decide(opened, connection, box):
    box.fault("lost", operation="open_ticket", times=1)
    ticket = opened()
    job = worked(job_of(ticket))
    connection.keys.all().delete()
    assert done(job).status == Status.DONE
    assert deliveries(ticket) == ["unknown"]


def test_a_day_without_ts_immo_loses_nothing_and_sends_nothing_twice(
    opened, taken_in, commented, colleague, account, box, monkeypatch
):
    known, there = taken_in()
    box.fault("dropped")
    ticket = opened("While it was away", "Text")
    commented(ticket, "More"), commented(known, "Hello?")
    writing.close(fresh(known), colleague("ana"))
    for _round in range(4):
        for job in Job.objects.across_agencies().filter(status__in=("queued", "waiting")):
            assert done(job, slices=40).status == Status.FAILED
        assert waiting.start_waiting() == 0, "it was just tried"
        Job.objects.across_agencies().update(finished_at=timezone.now() - timedelta(minutes=6))
        assert waiting.start_waiting() == 2
    box.clear_faults()
    for each in (ticket, known):
        assert done(job_of(each)).status == Status.DONE
    assert (texts(account.tickets[fresh(ticket).remote_id]), texts(there)) == (["More"], ["Hello?"])
    assert len(account.tickets) == 2
    assert fresh(known).state == "CLOSED"
    assert waiting.start_waiting() == 0


def test_a_comment_that_came_while_the_job_was_ending_is_sent_a_moment_later(taken_in, commented):
    ticket, there = taken_in()
    commented(ticket)
    Job.objects.across_agencies().filter(pk=job_of(ticket).pk).update(
        status=Status.DONE, finished_at=timezone.now()
    )
    assert waiting.start_waiting() == 1
    done(job_of(ticket))
    assert texts(there) == ["Any news?"]


def test_a_round_starts_one_job_of_each_agency_before_the_second_of_any(
    opened, agency, other_agency, monkeypatch
):
    from tests.support import making

    tickets = [opened(f"Ticket {n}") for n in range(4)]
    account = making.connection(other_agency)
    theirs = making.ticket(account)
    making.message(theirs, delivery="pending", opens=True)
    Job.objects.across_agencies().all().delete()
    monkeypatch.setattr(waiting, "MOST", 2)
    assert waiting.start_waiting() == 2
    started = Job.objects.across_agencies().values_list("agency", flat=True)
    assert set(started) == {agency.pk, other_agency.pk}
    assert waiting.start_waiting() == 2
    assert len(tickets) == 4


def test_those_whose_key_was_refused_wait_for_a_person(opened, connection):
    opened()
    Job.objects.across_agencies().all().delete()
    connection.state = "refused"
    connection.save()
    assert waiting.start_waiting() == 0


def test_a_job_with_a_foreign_ticket_touches_nothing(opened, other_agency, account):
    from estates.jobs.start import start

    ticket = opened()
    job = start(other_agency, writing.SEND, params={"ticket": ticket.pk})
    assert done(job).status == Status.DONE
    assert deliveries(ticket) == ["pending"]
    assert account.tickets == {}


def test_a_worker_that_lost_its_job_keeps_its_hands_off(opened, account, monkeypatch, settled):
    ticket = opened()
    job, send = job_of(ticket), TsImmoClient.open_ticket

    def slow(self, *arguments, **named):
        answer = send(self, *arguments, **named)
        if len(account.tickets) == 1 and job_of(ticket).status == Status.RUNNING:
            taken_back(job)
            assert worked(job).status == Status.DONE
        return answer

    monkeypatch.setattr(TsImmoClient, "open_ticket", slow)
    assert worked(job).status == Status.DONE
    assert only(account).id == fresh(ticket).remote_id
    assert deliveries(ticket) == ["sent"]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_comment_at_once_are_both_heard_once(agency, taken_in, colleague):
    ticket, there = taken_in()
    people = [colleague("ana"), colleague("bob")]
    at_once, failed = Barrier(2), []

    def write(person) -> None:
        try:
            draft = Draft.objects.create(
                agency=agency, user=person, ticket=ticket, text=f"{person.name} says"
            )
            at_once.wait(10)
            writing.comment(draft, Ticket.objects.for_agency(agency).select_related("agency").get())
        except Exception as error:
            failed.append(error)
        finally:
            database.close()

    threads = [Thread(target=write, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert done(job_of(ticket)).status == Status.DONE
    assert sorted(texts(there)) == ["Ana says", "Bob says"]
    assert deliveries(ticket) == ["sent", "sent", "sent"]
