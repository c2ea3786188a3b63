"""Tickets to Ts-Immo's support, read."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Scope
from estates.connections.models import System
from support.models import Attachment, Delivery, Message, Ticket
from tests.support import making

URL = "/api/v1/support/tickets"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def account(agency, connected):
    return connected(agency, System.TS_IMMO)


@pytest.fixture
def ticket(account):
    """A ticket that Ts-Immo has, with a file, a comment of support and one that was refused."""
    found = making.ticket(
        account,
        remote_id="tsi-1",
        state="PENDING",
        subject="Photos",
        reporter="claire@agence-martin.example",
        opened_at=NOON,
        changed_at=NOON + HOUR,
        raw='{"secret": "raw"}',
    )
    opening = making.message(found, opens=True, text="They are missing.", written_at=NOON)
    Attachment.objects.create(
        agency=account.agency,
        message=opening,
        name="capture.png",
        mime_type="image/png",
        size=7,
        sha256="f" * 64,
        stored_as="support/1/secret",
    )
    said = {"author_name": "Clerk", "author_mail": "clerk@ts-immo.example", "from_support": True}
    making.message(found, text="Which ones?", written_at=NOON + HOUR, **said)
    making.message(
        found,
        text="All.",
        author_name="Ana",
        written_at=NOON + 2 * HOUR,
        delivery=Delivery.REFUSED,
        words="Not now",
    )
    return found


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.SUPPORT_READ)


def ids(answer):
    return [row["id"] for row in answer.json()["data"]]


class TestShape:
    def test_of_the_list(self, ticket, reader):
        answer = reader.get(URL)
        assert answer.status_code == 200
        assert answer.json() == {
            "data": [
                {
                    "id": ticket.pk,
                    "number": "tsi-1",
                    "domain": "www.agence-martin.example",
                    "subject": "Photos",
                    "status": "PENDING",
                    "open": True,
                    "reporter": "claire",
                    "follows": None,
                    "created_at": "2026-11-20T12:00:00+00:00",
                    "updated_at": "2026-11-20T13:00:00+00:00",
                    "last_comment_at": "2026-11-20T14:00:00+00:00",
                    "close_asked_at": None,
                    "close_answer": "",
                }
            ],
            "limit": 50,
            "next_cursor": None,
        }

    def test_of_one(self, ticket, reader):
        told = reader.get(f"{URL}/{ticket.pk}").json()
        assert (told["message"], told["delivery"], told["answer"]) == ("They are missing.", "sent", "")
        (file,) = told["attachments"]
        assert file.pop("id")
        assert file == {"filename": "capture.png", "mime_type": "image/png", "size": 7}
        first, second = told["comments"]
        assert (first["author"], first["from_support"], first["comment"]) == ("Clerk", True, "Which ones?")
        assert (second["author"], second["delivery"], second["answer"]) == ("Ana", "refused", "Not now")
        listed = reader.get(URL).json()["data"][0]
        assert {name: told[name] for name in listed} == listed

    def test_nothing_of_the_house(self, ticket, reader):
        page = reader.get(f"{URL}/{ticket.pk}").content.decode() + reader.get(URL).content.decode()
        for secret in ("secret", "raw", "f" * 64, "clerk@", "claire@", "token", "version"):
            assert secret not in page

    def test_before_ts_immo_has_it(self, account, reader):
        making.message(making.ticket(account), opens=True, delivery=Delivery.PENDING)
        (told,) = reader.get(URL).json()["data"]
        assert (told["number"], told["status"], told["open"]) == (None, "", True)
        assert told["last_comment_at"] is None

    @pytest.mark.parametrize("fields", [{"state": "closed"}, {"state": "DONE"}, {"missing_since": NOON}])
    def test_what_is_over(self, account, reader, fields):
        making.ticket(account, **fields)
        assert reader.get(URL).json()["data"][0]["open"] is False


class TestPages:
    def test_the_last_ticket_is_first_and_none_is_left_out(self, account, reader):
        tickets = [making.ticket(account).pk for _ in range(5)]
        seen, cursor = [], {}
        while True:
            answer = reader.get(URL, {"limit": 2} | cursor)
            seen += ids(answer)
            if answer.json()["next_cursor"] is None:
                break
            cursor = {"cursor": answer.json()["next_cursor"]}
        assert seen == tickets[::-1]

    def test_a_full_last_page_is_the_last(self, account, reader):
        for _ in range(2):
            making.ticket(account)
        assert reader.get(URL, {"limit": 2}).json()["next_cursor"] is None

    def test_a_cursor_survives_what_comes_and_changes(self, account, reader):
        first, second, third = (making.ticket(account) for _ in range(3))
        page = reader.get(URL, {"limit": 1}).json()
        making.ticket(account)
        Ticket.objects.for_agency(account.agency).filter(pk=first.pk).update(changed_at=NOON + 99 * HOUR)
        assert page["data"][0]["id"] == third.pk
        assert ids(reader.get(URL, {"cursor": page["next_cursor"]})) == [second.pk, first.pk]

    def test_more_tickets_are_no_more_queries(self, ticket, account, reader):
        counts = []
        reader.get(URL)
        for number in range(1, 5):
            making.message(making.ticket(account))
            if number in (1, 4):
                with CaptureQueriesContext(connection) as queries:
                    reader.get(URL)
                counts.append(len(queries))
        assert counts[0] == counts[1]


class TestFilters:
    def test_open(self, account, reader):
        there, over = making.ticket(account), making.ticket(account, state="CLOSED")
        assert ids(reader.get(URL, {"open": "true"})) == [there.pk]
        assert ids(reader.get(URL, {"open": "false"})) == [over.pk]

    def test_domain_as_people_write_it(self, account, reader):
        making.ticket(account)
        found = making.ticket(account, domain="xn--caf-dma.example")
        assert ids(reader.get(URL, {"domain": "Café.example"})) == [found.pk]

    def test_updated_since(self, account, reader):
        making.ticket(account, changed_at=NOON)
        found = making.ticket(account, changed_at=NOON + HOUR)
        assert ids(reader.get(URL, {"updated_since": "2026-11-20T12:30:00Z"})) == [found.pk]

    @pytest.mark.parametrize(
        ("asked", "named"),
        [
            ({"limit": "101"}, ["limit"]),
            ({"limit": "0"}, ["limit"]),
            ({"cursor": "abc"}, ["cursor"]),
            ({"cursor": "9" * 40}, ["cursor"]),
            ({"open": "perhaps"}, ["open"]),
            ({"updated_since": "yesterday"}, ["updated_since"]),
            ({"updated_since": "0001-01-01T00:00:00Z"}, ["updated_since"]),
            ({"domain": "x" * 254}, ["domain"]),
            ({"domain": "no domain"}, ["domain"]),
            ({"state": "PENDING"}, ["state"]),
        ],
    )
    def test_wrong_values_are_named(self, reader, asked, named):
        answer = reader.get(URL, asked)
        assert answer.status_code == 422
        assert [words.split(":")[0] for words in answer.json()["message"]] == named


def test_missing(reader):
    for name in ("999999", "9" * 30, "abc", "-1"):
        assert reader.get(f"{URL}/{name}").status_code == 404


def test_foreign(other_agency, connected, reader):
    foreign = making.ticket(connected(other_agency, System.TS_IMMO))
    assert reader.get(f"{URL}/{foreign.pk}").status_code == 404
    assert ids(reader.get(URL)) == []


def test_scope(agency, ticket, partner):
    client = partner(agency, Scope.SUPPORT_WRITE)
    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}/{ticket.pk}").status_code == 403


def test_the_same_is_not_sent_again(agency, ticket, reader):
    for url in (URL, f"{URL}/{ticket.pk}"):
        tag = reader.get(url)["ETag"]
        assert reader.get(url, headers={"If-None-Match": tag}).status_code == 304
    Message.objects.for_agency(agency).filter(text="All.").update(delivery=Delivery.SENT)
    assert reader.get(f"{URL}/{ticket.pk}", headers={"If-None-Match": tag}).status_code == 200
