"""Driving the simulated Seeki from the sandbox's page and from scripts; bodies of any length on the way in."""

import socket
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests

from .conftest import listing


@pytest.fixture
def drive(box):
    def post(action, **fields):
        return requests.post(f"{box.url}/__sandbox/seeki/{action}", json=fields, timeout=10)

    return post


def page(box):
    return requests.get(box.url, timeout=10).text


def test_the_clock_moves_and_listings_expire(box, drive, account, imported):
    imported(listing())
    before = box.seeki.clock.now()
    done = drive("clock", days=61).json()["done"]
    assert datetime.fromisoformat(done) - before >= timedelta(days=60)
    assert account.online == {}
    assert "0 listings online, 1 expired, 1 imports" in page(box)
    assert drive("clock").json()["done"] >= done


def test_a_delay_for_everybody(box, drive, account, imported):
    assert drive("delay", seconds=30).json() == {"done": 30}
    imported(listing())
    assert account.listings == {}
    assert box.seeki_staging.accounts["martin"].delay == 30
    assert drive("delay").json() == {"done": 0}
    assert account.delay == 0


def test_a_subscription_ends_and_begins_again(box, drive, martin):
    assert drive("subscription", account="martin", on="false").json() == {"done": False}
    assert martin.listings(listing()).status_code == 403
    assert "Renew the subscription" in page(box)
    assert drive("subscription", account="martin").json() == {"done": True}
    assert martin.listings(listing()).status_code == 200
    drive("subscription", account="martin", environment="seeki_staging", on="false")
    assert not box.seeki_staging.accounts["martin"].active
    assert box.seeki.accounts["martin"].active


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("clock", {"days": -1}, 400),
        ("clock", {"days": "nan"}, 400),
        ("clock", {"days": 401}, 400),
        ("clock", {"days": "soon"}, 400),
        ("delay", {"seconds": -1}, 400),
        ("delay", {"seconds": "inf"}, 400),
        ("subscription", {"account": "nobody"}, 404),
        ("subscription", {}, 404),
        ("subscription", {"account": "martin", "environment": "moon"}, 404),
    ],
)
def test_nonsense_is_refused(box, drive, account, action, fields, status):
    before = box.seeki.clock.now()
    assert drive(action, **fields).status_code == status
    assert box.seeki.clock.now() - before < timedelta(minutes=1)
    assert (account.delay, account.active) == (0, True)


def test_the_page_shows_what_is_online_until_when(box, account, imported):
    imported(listing(1, name="<b>Sunny</b>"), listing(2))
    shown = page(box)
    assert "2 listings online, 0 expired, 2 imports" in shown
    assert f"<td>{account.listings['crm-1'].expires_at:%Y-%m-%d %H:%M}</td><td>online</td>" in shown
    assert "&lt;b&gt;Sunny&lt;/b&gt;" in shown
    assert "<b>Sunny" not in shown
    for system in (box.seeki, box.seeki_staging):
        assert not [key for key in system.secrets() if key in shown]


def test_the_page_shows_the_hundred_that_end_first(box, imported):
    imported(*map(listing, range(100)))
    box.seeki.clock.move(days=1)
    imported(listing(100))
    shown = page(box)
    assert "<td>crm-99</td>" in shown
    assert "<td>crm-100</td>" not in shown
    assert "101 listings online" in shown


def test_the_state_has_numbers_and_no_key(box, imported):
    imported(listing())
    answer = requests.get(f"{box.url}/__sandbox/state", timeout=10)
    found = answer.json()["seeki"]
    assert found["seeki"]["martin"] == {"listings": 1, "online": 1, "items": 1, "active": True}
    assert found["seeki_staging"]["martin"]["listings"] == 0
    assert datetime.fromisoformat(found["clock"]).tzinfo
    assert not [key for key in box.seeki.secrets() if key in answer.text]


def test_what_was_received_names_the_agency_and_not_the_key(box, martin):
    martin.listings(listing())
    [entry] = box.received
    assert (entry.system, entry.operation, entry.account, entry.status) == (
        "seeki",
        "send_listings",
        "Agence Martin",
        200,
    )
    assert entry.json()["listings"][0]["external_id"] == "crm-1"


def talk(box, sent):
    address = urlsplit(box.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def test_an_absurd_length_is_not_waited_for(box):
    head = b"POST /seeki/v1/openimmo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nx"
    assert talk(box, head).startswith(b"HTTP/1.1 413")
    assert box.received == []


def test_who_leaves_in_the_middle_of_too_long_a_body_is_not_answered(box):
    head = b"POST /seeki/v1/listings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\nx"
    assert talk(box, head) == b""
    assert box.received == []
    assert requests.get(box.url, timeout=5).status_code == 200
