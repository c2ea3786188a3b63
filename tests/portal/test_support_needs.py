"""What of support needs a person, on the agency's first page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from portal.needs import needs_of, told
from portal.needs.support import answered_tickets, unsent_messages
from support.models import Delivery, Message, Ticket
from support.writing import subject_of
from tests.support import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(agency):
    return making.connection(agency)


@pytest.fixture
def ticket(account):
    return making.ticket(account, subject="Photos <b>", state="IN_PROGRESS")


def ago(**time):
    return timezone.now() - timedelta(**time)


def written(ticket, age=timedelta(), **fields):
    making.message(ticket, written_at=timezone.now() - age, **fields)


def page_of(ticket) -> str:
    return reverse("support:detail", args=["martin", ticket.pk])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"delivery": Delivery.REFUSED, "words": "Too long"}, "Ts-Immo refused your message to support."),
        ({"delivery": Delivery.UNKNOWN}, "Nobody knows whether your message to support arrived."),
        (
            {"delivery": Delivery.PENDING, "age": timedelta(hours=3, minutes=5)},
            "Ts-Immo has not answered for 3\xa0hours. Your messages are kept.",
        ),
    ],
)
def test_a_message_that_did_not_go_leads_to_its_ticket(agency, ticket, fields, sentence):
    written(ticket, **fields)
    (need,) = needs_of(agency)
    assert (need.about, need.sentence, need.words) == ("Photos <b>", sentence, fields.get("words", ""))
    assert (need.url, need.subject) == (page_of(ticket), subject_of(ticket))


@pytest.mark.parametrize(
    "fields",
    [{"delivery": Delivery.SENT}, {"delivery": Delivery.PENDING, "age": timedelta(minutes=55)}],
)
def test_what_went_or_is_just_going_needs_nobody(agency, ticket, fields):
    written(ticket, **fields)
    assert needs_of(agency) == []


def test_the_failed_job_of_a_message_is_not_told_twice(agency, ticket):
    making.failed(agency, kind="support.send", subject=subject_of(ticket), title="Photos")
    assert len(needs_of(agency)) == 1
    making.message(ticket, delivery=Delivery.PENDING, written_at=ago(hours=2))
    (need,) = needs_of(agency)
    assert "Your messages are kept" in need.sentence


def test_a_ticket_is_told_once_and_what_waits_for_a_person_first(agency, account, ticket):
    for hours in (5, 4):
        making.message(ticket, delivery=Delivery.PENDING, written_at=ago(hours=hours))
    making.message(ticket, delivery=Delivery.REFUSED)
    other = making.ticket(account, subject="Old")
    making.message(other, delivery=Delivery.PENDING, written_at=ago(hours=9))
    assert [(need.about, "refused" in need.sentence) for need in told(agency, unsent_messages)] == [
        ("Photos <b>", True),
        ("Old", False),
    ]


@pytest.mark.parametrize("state", ["DONE", "CLOSED"])
def test_what_a_closed_ticket_never_got_is_told_for_some_days(agency, ticket, state):
    Ticket.objects.for_agency(agency).update(state=state)
    making.message(ticket, delivery=Delivery.REFUSED)
    assert len(told(agency, unsent_messages)) == 1
    Message.objects.for_agency(agency).update(written_at=ago(days=4))
    assert told(agency, unsent_messages) == []
    Ticket.objects.for_agency(agency).update(state="PENDING")
    assert len(told(agency, unsent_messages)) == 1


def test_tickets_that_support_has_answered_wait_for_a_word(agency, account):
    waiting = making.ticket(account, subject="Waits", state="pending")
    for state in ("", "IN_PROGRESS", "WAITING_FOR_SUPPORT", "DONE", "CLOSED", "NEW_WORD"):
        making.ticket(account, state=state)
    making.ticket(account, state="PENDING", missing_since=timezone.now())
    making.ticket(account, state="PENDING", close_asked_at=timezone.now())
    (need,) = told(agency, answered_tickets)
    assert (need.about, need.url, need.subject) == ("Waits", page_of(waiting), "")
    assert need.sentence == "Ts-Immo has answered or asked something, and waits for your word."


def test_they_stand_on_the_first_page_for_everybody(agency, ticket, browser):
    making.message(ticket, delivery=Delivery.REFUSED, words="<i>Too</i> long")
    page = browser(agency, Role.VIEWER).get("/agencies/martin/").content.decode()
    assert f'href="{page_of(ticket)}"' in page
    assert "Photos &lt;b&gt;" in page
    assert "&lt;i&gt;Too&lt;/i&gt; long" in page


def test_other_agencies_tickets_are_no_need_of_ours(agency, other_agency):
    foreign = making.ticket(making.connection(other_agency), state="PENDING")
    making.message(foreign, delivery=Delivery.REFUSED)
    assert needs_of(agency) == []
    assert len(needs_of(other_agency)) == 2


def test_one_query_however_many_tickets_and_no_endless_list(agency, account, django_assert_num_queries):
    for number in range(30):
        ticket = making.ticket(account, subject=str(number), state="PENDING")
        making.message(ticket, delivery=Delivery.REFUSED)
    # Two more ask for the office hours and for how long people are kept.
    with django_assert_num_queries(3):
        found = told(agency, unsent_messages, answered_tickets)
    assert len(found) == 40
