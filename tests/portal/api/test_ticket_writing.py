"""What a partner writes to support: tickets, comments, and the wish to close."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from accounts.models import AuditEntry, Scope
from estates.connections.models import Connection, System
from estates.jobs.models import Job
from support.models import Attachment, Draft, Following, Message, Ticket
from support.writing import SEND
from tests.support import making

URL = "/api/v1/support/tickets"
TICKET = {"subject": "Photos", "message": "They are missing."}


@pytest.fixture(autouse=True)
def speaks_english(agency):
    """In its language the agency's people read who wrote."""
    agency.language = "en"
    agency.save()


@pytest.fixture
def site(agency, connected):
    return making.site(connected(agency, System.TS_IMMO))


@pytest.fixture
def ticket(site):
    return making.ticket(site.connection, remote_id="tsi-1", state="IN_PROGRESS")


@pytest.fixture
def writer(agency, partner):
    return partner(agency, Scope.SUPPORT_WRITE)


@pytest.fixture
def handed_in(agency):
    """`handed_in("a.txt", key)` is a file that waits for its ticket."""

    def get(name="a.txt", key=None, size=4, of=agency, **to) -> Attachment:
        from accounts.models import PartnerKey

        if not to:
            key = key or PartnerKey.objects.for_agency(of).latest("pk")
            to = {"draft": Draft.objects.create(agency=of, key=key)}
        return Attachment.objects.create(
            agency=of, name=name, mime_type="text/plain", size=size, sha256="", stored_as=name, **to
        )

    return get


def post(client, url=URL, body=None, **headers):
    return client.post(url, body, content_type="application/json", headers=headers)


def open_(client, more=None, **headers):
    return post(client, URL, TICKET | (more or {}), **headers)


def comment(client, ticket, **headers):
    return post(client, f"{URL}/{ticket.pk}/comments", {"comment": "Any news?"}, **headers)


def close(client, ticket, **headers):
    return post(client, f"{URL}/{ticket.pk}/close", **headers)


def tickets(agency):
    return Ticket.objects.for_agency(agency)


def trail(agency, action):
    return AuditEntry.objects.for_agency(agency).filter(action=action)


def job(agency):
    return Job.objects.for_agency(agency).get(kind=SEND)


