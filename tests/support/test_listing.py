"""The list of tickets: what is on which tab, filters, places, and how much it costs."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.connections.models import State as ConnectionState
from estates.jobs.models import Job
from support.models import Attachment, Delivery, Following, Mirrored, Ticket
from support.pages.finding import annotated
from tests.support import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(agency):
    return making.connection(agency)


def url(agency, **asked):
    return f"{reverse('support:index', args=[agency.slug])}?{urlencode(asked)}"


def subjects(client, agency, **asked) -> list[str]:
    answer = client.get(url(agency, **asked))
    assert answer.status_code == 200
    return [row.ticket.subject for row in answer.context["rows"]]


def numbers(client, agency, **asked) -> dict[str, int]:
    return {tab.name: tab.number for tab in client.get(url(agency, **asked)).context["tabs"]}


def made(account, subject, state="WAITING_FOR_SUPPORT", minutes=0, **fields) -> Ticket:
    """A ticket with an opening that arrived; changed that many minutes ago."""
    changed = timezone.now() - timedelta(minutes=minutes)
    message = {name: fields.pop(name) for name in ("delivery", "text") if name in fields}
    ticket = making.ticket(account, subject=subject, state=state, **{"changed_at": changed} | fields)
    making.message(ticket, opens=True, **message)
    return ticket


def news(ticket, **fields):
    """Support has answered; nobody here has read it."""
    answer = making.message(ticket, from_support=True, author_name="Clara", text="Voilà", **fields)
    Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk).update(news=answer.pk)
    return answer


# What waits for somebody here


def test_what_waits_for_us_comes_first_then_what_changed_last(agency, account, browser):
    made(account, "old and waiting", minutes=50)
    made(account, "new and waiting", minutes=1)
    made(account, "asked", "PENDING", minutes=90)
    made(account, "refused", minutes=80, delivery=Delivery.REFUSED)
    news(made(account, "unread", "IN_PROGRESS", minutes=70))
    found = subjects(browser(agency), agency)
    assert found == ["unread", "refused", "asked", "new and waiting", "old and waiting"]


@pytest.mark.parametrize(
    ("fields", "tab"),
    [
        ({"state": "PENDING"}, "you"),
        ({"state": "pending"}, "you"),
        ({"state": "PENDING", "delivery": Delivery.PENDING}, "support"),
        ({"state": "PENDING", "close_asked_at": timezone.now()}, "support"),
        ({"state": "", "delivery": Delivery.PENDING}, "support"),
        ({"state": "", "delivery": Delivery.REFUSED}, "you"),
        ({"state": "IN_PROGRESS", "delivery": Delivery.UNKNOWN}, "you"),
        ({"state": "IN_PROGRESS", "close_words": "Not now"}, "you"),
        ({"state": "ESCALATED"}, "support"),
        ({"state": "CLOSED"}, "closed"),
        ({"state": "Done"}, "closed"),
        ({"state": "DONE", "close_words": "Not now"}, "closed"),
        ({"state": "PENDING", "missing_since": timezone.now()}, "closed"),
        ({"state": "CLOSED", "delivery": Delivery.REFUSED, "minutes": 60 * 24 * 8}, "closed"),
    ],
)
def test_each_ticket_is_on_its_tab(agency, account, browser, fields, tab):
    made(account, "one", **fields)
    client = browser(agency)
    assert numbers(client, agency) == {"all": 1, "you": 0, "support": 0, "closed": 0} | {tab: 1}
    assert subjects(client, agency, tab=tab) == ["one"]
    others = {"you", "support", "closed"} - {tab}
    assert [subjects(client, agency, tab=other) for other in others] == [[], []]


def test_a_message_refused_because_the_ticket_was_just_closed_is_still_shown_to_us(agency, account, browser):
    made(account, "too late", "CLOSED", delivery=Delivery.REFUSED)
    found = numbers(browser(agency), agency)
    assert found == {"all": 1, "you": 1, "support": 0, "closed": 1}


def test_an_unread_answer_is_for_whoever_has_not_read_it(agency, account, browser, member):
    ticket = made(account, "answered", "IN_PROGRESS")
    answer = news(ticket)
    Following.objects.create(agency=agency, ticket=ticket, user=member(agency), read_to=answer.pk)
    read, unread = browser(agency), browser(agency, Role.VIEWER)
    assert numbers(read, agency)["you"] == 0
    assert numbers(unread, agency)["you"] == 1
    assert "Unread</span>" not in read.get(url(agency)).content.decode()
    assert "Unread</span>" in unread.get(url(agency)).content.decode()


def test_only_the_agencys_tickets(agency, other_agency, account, browser):
    made(making.connection(other_agency), "theirs")
    made(account, "ours")
    assert subjects(browser(agency), agency) == ["ours"]
    assert browser(other_agency).get(url(agency)).status_code == 404
    assert browser(agency).post(url(agency)).status_code == 405


# A row


def test_a_row_says_all_that_one_looks_for(agency, account, browser):
    ticket = made(
        account, "Les <b>photos</b>", "IN_PROGRESS", reporter="=cmd|'/c'!A1 <i>", text="Bonjour <u>toi</u>"
    )
    text = browser(agency, Role.VIEWER).get(url(agency)).content.decode()
    assert "Les &lt;b&gt;photos&lt;/b&gt;" in text
    assert "=cmd|&#x27;/c&#x27;!A1 &lt;i&gt;" in text
    assert "Bonjour &lt;u&gt;toi&lt;/u&gt;" in text
    assert 'data-state="turn_support"' in text
    assert "Support is working on it" in text
    assert f'<time datetime="{ticket.changed_at.isoformat()}"' in text
    assert text.count("data-row") == 1


@pytest.mark.parametrize(
    ("delivery", "says"),
    [(Delivery.PENDING, "Being sent"), (Delivery.REFUSED, "Not sent"), (Delivery.UNKNOWN, "Not sent")],
)
def test_what_has_not_arrived_is_marked(agency, account, browser, delivery, says):
    made(account, "one", delivery=delivery)
    row = browser(agency).get(url(agency)).content.decode().partition("data-row")[2]
    assert says in row


def test_the_excerpt_is_of_the_last_message_and_short(agency, account, browser):
    ticket = made(account, "one", text="first")
    making.message(ticket, text="x" * 5000, written_at=timezone.now() + timedelta(minutes=1))
    (row,) = browser(agency).get(url(agency)).context["rows"]
    assert row.last.excerpt == "x" * 200


def test_a_ticket_of_which_no_message_was_read_yet(agency, account, browser):
    making.ticket(account, subject="", state="X" * 255)
    text = browser(agency).get(url(agency)).content.decode()
    assert "Without a subject" in text


# Filters


def test_filters_narrow_the_list_and_show_as_chips_that_can_be_taken_away(agency, account, browser):
    client = browser(agency)
    made(account, "Photos", "PENDING", domain="www.xn--agence-t-h1ab.fr", reporter="Jeanne", remote_id="T-77")
    made(account, "Prices", "", text="the rent is WRONG")
    assert subjects(client, agency, domain="www.xn--agence-t-h1ab.fr") == ["Photos"]
    assert subjects(client, agency, state="PENDING") == ["Photos"]
    assert subjects(client, agency, state="NONE") == ["Prices"]
    assert subjects(client, agency, query="rent is wrong") == ["Prices"]
    assert subjects(client, agency, query="jeanne") == ["Photos"]
    assert subjects(client, agency, query="t-77") == ["Photos"]
    assert subjects(client, agency, query="phot", state="NONE") == []
    answer = client.get(url(agency, domain="www.xn--agence-t-h1ab.fr", query="phot", tab="you", page="2"))
    chips = {chip.name: (chip.value, chip.without) for chip in answer.context["chips"]}
    assert chips == {
        "query": ("phot", "?domain=www.xn--agence-t-h1ab.fr&tab=you"),
        "domain": ("www.agence-été.fr", "?query=phot&tab=you"),
    }
    assert "www.agence-été.fr" in answer.content.decode()


def test_only_unread(agency, account, browser):
    made(account, "read")
    news(made(account, "unread"))
    assert subjects(browser(agency), agency, unread="on") == ["unread"]


def test_the_counts_of_the_tabs_follow_the_filters(agency, account, browser):
    made(account, "Photos", "PENDING")
    made(account, "Prices", "CLOSED")
    assert numbers(browser(agency), agency, query="pri") == {"all": 1, "you": 0, "support": 0, "closed": 1}


@pytest.mark.parametrize("name", ["domain", "state", "tab", "query"])
def test_a_filter_that_makes_no_sense_is_left_out_and_named(agency, account, browser, name):
    made(account, "one")
    value = "a\0b" if name == "query" else "nonsense"
    text = browser(agency).get(url(agency, **{name: value})).content.decode()
    assert "is left out" in text
    assert 'id="ticket-' in text


def test_the_fragment_holds_the_results_only(agency, account, browser):
    made(account, "one")
    text = browser(agency).get(url(agency), headers={"hx-request": "true"}).content.decode()
    assert 'id="ticket-' in text
    assert "<html" not in text
    restored = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in browser(agency).get(url(agency), headers=restored).content.decode()


# Places


def test_pages_of_fifty(agency, account, browser):
    for number in range(53):
        made(account, f"t{number:02}", minutes=number)
    client = browser(agency)
    assert subjects(client, agency) == [f"t{number:02}" for number in range(50)]
    assert subjects(client, agency, page="2") == ["t50", "t51", "t52"]
    for page, first in (("0", "t00"), ("-1", "t00"), ("x", "t00"), ("9" * 30, "t00"), ("3", "t50")):
        assert subjects(client, agency, page=page)[0] == first
    assert 'rel="next"' in client.get(url(agency)).content.decode()
    last = client.get(url(agency, page="2")).content.decode()
    assert 'rel="prev"' in last
    assert "/?page=2" in last, "the list is found again at its place"


# Why it is empty


def test_without_a_site_the_page_says_what_comes_first(agency, browser):
    manager, agent = browser(agency), browser(agency, Role.AGENT)
    add = reverse("wordpress:add", args=[agency.slug])
    assert add in manager.get(url(agency)).content.decode()
    shown = agent.get(url(agency)).content.decode()
    assert "A manager of the agency can add it." in shown
    assert add not in shown


def test_without_a_ticket_the_page_says_what_support_is_for(agency, account, browser):
    making.site(account)
    new = reverse("support:new", args=[agency.slug])
    agent = browser(agency, Role.AGENT).get(url(agency)).content.decode()
    viewer = browser(agency, Role.VIEWER).get(url(agency)).content.decode()
    assert "No ticket yet" in agent
    assert new in agent
    assert "No ticket yet" in viewer
    assert new not in viewer


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"query": "nowhere"}, "No ticket matches these filters"),
        ({"tab": "you"}, "Nothing waits for you"),
        ({"tab": "closed"}, "No ticket is closed"),
    ],
)
def test_an_empty_list_says_why(agency, account, browser, asked, says):
    made(account, "one")
    assert says in browser(agency).get(url(agency, **asked)).content.decode()


def test_nothing_waits_for_support(agency, account, browser):
    made(account, "one", "PENDING")
    assert "Nothing waits for support" in browser(agency).get(url(agency, tab="support")).content.decode()


# The copy, and reading it again


def mirror(account, **fields) -> Mirrored:
    given = {"domain": "www.agence-martin.example", "read_at": timezone.now() - timedelta(minutes=7)}
    return Mirrored.objects.create(agency=account.agency, connection=account, **given | fields)


def test_the_list_says_how_old_it_is(agency, account, browser):
    made(account, "one")
    assert "Not read at Ts-Immo yet" in browser(agency).get(url(agency)).content.decode()
    read = mirror(account)
    assert (
        f'As of <time datetime="{read.read_at.isoformat()}"'
        in browser(agency).get(url(agency)).content.decode()
    )


def test_a_copy_that_cannot_be_renewed_is_said_with_the_remotes_words(agency, account, browser):
    made(account, "one")
    mirror(account, failing_since=timezone.now(), words="<b>Maintenance</b>")
    shown = browser(agency).get(url(agency)).content.decode()
    assert "could not be read at Ts-Immo" in shown
    assert "&lt;b&gt;Maintenance&lt;/b&gt;" in shown
    account.removed_at = timezone.now()
    account.save()
    assert "could not be read" not in browser(agency).get(url(agency)).content.decode()


def test_read_again_starts_one_job_for_each_domain(agency, other_agency, account, browser):
    mirror(account)
    mirror(account, domain="www.two.example")
    mirror(making.connection(other_agency))
    look = reverse("support:look", args=[agency.slug])
    assert browser(agency, Role.VIEWER).post(look).status_code == 403
    assert browser(agency).get(look).status_code == 405
    assert browser(other_agency).post(look).status_code == 404
    for _ in range(2):
        assert browser(agency, Role.AGENT).post(look).status_code == 302
    titles = Job.objects.for_agency(agency).values_list("title", flat=True)
    assert sorted(titles) == ["www.agence-martin.example", "www.two.example"]
    assert not Job.objects.for_agency(other_agency).exists()


# How much it costs


def test_the_number_of_queries_does_not_grow_with_the_tickets(
    agency, account, browser, member, django_assert_max_num_queries, django_assert_num_queries
):
    making.site(account)
    mirror(account)
    client = browser(agency)
    client.get(url(agency))

    def grow(number):
        for n in range(number):
            ticket = made(account, f"t{n}", ["PENDING", "", "CLOSED"][n % 3], delivery=Delivery.values[n % 4])
            answer = news(ticket)
            Following.objects.create(
                agency=agency, ticket=ticket, user=member(agency), read_to=answer.pk - n % 2
            )
            Attachment.objects.create(
                agency=agency,
                message=answer,
                name="a.txt",
                mime_type="text/plain",
                size=1,
                sha256="0",
                stored_as="x",
            )

    grow(2)
    with django_assert_max_num_queries(12) as first:
        client.get(url(agency))
    grow(45)
    with django_assert_num_queries(len(first)):
        client.get(url(agency))


def test_annotations_stay_inside_the_agency(agency, other_agency, account, member):
    made(making.connection(other_agency), "theirs", delivery=Delivery.REFUSED)
    made(account, "ours")
    (found,) = annotated(agency, member(agency))
    assert (found.failed, found.sending, found.unread, found.for_you) == (False, False, False, False)


def test_a_failing_account_alone_is_no_failing_copy(agency, account, browser):
    made(account, "one")
    mirror(account)
    account.state = ConnectionState.FAILING
    account.save()
    assert "could not be read" not in browser(agency).get(url(agency)).content.decode()
