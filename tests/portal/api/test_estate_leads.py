"""A buyer's lead for an estate: Ts-Immo's own fields, and one contact for each stream."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Scope
from estates.catalogue.models import Estate
from estates.connections.models import Connection, System
from estates.jobs.models import Job
from estates.leads.models import SentBuyer
from tests.portal.api.conftest import BUYER

URL = "/api/v1/estates/e1/lead"
DOCUMENTED = {
    "streamId": "stream-uuid",
    "civility": "MR",
    "firstname": "Jean",
    "lastname": "Dupont",
    "type": "PERSON",
    "mail": "jean.dupont@example.com",
    "phones": [{"number": "+33612345678", "type": "mobile"}],
    "message": "I am interested in this property.",
    "lang": "fr",
    "preferences": [
        {
            "offerType": "sale",
            "budget": {
                "currency": "EUR",
                "min_price": {"amount": 200000},
                "max_price": {"amount": 500000},
            },
        }
    ],
}
"""The example in Ts-Immo's document, to the letter."""


@pytest.fixture
def estate(agency, connected) -> Estate:
    now = timezone.now()
    return Estate.objects.create(
        agency=agency,
        connection=connected(agency, System.TS_IMMO),
        remote_id="e1",
        digest=b"1",
        created_at=now,
        first_seen_at=now,
        changed_at=now,
    )


@pytest.fixture
def writer(agency, partner):
    return partner(agency, Scope.LEADS_WRITE)


def put(client, body=BUYER, url=URL, **headers):
    return client.put(url, body, content_type="application/json", headers=headers)


def sent(agency) -> SentBuyer:
    return SentBuyer.objects.for_agency(agency).get()


def test_is_a_job(agency, estate, writer):
    answer = put(writer)
    job = Job.objects.for_agency(agency).get(kind="leads.send_buyer")
    assert answer.status_code == 202
    assert answer.json() == {"streamId": BUYER["streamId"], "id": "e1", "job": job.pk}
    assert (sent(agency).connection, sent(agency).estate) == (estate.connection, estate)
    entry = AuditEntry.objects.for_agency(agency).get(action="lead.buyer_asked")
    assert entry.detail["key"].startswith("Partner (psl_")
    assert "Dupont" not in f"{entry.subject} {entry.detail}"


def test_what_ts_immo_documents_goes_out_as_it_came(agency, estate, writer):
    assert put(writer, DOCUMENTED).status_code == 202
    assert sent(agency).buyer == DOCUMENTED


def test_every_further_field(agency, estate, writer):
    more = {
        "streamId": "s",
        "type": "COMPANY",
        "companyName": "SCI Dupont",
        "secondaryMail": "bureau@example.com",
        "internalNote": "x",
        "location": {"city": "Lyon", "postal_code": "69001", "country": "FR"},
        "phones": [{"number": "01 40 20 50 50"}, {"number": "06 12 34 56 78"}],
    }
    assert put(writer, more).status_code == 202
    kinds = [{"number": "01 40 20 50 50", "type": "landline"}, {"number": "06 12 34 56 78", "type": "mobile"}]
    assert sent(agency).buyer == more | {"phones": kinds}


def test_what_says_nothing_is_left_out(agency, estate, writer):
    assert put(writer, BUYER | {"location": {}, "preferences": [{}], "phones": []}).status_code == 202
    assert sent(agency).buyer == BUYER


class TestOneStream:
    def test_the_same_body_is_the_same_answer(self, agency, estate, writer):
        first, second = put(writer), put(writer)
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert Job.objects.for_agency(agency).count() == 1

    def test_another_body_is_refused_by_name(self, agency, estate, writer):
        put(writer)
        answer = put(writer, BUYER | {"lastname": "Durand"})
        assert (answer.status_code, answer.json()["message"][0][:9]) == (422, "streamId:")
        assert Job.objects.for_agency(agency).count() == 1

    def test_two_keys_of_an_agency_share_it(self, agency, estate, partner, writer):
        put(writer)
        assert put(partner(agency)).json() == put(writer).json()
        assert put(partner(agency), BUYER | {"lastname": "Durand"}).status_code == 422

    def test_while_a_refusal_is_just_being_written(self, agency, estate, writer):
        put(writer)
        SentBuyer.objects.for_agency(agency).update(state="refused")
        answer = put(writer, BUYER | {"lastname": "Durand"})
        assert (answer.status_code, answer["Retry-After"]) == (409, "5")

    def test_under_one_name_too(self, agency, estate, writer):
        first, second = (put(writer, **{"Idempotency-Key": "one"}) for _ in range(2))
        assert (first.content, second["Idempotency-Replayed"]) == (second.content, "true")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"streamId": ""}, "streamId"),
        ({"streamId": "jean@exemple.fr"}, "streamId"),
        ({"streamId": "x" * 65}, "streamId"),
        ({"civility": "DR"}, "civility"),
        ({"type": "COMPANY"}, "body: companyName"),
        ({"companyName": "SCI"}, "body: companyName"),
        ({"mail": "nobody"}, "mail"),
        ({"lang": "de"}, "lang"),
        ({"phones": [{"number": ""}]}, "phones.0.number"),
        ({"phones": [{"number": "1"}] * 6}, "phones"),
        ({"phones": [{"number": "1", "typ": "mobile"}]}, "phones.0.typ"),
        ({"lastname": None}, "body: Give at least a name"),
        ({"location": {"country": "France"}}, "location.country"),
        (
            {"preferences": [{"budget": {"max_price": {"amount": -1}}}]},
            "preferences.0.budget.max_price.amount",
        ),
        (
            {"preferences": [{"budget": {"min_price": {"amount": 2}, "max_price": {"amount": 1}}}]},
            "preferences.0.budget",
        ),
        ({"surname": "Dupont"}, "surname"),
    ],
)
def test_what_is_no_buyer_is_named(agency, estate, writer, changed, named):
    answer = put(writer, BUYER | changed)
    assert answer.status_code == 422
    assert answer.json()["message"][0].startswith(named)
    assert not SentBuyer.objects.for_agency(agency).exists()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"streamId": "s", "lastname": "\\u0000"}', b"{}"])
def test_what_is_no_body(agency, estate, writer, body):
    assert writer.put(URL, body, content_type="application/json").status_code in (400, 422)


def test_an_estate_that_is_gone_or_never_was(agency, estate, writer):
    assert put(writer, url="/api/v1/estates/e2/lead").status_code == 404
    Estate.objects.for_agency(agency).update(gone_at=timezone.now())
    assert put(writer).status_code == 404


def test_an_account_that_was_taken_away(agency, estate, writer):
    Connection.objects.for_agency(agency).update(removed_at=timezone.now())
    assert put(writer).status_code == 409


def test_writing_estates_is_not_writing_leads(agency, estate, partner):
    assert put(partner(agency, Scope.ESTATES_WRITE, Scope.LEADS_READ)).status_code == 403
    assert not SentBuyer.objects.for_agency(agency).exists()


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_are_one(agency, estate, partner):
    token = partner(agency).token

    def call(_number):
        try:
            return put(Client(headers={"X-API-Key": token})).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(call, range(10)))
    assert answers == [answers[0]] * 10
    assert answers[0]["job"] == Job.objects.for_agency(agency).get().pk
