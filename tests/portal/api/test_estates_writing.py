"""What a partner has done at Ts-Immo: an estate's address, and a replay."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, PartnerKey, Scope
from estates.catalogue.models import Estate
from estates.connections.models import Connection, System
from estates.jobs.models import Job

URL = "/api/v1/estates/e1"
PAGE = "https://www.agence-martin.fr/biens/villa"


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
    return partner(agency, Scope.ESTATES_WRITE)


def put(client, url=PAGE, **headers):
    return client.put(f"{URL}/url", {"url": url}, content_type="application/json", headers=headers)


def jobs(agency, kind):
    return Job.objects.for_agency(agency).filter(kind=kind)


def entry(agency, action):
    return AuditEntry.objects.for_agency(agency).get(action=action)


class TestUrl:
    def test_goes_to_ts_immo_by_a_job(self, agency, estate, writer):
        answer = put(writer)
        job = jobs(agency, "catalogue.set_public_url").get()
        assert (answer.status_code, answer.json()) == (202, {"id": "e1", "job": job.pk})
        assert job.params == {"estate": estate.pk, "url": PAGE}
        estate.refresh_from_db()
        assert estate.public_url == ""
        assert entry(agency, "estate.public_url_asked").detail["key"].startswith("Partner (psl_")

    def test_the_same_again_is_the_same_job(self, agency, estate, writer):
        assert put(writer).json() == put(writer).json()

    def test_another_one_waits(self, agency, estate, writer):
        put(writer)
        answer = put(writer, PAGE + "2")
        assert (answer.status_code, answer["Retry-After"]) == (409, "30")
        assert jobs(agency, "catalogue.set_public_url").count() == 1

    @pytest.mark.parametrize(
        "url",
        ["", "x", "ftp://www.example.fr/", "http://127.0.0.1/", "http://localhost/x", "https://" + "x" * 600],
    )
    def test_what_is_no_public_address(self, agency, estate, writer, url):
        answer = put(writer, url)
        assert answer.status_code == 422
        assert answer.json()["message"][0].startswith("url:")
        assert not jobs(agency, "catalogue.set_public_url").exists()

    def test_complaints_are_in_english(self, estate, writer, settings):
        settings.LANGUAGE_CODE = "fr"
        assert put(writer, "ftp://x").json()["message"] == [
            "url: The address must begin with https:// or http://."
        ]

    def test_twice_under_one_name(self, agency, estate, writer):
        first, second = (put(writer, **{"Idempotency-Key": "one"}) for _ in range(2))
        assert (first.content, second["Idempotency-Replayed"]) == (second.content, "true")

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b'{"url": 1}', b'{"url": "\\u0000"}', b"{}", b'{"uri": "x"}']
    )
    def test_what_is_no_body(self, agency, estate, writer, body):
        answer = writer.put(f"{URL}/url", body, content_type="application/json")
        assert answer.status_code in (400, 422)


class TestReplay:
    def test_is_a_job(self, agency, estate, writer):
        answer = writer.post(f"{URL}/replay")
        job = jobs(agency, "catalogue.replay").get()
        assert (answer.status_code, answer.json()) == (202, {"id": "e1", "job": job.pk})
        assert entry(agency, "estate.replay_asked").subject == str(estate)

    def test_the_job_says_whose_key_asked(self, agency, estate, writer, browser):
        writer.post(f"{URL}/replay")
        job = jobs(agency, "catalogue.replay").get()
        assert job.asker == PartnerKey.objects.for_agency(agency).get()
        page = browser(agency).get(reverse("jobs:detail", args=[agency.slug, job.pk])).content.decode()
        assert page.count(str(job.asker)) == 2, "among the facts and in the history"
        assert (
            str(job.asker) in browser(agency).get(reverse("jobs:index", args=[agency.slug])).content.decode()
        )

    def test_of_two_under_way_there_is_one(self, agency, estate, writer):
        for _ in range(2):
            writer.post(f"{URL}/replay")
        assert jobs(agency, "catalogue.replay").count() == 1


def both(client):
    return [put(client).status_code, client.post(f"{URL}/replay").status_code]


def test_missing_or_gone(agency, writer, estate):
    Estate.objects.for_agency(agency).update(gone_at=timezone.now())
    assert both(writer) == [404, 404]


def test_an_account_that_was_taken_away(agency, writer, estate):
    Connection.objects.for_agency(agency).update(removed_at=timezone.now())
    assert both(writer) == [409, 409]


def test_reading_is_not_writing(agency, partner, estate):
    assert both(partner(agency, Scope.ESTATES_READ)) == [403, 403]
    assert not Job.objects.for_agency(agency).exists()
