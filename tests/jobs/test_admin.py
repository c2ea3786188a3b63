import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from estates.jobs.models import Job, Status
from estates.jobs.start import start
from tests.jobs import kinds  # noqa: F401

LIST = "/admin/jobs/job/"


@pytest.fixture
def operator(db) -> Client:
    client = Client()
    person = User.objects.create_superuser("operator@passerelle.example")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def failed(agency) -> Job:
    job = start(agency, "test.steps", title="Maison")
    Job.objects.for_agency(agency).update(
        status=Status.FAILED, error="Bad gateway", claim="worker-token", evidence=b"<html>oops"
    )
    return job


def test_operators_see_the_jobs_of_all_agencies(operator, failed, other_agency):
    start(other_agency, "test.steps", title="Villa")
    page = operator.get(LIST).content.decode()
    assert "Maison" in page
    assert "Villa" in page


def test_operators_search_by_agency_and_by_the_remotes_words(operator, failed, other_agency):
    start(other_agency, "test.steps", title="Villa")
    for words in ("Agence Martin", "gateway"):
        page = operator.get(LIST, {"q": words}).content.decode()
        assert "Maison" in page
        assert "Villa" not in page


def test_a_job_is_looked_at_with_what_the_remote_sent_and_not_changed(operator, failed):
    page = operator.get(f"{LIST}{failed.pk}/change/").content.decode()
    assert "&lt;html&gt;oops" in page
    assert "worker-token" not in page
    assert 'name="_save"' not in page
    assert operator.post(f"{LIST}{failed.pk}/change/", {"status": "done"}).status_code == 403
    assert operator.post(f"{LIST}{failed.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("action", "status"), [("try_again", Status.QUEUED), ("cancel", Status.CANCELLED)])
def test_actions_go_through_the_verbs(operator, agency, action, status):
    job = start(agency, "test.steps", title="Maison")
    if action == "try_again":
        Job.objects.for_agency(agency).update(status=Status.FAILED)
    operator.post(LIST, {"action": action, "_selected_action": [job.pk]})
    assert Job.objects.for_agency(agency).order_by("pk").last().status == status


def test_people_of_agencies_stay_outside(browser, agency, failed):
    assert browser(agency).get(LIST)["Location"].startswith(reverse("admin:login"))
