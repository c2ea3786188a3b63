"""The clerk who answers after a while, by a clock of the test's own; and what a person can have done to tickets."""

import threading
import time

import pytest
import requests

from portal.sandbox import sandbox
from portal.sandbox.ts_immo import desk
from portal.sandbox.ts_immo.clerk import Clerk
from portal.sandbox.ts_immo.clerk_words import OTHERWISE, TOPICS, topic_of
from portal.sandbox.ts_immo.tickets import Ticket

REPORTER = {"username": "a", "mail": "a@x.example", "display_name": "A"}
DELAY = 20


def opened(account, subject="Les photos manquent", message="Rien ne s'affiche."):
    ticket = Ticket("x.example", subject, message, REPORTER, [])
    account.tickets[ticket.id] = ticket
    return ticket


@pytest.fixture
def martin_account(box):
    return box.account("martin")


@pytest.fixture
def clerk(box):
    clerk = Clerk(box.ts_immo.accounts, seed=1)
    clerk.delay = DELAY
    return clerk


def ticks(clerk, *moments):
    return [clerk.tick(moment) for moment in moments]


def test_nobody_answers_where_it_was_not_asked_for(box, martin_account):
    assert box.clerk.delay == 0
    ticket = opened(martin_account)
    time.sleep(0.1)
    assert (ticket.status, ticket.comments) == ("WAITING_FOR_SUPPORT", [])


def test_a_ticket_is_taken_after_the_delay_and_answered_after_another(clerk, martin_account):
    ticket = opened(martin_account)
    assert ticks(clerk, 100, 119.9) == [0, 0]
    assert ticks(clerk, 120) == [1]
    assert (ticket.status, ticket.comments) == ("IN_PROGRESS", [])
    assert ticks(clerk, 139.9, 140) == [0, 1]
    [answer] = ticket.comments
    assert ticket.status in ("PENDING", "DONE")
    assert answer["from_support"] is True
    assert answer["reporter"]["display_name"].endswith("support Ts-Immo")
    assert ticks(clerk, 160, 500) == [0, 0]


def test_it_replies_again_when_somebody_writes(clerk, martin_account):
    ticket = opened(martin_account)
    clerk.answer(ticket, solves=False)
    assert ticket.status == "PENDING"
    assert ticks(clerk, 0, 1_000) == [0, 0]
    ticket.comment("Voici la référence.", REPORTER)
    assert ticks(clerk, 1_000, 1_020, 1_040) == [0, 1, 1]
    assert [comment["from_support"] for comment in ticket.comments] == [True, False, True]


def test_whoever_writes_while_it_works_is_read_first(clerk, martin_account):
    ticket = opened(martin_account)
    ticks(clerk, 0, 20)
    ticket.comment("Encore ceci.", REPORTER)
    assert ticks(clerk, 39, 58) == [0, 0]
    assert ticks(clerk, 59) == [1]
    assert ticket.status == "IN_PROGRESS"


@pytest.mark.parametrize("status", ["DONE", "CLOSED", "PENDING", "WAITING_FOR_EDITOR"])
def test_it_leaves_alone_what_does_not_wait_for_it(clerk, martin_account, status):
    ticket = opened(martin_account)
    clerk.tick(0)
    ticket.turn(status)
    assert ticks(clerk, 20, 40) == [0, 0]
    assert ticket.comments == []


def test_a_ticket_that_vanishes_is_forgotten(clerk, martin_account):
    ticket = opened(martin_account)
    clerk.tick(0)
    del martin_account.tickets[ticket.id]
    assert clerk.tick(20) == 0
    martin_account.tickets[ticket.id] = ticket
    assert ticks(clerk, 21, 40, 41) == [0, 0, 1]


def answers(seed, count=40):
    """What many tickets come to with their first answers: status and text of each."""
    with sandbox(estates=0) as box:
        clerk = Clerk(box.ts_immo.accounts, seed)
        tickets = [opened(box.account("martin"), f"Question n° {number}") for number in range(count)]
        for now in range(3):
            clerk.tick(now)
        return [(ticket.status, ticket.comments[0]["comment"]) for ticket in tickets]


def test_the_same_seed_gives_the_same_answers_and_some_ask_and_some_solve():
    first, again, other = answers(5), answers(5), answers(6)
    assert first == again != other
    assert {status for status, _ in first} == {"PENDING", "DONE"}


@pytest.mark.parametrize(
    ("subject", "about"),
    [
        ("Photos floues", "photo"),
        ("Le bien n'apparaît pas", "synchro"),
        ("Loyer faux", "prix"),
        ("Erreur de l'extension", "plugin"),
        ("Clé refusée (401)", "acc"),
    ],
)
def test_answers_fit_the_subject(subject, about):
    assert about in topic_of(subject).about


