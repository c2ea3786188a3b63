"""The agency's sites as partners read them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Scope
from estates.jobs.models import Job, Status
from estates.wordpress.models import Site, SiteHealth

URL = "/api/v1/sites"


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.SITES_READ)


def names(answer):
    assert answer.status_code == 200, answer.content
    return [site["domain"] for site in answer.json()["data"]]


class TestOne:
    def test_what_ts_immo_said_last(self, agency, add_site, reader):
        now = timezone.now()
        site = add_site(
            state="refused",
            words="Invalid plugin authentication key",
            answered_at=now,
            plan="professional",
            expires_at="2027-12-31",
            max_properties=500,
            theme_id="theme-7",
        )
        told = reader.get(f"{URL}/{site.pk}").json()
        assert (told["id"], told["domain"], told["state"]) == (site.pk, site.domain, "refused")
        assert told["answer"]["words"] == "Invalid plugin authentication key"
        assert told["answer"]["at"][:19] == now.isoformat()[:19]
        assert told["plan"] == {"name": "professional", "expires_at": "2027-12-31", "max_properties": 500}
        assert (told["connection"], told["theme_id"]) == (site.connection_id, "theme-7")
        assert (told["in_doubt"], told["job"]) == (False, None)

    def test_the_key_of_the_plugin_is_nowhere(self, add_site, reader):
        site = add_site()
        assert "plg_" not in reader.get(f"{URL}/{site.pk}").content.decode()

    def test_a_domain_in_its_own_script(self, add_site, reader):
        site = add_site("xn--chteau-xta.example")
        told = reader.get(f"{URL}/{site.pk}").json()
        assert (told["domain"], told["name"]) == ("xn--chteau-xta.example", "château.example")

    @pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED])
    def test_in_between_the_job_is_named(self, agency, add_site, reader, status):
        site = add_site(state="activating")
        for kind in ("wordpress.activate", "wordpress.deactivate"):
            job = Job.objects.create(agency=agency, kind=kind, subject=f"site:{site.pk}", status=status)
        asked = Job.objects.for_agency(agency).get(kind="wordpress.activate")
        assert reader.get(f"{URL}/{site.pk}").json()["job"] == asked.pk != job.pk

    def test_never_looked_at(self, add_site, reader):
        told = reader.get(f"{URL}/{add_site().pk}").json()
        assert told["health"] == {"verdict": "unknown", "since": None, "checked_at": None, "faults": []}

    def test_what_visitors_meet_in_english(self, agency, add_site, reader, settings):
        settings.LANGUAGE_CODE = "fr"
        site, now = add_site(), timezone.now()
        SiteHealth.objects.create(
            agency=agency,
            site=site,
            verdict="down",
            since=now,
            checked_at=now,
            next_at=now,
            faults=[{"code": "noindex", "facts": {}}, {"code": "error", "facts": {"status": 500}}],
        )
        health = reader.get(f"{URL}/{site.pk}").json()["health"]
        assert health["verdict"] == "down"
        worst, other = health["faults"]
        assert (worst["code"], worst["title"]) == ("error", "The site reports an error")
        assert "500" in worst["means"]
        assert (worst["is_down"], other["is_down"]) == (True, False)

    def test_missing_and_foreign(self, agency, other_agency, add_site, partner):
        site = add_site()
        assert partner(other_agency).get(f"{URL}/{site.pk}").status_code == 404
        for pk in (0, site.pk + 1, 2**63, "9" * 30, "9" * 5000, "x", "-1", "%00"):
            answer = partner(agency).get(f"{URL}/{pk}")
            assert (answer.status_code, answer.json()["statusCode"]) == (404, 404)


class TestList:
    def test_an_agency_without_sites(self, agency, reader):
        assert reader.get(URL).json() == {"data": [], "total": 0, "limit": 50, "next_cursor": None}

    def test_its_own_ones_in_the_order_of_arrival(self, agency, other_agency, add_site, reader):
        add_site("www.b.example")
        add_site("www.a.example")
        add_site("www.c.example", agency=other_agency)
        assert names(reader.get(URL)) == ["www.b.example", "www.a.example"]

    def test_each_is_as_it_is_alone(self, add_site, reader):
        site = add_site(state="active")
        assert reader.get(URL).json()["data"] == [reader.get(f"{URL}/{site.pk}").json()]

    def test_pages_neither_repeat_nor_skip(self, agency, add_site, reader):
        for number in range(5):
            add_site(f"www.s{number}.example")
        first = reader.get(URL, {"limit": 2})
        assert names(first) == ["www.s0.example", "www.s1.example"]
        assert first.json()["total"] == 5
        Site.objects.for_agency(agency).get(domain="www.s0.example").delete()
        add_site("www.a.example")
        second = reader.get(URL, {"limit": 2, "cursor": first.json()["next_cursor"]})
        assert names(second) == ["www.s2.example", "www.s3.example"]
        last = reader.get(URL, {"limit": 2, "cursor": second.json()["next_cursor"]})
        assert names(last) == ["www.s4.example", "www.a.example"]
        assert last.json()["next_cursor"] is None

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"state": "refused"}, ["www.b.example"]),
            ({"domain": "WWW.A.example."}, ["www.a.example"]),
            ({"domain": "Château.example"}, ["xn--chteau-xta.example"]),
            ({"domain": "www.a.example", "state": "refused"}, []),
            ({"cursor": "999999999999999999"}, []),
        ],
    )
    def test_filters(self, add_site, reader, asked, found):
        add_site("www.a.example")
        add_site("www.b.example", state="refused")
        add_site("xn--chteau-xta.example", state="active")
        answer = reader.get(URL, asked)
        assert names(answer) == found
        assert answer.json()["total"] == (3 if "cursor" in asked else len(found))

    @pytest.mark.parametrize(
        "asked",
        [
            {"limit": "0"},
            {"limit": "101"},
            {"cursor": "x"},
            {"cursor": "9" * 19},
            {"cursor": "١"},
            {"cursor": "-1"},
            {"state": "gone"},
            {"state": ""},
            {"domain": "https://www.a.example/"},
            {"domain": "192.0.2.1"},
            {"domain": "localhost"},
            {"domain": ""},
            {"domain": "x" * 254},
            {"domain": "\ud800".encode("utf-8", "surrogatepass")},
            {"page": "2"},
        ],
    )
    def test_a_wrong_value_is_named(self, add_site, reader, asked):
        answer = reader.get(URL, asked)
        assert answer.status_code == 422
        assert [words.split(":")[0] for words in answer.json()["message"]] == [*asked]

    def test_complaints_are_in_english(self, reader, settings):
        settings.LANGUAGE_CODE = "fr"
        (words,) = reader.get(URL, {"domain": "localhost"}).json()["message"]
        assert words.startswith("domain: This name is only known inside a network.")

    def test_more_sites_are_no_more_queries(self, agency, add_site, reader):
        counts = []
        reader.get(URL)
        for number in range(6):
            site = add_site(f"www.s{number}.example", state="activating")
            Job.objects.create(agency=agency, kind="wordpress.activate", subject=f"site:{site.pk}")
            if number in (0, 5):
                with CaptureQueriesContext(connection) as queries:
                    assert len(names(reader.get(URL))) == number + 1
                counts.append(len(queries))
        assert counts[0] == counts[1]


def test_the_same_is_not_sent_again(agency, add_site, reader):
    site = add_site()
    for url in (URL, f"{URL}/{site.pk}"):
        tag = reader.get(url)["ETag"]
        same = reader.get(url, headers={"If-None-Match": tag})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
        Site.objects.for_agency(agency).update(answered_at=timezone.now() + timedelta(hours=len(url)))
        assert reader.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_scope(agency, add_site, partner):
    site = add_site()
    for url in (URL, f"{URL}/{site.pk}"):
        answer = partner(agency, Scope.SITES_WRITE, Scope.ESTATES_READ).get(url)
        assert answer.json()["message"] == ["This key lacks the scope sites:read."]
