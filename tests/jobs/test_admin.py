from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from estates.jobs.models import Job, Status
from estates.jobs.start import start
from tests.jobs import kinds  # noqa: F401

LIST = "/admin/jobs/job/"


@pytest.fixture
def operator(db) -> Client:
    client = Client()
    person = User.objects.create_superuser("operator@passerelle.example", language="en")
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
    for words in ("Agence Martin", "gateway", str(failed.pk)):
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


def test_a_file_that_came_is_told_by_its_digest(operator, failed, agency):
    sent = b"PK\x03\x04\x14\x00" * 1024
    Job.objects.for_agency(agency).update(evidence=sent)
    page = operator.get(f"{LIST}{failed.pk}/change/").content.decode()
    assert f"No text: 6.0\xa0KB, SHA-256 {sha256(sent).hexdigest()}" in page
    assert "PK" not in page


def test_the_list_says_what_went_wrong_and_when(operator, failed, agency):
    Job.objects.for_agency(agency).update(error_kind="unreachable", finished_at=timezone.now())
    page = operator.get(LIST).content.decode()
    assert "The remote system could not be reached.</td>" in page
    assert "field-finished_at" in page


@pytest.mark.parametrize(("action", "status"), [("try_again", Status.DONE), ("cancel", Status.FAILED)])
def test_what_is_of_another_state_is_left_alone_and_not_counted(operator, agency, failed, action, status):
    rows = Job.objects.for_agency(agency)
    rows.update(status=status)
    asked = {"action": action, "_selected_action": [failed.pk]}
    answer = operator.post(LIST, asked, follow=True)
    assert [(message.level_tag, str(message)) for message in answer.context["messages"]] == [
        ("warning", "1 job was left alone: it is not of a state that allows this."),
        ("warning", "0 jobs were asked."),
    ]
    assert rows.get().status == status


@pytest.mark.parametrize(("action", "status"), [("try_again", Status.QUEUED), ("cancel", Status.CANCELLED)])
def test_actions_go_through_the_verbs(operator, agency, action, status):
    job = start(agency, "test.steps", title="Maison")
    if action == "try_again":
        Job.objects.for_agency(agency).update(status=Status.FAILED)
    answer = operator.post(LIST, {"action": action, "_selected_action": [job.pk]}, follow=True)
    assert [(message.level_tag, str(message)) for message in answer.context["messages"]] == [
        ("success", "1 job was asked.")
    ]
    assert Job.objects.for_agency(agency).order_by("pk").last().status == status


def test_people_of_agencies_stay_outside(browser, agency, failed):
    assert browser(agency).get(LIST)["Location"].startswith(reverse("admin:login"))
