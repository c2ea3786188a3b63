"""Answers that are not sent twice, and answers made small."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import System
from portal.api.conditional import answered, holds, tag_of
from portal.api.entry import WORTH_IT

URL = "/api/v1/estates"


@pytest.fixture
def estate(agency, connected) -> Estate:
    now = timezone.now()
    row = Estate.objects.create(
        agency=agency,
        connection=connected(agency, System.TS_IMMO),
        remote_id="e1",
        digest=b"1",
        created_at=now,
        first_seen_at=now,
        changed_at=now,
    )
    EstatePayload.objects.create(estate=row, body='{"id": "e1", "text": "' + "mer " * 600 + '"}')
    return row


def asked(value):
    return RequestFactory().get("/", headers={"If-None-Match": value})


class TestTag:
    @pytest.mark.parametrize(
        ("value", "held"),
        [
            ('W/"a"', True),
            ('"a"', True),
            ('"b", W/"a"', True),
            ("*", True),
            ('"b"', False),
            ("a", False),
            ('"', False),
            ("", False),
        ],
    )
    def test_the_caller_has_it(self, value, held):
        assert holds(asked(value), 'W/"a"') is held

    def test_not_without_the_header(self):
        assert not holds(RequestFactory().get("/"), 'W/"a"')

    def test_is_of_all_parts(self):
        now = timezone.now()
        assert tag_of([1, now], 2) == tag_of([1, now], 2)
        assert len({tag_of([1], 2), tag_of([2], 2), tag_of([1], 3), tag_of([1])}) == 4

    def test_an_answer_has_that_of_its_bytes(self):
        first, second = (answered(RequestFactory().get("/"), raw) for raw in (b"{}", b"[]"))
        assert first["ETag"] != second["ETag"]
        again = answered(asked(first["ETag"]), b"{}")
        assert (again.status_code, again.content) == (304, b"")
        assert "Content-Type" not in again.headers


@pytest.mark.parametrize("url", [URL, f"{URL}/e1", f"{URL}?updated_since=2026-01-01T00:00:00Z"])
class TestEstates:
    def test_the_same_is_not_sent_again(self, agency, estate, partner, url):
        client = partner(agency)
        first = client.get(url)
        assert first["Cache-Control"] == "private, no-cache"
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert "RateLimit" in again

    def test_a_change_is(self, agency, estate, partner, url):
        client = partner(agency)
        tag = client.get(url)["ETag"]
        Estate.objects.for_agency(agency).update(digest=b"2")
        EstatePayload.objects.update(body='{"id": "e1", "new": true}')
        again = client.get(url, headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert b'"new"' in again.content
        assert again["ETag"] != tag

    def test_nobody_is_told_without_a_key(self, agency, estate, partner, client, url):
        tag = partner(agency).get(url)["ETag"]
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 401


def test_an_estate_that_goes_changes_the_list(agency, estate, partner):
    client = partner(agency)
    tag = client.get(URL)["ETag"]
    Estate.objects.for_agency(agency).update(gone_at=timezone.now())
    assert client.get(URL, headers={"If-None-Match": tag}).status_code == 200


class TestGzip:
    @pytest.mark.parametrize("value", ["gzip", "br, gzip;q=0.5", "gzip;q=1.0, identity"])
    def test_who_asks(self, agency, estate, partner, value):
        client = partner(agency)
        plain = client.get(URL)
        small = client.get(URL, headers={"Accept-Encoding": value})
        assert small["Content-Encoding"] == "gzip"
        assert len(small.content) < len(plain.content) / 2
        assert gzip.decompress(small.content) == plain.content
        assert small["Vary"] == plain["Vary"] == "Accept-Encoding"
        assert small["ETag"] == plain["ETag"]

    @pytest.mark.parametrize("value", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "notgzipped"])
    def test_who_does_not(self, agency, estate, partner, value):
        answer = partner(agency).get(URL, headers={"Accept-Encoding": value})
        assert "Content-Encoding" not in answer
        assert answer.json()["total"] == 1

    def test_not_what_is_small(self, agency, partner):
        answer = partner(agency).get(URL, headers={"Accept-Encoding": "gzip"})
        assert len(answer.content) < WORTH_IT
        assert "Content-Encoding" not in answer

    def test_not_what_is_no_text(self, agency, estate, partner, monkeypatch):
        answer = HttpResponse(b"x" * 5000, content_type="application/zip")
        monkeypatch.setattr("portal.api.entry._answer", lambda request: answer)
        assert "Content-Encoding" not in partner(agency).get(URL, headers={"Accept-Encoding": "gzip"})
