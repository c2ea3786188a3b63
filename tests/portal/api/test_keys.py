"""Who may call, and what everybody else is told."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, PartnerKey, PartnerKeyDay, Scope
from accounts.partners import keys
from estates.leads.models import SentLead
from portal.needs import told
from portal.needs.keys import exposed_keys
from tests.portal.api.conftest import LEAD

URL = "/api/v1/leads"


def post(client, url=URL, body=LEAD, **more):
    return client.post(url, body, content_type="application/json", **more)


def test_a_key_opens_either_way(agency, aviv, partner):
    token = partner(agency).token
    for headers in ({"Authorization": f"Bearer {token}"}, {"X-API-Key": token}):
        assert post(Client(), headers=headers).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer psl_ABCDEFGH_" + "x" * 32},
        {"Authorization": "Basic psl"},
        {"Authorization": "Bearer "},
        {"X-API-Key": ""},
        {"X-API-Key": "é"},
        {"X-API-Key": "x" * 5000},
    ],
)
def test_nobody_is_told_why(aviv, headers):
    answer = post(Client(), headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"statusCode": 401, "message": ["Unauthorized"], "error": "Unauthorized"}
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_key_that_ended_is_as_unknown_as_any(agency, aviv, partner, member):
    client = partner(agency)
    keys.revoke(PartnerKey.objects.for_agency(agency).get(), member(agency))
    assert post(client).json()["message"] == ["Unauthorized"]


def test_a_scope_that_lacks_is_named(agency, aviv, partner):
    answer = post(partner(agency, Scope.FEEDS_WRITE))
    assert answer.status_code == 403
    assert answer.json()["message"] == ["This key lacks the scope leads:write."]
    assert not SentLead.objects.for_agency(agency).exists()


def test_only_from_its_networks(agency, aviv, partner):
    client = partner(agency, networks=["192.0.2.0/24"])
    assert post(client, REMOTE_ADDR="192.0.2.9").status_code == 202
    assert post(client, REMOTE_ADDR="198.51.100.9").status_code == 401
    assert post(client, REMOTE_ADDR="").status_code == 401
    assert post(partner(agency), REMOTE_ADDR="").status_code == 202


@pytest.mark.parametrize(
    "address", [URL + "?api_key={}", URL + "?x=1&key=a{}b", URL + "/{}", "/api/v1/jobs/1?t={}"]
)
def test_a_key_in_an_address_is_refused_and_flagged(agency, aviv, partner, address):
    client = partner(agency)
    answer = post(client, address.format(client.token))
    assert answer.status_code == 401
    assert not SentLead.objects.for_agency(agency).exists()
    assert PartnerKey.objects.for_agency(agency).get().exposed_at
    trail = AuditEntry.objects.for_agency(agency).order_by("-number").first()
    assert trail.action == "partner_key.exposed"
    assert client.token not in str(trail.subject)
    assert [need.about for need in told(agency, exposed_keys)] == [
        str(PartnerKey.objects.for_agency(agency).get())
    ]


def test_calls_are_counted(agency, aviv, partner):
    client = partner(agency)
    for _ in range(3):
        post(client)
    post(client, body={})
    assert PartnerKeyDay.objects.get().calls == 4


class TestPace:
    def test_the_answer_says_what_is_left(self, agency, aviv, partner, settings):
        settings.API_CALLS_A_MINUTE = 2
        client = partner(agency)
        first, second, third = (post(client) for _ in range(3))
        assert '"minute";q=2;w=60' in first["RateLimit-Policy"]
        assert ";r=1;" in first["RateLimit"]
        assert ";r=0;" in second["RateLimit"]
        assert (first.status_code, second.status_code, third.status_code) == (202, 202, 429)
        assert third.json()["message"] == ["At most 2 calls a minute."]
        assert 1 <= int(third["Retry-After"]) <= 60
        assert SentLead.objects.for_agency(agency).count() == 2

    def test_each_key_has_its_own(self, agency, aviv, partner, settings):
        settings.API_CALLS_A_MINUTE = 1
        assert [post(partner(agency)).status_code for _ in range(2)] == [202, 202]


class TestEnvelope:
    def test_unknown_paths(self):
        for path in ("/api/", "/api/v2/leads", "/api/v1/nothing"):
            answer = Client().get(path)
            assert answer.status_code == 404
            assert answer.json() == {"statusCode": 404, "message": ["Not found"], "error": "Not Found"}

    def test_wrong_method(self, agency, partner):
        answer = partner(agency).delete(URL)
        assert (answer.status_code, sorted(answer["Allow"].split(", "))) == (405, ["GET", "POST"])
        assert answer.json()["error"] == "Method Not Allowed"

    def test_every_answer_has_an_id_and_no_cookie(self, agency, aviv, partner):
        answers = [post(partner(agency)), Client().get("/api/v1/nothing"), post(Client())]
        assert len({answer["X-Request-Id"] for answer in answers}) == 3
        for answer in answers:
            assert answer["Cache-Control"] == "no-store"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert not answer.cookies

    def test_what_breaks_inside_is_said_without_details(self, agency, aviv, partner, monkeypatch, caplog):
        def broken(*args):
            raise RuntimeError("the secret is 42")

        monkeypatch.setattr("portal.api.leads.create", broken)
        answer = post(partner(agency))
        assert answer.status_code == 500
        assert "42" not in answer.content.decode()
        assert "the secret is 42" in caplog.text


def test_a_key_that_was_replaced_needs_nobody_any_more(agency, aviv, partner, member):
    client = partner(agency)
    post(client, f"{URL}?key={client.token}")
    assert len(told(agency, exposed_keys)) == 1
    keys.revoke(PartnerKey.objects.for_agency(agency).get(), member(agency))
    assert told(agency, exposed_keys) == []


def test_nothing_is_answered_in_clear_where_https_is_demanded(agency, aviv, partner, settings):
    settings.SECURE_SSL_REDIRECT = True
    client = partner(agency)
    assert post(client).status_code == 403
    assert client.post(URL, LEAD, content_type="application/json", secure=True).status_code == 202
