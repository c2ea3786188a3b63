"""The promise of the destructive pull, on real workers that are killed while the remote cuts its answers."""

import json
import subprocess
import sys

import pytest

from tests.jobs.drill import ROOT

pytestmark = pytest.mark.workers


def test_nothing_that_was_pulled_is_lost_or_doubled_while_workers_are_killed():
    run = subprocess.run(
        [sys.executable, "-m", "tests.leads.drill"], cwd=ROOT, capture_output=True, text=True, timeout=400
    )
    assert run.returncode == 0, run.stderr[-4000:]
    came = json.loads(run.stdout.splitlines()[-1])
    assert came["given"] >= 4_000
    assert came["ready"] == 0, "the drill must end with everything pulled"
    assert sum(came["deaths"].values()) >= 4, "the named steps must have killed somebody"
    assert came["lost"] == []
    assert came["doubled"] == []
    assert came["unfiled"] == 0