def test_what_fits_no_topic_is_answered_all_the_same():
    assert topic_of("Bonjour") is OTHERWISE
    assert all(topic.asks and topic.solves for topic in (*TOPICS, OTHERWISE))


def test_some_answers_are_html_and_well_formed(clerk, martin_account):
    texts = []
    for number in range(60):
        ticket = opened(martin_account, f"Photo {number}")
        clerk.answer(ticket, solves=True)
        texts.append(ticket.comments[0]["comment"])
    html = [text for text in texts if text.startswith("<p>")]
    assert 0 < len(html) < len(texts)
    assert all(text.count("<p>") == text.count("</p>") for text in html)
    assert not any("<" in text for text in texts if text not in html)


def test_on_its_own_thread_it_answers_and_stops():
    threads = threading.active_count()
    with sandbox(estates=0, clerk=0.05) as box:
        ticket = opened(box.account("riviera"))
        ends = time.monotonic() + 10
        while not ticket.comments and time.monotonic() < ends:
            time.sleep(0.02)
        assert ticket.comments
    assert threading.active_count() == threads


@pytest.fixture
def drive(box):
    def post(action, **fields):
        return requests.post(f"{box.url}/__sandbox/{action}", json=fields, timeout=10)

    return post


@pytest.mark.parametrize(
    ("how", "status", "comments"),
    [
        ("ask", "PENDING", 1),
        ("solve", "DONE", 1),
        ("take", "IN_PROGRESS", 0),
        ("close", "CLOSED", 0),
        ("unknown_state", desk.UNKNOWN_STATE, 0),
    ],
)
def test_a_person_can_change_the_newest_open_ticket(drive, martin_account, how, status, comments):
    other, ticket, closed = (opened(martin_account) for _ in range(3))
    closed.close()
    assert drive("tickets", account="martin", how=how).json() == {"done": ticket.id}
    assert (ticket.status, len(ticket.comments)) == (status, comments)
    assert (other.status, closed.status) == ("WAITING_FOR_SUPPORT", "CLOSED")


def test_a_person_can_name_the_ticket(drive, martin_account):
    ticket, other = opened(martin_account), opened(martin_account)
    drive("tickets", account="martin", how="take", ticket=ticket.id)
    assert (ticket.status, other.status) == ("IN_PROGRESS", "WAITING_FOR_SUPPORT")


def test_a_ticket_vanishes_even_a_closed_one(drive, martin_account):
    ticket = opened(martin_account)
    ticket.close()
    assert drive("tickets", account="martin", how="vanish").json() == {"done": ticket.id}
    assert martin_account.tickets == {}


@pytest.mark.parametrize(
    ("fields", "domain"),
    [({"domain": "WWW.x.example"}, "www.x.example"), ({}, "www.agence-martin.example")],
)
def test_a_ticket_comes_from_elsewhere(drive, martin_account, fields, domain):
    done = drive("tickets", account="martin", how="elsewhere", **fields).json()["done"]
    ticket = martin_account.tickets[done]
    assert (ticket.domain, ticket.reporter["username"]) == (domain, "webmaster")
    assert drive("tickets", account="martin", how="elsewhere").status_code == 200
    assert len(martin_account.tickets) == 2
    assert {ticket.domain for ticket in martin_account.tickets.values()} == {domain}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"account": "martin", "how": "ask"}, 404),
        ({"account": "martin", "how": "vanish"}, 404),
        ({"account": "martin", "how": "take", "ticket": "nobody"}, 404),
        ({"account": "nobody", "how": "take"}, 404),
    ],
)
def test_where_there_is_no_ticket_nothing_can_be_done(drive, fields, status):
    assert drive("tickets", **fields).status_code == status


def test_an_unheard_of_change_is_refused(drive, martin_account):
    ticket = opened(martin_account)
    assert drive("tickets", account="martin", how="burn").status_code == 400
    assert list(martin_account.tickets) == [ticket.id]


@pytest.mark.parametrize(("seconds", "status"), [(-1, 400), ("nan", 400), (1e9, 400), ("x", 400), (0, 200)])
def test_how_long_the_clerk_takes(drive, box, seconds, status):
    assert drive("clerk", seconds=seconds).status_code == status
    assert box.clerk.delay == 0


def test_a_clerk_can_be_set_to_work_while_the_sandbox_runs(drive, box, martin_account):
    ticket = opened(martin_account)
    assert drive("clerk", seconds=0.05).json() == {"done": 0.05}
    ends = time.monotonic() + 10
    while not ticket.comments and time.monotonic() < ends:
        time.sleep(0.02)
    assert ticket.comments
