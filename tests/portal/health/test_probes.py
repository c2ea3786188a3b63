"""What load balancers are told: by any host name, without a login, and nothing about anybody."""

import json
from datetime import timedelta
from threading import Event

import pytest
from django.core.files.storage import Storage
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway

from estates.jobs import pulse
from estates.jobs.models import Job, Pulse
from estates.jobs.tasks import feel_pulse
from portal.health import conditions
from tests import canaries


@pytest.fixture(autouse=True)
def looked_at_anew(monkeypatch):
    monkeypatch.setattr(conditions, "_written", None)
    monkeypatch.setattr(conditions, "_is_migrated", False)
    monkeypatch.setattr(conditions, "shared_redis", lambda: None)


@pytest.fixture
def stranger() -> Client:
    """As load balancers come: by address, without a cookie, over plain http."""
    return Client(SERVER_NAME="10.1.2.3", raise_request_exception=False)


@pytest.fixture
def all_well(db):
    pulse.feel()


def degraded(stranger) -> dict[str, str]:
    answer = stranger.get("/readyz")
    assert answer.status_code == 200
    said = answer.json()
    assert said["status"] == ("degraded" if said["degraded"] else "ok")
    return said["degraded"]


def test_the_process_answers_without_asking_anybody(stranger):
    """The database is out of reach in a test that did not ask for it."""
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "Set-Cookie" not in answer


def test_neither_address_is_redirected_or_asks_for_a_known_host(stranger, settings, all_well):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["portal.example"]
    assert [stranger.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_are_only_read(path, stranger, all_well):
    assert stranger.head(path).status_code == 200
    assert stranger.post(path).status_code == 405
    assert stranger.get(path)["Cache-Control"] == "no-store"


def test_where_all_is_well_nothing_is_degraded(stranger, all_well):
    answer = stranger.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "degraded": {}, "oldest_due_job_seconds": 0}


def test_without_the_database_it_is_not_ready(stranger, monkeypatch, all_well):
    def away(*arguments):
        raise OperationalError("connection to server at 10.0.0.5 failed: password of passerelle")

    monkeypatch.setattr("django.db.models.query.QuerySet.exists", away)
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "degraded": {"database": "does not answer"}}


class Away:
    def ping(self):
        raise RedisAway("Error 111 connecting to redis.secret.internal:6379")


def test_a_broker_that_is_away_degrades(stranger, monkeypatch, all_well):
    monkeypatch.setattr(conditions, "shared_redis", Away)
    found = degraded(stranger)
    assert list(found) == ["broker"]
    assert "internal" not in str(found)


class Full(Storage):
    attempts = 0

    def _save(self, name, content):
        type(self).attempts += 1
        raise OSError(28, "No space left on device: /srv/media")

    def exists(self, name):
        return False


def test_a_storage_that_takes_no_files_degrades_and_is_not_asked_each_time(stranger, monkeypatch, all_well):
    monkeypatch.setattr(conditions, "default_storage", Full())
    for _ in range(3):
        assert degraded(stranger) == {"media": "the media storage takes no files"}
    assert Full.attempts == 1


def test_a_storage_that_says_nothing_keeps_nobody_waiting(stranger, monkeypatch, all_well):
    said = Event()

    class Mute(Storage):
        def exists(self, name):
            said.wait(5)
            raise OSError

    monkeypatch.setattr(conditions, "default_storage", Mute())
    monkeypatch.setattr(conditions, "WRITTEN_WITHIN", 0.05)
    assert degraded(stranger) == {"media": "the media storage does not answer"}
    said.set()


def test_looking_leaves_no_file_behind(stranger, settings, tmp_path, all_well):
    settings.MEDIA_ROOT = tmp_path
    assert degraded(stranger) == {}
    assert list(tmp_path.rglob("*")) == []


def test_migrations_to_be_applied_degrade(stranger, monkeypatch, all_well):
    monkeypatch.setattr(conditions.MigrationExecutor, "migration_plan", lambda *_: [("0009", False)] * 2)
    assert degraded(stranger) == {"migrations": "2 migrations are to be applied"}
    monkeypatch.undo()
    assert conditions.migrations() == ""


def test_a_timer_that_reaches_no_worker_degrades(stranger, db):
    assert degraded(stranger) == {"timer": "no timer has ever reached a worker"}
    feel_pulse()
    assert degraded(stranger) == {}
    Pulse.objects.update(at=timezone.now() - timedelta(seconds=200))
    assert degraded(stranger)["timer"].startswith("no timer has reached a worker for 200 s")
    feel_pulse()
    assert (degraded(stranger), Pulse.objects.count()) == ({}, 1)


def test_work_that_piles_up_degrades(stranger, agency, all_well):
    now = timezone.now()
    late = Job.objects.create(agency=agency, kind="test.steps", not_before=now - timedelta(seconds=30))
    Job.objects.create(agency=agency, kind="test.steps", not_before=now + timedelta(days=1))
    Job.objects.create(agency=agency, kind="test.steps", not_before=now - timedelta(days=1), status="done")
    answer = stranger.get("/readyz").json()
    assert answer["status"] == "ok"
    assert answer["oldest_due_job_seconds"] in range(30, 40)
    Job.objects.for_agency(agency).filter(pk=late.pk).update(not_before=now - timedelta(seconds=3600))
    assert degraded(stranger)["jobs"].startswith("a job has been due for 36")


def test_what_cannot_be_found_out_is_said_and_hides_nothing_else(stranger, monkeypatch, all_well):
    def broken() -> str:
        raise DatabaseError("no such table: jobs_pulse")

    monkeypatch.setitem(conditions.LOOKS, "timer", broken)
    assert degraded(stranger) == {"timer": "cannot be found out from this database"}


def test_nothing_of_an_agency_is_told(stranger, other_agency):
    canaries.fill(other_agency, canaries.WORD)
    Job.objects.for_agency(other_agency).update(
        status="queued", not_before=timezone.now() - timedelta(days=1)
    )
    answer = stranger.get("/readyz")
    assert "jobs" in answer.json()["degraded"]
    told = json.dumps([answer.json(), dict(answer.items())]).lower()
    assert canaries.WORD.lower() not in told
    assert other_agency.slug not in told
