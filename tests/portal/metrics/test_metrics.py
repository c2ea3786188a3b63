"""What Prometheus reads: behind a key, of all processes together, and without a word about anybody."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import REGISTRY

from estates.jobs.models import Job
from estates.jobs.start import start
from estates.jobs.work import work
from estates.remotes.errors import Unreachable
from estates.remotes.metrics import note_call
from portal.metrics import views
from portal.metrics.waiting import Waiting
from tests import canaries
from tests.jobs import kinds

KEY = "metrics-key-0123456789"


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch):
    monkeypatch.setattr(views, "_waiting", Waiting())


@pytest.fixture
def prometheus(db, settings) -> Client:
    settings.METRICS_KEY = KEY
    return Client(SERVER_NAME="10.1.2.3", headers={"Authorization": f"Bearer {KEY}"})


def samples(client: Client) -> dict[tuple[str, tuple], float]:
    """The value of each series, by its name and the sorted values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_without_a_key_in_the_settings_there_are_no_metrics(client, db):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", f"Bearer {KEY}x", f"Basic {KEY}", KEY, "Bearer é"]
)
def test_a_wrong_key_opens_nothing(db, settings, given):
    settings.METRICS_KEY = KEY
    answer = Client(raise_request_exception=False).get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_it_is_only_read(prometheus):
    assert prometheus.post("/metrics").status_code == 405


def test_requests_are_counted_by_route_method_and_status(prometheus, agency, browser):
    name = "passerelle_request_seconds_count"
    page, unknown = ("GET", "agencies/<slug:slug>/", "200"), ("unknown", "unknown", "404")
    before = samples(prometheus)
    client = browser(agency)
    client.get(reverse("dashboard", args=[agency.slug]))
    client.generic("BREW", "/agencies/martin/secret-word/x")
    client.get("/readyz")
    after = samples(prometheus)
    for labels in (page, unknown):
        assert after[name, labels] - before.get((name, labels), 0) == 1
    assert "secret-word" not in str(after)
    assert not [labels for _, labels in after if "readyz" in labels]


def test_partners_and_remotes_calls_are_counted_by_route(prometheus):
    prometheus.get("/api/v1/estates")
    prometheus.post("/webhooks/aviv/s3cretaddress/", b"{}", "application/json")
    found = {labels[1] for name, labels in samples(prometheus) if name == "passerelle_request_seconds_count"}
    assert {"api/v1/estates"} <= found
    assert any(route.startswith("webhooks/") for route in found)
    assert "s3cret" not in str(found)


def test_attempts_at_jobs_are_counted_by_kind_and_outcome(prometheus, agency):
    name, before = "passerelle_job_attempts_total", samples(prometheus)
    kinds.ERRORS["breaks"] = [Unreachable("away")]
    for title in ("fine", "breaks"):
        work(start(agency, "test.fails", title=title).pk)
    after = samples(prometheus)
    for outcome in ("done", "postponed"):
        labels = ("test.fails", outcome)
        assert after[name, labels] - before.get((name, labels), 0) == 1


def test_calls_to_remotes_are_counted_by_system_and_outcome(prometheus):
    name, before = "passerelle_remote_call_seconds_count", samples(prometheus)
    note_call("Ts-Immo", 0.2, None)
    note_call("Ts-Immo", 30, Unreachable("away"))
    after = samples(prometheus)
    for outcome in ("ok", "unreachable"):
        labels = (outcome, "Ts-Immo")
        assert after[name, labels] - before.get((name, labels), 0) == 1


def test_open_jobs_and_how_long_the_oldest_waits_are_counted_in_the_database(prometheus, agency):
    now = timezone.now()
    for seconds in (100, 40):
        Job.objects.create(agency=agency, kind="test.steps", not_before=now - timedelta(seconds=seconds))
    Job.objects.create(
        agency=agency, kind="test.steps", not_before=now + timedelta(hours=1), status="waiting"
    )
    Job.objects.create(agency=agency, kind="test.steps", not_before=now - timedelta(days=1), status="failed")
    found = samples(prometheus)
    assert found["passerelle_jobs", ("test.steps", "queued")] == 2
    assert found["passerelle_jobs", ("test.steps", "waiting")] == 1
    assert found["passerelle_job_oldest_due_seconds", ("test.steps",)] == pytest.approx(100, abs=20)
    assert ("passerelle_jobs", ("test.steps", "failed")) not in found


def test_what_waits_is_counted_over_all_agencies_and_names_none(prometheus, agency, other_agency):
    canaries.fill(agency, "OWNWORD")
    canaries.fill(other_agency, canaries.WORD)
    found = samples(prometheus)
    assert found["passerelle_connections", ("unchecked", "aviv")] == 2
    assert found["passerelle_webhook_calls_waiting", ()] == 0
    assert found["passerelle_degraded", ("timer",)] == 1
    told = prometheus.get("/metrics").content.decode().lower()
    for word in (canaries.WORD, "OWNWORD", agency.slug, other_agency.slug, agency.name):
        assert word.lower() not in told


def test_the_database_is_not_counted_anew_each_time(prometheus, agency, django_assert_num_queries):
    samples(prometheus)
    with django_assert_num_queries(0):
        samples(prometheus)


COUNT = """
import django; django.setup()
from estates.remotes.metrics import note_call
from portal.metrics.requests import note_request
note_call("Seeki", 1.0, None)
note_request("GET", "agencies/", 200, 0.01)
"""


def test_what_ended_processes_of_several_machines_counted_is_counted_together(prometheus, settings, tmp_path):
    for host in ("one", "two", "two"):
        (tmp_path / host).mkdir(exist_ok=True)
        asked = f"import socket; socket.gethostname = lambda: {host!r}\n{COUNT}"
        environment = os.environ | {"METRICS_KEY": KEY, "METRICS_DIR": str(tmp_path)}
        environment |= {"DJANGO_SETTINGS_MODULE": "portal.settings"}
        subprocess.run([sys.executable, "-c", asked], env=environment, check=True, timeout=120)
    settings.METRICS_DIR = str(tmp_path)
    found = samples(prometheus)
    assert found["passerelle_remote_call_seconds_count", ("ok", "Seeki")] == 3
    assert found["passerelle_request_seconds_count", ("GET", "agencies/", "200")] == 3
    assert found["passerelle_request_seconds_bucket", ("+Inf", "GET", "agencies/", "200")] == 3
    assert len(list(Path(tmp_path, "two").glob("*.db"))) >= 2


def test_no_series_of_ours_has_a_label_that_could_name_an_agency():
    labels = {
        label
        for family in REGISTRY.collect()
        if family.name.startswith("passerelle_")
        for sample in family.samples
        for label in sample.labels
    }
    assert labels <= {"method", "route", "status", "system", "outcome", "kind", "le"}