class TestOpening:
    def test_is_sent_by_a_job(self, agency, site, writer):
        answer = open_(writer)
        made = tickets(agency).get()
        assert (answer.status_code, answer.json()) == (202, {"id": made.pk, "job": job(agency).pk})
        assert (made.subject, made.domain, made.site, made.opened_by) == ("Photos", site.domain, site, None)
        message = made.messages.get()
        assert (message.opens, message.text, message.delivery) == (True, "They are missing.", "pending")

    def test_people_read_that_software_wrote_it(self, agency, site, writer):
        open_(writer)
        made = tickets(agency).get()
        assert made.reporter == made.messages.get().author_name == "Partner (via API)"
        assert not Following.objects.for_agency(agency).exists()

    def test_the_trail_names_the_key(self, agency, site, writer):
        open_(writer)
        entry = trail(agency, "ticket.opened").get()
        assert entry.detail["key"].startswith("Partner (psl_")
        assert entry.actor is None

    def test_where_there_are_several_sites_one_is_named(self, agency, site, writer):
        second = making.site(site.connection, "xn--caf-dma.example")
        answer = open_(writer)
        assert (answer.status_code, answer.json()["message"]) == (
            422,
            ["domain: there are several sites, name one"],
        )
        assert open_(writer, {"domain": "Café.example"}).status_code == 202
        assert tickets(agency).get().site == second

    @pytest.mark.parametrize("domain", ["www.elsewhere.example", "no domain", "", "x" * 250, "localhost"])
    def test_about_no_site_of_the_agency(self, agency, site, writer, domain):
        answer = open_(writer, {"domain": domain})
        assert answer.status_code == 422
        assert [words.split(":")[0] for words in answer.json()["message"]] == ["domain"]
        assert not tickets(agency).exists()

    def test_about_another_agencys_site(self, agency, other_agency, site, writer, connected):
        making.site(connected(other_agency, System.TS_IMMO), "www.riviera.example")
        assert open_(writer, {"domain": "www.riviera.example"}).status_code == 422
        assert not tickets(other_agency).exists()

    def test_it_may_refer_to_an_earlier_one(self, agency, ticket, writer):
        answer = open_(writer, {"follows": ticket.pk})
        assert tickets(agency).get(pk=answer.json()["id"]).follows == ticket

    def test_but_not_to_a_foreign_one(self, agency, other_agency, site, writer, connected):
        foreign = making.ticket(connected(other_agency, System.TS_IMMO))
        answer = open_(writer, {"follows": foreign.pk})
        assert answer.json()["message"] == ["follows: there is no such ticket"]
        assert not tickets(agency).exists()

    def test_without_an_account(self, agency, site, writer):
        Connection.objects.for_agency(agency).update(removed_at=timezone.now())
        answer = open_(writer)
        assert (answer.status_code, answer.json()["message"]) == (
            409,
            ["The site's account at Ts-Immo is not connected any more."],
        )

    def test_texts_are_kept_as_the_form_keeps_them(self, agency, site, writer):
        open_(writer, {"subject": " Two\n  lines\u202e ", "message": "a\r\nb\rc "})
        made = tickets(agency).get()
        assert (made.subject, made.messages.get().text) == ("Two lines", "a\nb\nc")

    @pytest.mark.parametrize(
        ("more", "named"),
        [
            ({"subject": ""}, "subject"),
            ({"subject": " \u202e\n"}, "subject"),
            ({"subject": "x" * 201}, "subject"),
            ({"message": "  "}, "message"),
            ({"message": "x" * 20_001}, "message"),
            ({"message": None}, "message"),
            ({"message": "\ud800"}, "message"),
            ({"follows": 0}, "follows"),
            ({"follows": 2**63}, "follows"),
            ({"attachments": [2**63]}, "attachments.0"),
            ({"attachments": [1] * 101}, "attachments"),
            ({"attachments": "1"}, "attachments"),
            ({"category": "x"}, "category"),
        ],
    )
    def test_wrong_values_are_named(self, agency, site, writer, more, named):
        answer = open_(writer, more)
        assert answer.status_code == 422
        assert [words.split(":")[0] for words in answer.json()["message"]] == [named]
        assert not tickets(agency).exists()

    def test_nul_is_no_text(self, agency, site, writer):
        assert open_(writer, {"message": "a\0b"}).status_code == 400

    def test_the_longest_fits(self, agency, site, writer):
        assert open_(writer, {"subject": "é" * 200, "message": "é" * 20_000}).status_code == 202


