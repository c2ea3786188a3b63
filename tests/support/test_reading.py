"""What counts as read, by whom, and when."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from support.models import Following, Ticket
from support.pages import reading
from tests.support import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(agency):
    return making.connection(agency)


def answered(account, **fields) -> Ticket:
    ticket = making.ticket(account, **fields)
    making.message(ticket, opens=True)
    return answer(ticket)


def answer(ticket) -> Ticket:
    said = making.message(ticket, from_support=True, author_name="Clara", text="Voilà")
    Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk).update(news=said.pk)
    return Ticket.objects.for_agency(ticket.agency).select_related("agency").get(pk=ticket.pk)


def unread(user, agency) -> list[int]:
    return [ticket.pk for ticket in Ticket.objects.for_agency(agency).filter(reading.unread_by(user))]


def test_a_ticket_without_news_is_read_and_leaves_no_row(agency, account, member):
    ticket, user = making.ticket(account), member(agency)
    reading.mark_read(ticket, user)
    assert unread(user, agency) == []
    assert not Following.objects.for_agency(agency).exists()


def test_each_person_reads_for_themselves(agency, account, member):
    ticket, one, other = answered(account), member(agency), member(agency, Role.AGENT)
    reading.mark_read(ticket, one)
    reading.mark_read(ticket, one)
    assert (unread(one, agency), unread(other, agency)) == ([], [ticket.pk])
    (mark,) = Following.objects.for_agency(agency)
    assert (mark.user, mark.read_to, mark.watches) == (one, ticket.news, False)


def test_a_later_answer_is_unread_again_and_reading_keeps_the_mails(agency, account, member):
    before, user = answered(account), member(agency)
    Following.objects.create(agency=agency, ticket=before, user=user, watches=True)
    reading.mark_read(before, user)
    after = answer(before)
    assert unread(user, agency) == [after.pk]
    reading.mark_read(before, user)
    assert unread(user, agency) == [after.pk], "what was loaded before the answer came does not show it"
    reading.mark_read(after, user)
    reading.mark_read(before, user)
    assert unread(user, agency) == [], "a mark is never taken back"
    assert Following.objects.for_agency(agency).get().watches


def test_all_at_once_up_to_what_was_seen(agency, other_agency, account, member):
    user = member(agency)
    known, fresh = answered(account), answered(account)
    Following.objects.create(agency=agency, ticket=known, user=user, watches=True)
    later, foreign = answered(account), answered(making.connection(other_agency))
    assert reading.mark_all_read(agency, user, fresh.news) == 2
    assert unread(user, agency) == [later.pk]
    assert unread(user, other_agency) == [foreign.pk]
    assert Following.objects.for_agency(agency).get(ticket=known).watches
    assert reading.mark_all_read(agency, user, fresh.news) == 0
    assert reading.mark_all_read(agency, user, later.news) == 1
    assert reading.mark_all_read(agency, user, 0) == 0


def test_opening_a_ticket_is_reading_it(agency, account, browser, member):
    ticket = answered(account)
    page = reverse("support:detail", args=[agency.slug, ticket.pk])
    for _ in range(2):
        assert browser(agency, Role.VIEWER).get(page).status_code == 200
    assert unread(member(agency, Role.VIEWER), agency) == []
    assert unread(member(agency), agency) == [ticket.pk]


def test_an_answer_that_appears_in_the_open_page_is_read_and_what_is_asked_in_vain_is_not(
    agency, account, browser, member
):
    ticket, user, client = answered(account), member(agency), browser(agency)
    seen = client.get(reverse("support:detail", args=[agency.slug, ticket.pk])).context["thread"].digest
    thread = reverse("support:thread", args=[agency.slug, ticket.pk])
    assert client.get(thread, {"seen": seen}).status_code == 204
    answer(ticket)
    assert unread(user, agency) == [ticket.pk]
    assert client.get(thread, {"seen": seen}).status_code == 200
    assert unread(user, agency) == []


def test_the_button_marks_what_the_page_showed(agency, account, browser, member):
    first = answered(account)
    client, read_all = browser(agency, Role.VIEWER), reverse("support:read_all", args=[agency.slug])
    page = client.get(reverse("support:index", args=[agency.slug]))
    assert f'name="upto" value="{first.news}"' in page.content.decode()
    second = answered(account)
    assert client.post(read_all, {"upto": first.news})["Location"] == reverse(
        "support:index", args=[agency.slug]
    )
    assert unread(member(agency, Role.VIEWER), agency) == [second.pk]
    for wrong in ("", "x", "-1", "9" * 30):
        assert client.post(read_all, {"upto": wrong}).status_code == 302
    assert unread(member(agency, Role.VIEWER), agency) == [second.pk]


def test_the_button_is_no_link_and_for_members_only(agency, other_agency, account, browser):
    read_all = reverse("support:read_all", args=[agency.slug])
    assert browser(agency).get(read_all).status_code == 405
    assert browser(other_agency).post(read_all, {"upto": 1}).status_code == 404
