"""The promises of the job table, on real workers that are killed, and on a Redis that is lost or frozen."""

import json
import os
import statistics
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers
on_redis = pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="the embedded set-up has no Redis")


def drill(scenario: str) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", "tests.jobs.drill", scenario],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    return json.loads(run.stdout.splitlines()[-1])


def test_each_effect_happens_once_while_workers_are_killed():
    came = drill("kills")
    assert came["killed"] >= 5
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["statuses"] == {"done": 300}


def test_a_worker_outlives_the_death_of_its_idle_processes():
    came = drill("idle")
    assert came["killed"] == 3
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["statuses"] == {"done": 20}


def test_a_busy_agency_does_not_keep_another_waiting():
    came = drill("fairness")
    assert came["busy_left"] > 100, "the busy agency must still be busy for the wait to mean anything"
    assert max(came["waits"]) < 1


def test_a_job_that_kills_its_worker_is_stopped_and_the_others_go_on():
    came = drill("poison")
    assert came["killer"] == ["failed", 3, "crashed"]
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["statuses"] == {"done": 20, "failed": 1}


@on_redis
def test_a_redis_that_forgets_everything_loses_no_work():
    came = drill("restart")
    assert came["alive"], "the worker must survive the restart"
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["statuses"] == {"done": 120}


@on_redis
def test_asking_for_work_does_not_wait_for_a_frozen_redis():
    came = drill("frozen")
    assert came["answers"] == [302] * 6
    assert came["queued"] == 6
    assert statistics.median(came["took"]) < 0.1
    assert came["done"] == 6
