"""What a partner has done at Ts-Immo about a site: activation, deactivation, and a replay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Scope
from estates.connections.models import Connection
from estates.jobs.models import Job, Status
from estates.wordpress.models import Site

URL = "/api/v1/sites"
ACTS = ("activate", "deactivate", "replay")
KIND = {
    "activate": "wordpress.activate",
    "deactivate": "wordpress.deactivate",
    "replay": "wordpress.replay_all",
}
ACTION = {
    "activate": "site.activation_asked",
    "deactivate": "site.deactivation_asked",
    "replay": "sites.replay_asked",
}
BETWEEN = {"activate": "activating", "deactivate": "deactivating"}


@pytest.fixture
def writer(agency, partner):
    return partner(agency, Scope.SITES_WRITE)


def post(client, site, act, **headers):
    return client.post(f"{URL}/{site.pk}/{act}", headers=headers)


def jobs(agency, act):
    return Job.objects.for_agency(agency).filter(kind=KIND[act])


def state(site):
    return Site.objects.for_agency(site.agency).values_list("state", flat=True).get(pk=site.pk)


def trail(agency):
    return AuditEntry.objects.for_agency(agency).filter(action__in=ACTION.values())


def refused(answer) -> str:
    assert answer.status_code == 409, answer.content
    (words,) = answer.json()["message"]
    return words


@pytest.mark.parametrize("act", ACTS)
class TestEach:
    def test_is_a_job(self, agency, add_site, writer, act):
        site = add_site(state="active")
        answer = post(writer, site, act)
        job = jobs(agency, act).get()
        assert (answer.status_code, answer.json()) == (202, {"id": site.pk, "job": job.pk})
        assert state(site) == BETWEEN.get(act, "active")
        entry = trail(agency).get()
        subject = str(site.connection) if act == "replay" else site.domain
        assert (entry.action, entry.subject, entry.actor) == (ACTION[act], subject, None)
        assert entry.detail["key"].startswith("Partner (psl_")

    def test_twice_under_one_name(self, agency, add_site, writer, act):
        site = add_site(state="active")
        first, second = (post(writer, site, act, **{"Idempotency-Key": "one"}) for _ in range(2))
        assert (first.content, second["Idempotency-Replayed"]) == (second.content, "true")
        assert (first.status_code, second.status_code) == (202, 202)
        assert trail(agency).count() == 1

    def test_a_name_is_not_used_up_by_a_refusal(self, agency, add_site, writer, act):
        site = add_site(state="deactivating" if act == "activate" else "activating")
        refused(post(writer, site, act, **{"Idempotency-Key": "one"}))
        Site.objects.for_agency(agency).update(state="active")
        assert post(writer, site, act, **{"Idempotency-Key": "one"}).status_code == 202

    def test_one_name_is_not_for_two_sites(self, add_site, writer, act):
        first, second = (add_site(f"www.{name}.example", state="active") for name in "ab")
        assert post(writer, first, act, **{"Idempotency-Key": "one"}).status_code == 202
        assert post(writer, second, act, **{"Idempotency-Key": "one"}).status_code == 422
        assert state(second) == "active"

    @pytest.mark.parametrize(
        ("between", "words"),
        [
            ("activating", "The site is being activated. Wait for Ts-Immo's answer."),
            ("deactivating", "The site is being deactivated. Wait for Ts-Immo's answer."),
        ],
    )
    def test_while_ts_immo_is_asked(self, agency, add_site, writer, settings, act, between, words):
        settings.LANGUAGE_CODE = "fr"
        site = add_site(state=between)
        kind = "wordpress.activate" if between == "activating" else "wordpress.deactivate"
        open_one = Job.objects.create(agency=agency, kind=kind, subject=f"site:{site.pk}")
        answer = post(writer, site, act)
        assert refused(answer) == words
        assert answer["Retry-After"] == "30"
        assert state(site) == between
        assert [*Job.objects.for_agency(agency)] == [open_one]
        assert not trail(agency).exists()

    def test_an_account_whose_key_was_deleted(self, agency, add_site, writer, act):
        site = add_site(state="active")
        Connection.objects.for_agency(agency).update(removed_at=timezone.now())
        answer = post(writer, site, act)
        assert refused(answer).startswith("The key of this Ts-Immo account was deleted.")
        assert "Retry-After" not in answer
        assert (state(site), Job.objects.for_agency(agency).exists()) == ("active", False)

    def test_foreign_and_missing(self, agency, other_agency, add_site, partner, act):
        site = add_site(state="active")
        assert post(partner(other_agency), site, act).status_code == 404
        for pk in (0, site.pk + 1, 2**63, "9" * 5000, "x"):
            assert partner(agency).post(f"{URL}/{pk}/{act}").status_code == 404
        assert not Job.objects.for_agency(agency).exists()
        assert state(site) == "active"

    def test_reading_is_not_writing(self, agency, add_site, partner, act):
        answer = post(partner(agency, Scope.SITES_READ, Scope.ESTATES_WRITE), add_site(state="active"), act)
        assert answer.status_code == 403
        assert answer.json()["message"] == ["This key lacks the scope sites:write."]
        assert not Job.objects.for_agency(agency).exists()

    def test_no_parameters(self, agency, add_site, writer, act):
        site = add_site(state="active")
        answer = writer.post(f"{URL}/{site.pk}/{act}?insist=yes")
        assert (answer.status_code, answer.json()["message"][0][:7]) == (422, "insist:")
        assert state(site) == "active"

    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"[" * 9000])
    def test_a_body_means_nothing(self, add_site, writer, act, body):
        site = add_site(state="active")
        answer = writer.post(f"{URL}/{site.pk}/{act}", body, content_type="application/json")
        assert answer.status_code == 202

    def test_getting_does_nothing(self, agency, add_site, writer, act):
        assert writer.get(f"{URL}/{add_site(state='active').pk}/{act}").status_code == 405
        assert not Job.objects.for_agency(agency).exists()


@pytest.mark.parametrize("before", ["inactive", "refused", "active"])
def test_any_site_at_rest_is_activated(add_site, writer, before):
    site = add_site(state=before)
    assert post(writer, site, "activate").status_code == 202
    assert state(site) == "activating"


@pytest.mark.parametrize("act", ["deactivate", "replay"])
@pytest.mark.parametrize("before", ["inactive", "refused"])
def test_only_an_active_site(agency, add_site, writer, act, before):
    site = add_site(state=before)
    assert refused(post(writer, site, act)) == f"The site is not active (state: {before})."
    assert state(site) == before
    assert not Job.objects.for_agency(agency).exists()


@pytest.mark.parametrize("act", ["deactivate", "replay"])
def test_or_one_of_which_that_is_in_doubt(add_site, writer, act):
    assert post(writer, add_site(state="refused", in_doubt=True), act).status_code == 202


@pytest.mark.parametrize("act", ["activate", "deactivate"])
def test_what_failed_without_an_answer_is_asked_once_more(agency, add_site, writer, act):
    site = add_site(state="active")
    first = post(writer, site, act).json()["job"]
    Job.objects.for_agency(agency).update(status=Status.FAILED)
    second = post(writer, site, act)
    assert second.status_code == 202
    assert second.json()["job"] != first
    assert state(site) == BETWEEN[act]


def test_who_comes_second_is_told(add_site, writer, monkeypatch):
    """Another call, or a person, was quicker between the look and the deed."""
    from portal.api import site_switching

    site, look = add_site(state="active"), site_switching.site_of

    def overtaken(key, pk):
        found = look(key, pk)
        Site.objects.for_agency(key.agency).filter(pk=pk).update(version=found.version + 1)
        return found

    monkeypatch.setattr(site_switching, "site_of", overtaken)
    assert refused(post(writer, site, "deactivate")).startswith("The site was changed meanwhile.")
    assert state(site) == "active"


def test_the_history_of_the_site_names_the_key(agency, add_site, writer, browser):
    site = add_site(state="active")
    post(writer, site, "deactivate")
    event = site.events.first()
    assert (event.what, event.actor) == ("deactivation_asked", None)
    assert event.partner.startswith("Partner (psl_")
    page = browser(agency).get(f"/agencies/{agency.slug}/sites/{site.pk}/").content.decode()
    assert event.partner in page


class TestReplay:
    def test_of_two_under_way_there_is_one(self, agency, add_site, writer):
        first, second = (add_site(f"www.{name}.example", state="active") for name in "ab")
        assert post(writer, first, "replay").json()["job"] == post(writer, second, "replay").json()["job"]
        assert jobs(agency, "replay").count() == 1

    def test_soon_after_the_last_one(self, agency, add_site, writer, settings):
        settings.REPLAY_COOLDOWN_MINUTES = 60
        site = add_site(state="active")
        post(writer, site, "replay")
        ended = timezone.now() - timedelta(minutes=20)
        jobs(agency, "replay").update(status=Status.DONE, finished_at=ended)
        answer = post(writer, site, "replay")
        assert refused(answer).startswith("All estates were sent again a short time ago.")
        assert 2390 <= int(answer["Retry-After"]) <= 2400
        jobs(agency, "replay").update(finished_at=timezone.now() - timedelta(minutes=61))
        assert post(writer, site, "replay").status_code == 202
