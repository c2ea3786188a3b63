"""What people write is committed with the job that sends it, once, or not at all."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job
from support import writing
from support.models import Attachment, Draft, Following, Message, Ticket
from tests.support import making
from tests.support.conftest import DOMAIN, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(agency):
    return making.connection(agency)


@pytest.fixture
def ana(colleague):
    return colleague("ana")


@pytest.fixture
def draft(agency, ana):
    def make(user=None, **fields) -> Draft:
        given = {"subject": " Photos ", "text": " They are missing. "} | fields
        return Draft.objects.create(agency=agency, user=user or ana, **given)

    return make


@pytest.fixture
def ticket(connection):
    return making.ticket(connection, remote_id="1", state="WAITING_FOR_SUPPORT")


def jobs(agency) -> list[Job]:
    return list(Job.objects.for_agency(agency).filter(kind=writing.SEND))


def test_a_draft_becomes_a_ticket_with_its_message_its_files_and_its_job(agency, site, draft, ana):
    before = draft()
    file = Attachment.objects.create(
        agency=agency, draft=before, name="plan.pdf", mime_type="application/pdf", size=1, stored_as="x"
    )
    ticket = writing.open_ticket(before, site)
    assert (ticket.subject, ticket.domain, ticket.site, ticket.state) == ("Photos", DOMAIN, site, "")
    message = Message.objects.for_agency(agency).get()
    assert (message.text, message.opens, message.delivery) == ("They are missing.", True, "pending")
    assert (message.author, message.author_mail, message.token) == (ana, ana.email, before.token)
    file.refresh_from_db()
    assert (file.draft, file.message) == (None, message)
    assert not Draft.objects.for_agency(agency).exists()
    assert Following.objects.for_agency(agency).get(ticket=ticket, user=ana).watches
    assert [job.params for job in jobs(agency)] == [{"ticket": ticket.pk}]
    assert AuditEntry.objects.for_agency(agency).get().action == "ticket.opened"


def test_the_same_draft_opens_one_ticket(agency, site, draft):
    before = draft()
    assert writing.open_ticket(before, site) == writing.open_ticket(before, site)
    assert Ticket.objects.for_agency(agency).count() == 1


def test_the_same_draft_makes_one_comment(agency, ticket, draft):
    before = draft(ticket=ticket)
    assert writing.comment(before, ticket) == writing.comment(before, ticket)
    assert Message.objects.for_agency(agency).count() == 1
    assert len(jobs(agency)) == 1


def test_a_draft_that_was_thrown_away_makes_nothing(agency, site, draft):
    before = draft()
    Draft.objects.for_agency(agency).filter(pk=before.pk).delete()
    with pytest.raises(writing.NotNow):
        writing.open_ticket(before, site)
    assert not Ticket.objects.for_agency(agency).exists()


@pytest.mark.parametrize("fields", [{"subject": "  "}, {"text": " \n "}])
def test_nothing_is_not_opened(agency, site, draft, fields):
    with pytest.raises(writing.NotNow):
        writing.open_ticket(draft(**fields), site)
    assert Draft.objects.for_agency(agency).exists()


@pytest.mark.parametrize(
    "state", [{"state": "CLOSED"}, {"state": "done"}, {"missing_since": timezone.now()}, "removed"]
)
def test_what_is_over_takes_no_more(agency, connection, ticket, draft, ana, state):
    if state == "removed":
        connection.removed_at = timezone.now()
        connection.save()
    else:
        Ticket.objects.for_agency(agency).update(**state)
    ticket, before = fresh(ticket), draft(ticket=ticket)
    with pytest.raises(writing.NotNow):
        writing.comment(before, ticket)
    with pytest.raises(writing.NotNow):
        writing.close(ticket, ana)
    assert Draft.objects.for_agency(agency).exists()
    assert jobs(agency) == []


def test_a_wish_to_close_is_uttered_once(agency, ticket, ana, colleague):
    writing.close(ticket, ana)
    writing.close(ticket, colleague("bob"))
    ticket = fresh(ticket)
    assert ticket.close_asked_at
    assert ticket.close_asked_by == ana
    assert AuditEntry.objects.for_agency(agency).count() == 1


@pytest.mark.parametrize("delivery", ["refused", "unknown"])
def test_what_was_not_sent_is_sent_again_once(agency, ticket, ana, delivery):
    asked_at = timezone.now() if delivery == "unknown" else None
    message = making.message(ticket, delivery=delivery, words="No", asked_at=asked_at, answered_at=None)
    writing.send_again(message, ana)
    again = fresh(message)
    assert (again.delivery, again.asked_at, again.words, again.version) == ("pending", None, "", 2)
    with pytest.raises(writing.NotNow):
        writing.send_again(message, ana)
    assert len(jobs(agency)) == 1


@pytest.mark.parametrize("delivery", ["sent", "pending"])
def test_what_is_sent_or_on_its_way_is_not_sent_again(agency, ticket, ana, delivery):
    message = making.message(ticket, delivery=delivery)
    with pytest.raises(writing.NotNow):
        writing.send_again(message, ana)
    assert jobs(agency) == []


def test_what_somebody_has_seen_there_is_sent(agency, ticket, ana):
    message = making.message(ticket, delivery="unknown", asked_at=timezone.now())
    writing.has_arrived(message, ana)
    assert fresh(message).delivery == "sent"
    with pytest.raises(writing.NotNow):
        writing.send_again(message, ana)


def test_of_what_was_refused_nobody_can_say_that_it_arrived(ticket, ana):
    message = making.message(ticket, delivery="refused")
    with pytest.raises(writing.NotNow):
        writing.has_arrived(message, ana)
    assert fresh(message).delivery == "refused"
