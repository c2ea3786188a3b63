import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.jobs.start import start
from tests.jobs import kinds  # noqa: F401


@pytest.fixture
def job(agency) -> Job:
    return start(agency, "test.steps", title="Maison de l'Écluse")


def url(name: str, job: Job) -> str:
    return reverse(f"jobs:{name}", args=[job.agency.slug, job.pk])


def ended(job: Job, status: str, **fields) -> Job:
    Job.objects.across_agencies().filter(pk=job.pk).update(status=status, **fields)
    job.refresh_from_db()
    return job


def test_the_list_shows_the_agencys_jobs_only(agency, other_agency, job, browser):
    start(other_agency, "test.steps", title="Villa secrète")
    page = browser(agency, Role.VIEWER).get(reverse("jobs:index", args=["martin"])).content.decode()
    assert "Maison de l&#x27;Écluse" in page
    assert "Villa secrète" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?status=open", True),
        ("?status=done", False),
        ("?kind=test.fails", False),
        ("?kind=x'--", True),
    ],
)
def test_the_list_is_filtered_by_its_url(agency, job, browser, query, shown):
    page = browser(agency).get(reverse("jobs:index", args=["martin"]) + query).content.decode()
    assert ("Maison" in page) is shown


def test_older_jobs_are_a_page_away(agency, browser):
    for number in range(51):
        start(agency, "test.steps", title=f"n{number:02}")
    first = browser(agency).get(reverse("jobs:index", args=["martin"]))
    assert "n50" in first.content.decode()
    assert "n00" not in first.content.decode()
    second = browser(agency).get(reverse("jobs:index", args=["martin"]), {"before": first.context["older"]})
    assert "n00" in second.content.decode()


def test_an_open_job_polls_and_an_ended_one_tells_the_page_and_stops(agency, job, browser):
    client = browser(agency, Role.VIEWER)
    polling = client.get(url("progress", job))
    assert "every 1s" in polling.content.decode()
    assert "HX-Trigger" not in polling
    ended(job, Status.DONE)
    last = client.get(url("progress", job))
    assert "every 1s" not in last.content.decode()
    assert last["HX-Trigger"] == "job-finished"


def test_a_failure_says_what_happened_what_is_safe_and_the_remotes_words(agency, job, browser):
    ended(job, Status.FAILED, error_kind="refused", error="Propriété <b>archivée</b>")
    page = browser(agency).get(url("detail", job)).content.decode()
    assert "The remote system refused this." in page
    assert "What was done before is safe." in page
    assert "Propriété &lt;b&gt;archivée&lt;/b&gt;" in page
    assert "Try again" in page


def test_an_agent_tries_again_and_a_viewer_may_not(agency, job, browser, member):
    ended(job, Status.FAILED)
    assert browser(agency, Role.VIEWER).post(url("again", job)).status_code == 403
    answer = browser(agency, Role.AGENT).post(url("again", job))
    fresh = Job.objects.for_agency(agency).get(status=Status.QUEUED)
    assert answer["Location"] == url("detail", fresh)
    assert fresh.asked_by == member(agency, Role.AGENT)
    assert AuditEntry.objects.for_agency(agency).get().action == "job.tried_again"


def test_trying_again_twice_starts_one_job(agency, browser):
    job = ended(start(agency, "test.steps", subject="connection:1"), Status.FAILED)
    for _ in range(2):
        browser(agency).post(url("again", job))
    assert Job.objects.for_agency(agency).count() == 2


def test_a_waiting_job_is_tried_now(agency, job, browser):
    ended(job, Status.WAITING, attempts=4)
    browser(agency).post(url("again", job))
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Status.WAITING, 0)


def test_what_is_done_is_not_done_again(agency, job, browser):
    ended(job, Status.DONE)
    browser(agency).post(url("again", job))
    assert Job.objects.for_agency(agency).count() == 1


def test_cancelling_a_queued_job_ends_it(agency, job, browser):
    browser(agency, Role.AGENT).post(url("cancel", job))
    job.refresh_from_db()
    assert job.status == Status.CANCELLED


def test_cancelling_an_ended_job_changes_nothing(agency, job, browser):
    ended(job, Status.DONE)
    answer = browser(agency).post(url("cancel", job), follow=True)
    assert "already ended" in answer.content.decode()
    assert ended(job, Status.DONE).status == Status.DONE


@pytest.mark.parametrize("name", ["detail", "progress"])
def test_outsiders_and_foreign_ids_find_nothing(agency, other_agency, job, browser, client, name):
    assert browser(other_agency).get(url(name, job)).status_code == 404
    assert browser(other_agency).get(reverse(f"jobs:{name}", args=["riviera", job.pk])).status_code == 404
    assert browser(agency).get(reverse(f"jobs:{name}", args=["martin", 10**18])).status_code == 404
    assert client.get(url(name, job)).status_code == 302


@pytest.mark.parametrize("name", ["again", "cancel"])
def test_acting_takes_a_post_in_the_own_agency(agency, other_agency, job, browser, name):
    assert browser(agency).get(url(name, job)).status_code == 405
    assert browser(other_agency).post(url(name, job)).status_code == 404
    assert browser(other_agency).post(reverse(f"jobs:{name}", args=["riviera", job.pk])).status_code == 404


@pytest.mark.parametrize(
    ("kind", "role"), [("connections.check", Role.MANAGER), ("wordpress.activate", Role.AGENT)]
)
@pytest.mark.parametrize("name", ["again", "cancel"])
def test_what_a_role_could_not_ask_for_it_does_not_steer(agency, browser, kind, role, name):
    """Trying an owner's check again would put a waiting key to use."""
    job = start(agency, kind, title="Siège")
    client = browser(agency, role)
    assert url(name, job) not in client.get(url("detail", job)).content.decode()
    assert client.post(url(name, job)).status_code == 403
    assert Job.objects.for_agency(agency).get().status == Status.QUEUED
    assert url("cancel", job) in browser(agency, Role.OWNER).get(url("detail", job)).content.decode()
