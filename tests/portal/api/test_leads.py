"""A lead of a partner, created at AVIV."""

import pytest

from accounts.models import AuditEntry
from estates.connections.models import System
from estates.jobs.models import Job
from estates.leads.aviv.creating import request_of
from estates.leads.models import SentLead
from tests.portal.api.conftest import LEAD

URL = "/api/v1/leads"


def post(client, body, url=URL):
    return client.post(url, body, content_type="application/json")


def test_it_is_put_in_line(agency, aviv, partner):
    answer = post(partner(agency), LEAD)
    assert answer.status_code == 202
    sent = SentLead.objects.for_agency(agency).get()
    job = Job.objects.for_agency(agency).get(kind="leads.create_aviv")
    assert answer.json() == {"title": "The lead is in line for AVIV", "id": sent.pk, "job": job.pk}
    assert sent.connection == aviv


def test_what_goes_to_aviv_is_what_came(agency, aviv, partner):
    whole = LEAD | {
        "firstName": "Jane",
        "gender": "FEMALE",
        "language": "FR",
        "phoneNumbers": [{"number": "+33511223344", "type": "MOBILE"}, {"number": "0102030405"}],
        "submittedDate": "2026-11-28T10:30:00.250+01:00",
    }
    assert post(partner(agency), whole).status_code == 202
    sent = request_of(SentLead.objects.for_agency(agency).get()).payload()
    assert sent == whole | {"submittedDate": "2026-11-28T09:30:00.250Z"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"lastName": ""}, "lastName"),
        ({"lastName": "x" * 101}, "lastName"),
        ({"firstName": ""}, "firstName"),
        ({"gender": "F"}, "gender"),
        ({"language": "fr"}, "language"),
        ({"phoneNumbers": []}, "phoneNumbers"),
        ({"phoneNumbers": [{"number": ""}]}, "phoneNumbers.0.number"),
        ({"phoneNumbers": [{"number": "1", "kind": "x"}]}, "phoneNumbers.0.kind"),
        ({"message": ""}, "message"),
        ({"classifiedId": "123"}, "classifiedId"),
        ({"classifiedId": "25O234567891"}, "classifiedId"),
        ({"submittedDate": "yesterday"}, "submittedDate"),
        ({"nickname": "x"}, "nickname"),
    ],
)
def test_a_wrong_field_is_named(agency, aviv, partner, change, path):
    answer = post(partner(agency), LEAD | change)
    assert answer.status_code == 422
    assert [message.split(":")[0] for message in answer.json()["message"]] == [path]
    assert not SentLead.objects.for_agency(agency).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"email": "nobody"}, "email address"), ({"submittedDate": "2026-11-28T09:30:00"}, "time zone")],
)
def test_what_the_schema_of_aviv_refuses(agency, aviv, partner, change, words):
    answer = post(partner(agency), LEAD | change)
    assert answer.status_code == 422
    assert words in answer.json()["message"][0]


@pytest.mark.parametrize("name", LEAD)
def test_every_required_field(agency, aviv, partner, name):
    answer = post(partner(agency), {key: value for key, value in LEAD.items() if key != name})
    assert answer.json()["message"] == [f"{name}: Field required"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"lastName": NaN}'])
def test_what_is_no_lead(agency, aviv, partner, body):
    answer = partner(agency).post(URL, body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json()["statusCode"] == answer.status_code


def test_a_body_without_end(agency, aviv, partner):
    assert post(partner(agency), LEAD | {"message": "x" * 3_000_000}).status_code == 413


class TestConnection:
    def test_none(self, agency, partner):
        answer = post(partner(agency), LEAD)
        assert answer.status_code == 422
        assert answer.json()["message"] == ["connection: there is no such connection to AVIV Seeker Leads"]

    def test_several_need_a_name(self, agency, aviv, partner, connected):
        second = connected(agency, System.AVIV, "second")
        client = partner(agency)
        assert "several" in post(client, LEAD).json()["message"][0]
        assert post(client, LEAD, f"{URL}?connection={second.pk}").status_code == 202
        assert SentLead.objects.for_agency(agency).get().connection == second

    def test_unknown_parameters_are_refused_by_name(self, agency, aviv, partner):
        answer = post(partner(agency), LEAD, f"{URL}?conection=1")
        assert answer.status_code == 422
        assert answer.json()["message"][0].startswith("conection:")


def test_the_trail_names_the_key(agency, aviv, partner):
    post(partner(agency), LEAD)
    entry = AuditEntry.objects.for_agency(agency).get(action="leads.creation_asked")
    assert entry.detail["key"].startswith("Partner (psl_")
