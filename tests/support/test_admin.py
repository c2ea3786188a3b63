"""Operators see every agency's tickets, and change nobody's words."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from estates.jobs.models import Job
from support.models import Attachment, Delivery, Draft, Message, Mirrored, Notice, Ticket
from tests.support import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db) -> User:
    return User.objects.create_superuser("operator@passerelle.example")


@pytest.fixture
def operator(boss) -> Client:
    client = Client()
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def rows(agency, other_agency, member):
    """Of each agency a ticket with a refused message, a file and a mail about it."""
    made = []
    for one in (agency, other_agency):
        ticket = making.ticket(
            making.connection(one), subject=f"Photos {one.slug}", domain=f"www.{one.slug}.example"
        )
        message = making.message(
            ticket,
            text=f"Words of {one.slug}",
            delivery=Delivery.REFUSED,
            words="Too long",
            author_name="Anne",
        )
        Attachment.objects.create(
            agency=one, message=message, name="plan.pdf", mime_type="application/pdf", size=5, stored_as="x/y"
        )
        Notice.objects.create(agency=one, message=message, user=member(one))
        Mirrored.objects.create(agency=one, connection=ticket.connection, domain=ticket.domain, words="Busy")
        Draft.objects.create(agency=one, user=member(one), text=f"Secret thoughts of {one.slug}")
        made.append(message)
    return made


def url(model, page, *args):
    return reverse(f"admin:support_{model._meta.model_name}_{page}", args=args)


def agencies(answer) -> set[str]:
    """Whose rows a list shows."""
    return set(re.findall(r"field-owner[^>]*><a[^>]*>([^<]*)<", answer.content.decode()))


@pytest.mark.parametrize("model", [Ticket, Message, Attachment, Notice, Mirrored])
class TestEveryTable:
    def test_it_is_listed_and_searched_across_agencies(self, operator, rows, model):
        assert agencies(operator.get(url(model, "changelist"))) == {"Agence Martin", "Riviera Patrimoine"}
        assert agencies(operator.get(url(model, "changelist"), {"q": "riviera"})) == {"Riviera Patrimoine"}

    def test_a_row_is_looked_at_and_not_changed(self, operator, rows, model):
        row = model.objects.across_agencies().first()
        assert operator.get(url(model, "change", row.pk)).status_code == 200
        assert operator.post(url(model, "change", row.pk), {"text": "x"}).status_code == 403
        assert operator.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert operator.get(url(model, "add")).status_code == 403

    def test_it_is_closed_to_others(self, agency, browser, rows, model):
        assert browser(agency).get(url(model, "changelist"), follow=True).status_code == 403


def test_a_ticket_is_shown_with_its_messages_and_how_many_were_not_sent(operator, agency, rows):
    making.message(rows[0].ticket, text="And\n<b>this</b>", delivery=Delivery.UNKNOWN)
    making.message(rows[0].ticket, text="Fine", delivery=Delivery.SENT)
    page = operator.get(url(Ticket, "changelist"), {"agency__id__exact": agency.pk}).content.decode()
    assert '<td class="field-not_sent">2</td>' in page
    page = operator.get(url(Ticket, "change", rows[0].ticket_id)).content.decode()
    for words in ("Words of martin", "Too long", "Anne", "And<br>&lt;b&gt;this&lt;/b&gt;"):
        assert words in page
    assert "Words of riviera" not in page


def test_messages_are_filtered_by_delivery(operator, rows):
    making.message(rows[0].ticket, text="Fine", author_name="Bertrand")
    page = operator.get(url(Message, "changelist"), {"delivery__exact": "refused"}).content.decode()
    assert "Anne" in page
    assert "Bertrand" not in page


def test_what_is_still_being_written_is_nobodys_business(operator, rows):
    assert "/support/draft/" not in operator.get("/admin/").content.decode()
    for model in (Ticket, Message):
        row = model.objects.across_agencies().first()
        assert "Secret thoughts" not in operator.get(url(model, "change", row.pk)).content.decode()


def test_files_are_named_and_not_linked(operator, rows):
    file = Attachment.objects.across_agencies().first()
    page = operator.get(url(Attachment, "change", file.pk)).content.decode()
    assert "plan.pdf" in page
    assert "x/y" in page
    assert f"/files/{file.pk}/" not in page
    assert 'href="x/y' not in page


def asked(operator, *messages):
    pks = [message.pk for message in messages]
    return operator.post(
        url(Message, "changelist"), {"action": "send_again", "_selected_action": pks}, follow=True
    )


def test_an_operator_has_sent_again_what_was_refused(operator, boss, agency, rows):
    page = asked(operator, rows[0]).content.decode()
    assert "1 message is sent again." in page
    rows[0].refresh_from_db()
    assert (rows[0].delivery, rows[0].text) == (Delivery.PENDING, "Words of martin")
    assert Job.objects.for_agency(agency).get(kind="support.send").asked_by == boss
    assert AuditEntry.objects.for_agency(agency).get(action="ticket.sent_again").actor == boss


@pytest.mark.parametrize("delivery", [Delivery.UNKNOWN, Delivery.SENT, Delivery.PENDING])
def test_what_was_not_refused_is_left_alone(operator, agency, rows, delivery):
    Message.objects.for_agency(agency).update(delivery=delivery)
    page = asked(operator, rows[0]).content.decode()
    assert "0 messages are sent again." in page
    rows[0].refresh_from_db()
    assert (rows[0].delivery, rows[0].version) == (delivery, 1)
    assert not Job.objects.for_agency(agency).exists()