class TestFiles:
    def test_go_with_the_ticket_that_names_them(self, agency, site, writer, handed_in):
        files = [handed_in("a.txt"), handed_in("b.txt"), handed_in("c.txt")]
        assert open_(writer, {"attachments": [files[1].pk, files[0].pk]}).status_code == 202
        message = Message.objects.for_agency(agency).get()
        assert [file.name for file in message.attachments.all()] == ["a.txt", "b.txt"]
        assert Draft.objects.for_agency(agency).get().attachments.get() == files[2]

    def test_named_twice_is_named_once(self, agency, site, writer, handed_in):
        pk = handed_in().pk
        assert open_(writer, {"attachments": [pk, pk]}).status_code == 202
        assert Message.objects.for_agency(agency).get().attachments.count() == 1

    def test_by_another_key_of_the_agency(self, agency, site, writer, partner, handed_in):
        pk = handed_in().pk
        assert open_(partner(agency), {"attachments": [pk]}).status_code == 202

    def test_only_once(self, agency, site, writer, handed_in):
        pk = handed_in().pk
        open_(writer, {"attachments": [pk]})
        answer = open_(writer, {"attachments": [handed_in("b").pk, pk]})
        assert (answer.status_code, answer.json()["message"]) == (
            422,
            ["attachments.1: There is no such file, or a ticket has it already."],
        )
        assert tickets(agency).count() == 1
        assert Draft.objects.for_agency(agency).count() == 1

    def test_not_what_another_agency_handed_in(self, agency, other_agency, site, writer, partner, handed_in):
        partner(other_agency)
        foreign = handed_in(of=other_agency)
        assert open_(writer, {"attachments": [foreign.pk]}).status_code == 422
        assert not tickets(agency).exists()
        foreign.refresh_from_db()
        assert foreign.message is None

    def test_not_what_a_person_is_still_writing(self, agency, site, writer, member, handed_in):
        draft = Draft.objects.create(agency=agency, user=member(agency))
        file = handed_in(draft=draft)
        assert open_(writer, {"attachments": [file.pk]}).status_code == 422
        assert draft.attachments.get() == file

    def test_at_most_as_many_as_people_may(self, agency, site, writer, handed_in, settings):
        settings.SUPPORT_TICKET_FILES = 2
        answer = open_(writer, {"attachments": [handed_in(name).pk for name in "abc"]})
        assert (answer.status_code, answer.json()["message"]) == (
            422,
            ["attachments: A ticket takes 2 files."],
        )
        assert Draft.objects.for_agency(agency).count() == 3

    def test_together_at_most_as_large(self, agency, site, writer, handed_in, settings):
        settings.SUPPORT_TICKET_MB = 1
        files = [handed_in(name, size=600_000).pk for name in "ab"]
        assert open_(writer, {"attachments": files}).status_code == 422
        assert open_(writer, {"attachments": files[:1]}).status_code == 202

    @pytest.mark.django_db(transaction=True)
    def test_two_tickets_at_once_do_not_share_a_file(self, agency, site, partner, handed_in):
        token = partner(agency).token
        pks = [handed_in("a").pk, handed_in("b").pk]

        def call(number):
            try:
                named = pks if number % 2 else pks[::-1]
                return open_(Client(headers={"X-API-Key": token}), {"attachments": named}).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            codes = sorted(pool.map(call, range(8)))
        assert codes == [202] + [422] * 7
        assert Message.objects.for_agency(agency).get().attachments.count() == 2


class TestComments:
    def test_is_sent_by_a_job(self, agency, ticket, writer):
        answer = comment(writer, ticket)
        made = Message.objects.for_agency(agency).get()
        expected = {"id": ticket.pk, "comment": made.pk, "job": job(agency).pk}
        assert (answer.status_code, answer.json()) == (202, expected)
        assert (made.ticket, made.opens, made.text) == (ticket, False, "Any news?")
        assert made.author_name == "Partner (via API)"
        assert trail(agency, "ticket.commented").get().subject == f"#{ticket.pk}"
        assert not Draft.objects.for_agency(agency).exists()

    def test_two_of_one_partner(self, agency, ticket, writer):
        first, second = comment(writer, ticket).json(), comment(writer, ticket).json()
        assert first["comment"] != second["comment"]
        assert first["job"] == second["job"]

    def test_no_files(self, ticket, writer):
        answer = post(writer, f"{URL}/{ticket.pk}/comments", {"comment": "x", "attachments": [1]})
        assert answer.status_code == 422
        assert answer.json()["message"][0].startswith("attachments:")

    @pytest.mark.parametrize("text", ["", " \n", "x" * 20_001, "\ud800", 7])
    def test_wrong_values(self, agency, ticket, writer, text):
        answer = post(writer, f"{URL}/{ticket.pk}/comments", {"comment": text})
        assert answer.status_code == 422
        assert answer.json()["message"][0].startswith("comment:")
        assert not Message.objects.for_agency(agency).exists()


class TestClosing:
    def test_is_asked_by_a_job(self, agency, ticket, writer):
        answer = close(writer, ticket)
        assert (answer.status_code, answer.json()) == (202, {"id": ticket.pk, "job": job(agency).pk})
        ticket.refresh_from_db()
        assert ticket.close_asked_at
        assert ticket.close_asked_by is None
        assert trail(agency, "ticket.close_asked").get().detail["key"].startswith("Partner (psl_")

    def test_asked_again_it_is_the_same_wish(self, agency, ticket, writer):
        first, second = close(writer, ticket), close(writer, ticket)
        assert (second.status_code, second.json()) == (202, first.json())
        assert trail(agency, "ticket.close_asked").count() == 1

    def test_asked_again_after_the_work_was_given_up(self, agency, ticket, writer):
        first = close(writer, ticket).json()
        Job.objects.for_agency(agency).update(status="failed", finished_at=timezone.now())
        assert close(writer, ticket).json()["job"] > first["job"]


