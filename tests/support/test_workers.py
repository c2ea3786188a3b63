"""The promise of support, on real workers that are killed while Ts-Immo loses its answers."""

import json
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers


def told_by(module: str) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 0, run.stderr[-4000:]
    return json.loads(run.stdout.splitlines()[-1])


def test_no_message_is_lost_or_sent_twice_while_workers_are_killed():
    came = told_by("tests.support.drill")
    assert came["written"] >= 100
    assert came["killed"] + sum(came["deaths"].values()) >= 8, "somebody must have died"
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["not_closed"] == []
    assert came["deliveries"] == {"sent": came["written"]}
    assert (came["unnumbered"], came["tickets"]) == (0, 40)


def test_a_worker_sends_two_files_of_25_mb_with_less_than_150_mb_of_memory():
    came = told_by("tests.support.weight")
    assert came["sent"] == 1
    assert came["sizes"] == [25 * 1024 * 1024] * 2
    assert came["peaks"]
    assert max(came["peaks"]) < 150_000
