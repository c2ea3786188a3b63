"""Feed files from a partner's software, streamed in and read."""

import io

import pytest
from django.test import Client

from accounts.models import AuditEntry, Scope
from estates.connections.models import System
from estates.jobs.models import Job
from estates.jobs.work import run_now
from estates.syndication.models import Feed, Plan
from tests.syndication.incoming.making import estate, feed, zipped

URL = "/api/v1/feeds/openimmo"
XML = "application/xml"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def seeki(agency, connected):
    return connected(agency, System.SEEKI)


FILE = feed("A-1", "A-2")


def post(client, body=FILE, url=URL, content_type=XML, **more):
    return client.post(url, body, content_type=content_type, **more)


def test_it_is_taken_before_it_is_read(agency, seeki, partner):
    answer = post(partner(agency), url=f"{URL}?name=nightly.xml")
    assert answer.status_code == 202
    got = Feed.objects.for_agency(agency).get()
    job = Job.objects.for_agency(agency).get(kind="syndication.examine")
    told = answer.json()
    assert (told["id"], told["name"], told["state"], told["job"]) == (
        got.pk,
        "nightly.xml",
        "received",
        job.pk,
    )
    assert (got.plan.connection, got.plan.active) == (seeki, False)


def test_then_its_page_tells_what_it_holds(agency, seeki, partner):
    client = partner(agency)
    told = post(client, feed("A-1", estate(None), scope="VOLL")).json()
    run_now(Job.objects.for_agency(agency).get(pk=told["job"]))
    answer = client.get(f"/api/v1/feeds/{told['id']}")
    assert answer.status_code == 200
    read = answer.json()
    assert (read["state"], read["format"], read["scope"]) == ("read", "openimmo", "full")
    assert (read["listings"], read["setApart"], read["outcomes"]) == (2, 1, {"read": 1, "apart": 1})


def test_an_unreadable_one_says_why(agency, seeki, partner):
    client = partner(agency)
    told = post(client, b'<?xml version="1.0"?>\n<!DOCTYPE x><openimmo/>').json()
    run_now(Job.objects.for_agency(agency).get(pk=told["job"]))
    read = client.get(f"/api/v1/feeds/{told['id']}").json()
    assert (read["state"], read["reason"], read["listings"]) == ("unreadable", "doctype", 0)


@pytest.mark.parametrize(
    ("url", "body", "content_type"),
    [
        (URL, zipped(feed("A-1")), "application/zip"),
        (URL, feed("A-1"), "application/octet-stream"),
        ("/api/v1/feeds/idealista", b"<ads><ad/></ads>", "text/xml"),
    ],
)
def test_every_way_in(agency, seeki, partner, url, body, content_type):
    assert post(partner(agency), body, url, content_type).status_code == 202
    assert Feed.objects.for_agency(agency).get().size == len(body)


def test_it_is_sent_on_if_that_is_asked_for(agency, seeki, partner):
    post(partner(agency), url=f"{URL}?send=true")
    job = Job.objects.for_agency(agency).get(kind="syndication.examine")
    assert job.params["send"] is True


def test_one_that_a_later_full_file_has_overtaken_says_so(agency, seeki, partner):
    client = partner(agency)
    old = post(client, feed("A-1", "A-2"), url=f"{URL}?send=true").json()
    assert old["overtakenBy"] is None
    new = post(client, feed("A-1", scope="VOLL")).json()
    run_now(Job.objects.for_agency(agency).get(pk=new["job"]))
    Feed.objects.for_agency(agency).filter(pk=new["id"]).update(state=Feed.State.SENT)
    Plan.objects.for_agency(agency).update(active=True)
    run_now(Job.objects.for_agency(agency).get(pk=old["job"]))
    told = client.get(f"/api/v1/feeds/{old['id']}").json()
    assert (told["state"], told["overtakenBy"]) == ("read", new["id"])
    again = post(client, feed("A-1", "A-2"), url=f"{URL}?send=true").json()
    assert (again["id"] > new["id"], again["overtakenBy"]) == (True, None)


def test_the_same_file_on_its_way_is_not_there_twice(agency, seeki, partner):
    client = partner(agency)
    assert post(client).json()["id"] == post(client).json()["id"]
    assert Feed.objects.for_agency(agency).count() == 1


class TestOnce:
    def test_one_name_one_file(self, agency, seeki, partner):
        client = partner(agency)
        first, second = (post(client, headers={"Idempotency-Key": "tonight"}) for _ in range(2))
        assert (first.content, second["Idempotency-Replayed"]) == (second.content, "true")

    def test_another_file_under_the_name(self, agency, seeki, partner):
        client = partner(agency)
        post(client, headers={"Idempotency-Key": "tonight"})
        assert post(client, feed("B-1"), headers={"Idempotency-Key": "tonight"}).status_code == 422
        assert Feed.objects.for_agency(agency).count() == 1


class TestRefused:
    def test_an_empty_body(self, agency, seeki, partner):
        answer = post(partner(agency), b"")
        assert answer.status_code == 422
        assert "empty" in answer.json()["message"][0]

    def test_too_large(self, agency, seeki, partner, settings):
        settings.FEED_MAX_MB = 1
        answer = post(partner(agency), b" " * (1024 * 1024 + 1))
        assert answer.status_code == 413
        assert not Feed.objects.for_agency(agency).exists()

    def test_cut_short(self, agency, seeki, partner):
        body = feed("A-1")
        answer = partner(agency).generic(
            "POST", URL, "", XML, **{"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + 1)}
        )
        assert answer.status_code == 400
        assert "Nothing was kept" in answer.json()["message"][0]
        assert not Feed.objects.for_agency(agency).exists()

    @pytest.mark.parametrize(
        "content_type", ["application/json", "multipart/form-data; boundary=x", "text/html"]
    )
    def test_of_another_type(self, agency, seeki, partner, content_type):
        assert post(partner(agency), b"x", URL, content_type).status_code == 415

    def test_without_seeki(self, agency, partner):
        assert "no such connection" in post(partner(agency)).json()["message"][0]

    def test_where_it_goes_is_not_guessed(self, agency, seeki, partner, connected):
        second = connected(agency, System.SEEKI, "second")
        client = partner(agency)
        assert post(client).status_code == 422
        assert post(client, url=f"{URL}?connection={second.pk}").status_code == 202

    def test_through_another_agencys_connection(self, agency, other_agency, seeki, partner, connected):
        foreign = connected(other_agency, System.SEEKI)
        assert post(partner(agency), url=f"{URL}?connection={foreign.pk}").status_code == 422
        assert not Feed.objects.for_agency(other_agency).exists()

    def test_without_the_scope(self, agency, seeki, partner):
        assert post(partner(agency, Scope.LEADS_WRITE)).status_code == 403
        assert post(Client()).status_code == 401

    def test_a_foreign_file_does_not_exist(self, agency, other_agency, seeki, partner):
        told = post(partner(agency)).json()
        answer = partner(other_agency).get(f"/api/v1/feeds/{told['id']}")
        assert (answer.status_code, answer.json()["message"]) == (404, ["Not found"])


def test_the_trail_names_the_key(agency, seeki, partner):
    post(partner(agency))
    entry = AuditEntry.objects.for_agency(agency).get(action="feed.received")
    assert entry.detail["key"].startswith("Partner (psl_")