@pytest.mark.parametrize("call", [comment, close])
class TestBoth:
    def test_to_a_closed_ticket(self, agency, ticket, writer, call):
        tickets(agency).update(state="CLOSED")
        answer = call(writer, ticket)
        assert (answer.status_code, answer.json()["message"]) == (
            409,
            ["This ticket is closed. To go on, open a new ticket that refers to it."],
        )
        assert not Message.objects.for_agency(agency).exists()
        assert not Draft.objects.for_agency(agency).exists()
        assert not Job.objects.for_agency(agency).exists()
        assert not AuditEntry.objects.for_agency(agency).filter(action__contains="ticket").exists()

    def test_to_one_that_is_gone(self, agency, ticket, writer, call):
        tickets(agency).update(missing_since=timezone.now())
        assert call(writer, ticket).status_code == 409

    def test_without_an_account(self, agency, ticket, writer, call):
        Connection.objects.for_agency(agency).update(removed_at=timezone.now())
        answer = call(writer, ticket)
        assert "not connected any more" in answer.json()["message"][0]

    def test_missing(self, ticket, writer, call):
        ticket.pk += 1
        assert call(writer, ticket).status_code == 404

    def test_foreign(self, agency, other_agency, ticket, partner, call):
        assert call(partner(other_agency), ticket).status_code == 404
        assert not Message.objects.for_agency(agency).exists()
        ticket.refresh_from_db()
        assert ticket.close_asked_at is None


class TestAll:
    @pytest.fixture(params=["open", "comment", "close"])
    def call(self, request, ticket):
        return {
            "open": open_,
            "comment": lambda client, **headers: comment(client, ticket, **headers),
            "close": lambda client, **headers: close(client, ticket, **headers),
        }[request.param]

    def test_reading_is_not_writing(self, agency, partner, call):
        assert call(partner(agency, Scope.SUPPORT_READ)).status_code == 403
        assert not Message.objects.for_agency(agency).exists()

    def test_errors_are_english_whatever_the_portal_speaks(self, agency, ticket, writer):
        tickets(agency).update(state="CLOSED")
        with translation.override("fr"):
            assert comment(writer, ticket).json()["message"][0].startswith("This ticket is closed.")

    def test_twice_under_one_name(self, agency, writer, call):
        first, second = (call(writer, **{"Idempotency-Key": "one"}) for _ in range(2))
        assert (second.status_code, second.content) == (202, first.content)
        assert second["Idempotency-Replayed"] == "true"
        assert (
            AuditEntry.objects.for_agency(agency).filter(detail__key__startswith="Partner (psl_").count() == 1
        )

    def test_one_name_for_two_things(self, agency, ticket, writer, call):
        call(writer, **{"Idempotency-Key": "one"})
        other = post(
            writer, f"{URL}/{ticket.pk}/comments", {"comment": "Other"}, **{"Idempotency-Key": "one"}
        )
        assert other.status_code == 422
        assert not Message.objects.for_agency(agency).filter(text="Other").exists()

    def test_a_refusal_leaves_the_name_free(self, agency, ticket, writer, call):
        Connection.objects.for_agency(agency).update(removed_at=timezone.now())
        assert call(writer, **{"Idempotency-Key": "one"}).status_code == 409
        Connection.objects.for_agency(agency).update(removed_at=None)
        assert call(writer, **{"Idempotency-Key": "one"}).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_on_one_name(agency, site, partner):
    token = partner(agency).token

    def call(_number):
        try:
            return open_(Client(headers={"X-API-Key": token}), **{"Idempotency-Key": "one"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(call, range(20)))
    assert tickets(agency).count() == 1
    assert 202 in codes
    assert set(codes) <= {202, 409}
