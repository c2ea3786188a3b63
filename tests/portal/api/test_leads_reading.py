"""Leads of every source, read in AVIV's shape."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Scope
from estates.connections.models import System
from estates.leads.models import Lead

URL = "/api/v1/leads"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = 86_400
numbers = count(1)


@pytest.fixture
def add(agency, aviv):
    """`add(NOON, first_name="Jane")` is a lead that came in at noon."""

    def get(received_at=NOON, **values) -> Lead:
        number = next(numbers)
        return Lead.objects.create(
            **{
                "agency": agency,
                "connection": aviv,
                "remote_id": f"remote-{number}",
                "source": System.AVIV,
                "way": "poll",
                "digest": "x",
                "happened_at": received_at - timedelta(hours=1),
                "received_at": received_at,
                "changed_at": received_at,
            }
            | values
        )

    return get


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.LEADS_READ)


def window(first=NOON - timedelta(days=3), last=NOON + timedelta(days=3), **more):
    return {"minDate": int(first.timestamp()), "maxDate": int(last.timestamp())} | more


def ids(answer):
    return [item["metadata"]["leadId"] for item in answer.json()["items"]]


class TestShape:
    def test_is_that_of_aviv(self, agency, add, reader):
        lead = add(
            portal="SLG-FRA",
            category="CLASSIFIED",
            intention="BUY",
            expires_at=NOON + timedelta(days=1000),
            first_name="Jane",
            last_name="Doe",
            gender="FEMALE",
            email="jane@example.com",
            language="FR",
            message="Is it free?",
            phones=[
                {"number": "06 12 34 56 78", "e164": "+33612345678", "mobile": True},
                {"number": "0102", "e164": "", "mobile": False},
            ],
            classified_id="251234567891",
            estate_reference="REF-1",
        )
        expected = {
            "metadata": {
                "leadId": str(lead.pk),
                "ingestionDate": int(NOON.timestamp()),
                "portal": "SLG-FRA",
                "TTL": int(NOON.timestamp()) + 1000 * DAY,
                "leadCategory": "CLASSIFIED",
                "seekerIntention": "BUY",
                "source": "aviv",
                "sourceLeadId": lead.remote_id,
                "sourceDate": int(NOON.timestamp()) - 3600,
                "state": "new",
            },
            "contactRequest": {
                "firstName": "Jane",
                "lastName": "Doe",
                "gender": "FEMALE",
                "email": "jane@example.com",
                "language": "FR",
                "phoneNumbers": [
                    {"type": "MOBILE", "number": "+33612345678"},
                    {"type": "LANDLINE", "number": "0102"},
                ],
                "message": "Is it free?",
            },
            "property": {
                "classifiedId": "251234567891",
                "offererEstateId": "REF-1",
                "estateId": None,
                "programmeId": None,
                "programme": None,
                "region": None,
            },
        }
        assert reader.get(f"{URL}/{lead.pk}").json() == expected
        answer = reader.get(URL, window())
        assert answer.status_code == 200
        assert answer.json()["items"] == [expected]
        assert answer.json()["metadata"] == {"count": 1, "limit": 100}

    def test_of_every_source(self, agency, add, reader, connected):
        add(connection=connected(agency, System.MARKETING_LAB), source=System.MARKETING_LAB, programme="Azur")
        (item,) = reader.get(URL, window()).json()["items"]
        assert (item["metadata"]["source"], item["property"]["programme"]) == ("marketing_lab", "Azur")

    def test_about_nothing(self, add, reader):
        lead = add()
        assert reader.get(f"{URL}/{lead.pk}").json()["property"] is None

    def test_an_erased_person_is_nobody(self, add, reader):
        lead = add(
            erased_at=NOON,
            first_name="Jane",
            email="jane@example.com",
            phones=[{"number": "1"}],
            message="Hello",
        )
        told = reader.get(f"{URL}/{lead.pk}").json()["contactRequest"]
        assert told.pop("phoneNumbers") == []
        assert set(told.values()) == {None}


class TestPages:
    def test_206_until_the_last(self, add, reader):
        leads = [str(add().pk) for _ in range(5)]
        seen, url, codes = [], None, []
        while True:
            answer = reader.get(url) if url else reader.get(URL, window(limit=2))
            codes.append(answer.status_code)
            seen += ids(answer)
            url = answer.json()["links"]["next"]
            if url is None:
                break
        assert (codes, seen) == ([206, 206, 200], leads)

    def test_a_full_last_page_is_the_last(self, add, reader):
        for _ in range(2):
            add()
        assert reader.get(URL, window(limit=2)).status_code == 200

    def test_next_survives_inserts(self, add, reader):
        first, second = add(), add()
        answer = reader.get(URL, window(limit=1))
        late = add(NOON - timedelta(days=1))
        rest = reader.get(answer.json()["links"]["next"].replace("limit=1", "limit=9"))
        assert (ids(answer), ids(rest)) == ([str(first.pk)], [str(second.pk), str(late.pk)])

    def test_the_start_alone(self, add, reader):
        first, second = add(), add()
        assert ids(reader.get(URL, window(start=first.pk))) == [str(second.pk)]

    def test_none(self, reader):
        answer = reader.get(URL, window())
        assert (answer.status_code, answer.json()["items"], answer.json()["links"]["next"]) == (200, [], None)

    def test_by_when_the_portal_took_it_in_both_ends_included(self, add, reader):
        add(NOON - timedelta(seconds=1))
        inside = [add(NOON), add(NOON + timedelta(seconds=10.9))]
        add(NOON + timedelta(seconds=11))
        asked = window(NOON, NOON + timedelta(seconds=10))
        assert ids(reader.get(URL, asked)) == [str(lead.pk) for lead in inside]

    def test_more_leads_are_no_more_queries(self, add, reader):
        counts = []
        reader.get(URL, window())
        for number in range(1, 5):
            add()
            if number in (1, 4):
                with CaptureQueriesContext(connection) as queries:
                    reader.get(URL, window())
                counts.append(len(queries))
        assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({}, ["minDate", "maxDate"]),
        ({"minDate": "1"}, ["maxDate"]),
        ({"minDate": "0", "maxDate": str(7 * DAY + 1)}, ["maxDate"]),
        ({"minDate": "2", "maxDate": "1"}, ["maxDate"]),
        ({"minDate": "-1", "maxDate": "1"}, ["minDate"]),
        ({"minDate": "1", "maxDate": "9" * 30}, ["maxDate"]),
        ({"minDate": "1", "maxDate": "2", "limit": "101"}, ["limit"]),
        ({"minDate": "1", "maxDate": "2", "start": "abc"}, ["start"]),
        ({"minDate": "1", "maxDate": "2", "start": "9" * 40}, ["start"]),
        ({"minDate": "1", "maxDate": "2", "begin": "1"}, ["begin"]),
    ],
)
def test_wrong_values_are_named(reader, asked, named):
    answer = reader.get(URL, asked)
    assert answer.status_code == 422
    assert [words.split(":")[0] for words in answer.json()["message"]] == named


def test_seven_days_to_the_second(reader):
    assert reader.get(URL, {"minDate": 0, "maxDate": 7 * DAY}).status_code == 200


def test_missing(reader):
    for name in ("999999", "9" * 30, "abc", "-1"):
        assert reader.get(f"{URL}/{name}").status_code == 404


def test_scope(agency, add, partner):
    client = partner(agency, Scope.LEADS_WRITE)
    assert client.get(URL, window()).status_code == 403
    assert client.get(f"{URL}/{add().pk}").status_code == 403


def test_the_same_is_not_sent_again(add, reader):
    lead = add()
    for url, asked in ((URL, window()), (f"{URL}/{lead.pk}", {})):
        tag = reader.get(url, asked)["ETag"]
        assert reader.get(url, asked, headers={"If-None-Match": tag}).status_code == 304
        Lead.objects.across_agencies().update(portal=url[-9:])
        assert reader.get(url, asked, headers={"If-None-Match": tag}).status_code == 200
