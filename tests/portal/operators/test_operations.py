"""The operators' page about work, and trying a whole group of failures again from it."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from accounts.roles import Role
from estates.jobs.models import Job, Pulse, Status
from estates.jobs.start import start
from portal.operators import queues
from tests.jobs import kinds  # noqa: F401

PAGE = "/admin/operations/"
NOW = timezone.now


def put(of: Agency, subject: str, status: str = Status.QUEUED, **fields) -> Job:
    job = start(of, "test.steps", subject=subject, title=f"Villa {subject}")
    Job.objects.for_agency(of).filter(pk=job.pk).update(status=status, **fields)
    job.refresh_from_db()
    return job


def fail(of: Agency, subject: str, **fields) -> Job:
    said = {"error": "Bad gateway", "error_kind": "unreachable", "finished_at": NOW()}
    return put(of, subject, Status.FAILED, **{**said, **fields})


def ask(job: Job) -> str:
    return reverse("admin:try_failures_again", args=[job.pk])


class TestNumbers:
    def test_each_agencys_work_is_counted_by_where_it_is(self, agency, other_agency):
        put(agency, "a")
        put(agency, "b")
        put(agency, "c", Status.RUNNING)
        put(agency, "d", Status.WAITING, not_before=NOW() + timedelta(hours=1))
        put(agency, "e", Status.DONE)
        fail(other_agency, "f")
        first, second = queues.lines()
        assert (first.agency, first.queued, first.running, first.waiting, first.failed) == (
            agency,
            2,
            1,
            1,
            0,
        )
        assert (second.agency, second.queued, second.failed, second.due_since) == (other_agency, 0, 1, None)

    def test_who_waits_longest_comes_first(self, agency, other_agency):
        put(agency, "a", not_before=NOW() - timedelta(minutes=1))
        put(other_agency, "a", not_before=NOW() - timedelta(minutes=20))
        late, soon = queues.lines()
        assert (late.agency, late.is_late, soon.is_late) == (other_agency, True, False)

    def test_what_is_to_be_tried_later_does_not_wait_for_a_worker(self, agency):
        put(agency, "a", Status.WAITING, not_before=NOW() + timedelta(hours=1))
        [line] = queues.lines()
        assert (line.due_since, line.is_late) == (None, False)

    def test_an_agency_without_work_has_no_line(self, agency):
        assert queues.lines() == []

    @pytest.mark.parametrize(("age", "alive"), [(10, True), (3600, False)])
    def test_workers_are_alive_while_the_timer_reaches_them(self, db, age, alive):
        Pulse.objects.create(at=NOW() - timedelta(seconds=age))
        assert queues.workers(10).is_alive is alive

    def test_none_was_ever_reached(self, db):
        found = queues.workers(10)
        assert (found.is_alive, found.last_sign, found.held) == (False, None, [])

    def test_a_job_whose_worker_is_silent_is_told_apart(self, agency, settings):
        settings.JOB_LEASE_SECONDS = 60
        put(agency, "a", Status.RUNNING, heartbeat_at=NOW(), started_at=NOW())
        silent = put(agency, "b", Status.RUNNING, heartbeat_at=NOW() - timedelta(minutes=5), started_at=NOW())
        assert queues.workers(10).silent == {silent.pk}
        assert len(queues.workers(10).held) == 2


class TestPage:
    def test_shows_what_fails_who_works_and_what_waits(self, admin_browser, agency, other_agency):
        fail(agency, "a")
        fail(other_agency, "a")
        put(agency, "c", Status.RUNNING, heartbeat_at=NOW(), started_at=NOW(), done=3, total=9)
        put(agency, "d")
        page = admin_browser.get(PAGE).content.decode()
        assert "Bad gateway" in page
        assert "Villa c" in page
        assert "3 / 9" in page
        assert "Try all again" in page
        assert "No worker has ever been reached." in page
        assert "No sign of the timer" in page
        assert f"?agency__id__exact={agency.pk}&amp;status__exact=queued" in page

    def test_the_number_of_failures_leads_to_as_many_jobs(self, admin_browser, agency):
        fail(agency, "a")
        fail(agency, "old", finished_at=NOW() - timedelta(days=30))
        fail(agency, "mended")
        put(agency, "mended", Status.DONE)
        page = admin_browser.get(PAGE).content.decode()
        link = f"/admin/jobs/job/?agency__id__exact={agency.pk}&amp;unmended=yes"
        assert f'<a href="{link}">1</a>' in page
        listed = admin_browser.get(unescape(link)).content.decode()
        assert listed.count("field-status") == 1
        assert "Villa a" in listed

    def test_says_that_there_is_nothing(self, admin_browser):
        page = admin_browser.get(PAGE).content.decode()
        assert "No job has failed" in page
        assert "No agency has work" in page

    def test_a_remotes_words_are_only_words(self, admin_browser, agency):
        fail(agency, "a", error="<script>alert(1)</script>")
        page = admin_browser.get(PAGE).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    def test_has_no_code_or_style_of_its_own(self, admin_browser, agency):
        job = fail(agency, "a")
        for address in (PAGE, ask(job)):
            page = admin_browser.get(address).content.decode()
            assert "style=" not in page
            assert " onclick=" not in page

    def test_asks_as_much_of_the_database_for_many_as_for_few(
        self, admin_browser, agency, other_agency, django_assert_max_num_queries
    ):
        fail(agency, "a")
        put(agency, "b")
        admin_browser.get(PAGE)
        with django_assert_max_num_queries(100) as few:
            admin_browser.get(PAGE)
        for number in range(20):
            of = Agency.objects.create(name=f"Agence {number}", slug=f"agence-{number}")
            fail(of, "a", error=f"words {number}")
            put(of, "b", Status.RUNNING, heartbeat_at=NOW(), started_at=NOW())
        with django_assert_max_num_queries(len(few)):
            admin_browser.get(PAGE)

    def test_is_found_from_everywhere_in_the_admin(self, admin_browser):
        assert f'href="{PAGE}"' in admin_browser.get("/admin/").content.decode()

    def test_is_for_operators_who_may_see_jobs(self, browser, agency, helper, client):
        assert client.get(PAGE).status_code == 302
        for role in Role:
            assert browser(agency, role).get(PAGE)["Location"].startswith(reverse("admin:login"))
        assert helper("accounts.view_agency").get(PAGE).status_code == 403


class TestTryingAllAgain:
    def test_is_asked_first_and_names_the_agencies(self, admin_browser, agency, other_agency):
        fail(other_agency, "b")
        job = fail(agency, "a")
        page = admin_browser.get(ask(job)).content.decode()
        assert "Agence Martin" in page
        assert "Riviera Patrimoine" in page
        assert "2 jobs failed like this" in page
        assert not Job.objects.across_agencies().filter(status=Status.QUEUED).exists()

    def test_starts_fresh_jobs_and_is_noted(self, admin_browser, agency, other_agency, operator):
        fail(other_agency, "b")
        job = fail(agency, "a")
        answer = admin_browser.post(ask(job), follow=True)
        assert answer.redirect_chain == [(PAGE, 302)]
        assert "2 jobs are tried again." in answer.content.decode()
        assert Job.objects.across_agencies().filter(status=Status.QUEUED, asked_by=operator).count() == 2
        assert "2 × test.steps" in LogEntry.objects.get(user=operator).change_message

    def test_a_second_press_finds_nothing_left(self, admin_browser, agency):
        job = fail(agency, "a")
        admin_browser.post(ask(job))
        assert "Nothing of this is left" in admin_browser.post(ask(job), follow=True).content.decode()
        assert Job.objects.for_agency(agency).count() == 2

    def test_what_kills_workers_has_no_button_and_no_effect(self, admin_browser, agency):
        job = fail(agency, "a", error_kind="crashed", error="")
        assert ask(job) not in admin_browser.get(PAGE).content.decode()
        assert 'type="submit" value="Try all again"' not in admin_browser.get(ask(job)).content.decode()
        admin_browser.post(ask(job))
        assert Job.objects.for_agency(agency).count() == 1

    def test_refused_keys_are_warned_of(self, admin_browser, agency):
        job = fail(agency, "a", error_kind="unauthorised")
        assert "did not accept these keys" in admin_browser.get(ask(job)).content.decode()

    def test_whoever_only_looks_has_no_button(self, helper, agency):
        job = fail(agency, "a")
        looking = helper("jobs.view_job")
        assert "Try all again" not in looking.get(PAGE).content.decode()
        assert looking.post(ask(job)).status_code == 403
        assert Job.objects.for_agency(agency).count() == 1

    def test_unknown_jobs_and_jobs_that_did_not_fail(self, admin_browser, agency):
        assert admin_browser.post(reverse("admin:try_failures_again", args=[0])).status_code == 404
        done = put(agency, "a", Status.DONE)
        admin_browser.post(ask(done))
        assert Job.objects.for_agency(agency).count() == 1

    def test_people_of_agencies_stay_outside(self, browser, agency):
        job = fail(agency, "a")
        assert browser(agency).post(ask(job))["Location"].startswith(reverse("admin:login"))
        assert Job.objects.for_agency(agency).count() == 1
